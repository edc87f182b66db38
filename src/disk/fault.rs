//! Faults on purpose: a test that links the library arms one, and the n-th step that changes the disk fails or kills the
//! process. Nothing else can arm it: no variable, no option, no file.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// What happens at the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The system says that the disk is full.
    Full,
    /// The process ends at once, as by a power cut: nothing is cleaned up.
    Kill,
}

static ARMED: AtomicU8 = AtomicU8::new(0);
static LEFT: AtomicU64 = AtomicU64::new(0);
static STEPS: AtomicU64 = AtomicU64::new(0);

/// Lets the step of a number (from 1) fail, and each after it: a full disk stays full.
pub fn arm(at: u64, fault: Fault) {
    LEFT.store(at, Ordering::SeqCst);
    ARMED.store(if fault == Fault::Full { 1 } else { 2 }, Ordering::SeqCst);
}

/// Counts the steps from now on and lets none fail.
pub fn count() {
    STEPS.store(0, Ordering::SeqCst);
    ARMED.store(3, Ordering::SeqCst);
}

/// The steps since [`count`].
#[must_use]
pub fn counted() -> u64 {
    STEPS.load(Ordering::SeqCst)
}

#[cfg(test)]
static FULL: std::sync::Mutex<Vec<std::path::PathBuf>> = std::sync::Mutex::new(Vec::new());

/// Lets the disk be full below a folder, for a test among others that go on.
#[cfg(test)]
pub(crate) fn fill(folder: &Path) {
    FULL.lock().unwrap().push(folder.to_path_buf());
}

/// Before anything on the disk changes: making, writing, syncing, renaming, removing.
pub(super) fn step(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    if FULL.lock().unwrap().iter().any(|full| path.starts_with(full)) {
        return Err(io::ErrorKind::StorageFull.into());
    }
    match ARMED.load(Ordering::Relaxed) {
        0 => Ok(()),
        3 => {
            STEPS.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
        armed => {
            let before = LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(1)));
            match before {
                Ok(left) if left > 1 => Ok(()),
                _ if armed == 1 => Err(io::Error::new(
                    io::ErrorKind::StorageFull,
                    format!("no space left on device (a fault on purpose, at {})", path.display()),
                )),
                _ => std::process::abort(),
            }
        }
    }
}
