//! Batteries come back charged, units come and are served, empty batteries go to the ports.

use super::state::{Bay, BayWork, Swap, SwapYard, YardStock};
use crate::charging::arrival::{Arrival, Arrivals, AtPort, Departure, Departures};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::kernel::stage::{Register, Tick};
use crate::terminal::state::ServiceRoutes;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;

/// Registers the swap step.
pub(crate) fn register(r: &mut Register<'_>) {
    r.tick(Tick::Swap, (receive, begin_swaps, finish_swaps, tell_yards).chain());
}

/// When the next swap is over; now where a unit comes or waits.
pub(crate) fn next_due_s(world: &World) -> u32 {
    let (Some(yards), Some(bays)) = (world.get_resource::<Roster<SwapYard>>(), world.get_resource::<Roster<Bay>>())
    else {
        return u32::MAX;
    };
    let waits = yards.components::<YardStock>(world).any(|stock| !stock.queue.waiting().is_empty());
    if waits || !world.resource::<ServiceRoutes>().is_quiet() {
        return 0;
    }
    let under_way = bays.components::<BayWork>(world).flat_map(|work| &work.under_way);
    under_way.map(|swap| swap.end_s).min().unwrap_or(u32::MAX)
}

/// Units join the queue of their yard. What left a port under the name of one of its units is a battery of the yard.
fn receive(
    roster: Res<Roster<SwapYard>>,
    mut yards: Query<(&SwapYard, &mut YardStock)>,
    mut routes: ResMut<ServiceRoutes>,
    mut departures: ResMut<Departures>,
) {
    for id in 0..roster.len() {
        let (yard, mut stock) = roster.get_mut(&mut yards, id);
        for unit in routes.take(|site, unit| site == yard.site && yard.owns(unit)) {
            stock.queue.come(unit.at_s, unit);
        }
        let is_own = |departure: &mut Departure| match departure.vehicle {
            Vehicle::Unit(unit) => departure.site == yard.site && yard.owns(unit),
            Vehicle::Truck(_) | Vehicle::Visitor(_) => false,
        };
        let charged = departures.take_if(is_own).map(|departure| (departure.at_s, departure.battery));
        stock.ready.extend(charged);
    }
}

/// A unit that waits goes in as soon as there are a bay and a charged battery, first come first served.
fn begin_swaps(
    clock: Res<Clock>,
    roster: Res<Roster<SwapYard>>,
    bay_roster: Res<Roster<Bay>>,
    mut yards: Query<(&SwapYard, &mut YardStock)>,
    mut bays: Query<&mut BayWork>,
) {
    for id in 0..roster.len() {
        let (yard, mut stock) = roster.get_mut(&mut yards, id);
        while let Some(next) = stock.queue.waiting().first() {
            let Some(at) = stock.ready.iter().position(|(_, battery)| battery.soc() >= yard.ready_soc) else { break };
            let bay = yard.bays.clone().min_by_key(|bay| bay_roster.get(&bays, *bay).free_s);
            let mut bay = bay_roster.get_mut(&mut bays, bay.expect("a yard has a bay"));
            let start_s = next.at_s.max(bay.free_s).max(stock.ready[at].0);
            if start_s >= clock.tick_end_s() {
                break;
            }
            let arrival = stock.queue.serve_head(start_s).expect("one waits");
            let (_, fresh) = stock.ready.remove(at);
            let end_s = start_s + yard.swap_s;
            stock.waits.add(start_s - arrival.at_s);
            stock.least_ready = stock.least_ready.min(stock.ready.len());
            bay.free_s = end_s;
            bay.under_way.push(Swap { end_s, unit: arrival.unit, fresh, empty: arrival.battery });
        }
    }
}

/// Units whose swap is over work again; their batteries look for a port.
fn finish_swaps(
    clock: Res<Clock>,
    roster: Res<Roster<SwapYard>>,
    bay_roster: Res<Roster<Bay>>,
    mut yards: Query<(&SwapYard, &mut YardStock)>,
    mut bays: Query<(&Bay, &mut BayWork)>,
    mut arrivals: ResMut<Arrivals>,
    mut departures: ResMut<Departures>,
) {
    for id in 0..bay_roster.len() {
        let (bay, mut work) = bay_roster.get_mut(&mut bays, id);
        for Swap { end_s, unit, fresh, empty } in work.under_way.extract_if(.., |swap| swap.end_s < clock.tick_end_s())
        {
            let (yard, mut stock) = roster.get_mut(&mut yards, bay.yard.index());
            stock.swaps += 1;
            let (vehicle, at_s) = (Vehicle::Unit(unit), end_s.max(clock.now_s()));
            // All of its time in the bay is handling: nothing charges there.
            let start_s = end_s - yard.swap_s;
            let at_port = Some(AtPort { start_s, power_s: start_s, done_s: start_s });
            departures.push(Departure { at_s, site: yard.site, vehicle, battery: fresh, at_port });
            let arrival = Arrival::new(at_s, yard.site, vehicle, User::Model(yard.model), empty);
            arrivals.push(Arrival { at_home: true, lot: yard.lot, ..arrival });
        }
    }
}

/// Says how busy each yard is when the tick ends.
fn tell_yards(
    clock: Res<Clock>,
    roster: Res<Roster<SwapYard>>,
    bay_roster: Res<Roster<Bay>>,
    yards: Query<(&SwapYard, &YardStock)>,
    bays: Query<&BayWork>,
    mut routes: ResMut<ServiceRoutes>,
) {
    for (yard, stock) in roster.iter(&yards) {
        let free = yard.bays.clone().filter(|bay| bay_roster.get(&bays, *bay).free_s <= clock.tick_end_s()).count();
        let ready = stock.ready.iter().filter(|(_, battery)| battery.soc() >= yard.ready_soc).count();
        let now = yard.now(free.min(ready), stock.queue.waiting().len());
        routes.tell(yard.site, yard.model, now);
    }
}
