//! Runs of a study, kept one by one, so that a study that is killed goes on where it was when it is started again.
//!
//! A run is a file, named by the hash of all that decides what is in it: the engine, the merged scenario with its files, the
//! metrics that are kept, seed and random day. A file that is there is done work, for any study in the folder.

use super::replicate::{Replication, replicate};
use super::sweep::plan::engine;
use super::sweep::shard::{Held, Shard, ShardError, Store, text};
use crate::record::metrics::{Metric, MetricName};
use crate::scenario::loaded::Loaded;
use crate::sim::RunError;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a kept run holds; a part of its key.
const SCHEMA: &str = "run 1";

/// The folder of runs.
#[derive(Debug, Clone)]
pub struct KeptRuns {
    store: Store,
    wanted: Vec<(MetricName, String)>,
    seed: u64,
}

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// It failed, or somebody stopped it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// It cannot be kept or read.
    #[error(transparent)]
    Shard(#[from] ShardError),
}

impl KeptRuns {
    /// Runs in a folder: of each these metrics, by name and scope, are kept.
    ///
    /// # Errors
    /// When nothing can be kept there.
    pub fn in_folder(folder: &Path, wanted: Vec<(MetricName, String)>, seed: u64) -> Result<Self, ShardError> {
        let store = Store::of_ours(folder);
        store.probe()?;
        Ok(Self { store, wanted, seed })
    }

    /// The metrics of a run, and whether it was there already.
    ///
    /// # Errors
    /// When it fails, cannot be kept, or somebody stops it.
    pub fn run(&self, loaded: &Loaded, day: u32, stop: &AtomicBool) -> Result<(Vec<Metric>, bool), KeptError> {
        if stop.load(Ordering::Relaxed) {
            return Err(RunError::Interrupted { at: String::new() }.into());
        }
        let key = self.key(loaded, day);
        match self.store.read(&key, None) {
            Ok(Some(shard)) => return Ok((metrics(&shard), true)),
            // Done again: what is damaged says nothing.
            Err(ShardError::Corrupt { .. }) => self.store.set_aside(&key)?,
            Ok(None) => {}
            Err(error) => return Err(error.into()),
        }
        let run = replicate(loaded, self.seed, day, stop)?;
        let is_wanted =
            |metric: &&Metric| self.wanted.iter().any(|(name, scope)| metric.name == *name && metric.scope == *scope);
        let metrics: Vec<Metric> = run.metrics.iter().filter(is_wanted).cloned().collect();
        let kept = Replication { metrics, digest: run.digest, notes: Vec::new() };
        self.store.keep(&key, &text(&key, day, std::slice::from_ref(&kept)), false)?;
        Ok((kept.metrics, false))
    }

    /// All that decides what is in a run's file.
    fn key(&self, loaded: &Loaded, day: u32) -> String {
        let mut hasher = blake3::Hasher::new();
        let wanted = self.wanted.iter().flat_map(|(name, scope)| [name.as_str(), scope]);
        for part in [SCHEMA, engine(), &loaded.canonical].into_iter().chain(wanted) {
            hasher.update(part.as_bytes());
            hasher.update(b"\0");
        }
        hasher.update(&self.seed.to_le_bytes());
        hasher.update(&day.to_le_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

/// The metrics of the one run of a file.
fn metrics(shard: &Shard) -> Vec<Metric> {
    let Some((_, _, held)) = shard.replications.first() else { return Vec::new() };
    let metric = |([name, scope, _], held): (&[std::sync::Arc<str>; 3], &Held)| {
        let value = match held {
            Held::Absent => return None,
            Held::Empty => None,
            Held::Value(value) => Some(*value),
        };
        Some(Metric::new(MetricName::parse(name)?, scope, value))
    };
    shard.columns.iter().zip(held).filter_map(metric).collect()
}
