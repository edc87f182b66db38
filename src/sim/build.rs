//! From a checked scenario to a world: each room adds what is its own.

use super::options::{Options, RunError};
use super::policies;
use super::rooms::ROOMS;
use crate::kernel::calendar::DAY_S;
use crate::kernel::clock::Clock;
use crate::kernel::random::Seed;
use crate::place::build::Build;
use crate::place::site::Sites;
use crate::place::travel::Travel;
use crate::place::weather::Weather;
use crate::policy::{Fault, PolicyCalls};
use crate::record::names::Names;
use crate::scenario::loaded::Loaded;
use bevy_ecs::prelude::*;

/// A world ready to run, and the names of its ids.
pub(super) fn world(loaded: &Loaded, options: &Options) -> Result<(World, Names), RunError> {
    let scenario = &loaded.scenario;
    let seed = Seed { seed: options.seed, replication: options.replication };
    let sites = Sites::of(&scenario.site);
    let mut world = World::new();
    what_every_room_uses(&mut world, loaded, &sites, seed);
    policies::add(&mut world, loaded, options)?;
    world.init_resource::<Fault>();
    world.init_resource::<PolicyCalls>();
    for table in ROOMS.iter().flat_map(|room| room.tables) {
        (table.init)(&mut world);
    }
    let names = Names {
        sites: scenario.site.keys().cloned().collect(),
        fleets: scenario.fleet.keys().cloned().collect(),
        nodes: scenario.node.keys().cloned().collect(),
        stations: scenario.hydrogen.keys().cloned().collect(),
        plants: scenario.hydrogen_plant.keys().cloned().collect(),
        ..Names::none(loaded.calendar.clone())
    };
    let reverse_spawn = options.reverse_spawn;
    let mut build = Build { loaded, scenario, seed, reverse_spawn, sites, world, names, hydrogen_on_board_kg: 0.0 };
    for room in &ROOMS {
        (room.add)(&mut build);
    }
    for room in &ROOMS {
        (room.start)(&mut build.world);
    }
    Ok((build.world, build.names))
}

/// Time, chance, ways and weather.
fn what_every_room_uses(world: &mut World, loaded: &Loaded, sites: &Sites, seed: Seed) {
    let (scenario, time) = (&loaded.scenario, &loaded.scenario.time);
    let end_s = loaded.calendar.elapsed_s(i64::from(time.days) * DAY_S);
    world.insert_resource(Clock::new(time.tick_s, time.interval_s, time.dispatch_s, end_s as u32));
    world.insert_resource(loaded.calendar.clone());
    world.insert_resource(seed);
    let travel = scenario.travel.as_ref().map(|spec| Travel::new(spec, sites, &loaded.matrix));
    world.insert_resource(travel.unwrap_or_default());
    world.insert_resource(sites.clone());
    world.insert_resource(scenario.weather.as_ref().map(Weather::new).unwrap_or_default());
}
