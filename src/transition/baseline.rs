//! A finished run that another one is compared with.

use crate::disk::of_run;
use crate::disk::read::Kind;
use crate::record::folder::{ReadSummary, SUMMARY};
use crate::record::metrics::{Metric, MetricName, ScopeKind, TOTAL, value_of};
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
    /// The other sums of the ledger and the discounted tonnes, by name; none of them in runs of earlier versions.
    pub others: BTreeMap<MetricName, f64>,
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
        let text = of_run::text(folder, SUMMARY, Kind::Json)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let summary: ReadSummary =
            serde_json::from_str(&text).map_err(|error| format!("{} is no summary: {error}", path.display()))?;
        let mut values: BTreeMap<(&str, MetricName), f64> = BTreeMap::new();
        for metric in &summary.metrics {
            let value = MetricName::parse(&metric.name).zip(metric.value);
            values.extend(value.map(|(name, value)| ((metric.scope.as_str(), name), value)));
        }
        let total = |name| values.get(&(TOTAL, name)).copied();
        let (Some(npv_usd), Some(co2e_t)) = (total(MetricName::NpvUsd), total(MetricName::Co2eT)) else {
            return Err(format!("{} is of no transition: it has no npv_usd and co2e_t", path.display()));
        };
        let mut years = BTreeMap::new();
        for (scope, _) in values.keys().filter(|key| key.1 == MetricName::Co2eT) {
            let year = ScopeKind::Year.key_in(scope).and_then(|year| year.parse::<u16>().ok());
            let pair = |name| values.get(&(*scope, name)).copied();
            years.extend(year.zip(pair(MetricName::CostUsd).zip(pair(MetricName::Co2eT))));
        }
        let others = [MetricName::NpvPublicUsd, MetricName::NpvResourceUsd, MetricName::Co2eDiscountedT].into_iter();
        let others = others.filter_map(|name| Some((name, total(name)?))).collect();
        let cost_usd = total(MetricName::CostUsd);
        Ok(Self { others, name: folder.display().to_string(), npv_usd, co2e_t, cost_usd, years })
    }

    /// Abatement cost: present value of the additional cost over the tonnes abated, by whose money and with later tonnes
    /// discounted or not; none where nothing is abated.
    #[must_use]
    pub fn abatement(&self, metrics: &[Metric]) -> Vec<Metric> {
        let there = |name| match name {
            MetricName::NpvUsd => Some(self.npv_usd),
            MetricName::Co2eT => Some(self.co2e_t),
            other => self.others.get(&other).copied(),
        };
        abatements(&there, &|name| value_of(metrics, TOTAL, name))
    }
}

/// What a tonne costs, each way: metric, money, tonnes.
const WAYS: [(MetricName, MetricName, MetricName); 6] = [
    (MetricName::AbatementUsdPerT, MetricName::NpvUsd, MetricName::Co2eT),
    (MetricName::AbatementPublicUsdPerT, MetricName::NpvPublicUsd, MetricName::Co2eT),
    (MetricName::AbatementResourceUsdPerT, MetricName::NpvResourceUsd, MetricName::Co2eT),
    (MetricName::AbatementDiscountedUsdPerT, MetricName::NpvUsd, MetricName::Co2eDiscountedT),
    (MetricName::AbatementPublicDiscountedUsdPerT, MetricName::NpvPublicUsd, MetricName::Co2eDiscountedT),
    (MetricName::AbatementResourceDiscountedUsdPerT, MetricName::NpvResourceUsd, MetricName::Co2eDiscountedT),
];

/// What a tonne costs each way, from totals of a baseline and of a run.
pub fn abatements(
    baseline: &dyn Fn(MetricName) -> Option<f64>,
    run: &dyn Fn(MetricName) -> Option<f64>,
) -> Vec<Metric> {
    let less = |name| Some(baseline(name)? - run(name)?);
    let metric = |(name, money, tonnes)| {
        let value = less(money).zip(less(tonnes)).and_then(|(usd, tonnes)| per_tonne(usd, tonnes));
        Metric::new(name, TOTAL, value)
    };
    WAYS.into_iter().map(metric).collect()
}

/// USD for a tonne; none where nothing is abated.
#[must_use]
pub fn per_tonne(usd: f64, tonnes: f64) -> Option<f64> {
    (tonnes > 1e-9).then(|| usd / tonnes)
}
