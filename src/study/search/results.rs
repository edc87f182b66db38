//! What a search leaves in its folder: optimize.json, best.toml, a table of designs, a manifest to repeat it from.

use super::judge::{Standing, gains};
use super::race::{Out, Racer};
use super::run::{Found, stream};
use super::study::Search;
use crate::record::folder::{Manifest, REPORT, RunFolder, SCHEMA};
use crate::record::hub::{self, Hub};
use crate::record::metrics::Better;
use crate::report;
use crate::study::compare::LEVEL;
use crate::study::stats::{self, Contest};
use crate::study::tables::{DesignRow, ResultsError, write_table};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// The file that holds the answer.
pub const FILE: &str = report::design::FILE;
/// The study as it was asked.
pub const STUDY: &str = "study.toml";
/// An overlay with the design that is reported.
pub const OVERLAY: &str = "best.toml";

/// A design as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Its settings.
    pub settings: Vec<String>,
    /// How it stands.
    pub standing: Standing,
    /// First objective: what it has more than the reported design, on the same days.
    pub difference: Option<f64>,
    /// Half the width of the 95 % interval of that.
    pub half_width: Option<f64>,
    /// Probability of having the best mean of those in front; none where constraints or two objectives decide.
    pub probability_best: Option<f64>,
}

/// Another choice in one decision: the best design that has one.
#[derive(Debug, Clone, Serialize)]
pub struct Otherwise {
    /// The decision.
    pub path: String,
    /// The reported choice.
    pub chosen: String,
    /// The best design with another choice.
    pub other: Told,
}

/// The answer as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The reported design: the best one whose constraints held on fresh days; none where none did.
    pub best: Option<Told>,
    /// The others in front: with two objectives the Pareto front, else those that the race could not tell from the best.
    pub front: Vec<Told>,
    /// What would be chosen otherwise, decision by decision.
    pub otherwise: Vec<Otherwise>,
}

/// What came of a search.
#[must_use]
pub fn answer(search: &Search, found: &Found) -> Answer {
    let race = &found.race;
    let reference = race.best.or(race.front.first().copied());
    let Some(reference) = reference else { return Answer { best: None, front: Vec::new(), otherwise: Vec::new() } };
    let told = |at: usize| told(search, &race.racers[at], &race.racers[reference]);
    let mut in_front: Vec<usize> = race.best.into_iter().collect();
    in_front.extend(race.front.iter().copied().filter(|at| Some(*at) != race.best));
    let chances = chances(search, found, &in_front);
    let mut front: Vec<Told> = in_front.iter().map(|at| told(*at)).collect();
    for (told, chance) in front.iter_mut().zip(chances) {
        told.probability_best = chance;
    }
    let best = race.best.map(|_| front.remove(0));
    Answer { best, front, otherwise: otherwise(search, found, reference) }
}

fn told(search: &Search, racer: &Racer, reference: &Racer) -> Told {
    let differences = gains(&search.rules, &reference.runs, &racer.runs);
    let interval = stats::interval(&differences, LEVEL);
    let sign = if search.rules.objectives.first() == Some(&Better::Lower) { 1.0 } else { -1.0 };
    let is_other = racer.design != reference.design;
    Told {
        settings: search.space.settings(&racer.design),
        standing: racer.standing(&search.rules),
        difference: (is_other && !differences.is_empty()).then(|| sign * stats::mean(&differences)),
        half_width: interval.filter(|_| is_other).map(|interval| interval.half_width),
        probability_best: None,
    }
}

/// Probability of the best mean, of the designs that have as many days as the first.
fn chances(search: &Search, found: &Found, in_front: &[usize]) -> Vec<Option<f64>> {
    let none = vec![None; in_front.len()];
    let [better] = search.rules.objectives.as_slice() else { return none };
    let runs = |at: &usize| -> Vec<f64> { found.race.racers[*at].runs.iter().map(|run| run.objectives[0]).collect() };
    let samples: Vec<Vec<f64>> = in_front.iter().map(runs).collect();
    let days = samples.first().map_or(0, Vec::len);
    let alike: Vec<usize> = (0..samples.len()).filter(|at| samples[*at].len() == days).collect();
    if days < 2 {
        return none;
    }
    let slices: Vec<&[f64]> = alike.iter().map(|at| samples[*at].as_slice()).collect();
    let best = stats::probability_best(vec![Contest::new(&slices, *better)], days, &mut stream(search, 1));
    let mut out = none;
    for (at, chance) in alike.into_iter().zip(best.into_iter().flatten()) {
        out[at] = Some(chance);
    }
    out
}

/// For each decision the best design with another choice in it, of those with the most days.
fn otherwise(search: &Search, found: &Found, reference: usize) -> Vec<Otherwise> {
    let racers = &found.race.racers;
    let chosen = &racers[reference].design;
    let mut out = Vec::new();
    for (decision, at) in search.space.decisions.iter().zip(0..) {
        let others: Vec<usize> = (0..racers.len())
            .filter(|it| racers[*it].design[at] != chosen[at] && !racers[*it].runs.is_empty())
            .collect();
        let Some(most) = others.iter().map(|it| racers[*it].runs.len()).max() else { continue };
        let others: Vec<usize> = others.into_iter().filter(|it| 2 * racers[*it].runs.len() >= most).collect();
        let runs: Vec<&[super::judge::Outcome]> = others.iter().map(|it| racers[*it].runs.as_slice()).collect();
        let Some(first) = super::judge::order(&search.rules, &runs).first().copied() else { continue };
        out.push(Otherwise {
            path: decision.path.clone(),
            chosen: decision.values[chosen[at]].clone(),
            other: told(search, &racers[others[first]], &racers[reference]),
        });
    }
    out
}

/// `optimize.json`.
#[must_use]
pub fn json(search: &Search, found: &Found, answer: &Answer) -> serde_json::Value {
    let metrics: Vec<_> = found
        .told
        .iter()
        .map(|(name, value)| serde_json::json!({ "name": name, "unit": name.info().unit, "mean": value }))
        .collect();
    let constraints: Vec<_> = search
        .constrained
        .iter()
        .zip(&search.rules.constraints)
        .map(|(metric, constraint)| serde_json::json!({ "metric": metric, "must": constraint }))
        .collect();
    let told = answer.best.as_ref().or(answer.front.first()).map(|told| &told.settings);
    let decisions: Vec<_> = search
        .space
        .decisions
        .iter()
        .enumerate()
        .map(|(at, decision)| {
            let chosen = told.and_then(|told| Some(told.get(at)?.split_once('=')?.1));
            let place = decision.values.iter().position(|value| Some(value.as_str()) == chosen);
            serde_json::json!({
                "path": decision.path, "choices": decision.values, "is_ordered": decision.is_ordered, "chosen": place,
            })
        })
        .collect();
    serde_json::json!({
        "schema": SCHEMA,
        "portvolt": env!("CARGO_PKG_VERSION"),
        "title": search.loaded.scenario.title,
        "scenario": search.scenario,
        "strategy": search.strategy.name,
        "settings": search.settings,
        "seed": search.seed,
        "method": METHOD,
        "decisions": decisions,
        "objectives": search.objectives,
        "constraints": constraints,
        "confidence": search.rules.confidence,
        "designs_of_the_space": search.space.size(),
        "designs_tried": found.race.racers.len(),
        "is_whole": found.race.is_whole,
        "runs": found.race.runs,
        "budget_runs": found.budget,
        "budget_minutes": search.minutes,
        "answer": answer,
        "metrics_of_the_design": metrics,
    })
}

/// The method, for whoever reads the result.
pub const METHOD: &str = "racing on common random numbers (Maron and Moore 1997; Birattari et al. 2002) with sequential halving \
                          (Karnin et al. 2013); constraints judged on fresh random days (Clopper and Pearson 1934, \
                          Student's t, Bonferroni over 3 trials)";

/// The reported design as an overlay.
fn overlay(search: &Search, answer: &Answer) -> String {
    let mut out = format!("# The design that `portvolt optimize` found for {}.\n", search.name);
    let told = answer.best.as_ref().or(answer.front.first());
    if answer.best.is_none() {
        out.push_str("# NOT confirmed: no design was shown to hold the constraints.\n");
    }
    for setting in told.map(|told| &told.settings).into_iter().flatten() {
        let _ = writeln!(out, "{}", setting.replacen('=', " = ", 1));
    }
    out
}

fn rows(search: &Search, found: &Found) -> Vec<DesignRow> {
    let race = &found.race;
    let row = |(number, racer): (usize, &Racer)| {
        let standing = racer.standing(&search.rules);
        let has_run = standing.days > 0;
        let state = match racer.out {
            _ if race.best == Some(number) => "best",
            Some(Out::Refused) => "refused",
            Some(Out::Infeasible) => "infeasible",
            Some(Out::Beaten) => "beaten",
            Some(Out::NotFollowed) => "not_followed",
            None => "front",
        };
        DesignRow {
            number: number as u32,
            settings: search.space.settings(&racer.design).join(" "),
            days: racer.runs.len() as u32,
            fresh_days: racer.fresh.len() as u32,
            objective: standing.objectives.first().copied().filter(|_| has_run),
            second_objective: standing.objectives.get(1).copied().filter(|_| has_run),
            kept: has_run.then(|| racer.kept(&search.rules)),
            state: state.to_owned(),
        }
    };
    race.racers.iter().enumerate().map(row).collect()
}

/// Fills and closes the folder.
///
/// # Errors
/// When something cannot be written; nothing is left then.
pub fn leave(folder: RunFolder, search: &Search, found: &Found, answer: &Answer) -> Result<PathBuf, ResultsError> {
    match fill(&folder, search, found, answer) {
        Ok(manifest) => Ok(folder.finish(manifest)?),
        Err(error) => {
            folder.discard();
            Err(error)
        }
    }
}

fn fill(folder: &RunFolder, search: &Search, found: &Found, answer: &Answer) -> Result<Manifest, ResultsError> {
    folder.write_json(FILE, &json(search, found, answer))?;
    folder.write(OVERLAY, &overlay(search, answer))?;
    folder.write(STUDY, &search.text)?;
    folder.write_json(hub::FILE, &Hub::of(&search.loaded))?;
    let rows = BTreeMap::from([write_table(&folder.tables(), &rows(search, found))?]);
    let study = search.path.display().to_string();
    let mut inputs = search.loaded.inputs.clone();
    inputs.insert(study.clone(), search.hash());
    let manifest = Manifest {
        title: search.loaded.scenario.title.clone(),
        scenario: search.scenario.display().to_string(),
        seed: search.seed,
        settings: search.settings.clone(),
        inputs,
        rows,
        // Where a budget was in minutes, the runs that these came to.
        study: Some(serde_json::json!({ "study": study, "runs": search.minutes.map(|_| found.budget) })),
        ..Manifest::of_study("optimize")
    };
    folder.write(REPORT, &report::build(folder.path(), &manifest, None)?)?;
    Ok(manifest)
}
