//! Progress of a run as server-sent events. Each event is the whole state with its version as id: a reader that was cut
//! off, or is slow, misses nothing that still holds. The list of all runs comes the same way.

use super::app::App;
use super::error::{ApiResult, ErrorBody};
use super::extract::PathOf;
use super::pace;
use super::runs::{Runs, finished_state, runs};
use super::ticket::{RunState, Status};
use axum::extract::{Extension, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

const ALIVE: Duration = Duration::from_secs(15);

/// Between events of a run that goes on: a person reads no faster.
const PAUSE: Duration = Duration::from_millis(250);

/// No connection watches longer at a time.
const LONGEST: Duration = Duration::from_mins(10);

struct Watcher {
    states: watch::Receiver<RunState>,
    last: Option<(Instant, Status)>,
    /// Version of the last event that the reader has.
    seen: u64,
    is_over: bool,
    /// Its place among the watchers, and when it gives that up: a browser that is still there comes back by itself.
    place: pace::Stream,
    until: tokio::time::Instant,
}

/// The states of a run, from the present one (or the one after `Last-Event-ID`) to its end.
#[utoipa::path(get, path = "/api/v1/runs/{id}/events", params(("id" = String, Path, description = "Name of the run.")),
    responses((status = 200, content_type = "text/event-stream", body = RunState), (status = 404, body = ErrorBody)))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    PathOf(id): PathOf<String>,
    connection: Option<Extension<pace::Place>>,
    headers: HeaderMap,
) -> ApiResult<([(HeaderName, HeaderValue); 1], Sse<impl Stream<Item = Result<Event, Infallible>>>)> {
    let states = match app.jobs.watch(&id) {
        Some(states) => states,
        // A run that is known by its folder has one state, and it is the last.
        None => watch::channel(finished_state(Arc::clone(&app), id).await?).1,
    };
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).unwrap_or(0);
    let (place, until) = (app.streams.enter(), tokio::time::Instant::now() + LONGEST);
    // Watchers have places of their own, so the one among the connections is free again; this connection ends with it.
    connection.inspect(|place| place.leave());
    let first = Watcher { states, last: None, seen, is_over: false, place, until };
    let events = Sse::new(unfold(first, next)).keep_alive(KeepAlive::new().interval(ALIVE));
    Ok(([(CONNECTION, HeaderValue::from_static("close"))], events))
}

/// Changes that come without a word, such as a run of the command line, show after this time.
const LOOK: Duration = Duration::from_secs(5);

struct Lister {
    app: Arc<App>,
    changes: watch::Receiver<u64>,
    last: Option<Runs>,
    place: pace::Stream,
    until: tokio::time::Instant,
}

/// The list of all runs, now and whenever it changes.
#[utoipa::path(get, path = "/api/v1/events", responses((status = 200, content_type = "text/event-stream", body = Runs)))]
pub(super) async fn list_events(
    State(app): State<Arc<App>>,
    connection: Option<Extension<pace::Place>>,
) -> ([(HeaderName, HeaderValue); 1], Sse<impl Stream<Item = Result<Event, Infallible>>>) {
    let (place, until) = (app.streams.enter(), tokio::time::Instant::now() + LONGEST);
    connection.inspect(|place| place.leave());
    let first = Lister { changes: app.jobs.changes(), app, last: None, place, until };
    let events = Sse::new(unfold(first, next_list)).keep_alive(KeepAlive::new().interval(ALIVE));
    ([(CONNECTION, HeaderValue::from_static("close"))], events)
}

async fn next_list(lister: Lister) -> Option<(Result<Event, Infallible>, Lister)> {
    let (end, until) = (Arc::clone(&lister.place.end), lister.until);
    tokio::select! {
        biased;
        () = end.notified() => None,
        () = tokio::time::sleep_until(until) => None,
        next = changed_list(lister) => next,
    }
}

async fn changed_list(mut lister: Lister) -> Option<(Result<Event, Infallible>, Lister)> {
    loop {
        if lister.last.is_some() {
            let _ = tokio::time::timeout(LOOK, lister.changes.changed()).await;
            // Progress of a run changes many times a second.
            tokio::time::sleep(PAUSE).await;
        }
        lister.changes.mark_unchanged();
        let now = runs(Arc::clone(&lister.app)).await.ok()?;
        if lister.last.as_ref() != Some(&now) {
            let event = Event::default().event("runs").json_data(&now).unwrap_or_default();
            lister.last = Some(now);
            return Some((Ok(event), lister));
        }
    }
}

async fn next(watcher: Watcher) -> Option<(Result<Event, Infallible>, Watcher)> {
    let (end, until) = (Arc::clone(&watcher.place.end), watcher.until);
    tokio::select! {
        biased;
        () = end.notified() => None,
        () = tokio::time::sleep_until(until) => None,
        next = next_state(watcher) => next,
    }
}

async fn next_state(mut watcher: Watcher) -> Option<(Result<Event, Infallible>, Watcher)> {
    if watcher.is_over {
        return None;
    }
    loop {
        if let Some((sent, status)) = watcher.last {
            let wait = PAUSE.saturating_sub(sent.elapsed());
            let changes = watcher.states.wait_for(|state| state.status != status);
            let _ = tokio::time::timeout(wait, changes).await;
        }
        let state = watcher.states.borrow_and_update().clone();
        if state.version > watcher.seen || state.is_over() {
            watcher.seen = state.version;
            watcher.is_over = state.is_over();
            watcher.last = Some((Instant::now(), state.status));
            let event = Event::default().id(state.version.to_string()).event("state");
            let event = event.json_data(&state).unwrap_or_default();
            return Some((Ok(event), watcher));
        }
        watcher.states.changed().await.ok()?;
    }
}
