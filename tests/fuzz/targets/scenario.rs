//! Any text as a scenario: it is loaded or its mistakes are told, and telling them never fails either.

use portvolt::scenario::load::{Request, load};

pub(crate) fn run(data: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("scenario.toml"), data).expect("a file");
    let within = Some(dir.path().to_path_buf());
    match load(&Request { path: dir.path().to_path_buf(), within, ..Request::default() }) {
        Ok(loaded) => assert!(!loaded.canonical.is_empty()),
        Err(problems) => {
            assert!(!problems.list.is_empty());
            let _ = (problems.to_string(), problems.to_json());
        }
    }
}
