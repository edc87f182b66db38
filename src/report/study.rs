//! The page of a comparison: what `compare.json` says of the hub, and where it comes from. Its shape is `Study` in
//! `ui/src/data.ts`.

use super::data::facts;
use crate::record::folder::Manifest;
use crate::record::hub::Hub;
use crate::record::read::ReadError;
use serde_json::{Value, json};
use std::path::Path;

/// Reads `compare.json`. Metrics of single sites stay in the tables.
pub(super) fn collect(folder: &Path, manifest: &Manifest) -> Result<Value, ReadError> {
    let mut study: Value = crate::record::read::json(&folder.join(STUDY))?;
    let Hub { doubtful, warnings, .. } = Hub::read(folder)?;
    if let Some(metrics) = study["metrics"].as_array_mut() {
        metrics.retain(|metric| metric["scope"].as_str().is_some_and(|scope| !scope.starts_with("site:")));
    }
    if let Some(effects) = study["sensitivity"].as_array_mut() {
        let raised: Vec<Option<bool>> = effects.iter().map(|effect| is_raised(effect, effects)).collect();
        for (effect, raised) in effects.iter_mut().zip(raised) {
            effect["is_raised"] = json!(raised);
        }
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

/// Whether a change raises its number: a share tells the value before, and of plain values the higher ones are raised.
/// None where it cannot be told.
fn is_raised(effect: &Value, all: &[Value]) -> Option<bool> {
    let number = |effect: &Value| effect["value"].as_str()?.parse::<f64>().ok();
    let value = number(effect)?;
    if let Some(percent) = effect["change"].as_str()?.strip_suffix('%') {
        let before = value / (1.0 + percent.parse::<f64>().ok()? / 100.0);
        return before.is_finite().then_some(value > before);
    }
    let is_same = |other: &&Value| other["parameter"] == effect["parameter"] && other["strategy"] == effect["strategy"];
    let values: Vec<f64> = all.iter().filter(is_same).filter_map(number).collect();
    let [least, most] = [f64::min, f64::max].map(|pick| values.iter().copied().reduce(pick).unwrap_or(value));
    (least < most).then(|| value > f64::midpoint(least, most))
}

/// What a comparison leaves.
pub(super) const STUDY: &str = "compare.json";

#[cfg(test)]
mod tests {
    use super::is_raised;
    use serde_json::{Value, json};

    #[test]
    fn the_higher_of_two_values_is_the_raised_one() {
        let effect = |parameter: &str, change: &str, value: &str| -> Value {
            json!({ "parameter": parameter, "change": change, "value": value, "strategy": "bau" })
        };
        let all = [
            effect("x", "880", "880"),
            effect("x", "1320", "1320"),
            effect("y", "-20%", "80"),
            effect("y", "20%", "120"),
            effect("cold_c", "-20%", "-8"),
            effect("alone", "5", "5"),
        ];
        let told: Vec<Option<bool>> = all.iter().map(|effect| is_raised(effect, &all)).collect();
        assert_eq!(told, [Some(false), Some(true), Some(false), Some(true), Some(true), None]);
    }
}
