//! One environment, stepped in the thread that made it.

use crate::array::{Arrays, items};
use crate::charging::{Column, Expert, Seen, Values};
use crate::episode::{Course, Episode, Rewards};
use crate::run::of_scope;
use crate::scenario::read;
use crate::steered::{Ended, How};
use portvolt::sim::Options;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Reads a scenario and says how its episodes run.
pub(crate) fn course(
    py: Python<'_>,
    scenario: PathBuf,
    settings: Vec<String>,
    overlays: Vec<PathBuf>,
    rewards: &BTreeMap<String, f64>,
    expert: Option<(String, BTreeMap<String, f64>)>,
) -> PyResult<Course> {
    let loaded = read(py, scenario, overlays, settings)?;
    if loaded.scenario.transition.is_some() {
        return Err(PyValueError::new_err("an environment is days of operations, and this scenario is a transition"));
    }
    let expert = expert.map(|(name, params)| Expert { name, params });
    Ok(Course { loaded: Arc::new(loaded), rewards: Rewards::of(rewards)?, expert })
}

/// Names, kinds (`u4` or `f8`) and lengths of the columns of an observation.
pub(crate) fn columns_of(seen: &Seen) -> Vec<(String, &'static str, usize)> {
    let kind = |column: &Column| match column.values {
        Values::U32(_) => "u4",
        Values::F64(_) => "f8",
    };
    seen.columns.iter().map(|column| (column.name.clone(), kind(column), column.len())).collect()
}

/// A charging environment without spaces and names: `portvolt.gym.ChargingEnv` puts these on. An observation is written into
/// three arrays of Python: whole numbers, quantities, and whether there is a session at each port; columns one after the other.
#[pyclass(module = "portvolt._portvolt", unsendable)]
pub struct ChargingStepper {
    episode: Episode,
    /// Has nobody decided in the present run yet?
    is_fresh: bool,
    is_over: bool,
    gains: Vec<&'static str>,
}

#[pymethods]
impl ChargingStepper {
    #[new]
    fn new(
        py: Python<'_>,
        scenario: PathBuf,
        settings: Vec<String>,
        overlays: Vec<PathBuf>,
        seed: u64,
        rewards: BTreeMap<String, f64>,
        expert: Option<(String, BTreeMap<String, f64>)>,
        with_digest: bool,
        at_events: bool,
    ) -> PyResult<Self> {
        let course = course(py, scenario, settings, overlays, &rewards, expert)?;
        let gains = course.rewards.names().collect();
        let options = Options { seed, ..Options::default() };
        let episode = Episode::begin(course, How { options, with_digest, at_events })?;
        Ok(Self { episode, is_fresh: true, is_over: true, gains })
    }

    /// Names, kinds and lengths of the columns of an observation.
    #[getter]
    fn columns(&self) -> Vec<(String, &'static str, usize)> {
        columns_of(&self.episode.run().exchange().seen)
    }

    /// Power that each charging port draws and exports at most, kW.
    #[getter]
    fn limits_kw(&self) -> Vec<(f64, f64)> {
        self.episode.run().exchange().seen.limits_kw.clone()
    }

    /// Begins a run: writes an observation, returns info.
    fn reset<'py>(
        &mut self,
        py: Python<'py>,
        mut arrays: Arrays,
        seed: Option<u64>,
        replication: Option<u32>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let (own_seed, own_replication) = self.episode.chance();
        // Without a word of the caller each run has chances of its own, as replications have.
        let next = if self.is_fresh { own_replication } else { own_replication + 1 };
        let chance = (seed.unwrap_or(own_seed), replication.unwrap_or(if seed.is_some() { 0 } else { next }));
        if !self.is_fresh || chance != (own_seed, own_replication) {
            self.episode.restart(chance.0, chance.1)?;
        }
        (self.is_fresh, self.is_over) = (true, false);
        self.show(&mut arrays)?;
        let info = self.info(py)?;
        info.set_item("seed", chance.0)?;
        info.set_item("replication", chance.1)?;
        Ok(info)
    }

    /// Orders set-points, kW by charging port: writes the next observation, returns reward, whether the run is over, info.
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        mut arrays: Arrays,
        action: PyBuffer<f64>,
    ) -> PyResult<(f64, bool, Bound<'py, PyDict>)> {
        if self.is_over {
            return Err(PyRuntimeError::new_err("the run is over, or has not begun: call reset()"));
        }
        let ports = self.episode.run().exchange().seen.present.len();
        if action.item_count() != ports {
            let message =
                format!("an action has {ports} set-points, one a charging port, and not {}", action.item_count());
            return Err(PyValueError::new_err(message));
        }
        self.is_fresh = false;
        let ended = {
            let mut exchange = self.episode.run().exchange();
            exchange.set_points_kw.resize(ports, 0.0);
            action.copy_to_slice(py, &mut exchange.set_points_kw)?;
            drop(exchange);
            self.episode.go_on().inspect_err(|_| self.is_over = true)?
        };
        self.is_over = ended.is_some();
        self.show(&mut arrays)?;
        let info = self.info(py)?;
        let gains = PyDict::new(py);
        self.gains.iter().zip(&self.episode.gains).try_for_each(|(name, gain)| gains.set_item(name, gain))?;
        info.set_item(pyo3::intern!(py, "increments"), gains)?;
        if let Some(Ended { metrics, digest }) = &ended {
            info.set_item("metrics", of_scope(py, metrics, "total")?)?;
            info.set_item("digest", digest)?;
        }
        Ok((self.episode.reward(), self.is_over, info))
    }

    /// What the expert would order, by charging port; nothing without one.
    fn advice(&self, py: Python<'_>, into: PyBuffer<f64>) -> PyResult<()> {
        into.copy_from_slice(py, &self.episode.run().exchange().seen.advice_kw)
    }
}

impl ChargingStepper {
    fn show(&self, (whole, real, present): &mut Arrays) -> PyResult<()> {
        let exchange = self.episode.run().exchange();
        let (mut whole, mut real) = (items(whole)?, items(real)?);
        for column in &exchange.seen.columns {
            match &column.values {
                Values::U32(values) => put(&mut whole, values)?,
                Values::F64(values) => put(&mut real, values)?,
            }
        }
        put(&mut items(present)?, &exchange.seen.present)
    }

    /// What every step tells beside the observation.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let info = PyDict::new(py);
        let (count, reasons) = core::mem::take(&mut self.episode.run().exchange().rejected);
        info.set_item(pyo3::intern!(py, "rejected"), count)?;
        if count > 0 {
            info.set_item(pyo3::intern!(py, "rejected_why"), reasons)?;
        }
        Ok(info)
    }
}

/// Writes values where the ones before ended.
fn put<T: Copy>(into: &mut &mut [T], values: &[T]) -> PyResult<()> {
    let Some((these, rest)) = core::mem::take(into).split_at_mut_checked(values.len()) else {
        return Err(PyValueError::new_err("the arrays are too short for an observation"));
    };
    these.copy_from_slice(values);
    *into = rest;
    Ok(())
}
