//! What the user writes about plants: what they make, what they could change, and who pays.

use crate::account::sector::Sector;
use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use crate::policy::kind::IndustryDecision;
use crate::policy::spec::{Choice, NameOr, name_or_table};
use crate::transition::regulation::Payer;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[industry]`: plants beside the port, and how they decide. A lever is a change of a plant; a project is a lever at a plant.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndustrySpec {
    /// How plants decide about levers: a name, the file of a plugin (`my.wasm`), or a table.
    #[serde(deserialize_with = "name_or_table")]
    #[schemars(with = "NameOr<Choice<IndustryDecision>>")]
    pub decision: Choice<IndustryDecision>,
    /// Year of the dollars in which all amounts of `[industry]` are written, with those of removals. None: that of the
    /// transition.
    #[schemars(range(min = 1980, max = 2100))]
    pub money_year: Option<u16>,
    /// `least_cost`: a lever must be cheaper than to go on as before by this share of its own yearly cost.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5.0))]
    pub margin: f64,
    /// Discount rate of plants that name none.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub rate: f64,
    /// `abatement_order`: levers are taken up to this cost by year, USD/t.
    pub most_usd_per_t: Option<Curve>,
    /// Share of projects under way that are cancelled in a year, by chance.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub cancelled_per_year: f64,
    /// Mean delay of a project, by chance, years.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 20.0))]
    pub delay_years: f64,
    /// Share of captured and stored carbon that needs no allowance, by year: 0 where the carbon market has no rule that counts it.
    #[serde(default = "default_stored_exempt_share")]
    pub stored_exempt_share: Curve,
    /// Is what is left in the last year removed from the air, as far as `removal` allows?
    #[serde(default)]
    pub removes: bool,
    /// Hydrogen that plants make and sell. None: it costs what `transition.price` and each carrier say.
    pub hydrogen: Option<HydrogenMarketSpec>,
    /// Energy that plants buy.
    #[serde(default)]
    pub carrier: BTreeMap<String, CarrierSpec>,
    /// Plants.
    #[serde(default)]
    pub plant: BTreeMap<String, PlantSpec>,
    /// What plants could change.
    #[serde(default)]
    pub lever: BTreeMap<String, LeverSpec>,
    /// Pipes and stores that levers share.
    #[serde(default)]
    pub network: BTreeMap<String, NetworkSpec>,
    /// Credits for carbon that is stored, and for what levers make.
    #[serde(default)]
    pub credit: BTreeMap<String, CreditSpec>,
    /// Credits for energy that plants use.
    #[serde(default)]
    pub fuel_credit: BTreeMap<String, FuelCreditSpec>,
    /// Paths that rules set to a sector.
    #[serde(default)]
    pub path: BTreeMap<String, PathSpec>,
    /// Projects that were announced.
    #[serde(default)]
    pub project: BTreeMap<String, PlantProjectSpec>,
    /// Ways to remove carbon from the air.
    #[serde(default)]
    pub removal: BTreeMap<String, RemovalSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// What decides the price of hydrogen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HydrogenPrice {
    /// The paths of `transition.price` and of carriers.
    #[default]
    Curve,
    /// What the dearest producer that is needed takes for a kilogram.
    Producers,
}

/// `[industry.hydrogen]`: hydrogen of plants with `makes_hydrogen`, through one pipe to neighbours, plants and stations.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HydrogenMarketSpec {
    /// What decides the price: a switch for comparisons.
    #[serde(default)]
    pub price: HydrogenPrice,
    /// What the pipe is in the simulated weeks: a key of `[hydrogen_plant]`, which sells at this price what plants leave, and
    /// whose neighbours are customers. None: fleets and plants are the only ones.
    pub plant: Option<String>,
    /// What the pipe takes by year, t a year.
    pub pipe_t: Curve,
    /// Its tariff by year, USD/kg.
    pub pipe_usd_per_kg: Curve,
    /// What stations take between the end of the pipe and the dispenser by year, USD/kg.
    pub station_usd_per_kg: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[industry.carrier.ID]`: something that plants burn or use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarrierSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Price by year, USD per GJ.
    pub usd_per_gj: Curve,
    /// `CO2e` where it is used, kg per GJ.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 200.0))]
    pub direct_kg_per_gj: f64,
    /// `CO2e` of its supply by year, kg per GJ; of electricity as the grid of the transition has it.
    #[serde(default)]
    pub upstream_kg_per_gj: Curve,
    /// Nitrogen oxides where it is used, g per GJ.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 2_000.0))]
    pub nox_g_per_gj: f64,
    /// Is it electricity from the grid?
    #[serde(default)]
    pub is_electricity: bool,
    /// Is it hydrogen? Where `[industry.hydrogen]` sets the price by producers, it costs that and the pipe, by its lower heating
    /// value. What its makers emit is theirs: `upstream_kg_per_gj` is for hydrogen from elsewhere.
    #[serde(default)]
    pub is_hydrogen: bool,
    /// Of electricity that is bought in certain hours: when plants with a `site` draw it, by local hour, as factors: 24 of a
    /// day or 168 of a week from Monday. Their mean is taken as 1: energy is what plants use. Empty: as each plant draws.
    #[serde(default)]
    #[schemars(length(min = 0, max = 168))]
    pub load_by_hour: Vec<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[industry.plant.ID]`: any plant: a cement kiln, a refinery, a steam reformer, an electrolyser, a boiler house, the fuel of an
/// airport.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlantSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Its sector in the inventory.
    pub sector: Sector,
    /// Does it lie inside the border of the hub?
    #[serde(default = "default_inside")]
    pub inside: bool,
    /// Is its unit a tonne of hydrogen that it sells to whoever asks?
    #[serde(default)]
    pub makes_hydrogen: bool,
    /// Of such a plant: capital and upkeep of what stood before any lever, USD per unit by year. They are in the price of its
    /// hydrogen and in no book.
    #[serde(default)]
    pub standing_usd_per_unit: Curve,
    /// Where it draws electricity from the simulated grid: a key of `[site]` of the kind `plant` without a load of its own.
    /// None: its electricity is a number of the year and no load of the grid.
    pub site: Option<String>,
    /// Its load there by local hour, as factors: 24 of a day or 168 of a week from Monday. Their mean is taken as 1: energy is
    /// what it uses. Empty: always the same.
    #[serde(default)]
    #[schemars(length(min = 0, max = 168))]
    pub load_by_hour: Vec<f64>,
    /// What a unit of its product is, such as `t clinker`.
    pub unit: String,
    /// Units a year, by year.
    pub output: Curve,
    /// Energy for a unit, GJ: keys of `carrier`.
    #[serde(default)]
    pub gj_per_unit: BTreeMap<String, f64>,
    /// `CO2` of the process itself, kg per unit.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub process_kg_per_unit: f64,
    /// Free allowances, kg `CO2e` per unit, by year.
    #[serde(default)]
    pub benchmark_kg_per_unit: Curve,
    /// Discount rate of its owner. None: that of `[industry]`.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub rate: Option<f64>,
    /// What a unit earns before energy, carbon and levers, USD by year. None: it never closes for what it earns.
    pub margin_usd_per_unit: Option<Curve>,
    /// It closes at the end of the year before this one.
    #[schemars(range(min = 2000, max = 2100))]
    pub closes: Option<u16>,
    /// `CO2e` of a unit that is made elsewhere when it has closed, kg: what leaks.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub elsewhere_kg_per_unit: f64,
    /// Share of what it made that is made elsewhere then; the rest is not used any more.
    #[serde(default = "default_elsewhere_share")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub elsewhere_share: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_stored_exempt_share() -> Curve {
    Curve::Constant(1.0)
}

fn default_gj_per_gj() -> f64 {
    1.0
}

fn default_inside() -> bool {
    true
}

fn default_elsewhere_share() -> f64 {
    1.0
}

fn default_process_factor() -> f64 {
    1.0
}

fn default_premium_units() -> f64 {
    1.0
}

fn default_on() -> bool {
    true
}

/// `[industry.lever.ID]`: a change of a plant.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeverSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Plants that can have it: keys of `plant`. Empty: all plants of `sectors`.
    #[serde(default)]
    pub plants: Vec<String>,
    /// Sectors whose plants can have it, where `plants` is empty.
    #[serde(default)]
    pub sectors: Vec<Sector>,
    /// Factors on the energy of a unit: keys of `carrier`.
    #[serde(default)]
    pub gj_factor: BTreeMap<String, f64>,
    /// Carriers of which a share is replaced by another one, after the factors: keys of `carrier`.
    #[serde(default)]
    pub gj_replaced: BTreeMap<String, ReplacementSpec>,
    /// Energy added to a unit, GJ: keys of `carrier`.
    #[serde(default)]
    pub gj_added: BTreeMap<String, f64>,
    /// Factor on the `CO2` of the process.
    #[serde(default = "default_process_factor")]
    #[schemars(range(min = 0.0, max = 2.0))]
    pub process_factor: f64,
    /// Share of what leaves the plant that is captured.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub capture_share: f64,
    /// Energy for a tonne captured, GJ: keys of `carrier`.
    #[serde(default)]
    pub gj_per_captured_t: BTreeMap<String, f64>,
    /// Investment, USD per unit of yearly output.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub capex_usd_per_unit: f64,
    /// Investment, USD per tonne captured a year.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e5))]
    pub capex_usd_per_captured_t: f64,
    /// Running cost beside energy, USD per unit; below 0 where it saves.
    #[serde(default)]
    #[schemars(range(min = -1e5, max = 1e6))]
    pub opex_usd_per_unit: f64,
    /// Running cost beside energy, USD per tonne captured.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e4))]
    pub opex_usd_per_captured_t: f64,
    /// Life, years.
    #[schemars(range(min = 1, max = 80))]
    pub life_years: u32,
    /// From decision to operation, years.
    #[schemars(range(min = 0, max = 20))]
    pub lead_years: u16,
    /// First year of a decision.
    #[schemars(range(min = 2000, max = 2100))]
    pub ready: u16,
    /// The first of its kind costs this share more; it falls by straight line to 0 with `premium_units` built.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub premium: f64,
    /// Units built at which the premium has fallen to 0.
    #[serde(default = "default_premium_units")]
    #[schemars(range(min = 1.0, max = 1_000.0))]
    pub premium_units: f64,
    /// Levers that a plant with this one cannot have: keys of `lever`.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// Levers that a plant must have before: keys of `lever`.
    #[serde(default)]
    pub after: Vec<String>,
    /// Where captured carbon goes: a key of `network`.
    pub network: Option<String>,
    /// Is what stood before scrapped? Then its `standing_usd_per_unit` ends with the first year of the lever.
    #[serde(default)]
    pub replaces_plant: bool,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[industry.lever.ID.gj_replaced.CARRIER]`: the carrier that takes the place of a share of another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementSpec {
    /// A key of `carrier`.
    pub by: String,
    /// Share that is replaced.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// GJ of the new carrier for one of the old.
    #[serde(default = "default_gj_per_gj")]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub gj_per_gj: f64,
}

/// `[industry.network.ID]`: a pipe or store that is shared, first come first served.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Name for people.
    pub name: Option<String>,
    /// First year of use.
    #[schemars(range(min = 2000, max = 2100))]
    pub opens: u16,
    /// What it takes, t a year, by year.
    pub capacity_t: Curve,
    /// Tariff by year, USD/t.
    pub usd_per_t: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[industry.credit.ID]`: public money for carbon that is stored, or for what a plant makes with a lever, for some years from the
/// start of operation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditSpec {
    /// Does it exist in this run? A switch for comparisons.
    #[serde(default = "default_on")]
    pub on: bool,
    /// Last year of a decision that it is paid for.
    #[schemars(range(min = 2000, max = 2100))]
    pub until: u16,
    /// Levers that it is paid for: keys of `lever`. Empty: all whose carbon is stored.
    #[serde(default)]
    pub levers: Vec<String>,
    /// Amount, USD per tonne stored.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub usd_per_t: f64,
    /// Amount, USD per unit that the plant makes with the lever.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e5))]
    pub usd_per_unit: f64,
    /// The party that pays: `state`, `federal`, `port` or `ratepayer`.
    pub payer: Payer,
    /// It is paid for so many years.
    #[schemars(range(min = 1, max = 80))]
    pub years: u32,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl CreditSpec {
    /// Is it paid for a lever, by its key, that is decided in a year?
    #[must_use]
    pub fn holds(&self, key: &str, lever: &LeverSpec, decided: u16) -> bool {
        let is_meant =
            if self.levers.is_empty() { lever.network.is_some() } else { self.levers.iter().any(|it| it == key) };
        self.on && decided <= self.until && is_meant
    }

    /// What it pays in a year for so many tonnes stored and units made, USD.
    #[must_use]
    pub fn usd(&self, stored_t: f64, units: f64) -> f64 {
        self.usd_per_t * stored_t + self.usd_per_unit * units
    }
}

/// `[industry.fuel_credit.ID]`: money for a carrier that plants use, in the years it is paid, whenever the lever was decided. Its
/// user pays less for the carrier; the resource cost stays what it is. Either `baseline_g_per_mj` or `usd_per_gj`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuelCreditSpec {
    /// Does it exist in this run? A switch for comparisons.
    #[serde(default = "default_on")]
    pub on: bool,
    /// A key of `carrier`.
    pub carrier: String,
    /// Of fuel standards: intensity of the fuel that it replaces, before reductions, g `CO2e`/MJ. It earns what
    /// `[rule.fuel_standard]` pays for being below the baseline as reduced in the year, and owes nothing above. Sellers of
    /// other fuels pay.
    #[schemars(range(min = 0.0, max = 500.0))]
    pub baseline_g_per_mj: Option<f64>,
    /// Of a tax credit: amount by year, USD per GJ.
    pub usd_per_gj: Option<Curve>,
    /// Of a tax credit: the party that pays it.
    pub payer: Option<Payer>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl FuelCreditSpec {
    /// Tax credit in a year, USD per GJ.
    #[must_use]
    pub fn tax_usd_per_gj(&self, year: u16) -> f64 {
        self.usd_per_gj.as_ref().map_or(0.0, |usd| usd.at(year))
    }
}

/// `[industry.path.ID]`: emissions of a unit that a rule sets to a sector.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathSpec {
    /// Does it exist in this run? A switch for comparisons.
    #[serde(default = "default_on")]
    pub on: bool,
    /// Sector that the path applies to.
    pub sector: Sector,
    /// Emissions of a unit from which the path falls, kg.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub base_kg_per_unit: f64,
    /// Fall below that by year, 0 to 1.
    pub reduction: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[industry.project.ID]`: a lever at a plant that was announced.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlantProjectSpec {
    /// Name for people.
    pub name: Option<String>,
    /// A key of `plant`.
    pub plant: String,
    /// A key of `lever`.
    pub lever: String,
    /// When it was announced.
    #[schemars(range(min = 2000, max = 2100))]
    pub announced: u16,
    /// When its owners decide.
    #[schemars(range(min = 2000, max = 2100))]
    pub decides: u16,
    /// Public money that it was promised.
    #[serde(default)]
    pub funding: BTreeMap<String, FundingSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl PlantProjectSpec {
    /// Public money that holds in a year, and that was withdrawn by then, USD.
    #[must_use]
    pub fn funds_usd(&self, year: u16) -> [f64; 2] {
        let holds = |part: &FundingSpec| part.withdrawn.is_none_or(|withdrawn| withdrawn > year);
        let sum = |held: bool| self.funding.values().filter(|part| holds(part) == held).map(|part| part.usd).sum();
        [sum(true), sum(false)]
    }
}

/// `[industry.project.ID.funding.NAME]`: a part of the money of a project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingSpec {
    /// Amount, USD.
    #[schemars(range(min = 0.0, max = 1e11))]
    pub usd: f64,
    /// The party that pays: `state`, `federal`, `port` or `ratepayer`.
    pub payer: Payer,
    /// It was withdrawn in this year. None: it holds.
    #[schemars(range(min = 2000, max = 2100))]
    pub withdrawn: Option<u16>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[industry.removal.ID]`: a way to take carbon from the air for good.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Most that the hub can buy by year, t.
    pub most_t: Curve,
    /// Price by year, USD/t.
    pub usd_per_t: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}
