//! A search as text, for people.

use super::race::Racer;
use super::results::{Answer, METHOD, Otherwise, Told};
use super::run::{BOUNDED_DAYS, Found};
use super::study::Search;
use crate::record::metrics::MetricName;
use crate::study::compare::screen::figure;
use std::fmt::Write;

/// Where no design with another choice was tried that may hold the constraints.
const NO_OTHER: &str = "no design that was tried may hold the constraints";
/// Others in front that are shown.
const SHOWN: usize = 6;

/// The whole screen.
#[must_use]
pub fn text(search: &Search, found: &Found, answer: &Answer, notes: &[String]) -> String {
    let objectives: Vec<&str> = search.objectives.iter().map(|metric| metric.as_str()).collect();
    let (tried, size) = (found.race.racers.len(), search.space.size());
    let mut out = format!(
        "{}: the best of {size} designs by {}\n{tried} designs tried in {} runs ({} of them were there already): {METHOD}.\n",
        search.loaded.scenario.title,
        objectives.join(" and "),
        found.race.runs,
        found.found,
    );
    if let Some(minutes) = search.minutes {
        let _ = writeln!(out, "A budget of {minutes} minutes: {} runs on this machine.", found.budget);
    }
    if !found.race.is_whole {
        out.push_str("Not every design was tried: an untried one may be better.\n");
    }
    match &answer.best {
        Some(best) => {
            let _ = writeln!(out, "\nDesign: {}", best.settings.join(", "));
            standing(&mut out, search, best);
            if let Some(chance) = best.probability_best {
                let those = if search.constrained.is_empty() { "" } else { " that may hold the constraints" };
                let _ =
                    writeln!(out, "  {:.0} % likely to have the best mean of those in front{those}", 100.0 * chance);
            }
        }
        None if search.rules.constraints.is_empty() => out.push_str("\nNo design could be simulated.\n"),
        None => {
            let confidence = 100.0 * search.rules.confidence;
            let _ = writeln!(
                out,
                "\nNo design was shown to hold the constraints with {confidence:.0} % confidence. Those that came nearest are \
                 below; a larger budget, another range or a looser constraint may find one."
            );
        }
    }
    for note in notes {
        let _ = writeln!(out, "Note: {note}.");
    }
    let days = answer.best.as_ref().or(answer.front.first()).map_or(0, |told| days_told(search, found, told));
    parts(&mut out, search, found, days);
    front(&mut out, search, answer);
    otherwise(&mut out, search, answer);
    out
}

fn standing(out: &mut String, search: &Search, told: &Told) {
    for (metric, mean) in search.objectives.iter().zip(&told.standing.objectives) {
        // Its parts are told below, and add up to it to the cent.
        let mean =
            if *metric == MetricName::YearCostUsd { format!("{:.2}", whole_cents(*mean)) } else { figure(Some(*mean)) };
        let _ = writeln!(out, "  {metric} {mean} {}", metric.info().unit);
    }
    for (at, (metric, constraint)) in search.constrained.iter().zip(&search.rules.constraints).enumerate() {
        let (mean, kept) = (figure(Some(told.standing.constraints[at])), 100.0 * told.standing.kept[at]);
        let ends = [("at most", constraint.most), ("at least", constraint.least)];
        let ends: Vec<String> =
            ends.iter().filter_map(|(word, end)| Some(format!("{word} {}", figure(Some((*end)?))))).collect();
        let when = constraint.chance.map_or_else(
            || "on average".to_owned(),
            |chance| format!("in {:.0} % of the random days or more", 100.0 * chance),
        );
        let _ = writeln!(
            out,
            "  {metric} {}{}, {when}: mean {mean}, kept in {kept:.0} % of {} days",
            ends.join(" and "),
            search.dates[at].words(),
            told.standing.days
        );
    }
}

/// Random days of what is told of a design: those of its standing; of a front, those of the race.
fn days_told(search: &Search, found: &Found, told: &Told) -> usize {
    let is_it = |racer: &&Racer| search.settings(&racer.design) == told.settings;
    match found.race.racers.iter().find(is_it) {
        Some(racer) if search.objectives.len() > 1 => racer.runs.len(),
        _ => told.standing.days,
    }
}

/// What is not a part of the yearly cost, though it is money: said apart.
const APART: [MetricName; 3] = [MetricName::CapexUsd, MetricName::NpvUsd, MetricName::CostPerHaulUsd];

/// The design in figures: its service, its cost by part on one basis, and how far charging could still go.
fn parts(out: &mut String, search: &Search, found: &Found, days: usize) {
    let is_yearly = found.told.iter().any(|it| it.0 == MetricName::YearCostUsd);
    let is_money = |name: &MetricName| {
        *name == MetricName::YearCostUsd || MetricName::YEAR_PARTS.contains(name) || APART.contains(name)
    };
    // In a transition money has books of its own, and no yearly cost.
    let rest: Vec<(MetricName, f64)> =
        found.told.iter().copied().filter(|it| !(is_yearly && is_money(&it.0))).collect();
    if !rest.is_empty() {
        let _ = writeln!(out, "\nOf this design (means over its {days} random days):");
        for it in &rest {
            row(out, *it);
        }
    }
    cost(out, search, found, days);
    if !found.bound.is_empty() {
        let _ = writeln!(
            out,
            "\nHow far its charging is from the best possible (means over its first {BOUNDED_DAYS} random days):"
        );
        found.bound.iter().for_each(|it| row(out, *it));
    }
}

fn row(out: &mut String, (name, value): (MetricName, f64)) {
    let _ = writeln!(out, "  {:<26} {:>16} {}", name.as_str(), figure(Some(value)), name.info().unit);
}

/// The yearly cost and its parts, on one basis, to the cent; what is in them; and what is money and no part of them.
fn cost(out: &mut String, search: &Search, found: &Found, days: usize) {
    let value = |name: MetricName| found.told.iter().find(|it| it.0 == name).map(|it| it.1);
    let parts: Option<Vec<f64>> = MetricName::YEAR_PARTS.iter().map(|name| value(*name)).collect();
    let (Some(total), Some(parts), Some(money)) =
        (value(MetricName::YearCostUsd), parts, &search.loaded.scenario.money)
    else {
        return;
    };
    let basis = format!("a year, in USD of {}, means over the same {days} random days", money.usd_of);
    let _ = writeln!(out, "\nIts cost by part ({basis}; the parts add up to `year_cost_usd`):");
    let told = MetricName::YEAR_PARTS
        .iter()
        .zip(in_cents(&parts, total))
        .chain([(&MetricName::YearCostUsd, whole_cents(total))]);
    for (name, usd) in told {
        let _ = writeln!(out, "  {:<26} {usd:>16.2} USD a year", name.as_str());
    }
    out.push_str(
        "  `year_fuel_usd` is the diesel of all trucks and equipment of the scenario, also of trucks that only call at it, and the \
         fuel of its vessels.\n",
    );
    let apart: Vec<String> = APART
        .iter()
        .filter_map(|name| Some(format!("`{name}` {} {}", figure(Some(value(*name)?)), name.info().unit)))
        .collect();
    if !apart.is_empty() {
        let _ = writeln!(out, "  The same money otherwise, and no further part of it: {}.", apart.join(", "));
    }
    let of_run = |name: &&MetricName| name.is_cost() && name.as_str().starts_with("bill_");
    for name in search.objectives.iter().filter(of_run) {
        let days = search.loaded.scenario.time.days;
        let _ =
            writeln!(out, "  `{name}`, by which the design was chosen, is of the run's {days} days and not of a year.");
    }
}

/// A sum in whole cents, USD.
fn whole_cents(usd: f64) -> f64 {
    // Zero has no sign for people.
    (100.0 * usd).round() / 100.0 + 0.0
}

/// Parts in whole cents that add up to a total in whole cents; what rounding leaves over is in the largest part.
fn in_cents(parts: &[f64], total: f64) -> Vec<f64> {
    let cents = |usd: f64| (100.0 * usd).round();
    let mut out: Vec<f64> = parts.iter().map(|usd| cents(*usd)).collect();
    let over = cents(total) - out.iter().sum::<f64>();
    if let Some(largest) = out.iter_mut().max_by(|a, b| a.abs().total_cmp(&b.abs())) {
        *largest += over;
    }
    // Zero has no sign for people.
    out.iter().map(|cents| cents / 100.0 + 0.0).collect()
}

fn front(out: &mut String, search: &Search, answer: &Answer) {
    if answer.front.is_empty() {
        return;
    }
    let what = match (search.objectives.len(), &answer.best) {
        (2, _) => "The rest of the Pareto front",
        (_, Some(_)) if !search.constrained.is_empty() => {
            "Not distinguished from it, or better and not confirmed to hold the constraints, as far as the race went"
        }
        (_, Some(_)) => "Not distinguished from it, as far as the race went",
        _ => "In front",
    };
    let _ = writeln!(out, "\n{what}:");
    for told in answer.front.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}", line(search, told));
    }
    if answer.front.len() > SHOWN {
        let _ = writeln!(out, "  and {} more (tables/designs.parquet)", answer.front.len() - SHOWN);
    }
}

fn line(search: &Search, told: &Told) -> String {
    let mut out = told.settings.join(", ");
    for (metric, mean) in search.objectives.iter().zip(&told.standing.objectives) {
        let _ = write!(out, "; {metric} {}", figure(Some(*mean)));
    }
    if let Some(difference) = told.difference {
        let sign = if difference > 0.0 { "+" } else { "" };
        let _ = write!(out, " ({sign}{}", figure(Some(difference)));
        if let Some(half_width) = told.half_width {
            let _ = write!(out, " +- {}", figure(Some(half_width)));
        }
        out.push(')');
    }
    if told.is_confirmed == Some(false) {
        out.push_str("; not confirmed");
    }
    if let Some(short) = told.work.told() {
        let _ = write!(out, "; {short}");
    }
    for (at, metric) in search.constrained.iter().enumerate() {
        let _ = write!(out, "; {metric} kept in {:.0} %", 100.0 * told.standing.kept[at]);
    }
    out
}

fn otherwise(out: &mut String, search: &Search, answer: &Answer) {
    if answer.otherwise.is_empty() {
        return;
    }
    out.push_str("\nAlternatives, decision by decision (the best design with another choice):\n");
    for Otherwise { path, chosen, other } in &answer.otherwise {
        let other = other.as_ref().map_or_else(|| NO_OTHER.to_owned(), |told| line(search, told));
        let _ = writeln!(out, "  not {path}={chosen}: {other}");
    }
}

#[cfg(test)]
mod tests {
    use super::in_cents;

    /// 10.004 + 0.333 + 0.333 are 10.67; each rounded they are 10.66.
    #[test]
    fn parts_add_up_to_the_cent() {
        let parts = in_cents(&[0.333, 10.004, 0.333, 0.0, -0.0], 10.67);
        assert_eq!(parts.iter().map(|usd| format!("{usd:.2}")).collect::<Vec<_>>()[..3], ["0.33", "10.01", "0.33"]);
        assert!((100.0 * parts.iter().sum::<f64>()).round().total_cmp(&1067.0).is_eq());
        assert!(in_cents(&[], 0.0).is_empty());
    }
}
