//! The audit of every run: what must hold whatever the scenario, made again from the tables.
//!
//! Rows are folded as they are written, by other code than the summary's, and compared with each other, the metrics and the
//! scenario when the run ends; memory does not grow with the rows. `world` adds what no table holds: batteries and tanks
//! where they are at the end, and the counters of the rooms. What is found is a fault of Portvolt, never of the user: loads
//! that pass limits because nobody can shift them are results, which `record::overload` tells.

mod bills;
mod findings;
mod hauls;
mod limits;
mod mass;
mod ports;
mod totals;
pub(super) mod world;

#[cfg(test)]
pub(super) mod tamper;
#[cfg(test)]
mod tests;

use crate::account::tariff::Tariff;
use crate::record::Records;
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::record::metrics::{Metric, MetricName, value_of};
use crate::record::names::Names;
use crate::record::rows::{BillRow, CallRow, EquipmentRow, FuelRow, HaulRow, NodeRow, PowerRow, SessionRow, VesselRow};
use crate::record::summary::Summary;
use crate::record::table::Row;
use crate::scenario::Scenario;
use bevy_ecs::prelude::World;
use bills::Bills;
use findings::Findings;
use hauls::Hauls;
use limits::Limits;
use mass::Mass;
use ports::Ports;
use std::sync::Arc;
use totals::Totals;
use world::Opening;

/// What the rows of a run say so far.
#[derive(Debug)]
pub(super) struct Audit {
    opening: Opening,
    tariffs: Arc<[Option<Tariff>]>,
    limits: Limits,
    ports: Ports,
    hauls: Hauls,
    mass: Mass,
    bills: Bills,
    totals: Totals,
    findings: Findings,
}

impl Audit {
    /// Before the first row.
    pub(super) fn new(world: &mut World, scenario: &Scenario, tariffs: &Arc<[Option<Tariff>]>, names: &Names) -> Self {
        Self {
            opening: Opening::of(world),
            tariffs: Arc::clone(tariffs),
            limits: Limits::new(scenario, names),
            ports: Ports::new(scenario, names),
            hauls: Hauls::default(),
            mass: Mass::new(scenario, names),
            bills: Bills::new(scenario.time.interval_s, tariffs, names),
            totals: Totals::new(scenario, names),
            findings: Findings::default(),
        }
    }

    /// From a second on the limits of another scenario hold.
    pub(super) fn change_at(&mut self, at_s: u32, changed: Option<&Scenario>) {
        if let Some(scenario) = changed {
            self.limits.change_at(at_s, scenario);
        }
    }

    /// Reads the rows that are about to leave the world: of tables in which at least so many wait.
    pub(super) fn read(&mut self, world: &World, names: &Names, least: usize) {
        let Self { limits, ports, hauls, mass, bills, totals, findings, tariffs, .. } = self;
        let sessions: &[SessionRow] = waiting(world, least);
        limits.sessions(sessions, names, findings);
        ports.sessions(sessions, names, findings);
        mass.sessions(sessions);
        totals.sessions(sessions);
        let power: &[PowerRow] = waiting(world, least);
        limits.power(power, names, findings);
        mass.power(power, names, findings);
        bills.power(power, tariffs, names);
        totals.power(power);
        let nodes: &[NodeRow] = waiting(world, least);
        limits.nodes(nodes, names, findings);
        let all: &[HaulRow] = waiting(world, least);
        hauls.hauls(all, findings);
        totals.hauls(all);
        let equipment: &[EquipmentRow] = waiting(world, least);
        mass.equipment(equipment);
        totals.equipment(equipment);
        let stations: &[HydrogenRow] = waiting(world, least);
        mass.hydrogen(stations, names, findings);
        totals.hydrogen(stations);
        let plants: &[PlantRow] = waiting(world, least);
        mass.plants(plants, names, findings);
        totals.fuel(waiting::<FuelRow>(world, least));
        totals.calls(waiting::<CallRow>(world, least));
        totals.vessels(waiting::<VesselRow>(world, least));
        totals.refuelings(waiting::<RefuelRow>(world, least));
    }

    pub(super) fn bills(&mut self, rows: &[BillRow]) {
        self.bills.bills(rows);
        self.totals.bills(rows);
    }

    /// Everything that does not hold when all rows are written; empty when all is well.
    pub(super) fn close(
        mut self,
        world: &mut World,
        summary: &Summary,
        metrics: &[Metric],
        names: &Names,
    ) -> Vec<String> {
        let findings = &mut self.findings;
        self.limits.close(names, findings);
        let waits: Vec<_> = summary.sites.iter().map(|site| &site.charging.waits).collect();
        self.ports.close(&waits, names, findings);
        let told_kwh = value_of(metrics, "total", MetricName::EnergyRequestedKwh).unwrap_or(0.0);
        let what = || "total: energy_requested_kwh, and delivered and lacking".to_owned();
        findings.equal(what, told_kwh, self.ports.asked_kwh());
        self.mass.close(names, findings);
        self.bills.close(&self.tariffs, names, findings);
        self.totals.close(metrics, names, findings);
        let rows = world::Rows {
            hauls: self.hauls.rows(),
            sessions: self.totals.session_rows(),
            queue_areas_s: self.ports.areas_s().collect(),
        };
        world::audit(world, &self.opening, &rows, summary, names, findings);
        self.findings.told()
    }
}

/// The rows of a table that waits with at least so many.
fn waiting<R: Row>(world: &World, least: usize) -> &[R] {
    let rows = world.resource::<Records<R>>().rows();
    if rows.len() < least { &[] } else { rows }
}
