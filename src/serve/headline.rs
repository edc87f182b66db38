//! What a list of runs says of each: service, wait, peak and bill, read from its summary.

use crate::disk::Folder;
use crate::disk::read::Kind;
use crate::record::folder::{ReadSummary, SUMMARY};
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
        let get = |name: &str| metrics.iter().find(|it| it.name == name && it.scope == "total").and_then(|it| it.value);
        let over = metrics.iter().filter(|it| it.name == "overload_intervals" && it.scope.starts_with("site:"));
        let share = |part: &str, whole: &str| Some(get(part)? / get(whole).filter(|whole| *whole > 0.0)?);
        Self {
            hauls_share: share("hauls_completed", "hauls_requested"),
            equipment_share: share("equipment_hours_served", "equipment_hours_required"),
            wait_p95_min: get("queue_wait_p95_min"),
            peak_kw: get("peak_kw"),
            overload_intervals: over.clone().next().map(|_| over.filter_map(|it| it.value).sum()),
            bill_usd: get("bill_total_usd"),
            cost_usd: get("cost_usd"),
        }
    }
}
