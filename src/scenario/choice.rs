//! The choice of policies: how overlays change it, and the files of plugins.

use super::Scenario;
use super::checker::Checker;
use super::loaded::{Plugins, Schedule};
use super::plugin_file::PluginFile;
use super::rows::Rows;
use crate::disk::read::Kind;
use crate::document::problem::Problem;
use crate::document::tree::{Item, Node};
use crate::policy::decide::Decision;
use crate::policy::kind::{PolicyKind, for_kind};
use crate::policy::parameter::PolicyError;
use crate::policy::spec::{Choice, is_plugin_file};
use serde_json::Value;
use std::collections::BTreeMap;

/// Before `over` is laid on `document`: a bare name becomes a table, so that parameters can be laid on it; a name makes way
/// for a plugin as a plugin does for a name; and parameters go with the policy that they were for.
pub(super) fn make_way(document: &mut Item, over: &Item) {
    for (table, kind) in PolicyKind::ALL.iter().map(|kind| kind.table_and_key()) {
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

/// Checks the names and parameters of built-in policies.
pub(super) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    for kind in PolicyKind::ALL {
        for_kind!(kind, K => check_one::<K>(scenario, checker));
    }
}

fn check_one<K: Decision>(scenario: &Scenario, checker: &mut Checker<'_>) {
    let has_file = scenario.policy.charging.keys.csv.is_some();
    if let Some(choice) = K::choice(scenario) {
        check_choice(choice, has_file, checker);
    }
}

fn check_choice<K: Decision>(choice: &Choice<K>, has_file: bool, checker: &mut Checker<'_>) {
    // The rows of a file are checked when it is read.
    let any_schedule = Schedule::default();
    if choice.plugin.is_some() {
        return;
    }
    if let Err(error) = K::make(choice, has_file.then_some(&any_schedule)) {
        let (table, key) = K::KIND.table_and_key();
        let place: &[&str] = match &error {
            PolicyError::Parameter { name, .. }
            | PolicyError::Bounds { name, .. }
            | PolicyError::Whole { name, .. } => &[table, key, "params", name],
            PolicyError::Unknown { .. } | PolicyError::NoSchedule => &[table, key],
        };
        checker.wrong(place, error.to_string(), error.help());
    }
}

/// Checks them in a document of which a mistake elsewhere makes no scenario: that one does not hide a misspelt name.
pub(super) fn check_unread(document: &Item, problems: &mut Vec<Problem>) {
    let mut checker = Checker::new(document, problems);
    for kind in PolicyKind::ALL {
        let (table, key) = kind.table_and_key();
        let Some(item) = child(document, table).and_then(|table| child(table, key)) else { continue };
        for_kind!(kind, K => check_item::<K>(item, &mut checker));
    }
}

fn check_item<K: Decision>(item: &Item, checker: &mut Checker<'_>)
where
    Choice<K>: serde::de::DeserializeOwned,
{
    let choice = match item.to_json() {
        Value::String(name) if !is_plugin_file(&name) => Some(Choice::named(name)),
        table @ Value::Object(_) => serde_json::from_value::<Choice<K>>(table).ok(),
        _ => None,
    };
    if let Some(choice) = choice {
        check_choice(&choice, child(item, "csv").is_some(), checker);
    }
}

/// Reads the files of plugins, whose paths are relative to the scenario's folder.
pub(super) fn plugins(scenario: &Scenario, document: &Item, rows: &mut Rows<'_>) -> Plugins {
    let mut plugins = Plugins::new();
    for kind in PolicyKind::ALL {
        let named = for_kind!(kind, K => K::choice(scenario).and_then(|choice| choice.plugin.as_deref()));
        plugins.extend(plugin(*kind, named, document, rows).map(|file| (*kind, file)));
    }
    plugins
}

fn plugin(kind: PolicyKind, named: Option<&str>, document: &Item, rows: &mut Rows<'_>) -> Option<PluginFile> {
    let (table, key) = kind.table_and_key();
    let path = [table, key, "plugin"].map(str::to_owned);
    let file = named.map(|named| rows.place(named));
    let mut wrong = |message: String, help: &str| {
        let place = Some(document.nearest(&path).value.clone());
        let (field, help) = (kind.setting().to_owned(), Some(help.to_owned()));
        rows.problems.push(Problem { place, field, message, help });
    };
    let choice = child(document, table).and_then(|table| child(table, key));
    let has = |key| choice.and_then(|choice| child(choice, key)).is_some();
    if has("name") && has("plugin") {
        wrong("has both a `name` and a `plugin`".to_owned(), "keep one of them");
    }
    let file = file?;
    match rows.from.bytes(&file, Kind::Plugin) {
        Ok(bytes) => {
            let plugin = PluginFile::new(file.display().to_string(), bytes);
            rows.inputs.insert(plugin.path.clone(), plugin.hash.clone());
            Some(plugin)
        }
        Err((what, _)) => {
            let help = "the path of a plugin is relative to the scenario's folder";
            wrong(format!("plugin {}: {what}", file.display()), help);
            None
        }
    }
}
