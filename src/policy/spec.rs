//! What the user writes about policies.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// `[policy]`: policies of dispatch, charging and hydrogen supply.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicySpec {
    /// Which truck takes which haul and which truck charges where: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<DispatchChoice>")]
    pub dispatch: DispatchChoice,
    /// The set-point of each charging session: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<ChargingChoice>")]
    pub charging: ChargingChoice,
    /// When electrolysers run and when hydrogen is ordered: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<HydrogenChoice>")]
    pub hydrogen: HydrogenChoice,
}

/// `[policy.dispatch]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DispatchChoice {
    /// Name of a built-in policy: `nearest_feasible` or `least_empty_km`.
    pub name: String,
    /// A plugin instead: its file, relative to this one.
    pub plugin: Option<String>,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
    /// What a plugin may use.
    pub limits: PluginLimits,
}

impl Default for DispatchChoice {
    fn default() -> Self {
        Self {
            name: "nearest_feasible".to_owned(),
            plugin: None,
            params: BTreeMap::new(),
            limits: PluginLimits::default(),
        }
    }
}

/// `[policy.charging]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChargingChoice {
    /// Name of a built-in policy, such as `uncontrolled`, `edf` or `price_aware`: `portvolt policies` lists them.
    pub name: String,
    /// A plugin instead: its file, relative to this one.
    pub plugin: Option<String>,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
    /// What a plugin may use.
    pub limits: PluginLimits,
    /// For the policy `schedule`: a CSV with the columns `start` (local time such as `2025-06-02T07:30`), `kw` (most
    /// power for charging from then on) and optionally `site`.
    pub csv: Option<String>,
    /// What the policy may know of departures.
    pub departures: Departures,
    /// Spread (standard deviation) of estimated departures around the true ones, minutes.
    #[schemars(range(min = 0.0, max = 1_440.0))]
    pub departure_error_min: f64,
    /// How far ahead prices are known, hours.
    #[schemars(range(min = 0.0, max = 168.0))]
    pub price_horizon_h: f64,
}

/// What a policy may know of departures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Departures {
    /// The true time.
    #[default]
    Known,
    /// A time with an error, drawn once for each session.
    Estimated,
    /// Nothing: every session looks as if it could stay.
    Unknown,
}

impl Default for ChargingChoice {
    fn default() -> Self {
        Self {
            name: "uncontrolled".to_owned(),
            plugin: None,
            params: BTreeMap::new(),
            limits: PluginLimits::default(),
            csv: None,
            departures: Departures::Known,
            departure_error_min: 30.0,
            price_horizon_h: 24.0,
        }
    }
}

/// What one call of a plugin may use. Fuel counts instructions, so the same call burns the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PluginLimits {
    /// Fuel of a call, whatever it sees; about one unit an instruction.
    #[schemars(range(min = 10_000, max = 1_000_000_000_000_u64))]
    pub fuel_base: u64,
    /// Further fuel for each row of the view: truck, haul, site, session or node.
    #[schemars(range(min = 0, max = 1_000_000_000_u64))]
    pub fuel_per_row: u64,
    /// Memory, MiB.
    #[schemars(range(min = 1, max = 4_096))]
    pub memory_mib: u32,
    /// Real time of a call after which the run is given up, seconds. It never changes a result.
    #[schemars(range(min = 1, max = 86_400))]
    pub wall_s: u32,
}

impl Default for PluginLimits {
    /// A guest in Python burns about 7,000 units a row for a sort by deadline, one in Rust about 650; starting an
    /// interpreter takes some millions.
    fn default() -> Self {
        Self { fuel_base: 200_000_000, fuel_per_row: 100_000, memory_mib: 256, wall_s: 60 }
    }
}

impl PluginLimits {
    /// Fuel of a call that sees so many rows.
    #[must_use]
    pub fn fuel(&self, rows: usize) -> u64 {
        self.fuel_base.saturating_add(self.fuel_per_row.saturating_mul(rows as u64))
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

/// A text in the place of a table names a built-in policy or the file of a plugin.
macro_rules! from_text {
    ($($choice:ty),*) => {
        $(impl From<String> for $choice {
            fn from(text: String) -> Self {
                if $crate::policy::spec::is_plugin_file(&text) {
                    Self { plugin: Some(text), ..Self::default() }
                } else {
                    Self { name: text, ..Self::default() }
                }
            }
        }

        impl $choice {
            /// The policy, in a word: the built-in policy, or the file of the plugin.
            #[must_use]
            pub fn word(&self) -> &str {
                self.plugin.as_ref().unwrap_or(&self.name)
            }
        })*
    };
}
pub(crate) use from_text;

from_text!(DispatchChoice, ChargingChoice, HydrogenChoice);

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
/// `[policy.hydrogen]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HydrogenChoice {
    /// Name of a built-in policy: `keep_full`, `reorder_point`, `cheap_hours` or `follow_solar`.
    pub name: String,
    /// A plugin instead: its file, relative to this one.
    pub plugin: Option<String>,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
    /// What a plugin may use.
    pub limits: PluginLimits,
}

impl Default for HydrogenChoice {
    fn default() -> Self {
        let name = "reorder_point".to_owned();
        Self { name, plugin: None, params: BTreeMap::new(), limits: PluginLimits::default() }
    }
}
