//! Takes rows out of the world into tables and the summary, so that memory does not grow with simulated time.

use super::audit::Audit;
use super::rooms::ROOMS;
use crate::account::bill::bill;
use crate::account::tariff::Tariff;
use crate::kernel::ids::SiteId;
use crate::policy::PolicyCalls;
use crate::record::background::Tables;
use crate::record::metrics::Metric;
use crate::record::names::Names;
use crate::record::notes::PluginNotes;
use crate::record::rows::BillRow;
use crate::record::summary::Summary;
use crate::record::table::{TableError, TableWriter, WAITING_ROWS, WrittenTable};
use crate::scenario::Scenario;
use bevy_ecs::prelude::World;
use std::collections::BTreeMap;
use std::path::Path;

/// Why results could not be written.
pub type OutputError = TableError;

/// The tables and the summary of a run.
#[derive(Debug)]
pub struct Output {
    tables: Tables,
    summary: Summary,
    /// Of what came after a warm-up.
    measured: Option<Summary>,
    keeps_rows: bool,
}

/// What is left when all is written.
#[derive(Debug)]
pub struct Written {
    /// The summary.
    pub summary: Summary,
    /// The summary without the warm-up, where there was one.
    pub measured: Option<Summary>,
    /// Digest of the rows of each table, by name.
    pub digests: BTreeMap<String, String>,
    /// The tables themselves, where rows were kept in memory.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub kept: Vec<WrittenTable>,
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
    pub fn new(
        (folder, with_csv): (Option<&Path>, bool),
        scenario: &Scenario,
        summary: Summary,
    ) -> Result<Self, OutputError> {
        let tables = opened(folder, with_csv, scenario)?;
        // Runs of a study keep digests only, and their threads are those of the study; CSV is for the eye.
        let is_background = folder.is_some() && !with_csv;
        let tables = if is_background { Tables::background(tables) } else { Tables::Inline(tables) };
        Ok(Self { tables, summary, measured: None, keeps_rows: false })
    }

    /// Tables whose rows stay in memory, in no folder.
    ///
    /// # Errors
    /// When rows cannot be laid out in columns.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn in_memory(scenario: &Scenario, summary: Summary) -> Result<Self, OutputError> {
        let tables = opened(None, false, scenario)?.into_iter().map(TableWriter::keeping_rows).collect();
        Ok(Self { tables: Tables::Inline(tables), summary, measured: None, keeps_rows: true })
    }

    /// No tables, and no digests: the summary alone.
    #[must_use]
    pub(super) fn untold(summary: Summary) -> Self {
        Self { tables: Tables::Nowhere, summary, measured: None, keeps_rows: false }
    }

    /// The summary so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The same, to be changed.
    pub(super) fn summary_mut(&mut self) -> &mut Summary {
        &mut self.summary
    }

    /// From here on rows fold into a summary of their own, too: what came before was the warm-up.
    pub fn measure(&mut self, summary: Summary) {
        self.measured = Some(summary);
    }

    /// Notes what policies were asked.
    pub fn count_policy_calls(&mut self, calls: PolicyCalls, plugins: &[PluginNotes]) {
        self.summary.plugin_calls = plugins.iter().map(|plugin| plugin.calls).sum();
        self.summary.plugin_rejected = plugins.iter().map(|plugin| plugin.dropped).sum();
        self.summary.policy_calls = calls.dispatch();
        self.summary.rejected = calls.rejected();
    }

    /// Notes what rooms leave at the end of a run.
    pub fn add_metrics(&mut self, metrics: Vec<Metric>) {
        self.summary.extra.extend(metrics);
    }

    /// Writes the tables of which many rows wait, or (`all`) what waits in any.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn drain(
        &mut self,
        world: &mut World,
        names: &Names,
        audit: &mut Audit,
        all: bool,
    ) -> Result<(), OutputError> {
        let least = if all { 1 } else { WAITING_ROWS };
        audit.read(world, names, least);
        let Self { tables, summary, measured, .. } = self;
        // The audit holds all rows against the world; a warm-up only shortens what is told.
        let mut summaries: Vec<&mut Summary> = core::iter::once(summary).chain(measured.iter_mut()).collect();
        let mut kept = ROOMS.iter().flat_map(|room| room.tables);
        kept.try_for_each(|table| (table.drain)(world, names, least, tables, &mut summaries))
    }

    /// Bills the sites that have a tariff (by site), when all their power is written.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn bill(
        &mut self,
        tariffs: &[Option<Tariff>],
        names: &Names,
        audit: &mut Audit,
    ) -> Result<(), OutputError> {
        let rows = bill_rows(&self.summary, tariffs, names);
        self.summary.bills(&rows);
        audit.bills(&rows);
        self.tables.write(&rows, names)
    }

    /// Closes all files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self) -> Result<Written, OutputError> {
        let written = self.tables.finish()?;
        let digests = written.iter().map(|table| (table.table.to_owned(), table.digest.clone())).collect();
        let kept = if self.keeps_rows { written } else { Vec::new() };
        Ok(Written { summary: self.summary, measured: self.measured, digests, kept })
    }
}

/// The tables of all rooms, and bills.
fn opened(folder: Option<&Path>, with_csv: bool, scenario: &Scenario) -> Result<Vec<TableWriter>, OutputError> {
    let kept = ROOMS.iter().flat_map(|room| room.tables).filter(|table| (table.is_kept)(scenario));
    let open = |open: fn(Option<&Path>, bool, &str) -> _| open(folder, with_csv, &scenario.time.zone);
    kept.map(|table| table.open).chain([TableWriter::new::<BillRow> as _]).map(open).collect()
}

/// The bills of all sites from what their meters read.
fn bill_rows(summary: &Summary, tariffs: &[Option<Tariff>], names: &Names) -> Vec<BillRow> {
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
