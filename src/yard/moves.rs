//! The work of a yard, move by move: events in the order of their exact time, ways, hand-overs.

use super::doing::Doing;
use super::plan::Place;
use super::spec::{PlanKind, ServeFirst};
use super::state::{End, Job, Machine, Move, MoveKind, Role, Server, Then, Yard, YardDue, YardWork};
use crate::kernel::agenda::Due;
use crate::kernel::ids::{TruckId, UnitId};
use crate::policy::Fault;
use crate::policy::decide::Decide;
use crate::policy::kind::YardDispatch;

/// What a machine used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Used {
    pub(crate) loaded_m: f64,
    pub(crate) empty_m: f64,
    /// In its work: under way, waiting, lifting.
    pub(crate) work_s: u32,
    /// Of it waiting.
    pub(crate) wait_s: u32,
    pub(crate) lifts: f64,
}

/// Energy on board of units: the yard says what they do, the owner of the battery how much energy that takes.
pub(crate) trait Energy {
    /// Takes the energy or fuel of what a unit did. False when it had not enough.
    fn take(&mut self, unit: UnitId, class: u8, used: Used) -> bool;
    /// State of charge or level of a tank, 0 to 1; none of what is fuelled off the clock or fed by cable.
    fn level(&self, unit: UnitId) -> Option<f64>;
}

/// A unit that reached its charging lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ToCharge {
    pub(crate) machine: u16,
    pub(crate) unit: UnitId,
    pub(crate) lot: u16,
    pub(crate) at_s: u32,
    pub(crate) target_soc: f64,
    /// It leaves then, whatever it has.
    pub(crate) depart_s: Option<u32>,
}

/// A road truck that left the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TruckOut {
    pub(crate) truck: TruckId,
    pub(crate) at_s: u32,
    pub(crate) gate_wait_s: u32,
}

/// A vessel that left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VesselOut {
    pub(crate) call: u32,
    pub(crate) berth_s: u32,
    pub(crate) leave_s: u32,
}

/// What others have to know of a step.
#[derive(Debug, Default)]
pub(crate) struct Out {
    pub(crate) to_charge: Vec<ToCharge>,
    pub(crate) trucks: Vec<TruckOut>,
    pub(crate) vessels: Vec<VesselOut>,
}

/// A charging lot as a step begins, and what happens to it within.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LotNow {
    pub(crate) place: Place,
    pub(crate) plugs: usize,
    /// Free plugs that no unit is driving to.
    pub(crate) free: i64,
    /// Units that wait there or are on the way without a free plug.
    pub(crate) waiting: i64,
    /// Time that a plug is taken by one unit, s, as far as is known.
    pub(crate) visit_s: f64,
}

impl LotNow {
    /// A unit is sent there.
    pub(crate) fn expect(&mut self) {
        if self.free > 0 { self.free -= 1 } else { self.waiting += 1 }
    }
}

/// A stretch of time of one yard.
pub(crate) struct Step<'a> {
    pub(crate) yard: &'a Yard,
    pub(crate) work: &'a mut YardWork,
    pub(crate) units: &'a mut dyn Energy,
    pub(crate) lots: &'a mut [LotNow],
    pub(crate) policy: &'a mut dyn Decide<YardDispatch>,
    pub(crate) fault: &'a mut Fault,
    pub(crate) out: Out,
}

impl Step<'_> {
    /// Handles all that is due before a second.
    pub(crate) fn run_until(&mut self, end_s: u32) {
        while let Some(Due { at_s, kind, id }) = self.work.agenda.pop_before(end_s) {
            match kind {
                YardDue::Shift => self.change_shift(at_s),
                YardDue::Vessel => self.vessel_arrives(id, at_s),
                YardDue::Return => self.come_back(id as u16, at_s),
                YardDue::Crane => self.crane_done(id as u16, at_s),
                YardDue::Handler => self.handler_done(id as u16, at_s),
                YardDue::Machine => self.reach(id as u16, at_s),
                YardDue::Truck => self.truck_due(id, at_s),
            }
        }
    }

    pub(crate) fn push(&mut self, at_s: u32, kind: YardDue, id: u32) {
        self.work.agenda.push(Due { at_s, kind, id });
    }

    pub(crate) fn machine(&mut self, id: u16) -> &mut Machine {
        &mut self.work.machines[usize::from(id)]
    }

    /// Does the crew of a machine work?
    pub(crate) fn is_on_shift(&self, id: u16, at_s: u32) -> bool {
        let group = usize::from(self.work.machines[usize::from(id)].group);
        self.yard.rules.hours.works(group, at_s)
    }

    /// From now on a machine does something else: what it did until now is counted and paid for.
    pub(crate) fn set(&mut self, id: u16, doing: Doing, at_s: u32) {
        let machine = &mut self.work.machines[usize::from(id)];
        let (before, seconds) = (machine.doing, at_s - machine.since_s);
        (machine.doing, machine.since_s) = (doing, at_s);
        let busy = &mut self.work.busy[usize::from(machine.class)];
        *busy = *busy + u32::from(doing.is_busy()) - u32::from(before.is_busy());
        let (class, is_carrier) = (machine.class, machine.role == Role::Carrier);
        self.work.tally.spend(class, before, seconds);
        // A carrier stands with its systems on while it waits and while it is served; a block machine lifts then.
        let stands = matches!(before, Doing::CraneWait | Doing::BlockWait | Doing::AtCrane | Doing::AtBlock);
        let wait_s = if stands && is_carrier { seconds } else { 0 };
        if before.is_busy() && seconds > 0 {
            self.spend(id, Used { work_s: seconds, wait_s, ..Used::default() });
        }
    }

    /// Sends a machine somewhere. Its crew must work, but for ways to a lot and to the parking: those are the end of its work.
    pub(crate) fn go(&mut self, id: u16, to: Place, then: Then, at_s: u32) {
        let is_on_shift = self.is_on_shift(id, at_s);
        let machine = self.machine(id);
        (machine.to, machine.then) = (to, then);
        if !is_on_shift && matches!(then, Then::Serve | Then::Work) {
            machine.is_held = true;
            self.set(id, Doing::Break, at_s);
            self.rest(id, at_s);
            return;
        }
        let (from, is_loaded) = (machine.at, machine.is_loaded);
        let way_m = self.yard.plan.way_m(from, to);
        let rules = &self.yard.rules;
        let speed_mps = if is_loaded { rules.loaded_mps } else { rules.empty_mps };
        let doing = match then {
            Then::Charge(_) => Doing::LotWay,
            _ if is_loaded => Doing::LoadedWay,
            _ => Doing::EmptyWay,
        };
        self.set(id, doing, at_s);
        let (loaded_m, empty_m) = if is_loaded { (way_m, 0.0) } else { (0.0, way_m) };
        self.work.tally.loaded_m += loaded_m;
        self.work.tally.empty_m += empty_m;
        // A way takes a second at least: a policy that sends a unit back and forth gets nowhere, but time goes on.
        let way_s = if way_m > 0.0 {
            self.spend(id, Used { loaded_m, empty_m, ..Used::default() });
            let slowdown = self.yard.rules.slowdown;
            let left = slowdown.map_or(1.0, |slowdown| slowdown.of_machines(self.work.under_way()));
            self.await_tow(id, at_s) + (way_m / (speed_mps * left)).round().max(1.0) as u32
        } else {
            0
        };
        self.push(at_s + way_s, YardDue::Machine, u32::from(id));
    }

    /// Takes the energy or fuel of what a machine did. One that had too little is moved by a tow from its next way on.
    fn spend(&mut self, id: u16, used: Used) {
        let machine = &self.work.machines[usize::from(id)];
        if machine.tow_s.is_none() && !self.units.take(machine.unit, machine.class, used) {
            self.work.tally.stranded += 1;
            self.machine(id).tow_s = Some(self.yard.rules.tow_s);
        }
    }

    /// How long a machine waits for its tow, s; nothing where it needs none, or the tow is there.
    fn await_tow(&mut self, id: u16, at_s: u32) -> u32 {
        let Some(wait_s) = self.machine(id).tow_s.as_mut().map(core::mem::take) else { return 0 };
        self.set(id, Doing::Towed, at_s);
        wait_s
    }

    /// A machine reaches the end of its way.
    fn reach(&mut self, id: u16, at_s: u32) {
        let machine = self.machine(id);
        machine.at = machine.to;
        match machine.then {
            Then::Serve => self.join(id, at_s),
            Then::Lifted => {
                self.spend(id, Used { lifts: 1.0, ..Used::default() });
                self.served(id, at_s);
            }
            Then::Charge(lot) => self.reach_lot(id, lot, at_s),
            Then::Park => self.be_free(id, at_s),
            Then::Work => self.be_ready(id, at_s),
        }
    }

    /// Where a carrier takes its container, or hands it over.
    pub(crate) fn end_of(machine: &Machine) -> Option<End> {
        machine.task.map(|task| if machine.is_loaded { task.to } else { task.from })
    }

    /// A carrier is where it takes or hands over its container.
    fn join(&mut self, id: u16, at_s: u32) {
        let Some(end) = Self::end_of(self.machine(id)) else { return self.be_free(id, at_s) };
        match end.server {
            Server::Crane(crane) => {
                if self.uses_the_wait(id, end, at_s) {
                    return;
                }
                self.set(id, Doing::CraneWait, at_s);
                self.work.cranes[usize::from(crane)].queue.come(at_s, id);
                self.try_crane(crane, at_s);
            }
            Server::Zone(zone) => {
                if self.uses_the_wait(id, end, at_s) {
                    return;
                }
                self.set(id, Doing::BlockWait, at_s);
                self.work.zones[usize::from(zone)].carriers.come(at_s, (at_s, id));
                self.try_zone(zone, at_s);
            }
            Server::Own => {
                self.set(id, Doing::AtBlock, at_s);
                self.machine(id).then = Then::Lifted;
                let rules = &self.yard.rules;
                let lift_s = rules.carrier_lift_s.round() as u32;
                self.push(at_s + lift_s, YardDue::Machine, u32::from(id));
            }
            Server::Nobody => self.served(id, at_s),
        }
    }

    /// A carrier got its container, or is rid of it.
    pub(crate) fn served(&mut self, id: u16, at_s: u32) {
        let machine = self.machine(id);
        let Some(task) = machine.task else { return };
        if machine.is_loaded {
            machine.is_loaded = false;
            machine.task = None;
            self.end_move(task, at_s);
            self.be_free(id, at_s);
        } else {
            machine.is_loaded = true;
            self.go(id, task.to.place, Then::Serve, at_s);
        }
    }

    fn end_move(&mut self, task: Move, at_s: u32) {
        self.work.tally.ended += 1;
        match task.kind {
            MoveKind::Discharge => {
                if let Server::Crane(crane) = task.from.server {
                    self.work.cranes[usize::from(crane)].assigned -= 1;
                }
                if let (true, Some(rail)) = (task.by_rail, self.yard.plan.rail()) {
                    let to = End { place: rail, server: Server::Nobody };
                    self.work.rail.push_back(Move { from: task.to, to, kind: MoveKind::ToRail, by_rail: false });
                    self.wake(at_s);
                }
            }
            MoveKind::Load => {
                if let Server::Crane(crane) = task.to.server {
                    self.work.cranes[usize::from(crane)].assigned -= 1;
                }
            }
            MoveKind::ToRail | MoveKind::FromRail => self.work.tally.rail_moves += 1,
        }
    }

    /// A group begins to work or stops.
    fn change_shift(&mut self, at_s: u32) {
        if let Some(next_s) = self.yard.rules.hours.next_change_s(at_s) {
            self.push(next_s, YardDue::Shift, 0);
        }
        for id in 0..self.work.machines.len() as u16 {
            if self.is_on_shift(id, at_s) {
                self.resume(id, at_s);
            } else {
                self.begin_rest(id, at_s);
            }
        }
        for crane in 0..self.work.cranes.len() as u16 {
            self.note_crane(crane, at_s);
            self.try_crane(crane, at_s);
        }
        for zone in 0..self.work.zones.len() as u16 {
            self.try_zone(zone, at_s);
        }
        self.wake(at_s);
        // Those that still have nothing to do may charge.
        for id in self.work.idle.iter().copied().collect::<Vec<u16>>() {
            if self.work.idle.contains(&id) && self.is_on_shift(id, at_s) {
                self.ask_idle(id, at_s);
            }
        }
    }

    /// A machine whose way waited goes on.
    fn resume(&mut self, id: u16, at_s: u32) {
        let machine = self.machine(id);
        if machine.is_held {
            machine.is_held = false;
            let (to, then) = (machine.to, machine.then);
            self.go(id, to, then, at_s);
        } else if machine.doing == Doing::Break {
            self.set(id, Doing::Idle, at_s);
        }
    }

    /// The crew of a machine rests from now on: one that has nothing in hand may charge.
    fn begin_rest(&mut self, id: u16, at_s: u32) {
        let machine = self.machine(id);
        match machine.doing {
            Doing::Idle => {
                self.set(id, Doing::Break, at_s);
                self.rest(id, at_s);
            }
            Doing::CraneWait | Doing::BlockWait => self.rest(id, at_s),
            _ => {}
        }
    }

    /// Takes a machine out of the queue or the list in which it stands.
    pub(crate) fn step_out(&mut self, id: u16, at_s: u32) {
        let machine = &self.work.machines[usize::from(id)];
        match (machine.role, Self::end_of(machine).map(|end| end.server)) {
            (Role::Handler(zone), _) => {
                self.work.zones[usize::from(zone)].free.remove(&id);
            }
            (Role::Carrier, Some(Server::Crane(crane))) => {
                self.work.cranes[usize::from(crane)].queue.leave(at_s, |other| *other == id);
            }
            (Role::Carrier, Some(Server::Zone(zone))) => {
                self.work.zones[usize::from(zone)].carriers.leave(at_s, |(_, other)| *other == id);
            }
            (Role::Carrier, _) => {
                self.work.idle.remove(&id);
            }
        }
    }

    /// A unit has its battery again and goes on with what it had to do.
    fn come_back(&mut self, id: u16, at_s: u32) {
        let machine = self.machine(id);
        machine.tow_s = None;
        match (machine.role, Self::end_of(machine)) {
            (Role::Handler(zone), _) => {
                let place = self.work.zones[usize::from(zone)].place;
                self.go(id, place, Then::Work, at_s);
            }
            (Role::Carrier, Some(end)) => self.go(id, end.place, Then::Serve, at_s),
            (Role::Carrier, None) => self.be_free(id, at_s),
        }
    }

    /// A machine at blocks is at its blocks.
    fn be_ready(&mut self, id: u16, at_s: u32) {
        self.set(id, if self.is_on_shift(id, at_s) { Doing::Idle } else { Doing::Break }, at_s);
        if let Role::Handler(zone) = self.machine(id).role {
            self.work.zones[usize::from(zone)].free.insert(id);
            self.try_zone(zone, at_s);
        }
    }

    /// A machine at blocks serves the first in its order, if both kinds wait.
    pub(crate) fn try_zone(&mut self, zone: u16, at_s: u32) {
        loop {
            let state = &self.work.zones[usize::from(zone)];
            let works = |id: &&u16| self.is_on_shift(**id, at_s);
            let Some(id) = state.free.iter().find(works).copied() else { return };
            let Some(job) = self.next_job(zone, at_s) else { return };
            let rules = &self.yard.rules;
            let state = &mut self.work.zones[usize::from(zone)];
            state.free.remove(&id);
            let mean_s = state.service_s;
            let service_s = match job {
                Job::Carrier(_) => rules.times.draw_s(mean_s, &mut state.stream),
                Job::Truck(visit) => self.begin_truck(visit, mean_s, at_s),
            };
            if let Job::Carrier(carrier) = job {
                self.set(carrier, Doing::AtBlock, at_s);
            }
            self.machine(id).job = Some(job);
            self.set(id, Doing::AtBlock, at_s);
            self.push(at_s + service_s, YardDue::Handler, u32::from(id));
        }
    }

    /// The unit that goes first at a zone, taken out of its queue.
    fn next_job(&mut self, zone: u16, at_s: u32) -> Option<Job> {
        let state = &mut self.work.zones[usize::from(zone)];
        let (carrier, truck) = (state.carriers.waiting().first().copied(), state.trucks.waiting().first().copied());
        let truck_first = match (carrier, truck) {
            (None, None) => return None,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (Some((carrier_s, _)), Some((truck_s, _))) => {
                is_truck_first(self.yard.rules.serve_first, truck_s, carrier_s)
            }
        };
        if truck_first {
            state.trucks.serve_head(at_s).map(|(_, visit)| Job::Truck(visit))
        } else {
            state.carriers.serve_head(at_s).map(|(_, id)| Job::Carrier(id))
        }
    }

    /// A machine at blocks has put a container where it belongs.
    fn handler_done(&mut self, id: u16, at_s: u32) {
        let lifts = self.yard.rules.lifts_per_move;
        let job = self.machine(id).job.take();
        self.set(id, Doing::Idle, at_s);
        self.spend(id, Used { lifts, ..Used::default() });
        self.work.tally.handled += 1;
        match job {
            Some(Job::Carrier(carrier)) => self.served(carrier, at_s),
            Some(Job::Truck(visit)) => self.truck_handled(visit, at_s),
            None => unreachable!("a machine handles something"),
        }
        if !self.is_on_shift(id, at_s) {
            self.set(id, Doing::Break, at_s);
        }
        let Role::Handler(zone) = self.machine(id).role else { return };
        if self.charges_between(id, at_s) {
            return;
        }
        self.work.zones[usize::from(zone)].free.insert(id);
        if self.is_on_shift(id, at_s) { self.try_zone(zone, at_s) } else { self.rest(id, at_s) }
    }
}

/// The next move of a crane, as it stands.
pub(crate) fn next_move(yard: &Yard, work: &YardWork, crane: u16) -> Option<Move> {
    let state = &work.cranes[usize::from(crane)];
    let (berth, _) = state.at_work.as_ref()?;
    let vessel = work.berths[*berth as usize].as_ref()?;
    let at_crane = End { place: state.place, server: Server::Crane(crane) };
    let at_block = block_end(yard, work, state.next_block);
    // Of the containers that come off, these leave by rail: spread evenly over the vessel.
    let share = yard.rules.rail_shares.0;
    let nth = f64::from(vessel.to_discharge);
    let by_rail = (nth * share).floor() > ((nth - 1.0) * share).floor();
    if vessel.to_discharge > 0 {
        Some(Move { from: at_crane, to: at_block, kind: MoveKind::Discharge, by_rail })
    } else if vessel.to_load > 0 {
        Some(Move { from: at_block, to: at_crane, kind: MoveKind::Load, by_rail: false })
    } else {
        None
    }
}

/// A block as the end of a carrier's move.
pub(crate) fn block_end(yard: &Yard, work: &YardWork, block: u16) -> End {
    let at = usize::from(block);
    let server = match work.zone_of.get(at) {
        Some(zone) if yard.rules.kind != PlanKind::Straddle => Server::Zone(*zone),
        _ => Server::Own,
    };
    End { place: yard.plan.blocks()[at].seaward, server }
}

/// Does a truck go before a carrier at a block?
fn is_truck_first(serve_first: ServeFirst, truck_s: u32, carrier_s: u32) -> bool {
    match serve_first {
        ServeFirst::FirstCome => truck_s <= carrier_s,
        ServeFirst::Trucks => true,
        ServeFirst::Carriers => false,
    }
}
