//! Asks the dispatch policy and carries out its orders.

use super::state::{Phase, Store, Truck};
use super::systems::{Driver, Road, Trucks, driver};
use crate::charging::state::Plazas;
use crate::freight::state::Board;
use crate::hydrogen::state::{FuelArrival, Hydrogen, Station};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId, TruckId};
use crate::kernel::units::LHV_KWH_PER_KG;
use crate::policy::dispatch::{FuelSitesByFleet, SitesByFleet};
use crate::policy::kind::Dispatch;
use crate::policy::{
    Assign, Carrier, ChargeAt, DispatchView, Fault, PolicyCalls, PolicySlot, SiteColumns, TruckColumns,
};
use bevy_ecs::prelude::*;

/// At a decision: gathers what the policy may see, asks it, and carries out what is valid.
pub(super) fn dispatch(
    clock: Res<Clock>,
    plazas: Res<Plazas>,
    may_charge: Res<SitesByFleet>,
    hydrogen: Res<Hydrogen>,
    may_fuel: Res<FuelSitesByFleet>,
    roster: Res<Roster<Truck>>,
    mut policy: ResMut<PolicySlot<Dispatch>>,
    mut calls: ResMut<PolicyCalls>,
    mut fault: ResMut<Fault>,
    mut board: ResMut<Board>,
    mut road: Road<'_>,
    mut trucks: Trucks<'_, '_>,
) {
    if !clock.starts_decision() || clock.done() || road.roads.waiting.is_empty() {
        return;
    }
    let columns = waiting_trucks(&clock, &mut road, &roster, &mut trucks);
    if columns.id.is_empty() {
        return;
    }
    let view = DispatchView {
        time_s: clock.now_s(),
        hour: road.calendar.hour(i64::from(clock.now_s())),
        trucks: columns,
        hauls: board.columns(),
        sites: site_columns(&plazas, &hydrogen, &road),
        travel: &road.travel,
        may_charge: &may_charge,
        may_fuel: &may_fuel,
    };
    calls.dispatch += 1;
    let orders = match policy.0.decide(&view) {
        Ok(orders) => orders,
        Err(message) => {
            fault.set(policy.0.name(), message);
            return;
        }
    };
    for order in &orders.assign {
        let is_done = order.truck < roster.all().len() as u32
            && assign(&clock, &mut road, &mut board, &mut driver(&mut trucks, &roster, TruckId(order.truck)), order);
        calls.rejected += u64::from(!is_done);
    }
    for order in &orders.charge {
        let is_done = order.truck < roster.all().len() as u32
            && charge(
                &clock,
                &mut road,
                (&may_charge, &may_fuel),
                &mut driver(&mut trucks, &roster, TruckId(order.truck)),
                order,
            );
        calls.rejected += u64::from(!is_done);
    }
}

fn assign(clock: &Clock, road: &mut Road<'_>, board: &mut Board, driver: &mut Driver<'_>, order: &Assign) -> bool {
    if driver.duty.phase != Phase::Idle {
        return false;
    }
    let Some(haul) = board.take(order.haul, driver.truck.fleet) else {
        return false;
    };
    road.start_haul(driver, haul, clock.now_s());
    true
}

fn charge(
    clock: &Clock,
    road: &mut Road<'_>,
    (may_charge, may_fuel): (&SitesByFleet, &FuelSitesByFleet),
    driver: &mut Driver<'_>,
    order: &ChargeAt,
) -> bool {
    let site = SiteId(order.site);
    let stands = matches!(driver.duty.phase, Phase::Idle | Phase::Parked);
    let fleet = driver.truck.fleet.index();
    let is_allowed = match driver.store {
        Store::Aboard(_) => may_charge.sites[fleet].binary_search(&site).is_ok(),
        Store::Hydrogen(_) => may_fuel.sites[fleet].binary_search(&site).is_ok(),
        Store::Tank | Store::AtPort => false,
    };
    if !stands || !is_allowed || !(0.0..=1.0).contains(&order.to_soc) {
        return false;
    }
    road.send_to_charge(driver, site, order.to_soc, clock.now_s());
    true
}

/// Trucks that wait for a decision, in id order. Idle ones are asked about again; parked ones once.
fn waiting_trucks(
    clock: &Clock,
    road: &mut Road<'_>,
    roster: &Roster<Truck>,
    trucks: &mut Trucks<'_, '_>,
) -> TruckColumns {
    let mut waiting = core::mem::take(&mut road.roads.waiting);
    waiting.sort_unstable();
    waiting.dedup();
    let mut columns = TruckColumns::default();
    waiting.retain(|id| {
        let driver = driver(trucks, roster, *id);
        let is_idle = driver.duty.phase == Phase::Idle;
        // Who is off duty charges where it is parked, but does not drive to fuel.
        let may_charge = driver.duty.phase == Phase::Parked && matches!(driver.store, Store::Aboard(_));
        if is_idle || may_charge {
            push_row(clock, road, &driver, &mut columns);
        }
        is_idle
    });
    road.roads.waiting = waiting;
    columns
}

fn push_row(clock: &Clock, road: &Road<'_>, driver: &Driver<'_>, columns: &mut TruckColumns) {
    let Driver { truck, duty, store } = driver;
    let model = &road.models.0[truck.model as usize].spec;
    let weather = road.weather_factor(driver, clock.now_s());
    let (carrier, soc, energy_kwh, usable_kwh, factor) = match store {
        Store::Aboard(battery) => (Carrier::Battery, battery.soc(), battery.energy().0, battery.usable().0, weather),
        Store::Hydrogen(tank) => {
            let kwh = |kg: f64| kg * LHV_KWH_PER_KG;
            (Carrier::Hydrogen, tank.level(), kwh(tank.kg()), kwh(tank.capacity_kg()), kwh(weather))
        }
        Store::Tank | Store::AtPort => (Carrier::None, 1.0, f64::INFINITY, 0.0, 0.0),
    };
    columns.carrier.push(carrier as u8);
    columns.id.push(truck.id.0);
    columns.fleet.push(truck.fleet.0);
    columns.site.push(duty.site.0);
    columns.on_duty.push(u8::from(duty.on_duty));
    columns.home.push(truck.home.map_or(u32::MAX, |home| home.0));
    columns.soc.push(soc);
    columns.energy_kwh.push(energy_kwh);
    columns.usable_kwh.push(usable_kwh);
    columns.bobtail_kwh_per_km.push(model.bobtail_per_km * factor);
    columns.empty_kwh_per_km.push(model.empty_per_km * factor);
    columns.loaded_kwh_per_km.push(model.loaded_per_km * factor);
    columns.shift_end_s.push(duty.shift_end_s);
    columns.driving_left_s.push(duty.driving_left_s);
}

fn site_columns(plazas: &Plazas, hydrogen: &Hydrogen, road: &Road<'_>) -> SiteColumns {
    let mut columns = SiteColumns::default();
    for (site, plaza) in plazas.at.iter().enumerate() {
        columns.ports.push(plaza.truck_ports);
        columns.ports_in_use.push(plaza.occupied.len() as u32);
        columns.queue.push(plaza.queue.len() as u32);
        let station = hydrogen.at_site[site].map(|id| &hydrogen.stations[id.index()]);
        columns.h2_positions.push(station.map_or(0, Station::working_positions));
        columns.h2_taken.push(station.map_or(0, |station| station.fills().count() as u32));
        columns.h2_queue.push(station.map_or(0, |station| station.queue.len() as u32));
        columns.h2_free_kg.push(station.map_or(0.0, |station| {
            let waiting_kg = station.queue.iter().map(FuelArrival::need_kg).sum::<f64>();
            station.free_kg() - waiting_kg - road.roads.fuel_coming_kg[site]
        }));
        let spec = &road.sites.0[site].spec;
        let minutes = spec.live_share * spec.live_min + (1.0 - spec.live_share) * spec.drop_min;
        columns.stay_s.push(road.gates.mean_stay_s(SiteId::at(site)).unwrap_or((minutes * 60.0) as u32));
    }
    columns
}
