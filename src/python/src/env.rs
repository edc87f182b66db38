//! One environment, stepped in the thread that made it.

use crate::array::{Action, Arrays, Parts, Shape, items, lengths_of, parts_of, read as read_action, shape_of};
use crate::chance::{Replication, Seed};
use crate::episode::{Course, Episodes, Rewards};
use crate::learned::{Expert, Values};
use crate::run::of_scope;
use crate::scenario::read;
use crate::steered::{Ended, How};
use portvolt::policy::kind::PolicyKind;
use portvolt::sim::Options;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Reads a scenario and says how its episodes run. `kind`: the word of a kind of policies.
pub(crate) fn course(
    py: Python<'_>,
    kind: &str,
    scenario: PathBuf,
    settings: Vec<String>,
    overlays: Vec<PathBuf>,
    rewards: &BTreeMap<String, f64>,
    expert: Option<(String, BTreeMap<String, f64>)>,
) -> PyResult<Course> {
    let kind = PolicyKind::of_word(kind).ok_or_else(|| PyValueError::new_err(format!("there is no kind {kind}")))?;
    let loaded = read(py, scenario, overlays, settings)?;
    if loaded.scenario.transition.is_some() {
        return Err(PyValueError::new_err("an environment is days of operations, and this scenario is a transition"));
    }
    let expert = expert.map(|(name, params)| Expert { name, params });
    Ok(Course { kind, loaded: Arc::new(loaded), rewards: Rewards::of(rewards)?, expert })
}

/// An environment without spaces and names: `portvolt.gym` puts these on. An observation is written into three arrays of Python:
/// codes, whole numbers, quantities; columns one after the other. An action is read from two: choices, quantities.
#[pyclass(module = "portvolt._portvolt", unsendable)]
pub struct Stepper {
    episode: Box<dyn Episodes>,
    /// Has nobody decided in the present run yet?
    is_fresh: bool,
    is_over: bool,
    gains: Vec<&'static str>,
    lengths: (usize, usize),
}

#[pymethods]
impl Stepper {
    #[new]
    fn new(
        py: Python<'_>,
        kind: &str,
        scenario: PathBuf,
        settings: Vec<String>,
        overlays: Vec<PathBuf>,
        seed: Seed,
        rewards: BTreeMap<String, f64>,
        expert: Option<(String, BTreeMap<String, f64>)>,
        with_digest: bool,
        at_events: bool,
        most_rows: usize,
    ) -> PyResult<Self> {
        let course = course(py, kind, scenario, settings, overlays, &rewards, expert)?;
        let gains = course.rewards.names().collect();
        let options = Options { seed: seed.0, ..Options::default() };
        let episode = course.begin(How { options, with_digest, at_events, most_rows })?;
        let lengths = lengths_of(&episode.action());
        Ok(Self { episode, is_fresh: true, is_over: true, gains, lengths })
    }

    /// Names, kinds and lengths of the columns of an observation.
    #[getter]
    fn columns(&self) -> Shape {
        let mut shape = Shape::new();
        self.episode.show(&mut |columns| shape = shape_of(columns));
        shape
    }

    /// The parts of an action.
    #[getter]
    fn action(&self) -> Parts {
        parts_of(&self.episode.action())
    }

    /// Begins a run: writes an observation, returns info.
    fn reset<'py>(
        &mut self,
        py: Python<'py>,
        mut arrays: Arrays,
        seed: Option<Seed>,
        replication: Option<Replication>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let (seed, replication) = (seed.map(|seed| seed.0), replication.map(|replication| replication.0));
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

    /// Gives orders: writes the next observation, returns reward, whether the run is over, info.
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        mut arrays: Arrays,
        action: Action,
    ) -> PyResult<(f64, bool, Bound<'py, PyDict>)> {
        if self.is_over {
            return Err(PyRuntimeError::new_err("the run is over, or has not begun: call reset()"));
        }
        let mut is_read = false;
        let ended = self.episode.step(&mut |given| {
            read_action(py, &action, self.lengths, given)?;
            is_read = true;
            Ok(())
        });
        self.is_fresh = self.is_fresh && !is_read;
        // A run that failed is over; one whose orders could not be read waits for others.
        self.is_over = if is_read { !matches!(ended, Ok(None)) } else { self.is_over };
        let ended = ended?;
        self.show(&mut arrays)?;
        let info = self.info(py)?;
        let gains = PyDict::new(py);
        self.gains.iter().zip(self.episode.gains()).try_for_each(|(name, gain)| gains.set_item(name, gain))?;
        info.set_item(pyo3::intern!(py, "increments"), gains)?;
        if let Some(Ended { metrics, digest }) = &ended {
            info.set_item("metrics", of_scope(py, metrics, "total")?)?;
            info.set_item("digest", digest)?;
        }
        Ok((self.episode.reward(), self.is_over, info))
    }

    /// What the expert would order: choices and quantities; nothing without one.
    fn advice(&self) -> (Vec<i64>, Vec<f64>) {
        let advice = self.episode.advice();
        (advice.choices, advice.quantities)
    }
}

impl Stepper {
    fn show(&self, (codes, whole, real): &mut Arrays) -> PyResult<()> {
        let (mut codes, mut whole, mut real) = (items(codes)?, items(whole)?, items(real)?);
        let mut shown = Ok(());
        self.episode.show(&mut |columns| {
            shown = columns.iter().try_for_each(|column| match &column.values {
                Values::U8(values) => put(&mut codes, values),
                Values::U32(values) => put(&mut whole, values),
                Values::F64(values) => put(&mut real, values),
            });
        });
        shown
    }

    /// What every step tells beside the observation.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let info = PyDict::new(py);
        let (count, reasons) = self.episode.rejected();
        info.set_item(pyo3::intern!(py, "rejected"), count)?;
        if count > 0 {
            info.set_item(pyo3::intern!(py, "rejected_why"), reasons)?;
        }
        let hidden = self.episode.hidden();
        if hidden > 0 {
            info.set_item(pyo3::intern!(py, "hidden"), hidden)?;
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
