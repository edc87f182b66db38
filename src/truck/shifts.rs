//! When trucks work: the shifts of their fleets, drawn for each truck and day.

use super::driving::{Driver, Road, Trucks, driver};
use super::state::{DueKind, Fleet, Phase, Truck};
use crate::kernel::calendar::{Calendar, DAY_S, parse_time};
use crate::kernel::ids::{Roster, TruckId};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::kernel::units::S_PER_H;
use bevy_ecs::prelude::*;

/// Shifts are looked for this many days ahead.
const LOOK_AHEAD_DAYS: i64 = 15;

impl Road<'_, '_> {
    /// Finds the next shift that starts after `at_s` and puts it on the agenda.
    pub(super) fn plan_shift(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        if driver.duty.next_shift_s.is_some_and(|next| next > at_s) {
            return;
        }
        let fleet = self.fleets.get(driver.truck.fleet);
        let first = self.trips.calendar.day(i64::from(at_s)) - 1;
        let starts = (first..first + LOOK_AHEAD_DAYS)
            .filter(|day| works_on(&driver.truck, fleet, *self.trips.seed, &self.trips.calendar, *day))
            .map(|day| shift_start_s(&driver.truck, fleet, &self.trips.calendar, day));
        driver.duty.next_shift_s =
            starts.into_iter().find(|start| *start > i64::from(at_s)).and_then(|s| u32::try_from(s).ok());
        if let Some(start_s) = driver.duty.next_shift_s {
            self.agenda.push(start_s, DueKind::ShiftStart, driver.truck.id);
        }
    }

    pub(super) fn shift_starts(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        let fleet = &self.fleets.get(driver.truck.fleet).spec;
        let shift = &fleet.shift[driver.truck.shift as usize];
        driver.duty.on_duty = true;
        driver.duty.shift_end_s = at_s + (shift.hours * S_PER_H) as u32;
        driver.duty.driving_left_s = (fleet.driving_h * S_PER_H) as u32;
        driver.duty.next_shift_s = None;
        self.agenda.push(driver.duty.shift_end_s, DueKind::ShiftEnd, driver.truck.id);
        if driver.duty.phase == Phase::Parked {
            self.become_idle(driver, at_s);
        }
    }

    pub(super) fn shift_ends(&mut self, driver: &mut Driver<'_>, at_s: u32) {
        let is_over = driver.duty.phase == Phase::Idle && driver.duty.shift_end_s == at_s;
        if is_over && self.reaches_home(driver, at_s) {
            self.go_home(driver, at_s);
        }
    }
}

/// Does this truck work on this local day? Drawn for each truck and day, the same under every policy.
fn works_on(truck: &Truck, fleet: &Fleet, seed: Seed, calendar: &Calendar, day: i64) -> bool {
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
    seed.stream(Purpose::WorkingDay, key, (calendar.draw_day(day) + 10_000) as u32).chance(probability)
}

/// When this truck's shift of a local day starts, seconds from the start of the run.
fn shift_start_s(truck: &Truck, fleet: &Fleet, calendar: &Calendar, day: i64) -> i64 {
    let shift = &fleet.spec.shift[truck.shift as usize];
    let first = parse_time(&shift.start).unwrap_or(0);
    calendar.elapsed_s(day * DAY_S + i64::from(first) + i64::from(truck.start_after_s))
}

/// At the start of the run: every active truck plans its first shift; a truck that should already be at work starts at once.
pub(super) fn first_shifts(roster: Res<Roster<Truck>>, mut road: Road<'_, '_>, mut trucks: Trucks<'_, '_>) {
    for index in 0..roster.len() {
        let mut driver = driver(&mut trucks, &roster, TruckId::at(index));
        let (truck, calendar) = (driver.truck, &road.trips.calendar);
        let fleet = road.fleets.get(truck.fleet);
        if truck.number >= fleet.active {
            continue;
        }
        let shift_s = (fleet.spec.shift[truck.shift as usize].hours * S_PER_H) as i64;
        let yesterday = works_on(&truck, fleet, *road.trips.seed, calendar, -1);
        let began_s = shift_start_s(&truck, fleet, calendar, -1);
        if yesterday && began_s <= 0 && began_s + shift_s > 3600 {
            road.shift_starts(&mut driver, 0);
            let end_s = (began_s + shift_s) as u32;
            driver.duty.shift_end_s = end_s;
            road.agenda.push(end_s, DueKind::ShiftEnd, truck.id);
        } else {
            road.park(&mut driver, 0);
        }
    }
}
