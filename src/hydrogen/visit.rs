//! Vehicles that come to fuel and leave again, as this room and those that drive vehicles hand them to each other.

use crate::kernel::ids::SiteId;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::Resource;

/// A vehicle that comes to fuel and hands over its tank.
#[derive(Debug, Clone)]
pub struct FuelArrival {
    /// Exact time.
    pub at_s: u32,
    /// Site with the station.
    pub site: SiteId,
    /// The vehicle.
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
    /// The vehicle.
    pub vehicle: Vehicle,
    /// Its tank.
    pub tank: FuelTank,
}

/// Vehicles on their way into the stations' queues. Rooms that drive vehicles add to it, the stations empty it.
#[derive(Resource, Debug, Default)]
pub struct FuelArrivals(Vec<FuelArrival>);

impl FuelArrivals {
    /// A vehicle comes.
    pub fn push(&mut self, arrival: FuelArrival) {
        self.0.push(arrival);
    }

    /// Vehicles on their way.
    pub fn iter(&self) -> impl Iterator<Item = &FuelArrival> {
        self.0.iter()
    }

    /// Does none come?
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them; none is left.
    pub(super) fn take(&mut self) -> Vec<FuelArrival> {
        core::mem::take(&mut self.0)
    }
}

/// Vehicles that left in the tick before. Written by the stations, read by rooms that drive vehicles.
#[derive(Resource, Debug, Default)]
pub struct FuelDepartures(Vec<FuelDeparture>);

impl FuelDepartures {
    /// Vehicles that left.
    pub fn iter(&self) -> impl Iterator<Item = &FuelDeparture> {
        self.0.iter()
    }

    /// Has none left?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A vehicle leaves.
    pub(super) fn push(&mut self, departure: FuelDeparture) {
        self.0.push(departure);
    }

    /// A new tick begins.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Visits of a list, in the order of their arrival.
#[derive(Resource, Debug, Default)]
pub struct FuelVisitList {
    pub(super) visits: Vec<FuelArrival>,
    /// The first that has not come yet.
    pub(super) next: usize,
}
