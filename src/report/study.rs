//! The page of a comparison: what `compare.json` says of the hub, and where it comes from.

use super::facts::{Fact, facts};
use crate::record::folder::Manifest;
use crate::record::hub::{Doubtful, Hub, Source};
use crate::record::metrics::{Better, ScopeKind};
use crate::record::read::ReadError;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudyPage {
    title: String,
    study: Comparison,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
    sources: Vec<Source>,
    /// Names for people of places and fleets, by their paths such as `site.depot`.
    names: BTreeMap<String, String>,
    /// What a careful reader should know before using the result.
    warnings: Vec<String>,
}

/// `compare.json`, without metrics of single sites.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Comparison {
    scenario: String,
    settings: Vec<String>,
    seed: u64,
    replications: u32,
    interrupted: bool,
    baseline: String,
    strategies: Vec<ComparedStrategy>,
    metrics: Vec<ComparedMetric>,
    sensitivity_metric: Option<String>,
    sensitivity: Vec<SensitivityEffect>,
}

/// What a strategy changes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ComparedStrategy {
    name: String,
    overlays: Vec<String>,
    settings: Vec<String>,
}

/// One metric of all strategies.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ComparedMetric {
    name: String,
    scope: String,
    unit: String,
    info: String,
    /// Which end is wanted; none where neither is.
    better: Option<Better>,
    /// Replications in which every strategy has a value.
    replications: u32,
    strategies: Vec<StandingRow>,
}

/// How one strategy stands in one metric; differences are to the baseline, on the same random days.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct StandingRow {
    strategy: String,
    mean: Option<f64>,
    /// Half the width of the 95 % interval of the mean.
    half_width: Option<f64>,
    difference: Option<f64>,
    difference_half_width: Option<f64>,
    /// p value of no difference, adjusted for the number of comparisons (Holm).
    p_holm: Option<f64>,
    /// Does it differ from the baseline, after the adjustment?
    differs: Option<bool>,
    /// Variance without common random days over that with them.
    pairing_factor: Option<f64>,
    probability_best: Option<f64>,
    /// Best and worst place that the data allow; where they differ, the data cannot tell.
    first_place: Option<u32>,
    last_place: Option<u32>,
    /// Of what is better without work: that it did less, or may have done less, than the one that did most; told as a warning, too.
    #[serde(default)]
    work_told: Option<String>,
    /// Of the electricity bill: the fuels of which it used more than the one that used least; told as a warning.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    more_fuel: Vec<String>,
}

/// What one change of one number does to one strategy.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SensitivityEffect {
    parameter: String,
    change: String,
    value: String,
    /// Whether the change raises the number; none where that cannot be told.
    is_raised: Option<bool>,
    strategy: String,
    mean: Option<f64>,
    effect: Option<f64>,
    effect_half_width: Option<f64>,
    difference: Option<f64>,
    difference_half_width: Option<f64>,
}

/// What was not done is not saved: which strategies did less work than others, or may have, once each.
fn less_work(metrics: &[ComparedMetric]) -> Vec<String> {
    let told = metrics.iter().find(|metric| metric.strategies.iter().any(|row| row.work_told.is_some()));
    let told = told.iter().flat_map(|metric| &metric.strategies);
    let told = told.filter_map(|row| Some((&row.strategy, row.work_told.as_ref()?)));
    told.map(|(strategy, told)| format!("`{strategy}`: {told}; what is not done is no saving")).collect()
}

/// What a bill does not hold: which strategies used more fuel than others.
fn more_fuel(metrics: &[ComparedMetric]) -> Vec<String> {
    let rows = metrics.iter().flat_map(|metric| &metric.strategies).filter(|row| !row.more_fuel.is_empty());
    let told = rows.map(|row| {
        let (strategy, fuels) = (&row.strategy, row.more_fuel.join(", "));
        format!("`{strategy}` used more fuel than others ({fuels}), which is in no electricity bill: a smaller bill may be no saving")
    });
    // The bill of the hub and those of its sites say it each.
    told.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Reads `compare.json`. Metrics of single sites stay in the tables.
pub(super) fn collect(folder: &Path, manifest: &Manifest) -> Result<StudyPage, ReadError> {
    let mut study: Comparison = crate::record::read::json(folder, STUDY)?;
    let hub = Hub::read(folder)?;
    let names = hub.names();
    let Hub { doubtful, sources, mut warnings, .. } = hub;
    warnings.extend(less_work(&study.metrics));
    warnings.extend(more_fuel(&study.metrics));
    study.metrics.retain(|metric| ScopeKind::Site.key_in(&metric.scope).is_none());
    let raised: Vec<Option<bool>> =
        study.sensitivity.iter().map(|effect| is_raised(effect, &study.sensitivity)).collect();
    for (effect, raised) in study.sensitivity.iter_mut().zip(raised) {
        effect.is_raised = raised;
    }
    let (title, provenance) = (manifest.title.clone(), facts(manifest));
    Ok(StudyPage { title, study, provenance, doubtful, sources, names, warnings })
}

/// Whether a change raises its number: a share tells the value before, and of plain values the higher ones are raised.
/// None where it cannot be told.
fn is_raised(effect: &SensitivityEffect, all: &[SensitivityEffect]) -> Option<bool> {
    let number = |effect: &SensitivityEffect| effect.value.parse::<f64>().ok();
    let value = number(effect)?;
    if let Some(percent) = effect.change.strip_suffix('%') {
        let before = value / (1.0 + percent.parse::<f64>().ok()? / 100.0);
        return before.is_finite().then_some(value > before);
    }
    let is_same = |other: &&SensitivityEffect| other.parameter == effect.parameter && other.strategy == effect.strategy;
    let values: Vec<f64> = all.iter().filter(is_same).filter_map(number).collect();
    let [least, most] = [f64::min, f64::max].map(|pick| values.iter().copied().reduce(pick).unwrap_or(value));
    (least < most).then(|| value > f64::midpoint(least, most))
}

/// What a comparison leaves.
pub(crate) const STUDY: &str = "compare.json";

#[cfg(test)]
mod tests {
    use super::{SensitivityEffect, is_raised};
    use serde_json::json;

    #[test]
    fn the_higher_of_two_values_is_the_raised_one() {
        let effect = |parameter: &str, change: &str, value: &str| -> SensitivityEffect {
            let row = json!({ "parameter": parameter, "change": change, "value": value, "strategy": "bau" });
            serde_json::from_value(row).expect("the other fields may be missing")
        };
        let all = [
            effect("x", "880", "880"),
            effect("x", "1320", "1320"),
            effect("y", "-20%", "80"),
            effect("y", "20%", "120"),
            effect("cold_c", "-20%", "-8"),
            effect("alone", "5", "5"),
        ];
        let told: Vec<Option<bool>> = all.iter().map(|effect| is_raised(effect, &all)).collect();
        assert_eq!(told, [Some(false), Some(true), Some(false), Some(true), Some(true), None]);
    }
}
