//! Hauls that were put up and completed, against their table.

use super::state::CompletedHauls;
use crate::freight::state::Board;
use crate::record::audit::{Check, Findings, Told};
use bevy_ecs::prelude::World;

/// Every haul that was put up has one row.
pub(crate) fn audit(world: &World, told: &Told<'_>, findings: &mut Findings) {
    let summary = told.summary;
    let completed: u64 = summary.fleets.iter().map(|fleet| fleet.completed).sum();
    let all = completed + summary.lapsed + summary.open;
    let mut same = |check, what: &str, left, right| findings.same(check, || format!("haul: {what}"), left, right);
    same(Check::HaulRows, "put up, and rows", world.resource::<Board>().requested(), told.haul_rows);
    same(Check::HaulStates, "requested, and completed, lapsed or open", told.haul_rows, all);
    let own = world.resource::<CompletedHauls>().count();
    same(Check::HaulsCompleted, "completed by trucks, and rows", own, completed);
}
