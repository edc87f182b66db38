//! Rows out: one for each vehicle that leaves a station, one for each station and hub in each interval.

use super::state::{Fill, FuelArrival, FuelLeave, Hub, Hydrogen, Lot, Station};
use crate::kernel::ids::{HubId, StationId};
use crate::kernel::units::Hours;
use crate::record::Records;
use crate::record::hydrogen::{HubRow, HydrogenRow, RefuelRow};
use crate::record::table::At;
use crate::vehicle::record::vehicle_kind;
use crate::vehicle::user::User;
use bevy_ecs::prelude::World;

pub(super) fn fill_row(station: StationId, fill: &Fill, position: u32, end_s: u32, leave: FuelLeave) -> RefuelRow {
    let arrival = &fill.arrival;
    RefuelRow {
        position: Some(position),
        start_s: Some(fill.start_s),
        wait_s: fill.start_s.saturating_sub(arrival.at_s),
        requested_kg: (arrival.target_kg - fill.start_kg).max(0.0),
        start_level: fill.start_kg / arrival.tank.capacity_kg(),
        ..row(station, arrival, &fill.got, end_s, leave)
    }
}

pub(super) fn waited_row(station: StationId, arrival: &FuelArrival, end_s: u32, leave: FuelLeave) -> RefuelRow {
    row(station, arrival, &Lot::default(), end_s, leave)
}

fn row(station: StationId, arrival: &FuelArrival, got: &Lot, end_s: u32, leave: FuelLeave) -> RefuelRow {
    let [production_usd, compression_usd, purchase_usd, credit_usd] = got.usd;
    RefuelRow {
        vehicle_kind: vehicle_kind(arrival.vehicle),
        vehicle_id: arrival.vehicle.number(),
        fleet: match arrival.user {
            User::Fleet(fleet) => Some(fleet),
            _ => None,
        },
        station,
        position: None,
        arrive_s: arrival.at_s,
        start_s: None,
        end_s,
        wait_s: end_s.saturating_sub(arrival.at_s),
        requested_kg: arrival.need_kg(),
        got_kg: got.kg,
        start_level: arrival.tank.level(),
        end_level: arrival.tank.level(),
        co2e_kg: got.co2e_kg,
        production_usd,
        compression_usd,
        purchase_usd,
        credit_usd,
        leave,
    }
}

pub(super) fn station_row(id: StationId, station: &Station, start_s: u32, time: Hours) -> HydrogenRow {
    let sums = &station.interval;
    let cascade = &station.cascade;
    HydrogenRow {
        start: At(start_s),
        start_s,
        station: id,
        bulk_kg: station.bulk.lot.kg,
        cascade_kg: cascade.lot.kg,
        cascade_bar: cascade.bar().unwrap_or(0.0),
        produced_kg: sums.produced_kg,
        delivered_kg: sums.delivered_kg,
        piped_kg: sums.piped_kg,
        vented_kg: sums.vented_kg,
        unload_lost_kg: sums.unload_lost_kg,
        returned_kg: sums.returned_kg,
        dispensed_kg: sums.dispensed_kg,
        on_order_kg: station.on_order_kg(),
        power_kw: sums.grid_kwh / time.0,
        grid_co2e_kg: sums.grid_co2e_kg,
        solar_kw: sums.solar_kwh / time.0,
        load: station.stack.load,
        electricity_usd: sums.electricity_usd,
        queue: sums.waiting_s / (time.0 * 3600.0),
        out_s: sums.out_s,
        turned_away: sums.turned_away,
        trailers: sums.trailers,
        purchased_co2e_kg: sums.purchased_co2e_kg,
        co2e_kg_per_kg: if cascade.lot.kg > 0.0 { cascade.lot.co2e_kg / cascade.lot.kg } else { 0.0 },
    }
}

pub(super) fn hub_row(id: usize, hub: &Hub, start_s: u32) -> HubRow {
    let sums = &hub.interval;
    HubRow {
        start_s,
        hub: HubId::at(id),
        stock_kg: hub.stock_kg,
        produced_kg: sums.produced_kg,
        neighbours_asked_kg: sums.neighbours_asked_kg,
        neighbours_kg: sums.neighbours_kg,
        stations_kg: sums.stations_kg,
    }
}

/// Rows of those who are still at positions or in queues when the run ends.
#[must_use]
pub fn open_rows(hydrogen: &Hydrogen, end_s: u32) -> Vec<RefuelRow> {
    let mut rows = Vec::new();
    for (id, station) in hydrogen.stations.iter().enumerate() {
        let id = StationId::at(id);
        for (at, position) in station.positions.iter().enumerate() {
            rows.extend(position.fill.iter().map(|fill| fill_row(id, fill, at as u32, end_s, FuelLeave::Open)));
        }
        rows.extend(station.queue.iter().map(|waiting| waited_row(id, waiting, end_s, FuelLeave::Open)));
    }
    rows
}

/// Rows for vehicles that still fuel or wait when the run ends.
pub(crate) fn close(world: &mut World, end_s: u32) {
    for row in open_rows(world.resource::<Hydrogen>(), end_s) {
        world.resource_mut::<Records<RefuelRow>>().push(row);
    }
}
