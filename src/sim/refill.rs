//! What batteries hold less at the end of a run than at its begin: energy that was used and not paid for in its days.

use super::stored::stored;
use crate::charging::spec::ChargerSpec;
use crate::grid::record::refill_kwh;
use crate::record::metrics::{Metric, MetricName, TOTAL};
use crate::record::tally::BillTally;
use crate::scenario::Scenario;
use bevy_ecs::prelude::World;

/// What batteries held when the run began.
#[derive(Debug)]
pub(super) struct Opening {
    /// Share of the energy from the meter that reaches batteries, mean over all groups by their power.
    efficiency: f64,
    /// The energy from the meter that it takes to put it there, kWh.
    kwh: f64,
}

impl Opening {
    /// Of a scenario, and of its world before the first tick.
    pub(super) fn of(scenario: &Scenario, world: &World) -> Self {
        let mut opening = Self { efficiency: efficiency(scenario), kwh: 0.0 };
        opening.kwh = opening.charged_kwh(world);
        opening
    }

    /// Energy from the meter that it takes to charge all batteries, but those of visitors, from empty to where they are.
    fn charged_kwh(&self, world: &World) -> f64 {
        stored(world).battery_kwh / self.efficiency + refill_kwh(world)
    }

    /// Energy from the meter that it takes to bring batteries back to where they were; below 0 where they hold more, kWh.
    pub(super) fn less_kwh(&self, world: &World) -> f64 {
        self.kwh - self.charged_kwh(world)
    }

    /// What that costs at the mean energy charge of the run; nothing is said where no site has a tariff.
    pub(super) fn metrics(&self, world: &World, bill: Option<BillTally>) -> Vec<Metric> {
        let mean = |bill: BillTally| if bill.net_kwh > 0.0 { bill.energy_usd / bill.net_kwh } else { 0.0 };
        let usd = bill.map(|bill| self.less_kwh(world) * mean(bill));
        usd.map(|usd| Metric::new(MetricName::RefillUsd, TOTAL, Some(usd))).into_iter().collect()
    }
}

/// Mean over all groups of chargers by their power; 1 where there is none.
fn efficiency(scenario: &Scenario) -> f64 {
    let kw = |charger: &ChargerSpec| f64::from(charger.cabinets) * charger.cabinet_kw;
    let all_kw: f64 = scenario.charger.values().map(kw).sum();
    let sum: f64 = scenario.charger.values().map(|charger| kw(charger) * charger.efficiency).sum();
    if all_kw > 0.0 { sum / all_kw } else { 1.0 }
}
