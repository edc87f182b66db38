//! The choice of policies: how overlays change it, and the files of plugins.

use super::Scenario;
use super::loaded::Plugins;
use super::plugin_file::PluginFile;
use super::rows::Rows;
use crate::disk::read::Kind;
use crate::document::problem::Problem;
use crate::document::tree::{Item, Node};
use crate::policy::spec::is_plugin_file;
use serde_json::Value;
use std::collections::BTreeMap;

/// Tables that choose a policy.
const CHOICES: [(&str, &str); 5] = [
    ("policy", "dispatch"),
    ("policy", "charging"),
    ("policy", "hydrogen"),
    ("transition", "adoption"),
    ("transition", "infrastructure"),
];

/// Before `over` is laid on `document`: a bare name becomes a table, so that parameters can be laid on it; a name makes way
/// for a plugin as a plugin does for a name; and parameters go with the policy that they were for.
pub(super) fn make_way(document: &mut Item, over: &Item) {
    for (table, kind) in CHOICES {
        let Some(Node::Table(theirs)) = child(over, table).and_then(|table| child(table, kind)).map(|it| &it.node)
        else {
            continue;
        };
        let Some(mine) = child_mut(document, table).and_then(|table| child_mut(table, kind)) else {
            continue;
        };
        if let Node::Leaf(Value::String(text)) = &mine.node {
            let key = if is_plugin_file(text) { "plugin" } else { "name" };
            mine.node = Node::Table(BTreeMap::from([(key.to_owned(), mine.clone())]));
        }
        if let Node::Table(items) = &mut mine.node {
            for (new, old) in [("name", "plugin"), ("plugin", "name")] {
                let Some(chosen) = theirs.get(new) else { continue };
                items.remove(old);
                if items.get(new).is_none_or(|before| before.to_json() != chosen.to_json()) {
                    items.remove("params");
                }
            }
        }
    }
}

fn child<'a>(item: &'a Item, key: &str) -> Option<&'a Item> {
    if let Node::Table(items) = &item.node { items.get(key) } else { None }
}

fn child_mut<'a>(item: &'a mut Item, key: &str) -> Option<&'a mut Item> {
    if let Node::Table(items) = &mut item.node { items.get_mut(key) } else { None }
}

/// Reads the files of plugins, whose paths are relative to the scenario's folder.
pub(super) fn plugins(scenario: &Scenario, document: &Item, rows: &mut Rows<'_>) -> Plugins {
    let Rows { base, from, inputs, problems } = rows;
    let mut read = |table: &str, kind: &str, plugin: Option<&String>| {
        let path = [table, kind, "plugin"].map(str::to_owned);
        let mut wrong = |message: String, help: Option<&str>| {
            let place = Some(document.nearest(&path).value.clone());
            let field = format!("{table}.{kind}");
            problems.push(Problem { place, field, message, help: help.map(str::to_owned) });
        };
        let choice = child(document, table).and_then(|table| child(table, kind));
        let has = |key| choice.and_then(|choice| child(choice, key)).is_some();
        if has("name") && has("plugin") {
            wrong("has both a `name` and a `plugin`".to_owned(), Some("keep one of them"));
        }
        let file = base.join(plugin?);
        match from.bytes(&file, Kind::Plugin) {
            Ok(bytes) => {
                let plugin = PluginFile::new(file.display().to_string(), bytes);
                inputs.insert(plugin.path.clone(), plugin.hash.clone());
                Some(plugin)
            }
            Err((what, _)) => {
                let help = "the path of a plugin is relative to the scenario's folder";
                wrong(format!("plugin {}: {what}", file.display()), Some(help));
                None
            }
        }
    };
    let policy = &scenario.policy;
    let transition = scenario.transition.as_ref();
    let adoption = transition.and_then(|transition| transition.adoption.plugin.as_ref());
    let infrastructure = transition.and_then(|transition| transition.infrastructure.plugin.as_ref());
    Plugins {
        dispatch: read("policy", "dispatch", policy.dispatch.plugin.as_ref()),
        charging: read("policy", "charging", policy.charging.plugin.as_ref()),
        adoption: read("transition", "adoption", adoption),
        hydrogen: read("policy", "hydrogen", policy.hydrogen.plugin.as_ref()),
        infrastructure: read("transition", "infrastructure", infrastructure),
    }
}
