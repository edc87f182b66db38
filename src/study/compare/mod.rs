//! Compares strategies on the same random days: runs them, and says which differences hold.

pub mod answer;
pub mod measure;
pub mod results;
pub mod screen;
pub mod sensitivity;
pub mod strategy;
pub mod words;

use crate::document::problem::Problems;
use crate::kernel::random::{Purpose, Seed};
use crate::record::metrics::{Better, MetricName, ScopedMetric, TOTAL};
use crate::scenario::load::load;
use crate::scenario::loaded::Loaded;
use crate::study::ask::no_metric;
use crate::study::compare::measure::{FailedRun, MetricKey, Runs, complete};
use crate::study::compare::strategy::Strategy;
use crate::study::stats;
use crate::study::stats::{Contest, LEVEL};
use crate::study::work::{Shortfall, is_less};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// What to compare. Everything that decides the result is here, so a comparison can be repeated from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompareSpec {
    /// The scenario: a folder or a file.
    pub scenario: PathBuf,
    /// Settings that all strategies share.
    pub settings: Vec<String>,
    /// The strategies.
    pub strategies: Vec<Strategy>,
    /// Which of them the others are compared with.
    pub baseline: usize,
    /// Seed of every random stream.
    pub seed: u64,
    /// Replications (the first ones, when there is a target).
    pub replications: u32,
    /// Run until an interval is narrow enough.
    pub target: Option<Target>,
    /// Hold every run against the best possible that charging could have done with its sessions.
    #[serde(default)]
    pub is_bounded: bool,
}

/// Run until the 95 % interval of every difference to the baseline is this narrow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The metric.
    pub metric: ScopedMetric,
    /// Half width of the interval over the baseline's mean, 0 to 1.
    pub share: f64,
    /// Give up after this many replications.
    pub most: u32,
}

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Files are wrong.
    #[error("{0}")]
    Files(Problems),
    /// A run failed.
    #[error(transparent)]
    Run(#[from] FailedRun),
    /// No strategy, or not the baseline, has the metric that was asked for.
    #[error("{}", no_metric(.0, .1))]
    NoMetric(ScopedMetric, Vec<String>),
}

/// One metric of all strategies.
#[derive(Debug, Clone, Serialize)]
pub struct MetricComparison {
    /// Which metric.
    #[serde(flatten)]
    pub key: MetricKey,
    /// Which end is wanted.
    pub better: Option<Better>,
    /// Replications in which every strategy has a value.
    pub replications: u32,
    /// One row a strategy.
    pub strategies: Vec<Standing>,
}

/// One strategy's metric, and where it stands.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Standing {
    /// The strategy.
    pub strategy: String,
    /// Mean.
    pub mean: Option<f64>,
    /// Half the width of its interval.
    pub half_width: Option<f64>,
    /// Mean difference to the baseline.
    pub difference: Option<f64>,
    /// Half the width of its interval, on its own.
    pub difference_half_width: Option<f64>,
    /// Half the width at which the intervals of all strategies hold together (Bonferroni).
    pub family_half_width: Option<f64>,
    /// Two-sided p value of no difference.
    pub p: Option<f64>,
    /// Adjusted for the number of comparisons (Holm).
    pub p_holm: Option<f64>,
    /// Does it differ from the baseline, after the adjustment?
    pub differs: Option<bool>,
    /// Variance of the difference without common random numbers over that with them.
    pub pairing_factor: Option<f64>,
    /// Probability of having the best mean.
    pub probability_best: Option<f64>,
    /// Best place that the data allow.
    pub first_place: Option<u32>,
    /// Worst place that the data allow; where it is not the best one, the data cannot tell.
    pub last_place: Option<u32>,
    /// Of a metric that is better without work, such as a cost: the work of which this strategy did less, or may have done less,
    /// than the one that did most. What was not done is not saved.
    #[serde(flatten)]
    pub work: Shortfall,
    /// Of the electricity bill: the fuels of which this strategy used more than the one that used least, which no such bill
    /// holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_fuel: Vec<MetricName>,
}

/// A finished comparison.
#[derive(Debug)]
pub struct Comparison {
    /// The runs.
    pub runs: Runs,
    /// Every metric, as [`Runs::keys`] orders them.
    pub metrics: Vec<MetricComparison>,
    /// Was the target of [`Target`] reached? None without one.
    pub is_narrow: Option<bool>,
}

/// Loads every strategy.
///
/// # Errors
/// All mistakes in all files; those of the scenario itself once.
pub fn load_all(spec: &CompareSpec) -> Result<Vec<(String, Loaded)>, Problems> {
    let mut problems = Problems::default();
    let mut loaded = Vec::new();
    load(&Strategy::unchanged().request(&spec.scenario, &spec.settings, &[]))?;
    for strategy in &spec.strategies {
        match load(&strategy.request(&spec.scenario, &spec.settings, &[])) {
            Ok(scenario) => loaded.push((strategy.name.clone(), scenario)),
            Err(wrong) => problems.append(wrong),
        }
    }
    if problems.list.is_empty() { Ok(loaded) } else { Err(problems) }
}

/// Runs the comparison. The result does not depend on `jobs` (threads; 0 is one a core). A strategy whose policy fails has no
/// numbers, and the others keep theirs.
///
/// # Errors
/// When another run fails, or one of the baseline, or the target names no metric.
pub fn compare(
    spec: &CompareSpec,
    loaded: &[(String, Loaded)],
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Comparison, CompareError> {
    let mut runs = Runs { is_bounded: spec.is_bounded, ..Runs::default() };
    let mut until = spec.replications;
    let mut is_narrow = None;
    loop {
        let may_fail = |at| at != spec.baseline;
        runs.extend(loaded, may_fail, (spec.seed, until), jobs, stop, progress)?;
        runs.add_abatement(loaded.len(), spec.baseline);
        let Some(target) = &spec.target else { break };
        let narrow = is_narrow_enough(&runs, spec.baseline, target)?;
        is_narrow = Some(narrow);
        if narrow || runs.is_interrupted || until >= target.most {
            break;
        }
        // Half as many again: few looks at the data, so that stopping early biases the intervals little.
        until = (until + (until / 2).max(2)).min(target.most);
    }
    let metrics = judge(&runs, spec);
    Ok(Comparison { runs, metrics, is_narrow })
}

fn is_narrow_enough(runs: &Runs, baseline: usize, target: &Target) -> Result<bool, CompareError> {
    let samples = complete(&runs.values(target.metric.name, &target.metric.scope));
    if samples.get(baseline).is_none_or(Vec::is_empty) && !runs.is_interrupted {
        return Err(CompareError::NoMetric(target.metric.clone(), runs.scopes_of(target.metric.name)));
    }
    let Some(base) = samples.get(baseline).filter(|base| base.len() >= 2) else { return Ok(false) };
    let allowed = target.share * stats::mean(base).abs();
    let half_width = |at: usize| {
        let own = || stats::interval(base, LEVEL).map(|own| own.half_width);
        let difference = || stats::paired(&samples[at], base, LEVEL).map(|test| test.difference.half_width);
        if at == baseline { own() } else { difference() }
    };
    // With other strategies the differences count; alone, the mean itself.
    let others = (0..samples.len()).filter(|at| *at != baseline && !runs.failed.contains_key(at));
    let judged: Vec<usize> = others.chain((samples.len() == 1).then_some(baseline)).collect();
    Ok(judged.into_iter().all(|at| half_width(at).is_some_and(|half_width| half_width <= allowed)))
}

/// Judges every metric.
fn judge(runs: &Runs, spec: &CompareSpec) -> Vec<MetricComparison> {
    let names: Vec<&str> = spec.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
    // Contests by their replications, each with the place of its metric.
    let mut contests: BTreeMap<usize, Vec<(usize, Contest)>> = BTreeMap::new();
    let one = |(at, key): (usize, MetricKey)| {
        let samples = complete(&runs.values(key.name, &key.scope));
        let n = samples.iter().map(Vec::len).max().unwrap_or(0);
        let better = key.name.info().better;
        let mut strategies = standings(&names, &samples, spec.baseline);
        if let Some(better) = better.filter(|_| n >= 2) {
            let slices: Vec<&[f64]> = samples.iter().filter(|sample| !sample.is_empty()).map(Vec::as_slice).collect();
            let places = stats::places(&slices, better, 1.0 - LEVEL);
            for (standing, place) in measured(&mut strategies).zip(places) {
                (standing.first_place, standing.last_place) = (Some(place.0 as u32), Some(place.1 as u32));
            }
            contests.entry(n).or_default().push((at, Contest::new(&slices, better)));
        }
        MetricComparison { key, better, replications: n as u32, strategies }
    };
    let mut metrics: Vec<MetricComparison> = runs.keys().into_iter().enumerate().map(one).collect();
    for (n, contests) in contests {
        let (places, contests): (Vec<usize>, Vec<Contest>) = contests.into_iter().unzip();
        let mut stream = Seed { seed: spec.seed, replication: 0 }.stream(Purpose::Studies, 0, n as u32);
        for (at, best) in places.into_iter().zip(stats::probability_best(contests, n, &mut stream)) {
            for (standing, best) in measured(&mut metrics[at].strategies).zip(best) {
                standing.probability_best = Some(best);
            }
        }
    }
    let (work, more_fuel) = (less_work(runs, names.len()), more_fuel(runs, names.len()));
    for metric in metrics.iter_mut().filter(|metric| metric.key.name == MetricName::BillTotalUsd) {
        for (standing, more) in metric.strategies.iter_mut().zip(&more_fuel) {
            standing.more_fuel.clone_from(more);
        }
    }
    // Whatever is better by it: a cost, a peak, a wait or an emission. What measures work says it by itself.
    let is_work = |name: &MetricName| MetricName::WORK.contains(name);
    for metric in metrics.iter_mut().filter(|metric| metric.better.is_some() && !is_work(&metric.key.name)) {
        // A metric that a strategy does not have is no saving.
        let told = metric.strategies.iter_mut().zip(&work).filter(|(standing, _)| standing.mean.is_some());
        for (standing, short) in told {
            standing.work.clone_from(short);
        }
    }
    metrics
}

/// Judges one quantity that is no metric of its own: samples by strategy, in the order of `spec`.
pub(in crate::study) fn judge_one(samples: &[Vec<f64>], better: Better, spec: &CompareSpec) -> Vec<Standing> {
    let names: Vec<&str> = spec.strategies.iter().map(|strategy| strategy.name.as_str()).collect();
    let mut strategies = standings(&names, samples, spec.baseline);
    let slices: Vec<&[f64]> = samples.iter().filter(|sample| !sample.is_empty()).map(Vec::as_slice).collect();
    let n = slices.iter().map(|slice| slice.len()).max().unwrap_or(0);
    if n >= 2 {
        let mut stream = Seed { seed: spec.seed, replication: 0 }.stream(Purpose::Studies, 0, n as u32);
        let best = stats::probability_best(vec![Contest::new(&slices, better)], n, &mut stream).remove(0);
        let places = stats::places(&slices, better, 1.0 - LEVEL);
        for ((standing, place), best) in measured(&mut strategies).zip(places).zip(best) {
            (standing.first_place, standing.last_place) = (Some(place.0 as u32), Some(place.1 as u32));
            standing.probability_best = Some(best);
        }
    }
    strategies
}

/// Of each strategy the work of which it did less, or may have done less, than the one that did most.
fn less_work(runs: &Runs, strategies: usize) -> Vec<Shortfall> {
    let mut found = vec![Shortfall::default(); strategies];
    for name in MetricName::WORK {
        let samples = complete(&runs.values(*name, TOTAL));
        let Some((most, others)) = beside_most(&samples) else { continue };
        for at in &others {
            found[*at].hold(*name, &samples[*at], &samples[most], others.len());
        }
    }
    found
}

/// Of each strategy the fuels of which it used more than the one that used least, as far as the replications show.
fn more_fuel(runs: &Runs, strategies: usize) -> Vec<Vec<MetricName>> {
    let mut found = vec![Vec::new(); strategies];
    for name in MetricName::FUELS {
        let samples = complete(&runs.values(*name, TOTAL));
        let samples: Vec<Vec<f64>> = samples.iter().map(|values| values.iter().map(|value| -value).collect()).collect();
        let Some((least, others)) = beside_most(&samples) else { continue };
        let more = others.iter().filter(|at| is_less(&samples[**at], &samples[least], others.len()));
        more.for_each(|at| found[*at].push(*name));
    }
    found
}

/// The strategy with the highest mean, and the others that have values.
fn beside_most(samples: &[Vec<f64>]) -> Option<(usize, Vec<usize>)> {
    let mean = |at: &usize| stats::mean(&samples[*at]);
    let measured: Vec<usize> = (0..samples.len()).filter(|at| !samples[*at].is_empty()).collect();
    let most = measured.iter().copied().max_by(|a, b| mean(a).total_cmp(&mean(b)))?;
    Some((most, measured.into_iter().filter(|at| *at != most).collect()))
}

/// Those that have values.
fn measured(strategies: &mut [Standing]) -> impl Iterator<Item = &mut Standing> {
    strategies.iter_mut().filter(|standing| standing.mean.is_some())
}

fn standings(names: &[&str], samples: &[Vec<f64>], baseline: usize) -> Vec<Standing> {
    let is_pair = |at: usize| at != baseline && samples[at].len() == samples[baseline].len();
    let tests: Vec<Option<stats::Paired>> = (0..names.len())
        .map(|at| is_pair(at).then(|| stats::paired(&samples[at], &samples[baseline], LEVEL)).flatten())
        .collect();
    let compared: Vec<usize> = (0..names.len()).filter(|at| tests[*at].is_some()).collect();
    let p_values: Vec<f64> = compared.iter().filter_map(|at| tests[*at].map(|test| test.p)).collect();
    let adjusted: BTreeMap<usize, f64> = compared.iter().copied().zip(stats::holm(&p_values)).collect();
    let n = samples[baseline].len() as f64;
    let level = 1.0 - (1.0 - LEVEL) / compared.len().max(1) as f64;
    let family_t = if n >= 2.0 { stats::t_quantile(n - 1.0, level) } else { f64::NAN };
    let standing = |(at, name): (usize, &&str)| {
        let own = stats::interval(&samples[at], LEVEL);
        let test = tests[at];
        let p_holm = adjusted.get(&at).copied();
        Standing {
            strategy: (*name).to_owned(),
            mean: (!samples[at].is_empty()).then(|| stats::mean(&samples[at])),
            half_width: own.map(|own| own.half_width),
            difference: test.map(|test| test.difference.mean),
            difference_half_width: test.map(|test| test.difference.half_width),
            family_half_width: test.map(|test| family_t * test.standard_error),
            p: test.map(|test| test.p),
            p_holm,
            differs: p_holm.map(|p| p < 1.0 - LEVEL),
            pairing_factor: test.and_then(|test| test.pairing_factor),
            ..Standing::default()
        }
    };
    names.iter().enumerate().map(standing).collect()
}

impl Comparison {
    /// Digest of all rows of all runs, strategy by strategy.
    #[must_use]
    pub fn digests(&self) -> Vec<String> {
        let one = |runs: &Vec<crate::study::replicate::Replication>| {
            let mut hasher = blake3::Hasher::new();
            for run in runs {
                hasher.update(run.digest.as_bytes());
            }
            hasher.finalize().to_hex().to_string()
        };
        self.runs.of.iter().map(one).collect()
    }

    /// A metric of the whole hub.
    #[must_use]
    pub fn total(&self, name: MetricName) -> Option<&MetricComparison> {
        self.of(&name.into())
    }

    /// How the strategies stand in a metric; none where no run has it.
    #[must_use]
    pub fn of(&self, metric: &ScopedMetric) -> Option<&MetricComparison> {
        self.metrics.iter().find(|it| it.key.name == metric.name && it.key.scope == metric.scope)
    }
}
