//! Contract: what-ifs. Each changes one input and must move one result in its direction, by a size between two bounds: by
//! about what a hand calculation gives, and not by nothing. The small port with a logit over five years.

use crate::PORT;
use crate::common::{loaded, written};
use portvolt::record::metrics::{Metric, MetricName, value_of};
use portvolt::study::replicate::replicate;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

const HYDROGEN: &str = include_str!("hydrogen.toml");

const BASE: [&str; 8] = [
    "transition.until=2029",
    "transition.adoption={ name = \"logit_tco\", params = { zero_emission = 0, per_1000_usd = 0.15 } }",
    "offer.battery.glider_usd=190000",
    "offer.fuel_cell.until=2025",
    "transition.unmet_haul_usd=350",
    "rule.truck_fee.fund={ usd_per_teu = 10, paying_share = 0.6 }",
    "rule.fuel_standard.s={ baseline_g_per_mj = 100, reduction = 0.2, diesel_g_per_mj = 100, electricity_g_per_mj = 40, \
     hydrogen_g_per_mj = 100, electric_ratio = 5, hydrogen_ratio = 2, usd_per_t = 60, in_diesel_price = 1 }",
    "site.depot.limit_kw=100",
];

fn metrics(settings: &[&str]) -> Vec<Metric> {
    let (dir, _) = written(&format!("{PORT}\n{HYDROGEN}"), &[]);
    let all: Vec<&str> = BASE.iter().chain(settings).copied().collect();
    replicate(&loaded(dir.path(), &all), 1, 0, &AtomicBool::new(false)).unwrap().metrics
}

/// One what-if: its name, what changes, a result, and the bounds of the result over that of the base.
struct WhatIf {
    name: &'static str,
    given: &'static [&'static str],
    settings: &'static [&'static str],
    scope: &'static str,
    metric: MetricName,
    over_base: (f64, f64),
}

const CLEAN: (&str, MetricName) = ("year:2029", MetricName::ZevShareTrucksAtWork);
const COST: (&str, MetricName) = ("total", MetricName::CostUsd);

/// Drivers on duty who wait.
const WAITING: (&str, MetricName) = ("year:2029", MetricName::DriverWaitingH);
const FLEETS_PAY: (&str, MetricName) = ("year:2028", MetricName::PaidByFleetsUsd);
/// What stations pay, which is income and below 0.
const STATIONS_PAY: (&str, MetricName) = ("year:2028", MetricName::PaidByStationsUsd);
/// The depot's trucks on hydrogen, replaced like with like; a station whose positions are what is short, not its compressor.
const FUEL_CELLS: &[&str] = &[
    "transition.adoption=business_as_usual",
    "fleet.depot_fleet.trucks={ diesel = 0, fuel_cell = 40 }",
    "offer.fuel_cell.until=2045",
    "hydrogen.h2.delivery.lead_h=6",
    "hydrogen.h2.delivery.most_on_order=4",
    "hydrogen.h2.compressor.kg_per_h=200",
    "hydrogen.h2.cascade.capacity_kg=600",
];

/// The same at ten times the wage, so that waiting outweighs what less hydrogen saves.
const DEAR_DRIVERS: &[&str] = &[
    "transition.adoption=business_as_usual",
    "fleet.depot_fleet.trucks={ diesel = 0, fuel_cell = 40 }",
    "offer.fuel_cell.until=2045",
    "hydrogen.h2.delivery.lead_h=6",
    "hydrogen.h2.delivery.most_on_order=4",
    "hydrogen.h2.compressor.kg_per_h=200",
    "hydrogen.h2.cascade.capacity_kg=600",
    "transition.driver_usd_per_h=350",
];

const fn what_if(
    name: &'static str,
    settings: &'static [&'static str],
    (scope, metric): (&'static str, MetricName),
    over_base: (f64, f64),
) -> WhatIf {
    WhatIf { name, given: &[], settings, scope, metric, over_base }
}

const WHAT_IFS: &[WhatIf] = &[
    what_if("diesel 40 % dearer", &["transition.price.diesel_usd_per_gal=6.8"], CLEAN, (1.05, 3.0)),
    what_if("electricity twice as dear", &["transition.price.electricity_usd_per_kwh=0.4"], CLEAN, (0.2, 0.97)),
    what_if(
        "discount rates of 25 %",
        &["buyer.depots.discount_rate=0.25", "buyer.small.discount_rate=0.25"],
        CLEAN,
        (0.05, 0.9),
    ),
    WhatIf {
        given: &["site.depot.tariff=sce_tou_ev_9"],
        ..what_if("a tariff twice as dear", &["transition.price.tariff_factor=2.0"], CLEAN, (0.2, 0.97))
    },
    WhatIf {
        given: &["rule.voucher.v={ usd = 60000, payer = \"state\", classes = [\"truck\"] }"],
        ..what_if("the voucher gone", &["rule.voucher.v.term={ on = false }"], CLEAN, (0.2, 0.95))
    },
    WhatIf {
        given: &["rule.truck_fee.fund.pass_through=1.0"],
        ..what_if("the fee moved to the cargo", &["rule.truck_fee.fund.pass_through=0.0"], CLEAN, (0.2, 0.99))
    },
    what_if(
        "a voucher of 60,000",
        &["rule.voucher.v={ usd = 60000, payer = \"state\", classes = [\"truck\"] }"],
        CLEAN,
        (1.05, 3.0),
    ),
    what_if("the fee on the truck", &["rule.truck_fee.fund.pass_through=1.0"], CLEAN, (1.01, 3.0)),
    what_if(
        "the fee on the truck: owners of cargo pay nothing",
        &["rule.truck_fee.fund.pass_through=1.0"],
        ("year:2029", MetricName::PaidByCargoOwnersUsd),
        (0.0, 0.0),
    ),
    what_if("connections ten times as dear", &["transition.build.grid.usd_per_unit=5400"], CLEAN, (0.2, 0.98)),
    what_if(
        "a tax of half the price",
        &["rule.vehicle_tax.e={ classes = [\"truck\"], share = 0.5, payee = \"federal\" }"],
        CLEAN,
        (0.4, 0.95),
    ),
    what_if(
        "excise of 12 %: it costs",
        &["rule.vehicle_tax.e={ classes = [\"truck\"], share = 0.12, payee = \"federal\" }"],
        COST,
        (1.01, 1.12),
    ),
    what_if("credits at three times the price", &["rule.fuel_standard.s.usd_per_t=180"], CLEAN, (1.02, 3.0)),
    what_if(
        "nine tenths of renewable diesel",
        &[
            "transition.diesel_pool={ fossil_g_per_mj = 100, fuel.renewable = { share = 0.9, g_per_mj = 35, premium_usd_per_gal = 1.4 } }",
        ],
        ("total", MetricName::Co2eT),
        (0.35, 0.6),
    ),
    what_if(
        "marginal emissions of the grid",
        &["transition.grid.marginal_kg_per_mwh=1590", "transition.grid.kind=\"marginal\""],
        ("total", MetricName::Co2eT),
        (1.01, 3.0),
    ),
    what_if(
        "glider in dollars of a dearer year",
        &["transition.price_index={ 2020 = 100, 2025 = 125 }", "offer.diesel.money_year=2020"],
        CLEAN,
        (1.05, 3.0),
    ),
    what_if("no insurance", &["transition.insurance_share=0"], COST, (0.8, 0.999)),
    what_if(
        "fuel cells on sale, cheap",
        &["offer.fuel_cell.until=2045", "offer.fuel_cell.glider_usd=120000"],
        ("year:2029", MetricName::H2UsedKg),
        (1e3, 1e12),
    ),
    what_if(
        "fuel cells off sale",
        &["offer.fuel_cell.until=2025", "offer.fuel_cell.glider_usd=120000"],
        ("year:2029", MetricName::H2UsedKg),
        (0.0, 0.0),
    ),
    what_if("carbon at 200 USD", &["rule.carbon_price.c={ usd_per_t = 200 }"], COST, (1.02, 1.5)),
    what_if("carbon at 200 USD: who pays less", &["rule.carbon_price.c={ usd_per_t = 200 }"], CLEAN, (1.01, 3.0)),
    WhatIf {
        given: &["transition.build.chargers.usd_per_unit=3000", "offer.battery.glider_usd=170000"],
        ..what_if(
            "dear chargers at 30 % less",
            &[
                "rule.infrastructure_credit.c={ kinds = [\"chargers\"], share = 0.3, most_usd_each = 1e9, payer = \"state\" }",
            ],
            CLEAN,
            (1.01, 3.0),
        )
    },
    WhatIf {
        given: &[
            "truck_model.battery.battery.usable_kwh=150",
            "transition.unmet_haul_usd=10",
            "buyer.depots.least_coverage=0",
            "buyer.small.least_coverage=0",
        ],
        ..what_if("unmet hauls dear, for a short range", &["transition.unmet_haul_usd=350"], CLEAN, (0.0, 0.9))
    },
    WhatIf {
        given: FUEL_CELLS,
        ..what_if(
            "one dispenser instead of four: they wait",
            &["hydrogen.h2.dispenser.positions=1"],
            WAITING,
            (10.0, 1e4),
        )
    },
    WhatIf {
        given: DEAR_DRIVERS,
        ..what_if("one dispenser instead of four: it costs", &["hydrogen.h2.dispenser.positions=1"], COST, (1.005, 1.3))
    },
    WhatIf {
        given: &["offer.fuel_cell.until=2045", "offer.fuel_cell.glider_usd=120000", "transition.build_out=none"],
        ..what_if(
            "a connection too small for the station's compressor",
            &["site.h2.limit_kw=1"],
            ("year:2029", MetricName::H2UsedKg),
            (0.0, 0.9),
        )
    },
    WhatIf {
        given: FUEL_CELLS,
        ..what_if("hydrogen twice as dear", &["transition.price.hydrogen_usd_per_kg=28"], FLEETS_PAY, (1.05, 1.9))
    },
    WhatIf {
        given: FUEL_CELLS,
        ..what_if(
            "hydrogen cheaper to buy, year by year",
            &["hydrogen.h2.delivery.by_year={ usd = 0.5 }"],
            STATIONS_PAY,
            (1.2, 4.0),
        )
    },
    WhatIf {
        given: FUEL_CELLS,
        ..what_if(
            "hydrogen with half of the carbon",
            &["hydrogen.h2.delivery.by_year={ co2e = 0.5 }"],
            ("total", MetricName::Co2eT),
            (0.5, 0.95),
        )
    },
    WhatIf {
        given: FUEL_CELLS,
        ..what_if(
            "credits for capacity of the station",
            &["rule.capacity_credit.c={ kinds = [\"hydrogen\"], share = 1.0 }"],
            STATIONS_PAY,
            (1.05, 6.0),
        )
    },
    what_if(
        "engines that wear",
        &["transition.wear.truck={ nox = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5] }"],
        ("total", MetricName::NoxKg),
        (1.05, 1.5),
    ),
    // The pumps' gallons of a year are those of the miles: what burns at a stand twice would show here.
    what_if("no fuel at a stand", &["truck_model.diesel.idle_per_h=0"], ("total", MetricName::Co2eT), (0.75, 0.98)),
    what_if("turns twice as long", &["terminal.terminal.turn_min=60"], ("total", MetricName::Co2eT), (1.005, 1.25)),
    what_if(
        "maintenance in older dollars",
        &["transition.price_index={ 2020 = 100, 2025 = 125 }", "offer.diesel.maintenance_money_year=2020"],
        COST,
        (1.001, 1.05),
    ),
];

/// A logit in small fleets: a tenth as many trucks, haul for haul, buy the share that all of them buy. A share of less than half
/// a truck a year is carried from year to year, and not rounded away: the small fleet is off by a truck at most.
#[test]
fn small_fleets_buy_their_share() {
    let few =
        ["fleet.depot_fleet.trucks.diesel=4", "fleet.owners.trucks.diesel=2", "terminal.terminal.teu_per_year=4200"];
    let long = ["transition.until=2036", "site.depot.limit_kw=5000"];
    let share = |more: &[&str]| value_of(&metrics(more), "year:2036", MetricName::ZevShareTrucksAtWork).unwrap();
    let (small, large) = (share(&[&few[..], &long].concat()), share(&long));
    println!("six trucks {small:.3}, sixty {large:.3}");
    assert!(large > 0.1 && (small - large).abs() * 6.0 < 1.0 + 1e-9, "{small} {large}");
}

#[test]
fn each_what_if_moves_its_result() {
    let of = |case: &WhatIf| [case.given.to_vec(), case.given.iter().chain(case.settings).copied().collect()];
    let runs: BTreeSet<Vec<&str>> = WHAT_IFS.iter().flat_map(of).collect();
    let runs: Vec<Vec<&str>> = runs.into_iter().collect();
    let told: Vec<Vec<Metric>> = runs.par_iter().map(|settings| metrics(settings)).collect();
    let seen: BTreeMap<&Vec<&str>, &Vec<Metric>> = runs.iter().zip(&told).collect();
    let mut wrong = Vec::new();
    for case in WHAT_IFS {
        let [before, after] = of(case).map(|run| value_of(seen[&run], case.scope, case.metric).unwrap_or(f64::NAN));
        let over = if before.abs() > 1e-9 { after / before } else { after };
        if before.abs() < 1e-9 && case.over_base.0 < 1.0 && case.over_base.1 > 0.0 {
            wrong.push(format!("{}: {} of the base is nothing, which nothing can change", case.name, case.metric));
        }
        println!("{}: {} {before:.4} to {after:.4}, x {over:.4}", case.name, case.metric);
        if !(case.over_base.0 - 1e-9..=case.over_base.1 + 1e-9).contains(&over) {
            wrong.push(format!("{}: {} is {over:.4} of the base, not {:?}", case.name, case.metric, case.over_base));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What stations can give bounds the trucks that are bought for them; one position instead of four makes drivers wait, and
/// waiting costs.
#[test]
fn stations_bound_what_is_bought_for_them() {
    let cheap =
        ["offer.fuel_cell.until=2045", "offer.fuel_cell.glider_usd=60000", "transition.adoption=\"least_cost\""];
    let run = |more: &[&'static str]| metrics(&cheap.iter().chain(more).copied().collect::<Vec<_>>());
    let (wide, narrow) = (run(&[]), run(&["hydrogen.h2.compressor.kg_per_h=2"]));
    let used = |metrics: &[Metric]| value_of(metrics, "year:2029", MetricName::H2UsedKg).unwrap();
    assert!(used(&narrow) <= 2.0 * 24.0 * 365.0 * 1.25, "{}", used(&narrow));
    assert!(used(&wide) > 2.0 * used(&narrow), "{} {}", used(&wide), used(&narrow));
    let one = run(&["hydrogen.h2.dispenser.positions=1"]);
    let waiting = |metrics: &[Metric]| value_of(metrics, "year:2029", MetricName::DriverWaitingH).unwrap();
    assert!(waiting(&one) > waiting(&wide), "{} {}", waiting(&one), waiting(&wide));
}
