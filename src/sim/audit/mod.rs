//! The audit of every run: what must hold whatever the scenario, made again from the tables.
//!
//! Rows are folded as they are written, by other code than the summary's, and compared with each other, the metrics and the
//! scenario when the run ends; memory does not grow with the rows. Then each room holds what it counted to what the tables
//! said, and the batteries and tanks of all vehicles are looked at where they are. What is found is a fault of Portvolt,
//! never of the user: loads that pass limits because nobody can shift them are results, which `record::overload` tells.

mod bills;
mod hauls;
mod limits;
mod mass;
mod ports;
mod queue;
mod stations;
mod totals;
mod vehicles;

#[cfg(test)]
pub(super) mod tamper;
#[cfg(test)]
mod tests;

use crate::account::tariff::Tariff;
use crate::record::audit::{Check, Finding, Findings, Told};
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::record::kept::Reader;
use crate::record::metrics::{Metric, MetricName, TOTAL, value_of};
use crate::record::names::Names;
use crate::record::rows::{
    BillRow, CallRow, EquipmentRow, FuelRow, HaulRow, IdlingRow, NodeRow, PowerRow, SessionRow, VesselRow,
};
use crate::record::summary::Summary;
use crate::scenario::Scenario;
use crate::sim::rooms::ROOMS;
use bevy_ecs::prelude::World;
use bills::Bills;
use hauls::Hauls;
use limits::Limits;
use mass::Mass;
use ports::Ports;
use stations::Stations;
use std::sync::Arc;
use totals::Totals;
use vehicles::Opening;

/// What the rows of a run say so far.
#[derive(Debug)]
pub(super) struct Audit {
    opening: Opening,
    tariffs: Arc<[Option<Tariff>]>,
    limits: Limits,
    ports: Ports,
    stations: Stations,
    hauls: Hauls,
    mass: Mass,
    bills: Bills,
    totals: Totals,
    findings: Findings,
}

impl Audit {
    /// Before the first row.
    pub(super) fn new(world: &World, scenario: &Scenario, tariffs: &Arc<[Option<Tariff>]>, names: &Names) -> Self {
        Self {
            opening: Opening::of(world),
            tariffs: Arc::clone(tariffs),
            limits: Limits::new(scenario, names),
            ports: Ports::new(scenario, names),
            stations: Stations::new(names),
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
        for table in ROOMS.iter().flat_map(|room| room.tables) {
            (table.show)(world, names, least, self);
        }
    }

    pub(super) fn bills(&mut self, rows: &[BillRow]) {
        self.bills.bills(rows);
        self.totals.bills(rows);
    }

    /// Everything that does not hold when all rows are written; empty when all is well.
    pub(super) fn close(mut self, world: &World, summary: &Summary, metrics: &[Metric], names: &Names) -> Vec<Finding> {
        let findings = &mut self.findings;
        self.limits.close(names, findings);
        let waits: Vec<_> = summary.sites.iter().map(|site| &site.charging.waits).collect();
        self.ports.close(&waits, names, findings);
        self.stations.close(&summary.hydrogen, names, findings);
        let told_kwh = value_of(metrics, TOTAL, MetricName::EnergyRequestedKwh).unwrap_or(0.0);
        let what = || "total: energy_requested_kwh, and delivered and lacking".to_owned();
        findings.equal(Check::EnergyRequested, what, told_kwh, self.ports.asked_kwh());
        self.mass.close(names, findings);
        self.bills.close(&self.tariffs, names, findings);
        self.totals.close(metrics, names, findings);
        let told = Told {
            summary,
            names,
            haul_rows: self.hauls.rows(),
            session_rows: self.totals.session_rows(),
            queue_areas_s: self.ports.areas_s(),
            station_areas_s: self.stations.areas_s(),
            storage_kwh: self.mass.storage_kwh(),
            on_board_kg: self.opening.close(world, summary, findings),
        };
        for room in &ROOMS {
            (room.audit)(world, &told, findings);
        }
        self.findings.all()
    }
}

/// Each table goes to all checks that read it.
impl Reader for Audit {
    fn sessions(&mut self, rows: &[SessionRow], names: &Names) {
        self.limits.sessions(rows, names, &mut self.findings);
        self.ports.sessions(rows, names, &mut self.findings);
        self.mass.sessions(rows, names, &mut self.findings);
        self.totals.sessions(rows);
    }

    fn power(&mut self, rows: &[PowerRow], names: &Names) {
        self.limits.power(rows, names, &mut self.findings);
        self.mass.power(rows, names, &mut self.findings);
        self.bills.power(rows, &self.tariffs, names);
        self.totals.power(rows);
    }

    fn nodes(&mut self, rows: &[NodeRow], names: &Names) {
        self.limits.nodes(rows, names, &mut self.findings);
    }

    fn hauls(&mut self, rows: &[HaulRow], _: &Names) {
        self.hauls.hauls(rows, &mut self.findings);
        self.totals.hauls(rows);
    }

    fn equipment(&mut self, rows: &[EquipmentRow], _: &Names) {
        self.mass.equipment(rows);
        self.totals.equipment(rows);
    }

    fn fuel(&mut self, rows: &[FuelRow], _: &Names) {
        self.totals.fuel(rows);
    }

    fn idling(&mut self, _: &[IdlingRow], _: &Names) {}

    fn calls(&mut self, rows: &[CallRow], _: &Names) {
        self.totals.calls(rows);
    }

    fn vessels(&mut self, rows: &[VesselRow], _: &Names) {
        self.totals.vessels(rows);
    }

    fn refuelings(&mut self, rows: &[RefuelRow], _: &Names) {
        self.stations.refuelings(rows);
        self.totals.refuelings(rows);
    }

    fn hydrogen(&mut self, rows: &[HydrogenRow], names: &Names) {
        self.mass.hydrogen(rows, names, &mut self.findings);
        self.totals.hydrogen(rows);
    }

    fn plants(&mut self, rows: &[PlantRow], names: &Names) {
        self.mass.plants(rows, names, &mut self.findings);
    }
}
