//! What the user writes about the years of a transition: `[transition]`, `[offer]`, `[buyer]`, `[survival]`, `[project]`.

use super::planning::{PlanningSpec, WearSpec};
use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use crate::kernel::words::worded;
use crate::policy::kind::{Adoption, BuildOut};
use crate::policy::spec::{Choice, NameOr, name_or_table};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[transition]`: the scenario is run year by year; its fleets, chargers and connections are those of the first year.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitionSpec {
    /// First year.
    #[schemars(range(min = 2000, max = 2100))]
    pub from: u16,
    /// Last year.
    #[schemars(range(min = 2000, max = 2100))]
    pub until: u16,
    /// Weeks of each year that are simulated; each stands for the months that are like it.
    #[serde(default = "default_weeks")]
    #[schemars(range(min = 1, max = 12))]
    pub weeks: u32,
    /// Days before each sample that are simulated and not counted: charge, hydrogen and queues are then those of a running
    /// hub. Two days are the weekend before the Monday on which a week begins.
    #[serde(default = "default_warm_up_days")]
    #[schemars(range(min = 0, max = 28))]
    pub warm_up_days: u32,
    /// Simulate every day of every year instead.
    #[serde(default)]
    pub full_years: bool,
    /// Consumer prices by year, any base: amounts of offers, parts, plants and fuels that name another year of money are
    /// converted with it.
    pub price_index: Option<Curve>,
    /// Year of the dollars in which prices of parts are written. None: `money_year`.
    #[schemars(range(min = 1980, max = 2100))]
    pub part_money_year: Option<u16>,
    /// Year of the dollars in which all other amounts are written, and all results.
    #[schemars(range(min = 2000, max = 2100))]
    pub money_year: u16,
    /// Real discount rate of the net present value, a year.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub discount_rate: f64,
    /// Containers over those of the scenario; trucks and equipment grow with them.
    #[serde(default = "default_volume")]
    pub volume: Curve,
    /// Containers of the months January to December over the mean month.
    #[serde(default)]
    #[schemars(length(min = 0, max = 12))]
    pub volume_by_month: Vec<f64>,
    /// What the grid emits.
    pub grid: GridEmissionsSpec,
    /// What energy costs.
    pub price: PriceSpec,
    /// Wage and benefits of a driver, USD/h: what waiting costs.
    #[schemars(range(min = 0.0, max = 500.0))]
    pub driver_usd_per_h: f64,
    /// Cost of an unserved haul to its customer, USD; 0 switches it off.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub unmet_haul_usd: f64,
    /// What a haul that is late costs, USD; 0 switches it off.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub late_haul_usd: f64,
    /// What an owner reckons with before anybody has shown it.
    #[serde(default)]
    pub planning: PlanningSpec,
    /// How exhaust rises with age, by `truck` or class of equipment. None: vehicles emit as when they were new.
    #[serde(default)]
    pub wear: BTreeMap<String, WearSpec>,
    /// Use of a truck at age 0, 1, 2 ... over that of others, any unit; the last one holds for all older. Empty: all alike.
    #[serde(default)]
    #[schemars(length(min = 0, max = 40))]
    pub use_by_age: Vec<f64>,
    /// What is in a gallon of diesel. None: `[emissions]` says what it emits.
    pub diesel_pool: Option<DieselPoolSpec>,
    /// Insurance, share of what a vehicle is worth a year.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub insurance_share: f64,
    /// Value of a vehicle at age 1, 2, 3 ... over its price when new; nothing after the last.
    #[schemars(length(min = 1, max = 40))]
    pub residual: Vec<f64>,
    /// Price of parts by unit, such as `battery_usd_per_kwh`; offers say how many units they hold.
    #[serde(default)]
    pub part: BTreeMap<String, Curve>,
    /// How fast purchases of a powertrain can grow: by `truck` or `equipment`, and by its word, such as
    /// `battery_electric`.
    #[serde(default)]
    pub ramp: BTreeMap<String, BTreeMap<String, RampSpec>>,
    /// Offers whose cost is within this share of the cheapest are as good as it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub cost_uncertainty: f64,
    /// Adoption policy: a built-in name, the file of a plugin (`my.wasm`), or a table.
    #[serde(default, deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<Adoption>>")]
    pub adoption: Choice<Adoption>,
    /// Build-out policy: a built-in name, the file of a plugin (`my.wasm`), or a table.
    #[serde(default, deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<BuildOut>>")]
    pub build_out: Choice<BuildOut>,
    /// What it takes to build.
    #[serde(default)]
    pub build: BTreeMap<ProjectKind, BuildSpec>,
    /// What a bank lends for build-out. None: no debt service coverage ratio.
    pub loan: Option<LoanSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[transition.loan]`: a level loan for the build-out of a year, paid back from the year after it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoanSpec {
    /// Share of what build-out costs, less public money, that is lent.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Real interest, a year.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub interest: f64,
    /// It is paid back in so many equal payments, one a year.
    #[schemars(range(min = 1, max = 50))]
    pub years: u32,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl TransitionSpec {
    /// From dollars of a year to those of the transition: the ratio of the price index.
    #[must_use]
    pub fn to_money_year(&self, from: Option<u16>) -> f64 {
        let ratio = |(index, from): (&Curve, u16)| index.at(self.money_year) / index.at(from);
        self.price_index.as_ref().zip(from).map_or(1.0, ratio)
    }
}

fn default_weeks() -> u32 {
    4
}

fn default_warm_up_days() -> u32 {
    2
}

fn default_volume() -> Curve {
    Curve::Constant(1.0)
}

fn default_tariff_factor() -> Curve {
    Curve::Constant(1.0)
}

fn default_markup() -> Curve {
    Curve::Constant(1.0)
}

fn default_diesel_state_tax_usd_per_gal() -> Curve {
    Curve::Constant(0.0)
}

fn default_diesel_federal_tax_usd_per_gal() -> Curve {
    Curve::Constant(0.0)
}

/// `[transition.grid]`: what electricity from the grid emits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridEmissionsSpec {
    /// Which question the numbers answer; the two are never mixed.
    pub kind: GridEmissionsKind,
    /// Average by year, with the supply of fuels, kg `CO2e` a `MWh` at the meter.
    pub kg_per_mwh: Curve,
    /// The same of one more `MWh`; `kind = "marginal"` needs it.
    pub marginal_kg_per_mwh: Option<Curve>,
    /// Emissions of the 24 local hours over the day's mean.
    #[serde(default)]
    #[schemars(length(min = 0, max = 24))]
    pub by_hour: Vec<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Which emissions of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GridEmissionsKind {
    /// All emissions over all energy: for inventories.
    Average,
    /// What one more kWh adds, with the plants built for it: for decisions.
    Marginal,
}

impl GridEmissionsSpec {
    /// Of the kind that was asked for, kg `CO2e` a `MWh`.
    #[must_use]
    pub fn kg_per_mwh(&self, year: u16) -> f64 {
        match (self.kind, &self.marginal_kg_per_mwh) {
            (GridEmissionsKind::Marginal, Some(marginal)) => marginal.at(year),
            _ => self.kg_per_mwh.at(year),
        }
    }
}

/// `[transition.diesel_pool]`: what is in a gallon of diesel.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DieselPoolSpec {
    /// Intensity of fossil diesel from well to wheel, g `CO2e`/MJ.
    pub fossil_g_per_mj: Curve,
    /// The other fuels in it, by name.
    #[serde(default)]
    pub fuel: BTreeMap<String, PoolFuelSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[transition.diesel_pool.fuel.NAME]`: renewable diesel, biodiesel, renewable gas by the gallon of diesel that it replaces.
/// Its carbon was in the air before: nothing of it counts at the tailpipe.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolFuelSpec {
    /// Share of the pool by year, 0 to 1.
    pub share: Curve,
    /// Share that the price of diesel holds already. None: the whole share.
    pub share_in_price: Option<Curve>,
    /// Intensity from well to wheel, g `CO2e`/MJ.
    pub g_per_mj: Curve,
    /// What a gallon costs to make more than fossil diesel, less credits of other programmes, USD.
    pub premium_usd_per_gal: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl GridEmissionsKind {
    /// The word used in files and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Average => "average",
            Self::Marginal => "marginal",
        }
    }
}

/// `[transition.price]`: what energy costs, before credits, fees and the price of carbon.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceSpec {
    /// Diesel with taxes, USD/gal.
    pub diesel_usd_per_gal: Curve,
    /// State tax in that price, USD/gal.
    #[serde(default = "default_diesel_state_tax_usd_per_gal")]
    pub diesel_state_tax_usd_per_gal: Curve,
    /// Federal tax in that price, USD/gal.
    #[serde(default = "default_diesel_federal_tax_usd_per_gal")]
    pub diesel_federal_tax_usd_per_gal: Curve,
    /// Electricity of sites without a tariff, and of any site before its first bill, USD/kWh.
    pub electricity_usd_per_kwh: Curve,
    /// Electricity at public chargers, as their users pay it, USD/kWh.
    pub public_usd_per_kwh: Curve,
    /// Hydrogen at the dispenser, USD/kg.
    pub hydrogen_usd_per_kg: Curve,
    /// Growth of the tariffs of the scenario over their own dates, factor by year.
    #[serde(default = "default_tariff_factor")]
    pub tariff_factor: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// How fast purchases of a powertrain can grow.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RampSpec {
    /// Most purchases of the first year.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub first: u32,
    /// Most growth over the purchases of the year before, a year.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub growth: f64,
}

worded! {
    /// What can be built.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum ProjectKind {
        /// Cabinets of a charger group.
        Chargers = "chargers",
        /// A larger grid connection of a site, kW.
        Grid = "grid",
        /// A stationary battery, kWh.
        Storage = "storage",
        /// A larger photovoltaic array, kW.
        Solar = "solar",
        /// A larger hydrogen station: dispenser positions, with storage and supply in proportion.
        Hydrogen = "hydrogen",
    }
}

/// `[transition.build.KIND]`: cost and time of projects of a kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BuildSpec {
    /// Cost of one unit: a kW of charger cabinets or of a connection, a kWh of storage, a kW of solar, a dispenser position.
    pub usd_per_unit: Curve,
    /// From the decision to the permit, months.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub permit_months: f64,
    /// From the permit until it is built, months.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub build_months: f64,
    /// From built until the utility energises it, months.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 240.0))]
    pub energise_months: f64,
    /// Mean delay of the utility beyond that, months; drawn for each project (exponential).
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 240.0))]
    pub late_months: f64,
    /// What the first units cost more, share of the cost.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub premium: f64,
    /// Units that carry the whole premium; every doubling beyond takes `learning` of it away.
    #[serde(default = "default_premium_units")]
    #[schemars(range(min = 1.0, max = 10_000_000.0))]
    pub premium_units: f64,
    /// Share of the premium that a doubling of all units built takes away.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub learning: f64,
    /// Life, years.
    #[schemars(range(min = 1.0, max = 60.0))]
    pub life_years: f64,
    /// Upkeep, share of the cost a year.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.5))]
    pub upkeep_share: f64,
    /// Tonnes of a material in one unit: keys are materials of `[rule.embodied_limit]`, such as `rebar`, or `concrete`.
    #[serde(default)]
    pub material_t: BTreeMap<String, f64>,
    /// Groups of sites where it costs another amount or takes another time.
    #[serde(default)]
    pub place: BTreeMap<String, PlaceSpec>,
    /// While a connection is late: a battery on rent.
    pub stop_gap: Option<StopGapSpec>,
    /// Stationary batteries that are built or rented.
    #[serde(default)]
    pub battery: BatteryBuildSpec,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_premium_units() -> f64 {
    1.0
}

/// `[transition.build.KIND.place.NAME]`: what is other at some sites.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceSpec {
    /// The sites.
    #[schemars(length(min = 1))]
    pub sites: Vec<String>,
    /// Cost of one unit.
    pub usd_per_unit: Option<Curve>,
    /// From built until the utility energises it, months.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub energise_months: Option<f64>,
    /// Mean delay of the utility beyond that, months.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub late_months: Option<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl BuildSpec {
    /// What holds at a site.
    #[must_use]
    pub fn at_site(&self, site: &str) -> Self {
        let mut spec = self.clone();
        if let Some(place) = self.place.values().find(|place| place.sites.iter().any(|name| name == site)) {
            spec.usd_per_unit = place.usd_per_unit.clone().unwrap_or(spec.usd_per_unit);
            spec.energise_months = place.energise_months.unwrap_or(spec.energise_months);
            spec.late_months = place.late_months.unwrap_or(spec.late_months);
        }
        spec
    }

    /// From the decision until it serves when nothing is late, months.
    #[must_use]
    pub fn lead_months(&self) -> f64 {
        self.permit_months + self.build_months + self.energise_months
    }
}

/// A battery on rent for the time that a connection is late.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopGapSpec {
    /// Energy over the power that is missing, hours.
    #[schemars(range(min = 0.1, max = 24.0))]
    pub hours: f64,
    /// Rent, USD a kWh and year.
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub usd_per_kwh_year: f64,
}

/// `[transition.build.storage.battery]` of those that are built, `[transition.build.grid.battery]` of those on rent.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatteryBuildSpec {
    /// Energy over power, hours; one on rent has the hours of its `stop_gap`.
    #[serde(default = "default_hours")]
    #[schemars(range(min = 0.1, max = 100.0))]
    pub hours: f64,
    /// Energy that comes out over energy that went in.
    #[serde(default = "default_round_trip")]
    #[schemars(range(min = 0.1, max = 1.0))]
    pub round_trip: f64,
}

/// Assumed: what most batteries beside the grid have that are built today.
fn default_hours() -> f64 {
    4.0
}

/// Assumed: lithium-ion cells with their inverters and cooling.
fn default_round_trip() -> f64 {
    0.88
}

impl Default for BatteryBuildSpec {
    fn default() -> Self {
        Self { hours: default_hours(), round_trip: default_round_trip() }
    }
}

/// `[offer.MODEL]`: what a model of `[truck_model]` or `[equipment_model]` costs, and which model years the first fleet has.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferSpec {
    /// First year in which it is sold new. None: from the start.
    #[schemars(range(min = 1980, max = 2100))]
    pub from: Option<u16>,
    /// Last year in which it is sold new. None: to the end.
    #[schemars(range(min = 1980, max = 2100))]
    pub until: Option<u16>,
    /// The model of its kind that follows it: an owner that replaces like with like buys that one when this is not sold any more.
    pub successor: Option<String>,
    /// Oldest and newest model year of those in the fleet of the first year, evenly between.
    #[schemars(length(min = 0, max = 2))]
    #[serde(default)]
    pub built: Vec<u16>,
    /// Cost of everything that is not a part, USD.
    pub glider_usd: Curve,
    /// Year of the dollars in which the cost and the maintenance are written. None: that of the transition.
    #[schemars(range(min = 1980, max = 2100))]
    pub money_year: Option<u16>,
    /// Year of the dollars in which the maintenance is written. None: `money_year`.
    #[schemars(range(min = 1980, max = 2100))]
    pub maintenance_money_year: Option<u16>,
    /// Units of each part: keys of `[transition.part]`.
    #[serde(default)]
    pub part: BTreeMap<String, f64>,
    /// Price over the sum of the costs.
    #[serde(default = "default_markup")]
    pub markup: Curve,
    /// Maintenance, USD a km of a truck or a work hour of equipment.
    pub maintenance_usd: Curve,
    /// Charging power that one of them at work counts on, kW: how many chargers are built for it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5_000.0))]
    pub charging_kw: f64,
    /// Share of the stored energy on which its owner counts for a day.
    #[serde(default = "default_planned_share")]
    #[schemars(range(min = 0.1, max = 1.0))]
    pub planned_share: f64,
    /// Share of its loaded work that it cannot do for its weight: so much more work for others, at its own cost.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.5))]
    pub payload_lost: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Assumed: what is left below 15 % and for bad days is not planned with.
fn default_planned_share() -> f64 {
    0.85
}

impl OfferSpec {
    /// Is it sold new in a year?
    #[must_use]
    pub fn is_sold(&self, year: u16) -> bool {
        self.from.is_none_or(|from| from <= year) && self.until.is_none_or(|until| until >= year)
    }
}

/// `[survival.CLASS]`: how long vehicles live: `truck`, or a class of equipment such as `yard_tractor`. The share alive at
/// age a is a Weibull survival function, `2^-((a / median_age)^shape)`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurvivalSpec {
    /// Age that half of them reach, years.
    #[schemars(range(min = 0.5, max = 60.0))]
    pub median_age: f64,
    /// Weibull shape: how alike their lives are; 1 is no ageing.
    #[schemars(range(min = 0.5, max = 20.0))]
    pub shape: f64,
    /// Nothing is older, years.
    #[schemars(range(min = 1, max = 80))]
    pub most_age: u16,
    /// A truck with more km, or equipment with more hours, is retired.
    #[schemars(range(min = 1.0, max = 10_000_000.0))]
    pub most_use: Option<f64>,
}

/// `[buyer.ID]`: how fleets of a kind buy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BuyerSpec {
    /// Keys of `[fleet]`, and keys of `[terminal]` for equipment.
    pub fleets: Vec<String>,
    /// Trucks of one operator: decides vouchers and appetite. An owner-operator has 1.
    #[schemars(range(min = 1.0, max = 100_000.0))]
    pub vehicles_each: f64,
    /// Real cost of capital, a year.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub discount_rate: f64,
    /// Years for which it reckons to hold a vehicle, and after which it sells one that is still good.
    #[schemars(range(min = 1, max = 60))]
    pub hold_years: u16,
    /// Share of its replacements that it buys used where the market has them.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub used_share: f64,
    /// Share of its days that a vehicle must be able to do before it is considered.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub least_coverage: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[project.ID]`: something that is built whatever happens, for the build-out policy `plan_file`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectSpec {
    /// What is built.
    pub kind: ProjectKind,
    /// Key of the `[charger]`, `[site]`, `[solar]` or `[hydrogen]` that it enlarges; of a storage, its `[site]`.
    pub at: String,
    /// Cabinets, kW, kWh or positions.
    #[schemars(range(min = 0.1, max = 1_000_000.0))]
    pub amount: f64,
    /// Year of the decision.
    #[schemars(range(min = 2000, max = 2100))]
    pub decided: u16,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// The class of all trucks.
pub const TRUCK: &str = "truck";
