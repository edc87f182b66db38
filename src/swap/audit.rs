//! What must hold of swap yards when a run is over.

use super::state::{Bay, BayWork, SwapYard, YardStock};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::record::audit::{Check, Findings, Told};
use bevy_ecs::prelude::World;

/// Little's law at each yard, and each swap that began is over or under way.
pub(crate) fn audit(world: &World, told: &Told<'_>, findings: &mut Findings) {
    let end_s = world.resource::<Clock>().end_s();
    let roster = world.resource::<Roster<SwapYard>>();
    let bays: Vec<&BayWork> = world.resource::<Roster<Bay>>().components(world).collect();
    for (yard, stock) in roster.components::<SwapYard>(world).zip(roster.components::<YardStock>(world)) {
        let key = &told.names.sites[yard.site.index()];
        let open = stock.queue.waiting().iter().map(|unit| i64::from(end_s) - i64::from(unit.at_s));
        let waits_s = stock.waits.sum_s() as i64 + open.sum::<i64>();
        let what = || format!("swap: units in the queue of `{key}` over time, and their waits, s");
        findings.same_s(Check::SwapQueue, what, stock.queue.area_until_s(end_s), waits_s);
        let under_way: usize = bays[yard.bays.clone()].iter().map(|bay| bay.under_way.len()).sum();
        let what = || format!("swap: begun at `{key}`, and over or under way");
        findings.same(Check::SwapsEnded, what, stock.waits.number(), stock.swaps + under_way as u64);
    }
}

/// Breaks the books of swap yards on purpose, for tests of the audit.
#[cfg(test)]
pub(crate) mod tamper {
    use super::{Check, World, YardStock};

    /// What breaks the first yard so that a check objects.
    pub(crate) fn breaks(world: &mut World, check: Check) {
        let mut stock = world.query::<&mut YardStock>().iter_mut(world).next().expect("it has a swap yard");
        match check {
            Check::SwapQueue => stock.queue.exit(1),
            Check::SwapsEnded => stock.swaps += 1,
            other => unreachable!("{other:?} is no check of a swap yard"),
        }
    }
}
