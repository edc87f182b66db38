//! One past, two futures: a finished run, and the same run that goes on under a change from some time on.

use crate::document::problem::Problems;
use crate::kernel::calendar::{DAY_S, local_s};
use crate::record::folder::Manifest;
use crate::record::metrics::{Better, Metric, MetricName, TOTAL};
use crate::record::table::WrittenTable;
use crate::scenario::load::{Request, document, load};
use crate::scenario::loaded::Loaded;
use crate::sim::fork::{Changes, Part, lists};
use crate::sim::output::Written;
use crate::sim::{Options, RunError, Simulation};
use crate::study::compare::screen::figure;
use crate::study::replicate::{Replication, told};
use crate::study::verify::{changed, differing, fates, input_hash};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// The file of a fork's folder that holds the comparison.
pub const FILE: &str = "fork.json";

/// What was asked for; kept in the manifest of the fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When it forks, local time such as `2025-06-04T12:00`.
    pub at: String,
    /// Overlays on the run's scenario from then on.
    pub overlays: Vec<PathBuf>,
    /// Settings from then on.
    pub settings: Vec<String>,
    /// Digest of the rows of each table of the run: its past must be this one.
    pub rows: BTreeMap<String, String>,
    /// Where the run is a fork itself: what changed before, the first change first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Earlier>,
}

/// A fork that the forked run comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// When it forked, local time.
    pub at: String,
    /// Overlays from then on.
    pub overlays: Vec<PathBuf>,
    /// Settings from then on.
    pub settings: Vec<String>,
}

impl Asked {
    /// A fork of the run, or fork, of a manifest; the folder is none where the run was never written.
    ///
    /// # Errors
    /// When it is a run of another kind, or its inputs or results are not what they were.
    pub fn of(
        (folder, manifest): (Option<&Path>, &Manifest),
        at: String,
        overlays: Vec<PathBuf>,
        settings: Vec<String>,
    ) -> Result<Self, ForkError> {
        let others = differing(&fates(&manifest.inputs, input_hash));
        if !others.is_empty() {
            let what = format!("not the inputs of this run: {}; its past cannot be replayed", others.join(", "));
            return Err(ForkError::Asked(what));
        }
        let odd = folder.map(|folder| changed(folder, manifest)).unwrap_or_default();
        if !odd.is_empty() {
            let what = odd.join(", ");
            return Err(ForkError::Asked(format!(
                "not as the run left it: {what}; a fork would be compared with a different past. Repeat the run"
            )));
        }
        let rows = manifest.rows.clone();
        let before = match manifest.command.as_str() {
            "run" => Vec::new(),
            "fork" => {
                let known = serde_json::from_value(manifest.study.clone().unwrap_or_default());
                let parent: Self =
                    known.map_err(|error| ForkError::Asked(format!("the manifest's fork cannot be read: {error}")))?;
                let last = Earlier { at: parent.at, overlays: parent.overlays, settings: parent.settings };
                parent.before.into_iter().chain([last]).collect()
            }
            other => {
                let what = format!("only a `run` or a `fork` can be forked, and this folder was made by `{other}`");
                return Err(ForkError::Asked(what));
            }
        };
        Ok(Self { at, overlays, settings, rows, before })
    }

    /// All forks, this one last: when, and the layers from then on.
    fn all(&self) -> impl Iterator<Item = (&String, (Vec<PathBuf>, Vec<String>))> {
        let before = self.before.iter().map(|it| (&it.at, (it.overlays.clone(), it.settings.clone())));
        before.chain([(&self.at, (self.overlays.clone(), self.settings.clone()))])
    }
}

/// Why there is no fork.
#[derive(Debug, thiserror::Error)]
pub enum ForkError {
    /// Files are wrong.
    #[error("{0}")]
    Files(Problems),
    /// What was asked for cannot be done; says what can.
    #[error("{0}")]
    Asked(String),
    /// A run failed.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl From<Problems> for ForkError {
    fn from(problems: Problems) -> Self {
        Self::Files(problems)
    }
}

/// A fork that is ready to be carried out.
#[derive(Debug)]
pub struct Fork {
    /// What was asked for.
    pub asked: Asked,
    /// The scenario of the run.
    pub loaded: Loaded,
    /// What changes on its way: this fork last, before it those that the run comes from.
    pub turns: Vec<Turn>,
}

/// A change at a time.
#[derive(Debug)]
pub struct Turn {
    /// When, seconds from the start of the run.
    pub at_s: u32,
    /// The scenario from then on.
    pub changed: Loaded,
    /// What of it is taken over.
    pub parts: BTreeSet<Part>,
    /// Paths in which it differs from what came before.
    pub paths: Vec<String>,
}

/// The numbers of one of the two futures.
#[derive(Debug, Clone, Default)]
pub struct Future {
    /// From the fork on.
    pub after: Vec<Metric>,
    /// Of the whole run.
    pub whole: Vec<Metric>,
}

/// Which time a number of both futures is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    /// From the fork to the end.
    After,
    /// The whole run.
    Whole,
}

/// A number of both futures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Which number.
    pub metric: MetricName,
    /// What it is of.
    pub scope: String,
    /// Its unit.
    pub unit: &'static str,
    /// After the fork, or of the whole run: bills, whose demand charges are of whole months.
    pub of: Span,
    /// In the run.
    pub run: Option<f64>,
    /// In the fork.
    pub fork: Option<f64>,
    /// The fork less the run.
    pub difference: Option<f64>,
    /// Which end is wanted.
    #[serde(skip)]
    pub better: Option<Better>,
}

impl Fork {
    /// Prepares a fork of the run of a manifest.
    ///
    /// # Errors
    /// When the run cannot be forked, files are wrong, or the change is none that a run can take on its way.
    pub fn of(manifest: &Manifest, asked: Asked) -> Result<Self, ForkError> {
        let mut request = Request {
            path: PathBuf::from(&manifest.scenario),
            overlays: manifest.overlays.iter().map(PathBuf::from).collect(),
            settings: manifest.settings.clone(),
            ..Request::default()
        };
        let loaded = load(&request)?;
        if loaded.scenario.transition.is_some() {
            let what = "a transition is simulated year by year and has no single time to fork at; change it from a year \
                        on with an overlay (`portvolt run --strategy`)";
            return Err(ForkError::Asked(what.to_owned()));
        }
        let mut turns: Vec<Turn> = Vec::new();
        for (at, layer) in asked.all() {
            let mut then = request.clone();
            then.then.push(layer);
            let changed = load(&then)?;
            let documents = document(&request).zip(document(&then));
            let changes = documents.map(|(before, after)| Changes::between(&before, &after)).unwrap_or_default();
            if !changes.refused.is_empty() {
                return Err(ForkError::Asked(refusal(&changes.refused)));
            }
            let after_s = turns.last().map_or(0, |last| last.at_s);
            let at_s = time(at, &loaded, after_s).map_err(ForkError::Asked)?;
            turns.push(Turn { at_s, changed, parts: changes.parts, paths: changes.paths });
            request = then;
        }
        Ok(Self { asked, loaded, turns })
    }

    /// Has a simulation of the run change on its way: with this fork, or up to it.
    ///
    /// # Errors
    /// When a policy cannot be made.
    pub fn turn(&self, simulation: &mut Simulation, is_forked: bool, options: &Options) -> Result<(), RunError> {
        for (at, Turn { at_s, changed, parts, .. }) in self.turns.iter().enumerate() {
            let is_told_apart = at + 1 == self.turns.len() && !is_forked;
            simulation.fork_at(*at_s, (!is_told_apart).then_some((changed, parts)), options)?;
        }
        Ok(())
    }

    /// The run itself, simulated again: its numbers, which must be those of its manifest row by row.
    ///
    /// # Errors
    /// When it fails, or comes out otherwise than the manifest says.
    pub fn run(&self, manifest: &Manifest, options: &Options, stop: &AtomicBool) -> Result<Future, ForkError> {
        let mut simulation = Simulation::new(&self.loaded, options)?;
        self.turn(&mut simulation, false, options)?;
        let (written, _) = simulation.drive(&self.loaded, (None, false), stop, |_, _| {})?;
        let differing = tables_that_differ(&self.asked.rows, &written.digests);
        if !differing.is_empty() {
            let version = env!("CARGO_PKG_VERSION");
            let what = format!(
                "the run cannot be replayed bit for bit: other rows in {}; it was made by portvolt {}, this is {version}",
                differing.join(", "),
                manifest.portvolt
            );
            return Err(ForkError::Asked(what));
        }
        Ok(Future::of(&written, &simulation))
    }

    /// Both futures, with the tables of the fork in memory.
    ///
    /// # Errors
    /// As [`Self::run`].
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn in_memory(
        &self,
        manifest: &Manifest,
        options: &Options,
        stop: &AtomicBool,
    ) -> Result<(Vec<Difference>, Replication, Vec<WrittenTable>), ForkError> {
        let run = self.run(manifest, options, stop)?;
        let mut simulation = Simulation::new(&self.loaded, options)?;
        self.turn(&mut simulation, true, options)?;
        let (written, _) = simulation.drive_in_memory(&self.loaded, stop, |_, _| {})?;
        let forked = differences(&run, &Future::of(&written, &simulation));
        let (fork, tables) = told(written, &mut simulation);
        Ok((forked, fork, tables))
    }

    /// `fork.json`.
    #[must_use]
    pub fn json(&self, forked: &[Difference]) -> serde_json::Value {
        let lineage = self.lineage();
        let changed = lineage.last().map(|it| it.1);
        let told = |(at, paths): &(String, &[String])| serde_json::json!({ "at": at, "changed": paths });
        let all: Vec<_> = lineage.iter().map(told).collect();
        serde_json::json!({ "schema": 1, "asked": self.asked, "changed": changed, "lineage": all, "metrics": forked })
    }

    /// What changed when, this fork last: a local time, and the paths.
    #[must_use]
    pub fn lineage(&self) -> Vec<(String, &[String])> {
        let at = |turn: &Turn| self.loaded.calendar.iso(i64::from(turn.at_s))[..16].to_owned();
        self.turns.iter().map(|turn| (at(turn), turn.paths.as_slice())).collect()
    }
}

impl Future {
    /// The numbers of a run that was told apart at a time.
    #[must_use]
    pub fn of(written: &Written, simulation: &Simulation) -> Self {
        let mut whole = written.summary.clone();
        let names = simulation.names();
        let after = written.measured.clone().map(|mut measured| {
            measured.close_interval();
            measured.metrics(names)
        });
        Self { after: after.unwrap_or_default(), whole: whole.metrics(names) }
    }
}

/// The numbers of both futures, in the order of the run's. A number that only one of them has is empty in the other.
#[must_use]
pub fn differences(run: &Future, fork: &Future) -> Vec<Difference> {
    let is_of_months = |metric: &&Metric| metric.name.as_str().starts_with("bill_");
    let mut out = Vec::new();
    let pairs = [(&run.after, &fork.after, Span::After, false), (&run.whole, &fork.whole, Span::Whole, true)];
    for (ours, theirs, of, of_months) in pairs {
        let mut seen = BTreeSet::new();
        let all = ours.iter().chain(theirs).filter(|metric| is_of_months(metric) == of_months);
        for metric in all.filter(|metric| seen.insert((metric.name, metric.scope.clone()))) {
            let value = |metrics: &[Metric]| {
                let same = |other: &&Metric| other.name == metric.name && other.scope == metric.scope;
                metrics.iter().find(same).and_then(|metric| metric.value)
            };
            let (run, fork) = (value(ours), value(theirs));
            out.push(Difference {
                metric: metric.name,
                scope: metric.scope.clone(),
                unit: metric.unit(),
                of,
                run,
                fork,
                difference: run.zip(fork).map(|(run, fork)| fork - run),
                better: metric.name.info().better,
            });
        }
    }
    out
}

/// The two futures side by side: headlines that differ, and which are the same.
#[must_use]
pub fn screen(fork: &Fork, forked: &[Difference]) -> String {
    let told = fork.lineage().into_iter().map(|(at, paths)| {
        let what = if paths.is_empty() { "nothing".to_owned() } else { paths.join(", ") };
        (at.replace('T', " "), what)
    });
    let mut told: Vec<(String, String)> = told.collect();
    let (at, what) = told.pop().unwrap_or_default();
    let mut out = String::new();
    for (at, what) in told {
        let _ = writeln!(out, "The run is a fork itself; at {at} changed: {what}.");
    }
    let _ =
        writeln!(out, "Forked at {at}; what changed then: {what}. Numbers after the fork, beside those of the run:");
    let _ = writeln!(out, "  {:<28} {:>14} {:>14} {:>14}", "metric", "run", "fork", "difference");
    let mut same = Vec::new();
    let work = (other_work(forked, |run, fork| fork < run), other_work(forked, |run, fork| fork > run));
    for name in MetricName::HEADLINES {
        let Some(told) = forked.iter().find(|told| told.metric == *name && told.scope == TOTAL) else { continue };
        if told.run == told.fork {
            same.push(name.as_str());
            continue;
        }
        let judged = judged(told, (&work.0, &work.1));
        let of = if told.of == Span::Whole { "; of the whole run" } else { "" };
        let sign = if told.difference.is_some_and(|difference| difference > 0.0) { "+" } else { "" };
        let difference = format!("{sign}{}", figure(told.difference));
        let (run, fork) = (figure(told.run), figure(told.fork));
        let _ = writeln!(out, "  {:<28} {run:>14} {fork:>14} {difference:>14}  {judged}{of}", name.as_str());
    }
    if !same.is_empty() {
        let _ = writeln!(out, "The same in both: {}.", same.join(", "));
    }
    out.push_str("One pair of futures on the same random draws says nothing about chance: `portvolt compare` does.\n");
    out
}

/// Work of which the fork did less, or more, than the run.
fn other_work(forked: &[Difference], is_other: impl Fn(f64, f64) -> bool) -> Vec<MetricName> {
    let is_work = |told: &&Difference| told.scope == TOTAL && MetricName::WORK.contains(&told.metric);
    let differs = |told: &&Difference| told.run.zip(told.fork).is_some_and(|(run, fork)| is_other(run, fork));
    forked.iter().filter(is_work).filter(differs).map(|told| told.metric).collect()
}

/// Which future is the better one in a number. What was not done is not saved: beside less work nothing is just better, nor
/// beside more work just worse.
fn judged(told: &Difference, (less, more): (&[MetricName], &[MetricName])) -> String {
    let Some((better, difference)) = told.better.zip(told.difference) else { return String::new() };
    let is_better = (difference < 0.0) == (better == Better::Lower);
    let names = |work: &[MetricName]| work.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    match (is_better, MetricName::WORK.contains(&told.metric)) {
        (true, false) if !less.is_empty() => format!("better, but did less work ({})", names(less)),
        (false, false) if !more.is_empty() => format!("worse, but did more work ({})", names(more)),
        (true, _) => "better".to_owned(),
        (false, _) => "worse".to_owned(),
    }
}

fn tables_that_differ(then: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    now.iter().filter(|(table, digest)| then.get(*table) != Some(digest)).map(|(table, _)| table.clone()).collect()
}

/// Why paths cannot change midway, and what can.
fn refusal(paths: &[String]) -> String {
    format!(
        "cannot change while a run goes on: {}. Simulate such a change from the first day with `portvolt run`.\n{}",
        paths.join(", "),
        lists()
    )
}

/// The second of a local time: inside the run, at the start of a control interval, after an earlier fork.
fn time(text: &str, loaded: &Loaded, after_s: u32) -> Result<u32, String> {
    let calendar = &loaded.calendar;
    let time = &loaded.scenario.time;
    let end_s = calendar.elapsed_s(i64::from(time.days) * DAY_S);
    let told = |at_s: i64| calendar.iso(at_s)[..16].to_owned();
    let step_s = i64::from(time.interval_s);
    let form = || format!("`--at {text}` is no time such as {}", told((end_s / 2) / step_s * step_s));
    let at_s = local_s(text, calendar).ok_or_else(form)?;
    if at_s == 0 {
        return Err(format!(
            "`--at {text}` is the start of the run: nothing lies before it. Simulate a change from the first day on with \
             `portvolt run`, or take a later time, such as {}",
            told(step_s)
        ));
    }
    if at_s <= 0 || at_s >= end_s {
        return Err(format!("`--at {text}` is not inside the run, which goes from {} to {}", told(0), told(end_s)));
    }
    if after_s > 0 && at_s <= i64::from(after_s) {
        let last = told(i64::from(after_s));
        return Err(format!(
            "`--at {text}` is not after {last}, when the forked run changed: fork the run before that one"
        ));
    }
    if at_s % step_s != 0 {
        let before = at_s / step_s * step_s;
        return Err(format!(
            "`--at {text}` is inside a control interval of {step_s} s; take {} or {}",
            told(before),
            told(before + step_s)
        ));
    }
    Ok(at_s as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(metric: MetricName, run: f64, fork: f64) -> Difference {
        Difference {
            metric,
            scope: TOTAL.to_owned(),
            unit: metric.info().unit,
            of: Span::After,
            run: Some(run),
            fork: Some(fork),
            difference: Some(fork - run),
            better: metric.info().better,
        }
    }

    /// A fork whose trucks stand costs less and is not just better for it.
    #[test]
    fn less_work_is_not_just_better() {
        let words = |hauls: f64, metric: MetricName, by: f64| {
            let forked = [told(MetricName::HaulsCompleted, 100.0, hauls), told(metric, 50.0, 50.0 + by)];
            let less = other_work(&forked, |run, fork| fork < run);
            let more = other_work(&forked, |run, fork| fork > run);
            (judged(&forked[0], (&less, &more)), judged(&forked[1], (&less, &more)))
        };
        let (hauls, bill) = words(70.0, MetricName::BillTotalUsd, -20.0);
        assert_eq!((hauls.as_str(), bill.as_str()), ("worse", "better, but did less work (hauls_completed)"));
        assert_eq!(words(120.0, MetricName::BillTotalUsd, 20.0).1, "worse, but did more work (hauls_completed)");
        assert_eq!(words(100.0, MetricName::BillTotalUsd, -20.0).1, "better");
        assert_eq!(words(70.0, MetricName::QueueWaitP95Min, 5.0).1, "worse");
    }
}
