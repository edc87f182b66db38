//! What an interval has left for sessions that begin within it.

use crate::grid::state::LimitTree;
use crate::kernel::ids::NodeId;
use crate::kernel::units::Kwh;
use bevy_ecs::prelude::Resource;

/// Grid energy of the present interval that sessions have been granted, by node of the tree of limits: what is left is
/// for those that begin within it. Nodes that no session touched are not written. Written by the grant step.
#[derive(Resource, Debug, Default)]
pub(crate) struct Budget {
    interval_s: u32,
    granted: Vec<(u32, Kwh)>,
}

impl Budget {
    /// A budget for this many nodes.
    pub(super) fn new(nodes: usize) -> Self {
        Self { interval_s: 0, granted: vec![(u32::MAX, Kwh::ZERO); nodes] }
    }

    /// A new interval begins: nothing is granted yet.
    pub(super) fn begin(&mut self, interval_s: u32) {
        self.interval_s = interval_s;
    }

    /// Granted so far at a node.
    pub(super) fn granted(&self, node: NodeId) -> Kwh {
        let (interval_s, granted) = self.granted[node.index()];
        if interval_s == self.interval_s { granted } else { Kwh::ZERO }
    }

    /// Grants energy at a node and all above it.
    pub(super) fn grant(&mut self, tree: &LimitTree, node: NodeId, energy: Kwh) {
        for node in tree.upwards(node) {
            let granted = self.granted(node) + energy;
            self.granted[node.index()] = (self.interval_s, granted);
        }
    }
}
