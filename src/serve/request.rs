//! What a caller asks of a run.

use super::edit::Change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunRequest {
    /// Path of the scenario inside the served folder.
    pub(super) scenario: String,
    /// Overlays beside it, by name.
    #[serde(default)]
    pub(super) strategies: Vec<String>,
    /// Changes on top.
    #[serde(default)]
    pub(super) changes: Vec<Change>,
    /// How many days, instead of the scenario's.
    #[serde(default)]
    pub(super) days: Option<u32>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub(super) seed: u64,
}

fn default_seed() -> u64 {
    1
}
