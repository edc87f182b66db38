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

/// What is armed; 0: nothing.
const FULL_DISK: u8 = 1;
const POWER_CUT: u8 = 2;
const COUNTING: u8 = 3;

static ARMED: AtomicU8 = AtomicU8::new(0);
static LEFT: AtomicU64 = AtomicU64::new(0);
static STEPS: AtomicU64 = AtomicU64::new(0);

/// Lets the step of a number (from 1) fail, and each after it: a full disk stays full.
pub fn arm(at: u64, fault: Fault) {
    LEFT.store(at, Ordering::SeqCst);
    ARMED.store(if fault == Fault::Full { FULL_DISK } else { POWER_CUT }, Ordering::SeqCst);
}

/// Counts the steps from now on and lets none fail.
pub fn count() {
    STEPS.store(0, Ordering::SeqCst);
    ARMED.store(COUNTING, Ordering::SeqCst);
}

/// The steps since [`count`].
#[must_use]
pub fn counted() -> u64 {
    STEPS.load(Ordering::SeqCst)
}

#[cfg(unix)]
fn full() -> io::Error {
    rustix::io::Errno::NOSPC.into()
}

#[cfg(not(unix))]
fn full() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

#[cfg(test)]
static FULL: std::sync::Mutex<Vec<std::path::PathBuf>> = std::sync::Mutex::new(Vec::new());

/// Lets the disk be full below a folder, for a test among others that go on.
#[cfg(test)]
pub(crate) fn fill(folder: &Path) {
    FULL.lock().unwrap().push(folder.to_path_buf());
}

/// Before something is removed: a full disk lets it go, a power cut does not.
pub(super) fn removal(path: &Path) -> io::Result<()> {
    match step(path) {
        Err(_) if ARMED.load(Ordering::Relaxed) == FULL_DISK => Ok(()),
        stepped => stepped,
    }
}

/// Before anything else on the disk changes: making, writing, syncing, renaming.
pub(super) fn step(
    #[cfg_attr(not(test), expect(unused_variables, reason = "only tests fill a folder"))] path: &Path,
) -> io::Result<()> {
    #[cfg(test)]
    if FULL.lock().unwrap().iter().any(|full| path.starts_with(full)) {
        return Err(io::ErrorKind::StorageFull.into());
    }
    match ARMED.load(Ordering::Relaxed) {
        0 => Ok(()),
        COUNTING => {
            STEPS.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
        armed => {
            let before = LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| Some(left.saturating_sub(1)));
            match before {
                Ok(left) if left > 1 => Ok(()),
                // The plain system error: the caller adds the path.
                _ if armed == FULL_DISK => Err(full()),
                _ => std::process::abort(),
            }
        }
    }
}
