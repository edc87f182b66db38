//! Sites, limits and meters: what the grid knows. Only this room writes it.

use super::solar::Array;
use super::spec::{SiteSpec, TransformerSpec};
use super::storage::Storage;
use super::transformer::Thermal;
use crate::kernel::ids::{NodeId, SiteId};
use crate::kernel::units::{Kw, Kwh};
use bevy_ecs::prelude::Resource;

/// A place, as it stays for the whole run.
#[derive(Debug, Clone)]
pub struct Site {
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: SiteSpec,
}

/// All sites, in the order of their keys.
#[derive(Resource, Debug, Clone, Default)]
pub struct Sites(pub Vec<Site>);

impl Sites {
    /// The id of a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<SiteId> {
        self.0.binary_search_by(|site| site.key.as_str().cmp(key)).ok().map(SiteId::at)
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = SiteId> + use<> {
        (0..self.0.len()).map(SiteId::at)
    }
}

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
