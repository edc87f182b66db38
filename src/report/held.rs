//! Why the longest wait happened: for lack of a charging port, or of power.

use crate::record::hub::{Hub, Node};
use crate::record::overload::AT_LIMIT;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Nodes behind one another, at most: more would be a circle.
const DEEPEST: usize = 20;

/// The visit that waited longest for a charging port.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(super) struct LongestWait {
    /// Arrival, seconds since the start.
    pub(super) arrive_s: u32,
    /// Until plug-in, or until it gave up, seconds.
    pub(super) wait_s: u32,
    /// Key of the site.
    pub(super) site: String,
    /// Key of the charger group at which it was plugged in; none where it was at none.
    pub(super) group: Option<String>,
    /// Connections and nodes without power for its site, or with no more of it, in that time.
    pub(super) held_by: Vec<HeldBy>,
}

/// A connection or a node that held charging down.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct HeldBy {
    /// Name for people.
    name: String,
    /// Its limit was 0, in at least one interval.
    is_outage: bool,
    /// Share of the wait in which its limit was 0, or its load at it.
    share: f64,
}

/// Intervals of the longest wait, by key of the connection or node.
#[derive(Debug, Default)]
pub(super) struct Held {
    longest: Option<LongestWait>,
    interval_s: u32,
    /// Intervals without power, and intervals at the limit.
    counts: BTreeMap<String, (u32, u32)>,
}

impl Held {
    /// Watches the time of one wait.
    pub(super) fn over(longest: Option<LongestWait>, interval_s: u32) -> Self {
        Self { longest, interval_s, counts: BTreeMap::new() }
    }

    /// Takes an interval of a connection or node in.
    pub(super) fn hold(&mut self, key: &str, load_kw: f64, limit_kw: f64, start_s: u32) {
        let Some(wait) = &self.longest else { return };
        let is_in_wait = start_s < wait.arrive_s.saturating_add(wait.wait_s)
            && wait.arrive_s < start_s.saturating_add(self.interval_s);
        let (is_outage, is_full) = (limit_kw <= 0.0, load_kw >= AT_LIMIT * limit_kw);
        if !is_in_wait || !(is_outage || is_full) {
            return;
        }
        let (out, full) = self.counts.entry(key.to_owned()).or_default();
        if is_outage { *out += 1 } else { *full += 1 }
    }

    /// The wait, with what held its site down: those without power first, then the longest.
    pub(super) fn told(self, hub: &Hub) -> Option<LongestWait> {
        let Self { longest, interval_s, counts } = self;
        let mut wait = longest?;
        // The first and the last interval may lie in the wait in part.
        let whole = (f64::from(wait.wait_s) / f64::from(interval_s)).max(1.0);
        let name = |key: &str| {
            let site = hub.sites.iter().find(|site| site.key == key).map(|site| &site.name);
            site.or_else(|| hub.nodes.iter().find(|node| node.key == key).map(|node| &node.name)).cloned()
        };
        let above = above(&wait, hub);
        let held = above.iter().filter_map(|key| {
            let (out, full) = *counts.get(*key)?;
            let share = (f64::from(out + full) / whole).min(1.0);
            Some(HeldBy { name: name(key)?, is_outage: out > 0, share })
        });
        wait.held_by = held.collect();
        wait.held_by.sort_by(|a, b| b.is_outage.cmp(&a.is_outage).then(b.share.total_cmp(&a.share)));
        Some(wait)
    }
}

/// Keys of what its power comes through: its site's connection and those above, and the nodes of its chargers, or of all of the
/// site's where it was plugged in at none.
fn above<'a>(wait: &LongestWait, hub: &'a Hub) -> Vec<&'a str> {
    let node = |key: &str| hub.nodes.iter().find(|node| node.key == key);
    let up =
        |first: Option<&'a Node>| core::iter::successors(first, move |it| node(it.behind.as_deref()?)).take(DEEPEST);
    let site = |key: &str| hub.sites.iter().find(|site| site.key == key);
    let sites = core::iter::successors(site(&wait.site), |it| site(it.behind.as_deref()?)).take(DEEPEST);
    let mut out: Vec<&str> = sites.map(|site| site.key.as_str()).collect();
    let groups = site(&wait.site).into_iter().flat_map(|site| &site.chargers);
    let own = groups.filter(|group| wait.group.as_ref().is_none_or(|key| *key == group.key));
    for key in own.flat_map(|group| up(group.behind.as_deref().and_then(node))).map(|node| node.key.as_str()) {
        if !out.contains(&key) {
            out.push(key);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    //! Contract: a wait in an outage, or at a limit, is told with what was out of power and for how much of it.

    use super::*;

    fn hub() -> Hub {
        let text = r#"{"schema":1,"title":"","description":"","start":"2025-07-01","days":1,"zone":"America/Los_Angeles",
            "interval_s":900,"sites":[{"key":"depot","name":"Depot","kind":"depot","lat":0,"lon":0,"limit_kw":null,"behind":null,
            "chargers":[{"key":"fast","behind":"panel","cabinets":1,"ports":1,"cabinet_kw":100},
            {"key":"slow","behind":"shed","cabinets":1,"ports":1,"cabinet_kw":100}]}],
            "nodes":[{"key":"panel","name":"Panel A","site":"depot","behind":"main","limit_kw":100},
            {"key":"main","name":"Main switchboard","site":"depot","behind":null,"limit_kw":300},
            {"key":"shed","name":"Shed","site":"depot","behind":null,"limit_kw":300}],
            "stations":[],"transition":null,"doubtful":[],"warnings":[]}"#;
        serde_json::from_str(text).expect("lists of later versions may be missing")
    }

    fn held(group: Option<&str>, rows: &[(&str, u32, f64, f64)]) -> Vec<HeldBy> {
        let wait = LongestWait {
            arrive_s: 1_800,
            wait_s: 3_600,
            site: "depot".to_owned(),
            group: group.map(str::to_owned),
            held_by: Vec::new(),
        };
        let mut held = Held::over(Some(wait), 900);
        for (key, start_s, load_kw, limit_kw) in rows {
            held.hold(key, *load_kw, *limit_kw, *start_s);
        }
        held.told(&hub()).expect("a wait").held_by
    }

    #[test]
    fn power_that_was_missing_is_told_from_ports_that_were_taken() {
        assert_eq!(held(None, &[("panel", 1_800, 40.0, 100.0)]), [], "neither out nor full");
        let rows = [("panel", 2_700, 0.0, 0.0), ("main", 1_800, 300.0, 300.0), ("main", 2_700, 299.0, 300.0)];
        let by = |name: &str, is_outage: bool, share: f64| HeldBy { name: name.to_owned(), is_outage, share };
        assert_eq!(held(Some("fast"), &rows), [by("Panel A", true, 0.25), by("Main switchboard", false, 0.5)]);
        assert_eq!(held(Some("slow"), &rows), [], "its power comes another way");
        let outside = [("panel", 900, 0.0, 0.0), ("panel", 5_400, 0.0, 0.0)];
        assert_eq!(held(None, &outside), [], "an outage before or after it is no reason");
    }
}
