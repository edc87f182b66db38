//! Charging: what a policy sees of the sessions, and the built-in policies.

mod orders;
mod plans;
mod shares;

pub use plans::Schedule;

use super::{ChargingPolicy, Parameter, PolicyError, parameters};
use crate::grid::rules::{Filling, fill_in_order};
use crate::grid::state::LimitTree;
use crate::kernel::ids::NodeId;
use crate::kernel::units::{Hours, Kw, Kwh};
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Sessions at the start of a control interval. One row a session, in the order of sites and ports.
#[derive(Debug, Default)]
pub struct SessionColumns {
    /// The port that the session is at.
    pub port: Vec<u32>,
    /// Its site.
    pub site: Vec<u32>,
    /// Its lowest node in the tree of limits.
    pub node: Vec<NodeId>,
    /// Place of its vehicle in the order of vehicles.
    pub vehicle: Vec<u32>,
    /// Mean power over the interval that it can take, grid side.
    pub ask_kw: Vec<Kw>,
    /// Most power of port and vehicle, grid side.
    pub max_kw: Vec<Kw>,
    /// Mean power over the interval that it may give back, grid side; zero where vehicle or port cannot.
    pub give_kw: Vec<Kw>,
    /// State of charge, 0 to 1.
    pub soc: Vec<f64>,
    /// Energy it still needs, grid side.
    pub needs_kwh: Vec<Kwh>,
    /// Of it what its next duty takes, with a reserve, as far as that is known; else all of it.
    pub duty_kwh: Vec<Kwh>,
    /// When it came to the site.
    pub arrive_s: Vec<u32>,
    /// When it has to go, as far as the policy may know; `u32::MAX` when nothing calls it or nobody says.
    pub depart_s: Vec<u32>,
}

impl SessionColumns {
    /// How many sessions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ask_kw.len()
    }

    /// Is nobody plugged in?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ask_kw.is_empty()
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        let Self { port, site, node, vehicle, ask_kw, max_kw, give_kw, soc, needs_kwh, duty_kwh, arrive_s, depart_s } =
            self;
        [port, site, vehicle, arrive_s, depart_s].into_iter().for_each(Vec::clear);
        [ask_kw, max_kw, give_kw].into_iter().for_each(Vec::clear);
        [needs_kwh, duty_kwh].into_iter().for_each(Vec::clear);
        node.clear();
        soc.clear();
    }
}

/// What a policy may know of each site. One row a site, in id order. Written by the grid.
#[derive(Resource, Debug, Default)]
pub struct SiteOutlook {
    /// Power of everything but charging in the interval that begins, without solar.
    pub load_kw: Vec<Kw>,
    /// Solar power in the interval that begins.
    pub solar_kw: Vec<Kw>,
    /// Energy price by control interval of the whole run, by site; empty without a tariff.
    pub price_usd_per_kwh: Vec<Arc<[f64]>>,
    /// The interval that begins.
    pub now: usize,
    /// How many intervals prices are known ahead, this one included.
    pub known: usize,
}

impl SiteOutlook {
    /// Makes room for this many sites.
    pub fn resize(&mut self, sites: usize) {
        self.load_kw.resize(sites, Kw::ZERO);
        self.solar_kw.resize(sites, Kw::ZERO);
        self.price_usd_per_kwh.resize(sites, Arc::new([]));
    }

    /// Energy price of this and the coming intervals at a site, $/kWh, as far as it is known; empty without a tariff.
    #[must_use]
    pub fn prices(&self, site: usize) -> &[f64] {
        let all = &self.price_usd_per_kwh[site];
        let from = self.now.min(all.len());
        &all[from..all.len().min(from + self.known)]
    }
}

/// What a charging policy sees at the start of a control interval.
#[derive(Debug)]
pub struct ChargingView<'a> {
    /// Start of the interval, seconds from the start of the run.
    pub time_s: u32,
    /// Length of the interval.
    pub interval_s: u32,
    /// The tree of limits.
    pub tree: &'a LimitTree,
    /// Power left for charging at each node of it.
    pub headroom_kw: &'a [Kw],
    /// All sessions.
    pub sessions: &'a SessionColumns,
    /// All sites.
    pub sites: &'a SiteOutlook,
}

impl<'a> ChargingView<'a> {
    fn interval(&self) -> Hours {
        Hours::from_s(self.interval_s)
    }

    /// Control intervals until a session has to go; infinite when nothing calls it.
    fn intervals_left(&self, row: usize) -> f64 {
        match self.sessions.depart_s[row] {
            u32::MAX => f64::INFINITY,
            depart_s => f64::from(depart_s.saturating_sub(self.time_s)) / f64::from(self.interval_s),
        }
    }

    /// Control intervals that a session can lose and still leave with its need: those left, less those at full power.
    fn laxity(&self, row: usize) -> f64 {
        let sessions = self.sessions;
        self.intervals_left(row) - sessions.needs_kwh[row] / self.interval() / sessions.max_kw[row]
    }

    /// Even power until departure; all that it can take when nobody knows the departure.
    fn even_kw(&self, row: usize) -> Kw {
        let sessions = self.sessions;
        match self.intervals_left(row) {
            left if left.is_finite() => sessions.ask_kw[row].min(sessions.needs_kwh[row] / (self.interval() * left)),
            _ => sessions.ask_kw[row],
        }
    }

    fn filling(&self) -> Filling<'a> {
        Filling::new(self.tree, self.headroom_kw)
    }

    /// Rows in the order of a key, ties in the order of vehicles, then of rows. (A real month at Caltech comes out as it is
    /// published only so: in the order of ports its earliest deadlines under 20 kW miss by 0.017 points.)
    fn rows_by<F: Fn(usize) -> f64>(&self, key: F) -> impl Iterator<Item = usize> + use<F> {
        let vehicle = &self.sessions.vehicle;
        // One number each, which is compared without a branch.
        let entry = |row: usize| u128::from(in_order(key(row))) << 64 | u128::from(vehicle[row]) << 32 | row as u128;
        let mut order: Vec<u128> = (0..vehicle.len()).map(entry).collect();
        order.sort_unstable();
        order.into_iter().map(|entry| entry as u32 as usize)
    }

    /// Up to `want` each in the order of a key, as far as the limits go.
    fn served_by(&self, want: &[Kw], key: impl Fn(usize) -> f64) -> Vec<Kw> {
        fill_in_order(self.tree, self.headroom_kw, &self.sessions.node, want, || self.rows_by(key))
    }
}

/// A whole number in the same order as the number (negative zero counts as zero): sorts faster.
fn in_order(number: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    let bits = (number + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// A built-in charging policy, as the table of policies shows it.
#[derive(Debug)]
pub struct ChargingInfo {
    /// The name users give.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it uses beyond what each session can take and the limits.
    pub knows: &'static [Knows],
    /// May it let vehicles give energy back?
    pub discharges: bool,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    make: fn(&[f64], Option<&Schedule>) -> Box<dyn ChargingPolicy>,
}

/// What a policy may know of a session or its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows {
    /// When it came.
    Arrival,
    /// When it goes.
    Departure,
    /// How much it still needs.
    Need,
    /// Which vehicle it is.
    Vehicle,
    /// What its next duty takes.
    Duty,
    /// The site's load without charging.
    Load,
    /// The site's solar power.
    Solar,
    /// Energy prices ahead.
    Prices,
}

impl Knows {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Departure => "departure",
            Self::Need => "need",
            Self::Vehicle => "vehicle",
            Self::Duty => "next duty",
            Self::Load => "load",
            Self::Solar => "solar",
            Self::Prices => "prices",
        }
    }
}

/// All built-in charging policies.
pub fn built_in() -> impl Iterator<Item = &'static ChargingInfo> {
    shares::POLICIES.iter().chain(orders::POLICIES).chain(plans::POLICIES)
}

/// The table of built-in charging policies, as Markdown.
#[must_use]
pub fn table() -> String {
    let mut out = String::from("| policy | what it does | knows | gives back | parameters |\n|---|---|---|---|---|\n");
    for info in built_in() {
        let knows: Vec<&str> = info.knows.iter().map(|knows| knows.word()).collect();
        let knows = if knows.is_empty() { "-".to_owned() } else { knows.join(", ") };
        let parameters: Vec<String> = info
            .parameters
            .iter()
            .map(|p| format!("`{}` = {} ({} to {})", p.name, p.default, p.bounds.0, p.bounds.1))
            .collect();
        let parameters = if parameters.is_empty() { "-".to_owned() } else { parameters.join(", ") };
        let gives_back = if info.discharges { "yes" } else { "no" };
        let _ = writeln!(out, "| `{}` | {} | {knows} | {gives_back} | {parameters} |", info.name, info.about);
    }
    out
}

/// A built-in charging policy by name. `schedule` is the file of the policy of that name.
///
/// # Errors
/// When there is none, a parameter is wrong, or the schedule is missing.
pub fn charging(
    name: &str,
    params: &BTreeMap<String, f64>,
    schedule: Option<&Schedule>,
) -> Result<Box<dyn ChargingPolicy>, PolicyError> {
    let Some(info) = built_in().find(|info| info.name == name) else {
        let known = built_in().map(|info| info.name).collect();
        return Err(PolicyError::Unknown { kind: "charging", name: name.to_owned(), known });
    };
    if name == "schedule" && schedule.is_none() {
        return Err(PolicyError::NoSchedule);
    }
    let values = parameters(name, info.parameters, params)?;
    Ok((info.make)(&values, schedule))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Sessions of 100 kW at node 0: need in kWh, arrival and departure in seconds, vehicle.
    pub(super) fn sessions(rows: &[(f64, u32, u32, u32)]) -> SessionColumns {
        let mut columns = SessionColumns::default();
        for (needs, arrive_s, depart_s, vehicle) in rows {
            columns.port.push(0);
            columns.site.push(0);
            columns.node.push(NodeId(0));
            columns.vehicle.push(*vehicle);
            columns.ask_kw.push(Kw(100.0_f64.min(*needs)));
            columns.max_kw.push(Kw(100.0));
            columns.give_kw.push(Kw::ZERO);
            columns.soc.push(0.5);
            columns.needs_kwh.push(Kwh(*needs));
            columns.duty_kwh.push(Kwh(*needs));
            columns.arrive_s.push(*arrive_s);
            columns.depart_s.push(*depart_s);
        }
        columns
    }

    /// The plan of a policy for hourly intervals under one limit.
    pub(super) fn plan(name: &str, limit: f64, sessions: &SessionColumns, sites: &SiteOutlook) -> Vec<f64> {
        let tree = LimitTree::new(vec![None], vec![Kw(limit)]);
        let headroom_kw = &tree.limit;
        let view = ChargingView { time_s: 0, interval_s: 3600, tree: &tree, headroom_kw, sessions, sites };
        let mut policy = charging(name, &BTreeMap::new(), None).unwrap();
        policy.decide(&view).unwrap().into_iter().map(|kw| kw.0).collect()
    }

    /// Names must be unique, and the nearest name is offered.
    #[test]
    fn names() {
        let mut names: Vec<&str> = built_in().map(|info| info.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), built_in().count());
        let error = charging("eddf", &BTreeMap::new(), None).err().unwrap();
        assert!(error.help().unwrap().contains("edf"));
    }
}
