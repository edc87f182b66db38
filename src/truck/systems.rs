//! Trucks drive, wait, load, come home.

use super::driving::{Driver, Road, Trucks, driver};
use super::rules::Pull;
use super::state::{AwaitingOrders, DueKind, Phase, Trip, Truck, TruckAgenda};
use crate::charging::arrival::{Arrival, Departures, V2gExport};
use crate::freight::state::Haul;
use crate::hydrogen::visit::{FuelArrival, FuelDepartures};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId, TruckId};
use crate::record::rows::HaulRow;
use crate::terminal::state::{GateDeparture, GateDepartures};
use crate::vehicle::on_board::OnBoard;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;

/// Has any vehicle charged or fuelled in the tick before?
pub(super) fn has_any_left(departures: Res<Departures>, fuelled: Res<FuelDepartures>) -> bool {
    !departures.is_empty() || !fuelled.is_empty()
}

/// Is anything due for a truck in this tick?
pub(super) fn is_truck_due(clock: Res<Clock>, agenda: Res<TruckAgenda>) -> bool {
    agenda.0.next_at().is_some_and(|at_s| at_s < clock.tick_end_s())
}

/// When something is due for a truck, or dispatch is asked for one that waits for orders.
pub(crate) fn next_due_s(world: &World) -> u32 {
    let due_s = world.resource::<TruckAgenda>().0.next_at().unwrap_or(u32::MAX);
    if world.resource::<AwaitingOrders>().0.is_empty() {
        return due_s;
    }
    due_s.min(world.resource::<Clock>().next_decision_s())
}

/// Takes back trucks that have charged or fuelled.
pub(super) fn take_back(
    departures: Res<Departures>,
    fuelled: Res<FuelDepartures>,
    roster: Res<Roster<Truck>>,
    mut road: Road<'_, '_>,
    mut trucks: Trucks<'_, '_>,
) {
    for departure in departures.iter() {
        if let Vehicle::Truck(id) = departure.vehicle {
            let mut driver = driver(&mut trucks, &roster, id);
            *driver.on_board = OnBoard::Battery(departure.battery.clone());
            road.take_back(&mut driver, departure.at_s);
        }
    }
    for departure in fuelled.iter() {
        if let Vehicle::Truck(id) = departure.vehicle {
            let mut driver = driver(&mut trucks, &roster, id);
            *driver.on_board = OnBoard::Hydrogen(departure.tank);
            road.take_back(&mut driver, departure.at_s);
        }
    }
}

/// Has a truck left the yard of a plan?
pub(super) fn has_any_left_a_yard(departures: Res<GateDepartures>) -> bool {
    !departures.is_empty()
}

/// Trucks that left the yard of a plan go on.
pub(super) fn leave_yards(
    clock: Res<Clock>,
    departures: Res<GateDepartures>,
    roster: Res<Roster<Truck>>,
    mut road: Road<'_, '_>,
    mut trucks: Trucks<'_, '_>,
) {
    for departure in departures.iter() {
        let mut driver = driver(&mut trucks, &roster, departure.truck);
        road.leave_yard(&mut driver, *departure, clock.now_s());
    }
}

/// Handles all that is due in this tick, in the order of its exact time.
pub(super) fn follow_agenda(
    clock: Res<Clock>,
    roster: Res<Roster<Truck>>,
    mut road: Road<'_, '_>,
    mut trucks: Trucks<'_, '_>,
) {
    while let Some(due) = road.agenda.0.pop_before(clock.tick_end_s()) {
        let mut driver = driver(&mut trucks, &roster, TruckId(due.id));
        match due.kind {
            DueKind::Next => road.next_phase(&mut driver, due.at_s),
            DueKind::ShiftEnd => road.shift_ends(&mut driver, due.at_s),
            DueKind::ShiftStart => road.shift_starts(&mut driver, due.at_s),
        }
    }
}

impl Road<'_, '_> {
    /// A truck has its battery or tank again.
    pub(super) fn take_back(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if driver.duty.on_duty {
            self.become_idle(driver, at_s);
        } else {
            driver.duty.phase = Phase::Parked;
        }
    }

    pub(super) fn next_phase(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        match driver.duty.phase {
            Phase::ToOrigin(haul) => self.reach_origin(driver, haul, at_s),
            Phase::AtOrigin(haul) => self.leave_origin(driver, haul, at_s),
            Phase::Laden(haul) => self.reach_destination(driver, haul, at_s),
            Phase::AtDestination(haul) => self.complete(driver, haul, at_s),
            Phase::ToCharger(to_soc) => self.hand_over(driver, to_soc, at_s),
            Phase::Homeward => self.park(driver, at_s),
            Phase::Parked | Phase::Idle | Phase::Charging => unreachable!("nothing is due in this phase"),
        }
    }

    /// Sends a truck for a haul. It must be idle.
    pub(super) fn start_haul(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.trip = Trip { assigned_s: at_s, ..Trip::default() };
        let km = self.trips.travel.km(driver.duty.site, haul.origin);
        driver.duty.trip.empty_km = km;
        let arrive_s = self.drive(driver, haul.origin, Pull::Bobtail, haul.factors.energy, at_s);
        driver.duty.phase = Phase::ToOrigin(haul);
        self.next_at(driver, arrive_s);
    }

    fn reach_origin(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.site = haul.origin;
        driver.duty.trip.at_origin_s = at_s;
        let begin_s = at_s.max(haul.ready_s);
        let stay_s = self.stay(driver, haul.origin, begin_s, &haul, haul.factors.origin);
        driver.duty.phase = Phase::AtOrigin(haul);
        if let Some(stay_s) = stay_s {
            self.stand(driver, at_s, begin_s + stay_s - at_s);
            self.next_at(driver, begin_s + stay_s);
        }
    }

    fn leave_origin(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.trip.left_origin_s = at_s;
        driver.duty.trip.laden_km = self.trips.travel.km(haul.origin, haul.destination);
        let pull = if haul.loaded { Pull::Loaded } else { Pull::Empty };
        let arrive_s = self.drive(driver, haul.destination, pull, haul.factors.energy, at_s);
        driver.duty.phase = Phase::Laden(haul);
        self.next_at(driver, arrive_s);
    }

    fn reach_destination(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.site = haul.destination;
        driver.duty.trip.at_destination_s = at_s;
        let stay_s = self.stay(driver, haul.destination, at_s, &haul, haul.factors.destination);
        driver.duty.phase = Phase::AtDestination(haul);
        if let Some(stay_s) = stay_s {
            self.stand(driver, at_s, stay_s);
            self.next_at(driver, at_s + stay_s);
        }
    }

    /// The yard of a terminal's plan is done with a truck: it goes on when the tick begins.
    pub(super) fn leave_yard(&mut self, driver: &mut Driver<'_>, departure: GateDeparture, now_s: u32) {
        let trip = &driver.duty.trip;
        let came_s = match driver.duty.phase {
            Phase::AtOrigin(_) => trip.at_origin_s,
            Phase::AtDestination(_) => trip.at_destination_s,
            _ => unreachable!("the yard has only trucks that came to it"),
        };
        self.queued(driver, departure.queue_s, came_s);
        self.stand(driver, came_s, departure.at_s - came_s);
        self.next_at(driver, departure.at_s.max(now_s));
    }

    fn complete(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        self.completed.0 += 1;
        self.fleets.day(driver.truck.fleet).hauls += 1;
        self.rows.push(HaulRow::completed(&haul, &driver.truck, &driver.duty.trip, at_s));
        driver.duty.inside = self.gates.is_terminal(driver.duty.site);
        self.become_idle(driver, at_s);
    }

    fn next_at(&mut self, driver: &Driver<'_>, at_s: u32) {
        self.agenda.push(at_s, DueKind::Next, driver.truck.id);
    }

    pub(super) fn become_idle(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if at_s >= driver.duty.shift_end_s && self.reaches_home(driver, at_s) {
            self.go_home(driver, at_s);
        } else {
            driver.duty.phase = Phase::Idle;
            self.awaiting.0.push(driver.truck.id);
        }
    }

    pub(super) fn go_home(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        driver.duty.on_duty = false;
        match driver.truck.home {
            Some(home) if home != driver.duty.site => {
                let arrive_s = self.drive(driver, home, Pull::Bobtail, 1.0, at_s);
                driver.duty.phase = Phase::Homeward;
                self.next_at(driver, arrive_s);
            }
            _ => self.park(driver, at_s),
        }
    }

    pub(super) fn park(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if driver.duty.phase == Phase::Homeward
            && let Some(home) = driver.truck.home
        {
            driver.duty.site = home;
        }
        driver.duty.inside = false;
        driver.duty.phase = Phase::Parked;
        if driver.duty.shift_km > 0.0 {
            let km = core::mem::take(&mut driver.duty.shift_km);
            self.fleets.add_shift(driver.truck.fleet, km);
        }
        self.plan_shift(driver, at_s);
        if matches!(driver.on_board, OnBoard::Battery(_)) {
            self.awaiting.0.push(driver.truck.id);
        }
    }

    /// Sends a truck to charge or fuel. It must stand with its battery or tank on board.
    pub(super) fn send_to_charge(&mut self, driver: &mut Driver<'_>, to: SiteId, to_soc: f64, at_s: u32) {
        let arrive_s = self.drive(driver, to, Pull::Bobtail, 1.0, at_s);
        let is_here = driver.duty.site == to;
        driver.duty.site = to;
        driver.duty.inside = false;
        driver.duty.phase = Phase::ToCharger(to_soc);
        if let OnBoard::Hydrogen(tank) = driver.on_board {
            self.refilling.coming.add(to, need_kg(tank, to_soc));
        }
        if is_here {
            self.hand_over(driver, to_soc, at_s);
        } else {
            self.next_at(driver, arrive_s);
        }
    }

    /// The truck is at the place: its battery or its tank goes to the queue.
    fn hand_over(&mut self, driver: &mut Driver<'_>, to_soc: f64, at_s: u32) {
        let on_board = core::mem::replace(driver.on_board, OnBoard::Away);
        driver.duty.phase = Phase::Charging;
        let battery = match on_board {
            OnBoard::Battery(battery) => battery,
            OnBoard::Hydrogen(tank) => return self.hand_over_tank(driver, tank, to_soc, at_s),
            OnBoard::Fuel | OnBoard::Away => unreachable!("it has something to fill"),
        };
        let off_duty_until = if driver.duty.on_duty { None } else { driver.duty.next_shift_s };
        let site = driver.duty.site;
        let reserve = self.fleets.get(driver.truck.fleet).spec.duty_reserve;
        self.refilling.arrivals.push(Arrival {
            at_home: driver.truck.home == Some(site),
            target: battery.usable() * to_soc.clamp(0.0, 1.0),
            depart_s: off_duty_until,
            v2g: V2gExport::of(self.trips.models.spec(&driver.truck).battery.as_ref(), &battery),
            duty: self.fleets.duty_use(driver.truck.fleet).map_or(battery.usable(), |used| used * reserve),
            ..Arrival::new(at_s, site, Vehicle::Truck(driver.truck.id), User::Fleet(driver.truck.fleet), battery)
        });
    }

    fn hand_over_tank(&mut self, driver: &Driver<'_>, tank: FuelTank, to_level: f64, at_s: u32) {
        self.refilling.coming.add(driver.duty.site, -need_kg(&tank, to_level));
        self.refilling.fuel_arrivals.push(FuelArrival {
            at_s,
            site: driver.duty.site,
            vehicle: Vehicle::Truck(driver.truck.id),
            user: User::Fleet(driver.truck.fleet),
            target_kg: tank.capacity_kg() * to_level.clamp(0.0, 1.0),
            tank,
            depart_s: if driver.duty.on_duty { None } else { driver.duty.next_shift_s },
        });
    }
}

/// What a tank lacks to a level, kg.
fn need_kg(tank: &FuelTank, to_level: f64) -> f64 {
    (tank.capacity_kg() * to_level.clamp(0.0, 1.0) - tank.kg()).max(0.0)
}
