//! Carries out what was asked for: into a folder of runs, reporting progress, and stopping on request.

use super::error::ApiError;
use super::prepare::kept_runs;
use super::request::{Asked, ComparisonRequest, RunRequest, SearchRequest, SensitivityRequest};
use super::ticket::Ticket;
use super::workspace::{STUDIES, Workspace};
use crate::disk::whole;
use crate::job::{Bounded, Job, JobError, Progress};
use crate::record::folder::{REQUEST, RunFolder};
use crate::sim::Options;
use crate::study::compare::{self, compare};
use crate::study::influence::{self, InfluenceError, influence};
use crate::study::search;
use crate::study::search::run::SearchError;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::Ordering;

const CHANGED: &str = "the scenario's files changed while the run waited, and have errors now";

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
    if !workspace.runs().is_in_place() {
        return Err(failed("the folder `runs` was moved or replaced since the server began; start the server again"));
    }
    let target = workspace.runs().path().join(&id);
    // What was asked for, so that the layout can be changed further from there.
    let kept = text(&asked).map_err(failed)?;
    let ended = match &asked {
        Asked::Run(request) => run(workspace, request, &target, &kept, ticket),
        Asked::Comparison(request) => comparison(workspace, request, &target, &kept, ticket),
        Asked::Search(request) => best_design(workspace, request, &id, &target, &kept, ticket),
        Asked::Sensitivity(request) => sensitivity(workspace, request, &target, &kept, ticket),
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
    begin(ticket, request.replications * loaded.len() as u32, "simulations");
    // With `until` nobody knows beforehand how many it will be.
    let one_more = |name: &str| {
        more(ticket, 1);
        ticket.tell(|state| state.message = format!("last: {name}"));
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
    compare::results::leave(folder, &asked, &loaded, &done, &[]).map_err(failed)?;
    Ok("done".to_owned())
}

/// The study lies in the folder of studies, with all that was simulated: whoever asks the same again goes on from there.
fn best_design(
    workspace: &Workspace,
    request: &SearchRequest,
    id: &str,
    target: &Path,
    kept: &str,
    ticket: &Ticket,
) -> Result<String, Ended> {
    let asked = request.load(workspace, id).map_err(changed)?;
    let studies = workspace.folder_for(STUDIES).map_err(|error| failed(error.first()))?;
    studies.write(&format!("{id}.toml"), asked.text.as_bytes()).map_err(failed)?;
    // How many runs a number of minutes comes to shows only later.
    let runs = if asked.minutes.is_some() { 0 } else { asked.budget.runs as u32 };
    begin(ticket, runs, "simulations");
    let folder = RunFolder::begin(target, false).map_err(failed)?;
    folder.write(REQUEST, kept).map_err(failed)?;
    let found = match search::run::search(&asked, 0, &ticket.stop, &|count| more(ticket, count)) {
        Ok(found) => found,
        Err(error) => {
            folder.discard();
            return Err(match error {
                SearchError::Interrupted => stopped(ticket),
                error => failed(error),
            });
        }
    };
    let answer = search::results::answer(&asked, &found);
    let notes = search::notes::notes(&asked, &found, &answer);
    search::results::leave(folder, &asked, &found, &answer, &notes).map_err(failed)?;
    Ok(if answer.best.is_some() { "done" } else { "no design was shown to hold the constraints" }.to_owned())
}

fn sensitivity(
    workspace: &Workspace,
    request: &SensitivityRequest,
    target: &Path,
    kept: &str,
    ticket: &Ticket,
) -> Result<String, Ended> {
    let (asked, _) = request.load(workspace).map_err(changed)?;
    // What the screening leaves decides how many points there are.
    begin(ticket, 0, "combinations of values");
    let folder = RunFolder::begin(target, false).map_err(failed)?;
    folder.write(REQUEST, kept).map_err(failed)?;
    let runs = kept_runs(workspace).map_err(|error| failed(error.first()))?;
    let (done, loaded) = match influence(&asked, &runs, 0, &ticket.stop, &|count| more(ticket, count)) {
        Ok(done) => done,
        Err(error) => {
            folder.discard();
            return Err(match error {
                InfluenceError::Interrupted => stopped(ticket),
                InfluenceError::Files(problems) => changed(problems.into()),
                error => failed(error),
            });
        }
    };
    influence::results::leave(folder, &asked, &loaded, &done).map_err(failed)?;
    Ok("done".to_owned())
}

/// Work of so many parts begins; 0: nobody knows how many.
fn begin(ticket: &Ticket, of: u32, unit: &str) {
    ticket.tell(|state| {
        (state.done, state.of) = (0, of);
        unit.clone_into(&mut state.unit);
        state.message.clear();
    });
}

/// So many parts more are done. There may be more than were expected.
fn more(ticket: &Ticket, count: usize) {
    ticket.tell(|state| {
        state.done += count as u32;
        if state.of > 0 {
            state.of = state.of.max(state.done);
        }
    });
}

/// Why a study that was stopped ended.
fn stopped(ticket: &Ticket) -> Ended {
    if ticket.is_cancelled.load(Ordering::Relaxed) { Ended::Cancelled } else { Ended::Cut }
}

/// What is kept of a request.
///
/// # Errors
/// When it cannot be written as JSON.
pub(super) fn text(content: &impl Serialize) -> std::io::Result<String> {
    serde_json::to_string_pretty(content).map_err(std::io::Error::other)
}
