//! CSV files that a scenario names: hauls, visits, distances. Columns go by name, in any order.

use super::Scenario;
use super::loaded::{FuelVisit, KmRow, ListedHaul, Schedule};
use crate::document::problem::Problem;
use crate::document::table::Table;
use crate::hydrogen::check::usable_kg;
use crate::hydrogen::spec::FuelVisitsSpec;
use crate::kernel::calendar::Calendar;
use crate::kernel::units::Kw;
use std::collections::BTreeMap;

/// Reads `origin, destination, ready, due[, container][, fleet]`.
pub fn hauls(
    path: &str,
    text: &str,
    scenario: &Scenario,
    calendar: &Calendar,
    problems: &mut Vec<Problem>,
) -> Vec<ListedHaul> {
    let mut table =
        Table::open(path, text, &["origin", "destination", "ready", "due"], &["fleet", "container"], problems);
    let [from, to, ready, due, by, container] =
        table.columns(["origin", "destination", "ready", "due", "fleet", "container"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let origin = table.key_of(&row, from, &scenario.site, "site");
        let destination = table.key_of(&row, to, &scenario.site, "site");
        let ready_s = table.local_time(&row, ready, calendar);
        let due_s = table.local_time(&row, due, calendar);
        let fleet = table.optional(&row, by, |table| table.key_of(&row, by, &scenario.fleet, "fleet"));
        let loaded = match row.get(container).unwrap_or("loaded") {
            "loaded" | "" => true,
            "empty" => false,
            other => {
                let other = other.to_owned();
                table.wrong(row.line, "container", format!("`{other}` is neither `loaded` nor `empty`"), None);
                true
            }
        };
        let (Some(origin), Some(destination), Some(ready_s), Some(due_s), Some(fleet)) =
            (origin, destination, ready_s, due_s, fleet)
        else {
            continue;
        };
        if due_s < ready_s {
            table.wrong(row.line, "due", "is before `ready`".to_owned(), None);
        } else if origin == destination {
            table.wrong(row.line, "destination", "is the origin itself".to_owned(), None);
        } else {
            out.push(ListedHaul { origin, destination, ready_s, due_s, loaded, fleet });
        }
    }
    out
}

/// Reads `arrive_s, kg[, depart_s]`. No visit may need more than its station can give when it is full.
pub fn fuel_visits(
    path: &str,
    text: &str,
    spec: &FuelVisitsSpec,
    scenario: &Scenario,
    problems: &mut Vec<Problem>,
) -> Vec<FuelVisit> {
    let most_kg = scenario.hydrogen.get(&spec.station).map_or(1e4, usable_kg);
    let mut table = Table::open(path, text, &["arrive_s", "kg"], &["depart_s"], problems);
    let [arrive, need, depart] = table.columns(["arrive_s", "kg", "depart_s"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let arrive_s = table.number(&row, arrive, 0.0, 4e9);
        let kg = table.number(&row, need, 1e-3, most_kg);
        let depart_s = table.optional(&row, depart, |table| table.number(&row, depart, 0.0, 4e9));
        let depart_s = depart_s.map(|depart_s| depart_s.map(|depart_s| depart_s as u32));
        let (Some(arrive_s), Some(kg), Some(depart_s)) = (arrive_s, kg, depart_s) else { continue };
        if depart_s.is_some_and(|depart_s| f64::from(depart_s) <= arrive_s) {
            table.wrong(row.line, "depart_s", "is not after `arrive_s`".to_owned(), None);
            continue;
        }
        out.push(FuelVisit { arrive_s: arrive_s as u32, kg, depart_s });
    }
    out
}

/// Reads `origin, destination, km[, minutes]`.
pub fn matrix(path: &str, text: &str, scenario: &Scenario, problems: &mut Vec<Problem>) -> Vec<KmRow> {
    let mut table = Table::open(path, text, &["origin", "destination", "km"], &["minutes"], problems);
    let [from, to, distance, duration] = table.columns(["origin", "destination", "km", "minutes"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let origin = table.key_of(&row, from, &scenario.site, "site");
        let destination = table.key_of(&row, to, &scenario.site, "site");
        let km = table.number(&row, distance, 0.0, 5_000.0);
        let minutes = table.optional(&row, duration, |table| table.number(&row, duration, 0.0, 10_000.0));
        if let (Some(origin), Some(destination), Some(km), Some(minutes)) = (origin, destination, km, minutes) {
            out.push(KmRow { origin, destination, km, minutes });
        }
    }
    out
}

/// Reads `start, kw[, site]`: most power for charging from a local time on.
pub fn schedule(
    path: &str,
    text: &str,
    scenario: &Scenario,
    calendar: &Calendar,
    problems: &mut Vec<Problem>,
) -> Schedule {
    let mut table = Table::open(path, text, &["start", "kw"], &["site"], problems);
    let [from, power, at_site] = table.columns(["start", "kw", "site"]);
    let numbers: BTreeMap<&str, u32> = scenario.site.keys().map(String::as_str).zip(0..).collect();
    let mut out = Schedule::default();
    while let Some(row) = table.next_row() {
        let start_s = table.local_time(&row, from, calendar);
        let kw = table.number(&row, power, 0.0, 1e7);
        let site = table.optional(&row, at_site, |table| table.key_of(&row, at_site, &scenario.site, "site"));
        let (Some(start_s), Some(kw), Some(site)) = (start_s, kw, site) else {
            continue;
        };
        let site = site.and_then(|key| numbers.get(key.as_str()).copied());
        let steps = out.steps.entry(site).or_default();
        if steps.last().is_some_and(|last| last.0 >= start_s) {
            table.wrong(row.line, "start", "is not after the row before of the same site".to_owned(), None);
        }
        steps.push((start_s, Kw(kw)));
    }
    out
}
