//! A search as text, for people.

use super::notes::notes;
use super::results::{Answer, METHOD, Otherwise, Told};
use super::run::Found;
use super::study::Search;
use crate::study::compare::screen::figure;
use crate::study::work;
use std::fmt::Write;

/// Where no design with another choice was tried that may hold the constraints.
const NO_OTHER: &str = "no design that was tried may hold the constraints";
/// Others in front that are shown.
const SHOWN: usize = 6;

/// The whole screen.
#[must_use]
pub fn text(search: &Search, found: &Found, answer: &Answer) -> String {
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
    for note in notes(search, found, answer) {
        let _ = writeln!(out, "Note: {note}.");
    }
    parts(&mut out, found);
    front(&mut out, search, answer);
    otherwise(&mut out, search, answer);
    out
}

fn standing(out: &mut String, search: &Search, told: &Told) {
    for (metric, mean) in search.objectives.iter().zip(&told.standing.objectives) {
        let _ = writeln!(out, "  {metric} {} {}", figure(Some(*mean)), metric.info().unit);
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

/// Cost by part, and how far charging could still go.
fn parts(out: &mut String, found: &Found) {
    if found.told.is_empty() {
        return;
    }
    out.push_str("\nOf this design (means over its first random days):\n");
    for (name, value) in &found.told {
        let _ = writeln!(out, "  {:<26} {:>14} {}", name.as_str(), figure(Some(*value)), name.info().unit);
    }
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
    if let Some(less) = work::told(&told.less_work) {
        let _ = write!(out, "; {less}");
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
