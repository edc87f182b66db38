//! What can be asked of the queue: a run, or a comparison of strategies on the same random days.

use super::edit::Change;
use crate::record::metrics::MetricName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// What is compared; the first is what the others are held against.
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

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Asked {
    /// A comparison.
    Comparison(ComparisonRequest),
    /// A run.
    Run(RunRequest),
}

impl Asked {
    /// Path of the scenario inside the served folder.
    pub(super) fn scenario(&self) -> &str {
        match self {
            Self::Comparison(request) => &request.scenario,
            Self::Run(request) => &request.scenario,
        }
    }
}
