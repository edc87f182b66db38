//! Asks the dispatch policy and carries out its orders.

use super::driving::{Driver, Road, Trips, Trucks, driver};
use super::state::{AwaitingOrders, FuelComing, Phase, Truck};
use crate::charging::state::PortUse;
use crate::freight::state::Board;
use crate::hydrogen::station::Stations;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId, TruckId};
use crate::kernel::units::LHV_KWH_PER_KG;
use crate::place::site::Sites;
use crate::policy::energy_sites::{FuelSitesByFleet, SitesByFleet};
use crate::policy::kind::Dispatch;
use crate::policy::{
    Assign, Carrier, ChargeAt, DispatchView, Fault, Orders, PolicyCalls, PolicySlot, SiteColumns, TruckColumns,
};
use crate::terminal::gates::Gates;
use crate::vehicle::on_board::OnBoard;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// What the policy ordered at the present decision. Written by `ask_policy`, carried out by `carry_out`.
#[derive(Resource, Debug, Default)]
pub struct DispatchOrders(Orders);

/// What the policy may see of sites.
#[derive(SystemParam)]
pub(super) struct SiteContext<'w, 's> {
    sites: Res<'w, Sites>,
    port_use: PortUse<'w, 's>,
    stations: Stations<'w, 's>,
    gates: Gates<'w, 's>,
    fuel_coming: Res<'w, FuelComing>,
    may_charge: Res<'w, SitesByFleet>,
    may_fuel: Res<'w, FuelSitesByFleet>,
}

/// The policy, and how it is asked.
#[derive(SystemParam)]
pub(super) struct PolicyContext<'w> {
    policy: ResMut<'w, PolicySlot<Dispatch>>,
    calls: ResMut<'w, PolicyCalls>,
    fault: ResMut<'w, Fault>,
}

/// At a decision: gathers what the policy may see, and asks it.
pub(super) fn ask_policy(
    clock: Res<Clock>,
    trips: Trips<'_>,
    sites: SiteContext<'_, '_>,
    roster: Res<Roster<Truck>>,
    mut trucks: Trucks<'_, '_>,
    mut awaiting: ResMut<AwaitingOrders>,
    mut board: ResMut<Board>,
    mut asked: PolicyContext<'_>,
    mut orders: ResMut<DispatchOrders>,
) {
    if awaiting.0.is_empty() {
        return;
    }
    let columns = awaiting_trucks(&clock, &trips, &roster, &mut trucks, &mut awaiting);
    if columns.id.is_empty() {
        return;
    }
    let may_charge = sites.may_charge.open_at(trips.calendar.second_of_day(i64::from(clock.now_s())));
    let view = DispatchView {
        time_s: clock.now_s(),
        hour: trips.calendar.hour(i64::from(clock.now_s())),
        trucks: columns,
        hauls: board.columns(),
        sites: sites.columns(),
        travel: &trips.travel,
        may_charge: &may_charge,
        may_fuel: &sites.may_fuel,
    };
    asked.calls.ask();
    match asked.policy.0.decide(&view) {
        Ok(ordered) => orders.0 = ordered,
        Err(message) => asked.fault.set(asked.policy.0.name(), message),
    }
}

/// Carries out what is valid of the orders; the rest is counted as rejected.
pub(super) fn carry_out(
    clock: Res<Clock>,
    may_charge: Res<SitesByFleet>,
    may_fuel: Res<FuelSitesByFleet>,
    roster: Res<Roster<Truck>>,
    mut orders: ResMut<DispatchOrders>,
    mut calls: ResMut<PolicyCalls>,
    mut board: ResMut<Board>,
    mut road: Road<'_, '_>,
    mut trucks: Trucks<'_, '_>,
) {
    let Orders { assign: hauls, charge: charges } = core::mem::take(&mut orders.0);
    let exists = |truck: u32| (truck as usize) < roster.len();
    for order in &hauls {
        let is_done = exists(order.truck)
            && assign(&clock, &mut road, &mut board, &mut driver(&mut trucks, &roster, TruckId(order.truck)), order);
        calls.judge(is_done);
    }
    for order in &charges {
        let is_done = exists(order.truck)
            && charge(
                &clock,
                &mut road,
                (&may_charge, &may_fuel),
                &mut driver(&mut trucks, &roster, TruckId(order.truck)),
                order,
            );
        calls.judge(is_done);
    }
}

fn assign(clock: &Clock, road: &mut Road<'_, '_>, board: &mut Board, driver: &mut Driver<'_>, order: &Assign) -> bool {
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
    road: &mut Road<'_, '_>,
    (may_charge, may_fuel): (&SitesByFleet, &FuelSitesByFleet),
    driver: &mut Driver<'_>,
    order: &ChargeAt,
) -> bool {
    let site = SiteId(order.site);
    let stands = matches!(driver.duty.phase, Phase::Idle | Phase::Parked);
    let fleet = driver.truck.fleet.index();
    let is_allowed = match driver.on_board {
        OnBoard::Battery(_) => may_charge.sites()[fleet].binary_search(&site).is_ok(),
        OnBoard::Hydrogen(_) => may_fuel.sites()[fleet].binary_search(&site).is_ok(),
        OnBoard::Fuel | OnBoard::Away => false,
    };
    if !stands || !is_allowed || !(0.0..=1.0).contains(&order.to_soc) {
        return false;
    }
    road.send_to_charge(driver, site, order.to_soc, clock.now_s());
    true
}

/// Trucks that wait for a decision, in id order. Idle ones are asked about again; parked ones once.
fn awaiting_trucks(
    clock: &Clock,
    trips: &Trips<'_>,
    roster: &Roster<Truck>,
    trucks: &mut Trucks<'_, '_>,
    awaiting: &mut AwaitingOrders,
) -> TruckColumns {
    awaiting.0.sort_unstable();
    awaiting.0.dedup();
    let mut columns = TruckColumns::default();
    awaiting.0.retain(|id| {
        let driver = driver(trucks, roster, *id);
        let is_idle = driver.duty.phase == Phase::Idle;
        // A truck off duty charges where it is parked, but does not drive to fuel.
        let may_charge = driver.duty.phase == Phase::Parked && matches!(driver.on_board, OnBoard::Battery(_));
        if is_idle || may_charge {
            push_row(clock.now_s(), trips, &driver, &mut columns);
        }
        is_idle
    });
    columns
}

fn push_row(now_s: u32, trips: &Trips<'_>, driver: &Driver<'_>, columns: &mut TruckColumns) {
    let Driver { truck, duty, on_board } = driver;
    let model = trips.models.spec(truck);
    let weather = trips.weather_factor(truck, now_s);
    let (carrier, soc, energy_kwh, usable_kwh, factor) = match on_board {
        OnBoard::Battery(battery) => (Carrier::Battery, battery.soc(), battery.energy().0, battery.usable().0, weather),
        OnBoard::Hydrogen(tank) => {
            let kwh = |kg: f64| kg * LHV_KWH_PER_KG;
            (Carrier::Hydrogen, tank.level(), kwh(tank.kg()), kwh(tank.capacity_kg()), kwh(weather))
        }
        OnBoard::Fuel | OnBoard::Away => (Carrier::None, 1.0, f64::INFINITY, 0.0, 0.0),
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

impl SiteContext<'_, '_> {
    fn columns(&self) -> SiteColumns {
        let mut columns = SiteColumns::default();
        for id in self.sites.ids() {
            let (ports, in_use, waiting) = self.port_use.at(id);
            columns.ports.push(ports);
            columns.ports_in_use.push(in_use);
            columns.queue.push(waiting);
            let station = self.stations.outlook(id);
            columns.h2_positions.push(station.working_positions);
            columns.h2_taken.push(station.fills);
            columns.h2_queue.push(station.waiting);
            columns.h2_free_kg.push(station.free_kg - self.fuel_coming.kg(id));
            let minutes = self.sites.get(id).spec.mean_stay_min();
            columns.stay_s.push(self.gates.mean_stay_s(id).unwrap_or((minutes * 60.0) as u32));
        }
        columns
    }
}
