//! Draws calls and containers. Pure functions of the scenario and the seed.

use super::labor::Labor;
use super::spec::VolumesSpec;
use super::state::{Call, Haul, HaulFactors};
use crate::kernel::calendar::{Calendar, DAY_S, WEEK_S};
use crate::kernel::ids::SiteId;
use crate::kernel::profile::WeekProfile;
use crate::kernel::random::{Lognormal, Purpose, Seed, Stream, key_of};
use crate::kernel::units::S_PER_H;
use crate::place::site::Sites;
use crate::terminal::spec::TerminalSpec;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedAliasIndex;
use std::collections::BTreeMap;

/// Weeks of a year, for volumes.
const WEEKS_PER_YEAR: f64 = 365.25 / 7.0;
/// Clocks that are put forward or back move the ends of a window by less than this, seconds.
const CLOCK_CHANGE_S: f64 = 7_200.0;

/// All that is needed to draw the demand of a scenario.
#[derive(Debug)]
pub struct Demand {
    seed: Seed,
    volumes: VolumesSpec,
    gate: BTreeMap<SiteId, WeekProfile>,
    labor: Labor,
    import_to: Ends,
    export_from: Ends,
    empty_from: Ends,
    due_after_s: u32,
    turn_cv: BTreeMap<SiteId, f64>,
    energy_cv: f64,
}

/// The other ends of hauls, with their weights.
#[derive(Debug)]
struct Ends {
    sites: Vec<SiteId>,
    pick: WeightedAliasIndex<f64>,
}

impl Ends {
    fn new(weights: &BTreeMap<String, f64>, sites: &Sites) -> Option<Self> {
        let known: Vec<(SiteId, f64)> =
            weights.iter().filter_map(|(key, weight)| Some((sites.find(key)?, *weight))).collect();
        let pick = WeightedAliasIndex::new(known.iter().map(|entry| entry.1).collect()).ok()?;
        Some(Self { sites: known.into_iter().map(|entry| entry.0).collect(), pick })
    }

    fn draw(&self, stream: &mut Stream) -> SiteId {
        self.sites[self.pick.sample(stream.generator())]
    }
}

impl Demand {
    /// From a checked scenario's parts; `None` when the weights allow no draw (the check excludes it).
    #[must_use]
    pub fn new(
        seed: Seed,
        volumes: &VolumesSpec,
        labor: Labor,
        sites: &Sites,
        terminals: &BTreeMap<String, TerminalSpec>,
        due_after_h: f64,
        energy_cv: f64,
    ) -> Option<Self> {
        let hours = |(key, spec): (&String, &TerminalSpec)| Some((sites.find(key)?, gate_hours(volumes, spec)?));
        let gate = terminals.iter().map(hours).collect::<Option<_>>()?;
        let turn_cv = terminals.iter().filter_map(|(key, spec)| Some((sites.find(key)?, spec.turn_cv))).collect();
        Some(Self {
            seed,
            gate,
            labor,
            import_to: Ends::new(&volumes.import_to, sites)?,
            export_from: Ends::new(&volumes.export_from, sites)?,
            empty_from: Ends::new(&volumes.empty_from, sites)?,
            volumes: volumes.clone(),
            due_after_s: (due_after_h * S_PER_H) as u32,
            turn_cv,
            energy_cv,
        })
    }

    /// Days before and after a call in which its containers may pass the gates.
    #[must_use]
    pub fn reach_days(&self) -> (i64, i64) {
        let days = |dwell: f64| (dwell * self.volumes.longest_dwell).ceil() as i64 + 7;
        (days(self.volumes.export_dwell_days), days(self.volumes.import_dwell_days))
    }

    /// All calls of one terminal whose containers may matter between `from_s` and `to_s`, in the order of their time
    /// at berth. Weekly services come off their schedule by a normal deviation; a vessel waits for a free berth; it
    /// stays until its lifts are done in worked hours.
    #[must_use]
    pub fn calls(
        &self,
        key: &str,
        site: SiteId,
        spec: &TerminalSpec,
        calendar: &Calendar,
        from_s: i64,
        to_s: i64,
    ) -> Vec<Call> {
        let services = spec.calls_per_week.ceil().max(1.0);
        let mean_lifts = spec.teu_per_year / self.volumes.teu_per_box / WEEKS_PER_YEAR / spec.calls_per_week;
        let mut calls = Vec::new();
        for week in from_s.div_euclid(WEEK_S)..=to_s.div_euclid(WEEK_S) {
            let number = (calendar.draw_week(week) + 1_000) as u32;
            let mut stream = self.seed.stream(Purpose::Calls, key_of(key), number);
            for service in 0..services as u32 {
                let scheduled_s = (week as f64 + (f64::from(service) + 0.5) / services) * WEEK_S as f64;
                let late_s = stream.normal() * self.volumes.off_schedule_h * S_PER_H;
                let lifts = stream.lognormal(mean_lifts, self.volumes.call_size_cv).round().max(1.0) as u32;
                let comes = stream.chance(spec.calls_per_week / services);
                let on_shore_power = stream.chance(spec.shore_share);
                if comes {
                    let arrive_s = (scheduled_s + late_s) as i64;
                    let index = number * 1_000 + service;
                    calls.push(Call {
                        id: 0,
                        site,
                        index,
                        arrive_s,
                        berth_s: 0,
                        leave_s: 0,
                        lifts,
                        on_shore_power,
                        shore_kw: spec.shore_kw,
                        vessel: None,
                        by_moves: spec.plan.is_some(),
                        lifted_before: 0,
                    });
                }
            }
        }
        calls.sort_by_key(|call| (call.arrive_s, call.index));
        self.berth(&mut calls, spec, calendar);
        for call in &mut calls {
            let share = self.share_of_work(call, calendar, call.berth_s, 0);
            call.lifted_before = (f64::from(call.lifts) * share.clamp(0.0, 1.0)).round() as u32;
        }
        calls
    }

    fn berth(&self, calls: &mut [Call], spec: &TerminalSpec, calendar: &Calendar) {
        let mut free_s = vec![i64::MIN; spec.berths as usize];
        let per_worked_s = f64::from(spec.cranes_per_call) * spec.lifts_per_crane_h / S_PER_H;
        for call in calls {
            let berth = (0..free_s.len()).min_by_key(|berth| free_s[*berth]).expect("a terminal has a berth");
            call.berth_s = call.arrive_s.max(free_s[berth]);
            let labor = self.labor_at(call.site);
            // Weighted seconds of a worked second: labour has weight zero or this.
            let work_s = f64::from(call.lifts) / per_worked_s * labor.most();
            let begin = labor.weighted_s(calendar.since_monday_s(call.berth_s) as f64);
            let end = labor.moment_s(begin + work_s);
            call.leave_s = calendar.from_monday_s(end.ceil() as i64).max(call.berth_s + 1);
            free_s[berth] = call.leave_s;
        }
    }

    fn labor_at(&self, site: SiteId) -> &WeekProfile {
        self.labor.at(site).expect("volumes are drawn where somebody works")
    }

    /// Share of a call's work that falls between two times.
    #[must_use]
    pub fn share_of_work(&self, call: &Call, calendar: &Calendar, from_s: i64, to_s: i64) -> f64 {
        let labor = self.labor_at(call.site);
        let at = |elapsed_s: i64| {
            let clamped = elapsed_s.clamp(call.berth_s, call.leave_s);
            labor.weighted_s(calendar.since_monday_s(clamped) as f64)
        };
        let whole = at(call.leave_s) - at(call.berth_s);
        if whole <= 0.0 { 0.0 } else { (at(to_s) - at(from_s)) / whole }
    }

    /// Containers of a call that go by rail, as a share of its lifts.
    #[must_use]
    pub fn rail_share(&self) -> f64 {
        let volumes = &self.volumes;
        volumes.import_share * (1.0 - volumes.import_truck_share)
            + volumes.export_share * (1.0 - volumes.export_truck_share)
            + volumes.empty_share * (1.0 - volumes.empty_truck_share)
    }

    /// The hauls of one call that are ready between `from_s` and `to_s`. Their ids are set later.
    ///
    /// A stay in the yard runs in gate time: it passes only while the gates are open and in proportion to their
    /// activity, so that hauls follow the gates' hours of the week and keep their mean stay.
    ///
    /// Most containers of the calls around a short run are ready outside of it: their gate time says so before it is worked out
    /// when they are.
    pub fn hauls(&self, call: &Call, calendar: &Calendar, from_s: i64, to_s: i64, out: &mut Vec<Haul>) {
        let volumes = &self.volumes;
        let monday = |elapsed_s: i64| calendar.since_monday_s(elapsed_s) as f64;
        let (labor, gate) = (self.labor_at(call.site), &self.gate[&call.site]);
        let work = (labor.weighted_s(monday(call.berth_s)), labor.weighted_s(monday(call.leave_s)));
        let gate_at_berth = gate.weighted_s(monday(call.berth_s));
        let [first, last] = [work.0, work.1].map(|work| gate.weighted_s(labor.moment_s(work)));
        let window = Window::new(gate, monday(from_s), monday(to_s));
        let longest = |dwell_days: f64| volumes.longest_dwell * DAY_S as f64 * dwell_days;
        let imports = [first, last + longest(volumes.import_dwell_days)];
        let others = [gate_at_berth - longest(volumes.export_dwell_days), gate_at_berth];
        if window.misses(imports) && window.misses(others) {
            return;
        }
        let key = u64::from(call.site.0) << 32 | u64::from(call.index);
        let mut stream = self.seed.stream(Purpose::Boxes, key, 0);
        let dwell = Lognormal::new(1.0, volumes.dwell_cv);
        for container in 0..call.lifts {
            let (kind, by_truck, moment) = (stream.uniform(), stream.uniform(), stream.uniform());
            let stay = stream.normal_draw();
            let is_import = kind < volumes.import_share;
            let is_export = !is_import && kind < volumes.import_share + volumes.export_share;
            let (ends, truck_share) = if is_import {
                (&self.import_to, volumes.import_truck_share)
            } else if is_export {
                (&self.export_from, volumes.export_truck_share)
            } else {
                (&self.empty_from, volumes.empty_truck_share)
            };
            let other = ends.draw(&mut stream);
            if by_truck >= truck_share || window.misses(if is_import { imports } else { others }) {
                continue;
            }
            let stay = dwell.of(stay).min(volumes.longest_dwell) * DAY_S as f64;
            let gate_s = if is_import {
                let lifted = labor.moment_s(work.0 + moment * (work.1 - work.0));
                gate.weighted_s(lifted) + stay * volumes.import_dwell_days
            } else {
                gate_at_berth - stay * volumes.export_dwell_days
            };
            if window.misses([gate_s, gate_s]) {
                continue;
            }
            let ready_s = calendar.from_monday_s(gate.moment_s(gate_s) as i64);
            if ready_s < from_s || ready_s >= to_s {
                continue;
            }
            let (origin, destination) = if is_import { (call.site, other) } else { (other, call.site) };
            let ready_s = ready_s as u32;
            let factors = self.haul_factors(key, container, call.site);
            let due_s = ready_s + self.due_after_s;
            let loaded = is_import || is_export;
            let windows_s = [None; 2];
            out.push(Haul { id: 0, origin, destination, ready_s, due_s, loaded, fleet: None, windows_s, factors });
        }
    }

    fn haul_factors(&self, key: u64, index: u32, terminal: SiteId) -> HaulFactors {
        let turn_cv = self.turn_cv.get(&terminal).copied().unwrap_or(0.0);
        draw_haul_factors(&mut self.seed.stream(Purpose::HaulFactors, key, index), turn_cv, self.energy_cv)
    }
}

/// A span of time in gate time, somewhat wider than it is.
struct Window {
    from: f64,
    to: f64,
}

impl Window {
    fn new(gate: &WeekProfile, from_monday_s: f64, to_monday_s: f64) -> Self {
        let from = gate.weighted_s(from_monday_s - CLOCK_CHANGE_S) - 1.0;
        Self { from, to: gate.weighted_s(to_monday_s + CLOCK_CHANGE_S) + 1.0 }
    }

    /// Does a span of gate time lie outside of it as a whole?
    fn misses(&self, [first, last]: [f64; 2]) -> bool {
        last < self.from || first > self.to
    }
}

/// Activity of the gate of a terminal: its own hours, or those of all.
pub(super) fn gate_hours(volumes: &VolumesSpec, terminal: &TerminalSpec) -> Option<WeekProfile> {
    match &terminal.gate_hours {
        Some(own) => WeekProfile::from_days(&own.weekday, &own.saturday, &own.sunday),
        None => WeekProfile::from_days(&volumes.gate_weekday, &volumes.gate_saturday, &volumes.gate_sunday),
    }
}

/// Draws the random factors of one haul: lognormal with mean 1 and the given coefficients of variation.
pub fn draw_haul_factors(stream: &mut Stream, turn_cv: f64, energy_cv: f64) -> HaulFactors {
    HaulFactors {
        origin: stream.lognormal(1.0, turn_cv) as f32,
        destination: stream.lognormal(1.0, turn_cv) as f32,
        gate: stream.exponential(1.0) as f32,
        energy: stream.lognormal(1.0, energy_cv) as f32,
        live: stream.uniform() as f32,
    }
}
