//! The engine that all plugins share, and the caps of one store.
//!
//! Everything that could make two machines differ is off or pinned: fuel counts instructions, not time; NaNs are
//! canonical; relaxed SIMD and threads are not there. The clock only ever fails a run, it never changes a result.

use std::sync::OnceLock;
use std::time::Duration;
use wasmtime::{Config, Engine, ResourceLimiter, WasmBacktraceDetails};

/// How often the wall clock is looked at.
const TICK: Duration = Duration::from_millis(100);
/// Stack of a guest. A guest in Rust has a second one in its memory.
const STACK_BYTES: usize = 512 << 10;
const TABLE_ELEMENTS_LIMIT: usize = 200_000;
const INSTANCES_LIMIT: usize = 100;
const MEMORIES_LIMIT: usize = 8;

/// The engine of the process.
///
/// # Panics
/// When our own settings contradict each other.
pub(super) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let engine = Engine::new(&settings()).expect("our own settings are consistent");
        let clock = engine.clone();
        // Without this thread only fuel ends a call, which is enough for every guest but a pathological one.
        let named = std::thread::Builder::new().name("plugin-clock".to_owned());
        let _ = std::thread::Builder::spawn(named, move || {
            loop {
                std::thread::sleep(TICK);
                clock.increment_epoch();
            }
        });
        engine
    })
}

fn settings() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .relaxed_simd_deterministic(true)
        .max_wasm_stack(STACK_BYTES)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable);
    config
}

/// Ticks of the epoch that a call may last.
pub(super) fn ticks(wall_s: u32) -> u64 {
    u64::from(wall_s) * 1000 / TICK.as_millis() as u64 + 1
}

/// A guest that asks again and again for memory that it does not get is ended: a refusal costs it next to no fuel, and it would
/// go on to the limit of real time.
const MOST_REFUSALS: u32 = 1_000;

/// Caps memory and tables, and remembers what was refused.
#[derive(Debug)]
pub(super) struct Caps {
    memory_bytes: usize,
    /// All memories of the instance together.
    used_bytes: usize,
    /// Memory that was asked for and refused in the present call.
    pub(super) refused_bytes: Option<usize>,
    /// How often it was refused in the present call.
    refusals: u32,
}

impl Caps {
    pub(super) fn new(memory_mib: u32) -> Self {
        Self { memory_bytes: (memory_mib as usize) << 20, used_bytes: 0, refused_bytes: None, refusals: 0 }
    }

    /// Forgets what was refused in the call before.
    pub(super) fn begin_call(&mut self) {
        (self.refused_bytes, self.refusals) = (None, 0);
    }
}

impl ResourceLimiter for Caps {
    fn memory_growing(&mut self, current: usize, desired: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        let wanted = self.used_bytes.saturating_add(desired.saturating_sub(current));
        if wanted > self.memory_bytes {
            self.refused_bytes = Some(wanted);
            self.refusals += 1;
            if self.refusals > MOST_REFUSALS {
                return Err(wasmtime::Error::msg("memory was refused again and again"));
            }
            return Ok(false);
        }
        self.used_bytes = wanted;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _most: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS_LIMIT)
    }

    fn instances(&self) -> usize {
        INSTANCES_LIMIT
    }

    fn tables(&self) -> usize {
        INSTANCES_LIMIT
    }

    fn memories(&self) -> usize {
        MEMORIES_LIMIT
    }
}
