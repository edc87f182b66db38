//! The books of fleets: at the end of each local day they become rows.

use super::state::{DutyUse, Fleet, FleetDay};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::kernel::units::Kwh;
use crate::record::Records;
use crate::record::rows::FuelRow;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// What the books of a day are.
#[derive(SystemParam)]
pub(super) struct Books<'w, 's> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    roster: Res<'w, Roster<Fleet>>,
    fleets: Query<'w, 's, (&'static Fleet, &'static mut FleetDay, &'static mut DutyUse)>,
    rows: ResMut<'w, Records<FuelRow>>,
}

/// At local midnight: the day of each fleet becomes a row, before anything of the new day happens.
pub(super) fn close_day(mut books: Books<'_, '_>) {
    let now = i64::from(books.clock.now_s());
    let is_midnight = books.calendar.local_s(now).rem_euclid(DAY_S) == 0;
    if now > 0 && is_midnight && !books.clock.done() {
        books.close();
    }
}

/// At the end of the run: a truck that left a port in the last tick may have set out for home since.
pub(super) fn close_last_day(mut books: Books<'_, '_>) {
    if books.clock.done() {
        books.close();
    }
}

impl Books<'_, '_> {
    fn close(&mut self) {
        let day = self.calendar.day(i64::from(self.clock.now_s()) - 1);
        let start_s = u32::try_from(self.calendar.elapsed_s(day * DAY_S)).unwrap_or(0);
        for id in 0..self.roster.len() {
            let (fleet, mut total, mut duty_use) = self.roster.get_mut(&mut self.fleets, id);
            if total.hauls > 0 {
                duty_use.0 = Some(Kwh(total.battery_kwh / f64::from(fleet.active.max(1))));
            }
            self.rows.push(FuelRow::new(start_s, fleet.id, &core::mem::take(&mut *total)));
        }
    }
}
