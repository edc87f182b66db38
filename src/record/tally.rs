//! Sums that rows fold into: waits, and the figures of sites, fleets and equipment.

use super::rows::{EquipmentRow, VesselRow};
use crate::account::engine::Burnt;
use crate::kernel::sums::{Accumulate, sums};
use crate::kernel::units::S_PER_H;
use std::collections::BTreeMap;

/// Hauls that were due when the run ended and not done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overdue {
    /// A truck is on its way with them: they come late.
    pub under_way: u64,
    /// No truck has taken them yet.
    pub waiting: u64,
    /// Of hauls due so early that they would have lapsed by the end if no truck had taken them: how many came late.
    pub came_late: u64,
}

/// Waits, counted by the second.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    counts: BTreeMap<u32, u64>,
    number: u64,
    sum_s: u64,
}

impl Waits {
    pub(crate) fn add(&mut self, wait_s: u32) {
        *self.counts.entry(wait_s).or_default() += 1;
        self.number += 1;
        self.sum_s += u64::from(wait_s);
    }

    /// How many waits.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Sum of all, s.
    #[must_use]
    pub fn sum_s(&self) -> u64 {
        self.sum_s
    }

    /// Mean, minutes.
    #[must_use]
    pub fn mean_min(&self) -> Option<f64> {
        (self.number > 0).then(|| self.sum_s as f64 / self.number as f64 / 60.0)
    }

    /// Share of waits longer than this, 0 to 1.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "tests of queues ask for it"))]
    pub fn share_above(&self, wait_s: u32) -> f64 {
        let longer: u64 = self.counts.range(wait_s + 1..).map(|(_, count)| count).sum();
        longer as f64 / self.number.max(1) as f64
    }

    /// The least wait that a share `q` of all waits does not exceed, minutes.
    #[must_use]
    pub fn quantile_min(&self, q: f64) -> Option<f64> {
        let rank = (q * self.number as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (wait_s, count) in &self.counts {
            seen += count;
            if seen >= rank {
                return Some(f64::from(*wait_s) / 60.0);
            }
        }
        None
    }
}

impl Accumulate for Waits {
    /// All waits of another; they count once each, whatever the weight: a quantile is of what was seen.
    fn accumulate(&mut self, other: &Self, _: f64) {
        for (wait_s, count) in &other.counts {
            *self.counts.entry(*wait_s).or_default() += count;
        }
        self.number += other.number;
        self.sum_s += other.sum_s;
    }
}

/// Figures of a site, or of the hub.
#[derive(Debug, Clone, Default)]
pub struct SiteTally {
    /// Sessions at its charging ports.
    pub charging: ChargingTally,
    /// Its meter.
    pub meter: MeterTally,
    /// Its equipment.
    pub equipment: EquipmentTally,
    /// Work of its equipment that was due and not done.
    pub backlog: Backlog,
    /// Vessels at its berths.
    pub vessels: VesselTally,
    /// Exhaust and trucks, hour by hour.
    pub exhaust: ExhaustTally,
    /// What electricity cost, where there is a tariff.
    pub bill: Option<BillTally>,
}

/// Unit-hours that were due and not done, at the end of each hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Backlog {
    start_s: u32,
    hour_h: f64,
    most_h: f64,
}

impl Backlog {
    /// Adds what one class left at the end of the hour that starts at `start_s`. Hours come in their order.
    pub(crate) fn add(&mut self, start_s: u32, left_h: f64) {
        if start_s != self.start_s {
            (self.start_s, self.hour_h) = (start_s, 0.0);
        }
        self.hour_h += left_h;
        self.most_h = self.most_h.max(self.hour_h);
    }

    /// Left at the end of the last hour, unit-hours.
    #[must_use]
    pub fn last_h(&self) -> f64 {
        self.hour_h
    }

    /// The most that was left at the end of an hour, unit-hours.
    #[must_use]
    pub fn most_h(&self) -> f64 {
        self.most_h
    }
}

/// Sessions at the charging ports of a site.
#[derive(Debug, Clone, Default)]
pub struct ChargingTally {
    /// Charging ports.
    pub ports: u32,
    /// Sessions that had a charging port.
    pub sessions: u64,
    /// Vehicles that left for good, with their target or below it.
    pub left: u64,
    /// Sessions and waits that ended below their target.
    pub unmet: u64,
    /// Breaks of equipment that ended so.
    pub breaks_unmet: u64,
    /// Vehicles that wait when the run ends.
    pub waiting: u64,
    /// Energy requested, battery side, kWh.
    pub requested_kwh: f64,
    /// Energy delivered, battery side, kWh.
    pub delivered_kwh: f64,
    /// Energy drawn for sessions, grid side, kWh.
    pub grid_kwh: f64,
    /// Of it at charging ports with a price of their own, kWh.
    pub priced_kwh: f64,
    /// Paid for that, USD.
    pub revenue_usd: f64,
    /// Time at charging ports, s.
    pub busy_s: f64,
    /// Waits for a charging port.
    pub waits: Waits,
}

/// The meter of a site, read at the end of every interval.
#[derive(Debug, Clone, Default)]
pub struct MeterTally {
    /// Energy, kWh.
    pub energy_kwh: f64,
    /// Of it by local hour of the day, kWh; only where there is a calendar.
    pub energy_by_hour_kwh: [f64; 24],
    /// Of it charging, kWh.
    pub charging_kwh: f64,
    /// Highest mean power of an interval, kW.
    pub peak_kw: f64,
    /// When that was, s from the start.
    pub peak_at_s: u32,
    /// Time metered, s.
    pub metered_s: f64,
}

sums! {
    /// Equipment: of a class at a terminal, of a site, or of the hub.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct EquipmentTally {
        /// Unit-hours required.
        pub required_h: f64,
        /// Unit-hours served.
        pub served_h: f64,
        /// Fuel, US gallons.
        pub diesel_gal: f64,
        /// Battery energy used, kWh.
        pub battery_kwh: f64,
        /// Hydrogen used, kg.
        pub hydrogen_kg: f64,
        /// Nitrogen oxides, g.
        pub nox_g: f64,
        /// Particles, g.
        pub pm25_g: f64,
    }
}

impl From<&EquipmentRow> for EquipmentTally {
    fn from(row: &EquipmentRow) -> Self {
        Self {
            required_h: row.required_h,
            served_h: row.served_h,
            diesel_gal: row.diesel_gal,
            battery_kwh: row.battery_kwh,
            hydrogen_kg: row.hydrogen_kg,
            nox_g: row.nox_g,
            pm25_g: row.pm25_g,
        }
    }
}

sums! {
    /// Vessels: calls that ended, and what vessels burnt.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct VesselTally {
        /// Calls.
        pub calls: u64,
        /// Containers lifted.
        pub lifts: u64,
        /// Of the calls those that drew shore power.
        pub shore_calls: u64,
        /// Drawn from the shore, kWh.
        pub shore_kwh: f64,
        /// Time of vessels inside the border of the inventory, h; 0 where the scenario does not say what they burn.
        pub seen_h: f64,
        /// What they burnt there.
        pub burnt: Burnt,
        /// What shore power spared.
        pub avoided: Burnt,
    }
}

impl VesselTally {
    /// Does the scenario say what vessels burn?
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.seen_h > 0.0
    }
}

impl From<&VesselRow> for VesselTally {
    /// Without calls: those are in rows of their own.
    fn from(row: &VesselRow) -> Self {
        Self {
            seen_h: f64::from(row.end_s - row.start_s) / S_PER_H,
            burnt: Burnt {
                fuel_kg: row.fuel_kg,
                direct_co2e_kg: row.co2e_kg,
                upstream_co2e_kg: row.upstream_co2e_kg,
                nox_g: row.nox_g,
                sox_g: row.sox_g,
                pm25_g: row.pm25_g,
                fuel_usd: row.fuel_usd,
            },
            avoided: Burnt {
                fuel_kg: row.avoided_fuel_kg,
                direct_co2e_kg: row.avoided_co2e_kg,
                nox_g: row.avoided_nox_g,
                pm25_g: row.avoided_pm25_g,
                fuel_usd: row.avoided_fuel_usd,
                ..Burnt::default()
            },
            ..Self::default()
        }
    }
}

/// Exhaust and truck traffic at a site, by local hour of the day; only where there is a calendar.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ExhaustTally {
    /// Nitrogen oxides and particles of equipment and of idling trucks, g.
    pub by_hour_g: [[f64; 2]; 24],
    /// The same of vessels at berth, g.
    pub vessels_by_hour_g: [[f64; 2]; 24],
    /// Trucks that came for a haul.
    pub trucks_by_hour: [u64; 24],
}

/// Sums of bills, USD.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BillTally {
    /// Energy bought less energy exported, kWh.
    pub net_kwh: f64,
    /// Energy charges, less credits for exports.
    pub energy_usd: f64,
    /// Demand charges.
    pub demand_usd: f64,
    /// Fixed charges, and what is missing to minimum charges.
    pub fixed_usd: f64,
    /// Total.
    pub total_usd: f64,
}

sums! {
    /// Figures of a fleet, or of all.
    #[derive(Debug, Clone, Default)]
    pub struct FleetTally {
        /// Hauls completed.
        pub completed: u64,
        /// Of them after they were due.
        pub late: u64,
        /// Driven, km.
        pub km: f64,
        /// Without a container, km.
        pub empty_km: f64,
        /// Fuel, US gallons.
        pub diesel_gal: f64,
        /// Battery energy, kWh.
        pub battery_kwh: f64,
        /// Hydrogen, kg.
        pub hydrogen_kg: f64,
        /// Nitrogen oxides, g.
        pub nox_g: f64,
        /// Particles, g.
        pub pm25_g: f64,
        /// Time of completed hauls in gate queues, h.
        pub gate_queue_h: f64,
        /// Time idling with the systems on, h.
        pub idling_h: f64,
        /// Trips that ended with an empty battery or tank.
        pub stranded: u64,
        /// Waits for charging ports on duty, h.
        pub port_wait_h: f64,
        /// Time at charging ports, h.
        pub port_h: f64,
        /// Drawn from the grid at charging ports, kWh.
        pub charged_kwh: f64,
        /// Of it at charging ports with a price of their own, kWh.
        pub priced_kwh: f64,
        /// Paid for that, USD.
        pub paid_usd: f64,
        /// Waits at hydrogen stations, h.
        pub fuel_wait_h: f64,
        /// Time at their positions, h.
        pub fuel_h: f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_nearest_rank() {
        let mut waits = Waits::default();
        (1..=100).for_each(|minute| waits.add(minute * 60));
        assert_eq!(waits.quantile_min(0.95), Some(95.0));
        assert_eq!(waits.quantile_min(1.0), Some(100.0));
        assert_eq!(waits.mean_min(), Some(50.5));
        assert_eq!(Waits::default().quantile_min(0.5), None);
    }
}
