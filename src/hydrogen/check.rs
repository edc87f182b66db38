//! What no schema can see about hydrogen: references, sums, bounds that depend on each other.

use super::rules::density;
use super::spec::{BulkSpec, CascadeSpec, ElectrolyserSpec, HydrogenSpec, SupplyPathSpec};
use crate::kernel::calendar::{Calendar, DAY_S, parse_date};
use crate::kernel::units::LHV_KWH_PER_KG;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use crate::truck::spec::FleetSpec;
use crate::vehicle::spec::{Powertrain, is_for_fleet, is_public};
use std::collections::BTreeMap;

/// Checks all tables of hydrogen, and fuel-cell vehicles.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, station) in &scenario.hydrogen {
        checker.key(&["hydrogen", key, "site"], &station.site, &scenario.site, "site");
        if let Some(other) = taken.insert(&station.site, key) {
            let message = format!("`{}` already has the station `{other}`; a site has one", station.site);
            checker.wrong(&["hydrogen", key, "site"], message, Some("add its storage and positions up".to_owned()));
        }
        checker.users(&["hydrogen", key, "users"], &station.users, scenario);
        self::station(key, station, checker);
        supply(scenario, key, station, checker);
    }
    plants(scenario, checker);
    credits(scenario, checker);
    for (key, visits) in &scenario.fuel_visits {
        checker.key(&["fuel_visits", key, "station"], &visits.station, &scenario.hydrogen, "hydrogen");
    }
    vehicles(scenario, checker);
}

/// Content of a cascade at its least pressure, kg.
#[must_use]
pub fn least_cascade_kg(cascade: &CascadeSpec) -> f64 {
    cascade.capacity_kg * density(cascade.least_bar) / density(cascade.pressure_bar)
}

/// What can be taken out of a station with full storage, kg.
#[must_use]
pub fn usable_kg(station: &HydrogenSpec) -> f64 {
    let BulkSpec { capacity_kg, least_kg, .. } = station.bulk;
    (capacity_kg - least_kg).max(0.0) + (station.cascade.capacity_kg - least_cascade_kg(&station.cascade)).max(0.0)
}

fn station(key: &str, station: &HydrogenSpec, checker: &mut Checker<'_>) {
    let bulk = &station.bulk;
    if bulk.least_kg >= bulk.capacity_kg {
        checker.wrong(
            &["hydrogen", key, "bulk", "least_kg"],
            "must be below capacity_kg, or no hydrogen can be taken out",
            None,
        );
    }
    if bulk.start_kg > bulk.capacity_kg {
        let message = format!("{} kg do not fit: the storage holds {} kg", bulk.start_kg, bulk.capacity_kg);
        checker.wrong(&["hydrogen", key, "bulk", "start_kg"], message, None);
    }
    let cascade = &station.cascade;
    if cascade.least_bar >= cascade.pressure_bar {
        checker.wrong(&["hydrogen", key, "cascade", "least_bar"], "must be below pressure_bar", None);
    }
    if cascade.pressure_bar < station.dispense_bar {
        let message =
            format!("cannot fill tanks of {} bar: it holds {} bar", station.dispense_bar, cascade.pressure_bar);
        checker.wrong(&["hydrogen", key, "cascade", "pressure_bar"], message, None);
    }
    rising(&["hydrogen", key, "dispenser", "rate_kg_per_min"], &station.dispenser.rate_kg_per_min, 0.0, 60.0, checker);
    let lists = [
        ("electricity_usd_per_kwh", station.electricity_usd_per_kwh.as_ref(), (-2.0, 10.0)),
        ("grid_kg_per_mwh", station.grid_kg_per_mwh.as_ref(), (0.0, 2_000.0)),
        ("forecast_kg_per_h", station.forecast_kg_per_h.as_ref(), (0.0, 100_000.0)),
    ];
    for (name, list, bounds) in lists {
        if let Some(list) = list {
            hourly(&["hydrogen", key, name], list, bounds, checker);
        }
    }
}

/// A list by hour has 1, 24 or 168 values within bounds.
fn hourly(path: &[&str], list: &[f64], (least, most): (f64, f64), checker: &mut Checker<'_>) {
    if !matches!(list.len(), 1 | 24 | 168) {
        let help = Some("one for all, the hours of a day, or the hours of a week from Monday 00:00".to_owned());
        checker.wrong(path, format!("has {} values, not 1, 24 or 168", list.len()), help);
    }
    if let Some(value) = list.iter().find(|value| !(least..=most).contains(*value)) {
        checker.wrong(path, format!("{value} is out of the plausible range {least} to {most}"), None);
    }
}

/// Points of a curve rise from `from` to 1, values lie above 0 and up to `most`.
fn rising(path: &[&str], points: &[[f64; 2]], from: f64, most: f64, checker: &mut Checker<'_>) {
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let ends = points.first().is_some_and(|point| close(point[0], from))
        && points.last().is_some_and(|point| close(point[0], 1.0));
    if !ends || points.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
        checker.wrong(path, format!("the first numbers must rise from {from} to 1"), None);
    }
    if points.iter().any(|point| point[1] <= 0.0 || point[1] > most) {
        checker.wrong(path, format!("each second number must be above 0 and at most {most}"), None);
    }
}

fn supply(scenario: &Scenario, key: &str, station: &HydrogenSpec, checker: &mut Checker<'_>) {
    if station.electrolyser.is_none() && station.delivery.is_none() && station.pipeline.is_none() {
        let help = Some("give it an `electrolyser`, a `delivery` or a `pipeline` table".to_owned());
        checker.wrong(&["hydrogen", key], "the station has no supply", help);
    }
    if let Some(electrolyser) = &station.electrolyser {
        self::electrolyser(key, electrolyser, checker);
    }
    if let Some(delivery) = &station.delivery {
        path_of_supply(&["hydrogen", key, "delivery", "by_year"], &delivery.by_year, checker);
        let room_kg = station.bulk.capacity_kg - station.bulk.least_kg;
        if delivery.payload_kg > room_kg {
            let BulkSpec { capacity_kg, least_kg, .. } = station.bulk;
            let message = format!(
                "a delivery of {} kg is larger than the storage of {capacity_kg} kg with its heel of {least_kg} kg",
                delivery.payload_kg
            );
            checker.wrong(&["hydrogen", key, "delivery", "payload_kg"], message, None);
        }
        let largest_kg = largest_user_kg(scenario, station);
        if delivery.reorder_kg < largest_kg {
            let message = format!(
                "the reorder point of {} kg is below the largest tank it fills, {largest_kg} kg: a stock between them would \
                 serve nobody, and nothing would be ordered",
                delivery.reorder_kg
            );
            checker.wrong(&["hydrogen", key, "delivery", "reorder_kg"], message, None);
        }
        if delivery.reorder_kg > usable_kg(station) {
            let message = format!(
                "the reorder point of {} kg is above what the storage can give ({room_kg:.0} kg, {:.0} kg with the cascade)",
                delivery.reorder_kg,
                usable_kg(station)
            );
            checker.wrong(&["hydrogen", key, "delivery", "reorder_kg"], message, None);
        }
    }
    electricity(scenario, key, station, checker);
    if let Some(pipeline) = &station.pipeline {
        checker.key(
            &["hydrogen", key, "pipeline", "plant"],
            &pipeline.plant,
            &scenario.hydrogen_plant,
            "hydrogen_plant",
        );
    }
}

/// Electricity has a price and an intensity, or hydrogen would be free and clean by omission.
fn electricity(scenario: &Scenario, key: &str, station: &HydrogenSpec, checker: &mut Checker<'_>) {
    if station.electrolyser.is_none() && station.compressor.kwh_per_kg <= 0.0 {
        return;
    }
    let has_tariff = scenario.site.get(&station.site).is_some_and(|site| site.tariff.is_some());
    if station.electricity_usd_per_kwh.is_none() && !has_tariff {
        let help = Some(format!(
            "write electricity_usd_per_kwh = [0.2], or give the site `{}` a `tariff`; [0] where it is free",
            station.site
        ));
        checker.wrong(&["hydrogen", key], "its electricity has no price", help);
    }
    if station.grid_kg_per_mwh.is_none() && scenario.emissions.is_none() {
        let help = Some("write grid_kg_per_mwh = [159], or an [emissions] table; [0] where it has none".to_owned());
        checker.wrong(&["hydrogen", key], "its electricity has no carbon intensity", help);
    }
}

/// The largest tank among the trucks and the equipment that may fuel at a station, kg.
fn largest_user_kg(scenario: &Scenario, station: &HydrogenSpec) -> f64 {
    let is_user = |key: &String| station.users.contains(key);
    let is_public = is_public(&station.users);
    let fleets = scenario.fleet.iter().filter(|(key, _)| is_public || is_user(key));
    let trucks = fleets.map(|(_, fleet)| largest_tank(fleet, scenario)).filter(|(bar, _)| *bar <= station.dispense_bar);
    let units = scenario.equipment_model.iter().filter(|(key, _)| is_user(key)).filter_map(|(_, it)| it.tank.as_ref());
    trucks.map(|(_, kg)| kg).chain(units.map(|tank| tank.usable_kg)).fold(0.0, f64::max)
}

fn electrolyser(key: &str, spec: &ElectrolyserSpec, checker: &mut Checker<'_>) {
    let path = ["hydrogen", key, "electrolyser", "kwh_per_kg"];
    rising(&path, &spec.kwh_per_kg, spec.kwh_per_kg.first().map_or(0.0, |point| point[0]), 200.0, checker);
    if spec.kwh_per_kg.first().is_some_and(|point| point[0] > spec.least_load.max(1e-9)) {
        let help = Some("the curve must begin at least_load or below".to_owned());
        checker.wrong(&path, "does not cover the least load", help);
    }
    if spec.kwh_per_kg.iter().any(|point| point[1] < LHV_KWH_PER_KG) {
        let message = format!("no electrolyser needs less than the lower heating value, {LHV_KWH_PER_KG} kWh/kg");
        checker.wrong(&path, message, None);
    }
    // More load must make more hydrogen, or the load that fills a given room is not one number.
    let makes: Vec<f64> = spec.kwh_per_kg.iter().map(|[load, kwh]| load / kwh).collect();
    if makes.windows(2).any(|pair| pair[0] >= pair[1]) {
        checker.wrong(&path, "at a higher load it would make less hydrogen", None);
    }
    if let Some(list) = &spec.solar_kw {
        hourly(&["hydrogen", key, "electrolyser", "solar_kw"], list, (0.0, 1_000_000.0), checker);
    }
}

fn path_of_supply(path: &[&str], by_year: &SupplyPathSpec, checker: &mut Checker<'_>) {
    for (field, curve) in [("usd", &by_year.usd), ("co2e", &by_year.co2e)] {
        if let Some(curve) = curve {
            let path: Vec<&str> = path.iter().copied().chain([field]).collect();
            checker.curve(&path, curve, (0.0, 100.0));
        }
    }
}

fn plants(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, plant) in &scenario.hydrogen_plant {
        if plant.start_kg > plant.capacity_kg {
            let message = format!("{} kg do not fit: the storage holds {} kg", plant.start_kg, plant.capacity_kg);
            checker.wrong(&["hydrogen_plant", key, "start_kg"], message, None);
        }
        path_of_supply(&["hydrogen_plant", key, "by_year"], &plant.by_year, checker);
        let bounds = (0.0, 10_000_000.0);
        hourly(&["hydrogen_plant", key, "production_kg_per_day"], &plant.production_kg_per_day, bounds, checker);
        for (name, neighbour) in &plant.neighbour {
            let path = ["hydrogen_plant", key, "neighbour", name, "kg_per_day"];
            hourly(&path, &neighbour.kg_per_day, bounds, checker);
            if let Some(factor) = &neighbour.by_year {
                checker.curve(&["hydrogen_plant", key, "neighbour", name, "by_year"], factor, (0.0, 100.0));
            }
        }
    }
}

fn credits(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, credit) in &scenario.hydrogen_credit {
        let mut date = |name: &str, text: &str| {
            let date = parse_date(text).ok();
            if date.is_none() {
                let help = Some("write a date such as \"2025-06-02\"".to_owned());
                checker.wrong(&["hydrogen_credit", key, name], format!("`{text}` is no date"), help);
            }
            date
        };
        let (from, until) = (date("from", &credit.from), date("until", &credit.until));
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            checker.wrong(&["hydrogen_credit", key, "until"], "is not after `from`", None);
        }
        let path = ["hydrogen_credit", key, "bands"];
        if credit.bands.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
            checker.wrong(&path, "the intensities must rise", None);
        }
        if credit.bands.iter().any(|band| !(0.0..=20.0).contains(&band[1])) {
            checker.wrong(&path, "each credit must be between 0 and 20 USD/kg", None);
        }
    }
}

/// Fuel-cell models have a tank, others have none; a fleet with fuel-cell vehicles needs a station for them.
fn vehicles(scenario: &Scenario, checker: &mut Checker<'_>) {
    let trucks = scenario.truck_model.iter().map(|(key, it)| ("truck_model", key, it.powertrain, it.tank.as_ref()));
    let units =
        scenario.equipment_model.iter().map(|(key, it)| ("equipment_model", key, it.powertrain, it.tank.as_ref()));
    for (table, key, powertrain, tank) in trucks.chain(units) {
        match (powertrain, tank) {
            (Powertrain::FuelCell, None) => {
                checker.wrong(&[table, key, "powertrain"], "a fuel cell model needs a `tank` table", None);
            }
            (Powertrain::FuelCell, Some(_)) | (_, None) => {}
            (_, Some(_)) => {
                checker.wrong(
                    &[table, key, "tank"],
                    format!("a {} model has no hydrogen tank", powertrain.word()),
                    None,
                );
            }
        }
    }
    for (key, fleet) in &scenario.fleet {
        let (bar, kg) = largest_tank(fleet, scenario);
        let may = |station: &&HydrogenSpec| {
            let is_user = is_for_fleet(&station.users, key);
            is_user && station.dispense_bar >= bar && usable_kg(station) >= kg
        };
        if kg > 0.0 && !scenario.hydrogen.values().any(|station| may(&station)) {
            let message = format!("no station may fill its fuel cell trucks ({bar} bar, {kg} kg)");
            let help = Some("give a [hydrogen] station `users`, `dispense_bar` and storage for them".to_owned());
            checker.wrong(&["fleet", key, "trucks"], message, help);
        }
    }
    for (site, terminal) in &scenario.terminal {
        for (model, count) in &terminal.equipment {
            let Some(tank) = scenario.equipment_model.get(model).and_then(|it| it.tank.as_ref()) else { continue };
            let may = |station: &HydrogenSpec| {
                station.site == *site
                    && station.users.contains(model)
                    && station.dispense_bar >= tank.pressure_bar
                    && usable_kg(station) >= tank.usable_kg
            };
            if count.0 > 0 && !scenario.hydrogen.values().any(may) {
                let message = format!("no station at `{site}` may fill it ({} bar)", tank.pressure_bar);
                let help = Some(format!("give a [hydrogen] station with site = \"{site}\" the user `{model}`"));
                checker.wrong(&["terminal", site, "equipment", model], message, help);
            }
        }
    }
}

/// The highest pressure (bar) and the largest tank (kg) among the trucks a fleet has; zeros where it has no tank.
#[must_use]
pub fn largest_tank(fleet: &FleetSpec, scenario: &Scenario) -> (f64, f64) {
    let owned = fleet.trucks.iter().filter(|(_, count)| count.0 > 0);
    let tanks = owned.filter_map(|(model, _)| scenario.truck_model.get(model)?.tank.as_ref());
    tanks.fold((0.0, 0.0), |(bar, kg), tank| (bar.max(tank.pressure_bar), kg.max(tank.usable_kg)))
}

/// Days of the run on which a credit begins and ends; a date that does not parse has been told already.
#[must_use]
pub fn credit_days(text: &str, calendar: &Calendar) -> i64 {
    let Ok(date) = parse_date(text) else { return 0 };
    calendar.local_s_of(date.to_datetime(jiff::civil::Time::midnight())) / DAY_S
}
