//! Sites, limits and meters: what the grid knows. Only this room writes it.

use super::spec::SiteSpec;
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

/// Power left for charging in the interval that begins, by node. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct Headroom(pub Vec<Kw>);

/// Power of everything but charging in the current interval, by site. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct OtherLoad {
    /// Constant load of the site.
    pub fixed: Vec<Kw>,
    /// Cranes and other grid-connected equipment.
    pub equipment: Vec<Kw>,
    /// Vessels at berth.
    pub shore: Vec<Kw>,
}

/// Energy through the meters since the start, by site. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct Meters {
    /// Everything.
    pub total: Vec<Kwh>,
    /// Of it charging.
    pub charging: Vec<Kwh>,
}
