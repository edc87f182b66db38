//! From the tables of a scenario to stations, plants and tanks.

use super::check::{credit_days, largest_tank, least_cascade_kg, usable_kg};
use super::rules::FillCurve;
use super::spec::{HydrogenPlantSpec, HydrogenSpec};
use super::state::{
    AskedByHour, Credits, Dispenser, DueKind, Electrolyser, Flows, FuelBalance, FuelQueue, HydrogenAgenda, Outages,
    Plant, PlantBooks, Position, Prices, Shortage, Station, StationBooks, Trailers,
};
use super::storage::{Bulk, Cascade, Storage};
use super::supply::{LOOK_AHEAD_H, opening_lot};
use super::visit::{FuelArrival, FuelArrivals, FuelDepartures, FuelVisitList};
use crate::account::credit::Credit;
use crate::kernel::agenda::Due;
use crate::kernel::calendar::DAY_S;
use crate::kernel::ids::{AtSite, FleetId, PlantId, StationId};
use crate::kernel::random::{Purpose, key_of};
use crate::place::build::Build;
use crate::policy::energy_sites::FuelSitesByFleet;
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use crate::truck::spec::FleetSpec;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::{User, Vehicle, access_of};
use bevy_ecs::prelude::*;

/// Puts everything of this room into the world.
pub(crate) fn add(build: &mut Build<'_>) {
    plants(build);
    let stations = stations(build);
    let at_site = AtSite::new(build.sites.count(), stations.iter().map(|station| (station.site, station.id)));
    build.world.insert_resource(at_site);
    build.world.insert_resource(sites_by_fleet(build.scenario, &stations));
    build.world.insert_resource(visits(build.loaded, &stations));
    build.world.insert_resource(FuelBalance::opening(build.hydrogen_on_board_kg));
    positions(build, &stations);
    spawn(build, stations);
    let credits = build.scenario.hydrogen_credit.values().map(|credit| Credit {
        from_day: credit_days(&credit.from, &build.loaded.calendar),
        until_day: credit_days(&credit.until, &build.loaded.calendar),
        bands: credit.bands.clone(),
    });
    let credits = Credits(credits.collect());
    let world = &mut build.world;
    world.insert_resource(credits);
    world.init_resource::<FuelArrivals>();
    world.init_resource::<FuelDepartures>();
}

fn plants(build: &mut Build<'_>) {
    let specs = build.scenario.hydrogen_plant.iter().enumerate();
    let plant = |(at, (key, spec)): (usize, (&String, &HydrogenPlantSpec))| {
        let left = build.loaded.first_levels.plants.get(key);
        let stock_kg = left.map_or(spec.start_kg, |level| level * spec.capacity_kg);
        let books = PlantBooks { opening_kg: stock_kg, stock_kg, ..PlantBooks::default() };
        (Plant { id: PlantId::at(at), key: key.clone(), spec: spec.clone() }, books)
    };
    let bundles = specs.map(plant).collect();
    build.spawn::<_, Plant>(bundles);
}

fn stations(build: &Build<'_>) -> Vec<Station> {
    let mut first_position = 0;
    let specs = build.scenario.hydrogen.iter().enumerate();
    let station = |(at, (key, spec)): (usize, (&String, &HydrogenSpec))| {
        let station = station(build, StationId::at(at), key, spec, first_position);
        first_position += spec.dispenser.positions;
        station
    };
    specs.map(station).collect()
}

/// Dispenser positions, station by station, and when each of them breaks first.
fn positions(build: &mut Build<'_>, stations: &[Station]) {
    let mut agenda = HydrogenAgenda::default();
    let mut bundles = Vec::new();
    for station in stations {
        for number in 0..station.spec.dispenser.positions {
            let mut stream = build.seed.stream(Purpose::DispenserOutages, key_of(&station.key), number);
            if let Some(mtbf_h) = station.spec.dispenser.mtbf_h {
                let at_s = stream.exponential_s(mtbf_h);
                agenda.0.push(Due { at_s, kind: DueKind::Fail, id: bundles.len() as u32 });
            }
            bundles.push((Position { station: station.id, number }, Dispenser::default(), Outages(stream)));
        }
    }
    build.world.insert_resource(agenda);
    build.spawn::<_, Position>(bundles);
}

/// Stations with their parts. Where no run before this one left them otherwise, the cascade starts full, and the bulk storage
/// with what the scenario says.
fn spawn(build: &mut Build<'_>, stations: Vec<Station>) {
    let mut bundles = Vec::new();
    for station in stations {
        let spec = &station.spec;
        let plant = spec.pipeline.as_ref().map(|pipeline| &build.scenario.hydrogen_plant[&pipeline.plant]);
        let lot = |kg| opening_lot(&station, plant, kg);
        let (bulk, cascade) = (&spec.bulk, &spec.cascade);
        let left = build.loaded.first_levels.stations.get(&station.key);
        let bulk_kg = left.map_or(bulk.start_kg, |levels| levels[0] * bulk.capacity_kg);
        let cascade_kg = left.map_or(cascade.capacity_kg, |levels| levels[1] * cascade.capacity_kg);
        let bulk = Storage::new(lot(bulk_kg), bulk.capacity_kg, bulk.least_kg, bulk.pressure_bar);
        let bar = Some(cascade.pressure_bar);
        let cascade = Storage::new(lot(cascade_kg), cascade.capacity_kg, least_cascade_kg(cascade), bar);
        let demand = (FuelQueue::default(), AskedByHour::default(), Shortage::default());
        let supply = (Flows::default(), Trailers::default(), StationBooks::default());
        bundles.push((station, Bulk(bulk), Cascade(cascade), demand, supply));
    }
    build.spawn::<_, Station>(bundles);
    let mut stations = build.world.query::<(Entity, &Station)>();
    let makers = stations.iter(&build.world).filter(|(_, station)| station.spec.electrolyser.is_some());
    let makers: Vec<Entity> = makers.map(|(entity, _)| entity).collect();
    for entity in makers {
        build.world.entity_mut(entity).insert(Electrolyser::default());
    }
}

/// What the scenario lists, or the energy charges of the site's tariff.
fn prices(loaded: &Loaded, spec: &HydrogenSpec) -> Prices {
    if let Some(list) = &spec.electricity_usd_per_kwh {
        return Prices::Listed(list.clone());
    }
    let Some(tariff) = loaded.tariffs.get(&spec.site) else { return Prices::Listed(vec![0.0]) };
    let calendar = &loaded.calendar;
    let end_s = calendar.elapsed_s(i64::from(loaded.scenario.time.days) * DAY_S);
    let hours = end_s / 3600 + LOOK_AHEAD_H as i64;
    Prices::Tariff((0..hours).map(|hour| tariff.energy_price_at(calendar, hour * 3600)).collect())
}

fn station(build: &Build<'_>, id: StationId, key: &str, spec: &HydrogenSpec, first_position: u32) -> Station {
    let scenario = build.scenario;
    let emissions = scenario.emissions.as_ref().map_or(0.0, |emissions| emissions.grid_kg_per_mwh);
    let is_plant = |key: &String, spec: &HydrogenSpec| spec.pipeline.as_ref().is_some_and(|it| it.plant == *key);
    Station {
        id,
        key: key.to_owned(),
        site: build.site(&spec.site),
        access: access_of(&spec.users, |key| build.fleet(key), |key| build.equipment_model(key), None),
        curve: FillCurve::new(&spec.dispenser.rate_kg_per_min),
        plant: scenario.hydrogen_plant.keys().position(|key| is_plant(key, spec)).map(PlantId::at),
        prices: prices(build.loaded, spec),
        grid_kg_per_mwh: spec.grid_kg_per_mwh.clone().unwrap_or_else(|| vec![emissions]),
        first_position,
        spec: spec.clone(),
    }
}

/// Where the tanks of a whole fleet fit: by access, pressure and storage.
fn sites_by_fleet(scenario: &Scenario, stations: &[Station]) -> FuelSitesByFleet {
    let usable = |(at, fleet): (usize, &FleetSpec)| {
        let (bar, kg) = largest_tank(fleet, scenario);
        let user = User::Fleet(FleetId::at(at));
        let fits = |station: &&Station| {
            station.access.allows(user) && station.spec.dispense_bar >= bar && usable_kg(&station.spec) >= kg
        };
        let mut sites: Vec<_> = stations.iter().filter(fits).map(|station| station.site).collect();
        sites.sort_unstable();
        sites
    };
    FuelSitesByFleet::new(scenario.fleet.values().enumerate().map(usable).collect())
}

/// Visitors come with a tank as large as their need, empty.
fn visits(loaded: &Loaded, stations: &[Station]) -> FuelVisitList {
    let mut visits = Vec::new();
    for (key, spec) in &loaded.scenario.fuel_visits {
        let station = loaded.scenario.hydrogen.keys().position(|it| *it == spec.station);
        let site = stations[station.expect("the check found every station")].site;
        visits.extend(loaded.fuel_visits[key].iter().map(|visit| FuelArrival {
            at_s: visit.arrive_s,
            site,
            vehicle: Vehicle::Visitor(0),
            user: User::Visitor,
            tank: FuelTank::at_level(visit.kg, 0.0),
            target_kg: visit.kg,
            depart_s: visit.depart_s,
        }));
    }
    visits.sort_by_key(|visit| (visit.at_s, visit.site));
    for (number, visit) in visits.iter_mut().enumerate() {
        visit.vehicle = Vehicle::Visitor(number as u32);
    }
    FuelVisitList { visits, next: 0 }
}
