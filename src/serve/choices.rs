//! What a planner can choose from, with names for people.

use crate::policy::decide::{BuiltIn, built_in};
use crate::policy::kind::PolicyKind;
use crate::policy::parameter::Parameter;
use crate::report::land::{self, Region};
use crate::scenario::files::FILE_NAME;
use crate::scenario::template::Files;
use serde::Serialize;
use utoipa::ToSchema;

/// Something to choose: the name that a scenario has for it, and what it is for people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Choice {
    name: String,
    title: String,
    /// One line or two; may be empty.
    about: String,
}

impl Choice {
    /// A choice whose name is all that there is to say.
    pub(super) fn new(name: &str, about: &str) -> Self {
        Self { name: name.to_owned(), title: name.replace('_', " "), about: about.to_owned() }
    }
}

/// A kind of decision, and the built-in policies that can take it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Decisions {
    /// The table of a scenario that names the policy, such as `policy.charging`.
    setting: &'static str,
    /// What is decided, in a few words.
    decides: &'static str,
    /// The policy of a scenario that names none.
    default: &'static str,
    policies: Vec<PolicyChoice>,
}

/// A built-in policy.
#[derive(Debug, Serialize, ToSchema)]
struct PolicyChoice {
    name: &'static str,
    /// What it does, in one sentence.
    about: &'static str,
    parameters: Vec<ParameterChoice>,
    /// Is it one that others are measured against only?
    is_floor: bool,
}

/// A parameter of a policy.
#[derive(Debug, Serialize, ToSchema)]
struct ParameterChoice {
    /// Its name, with the unit.
    name: String,
    default: f64,
    least: f64,
    most: f64,
    /// Is it a count, or yes (1) or no (0)?
    is_whole: bool,
}

/// All kinds of decisions.
pub(super) fn decisions() -> Vec<Decisions> {
    let told = |kind: &PolicyKind| {
        let facts = kind.facts();
        let policies = built_in(*kind).iter().map(policy).collect();
        Decisions { setting: facts.setting, decides: facts.decides, default: facts.default, policies }
    };
    PolicyKind::ALL.iter().map(told).collect()
}

fn policy(known: &BuiltIn) -> PolicyChoice {
    let parameter = |it: &Parameter| {
        let (least, most) = it.bounds;
        ParameterChoice { name: it.name.to_string(), default: it.default, least, most, is_whole: it.is_whole }
    };
    let parameters = known.parameters.iter().map(parameter).collect();
    PolicyChoice { name: known.name, about: known.about, parameters, is_floor: known.is_floor }
}

/// A scenario that can be copied.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Template {
    name: String,
    title: String,
    about: String,
    /// Its sites, and the coast around them: what its picture is drawn of.
    sites: Vec<Spot>,
    land: Vec<Vec<f64>>,
}

/// Where a site is.
#[derive(Debug, Serialize, ToSchema)]
struct Spot {
    kind: String,
    lat: f64,
    lon: f64,
}

/// A scenario that can be copied, told from its files.
pub(super) fn template(name: &str, files: &Files) -> Template {
    let tables = files.iter().filter_map(|file| Some((file.0, file.1.parse::<toml::Table>().ok()?)));
    let tables: Vec<(&str, toml::Table)> = tables.collect();
    let main = tables.iter().find(|file| file.0 == FILE_NAME).map(|file| &file.1);
    let word = |key: &str| main.and_then(|table| table.get(key)?.as_str()).unwrap_or_default().to_owned();
    // A template may be built on another file beside it, which has the sites.
    let rows = tables.iter().filter_map(|file| file.1.get("site")?.as_table()).flat_map(toml::Table::values);
    let sites: Vec<Spot> = rows.filter_map(spot).collect();
    let land = Region::around(sites.iter().map(|site| (site.lat, site.lon))).map(land::of).unwrap_or_default();
    Template { name: name.to_owned(), title: word("title"), about: word("description"), sites, land }
}

fn spot(site: &toml::Value) -> Option<Spot> {
    let degrees = |key: &str| site.get(key)?.as_float();
    Some(Spot { kind: site.get("kind")?.as_str()?.to_owned(), lat: degrees("lat")?, lon: degrees("lon")? })
}

/// A tariff that comes with the binary, with its utility and the name that the utility gives it.
pub(super) fn tariff(name: &str, text: &str) -> Choice {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    // The Utility Rate Database answers with a list of rates.
    let rate = json.pointer("/items/0").or_else(|| json.get(0)).unwrap_or(&json);
    let word = |key: &str| rate[key].as_str().unwrap_or_default();
    let title =
        [word("utility"), word("name")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let rates = json["items"].as_array().or_else(|| json.as_array()).cloned().unwrap_or_else(|| vec![json.clone()]);
    let demand = rates.iter().flat_map(demand_rates).fold(0.0, f64::max);
    let about =
        if demand > 0.0 { format!("demand charge up to {demand:.2} USD/kW") } else { "no demand charge".to_owned() };
    let plain = Choice::new(name, &about);
    if title.is_empty() { plain } else { Choice { title, ..plain } }
}

/// Rates of a tariff by the kW: of any time, and of periods.
fn demand_rates(rate: &serde_json::Value) -> Vec<f64> {
    let structures = ["flatdemandstructure", "demandratestructure"].map(|key| rate[key].as_array());
    let tiers = structures.into_iter().flatten().flatten().filter_map(serde_json::Value::as_array).flatten();
    tiers.filter_map(|tier| Some(tier["rate"].as_f64()? + tier["adj"].as_f64().unwrap_or(0.0))).collect()
}
