//! Contract: one room opens files; what leaves the program is there whole or not at all, at every step that a full disk or a
//! power cut can hit; folders and files of strangers are data and lead nowhere.

#![allow(
    clippy::format_collect,
    clippy::exit,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_types,
    reason = "a test of files looks at their names and ages, and a child of it ends itself"
)]
#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

mod bombs;
#[path = "../common/code.rs"]
mod code;
mod door;
mod faults;
mod others;
mod places;
#[cfg(unix)]
mod served;
mod strangers;
mod tables;

use std::path::Path;
use std::process::{Command, Output};

/// The binary in a folder.
fn portvolt(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(args).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with a copy of the smallest scenario, `depot`.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let depot = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/depot_night");
    std::fs::create_dir(folder.path().join("depot")).unwrap();
    for name in ["scenario.toml", "hauls.csv"] {
        std::fs::copy(depot.join(name), folder.path().join("depot").join(name)).unwrap();
    }
    folder
}
