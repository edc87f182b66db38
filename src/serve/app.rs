//! What all handlers share.

use super::jobs::Jobs;
use super::pace::Streams;
use super::workspace::Workspace;
use axum::extract::State;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How a handler is given it.
pub(super) type Shared = State<Arc<App>>;

/// What all handlers share.
#[derive(Debug)]
pub(super) struct App {
    pub(super) workspace: Arc<Workspace>,
    pub(super) jobs: Arc<Jobs>,
    pub(super) streams: Arc<Streams>,
    /// Places for those that load a scenario at the same time.
    pub(super) loads: Arc<Semaphore>,
    pub(super) allows_plugins: bool,
}
