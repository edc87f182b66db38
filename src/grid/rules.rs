//! Sharing power under a tree of limits. Plain numbers in, plain numbers out.

use super::state::LimitTree;
use crate::kernel::ids::NodeId;
use crate::kernel::units::Kw;

/// Sums may pass a limit by this share of it before they are cut (rounding).
const SLACK: f64 = 1e-12;

/// The level up to which each of `demands` is met so that they add up to `limit`: max-min fair sharing at one node.
/// Infinite when they fit.
#[must_use]
pub fn water_level(demands: &mut [f64], limit: f64) -> f64 {
    if demands.iter().sum::<f64>() <= limit * (1.0 + SLACK) {
        return f64::INFINITY;
    }
    demands.sort_by(f64::total_cmp);
    let mut left = limit.max(0.0);
    for (at, demand) in demands.iter().enumerate() {
        let share = left / (demands.len() - at) as f64;
        if *demand >= share {
            return share;
        }
        left -= demand;
    }
    f64::INFINITY
}

/// Cuts `power` (one entry a session, whose lowest node is `node_of`) so that no node passes its `headroom`:
/// max-min fair within each node.
///
/// Levels are set from the leaves up. That is exact for a tree: a session ends with the least of its demand and the
/// levels above it, which is what filling all sessions at the same pace until their first full node gives.
pub fn cut_to_limits(tree: &LimitTree, headroom: &[Kw], node_of: &[NodeId], power: &mut [Kw]) {
    let mut members = Members::new(tree, node_of);
    let mut sum = vec![0.0; tree.parent.len()];
    for (node, power) in node_of.iter().zip(power.iter()) {
        sum[node.index()] += power.0;
    }
    let mut demands = Vec::new();
    for node in &tree.bottom_up {
        let limit = headroom[node.index()].0.max(0.0);
        if sum[node.index()] > limit * (1.0 + SLACK) {
            let below = members.below(tree, *node);
            demands.clear();
            demands.extend(below.iter().map(|session| power[*session].0));
            let level = water_level(&mut demands, limit);
            for session in below {
                power[*session] = power[*session].min(Kw(level));
            }
            sum[node.index()] = members.below(tree, *node).iter().map(|session| power[*session].0).sum();
        }
        if let Some(above) = tree.parent[node.index()] {
            sum[above.index()] += sum[node.index()];
        }
    }
}

/// Gives each session in `order` all it asks for, as long as every node above it has some left.
#[must_use]
pub fn fill_in_order(
    tree: &LimitTree,
    headroom: &[Kw],
    node_of: &[NodeId],
    ask: &[Kw],
    order: impl IntoIterator<Item = usize>,
) -> Vec<Kw> {
    let mut left = headroom.to_vec();
    let mut plan = vec![Kw::ZERO; ask.len()];
    for session in order {
        let least = tree.upwards(node_of[session]).map(|node| left[node.index()]).fold(ask[session], Kw::min);
        let given = least.max(Kw::ZERO);
        for node in tree.upwards(node_of[session]) {
            left[node.index()] -= given;
        }
        plan[session] = given;
    }
    plan
}

/// Sessions by node, without a list of its own for each.
struct Members {
    first: Vec<usize>,
    next: Vec<usize>,
    found: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl Members {
    fn new(tree: &LimitTree, node_of: &[NodeId]) -> Self {
        let mut first = vec![NONE; tree.parent.len()];
        let mut next = vec![NONE; node_of.len()];
        for (session, node) in node_of.iter().enumerate().rev() {
            next[session] = first[node.index()];
            first[node.index()] = session;
        }
        Self { first, next, found: Vec::new() }
    }

    /// All sessions at this node and below it.
    fn below(&mut self, tree: &LimitTree, node: NodeId) -> &[usize] {
        self.found.clear();
        let mut nodes = vec![node];
        while let Some(node) = nodes.pop() {
            let mut session = self.first[node.index()];
            while session != NONE {
                self.found.push(session);
                session = self.next[session];
            }
            nodes.extend(&tree.children[node.index()]);
        }
        &self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> LimitTree {
        let above = |node| Some(NodeId(node));
        let limits = [1000.0, 200.0, 150.0].map(Kw).to_vec();
        LimitTree::new(vec![None, above(0), above(0)], limits)
    }

    /// SUMO issue 17173: four vehicles of 100 kW at a 200 kW station get 50 kW each.
    #[test]
    fn four_share_a_station() {
        let node_of = [NodeId(1); 4];
        let mut power = [Kw(100.0); 4];
        cut_to_limits(&tree(), &tree().limit, &node_of, &mut power);
        assert_eq!(power, [Kw(50.0); 4]);
    }

    /// By hand: cabinet 1 (200): 20, 180 -> 20, 180 fits; cabinet 2 (150): 100, 100 -> 75, 75. Site 250: of
    /// 20, 180, 75, 75 the level is (250 - 20 - 75 - 75) = 80 for the big one: 20, 80, 75, 75.
    #[test]
    fn levels_in_a_tree_by_hand() {
        let node_of = [1, 1, 2, 2].map(NodeId);
        let mut power = [20.0, 180.0, 100.0, 100.0].map(Kw);
        let headroom = [250.0, 200.0, 150.0].map(Kw);
        cut_to_limits(&tree(), &headroom, &node_of, &mut power);
        for (got, want) in power.iter().zip([20.0, 80.0, 75.0, 75.0]) {
            assert!((got.0 - want).abs() < 1e-9, "{power:?}");
        }
    }

    #[test]
    fn order_decides_who_gets_it() {
        let node_of = [1, 1, 2].map(NodeId);
        let ask = [150.0, 150.0, 100.0].map(Kw);
        let headroom = [260.0, 200.0, 150.0].map(Kw);
        let plan = fill_in_order(&tree(), &headroom, &node_of, &ask, [2, 1, 0]);
        assert_eq!(plan, [10.0, 150.0, 100.0].map(Kw));
    }

    #[test]
    fn a_load_above_the_limit_leaves_nothing() {
        let node_of = [NodeId(1)];
        let mut power = [Kw(100.0)];
        cut_to_limits(&tree(), &[Kw(-5.0), Kw(200.0), Kw(150.0)], &node_of, &mut power);
        assert_eq!(power, [Kw(0.0)]);
        assert_eq!(fill_in_order(&tree(), &[Kw(-5.0), Kw(9.0), Kw(9.0)], &node_of, &[Kw(1.0)], [0]), [Kw(0.0)]);
    }
}
