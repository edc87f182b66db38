//! What the grid leaves at the end of a run, beyond its rows.

use super::state::{InnerNodes, Storages, Thermals};
use super::transformer::NORMAL_LIFE_H;
use crate::record::metric::Metric;
use crate::record::names::Names;
use bevy_ecs::prelude::World;

/// Metrics of stationary batteries (scope `storage:KEY`) and transformers (scope `node:KEY`).
#[must_use]
pub fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    for (key, _, storage) in &world.resource::<Storages>().0 {
        let scope = format!("storage:{key}");
        let mut add = |name, value, unit, info| {
            out.push(Metric { name, scope: scope.clone(), value: Some(value), unit, info });
        };
        add("storage_taken_kwh", storage.taken.0, "kWh", "energy that the battery took, grid side");
        add("storage_given_kwh", storage.given.0, "kWh", "energy that the battery gave, grid side");
        add("storage_health", storage.health(), "", "usable energy over that when new");
    }
    let thermals = &world.resource::<Thermals>().0;
    for ((node, _), thermal) in world.resource::<InnerNodes>().transformers.iter().zip(thermals) {
        let scope = format!("node:{}", names.node(*node));
        let mut add = |name, value, unit, info| {
            out.push(Metric { name, scope: scope.clone(), value, unit, info });
        };
        add("transformer_hot_spot_c", Some(thermal.highest_c), "C", "highest hot spot (IEEE C57.91)");
        add("transformer_ageing_factor", thermal.mean_ageing(), "", "ageing over that at the rated hot spot, mean");
        let lost = 100.0 * thermal.aged_h / NORMAL_LIFE_H;
        add("transformer_life_used_percent", Some(lost), "%", "insulation life used, of 180,000 h");
    }
    out
}
