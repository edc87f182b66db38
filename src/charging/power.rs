//! Power becomes energy: Ask (what a session can take) -> Plan (what the policy wants) -> Grant (what the limits allow)
//! -> delivered.

use super::state::{Budget, ChargingTables, Fresh, Grant, Plazas, Plug, Port, Session, Spent, kind};
use crate::grid::limits::TimedLimits;
use crate::grid::rules::Sharing;
use crate::grid::state::{ChargingLoad, Headroom, LimitTree, LimitsNow, SiteOutlook};
use crate::kernel::agenda::Due;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, PortId, Roster};
use crate::kernel::units::{Hours, Kw, Kwh};
use crate::place::site::Sites;
use crate::policy::kind::Charging;
use crate::policy::{ChargingView, Fault, PolicySlot, SessionColumns};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// A session that lacks no more than this is done: a watt-hour, as meters and the peers' simulators have it.
const DONE: Kwh = Kwh(1e-3);

/// Energy that a session draws up to a time with its set-point, grid side.
pub(super) fn settle(port: &Port, session: &mut Session, grant: &Grant, to_s: u32) -> Kwh {
    let arrival = &mut session.arrival;
    if grant.set_point < Kw::ZERO {
        let given = grant.set_point * Hours::from_s(to_s.saturating_sub(session.settled_s)) * -1.0;
        let missing = arrival.battery.draw(given / port.efficiency) * port.efficiency;
        debug_assert!(missing.0 < 1e-6, "a vehicle gives what it has");
        session.settled_s = session.settled_s.max(to_s);
        session.given += given - missing;
        session.drawn -= given - missing;
        return (given - missing) * -1.0;
    }
    let taken = match session.ahead.take() {
        Some((until_s, reached)) if until_s == to_s => arrival.battery.rise_to(reached),
        _ => {
            let time = Hours::from_s(to_s.saturating_sub(session.settled_s));
            let cap = grant.set_point.min(port.limit) * port.efficiency;
            arrival.battery.charge(arrival.target, cap, time).0
        }
    };
    session.settled_s = session.settled_s.max(to_s);
    let drawn = taken / port.efficiency;
    session.drawn += drawn;
    drawn
}

/// At a boundary: settles all sessions and closes the interval's account.
pub(super) fn deliver(
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
                load.running[port.above.index()] += settle(port, session, grant, clock.now_s());
            }
        }
    }
    let load = &mut *load;
    core::mem::swap(&mut load.running, &mut load.closed);
    load.running.fill(Kwh::ZERO);
}

/// At a boundary where a limit falls: who leaves before the new set-points are out is held to what is left of the old one, so
/// that the new limit holds from its first second.
pub(super) fn hold_leavers(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    timed: Res<TimedLimits>,
    before: Res<LimitsNow>,
    headroom: Res<Headroom>,
    tree: Res<LimitTree>,
    plazas: Res<Plazas>,
    roster: Res<Roster<Port>>,
    mut ports: Query<(&Port, &mut Plug, &mut Grant)>,
) {
    if !clock.starts_interval() || clock.done() || timed.0.is_empty() || before.0.is_empty() {
        return;
    }
    let mut now = tree.limit[..before.0.len()].to_vec();
    timed.lower(&calendar, clock.now_s(), clock.interval_end_s(), &mut now);
    // Charging keeps this share of its power: what the limit loses, it loses.
    let share = |node: usize| {
        let (had, lost) = (headroom.0[node], before.0[node] - now[node]);
        match lost > Kw::ZERO {
            true if had.0.is_finite() && had > Kw::ZERO => ((had - lost) / had).max(0.0),
            true => 0.0,
            false => 1.0,
        }
    };
    let shares: Vec<f64> = (0..now.len()).map(share).collect();
    if shares.iter().all(|share| *share >= 1.0) {
        return;
    }
    for id in plazas.at.iter().flat_map(|plaza| &plaza.occupied) {
        let Ok((port, mut plug, mut grant)) = ports.get_mut(roster.entity(id.index())) else { continue };
        let Some(session) = plug.session.as_mut() else { continue };
        let share = tree.upwards(port.above).map(|node| shares[node.index()]).fold(1.0, f64::min);
        let leaves = session.arrival.depart_s.is_some_and(|depart_s| depart_s < clock.tick_end_s());
        if leaves && share < 1.0 && grant.set_point > Kw::ZERO {
            grant.set_point = grant.set_point * share;
            session.ahead = None;
        }
    }
}

/// What the sessions that need a set-point now can take: all with a session at a boundary, else those that have just
/// begun. Written by the ask step.
#[derive(Resource, Debug, Default)]
pub(crate) struct Asks(SessionColumns);

/// What the policy wants for each of them. Written by the plan step.
#[derive(Resource, Debug, Default)]
pub(crate) struct Plans(Vec<Kw>);

/// Power of an energy over the whole control interval.
fn over_interval(clock: &Clock, energy: Kwh) -> Kw {
    energy / Hours::from_s(clock.interval_s())
}

pub(super) fn ask(
    clock: Res<Clock>,
    plazas: Res<Plazas>,
    fresh: Res<Fresh>,
    roster: Res<Roster<Port>>,
    mut asks: ResMut<Asks>,
    ports: Query<(&Port, &Plug)>,
) {
    asks.0.clear();
    if clock.done() {
        return;
    }
    let mut push = |id: &PortId| {
        if let Ok((port, Plug { session: Some(session), .. })) = ports.get(roster.entity(id.index())) {
            push_row(&mut asks.0, port, session, ask_of(&clock, port, session), give_of(&clock, port, session));
        }
    };
    if clock.starts_interval() {
        plazas.at.iter().flat_map(|plaza| &plaza.occupied).for_each(&mut push);
    } else {
        fresh.0.iter().for_each(&mut push);
    }
}

/// Mean power over the interval that a session can take through its port, grid side.
fn ask_of(clock: &Clock, port: &Port, session: &Session) -> Kw {
    let arrival = &session.arrival;
    let missing = arrival.target - arrival.battery.energy();
    let time = Hours::from_s(clock.interval_end_s().saturating_sub(session.settled_s));
    if missing <= DONE {
        Kw::ZERO
    } else if let Some(offer) = arrival.offer {
        over_interval(clock, (offer.min(port.limit) * time).min(missing / port.efficiency))
    } else {
        let (reached, _) = arrival.battery.foresee(arrival.target, port.limit * port.efficiency, time);
        over_interval(clock, (reached - arrival.battery.energy()) / port.efficiency)
    }
}

/// Mean power over the interval that a vehicle may give back, grid side: the least of port, vehicle and energy above what
/// it keeps. Who leaves within the interval gives nothing: nobody could rely on it.
fn give_of(clock: &Clock, port: &Port, session: &Session) -> Kw {
    let arrival = &session.arrival;
    let most = port.gives.min(arrival.gives.limit * port.efficiency);
    if most <= Kw::ZERO || arrival.depart_s.is_some_and(|depart_s| depart_s < clock.interval_end_s()) {
        return Kw::ZERO;
    }
    let spare = (arrival.battery.energy() - arrival.gives.keep).max(Kwh::ZERO);
    most.min(over_interval(clock, spare * port.efficiency))
}

fn push_row(columns: &mut SessionColumns, port: &Port, session: &Session, ask: Kw, give: Kw) {
    let arrival = &session.arrival;
    columns.port.push(port.id.0);
    columns.site.push(port.site.0);
    columns.node.push(port.node);
    columns.vehicle.push(arrival.rank);
    columns.ask_kw.push(ask);
    columns.max_kw.push(arrival.offer.map_or(port.limit, |offer| offer.min(port.limit)));
    columns.give_kw.push(give);
    columns.soc.push(arrival.battery.soc());
    columns.needs_kwh.push((arrival.target - arrival.battery.energy()) / port.efficiency);
    columns.duty_kwh.push((arrival.duty.min(arrival.target) - arrival.battery.energy()) / port.efficiency);
    columns.arrive_s.push(arrival.at_s);
    columns.depart_s.push(session.told_depart_s);
}

pub(super) fn plan(
    clock: Res<Clock>,
    asks: Res<Asks>,
    tree: Res<LimitTree>,
    headroom: Res<Headroom>,
    outlook: Res<SiteOutlook>,
    mut policy: ResMut<PolicySlot<Charging>>,
    mut fault: ResMut<Fault>,
    mut plans: ResMut<Plans>,
) {
    plans.0.clear();
    if asks.0.is_empty() {
        return;
    }
    if !clock.starts_interval() {
        // Between boundaries nobody is asked: who begins takes what the interval has left.
        plans.0.extend_from_slice(&asks.0.ask_kw);
        return;
    }
    let view = ChargingView {
        time_s: clock.now_s(),
        interval_s: clock.interval_s(),
        tree: &tree,
        headroom_kw: &headroom.0,
        sessions: &asks.0,
        sites: &outlook,
    };
    match policy.0.decide(&view) {
        Ok(set_points) if set_points.len() == asks.0.len() => {
            let bounds = asks.0.ask_kw.iter().zip(&asks.0.give_kw);
            let within = set_points.iter().zip(bounds).map(|(plan, (ask, give))| plan.max(*give * -1.0).min(*ask));
            plans.0.extend(within);
        }
        Ok(set_points) => {
            fault.set(policy.0.name(), format!("gave {} set-points for {} sessions", set_points.len(), asks.0.len()));
        }
        Err(message) => fault.set(policy.0.name(), message),
    }
}

#[derive(SystemParam)]
pub(super) struct GrantInputs<'w> {
    clock: Res<'w, Clock>,
    asks: Res<'w, Asks>,
    plans: Res<'w, Plans>,
    roster: Res<'w, Roster<Port>>,
    tree: Res<'w, LimitTree>,
    headroom: Res<'w, Headroom>,
    spent: Res<'w, Spent>,
    sites: Res<'w, Sites>,
    outlook: Res<'w, SiteOutlook>,
}

impl GrantInputs<'_> {
    /// Mean power that a node has left in the present interval.
    fn left(&self, budget: &Budget, node: NodeId) -> Kw {
        let granted = over_interval(&self.clock, budget.granted(node));
        (self.headroom.0[node.index()] - granted).max(Kw::ZERO)
    }

    /// Cuts what vehicles give back to what the site uses beside charging, and to what it may feed into the grid: what
    /// others charge at the same time does not count, for it may end before the interval does.
    fn cut_feeding(&self, power: &mut [Kw]) {
        if power.iter().all(|power| *power >= Kw::ZERO) {
            return;
        }
        let outlook = &self.outlook;
        let used = outlook.load_kw.iter().zip(&outlook.solar_kw).map(|(load, sun)| (*load - *sun).max(Kw::ZERO));
        let export = self.sites.0.iter().map(|site| Kw(site.spec.export_limit_kw));
        let mut room: Vec<Kw> = used.zip(export).map(|(used, export)| used + export).collect();
        // A wire carries as much one way as the other: what all give back together stays within each limit.
        let mut through = self.tree.limit.clone();
        for (row, power) in power.iter_mut().enumerate().filter(|(_, power)| **power < Kw::ZERO) {
            let room = &mut room[self.asks.0.site[row] as usize];
            let node = self.asks.0.node[row];
            let limit = self.tree.upwards(node).map(|node| through[node.index()]);
            *power = power.max(limit.fold(*room, Kw::min) * -1.0).min(Kw::ZERO);
            *room += *power;
            for node in self.tree.upwards(node) {
                through[node.index()] += *power;
            }
        }
    }
}

/// Room that the grant step keeps between intervals.
#[derive(Resource, Debug, Default)]
pub(crate) struct Grants {
    sharing: Sharing,
    power: Vec<Kw>,
    takes: Vec<Kw>,
}

pub(super) fn grant(
    inputs: GrantInputs<'_>,
    mut tables: ResMut<ChargingTables>,
    mut budget: ResMut<Budget>,
    mut grants: ResMut<Grants>,
    mut ports: Query<(&Port, &mut Plug, &mut Grant)>,
) {
    let GrantInputs { clock, asks, plans, roster, tree, .. } = &inputs;
    if clock.starts_interval() {
        budget.begin(clock.now_s());
        for (node, spent) in &inputs.spent.0 {
            budget.grant(tree, *node, *spent);
        }
    }
    let Grants { sharing, power, takes } = &mut *grants;
    power.clone_from(&plans.0);
    if clock.starts_interval() {
        inputs.cut_feeding(power);
        takes.clear();
        takes.extend(power.iter().map(|power| power.max(Kw::ZERO)));
        sharing.cut(tree, |node| inputs.left(&budget, node), &asks.0.node, takes);
        power.iter_mut().zip(&*takes).for_each(|(power, takes)| *power = power.min(*takes));
    }
    let interval = Hours::from_s(clock.interval_s());
    for (row, plan) in power.iter().enumerate() {
        // At a boundary everybody has been cut to what all fit into; later, who begins first takes what is left.
        let node = asks.0.node[row];
        let mean = if clock.starts_interval() {
            *plan
        } else {
            tree.upwards(node).map(|node| inputs.left(&budget, node)).fold(*plan, Kw::min)
        };
        budget.grant(tree, node, mean.max(Kw::ZERO) * interval);
        let Ok((port, mut plug, mut grant)) = ports.get_mut(roster.entity(asks.0.port[row] as usize)) else {
            continue;
        };
        let Some(session) = &mut plug.session else {
            continue;
        };
        *grant = set_point(clock, port, session, asks.0.ask_kw[row], mean);
        look_ahead(clock, port, session, &grant, &mut tables);
    }
}

fn set_point(clock: &Clock, port: &Port, session: &Session, ask: Kw, mean: Kw) -> Grant {
    let is_all = mean.0 >= ask.0 * (1.0 - 1e-12);
    let offer = session.arrival.offer.unwrap_or(port.limit).min(port.limit);
    let time = Hours::from_s(clock.interval_end_s().saturating_sub(session.settled_s));
    // Who asks for nothing has what it came for, whatever the limit.
    let set_point = if ask <= Kw::ZERO && mean >= Kw::ZERO {
        Kw::ZERO
    } else if is_all {
        offer
    } else {
        mean * Hours::from_s(clock.interval_s()) / time
    };
    Grant { mean, set_point }
}

/// Where the set-point leads until the end of the interval; a session that will be done goes on the agenda.
fn look_ahead(clock: &Clock, port: &Port, session: &mut Session, grant: &Grant, tables: &mut ChargingTables) {
    let end_s = clock.interval_end_s();
    let time = Hours::from_s(end_s.saturating_sub(session.settled_s));
    (session.ahead, session.finish_s) = (None, None);
    if grant.set_point < Kw::ZERO {
        return;
    }
    let arrival = &session.arrival;
    let cap = grant.set_point.min(port.limit) * port.efficiency;
    let (reached, used) = arrival.battery.foresee(arrival.target, cap, time);
    session.ahead = Some((end_s, reached));
    session.finish_s = (session.unplug.is_none() && arrival.target - reached <= DONE).then(|| {
        let finish_s = session.settled_s + (used.0 * 3600.0 - 1e-6).ceil().max(0.0) as u32;
        tables.agenda.push(Due { at_s: finish_s, kind: kind::FINISH, id: port.id.0 });
        finish_s
    });
}
