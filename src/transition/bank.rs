//! What a developer and a bank ask of a site that sells charging or hydrogen: what its money earns, whether the earnings of
//! every year cover the debt, and how far each assumption is from the point where the site is worth nothing.

use super::record::{FinanceRow, Tables};
use super::scope::Scope;
use super::spec::{LoanSpec, TransitionSpec};
use crate::account::cost::{irr, present_value};
use crate::account::levelised::capital_recovery_factor;
use crate::record::metrics::{Metric, MetricName, ScopeMetrics};
use crate::scenario::Scenario;

/// A part of a site's books: the metric of its break-even factor, and the amount of a year (income negative).
type Part = (MetricName, fn(&FinanceRow) -> f64);

const PARTS: [Part; 4] = [
    (MetricName::BreakEvenRevenue, income_usd),
    (MetricName::BreakEvenElectricity, |row| row.electricity_usd),
    (MetricName::BreakEvenUpkeep, |row| row.upkeep_usd),
    (MetricName::BreakEvenInvestment, |row| invested_usd(row) + row.residual_usd),
];

fn income_usd(row: &FinanceRow) -> f64 {
    row.charging_usd.min(0.0) + row.hydrogen_usd.min(0.0)
}

fn invested_usd(row: &FinanceRow) -> f64 {
    row.build_out_usd + row.build_out_incentives_usd
}

/// What is left of a year's income when the year is paid for, before build-out and debt.
fn earned_usd(row: &FinanceRow) -> f64 {
    -(row.charging_usd + row.hydrogen_usd + row.electricity_usd + row.upkeep_usd + row.credits_usd)
}

/// The metrics of every site that sells.
pub(super) fn sellers(tables: &Tables, spec: &TransitionSpec, scenario: &Scenario, out: &mut Vec<Metric>) {
    for (at, key) in scenario.site.keys().enumerate() {
        let scope = Scope::site(key);
        let rows: Vec<&FinanceRow> = tables.finance.iter().filter(|row| row.scope == scope).collect();
        if rows.iter().all(|row| income_usd(row) >= 0.0) {
            continue;
        }
        let used = tables.shown.last().and_then(|shown| shown.1.sites[at].utilization);
        let mut site = ScopeMetrics::new(scope.to_string(), out);
        site.add(MetricName::ChargerUtilization, used);
        seller(&rows, spec, &mut site);
    }
}

fn seller(rows: &[&FinanceRow], spec: &TransitionSpec, site: &mut ScopeMetrics<'_>) {
    let by_year = |amount: &dyn Fn(&FinanceRow) -> f64| rows.iter().map(|row| amount(row)).collect::<Vec<f64>>();
    let flows = by_year(&|row| -row.total_usd);
    let npv_usd = present_value(spec.discount_rate, &flows);
    site.add(MetricName::NpvUsd, npv_usd);
    site.add(MetricName::Irr, irr(&flows));
    let (invested, earned) = (by_year(&invested_usd), by_year(&earned_usd));
    let all_invested: f64 = invested.iter().sum();
    let over = (all_invested > 0.0).then(|| earned.iter().sum::<f64>() / all_invested);
    site.add(MetricName::ReturnOnInvestment, over);
    for (name, amount) in PARTS {
        let cost_usd = present_value(spec.discount_rate, &by_year(&amount));
        site.add(name, break_even_factor(npv_usd, cost_usd));
    }
    let least = spec.loan.as_ref().and_then(|loan| dscr_min(loan, &invested, &earned));
    site.add(MetricName::DscrMin, least.map(|least| least.1));
    site.add(MetricName::DscrMinYear, least.map(|(at, _)| f64::from(rows[at].year)));
}

/// By how much a part of the cost (present value; income is negative) has to be multiplied for a present value of 0, all
/// else equal: NPV - (f - 1) c = 0. None where the part is nothing, or would have to change its sign.
fn break_even_factor(npv_usd: f64, cost_usd: f64) -> Option<f64> {
    let factor = 1.0 + npv_usd / cost_usd;
    (factor.is_finite() && factor >= 0.0).then_some(factor)
}

/// The year (its place) whose earnings cover the payments of debt least, and by how much. None without debt.
fn dscr_min(loan: &LoanSpec, invested_usd: &[f64], earned_usd: &[f64]) -> Option<(usize, f64)> {
    let payment = capital_recovery_factor(loan.interest, loan.years) * loan.share;
    let pays_in = |year: usize| -> f64 {
        let first = year.saturating_sub(loan.years as usize);
        invested_usd[first..year].iter().map(|usd| usd.max(0.0) * payment).sum()
    };
    let covers = earned_usd.iter().enumerate().map(|(year, usd)| (year, usd / pays_in(year)));
    covers.filter(|cover| cover.1.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::sources::Sources;

    /// 1,000 $ lent at 10 % for two years are paid back in two payments of 576.19 $. Works of 2,000 $ in year 0, half of it
    /// lent; earnings of 0, 800 and 600 $: the third year covers 600 / 576.19 = 1.0413. More works in year 1 (500 $, of it
    /// 250 $ lent, 144.05 $ a year) lower it to 600 / 720.24 = 0.8331. Debt that is paid back needs no cover.
    #[test]
    fn debt_service_coverage_by_hand() {
        let loan = LoanSpec { share: 0.5, interest: 0.1, years: 2, sources: Sources::default() };
        let (at, cover) = dscr_min(&loan, &[2000.0, 0.0, 0.0, 0.0], &[0.0, 800.0, 600.0, -5.0]).unwrap();
        assert!(at == 2 && (cover - 600.0 / 576.190_476).abs() < 1e-6, "{at} {cover}");
        let (at, cover) = dscr_min(&loan, &[2000.0, 500.0, 0.0], &[0.0, 800.0, 600.0]).unwrap();
        assert!(at == 2 && (cover - 0.833_057).abs() < 1e-6, "{at} {cover}");
        assert_eq!(dscr_min(&loan, &[0.0; 3], &[1.0; 3]), None);
    }

    /// Income worth 500 $ against costs of 300 $ is worth 200 $: at 60 % of the income, or at twice electricity of 200 $, it
    /// is worth nothing. Upkeep of 0 breaks nothing; income would have to be negative to spoil a site without costs.
    #[test]
    fn break_even_factors_by_hand() {
        assert_eq!(break_even_factor(200.0, -500.0), Some(0.6));
        assert_eq!(break_even_factor(200.0, 200.0), Some(2.0));
        assert_eq!(break_even_factor(-50.0, 100.0), Some(0.5));
        assert_eq!(break_even_factor(200.0, 0.0), None);
        assert_eq!(break_even_factor(200.0, -100.0), None);
    }
}
