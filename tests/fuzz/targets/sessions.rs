//! Any text as recorded sessions, CSV and JSON of ACN-Data: a replay of them is loaded or its mistakes are told.

use portvolt::scenario::replay::{Replay, load};

pub(crate) fn run(data: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["sessions.csv", "sessions.json"] {
        let path = dir.path().join(name);
        std::fs::write(&path, data).expect("a file");
        let replay = Replay { limit_kw: Some(320.0), ..Replay::new(path, "edf") };
        if let Err(problems) = load(&replay) {
            assert!(!problems.list.is_empty());
        }
    }
}
