//! What ended a call: from what the engine says and what the host noted, to words for the guest's author.

use super::error::Cause;
use super::host::{Host, LINE_BYTES};
use super::text::plain;
use wasmtime::{Store, Trap, WasmBacktrace};

/// Frames of the guest that are shown.
const FRAMES_SHOWN: usize = 12;

/// What ended a call, from what the engine says and what the host noted.
pub(super) fn diagnose<S>(error: &wasmtime::Error, store: &mut Store<Host<S>>, fuel: u64) -> (Cause, Vec<String>) {
    let frames = error.downcast_ref::<WasmBacktrace>().map(frames).unwrap_or_default();
    let host = store.data_mut();
    let panic = host.log.take_last_error();
    let cause = match (error.downcast_ref::<Trap>(), host.caps.refused_bytes, panic) {
        (Some(Trap::OutOfFuel), ..) => Cause::Fuel(fuel),
        (Some(Trap::Interrupt), ..) => Cause::Wall(host.limits.wall_s),
        (Some(Trap::StackOverflow), ..) => Cause::Stack,
        (_, Some(bytes), _) => Cause::Memory { wanted_mib: bytes.div_ceil(1 << 20), limit_mib: host.limits.memory_mib },
        (_, _, Some(panic)) => Cause::Panic(panic),
        (Some(trap), ..) => Cause::Trap(trap.to_string()),
        (None, ..) => Cause::Trap(plain(&error.root_cause().to_string(), LINE_BYTES)),
    };
    (cause, frames)
}

/// The guest's own frames: those of its language's runtime say nothing to its author.
fn frames(trace: &WasmBacktrace) -> Vec<String> {
    let mut out = Vec::new();
    for frame in trace.frames() {
        if frame.symbols().is_empty() {
            out.extend(frame.func_name().filter(|name| is_own(name, "")).map(str::to_owned));
        }
        for symbol in frame.symbols() {
            let (name, file) = (symbol.name().unwrap_or("?"), symbol.file().unwrap_or_default());
            if is_own(name, file) {
                let place = symbol.line().filter(|_| !file.is_empty());
                out.push(place.map_or_else(|| name.to_owned(), |line| format!("{name} ({file}:{line})")));
            }
        }
    }
    out.truncate(FRAMES_SHOWN);
    out.iter().map(|frame| plain(frame, LINE_BYTES)).collect()
}

fn is_own(name: &str, file: &str) -> bool {
    let is_runtime = [
        "__", "_R", "_export_", "export_", "{closure", "_ZN", "core::", "std::", "alloc::", "rust_", "cabi_", "canon",
        "dlmalloc",
    ];
    !file.contains("/library/") && !is_runtime.iter().any(|prefix| name.starts_with(prefix))
}
