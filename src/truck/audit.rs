//! Hauls that were put up and completed, against their table; windows at gates, against the hauls that booked them.

use super::state::{CompletedHauls, Duty, Phase, Truck};
use crate::freight;
use crate::freight::state::{Board, Haul};
use crate::kernel::ids::Roster;
use crate::record::audit::{Check, Findings, Told};
use bevy_ecs::prelude::World;

/// Every haul that was put up, or put off beyond the end of the run, has one row.
pub(crate) fn audit(world: &World, told: &Told<'_>, findings: &mut Findings) {
    let summary = told.summary;
    let completed: u64 = summary.fleets.iter().map(|fleet| fleet.completed).sum();
    let all = completed + summary.lapsed + summary.open;
    let mut same = |check, what: &str, left, right| findings.same(check, || format!("haul: {what}"), left, right);
    let asked = world.resource::<Board>().requested() + freight::record::put_off(world).count() as u64;
    same(Check::HaulRows, "put up or put off beyond the end, and rows", asked, told.haul_rows);
    same(Check::HaulStates, "requested, and completed, lapsed or open", told.haul_rows, all);
    let own = world.resource::<CompletedHauls>().count();
    same(Check::HaulsCompleted, "completed by trucks, and rows", own, completed);
    let duties = world.resource::<Roster<Truck>>().components::<Duty>(world);
    let in_hand: Vec<Haul> = duties.filter_map(|duty| ahead_of(&duty.phase)).collect();
    freight::record::audit(world, &in_hand, findings);
}

/// The haul of a truck, with the windows at gates that it has not come to yet.
fn ahead_of(phase: &Phase) -> Option<Haul> {
    match phase {
        Phase::ToOrigin(haul) => Some(*haul),
        Phase::AtOrigin(haul) | Phase::Laden(haul) => Some(Haul { windows_s: [None, haul.windows_s[1]], ..*haul }),
        Phase::AtDestination(_)
        | Phase::Parked
        | Phase::Idle
        | Phase::ToCharger(_)
        | Phase::Charging
        | Phase::Homeward => None,
    }
}
