//! Any text as each of the CSV files that a scenario names: every row is read or told to be wrong, in bounded time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portvolt::scenario::load::{Request, load};
use std::path::Path;

/// The keys that name a CSV file, with what else a scenario needs for it.
const KEYS: [&[&str]; 6] = [
    &["freight.hauls=\"t.csv\""],
    &["travel.matrix=\"t.csv\""],
    &["policy.charging={ name = \"schedule\", csv = \"t.csv\" }"],
    &["visits.fuzzed={ site = \"depot\", csv = \"t.csv\" }"],
    &["site.depot.tariff=\"t.csv\""],
    &["solar.roof={ site = \"depot\", kw = 10, csv = \"t.csv\" }"],
];

fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let depot = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/depot_night");
    for name in ["scenario.toml", "hauls.csv"] {
        std::fs::copy(depot.join(name), dir.path().join(name)).expect("a copy");
    }
    std::fs::write(dir.path().join("t.csv"), rest).expect("a file");
    let settings = KEYS[usize::from(*kind) % KEYS.len()].iter().map(|setting| (*setting).to_owned()).collect();
    if let Err(problems) = load(&Request { path: dir.path().to_path_buf(), settings, ..Request::default() }) {
        assert!(!problems.list.is_empty());
    }
});
