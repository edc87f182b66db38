//! Episodes of one environment: runs one after the other, and what each step of them earns.

use crate::error;
use crate::learned::{Column, Expert, Given, Learned, Part};
use crate::steered::{Ended, How, Steered};
use portvolt::document::problem::nearest;
use portvolt::policy::kind::{Charging, Dispatch, PolicyKind, YardDispatch};
use portvolt::record::metrics::{MetricName, value_of};
use portvolt::record::progress::Progress;
use portvolt::scenario::loaded::Loaded;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What earns a reward: metrics of the whole hub, and what an increment of one is worth.
#[derive(Debug, Clone)]
pub(crate) struct Rewards(Vec<(MetricName, f64)>);

impl Rewards {
    /// Weights by the name of a metric.
    ///
    /// # Errors
    /// When there is no metric of this name.
    pub(crate) fn of(weights: &BTreeMap<String, f64>) -> PyResult<Self> {
        let known = |name: &String, weight: &f64| {
            let Some(metric) = MetricName::parse(name) else {
                let near = nearest(name, MetricName::ALL.iter().map(|metric| metric.as_str())).unwrap_or_default();
                return Err(PyValueError::new_err(format!("rewards: there is no metric `{name}` ({near})")));
            };
            Ok((metric, *weight))
        };
        weights.iter().map(|(name, weight)| known(name, weight)).collect::<PyResult<_>>().map(Self)
    }

    /// Names of the metrics.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// All that episodes of an environment have in common.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    /// What is decided.
    pub(crate) kind: PolicyKind,
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) rewards: Rewards,
    pub(crate) expert: Option<Expert>,
}

impl Course {
    /// Begins a run and takes it to its first decision.
    ///
    /// # Errors
    /// Why it did not get there.
    pub(crate) fn begin(&self, how: How) -> PyResult<Box<dyn Episodes>> {
        match self.kind {
            PolicyKind::Charging => Ok(Box::new(Episode::<Charging>::begin(self.clone(), how)?)),
            PolicyKind::Dispatch => Ok(Box::new(Episode::<Dispatch>::begin(self.clone(), how)?)),
            PolicyKind::YardDispatch if self.planned_terminals() > 1 => Err(PyValueError::new_err(
                "a yard environment is of one terminal with a plan, and this scenario has several",
            )),
            PolicyKind::YardDispatch => Ok(Box::new(Episode::<YardDispatch>::begin(self.clone(), how)?)),
            other => Err(PyValueError::new_err(format!("there is no environment for {other}"))),
        }
    }

    fn planned_terminals(&self) -> usize {
        self.loaded.scenario.terminal.values().filter(|terminal| terminal.plan.is_some()).count()
    }
}

/// The episodes of one environment, whatever is decided in them.
pub(crate) trait Episodes {
    /// Another run in the place of the present one.
    ///
    /// # Errors
    /// As [`Course::begin`].
    fn restart(&mut self, seed: u64, replication: u32) -> PyResult<()>;

    /// Seed and replication of the present run.
    fn chance(&self) -> (u64, u32);

    /// Hands orders over and goes on to the next decision, or to the end of the run. `give` writes them over those before.
    ///
    /// # Errors
    /// Why the run did not finish.
    fn step(&mut self, give: &mut dyn FnMut(&mut Given) -> PyResult<()>) -> PyResult<Option<Ended>>;

    /// What each metric that is rewarded gained in the last step.
    fn gains(&self) -> &[f64];

    /// What the last step earned.
    fn reward(&self) -> f64;

    /// Shows the columns of the present view.
    fn show(&self, with: &mut dyn FnMut(&[Column]));

    /// Rows of the present view that had no place.
    fn hidden(&self) -> usize;

    /// What the expert would order.
    fn advice(&self) -> Given;

    /// What an action is made of.
    fn action(&self) -> Vec<Part>;

    /// How many orders of the last step were rejected, and why the first ones were. Asked again: none.
    fn rejected(&self) -> (u64, Vec<String>);
}

/// The present run of an environment.
struct Episode<K: Learned> {
    course: Course,
    how: How,
    run: Steered<K>,
    /// What each metric that is rewarded had reached at the last decision.
    reached: Vec<f64>,
    /// What it gained in the last step.
    gains: Vec<f64>,
}

impl<K: Learned> Episode<K> {
    fn begin(course: Course, how: How) -> PyResult<Self> {
        let run = Steered::begin(&course.loaded, how, course.expert.as_ref())?;
        let count = course.rewards.0.len();
        let mut episode = Self { course, how, run, reached: vec![0.0; count], gains: vec![0.0; count] };
        if episode.go_on()?.is_some() {
            let (kind, needs) = (K::KIND, K::KIND.facts().needs);
            let message = format!("nothing asks for {kind} in this scenario ({needs}): there is nothing to decide");
            return Err(error::RunError::new_err(message));
        }
        // What came before the first decision is paid with the first step: all steps together are the run.
        episode.reached.fill(0.0);
        episode.gains.fill(0.0);
        Ok(episode)
    }

    fn go_on(&mut self) -> PyResult<Option<Ended>> {
        let ended = self.run.go_on().map_err(|error| error::of_run(&error))?;
        let told = self.run.told();
        let reached = |name: MetricName, before: f64| match &ended {
            Some(ended) => value_of(&ended.metrics, "total", name).unwrap_or(before),
            None => followed(&told, name, before),
        };
        for (at, (name, _)) in self.course.rewards.0.iter().enumerate() {
            let now = reached(*name, self.reached[at]);
            self.gains[at] = now - core::mem::replace(&mut self.reached[at], now);
        }
        drop(told);
        Ok(ended)
    }
}

impl<K: Learned> Episodes for Episode<K> {
    fn restart(&mut self, seed: u64, replication: u32) -> PyResult<()> {
        let mut how = self.how;
        (how.options.seed, how.options.replication) = (seed, replication);
        *self = Self::begin(self.course.clone(), how)?;
        Ok(())
    }

    fn chance(&self) -> (u64, u32) {
        (self.how.options.seed, self.how.options.replication)
    }

    fn step(&mut self, give: &mut dyn FnMut(&mut Given) -> PyResult<()>) -> PyResult<Option<Ended>> {
        give(&mut self.run.exchange().given)?;
        self.go_on()
    }

    fn gains(&self) -> &[f64] {
        &self.gains
    }

    fn reward(&self) -> f64 {
        self.course.rewards.0.iter().zip(&self.gains).map(|((_, weight), gain)| weight * gain).sum()
    }

    fn show(&self, with: &mut dyn FnMut(&[Column])) {
        with(&self.run.exchange().seen.columns);
    }

    fn hidden(&self) -> usize {
        self.run.exchange().seen.hidden
    }

    fn advice(&self) -> Given {
        self.run.exchange().seen.advice.clone()
    }

    fn action(&self) -> Vec<Part> {
        self.run.exchange().seen.frame.as_ref().map(K::action).unwrap_or_default()
    }

    fn rejected(&self) -> (u64, Vec<String>) {
        core::mem::take(&mut self.run.exchange().rejected)
    }
}

/// A metric that cannot be followed stays where it was until the run ends.
fn followed(told: &Progress, name: MetricName, before: f64) -> f64 {
    told.value(name).unwrap_or(before)
}
