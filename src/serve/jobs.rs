//! Runs that were asked for: a bounded queue, worker threads, and what each run's watchers are told. A request that was
//! accepted is on disk until it is done, so that a killed server can say what it was doing.

use super::edit;
use super::error::{ApiError, ApiResult};
use super::layout;
use super::request::RunRequest;
use super::workspace::{REQUEST, Workspace, is_name};
use crate::job::{Bounded, Job, JobError, Progress, check_plugins};
use crate::record::folder::{Manifest, RunFolder};
use crate::scenario::load::Request;
use crate::scenario::loaded::Loaded;
use crate::sim::Options;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::fs::File;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use utoipa::ToSchema;

/// Where accepted requests wait, inside the folder of runs.
const JOURNAL: &str = ".queue";
const LOCK: &str = "lock";
/// Runs that are remembered after they ended.
const MOST_KNOWN: usize = 1_000;

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
    fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// All that there is to know of a run that was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RunState {
    pub(super) id: String,
    /// Counts changes of this state: the id of its event.
    pub(super) version: u64,
    pub(super) status: Status,
    /// Hours or years that are done.
    done: u32,
    /// Of how many; 0 before it started, and where it is known by its folder only.
    of: u32,
    /// `hours` or `years`.
    unit: String,
    /// What there is to say: where it is, or why it ended.
    message: String,
    title: String,
    request: RunRequest,
}

impl RunState {
    pub(super) fn is_over(&self) -> bool {
        self.status.is_over()
    }
}

/// A run that was asked for.
#[derive(Debug)]
struct Ticket {
    /// Counts what was asked for: the order of the runs, whatever they are called.
    number: u64,
    stop: AtomicBool,
    is_cancelled: AtomicBool,
    state: watch::Sender<RunState>,
}

impl Ticket {
    fn new(number: u64, state: RunState) -> Arc<Self> {
        let (stop, is_cancelled) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { number, stop, is_cancelled, state: watch::Sender::new(state) })
    }

    fn tell(&self, change: impl FnOnce(&mut RunState)) {
        self.state.send_modify(|state| {
            state.version += 1;
            change(state);
        });
    }

    /// Ends the waiting, by a worker or by somebody who cancels: only one of them does.
    fn leave_queue(&self, status: Status, message: &str) -> bool {
        self.state.send_if_modified(|state| {
            if state.status != Status::Queued {
                return false;
            }
            state.version += 1;
            state.status = status;
            message.clone_into(&mut state.message);
            true
        })
    }
}

#[derive(Debug, Default)]
struct Book {
    waiting: VecDeque<Arc<Ticket>>,
    known: BTreeMap<String, Arc<Ticket>>,
    is_closing: bool,
    /// The highest number that was given.
    numbers: u64,
    /// Requests that are being put on disk: they have a place in the queue.
    arriving: usize,
}

/// The queue and its workers.
#[derive(Debug)]
pub(super) struct Jobs {
    workspace: Arc<Workspace>,
    capacity: usize,
    book: Mutex<Book>,
    ready: Condvar,
    /// Held as long as this server lives: two on one folder would give the same names twice.
    _lock: File,
}

/// An accepted request, as it is kept on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    request: RunRequest,
    /// Why it failed, if it did.
    #[serde(default)]
    failed: Option<String>,
}

impl Jobs {
    /// An empty queue; what a former server left undone is known as interrupted or failed.
    ///
    /// # Errors
    /// When the folder of runs cannot be made, or another server has it.
    pub(super) fn open(workspace: Arc<Workspace>, capacity: usize) -> std::io::Result<Self> {
        if workspace.leads_out(&workspace.runs()) {
            return Err(std::io::Error::other("its folder `runs` is a link that leads out of it; put a folder there"));
        }
        let journal = workspace.runs().join(JOURNAL);
        std::fs::create_dir_all(&journal)?;
        let lock = File::create(journal.join(LOCK))?;
        lock.try_lock().map_err(|_| std::io::Error::other("another server has this folder; stop that one first"))?;
        let mut book = Book { numbers: highest_number(&workspace.runs()), ..Book::default() };
        for entry in std::fs::read_dir(&journal)?.flatten() {
            let path = entry.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(id) = name.strip_suffix(".json").filter(|id| is_name(id)).map(str::to_owned) else { continue };
            book.numbers = book.numbers.max(number_of(&id));
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let Ok(Kept { request, failed }) = serde_json::from_str(&text) else { continue };
            if let Ok(folder) = workspace.run(&id) {
                // Killed after the run was put in its place and before it was struck out here.
                if folder.join(REQUEST).exists() || write_request(&folder, &request).is_ok() {
                    let _ = std::fs::remove_file(&path);
                }
                continue;
            }
            let (status, message) = match failed {
                Some(message) => (Status::Failed, message),
                None => (Status::Interrupted, CUT.to_owned()),
            };
            let state = RunState { status, message, ..queued(&id, String::new(), request) };
            book.known.insert(id.clone(), Ticket::new(number_of(&id), state));
        }
        Ok(Self { workspace, capacity, book: Mutex::new(book), ready: Condvar::new(), _lock: lock })
    }

    /// Keeps a request on disk, whole or not at all.
    fn keep(&self, id: &str, kept: &Kept) -> std::io::Result<()> {
        write_whole(&self.journal(id), &self.journal(&format!(".{id}")), kept)
    }

    /// What a run that was cut left behind.
    fn clear(&self, id: &str) {
        let prefix = format!("{id}.unfinished.");
        for entry in std::fs::read_dir(self.workspace.runs()).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix)) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self, id: &str) -> PathBuf {
        self.workspace.runs().join(JOURNAL).join(format!("{id}.json"))
    }

    /// Loads what is asked for: all mistakes show before anything waits.
    /// With the files and settings that it is made of.
    pub(super) fn load(&self, request: &RunRequest) -> ApiResult<(Loaded, Request)> {
        let mut settings = edit::settings(&request.changes)?;
        settings.extend(request.days.map(|days| format!("time.days={days}")));
        let asked = self.workspace.request(&request.scenario, &request.strategies, settings)?;
        let loaded = layout::load_changed(&asked, &request.changes)?;
        check_plugins(&loaded).map_err(|error| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
        Ok((loaded, asked))
    }

    /// Is there room for one more?
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn room(&self) -> ApiResult<()> {
        self.room_in(&self.book())
    }

    fn room_in(&self, book: &Book) -> ApiResult<()> {
        if book.is_closing {
            return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping"));
        }
        let waiting = book.waiting.len() + book.arriving;
        if waiting >= self.capacity {
            let message = format!("{waiting} runs wait already; try again when some are done");
            return Err(ApiError::new(StatusCode::TOO_MANY_REQUESTS, message));
        }
        Ok(())
    }

    /// Puts a run into the queue.
    ///
    /// # Errors
    /// When the queue is full, or the request cannot be kept on disk.
    pub(super) fn accept(&self, request: RunRequest, title: &str) -> ApiResult<RunState> {
        let (id, number) = {
            let mut book = self.book();
            self.room_in(&book)?;
            book.arriving += 1;
            (self.free_id(&mut book, &request.scenario), book.numbers)
        };
        // Others go on while the disk is written.
        let kept = self.keep(&id, &Kept { request: request.clone(), failed: None });
        let mut book = self.book();
        book.arriving -= 1;
        kept.map_err(|error| ApiError::system(format!("cannot write {}: {error}", self.journal(&id).display())))?;
        let state = queued(&id, title.to_owned(), request);
        let ticket = Ticket::new(number, state.clone());
        book.waiting.push_back(Arc::clone(&ticket));
        book.known.insert(id, ticket);
        forget_oldest(&mut book);
        drop(book);
        self.ready.notify_one();
        Ok(state)
    }

    /// A name that neither a known run nor a folder has.
    fn free_id(&self, book: &mut Book, scenario: &str) -> String {
        let plain: String = scenario.trim_end_matches(".toml").replace("/scenario", "");
        let plain: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(60).collect();
        loop {
            book.numbers += 1;
            let name = Some(plain.trim_matches('_')).filter(|name| !name.is_empty()).unwrap_or("run");
            let id = format!("{name}-{:04}", book.numbers);
            if !book.known.contains_key(&id) && !self.workspace.runs().join(&id).exists() {
                return id;
            }
        }
    }

    /// The states of runs whose folder is not there (yet), the newest first.
    pub(super) fn open_runs(&self) -> Vec<RunState> {
        let book = self.book();
        let mut tickets: Vec<_> = book.known.values().map(Arc::clone).collect();
        drop(book);
        tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.number));
        let states = tickets.iter().map(|ticket| ticket.state.borrow().clone());
        states.filter(|state| state.status != Status::Finished).collect()
    }

    /// What watchers of a run hear from now on.
    pub(super) fn watch(&self, id: &str) -> Option<watch::Receiver<RunState>> {
        self.book().known.get(id).map(|ticket| ticket.state.subscribe())
    }

    /// Stops a run, or takes it out of the queue; drops one that failed or was interrupted, with what it left behind.
    ///
    /// # Errors
    /// When there is no such run, or it is over.
    pub(super) fn cancel(&self, id: &str) -> ApiResult<RunState> {
        let mut book = self.book();
        let missing = || ApiError::missing(format!("there is no open run `{id}`"));
        let ticket = Arc::clone(book.known.get(id).ok_or_else(missing)?);
        let status = ticket.state.borrow().status;
        let is_gone = match status {
            Status::Queued | Status::Running => {
                ticket.is_cancelled.store(true, Ordering::Relaxed);
                ticket.stop.store(true, Ordering::Relaxed);
                book.waiting.retain(|waiting| !Arc::ptr_eq(waiting, &ticket));
                // A worker may have taken it this moment: it then sees the flag and stops.
                ticket.leave_queue(Status::Cancelled, "cancelled before it started")
            }
            Status::Interrupted | Status::Failed => {
                book.known.remove(id);
                ticket.tell(|state| {
                    state.status = Status::Cancelled;
                    "dropped".clone_into(&mut state.message);
                });
                true
            }
            Status::Finished | Status::Cancelled => return Err(ApiError::new(StatusCode::CONFLICT, "the run is over")),
        };
        // Who asks for states does not wait for the disk. The number is not given again, so nothing new is deleted.
        drop(book);
        if is_gone {
            self.clear(id);
            let _ = std::fs::remove_file(self.journal(id));
        }
        let state = ticket.state.borrow().clone();
        Ok(state)
    }

    fn close(&self, ticket: &Ticket, status: Status, message: &str) {
        let id = ticket.state.borrow().id.clone();
        let _ = std::fs::remove_file(self.journal(&id));
        ticket.tell(|state| {
            state.status = status;
            message.clone_into(&mut state.message);
        });
    }

    /// Asks everything to end: what runs is cut at the next simulated hour and stays in the journal.
    pub(super) fn stop(&self) {
        let mut book = self.book();
        book.is_closing = true;
        for ticket in book.known.values() {
            ticket.stop.store(true, Ordering::Relaxed);
        }
        drop(book);
        self.ready.notify_all();
    }

    /// Does one run after the other until the server stops: the life of a worker thread.
    pub(super) fn work(&self) {
        while let Some(ticket) = self.next() {
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| self.carry_out(&ticket)));
            match done {
                Ok(Ok(message)) => self.close(&ticket, Status::Finished, &message),
                Ok(Err(Ended::Cancelled)) => self.close(&ticket, Status::Cancelled, "cancelled"),
                Ok(Err(Ended::Cut)) => ticket.tell(|state| {
                    state.status = Status::Interrupted;
                    "the server stopped".clone_into(&mut state.message);
                }),
                Ok(Err(Ended::Failed(message))) => self.fail(&ticket, message),
                Err(_) => self.fail(&ticket, "a fault of Portvolt ended the run; please report it".to_owned()),
            }
        }
    }

    /// A failed run stays on disk until somebody drops it: a restart shows it too.
    fn fail(&self, ticket: &Ticket, message: String) {
        let (id, request) = {
            let state = ticket.state.borrow();
            (state.id.clone(), state.request.clone())
        };
        let _ = self.keep(&id, &Kept { request, failed: Some(message.clone()) });
        ticket.tell(|state| (state.status, state.message) = (Status::Failed, message));
    }

    fn next(&self) -> Option<Arc<Ticket>> {
        let mut book = self.book();
        loop {
            if book.is_closing {
                return None;
            }
            // What was cancelled this moment does not begin.
            if let Some(ticket) = book.waiting.pop_front() {
                if ticket.leave_queue(Status::Running, "") {
                    return Some(ticket);
                }
                continue;
            }
            book = self.ready.wait(book).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Does a run; what is told at its end.
    fn carry_out(&self, ticket: &Ticket) -> Result<String, Ended> {
        let (id, request) = {
            let state = ticket.state.borrow();
            (state.id.clone(), state.request.clone())
        };
        let changed = |error: ApiError| Ended::Failed(format!("{CHANGED}: {}", error.first()));
        let (loaded, asked) = self.load(&request).map_err(changed)?;
        let folder = RunFolder::begin(&self.workspace.runs().join(&id), false).map_err(JobError::from)?;
        let work = folder.path().to_path_buf();
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
            baseline: None,
        };
        let mut watch = |progress: &Progress| {
            ticket.tell(|state| {
                (state.done, state.of) = (progress.done, progress.of);
                progress.unit.clone_into(&mut state.unit);
                state.message.clone_from(&progress.told);
            });
        };
        let done = job.carry_out(folder, &ticket.stop, &mut watch);
        match done {
            Ok(finished) => {
                let mut told = vec!["done".to_owned()];
                told.extend(finished.remarks);
                // What was asked for, so that the layout can be changed further from there.
                let written = write_request(&finished.path, &request);
                told.extend(written.err().map(|error| format!("the request could not be kept: {error}")));
                Ok(told.join("; "))
            }
            Err(_) if ticket.is_cancelled.load(Ordering::Relaxed) => {
                let _ = std::fs::remove_dir_all(work);
                Err(Ended::Cancelled)
            }
            Err(_) if ticket.stop.load(Ordering::Relaxed) => Err(Ended::Cut),
            Err(error) => Err(error.into()),
        }
    }
}

const CUT: &str = "the server stopped before this run was done; run it again";
const CHANGED: &str = "the scenario's files changed while the run waited, and have mistakes now";

/// Why a run has no folder.
enum Ended {
    Cancelled,
    Cut,
    Failed(String),
}

impl From<JobError> for Ended {
    fn from(error: JobError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Writes a file whole or not at all; `next` is its name until then.
fn write_whole(path: &Path, next: &Path, content: &impl Serialize) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(content).unwrap_or_default();
    std::fs::write(next, text).and_then(|()| std::fs::rename(next, path))
}

fn write_request(folder: &Path, request: &RunRequest) -> std::io::Result<()> {
    write_whole(&folder.join(REQUEST), &folder.join(format!(".{REQUEST}")), request)
}

/// The number at the end of a run's name; 0 where it has none.
fn number_of(id: &str) -> u64 {
    id.rsplit_once('-').and_then(|(_, number)| number.parse::<u32>().ok()).map_or(0, u64::from)
}

/// The highest number among runs that are finished or were cut.
fn highest_number(runs: &Path) -> u64 {
    let names = std::fs::read_dir(runs).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let number = |name: OsString| Some(number_of(name.to_str()?.split(".unfinished.").next()?));
    names.filter_map(number).max().unwrap_or(0)
}

/// The state of a run that is known by its folder.
pub(super) fn finished(id: String, manifest: Manifest, request: Option<RunRequest>) -> RunState {
    let Manifest { title, scenario, seed, .. } = manifest;
    let plain = RunRequest { scenario, strategies: Vec::new(), changes: Vec::new(), days: None, seed };
    let message = "done".to_owned();
    RunState { status: Status::Finished, message, ..queued(&id, title, request.unwrap_or(plain)) }
}

fn queued(id: &str, title: String, request: RunRequest) -> RunState {
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

/// Memory does not grow with the number of runs: those that ended are found by their folders.
fn forget_oldest(book: &mut Book) {
    while book.known.len() > MOST_KNOWN {
        let over = book.known.iter().filter(|(_, ticket)| ticket.state.borrow().is_over());
        let oldest = over.min_by_key(|(_, ticket)| ticket.number).map(|(id, _)| id.clone());
        let Some(id) = oldest else { return };
        book.known.remove(&id);
    }
}
