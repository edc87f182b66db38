//! Terminals with a plan, where every container is moved by itself.

use super::{Check, Group, after};
use crate::freight::appointments;
use crate::yard::audit::tamper::breaks;

pub(super) const GROUPS: &[&Group] = &[&YARDS];

/// A small terminal, in the middle of a call.
const YARDS: Group = Group {
    scenario: ("tests/yard/small.toml", None),
    settings: &["time.days=1", "terminal.pier.appointments={ per_hour = 30 }"],
    cases: &[
        after(Check::YardMoves, "yard: moves begun", |world| breaks(world, Check::YardMoves)),
        after(Check::YardLifts, "yard: lifts of cranes, and of calls", |world| breaks(world, Check::YardLifts)),
        after(Check::YardCalls, "yard: lifts of a call", |world| breaks(world, Check::YardCalls)),
        after(Check::YardTrucks, "yard: trucks that came in", |world| breaks(world, Check::YardTrucks)),
        after(Check::YardSeconds, "yard: seconds of machines", |world| breaks(world, Check::YardSeconds)),
        after(Check::YardAtCranes, "yard: carriers that wait for a crane", |world| {
            breaks(world, Check::YardAtCranes);
        }),
        after(Check::YardAtBlocks, "yard: carriers that wait at a block", |world| {
            breaks(world, Check::YardAtBlocks);
        }),
        after(Check::YardServed, "yard: carriers at cranes", |world| breaks(world, Check::YardServed)),
        after(Check::YardPlace, "yard: places of a carrier", |world| breaks(world, Check::YardPlace)),
        after(Check::YardGateQueue, "yard: gate: trucks", |world| breaks(world, Check::YardGateQueue)),
        after(Check::YardBerthQueue, "yard: berths: vessels", |world| breaks(world, Check::YardBerthQueue)),
        after(Check::YardCraneQueue, "yard: cranes: carriers", |world| breaks(world, Check::YardCraneQueue)),
        after(Check::YardBlockQueue, "yard: blocks: carriers", |world| breaks(world, Check::YardBlockQueue)),
        after(Check::Appointments, "appointment: windows booked", appointments::tamper),
        after(Check::YardTruckQueue, "yard: blocks: trucks", |world| breaks(world, Check::YardTruckQueue)),
    ],
};

#[test]
fn every_check_of_a_yard() {
    YARDS.objects();
}
