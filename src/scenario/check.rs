//! What no schema can see: references between tables, sums, times, circles.

use super::Scenario;
use super::checker::{Checker, is_circle};
use super::loaded::Schedule;
use crate::document::problem::Problem;
use crate::document::tree::Item;
use crate::freight::spec::{FreightSpec, VolumesSpec};
use crate::grid::spec::SiteKind;
use crate::kernel::calendar::{Calendar, parse_time, parse_window};
use crate::kernel::profile::WeekProfile;
use crate::truck::spec::FleetSpec;
use crate::vehicle::spec::{BatterySpec, Powertrain};
use crate::{hydrogen, policy, swap, transition};

/// Most vehicles, ports and sites that one scenario may have.
const VEHICLE_LIMIT: u64 = 4_000_000;
const SITE_LIMIT: usize = 2_000;

/// Checks everything beyond shape. Returns the calendar when the dates allow one.
pub fn check(scenario: &Scenario, document: &Item, problems: &mut Vec<Problem>) -> Option<Calendar> {
    let mut checker = Checker::new(document, problems);
    let calendar = time(scenario, &mut checker);
    sites(scenario, &mut checker);
    super::check_grid::check(scenario, calendar.as_ref(), &mut checker);
    chargers(scenario, &mut checker);
    models(scenario, &mut checker);
    fleets(scenario, &mut checker);
    terminals(scenario, &mut checker);
    if let Some(spec) = &scenario.freight {
        freight(scenario, spec, &mut checker);
    }
    hydrogen::check::check(scenario, &mut checker);
    swap::check(scenario, &mut checker);
    transition::check::check(scenario, &mut checker);
    policies(scenario, document, problems);
    calendar
}

fn time(scenario: &Scenario, checker: &mut Checker<'_>) -> Option<Calendar> {
    let time = &scenario.time;
    for (key, value) in [("interval_s", time.interval_s), ("dispatch_s", time.dispatch_s)] {
        if time.tick_s > 0 && value % time.tick_s != 0 {
            let help = Some(format!("choose a multiple of {}", time.tick_s));
            checker.wrong(&["time", key], format!("{value} is no multiple of tick_s"), help);
        }
    }
    if time.interval_s > 0 && 3_600 % time.interval_s != 0 {
        let help = Some("prices and limits change by the hour: choose 60, 300, 600, 900, 1800 or 3600".to_owned());
        checker.wrong(&["time", "interval_s"], format!("{} does not divide an hour", time.interval_s), help);
    }
    match Calendar::new(&time.start, &time.zone, time.days) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let zone_is_wrong = jiff::tz::TimeZone::get(&time.zone).is_err();
            let (key, help) = if zone_is_wrong {
                ("zone", "write a name such as \"America/Los_Angeles\"")
            } else {
                ("start", "write a date such as \"2025-06-02\"")
            };
            checker.wrong(&["time", key], error.to_string(), Some(help.to_owned()));
            None
        }
    }
}

fn sites(scenario: &Scenario, checker: &mut Checker<'_>) {
    if scenario.site.is_empty() {
        checker.wrong(&["site"], "a scenario needs at least one site", None);
    }
    if scenario.site.len() > SITE_LIMIT {
        checker.wrong(&["site"], format!("more than {SITE_LIMIT} sites"), None);
    }
    for (key, site) in &scenario.site {
        if !matches!(site.load_by_hour.len(), 0 | 24 | 168) {
            let message = format!("has {} factors, neither 24 nor 168", site.load_by_hour.len());
            checker.wrong(&["site", key, "load_by_hour"], message, None);
        }
        if site.load_by_hour.iter().any(|factor| !(0.0..=100.0).contains(factor)) {
            checker.wrong(&["site", key, "load_by_hour"], "each factor must be between 0 and 100", None);
        }
        if let Some(load) = &site.load_by_year {
            checker.curve(&["site", key, "load_by_year"], load, (0.0, 1e6));
        }
        if let Some(behind) = &site.behind {
            let path = ["site", key, "behind"];
            let above = |key: &str| scenario.site.get(key)?.behind.as_deref();
            let is_known = checker.key(&path, behind, &scenario.site, "site");
            if is_known && is_circle(key, scenario.site.len(), above) {
                checker.wrong(&path, format!("`{key}` is behind itself: the limits form a circle"), None);
            }
        }
    }
}

fn chargers(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, charger) in &scenario.charger {
        checker.key(&["charger", key, "site"], &charger.site, &scenario.site, "site");
        if charger.port_kw.is_some_and(|port| port > charger.cabinet_kw) {
            checker.wrong(&["charger", key, "port_kw"], "a port is stronger than its cabinet", None);
        }
        if u64::from(charger.cabinets) * u64::from(charger.ports) > 100_000 {
            checker.wrong(&["charger", key, "cabinets"], "more than 100,000 ports in one group", None);
        }
        checker.users(&["charger", key, "users"], &charger.users, scenario);
        if let Some(hours) = &charger.reserved_hours
            && parse_window(hours).is_none()
        {
            let help = Some("write local hours as \"18:00-06:00\"".to_owned());
            checker.wrong(&["charger", key, "reserved_hours"], format!("`{hours}` is no span of the day"), help);
        }
    }
    for (key, visits) in &scenario.visits {
        checker.key(&["visits", key, "site"], &visits.site, &scenario.site, "site");
    }
}

fn battery(checker: &mut Checker<'_>, table: &str, key: &str, powertrain: Powertrain, battery: Option<&BatterySpec>) {
    match (powertrain, battery) {
        (Powertrain::BatteryElectric, None) => {
            checker.wrong(&[table, key, "powertrain"], "a battery electric model needs a `battery` table", None);
        }
        (Powertrain::BatteryElectric, Some(battery)) => {
            let curve = &battery.accepts_kw;
            let path = [table, key, "battery", "accepts_kw"];
            let ends =
                curve.first().map(|point| point[0]) == Some(0.0) && curve.last().map(|point| point[0]) == Some(1.0);
            if !ends || curve.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
                checker.wrong(&path, "the states of charge must rise from 0 to 1", None);
            }
            if curve.iter().any(|point| point[1] < 0.1 || point[1] > 20_000.0) {
                checker.wrong(&path, "each power must be between 0.1 and 20000 kW", None);
            }
        }
        (_, Some(_)) => {
            let message = format!("a {} model has no battery", powertrain.word());
            checker.wrong(&[table, key, "battery"], message, None);
        }
        (_, None) => {}
    }
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
    for (key, model) in &scenario.equipment_model {
        battery(checker, "equipment_model", key, model.powertrain, model.battery.as_ref());
        checker.key(&["equipment_model", key, "class"], &model.class, &scenario.work, "work");
        if model.return_at_soc <= model.leave_at_soc {
            checker.wrong(&["equipment_model", key, "return_at_soc"], "must be above leave_at_soc", None);
        }
        if model.per_lift > 0.0 && scenario.work.get(&model.class).is_some_and(|work| work.lifts_per_h <= 0.0) {
            let message = format!("needs lifts_per_h in [work.{}]", model.class);
            checker.wrong(&["equipment_model", key, "per_lift"], message, None);
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

fn terminals(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, terminal) in &scenario.terminal {
        let is_site = checker.key(&["terminal", key], key, &scenario.site, "site");
        if is_site && scenario.site[key].kind != SiteKind::Terminal {
            checker.wrong(&["site", key, "kind"], format!("[terminal.{key}] needs kind = \"terminal\""), None);
        }
        for model in terminal.equipment.keys() {
            let path = ["terminal", key, "equipment", model];
            checker.key(&path, model, &scenario.equipment_model, "equipment_model");
        }
    }
    if scenario.terminal.is_empty() {
        return;
    }
    match &scenario.labor {
        None => checker.wrong(&[], "terminals need a [labor] table", None),
        Some(labor) => {
            for (day, spans) in [("weekday", &labor.weekday), ("saturday", &labor.saturday), ("sunday", &labor.sunday)]
            {
                for span in spans {
                    if parse_window(span).is_none_or(|(from, to)| from % 3600 != 0 || to % 3600 != 0) {
                        let help = Some("write whole local hours as \"08:00-12:00\"".to_owned());
                        checker.wrong(&["labor", day], format!("`{span}` is no span of whole hours"), help);
                    }
                }
            }
            if labor.weekday.is_empty() {
                checker.wrong(&["labor", "weekday"], "somebody must work on weekdays", None);
            }
        }
    }
}

fn freight(scenario: &Scenario, spec: &FreightSpec, checker: &mut Checker<'_>) {
    match (&spec.hauls, &spec.volumes) {
        (None, None) => checker.wrong(&["freight"], "needs `hauls` (a CSV) or a `volumes` table", None),
        (Some(_), Some(_)) => {
            let help = Some("with a list of hauls nothing is drawn; leave one of them out".to_owned());
            checker.wrong(&["freight", "hauls"], "both `hauls` and `volumes` are given", help);
        }
        (None, Some(volumes)) => self::volumes(scenario, volumes, checker),
        (Some(_), None) => {}
    }
}

fn volumes(scenario: &Scenario, spec: &VolumesSpec, checker: &mut Checker<'_>) {
    let path = ["freight", "volumes"];
    checker.sums_to_one(
        &path,
        "import, export and empty shares",
        spec.import_share + spec.export_share + spec.empty_share,
    );
    let tables = [("import_to", &spec.import_to), ("export_from", &spec.export_from), ("empty_from", &spec.empty_from)];
    for (name, table) in tables {
        for (site, weight) in table {
            let path = ["freight", "volumes", name, site];
            if checker.key(&path, site, &scenario.site, "site") && scenario.terminal.contains_key(site) {
                checker.wrong(&path, "a terminal cannot be the other end of a haul", None);
            }
            if *weight < 0.0 {
                checker.wrong(&path, "a weight must not be negative", None);
            }
        }
        if table.values().sum::<f64>() <= 0.0 {
            checker.wrong(&["freight", "volumes", name], "the weights add up to nothing", None);
        }
    }
    let days = [
        ("gate_weekday", &spec.gate_weekday),
        ("gate_saturday", &spec.gate_saturday),
        ("gate_sunday", &spec.gate_sunday),
    ];
    for (name, weights) in days {
        if weights.iter().any(|weight| *weight < 0.0) {
            checker.wrong(&["freight", "volumes", name], "a weight must not be negative", None);
        }
    }
    if WeekProfile::from_days(&spec.gate_weekday, &spec.gate_saturday, &spec.gate_sunday).is_none() {
        checker.wrong(&["freight", "volumes", "gate_weekday"], "the gates never open", None);
    }
}

/// Checks the names and parameters of policies.
pub fn policies(scenario: &Scenario, document: &Item, problems: &mut Vec<Problem>) {
    let mut checker = Checker::new(document, problems);
    let dispatch = &scenario.policy.dispatch;
    if dispatch.plugin.is_none()
        && let Err(error) = policy::dispatch(&dispatch.name, &dispatch.params)
    {
        checker.wrong(&["policy", "dispatch"], error.to_string(), error.help());
    }
    let charging = &scenario.policy.charging;
    let any_schedule = Schedule::default();
    let schedule = charging.csv.is_some().then_some(&any_schedule);
    if charging.plugin.is_none()
        && let Err(error) = policy::charging(&charging.name, &charging.params, schedule)
    {
        checker.wrong(&["policy", "charging"], error.to_string(), error.help());
    }
}
