//! Which of the doubtful numbers of a scenario decide its result.
//!
//! `numbers` says what each may be, `together` which do not go together, `groups` leaves out those that move nothing, `sobol` says how much of the spread each of
//! the rest explains, `worth` which to measure first for the choice between two strategies. All on the same random days
//! (common random numbers): replication 3 is the same day at every point.

pub mod groups;
pub mod numbers;
pub mod results;
pub mod screen;
pub mod sobol;
mod together;
pub mod words;
pub mod worth;

use crate::document::problem::Problems;
use crate::document::tree::Item;
use crate::kernel::random::{Purpose, Seed, Stream};
use crate::record::metrics::{Better, MetricName, TOTAL, value_of};
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::sim::RunError;
use crate::study::compare::strategy::Strategy;
use crate::study::kept::{KeptError, KeptRuns};
use crate::study::replicate::{in_order, replicate};
use crate::study::sweep::shard::ShardError;
use crate::study::work::Shortfall;
use groups::{Ask, Screen, Screened, screen};
use numbers::{ASKED_FIRST, Number, Numbers, doubtful};
use serde::{Deserialize, Serialize};
use sobol::{Answers, Design, Indices};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use worth::Worth;

/// Other random days than those of the answers begin at this replication.
const OTHER_DAYS: u32 = 1_000_000;
/// A number interacts when it explains this much more with others than by itself, and the intervals say so, too.
const INTERACTS: f64 = 0.02;
/// Base points of the screening, unless the request says otherwise.
pub const SCREENING_POINTS: u32 = 10;
/// Least share of the spread that an influence must explain to be told, unless the request says otherwise.
pub const THRESHOLD: f64 = 0.02;
/// Numbers among which pairs are looked for.
const MOST_IN_PAIRS: usize = 6;

/// What is asked. Everything that decides the result is here, so it can be repeated from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The scenario: a folder or a file.
    pub scenario: PathBuf,
    /// Settings of all runs.
    pub settings: Vec<String>,
    /// One strategy, or two between which to choose: the second is compared with the first.
    pub strategies: Vec<Strategy>,
    /// The metric of the whole hub; none: the first of [`ASKED_FIRST`] that a run has.
    pub metric: Option<MetricName>,
    /// Ranges by path, beside those of the sources.
    pub ranges: BTreeMap<String, [f64; 2]>,
    /// Is nothing varied but the numbers of `ranges`?
    #[serde(default)]
    pub only_ranges: bool,
    /// Seed of every random stream.
    pub seed: u64,
    /// Random days behind every answer.
    pub replications: u32,
    /// Points behind the shares.
    pub points: u32,
    /// Base points of the screening.
    pub screening_points: u32,
    /// A number that explains at least this share of the spread is not left out.
    pub threshold: f64,
    /// Numbers whose shares are worked out.
    pub most: u32,
    /// No file outside of this folder is read. None: any may be.
    #[serde(skip)]
    pub within: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Influence {
    /// The metric.
    pub metric: MetricName,
    /// All numbers.
    pub numbers: Numbers,
    /// The screening; numbers by their place in `numbers.varied`.
    pub screened: Screened,
    /// The numbers whose shares were worked out, by their place in `numbers.varied`.
    pub decisive: Vec<usize>,
    /// Their shares.
    pub indices: Indices,
    /// For two strategies: what it is worth to know each of them.
    pub worth: Option<Worth>,
    /// By strategy the work of which it did less, or may have done less, than the other one.
    pub work: Vec<Shortfall>,
    /// Runs that were simulated.
    pub runs: usize,
    /// Points at which a run failed or the checks of the scenario refused the values together.
    pub refused: usize,
    /// Of those, why the first one was.
    pub refusal: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum InfluenceError {
    /// Files are wrong.
    #[error("{0}")]
    Files(Problems),
    /// Nothing to vary, or no such metric.
    #[error("{0}")]
    Nothing(String),
    /// Somebody stopped it.
    #[error("interrupted; finished runs are kept: start it again to go on")]
    Interrupted,
    /// A run cannot be kept.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// A run failed.
    #[error(transparent)]
    Run(RunError),
}

impl From<RunError> for InfluenceError {
    fn from(error: RunError) -> Self {
        if matches!(error, RunError::Interrupted { .. }) { Self::Interrupted } else { Self::Run(error) }
    }
}

impl From<KeptError> for InfluenceError {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Run(error) => error.into(),
            KeptError::Shard(error) => error.into(),
        }
    }
}

impl From<Problems> for InfluenceError {
    fn from(problems: Problems) -> Self {
        Self::Files(problems)
    }
}

/// Reads a table of ranges: `"site.depot.load_kw" = [40, 80]`, one a line.
///
/// # Errors
/// What is wrong with it.
pub fn ranges(name: &str, text: &str) -> Result<BTreeMap<String, [f64; 2]>, Problems> {
    if let Err(list) = Item::parse(text, 0) {
        let file = crate::document::problem::SourceFile { path: name.to_owned(), text: text.to_owned() };
        return Err(Problems { files: vec![file], list });
    }
    let help = "write a path in quotes and its lowest and highest value: \"site.depot.load_kw\" = [40, 80]";
    toml::from_str(text).map_err(|error| Problems::of_file(name, error.message().to_owned(), Some(help.to_owned())))
}

/// Asks a scenario at points of its numbers.
struct Model<'a> {
    asked: &'a Asked,
    requests: Vec<Request>,
    metric: MetricName,
    jobs: usize,
    stop: &'a AtomicBool,
    progress: &'a (dyn Fn(usize) + Sync),
    kept: KeptRuns,
    runs: AtomicUsize,
    refused: usize,
    refusal: Option<String>,
    /// Is the work of answers kept?
    keeps_work: bool,
    /// By kind of work, what each strategy did at the points.
    work: Vec<Vec<Vec<f64>>>,
}

/// A mean over the random days of one strategy at a point.
struct Mean {
    metric: Option<f64>,
    /// In the order of [`MetricName::WORK`].
    work: Vec<Option<f64>>,
}

impl Model<'_> {
    /// The answer at each point: the metric, or what the second strategy has more than the first. The values of numbers are
    /// given by `at`.
    fn answers(
        &mut self,
        asks: &[Ask],
        at: &(dyn Fn(&[f64]) -> BTreeMap<String, serde_json::Value> + Sync),
    ) -> Result<Vec<Option<f64>>, InfluenceError> {
        let one = |ask: &Ask| {
            if self.stop.load(Ordering::Relaxed) {
                return Err(RunError::Interrupted { at: String::new() }.into());
            }
            let numbers = at(&ask.point);
            let first = if ask.other_days { OTHER_DAYS } else { 0 };
            let values = self.requests.iter().map(|request| self.value(request, &numbers, first));
            let done = values.collect::<Result<Vec<_>, KeptError>>();
            if done.is_ok() {
                (self.progress)(1);
            }
            done
        };
        let mut out = Vec::with_capacity(asks.len());
        for done in in_order(self.jobs, asks, one) {
            match done {
                Ok(values) => {
                    let wrong = values.iter().find_map(|value| value.as_ref().err());
                    self.refused += usize::from(wrong.is_some());
                    self.refusal = self.refusal.take().or(wrong.cloned());
                    let means: Option<Vec<Mean>> = values.into_iter().map(Result::ok).collect();
                    self.keep_work(means.as_deref().unwrap_or_default());
                    let values: Option<Vec<f64>> =
                        means.and_then(|means| means.iter().map(|mean| mean.metric).collect());
                    out.push(
                        values.map(|values| values[values.len() - 1] - values[..values.len() - 1].iter().sum::<f64>()),
                    );
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(out)
    }

    /// Keeps the work that strategies did at a point, where all have it.
    fn keep_work(&mut self, means: &[Mean]) {
        for (kind, kept) in self.work.iter_mut().enumerate().filter(|_| self.keeps_work && !means.is_empty()) {
            let done: Option<Vec<f64>> = means.iter().map(|mean| mean.work.get(kind).copied().flatten()).collect();
            kept.extend(done);
        }
    }

    /// By strategy the work of which it did less, or may have done less, than the other one, at the same points on the same days.
    fn short(&self) -> Vec<Shortfall> {
        let strategies = self.requests.len();
        let mut short = vec![Shortfall::default(); strategies];
        let kinds = self.work.iter().filter(|points| !points.is_empty()).count();
        for (name, points) in MetricName::WORK.iter().zip(&self.work).filter(|_| strategies == 2) {
            let of = |strategy: usize| points.iter().map(|point| point[strategy]).collect::<Vec<f64>>();
            for (strategy, short) in short.iter_mut().enumerate() {
                short.hold(*name, &of(strategy), &of(1 - strategy), kinds);
            }
        }
        short
    }

    /// Means over the random days of one strategy; why the scenario refuses the values, where it does.
    fn value(
        &self,
        request: &Request,
        numbers: &BTreeMap<String, serde_json::Value>,
        first: u32,
    ) -> Result<Result<Mean, String>, KeptError> {
        let loaded = match load(&Request { numbers: numbers.clone(), ..request.clone() }) {
            Ok(loaded) => loaded,
            Err(problems) => return Ok(Err(problems.to_string())),
        };
        let mut runs = Vec::new();
        for replication in first..first + self.asked.replications {
            let (metrics, _) = self.kept.run(&loaded, replication, self.stop)?;
            self.runs.fetch_add(1, Ordering::Relaxed);
            runs.push(metrics);
        }
        let mean = |name: &MetricName| {
            let values: Option<Vec<f64>> = runs.iter().map(|run| value_of(run, TOTAL, *name)).collect();
            values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
        };
        Ok(Ok(Mean { metric: mean(&self.metric), work: MetricName::WORK.iter().map(mean).collect() }))
    }
}

/// The folder beside the results in which the runs of sensitivities are kept.
pub const KEPT: &str = "sensitivities";

/// Answers. The result does not depend on `jobs` (threads; 0 is one a core), nor on the runs that `kept` holds already: all are
/// kept there, so that who starts it again goes on from them. `progress` hears of points that were asked.
///
/// # Errors
/// When files are wrong, nothing can be varied, a run fails or cannot be kept, or somebody stops it.
pub fn influence(
    asked: &Asked,
    kept: &Path,
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<(Influence, Vec<Loaded>), InfluenceError> {
    let request = |strategy: &Strategy| Request {
        within: asked.within.clone(),
        ..strategy.request(&asked.scenario, &asked.settings, &[])
    };
    let requests: Vec<Request> = asked.strategies.iter().map(request).collect();
    let loaded = requests.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    let mut numbers = common(asked, &loaded, &requests, jobs)?;
    together::leave_out(&mut numbers, &requests, &mut stream(asked, 4));
    if numbers.varied.is_empty() {
        let what = if asked.only_ranges {
            "none of the numbers of --ranges can be varied"
        } else {
            "none of its numbers is assumed or unverified and has a range: name some with --ranges"
        };
        let why = numbers.fixed.iter().find(|it| asked.ranges.contains_key(&it.0));
        let why = why.map(|(path, why)| format!("; {path}: {why}")).unwrap_or_default();
        return Err(InfluenceError::Nothing(format!("{what}{why}")));
    }
    let metric = metric(asked, &loaded, stop)?;
    let (runs, refused, refusal) = (AtomicUsize::new(0), 0, None);
    let work = vec![Vec::new(); MetricName::WORK.len()];
    let keeps_work = false;
    let wanted = [metric].into_iter().chain(MetricName::WORK.iter().copied().filter(|name| *name != metric));
    let kept = KeptRuns::in_folder(kept, wanted.map(|name| (name, TOTAL.to_owned())).collect(), asked.seed)?;
    let mut model =
        Model { asked, requests, metric, jobs, stop, progress, kept, runs, refused, refusal, keeps_work, work };
    let varied = &numbers.varied;
    let how = Screen { threshold: asked.threshold, points: asked.screening_points as usize };
    let every = |point: &[f64]| -> BTreeMap<String, serde_json::Value> {
        varied.iter().zip(point).map(|(number, place)| (number.path.clone(), number.at(*place))).collect()
    };
    let screened = screen(varied.len(), how, &mut stream(asked, 0), |asks| model.answers(asks, &every))?;
    if screened.answered < 2 {
        let points = 2 * how.points;
        return Err(InfluenceError::Nothing(too_few(screened.answered, points, model.refusal.as_deref())));
    }
    let decisive: Vec<usize> = screened.kept.iter().take(asked.most as usize).map(|kept| kept.0).collect();
    let (indices, worth) = shares(asked, &mut model, varied, &decisive)?;
    let short = model.short();
    let runs = model.runs.load(Ordering::Relaxed);
    let Model { refused, refusal, .. } = model;
    let done = Influence { metric, numbers, screened, decisive, indices, worth, work: short, runs, refused, refusal };
    Ok((done, loaded))
}

fn stream(asked: &Asked, index: u32) -> Stream {
    Seed { seed: asked.seed, replication: 0 }.stream(Purpose::Studies, u64::from(u32::MAX), index)
}

/// The numbers that all strategies have in common: a strategy that sets one itself leaves nothing in doubt there.
fn common(asked: &Asked, loaded: &[Loaded], requests: &[Request], jobs: usize) -> Result<Numbers, Problems> {
    let mut all = Vec::new();
    for (loaded, request) in loaded.iter().zip(requests) {
        all.push(doubtful(loaded, request, (&asked.ranges, asked.only_ranges), jobs)?);
    }
    let mut numbers = all.remove(0);
    for other in all {
        let is_same =
            |number: &Number| other.varied.iter().any(|it| it.path == number.path && it.written == number.written);
        let (same, apart): (Vec<Number>, Vec<Number>) = numbers.varied.into_iter().partition(is_same);
        numbers.varied = same;
        let told = |number: Number| (number.path, "the strategies set it themselves".to_owned());
        numbers.fixed.extend(apart.into_iter().map(told));
    }
    Ok(numbers)
}

/// The metric that is asked about: the one that was named, or the first that a run has.
fn metric(asked: &Asked, loaded: &[Loaded], stop: &AtomicBool) -> Result<MetricName, InfluenceError> {
    let run = replicate(&loaded[0], asked.seed, 0, stop)?;
    let has = |name: &MetricName| value_of(&run.metrics, TOTAL, *name).is_some();
    match asked.metric {
        Some(metric) if has(&metric) => Ok(metric),
        Some(metric) => {
            let of: Vec<&str> = run.metrics.iter().filter(|it| it.name == metric).map(|it| it.scope.as_str()).collect();
            let parts = if of.is_empty() { String::new() } else { format!(", only that of {}", of.join(", ")) };
            Err(InfluenceError::Nothing(format!("runs of this scenario have no `{metric}` of the whole hub{parts}")))
        }
        None => ASKED_FIRST.into_iter().find(has).ok_or_else(|| {
            InfluenceError::Nothing(
                "runs of this scenario have none of the usual metrics: name one with --metric".to_owned(),
            )
        }),
    }
}

/// Shares of the spread of the decisive numbers, all others as written; for two strategies, what knowing them is worth.
fn shares(
    asked: &Asked,
    model: &mut Model<'_>,
    varied: &[Number],
    decisive: &[usize],
) -> Result<(Indices, Option<Worth>), InfluenceError> {
    if decisive.is_empty() {
        return Ok((Indices::default(), None));
    }
    let some = |point: &[f64]| -> BTreeMap<String, serde_json::Value> {
        decisive.iter().zip(point).map(|(at, place)| (varied[*at].path.clone(), varied[*at].at(*place))).collect()
    };
    let design = Design::new(decisive.len(), asked.points as usize, key(asked));
    let ask = |model: &mut Model<'_>, points: &[Vec<f64>]| {
        let asks: Vec<Ask> = points.iter().map(|point| Ask { point: point.clone(), other_days: false }).collect();
        model.answers(&asks, &some)
    };
    // These points fill the ranges evenly; what follows steps from them.
    model.keeps_work = true;
    let (a, b) = (ask(model, &design.a)?, ask(model, &design.b)?);
    model.keeps_work = false;
    let mut answers = Answers { a, b, ..Answers::default() };
    for number in 0..decisive.len() {
        answers.a_with_b.push(ask(model, &design.a_with_b(number))?);
    }
    let mut indices = answers.indices(&mut stream(asked, 1));
    if indices.first.is_empty() {
        return Err(InfluenceError::Nothing(too_few(indices.points, design.a.len(), model.refusal.as_deref())));
    }
    for number in interacting(&indices) {
        answers.b_with_a.push((number, ask(model, &design.b_with_a(number))?));
    }
    if answers.b_with_a.len() > 1 {
        let with_pairs = answers.indices(&mut stream(asked, 1));
        // Points without an answer are left out of all: pairs are not worth the shares of the numbers themselves.
        if !with_pairs.first.is_empty() {
            indices = with_pairs;
        }
    }
    let worth = (asked.strategies.len() > 1).then(|| {
        let sign = if model.metric.info().better == Some(Better::Lower) { -1.0 } else { 1.0 };
        let both = design.a.iter().zip(&answers.a).chain(design.b.iter().zip(&answers.b));
        let (points, gains): (Vec<Vec<f64>>, Vec<f64>) =
            both.filter_map(|(point, answer)| Some((point.clone(), sign * (*answer)?))).unzip();
        Worth::of(&points, &gains, &mut stream(asked, 2))
    });
    Ok((indices, worth))
}

/// Why there are no shares.
fn too_few(answered: usize, points: usize, refusal: Option<&str>) -> String {
    let why = refusal.map(|refusal| format!("; the first refusal: {refusal}")).unwrap_or_default();
    format!("only {answered} of {points} points have an answer in all their runs, and shares of a spread need two{why}")
}

/// Numbers that explain more with others than by themselves, those with the most first.
fn interacting(indices: &Indices) -> Vec<usize> {
    let more = |number: usize| indices.total[number].value - indices.first[number].value;
    let is_more = |number: &usize| {
        let (first, total) = (indices.first[*number], indices.total[*number]);
        more(*number) > INTERACTS && total.low > first.value
    };
    let mut found: Vec<usize> = (0..indices.first.len()).filter(is_more).collect();
    found.sort_by(|a, b| more(*b).total_cmp(&more(*a)));
    found.truncate(MOST_IN_PAIRS);
    found.sort_unstable();
    found
}

/// The seed of the sequence of points.
fn key(asked: &Asked) -> u32 {
    stream(asked, 3).bits() as u32
}
