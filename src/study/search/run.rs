//! Carries a search out: simulates designs in memory, keeps every run beside the study, and goes on from there when it is
//! started again.

use super::judge::Outcome;
use super::race::{Budget, FRESH_DAYS, Race, Racer, first_designs, race};
use super::space::Design;
use super::study::{LEAST_RUNS, Search};
use super::when::Span;
use super::work::{self, Most};
use crate::kernel::random::{Purpose, Seed, Stream};
use crate::record::doubt::{doubts, passed_limits};
use crate::record::metrics::{Metric, MetricName, TOTAL, value_of};
use crate::scenario::loaded::Loaded;
use crate::sim::RunError;
use crate::study::kept::{KeptError, KeptRuns};
use crate::study::replicate::{in_order, replicate, replicate_bounded};
use crate::study::stats;
use crate::study::sweep::Part;
use crate::study::sweep::shard::ShardError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Designs whose scenarios are in memory at once.
const AT_ONCE: usize = 32;
/// Random days of the best design that are compared with the best possible charging.
pub const BOUNDED_DAYS: u32 = 4;

/// A finished search.
#[derive(Debug, Default)]
pub struct Found {
    /// The race.
    pub race: Race,
    /// Numbers of the design that is reported: means over the random days of its own standing, so that parts add up to the whole.
    pub told: Vec<(MetricName, f64)>,
    /// How far its charging is from the best possible: means over its first [`BOUNDED_DAYS`] random days.
    pub bound: Vec<(MetricName, f64)>,
    /// What a first run of it casts doubt on.
    pub doubts: Vec<String>,
    /// Designs of which a run has no value of a metric that is asked for, and the first such metric.
    pub empty: BTreeMap<Design, MetricName>,
    /// Runs that were there already.
    pub found: usize,
    /// By kind of work the design that did most.
    pub most_work: Vec<Most>,
    /// Runs that could be spent: of a budget in minutes, as many as these minutes would take.
    pub budget: usize,
}

/// Why a search did not finish.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A run failed.
    #[error("{design}: {source}")]
    Run {
        /// The design.
        design: String,
        /// Error of the run.
        source: RunError,
    },
    /// A run cannot be kept.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// Somebody stopped it.
    #[error("interrupted; finished runs are kept: start it again to go on")]
    Interrupted,
    /// No run has a metric.
    #[error("runs of this scenario have no `{0}`")]
    NoMetric(MetricName),
    /// Each machine would turn minutes into other runs.
    #[error("a budget in minutes cannot be shared out: give `[budget] runs`")]
    Minutes,
}

/// The folder beside a study where its runs are kept.
pub const SEARCHES: &str = "searches";

/// Where runs of a study are kept.
#[must_use]
pub fn store(study: &Path) -> PathBuf {
    study.parent().unwrap_or(Path::new("")).join(SEARCHES)
}

/// Searches. The result depends on the study and the scenario, not on threads, nor on what was kept before.
///
/// # Errors
/// When a run fails or cannot be kept, or somebody stops it.
pub fn search(
    search: &Search,
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Found, SearchError> {
    let mut model = Model::of(search, jobs, stop, progress)?;
    model.has_metrics()?;
    let budget = model.budget()?;
    let race = race(&search.space, &search.rules, budget, &mut stream(search, 0), &mut |asks| model.ask(asks))?;
    let mut found = Found { budget: budget.runs, ..Found::default() };
    if let Some(reported) = race.best.or(race.front.first().copied()).map(|at| &race.racers[at]) {
        found.told = model.told(reported)?;
        (found.bound, found.doubts) = model.looked_at(reported)?;
    }
    found.most_work = model.most_work(&race)?;
    (found.found, found.empty) = (model.found, model.empty);
    Ok(Found { race, ..found })
}

/// The designs that the race begins with.
///
/// # Errors
/// When the budget is in minutes, which each machine would turn into other designs.
pub fn first_look(search: &Search) -> Result<Vec<Vec<usize>>, SearchError> {
    if search.minutes.is_some() {
        return Err(SearchError::Minutes);
    }
    Ok(first_designs(&search.space, &search.rules, search.budget, &mut stream(search, 0)))
}

/// Simulates one part of the designs that the race begins with, on their first random day, and keeps them: on a cluster the
/// first look at many designs is shared out so. How many there were.
///
/// # Errors
/// When a run fails or cannot be kept, or somebody stops it.
pub fn first_part(
    search: &Search,
    part: Part,
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<usize, SearchError> {
    let designs = first_look(search)?;
    let mut model = Model::of(search, jobs, stop, progress)?;
    let mine = designs.into_iter().skip(part.number as usize - 1).step_by(part.of as usize);
    let asks: Vec<(Vec<usize>, u32)> = mine.map(|design| (design, 0)).collect();
    model.ask(&asks)?;
    Ok(asks.len())
}

/// As many runs as so many minutes take when one takes so many seconds, but no more than the budget has, nor too few to find
/// anything. A tenth is kept for loading and for what is told of the best design.
fn within_minutes(budget: Budget, minutes: f64, run_s: f64) -> Budget {
    let runs = (0.9 * 60.0 * minutes / run_s.max(1e-6)) as usize;
    Budget { runs: runs.min(budget.runs).max(LEAST_RUNS as usize), ..budget }
}

/// A stream of the search's own.
pub(super) fn stream(search: &Search, index: u32) -> Stream {
    Seed { seed: search.seed, replication: 0 }.stream(Purpose::Studies, u64::from(u32::MAX) + 1, index)
}

struct Model<'a> {
    search: &'a Search,
    kept: KeptRuns,
    spans: Vec<Span>,
    jobs: usize,
    stop: &'a AtomicBool,
    progress: &'a (dyn Fn(usize) + Sync),
    found: usize,
    empty: BTreeMap<Design, MetricName>,
}

impl<'a> Model<'a> {
    fn of(
        search: &'a Search,
        jobs: usize,
        stop: &'a AtomicBool,
        progress: &'a (dyn Fn(usize) + Sync),
    ) -> Result<Self, SearchError> {
        let spans = search.spans();
        let total = search.objectives.iter().chain(MetricName::WORK).chain(&TOLD);
        let total = total.map(|name| (*name, TOTAL.to_owned()));
        let of_span = |(name, span): (&MetricName, &Span)| {
            span.scopes().into_iter().map(|scope| (*name, scope)).collect::<Vec<_>>()
        };
        let constrained = search.constrained.iter().zip(&spans).flat_map(of_span);
        let kept = KeptRuns::in_folder(&store(&search.path), total.chain(constrained).collect(), search.seed)?;
        Ok(Self { search, kept, spans, jobs, stop, progress, found: 0, empty: BTreeMap::new() })
    }

    /// One run of the scenario as it is: has it the metrics that are asked for?
    fn has_metrics(&self) -> Result<(), SearchError> {
        let run = replicate(&self.search.loaded, self.search.seed, 0, self.stop)
            .map_err(|source| self.failed(&[], source))?;
        let has = |name: MetricName, scope: &str| {
            run.metrics.iter().any(|metric| metric.name == name && metric.scope == scope)
        };
        let objective = self.search.objectives.iter().copied().find(|name| !has(*name, TOTAL));
        let mut constrained = self.search.constrained.iter().copied().zip(&self.spans);
        let constrained = constrained.find(|(name, span)| !span.scopes().iter().all(|scope| has(*name, scope)));
        let missing = objective.or(constrained.map(|it| it.0));
        missing.map_or(Ok(()), |name| Err(SearchError::NoMetric(name)))
    }

    /// What may be spent. Minutes are turned into runs once, by timing as many runs of the scenario as there are threads: what
    /// follows depends on that number, and so can be repeated from it.
    fn budget(&self) -> Result<Budget, SearchError> {
        let Some(minutes) = self.search.minutes else { return Ok(self.search.budget) };
        if let Some(runs) = self.search.known_runs {
            return Ok(Budget { runs, ..self.search.budget });
        }
        let threads =
            if self.jobs > 0 { self.jobs } else { std::thread::available_parallelism().map_or(1, usize::from) };
        let days: Vec<u32> = (0..threads as u32).collect();
        let begin = Instant::now();
        let timed = in_order(self.jobs, &days, |day| replicate(&self.search.loaded, self.search.seed, *day, self.stop));
        let seconds = begin.elapsed().as_secs_f64();
        timed.into_iter().collect::<Result<Vec<_>, _>>().map_err(|source| self.failed(&[], source))?;
        let run_s = seconds / threads as f64 * self.search.starts.len() as f64;
        Ok(within_minutes(self.search.budget, minutes, run_s))
    }

    fn failed(&self, design: &[usize], source: RunError) -> SearchError {
        match source {
            RunError::Interrupted { .. } => SearchError::Interrupted,
            source => {
                let settings = if design.is_empty() { Vec::new() } else { self.search.settings(design) };
                SearchError::Run { design: settings.join(", "), source }
            }
        }
    }

    /// Answers in the order of the asks.
    fn ask(&mut self, asks: &[(Vec<usize>, u32)]) -> Result<Vec<Option<Outcome>>, SearchError> {
        let mut out: Vec<Option<Outcome>> = vec![None; asks.len()];
        let mut by_design: BTreeMap<&Vec<usize>, Vec<usize>> = BTreeMap::new();
        for (at, (design, _)) in asks.iter().enumerate() {
            by_design.entry(design).or_default().push(at);
        }
        let designs: Vec<(&Vec<usize>, Vec<usize>)> = by_design.into_iter().collect();
        for chunk in designs.chunks(AT_ONCE) {
            let loaded = in_order(self.jobs, chunk, |(design, _)| self.search.load(design).ok());
            let work: Vec<(usize, &Vec<Loaded>)> = chunk
                .iter()
                .zip(&loaded)
                .filter_map(|((_, places), loaded)| loaded.as_ref().map(|loaded| (places, loaded)))
                .flat_map(|(places, loaded)| places.iter().map(move |at| (*at, loaded)))
                .collect();
            let done = in_order(self.jobs, &work, |(at, loaded)| {
                let done = self.one(loaded, asks[*at].1);
                if !matches!(done, Err(KeptError::Run(RunError::Interrupted { .. }))) {
                    (self.progress)(1);
                }
                done
            });
            for ((at, _), done) in work.into_iter().zip(done) {
                let (outcome, was_there) = done.map_err(|error| self.failed_ask(&asks[at].0, error))?;
                self.found += usize::from(was_there);
                match outcome {
                    Ok(outcome) => out[at] = Some(outcome),
                    Err(metric) => {
                        self.empty.entry(asks[at].0.clone()).or_insert(metric);
                    }
                }
            }
        }
        Ok(out)
    }

    /// What the designs did that did most work, on as many of the first random days as the reported design has.
    fn most_work(&mut self, race: &Race) -> Result<Vec<Most>, SearchError> {
        let Some(reported) = race.best.or(race.front.first().copied()) else { return Ok(Vec::new()) };
        let days = (race.racers[reported].runs.len() as u32).min(work::MOST_DAYS);
        let mut out = Vec::new();
        for (kind, racer) in work::most(&race.racers) {
            let Racer { design, runs, .. } = &race.racers[racer];
            let asks: Vec<(Vec<usize>, u32)> = (runs.len() as u32..days).map(|day| (design.clone(), day)).collect();
            let found = self.found;
            let more = self.ask(&asks)?;
            // What is told of runs that were there is told of the race.
            self.found = found;
            let all = runs.iter().cloned().map(Some).chain(more);
            let days = all.map_while(|day| work::done(&day?, kind)).collect();
            out.push(Most { kind, racer, days });
        }
        Ok(out)
    }

    fn failed_ask(&self, design: &[usize], error: KeptError) -> SearchError {
        match error {
            KeptError::Run(source) => self.failed(design, source),
            KeptError::Shard(error) => error.into(),
        }
    }

    /// A random day of a design, from each of the first days; and whether its runs were there already.
    fn one(&self, loaded: &[Loaded], day: u32) -> Result<(Result<Outcome, MetricName>, bool), KeptError> {
        let runs = loaded.iter().map(|loaded| self.kept.run(loaded, day, self.stop));
        let runs = runs.collect::<Result<Vec<_>, _>>()?;
        let was_there = runs.iter().all(|run| run.1);
        let runs: Vec<Vec<Metric>> = runs.into_iter().map(|run| run.0).collect();
        Ok((self.outcome(&runs), was_there))
    }

    /// Means of the objectives and of work over the runs of a day, and of each constraint what is judged; the first metric that
    /// has no value.
    fn outcome(&self, runs: &[Vec<Metric>]) -> Result<Outcome, MetricName> {
        let mean = |name: &MetricName| {
            let values: Option<Vec<f64>> = runs.iter().map(|run| value_of(run, TOTAL, *name)).collect();
            values.map(|values| stats::mean(&values))
        };
        let judged = self.search.constrained.iter().zip(&self.search.rules.constraints).zip(&self.spans);
        let judged = judged.map(|((name, constraint), span)| span.worst(constraint, *name, runs).ok_or(*name));
        Ok(Outcome {
            objectives: self.search.objectives.iter().map(|name| mean(name).ok_or(*name)).collect::<Result<_, _>>()?,
            constraints: judged.collect::<Result<_, _>>()?,
            work: MetricName::WORK.iter().map(mean).collect(),
        })
    }

    /// Means of what is told of the design that is reported, over the days of its standing. All of its runs are kept already.
    fn told(&self, racer: &Racer) -> Result<Vec<(MetricName, f64)>, SearchError> {
        let Ok(loaded) = self.search.load(&racer.design) else { return Ok(Vec::new()) };
        let mut runs = Vec::new();
        // A front is one on the days of the race alone.
        let fresh = if self.search.objectives.len() > 1 { 0 } else { racer.fresh.len() };
        for (first, count) in [(0, racer.runs.len()), (FRESH_DAYS, fresh)] {
            let mut found = 0;
            // A day on which a metric is empty is no day of the standing.
            for day in first.. {
                if found == count {
                    break;
                }
                let own = loaded.iter().map(|loaded| self.kept.run(loaded, day, self.stop).map(|run| run.0));
                let own: Vec<Vec<Metric>> =
                    own.collect::<Result<_, _>>().map_err(|error| self.failed_ask(&racer.design, error))?;
                if self.outcome(&own).is_ok() {
                    found += 1;
                    runs.extend(own);
                }
            }
        }
        Ok(means(&TOLD, &runs))
    }

    /// How far charging of the design that is reported is from the best possible, where that is asked for; and what the first of
    /// its days casts doubt on by itself: a limit that is passed is in no constraint unless the study names it.
    fn looked_at(&self, racer: &Racer) -> Result<(Vec<(MetricName, f64)>, Vec<String>), SearchError> {
        let Ok(loaded) = self.search.load(&racer.design) else { return Ok((Vec::new(), Vec::new())) };
        let count = if self.search.is_bounded { BOUNDED_DAYS } else { 1 };
        let days: Vec<(&Loaded, u32)> =
            (0..count).flat_map(|day| loaded.iter().map(move |loaded| (loaded, day))).collect();
        let runs = in_order(self.jobs, &days, |(loaded, day)| {
            // A bound that cannot be found is no reason to say nothing of the rest.
            let run = || replicate(loaded, self.search.seed, *day, self.stop);
            if self.search.is_bounded {
                replicate_bounded(loaded, self.search.seed, *day, self.stop).or_else(|_| run())
            } else {
                run()
            }
        });
        let runs: Vec<Vec<Metric>> = runs
            .into_iter()
            .map(|run| run.map(|run| run.metrics))
            .collect::<Result<_, _>>()
            .map_err(|source| self.failed(&racer.design, source))?;
        let first = || runs[0].iter().map(|it| (it.name.as_str(), it.scope.as_str(), it.value));
        let told = passed_limits(first()).into_iter().chain(doubts(first()));
        let told = told.map(|doubt| format!("In a first run of the design {doubt}")).collect();
        Ok((means(&BOUND, &runs), told))
    }
}

/// Means over runs of the metrics of the whole hub that all of them have.
fn means(names: &[MetricName], runs: &[Vec<Metric>]) -> Vec<(MetricName, f64)> {
    let mean = |name: &MetricName| {
        let values: Option<Vec<f64>> = runs.iter().map(|run| value_of(run, TOTAL, *name)).collect();
        Some((*name, stats::mean(&values.filter(|values| !values.is_empty())?)))
    };
    names.iter().filter_map(mean).collect()
}

/// What is told of the design that is reported: service before cost, and cost by part.
const TOLD: [MetricName; 19] = [
    MetricName::HaulsCompleted,
    MetricName::HaulsLate,
    MetricName::HaulsLapsed,
    MetricName::EquipmentHoursServed,
    MetricName::SessionsUnmet,
    MetricName::SessionsServedShare,
    MetricName::QueueWaitP95Min,
    MetricName::PeakKw,
    MetricName::YearCostUsd,
    MetricName::YearCapitalUsd,
    MetricName::YearUpkeepUsd,
    MetricName::YearLaborUsd,
    MetricName::YearBillUsd,
    MetricName::YearFuelUsd,
    MetricName::YearRefillUsd,
    MetricName::YearLostWorkUsd,
    MetricName::CapexUsd,
    MetricName::NpvUsd,
    MetricName::CostPerHaulUsd,
];

/// How far `--bound` says that charging could still go.
const BOUND: [MetricName; 3] =
    [MetricName::BoundEnergyGapPercent, MetricName::BoundPeakGapPercent, MetricName::BoundCostGapPercent];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_become_runs() {
        let runs = |most: usize, minutes: f64, run_s: f64| {
            within_minutes(Budget { runs: most, replications: 8 }, minutes, run_s).runs
        };
        assert_eq!(runs(usize::MAX, 10.0, 0.5), 1_080);
        assert_eq!(runs(500, 10.0, 0.5), 500);
        assert_eq!(runs(500, 0.01, 60.0), LEAST_RUNS as usize);
    }
}
