//! Rows of what trucks did.

use super::state::{Duty, Fleet, FleetDay, Phase, ShiftKm, Trip, Truck};

use crate::freight::state::{Board, Haul};
use crate::kernel::ids::{FleetId, Roster};

use crate::record::Records;
use crate::record::rows::{FuelRow, HaulRow};
use crate::record::words::HaulState;
use bevy_ecs::prelude::World;

impl HaulRow {
    /// A haul that a truck finished.
    #[must_use]
    pub fn completed(haul: &Haul, truck: &Truck, trip: &Trip, done_s: u32) -> Self {
        Self {
            truck: Some(truck.id.0),
            fleet: Some(truck.fleet),
            assigned_s: Some(trip.assigned_s),
            at_origin_s: Some(trip.at_origin_s),
            left_origin_s: Some(trip.left_origin_s),
            at_destination_s: Some(trip.at_destination_s),
            done_s: Some(done_s),
            gate_queue_s: Some(trip.gate_queue_s),
            empty_km: Some(trip.empty_km),
            laden_km: Some(trip.laden_km),
            ..Self::untouched(haul, HaulState::Completed)
        }
    }
}

impl FuelRow {
    /// The day of a fleet.
    #[must_use]
    pub fn new(start_s: u32, fleet: FleetId, day: &FleetDay) -> Self {
        Self {
            start_s,
            fleet,
            km: day.km,
            empty_km: day.empty_km,
            diesel_gal: day.diesel_gal,
            battery_kwh: day.battery_kwh,
            hydrogen_kg: day.hydrogen_kg,
            nox_g: day.nox_g,
            pm25_g: day.pm25_g,
            hauls: day.hauls,
            gate_queue_h: day.gate_queue_h,
            idling_h: day.idling_h,
            stranded: day.stranded,
        }
    }
}

/// Rows for hauls that are still open when the run ends: on the board, or with a truck.
pub(crate) fn close(world: &mut World, _: u32) {
    let open = open_rows(world);
    let mut rows = world.resource_mut::<Records<HaulRow>>();
    for row in open {
        rows.push(row);
    }
}

/// Rows for hauls that are open now, in their order.
pub(crate) fn open_rows(world: &mut World) -> Vec<HaulRow> {
    let mut open: Vec<HaulRow> =
        world.resource::<Board>().open().map(|haul| HaulRow::untouched(haul, HaulState::Open)).collect();
    for duty in world.query::<&Duty>().iter(world) {
        if let Phase::ToOrigin(haul) | Phase::AtOrigin(haul) | Phase::Laden(haul) | Phase::AtDestination(haul) =
            duty.phase()
        {
            open.push(HaulRow::untouched(&haul, HaulState::Open));
        }
    }
    open.sort_by_key(|row| row.haul);
    open
}

/// Battery energy, kWh, and hydrogen, kg, that trucks used on the day that runs.
pub(crate) fn used_so_far(world: &mut World) -> (f64, f64) {
    let days = world.resource::<Roster<Fleet>>().components::<FleetDay>(world);
    days.fold((0.0, 0.0), |sum, day| (sum.0 + day.battery_kwh, sum.1 + day.hydrogen_kg))
}

/// Shifts are counted anew from now on.
pub(crate) fn forget_shifts(world: &mut World) {
    for mut shifts in world.query::<&mut ShiftKm>().iter_mut(world) {
        *shifts = ShiftKm::default();
    }
}
