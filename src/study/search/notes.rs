//! What a careful reader of a search's answer should know.

use super::race::{Budget, Out};
use super::results::Answer;
use super::run::Found;
use super::study::Search;
use crate::scenario::doubt::further_doubts;
use crate::scenario::loaded::Loaded;
use crate::scenario::prices::orders;
use std::fmt::Write as _;

/// Notes, the weightiest first.
#[must_use]
pub fn notes(search: &Search, found: &Found, answer: &Answer) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(short) = answer.best.as_ref().and_then(|best| best.work.told()) {
        out.push(format!(
            "Beside the tried design that did most work, this one: {short}; what is not done is no saving"
        ));
    }
    let least = Budget::least(&search.rules);
    if answer.best.is_none() && found.budget < least {
        out.push(format!(
            "{} runs cannot show that a design holds the constraints: it takes {least} or more",
            found.budget
        ));
    }
    let open = answer.front.iter().filter(|told| answer.best.is_some() && told.is_confirmed == Some(false)).count();
    if open > 0 {
        out.push(format!("{open} of the designs beside it were not confirmed to hold the constraints on fresh days"));
    }
    if let Some(design) = best_design(search, found) {
        // What is doubtful of it beyond the scenario that it changes.
        out.extend(further_doubts([("the design", &design)], &search.loaded));
        out.extend(to_order(search, &design));
        out.extend(found.doubts.iter().cloned());
    }
    out.extend(search.notes.iter().cloned());
    out.extend(ends(search, answer));
    out.extend(refused(search, found));
    out.extend(empty(search, found));
    out
}

/// The scenario of the reported design, from the first of its days.
fn best_design(search: &Search, found: &Found) -> Option<Loaded> {
    let best = &found.race.racers[found.race.best?];
    search.load(&best.design).ok()?.into_iter().next()
}

/// By when what the design has more than is there already is ordered.
fn to_order(search: &Search, design: &Loaded) -> Option<String> {
    let design = &design.scenario;
    let all = orders(design, Some(&search.loaded.scenario));
    let told: Vec<String> =
        all.iter().map(|order| format!("{} by {} ({} months)", order.of, order.by, order.months)).collect();
    let first = &design.time.start;
    (!told.is_empty()).then(|| format!("To be there on {first}, the design is ordered: {}", told.join(", ")))
}

/// The best number is the last one that was allowed: perhaps the one beyond is better still.
fn ends(search: &Search, answer: &Answer) -> Vec<String> {
    let Some(best) = &answer.best else { return Vec::new() };
    let mut out = Vec::new();
    for decision in &search.space.decisions {
        let value = best.settings.iter().filter_map(|it| it.split_once('=')).find(|it| it.0 == decision.path);
        let chosen = value.and_then(|(_, value)| decision.values.iter().position(|it| it == value));
        let end = chosen.and_then(|chosen| decision.end(chosen));
        if let Some((end, (path, value))) = end.zip(value) {
            out.push(format!("{path} = {value} is the {end} that was allowed: beyond it there may be a better one"));
        }
    }
    out
}

/// Designs that the checks of the scenario turn down, and choices that could not be tried for that.
fn refused(search: &Search, found: &Found) -> Option<String> {
    let racers = &found.race.racers;
    let is_refused =
        |at: &usize| racers[*at].out == Some(Out::Refused) && !found.empty.contains_key(&racers[*at].design);
    let all: Vec<usize> = (0..racers.len()).filter(is_refused).collect();
    let first = racers.get(*all.first()?)?;
    let mut out = format!("{} of {} designs cannot be simulated, or not be there in time", all.len(), racers.len());
    if let Err(why) = search.load(&first.design) {
        let _ = write!(out, ": {why}");
    }
    for (at, decision) in search.space.decisions.iter().enumerate() {
        for (choice, value) in decision.values.iter().enumerate() {
            let mut own = (0..racers.len()).filter(|it| racers[*it].design[at] == choice).peekable();
            if own.peek().is_some() && own.all(|it| is_refused(&it)) {
                let _ = write!(out, "; none with {}={value} can", decision.path);
            }
        }
    }
    Some(out)
}

/// Designs that run, but cannot be judged: a metric has no value on one of their days.
fn empty(search: &Search, found: &Found) -> Option<String> {
    let (first, metric) = found.empty.iter().next()?;
    let (all, tried) = (found.empty.len(), found.race.racers.len());
    let what = search.settings(first).join(", ");
    let alike = found.empty.values().all(|it| it == metric);
    let others = if alike { "" } else { ", on one of others no other metric of the study" };
    Some(format!(
        "{all} of {tried} designs run and cannot be judged: on a random day of {what} there is no `{metric}`{others}, because \
         nothing happened that it is a mean, a share or a percentile of; ask for a metric that every run has, such as a count"
    ))
}
