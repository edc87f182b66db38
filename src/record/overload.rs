//! Loads above limits: which site or node, for how long, by how much, and what the load was made of. Folded from the
//! tables of power and of nodes.
//!
//! Charging, hydrogen and storage keep within limits, and the audit holds a run to that: what passes a limit is load that
//! nobody can shift. It is told apart, never silently.

use super::rows::{NodeRow, PowerRow};
use crate::kernel::calendar::Calendar;
use crate::kernel::units::S_PER_H;
use serde::Serialize;
use utoipa::ToSchema;

/// A mean power above a limit by no more than this share, or this power, kW, is rounding.
const ROUNDING: f64 = 1e-9;

/// From this share of its limit on a load is held down by it.
pub const AT_LIMIT: f64 = 0.99;

/// Kinds of load in the order of [`SiteLoad::parts_kw`], as people say them.
pub const LOADS: [&str; 6] = ["charging", "equipment", "shore power", "base load", "hydrogen", "storage"];

/// What is behind a node and does not charge.
const OTHER: &str = "other loads";

/// Of [`LOADS`], and of what nodes tell, those that are known by their mean of an interval, however charging shares its power.
const BY_MEAN: [&str; 3] = [LOADS[1], LOADS[2], OTHER];

/// Is a mean power above a limit, by more than rounding?
#[must_use]
pub fn is_over(load_kw: f64, limit_kw: f64) -> bool {
    load_kw > limit_kw * (1.0 + ROUNDING) + ROUNDING
}

/// The load of one site in one interval, as the table of power has it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SiteLoad {
    /// Start of the interval, from the start of the run, s.
    pub start_s: u32,
    /// By kind, kW: see [`LOADS`].
    pub parts_kw: [f64; 6],
    /// The meter: total of the loads, less solar, kW.
    pub total_kw: f64,
    /// The limit of the site's connection, kW.
    pub limit_kw: Option<f64>,
}

impl From<&PowerRow> for SiteLoad {
    fn from(row: &PowerRow) -> Self {
        let PowerRow { charging_kw, equipment_kw, shore_kw, other_kw, hydrogen_kw, storage_kw, .. } = *row;
        Self {
            start_s: row.start_s,
            parts_kw: [charging_kw, equipment_kw, shore_kw, other_kw, hydrogen_kw, storage_kw],
            total_kw: row.total_kw,
            limit_kw: row.limit_kw,
        }
    }
}

/// The load through one node in one interval, as the table of nodes has it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NodeLoad {
    /// Start of the interval, from the start of the run, s.
    pub start_s: u32,
    /// All that is behind it, less solar, kW.
    pub load_kw: f64,
    /// Of it charging, kW.
    pub charging_kw: f64,
    /// Its limit, kW.
    pub limit_kw: Option<f64>,
}

impl From<&NodeRow> for NodeLoad {
    fn from(row: &NodeRow) -> Self {
        let NodeRow { start_s, load_kw, charging_kw, limit_kw, .. } = *row;
        Self { start_s, load_kw, charging_kw, limit_kw }
    }
}

/// What a load was made of when it passed its limit by most.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Worst {
    /// Start of the interval, from the start of the run, s.
    pub start_s: u32,
    /// Mean power through the connection or node, with what is behind it, kW.
    pub load_kw: f64,
    /// The limit that held, kW.
    pub limit_kw: f64,
    /// Kinds of load and their power, kW, the largest first; solar is taken off the sum.
    pub loads: Vec<(&'static str, f64)>,
}

/// How a site or a node stood to its limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Connection {
    /// Highest mean power of an interval, with what is behind it, kW.
    pub peak_kw: f64,
    /// The limit of that interval, kW; none where none held then.
    pub peak_limit_kw: Option<f64>,
    /// The least limit of any interval, kW; none where there is no limit.
    pub least_limit_kw: Option<f64>,
    /// Intervals whose mean power passed the limit.
    pub over_intervals: u64,
    /// The same, h.
    pub over_h: f64,
    /// When it passed it by most; none where it never did.
    pub worst: Option<Worst>,
    /// Time in which the limit was full, of charging and of loads that are known by their mean of an interval, h.
    #[serde(skip)]
    pub beside_means_h: f64,
}

impl Connection {
    /// By how much the limit was passed at most, kW.
    #[must_use]
    pub fn over_kw(&self) -> f64 {
        self.worst.as_ref().map_or(0.0, |worst| worst.load_kw - worst.limit_kw)
    }

    /// Takes an interval in. `loads` says what the load was made of, and is asked only at and above the limit.
    fn take(
        &mut self,
        (start_s, interval_s): (u32, u32),
        load_kw: f64,
        limit_kw: Option<f64>,
        loads: impl FnOnce() -> Vec<(&'static str, f64)>,
    ) {
        if load_kw > self.peak_kw {
            (self.peak_kw, self.peak_limit_kw) = (load_kw, limit_kw);
        }
        let Some(limit_kw) = limit_kw else { return };
        self.least_limit_kw = Some(self.least_limit_kw.map_or(limit_kw, |least_kw| least_kw.min(limit_kw)));
        if load_kw < AT_LIMIT * limit_kw {
            return;
        }
        let mut loads: Vec<_> = loads().into_iter().filter(|load| load.1 > 0.0).collect();
        let has = |kinds: &[&str]| loads.iter().any(|(kind, _)| kinds.contains(kind));
        if has(&[LOADS[0]]) && has(&BY_MEAN) {
            self.beside_means_h += f64::from(interval_s) / 3600.0;
        }
        if !is_over(load_kw, limit_kw) {
            return;
        }
        self.over_intervals += 1;
        self.over_h = self.over_intervals as f64 * f64::from(interval_s) / S_PER_H;
        if load_kw - limit_kw > self.over_kw() {
            loads.sort_by(|a, b| b.1.total_cmp(&a.1));
            self.worst = Some(Worst { start_s, load_kw, limit_kw, loads });
        }
    }

    /// One sentence about a limit that was passed; none where it was not.
    #[must_use]
    pub fn told(&self, name: &str, calendar: &Calendar) -> Option<String> {
        let worst = self.worst.as_ref()?;
        let at = calendar.iso(i64::from(worst.start_s))[..16].replace('T', " ");
        let loads: Vec<String> = worst.loads.iter().map(|(kind, kw)| format!("{kind} {kw:.0} kW")).collect();
        Some(format!(
            "the load of {name} passed its limit for {:.1} h: most at {at}, {:.0} kW under a limit of {:.0} kW ({})",
            self.over_h,
            worst.load_kw,
            worst.limit_kw,
            loads.join(", "),
        ))
    }
}

/// Sites, and the nodes of `[node]`, against their limits.
#[derive(Debug, Clone, Default)]
pub struct Overloads {
    interval_s: u32,
    /// The site whose connection carries another one's too.
    above: Vec<Option<usize>>,
    /// By site, with the sites behind it.
    sites: Vec<Connection>,
    /// By node of `[node]`.
    nodes: Vec<Connection>,
    /// Loads of the interval that is being read, by site.
    now: Vec<SiteLoad>,
    /// Scratch: power through each connection.
    carried_kw: Vec<f64>,
}

impl Overloads {
    /// For sites, each with the site above it, and a number of nodes; a control interval, s.
    #[must_use]
    pub fn new(interval_s: u32, above: Vec<Option<usize>>, nodes: usize) -> Self {
        let sites = vec![Connection::default(); above.len()];
        let nodes = vec![Connection::default(); nodes];
        Self { interval_s, above, sites, nodes, ..Self::default() }
    }

    /// By site, with the sites behind it.
    #[must_use]
    pub fn sites(&self) -> &[Connection] {
        &self.sites
    }

    /// By node of `[node]`.
    #[must_use]
    pub fn nodes(&self) -> &[Connection] {
        &self.nodes
    }

    /// Every limit that was passed, a sentence each.
    #[must_use]
    pub fn told<'a>(
        &self,
        sites: impl IntoIterator<Item = &'a String>,
        nodes: impl IntoIterator<Item = &'a String>,
        calendar: &Calendar,
    ) -> Vec<String> {
        let named = self.sites.iter().zip(sites).chain(self.nodes.iter().zip(nodes));
        named.filter_map(|(it, key)| it.told(&format!("`{key}`"), calendar)).collect()
    }

    /// Limits that were full of charging and of cranes, vessels or what is behind a node: by key, for how long, h.
    pub fn beside_means<'a>(
        &self,
        sites: impl IntoIterator<Item = &'a String>,
        nodes: impl IntoIterator<Item = &'a String>,
    ) -> impl Iterator<Item = (&'a String, f64)> {
        let named = sites.into_iter().zip(&self.sites).chain(nodes.into_iter().zip(&self.nodes));
        let hours: Vec<_> = named.map(|(key, it)| (key, it.beside_means_h)).collect();
        hours.into_iter().filter(|(_, hours)| *hours > 0.0)
    }

    /// Takes the load of a site in. Rows come interval by interval.
    pub fn site(&mut self, site: usize, load: SiteLoad) {
        if self.now.first().is_some_and(|now| now.start_s != load.start_s) {
            self.close();
        }
        if self.now.len() <= site {
            self.now.resize(site + 1, SiteLoad { start_s: load.start_s, ..SiteLoad::default() });
        }
        self.now[site] = load;
    }

    /// Takes the load of a node in.
    pub fn node(&mut self, node: usize, load: NodeLoad) {
        let loads = || vec![(LOADS[0], load.charging_kw), (OTHER, load.load_kw - load.charging_kw)];
        self.nodes[node].take((load.start_s, self.interval_s), load.load_kw, load.limit_kw, loads);
    }

    /// No more rows of the interval come.
    pub fn close(&mut self) {
        let Self { above, now, carried_kw, sites, .. } = self;
        carried_kw.clear();
        carried_kw.extend(now.iter().map(|load| load.total_kw));
        for (site, load) in now.iter().enumerate() {
            for over in upwards(above, site).skip(1) {
                carried_kw[over] += load.total_kw;
            }
        }
        for (site, load) in now.iter().enumerate() {
            let loads = || {
                let mut loads = LOADS.map(|kind| (kind, 0.0));
                for behind in (0..now.len()).filter(|behind| upwards(above, *behind).any(|over| over == site)) {
                    loads.iter_mut().zip(now[behind].parts_kw).for_each(|(load, kw)| load.1 += kw);
                }
                loads.to_vec()
            };
            sites[site].take((load.start_s, self.interval_s), carried_kw[site], load.limit_kw, loads);
        }
        now.clear();
    }
}

/// A site and those whose connections carry its load.
fn upwards(above: &[Option<usize>], site: usize) -> impl Iterator<Item = usize> {
    core::iter::successors(Some(site), |at| above[*at]).take(above.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(start_s: u32, parts_kw: [f64; 6], limit_kw: f64) -> SiteLoad {
        SiteLoad { start_s, parts_kw, total_kw: parts_kw.iter().sum(), limit_kw: Some(limit_kw) }
    }

    /// Two sites behind one connection of 100 kW: 60 and 60 pass it, 60 and 40 do not.
    #[test]
    fn a_connection_carries_the_sites_behind_it() {
        let mut overloads = Overloads::new(900, vec![None, Some(0)], 0);
        for (start_s, behind_kw) in [(0, 40.0), (900, 60.0), (1800, 80.0)] {
            overloads.site(0, load(start_s, [0.0, 0.0, 0.0, 60.0, 0.0, 0.0], 100.0));
            overloads.site(1, load(start_s, [0.0, 5.0, behind_kw - 5.0, 0.0, 0.0, 0.0], 200.0));
        }
        overloads.close();
        let [above, behind] = overloads.sites() else { panic!("two sites") };
        assert_eq!((above.over_intervals, above.over_h, above.peak_kw), (2, 0.5, 140.0));
        assert_eq!((behind.over_intervals, behind.least_limit_kw), (0, Some(200.0)));
        assert_eq!((above.peak_limit_kw, behind.peak_limit_kw), (Some(100.0), Some(200.0)));
        let worst = above.worst.as_ref().unwrap();
        assert_eq!((worst.start_s, worst.load_kw, above.over_kw()), (1800, 140.0, 40.0));
        assert_eq!(worst.loads, [("shore power", 75.0), ("base load", 60.0), ("equipment", 5.0)]);
        let calendar = Calendar::new("2025-06-02", "America/Los_Angeles", 1).unwrap();
        assert_eq!(
            above.told("`pier`", &calendar).unwrap(),
            "the load of `pier` passed its limit for 0.5 h: most at 2025-06-02 00:30, 140 kW under a limit of 100 kW \
             (shore power 75 kW, base load 60 kW, equipment 5 kW)"
        );
        assert_eq!(behind.told("`pier`", &calendar), None);
    }

    /// A limit that is full of charging and cranes is told, and neither one that charging fills alone or beside load that does
    /// not change within an interval, nor one that has room.
    #[test]
    fn full_limits_that_cranes_share_are_counted() {
        let hours = |parts_kw: [f64; 6]| {
            let mut overloads = Overloads::new(1800, vec![None], 0);
            overloads.site(0, load(0, parts_kw, 100.0));
            overloads.close();
            let key = "pier".to_owned();
            overloads.beside_means([&key], []).map(|it| it.1).sum::<f64>()
        };
        for (parts_kw, expected_h) in [
            ([60.0, 40.0, 0.0, 0.0, 0.0, 0.0], 0.5),
            ([60.0, 0.0, 40.0, 0.0, 0.0, 0.0], 0.5),
            ([60.0, 0.0, 0.0, 40.0, 0.0, 0.0], 0.0),
            ([0.0, 100.0, 0.0, 0.0, 0.0, 0.0], 0.0),
            ([50.0, 40.0, 0.0, 0.0, 0.0, 0.0], 0.0),
        ] {
            assert!((hours(parts_kw) - expected_h).abs() < 1e-12, "{parts_kw:?}");
        }
    }

    /// A limit that moves is compared with the load of its own interval.
    #[test]
    fn limits_of_their_interval() {
        let mut overloads = Overloads::new(3600, vec![], 1);
        for (start_s, load_kw, limit_kw) in [(0, 90.0, Some(100.0)), (3600, 60.0, Some(50.0)), (7200, 500.0, None)] {
            overloads.node(0, NodeLoad { start_s, load_kw, charging_kw: 20.0, limit_kw });
        }
        let node = &overloads.nodes()[0];
        assert_eq!((node.over_h, node.over_kw(), node.least_limit_kw, node.peak_kw), (1.0, 10.0, Some(50.0), 500.0));
        assert_eq!(node.peak_limit_kw, None, "both limits had ended when it peaked");
        assert_eq!(node.worst.as_ref().unwrap().loads, [("other loads", 40.0), ("charging", 20.0)]);
    }
}
