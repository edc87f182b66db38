//! One year of operations: which weeks are simulated, as which scenario, and what they showed, weighted back to the year.

use super::build::{Capacity, Project};
use super::spec::{ProjectKind, TransitionSpec};
use crate::account::bill::{Component, bill};
use crate::account::load::Load;
use crate::grid::spec::{StorageRule, StorageSpec};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::sources::Sources;
use crate::kernel::sums::Accumulate;
use crate::record::groups::GroupTally;
use crate::record::summary::Summary;
use crate::record::tally::{EquipmentTally, FleetTally, Waits};
use crate::scenario::loaded::Loaded;
use crate::sim::run::Measured;
use crate::sim::stored::{Levels, Stored};
use crate::sim::{Options, RunError, Simulation};
use crate::vehicle::spec::Count;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// Energy of a stop-gap or planned battery over its power, h, and its round trip (assumed).
const BATTERY: (f64, f64) = (4.0, 0.88);
const WEEK_DAYS: u32 = 7;
/// Free energy of no more than this share of what was used is let be.
const SETTLED_SHARE: f64 = 0.05;
/// Running a sample again must take at least a tenth of the free share away, or it has settled.
const STILL_FALLS: f64 = 0.9;
/// A sample is run again no more often than this.
const MOST_AGAIN: u32 = 4;

/// A part of a year that is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// First day.
    pub start: Date,
    /// Days.
    pub days: u32,
    /// How often it is in the year.
    pub weight: f64,
    /// The months it stands for, 0 to 11.
    pub months: Vec<usize>,
    /// Containers over the mean of the year.
    pub volume: f64,
}

/// The samples of a year. Months are ordered by how warm and how busy they are, cut into as many groups as weeks, and each
/// group is shown by a week of its middle month.
#[must_use]
pub fn samples(spec: &TransitionSpec, mean_c: Option<&[f64]>, year: u16) -> Vec<Sample> {
    let first = date(year as i16, 1, 1);
    if spec.full_years {
        let days = u32::try_from((date(year as i16, 12, 31) - first).get_days() + 1).unwrap_or(365);
        return vec![Sample { start: first, days, weight: 1.0, months: (0..12).collect(), volume: 1.0 }];
    }
    let volume = |month: usize| spec.volume_by_month.get(month).copied().unwrap_or(1.0);
    let scores =
        [mean_c.map(<[f64]>::to_vec).unwrap_or_default(), (0..12).map(volume).collect()].map(|it| standard(&it));
    let score = |month: usize| scores.iter().map(|it| it.get(month).copied().unwrap_or(0.0)).sum::<f64>();
    let mut order: Vec<usize> = (0..12).collect();
    order.sort_by(|a, b| score(*a).total_cmp(&score(*b)).then(a.cmp(b)));
    let weeks = spec.weeks as usize;
    let group = |at: usize| {
        let mut months = order[at * 12 / weeks..(at + 1) * 12 / weeks].to_vec();
        let middle = months[months.len() / 2];
        months.sort_unstable();
        let days = |month: usize| f64::from(date(year as i16, month as i8 + 1, 1).days_in_month());
        let all: f64 = months.iter().map(|month| days(*month)).sum();
        let lifted: f64 = months.iter().map(|month| days(*month) * volume(*month)).sum();
        // From the eighth on, so that the week and what is still open from it stay in the month.
        let eighth = date(year as i16, middle as i8 + 1, 8);
        let to_monday = (7 - eighth.weekday().to_monday_zero_offset()) % 7;
        Sample {
            start: eighth + i64::from(to_monday).days(),
            days: WEEK_DAYS,
            weight: all / f64::from(WEEK_DAYS),
            volume: lifted / all,
            months,
        }
    };
    let mut samples: Vec<Sample> = (0..weeks).map(group).collect();
    samples.sort_by_key(|sample| sample.start);
    samples
}

/// Values less their mean, over their spread; zeros where all are the same.
fn standard(values: &[f64]) -> Vec<f64> {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n).sqrt();
    values.iter().map(|value| if spread > 1e-12 { (value - mean) / spread } else { 0.0 }).collect()
}

/// What stands and drives in a year.
#[derive(Debug, Clone, Default)]
pub struct YearPlan {
    /// The year.
    pub year: u16,
    /// By fleet: trucks of each model, by key.
    pub trucks: BTreeMap<String, BTreeMap<String, u32>>,
    /// By terminal: units of each model, by key.
    pub equipment: BTreeMap<String, BTreeMap<String, u32>>,
    /// What is built or being built.
    pub projects: Vec<Project>,
    /// How full vehicles were at the end of each sample of the year before; they begin this one so.
    pub levels: Vec<Levels>,
}

/// The scenario of one sample.
#[must_use]
pub fn scenario_of(base: &Loaded, spec: &TransitionSpec, plan: &YearPlan, sample: &Sample) -> Loaded {
    let mut loaded = base.clone();
    let scenario = &mut loaded.scenario;
    let begins = sample.start - i64::from(spec.warm_up_days).days();
    scenario.time.start = begins.to_string();
    scenario.time.days = spec.warm_up_days + sample.days;
    // The samples run side by side; what is recorded of a transition is what is decided in its years.
    loaded.record_views = None;
    loaded.calendar = calendar(begins, &scenario.time.zone, scenario.time.days);
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
        site.limit_kw = site.limit_kw.map(|limit_kw| limit_kw + added(ProjectKind::Grid, key));
    }
    for (key, solar) in &mut scenario.solar {
        solar.enlarge(added(ProjectKind::Solar, key));
    }
    for (key, station) in &mut scenario.hydrogen {
        station.enlarge(added(ProjectKind::Hydrogen, key) as u32);
    }
    for neighbour in scenario.hydrogen_plant.values_mut().flat_map(|plant| plant.neighbour.values_mut()) {
        let factor = neighbour.by_year.as_ref().map_or(1.0, |factor| factor.at(plan.year));
        neighbour.kg_per_day.iter_mut().for_each(|kg| *kg *= factor);
    }
    let planned = capacity.added.iter().filter(|((kind, _), _)| *kind == ProjectKind::Storage);
    let planned = planned.map(|((_, site), kwh)| (format!("built_at_{site}"), site, *kwh));
    let on_rent = capacity.stop_gap_kwh.iter().map(|(site, kwh)| (format!("on_rent_at_{site}"), site, *kwh));
    for (key, site, kwh) in planned.chain(on_rent) {
        scenario.storage.insert(key, battery(site, kwh));
    }
    loaded
}

/// The check has built one of this zone already, and all dates are between 2000 and 2101.
fn calendar(first: Date, zone: &str, days: u32) -> Calendar {
    Calendar::new(&first.to_string(), zone, days).unwrap_or_else(|error| unreachable!("{first} {zone}: {error}"))
}

fn battery(site: &str, energy_kwh: f64) -> StorageSpec {
    StorageSpec {
        site: site.to_owned(),
        behind: None,
        energy_kwh,
        power_kw: energy_kwh / BATTERY.0,
        round_trip: BATTERY.1,
        reserve_soc: 0.0,
        first_soc: 0.5,
        rule: StorageRule::default(),
        cap_kw: None,
        loss_per_cycle: 0.0,
        loss_per_year: 0.0,
        sources: Sources::new(),
    }
}

/// What a site showed in a year.
#[derive(Debug, Clone, Default)]
pub struct SiteYear {
    /// Through the meter, kWh.
    pub meter_kwh: f64,
    /// Of it by local hour, kWh.
    pub kwh_by_hour: [f64; 24],
    /// Of it for hydrogen, whose price and emissions carry it already, kWh.
    pub hydrogen_kwh: f64,
    /// Hydrogen that its station gave to vehicles, kg.
    pub hydrogen_kg: f64,
    /// What went into that hydrogen: electricity, purchases, less credits, $.
    pub hydrogen_usd: f64,
    /// Exhaust of equipment, and of trucks that stand there, by local hour: nitrogen oxides and particles, g.
    pub exhaust_by_hour: [[f64; 2]; 24],
    /// Trucks that came for a haul, by local hour.
    pub trucks_by_hour: [f64; 24],
    /// Drawn for sessions, kWh.
    pub charging_kwh: f64,
    /// Of it at ports with a price of their own, kWh.
    pub priced_kwh: f64,
    /// Paid for that, $.
    pub sold_usd: f64,
    /// Highest mean power of an interval, kW: of the site alone.
    pub peak_kw: f64,
    /// Waits for a port, of the samples.
    pub waits: Waits,
    /// Time at ports over all time of the ports, 0 to 1; none without ports.
    pub utilization: Option<f64>,
    /// Sessions that ended short.
    pub unmet: f64,
    /// Bill: energy, demand, fixed and minimum charges, USD; none without a tariff.
    pub bill_usd: Option<[f64; 3]>,
    /// By class of equipment.
    pub classes: BTreeMap<String, EquipmentTally>,
}

impl SiteYear {
    /// Share of its energy that is not for hydrogen.
    #[must_use]
    pub fn own_share(&self) -> f64 {
        if self.meter_kwh > 0.0 { (1.0 - self.hydrogen_kwh / self.meter_kwh).clamp(0.0, 1.0) } else { 1.0 }
    }
}

/// What operations of a year showed.
#[derive(Debug, Clone, Default)]
pub struct OperatingYear {
    /// By fleet, in the order of the scenario.
    pub fleets: Vec<FleetTally>,
    /// By fleet: shifts by classes of distance, of the samples.
    pub shift_km: Vec<Vec<u32>>,
    /// By site, in the order of the scenario.
    pub sites: Vec<SiteYear>,
    /// By group of chargers, in the order of the scenario: of the samples.
    pub groups: Vec<GroupTally>,
    /// Highest mean power of an interval of all sites of the hub together (at the same time), kW.
    pub peak_kw: f64,
    /// What vehicles used and got.
    pub energy: EnergyBalance,
    /// How full vehicles were at the end of each sample.
    pub levels: Vec<Levels>,
    /// Hauls put up, and lapsed.
    pub hauls: [f64; 2],
    /// Hydrogen that vehicles got, kg, and its emissions from well to dispenser, kg `CO2e`.
    pub hydrogen: [f64; 2],
    /// Things that were due in the samples.
    pub events: u64,
}

/// What vehicles used, and what chargers and stations gave them: used is given less the change on board.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EnergyBalance {
    /// Battery energy used, kWh.
    pub used_kwh: f64,
    /// Battery energy delivered by ports, kWh.
    pub delivered_kwh: f64,
    /// Change of the energy in batteries, kWh.
    pub stored_kwh: f64,
    /// Hydrogen used, kg.
    pub used_kg: f64,
    /// Hydrogen dispensed into vehicles of the hub, kg.
    pub dispensed_kg: f64,
    /// Change of the hydrogen in tanks, kg.
    pub stored_kg: f64,
}

impl EnergyBalance {
    /// Of a sample, from its sums and what was on board when it began and ended.
    fn of(summary: &Summary, before: &Stored, after: &Stored) -> Self {
        let hydrogen = summary.hydrogen.all();
        Self {
            used_kwh: summary.fleets.iter().map(|fleet| fleet.battery_kwh).sum::<f64>()
                + summary.hub.equipment.battery_kwh,
            delivered_kwh: summary.hub.charging.delivered_kwh - summary.visitors_kwh,
            stored_kwh: after.battery_kwh - before.battery_kwh,
            used_kg: summary.fleets.iter().map(|fleet| fleet.hydrogen_kg).sum::<f64>()
                + summary.hub.equipment.hydrogen_kg,
            dispensed_kg: hydrogen.got_kg - hydrogen.visitors_kg,
            stored_kg: after.hydrogen_kg - before.hydrogen_kg,
        }
    }

    fn add_weighted(&mut self, other: &Self, weight: f64) {
        self.used_kwh += other.used_kwh * weight;
        self.delivered_kwh += other.delivered_kwh * weight;
        self.stored_kwh += other.stored_kwh * weight;
        self.used_kg += other.used_kg * weight;
        self.dispensed_kg += other.dispensed_kg * weight;
        self.stored_kg += other.stored_kg * weight;
    }

    /// Share of what was used that nobody gave: what was taken out of batteries and tanks and not put back, of the one or of
    /// the other, whichever is more. Nothing where they are fuller at the end.
    #[must_use]
    pub fn free_share(&self) -> f64 {
        let share = |change: f64, used: f64| if used > 0.0 { (-change / used).max(0.0) } else { 0.0 };
        share(self.stored_kwh, self.used_kwh).max(share(self.stored_kg, self.used_kg))
    }

    /// What does not add up; empty when all is well.
    #[must_use]
    pub fn broken(&self) -> Vec<String> {
        let pairs = [
            (
                "energy used, and delivered less the change on board, kWh",
                self.used_kwh,
                self.delivered_kwh - self.stored_kwh,
            ),
            (
                "hydrogen used, and dispensed less the change on board, kg",
                self.used_kg,
                self.dispensed_kg - self.stored_kg,
            ),
        ];
        let is_off =
            |(_, left, right): &(&str, f64, f64)| (left - right).abs() > 1e-6 * left.abs().max(right.abs()).max(1.0);
        pairs
            .iter()
            .filter(|pair| is_off(pair))
            .map(|(what, left, right)| format!("{what}: {left} is not {right}"))
            .collect()
    }
}

struct Ran {
    summary: Summary,
    balance: EnergyBalance,
    levels: Levels,
    shift_km: Vec<Vec<u32>>,
    calendar: Calendar,
    events: u64,
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
            let mut loaded = scenario_of(base, spec, plan, sample);
            loaded.first_levels = plan.levels.get(at).cloned().unwrap_or_default();
            // Every week of every year has its own chance, the same under every strategy.
            let seed = options.seed ^ (u64::from(plan.year) << 40) ^ ((at as u64 + 1) << 56);
            settled(&mut loaded, spec.warm_up_days, sample, &Options { seed, ..*options }, stop)
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

/// A sample that begins about as full as it ends. Charge and hydrogen that nobody gave must not drive: a sample that began
/// full and ended empty would give each vehicle a fill for nothing, as often as the sample stands in the year. So it begins as
/// full as the same sample of the year before ended, some days early, and what happens in these days is in no sum; and where
/// more than a share of what was used still came out of batteries and tanks, it is run again from where it ended.
fn settled(
    loaded: &mut Loaded,
    warm_up_days: u32,
    sample: &Sample,
    options: &Options,
    stop: &AtomicBool,
) -> Result<Ran, RunError> {
    let mut ran = one(loaded, warm_up_days, sample, options, stop)?;
    for _ in 0..MOST_AGAIN {
        let before = ran.balance.free_share();
        if warm_up_days == 0 || before <= SETTLED_SHARE {
            break;
        }
        loaded.first_levels.clone_from(&ran.levels);
        ran = one(loaded, warm_up_days, sample, options, stop)?;
        // A week that always ends emptier than it begins is as settled as it can be.
        if ran.balance.free_share() > STILL_FALLS * before {
            break;
        }
    }
    Ok(ran)
}

fn one(
    loaded: &Loaded,
    warm_up_days: u32,
    sample: &Sample,
    options: &Options,
    stop: &AtomicBool,
) -> Result<Ran, RunError> {
    let mut simulation = Simulation::new(loaded, options)?;
    let until_s = loaded.calendar.elapsed_s(i64::from(warm_up_days) * DAY_S);
    let measured = simulation.drive_after(loaded, u32::try_from(until_s).unwrap_or(0), stop)?;
    let Measured { summary, before, after, events } = measured;
    let balance = EnergyBalance::of(&summary, &before, &after);
    let broken = balance.broken();
    if !broken.is_empty() {
        return Err(RunError::Audit(broken));
    }
    let shift_km = simulation.shift_km();
    let calendar = calendar(sample.start, &loaded.scenario.time.zone, sample.days);
    Ok(Ran { summary, balance, levels: after.levels, shift_km, calendar, events })
}

fn fold(shown: &mut OperatingYear, base: &Loaded, ran: &Ran, weight: f64) {
    let summary = &ran.summary;
    for (tally, key) in summary.hydrogen.by_site() {
        if let Some(at) = base.scenario.site.keys().position(|site| site == key) {
            shown.sites[at].hydrogen_kwh += tally.grid_kwh * weight;
            shown.sites[at].hydrogen_kg += tally.got_kg * weight;
            shown.sites[at].hydrogen_usd += tally.usd.iter().sum::<f64>() * weight;
        }
    }
    for (sum, fleet) in shown.fleets.iter_mut().zip(&summary.fleets) {
        sum.accumulate(fleet, weight);
    }
    for (sum, shifts) in shown.shift_km.iter_mut().zip(&ran.shift_km) {
        sum.resize(shifts.len().max(sum.len()), 0);
        sum.iter_mut().zip(shifts).for_each(|(sum, count)| *sum += count);
    }
    for (sum, site) in shown.sites.iter_mut().zip(&summary.sites) {
        sum.meter_kwh += site.meter.energy_kwh * weight;
        sum.kwh_by_hour.iter_mut().zip(site.meter.energy_by_hour_kwh).for_each(|(sum, kwh)| *sum += kwh * weight);
        for hour in 0..24 {
            sum.trucks_by_hour[hour] += site.exhaust.trucks_by_hour[hour] as f64 * weight;
            sum.exhaust_by_hour[hour][0] += site.exhaust.by_hour_g[hour][0] * weight;
            sum.exhaust_by_hour[hour][1] += site.exhaust.by_hour_g[hour][1] * weight;
        }
        sum.charging_kwh += site.meter.charging_kwh * weight;
        sum.priced_kwh += site.charging.priced_kwh * weight;
        sum.sold_usd += site.charging.revenue_usd * weight;
        sum.peak_kw = sum.peak_kw.max(site.meter.peak_kw);
        sum.waits.accumulate(&site.charging.waits, 1.0);
        sum.unmet += site.charging.unmet as f64 * weight;
        if site.charging.ports > 0 && site.meter.metered_s > 0.0 {
            let used = site.charging.busy_s / (f64::from(site.charging.ports) * site.meter.metered_s);
            *sum.utilization.get_or_insert(0.0) += used * weight * site.meter.metered_s / (DAY_S as f64 * 365.0);
        }
    }
    for ((site, class), tally) in &summary.classes {
        shown.sites[*site as usize].classes.entry(class.clone()).or_default().accumulate(tally, weight);
    }
    shown.groups.iter_mut().zip(&summary.groups.tallies).for_each(|(sum, group)| sum.merge(group));
    shown.peak_kw = shown.peak_kw.max(summary.hub.meter.peak_kw);
    shown.energy.add_weighted(&ran.balance, weight);
    shown.levels.push(ran.levels.clone());
    shown.hauls[0] += (summary.requested as f64 - summary.open_before as f64) * weight;
    shown.hauls[1] += summary.lapsed as f64 * weight;
    let all = summary.hydrogen.all();
    for (sum, value) in shown.hydrogen.iter_mut().zip([all.got_kg, all.co2e_kg]) {
        *sum += value * weight;
    }
    shown.events += ran.events;
}

/// Bills a whole year of each site that has a tariff: every month is made of the week that stands for it, day by day of the
/// week, so that each month has its own demand charge and season. Energy is then what the samples weigh.
fn bills(shown: &mut OperatingYear, base: &Loaded, spec: &TransitionSpec, year: u16, parts: &[(Sample, Ran)]) {
    let first = date(year as i16, 1, 1);
    let days = (date(year as i16 + 1, 1, 1) - first).get_days() as u32;
    let calendar = calendar(first, &base.scenario.time.zone, days);
    let mut slots: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, key) in base.scenario.site.keys().enumerate() {
        let Some(tariff) = base.tariffs.get(key) else { continue };
        let loads: Vec<Load> = parts
            .iter()
            .filter_map(|(_, ran)| ran.summary.meters.get(at)?.as_ref()?.load(ran.calendar.clone()).ok())
            .collect();
        if loads.len() != parts.len() {
            continue;
        }
        let block_s = loads[0].interval_s();
        let slots = slots.entry(block_s).or_insert_with(|| year_slots(&calendar, days, block_s, parts));
        let kw = slots.iter().map(|(part, slot)| loads[*part].kw()[(*slot).min(loads[*part].kw().len() - 1)]).collect();
        let Ok(load) = Load::new(calendar.clone(), 0, block_s, kw) else { continue };
        let bill = bill(tariff, &load);
        // Weekdays do not fall evenly on months: the energy of the samples holds, its price is the year's.
        let kwh: f64 = load.kw().iter().sum::<f64>() * load.hours();
        let scale = if kwh > 0.0 { shown.sites[at].meter_kwh / kwh } else { 1.0 };
        let factor = spec.price.tariff_factor.at(year);
        let energy_usd = bill.usd(Component::Energy) * scale;
        let fixed_usd = bill.usd(Component::Fixed) + bill.usd(Component::Minimum);
        shown.sites[at].bill_usd = Some([energy_usd, bill.usd(Component::Demand), fixed_usd].map(|usd| usd * factor));
    }
}

/// For each block of a year: which sample stands for it, and which of its blocks.
fn year_slots(calendar: &Calendar, days: u32, block_s: u32, parts: &[(Sample, Ran)]) -> Vec<(usize, usize)> {
    let end_s = calendar.elapsed_s(i64::from(days) * DAY_S);
    let blocks = (end_s / i64::from(block_s)) as usize;
    let by_month: Vec<usize> =
        (0..12).map(|month| parts.iter().position(|part| part.0.months.contains(&month)).unwrap_or(0)).collect();
    let slot = |at: usize| {
        let elapsed_s = at as i64 * i64::from(block_s);
        if parts[0].0.days > WEEK_DAYS {
            return (0, at);
        }
        let of_week_s = calendar.since_monday_s(elapsed_s).rem_euclid(7 * DAY_S);
        (by_month[calendar.month(elapsed_s)], (of_week_s / i64::from(block_s)) as usize)
    };
    (0..blocks).map(slot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights add up to the year; each week is whole, starts on a Monday and lies in a month it stands for; warm months are
    /// shown by warm weeks.
    #[test]
    fn samples_stand_for_the_whole_year() {
        let toml = "from = 2025\nuntil = 2045\nmoney_year = 2025\ndiscount_rate = 0.05\ndriver_usd_per_h = 30\n\
            insurance_share = 0.03\nresidual = [0.5]\n[grid]\nkind = \"average\"\nkg_per_mwh = 100\n[price]\n\
            diesel_usd_per_gal = 5\nelectricity_usd_per_kwh = 0.2\npublic_usd_per_kwh = 0.4\nhydrogen_usd_per_kg = 15\n";
        let spec: TransitionSpec = toml::from_str(toml).unwrap();
        let warm = [14.0, 14.0, 15.0, 16.0, 18.0, 20.0, 22.0, 23.0, 22.0, 20.0, 17.0, 14.0];
        for weeks in [1, 3, 4, 5, 12] {
            let spec = TransitionSpec { weeks, ..spec.clone() };
            let samples = samples(&spec, Some(&warm), 2028);
            assert_eq!(samples.len(), weeks as usize);
            assert!((samples.iter().map(|sample| sample.weight).sum::<f64>() - 366.0 / 7.0).abs() < 1e-9);
            let mut months: Vec<usize> = samples.iter().flat_map(|sample| sample.months.clone()).collect();
            months.sort_unstable();
            assert_eq!(months, (0..12).collect::<Vec<_>>());
            for sample in &samples {
                assert_eq!(sample.start.weekday().to_monday_zero_offset(), 0);
                assert!(sample.months.contains(&(sample.start.month() as usize - 1)));
                assert_eq!((sample.start + 6.days()).month(), sample.start.month());
            }
        }
        let four = samples(&spec, Some(&warm), 2025);
        assert!(four.iter().any(|sample| sample.months == [6, 7, 8]), "{four:?}");
        let full = samples(&TransitionSpec { full_years: true, ..spec }, None, 2028);
        assert_eq!((full.len(), full[0].days), (1, 366));
    }
}
