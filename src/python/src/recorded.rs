//! What is done with what was recorded: sessions are replayed, a metered load is billed, a finished run is forked.

use crate::chance::Seed;
use crate::error::{of_run, of_scenario, of_study};
use crate::run::Run;
use crate::wait::interruptible;
use portvolt::document::problem::{Problem, Problems};
use portvolt::import::map::Map;
use portvolt::record::folder::Manifest;
use portvolt::scenario::Allocation;
use portvolt::scenario::files::overlay_path;
use portvolt::scenario::map_file::map_of;
use portvolt::scenario::replay::{Replay, load};
use portvolt::sim::Options;
use portvolt::study::bill::billed;
use portvolt::study::fork::{Asked, Fork, ForkError};
use portvolt::study::replicate::replicate_in_memory;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How a table of others is read: a mapping file, or the text of one.
#[derive(FromPyObject)]
pub(crate) enum Mapping {
    /// The text of one.
    Text(String),
    /// A mapping file.
    File(PathBuf),
}

impl Mapping {
    /// None: it is wrong, and the problems say why.
    fn read(mapping: Option<Self>, problems: &mut Vec<Problem>) -> Option<Map> {
        match mapping {
            Some(Self::Text(text)) => Map::parse("map", &text, problems),
            Some(Self::File(path)) => map_of(Some(&path), problems),
            None => Some(Map::default()),
        }
    }
}

/// Plays recorded sessions through the engine.
#[pyfunction]
pub(crate) fn replay(
    py: Python<'_>,
    sessions: PathBuf,
    map: Option<Mapping>,
    policy: String,
    params: BTreeMap<String, f64>,
    limit_kw: Option<f64>,
    interval_s: u32,
    allocation: &str,
    stay_plugged: bool,
    chargers: Option<u32>,
    port_kw: Option<f64>,
    max_kw: Option<f64>,
    tariff: Option<PathBuf>,
    tariff_name: Option<String>,
    start: Option<String>,
    zone: Option<String>,
    seed: Seed,
) -> PyResult<Run> {
    let allocation = Allocation::parse(allocation);
    let allocation = allocation.ok_or_else(|| PyValueError::new_err("allocation: write `interval` or `event`"))?;
    let mut list = Vec::new();
    let map = Mapping::read(map, &mut list);
    let Some(map) = map else { return Err(of_scenario(py, &Problems { files: Vec::new(), list })) };
    let replay = Replay {
        sessions,
        map,
        policy,
        params,
        limit_kw,
        interval_s,
        allocation,
        stay_plugged,
        chargers,
        port_kw,
        max_kw,
        tariff,
        tariff_name,
        start,
        zone,
    };
    let loaded = py.detach(|| load(&replay)).map_err(|problems| of_scenario(py, &problems))?;
    let Seed(seed) = seed;
    let options = Options { seed, ..Options::default() };
    let ran = interruptible(py, |stop| replicate_in_memory(&loaded, &options, stop))?;
    let (done, tables) = ran.map_err(|error| of_run(&error))?;
    let scenario = replay.sessions.display().to_string();
    Run::of(py, done, tables, Manifest { scenario, seed, ..Manifest::of_study("replay") })
}

/// Bills a metered load.
#[pyfunction]
pub(crate) fn bill(
    py: Python<'_>,
    load: PathBuf,
    tariff: PathBuf,
    name: Option<String>,
    map: Option<Mapping>,
) -> PyResult<String> {
    let mut problems = Vec::new();
    let map = Mapping::read(map, &mut problems);
    let billed = py.detach(|| billed(&load, &tariff, name.as_deref(), map.as_ref(), problems));
    Ok(billed.map_err(|problems| of_scenario(py, &problems))?.json().to_string())
}

/// What is forked: the folder of a finished run, or a run in memory.
#[derive(FromPyObject)]
pub(crate) enum Forked<'py> {
    /// In memory.
    Run(Bound<'py, Run>),
    /// Its folder.
    Folder(PathBuf),
}

/// Has a run go on under a change: the comparison as JSON, and the fork.
#[pyfunction]
pub(crate) fn fork(
    py: Python<'_>,
    run: Forked<'_>,
    at: String,
    overlays: Vec<PathBuf>,
    settings: Vec<String>,
) -> PyResult<(String, Run)> {
    let (folder, manifest) = match run {
        Forked::Run(run) => (None, run.get().manifest().clone()),
        Forked::Folder(folder) => {
            let manifest = Manifest::read(&folder).map_err(|error| PyValueError::new_err(error.to_string()))?;
            (Some(folder), manifest)
        }
    };
    let failed = |error: ForkError| match error {
        ForkError::Files(problems) => of_scenario(py, &problems),
        ForkError::Asked(message) => PyValueError::new_err(message),
        ForkError::Run(error) => of_run(&error),
    };
    let overlays = overlays.iter().map(|name| overlay_path(Path::new(&manifest.scenario), name)).collect();
    let asked = py.detach(|| Asked::of((folder.as_deref(), &manifest), at, overlays, settings)).map_err(failed)?;
    let fork = py.detach(|| Fork::of(&manifest, asked)).map_err(failed)?;
    let options = Options { seed: manifest.seed, replication: manifest.replication, ..Options::default() };
    let ran = interruptible(py, |stop| fork.in_memory(&manifest, &options, stop))?;
    let (forked, done, tables) = ran.map_err(failed)?;
    let study = serde_json::to_value(&fork.asked).map_err(|error| of_study(&error))?;
    let mut inputs = manifest.inputs.clone();
    inputs.extend(fork.turns.iter().flat_map(|turn| turn.changed.inputs.clone()));
    let made = Manifest { command: "fork".to_owned(), study: Some(study), inputs, ..manifest };
    Ok((fork.json(&forked).to_string(), Run::of(py, done, tables, made)?))
}
