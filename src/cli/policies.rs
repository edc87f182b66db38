//! The policies of a run on the command line: an option a kind, and `portvolt policies`, which lists the built-in ones.

use super::exit::Exit;
use super::output::console::Console;
use crate::policy::decide::{BuiltIn, built_in};
use crate::policy::kind::PolicyKind;
use crate::policy::spec::{is_plugin_file, split_params};
use crate::policy::{self, parameter::Parameter};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::fmt::Write;

/// `--dispatch`, `--charging` and so on: one option a kind of policy.
#[derive(Debug, Clone, Default)]
pub(super) struct PolicyArgs(Vec<(PolicyKind, String)>);

impl PolicyArgs {
    /// As settings of a scenario.
    pub(super) fn settings(&self) -> Result<Vec<String>, String> {
        let mut settings = Vec::new();
        for (kind, choice) in &self.0 {
            let (choice, params) = split_params(choice);
            let setting = kind.setting();
            settings.push(format!("{setting}={}", policy_setting(choice)?));
            settings.extend(params.iter().map(|(name, value)| format!("{setting}.params.{name}={value}")));
        }
        Ok(settings)
    }
}

impl FromArgMatches for PolicyArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |kind: &PolicyKind| Some((*kind, matches.get_one::<String>(kind.option())?.clone()));
        Ok(Self(PolicyKind::ALL.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for PolicyArgs {
    fn augment_args(command: Command) -> Command {
        let option = |kind: &PolicyKind| {
            let help = format!(
                "The policy of {kind}, {}: a built-in one or the file of a plugin, relative to this folder (in a scenario \
                 or in `--set`, to the scenario's); parameters follow it: `FILE.wasm:margin=3`",
                kind.facts().decides
            );
            Arg::new(kind.option()).long(kind.option()).value_name("NAME|FILE.wasm").help(help)
        };
        command.args(PolicyKind::ALL.iter().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// A name, or a plugin's file, whose path is relative to where the command runs.
fn policy_setting(choice: &str) -> Result<String, String> {
    if !is_plugin_file(choice) {
        return Ok(toml::Value::from(choice).to_string());
    }
    let path = std::path::absolute(choice).map_err(|error| format!("{choice}: {error}"))?;
    Ok(toml::Value::from(path.display().to_string()).to_string())
}

pub(super) fn policies(console: &Console) -> Exit {
    if console.is_json() {
        let mut json = serde_json::json!({ "schema": 1 });
        for kind in PolicyKind::ALL {
            json[kind.word()] = built_in(*kind).iter().map(policy_json).collect();
        }
        json[PolicyKind::Charging.word()] = charging_json();
        console.print_json(&json);
    } else {
        let others = PolicyKind::ALL.iter().filter(|kind| **kind != PolicyKind::Charging).map(|kind| list(*kind));
        console.print(&format!("{}\n{}", policy::table(), others.collect::<Vec<_>>().join("\n")));
    }
    Exit::Done
}

/// The built-in policies of a kind as a table of Markdown.
fn list(kind: PolicyKind) -> String {
    let mut out = format!("| {kind} | what it does | parameters |\n|---|---|---|\n");
    for BuiltIn { name, about, parameters, .. } in built_in(kind) {
        let parameters: Vec<String> = parameters
            .iter()
            .map(|p| format!("`{}` = {} ({} to {})", p.name, p.default, p.bounds.0, p.bounds.1))
            .collect();
        let parameters = if parameters.is_empty() { "-".to_owned() } else { parameters.join(", ") };
        let _ = writeln!(out, "| `{name}` | {about} | {parameters} |");
    }
    out
}

fn policy_json(policy: &BuiltIn) -> serde_json::Value {
    serde_json::json!({ "name": policy.name, "about": policy.about, "parameters": parameters_json(policy.parameters) })
}

fn parameters_json(parameters: &[Parameter]) -> Vec<serde_json::Value> {
    let told = |p: &Parameter| serde_json::json!({ "name": p.name, "default": p.default, "bounds": p.bounds });
    parameters.iter().map(told).collect()
}

/// Of charging policies more is known.
fn charging_json() -> serde_json::Value {
    let told = |info: &policy::charging::info::ChargingInfo| {
        let knows: Vec<&str> = info.knows.iter().map(|knows| knows.word()).collect();
        serde_json::json!({
            "name": info.name, "about": info.about, "knows": knows, "discharges": info.discharges,
            "parameters": parameters_json(info.parameters),
        })
    };
    policy::built_in().map(told).collect()
}
