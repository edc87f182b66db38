//! Any text as each CSV file that Portvolt reads, those of a scenario and those of commands: every row is read or told to be
//! wrong, in bounded time.

use portvolt::import::{afdc, load as metered, map::Map, tariff_csv};
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::replay::{self, Replay};
use std::path::Path;

/// Settings that name a CSV file, and the scenario that each is set in.
const SET: [(&str, &str); 7] = [
    ("depot_night", "freight.hauls=\"t.csv\""),
    ("depot_night", "travel.matrix=\"t.csv\""),
    ("depot_night", "policy.charging={ name = \"schedule\", csv = \"t.csv\" }"),
    ("depot_night", "visits.fuzzed={ site = \"depot\", csv = \"t.csv\" }"),
    ("depot_night", "site.depot.tariff=\"t.csv\""),
    ("depot_night", "solar.roof={ site = \"depot\", kw = 10, csv = \"t.csv\" }"),
    ("hydrogen_corridor", "fuel_visits.fuzzed={ station = \"port\", csv = \"t.csv\" }"),
];

fn in_scenario(scenario: &str, setting: &str, text: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(scenario);
    for entry in std::fs::read_dir(shipped).expect("it is shipped") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            std::fs::copy(&path, dir.path().join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
    std::fs::write(dir.path().join("t.csv"), text).expect("a file");
    let settings = vec![setting.to_owned()];
    if let Err(problems) = load(&Request { path: dir.path().to_path_buf(), settings, ..Request::default() }) {
        assert!(!problems.list.is_empty());
        let _ = problems.to_string();
    }
}

fn as_sessions(text: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("t.csv");
    std::fs::write(&path, text).expect("a file");
    if let Err(problems) = replay::load(&Replay::new(path, "edf")) {
        assert!(!problems.list.is_empty());
    }
}

/// A zone whose clocks change by half an hour.
fn zoned() -> Map {
    Map { zone: Some("Australia/Lord_Howe".to_owned()), ..Map::default() }
}

pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    let kind = usize::from(*kind) % (SET.len() + 4);
    if let Some((scenario, setting)) = SET.get(kind) {
        return in_scenario(scenario, setting, bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut problems = Vec::new();
    match kind - SET.len() {
        0 => as_sessions(bytes),
        1 => drop(metered::read("t.csv", bytes, &zoned(), &mut problems)),
        2 => drop(afdc::read("t.csv", text, &afdc::Options::default(), &mut problems)),
        _ => {
            let read = tariff_csv::read("t.csv", text, &mut problems);
            assert!(!read.is_empty() || !problems.is_empty(), "nothing read and nothing told");
        }
    }
}
