//! What yards did, when a run is over.

use super::state::{Bay, BayWork, SwapYard, YardStock};
use crate::kernel::ids::Roster;
use crate::record::metrics::{Metric, MetricName, ScopeKind, ScopeMetrics};
use crate::record::names::Names;
use bevy_ecs::prelude::World;

/// Energy in batteries of the yards, for the audit.
pub(crate) fn stored_kwh(world: &World) -> f64 {
    let of_yard = |stock: &YardStock| {
        let waiting = stock.queue.waiting().iter().map(|unit| &unit.battery);
        let all = stock.ready.iter().map(|(_, battery)| battery).chain(waiting);
        all.map(|battery| battery.energy().0).sum::<f64>()
    };
    let of_bay = |work: &BayWork| {
        let batteries = work.under_way.iter().flat_map(|swap| [&swap.fresh, &swap.empty]);
        batteries.map(|battery| battery.energy().0).sum::<f64>()
    };
    let in_yards: f64 = world.resource::<Roster<SwapYard>>().components(world).map(of_yard).sum();
    in_yards + world.resource::<Roster<Bay>>().components(world).map(of_bay).sum::<f64>()
}

/// Swaps and waits by site. Each charge of a battery is a row of `sessions` under the unit that left it.
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    let roster = world.resource::<Roster<SwapYard>>();
    for (yard, stock) in roster.components::<SwapYard>(world).zip(roster.components::<YardStock>(world)) {
        let mut site = ScopeMetrics::new(ScopeKind::Site.of(&names.sites[yard.site.index()]), &mut out);
        site.add(MetricName::Swaps, stock.swaps as f64);
        site.add(MetricName::SwapWaitMeanMin, stock.waits.mean_min());
        site.add(MetricName::SwapWaitP95Min, stock.waits.quantile_min(0.95));
        site.add(MetricName::SwapWaiting, stock.queue.waiting().len() as f64);
        site.add(MetricName::SwapLeastReady, stock.least_ready as f64);
    }
    out
}
