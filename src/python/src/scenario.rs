//! Scenarios as Python names them.

use crate::error;
use portvolt::scenario::files::{overlay_path, scenario_path};
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::loaded::Loaded;
use pyo3::prelude::*;
use std::path::{Path, PathBuf};

/// Reads a scenario: its path, or the name of a shipped one; overlays, then settings such as `time.days=2`.
///
/// # Errors
/// All errors in its files.
pub(crate) fn read(
    py: Python<'_>,
    scenario: PathBuf,
    overlays: Vec<PathBuf>,
    settings: Vec<String>,
) -> PyResult<Loaded> {
    let path = scenario_path(Path::new(""), &scenario);
    let overlays = overlays.iter().map(|name| overlay_path(&path, name)).collect();
    load_files(py, Request { path, overlays, settings, ..Request::default() })
}

/// Reads a scenario whose files are known.
///
/// # Errors
/// All errors in its files.
pub(crate) fn load_files(py: Python<'_>, request: Request) -> PyResult<Loaded> {
    py.detach(|| load(&request)).map_err(|problems| error::of_scenario(py, &problems))
}
