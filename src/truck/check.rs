//! What no schema can see about trucks and fleets.

use super::spec::FleetSpec;
use crate::kernel::calendar::parse_time;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use crate::vehicle::check::battery;
use crate::vehicle::spec::Powertrain;

/// Most trucks that one scenario may have.
const VEHICLE_LIMIT: u64 = 4_000_000;

/// Checks `[truck_model]`, `[fleet]` and `[travel]`.
pub(crate) fn check(scenario: &Scenario, checker: &mut Checker<'_>) {
    models(scenario, checker);
    fleets(scenario, checker);
}

fn models(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, model) in &scenario.truck_model {
        battery(checker, "truck_model", key, model.powertrain, model.battery.as_ref());
        if model.powertrain == Powertrain::GridConnected {
            checker.wrong(&["truck_model", key, "powertrain"], "a truck cannot be grid connected", None);
        }
        if model.bobtail_per_km > model.empty_per_km || model.empty_per_km > model.loaded_per_km {
            let message = "use per km must not fall from bobtail to empty to loaded";
            checker.wrong(&["truck_model", key, "loaded_per_km"], message, None);
        }
    }
}

fn fleets(scenario: &Scenario, checker: &mut Checker<'_>) {
    let trucks: u64 = scenario.fleet.values().flat_map(|fleet| fleet.trucks.values()).map(|n| u64::from(n.0)).sum();
    if trucks > VEHICLE_LIMIT {
        checker.wrong(&["fleet"], format!("{trucks} trucks; the limit is {VEHICLE_LIMIT}"), None);
    }
    for (key, fleet) in &scenario.fleet {
        fleet_places(scenario, key, fleet, checker);
        for model in fleet.trucks.keys() {
            checker.key(&["fleet", key, "trucks", model], model, &scenario.truck_model, "truck_model");
        }
        let shares: f64 = fleet.shift.iter().map(|shift| shift.share).sum();
        checker.sums_to_one(&["fleet", key, "shift"], "the shares of the shifts", shares);
        for (at, shift) in fleet.shift.iter().enumerate() {
            if parse_time(&shift.start).is_none() {
                let help = Some("write local time as \"05:30\"".to_owned());
                let message = format!("`{}` is no time of day", shift.start);
                checker.wrong(&["fleet", key, "shift", &at.to_string(), "start"], message, help);
            }
        }
    }
    if trucks > 0 {
        for (name, missing) in [("travel", scenario.travel.is_none()), ("weather", scenario.weather.is_none())] {
            if missing {
                checker.wrong(&[], format!("fleets need a [{name}] table"), None);
            }
        }
    }
    if let Some(travel) = &scenario.travel {
        if travel.local_up_to_km > travel.arterial_up_to_km {
            checker.wrong(&["travel", "arterial_up_to_km"], "must not be below local_up_to_km", None);
        }
        if travel.traffic.iter().any(|factor| !(0.05..=2.0).contains(factor)) {
            checker.wrong(&["travel", "traffic"], "each factor must be between 0.05 and 2", None);
        }
    }
}

fn fleet_places(scenario: &Scenario, key: &str, fleet: &FleetSpec, checker: &mut Checker<'_>) {
    match &fleet.home {
        Some(home) => {
            checker.key(&["fleet", key, "home"], home, &scenario.site, "site");
        }
        None if fleet.start_at.is_empty() => {
            checker.wrong(&["fleet", key], "a fleet without `home` needs `start_at`", None);
        }
        None => {}
    }
    for place in &fleet.start_at {
        checker.key(&["fleet", key, "start_at"], place, &scenario.site, "site");
    }
}
