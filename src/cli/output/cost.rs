//! What a year costs, in words beside the bill of a run.

use crate::record::metrics::{Metric, MetricName, TOTAL, value_of};
use crate::record::summary::Summary;
use crate::scenario::Scenario;
use crate::scenario::prices::orders;
use std::fmt::Write;

/// Days that have every weekday among them.
const WEEK: u32 = 7;

/// Parts of the yearly cost, in words; those of nothing are left out.
const PARTS: [(MetricName, &str); 7] = [
    (MetricName::YearCapitalUsd, "investments"),
    (MetricName::YearUpkeepUsd, "upkeep"),
    (MetricName::YearLaborUsd, "labor"),
    (MetricName::YearBillUsd, "electricity"),
    (MetricName::YearFuelUsd, "fuel"),
    (MetricName::YearRefillUsd, "refill of batteries"),
    (MetricName::YearLostWorkUsd, "lost work"),
];

/// The cost of a year, what it is made of, and when things are ordered; nothing without prices.
pub(super) fn cost(scenario: &Scenario, summary: &Summary, metrics: &[Metric]) -> String {
    let total = |name| value_of(metrics, TOTAL, name);
    let (Some(money), Some(year)) = (&scenario.money, total(MetricName::YearCostUsd)) else { return String::new() };
    let told = |(name, word): &(MetricName, &str)| {
        let usd = total(*name).filter(|usd| usd.abs() >= 0.5)?;
        Some(format!("{word} {usd:.0}"))
    };
    let parts: Vec<String> = PARTS.iter().filter_map(told).collect();
    let mut out = format!("Year       {year:.0} USD: {}\n", parts.join(", "));
    // Without the noise of 100 x 0.07.
    let percent = (1e8 * money.discount_rate).round() / 1e6;
    let capex = total(MetricName::CapexUsd).unwrap_or(0.0);
    let npv = total(MetricName::NpvUsd).unwrap_or(0.0);
    let _ = write!(
        out,
        "           investment {capex:.0} USD; net present value {npv:.0} USD over {} years at {percent} %",
        money.years
    );
    for (name, what) in [(MetricName::CostPerHaulUsd, "haul"), (MetricName::CostPerMoveUsd, "container lifted")] {
        if let Some(usd) = total(name) {
            let _ = write!(out, "; {usd:.2} USD a {what}");
        }
    }
    out.push('\n');
    let _ = writeln!(out, "           {}", made_of(scenario.time.days, metrics));
    out.push_str(&waiting(summary));
    out.push_str(&ordered(scenario));
    out
}

/// What a year is made of: the reader should know that it was not simulated.
fn made_of(days: u32, metrics: &[Metric]) -> String {
    let these = if days == 1 { "this day".to_owned() } else { format!("these {days} days") };
    let missing = if days < WEEK { " (also for weekdays that are not among them)" } else { "" };
    let demand_usd = value_of(metrics, TOTAL, MetricName::BillDemandUsd).unwrap_or(0.0);
    let bill = if demand_usd > 0.0 { "; the bill above bears whole months' demand charges" } else { "" };
    format!(
        "a year made of {these}, weekday by weekday{missing}, and billed month by month{bill}; other seasons are not in it"
    )
}

/// Hauls that wait at the end and count as lost, because the run is too short to say what becomes of them.
fn waiting(summary: &Summary) -> String {
    let count = summary.overdue.waiting;
    if count == 0 || summary.lapsing_share().is_some() {
        return String::new();
    }
    let hours = f64::from(summary.lapses_after_s) / 3600.0;
    format!(
        "           {count} hauls that wait past their due count as lost work: hauls lapse after {hours} h, and the run is too short \
         to say how many are only late\n"
    )
}

/// By when what has a lead time is ordered.
fn ordered(scenario: &Scenario) -> String {
    let told: Vec<String> = orders(scenario, None)
        .iter()
        .map(|order| format!("{} by {} ({} months)", order.of, order.by, order.months))
        .collect();
    if told.is_empty() {
        return String::new();
    }
    format!("Order      to be there on {}: {}\n", scenario.time.start, told.join(", "))
}
