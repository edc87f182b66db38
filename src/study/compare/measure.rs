//! Runs the replications of a study and lays their metrics out as samples.

use crate::record::metrics::{Metric, MetricName, TOTAL};
use crate::scenario::loaded::Loaded;
use crate::sim::RunError;
use crate::study::replicate::{Replication, in_order, replicate, replicate_bounded};
use crate::transition::baseline::abatements;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Which metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MetricKey {
    /// Name, with the unit.
    pub name: MetricName,
    /// `total`, `site:KEY`, ...
    pub scope: String,
    /// Unit.
    pub unit: String,
    /// What it says.
    pub info: String,
}

/// A run of a study that did not finish.
#[derive(Debug, thiserror::Error)]
#[error("strategy `{strategy}`, replication {replication}: {source}")]
pub struct FailedRun {
    /// The strategy, with what was varied.
    pub strategy: String,
    /// The replication.
    pub replication: u32,
    /// Error of the run.
    pub source: RunError,
}

/// Replications of several scenarios (strategies, variations) on the same random days.
#[derive(Debug, Default)]
pub struct Runs {
    /// By scenario, then replication; all equally long.
    pub of: Vec<Vec<Replication>>,
    /// Somebody stopped it; what is here was finished.
    pub is_interrupted: bool,
    /// Is each run compared with the best possible?
    pub is_bounded: bool,
    /// Scenarios whose policy failed, by their place: they have runs without metrics.
    pub failed: BTreeMap<usize, FailedRun>,
}

impl Runs {
    /// Replications that every scenario has.
    #[must_use]
    pub fn replications(&self) -> u32 {
        self.of.first().map_or(0, |runs| runs.len() as u32)
    }

    /// Adds replications up to `until` for every named scenario. Work goes replication by replication, so that an
    /// interruption leaves whole ones; after a failure no more is begun. A scenario that `may_fail` by its policy costs the others
    /// nothing: it is noted in [`Self::failed`]. `progress` hears the name of each scenario that has done a replication.
    ///
    /// # Errors
    /// The first run, in the order of the plan, that failed and may not.
    pub fn extend(
        &mut self,
        scenarios: &[(String, Loaded)],
        may_fail: impl Fn(usize) -> bool + Sync,
        (seed, until): (u64, u32),
        jobs: usize,
        stop: &AtomicBool,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<(), FailedRun> {
        self.of.resize(scenarios.len(), Vec::new());
        let may_fail = |at: usize, error: &RunError| may_fail(at) && error.is_of_policy();
        // The first replication that failed: what comes after it is not worth its time.
        let before = |at: usize| self.failed.get(&at).map_or(u32::MAX, |failed| failed.replication);
        let fails: Vec<AtomicU32> = (0..scenarios.len()).map(|at| before(at).into()).collect();
        let from = self.replications();
        let work: Vec<(u32, usize)> =
            (from..until).flat_map(|replication| (0..scenarios.len()).map(move |at| (replication, at))).collect();
        let has_failed = AtomicBool::new(false);
        let done = in_order(jobs, &work, |(replication, at)| {
            if has_failed.load(Ordering::Relaxed) {
                return None;
            }
            // What was not begun is not built only to hear that it is over.
            if stop.load(Ordering::Relaxed) {
                return Some(Err(RunError::Interrupted { at: String::new() }));
            }
            if fails[*at].load(Ordering::Relaxed) < *replication {
                progress(&scenarios[*at].0);
                return Some(Ok(Replication::default()));
            }
            let run = if self.is_bounded { replicate_bounded } else { replicate };
            let done = run(&scenarios[*at].1, seed, *replication, stop);
            match &done {
                Ok(_) | Err(RunError::Interrupted { .. }) => {}
                Err(error) if may_fail(*at, error) => drop(fails[*at].fetch_min(*replication, Ordering::Relaxed)),
                Err(_) => has_failed.store(true, Ordering::Relaxed),
            }
            // A run that was cut short is not done.
            if !matches!(done, Err(RunError::Interrupted { .. })) {
                progress(&scenarios[*at].0);
            }
            Some(done)
        });
        for ((replication, at), done) in work.into_iter().zip(done) {
            match done {
                Some(Ok(run)) if !self.is_interrupted => self.of[at].push(run),
                Some(Ok(_)) | None => {}
                Some(Err(RunError::Interrupted { .. })) => self.is_interrupted = true,
                Some(Err(source)) => {
                    let may_fail = may_fail(at, &source);
                    let failed = FailedRun { strategy: scenarios[at].0.clone(), replication, source };
                    if !may_fail {
                        return Err(failed);
                    }
                    self.failed.entry(at).or_insert(failed);
                    self.of[at].push(Replication::default());
                }
            }
        }
        // Which of its runs came before the failure hangs on the threads: none of them counts.
        for at in self.failed.keys() {
            self.of[*at].fill(Replication::default());
        }
        let whole = self.of.iter().map(Vec::len).min().unwrap_or(0);
        self.of.iter_mut().for_each(|runs| runs.truncate(whole));
        Ok(())
    }

    /// Adds the abatement cost against a baseline, where runs do not have it yet: present value of the additional cost over
    /// the tonnes abated, of the same replication. The scenarios are groups of `strategies`, each compared with the
    /// `baseline`-th of its own group, which itself has none: it abates nothing, and is no competitor of those that do.
    pub fn add_abatement(&mut self, strategies: usize, baseline: usize) {
        let total = |run: &Replication, name| find(&run.metrics, name, TOTAL).and_then(|metric| metric.value);
        for group in self.of.chunks_mut(strategies.max(1)) {
            let base: Vec<Replication> = group.get(baseline).cloned().unwrap_or_default();
            for (at, runs) in group.iter_mut().enumerate() {
                for (run, base) in runs.iter_mut().zip(&base) {
                    if find(&run.metrics, MetricName::AbatementUsdPerT, TOTAL).is_some() {
                        continue;
                    }
                    if total(run, MetricName::NpvUsd).zip(total(base, MetricName::NpvUsd)).is_none() {
                        continue;
                    }
                    let mut ways = abatements(&|name| total(base, name), &|name| total(run, name));
                    if at == baseline {
                        for metric in &mut ways {
                            metric.value = None;
                        }
                    }
                    run.metrics.extend(ways);
                }
            }
        }
    }

    /// Every metric that any run has, in the order of the first that has it.
    #[must_use]
    pub fn keys(&self) -> Vec<MetricKey> {
        let mut seen = std::collections::BTreeSet::new();
        let metrics = self.of.iter().flatten().flat_map(|run| &run.metrics);
        metrics.filter(|metric| seen.insert((metric.name, metric.scope.clone()))).map(MetricKey::of).collect()
    }

    /// Scopes of which any run has a metric, each once.
    #[must_use]
    pub fn scopes_of(&self, name: MetricName) -> Vec<String> {
        self.keys().into_iter().filter(|key| key.name == name).map(|key| key.scope).collect()
    }

    /// The values of a metric by scenario and replication; none where a run has none.
    #[must_use]
    pub fn values(&self, name: MetricName, scope: &str) -> Vec<Vec<Option<f64>>> {
        let value = |run: &Replication| find(&run.metrics, name, scope).and_then(|metric| metric.value);
        self.of.iter().map(|runs| runs.iter().map(value).collect()).collect()
    }
}

impl MetricKey {
    fn of(metric: &Metric) -> Self {
        Self {
            name: metric.name,
            scope: metric.scope.clone(),
            unit: metric.unit().to_owned(),
            info: metric.info().to_owned(),
        }
    }
}

fn find<'a>(metrics: &'a [Metric], name: MetricName, scope: &str) -> Option<&'a Metric> {
    metrics.iter().find(|metric| metric.name == name && metric.scope == scope)
}

/// Keeps the replications in which every scenario has a value, so that they stay pairs. A scenario without any value
/// (diesel trucks have no wait for hydrogen) takes none from the others: it is left empty.
#[must_use]
pub fn complete(values: &[Vec<Option<f64>>]) -> Vec<Vec<f64>> {
    let length = values.iter().map(Vec::len).min().unwrap_or(0);
    let has_any = |sample: &&Vec<Option<f64>>| sample.iter().any(Option::is_some);
    let measured: Vec<&Vec<Option<f64>>> = values.iter().filter(has_any).collect();
    let whole: Vec<usize> = (0..length).filter(|at| measured.iter().all(|sample| sample[*at].is_some())).collect();
    values.iter().map(|sample| whole.iter().filter_map(|at| sample[*at]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::complete;

    /// The second strategy lacks the third day, the third has no such metric: it costs nobody a day.
    #[test]
    fn who_measures_nothing_takes_nothing_from_others() {
        let days = [vec![Some(1.0), Some(2.0), Some(3.0)], vec![Some(4.0), Some(5.0), None], vec![None, None, None]];
        assert_eq!(complete(&days), [vec![1.0, 2.0], vec![4.0, 5.0], vec![]]);
    }
}
