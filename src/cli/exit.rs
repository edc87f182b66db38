//! Exit codes.

use crate::record::folder::FolderError;
use crate::sim::RunError;

/// Exit codes; 2 (wrong usage) is clap's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done = 0,
    /// The run failed.
    Failed = 1,
    /// Wrong usage that only shows at run time.
    Usage = 2,
    /// A sweep is incomplete.
    Incomplete = 3,
    /// The user's files are wrong; nothing was written.
    BadFiles = 4,
    /// A plugin was rejected or trapped.
    BadPolicy = 5,
    /// Done, but a stated constraint was broken (with `--strict`).
    Broken = 6,
    /// Interrupted; what was finished is kept.
    Interrupted = 130,
}

impl From<&FolderError> for Exit {
    fn from(error: &FolderError) -> Self {
        match error {
            FolderError::Io(error) if error.is_of_place() => Self::BadFiles,
            FolderError::Io(_) | FolderError::Overtaken { .. } | FolderError::Json(_) => Self::Failed,
            FolderError::Finished(_)
            | FolderError::Nameless(_)
            | FolderError::Foreign(_)
            | FolderError::Mixed { .. } => Self::BadFiles,
        }
    }
}

impl From<&RunError> for Exit {
    fn from(error: &RunError) -> Self {
        match error {
            RunError::Interrupted { .. } => Self::Interrupted,
            error if error.is_of_policy() => Self::BadPolicy,
            _ => Self::Failed,
        }
    }
}
