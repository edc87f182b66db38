//! The run loop: tick after tick until the end, rows out as they come, an audit at the close.

use super::audit::Audit;
use super::fork::{Fork, Part};
use super::money::Money;
use super::options::{Options, RunError};
use super::output::{Output, Written};
use super::refill::Opening;
use super::rooms::ROOMS;
use super::stored::{Stored, stored};
use super::{build, follow, policies, profile};
use crate::account::load::Meter;
use crate::account::tariff::Tariff;
use crate::charging;
use crate::grid::spec::SiteKind;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{FleetId, Roster};
use crate::kernel::stage::{Operations, Register, Tick};
use crate::kernel::units::{Kw, S_PER_H};
use crate::policy::kind::PolicyKind;
use crate::policy::{Decide, Decision, Fault, PolicyCalls, PolicySlot};
use crate::record::groups::{GroupOf, Groups};
use crate::record::hydrogen::HydrogenSummary;
use crate::record::names::Names;
use crate::record::notes::PluginNotes;
use crate::record::overload::Overloads;
use crate::record::summary::Summary;
use crate::scenario::Scenario;
use crate::scenario::loaded::{Levels, Loaded};
use crate::terminal::state::{Pool, Unit};
use crate::truck::state::{Fleet, ShiftKm, Truck};
use crate::vehicle::user::User;
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, SingleThreadedExecutor};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A running simulation.
pub struct Simulation {
    world: World,
    schedule: Schedule,
    names: Names,
    /// By site.
    tariffs: Arc<[Option<Tariff>]>,
    /// None when the run is over.
    audit: Option<Audit>,
    /// What batteries held at the begin.
    opening: Opening,
    /// What a year costs, where prices are given.
    money: Option<Money>,
    /// What changes on the way, in the order of time.
    forks: Vec<Fork>,
    /// Of policies that ended before the run did.
    notes: Vec<PluginNotes>,
    #[cfg(test)]
    pub(super) tamper: super::audit::tamper::Tamper,
    #[cfg(test)]
    ticks: tests::Ticks,
}

/// What a run told after its warm-up.
#[derive(Debug)]
pub struct Measured {
    /// The summary.
    pub summary: Summary,
    /// What vehicles had on board when the warm-up ended.
    pub before: Stored,
    /// The same at the end of the run.
    pub after: Stored,
    /// How full vehicles and stations were at the time that was asked for.
    pub levels: Levels,
    /// Things that came due, the warm-up included.
    pub events: u64,
}

/// What a finished run did, beyond its tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effort {
    /// Things that were due: phases of trucks, sessions, failures.
    pub events: u64,
    /// Time by step (name, seconds x 1e6), when it was measured.
    pub step_us: Vec<(String, u64)>,
}

impl std::fmt::Debug for Simulation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Simulation").field("clock", self.world.resource::<Clock>()).finish_non_exhaustive()
    }
}

impl Simulation {
    /// Builds world and schedule.
    ///
    /// # Errors
    /// When a policy cannot be made.
    pub fn new(loaded: &Loaded, options: &Options) -> Result<Self, RunError> {
        let (mut world, names) = build::world(loaded, options)?;
        let mut schedule = schedule(&loaded.scenario, options);
        if options.profile {
            world.init_resource::<profile::StepTimes>();
            profile::watch(&mut schedule);
        }
        let tariffs = names.sites.iter().map(|site| loaded.tariffs.get(site).cloned()).collect();
        let audit = Some(Audit::new(&world, &loaded.scenario, &tariffs, &names));
        let (opening, money) = (Opening::of(&loaded.scenario, &world), Money::of(&loaded.scenario));
        Ok(Self {
            world,
            schedule,
            names,
            tariffs,
            audit,
            opening,
            money,
            forks: Vec::new(),
            notes: Vec::new(),
            #[cfg(test)]
            tamper: super::audit::tamper::Tamper::default(),
            #[cfg(test)]
            ticks: tests::Ticks::default(),
        })
    }

    /// An empty summary for this run.
    fn empty_summary(&self, scenario: &Scenario) -> Summary {
        let ports = charging::record::port_counts(&self.world);
        let (interval_s, days) = (scenario.time.interval_s, scenario.time.days);
        let mut summary = Summary::new(interval_s, days, ports, self.names.fleets.len(), scenario.emissions.clone());
        let behind = |key: &String| self.names.sites.iter().position(|site| site == key);
        let above = scenario.site.values().map(|site| site.behind.as_ref().and_then(behind)).collect();
        summary.overloads = Overloads::new(interval_s, above, self.names.nodes.len());
        let meter = |tariff: &Option<Tariff>| tariff.as_ref().map(|tariff| Meter::new(tariff.meter_s()));
        summary.meters = self.tariffs.iter().map(meter).collect();
        let lapses_after_h = scenario.freight.as_ref().map_or(0.0, |freight| freight.cancel_after_h);
        summary.lapses_after_s = (lapses_after_h * S_PER_H) as u32;
        summary.calendar = Some(self.names.calendar.clone());
        summary.groups = Groups::new(scenario.charger.len(), self.group_of());
        summary.neighbours = scenario.site.values().map(|site| site.kind == SiteKind::Plant).collect();
        summary.hydrogen = HydrogenSummary::new(&scenario.hydrogen, f64::from(days), interval_s);
        summary
    }

    /// Which group of chargers a session belongs to.
    fn group_of(&self) -> GroupOf {
        let tables = self.world.resource::<charging::state::ChargingTables>();
        let by_port = charging::record::groups_of_ports(&self.world);
        let at_site = charging::record::groups_at_sites(&self.world);
        let first = |site: usize, user: User| at_site[site].iter().copied().find(|at| tables.allows(*at, user));
        let fleets = |site| (0..self.names.fleets.len()).map(|at| first(site, User::Fleet(FleetId::at(at)))).collect();
        let pools = self.world.resource::<Roster<Pool>>();
        let sites: Vec<usize> = pools.components::<Pool>(&self.world).map(|pool| pool.site.index()).collect();
        let units = self.world.resource::<Roster<Unit>>().components::<Unit>(&self.world);
        let by_unit = units.map(|unit| first(sites[unit.pool.index()], User::Model(unit.model))).collect();
        GroupOf { by_port, by_unit, by_fleet: (0..at_site.len()).map(fleets).collect() }
    }

    /// Has another policy decide than the one that the scenario chose, such as a program that steers the run.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn decide_by<K: Decision>(&mut self, policy: Box<dyn Decide<K>>) {
        self.world.insert_resource(PolicySlot::<K>(policy));
    }

    /// Tells the metrics of [`FOLLOWED`](crate::record::progress::FOLLOWED) while the run goes on: before each decision of this
    /// kind they hold what came before it.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn follow(&mut self, loaded: &Loaded, told: follow::Shared, kind: PolicyKind) {
        let neighbours = self.empty_summary(&loaded.scenario).neighbours;
        self.world.insert_resource(follow::Followed::new(told, neighbours));
        follow::register(&mut self.schedule, kind);
    }

    /// How many trucks there are; their ids are from 0.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn trucks(&self) -> usize {
        self.world.resource::<Roster<Truck>>().len()
    }

    /// Most power that each charging port draws from the grid, and most that it exports, in the order of ports.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn port_limits(&self) -> Vec<(Kw, Kw)> {
        charging::record::port_limits(&self.world)
    }

    /// Names of the ids in the rows.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// How far the trucks of each fleet drove in a shift, so far: shifts by classes of
    /// [`SHIFT_CLASS_KM`](crate::truck::state::SHIFT_CLASS_KM).
    #[must_use]
    pub fn shift_km(&self) -> Vec<Vec<u32>> {
        let fleets = self.world.resource::<Roster<Fleet>>();
        fleets.components::<ShiftKm>(&self.world).map(|shifts| shifts.shifts().to_vec()).collect()
    }

    /// Has the run go on under a changed scenario from a second on, at the start of a control interval; without one, that
    /// time is only told apart. Of the changed scenario these parts are taken over and nothing else. It may change again later:
    /// what comes after the last of these times is summed up by itself, too.
    ///
    /// # Errors
    /// When a policy cannot be made.
    pub fn fork_at(
        &mut self,
        at_s: u32,
        changed: Option<(&Loaded, &BTreeSet<Part>)>,
        options: &Options,
    ) -> Result<(), RunError> {
        if let Some(audit) = self.audit.as_mut() {
            audit.change_at(at_s, changed.map(|(loaded, _)| &loaded.scenario));
        }
        debug_assert!(self.forks.last().is_none_or(|last| last.at_s < at_s), "forks come in the order of time");
        self.forks.push(Fork::new(at_s, changed, options)?);
        Ok(())
    }

    /// Runs to the end, with its rows in tables of a folder (or only as digests): the one way to drive a simulation. Tables
    /// are closed also when the run ends early, so what was simulated until then is kept.
    ///
    /// # Errors
    /// When a policy fails, the audit finds something, results cannot be written, or somebody stops it.
    pub fn drive(
        &mut self,
        loaded: &Loaded,
        (folder, with_csv): (Option<&Path>, bool),
        stop: &AtomicBool,
        progress: impl FnMut(u32, u32),
    ) -> Result<(Written, Effort), RunError> {
        let scenario = &loaded.scenario;
        let output = Output::new((folder, with_csv), scenario, self.empty_summary(scenario))?;
        self.drive_into(output, loaded, stop, progress)
    }

    /// The same, with the rows of all tables in memory.
    ///
    /// # Errors
    /// As [`Self::drive`].
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn drive_in_memory(
        &mut self,
        loaded: &Loaded,
        stop: &AtomicBool,
        progress: impl FnMut(u32, u32),
    ) -> Result<(Written, Effort), RunError> {
        let output = Output::in_memory(&loaded.scenario, self.empty_summary(&loaded.scenario))?;
        self.drive_into(output, loaded, stop, progress)
    }

    fn drive_into(
        &mut self,
        mut output: Output,
        loaded: &Loaded,
        stop: &AtomicBool,
        progress: impl FnMut(u32, u32),
    ) -> Result<(Written, Effort), RunError> {
        let ran =
            self.run_to_fork(&loaded.scenario, &mut output, stop).and_then(|()| self.run(&mut output, stop, progress));
        let written = output.finish();
        let effort = ran?;
        Ok((written?, effort))
    }

    /// Runs to the end and tells only what came after a second: before it is a warm-up. Also says how full vehicles and stations
    /// were at `levels_at_s`. Its rows go to no table.
    ///
    /// # Errors
    /// As [`Self::drive`].
    pub fn drive_after(
        &mut self,
        loaded: &Loaded,
        until_s: u32,
        levels_at_s: u32,
        stop: &AtomicBool,
    ) -> Result<Measured, RunError> {
        let scenario = &loaded.scenario;
        let mut output = Output::untold(self.empty_summary(scenario));
        let before = if until_s == 0 { self.stored() } else { self.warm_up(scenario, &mut output, stop, until_s)? };
        self.run_until(&mut output, stop, levels_at_s)?;
        let levels = self.stored().levels;
        let effort = self.run(&mut output, stop, |_, _| {})?;
        let written = output.finish()?;
        let mut summary = written.measured.unwrap_or(written.summary);
        summary.close_interval();
        Ok(Measured { summary, before, after: self.stored(), levels, events: effort.events })
    }

    /// Runs on until a second, and no further than to the last tick.
    fn run_until(&mut self, output: &mut Output, stop: &AtomicBool, until_s: u32) -> Result<(), RunError> {
        let Some(mut audit) = self.audit.take() else { return Ok(()) };
        let last_s = until_s.min(self.world.resource::<Clock>().end_s());
        while self.world.resource::<Clock>().now_s() < last_s {
            self.tick(output, &mut audit, stop, &mut |_, _| {})?;
            self.advance(last_s);
        }
        self.audit = Some(audit);
        Ok(())
    }

    /// Runs to the time of the last fork, if there is one; what comes after it is summed up by itself, too.
    fn run_to_fork(&mut self, scenario: &Scenario, output: &mut Output, stop: &AtomicBool) -> Result<(), RunError> {
        let Some(at_s) = self.forks.last().map(|fork| fork.at_s) else { return Ok(()) };
        self.warm_up(scenario, output, stop, at_s).map(|_| ())
    }

    /// Runs to the end. `progress` hears of each simulated hour (done, of); `stop` ends the run early.
    ///
    /// # Errors
    /// When a policy fails, the audit finds something, results cannot be written, or somebody stops it.
    fn run(
        &mut self,
        output: &mut Output,
        stop: &AtomicBool,
        mut progress: impl FnMut(u32, u32),
    ) -> Result<Effort, RunError> {
        let Some(mut audit) = self.audit.take() else { return Ok(self.effort()) };
        while self.tick(output, &mut audit, stop, &mut progress)? {
            self.advance(u32::MAX);
        }
        self.close(output, audit)
    }

    /// Writes what is still open, bills it, and has the audit look at all of it.
    fn close(&mut self, output: &mut Output, mut audit: Audit) -> Result<Effort, RunError> {
        let end_s = self.world.resource::<Clock>().end_s();
        for room in &ROOMS {
            (room.close)(&mut self.world, end_s);
        }
        #[cfg(test)]
        (self.tamper.world)(&mut self.world);
        output.drain(&mut self.world, &self.names, &mut audit, true)?;
        #[cfg(test)]
        (self.tamper.after)(&mut self.world);
        for room in &ROOMS {
            output.add_metrics((room.metrics)(&self.world, &self.names));
        }
        #[cfg(test)]
        (self.tamper.summary)(output.summary_mut());
        output.bill(&self.tariffs, &self.names, &mut audit)?;
        if let Some(money) = &self.money {
            let less_kwh = self.opening.less_kwh(&self.world);
            output.add_metrics(money.metrics(less_kwh, output.summary(), &self.tariffs, &self.names));
        }
        output.add_metrics(self.opening.metrics(&self.world, output.summary().hub.bill));
        let notes = self.plugin_notes();
        output.count_policy_calls(*self.world.resource::<PolicyCalls>(), &notes);
        let metrics = output.summary_mut().metrics(&self.names);
        #[cfg(test)]
        let metrics = self.tamper.told(metrics, &mut audit);
        let broken = audit.close(&self.world, output.summary(), &metrics, &self.names);
        if broken.is_empty() { Ok(self.effort()) } else { Err(RunError::Audit(broken)) }
    }

    /// One tick. Is there another one?
    fn tick(
        &mut self,
        output: &mut Output,
        audit: &mut Audit,
        stop: &AtomicBool,
        progress: &mut impl FnMut(u32, u32),
    ) -> Result<bool, RunError> {
        let now_s = self.world.resource::<Clock>().now_s();
        if let Some(fork) = self.forks.iter_mut().find(|fork| fork.at_s == now_s) {
            let (notes, failed) = fork.turn(&mut self.world);
            self.notes.extend(notes);
            if let Some((policy, message)) = failed {
                self.world.resource_mut::<Fault>().set(&policy, message);
            }
        }
        self.schedule.run(&mut self.world);
        let clock = *self.world.resource::<Clock>();
        if clock.done() {
            self.finish_policies();
        }
        if let Some(fault) = self.world.resource::<Fault>().first().cloned() {
            output.drain(&mut self.world, &self.names, audit, true)?;
            return Err(RunError::Fault { at: self.local_time(&clock), fault });
        }
        if !clock.done() && clock.now_s().is_multiple_of(3600) {
            #[cfg(test)]
            (self.tamper.world)(&mut self.world);
            output.drain(&mut self.world, &self.names, audit, false)?;
            progress(clock.now_s() / 3600, clock.end_s() / 3600);
            if stop.load(Ordering::Relaxed) {
                output.drain(&mut self.world, &self.names, audit, true)?;
                return Err(RunError::Interrupted { at: self.local_time(&clock) });
            }
        }
        Ok(!clock.done())
    }

    /// Goes to the next tick in which a room or a fork has something to do, no further than to that of a second: those between
    /// would change nothing.
    fn advance(&mut self, most_s: u32) {
        let now_s = self.world.resource::<Clock>().now_s();
        let rooms = ROOMS.iter().map(|room| (room.next_due_s)(&self.world));
        let forks = self.forks.iter().map(|fork| fork.at_s).filter(|at_s| *at_s > now_s);
        let due_s = rooms.chain(forks).min().unwrap_or(u32::MAX);
        #[cfg(test)]
        let due_s = self.ticks.count(due_s);
        self.world.resource_mut::<Clock>().advance_to(due_s.min(most_s));
    }

    /// Runs until a second that is told apart: what comes before it is a warm-up, whose rows are in no sum of the measured
    /// summary. Call it before [`Self::run`]. Returns what vehicles have on board at that time.
    ///
    /// # Errors
    /// As [`Self::run`].
    fn warm_up(
        &mut self,
        scenario: &Scenario,
        output: &mut Output,
        stop: &AtomicBool,
        until_s: u32,
    ) -> Result<Stored, RunError> {
        let Some(mut audit) = self.audit.take() else { return Ok(Stored::default()) };
        loop {
            let goes_on = self.tick(output, &mut audit, stop, &mut |_, _| {})?;
            debug_assert!(goes_on, "a warm-up ends before the run does");
            if self.world.resource::<Clock>().now_s() >= until_s {
                break;
            }
            self.advance(until_s);
        }
        output.drain(&mut self.world, &self.names, &mut audit, true)?;
        self.audit = Some(audit);
        let mut summary = self.empty_summary(scenario);
        summary.begins_s = until_s;
        for room in &ROOMS {
            (room.warmed_up)(&mut self.world, until_s, &mut summary);
        }
        output.measure(summary);
        self.advance(u32::MAX);
        let mut stored = self.stored();
        // What this tick used is in the day and hour that it began: it was still on board before them.
        for (battery_kwh, hydrogen_kg) in ROOMS.iter().map(|room| (room.used_so_far)(&self.world)) {
            stored.battery_kwh += battery_kwh;
            stored.hydrogen_kg += hydrogen_kg;
        }
        Ok(stored)
    }

    /// What vehicles have on board now.
    #[must_use]
    fn stored(&self) -> Stored {
        stored(&self.world)
    }

    /// Tells the policies that the run is over.
    fn finish_policies(&mut self) {
        let ended = policies::each(&mut self.world, |policy| {
            policy.finish().map_err(|message| (policy.name().to_owned(), message))
        });
        for (policy, message) in ended.into_iter().filter_map(Result::err) {
            self.world.resource_mut::<Fault>().set(&policy, message);
        }
    }

    /// What the sandbox noted of the plugins of this run.
    #[must_use]
    pub fn plugin_notes(&mut self) -> Vec<PluginNotes> {
        let running = policies::each(&mut self.world, |policy| policy.notes()).into_iter().flatten();
        self.notes.iter().cloned().chain(running).collect()
    }

    /// Builds the graph of systems; an ambiguity is an error.
    ///
    /// # Errors
    /// What bevy says, as text.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "tests ask for it"))]
    pub fn check_schedule(&mut self) -> Result<(), String> {
        self.schedule.initialize(&mut self.world).map(|_| ()).map_err(|error| format!("{error:?}"))
    }

    fn local_time(&self, clock: &Clock) -> String {
        self.names.calendar.iso(i64::from(clock.now_s()))
    }

    fn effort(&self) -> Effort {
        let events = ROOMS.iter().map(|room| (room.events)(&self.world)).sum();
        let times = self.world.get_resource::<profile::StepTimes>();
        let step_us = times.map(|times| {
            let named = Tick::ALL.iter().zip(times.spent);
            named.map(|(step, spent)| (format!("{step:?}").to_lowercase(), spent.as_micros() as u64)).collect()
        });
        Effort { events, step_us: step_us.unwrap_or_default() }
    }
}

/// All systems of the operational tick, in one list of rooms. A room that the scenario leaves empty costs nothing: its
/// systems would look every minute and find nothing to do.
fn schedule(scenario: &Scenario, options: &Options) -> Schedule {
    let mut schedule = Schedule::new(Operations);
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.set_build_settings(ScheduleBuildSettings {
        ambiguity_detection: LogLevel::Error,
        hierarchy_detection: LogLevel::Error,
        auto_insert_apply_deferred: false,
        shuffle_seed: options.shuffle,
        ..Default::default()
    });
    let mut register = Register::new(&mut schedule);
    for room in ROOMS.iter().filter(|room| (room.is_used)(scenario)) {
        (room.register)(&mut register);
    }
    schedule
}

#[cfg(test)]
mod tests {
    //! Contract: the ticks that are left out would have changed nothing.

    use super::*;
    use crate::scenario::load::{Request, load};

    /// How many ticks a run has, and whether it takes all of them.
    #[derive(Debug, Default)]
    pub(super) struct Ticks {
        all: bool,
        count: u32,
    }

    impl Ticks {
        pub(super) fn count(&mut self, due_s: u32) -> u32 {
            self.count += 1;
            if self.all { 0 } else { due_s }
        }
    }

    /// Rows of all tables and the number of ticks.
    fn run(loaded: &Loaded, all: bool) -> (String, u32) {
        let mut simulation = Simulation::new(loaded, &Options::default()).unwrap();
        simulation.ticks.all = all;
        let (written, _) = simulation.drive(loaded, (None, false), &AtomicBool::new(false), |_, _| {}).unwrap();
        (written.digest(), simulation.ticks.count)
    }

    #[test]
    fn a_tick_in_which_nothing_is_due_is_left_out() {
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for (scenario, overlays, most) in [
            ("depot_night", &[][..], 0.7),
            ("layout_study", &[], 1.0),
            ("port_terminal", &["planned"], 1.0),
            ("port_terminal", &["planned", "swap_yard"], 1.0),
            ("port_terminal", &["battery_swap"], 1.0),
            ("hydrogen_corridor", &[], 1.0),
            ("suite/drayage", &[], 1.0),
        ] {
            let path = scenarios.join(scenario);
            let name = format!("{scenario} {}", overlays.join(" "));
            let overlays = overlays.iter().map(|file| path.join(file).with_extension("toml")).collect();
            let settings = vec!["time.days=2".to_owned()];
            let loaded = load(&Request { path, overlays, settings, ..Request::default() }).unwrap();
            let [every, fewer] = [true, false].map(|all| run(&loaded, all));
            assert_eq!(every.0, fewer.0, "{name}");
            let share = f64::from(fewer.1) / f64::from(every.1);
            assert!(share <= most, "{name}: {share:.2} of all ticks");
        }
    }
}
