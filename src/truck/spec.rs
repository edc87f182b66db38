//! What the user writes about trucks, fleets, travel and weather.

use crate::hydrogen::spec::TankSpec;
use crate::scenario::Sources;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What moves a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Powertrain {
    /// Diesel engine.
    Diesel,
    /// Battery electric.
    BatteryElectric,
    /// Fuel cell with a buffer battery; what both lose is in the use of hydrogen.
    FuelCell,
    /// Fed by a cable or conductor from the site (cranes).
    GridConnected,
}

impl Powertrain {
    /// The word used in files and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Diesel => "diesel",
            Self::BatteryElectric => "battery_electric",
            Self::FuelCell => "fuel_cell",
            Self::GridConnected => "grid_connected",
        }
    }
}

/// The battery of a vehicle model and what it accepts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatterySpec {
    /// Usable energy, kWh.
    #[schemars(range(min = 1.0, max = 10_000.0))]
    pub usable_kwh: f64,
    /// Power the battery accepts at each state of charge: pairs `[soc, kw]`, soc rising from 0 to 1, kw above 0.
    #[schemars(length(min = 2, max = 64))]
    pub accepts_kw: Vec<[f64; 2]>,
    /// Most power that it gives back to the site, kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 20_000.0))]
    pub v2g_kw: f64,
    /// State of charge below which it gives nothing back, 0 to 1.
    #[serde(default = "most_of_it")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub v2g_keep_soc: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn most_of_it() -> f64 {
    0.6
}

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
    /// Rise of use per degree Celsius below 15.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.1))]
    pub cold_per_c: f64,
    /// Rise of use per degree Celsius above 25.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.1))]
    pub hot_per_c: f64,
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
    #[serde(default = "whole")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub active_share: f64,
    /// The shifts; a truck has one of them.
    #[schemars(length(min = 1, max = 16))]
    pub shift: Vec<ShiftSpec>,
    /// Most hours at the wheel in one shift.
    #[serde(default = "eleven")]
    #[schemars(range(min = 1.0, max = 24.0))]
    pub driving_h: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A number of vehicles.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Count(#[schemars(range(min = 0, max = 1_000_000))] pub u32);

fn whole() -> f64 {
    1.0
}

fn eleven() -> f64 {
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
    #[serde(default = "whole")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Probability that a truck works on a weekday (Monday to Friday).
    #[serde(default = "whole")]
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

/// `[travel]`: distances and times between sites.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TravelSpec {
    /// Road distance over great-circle distance.
    #[schemars(range(min = 1.0, max = 3.0))]
    pub circuity: f64,
    /// A CSV with the columns `origin, destination, km` and optionally `minutes` (without traffic); pairs it
    /// does not name fall back to the great circle. It is read both ways unless it names both.
    pub matrix: Option<String>,
    /// Trips up to this many km go by local streets.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub local_up_to_km: f64,
    /// Longer trips up to this many km go by arterial roads; longer ones by freeway.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub arterial_up_to_km: f64,
    /// Speed without traffic on local streets, km/h.
    #[schemars(range(min = 5.0, max = 130.0))]
    pub local_kmh: f64,
    /// Speed without traffic on arterial roads, km/h.
    #[schemars(range(min = 5.0, max = 130.0))]
    pub arterial_kmh: f64,
    /// Speed without traffic on freeways, km/h.
    #[schemars(range(min = 5.0, max = 130.0))]
    pub freeway_kmh: f64,
    /// Speed over speed without traffic for the 24 hours of a weekday.
    #[schemars(length(min = 24, max = 24))]
    pub traffic: Vec<f64>,
    /// Energy per km on local streets over that on a freeway.
    #[schemars(range(min = 0.5, max = 3.0))]
    pub local_energy_factor: f64,
    /// Energy per km on arterial roads over that on a freeway.
    #[schemars(range(min = 0.5, max = 3.0))]
    pub arterial_energy_factor: f64,
    /// Spread of the energy of single trips around their mean (coefficient of variation).
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub energy_cv: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[weather]`: air temperature.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeatherSpec {
    /// Mean temperature of the months January to December, degrees Celsius.
    #[schemars(length(min = 12, max = 12))]
    pub mean_c: Vec<f64>,
    /// Highest minus lowest temperature of a day, degrees Celsius.
    #[schemars(range(min = 0.0, max = 40.0))]
    pub daily_range_c: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}
