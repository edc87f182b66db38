//! The built-in `equal_share` as a guest: the same power for every session, up to what each can take, wherever a limit
//! binds (max-min fair in a tree of limits). A test of the host holds it to the same results, bit for bit.

use portvolt_guest::charging::{Orders, Policy, View, ask_at_events};
use portvolt_guest::{About, NONE, Values};

/// Sums may pass a limit by this share of it before they are cut (rounding).
const SLACK: f64 = 1e-12;

/// The policy: the shape of the tree, worked out once.
#[derive(Debug, Default)]
pub struct EqualShare {
    children: Vec<Vec<u32>>,
    /// Nodes with every child before its parent.
    bottom_up: Vec<u32>,
}

impl Policy for EqualShare {
    const ABOUT: About = About {
        name: "equal_share_guest",
        version: env!("CARGO_PKG_VERSION"),
        help: "The same power for everybody, up to what each can take, wherever a limit binds.",
        parameters: &[],
    };

    fn start(_values: &Values, _seed: u64) -> Result<Self, String> {
        // What it keeps is the shape of the tree, which never changes.
        ask_at_events();
        Ok(Self::default())
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        self.prepare(view.node_parent());
        let (node_of, parent, headroom_kw) = (view.session_node(), view.node_parent(), view.node_headroom_kw());
        let mut power = view.session_ask_kw().to_vec();
        let mut at_node: Vec<Vec<u32>> = vec![Vec::new(); parent.len()];
        let mut sum = vec![0.0; parent.len()];
        for (session, node) in node_of.iter().enumerate() {
            at_node[*node as usize].push(session as u32);
            sum[*node as usize] += power[session];
        }
        for node in &self.bottom_up {
            let at = *node as usize;
            let limit = headroom_kw[at].max(0.0);
            if sum[at] > limit * (1.0 + SLACK) {
                let below = self.below(*node, &at_node);
                let mut demands: Vec<f64> = below.iter().map(|session| power[*session as usize]).collect();
                let level = water_level(&mut demands, limit);
                for session in &below {
                    power[*session as usize] = power[*session as usize].min(level);
                }
                sum[at] = below.iter().map(|session| power[*session as usize]).sum();
            }
            if parent[at] != NONE {
                sum[parent[at] as usize] += sum[at];
            }
        }
        orders.power_kw = power;
        Ok(())
    }
}

impl EqualShare {
    fn prepare(&mut self, parent: &[u32]) {
        if self.children.len() == parent.len() {
            return;
        }
        self.children = vec![Vec::new(); parent.len()];
        let mut depth = vec![0_u32; parent.len()];
        for node in 0..parent.len() {
            if parent[node] != NONE {
                self.children[parent[node] as usize].push(node as u32);
            }
            let mut at = parent[node];
            while at != NONE {
                depth[node] += 1;
                at = parent[at as usize];
            }
        }
        self.bottom_up = (0..parent.len() as u32).collect();
        self.bottom_up.sort_by_key(|node| (std::cmp::Reverse(depth[*node as usize]), *node));
    }

    /// Sessions at a node and below it; sums add up in this order.
    fn below(&self, node: u32, at_node: &[Vec<u32>]) -> Vec<u32> {
        let mut found = Vec::new();
        let mut nodes = vec![node];
        while let Some(node) = nodes.pop() {
            found.extend(&at_node[node as usize]);
            nodes.extend(&self.children[node as usize]);
        }
        found
    }
}

/// The level up to which each demand is met so that they add up to `limit`; infinite when they fit.
fn water_level(demands: &mut [f64], limit: f64) -> f64 {
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

portvolt_guest::export_charging!(EqualShare);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::charging::TestView;

    /// Sessions of 20 and 180 kW behind cabinet 1 (200), two of 100 behind cabinet 2 (150), a site of 250. Cabinet 2 cuts
    /// to 75, 75; the site leaves (250 - 20 - 75 - 75) = 80 for the big one.
    #[test]
    fn levels_in_a_tree_by_hand() {
        let view = TestView::default()
            .session_node([1, 1, 2, 2])
            .session_ask_kw([20.0, 180.0, 100.0, 100.0])
            .node_parent([NONE, 0, 0])
            .node_headroom_kw([250.0, 200.0, 150.0])
            .build();
        let mut orders = Orders::default();
        EqualShare::default().decide(&view, &mut orders).unwrap();
        assert_eq!(orders.power_kw, [20.0, 80.0, 75.0, 75.0]);
    }
}
