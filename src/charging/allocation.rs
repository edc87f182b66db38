//! Power that is shared at each event: plug-in, unplug, full battery, taper, change of a limit. Limits hold in every second,
//! and no wait depends on the length of the control interval.
//!
//! Sharing is local in the tree of limits: a change below a node moves the sessions elsewhere only if the node is full. So what
//! is shared anew is what lies below the highest full node above the change, and nothing where none is full.
//!
//! A policy that is memoryless is asked at each event, for the sessions concerned. Any other is asked when a control interval
//! begins; what it gives each session is then its cap, and sessions under a full node share max-min fair up to their caps.

use super::agenda::{ChargingAgenda, Event};
use super::entities::{Ports, SiteQueues};
use super::export::Export;
use super::session::Session;
use super::state::{Port, SetPoint};
use crate::grid::rules::Sharing;
use crate::grid::state::{ChargingLoads, Headroom, LimitTree};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, PortId, SiteId};
use crate::kernel::units::Kw;
use crate::policy::kind::Charging;
use crate::policy::{ChargingView, Fault, PolicySlot, SessionColumns};
use bevy_ecs::prelude::{Res, ResMut, Resource};
use bevy_ecs::system::SystemParam;

/// A node that has no more than this share of its limit left is full, whatever was rounded.
const FULL: f64 = 1e-9;

/// The power in force. It is there only where power is shared at each event. Written by the queue step.
#[derive(Resource, Debug)]
pub(crate) struct LivePower {
    interval_s: u32,
    /// Sum of the set-points of the sessions below each node, grid side.
    by_node: Vec<Kw>,
    /// What was left of each limit for charging when it was looked at last.
    headroom: Vec<Kw>,
    /// Sites with charging ports below each node.
    sites_below: Vec<Vec<SiteId>>,
    /// Nodes below which power has to be shared anew.
    changed: Vec<NodeId>,
    sharing: Sharing,
    sessions: SessionColumns,
}

impl LivePower {
    /// No session has power yet.
    pub(super) fn new(interval_s: u32, tree: &LimitTree, ports: &[Port]) -> Self {
        let nodes = tree.parents().len();
        let mut sites_below = vec![Vec::new(); nodes];
        for port in ports {
            for node in tree.upwards(port.node) {
                let sites: &mut Vec<SiteId> = &mut sites_below[node.index()];
                if sites.last() != Some(&port.site) {
                    sites.push(port.site);
                }
            }
        }
        Self {
            interval_s,
            by_node: vec![Kw::ZERO; nodes],
            headroom: vec![Kw(f64::INFINITY); nodes],
            sites_below,
            changed: Vec::new(),
            sharing: Sharing::default(),
            sessions: SessionColumns::default(),
        }
    }

    /// A set-point changes at a node, and so at all above it.
    fn add(&mut self, tree: &LimitTree, node: NodeId, power: Kw) {
        for node in tree.upwards(node) {
            self.by_node[node.index()] += power;
        }
    }

    /// The highest node from this one upwards that has no room for a further power.
    fn highest_full(&self, tree: &LimitTree, headroom: &Headroom, node: NodeId, more: Kw) -> Option<NodeId> {
        let is_full = |node: &NodeId| {
            let (sum, limit) = ((self.by_node[node.index()] + more).0, headroom.at(*node).0);
            if more > Kw::ZERO { sum > limit * (1.0 + FULL) } else { sum >= limit * (1.0 - FULL) }
        };
        tree.upwards(node).filter(is_full).last()
    }

    /// Takes the nodes below which power has to be shared anew, without those that are below another one.
    fn take_changed(&mut self, tree: &LimitTree) -> Vec<NodeId> {
        let mut changed = core::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        let is_below = |node: NodeId| tree.upwards(node).skip(1).any(|above| changed.binary_search(&above).is_ok());
        changed.iter().copied().filter(|node| !is_below(*node)).collect()
    }
}

/// How power is shared while vehicles come and go.
#[derive(SystemParam)]
pub(super) struct PowerSharing<'w> {
    live: Option<ResMut<'w, LivePower>>,
    tree: Res<'w, LimitTree>,
    headroom: Res<'w, Headroom>,
    export: Export<'w>,
    policy: ResMut<'w, PolicySlot<Charging>>,
    fault: ResMut<'w, Fault>,
}

/// What sharing touches beside its own account.
pub(super) struct Sharers<'a, 'w, 's> {
    pub(super) ports: &'a mut Ports<'w, 's>,
    pub(super) sites: &'a SiteQueues<'w, 's>,
    pub(super) loads: &'a mut ChargingLoads<'w, 's>,
    pub(super) agenda: &'a mut ChargingAgenda,
}

impl PowerSharing<'_> {
    /// A vehicle has plugged in. It has what it can take at once where no limit stands in the way; else power is shared
    /// before time goes on.
    pub(super) fn enter(
        &mut self,
        agenda: &mut ChargingAgenda,
        port: &Port,
        session: &mut Session,
        set_point: &mut SetPoint,
    ) {
        let Some(live) = self.live.as_deref_mut() else { return };
        let wants = session.wants(port);
        if let Some(node) = live.highest_full(&self.tree, &self.headroom, port.node, wants) {
            live.changed.push(node);
            return;
        }
        live.add(&self.tree, port.node, wants);
        *set_point = SetPoint::of(wants);
        if let Some(finish_s) = session.foresee_finish(port, *set_point) {
            agenda.push(finish_s, Event::Finish(port.id));
        }
    }

    /// A vehicle unplugs that had this set-point.
    pub(super) fn leave(&mut self, port: &Port, set_point: SetPoint) {
        let Some(live) = self.live.as_deref_mut() else { return };
        live.changed.extend(live.highest_full(&self.tree, &self.headroom, port.node, Kw::ZERO));
        live.add(&self.tree, port.node, set_point.power().max(Kw::ZERO) * -1.0);
    }

    /// A battery accepts clearly less than it was granted.
    pub(super) fn taper(&mut self, port: &Port) {
        let Some(live) = self.live.as_deref_mut() else { return };
        live.changed.extend(live.highest_full(&self.tree, &self.headroom, port.node, Kw::ZERO));
    }

    /// Has power to be shared anew before time goes on?
    pub(super) fn is_due(&self) -> bool {
        self.live.as_ref().is_some_and(|live| !live.changed.is_empty())
    }

    /// A control interval begins: limits may have changed, and a policy that looks ahead is asked.
    pub(super) fn begin_interval(&mut self, clock: &Clock, sharers: &mut Sharers<'_, '_, '_>) {
        let Some(live) = self.live.as_deref_mut() else { return };
        let before = core::mem::replace(&mut live.headroom, self.headroom.by_node().to_vec());
        for (at, (before, now)) in before.iter().zip(&live.headroom).enumerate() {
            let sum = live.by_node[at];
            let was_full = sum.0 >= before.0 * (1.0 - FULL);
            if before != now && (was_full || sum.0 > now.0 * (1.0 + FULL)) {
                live.changed.push(NodeId::at(at));
            }
        }
        if !self.policy.0.is_memoryless() {
            self.set_caps(clock, sharers);
        }
        self.share(clock.now_s(), sharers);
    }

    /// Asks the policy for all sessions; what it gives each is its cap until it is asked again.
    fn set_caps(&mut self, clock: &Clock, sharers: &mut Sharers<'_, '_, '_>) {
        let Some(live) = self.live.as_deref_mut() else { return };
        live.sessions.clear();
        for id in sharers.sites.all_occupied() {
            let (port, plug) = sharers.ports.get(id);
            let session = plug.session().expect("an occupied charging port has a session");
            let bounds = (session.can_take(port), session.may_export(clock, port));
            session.push_row(&mut live.sessions, port, sharers.ports.power(id), bounds);
        }
        if live.sessions.is_empty() {
            return;
        }
        let roots = self.tree.parents().iter().enumerate().filter(|(_, above)| above.is_none());
        live.changed.extend(roots.map(|(node, _)| NodeId::at(node)));
        let Some(mut plan) = self.plan(clock.now_s()) else { return };
        let Some(live) = self.live.as_deref_mut() else { return };
        self.export.cut(&self.tree, &live.sessions, &mut plan);
        for (row, plan) in plan.into_iter().enumerate() {
            let (port, plug, set_point) = sharers.ports.get_mut(PortId(live.sessions.port[row]));
            let session = plug.session_mut().expect("an occupied charging port has a session");
            session.cap(plan.max(Kw::ZERO));
            if plan < Kw::ZERO || set_point.power() < Kw::ZERO {
                let had = core::mem::replace(set_point, SetPoint::of(plan.min(Kw::ZERO)));
                session.foresee_finish(port, *set_point);
                live.add(&self.tree, port.node, had.power().max(Kw::ZERO) * -1.0);
            }
        }
    }

    /// What the policy gives the sessions that are listed, each between what it may export and what it can take.
    fn plan(&mut self, time_s: u32) -> Option<Vec<Kw>> {
        let live = self.live.as_deref()?;
        let sessions = &live.sessions;
        let view = ChargingView {
            time_s,
            interval_s: live.interval_s,
            tree: &self.tree,
            headroom_kw: self.headroom.by_node(),
            sessions,
            sites: self.export.outlook(),
        };
        match self.policy.0.decide(&view) {
            Ok(mut plan) if plan.len() == sessions.len() => {
                for (row, plan) in plan.iter_mut().enumerate() {
                    *plan = plan.max(sessions.give_kw[row] * -1.0).min(sessions.ask_kw[row]);
                }
                Some(plan)
            }
            Ok(plan) => {
                let message = format!("gave {} set-points for {} sessions", plan.len(), sessions.len());
                self.fault.set(self.policy.0.name(), message);
                None
            }
            Err(message) => {
                self.fault.set(self.policy.0.name(), message);
                None
            }
        }
    }

    /// Shares power anew below all nodes where something has changed.
    pub(super) fn share(&mut self, at_s: u32, sharers: &mut Sharers<'_, '_, '_>) {
        while let Some(live) = self.live.as_deref_mut().filter(|live| !live.changed.is_empty()) {
            for node in live.take_changed(&self.tree) {
                self.list_below(node, at_s, sharers);
                self.share_among_listed(at_s, sharers);
                self.look_above(node);
            }
        }
    }

    /// What those below a node were given may be more than a higher one has left beside the others below that: then all of these
    /// share.
    fn look_above(&mut self, node: NodeId) {
        let Some(live) = self.live.as_deref_mut() else { return };
        let is_over = |node: &NodeId| live.by_node[node.index()].0 > self.headroom.at(*node).0.max(0.0) * (1.0 + FULL);
        live.changed.extend(self.tree.upwards(node).skip(1).filter(is_over).last());
    }

    /// Settles the sessions below a node and lists them with what each can take. Those that export have their set-point.
    fn list_below(&mut self, node: NodeId, at_s: u32, sharers: &mut Sharers<'_, '_, '_>) {
        let Some(live) = self.live.as_deref_mut() else { return };
        live.sessions.clear();
        for site in &live.sites_below[node.index()] {
            for id in sharers.sites.occupied(*site) {
                let (port, plug, set_point) = sharers.ports.get_mut(*id);
                if set_point.power() < Kw::ZERO || self.tree.upwards(port.node).all(|above| above != node) {
                    continue;
                }
                let session = plug.session_mut().expect("an occupied charging port has a session");
                let drawn = session.settle(port, *set_point, at_s);
                sharers.loads.draw(port.above, drawn);
                let wants = session.wants(port);
                session.push_row(&mut live.sessions, port, *set_point, (wants, Kw::ZERO));
            }
        }
    }

    fn share_among_listed(&mut self, at_s: u32, sharers: &mut Sharers<'_, '_, '_>) {
        let plan = if self.policy.0.is_memoryless() { self.plan(at_s) } else { None };
        let Some(live) = self.live.as_deref_mut() else { return };
        let mut power = plan.unwrap_or_else(|| live.sessions.ask_kw.clone());
        live.sharing.cut(&self.tree, |node| self.headroom.at(node), &live.sessions.node, &mut power);
        for (row, power) in power.iter().enumerate() {
            let (port, plug, set_point) = sharers.ports.get_mut(PortId(live.sessions.port[row]));
            let session = plug.session_mut().expect("a session that is listed is still there");
            let had = core::mem::replace(set_point, SetPoint::of(*power)).power();
            live.add(&self.tree, port.node, *power - had);
            // Where nothing has changed the end that was foreseen holds.
            if (*power != had || had <= Kw::ZERO)
                && let Some(finish_s) = session.foresee_finish(port, *set_point)
            {
                sharers.agenda.push(finish_s, Event::Finish(port.id));
            }
        }
        for id in &live.sessions.port {
            let (port, plug, set_point) = sharers.ports.get_mut(PortId(*id));
            let session = plug.session_mut().expect("a session that is listed is still there");
            if live.highest_full(&self.tree, &self.headroom, port.node, Kw::ZERO).is_some()
                && let Some(taper_s) = session.foresee_taper(port, *set_point)
            {
                sharers.agenda.push(taper_s, Event::Taper(port.id));
            }
        }
    }
}
