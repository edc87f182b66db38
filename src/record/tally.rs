//! Sums that rows fold into: waits, and the figures of a site, a fleet and a class of equipment.

use std::collections::BTreeMap;

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

    /// Adds all waits of another.
    pub fn merge(&mut self, other: &Self) {
        for (wait_s, count) in &other.counts {
            *self.counts.entry(*wait_s).or_default() += count;
        }
        self.number += other.number;
        self.sum_s += other.sum_s;
    }

    /// How many waits.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Mean, minutes.
    #[must_use]
    pub fn mean_min(&self) -> Option<f64> {
        (self.number > 0).then(|| self.sum_s as f64 / self.number as f64 / 60.0)
    }

    /// Share of waits longer than this, 0 to 1.
    #[must_use]
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

/// Figures of a site, or of the hub.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Sessions that had a port.
    pub sessions: u64,
    /// Sessions and waits that ended short of what was asked.
    pub unmet: u64,
    /// Energy asked for, kWh.
    pub requested_kwh: f64,
    /// Energy delivered, battery side, kWh.
    pub delivered_kwh: f64,
    /// Energy drawn for sessions, kWh.
    pub session_grid_kwh: f64,
    /// Of it at ports with a price of their own, kWh.
    pub priced_kwh: f64,
    /// Paid for that, $.
    pub sold_usd: f64,
    /// Time at ports, s.
    pub busy_s: f64,
    /// Waits for a port.
    pub waits: Waits,
    /// Energy through the meter, kWh.
    pub meter_kwh: f64,
    /// Of it by local hour of the day, kWh; only where there is a calendar.
    pub kwh_by_hour: [f64; 24],
    /// Of it charging, kWh.
    pub charging_kwh: f64,
    /// Highest mean power of an interval, kW.
    pub peak_kw: f64,
    /// When that was, s from the start.
    pub peak_at_s: u32,
    /// Intervals whose load passed the limit.
    pub overloads: u64,
    /// Time metered, s.
    pub metered_s: f64,
    /// Ports.
    pub ports: u32,
    /// Unit-hours asked for.
    pub required_h: f64,
    /// Unit-hours done.
    pub served_h: f64,
    /// Equipment: fuel, US gallons.
    pub equipment_diesel_gal: f64,
    /// Equipment: nitrogen oxides, g.
    pub equipment_nox_g: f64,
    /// Equipment: particles, g.
    pub equipment_pm25_g: f64,
    /// Nitrogen oxides and particles of equipment and of trucks that stand, by local hour of the day, g; only where there is a
    /// calendar.
    pub exhaust_by_hour: [[f64; 2]; 24],
    /// Trucks that came for a haul, by local hour of the day; only where there is a calendar.
    pub trucks_by_hour: [u64; 24],
    /// Equipment: battery energy used, kWh.
    pub equipment_battery_kwh: f64,
    /// Equipment: hydrogen used, kg.
    pub equipment_hydrogen_kg: f64,
    /// Vessel calls, lifts.
    pub calls: u64,
    /// Containers lifted.
    pub lifts: u64,
    /// What electricity cost, where there is a tariff.
    pub bill: Option<BillTally>,
}

/// Sums of bills, $.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BillTally {
    /// Energy bought less energy exported, kWh.
    pub net_kwh: f64,
    /// Charges by the kWh.
    pub energy_usd: f64,
    /// Charges by the kW.
    pub demand_usd: f64,
    /// Fixed charges, and what is missing to minimum charges.
    pub fixed_usd: f64,
    /// All of it.
    pub total_usd: f64,
}

/// Figures of a fleet, or of all.
#[derive(Debug, Clone, Default)]
pub struct FleetTally {
    /// Hauls finished, and of them late.
    pub completed: u64,
    /// Finished after they were due.
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
    /// Time in gate queues, h.
    pub gate_queue_h: f64,
    /// Time at places with the systems on, h.
    pub idling_h: f64,
    /// Trips that ended with an empty battery.
    pub stranded: u64,
    /// Waits for ports on duty, h.
    pub port_wait_h: f64,
    /// Time at ports, h.
    pub port_h: f64,
    /// Drawn from the grid at ports, kWh.
    pub charged_kwh: f64,
    /// Of it at ports with a price of their own, kWh.
    pub priced_kwh: f64,
    /// Paid for that, $.
    pub paid_usd: f64,
}

impl FleetTally {
    /// Adds another, so many times.
    pub fn add_weighted(&mut self, other: &Self, weight: f64) {
        let count = |sum: &mut u64, number: u64| *sum += (number as f64 * weight).round() as u64;
        count(&mut self.completed, other.completed);
        count(&mut self.late, other.late);
        count(&mut self.stranded, other.stranded);
        self.km += other.km * weight;
        self.empty_km += other.empty_km * weight;
        self.diesel_gal += other.diesel_gal * weight;
        self.battery_kwh += other.battery_kwh * weight;
        self.hydrogen_kg += other.hydrogen_kg * weight;
        self.nox_g += other.nox_g * weight;
        self.pm25_g += other.pm25_g * weight;
        self.gate_queue_h += other.gate_queue_h * weight;
        self.idling_h += other.idling_h * weight;
        self.port_wait_h += other.port_wait_h * weight;
        self.port_h += other.port_h * weight;
        self.charged_kwh += other.charged_kwh * weight;
        self.priced_kwh += other.priced_kwh * weight;
        self.paid_usd += other.paid_usd * weight;
    }
}

impl ClassTally {
    /// Adds another, so many times.
    pub fn add_weighted(&mut self, other: &Self, weight: f64) {
        self.required_h += other.required_h * weight;
        self.served_h += other.served_h * weight;
        self.diesel_gal += other.diesel_gal * weight;
        self.hydrogen_kg += other.hydrogen_kg * weight;
        self.nox_g += other.nox_g * weight;
        self.pm25_g += other.pm25_g * weight;
    }
}

/// Figures of a class of equipment at a terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ClassTally {
    /// Unit-hours asked for.
    pub required_h: f64,
    /// Unit-hours done.
    pub served_h: f64,
    /// Fuel, US gallons.
    pub diesel_gal: f64,
    /// Hydrogen, kg.
    pub hydrogen_kg: f64,
    /// Nitrogen oxides, g.
    pub nox_g: f64,
    /// Particles, g.
    pub pm25_g: f64,
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
