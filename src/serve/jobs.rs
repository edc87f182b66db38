//! Runs that were asked for: a bounded queue, worker threads, and what each run's watchers are told. A request that was
//! accepted is on disk until it is done, so that a killed server can say what it was doing.

use super::carry::{Ended, carry_out, text};
use super::error::{ApiError, ApiResult};
use super::names::is_name;
use super::request::Asked;
use super::ticket::{RunState, Status, Ticket, queued};
use super::workspace::{JOURNAL, Workspace, of};
use crate::disk::read::{Kind, ReadError};
use crate::disk::{Folder, Found, Lock, whole};
use crate::record::folder::REQUEST;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

const LOCK: &str = "lock";
/// Runs that are remembered after they ended.
const MOST_KNOWN: usize = 1_000;
/// Requests of a former server have no more bytes together: each is kept in memory, and sent to who asks for the list.
const MOST_KEPT_BYTES: u64 = 32 << 20;
/// Why a run failed is told in no more bytes.
const LONGEST_MESSAGE: usize = 4_000;

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
    /// Counts changes of all runs.
    changes: watch::Sender<u64>,
    /// Where accepted requests wait.
    journal: Folder,
    /// Held as long as this server lives: two on one folder would give the same names twice.
    _lock: Lock,
}

/// An accepted request, as it is kept on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    request: Asked,
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
        let journal = workspace.journal()?;
        let lock = journal.lock(LOCK).map_err(of(&journal.path().join(LOCK)))?;
        let lock = lock.ok_or_else(|| std::io::Error::other("another server has this folder; stop that one first"))?;
        let changes = watch::Sender::default();
        let mut book = Book { numbers: highest_number(workspace.runs()), ..Book::default() };
        let mut left = MOST_KEPT_BYTES;
        let is_request = |found: Found| Some(found.name.strip_suffix(".json").filter(|id| is_name(id))?.to_owned());
        let found = journal.entries()?.into_iter().filter(|found| found.is_file);
        let mut ids: Vec<String> = found.filter_map(is_request).collect();
        book.numbers = ids.iter().map(|id| number_of(id)).fold(book.numbers, u64::max);
        // The newest ones: no more are remembered.
        ids.sort_by_key(|id| std::cmp::Reverse(number_of(id)));
        for id in ids.into_iter().take(MOST_KNOWN) {
            let name = file_name(&id);
            let kept = kept(&journal, &name, &mut left);
            if let Ok(folder) = workspace.run(&id) {
                // Killed after the run was put in its place and before it was struck out here.
                let write = |request: &Asked| folder.write(REQUEST, text(request)?.as_bytes());
                if folder.holds(REQUEST) || kept.is_ok_and(|kept| write(&kept.request).is_ok()) {
                    let _ = journal.remove_file(&name);
                }
                continue;
            }
            let Kept { request, failed } = kept.unwrap_or_else(|reason| {
                let told = format!("{JOURNAL}/{name} is set aside: {reason}; delete this run, or fix the file");
                Kept { request: Asked::nothing(), failed: Some(told) }
            });
            let (status, message) = match failed {
                Some(message) => (Status::Failed, cut(message)),
                None => (Status::Interrupted, CUT.to_owned()),
            };
            let state = RunState { status, message, ..queued(&id, String::new(), request) };
            book.known.insert(id.clone(), Ticket::new(number_of(&id), state, &changes));
        }
        forget_oldest(&mut book);
        Ok(Self { workspace, capacity, book: Mutex::new(book), ready: Condvar::new(), changes, journal, _lock: lock })
    }

    /// Keeps a request on disk, whole or not at all.
    fn keep(&self, id: &str, kept: &Kept) -> std::io::Result<()> {
        let text = text(kept)?;
        if text.len() as u64 > Kind::Request.limit_bytes() {
            let size = ReadError::TooLarge { size: text.len() as u64, limit: Kind::Request.limit_bytes() };
            return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, format!("it {size}")));
        }
        self.journal.write(&file_name(id), text.as_bytes())
    }

    /// Strikes a request out.
    fn strike_out(&self, id: &str) {
        let _ = self.journal.remove_file(&file_name(id));
    }

    /// What a run that was cut left behind.
    fn clear(&self, id: &str) {
        whole::clear(self.workspace.runs(), id);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
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
    pub(super) fn accept(&self, request: Asked, title: &str) -> ApiResult<RunState> {
        let (id, number) = {
            let mut book = self.book();
            self.room_in(&book)?;
            book.arriving += 1;
            (self.free_id(&mut book, request.scenario()), book.numbers)
        };
        // Others go on while the disk is written.
        let kept = self.keep(&id, &Kept { request: request.clone(), failed: None });
        let mut book = self.book();
        book.arriving -= 1;
        kept.map_err(|error| match error.kind() {
            std::io::ErrorKind::FileTooLarge => {
                let help = "save its changes as a file of the scenario and run that";
                ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the request cannot be kept: {error}; {help}"))
            }
            _ => ApiError::system(format!("the request for {id} cannot be kept: {error}")),
        })?;
        let state = queued(&id, title.to_owned(), request);
        let ticket = Ticket::new(number, state.clone(), &self.changes);
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
            if !book.known.contains_key(&id) && !self.workspace.runs().holds(&id) {
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

    /// Hears of every change of any run.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Stops a run, or takes it out of the queue.
    ///
    /// # Errors
    /// When there is no such run, or it is over.
    pub(super) fn cancel(&self, id: &str) -> ApiResult<RunState> {
        let mut book = self.book();
        let ticket = open(&book, id)?;
        if ticket.state.borrow().is_over() {
            return Err(is_over());
        }
        ticket.is_cancelled.store(true, Ordering::Relaxed);
        ticket.stop.store(true, Ordering::Relaxed);
        book.waiting.retain(|waiting| !Arc::ptr_eq(waiting, &ticket));
        // A worker may have taken it this moment: it then sees the flag and stops.
        let is_gone = ticket.leave_queue(Status::Cancelled, "cancelled before it started");
        drop(book);
        if is_gone {
            self.clear(id);
            self.strike_out(id);
        }
        let state = ticket.state.borrow().clone();
        Ok(state)
    }

    /// Ends a comparison early and keeps what is finished of it.
    ///
    /// # Errors
    /// When there is no such comparison, or it is not running.
    pub(super) fn finish(&self, id: &str) -> ApiResult<RunState> {
        let ticket = open(&self.book(), id)?;
        let state = ticket.state.borrow().clone();
        if state.status != Status::Running {
            return Err(is_over());
        }
        if !matches!(state.request, Asked::Comparison(_)) {
            return Err(ApiError::new(StatusCode::CONFLICT, "a run has no results before its end; cancel it"));
        }
        ticket.is_enough.store(true, Ordering::Relaxed);
        ticket.stop.store(true, Ordering::Relaxed);
        Ok(state)
    }

    /// Forgets a run that failed or was interrupted, with what it left behind.
    ///
    /// # Errors
    /// When there is no such run, it is not over, or it has results.
    pub(super) fn delete(&self, id: &str) -> ApiResult<RunState> {
        let mut book = self.book();
        let ticket = open(&book, id)?;
        let status = ticket.state.borrow().status;
        if !matches!(status, Status::Interrupted | Status::Failed) {
            let message = if status.is_over() { "the run is over" } else { "the run goes on: cancel it" };
            return Err(ApiError::new(StatusCode::CONFLICT, message));
        }
        book.known.remove(id);
        ticket.tell(|state| {
            state.status = Status::Cancelled;
            "dropped".clone_into(&mut state.message);
        });
        // Requests for states do not wait for the disk. The number is not given again, so nothing new is deleted.
        drop(book);
        self.clear(id);
        self.strike_out(id);
        let state = ticket.state.borrow().clone();
        Ok(state)
    }

    fn close(&self, ticket: &Ticket, status: Status, message: &str) {
        let id = ticket.state.borrow().id.clone();
        self.strike_out(&id);
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
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| carry_out(&self.workspace, &ticket)));
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
        let message = cut(message);
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
}

fn file_name(id: &str) -> String {
    format!("{id}.json")
}

/// A message that is kept, cut to a readable length.
fn cut(mut message: String) -> String {
    if message.len() > LONGEST_MESSAGE {
        message.truncate(message.floor_char_boundary(LONGEST_MESSAGE));
        message.push('\u{2026}');
    }
    message
}

/// A request of a former server, or of a stranger who laid it there. `left` is how many bytes of all may still be read.
///
/// # Errors
/// Why it is none.
fn kept(journal: &Folder, name: &str, left: &mut u64) -> Result<Kept, String> {
    if *left < Kind::Request.limit_bytes() {
        return Err(format!("the requests before it have {} MB together", MOST_KEPT_BYTES >> 20));
    }
    let bytes = journal.read(name, Kind::Request).map_err(|error| error.to_string())?;
    *left -= bytes.len() as u64;
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|error| format!("it is no request ({error})"))?;
    if kept.request.is_sound() { Ok(kept) } else { Err("its names or changes are invalid".to_owned()) }
}

const CUT: &str = "the server stopped before this run was done; run it again";

fn open(book: &Book, id: &str) -> ApiResult<Arc<Ticket>> {
    let missing = || ApiError::missing(format!("there is no open run `{id}`"));
    book.known.get(id).map(Arc::clone).ok_or_else(missing)
}

fn is_over() -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "the run is over")
}

/// The number at the end of a run's name; 0 where it has none.
fn number_of(id: &str) -> u64 {
    id.rsplit_once('-').and_then(|(_, number)| number.parse::<u32>().ok()).map_or(0, u64::from)
}

/// The highest number among runs that are finished or were cut.
fn highest_number(runs: &Folder) -> u64 {
    let number = |name: &str| number_of(name.split(whole::UNFINISHED).next().unwrap_or_default());
    runs.entries().unwrap_or_default().iter().map(|found| number(&found.name)).max().unwrap_or(0)
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
