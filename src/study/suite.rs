//! The benchmark suite: frozen small scenarios, every built-in strategy, one score each, hashes to compare by.
//!
//! The scenarios are compiled in and written out before they run, so that two people with one version of Portvolt run
//! the same bytes. A change to one of them makes a new version of the suite: scores of two versions do not compare.

use super::compare::measure::{Runs, complete};
use super::compare::strategy::Strategy;
use super::compare::{CompareError, CompareSpec, Comparison, Standing, compare, judge_one, load_all};
use crate::disk::{WriteError, whole};
use crate::policy::decide::names;
use crate::policy::kind::PolicyKind;
use crate::record::metrics::{Better, MetricName, TOTAL};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Version of the frozen scenarios.
pub const SUITE_VERSION: u32 = 3;

/// A frozen scenario and what it is scored by.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Whose decisions it is about.
    pub decides: Decides,
    /// What scores a strategy.
    pub score: Score,
    /// What is served. A strategy that serves less than [`SERVED_SHARE`] of the best stands below all that do, whatever its
    /// score: nothing is cheaper than to do nothing.
    pub service: Option<MetricName>,
    /// The best that any policy could reach, where it is known.
    pub best: Option<Best>,
    /// Its files: path inside the folder, text.
    pub files: &'static [(&'static str, &'static str)],
}

/// Whose decisions a scenario is about: all built-in ones are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decides {
    /// Dispatch and charging, in pairs.
    Operations,
    /// Supply of hydrogen.
    Hydrogen,
    /// What is bought in a transition.
    Adoption,
}

/// A sum of metrics of the whole hub, each with its weight.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    /// How the leaderboard calls it.
    pub name: &'static str,
    /// Its terms.
    pub terms: &'static [(MetricName, f64)],
    /// Is more of it better, or less?
    pub better: Better,
}

impl Score {
    const fn less(name: &'static str, terms: &'static [(MetricName, f64)]) -> Self {
        Self { name, terms, better: Better::Lower }
    }

    const fn more(name: &'static str, terms: &'static [(MetricName, f64)]) -> Self {
        Self { name, terms, better: Better::Higher }
    }

    /// By strategy and replication.
    fn samples(&self, runs: &Runs) -> Vec<Vec<f64>> {
        let mut sums: Vec<Vec<Option<f64>>> = runs.of.iter().map(|of| vec![Some(0.0); of.len()]).collect();
        for (name, weight) in self.terms {
            for (sums, values) in sums.iter_mut().zip(runs.values(*name, TOTAL)) {
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum = sum.zip(value).map(|(sum, value)| sum + weight * value);
                }
            }
        }
        complete(&sums)
    }
}

/// Share of the best service below which a strategy is not compared by its score.
pub const SERVED_SHARE: f64 = 0.98;

/// Hauls that were not completed on time: late, lapsed, or open at the end.
const HAULS_MISSED: [(MetricName, f64); 3] =
    [(MetricName::HaulsRequested, 1.0), (MetricName::HaulsCompleted, -1.0), (MetricName::HaulsLate, 1.0)];
/// The same, and sessions that ended below their target.
const SERVICE_MISSED: [(MetricName, f64); 4] =
    [HAULS_MISSED[0], HAULS_MISSED[1], HAULS_MISSED[2], (MetricName::SessionsUnmet, 1.0)];

/// A score that cannot be passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Best {
    /// Nothing is left undone.
    Zero,
    /// Everything that another metric asks for.
    All(MetricName),
}

/// The suite.
pub const SUITE: &[Entry] = &[
    Entry {
        name: "depot",
        decides: Decides::Operations,
        score: Score::less("hauls missed + sessions unmet", &SERVICE_MISSED),
        service: Some(MetricName::HaulsCompleted),
        best: Some(Best::Zero),
        files: &[
            ("scenario.toml", include_str!("../../scenarios/suite/depot/scenario.toml")),
            ("hauls.csv", include_str!("../../scenarios/suite/depot/hauls.csv")),
        ],
    },
    Entry {
        name: "terminal",
        decides: Decides::Operations,
        score: Score::more("equipment_hours_served", &[(MetricName::EquipmentHoursServed, 1.0)]),
        service: None,
        best: Some(Best::All(MetricName::EquipmentHoursRequired)),
        files: &[("scenario.toml", include_str!("../../scenarios/suite/terminal/scenario.toml"))],
    },
    Entry {
        name: "drayage",
        decides: Decides::Operations,
        score: Score::less("hauls missed", &HAULS_MISSED),
        service: Some(MetricName::HaulsCompleted),
        best: Some(Best::Zero),
        files: &[("scenario.toml", include_str!("../../scenarios/suite/drayage/scenario.toml"))],
    },
    Entry {
        name: "hydrogen",
        decides: Decides::Hydrogen,
        score: Score::less("h2_cost_usd_per_kg", &[(MetricName::H2CostUsdPerKg, 1.0)]),
        service: Some(MetricName::H2DispensedKg),
        best: None,
        files: &[("scenario.toml", include_str!("../../scenarios/suite/hydrogen/scenario.toml"))],
    },
    Entry {
        name: "transition",
        decides: Decides::Adoption,
        score: Score::more("npv_usd", &[(MetricName::NpvUsd, 1.0)]),
        service: None,
        best: None,
        files: &[("scenario.toml", include_str!("../../scenarios/suite/transition/scenario.toml"))],
    },
];

impl Entry {
    /// What is compared: everything built in that decides here; on operations also `more`.
    #[must_use]
    pub fn strategies(&self, more: &[Strategy]) -> Vec<Strategy> {
        let named = |kind: PolicyKind| {
            let one = |name: &str| Strategy {
                name: name.to_owned(),
                overlays: Vec::new(),
                settings: vec![format!("{}.name={name}", kind.setting())],
            };
            names(kind).into_iter().map(one).collect()
        };
        match self.decides {
            Decides::Operations => [Strategy::built_in(), more.to_vec()].concat(),
            Decides::Hydrogen => named(PolicyKind::HydrogenSupply),
            Decides::Adoption => named(PolicyKind::Adoption),
        }
    }
}

/// One line of the leaderboard.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The scenario.
    pub scenario: &'static str,
    /// Hash of its files.
    pub scenario_hash: String,
    /// What scores.
    pub metric: &'static str,
    /// The strategy.
    pub strategy: String,
    /// Mean of the score.
    pub score: Option<f64>,
    /// Half the width of its 95 % interval.
    pub half_width: Option<f64>,
    /// Best and worst place that the data allow.
    pub places: Option<(u32, u32)>,
    /// Probability of being the best.
    pub probability_best: Option<f64>,
    /// The best score possible, where it is known.
    pub bound: Option<f64>,
    /// Does it serve too little to be compared by its score?
    pub is_below_service: bool,
    /// Mean of the bad orders of its plugins.
    pub rejected: Option<f64>,
    /// Hash of all rows of all its runs.
    pub digest: String,
}

/// Writes the frozen scenarios of the suite into a folder.
///
/// # Errors
/// When the system refuses.
pub fn write_out(folder: &Path) -> Result<(), WriteError> {
    for entry in SUITE {
        let target = folder.join(entry.name);
        for (name, text) in entry.files {
            whole::write(&target.join(name), text)?;
        }
    }
    Ok(())
}

/// What to run in one scenario of the suite.
#[must_use]
pub fn spec(folder: &Path, entry: &Entry, more: &[Strategy], seed: u64, replications: u32) -> CompareSpec {
    let strategies = entry.strategies(more);
    let scenario: PathBuf = folder.join(entry.name);
    CompareSpec {
        scenario,
        settings: Vec::new(),
        strategies,
        baseline: 0,
        seed,
        replications,
        target: None,
        is_bounded: false,
    }
}

/// Runs one scenario of the suite and scores it, best first.
///
/// # Errors
/// When a strategy is wrong or a run fails.
pub fn score(
    entry: &Entry,
    spec: &CompareSpec,
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<(Vec<Line>, Comparison), CompareError> {
    let loaded = load_all(spec).map_err(CompareError::Files)?;
    let done = compare(spec, &loaded, jobs, stop, progress)?;
    let scenario_hash = loaded[0].1.inputs.values().fold(blake3::Hasher::new(), |mut hasher, hash| {
        hasher.update(hash.as_bytes());
        hasher
    });
    let scenario_hash = scenario_hash.finalize().to_hex().to_string();
    if done.runs.replications() == 0 {
        return Ok((Vec::new(), done));
    }
    let samples = entry.score.samples(&done.runs);
    let standings = judge_one(&samples, entry.score.better, spec);
    if standings.iter().all(|standing| standing.mean.is_none()) {
        return Err(CompareError::NoMetric(entry.score.terms[0].0.into(), Vec::new()));
    }
    let bound = entry.best.and_then(|best| match best {
        Best::Zero => Some(0.0),
        Best::All(asked) => done.total(asked)?.strategies.first()?.mean,
    });
    let below = below_service(entry, &done, standings.len());
    // Places are of those that serve: others would take the first ones by what they leave undone.
    let serving = samples.into_iter().zip(&below).map(|(sample, is_below)| if *is_below { Vec::new() } else { sample });
    let ranked = judge_one(&serving.collect::<Vec<_>>(), entry.score.better, spec);
    let rejected = |at: usize| done.total(MetricName::PluginRejected)?.strategies.get(at)?.mean;
    let line = |(at, (standing, digest)): (usize, (&Standing, String))| Line {
        scenario: entry.name,
        scenario_hash: scenario_hash.clone(),
        metric: entry.score.name,
        strategy: standing.strategy.clone(),
        score: standing.mean,
        half_width: standing.half_width,
        places: ranked[at].first_place.zip(ranked[at].last_place),
        probability_best: ranked[at].probability_best,
        bound,
        is_below_service: below[at],
        rejected: rejected(at),
        digest,
    };
    let mut lines: Vec<Line> = standings.iter().zip(done.digests()).enumerate().map(line).collect();
    let sign = if entry.score.better == Better::Higher { -1.0 } else { 1.0 };
    let worth = |line: &Line| (line.is_below_service, sign * line.score.unwrap_or(sign * f64::INFINITY));
    lines.sort_by(|a, b| {
        let (a, b) = (worth(a), worth(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    Ok((lines, done))
}

/// By strategy: does it serve less than its share of what the best of all serves?
fn below_service(entry: &Entry, done: &Comparison, strategies: usize) -> Vec<bool> {
    let Some(served) = entry.service.and_then(|name| done.total(name)) else { return vec![false; strategies] };
    let served: Vec<f64> = served.strategies.iter().map(|standing| standing.mean.unwrap_or(0.0)).collect();
    let most = served.iter().copied().fold(0.0, f64::max);
    served.iter().map(|served| *served < SERVED_SHARE * most).collect()
}
