//! A world that is being built from a checked scenario. Names become ids here and in the `build` files of rooms, and nowhere
//! else.

use super::site::Sites;
use crate::kernel::ids::{FleetId, Roster, SiteId};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::record::names::Names;
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use bevy_ecs::prelude::*;

/// A fuel-cell vehicle starts the run with a level drawn evenly between these.
const FIRST_LEVEL: (f64, f64) = (0.35, 1.0);

/// Name of a kind of vehicle in [`Loaded::first_levels`].
pub(crate) fn kind(owner: &str, model: &str) -> String {
    format!("{owner}/{model}")
}

/// A world that rooms add to, one after the other.
#[derive(Debug)]
pub(crate) struct Build<'a> {
    pub(crate) loaded: &'a Loaded,
    pub(crate) scenario: &'a Scenario,
    pub(crate) seed: Seed,
    /// Entities are spawned backwards, to prove that their order does not matter.
    pub(crate) reverse_spawn: bool,
    pub(crate) sites: Sites,
    pub(crate) world: World,
    pub(crate) names: Names,
    /// Hydrogen in the tanks of vehicles so far, kg.
    pub(crate) hydrogen_on_board_kg: f64,
}

impl Build<'_> {
    /// The id of a site.
    pub(crate) fn site(&self, key: &str) -> SiteId {
        self.sites.find(key).expect("the check found every site")
    }

    /// The id of a fleet.
    pub(crate) fn fleet(&self, key: &str) -> Option<FleetId> {
        self.scenario.fleet.keys().position(|name| name == key).map(FleetId::at)
    }

    /// Position of an equipment model.
    pub(crate) fn equipment_model(&self, key: &str) -> Option<u32> {
        self.scenario.equipment_model.keys().position(|name| name == key).map(|at| at as u32)
    }

    /// Spawns in id order, or backwards to prove that the order does not matter.
    pub(crate) fn spawn<B: Bundle<Effect: bevy_ecs::bundle::NoBundleEffect>, K: Send + Sync + 'static>(
        &mut self,
        mut bundles: Vec<B>,
    ) {
        let mut order: Vec<usize> = (0..bundles.len()).collect();
        if self.reverse_spawn {
            bundles.reverse();
            order.reverse();
        }
        let pairs = order.into_iter().zip(self.world.spawn_batch(bundles)).collect();
        self.world.insert_resource(Roster::<K>::new(pairs));
    }

    /// State of charge of a vehicle when the run starts: as a run before this one left it, or charged.
    pub(crate) fn first_soc(&self, vehicle: &FirstOf<'_>) -> f64 {
        self.left_over(vehicle).unwrap_or_else(|| self.first_draw(vehicle, Purpose::FirstCharge, self.loaded.first_soc))
    }

    /// Level of a hydrogen tank when the run starts: as a run before this one left it, or anywhere above a third, because a
    /// vehicle fuels when it has to and not every night.
    pub(crate) fn first_level(&self, vehicle: &FirstOf<'_>) -> f64 {
        self.left_over(vehicle).unwrap_or_else(|| self.first_draw(vehicle, Purpose::FirstFuel, FIRST_LEVEL))
    }

    fn left_over(&self, vehicle: &FirstOf<'_>) -> Option<f64> {
        let (at, of) = vehicle.at_of;
        self.loaded.first_levels.of_vehicle(vehicle.kind, at, of)
    }

    fn first_draw(&self, vehicle: &FirstOf<'_>, purpose: Purpose, (lowest, highest): (f64, f64)) -> f64 {
        lowest + (highest - lowest) * self.seed.stream(purpose, key_of(vehicle.key), vehicle.number).uniform()
    }
}

/// A vehicle whose first level is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstOf<'a> {
    /// The group whose stream of chance it draws from, and its number there.
    pub(crate) key: &'a str,
    pub(crate) number: u32,
    /// Its kind, as in [`Loaded::first_levels`].
    pub(crate) kind: &'a str,
    /// Its place among those of its kind, and how many there are.
    pub(crate) at_of: (u32, u32),
}
