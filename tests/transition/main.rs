//! Contract: the years of a transition. Stock balances every year; books add up to what operations showed; each rule binds a
//! fleet that would break it and one that is off is as if it had never been; waits, bills and ranges of the year before decide
//! what is bought; the same seed gives the same rows. A small port of 60 trucks and 20 yard tractors, one or two weeks a year.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod audit;
mod bank;
#[path = "../common/mod.rs"]
mod common;
mod conservation;
mod inventory;
mod ledger;
mod rules;
mod steady;
mod what_ifs;

use common::{loaded, shipped, written};
use portvolt::record::metrics::{Metric, MetricName, value_of};
use portvolt::scenario::load::load;
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::Options;
use portvolt::study::compare::strategy::Strategy;
use portvolt::study::compare::{CompareSpec, compare, load_all};
use portvolt::study::replicate::replicate;
use portvolt::transition::build::ProjectState;
use portvolt::transition::pathway::Pathway;
use portvolt::transition::record::Tables;
use portvolt::transition::sample::samples;
use portvolt::transition::scope::Scope;
use portvolt::transition::spec::ProjectKind;
use portvolt::transition::year::{YearPlan, scenario_of};
use portvolt::vehicle::spec::Powertrain;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

/// A terminal, a depot with 40 trucks, 20 owner-operators, a public station, warehouses 25 km away. No rules.
const PORT: &str = include_str!("../cases/transition_port.toml");

fn port(changes: &[(&str, &str)], more: &str) -> (tempfile::TempDir, Loaded) {
    let mut text = PORT.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    written(&format!("{text}\n{more}"), &[])
}

fn years(loaded: &Loaded) -> Tables {
    let spec = loaded.scenario.transition.as_ref().unwrap();
    let mut pathway = Pathway::new(loaded, spec, &Options { seed: 1, ..Options::default() });
    pathway.run(&AtomicBool::new(false), |_, _| ControlFlow::Continue(())).unwrap();
    pathway.tables
}

fn with(changes: &[(&str, &str)], more: &str) -> Tables {
    let (_dir, loaded) = port(changes, more);
    years(&loaded)
}

/// Vehicles of a year by powertrain, of trucks or of equipment.
fn stock(tables: &Tables, year: u32, truck: bool) -> BTreeMap<&'static str, u32> {
    let mut out = BTreeMap::new();
    for row in tables.fleet.iter().filter(|row| row.year == year && (row.class == "truck") == truck) {
        *out.entry(row.powertrain.word()).or_default() += row.vehicles;
    }
    out
}

fn clean_share(tables: &Tables, year: u32, truck: bool) -> f64 {
    let stock = stock(tables, year, truck);
    let all: u32 = stock.values().sum();
    1.0 - f64::from(stock.get("diesel").copied().unwrap_or(0)) / f64::from(all)
}

fn bought(tables: &Tables, year: u32) -> (u32, u32) {
    let rows = || tables.fleet.iter().filter(|row| row.year == year && row.class == "truck");
    let clean = rows().filter(|row| row.powertrain != Powertrain::Diesel).map(|row| row.bought_new).sum();
    (clean, rows().map(|row| row.bought_new).sum())
}

const LEAST_COST: (&str, &str) = ("name = \"business_as_usual\"", "name = \"least_cost\"");

/// Bought less what left is the change, for every year, owner and model.
#[test]
fn stock_balances() {
    let tables = with(&[LEAST_COST, ("volume = 1.0", "volume = { 2025 = 1.0, 2027 = 1.3, 2032 = 0.8 }")], "");
    let key = |row: &portvolt::transition::record::FleetYearRow| (row.owner.clone(), row.model.clone());
    let mut before: BTreeMap<(String, String), i64> = BTreeMap::new();
    for year in 2025..=2032 {
        let rows: Vec<_> = tables.fleet.iter().filter(|row| row.year == year).collect();
        let mut now = BTreeMap::new();
        for row in &rows {
            let change = i64::from(row.bought_new + row.bought_used) - i64::from(row.retired + row.sold + row.early);
            let had = before.remove(&key(row)).unwrap_or(0);
            if year > 2025 {
                assert_eq!(i64::from(row.vehicles) - had, change, "{row:?}");
            }
            now.insert(key(row), i64::from(row.vehicles));
        }
        assert!(before.values().all(|left| *left == 0), "{before:?}");
        before = now.into_iter().filter(|it| it.1 > 0).collect();
        let total: i64 = before.values().sum();
        let volume =
            if year <= 2027 { 1.0 + 0.15 * f64::from(year - 2025) } else { 1.3 - 0.1 * f64::from(year - 2027) };
        assert!((total as f64 - 80.0 * volume).abs() <= 2.0, "{year}: {total}");
    }
}

/// What the finance table bills is what the emissions table draws, which is what the meters of the samples read, weighted.
#[test]
fn energy_is_the_same_in_all_books() {
    let (_dir, loaded) = port(&[LEAST_COST], "");
    let tables = years(&loaded);
    for year in 2025..=2032_u32 {
        let finance = tables.finance.iter().find(|row| row.year == year && row.scope == Scope::Total).unwrap();
        let air = tables.emissions.iter().find(|row| row.year == year && row.scope == Scope::Total).unwrap();
        let shown = &tables.shown.iter().find(|it| u32::from(it.0) == year).unwrap().1;
        let metered: f64 = shown.sites.iter().map(|site| site.meter_kwh).sum();
        let by_hour: f64 = shown.sites.iter().flat_map(|site| site.kwh_by_hour).sum();
        for kwh in [air.energy_kwh, metered, by_hour] {
            assert!((finance.energy_kwh - kwh).abs() < 1e-6 * kwh, "{year}: {} {kwh}", finance.energy_kwh);
        }
        assert!((air.co2e_grid_t - kwh_t(&loaded, year, metered)).abs() < 1e-6 * air.co2e_grid_t.max(1.0));
        let sum = |of: fn(&portvolt::transition::record::FinanceRow) -> f64| -> f64 {
            tables.finance.iter().filter(|row| row.year == year && row.scope != Scope::Total).map(of).sum()
        };
        assert!((sum(|row| row.total_usd) - finance.total_usd).abs() < 1e-6 * finance.total_usd.abs());
        assert!(sum(|row| row.charging_usd).abs() < 1e-6, "what fleets pay at public ports is income of sites");
    }
}

/// By hand: the grid's kg/MWh of the year, no profile by hour.
fn kwh_t(loaded: &Loaded, year: u32, kwh: f64) -> f64 {
    let grid = &loaded.scenario.transition.as_ref().unwrap().grid;
    kwh / 1000.0 * grid.kg_per_mwh.at(year as u16) / 1000.0
}

/// Diesel by hand: gallons x 10.21 at the tailpipe, x 3.52 in its supply; `NOx` and PM of trucks by km of their model.
#[test]
fn emissions_by_hand() {
    let tables = with(&[], "");
    let row = tables.emissions.iter().find(|row| row.year == 2025 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    assert!((row.co2e_direct_t - row.diesel_gal * 0.01021).abs() < 1e-9 * row.co2e_direct_t);
    assert!((row.co2e_fuel_supply_t - row.diesel_gal * 0.00352).abs() < 1e-9 * row.co2e_direct_t);
    let km = tables.shown[0].1.fleets[0].km;
    assert!((row.nox_kg - km * 1.55 / 1000.0).abs() < 1e-6 * row.nox_kg, "all of its trucks are of one model");
    assert!((row.pm25_kg - km * 0.0062 / 1000.0).abs() < 1e-6 * row.pm25_kg);
}

/// A fleet that cannot charge where it lives buys none; once its depot has ports it does. Owner-operators wait for the public
/// station.
#[test]
fn who_cannot_charge_does_not_buy() {
    let cheap = ("glider_usd = 300000", "glider_usd = 60000");
    let closed =
        with(&[LEAST_COST, cheap, ("name = \"target_wait\"\nparams = { simultaneity = 0.7 }", "name = \"none\"")], "");
    assert_eq!(clean_share(&closed, 2032, true), 0.0, "no port stands, and nobody builds");
    let open = with(&[LEAST_COST, cheap], "");
    assert!(clean_share(&open, 2032, true) > 0.3, "{}", clean_share(&open, 2032, true));
    assert!(open.projects.iter().any(|row| row.kind == ProjectKind::Chargers && row.state == ProjectState::Energised));
}

/// Planned at 0.20 USD a kWh, a battery truck is cheaper; charged at the depot's real tariff, in the evening, it is not: who
/// has seen the first year's bill buys no more.
#[test]
fn bills_of_the_year_before_decide() {
    let cheap = ("glider_usd = 300000", "glider_usd = 145000");
    let billed = with(&[LEAST_COST, cheap, ("limit_kw = 2000\n", "limit_kw = 2000\ntariff = \"sce_tou_ev_9\"\n")], "");
    let price = |year: u32| {
        let mut rows = billed.offers.iter();
        let row = rows.find(|row| row.year == year && row.owner == "depot_fleet" && row.model == "battery").unwrap();
        row.energy_usd / row.use_per_year
    };
    let depot = |year: u32| {
        let rows = billed.fleet.iter().filter(|row| row.year == year && row.owner == "depot_fleet");
        rows.filter(|row| row.model == "battery").map(|row| row.bought_new).sum::<u32>()
    };
    assert!(price(2027) > 1.3 * price(2026), "{} {}", price(2026), price(2027));
    assert!(depot(2026) > 0 && depot(2027) == 0, "{} {}", depot(2026), depot(2027));
    let plain = with(&[LEAST_COST, cheap], "");
    assert!(clean_share(&plain, 2032, true) > clean_share(&billed, 2032, true) + 0.2);
}

/// A short battery covers few of its shifts: fleets that want nine in ten leave it, and buy the long one.
#[test]
fn range_decides() {
    let cheap = ("glider_usd = 300000", "glider_usd = 60000");
    let short = with(&[LEAST_COST, cheap, ("usable_kwh = 800", "usable_kwh = 120")], "");
    let offer = |tables: &Tables| {
        let mut rows = tables.offers.iter();
        rows.find(|row| row.year == 2026 && row.owner == "depot_fleet" && row.model == "battery").unwrap().clone()
    };
    assert!(offer(&short).coverage < 0.5 && !offer(&short).is_open, "{:?}", offer(&short));
    assert_eq!(clean_share(&short, 2032, true), 0.0);
    let long = with(&[LEAST_COST, cheap], "");
    assert!(offer(&long).coverage > 0.95 && offer(&long).is_open);
}

/// Dear diesel trucks are bought by nobody but the ramp: purchases grow by its growth.
#[test]
fn a_ramp_limits_growth() {
    let changes = [("name = \"business_as_usual\"", "name = \"fastest_abatement\"\nparams = { early_share = 1.0 }")];
    let ramp = "[transition.ramp.truck]\nbattery_electric = { first = 4, growth = 0.5 }\n";
    let tables = with(&changes, ramp);
    let counts: Vec<u32> = (2026..=2030).map(|year| bought(&tables, year).0).collect();
    assert_eq!(counts, [4, 6, 9, 13, 19]);
}

/// A connection that comes late: ports stand, power does not; the battery on rent carries part of it.
#[test]
fn a_late_connection_is_felt() {
    let cheap = ("glider_usd = 300000", "glider_usd = 60000");
    let early = with(&[LEAST_COST, cheap, ("limit_kw = 2000", "limit_kw = 200")], "");
    let late =
        with(&[LEAST_COST, cheap, ("limit_kw = 2000", "limit_kw = 200"), ("late_months = 0", "late_months = 60")], "");
    let grid = |tables: &Tables| {
        let rows = tables.projects.iter().filter(|row| row.kind == ProjectKind::Grid && row.year == 2032);
        rows.map(|row| row.late_months).fold(0.0, f64::max)
    };
    assert!(grid(&early) == 0.0 && grid(&late) > 6.0, "{} {}", grid(&early), grid(&late));
    let peak = |tables: &Tables, year: u16| {
        let shown = &tables.shown.iter().find(|it| it.0 == year).unwrap().1;
        shown.sites[0].peak_kw
    };
    assert!(peak(&late, 2028) < peak(&early, 2028), "{} {}", peak(&late, 2028), peak(&early, 2028));
    assert!(late.projects.iter().any(|row| row.stop_gap_kwh > 0.0));
}

/// Findings of the field (UCI survey of drayage fleets 2024; managed charging): small owners adopt later than depots.
#[test]
fn small_owners_adopt_later() {
    let changes = [LEAST_COST, ("glider_usd = 300000", "glider_usd = 120000")];
    let tables = with(&changes, "");
    let share = |owner: &str| {
        let rows = || tables.fleet.iter().filter(|row| row.year == 2032 && row.owner == owner);
        let clean: u32 = rows().filter(|row| row.powertrain != Powertrain::Diesel).map(|row| row.vehicles).sum();
        f64::from(clean) / f64::from(rows().map(|row| row.vehicles).sum::<u32>())
    };
    assert!(share("depot_fleet") > share("owners") + 0.1, "{} {}", share("depot_fleet"), share("owners"));
}

#[test]
fn the_same_seed_gives_the_same_rows_on_any_number_of_threads() {
    let (_dir, loaded) = port(&[LEAST_COST], "");
    let many = years(&loaded);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| years(&loaded));
    assert_eq!((&many.fleet, &many.finance, &many.emissions), (&one.fleet, &one.finance, &one.emissions));
    assert_eq!((&many.offers, &many.projects), (&one.offers, &one.projects));
}

/// Four weeks against every day of 2025: energy within 1 %, diesel and hauls within 5 %, which is two standard errors of the
/// 1,800 hauls of four weeks.
#[test]
fn samples_are_near_the_full_year() {
    let (_dir, sampled) = port(&[("until = 2032", "until = 2025"), ("weeks = 1", "weeks = 4")], "");
    let (_dir, full) = port(&[("until = 2032", "until = 2025"), ("weeks = 1", "weeks = 4\nfull_years = true")], "");
    let (sampled, full) = (years(&sampled), years(&full));
    let off = |of: &dyn Fn(&Tables) -> f64| of(&sampled) / of(&full) - 1.0;
    let diesel = off(&|tables| tables.emissions[0].diesel_gal);
    let energy = off(&|tables| tables.emissions[0].energy_kwh);
    let hauls = off(&|tables| tables.shown[0].1.hauls[0]);
    println!("sample against full year: diesel {diesel:+.4}, energy {energy:+.4}, hauls {hauls:+.4}");
    assert!(diesel.abs() < 0.05 && energy.abs() < 0.01 && hauls.abs() < 0.05, "{diesel} {energy} {hauls}");
}

#[test]
fn shipped_strategies_load_and_name_their_sources() {
    for strategy in [
        "bau",
        "acf_as_adopted",
        "acf_repealed",
        "least_cost",
        "fastest_abatement",
        "hydrogen_heavy",
        "managed_charging_first",
        "renewable_diesel",
        "slow_turns",
        "tier_5",
    ] {
        let overlays = vec![shipped("hub_2045").join(format!("{strategy}.toml"))];
        let request = portvolt::scenario::load::Request { path: shipped("hub_2045"), overlays, ..Default::default() };
        let scenario = load(&request).unwrap_or_else(|problems| panic!("{strategy}: {problems}"));
        let unsourced: Vec<_> = scenario.provenance.unsourced().map(|origin| origin.field.clone()).collect();
        assert!(unsourced.is_empty(), "{strategy}: {unsourced:?}");
    }
    assert_eq!(loaded(&shipped("hub_2045"), &[]).scenario.transition.unwrap().until, 2045);
}

/// Strategies are compared on the same days: what a tonne costs is the difference of the present values over that of the
/// emissions, replication by replication.
#[test]
fn a_comparison_prices_the_tonne() {
    let (dir, _) = port(&[("until = 2032", "until = 2027")], "");
    let spec = CompareSpec {
        scenario: dir.path().to_path_buf(),
        settings: Vec::new(),
        strategies: ["bau", "transition.adoption.name=fastest_abatement"]
            .map(|word| Strategy::parse(word, dir.path()).unwrap())
            .to_vec(),
        baseline: 0,
        seed: 1,
        replications: 2,
        target: None,
        is_bounded: false,
    };
    let scenarios = load_all(&spec).unwrap();
    let done = compare(&spec, &scenarios, 0, &AtomicBool::new(false), &|_| {}).unwrap();
    let values = |name| done.runs.values(name, "total").into_iter().map(|it| it[0]).collect::<Vec<_>>();
    let figures = |name| values(name).into_iter().map(Option::unwrap).collect::<Vec<f64>>();
    let (npv, co2e) = (figures(MetricName::NpvUsd), figures(MetricName::Co2eT));
    let price = values(MetricName::AbatementUsdPerT);
    assert!(co2e[1] < co2e[0]);
    assert_eq!(price[0], None, "a baseline abates nothing, and is not ranked");
    let by_hand = (npv[0] - npv[1]) / (co2e[0] - co2e[1]);
    assert!((price[1].unwrap() - by_hand).abs() < 1e-9 * by_hand.abs());
}

/// Managed charging lowers the bill of a year (finding of the field: SCE tariffs charge evenings twice the night).
#[test]
fn managed_charging_lowers_the_bill() {
    let changes = |policy: &'static str| {
        [
            LEAST_COST,
            ("glider_usd = 300000", "glider_usd = 60000"),
            ("limit_kw = 2000\n", "limit_kw = 2000\ntariff = \"sce_tou_ev_9\"\n"),
            ("name = \"equal_share\"", policy),
        ]
    };
    let price = |tables: &Tables| {
        let row = tables.finance.iter().find(|row| row.year == 2028 && row.scope == Scope::site("depot")).unwrap();
        row.electricity_usd / row.energy_kwh
    };
    let plain = with(&changes("name = \"uncontrolled\""), "");
    let managed = with(&changes("name = \"price_aware\""), "");
    assert!(price(&managed) < 0.9 * price(&plain), "{} {}", price(&managed), price(&plain));
}

/// What was bought for a fleet is near what the state plans: 0.74 chargers a vehicle counting every port of a depot (CEC AB
/// 2127, 2030), and a truck draws 100 to 500 kWh a day (NACFE: 252 over mixed duty).
#[test]
fn a_depot_is_plausible() {
    let tables = with(&[LEAST_COST, ("glider_usd = 300000", "glider_usd = 60000")], "");
    let trucks: u32 = tables
        .fleet
        .iter()
        .filter(|row| row.year == 2032 && row.owner == "depot_fleet" && row.model == "battery")
        .map(|row| row.vehicles)
        .sum();
    let cabinets: f64 = tables
        .projects
        .iter()
        .filter(|row| row.year == 2032 && row.at == "depot" && row.kind == ProjectKind::Chargers)
        .map(|row| row.amount)
        .sum();
    let a_truck = cabinets / f64::from(trucks);
    assert!((0.25..1.0).contains(&a_truck), "{a_truck} cabinets a truck");
    let row = tables.emissions.iter().find(|row| row.year == 2032 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    let a_day = row.energy_kwh / f64::from(trucks) / 261.0;
    assert!((50.0..500.0).contains(&a_day), "{a_day} kWh a truck and working day");
}

/// Neighbours of a site: the rows of a day add up to the site's exhaust of the year, and to two visits a haul.
#[test]
fn neighbours_have_their_hours() {
    let tables = with(&[], "");
    let rows = || tables.community.iter().filter(|row| row.year == 2025);
    let nox: f64 = rows().filter(|row| row.site == "terminal").map(|row| row.nox_kg).sum();
    let site = tables.emissions.iter().find(|row| row.year == 2025 && row.scope == Scope::site("terminal")).unwrap();
    assert!((nox - site.nox_kg).abs() < 1e-9 * nox);
    let visits: f64 = rows().map(|row| row.trucks).sum();
    let hauls: f64 = tables.shown[0].1.fleets.iter().map(|fleet| fleet.completed as f64).sum();
    assert!((visits / hauls - 2.0).abs() < 0.02, "{visits} {hauls}");
    assert!(rows().filter(|row| row.hour < 5).all(|row| row.trucks == 0.0), "gates are closed at night");
}

/// A neighbour that grows takes the power that a depot behind the same substation would have.
#[test]
fn neighbours_share_a_substation() {
    let substation = "[site.substation]\nkind = \"plant\"\nlat = 33.8\nlon = -118.2\nlimit_kw = 1200\n[site.works]\n\
        kind = \"plant\"\nlat = 33.8\nlon = -118.2\nbehind = \"substation\"\nload_kw = 100\n\
        load_by_year = { 2025 = 100, 2028 = 1150 }\n";
    let changes = [
        LEAST_COST,
        ("glider_usd = 300000", "glider_usd = 60000"),
        ("limit_kw = 2000\n", "limit_kw = 2000\nbehind = \"substation\"\n"),
        ("[transition.build.grid]\n", "[transition.build.solar]\n"),
        ("late_months = 0\n", ""),
    ];
    let crowded = with(&changes, substation);
    let alone = with(&changes, &substation.replace("2028 = 1150", "2028 = 100"));
    let depot = |tables: &Tables| {
        tables.emissions.iter().find(|row| row.year == 2030 && row.scope == Scope::site("depot")).unwrap().energy_kwh
    };
    assert!(depot(&crowded) < 0.9 * depot(&alone), "{} {}", depot(&crowded), depot(&alone));
    let total = crowded.finance.iter().find(|row| row.year == 2030 && row.scope == Scope::Total).unwrap();
    let works = crowded.finance.iter().find(|row| row.year == 2030 && row.scope == Scope::site("works")).unwrap();
    assert!(works.energy_kwh > 5e6 && total.energy_kwh < works.energy_kwh, "a neighbour is not in the sums of the hub");
}

/// From the command line: tables, summary and report of all years; done again from its manifest it has the same bytes.
#[test]
fn a_run_leaves_a_folder_that_can_be_repeated() {
    let (dir, _) = port(&[("until = 2032", "until = 2027")], "");
    let portvolt = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_portvolt"));
        let output = command.args(args).current_dir(dir.path()).env("NO_COLOR", "1").output().unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (output.status.code(), said)
    };
    let (code, said) = portvolt(&["run", "scenario.toml", "--out", "years", "--csv"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2027: 0.0 % zero-emission"), "{said}");
    for table in ["fleet", "finance", "emissions", "projects", "offers", "rules", "community"] {
        assert!(dir.path().join(format!("years/tables/{table}.parquet")).is_file(), "{table}");
        assert!(dir.path().join(format!("years/tables/{table}.csv")).is_file(), "{table}");
    }
    assert!(!dir.path().join("years/progress.json").exists(), "it is finished");
    let report = std::fs::read_to_string(dir.path().join("years/report.html")).unwrap();
    assert!(report.contains("\"kind\":\"years\""));
    let (code, said) = portvolt(&["verify", "years"]);
    assert_eq!(code, Some(0), "{said}");
    let fast = ["run", "scenario.toml", "--adoption", "fastest_abatement", "--baseline", "years", "--out", "fast"];
    let (code, said) = portvolt(&fast);
    assert!(code == Some(0) && said.contains("Abatement cost:"), "{said}");
    let total = |out: &str, name: &str| {
        let text = std::fs::read_to_string(dir.path().join(out).join("summary.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let is_it = |metric: &&serde_json::Value| metric["scope"] == "total" && metric["name"] == name;
        json["metrics"].as_array().unwrap().iter().find(is_it).unwrap()["value"].as_f64().unwrap()
    };
    let by_hand =
        (total("years", "npv_usd") - total("fast", "npv_usd")) / (total("years", "co2e_t") - total("fast", "co2e_t"));
    assert!((total("fast", "abatement_usd_per_t") - by_hand).abs() < 1e-9 * by_hand.abs());
    assert_eq!(portvolt(&["run", "scenario.toml", "--baseline", "nowhere", "--out", "x"]).0, Some(4));
    let goal = "--set=rule.target.t={ year = 2027, metric = \"zev_share\", value = 1.0 }";
    let late = "--set=rule.target.late={ year = 2060, metric = \"zev_share\", value = 1.0 }";
    let (code, said) = portvolt(&["run", "scenario.toml", "--out", "missed", "--strict", goal, late]);
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("Missed: t (target) in 2027: 0.000 of 1.000"), "{said}");
    assert!(said.contains("Not judged: late (target) is for 2060, the run ends in 2027"), "{said}");
}

/// A neighbour on a pipeline takes what its plan by year says.
#[test]
fn a_neighbour_on_the_pipeline_has_its_plan() {
    let loaded = loaded(&shipped("hub_2045"), &[]);
    let spec = loaded.scenario.transition.as_ref().unwrap();
    let demand = |year: u16| {
        let sample = samples(spec, None, year).remove(0);
        let plan = YearPlan { year, ..YearPlan::default() };
        scenario_of(&loaded, spec, &plan, &sample).scenario.hydrogen_plant["carson"].neighbour["refinery"].kg_per_day[0]
    };
    assert!((demand(2025) - 280_000.0).abs() < 1e-6);
    assert!((demand(2045) - 0.7 * 280_000.0).abs() < 1e-6);
}

/// A price at the ports themselves that is the public price changes no money of the hub; a higher one is income of the site
/// that asks it, and makes buyers without a home count on it.
#[test]
fn ports_may_have_a_price_of_their_own() {
    let (dir, _) = written(include_str!("../cases/transition_port.toml"), &[]);
    let years = |more: &[&str]| {
        let clean = ["transition.adoption=least_cost", "offer.battery.glider_usd=20000", "transition.until=2028"];
        let all: Vec<&str> = clean.iter().chain(more).copied().collect();
        replicate(&loaded(dir.path(), &all), 1, 0, &AtomicBool::new(false)).unwrap().metrics
    };
    let value = |metrics: &[Metric], scope: &str, name: &str| {
        value_of(metrics, scope, MetricName::parse(name).unwrap()).unwrap()
    };
    let common = years(&["transition.price.public_usd_per_kwh=0.45"]);
    let own = years(&["transition.price.public_usd_per_kwh=0.45", "charger.public.price_usd_per_kwh=0.45"]);
    for name in ["cost_usd", "npv_usd", "co2e_t"] {
        let (a, b) = (value(&common, "total", name), value(&own, "total", name));
        assert!((a - b).abs() <= 1e-9 * a.abs(), "{name}: {a} {b}");
    }
    let dear = years(&["transition.price.public_usd_per_kwh=0.45", "charger.public.price_usd_per_kwh=0.9"]);
    let earned = |metrics: &[Metric]| value(metrics, "site:public", "npv_usd");
    assert!(earned(&dear) > earned(&own), "{} {}", earned(&dear), earned(&own));
}
