//! A run that changes on its way: the past as it was, then on under a changed scenario.
//!
//! The changed scenario is built into a world of its own, of which only what may change midway is taken over. Whatever else
//! differs is refused before the run begins: trucks, chargers, batteries and hauls are there from the start, and a run in
//! which their number changed would have another past.

use super::build;
use super::options::{Options, RunError};
use crate::charging::state::Knowledge;
use crate::grid::limits::TimedLimits;
use crate::grid::state::LimitTree;
use crate::place::site::Sites;
use crate::place::travel::Travel;
use crate::policy::decide::PolicySlot;
use crate::policy::kind::{PolicyKind, for_kind};
use crate::record::notes::PluginNotes;
use crate::scenario::loaded::Loaded;
use bevy_ecs::prelude::{Resource, World};
use serde_json::Value;
use std::collections::BTreeSet;

/// What may change while a run goes on, each with the paths that belong to it (`*` is any key, an open end takes all below).
pub const CHANGEABLE: &[(&str, &str)] = &[
    ("policy.dispatch", "the dispatch policy and its parameters; the new one begins without a memory"),
    ("policy.charging", "the charging policy, its parameters and what it knows of departures (not `price_horizon_h`)"),
    ("policy.hydrogen", "the policy of hydrogen supply and its parameters"),
    ("site.*.limit_kw", "the limit of a connection"),
    ("node.*.limit_kw", "the limit of a node"),
    ("limit.*", "limits that hold for some of the time: outages, hours, seasons"),
    ("site.*.load_kw", "a site's base load"),
    ("site.*.load_by_hour", "its shape by hour"),
    ("travel.*", "speeds, traffic and energy of the trips that begin after it"),
];

/// Paths below one of [`CHANGEABLE`] that cannot change all the same.
const FIXED: &[&str] = &["policy.charging.price_horizon_h"];

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
            match part_of(&path) {
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
    }

    /// Every part that can change, taken over from the same scenario, changes no row: what moves is whole, and nothing that
    /// the past has left is lost with it.
    #[test]
    fn taking_over_what_is_the_same_changes_nothing() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for (name, settings) in [
            ("depot_night", vec!["time.days=2", "charger.night.mtbf_h=40"]),
            ("port_terminal", vec!["time.days=1"]),
            ("hydrogen_corridor", vec!["time.days=1"]),
        ] {
            let settings = settings.into_iter().map(str::to_owned).collect();
            let loaded = load(&Request { path: root.join(name), settings, ..Request::default() }).unwrap();
            let policies = PolicyKind::ALL.iter().filter(|kind| !kind.is_yearly()).map(|kind| Part::Policy(*kind));
            let parts: BTreeSet<Part> = policies.chain([Part::Limits, Part::Loads, Part::Travel]).collect();
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
