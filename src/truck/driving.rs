//! What drives trucks: ways, weather and energy, and the books that a trip is written to.

use super::idling::Idling;
use super::rules::{Pull, per_km, weather_factor};
use super::state::{
    AwaitingOrders, CompletedHauls, Duty, DutyUse, Fleet, FleetDay, FuelComing, Phase, ShiftKm, Truck, TruckAgenda,
    TruckEnergy, TruckModels,
};
use crate::charging::arrival::Arrivals;
use crate::freight::state::Haul;
use crate::hydrogen::visit::FuelArrivals;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{FleetId, Roster, SiteId, TruckId};
use crate::kernel::random::Seed;
use crate::kernel::units::{Kwh, S_PER_H};
use crate::place::site::Sites;
use crate::place::travel::Travel;
use crate::place::weather::Weather;
use crate::record::Records;
use crate::record::rows::HaulRow;
use crate::terminal::gates::{GateVisit, Gates, Turn};
use crate::vehicle::on_board::OnBoard;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// What a trip takes: places, ways, weather and models. Nothing of it but the clock changes in a run.
#[derive(SystemParam)]
pub(super) struct Trips<'w> {
    pub(super) clock: Res<'w, Clock>,
    pub(super) calendar: Res<'w, Calendar>,
    pub(super) seed: Res<'w, Seed>,
    pub(super) sites: Res<'w, Sites>,
    pub(super) travel: Res<'w, Travel>,
    pub(super) weather: Res<'w, Weather>,
    pub(super) models: Res<'w, TruckModels>,
}

impl Trips<'_> {
    /// Use at the present weather over use in mild weather.
    pub(super) fn weather_factor(&self, truck: &Truck, at_s: u32) -> f64 {
        let at = i64::from(at_s);
        let celsius = self.weather.celsius(self.calendar.month(at), self.calendar.hour(at));
        weather_factor(self.models.spec(truck), celsius)
    }
}

/// Fleets and their books.
#[derive(SystemParam)]
pub(super) struct Fleets<'w, 's> {
    roster: Res<'w, Roster<Fleet>>,
    fleets: Query<'w, 's, (&'static Fleet, &'static DutyUse)>,
    days: Query<'w, 's, &'static mut FleetDay>,
    shift_km: Query<'w, 's, &'static mut ShiftKm>,
}

impl Fleets<'_, '_> {
    /// A fleet.
    pub(super) fn get(&self, id: FleetId) -> &Fleet {
        self.roster.get(&self.fleets, id.index()).0
    }

    /// Battery energy that an active truck used on the last day with work.
    pub(super) fn duty_use(&self, id: FleetId) -> Option<Kwh> {
        self.roster.get(&self.fleets, id.index()).1.0
    }

    /// The day of a fleet that runs.
    pub(super) fn day(&mut self, id: FleetId) -> Mut<'_, FleetDay> {
        self.roster.get_mut(&mut self.days, id.index())
    }

    /// A truck drove so far in the shift that is over.
    pub(super) fn add_shift(&mut self, id: FleetId, km: f64) {
        self.roster.get_mut(&mut self.shift_km, id.index()).add(km);
    }
}

/// Where trucks go that have to charge or fuel.
#[derive(SystemParam)]
pub(super) struct Refilling<'w> {
    pub(super) coming: ResMut<'w, FuelComing>,
    pub(super) arrivals: ResMut<'w, Arrivals>,
    pub(super) fuel_arrivals: ResMut<'w, FuelArrivals>,
}

/// All that moves trucks.
#[derive(SystemParam)]
pub(super) struct Road<'w, 's> {
    pub(super) trips: Trips<'w>,
    pub(super) fleets: Fleets<'w, 's>,
    pub(super) gates: Gates<'w, 's>,
    pub(super) agenda: ResMut<'w, TruckAgenda>,
    pub(super) awaiting: ResMut<'w, AwaitingOrders>,
    pub(super) refilling: Refilling<'w>,
    pub(super) completed: ResMut<'w, CompletedHauls>,
    pub(super) idling: ResMut<'w, Idling>,
    pub(super) rows: ResMut<'w, Records<HaulRow>>,
}

/// Every truck with what changes about it.
pub(super) type Trucks<'w, 's> = Query<'w, 's, (&'static Truck, &'static mut Duty, &'static mut TruckEnergy)>;

/// One truck and its driver.
#[derive(Debug)]
pub(super) struct Driver<'a> {
    pub(super) truck: Truck,
    pub(super) duty: &'a mut Duty,
    pub(super) on_board: &'a mut OnBoard,
}

/// The truck with this id.
pub(super) fn driver<'a>(trucks: &'a mut Trucks<'_, '_>, roster: &Roster<Truck>, id: TruckId) -> Driver<'a> {
    let (truck, duty, energy) = roster.get_mut(trucks, id.index());
    Driver { truck: *truck, duty: duty.into_inner(), on_board: &mut energy.into_inner().0 }
}

impl Road<'_, '_> {
    /// Time at a place for one container of a haul; none where the yard of a plan says when the truck leaves.
    pub(super) fn stay(
        &mut self,
        driver: &mut Driver<'_>,
        site: SiteId,
        at_s: u32,
        haul: &Haul,
        factor: f32,
    ) -> Option<u32> {
        let gate = haul.factors.gate;
        let is_inside = core::mem::take(&mut driver.duty.inside);
        let window_s = haul.windows_s[usize::from(matches!(driver.duty.phase, Phase::Laden(_)))];
        let truck = driver.truck.id;
        let visit = GateVisit { truck, haul: haul.id, at_s, gate, turn: factor, is_inside, window_s };
        match self.gates.visit(site, visit) {
            Some(Turn::Known(stay)) => {
                self.queued(driver, stay.queue_s, at_s);
                return Some(stay.total_s);
            }
            Some(Turn::ByYard) => return None,
            None => driver.duty.inside = is_inside,
        }
        let spec = &self.trips.sites.get(site).spec;
        let is_live = f64::from(haul.factors.live) < spec.live_share;
        let minutes = if is_live { spec.live_min } else { spec.drop_min };
        Some((minutes * 60.0 * f64::from(factor)).round() as u32)
    }

    /// A truck waited for a gate from a second on.
    pub(super) fn queued(&mut self, driver: &mut Driver<'_>, queue_s: u32, from_s: u32) {
        driver.duty.trip.gate_queue_s += queue_s;
        // Of a queue that outlasts the run, what lies in the run.
        let queued_s = queue_s.min(self.trips.clock.end_s().saturating_sub(from_s));
        self.fleets.day(driver.truck.fleet).gate_queue_h += f64::from(queued_s) / S_PER_H;
    }

    /// Drives to a place: uses the energy of the trip and says when it arrives.
    pub(super) fn drive(
        &mut self,
        driver: &mut Driver<'_>,
        to: SiteId,
        pull: Pull,
        energy_factor: f32,
        at_s: u32,
    ) -> u32 {
        let from = driver.duty.site;
        if from == to {
            return at_s;
        }
        driver.duty.inside = false;
        let hour = self.trips.calendar.hour(i64::from(at_s));
        let drive_s = self.trips.travel.drive_s(from, to, hour);
        let km = self.trips.travel.km(from, to);
        let model = self.trips.models.spec(&driver.truck);
        let use_per_km = per_km(model, pull) * self.trips.weather_factor(&driver.truck, at_s);
        let used = use_per_km * self.trips.travel.energy_km(from, to) * f64::from(energy_factor);
        let mut day = self.fleets.day(driver.truck.fleet);
        day.km += km;
        if pull == Pull::Bobtail {
            day.empty_km += km;
        }
        day.nox_g += model.nox_g_per_km * km;
        day.pm25_g += model.pm25_g_per_km * km;
        driver.duty.driving_left_s = driver.duty.driving_left_s.saturating_sub(drive_s);
        driver.duty.shift_km += km;
        let tow_s = if self.consume(driver, used) { 0 } else { self.fleets.get(driver.truck.fleet).tow_s() };
        at_s + drive_s + tow_s
    }

    /// A trip's energy or fuel. False when the battery or the hydrogen tank ran empty.
    fn consume(&mut self, driver: &mut Driver<'_>, used: f64) -> bool {
        let is_short = self.take(driver, used) > 0.0;
        if is_short {
            self.fleets.day(driver.truck.fleet).stranded += 1;
        }
        !is_short
    }

    /// Waiting with the systems on. An empty battery is noticed on the next trip.
    pub(super) fn stand(&mut self, driver: &mut Driver<'_>, from_s: u32, seconds: u32) {
        let model = self.trips.models.spec(&driver.truck);
        let [nox_g, pm25_g] = self.idling.add(driver.duty.site, from_s, seconds, model);
        let mut day = self.fleets.day(driver.truck.fleet);
        day.idling_h += f64::from(seconds) / S_PER_H;
        day.nox_g += nox_g;
        day.pm25_g += pm25_g;
        self.take(driver, model.idle_per_h * f64::from(seconds) / S_PER_H);
    }

    /// Takes energy or fuel, on account of the fleet's day. Returns what the battery or the tank lacked.
    fn take(&mut self, driver: &mut Driver<'_>, used: f64) -> f64 {
        let mut day = self.fleets.day(driver.truck.fleet);
        match driver.on_board {
            OnBoard::Fuel => {
                day.diesel_gal += used;
                0.0
            }
            OnBoard::Battery(battery) => {
                let missing = battery.draw(Kwh(used)).0;
                day.battery_kwh += used - missing;
                missing
            }
            OnBoard::Hydrogen(tank) => {
                let missing_kg = tank.draw(used);
                day.hydrogen_kg += used - missing_kg;
                missing_kg
            }
            OnBoard::Away => unreachable!("a truck moves with its battery"),
        }
    }

    /// Has it the energy to go home, with a margin? If not it stays on duty and dispatch sends it to charge.
    pub(super) fn reaches_home(&self, driver: &Driver<'_>, at_s: u32) -> bool {
        let Some(home) = driver.truck.home else { return true };
        // kWh or kg, as the use per km of its model.
        let stored = match &*driver.on_board {
            OnBoard::Battery(battery) => battery.energy().0,
            OnBoard::Hydrogen(tank) => tank.kg(),
            OnBoard::Fuel | OnBoard::Away => return true,
        };
        let model = self.trips.models.spec(&driver.truck);
        let needed = self.trips.travel.energy_km(driver.duty.site, home) * model.bobtail_per_km;
        stored
            >= needed
                * self.trips.weather_factor(&driver.truck, at_s)
                * self.fleets.get(driver.truck.fleet).spec.home_margin
    }
}
