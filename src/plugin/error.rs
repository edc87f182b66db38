//! What goes wrong with a plugin, in words that its author can use.

use crate::policy::kind::PolicyKind;
use std::fmt;

/// Why a plugin cannot be used, or failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PluginError {
    /// The file cannot be a plugin of this kind.
    #[error("plugin {file}: {why}")]
    Refused {
        /// The file.
        file: String,
        /// Why not.
        why: Refusal,
    },
    /// A call failed.
    #[error(transparent)]
    Failed(Box<Failure>),
}

/// Why a file was refused before it ran.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Too big.
    #[error("has {mib} MiB; the limit is {limit_mib} MiB")]
    Size {
        /// Size.
        mib: u64,
        /// The limit.
        limit_mib: u64,
    },
    /// Neither binary nor text of WebAssembly.
    #[error("is no WebAssembly: it begins with {0}, not with `\\0asm`")]
    NotWasm(String),
    /// WebAssembly that is broken or torn.
    #[error("is broken: {0}")]
    Broken(String),
    /// It would take too long, or too much memory, to compile.
    #[error(
        "took more than {cpu_s} s of processor time or {memory_mib} MiB to compile, which no program of its size takes: \
         one of its functions is nested too deeply or has too many variables"
    )]
    Budget {
        /// Time that a file of its size may take.
        cpu_s: u64,
        /// Memory that it may take.
        memory_mib: u64,
    },
    /// A core module that cannot become a component of our world.
    #[error("is a core module that is no policy: {0}")]
    Core(String),
    /// Needs something that a plugin cannot have.
    #[error(
        "imports `{0}`; a plugin has columns, orders, log and random numbers of portvolt:policy and nothing else (no \
         WASI: no clock, no files, no network)"
    )]
    Foreign(String),
    /// Made for another version of the interface.
    #[error("speaks `{found}`; this Portvolt speaks portvolt:policy@{speaks} and older versions of 0.1")]
    Version {
        /// What it imports or exports.
        found: String,
        /// What the host speaks.
        speaks: &'static str,
    },
    /// Uses something of a newer minor version.
    #[error("uses {0}, which this Portvolt does not have: it was made for a newer one")]
    Newer(String),
    /// For another kind of policy.
    #[error("is for {found}, not for {wanted}: it imports `{import}`")]
    World {
        /// What it is for.
        found: PolicyKind,
        /// What was asked for.
        wanted: PolicyKind,
        /// What gave it away.
        import: String,
    },
    /// Exports no policy.
    #[error("exports no `portvolt:policy/policy`: it is a component, but no policy")]
    NoPolicy,
    /// The types do not fit.
    #[error("does not fit the interface: {0}")]
    Types(String),
    /// It says something impossible of itself.
    #[error("`describe` gives {0}")]
    Description(String),
}

/// A call of a plugin that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Name of the plugin.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// `describe`, `start`, `decide` or `finish`.
    pub call: &'static str,
    /// Simulated time, as people call it.
    pub moment: Option<String>,
    /// What happened.
    pub cause: Cause,
    /// The guest's functions, innermost first, with file and line where the guest has them.
    pub frames: Vec<String>,
    /// The guest's last lines in the log.
    pub log: Vec<String>,
}

/// What ended a call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Cause {
    /// The guest returned an error.
    #[error("said: {0}")]
    Said(String),
    /// The guest panicked.
    #[error("panicked: {0}")]
    Panic(String),
    /// It used up its fuel.
    #[error(
        "used up its fuel of {0} units (about one an instruction): an endless loop, or too much work; \
         `limits.fuel_base` and `fuel_per_row` raise it"
    )]
    Fuel(u64),
    /// It took too long by the wall clock.
    #[error("took more than {0} s of real time; `limits.wall_s` raises it")]
    Wall(u32),
    /// It wanted more memory than it may have.
    #[error("wanted {wanted_mib} MiB of memory and may have {limit_mib} MiB; `limits.memory_mib` raises it")]
    Memory {
        /// What it wanted.
        wanted_mib: usize,
        /// What it may have.
        limit_mib: u32,
    },
    /// Its stack overflowed.
    #[error("overflowed its stack")]
    Stack,
    /// Anything else that WebAssembly traps on.
    #[error("trapped: {0}")]
    Trap(String),
    /// With `--strict-plugins`: bad orders.
    #[error("gave {count} bad {}: {first}", if *.count == 1 { "order" } else { "orders" })]
    Orders {
        /// How many.
        count: u64,
        /// The first of them.
        first: String,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, version, call, moment, cause, frames, log } = self;
        write!(out, "plugin `{plugin}` {version}, in `{call}`")?;
        if let Some(moment) = moment {
            write!(out, " at {moment} of the run")?;
        }
        write!(out, ": it {cause}")?;
        for frame in frames {
            write!(out, "\n    at {frame}")?;
        }
        for line in log {
            write!(out, "\n    log: {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for PluginError {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}
