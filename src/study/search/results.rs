//! What a search leaves in its folder: optimize.json, best.toml, a table of designs, a manifest to repeat it from.

use super::judge::{Outcome, Standing, gains, is_doubtful, is_hopeless, passes};
use super::race::{Out, Racer, TRIALS};
use super::run::{BOUNDED_DAYS, Found, stream};
use super::study::Search;
use super::when::Dates;
use super::work;
use crate::record::folder::{Manifest, REPORT, RunFolder, SCHEMA};
use crate::record::hub::{self, Hub};
use crate::record::metrics::Better;
use crate::record::table::{TableError, WrittenTable};
use crate::report;
use crate::study::stats::LEVEL;
use crate::study::stats::{self, Contest};
use crate::study::tables::{DesignRow, ResultsError, digests, table};
use crate::study::work::Shortfall;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

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
    /// Probability of having the best mean of those in front that may hold the constraints; none where two objectives decide.
    pub probability_best: Option<f64>,
    /// Was it shown on fresh days that it holds the constraints? None where there are none.
    pub is_confirmed: Option<bool>,
    /// The work of which it did less, or may have done less, than another design that was tried. What was not done is not saved.
    #[serde(flatten)]
    pub work: Shortfall,
}

/// Another choice in one decision: the best design that has one.
#[derive(Debug, Clone, Serialize)]
pub struct Otherwise {
    /// The decision.
    pub path: String,
    /// The reported choice.
    pub chosen: String,
    /// The best design with another choice, of those that may hold the constraints; none where none was tried that may.
    pub other: Option<Told>,
}

/// The answer as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The reported design: the best one whose constraints held on fresh days; none where none did.
    pub best: Option<Told>,
    /// The others in front that may hold the constraints: with two objectives the Pareto front, else those that the race could
    /// not tell from the best, and any that is better and was not shown to hold them. Without a best one, those that came nearest.
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
    let mut in_front: Vec<usize> = race.best.into_iter().collect();
    in_front.extend(race.front.iter().copied().filter(|at| Some(*at) != race.best));
    if race.best.is_some() {
        in_front.retain(|at| Some(*at) == race.best || may_hold(search, &race.racers[*at]));
        in_front = undominated(search, found, &in_front);
    }
    let chances = chances(search, found, &in_front);
    let mut front: Vec<Told> = in_front.iter().map(|at| told(search, found, *at, reference)).collect();
    for (told, chance) in front.iter_mut().zip(chances) {
        told.probability_best = chance;
    }
    let mut seen = std::collections::BTreeSet::new();
    front.retain(|told| seen.insert(told.settings.clone()));
    let best = race.best.map(|_| front.remove(0));
    if best.is_some() && search.rules.objectives.len() == 1 {
        front.retain(|told| !is_worse(search, told));
    }
    let otherwise = race.best.map_or_else(Vec::new, |best| otherwise(search, found, best));
    Answer { best, front, otherwise }
}

/// May a design hold the constraints, as far as all its days tell?
fn may_hold(search: &Search, racer: &Racer) -> bool {
    let days: Vec<Outcome> = racer.runs.iter().chain(&racer.fresh).cloned().collect();
    !is_hopeless(&search.rules, &days) && !is_doubtful(&search.rules, &days)
}

/// Is a design surely worse than the reported one? (Without an interval nothing is sure.)
fn is_worse(search: &Search, told: &Told) -> bool {
    let is_lower = search.rules.objectives.first() == Some(&Better::Lower);
    let more = told.difference.map(|difference| if is_lower { difference } else { -difference });
    more.zip(told.half_width).is_some_and(|(more, half_width)| more > half_width)
}

/// With two objectives, those that no other one of them is better than by its means over the race. The first one, which is
/// reported, stays.
fn undominated(search: &Search, found: &Found, in_front: &[usize]) -> Vec<usize> {
    if search.rules.objectives.len() < 2 {
        return in_front.to_vec();
    }
    let means = |at: &usize| -> Vec<f64> {
        let days: Vec<&Outcome> = found.race.racers[*at].runs.iter().collect();
        let means = Standing::of(&search.rules, &days).objectives;
        means
            .iter()
            .zip(&search.rules.objectives)
            .map(|(mean, end)| if *end == Better::Lower { *mean } else { -mean })
            .collect()
    };
    let all: Vec<Vec<f64>> = in_front.iter().map(means).collect();
    let is_over = |one: &Vec<f64>, other: &Vec<f64>| {
        one.iter().zip(other).all(|(one, other)| one <= other) && one.iter().zip(other).any(|(one, other)| one < other)
    };
    let stays = |at: &usize| *at == 0 || !all.iter().any(|other| is_over(other, &all[*at]));
    (0..in_front.len()).filter(stays).map(|at| in_front[at]).collect()
}

fn told(search: &Search, found: &Found, at: usize, reference: usize) -> Told {
    let racers = &found.race.racers;
    let (racer, reference) = (&racers[at], &racers[reference]);
    let differences = gains(&search.rules, &reference.runs, &racer.runs);
    let interval = stats::interval(&differences, LEVEL);
    let sign = if search.rules.objectives.first() == Some(&Better::Lower) { 1.0 } else { -1.0 };
    let is_other = racer.design != reference.design;
    let mut standing = racer.standing(&search.rules);
    if search.rules.objectives.len() > 1 {
        // A front is one on the same days: fresh days, which few have, would blur it.
        standing.objectives = Standing::of(&search.rules, &racer.runs.iter().collect::<Vec<_>>()).objectives;
    }
    let is_constrained = !search.rules.constraints.is_empty();
    Told {
        settings: search.settings(&racer.design),
        standing,
        difference: (is_other && !differences.is_empty()).then(|| sign * stats::mean(&differences)),
        half_width: interval.filter(|_| is_other).map(|interval| interval.half_width),
        probability_best: None,
        is_confirmed: is_constrained.then(|| passes(&search.rules, &racer.fresh, TRIALS)),
        work: work::short(racers, &found.most_work, at),
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

/// For each decision the best design with another choice in it, of those with the most days that may hold the constraints: what
/// breaks one is no choice, however cheap it is.
fn otherwise(search: &Search, found: &Found, best: usize) -> Vec<Otherwise> {
    let racers = &found.race.racers;
    let chosen = &racers[best].design;
    let mut out = Vec::new();
    for (at, decision) in search.space.decisions.iter().enumerate().filter(|(_, it)| it.values.len() > 1) {
        let is_other = |it: &usize| racers[*it].design[at] != chosen[at] && !racers[*it].runs.is_empty();
        let others: Vec<usize> =
            (0..racers.len()).filter(is_other).filter(|it| may_hold(search, &racers[*it])).collect();
        let most = others.iter().map(|it| racers[*it].runs.len()).max().unwrap_or(0);
        let others: Vec<usize> = others.into_iter().filter(|it| 2 * racers[*it].runs.len() >= most).collect();
        let runs: Vec<&[Outcome]> = others.iter().map(|it| racers[*it].runs.as_slice()).collect();
        let first = super::judge::order(&search.rules, &runs).first().copied();
        out.push(Otherwise {
            path: decision.path.clone(),
            chosen: decision.values[chosen[at]].clone(),
            other: first.map(|first| told(search, found, others[first], best)),
        });
    }
    out
}

/// `optimize.json`.
#[must_use]
pub fn json(search: &Search, found: &Found, answer: &Answer, notes: &[String]) -> serde_json::Value {
    let metrics: Vec<_> = found
        .told
        .iter()
        .chain(&found.bound)
        .map(|(name, value)| serde_json::json!({ "name": name, "unit": name.info().unit, "mean": value }))
        .collect();
    let constraints: Vec<_> = search
        .constrained
        .iter()
        .zip(search.rules.constraints.iter().zip(&search.dates))
        .map(|(metric, (constraint, Dates { from, until }))| {
            let [from, until] = [from, until].map(|day| day.map(|day| day.to_string()));
            serde_json::json!({ "metric": metric, "must": constraint, "from": from, "until": until })
        })
        .collect();
    let told = answer.best.as_ref().or(answer.front.first()).map(|told| &told.settings);
    let decisions: Vec<_> = search
        .space
        .decisions
        .iter()
        .map(|decision| {
            let chosen = told.and_then(|told| {
                told.iter().find_map(|it| it.split_once('=').filter(|(path, _)| *path == decision.path).map(|it| it.1))
            });
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
        "warnings": notes,
        "metrics_of_the_design": metrics,
        "bounded_days": BOUNDED_DAYS,
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
            settings: search.settings(&racer.design).join(" "),
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

/// The table of designs: written into a folder, or kept in memory.
///
/// # Errors
/// When it cannot be written.
pub fn designs(folder: Option<&Path>, search: &Search, found: &Found) -> Result<WrittenTable, TableError> {
    table(folder, &rows(search, found))
}

/// Fills and closes the folder.
///
/// # Errors
/// When something cannot be written; nothing is left then.
pub fn leave(
    folder: RunFolder,
    search: &Search,
    found: &Found,
    answer: &Answer,
    notes: &[String],
) -> Result<PathBuf, ResultsError> {
    match fill(&folder, search, found, answer, notes) {
        Ok(manifest) => Ok(folder.finish(manifest)?),
        Err(error) => {
            folder.discard();
            Err(error)
        }
    }
}

fn fill(
    folder: &RunFolder,
    search: &Search,
    found: &Found,
    answer: &Answer,
    notes: &[String],
) -> Result<Manifest, ResultsError> {
    folder.write_json(FILE, &json(search, found, answer, notes))?;
    folder.write(OVERLAY, &overlay(search, answer))?;
    folder.write(STUDY, &search.text)?;
    folder.write_json(hub::FILE, &Hub::of(&search.loaded))?;
    let rows = digests([designs(Some(&folder.tables()), search, found)?]);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::search::notes::notes;
    use crate::study::search::race::Race;
    use crate::study::search::screen;
    use crate::study::search::work::Most;
    use std::path::Path;

    fn search(objective: &str, constraint: &str) -> Search {
        let study = Path::new(env!("CARGO_MANIFEST_DIR")).join("study.toml");
        let text = format!(
            "scenario = \"scenarios/depot_night\"\nobjective = {objective}\n[decide]\n\"charger.night.cabinets\" = \
             {{ from = 6, to = 16, step = 1 }}\n{constraint}"
        );
        Search::parse(&study, text, None).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// A design whose objectives swing by a little from day to day, and that keeps its constraint or does not.
    fn racer(number: usize, means: &[f64], swing: f64, kept: bool, hauls: f64) -> Racer {
        let day = |day: u32| Outcome {
            objectives: means.iter().map(|mean| mean + swing * f64::from(day % 3)).collect(),
            constraints: vec![if kept { 1.0 } else { 1e6 }],
            work: vec![Some(hauls + f64::from(day % 2)), None, None, None],
        };
        Racer { design: vec![number], runs: (0..8).map(day).collect(), fresh: Vec::new(), out: None }
    }

    fn found(racers: Vec<Racer>, best: Option<usize>, front: &[usize]) -> Found {
        let race = Race { racers, best, front: front.to_vec(), runs: 40, is_whole: true };
        let most_work =
            vec![Most { kind: 0, racer: 1, days: race.racers[1].runs.iter().filter_map(|day| day.work[0]).collect() }];
        Found { race, most_work, budget: 100, ..Found::default() }
    }

    const WAIT: &str = "[[constraint]]\nmetric = \"queue_wait_p95_min\"\nmost = 60\nchance = 0.6\n";

    /// A cheaper design that breaks the constraint takes no chance from the best one; a dearer one is not its equal.
    #[test]
    fn only_what_may_hold_stands_beside_the_best() {
        let search = search("\"bill_total_usd\"", WAIT);
        let mut racers = vec![
            racer(0, &[50.0], 1.0, false, 100.0),
            racer(1, &[100.0], 1.0, true, 100.0),
            racer(2, &[100.5], -1.0, true, 100.0),
            racer(3, &[190.0], 2.0, true, 100.0),
        ];
        racers[1].fresh = (0..4).flat_map(|_| racers[1].runs.clone()).collect();
        let found = found(racers, Some(1), &[0, 1, 2, 3]);
        let answer = answer(&search, &found);
        let best = answer.best.as_ref().unwrap();
        assert_eq!(best.settings, ["charger.night.cabinets=7"]);
        let beside: Vec<&str> = answer.front.iter().map(|told| told.settings[0].as_str()).collect();
        assert_eq!(beside, ["charger.night.cabinets=8"]);
        let chances = [best, &answer.front[0]].map(|told| told.probability_best.unwrap());
        assert!((chances[0] + chances[1] - 1.0).abs() < 1e-9, "{chances:?}");
        assert_eq!((best.is_confirmed, answer.front[0].is_confirmed), (Some(true), Some(false)));
        let text = screen::text(&search, &found, &answer, &notes(&search, &found, &answer));
        assert!(text.contains("cabinets=8") && text.contains("; not confirmed;"), "{text}");
        assert!(text.contains("1 of the designs beside it were not confirmed"), "{text}");
    }

    /// The cheapest design with another choice breaks the constraint and is named by nobody; where all others do, that is said.
    #[test]
    fn another_choice_is_one_that_may_hold() {
        let search = search("\"bill_total_usd\"", WAIT);
        let racers = |kept: bool| {
            vec![
                racer(0, &[50.0], 1.0, false, 100.0),
                racer(1, &[100.0], 1.0, true, 100.0),
                racer(2, &[150.0], 1.0, kept, 100.0),
            ]
        };
        let other = |kept: bool, best| {
            let found = found(racers(kept), best, &[1]);
            let answer = answer(&search, &found);
            let text = screen::text(&search, &found, &answer, &notes(&search, &found, &answer));
            (answer.otherwise.into_iter().next().map(|it| it.other.map(|told| told.settings)), text)
        };
        assert_eq!(other(true, Some(1)).0, Some(Some(vec!["charger.night.cabinets=8".to_owned()])));
        let (none, text) = other(false, Some(1));
        assert_eq!(none, Some(None));
        assert!(
            text.contains("not charger.night.cabinets=7: no design that was tried may hold the constraints"),
            "{text}"
        );
        // Without a choice nothing else can be chosen.
        assert_eq!(other(true, None).0, None);
    }

    /// Of four designs one is worse than another in both objectives: it is not in the front.
    #[test]
    fn a_front_has_no_dominated_design() {
        let search = search("[\"bill_total_usd\", \"queue_wait_p95_min\"]", "");
        let means = [[1.0, 9.0], [5.0, 5.0], [6.0, 6.0], [9.0, 1.0]];
        let racers = means.iter().enumerate().map(|(at, means)| racer(at, means, 0.1, true, 100.0)).collect();
        let answer = answer(&search, &found(racers, Some(1), &[1, 0, 2, 3]));
        let beside: Vec<&str> = answer.front.iter().map(|told| told.settings[0].as_str()).collect();
        assert_eq!(beside, ["charger.night.cabinets=6", "charger.night.cabinets=9"]);
    }

    /// The cheapest design leaves hauls undone: that is said of the answer, and that its number is the lowest allowed.
    #[test]
    fn what_a_planner_must_know_is_beside_the_answer() {
        let search = search("\"bill_total_usd\"", "");
        let racers = vec![racer(0, &[50.0], 1.0, true, 60.0), racer(1, &[90.0], 1.0, true, 100.0)];
        let found = found(racers, Some(0), &[0]);
        let answer = answer(&search, &found);
        let text = screen::text(&search, &found, &answer, &notes(&search, &found, &answer));
        let (design, less) = (text.find("Design: ").unwrap(), text.find("did less work (hauls_completed)").unwrap());
        assert!(less > design, "{text}");
        for part in ["= 6 is the lowest that was allowed", "no [price] has a part in charger.night.cabinets"] {
            assert!(text.contains(part), "no `{part}` in {text}");
        }
        let told = json(&search, &found, &answer, &notes(&search, &found, &answer));
        assert_eq!(told["answer"]["best"]["less_work"][0], "hauls_completed");
        assert_eq!(told["warnings"].as_array().unwrap().len(), 4, "{:#}", told["warnings"]);
    }
}
