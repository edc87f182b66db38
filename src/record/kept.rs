//! The tables of a room: how rows wait in the world, leave it, and become part of the summary.

use super::Records;
use super::background::Tables;
use super::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use super::names::Names;
use super::rows::{CallRow, EquipmentRow, FuelRow, HaulRow, IdlingRow, NodeRow, PowerRow, SessionRow, VesselRow};
use super::summary::Summary;
use super::table::{Row, TableError, TableWriter};
use crate::scenario::Scenario;
use bevy_ecs::prelude::World;
use std::path::Path;

/// Rows that leave a running world.
pub trait Folded: Row {
    /// Adds rows to the headline numbers; rows of some tables have none.
    fn fold(rows: &[Self], summary: &mut Summary) {
        let _ = (rows, summary);
    }
}

/// A table of a room, whatever its rows are.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Has a scenario rows for it? Others have no such table.
    pub is_kept: fn(&Scenario) -> bool,
    /// Makes room for rows in a world.
    pub init: fn(&mut World),
    /// Opens the table: folder, or none for a digest only; CSV too; time zone.
    pub open: fn(Option<&Path>, bool, &str) -> Result<TableWriter, TableError>,
    /// Writes the rows that wait, if there are so many.
    pub drain: fn(&mut World, &Names, usize, &mut Tables, &mut [&mut Summary]) -> Result<(), TableError>,
}

impl Table {
    /// The table of a kind of row.
    #[must_use]
    pub const fn of<R: Folded>() -> Self {
        Self { is_kept: |_| true, init: init::<R>, open: TableWriter::new::<R>, drain: drain::<R> }
    }

    /// The same, of scenarios that have rows for it.
    #[must_use]
    pub const fn of_some<R: Folded>(is_kept: fn(&Scenario) -> bool) -> Self {
        Self { is_kept, ..Self::of::<R>() }
    }
}

fn init<R: Folded>(world: &mut World) {
    world.init_resource::<Records<R>>();
}

fn drain<R: Folded>(
    world: &mut World,
    names: &Names,
    least: usize,
    tables: &mut Tables,
    summaries: &mut [&mut Summary],
) -> Result<(), TableError> {
    let mut records = world.resource_mut::<Records<R>>();
    if records.count() < least {
        return Ok(());
    }
    let rows = records.take();
    for summary in summaries.iter_mut() {
        R::fold(&rows, summary);
    }
    tables.write(&rows, names)?;
    world.resource_mut::<Records<R>>().reuse(rows);
    Ok(())
}

impl Folded for SessionRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.sessions(rows);
    }
}

impl Folded for PowerRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.power(rows);
    }
}

impl Folded for NodeRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.nodes(rows);
    }
}

impl Folded for HaulRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.hauls(rows);
    }
}

impl Folded for EquipmentRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.equipment(rows);
    }
}

impl Folded for FuelRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.fuel(rows);
    }
}

impl Folded for IdlingRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.idling(rows);
    }
}

impl Folded for CallRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.calls(rows);
    }
}

impl Folded for VesselRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.vessels(rows);
    }
}

impl Folded for RefuelRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.refuelings(rows);
    }
}

impl Folded for HydrogenRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.hydrogen.hydrogen(rows);
    }
}

impl Folded for PlantRow {}
