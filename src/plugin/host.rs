//! What the host keeps for one running plugin, and the two things beside columns and orders that a guest may have: a
//! log and random numbers.

use super::INTERFACE_VERSION;
use super::columns::ViewColumns;
use super::engine::Caps;
use super::text::plain;
use crate::kernel::random::{Purpose, Seed};
use crate::policy::spec::PluginLimits;
use wasmtime::component::Linker;
use wasmtime::{AsContextMut, StoreContextMut, Trap};

/// Lines of a guest that are kept in a run.
const LINES_LIMIT: usize = 200;
/// Bytes of a line that are kept.
pub(super) const LINE_BYTES: usize = 1_000;
const DRAWS_LIMIT: u32 = 1_000_000;
/// Fuel of one call of the host, beside its length. A guest that only calls the host ends too.
const CALL_FUEL: u64 = 50;
/// Level of the log that says why a guest is about to trap.
const ERROR: u32 = 3;

/// The state of one run of a plugin.
#[derive(Debug)]
pub(super) struct Host<S> {
    /// Columns of the present view.
    pub(super) columns: ViewColumns,
    /// What else of it is kept, and the orders.
    pub(super) state: S,
    /// Does `decide` run?
    pub(super) is_deciding: bool,
    pub(super) caps: Caps,
    pub(super) limits: PluginLimits,
    pub(super) log: Log,
    /// Its random numbers: those of the run and of its kind.
    random: (Seed, Purpose),
}

impl<S: Default> Host<S> {
    pub(super) fn new(columns: ViewColumns, limits: PluginLimits, random: (Seed, Purpose)) -> Self {
        let (caps, log) = (Caps::new(limits.memory_mib), Log::default());
        Self { columns, state: S::default(), is_deciding: false, caps, limits, log, random }
    }
}

/// What a guest said, capped.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    lines: Vec<String>,
    dropped: u64,
    last_error: Option<String>,
}

impl Log {
    fn write(&mut self, level: u32, message: &str) {
        let text = plain(message, LINE_BYTES);
        if level >= ERROR {
            self.last_error = Some(text.clone());
        }
        if self.lines.len() < LINES_LIMIT {
            let word = ["debug", "info", "warning", "error"][level.min(ERROR) as usize];
            self.lines.push(format!("{word}: {text}"));
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn take_last_error(&mut self) -> Option<String> {
        self.last_error.take()
    }

    /// All lines that were kept, and how many were not.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut out = self.lines.clone();
        if self.dropped > 0 {
            out.push(format!("({} more lines)", self.dropped));
        }
        out
    }

    /// The last `count` lines that were kept.
    pub(super) fn tail(&self, count: usize) -> Vec<String> {
        self.lines[self.lines.len().saturating_sub(count)..].to_vec()
    }
}

/// Takes the fuel of a call of the host that handles `length` values.
pub(super) fn burn<T: 'static>(mut store: impl AsContextMut<Data = T>, length: usize) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    let left = store.get_fuel()?.checked_sub(CALL_FUEL + length as u64);
    store.set_fuel(left.unwrap_or(0))?;
    if left.is_none() { Err(Trap::OutOfFuel.into()) } else { Ok(()) }
}

/// Links `log` and `random`.
pub(super) fn link<S: 'static>(linker: &mut Linker<Host<S>>) -> wasmtime::Result<()> {
    type Context<'a, S> = StoreContextMut<'a, Host<S>>;
    linker.instance(&format!("portvolt:policy/log@{INTERFACE_VERSION}"))?.func_wrap(
        "write",
        |mut store: Context<'_, S>, (level, message): (u32, String)| {
            burn(&mut store, message.len())?;
            store.data_mut().log.write(level, &message);
            Ok(())
        },
    )?;
    linker.instance(&format!("portvolt:policy/random@{INTERFACE_VERSION}"))?.func_wrap(
        "uniform",
        |mut store: Context<'_, S>, (key, index, count): (u64, u32, u32)| {
            if count > DRAWS_LIMIT {
                let message = format!("`uniform` gives at most {DRAWS_LIMIT} numbers at once, not {count}");
                return Err(wasmtime::Error::msg(message));
            }
            burn(&mut store, 16 * count as usize)?;
            let (seed, purpose) = store.data().random;
            let mut stream = seed.stream(purpose, key, index);
            let draws: Vec<f64> = (0..count).map(|_| stream.uniform()).collect();
            Ok((draws,))
        },
    )
}
