//! Contract: what a bank asks of a site that sells charging agrees with the table `finance`: the site is worth nothing at
//! its breaking points, and its least debt cover is the earnings of a year over the payments of a level loan.

use crate::common::{loaded, written};
use crate::years;
use portvolt::account::cost::present_value;
use portvolt::transition::metrics::metrics;
use portvolt::transition::record::FinanceRow;
use portvolt::transition::scope::Scope;

#[test]
fn banks_ask_what_the_books_say() {
    let (dir, _) = written(include_str!("../cases/transition_port.toml"), &[]);
    let settings = [
        "transition.adoption=least_cost",
        "offer.battery.glider_usd=20000",
        "transition.until=2030",
        "transition.build_out={ name = \"target_wait\", params = { wait_min = 5 } }",
        "transition.loan={ share = 0.6, interest = 0.08, years = 3 }",
    ];
    let port = loaded(dir.path(), &settings);
    let spec = port.scenario.transition.as_ref().unwrap();
    let tables = years(&port);
    let metrics = metrics(&tables, spec, &port.scenario);
    let get = |name: &str| {
        let found = metrics.iter().find(|it| it.name == name && it.scope == "site:public").unwrap();
        found.value
    };
    let rows: Vec<&FinanceRow> = tables.finance.iter().filter(|row| row.scope == Scope::site("public")).collect();
    assert!(rows.iter().any(|row| row.build_out_usd > 0.0), "something is built");
    // All else equal: income so many times what it was leaves nothing.
    let at_income = |factor: f64| {
        let flows: Vec<f64> = rows.iter().map(|row| -row.total_usd + (1.0 - factor) * row.charging_usd).collect();
        present_value(spec.discount_rate, &flows)
    };
    let factor = get("break_even_revenue").unwrap();
    assert!(at_income(factor).abs() < 1e-6 * at_income(0.0).abs(), "{factor}: {}", at_income(factor));
    assert!((at_income(1.0) - get("npv_usd").unwrap()).abs() < 1e-6 * at_income(1.0).abs());
    assert!((factor < 1.0) == (get("npv_usd").unwrap() > 0.0), "who earns may lose income before it is worth nothing");
    // 0.6 of the works of a year, paid back in three payments of 0.388 034 (8 %) from the year after it.
    let payment = |year: usize| {
        let works = |row: &FinanceRow| (row.build_out_usd + row.build_out_incentives_usd).max(0.0);
        rows[year.saturating_sub(3)..year].iter().map(|row| works(row) * 0.6 * 0.388_033_514).sum::<f64>()
    };
    let earned = |row: &FinanceRow| -(row.charging_usd + row.electricity_usd + row.upkeep_usd + row.credits_usd);
    let covers = (0..rows.len()).filter(|year| payment(*year) > 0.0).map(|year| earned(rows[year]) / payment(year));
    let least = covers.fold(f64::INFINITY, f64::min);
    assert!((get("dscr_min").unwrap() - least).abs() < 1e-6 * least.abs(), "{least}");
    let year = get("dscr_min_year").unwrap() as u32;
    assert!(rows.iter().any(|row| row.year == year));
}
