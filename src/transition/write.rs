//! Tables of a transition to files. All years are written again after each: what is there is always whole.

use super::record::{
    CommunityRow, ConnectionRow, EmissionsRow, FinanceRow, FleetYearRow, InventoryRow, LedgerRow, OfferRow, ProjectRow,
    RemovalRow, RuleRow, Tables,
};
use crate::disk::{WriteError, whole};
use crate::industry::record::{HydrogenMarketRow, IndustryRow, PlantProjectRow};
use crate::record::names::Names;
use crate::record::table::{Row, TableError, TableWriter, WrittenTable};
use std::collections::BTreeMap;
use std::path::Path;

/// While tables are being written they are here, inside their folder.
const NEXT: &str = "next";

/// Writes all tables into a folder; a file is replaced only by a whole one. Returns the digest of the rows of each.
///
/// # Errors
/// When a file cannot be written.
pub fn write(
    folder: Option<&Path>,
    with_csv: bool,
    zone: &str,
    names: &Names,
    tables: &Tables,
) -> Result<BTreeMap<String, String>, TableError> {
    let io = |error: WriteError| TableError::Io { path: error.path, source: error.source };
    let next = folder.map(|folder| folder.join(NEXT));
    if let Some(next) = &next {
        whole::make_folder(next).map_err(io)?;
    }
    let written = To { folder: next.as_deref(), with_csv, keeps_rows: false, zone, names }.all(tables)?;
    if let (Some(folder), Some(next)) = (folder, &next) {
        whole::move_all(next, folder).map_err(io)?;
    }
    Ok(written.into_iter().map(|table| (table.table.to_owned(), table.digest)).collect())
}

/// All tables with their rows, in no folder.
///
/// # Errors
/// When rows cannot be laid out in columns.
#[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
pub fn in_memory(zone: &str, names: &Names, tables: &Tables) -> Result<Vec<WrittenTable>, TableError> {
    To { folder: None, with_csv: false, keeps_rows: true, zone, names }.all(tables)
}

struct To<'a> {
    folder: Option<&'a Path>,
    with_csv: bool,
    keeps_rows: bool,
    zone: &'a str,
    names: &'a Names,
}

impl To<'_> {
    fn all(&self, tables: &Tables) -> Result<Vec<WrittenTable>, TableError> {
        let always = [
            self.table::<FleetYearRow>(&tables.fleet)?,
            self.table::<FinanceRow>(&tables.finance)?,
            self.table::<EmissionsRow>(&tables.emissions)?,
            self.table::<ProjectRow>(&tables.projects)?,
            self.table::<OfferRow>(&tables.offers)?,
            self.table::<LedgerRow>(&tables.ledger)?,
            self.table::<RuleRow>(&tables.rules)?,
            self.table::<CommunityRow>(&tables.community)?,
        ];
        // Of scenarios that have vessels or plants.
        let some = [
            self.some::<InventoryRow>(&tables.inventory)?,
            self.some::<IndustryRow>(&tables.industry)?,
            self.some::<PlantProjectRow>(&tables.plant_projects)?,
            self.some::<HydrogenMarketRow>(&tables.hydrogen_market)?,
            self.some::<RemovalRow>(&tables.removals)?,
            self.some::<ConnectionRow>(&tables.connections)?,
        ];
        Ok(always.into_iter().chain(some.into_iter().flatten()).collect())
    }

    /// A table that a scenario may be without: nothing where it has no rows.
    fn some<R: Row>(&self, rows: &[R]) -> Result<Option<WrittenTable>, TableError> {
        if rows.is_empty() { Ok(None) } else { self.table(rows).map(Some) }
    }

    fn table<R: Row>(&self, rows: &[R]) -> Result<WrittenTable, TableError> {
        let mut writer = TableWriter::new::<R>(self.folder, self.with_csv, self.zone)?;
        if self.keeps_rows {
            writer = writer.keeping_rows();
        }
        writer.write(rows, self.names)?;
        writer.finish()
    }
}
