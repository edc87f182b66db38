//! Contract: what an audit of the numbers found, and no other test of this suite holds. Rules of the shipped file bind whom they
//! bind, from their day to their day; credits go to who dispenses; a fleet that shrinks sells; chargers are no more than their
//! users; engines are those of their model year; limits on materials do not bind private works; peaks that do not coincide are
//! no peak; who rests in groups plugs in in groups.

use crate::common::{loaded, shipped, written};
use crate::{LEAST_COST, PORT, stock, with};
use portvolt::transition::frame::Frame;
use portvolt::transition::record::{LedgerItem, Party, Tables};
use portvolt::transition::scope::Scope;
use portvolt::transition::spec::ProjectKind;
use portvolt::vehicle::spec::Powertrain;

const CHEAP: (&str, &str) = ("glider_usd = 300000", "glider_usd = 60000");

/// By hand, of the shipped rules: fleets of 100 trucks get nothing from the state and 100,000 USD from the ports' fund, which
/// ends with 2034; an owner-operator gets twice 150,000 in 2025 and nothing in 2026; a terminal nothing for its tractors; the
/// United States pay 273 days of 2025. None pays more than a clean vehicle costs more than the cheapest with a tailpipe.
#[test]
fn shipped_rules_bind_as_adopted() {
    let hub = loaded(&shipped("hub_2045"), &[]);
    let frame = Frame::new(&hub, hub.scenario.transition.as_ref().unwrap());
    let holding =
        |owner: &str, class: &str| frame.holdings.iter().position(|it| it.owner == owner && it.class == class).unwrap();
    let model = |key: &str| frame.models.iter().position(|it| it.key == key).unwrap();
    let usd = |rule: &str, owner: &str, class: &str, key: &str, price: f64, year: u16| {
        frame.voucher_usd(rule, holding(owner, class), model(key), price, year)
    };
    // A diesel truck of 2025 is one of model year 2024: 143,750 x 1.2.
    let diesel_usd = 172_500.0;
    let battery_usd = 600_000.0;
    let truck = |rule: &str, owner: &str, year: u16| usd(rule, owner, "truck", "ecascadia_438", battery_usd, year);
    assert_eq!(truck("hvip", "fleet_carson", 2025), 0.0);
    assert_eq!(truck("hvip", "oo_harbor", 2025), 300_000.0);
    assert_eq!(truck("hvip", "oo_harbor", 2026), 0.0);
    assert_eq!(truck("hvip_continued", "oo_harbor", 2026), 0.0, "it is off");
    assert_eq!(usd("hvip", "oo_harbor", "truck", "ecascadia_438", 400_000.0, 2025), 400_000.0 - diesel_usd);
    assert_eq!(truck("clean_truck_fund", "fleet_carson", 2034), 100_000.0);
    assert_eq!(truck("clean_truck_fund", "fleet_carson", 2035), 0.0);
    assert_eq!(usd("core", "trapac", "yard_tractor", "yt_battery", 400_000.0, 2025), 0.0);
    assert!((truck("credit_45w", "fleet_carson", 2025) - 40_000.0 * 273.0 / 365.0).abs() < 1e-6);
    let rules = &hub.scenario.rule;
    let fund = &rules.truck_fee["clean_truck_fund"];
    assert_eq!((fund.pass_through, fund.term.share(2034), fund.term.share(2035)), (0.0, 1.0, 0.0));
    assert!(!rules.embodied_limit["rebar"].binds_private_works);
    assert_eq!(rules.fuel_standard["lcfs"].hydrogen_credited_share.at(2034), 1.0);
    assert_eq!(rules.fuel_standard["lcfs"].hydrogen_credited_share.at(2036), 0.8);
    let known = rules.known(2045).unwrap();
    assert!(known.starts_with("Rules as of 2026-11-01") && !known.contains("after that day begin"), "{known}");
}

/// One intensity of diesel in the hub: the pool's and the fuel standard's fossil diesel are the same, and a gallon of 2025 is by
/// hand 0.25 x 105.76 + 0.68 x 35 + 0.07 x 56.3 = 54.18 g/MJ, 134.47 MJ. No truck burns at a stand what its miles per gallon
/// hold already. A terminal pays for demand. The refinery of Wilmington is no load of 60 MW after its closure.
#[test]
fn the_hub_holds_what_the_audit_asked_for() {
    let hub = loaded(&shipped("hub_2045"), &[]);
    let transition = hub.scenario.transition.as_ref().unwrap();
    let pool = transition.diesel_pool.as_ref().unwrap();
    let standard = &hub.scenario.rule.fuel_standard["lcfs"];
    assert_eq!(pool.fossil_g_per_mj.at(2025), standard.diesel_g_per_mj);
    let gallon_kg: f64 = Frame::new(&hub, transition).diesel_kg(2025).iter().sum();
    assert!((gallon_kg - 54.181 * 0.13447).abs() < 1e-3, "{gallon_kg}");
    for (key, model) in &hub.scenario.truck_model {
        assert!(model.powertrain != Powertrain::Diesel || model.idle_per_h == 0.0, "{key}");
    }
    for terminal in hub.scenario.terminal.keys() {
        let tariff = hub.scenario.site[terminal].tariff.as_ref();
        assert!(tariff.is_some_and(|name| name.ends_with("phase_in")), "{terminal}: {tariff:?}");
    }
    let refinery = hub.scenario.site["refinery"].load_by_year.as_ref().unwrap();
    assert!(refinery.at(2027) < 0.3 * refinery.at(2025));
}

/// Public charging: (80 x 5 - 40) g/MJ x 3.6 MJ x 60 USD/t = 0.07776 USD a kWh are income of the station; trucks without a depot
/// get none of it, and a depot what it charged.
#[test]
fn credits_are_of_who_dispenses() {
    let standard = "[rule.fuel_standard.s]\nbaseline_g_per_mj = 100\nreduction = 0.2\ndiesel_g_per_mj = 100\n\
        electricity_g_per_mj = 40\nhydrogen_g_per_mj = 100\nelectric_ratio = 5\nhydrogen_ratio = 2\nusd_per_t = 60\n\
        in_diesel_price = 1\n";
    let tables = with(&[LEAST_COST, ("glider_usd = 300000", "glider_usd = 20000")], standard);
    let (_, shown) = tables.shown.last().unwrap();
    let income = |party: Party| -> f64 {
        let rows = tables.ledger.iter().filter(|row| row.year == 2032 && row.item == LedgerItem::Credits);
        rows.filter(|row| row.payer == party && row.payee == Party::FuelMarket).map(|row| -row.usd).sum()
    };
    // Sites in the order of their keys: depot, inland, public, terminal.
    let (depot_kwh, public_kwh) = (shown.sites[0].charging_kwh, shown.sites[2].charging_kwh);
    assert!(public_kwh > 10_000.0 && depot_kwh > 10_000.0, "{public_kwh} {depot_kwh}");
    assert!((income(Party::Station) - public_kwh * 0.077_76).abs() < 0.01, "{}", income(Party::Station));
    let owners = tables.finance.iter().find(|row| row.year == 2032 && row.scope == Scope::fleet("owners")).unwrap();
    assert_eq!(
        owners.credits_usd, 0.0,
        "its diesel holds the deficit of the year already, and charging is the station's"
    );
    let depot = tables.finance.iter().find(|row| row.year == 2032 && row.scope == Scope::site("depot")).unwrap();
    assert!((depot.credits_usd + depot_kwh * 0.077_76).abs() < 0.01, "{}", depot.credits_usd);
}

/// Half of the volume by 2032: trucks that nobody needs are sold at their value, none is called replaced before its time.
#[test]
fn a_fleet_that_shrinks_sells() {
    let tables = with(&[("volume = 1.0", "volume = { 2025 = 1.0, 2032 = 0.5 }")], "");
    let sum = |of: fn(&portvolt::transition::record::FleetYearRow) -> u32| -> u32 { tables.fleet.iter().map(of).sum() };
    assert_eq!(sum(|row| row.early), 0);
    assert!(sum(|row| row.sold) > 10, "{}", sum(|row| row.sold));
    assert_eq!(stock(&tables, 2032, true)["diesel"], 30);
}

/// However long they wait, no group of chargers has more ports than trucks or tractors that could use it.
#[test]
fn chargers_are_no_more_than_their_users() {
    let hasty = ("params = { simultaneity = 0.7 }", "params = { simultaneity = 0.7, wait_min = 0 }");
    let tables = with(&[LEAST_COST, CHEAP, hasty, ("glider_usd = 330000", "glider_usd = 20000")], "");
    for year in 2026..=2032_u32 {
        let cabinets = |group: &str| -> f64 {
            let rows = tables.projects.iter().filter(|row| row.year == year && row.kind == ProjectKind::Chargers);
            rows.filter(|row| row.at == group).map(|row| row.amount).sum()
        };
        let most = |owner: &str| -> u32 {
            let rows = tables.fleet.iter().filter(|row| row.owner == owner && row.year <= year + 1);
            let electric = rows.filter(|row| row.powertrain == Powertrain::BatteryElectric);
            let mut by_year = std::collections::BTreeMap::new();
            electric.for_each(|row| *by_year.entry(row.year).or_insert(0) += row.vehicles);
            by_year.values().copied().max().unwrap_or(0)
        };
        for (group, owner, ports) in [("depot", "depot_fleet", 1), ("public", "owners", 2), ("yard", "terminal", 1)] {
            let (is, users) = (cabinets(group), most(owner));
            assert!(is <= f64::from(users.div_ceil(ports)), "{year} {group}: {is} cabinets for {users} users");
        }
    }
    assert!(tables.projects.iter().any(|row| row.at == "yard"), "somebody builds");
}

/// Trucks of 2025 and before emit 1.55 g/km, those sold after it 0.155: a fleet's exhaust follows how many of each it has.
#[test]
fn engines_are_those_of_their_model_year() {
    let model = "[truck_model.diesel_new]\npowertrain = \"diesel\"\nbobtail_per_km = 0.075\nempty_per_km = 0.085\n\
        loaded_per_km = 0.106\nidle_per_h = 0.6\nnox_g_per_km = 0.155\npm25_g_per_km = 0.0062\n\
        [offer.diesel_new]\nfrom = 2026\nglider_usd = 172500\nmaintenance_usd = 0.12\n";
    let old = ("[offer.diesel]\n", "[offer.diesel]\nuntil = 2025\nsuccessor = \"diesel_new\"\n");
    let tables = with(&[old], model);
    let by_hand = |year: u32| {
        let rows = || tables.fleet.iter().filter(|row| row.year == year && row.owner == "depot_fleet");
        let new: u32 = rows().filter(|row| row.model == "diesel_new").map(|row| row.vehicles).sum();
        let all: u32 = rows().map(|row| row.vehicles).sum();
        let share = f64::from(new) / f64::from(all);
        (1.0 - share) * 1.55 + share * 0.155
    };
    for year in [2025, 2028, 2032_u32] {
        let row =
            tables.emissions.iter().find(|row| row.year == year && row.scope == Scope::fleet("depot_fleet")).unwrap();
        let km = tables.shown.iter().find(|it| u32::from(it.0) == year).unwrap().1.fleets[0].km;
        let is = row.nox_kg * 1000.0 / km;
        assert!((is / by_hand(year) - 1.0).abs() < 0.1, "{year}: {is} g/km, by hand {}", by_hand(year));
    }
    assert!(by_hand(2032) < 0.8, "half of the trucks are new by then");
}

/// Works here are private: a limit on materials changes nothing until it is said to bind them.
#[test]
fn limits_on_materials_leave_private_works_alone() {
    let changes = [LEAST_COST, CHEAP, ("life_years = 15\n", "life_years = 15\nmaterial_t = { rebar = 0.0008 }\n")];
    let limit = |more: &str| format!("[rule.embodied_limit.rebar]\nusual_t_per_t = 0.98\nlimit_t_per_t = 0.5\n{more}");
    let embodied = |tables: &Tables| -> f64 { tables.emissions.iter().map(|row| row.co2e_embodied_t).sum() };
    let private = embodied(&with(&changes, &limit("")));
    let bound = embodied(&with(&changes, &limit("binds_private_works = true\n")));
    let public = embodied(&with(&changes, &limit("public_sites = [\"depot\", \"public\", \"terminal\"]\n")));
    assert!((bound / private - 0.5 / 0.98).abs() < 1e-9 && (public - bound).abs() < 1e-9, "{private} {bound} {public}");
}

/// The peak of the hub is what its sites draw at one time: no more than the sum of their own peaks, and less where they do not
/// coincide.
#[test]
fn the_peak_of_the_hub_is_of_one_time() {
    let tables = with(&[LEAST_COST, CHEAP, ("glider_usd = 330000", "glider_usd = 20000")], "");
    for (year, shown) in &tables.shown {
        let sum: f64 = shown.sites.iter().map(|site| site.peak_kw).sum();
        assert!(shown.peak_kw <= sum + 1e-6, "{year}: {} of {sum}", shown.peak_kw);
    }
    let (_, last) = tables.shown.last().unwrap();
    let sum: f64 = last.sites.iter().map(|site| site.peak_kw).sum();
    assert!(last.peak_kw < 0.98 * sum, "{} {sum}", last.peak_kw);
}

/// Twenty battery tractors and a port for each, 200 kW of other load. All rest from 12 to 13 and charge then; where half of them
/// rest an hour after the others, about half of that energy is drawn from 13 to 14, and the work is done all the same.
#[test]
fn groups_that_rest_in_turn_charge_in_turn() {
    let told = |groups: &str| {
        let text = PORT
            .replace("equipment = { tractor_diesel = 20 }", "equipment = { tractor_battery = 20 }")
            .replace("[labor]\n", &format!("[labor]\nbreak_groups = {groups}\n"))
            .replace("site = \"terminal\"\ncabinets = 0", "site = \"terminal\"\ncabinets = 20")
            .replace("until = 2032", "until = 2025");
        let (dir, _) = written(&text, &[]);
        let tables = crate::years(&loaded(dir.path(), &[]));
        let terminal = &tables.shown[0].1.sites[3];
        let charged_kwh = [12, 13].map(|hour: usize| terminal.kwh_by_hour[hour] - 200.0 * 365.0);
        (charged_kwh, terminal.classes["yard_tractor"].served_h)
    };
    let ((together_kwh, served_h), (in_turn_kwh, served_in_turn_h)) = (told("1"), told("2"));
    println!("from 12 and from 13, kWh: together {together_kwh:.0?}, in turn {in_turn_kwh:.0?}");
    assert!(together_kwh[0] > 10_000.0 && together_kwh[1] < 0.1 * together_kwh[0], "{together_kwh:?}");
    for kwh in in_turn_kwh {
        assert!((0.35..0.65).contains(&(kwh / together_kwh[0])), "{in_turn_kwh:?} of {together_kwh:?}");
    }
    assert!((served_in_turn_h / served_h - 1.0).abs() < 0.02, "{served_in_turn_h} of {served_h} hours");
}
