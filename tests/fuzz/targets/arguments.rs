//! Any text as the values of `--set`, over a scenario that is good without them: it is loaded or its mistakes are told.

use portvolt::scenario::load::{Request, load};
use std::path::Path;

/// Settings at most; of more, each would only hide the others.
const MOST: usize = 8;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/depot_night");
    let settings = text.lines().take(MOST).map(str::to_owned).collect();
    match load(&Request { path: scenario.clone(), settings, within: Some(scenario), ..Request::default() }) {
        Ok(loaded) => assert!(!loaded.canonical.is_empty()),
        Err(problems) => {
            assert!(!problems.list.is_empty());
            let _ = (problems.to_string(), problems.to_json());
        }
    }
}
