//! Rows out: one for each vehicle that leaves a station, one for each station and plant in each interval.

use super::state::{Dispenser, Fill, FuelQueue, Plant, PlantBooks, Position, Station};
use super::station::StationPartsItem;
use super::storage::{Bulk, Cascade, Lot};
use super::visit::{FuelArrival, FuelArrivals, FuelDepartures};
use crate::kernel::ids::{Roster, StationId};
use crate::kernel::units::{Hours, S_PER_H};
use crate::record::Records;
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::record::summary::Summary;
use crate::record::table::At;
use crate::record::words::FuelLeave;
use crate::scenario::loaded::Levels;
use crate::vehicle::on_board::Content;
use crate::vehicle::record::vehicle_kind;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;

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

pub(super) fn station_row(here: &StationPartsItem<'_, '_>, load: f64, start_s: u32, time: Hours) -> HydrogenRow {
    let sums = &here.books.interval;
    let (bulk, cascade) = (&here.bulk.0, &here.cascade.0);
    HydrogenRow {
        start: At(start_s),
        start_s,
        station: here.station.id,
        bulk_kg: bulk.kg(),
        cascade_kg: cascade.kg(),
        cascade_bar: cascade.bar().unwrap_or(0.0),
        produced_kg: sums.produced_kg,
        delivered_kg: sums.delivered_kg,
        piped_kg: sums.piped_kg,
        vented_kg: sums.vented_kg,
        unload_lost_kg: sums.unload_lost_kg,
        returned_kg: sums.returned_kg,
        dispensed_kg: sums.dispensed_kg,
        on_order_kg: here.trailers.on_order_kg(),
        power_kw: sums.grid_kwh / time.0,
        grid_co2e_kg: sums.grid_co2e_kg,
        solar_kw: sums.solar_kwh / time.0,
        load,
        electricity_usd: sums.electricity_usd,
        queue: sums.waiting_s / (time.0 * S_PER_H),
        out_s: sums.out_s,
        turned_away: sums.turned_away,
        trailers: sums.trailers,
        purchased_co2e_kg: sums.purchased_co2e_kg,
        co2e_kg_per_kg: if cascade.kg() > 0.0 { cascade.lot().co2e_kg / cascade.kg() } else { 0.0 },
    }
}

pub(super) fn plant_row(plant: &Plant, books: &PlantBooks, start_s: u32) -> PlantRow {
    let sums = &books.interval;
    PlantRow {
        start_s,
        plant: plant.id,
        stock_kg: books.stock_kg,
        produced_kg: sums.produced_kg,
        neighbours_asked_kg: sums.neighbours_asked_kg,
        neighbours_kg: sums.neighbours_kg,
        stations_kg: sums.stations_kg,
    }
}

/// What the tanks hold that are at stations, in their queues, or on their way to or from them, each with its vehicle.
pub(crate) fn on_board(world: &World) -> Vec<(Vehicle, Content)> {
    let positions = world.resource::<Roster<Position>>().components::<Dispenser>(world);
    let fills = positions.filter_map(Dispenser::fill).map(Fill::arrival);
    let waiting = world.resource::<Roster<Station>>().components::<FuelQueue>(world).flat_map(FuelQueue::waiting);
    let coming = world.resource::<FuelArrivals>().iter();
    let there = fills.chain(waiting).chain(coming).map(|it| (it.vehicle, Content::tank(&it.tank)));
    let leaving = world.resource::<FuelDepartures>().iter();
    there.chain(leaving.map(|it| (it.vehicle, Content::tank(&it.tank)))).collect()
}

/// How full stations and plants are.
pub(crate) fn levels(world: &World, levels: &mut Levels) {
    let stations = world.resource::<Roster<Station>>();
    let storages = stations.components::<Bulk>(world).zip(stations.components::<Cascade>(world));
    for (station, (bulk, cascade)) in stations.components::<Station>(world).zip(storages) {
        levels.stations.insert(station.key.clone(), [bulk.level(), cascade.level()]);
    }
    let plants = world.resource::<Roster<Plant>>();
    for (plant, books) in plants.components::<Plant>(world).zip(plants.components::<PlantBooks>(world)) {
        levels.plants.insert(plant.key.clone(), books.stock_kg() / plant.spec.capacity_kg);
    }
}

/// Rows for vehicles that still fuel or wait when the run ends.
pub(crate) fn close(world: &mut World, end_s: u32) {
    for row in open_rows(world, end_s) {
        world.resource_mut::<Records<RefuelRow>>().push(row);
    }
}

/// Takes back what fills that are under way had in a warm-up.
pub(crate) fn warmed_up(world: &mut World, end_s: u32, summary: &mut Summary) {
    summary.take_back_refuelings(&open_rows(world, end_s));
}

fn open_rows(world: &mut World, end_s: u32) -> Vec<RefuelRow> {
    let mut stations = world.query::<(&Station, &FuelQueue)>();
    let mut positions = world.query::<(&Position, &Dispenser)>();
    let (stations, positions) = (stations.query(world), positions.query(world));
    let (roster, all_positions) = (world.resource::<Roster<Station>>(), world.resource::<Roster<Position>>());
    let mut rows = Vec::new();
    for (station, queue) in roster.iter(&stations) {
        for at in station.positions() {
            let (position, dispenser) = all_positions.get(&positions, at);
            let row = |fill| fill_row(station.id, fill, position.number, end_s, FuelLeave::Open);
            rows.extend(dispenser.fill().map(row));
        }
        rows.extend(queue.waiting().iter().map(|waiting| waited_row(station.id, waiting, end_s, FuelLeave::Open)));
    }
    rows
}
