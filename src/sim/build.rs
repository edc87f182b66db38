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
use crate::policy::{ChargingPolicySlot, DispatchPolicySlot, Fault, HydrogenPolicySlot, PolicyCalls};
use crate::record::Records;
use crate::record::names::Names;
use crate::record::rows::{CallRow, EquipmentRow, FuelRow, HaulRow, NodeRow, PowerRow, SessionRow, StandingRow};
use crate::scenario::loaded::Loaded;
use crate::{charging, freight, hydrogen, terminal, truck};
use bevy_ecs::prelude::*;

/// A world ready to run, and the names of its ids.
pub(super) fn world(loaded: &Loaded, options: &Options) -> Result<(World, Names), RunError> {
    let scenario = &loaded.scenario;
    let seed = Seed { seed: options.seed, replication: options.replication };
    let sites = Sites::of(&scenario.site);
    let mut world = World::new();
    what_every_room_uses(&mut world, loaded, &sites, seed);
    world.insert_resource(DispatchPolicySlot(policies::dispatch(loaded, options)?));
    world.insert_resource(ChargingPolicySlot(policies::charging(loaded, options)?));
    world.insert_resource(HydrogenPolicySlot(policies::hydrogen(loaded, options)?));
    world.init_resource::<Fault>();
    world.init_resource::<PolicyCalls>();
    records(&mut world);
    let reverse_spawn = options.reverse_spawn;
    let mut build = Build { loaded, scenario, seed, reverse_spawn, sites, world, hydrogen_on_board_kg: 0.0 };
    let ports = charging::build::add(&mut build);
    truck::build::add(&mut build);
    terminal::build::add(&mut build);
    freight::build::add(&mut build);
    let visits = charging::visits::visits(&mut build);
    hydrogen::build::add(&mut build);
    for room in &ROOMS {
        (room.add)(&mut build.world, loaded, &build.sites);
    }
    let Build { mut world, sites, .. } = build;
    let names = Names {
        sites: sites.0.iter().map(|site| site.key.clone()).collect(),
        fleets: scenario.fleet.keys().cloned().collect(),
        nodes: scenario.node.keys().cloned().collect(),
        visits,
        ports,
        stations: scenario.hydrogen.keys().cloned().collect(),
        hubs: scenario.hydrogen_hub.keys().cloned().collect(),
        calendar: loaded.calendar.clone(),
    };
    world.insert_resource(sites);
    Ok((world, names))
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
    world.insert_resource(scenario.weather.as_ref().map(Weather::new).unwrap_or_default());
}

fn records(world: &mut World) {
    world.init_resource::<Records<SessionRow>>();
    world.init_resource::<Records<PowerRow>>();
    world.init_resource::<Records<NodeRow>>();
    world.init_resource::<Records<HaulRow>>();
    world.init_resource::<Records<EquipmentRow>>();
    world.init_resource::<Records<FuelRow>>();
    world.init_resource::<Records<StandingRow>>();
    world.init_resource::<Records<CallRow>>();
}
