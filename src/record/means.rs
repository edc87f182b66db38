//! Limits that charging shares with cranes and vessels. Charging shares power at each event; what those draw is known by its mean of
//! an interval, so that what they leave within one is not exact.

use super::overload::Overloads;
use crate::scenario::{Allocation, Scenario};
use crate::vehicle::spec::{Count, Powertrain};
use std::collections::BTreeSet;

/// Keys of the sites and nodes through which cranes and vessels draw; none where power is shared when intervals begin, as all of
/// a limit is known by means then.
#[must_use]
pub fn known_by_means(scenario: &Scenario) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    if scenario.time.allocation != Allocation::Event {
        return known;
    }
    let has_vessels = scenario.freight.as_ref().is_some_and(|freight| freight.volumes.is_some());
    let is_fed = |(model, count): (&String, &Count)| {
        let model = scenario.equipment_model.get(model);
        count.0 > 0 && model.is_some_and(|model| model.powertrain == Powertrain::GridConnected)
    };
    for (key, terminal) in scenario.terminal.iter().filter(|it| has_vessels || it.1.equipment.iter().any(is_fed)) {
        let sites = core::iter::successors(Some(key), |at| scenario.site.get(*at)?.behind.as_ref());
        known.extend(sites.take(scenario.site.len()).cloned());
        for node in terminal.shore_behind.iter().chain(terminal.equipment_behind.values()) {
            let nodes = core::iter::successors(Some(node), |at| scenario.node.get(*at)?.behind.as_ref());
            known.extend(nodes.take(scenario.node.len()).cloned());
        }
    }
    known
}

/// One sentence about the limits that were full of charging and of what is known by means; none where none was.
#[must_use]
pub fn told<'a>(
    overloads: &Overloads,
    sites: impl IntoIterator<Item = &'a String>,
    nodes: impl IntoIterator<Item = &'a String>,
    known: &BTreeSet<String>,
) -> Option<String> {
    let full = overloads.beside_means(sites, nodes).filter(|it| known.contains(it.0));
    let full: Vec<String> = full.map(|(key, hours)| format!("`{key}` for {hours:.1} h")).collect();
    (!full.is_empty()).then(|| {
        format!(
            "charging shared a full limit with cranes or vessels at {}: their power is known by its mean of an interval, so energy and \
             waits there depend on `interval_s`; a run with a shorter one says by how much",
            full.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::{Request, load};

    fn known(scenario: &str, settings: &[&str]) -> BTreeSet<String> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenario);
        let settings = settings.iter().map(|it| (*it).to_owned()).collect();
        known_by_means(&load(&Request { path, settings, ..Request::default() }).unwrap().scenario)
    }

    /// Cranes draw through their feeder, what that stands behind, and the site; where hauls are listed no vessel comes.
    #[test]
    fn cranes_and_vessels_draw_through_their_feeders() {
        assert!(known("depot_night", &[]).is_empty());
        assert!(known("port_terminal", &["time.allocation=interval"]).is_empty());
        let feeders = ["node.quay.site=terminal", "node.quay.behind=main", "node.main.site=terminal"];
        let behind = "terminal.terminal.equipment_behind={ crane = \"quay\" }";
        let all = known("port_terminal", &[&feeders[..], &[behind]].concat());
        assert_eq!(all.iter().collect::<Vec<_>>(), ["main", "quay", "terminal"]);
    }
}
