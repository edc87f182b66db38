//! What charging counted, against the tables.

use super::record::{occupied_and_plugged, queue_areas_s};
use super::state::SessionLog;
use crate::kernel::clock::Clock;
use crate::record::audit::{Check, Findings, Told};
use bevy_ecs::prelude::World;

/// Every session has one row, and every wait is in the area under a queue's length.
pub(crate) fn audit(world: &World, told: &Told<'_>, findings: &mut Findings) {
    let log = world.resource::<SessionLog>();
    let (begun, ended) = (log.begun_so_far(), log.ended_so_far());
    let (occupied, plugged) = occupied_and_plugged(world);
    let own_areas_s = queue_areas_s(world, world.resource::<Clock>().end_s());
    for ((own_s, key), area_s) in own_areas_s.into_iter().zip(&told.names.sites).zip(&told.queue_areas_s) {
        let what = || format!("queue: length of that of `{key}` over time, counted and from its rows, s");
        findings.same_s(Check::QueueCounted, what, own_s, *area_s);
    }
    let mut same = |check, what: &str, left, right| findings.same(check, || format!("session: {what}"), left, right);
    same(Check::SessionsEnded, "begun, and ended or open", begun, ended + occupied);
    same(Check::SessionsCounted, "begun, and in the metrics", begun, told.summary.hub.charging.sessions);
    let waits = told.summary.sites.iter().map(|site| site.charging.waits.number()).sum();
    same(Check::SessionRows, "rows, and waits in the metrics", told.session_rows, waits);
    same(Check::PortsOccupied, "ports with a session, and their list", plugged, occupied);
}
