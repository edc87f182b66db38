//! Stations, plants and the tanks of vehicles.

use super::{Check, Group, after, one, summary, world};
use crate::hydrogen::audit::tamper::breaks;
use crate::hydrogen::storage::Bulk;
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::truck::state::TruckEnergy;
use crate::vehicle::on_board::OnBoard;

pub(super) const GROUPS: &[&Group] = &[&STATIONS, &BOOKS];

fn has_waited(row: &RefuelRow) -> bool {
    row.start_s.is_some()
}

const STATIONS: Group = Group {
    scenario: ("scenarios/hydrogen_corridor", None),
    settings: &["time.days=1"],
    cases: &[
        world(Check::StationInterval, "kg held, and held before", |world| {
            one(world, |_| true, |row: &mut HydrogenRow| row.bulk_kg += 0.01);
        }),
        world(Check::StationInterval, "kg held, and held before", |world| {
            let mut bulk = world.query::<&mut Bulk>().iter_mut(world).next().expect("it has a station");
            bulk.tampered().kg += 0.01;
        }),
        world(Check::StationHolds, "hydrogen: ", |world| {
            one(world, |_| true, |row: &mut HydrogenRow| row.cascade_kg = -0.01);
        }),
        world(Check::PlantInterval, "kg held, and held before", |world| {
            one(world, |_| true, |row: &mut PlantRow| row.stock_kg += 0.01);
        }),
        world(Check::PipelineRows, "kg into pipelines and out of them", |world| {
            let moved = |row: &mut PlantRow| {
                (row.stations_kg, row.neighbours_kg) = (row.stations_kg + 0.01, row.neighbours_kg - 0.01);
            };
            one(world, |_| true, moved);
        }),
        world(Check::TotalColumn, "total: h2_dispensed_kg of site:", |world| {
            one(world, |row: &RefuelRow| row.got_kg > 1.0, |row| row.got_kg -= 0.1);
        }),
        world(Check::QueueRows, "over time, and waits of the rows", |world| {
            one(world, has_waited, |row| row.wait_s += 60);
        }),
        summary(Check::QueueMetrics, "over time, and waits of the metrics", |summary| {
            summary.hydrogen.stations[0].waits.add(600);
        }),
        world(Check::QueueCounted, "over time, counted and from its rows", |world| {
            one(world, has_waited, |row| (row.arrive_s, row.wait_s) = (row.arrive_s - 60, row.wait_s + 60));
        }),
        world(Check::VehicleHydrogen, "hydrogen: vehicles: kg on board", |world| {
            for mut truck in world.query::<&mut TruckEnergy>().iter_mut(world) {
                if let OnBoard::Hydrogen(tank) = truck.tampered() {
                    let _ = tank.draw(0.01);
                }
            }
        }),
        after(Check::VehicleLevel, "a battery or tank has", |world| {
            for mut truck in world.query::<&mut TruckEnergy>().iter_mut(world) {
                if let OnBoard::Hydrogen(tank) = truck.tampered() {
                    tank.overfill();
                }
            }
        }),
    ],
};

#[test]
fn stations_and_their_tables() {
    STATIONS.objects();
}

const BOOKS: Group = Group {
    scenario: ("scenarios/hydrogen_corridor", None),
    settings: &["time.days=1"],
    cases: &[
        after(Check::Pipelines, "pipelines: kg in and out", |world| breaks(world, Check::Pipelines)),
        after(Check::PlantMass, "kg in, and out and stored", |world| breaks(world, Check::PlantMass)),
        after(Check::PlantStock, "stock, kg", |world| breaks(world, Check::PlantStock)),
        after(Check::PlantNeighbours, "to neighbours, kg", |world| breaks(world, Check::PlantNeighbours)),
        after(Check::BulkMass, "bulk storage, kg in, and out", |world| breaks(world, Check::BulkMass)),
        after(Check::CascadeMass, "cascade, kg in, and out", |world| breaks(world, Check::CascadeMass)),
        after(Check::TrailerMass, "kg in trailers, and unloaded", |world| breaks(world, Check::TrailerMass)),
        after(Check::DispensedFills, "kg dispensed and in fills", |world| breaks(world, Check::DispensedFills)),
        after(Check::DispensedRows, "kg dispensed and in the table", |world| breaks(world, Check::DispensedRows)),
        after(Check::ProducedRows, "kg made and in the table", |world| breaks(world, Check::ProducedRows)),
        after(Check::HydrogenLowest, "bulk storage, lowest kg", |world| breaks(world, Check::HydrogenLowest)),
        after(Check::HydrogenHighest, "cascade, highest kg", |world| breaks(world, Check::HydrogenHighest)),
        after(Check::HydrogenPressure, "cascade, bar", |world| breaks(world, Check::HydrogenPressure)),
        after(Check::FillsEnded, "fills begun, and ended or open", |world| breaks(world, Check::FillsEnded)),
        after(Check::FillRows, "fills begun and rows", |world| breaks(world, Check::FillRows)),
        after(Check::StationQueue, "queue by interval and waits", |world| breaks(world, Check::StationQueue)),
    ],
};

#[test]
fn books_of_stations_and_plants() {
    BOOKS.objects();
}
