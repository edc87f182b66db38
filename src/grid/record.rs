//! What the grid leaves at the end of a run, beyond its rows.

use super::state::{AtNode, Meter};
use super::storage::Storage;
use super::transformer::Transformer;
use crate::kernel::ids::Roster;
use crate::record::metrics::{Metric, MetricName, ScopeKind, ScopeMetrics};
use crate::record::names::Names;
use bevy_ecs::prelude::{Component, World};

/// A component of all that a roster lists, in id order.
pub(super) fn all<K: Send + Sync + 'static, T: Component>(world: &World) -> impl Iterator<Item = &T> {
    let of = |entity: &_| world.get(*entity).expect("what a roster lists has the components of its kind");
    world.resource::<Roster<K>>().all().iter().map(of)
}

/// The meters of the sites' connections, in site order.
pub(super) fn meters(world: &World) -> Vec<Meter> {
    all::<Meter, Meter>(world).copied().collect()
}

/// Energy, grid side, that it takes to charge stationary batteries from empty to where they are, kWh.
pub(crate) fn refill_kwh(world: &World) -> f64 {
    all::<Storage, Storage>(world).map(|storage| storage.refill().0).sum()
}

/// Metrics of stationary batteries (scope `storage:KEY`) and transformers (scope `node:KEY`).
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    for storage in all::<Storage, Storage>(world) {
        let mut scope = ScopeMetrics::new(ScopeKind::Storage.of(storage.key()), &mut out);
        scope.add(MetricName::StorageChargedKwh, storage.charged().0);
        scope.add(MetricName::StorageDischargedKwh, storage.discharged().0);
        scope.add(MetricName::StorageHealth, storage.health());
    }
    let transformers = all::<Transformer, AtNode>(world).zip(all::<Transformer, Transformer>(world));
    for (AtNode(node), transformer) in transformers {
        let mut scope = ScopeMetrics::new(ScopeKind::Node.of(names.node(*node)), &mut out);
        scope.add(MetricName::TransformerHotSpotC, transformer.highest_c());
        scope.add(MetricName::TransformerAgeingFactor, transformer.mean_ageing());
        scope.add(MetricName::TransformerLifeUsedPercent, transformer.life_used_percent());
    }
    out
}
