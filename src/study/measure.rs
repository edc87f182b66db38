//! Runs the replications of a study and lays their metrics out as samples.

use super::replicate::{Replication, in_order, replicate, replicate_bounded};
use super::stats::Better;
use crate::record::summary::Metric;
use crate::scenario::load::Loaded;
use crate::sim::RunError;
use crate::transition::baseline::{abatement, per_tonne};
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// Which metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MetricKey {
    /// Name, with the unit.
    pub name: String,
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
    /// Why.
    pub source: RunError,
}

/// Replications of several scenarios (strategies, variations) on the same random days.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    /// By scenario, then replication; all equally long.
    pub of: Vec<Vec<Replication>>,
    /// Somebody stopped it; what is here was finished.
    pub is_interrupted: bool,
    /// Is each run held against the best possible?
    pub is_bounded: bool,
}

impl Runs {
    /// Replications that every scenario has.
    #[must_use]
    pub fn replications(&self) -> u32 {
        self.of.first().map_or(0, |runs| runs.len() as u32)
    }

    /// Adds replications up to `until` for every named scenario. Work goes replication by replication, so that an
    /// interruption leaves whole ones.
    ///
    /// # Errors
    /// The first run, in the order of the plan, that failed.
    pub fn extend(
        &mut self,
        scenarios: &[(String, Loaded)],
        seed: u64,
        until: u32,
        jobs: usize,
        stop: &AtomicBool,
        progress: &(dyn Fn() + Sync),
    ) -> Result<(), FailedRun> {
        self.of.resize(scenarios.len(), Vec::new());
        let from = self.replications();
        let work: Vec<(u32, usize)> =
            (from..until).flat_map(|replication| (0..scenarios.len()).map(move |at| (replication, at))).collect();
        let done = in_order(jobs, &work, |(replication, at)| {
            let run = if self.is_bounded { replicate_bounded } else { replicate };
            let done = run(&scenarios[*at].1, seed, *replication, stop);
            progress();
            done
        });
        for ((replication, at), done) in work.into_iter().zip(done) {
            match done {
                Ok(run) if !self.is_interrupted => self.of[at].push(run),
                Ok(_) => {}
                Err(RunError::Interrupted { .. }) => self.is_interrupted = true,
                Err(source) => return Err(FailedRun { strategy: scenarios[at].0.clone(), replication, source }),
            }
        }
        let whole = self.of.iter().map(Vec::len).min().unwrap_or(0);
        self.of.iter_mut().for_each(|runs| runs.truncate(whole));
        Ok(())
    }

    /// Adds what abating a tonne costs against a baseline, where runs have both: present value of the additional cost over
    /// the tonnes abated, of the same replication. The baseline itself has 0.
    pub fn add_abatement(&mut self, baseline: usize) {
        let total = |run: &Replication, name| find(&run.metrics, name, "total").and_then(|metric| metric.value);
        let pair = |run: &Replication| total(run, "npv_usd").zip(total(run, "co2e_t"));
        let base: Vec<Option<(f64, f64)>> = self.of.get(baseline).into_iter().flatten().map(pair).collect();
        for (at, runs) in self.of.iter_mut().enumerate() {
            for (run, base) in runs.iter_mut().zip(&base) {
                let Some(((npv_usd, co2e_t), (base_usd, base_t))) = pair(run).zip(*base) else { continue };
                let usd_per_t = if at == baseline { Some(0.0) } else { per_tonne(base_usd - npv_usd, base_t - co2e_t) };
                run.metrics.push(abatement(usd_per_t));
            }
        }
    }

    /// Every metric that any scenario has, in the order of the first that has it.
    #[must_use]
    pub fn keys(&self) -> Vec<MetricKey> {
        let mut seen = std::collections::BTreeSet::new();
        let firsts = self.of.iter().filter_map(|runs| runs.first());
        let metrics = firsts.flat_map(|run| &run.metrics);
        metrics.filter(|metric| seen.insert((metric.name, metric.scope.clone()))).map(MetricKey::of).collect()
    }

    /// The values of a metric by scenario and replication; none where a run has none.
    #[must_use]
    pub fn values(&self, name: &str, scope: &str) -> Vec<Vec<Option<f64>>> {
        let value = |run: &Replication| find(&run.metrics, name, scope).and_then(|metric| metric.value);
        self.of.iter().map(|runs| runs.iter().map(value).collect()).collect()
    }
}

impl MetricKey {
    fn of(metric: &Metric) -> Self {
        Self {
            name: metric.name.to_owned(),
            scope: metric.scope.clone(),
            unit: metric.unit.to_owned(),
            info: metric.info.to_owned(),
        }
    }
}

fn find<'a>(metrics: &'a [Metric], name: &str, scope: &str) -> Option<&'a Metric> {
    metrics.iter().find(|metric| metric.name == name && metric.scope == scope)
}

/// Keeps the replications in which every scenario has a value, so that they stay pairs.
#[must_use]
pub fn complete(values: &[Vec<Option<f64>>]) -> Vec<Vec<f64>> {
    let length = values.iter().map(Vec::len).min().unwrap_or(0);
    let whole: Vec<usize> = (0..length).filter(|at| values.iter().all(|sample| sample[*at].is_some())).collect();
    values.iter().map(|sample| whole.iter().filter_map(|at| sample[*at]).collect()).collect()
}

/// Which end of a metric is wanted; none where neither is (kilometres by themselves are no aim).
#[must_use]
pub fn better(name: &str) -> Option<Better> {
    const HIGHER: [&str; 8] = [
        "hauls_completed",
        "energy_delivered_kwh",
        "load_factor",
        "equipment_hours_served",
        "vessel_lifts",
        "credits_usd",
        "npv_usd",
        "zev_share",
    ];
    const LOWER: [&str; 33] = [
        "bound_energy_gap_percent",
        "bound_peak_gap_percent",
        "bound_cost_gap_percent",
        "hauls_cancelled",
        "hauls_open",
        "hauls_late",
        "truck_empty_km",
        "gate_queue_mean_min",
        "trucks_stranded",
        "sessions_unmet",
        "peak_kw",
        "overload_intervals",
        "queue_wait_mean_min",
        "queue_wait_p95_min",
        "h2_stockout_h",
        "h2_queue_wait_p95_min",
        "h2_cost_usd_per_kg",
        "diesel_gal",
        "truck_diesel_gal",
        "equipment_diesel_gal",
        "co2e_tailpipe_t",
        "co2e_upstream_t",
        "nox_kg",
        "pm25_kg",
        "bill_energy_usd",
        "bill_demand_usd",
        "bill_fixed_usd",
        "bill_total_usd",
        "capex_usd",
        "opex_usd",
        "cost_usd",
        "co2e_t",
        "public_usd",
    ];
    if HIGHER.contains(&name) { Some(Better::Higher) } else { LOWER.contains(&name).then_some(Better::Lower) }
}
