//! The tree of limits, loads and meters: what the grid knows.
//!
//! Inner nodes (the sites, then the nodes of `[node]`) are entities: limits, loads and meters are their components. The
//! headroom is an array by node, cabinets included: charging looks it up for each session at each node above it, and the
//! policy sees it as one column.

use crate::kernel::ids::{NodeId, Roster, SiteId};
use crate::kernel::units::{Hours, Kw, Kwh};
use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::{Component, Query, Res, Resource};
use bevy_ecs::query::QueryData;
use bevy_ecs::system::SystemParam;
use std::sync::Arc;

/// The tree of limits. Nodes are the sites (same index), then the nodes of `[node]`, then the cabinets.
#[derive(Resource, Debug, Clone, Default)]
pub struct LimitTree {
    parent: Vec<Option<NodeId>>,
    limit: Vec<Kw>,
    /// Place of each node in an order with every child before its parent.
    rank: Vec<u32>,
}

impl LimitTree {
    /// A tree from parents and limits. There must be no circle.
    ///
    /// # Panics
    /// When there is one (the scenario's check excludes it).
    #[must_use]
    pub fn new(parent: Vec<Option<NodeId>>, limit: Vec<Kw>) -> Self {
        let mut depth = vec![0_usize; parent.len()];
        for (node, above) in parent.iter().enumerate() {
            let mut at = *above;
            while let Some(up) = at {
                depth[node] += 1;
                assert!(depth[node] <= parent.len(), "the limits form a circle");
                at = parent[up.index()];
            }
        }
        let mut bottom_up: Vec<NodeId> = (0..parent.len()).map(NodeId::at).collect();
        bottom_up.sort_by_key(|node| (core::cmp::Reverse(depth[node.index()]), *node));
        let mut rank = vec![0; parent.len()];
        for (at, node) in bottom_up.into_iter().enumerate() {
            rank[node.index()] = at as u32;
        }
        Self { parent, limit, rank }
    }

    /// The node above each, if any.
    #[must_use]
    pub fn parents(&self) -> &[Option<NodeId>] {
        &self.parent
    }

    /// Most mean power of an interval at each node; infinite where there is no limit.
    #[must_use]
    pub fn limits(&self) -> &[Kw] {
        &self.limit
    }

    /// Breaks the tree on purpose, for tests of the audit: these nodes limit nothing.
    #[cfg(test)]
    pub(crate) fn lift(&mut self, nodes: impl core::slice::SliceIndex<[Kw], Output = [Kw]>) {
        self.limit[nodes].fill(Kw(f64::INFINITY));
    }

    /// The place of a node in an order with every child before its parent.
    pub(super) fn rank(&self, node: NodeId) -> u32 {
        self.rank[node.index()]
    }

    /// This node and all above it.
    pub fn upwards(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        core::iter::successors(Some(node), |at| self.parent[at.index()])
    }
}

/// Inner nodes of the tree of limits, children before parents.
#[derive(Resource, Debug, Default)]
pub(crate) struct BottomUp(Vec<NodeId>);

impl BottomUp {
    /// Of a tree whose first nodes are the inner ones.
    pub(super) fn new(tree: &LimitTree, inner_nodes: usize) -> Self {
        let mut nodes: Vec<NodeId> = (0..inner_nodes).map(NodeId::at).collect();
        nodes.sort_by_key(|node| tree.rank(*node));
        Self(nodes)
    }

    /// Adds the value of each inner node to all above it.
    pub(super) fn rolled_up(&self, tree: &LimitTree, mut sum: Vec<Kw>) -> Vec<Kw> {
        for node in &self.0 {
            if let Some(above) = tree.parents()[node.index()] {
                let below = sum[node.index()];
                sum[above.index()] += below;
            }
        }
        sum
    }
}

/// An inner node of the tree of limits.
#[derive(Component, Debug)]
#[component(immutable)]
pub(crate) struct InnerNode {
    /// Its id.
    pub(super) id: NodeId,
    /// The site that it belongs to.
    pub(super) site: SiteId,
}

/// A site's connection is the inner node of the same number.
#[must_use]
pub(crate) fn node_of(site: SiteId) -> NodeId {
    NodeId(site.0)
}

/// The inner node that something stands at: an array, a stationary battery, a transformer.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub(crate) struct AtNode(pub(super) NodeId);

/// The limit of an inner node in the interval that runs. Written by the grid.
#[derive(Component, Debug, Clone, Copy)]
pub(crate) struct LimitNow(Kw);

impl LimitNow {
    /// A limit; infinite where there is none.
    pub(super) const fn of(limit: Kw) -> Self {
        Self(limit)
    }

    /// Most mean power; infinite where there is no limit.
    pub(crate) const fn power(self) -> Kw {
        self.0
    }
}

/// A kind of load at an inner node, with one room that writes it.
pub(crate) trait NodeLoad: Component<Mutability = Mutable> {
    /// Sets its mean power.
    fn set(&mut self, power: Kw);

    /// Adds to its mean power.
    fn add(&mut self, power: Kw);
}

macro_rules! node_loads {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Component, Debug, Clone, Copy, Default)]
        pub(crate) struct $name(Kw);

        impl $name {
            /// Its mean power.
            pub(super) const fn power(self) -> Kw {
                self.0
            }
        }

        impl NodeLoad for $name {
            fn set(&mut self, power: Kw) {
                self.0 = power;
            }

            fn add(&mut self, power: Kw) {
                self.0 += power;
            }
        }
    )* };
}

node_loads! {
    /// Load that is not simulated, in the interval that runs. Written by the grid.
    BaseLoad,
    /// Solar power in the interval that runs. Written by the grid.
    SolarPower,
    /// Cranes and other grid-connected equipment, in the interval that runs. Written by the terminal room.
    EquipmentLoad,
    /// Vessels at berth, in the interval that runs. Written by the freight room.
    ShoreLoad,
    /// Hydrogen production and compression, mean of the interval that ended last. Written by the hydrogen room.
    HydrogenLoad,
}

/// One kind of load at all inner nodes, for the room that writes it.
#[derive(SystemParam)]
pub(crate) struct NodeLoads<'w, 's, L: NodeLoad> {
    roster: Res<'w, Roster<InnerNode>>,
    loads: Query<'w, 's, &'static mut L>,
}

impl<L: NodeLoad> NodeLoads<'_, '_, L> {
    /// Nothing is drawn anywhere, as each interval begins.
    pub(crate) fn clear(&mut self) {
        for mut load in &mut self.loads {
            load.set(Kw::ZERO);
        }
    }

    /// This mean power is drawn at a node, beside what is drawn already.
    pub(crate) fn add(&mut self, node: NodeId, power: Kw) {
        self.roster.get_mut(&mut self.loads, node.index()).add(power);
    }

    /// This mean power is drawn at a node.
    pub(super) fn set(&mut self, node: NodeId, power: Kw) {
        self.roster.get_mut(&mut self.loads, node.index()).set(power);
    }
}

/// Power of everything but charging, storage and hydrogen at an inner node in the interval that runs.
#[derive(QueryData)]
pub(super) struct OtherLoad {
    pub(super) base: &'static BaseLoad,
    pub(super) solar: &'static SolarPower,
    pub(super) equipment: &'static EquipmentLoad,
    pub(super) shore: &'static ShoreLoad,
}

impl OtherLoadItem<'_, '_> {
    /// What the node draws itself; below zero where the sun gives more.
    pub(super) fn own(&self) -> Kw {
        self.base.power() + self.equipment.power() + self.shore.power() - self.solar.power()
    }
}

/// Grid energy that sessions drew at the charging ports directly behind an inner node. Written by the charging room.
#[derive(Component, Debug, Default)]
pub(crate) struct ChargingLoad {
    running: Kwh,
    closed: Kwh,
}

impl ChargingLoad {
    /// Drawn in the interval that ended last.
    pub(super) fn closed(&self) -> Kwh {
        self.closed
    }
}

/// What charging draws at all inner nodes, for the charging room.
#[derive(SystemParam)]
pub(crate) struct ChargingLoads<'w, 's> {
    roster: Res<'w, Roster<InnerNode>>,
    loads: Query<'w, 's, &'static mut ChargingLoad>,
}

impl ChargingLoads<'_, '_> {
    /// A session at a charging port directly behind a node drew energy in the interval that runs; below zero where it
    /// exported.
    pub(crate) fn draw(&mut self, node: NodeId, energy: Kwh) {
        self.roster.get_mut(&mut self.loads, node.index()).running += energy;
    }

    /// The interval has ended: another begins.
    pub(crate) fn close(&mut self) {
        for mut load in &mut self.loads {
            load.closed = core::mem::take(&mut load.running);
        }
    }
}

/// Mean power of an inner node in the interval that ended last. Written by the grid.
#[derive(Component, Debug, Clone, Copy, Default)]
pub(crate) struct IntervalLoad {
    charging: Kw,
    storage: Kw,
    own: Kw,
    net: Kw,
    net_charging: Kw,
}

impl IntervalLoad {
    /// Of the node itself `own`, of it `charging`; storage and nodes below it still to come.
    pub(super) fn of(own: Kw, charging: Kw) -> Self {
        Self { charging, storage: Kw::ZERO, own, net: own, net_charging: charging }
    }

    /// A stationary battery at the node takes this power; below zero where it gives.
    pub(super) fn add_storage(&mut self, power: Kw) {
        self.storage += power;
        self.own += power;
    }

    /// With all nodes below it the node draws this power, of it for charging.
    pub(super) fn set_net(&mut self, net: Kw, charging: Kw) {
        (self.net, self.net_charging) = (net, charging);
    }

    /// Charging directly behind it.
    pub(super) fn charging(&self) -> Kw {
        self.charging
    }

    /// Taken by storage at it, less given.
    pub(super) fn storage(&self) -> Kw {
        self.storage
    }

    /// Everything directly at it.
    pub(super) fn own(&self) -> Kw {
        self.own
    }

    /// Everything at it and below.
    pub(super) fn net(&self) -> Kw {
        self.net
    }

    /// Charging at it and below.
    pub(super) fn net_charging(&self) -> Kw {
        self.net_charging
    }
}

/// Energy through the meter of a site's connection since the start. Written by the grid.
#[derive(Component, Debug, Clone, Copy, Default)]
pub(crate) struct Meter {
    total: Kwh,
    charging: Kwh,
}

impl Meter {
    /// An interval has ended in which the site drew this mean power in all, net of solar and of what storage gives, and
    /// this for charging.
    pub(super) fn count(&mut self, total: Kw, charging: Kw, time: Hours) {
        self.total += total * time;
        self.charging += charging * time;
    }

    /// Everything, net of solar and of what storage gives.
    pub(crate) fn total(&self) -> Kwh {
        self.total
    }

    /// Of it charging.
    pub(crate) fn charging(&self) -> Kwh {
        self.charging
    }
}

/// Power left for charging in the interval that begins, by node. Written by the grid; hydrogen takes its part before
/// charging. One column and not a component of each node: sharing out walks the tree by the numbers of its nodes, upwards from
/// every port, and reads neighbours of the column; by entity each step would be a look-up of its own.
#[derive(Resource, Debug, Default)]
pub(crate) struct Headroom(Vec<Kw>);

impl Headroom {
    /// By node, nothing taken yet.
    pub(super) fn of(limits: &[Kw]) -> Self {
        Self(limits.to_vec())
    }

    /// An interval begins with these limits; those of the inner nodes come first and may be lower.
    pub(super) fn begin(&mut self, limits: &[Kw], inner: impl Iterator<Item = Kw>) {
        self.0.clear();
        self.0.extend(inner);
        self.0.extend_from_slice(&limits[self.0.len()..]);
    }

    /// Keeps a power for a load at a node: nothing at it or above it can have it any more.
    pub(crate) fn take(&mut self, tree: &LimitTree, node: NodeId, power: Kw) {
        for node in tree.upwards(node) {
            self.0[node.index()] -= power;
        }
    }

    /// Power left at a node.
    pub(crate) fn at(&self, node: NodeId) -> Kw {
        self.0[node.index()]
    }

    /// Power left at each node.
    pub(crate) fn by_node(&self) -> &[Kw] {
        &self.0
    }
}

/// What a tariff asks for in each control interval of a run.
#[derive(Debug, Clone)]
pub struct TariffAhead {
    /// Energy price, $/kWh; empty without a tariff.
    pub energy_usd_per_kwh: Arc<[f64]>,
    /// A kW more of the peak that counts then, $/kW; empty without a tariff.
    pub demand_usd_per_kw: Arc<[f64]>,
    /// Is the day billed as a holiday? Empty without a tariff.
    pub is_holiday: Arc<[bool]>,
}

impl TariffAhead {
    /// Energy prices alone, $/kWh.
    #[must_use]
    pub fn of_energy(usd_per_kwh: impl Into<Arc<[f64]>>) -> Self {
        Self { energy_usd_per_kwh: usd_per_kwh.into(), demand_usd_per_kw: Arc::new([]), is_holiday: Arc::new([]) }
    }
}

/// Local time of a control interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// Hour of the day, 0 to 23.
    pub hour: u32,
    /// 0 (Monday) to 6.
    pub weekday: u32,
    /// 1 (January) to 12.
    pub month: u32,
}

/// What a policy may know of each site. One row a site, in id order. Written by the grid, the lines at charging ports by charging.
#[derive(Resource, Debug, Default)]
pub struct SiteOutlook {
    load_kw: Vec<Kw>,
    solar_kw: Vec<Kw>,
    tariffs: Vec<TariffAhead>,
    peak_kw: Vec<Kw>,
    queue: Vec<u32>,
    local: LocalTime,
    now: usize,
    known: usize,
}

impl SiteOutlook {
    /// Of sites with these prices by control interval of the whole run, of which so many are known ahead, those of the running
    /// interval included.
    #[must_use]
    pub fn new(tariffs: Vec<TariffAhead>, known: usize) -> Self {
        let (none, queue) = (vec![Kw::ZERO; tariffs.len()], vec![0; tariffs.len()]);
        let local = LocalTime::default();
        Self { load_kw: none.clone(), solar_kw: none.clone(), tariffs, peak_kw: none, queue, local, now: 0, known }
    }

    /// An interval of the run begins in which nothing is drawn yet. A month begins without a peak.
    pub(super) fn begin(&mut self, now: usize, local: LocalTime) {
        if local.month != self.local.month {
            self.peak_kw.fill(Kw::ZERO);
        }
        (self.now, self.local) = (now, local);
        self.load_kw.fill(Kw::ZERO);
        self.solar_kw.fill(Kw::ZERO);
    }

    /// Power of everything but charging, without solar, and solar power of a part of a site in the interval that begins.
    pub(crate) fn add(&mut self, site: usize, load: Kw, solar: Kw) {
        self.load_kw[site] += load;
        self.solar_kw[site] += solar;
    }

    /// A site drew this mean power in the interval that ended.
    pub(super) fn meter(&mut self, site: usize, total: Kw) {
        self.peak_kw[site] = self.peak_kw[site].max(total);
    }

    /// So many vehicles wait for a charging port of a site.
    pub(crate) fn wait(&mut self, site: usize, vehicles: u32) {
        self.queue[site] = vehicles;
    }

    /// Local time at which the interval began.
    #[must_use]
    pub fn local(&self) -> LocalTime {
        self.local
    }

    /// Highest mean power of an interval of this calendar month so far, net of solar and of what storage gives, by site; not below 0.
    #[must_use]
    pub fn peak_kw(&self) -> &[Kw] {
        &self.peak_kw
    }

    /// Vehicles that waited for a charging port as the interval began, by site.
    #[must_use]
    pub fn queue(&self) -> &[u32] {
        &self.queue
    }

    /// What a kW more of the peak costs that counts in the running interval, by site, $/kW; 0 without a tariff.
    pub fn demand_usd_per_kw(&self) -> impl Iterator<Item = f64> {
        self.tariffs.iter().map(|tariff| tariff.demand_usd_per_kw.get(self.now).copied().unwrap_or(0.0))
    }

    /// Does the tariff bill the day of the running interval as a holiday? By site; no without a tariff.
    pub fn is_holiday(&self) -> impl Iterator<Item = bool> {
        self.tariffs.iter().map(|tariff| tariff.is_holiday.get(self.now).copied().unwrap_or(false))
    }

    /// Power of everything but charging in the interval that begins, without solar, by site.
    #[must_use]
    pub fn load_kw(&self) -> &[Kw] {
        &self.load_kw
    }

    /// Solar power in the interval that begins, by site.
    #[must_use]
    pub fn solar_kw(&self) -> &[Kw] {
        &self.solar_kw
    }

    /// Energy price of a site in a control interval of the run, $/kWh; none without a tariff.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub(crate) fn price_usd_per_kwh(&self, site: usize, interval: usize) -> Option<f64> {
        self.tariffs[site].energy_usd_per_kwh.get(interval).copied()
    }

    /// How many intervals prices are known ahead, this one included.
    #[must_use]
    pub fn known(&self) -> usize {
        self.known
    }

    /// How many sites there are.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.load_kw.len()
    }

    /// Energy price of this and the coming intervals at a site, $/kWh, as far as it is known; empty without a tariff.
    #[must_use]
    pub fn prices(&self, site: usize) -> &[f64] {
        let all = &self.tariffs[site].energy_usd_per_kwh;
        let from = self.now.min(all.len());
        &all[from..all.len().min(from + self.known)]
    }
}
