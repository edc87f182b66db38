//! Trucks drive, wait, load, come home.

use super::idling::Idling;
use super::rules::{Pull, per_km, weather_factor};
use super::state::{Duty, DutyUse, FleetDays, Fleets, Phase, Roads, ShiftKm, Store, Trip, Truck, TruckModels};
use crate::charging::state::{Arrival, Arrivals, Departures, Gives};
use crate::freight::state::Haul;
use crate::hydrogen::state::{FuelArrival, FuelArrivals, FuelDepartures};
use crate::kernel::agenda::Due;
use crate::kernel::calendar::{Calendar, DAY_S, parse_time};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId, TruckId};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::kernel::units::Kwh;
use crate::place::site::Sites;
use crate::place::travel::Travel;
use crate::place::weather::Weather;
use crate::record::Records;
use crate::record::rows::{FuelRow, HaulRow};
use crate::terminal::state::Gates;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// A truck with an empty battery loses this much time to the tow, seconds (assumed: two hours).
const TOW_S: u32 = 7_200;
/// A truck goes home with this much more energy than the trip should take.
const HOME_MARGIN: f64 = 1.1;
/// A duty may take this much more than the mean of the fleet's last working day.
const DUTY_RESERVE: f64 = 1.5;
/// Shifts are looked for this many days ahead.
const LOOK_AHEAD_DAYS: i64 = 15;

/// What is due on this room's agenda; at the same second in this order.
pub(crate) mod kind {
    /// The present phase ends.
    pub(crate) const NEXT: u8 = 0;
    /// The shift ends.
    pub(crate) const SHIFT_END: u8 = 1;
    /// The shift starts.
    pub(crate) const SHIFT_START: u8 = 2;
}

/// All that moves trucks.
#[derive(SystemParam)]
#[expect(missing_debug_implementations, reason = "a view of the world, not data")]
pub struct Road<'w> {
    pub(super) clock: Res<'w, Clock>,
    pub(super) calendar: Res<'w, Calendar>,
    pub(super) travel: Res<'w, Travel>,
    pub(super) weather: Res<'w, Weather>,
    pub(super) seed: Res<'w, Seed>,
    pub(super) sites: Res<'w, Sites>,
    pub(super) models: Res<'w, TruckModels>,
    pub(super) fleets: Res<'w, Fleets>,
    pub(super) gates: ResMut<'w, Gates>,
    pub(super) roads: ResMut<'w, Roads>,
    pub(super) days: ResMut<'w, FleetDays>,
    pub(super) idling: ResMut<'w, Idling>,
    pub(super) shift_km: ResMut<'w, ShiftKm>,
    pub(super) duty_use: Res<'w, DutyUse>,
    pub(super) arrivals: ResMut<'w, Arrivals>,
    pub(super) fuel_arrivals: ResMut<'w, FuelArrivals>,
    pub(super) rows: ResMut<'w, Records<HaulRow>>,
}

/// Every truck with what changes about it.
pub type Trucks<'w, 's> = Query<'w, 's, (&'static Truck, &'static mut Duty, &'static mut Store)>;

/// One truck and its driver.
#[derive(Debug)]
pub struct Driver<'a> {
    pub(super) truck: Truck,
    pub(super) duty: &'a mut Duty,
    pub(super) store: &'a mut Store,
}

/// The truck with this id.
pub(super) fn driver<'a>(trucks: &'a mut Trucks<'_, '_>, roster: &Roster<Truck>, id: TruckId) -> Driver<'a> {
    let (truck, duty, store) = trucks.get_mut(roster.entity(id.index())).expect("a truck in the roster exists");
    Driver { truck: *truck, duty: duty.into_inner(), store: store.into_inner() }
}

/// Takes back who has charged; then handles all that is due in this tick, in the order of its exact time.
pub(super) fn follow_agenda(
    clock: Res<Clock>,
    departures: Res<Departures>,
    fuelled: Res<FuelDepartures>,
    roster: Res<Roster<Truck>>,
    mut road: Road<'_>,
    mut trucks: Trucks<'_, '_>,
) {
    for departure in &departures.0 {
        if let Vehicle::Truck(id) = departure.vehicle {
            let mut driver = driver(&mut trucks, &roster, id);
            *driver.store = Store::Aboard(departure.battery.clone());
            road.take_back(&mut driver, departure.at_s);
        }
    }
    for departure in &fuelled.0 {
        if let Vehicle::Truck(id) = departure.vehicle {
            let mut driver = driver(&mut trucks, &roster, id);
            *driver.store = Store::Hydrogen(departure.tank);
            road.take_back(&mut driver, departure.at_s);
        }
    }
    while let Some(due) = road.roads.agenda.pop_before(clock.tick_end_s()) {
        let mut driver = driver(&mut trucks, &roster, TruckId(due.id));
        match due.kind {
            kind::NEXT => road.next_phase(&mut driver, due.at_s),
            kind::SHIFT_END => road.shift_ends(&mut driver, due.at_s),
            _ => road.shift_starts(&mut driver, due.at_s),
        }
    }
}

/// What the books of a day are.
#[derive(SystemParam)]
pub(super) struct Books<'w> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    fleets: Res<'w, Fleets>,
    days: ResMut<'w, FleetDays>,
    duty_use: ResMut<'w, DutyUse>,
    rows: ResMut<'w, Records<FuelRow>>,
}

/// At local midnight: the day of each fleet becomes a row, before anything of the new day happens.
pub(super) fn close_day(mut books: Books<'_>) {
    let now = i64::from(books.clock.now_s());
    let is_midnight = books.calendar.local_s(now).rem_euclid(DAY_S) == 0;
    if now > 0 && is_midnight && !books.clock.done() {
        books.close();
    }
}

/// At the end of the run: who left a port in the last tick may have set out for home since.
pub(super) fn close_last_day(mut books: Books<'_>) {
    if books.clock.done() {
        books.close();
    }
}

impl Books<'_> {
    fn close(&mut self) {
        let day = self.calendar.day(i64::from(self.clock.now_s()) - 1);
        let start_s = u32::try_from(self.calendar.elapsed_s(day * DAY_S)).unwrap_or(0);
        for (fleet, total) in self.days.0.iter_mut().enumerate() {
            if total.hauls > 0 {
                let active = f64::from(self.fleets.0[fleet].active.max(1));
                self.duty_use.0[fleet] = Some(Kwh(total.battery_kwh / active));
            }
            self.rows.push(FuelRow::new(start_s, fleet, &core::mem::take(total)));
        }
    }
}

impl Road<'_> {
    /// A truck has its battery or tank again.
    fn take_back(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if driver.duty.on_duty {
            self.become_idle(driver, at_s);
        } else {
            driver.duty.phase = Phase::Parked;
        }
    }

    fn next_phase(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        match driver.duty.phase {
            Phase::ToOrigin(haul) => self.reach_origin(driver, haul, at_s),
            Phase::AtOrigin(haul) => self.leave_origin(driver, haul, at_s),
            Phase::Laden(haul) => self.reach_destination(driver, haul, at_s),
            Phase::AtDestination(haul) => self.complete(driver, haul, at_s),
            Phase::ToCharger(to_soc) => self.hand_over(driver, to_soc, at_s),
            Phase::Homeward => self.park(driver, at_s),
            Phase::Parked | Phase::Idle | Phase::Charging => {
                debug_assert!(false, "nothing is due in this phase");
            }
        }
    }

    /// Sends a truck for a haul. It must be idle.
    pub(super) fn start_haul(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.trip = Trip { assigned_s: at_s, ..Trip::default() };
        let km = self.travel.km(driver.duty.site, haul.origin);
        driver.duty.trip.empty_km = km;
        let arrive_s = self.drive(driver, haul.origin, Pull::Bobtail, haul.factors.energy, at_s);
        driver.duty.phase = Phase::ToOrigin(haul);
        self.next_at(driver, arrive_s);
    }

    fn reach_origin(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.site = haul.origin;
        driver.duty.trip.at_origin_s = at_s;
        let begin_s = at_s.max(haul.ready_s);
        let leave_s = begin_s
            + self.stay(driver, haul.origin, begin_s, haul.factors.gate, haul.factors.origin, haul.factors.live);
        driver.duty.phase = Phase::AtOrigin(haul);
        self.stand(driver, at_s, leave_s - at_s);
        self.next_at(driver, leave_s);
    }

    fn leave_origin(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.trip.left_origin_s = at_s;
        driver.duty.trip.laden_km = self.travel.km(haul.origin, haul.destination);
        let pull = if haul.loaded { Pull::Loaded } else { Pull::Empty };
        let arrive_s = self.drive(driver, haul.destination, pull, haul.factors.energy, at_s);
        driver.duty.phase = Phase::Laden(haul);
        self.next_at(driver, arrive_s);
    }

    fn reach_destination(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        driver.duty.site = haul.destination;
        driver.duty.trip.at_destination_s = at_s;
        let stay_s =
            self.stay(driver, haul.destination, at_s, haul.factors.gate, haul.factors.destination, haul.factors.live);
        driver.duty.phase = Phase::AtDestination(haul);
        self.stand(driver, at_s, stay_s);
        self.next_at(driver, at_s + stay_s);
    }

    fn complete(&mut self, driver: &mut Driver<'_>, haul: Haul, at_s: u32) {
        self.roads.completed += 1;
        self.roads.late += u64::from(at_s > haul.due_s);
        self.days.0[driver.truck.fleet.index()].hauls += 1;
        self.rows.push(HaulRow::completed(&haul, &driver.truck, &driver.duty.trip, at_s));
        driver.duty.inside = self.gates.is_terminal(driver.duty.site);
        self.become_idle(driver, at_s);
    }

    /// Time at a place for one container.
    fn stay(&mut self, driver: &mut Driver<'_>, site: SiteId, at_s: u32, gate: f32, factor: f32, live: f32) -> u32 {
        if self.gates.is_terminal(site) {
            let stay = self.gates.visit(site, at_s, gate, factor, driver.duty.inside);
            driver.duty.inside = false;
            driver.duty.trip.gate_queue_s += stay.queue_s;
            // Of a queue that outlasts the run, what lies in the run.
            let queued_s = stay.queue_s.min(self.clock.end_s().saturating_sub(at_s));
            self.days.0[driver.truck.fleet.index()].gate_queue_h += f64::from(queued_s) / 3600.0;
            return stay.total_s;
        }
        let spec = &self.sites.0[site.index()].spec;
        let is_live = f64::from(live) < spec.live_share;
        let minutes = if is_live { spec.live_min } else { spec.drop_min };
        (minutes * 60.0 * f64::from(factor)).round() as u32
    }

    /// Drives to a place: uses the energy of the trip and says when it arrives.
    fn drive(&mut self, driver: &mut Driver<'_>, to: SiteId, pull: Pull, energy_factor: f32, at_s: u32) -> u32 {
        let from = driver.duty.site;
        if from == to {
            return at_s;
        }
        driver.duty.inside = false;
        let hour = self.calendar.hour(i64::from(at_s));
        let drive_s = self.travel.drive_s(from, to, hour);
        let km = self.travel.km(from, to);
        let model = &self.models.0[driver.truck.model as usize].spec;
        let use_per_km = per_km(model, pull) * self.weather_factor(driver, at_s);
        let used = use_per_km * self.travel.energy_km(from, to) * f64::from(energy_factor);
        let day = &mut self.days.0[driver.truck.fleet.index()];
        day.km += km;
        if pull == Pull::Bobtail {
            day.empty_km += km;
        }
        day.nox_g += model.nox_g_per_km * km;
        day.pm25_g += model.pm25_g_per_km * km;
        driver.duty.driving_left_s = driver.duty.driving_left_s.saturating_sub(drive_s);
        driver.duty.shift_km += km;
        let tow_s = if self.consume(driver, used) { 0 } else { TOW_S };
        at_s + drive_s + tow_s
    }

    /// A trip's energy or fuel. False when the battery or the hydrogen tank ran empty.
    fn consume(&mut self, driver: &mut Driver<'_>, used: f64) -> bool {
        let is_short = self.take(driver, used) > 0.0;
        if is_short {
            self.days.0[driver.truck.fleet.index()].stranded += 1;
            self.roads.stranded += 1;
        }
        !is_short
    }

    /// Waiting with the systems on. An empty battery is noticed on the next trip.
    fn stand(&mut self, driver: &mut Driver<'_>, from_s: u32, seconds: u32) {
        let model = &self.models.0[driver.truck.model as usize].spec;
        let [nox_g, pm25_g] = self.idling.add(driver.duty.site, from_s, seconds, model);
        let day = &mut self.days.0[driver.truck.fleet.index()];
        day.idling_h += f64::from(seconds) / 3600.0;
        day.nox_g += nox_g;
        day.pm25_g += pm25_g;
        self.take(driver, model.idle_per_h * f64::from(seconds) / 3600.0);
    }

    /// Takes energy or fuel, on account of the fleet's day. Returns what the battery or the tank lacked.
    fn take(&mut self, driver: &mut Driver<'_>, used: f64) -> f64 {
        let day = &mut self.days.0[driver.truck.fleet.index()];
        match driver.store {
            Store::Tank => {
                day.diesel_gal += used;
                0.0
            }
            Store::Aboard(battery) => {
                let missing = battery.draw(Kwh(used)).0;
                day.battery_kwh += used - missing;
                missing
            }
            Store::Hydrogen(tank) => {
                let missing_kg = tank.draw(used);
                day.hydrogen_kg += used - missing_kg;
                missing_kg
            }
            Store::AtPort => {
                debug_assert!(false, "a truck moves with its battery");
                0.0
            }
        }
    }

    /// Use at the present weather over use in mild weather.
    pub(super) fn weather_factor(&self, driver: &Driver<'_>, at_s: u32) -> f64 {
        let at = i64::from(at_s);
        let celsius = self.weather.celsius(self.calendar.month(at), self.calendar.hour(at));
        weather_factor(&self.models.0[driver.truck.model as usize].spec, celsius)
    }

    fn next_at(&mut self, driver: &Driver<'_>, at_s: u32) {
        self.roads.agenda.push(Due { at_s, kind: kind::NEXT, id: driver.truck.id.0 });
    }

    pub(super) fn become_idle(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if at_s >= driver.duty.shift_end_s && self.reaches_home(driver, at_s) {
            self.go_home(driver, at_s);
        } else {
            driver.duty.phase = Phase::Idle;
            self.roads.waiting.push(driver.truck.id);
        }
    }

    /// Has it the energy to go home, with a margin? If not it stays on duty and dispatch sends it to charge.
    fn reaches_home(&self, driver: &Driver<'_>, at_s: u32) -> bool {
        let Some(home) = driver.truck.home else { return true };
        // kWh or kg, as the use per km of its model.
        let on_board = match &*driver.store {
            Store::Aboard(battery) => battery.energy().0,
            Store::Hydrogen(tank) => tank.kg(),
            Store::Tank | Store::AtPort => return true,
        };
        let model = &self.models.0[driver.truck.model as usize].spec;
        let needed = self.travel.energy_km(driver.duty.site, home) * model.bobtail_per_km;
        on_board >= needed * self.weather_factor(driver, at_s) * HOME_MARGIN
    }

    fn go_home(&mut self, driver: &mut Driver<'_>, at_s: u32) {
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

    fn park(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if driver.duty.phase == Phase::Homeward
            && let Some(home) = driver.truck.home
        {
            driver.duty.site = home;
        }
        driver.duty.inside = false;
        driver.duty.phase = Phase::Parked;
        if driver.duty.shift_km > 0.0 {
            self.shift_km.add(driver.truck.fleet.index(), core::mem::take(&mut driver.duty.shift_km));
        }
        self.plan_shift(driver, at_s);
        if matches!(driver.store, Store::Aboard(_)) {
            self.roads.waiting.push(driver.truck.id);
        }
    }

    /// Finds the next shift that starts after `at_s` and puts it on the agenda.
    pub(super) fn plan_shift(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if driver.duty.next_shift_s.is_some_and(|next| next > at_s) {
            return;
        }
        let first = self.calendar.day(i64::from(at_s)) - 1;
        let starts = (first..first + LOOK_AHEAD_DAYS)
            .filter(|day| works_on(&driver.truck, &self.fleets, *self.seed, &self.calendar, *day))
            .map(|day| shift_start_s(&driver.truck, &self.fleets, &self.calendar, day));
        driver.duty.next_shift_s =
            starts.into_iter().find(|start| *start > i64::from(at_s)).and_then(|s| u32::try_from(s).ok());
        if let Some(start_s) = driver.duty.next_shift_s {
            self.roads.agenda.push(Due { at_s: start_s, kind: kind::SHIFT_START, id: driver.truck.id.0 });
        }
    }

    pub(super) fn shift_starts(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        let fleet = &self.fleets.0[driver.truck.fleet.index()].spec;
        let shift = &fleet.shift[driver.truck.shift as usize];
        driver.duty.on_duty = true;
        driver.duty.shift_end_s = at_s + (shift.hours * 3600.0) as u32;
        driver.duty.driving_left_s = (fleet.driving_h * 3600.0) as u32;
        driver.duty.next_shift_s = None;
        let end = Due { at_s: driver.duty.shift_end_s, kind: kind::SHIFT_END, id: driver.truck.id.0 };
        self.roads.agenda.push(end);
        if driver.duty.phase == Phase::Parked {
            self.become_idle(driver, at_s);
        }
    }

    fn shift_ends(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        let is_over = driver.duty.phase == Phase::Idle && driver.duty.shift_end_s == at_s;
        if is_over && self.reaches_home(driver, at_s) {
            self.go_home(driver, at_s);
        }
    }

    /// Sends a truck to charge or fuel. It must stand with its battery or tank on board.
    pub(super) fn send_to_charge(&mut self, driver: &mut Driver<'_>, to: SiteId, to_soc: f64, at_s: u32) {
        let arrive_s = self.drive(driver, to, Pull::Bobtail, 1.0, at_s);
        let is_here = driver.duty.site == to;
        driver.duty.site = to;
        driver.duty.inside = false;
        driver.duty.phase = Phase::ToCharger(to_soc);
        if let Store::Hydrogen(tank) = driver.store {
            self.roads.fuel_coming_kg[to.index()] += need_kg(tank, to_soc);
        }
        if is_here {
            self.hand_over(driver, to_soc, at_s);
        } else {
            self.next_at(driver, arrive_s);
        }
    }

    /// The truck is at the place: its battery or its tank goes to the queue.
    fn hand_over(&mut self, driver: &mut Driver<'_>, to_soc: f64, at_s: u32) {
        let store = core::mem::replace(driver.store, Store::AtPort);
        driver.duty.phase = Phase::Charging;
        let battery = match store {
            Store::Aboard(battery) => battery,
            Store::Hydrogen(tank) => return self.hand_over_tank(driver, tank, to_soc, at_s),
            Store::Tank | Store::AtPort => return debug_assert!(false, "it has something to fill"),
        };
        let off_duty_until = if driver.duty.on_duty { None } else { driver.duty.next_shift_s };
        let site = driver.duty.site;
        self.arrivals.0.push(Arrival {
            at_home: driver.truck.home == Some(site),
            target: battery.usable() * to_soc.clamp(0.0, 1.0),
            depart_s: off_duty_until,
            gives: Gives::of(self.models.0[driver.truck.model as usize].spec.battery.as_ref(), &battery),
            duty: self.duty_use.0[driver.truck.fleet.index()].map_or(battery.usable(), |used| used * DUTY_RESERVE),
            ..Arrival::new(at_s, site, Vehicle::Truck(driver.truck.id), User::Fleet(driver.truck.fleet), battery)
        });
    }

    fn hand_over_tank(&mut self, driver: &Driver<'_>, tank: FuelTank, to_level: f64, at_s: u32) {
        self.roads.fuel_coming_kg[driver.duty.site.index()] -= need_kg(&tank, to_level);
        self.fuel_arrivals.0.push(FuelArrival {
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

/// Does this truck work on this local day? Drawn for each truck and day, the same under every policy.
fn works_on(truck: &Truck, fleets: &Fleets, seed: Seed, calendar: &Calendar, day: i64) -> bool {
    let fleet = &fleets.0[truck.fleet.index()];
    let shift = &fleet.spec.shift[truck.shift as usize];
    let probability = match calendar.weekday(day) {
        5 => shift.saturday,
        6 => shift.sunday,
        _ => shift.weekday,
    };
    if probability <= 0.0 || probability >= 1.0 {
        return probability >= 1.0;
    }
    let key = key_of(&fleet.key).wrapping_add(u64::from(truck.number));
    seed.stream(Purpose::WorkingDay, key, (day + 10_000) as u32).chance(probability)
}

/// When this truck's shift of a local day starts, seconds from the start of the run.
fn shift_start_s(truck: &Truck, fleets: &Fleets, calendar: &Calendar, day: i64) -> i64 {
    let shift = &fleets.0[truck.fleet.index()].spec.shift[truck.shift as usize];
    let first = parse_time(&shift.start).unwrap_or(0);
    calendar.elapsed_s(day * DAY_S + i64::from(first) + i64::from(truck.start_after_s))
}

/// At the start of the run: every active truck plans its first shift; who should already be at work starts at once.
pub(super) fn first_shifts(
    calendar: Res<Calendar>,
    seed: Res<Seed>,
    fleets: Res<Fleets>,
    roster: Res<Roster<Truck>>,
    mut road: Road<'_>,
    mut trucks: Trucks<'_, '_>,
) {
    for index in 0..roster.all().len() {
        let mut driver = driver(&mut trucks, &roster, TruckId::at(index));
        if driver.truck.number >= fleets.0[driver.truck.fleet.index()].active {
            continue;
        }
        let shift_s =
            (fleets.0[driver.truck.fleet.index()].spec.shift[driver.truck.shift as usize].hours * 3600.0) as i64;
        let yesterday = works_on(&driver.truck, &fleets, *seed, &calendar, -1);
        let began_s = shift_start_s(&driver.truck, &fleets, &calendar, -1);
        if yesterday && began_s <= 0 && began_s + shift_s > 3600 {
            road.shift_starts(&mut driver, 0);
            let end_s = (began_s + shift_s) as u32;
            driver.duty.shift_end_s = end_s;
            road.roads.agenda.push(Due { at_s: end_s, kind: kind::SHIFT_END, id: driver.truck.id.0 });
        } else {
            road.park(&mut driver, 0);
        }
    }
}
