//! The tree behind each connection: the load of its nodes over time.

use super::held::Held;
use super::overload;
use super::power::Headroom;
use super::steps::{Steps, rounded};
use super::timed::Limits;
use crate::record::hub::Node;
use crate::record::overload::Overloads;
use crate::record::read::{ReadError, each_batch};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// One node over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NodeSeries {
    #[serde(flatten)]
    node: Node,
    /// Highest mean power of an interval, kW.
    peak_kw: f64,
    /// The limit that held in that interval, kW; none where none did.
    peak_limit_kw: Option<f64>,
    /// The least limit that held in any interval, kW.
    least_limit_kw: Option<f64>,
    #[serde(flatten)]
    headroom: Headroom,
    /// Why the limit stood where it did when the load came nearest to it; may be empty.
    worst_reason: String,
    /// Mean power of each step, kW.
    mean_kw: Vec<f64>,
}

impl NodeSeries {
    /// With the reason of the limit that it came nearest to.
    pub(super) fn with_reason(self, limits: &Limits<'_>) -> Self {
        Self { worst_reason: limits.reason(&self.node.key, self.headroom.worst_s()), ..self }
    }
}

/// Reads the table of nodes. Empty in a scenario without.
pub(super) fn collect(
    tables: &Path,
    known: &[Node],
    steps: Steps,
    interval_s: u32,
    overloads: &mut Overloads,
    held: &mut Held,
) -> Result<Vec<NodeSeries>, ReadError> {
    let series = |node: &Node| NodeSeries {
        node: node.clone(),
        peak_kw: 0.0,
        peak_limit_kw: None,
        least_limit_kw: None,
        headroom: Headroom::default(),
        worst_reason: String::new(),
        mean_kw: vec![0.0; steps.count],
    };
    let mut nodes: Vec<NodeSeries> = known.iter().map(series).collect();
    if nodes.is_empty() {
        return Ok(nodes);
    }
    let index: BTreeMap<&str, usize> = known.iter().enumerate().map(|(at, it)| (it.key.as_str(), at)).collect();
    each_batch(tables, "nodes", |batch| {
        for row in 0..batch.rows() {
            let Some(at) = index.get(batch.text("node", row)) else { continue };
            overloads.node(*at, overload::node_load(batch, row));
            let node = &mut nodes[*at];
            let load_kw = batch.number("load_kw", row).unwrap_or(0.0);
            let start_s = batch.whole("start_s", row);
            let step = steps.at(start_s);
            node.mean_kw[step] += load_kw * f64::from(interval_s) / steps.length_s(step);
            let limit_kw = batch.number("limit_kw", row);
            if load_kw > node.peak_kw {
                (node.peak_kw, node.peak_limit_kw) = (load_kw, limit_kw);
            }
            node.least_limit_kw = node.least_limit_kw.into_iter().chain(limit_kw).reduce(f64::min);
            // The peak and the least limit may be hours apart: only those of one interval say how near it came.
            if let Some(limit_kw) = limit_kw {
                node.headroom.hold(load_kw, limit_kw, start_s);
                held.hold(&node.node.key, load_kw, limit_kw, start_s);
            }
        }
    })?;
    for node in &mut nodes {
        node.mean_kw = rounded(std::mem::take(&mut node.mean_kw), 1);
    }
    Ok(nodes)
}
