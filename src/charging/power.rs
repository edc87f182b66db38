//! Power becomes energy: Ask (what a session can take) -> Plan (what the policy wants) -> Grant (what the limits allow)
//! -> delivered.

use super::agenda::{ChargingAgenda, Event};
use super::allocation::LivePower;
use super::budget::Budget;
use super::export::Export;
use super::session::{Plug, over_interval};
use super::state::{Port, SessionLog, SetPoint, SitePorts, SiteQueue};
use crate::grid::limits::TimedLimits;
use crate::grid::rules::Sharing;
use crate::grid::state::{ChargingLoads, Headroom, InnerNode, LimitNow, LimitTree, SiteOutlook};
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, PortId, Roster};
use crate::kernel::units::{Hours, Kw};
use crate::policy::kind::Charging;
use crate::policy::{ChargingView, Fault, PolicySlot, SessionColumns};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// At a boundary: settles all sessions and closes the interval's account.
pub(super) fn deliver(
    clock: Res<Clock>,
    sites: Res<Roster<SiteQueue>>,
    roster: Res<Roster<Port>>,
    site_ports: Query<&SitePorts>,
    mut loads: ChargingLoads<'_, '_>,
    mut ports: Query<(&Port, &mut Plug, &SetPoint)>,
) {
    for id in sites.iter(&site_ports).flat_map(SitePorts::occupied) {
        let (port, mut plug, set_point) = roster.get_mut(&mut ports, id.index());
        let session = plug.session_mut().expect("an occupied charging port has a session");
        let drawn = session.settle(port, *set_point, clock.now_s());
        loads.draw(port.above, drawn);
    }
    loads.close();
}

/// What limits are, and what is left of them.
#[derive(SystemParam)]
pub(super) struct Limits<'w, 's> {
    calendar: Res<'w, Calendar>,
    timed: Res<'w, TimedLimits>,
    nodes: Res<'w, Roster<InnerNode>>,
    before: Query<'w, 's, &'static LimitNow>,
    headroom: Res<'w, Headroom>,
    tree: Res<'w, LimitTree>,
}

impl Limits<'_, '_> {
    /// The share of its power that charging at each inner node keeps in the interval that begins: what the limit loses,
    /// it loses. None when no limit falls.
    fn shares(&self, clock: &Clock) -> Option<Vec<f64>> {
        let mut now = self.tree.limits()[..self.nodes.len()].to_vec();
        self.timed.lower(&self.calendar, clock.now_s(), clock.interval_end_s(), &mut now);
        let share = |node: usize| {
            let before = self.nodes.get(&self.before, node).power();
            let (had, lost) = (self.headroom.at(NodeId::at(node)), before - now[node]);
            match lost > Kw::ZERO {
                true if had.0.is_finite() && had > Kw::ZERO => ((had - lost) / had).max(0.0),
                true => 0.0,
                false => 1.0,
            }
        };
        let shares: Vec<f64> = (0..now.len()).map(share).collect();
        shares.iter().any(|share| *share < 1.0).then_some(shares)
    }
}

/// At a boundary where a limit falls: a vehicle that leaves before the new set-points are out is held to what is left of
/// the old one, so that the new limit holds from its first second.
pub(super) fn hold_leavers(
    clock: Res<Clock>,
    live: Option<Res<LivePower>>,
    limits: Limits<'_, '_>,
    sites: Res<Roster<SiteQueue>>,
    roster: Res<Roster<Port>>,
    site_ports: Query<&SitePorts>,
    mut ports: Query<(&Port, &mut Plug, &mut SetPoint)>,
) {
    if limits.timed.is_empty() || live.is_some() {
        return;
    }
    let Some(shares) = limits.shares(&clock) else { return };
    for id in sites.iter(&site_ports).flat_map(SitePorts::occupied) {
        let (port, mut plug, mut set_point) = roster.get_mut(&mut ports, id.index());
        let session = plug.session_mut().expect("an occupied charging port has a session");
        let share = limits.tree.upwards(port.above).map(|node| shares[node.index()]).fold(1.0, f64::min);
        let leaves = session.arrival().depart_s.is_some_and(|depart_s| depart_s < clock.tick_end_s());
        if leaves && share < 1.0 && set_point.power() > Kw::ZERO {
            *set_point = SetPoint::of(set_point.power() * share);
            session.forget_forecast();
        }
    }
}

/// As a control interval begins: how many vehicles wait at each site, for policies.
pub(super) fn tell_queues(sites: Res<Roster<SiteQueue>>, queues: Query<&SiteQueue>, mut outlook: ResMut<SiteOutlook>) {
    for (site, queue) in sites.iter(&queues).enumerate() {
        outlook.wait(site, queue.waiting().len() as u32);
    }
}

/// What the sessions that need a set-point now can take: all with a session at a boundary, else those that have just
/// begun. Written by the ask step.
#[derive(Resource, Debug, Default)]
pub(crate) struct Asks(SessionColumns);

/// What the policy wants for each of them. Written by the plan step.
#[derive(Resource, Debug, Default)]
pub(crate) struct Plans(Vec<Kw>);

/// Does any session need a set-point in this tick? Between boundaries only those that have just begun do; none where power
/// is shared at each event.
pub(super) fn needs_set_points(clock: Res<Clock>, log: Res<SessionLog>, live: Option<Res<LivePower>>) -> bool {
    live.is_none() && !clock.done() && (clock.starts_interval() || !log.begun().is_empty())
}

pub(super) fn ask(
    clock: Res<Clock>,
    log: Res<SessionLog>,
    sites: Res<Roster<SiteQueue>>,
    roster: Res<Roster<Port>>,
    site_ports: Query<&SitePorts>,
    ports: Query<(&Port, &Plug, &SetPoint)>,
    mut asks: ResMut<Asks>,
) {
    asks.0.clear();
    let mut push = |id: &PortId| {
        let (port, plug, power) = roster.get(&ports, id.index());
        let session = plug.session().expect("an occupied charging port has a session");
        session.push_row(&mut asks.0, port, *power, (session.ask(&clock, port), session.may_export(&clock, port)));
    };
    if clock.starts_interval() {
        sites.iter(&site_ports).flat_map(SitePorts::occupied).for_each(&mut push);
    } else {
        log.begun().iter().for_each(&mut push);
    }
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
        // Between boundaries the policy is not asked: a session that begins takes what the interval has left.
        plans.0.extend_from_slice(&asks.0.ask_kw);
        return;
    }
    let view = ChargingView {
        time_s: clock.now_s(),
        interval_s: clock.interval_s(),
        tree: &tree,
        headroom_kw: headroom.by_node(),
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
    log: Res<'w, SessionLog>,
    export: Export<'w>,
}

impl GrantInputs<'_> {
    /// Mean power that a node has left in the present interval.
    fn left(&self, budget: &Budget, node: NodeId) -> Kw {
        let granted = over_interval(&self.clock, budget.granted(node));
        (self.headroom.at(node) - granted).max(Kw::ZERO)
    }
}

/// Room that the grant step keeps between intervals.
#[derive(Resource, Debug, Default)]
pub(crate) struct GrantBuffers {
    sharing: Sharing,
    power: Vec<Kw>,
    takes: Vec<Kw>,
}

pub(super) fn grant(
    inputs: GrantInputs<'_>,
    mut agenda: ResMut<ChargingAgenda>,
    mut budget: ResMut<Budget>,
    mut buffers: ResMut<GrantBuffers>,
    mut ports: Query<(&Port, &mut Plug, &mut SetPoint)>,
) {
    let GrantInputs { clock, asks, plans, roster, tree, .. } = &inputs;
    if clock.starts_interval() {
        budget.begin(clock.now_s());
        for (node, drawn) in inputs.log.drawn_by_leavers() {
            budget.grant(tree, *node, *drawn);
        }
    }
    let GrantBuffers { sharing, power, takes } = &mut *buffers;
    power.clone_from(&plans.0);
    if clock.starts_interval() {
        inputs.export.cut(tree, &asks.0, power);
        takes.clear();
        takes.extend(power.iter().map(|power| power.max(Kw::ZERO)));
        sharing.cut(tree, |node| inputs.left(&budget, node), &asks.0.node, takes);
        power.iter_mut().zip(&*takes).for_each(|(power, takes)| *power = power.min(*takes));
    }
    let interval = Hours::from_s(clock.interval_s());
    for (row, plan) in power.iter().enumerate() {
        // At a boundary all have been cut to what they fit into; later, the session that begins first takes what is left.
        let node = asks.0.node[row];
        let mean = if clock.starts_interval() {
            *plan
        } else {
            tree.upwards(node).map(|node| inputs.left(&budget, node)).fold(*plan, Kw::min)
        };
        budget.grant(tree, node, mean.max(Kw::ZERO) * interval);
        let (port, mut plug, mut set_point) = roster.get_mut(&mut ports, asks.0.port[row] as usize);
        let session = plug.session_mut().expect("a session that asked is still there");
        *set_point = session.set_point(clock, port, asks.0.ask_kw[row], mean);
        if let Some(finish_s) = session.look_ahead(clock, port, *set_point) {
            agenda.push(finish_s, Event::Finish(port.id));
        }
    }
}
