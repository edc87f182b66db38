//! The page of a comparison: what `compare.json` says of the hub, and where it comes from. Its shape is `Study` in
//! `ui/src/study.ts`.

use super::ReportError;
use super::data::facts;
use super::hub::Hub;
use crate::record::folder::Manifest;
use serde_json::{Value, json};
use std::path::Path;

/// Reads `compare.json`. Metrics of single sites stay in the tables.
pub(super) fn collect(folder: &Path, manifest: &Manifest) -> Result<Value, ReportError> {
    let mut study: Value = super::read::json(&folder.join(super::STUDY))?;
    let Hub { doubtful, mut warnings, .. } = Hub::read(folder)?;
    if study["interrupted"] == true {
        warnings.push("interrupted: fewer replications than asked for".to_owned());
    }
    if let Some(metrics) = study["metrics"].as_array_mut() {
        metrics.retain(|metric| metric["scope"].as_str().is_some_and(|scope| !scope.starts_with("site:")));
    }
    Ok(json!({
        "kind": "study",
        "title": manifest.title,
        "study": study,
        "provenance": facts(manifest),
        "doubtful": doubtful,
        "warnings": warnings,
    }))
}
