//! What the user writes about hydrogen: stations, their supply, the plants behind pipelines, credits.

use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use crate::vehicle::spec::PUBLIC;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[hydrogen.ID]`: a fuelling station. It needs at least one of `electrolyser`, `delivery`, `pipeline`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HydrogenSpec {
    /// Where it stands: a key of `[site]`, with no other station.
    pub site: String,
    /// Vehicles that may fuel: `public` (every truck), `visitors`, keys of `[fleet]` or of `[equipment_model]`.
    #[serde(default = "default_users")]
    #[schemars(length(min = 1))]
    pub users: Vec<String>,
    /// Pressure class of its hoses at 15 degrees Celsius, bar: it fuels tanks up to this class.
    #[schemars(range(min = 100.0, max = 1_000.0))]
    pub dispense_bar: f64,
    /// What happens to a vehicle that the stock cannot serve.
    #[serde(default)]
    pub when_empty: WhenEmpty,
    /// A vehicle leaves the queue after waiting this long, minutes. None: it stays.
    #[schemars(range(min = 1.0, max = 1_440.0))]
    pub patience_min: Option<f64>,
    /// Price of electricity at the meter, USD per kWh: 1, 24 (hours of the day) or 168 values (hours from Monday). None: the
    /// energy charges of the site's tariff; demand and fixed charges are on the site's bill only.
    #[schemars(length(min = 1, max = 168))]
    pub electricity_usd_per_kwh: Option<Vec<f64>>,
    /// Carbon intensity of grid electricity, kg `CO2e` per `MWh`, in the same form. None: that of `[emissions]`.
    #[schemars(length(min = 1, max = 168))]
    pub grid_kg_per_mwh: Option<Vec<f64>>,
    /// Demand that supply policies expect, kg/h, in the same form. None: they expect what was asked a day and a week
    /// before.
    #[schemars(length(min = 1, max = 168))]
    pub forecast_kg_per_h: Option<Vec<f64>>,
    /// Bulk storage, filled by the supply.
    pub bulk: BulkSpec,
    /// High-pressure cascade, from which vehicles are filled.
    pub cascade: CascadeSpec,
    /// Compressor or cryopump from the bulk storage to the cascade.
    pub compressor: CompressorSpec,
    /// Dispenser positions.
    pub dispenser: DispenserSpec,
    /// On-site electrolysis.
    pub electrolyser: Option<ElectrolyserSpec>,
    /// Deliveries by road.
    pub delivery: Option<DeliverySpec>,
    /// A pipeline from a hydrogen plant.
    pub pipeline: Option<PipelineSpec>,
    /// Investment and upkeep, for the cost per kg.
    pub cost: Option<StationCostSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_users() -> Vec<String> {
    vec![PUBLIC.to_owned()]
}

/// What happens to a vehicle that the stock cannot serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenEmpty {
    /// It waits until there is enough.
    #[default]
    Hold,
    /// It is sent away, to another station if dispatch finds one.
    TurnAway,
}

impl HydrogenSpec {
    /// Compressors and electrolyser at a share of their power.
    pub fn slow_down(&mut self, share: f64) {
        self.compressor.kg_per_h *= share;
        if let Some(electrolyser) = &mut self.electrolyser {
            electrolyser.rated_kw *= share;
        }
    }

    /// Power of its compressors and its electrolyser at full load, kW.
    #[must_use]
    pub fn full_kw(&self) -> f64 {
        let made_kw = self.electrolyser.as_ref().map_or(0.0, |it| {
            let kwh_per_kg = it.kwh_per_kg.last().map_or(f64::INFINITY, |point| point[1]);
            it.rated_kw * (1.0 + it.compress_kwh_per_kg / kwh_per_kg)
        });
        self.compressor.kg_per_h * self.compressor.kwh_per_kg + made_kw
    }

    /// Adds dispenser positions, and storage, compression and supply in proportion.
    pub fn enlarge(&mut self, positions: u32) {
        let factor = f64::from(self.dispenser.positions + positions) / f64::from(self.dispenser.positions);
        self.dispenser.positions += positions;
        for kg in [&mut self.bulk.capacity_kg, &mut self.bulk.least_kg, &mut self.bulk.start_kg] {
            *kg *= factor;
        }
        self.cascade.capacity_kg *= factor;
        self.compressor.kg_per_h *= factor;
        if let Some(electrolyser) = &mut self.electrolyser {
            electrolyser.rated_kw *= factor;
            electrolyser.standby_kw *= factor;
        }
        if let Some(delivery) = &mut self.delivery {
            delivery.reorder_kg *= factor;
            delivery.most_on_order = (f64::from(delivery.most_on_order) * factor).ceil() as u32;
        }
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.kg_per_h *= factor;
        }
    }
}

/// Bulk storage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkSpec {
    /// Content when full, kg.
    #[schemars(range(min = 1.0, max = 1_000_000.0))]
    pub capacity_kg: f64,
    /// Heel that cannot be taken out, kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub least_kg: f64,
    /// Content when the run starts, kg.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub start_kg: f64,
    /// Pressure when full, bar. None: liquid.
    #[schemars(range(min = 1.0, max = 1_000.0))]
    pub pressure_bar: Option<f64>,
    /// Share of the content that boils off and is vented in a day.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.2))]
    pub boil_off_per_day: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// High-pressure cascade. It starts full.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CascadeSpec {
    /// Content when full, kg.
    #[schemars(range(min = 1.0, max = 100_000.0))]
    pub capacity_kg: f64,
    /// Pressure when full, bar.
    #[schemars(range(min = 100.0, max = 1_200.0))]
    pub pressure_bar: f64,
    /// Pressure under which it no longer fills vehicles, bar.
    #[schemars(range(min = 1.0, max = 1_200.0))]
    pub least_bar: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Compressor or cryopump.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompressorSpec {
    /// Most flow from the bulk storage to the cascade, kg/h.
    #[schemars(range(min = 0.1, max = 100_000.0))]
    pub kg_per_h: f64,
    /// Electricity for it, with pre-cooling at the dispensers, kWh/kg.
    #[schemars(range(min = 0.0, max = 20.0))]
    pub kwh_per_kg: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Dispenser positions, all alike.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DispenserSpec {
    /// How many vehicles can be filled at once.
    #[schemars(range(min = 1, max = 64))]
    pub positions: u32,
    /// Flow at each level of the vehicle's tank with a full cascade: pairs `[level, kg/min]`, level rising from 0 to 1,
    /// flow above 0.
    #[schemars(length(min = 2, max = 64))]
    pub rate_kg_per_min: Vec<[f64; 2]>,
    /// Flow with an empty cascade over flow with a full one; linear between.
    #[serde(default = "default_low_cascade_rate")]
    #[schemars(range(min = 0.05, max = 1.0))]
    pub low_cascade_rate: f64,
    /// Time at the position before gas flows (drive up, connect, pay), seconds.
    #[serde(default)]
    #[schemars(range(min = 0, max = 3_600))]
    pub handling_s: u32,
    /// Time between two fills of a position (cooling, pressure), seconds.
    #[serde(default)]
    #[schemars(range(min = 0, max = 7_200))]
    pub recovery_s: u32,
    /// Mean time between failures of a position, hours. None: it never fails.
    #[schemars(range(min = 1.0, max = 1_000_000.0))]
    pub mtbf_h: Option<f64>,
    /// Mean time to repair a position, hours.
    #[serde(default = "default_mttr_h")]
    #[schemars(range(min = 0.01, max = 10_000.0))]
    pub mttr_h: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_low_cascade_rate() -> f64 {
    1.0
}

fn default_mttr_h() -> f64 {
    24.0
}

/// Kinds of electrolysers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ElectrolyserKind {
    /// Proton exchange membrane.
    Pem,
    /// Alkaline.
    Alkaline,
}

/// On-site electrolysis. It draws from the site's meter what the limit leaves after loads that nobody can shift.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElectrolyserSpec {
    /// Its kind, for people: the numbers below say how it works.
    pub kind: ElectrolyserKind,
    /// Power at full load, kW.
    #[schemars(range(min = 1.0, max = 1_000_000.0))]
    pub rated_kw: f64,
    /// Electricity by load when new: pairs `[load, kWh/kg]`, load rising from the least load to 1.
    #[schemars(length(min = 2, max = 32))]
    pub kwh_per_kg: Vec<[f64; 2]>,
    /// It runs at this load or above, or stands by; share of rated power.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub least_load: f64,
    /// Most change of load, share of rated power a minute.
    #[schemars(range(min = 0.001, max = 1_000.0))]
    pub ramp_per_min: f64,
    /// Power on standby, kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub standby_kw: f64,
    /// Rise of kWh/kg with each 1,000 hours of operation, share.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.1))]
    pub loss_per_1000_h: f64,
    /// Rise of kWh/kg with each start, share.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.01))]
    pub loss_per_start: f64,
    /// Hours that it had run before this run.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 200_000.0))]
    pub operated_h: f64,
    /// Electricity to compress its gas into the bulk storage, kWh/kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 20.0))]
    pub compress_kwh_per_kg: f64,
    /// Solar power that feeds it before the meter does, kW: 1, 24 or 168 values.
    #[schemars(length(min = 1, max = 168))]
    pub solar_kw: Option<Vec<f64>>,
    /// Price of that power, USD per kWh.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub solar_usd_per_kwh: f64,
    /// Carbon of that power, kg `CO2e` per `MWh`.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 200.0))]
    pub solar_kg_per_mwh: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Kinds of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryKind {
    /// Compressed gas.
    TubeTrailer,
    /// Liquid.
    Liquid,
}

/// Deliveries by road.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliverySpec {
    /// What it brings, for people: the numbers below say how and when.
    pub kind: DeliveryKind,
    /// What one trailer can unload, kg.
    #[schemars(range(min = 1.0, max = 20_000.0))]
    pub payload_kg: f64,
    /// From order to arrival, mean, hours.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub lead_h: f64,
    /// Spread of that time (coefficient of variation).
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 2.0))]
    pub lead_cv: f64,
    /// Stock with what is on order at which a trailer is ordered, kg.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub reorder_kg: f64,
    /// From arrival to the end of unloading, minutes.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_440.0))]
    pub unload_min: f64,
    /// Share of the payload that is lost in unloading.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.5))]
    pub unload_loss: f64,
    /// Most trailers on order at once.
    #[serde(default = "default_most_on_order")]
    #[schemars(range(min = 1, max = 100))]
    pub most_on_order: u32,
    /// Round trip of the trailer, km.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5_000.0))]
    pub trip_km: f64,
    /// Carbon of the trailer's tractor, kg `CO2e` per km.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5.0))]
    pub trip_kg_per_km: f64,
    /// Price of the hydrogen with its delivery, USD/kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub usd_per_kg: f64,
    /// Carbon of the hydrogen without the trip, kg `CO2e` per kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 60.0))]
    pub co2e_kg_per_kg: f64,
    /// In a transition: how its price and its carbon change.
    #[serde(default)]
    pub by_year: SupplyPathSpec,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `by_year` of a delivery or of a plant: factors by year on what its hydrogen costs and emits. None: as in the first year.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SupplyPathSpec {
    /// Factor on `usd_per_kg`.
    pub usd: Option<Curve>,
    /// Factor on `co2e_kg_per_kg`.
    pub co2e: Option<Curve>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    pub sources: Sources,
}

impl SupplyPathSpec {
    /// Factors of a year on price and carbon.
    #[must_use]
    pub fn at(&self, year: u16) -> [f64; 2] {
        [&self.usd, &self.co2e].map(|curve| curve.as_ref().map_or(1.0, |curve| curve.at(year)))
    }
}

fn default_most_on_order() -> u32 {
    2
}

/// A pipeline from a hydrogen plant.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineSpec {
    /// The plant: a key of `[hydrogen_plant]`.
    pub plant: String,
    /// Most flow, kg/h.
    #[schemars(range(min = 0.1, max = 100_000.0))]
    pub kg_per_h: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Investment and upkeep of a station. Real money without tax: the annuity of the investment at the real rate, plus upkeep.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StationCostSpec {
    /// Electrolyser, installed, USD/kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub electrolyser_usd_per_kw: f64,
    /// Compressors or pumps, installed, USD per kg/h.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub compressor_usd_per_kg_h: f64,
    /// Bulk storage, installed, USD/kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub bulk_usd_per_kg: f64,
    /// Cascade, installed, USD/kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub cascade_usd_per_kg: f64,
    /// One dispenser position with its cooling, installed, USD.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5_000_000.0))]
    pub position_usd: f64,
    /// Upkeep a year, share of the investment.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.5))]
    pub upkeep_share: f64,
    /// Real rate of discount, share a year.
    #[schemars(range(min = 0.0, max = 0.5))]
    pub discount_rate: f64,
    /// Life, years.
    #[schemars(range(min = 1, max = 60))]
    pub life_years: u32,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[hydrogen_plant.ID]`: a plant that feeds pipelines, shared with neighbours.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HydrogenPlantSpec {
    /// Content of its storage and lines when full, kg.
    #[schemars(range(min = 1.0, max = 10_000_000.0))]
    pub capacity_kg: f64,
    /// Content when the run starts, kg.
    #[schemars(range(min = 0.0, max = 10_000_000.0))]
    pub start_kg: f64,
    /// Production, kg/day: 1, 24 or 168 values; each holds for its hour. It turns down when the storage is full.
    #[schemars(length(min = 1, max = 168))]
    pub production_kg_per_day: Vec<f64>,
    /// Price at the end of the pipeline, USD/kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub usd_per_kg: f64,
    /// Carbon, kg `CO2e` per kg.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 60.0))]
    pub co2e_kg_per_kg: f64,
    /// In a transition: how its price and its carbon change.
    #[serde(default)]
    pub by_year: SupplyPathSpec,
    /// Other consumers that draw from it.
    #[serde(default)]
    pub neighbour: BTreeMap<String, NeighbourSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[hydrogen_plant.ID.neighbour.NAME]`: somebody else on the pipeline, such as a refinery, an airport, cement.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NeighbourSpec {
    /// Demand, kg/day: 1, 24 or 168 values; each holds for its hour.
    #[schemars(length(min = 1, max = 168))]
    pub kg_per_day: Vec<f64>,
    /// In a transition: factor on that demand by year.
    pub by_year: Option<Curve>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[hydrogen_credit.ID]`: a credit for hydrogen made on site, by carbon intensity.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HydrogenCreditSpec {
    /// First day on which it is paid, such as `"2025-01-01"`.
    pub from: String,
    /// First day on which it is no longer paid.
    pub until: String,
    /// Bands `[below this kg CO2e per kg, USD per kg]`, intensity rising; the first that holds is paid.
    #[schemars(length(min = 1, max = 16))]
    pub bands: Vec<[f64; 2]>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[fuel_visits.ID]`: vehicles that are not simulated and come to fuel, from a CSV file with the columns
/// `arrive_s, kg` (and optionally `depart_s`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuelVisitsSpec {
    /// Where they come to: a key of `[hydrogen]`.
    pub station: String,
    /// The file, relative to the scenario.
    pub csv: String,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}
