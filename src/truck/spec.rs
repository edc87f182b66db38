//! What the user writes about trucks, fleets, travel and weather.

use crate::kernel::sources::Sources;
use crate::vehicle::spec::{BatterySpec, Count, Powertrain, TankSpec};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[truck_model.ID]`: a kind of drayage tractor.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TruckModelSpec {
    /// Name for people.
    pub name: Option<String>,
    /// What moves it.
    pub powertrain: Powertrain,
    /// Energy or fuel per km on a freeway at mild temperature, without a container: kWh, US gallons or kg of
    /// hydrogen.
    #[schemars(range(min = 0.001, max = 20.0))]
    pub bobtail_per_km: f64,
    /// The same with an empty container.
    #[schemars(range(min = 0.001, max = 20.0))]
    pub empty_per_km: f64,
    /// The same with a loaded container.
    #[schemars(range(min = 0.001, max = 20.0))]
    pub loaded_per_km: f64,
    /// Energy or fuel per hour while it waits with its systems on: kWh, US gallons or kg of hydrogen.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 50.0))]
    pub idle_per_h: f64,
    /// Rise of use per degree Celsius below `mild_from_c`.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.1))]
    pub cold_per_c: f64,
    /// Rise of use per degree Celsius above `mild_to_c`.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.1))]
    pub hot_per_c: f64,
    /// Mild weather begins at this temperature, degrees Celsius.
    #[serde(default = "default_mild_from_c")]
    #[schemars(range(min = -20.0, max = 40.0))]
    pub mild_from_c: f64,
    /// Mild weather ends at this temperature, degrees Celsius.
    #[serde(default = "default_mild_to_c")]
    #[schemars(range(min = -20.0, max = 50.0))]
    pub mild_to_c: f64,
    /// Nitrogen oxides from the tailpipe, g/km.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub nox_g_per_km: f64,
    /// Exhaust particles up to 2.5 micrometres, g/km.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub pm25_g_per_km: f64,
    /// Nitrogen oxides while it stands with its systems on, g/h.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 500.0))]
    pub nox_g_per_idle_h: f64,
    /// Exhaust particles up to 2.5 micrometres while it stands with its systems on, g/h.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub pm25_g_per_idle_h: f64,
    /// The battery; only for `battery_electric`.
    pub battery: Option<BatterySpec>,
    /// The hydrogen tank; only for `fuel_cell`.
    pub tank: Option<TankSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Assumed: cabins are hardly heated above it.
fn default_mild_from_c() -> f64 {
    15.0
}

/// Assumed: cabins are hardly cooled below it.
fn default_mild_to_c() -> f64 {
    25.0
}

/// `[fleet.ID]`: vehicles under one operator.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Home depot: a key of `[site]`. None: owner-operators, whose trucks stay where they stopped.
    pub home: Option<String>,
    /// Where trucks without a home stand when the run starts: keys of `[site]`.
    #[serde(default)]
    pub start_at: Vec<String>,
    /// How many trucks of each model: keys of `[truck_model]`.
    pub trucks: BTreeMap<String, Count>,
    /// Share of the trucks that work at all in a week, 0 to 1.
    #[serde(default = "default_active_share")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub active_share: f64,
    /// The shifts; a truck has one of them.
    #[schemars(length(min = 1, max = 16))]
    pub shift: Vec<ShiftSpec>,
    /// Most hours at the wheel in one shift.
    #[serde(default = "default_driving_h")]
    #[schemars(range(min = 1.0, max = 24.0))]
    pub driving_h: f64,
    /// Time that a truck with an empty battery or tank loses to the tow, hours.
    #[serde(default = "default_tow_h")]
    #[schemars(range(min = 0.0, max = 48.0))]
    pub tow_h: f64,
    /// A truck goes home at the end of its shift when it has so many times the energy or hydrogen of the way; with less it
    /// charges or fuels first.
    #[serde(default = "default_home_margin")]
    #[schemars(range(min = 1.0, max = 3.0))]
    pub home_margin: f64,
    /// A truck keeps so many times the energy that its fleet's trucks used on the last working day for its next duty, when
    /// it exports to the grid.
    #[serde(default = "default_duty_reserve")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub duty_reserve: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl FleetSpec {
    /// Hours that drivers of so many stranded trucks waited for the tow.
    #[must_use]
    pub fn towed_h(&self, stranded: u64) -> f64 {
        stranded as f64 * self.tow_h
    }
}

/// Assumed: an hour until the tow comes, and one on its hook.
fn default_tow_h() -> f64 {
    2.0
}

/// Assumed: a tenth for the traffic of the day.
fn default_home_margin() -> f64 {
    1.1
}

/// Assumed: half as much again as the mean day.
fn default_duty_reserve() -> f64 {
    1.5
}

fn default_active_share() -> f64 {
    1.0
}

fn default_share() -> f64 {
    1.0
}

fn default_weekday() -> f64 {
    1.0
}

fn default_driving_h() -> f64 {
    11.0
}

/// One shift of a fleet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftSpec {
    /// Local time of the first truck's start, such as `"05:30"`.
    pub start: String,
    /// Trucks start evenly over this many hours after it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 12.0))]
    pub spread_h: f64,
    /// Length, hours.
    #[schemars(range(min = 0.5, max = 16.0))]
    pub hours: f64,
    /// Share of the fleet's trucks with this shift; the shares of a fleet add up to 1.
    #[serde(default = "default_share")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Probability that a truck works on a weekday (Monday to Friday).
    #[serde(default = "default_weekday")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub weekday: f64,
    /// Probability that a truck works on a Saturday.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub saturday: f64,
    /// Probability that a truck works on a Sunday.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub sunday: f64,
}
