//! What vessels burn: which one makes a call, how it lies on shore power, and the rows of its stay.
//!
//! Nothing here decides anything in the run: when a vessel comes, berths and leaves is known from the calls or from the yard,
//! and its rows are made of that when the run is over. Only the power that it draws from the shore is in the tick.

use super::spec::{ModeKw, VesselsSpec};
use super::state::{Call, VesselOfCall};
use crate::account::engine::{Burnt, Engine, EngineSpec, FuelSpec, Warming, propulsion_kw};
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::curve::Curve;
use crate::kernel::ids::{Roster, SiteId};
use crate::kernel::random::{Purpose, Seed};
use crate::kernel::sums::Accumulate;
use crate::kernel::units::S_PER_H;
use crate::record::Records;
use crate::record::rows::VesselRow;
use crate::record::words::{BerthPower, VesselMode};
use crate::transition::regulation::AtBerthRule;
use bevy_ecs::prelude::{Component, Mut, Query, Res, Resource, World};
use bevy_ecs::system::SystemParam;
use jiff::ToSpan;
use std::collections::BTreeMap;
use std::sync::Arc;

/// When the vessel of a call was where, s from the start of the run: as planned, or as a yard says that works it move by move.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stay {
    /// It came into the harbor.
    arrive_s: i64,
    /// At berth from; none while it waits.
    berth_s: Option<i64>,
    /// It left; none while it is there.
    leave_s: Option<i64>,
    /// On shore power from and until, where it was.
    shore_s: Option<(i64, i64)>,
}

impl Stay {
    /// Of a call as planned; of a yard's moves nothing is known yet but when it comes.
    pub(super) fn of(call: &Call) -> Self {
        if call.by_moves {
            return Self { arrive_s: call.arrive_s, berth_s: None, leave_s: None, shore_s: None };
        }
        let window = call.shore_window_s(call.berth_s, call.leave_s);
        let shore_s = Some(window).filter(|(from, until)| call.on_shore_power && from < until);
        Self { arrive_s: call.arrive_s, berth_s: Some(call.berth_s), leave_s: Some(call.leave_s), shore_s }
    }

    /// A vessel is at berth since then. One that lay there when the run began came when it was planned to.
    pub(crate) fn berth(&mut self, call: &Call, berth_s: u32) {
        self.berth_s = Some(if call.berth_s < 0 { call.berth_s } else { i64::from(berth_s) });
    }

    /// It draws power from the shore between these times.
    pub(crate) fn draw(&mut self, from_s: i64, until_s: i64) {
        self.shore_s = Some((self.shore_s.map_or(from_s, |known| known.0), until_s));
    }

    /// It has left.
    pub(crate) fn leave(&mut self, leave_s: u32) {
        self.leave_s = Some(i64::from(leave_s));
    }
}

/// The calls of vessels, each with what became of it.
#[derive(SystemParam)]
pub(crate) struct Calls<'w, 's> {
    roster: Res<'w, Roster<Call>>,
    calls: Query<'w, 's, (&'static Call, &'static mut Stay)>,
}

impl Calls<'_, '_> {
    /// The call of this number.
    pub(crate) fn get_mut(&mut self, id: u32) -> (&Call, Mut<'_, Stay>) {
        self.roster.get_mut(&mut self.calls, id as usize)
    }
}

/// The vessels of a scenario.
#[derive(Resource, Debug)]
pub(crate) struct Vessels {
    spec: VesselsSpec,
    /// In the order of `spec.class`.
    classes: Vec<Class>,
    rules: Vec<AtBerthRule>,
}

/// A class of vessels.
#[derive(Debug)]
struct Class {
    name: Arc<str>,
    kind: String,
    share: f64,
    capable_share: Curve,
    voluntary_share: Curve,
    main_kw: f64,
    top_kn: f64,
    auxiliary_kw: ModeKw,
    boiler_kw: ModeKw,
    tiers: Vec<Tier>,
}

/// Its engines of a tier.
#[derive(Debug)]
struct Tier {
    name: Arc<str>,
    weight: Curve,
    main: Engine,
    auxiliary: Engine,
    boiler: Engine,
}

impl Vessels {
    /// From a checked scenario's parts.
    pub(crate) fn new(
        spec: &VesselsSpec,
        engines: &BTreeMap<String, EngineSpec>,
        fuels: &BTreeMap<String, FuelSpec>,
        warming: Warming,
        rules: &BTreeMap<String, AtBerthRule>,
    ) -> Self {
        let engine = |key: &String, tier: &str| {
            let engine = &engines[key];
            let made = Engine::new(engine, &fuels[&engine.fuel], tier, warming);
            made.expect("the check has seen factors of every engine for every tier of a class")
        };
        let mut classes = Vec::new();
        for (key, class) in &spec.class {
            let mut tiers = Vec::new();
            for (tier, weight) in &class.tiers {
                let [main, auxiliary, boiler] =
                    [&spec.main_engine, &spec.auxiliary_engine, &spec.boiler].map(|key| engine(key, tier));
                let name = Arc::from(tier.as_str());
                let weight = weight.clone();
                tiers.push(Tier { name, weight, main, auxiliary, boiler });
            }
            classes.push(Class {
                name: Arc::from(key.as_str()),
                kind: class.kind.clone(),
                share: class.share,
                capable_share: class.capable_share.clone(),
                voluntary_share: class.voluntary_share.clone(),
                main_kw: class.main_kw,
                top_kn: class.top_kn,
                auxiliary_kw: class.auxiliary_kw,
                boiler_kw: class.boiler_kw,
                tiers,
            });
        }
        Self { spec: spec.clone(), classes, rules: rules.values().cloned().collect() }
    }

    /// Draws the vessel of a call, and says what the call draws from the shore. Every call takes the same number of draws, so
    /// that no rule moves another call's vessel.
    pub(crate) fn board(&self, call: &mut Call, seed: Seed, calendar: &Calendar, has_shore_power: bool) {
        let key = u64::from(call.site.0) << 32 | u64::from(call.index);
        let mut stream = seed.stream(Purpose::Vessels, key, 0);
        let [class, tier, slow, capable, obliged, captured] = [(); 6].map(|()| stream.uniform());
        let day = calendar.start().saturating_add(calendar.day(call.berth_s).days());
        let year = u16::try_from(day.year()).unwrap_or(0);
        let class = pick(self.classes.iter().map(|class| class.share), class);
        let of = &self.classes[class];
        let tier = pick(of.tiers.iter().map(|tier| tier.weight.at(year)), tier);
        let in_force = self
            .rules
            .iter()
            .filter(|rule| rule.term.holds_on(day) && (rule.kinds.is_empty() || rule.kinds.contains(&of.kind)));
        let rule = in_force.max_by(|a, b| a.share.at(year).total_cmp(&b.share.at(year)));
        let is_obliged = rule.is_some_and(|rule| obliged < rule.share.at(year));
        let is_capable = capable < of.capable_share.at(year);
        let is_willing = is_obliged || obliged < of.voluntary_share.at(year);
        let is_captured = is_obliged && rule.is_some_and(|rule| captured < rule.captured_share.at(year));
        let at_berth = match (has_shore_power && is_capable && is_willing, is_captured) {
            (true, _) => BerthPower::Shore,
            (false, true) => BerthPower::Captured,
            (false, false) => BerthPower::Engines,
        };
        let full_kn = of.top_kn * self.spec.speed_ratio;
        let seconds = |hours: f64| (hours * S_PER_H).round() as i64;
        call.on_shore_power = at_berth == BerthPower::Shore;
        call.shore_kw = of.auxiliary_kw.berth;
        call.vessel = Some(VesselOfCall {
            class: class as u16,
            tier: tier as u16,
            transit_kn: if slow < self.spec.slow_share { full_kn.min(self.spec.slow_kn) } else { full_kn },
            is_capable,
            at_berth,
            captured_g_per_kwh: rule
                .map_or([0.0; 2], |rule| [rule.captured_nox_g_per_kwh, rule.captured_pm25_g_per_kwh]),
            connect_s: seconds(self.spec.connect_h),
            disconnect_s: seconds(self.spec.disconnect_h),
        });
    }

    /// The rows of a stay, as far as they lie between two times.
    fn rows(&self, call: &Call, stay: &Stay, (first_s, last_s): (i64, i64)) -> Vec<VesselRow> {
        let Some(vessel) = call.vessel else { return Vec::new() };
        let phases = self.phases(&vessel, stay, last_s);
        let clipped = phases.into_iter().map(|phase| {
            let (from_s, until_s) = (phase.from_s.max(first_s), phase.until_s.min(last_s));
            Phase { from_s, until_s, ..phase }
        });
        let seen = clipped.filter(|phase| phase.from_s < phase.until_s);
        seen.map(|phase| self.row(call.id, call.site, &vessel, &phase)).collect()
    }

    /// What a vessel does one after the other; what it has not done yet ends at `last_s`.
    fn phases(&self, vessel: &VesselOfCall, stay: &Stay, last_s: i64) -> Vec<Phase> {
        let seconds = |hours: f64| (hours * S_PER_H).round() as i64;
        let manoeuvring_s = seconds(self.spec.manoeuvring_h);
        let transit_s = seconds(self.spec.transit_nm / vessel.transit_kn);
        let phase = |mode, power, from_s: i64, until_s: i64| Phase { mode, power, from_s, until_s };
        let engines = BerthPower::Engines;
        let in_s = stay.arrive_s - manoeuvring_s;
        let berth_s = stay.berth_s.unwrap_or(last_s.max(stay.arrive_s));
        let mut out = vec![
            phase(VesselMode::Transit, engines, in_s - transit_s, in_s),
            phase(VesselMode::Manoeuvring, engines, in_s, stay.arrive_s),
            phase(VesselMode::Anchor, engines, stay.arrive_s, berth_s),
        ];
        if stay.berth_s.is_none() {
            return out;
        }
        let leave_s = stay.leave_s.unwrap_or(last_s);
        let own = if vessel.at_berth == BerthPower::Captured { BerthPower::Captured } else { engines };
        let (on_s, off_s) = stay.shore_s.unwrap_or((leave_s, leave_s));
        out.push(phase(VesselMode::Berth, own, berth_s, on_s));
        out.push(phase(VesselMode::Berth, BerthPower::Shore, on_s, off_s));
        out.push(phase(VesselMode::Berth, own, off_s, leave_s));
        if stay.leave_s.is_some() {
            let out_s = leave_s + manoeuvring_s;
            out.push(phase(VesselMode::Manoeuvring, engines, leave_s, out_s));
            out.push(phase(VesselMode::Transit, engines, out_s, out_s + transit_s));
        }
        out
    }

    fn row(&self, call: u32, site: SiteId, vessel: &VesselOfCall, phase: &Phase) -> VesselRow {
        let class = &self.classes[usize::from(vessel.class)];
        let tier = &class.tiers[usize::from(vessel.tier)];
        let hours = (phase.until_s - phase.from_s) as f64 / S_PER_H;
        let main_kw = match phase.mode {
            VesselMode::Transit => propulsion_kw(class.main_kw, vessel.transit_kn, class.top_kn),
            VesselMode::Manoeuvring => class.main_kw * self.spec.manoeuvring_load,
            VesselMode::Anchor | VesselMode::Berth => 0.0,
        };
        let needs_kwh = class.auxiliary_kw.of(phase.mode) * hours;
        let boiler_kwh = class.boiler_kw.of(phase.mode) * hours;
        let is_on_shore = phase.power == BerthPower::Shore;
        let auxiliary_kwh = if is_on_shore { 0.0 } else { needs_kwh };
        let load = if class.main_kw > 0.0 { main_kw / class.main_kw } else { 1.0 };
        let mut auxiliary = tier.auxiliary.burn(auxiliary_kwh, 1.0);
        if phase.power == BerthPower::Captured {
            let [nox_g, pm25_g] = vessel.captured_g_per_kwh;
            auxiliary.nox_g = auxiliary.nox_g.min(auxiliary_kwh * nox_g);
            auxiliary.pm25_g = auxiliary.pm25_g.min(auxiliary_kwh * pm25_g);
        }
        let mut burnt = tier.main.burn(main_kw * hours, load);
        burnt.accumulate(&auxiliary, 1.0);
        burnt.accumulate(&tier.boiler.burn(boiler_kwh, 1.0), 1.0);
        let avoided = if is_on_shore { tier.auxiliary.burn(needs_kwh, 1.0) } else { Burnt::default() };
        VesselRow {
            call,
            site,
            class: Arc::clone(&class.name),
            tier: Arc::clone(&tier.name),
            mode: phase.mode,
            power: phase.power,
            shore_capable: vessel.is_capable,
            start_s: phase.from_s.max(0) as u32,
            end_s: phase.until_s.max(0) as u32,
            main_kwh: main_kw * hours,
            auxiliary_kwh,
            boiler_kwh,
            shore_kwh: needs_kwh - auxiliary_kwh,
            fuel_kg: burnt.fuel_kg,
            co2e_kg: burnt.direct_co2e_kg,
            upstream_co2e_kg: burnt.upstream_co2e_kg,
            nox_g: burnt.nox_g,
            sox_g: burnt.sox_g,
            pm25_g: burnt.pm25_g,
            fuel_usd: burnt.fuel_usd,
            avoided_fuel_kg: avoided.fuel_kg,
            avoided_co2e_kg: avoided.direct_co2e_kg,
            avoided_nox_g: avoided.nox_g,
            avoided_pm25_g: avoided.pm25_g,
            avoided_fuel_usd: avoided.fuel_usd,
        }
    }
}

/// Something that a vessel does for some time.
#[derive(Debug, Clone, Copy)]
struct Phase {
    mode: VesselMode,
    power: BerthPower,
    from_s: i64,
    until_s: i64,
}

impl ModeKw {
    fn of(&self, mode: VesselMode) -> f64 {
        match mode {
            VesselMode::Transit => self.transit,
            VesselMode::Manoeuvring => self.manoeuvring,
            VesselMode::Anchor => self.anchor,
            VesselMode::Berth => self.berth,
        }
    }
}

/// The one of these weights that a uniform draw falls on.
fn pick(weights: impl Iterator<Item = f64> + Clone, draw: f64) -> usize {
    let mut left = draw * weights.clone().sum::<f64>();
    let on = weights.clone().position(|weight| {
        left -= weight;
        left < 0.0
    });
    on.unwrap_or(weights.count().saturating_sub(1))
}

/// The terminals of the vessels that are at berth when the run ends, one entry a vessel.
pub(crate) fn at_berth(world: &World) -> impl Iterator<Item = SiteId> {
    let end_s = i64::from(world.resource::<Clock>().end_s());
    let calls = world.resource::<Roster<Call>>();
    let is_there = move |(_, stay): &(&Call, &Stay)| {
        let Stay { berth_s, leave_s, .. } = stay;
        berth_s.is_some_and(|berth_s| berth_s < end_s) && leave_s.is_none_or(|leave_s| leave_s > end_s)
    };
    calls.components::<Call>(world).zip(calls.components::<Stay>(world)).filter(is_there).map(|(call, _)| call.site)
}

/// When the run is over: the rows of all vessels, as far as they were there in the run.
pub(crate) fn close(world: &mut World, end_s: u32) {
    let Some(vessels) = world.get_resource::<Vessels>() else { return };
    let mut rows = Vec::new();
    let calls = world.resource::<Roster<Call>>();
    for (call, stay) in calls.components::<Call>(world).zip(calls.components::<Stay>(world)) {
        rows.extend(vessels.rows(call, stay, (0, i64::from(end_s))));
    }
    let mut records = world.resource_mut::<Records<VesselRow>>();
    for row in rows {
        records.push(row);
    }
}

#[cfg(test)]
mod tests {
    //! Contract: hours of a stay become fuel and exhaust by hand; shore power takes the auxiliary engines' part and no more; rules
    //! oblige from their dates on.

    use super::*;

    const HOUR: i64 = 3_600;

    fn spec(more: &str) -> VesselsSpec {
        let text = "transit_nm = 40\nslow_share = 1\nslow_kn = 12\nspeed_ratio = 0.74\nmanoeuvring_h = 1\n\
            manoeuvring_load = 0.02\nconnect_h = 2\ndisconnect_h = 1\nmain_engine = \"main\"\n\
            auxiliary_engine = \"auxiliary\"\nboiler = \"boiler\"\n[class.large]\nkind = \"container\"\nshare = 1\n\
            main_kw = 61000\ntop_kn = 25.9\nauxiliary_kw = { transit = 1630, manoeuvring = 2780, anchor = 1630, berth = 1000 }\n\
            boiler_kw = { transit = 0, manoeuvring = 500, anchor = 500, berth = 520 }\ntiers = { tier_1 = 1 }\n";
        toml::from_str(&format!("{text}{more}")).unwrap()
    }

    fn vessels(spec: &VesselsSpec, rules: &str) -> Vessels {
        let engine = |fuel: f64, nox: f64| {
            let text =
                format!("fuel = \"oil\"\nfuel_g_per_kwh = {fuel}\nnox_g_per_kwh = {nox}\npm25_g_per_kwh = 0.174");
            toml::from_str::<EngineSpec>(&text).unwrap()
        };
        let engines =
            [("main", engine(185.0, 16.0)), ("auxiliary", engine(217.0, 9.8)), ("boiler", engine(300.0, 2.0))];
        let oil = "co2_g_per_g = 3.206\nmj_per_kg = 42.7\nupstream_g_per_mj = 14.4\nsulfur_share = 0.001";
        let fuels = BTreeMap::from([("oil".to_owned(), toml::from_str(oil).unwrap())]);
        let engines = engines.into_iter().map(|(key, engine)| (key.to_owned(), engine)).collect();
        let rules = toml::from_str(rules).unwrap();
        Vessels::new(spec, &engines, &fuels, Warming { ch4: 25.0, n2o: 298.0 }, &rules)
    }

    /// Arrives at hour 0, waits two hours for a berth, lies there for 95.
    fn call() -> Call {
        Call {
            id: 3,
            site: SiteId(0),
            index: 7,
            arrive_s: 0,
            berth_s: 2 * HOUR,
            leave_s: 97 * HOUR,
            lifts: 5_000,
            on_shore_power: false,
            shore_kw: 0.0,
            vessel: None,
            by_moves: false,
            lifted_before: 0,
        }
    }

    fn boarded(vessels: &Vessels, start: &str, index: u32) -> Call {
        let calendar = Calendar::new(start, "America/Los_Angeles", 7).unwrap();
        let mut call = Call { index, ..call() };
        vessels.board(&mut call, Seed { seed: 1, replication: 0 }, &calendar, true);
        call
    }

    fn rows(vessels: &Vessels, call: &Call, from_s: i64, until_s: i64) -> Vec<VesselRow> {
        vessels.rows(call, &Stay::of(call), (from_s, until_s))
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
    }

    const ALL: &str = "[carb]\nterm = { from = \"2023-01-01\" }\nkinds = [\"container\"]\nshare = 1\ncaptured_share = 1\n\
        captured_nox_g_per_kwh = 2.8\ncaptured_pm25_g_per_kwh = 0.03";

    /// 95 h at berth, connected 2 h after and 1 h before: 92 of 95 h are the published 0.968 of a call that complies. The shore
    /// gives 92,000 kWh; engines give 3, boilers burn all the time. By hand, at berth: 3,000 x 9.8 + 95 x 520 x 2 g of nitrogen
    /// oxides; what the engines would have burnt is 92,000 x 0.217 kg.
    #[test]
    fn a_stay_on_shore_power_by_hand() {
        let spec = spec("capable_share = 1");
        let vessels = vessels(&spec, ALL);
        let call = boarded(&vessels, "2025-06-02", 1);
        assert!(call.on_shore_power);
        let rows = rows(&vessels, &call, -100 * HOUR, 200 * HOUR);
        let berth: Vec<&VesselRow> = rows.iter().filter(|row| row.mode == VesselMode::Berth).collect();
        let sum = |of: fn(&VesselRow) -> f64| berth.iter().map(|row| of(row)).sum::<f64>();
        assert_eq!(berth.iter().map(|row| row.power.word()).collect::<Vec<_>>(), ["engines", "shore_power", "engines"]);
        close(sum(|row| row.shore_kwh), 92_000.0);
        assert!((sum(|row| row.shore_kwh) / 95_000.0 - 0.968).abs() < 0.001);
        close(sum(|row| row.auxiliary_kwh), 3_000.0);
        close(sum(|row| row.boiler_kwh), 95.0 * 520.0);
        close(sum(|row| row.nox_g), 3_000.0 * 9.8 + 95.0 * 520.0 * 2.0);
        close(sum(|row| row.fuel_kg), 3_000.0 * 0.217 + 95.0 * 520.0 * 0.3);
        close(sum(|row| row.avoided_fuel_kg), 92_000.0 * 0.217);
        close(sum(|row| row.avoided_co2e_kg), 92_000.0 * 0.217 * 3.206);
        let anchor = rows.iter().find(|row| row.mode == VesselMode::Anchor).unwrap();
        close(anchor.auxiliary_kwh, 2.0 * 1630.0);
        let ways: Vec<&str> = rows.iter().filter(|row| row.main_kwh > 0.0).map(|row| row.mode.word()).collect();
        assert_eq!(ways, ["transit", "manoeuvring", "manoeuvring", "transit"]);
        close(rows[1].main_kwh, 0.02 * 61_000.0);
    }

    /// What a call does in two halves of its time is what it does in all of it, and what lies outside is not seen.
    #[test]
    fn a_run_sees_the_part_of_a_stay_that_lies_in_it() {
        let spec = spec("capable_share = 1");
        let vessels = vessels(&spec, ALL);
        let call = boarded(&vessels, "2025-06-02", 1);
        let nox_g = |from, until| rows(&vessels, &call, from, until).iter().map(|row| row.nox_g).sum::<f64>();
        let whole = nox_g(-100 * HOUR, 200 * HOUR);
        close(nox_g(-100 * HOUR, 31 * HOUR) + nox_g(31 * HOUR, 200 * HOUR), whole);
        assert!(whole > 0.0 && nox_g(150 * HOUR, 200 * HOUR) == 0.0);
    }

    /// 40 nautical miles at 12 knots instead of 19.2: 3.33 h at 6,067 kW, not 2.09 h at 24,719 kW. The published saving of the leg
    /// is 17.2 t of `CO2`, the auxiliary engines' longer time taken off.
    #[test]
    fn a_slow_leg_saves_the_published_carbon() {
        let (slow, fast) = (spec("capable_share = 0"), VesselsSpec { slow_share: 0.0, ..spec("capable_share = 0") });
        let co2_t = |spec: &VesselsSpec| {
            let vessels = vessels(spec, "");
            let rows = rows(&vessels, &boarded(&vessels, "2025-06-02", 1), -100 * HOUR, 200 * HOUR);
            (rows[0].co2e_kg / 1000.0, rows[0].main_kwh / 1000.0)
        };
        let ((slow_t, slow_mwh), (fast_t, fast_mwh)) = (co2_t(&slow), co2_t(&fast));
        assert!((fast_mwh - 51.6).abs() < 0.1 && (slow_mwh - 20.2).abs() < 0.1, "{fast_mwh} {slow_mwh}");
        assert!((fast_t - slow_t - 17.2).abs() < 0.1, "{}", fast_t - slow_t);
    }

    /// Before its first day the rule binds no call; then a capable call takes shore power, and any other is captured: no more
    /// than 2.8 g leave for a kWh, where 9.8 left.
    #[test]
    fn the_rule_obliges_from_its_day_on() {
        let (able, unable) = (spec("capable_share = 1"), spec("capable_share = 0"));
        let before = boarded(&vessels(&able, ALL), "2022-12-05", 1);
        assert!(!before.on_shore_power && before.vessel.unwrap().at_berth == BerthPower::Engines);
        assert!(boarded(&vessels(&able, ALL), "2023-01-02", 1).on_shore_power);
        let of_others = vessels(&able, &ALL.replace("container", "tanker"));
        assert!(!boarded(&of_others, "2023-01-02", 1).on_shore_power, "a rule for others");
        let vessels = vessels(&unable, ALL);
        let call = boarded(&vessels, "2023-01-02", 1);
        assert!(!call.on_shore_power);
        let rows = rows(&vessels, &call, -100 * HOUR, 200 * HOUR);
        let berth = rows.iter().find(|row| row.mode == VesselMode::Berth).unwrap();
        assert_eq!(berth.power, BerthPower::Captured);
        close(berth.nox_g, 95_000.0 * 2.8 + 95.0 * 520.0 * 2.0);
    }

    /// Of many calls as many take shore power as the shares say: 90 % can, and 80 % of the visits are obliged.
    #[test]
    fn shares_are_met_over_many_calls() {
        let spec = spec("capable_share = 0.9");
        let vessels = vessels(&spec, &ALL.replace("share = 1\n", "share = 0.8\n"));
        let calls: Vec<Call> = (0..4_000).map(|index| boarded(&vessels, "2025-06-02", index)).collect();
        let count = |is: fn(&Call) -> bool| calls.iter().filter(|call| is(call)).count() as f64 / 4_000.0;
        assert!((count(|call| call.vessel.unwrap().is_capable) - 0.9).abs() < 0.02);
        assert!((count(|call| call.on_shore_power) - 0.72).abs() < 0.02);
    }
}
