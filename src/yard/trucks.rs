//! Road trucks inside the gates: lane, way, wait at the block, handling, way out. The turn time is what comes of it.

use super::moves::{Step, TruckOut};
use super::plan::Plan;
use super::state::{Phase, Visit, YardDue, YardWork};
use crate::kernel::agenda::Due;
use crate::terminal::rules::pass_gate;

impl Step<'_> {
    /// The next phase of a truck.
    pub(super) fn truck_due(&mut self, id: u32, at_s: u32) {
        let visit = self.visit(id).clone();
        match visit.phase {
            Phase::Coming => self.truck_comes(id, &visit, at_s),
            Phase::InLane => {
                self.work.gate.leave(at_s, |other| *other == id);
                self.truck_drives_in(id, at_s);
            }
            Phase::ToBlock => {
                let visit = self.visit(id);
                (visit.phase, visit.block_since_s) = (Phase::AtBlock, at_s);
                let block = usize::from(visit.block);
                let zone = self.work.zone_of[block];
                self.work.zones[usize::from(zone)].trucks.come(at_s, (at_s, id));
                self.try_zone(zone, at_s);
            }
            Phase::AtBlock => unreachable!("its block machine says when it goes on"),
            Phase::Out => self.truck_leaves(id, at_s),
        }
    }

    fn visit(&mut self, id: u32) -> &mut Visit {
        self.work.visits[id as usize].as_mut().expect("a truck that is due is inside")
    }

    fn truck_comes(&mut self, id: u32, visit: &Visit, at_s: u32) {
        self.work.tally.trucks_in += 1;
        self.visit(id).arrive_s = at_s;
        if visit.is_inside {
            return self.truck_drives_in(id, at_s);
        }
        let service_s = (self.yard.rules.gate_s * f64::from(visit.gate)).round() as u32;
        let (begin_s, through_s) = pass_gate(&mut self.work.lanes_free_s, at_s, service_s);
        self.work.gate.come(at_s, id);
        let visit = self.visit(id);
        (visit.gate_wait_s, visit.in_lane_s) = (begin_s - at_s, service_s);
        visit.phase = Phase::InLane;
        self.push(through_s, YardDue::Truck, id);
    }

    fn truck_drives_in(&mut self, id: u32, at_s: u32) {
        self.visit(id).phase = Phase::ToBlock;
        let way_s = self.truck_way_s(id, Plan::way_in_m);
        self.visit(id).way_s += way_s;
        self.push(at_s + way_s, YardDue::Truck, id);
    }

    /// Between the gate and its block.
    fn truck_way_s(&mut self, id: u32, way_m: fn(&Plan, usize) -> f64) -> u32 {
        let block = usize::from(self.visit(id).block);
        let rules = &self.yard.rules;
        let left = rules.slowdown.map_or(1.0, |slowdown| slowdown.of_trucks(self.work.under_way()));
        (way_m(&self.yard.plan, block) / (rules.truck_mps * left)).round() as u32
    }

    /// A block machine begins with a truck. Returns how long it takes.
    pub(super) fn begin_truck(&mut self, id: u32, mean_s: f64, at_s: u32) -> u32 {
        let visit = self.visit(id);
        visit.block_wait_s = at_s - visit.block_since_s;
        let handled_s = (mean_s * f64::from(visit.turn)).round() as u32;
        visit.handled_s = Some(handled_s);
        handled_s
    }

    /// A truck has what it came for.
    pub(super) fn truck_handled(&mut self, id: u32, at_s: u32) {
        self.work.tally.trucks_handled += 1;
        self.visit(id).phase = Phase::Out;
        let way_s = self.truck_way_s(id, Plan::way_out_m);
        self.visit(id).way_s += way_s;
        self.push(at_s + way_s, YardDue::Truck, id);
    }

    fn truck_leaves(&mut self, id: u32, at_s: u32) {
        let visit = self.work.visits[id as usize].take().expect("a truck that leaves is inside");
        self.work.free_visits.push(id);
        let tally = &mut self.work.tally;
        tally.turns.add(at_s - visit.arrive_s);
        tally.gate_s += u64::from(visit.gate_wait_s + visit.in_lane_s);
        tally.way_s += u64::from(visit.way_s);
        tally.block_wait_s += u64::from(visit.block_wait_s);
        tally.handling_s += visit.handled_s.map_or(0, u64::from);
        self.out.trucks.push(TruckOut { truck: visit.truck, at_s, gate_wait_s: visit.gate_wait_s });
    }
}

impl YardWork {
    /// A truck is on its way to the gate.
    pub(crate) fn expect_truck(&mut self, visit: Visit, at_s: u32) {
        let id = self.free_visits.pop().unwrap_or(self.visits.len() as u32);
        if id as usize == self.visits.len() {
            self.visits.push(Some(visit));
        } else {
            self.visits[id as usize] = Some(visit);
        }
        self.agenda.push(Due { at_s, kind: YardDue::Truck, id });
    }
}
