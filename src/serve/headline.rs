//! What a list of runs says of each: service, wait, peak and bill, read from its summary.

use crate::disk::Folder;
use crate::disk::read::Kind;
use crate::record::folder::{ReadSummary, SUMMARY};
use crate::record::metrics::{MetricName, ScopeKind, TOTAL};
use serde::Serialize;
use utoipa::ToSchema;

/// Headline results of a run; none where it has no such work, vehicles or tariff.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub(super) struct Headline {
    /// Completed hauls over those requested, 0 to 1.
    hauls_share: Option<f64>,
    /// Equipment hours served over those required, 0 to 1.
    equipment_share: Option<f64>,
    /// 95th percentile of the wait for a charging port, minutes.
    wait_p95_min: Option<f64>,
    /// Highest mean power of an interval of all sites together, kW.
    peak_kw: Option<f64>,
    /// Intervals in which the load of a site passed its limit, of all sites.
    overload_intervals: Option<f64>,
    /// Electricity bills of the run, USD.
    bill_usd: Option<f64>,
    /// Cost of all years of a transition, USD.
    cost_usd: Option<f64>,
}

impl Headline {
    /// Of a run's folder; nothing of one without a summary, such as a comparison.
    pub(super) fn read(folder: &Folder) -> Self {
        let Ok(bytes) = folder.read(SUMMARY, Kind::Json) else { return Self::default() };
        let Ok(ReadSummary { metrics }) = serde_json::from_slice(&bytes) else { return Self::default() };
        let get = |name: MetricName| {
            metrics.iter().find(|it| it.name == name.info().name && it.scope == TOTAL).and_then(|it| it.value)
        };
        let over = metrics.iter().filter(|it| {
            it.name == MetricName::OverloadIntervals.info().name && ScopeKind::Site.key_in(&it.scope).is_some()
        });
        let share = |part: MetricName, whole: MetricName| Some(get(part)? / get(whole).filter(|whole| *whole > 0.0)?);
        Self {
            hauls_share: share(MetricName::HaulsCompleted, MetricName::HaulsRequested),
            equipment_share: share(MetricName::EquipmentHoursServed, MetricName::EquipmentHoursRequired),
            wait_p95_min: get(MetricName::QueueWaitP95Min),
            peak_kw: get(MetricName::PeakKw),
            overload_intervals: over.clone().next().map(|_| over.filter_map(|it| it.value).sum()),
            bill_usd: get(MetricName::BillTotalUsd),
            cost_usd: get(MetricName::CostUsd),
        }
    }
}
