//! The policy is asked: which unit takes which move, when and where a unit charges; and its orders are carried out.

use super::doing::Doing;
use super::hours::STEP_S;
use super::moves::{Energy, LotNow, Step, ToCharge, next_move};
use super::plan::Place;
use super::spec::YardDispatchSpec;
use super::state::{Crane, End, Machine, Move, MoveKind, Role, Server, Then, Yard, YardWork};
use crate::policy::yard::{Asked, LotState, OpenMove, UnitNow, Why, YardNow, YardOrder, YardView};

/// The lot of units that are fuelled where they stand.
const NO_LOT: u16 = u16::MAX;

impl Step<'_> {
    /// A carrier has no move: it charges, takes the next move, goes where it is told, or parks.
    pub(super) fn be_free(&mut self, id: u16, at_s: u32) {
        if self.fills_here(id, at_s) {
            return;
        }
        match self.ask(id, Why::Free, 0.0, at_s) {
            YardOrder::Take(crane) if self.take(id, crane, at_s) => {}
            YardOrder::Charge { lot, to_soc, until_s } => self.send_to_charge(id, lot as u16, (to_soc, until_s), at_s),
            YardOrder::GoTo(place) => self.wait_at(id, self.yard.plan.place(place), at_s),
            YardOrder::Nothing | YardOrder::Take(_) => self.wait_at(id, self.yard.plan.parking(), at_s),
        }
    }

    /// There is new work: carriers that have none are asked.
    pub(super) fn wake(&mut self, at_s: u32) {
        let idle: Vec<u16> = self.work.idle.iter().copied().collect();
        for id in idle {
            if !self.has_open_moves() {
                return;
            }
            if self.work.idle.contains(&id) && self.is_on_shift(id, at_s) {
                self.ask_idle(id, at_s);
            }
        }
    }

    /// Asks for a carrier that stands idle; without an order it stays.
    pub(super) fn ask_idle(&mut self, id: u16, at_s: u32) {
        match self.ask(id, Why::Free, 0.0, at_s) {
            YardOrder::Take(crane) => {
                self.take(id, crane, at_s);
            }
            YardOrder::Charge { lot, to_soc, until_s } => self.send_to_charge(id, lot as u16, (to_soc, until_s), at_s),
            YardOrder::GoTo(place) => {
                let place = self.yard.plan.place(place);
                if place != self.machine(id).at {
                    self.wait_at(id, place, at_s);
                }
            }
            YardOrder::Nothing => {}
        }
    }

    /// Has any crane with room for a carrier a move that none has begun, or the rail ramp?
    fn has_open_moves(&self) -> bool {
        let most = self.yard.rules.carriers_per_crane;
        let is_open = |crane: &u16| {
            let state = &self.work.cranes[usize::from(*crane)];
            (state.assigned < most || state.members < most) && self.next_move(*crane).is_some()
        };
        !self.work.rail.is_empty() || (0..self.work.cranes.len() as u16).any(|crane| is_open(&crane))
    }

    /// A carrier takes the next move of a crane, or of the rail ramp. False where there is none.
    fn take(&mut self, id: u16, crane: u16, at_s: u32) -> bool {
        let task = if usize::from(crane) < self.work.cranes.len() {
            self.join_gang(id, crane);
            self.take_move(crane, at_s)
        } else {
            let rail = self.work.rail.pop_front();
            self.work.tally.begun += u64::from(rail.is_some());
            rail
        };
        let Some(task) = task else { return false };
        self.work.idle.remove(&id);
        self.machine(id).task = Some(task);
        self.go(id, task.from.place, Then::Serve, at_s);
        true
    }

    /// A carrier waits for work at a place.
    fn wait_at(&mut self, id: u16, place: Place, at_s: u32) {
        self.work.idle.remove(&id);
        if self.yard.plan.way_m(self.machine(id).at, place) > 0.0 {
            return self.go(id, place, Then::Park, at_s);
        }
        let doing = if self.is_on_shift(id, at_s) { Doing::Idle } else { Doing::Break };
        self.set(id, doing, at_s);
        self.work.idle.insert(id);
        if doing == Doing::Break {
            self.rest(id, at_s);
        }
    }

    /// A carrier belongs to the crane whose move it took last.
    fn join_gang(&mut self, id: u16, crane: u16) {
        if self.machine(id).home != Some(crane) {
            self.leave_gang(id);
            self.work.cranes[usize::from(crane)].members += 1;
            self.machine(id).home = Some(crane);
        }
    }

    fn leave_gang(&mut self, id: u16) {
        if let Some(home) = self.machine(id).home.take() {
            self.work.cranes[usize::from(home)].members -= 1;
        }
    }

    /// The policy's order for a unit.
    fn ask(&mut self, id: u16, why: Why, wait_s: f64, at_s: u32) -> YardOrder {
        // A carrier belongs to a crane as long as that has moves.
        if let Some(home) = self.machine(id).home
            && self.next_move(home).is_none()
        {
            self.leave_gang(id);
        }
        let rules = &self.yard.rules;
        let group = usize::from(self.work.machines[usize::from(id)].group);
        let resumes_s = if why == Why::Rest { rules.hours.resumes_s(group, at_s) } else { None };
        let asked = Asked { unit: usize::from(id), why, resumes_s, wait_s, hours_end_s: self.hours_end_s(at_s) };
        let takes_moves = why == Why::Free && self.is_on_shift(id, at_s);
        let seen = Seen { yard: self.yard, work: &*self.work, units: &*self.units, lots: &*self.lots, takes_moves };
        let order = match self.policy.decide(&YardView { time_s: at_s, asked, yard: &seen }) {
            Ok(order) => order,
            Err(message) => {
                self.fault.set(self.policy.name(), message);
                YardOrder::Nothing
            }
        };
        let must_charge = matches!(why, Why::Free | Why::Between) && self.is_empty(id);
        if must_charge { self.charge_first(id, order) } else { order }
    }

    /// Is there nothing left in its battery or tank?
    fn is_empty(&self, id: u16) -> bool {
        let machine = &self.work.machines[usize::from(id)];
        machine.tow_s.is_some() || self.units.level(machine.unit).is_some_and(|level| level <= 0.0)
    }

    /// Whatever the policy says, an empty machine takes no work before it has charged: at the lot of its order, else at the nearest.
    fn charge_first(&self, id: u16, order: YardOrder) -> YardOrder {
        let machine = &self.work.machines[usize::from(id)];
        if matches!(order, YardOrder::Charge { .. }) {
            return order;
        }
        let way_m = |lot: u16| self.yard.plan.way_m(machine.at, self.lots[usize::from(lot)].place);
        let nearest = machine.lots.iter().copied().min_by(|a, b| way_m(*a).total_cmp(&way_m(*b)));
        nearest.map_or(YardOrder::Nothing, |lot| YardOrder::Charge {
            lot: usize::from(lot),
            to_soc: machine.return_at,
            until_s: None,
        })
    }

    /// When the hours end in which units charge by the plan, if it is such an hour.
    fn hours_end_s(&self, at_s: u32) -> Option<u32> {
        let steps = &self.yard.rules.charging_steps;
        let step = (at_s / STEP_S) as usize;
        steps.get(step).copied().filter(|charges| *charges)?;
        let end = steps[step..].iter().position(|charges| !charges).map_or(steps.len(), |n| step + n);
        Some(end as u32 * STEP_S)
    }

    /// A machine at blocks is between two containers: it charges if it is told to. True when it goes.
    pub(super) fn charges_between(&mut self, id: u16, at_s: u32) -> bool {
        self.fills_here(id, at_s) || self.charges(id, Why::Between, 0.0, at_s)
    }

    /// A machine whose crew rests charges until the work goes on, if it is told to.
    pub(super) fn rest(&mut self, id: u16, at_s: u32) {
        if matches!(self.machine(id).doing, Doing::Break | Doing::CraneWait | Doing::BlockWait) {
            self.charges(id, Why::Rest, 0.0, at_s);
        }
    }

    /// A carrier that would wait at the end of its way charges meanwhile, if it is told to. True when it goes.
    pub(super) fn uses_the_wait(&mut self, id: u16, end: End, at_s: u32) -> bool {
        let wait_s = self.expected_wait_s(end.server);
        wait_s > 0.0 && self.charges(id, Why::Wait, wait_s, at_s)
    }

    /// Asks for a unit that may charge and do nothing else. True when it goes.
    fn charges(&mut self, id: u16, why: Why, wait_s: f64, at_s: u32) -> bool {
        let machine = &self.work.machines[usize::from(id)];
        // A battery is swapped when it is low: minutes of rest or of a wait bring nothing.
        let is_pause = matches!(why, Why::Rest | Why::Wait);
        if machine.lots.is_empty() || (machine.is_swapped && is_pause) {
            return false;
        }
        let YardOrder::Charge { lot, to_soc, until_s } = self.ask(id, why, wait_s, at_s) else { return false };
        self.send_to_charge(id, lot as u16, (to_soc, until_s), at_s);
        true
    }

    /// Expected wait at the end of a queue, s.
    fn expected_wait_s(&self, server: Server) -> f64 {
        match server {
            Server::Crane(crane) => {
                let state = &self.work.cranes[usize::from(crane)];
                (state.queue.waiting().len() + usize::from(state.serves.is_some())) as f64 * self.yard.rules.crane_s
            }
            Server::Zone(zone) => {
                let state = &self.work.zones[usize::from(zone)];
                (state.queue_length() as f64) * state.service_s
            }
            Server::Own | Server::Nobody => 0.0,
        }
    }

    /// Sends a machine to a lot, to charge to a state of charge or until a second.
    fn send_to_charge(&mut self, id: u16, lot: u16, (target_soc, depart_s): (f64, Option<u32>), at_s: u32) {
        let place = self.lots[usize::from(lot)].place;
        self.step_out(id, at_s);
        self.leave_gang(id);
        self.lots[usize::from(lot)].expect();
        let machine = self.machine(id);
        (machine.is_held, machine.target_soc, machine.depart_s) = (false, target_soc, depart_s);
        self.go(id, place, Then::Charge(lot), at_s);
        // Its crane lacks a carrier now.
        self.wake(at_s);
    }

    /// A unit that is low and that a hydrogen station fills goes there: the plan has no place for it. True when it does.
    fn fills_here(&mut self, id: u16, at_s: u32) -> bool {
        let machine = &self.work.machines[usize::from(id)];
        let level = if machine.is_fuelled { self.units.level(machine.unit) } else { None };
        if level.is_none_or(|level| level > machine.leave_at) {
            return false;
        }
        self.step_out(id, at_s);
        self.leave_gang(id);
        let machine = self.machine(id);
        (machine.is_held, machine.target_soc, machine.depart_s) = (false, machine.return_at, None);
        self.reach_lot(id, NO_LOT, at_s);
        true
    }

    /// A unit is at its lot: the battery is handed over.
    pub(super) fn reach_lot(&mut self, id: u16, lot: u16, at_s: u32) {
        let machine = &self.work.machines[usize::from(id)];
        if let (Doing::LotWay, Some(ways)) = (machine.doing, self.work.tally.lot_ways.get_mut(usize::from(lot))) {
            ways.number += 1;
            ways.way_s += u64::from(at_s - machine.since_s);
        }
        self.set(id, Doing::AtLot, at_s);
        self.work.tally.charges += 1;
        let machine = self.machine(id);
        let (unit, target_soc, depart_s) = (machine.unit, machine.target_soc, machine.depart_s);
        self.out.to_charge.push(ToCharge { machine: id, unit, lot, at_s, target_soc, depart_s });
    }
}

/// A yard as a policy sees it.
struct Seen<'a> {
    yard: &'a Yard,
    work: &'a YardWork,
    units: &'a dyn Energy,
    lots: &'a [LotNow],
    /// May the unit that asks take a move?
    takes_moves: bool,
}

impl Seen<'_> {
    fn machine(&self, unit: usize) -> &Machine {
        &self.work.machines[unit]
    }

    /// Planned departure of the vessel that a crane works.
    fn due_s(&self, crane: &Crane) -> Option<u32> {
        let (berth, _) = crane.at_work.as_ref()?;
        self.work.berths[*berth as usize].as_ref().map(|vessel| vessel.due_s)
    }
}

impl YardNow for Seen<'_> {
    fn plan(&self) -> &YardDispatchSpec {
        &self.yard.rules.dispatch
    }

    fn number(&self) -> u32 {
        self.yard.number
    }

    fn carriers_per_crane(&self) -> u32 {
        self.yard.rules.carriers_per_crane as u32
    }

    fn units(&self) -> usize {
        self.work.machines.len()
    }

    fn unit(&self, unit: usize) -> UnitNow {
        let machine = self.machine(unit);
        UnitNow {
            is_handler: matches!(machine.role, Role::Handler(_)),
            class: machine.class,
            group: machine.group,
            place: machine.at.index(),
            doing: machine.doing as u8,
            level: self.units.level(machine.unit),
            leave_at: machine.leave_at,
            return_at: machine.return_at,
            break_below: machine.break_below,
            crane: machine.home,
        }
    }

    fn busy_share(&self, class: u8) -> f64 {
        f64::from(self.work.busy[usize::from(class)]) / f64::from(self.work.tally.machines[usize::from(class)].max(1))
    }

    fn cranes(&self) -> u16 {
        self.work.cranes.len() as u16
    }

    fn open_move(&self, crane: u16) -> Option<OpenMove> {
        if !self.takes_moves {
            return None;
        }
        let state = self.work.cranes.get(usize::from(crane));
        let (open, due_s) = match state {
            Some(state) => (next_move(self.yard, self.work, crane)?, self.due_s(state)),
            None => (*self.work.rail.front()?, None),
        };
        Some(OpenMove {
            id: crane,
            kind: kind_code(&open),
            from: open.from.place.index(),
            to: open.to.place.index(),
            due_s,
            carriers: state.map_or(0, |state| state.assigned as u32),
            members: state.map_or(0, |state| state.members as u32),
            group: state.map_or(0, |state| state.group),
        })
    }

    fn lots(&self) -> usize {
        self.lots.len()
    }

    fn lot(&self, lot: usize) -> LotState {
        let LotNow { place, plugs, free, waiting, visit_s } = self.lots[lot];
        LotState { place: place.index(), plugs, free, waiting, visit_s }
    }

    fn may_use(&self, unit: usize, lot: usize) -> bool {
        self.machine(unit).lots.contains(&(lot as u16))
    }

    fn places(&self) -> usize {
        self.yard.plan.places()
    }

    fn way_m(&self, from: usize, to: usize) -> f64 {
        self.yard.plan.way_m(self.yard.plan.place(from), self.yard.plan.place(to))
    }

    fn speed_mps(&self, unit: usize) -> f64 {
        let rules = &self.yard.rules;
        if self.machine(unit).is_loaded { rules.loaded_mps } else { rules.empty_mps }
    }

    fn parking(&self) -> usize {
        self.yard.plan.parking().index()
    }
}

fn kind_code(open: &Move) -> u8 {
    match open.kind {
        MoveKind::Discharge => 0,
        MoveKind::Load => 1,
        MoveKind::ToRail => 2,
        MoveKind::FromRail => 3,
    }
}
