//! Contract: the inventory holds every tonne once. Its sectors add up to the emissions of the hub; vessels and plants are in it; a
//! scenario without them has no such table, and other numbers do not move; a goal of net zero is missed where nothing is removed.

use crate::with;
use portvolt::record::metrics::{MetricName, value_of};
use portvolt::transition::metrics::metrics;
use portvolt::transition::record::Tables;
use portvolt::transition::scope::Scope;

/// Vessels of one class whose calls all take shore power, and a kiln with a lever.
const SECTORS: &str = r#"
[freight.vessels]
transit_nm = 20
slow_kn = 12
speed_ratio = 0.7
manoeuvring_h = 1
manoeuvring_load = 0.05
connect_h = 1
disconnect_h = 0.5
main_engine = "main"
auxiliary_engine = "main"
boiler = "main"

[freight.vessels.class.small]
kind = "container"
share = 1
main_kw = 8000
top_kn = 18
auxiliary_kw = { transit = 400, manoeuvring = 900, anchor = 500, berth = 450 }
boiler_kw = { transit = 100, manoeuvring = 150, anchor = 200, berth = 250 }
tiers = { tier_1 = 1 }
capable_share = 1
voluntary_share = 1

[engine.main]
fuel = "oil"
fuel_g_per_kwh = 200
nox_g_per_kwh = 10
pm25_g_per_kwh = 0.2

[fuel.oil]
co2_g_per_g = 3.2
mj_per_kg = 42
upstream_g_per_mj = 14

[industry]
decision = "abatement_order"
rate = 0.08

[industry.carrier.coal]
usd_per_gj = 4
direct_kg_per_gj = 95
upstream_kg_per_gj = 5

[industry.carrier.electricity]
usd_per_gj = 30
is_electricity = true

[industry.plant.kiln]
sector = "cement"
unit = "t"
output = 10_000
gj_per_unit = { coal = 3.4, electricity = 0.25 }
process_kg_per_unit = 525

[industry.plant.far]
sector = "cement"
inside = false
unit = "t"
output = 10_000
process_kg_per_unit = 525

[industry.lever.capture]
plants = ["kiln"]
capture_share = 0.9
capex_usd_per_captured_t = 300
life_years = 25
lead_years = 1
ready = 2025
network = "store"

[industry.network.store]
opens = 2026
capacity_t = 1_000_000
usd_per_t = 30

[industry.removal.air]
most_t = 1_000_000
usd_per_t = 400

[rule.target.net_zero]
year = 2027
metric = "net_zero"
value = 0.99
"#;

const YEARS: [(&str, &str); 1] = [("until = 2032", "until = 2027")];

fn hub(removes: bool) -> Tables {
    let shore = ("turn_cv = 0.4", "turn_cv = 0.4\nshore_kw = 1000\nshore_share = 1");
    let more = SECTORS.replace("rate = 0.08", &format!("rate = 0.08\nremoves = {removes}"));
    with(&[YEARS[0], shore], &more)
}

fn total(tables: &Tables, year: u32) -> f64 {
    tables.emissions.iter().find(|row| row.scope == Scope::Total && row.year == year).unwrap().co2e_t
}

#[test]
fn sectors_add_up_and_net_zero_takes_removals() {
    let (kept, missed) = (hub(true), hub(false));
    for year in 2025..=2027 {
        let inside = kept.inventory.iter().filter(|row| row.year == year && row.inside);
        let sum: f64 = inside.map(|row| row.co2e_t).sum();
        assert!((sum / total(&kept, year) - 1.0).abs() < 1e-9, "{year}: {sum} is not {}", total(&kept, year));
    }
    let sectors: Vec<&str> =
        kept.inventory.iter().filter(|row| row.year == 2025 && row.inside).map(|row| row.sector.word()).collect();
    assert_eq!(sectors, ["trucks", "equipment", "vessels", "sites", "cement"]);
    let of = |sector: &str, year| {
        kept.inventory.iter().find(|row| row.sector.word() == sector && row.year == year && row.inside).unwrap().clone()
    };
    // Vessels draw from the shore, and burn what the shore does not give. The kiln: 848 and 17 kg a tonne, then a tenth leaves.
    let vessels = of("vessels", 2025);
    assert!(vessels.direct_t > 100.0 && vessels.electricity_t > 10.0 && vessels.nox_kg > 1_000.0, "{vessels:?}");
    let (before, after) = (of("cement", 2025), of("cement", 2026));
    assert!((before.direct_t - 8_480.0).abs() < 1e-6 && (before.upstream_t - 170.0).abs() < 1e-6);
    assert!((after.direct_t - 848.0).abs() < 1e-6, "{after:?}");
    assert!(kept.inventory.iter().any(|row| !row.inside && row.direct_t > 0.0), "what lies outside is told too");
    let removed: f64 = kept.removals.iter().map(|row| row.removed_t).sum();
    assert!((removed / total(&kept, 2027) - 1.0).abs() < 1e-9 && kept.removals.iter().all(|row| row.year == 2027));
    let is_kept = |tables: &Tables| tables.rules.iter().find(|row| row.rule == "net_zero").unwrap().kept;
    assert!(is_kept(&kept) && !is_kept(&missed));
    let paid = |tables: &Tables| {
        tables.finance.iter().filter(|row| row.scope == Scope::Total).map(|row| row.total_usd).sum::<f64>()
    };
    assert!((paid(&kept) - paid(&missed) - 400.0 * removed).abs() < 1.0, "who removes pays for it");
}

#[test]
fn the_hub_without_plants_is_as_it_was() {
    let plain = with(&YEARS, "");
    assert!(plain.inventory.is_empty() && plain.industry.is_empty() && plain.removals.is_empty());
    let (_, industry) = SECTORS.split_once("[industry]\n").unwrap();
    let (industry, _) = industry.split_once("[rule.").unwrap();
    let plants = with(&YEARS, &format!("[industry]\n{industry}"));
    let trucks = |tables: &Tables| -> Vec<_> {
        tables.emissions.iter().filter(|row| matches!(row.scope, Scope::Fleet(_))).cloned().collect()
    };
    assert_eq!((trucks(&plain), &plain.fleet), (trucks(&plants), &plants.fleet));
    let added = total(&plants, 2025) - total(&plain, 2025);
    assert!((added - (8_480.0 + 170.0 + 0.25 / 3.6 * 10_000.0 * 0.159)).abs() < 1e-6, "{added}");
}

#[test]
fn metrics_tell_sectors_by_year() {
    let (_dir, loaded) = crate::port(&YEARS, SECTORS);
    let tables = crate::years(&loaded);
    let told = metrics(&tables, loaded.scenario.transition.as_ref().unwrap(), &loaded.scenario);
    let cement = |scope: &str| value_of(&told, scope, MetricName::Co2eT).unwrap();
    let by_year: f64 = (2025..=2027).map(|year| cement(&format!("sector:cement/year:{year}"))).sum();
    assert!((cement("sector:cement") - by_year).abs() < 1e-6 && by_year > 8_000.0);
    assert!(value_of(&told, "total", MetricName::Co2eCapturedT).unwrap() > 7_000.0);
    assert_eq!(value_of(&told, "total", MetricName::Co2eRemovedT), Some(0.0));
}
