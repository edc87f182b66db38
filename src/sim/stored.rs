//! What vehicles have on board, wherever they are: sums for the books, and how full each vehicle and station is.

use super::rooms::ROOMS;
use crate::charging;
use crate::hydrogen::state::{Dispenser, Fill, FuelQueue, Plant, PlantBooks, Station};
use crate::hydrogen::storage::{Bulk, Cascade};
use crate::hydrogen::visit::{FuelArrivals, FuelDepartures};
use crate::kernel::ids::Roster;
use crate::place::build::kind;
use crate::place::site::Sites;
use crate::scenario::loaded::Levels;
use crate::terminal::state::{EquipmentModels, Pool, Unit, UnitEnergy};
use crate::truck::state::{Fleet, Truck, TruckEnergy, TruckModels};
use crate::vehicle::battery::Battery;
use crate::vehicle::on_board::OnBoard;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::*;

/// What is on board at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// In batteries, with spare ones, kWh.
    pub battery_kwh: f64,
    /// In hydrogen tanks, kg.
    pub hydrogen_kg: f64,
    /// How full vehicles are that work, and stations.
    pub levels: Levels,
}

/// Looks at all vehicles.
#[must_use]
pub fn stored(world: &mut World) -> Stored {
    let mut kwh: Vec<(Vehicle, f64, f64)> = Vec::new();
    let mut kg: Vec<(Vehicle, f64, f64)> = Vec::new();
    let tank = |vehicle, tank: &FuelTank| (vehicle, tank.kg(), tank.capacity_kg());
    let battery = |vehicle, battery: &Battery| (vehicle, battery.energy().0, battery.usable().0);
    let mut note = |vehicle, on_board: &OnBoard| match on_board {
        OnBoard::Battery(it) => kwh.push(battery(vehicle, it)),
        OnBoard::Hydrogen(it) => kg.push(tank(vehicle, it)),
        OnBoard::Fuel | OnBoard::Away => {}
    };
    for (truck, energy) in world.query::<(&Truck, &TruckEnergy)>().iter(world) {
        note(Vehicle::Truck(truck.id), energy.on_board());
    }
    for (unit, energy) in world.query::<(&Unit, &UnitEnergy)>().iter(world) {
        note(Vehicle::Unit(unit.id), energy.on_board());
    }
    kwh.extend(charging::record::batteries(world).map(|(vehicle, it)| battery(vehicle, it)));
    let (mut dispensers, mut queues) = (world.query::<&Dispenser>(), world.query::<&FuelQueue>());
    let fills = dispensers.iter(world).filter_map(Dispenser::fill).map(Fill::arrival);
    let waiting = queues.iter(world).flat_map(FuelQueue::waiting);
    let coming = world.resource::<FuelArrivals>().iter();
    kg.extend(fills.chain(waiting).chain(coming).map(|it| tank(it.vehicle, &it.tank)));
    kg.extend(world.resource::<FuelDepartures>().iter().map(|it| tank(it.vehicle, &it.tank)));
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

/// Level of each vehicle, those of a kind in the order of their numbers; one that never works is as it came, and says nothing.
fn levels(world: &mut World, amounts: impl Iterator<Item = (Vehicle, f64, f64)>) -> Levels {
    let mut levels = Levels::default();
    let names = kinds(world);
    for (vehicle, amount, full) in amounts.filter(|it| it.2 > 0.0) {
        let name = match vehicle {
            Vehicle::Truck(id) => names.0[id.index()].as_deref(),
            Vehicle::Unit(id) => names.1[id.index()].as_deref(),
            Vehicle::Visitor(_) => None,
        };
        if let Some(name) = name {
            levels.vehicles.entry(name.to_owned()).or_default().push(amount / full);
        }
    }
    for (station, bulk, cascade) in world.query::<(&Station, &Bulk, &Cascade)>().iter(world) {
        levels.stations.insert(station.key.clone(), [bulk.level(), cascade.level()]);
    }
    for (plant, books) in world.query::<(&Plant, &PlantBooks)>().iter(world) {
        levels.plants.insert(plant.key.clone(), books.stock_kg() / plant.spec.capacity_kg);
    }
    levels
}

/// Owner and model of each truck (none of those that never work) and unit, by number.
fn kinds(world: &World) -> (Vec<Option<String>>, Vec<Option<String>>) {
    let fleets: Vec<&Fleet> = world.resource::<Roster<Fleet>>().components::<Fleet>(world).collect();
    let models = world.resource::<TruckModels>();
    let of_truck = |truck: &Truck| {
        let fleet = fleets[truck.fleet.index()];
        (truck.number < fleet.active).then(|| kind(&fleet.key, models.key(truck)))
    };
    let trucks = world.resource::<Roster<Truck>>().components::<Truck>(world).map(of_truck).collect();
    let pools: Vec<&Pool> = world.resource::<Roster<Pool>>().components::<Pool>(world).collect();
    let (sites, models) = (world.resource::<Sites>(), world.resource::<EquipmentModels>());
    let of_unit = |unit: &Unit| {
        let site = &sites.0[pools[unit.pool.index()].site.index()].key;
        Some(kind(site, &models.get(unit.model).key))
    };
    (trucks, world.resource::<Roster<Unit>>().components::<Unit>(world).map(of_unit).collect())
}
