//! What the sandbox noted of plugins: for the manifest, the report and the log.

use serde::{Deserialize, Serialize};

/// What the sandbox noted of one plugin in one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginNotes {
    /// What it decides: `dispatch`, `charging`, `hydrogen-supply`, `yard-dispatch`, `adoption`, `build-out` or `industry`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// blake3 of its file.
    pub hash: String,
    /// Calls of `decide`.
    pub calls: u64,
    /// Fuel that these burnt.
    pub fuel: u64,
    /// Orders that were carried out, or at least could have been.
    #[serde(default)]
    pub orders: u64,
    /// Orders that were dropped.
    pub dropped: u64,
    /// Why the first ones were.
    pub examples: Vec<String>,
    /// What it said, capped.
    pub log: Vec<String>,
}
