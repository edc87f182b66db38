//! Tables of a transition to files. All years are written again after each: what is there is always whole.

use super::record::{
    CommunityRow, EmissionsRow, FinanceRow, FleetYearRow, InventoryRow, LedgerRow, OfferRow, ProjectRow, RemovalRow,
    RuleRow, Tables,
};
use crate::disk::{WriteError, whole};
use crate::industry::record::{IndustryRow, PlantProjectRow};
use crate::record::names::Names;
use crate::record::table::{Row, TableError, TableWriter};
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
    let to = To { folder: next.as_deref(), with_csv, zone, names };
    let mut digests = BTreeMap::new();
    to.table::<FleetYearRow>(&tables.fleet, &mut digests)?;
    to.table::<FinanceRow>(&tables.finance, &mut digests)?;
    to.table::<EmissionsRow>(&tables.emissions, &mut digests)?;
    to.table::<ProjectRow>(&tables.projects, &mut digests)?;
    to.table::<OfferRow>(&tables.offers, &mut digests)?;
    to.table::<LedgerRow>(&tables.ledger, &mut digests)?;
    to.table::<RuleRow>(&tables.rules, &mut digests)?;
    to.table::<CommunityRow>(&tables.community, &mut digests)?;
    // Of scenarios that have vessels or plants.
    to.some::<InventoryRow>(&tables.inventory, &mut digests)?;
    to.some::<IndustryRow>(&tables.industry, &mut digests)?;
    to.some::<PlantProjectRow>(&tables.plant_projects, &mut digests)?;
    to.some::<RemovalRow>(&tables.removals, &mut digests)?;
    if let (Some(folder), Some(next)) = (folder, &next) {
        whole::move_all(next, folder).map_err(io)?;
    }
    Ok(digests)
}

struct To<'a> {
    folder: Option<&'a Path>,
    with_csv: bool,
    zone: &'a str,
    names: &'a Names,
}

impl To<'_> {
    /// A table that a scenario may be without: nothing where it has no rows.
    fn some<R: Row>(&self, rows: &[R], digests: &mut BTreeMap<String, String>) -> Result<(), TableError> {
        if rows.is_empty() { Ok(()) } else { self.table(rows, digests) }
    }

    fn table<R: Row>(&self, rows: &[R], digests: &mut BTreeMap<String, String>) -> Result<(), TableError> {
        let mut writer = TableWriter::new::<R>(self.folder, self.with_csv, self.zone)?;
        writer.write(rows, self.names)?;
        let (table, digest) = writer.finish()?;
        digests.insert(table.to_owned(), digest);
        Ok(())
    }
}
