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

/// Reads the rows of all tables as they leave a running world.
pub trait Reader {
    /// Rows of sessions.
    fn sessions(&mut self, rows: &[SessionRow], names: &Names);
    /// Rows of power.
    fn power(&mut self, rows: &[PowerRow], names: &Names);
    /// Rows of nodes.
    fn nodes(&mut self, rows: &[NodeRow], names: &Names);
    /// Rows of hauls.
    fn hauls(&mut self, rows: &[HaulRow], names: &Names);
    /// Rows of equipment.
    fn equipment(&mut self, rows: &[EquipmentRow], names: &Names);
    /// Rows of fuel.
    fn fuel(&mut self, rows: &[FuelRow], names: &Names);
    /// Rows of idling.
    fn idling(&mut self, rows: &[IdlingRow], names: &Names);
    /// Rows of calls.
    fn calls(&mut self, rows: &[CallRow], names: &Names);
    /// Rows of vessels.
    fn vessels(&mut self, rows: &[VesselRow], names: &Names);
    /// Rows of refuelings.
    fn refuelings(&mut self, rows: &[RefuelRow], names: &Names);
    /// Rows of hydrogen stations.
    fn hydrogen(&mut self, rows: &[HydrogenRow], names: &Names);
    /// Rows of hydrogen plants.
    fn plants(&mut self, rows: &[PlantRow], names: &Names);
}

/// Rows that leave a running world.
pub trait Folded: Row {
    /// Adds rows to the headline numbers; rows of some tables have none.
    fn fold(rows: &[Self], summary: &mut Summary) {
        let _ = (rows, summary);
    }

    /// Shows rows to a reader.
    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader);
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
    /// Shows the rows that wait to a reader, if there are so many.
    pub show: fn(&World, &Names, usize, &mut dyn Reader),
    /// Writes the rows that wait, if there are so many.
    pub drain: fn(&mut World, &Names, usize, &mut Tables, &mut [&mut Summary]) -> Result<(), TableError>,
}

impl Table {
    /// The table of a kind of row.
    #[must_use]
    pub const fn of<R: Folded>() -> Self {
        Self { is_kept: |_| true, init: init::<R>, open: TableWriter::new::<R>, show: show::<R>, drain: drain::<R> }
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

fn show<R: Folded>(world: &World, names: &Names, least: usize, reader: &mut dyn Reader) {
    let rows = world.resource::<Records<R>>().rows();
    if rows.len() >= least {
        R::show(rows, names, reader);
    }
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

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.sessions(rows, names);
    }
}

impl Folded for PowerRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.power(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.power(rows, names);
    }
}

impl Folded for NodeRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.nodes(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.nodes(rows, names);
    }
}

impl Folded for HaulRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.hauls(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.hauls(rows, names);
    }
}

impl Folded for EquipmentRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.equipment(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.equipment(rows, names);
    }
}

impl Folded for FuelRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.fuel(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.fuel(rows, names);
    }
}

impl Folded for IdlingRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.idling(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.idling(rows, names);
    }
}

impl Folded for CallRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.calls(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.calls(rows, names);
    }
}

impl Folded for VesselRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.vessels(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.vessels(rows, names);
    }
}

impl Folded for RefuelRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.refuelings(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.refuelings(rows, names);
    }
}

impl Folded for HydrogenRow {
    fn fold(rows: &[Self], summary: &mut Summary) {
        summary.hydrogen.hydrogen(rows);
    }

    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.hydrogen(rows, names);
    }
}

impl Folded for PlantRow {
    fn show(rows: &[Self], names: &Names, reader: &mut dyn Reader) {
        reader.plants(rows, names);
    }
}
