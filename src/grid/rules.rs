//! Sharing power under a tree of limits. Plain numbers in, plain numbers out.

use super::state::LimitTree;
use crate::kernel::ids::NodeId;
use crate::kernel::units::Kw;

/// Sums may pass a limit by this share of it before they are cut (rounding).
const SLACK: f64 = 1e-12;
/// A session or node that has this share of a limit left has room, whatever was rounded.
const ROOM: f64 = 1e-9;

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
/// max-min fair within each node. See [`Sharing::cut`].
#[cfg_attr(private_rooms, allow(dead_code, reason = "tests ask for it"))]
pub fn cut_to_limits(tree: &LimitTree, headroom: &[Kw], node_of: &[NodeId], power: &mut [Kw]) {
    Sharing::default().cut(tree, |node| headroom[node.index()], node_of, power);
}

const NONE: u32 = u32::MAX;

/// Sessions under one node while limits are applied.
#[derive(Debug, Clone, Copy)]
struct Bundle {
    sum: f64,
    /// First and last session of a chain through `Sharing::next`.
    first: u32,
    last: u32,
    is_touched: bool,
}

const EMPTY: Bundle = Bundle { sum: 0.0, first: NONE, last: NONE, is_touched: false };

/// Room for sharing power under a tree, kept between calls so that the work grows with sessions and not with nodes.
#[derive(Debug, Default)]
pub struct Sharing {
    bundles: Vec<Bundle>,
    touched: Vec<NodeId>,
    next: Vec<u32>,
    demands: Vec<f64>,
}

impl Sharing {
    /// Cuts `power` (one entry a session, whose lowest node is `node_of`) so that no node passes its limit: max-min
    /// fair within each node.
    ///
    /// Levels are set from the leaves up. That is exact for a tree: a session ends with the least of its demand and
    /// the levels above it, which is what filling all sessions at the same pace until their first full node gives.
    pub fn cut(&mut self, tree: &LimitTree, limit: impl Fn(NodeId) -> Kw, node_of: &[NodeId], power: &mut [Kw]) {
        self.bundles.resize(tree.parents().len(), EMPTY);
        if self.fits(tree, &limit, node_of, power) {
            return;
        }
        self.gather(tree, node_of, power);
        for at in 0..self.touched.len() {
            let node = self.touched[at];
            let most = limit(node).0.max(0.0);
            if self.bundles[node.index()].sum > most * (1.0 + SLACK) {
                self.bundles[node.index()].sum = self.level(node, most, power);
            }
            let below = core::mem::replace(&mut self.bundles[node.index()], EMPTY);
            if let Some(above) = tree.parents()[node.index()] {
                self.join(below, above);
            }
        }
        self.touched.clear();
    }

    /// Is every node within its limit? Most of the time it is, and nothing has to be sorted.
    fn fits(&mut self, tree: &LimitTree, limit: impl Fn(NodeId) -> Kw, node_of: &[NodeId], power: &[Kw]) -> bool {
        for (node, power) in node_of.iter().zip(power) {
            for node in tree.upwards(*node) {
                let bundle = &mut self.bundles[node.index()];
                bundle.sum += power.0;
                if !core::mem::replace(&mut bundle.is_touched, true) {
                    self.touched.push(node);
                }
            }
        }
        let mut is_within = true;
        for node in self.touched.drain(..) {
            let sum = core::mem::replace(&mut self.bundles[node.index()], EMPTY).sum;
            is_within &= sum <= limit(node).0.max(0.0) * (1.0 + SLACK);
        }
        is_within
    }

    /// Chains the sessions of each node and lists the nodes above them, children before parents.
    fn gather(&mut self, tree: &LimitTree, node_of: &[NodeId], power: &[Kw]) {
        self.next.clear();
        self.next.resize(node_of.len(), NONE);
        for (session, node) in node_of.iter().enumerate() {
            for node in tree.upwards(*node) {
                if core::mem::replace(&mut self.bundles[node.index()].is_touched, true) {
                    break;
                }
                self.touched.push(node);
            }
            let session = session as u32;
            self.join(Bundle { sum: power[session as usize].0, first: session, last: session, ..EMPTY }, *node);
        }
        self.touched.sort_unstable_by_key(|node| tree.rank(*node));
    }

    fn join(&mut self, below: Bundle, above: NodeId) {
        let above = &mut self.bundles[above.index()];
        above.sum += below.sum;
        if above.first == NONE {
            above.first = below.first;
        } else {
            self.next[above.last as usize] = below.first;
        }
        above.last = below.last;
    }

    /// Cuts the sessions of a node to its water level. Returns their new sum.
    fn level(&mut self, node: NodeId, most: f64, power: &mut [Kw]) -> f64 {
        let is_session = |session: &u32| *session != NONE;
        let first = Some(self.bundles[node.index()].first).filter(is_session);
        let next = |at: &u32| Some(self.next[*at as usize]).filter(is_session);
        let sessions: Vec<u32> = core::iter::successors(first, next).collect();
        self.demands.clear();
        self.demands.extend(sessions.iter().map(|session| power[*session as usize].0));
        let level = water_level(&mut self.demands, most);
        let mut sum = 0.0;
        for session in sessions {
            let power = &mut power[session as usize];
            *power = power.min(Kw(level));
            sum += power.0;
        }
        sum
    }
}

/// Power that is left at each node while sessions are served one after the other.
#[derive(Debug, Clone)]
pub struct Filling<'a> {
    tree: &'a LimitTree,
    left: Vec<Kw>,
}

impl<'a> Filling<'a> {
    /// Nothing has been given yet.
    #[must_use]
    pub fn new(tree: &'a LimitTree, headroom: &[Kw]) -> Self {
        Self { tree, left: headroom.to_vec() }
    }

    /// Is there this much left at a node and at every node above it?
    #[must_use]
    pub fn has_room(&self, node: NodeId, want: Kw) -> bool {
        self.tree.upwards(node).all(|node| self.left[node.index()] >= want)
    }

    /// Gives up to `want` at a node, as far as every node above it has some left.
    pub fn give(&mut self, node: NodeId, want: Kw) -> Kw {
        let least = self.tree.upwards(node).map(|node| self.left[node.index()]).fold(want, Kw::min);
        let given = least.max(Kw::ZERO);
        for node in self.tree.upwards(node) {
            self.left[node.index()] -= given;
        }
        given
    }
}

/// Gives each session in `order` all it asks for, as long as every node above it has some left. The order is not asked for
/// where all get what they ask for, as it is most of the time.
#[must_use]
pub fn fill_in_order<Order: IntoIterator<Item = usize>>(
    tree: &LimitTree,
    headroom: &[Kw],
    node_of: &[NodeId],
    ask: &[Kw],
    order: impl FnOnce() -> Order,
) -> Vec<Kw> {
    if fits_in_any_order(tree, headroom, node_of, ask) {
        return ask.iter().map(|ask| ask.max(Kw::ZERO)).collect();
    }
    let mut filling = Filling::new(tree, headroom);
    let mut plan = vec![Kw::ZERO; ask.len()];
    for session in order() {
        plan[session] = filling.give(node_of[session], ask[session]);
    }
    plan
}

/// Does every node have more left than rounding could take, when all have what they ask for?
fn fits_in_any_order(tree: &LimitTree, headroom: &[Kw], node_of: &[NodeId], ask: &[Kw]) -> bool {
    let mut left = headroom.to_vec();
    for (node, ask) in node_of.iter().zip(ask) {
        for node in tree.upwards(*node) {
            left[node.index()] -= ask.max(Kw::ZERO);
        }
    }
    left.iter().zip(headroom).all(|(left, headroom)| left.0 >= ROOM * headroom.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> LimitTree {
        let above = |node| Some(NodeId(node));
        let limits = [1000.0, 200.0, 150.0].map(Kw).to_vec();
        LimitTree::new(vec![None, above(0), above(0)], limits)
    }

    /// Filling all at the same pace, step by step, is what max-min fair means; the levels must give the same.
    #[test]
    fn levels_equal_filling_at_the_same_pace() {
        let above = |node| Some(NodeId(node));
        let limit = [260.0, 200.0, 150.0, 90.0, 40.0].map(Kw).to_vec();
        let tree = LimitTree::new(vec![None, above(0), above(0), above(1), above(1)], limit);
        let node_of = [3, 3, 4, 4, 1, 2, 2, 2].map(NodeId);
        let ask = [80.0, 30.0, 25.0, 60.0, 90.0, 10.0, 120.0, 55.0];
        let mut power = ask.map(Kw);
        cut_to_limits(&tree, tree.limits(), &node_of, &mut power);
        let (mut filled, mut left, pace) = ([0.0; 8], tree.limits().iter().map(|kw| kw.0).collect::<Vec<_>>(), 1e-3);
        for _ in 0..130_000 {
            for session in 0..8 {
                let has_room = tree.upwards(node_of[session]).all(|node| left[node.index()] >= pace);
                if has_room && filled[session] + pace <= ask[session] {
                    filled[session] += pace;
                    tree.upwards(node_of[session]).for_each(|node| left[node.index()] -= pace);
                }
            }
        }
        for (level, filled) in power.iter().zip(filled) {
            assert!((level.0 - filled).abs() < 0.02, "{power:?} {filled:?}");
        }
    }

    /// SUMO issue 17173: four vehicles of 100 kW at a 200 kW station get 50 kW each.
    #[test]
    fn four_share_a_station() {
        let node_of = [NodeId(1); 4];
        let mut power = [Kw(100.0); 4];
        cut_to_limits(&tree(), tree().limits(), &node_of, &mut power);
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
        let plan = fill_in_order(&tree(), &headroom, &node_of, &ask, || [2, 1, 0]);
        assert_eq!(plan, [10.0, 150.0, 100.0].map(Kw));
    }

    #[test]
    fn no_order_is_asked_for_where_all_fits() {
        let (node_of, headroom) = ([1, 1, 2].map(NodeId), [400.0, 200.0, 150.0].map(Kw));
        let unasked = || -> [usize; 0] { unreachable!("all fits") };
        let ask = [60.0, 130.0, 100.0].map(Kw);
        assert_eq!(fill_in_order(&tree(), &headroom, &node_of, &ask, unasked), ask);
        let to_the_brim = [60.0, 140.0, 100.0].map(Kw);
        assert_eq!(fill_in_order(&tree(), &headroom, &node_of, &to_the_brim, || [2, 1, 0]), to_the_brim);
    }

    #[test]
    fn a_load_above_the_limit_leaves_nothing() {
        let node_of = [NodeId(1)];
        let mut power = [Kw(100.0)];
        cut_to_limits(&tree(), &[Kw(-5.0), Kw(200.0), Kw(150.0)], &node_of, &mut power);
        assert_eq!(power, [Kw(0.0)]);
        assert_eq!(fill_in_order(&tree(), &[Kw(-5.0), Kw(9.0), Kw(9.0)], &node_of, &[Kw(1.0)], || [0]), [Kw(0.0)]);
    }
}
