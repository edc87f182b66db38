//! Vessels come and go, hauls become known, hauls lapse.

use super::appointments::AllAppointments;
use super::demand::Demand;
use super::state::{Berths, Board, Call, Haul, ShoreNodes};
use crate::grid::state::{NodeLoads, ShoreLoad};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::kernel::random::Seed;
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::Kw;
use crate::place::travel::Travel;
use crate::record::Records;
use crate::record::rows::{CallRow, HaulRow};
use crate::record::words::HaulState;
use bevy_ecs::prelude::*;
use std::collections::{BTreeMap, VecDeque};

/// Lapsed hauls are looked for this often, seconds.
const LAPSE_EVERY_S: u32 = 3_600;

/// Registers the freight systems.
pub fn register(r: &mut Register<'_>) {
    r.boundary(Tick::Freight, draw_hauls);
    r.tick(Tick::Freight, release_hauls.after(draw_hauls));
    r.boundary(Tick::Freight, cancel_lapsed.after(release_hauls));
    r.interval_start(Tick::Freight, work_vessels.after(cancel_lapsed));
}

/// When the next haul becomes known.
pub(crate) fn next_due_s(world: &World) -> u32 {
    let Some(freight) = world.get_resource::<Freight>() else { return u32::MAX };
    freight.upcoming.front().map_or(u32::MAX, |haul| haul.ready_s.saturating_sub(freight.known_before_s))
}

/// The demand to come.
#[derive(Resource, Debug, Default)]
pub(super) struct Freight {
    /// How it is drawn; `None` when there are no volumes.
    pub(super) demand: Option<Demand>,
    /// Hauls come from a file: only vessels are drawn.
    pub(super) has_list: bool,
    /// First call whose containers have not been drawn.
    next_drawn: usize,
    /// First call that has not left.
    first_here: usize,
    /// Hauls drawn and not yet known, by the local day on which they are ready; sorted when the day comes near.
    pub(super) by_day: BTreeMap<i64, Vec<Haul>>,
    /// Those that have their appointments, by the local day of these, and how many have been asked for one.
    booked_by_day: BTreeMap<i64, Vec<Haul>>,
    booked: u32,
    /// Hauls about to become known, in order.
    upcoming: VecDeque<Haul>,
    /// The next haul's number.
    next_id: u32,
    /// Dispatch hears of a haul this long before it is ready.
    pub(super) known_before_s: u32,
    /// A haul lapses this long after it was due.
    pub(super) cancel_after_s: u32,
}

impl Freight {
    /// Draws the containers of all calls that may matter up to `until_s`. The calls are in the order of their time at berth.
    fn draw_until<'a>(
        &mut self,
        until_s: i64,
        calendar: &Calendar,
        end_s: u32,
        call_at: impl Fn(usize) -> Option<&'a Call>,
    ) {
        let Some(demand) = self.demand.as_ref().filter(|_| !self.has_list) else { return };
        let mut drawn = Vec::new();
        let before_s = demand.reach_days().0 * DAY_S;
        while let Some(call) = call_at(self.next_drawn).filter(|call| call.berth_s - before_s <= until_s) {
            demand.hauls(call, calendar, 0, i64::from(end_s), &mut drawn);
            self.next_drawn += 1;
        }
        for haul in drawn {
            self.by_day.entry(calendar.day(i64::from(haul.ready_s))).or_default().push(haul);
        }
    }

    /// Hauls that have their appointments and are not known to dispatch yet.
    pub(super) fn booked_ahead(&self) -> impl Iterator<Item = &Haul> {
        self.booked_by_day.values().flatten().chain(&self.upcoming)
    }

    /// The number of the next haul.
    pub(super) fn next_id(&self) -> u32 {
        self.next_id
    }

    /// Moves whole days to the list of upcoming hauls, numbered in the order of readiness. `book` may put a haul off, also to a
    /// later day.
    fn number_days_up_to(&mut self, day: i64, calendar: &Calendar, mut book: impl FnMut(&mut Haul, u32)) {
        let in_order = |hauls: &mut Vec<Haul>| {
            hauls.sort_by_key(|haul| (haul.ready_s, haul.origin, haul.destination, haul.due_s));
        };
        while let Some(entry) = self.by_day.first_entry()
            && *entry.key() <= day
        {
            let mut hauls = entry.remove();
            in_order(&mut hauls);
            for mut haul in hauls {
                book(&mut haul, self.booked);
                self.booked += 1;
                self.booked_by_day.entry(calendar.day(i64::from(haul.ready_s))).or_default().push(haul);
            }
        }
        while let Some(entry) = self.booked_by_day.first_entry()
            && *entry.key() <= day
        {
            let mut hauls = entry.remove();
            in_order(&mut hauls);
            for mut haul in hauls {
                haul.id = self.next_id;
                self.next_id += 1;
                self.upcoming.push_back(haul);
            }
        }
    }
}

/// At a boundary: the hauls of the days that come near are drawn and numbered.
fn draw_hauls(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    roster: Res<Roster<Call>>,
    calls: Query<&Call>,
    seed: Res<Seed>,
    travel: Res<Travel>,
    mut appointments: ResMut<AllAppointments>,
    mut freight: ResMut<Freight>,
) {
    let horizon_s = clock.tick_end_s() + freight.known_before_s;
    let day = calendar.day(i64::from(horizon_s)) + 1;
    let call_at = |at: usize| (at < roster.len()).then(|| roster.get(&calls, at));
    freight.draw_until(i64::from(horizon_s) + 2 * DAY_S, &calendar, clock.end_s(), call_at);
    // Travel times exist only in scenarios with trucks.
    let is_driven = travel.sites() > 0;
    let drive_s = |from, to, at_s| if is_driven { travel.drive_s(from, to, calendar.hour(i64::from(at_s))) } else { 0 };
    let book = |haul: &mut Haul, number| appointments.book(haul, *seed, &calendar, number, drive_s);
    freight.number_days_up_to(day, &calendar, book);
}

/// Hauls become known some time before they are ready.
fn release_hauls(clock: Res<Clock>, mut freight: ResMut<Freight>, mut board: ResMut<Board>) {
    let horizon_s = clock.tick_end_s() + freight.known_before_s;
    while freight.upcoming.front().is_some_and(|haul| haul.ready_s < horizon_s) {
        if let Some(haul) = freight.upcoming.pop_front() {
            board.put_up(haul);
        }
    }
}

/// On the hour, which a boundary is: hauls that no truck took in time lapse.
fn cancel_lapsed(
    clock: Res<Clock>,
    freight: Res<Freight>,
    mut board: ResMut<Board>,
    mut appointments: ResMut<AllAppointments>,
    mut rows: ResMut<Records<HaulRow>>,
) {
    if !clock.now_s().is_multiple_of(LAPSE_EVERY_S) || clock.now_s() < freight.cancel_after_s {
        return;
    }
    for haul in board.cancel_due_before(clock.now_s() - freight.cancel_after_s) {
        appointments.lapse(&haul);
        rows.push(HaulRow::untouched(&haul, HaulState::Lapsed));
    }
}

/// At a boundary: what vessels ask of each terminal in the interval that begins.
fn work_vessels(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    roster: Res<Roster<Call>>,
    calls: Query<&Call>,
    mut freight: ResMut<Freight>,
    mut berths: ResMut<Berths>,
    shore_nodes: Res<ShoreNodes>,
    mut shore: NodeLoads<'_, '_, ShoreLoad>,
    mut rows: ResMut<Records<CallRow>>,
) {
    let (from_s, to_s) = (i64::from(clock.now_s()), i64::from(clock.interval_end_s()));
    berths.clear();
    shore.clear();
    let Freight { demand: Some(demand), first_here, .. } = &mut *freight else { return };
    let has_left = |at: usize| at < roster.len() && roster.get(&calls, at).leave_s <= from_s;
    while has_left(*first_here) {
        *first_here += 1;
    }
    let here = (*first_here..roster.len()).map(|at| roster.get(&calls, at));
    for call in here.take_while(|call| call.berth_s < to_s).filter(|call| call.leave_s > from_s) {
        if call.leave_s <= to_s && !call.by_moves {
            rows.push(CallRow::new(call));
        }
        let lifts = f64::from(call.lifts) * demand.share_of_work(call, &calendar, from_s, to_s);
        berths.add(call.site, lifts, demand.rail_share());
        if call.on_shore_power && !call.by_moves {
            shore.add(shore_nodes.of(call.site), Kw(call.shore_kw_between(from_s, to_s)));
        }
    }
}
