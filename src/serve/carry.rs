//! Carries out what was asked for: into a folder of runs, telling how far it is, and stopping when somebody says so.

use super::error::ApiError;
use super::request::{Asked, ComparisonRequest, RunRequest};
use super::ticket::Ticket;
use super::workspace::Workspace;
use crate::disk::whole;
use crate::job::{Bounded, Job, JobError, Progress};
use crate::record::folder::{REQUEST, RunFolder};
use crate::sim::Options;
use crate::study::compare::compare;
use crate::study::compare::results;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::Ordering;

const CHANGED: &str = "the scenario's files changed while the run waited, and have mistakes now";

/// Why a run has no folder.
pub(super) enum Ended {
    /// Somebody cancelled it.
    Cancelled,
    /// The server stops.
    Cut,
    /// By itself.
    Failed(String),
}

impl From<JobError> for Ended {
    fn from(error: JobError) -> Self {
        Self::Failed(error.to_string())
    }
}

fn failed(error: impl std::fmt::Display) -> Ended {
    Ended::Failed(error.to_string())
}

fn changed(error: ApiError) -> Ended {
    Ended::Failed(format!("{CHANGED}: {}", error.first()))
}

/// Does what a ticket asks for; what is told at its end.
pub(super) fn carry_out(workspace: &Workspace, ticket: &Ticket) -> Result<String, Ended> {
    let (id, asked) = {
        let state = ticket.state.borrow();
        (state.id.clone(), state.request.clone())
    };
    let target = workspace.runs().path().join(&id);
    // What was asked for, so that the layout can be changed further from there.
    let kept = text(&asked).map_err(failed)?;
    let ended = match &asked {
        Asked::Run(request) => run(workspace, request, &target, &kept, ticket),
        Asked::Comparison(request) => comparison(workspace, request, &target, &kept, ticket),
    };
    if matches!(ended, Err(Ended::Cancelled)) {
        whole::clear(workspace.runs(), &id);
    }
    ended
}

fn run(
    workspace: &Workspace,
    request: &RunRequest,
    target: &Path,
    kept: &str,
    ticket: &Ticket,
) -> Result<String, Ended> {
    let (loaded, asked) = request.load(workspace).map_err(changed)?;
    let folder = RunFolder::begin(target, false).map_err(failed)?;
    folder.write(REQUEST, kept).map_err(failed)?;
    let job = Job {
        loaded: &loaded,
        options: Options { seed: request.seed, ..Options::default() },
        command: "run",
        scenario: asked.path.display().to_string(),
        overlays: asked.overlays.iter().map(|path| path.display().to_string()).collect(),
        settings: asked.settings,
        with_csv: false,
        with_report: true,
        bound: Bounded::No,
        sensitivity: None,
        fork: None,
        baseline: None,
    };
    let mut watch = |progress: &Progress| {
        ticket.tell(|state| {
            (state.done, state.of) = (progress.done, progress.of);
            progress.unit.clone_into(&mut state.unit);
            state.message.clone_from(&progress.told);
        });
    };
    match job.carry_out(folder, &ticket.stop, &mut watch) {
        Ok(finished) => {
            let mut told = vec!["done".to_owned()];
            told.extend(finished.remarks);
            Ok(told.join("; "))
        }
        Err(_) if ticket.is_cancelled.load(Ordering::Relaxed) => Err(Ended::Cancelled),
        Err(_) if ticket.stop.load(Ordering::Relaxed) => Err(Ended::Cut),
        Err(error) => Err(error.into()),
    }
}

fn comparison(
    workspace: &Workspace,
    request: &ComparisonRequest,
    target: &Path,
    kept: &str,
    ticket: &Ticket,
) -> Result<String, Ended> {
    let (asked, loaded) = request.load(workspace).map_err(changed)?;
    let first = request.replications * loaded.len() as u32;
    ticket.tell(|state| {
        (state.done, state.of) = (0, first);
        "simulations".clone_into(&mut state.unit);
        state.message.clear();
    });
    let one_more = || {
        ticket.tell(|state| {
            state.done += 1;
            // With `until` nobody knows beforehand how many it will be.
            state.of = state.of.max(state.done);
        });
    };
    let folder = RunFolder::begin(target, false).map_err(failed)?;
    folder.write(REQUEST, kept).map_err(failed)?;
    let done = match compare(&asked.compare, &loaded, 0, &ticket.stop, &one_more) {
        Ok(done) => done,
        Err(error) => {
            folder.discard();
            return Err(failed(error));
        }
    };
    let is_kept = !done.runs.is_interrupted || ticket.is_enough.load(Ordering::Relaxed);
    if ticket.is_cancelled.load(Ordering::Relaxed) || !is_kept || done.runs.replications() == 0 {
        folder.discard();
        let is_cut = !ticket.is_cancelled.load(Ordering::Relaxed) && !ticket.is_enough.load(Ordering::Relaxed);
        return Err(if is_cut { Ended::Cut } else { Ended::Cancelled });
    }
    results::leave(folder, &asked, &loaded, &done, &[]).map_err(failed)?;
    Ok("done".to_owned())
}

/// What is kept of a request.
///
/// # Errors
/// When it cannot be written as JSON.
pub(super) fn text(content: &impl Serialize) -> std::io::Result<String> {
    serde_json::to_string_pretty(content).map_err(std::io::Error::other)
}
