//! One job: a loaded scenario simulated into a finished folder, for any caller. The command line prints what comes
//! of it, the server tells it to a browser.

mod operations;
mod plugins;
mod years;

pub use plugins::{PluginVisitor, check_plugins, visit_plugins};

use crate::record::folder::{FolderError, Manifest, REPORT, RunFolder, SCHEMA, SUMMARY, SummaryFile};
use crate::record::hub;
use crate::record::hub::Hub;
use crate::record::metrics::Metric;
use crate::record::notes::PluginNotes;
use crate::record::read::ReadError;
use crate::record::summary::Summary;
use crate::report;
use crate::scenario::Quality;
use crate::scenario::loaded::Loaded;
use crate::sim::run::Effort;
use crate::sim::{Options, RunError};
use crate::study::fork::{Difference, Fork, Future};
use crate::transition::baseline::Baseline;
use crate::transition::record::Tables;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// One simulation to be done.
#[derive(Debug)]
pub struct Job<'a> {
    /// What is simulated.
    pub loaded: &'a Loaded,
    /// Options of the run.
    pub options: Options,
    /// The command that a manifest names: `run` or `replay`.
    pub command: &'static str,
    /// The scenario as it was asked for.
    pub scenario: String,
    /// Overlays, in order.
    pub overlays: Vec<String>,
    /// Settings, in order.
    pub settings: Vec<String>,
    /// Write the tables as CSV too.
    pub with_csv: bool,
    /// Make the report.
    pub with_report: bool,
    /// Compare charging with the best possible?
    pub bound: Bounded,
    /// The folder of a sensitivity whose answer the report tells.
    pub sensitivity: Option<PathBuf>,
    /// The fork that this is, and the numbers of the run that it forks.
    pub fork: Option<(&'a Fork, Future)>,
    /// For a transition: the folder of what it is compared with, and what was read of it.
    pub baseline: Option<(PathBuf, Baseline)>,
}

/// What charging is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounded {
    /// Nothing.
    No,
    /// The best possible with the sessions of the run.
    Run,
    /// The best possible with the sessions of a replay under its limit, kW.
    Replay(f64),
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Hours or years that are done.
    pub done: u32,
    /// Of how many.
    pub of: u32,
    /// `hours` or `years`.
    pub unit: &'static str,
    /// What there is to say, such as a year in one line.
    pub told: String,
}

/// What a finished job leaves beside its folder.
#[derive(Debug)]
pub struct Finished {
    /// The folder.
    pub path: PathBuf,
    /// All metrics, as in summary.json.
    pub metrics: Vec<Metric>,
    /// What plugins said.
    pub notes: Vec<PluginNotes>,
    /// Stated constraints that were broken, a sentence each: why a strict run fails.
    pub broken: Vec<String>,
    /// What could not be made, though the run is whole.
    pub remarks: Vec<String>,
    /// Of a fork: its numbers beside those of the run.
    pub forked: Vec<Difference>,
    /// What it was.
    pub kind: Kind,
}

/// What a finished job was.
#[derive(Debug)]
pub enum Kind {
    /// Days of operations.
    Operations {
        /// Headline numbers.
        summary: Box<Summary>,
        /// Work done.
        effort: Effort,
        /// Digest of all rows of all tables.
        digest: String,
    },
    /// Years of a transition.
    Years(Box<Tables>),
}

/// Why a job was not finished.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The simulation ended early; says what is kept.
    #[error("{error}{kept}")]
    Run {
        /// Error of the simulation.
        error: RunError,
        /// Where what was simulated until then is, or nothing.
        kept: String,
    },
    /// What was simulated could not be written; says what is kept.
    #[error("{reason}{kept}")]
    Write {
        /// Error of the write.
        reason: String,
        /// Where what was simulated until then is.
        kept: String,
    },
    /// The best possible could not be found, or the tables it is made from not be read.
    #[error("{0}")]
    Bound(String),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl From<ReadError> for JobError {
    fn from(error: ReadError) -> Self {
        Self::Bound(error.to_string())
    }
}

impl Job<'_> {
    /// Simulates and writes the folder; year after year, where the scenario has a transition. `watch` hears of each
    /// simulated hour or year; `stop` ends the job early.
    ///
    /// # Errors
    /// When the simulation or the folder fails, or somebody stops it.
    pub fn carry_out(
        &self,
        folder: RunFolder,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<Finished, JobError> {
        match &self.loaded.scenario.transition {
            Some(spec) => self.years(spec, folder, stop, watch),
            None => self.operations(folder, stop, watch),
        }
    }

    fn compared_with(&self) -> BTreeMap<String, String> {
        let bound = (self.bound == Bounded::Run).then(|| ("bound".to_owned(), "yes".to_owned()));
        let baseline = self.baseline.as_ref().map(|(folder, _)| ("baseline".to_owned(), folder.display().to_string()));
        let sensitivity = self.sensitivity.as_ref().map(|dir| ("sensitivity".to_owned(), dir.display().to_string()));
        bound.into_iter().chain(baseline).chain(sensitivity).collect()
    }

    /// Summary, hub, report and manifest: the folder is finished. Returns where it is, and what could not be made.
    fn close(
        &self,
        folder: RunFolder,
        metrics: &[Metric],
        digests: BTreeMap<String, String>,
        notes: &[PluginNotes],
    ) -> Result<(PathBuf, Vec<String>), JobError> {
        folder.write_json(SUMMARY, &SummaryFile { schema: SCHEMA, metrics })?;
        folder.write_json(hub::FILE, &Hub::of(self.loaded))?;
        let manifest = self.manifest(digests, notes.to_vec());
        let mut remarks = Vec::new();
        if self.with_report {
            let baseline = self.baseline.as_ref().map(|(folder, _)| folder.as_path());
            match report::build(folder.path(), &manifest, baseline) {
                Ok(html) => folder.write(REPORT, &html)?,
                Err(error) => remarks.push(format!("the report could not be made: {error}")),
            }
        }
        Ok((folder.finish(manifest)?, remarks))
    }

    fn manifest(&self, rows: BTreeMap<String, String>, notes: Vec<PluginNotes>) -> Manifest {
        let provenance = &self.loaded.provenance;
        let mut counts: BTreeMap<String, usize> =
            Quality::ALL.into_iter().map(|quality| (quality.word().to_owned(), provenance.count(quality))).collect();
        counts.insert("without_source".to_owned(), provenance.unsourced().count());
        Manifest {
            schema: SCHEMA,
            portvolt: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.to_owned(),
            title: self.loaded.scenario.title.clone(),
            scenario: self.scenario.clone(),
            overlays: self.overlays.clone(),
            seed: self.options.seed,
            replication: self.options.replication,
            settings: self.settings.clone(),
            compared_with: self.compared_with(),
            inputs: self.inputs(),
            plugins: plugin_hashes(&notes),
            plugin_notes: notes,
            outputs: BTreeMap::new(),
            rows,
            provenance: counts,
            study: self.fork.as_ref().and_then(|(fork, _)| serde_json::to_value(&fork.asked).ok()),
        }
    }

    /// All files that were read: those of a fork's change, too.
    fn inputs(&self) -> BTreeMap<String, String> {
        let turns = self.fork.iter().flat_map(|(fork, _)| &fork.turns);
        let changed = turns.flat_map(|turn| turn.changed.inputs.clone());
        self.loaded.inputs.clone().into_iter().chain(changed).collect()
    }
}

/// blake3 of each plugin by its name; a second one of the same name is told apart by its kind.
fn plugin_hashes(notes: &[PluginNotes]) -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    for plugin in notes {
        let is_taken = hashes.contains_key(&plugin.name);
        let name = if is_taken { format!("{} ({})", plugin.name, plugin.kind) } else { plugin.name.clone() };
        hashes.insert(name, plugin.hash.clone());
    }
    hashes
}
