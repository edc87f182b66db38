//! The page of a search: what `optimize.json` says of the best design, and where it comes from.

use super::facts::{Fact, facts};
use crate::record::folder::Manifest;
use crate::record::hub::{Doubtful, Hub, Source};
use crate::record::read::ReadError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// What a search leaves.
pub(crate) const FILE: &str = "optimize.json";

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DesignPage {
    title: String,
    search: SearchResult,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
    sources: Vec<Source>,
    /// Names for people of places and fleets, by their paths such as `site.depot`.
    names: BTreeMap<String, String>,
    /// What a careful reader should know before using the result.
    warnings: Vec<String>,
}

/// `optimize.json`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SearchResult {
    scenario: String,
    /// What all designs are laid on.
    strategy: String,
    settings: Vec<String>,
    seed: u64,
    /// How it was searched, with the source of the method.
    method: String,
    decisions: Vec<DecisionRow>,
    /// Metrics: one, or two for a Pareto front.
    objectives: Vec<String>,
    constraints: Vec<ConstraintRow>,
    /// Probability with which a reported design holds its constraints.
    confidence: f64,
    designs_of_the_space: u64,
    designs_tried: u64,
    /// Was every design of the space tried?
    is_whole: bool,
    runs: u64,
    /// Runs that could be spent, and the minutes that they were to take, where the study has them.
    budget_runs: u64,
    budget_minutes: Option<f64>,
    answer: FoundDesigns,
    metrics_of_the_design: Vec<DesignMetric>,
}

/// What was to be decided.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DecisionRow {
    path: String,
    choices: Vec<String>,
    /// Are the choices in an order, such as numbers?
    is_ordered: bool,
    /// Place of the choice of the reported design, from 0.
    chosen: Option<usize>,
}

/// What had to hold.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ConstraintRow {
    metric: String,
    must: ConstraintEnds,
    /// Only what begins on this day or later is judged.
    #[serde(default)]
    from: Option<String>,
    /// Only what begins before this day is judged.
    #[serde(default)]
    until: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ConstraintEnds {
    most: Option<f64>,
    least: Option<f64>,
    /// In at least this share of the random days; none: on average.
    chance: Option<f64>,
}

/// The reported design and those that could be it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct FoundDesigns {
    /// The best one whose constraints held on fresh days; none where none did.
    best: Option<DesignRow>,
    /// The others in front.
    front: Vec<DesignRow>,
    /// For each decision the best design with another choice in it.
    otherwise: Vec<OtherChoice>,
}

/// One design and how it did.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DesignRow {
    settings: Vec<String>,
    standing: DesignStanding,
    /// First objective: what it has more than the reported design, on the same days.
    difference: Option<f64>,
    /// Half the width of the 95 % interval of that.
    half_width: Option<f64>,
    probability_best: Option<f64>,
    /// Was it shown on fresh days that it holds the constraints? None where there are none.
    #[serde(default)]
    is_confirmed: Option<bool>,
    /// The work of which it did less than another design that was tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    less_work: Vec<String>,
    /// The same in words, and the work of which it may have done less.
    #[serde(default)]
    work_told: Option<String>,
}

/// Means over its random days.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DesignStanding {
    days: u64,
    /// Of each objective.
    objectives: Vec<Option<f64>>,
    /// Of the metric of each constraint.
    constraints: Vec<Option<f64>>,
    /// Share of the days on which each constraint was kept.
    kept: Vec<Option<f64>>,
}

/// What would be chosen otherwise in one decision.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct OtherChoice {
    path: String,
    /// The reported choice.
    chosen: String,
    /// The best design with another one, of those that may hold the constraints; none where none was tried that may.
    other: Option<DesignRow>,
}

/// A metric of the reported design: mean over its first random days.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DesignMetric {
    name: String,
    unit: String,
    mean: Option<f64>,
}

/// What the search itself noted beside its answer.
#[derive(Deserialize)]
struct Noted {
    #[serde(default)]
    warnings: Vec<String>,
}

/// Reads the folder of a search.
pub(super) fn collect(folder: &Path, manifest: &Manifest) -> Result<DesignPage, ReadError> {
    let search: SearchResult = crate::record::read::json(folder, FILE)?;
    let hub = Hub::read(folder)?;
    let names = hub.names();
    let Hub { doubtful, sources, warnings: known, .. } = hub;
    let mut warnings = warnings(&search);
    warnings.extend(crate::record::read::json::<Noted>(folder, FILE)?.warnings);
    warnings.extend(known);
    let (title, provenance) = (manifest.title.clone(), facts(manifest));
    Ok(DesignPage { title, search, provenance, doubtful, sources, names, warnings })
}

fn warnings(search: &SearchResult) -> Vec<String> {
    let mut out = Vec::new();
    if search.answer.best.is_none() {
        let percent = 100.0 * search.confidence;
        out.push(format!("No design was shown to hold the constraints with {percent:.0} % confidence"));
    }
    if !search.is_whole {
        let (tried, of) = (search.designs_tried, search.designs_of_the_space);
        out.push(format!("{tried} of {of} designs were tried: one that was not tried may be better"));
    }
    out
}
