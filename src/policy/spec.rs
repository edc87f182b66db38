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
    /// Name of a built-in policy, such as `uncontrolled`, `edf` or `price_aware`: `portvolt policies` lists them.
    pub name: String,
    /// Parameters of the policy by name.
    pub params: BTreeMap<String, f64>,
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
            params: BTreeMap::new(),
            csv: None,
            departures: Departures::Known,
            departure_error_min: 30.0,
            price_horizon_h: 24.0,
        }
    }
}
