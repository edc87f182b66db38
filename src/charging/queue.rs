//! Vehicles meet ports: arrivals, ends of sessions, failures and repairs, in the order of their exact time.

use super::power::settle;
use super::record::{is_short, session_row, waited_row};
use super::state::{
    Arrival, Arrivals, AtPort, ChargingTables, Departure, Departures, Fresh, Grant, Knowledge, Leave, LotUses, Plazas,
    Plug, Port, Session, Spent, kind,
};
use crate::grid::spec::QueueOrder;
use crate::grid::state::ChargingLoad;
use crate::kernel::agenda::Due;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{CabinetId, PortId, Roster, SiteId};
use crate::kernel::random::Seed;
use crate::kernel::units::Kwh;
use crate::record::Records;
use crate::record::rows::SessionRow;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// All that the queue step touches.
#[derive(SystemParam)]
pub(super) struct QueueContext<'w, 's> {
    calendar: Res<'w, Calendar>,
    seed: Res<'w, Seed>,
    knowledge: Res<'w, Knowledge>,
    roster: Res<'w, Roster<Port>>,
    tables: ResMut<'w, ChargingTables>,
    plazas: ResMut<'w, Plazas>,
    fresh: ResMut<'w, Fresh>,
    spent: ResMut<'w, Spent>,
    load: ResMut<'w, ChargingLoad>,
    departures: ResMut<'w, Departures>,
    lots: ResMut<'w, LotUses>,
    rows: ResMut<'w, Records<SessionRow>>,
    ports: Query<'w, 's, (&'static Port, &'static mut Plug, &'static mut Grant)>,
}

/// Arrivals, ends of sessions, failures and repairs of this tick, in the order of their exact time.
pub(super) fn serve_queues(clock: Res<Clock>, mut arrivals: ResMut<Arrivals>, mut context: QueueContext<'_, '_>) {
    context.departures.0.clear();
    context.spent.0.clear();
    context.fresh.0.clear();
    let mut coming = core::mem::take(&mut arrivals.0);
    coming.sort_by_key(|arrival| (arrival.at_s, arrival.vehicle));
    let mut next = coming.drain(..).peekable();
    loop {
        let end_s = next.peek().map_or(clock.tick_end_s(), |arrival| (arrival.at_s + 1).min(clock.tick_end_s()));
        if let Some(due) = context.tables.agenda.pop_before(end_s) {
            context.handle(due);
        } else if let Some(arrival) = next.next() {
            context.arrive(arrival);
        } else {
            break;
        }
    }
    drop(next);
    arrivals.0 = coming;
    context.fresh.0.sort_unstable();
}

impl QueueContext<'_, '_> {
    fn handle(&mut self, due: Due) {
        match due.kind {
            kind::FINISH => self.finish(PortId(due.id), due.at_s),
            kind::GIVE_UP => self.give_up(SiteId(due.id), due.at_s),
            kind::TIME_UP => self.time_up(PortId(due.id), due.at_s),
            kind::UNPLUG => self.unplugged(PortId(due.id), due.at_s),
            kind::FAIL => self.fail(due.id, due.at_s),
            kind::REPAIR => self.repair(due.id, due.at_s),
            _ => self.reopen(due.id as usize, due.at_s),
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let (site, at_s) = (arrival.site, arrival.at_s);
        self.plazas.at[site.index()].queue_area_s -= i64::from(at_s);
        if arrival.depart_s.is_some_and(|depart_s| depart_s <= at_s) {
            self.turn_away(arrival, at_s, Leave::NeverServed);
            return;
        }
        if let Some(port) = self.free_port(&arrival) {
            self.plug_in(port, arrival, at_s);
        } else if self.ever_allowed(&arrival) {
            if let Some(depart_s) = arrival.depart_s {
                self.tables.agenda.push(Due { at_s: depart_s, kind: kind::GIVE_UP, id: site.0 });
            }
            self.plazas.at[site.index()].queue.push(arrival);
        } else {
            self.turn_away(arrival, at_s, Leave::NotAllowed);
        }
    }

    /// The free port that promises most power; the lowest id of equals.
    fn free_port(&self, arrival: &Arrival) -> Option<PortId> {
        if let Some(pinned) = arrival.pinned {
            let (port, plug, _) = self.ports.get(self.roster.entity(pinned.index())).ok()?;
            let is_free = plug.session.is_none() && self.may_start(port.cabinet, arrival, arrival.at_s);
            return is_free.then_some(pinned);
        }
        let mut best: Option<(f64, PortId)> = None;
        for id in &self.plazas.at[arrival.site.index()].cabinets {
            let cabinet = &self.tables.cabinets[id.index()];
            let Some(port) = cabinet.free.first() else { continue };
            if !self.may_start(*id, arrival, arrival.at_s) {
                continue;
            }
            let busy = cabinet.ports.len() - cabinet.free.count();
            let promise = cabinet.port_limit.0.min(cabinet.limit.0 / (busy + 1) as f64);
            if best.is_none_or(|(most, _)| promise > most) {
                best = Some((promise, port));
            }
        }
        best.map(|(_, id)| id)
    }

    fn may_start(&self, cabinet: CabinetId, arrival: &Arrival, at_s: u32) -> bool {
        let cabinet = &self.tables.cabinets[cabinet.index()];
        let access = &self.tables.access[cabinet.group];
        let is_elsewhere = arrival.lot.is_some_and(|lot| cabinet.lot != Some(lot));
        if cabinet.broken || is_elsewhere || !access.allows(arrival.user) {
            return false;
        }
        if arrival.at_home || access.reserved.is_none() {
            return true;
        }
        !access.reserved_at(self.calendar.second_of_day(i64::from(at_s)))
    }

    fn ever_allowed(&self, arrival: &Arrival) -> bool {
        let cabinets = &self.plazas.at[arrival.site.index()].cabinets;
        cabinets.iter().any(|id| self.tables.access[self.tables.cabinets[id.index()].group].allows(arrival.user))
    }

    fn plug_in(&mut self, id: PortId, arrival: Arrival, at_s: u32) {
        let Ok((port, mut plug, mut grant)) = self.ports.get_mut(self.roster.entity(id.index())) else {
            return;
        };
        debug_assert!(plug.session.is_none(), "one vehicle at one port");
        let start_s = at_s.max(plug.free_s);
        let (start_soc, start_energy) = (arrival.battery.soc(), arrival.battery.energy());
        *grant = Grant::default();
        let tables = &mut *self.tables;
        let cabinet = &mut tables.cabinets[port.cabinet.index()];
        cabinet.take(id);
        if let Some(lot) = cabinet.lot {
            self.lots.0[lot.index()].waits.add(start_s - arrival.at_s);
        }
        let plugging = &mut tables.plugging[cabinet.group];
        let power_s = plugging.work(start_s, plugging.plug_s);
        let plaza = &mut self.plazas.at[port.site.index()];
        plaza.queue_area_s += i64::from(start_s);
        if let Err(at) = plaza.occupied.binary_search(&id) {
            plaza.occupied.insert(at, id);
        }
        self.fresh.0.push(id);
        self.tables.begun += 1;
        if let Some(depart_s) = arrival.depart_s {
            self.tables.agenda.push(Due { at_s: depart_s, kind: kind::TIME_UP, id: id.0 });
        }
        plug.session = Some(Session {
            told_depart_s: self.knowledge.told(*self.seed, &arrival),
            start_s,
            start_soc,
            start_energy,
            power_s,
            unplug: None,
            settled_s: power_s,
            finish_s: None,
            ahead: None,
            drawn: Kwh::ZERO,
            given: Kwh::ZERO,
            arrival,
        });
    }

    /// Ends the session of a port and gives the battery back, or to the queue after an outage.
    fn unplug(&mut self, id: PortId, at_s: u32, leave: Leave) -> Option<Session> {
        let (port, mut plug, grant) = self.ports.get_mut(self.roster.entity(id.index())).ok()?;
        let mut session = plug.session.take()?;
        let drawn = settle(port, &mut session, &grant, at_s);
        self.load.running[port.above.index()] += drawn;
        self.spent.0.push((port.node, drawn));
        plug.free_s = at_s;
        let cabinet = &mut self.tables.cabinets[port.cabinet.index()];
        cabinet.release(id);
        if let Some(lot) = cabinet.lot {
            self.lots.0[lot.index()].taken_s += u64::from(at_s - session.start_s.min(at_s));
        }
        let plaza = &mut self.plazas.at[port.site.index()];
        if let Ok(at) = plaza.occupied.binary_search(&id) {
            plaza.occupied.remove(at);
        }
        self.fresh.0.retain(|fresh| *fresh != id);
        self.tables.ended += 1;
        if leave == Leave::TimeUp && is_short(&session.arrival) {
            self.tables.unmet += 1;
        }
        self.rows.push(session_row(&session, port, at_s, leave));
        Some(session)
    }

    fn depart(&mut self, arrival: Arrival, at_s: u32, leave: Leave) {
        let Arrival { site, vehicle, battery, .. } = arrival;
        self.departures.0.push(Departure { at_s, site, vehicle, battery, leave, at_port: None });
    }

    /// Somebody leaves a port.
    fn leave_port(&mut self, session: Session, at_s: u32, leave: Leave) {
        let done_s = session.unplug.map_or(at_s, |(done_s, _)| done_s);
        let at_port = AtPort { start_s: session.start_s, power_s: session.power_s.min(at_s), done_s };
        self.depart(session.arrival, at_s, leave);
        if let Some(departure) = self.departures.0.last_mut() {
            departure.at_port = Some(at_port);
        }
    }

    /// The vehicle at a port waits for somebody who unplugs it, and is unplugged: true when that takes time.
    fn begins_to_unplug(&mut self, id: PortId, at_s: u32) -> bool {
        let Ok((port, mut plug, _)) = self.ports.get_mut(self.roster.entity(id.index())) else { return false };
        let Some(session) = &mut plug.session else { return false };
        let tables = &mut *self.tables;
        let plugging = &mut tables.plugging[tables.cabinets[port.cabinet.index()].group];
        if plugging.unplug_s == 0 {
            return false;
        }
        if session.unplug.is_none() {
            let end_s = plugging.work(at_s.max(session.power_s), plugging.unplug_s);
            session.unplug = Some((at_s, end_s));
            tables.agenda.push(Due { at_s: end_s, kind: kind::UNPLUG, id: id.0 });
        }
        true
    }

    fn unplugged(&mut self, id: PortId, at_s: u32) {
        let plugged = self.ports.get(self.roster.entity(id.index())).ok();
        let session = plugged.and_then(|(_, plug, _)| plug.session.as_ref());
        let Some(session) = session.filter(|it| it.unplug.is_some_and(|(_, end_s)| end_s == at_s)) else { return };
        let leave = match (is_short(&session.arrival), session.arrival.is_opportunity) {
            (true, false) => Leave::TimeUp,
            (_, true) if (session.arrival.target - session.arrival.battery.energy()).0 > 1e-3 => Leave::BreakOver,
            _ => Leave::Done,
        };
        if let Some(session) = self.unplug(id, at_s, leave) {
            self.leave_port(session, at_s, leave);
            self.call_next(id, at_s);
        }
    }

    /// Somebody goes who never had a port.
    fn turn_away(&mut self, arrival: Arrival, at_s: u32, leave: Leave) {
        let leave = if arrival.is_opportunity { Leave::BreakOver } else { leave };
        self.tables.unmet += u64::from(is_short(&arrival));
        self.plazas.at[arrival.site.index()].queue_area_s += i64::from(at_s);
        self.rows.push(waited_row(&arrival, at_s, leave));
        self.depart(arrival, at_s, leave);
    }

    fn finish(&mut self, id: PortId, at_s: u32) {
        let is_due = self
            .ports
            .get(self.roster.entity(id.index()))
            .is_ok_and(|(_, plug, _)| plug.session.as_ref().is_some_and(|session| session.finish_s == Some(at_s)));
        if is_due
            && !self.begins_to_unplug(id, at_s)
            && let Some(session) = self.unplug(id, at_s, Leave::Done)
        {
            self.leave_port(session, at_s, Leave::Done);
            self.call_next(id, at_s);
        }
    }

    /// Gives a free port to whoever in the queue goes first and may use it.
    fn call_next(&mut self, id: PortId, at_s: u32) {
        let Ok((port, plug, _)) = self.ports.get(self.roster.entity(id.index())) else {
            return;
        };
        let plaza = &self.plazas.at[port.site.index()];
        if plug.session.is_some() || plaza.queue.is_empty() {
            return;
        }
        let allowed = plaza.queue.iter().enumerate().filter(|(_, waiting)| {
            waiting.pinned.is_none_or(|pinned| pinned == id) && self.may_start(port.cabinet, waiting, at_s)
        });
        let first =
            allowed.min_by(|a, b| rank(plaza.order, a.1).total_cmp(&rank(plaza.order, b.1)).then(a.0.cmp(&b.0)));
        let Some(at) = first.map(|(at, _)| at) else {
            return;
        };
        let site = port.site.index();
        let arrival = self.plazas.at[site].queue.remove(at);
        let at_s = at_s.max(arrival.at_s);
        self.plug_in(id, arrival, at_s);
    }

    /// Those who wait and have to go leave.
    fn give_up(&mut self, site: SiteId, at_s: u32) {
        let is_over = |arrival: &Arrival| arrival.depart_s.is_some_and(|depart_s| depart_s <= at_s);
        let queue = &mut self.plazas.at[site.index()].queue;
        for arrival in queue.extract_if(.., |waiting| is_over(waiting)).collect::<Vec<_>>() {
            self.turn_away(arrival, at_s, Leave::NeverServed);
        }
    }

    fn time_up(&mut self, id: PortId, at_s: u32) {
        let plugged = self.ports.get(self.roster.entity(id.index())).ok();
        let session = plugged.and_then(|(_, plug, _)| plug.session.as_ref());
        let Some(arrival) = session.map(|session| &session.arrival).filter(|a| a.depart_s == Some(at_s)) else {
            return;
        };
        let leave = if arrival.is_opportunity { Leave::BreakOver } else { Leave::TimeUp };
        if self.begins_to_unplug(id, at_s) {
            return;
        }
        if let Some(session) = self.unplug(id, at_s, leave) {
            let leave = if is_short(&session.arrival) { leave } else { Leave::Done };
            self.leave_port(session, at_s, leave);
            self.call_next(id, at_s);
        }
    }

    fn fail(&mut self, cabinet: u32, at_s: u32) {
        let ports = self.tables.cabinets[cabinet as usize].ports.clone();
        let thrown_out: Vec<_> = ports.iter().filter_map(|id| self.unplug(*id, at_s, Leave::Outage)).collect();
        self.set_broken(cabinet, true);
        self.next_failure(cabinet, at_s, true);
        for session in thrown_out {
            if session.unplug.is_some() {
                self.leave_port(session, at_s, Leave::Outage);
            } else {
                self.arrive(Arrival { at_s, ..session.arrival });
            }
        }
    }

    fn repair(&mut self, cabinet: u32, at_s: u32) {
        self.set_broken(cabinet, false);
        for id in self.tables.cabinets[cabinet as usize].ports.clone() {
            if let Ok((_, mut plug, _)) = self.ports.get_mut(self.roster.entity(id.index())) {
                plug.free_s = at_s;
            }
            self.call_next(id, at_s);
        }
        self.next_failure(cabinet, at_s, false);
    }

    fn set_broken(&mut self, cabinet: u32, is_broken: bool) {
        let tables = &mut *self.tables;
        let state = &mut tables.cabinets[cabinet as usize];
        state.broken = is_broken;
        if tables.access[state.group].is_for_trucks() {
            self.plazas.at[state.site.index()].count_truck_ports(state.ports.len() as u32, is_broken);
        }
    }

    fn next_failure(&mut self, cabinet: u32, at_s: u32, is_broken: bool) {
        let tables = &mut *self.tables;
        let state = &mut tables.cabinets[cabinet as usize];
        if let Some((mtbf_h, mttr_h)) = state.failures {
            let (kind, mean_h) = if is_broken { (kind::REPAIR, mttr_h) } else { (kind::FAIL, mtbf_h) };
            let after_s = state.stream.exponential_s(mean_h);
            tables.agenda.push(Due { at_s: at_s.saturating_add(after_s), kind, id: cabinet });
        }
    }

    fn reopen(&mut self, group: usize, at_s: u32) {
        let cabinets = self.tables.cabinets.iter().filter(|cabinet| cabinet.group == group);
        for id in cabinets.flat_map(|cabinet| cabinet.ports.clone()).collect::<Vec<_>>() {
            self.call_next(id, at_s);
        }
        let Some((_, to)) = self.tables.access[group].reserved else { return };
        // The same time by the clock, also where the clock is put back in between.
        let now_s = i64::from(at_s);
        let today_s = self.calendar.day(now_s) * DAY_S + i64::from(to);
        let next_s = [today_s, today_s + DAY_S].map(|local_s| self.calendar.elapsed_s(local_s));
        let next_s = if next_s[0] > now_s { next_s[0] } else { next_s[1] };
        self.tables.agenda.push(Due { at_s: next_s as u32, kind: kind::REOPEN, id: group as u32 });
    }
}

/// Smaller goes first.
fn rank(order: QueueOrder, waiting: &Arrival) -> f64 {
    match order {
        QueueOrder::FirstCome => f64::from(waiting.at_s),
        QueueOrder::SoonestDuty => waiting.depart_s.map_or(f64::INFINITY, f64::from),
        QueueOrder::LowestSoc => waiting.battery.soc(),
    }
}
