//! Rows of hauls and calls.

use super::appointments::AllAppointments;
use super::state::{Board, Call, Haul};
use super::systems::Freight;
use super::vessels::at_berth;
use crate::kernel::ids::SiteId;
use crate::kernel::units::S_PER_H;
use crate::record::audit::{Check, Findings};
use crate::record::metrics::{Metric, MetricName, ScopeKind, ScopeMetrics, TOTAL};
use crate::record::names::Names;
use crate::record::rows::{CallRow, HaulRow};
use crate::record::words::{Container, HaulState};
use bevy_ecs::prelude::World;
use std::collections::BTreeMap;

impl HaulRow {
    /// A haul that no truck finished.
    #[must_use]
    pub fn untouched(haul: &Haul, state: HaulState) -> Self {
        Self {
            haul: haul.id,
            origin: haul.origin,
            destination: haul.destination,
            container: if haul.loaded { Container::Loaded } else { Container::Empty },
            ready_s: haul.ready_s,
            due_s: haul.due_s,
            state,
            truck: None,
            fleet: haul.fleet,
            assigned_s: None,
            at_origin_s: None,
            left_origin_s: None,
            at_destination_s: None,
            done_s: None,
            gate_queue_s: None,
            empty_km: None,
            laden_km: None,
        }
    }
}

impl CallRow {
    /// A call that a yard worked move by move: at berth from, and gone at.
    #[must_use]
    pub fn worked(call: &Call, berth_s: u32, leave_s: u32) -> Self {
        let (berth_s, leave_s) = (i64::from(berth_s), i64::from(leave_s));
        Self::new(&Call { berth_s, leave_s, arrive_s: call.arrive_s.min(berth_s), ..call.clone() })
    }

    /// A call that ended.
    #[must_use]
    pub fn new(call: &Call) -> Self {
        let from_start = |at_s: i64| u32::try_from(at_s.max(0)).unwrap_or(u32::MAX);
        Self {
            call: call.id,
            site: call.site,
            arrive_s: from_start(call.arrive_s),
            berth_s: from_start(call.berth_s),
            leave_s: from_start(call.leave_s),
            wait_h: (call.berth_s - call.arrive_s) as f64 / S_PER_H,
            berth_h: (call.leave_s - call.berth_s) as f64 / S_PER_H,
            lifts: call.lifts,
            shore_power: call.on_shore_power,
        }
    }
}

/// Metrics of vessels that the tables of ended calls do not have, and of appointments, by site.
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    let mut vessels: BTreeMap<SiteId, u64> = BTreeMap::new();
    for site in at_berth(world) {
        *vessels.entry(site).or_default() += 1;
    }
    for (site, count) in &vessels {
        ScopeMetrics::new(ScopeKind::Site.of(&names.sites[site.index()]), &mut out)
            .count(MetricName::VesselsAtBerth, *count);
    }
    if !vessels.is_empty() {
        ScopeMetrics::new(TOTAL.to_owned(), &mut out).count(MetricName::VesselsAtBerth, vessels.values().sum());
    }
    for (site, counts) in world.resource::<AllAppointments>().counts() {
        let mut scope = ScopeMetrics::new(ScopeKind::Site.of(&names.sites[site.index()]), &mut out);
        scope.count(MetricName::AppointmentsBooked, counts.booked);
        scope.count(MetricName::AppointmentsKept, counts.kept);
        scope.count(MetricName::AppointmentNoShows, counts.no_shows);
        scope.count(MetricName::AppointmentsLate, counts.late);
        scope.count(MetricName::AppointmentsEarly, counts.early);
        let mean = |sum_s: u64, number: u64, per: f64| (number > 0).then(|| sum_s as f64 / per / number as f64);
        scope.add(MetricName::AppointmentLateMeanMin, mean(counts.late_s, counts.late, 60.0));
        scope.add(MetricName::AppointmentWaitMeanMin, mean(counts.wait_s, counts.kept, 60.0));
        scope.add(MetricName::AppointmentShiftMeanH, mean(counts.shifted_s, counts.hauls, S_PER_H));
    }
    out
}

/// Hauls that appointments put off beyond the end of the run: they were requested within it.
pub(crate) fn put_off(world: &World) -> impl Iterator<Item = &Haul> {
    world.resource::<Freight>().booked_ahead().filter(|haul| haul.booked_at().next().is_some())
}

/// Their rows, numbered after all other hauls.
pub(crate) fn put_off_rows(world: &World) -> Vec<HaulRow> {
    let mut hauls: Vec<Haul> = put_off(world).copied().collect();
    hauls.sort_by_key(|haul| (haul.ready_s, haul.origin, haul.destination, haul.due_s));
    let first = world.resource::<Freight>().next_id();
    let numbered = hauls.into_iter().zip(first..).map(|(haul, id)| Haul { id, ..haul });
    numbered.map(|haul| HaulRow::untouched(&haul, HaulState::Open)).collect()
}

/// Every window that was booked was kept, missed, given up with its haul, or is still to come. `in_hand` are the hauls of trucks,
/// each with the windows that are ahead of it.
pub(crate) fn audit(world: &World, in_hand: &[Haul], findings: &mut Findings) {
    let ahead: Vec<SiteId> = world
        .resource::<Freight>()
        .booked_ahead()
        .chain(world.resource::<Board>().open())
        .chain(in_hand)
        .flat_map(Haul::booked_at)
        .collect();
    for (site, counts) in world.resource::<AllAppointments>().counts() {
        let to_come = ahead.iter().filter(|booked| **booked == site).count() as u64;
        let told = counts.kept + counts.no_shows + counts.lapsed + to_come;
        let what = || "appointment: windows booked, and kept, missed, given up or to come".to_owned();
        findings.same(Check::Appointments, what, counts.booked, told);
    }
}
