//! Tanks, stations, queues: what changes while hydrogen is made, moved and fuelled. Only this room writes it.

use super::rules::{FillCurve, at_hour, pressure_bar};
use super::spec::{HydrogenHubSpec, HydrogenSpec};
use crate::account::credit::Credit;
pub use crate::record::words::FuelLeave;

use crate::kernel::agenda::Agenda;
use crate::kernel::ids::{HubId, SiteId, StationId};
use crate::kernel::random::Stream;
use crate::kernel::sums::sums;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::{Access, User, Vehicle};
use bevy_ecs::prelude::Resource;

/// What a kg costs so far, by component.
pub const COSTS: usize = 4;
/// Electricity of electrolysis.
pub const COST_PRODUCTION: usize = 0;
/// Electricity of compression.
pub const COST_COMPRESSION: usize = 1;
/// Hydrogen bought, with its delivery.
pub const COST_PURCHASE: usize = 2;
/// Credits, negative.
pub const COST_CREDIT: usize = 3;

/// An amount of hydrogen with the carbon and the money that went into it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lot {
    /// Mass, kg.
    pub kg: f64,
    /// Carbon, kg `CO2e`.
    pub co2e_kg: f64,
    /// Money by component, USD.
    pub usd: [f64; COSTS],
}

impl Lot {
    /// `kg` at so much carbon and money a kg.
    #[must_use]
    pub fn of(kg: f64, co2e_per_kg: f64, usd_per_kg: [f64; COSTS]) -> Self {
        Self { kg, co2e_kg: kg * co2e_per_kg, usd: usd_per_kg.map(|usd| usd * kg) }
    }

    /// Puts another lot in: they mix.
    pub fn add(&mut self, other: &Self) {
        self.kg += other.kg;
        self.co2e_kg += other.co2e_kg;
        for (mine, theirs) in self.usd.iter_mut().zip(other.usd) {
            *mine += theirs;
        }
    }

    /// Takes a mass out of the mix, with its share of carbon and money.
    #[must_use]
    pub fn take(&mut self, kg: f64) -> Self {
        let share = if self.kg > 0.0 { (kg / self.kg).clamp(0.0, 1.0) } else { 0.0 };
        let out = Self { kg, co2e_kg: self.co2e_kg * share, usd: self.usd.map(|usd| usd * share) };
        self.kg -= kg;
        self.co2e_kg -= out.co2e_kg;
        for (mine, theirs) in self.usd.iter_mut().zip(out.usd) {
            *mine -= theirs;
        }
        out
    }

    /// Loses mass; what it cost stays with the rest.
    pub fn lose(&mut self, kg: f64) {
        self.kg -= kg;
    }
}

/// A fixed vessel: bulk storage or cascade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Storage {
    /// What is in it.
    pub lot: Lot,
    /// Content when full, kg.
    pub capacity_kg: f64,
    /// Content that cannot be taken out, kg.
    pub least_kg: f64,
    /// Pressure when full, bar; none for liquid.
    pub full_bar: Option<f64>,
}

impl Storage {
    /// What can be taken out, kg.
    #[must_use]
    pub fn usable_kg(&self) -> f64 {
        (self.lot.kg - self.least_kg).max(0.0)
    }

    /// What could be put in, kg.
    #[must_use]
    pub fn room_kg(&self) -> f64 {
        (self.capacity_kg - self.lot.kg).max(0.0)
    }

    /// What can be taken out of it when it is full, kg.
    #[must_use]
    pub fn span_kg(&self) -> f64 {
        self.capacity_kg - self.least_kg
    }

    /// Pressure at 15 degrees Celsius, bar.
    #[must_use]
    pub fn bar(&self) -> Option<f64> {
        self.full_bar.map(|bar| pressure_bar(self.lot.kg, self.capacity_kg, bar))
    }
}

/// A vehicle that comes to fuel and hands over its tank.
#[derive(Debug, Clone)]
pub struct FuelArrival {
    /// Exact time.
    pub at_s: u32,
    /// Where.
    pub site: SiteId,
    /// Who.
    pub vehicle: Vehicle,
    /// On whose account.
    pub user: User,
    /// Its tank.
    pub tank: FuelTank,
    /// It leaves with this much, kg.
    pub target_kg: f64,
    /// It leaves at this time with whatever it has.
    pub depart_s: Option<u32>,
}

impl FuelArrival {
    /// What it still needs, kg.
    #[must_use]
    pub fn need_kg(&self) -> f64 {
        (self.target_kg - self.tank.kg()).max(0.0)
    }
}

/// A vehicle that leaves a station and gets its tank back.
#[derive(Debug, Clone, Copy)]
pub struct FuelDeparture {
    /// Exact time.
    pub at_s: u32,
    /// Who.
    pub vehicle: Vehicle,
    /// Its tank.
    pub tank: FuelTank,
}

/// Vehicles on their way into the stations' queues. Written by whoever drives vehicles, emptied by the stations.
#[derive(Resource, Debug, Default)]
pub struct FuelArrivals(pub Vec<FuelArrival>);

/// Vehicles that left in the tick before. Written by the stations, read by whoever drives vehicles.
#[derive(Resource, Debug, Default)]
pub struct FuelDepartures(pub Vec<FuelDeparture>);

/// One vehicle at one position.
#[derive(Debug, Clone)]
pub struct Fill {
    /// What came in.
    pub arrival: FuelArrival,
    /// At the position from.
    pub start_s: u32,
    /// Gas flows from.
    pub flow_s: u32,
    /// Content at arrival, kg.
    pub start_kg: f64,
    /// Time until it is full with a full cascade, seconds: what is left of the integral of 1 / flow.
    pub left_s: f64,
    /// With the present flow it is full at this time.
    pub finish_s: Option<u32>,
    /// What it got so far, with its carbon and cost.
    pub got: Lot,
}

/// A dispenser position.
#[derive(Debug, Clone)]
pub struct Position {
    /// Who is at it.
    pub fill: Option<Fill>,
    /// Ready for the next from this time.
    pub ready_s: u32,
    /// Out of order.
    pub broken: bool,
    /// Its own stream of failures.
    pub stream: Stream,
}

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

/// What an electrolyser does.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stack {
    /// Load in the interval that runs, share of rated power.
    pub load: f64,
    /// Hours run.
    pub operated_h: f64,
    /// Starts.
    pub starts: u32,
}

/// Flows between events.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Flows {
    /// Flow into vehicles over that of their curve.
    pub fill_factor: f64,
    /// Most flow into the cascade, kg/s.
    pub compress_kg_s: f64,
    /// What the compressor may still move in this interval, kg.
    pub compress_left_kg: f64,
    /// Into the bulk storage from electrolysis, kg/s.
    pub produce_kg_s: f64,
    /// A kg of that: carbon and money.
    pub produced: Lot,
    /// Into the bulk storage from the pipeline, kg/s.
    pub pipeline_kg_s: f64,
    /// A kg of that: carbon and money.
    pub piped: Lot,
    /// What compression adds to a kg: carbon and money (no mass).
    pub compressed: Lot,
    /// These last until the interval's end; then the supply plans again.
    pub until_s: u32,
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
        /// Went back with trailers for want of room, kg.
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
        /// Vehicles sent away for want of hydrogen.
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

/// A fuelling station.
#[derive(Debug)]
pub struct Station {
    /// Key in the scenario.
    pub key: String,
    /// Its site.
    pub site: SiteId,
    /// What the user wrote.
    pub spec: HydrogenSpec,
    /// Who may fuel.
    pub access: Access,
    /// Flow into tanks by level.
    pub curve: FillCurve,
    /// Bulk storage.
    pub bulk: Storage,
    /// Cascade.
    pub cascade: Storage,
    /// Dispenser positions.
    pub positions: Vec<Position>,
    /// Who waits, in order of arrival.
    pub queue: Vec<FuelArrival>,
    /// The electrolyser.
    pub stack: Stack,
    /// Trailers on their way, in the order of ordering.
    pub trailers: Vec<Trailer>,
    /// Trailers ordered so far.
    pub ordered: u32,
    /// The hub it hangs on.
    pub hub: Option<HubId>,
    /// Carbon of grid electricity by hour of the week, kg `CO2e` per `MWh`.
    pub grid_kg_per_mwh: Vec<f64>,
    /// Price of electricity.
    pub prices: Prices,
    /// What flows now.
    pub flows: Flows,
    /// The stretch of these flows ends here, before the interval does.
    pub look_s: Option<u32>,
    /// Everything is settled up to here.
    pub settled_s: u32,
    /// The interval that runs.
    pub interval: Sums,
    /// Since the start, without the interval that runs.
    pub total: Sums,
    /// What was in bulk storage and cascade when the run began, kg.
    pub opening_kg: [f64; 2],
    /// What its policy wants.
    pub wanted: Wanted,
    /// What was asked in each hour of the week, kg: the hour that runs, and before it the last 167.
    pub asked: Vec<f64>,
    /// Hours of the run that have been counted in it.
    pub asked_hours: u32,
    /// What a vehicle needed that could not be served; none when hydrogen is not short.
    pub short_of_kg: Option<f64>,
    /// Area under the length of the queue: exits minus entries, in seconds from the start.
    pub queue_area_s: i64,
    /// Lowest and highest content that bulk storage and cascade ever had, kg.
    pub seen: [(f64, f64); 2],
}

/// What a supply policy wants of a station.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Wanted {
    /// Load of the electrolyser, share of rated power.
    pub load: f64,
}

impl Station {
    /// Hydrogen that is not promised to vehicles at positions, kg.
    #[must_use]
    pub fn free_kg(&self) -> f64 {
        let promised: f64 = self.fills().map(|fill| fill.arrival.need_kg()).sum();
        self.bulk.usable_kg() + self.cascade.usable_kg() - promised
    }

    /// Vehicles at positions.
    pub fn fills(&self) -> impl Iterator<Item = &Fill> {
        self.positions.iter().filter_map(|position| position.fill.as_ref())
    }

    /// Positions that are not out of order.
    #[must_use]
    pub fn working_positions(&self) -> u32 {
        self.positions.iter().filter(|position| !position.broken).count() as u32
    }

    /// On the way in trailers, kg.
    #[must_use]
    pub fn on_order_kg(&self) -> f64 {
        self.trailers.iter().map(|trailer| trailer.lot.kg).sum()
    }

    /// In bulk storage and cascade, kg.
    #[must_use]
    pub fn stored_kg(&self) -> f64 {
        self.bulk.lot.kg + self.cascade.lot.kg
    }
}

/// A plant with pipelines.
#[derive(Debug)]
pub struct Hub {
    /// What the user wrote.
    pub spec: HydrogenHubSpec,
    /// In its storage, kg.
    pub stock_kg: f64,
    /// Sums since the start.
    pub total: HubSums,
    /// The interval that runs.
    pub interval: HubSums,
}

sums! {
    /// Sums of a hub.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct HubSums {
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

/// All stations and hubs, and what is due.
#[derive(Resource, Debug, Default)]
pub struct Hydrogen {
    /// All stations, in the order of their keys.
    pub stations: Vec<Station>,
    /// All hubs, in the order of their keys.
    pub hubs: Vec<Hub>,
    /// Credits for what is made on site.
    pub credits: Vec<Credit>,
    /// The station of each site.
    pub at_site: Vec<Option<StationId>>,
    /// First position of each station among all, for the agenda.
    pub first_position: Vec<u32>,
    /// Fills begun.
    pub begun: u64,
    /// Fills ended.
    pub ended: u64,
    /// Hydrogen on board of all vehicles when the run began, kg.
    pub opening_on_board_kg: f64,
    /// What is due.
    pub agenda: Agenda,
}

/// Visits of a list, in the order of their arrival.
#[derive(Resource, Debug, Default)]
pub struct FuelVisitList {
    /// The visits.
    pub visits: Vec<FuelArrival>,
    /// The first that has not come yet.
    pub next: usize,
}

/// What is due on this room's agenda; at the same second in this order. The id is the station's, or the position's.
pub(crate) mod kind {
    /// A trailer has unloaded (id: station).
    pub(crate) const UNLOAD: u8 = 0;
    /// A vehicle is full (id: position).
    pub(crate) const FINISH: u8 = 1;
    /// Gas starts to flow (id: position).
    pub(crate) const FLOW: u8 = 2;
    /// A position works again (id: position).
    pub(crate) const REPAIR: u8 = 3;
    /// A position has recovered from its last fill (id: position).
    pub(crate) const READY: u8 = 4;
    /// Flows have to be looked at again (id: station).
    pub(crate) const LOOK: u8 = 5;
    /// Somebody's time or patience is up (id: station).
    pub(crate) const TIME_UP: u8 = 6;
    /// A position breaks (id: position).
    pub(crate) const FAIL: u8 = 7;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 10 kg at 2 kg `CO2e` and 3 $ mixed with 30 kg at 6 and 1: 40 kg at 5 and 1.5.
    #[test]
    fn lots_mix_and_keep_their_books() {
        let mut lot = Lot::of(10.0, 2.0, [3.0, 0.0, 0.0, 0.0]);
        lot.add(&Lot::of(30.0, 6.0, [1.0, 0.0, 0.0, 0.0]));
        let out = lot.take(8.0);
        assert!((out.co2e_kg - 40.0).abs() < 1e-12 && (out.usd[0] - 12.0).abs() < 1e-12);
        assert!((lot.kg - 32.0).abs() < 1e-12 && (lot.co2e_kg - 160.0).abs() < 1e-12);
        lot.lose(2.0);
        assert!((lot.usd[0] - 48.0).abs() < 1e-12, "what is lost was paid for");
    }

    #[test]
    fn an_empty_tank_says_what_it_could_not_give() {
        let mut tank = FuelTank::at_level(60.0, 0.5);
        assert!(tank.draw(20.0).abs() < 1e-12);
        assert!((tank.draw(20.0) - 10.0).abs() < 1e-12);
        assert!(tank.level().abs() < 1e-12);
    }
}
