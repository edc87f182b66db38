//! Tanks, stations, queues: what changes while hydrogen is made, moved and fuelled. Only this room writes it.

use super::rules::{FillCurve, at_hour};
use super::spec::{HydrogenPlantSpec, HydrogenSpec};
use super::storage::Lot;
use super::visit::FuelArrival;
use crate::account::credit::Credit;
use crate::kernel::agenda::{Agenda, due_kinds};
use crate::kernel::ids::{PlantId, SiteId, StationId};
use crate::kernel::random::Stream;
use crate::kernel::sums::sums;
use crate::vehicle::queue::WaitingLine;
use crate::vehicle::user::Access;
use bevy_ecs::prelude::{Component, Resource};
use std::ops::Range;

/// One vehicle at one position.
#[derive(Debug, Clone)]
pub struct Fill {
    /// What came in.
    pub(super) arrival: FuelArrival,
    /// At the position from.
    pub(super) start_s: u32,
    /// Gas flows from.
    pub(super) flow_s: u32,
    /// Content at arrival, kg.
    pub(super) start_kg: f64,
    /// Time until it is full with a full cascade, seconds: what is left of the integral of 1 / flow.
    pub(super) left_s: f64,
    /// With the present flow it is full at this time.
    pub(super) finish_s: Option<u32>,
    /// What it got so far, with its carbon and cost.
    pub(super) got: Lot,
}

impl Fill {
    /// The vehicle.
    #[must_use]
    pub fn arrival(&self) -> &FuelArrival {
        &self.arrival
    }
}

/// A dispenser position, as it stays for the whole run.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub struct Position {
    /// Its station.
    pub station: StationId,
    /// Its number at the station.
    pub number: u32,
}

/// What a dispenser position does.
#[derive(Component, Debug, Default)]
pub struct Dispenser {
    pub(super) fill: Option<Fill>,
    /// Ready for the next from this time.
    pub(super) ready_s: u32,
    pub(super) is_broken: bool,
}

impl Dispenser {
    /// The vehicle at it.
    #[must_use]
    pub fn fill(&self) -> Option<&Fill> {
        self.fill.as_ref()
    }

    /// Is it out of order?
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Could a vehicle begin here?
    #[must_use]
    pub fn is_free_at(&self, at_s: u32) -> bool {
        self.fill.is_none() && !self.is_broken && self.ready_s <= at_s
    }
}

/// When a position breaks and is repaired: its own stream of chance.
#[derive(Component, Debug)]
pub struct Outages(pub(super) Stream);

/// A trailer on its way or unloading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trailer {
    /// It has unloaded at this time.
    pub at_s: u32,
    /// What it brings.
    pub lot: Lot,
    /// Carbon of its trip, whatever it unloads, kg `CO2e`.
    pub trip_co2e_kg: f64,
}

/// The electrolyser of a station that has one: a component of the station's entity, because a station has at most one.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq)]
pub struct Electrolyser {
    /// Load in the interval that runs, share of rated power.
    pub(super) load: f64,
    /// Load that the supply policy wants, share of rated power.
    pub(super) wanted_load: f64,
    /// Hours run.
    pub(super) operated_h: f64,
    /// Starts.
    pub(super) starts: u32,
}

/// Flows between events.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq)]
pub struct Flows {
    /// Flow into vehicles over that of their curve.
    pub(super) fill_factor: f64,
    /// Most flow into the cascade, kg/s.
    pub(super) compress_kg_s: f64,
    /// What the compressor may still move in this interval, kg.
    pub(super) compress_left_kg: f64,
    /// Into the bulk storage from electrolysis, kg/s.
    pub(super) produce_kg_s: f64,
    /// A kg of that: carbon and money.
    pub(super) produced: Lot,
    /// Into the bulk storage from the pipeline, kg/s.
    pub(super) pipeline_kg_s: f64,
    /// A kg of that: carbon and money.
    pub(super) piped: Lot,
    /// What compression adds to a kg: carbon and money (no mass).
    pub(super) compressed: Lot,
    /// These last until the interval's end; then the supply plans again.
    pub(super) until_s: u32,
    /// The stretch of these flows ends here, before the interval does.
    pub(super) look_s: Option<u32>,
    /// Everything is settled up to here.
    pub(super) settled_s: u32,
}

sums! {
/// Sums of an interval or of the whole run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// Made on site, kg.
    pub produced_kg: f64,
    /// Unloaded by trailers, kg.
    pub delivered_kg: f64,
    /// Through the pipeline, kg.
    pub piped_kg: f64,
    /// Boiled off and vented, kg.
    pub vented_kg: f64,
    /// Lost in unloading, kg: it never came into the storage.
    pub unload_lost_kg: f64,
    /// Went back with trailers for lack of room, kg.
    pub returned_kg: f64,
    /// From the bulk storage into the cascade, kg.
    pub compressed_kg: f64,
    /// Into vehicles, kg.
    pub dispensed_kg: f64,
    /// Electricity from the meter, kWh.
    pub grid_kwh: f64,
    /// Carbon of it, kg `CO2e`.
    pub grid_co2e_kg: f64,
    /// Electricity from own solar power, kWh.
    pub solar_kwh: f64,
    /// Money spent on electricity, USD.
    pub electricity_usd: f64,
    /// Time in which hydrogen was short, s.
    pub out_s: f64,
    /// Vehicle-seconds in the queue.
    pub waiting_s: f64,
    /// Vehicles sent away for lack of hydrogen.
    pub turned_away: u32,
    /// Trailers that unloaded.
    pub trailers: u32,
    /// Carbon of what trailers and pipeline brought, kg `CO2e`.
    pub purchased_co2e_kg: f64,
}
}

/// Price of electricity at the meter of a station, USD per kWh.
#[derive(Debug, Clone, PartialEq)]
pub enum Prices {
    /// As the scenario lists it: 1, 24 or 168 values by hour of the week.
    Listed(Vec<f64>),
    /// As the site's tariff has it, by hour of the run and somewhat beyond.
    Tariff(Vec<f64>),
}

impl Prices {
    /// In an hour of the run, which is this one of the week.
    #[must_use]
    pub fn at(&self, hour_of_run: usize, hour_of_week: usize) -> f64 {
        match self {
            Self::Listed(list) => at_hour(list, hour_of_week),
            Self::Tariff(hours) => hours.get(hour_of_run).or(hours.last()).copied().unwrap_or(0.0),
        }
    }

    /// Mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let (Self::Listed(list) | Self::Tariff(list)) = self;
        list.iter().sum::<f64>() / list.len().max(1) as f64
    }
}

/// A fuelling station, as it stays for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub struct Station {
    /// Its id.
    pub id: StationId,
    /// Key in the scenario.
    pub key: String,
    /// Its site.
    pub site: SiteId,
    /// What the user wrote.
    pub spec: HydrogenSpec,
    /// Vehicles that may fuel.
    pub access: Access,
    /// Flow into tanks by level.
    pub curve: FillCurve,
    /// The plant that its pipeline comes from.
    pub plant: Option<PlantId>,
    /// Carbon of grid electricity by hour of the week, kg `CO2e` per `MWh`.
    pub grid_kg_per_mwh: Vec<f64>,
    /// Price of electricity.
    pub prices: Prices,
    /// Its first dispenser position among all positions; the others follow it.
    pub first_position: u32,
}

impl Station {
    /// Its dispenser positions among all positions.
    #[must_use]
    pub fn positions(&self) -> Range<usize> {
        let first = self.first_position as usize;
        first..first + self.spec.dispenser.positions as usize
    }
}

/// Vehicles that wait at a station, in order of arrival.
#[derive(Component, Debug, Default)]
pub struct FuelQueue(WaitingLine<FuelArrival>);

impl FuelQueue {
    /// The vehicles that wait.
    #[must_use]
    pub fn waiting(&self) -> &[FuelArrival] {
        self.0.waiting()
    }

    /// The line, to change it.
    pub(super) fn line(&mut self) -> &mut WaitingLine<FuelArrival> {
        &mut self.0
    }

    /// Area under the length of the queue until the run ends, vehicle-seconds.
    #[must_use]
    pub fn area_until_s(&self, end_s: u32) -> i64 {
        self.0.area_until_s(end_s)
    }

    /// What the waiting vehicles need together, kg.
    #[must_use]
    pub fn need_kg(&self) -> f64 {
        self.waiting().iter().map(FuelArrival::need_kg).sum()
    }
}

/// Trailers of a station on their way. A trailer is a row of its station's list and no entity: it is there for some hours, only
/// its station looks at it, and nothing is spawned inside the tick.
#[derive(Component, Debug, Default)]
pub struct Trailers {
    /// In the order of ordering.
    pub(super) coming: Vec<Trailer>,
    /// Ordered so far.
    pub(super) ordered: u32,
}

impl Trailers {
    /// On the way, kg.
    #[must_use]
    pub fn on_order_kg(&self) -> f64 {
        self.coming.iter().map(|trailer| trailer.lot.kg).sum()
    }
}

/// What vehicles asked of a station in each hour of the week: what its forecast goes by.
#[derive(Component, Debug)]
pub struct AskedByHour {
    /// kg: the hour that runs, and before it the last 167.
    pub(super) kg: Vec<f64>,
    /// Hours of the run that have been counted in it.
    pub(super) hours: u32,
}

impl Default for AskedByHour {
    fn default() -> Self {
        Self { kg: vec![0.0; 168], hours: 0 }
    }
}

/// What a vehicle needed that a station could not serve, kg; none when hydrogen is not short.
#[derive(Component, Debug, Default)]
pub struct Shortage(pub(super) Option<f64>);

/// The books of a station.
#[derive(Component, Debug, Default)]
pub struct StationBooks {
    /// The interval that runs.
    pub(super) interval: Sums,
    /// Since the start, without the interval that runs.
    pub(super) total: Sums,
}

impl StationBooks {
    /// Since the start, without the interval that runs.
    #[must_use]
    pub fn total(&self) -> &Sums {
        &self.total
    }
}

/// A plant that feeds pipelines, as it stays for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub struct Plant {
    /// Its id.
    pub id: PlantId,
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: HydrogenPlantSpec,
}

/// What a plant has and does.
#[derive(Component, Debug, Default)]
pub struct PlantBooks {
    /// In its storage when the run began, kg.
    pub(super) opening_kg: f64,
    /// In its storage, kg.
    pub(super) stock_kg: f64,
    /// Sums since the start.
    pub(super) total: PlantSums,
    /// The interval that runs.
    pub(super) interval: PlantSums,
}

impl PlantBooks {
    /// In its storage, kg.
    #[must_use]
    pub fn stock_kg(&self) -> f64 {
        self.stock_kg
    }

    /// Sums since the start.
    #[must_use]
    pub fn total(&self) -> &PlantSums {
        &self.total
    }
}

sums! {
/// Sums of a plant.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PlantSums {
    /// Made, kg.
    pub produced_kg: f64,
    /// Asked for by neighbours, kg.
    pub neighbours_asked_kg: f64,
    /// Given to neighbours, kg.
    pub neighbours_kg: f64,
    /// Given to stations, kg.
    pub stations_kg: f64,
}
}

/// What is due at stations. One agenda for all of them: it is the order of everything that happens.
#[derive(Resource, Debug, Default)]
pub struct HydrogenAgenda(pub(super) Agenda<DueKind>);

impl HydrogenAgenda {
    /// How many due things have been handled.
    #[must_use]
    pub fn handled(&self) -> u64 {
        self.0.handled()
    }
}

due_kinds! {
    /// What is due at stations; at the same second in this order.
    pub enum DueKind {
        /// A trailer has unloaded (id: station).
        Unload,
        /// A vehicle is full (id: position).
        Finish,
        /// Gas starts to flow (id: position).
        Flow,
        /// A position works again (id: position).
        Repair,
        /// A position has recovered from its last fill (id: position).
        Ready,
        /// Flows have to be looked at again (id: station).
        Look,
        /// The time or the patience of a vehicle is up (id: station).
        TimeUp,
        /// A position breaks (id: position).
        Fail,
    }
}

/// Credits for hydrogen that is made on site.
#[derive(Resource, Debug, Default)]
pub struct Credits(pub(super) Vec<Credit>);

/// Fills of all stations, and what vehicles had on board when the run began: what the audit starts from.
#[derive(Resource, Debug, Default)]
pub struct FuelBalance {
    pub(super) begun: u64,
    pub(super) ended: u64,
    opening_on_board_kg: f64,
}

impl FuelBalance {
    /// Vehicles have this on board when the run begins, kg.
    #[must_use]
    pub fn opening(on_board_kg: f64) -> Self {
        Self { opening_on_board_kg: on_board_kg, ..Self::default() }
    }

    /// Hydrogen on board of all vehicles when the run began, kg.
    #[must_use]
    pub fn opening_on_board_kg(&self) -> f64 {
        self.opening_on_board_kg
    }

    /// Fills begun.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Fills ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.ended
    }
}
