//! Vehicles meet charging ports: arrivals, ends of sessions, failures and repairs, in the order of their exact time.

use super::agenda::{ChargingAgenda, Event};
use super::allocation::{LivePower, PowerSharing, Sharers};
use super::arrival::{Arrival, Arrivals, Departure, Departures};
use super::entities::{Cabinets, Ports, SiteQueues};
use super::lots::LotsAndCrews;
use super::record::{session_row, waited_row};
use super::session::Session;
use super::state::{Cabinet, Knowledge, SessionLog, SetPoint};
use crate::grid::state::ChargingLoads;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{CabinetId, PortId, SiteId};
use crate::record::Records;
use crate::record::rows::SessionRow;
use crate::record::words::Leave;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// All that the queue step touches.
#[derive(SystemParam)]
pub(super) struct QueueContext<'w, 's> {
    calendar: Res<'w, Calendar>,
    knowledge: Res<'w, Knowledge>,
    ports: Ports<'w, 's>,
    cabinets: Cabinets<'w, 's>,
    sites: SiteQueues<'w, 's>,
    agenda: ResMut<'w, ChargingAgenda>,
    log: ResMut<'w, SessionLog>,
    loads: ChargingLoads<'w, 's>,
    departures: ResMut<'w, Departures>,
    lots: LotsAndCrews<'w, 's>,
    rows: ResMut<'w, Records<SessionRow>>,
    sharing: PowerSharing<'w>,
}

/// Is nobody handed over to the queues or by them, and nothing left to be cleared of the tick before?
pub(super) fn is_quiet(arrivals: &Arrivals, departures: &Departures, log: &SessionLog) -> bool {
    arrivals.is_empty() && departures.is_empty() && log.is_quiet()
}

/// Is anything due or coming in this tick, or left to be cleared of the tick before?
pub(super) fn is_queue_due(
    clock: Res<Clock>,
    arrivals: Res<Arrivals>,
    agenda: Res<ChargingAgenda>,
    departures: Res<Departures>,
    log: Res<SessionLog>,
    live: Option<Res<LivePower>>,
) -> bool {
    let begins = live.is_some() && clock.starts_interval();
    !is_quiet(&arrivals, &departures, &log) || begins || agenda.is_due_before(clock.tick_end_s())
}

/// Arrivals, ends of sessions, failures and repairs of this tick, in the order of their exact time.
pub(super) fn serve_queues(clock: Res<Clock>, mut arrivals: ResMut<Arrivals>, mut context: QueueContext<'_, '_>) {
    context.departures.clear();
    context.log.clear_tick();
    let mut coming = arrivals.lend();
    coming.sort_by_key(|arrival| (arrival.at_s, arrival.vehicle));
    let mut next = coming.drain(..).peekable();
    let mut begins = clock.starts_interval() && !clock.done();
    let mut now_s = clock.now_s();
    loop {
        if begins || context.sharing.is_due() {
            // Power is shared when all of a second has happened; so an interval begins with the vehicles that came at its first.
            let event_s = context.agenda.next_at().into_iter().chain(next.peek().map(|arrival| arrival.at_s)).min();
            if event_s.is_none_or(|event_s| event_s > now_s) {
                if core::mem::take(&mut begins) {
                    context.begin_interval(&clock);
                } else {
                    context.share(now_s);
                }
                continue;
            }
        }
        let end_s = next.peek().map_or(clock.tick_end_s(), |arrival| (arrival.at_s + 1).min(clock.tick_end_s()));
        if let Some((at_s, event)) = context.agenda.pop_before(end_s) {
            now_s = now_s.max(at_s);
            context.handle(event, at_s);
        } else if let Some(arrival) = next.next() {
            now_s = now_s.max(arrival.at_s);
            context.arrive(arrival);
        } else {
            break;
        }
    }
    drop(next);
    arrivals.take_back(coming);
}

impl QueueContext<'_, '_> {
    fn begin_interval(&mut self, clock: &Clock) {
        let Self { ports, sites, loads, agenda, sharing, .. } = self;
        sharing.begin_interval(clock, &mut Sharers { ports, sites, loads, agenda });
    }

    fn share(&mut self, at_s: u32) {
        let Self { ports, sites, loads, agenda, sharing, .. } = self;
        sharing.share(at_s, &mut Sharers { ports, sites, loads, agenda });
    }

    fn handle(&mut self, event: Event, at_s: u32) {
        match event {
            Event::Finish(port) => self.finish(port, at_s),
            Event::GiveUp(site) => self.give_up(site, at_s),
            Event::TimeUp(port) => self.time_up(port, at_s),
            Event::Fail(cabinet) => self.fail(cabinet, at_s),
            Event::Repair(cabinet) => self.repair(cabinet, at_s),
            Event::Reopen(group) => self.reopen(group, at_s),
            Event::Taper(port) => self.taper(port, at_s),
            Event::Unplug(port) => self.unplugged(port, at_s),
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let (site, at_s) = (arrival.site, arrival.at_s);
        self.sites.queue(site).1.line().enter(at_s);
        if arrival.is_over(at_s) {
            self.turn_away(arrival, at_s, Leave::NeverServed);
        } else if let Some(port) = self.free_port(&arrival) {
            self.plug_in(port, arrival, at_s);
        } else if self.ever_allowed(&arrival) {
            if let Some(depart_s) = arrival.depart_s {
                self.agenda.push(depart_s, Event::GiveUp(site));
            }
            self.sites.queue(site).1.line().join(arrival);
        } else {
            self.turn_away(arrival, at_s, Leave::NotAllowed);
        }
    }

    /// The free charging port that promises most power; the lowest id of equals.
    fn free_port(&self, arrival: &Arrival) -> Option<PortId> {
        if let Some(pinned) = arrival.pinned {
            let (port, plug) = self.ports.get(pinned);
            let cabinet = self.cabinets.get(port.cabinet);
            let is_free = plug.session().is_none() && self.cabinets.may_start(cabinet, arrival, arrival.at_s);
            return is_free.then_some(pinned);
        }
        let mut best: Option<(f64, PortId)> = None;
        for cabinet in &self.sites.chargers(arrival.site).cabinets {
            if let Some(offer) = self.cabinets.offer(*cabinet, arrival)
                && best.is_none_or(|(most, _)| offer.0 > most)
            {
                best = Some(offer);
            }
        }
        best.map(|(_, id)| id)
    }

    fn ever_allowed(&self, arrival: &Arrival) -> bool {
        self.sites.chargers(arrival.site).cabinets.iter().any(|id| self.cabinets.allows(*id, arrival))
    }

    fn plug_in(&mut self, id: PortId, arrival: Arrival, at_s: u32) {
        let (port, plug, set_point) = self.ports.get_mut(id);
        let told_depart_s = self.knowledge.told(&arrival);
        if let Some(depart_s) = arrival.depart_s {
            self.agenda.push(depart_s, Event::TimeUp(id));
        }
        let (cabinet, state) = self.cabinets.get_mut(port.cabinet);
        state.occupy(id);
        let (came_s, mut crew) = (arrival.at_s, self.lots.crew(cabinet.group));
        let start_s = plug.plug_in(arrival, at_s, |start_s| crew.plug_in(start_s, start_s > came_s), told_depart_s);
        let way_s = crew.way_s(start_s > came_s);
        if let Some(lot) = cabinet.lot {
            self.lots.plug_in(lot, start_s - came_s, way_s);
        }
        *set_point = SetPoint::default();
        if let Some(session) = plug.session_mut() {
            self.sharing.enter(&mut self.agenda, port, session, set_point);
        }
        self.sites.plug_in(port.site, id, start_s);
        self.log.begin(id);
    }

    /// Ends the session of a charging port, if it has one.
    fn unplug(&mut self, id: PortId, at_s: u32, leave: Leave) -> Option<Session> {
        let (port, plug, set_point) = self.ports.get_mut(id);
        let mut session = plug.unplug(at_s)?;
        let drawn = session.settle(port, *set_point, at_s);
        self.loads.draw(port.above, drawn);
        self.sharing.leave(port, *set_point);
        let (cabinet, state) = self.cabinets.get_mut(port.cabinet);
        state.vacate(id);
        if let Some(lot) = cabinet.lot {
            self.lots.unplug(lot, at_s - session.start_s().min(at_s), session.drawn());
        }
        self.sites.ports(port.site).vacate(id);
        self.log.end(id, port.node, drawn);
        self.rows.push(session_row(&session, port, at_s, leave));
        Some(session)
    }

    fn depart(&mut self, arrival: Arrival, at_s: u32) {
        let Arrival { site, vehicle, battery, .. } = arrival;
        self.departures.push(Departure { at_s, site, vehicle, battery, at_port: None });
    }

    /// A vehicle leaves its charging port, which is free for the next.
    fn leave(&mut self, id: PortId, session: Session, at_s: u32) {
        let at_port = Some(session.at_port(at_s));
        let Arrival { site, vehicle, battery, .. } = session.end();
        self.departures.push(Departure { at_s, site, vehicle, battery, at_port });
        self.call_next(id, at_s);
    }

    /// The vehicle at a charging port is done or has to go: true when it takes time to unplug it, which then begins.
    fn takes_time_to_unplug(&mut self, id: PortId, at_s: u32) -> bool {
        let (port, plug, _) = self.ports.get_mut(id);
        let mut crew = self.lots.crew(self.cabinets.get(port.cabinet).0.group);
        let Some(session) = plug.session_mut().filter(|_| crew.unplugs_slowly()) else { return false };
        if session.unplugged_s().is_none() {
            let has_to_go = session.arrival().is_over(at_s);
            let end_s = crew.unplug(at_s.max(session.power_s()), has_to_go);
            session.begin_to_unplug(at_s, end_s);
            self.agenda.push(end_s, Event::Unplug(id));
        }
        true
    }

    fn unplugged(&mut self, id: PortId, at_s: u32) {
        let session = self.ports.get(id).1.session().filter(|it| it.unplugged_s() == Some(at_s));
        let Some(arrival) = session.map(Session::arrival) else { return };
        let lacks = (arrival.target - arrival.battery.energy()).0 > 1e-3;
        let leave = match (lacks, arrival.is_opportunity) {
            (true, true) => Leave::BreakOver,
            (true, false) => Leave::TimeUp,
            (false, _) => Leave::Done,
        };
        if let Some(session) = self.unplug(id, at_s, leave) {
            self.leave(id, session, at_s);
        }
    }

    /// A vehicle goes that never had a charging port.
    fn turn_away(&mut self, arrival: Arrival, at_s: u32, leave: Leave) {
        let leave = if arrival.is_opportunity { Leave::BreakOver } else { leave };
        self.sites.queue(arrival.site).1.line().exit(at_s);
        self.rows.push(waited_row(&arrival, at_s, leave));
        self.depart(arrival, at_s);
    }

    fn finish(&mut self, id: PortId, at_s: u32) {
        let (_, plug) = self.ports.get(id);
        let is_due = plug.session().is_some_and(|session| session.finishes_at(at_s));
        if is_due
            && !self.stays(id, at_s)
            && !self.takes_time_to_unplug(id, at_s)
            && let Some(session) = self.unplug(id, at_s, Leave::Done)
        {
            self.leave(id, session, at_s);
        }
    }

    /// A vehicle that is done keeps its charging port, if it is one that stays and something calls it away later.
    fn stays(&mut self, id: PortId, at_s: u32) -> bool {
        let (port, plug, _) = self.ports.get_mut(id);
        let stays_here = self.cabinets.get(port.cabinet).0.stay_plugged;
        let Some(session) = plug.session_mut() else { return false };
        let arrival = session.arrival();
        if !(stays_here || arrival.stays) || arrival.depart_s.is_none_or(|depart_s| depart_s <= at_s) {
            return false;
        }
        session.rest();
        // What it no longer takes is for others.
        self.sharing.taper(port);
        true
    }

    fn taper(&mut self, id: PortId, at_s: u32) {
        let (port, plug) = self.ports.get(id);
        if plug.session().is_some_and(|session| session.tapers_at(at_s)) {
            self.sharing.taper(port);
        }
    }

    /// Gives a free charging port to the vehicle of the queue that goes first and may use it.
    fn call_next(&mut self, id: PortId, at_s: u32) {
        let (port, plug) = self.ports.get(id);
        if plug.session().is_some() {
            return;
        }
        let (chargers, queue) = self.sites.queue(port.site);
        if queue.waiting().is_empty() {
            return;
        }
        let cabinet = self.cabinets.get(port.cabinet);
        let called = queue.call(chargers.order, |waiting| {
            waiting.pinned.is_none_or(|pinned| pinned == id) && self.cabinets.may_start(cabinet, waiting, at_s)
        });
        if let Some(arrival) = called {
            let at_s = at_s.max(arrival.at_s);
            self.plug_in(id, arrival, at_s);
        }
    }

    /// Vehicles that wait and have to go leave.
    fn give_up(&mut self, site: SiteId, at_s: u32) {
        for arrival in self.sites.queue(site).1.give_up(at_s) {
            self.turn_away(arrival, at_s, Leave::NeverServed);
        }
    }

    fn time_up(&mut self, id: PortId, at_s: u32) {
        let (_, plug) = self.ports.get(id);
        let arrival = plug.session().map(Session::arrival).filter(|arrival| arrival.depart_s == Some(at_s));
        let Some(is_opportunity) = arrival.map(|arrival| arrival.is_opportunity) else {
            return;
        };
        let leave = match plug.session().is_some_and(Session::rests) {
            true => Leave::Done,
            false if is_opportunity => Leave::BreakOver,
            false => Leave::TimeUp,
        };
        if !self.takes_time_to_unplug(id, at_s)
            && let Some(session) = self.unplug(id, at_s, leave)
        {
            self.leave(id, session, at_s);
        }
    }

    fn fail(&mut self, cabinet: CabinetId, at_s: u32) {
        let ports = self.cabinets.get(cabinet).0.ports();
        let thrown_out: Vec<_> = ports.filter_map(|id| self.unplug(id, at_s, Leave::Outage)).collect();
        self.set_broken(cabinet, true);
        self.next_failure(cabinet, at_s, true);
        for session in thrown_out {
            // A vehicle that was being unplugged is free to go.
            if session.unplugged_s().is_some() {
                self.depart(session.end(), at_s);
            } else {
                self.arrive(Arrival { at_s, ..session.end() });
            }
        }
    }

    fn repair(&mut self, cabinet: CabinetId, at_s: u32) {
        self.set_broken(cabinet, false);
        for id in self.cabinets.get(cabinet).0.ports() {
            self.ports.get_mut(id).1.free_from(at_s);
            self.call_next(id, at_s);
        }
        self.next_failure(cabinet, at_s, false);
    }

    fn set_broken(&mut self, id: CabinetId, is_broken: bool) {
        let is_for_trucks = self.cabinets.is_for_trucks(id);
        let (cabinet, state) = self.cabinets.get_mut(id);
        state.set_broken(is_broken);
        if is_for_trucks {
            self.sites.ports(cabinet.site).count_for_trucks(cabinet.port_count, is_broken);
        }
    }

    fn next_failure(&mut self, id: CabinetId, at_s: u32, is_broken: bool) {
        let (cabinet, state) = self.cabinets.get_mut(id);
        if let Some((mtbf_h, mttr_h)) = cabinet.failures {
            let (event, mean_h) = if is_broken { (Event::Repair(id), mttr_h) } else { (Event::Fail(id), mtbf_h) };
            self.agenda.push(at_s.saturating_add(state.draw_s(mean_h)), event);
        }
    }

    fn reopen(&mut self, group: u32, at_s: u32) {
        let ports: Vec<PortId> = self.cabinets.of_group(group as usize).flat_map(Cabinet::ports).collect();
        for id in ports {
            self.call_next(id, at_s);
        }
        let Some(to) = self.cabinets.reserved_until(group as usize) else { return };
        // The same time by the clock, also where the clock is put back in between.
        let now_s = i64::from(at_s);
        let today_s = self.calendar.day(now_s) * DAY_S + i64::from(to);
        let next_s = [today_s, today_s + DAY_S].map(|local_s| self.calendar.elapsed_s(local_s));
        let next_s = if next_s[0] > now_s { next_s[0] } else { next_s[1] };
        self.agenda.push(next_s as u32, Event::Reopen(group));
    }
}
