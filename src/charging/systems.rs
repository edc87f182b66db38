//! The steps of this room, and the visitors that it lets in.

use super::agenda::ChargingAgenda;
use super::arrival::{Arrival, Arrivals, Departures};
use super::power::{ask, deliver, grant, hold_leavers, needs_set_points, plan, tell_queues};
use super::queue::{is_queue_due, is_quiet, serve_queues};
use super::state::SessionLog;
use crate::grid::systems::SetLimits;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{PortId, SiteId};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::{Kw, Kwh};
use crate::scenario::loaded::Stay;
use crate::vehicle::battery::{Battery, Curve};
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;

/// Registers the charging systems.
pub(crate) fn register(r: &mut Register<'_>) {
    r.boundary(Tick::Deliver, deliver);
    r.tick(Tick::Freight, admit_visitors);
    r.interval_start(Tick::Limits, hold_leavers.before(SetLimits));
    r.interval_start(Tick::Limits, tell_queues.after(SetLimits));
    r.when(Tick::Queue, is_queue_due, serve_queues);
    r.when(Tick::Ask, needs_set_points, ask);
    r.when(Tick::Plan, needs_set_points, plan);
    r.when(Tick::Grant, needs_set_points, grant);
}

/// When the next visit of the list comes, or something in the queues is due; now where vehicles are handed over.
pub(crate) fn next_due_s(world: &World) -> u32 {
    let (arrivals, departures) = (world.resource::<Arrivals>(), world.resource::<Departures>());
    if !is_quiet(arrivals, departures, world.resource::<SessionLog>()) {
        return 0;
    }
    let list = world.resource::<VisitList>();
    let visit_s = list.visits.get(list.next).map(|coming| coming.stay.arrive_s);
    let event_s = world.resource::<ChargingAgenda>().next_at();
    visit_s.into_iter().chain(event_s).min().unwrap_or(u32::MAX)
}

/// A visit of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coming {
    pub(super) site: SiteId,
    /// Does it keep its charging port until it departs?
    pub(super) stays: bool,
    pub(super) stay: Stay,
}

/// Visits of a list, in the order of their arrival.
#[derive(Resource, Debug)]
pub(crate) struct VisitList {
    visits: Vec<Coming>,
    is_pinned: bool,
    /// The first that has not come yet.
    next: usize,
}

impl VisitList {
    /// Where they are `pinned`, each may use the charging port of its charger's number and no other.
    pub(super) fn new(visits: Vec<Coming>, is_pinned: bool) -> Self {
        Self { visits, is_pinned, next: 0 }
    }
}

/// Visitors that arrive in this tick join the queues.
fn admit_visitors(clock: Res<Clock>, mut list: ResMut<VisitList>, mut arrivals: ResMut<Arrivals>) {
    while let Some(Coming { site, stays, stay }) = list.visits.get(list.next)
        && stay.arrive_s < clock.tick_end_s()
    {
        // A visitor's battery is as large as its need: it arrives empty and is full when it has what it asked for.
        let need = Kwh(stay.energy_kwh.max(1e-6));
        let battery = Battery::at_soc(Curve::flat(need, Kw(stay.vehicle_kw)), 0.0);
        let row = u32::try_from(list.next).expect("fewer than 2^32 visits");
        arrivals.push(Arrival {
            depart_s: Some(stay.depart_s),
            stays: *stays,
            offer: Some(Kw(stay.max_kw)),
            pinned: stay.charger.filter(|_| list.is_pinned).map(PortId),
            rank: stay.vehicle,
            ..Arrival::new(stay.arrive_s, *site, Vehicle::Visitor(row), User::Visitor, battery)
        });
        list.next += 1;
    }
}
