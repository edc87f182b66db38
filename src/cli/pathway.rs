//! The one screen at the end of a transition: years, money, rules that were not kept.

use crate::record::metrics::{Metric, MetricName, ScopeKind, TOTAL, value_of};
use crate::scenario::Scenario;
use crate::transition::record::{RuleKind, Tables, is_decisive};
use std::fmt::Write;

/// One screen: every fifth year, sums, and what was missed.
pub(super) fn screen(scenario: &Scenario, tables: &Tables, metrics: &[Metric]) -> String {
    let Some(spec) = &scenario.transition else { return String::new() };
    let title = &scenario.title;
    let value = |scope: &str, name: MetricName| value_of(metrics, scope, name);
    let period = format!("{} to {}", spec.from, spec.until);
    // Titles that name a period name this one.
    let years = if title.contains(&period) { String::new() } else { format!(", {period}") };
    let mut out = format!("{title}{years}, {} and {}\n\n", spec.adoption.word(), spec.build_out.word());
    let header = ["year", "ZE trucks", "ZE equip.", "CO2e kt", "NOx t", "cost M$", "public M$", "wait p95", "lapsed"];
    let _ = writeln!(out, "{}", header.map(|word| format!("{word:>10}")).join(" "));
    let years = tables.shown.iter().map(|shown| shown.0);
    for year in years.filter(|year| (year - spec.from).is_multiple_of(5) || *year == spec.until) {
        let scope = ScopeKind::Year.of(year);
        let get = |name, scale: f64, digits: usize, unit: &str| {
            value(&scope, name).map_or("-".to_owned(), |it| format!("{:.digits$}{unit}", it * scale))
        };
        let lapsed = value(&scope, MetricName::HaulsLapsed).zip(value(&scope, MetricName::HaulsRequested));
        let lapsed =
            lapsed.filter(|it| it.1 > 0.0).map_or("-".to_owned(), |it| format!("{:.1} %", 100.0 * it.0 / it.1));
        let row = [
            year.to_string(),
            get(MetricName::ZevShareTrucks, 100.0, 1, " %"),
            get(MetricName::ZevShareEquipment, 100.0, 1, " %"),
            get(MetricName::Co2eT, 1e-3, 0, ""),
            get(MetricName::NoxKg, 1e-3, 0, ""),
            get(MetricName::CostUsd, 1e-6, 0, ""),
            get(MetricName::PublicUsd, 1e-6, 0, ""),
            get(MetricName::QueueWaitP95Min, 1.0, 0, " min"),
            lapsed,
        ];
        let _ = writeln!(out, "{}", row.map(|cell| format!("{cell:>10}")).join(" "));
    }
    let total = |name| value(TOTAL, name).unwrap_or(0.0);
    let _ = writeln!(
        out,
        "\nAll years: {:.2} Mt CO2e, {:.2} B$ ({:.2} B$ public), net present value {:.2} B$ of {} at {:.0} %",
        total(MetricName::Co2eT) / 1e6,
        total(MetricName::CostUsd) / 1e9,
        total(MetricName::PublicUsd) / 1e9,
        total(MetricName::NpvUsd) / 1e9,
        spec.money_year,
        100.0 * spec.discount_rate,
    );
    out.push_str(&residual(tables, total(MetricName::CostUsd)));
    if let Some(known) = scenario.rule.known(spec.until) {
        let _ = writeln!(out, "{known}");
    }
    if let Some(usd_per_t) = value(TOTAL, MetricName::AbatementUsdPerT) {
        let _ = writeln!(out, "Abatement cost: {usd_per_t:.0} USD per tonne of CO2e, against the baseline");
    }
    let missed = tables.rules.iter().filter(|row| !row.kept);
    for row in missed.filter(|row| row.kind == RuleKind::Target || row.year == u32::from(spec.until)) {
        let _ = writeln!(
            out,
            "Missed: {} ({}) in {}: {:.3} of {:.3} required",
            row.rule,
            row.kind.word(),
            row.year,
            row.reached,
            row.asked
        );
    }
    for (name, goal) in scenario.rule.target.iter().filter(|it| it.1.on && it.1.year > spec.until) {
        let _ = writeln!(out, "Not judged: {name} (target) is for {}, the run ends in {}", goal.year, spec.until);
    }
    out
}

/// What is taken off the cost of all years because it is still there at the end, and whether that decides the result; nothing
/// where nothing is left.
fn residual(tables: &Tables, cost_usd: f64) -> String {
    let left_usd = tables.left_usd();
    if left_usd <= 0.0 {
        return String::new();
    }
    let years = tables.shown.last().map_or(0, |shown| shown.0);
    let mut out = format!("  after deducting {:.2} B$ of residual value of vehicles and chargers\n", left_usd / 1e9);
    if is_decisive(left_usd, cost_usd) {
        let _ = writeln!(out, "  The residual value dominates the result: run to a later last year than {years}.");
    }
    out
}

#[cfg(test)]
mod tests {
    //! Contract: the screen says what the page says of the value left at the end.

    use super::*;
    use crate::transition::record::FinanceRow;
    use crate::transition::scope::Scope;

    #[test]
    fn the_value_left_at_the_end_is_told() {
        let row =
            |scope: Scope, residual_usd: f64| FinanceRow { year: 2029, scope, residual_usd, ..FinanceRow::default() };
        let rows = vec![row(Scope::Total, -4e8), row(Scope::Vessels, -1e8)];
        let tables = Tables { finance: rows, ..Tables::default() };
        let told = residual(&tables, 1e9);
        assert!(told.contains("after deducting 0.40 B$ of residual value of vehicles and chargers"), "{told}");
        assert!(told.contains("The residual value dominates the result"), "{told}");
        assert!(!residual(&tables, 4e9).contains("dominates"));
        assert_eq!(residual(&Tables::default(), 1e9), "");
    }
}
