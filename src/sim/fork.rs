//! A run that changes on its way: the past as it was, then on under a changed scenario.
//!
//! The changed scenario is built into a world of its own, of which only what may change midway is taken over. Whatever else
//! differs is refused before the run begins: trucks, chargers, batteries and hauls are there from the start, and a run in
//! which their number changed would have another past.

use super::build;
use super::options::{Options, RunError};
use crate::charging::state::Knowledge;
use crate::grid::build as grid;
use crate::grid::limits::TimedLimits;
use crate::grid::state::LimitTree;
use crate::place::site::Sites;
use crate::place::travel::Travel;
use crate::policy::decide::PolicySlot;
use crate::policy::kind::{PolicyKind, for_kind};
use crate::record::notes::PluginNotes;
use crate::scenario::loaded::Loaded;
use crate::yard::build as yard;
use bevy_ecs::prelude::{Resource, World};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What may change while a run goes on, each with the paths that belong to it (`*` is any key, an open end takes all below).
pub const CHANGEABLE: &[(&str, &str)] = &[
    ("policy.dispatch", "the dispatch policy and its parameters; the new one begins without a memory"),
    ("policy.charging", "the charging policy, its parameters and what it knows of departures (not `price_horizon_h`)"),
    ("policy.hydrogen", "the policy of hydrogen supply and its parameters"),
    ("policy.yard", "the policy of a yard's units and its parameters"),
    (
        "terminal.*.plan.dispatch.*",
        "when and where units of a yard charge, and which takes which move (not `groups`, nor to or from `breaks_staggered`)",
    ),
    ("storage.*.rule", "what a stationary battery does"),
    ("storage.*.cap_kw", "the power under which it keeps its site"),
    ("storage.*.reserve_soc", "the charge that it keeps for outages"),
    ("site.*.limit_kw", "the limit of a connection"),
    ("node.*.limit_kw", "the limit of a node"),
    ("limit.*", "limits that hold for some of the time: outages, hours, seasons"),
    ("site.*.load_kw", "a site's base load"),
    ("site.*.load_by_hour", "its shape by hour"),
    ("travel.*", "speeds, traffic and energy of the trips that begin after it"),
];

/// Paths below one of [`CHANGEABLE`] that cannot change all the same.
const FIXED: &[&str] = &["policy.charging.price_horizon_h", "terminal.*.plan.dispatch.groups"];

/// A rule of charging by which the units of a yard are put into groups when the run begins.
const GROUPED: &str = "breaks_staggered";

/// What is there from the start, and why it cannot change midway.
pub const FROM_THE_START: &[(&str, &str)] = &[
    (
        "fleet, truck_model, terminal.*.equipment",
        "vehicles: each has a past of its own, which another number would change",
    ),
    (
        "charger, swap, hydrogen, storage, solar",
        "number, size and place: what charged there would have charged elsewhere",
    ),
    ("site, node", "all but limits and base load; what stands behind what"),
    ("terminal.*.plan", "all but its dispatch: machines are under way in it"),
    ("freight, visits, fuel_visits", "hauls, vessels and visits: they are drawn or read for the whole run"),
    ("tariff, money, price, emissions", "a bill is of whole months, a cost of a year, and so are their prices"),
    ("time, labor, weather", "the days of the run and what is known of them"),
];

/// Both lists, for people.
#[must_use]
pub fn lists() -> String {
    let mut out = "What can change:".to_owned();
    for (path, what) in CHANGEABLE {
        let path = format!("`{path}`");
        let _ = write!(out, "\n  {path:<29} {what}");
    }
    out.push_str("\nWhat cannot, because it is there from the start (simulate such a change with `portvolt run`):");
    for (path, what) in FROM_THE_START {
        let _ = write!(out, "\n  `{}`: {what}", path.replace(", ", "`, `"));
    }
    out
}

/// Paths that no simulation reads.
const TEXTS: &[&str] = &["title", "description", "source.*"];

/// A group of values that change together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A policy that ticks ask.
    Policy(PolicyKind),
    /// Limits of connections and nodes, timed ones among them.
    Limits,
    /// Base loads.
    Loads,
    /// What stationary batteries do.
    Storage,
    /// How the units of yards are sent.
    Yards,
    /// The roads.
    Travel,
}

/// What two merged documents have different: the parts that change, and the paths that cannot change midway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What changes, each once.
    pub parts: BTreeSet<Part>,
    /// Paths that differ and may not.
    pub refused: Vec<String>,
    /// All paths that differ, texts left out.
    pub paths: Vec<String>,
}

impl Changes {
    /// Compares two merged documents, as `scenario::load::document` gives them.
    #[must_use]
    pub fn between(before: &Value, after: &Value) -> Self {
        let mut differing = Vec::new();
        differ(before, after, &mut Vec::new(), &mut differing);
        let mut changes = Self::default();
        for path in differing {
            let is_text = path.iter().any(|key| key == "sources") || TEXTS.iter().any(|text| fits(text, &path));
            if is_text {
                continue;
            }
            let regroups = path.ends_with(&["dispatch".to_owned(), "charging".to_owned()])
                && [before, after].into_iter().any(|document| is_grouped(document, &path));
            match part_of(&path).filter(|_| !regroups) {
                Some(part) => {
                    changes.parts.insert(part);
                }
                None => changes.refused.push(path.join(".")),
            }
            changes.paths.push(path.join("."));
        }
        changes
    }
}

/// The leaves in which two documents differ; a list is a leaf.
fn differ(before: &Value, after: &Value, path: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    const NOTHING: Value = Value::Null;
    if before == after {
        return;
    }
    // A name alone, such as that of a policy, is short for a table with it.
    let table = |value: &Value| match value {
        Value::Object(table) => Some(table.clone()),
        Value::Null => Some(serde_json::Map::new()),
        Value::String(_) if path.first().is_some_and(|key| key == "policy") => {
            Some(serde_json::Map::from_iter([("name".to_owned(), value.clone())]))
        }
        _ => None,
    };
    let is_table = before.is_object() || after.is_object();
    let (Some(old), Some(new)) = (table(before).filter(|_| is_table), table(after)) else {
        return out.push(path.clone());
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        path.push(key.clone());
        differ(old.get(key).unwrap_or(&NOTHING), new.get(key).unwrap_or(&NOTHING), path, out);
        path.pop();
    }
}

/// Does a document say at a path that units are put into groups?
fn is_grouped(document: &Value, path: &[String]) -> bool {
    let value = path.iter().try_fold(document, |value, key| value.get(key));
    value.and_then(Value::as_str) == Some(GROUPED)
}

/// Does a path lie at or below a pattern?
fn fits(pattern: &str, path: &[String]) -> bool {
    let keys: Vec<&str> = pattern.split('.').collect();
    path.len() + usize::from(pattern.ends_with(".*")) >= keys.len()
        && keys.iter().zip(path).all(|(key, part)| *key == "*" || *key == part)
}

fn part_of(path: &[String]) -> Option<Part> {
    let is_fixed = FIXED.iter().any(|fixed| fits(fixed, path));
    if is_fixed || !CHANGEABLE.iter().any(|(pattern, _)| fits(pattern, path)) {
        return None;
    }
    let policy = PolicyKind::ALL.iter().find(|kind| fits(kind.setting(), path));
    Some(match (policy, path[0].as_str(), path.last().map(String::as_str)) {
        (Some(kind), ..) => Part::Policy(*kind),
        (_, "travel", _) => Part::Travel,
        (_, "storage", _) => Part::Storage,
        (_, "terminal", _) => Part::Yards,
        (_, "site", Some("load_kw" | "load_by_hour")) => Part::Loads,
        _ => Part::Limits,
    })
}

/// A change that waits for its time.
#[derive(Debug)]
pub(super) struct Fork {
    /// When, seconds from the start of the run.
    pub(super) at_s: u32,
    /// What comes then; none where the time is only told apart.
    next: Option<Next>,
}

#[derive(Debug)]
struct Next {
    world: World,
    parts: BTreeSet<Part>,
}

impl Fork {
    /// Builds what comes after a time.
    pub(super) fn new(
        at_s: u32,
        changed: Option<(&Loaded, &BTreeSet<Part>)>,
        options: &Options,
    ) -> Result<Self, RunError> {
        let build = |(loaded, parts): (&Loaded, &BTreeSet<Part>)| -> Result<Next, RunError> {
            Ok(Next { world: build::world(loaded, options)?.0, parts: parts.clone() })
        };
        Ok(Self { at_s, next: changed.map(build).transpose()? })
    }

    /// Takes the change over into the world of the run. Policies that end say what they noted; a policy that fails at its
    /// end is told by its name and message.
    pub(super) fn turn(&mut self, world: &mut World) -> (Vec<PluginNotes>, Option<(String, String)>) {
        let (mut notes, mut failed) = (Vec::new(), None);
        let Some(Next { world: mut next, parts }) = self.next.take() else { return (notes, failed) };
        for part in parts {
            match part {
                Part::Policy(kind) => {
                    for_kind!(kind, K => {
                        if let Some(new) = next.remove_resource::<PolicySlot<K>>() {
                            let mut old = core::mem::replace(&mut *world.resource_mut::<PolicySlot<K>>(), new);
                            let name = old.0.name().to_owned();
                            failed = failed.or(old.0.finish().err().map(|message| (name, message)));
                            notes.extend(old.0.notes());
                        }
                    });
                    take::<Knowledge>(world, &mut next);
                }
                Part::Limits => {
                    let same = world.resource::<LimitTree>().parents() == next.resource::<LimitTree>().parents();
                    assert!(same, "a fork changes the limits of a tree, not its shape");
                    take::<LimitTree>(world, &mut next);
                    take::<TimedLimits>(world, &mut next);
                }
                Part::Loads => take::<Sites>(world, &mut next),
                Part::Storage => grid::take_rules(world, &next),
                Part::Yards => yard::take_dispatch(world, &mut next),
                Part::Travel => take::<Travel>(world, &mut next),
            }
        }
        (notes, failed)
    }
}

/// Moves a resource from one world to the other; one that is gone already was moved before.
fn take<R: Resource<Mutability = bevy_ecs::component::Mutable>>(world: &mut World, next: &mut World) {
    if let Some(value) = next.remove_resource::<R>() {
        *world.resource_mut::<R>() = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load::{Request, load};
    use crate::sim::Simulation;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;

    fn paths(before: &str, after: &str) -> Changes {
        let read = |text: &str| serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
        Changes::between(&read(before), &read(after))
    }

    /// What may change is sorted, what may not is named, what nobody simulates is neither.
    #[test]
    fn changes_are_sorted() {
        let before = "title = \"a\"\n[site.s]\nlimit_kw = 1\n[fleet.f.trucks]\nt = 40\n[policy]\ncharging = \"edf\"";
        let after = "title = \"b\"\n[site.s]\nlimit_kw = 2\nsources = { limit_kw = \"x\" }\n[fleet.f.trucks]\nt = 41\n\
                     [policy.charging]\nname = \"fcfs\"\n[limit.l]\nkw = 0\non = [\"s\"]";
        let changes = paths(before, after);
        assert_eq!(changes.refused, ["fleet.f.trucks.t"]);
        assert_eq!(changes.parts, BTreeSet::from([Part::Policy(PolicyKind::Charging), Part::Limits]));
        let fixed =
            paths("[policy.charging]\nname = \"edf\"", "[policy.charging]\nname = \"edf\"\nprice_horizon_h = 9");
        assert_eq!(fixed.refused, ["policy.charging.price_horizon_h"]);
        let short = paths("[policy]\ncharging = \"edf\"", "[policy.charging]\nname = \"edf\"\nprice_horizon_h = 9");
        assert_eq!(short.refused, fixed.refused);
        assert_eq!(paths(before, before), Changes::default());
        let battery = |rule: &str, kwh: u32| format!("[storage.s]\nrule = \"{rule}\"\nenergy_kwh = {kwh}");
        let changes = paths(&battery("price", 9), &battery("support", 10));
        assert_eq!((changes.refused, changes.parts), (vec!["storage.s.energy_kwh".to_owned()], [Part::Storage].into()));
        let yard = |text: &str| format!("[terminal.t.plan]\ndetour = 1\n[terminal.t.plan.dispatch]\n{text}");
        let changes = paths(&yard("charging = \"threshold\""), &yard("charging = \"opportunity\"\nwait_min = 3"));
        assert_eq!((changes.refused, changes.parts), (Vec::new(), [Part::Yards].into()));
        let grouped = paths(&yard("charging = \"threshold\""), &yard("charging = \"breaks_staggered\"\ngroups = 3"));
        assert_eq!(grouped.refused, ["terminal.t.plan.dispatch.charging", "terminal.t.plan.dispatch.groups"]);
    }

    /// Every part that can change, taken over from the same scenario, changes no row: what moves is whole, and nothing that
    /// the past has left is lost with it.
    #[test]
    fn taking_over_what_is_the_same_changes_nothing() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let battery = ["site=depot", "energy_kwh=400", "power_kw=100", "round_trip=0.85", "rule=price"];
        let battery: Vec<String> = battery.iter().map(|it| format!("storage.pack.{it}")).collect();
        let depot = [&battery[..], &["time.days=2", "charger.night.mtbf_h=40"].map(str::to_owned)].concat();
        let day = || vec!["time.days=1".to_owned()];
        for (name, overlay, settings) in [
            ("depot_night", None, depot),
            ("port_terminal", None, day()),
            ("port_terminal", Some("opportunity.toml"), day()),
            ("hydrogen_corridor", None, day()),
        ] {
            let path = root.join(name);
            let overlays = overlay.iter().flat_map(|overlay| [path.join("planned.toml"), path.join(overlay)]).collect();
            let loaded = load(&Request { path, overlays, settings, ..Request::default() }).unwrap();
            let policies = PolicyKind::ALL.iter().filter(|kind| !kind.is_yearly()).map(|kind| Part::Policy(*kind));
            let others = [Part::Limits, Part::Loads, Part::Travel, Part::Storage, Part::Yards];
            let parts: BTreeSet<Part> = policies.chain(others).collect();
            let digest = |fork: Option<Option<(&Loaded, &BTreeSet<Part>)>>| {
                let options = Options { seed: 3, ..Options::default() };
                let mut simulation = Simulation::new(&loaded, &options).unwrap();
                if let Some(changed) = fork {
                    simulation.fork_at(13 * 3600, changed, &options).unwrap();
                }
                let stop = AtomicBool::new(false);
                simulation.drive(&loaded, (None, false), &stop, |_, _| {}).unwrap().0.digest()
            };
            let plain = digest(None);
            assert_eq!(digest(Some(None)), plain, "{name}: told apart");
            assert_eq!(digest(Some(Some((&loaded, &parts)))), plain, "{name}: taken over");
        }
    }
}
