//! Vessels and cranes: berths, cycles, departures.

use super::doing::Doing;
use super::moves::{Step, Used, VesselOut, block_end, next_move};
use super::state::{Crane, End, Move, MoveKind, Rules, Server, Vessel, YardDue};
use crate::freight::state::Call;
use crate::freight::vessels::Stay;
use crate::kernel::clock::Clock;
use crate::kernel::random::Purpose;
use crate::kernel::units::Kw;

impl Vessel {
    /// Mean power from the shore in the interval that begins; none where it draws none. Nobody knows when the last container will
    /// be lifted: it disconnects when what is left takes all cranes no longer than that.
    pub(super) fn shore_kw(&self, call: &Call, rules: &Rules, clock: &Clock, stay: &mut Stay) -> Option<Kw> {
        if !call.on_shore_power {
            return None;
        }
        let Some(vessel) = call.vessel else { return Some(Kw(call.shore_kw)) };
        let (from_s, until_s) = (i64::from(clock.now_s()), i64::from(clock.interval_end_s()));
        let left_s = f64::from(self.lifts - self.done) * rules.crane_s / rules.cranes_per_call as f64;
        let berth_s = if call.berth_s < 0 { call.berth_s } else { i64::from(self.berth_s) };
        let on_s = from_s.max(berth_s + vessel.connect_s);
        if on_s >= until_s || left_s <= vessel.disconnect_s.max(until_s - from_s) as f64 {
            return None;
        }
        stay.draw(on_s, until_s);
        Some(Kw(call.shore_kw * (until_s - on_s) as f64 / (until_s - from_s) as f64))
    }
}

impl Step<'_> {
    pub(super) fn vessel_arrives(&mut self, coming: u32, at_s: u32) {
        self.work.waiting_vessels.come(at_s, coming);
        self.berth_vessels(at_s);
    }

    /// Vessels that wait take free berths, and free cranes go to vessels.
    fn berth_vessels(&mut self, at_s: u32) {
        while let Some(berth) = self.work.berths.iter().position(Option::is_none)
            && let Some(at) = self.work.waiting_vessels.serve_head(at_s)
        {
            let coming = self.work.coming[at as usize].clone();
            let rules = &self.yard.rules;
            let to_discharge = (f64::from(coming.lifts) * rules.discharge_share).round() as u32;
            self.work.tally.berth_wait_s += u64::from(at_s - coming.arrive_s);
            let vessel = Vessel {
                call: at,
                berth,
                berth_s: at_s,
                due_s: coming.due_s,
                to_discharge,
                to_load: coming.lifts - to_discharge,
                lifts: coming.lifts,
                done: 0,
            };
            self.bring_by_rail(&vessel);
            self.work.berths[berth] = Some(vessel);
        }
        self.give_cranes(at_s);
        self.wake(at_s);
    }

    /// What is loaded and came by rail has to go from the ramp to a block.
    fn bring_by_rail(&mut self, vessel: &Vessel) {
        let Some(rail) = self.yard.plan.rail() else { return };
        let rules = &self.yard.rules;
        let number = (f64::from(vessel.to_load) * rules.rail_shares.1).round() as u32;
        let mut stream =
            rules.seed.stream(Purpose::YardMoves, u64::from(rules.site.0) << 32 | u64::from(vessel.call), u32::MAX);
        for _ in 0..number {
            let block = rules.block(stream.uniform());
            let from = End { place: rail, server: Server::Nobody };
            let to = block_end(self.yard, self.work, block);
            self.work.rail.push_back(Move { from, to, kind: MoveKind::FromRail, by_rail: true });
        }
    }

    fn give_cranes(&mut self, at_s: u32) {
        let each = self.yard.rules.cranes_per_call;
        for berth in 0..self.work.berths.len() {
            let Some(vessel) = &self.work.berths[berth] else { continue };
            let index = self.work.coming[vessel.call as usize].index;
            for position in berth * each..(berth + 1) * each {
                if self.work.cranes[position].at_work.is_some() {
                    continue;
                }
                let Some(unit) = self.work.cranes_free.pop() else { return };
                let rules = &self.yard.rules;
                let key = u64::from(rules.site.0) << 32 | u64::from(index);
                let stream = rules.seed.stream(Purpose::YardMoves, key, (position - berth * each) as u32);
                let crane = &mut self.work.cranes[position];
                (crane.at_work, crane.unit) = (Some((berth as u32, stream)), Some(unit));
                self.draw_block(position as u16);
                self.note_crane(position as u16, at_s);
            }
        }
    }

    fn draw_block(&mut self, crane: u16) {
        if let Some((_, stream)) = &mut self.work.cranes[usize::from(crane)].at_work {
            let draw = stream.uniform();
            self.work.cranes[usize::from(crane)].next_block = self.yard.rules.block(draw);
        }
    }

    /// Notes since when a crane is ready and waits for a carrier: its crew works, and its vessel is not done.
    pub(super) fn note_crane(&mut self, crane: u16, at_s: u32) {
        let state = &self.work.cranes[usize::from(crane)];
        let is_ready = state.serves.is_none()
            && self.yard.rules.hours.works(usize::from(state.group), at_s)
            && self.has_lifts(state);
        let state = &mut self.work.cranes[usize::from(crane)];
        match (state.ready_s, is_ready) {
            (None, true) => state.ready_s = Some(at_s),
            (Some(since_s), false) => {
                state.ready_s = None;
                self.work.tally.crane_wait_s += u64::from(at_s - since_s);
            }
            _ => {}
        }
    }

    /// Has its vessel containers for it: some that no carrier has begun, or some on the way from it or to it?
    fn has_lifts(&self, crane: &Crane) -> bool {
        let Some(vessel) = crane.at_work.as_ref().and_then(|(berth, _)| self.work.berths[*berth as usize].as_ref())
        else {
            return false;
        };
        vessel.to_discharge + vessel.to_load > 0 || crane.pending > 0
    }

    /// The next move of a crane, if it has one that no carrier has begun. It is the caller's from now on.
    pub(super) fn take_move(&mut self, crane: u16, at_s: u32) -> Option<Move> {
        let next = self.next_move(crane)?;
        let state = &mut self.work.cranes[usize::from(crane)];
        state.assigned += 1;
        state.pending += 1;
        let berth = state.at_work.as_ref().map(|(berth, _)| *berth as usize)?;
        let vessel = self.work.berths[berth].as_mut()?;
        match next.kind {
            MoveKind::Discharge => vessel.to_discharge -= 1,
            _ => vessel.to_load -= 1,
        }
        let is_last = vessel.to_discharge + vessel.to_load == 0;
        self.work.tally.begun += 1;
        if is_last {
            let each = self.yard.rules.cranes_per_call;
            (berth * each..(berth + 1) * each).for_each(|position| self.note_crane(position as u16, at_s));
        }
        self.draw_block(crane);
        Some(next)
    }

    /// The next move of a crane, as it stands.
    pub(super) fn next_move(&self, crane: u16) -> Option<Move> {
        next_move(self.yard, self.work, crane)
    }

    /// A crane takes the carrier that waits first.
    pub(super) fn try_crane(&mut self, crane: u16, at_s: u32) {
        let rules = &self.yard.rules;
        let state = &mut self.work.cranes[usize::from(crane)];
        if state.serves.is_some()
            || state.queue.waiting().is_empty()
            || !rules.hours.works(usize::from(state.group), at_s)
        {
            return;
        }
        let (_, stream) = state.at_work.as_mut().expect("carriers wait for a vessel's crane");
        let cycle_s = rules.times.draw_s(rules.crane_s, stream);
        let Some(carrier) = state.queue.serve_head(at_s) else { return };
        state.serves = Some(carrier);
        if let Some(since_s) = state.ready_s.take() {
            self.work.tally.crane_wait_s += u64::from(at_s - since_s);
        }
        self.work.tally.crane_busy_s += u64::from(cycle_s);
        self.set(carrier, Doing::AtCrane, at_s);
        self.push(at_s + cycle_s, YardDue::Crane, u32::from(crane));
    }

    /// A crane has lifted a container.
    pub(super) fn crane_done(&mut self, crane: u16, at_s: u32) {
        let state = &mut self.work.cranes[usize::from(crane)];
        state.pending -= 1;
        let (carrier, unit) = (state.serves.take(), state.unit);
        let berth = state.at_work.as_ref().map(|(berth, _)| *berth as usize);
        if let Some(unit) = unit {
            self.units.take(unit.unit, unit.class, Used { lifts: 1.0, ..Used::default() });
        }
        self.work.tally.lifts += 1;
        if let Some(vessel) = berth.and_then(|berth| self.work.berths[berth].as_mut()) {
            vessel.done += 1;
            self.work.tally.late_lifts += u64::from(at_s > vessel.due_s);
        }
        if let Some(carrier) = carrier {
            self.served(carrier, at_s);
        }
        let is_done = berth.and_then(|berth| self.work.berths[berth].as_ref()).is_some_and(|it| it.done == it.lifts);
        if is_done && let Some(berth) = berth {
            self.vessel_leaves(berth, at_s);
        } else {
            self.note_crane(crane, at_s);
            self.try_crane(crane, at_s);
        }
    }

    fn vessel_leaves(&mut self, berth: usize, at_s: u32) {
        let Some(vessel) = self.work.berths[berth].take() else { return };
        let each = self.yard.rules.cranes_per_call;
        for position in berth * each..(berth + 1) * each {
            self.note_crane(position as u16, at_s);
            let crane = &mut self.work.cranes[position];
            crane.at_work = None;
            self.work.cranes_free.extend(crane.unit.take());
        }
        let tally = &mut self.work.tally;
        tally.vessels += 1;
        tally.vessel_lifts += u64::from(vessel.lifts);
        tally.berth_s += u64::from(at_s - vessel.berth_s);
        let call = self.work.coming[vessel.call as usize].call;
        self.out.vessels.push(VesselOut { call, berth_s: vessel.berth_s, leave_s: at_s });
        self.berth_vessels(at_s);
    }
}
