//! A finished run that another one is held against.

use crate::disk::read::{self, Kind};
use crate::record::folder::{ReadSummary, SUMMARY};
use crate::record::metrics::{Metric, MetricName, value_of};
use std::collections::BTreeMap;
use std::path::Path;

/// What is read of a finished transition.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Its folder, as it was given.
    pub name: String,
    /// Present value of all money, USD.
    pub npv_usd: f64,
    /// Emissions of all years, t `CO2e`.
    pub co2e_t: f64,
    /// Cost of all years, less what is left at the end, USD.
    pub cost_usd: Option<f64>,
    /// By year: cost in USD and emissions in t `CO2e`.
    pub years: BTreeMap<u16, (f64, f64)>,
}

impl Baseline {
    /// Reads the summary of a run.
    ///
    /// # Errors
    /// When there is none, or it is of no transition.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(SUMMARY);
        let text = read::text(&path, Kind::Json).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let summary: ReadSummary =
            serde_json::from_str(&text).map_err(|error| format!("{} is no summary: {error}", path.display()))?;
        let mut values: BTreeMap<(&str, MetricName), f64> = BTreeMap::new();
        for metric in &summary.metrics {
            let value = MetricName::parse(&metric.name).zip(metric.value);
            values.extend(value.map(|(name, value)| ((metric.scope.as_str(), name), value)));
        }
        let total = |name| values.get(&("total", name)).copied();
        let (Some(npv_usd), Some(co2e_t)) = (total(MetricName::NpvUsd), total(MetricName::Co2eT)) else {
            return Err(format!("{} is of no transition: it has no npv_usd and co2e_t", path.display()));
        };
        let mut years = BTreeMap::new();
        for (scope, _) in values.keys().filter(|key| key.1 == MetricName::Co2eT) {
            let year = scope.strip_prefix("year:").and_then(|year| year.parse::<u16>().ok());
            let pair = |name| values.get(&(*scope, name)).copied();
            years.extend(year.zip(pair(MetricName::CostUsd).zip(pair(MetricName::Co2eT))));
        }
        Ok(Self { name: folder.display().to_string(), npv_usd, co2e_t, cost_usd: total(MetricName::CostUsd), years })
    }

    /// Abatement cost: present value of the additional cost over the tonnes abated; none where nothing is.
    #[must_use]
    pub fn abatement(&self, metrics: &[Metric]) -> Metric {
        let total = |name| value_of(metrics, "total", name).unwrap_or(0.0);
        let usd_per_t = per_tonne(self.npv_usd - total(MetricName::NpvUsd), self.co2e_t - total(MetricName::Co2eT));
        Metric::new(MetricName::AbatementUsdPerT, "total", usd_per_t)
    }
}

/// USD for a tonne; none where nothing is abated.
#[must_use]
pub fn per_tonne(usd: f64, tonnes: f64) -> Option<f64> {
    (tonnes > 1e-9).then(|| usd / tonnes)
}
