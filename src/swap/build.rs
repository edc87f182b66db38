//! From the swap yards of a scenario to yards and bays.

use super::spec::SwapSpec;
use super::state::{Bay, BayWork, SwapYard, YardStock};
use crate::charging::lots::Lot;
use crate::kernel::ids::{SwapYardId, UnitId};
use crate::place::build::Build;
use crate::record::tally::Waits;
use crate::terminal::state::{EquipmentModels, Pool, ServiceRoutes, Unit};
use crate::vehicle::battery::Battery;
use crate::vehicle::queue::WaitingLine;

/// Puts the yards into the world; the units are there already.
pub(crate) fn add(build: &mut Build<'_>) {
    let (mut yards, mut bays) = (Vec::new(), Vec::new());
    for (at, spec) in build.scenario.swap.values().enumerate() {
        let first = bays.len();
        bays.extend((0..spec.bays).map(|_| (Bay { yard: SwapYardId::at(at) }, BayWork::default())));
        yards.push(yard(build, spec, first..bays.len()));
    }
    for (yard, _) in &yards {
        let now = yard.now(yard.bays.len(), 0);
        build.world.resource_mut::<ServiceRoutes>().route(yard.site, yard.model, now);
    }
    build.spawn::<_, SwapYard>(yards);
    build.spawn::<_, Bay>(bays);
}

fn yard(build: &mut Build<'_>, spec: &SwapSpec, bays: std::ops::Range<usize>) -> (SwapYard, YardStock) {
    let site = build.site(&spec.site);
    let models = build.world.resource::<EquipmentModels>();
    let model = models.find(&spec.model).expect("the check found every model");
    let curve = models.get(model).curve.clone().expect("the check found a battery");
    let mut pools = build.world.query::<&Pool>();
    let here = pools.iter(&build.world).filter(|pool| pool.site == site).map(|pool| pool.id).collect::<Vec<_>>();
    let mut units = build.world.query::<&Unit>();
    let units = units.iter(&build.world).filter(|unit| unit.model == model && here.contains(&unit.pool));
    let mut units: Vec<UnitId> = units.map(|unit| unit.id).collect();
    units.sort_unstable();
    let stock = YardStock {
        queue: WaitingLine::default(),
        ready: (0..spec.spares).map(|_| (0, Battery::at_soc(curve.clone(), 1.0))).collect(),
        swaps: 0,
        waits: Waits::default(),
        least_ready: spec.spares as usize,
    };
    let swap_s = (spec.swap_min * 60.0).round() as u32;
    let lot = spec.lot.as_ref().map(|lot| Lot::find(&build.world, site, lot).expect("the check found ports there"));
    (SwapYard { site, lot, model, swap_s, ready_soc: spec.ready_soc, units, bays }, stock)
}
