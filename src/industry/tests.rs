//! Contract: decisions follow money, rules and dates; shared stores fill up; grants that are withdrawn are missed; a plant that
//! closes is no abatement; chance cancels and delays, the same way for the same seed.

use super::path::{Industry, IndustryTables};
use super::record::{IndustryRow, PlantProjectRow, PlantProjectState};
use super::rules::Outside;
use super::spec::IndustrySpec;
use crate::kernel::random::Seed;
use crate::policy::decide::{Decide, Decision as _};
use crate::policy::kind::IndustryDecision;

const PLANTS: &str = r#"
    rate = 0.08
    [carrier.coal]
    usd_per_gj = 4
    direct_kg_per_gj = 95
    [carrier.electricity]
    usd_per_gj = 20
    is_electricity = true
    [plant.east]
    sector = "cement"
    unit = "t"
    output = 1_000_000
    gj_per_unit = { coal = 3.4 }
    process_kg_per_unit = 525
    [plant.west]
    sector = "cement"
    unit = "t"
    output = 500_000
    gj_per_unit = { coal = 3.4 }
    process_kg_per_unit = 525
    elsewhere_kg_per_unit = 900
    [network.store]
    opens = 2030
    capacity_t = 800_000
    usd_per_t = 30
    [lever.capture]
    sectors = ["cement"]
    capture_share = 0.9
    gj_per_captured_t = { electricity = 0.36 }
    capex_usd_per_captured_t = 300
    opex_usd_per_captured_t = 20
    life_years = 25
    lead_years = 5
    ready = 2026
    premium = 1.0
    premium_units = 2
    network = "store"
    [lever.blend]
    sectors = ["cement"]
    gj_factor = { coal = 0.8 }
    process_factor = 0.8
    capex_usd_per_unit = 10
    life_years = 20
    lead_years = 2
    ready = 2025
"#;

fn run(head: &str, more: &str, carbon_usd_per_t: f64, years: std::ops::RangeInclusive<u16>) -> IndustryTables {
    let text = format!("{head}\n{PLANTS}\n{more}");
    let spec: IndustrySpec = toml::from_str(&text).unwrap();
    let mut policy = policy_of(&spec);
    let mut industry = Industry::new(&spec, Seed { seed: 1, replication: 0 });
    for year in years {
        industry.run(Outside::new(year, 100.0, carbon_usd_per_t), &mut *policy).unwrap();
    }
    industry.tables
}

fn plant<'a>(tables: &'a IndustryTables, key: &str, year: u32) -> &'a IndustryRow {
    tables.plants.iter().find(|row| row.plant == key && row.year == year).unwrap()
}

fn policy_of(spec: &IndustrySpec) -> Box<dyn Decide<IndustryDecision>> {
    IndustryDecision::make(&spec.decision, None).unwrap()
}

/// The last state of a project.
fn state(tables: &IndustryTables, key: &str) -> Option<&'static str> {
    tables.projects.iter().rev().find(|row| row.project == key).map(|row| row.state.word())
}

/// Blending saves 0.68 GJ of coal, 2.72 USD, and the annuity of 10 USD is 1.02: it is decided at once and works two years
/// later. Capture costs about 130 USD a tonne: not at 30, but at 300.
#[test]
fn what_pays_is_done_and_nothing_else() {
    let cheap = run("decision = \"least_cost\"", "", 30.0, 2025..=2035);
    assert_eq!(
        (plant(&cheap, "east", 2026).levers.as_str(), plant(&cheap, "east", 2027).levers.as_str()),
        ("", "blend")
    );
    assert!(plant(&cheap, "east", 2035).captured_t == 0.0);
    let dear = run("decision = \"least_cost\"", "", 300.0, 2025..=2035);
    assert!(plant(&dear, "east", 2031).captured_t > 600_000.0);
    let idle = run("decision = \"business_as_usual\"", "", 300.0, 2025..=2035);
    assert!(idle.plants.iter().all(|row| row.levers.is_empty()) && idle.projects.is_empty());
}

/// The store takes 800,000 t: the plant that comes first fills it with 610,560 t, and the other has no room for 305,280.
#[test]
fn a_store_is_full_when_it_is_full() {
    let tables = run("decision = \"abatement_order\"", "", 30.0, 2025..=2040);
    let captured: f64 = tables.plants.iter().filter(|row| row.year == 2040).map(|row| row.captured_t).sum();
    assert!(captured > 0.0 && captured <= 800_000.0, "{captured}");
    let with_capture = tables.plants.iter().filter(|row| row.year == 2040 && row.captured_t > 0.0).count();
    assert_eq!(with_capture, 1);
    // Clinker first: whoever captures has it, and the first captures at twice the cost of the third.
    let order: Vec<&str> =
        tables.projects.iter().filter(|row| row.year == 2026).map(|row| row.lever.as_str()).collect();
    assert_eq!(order, ["blend", "blend", "capture"]);
    let first = tables.projects.iter().find(|row| row.lever == "capture").unwrap();
    assert!((first.premium_usd * 2.0 - first.capex_usd).abs() < 1.0);
}

/// The store takes both: they decide in the same year, and neither has learnt of the other. A later one pays less for the one that
/// works by then; while that is built, it pays as much.
#[test]
fn the_premium_falls_with_what_works() {
    let large = "[network.large]\nopens = 2030\ncapacity_t = 9_000_000\nusd_per_t = 30\n";
    let order = |more: &str| {
        let plants = PLANTS.replace("network = \"store\"", "network = \"large\"");
        let text = format!("decision = \"abatement_order\"\nmost_usd_per_t = 1000\n{plants}\n{large}\n{more}");
        let spec: IndustrySpec = toml::from_str(&text).unwrap();
        let (mut policy, mut industry) = (policy_of(&spec), Industry::new(&spec, Seed { seed: 1, replication: 0 }));
        for year in 2025..=2040 {
            industry.run(Outside::new(year, 100.0, 30.0), &mut *policy).unwrap();
        }
        ["east", "west"].map(|plant| {
            let of = |row: &&PlantProjectRow| row.plant == plant && row.lever == "capture" && row.decided.is_some();
            let row = industry.tables.projects.iter().find(of).unwrap();
            (row.decided.unwrap(), row.premium_usd / row.capex_usd)
        })
    };
    assert_eq!(order(""), [(2026, 0.5), (2026, 0.5)]);
    let announced = |decides: u32| {
        format!("[project.big]\nplant = \"west\"\nlever = \"capture\"\nannounced = 2024\ndecides = {decides}\n")
    };
    assert_eq!(order(&announced(2030))[1], (2030, 0.5), "the other is being built");
    let [_, (decided, share)] = order(&announced(2031));
    assert!(decided == 2031 && (share - 1.0 / 3.0).abs() < 1e-9, "half of the premium is left: {share}");
}

/// 85 USD for each tonne that is stored, in the first twelve years of operation and no longer.
#[test]
fn a_credit_is_paid_for_what_is_stored_while_it_lasts() {
    let credit = "[credit.q45]\nuntil = 2030\nusd_per_t = 85\npayer = \"federal\"\nyears = 12\n";
    let tables = run("decision = \"least_cost\"", credit, 300.0, 2025..=2045);
    let starts = tables.plants.iter().find(|row| row.plant == "east" && row.captured_t > 0.0).unwrap().year;
    for year in [starts, starts + 11] {
        let row = plant(&tables, "east", year);
        assert!((row.credit_usd - 85.0 * row.captured_t).abs() < 1.0 && row.captured_t > 0.0, "{year}: {row:?}");
    }
    let has_none = |year: u32| plant(&tables, "east", year).credit_usd.abs() < 1e-9;
    assert!(has_none(starts + 12) && has_none(starts - 1));
    let late = run("decision = \"least_cost\"", &credit.replace("2030", "2024"), 300.0, 2025..=2045);
    assert!(late.plants.iter().all(|row| row.credit_usd == 0.0));
}

/// Money for a plant outside the border is in no book of the hub.
#[test]
fn grants_outside_the_border_are_not_the_hubs() {
    let granted = |inside: bool| {
        let plants = PLANTS.replace("elsewhere_kg_per_unit = 900", &format!("inside = {inside}"));
        let spec: IndustrySpec = toml::from_str(&format!("decision = \"plan_file\"\n{plants}\n{GRANT}")).unwrap();
        let (mut policy, mut industry) = (policy_of(&spec), Industry::new(&spec, Seed { seed: 1, replication: 0 }));
        let mut usd = 0.0;
        for year in 2025..=2027 {
            let paid = industry.run(Outside::new(year, 100.0, 30.0), &mut *policy).unwrap();
            usd += paid.iter().map(|paid| paid.1).sum::<f64>();
        }
        (usd, industry.tables.plants.iter().map(|row| row.public_usd).sum::<f64>())
    };
    let (usd, of_plants) = granted(true);
    assert!(usd > 1e8 && (usd - of_plants).abs() < 1.0, "{usd} {of_plants}");
    assert!(granted(false).0 == 0.0 && granted(false).1 > 1e8);
}

const GRANT: &str = "[project.big]\nplant = \"west\"\nlever = \"capture\"\nannounced = 2024\ndecides = 2027\n\
    [project.big.funding.state]\nusd = 500_000_000\npayer = \"state\"\n";

/// With a grant that pays for all of it a project goes on at 70 USD a tonne; withdrawn the year before, it is cancelled; as a plan
/// it goes on all the same.
#[test]
fn a_grant_that_is_withdrawn_is_missed() {
    let of = |head: &str, more: &str| run(head, &format!("{GRANT}{more}"), 70.0, 2025..=2033);
    let granted = of("decision = \"least_cost\"", "");
    assert_eq!(state(&granted, "big"), Some("operating"));
    assert!(plant(&granted, "west", 2033).captured_t > 0.0 && plant(&granted, "west", 2027).public_usd > 0.0);
    let withdrawn = of("decision = \"least_cost\"", "withdrawn = 2026\n");
    assert_eq!(state(&withdrawn, "big"), Some("cancelled"));
    let row = withdrawn.projects.iter().rev().find(|row| row.project == "big").unwrap();
    assert!((row.withdrawn_usd - 5e8).abs() < 1.0 && row.missing_usd_per_t.unwrap() > 0.0);
    let planned = of("decision = \"plan_file\"", "withdrawn = 2026\n");
    assert_eq!(state(&planned, "big"), Some("operating"));
    let told = of("decision = \"business_as_usual\"", "");
    assert_eq!(state(&told, "big"), Some("announced"));
}

/// Blending at the western works takes 5 M USD: of 4 M and 8 M USD that were promised it gets five twelfths.
#[test]
fn a_grant_pays_no_more_than_the_investment() {
    let project = "[project.small]\nplant = \"west\"\nlever = \"blend\"\nannounced = 2024\ndecides = 2025\n\
        [project.small.funding.state]\nusd = 4_000_000\npayer = \"state\"\n\
        [project.small.funding.union]\nusd = 8_000_000\npayer = \"federal\"\n";
    let spec: IndustrySpec = toml::from_str(&format!("decision = \"plan_file\"\n{PLANTS}\n{project}")).unwrap();
    let mut policy = policy_of(&spec);
    let mut industry = Industry::new(&spec, Seed { seed: 1, replication: 0 });
    let outside = Outside::new(2025, 0.0, 0.0);
    let granted = industry.run(outside, &mut *policy).unwrap();
    let usd: Vec<f64> = granted.iter().map(|part| part.1).collect();
    assert!((usd[0] - 5e6 / 3.0).abs() < 1.0 && (usd[1] - 10e6 / 3.0).abs() < 1.0, "{usd:?}");
    assert!((plant(&industry.tables, "west", 2025).public_usd - 5e6).abs() < 1.0);
}

/// A path of 40 % less by 2035 takes capture that does not pay; without it there is none.
#[test]
fn a_path_is_kept_at_least_cost() {
    let path = "[path.law]\nsector = \"cement\"\nbase_kg_per_unit = 848\nreduction = { 2027 = 0, 2035 = 0.4 }\n";
    let intensity = |tables: &IndustryTables| {
        let rows = tables.plants.iter().filter(|row| row.year == 2036);
        let sums = rows.fold([0.0, 0.0], |sum, row| [sum[0] + row.direct_t, sum[1] + row.output]);
        1000.0 * sums[0] / sums[1]
    };
    let kept = intensity(&run("decision = \"mandate\"", path, 0.0, 2025..=2036));
    let free = intensity(&run("decision = \"least_cost\"", path, 0.0, 2025..=2036));
    assert!(kept <= 0.6 * 848.0 + 1e-9 && free > 0.6 * 848.0, "{kept} {free}");
}

/// West closes in 2028: it emits nothing more, its last year is told as closed, and 500,000 t are made elsewhere at 900 kg.
/// A plant whose unit earns 10 USD and needs 13.6 USD of coal closes too, unless a lever saves enough.
#[test]
fn what_closes_is_told_as_closed() {
    let closing = PLANTS.replace("elsewhere_kg_per_unit = 900", "elsewhere_kg_per_unit = 900\ncloses = 2028");
    let spec: IndustrySpec = toml::from_str(&format!("decision = \"business_as_usual\"\n{closing}")).unwrap();
    let mut policy = policy_of(&spec);
    let mut industry = Industry::new(&spec, Seed { seed: 1, replication: 0 });
    (2026..=2029).for_each(|year| {
        industry.run(Outside::new(year, 0.0, 0.0), &mut *policy).unwrap();
    });
    let (open, closed) = (plant(&industry.tables, "west", 2027), plant(&industry.tables, "west", 2028));
    assert!(closed.closed && closed.direct_t == 0.0 && !open.closed);
    assert!((closed.closed_t - open.direct_t).abs() < 1e-6 && open.direct_t > 400_000.0);
    assert!((closed.elsewhere_t - 450_000.0).abs() < 1e-6 && open.elsewhere_t == 0.0);
    let losing = PLANTS.replace("elsewhere_kg_per_unit = 900", "margin_usd_per_unit = 10");
    let spec: IndustrySpec = toml::from_str(&format!("decision = \"business_as_usual\"\n{losing}")).unwrap();
    let mut policy = policy_of(&spec);
    let mut industry = Industry::new(&spec, Seed { seed: 1, replication: 0 });
    (2025..=2026).for_each(|year| {
        industry.run(Outside::new(year, 0.0, 0.0), &mut *policy).unwrap();
    });
    assert!(plant(&industry.tables, "west", 2026).closed && !plant(&industry.tables, "east", 2026).closed);
}

const HYDROGEN: &str = r#"
    rate = 0.08
    [hydrogen]
    price = "producers"
    pipe_t = 120_000
    pipe_usd_per_kg = 0.5
    station_usd_per_kg = 6
    [carrier.gas]
    usd_per_gj = 8
    direct_kg_per_gj = 50
    [carrier.power]
    usd_per_gj = 10
    is_electricity = true
    [carrier.hydrogen]
    usd_per_gj = 99
    is_hydrogen = true
    [plant.reformer]
    sector = "hydrogen"
    unit = "t"
    output = 80_000
    makes_hydrogen = true
    standing_usd_per_unit = 500
    gj_per_unit = { gas = 200 }
    [plant.electrolyser]
    sector = "hydrogen"
    unit = "t"
    output = 40_000
    makes_hydrogen = true
    standing_usd_per_unit = 2_000
    gj_per_unit = { power = 190 }
    [plant.kiln]
    sector = "cement"
    unit = "t"
    output = 1_000_000
    gj_per_unit = { gas = 3.4 }
    [plant.boiler]
    sector = "heat"
    unit = "GJ"
    output = 1_199_600
    gj_per_unit = { hydrogen = 1 }
    [lever.hydrogen_heat]
    plants = ["kiln"]
    gj_factor = { gas = 0 }
    gj_added = { hydrogen = 3.4 }
    life_years = 20
    lead_years = 1
    ready = 2025
"#;

fn hydrogen_hub(change: (&str, &str), years: &[[f64; 3]]) -> IndustryTables {
    assert!(HYDROGEN.contains(change.0), "{}", change.0);
    let text = format!("decision = \"abatement_order\"\n{}", HYDROGEN.replace(change.0, change.1));
    let spec: IndustrySpec = toml::from_str(&text).unwrap();
    let mut policy = policy_of(&spec);
    let mut industry = Industry::new(&spec, Seed { seed: 1, replication: 0 });
    for (year, others_t) in (2025..).zip(years) {
        let outside = Outside::new(year, 0.0, 20.0);
        industry.begin(outside, *others_t);
        industry.finish(outside, &mut *policy).unwrap();
    }
    industry.tables
}

/// By hand: the reformer pays 200 x 8 USD of gas, 10 t of carbon at 20 USD and 500 USD of what stands: 2,300 USD a tonne; the electrolyser
/// 190 x 10 + 2,000 = 3,900. The boiler burns 10,000 t. With 60,000 t for neighbours the reformer is the dearest: 2.3 USD, 2.8 at the end of
/// the pipe, 8.8 at the dispenser. Fleets that ask for 11,000 t need the electrolyser. The boiler pays what the pipe takes.
#[test]
fn producers_decide_the_price_of_hydrogen() {
    let never = ("ready = 2025", "ready = 2100");
    let tables = hydrogen_hub(never, &[[60_000.0, 0.0, 0.0], [60_000.0, 0.0, 11_000.0]]);
    let [calm, busy] = &tables.hydrogen[..] else { panic!("two years") };
    let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-9, "{a} is not {b}");
    close(calm.usd_per_kg, 2.3);
    close(calm.piped_usd_per_kg, 2.8);
    close(calm.dispensed_usd_per_kg, 8.8);
    close(calm.plants_t, 10_000.0);
    close(busy.usd_per_kg, 3.9);
    assert_eq!((calm.dearest.as_str(), busy.dearest.as_str()), ("reformer", "electrolyser"));
    close(plant(&tables, "boiler", 2025).energy_usd, 2.8e3 * 10_000.0);
    close(plant(&tables, "boiler", 2026).energy_usd, 4.4e3 * 10_000.0);
    let lacks =
        |row: &super::record::HydrogenMarketRow| row.neighbours_lacking_t + row.plants_lacking_t + row.fleets_lacking_t;
    assert_eq!((lacks(calm), lacks(busy)), (0.0, 0.0));
    let by_curve = hydrogen_hub(("price = \"producers\"", "price = \"curve\""), &[[60_000.0, 0.0, 0.0]]);
    assert!(by_curve.hydrogen.is_empty(), "the path of the carrier holds");
    close(plant(&by_curve, "boiler", 2025).energy_usd, 99.0 * 1_199_600.0);
}

/// The reformer takes electricity in place of gas from 2027: 190 x 10 USD instead of 200 x 8, no carbon, and 500 USD of what
/// stood before as long as it stands: 2.4 USD/kg, 1.9 where it is scrapped.
#[test]
fn what_is_scrapped_is_in_no_price() {
    let price = |scraps: bool| {
        let lever = format!(
            "[lever.swap]\nplants = [\"reformer\"]\ngj_factor = {{ gas = 0 }}\ngj_added = {{ power = 190 }}\nlife_years = 20\n\
             lead_years = 1\nready = 2025\nreplaces_plant = {scraps}\n[lever.hydrogen_heat]"
        );
        let tables = hydrogen_hub(("[lever.hydrogen_heat]", &lever), &[[30_000.0, 0.0, 0.0]; 3]);
        tables.hydrogen.last().unwrap().usd_per_kg
    };
    for (scraps, usd) in [(false, 2.4), (true, 1.9)] {
        assert!((price(scraps) / usd - 1.0).abs() < 1e-9, "{scraps}: {}", price(scraps));
    }
}

/// The kiln would need 28,343 t. Neighbours and the boiler take 70,000 t of 120,000 t: it goes on hydrogen. With fleets that took
/// 25,000 t the year before there is no room, as long as they do. Fleets that come after it get what is left.
#[test]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
fn hydrogen_goes_to_who_was_there_first() {
    let early =
        hydrogen_hub(("output = 80_000", "output = 80_000"), &[[60_000.0, 0.0, 0.0], [60_000.0, 0.0, 25_000.0]]);
    assert_eq!(state(&early, "kiln/hydrogen_heat"), Some("operating"));
    let row = &early.hydrogen[1];
    assert!((row.plants_t - 38_343.0).abs() < 1.0 && row.supply_t == 120_000.0, "{row:?}");
    // 60,000 and 10,000 t were there; 50,000 t are left for 28,343 and 25,000 t.
    let share = 50_000.0 / (25_000.0 + row.plants_t - 10_000.0);
    assert!(
        (row.fleets_lacking_t - 25_000.0 * (1.0 - share)).abs() < 1e-6 && row.neighbours_lacking_t == 0.0,
        "{row:?}"
    );
    let late = hydrogen_hub(("output = 80_000", "output = 80_000"), &[[60_000.0, 0.0, 25_000.0]; 3]);
    assert_eq!(state(&late, "kiln/hydrogen_heat"), None);
}

/// Projects are two years late on average, beside the years they take: 800 of them, standard error 0.07 years.
#[test]
fn delays_have_their_mean() {
    let text = format!("decision = \"abatement_order\"\ndelay_years = 2\n{PLANTS}");
    let spec: IndustrySpec = toml::from_str(&text).unwrap();
    let mut late = Vec::new();
    for replication in 0..400 {
        let mut policy = policy_of(&spec);
        let mut industry = Industry::new(&spec, Seed { seed: 1, replication });
        industry.run(Outside::new(2025, 0.0, 200.0), &mut *policy).unwrap();
        let years = |row: &PlantProjectRow| row.starts.unwrap() - row.decided.unwrap() - 2;
        late.extend(
            industry.tables.projects.iter().filter(|row| row.lever == "blend").map(|row| f64::from(years(row))),
        );
    }
    assert_eq!(late.len(), 800, "both plants blend, every time");
    let mean = late.iter().sum::<f64>() / 800.0;
    assert!((1.75..=2.25).contains(&mean), "{mean}");
}

/// A third of projects are cancelled a year: the same ones for the same seed.
#[test]
fn chance_cancels_and_delays() {
    let head = "decision = \"abatement_order\"\ncancelled_per_year = 0.33\ndelay_years = 2";
    let once = run(head, "", 30.0, 2025..=2045);
    let twice = run(head, "", 30.0, 2025..=2045);
    assert_eq!(once.projects, twice.projects);
    assert!(once.projects.iter().any(|row| row.state == PlantProjectState::Cancelled));
    let sure = run("decision = \"abatement_order\"", "", 30.0, 2025..=2045);
    assert!(sure.projects.iter().all(|row| row.state != PlantProjectState::Cancelled));
}
