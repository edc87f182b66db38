//! The list of runs, and what is known of one by its folder.

use super::app::App;
use super::error::{ApiError, ApiResult};
use super::ticket::{self, RunState};
use super::workspace::RunEntry;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Runs something that reads files or computes, away from the threads that answer.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> ApiResult<T> + Send + 'static) -> ApiResult<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(ApiError::system("a fault of Portvolt; please report it")))
}

/// All runs of the folder.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Runs {
    /// Runs without results: waiting, running, failed, cancelled, interrupted.
    open: Vec<RunState>,
    /// Runs with results, the newest first.
    finished: Vec<RunEntry>,
    /// Older ones that are not listed.
    finished_left_out: usize,
}

/// The list as it is now.
pub(super) async fn runs(app: Arc<App>) -> ApiResult<Runs> {
    aside(move || {
        let (finished, finished_left_out) = app.workspace.finished();
        Ok(Runs { open: app.jobs.open_runs(), finished, finished_left_out })
    })
    .await
}

/// The state of a run that is known by its folder.
pub(super) async fn finished_state(app: Arc<App>, id: String) -> ApiResult<RunState> {
    aside(move || {
        let (_, manifest) = app.workspace.manifest(&id)?;
        let request = app.workspace.run_request(&id);
        Ok(ticket::finished(id, manifest, request))
    })
    .await
}
