//! What the user writes about policies.

use super::kind::{Charging, Dispatch, HydrogenSupply, Kind, YardDispatch};
use crate::kernel::sources::Sources;
use schemars::generate::SchemaGenerator;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use super::keys::{ChargingKeys, Departures, NoKeys, PluginLimits};

/// `[policy]`: the policies of a run.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicySpec {
    /// Which truck takes which haul and which truck charges where: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<Dispatch>>")]
    pub dispatch: Choice<Dispatch>,
    /// The set-point of each charging session: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<Charging>>")]
    pub charging: Choice<Charging>,
    /// When electrolysers run and when hydrogen is ordered: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<HydrogenSupply>>")]
    pub hydrogen: Choice<HydrogenSupply>,
    /// Which unit of a terminal with a plan takes which move, and when and where it charges: a name, the file of a plugin
    /// (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<YardDispatch>>")]
    pub yard: Choice<YardDispatch>,
}

/// The choice of a policy, such as `[policy.dispatch]`: of all kinds alike, with the further keys of each.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, bound = "")]
pub struct Choice<K: Kind> {
    /// Name of a built-in policy.
    pub name: String,
    /// A plugin instead: its file, relative to this one.
    pub plugin: Option<String>,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
    /// What a plugin may use.
    pub limits: PluginLimits,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    pub sources: Sources,
    /// Keys of this kind only.
    #[serde(flatten)]
    pub keys: K::Keys,
}

impl<K: Kind> Default for Choice<K> {
    fn default() -> Self {
        Self::named(K::KIND.facts().default)
    }
}

impl<K: Kind> Choice<K> {
    /// A built-in policy with its own parameters.
    pub fn named(name: impl Into<String>) -> Self {
        let (plugin, params, sources) = (None, BTreeMap::new(), Sources::default());
        Self { name: name.into(), plugin, params, limits: PluginLimits::default(), sources, keys: K::Keys::default() }
    }

    /// The built-in policy, or the file of the plugin.
    #[must_use]
    pub fn word(&self) -> &str {
        self.plugin.as_ref().unwrap_or(&self.name)
    }
}

impl<K: Kind> From<String> for Choice<K> {
    /// A text in the place of a table names a built-in policy or the file of a plugin.
    fn from(text: String) -> Self {
        if is_plugin_file(&text) { Self { plugin: Some(text), ..Self::default() } } else { Self::named(text) }
    }
}

/// The part of a choice that all kinds share, for its schema.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SharedKeys {
    /// Name of a built-in policy: `portvolt policies` lists them.
    name: String,
    /// A plugin instead: its file, relative to this one.
    plugin: Option<String>,
    /// Parameters of the policy by name.
    params: BTreeMap<String, f64>,
    /// What a plugin may use.
    limits: PluginLimits,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    sources: Sources,
}

impl<K: Kind> JsonSchema for Choice<K> {
    fn schema_name() -> Cow<'static, str> {
        format!("{:?}Choice", K::KIND).into()
    }

    /// One closed table: the shared keys, then those of the kind. (`flatten` alone would leave it open to misspelt keys.)
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = SharedKeys::json_schema(generator);
        let own = K::Keys::json_schema(generator);
        if let Some(Value::Object(properties)) = schema.ensure_object().get_mut("properties") {
            if let Some(name) = properties.get_mut("name") {
                name["default"] = K::KIND.facts().default.into();
            }
            properties.extend(own.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
        }
        let what = format!("`[{}]`: {}.", K::KIND.setting(), K::KIND.facts().decides);
        schema.insert("description".to_owned(), what.into());
        schema
    }
}

/// A name, or the whole table.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum NameOr<T> {
    /// Name of a built-in policy, or the file of a plugin.
    Name(String),
    /// With parameters.
    Table(T),
}

/// A text that names a plugin's file.
#[must_use]
pub fn is_plugin_file(text: &str) -> bool {
    std::path::Path::new(text).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wasm"))
}

/// A policy as users write it in one word, and its parameters behind it: `my.wasm:margin=3:reserve_soc=0.2`.
///
/// ```
/// let (policy, params) = portvolt::policy::spec::split_params("my.wasm:margin=3:reserve_soc=0.2");
/// assert_eq!((policy, params), ("my.wasm", vec![("margin", "3"), ("reserve_soc", "0.2")]));
/// assert_eq!(portvolt::policy::spec::split_params("C:\\my.wasm").0, "C:\\my.wasm");
/// ```
#[must_use]
pub fn split_params(word: &str) -> (&str, Vec<(&str, &str)>) {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (mut policy, mut params) = (word, Vec::new());
    while let Some((before, param)) = policy.rsplit_once(':')
        && let Some((name, value)) = param.split_once('=')
        && is_name(name.trim())
    {
        params.insert(0, (name.trim(), value.trim()));
        policy = before;
    }
    (policy, params)
}

/// Reads either.
pub(crate) fn name_or_table<'de, D, T>(source: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + Deserialize<'de>,
{
    Ok(match NameOr::deserialize(source)? {
        NameOr::Name(name) => T::from(name),
        NameOr::Table(table) => table,
    })
}
