//! Studies: what the commands `compare`, `sensitivity` and `optimize` do, without a folder. Each gives the JSON that the command
//! writes, and its tables.

use crate::chance::Seed;
use crate::error::{of_scenario, of_study, of_wrong};
use crate::table::{Table, in_python};
use crate::wait::interruptible;
use portvolt::disk::Scratch;
use portvolt::record::metrics::{MetricName, ScopedMetric};
use portvolt::record::table::{TableError, WrittenTable};
use portvolt::scenario::files::scenario_path;
use portvolt::study::ask;
use portvolt::study::compare::answer::Ready;
use portvolt::study::compare::sensitivity::Vary;
use portvolt::study::compare::{CompareError, strategy, words as comparison};
use portvolt::study::influence::{InfluenceError, influence, results as influences, words as sensitivities};
use portvolt::study::search::run::search;
use portvolt::study::search::study::Search;
use portvolt::study::search::{notes, results as designs};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The answer as JSON, and the tables.
type Told = (String, Vec<Py<Table>>);

fn told(py: Python<'_>, json: &serde_json::Value, tables: Result<Vec<WrittenTable>, TableError>) -> PyResult<Told> {
    let tables = tables.map_err(|error| of_study(&error))?;
    Ok((json.to_string(), in_python(py, tables)?))
}

fn scoped(name: Option<String>) -> PyResult<Option<ScopedMetric>> {
    let known = |name: String| {
        ask::scoped_metric(&name).map_err(|near| PyValueError::new_err(format!("there is no metric `{name}`: {near}")))
    };
    name.map(known).transpose()
}

fn metric(name: Option<String>) -> PyResult<Option<MetricName>> {
    let known = |name: String| {
        ask::metric(&name).map_err(|near| PyValueError::new_err(format!("there is no metric `{name}`: {near}")))
    };
    name.map(known).transpose()
}

/// Strategies, of which a word may name several as on the command line.
fn listed(words: &[String]) -> Vec<String> {
    words.iter().flat_map(|words| strategy::list(words)).collect()
}

/// Runs strategies on the same random days.
#[pyfunction]
pub(crate) fn compare(
    py: Python<'_>,
    scenario: PathBuf,
    strategies: Vec<String>,
    settings: Vec<String>,
    baseline: Option<String>,
    seed: Seed,
    replications: u32,
    until: Option<f64>,
    most_replications: u32,
    is_bounded: bool,
    metric: Option<String>,
    vary: Vec<String>,
    jobs: usize,
) -> PyResult<Told> {
    let vary = vary.iter().map(|text| Vary::parse(text)).collect::<Result<_, _>>().map_err(PyValueError::new_err)?;
    let words = comparison::Words {
        scenario: scenario_path(Path::new(""), &scenario),
        settings,
        strategies: listed(&strategies),
        baseline,
        seed: seed.0,
        replications,
        until,
        most_replications,
        is_bounded,
        metric: scoped(metric)?,
        vary,
    };
    let asked = py.detach(|| words.asked()).map_err(|wrong| of_wrong(py, wrong))?;
    let ready = py.detach(|| Ready::of(&asked)).map_err(|problems| of_scenario(py, &problems))?;
    let answered = interruptible(py, |stop| ready.answer(&asked, jobs, stop, &|_| {}))?;
    let answer = answered.map_err(|error| match error {
        CompareError::Files(problems) => of_scenario(py, &problems),
        error => of_study(&error),
    })?;
    told(py, &answer.json(&asked, ready.title(&asked)), answer.tables(&asked))
}

/// Says which doubtful numbers of a scenario decide its result.
#[pyfunction]
pub(crate) fn sensitivity(
    py: Python<'_>,
    scenario: PathBuf,
    strategies: Vec<String>,
    settings: Vec<String>,
    metric: Option<String>,
    ranges: BTreeMap<String, [f64; 2]>,
    ranges_file: Option<PathBuf>,
    seed: Seed,
    replications: u32,
    points: u32,
    threshold: f64,
    most: u32,
    keep: Option<PathBuf>,
    jobs: usize,
) -> PyResult<Told> {
    let scenario = scenario_path(Path::new(""), &scenario);
    let metric = self::metric(metric)?;
    let words = sensitivities::Words {
        scenario,
        settings,
        strategies: listed(&strategies),
        metric,
        ranges,
        ranges_file,
        only_ranges: false,
        seed: seed.0,
        replications,
        points,
        threshold,
        most,
    };
    let asked = py.detach(|| words.asked()).map_err(|wrong| of_wrong(py, wrong))?;
    // Finished runs are kept where the caller says, else until the answer is there.
    let scratch = Scratch::new().map_err(|error| of_study(&error))?;
    let kept = keep.as_deref().unwrap_or(scratch.path());
    let answered = interruptible(py, |stop| influence(&asked, kept, jobs, stop, &|_| {}))?;
    let (done, loaded) = answered.map_err(|error| match error {
        InfluenceError::Files(problems) => of_scenario(py, &problems),
        error => of_study(&error),
    })?;
    let title = loaded.first().map_or("", |loaded| &loaded.scenario.title);
    told(py, &influences::json(&asked, title, &done), influences::numbers(None, &done).map(|table| vec![table]))
}

/// Finds the best design of a study's file.
#[pyfunction]
pub(crate) fn optimize(py: Python<'_>, study: PathBuf, jobs: usize) -> PyResult<Told> {
    let asked = py.detach(|| Search::read(&study)).map_err(|problems| of_scenario(py, &problems))?;
    let found = interruptible(py, |stop| search(&asked, jobs, stop, &|_| {}))?.map_err(|error| of_study(&error))?;
    let answer = designs::answer(&asked, &found);
    let notes = notes::notes(&asked, &found, &answer);
    let json = designs::json(&asked, &found, &answer, &notes);
    told(py, &json, designs::designs(None, &asked, &found).map(|table| vec![table]))
}
