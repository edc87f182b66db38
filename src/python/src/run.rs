//! One run, with its tables in memory.

use crate::chance::{Replication, Seed};
use crate::error;
use crate::scenario::load_files;
use crate::table::{Table, in_python};
use crate::wait::interruptible;
use portvolt::record::folder::Manifest;
use portvolt::record::metrics::{Better, Metric, MetricName};
use portvolt::record::notes::PluginNotes;
use portvolt::record::table::WrittenTable;
use portvolt::scenario::files::{overlay_path, scenario_path};
use portvolt::scenario::load::Request;
use portvolt::sim::Options;
use portvolt::study::replicate::{self, replicate_in_memory};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::path::{Path, PathBuf};

/// A finished run.
#[pyclass(module = "portvolt", frozen)]
#[derive(Debug)]
pub struct Run {
    metrics: Vec<Metric>,
    tables: Vec<Py<Table>>,
    digest: String,
    notes: Vec<PluginNotes>,
    manifest: Manifest,
}

impl Run {
    /// What a replication left, and what it was made of.
    pub(crate) fn of(
        py: Python<'_>,
        done: replicate::Replication,
        tables: Vec<WrittenTable>,
        mut manifest: Manifest,
    ) -> PyResult<Self> {
        manifest.rows = tables.iter().map(|table| (table.table.to_owned(), table.digest.clone())).collect();
        let tables = in_python(py, tables)?;
        Ok(Self { metrics: done.metrics, tables, digest: done.digest, notes: done.notes, manifest })
    }

    /// What it was made of: enough to do it again.
    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

#[pymethods]
impl Run {
    /// Metrics of the whole hub, by name; `portvolt.metrics()` says what they mean.
    #[getter]
    fn metrics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        of_scope(py, &self.metrics, "total")
    }

    /// Metrics of each scope by name: `total`, `site:KEY`, `fleet:KEY`, `year:YYYY` and so on.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let scopes = PyDict::new(py);
        for metric in &self.metrics {
            if !scopes.contains(&metric.scope)? {
                scopes.set_item(&metric.scope, of_scope(py, &self.metrics, &metric.scope)?)?;
            }
        }
        Ok(scopes)
    }

    /// Tables by name, such as `sessions`, `power`, `hauls`, `bills`.
    #[getter]
    fn tables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let tables = PyDict::new(py);
        for table in &self.tables {
            tables.set_item(table.get().name(), table)?;
        }
        Ok(tables)
    }

    /// Digest of all rows of all tables: the same inputs and seed give the same one on any machine.
    #[getter]
    fn digest(&self) -> &str {
        &self.digest
    }

    /// What the sandbox noted of each plugin: decisions, orders, rejected orders, why the first ones were rejected, log.
    #[getter]
    fn plugins<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for note in &self.notes {
            let dict = PyDict::new(py);
            dict.set_item("kind", &note.kind)?;
            dict.set_item("name", &note.name)?;
            dict.set_item("version", &note.version)?;
            dict.set_item("hash", &note.hash)?;
            dict.set_item("decisions", note.calls)?;
            dict.set_item("orders", note.orders)?;
            dict.set_item("rejected", note.dropped)?;
            dict.set_item("rejected_why", &note.examples)?;
            dict.set_item("log", &note.log)?;
            list.append(dict)?;
        }
        Ok(list)
    }

    fn __repr__(&self) -> String {
        format!("Run({} metrics, {} tables, digest {})", self.metrics.len(), self.tables.len(), &self.digest[..16])
    }
}

/// Metrics of a scope by name; those without a value are None.
pub(crate) fn of_scope<'py>(py: Python<'py>, metrics: &[Metric], scope: &str) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for metric in metrics.iter().filter(|metric| metric.scope == scope) {
        dict.set_item(metric.name.as_str(), metric.value)?;
    }
    Ok(dict)
}

/// Simulates a scenario. Other threads of Python go on meanwhile, and Ctrl-C ends it.
#[pyfunction]
#[pyo3(signature = (scenario, settings, overlays, seed, replication, strict_plugins))]
pub(crate) fn run(
    py: Python<'_>,
    scenario: PathBuf,
    settings: Vec<String>,
    overlays: Vec<PathBuf>,
    seed: Seed,
    replication: Replication,
    strict_plugins: bool,
) -> PyResult<Run> {
    let (Seed(seed), Replication(replication)) = (seed, replication);
    let path = scenario_path(Path::new(""), &scenario);
    let overlays: Vec<PathBuf> = overlays.iter().map(|name| overlay_path(&path, name)).collect();
    let loaded = load_files(
        py,
        Request { path: path.clone(), overlays: overlays.clone(), settings: settings.clone(), ..Request::default() },
    )?;
    let options = Options { seed, replication, strict_plugins, ..Options::default() };
    let ran = interruptible(py, |stop| replicate_in_memory(&loaded, &options, stop))?;
    let (done, tables) = ran.map_err(|error| error::of_run(&error))?;
    let manifest = Manifest {
        title: loaded.scenario.title.clone(),
        scenario: path.display().to_string(),
        overlays: overlays.iter().map(|path| path.display().to_string()).collect(),
        settings,
        seed,
        replication,
        inputs: loaded.inputs.clone(),
        ..Manifest::of_study("run")
    };
    Run::of(py, done, tables, manifest)
}

/// All metrics that there are: name to unit, wanted end ("lower", "higher" or "") and meaning.
#[pyfunction]
pub(crate) fn metrics(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for name in MetricName::ALL {
        let info = name.info();
        let better = info.better.map_or("", Better::word);
        dict.set_item(info.name, (info.unit, better, info.info))?;
    }
    Ok(dict)
}
