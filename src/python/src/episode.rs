//! Episodes of one environment: runs one after the other, and what each step of them earns.

use crate::charging::Expert;
use crate::error;
use crate::steered::{Ended, How, Steered};
use portvolt::document::problem::nearest;
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
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) rewards: Rewards,
    pub(crate) expert: Option<Expert>,
}

/// The present run of an environment.
pub(crate) struct Episode {
    course: Course,
    how: How,
    run: Steered,
    /// What each metric that is rewarded had reached at the last decision.
    reached: Vec<f64>,
    /// What it gained in the last step.
    pub(crate) gains: Vec<f64>,
}

impl Episode {
    /// Begins a run and takes it to its first decision.
    ///
    /// # Errors
    /// Why it did not get there.
    pub(crate) fn begin(course: Course, how: How) -> PyResult<Self> {
        let run = Steered::begin(&course.loaded, how, course.expert.as_ref())?;
        let count = course.rewards.0.len();
        let mut episode = Self { course, how, run, reached: vec![0.0; count], gains: vec![0.0; count] };
        if episode.go_on()?.is_some() {
            return Err(error::RunError::new_err("no vehicle charges in this scenario: there is nothing to decide"));
        }
        // What came before the first decision is paid with the first step: all steps together are the run.
        episode.reached.fill(0.0);
        episode.gains.fill(0.0);
        Ok(episode)
    }

    /// Another run in the place of this one.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(crate) fn restart(&mut self, seed: u64, replication: u32) -> PyResult<()> {
        let mut how = self.how;
        (how.options.seed, how.options.replication) = (seed, replication);
        *self = Self::begin(self.course.clone(), how)?;
        Ok(())
    }

    /// Seed and replication of the present run.
    pub(crate) fn chance(&self) -> (u64, u32) {
        (self.how.options.seed, self.how.options.replication)
    }

    /// Hands set-points over, by charging port, and goes on to the next decision, or to the end of the run.
    ///
    /// # Errors
    /// Why the run did not finish.
    pub(crate) fn step(&mut self, set_points_kw: &[f64]) -> PyResult<Option<Ended>> {
        {
            let mut exchange = self.run.exchange();
            exchange.set_points_kw.clear();
            exchange.set_points_kw.extend_from_slice(set_points_kw);
        }
        self.go_on()
    }

    /// The same, when the set-points are handed over already.
    ///
    /// # Errors
    /// Why the run did not finish.
    pub(crate) fn go_on(&mut self) -> PyResult<Option<Ended>> {
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

    /// What the last step earned.
    pub(crate) fn reward(&self) -> f64 {
        self.course.rewards.0.iter().zip(&self.gains).map(|((_, weight), gain)| weight * gain).sum()
    }

    /// The run itself.
    pub(crate) fn run(&self) -> &Steered {
        &self.run
    }
}

/// A metric that cannot be followed stays where it was until the run ends.
fn followed(told: &Progress, name: MetricName, before: f64) -> f64 {
    told.value(name).unwrap_or(before)
}
