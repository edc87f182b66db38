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

    /// State of charge of a vehicle when the run starts: `number` of the group `key`, of a kind as in
    /// [`Loaded::first_levels`].
    pub(crate) fn first_soc(&self, key: &str, kind: &str, number: u32) -> f64 {
        let (lowest, highest) = self.first_range(kind, self.loaded.first_soc);
        let draw = self.seed.stream(Purpose::FirstCharge, key_of(key), number).uniform();
        lowest + (highest - lowest) * draw
    }

    /// Level of a hydrogen tank when the run starts, anywhere above a third: a vehicle fuels when it has to, not every night.
    pub(crate) fn first_level(&self, key: &str, kind: &str, number: u32) -> f64 {
        let draw = self.seed.stream(Purpose::FirstFuel, key_of(key), number).uniform();
        let (lowest, highest) = self.first_range(kind, FIRST_LEVEL);
        lowest + (highest - lowest) * draw
    }

    /// What a run before this one left, evenly around its mean and no wider than vehicles of which nothing is known.
    fn first_range(&self, kind: &str, otherwise: (f64, f64)) -> (f64, f64) {
        let half = (otherwise.1 - otherwise.0) / 2.0;
        let around = |mean: f64| {
            let half = half.min(mean).min(1.0 - mean);
            (mean - half, mean + half)
        };
        self.loaded.first_levels.get(kind).map_or(otherwise, |mean| around(mean.clamp(0.0, 1.0)))
    }
}
