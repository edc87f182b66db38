//! Vehicles meet ports, power becomes energy.

use super::record::{is_short, session_row, waited_row};
use super::state::{
    Arrival, Arrivals, Ask, Budget, ChargingLoad, Departure, Departures, Fresh, Grant, Leave, Plan, Plazas, Plug, Port,
    Session, Spent, User, Vehicle, Works,
};
use crate::charging::battery::Battery;
use crate::charging::battery::Curve;
use crate::grid::rules::{cut_to_limits, fill_in_order};
use crate::grid::spec::QueueOrder;
use crate::grid::state::{Headroom, LimitTree};
use crate::kernel::agenda::Due;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, PortId, Roster, SiteId};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::{Hours, Kw, Kwh};
use crate::policy::{ChargingPolicySlot, ChargingView, Fault};
use crate::record::Records;
use crate::record::rows::SessionRow;
use crate::scenario::listing::Visit;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use std::sync::Arc;

/// Registers the charging systems.
pub fn register(r: &mut Register<'_>) {
    r.tick(Tick::Deliver, deliver);
    r.tick(Tick::Freight, admit_visitors);
    r.tick(Tick::Queue, serve_queues);
    r.tick(Tick::Ask, ask);
    r.tick(Tick::Plan, plan);
    r.tick(Tick::Grant, grant);
}

/// What is due on this room's agenda; at the same second in this order.
pub(crate) mod kind {
    /// A session is done (id: port).
    pub(crate) const FINISH: u8 = 0;
    /// A cabinet works again (id: cabinet).
    pub(crate) const REPAIR: u8 = 1;
    /// Ports that were kept for home fleets are free for all (id: site).
    pub(crate) const REOPEN: u8 = 2;
    /// Somebody at the site has to go (id: site).
    pub(crate) const TIME_UP: u8 = 3;
    /// A cabinet breaks (id: cabinet).
    pub(crate) const FAIL: u8 = 4;
}

/// Energy that a session draws up to a time with its set-point.
fn settle(port: &Port, session: &mut Session, grant: &Grant, to_s: u32) -> Kwh {
    let time = Hours::from_s(to_s.saturating_sub(session.settled_s));
    let cap = grant.set_point.min(port.limit) * port.efficiency;
    let arrival = &mut session.arrival;
    let (taken, _) = arrival.battery.charge(arrival.target, cap, time);
    session.settled_s = session.settled_s.max(to_s);
    let drawn = taken / port.efficiency;
    session.drawn += drawn;
    drawn
}

/// At a boundary: settles all sessions and closes the interval's account.
fn deliver(
    clock: Res<Clock>,
    plazas: Res<Plazas>,
    roster: Res<Roster<Port>>,
    mut load: ResMut<ChargingLoad>,
    mut ports: Query<(&Port, &mut Plug, &Grant)>,
) {
    if !clock.starts_interval() {
        return;
    }
    for plaza in &plazas.at {
        for id in &plaza.occupied {
            let Ok((port, mut plug, grant)) = ports.get_mut(roster.entity(id.index())) else {
                continue;
            };
            if let Some(session) = &mut plug.session {
                load.running[port.site.index()] += settle(port, session, grant, clock.now_s());
            }
        }
    }
    let load = &mut *load;
    core::mem::swap(&mut load.running, &mut load.closed);
    load.running.fill(Kwh::ZERO);
}

/// Visits of a list, in the order of their arrival.
#[derive(Resource, Debug, Default)]
pub struct VisitList {
    /// Site and visit.
    pub visits: Vec<(SiteId, Visit)>,
    /// The first that has not come yet.
    pub next: usize,
}

/// Visitors that arrive in this tick join the queues.
fn admit_visitors(clock: Res<Clock>, mut list: ResMut<VisitList>, mut arrivals: ResMut<Arrivals>) {
    while let Some((site, visit)) = list.visits.get(list.next)
        && visit.arrive_s < clock.tick_end_s()
    {
        // A visitor's battery is as large as its need: it arrives empty and is full when it has what it asked for.
        let need = Kwh(visit.energy_kwh.max(1e-6));
        arrivals.0.push(Arrival {
            at_s: visit.arrive_s,
            site: *site,
            vehicle: Vehicle::Visitor(u32::try_from(list.next).expect("fewer than 2^32 visits")),
            user: User::Visitor,
            at_home: false,
            battery: Battery::at_soc(Arc::new(Curve::flat(need, Kw(visit.max_kw))), 0.0),
            target: need,
            depart_s: Some(visit.depart_s),
            is_opportunity: false,
        });
        list.next += 1;
    }
}

/// All that the queue step touches.
#[derive(SystemParam)]
struct Hall<'w, 's> {
    calendar: Res<'w, Calendar>,
    roster: Res<'w, Roster<Port>>,
    works: ResMut<'w, Works>,
    plazas: ResMut<'w, Plazas>,
    fresh: ResMut<'w, Fresh>,
    tree: Res<'w, LimitTree>,
    spent: ResMut<'w, Spent>,
    load: ResMut<'w, ChargingLoad>,
    departures: ResMut<'w, Departures>,
    rows: ResMut<'w, Records<SessionRow>>,
    ports: Query<'w, 's, (&'static Port, &'static mut Plug, &'static mut Grant)>,
}

/// Arrivals, ends of sessions, failures and repairs of this tick, in the order of their exact time.
fn serve_queues(clock: Res<Clock>, mut arrivals: ResMut<Arrivals>, mut hall: Hall<'_, '_>) {
    hall.departures.0.clear();
    hall.spent.0.fill(Kwh::ZERO);
    hall.fresh.0.clear();
    let mut coming = core::mem::take(&mut arrivals.0);
    coming.sort_by_key(|arrival| (arrival.at_s, arrival.vehicle));
    let mut coming = coming.into_iter().peekable();
    loop {
        let end_s = coming.peek().map_or(clock.tick_end_s(), |arrival| (arrival.at_s + 1).min(clock.tick_end_s()));
        if let Some(due) = hall.works.agenda.pop_before(end_s) {
            hall.handle(due);
        } else if let Some(arrival) = coming.next() {
            hall.arrive(arrival);
        } else {
            break;
        }
    }
    hall.fresh.0.sort_unstable();
}

impl Hall<'_, '_> {
    fn handle(&mut self, due: Due) {
        match due.kind {
            kind::FINISH => self.finish(PortId(due.id), due.at_s),
            kind::TIME_UP => self.time_up(SiteId(due.id), due.at_s),
            kind::FAIL => self.fail(due.id, due.at_s),
            kind::REPAIR => self.repair(due.id, due.at_s),
            _ => self.reopen(SiteId(due.id), due.at_s),
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let (site, at_s) = (arrival.site, arrival.at_s);
        self.plazas.at[site.index()].queue_area_s -= i64::from(at_s);
        if let Some(depart_s) = arrival.depart_s {
            if depart_s <= at_s {
                self.turn_away(arrival, at_s, Leave::NeverServed);
                return;
            }
            self.works.agenda.push(Due { at_s: depart_s, kind: kind::TIME_UP, id: site.0 });
        }
        match self.free_port(&arrival) {
            Some(port) => self.plug_in(port, arrival, at_s),
            None if self.ever_allowed(&arrival) => self.plazas.at[site.index()].queue.push(arrival),
            None => self.turn_away(arrival, at_s, Leave::NotAllowed),
        }
    }

    /// The free port that promises most power; the lowest id of equals.
    fn free_port(&self, arrival: &Arrival) -> Option<PortId> {
        let plaza = &self.plazas.at[arrival.site.index()];
        if plaza.occupied.len() == plaza.ports.len() {
            return None;
        }
        let mut best: Option<(f64, PortId)> = None;
        for id in &plaza.ports {
            let Ok((port, plug, _)) = self.ports.get(self.roster.entity(id.index())) else {
                continue;
            };
            if plug.session.is_some() || !self.may_start(port, plug, arrival, arrival.at_s) {
                continue;
            }
            let cabinet = &self.works.cabinets[port.cabinet.index()];
            let promise = port.limit.0.min(cabinet.limit.0 / f64::from(cabinet.busy + 1));
            if best.is_none_or(|(most, _)| promise > most) {
                best = Some((promise, *id));
            }
        }
        best.map(|(_, id)| id)
    }

    fn may_start(&self, port: &Port, plug: &Plug, arrival: &Arrival, at_s: u32) -> bool {
        let access = &self.works.access[self.works.cabinets[port.cabinet.index()].group];
        let second_of_day = self.calendar.local_s(i64::from(at_s)).rem_euclid(DAY_S) as u32;
        !plug.broken && access.allows(arrival.user) && (arrival.at_home || !access.reserved_at(second_of_day))
    }

    fn ever_allowed(&self, arrival: &Arrival) -> bool {
        let mut groups = self.works.cabinets.iter().filter(|cabinet| cabinet.site == arrival.site);
        groups.any(|cabinet| self.works.access[cabinet.group].allows(arrival.user))
    }

    fn plug_in(&mut self, id: PortId, arrival: Arrival, at_s: u32) {
        let Ok((port, mut plug, mut grant)) = self.ports.get_mut(self.roster.entity(id.index())) else {
            return;
        };
        debug_assert!(plug.session.is_none() && !plug.broken, "one vehicle at one port");
        let start_s = at_s.max(plug.free_s);
        let (start_soc, start_energy) = (arrival.battery.soc(), arrival.battery.energy());
        *grant = Grant::default();
        self.works.cabinets[port.cabinet.index()].busy += 1;
        let plaza = &mut self.plazas.at[port.site.index()];
        plaza.queue_area_s += i64::from(start_s);
        if let Err(at) = plaza.occupied.binary_search(&id) {
            plaza.occupied.insert(at, id);
        }
        self.fresh.0.push(id);
        self.works.begun += 1;
        let session =
            Session { arrival, start_s, start_soc, start_energy, settled_s: start_s, finish_s: None, drawn: Kwh::ZERO };
        plug.session = Some(session);
    }

    /// Ends the session of a port and gives the battery back, or to the queue after an outage.
    fn unplug(&mut self, id: PortId, at_s: u32, leave: Leave) -> Option<Session> {
        let (port, mut plug, grant) = self.ports.get_mut(self.roster.entity(id.index())).ok()?;
        let mut session = plug.session.take()?;
        let drawn = settle(port, &mut session, &grant, at_s);
        self.load.running[port.site.index()] += drawn;
        for node in self.tree.upwards(port.node) {
            self.spent.0[node.index()] += drawn;
        }
        plug.free_s = at_s;
        self.works.cabinets[port.cabinet.index()].busy -= 1;
        let plaza = &mut self.plazas.at[port.site.index()];
        if let Ok(at) = plaza.occupied.binary_search(&id) {
            plaza.occupied.remove(at);
        }
        self.fresh.0.retain(|fresh| *fresh != id);
        self.works.ended += 1;
        if leave == Leave::TimeUp && is_short(&session.arrival) {
            self.works.unmet += 1;
        }
        self.rows.push(session_row(&session, Some(id), at_s, leave));
        Some(session)
    }

    fn depart(&mut self, arrival: Arrival, at_s: u32, leave: Leave) {
        let Arrival { site, vehicle, battery, .. } = arrival;
        self.departures.0.push(Departure { at_s, site, vehicle, battery, leave });
    }

    /// Somebody goes who never had a port.
    fn turn_away(&mut self, arrival: Arrival, at_s: u32, leave: Leave) {
        let leave = if arrival.is_opportunity { Leave::BreakOver } else { leave };
        self.works.unmet += u64::from(is_short(&arrival));
        self.plazas.at[arrival.site.index()].queue_area_s += i64::from(at_s);
        self.rows.push(waited_row(&arrival, at_s, leave));
        self.depart(arrival, at_s, leave);
    }

    fn finish(&mut self, id: PortId, at_s: u32) {
        let is_due = self
            .ports
            .get(self.roster.entity(id.index()))
            .is_ok_and(|(_, plug, _)| plug.session.as_ref().is_some_and(|session| session.finish_s == Some(at_s)));
        if is_due && let Some(session) = self.unplug(id, at_s, Leave::Done) {
            self.depart(session.arrival, at_s, Leave::Done);
            self.call_next(id, at_s);
        }
    }

    /// Gives a free port to whoever in the queue goes first and may use it.
    fn call_next(&mut self, id: PortId, at_s: u32) {
        let Ok((port, plug, _)) = self.ports.get(self.roster.entity(id.index())) else {
            return;
        };
        if plug.session.is_some() || plug.broken {
            return;
        }
        let plaza = &self.plazas.at[port.site.index()];
        let allowed = plaza.queue.iter().enumerate().filter(|(_, waiting)| self.may_start(port, plug, waiting, at_s));
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

    fn time_up(&mut self, site: SiteId, at_s: u32) {
        let is_over = |arrival: &Arrival| arrival.depart_s.is_some_and(|depart_s| depart_s <= at_s);
        let queue = &mut self.plazas.at[site.index()].queue;
        let (gone, staying): (Vec<_>, Vec<_>) = core::mem::take(queue).into_iter().partition(is_over);
        *queue = staying;
        for arrival in gone {
            self.turn_away(arrival, at_s, Leave::NeverServed);
        }
        let ports: Vec<PortId> = self.plazas.at[site.index()].occupied.clone();
        for id in ports {
            let plugged = self.ports.get(self.roster.entity(id.index())).ok();
            let session = plugged.and_then(|(_, plug, _)| plug.session.as_ref());
            let over = session.filter(|session| is_over(&session.arrival)).map(|s| s.arrival.is_opportunity);
            let Some(is_opportunity) = over else { continue };
            let leave = if is_opportunity { Leave::BreakOver } else { Leave::TimeUp };
            if let Some(session) = self.unplug(id, at_s, leave) {
                let leave = if is_short(&session.arrival) { leave } else { Leave::Done };
                self.depart(session.arrival, at_s, leave);
                self.call_next(id, at_s);
            }
        }
    }

    fn fail(&mut self, cabinet: u32, at_s: u32) {
        let ports = self.works.cabinets[cabinet as usize].ports.clone();
        let mut thrown_out = Vec::new();
        for id in &ports {
            thrown_out.extend(self.unplug(*id, at_s, Leave::Outage));
            if let Ok((_, mut plug, _)) = self.ports.get_mut(self.roster.entity(id.index())) {
                plug.broken = true;
            }
        }
        self.next_failure(cabinet, at_s, true);
        for session in thrown_out {
            self.arrive(Arrival { at_s, ..session.arrival });
        }
    }

    fn repair(&mut self, cabinet: u32, at_s: u32) {
        for id in self.works.cabinets[cabinet as usize].ports.clone() {
            if let Ok((_, mut plug, _)) = self.ports.get_mut(self.roster.entity(id.index())) {
                plug.broken = false;
                plug.free_s = at_s;
            }
            self.call_next(id, at_s);
        }
        self.next_failure(cabinet, at_s, false);
    }

    fn next_failure(&mut self, cabinet: u32, at_s: u32, is_broken: bool) {
        let works = &mut *self.works;
        let state = &mut works.cabinets[cabinet as usize];
        if let Some((mtbf_h, mttr_h)) = state.failures {
            let (kind, mean_h) = if is_broken { (kind::REPAIR, mttr_h) } else { (kind::FAIL, mtbf_h) };
            let after_s = (state.stream.exponential(mean_h) * 3600.0).clamp(1.0, 3e9) as u32;
            works.agenda.push(Due { at_s: at_s.saturating_add(after_s), kind, id: cabinet });
        }
    }

    fn reopen(&mut self, site: SiteId, at_s: u32) {
        for id in self.plazas.at[site.index()].ports.clone() {
            self.call_next(id, at_s);
        }
        self.works.agenda.push(Due { at_s: at_s + DAY_S as u32, kind: kind::REOPEN, id: site.0 });
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

/// The ports that need a set-point now: all with a session at a boundary, else those that have just begun.
fn due_ports(clock: &Clock, plazas: &Plazas, fresh: &Fresh) -> Vec<PortId> {
    if clock.done() {
        Vec::new()
    } else if clock.starts_interval() {
        plazas.at.iter().flat_map(|plaza| plaza.occupied.iter().copied()).collect()
    } else {
        fresh.0.clone()
    }
}

/// Power of an energy over the whole control interval.
fn over_interval(clock: &Clock, energy: Kwh) -> Kw {
    energy / Hours::from_s(clock.interval_s())
}

fn ask(
    clock: Res<Clock>,
    plazas: Res<Plazas>,
    fresh: Res<Fresh>,
    roster: Res<Roster<Port>>,
    mut ports: Query<(&Port, &Plug, &mut Ask)>,
) {
    for id in due_ports(&clock, &plazas, &fresh) {
        let Ok((port, plug, mut ask)) = ports.get_mut(roster.entity(id.index())) else {
            continue;
        };
        let Some(session) = &plug.session else {
            continue;
        };
        let time = Hours::from_s(clock.interval_end_s().saturating_sub(session.settled_s));
        let arrival = &session.arrival;
        let (reached, _) = arrival.battery.foresee(arrival.target, port.limit * port.efficiency, time);
        ask.0 = over_interval(&clock, (reached - arrival.battery.energy()) / port.efficiency);
    }
}

fn plan(
    clock: Res<Clock>,
    plazas: Res<Plazas>,
    fresh: Res<Fresh>,
    roster: Res<Roster<Port>>,
    tree: Res<LimitTree>,
    headroom: Res<Headroom>,
    mut policy: ResMut<ChargingPolicySlot>,
    mut fault: ResMut<Fault>,
    mut ports: Query<(&Port, &Plug, &Ask, &mut Plan)>,
) {
    let due = due_ports(&clock, &plazas, &fresh);
    if due.is_empty() {
        return;
    }
    if !clock.starts_interval() {
        // Between boundaries nobody is asked: who begins takes what the interval has left.
        for id in due {
            if let Ok((_, _, ask, mut plan)) = ports.get_mut(roster.entity(id.index())) {
                plan.0 = ask.0;
            }
        }
        return;
    }
    let mut view = ChargingView::new(clock.now_s(), clock.interval_s(), &tree, &headroom.0);
    for id in &due {
        let Ok((port, plug, ask, _)) = ports.get(roster.entity(id.index())) else {
            continue;
        };
        let Some(session) = &plug.session else {
            continue;
        };
        let arrival = &session.arrival;
        view.session.push(id.0);
        view.site.push(port.site.0);
        view.node.push(port.node);
        view.ask_kw.push(ask.0);
        view.port_kw.push(port.limit);
        view.soc.push(arrival.battery.soc());
        view.needs_kwh.push(arrival.target - arrival.battery.energy());
        view.arrive_s.push(arrival.at_s);
        view.depart_s.push(arrival.depart_s.unwrap_or(u32::MAX));
    }
    match policy.0.decide(&view) {
        Ok(set_points) if set_points.len() == due.len() => {
            for (id, set_point) in due.iter().zip(set_points) {
                if let Ok((_, _, ask, mut plan)) = ports.get_mut(roster.entity(id.index())) {
                    plan.0 = set_point.max(Kw::ZERO).min(ask.0);
                }
            }
        }
        Ok(set_points) => {
            fault.set(policy.0.name(), format!("gave {} set-points for {} sessions", set_points.len(), due.len()));
        }
        Err(message) => fault.set(policy.0.name(), message),
    }
}

#[derive(SystemParam)]
struct GrantInputs<'w> {
    clock: Res<'w, Clock>,
    plazas: Res<'w, Plazas>,
    fresh: Res<'w, Fresh>,
    roster: Res<'w, Roster<Port>>,
    tree: Res<'w, LimitTree>,
    headroom: Res<'w, Headroom>,
    spent: Res<'w, Spent>,
}

fn grant(
    inputs: GrantInputs<'_>,
    mut works: ResMut<Works>,
    mut budget: ResMut<Budget>,
    mut ports: Query<(&Port, &mut Plug, &Ask, &Plan, &mut Grant)>,
) {
    let GrantInputs { clock, plazas, fresh, roster, tree, headroom, spent } = inputs;
    let due = due_ports(&clock, &plazas, &fresh);
    let interval = Hours::from_s(clock.interval_s());
    if clock.starts_interval() && !clock.done() {
        budget.0.clear();
        let left = headroom.0.iter().zip(&spent.0).map(|(kw, spent)| (*kw * interval - *spent).max(Kwh::ZERO));
        budget.0.extend(left);
    }
    if due.is_empty() {
        return;
    }
    let mut node_of: Vec<NodeId> = Vec::with_capacity(due.len());
    let mut power: Vec<Kw> = Vec::with_capacity(due.len());
    for id in &due {
        let Ok((port, _, _, plan, _)) = ports.get(roster.entity(id.index())) else {
            continue;
        };
        node_of.push(port.node);
        power.push(plan.0);
    }
    let left: Vec<Kw> = budget.0.iter().map(|energy| *energy / interval).collect();
    if clock.starts_interval() {
        cut_to_limits(&tree, &left, &node_of, &mut power);
    } else {
        power = fill_in_order(&tree, &left, &node_of, &power, 0..due.len());
    }
    for ((id, node), mean) in due.iter().zip(&node_of).zip(power) {
        for node in tree.upwards(*node) {
            let left = &mut budget.0[node.index()];
            debug_assert!((*left - mean * interval).0 >= -1e-6, "no node passes its limit");
            *left = (*left - mean * interval).max(Kwh::ZERO);
        }
        let Ok((port, mut plug, ask, _, mut grant)) = ports.get_mut(roster.entity(id.index())) else {
            continue;
        };
        let Some(session) = &mut plug.session else {
            continue;
        };
        let end_s = clock.interval_end_s();
        let time = Hours::from_s(end_s.saturating_sub(session.settled_s));
        let is_all = mean.0 >= ask.0.0 * (1.0 - 1e-12);
        let set_point = if is_all { port.limit } else { mean * interval / time };
        *grant = Grant { mean, set_point };
        let arrival = &session.arrival;
        let cap = set_point.min(port.limit) * port.efficiency;
        let (reached, used) = arrival.battery.foresee(arrival.target, cap, time);
        session.finish_s = (reached.0 >= arrival.target.0 - 1e-9).then(|| {
            let finish_s = session.settled_s + (used.0 * 3600.0 - 1e-6).ceil().max(0.0) as u32;
            works.agenda.push(Due { at_s: finish_s, kind: kind::FINISH, id: id.0 });
            finish_s
        });
    }
}
