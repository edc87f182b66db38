//! What the integration tests share: loading a scenario with changes, running it in memory, and its numbers.
#![allow(clippy::print_stdout, reason = "a test that skips itself says so")]
#![allow(dead_code, reason = "each test binary uses a part")]

pub(crate) mod http;

use portvolt::record::metrics::Metric;
use portvolt::record::summary::Summary;
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, Simulation};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// A finished run in memory.
pub(crate) struct Finished {
    /// Digest of all rows.
    pub digest: String,
    /// All metrics.
    pub metrics: Vec<Metric>,
    /// The summary.
    pub summary: Summary,
}

impl Finished {
    /// A metric of a scope.
    pub(crate) fn get(&self, name: &str, scope: &str) -> f64 {
        let found = self.metrics.iter().find(|metric| metric.name == name && metric.scope == scope);
        found.unwrap_or_else(|| panic!("no metric {name} of {scope}")).value.unwrap_or(f64::NAN)
    }

    /// A metric of the whole hub.
    pub(crate) fn total(&self, name: &str) -> f64 {
        self.get(name, "total")
    }
}

/// The folder of a shipped scenario.
pub(crate) fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name)
}

/// The folder of a case that comes with the project.
pub(crate) fn own_case(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    assert!(folder.is_dir(), "there is no case {name} in tests/cases");
    folder
}

/// Copies the scenario `planted` into a folder: three of its doubtful numbers matter for the `CO2e` of supply.
pub(crate) fn planted(folder: &Path) {
    let target = folder.join("planted");
    std::fs::create_dir_all(&target).unwrap();
    for name in ["scenario.toml", "visits.csv"] {
        std::fs::copy(own_case("planted").join(name), target.join(name)).unwrap();
    }
}

/// The folder of a case that belongs to other authors: in `tests/cases`, or in a folder `shared/cases` above. None where it is
/// absent: a test that looks at it has a case of this project, too. With `PORTVOLT_NEEDS_CASES` that is a failure.
pub(crate) fn case(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A worktree of the project lies one folder deeper.
    let beside = root.ancestors().skip(1).take(2).map(|above| above.join("shared/cases"));
    let found = std::iter::once(root.join("tests/cases")).chain(beside).map(|cases| cases.join(name));
    let found = found.into_iter().find(|folder| folder.is_dir());
    if found.is_none() {
        assert!(std::env::var_os("PORTVOLT_NEEDS_CASES").is_none(), "there is no case {name} in tests/cases");
    }
    found
}

/// Loads a scenario with `--set` changes; panics with every problem.
pub(crate) fn loaded(path: &Path, settings: &[&str]) -> Loaded {
    let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
    load(&Request { path: path.to_path_buf(), settings, ..Request::default() })
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Writes a scenario (and files beside it) to a temporary folder and loads it.
pub(crate) fn written(toml: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, Loaded) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("scenario.toml"), toml).unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let loaded = loaded(dir.path(), &[]);
    (dir, loaded)
}

/// Runs without writing files. The audit runs too: a run that breaks an invariant panics here.
pub(crate) fn run(loaded: &Loaded, options: &Options) -> Finished {
    run_into(loaded, options, None)
}

/// The same, with the tables (and their CSV form) in a folder.
pub(crate) fn run_into(loaded: &Loaded, options: &Options, tables: Option<&Path>) -> Finished {
    let mut simulation = Simulation::new(loaded, options).unwrap();
    let driven = simulation.drive(loaded, (tables, true), &AtomicBool::new(false), |_, _| {});
    let (written, _) = driven.unwrap_or_else(|error| panic!("{error}"));
    let digest = written.digest();
    let mut summary = written.summary;
    let metrics = summary.metrics(simulation.names());
    let mut told = BTreeSet::new();
    for Metric { name, scope, .. } in &metrics {
        assert!(told.insert((name, scope)), "{name} of {scope} is told twice");
    }
    Finished { digest, metrics, summary }
}

/// Mean and half width of the 99 % interval over replications.
pub(crate) fn interval_99(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let t = StudentsT::new(0.0, 1.0, n - 1.0).unwrap().inverse_cdf(0.995);
    (mean, t * (variance / n).sqrt())
}
