//! The list of runs, and what is known of one by its folder.

use super::app::App;
use super::error::{ApiError, ApiResult};
use super::ticket::{self, RunState};
use super::workspace::RunEntry;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// How long somebody waits for a place to load a scenario.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs something that reads files or computes, away from the threads that answer.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> ApiResult<T> + Send + 'static) -> ApiResult<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(ApiError::system("a fault of Portvolt; please report it")))
}

/// The same for what loads a scenario, which may take all of a core and much memory: as many at a time as there are places.
/// Others wait, and are sent away when that takes long.
pub(super) async fn load_aside<T: Send + 'static>(
    app: Arc<App>,
    work: impl FnOnce(&Arc<App>) -> ApiResult<T> + Send + 'static,
) -> ApiResult<T> {
    let places = Arc::clone(&app.loads);
    place_within(&places, PATIENCE, move || work(&app)).await
}

async fn place_within<T: Send + 'static>(
    places: &Arc<Semaphore>,
    patience: Duration,
    work: impl FnOnce() -> ApiResult<T> + Send + 'static,
) -> ApiResult<T> {
    let Ok(Ok(place)) = tokio::time::timeout(patience, Arc::clone(places).acquire_owned()).await else {
        let message = "the server loads as many scenarios as it can; try again in a moment";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, message));
    };
    // The place is kept as long as the work lasts, also where the caller goes away meanwhile.
    aside(move || {
        let _place = place;
        work()
    })
    .await
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

#[cfg(test)]
mod tests {
    //! Contract: no more scenarios are loaded at a time than there are places.

    use super::*;
    use axum::response::IntoResponse;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn loads_wait_for_a_place_or_are_sent_away() {
        let (places, now, most) = (Arc::new(Semaphore::new(2)), Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
        let most = Arc::new(most);
        let load = || {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            place_within(&places, PATIENCE, move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            })
        };
        let done = tokio::join!(load(), load(), load(), load(), load(), load());
        assert!(done.0.is_ok() && done.5.is_ok());
        assert_eq!(most.load(Ordering::SeqCst), 2);
        let none = Arc::new(Semaphore::new(0));
        let sent_away = place_within(&none, Duration::from_millis(1), || Ok(())).await.unwrap_err();
        assert_eq!(sent_away.into_response().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
