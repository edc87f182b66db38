//! One year of operations: as which scenario its weeks are simulated, and what they showed, weighted back to the year.

use super::balance::EnergyBalance;
use super::bill_year::bills;
use super::build::{Capacity, Project};
use super::operated::{OperatingYear, Ran, SiteYear, fold};
use super::sample::{Sample, WEEK_DAYS, calendar, samples, week_seed};
use super::spec::{BatteryBuildSpec, ProjectKind, TransitionSpec};
use crate::grid::spec::{StorageRule, StorageSpec};
use crate::kernel::calendar::DAY_S;
use crate::kernel::sources::Sources;
use crate::record::groups::GroupTally;
use crate::record::tally::FleetTally;
use crate::scenario::Scenario;
use crate::scenario::loaded::{Levels, Loaded};
use crate::sim::run::Measured;
use crate::sim::{Options, RunError, Simulation};
use crate::vehicle::spec::Count;
use jiff::ToSpan;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// A sample that has not settled is run again with a warm-up so much longer, weeks: where the change on board was small, and where
/// it was more than [`FAR_SHARE`] of what was used. How the method steps, as a solver's step size is: what it holds to is
/// `settled_share`.
const SETTLING_WEEKS: [u32; 2] = [1, 2];
/// See [`SETTLING_WEEKS`].
const FAR_SHARE: f64 = 0.2;
/// It is run again no more often than this.
const MOST_AGAIN: u32 = 5;

/// Hydrogen of a pipeline in a year in which its producers decide the price.
#[derive(Debug, Clone, PartialEq)]
pub struct PipedHydrogen {
    /// The pipeline: a key of `[hydrogen_plant]`.
    pub plant: String,
    /// Price at its end, USD/kg.
    pub usd_per_kg: f64,
    /// What it has for neighbours and stations, kg a day.
    pub kg_per_day: f64,
}

/// What stands and drives in a year.
#[derive(Debug, Clone, Default)]
pub struct YearPlan {
    /// Calendar year.
    pub year: u16,
    /// By fleet: trucks of each model, by key.
    pub trucks: BTreeMap<String, BTreeMap<String, u32>>,
    /// By terminal: units of each model, by key.
    pub equipment: BTreeMap<String, BTreeMap<String, u32>>,
    /// What is built or being built.
    pub projects: Vec<Project>,
    /// What rooms beside fleets and sites draw, by key of `[site]`: kW by local hour of the week from Monday.
    pub room_kw: BTreeMap<String, Vec<f64>>,
    /// Hydrogen of the pipeline whose producers decide the price, if there is one.
    pub piped: Option<PipedHydrogen>,
    /// How full vehicles were at the end of each sample of the year before; they begin this one so.
    pub levels: Vec<Levels>,
}

/// The scenario of one sample.
#[must_use]
pub fn scenario_of(base: &Loaded, spec: &TransitionSpec, plan: &YearPlan, sample: &Sample) -> Loaded {
    let mut loaded = base.clone();
    let scenario = &mut loaded.scenario;
    let begins = sample.begins();
    scenario.time.start = begins.to_string();
    scenario.time.days = sample.warm_up_days + sample.days;
    // The samples run side by side; what is recorded of a transition is what is decided in its years.
    loaded.record_views = None;
    loaded.calendar = calendar(begins, &scenario.time.zone, scenario.time.days).drawn_from(sample.added_weeks);
    let counts =
        |counts: &BTreeMap<String, u32>| counts.iter().map(|(key, count)| (key.clone(), Count(*count))).collect();
    for (key, fleet) in &mut scenario.fleet {
        fleet.trucks = plan.trucks.get(key).map(counts).unwrap_or_default();
        // Those in reserve stand outside of the simulated weeks.
        fleet.active_share = 1.0;
    }
    let volume = spec.volume.at(plan.year) * sample.volume;
    for (key, terminal) in &mut scenario.terminal {
        terminal.equipment = plan.equipment.get(key).map(counts).unwrap_or_default();
        terminal.teu_per_year *= volume;
        // Gates grow with the containers; berths, cranes and yards stay, and show their limits.
        terminal.gate_lanes = (f64::from(terminal.gate_lanes) * volume.max(1.0)).ceil() as u32;
    }
    // What is energised in the course of the year serves the weeks after that.
    let middle = sample.start + i64::from(sample.days / 2).days();
    let when = f64::from(plan.year) + f64::from(middle.day_of_year() - 1) / f64::from(middle.days_in_year());
    let capacity = Capacity::at(&plan.projects, when);
    let added = |kind, at: &str| capacity.of_kind(kind, at);
    for (key, charger) in &mut scenario.charger {
        charger.cabinets += added(ProjectKind::Chargers, key) as u32;
    }
    for (key, site) in &mut scenario.site {
        site.load_kw = site.load_by_year.as_ref().map_or(site.load_kw, |load| load.at(plan.year));
        if let Some(kw) = plan.room_kw.get(key) {
            site.add_load(kw);
        }
        site.limit_kw = site.limit_kw.map(|limit_kw| limit_kw + added(ProjectKind::Grid, key));
    }
    for (key, solar) in &mut scenario.solar {
        solar.enlarge(added(ProjectKind::Solar, key));
    }
    for (key, station) in &mut scenario.hydrogen {
        station.enlarge(added(ProjectKind::Hydrogen, key) as u32);
    }
    hydrogen_of_year(scenario, plan);
    // Stations that list no carbon of their own take the grid's.
    if let Some(emissions) = &mut scenario.emissions {
        emissions.grid_kg_per_mwh = spec.grid.kg_per_mwh(plan.year);
    }
    let planned = capacity.added.iter().filter(|((kind, _), _)| *kind == ProjectKind::Storage);
    let build = |kind| spec.build.get(&kind).map(|build| build.battery).unwrap_or_default();
    let planned =
        planned.map(|((_, site), kwh)| (format!("built_at_{site}"), battery(site, *kwh, build(ProjectKind::Storage))));
    // A battery on rent gives the power that is missing.
    let gap = spec.build.get(&ProjectKind::Grid).and_then(|build| build.stop_gap);
    let rented = BatteryBuildSpec { hours: gap.map_or(1.0, |gap| gap.hours), ..build(ProjectKind::Grid) };
    let on_rent = capacity.stop_gap_kwh.iter();
    let on_rent = on_rent.map(|(site, kwh)| (format!("on_rent_at_{site}"), battery(site, *kwh, rented)));
    let batteries: Vec<(String, StorageSpec)> = planned.chain(on_rent).collect();
    scenario.storage.extend(batteries);
    loaded
}

/// What hydrogen that is bought costs and emits in a year, and how much of it neighbours take.
fn hydrogen_of_year(scenario: &mut Scenario, plan: &YearPlan) {
    let year = plan.year;
    for delivery in scenario.hydrogen.values_mut().filter_map(|station| station.delivery.as_mut()) {
        let [usd, co2e] = delivery.by_year.at(year);
        delivery.usd_per_kg *= usd;
        delivery.co2e_kg_per_kg *= co2e;
    }
    for plant in scenario.hydrogen_plant.values_mut() {
        let [usd, co2e] = plant.by_year.at(year);
        plant.usd_per_kg *= usd;
        plant.co2e_kg_per_kg *= co2e;
        for neighbour in plant.neighbour.values_mut() {
            let factor = neighbour.by_year.as_ref().map_or(1.0, |factor| factor.at(year));
            neighbour.kg_per_day.iter_mut().for_each(|kg| *kg *= factor);
        }
    }
    if let Some(piped) = &plan.piped
        && let Some(plant) = scenario.hydrogen_plant.get_mut(&piped.plant)
    {
        (plant.usd_per_kg, plant.production_kg_per_day) = (piped.usd_per_kg, vec![piped.kg_per_day]);
    }
}

fn battery(site: &str, energy_kwh: f64, build: BatteryBuildSpec) -> StorageSpec {
    StorageSpec {
        site: site.to_owned(),
        behind: None,
        energy_kwh,
        power_kw: energy_kwh / build.hours,
        round_trip: build.round_trip,
        reserve_soc: 0.0,
        first_soc: 0.5,
        rule: StorageRule::default(),
        cap_kw: None,
        loss_per_cycle: 0.0,
        loss_per_year: 0.0,
        sources: Sources::new(),
    }
}

/// Runs the samples of a year, each as its own simulation.
///
/// # Errors
/// The first of a sample, in their order.
pub fn operate(
    base: &Loaded,
    spec: &TransitionSpec,
    plan: &YearPlan,
    options: &Options,
    stop: &AtomicBool,
) -> Result<OperatingYear, RunError> {
    let mean_c = base.scenario.weather.as_ref().map(|weather| weather.mean_c.as_slice());
    let samples = samples(spec, mean_c, plan.year);
    let ran: Vec<Result<Ran, RunError>> = samples
        .par_iter()
        .enumerate()
        .map(|(at, sample)| {
            let options = Options { seed: week_seed(options, plan.year, at), ..*options };
            SampleRun { base, spec, plan, options, stop }.settled(sample, plan.levels.get(at))
        })
        .collect();
    let mut shown = OperatingYear {
        fleets: vec![FleetTally::default(); base.scenario.fleet.len()],
        shift_km: vec![Vec::new(); base.scenario.fleet.len()],
        sites: base.scenario.site.keys().map(|_| SiteYear::default()).collect(),
        groups: vec![GroupTally::default(); base.scenario.charger.len()],
        ..OperatingYear::default()
    };
    let mut parts = Vec::new();
    for (ran, sample) in ran.into_iter().zip(samples) {
        let ran = ran?;
        fold(&mut shown, base, &ran, sample.weight);
        parts.push((sample, ran));
    }
    bills(&mut shown, base, spec, plan.year, &parts);
    Ok(shown)
}

/// What a sample runs with.
struct SampleRun<'a> {
    base: &'a Loaded,
    spec: &'a TransitionSpec,
    plan: &'a YearPlan,
    options: Options,
    stop: &'a AtomicBool,
}

impl SampleRun<'_> {
    /// A sample that begins about as full as it ends. Charge and hydrogen that nobody gave must not drive: a sample that began
    /// full and ended empty would give each vehicle a fill for nothing, as often as the sample stands in the year. So it begins
    /// some days early, as full as the same sample of the year before was then; what happens in these days is in no sum. Where
    /// more than a share of what was used came out of batteries and tanks, or stayed in them, it is run again from where it
    /// ended, with one or two weeks of warm-up more: until trucks that a starved station turned away are spread over roads,
    /// queues and yards as they are in the middle of a year. It is run until that share is small, or the change has turned its
    /// sign, and then once more: that last run is taken whatever it says. The run in which the sign turned is no fair sample, for
    /// it was chosen by what it said.
    fn settled(&self, sample: &Sample, levels: Option<&Levels>) -> Result<Ran, RunError> {
        let mut ran = self.one(sample, levels)?;
        let mut has_turned = false;
        for round in 0..MOST_AGAIN {
            let before = ran.balance.change_share();
            if sample.warm_up_days == 0 || before.abs() <= self.spec.planning.settled_share {
                break;
            }
            let more = SETTLING_WEEKS[usize::from(before.abs() > FAR_SHARE)];
            let longer =
                Sample { warm_up_days: sample.warm_up_days + more * WEEK_DAYS, added_weeks: more, ..sample.clone() };
            ran = self.one(&longer, Some(&ran.levels))?;
            if has_turned {
                break;
            }
            has_turned = round > 0 && before.signum() != ran.balance.change_share().signum();
        }
        Ok(ran)
    }

    fn one(&self, sample: &Sample, levels: Option<&Levels>) -> Result<Ran, RunError> {
        let mut loaded = scenario_of(self.base, self.spec, self.plan, sample);
        loaded.first_levels = levels.cloned().unwrap_or_default();
        let mut simulation = Simulation::new(&loaded, &self.options)?;
        let second = |day: u32| u32::try_from(loaded.calendar.elapsed_s(i64::from(day) * DAY_S)).unwrap_or(0);
        let levels_at_s = second(sample.warm_up_days + sample.days - sample.days_back());
        let measured = simulation.drive_after(&loaded, second(sample.warm_up_days), levels_at_s, self.stop)?;
        let Measured { summary, before, after, levels, events } = measured;
        let balance = EnergyBalance::of(&summary, &before, &after);
        let broken = balance.broken();
        if !broken.is_empty() {
            return Err(RunError::Audit(broken));
        }
        let shift_km = simulation.shift_km();
        let calendar = calendar(sample.start, &loaded.scenario.time.zone, sample.days);
        Ok(Ran { summary, balance, levels, shift_km, calendar, events })
    }
}
