//! What can be asked of the queue: a run, a comparison of strategies on the same random days, a search for the best design, or
//! which doubtful numbers decide.

use super::edit::{self, Change};
use super::names::{is_name, is_plain_path};
use crate::record::metrics::MetricName;
use crate::study::search::spec::{BudgetSpec, Choices, ConstraintSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A path or a name of a request that was kept on disk is no longer, bytes.
const LONGEST_PATH: usize = 1_000;
const LONGEST_NAME: usize = 100;

/// What to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunRequest {
    /// Path of the scenario inside the served folder.
    pub(super) scenario: String,
    /// Overlays beside it, by name.
    #[serde(default)]
    pub(super) strategies: Vec<String>,
    /// Changes on top.
    #[serde(default)]
    pub(super) changes: Vec<Change>,
    /// How many days, instead of the scenario's.
    #[serde(default)]
    pub(super) days: Option<u32>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub(super) seed: u64,
}

fn default_seed() -> u64 {
    1
}

/// A scenario with changes under a name, to be compared with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Variant {
    /// What it is called in the results.
    pub(super) name: String,
    /// Overlays beside the scenario, by name.
    #[serde(default)]
    pub(super) strategies: Vec<String>,
    /// Changes on top.
    #[serde(default)]
    pub(super) changes: Vec<Change>,
}

/// Stop once the 95 % interval of every difference is narrow enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Until {
    /// A metric of the whole region.
    pub(super) metric: MetricName,
    /// Half width of the interval over the baseline's mean, 0 to 1.
    pub(super) share: f64,
    /// Give up after this many replications.
    pub(super) most: u32,
}

/// What to compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparisonRequest {
    /// Path of the scenario inside the served folder.
    pub(super) scenario: String,
    /// What is compared; the first is what the others are compared with.
    pub(super) variants: Vec<Variant>,
    /// Simulations of each, all on the same random days; with `until`, the first ones.
    pub(super) replications: u32,
    /// How many days, instead of the scenario's.
    #[serde(default)]
    pub(super) days: Option<u32>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub(super) seed: u64,
    /// When to stop earlier or go on longer.
    #[serde(default)]
    pub(super) until: Option<Until>,
}

/// What to search: the best of many designs of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchRequest {
    /// Path of the scenario inside the served folder.
    pub(super) scenario: String,
    /// Overlays beside it, by name.
    #[serde(default)]
    pub(super) strategies: Vec<String>,
    /// Changes on top, in all designs.
    #[serde(default)]
    pub(super) changes: Vec<Change>,
    /// How many days, instead of the scenario's.
    #[serde(default)]
    pub(super) days: Option<u32>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub(super) seed: u64,
    /// Metrics of the whole region: one, or two for a Pareto front.
    pub(super) objectives: Vec<MetricName>,
    /// What may be chosen, by path.
    pub(super) decide: BTreeMap<String, Choices>,
    /// What must hold.
    #[serde(default)]
    pub(super) constraints: Vec<ConstraintSpec>,
    /// Probability with which a reported design holds its constraints, from 0.5 to below 1.
    #[serde(default = "default_confidence")]
    pub(super) confidence: f64,
    /// How much may be spent.
    #[serde(default)]
    pub(super) budget: BudgetSpec,
}

fn default_confidence() -> f64 {
    0.9
}

/// Which doubtful numbers decide a metric, or the choice between two strategies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SensitivityRequest {
    /// Path of the scenario inside the served folder.
    pub(super) scenario: String,
    /// One strategy, or two to choose between: the second is compared with the first.
    pub(super) variants: Vec<Variant>,
    /// A metric of the whole region; none: the first of cost, bill, wait and work that a run has.
    #[serde(default)]
    pub(super) metric: Option<MetricName>,
    /// Random days behind every answer.
    pub(super) replications: u32,
    /// Points behind the shares.
    pub(super) points: u32,
    /// How many days, instead of the scenario's.
    #[serde(default)]
    pub(super) days: Option<u32>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub(super) seed: u64,
}

impl SensitivityRequest {
    /// Is it of what a run simulates, and of no choice between two?
    pub(super) fn is_of(&self, run: &RunRequest) -> bool {
        let is_same = |variant: &Variant| variant.strategies == run.strategies && variant.changes == run.changes;
        self.scenario == run.scenario
            && self.days == run.days
            && matches!(self.variants.as_slice(), [one] if is_same(one))
    }
}

/// What was requested. Each has a field that no other has: `until`, `decide`, `points`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Asked {
    /// A search.
    Search(SearchRequest),
    /// A sensitivity.
    Sensitivity(SensitivityRequest),
    /// A comparison.
    Comparison(ComparisonRequest),
    /// A run.
    Run(RunRequest),
}

impl Asked {
    /// Path of the scenario inside the served folder.
    pub(super) fn scenario(&self) -> &str {
        match self {
            Self::Search(request) => &request.scenario,
            Self::Sensitivity(request) => &request.scenario,
            Self::Comparison(request) => &request.scenario,
            Self::Run(request) => &request.scenario,
        }
    }

    /// That of a run whose request cannot be read.
    pub(super) fn nothing() -> Self {
        let (strategies, changes) = (Vec::new(), Vec::new());
        Self::Run(RunRequest { scenario: String::new(), strategies, changes, days: None, seed: default_seed() })
    }

    /// Are its names and changes such as a new request may have? One that was kept on disk may be a stranger's.
    pub(super) fn is_sound(&self) -> bool {
        let is_sound = |strategies: &[String], changes: &[Change]| {
            strategies.iter().all(|name| is_name(name)) && edit::settings(changes).is_ok()
        };
        let are_sound = |variants: &[Variant]| {
            let is_named = |variant: &Variant| variant.name.len() <= LONGEST_NAME;
            variants.iter().all(|it| is_named(it) && is_sound(&it.strategies, &it.changes))
        };
        let scenario = self.scenario();
        let is_inner = match self {
            Self::Search(request) => is_sound(&request.strategies, &request.changes),
            Self::Run(request) => is_sound(&request.strategies, &request.changes),
            Self::Sensitivity(request) => are_sound(&request.variants),
            Self::Comparison(request) => are_sound(&request.variants),
        };
        scenario.len() <= LONGEST_PATH && is_plain_path(scenario) && is_inner
    }
}
