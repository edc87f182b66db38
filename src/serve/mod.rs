//! The local web application: the planner's page and its interface, over the folder that is served. It only calls the
//! library: `workspace` finds scenarios and runs, `names` says what one may be called, `edit` changes scenarios, `layout`
//! holds changes against their map, `save` writes them, `plan` draws the plan of a site, `prepare` loads what was asked for, `jobs` queues it, `carry`
//! does it, `runs` lists all, `api`, `results` and `events` answer what `extract` reads, `parts` sends files, `files` takes those of the planner's own, `guard` decides who is let in, `pace` for how long.

mod api;
mod app;
mod carry;
mod choices;
mod edit;
mod error;
mod events;
mod extract;
mod files;
mod guard;
mod headline;
mod jobs;
mod layout;
mod names;
mod pace;
mod parts;
mod plan;
mod prepare;
mod request;
mod results;
mod runs;
mod save;
mod ticket;
mod workspace;

use crate::report;
use crate::serve::app::App;
use axum::Json;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use error::ApiError;
use guard::Guard;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jobs::Jobs;
use pace::{Paced, Place};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use workspace::Workspace;

/// Bodies are no larger than this, but those that hold a file of the planner's own.
const BODY_BYTES: usize = 1 << 20;
const PLUGIN_BYTES: usize = 16 << 20;
/// Connections at a time, and how long one may take for the head of a request.
const CONNECTIONS: usize = 256;
const HEAD: Duration = Duration::from_secs(5);
/// How often the server looks whether it shall stop, and how long it waits for runs to be cut.
const LOOK: Duration = Duration::from_millis(100);
const PATIENCE_AT_STOP: Duration = Duration::from_secs(20);
/// A shorter token could be guessed.
const LEAST_TOKEN_BYTES: usize = 16;
const API_FILE: &str = "/api/v1/openapi.json";

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder with scenarios; runs go into `runs` inside it.
    pub folder: PathBuf,
    /// The address to listen at.
    pub host: IpAddr,
    /// The port; 0: any free one.
    pub port: u16,
    /// What callers must show; needed for an address beyond this machine.
    pub token: Option<String>,
    /// Runs at the same time.
    pub workers: usize,
    /// Runs that may wait.
    pub queue: usize,
    /// May plugins be put into the folder?
    pub allow_plugins: bool,
}

/// Why it does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The folder is none.
    #[error("{} is no folder", .0.display())]
    NoFolder(PathBuf),
    /// Others could use it.
    #[error(
        "{0} can be reached from other machines: give a --token of at least {LEAST_TOKEN_BYTES} characters that they must show"
    )]
    Open(IpAddr),
    /// The token could be guessed.
    #[error("a --token has at least {LEAST_TOKEN_BYTES} characters")]
    ShortToken,
    /// Somebody listens there already.
    #[error("port {0} is taken, perhaps by another server: choose another --port, or 0 for any that is free")]
    PortInUse(u16),
    /// The system refused.
    #[error("cannot serve: {0}")]
    Io(#[from] std::io::Error),
}

/// Serves until `stop`. `ready` hears the address.
///
/// # Errors
/// When the folder or address cannot be used.
pub fn serve(options: &Options, stop: &AtomicBool, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    if !options.folder.is_dir() {
        return Err(ServeError::NoFolder(options.folder.clone()));
    }
    match &options.token {
        Some(token) if token.len() < LEAST_TOKEN_BYTES => return Err(ServeError::ShortToken),
        None if !options.host.is_loopback() => return Err(ServeError::Open(options.host)),
        _ => {}
    }
    let workspace = Arc::new(Workspace::open(options.folder.clone())?);
    let jobs = Arc::new(Jobs::open(Arc::clone(&workspace), options.queue)?);
    let app = Arc::new(App {
        workspace,
        jobs: Arc::clone(&jobs),
        streams: Arc::default(),
        loads: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))),
        allows_plugins: options.allow_plugins,
    });
    let workers: Vec<_> = (0..options.workers.max(1))
        .map(|_| {
            let jobs = Arc::clone(&jobs);
            std::thread::spawn(move || jobs.work())
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(listen(options, app, stop, ready));
    jobs.stop();
    let begin = Instant::now();
    while workers.iter().any(|worker| !worker.is_finished()) && begin.elapsed() < PATIENCE_AT_STOP {
        std::thread::sleep(LOOK);
    }
    runtime.shutdown_timeout(LOOK);
    served
}

async fn listen(
    options: &Options,
    app: Arc<App>,
    stop: &AtomicBool,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let listener = tokio::net::TcpListener::bind((options.host, options.port)).await;
    let listener = listener.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::PortInUse(options.port),
        _ => ServeError::Io(error),
    })?;
    let address = listener.local_addr()?;
    let body_bytes = if options.allow_plugins { PLUGIN_BYTES } else { BODY_BYTES };
    let guard = Guard::new(address, options.token.as_deref(), &report::application_policy(), body_bytes);
    ready(address);
    let router = router(app, Arc::new(guard), body_bytes);
    let stopped = async {
        while !stop.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        () = accept(listener, router) => {}
        () = stopped => {}
    }
    Ok(())
}

/// Serves connections, so many at a time; one that sends no whole head of a request in time, or does not read its answer, is
/// closed, so that idle ones do not keep others out for long.
async fn accept(listener: tokio::net::TcpListener, router: axum::Router) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(LOOK).await;
            continue;
        };
        let place = Place::new(place);
        let router = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut server = hyper::server::conn::http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(HEAD);
            let of_connection = place.clone();
            let service = hyper::service::service_fn(move |mut request| {
                hyper::Request::extensions_mut(&mut request).insert(of_connection.clone());
                hyper::service::Service::call(&router, request)
            });
            // A connection that breaks is the caller's affair.
            let _ = server.serve_connection(TokioIo::new(Paced::new(stream)), service).await;
            drop(place);
        });
    }
}

fn router(app: Arc<App>, guard: Arc<Guard>, body_bytes: usize) -> axum::Router {
    let (routes, description) = api::described();
    let page = report::application();
    let takers = Arc::new(api::query_takers(&description));
    routes
        .route(API_FILE, get(async move || Json(description)))
        .route_layer(axum::middleware::from_fn_with_state(takers, extract::no_stray_query))
        .route("/", get(async move || Html(page)))
        .fallback(async || ApiError::missing("there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not allow the method")
        })
        .layer(DefaultBodyLimit::max(body_bytes.max(files::BODY_BYTES)))
        .layer(axum::middleware::from_fn_with_state(guard, guard::guard))
        .with_state(app)
}

/// The description of the interface (`OpenAPI` 3.1), as the server gives it.
#[must_use]
#[cfg_attr(private_rooms, allow(dead_code, reason = "a test holds it to the committed OpenAPI"))]
pub fn description() -> serde_json::Value {
    serde_json::to_value(api::described().1).unwrap_or_default()
}
