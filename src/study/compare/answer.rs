//! A comparison with its changed numbers: loaded, run, judged.

use super::measure::FailedRun;
use super::results::{self, Asked};
use super::sensitivity::{self, Effect, Variation};
use super::{CompareError, Comparison, compare, load_all};
use crate::document::problem::Problems;
use crate::record::table::{TableError, WrittenTable};
use crate::scenario::loaded::Loaded;
use crate::study::replicate::replicate;
use std::sync::atomic::AtomicBool;

/// A comparison that is ready to be run.
#[derive(Debug)]
pub struct Ready {
    /// The scenario under each strategy, by its name.
    pub loaded: Vec<(String, Loaded)>,
    variations: Vec<(Variation, Loaded)>,
}

/// What came of it.
#[derive(Debug)]
pub struct Answer {
    /// The comparison.
    pub done: Comparison,
    /// What changed numbers do.
    pub effects: Vec<Effect>,
    /// Did somebody stop it?
    pub is_cut: bool,
}

impl Ready {
    /// Loads every strategy, and every strategy with every changed number.
    ///
    /// # Errors
    /// All mistakes in all files.
    pub fn of(asked: &Asked) -> Result<Self, Problems> {
        let loaded = load_all(&asked.compare)?;
        let variations = sensitivity::load_variations(&asked.compare, &loaded, &asked.vary)?;
        Ok(Self { loaded, variations })
    }

    /// Runs that are asked for; with a target there may be more.
    #[must_use]
    pub fn runs(&self, asked: &Asked) -> usize {
        asked.compare.replications as usize * (self.loaded.len() + self.variations.len())
    }

    /// Runs it. The result does not depend on `jobs` (threads; 0 is one a core). Where somebody stops it, what was finished is
    /// judged; that may be nothing.
    ///
    /// # Errors
    /// When a run fails, or no run has the metric that was asked for.
    pub fn answer(
        &self,
        asked: &Asked,
        jobs: usize,
        stop: &AtomicBool,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Answer, CompareError> {
        self.check(asked, stop)?;
        let done = compare(&asked.compare, &self.loaded, jobs, stop, progress)?;
        let is_cut = done.runs.is_interrupted;
        let Some(metric) = asked.metric.as_ref().filter(|_| done.runs.replications() > 0) else {
            return Ok(Answer { done, effects: Vec::new(), is_cut });
        };
        if done.of(metric).is_none() {
            return Err(CompareError::NoMetric(metric.clone(), done.runs.scopes_of(metric.name)));
        }
        let (spec, changed) = (&asked.compare, &self.variations);
        let (effects, is_cut_later) = sensitivity::effects(spec, &done.runs, changed, metric, jobs, stop, progress)?;
        Ok(Answer { done, effects, is_cut: is_cut || is_cut_later })
    }

    /// A metric of parts of a hub that was asked for without saying of which: one run tells which there are.
    fn check(&self, asked: &Asked, stop: &AtomicBool) -> Result<(), CompareError> {
        let Some(metric) = asked.metric.as_ref().filter(|metric| !metric.is_possible()) else { return Ok(()) };
        let (strategy, loaded) = &self.loaded[asked.compare.baseline];
        let run = replicate(loaded, asked.compare.seed, 0, stop).map_err(|source| FailedRun {
            strategy: strategy.clone(),
            replication: 0,
            source,
        })?;
        let scopes = run.metrics.into_iter().filter(|it| it.name == metric.name).map(|it| it.scope).collect();
        Err(CompareError::NoMetric(metric.clone(), scopes))
    }

    /// Title of the scenario that the others are compared with.
    #[must_use]
    pub fn title(&self, asked: &Asked) -> &str {
        &self.loaded[asked.compare.baseline].1.scenario.title
    }
}

impl Answer {
    /// `compare.json`.
    #[must_use]
    pub fn json(&self, asked: &Asked, title: &str) -> serde_json::Value {
        results::json(asked, title, &self.done, &self.effects)
    }

    /// Its tables in memory.
    ///
    /// # Errors
    /// When one cannot be laid out.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn tables(&self, asked: &Asked) -> Result<Vec<WrittenTable>, TableError> {
        results::tables(None, asked, &self.done, &self.effects)
    }
}
