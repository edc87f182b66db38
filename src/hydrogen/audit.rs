//! The books of hydrogen at the end of a run: no kg appears or vanishes, nothing leaves its bounds, queues obey Little.

use super::state::{Dispenser, FuelBalance, FuelQueue, Plant, PlantBooks, Station, StationBooks};
use super::storage::{Bulk, Cascade, Storage};
use super::visit::{FuelArrivals, FuelDepartures};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::record::hydrogen::{HydrogenSummary, StationTally};
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::*;

/// Relative difference that rounding may leave in a mass.
const TOLERANCE: f64 = 1e-9;

/// A station with what is audited of it.
type Audited<'a> = (&'a Station, &'a Bulk, &'a Cascade, &'a FuelQueue, &'a StationBooks);

/// Everything that does not add up; empty when all is well. `used_kg` is what vehicles used,
/// `aboard_kg` what the tanks hold that are with their vehicles.
#[must_use]
pub fn audit(world: &mut World, summary: &HydrogenSummary, used_kg: f64, aboard_kg: f64) -> Vec<String> {
    let mut books = Books::default();
    let (mut stations, mut plants) = (world.query::<Audited<'_>>(), world.query::<(&Plant, &PlantBooks)>());
    let mut dispensers = world.query::<&Dispenser>();
    let on_board_kg = aboard_kg + with_stations(world);
    let end_s = world.resource::<Clock>().end_s();
    let (mut piped, mut sent) = (0.0, 0.0);
    let stations = stations.query(world);
    for (here, tally) in world.resource::<Roster<Station>>().iter(&stations).zip(&summary.stations) {
        books.station(here, tally);
        books.queue(here, tally, end_s);
        piped += here.4.total().piped_kg;
    }
    let plants = plants.query(world);
    for (plant, state) in world.resource::<Roster<Plant>>().iter(&plants) {
        let (at, total, stock_kg) = (plant.id.0, state.total(), state.stock_kg());
        let out_kg = total.neighbours_kg + total.stations_kg + stock_kg;
        books.equal(&format!("plant {at}: kg in, and out and stored"), state.opening_kg + total.produced_kg, out_kg);
        books.between(&format!("plant {at}: stock, kg"), stock_kg, 0.0, plant.spec.capacity_kg);
        books.between(&format!("plant {at}: to neighbours, kg"), total.neighbours_kg, 0.0, total.neighbours_asked_kg);
        sent += total.stations_kg;
    }
    books.equal("pipelines: kg in and out", sent, piped);
    let balance = world.resource::<FuelBalance>();
    let at_positions = dispensers.iter(world).filter(|dispenser| dispenser.fill().is_some()).count();
    books.equal(
        "fills begun, and ended or open",
        balance.begun() as f64,
        (balance.ended() + at_positions as u64) as f64,
    );
    let all = summary.all();
    books.equal("fills begun and rows", balance.begun() as f64, all.fills as f64);
    let bought_kg = all.got_kg - all.visitors_kg;
    books.equal(
        "vehicles: kg on board and fuelled, and used and on board",
        balance.opening_on_board_kg() + bought_kg,
        used_kg + on_board_kg,
    );
    books.broken
}

/// Hydrogen in the tanks that are with stations, their queues, or on their way to or from them, kg.
fn with_stations(world: &mut World) -> f64 {
    let is_ours = |vehicle: &Vehicle| !matches!(vehicle, Vehicle::Visitor(_));
    let (mut dispensers, mut queues) = (world.query::<&Dispenser>(), world.query::<&FuelQueue>());
    let fills = dispensers.iter(world).filter_map(Dispenser::fill).map(|fill| &fill.arrival);
    let waiting = queues.iter(world).flat_map(FuelQueue::waiting);
    let coming = world.resource::<FuelArrivals>().iter();
    let there = fills.chain(waiting).chain(coming).filter(|arrival| is_ours(&arrival.vehicle));
    let there: f64 = there.map(|arrival| arrival.tank.kg()).sum();
    let leaving = world.resource::<FuelDepartures>().iter().filter(|departure| is_ours(&departure.vehicle));
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

    fn station(&mut self, (station, bulk, cascade, _, books): Audited<'_>, tally: &StationTally) {
        let key = &station.key;
        let (bulk, cascade, total) = (&bulk.0, &cascade.0, books.total());
        let supplied = total.produced_kg + total.delivered_kg + total.piped_kg;
        self.equal(
            &format!("{key}: bulk storage, kg in, and out and stored"),
            bulk.opening_kg() + supplied,
            total.compressed_kg + total.vented_kg + bulk.kg(),
        );
        self.equal(
            &format!("{key}: cascade, kg in, and out and stored"),
            cascade.opening_kg() + total.compressed_kg,
            total.dispensed_kg + cascade.kg(),
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
        self.storage(&format!("{key}: bulk storage"), bulk, 0.0);
        self.storage(&format!("{key}: cascade"), cascade, cascade.least_kg());
    }

    fn storage(&mut self, what: &str, storage: &Storage, least_kg: f64) {
        let (lowest_kg, highest_kg) = storage.seen_kg();
        self.between(&format!("{what}, lowest kg"), lowest_kg, least_kg, storage.capacity_kg());
        self.between(&format!("{what}, highest kg"), highest_kg, least_kg, storage.capacity_kg());
        if let (Some(bar), Some(full_bar)) = (storage.bar(), storage.full_bar()) {
            self.between(&format!("{what}, bar"), bar, 0.0, full_bar);
        }
    }

    /// Little's law: the area under a queue's length is the sum of its waits.
    fn queue(&mut self, (station, _, _, queue, books): Audited<'_>, tally: &StationTally, end_s: u32) {
        let area_s = queue.area_until_s(end_s);
        let waits_s = tally.waits.mean_min().unwrap_or(0.0) * tally.waits.number() as f64 * 60.0;
        self.equal(&format!("{}: queue length over time and waits, s", station.key), area_s as f64, waits_s);
        self.equal(&format!("{}: queue by interval and waits, s", station.key), books.total().waiting_s, waits_s);
    }
}
