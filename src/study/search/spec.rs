//! `STUDY.toml` of a search as it is written: keys and defaults.

use crate::record::metrics::MetricName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use utoipa::ToSchema;

/// The file as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSpec {
    /// Folder or file, relative to the study.
    pub scenario: PathBuf,
    /// What all designs are laid on, as in `compare --strategies`.
    #[serde(default = "default_strategy")]
    pub strategy: String,
    /// Settings for all runs.
    #[serde(default)]
    pub settings: Vec<String>,
    /// First days of runs, such as 2027-06-07: each random day of a design is one run from each. None: from the scenario's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<String>,
    /// The day on which a design is ordered: one that has more of something than the scenario and cannot be there when the first
    /// run begins, by the `lead_time_months` of its price, is not tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<String>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Metrics of the whole hub: one, or two for a Pareto front.
    #[serde(default = "default_objective")]
    pub objective: OneOrTwo,
    /// Probability with which a reported design holds its constraints.
    #[serde(default = "default_confidence")]
    pub confidence: f64,
    /// Hold the charging of the reported design against the best possible.
    #[serde(default = "default_bound")]
    pub bound: bool,
    /// How much may be spent.
    #[serde(default)]
    pub budget: BudgetSpec,
    /// Choices by path.
    pub decide: BTreeMap<String, Choices>,
    /// What must hold.
    #[serde(default)]
    pub constraint: Vec<ConstraintSpec>,
}

/// Names of metrics.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrTwo {
    /// An objective.
    One(String),
    /// Two for a Pareto front.
    Several(Vec<String>),
}

/// How much may be spent: runs, minutes (which are turned into runs by timing the first ones), or the less of both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSpec {
    /// Runs in all. Default: 2,000 where no minutes are given.
    pub runs: Option<u32>,
    /// Minutes in all, on this machine.
    pub minutes: Option<f64>,
    /// Random days of one design in the race.
    pub replications: u32,
}

impl Default for BudgetSpec {
    fn default() -> Self {
        Self { runs: None, minutes: None, replications: 32 }
    }
}

/// A number, a word or a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = serde_json::Value)]
pub struct ChoiceValue(pub(super) toml::Value);

/// What may be chosen of one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Choices {
    /// One of these.
    List(Vec<ChoiceValue>),
    /// A number in a range.
    Range(Range),
}

impl Choices {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Range(range) => range.count() as usize,
        }
    }
}

/// Numbers from one to another in steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The lowest.
    pub from: f64,
    /// The highest.
    pub to: f64,
    /// From one to the next.
    pub step: f64,
}

impl Range {
    /// How many steps there are; any number where it makes no sense.
    pub(super) fn count(self) -> f64 {
        ((self.to - self.from) / self.step).floor() + 1.0
    }
}

/// What must hold of a metric of the whole hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstraintSpec {
    /// Name of the metric.
    pub metric: String,
    /// It is at most this, in its unit.
    pub most: Option<f64>,
    /// It is at least this.
    pub least: Option<f64>,
    /// In at least this share of the random days; none: on average.
    pub chance: Option<f64>,
    /// Only runs that begin on this day or later are judged, such as 2028-01-01; of a transition, years that lie after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only runs that begin before this day are judged; of a transition, years that end before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

fn default_strategy() -> String {
    "bau".to_owned()
}

fn default_bound() -> bool {
    true
}

fn default_seed() -> u64 {
    1
}

fn default_objective() -> OneOrTwo {
    OneOrTwo::One(MetricName::YearCostUsd.as_str().to_owned())
}

fn default_confidence() -> f64 {
    0.9
}
