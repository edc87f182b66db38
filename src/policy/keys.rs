//! What a table that chooses a policy may hold beside its name and parameters.

use schemars::JsonSchema;
use serde::Deserialize;

/// Kinds without keys of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct NoKeys {}

/// Further keys of `[policy.charging]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ChargingKeys {
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

impl Default for ChargingKeys {
    fn default() -> Self {
        Self { csv: None, departures: Departures::Known, departure_error_min: 30.0, price_horizon_h: 24.0 }
    }
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
