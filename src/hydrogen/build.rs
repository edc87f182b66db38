//! From the tables of a scenario to stations, hubs and tanks.

use super::check::{credit_days, largest_tank, least_cascade_kg};
use super::rules::FillCurve;
use super::spec::HydrogenSpec;
use super::state::{
    Flows, FuelArrival, FuelArrivals, FuelDepartures, FuelVisitList, Hub, HubSums, Hydrogen, Lot, Position, Prices,
    Stack, Station, Storage, Sums, Wanted, kind,
};
use super::supply::{LOOK_AHEAD_H, opening_lot};
use crate::account::credit::Credit;
use crate::kernel::agenda::Due;
use crate::kernel::calendar::DAY_S;
use crate::kernel::ids::{FleetId, HubId, StationId};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::place::build::Build;
use crate::place::site::Sites;
use crate::policy::dispatch::FuelSitesByFleet;
use crate::record::Records;
use crate::record::hydrogen::{HubRow, HydrogenRow, RefuelRow};
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use crate::truck::spec::FleetSpec;
use crate::vehicle::tank::FuelTank;
use crate::vehicle::user::{Access, User, Vehicle, access_of};

/// Puts everything of this room into the world.
pub(crate) fn add(build: &mut Build<'_>) {
    let Build { loaded, scenario, seed, sites, world, hydrogen_on_board_kg: on_board_kg, .. } = build;
    let (loaded, scenario, seed) = (*loaded, *scenario, *seed);
    let hubs: Vec<Hub> = scenario
        .hydrogen_hub
        .values()
        .map(|spec| Hub {
            spec: spec.clone(),
            stock_kg: spec.start_kg,
            total: HubSums::default(),
            interval: HubSums::default(),
        })
        .collect();
    let mut hydrogen = Hydrogen { opening_on_board_kg: *on_board_kg, ..Hydrogen::default() };
    hydrogen.at_site = vec![None; sites.0.len()];
    let mut positions = 0;
    for (at, (key, spec)) in scenario.hydrogen.iter().enumerate() {
        let mut station = station(loaded, sites, seed, key, spec);
        fill_up(&mut station, &hubs);
        first_failures(&mut station, positions, &mut hydrogen);
        hydrogen.at_site[station.site.index()] = Some(StationId::at(at));
        hydrogen.first_position.push(positions);
        positions += spec.dispenser.positions;
        hydrogen.stations.push(station);
    }
    hydrogen.hubs = hubs;
    hydrogen.credits = scenario
        .hydrogen_credit
        .values()
        .map(|credit| Credit {
            from_day: credit_days(&credit.from, &loaded.calendar),
            until_day: credit_days(&credit.until, &loaded.calendar),
            bands: credit.bands.clone(),
        })
        .collect();
    world.insert_resource(sites_by_fleet(scenario, &hydrogen));
    world.insert_resource(visits(loaded, &hydrogen));
    world.insert_resource(hydrogen);
    world.init_resource::<FuelArrivals>();
    world.init_resource::<FuelDepartures>();
    world.init_resource::<Records<RefuelRow>>();
    world.init_resource::<Records<HydrogenRow>>();
    world.init_resource::<Records<HubRow>>();
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

fn station(loaded: &Loaded, sites: &Sites, seed: Seed, key: &str, spec: &HydrogenSpec) -> Station {
    let scenario = &loaded.scenario;
    let emissions = scenario.emissions.as_ref().map_or(0.0, |emissions| emissions.grid_kg_per_mwh);
    let position = |number: u32| Position {
        fill: None,
        ready_s: 0,
        broken: false,
        stream: seed.stream(Purpose::DispenserOutages, key_of(key), number),
    };
    let hub =
        spec.pipeline.as_ref().and_then(|pipeline| scenario.hydrogen_hub.keys().position(|it| *it == pipeline.hub));
    let bulk = Storage {
        lot: Lot::default(),
        capacity_kg: spec.bulk.capacity_kg,
        least_kg: spec.bulk.least_kg,
        full_bar: spec.bulk.pressure_bar,
    };
    let cascade = Storage {
        lot: Lot::default(),
        capacity_kg: spec.cascade.capacity_kg,
        least_kg: least_cascade_kg(&spec.cascade),
        full_bar: Some(spec.cascade.pressure_bar),
    };
    Station {
        key: key.to_owned(),
        site: sites.find(&spec.site).expect("the check found every site"),
        access: access(scenario, spec),
        curve: FillCurve::new(&spec.dispenser.rate_kg_per_min),
        bulk,
        cascade,
        positions: (0..spec.dispenser.positions).map(position).collect(),
        queue: Vec::new(),
        stack: Stack::default(),
        trailers: Vec::new(),
        ordered: 0,
        hub: hub.map(HubId::at),
        prices: prices(loaded, spec),
        grid_kg_per_mwh: spec.grid_kg_per_mwh.clone().unwrap_or_else(|| vec![emissions]),
        flows: Flows::default(),
        look_s: None,
        settled_s: 0,
        interval: Sums::default(),
        total: Sums::default(),
        opening_kg: [0.0; 2],
        wanted: Wanted::default(),
        asked: vec![0.0; 168],
        asked_hours: 0,
        short_of_kg: None,
        queue_area_s: 0,
        seen: [(0.0, 0.0); 2],
        spec: spec.clone(),
    }
}

/// The cascade starts full, the bulk storage with what the scenario says.
fn fill_up(station: &mut Station, hubs: &[Hub]) {
    station.bulk.lot = opening_lot(station, hubs, station.spec.bulk.start_kg);
    station.cascade.lot = opening_lot(station, hubs, station.cascade.capacity_kg);
    station.opening_kg = [station.bulk.lot.kg, station.cascade.lot.kg];
    station.seen = [station.bulk, station.cascade].map(|storage| (storage.lot.kg, storage.lot.kg));
}

fn first_failures(station: &mut Station, first_position: u32, hydrogen: &mut Hydrogen) {
    let Some(mtbf_h) = station.spec.dispenser.mtbf_h else { return };
    for (at, position) in station.positions.iter_mut().enumerate() {
        let at_s = position.stream.exponential_s(mtbf_h);
        hydrogen.agenda.push(Due { at_s, kind: kind::FAIL, id: first_position + at as u32 });
    }
}

fn access(scenario: &Scenario, spec: &HydrogenSpec) -> Access {
    let fleet = |name: &str| scenario.fleet.keys().position(|key| key == name).map(FleetId::at);
    let model = |name: &str| scenario.equipment_model.keys().position(|key| key == name).map(|at| at as u32);
    access_of(&spec.users, fleet, model, None)
}

/// Where the tanks of a whole fleet fit: by access, pressure and storage.
fn sites_by_fleet(scenario: &Scenario, hydrogen: &Hydrogen) -> FuelSitesByFleet {
    let usable = |(at, fleet): (usize, &FleetSpec)| {
        let (bar, kg) = largest_tank(fleet, scenario);
        let user = User::Fleet(FleetId::at(at));
        let fits = |station: &&Station| {
            let span_kg = station.bulk.span_kg() + station.cascade.span_kg();
            station.access.allows(user) && station.spec.dispense_bar >= bar && span_kg >= kg
        };
        let mut sites: Vec<_> = hydrogen.stations.iter().filter(fits).map(|station| station.site).collect();
        sites.sort_unstable();
        sites
    };
    FuelSitesByFleet { sites: scenario.fleet.values().enumerate().map(usable).collect() }
}

/// Visitors come with a tank as large as their need, empty.
fn visits(loaded: &Loaded, hydrogen: &Hydrogen) -> FuelVisitList {
    let mut visits = Vec::new();
    for (key, spec) in &loaded.scenario.fuel_visits {
        let station = loaded.scenario.hydrogen.keys().position(|it| *it == spec.station);
        let site = hydrogen.stations[station.expect("the check found every station")].site;
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
