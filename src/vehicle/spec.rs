//! What the user writes about the energy on board of a vehicle: trucks, equipment, later craft.

use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The word that stands for the trucks of every fleet among the users of chargers and stations.
pub const PUBLIC: &str = "public";
/// The word that stands for visitors.
pub const VISITORS: &str = "visitors";

/// May the trucks of every fleet use what has these users?
#[must_use]
pub fn is_public(users: &[String]) -> bool {
    users.iter().any(|user| user == PUBLIC)
}

/// May the trucks of a fleet?
#[must_use]
pub fn is_for_fleet(users: &[String], fleet: &str) -> bool {
    users.iter().any(|user| user == PUBLIC || user == fleet)
}

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

    /// The code in the views of plugins.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Diesel => 0,
            Self::BatteryElectric => 1,
            Self::FuelCell => 2,
            Self::GridConnected => 3,
        }
    }
}

/// A type of connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Connector {
    /// Combined Charging System of North America (SAE J1772 combo).
    Ccs1,
    /// Combined Charging System of Europe.
    Ccs2,
    /// SAE J3400.
    Nacs,
    /// Megawatt Charging System (SAE J3271).
    Mcs,
    /// `CHAdeMO`.
    Chademo,
    /// GB/T 20234.
    GbT,
    /// Pantograph and overhead or underbody couplers (SAE J3105).
    J3105,
}

impl Connector {
    /// Its word in a scenario.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ccs1 => "ccs1",
            Self::Ccs2 => "ccs2",
            Self::Nacs => "nacs",
            Self::Mcs => "mcs",
            Self::Chademo => "chademo",
            Self::GbT => "gb_t",
            Self::J3105 => "j3105",
        }
    }
}

/// Do a vehicle with these connectors and a charger with this one fit? Either says nothing of it where it does not matter.
#[must_use]
pub fn fits(connectors: &[Connector], charger: Option<Connector>) -> bool {
    charger.is_none_or(|charger| connectors.is_empty() || connectors.contains(&charger))
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
    /// The connectors that the vehicle has. None: it fits every charger.
    #[serde(default)]
    pub connectors: Vec<Connector>,
    /// Maximum V2G export, to the site, kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 20_000.0))]
    pub v2g_kw: f64,
    /// State of charge below which it gives nothing back, 0 to 1.
    #[serde(default = "default_v2g_keep_soc")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub v2g_keep_soc: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_v2g_keep_soc() -> f64 {
    0.6
}

/// A number of vehicles.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Count(#[schemars(range(min = 0, max = 1_000_000))] pub u32);

/// The hydrogen tank of a vehicle model; only for `fuel_cell`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TankSpec {
    /// Usable content, kg.
    #[schemars(range(min = 0.1, max = 500.0))]
    pub usable_kg: f64,
    /// Nominal pressure at 15 degrees Celsius, bar.
    #[schemars(range(min = 100.0, max = 1_000.0))]
    pub pressure_bar: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}
