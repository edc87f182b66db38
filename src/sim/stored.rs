//! What vehicles have on board, wherever they are: sums for the books, and how full each kind of vehicle is.

use super::rooms::ROOMS;
use crate::charging::state::{Arrivals, Departures, Plazas, Plug};
use crate::hydrogen::state::{FuelArrivals, FuelDepartures, Hydrogen, Station};
use crate::place::build::kind;
use crate::place::site::Sites;
use crate::terminal::state::{EquipmentModels, Pools, Unit, UnitState};
use crate::truck::state::{Fleets, Store, Truck, TruckModels};
use crate::vehicle::battery::Battery;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::*;
use std::collections::BTreeMap;

/// How full: by fleet or terminal and model, such as `fleet_a/truck_b`, the mean state of charge or level, 0 to 1.
pub type Levels = BTreeMap<String, f64>;

/// What is on board at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// In batteries, with spare ones, kWh.
    pub battery_kwh: f64,
    /// In hydrogen tanks, kg.
    pub hydrogen_kg: f64,
    /// How full vehicles are that work.
    pub levels: Levels,
}

/// Looks at all vehicles.
#[must_use]
pub fn stored(world: &mut World) -> Stored {
    let mut kwh: Vec<(Vehicle, f64, f64)> = Vec::new();
    let mut kg: Vec<(Vehicle, f64, f64)> = Vec::new();
    let tank = |vehicle, tank: &FuelTank| (vehicle, tank.kg(), tank.capacity_kg());
    let battery = |vehicle, battery: &Battery| (vehicle, battery.energy().0, battery.usable().0);
    for (truck, store) in world.query::<(&Truck, &Store)>().iter(world) {
        match store {
            Store::Aboard(it) => kwh.push(battery(Vehicle::Truck(truck.id), it)),
            Store::Hydrogen(it) => kg.push(tank(Vehicle::Truck(truck.id), it)),
            Store::Tank | Store::AtPort => {}
        }
    }
    for (unit, state) in world.query::<(&Unit, &UnitState)>().iter(world) {
        match state {
            UnitState::Ready(it) => kwh.push(battery(Vehicle::Unit(unit.id), it)),
            UnitState::Hydrogen(it) => kg.push(tank(Vehicle::Unit(unit.id), it)),
            UnitState::Fueled | UnitState::Away => {}
        }
    }
    for plug in world.query::<&Plug>().iter(world) {
        kwh.extend(plug.session.iter().map(|it| battery(it.arrival.vehicle, &it.arrival.battery)));
    }
    let queues = world.resource::<Plazas>().at.iter().flat_map(|plaza| &plaza.queue);
    let coming = &world.resource::<Arrivals>().0;
    kwh.extend(queues.chain(coming).map(|it| battery(it.vehicle, &it.battery)));
    kwh.extend(world.resource::<Departures>().0.iter().map(|it| battery(it.vehicle, &it.battery)));
    let stations = &world.resource::<Hydrogen>().stations;
    let fills = stations.iter().flat_map(Station::fills).map(|fill| &fill.arrival);
    let waiting = stations.iter().flat_map(|station| &station.queue);
    let coming = &world.resource::<FuelArrivals>().0;
    kg.extend(fills.chain(waiting).chain(coming).map(|it| tank(it.vehicle, &it.tank)));
    kg.extend(world.resource::<FuelDepartures>().0.iter().map(|it| tank(it.vehicle, &it.tank)));
    for list in [&mut kwh, &mut kg] {
        list.retain(|it| !matches!(it.0, Vehicle::Visitor(_)));
        list.sort_by_key(|it| (matches!(it.0, Vehicle::Unit(_)), it.0.number()));
    }
    let spare_kwh: f64 = ROOMS.iter().map(|room| (room.stored_kwh)(world)).sum();
    Stored {
        battery_kwh: spare_kwh + kwh.iter().map(|it| it.1).sum::<f64>(),
        hydrogen_kg: kg.iter().map(|it| it.1).sum(),
        levels: levels(world, kwh.into_iter().chain(kg)),
    }
}

/// Mean fill of each kind of vehicle; who never works is as it came, and says nothing.
fn levels(world: &mut World, amounts: impl Iterator<Item = (Vehicle, f64, f64)>) -> Levels {
    let names = kinds(world);
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (vehicle, amount, full) in amounts {
        let name = match vehicle {
            Vehicle::Truck(id) => names.0[id.index()].as_deref(),
            Vehicle::Unit(id) => names.1[id.index()].as_deref(),
            Vehicle::Visitor(_) => None,
        };
        if let Some(name) = name {
            let sum = sums.entry(name).or_default();
            *sum = (sum.0 + amount, sum.1 + full);
        }
    }
    sums.into_iter().filter(|it| it.1.1 > 0.0).map(|(name, (sum, full))| (name.to_owned(), sum / full)).collect()
}

/// Owner and model of each truck (none of those that never work) and unit, by number.
fn kinds(world: &mut World) -> (Vec<Option<String>>, Vec<Option<String>>) {
    let mut trucks: Vec<(usize, Option<String>)> = Vec::new();
    let (fleets, models) = (world.resource::<Fleets>(), world.resource::<TruckModels>());
    let name = |truck: &Truck| {
        let fleet = &fleets.0[truck.fleet.index()];
        (truck.number < fleet.active).then(|| kind(&fleet.key, &models.0[truck.model as usize].key))
    };
    let mut query = world.try_query::<&Truck>().expect("trucks are known to every world");
    trucks.extend(query.iter(world).map(|truck| (truck.id.index(), name(truck))));
    trucks.sort_by_key(|it| it.0);
    let mut units: Vec<(usize, Option<String>)> = Vec::new();
    let (pools, models) = (world.resource::<Pools>(), world.resource::<EquipmentModels>());
    let sites = world.resource::<Sites>();
    let name = |unit: &Unit| {
        let site = &sites.0[pools.0[unit.pool.index()].site.index()].key;
        Some(kind(site, &models.0[unit.model as usize].key))
    };
    let mut query = world.try_query::<&Unit>().expect("units are known to every world");
    units.extend(query.iter(world).map(|unit| (unit.id.index(), name(unit))));
    units.sort_by_key(|it| it.0);
    (trucks.into_iter().map(|it| it.1).collect(), units.into_iter().map(|it| it.1).collect())
}
