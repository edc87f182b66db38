//! What the grid leaves at the end of a run, beyond its rows.

use super::state::{InnerNodes, Storages, Thermals};
use super::transformer::NORMAL_LIFE_H;
use crate::record::metrics::{Metric, MetricName, ScopeMetrics};
use crate::record::names::Names;
use bevy_ecs::prelude::World;

/// Metrics of stationary batteries (scope `storage:KEY`) and transformers (scope `node:KEY`).
#[must_use]
pub fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    for (key, _, storage) in &world.resource::<Storages>().0 {
        let mut scope = ScopeMetrics::new(format!("storage:{key}"), &mut out);
        scope.add(MetricName::StorageChargedKwh, storage.taken.0);
        scope.add(MetricName::StorageDischargedKwh, storage.given.0);
        scope.add(MetricName::StorageHealth, storage.health());
    }
    let thermals = &world.resource::<Thermals>().0;
    for ((node, _), thermal) in world.resource::<InnerNodes>().transformers.iter().zip(thermals) {
        let mut scope = ScopeMetrics::new(format!("node:{}", names.node(*node)), &mut out);
        scope.add(MetricName::TransformerHotSpotC, thermal.highest_c);
        scope.add(MetricName::TransformerAgeingFactor, thermal.mean_ageing());
        let lost = 100.0 * thermal.aged_h / NORMAL_LIFE_H;
        scope.add(MetricName::TransformerLifeUsedPercent, lost);
    }
    out
}
