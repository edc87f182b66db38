//! State of a requested run, and its watchers.

use super::request::{Asked, RunRequest};
use crate::record::folder::Manifest;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::watch;
use utoipa::ToSchema;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// It waits for a worker.
    Queued,
    /// It is being simulated.
    Running,
    /// Its folder is there.
    Finished,
    /// It ended early by itself.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// The server stopped before it was done.
    Interrupted,
}

impl Status {
    pub(super) fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// All that there is to know of a requested run.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct RunState {
    pub(super) id: String,
    /// Counts changes of this state: the id of its event.
    pub(super) version: u64,
    pub(super) status: Status,
    /// Hours, years or other parts that are done.
    pub(super) done: u32,
    /// Of how many; 0 before it started, where nobody knows beforehand, and where it is known by its folder only.
    pub(super) of: u32,
    /// `hours`, `years`, `simulations` or `combinations of values`.
    pub(super) unit: String,
    /// What there is to say: where it is, or why it ended.
    pub(super) message: String,
    pub(super) title: String,
    pub(super) request: Asked,
}

impl RunState {
    pub(super) fn is_over(&self) -> bool {
        self.status.is_over()
    }
}

/// A run that was asked for.
#[derive(Debug)]
pub(super) struct Ticket {
    /// Counts what was asked for: the order of the runs, whatever they are called.
    pub(super) number: u64,
    pub(super) stop: AtomicBool,
    pub(super) is_cancelled: AtomicBool,
    /// What is finished of a comparison shall be kept, though it was stopped.
    pub(super) is_enough: AtomicBool,
    pub(super) state: watch::Sender<RunState>,
    /// Counts changes of all runs: connections that watch the list are told.
    changes: watch::Sender<u64>,
}

impl Ticket {
    pub(super) fn new(number: u64, state: RunState, changes: &watch::Sender<u64>) -> Arc<Self> {
        let [stop, is_cancelled, is_enough] = [false; 3].map(AtomicBool::new);
        let (state, changes) = (watch::Sender::new(state), changes.clone());
        let ticket = Self { number, stop, is_cancelled, is_enough, state, changes };
        ticket.count();
        Arc::new(ticket)
    }

    fn count(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    pub(super) fn tell(&self, change: impl FnOnce(&mut RunState)) {
        self.state.send_modify(|state| {
            state.version += 1;
            change(state);
        });
        self.count();
    }

    /// Ends the waiting, by a worker or by somebody who cancels: only one of them does.
    pub(super) fn leave_queue(&self, status: Status, message: &str) -> bool {
        let is_changed = self.state.send_if_modified(|state| {
            if state.status != Status::Queued {
                return false;
            }
            state.version += 1;
            state.status = status;
            message.clone_into(&mut state.message);
            true
        });
        self.count();
        is_changed
    }
}

/// The state of a run that is known by its folder.
pub(super) fn finished(id: String, manifest: Manifest, request: Option<Asked>) -> RunState {
    let Manifest { title, scenario, seed, .. } = manifest;
    let plain = Asked::Run(RunRequest { scenario, strategies: Vec::new(), changes: Vec::new(), days: None, seed });
    let message = "done".to_owned();
    RunState { status: Status::Finished, message, ..queued(&id, title, request.unwrap_or(plain)) }
}

/// The state of a run that has just been asked for.
pub(super) fn queued(id: &str, title: String, request: Asked) -> RunState {
    RunState {
        id: id.to_owned(),
        version: 1,
        status: Status::Queued,
        done: 0,
        of: 0,
        unit: "hours".to_owned(),
        message: "waits for a worker".to_owned(),
        title,
        request,
    }
}
