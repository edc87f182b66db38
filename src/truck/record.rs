//! Rows of what trucks did.

use super::state::{Duty, Fleet, FleetDay, Phase, ShiftKm, Trip, Truck, TruckEnergy, TruckModels};
use crate::freight::record::put_off_rows;
use crate::freight::state::{Board, Haul};
use crate::kernel::ids::{FleetId, Roster};
use crate::place::build::kind;
use crate::record::Records;
use crate::record::rows::{FuelRow, HaulRow};
use crate::record::summary::Summary;
use crate::record::words::HaulState;
use crate::vehicle::on_board::Content;
use crate::vehicle::user::Vehicle;
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

/// What trucks have with them.
pub(crate) fn on_board(world: &World) -> Vec<(Vehicle, Content)> {
    let roster = world.resource::<Roster<Truck>>();
    let all = roster.components::<Truck>(world).zip(roster.components::<TruckEnergy>(world));
    all.filter_map(|(truck, energy)| Some((Vehicle::Truck(truck.id), Content::on_board(energy.on_board())?))).collect()
}

/// Fleet and model of each truck that works.
pub(crate) fn kinds(world: &World) -> Vec<(Vehicle, String)> {
    let fleets: Vec<&Fleet> = world.resource::<Roster<Fleet>>().components(world).collect();
    let models = world.resource::<TruckModels>();
    let of_truck = |truck: &Truck| {
        let fleet = fleets[truck.fleet.index()];
        (truck.number < fleet.active).then(|| (Vehicle::Truck(truck.id), kind(&fleet.key, models.key(truck))))
    };
    world.resource::<Roster<Truck>>().components::<Truck>(world).filter_map(of_truck).collect()
}

/// Rows for hauls that are still open when the run ends: on the board, with a truck, or put off by an appointment.
pub(crate) fn close(world: &mut World, _: u32) {
    let mut open = open_rows(world);
    open.extend(put_off_rows(world));
    let mut rows = world.resource_mut::<Records<HaulRow>>();
    for row in open {
        rows.push(row);
    }
}

/// Rows for hauls that are open now, in their order.
fn open_rows(world: &mut World) -> Vec<HaulRow> {
    let mut open: Vec<HaulRow> =
        world.resource::<Board>().open().map(|haul| HaulRow::untouched(haul, HaulState::Open)).collect();
    for (truck, duty) in world.query::<(&Truck, &Duty)>().iter(world) {
        if let Phase::ToOrigin(haul) | Phase::AtOrigin(haul) | Phase::Laden(haul) | Phase::AtDestination(haul) =
            duty.phase()
        {
            let (by, fleet) = (Some(truck.id.0), Some(truck.fleet));
            open.push(HaulRow { truck: by, fleet, ..HaulRow::untouched(&haul, HaulState::Open) });
        }
    }
    open.sort_by_key(|row| row.haul);
    open
}

/// Battery energy, kWh, and hydrogen, kg, that trucks used on the day that runs.
pub(crate) fn used_so_far(world: &World) -> (f64, f64) {
    let days = world.resource::<Roster<Fleet>>().components::<FleetDay>(world);
    days.fold((0.0, 0.0), |sum, day| (sum.0 + day.battery_kwh, sum.1 + day.hydrogen_kg))
}

/// Counts the hauls that are open when a warm-up ends; shifts are counted anew from there.
pub(crate) fn warmed_up(world: &mut World, _: u32, summary: &mut Summary) {
    summary.begin_with_open_hauls(open_rows(world).len() as u64);
    for mut shifts in world.query::<&mut ShiftKm>().iter_mut(world) {
        *shifts = ShiftKm::default();
    }
}
