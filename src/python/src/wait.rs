//! Work that goes on beside Python: other threads run meanwhile, and Ctrl-C ends it.

use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How often signals are looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Does work in a thread of its own while this one listens for signals. When one comes, `stop` is set, the work ends by itself,
/// and the signal is raised.
///
/// # Errors
/// The exception of a signal, such as `KeyboardInterrupt`.
pub(crate) fn interruptible<T: Send>(py: Python<'_>, work: impl FnOnce(&AtomicBool) -> T + Send) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    let (done, signal) = py.detach(|| {
        thread::scope(|scope| {
            let (working, ended) = mpsc::channel::<()>();
            let stop = &stop;
            let worker = scope.spawn(move || {
                let done = work(stop);
                drop(working);
                done
            });
            let mut signal = None;
            while signal.is_none() && ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                signal = Python::attach(|py| py.check_signals().err());
                stop.store(signal.is_some(), Ordering::Relaxed);
            }
            (worker.join(), signal)
        })
    });
    match (done, signal) {
        (_, Some(signal)) => Err(signal),
        (Ok(done), None) => Ok(done),
        (Err(panic), None) => std::panic::resume_unwind(panic),
    }
}
