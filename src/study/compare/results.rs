//! What a comparison leaves in its folder: compare.json, Parquet tables, a manifest to repeat it from.

use super::measure::FailedRun;
use super::sensitivity::{Effect, Vary};
use super::strategy::Strategy;
use super::{CompareSpec, Comparison, MetricComparison};
use crate::record::doubt::passed_limits;
use crate::record::folder::{Manifest, REPORT, RunFolder, SCHEMA};
use crate::record::hub;
use crate::record::hub::Hub;
use crate::record::metrics::{ScopedMetric, TOTAL};
use crate::record::table::{TableError, WrittenTable};
use crate::report;
use crate::scenario::doubt::{doubts, further_doubts};
use crate::scenario::loaded::Loaded;
use crate::study::tables::{ComparisonRow, ReplicationRow, ResultsError, SensitivityRow, digests, table};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Most replications of a strategy.
pub const MOST_REPLICATIONS: u32 = 100_000;

/// What was asked for, beyond the comparison itself: kept in the manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The comparison.
    pub compare: CompareSpec,
    /// Sensitivities.
    pub vary: Vec<Vary>,
    /// Their metric.
    pub metric: Option<ScopedMetric>,
}

impl Asked {
    /// What no comparison of ours was asked for: a manifest is data of whoever wrote it.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        let spec = &self.compare;
        if spec.baseline >= spec.strategies.len() {
            return Some("its baseline is none of its strategies".to_owned());
        }
        let is_count = (1..=MOST_REPLICATIONS).contains(&spec.replications);
        (!is_count).then(|| format!("{} replications are not from 1 to {MOST_REPLICATIONS}", spec.replications))
    }
}

/// `compare.json`.
///
/// # Panics
/// Never: the list of digests is as long as that of the strategies.
#[must_use]
pub fn json(asked: &Asked, title: &str, done: &Comparison, effects: &[Effect]) -> serde_json::Value {
    let spec = &asked.compare;
    let digests = done.digests();
    let strategies: Vec<_> = spec
        .strategies
        .iter()
        .zip(&digests)
        .map(|(strategy, digest)| {
            serde_json::json!({
                "name": strategy.name, "overlays": strategy.overlays, "settings": strategy.settings, "digest": digest,
            })
        })
        .collect();
    serde_json::json!({
        "schema": SCHEMA,
        "portvolt": env!("CARGO_PKG_VERSION"),
        "scenario": spec.scenario,
        "title": title,
        "settings": spec.settings,
        "seed": spec.seed,
        "replications": done.runs.replications(),
        "interrupted": done.runs.is_interrupted,
        "target": spec.target,
        "target_reached": done.is_narrow,
        "baseline": spec.strategies[spec.baseline].name,
        "strategies": strategies,
        "failed": failed(done),
        "metrics": done.metrics,
        "sensitivity_metric": asked.metric.as_ref().filter(|_| !effects.is_empty()),
        "sensitivity": effects,
    })
}

/// Strategies without numbers: which replication failed first, and why.
fn failed(done: &Comparison) -> Vec<serde_json::Value> {
    let one = |run: &FailedRun| {
        let error = run.source.to_string();
        serde_json::json!({ "strategy": run.strategy, "replication": run.replication, "error": error })
    };
    done.runs.failed.values().map(one).collect()
}

/// Fills and closes the folder.
///
/// # Errors
/// When something cannot be written; nothing is left then.
pub fn leave(
    folder: RunFolder,
    asked: &Asked,
    loaded: &[(String, Loaded)],
    done: &Comparison,
    effects: &[Effect],
) -> Result<PathBuf, ResultsError> {
    match fill(&folder, asked, loaded, done, effects) {
        Ok(manifest) => Ok(folder.finish(manifest)?),
        Err(error) => {
            folder.discard();
            Err(error)
        }
    }
}

/// What is doubtful of the scenarios of the strategies: of the baseline, then of the others what it does not have.
#[must_use]
pub fn doubtful(spec: &CompareSpec, loaded: &[(String, Loaded)]) -> Vec<String> {
    doubts(&loaded[spec.baseline].1).into_iter().chain(further(spec, loaded)).collect()
}

fn further(spec: &CompareSpec, loaded: &[(String, Loaded)]) -> Vec<String> {
    let all = loaded.iter().map(|(_, loaded)| loaded).zip(&spec.strategies);
    further_doubts(all.map(|(loaded, strategy)| (strategy.name.as_str(), loaded)), &loaded[spec.baseline].1)
}

/// Most doubts about the results of one strategy that are told.
const MOST_DOUBTS: usize = 5;

/// What the results of each strategy cast doubt on by themselves, in the mean of its replications.
#[must_use]
pub fn doubts_of_results(spec: &CompareSpec, done: &Comparison) -> Vec<String> {
    let of_one = |(at, strategy): (usize, &Strategy)| {
        let value = |metric: &MetricComparison| metric.strategies.get(at).and_then(|standing| standing.mean);
        let means = || done.metrics.iter().map(|it| (it.key.name.as_str(), it.key.scope.as_str(), value(it)));
        let mut told = passed_limits(means());
        told.extend(crate::record::doubt::doubts(means()));
        let more = told.len().saturating_sub(MOST_DOUBTS);
        told.truncate(MOST_DOUBTS);
        told.extend((more > 0).then(|| format!("{more} more of this kind: see its metrics")));
        told.into_iter().map(move |doubt| format!("`{}`: {doubt}", strategy.name)).collect::<Vec<_>>()
    };
    spec.strategies.iter().enumerate().flat_map(of_one).collect()
}

/// Its tables: written into a folder, or kept in memory.
///
/// # Errors
/// When one cannot be written.
pub(super) fn tables(
    folder: Option<&Path>,
    asked: &Asked,
    done: &Comparison,
    effects: &[Effect],
) -> Result<Vec<WrittenTable>, TableError> {
    let mut tables = vec![table(folder, &replications(asked, done))?, table(folder, &comparison(&done.metrics))?];
    if !effects.is_empty() {
        tables.push(table(folder, &sensitivity(asked, effects))?);
    }
    Ok(tables)
}

/// What would give the same again: where somebody stopped it, the replications that were finished.
fn repeatable(asked: &Asked, done: &Comparison) -> Asked {
    let mut asked = asked.clone();
    if done.runs.is_interrupted {
        asked.compare.replications = done.runs.replications();
        asked.compare.target = None;
    }
    asked
}

fn fill(
    folder: &RunFolder,
    asked: &Asked,
    loaded: &[(String, Loaded)],
    done: &Comparison,
    effects: &[Effect],
) -> Result<Manifest, ResultsError> {
    let title = &loaded[asked.compare.baseline].1.scenario.title;
    folder.write_json("compare.json", &json(asked, title, done, effects))?;
    let rows = digests(tables(Some(&folder.tables()), asked, done, effects)?);
    let mut hub = Hub::of(&loaded[asked.compare.baseline].1);
    hub.warnings.extend(further(&asked.compare, loaded));
    hub.warnings.extend(doubts_of_results(&asked.compare, done));
    folder.write_json(hub::FILE, &hub)?;
    let spec = &asked.compare;
    let manifest = Manifest {
        title: title.clone(),
        scenario: spec.scenario.display().to_string(),
        seed: spec.seed,
        settings: spec.settings.clone(),
        inputs: loaded.iter().flat_map(|(_, loaded)| loaded.inputs.clone()).collect(),
        rows,
        study: serde_json::to_value(repeatable(asked, done)).ok(),
        ..Manifest::of_study("compare")
    };
    folder.write(REPORT, &report::build(folder.path(), &manifest, None)?)?;
    Ok(manifest)
}

fn replications(asked: &Asked, done: &Comparison) -> Vec<ReplicationRow> {
    let mut rows = Vec::new();
    for (strategy, runs) in asked.compare.strategies.iter().zip(&done.runs.of) {
        for (replication, run) in runs.iter().enumerate() {
            rows.extend(run.metrics.iter().map(|metric| ReplicationRow {
                strategy: strategy.name.clone(),
                replication: replication as u32,
                metric: metric.name.to_string(),
                scope: metric.scope.clone(),
                unit: metric.unit().to_owned(),
                value: metric.value,
            }));
        }
    }
    rows
}

fn comparison(metrics: &[MetricComparison]) -> Vec<ComparisonRow> {
    let row = |metric: &MetricComparison, at: usize| {
        let standing = metric.strategies[at].clone();
        ComparisonRow {
            metric: metric.key.name.to_string(),
            scope: metric.key.scope.clone(),
            unit: metric.key.unit.clone(),
            strategy: standing.strategy,
            replications: metric.replications,
            mean: standing.mean,
            half_width: standing.half_width,
            difference: standing.difference,
            difference_half_width: standing.difference_half_width,
            family_half_width: standing.family_half_width,
            p: standing.p,
            p_holm: standing.p_holm,
            pairing_factor: standing.pairing_factor,
            probability_best: standing.probability_best,
            first_place: standing.first_place,
            last_place: standing.last_place,
        }
    };
    metrics.iter().flat_map(|metric| (0..metric.strategies.len()).map(move |at| row(metric, at))).collect()
}

fn sensitivity(asked: &Asked, effects: &[Effect]) -> Vec<SensitivityRow> {
    let row = |effect: &Effect| SensitivityRow {
        parameter: effect.parameter.clone(),
        change: effect.change.clone(),
        value: effect.value.clone(),
        strategy: effect.strategy.clone(),
        metric: asked.metric.as_ref().map(|metric| metric.name.to_string()).unwrap_or_default(),
        scope: asked.metric.as_ref().map_or_else(|| TOTAL.to_owned(), |metric| metric.scope.clone()),
        mean: effect.mean,
        effect: effect.effect,
        effect_half_width: effect.effect_half_width,
        difference: effect.difference,
        difference_half_width: effect.difference_half_width,
    };
    effects.iter().map(row).collect()
}
