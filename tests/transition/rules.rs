//! Contract: each rule binds a fleet that would break it, one that is off is as if it had never been, and what rules and
//! public money are worth is booked as by hand.

use crate::{LEAST_COST, bought, clean_share, with};
use portvolt::transition::record::Tables;
use portvolt::transition::scope::Scope;
use portvolt::transition::spec::ProjectKind;

/// A rule that is off, and one that was never there, give the same rows, to the last bit.
pub(super) fn same_without(rule: &str, changes: &[(&str, &str)]) -> Tables {
    let without = with(changes, "");
    let off = with(changes, &rule.replace("term = {", "term = { on = false,"));
    assert_eq!((&without.fleet, &without.finance), (&off.fleet, &off.finance), "{rule}");
    without
}

#[test]
fn a_purchase_share_binds() {
    let rule = "[rule.purchase_share.entry]\nterm = { from = \"2027-01-01\" }\nclasses = [\"truck\"]\nshare = 0.5\n";
    let without = same_without(rule, &[]);
    let with = with(&[], rule);
    for year in 2026..=2032 {
        assert_eq!(bought(&without, year).0, 0, "diesel replaces diesel");
        let (clean, all) = bought(&with, year);
        let least = if year >= 2027 { (f64::from(all) * 0.5).ceil() as u32 } else { 0 };
        assert_eq!(clean, least, "{year}: as many as it asks for, and no more");
    }
}

#[test]
fn a_stock_share_binds() {
    let rule = "[rule.stock_share.all]\nterm = { from = \"2025-01-01\" }\nclasses = [\"truck\"]\n\
        share = { 2028 = 0.0, 2030 = 1.0 }\n";
    let without = same_without(rule, &[]);
    assert!(clean_share(&without, 2032, true) < 0.1);
    let with = with(&[], rule);
    assert!((0.5..0.52).contains(&clean_share(&with, 2029, true)), "{}", clean_share(&with, 2029, true));
    assert_eq!(clean_share(&with, 2030, true), 1.0);
    assert!(with.fleet.iter().any(|row| row.early > 0), "good trucks had to go");
    assert!(with.rules.iter().all(|row| row.missing == 0));
}

#[test]
fn a_useful_life_binds() {
    let rule = "[rule.useful_life.exit]\nterm = { from = \"2025-01-01\" }\nclasses = [\"truck\"]\nmost_age = 8\n";
    let oldest = |tables: &Tables| {
        let rows = tables.fleet.iter().filter(|row| row.year >= 2026 && row.class == "truck" && row.vehicles > 0);
        rows.map(|row| row.mean_age).fold(0.0, f64::max)
    };
    let without = same_without(rule, &[]);
    assert!(oldest(&without) > 5.0, "{}", oldest(&without));
    assert!(oldest(&with(&[], rule)) < 8.0);
}

/// What a fuel standard, a fee, a carbon price and a voucher are worth is in the terms of the offers and in the books.
#[test]
fn money_rules_are_booked_by_hand() {
    let find = |tables: &Tables, model: &str| {
        let mut rows = tables.offers.iter();
        rows.find(|row| row.year == 2026 && row.owner == "depot_fleet" && row.model == model).unwrap().clone()
    };
    let none = with(&[], "");
    let fee = with(&[], "[rule.truck_fee.fund]\nusd_per_teu = 10\npaying_share = 0.5\npass_through = 1\n");
    let hauls = fee.shown[0].1.fleets[0].completed as f64;
    assert!((find(&fee, "diesel").fees_usd - hauls / 40.0 * 1.8 * 0.5 * 10.0).abs() < 1e-6);
    assert_eq!((find(&fee, "battery").fees_usd, find(&none, "diesel").fees_usd), (0.0, 0.0));
    let paid = fee.finance.iter().find(|row| row.year == 2025 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    assert!((paid.fees_usd - hauls * 1.8 * 0.5 * 10.0).abs() < 1e-6, "all its trucks have a tailpipe");

    let carbon = with(&[], "[rule.carbon_price.cap]\nusd_per_t = 50\n");
    let row = carbon.finance.iter().find(|row| row.year == 2025 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    let gallons = carbon.emissions.iter().find(|it| it.year == 2025 && it.scope == row.scope).unwrap().diesel_gal;
    assert!((row.carbon_usd - gallons * 10.21 / 1000.0 * 50.0).abs() < 1e-6 * row.carbon_usd);

    let voucher =
        "[rule.voucher.v]\nusd = 100000\npayer = \"state\"\nby_size = [[10, 1.5], [1000, 1.0]]\nbudget_usd = 500000\n";
    let mandate = "[rule.purchase_share.entry]\nshare = 1.0\nclasses = [\"truck\"]\n";
    let paid = with(&[], &format!("{voucher}{mandate}"));
    assert_eq!(find(&paid, "battery").incentive_usd, 100_000.0);
    for year in 2026..=2032_u32 {
        let total = paid.finance.iter().find(|row| row.year == year && row.scope == Scope::Total).unwrap();
        let clean = bought(&paid, year).0;
        assert!(-total.vehicle_incentives_usd <= 500_000.0 + 1e-6, "the budget holds");
        assert!(clean == 0 || total.public_usd > 0.0);
    }

    let standard = "[rule.fuel_standard.s]\nbaseline_g_per_mj = 100\nreduction = 0.2\ndiesel_g_per_mj = 100\n\
        electricity_g_per_mj = 40\nhydrogen_g_per_mj = 100\nelectric_ratio = 5\nhydrogen_ratio = 2\nusd_per_t = 60\n";
    let credits = find(&with(&[], standard), "battery");
    // (80 x 5 - 40) g/MJ x 3.6 MJ = 1.296 kg a kWh, at 60 USD/t: 0.07776 USD a kWh, which costs 0.20.
    let kwh = credits.energy_usd / 0.2;
    assert!((credits.credits_usd + kwh * 0.077_76).abs() < 1e-6 * kwh, "{credits:?}");
}

#[test]
fn a_goal_is_judged_and_obliges_nobody() {
    let goals = "[rule.target.trucks]\nyear = 2030\nmetric = \"zev_share\"\nvalue = 0.5\nclasses = [\"truck\"]\n\
        [rule.target.air]\nyear = 2032\nmetric = \"co2e\"\nvalue = 0.99\n";
    let without = with(&[], "");
    let judged = with(&[], goals);
    assert_eq!(without.finance, judged.finance);
    let row = |rule: &str| judged.rules.iter().find(|row| row.rule == rule).unwrap();
    assert_eq!((row("trucks").kept, row("trucks").year), (false, 2030));
    assert_eq!(row("air").year, 2032);
}

/// Half of the cost, at most 20,000 USD a cabinet: the books show what was paid and who paid it.
#[test]
fn public_money_for_works_is_booked() {
    let cheap = ("glider_usd = 300000", "glider_usd = 60000");
    let rule = "[rule.infrastructure_credit.c]\nkinds = [\"chargers\"]\nshare = 0.5\nmost_usd_each = 20000\npayer = \"state\"\n";
    let paid = with(&[LEAST_COST, cheap], rule);
    let first = paid.projects.iter().find(|row| row.kind == ProjectKind::Chargers).unwrap();
    assert!(
        (first.public_usd - 20_000.0 * first.amount).abs() < 1e-6,
        "a cabinet costs 180 x 1,500 USD: the cap binds"
    );
    let sum = |of: fn(&portvolt::transition::record::FinanceRow) -> f64| -> f64 {
        paid.finance.iter().filter(|row| row.scope == Scope::Total).map(of).sum()
    };
    let projects: Vec<_> = paid.projects.iter().filter(|row| row.year == 2032).collect();
    let public: f64 = projects.iter().map(|row| row.public_usd).sum();
    assert!((sum(|row| -row.build_out_incentives_usd) - public).abs() < 1e-6 * public);
    let cost: f64 = projects.iter().map(|row| row.cost_usd).sum();
    assert!((sum(|row| row.build_out_usd) - cost).abs() < 1e-6 * cost);
    same_without(rule, &[]);
}

/// By hand: 0.0008 t of rebar a kW, 180 kW a cabinet, 0.98 t `CO2e` a t without the limit and 0.89 with it.
#[test]
fn limits_on_materials_bind() {
    let changes = [
        LEAST_COST,
        ("glider_usd = 300000", "glider_usd = 60000"),
        ("life_years = 15\n", "life_years = 15\nmaterial_t = { rebar = 0.0008 }\n"),
    ];
    let rule = |on: bool| {
        format!(
            "[rule.embodied_limit.rebar]\nterm = {{ on = {on} }}\nusual_t_per_t = 0.98\nlimit_t_per_t = 0.89\n\
            binds_private_works = true\n"
        )
    };
    let embodied = |tables: &Tables| -> f64 {
        tables.emissions.iter().filter(|row| row.scope == Scope::Total).map(|row| row.co2e_embodied_t).sum()
    };
    let (off, on) = (with(&changes, &rule(false)), with(&changes, &rule(true)));
    let projects = on.projects.iter().filter(|row| row.year == 2032 && row.kind == ProjectKind::Chargers);
    let kw: f64 = projects.map(|row| row.amount * if row.at == "public" { 360.0 } else { 180.0 }).sum();
    assert!((embodied(&on) - kw * 0.0008 * 0.89).abs() < 1e-9, "{} {}", embodied(&on), kw * 0.0008 * 0.89);
    assert!((embodied(&off) / embodied(&on) - 0.98 / 0.89).abs() < 1e-9);
}
