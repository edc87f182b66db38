//! What a user writes: one TOML file, the files it names, overlays on it; and everything that can be wrong with it.
//!
//! `tree` keeps where each value was written, `load` reads and merges, `schema` checks shape and ranges against the
//! types below, `check` the references between tables, `choice` which policies decide, `provenance` where each number comes from.

mod base_year;
pub mod check;
pub mod checker;
pub mod choice;
pub mod doubt;
pub mod files;
pub mod listing;
pub mod load;
pub mod loaded;
pub mod map_file;
pub mod phase_in;
pub mod plugin_file;
pub mod prices;
pub mod provenance;
pub mod replay;
pub mod rows;
pub mod schema;
pub mod shipped;
pub mod template;
pub mod visits;

use crate::account::emissions::EmissionsSpec;
use crate::account::engine::{EngineSpec, FuelSpec};
use crate::account::engine_fleet::EngineFleetSpec;
use crate::account::price::{MoneySpec, PriceSpec};
use crate::charging::spec::{ChargerSpec, VisitsSpec};
use crate::freight::spec::FreightSpec;
use crate::grid::spec::{LimitSpec, NodeSpec, SiteSpec, SolarSpec, StorageSpec};
use crate::hydrogen::spec::{FuelVisitsSpec, HydrogenCreditSpec, HydrogenPlantSpec, HydrogenSpec};
use crate::industry::spec::IndustrySpec;
use crate::kernel::sources::Sources;
use crate::place::spec::{BackgroundSpec, TravelSpec, WeatherSpec};
use crate::policy::spec::PolicySpec;
use crate::swap::spec::SwapSpec;
use crate::terminal::spec::{EquipmentModelSpec, LaborSpec, TerminalSpec, WorkSpec};
use crate::transition::regulation::RulesSpec;
use crate::transition::spec::{BuyerSpec, OfferSpec, ProjectSpec, SurvivalSpec, TransitionSpec};
use crate::truck::spec::{FleetSpec, TruckModelSpec};
use crate::vehicle::spec::Powertrain;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A whole scenario: everything a run needs but the seed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name for people.
    pub title: String,
    /// What it is about and which question it answers.
    #[serde(default)]
    pub description: String,
    /// When it happens and in which steps.
    pub time: TimeSpec,
    /// Policies of dispatch, charging and hydrogen supply.
    #[serde(default)]
    pub policy: PolicySpec,
    /// Where numbers come from.
    #[serde(default)]
    pub source: BTreeMap<String, SourceSpec>,
    /// What lies under the sites on a map.
    #[serde(default)]
    pub background: Option<BackgroundSpec>,
    /// Places.
    pub site: BTreeMap<String, SiteSpec>,
    /// What stands between a site's connection and its chargers.
    #[serde(default)]
    pub node: BTreeMap<String, NodeSpec>,
    /// Limits that hold for some of the time.
    #[serde(default)]
    pub limit: BTreeMap<String, LimitSpec>,
    /// Sites and chargers drawn on a map.
    pub layout: Option<LayoutSpec>,
    /// Photovoltaic arrays.
    #[serde(default)]
    pub solar: BTreeMap<String, SolarSpec>,
    /// Stationary batteries.
    #[serde(default)]
    pub storage: BTreeMap<String, StorageSpec>,
    /// Groups of chargers.
    #[serde(default)]
    pub charger: BTreeMap<String, ChargerSpec>,
    /// Yards where batteries of equipment are swapped.
    #[serde(default)]
    pub swap: BTreeMap<String, SwapSpec>,
    /// Vehicles that are not simulated and come to charge.
    #[serde(default)]
    pub visits: BTreeMap<String, VisitsSpec>,
    /// Hydrogen stations.
    #[serde(default)]
    pub hydrogen: BTreeMap<String, HydrogenSpec>,
    /// Plants that feed hydrogen pipelines.
    #[serde(default)]
    pub hydrogen_plant: BTreeMap<String, HydrogenPlantSpec>,
    /// Credits for hydrogen made on site.
    #[serde(default)]
    pub hydrogen_credit: BTreeMap<String, HydrogenCreditSpec>,
    /// Vehicles that are not simulated and come to fuel.
    #[serde(default)]
    pub fuel_visits: BTreeMap<String, FuelVisitsSpec>,
    /// Kinds of drayage tractors.
    #[serde(default)]
    pub truck_model: BTreeMap<String, TruckModelSpec>,
    /// Truck fleets.
    #[serde(default)]
    pub fleet: BTreeMap<String, FleetSpec>,
    /// Distances and times between sites; needed with fleets.
    pub travel: Option<TravelSpec>,
    /// Air temperature; needed with fleets.
    pub weather: Option<WeatherSpec>,
    /// Kinds of cargo-handling equipment.
    #[serde(default)]
    pub equipment_model: BTreeMap<String, EquipmentModelSpec>,
    /// Work by class of equipment.
    #[serde(default)]
    pub work: BTreeMap<String, WorkSpec>,
    /// Worked hours of the terminals; needed with terminals.
    pub labor: Option<LaborSpec>,
    /// Container terminals.
    #[serde(default)]
    pub terminal: BTreeMap<String, TerminalSpec>,
    /// Containers between vessels, gates and the hinterland.
    pub freight: Option<FreightSpec>,
    /// What engines and boilers burn.
    #[serde(default)]
    pub fuel: BTreeMap<String, FuelSpec>,
    /// Engines and boilers.
    #[serde(default)]
    pub engine: BTreeMap<String, EngineSpec>,
    /// Engines with a steady duty, in a transition: harbor craft, locomotives, airport equipment.
    #[serde(default)]
    pub engine_fleet: BTreeMap<String, EngineFleetSpec>,
    /// Emission factors.
    pub emissions: Option<EmissionsSpec>,
    /// How a year's cost is told, without a transition.
    pub money: Option<MoneySpec>,
    /// What chargers, connections, storage, solar arrays and vehicles cost.
    #[serde(default)]
    pub price: BTreeMap<String, PriceSpec>,
    /// Plants beside the port, in a transition.
    pub industry: Option<IndustrySpec>,
    /// Years after the first: what is bought and built.
    pub transition: Option<TransitionSpec>,
    /// What models cost.
    #[serde(default)]
    pub offer: BTreeMap<String, OfferSpec>,
    /// How fleets buy.
    #[serde(default)]
    pub buyer: BTreeMap<String, BuyerSpec>,
    /// How long vehicles live.
    #[serde(default)]
    pub survival: BTreeMap<String, SurvivalSpec>,
    /// What is built as planned.
    #[serde(default)]
    pub project: BTreeMap<String, ProjectSpec>,
    /// Rules and public money.
    #[serde(default)]
    pub rule: RulesSpec,
    /// Where the numbers come from that no table's own `sources` names.
    #[serde(default)]
    pub sources: Sources,
}

impl Scenario {
    /// Has a fleet trucks, or a terminal units, that this moves?
    #[must_use]
    pub fn has_vehicles_of(&self, powertrain: Powertrain) -> bool {
        let of_trucks = |model: &String| self.truck_model.get(model).is_some_and(|it| it.powertrain == powertrain);
        let of_units = |model: &String| self.equipment_model.get(model).is_some_and(|it| it.powertrain == powertrain);
        let mut trucks = self.fleet.values().flat_map(|fleet| &fleet.trucks).filter(|(_, count)| count.0 > 0);
        let mut units =
            self.terminal.values().flat_map(|terminal| &terminal.equipment).filter(|(_, count)| count.0 > 0);
        trucks.any(|(model, _)| of_trucks(model)) || units.any(|(model, _)| of_units(model))
    }
}

/// `[layout]`: sites and groups of chargers from a map, as `portvolt export geojson` writes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayoutSpec {
    /// A `GeoJSON` file beside the scenario. A feature whose id is a key of `[charger]` or `[site]` takes its place.
    pub geojson: String,
    /// The groups of `[charger]` that the map does not have are left out.
    #[serde(default)]
    pub replaces_chargers: bool,
}

/// `[time]`: when it happens and in which steps.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeSpec {
    /// First local day, such as `"2025-06-02"`.
    pub start: String,
    /// How many days.
    #[schemars(range(min = 1, max = 1_100))]
    pub days: u32,
    /// Time zone, such as `"America/Los_Angeles"`.
    pub zone: String,
    /// Operational step, seconds: the order of causes is resolved to it, times are exact.
    #[serde(default = "default_tick_s")]
    #[schemars(range(min = 1, max = 3_600))]
    pub tick_s: u32,
    /// Control interval, seconds: set-points change and meters read at its boundaries. A multiple of `tick_s`.
    #[serde(default = "default_interval_s")]
    #[schemars(range(min = 1, max = 3_600))]
    pub interval_s: u32,
    /// When charging ports share power under a limit: at each event, so that limits hold in every second; or at the boundaries
    /// of control intervals, so that they hold in the mean of an interval, as in simulators that go in steps.
    #[serde(default)]
    pub allocation: Allocation,
    /// Time between dispatch decisions, seconds. A multiple of `tick_s`.
    #[serde(default = "default_dispatch_s")]
    #[schemars(range(min = 1, max = 3_600))]
    pub dispatch_s: u32,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// When charging ports share power under a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// At each plug-in, unplug, full battery, taper and change of a limit.
    #[default]
    Event,
    /// When a control interval begins; a vehicle that plugs in within it takes what it has left.
    Interval,
}

impl Allocation {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Event, Self::Interval];

    /// Its word in a scenario.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Interval => "interval",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|allocation| allocation.word() == word)
    }
}

fn default_tick_s() -> u32 {
    60
}

fn default_interval_s() -> u32 {
    300
}

fn default_dispatch_s() -> u32 {
    300
}

/// `[source.ID]`: where numbers come from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// How far the numbers can be trusted.
    pub quality: Quality,
    /// Title of the source, or how the number was made.
    pub title: String,
    /// Where to find it.
    #[serde(default)]
    pub address: String,
    /// Lowest value that a number of this source may have, in the number's own unit; with `high`.
    pub low: Option<f64>,
    /// Highest value.
    pub high: Option<f64>,
    /// How far numbers of this source may be off either way, as a share of them, where they have no `low` and `high`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub spread: Option<f64>,
}

/// How far a number can be trusted, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Measured at the place itself, in a file whose hash is kept.
    Measured,
    /// Read in the named source.
    Verified,
    /// Read in a summary or copy of the source.
    VerifiedSecondary,
    /// Arithmetic on verified numbers, shown in the title.
    Derived,
    /// A choice of whoever made the scenario: a layout, a limit, a simulation step.
    Chosen,
    /// A plausible value without a source.
    Assumed,
    /// Remembered, not read: replace it before a result is published.
    Unverified,
}

impl Quality {
    /// All of them, best first.
    pub const ALL: [Self; 7] = [
        Self::Measured,
        Self::Verified,
        Self::VerifiedSecondary,
        Self::Derived,
        Self::Chosen,
        Self::Assumed,
        Self::Unverified,
    ];

    /// The word used in files and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Verified => "verified",
            Self::VerifiedSecondary => "verified_secondary",
            Self::Derived => "derived",
            Self::Chosen => "chosen",
            Self::Assumed => "assumed",
            Self::Unverified => "unverified",
        }
    }
}
