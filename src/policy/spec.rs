//! What the user writes about policies.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[policy]`: who decides.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PolicySpec {
    /// Which truck takes which haul and which truck charges where.
    pub dispatch: DispatchChoice,
    /// The set-point of each charging session.
    pub charging: ChargingChoice,
    /// When electrolysers run and when hydrogen is ordered.
    pub hydrogen: HydrogenChoice,
}

/// `[policy.dispatch]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DispatchChoice {
    /// Name of a built-in policy: `nearest_feasible` or `least_empty_km`.
    pub name: String,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
}

impl Default for DispatchChoice {
    fn default() -> Self {
        Self { name: "nearest_feasible".to_owned(), params: BTreeMap::new() }
    }
}

/// `[policy.charging]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChargingChoice {
    /// Name of a built-in policy: `uncontrolled`, `fcfs`, `edf` or `equal_share`.
    pub name: String,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
}

impl Default for ChargingChoice {
    fn default() -> Self {
        Self { name: "uncontrolled".to_owned(), params: BTreeMap::new() }
    }
}

/// `[policy.hydrogen]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HydrogenChoice {
    /// Name of a built-in policy: `keep_full`, `reorder_point`, `cheap_hours` or `follow_solar`.
    pub name: String,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
}

impl Default for HydrogenChoice {
    fn default() -> Self {
        Self { name: "reorder_point".to_owned(), params: BTreeMap::new() }
    }
}
