//! Contract: prices become yearly cost as by hand; energy that batteries lack at the end is no saving; a year's bill does not depend on where in a month the run lies, and a
//! week does not bear a month's demand charge; a strategy that does less work is never cheaper without that said; prices of
//! nothing, twice or by an unknown size are refused.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{Finished, run, shipped, written};
use portvolt::record::metrics::MetricName;
use portvolt::scenario::load::{Request, load};
use portvolt::sim::Options;
use std::path::Path;
use std::process::Command;

/// 0.20 USD a kWh at all hours, 10 USD a kW and month.
const TARIFF: &str = "\
utility,type,period,basic_charge_limit,month_start,month_end,hour_start,hour_end,weekday_start,weekday_end,charge,units
electric,energy,all,0,1,12,0,24,0,6,0.20,$/kWh
electric,demand,maximum,0,1,12,0,24,0,6,10,$/kW
";

const MONEY: &str = "
[money]
discount_rate = 0.07
years = 12
usd_of = 2025
";

fn scenario(start: &str, days: u32, more: &str) -> String {
    format!(
        r#"
        title = "constant load"
        [time]
        start = "{start}"
        days = {days}
        zone = "America/Los_Angeles"
        [site.depot]
        kind = "depot"
        lat = 33.8
        lon = -118.2
        limit_kw = 400
        load_kw = 100
        tariff = "tariff.csv"
        [charger.night]
        site = "depot"
        cabinets = 3
        cabinet_kw = 150
        efficiency = 0.92
        {more}
        "#
    )
}

fn ran(start: &str, days: u32, more: &str) -> Finished {
    let (_dir, loaded) = written(&scenario(start, days, more), &[("tariff.csv", TARIFF)]);
    run(&loaded, &Options::default())
}

const PRICES: &str = r#"
[price.chargers]
of = ["charger.night"]
capex_usd = 20000
capex_usd_per_kw = 400
life_years = 12
upkeep_usd_per_year = 1000
labor_usd_per_year = 500
[price.connection]
of = ["site.depot"]
capex_usd_per_kw = 150
life_years = 30
upkeep_share = 0.01
"#;

/// By hand: 3 x (20,000 + 400 x 150) = 240,000 and 400 x 150 = 60,000 USD. At 7 % an annuity is 0.1259020 of an investment
/// over 12 years, 0.0805864 over 30. Upkeep 3,000 + 600, labor 3 x 500. Energy 100 kW x 8,760 h x 0.20 = 175,200, demand 12 x 1,000.
#[test]
fn a_year_by_hand() {
    let told = ran("2025-03-03", 7, &format!("{MONEY}{PRICES}"));
    let near = |name: &str, truth: f64| {
        let got = told.total(name);
        assert!((got - truth).abs() < 1e-5 * truth.abs().max(1.0), "{name} {got}, by hand {truth}");
    };
    near("capex_usd", 300_000.0);
    near("year_capital_usd", 240_000.0 * 0.125_901_99 + 60_000.0 * 0.080_586_40);
    near("year_upkeep_usd", 3_600.0);
    near("year_labor_usd", 1_500.0);
    near("year_bill_usd", 187_200.0);
    near("year_refill_usd", 0.0);
    near("year_cost_usd", told.total("year_capital_usd") + 3_600.0 + 1_500.0 + 187_200.0);
    // Over twelve years: the chargers once; of the connection 18 of 30 years are left.
    let factor = 1.0 / 0.125_901_99;
    let left = 60_000.0 * 0.6 / 2.252_191_59;
    near("npv_usd", -300_000.0 + left - factor * (3_600.0 + 1_500.0 + 187_200.0));
    assert_eq!(told.metrics.iter().find(|metric| metric.name == "cost_per_haul_usd").unwrap().value, None);
}

/// A battery that is full at the start and empty at the end (100 kWh, 0.9 one way, a load of 100 kW under a cap of 90) made the
/// bill lower by what has to be bought again: by hand 100 / 0.9 kWh x 0.20 USD x 365 / 7. One that is empty at the start and full
/// at the end is worth as much. A battery that ends as it began is worth nothing, nor is one without a tariff.
#[test]
fn what_batteries_hold_less_at_the_end_is_bought_again() {
    let battery = |first_soc: f64, cap_kw: f64| {
        format!(
            "{MONEY}[storage.battery]\nsite = \"depot\"\nenergy_kwh = 100\npower_kw = 50\nround_trip = 0.81\nrule = \
             \"peak_shave\"\ncap_kw = {cap_kw}\nfirst_soc = {first_soc}\n"
        )
    };
    let refill = |first_soc, cap_kw| ran("2025-03-03", 7, &battery(first_soc, cap_kw)).total("year_refill_usd");
    let by_hand = 100.0 / 0.9 * 0.20 * 365.0 / 7.0;
    let near = |got: f64, truth: f64| assert!((got - truth).abs() < 1e-6, "{got}, by hand {truth}");
    near(refill(1.0, 90.0), by_hand);
    near(refill(0.0, 150.0), -by_hand);
    near(refill(1.0, 150.0), 0.0);
    let text = scenario("2025-03-03", 7, &battery(1.0, 90.0)).replace("tariff = \"tariff.csv\"", "");
    let (_dir, loaded) = written(&text, &[]);
    near(run(&loaded, &Options::default()).total("year_refill_usd"), 0.0);
}

/// Trucks leave full and come back: what they used less what they were given is missing at the end, and costs a flat 0.20 USD a
/// kWh with the losses of their chargers. The same days without prices have the same rows.
#[test]
fn what_trucks_used_and_were_not_given_is_bought_again() {
    let depot = shipped("depot_night");
    let told = |more: &str| {
        let dir = tempfile::tempdir().unwrap();
        let base = toml::Value::from(depot.join("scenario.toml").display().to_string());
        std::fs::write(dir.path().join("tariff.csv"), TARIFF).unwrap();
        std::fs::copy(depot.join("hauls.csv"), dir.path().join("hauls.csv")).unwrap();
        let text = format!("extends = {base}\n{more}[site.depot]\ntariff = \"tariff.csv\"\n[time]\ndays = 2\n");
        std::fs::write(dir.path().join("scenario.toml"), text).unwrap();
        let request = Request { path: dir.path().to_path_buf(), ..Request::default() };
        let loaded = load(&request).unwrap_or_else(|problems| panic!("{problems}"));
        (run(&loaded, &Options::default()), loaded)
    };
    let (priced, loaded) = told(MONEY);
    let missing_kwh = priced.total("truck_battery_kwh") - priced.total("energy_delivered_kwh");
    assert!(missing_kwh > 100.0, "{missing_kwh}");
    let efficiency = loaded.scenario.charger["night"].efficiency;
    let by_hand = missing_kwh / efficiency * 0.20 * 365.0 / 2.0;
    let got = priced.total("year_refill_usd");
    assert!((got / by_hand - 1.0).abs() < 1e-9, "{got}, by hand {by_hand}");
    assert_eq!(told("").0.digest, priced.digest);
}

/// Prices in other dollars: those of 2020 are worth 322.0 / 258.8 of 2025. By hand: 240,000 x 1.244204 = 298,608.96 USD of
/// chargers, 3,000 x 1.244204 = 3,732.61 a year of their upkeep, 1,866.31 of labor; the connection stays in dollars of 2025. An index of one year,
/// or none, is no conversion, and the latter is said.
#[test]
fn prices_in_other_dollars_are_converted() {
    let index = "price_index = { 2020 = 258.8, 2025 = 322.0 }\n";
    let old = PRICES.replace("capex_usd = 20000", "usd_of = 2020\ncapex_usd = 20000");
    let told = ran("2025-03-03", 7, &format!("{MONEY}{index}{old}"));
    let cents = |name: &str| (told.total(name) * 100.0).round() / 100.0;
    assert_eq!(cents("capex_usd"), 358_608.96);
    assert_eq!(cents("year_upkeep_usd"), 4_332.61);
    assert_eq!(cents("year_labor_usd"), 1_866.31);
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("scenario.toml"), scenario("2025-03-03", 2, &format!("{MONEY}{old}"))).unwrap();
    std::fs::write(dir.path().join("tariff.csv"), TARIFF).unwrap();
    let told = load(&Request { path: dir.path().to_path_buf(), ..Request::default() }).map(|_| ()).unwrap_err();
    assert!(told.to_string().contains("no `price_index`"), "{told}");
}

/// The week of 27 June lies in two months. Its own bill has two demand charges, and the year's has not; a whole month of such
/// weeks costs the same. Nor does the length of a run matter, or a clock that changes in it.
#[test]
fn a_years_bill_does_not_depend_on_the_calendar() {
    let bills = [("2025-06-02", 7), ("2025-06-27", 7), ("2025-06-01", 30), ("2025-10-30", 7), ("2024-02-28", 3)];
    let told: Vec<(f64, f64)> = bills
        .iter()
        .map(|(start, days)| {
            let run = ran(start, *days, MONEY);
            (run.total("bill_total_usd"), run.total("year_bill_usd"))
        })
        .collect();
    assert!((told[1].0 - told[0].0 - 1_000.0).abs() < 1e-6, "a week in two months pays two demand charges: {told:?}");
    for (year, (start, _)) in told.iter().map(|told| told.1).zip(bills) {
        let leap = if start == "2024-02-28" { 24.0 * 100.0 * 0.2 } else { 0.0 };
        assert!((year - 187_200.0 - leap).abs() < 1e-6, "{start}: {year}");
    }
}

/// A run over 4 July, a Friday that is billed as a Sunday: by hand 100 kW x 24 h x (0.50 + 0.10 + 0.10) = 1,680 USD. The audit,
/// which bills the table of power again, knows the holiday too.
#[test]
fn a_run_over_a_holiday_keeps_its_books() {
    let tariff = "utility,type,period,basic_charge_limit,month_start,month_end,hour_start,hour_end,weekday_start,weekday_end,\
        charge,units\nelectric,energy,week,0,1,12,0,24,0,4,0.50,$/kWh\nelectric,energy,end,0,1,12,0,24,5,6,0.10,$/kWh\n\
        electric,holiday,us_federal,,,,,,,,,\n";
    let (_dir, loaded) = written(&scenario("2025-07-03", 3, ""), &[("tariff.csv", tariff)]);
    let told = run(&loaded, &Options::default());
    assert!((told.total("bill_energy_usd") - 1_680.0).abs() < 1e-6, "{}", told.total("bill_energy_usd"));
}

/// Without prices the bill is that of the run, and says so where it bears more months than it has.
#[test]
fn a_bill_of_parts_of_months_says_so() {
    let doubts = |start: &str, days: u32, more: &str| {
        let (_dir, loaded) = written(&scenario(start, days, more), &[("tariff.csv", TARIFF)]);
        portvolt::scenario::doubt::doubts(&loaded).join("\n")
    };
    assert!(doubts("2025-06-27", 7, "").contains("7 days lie in 2 months"), "{}", doubts("2025-06-27", 7, ""));
    for (start, days, more) in [("2025-06-02", 7, ""), ("2025-06-01", 61, ""), ("2025-06-27", 7, MONEY)] {
        assert!(!doubts(start, days, more).contains("lie in"), "{start}");
    }
}

#[test]
fn prices_of_nothing_are_refused() {
    let told = |more: &str| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("scenario.toml"), scenario("2025-03-03", 2, more)).unwrap();
        std::fs::write(dir.path().join("tariff.csv"), TARIFF).unwrap();
        let request = Request { path: dir.path().to_path_buf(), ..Request::default() };
        load(&request).map(|_| ()).unwrap_err().to_string()
    };
    let wrong = format!(
        "{MONEY}{PRICES}[price.other]\nof = [\"charger.nigth\", \"site.depot\", \"charger.night\"]\ncapex_usd_per_kwh = 3\nlife_years = 5"
    );
    let text = told(&wrong);
    for part in
        ["there is no `charger.nigth`", "did you mean `charger.night`", "`site.depot` has two prices", "per kWh"]
    {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    assert!(told(PRICES).contains("add [money]"), "{}", told(PRICES));
}

/// The screen of a run tells the year beside the bill, what it is made of, and by when things are ordered.
#[test]
fn a_run_tells_its_year() {
    let dir = tempfile::tempdir().unwrap();
    let prices = PRICES.replace("life_years = 30", "life_years = 30\nlead_time_months = 24");
    std::fs::write(dir.path().join("scenario.toml"), scenario("2025-03-31", 2, &format!("{MONEY}{prices}"))).unwrap();
    std::fs::write(dir.path().join("tariff.csv"), TARIFF).unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["run", ".", "--out", "out"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    for part in [
        "Year       227352 USD: investments 35052, upkeep 3600, labor 1500, electricity 187200",
        "investment 300000 USD; net present value -1811",
        "over 12 years at 7 %",
        "a year made of these 2 days, weekday by weekday (also for weekdays that are not among them)",
        "the bill above bears whole months' demand charges",
        "Order      to be there on 2025-03-31: site.depot by 2023-03-31 (24 months)",
    ] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

/// Half of the trucks cost less, and leave work undone: `compare` says so in the place of the bill.
#[test]
fn less_work_is_no_saving() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["compare"])
        .arg(&depot)
        .args(["--strategies", "bau,fleet.carrier.trucks.ecascadia_438=6", "--replications", "3", "--days", "2"])
        .args(["--out", "out"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let (work, bill) = (text.find("\nhauls_completed").unwrap(), text.find("\nbill_total_usd").unwrap());
    assert!(work < bill, "service comes before cost");
    let row = text[bill..].lines().find(|line| line.contains("=6")).unwrap();
    assert!(row.contains("did less work (hauls_completed)"), "{row}");
    let page = std::fs::read_to_string(Path::new(dir.path()).join("out/report.html")).unwrap();
    assert!(page.contains("did less work (hauls_completed); what is not done is no saving"));
    assert!(MetricName::YearCostUsd.is_cost() && !MetricName::HaulsCompleted.is_cost());
}
