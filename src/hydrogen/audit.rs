//! The books of hydrogen at the end of a run: no kg appears or vanishes, nothing leaves its bounds, queues obey Little.

use super::state::{FuelArrivals, FuelDepartures, Hydrogen, Station, Storage};
use crate::kernel::clock::Clock;
use crate::record::hydrogen::{HydrogenSummary, StationTally};
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::*;

/// Relative difference that rounding may leave in a mass.
const TOLERANCE: f64 = 1e-9;

/// Everything that does not add up; empty when all is well. `used_kg` is what vehicles used,
/// `aboard_kg` what the tanks hold that are with their vehicles.
#[must_use]
pub fn audit(world: &World, summary: &HydrogenSummary, used_kg: f64, aboard_kg: f64) -> Vec<String> {
    let mut books = Books::default();
    let on_board_kg = aboard_kg + with_stations(world);
    let end_s = i64::from(world.resource::<Clock>().end_s());
    let hydrogen = world.resource::<Hydrogen>();
    for (station, tally) in hydrogen.stations.iter().zip(&summary.stations) {
        books.station(station, tally);
        books.queue(station, tally, end_s);
    }
    for (at, hub) in hydrogen.hubs.iter().enumerate() {
        let total = &hub.total;
        let out_kg = total.neighbours_kg + total.stations_kg + hub.stock_kg;
        books.equal(&format!("hub {at}: kg in, and out and stored"), hub.spec.start_kg + total.produced_kg, out_kg);
        books.between(&format!("hub {at}: stock, kg"), hub.stock_kg, 0.0, hub.spec.capacity_kg);
        books.between(&format!("hub {at}: to neighbours, kg"), total.neighbours_kg, 0.0, total.neighbours_asked_kg);
    }
    let piped: f64 = hydrogen.stations.iter().map(|station| station.total.piped_kg).sum();
    let sent: f64 = hydrogen.hubs.iter().map(|hub| hub.total.stations_kg).sum();
    books.equal("pipelines: kg in and out", sent, piped);
    let at_positions: usize = hydrogen.stations.iter().map(|station| station.fills().count()).sum();
    books.equal("fills begun, and ended or open", hydrogen.begun as f64, (hydrogen.ended + at_positions as u64) as f64);
    let all = summary.all();
    books.equal("fills begun and rows", hydrogen.begun as f64, all.fills as f64);
    let bought_kg = all.got_kg - all.visitors_kg;
    books.equal(
        "vehicles: kg on board and fuelled, and used and on board",
        hydrogen.opening_on_board_kg + bought_kg,
        used_kg + on_board_kg,
    );
    books.broken
}

/// Hydrogen in the tanks that are with stations, their queues, or on their way to or from them, kg.
fn with_stations(world: &World) -> f64 {
    let is_ours = |vehicle: &Vehicle| !matches!(vehicle, Vehicle::Visitor(_));
    let hydrogen = world.resource::<Hydrogen>();
    let fills = hydrogen.stations.iter().flat_map(Station::fills).map(|fill| &fill.arrival);
    let waiting = hydrogen.stations.iter().flat_map(|station| &station.queue);
    let coming = &world.resource::<FuelArrivals>().0;
    let there = fills.chain(waiting).chain(coming).filter(|arrival| is_ours(&arrival.vehicle));
    let there: f64 = there.map(|arrival| arrival.tank.kg()).sum();
    let leaving = world.resource::<FuelDepartures>().0.iter().filter(|departure| is_ours(&departure.vehicle));
    there + leaving.map(|departure| departure.tank.kg()).sum::<f64>()
}

#[derive(Default)]
struct Books {
    broken: Vec<String>,
}

impl Books {
    fn equal(&mut self, what: &str, left: f64, right: f64) {
        let scale = left.abs().max(right.abs()).max(1.0);
        if (left - right).abs() > TOLERANCE * scale {
            self.broken.push(format!("{what}: {left} is not {right}"));
        }
    }

    fn between(&mut self, what: &str, value: f64, least: f64, most: f64) {
        let slack = TOLERANCE * most.abs().max(1.0);
        if !(least - slack..=most + slack).contains(&value) {
            self.broken.push(format!("{what}: {value} is not between {least} and {most}"));
        }
    }

    fn station(&mut self, station: &Station, tally: &StationTally) {
        let key = &station.key;
        let total = &station.total;
        let supplied = total.produced_kg + total.delivered_kg + total.piped_kg;
        let [bulk_kg, cascade_kg] = station.opening_kg;
        self.equal(
            &format!("{key}: bulk storage, kg in, and out and stored"),
            bulk_kg + supplied,
            total.compressed_kg + total.vented_kg + station.bulk.lot.kg,
        );
        self.equal(
            &format!("{key}: cascade, kg in, and out and stored"),
            cascade_kg + total.compressed_kg,
            total.dispensed_kg + station.cascade.lot.kg,
        );
        if let Some(delivery) = &station.spec.delivery {
            self.equal(
                &format!("{key}: kg in trailers, and unloaded, lost and gone back"),
                f64::from(total.trailers) * delivery.payload_kg,
                total.delivered_kg + total.unload_lost_kg + total.returned_kg,
            );
        }
        self.equal(&format!("{key}: kg dispensed and in fills"), total.dispensed_kg, tally.got_kg);
        self.equal(&format!("{key}: kg dispensed and in the table"), total.dispensed_kg, tally.dispensed_kg);
        self.equal(&format!("{key}: kg made and in the table"), total.produced_kg, tally.produced_kg);
        for (seen, (name, storage)) in
            station.seen.iter().zip([("bulk storage", &station.bulk), ("cascade", &station.cascade)])
        {
            let least = if name == "cascade" { storage.least_kg } else { 0.0 };
            self.storage(&format!("{key}: {name}"), storage, *seen, least);
        }
    }

    fn storage(&mut self, what: &str, storage: &Storage, seen: (f64, f64), least_kg: f64) {
        self.between(&format!("{what}, lowest kg"), seen.0, least_kg, storage.capacity_kg);
        self.between(&format!("{what}, highest kg"), seen.1, least_kg, storage.capacity_kg);
        if let (Some(bar), Some(full_bar)) = (storage.bar(), storage.full_bar) {
            self.between(&format!("{what}, bar"), bar, 0.0, full_bar);
        }
    }

    /// Little's law: the area under a queue's length is the sum of its waits.
    fn queue(&mut self, station: &Station, tally: &StationTally, end_s: i64) {
        let area_s = station.queue_area_s + station.queue.len() as i64 * end_s;
        let waits_s = tally.waits.mean_min().unwrap_or(0.0) * tally.waits.number() as f64 * 60.0;
        self.equal(&format!("{}: queue length over time and waits, s", station.key), area_s as f64, waits_s);
        self.equal(&format!("{}: queue by interval and waits, s", station.key), station.total.waiting_s, waits_s);
    }
}
