//! The benchmark suite: frozen small scenarios, every built-in strategy, one score each, hashes to compare by.
//!
//! The scenarios are compiled in and written out before they run, so that two people with one version of Portvolt run
//! the same bytes. A change to one of them makes a new version of the suite: scores of two versions do not compare.

use super::compare::{CompareError, CompareSpec, Comparison, compare, load_all};
use super::strategy::Strategy;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Version of the frozen scenarios.
pub const SUITE_VERSION: u32 = 1;

/// A frozen scenario and what it is scored by.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Metric of the whole hub that scores a strategy.
    pub metric: &'static str,
    /// Its files: path inside the folder, text.
    pub files: &'static [(&'static str, &'static str)],
}

/// The suite.
pub const SUITE: &[Entry] = &[
    Entry {
        name: "depot",
        metric: "sessions_unmet",
        files: &[
            ("scenario.toml", include_str!("../../scenarios/suite/depot/scenario.toml")),
            ("hauls.csv", include_str!("../../scenarios/suite/depot/hauls.csv")),
        ],
    },
    Entry {
        name: "terminal",
        metric: "equipment_hours_served",
        files: &[("scenario.toml", include_str!("../../scenarios/suite/terminal/scenario.toml"))],
    },
    Entry {
        name: "drayage",
        metric: "hauls_late",
        files: &[("scenario.toml", include_str!("../../scenarios/suite/drayage/scenario.toml"))],
    },
];

/// The best score that any policy could reach in a scenario of the suite, as far as it is known.
///
/// This is the one place for it: nothing computes a bound yet, so there is none, and the leaderboard says so.
#[must_use]
pub fn bound(_entry: &Entry) -> Option<f64> {
    None
}

/// One line of the leaderboard.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// The scenario.
    pub scenario: &'static str,
    /// Hash of its files.
    pub scenario_hash: String,
    /// The metric that scores.
    pub metric: &'static str,
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
pub fn write_out(folder: &Path) -> std::io::Result<()> {
    for entry in SUITE {
        let target = folder.join(entry.name);
        std::fs::create_dir_all(&target)?;
        for (name, text) in entry.files {
            std::fs::write(target.join(name), text)?;
        }
    }
    Ok(())
}

/// What to run in one scenario of the suite: every pair of built-in policies, and `more`.
#[must_use]
pub fn spec(folder: &Path, entry: &Entry, more: &[Strategy], seed: u64, replications: u32) -> CompareSpec {
    let strategies = [Strategy::built_in(), more.to_vec()].concat();
    let scenario: PathBuf = folder.join(entry.name);
    CompareSpec { scenario, settings: Vec::new(), strategies, baseline: 0, seed, replications, target: None }
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
    let missing = || CompareError::NoMetric(entry.metric.to_owned(), entry.name.to_owned());
    let metric = done.total(entry.metric).ok_or_else(missing)?;
    let line = |(standing, digest): (&super::compare::Standing, String)| Line {
        scenario: entry.name,
        scenario_hash: scenario_hash.clone(),
        metric: entry.metric,
        strategy: standing.strategy.clone(),
        score: standing.mean,
        half_width: standing.half_width,
        places: standing.first_place.zip(standing.last_place),
        probability_best: standing.probability_best,
        bound: bound(entry),
        digest,
    };
    let mut lines: Vec<Line> = metric.strategies.iter().zip(done.digests()).map(line).collect();
    let sign = if metric.better == Some(super::stats::Better::Higher) { -1.0 } else { 1.0 };
    let worth = |line: &Line| sign * line.score.unwrap_or(f64::INFINITY);
    lines.sort_by(|a, b| worth(a).total_cmp(&worth(b)));
    Ok((lines, done))
}
