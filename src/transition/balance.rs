//! What vehicles used is what chargers and stations gave, less the change on board.

use crate::record::audit::{Check, Finding, Findings};
use crate::record::summary::Summary;
use crate::sim::stored::Stored;

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
    #[must_use]
    pub(super) fn of(summary: &Summary, before: &Stored, after: &Stored) -> Self {
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

    /// Adds a sample as often as it stands in the year.
    pub(super) fn add_weighted(&mut self, other: &Self, weight: f64) {
        self.used_kwh += other.used_kwh * weight;
        self.delivered_kwh += other.delivered_kwh * weight;
        self.stored_kwh += other.stored_kwh * weight;
        self.used_kg += other.used_kg * weight;
        self.dispensed_kg += other.dispensed_kg * weight;
        self.stored_kg += other.stored_kg * weight;
    }

    /// Change on board over what was used, of batteries or of tanks, whichever is more: below 0 vehicles used what was never
    /// delivered, above 0 they were given what they did not use.
    #[must_use]
    pub fn change_share(&self) -> f64 {
        let share = |change: f64, used: f64| if used > 0.0 { change / used } else { 0.0 };
        let (battery, tank) = (share(self.stored_kwh, self.used_kwh), share(self.stored_kg, self.used_kg));
        if battery.abs() > tank.abs() { battery } else { tank }
    }

    /// What does not add up; empty when all is well.
    #[must_use]
    pub fn broken(&self) -> Vec<Finding> {
        let mut findings = Findings::default();
        let mut equal = |check, what: &str, left, right| findings.equal(check, || what.to_owned(), left, right);
        let what = "energy used, and delivered less the change on board, kWh";
        equal(Check::SampleEnergy, what, self.used_kwh, self.delivered_kwh - self.stored_kwh);
        let what = "hydrogen used, and dispensed less the change on board, kg";
        equal(Check::SampleHydrogen, what, self.used_kg, self.dispensed_kg - self.stored_kg);
        findings.all()
    }
}
