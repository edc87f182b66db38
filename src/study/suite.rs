//! The benchmark suite: frozen small scenarios, every built-in strategy, one score each, hashes to compare by.
//!
//! The scenarios are compiled in and written out before they run, so that two people with one version of Portvolt run
//! the same bytes. A change to one of them makes a new version of the suite: scores of two versions do not compare.

use super::compare::strategy::Strategy;
use super::compare::{CompareError, CompareSpec, Comparison, compare, load_all};
use crate::disk::{WriteError, whole};
use crate::policy::decide::names;
use crate::policy::kind::PolicyKind;
use crate::record::metrics::{Better, MetricName};
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
    /// Metric of the whole hub that scores a strategy.
    pub metric: MetricName,
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
        metric: MetricName::SessionsUnmet,
        best: Some(Best::Zero),
        files: &[
            ("scenario.toml", include_str!("../../scenarios/suite/depot/scenario.toml")),
            ("hauls.csv", include_str!("../../scenarios/suite/depot/hauls.csv")),
        ],
    },
    Entry {
        name: "terminal",
        decides: Decides::Operations,
        metric: MetricName::EquipmentHoursServed,
        best: Some(Best::All(MetricName::EquipmentHoursRequired)),
        files: &[("scenario.toml", include_str!("../../scenarios/suite/terminal/scenario.toml"))],
    },
    Entry {
        name: "drayage",
        decides: Decides::Operations,
        metric: MetricName::HaulsLate,
        best: Some(Best::Zero),
        files: &[("scenario.toml", include_str!("../../scenarios/suite/drayage/scenario.toml"))],
    },
    Entry {
        name: "hydrogen",
        decides: Decides::Hydrogen,
        metric: MetricName::H2CostUsdPerKg,
        best: None,
        files: &[("scenario.toml", include_str!("../../scenarios/suite/hydrogen/scenario.toml"))],
    },
    Entry {
        name: "transition",
        decides: Decides::Adoption,
        metric: MetricName::NpvUsd,
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
    /// The metric that scores.
    pub metric: MetricName,
    /// The strategy.
    pub strategy: String,
    /// Mean of the metric.
    pub score: Option<f64>,
    /// Half the width of its 95 % interval.
    pub half_width: Option<f64>,
    /// Best and worst place that the data allow.
    pub places: Option<(u32, u32)>,
    /// Probability of being the best.
    pub probability_best: Option<f64>,
    /// The best score possible, where it is known.
    pub bound: Option<f64>,
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
    progress: &(dyn Fn() + Sync),
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
    let missing = || CompareError::NoMetric(entry.metric);
    let metric = done.total(entry.metric).ok_or_else(missing)?;
    let bound = entry.best.and_then(|best| match best {
        Best::Zero => Some(0.0),
        Best::All(asked) => done.total(asked)?.strategies.first()?.mean,
    });
    let line = |(standing, digest): (&super::compare::Standing, String)| Line {
        scenario: entry.name,
        scenario_hash: scenario_hash.clone(),
        metric: entry.metric,
        strategy: standing.strategy.clone(),
        score: standing.mean,
        half_width: standing.half_width,
        places: standing.first_place.zip(standing.last_place),
        probability_best: standing.probability_best,
        bound,
        digest,
    };
    let mut lines: Vec<Line> = metric.strategies.iter().zip(done.digests()).map(line).collect();
    let sign = if metric.better == Some(Better::Higher) { -1.0 } else { 1.0 };
    let worth = |line: &Line| sign * line.score.unwrap_or(f64::INFINITY);
    lines.sort_by(|a, b| worth(a).total_cmp(&worth(b)));
    Ok((lines, done))
}
