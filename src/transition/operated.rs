//! What operations of a year showed: its samples, weighted back to the year.

use super::balance::EnergyBalance;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::sums::Accumulate;
use crate::record::groups::GroupTally;
use crate::record::summary::Summary;
use crate::record::tally::{EquipmentTally, FleetTally, VesselTally, Waits};
use crate::scenario::loaded::{Levels, Loaded};
use std::collections::BTreeMap;

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
    /// Exhaust of vessels at its berths, by local hour: nitrogen oxides and particles, g.
    pub vessel_exhaust_by_hour: [[f64; 2]; 24],
    /// Its vessels.
    pub vessels: VesselTally,
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
    /// The same with all that is behind its connection, kW.
    pub carried_kw: f64,
    /// The least limit of its connection in any interval, kW; none without a limit.
    pub limit_kw: Option<f64>,
    /// Time in which the limit was passed, h, and by how much at most, kW.
    pub over: [f64; 2],
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

/// What a sample showed.
pub(super) struct Ran {
    pub(super) summary: Summary,
    pub(super) balance: EnergyBalance,
    pub(super) levels: Levels,
    pub(super) shift_km: Vec<Vec<u32>>,
    /// Of the measured days.
    pub(super) calendar: Calendar,
    pub(super) events: u64,
}

/// Adds a sample as often as it stands in the year.
pub(super) fn fold(shown: &mut OperatingYear, base: &Loaded, ran: &Ran, weight: f64) {
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
        sum.vessel_exhaust_by_hour.accumulate(&site.exhaust.vessels_by_hour_g, weight);
        sum.vessels.accumulate(&site.vessels, weight);
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
    for (sum, connection) in shown.sites.iter_mut().zip(summary.overloads.sites()) {
        sum.carried_kw = sum.carried_kw.max(connection.peak_kw);
        sum.limit_kw = [sum.limit_kw, connection.least_limit_kw].into_iter().flatten().reduce(f64::min);
        sum.over = [sum.over[0] + connection.over_h * weight, sum.over[1].max(connection.over_kw())];
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
