//! Charging: what a policy sees of the sessions, and the built-in policies.

use super::{ChargingPolicy, PolicyError, parameters};
use crate::grid::rules::{cut_to_limits, fill_in_order};
use crate::grid::state::LimitTree;
use crate::kernel::ids::NodeId;
use crate::kernel::units::{Kw, Kwh};
use std::collections::BTreeMap;

/// All sessions at the start of a control interval. One row a session, in the order of sites and ports.
#[derive(Debug)]
pub struct ChargingView<'a> {
    /// Start of the interval, seconds from the start of the run.
    pub time_s: u32,
    /// Length of the interval.
    pub interval_s: u32,
    /// The tree of limits.
    pub tree: &'a LimitTree,
    /// Power left for charging at each node of it.
    pub headroom_kw: &'a [Kw],
    /// The port that the session is at.
    pub session: Vec<u32>,
    /// Its site.
    pub site: Vec<u32>,
    /// Its lowest node in the tree of limits.
    pub node: Vec<NodeId>,
    /// Mean power over the interval that it can take, grid side.
    pub ask_kw: Vec<Kw>,
    /// Most power of the port, grid side.
    pub port_kw: Vec<Kw>,
    /// State of charge, 0 to 1.
    pub soc: Vec<f64>,
    /// Energy it still needs, battery side.
    pub needs_kwh: Vec<Kwh>,
    /// When it came to the site.
    pub arrive_s: Vec<u32>,
    /// When it has to go; `u32::MAX` when nothing calls it.
    pub depart_s: Vec<u32>,
}

impl<'a> ChargingView<'a> {
    /// A view without sessions.
    #[must_use]
    pub fn new(time_s: u32, interval_s: u32, tree: &'a LimitTree, headroom_kw: &'a [Kw]) -> Self {
        Self {
            time_s,
            interval_s,
            tree,
            headroom_kw,
            session: Vec::new(),
            site: Vec::new(),
            node: Vec::new(),
            ask_kw: Vec::new(),
            port_kw: Vec::new(),
            soc: Vec::new(),
            needs_kwh: Vec::new(),
            arrive_s: Vec::new(),
            depart_s: Vec::new(),
        }
    }

    /// Full power in the order of a key, as far as the limits go; ties in the order of rows.
    fn served_by<K: Ord>(&self, key: impl Fn(usize) -> K) -> Vec<Kw> {
        let mut order: Vec<usize> = (0..self.ask_kw.len()).collect();
        order.sort_by_key(|row| key(*row));
        fill_in_order(self.tree, self.headroom_kw, &self.node, &self.ask_kw, order)
    }
}

/// Names of the built-in charging policies.
pub const NAMES: &[&str] = &["uncontrolled", "fcfs", "edf", "equal_share"];

/// A built-in charging policy by name.
///
/// # Errors
/// When there is none, or a parameter is wrong.
pub fn charging(name: &str, params: &BTreeMap<String, f64>) -> Result<Box<dyn ChargingPolicy>, PolicyError> {
    let policy = match name {
        "uncontrolled" => BuiltIn::Uncontrolled,
        "fcfs" => BuiltIn::FirstCome,
        "edf" => BuiltIn::EarliestDeadline,
        "equal_share" => BuiltIn::EqualShare,
        _ => {
            return Err(PolicyError::Unknown { kind: "charging", name: name.to_owned(), known: NAMES });
        }
    };
    parameters(name, &[], params)?;
    Ok(Box::new(policy))
}

/// The built-in charging policies. None has state.
#[derive(Debug, Clone, Copy)]
enum BuiltIn {
    /// Everybody asks for all; where a limit binds it is shared max-min fair, as a cabinet does.
    Uncontrolled,
    /// All for who came first.
    FirstCome,
    /// All for who must leave first.
    EarliestDeadline,
    /// The same for everybody, up to what each can take, wherever a limit binds.
    EqualShare,
}

impl ChargingPolicy for BuiltIn {
    fn name(&self) -> &str {
        match self {
            Self::Uncontrolled => "uncontrolled",
            Self::FirstCome => "fcfs",
            Self::EarliestDeadline => "edf",
            Self::EqualShare => "equal_share",
        }
    }

    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        Ok(match self {
            Self::Uncontrolled => view.ask_kw.clone(),
            Self::FirstCome => view.served_by(|row| view.arrive_s[row]),
            Self::EarliestDeadline => view.served_by(|row| view.depart_s[row]),
            Self::EqualShare => {
                let mut plan = view.ask_kw.clone();
                cut_to_limits(view.tree, view.headroom_kw, &view.node, &mut plan);
                plan
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three sessions of 100 kW under one limit of 150 kW, by hand.
    #[test]
    fn who_gets_what() {
        let tree = LimitTree::new(vec![None], vec![Kw(150.0)]);
        let mut view = ChargingView::new(0, 300, &tree, &tree.limit);
        for (arrive_s, depart_s) in [(30, 500), (10, 900), (20, u32::MAX)] {
            view.session.push(0);
            view.site.push(0);
            view.node.push(NodeId(0));
            view.ask_kw.push(Kw(100.0));
            view.port_kw.push(Kw(100.0));
            view.soc.push(0.5);
            view.needs_kwh.push(Kwh(50.0));
            view.arrive_s.push(arrive_s);
            view.depart_s.push(depart_s);
        }
        let plan = |name| charging(name, &BTreeMap::new()).unwrap().decide(&view).unwrap();
        assert_eq!(plan("uncontrolled"), [100.0, 100.0, 100.0].map(Kw));
        assert_eq!(plan("fcfs"), [0.0, 100.0, 50.0].map(Kw));
        assert_eq!(plan("edf"), [100.0, 50.0, 0.0].map(Kw));
        assert_eq!(plan("equal_share"), [50.0, 50.0, 50.0].map(Kw));
        assert!(charging("eddf", &BTreeMap::new()).err().and_then(|e| e.help()).unwrap().contains("edf"));
    }
}
