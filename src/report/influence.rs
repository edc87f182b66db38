//! The page of a sensitivity: which doubtful numbers decide, and which to measure first.

use super::facts::{Fact, facts};
use crate::record::folder::Manifest;
use crate::record::hub::{Doubtful, Hub, Source};
use crate::record::read::ReadError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// What a sensitivity leaves.
pub(crate) const FILE: &str = "sensitivity.json";

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InfluencePage {
    title: String,
    influence: InfluenceResult,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
    sources: Vec<Source>,
    /// Names for people of places and fleets, by their paths such as `site.depot`.
    names: BTreeMap<String, String>,
    /// What a careful reader should know before using the result.
    warnings: Vec<String>,
}

/// `sensitivity.json`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct InfluenceResult {
    scenario: String,
    settings: Vec<String>,
    seed: u64,
    /// How many of the doubtful numbers decide, and which, in a sentence.
    headline: String,
    metric: String,
    unit: String,
    /// One strategy, or two to choose between: the second is compared with the first.
    strategies: Vec<String>,
    replications: u32,
    /// Numbers that are assumed or not verified, and how many of them were varied.
    doubtful: u64,
    varied: u64,
    not_varied: Vec<NotVaried>,
    runs: u64,
    /// Combinations of values that the scenario refused, and why the first one was.
    refused_points: u64,
    refusal: Option<String>,
    /// Mean and standard deviation of the metric over the ranges.
    mean: Option<f64>,
    deviation: Option<f64>,
    /// Points behind the shares.
    points: u64,
    /// A number that explains at least this share of the spread is not left out.
    threshold: f64,
    groups: u64,
    /// What was left out moves this share of the variance together.
    left_out: Option<f64>,
    /// Variance on the same days, and the part of it that chance has.
    chance: Option<f64>,
    variance: Option<f64>,
    kept_without_shares: Vec<String>,
    /// The decisive numbers, those that explain most first.
    numbers: Vec<DecisiveNumber>,
    pairs: Vec<NumberPair>,
    choice: Option<Choosing>,
}

/// A doubtful number that was not varied.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NotVaried {
    path: String,
    why: String,
}

/// A number, its range, and what it explains.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DecisiveNumber {
    path: String,
    /// As written: a number, or a list that is scaled as a whole.
    #[schema(value_type = Object)]
    written: serde_json::Value,
    /// Lowest and highest value; of a list, factors on it.
    low: f64,
    high: f64,
    quality: String,
    source: String,
    /// Where the range comes from.
    range: String,
    /// Share of the variance that it explains by itself, and with its interactions.
    first: SharePart,
    total: SharePart,
    /// What the choice would gain if it were known, in the unit of the metric.
    worth: Option<f64>,
}

/// A share of the variance with its 95 % interval.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SharePart {
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

/// What two numbers explain beyond each by itself.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NumberPair {
    numbers: [String; 2],
    share: SharePart,
}

/// The choice between two strategies.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Choosing {
    /// Mean gain of the second one; above zero it is chosen.
    gain: f64,
    /// In how many of the draws the second one is better.
    challenger_wins: f64,
    /// What the choice would gain if everything were known.
    of_all: f64,
    /// What numbers without any influence would seem to be worth.
    floor: f64,
}

/// Reads the folder of a sensitivity.
pub(super) fn collect(folder: &Path, manifest: &Manifest) -> Result<InfluencePage, ReadError> {
    let influence: InfluenceResult = crate::record::read::json(folder, FILE)?;
    let hub = Hub::read(folder)?;
    let names = hub.names();
    let Hub { doubtful, sources, .. } = hub;
    let mut warnings = warnings(&influence);
    warnings.extend(less_work(&crate::record::read::json(folder, FILE)?));
    let provenance = facts(manifest);
    let title = manifest.title.clone();
    Ok(InfluencePage { title, influence, provenance, doubtful, sources, names, warnings })
}

/// By strategy that it did less work than the other one, or may have.
#[derive(Deserialize)]
struct Undone {
    #[serde(default)]
    work_told: BTreeMap<String, String>,
}

fn less_work(undone: &Undone) -> Vec<String> {
    let one = |(strategy, told): (&String, &String)| format!("`{strategy}`: {told}; what is not done is no saving");
    undone.work_told.iter().map(one).collect()
}

/// Chance below this share of the variance is not worth a word.
const SMALL: f64 = 0.01;

fn warnings(influence: &InfluenceResult) -> Vec<String> {
    let mut out = Vec::new();
    if let (Some(chance), Some(variance)) = (influence.chance, influence.variance) {
        let share = (chance / variance.max(f64::MIN_POSITIVE)).min(1.0);
        if share > SMALL {
            let percent = 100.0 * share;
            out.push(format!(
                "Chance is {percent:.0} % of the variance: smaller shares are within it; more replications reduce it"
            ));
        }
    }
    if influence.refused_points > 0 {
        let why = influence.refusal.as_deref().and_then(|why| why.lines().next()).unwrap_or_default();
        out.push(format!("{} combinations of values were refused and are excluded: {why}", influence.refused_points));
    }
    if !influence.kept_without_shares.is_empty() {
        let names = influence.kept_without_shares.join(", ");
        out.push(format!("The shares of these were not computed, though they may matter: {names}"));
    }
    out
}

/// The sentence of the sensitivity in a folder: how many doubtful numbers decide, and which.
///
/// # Errors
/// When there is none that can be read.
pub(super) fn headline(folder: &Path) -> Result<String, ReadError> {
    #[derive(Deserialize)]
    struct Told {
        headline: String,
    }
    Ok(crate::record::read::json::<Told>(folder, FILE)?.headline)
}
