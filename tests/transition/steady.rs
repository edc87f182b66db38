//! Contract: a frozen world stays as it is, and money is neither paid twice nor for what never was.

use crate::rules::same_without;
use crate::{bought, with};
use portvolt::transition::record::{FleetYearRow, OfferRow, Tables};
use portvolt::transition::scope::Scope;

/// Costs, rules and volume stand still; owners hold for six years and then sell. No year buys or sells half as many again as
/// the mean of all: the first fleet begins in the middle of its cycle, not at the end of it.
#[test]
fn a_frozen_fleet_is_steady() {
    let tables = with(&[("hold_years = 8", "hold_years = 6")], "");
    let trucks: Vec<u32> = (2026..=2032).map(|year| bought(&tables, year).1).collect();
    let mean = f64::from(trucks.iter().sum::<u32>()) / trucks.len() as f64;
    assert!(trucks.iter().all(|count| f64::from(*count) < 1.5 * mean + 2.0), "{trucks:?}");
}

/// A price of carbon whose part is in the price of diesel already: switched off it is as if it had never been.
#[test]
fn a_carbon_price_that_is_off_pays_nothing() {
    let rule =
        "[rule.carbon_price.cap]\nterm = { from = \"2025-01-01\" }\nusd_per_t = 50\nin_diesel_price_usd_per_t = 28\n";
    same_without(rule, &[]);
    let standard = "[rule.fuel_standard.s]\nterm = { from = \"2025-01-01\" }\nbaseline_g_per_mj = 100\nreduction = 0.2\n\
        diesel_g_per_mj = 100\nelectricity_g_per_mj = 40\nhydrogen_g_per_mj = 100\nelectric_ratio = 5\nhydrogen_ratio = 2\n\
        usd_per_t = 60\nin_diesel_price = 1.0\n";
    same_without(standard, &[]);
}

/// Two vouchers of more than a truck costs pay what it costs.
#[test]
fn vouchers_pay_no_more_than_the_vehicle() {
    let voucher =
        |name: &str| format!("[rule.voucher.{name}]\nusd = 900000\npayer = \"state\"\nby_size = [[1000, 1.0]]\n");
    let mandate = "[rule.purchase_share.entry]\nshare = 1.0\nclasses = [\"truck\"]\n";
    let tables = with(&[], &format!("{}{}{mandate}", voucher("a"), voucher("b")));
    let paid: Vec<_> = tables.finance.iter().filter(|row| row.vehicle_incentives_usd < 0.0).collect();
    assert!(paid.iter().all(|row| -row.vehicle_incentives_usd <= row.vehicles_usd + 1e-6), "{paid:?}");
    // One of them pays more than any truck costs, two would pay twice as much: what they pay is what trucks cost.
    let full = paid.iter().filter(|row| (row.vehicle_incentives_usd + row.vehicles_usd).abs() < 1e-6);
    assert!(full.count() > 0, "{paid:?}");
}

/// What is bought in the last year has been driven for a year when the books close: it is worth less than it cost.
#[test]
fn the_last_year_takes_its_share_of_the_value() {
    let mandate = "[rule.purchase_share.entry]\nshare = 1.0\nclasses = [\"truck\"]\n";
    let tables = with(&[("until = 2032", "until = 2026")], mandate);
    let new = tables.finance.iter().find(|row| row.year == 2026 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    let old = with(&[("until = 2032", "until = 2026")], "");
    let before = old.finance.iter().find(|row| row.year == 2026 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    assert!(new.vehicles_usd > before.vehicles_usd && -new.residual_usd < new.vehicles_usd - before.residual_usd);
}

/// Electricity in equipment displaces less diesel than in a truck: of the year's standard of 80 g/MJ, a kWh of equipment is
/// worth (80 x 2.7 - 40) x 3.6 / 1e6 t x 60 USD/t = 0.038016 USD, not the 0.07776 USD of a truck.
#[test]
fn equipment_has_a_ratio_of_its_own() {
    let standard = |more: &str| {
        format!(
            "[rule.fuel_standard.s]\nbaseline_g_per_mj = 100\nreduction = 0.2\ndiesel_g_per_mj = 100\n\
            electricity_g_per_mj = 40\nhydrogen_g_per_mj = 100\nelectric_ratio = 5\nhydrogen_ratio = 2\nusd_per_t = 60\n{more}"
        )
    };
    let credits = |more: &str, class: &str| {
        let tables = with(&[], &standard(more));
        let mut rows = tables.offers.iter();
        let row =
            rows.find(|row| row.class == class && row.model.contains("battery") && row.credits_usd < 0.0).unwrap();
        -row.credits_usd
    };
    let own = "equipment_electric_ratio = 2.7\n";
    assert_eq!(credits(own, "truck"), credits("", "truck"));
    let ratio = credits(own, "yard_tractor") / credits("", "yard_tractor");
    assert!((ratio - 0.038_016 / 0.077_76).abs() < 1e-9, "{ratio}");
}

/// What a diesel truck is planned to burn is what diesel trucks burnt the year before: on the road, and standing with the
/// engine on. Plans mix roads and loads by two assumed shares, which are worth a few percent.
#[test]
fn plans_know_what_trucks_burn() {
    let tables = with(&[("idle_per_h = 0.6", "idle_per_h = 2.0")], "");
    let offer = |row: &&OfferRow| row.year == 2027 && row.owner == "depot_fleet" && row.model == "diesel";
    let offer = tables.offers.iter().find(offer).unwrap();
    let trucks = |row: &&FleetYearRow| row.year == 2026 && row.owner == "depot_fleet" && row.model == "diesel";
    let trucks = tables.fleet.iter().find(trucks).unwrap().vehicles;
    let burnt =
        tables.emissions.iter().find(|row| row.year == 2026 && row.scope == Scope::fleet("depot_fleet")).unwrap();
    let (planned, burnt) = (offer.energy_usd / 4.85, burnt.diesel_gal / f64::from(trucks));
    assert!((planned / burnt - 1.0).abs() < 0.08, "{planned} and {burnt} gal a truck and year");
}

/// Business as usual replaces like with like: without rules, with nothing that changes, a tenth of battery trucks is a tenth
/// twenty years later, whatever battery trucks cost and whoever sold which.
#[test]
fn business_as_usual_keeps_its_shares_for_twenty_years() {
    let changes = [
        ("until = 2032", "until = 2045"),
        ("trucks = { diesel = 40 }", "trucks = { diesel = 36, battery = 4 }"),
        ("trucks = { diesel = 20 }", "trucks = { diesel = 18, battery = 2 }"),
        ("[offer.battery]\n", "[offer.battery]\nbuilt = [2015, 2025]\n"),
        ("teu_per_year = 42_000", "teu_per_year = 8_000"),
    ];
    let tables = with(&changes, "");
    for year in 2025..=2045_u32 {
        for (owner, start) in [("depot_fleet", 4), ("owners", 2)] {
            let rows = tables.fleet.iter().filter(|row| row.year == year && row.owner == owner);
            let clean: u32 = rows.filter(|row| row.model == "battery").map(|row| row.vehicles).sum();
            assert!(clean.abs_diff(start) <= 1, "{owner} in {year}: {clean} battery trucks");
        }
    }
}

/// The same of fleets of which half stands in reserve: a truck that leaves work for the reserve is followed by its like, as one
/// that dies is, and one that dies in reserve by none.
#[test]
fn business_as_usual_keeps_the_shares_of_those_at_work() {
    let changes = [
        ("until = 2032", "until = 2045"),
        ("trucks = { diesel = 40 }", "active_share = 0.5\ntrucks = { diesel = 32, battery = 8 }"),
        ("[offer.battery]\n", "[offer.battery]\nbuilt = [2015, 2025]\n"),
        ("teu_per_year = 42_000", "teu_per_year = 8_000"),
    ];
    let tables = with(&changes, "");
    let at_work = |year: u32| -> u32 {
        let rows = tables.fleet.iter().filter(|row| row.year == year && row.owner == "depot_fleet");
        rows.filter(|row| row.model == "battery").map(|row| row.vehicles - row.reserve).sum()
    };
    let first = at_work(2025);
    assert!(first >= 2, "{first}");
    for year in 2026..=2045 {
        assert!(
            at_work(year).abs_diff(first) <= 1,
            "{year}: {} battery trucks at work, {first} in 2025",
            at_work(year)
        );
    }
}

/// A fleet of which half stands in reserve: what is bought new goes to work, the reserve is filled from what was used, and a
/// truck at work drives about twice what it would if all registered ones shared the work.
#[test]
fn reserves_are_not_bought_new() {
    let shared = with(&[], "");
    let half = [("trucks = { diesel = 40 }", "active_share = 0.5\ntrucks = { diesel = 40 }")];
    let reserve = with(&half, "");
    let use_of = |tables: &Tables| {
        let mut rows = tables.offers.iter();
        rows.find(|row| row.year == 2027 && row.owner == "depot_fleet" && row.model == "diesel").unwrap().use_per_year
    };
    let ratio = use_of(&reserve) / use_of(&shared);
    assert!((1.5..2.3).contains(&ratio), "{ratio}");
    let new = |tables: &Tables| -> u32 { (2026..=2032).map(|year| bought(tables, year).1).sum() };
    assert!(f64::from(new(&reserve)) < 0.8 * f64::from(new(&shared)), "{} {}", new(&reserve), new(&shared));
    let last = reserve.fleet.iter().filter(|row| row.year == 2032 && row.owner == "depot_fleet");
    let (all, spare) = last.fold((0, 0), |sum, row| (sum.0 + row.vehicles, sum.1 + row.reserve));
    assert!(all - spare == 20 && spare > 0, "{all} {spare}");
}
