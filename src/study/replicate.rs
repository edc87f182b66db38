//! One replication in memory, and many on all cores.

use super::run_bound;
use crate::disk::Scratch;
use crate::record::metrics::Metric;
use crate::record::names::Names;
use crate::record::notes::PluginNotes;
use crate::record::table::WrittenTable;
use crate::scenario::loaded::Loaded;

use crate::sim::output::Written;
use crate::sim::{Options, RunError, Simulation};
use crate::transition::metrics::{metrics, plugin_metrics};
use crate::transition::pathway::Pathway;
use crate::transition::spec::TransitionSpec;
use crate::transition::write::{in_memory, write};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a study keeps of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replication {
    /// Digest of all rows of all tables.
    pub digest: String,
    /// All metrics.
    pub metrics: Vec<Metric>,
    /// What the sandbox noted of its plugins.
    pub notes: Vec<PluginNotes>,
}

/// Runs one replication without writing tables.
///
/// # Errors
/// Why the run did not finish.
pub fn replicate(loaded: &Loaded, seed: u64, replication: u32, stop: &AtomicBool) -> Result<Replication, RunError> {
    let options = Options { seed, replication, ..Options::default() };
    if let Some(spec) = &loaded.scenario.transition {
        return years(loaded, spec, &options, stop);
    }
    operate(loaded, &options, stop, None)
}

/// The same, compared with the best possible that charging could have done with its sessions (not of a transition).
///
/// # Errors
/// Why the run did not finish, or why there is no bound.
pub fn replicate_bounded(
    loaded: &Loaded,
    seed: u64,
    replication: u32,
    stop: &AtomicBool,
) -> Result<Replication, RunError> {
    if loaded.scenario.transition.is_some() {
        return replicate(loaded, seed, replication, stop);
    }
    // The bound reads tables; each run has a folder of its own, whichever thread it is on.
    let folder = Scratch::new().map_err(|error| RunError::Bound(error.to_string()))?;
    let options = Options { seed, replication, ..Options::default() };
    operate(loaded, &options, stop, Some(folder.path()))
}

/// Runs one replication with its tables in memory.
///
/// # Errors
/// Why the run did not finish.
#[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
pub fn replicate_in_memory(
    loaded: &Loaded,
    options: &Options,
    stop: &AtomicBool,
) -> Result<(Replication, Vec<WrittenTable>), RunError> {
    if let Some(spec) = &loaded.scenario.transition {
        let mut pathway = Pathway::new(loaded, spec, options);
        pathway.run(stop, |_, _| ControlFlow::Continue(()))?;
        let names = Names::none(loaded.calendar.clone());
        let tables = in_memory(&loaded.scenario.time.zone, &names, &pathway.tables)?;
        let by_name: BTreeMap<_, _> = tables.iter().map(|table| (table.table, &*table.digest)).collect();
        return Ok((of_years(loaded, spec, &pathway, by_name.into_values()), tables));
    }
    let mut simulation = Simulation::new(loaded, options)?;
    let (written, _) = simulation.drive_in_memory(loaded, stop, |_, _| {})?;
    Ok(told(written, &mut simulation))
}

/// What is kept of a run that was written into memory.
#[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
pub(super) fn told(written: Written, simulation: &mut Simulation) -> (Replication, Vec<WrittenTable>) {
    let digest = written.digest();
    let Written { mut summary, kept, .. } = written;
    let metrics = summary.metrics(simulation.names());
    (Replication { digest, metrics, notes: simulation.plugin_notes() }, kept)
}

/// All minutes of one run; with a folder for its tables, also the metrics of the bound that is read from them.
fn operate(
    loaded: &Loaded,
    options: &Options,
    stop: &AtomicBool,
    tables: Option<&Path>,
) -> Result<Replication, RunError> {
    let mut simulation = Simulation::new(loaded, options)?;
    let (written, _) = simulation.drive(loaded, (tables, false), stop, |_, _| {})?;
    let digest = written.digest();
    let mut summary = written.summary;
    if let Some(folder) = tables {
        let bound = run_bound::metrics(loaded, folder).map_err(|error| RunError::Bound(error.to_string()))?;
        summary.extra.extend(bound);
    }
    let metrics = summary.metrics(simulation.names());
    Ok(Replication { digest, metrics, notes: simulation.plugin_notes() })
}

/// All years of a transition.
fn years(
    loaded: &Loaded,
    spec: &TransitionSpec,
    options: &Options,
    stop: &AtomicBool,
) -> Result<Replication, RunError> {
    let mut pathway = Pathway::new(loaded, spec, options);
    pathway.run(stop, |_, _| ControlFlow::Continue(()))?;
    let names = Names::none(loaded.calendar.clone());
    let digests = write(None, false, &loaded.scenario.time.zone, &names, &pathway.tables)?;
    Ok(of_years(loaded, spec, &pathway, digests.values().map(String::as_str)))
}

/// What is kept of a transition; the digests of its tables come in the order of their names.
fn of_years<'a>(
    loaded: &Loaded,
    spec: &TransitionSpec,
    pathway: &Pathway<'_>,
    digests: impl Iterator<Item = &'a str>,
) -> Replication {
    let digest = digests.fold(blake3::Hasher::new(), |mut hasher, digest| {
        hasher.update(digest.as_bytes());
        hasher
    });
    let mut metrics = metrics(&pathway.tables, spec, &loaded.scenario);
    metrics.extend(plugin_metrics(&pathway.notes));
    Replication { digest: digest.finalize().to_hex().to_string(), metrics, notes: pathway.notes.clone() }
}

/// Threads for a core at most: more only wait for each other, and thousands of them stop the machine.
const MOST_A_CORE: usize = 4;

/// How many threads are taken where `jobs` are asked for: one a core for 0, at most four a core.
#[must_use]
pub fn threads(jobs: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    if jobs == 0 { cores } else { jobs.min(MOST_A_CORE * cores) }
}

/// Does `work` for every item on `jobs` [`threads`]. Each thread takes the next item that nobody has, so
/// that what is stopped half-way is a first part of the items. Results come in the order of the items, whatever finished
/// first: the number of threads never shows.
pub fn in_order<T: Sync, R: Send>(jobs: usize, items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads(jobs)).build() else {
        // Where the system grants no threads, the work is done without them.
        return items.iter().map(&work).collect();
    };
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, R)> = pool
        .broadcast(|_| {
            let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < items.len());
            core::iter::from_fn(take).map(|at| (at, work(&items[at]))).collect::<Vec<_>>()
        })
        .into_iter()
        .flatten()
        .collect();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_jobs_floods_the_machine() {
        assert!(threads(0) >= 1 && threads(1) == 1);
        assert_eq!(threads(usize::MAX), MOST_A_CORE * threads(0));
        assert_eq!(in_order(usize::MAX, &[1, 2, 3], |item| item * 2), [2, 4, 6]);
    }

    /// Four threads, stopped after a while: what was begun is a first part, and comes in order.
    #[test]
    fn a_stop_leaves_a_first_part() {
        let items: Vec<u32> = (0..1_000).collect();
        for jobs in [1, 4] {
            let begun = AtomicUsize::new(0);
            let done = in_order(jobs, &items, |item| {
                (begun.fetch_add(1, Ordering::SeqCst) < 100).then(|| {
                    std::thread::yield_now();
                    *item
                })
            });
            let whole: Vec<u32> = done.iter().map_while(|item| *item).collect();
            assert_eq!(done.len(), 1_000);
            assert!(whole.len() >= 100 - 2 * jobs, "{} with {jobs} threads", whole.len());
            assert!(whole.iter().copied().eq(0..whole.len() as u32));
        }
    }
}
