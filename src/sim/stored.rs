//! What vehicles have on board, wherever they are: sums for the books, and how full each vehicle and station is.

use super::rooms::ROOMS;
use crate::scenario::loaded::Levels;
use crate::vehicle::on_board::Content;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::World;
use std::collections::BTreeMap;

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

/// Looks at all vehicles but visitors: trucks, then units, batteries by their number and then tanks.
#[must_use]
pub(super) fn stored(world: &World) -> Stored {
    let mut contents = contents(world);
    contents.retain(|it| !matches!(it.0, Vehicle::Visitor(_)));
    contents.sort_by_key(|it| (it.1.kwh().is_none(), matches!(it.0, Vehicle::Unit(_)), it.0.number()));
    let spare_kwh: f64 = ROOMS.iter().map(|room| (room.stored_kwh)(world)).sum();
    Stored {
        battery_kwh: spare_kwh + contents.iter().filter_map(|it| it.1.kwh()).sum::<f64>(),
        hydrogen_kg: contents.iter().filter_map(|it| it.1.kg()).sum(),
        levels: levels(world, &contents),
    }
}

/// Batteries and tanks of all vehicles, wherever they are.
pub(super) fn contents(world: &World) -> Vec<(Vehicle, Content)> {
    ROOMS.iter().flat_map(|room| (room.on_board)(world)).collect()
}

/// Level of each vehicle, those of a kind in the order of their numbers; one that never works is as it came, and says nothing.
fn levels(world: &World, contents: &[(Vehicle, Content)]) -> Levels {
    let mut levels = Levels::default();
    let kinds: BTreeMap<Vehicle, String> = ROOMS.iter().flat_map(|room| (room.kinds)(world)).collect();
    for (vehicle, content) in contents {
        if let Some((kind, level)) = kinds.get(vehicle).zip(content.level()) {
            levels.vehicles.entry(kind.clone()).or_default().push(level);
        }
    }
    for room in &ROOMS {
        (room.levels)(world, &mut levels);
    }
    levels
}
