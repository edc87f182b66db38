//! Ctrl-C asks a command to stop at the next good place.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// The flag that an interruption sets. A handler can be set once a process: all commands share it.
pub(crate) fn listen() -> Arc<AtomicBool> {
    let stop = STOP.get_or_init(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let _ = ctrlc::set_handler(move || seen.store(true, Ordering::Relaxed));
        stop
    });
    Arc::clone(stop)
}
