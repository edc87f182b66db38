//! How to run, and why a run did not finish.

use super::output::OutputError;
use crate::plugin::PluginError;
use crate::policy::PolicyFault;
use crate::policy::parameter::PolicyError;
use crate::record::audit::Finding;

/// How to run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Seed of every random stream.
    pub seed: u64,
    /// Which replication.
    pub replication: u32,
    /// Spawn entities backwards: a test switch, no result may change.
    pub reverse_spawn: bool,
    /// Run systems in another legal order: a test switch, no result may change.
    pub shuffle: Option<u64>,
    /// Measure the time of each step.
    pub profile: bool,
    /// A bad order of a plugin ends the run.
    pub strict_plugins: bool,
}

/// Why a run did not finish.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A policy could not be made.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A plugin was refused, or did not start.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// A policy failed at run time.
    #[error("at {at}: {fault}")]
    Fault {
        /// Local time.
        at: String,
        /// What failed.
        fault: PolicyFault,
    },
    /// The books do not balance: an error of ours, never of the user.
    #[error("the run broke its own rules, which is a fault of Portvolt; please report it:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Audit(Vec<Finding>),
    /// It could not be compared with the best possible.
    #[error("{0}")]
    Bound(String),
    /// Views could not be recorded.
    #[error("{0}")]
    Views(String),
    /// Results could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Somebody interrupted the run.
    #[error("interrupted at {at}; what was finished until then is kept")]
    Interrupted {
        /// Local time.
        at: String,
    },
}

impl RunError {
    /// Is it a policy or a plugin that is to blame?
    #[must_use]
    pub fn is_of_policy(&self) -> bool {
        match self {
            Self::Policy(_) | Self::Plugin(_) => true,
            Self::Fault { fault, .. } => !fault.is_of_disk(),
            _ => false,
        }
    }
}
