//! What no schema can see: references between tables, sums, times, circles.

use super::Scenario;
use super::checker::{Checker, is_circle};
use super::{choice, prices};
use crate::document::problem::Problem;
use crate::document::tree::Item;
use crate::kernel::calendar::{Calendar, MOST_DAYS};
use crate::sim::rooms::ROOMS;
use crate::transition;

/// Most sites that one scenario may have.
const SITE_LIMIT: usize = 2_000;

/// Checks everything beyond shape. Returns the calendar when the dates allow one.
pub fn check(scenario: &Scenario, document: &Item, problems: &mut Vec<Problem>) -> Option<Calendar> {
    let mut checker = Checker::new(document, problems);
    let calendar = time(scenario, &mut checker);
    sources(scenario, &mut checker);
    prices::check(scenario, &mut checker);
    sites(scenario, &mut checker);
    for room in &ROOMS {
        (room.check)(scenario, calendar.as_ref(), &mut checker);
    }
    transition::check::check(scenario, &mut checker);
    choice::check(scenario, &mut Checker::new(document, problems));
    calendar
}

/// What numbers of a source may be.
fn sources(scenario: &Scenario, checker: &mut Checker<'_>) {
    for (key, source) in &scenario.source {
        match (source.low, source.high) {
            (Some(low), Some(high)) if low >= high => {
                checker.wrong(&["source", key, "low"], format!("{low} is not below `high`, {high}"), None);
            }
            (Some(_), None) | (None, Some(_)) => {
                let help = Some("or give a `spread`, a share either way".to_owned());
                checker.wrong(&["source", key], "`low` and `high` go together", help);
            }
            _ => {}
        }
    }
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
    // Too many days are told by their range; a calendar for the other checks is made all the same.
    match Calendar::new(&time.start, &time.zone, time.days.min(MOST_DAYS)) {
        Ok(calendar) => {
            if let Some(change_s) = calendar.uneven_change_s(time.interval_s, time.days) {
                let message = format!(
                    "the clocks of {} change by {} min within the run, which an interval of {} s does not divide",
                    time.zone,
                    change_s / 60,
                    time.interval_s
                );
                checker.wrong(&["time", "interval_s"], message, Some("choose 900, for example".to_owned()));
            }
            Some(calendar)
        }
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
