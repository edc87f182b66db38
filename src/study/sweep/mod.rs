//! Runs the shards of a plan, or one part of them, and says what is done.

pub mod design;
pub mod merge;
pub mod plan;
pub mod shard;
pub mod slurm;

use crate::study::replicate::{Replication, in_order, replicate};
use crate::study::sweep::plan::{Plan, Which};

use crate::disk::Folder;
use crate::scenario::load::load;
use crate::sim::RunError;
use crate::study::sweep::shard::{ShardError, Store, is_damaged};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Part K of N, both from 1: every N-th shard, so that parts are alike in work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which part.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Part {
    /// Everything.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Reads `3/20`.
    ///
    /// # Errors
    /// How to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(format!("`{text}`: write it as `3/20`, from 1/20 to 20/20")),
        }
    }

    /// The part that a scheduler's variables name: `SLURM_ARRAY_TASK_ID` with `SLURM_ARRAY_TASK_COUNT` (and `_MIN`,
    /// `_STEP`), or Kubernetes' `JOB_COMPLETION_INDEX`, which does not say of how many: `parts` must. None without them.
    ///
    /// # Errors
    /// When the variables make no part.
    pub fn from_scheduler(
        parts: Option<u32>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, String> {
        let number = |name: &str| -> Result<Option<u32>, String> {
            let text = variable(name).filter(|text| !text.is_empty());
            text.map(|text| text.parse().map_err(|_| format!("{name}={text} is not a number"))).transpose()
        };
        let (index, of, source) = if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
            let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(1);
            let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
            let count = parts.or(number("SLURM_ARRAY_TASK_COUNT")?);
            // With `parts` the numbers of the array are those of the parts, whichever of them is submitted again.
            let index = if parts.is_some() { id.checked_sub(1) } else { id.checked_sub(first).map(|at| at / step) };
            (index, count, "SLURM_ARRAY_TASK_ID")
        } else if let Some(index) = number("JOB_COMPLETION_INDEX")? {
            (Some(index), parts, "JOB_COMPLETION_INDEX")
        } else {
            return Ok(None);
        };
        let of = of.ok_or(format!("{source} is set, but not of how many parts: add --parts N"))?;
        match index.filter(|index| *index < of) {
            Some(index) => Ok(Some(Self { number: index + 1, of })),
            None => Err(format!("{source} is outside of {of} parts; name the part with --part K/N")),
        }
    }

    /// The numbers of its shards.
    pub fn shards(self, plan: &Plan) -> impl Iterator<Item = usize> + use<> {
        (self.number as usize - 1..plan.shards()).step_by(self.of as usize)
    }
}

/// What a part's run did.
#[derive(Debug, Default)]
pub struct Ran {
    /// Shards that were done now.
    pub done: usize,
    /// Shards that were there already.
    pub found: usize,
    /// Damaged shards that were set aside and done again.
    pub mended: usize,
    /// What failed: the shard, and why.
    pub failed: Vec<(usize, String)>,
    /// A policy was to blame for a failure.
    pub has_bad_policy: bool,
    /// A shard could not be kept: the disk is full or may not be written.
    pub refused: Option<String>,
    /// Somebody stopped it.
    pub is_interrupted: bool,
}

enum Outcome {
    Done { mended: bool },
    Found,
    Failed(String, bool),
    Refused(String),
    Interrupted,
}

/// Does the shards of a part that are not there yet.
///
/// # Errors
/// When the store cannot be written at all.
pub fn run(
    plan: &Plan,
    store: &Store,
    part: Part,
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn() + Sync),
) -> Result<Ran, ShardError> {
    store.probe()?;
    let shards: Vec<usize> = part.shards(plan).collect();
    let halt = AtomicBool::new(false);
    let outcomes = in_order(jobs, &shards, |number| {
        if halt.load(Ordering::Relaxed) || stop.load(Ordering::Relaxed) {
            return Outcome::Interrupted;
        }
        let outcome = one(plan, store, *number, stop);
        if matches!(outcome, Outcome::Refused(_)) {
            halt.store(true, Ordering::Relaxed);
        }
        progress();
        outcome
    });
    let mut ran = Ran::default();
    for (number, outcome) in shards.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Done { mended } => {
                ran.done += 1;
                ran.mended += usize::from(mended);
            }
            Outcome::Found => ran.found += 1,
            Outcome::Failed(why, is_policy) => {
                ran.has_bad_policy |= is_policy;
                ran.failed.push((number, why));
            }
            Outcome::Refused(why) => ran.refused = ran.refused.or(Some(why)),
            Outcome::Interrupted => ran.is_interrupted |= stop.load(Ordering::Relaxed),
        }
    }
    Ok(ran)
}

fn one(plan: &Plan, store: &Store, number: usize, stop: &AtomicBool) -> Outcome {
    let key = plan.key(number);
    let mended = match store.read(&key, None) {
        Ok(Some(_)) => return Outcome::Found,
        Ok(None) => false,
        // Another process may have set it aside already: what counts is that it is done again.
        Err(ShardError::Corrupt { .. }) => {
            let _ = store.set_aside(&key);
            true
        }
        Err(error) => return Outcome::Failed(error.to_string(), false),
    };
    let which = plan.which(number);
    match replications(plan, which, stop) {
        Ok(runs) => match store.keep(&key, &shard::text(&key, which.first, &runs), true) {
            Ok(()) => Outcome::Done { mended },
            Err(error) => Outcome::Refused(error.to_string()),
        },
        Err(Failed::Run(RunError::Interrupted { .. })) => Outcome::Interrupted,
        Err(Failed::Run(error)) => Outcome::Failed(error.to_string(), error.is_of_policy()),
        Err(Failed::Files(error)) => Outcome::Failed(error, false),
    }
}

enum Failed {
    Run(RunError),
    Files(String),
}

fn replications(plan: &Plan, which: Which, stop: &AtomicBool) -> Result<Vec<Replication>, Failed> {
    let loaded = load(&plan.request(which)).map_err(|problems| Failed::Files(problems.to_string()))?;
    // A file that is edited while the sweep runs must not come into a shard that is named by the file before.
    plan.check_read(which, &loaded.inputs).map_err(|changed| Failed::Files(changed.to_string()))?;
    let all: Vec<Result<Replication, RunError>> = (which.first..which.first + which.count)
        .into_par_iter()
        .map(|replication| replicate(&loaded, plan.seed, replication, stop))
        .collect();
    all.into_iter().collect::<Result<_, _>>().map_err(Failed::Run)
}

/// What is there of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Whole shards.
    pub done: usize,
    /// Shards that are not there, by number.
    pub missing: Vec<usize>,
    /// Damaged shards, by number, and what is wrong.
    pub damaged: Vec<(usize, String)>,
    /// Shards that the system does not give, by number, and why: nothing says what is in them.
    pub unreadable: Vec<(usize, String)>,
}

/// Reads every shard of a plan.
#[must_use]
pub fn status(plan: &Plan, store: &Store, jobs: usize) -> Status {
    let numbers: Vec<usize> = (0..plan.shards()).collect();
    let found = in_order(jobs, &numbers, |number| store.read(&plan.key(*number), None).map(|shard| shard.is_some()));
    let mut status = Status::default();
    for (number, found) in numbers.into_iter().zip(found) {
        match found {
            Ok(true) => status.done += 1,
            Ok(false) => status.missing.push(number),
            Err(error @ ShardError::Unreadable { .. }) => status.unreadable.push((number, error.to_string())),
            Err(error) => status.damaged.push((number, error.to_string())),
        }
    }
    status
}

/// Removes what nobody needs: temporary files older than a day, damaged shards (set aside, or by their own hash), and with
/// `keys` every shard that no plan names. Returns what went.
///
/// The age is measured by the clock of the disk itself, with a file made now: a wrong clock here removes nothing.
///
/// # Errors
/// When the folder cannot be written.
pub fn collect_garbage(
    store: &Store,
    keys: Option<&std::collections::BTreeSet<String>>,
) -> Result<Vec<PathBuf>, ShardError> {
    const DAY: Duration = Duration::from_hours(24);
    let refused = |source| ShardError::Io { path: store.folder(), source };
    let all = store.open().map_err(refused)?;
    let now = all.now().map_err(refused)?;
    let mut gone = Vec::new();
    let below = all.entries().map_err(refused)?.into_iter().filter(|found| found.is_folder);
    let below: Vec<Folder> = below.filter_map(|found| all.sub(&found.name).ok()).collect();
    for folder in std::iter::once(&all).chain(&below) {
        let files = folder.entries().unwrap_or_default().into_iter().filter(|found| found.is_file);
        for name in files.map(|found| found.name) {
            let age = folder.modified(&name).and_then(|then| now.duration_since(then).ok()).unwrap_or_default();
            let is_part = name.contains(".tmp.")
                || name.starts_with('.') && Path::new(&name).extension().is_some_and(|it| it == "part");
            let key = name.strip_suffix(".shard");
            let is_unplanned = key.zip(keys).is_some_and(|(key, keys)| !keys.contains(key));
            let is_garbage = is_part && age > DAY || name.ends_with(".damaged") || is_unplanned;
            if (is_garbage || is_damaged(folder, &name)) && folder.remove_file(&name).is_ok() {
                gone.push(folder.path().join(&name));
            }
        }
    }
    gone.sort();
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn parts_come_from_the_scheduler() {
        let set = |pairs: &'static [(&'static str, &'static str)]| {
            move |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
        };
        let of = |parts, pairs| Part::from_scheduler(parts, set(pairs));
        assert_eq!(of(None, &[]), Ok(None));
        let slurm = &[("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_ARRAY_TASK_COUNT", "4"), ("SLURM_ARRAY_TASK_MIN", "5")];
        assert_eq!(of(None, slurm), Ok(Some(Part { number: 3, of: 4 })));
        // Task 7 of 20 submitted again alone: the array has one task, the part is still 7 of 20.
        let again = &[("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_ARRAY_TASK_COUNT", "1"), ("SLURM_ARRAY_TASK_MIN", "7")];
        assert_eq!(of(Some(20), again), Ok(Some(Part { number: 7, of: 20 })));
        let gap = &[("SLURM_ARRAY_TASK_ID", "9"), ("SLURM_ARRAY_TASK_COUNT", "2"), ("SLURM_ARRAY_TASK_MIN", "5")];
        assert!(of(None, gap).unwrap_err().contains("--part K/N"));
        assert_eq!(of(Some(4), &[("JOB_COMPLETION_INDEX", "0")]), Ok(Some(Part { number: 1, of: 4 })));
        assert!(of(None, &[("JOB_COMPLETION_INDEX", "0")]).unwrap_err().contains("--parts N"));
        assert!(of(Some(4), &[("JOB_COMPLETION_INDEX", "4")]).is_err());
        assert_eq!(Part::parse("3/20"), Ok(Part { number: 3, of: 20 }));
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0"] {
            assert!(Part::parse(wrong).is_err(), "{wrong}");
        }
    }
}
