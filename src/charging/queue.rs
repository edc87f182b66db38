//! Vehicles meet charging ports: arrivals, ends of sessions, failures and repairs, in the order of their exact time.

use super::agenda::{ChargingAgenda, Event};
use super::arrival::{Arrival, Arrivals, Departure, Departures};
use super::record::{session_row, waited_row};
use super::session::{Plug, Session};
use super::state::{
    Cabinet, CabinetState, ChargingTables, DrawnByLeavers, Knowledge, NewSessions, Port, SessionCount, SetPoint,
    SiteChargers, SitePorts, SiteQueue,
};
use crate::grid::state::{ChargingLoad, InnerNode};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{CabinetId, PortId, Roster, SiteId};
use crate::kernel::random::Seed;
use crate::record::Records;
use crate::record::rows::SessionRow;
use crate::record::words::Leave;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// All that the queue step touches.
#[derive(SystemParam)]
pub(super) struct QueueContext<'w, 's> {
    calendar: Res<'w, Calendar>,
    seed: Res<'w, Seed>,
    knowledge: Res<'w, Knowledge>,
    tables: Res<'w, ChargingTables>,
    port_roster: Res<'w, Roster<Port>>,
    cabinet_roster: Res<'w, Roster<Cabinet>>,
    site_roster: Res<'w, Roster<SiteQueue>>,
    ports: Query<'w, 's, (&'static Port, &'static mut Plug, &'static mut SetPoint)>,
    cabinets: Query<'w, 's, (&'static Cabinet, &'static mut CabinetState)>,
    sites: Query<'w, 's, (&'static SiteChargers, &'static mut SiteQueue, &'static mut SitePorts)>,
    agenda: ResMut<'w, ChargingAgenda>,
    count: ResMut<'w, SessionCount>,
    new: ResMut<'w, NewSessions>,
    drawn_by_leavers: ResMut<'w, DrawnByLeavers>,
    node_roster: Res<'w, Roster<InnerNode>>,
    loads: Query<'w, 's, &'static mut ChargingLoad>,
    departures: ResMut<'w, Departures>,
    rows: ResMut<'w, Records<SessionRow>>,
}

/// Arrivals, ends of sessions, failures and repairs of this tick, in the order of their exact time.
pub(super) fn serve_queues(clock: Res<Clock>, mut arrivals: ResMut<Arrivals>, mut context: QueueContext<'_, '_>) {
    context.departures.0.clear();
    context.drawn_by_leavers.0.clear();
    context.new.0.clear();
    let mut coming = core::mem::take(&mut arrivals.0);
    coming.sort_by_key(|arrival| (arrival.at_s, arrival.vehicle));
    let mut next = coming.drain(..).peekable();
    loop {
        let end_s = next.peek().map_or(clock.tick_end_s(), |arrival| (arrival.at_s + 1).min(clock.tick_end_s()));
        if let Some((at_s, event)) = context.agenda.pop_before(end_s) {
            context.handle(event, at_s);
        } else if let Some(arrival) = next.next() {
            context.arrive(arrival);
        } else {
            break;
        }
    }
    drop(next);
    arrivals.0 = coming;
    context.new.0.sort_unstable();
}

impl QueueContext<'_, '_> {
    fn handle(&mut self, event: Event, at_s: u32) {
        match event {
            Event::Finish(port) => self.finish(port, at_s),
            Event::GiveUp(site) => self.give_up(site, at_s),
            Event::TimeUp(port) => self.time_up(port, at_s),
            Event::Fail(cabinet) => self.fail(cabinet, at_s),
            Event::Repair(cabinet) => self.repair(cabinet, at_s),
            Event::Reopen(group) => self.reopen(group, at_s),
        }
    }

    fn queue(&mut self, site: SiteId) -> &mut SiteQueue {
        self.site_roster.get_mut(&mut self.sites, site.index()).1.into_inner()
    }

    fn arrive(&mut self, arrival: Arrival) {
        let (site, at_s) = (arrival.site, arrival.at_s);
        self.queue(site).line().enter(at_s);
        if arrival.is_over(at_s) {
            self.turn_away(arrival, at_s, Leave::NeverServed);
        } else if let Some(port) = self.free_port(&arrival) {
            self.plug_in(port, arrival, at_s);
        } else if self.ever_allowed(&arrival) {
            if let Some(depart_s) = arrival.depart_s {
                self.agenda.push(depart_s, Event::GiveUp(site));
            }
            self.queue(site).line().join(arrival);
        } else {
            self.turn_away(arrival, at_s, Leave::NotAllowed);
        }
    }

    /// The free charging port that promises most power; the lowest id of equals.
    fn free_port(&self, arrival: &Arrival) -> Option<PortId> {
        if let Some(pinned) = arrival.pinned {
            let (port, plug, _) = self.port_roster.get(&self.ports, pinned.index());
            let is_free = plug.session().is_none() && self.may_start(port.cabinet, arrival, arrival.at_s);
            return is_free.then_some(pinned);
        }
        let (chargers, ..) = self.site_roster.get(&self.sites, arrival.site.index());
        let mut best: Option<(f64, PortId)> = None;
        for id in &chargers.cabinets {
            let (cabinet, state) = self.cabinet_roster.get(&self.cabinets, id.index());
            let Some(port) = state.first_free() else { continue };
            if !may_start((cabinet, state), &self.tables, &self.calendar, arrival, arrival.at_s) {
                continue;
            }
            let busy = cabinet.port_count as usize - state.free_count();
            let promise = cabinet.port_limit.0.min(cabinet.limit.0 / (busy + 1) as f64);
            if best.is_none_or(|(most, _)| promise > most) {
                best = Some((promise, port));
            }
        }
        best.map(|(_, id)| id)
    }

    fn may_start(&self, cabinet: CabinetId, arrival: &Arrival, at_s: u32) -> bool {
        let cabinet = self.cabinet_roster.get(&self.cabinets, cabinet.index());
        may_start(cabinet, &self.tables, &self.calendar, arrival, at_s)
    }

    fn ever_allowed(&self, arrival: &Arrival) -> bool {
        let (chargers, ..) = self.site_roster.get(&self.sites, arrival.site.index());
        chargers.cabinets.iter().any(|id| {
            let (cabinet, _) = self.cabinet_roster.get(&self.cabinets, id.index());
            self.tables.access[cabinet.group].allows(arrival.user)
        })
    }

    fn plug_in(&mut self, id: PortId, arrival: Arrival, at_s: u32) {
        let (port, mut plug, mut set_point) = self.port_roster.get_mut(&mut self.ports, id.index());
        let told_depart_s = self.knowledge.told(*self.seed, &arrival);
        if let Some(depart_s) = arrival.depart_s {
            self.agenda.push(depart_s, Event::TimeUp(id));
        }
        let start_s = plug.plug_in(arrival, at_s, told_depart_s);
        *set_point = SetPoint::default();
        self.cabinet_roster.get_mut(&mut self.cabinets, port.cabinet.index()).1.occupy(id);
        let (_, mut queue, mut ports) = self.site_roster.get_mut(&mut self.sites, port.site.index());
        queue.line().exit(start_s);
        ports.occupy(id);
        self.new.0.push(id);
        self.count.begin();
    }

    /// Ends the session of a charging port, if it has one.
    fn unplug(&mut self, id: PortId, at_s: u32, leave: Leave) -> Option<Session> {
        let (port, mut plug, set_point) = self.port_roster.get_mut(&mut self.ports, id.index());
        let mut session = plug.unplug(at_s)?;
        let drawn = session.settle(port, *set_point, at_s);
        self.node_roster.get_mut(&mut self.loads, port.above.index()).draw(drawn);
        self.drawn_by_leavers.0.push((port.node, drawn));
        self.cabinet_roster.get_mut(&mut self.cabinets, port.cabinet.index()).1.vacate(id);
        self.site_roster.get_mut(&mut self.sites, port.site.index()).2.vacate(id);
        self.new.0.retain(|new| *new != id);
        self.count.end();
        self.rows.push(session_row(&session, port, at_s, leave));
        Some(session)
    }

    fn depart(&mut self, arrival: Arrival, at_s: u32) {
        let Arrival { site, vehicle, battery, .. } = arrival;
        self.departures.0.push(Departure { at_s, site, vehicle, battery });
    }

    /// A vehicle goes that never had a charging port.
    fn turn_away(&mut self, arrival: Arrival, at_s: u32, leave: Leave) {
        let leave = if arrival.is_opportunity { Leave::BreakOver } else { leave };
        self.queue(arrival.site).line().exit(at_s);
        self.rows.push(waited_row(&arrival, at_s, leave));
        self.depart(arrival, at_s);
    }

    fn finish(&mut self, id: PortId, at_s: u32) {
        let (_, plug, _) = self.port_roster.get(&self.ports, id.index());
        let is_due = plug.session().is_some_and(|session| session.finishes_at(at_s));
        if is_due && let Some(session) = self.unplug(id, at_s, Leave::Done) {
            self.depart(session.end(), at_s);
            self.call_next(id, at_s);
        }
    }

    /// Gives a free charging port to the vehicle of the queue that goes first and may use it.
    fn call_next(&mut self, id: PortId, at_s: u32) {
        let (port, plug, _) = self.port_roster.get(&self.ports, id.index());
        if plug.session().is_some() {
            return;
        }
        let (chargers, mut queue, _) = self.site_roster.get_mut(&mut self.sites, port.site.index());
        if queue.waiting().is_empty() {
            return;
        }
        let cabinet = self.cabinet_roster.get(&self.cabinets, port.cabinet.index());
        let called = queue.call(chargers.order, |waiting| {
            waiting.pinned.is_none_or(|pinned| pinned == id)
                && may_start(cabinet, &self.tables, &self.calendar, waiting, at_s)
        });
        if let Some(arrival) = called {
            let at_s = at_s.max(arrival.at_s);
            self.plug_in(id, arrival, at_s);
        }
    }

    /// Vehicles that wait and have to go leave.
    fn give_up(&mut self, site: SiteId, at_s: u32) {
        for arrival in self.queue(site).give_up(at_s) {
            self.turn_away(arrival, at_s, Leave::NeverServed);
        }
    }

    fn time_up(&mut self, id: PortId, at_s: u32) {
        let (_, plug, _) = self.port_roster.get(&self.ports, id.index());
        let arrival = plug.session().map(Session::arrival).filter(|arrival| arrival.depart_s == Some(at_s));
        let Some(is_opportunity) = arrival.map(|arrival| arrival.is_opportunity) else {
            return;
        };
        let leave = if is_opportunity { Leave::BreakOver } else { Leave::TimeUp };
        if let Some(session) = self.unplug(id, at_s, leave) {
            self.depart(session.end(), at_s);
            self.call_next(id, at_s);
        }
    }

    fn fail(&mut self, cabinet: CabinetId, at_s: u32) {
        let (its, _) = self.cabinet_roster.get(&self.cabinets, cabinet.index());
        let thrown_out: Vec<_> = its.ports().filter_map(|id| self.unplug(id, at_s, Leave::Outage)).collect();
        self.set_broken(cabinet, true);
        self.next_failure(cabinet, at_s, true);
        for session in thrown_out {
            self.arrive(Arrival { at_s, ..session.end() });
        }
    }

    fn repair(&mut self, cabinet: CabinetId, at_s: u32) {
        self.set_broken(cabinet, false);
        let (its, _) = self.cabinet_roster.get(&self.cabinets, cabinet.index());
        for id in its.ports() {
            self.port_roster.get_mut(&mut self.ports, id.index()).1.free_from(at_s);
            self.call_next(id, at_s);
        }
        self.next_failure(cabinet, at_s, false);
    }

    fn set_broken(&mut self, cabinet: CabinetId, is_broken: bool) {
        let (cabinet, mut state) = self.cabinet_roster.get_mut(&mut self.cabinets, cabinet.index());
        state.set_broken(is_broken);
        if self.tables.access[cabinet.group].is_for_trucks() {
            let (.., mut ports) = self.site_roster.get_mut(&mut self.sites, cabinet.site.index());
            ports.count_for_trucks(cabinet.port_count, is_broken);
        }
    }

    fn next_failure(&mut self, id: CabinetId, at_s: u32, is_broken: bool) {
        let (cabinet, mut state) = self.cabinet_roster.get_mut(&mut self.cabinets, id.index());
        if let Some((mtbf_h, mttr_h)) = cabinet.failures {
            let (event, mean_h) = if is_broken { (Event::Repair(id), mttr_h) } else { (Event::Fail(id), mtbf_h) };
            self.agenda.push(at_s.saturating_add(state.draw_s(mean_h)), event);
        }
    }

    fn reopen(&mut self, group: u32, at_s: u32) {
        let cabinets = self.cabinet_roster.iter(&self.cabinets).map(|(cabinet, _)| cabinet);
        let its = cabinets.filter(|cabinet| cabinet.group == group as usize);
        for id in its.flat_map(Cabinet::ports).collect::<Vec<_>>() {
            self.call_next(id, at_s);
        }
        let Some((_, to)) = self.tables.access[group as usize].reserved else { return };
        // The same time by the clock, also where the clock is put back in between.
        let now_s = i64::from(at_s);
        let today_s = self.calendar.day(now_s) * DAY_S + i64::from(to);
        let next_s = [today_s, today_s + DAY_S].map(|local_s| self.calendar.elapsed_s(local_s));
        let next_s = if next_s[0] > now_s { next_s[0] } else { next_s[1] };
        self.agenda.push(next_s as u32, Event::Reopen(group));
    }
}

/// May a vehicle plug in at a cabinet at this time?
fn may_start(
    (cabinet, state): (&Cabinet, &CabinetState),
    tables: &ChargingTables,
    calendar: &Calendar,
    arrival: &Arrival,
    at_s: u32,
) -> bool {
    let access = &tables.access[cabinet.group];
    if state.is_broken() || !access.allows(arrival.user) {
        return false;
    }
    if arrival.at_home || access.reserved.is_none() {
        return true;
    }
    !access.reserved_at(calendar.second_of_day(i64::from(at_s)))
}
