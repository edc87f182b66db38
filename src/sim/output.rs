//! Takes rows out of the world into tables and the summary, so that memory does not grow with simulated time.

use crate::account::bill::bill;
use crate::account::tariff::Tariff;
use crate::kernel::ids::SiteId;
use crate::policy::{PluginNotes, PolicyCalls};
use crate::record::Records;
use crate::record::hydrogen::{HubRow, HydrogenRow, RefuelRow};
use crate::record::names::Names;
use crate::record::rows::{
    BillRow, CallRow, EquipmentRow, FuelRow, HaulRow, NodeRow, PowerRow, SessionRow, StandingRow,
};
use crate::record::summary::{Metric, Summary};
use crate::record::table::{Row, TableError, TableWriter, WAITING_ROWS};
use bevy_ecs::prelude::World;
use std::collections::BTreeMap;
use std::path::Path;

/// Why results could not be written.
pub type OutputError = TableError;

/// The tables and the summary of a run.
#[derive(Debug)]
pub struct Output {
    sessions: TableWriter,
    power: TableWriter,
    nodes: TableWriter,
    hauls: TableWriter,
    equipment: TableWriter,
    fuel: TableWriter,
    standing: TableWriter,
    calls: TableWriter,
    bills: TableWriter,
    refuelings: TableWriter,
    hydrogen: TableWriter,
    hubs: TableWriter,
    summary: Summary,
}

/// What is left when all is written.
#[derive(Debug)]
pub struct Written {
    /// The summary.
    pub summary: Summary,
    /// Digest of the rows of each table, by name.
    pub digests: BTreeMap<String, String>,
}

impl Written {
    /// One digest of all rows of all tables.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut all = blake3::Hasher::new();
        for (table, digest) in &self.digests {
            all.update(table.as_bytes());
            all.update(digest.as_bytes());
        }
        all.finalize().to_hex().to_string()
    }
}

impl Output {
    /// Tables in a folder, or only digests and the summary.
    ///
    /// # Errors
    /// When a file cannot be made.
    pub fn new(folder: Option<&Path>, with_csv: bool, zone: &str, summary: Summary) -> Result<Self, OutputError> {
        Ok(Self {
            sessions: TableWriter::new::<SessionRow>(folder, with_csv, zone)?,
            power: TableWriter::new::<PowerRow>(folder, with_csv, zone)?,
            nodes: TableWriter::new::<NodeRow>(folder, with_csv, zone)?,
            hauls: TableWriter::new::<HaulRow>(folder, with_csv, zone)?,
            equipment: TableWriter::new::<EquipmentRow>(folder, with_csv, zone)?,
            fuel: TableWriter::new::<FuelRow>(folder, with_csv, zone)?,
            standing: TableWriter::new::<StandingRow>(folder, with_csv, zone)?,
            calls: TableWriter::new::<CallRow>(folder, with_csv, zone)?,
            bills: TableWriter::new::<BillRow>(folder, with_csv, zone)?,
            refuelings: TableWriter::new::<RefuelRow>(folder, with_csv, zone)?,
            hydrogen: TableWriter::new::<HydrogenRow>(folder, with_csv, zone)?,
            hubs: TableWriter::new::<HubRow>(folder, with_csv, zone)?,
            summary,
        })
    }

    /// The summary so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Notes what policies were asked.
    pub fn count_policy_calls(&mut self, calls: PolicyCalls, plugins: &[PluginNotes]) {
        self.summary.plugin_calls = plugins.iter().map(|plugin| plugin.calls).sum();
        self.summary.plugin_rejected = plugins.iter().map(|plugin| plugin.dropped).sum();
        self.summary.policy_calls = calls.dispatch;
        self.summary.rejected = calls.rejected;
    }

    /// Notes what rooms leave at the end of a run.
    pub fn add_metrics(&mut self, metrics: Vec<Metric>) {
        self.summary.extra.extend(metrics);
    }

    /// Writes the tables of which many rows wait, or (`all`) what waits in any.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn drain(&mut self, world: &mut World, names: &Names, all: bool) -> Result<(), OutputError> {
        let least = if all { 1 } else { WAITING_ROWS };
        let summary = &mut self.summary;
        drain(world, names, least, &mut self.sessions, |rows: &[SessionRow]| summary.sessions(rows))?;
        drain(world, names, least, &mut self.power, |rows: &[PowerRow]| summary.power(rows))?;
        drain(world, names, least, &mut self.nodes, |_: &[NodeRow]| {})?;
        drain(world, names, least, &mut self.hauls, |rows: &[HaulRow]| summary.hauls(rows))?;
        drain(world, names, least, &mut self.equipment, |rows: &[EquipmentRow]| summary.equipment(rows))?;
        drain(world, names, least, &mut self.fuel, |rows: &[FuelRow]| {
            summary.fuel(rows);
        })?;
        drain(world, names, least, &mut self.standing, |rows: &[StandingRow]| summary.standing(rows))?;
        drain(world, names, least, &mut self.calls, |rows: &[CallRow]| summary.calls(rows))?;
        let h2 = &mut summary.hydrogen;
        drain(world, names, least, &mut self.refuelings, |rows: &[RefuelRow]| h2.refuelings(rows))?;
        drain(world, names, least, &mut self.hydrogen, |rows: &[HydrogenRow]| h2.hydrogen(rows))?;
        drain(world, names, least, &mut self.hubs, |_: &[HubRow]| {})
    }

    /// Bills the sites that have a tariff (by site), when all their power is written.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn bill(&mut self, tariffs: &[Option<Tariff>], names: &Names) -> Result<(), OutputError> {
        let rows = bill_rows(&self.summary, tariffs, names);
        self.summary.bills(&rows);
        self.bills.write(&rows, names)
    }

    /// Closes all files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self) -> Result<Written, OutputError> {
        let mut written = Written { summary: self.summary, digests: BTreeMap::new() };
        let tables = vec![
            (SessionRow::TABLE, self.sessions),
            (PowerRow::TABLE, self.power),
            (NodeRow::TABLE, self.nodes),
            (HaulRow::TABLE, self.hauls),
            (EquipmentRow::TABLE, self.equipment),
            (FuelRow::TABLE, self.fuel),
            (StandingRow::TABLE, self.standing),
            (CallRow::TABLE, self.calls),
            (BillRow::TABLE, self.bills),
            (RefuelRow::TABLE, self.refuelings),
            (HydrogenRow::TABLE, self.hydrogen),
            (HubRow::TABLE, self.hubs),
        ];
        for (name, table) in tables {
            written.digests.insert(name.to_owned(), table.finish()?);
        }
        Ok(written)
    }
}

/// The bills of all sites from what their meters read.
#[must_use]
pub fn bill_rows(summary: &Summary, tariffs: &[Option<Tariff>], names: &Names) -> Vec<BillRow> {
    let mut rows = Vec::new();
    for (site, (meter, tariff)) in summary.meters.iter().zip(tariffs).enumerate() {
        let load = meter.as_ref().and_then(|meter| meter.load(names.calendar.clone()).ok());
        if let (Some(load), Some(tariff)) = (load, tariff) {
            let bill = bill(tariff, &load);
            rows.extend(bill.months.iter().map(|month| BillRow::new(SiteId::at(site), month)));
        }
    }
    rows
}

fn drain<R: Row>(
    world: &mut World,
    names: &Names,
    least: usize,
    table: &mut TableWriter,
    fold: impl FnOnce(&[R]),
) -> Result<(), OutputError> {
    let mut records = world.resource_mut::<Records<R>>();
    if records.len() < least {
        return Ok(());
    }
    let rows = records.take();
    fold(&rows);
    table.write(&rows, names)?;
    world.resource_mut::<Records<R>>().reuse(rows);
    Ok(())
}
