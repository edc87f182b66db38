//! What must hold of a yard when a run is over: each container in one place, each machine at one thing, each lift of a call
//! made once, every second of every machine told, and Little's law at every queue.

use super::doing::Doing;
use super::moves::Step;
use super::state::{Phase, Server, Visit, Yard, YardWork};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::record::audit::{Check, Findings, Told};
use bevy_ecs::prelude::World;

/// Everything that does not hold.
pub(crate) fn audit(world: &World, _: &Told<'_>, findings: &mut Findings) {
    let roster = world.resource::<Roster<Yard>>();
    let end_s = world.resource::<Clock>().now_s();
    for work in roster.components::<YardWork>(world) {
        let mut books = Books { work, end_s, findings };
        books.moves();
        books.calls();
        books.machines();
        books.queues();
        books.waits();
    }
}

/// A yard at the end of a run.
struct Books<'a> {
    work: &'a YardWork,
    end_s: u32,
    findings: &'a mut Findings,
}

impl Books<'_> {
    fn same(&mut self, check: Check, what: &str, left: u64, right: u64) {
        self.findings.same(check, || format!("yard: {what}"), left, right);
    }

    fn same_s(&mut self, check: Check, what: &str, area_s: i64, waits_s: u64) {
        self.findings.same_s(check, || format!("yard: {what}"), area_s, waits_s as i64);
    }

    /// Machines that do something now.
    fn doing(&self, doing: Doing) -> u64 {
        self.work.machines.iter().filter(|machine| machine.doing == doing).count() as u64
    }

    fn moves(&mut self) {
        let (work, tally) = (self.work, &self.work.tally);
        let in_hand = work.machines.iter().filter(|machine| machine.task.is_some()).count() as u64;
        self.same(Check::YardMoves, "moves begun, and ended or in hand", tally.begun, tally.ended + in_hand);
        let inside = self.visits_inside().count() as u64;
        let what = "trucks that came in, and left or inside";
        self.same(Check::YardTrucks, what, tally.trucks_in, tally.turns.number() + inside);
    }

    fn calls(&mut self) {
        let work = self.work;
        let at_berth: u64 = work.berths.iter().flatten().map(|vessel| u64::from(vessel.done)).sum();
        let what = "lifts of cranes, and of calls";
        self.same(Check::YardLifts, what, work.tally.lifts, work.tally.vessel_lifts + at_berth);
        let each = work.cranes.len() / work.berths.len().max(1);
        for vessel in work.berths.iter().flatten() {
            let here = &work.cranes[vessel.berth * each..(vessel.berth + 1) * each];
            let pending: usize = here.iter().map(|crane| crane.pending).sum();
            let all = vessel.to_discharge + vessel.to_load + vessel.done + pending as u32;
            let what = "lifts of a call, and to do, in hand or done";
            self.same(Check::YardCalls, what, u64::from(vessel.lifts), u64::from(all));
        }
    }

    fn machines(&mut self) {
        let (work, end_s) = (self.work, self.end_s);
        for (class, machines) in work.tally.machines.iter().enumerate() {
            let here = work.machines.iter().filter(|machine| usize::from(machine.class) == class);
            let open_s: u64 = here.map(|machine| u64::from(end_s - machine.since_s)).sum();
            let told_s = work.tally.state_s[class].iter().sum::<u64>() + open_s;
            let what = "seconds of machines, and of what they did";
            self.same(Check::YardSeconds, what, u64::from(*machines) * u64::from(end_s), told_s);
        }
    }

    fn queues(&mut self) {
        let work = self.work;
        let at_cranes: usize = work.cranes.iter().map(|crane| crane.queue.waiting().len()).sum();
        let what = "carriers that wait for a crane, and in queues";
        self.same(Check::YardAtCranes, what, self.doing(Doing::CraneWait), at_cranes as u64);
        let at_blocks: usize = work.zones.iter().map(|zone| zone.carriers.waiting().len()).sum();
        let what = "carriers that wait at a block, and in queues";
        self.same(Check::YardAtBlocks, what, self.doing(Doing::BlockWait), at_blocks as u64);
        let serving = work.cranes.iter().filter(|crane| crane.serves.is_some()).count() as u64;
        let what = "carriers at cranes, and cranes that serve";
        self.same(Check::YardServed, what, self.doing(Doing::AtCrane), serving);
        for (at, machine) in work.machines.iter().enumerate().filter(|(_, it)| it.doing == Doing::CraneWait) {
            let crane = match Step::end_of(machine).map(|end| end.server) {
                Some(Server::Crane(crane)) => work.cranes.get(usize::from(crane)),
                _ => None,
            };
            let is_it = |id: &&u16| usize::from(**id) == at;
            let times = crane.map_or(0, |crane| crane.queue.waiting().iter().filter(is_it).count());
            self.same(Check::YardPlace, "places of a carrier in the queue of its crane", 1, times as u64);
        }
    }

    /// Little's law: the area under the length of each kind of queue is the sum of the waits in it, of those who were served
    /// and of those who still wait.
    fn waits(&mut self) {
        let (work, end_s) = (self.work, self.end_s);
        let since = |at_s: u32| u64::from(end_s.saturating_sub(at_s));
        let (vessels, tally) = (&work.waiting_vessels, &work.tally);
        let open_s: u64 = vessels.waiting().iter().map(|at| since(work.coming[*at as usize].arrive_s)).sum();
        let what = "berths: vessels in the queue over time, and their waits, s";
        self.same_s(Check::YardBerthQueue, what, vessels.area_until_s(end_s), tally.berth_wait_s + open_s);
        let at_gate = |visit: &Visit| match visit.phase {
            Phase::InLane => since(visit.arrive_s),
            _ => u64::from(visit.gate_wait_s + visit.in_lane_s),
        };
        let waits_s = tally.gate_s + self.visits_inside().map(at_gate).sum::<u64>();
        let what = "gate: trucks in front of lanes and in them over time, and their waits, s";
        self.same_s(Check::YardGateQueue, what, work.gate.area_until_s(end_s), waits_s);
        let at_block = |visit: &Visit| match visit.phase {
            Phase::AtBlock if visit.handled_s.is_none() => since(visit.block_since_s),
            _ => u64::from(visit.block_wait_s),
        };
        let waits_s = tally.block_wait_s + self.visits_inside().map(at_block).sum::<u64>();
        let area_s = work.zones.iter().map(|zone| zone.trucks.area_until_s(end_s)).sum();
        self.same_s(Check::YardTruckQueue, "blocks: trucks in queues over time, and their waits, s", area_s, waits_s);
        let area_s = work.zones.iter().map(|zone| zone.carriers.area_until_s(end_s)).sum();
        let waits_s = self.seconds(Doing::BlockWait);
        self.same_s(Check::YardBlockQueue, "blocks: carriers in queues over time, and their waits, s", area_s, waits_s);
        let area_s = work.cranes.iter().map(|crane| crane.queue.area_until_s(end_s)).sum();
        let waits_s = self.seconds(Doing::CraneWait);
        self.same_s(Check::YardCraneQueue, "cranes: carriers in queues over time, and their waits, s", area_s, waits_s);
    }

    /// Seconds that machines did something until the end of the run.
    fn seconds(&self, doing: Doing) -> u64 {
        let ended: u64 = self.work.tally.state_s.iter().map(|of_class| of_class[doing as usize]).sum();
        let open = self.work.machines.iter().filter(|machine| machine.doing == doing);
        ended + open.map(|machine| u64::from(self.end_s - machine.since_s)).sum::<u64>()
    }

    fn visits_inside(&self) -> impl Iterator<Item = &Visit> {
        self.work.visits.iter().flatten().filter(|visit| visit.phase != Phase::Coming)
    }
}

/// Breaks the books of a yard on purpose, for tests of the audit.
#[cfg(test)]
pub(crate) mod tamper {
    use super::{Check, Doing, World, YardWork};

    /// What breaks the first yard so that a check objects.
    pub(crate) fn breaks(world: &mut World, check: Check) {
        let work = world.query::<&mut YardWork>().iter_mut(world).next().expect("it has a yard").into_inner();
        match check {
            Check::YardMoves => work.tally.begun += 1,
            Check::YardLifts => work.tally.lifts += 1,
            Check::YardCalls => work.berths.iter_mut().flatten().next().expect("a vessel").to_load += 1,
            Check::YardTrucks => work.tally.trucks_in += 1,
            Check::YardSeconds => work.tally.state_s[0][Doing::Idle as usize] += 1,
            Check::YardAtCranes | Check::YardPlace => {
                let other = work.machines.iter_mut().find(|machine| machine.doing != Doing::CraneWait);
                other.expect("a machine that does not wait").doing = Doing::CraneWait;
            }
            Check::YardAtBlocks => work.zones[0].carriers.join((0, 0)),
            Check::YardServed => {
                let crane = work.cranes.iter_mut().find(|crane| crane.serves.is_none());
                crane.expect("a crane without work").serves = Some(0);
            }
            Check::YardGateQueue => work.gate.exit(1),
            Check::YardBerthQueue => work.waiting_vessels.exit(1),
            Check::YardCraneQueue => work.cranes[0].queue.exit(1),
            Check::YardBlockQueue => work.zones[0].carriers.exit(1),
            Check::YardTruckQueue => work.zones[0].trucks.exit(1),
            other => unreachable!("{other:?} is no check of a yard"),
        }
    }
}
