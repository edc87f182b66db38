//! Any text as recorded sessions, CSV and JSON of ACN-Data: a replay of them is loaded or its mistakes are told.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portvolt::scenario::replay::{Replay, load};
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["sessions.csv", "sessions.json"] {
        let path = dir.path().join(name);
        std::fs::write(&path, data).expect("a file");
        let replay = Replay {
            sessions: path,
            policy: "edf".to_owned(),
            params: BTreeMap::new(),
            limit_kw: Some(320.0),
            interval_s: 900,
            chargers: None,
            port_kw: None,
            tariff: None,
            tariff_name: None,
            start: None,
            zone: None,
        };
        if let Err(problems) = load(&replay) {
            assert!(!problems.list.is_empty());
        }
    }
});
