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

/// Works behind a substation of 700 kW that a tank farm of 100 kW shares. The kiln draws 79 kW all year, and 1,157 kW once its heat
/// is electric.
const WORKS: &str = r#"
[site.substation]
kind = "plant"
lat = 33.8
lon = -118.3
limit_kw = 700

[site.works]
kind = "plant"
lat = 33.8
lon = -118.3
behind = "substation"
tariff = "sce_tou_ev_9"

[site.tanks]
kind = "plant"
lat = 33.8
lon = -118.31
behind = "substation"
load_kw = 100

[industry.lever.electric]
plants = ["kiln"]
gj_factor = { coal = 0.0 }
gj_added = { electricity = 3.4 }
life_years = 20
lead_years = 1
ready = 2025
excludes = ["capture"]
"#;

/// Nobody builds connections.
const NO_BUILDER: (&str, &str) = ("name = \"target_wait\"\nparams = { simultaneity = 0.7 }", "name = \"none\"");

/// The hub of three years with the kiln at the works, electric from 2026 on.
fn works(change: (&str, &str)) -> Tables {
    let at = SECTORS.replace("[industry.plant.kiln]\n", "[industry.plant.kiln]\nsite = \"works\"\n");
    with(&[YEARS[0], change], &(WORKS.to_owned() + &electric(&at)))
}

/// Without capture.
fn electric(sectors: &str) -> String {
    assert!(sectors.contains("ready = 2025\nnetwork"));
    sectors.replace("ready = 2025\nnetwork", "ready = 2100\nnetwork")
}

/// By hand: 10,000 t of 0.25 GJ are 694.4 `MWh` a year, 79.3 kW; of 3.65 GJ 10,139 `MWh` and 1,157.4 kW. The substation carries them
/// and 100 kW of tanks: 557 kW above its limit, all year. The hub pays and emits as if the plant had no site.
#[test]
fn plants_load_the_grid_once() {
    let tables = works(NO_BUILDER);
    let of = |site: &str, year: u32| {
        tables.connections.iter().find(|row| row.site == site && row.year == year).unwrap().clone()
    };
    let (before, after) = (of("works", 2025), of("works", 2026));
    assert!((before.plants_mwh - 694.444).abs() < 0.01 && (after.plants_mwh - 10_138.889).abs() < 0.01, "{after:?}");
    for row in [&before, &after] {
        assert!(row.alone && (row.meter_mwh / row.plants_mwh - 1.0).abs() < 1e-6, "{row:?}");
        assert!(row.bill_usd.unwrap() > 100.0 * row.plants_mwh, "a tariff says what it would ask: {row:?}");
    }
    assert!((before.peak_kw - 79.27).abs() < 0.01 && (after.peak_kw - 1_157.41).abs() < 0.01, "{before:?} {after:?}");
    let (calm, over) = (of("substation", 2025), of("substation", 2026));
    assert!((calm.peak_kw - 179.27).abs() < 0.01 && calm.over_h == 0.0 && !calm.alone, "{calm:?}");
    assert!((over.over_kw - 557.41).abs() < 0.01 && (over.over_h - 8_760.0).abs() < 1.0, "{over:?}");
    assert_eq!((over.limit_kw, over.plants.as_str()), (Some(700.0), "kiln"));
    assert!(tables.connections.iter().all(|row| row.site != "tanks"), "no plant draws there");
    let kiln = tables.industry.iter().find(|row| row.plant == "kiln" && row.year == 2026).unwrap();
    assert!(kiln.site == "works" && (kiln.peak_kw - 1_157.41).abs() < 0.01, "{kiln:?}");
    let bare = with(&[YEARS[0], NO_BUILDER], &(WORKS.to_owned() + &electric(SECTORS)));
    assert!(bare.connections.is_empty() && bare.industry.iter().all(|row| row.site.is_empty()));
    for year in 2025..=2027 {
        assert_eq!(total(&tables, year), total(&bare, year), "the electricity of the kiln is in its own books alone");
    }
}

/// A kiln of one working shift draws at three times its mean for 8 h, and its energy stays.
#[test]
fn a_plant_draws_in_its_hours() {
    let hours: Vec<&str> = (0..24).map(|hour| if (8..16).contains(&hour) { "2" } else { "0" }).collect();
    let shift = format!("[industry.plant.kiln]\nload_by_hour = [{}]\nsite = \"works\"\n", hours.join(", "));
    let at = SECTORS.replace("[industry.plant.kiln]\n", &shift);
    let tables = with(&YEARS, &(WORKS.to_owned() + &at));
    let row = tables.connections.iter().find(|row| row.site == "works" && row.year == 2025).unwrap();
    assert!((row.peak_kw - 3.0 * 79.27).abs() < 0.03 && (row.meter_mwh - 694.44).abs() < 0.01, "{row:?}");
}

/// Who builds connections hears of a kiln that will be electric before it is.
#[test]
fn connections_are_built_for_what_is_decided() {
    let soon = ("build_months = 6\nlate_months = 0", "build_months = 1\nlate_months = 0");
    let tables = works(soon);
    let order = tables.projects.iter().find(|row| row.at == "substation").expect("a connection is ordered");
    assert!(order.decided < 2026.0 && (order.amount - 558.0).abs() < 1.5, "{order:?}");
    let row = tables.connections.iter().find(|row| row.site == "substation" && row.year == 2026).unwrap();
    assert!(row.over_h == 0.0 && row.limit_kw > Some(1_257.0), "{row:?}");
}

/// Nobody pays for a credit by silence: a payer is asked for, with the words to choose from.
#[test]
fn a_credit_says_who_pays() {
    let told = |payer: &str| {
        let credit = format!("[industry.credit.stored]\nuntil = 2030\nusd_per_t = 85\n{payer}years = 12\n");
        let text = format!("{}\n{WORKS}\n{SECTORS}\n{credit}", crate::PORT.replace(YEARS[0].0, YEARS[0].1));
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("scenario.toml"), text).unwrap();
        let request = portvolt::scenario::load::Request { path: dir.path().to_path_buf(), ..Default::default() };
        crate::load(&request).err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    let silent = told("");
    assert!(silent.contains("the key `payer` is missing") && silent.contains("`ratepayer`"), "{silent}");
    assert!(told("payer = \"federal\"\n").is_empty());
}

/// A load that a plant and a site both have is one load, and a site of the hub would pay for it again.
#[test]
fn a_site_with_a_load_is_no_site_of_a_plant() {
    let told = |site: &str| {
        let at = SECTORS.replace("[industry.plant.kiln]\n", &format!("[industry.plant.kiln]\nsite = \"{site}\"\n"));
        let text = format!("{}\n{WORKS}\n{at}", crate::PORT.replace(YEARS[0].0, YEARS[0].1));
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("scenario.toml"), text).unwrap();
        let request = portvolt::scenario::load::Request { path: dir.path().to_path_buf(), ..Default::default() };
        crate::load(&request).err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    assert!(told("tanks").contains("`tanks` has a load of its own"), "{}", told("tanks"));
    assert!(told("depot").contains("`depot` is in the books of the hub"), "{}", told("depot"));
    assert!(told("nowhere").contains("there is no [site.nowhere]"));
    assert!(told("works").is_empty(), "{}", told("works"));
}
