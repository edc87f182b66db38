//! Appointments at the gates: windows of an hour with a capacity. A haul books the first one that has room at each gate on its way;
//! some windows are missed, and their hauls book again. The gate lets a truck in within its window: one that comes before waits,
//! one that comes after is let in as soon as an hour has let in fewer trucks than it has windows.

use super::state::Haul;
use crate::kernel::calendar::Calendar;
use crate::kernel::ids::SiteId;
use crate::kernel::random::{Purpose, Seed, Stream, key_of};
use crate::terminal::spec::AppointmentSpec;
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;

/// Length of a window, s.
const WINDOW_S: u32 = 3_600;
/// A haul books at most this often; its last window is always kept.
const MOST_BOOKINGS: u32 = 8;
/// Hours after which a haul takes a window whatever its capacity, a year: the capacity is far below the demand.
const LONGEST_SEARCH: u32 = 24 * 366;

/// The appointments of a terminal.
#[derive(Debug)]
pub(super) struct Appointments {
    spec: AppointmentSpec,
    /// Windows of the week in which the gate is open, by hour.
    is_open: Vec<bool>,
    key: u64,
    /// Windows that were booked, by the hour.
    booked: BTreeMap<u32, u32>,
    /// Trucks that were let in, by the hour: those with a window in that of their window.
    let_in: BTreeMap<u32, u32>,
    counts: AppointmentCounts,
}

/// What came of appointments. Each window that was booked was kept, missed, given up with its haul, or is still to come.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct AppointmentCounts {
    /// Bookings of hauls, not counting those again.
    pub(crate) hauls: u64,
    /// Windows that were booked.
    pub(crate) booked: u64,
    /// Of them those whose truck was let in, be it after its window.
    pub(crate) kept: u64,
    /// Missed windows.
    pub(crate) no_shows: u64,
    /// Those of the trucks let in that came after their window.
    pub(crate) late: u64,
    /// By how much those trucks came after the end of their windows, s.
    pub(crate) late_s: u64,
    /// Those whose haul lapsed before a truck took it.
    pub(crate) lapsed: u64,
    /// Trucks that came before their window opened.
    pub(crate) early: u64,
    /// Waits at the gate for a window to open, s.
    pub(crate) wait_s: u64,
    /// By how much hauls were put off against the time that they wanted, s.
    pub(crate) shifted_s: u64,
}

/// Appointments by site. Written by the freight room, and by the gates when a truck comes.
#[derive(Resource, Debug, Default)]
pub(crate) struct AllAppointments {
    gates: BTreeMap<SiteId, Appointments>,
    /// Mean time of a truck at each site, by which the time at the other end of a haul is foreseen, s.
    stay_s: Vec<u32>,
}

impl AllAppointments {
    /// Of these gates, with the mean time of a truck at every site.
    pub(super) fn new(gates: BTreeMap<SiteId, Appointments>, stay_s: Vec<u32>) -> Self {
        Self { gates, stay_s }
    }

    /// What came of those of each site.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (SiteId, AppointmentCounts)> {
        self.gates.iter().map(|(site, it)| (*site, it.counts))
    }

    /// Books windows for a haul at those of its ends that have appointments. `drive_s` is the time of a trip that begins at a
    /// second.
    pub(super) fn book(
        &mut self,
        haul: &mut Haul,
        seed: Seed,
        calendar: &Calendar,
        number: u32,
        drive_s: impl Fn(SiteId, SiteId, u32) -> u32,
    ) {
        if let Some(gate) = self.gates.get_mut(&haul.origin) {
            let mut draws = seed.stream(Purpose::Appointments, gate.key, number);
            haul.windows_s[0] = Some(gate.book(haul, 0, calendar, &mut draws));
        }
        let Some(gate) = self.gates.get_mut(&haul.destination) else { return };
        let left_s = haul.ready_s + self.stay_s[haul.origin.index()];
        let way_s = left_s - haul.ready_s + drive_s(haul.origin, haul.destination, left_s);
        let mut draws = seed.stream(Purpose::Appointments, gate.key, number);
        haul.windows_s[1] = Some(gate.book(haul, way_s, calendar, &mut draws));
    }

    /// A truck comes to a gate for a haul's window. Returns when it is let in; at once where there are no appointments. One that
    /// `is_inside` already takes its second container with the window of the first.
    pub(crate) fn admit(
        &mut self,
        site: SiteId,
        window_s: Option<u32>,
        (at_s, is_inside): (u32, bool),
        calendar: &Calendar,
    ) -> u32 {
        match (self.gates.get_mut(&site), window_s) {
            (Some(gate), Some(window_s)) => gate.admit(window_s, (at_s, is_inside), calendar),
            _ => at_s,
        }
    }

    /// No truck will carry this haul any more: its windows stay empty.
    pub(super) fn lapse(&mut self, haul: &Haul) {
        for site in haul.booked_at() {
            if let Some(gate) = self.gates.get_mut(&site) {
                gate.counts.lapsed += 1;
            }
        }
    }
}

impl Appointments {
    /// None booked yet.
    pub(super) fn new(key: &str, spec: &AppointmentSpec, is_open: Vec<bool>) -> Self {
        let (key, counts) = (key_of(key), AppointmentCounts::default());
        Self { spec: spec.clone(), is_open, key, booked: BTreeMap::new(), let_in: BTreeMap::new(), counts }
    }

    /// Books a window for a truck that is at the gate `way_s` after its haul is ready, and puts the haul off by what that asks.
    /// Returns the window's first second.
    fn book(&mut self, haul: &mut Haul, way_s: u32, calendar: &Calendar, draws: &mut Stream) -> u32 {
        let wanted_s = haul.ready_s + way_s;
        self.counts.hauls += 1;
        let mut window_s = self.reserve(wanted_s, calendar);
        for _ in 1..MOST_BOOKINGS {
            if draws.uniform() >= self.spec.no_show_share {
                break;
            }
            self.counts.no_shows += 1;
            window_s = self.reserve(window_s + WINDOW_S, calendar);
        }
        let shift_s = self.meant_s(window_s, wanted_s, draws) - wanted_s;
        self.counts.shifted_s += u64::from(shift_s);
        (haul.ready_s, haul.due_s) = (haul.ready_s + shift_s, haul.due_s + shift_s);
        window_s
    }

    /// When the truck of a window sets out to be at the gate: some time in the window, and off it by what spreads around that.
    fn meant_s(&self, window_s: u32, wanted_s: u32, draws: &mut Stream) -> u32 {
        let (moment, off) = (draws.uniform(), draws.normal());
        let (window, wanted) = (f64::from(window_s), f64::from(wanted_s));
        // A window that holds the wanted time is used from then on.
        let from = window.max(wanted);
        let at = from + moment * (window + f64::from(WINDOW_S) - from) + off * self.spec.off_window_min * 60.0;
        at.max(wanted) as u32
    }

    fn admit(&mut self, window_s: u32, (at_s, is_inside): (u32, bool), calendar: &Calendar) -> u32 {
        self.counts.kept += 1;
        if is_inside {
            return at_s;
        }
        let (early_s, late_s) = (seconds(self.spec.early_min), seconds(self.spec.late_min));
        let end_s = window_s + WINDOW_S;
        self.counts.early += u64::from(at_s < window_s.saturating_sub(early_s));
        let window_s = if at_s < end_s + late_s {
            window_s
        } else {
            self.counts.late += 1;
            self.counts.late_s += u64::from(at_s - end_s);
            self.stand_by(at_s, calendar)
        };
        *self.let_in.entry(window_s / WINDOW_S).or_default() += 1;
        let let_in_s = at_s.max(window_s.saturating_sub(early_s));
        self.counts.wait_s += u64::from(let_in_s - at_s);
        let_in_s
    }

    /// Books the first window from a time on that has room and in which the gate is open. Returns its first second.
    fn reserve(&mut self, from_s: u32, calendar: &Calendar) -> u32 {
        let window = self.first_below_capacity(&self.booked, from_s, calendar);
        *self.booked.entry(window).or_default() += 1;
        self.counts.booked += 1;
        window * WINDOW_S
    }

    /// The first second of the hour in which a truck is let in that missed its window. What others have booked does not keep it
    /// out: many of them miss theirs, too, and a gate that waited for them would stand idle.
    fn stand_by(&self, at_s: u32, calendar: &Calendar) -> u32 {
        self.first_below_capacity(&self.let_in, at_s, calendar) * WINDOW_S
    }

    /// The first hour from a time on in which the gate is open and of which fewer are taken than it has windows.
    fn first_below_capacity(&self, taken: &BTreeMap<u32, u32>, from_s: u32, calendar: &Calendar) -> u32 {
        let first = from_s / WINDOW_S;
        let has_room = |window: &u32| {
            let hour = calendar.hour_of_week(i64::from(*window) * i64::from(WINDOW_S));
            self.is_open[hour] && taken.get(window).is_none_or(|taken| *taken < self.spec.per_hour)
        };
        (first..first + LONGEST_SEARCH).find(has_room).unwrap_or(first + LONGEST_SEARCH)
    }
}

fn seconds(minutes: f64) -> u32 {
    (minutes * 60.0).round() as u32
}

/// Breaks the books of appointments on purpose, for tests of the audit.
#[cfg(test)]
pub(crate) fn tamper(world: &mut bevy_ecs::prelude::World) {
    let mut all = world.resource_mut::<AllAppointments>();
    all.gates.values_mut().next().expect("a gate with appointments").counts.kept += 1;
}

#[cfg(test)]
mod tests {
    //! Contract: no window takes more trucks than it has room for, whenever they come; a truck is let in within a window that is
    //! its own, waits in front of it, and goes in with the first hour that has let in too few when it comes too late; nothing is booked while the gate is
    //! closed.

    use super::*;
    use crate::freight::state::HaulFactors;
    use proptest::prelude::*;

    const PER_HOUR: u32 = 3;
    const EARLY_S: u32 = 600;
    const LATE_S: u32 = 1_200;

    fn gate(no_show_share: f64, off_window_min: f64) -> Appointments {
        let spec = AppointmentSpec {
            per_hour: PER_HOUR,
            no_show_share,
            off_window_min,
            early_min: f64::from(EARLY_S) / 60.0,
            late_min: f64::from(LATE_S) / 60.0,
            sources: BTreeMap::default(),
        };
        // Open from 6 to 18 o'clock.
        Appointments::new("pier", &spec, (0..168).map(|hour| (6..18).contains(&(hour % 24))).collect())
    }

    fn calendar() -> Calendar {
        Calendar::new("2025-06-02", "UTC", 14).unwrap()
    }

    fn haul(ready_s: u32) -> Haul {
        let factors = HaulFactors { origin: 1.0, destination: 1.0, gate: 1.0, energy: 1.0, live: 0.0 };
        let (origin, destination) = (SiteId(0), SiteId(1));
        let due_s = ready_s + 7_200;
        Haul { id: 0, origin, destination, ready_s, due_s, loaded: true, fleet: None, windows_s: [None; 2], factors }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, rng_seed: proptest::test_runner::RngSeed::Fixed(11), ..ProptestConfig::default() })]

        #[test]
        fn no_window_has_more_trucks_than_room(
            wanted in prop::collection::vec((0_u32..200_000, -9_000_i32..30_000), 1..120),
            no_shows in 0.0..0.5_f64,
        ) {
            let (calendar, mut gate) = (calendar(), gate(no_shows, 30.0));
            let mut draws = Seed { seed: 1, replication: 0 }.stream(Purpose::Appointments, 1, 1);
            let mut coming: Vec<(u32, u32)> = Vec::new();
            for (wanted_s, off_s) in wanted {
                let mut haul = haul(wanted_s);
                let window_s = gate.book(&mut haul, 0, &calendar, &mut draws);
                prop_assert!(haul.ready_s >= wanted_s && haul.due_s - haul.ready_s == 7_200);
                prop_assert!(window_s + WINDOW_S > wanted_s);
                coming.push((haul.ready_s.saturating_add_signed(off_s), window_s));
            }
            coming.sort_unstable();
            let mut inside = BTreeMap::<u32, u32>::new();
            for (at_s, window_s) in &coming {
                let let_in_s = gate.admit(*window_s, (*at_s, false), &calendar);
                prop_assert!(let_in_s >= *at_s);
                let is_late = *at_s >= window_s + WINDOW_S + LATE_S;
                // Those that come late are let in within the window that they then took.
                if !is_late {
                    prop_assert!(let_in_s >= window_s.saturating_sub(EARLY_S) && let_in_s < window_s + WINDOW_S + LATE_S);
                }
                let hour = (let_in_s + EARLY_S) / WINDOW_S;
                *inside.entry(hour).or_default() += 1;
            }
            for (window, booked) in &gate.booked {
                prop_assert!(*booked <= PER_HOUR, "{booked} in window {window}");
                prop_assert!((6..18).contains(&(window % 24)));
            }
            // A window's trucks come within it, before it or after it, so those of three share an hour at most.
            prop_assert!(inside.values().all(|trucks| *trucks <= 3 * PER_HOUR));
            let counts = gate.counts;
            prop_assert_eq!(counts.kept, coming.len() as u64);
            prop_assert_eq!(counts.booked, counts.kept + counts.no_shows);
        }
    }

    #[test]
    fn early_waits_late_stands_by_and_a_second_container_goes_with_the_first() {
        let (calendar, mut gate) = (calendar(), gate(0.0, 0.0));
        let (eight, nine) = (8 * WINDOW_S, 9 * WINDOW_S);
        assert_eq!(gate.reserve(eight, &calendar), eight);
        assert_eq!(gate.admit(eight, (eight - EARLY_S - 60, false), &calendar), eight - EARLY_S);
        assert_eq!(gate.admit(eight, (eight - 1, false), &calendar), eight - 1);
        assert_eq!(gate.admit(eight, (nine + LATE_S - 1, false), &calendar), nine + LATE_S - 1);
        // At nine and ten as many were let in as there are windows: whoever comes after his own waits for eleven.
        for window_s in [nine, nine + WINDOW_S] {
            (0..PER_HOUR).for_each(|_| assert_eq!(gate.reserve(window_s, &calendar), window_s));
            (0..PER_HOUR).for_each(|_| assert_eq!(gate.admit(window_s, (window_s, false), &calendar), window_s));
        }
        assert_eq!(gate.admit(eight, (nine + LATE_S, false), &calendar), 11 * WINDOW_S - EARLY_S);
        assert_eq!(gate.admit(eight, (nine + LATE_S, true), &calendar), nine + LATE_S);
        let counts = gate.counts;
        assert_eq!((counts.early, counts.late, counts.late_s), (1, 1, u64::from(LATE_S)));
        assert_eq!(counts.wait_s, 60 + u64::from(11 * WINDOW_S - EARLY_S - nine - LATE_S));
        // After six in the evening the gate is closed.
        assert_eq!(gate.reserve(18 * WINDOW_S, &calendar), 30 * WINDOW_S);
    }
}
