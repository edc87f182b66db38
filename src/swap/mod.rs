//! Battery swap for equipment: a unit leaves its empty battery and gets a full one; the battery charges at the ports of the
//! terminal like any other, under the same limits and policies. A yard owns its spare batteries.

pub(crate) mod check;
pub mod spec;

use crate::charging::state::{Arrival, Arrivals, Departure, Departures, Leave};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{SiteId, UnitId};
use crate::kernel::stage::{Register, Tick};
use crate::place::build::Build;
use crate::record::metrics::{Metric, MetricName, ScopeMetrics};
use crate::record::names::Names;
use crate::record::tally::Waits;
use crate::terminal::state::{EquipmentModels, Handover, Pools, ServiceRoutes, Unit};
use crate::vehicle::battery::Battery;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;

// --- State --------------------------------------------------------------------------------------------------------------

/// One yard.
#[derive(Debug)]
struct Yard {
    site: SiteId,
    model: u32,
    swap_s: u32,
    ready_soc: f64,
    /// Units of its model at its terminal, in id order.
    units: Vec<UnitId>,
    bay_free_s: Vec<u32>,
    queue: Vec<Handover>,
    /// Charged batteries and since when they are here.
    ready: Vec<(u32, Battery)>,
    under_way: Vec<Swapped>,
    swaps: u64,
    waits: Waits,
    /// Fewest charged batteries that were ever there.
    least_ready: usize,
}

/// A swap in a bay.
#[derive(Debug)]
struct Swapped {
    end_s: u32,
    unit: UnitId,
    fresh: Battery,
    empty: Battery,
}

/// All yards, in the order of their keys.
#[derive(Resource, Debug, Default)]
struct SwapYards(Vec<Yard>);

/// Puts the yards into the world; the units are there already.
pub(crate) fn add(build: &mut Build<'_>) {
    let Build { loaded, sites, world, .. } = build;
    let mut yards = Vec::new();
    for spec in loaded.scenario.swap.values() {
        let site = sites.find(&spec.site).expect("the check found every site");
        let models = &world.resource::<EquipmentModels>().0;
        let model = models.iter().position(|model| model.key == spec.model).expect("the check found every model");
        let curve = models[model].curve.clone().expect("the check found a battery");
        let here: Vec<UnitId> = world
            .resource::<Pools>()
            .0
            .iter()
            .filter(|pool| pool.site == site)
            .flat_map(|pool| pool.units.clone())
            .collect();
        let mut units: Vec<UnitId> = world
            .query::<&Unit>()
            .iter(world)
            .filter(|unit| unit.model == model as u32 && here.contains(&unit.id))
            .map(|unit| unit.id)
            .collect();
        units.sort_unstable();
        world.resource_mut::<ServiceRoutes>().route(site, model as u32);
        let spare = || (0, Battery::at_soc(curve.clone(), 1.0));
        yards.push(Yard {
            site,
            model: model as u32,
            swap_s: (spec.swap_min * 60.0).round() as u32,
            ready_soc: spec.ready_soc,
            units,
            bay_free_s: vec![0; spec.bays as usize],
            queue: Vec::new(),
            ready: (0..spec.spares).map(|_| spare()).collect(),
            under_way: Vec::new(),
            swaps: 0,
            waits: Waits::default(),
            least_ready: spec.spares as usize,
        });
    }
    world.insert_resource(SwapYards(yards));
}

// --- Systems ------------------------------------------------------------------------------------------------------------

/// Registers the swap step.
pub(crate) fn register(r: &mut Register<'_>) {
    r.tick(Tick::Swap, swap_batteries);
}

/// Batteries come back charged, units come and are served, empty batteries go to the ports.
fn swap_batteries(
    clock: Res<Clock>,
    mut yards: ResMut<SwapYards>,
    mut routes: ResMut<ServiceRoutes>,
    mut arrivals: ResMut<Arrivals>,
    mut departures: ResMut<Departures>,
) {
    for yard in &mut yards.0 {
        let coming = routes.take(|site, unit| site == yard.site && yard.owns(unit));
        yard.queue.extend(coming);
        yard.take_back(&mut departures.0);
        yard.begin(clock.tick_end_s());
        yard.finish(&clock, &mut arrivals.0, &mut departures.0);
    }
}

impl Yard {
    fn owns(&self, unit: UnitId) -> bool {
        self.units.binary_search(&unit).is_ok()
    }

    /// What left a port under the name of one of the units is a battery of the yard.
    fn take_back(&mut self, departures: &mut Vec<Departure>) {
        let mut kept = Vec::with_capacity(departures.len());
        for departure in departures.drain(..) {
            match departure.vehicle {
                Vehicle::Unit(unit) if departure.site == self.site && self.owns(unit) => {
                    self.ready.push((departure.at_s, departure.battery));
                }
                _ => kept.push(departure),
            }
        }
        *departures = kept;
    }

    /// Who waits goes in as soon as there are a bay and a charged battery, first come first served.
    fn begin(&mut self, tick_end_s: u32) {
        while let Some(next) = self.queue.first() {
            let charged = |(_, battery): &(u32, Battery)| battery.soc() >= self.ready_soc;
            let Some(at) = self.ready.iter().position(charged) else { return };
            let bay = (0..self.bay_free_s.len()).min_by_key(|bay| self.bay_free_s[*bay]).expect("a yard has a bay");
            let start_s = next.at_s.max(self.bay_free_s[bay]).max(self.ready[at].0);
            if start_s >= tick_end_s {
                return;
            }
            let arrival = self.queue.remove(0);
            let (_, fresh) = self.ready.remove(at);
            let end_s = start_s + self.swap_s;
            self.bay_free_s[bay] = end_s;
            self.waits.add(start_s - arrival.at_s);
            self.least_ready = self.least_ready.min(self.ready.len());
            self.under_way.push(Swapped { end_s, unit: arrival.unit, fresh, empty: arrival.battery });
        }
    }

    /// Units whose swap is over work again; their batteries look for a port.
    fn finish(&mut self, clock: &Clock, arrivals: &mut Vec<Arrival>, departures: &mut Vec<Departure>) {
        let (over, open) = core::mem::take(&mut self.under_way)
            .into_iter()
            .partition(|swap: &Swapped| swap.end_s < clock.tick_end_s());
        self.under_way = open;
        for Swapped { end_s, unit, fresh, empty } in over {
            self.swaps += 1;
            let (vehicle, at_s) = (Vehicle::Unit(unit), end_s.max(clock.now_s()));
            departures.push(Departure { at_s, site: self.site, vehicle, battery: fresh, leave: Leave::Done });
            let arrival = Arrival::new(at_s, self.site, vehicle, User::Model(self.model), empty);
            arrivals.push(Arrival { at_home: true, ..arrival });
        }
    }

    fn stored_kwh(&self) -> f64 {
        let waiting = self.queue.iter().map(|arrival| &arrival.battery);
        let in_bays = self.under_way.iter().flat_map(|swap| [&swap.fresh, &swap.empty]);
        let all = self.ready.iter().map(|(_, battery)| battery).chain(waiting).chain(in_bays);
        all.map(|battery| battery.energy().0).sum()
    }
}

// --- Record -------------------------------------------------------------------------------------------------------------

/// Energy in batteries of the yards, for the audit.
pub(crate) fn stored_kwh(world: &World) -> f64 {
    world.resource::<SwapYards>().0.iter().map(Yard::stored_kwh).sum()
}

/// Swaps and waits by site. Each charge of a battery is a row of `sessions` under the unit that left it.
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    for yard in &world.resource::<SwapYards>().0 {
        let mut site = ScopeMetrics::new(format!("site:{}", names.sites[yard.site.index()]), &mut out);
        site.add(MetricName::Swaps, yard.swaps as f64);
        site.add(MetricName::SwapWaitMeanMin, yard.waits.mean_min());
        site.add(MetricName::SwapWaitP95Min, yard.waits.quantile_min(0.95));
        site.add(MetricName::SwapWaiting, yard.queue.len() as f64);
        site.add(MetricName::SwapLeastReady, yard.least_ready as f64);
    }
    out
}
