//! Sites, limits and meters: what the grid knows. Only this room writes it.

use super::solar::Array;
use super::spec::TransformerSpec;
use super::storage::Storage;
use super::transformer::Thermal;
use crate::kernel::ids::{NodeId, SiteId};
use crate::kernel::units::{Kw, Kwh};
use bevy_ecs::prelude::Resource;
use std::sync::Arc;

/// The tree of limits. Nodes are the sites (same index), then the cabinets.
#[derive(Resource, Debug, Clone, Default)]
pub struct LimitTree {
    /// The node above, if any.
    pub parent: Vec<Option<NodeId>>,
    /// Most mean power of an interval; infinite where there is no limit.
    pub limit: Vec<Kw>,
    /// Place of each node in an order with every child before its parent.
    pub rank: Vec<u32>,
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

    /// This node and all above it.
    pub fn upwards(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        core::iter::successors(Some(node), |at| self.parent[at.index()])
    }
}

/// Where each inner node of the tree belongs. Inner nodes are the sites, then the nodes of `[node]`; cabinets follow.
#[derive(Resource, Debug, Clone, Default)]
pub struct InnerNodes {
    /// Its site.
    pub site: Vec<SiteId>,
    /// Children before parents.
    pub bottom_up: Vec<NodeId>,
    /// Transformers: which node, and what they are.
    pub transformers: Vec<(NodeId, TransformerSpec)>,
}

impl InnerNodes {
    /// Of a tree whose first nodes have these sites.
    #[must_use]
    pub fn new(tree: &LimitTree, site: Vec<SiteId>, transformers: Vec<(NodeId, TransformerSpec)>) -> Self {
        let mut bottom_up: Vec<NodeId> = (0..site.len()).map(NodeId::at).collect();
        bottom_up.sort_by_key(|node| tree.rank[node.index()]);
        Self { site, bottom_up, transformers }
    }

    /// Adds the value of each inner node to all above it.
    #[must_use]
    pub fn rolled_up(&self, tree: &LimitTree, own: &[Kw]) -> Vec<Kw> {
        let mut sum = own.to_vec();
        for node in &self.bottom_up {
            if let Some(above) = tree.parent[node.index()] {
                let below = sum[node.index()];
                sum[above.index()] += below;
            }
        }
        sum
    }
}

/// Limits of the interval that runs, by inner node. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct LimitsNow(pub Vec<Kw>);

/// Power left for charging in the interval that begins, by node. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct Headroom(pub Vec<Kw>);

impl Headroom {
    /// Keeps a power for a load at a node: nobody at it or above it can have it any more.
    pub fn take(&mut self, tree: &LimitTree, node: NodeId, power: Kw) {
        for node in tree.upwards(node) {
            self.0[node.index()] -= power;
        }
    }
}

/// Power of everything but charging in the interval that runs. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct OtherLoad {
    /// Constant load, by inner node.
    pub fixed: Vec<Kw>,
    /// Solar power, by inner node.
    pub solar: Vec<Kw>,
    /// Cranes and other grid-connected equipment, by site.
    pub equipment: Vec<Kw>,
    /// Vessels at berth, by site.
    pub shore: Vec<Kw>,
    /// Hydrogen production and compression, mean of the interval that ended last. Written by the hydrogen room.
    pub hydrogen: Vec<Kw>,
}

impl OtherLoad {
    /// Vessels draw nothing. The freight room begins each interval so.
    pub fn clear_shore(&mut self) {
        self.shore.fill(Kw::ZERO);
    }

    /// A vessel at berth draws this power in the interval that begins. Written by the freight room.
    pub fn add_shore(&mut self, site: SiteId, power: Kw) {
        self.shore[site.index()] += power;
    }

    /// Grid-connected equipment draws nothing. The terminal room begins each interval so.
    pub fn clear_equipment(&mut self) {
        self.equipment.fill(Kw::ZERO);
    }

    /// Cranes draw this mean power in the interval that begins. Written by the terminal room.
    pub fn add_equipment(&mut self, site: SiteId, power: Kw) {
        self.equipment[site.index()] += power;
    }

    /// Hydrogen production and compression at a node, in the interval that ended last.
    #[must_use]
    pub fn hydrogen_at(&self, node: NodeId) -> Kw {
        self.hydrogen.get(node.index()).copied().unwrap_or(Kw::ZERO)
    }

    /// What an inner node draws itself, without charging and storage; below zero where the sun gives more.
    #[must_use]
    pub fn own(&self, node: NodeId) -> Kw {
        let at = node.index();
        let of_site = |list: &[Kw]| list.get(at).copied().unwrap_or(Kw::ZERO);
        self.fixed[at] + of_site(&self.equipment) + of_site(&self.shore) - self.solar[at]
    }
}

/// Photovoltaic arrays: where each feeds in.
#[derive(Resource, Debug, Default)]
pub struct Arrays(pub Vec<(NodeId, Array)>);

/// Stationary batteries: key, where each stands, state. Written by the grid.
#[derive(Resource, Debug, Default)]
pub struct Storages(pub Vec<(String, NodeId, Storage)>);

/// Temperatures and ageing of the transformers, in their order. Written by the grid.
#[derive(Resource, Debug, Default)]
pub struct Thermals(pub Vec<Thermal>);

/// Energy through the meters since the start, by site. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct Meters {
    /// Everything, net of solar and of what storage gives.
    pub total: Vec<Kwh>,
    /// Of it charging.
    pub charging: Vec<Kwh>,
    /// Solar energy.
    pub solar: Vec<Kwh>,
    /// Taken by storage less given.
    pub storage: Vec<Kwh>,
}

/// Grid energy that sessions drew, by inner node of the tree of limits: of the ports directly behind it.
#[derive(Resource, Debug, Default)]
pub struct ChargingLoad {
    /// In the interval that runs.
    pub running: Vec<Kwh>,
    /// In the interval that ended last.
    pub closed: Vec<Kwh>,
}

/// What a policy may know of each site. One row a site, in id order. Written by the grid.
#[derive(Resource, Debug, Default)]
pub struct SiteOutlook {
    /// Power of everything but charging in the interval that begins, without solar.
    pub load_kw: Vec<Kw>,
    /// Solar power in the interval that begins.
    pub solar_kw: Vec<Kw>,
    /// Energy price by control interval of the whole run, by site; empty without a tariff.
    pub price_usd_per_kwh: Vec<Arc<[f64]>>,
    /// The interval that begins.
    pub now: usize,
    /// How many intervals prices are known ahead, this one included.
    pub known: usize,
}

impl SiteOutlook {
    /// Makes room for this many sites.
    pub fn resize(&mut self, sites: usize) {
        self.load_kw.resize(sites, Kw::ZERO);
        self.solar_kw.resize(sites, Kw::ZERO);
        self.price_usd_per_kwh.resize(sites, Arc::new([]));
    }

    /// Energy price of this and the coming intervals at a site, $/kWh, as far as it is known; empty without a tariff.
    #[must_use]
    pub fn prices(&self, site: usize) -> &[f64] {
        let all = &self.price_usd_per_kwh[site];
        let from = self.now.min(all.len());
        &all[from..all.len().min(from + self.known)]
    }
}
