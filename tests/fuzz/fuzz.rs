//! Every fuzz target in one program, linked once: `PORTVOLT_FUZZ` says which. `.ci/fuzz` builds and runs them.
//!
//! A target takes any bytes and ends without panic, within the time and memory that `.ci/fuzz` allows; what a target holds
//! beyond that stands at its head.

#![no_main]

mod targets;

use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

/// The target that the environment names; the names of all where it names none.
fn target() -> fn(&[u8]) {
    let name = std::env::var("PORTVOLT_FUZZ").unwrap_or_default();
    let found = targets::ALL.iter().find(|target| target.0 == name);
    let names: Vec<&str> = targets::ALL.iter().map(|target| target.0).collect();
    let found = found.unwrap_or_else(|| panic!("set PORTVOLT_FUZZ to one of: {}", names.join(" ")));
    (found.2)();
    found.1
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET.get_or_init(target)(data));
