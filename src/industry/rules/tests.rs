//! Contract: energy, carbon and money of a plant and of a lever by hand, and the orders of published costs.

use super::*;
use crate::account::sector::Sector;
use crate::kernel::curve::Curve;

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

const OUTSIDE: Outside = Outside::new(2030, 100.0, 30.0);

/// A kiln: 3.4 GJ of coal and 0.25 GJ of electricity for a tonne, 525 kg of process `CO2`.
fn spec() -> IndustrySpec {
    let text = r#"
        decision = "least_cost"
        rate = 0.08
        [carrier.coal]
        usd_per_gj = 4
        direct_kg_per_gj = 95
        upstream_kg_per_gj = 5
        nox_g_per_gj = 200
        [carrier.electricity]
        usd_per_gj = 55
        is_electricity = true
        [carrier.heat]
        usd_per_gj = 10
        direct_kg_per_gj = 56
        [plant.kiln]
        sector = "cement"
        unit = "t clinker"
        output = 1_000_000
        gj_per_unit = { coal = 3.4, electricity = 0.25 }
        process_kg_per_unit = 525
        benchmark_kg_per_unit = 800
        [network.store]
        opens = 2028
        capacity_t = 1_000_000
        usd_per_t = 30
        [lever.capture]
        sectors = ["cement"]
        capture_share = 0.9
        gj_per_captured_t = { electricity = 0.36 }
        capex_usd_per_captured_t = 300
        opex_usd_per_captured_t = 40
        life_years = 25
        lead_years = 6
        ready = 2028
        premium = 2.2
        premium_units = 4
        network = "store"
        [lever.blend]
        sectors = ["cement"]
        gj_factor = { coal = 0.8 }
        process_factor = 0.8
        gj_added = { coal = 0.3 }
        capex_usd_per_unit = 10
        opex_usd_per_unit = -5
        life_years = 20
        lead_years = 2
        ready = 2025
        [credit.q45]
        until = 2032
        usd_per_t = 85
        payer = "federal"
        years = 12
    "#;
    toml::from_str(text).unwrap()
}

/// By hand: 3.4 x 95 + 525 = 848 kg leave for a tonne; 3.4 x 5 = 17 kg of supply; 0.25 GJ are 69.4 kWh, 6.94 kg at 100 kg/MWh.
/// Energy 3.4 x 4 + 0.25 x 55 = 27.35 USD; carbon (0.848 - 0.8) x 30 = 1.44 USD; 680 g of nitrogen oxides.
#[test]
fn a_plant_by_hand() {
    let spec = spec();
    let year = plant_year(&spec, &spec.plant["kiln"], &[], OUTSIDE, 1e6);
    close(year.direct_t, 848_000.0);
    close(year.upstream_t, 17_000.0);
    close(year.electricity_mwh, 0.25 / 3.6 * 1e6);
    close(year.electricity_t, 0.25 / 3.6 * 1e5);
    close(year.energy_usd, 27.35e6);
    close(year.carbon_usd, 1.44e6);
    close(year.nox_kg, 680_000.0);
    assert_eq!(spec.plant["kiln"].sector, Sector::Cement);
}

/// By hand: 0.9 x 848,000 = 763,200 t captured; 84,800 leave. Each takes 100 kWh: 76,320,000 kWh more, 7,632 t. Investment 300 USD a
/// tonne and year and 2.2 times that on top for the first: 732.7 M; with two built before, half the premium.
#[test]
fn capture_by_hand() {
    let spec = spec();
    let (plant, lever) = (&spec.plant["kiln"], &spec.lever["capture"]);
    let candidate = Candidate { plant, has: &[], key: "capture", lever, public_usd: 0.0, built: 0 };
    let first = effect(&spec, &candidate, OUTSIDE);
    close(first.captured_t, 763_200.0);
    close(first.abated_t, 763_200.0 - 7_632.0);
    close(first.capex_usd, 763_200.0 * 300.0 * 3.2);
    close(first.premium_usd, 763_200.0 * 300.0 * 2.2);
    let third = effect(&spec, &Candidate { built: 2, ..candidate }, OUTSIDE);
    close(third.capex_usd, 763_200.0 * 300.0 * 2.1);
    // 8 %, 25 years: 0.0936787791. Tariff 30, upkeep 40, electricity 0.36 x 55 = 19.8 USD for a tonne captured.
    let annuity = 0.093_678_779_1;
    let resource = 763_200.0 * (300.0 * 3.2 * annuity + 30.0 + 40.0 + 19.8);
    assert!((first.resource_usd_per_year / resource - 1.0).abs() < 1e-8);
    // The credit of 85 USD for 12 of 25 years at 8 %: its present value 85 x 7.5360780, spread over 25 years.
    let credit = 85.0 * 7.536_078_0 * annuity;
    let own = resource - 763_200.0 * (30.0 + credit);
    assert!((first.usd_per_year - own).abs() < 10.0, "{} is not {own}", first.usd_per_year);
    let granted = effect(&spec, &Candidate { public_usd: 5e8, ..candidate }, OUTSIDE);
    close(first.usd_per_year - granted.usd_per_year, 5e8 * capital_recovery_factor(0.08, 25));
    let late = effect(&spec, &candidate, Outside { year: 2033, ..OUTSIDE });
    assert!(late.usd_per_year > first.usd_per_year + 30e6, "the credit has ended");
}

/// By hand: 1,000,000 units of 0.25 GJ are 69.4 `GWh`, 7,927 kW over 8,760 h; with a third of the hours at twice and the rest at
/// half, twice and half of that. Capture adds 0.36 GJ for each of 763,200 t, 76.32 `GWh`: in its own hours, 8 of 24, at three
/// times its mean of 8,712 kW.
#[test]
fn a_load_by_hand() {
    let mut spec = spec();
    let flat = load_kw(&spec, &spec.plant["kiln"], &[], 1e6, 8_760.0);
    assert!(flat.len() == WEEK_H && flat.iter().all(|kw| (kw - 7_927.4).abs() < 0.1), "{}", flat[0]);
    let by_hour: Vec<f64> = (0..24).map(|hour| if hour < 8 { 2.0 } else { 0.5 }).collect();
    spec.plant.get_mut("kiln").unwrap().load_by_hour.clone_from(&by_hour);
    let shaped = load_kw(&spec, &spec.plant["kiln"], &[], 1e6, 8_760.0);
    close(shaped[24 + 7], flat[0] * 2.0);
    close(shaped[24 + 8], flat[0] * 0.5);
    let night = CarrierSpec {
        load_by_hour: by_hour.iter().map(|factor| if *factor > 1.0 { 1.0 } else { 0.0 }).collect(),
        ..spec.carrier["electricity"].clone()
    };
    spec.carrier.insert("night".to_owned(), night);
    spec.lever.get_mut("capture").unwrap().gj_per_captured_t = BTreeMap::from([("night".to_owned(), 0.36)]);
    let (plant, capture) = (&spec.plant["kiln"], &spec.lever["capture"]);
    let with = load_kw(&spec, plant, &[capture], 1e6, 8_760.0);
    close(with[8], shaped[8]);
    assert!((with[7] - shaped[7] - 3.0 * 8_712.3).abs() < 0.2, "{}", with[7] - shaped[7]);
    // The week holds the energy of the year over its weeks.
    let year = plant_year(&spec, plant, &[capture], OUTSIDE, 1e6);
    close(with.iter().sum::<f64>(), year.electricity_mwh * 1000.0 * 168.0 / 8_760.0);
}

/// Less clinker first: 20 % less of it, and some heat for what takes its place, by hand (3.02 x 95 + 420) x 1,000 t. It costs
/// less than nothing; capture costs 100 USD a tonne and more. After it there is less to capture.
#[test]
fn clinker_is_replaced_before_carbon_is_captured() {
    let spec = spec();
    let plant = &spec.plant["kiln"];
    let (blend, capture) = (&spec.lever["blend"], &spec.lever["capture"]);
    let blended = plant_year(&spec, plant, &[blend], OUTSIDE, 1e6);
    close(blended.direct_t, (3.02 * 95.0 + 420.0) * 1_000.0);
    let of = |lever, has: &[&LeverSpec]| {
        effect(&spec, &Candidate { plant, has, key: "", lever, public_usd: 0.0, built: 9 }, OUTSIDE)
    };
    let [first, second] = [of(blend, &[]), of(capture, &[])].map(|effect| effect.usd_per_t().unwrap());
    assert!(first < 0.0 && (90.0..160.0).contains(&second), "{first} {second}");
    assert!(of(capture, &[blend]).captured_t < of(capture, &[]).captured_t);
}

/// By hand, at a rate of 0: 100 units in the first year of a life of two and 50 in the second, in the mean 75. Built for 100 it
/// costs 1,000 USD, 500 a year; it captures 0.9 of 1 t a unit: 90 t in the first year and 67.5 in the mean, which cost 7.41
/// USD each. A credit of 10 USD a tonne in the first year alone is 900 USD, 450 a year. Made for the output of the decision,
/// 200 units, it would seem twice as large.
#[test]
fn a_plant_that_makes_less_bears_its_investment_with_less() {
    let text = r#"
        decision = "least_cost"
        rate = 0
        [plant.works]
        sector = "refineries"
        unit = "bbl"
        output = { 2030 = 200, 2032 = 100, 2033 = 50 }
        process_kg_per_unit = 1000
        [network.store]
        opens = 2030
        capacity_t = 1000
        usd_per_t = 0
        [lever.capture]
        sectors = ["refineries"]
        capture_share = 0.9
        capex_usd_per_unit = 10
        life_years = 2
        lead_years = 2
        ready = 2030
        network = "store"
        [credit.first]
        until = 2030
        usd_per_t = 10
        payer = "federal"
        years = 1
    "#;
    let spec: IndustrySpec = toml::from_str(text).unwrap();
    let (plant, lever) = (&spec.plant["works"], &spec.lever["capture"]);
    let candidate = Candidate { plant, has: &[], key: "capture", lever, public_usd: 0.0, built: 0 };
    let of = effect(&spec, &candidate, Outside::new(2030, 0.0, 0.0));
    close(of.capex_usd, 1_000.0);
    close(of.captured_t, 90.0);
    close(of.abated_t, 67.5);
    close(of.usd_per_t().unwrap(), 500.0 / 67.5);
    close(of.credit_usd_per_year, 450.0);
    close(of.usd_per_year, 50.0);
    let late = effect(&spec, &candidate, Outside::new(2031, 0.0, 0.0));
    close(late.credit_usd_per_year, 0.0);
    close(late.capex_usd, 500.0);
    let closing = PlantSpec { closes: Some(2033), ..plant.clone() };
    let short = effect(&spec, &Candidate { plant: &closing, ..candidate }, Outside::new(2030, 0.0, 0.0));
    close(short.abated_t, 45.0);
}

/// A grid that emits 200 kg/MWh by night and nothing by day: what is drawn evenly has 100, by day nothing, by night 200.
#[test]
fn electricity_is_as_clean_as_the_hours_in_which_it_is_drawn() {
    let mut spec = spec();
    let mut hours = [0.0; 24];
    hours[..12].fill(2.0);
    let outside = Outside { grid_by_hour: hours, ..OUTSIDE };
    let of = |spec: &IndustrySpec| plant_year(spec, &spec.plant["kiln"], &[], outside, 1e6).electricity_t;
    let even_t = 0.25 / 3.6 * 1e5;
    close(of(&spec), even_t);
    let night: Vec<f64> = (0..24).map(|hour| if hour < 12 { 1.0 } else { 0.0 }).collect();
    spec.plant.get_mut("kiln").unwrap().load_by_hour = night.iter().map(|at| 1.0 - at).collect();
    close(of(&spec), 0.0);
    spec.carrier.get_mut("electricity").unwrap().load_by_hour = night.repeat(7);
    close(of(&spec), 2.0 * even_t);
}

/// 43 % of 3.4 GJ of coal become heat, of which 1.1 GJ take the place of one: 1.938 and 1.6082 GJ. After the blend, which
/// leaves 2.72 + 0.3 GJ of coal, 43 % of what is left are replaced and not as much as before.
#[test]
fn a_share_of_what_is_burnt_is_replaced() {
    let mut spec = spec();
    let mut lever = spec.lever["blend"].clone();
    lever.gj_factor.clear();
    lever.gj_added.clear();
    let replaced = toml::from_str("by = \"heat\"\nshare = 0.43\ngj_per_gj = 1.1").unwrap();
    lever.gj_replaced.insert("coal".to_owned(), replaced);
    spec.lever.insert("fuel".to_owned(), lever);
    let plant = &spec.plant["kiln"];
    let used = |levers: &[&LeverSpec]| {
        let gj = unit(&spec, plant, levers).gj;
        (gj["coal"], gj.get("heat").copied().unwrap_or_default())
    };
    let (fuel, blend) = (&spec.lever["fuel"], &spec.lever["blend"]);
    let (coal_gj, heat_gj) = used(&[fuel]);
    close(coal_gj, 1.938);
    close(heat_gj, 1.608_2);
    let (coal_gj, heat_gj) = used(&[blend, fuel]);
    close(coal_gj, 3.02 * 0.57);
    close(heat_gj, 3.02 * 0.43 * 1.1);
}

/// 763,200 t are stored. Where the market counts them as emitted, their allowances at 30 USD are 22.9 MUSD more.
#[test]
fn stored_carbon_needs_allowances_where_no_rule_exempts_it() {
    let mut spec = spec();
    let of = |spec: &IndustrySpec| plant_year(spec, &spec.plant["kiln"], &[&spec.lever["capture"]], OUTSIDE, 1e6);
    let exempt = of(&spec);
    close(exempt.captured_t, 763_200.0);
    spec.stored_exempt_share = Curve::Constant(0.0);
    close(of(&spec).carbon_usd - exempt.carbon_usd, 763_200.0 * 30.0);
    close(of(&spec).direct_t, exempt.direct_t);
}

/// 700 t are needed: the 500 t of the cheaper way at 80 USD, and 200 t of the dearer one at 400; of 2,000 t no more than there is.
#[test]
fn the_cheapest_removals_are_bought_first() {
    let ways = "[removal.air]\nmost_t = 1000\nusd_per_t = 400\n[removal.wood]\nmost_t = 500\nusd_per_t = 80\n";
    let spec: IndustrySpec = toml::from_str(&format!("decision = \"plan_file\"\nrate = 0.08\n{ways}")).unwrap();
    assert_eq!(removals(&spec, 2045, 700.0), [("wood", 500.0, 40_000.0), ("air", 200.0, 80_000.0)]);
    let all: f64 = removals(&spec, 2045, 2_000.0).iter().map(|bought| bought.1).sum();
    close(all, 1_500.0);
    assert!(removals(&spec, 2045, 0.0).is_empty());
}

/// Heat of 56 g/MJ in place of 1 GJ of coal. A standard of 100 USD/t that leaves 0.8 of a baseline of 100 g/MJ pays 80 - 56 = 24 g/MJ,
/// 2.40 USD/GJ, a second one of 50 USD/t that leaves half of it asks for 0.30 USD of that. A tax credit adds 3 USD/GJ. They
/// lower what the lever costs its owner and not what it takes; coal of 100 g/MJ, above the standards, owes nothing.
#[test]
fn credits_for_what_is_used_by_hand() {
    let mut spec = spec();
    let of_standard = |carrier: &str| format!("carrier = \"{carrier}\"\nbaseline_g_per_mj = 100");
    let mut add = |key: &str, text: &str| spec.fuel_credit.insert(key.to_owned(), toml::from_str(text).unwrap());
    add("heat", &of_standard("heat"));
    add("coal", &of_standard("coal"));
    add("tax", "carrier = \"heat\"\nusd_per_gj = { 2030 = 3, 2031 = 0 }\npayer = \"federal\"");
    add("off", "on = false\ncarrier = \"heat\"\nusd_per_gj = 1000\npayer = \"state\"");
    let standards = FuelStandards { usd_per_t: 150.0, left_usd_per_t: 100.0 * 0.8 + 50.0 * 0.5 };
    close(standards.usd_per_gj(100.0, 56.0), 2.1);
    let with = Outside { fuel_standards: standards, ..OUTSIDE };
    let mut lever = spec.lever["blend"].clone();
    lever.gj_added = BTreeMap::from([("coal".to_owned(), -1.0), ("heat".to_owned(), 1.0)]);
    lever.gj_factor.clear();
    let plant = spec.plant["kiln"].clone();
    let year = plant_year(&spec, &plant, &[&lever], with, 1e6);
    close(year.standard_usd, 2.1e6);
    close(year.fuel_tax_credit_usd, 3e6);
    let paid = fuel_tax_credits(&spec, &plant, &[&lever], (2030, 1e6));
    assert_eq!(paid, [(Payer::Federal, 3e6)]);
    let candidate = Candidate { plant: &plant, has: &[], key: "heat", lever: &lever, public_usd: 0.0, built: 0 };
    let credited = effect(&spec, &candidate, with);
    spec.fuel_credit.clear();
    let plain = effect(&spec, &candidate, with);
    close(plain.usd_per_year - credited.usd_per_year, 5.1e6);
    close(plain.resource_usd_per_year, credited.resource_usd_per_year);
}

/// 3,000 USD a unit in the first 10 of 20 years at 8 %, spread over them: 3,000 x 6.7100814 x 0.1018522088 = 2,050.30 USD. It
/// is paid for the lever that it names, decided in time, and for no other.
#[test]
fn a_credit_for_what_is_made_by_hand() {
    let mut spec = spec();
    spec.credit.clear();
    let credit = "levers = [\"blend\"]\nuntil = 2030\nusd_per_unit = 3000\npayer = \"federal\"\nyears = 10";
    spec.credit.insert("made".to_owned(), toml::from_str(credit).unwrap());
    let (plant, lever) = (&spec.plant["kiln"], &spec.lever["blend"]);
    let of = |key: &str, year: u16| {
        let candidate = Candidate { plant, has: &[], key, lever, public_usd: 0.0, built: 9 };
        effect(&spec, &candidate, Outside { year, ..OUTSIDE }).credit_usd_per_year
    };
    assert!((of("blend", 2030) / (3_000.0 * 6.710_081_4 * 0.101_852_208_8 * 1e6) - 1.0).abs() < 1e-7);
    close(of("blend", 2031), 0.0);
    close(of("capture", 2030), 0.0);
}
