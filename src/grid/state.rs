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
    /// Nodes with every child before its parent.
    pub bottom_up: Vec<NodeId>,
    /// Nodes directly below each.
    pub children: Vec<Vec<NodeId>>,
}

impl LimitTree {
    /// A tree from parents and limits. There must be no circle.
    ///
    /// # Panics
    /// When there is one (the scenario's check excludes it).
    #[must_use]
    pub fn new(parent: Vec<Option<NodeId>>, limit: Vec<Kw>) -> Self {
        let mut children = vec![Vec::new(); parent.len()];
        let mut depth = vec![0_usize; parent.len()];
        for (node, above) in parent.iter().enumerate() {
            if let Some(above) = above {
                children[above.index()].push(NodeId::at(node));
            }
            let mut at = *above;
            while let Some(up) = at {
                depth[node] += 1;
                assert!(depth[node] <= parent.len(), "the limits form a circle");
                at = parent[up.index()];
            }
        }
        let mut bottom_up: Vec<NodeId> = (0..parent.len()).map(NodeId::at).collect();
        bottom_up.sort_by_key(|node| (core::cmp::Reverse(depth[node.index()]), *node));
        Self { parent, limit, bottom_up, children }
    }

    /// This node and all above it.
    pub fn upwards(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        core::iter::successors(Some(node), |at| self.parent[at.index()])
    }
}

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

/// Power of everything but charging in the current interval, by site. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct OtherLoad {
    /// Constant load of the site.
    pub fixed: Vec<Kw>,
    /// Cranes and other grid-connected equipment.
    pub equipment: Vec<Kw>,
    /// Vessels at berth.
    pub shore: Vec<Kw>,
    /// Hydrogen production and compression, mean of the interval that ended last. Written by the hydrogen room.
    pub hydrogen: Vec<Kw>,
}

/// Energy through the meters since the start, by site. Written by the grid.
#[derive(Resource, Debug, Clone, Default)]
pub struct Meters {
    /// Everything.
    pub total: Vec<Kwh>,
    /// Of it charging.
    pub charging: Vec<Kwh>,
}
