//! The books of hydrogen at the end of a run: no kg appears or vanishes, nothing leaves its bounds, queues obey Little.

use super::state::{Dispenser, FuelBalance, FuelQueue, Plant, PlantBooks, Position, Station, StationBooks};
use super::storage::{Bulk, Cascade, Storage};
use crate::kernel::clock::Clock;
use crate::kernel::ids::Roster;
use crate::record::audit::{Check, Findings, Told};
use crate::record::hydrogen::StationTally;
use bevy_ecs::prelude::World;

/// Relative difference that rounding may leave in a mass.
const TOLERANCE: f64 = 1e-9;

/// Everything that does not add up.
pub(crate) fn audit(world: &World, told: &Told<'_>, findings: &mut Findings) {
    let mut books = Books { findings };
    let end_s = world.resource::<Clock>().end_s();
    let roster = world.resource::<Roster<Station>>();
    let storages = roster.components::<Bulk>(world).zip(roster.components::<Cascade>(world));
    let stations = roster.components::<Station>(world).zip(storages).zip(roster.components::<StationBooks>(world));
    let mut piped_kg = 0.0;
    for (((station, (bulk, cascade)), own), tally) in stations.zip(&told.summary.hydrogen.stations) {
        books.station(station, (&bulk.0, &cascade.0), own, tally);
        piped_kg += own.total().piped_kg;
    }
    let queues = roster.components::<Station>(world).zip(roster.components::<FuelQueue>(world));
    for (((station, queue), own), area_s) in
        queues.zip(roster.components::<StationBooks>(world)).zip(&told.station_areas_s)
    {
        let what = || format!("queue: length of that of {} over time, counted and from its rows, s", station.key);
        books.findings.same_s(Check::QueueCounted, what, queue.area_until_s(end_s), *area_s);
        let what = || format!("{}: queue by interval and waits, s", station.key);
        books.equal(Check::StationQueue, what, own.total().waiting_s, *area_s as f64);
    }
    let plants = world.resource::<Roster<Plant>>();
    let mut sent_kg = 0.0;
    for (plant, state) in plants.components::<Plant>(world).zip(plants.components::<PlantBooks>(world)) {
        books.plant(plant, state);
        sent_kg += state.total().stations_kg;
    }
    books.equal(Check::Pipelines, || "pipelines: kg in and out".to_owned(), sent_kg, piped_kg);
    books.vehicles(world, told);
}

struct Books<'a> {
    findings: &'a mut Findings,
}

impl Books<'_> {
    fn equal(&mut self, check: Check, what: impl FnOnce() -> String, left: f64, right: f64) {
        let tolerance = TOLERANCE * left.abs().max(right.abs()).max(1.0);
        self.findings.near(check, || format!("hydrogen: {}", what()), left, right, tolerance);
    }

    fn between(&mut self, check: Check, what: impl FnOnce() -> String, value: f64, bounds: (f64, f64)) {
        self.findings.between(check, || format!("hydrogen: {}", what()), value, bounds);
    }

    fn plant(&mut self, plant: &Plant, state: &PlantBooks) {
        let (at, total, stock_kg) = (plant.id.0, state.total(), state.stock_kg());
        let out_kg = total.neighbours_kg + total.stations_kg + stock_kg;
        let in_kg = state.opening_kg + total.produced_kg;
        self.equal(Check::PlantMass, || format!("plant {at}: kg in, and out and stored"), in_kg, out_kg);
        let what = || format!("plant {at}: stock, kg");
        self.between(Check::PlantStock, what, stock_kg, (0.0, plant.spec.capacity_kg));
        let what = || format!("plant {at}: to neighbours, kg");
        self.between(Check::PlantNeighbours, what, total.neighbours_kg, (0.0, total.neighbours_asked_kg));
    }

    fn vehicles(&mut self, world: &World, told: &Told<'_>) {
        let balance = world.resource::<FuelBalance>();
        let positions = world.resource::<Roster<Position>>().components::<Dispenser>(world);
        let open = positions.filter(|dispenser| dispenser.fill().is_some()).count() as u64;
        let what = || "hydrogen: fills begun, and ended or open".to_owned();
        self.findings.same(Check::FillsEnded, what, balance.begun(), balance.ended() + open);
        let (all, summary) = (told.summary.hydrogen.all(), told.summary);
        let what = || "hydrogen: fills begun and rows".to_owned();
        self.findings.same(Check::FillRows, what, balance.begun(), all.fills);
        let taken_kg = balance.opening_on_board_kg() + all.got_kg - all.visitors_kg;
        let used_kg = summary.all_fleets().hydrogen_kg + summary.hub.equipment.hydrogen_kg;
        let what = || "vehicles: kg on board and fuelled, and used and on board".to_owned();
        self.equal(Check::VehicleHydrogen, what, taken_kg, used_kg + told.on_board_kg);
    }

    fn station(
        &mut self,
        station: &Station,
        (bulk, cascade): (&Storage, &Storage),
        books: &StationBooks,
        tally: &StationTally,
    ) {
        let (key, total) = (&station.key, books.total());
        let mut equal = |check, what: &str, left, right| self.equal(check, || format!("{key}: {what}"), left, right);
        let supplied_kg = total.produced_kg + total.delivered_kg + total.piped_kg;
        let (in_kg, out_kg) = (bulk.opening_kg() + supplied_kg, total.compressed_kg + total.vented_kg + bulk.kg());
        equal(Check::BulkMass, "bulk storage, kg in, and out and stored", in_kg, out_kg);
        let (in_kg, out_kg) = (cascade.opening_kg() + total.compressed_kg, total.dispensed_kg + cascade.kg());
        equal(Check::CascadeMass, "cascade, kg in, and out and stored", in_kg, out_kg);
        if let Some(delivery) = &station.spec.delivery {
            let brought_kg = f64::from(total.trailers) * delivery.payload_kg;
            let gone_kg = total.delivered_kg + total.unload_lost_kg + total.returned_kg;
            equal(Check::TrailerMass, "kg in trailers, and unloaded, lost and gone back", brought_kg, gone_kg);
        }
        equal(Check::DispensedFills, "kg dispensed and in fills", total.dispensed_kg, tally.got_kg);
        equal(Check::DispensedRows, "kg dispensed and in the table", total.dispensed_kg, tally.dispensed_kg);
        equal(Check::ProducedRows, "kg made and in the table", total.produced_kg, tally.produced_kg);
        self.storage(&format!("{key}: bulk storage"), bulk, 0.0);
        self.storage(&format!("{key}: cascade"), cascade, cascade.least_kg());
    }

    fn storage(&mut self, what: &str, storage: &Storage, least_kg: f64) {
        let ((lowest_kg, highest_kg), bounds) = (storage.seen_kg(), (least_kg, storage.capacity_kg()));
        self.between(Check::HydrogenLowest, || format!("{what}, lowest kg"), lowest_kg, bounds);
        self.between(Check::HydrogenHighest, || format!("{what}, highest kg"), highest_kg, bounds);
        if let (Some(bar), Some(full_bar)) = (storage.bar(), storage.full_bar()) {
            self.between(Check::HydrogenPressure, || format!("{what}, bar"), bar, (0.0, full_bar));
        }
    }
}

/// Breaks the books of stations and plants on purpose, for tests of the audit.
#[cfg(test)]
pub(crate) mod tamper {
    use super::{Bulk, Cascade, Check, FuelBalance, PlantBooks, StationBooks, World};
    use crate::hydrogen::state::Sums;

    /// What breaks all of a kind so that a check objects.
    pub(crate) fn breaks(world: &mut World, check: Check) {
        match check {
            Check::Pipelines => totals(world, |total| total.piped_kg += 1.0),
            Check::TrailerMass => totals(world, |total| total.trailers += 1),
            Check::DispensedFills | Check::DispensedRows => totals(world, |total| total.dispensed_kg += 1.0),
            Check::ProducedRows => totals(world, |total| total.produced_kg += 1.0),
            Check::StationQueue => totals(world, |total| total.waiting_s += 60.0),
            Check::PlantMass => plants(world, |plant| plant.stock_kg += 1.0),
            Check::PlantStock => plants(world, |plant| plant.stock_kg = -1.0),
            Check::PlantNeighbours => plants(world, |plant| plant.total.neighbours_kg += 1e9),
            Check::BulkMass => bulk(world, |kg| *kg += 0.001),
            Check::CascadeMass => cascade(world, |kg| *kg += 0.001),
            Check::HydrogenLowest => bulk(world, |kg| *kg = -1.0),
            Check::HydrogenHighest | Check::HydrogenPressure => cascade(world, |kg| *kg = 1e6),
            Check::FillsEnded => world.resource_mut::<FuelBalance>().ended += 1,
            Check::FillRows => world.resource_mut::<FuelBalance>().begun += 1,
            other => unreachable!("{other:?} is no check of hydrogen"),
        }
    }

    fn totals(world: &mut World, change: fn(&mut Sums)) {
        world.query::<&mut StationBooks>().iter_mut(world).for_each(|mut books| change(&mut books.total));
    }

    fn plants(world: &mut World, change: fn(&mut PlantBooks)) {
        world.query::<&mut PlantBooks>().iter_mut(world).for_each(|mut books| change(&mut books));
    }

    fn bulk(world: &mut World, change: fn(&mut f64)) {
        for mut bulk in world.query::<&mut Bulk>().iter_mut(world) {
            change(&mut bulk.0.lot_mut().kg);
            bulk.0.note();
        }
    }

    fn cascade(world: &mut World, change: fn(&mut f64)) {
        for mut cascade in world.query::<&mut Cascade>().iter_mut(world) {
            change(&mut cascade.0.lot_mut().kg);
            cascade.0.note();
        }
    }
}
