//! What no schema can see about the tree of limits: places, circles, times.

use super::spec::StorageRule;
use crate::document::problem::nearest;
use crate::kernel::calendar::{Calendar, local_s, parse_window};
use crate::scenario::Scenario;
use crate::scenario::checker::{Checker, is_circle};

/// Checks `[node]`, `[limit]`, `[solar]`, `[storage]` and where chargers stand.
pub(crate) fn check(scenario: &Scenario, calendar: Option<&Calendar>, checker: &mut Checker<'_>) {
    for (key, node) in &scenario.node {
        if scenario.site.contains_key(key) {
            checker.wrong(&["node", key], "a site has the same key, so a limit on it is ambiguous", None);
        }
        checker.key(&["node", key, "site"], &node.site, &scenario.site, "site");
        behind(scenario, checker, ["node", key], &node.site, node.behind.as_deref());
        let above = |key: &str| scenario.node.get(key)?.behind.as_deref();
        if is_circle(key, scenario.node.len(), above) {
            let message = format!("`{key}` is behind itself: the limits form a circle");
            checker.wrong(&["node", key, "behind"], message, None);
        }
    }
    for (key, charger) in &scenario.charger {
        behind(scenario, checker, ["charger", key], &charger.site, charger.behind.as_deref());
    }
    for (key, solar) in &scenario.solar {
        checker.key(&["solar", key, "site"], &solar.site, &scenario.site, "site");
        behind(scenario, checker, ["solar", key], &solar.site, solar.behind.as_deref());
        let is_typical = solar.clearness.len() == 12 && solar.clearness.iter().all(|k| (0.05..=0.85).contains(k));
        if solar.csv.is_none() && !solar.clearness.is_empty() && !is_typical {
            let message = "needs 12 monthly values between 0.05 and 0.85, or a `csv`";
            checker.wrong(&["solar", key, "clearness"], message, None);
        }
    }
    for (key, storage) in &scenario.storage {
        checker.key(&["storage", key, "site"], &storage.site, &scenario.site, "site");
        behind(scenario, checker, ["storage", key], &storage.site, storage.behind.as_deref());
        if storage.rule == StorageRule::PeakShave && storage.cap_kw.is_none() {
            checker.wrong(&["storage", key, "rule"], "`peak_shave` needs `cap_kw`", None);
        }
    }
    for (key, terminal) in &scenario.terminal {
        let mut stands = |path: &[&str], node: &str| {
            if checker.key(path, node, &scenario.node, "node") && scenario.node[node].site != *key {
                let message = format!("[node.{node}] is at `{}`, not at `{key}`", scenario.node[node].site);
                checker.wrong(path, message, None);
            }
        };
        if let Some(node) = &terminal.shore_behind {
            stands(&["terminal", key, "shore_behind"], node);
        }
        for (class, node) in &terminal.equipment_behind {
            stands(&["terminal", key, "equipment_behind", class], node);
        }
    }
    for (key, terminal) in &scenario.terminal {
        for class in terminal.equipment_behind.keys() {
            checker.key(&["terminal", key, "equipment_behind", class], class, &scenario.work, "work");
        }
    }
    reefers(scenario, checker);
    limits(scenario, calendar, checker);
}

/// Power by temperature rises from point to point of temperature.
fn reefers(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, node) in &scenario.node {
        let Some(reefers) = &node.reefers else { continue };
        if !reefers.kw_at_c.windows(2).all(|pair| pair[0][0] < pair[1][0]) {
            checker.wrong(&["node", key, "reefers", "kw_at_c"], "temperatures have to rise from pair to pair", None);
        }
    }
}

/// A node that something stands behind must exist, at the same site.
fn behind(scenario: &Scenario, checker: &mut Checker<'_>, owner: [&str; 2], site: &str, behind: Option<&str>) {
    let Some(behind) = behind else { return };
    let path = [owner[0], owner[1], "behind"];
    if checker.key(&path, behind, &scenario.node, "node") && scenario.node[behind].site != site {
        let message = format!("[node.{behind}] is at `{}`, not at `{site}`", scenario.node[behind].site);
        checker.wrong(&path, message, None);
    }
}

fn limits(scenario: &Scenario, calendar: Option<&Calendar>, checker: &mut Checker<'_>) {
    for (key, limit) in &scenario.limit {
        for on in &limit.on {
            if !scenario.site.contains_key(on) && !scenario.node.contains_key(on) {
                let known = scenario.site.keys().chain(scenario.node.keys()).map(String::as_str);
                let help = nearest(on, known);
                checker.wrong(&["limit", key, "on"], format!("there is no [site.{on}] or [node.{on}]"), help);
            }
        }
        if limit.hours.as_deref().is_some_and(|hours| parse_window(hours).is_none()) {
            let help = Some("write local hours as \"16:00-21:00\"".to_owned());
            checker.wrong(&["limit", key, "hours"], "is no span of the day", help);
        }
        if limit.months.iter().any(|month| !(1..=12).contains(month)) {
            checker.wrong(&["limit", key, "months"], "months go from 1 to 12", None);
        }
        let Some(calendar) = calendar else { continue };
        let mut times = [None, None];
        for (at, (field, text)) in [("from", &limit.from), ("to", &limit.to)].into_iter().enumerate() {
            let Some(text) = text else { continue };
            times[at] = local_s(text, calendar);
            if times[at].is_none() {
                let help = Some("write local time as \"2025-06-03T16:00\"".to_owned());
                checker.wrong(&["limit", key, field], format!("`{text}` is no time"), help);
            }
        }
        if let [Some(from_s), Some(to_s)] = times
            && to_s <= from_s
        {
            checker.wrong(&["limit", key, "to"], "is not after `from`", None);
        }
    }
}
