//! Decisions of a yard: which unit takes which move, when and where a unit charges.

use super::doing::Doing;
use super::moves::{LotNow, Step, ToCharge};
use super::spec::{Assignment, ChargingRule, LotChoice};
use super::state::{End, Machine, Move, Server, Then};

/// A unit charges in a break or a wait when it has less than this.
const FULL_SOC: f64 = 0.95;
/// The lot of units that are filled where they stand.
pub(crate) const NO_LOT: u16 = u16::MAX;

/// The state of charge at which a unit leaves its work under the rule `progressive`: it rises with free plugs and falls with
/// units that work, between half of the model's own and halfway to what it comes back with.
#[must_use]
pub(crate) fn moving_threshold((leave_at, return_at): (f64, f64), swing: f64, free_plugs: f64, busy_units: f64) -> f64 {
    (leave_at + swing * (free_plugs - busy_units)).clamp(leave_at / 2.0, f64::midpoint(leave_at, return_at))
}

/// Way and expected wait at a lot, s: those ahead of it leave plugs one after the other.
#[must_use]
pub(crate) fn time_to_plug_s(lot: &LotNow, way_s: f64) -> f64 {
    let turns = (lot.waiting + 1 - lot.free).max(0) as f64;
    way_s + turns / lot.plugs.max(1) as f64 * lot.visit_s
}

impl Step<'_> {
    /// A carrier has no move: it charges, takes the next move, or parks.
    pub(super) fn be_free(&mut self, id: u16, at_s: u32) {
        if !self.charges_now(id, at_s) {
            self.seek(id, at_s);
        }
    }

    /// A carrier looks for its next move.
    pub(super) fn seek(&mut self, id: u16, at_s: u32) {
        if self.is_on_shift(id, at_s) {
            if let Some(task) = self.next_task(id, at_s) {
                self.machine(id).task = Some(task);
                self.go(id, task.from.place, Then::Serve, at_s);
                return;
            }
            if self.charges_now(id, at_s) {
                return;
            }
        }
        let parking = self.yard.plan.parking();
        if self.yard.plan.way_m(self.machine(id).at, parking) > 0.0 {
            return self.go(id, parking, Then::Park, at_s);
        }
        let doing = if self.is_on_shift(id, at_s) { Doing::Idle } else { Doing::Break };
        self.set(id, doing, at_s);
        self.work.idle.insert(id);
        if doing == Doing::Break {
            self.rest(id, at_s);
        }
    }

    /// There is new work: carriers that have none look for it.
    pub(super) fn wake(&mut self, at_s: u32) {
        let idle: Vec<u16> = self.work.idle.iter().copied().collect();
        for id in idle {
            if !self.is_on_shift(id, at_s) {
                continue;
            }
            let Some(task) = self.next_task(id, at_s) else { return };
            self.work.idle.remove(&id);
            self.machine(id).task = Some(task);
            self.go(id, task.from.place, Then::Serve, at_s);
        }
    }

    /// The move that a carrier takes next.
    fn next_task(&mut self, id: u16, at_s: u32) -> Option<Move> {
        let crane = match self.yard.rules.dispatch.assignment {
            Assignment::Gang => self.crane_of_gang(id),
            Assignment::Nearest => self.crane_by(|step, task| -step.empty_way_m(id, task)),
            Assignment::SocAware => {
                let machine = &self.work.machines[usize::from(id)];
                let middle = f64::midpoint(machine.leave_at, machine.return_at);
                let is_low = self.units.level(machine.unit).is_some_and(|level| level < middle);
                let sign = if is_low { -1.0 } else { 1.0 };
                self.crane_by(|step, task| sign * (step.empty_way_m(id, task) + step.loaded_way_m(task)))
            }
        };
        if let Some(crane) = crane {
            return self.take_move(crane, at_s);
        }
        let rail = self.work.rail.pop_front()?;
        self.work.tally.begun += 1;
        Some(rail)
    }

    /// The crane whose next move is worth most; the lowest position of equals. A crane has no more carriers than its share.
    fn crane_by(&self, worth: impl Fn(&Self, &Move) -> f64) -> Option<u16> {
        let most = self.yard.rules.carriers_per_crane;
        let mut best: Option<(f64, u16)> = None;
        for crane in 0..self.work.cranes.len() as u16 {
            if self.work.cranes[usize::from(crane)].assigned >= most {
                continue;
            }
            let Some(task) = self.next_move(crane) else { continue };
            let worth = worth(self, &task);
            if best.is_none_or(|(other, _)| worth > other) {
                best = Some((worth, crane));
            }
        }
        best.map(|(_, crane)| crane)
    }

    fn empty_way_m(&self, id: u16, task: &Move) -> f64 {
        self.yard.plan.way_m(self.work.machines[usize::from(id)].at, task.from.place)
    }

    fn loaded_way_m(&self, task: &Move) -> f64 {
        self.yard.plan.way_m(task.from.place, task.to.place)
    }

    /// The crane that a carrier belongs to, as long as that has moves; else one that lacks carriers, which it joins.
    fn crane_of_gang(&mut self, id: u16) -> Option<u16> {
        if let Some(home) = self.work.machines[usize::from(id)].home {
            if self.next_move(home).is_some() {
                return Some(home);
            }
            self.leave_gang(id);
        }
        let most = self.yard.rules.carriers_per_crane;
        let lacking = (0..self.work.cranes.len() as u16)
            .filter(|crane| self.work.cranes[usize::from(*crane)].members < most && self.next_move(*crane).is_some());
        let own = self.work.machines[usize::from(id)].group;
        let crane = lacking.min_by_key(|crane| {
            let state = &self.work.cranes[usize::from(*crane)];
            (state.group != own, state.members, *crane)
        })?;
        self.work.cranes[usize::from(crane)].members += 1;
        self.machine(id).home = Some(crane);
        Some(crane)
    }

    fn leave_gang(&mut self, id: u16) {
        if let Some(home) = self.machine(id).home.take() {
            self.work.cranes[usize::from(home)].members -= 1;
        }
    }

    /// Sends a machine that has nothing in hand to charge, if its rule says so. True when it goes.
    pub(super) fn charges_now(&mut self, id: u16, at_s: u32) -> bool {
        let machine = &self.work.machines[usize::from(id)];
        let Some(level) = self.units.level(machine.unit) else { return false };
        let rules = &self.yard.rules;
        let leave_at = match rules.dispatch.charging {
            ChargingRule::Progressive => {
                let (free, plugs) = self.plugs_of(machine);
                let busy = self.busy_share(machine.class);
                let range = (machine.leave_at, machine.return_at);
                moving_threshold(range, rules.dispatch.swing_soc, free as f64 / plugs.max(1) as f64, busy)
            }
            _ => machine.leave_at,
        };
        let (return_at, is_filled_here) = (machine.return_at, machine.is_filled_here);
        if is_filled_here {
            return level <= machine.leave_at && self.fill_here(id, at_s);
        }
        if level <= leave_at {
            return self.send_to_charge(id, return_at.max(leave_at), None, at_s);
        }
        let step = (at_s / super::hours::STEP_S) as usize;
        let is_hour = rules.charging_steps.get(step).copied().unwrap_or(false);
        if rules.dispatch.charging == ChargingRule::Schedule && is_hour && level < FULL_SOC {
            let end = rules.charging_steps[step..].iter().position(|charges| !charges).map_or(usize::MAX, |n| step + n);
            let depart_s = u32::try_from(end).ok().and_then(|end| end.checked_mul(super::hours::STEP_S));
            return self.send_to_charge(id, 1.0, depart_s, at_s);
        }
        false
    }

    /// Plugs that a machine may use: free ones, and all.
    fn plugs_of(&self, machine: &Machine) -> (i64, usize) {
        let lots = machine.lots.iter().map(|lot| &self.lots[usize::from(*lot)]);
        lots.fold((0, 0), |(free, plugs), lot| (free + lot.free, plugs + lot.plugs))
    }

    /// Share of the machines of a class that work.
    fn busy_share(&self, class: u8) -> f64 {
        let of_class = self.work.machines.iter().filter(|machine| machine.class == class);
        let (all, busy) = of_class.fold((0, 0), |(all, busy), machine| {
            (all + 1, busy + usize::from(!matches!(machine.doing, Doing::Idle | Doing::Break | Doing::AtLot)))
        });
        f64::from(busy as u32) / f64::from(all.max(1))
    }

    /// A machine whose crew rests charges until the work goes on, if its rule says so.
    pub(super) fn rest(&mut self, id: u16, at_s: u32) {
        let rule = self.yard.rules.dispatch.charging;
        if !matches!(rule, ChargingRule::BreaksTogether | ChargingRule::BreaksStaggered) {
            return;
        }
        let machine = &self.work.machines[usize::from(id)];
        let group = usize::from(machine.group);
        let is_low = self.units.level(machine.unit).is_some_and(|level| level < FULL_SOC);
        if !is_low || !matches!(machine.doing, Doing::Break | Doing::CraneWait | Doing::BlockWait) {
            return;
        }
        let resumes_s = self.yard.rules.hours.resumes_s(group, at_s);
        self.send_to_charge(id, 1.0, Some(resumes_s.unwrap_or(u32::MAX)), at_s);
    }

    /// A carrier that would wait long at the end of its way charges meanwhile, if its rule says so. True when it goes.
    pub(super) fn use_the_wait(&mut self, id: u16, end: End, at_s: u32) -> bool {
        let dispatch = &self.yard.rules.dispatch;
        let machine = &self.work.machines[usize::from(id)];
        if dispatch.charging != ChargingRule::Opportunity
            || self.units.level(machine.unit).is_none_or(|level| level >= FULL_SOC)
        {
            return false;
        }
        let wait_s = self.expected_wait_s(end.server);
        let (wait_min, within_m) = (dispatch.wait_min, dispatch.within_m);
        let near = |lot: &LotNow| lot.free > 0 && self.yard.plan.way_m(end.place, lot.place) <= within_m;
        let is_near = machine.lots.iter().any(|lot| near(&self.lots[usize::from(*lot)]));
        if wait_s <= wait_min * 60.0 || !is_near {
            return false;
        }
        self.send_to_charge(id, 1.0, Some(at_s + wait_s as u32), at_s)
    }

    /// Expected wait at the end of a queue, s.
    fn expected_wait_s(&self, server: Server) -> f64 {
        match server {
            Server::Crane(crane) => {
                let state = &self.work.cranes[usize::from(crane)];
                (state.queue.len() + usize::from(state.serves.is_some())) as f64 * self.yard.rules.crane_s
            }
            Server::Zone(zone) => {
                let state = &self.work.zones[usize::from(zone)];
                (state.queue_length() as f64) * state.service_s
            }
            Server::Own | Server::Nobody => 0.0,
        }
    }

    /// Sends a machine to a lot. False when there is none for it.
    fn send_to_charge(&mut self, id: u16, target_soc: f64, depart_s: Option<u32>, at_s: u32) -> bool {
        let rules = &self.yard.rules;
        let machine = &self.work.machines[usize::from(id)];
        let way_m = |lot: &u16| self.yard.plan.way_m(machine.at, self.lots[usize::from(*lot)].place);
        let speed_mps = if machine.is_loaded { rules.loaded_mps } else { rules.empty_mps };
        let worth = |lot: &u16| match rules.dispatch.lot {
            LotChoice::Nearest => way_m(lot),
            LotChoice::Soonest => time_to_plug_s(&self.lots[usize::from(*lot)], way_m(lot) / speed_mps),
        };
        let Some(lot) = machine.lots.iter().copied().min_by(|a, b| worth(a).total_cmp(&worth(b))) else { return false };
        let place = self.lots[usize::from(lot)].place;
        self.step_out(id);
        self.leave_gang(id);
        self.lots[usize::from(lot)].expect();
        let machine = self.machine(id);
        (machine.is_held, machine.target_soc, machine.depart_s) = (false, target_soc, depart_s);
        self.go(id, place, Then::Charge(lot), at_s);
        // Its crane lacks a carrier now.
        self.wake(at_s);
        true
    }

    /// A unit is filled where it stands: the plan has no place for what fills it.
    fn fill_here(&mut self, id: u16, at_s: u32) -> bool {
        self.step_out(id);
        self.leave_gang(id);
        let machine = self.machine(id);
        (machine.is_held, machine.target_soc, machine.depart_s) = (false, machine.return_at, None);
        self.reach_lot(id, NO_LOT, at_s);
        true
    }

    /// A unit is at its lot: the battery is handed over.
    pub(super) fn reach_lot(&mut self, id: u16, lot: u16, at_s: u32) {
        self.set(id, Doing::AtLot, at_s);
        self.work.tally.charges += 1;
        let machine = self.machine(id);
        let (unit, target_soc, depart_s) = (machine.unit, machine.target_soc, machine.depart_s);
        let is_opportunity = depart_s.is_some();
        let depart_s = depart_s.filter(|depart_s| *depart_s != u32::MAX);
        self.out.to_charge.push(ToCharge { machine: id, unit, lot, at_s, target_soc, depart_s, is_opportunity });
    }
}
