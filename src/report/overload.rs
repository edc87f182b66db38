//! Limits that were passed, folded from the tables as the run's own summary folds them.

use super::timed::Limits;
use crate::kernel::calendar::Calendar;
use crate::record::hub::{Hub, Site};
use crate::record::means;
use crate::record::overload::{Connection, NodeLoad, Overloads, SiteLoad};
use crate::record::read::Batch;
use serde::Serialize;
use utoipa::ToSchema;

/// A site or a node whose limit was passed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Overload {
    /// `site:KEY` or `node:KEY`, as in metrics.
    scope: String,
    /// Name for people.
    name: String,
    /// One sentence: for how long, when most, by which loads.
    told: String,
    /// The figures.
    #[serde(flatten)]
    connection: Connection,
}

/// Before any row is read.
pub(super) fn begin(hub: &Hub) -> Overloads {
    let place = |key: &String| hub.sites.iter().position(|site| site.key == *key);
    let above = hub.sites.iter().map(|site: &Site| site.behind.as_ref().and_then(place)).collect();
    Overloads::new(hub.interval_s, above, hub.nodes.len())
}

/// A row of the table of power.
pub(super) fn site_load(batch: &Batch, row: usize) -> SiteLoad {
    let columns = ["charging_kw", "equipment_kw", "shore_kw", "other_kw", "hydrogen_kw", "storage_kw"];
    SiteLoad {
        start_s: batch.whole("start_s", row),
        parts_kw: columns.map(|column| batch.number(column, row).unwrap_or(0.0)),
        total_kw: batch.number("total_kw", row).unwrap_or(0.0),
        limit_kw: batch.number("limit_kw", row),
    }
}

/// A row of the table of nodes.
pub(super) fn node_load(batch: &Batch, row: usize) -> NodeLoad {
    NodeLoad {
        start_s: batch.whole("start_s", row),
        load_kw: batch.number("load_kw", row).unwrap_or(0.0),
        charging_kw: batch.number("charging_kw", row).unwrap_or(0.0),
        limit_kw: batch.number("limit_kw", row),
    }
}

/// When all rows are read: one sentence about limits that charging shared with loads that are known by means.
pub(super) fn shared(overloads: &mut Overloads, hub: &Hub) -> Option<String> {
    overloads.close();
    let (sites, nodes) = (hub.sites.iter().map(|site| &site.key), hub.nodes.iter().map(|node| &node.key));
    means::told(overloads, sites, nodes, &hub.known_by_means)
}

/// When all rows are read: those that passed their limit, sites first.
pub(super) fn finish(mut overloads: Overloads, hub: &Hub, calendar: &Calendar, limits: &Limits<'_>) -> Vec<Overload> {
    overloads.close();
    let sites = hub.sites.iter().map(|site| ("site", &site.key, &site.name)).zip(overloads.sites());
    let nodes = hub.nodes.iter().map(|node| ("node", &node.key, &node.name)).zip(overloads.nodes());
    let passed = sites.chain(nodes).filter_map(|((kind, key, name), connection)| {
        let reason = connection.worst.as_ref().map(|worst| limits.reason(key, worst.start_s)).unwrap_or_default();
        let why = if reason.is_empty() { String::new() } else { format!("; the limit: {reason}") };
        let told = format!("{}{why}", connection.told(name, calendar)?);
        Some(Overload { scope: format!("{kind}:{key}"), name: name.clone(), told, connection: connection.clone() })
    });
    passed.collect()
}

impl Overload {
    /// One sentence.
    pub(super) fn told(&self) -> &str {
        &self.told
    }
}
