//! Appointments at the gates: windows of an hour with a capacity. A haul books the first one that has room; trucks come off their
//! window, miss it, or do not come at all and book again.

use super::state::Haul;
use crate::kernel::calendar::Calendar;
use crate::kernel::ids::SiteId;
use crate::kernel::random::{Purpose, Seed, Stream, key_of};
use crate::terminal::spec::AppointmentSpec;
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;

/// Length of a window, s.
const WINDOW_S: u32 = 3_600;
/// A haul books no more often than this: what is missed then comes in the last window.
const MOST_BOOKINGS: u32 = 8;
/// Hours after which a haul takes its window whatever its capacity: the capacity is below the demand.
const LONGEST_SEARCH: u32 = 24 * 28;

/// The appointments of a terminal.
#[derive(Debug)]
pub(super) struct Appointments {
    spec: AppointmentSpec,
    /// Windows of the week in which the gate is open, by hour.
    is_open: Vec<bool>,
    key: u64,
    booked: BTreeMap<u32, u32>,
    counts: AppointmentCounts,
}

/// What came of appointments.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct AppointmentCounts {
    /// Hauls with an appointment.
    pub(crate) hauls: u64,
    /// Windows that were booked.
    pub(crate) booked: u64,
    /// Of them those that no truck kept, and those that were missed by coming too late.
    pub(crate) no_shows: u64,
    pub(crate) late: u64,
    /// Trucks that came too early and waited for their window.
    pub(crate) early: u64,
    /// By how much hauls were put off against the time that they wanted, s.
    pub(crate) shifted_s: u64,
}

/// Appointments by site. Written by the freight room.
#[derive(Resource, Debug, Default)]
pub(crate) struct AllAppointments(pub(super) BTreeMap<SiteId, Appointments>);

impl AllAppointments {
    /// What came of those of a site.
    pub(super) fn counts(&self) -> impl Iterator<Item = (SiteId, AppointmentCounts)> {
        self.0.iter().map(|(site, it)| (*site, it.counts))
    }

    /// Puts a haul into a window of its terminal, if that has appointments.
    pub(super) fn book(&mut self, haul: &mut Haul, seed: Seed, calendar: &Calendar, number: u32) {
        let at = [haul.origin, haul.destination].into_iter().find(|site| self.0.contains_key(site));
        if let Some(appointments) = at.and_then(|site| self.0.get_mut(&site)) {
            appointments.book(haul, seed, calendar, number);
        }
    }
}

impl Appointments {
    /// None booked yet.
    pub(super) fn new(key: &str, spec: &AppointmentSpec, is_open: Vec<bool>) -> Self {
        let (key, counts) = (key_of(key), AppointmentCounts::default());
        Self { spec: spec.clone(), is_open, key, booked: BTreeMap::new(), counts }
    }

    fn book(&mut self, haul: &mut Haul, seed: Seed, calendar: &Calendar, number: u32) {
        let mut draws = seed.stream(Purpose::Appointments, self.key, number);
        let wanted_s = haul.ready_s;
        self.counts.hauls += 1;
        let mut from_s = wanted_s;
        for attempt in 1..=MOST_BOOKINGS {
            let window_s = self.first_free(from_s, calendar);
            *self.booked.entry(window_s / WINDOW_S).or_default() += 1;
            self.counts.booked += 1;
            match self.comes(window_s, wanted_s, &mut draws) {
                Some(ready_s) => {
                    return self.put_off(haul, ready_s);
                }
                None if attempt == MOST_BOOKINGS => return self.put_off(haul, window_s),
                None => from_s = window_s + WINDOW_S,
            }
        }
    }

    fn put_off(&mut self, haul: &mut Haul, ready_s: u32) {
        let shift_s = ready_s.saturating_sub(haul.ready_s);
        self.counts.shifted_s += u64::from(shift_s);
        (haul.ready_s, haul.due_s) = (haul.ready_s + shift_s, haul.due_s + shift_s);
    }

    /// When the truck of a window is let in; none when it does not come, or too late.
    fn comes(&mut self, window_s: u32, wanted_s: u32, draws: &mut Stream) -> Option<u32> {
        let (missed, moment, off) = (draws.uniform(), draws.uniform(), draws.normal());
        if missed < self.spec.no_show_share {
            self.counts.no_shows += 1;
            return None;
        }
        let (window, wanted) = (f64::from(window_s), f64::from(wanted_s));
        // A window that holds the wanted time is used from then on.
        let from = window.max(wanted);
        let at = from + moment * (window + f64::from(WINDOW_S) - from) + off * self.spec.off_window_min * 60.0;
        let opens = window - self.spec.early_min * 60.0;
        if at > window + f64::from(WINDOW_S) + self.spec.late_min * 60.0 {
            self.counts.late += 1;
            return None;
        }
        self.counts.early += u64::from(at < opens);
        Some(at.max(opens).max(wanted) as u32)
    }

    /// The first window from a time on that has room and in which the gate is open.
    fn first_free(&self, from_s: u32, calendar: &Calendar) -> u32 {
        let first = from_s / WINDOW_S;
        let has_room = |window: &u32| {
            let hour = calendar.hour_of_week(i64::from(*window) * i64::from(WINDOW_S));
            self.is_open[hour] && self.booked.get(window).is_none_or(|booked| *booked < self.spec.per_hour)
        };
        (first..first + LONGEST_SEARCH).find(has_room).unwrap_or(first) * WINDOW_S
    }
}
