//! How far a replay is from the best possible: its sessions with full knowledge, against what its policy did.

use crate::bound::{BoundError, Case, Node, Objective, Series, Session, Site, bound};
use crate::record::metrics::{Metric, MetricName, ScopeMetrics, TOTAL};
use crate::scenario::loaded::{Loaded, Visit};
use std::collections::BTreeMap;

/// What the policy of a replay did.
#[derive(Debug, Default)]
pub struct Done {
    /// Energy of each session, by name, kWh.
    pub got_kwh: BTreeMap<String, f64>,
    /// Mean power of charging by control interval, kW.
    pub power_kw: Vec<f64>,
}

/// Metrics of the bound: most energy among all policies; least cost and least peak of what this one served.
///
/// The limit counts what vehicles take, and ports are no constraint: the bound may be better than any policy could be,
/// never worse.
///
/// # Errors
/// When the problem is too large, or the solver gives up.
pub fn metrics(loaded: &Loaded, limit_kw: f64, prices: &[f64], done: &Done) -> Result<Vec<Metric>, BoundError> {
    let asked = case(loaded, limit_kw, prices, |visit| visit.stay.energy_kwh);
    let served = case(loaded, limit_kw, prices, |visit| done.got_kwh.get(&*visit.session).copied().unwrap_or(0.0));
    let hours = f64::from(loaded.scenario.time.interval_s) / 3600.0;
    let total_kwh: f64 = done.power_kw.iter().map(|kw| kw * hours).sum();
    let peak_kw = done.power_kw.iter().copied().fold(0.0, f64::max);
    let mut out = Vec::new();
    let mut total = ScopeMetrics::new(TOTAL, &mut out);
    let best = bound(&asked, Objective::MostEnergy)?;
    let mut status = best.status;
    total.add(MetricName::BoundEnergyKwh, best.value);
    total.add(MetricName::BoundEnergyGapPercent, gap(best.value, total_kwh));
    let best = bound(&served, Objective::LeastPeak)?;
    status = status.max(best.status);
    total.add(MetricName::BoundPeakKw, best.value);
    total.add(MetricName::BoundPeakGapPercent, gap(peak_kw, best.value));
    if !prices.is_empty() {
        let cost_usd: f64 = done.power_kw.iter().zip(prices).map(|(kw, price)| kw * hours * price).sum();
        let best = bound(&served, Objective::LeastCost)?;
        status = status.max(best.status);
        total.add(MetricName::ChargingEnergyCostUsd, cost_usd);
        total.add(MetricName::BoundCostUsd, best.value);
        total.add(MetricName::BoundCostGapPercent, gap(cost_usd, best.value));
    }
    total.add(MetricName::BoundTolerance, status.tolerance());
    Ok(out)
}

/// How much of `from` is left above `to`, percent.
pub(super) fn gap(from: f64, to: f64) -> f64 {
    if from > 0.0 { 100.0 * (from - to) / from } else { 0.0 }
}

fn case(loaded: &Loaded, limit_kw: f64, prices: &[f64], need_kwh: impl Fn(&Visit) -> f64) -> Case {
    let interval_s = loaded.scenario.time.interval_s;
    let visits = loaded.visits.values().flat_map(|visits| &visits.list);
    let sessions: Vec<Session> = visits
        .map(|visit| Session {
            node: 0,
            arrive_s: visit.stay.arrive_s,
            depart_s: visit.stay.depart_s,
            need_kwh: need_kwh(visit),
            max_kw: visit.stay.vehicle_kw,
        })
        .collect();
    let intervals = sessions.iter().map(|session| session.depart_s.div_ceil(interval_s)).max().unwrap_or(0) as usize;
    let price = (0..intervals).map(|at| prices.get(at).copied().unwrap_or(0.0)).collect();
    Case {
        interval_s,
        intervals,
        sessions,
        nodes: vec![Node { parent: None, headroom_kw: Series::Constant(limit_kw) }],
        sites: vec![Site { node: 0, price_usd_per_kwh: Series::ByInterval(price), other_kw: Series::Constant(0.0) }],
    }
}
