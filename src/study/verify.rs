//! Can a run be repeated? Names inputs that changed, and outputs that come out otherwise.

use crate::import;
use crate::record::folder::{MANIFEST, Manifest};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// As it was.
    Same,
    /// It holds other bytes than the manifest says.
    Changed,
    /// It is not there.
    Missing,
}

/// Reads the manifest of a run, a comparison or a merge.
///
/// # Errors
/// Why it cannot be used.
pub fn read_manifest(folder: &Path) -> Result<Manifest, String> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is no manifest of portvolt: {error}", path.display()))
}

/// What became of files whose blake3 is known. A tariff that comes with Portvolt is compared with that of this version.
#[must_use]
pub fn fates(folder: &Path, files: &BTreeMap<String, String>) -> BTreeMap<String, Fate> {
    let read = |name: &str| match import::shipped_by_input(name) {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => std::fs::read(folder.join(name)),
    };
    let fate = |(name, hash): (&String, &String)| {
        let fate = match read(name) {
            Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == hash.as_str() => Fate::Same,
            Ok(_) => Fate::Changed,
            Err(_) => Fate::Missing,
        };
        (name.clone(), fate)
    };
    files.iter().map(fate).collect()
}

/// Names of what differs, with what became of it.
#[must_use]
pub fn differing(fates: &BTreeMap<String, Fate>) -> Vec<String> {
    let told = |(name, fate): (&String, &Fate)| match fate {
        Fate::Same => None,
        Fate::Changed => Some(format!("{name} (changed)")),
        Fate::Missing => Some(format!("{name} (missing)")),
    };
    fates.iter().filter_map(told).collect()
}
