//! Can a run be repeated? Names inputs that changed, and outputs that come out otherwise.

use crate::import;
use crate::record::folder::{MANIFEST, Manifest, REPORT, REQUEST, files, hash_of_file, hash_of_output};
use crate::scenario::shipped;
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

/// The blake3 of a file as it is now; none where it cannot be read.
#[must_use]
pub fn file_hash(path: &Path) -> Option<String> {
    hash_of_file(path).ok()
}

/// The blake3 of an input as it is now, by the name it has in a manifest or a plan: a file, or a tariff that comes with
/// this version.
#[must_use]
pub fn input_hash(name: &str) -> Option<String> {
    match import::shipped_by_input(name).or_else(|| shipped::text(Path::new(name))) {
        Some(text) => Some(blake3::hash(text.as_bytes()).to_hex().to_string()),
        None => file_hash(Path::new(name)),
    }
}

/// What became of files whose blake3 is known, where `now` is what each has today.
#[must_use]
pub fn fates(then: &BTreeMap<String, String>, now: impl Fn(&str) -> Option<String>) -> BTreeMap<String, Fate> {
    let fate = |(name, hash): (&String, &String)| {
        let fate = match now(name) {
            Some(now) if now == *hash => Fate::Same,
            Some(_) => Fate::Changed,
            None => Fate::Missing,
        };
        (name.clone(), fate)
    };
    then.iter().map(fate).collect()
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

/// What became of the files of a run's folder that its manifest lists. A link in the place of one is none.
#[must_use]
pub fn kept(folder: &Path, outputs: &BTreeMap<String, String>) -> BTreeMap<String, Fate> {
    fates(outputs, |name| hash_of_output(folder, name).ok())
}

/// Files of a run's folder that are not what its manifest says, with what became of them, and those that it does not list. Its
/// page may have been made again.
#[must_use]
pub fn changed(folder: &Path, manifest: &Manifest) -> Vec<String> {
    let mut outputs = manifest.outputs.clone();
    outputs.remove(REPORT);
    let mut odd = differing(&kept(folder, &outputs));
    let is_known = |name: &String| {
        let is_listed = manifest.outputs.keys().any(|output| output.replace('\\', "/") == *name);
        is_listed || matches!(name.as_str(), MANIFEST | REPORT | REQUEST)
    };
    let unlisted = files(folder).into_iter().filter(|name| !is_known(name));
    odd.extend(unlisted.map(|name| format!("{name} (not in the manifest)")));
    odd
}
