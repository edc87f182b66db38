//! The HTML report: reads the tables of a run's folder, folds them small, and puts them into one self-contained page.
//!
//! The page is built from `src/report/ui` (TypeScript, Apache `ECharts`) and committed, so that no build of Portvolt
//! needs node.

mod data;
mod hydrogen;
pub(crate) mod read;
mod years;

use crate::record::folder::Manifest;
use crate::record::summary::Metric;
use crate::scenario::load::Loaded;
use crate::transition::baseline::Baseline;
use crate::transition::record::Tables;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The page, with a placeholder where the data goes.
const PAGE: &str = include_str!("ui/dist/report.html");
const PLACEHOLDER: &str = "\"PORTVOLT_DATA\"";

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A table is missing or cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

/// The page of a run whose tables are in `folder/tables`.
///
/// # Errors
/// When a table cannot be read.
pub fn build(folder: &Path, loaded: &Loaded, manifest: &Manifest, metrics: &[Metric]) -> Result<String, ReportError> {
    let data = data::collect(&folder.join("tables"), loaded, manifest, metrics)?;
    Ok(page(&data))
}

/// The page of a transition.
#[must_use]
pub fn years(
    loaded: &Loaded,
    manifest: &Manifest,
    metrics: &[Metric],
    tables: &Tables,
    baseline: Option<&Baseline>,
) -> String {
    page(&years::collect(loaded, manifest, metrics, tables, baseline))
}

fn page(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).unwrap_or_default();
    // Inside a script element only `<` could end it, whatever a scenario's names hold.
    PAGE.replacen(PLACEHOLDER, &json.replace('<', "\\u003c"), 1)
}
