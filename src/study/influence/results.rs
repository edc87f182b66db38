//! What a sensitivity leaves in its folder: sensitivity.json, a table of the numbers, a manifest to repeat it from.

use super::numbers::Number;
use super::sobol::Share;
use super::{Asked, Influence};
use crate::record::folder::{Manifest, REPORT, RunFolder, SCHEMA};
use crate::record::hub::{self, Hub};
use crate::record::metrics::MetricName;
use crate::record::table::{TableError, WrittenTable};
use crate::report;
use crate::scenario::loaded::Loaded;
use crate::study::tables::{NumberRow, ResultsError, digests, table};
use crate::study::work::Open;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file that holds the answer.
pub const FILE: &str = report::influence::FILE;

/// A number below this share of the spread decides nothing.
pub const SMALL: f64 = 0.01;

/// A decisive number as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told<'a> {
    /// The number.
    #[serde(flatten)]
    pub(crate) number: &'a Number,
    /// What it explains by itself.
    pub(crate) first: Share,
    /// With its interactions.
    pub(crate) total: Share,
    /// What knowing it is worth.
    pub(crate) worth: Option<f64>,
}

/// The decisive numbers, those that explain most first; where there is a choice, those that are worth most first.
pub(crate) fn told(done: &Influence) -> Vec<Told<'_>> {
    let mut told: Vec<Told<'_>> = done
        .decisive
        .iter()
        .enumerate()
        .map(|(column, at)| Told {
            number: &done.numbers.varied[*at],
            first: done.indices.first[column],
            total: done.indices.total[column],
            worth: done.worth.as_ref().and_then(|worth| worth.of_number.get(column).copied()),
        })
        .collect();
    told.sort_by(|a, b| b.total.value.total_cmp(&a.total.value).then_with(|| a.number.path.cmp(&b.number.path)));
    told
}

/// The sentence that a report needs: how many of the doubtful numbers decide, and which.
#[must_use]
pub fn headline(done: &Influence) -> String {
    let told = told(done);
    let decide = told.iter().filter(|told| told.total.value >= SMALL).count();
    let names: Vec<&str> =
        told.iter().take(3).filter(|told| told.total.value >= SMALL).map(|told| told.number.path.as_str()).collect();
    let (doubtful, metric) = (done.numbers.doubtful, done.metric);
    match names.as_slice() {
        [] if done.screened.is_hidden => format!(
            "Chance hides whether any of {} doubtful numbers decides this result ({metric}): more replications make it less",
            in_thousands(doubtful)
        ),
        [] => format!("None of {} doubtful numbers decides this result ({metric})", in_thousands(doubtful)),
        names => {
            let more = if decide > names.len() { ", ..." } else { "" };
            let doubtful = in_thousands(doubtful);
            format!("{decide} of {doubtful} doubtful numbers decide this result ({metric}): {}{more}", names.join(", "))
        }
    }
}

/// A count with its thousands apart.
fn in_thousands(count: usize) -> String {
    let digits = count.to_string();
    let apart = |(at, digit): (usize, char)| {
        let is_apart = at > 0 && (digits.len() - at).is_multiple_of(3);
        is_apart.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(apart).collect()
}

/// `sensitivity.json`.
#[must_use]
pub fn json(asked: &Asked, title: &str, done: &Influence) -> serde_json::Value {
    let pairs: Vec<_> = done
        .indices
        .pairs
        .iter()
        .map(|(one, other, share)| {
            let path = |column: usize| &done.numbers.varied[done.decisive[column]].path;
            serde_json::json!({ "numbers": [path(*one), path(*other)], "share": share })
        })
        .collect();
    let fixed: Vec<_> =
        done.numbers.fixed.iter().map(|(path, why)| serde_json::json!({ "path": path, "why": why })).collect();
    let names = || asked.strategies.iter().map(|strategy| &strategy.name).zip(&done.work);
    let less_work: BTreeMap<&String, &Vec<MetricName>> =
        names().map(|(name, it)| (name, &it.less)).filter(|it| !it.1.is_empty()).collect();
    let open_work: BTreeMap<&String, &Vec<Open>> =
        names().map(|(name, it)| (name, &it.open)).filter(|it| !it.1.is_empty()).collect();
    let work_told: BTreeMap<&String, String> = names().filter_map(|(name, it)| Some((name, it.told()?))).collect();
    let only_screened = &done.screened.kept[done.decisive.len().min(done.screened.kept.len())..];
    let only_screened: Vec<_> = only_screened.iter().map(|(at, _)| &done.numbers.varied[*at].path).collect();
    serde_json::json!({
        "schema": SCHEMA,
        "portvolt": env!("CARGO_PKG_VERSION"),
        "title": title,
        "scenario": asked.scenario,
        "settings": asked.settings,
        "seed": asked.seed,
        "replications": asked.replications,
        "headline": headline(done),
        "metric": done.metric,
        "unit": done.metric.info().unit,
        "strategies": asked.strategies.iter().map(|strategy| &strategy.name).collect::<Vec<_>>(),
        "doubtful": done.numbers.doubtful,
        "varied": done.numbers.varied.len(),
        "not_varied": fixed,
        "runs": done.runs,
        "refused_points": done.refused,
        "refusal": done.refusal,
        "mean": done.indices.mean,
        "deviation": done.indices.deviation,
        "points": done.indices.points,
        "threshold": asked.threshold,
        "groups": done.screened.groups,
        "screening_points": done.screened.asked,
        "screening_pairs_without_answer": done.screened.missing,
        "left_out": done.screened.left_out,
        "chance": done.screened.chance,
        "variance": done.screened.variance,
        "kept_without_shares": only_screened,
        "numbers": told(done),
        "pairs": pairs,
        "choice": done.worth,
        "less_work": less_work,
        "open_work": open_work,
        "work_told": work_told,
    })
}

fn rows(done: &Influence) -> Vec<NumberRow> {
    let told = told(done);
    let moved: BTreeMap<usize, f64> = done.screened.kept.iter().copied().collect();
    let varied = done.numbers.varied.iter().enumerate().map(|(at, number)| {
        let told = told.iter().find(|told| told.number.path == number.path);
        NumberRow {
            number: number.path.clone(),
            written: number.written.to_string(),
            low: Some(number.low),
            high: Some(number.high),
            quality: number.quality.to_owned(),
            source: number.source.clone(),
            range: number.range.to_owned(),
            moved: moved.get(&at).copied(),
            first: told.map(|told| told.first.value),
            total: told.map(|told| told.total.value),
            total_low: told.map(|told| told.total.low),
            total_high: told.map(|told| told.total.high),
            worth: told.and_then(|told| told.worth),
        }
    });
    let fixed = done.numbers.fixed.iter().map(|(path, why)| NumberRow {
        number: path.clone(),
        written: String::new(),
        low: None,
        high: None,
        quality: String::new(),
        source: String::new(),
        range: format!("not varied: {why}"),
        moved: None,
        first: None,
        total: None,
        total_low: None,
        total_high: None,
        worth: None,
    });
    varied.chain(fixed).collect()
}

/// The table of numbers: written into a folder, or kept in memory.
///
/// # Errors
/// When it cannot be written.
pub fn numbers(folder: Option<&Path>, done: &Influence) -> Result<WrittenTable, TableError> {
    table(folder, &rows(done))
}

/// Fills and closes the folder.
///
/// # Errors
/// When something cannot be written; nothing is left then.
pub fn leave(folder: RunFolder, asked: &Asked, loaded: &[Loaded], done: &Influence) -> Result<PathBuf, ResultsError> {
    match fill(&folder, asked, loaded, done) {
        Ok(manifest) => Ok(folder.finish(manifest)?),
        Err(error) => {
            folder.discard();
            Err(error)
        }
    }
}

fn fill(folder: &RunFolder, asked: &Asked, loaded: &[Loaded], done: &Influence) -> Result<Manifest, ResultsError> {
    let title = loaded.first().map(|loaded| loaded.scenario.title.clone()).unwrap_or_default();
    folder.write_json(FILE, &json(asked, &title, done))?;
    if let Some(first) = loaded.first() {
        folder.write_json(hub::FILE, &Hub::of(first))?;
    }
    let rows = digests([numbers(Some(&folder.tables()), done)?]);
    let manifest = Manifest {
        title,
        scenario: asked.scenario.display().to_string(),
        seed: asked.seed,
        settings: asked.settings.clone(),
        inputs: loaded.iter().flat_map(|loaded| loaded.inputs.clone()).collect(),
        rows,
        study: serde_json::to_value(asked).ok(),
        ..Manifest::of_study("sensitivity")
    };
    folder.write(REPORT, &report::build(folder.path(), &manifest, None)?)?;
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::influence::groups::Screened;
    use crate::study::influence::numbers::Numbers;
    use crate::study::influence::sobol::Indices;

    /// That nothing was found is no finding where chance could hide it.
    #[test]
    fn chance_is_not_taken_for_an_answer() {
        let done = |is_hidden: bool| Influence {
            metric: MetricName::PeakKw,
            numbers: Numbers { doubtful: 12, ..Numbers::default() },
            screened: Screened { is_hidden, ..Screened::default() },
            decisive: Vec::new(),
            indices: Indices::default(),
            worth: None,
            work: Vec::new(),
            runs: 40,
            refused: 0,
            refusal: None,
        };
        assert!(headline(&done(false)).starts_with("None of 12"), "{}", headline(&done(false)));
        assert!(headline(&done(true)).starts_with("Chance hides"), "{}", headline(&done(true)));
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!([7, 137, 1_124, 1_234_567].map(super::in_thousands), ["7", "137", "1,124", "1,234,567"]);
    }
}
