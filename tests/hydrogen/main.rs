//! Contract: no kg appears or vanishes whatever the station, queues at dispensers are those of theory (M/D/1 and M/D/c within
//! the 99 % interval over replications), a station with published figures serves what is published, `cheap_hours` is never
//! dearer than `keep_full` for the same hydrogen, trucks that run on hydrogen keep their books, the same seed gives the same
//! rows, and mistakes in the tables are told with line and fix. Every run ends with the audit, which panics here.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod exact;
mod mistakes;
mod promises;
mod trucks;

use common::{Finished, interval_99, loaded, run, shipped, written};
use portvolt::kernel::math::{exp, ln};
use portvolt::kernel::random::{Purpose, Seed};
use portvolt::sim::{Options, Simulation};
use promises::Case;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt::Write;

/// A scenario with one station `h2` at one site; `tables` are its tables.
fn scenario(days: u32, site: &str, policy: &str, tables: &str) -> String {
    format!(
        r#"
        title = "station"
        [time]
        start = "2025-01-06"
        days = {days}
        zone = "UTC"
        [policy.hydrogen]
        name = "{policy}"
        [site.place]
        kind = "public"
        lat = 0.0
        lon = 0.0
        {site}
        [fuel_visits.all]
        station = "h2"
        csv = "visits.csv"
        {tables}
        "#
    )
}

/// `arrive_s, kg` as a file.
fn visits(rows: impl IntoIterator<Item = (u32, f64)>) -> String {
    rows.into_iter().fold(String::from("arrive_s,kg\n"), |mut text, (at_s, kg)| {
        let _ = writeln!(text, "{at_s},{kg}");
        text
    })
}

fn run_station(toml: &str, visits: &str) -> Finished {
    let (_dir, loaded) = written(toml, &[("visits.csv", visits)]);
    run(&loaded, &Options::default())
}

// --- Queues -------------------------------------------------------------------------------------------------------------

/// Time that a vehicle holds a position: 30 s of handling, 20 kg at 5 kg/min, 30 s of recovery.
const SERVICE_S: f64 = 300.0;

/// Mean wait of M/D/c over the service time (Crommelin 1932), offered load `a`. For one server it is a / (2 (1 - a)).
fn crommelin(c: u32, a: f64) -> f64 {
    const TERMS: u32 = 1_000;
    let mut log_factorial = vec![0.0];
    for n in 1..=TERMS * c + TERMS {
        log_factorial.push(log_factorial[n as usize - 1] + ln(f64::from(n)));
    }
    let poisson = |mean: f64, n: u32| exp(f64::from(n) * ln(mean) - mean - log_factorial[n as usize]);
    let term = |i: u32| {
        let mean = f64::from(i) * a;
        let tail = |from: u32| (from..from + 500).map(|n| poisson(mean, n)).sum::<f64>();
        tail(i * c) - f64::from(c) / a * tail(i * c + 1)
    };
    (1..TERMS).map(term).sum()
}

fn md_queue(c: u32, a: f64, days: u32, replication: u32) -> Finished {
    let tables = format!(
        r#"
        [hydrogen.h2]
        site = "place"
        users = ["visitors"]
        dispense_bar = 350
        bulk = {{ capacity_kg = 1000000, start_kg = 1000000 }}
        cascade = {{ capacity_kg = 10000, pressure_bar = 500, least_bar = 10 }}
        compressor = {{ kg_per_h = 100000, kwh_per_kg = 0 }}
        dispenser = {{ positions = {c}, rate_kg_per_min = [[0, 5], [1, 5]], handling_s = 30, recovery_s = 30 }}
        delivery = {{ kind = "liquid", payload_kg = 4000, lead_h = 1, reorder_kg = 500000 }}
        "#
    );
    let mut stream = Seed { seed: 2025, replication }.stream(Purpose::Visits, u64::from(c), 7);
    let mut at_s = 0.0;
    let arrivals = std::iter::from_fn(|| {
        at_s += stream.exponential(SERVICE_S / a);
        (at_s < f64::from(days) * 86_400.0).then_some((at_s.floor() as u32, 20.0))
    });
    run_station(&scenario(days, "", "reorder_point", &tables), &visits(arrivals))
}

fn check_queue(c: u32, a: f64, days: u32) {
    let waits: Vec<f64> =
        (0..12).map(|replication| md_queue(c, a, days, replication).total("h2_queue_wait_mean_min")).collect();
    let (mean, half) = interval_99(&waits);
    let expected = crommelin(c, a) * SERVICE_S / 60.0;
    assert!((mean - expected).abs() < half, "c {c}: mean wait {mean} +- {half} min, theory {expected}");
    assert!(half < 0.25 * expected, "the interval must be narrow enough to say something: {half} of {expected}");
}

#[test]
fn one_position_is_m_d_1() {
    // 0.8 / (2 x 0.2) = 2 service times.
    assert!((crommelin(1, 0.8) - 2.0).abs() < 1e-6, "{}", crommelin(1, 0.8));
    check_queue(1, 0.8, 40);
}

#[test]
fn four_positions_are_m_d_4() {
    check_queue(4, 3.4, 30);
}

// --- A published station ------------------------------------------------------------------------------------------------

/// `FirstElement` Oakland. Published (SAE / Mobility Engineering, SAE-MA-07403, 2024): 18,000 kg a day of pumping, 10
/// kg/min, two heavy-duty positions, liquid storage, 100 kg in under 10 minutes back to back, up to 200 trucks a day.
/// Assumed: "10 kg/min" is the mean over a fill, so the flow begins at 12 and ends at 6 kg/min; the 18,000 kg a day are 750
/// kg/h of pumps; 17 t of liquid and 600 kg at 900 bar; 45 s of handling, 60 s between fills; a trailer of 4,000 kg with 4
/// hours of lead (unverified); 90 kg a truck, which is 18,000 kg over 200 trucks.
fn oakland() -> String {
    let tables = r#"
        [hydrogen.h2]
        site = "place"
        users = ["visitors"]
        dispense_bar = 700
        electricity_usd_per_kwh = [0.2]
        grid_kg_per_mwh = [159]
        bulk = { capacity_kg = 17000, start_kg = 17000, boil_off_per_day = 0.01 }
        cascade = { capacity_kg = 600, pressure_bar = 900, least_bar = 400 }
        compressor = { kg_per_h = 750, kwh_per_kg = 1.0 }
        dispenser = { positions = 2, rate_kg_per_min = [[0, 12], [0.8, 12], [1, 6]], low_cascade_rate = 0.9, handling_s = 45, recovery_s = 60 }
        delivery = { kind = "liquid", payload_kg = 4000, lead_h = 4, reorder_kg = 12500, most_on_order = 4, unload_min = 60 }
    "#;
    scenario(1, "", "reorder_point", tables)
}

#[test]
fn the_published_station_serves_what_is_published() {
    // Four trucks of 100 kg at once, back to back on two positions: the second pair waits for handling, fill and recovery.
    let longest_wait_min = |run: &Finished| run.summary.hydrogen.stations[0].waits.quantile_min(1.0).unwrap();
    let pairs = run_station(&oakland(), &visits((0..4).map(|_| (3_600, 100.0))));
    let fill_min = longest_wait_min(&pairs) - (45.0 + 60.0) / 60.0;
    assert!(fill_min > 8.0 && fill_min < 10.0, "{fill_min} min for 100 kg");
    // As many as the pumps sustain, 750 kg/h: one in 8 minutes, three hours long. No fill is slowed so far that one waits.
    let sustained = run_station(&oakland(), &visits((0..22).map(|truck| (3_600 + truck * 480, 100.0))));
    assert_eq!(longest_wait_min(&sustained), 0.0);
    // Two positions at once need 1,200 kg/h, more than the pumps give: the cascade carries it for a while, not for ever.
    let rush = run_station(&oakland(), &visits((0..12).map(|_| (3_600, 100.0))));
    assert!(longest_wait_min(&rush) / 5.0 > 10.0 + 105.0 / 60.0);
    // 200 trucks of 90 kg evenly over the day.
    let day = run_station(&oakland(), &visits((0..200).map(|truck| (truck * 432, 90.0))));
    let served = day.total("h2_dispensed_kg");
    assert!(served >= 0.99 * 18_000.0, "{served} kg");
    assert!(day.total("h2_queue_wait_p95_min") < 15.0);
    assert_eq!(day.total("h2_stockout_h"), 0.0);
}

// --- Decisions ----------------------------------------------------------------------------------------------------------

/// An electrolyser of 1 MW that has to serve 240 kg a day, 20 kg each two hours, and knows it.
fn electrolyser(policy: &str, prices: &[f64], storage_kg: f64) -> Finished {
    Case { storage_kg, ..Case::of(prices.to_vec()) }.run(policy, "")
}

/// A day's prices by hour: dear from 16:00 to 21:00, cheap at midday.
fn time_of_use() -> Vec<f64> {
    (0..24)
        .map(|hour| {
            if (16..21).contains(&hour) {
                0.45
            } else if (8..16).contains(&hour) {
                0.11
            } else {
                0.2
            }
        })
        .collect()
}

#[test]
fn cheap_hours_cost_no_more_than_a_full_store() {
    let prices = [time_of_use(), vec![0.15], (0..24).map(|hour| 0.05 + f64::from(hour * 7 % 24) / 60.0).collect()];
    for (case, prices) in prices.iter().enumerate() {
        for storage_kg in [300.0, 900.0] {
            let (cheap, full) =
                (electrolyser("cheap_hours", prices, storage_kg), electrolyser("keep_full", prices, storage_kg));
            let served = |run: &Finished| run.total("h2_dispensed_kg");
            assert!((served(&cheap) - 1680.0).abs() < 1e-6 && (served(&full) - 1680.0).abs() < 1e-6, "{case}");
            let (less, more) = (cheap.total("h2_electricity_usd"), full.total("h2_electricity_usd"));
            assert!(less <= more, "case {case}, {storage_kg} kg: {less} $ against {more} $");
            // And for each kg that was made, so that it is not only the smaller stock at the end.
            let each = |run: &Finished| run.total("h2_electricity_usd") / run.total("h2_produced_kg");
            let spread = prices.len() > 1;
            assert!(!spread || each(&cheap) < each(&full), "case {case}: {} {}", each(&cheap), each(&full));
        }
    }
}

/// Sun from 8 to 16 h of 800 kW: nearly all of its power is solar, and its carbon a kg is far below that of the grid.
#[test]
fn follow_solar_runs_with_the_sun() {
    let toml = |policy: &str| {
        let sun: Vec<f64> = (0..24).map(|hour| if (8..16).contains(&hour) { 800.0 } else { 0.0 }).collect();
        let tables = format!(
            r#"
            [hydrogen.h2]
            site = "place"
            users = ["visitors"]
            dispense_bar = 350
            electricity_usd_per_kwh = [0.2]
            grid_kg_per_mwh = [300]
            bulk = {{ capacity_kg = 900, start_kg = 450, pressure_bar = 250 }}
            cascade = {{ capacity_kg = 100, pressure_bar = 500, least_bar = 400 }}
            compressor = {{ kg_per_h = 100, kwh_per_kg = 0 }}
            dispenser = {{ positions = 2, rate_kg_per_min = [[0, 5], [1, 5]] }}
            [hydrogen.h2.electrolyser]
            kind = "alkaline"
            rated_kw = 1000
            kwh_per_kg = [[0.2, 58], [0.5, 52], [1, 55]]
            least_load = 0.2
            ramp_per_min = 0.05
            solar_kw = {sun:?}
            "#
        );
        scenario(14, "", policy, &tables)
    };
    let arrivals = visits((0..14 * 4).map(|at| (at * 21_600 + 600, 20.0)));
    let (sun, full) = (run_station(&toml("follow_solar"), &arrivals), run_station(&toml("keep_full"), &arrivals));
    assert!(sun.total("h2_electricity_usd") < 0.1 * full.total("h2_electricity_usd"));
    assert!(sun.total("h2_co2e_kg_per_kg") < 0.7 * full.total("h2_co2e_kg_per_kg"));
    assert_eq!(sun.total("h2_dispensed_kg"), full.total("h2_dispensed_kg"));
}

/// By hand: flat price 0.1 $/kWh, 300 kg/MWh, 50 kWh/kg at any load, no compression: 5 $ and 15 kg of `CO2e` a kg. A credit of
/// 1 $ below 20 kg/kg from the third day on. The station holds opening hydrogen of the same make.
#[test]
fn cost_and_carbon_of_a_kg_by_hand() {
    let tables = r#"
        [hydrogen.h2]
        site = "place"
        users = ["visitors"]
        dispense_bar = 350
        electricity_usd_per_kwh = [0.1]
        grid_kg_per_mwh = [300]
        bulk = { capacity_kg = 100, start_kg = 50, pressure_bar = 250 }
        cascade = { capacity_kg = 50, pressure_bar = 500, least_bar = 400 }
        compressor = { kg_per_h = 100, kwh_per_kg = 2 }
        dispenser = { positions = 2, rate_kg_per_min = [[0, 5], [1, 5]] }
        electrolyser = { kind = "pem", rated_kw = 1000, kwh_per_kg = [[0.1, 50], [1, 50]], least_load = 0.1, ramp_per_min = 6 }
        [hydrogen_credit.ptc]
        from = "2025-01-08"
        until = "2026-01-01"
        bands = [[0.5, 3.0], [20.0, 1.0]]
    "#;
    let arrivals = |days: u32| visits((0..days * 24).map(|hour| (hour * 3_600 + 600, 10.0)));
    let two = run_station(&scenario(2, "", "keep_full", tables), &arrivals(2));
    assert!((two.total("h2_cost_production_energy_usd_per_kg") - 5.0).abs() < 1e-9);
    assert_eq!(two.total("h2_cost_credit_usd_per_kg"), 0.0);
    // All but the 50 kg that were in the cascade was compressed: 2 kWh at 0.1 $ a kg, 0.6 kg of carbon a kg.
    let share = two.total("h2_co2e_kg_per_kg");
    assert!(share > 15.0 && share < 15.6, "{share}");
    let compression = two.total("h2_cost_compression_energy_usd_per_kg");
    assert!((compression - (share - 15.0) / 3.0).abs() < 1e-9, "0.2 $ go with 0.6 kg: {compression}");
    let long = run_station(&scenario(30, "", "keep_full", tables), &arrivals(30));
    let credit = long.total("h2_cost_credit_usd_per_kg");
    // 28 of 30 days, with what was in storage from before: about 140 of 7,200 kg.
    assert!((credit + 28.0 / 30.0).abs() < 0.03, "{credit}");
}

// --- Short of hydrogen --------------------------------------------------------------------------------------------------

/// 70 kg that can be taken out; a trailer takes 6 hours. Four vehicles of 30 kg each half hour: two are served, the others
/// wait for the trailer, or are sent away.
#[test]
fn short_of_hydrogen_holds_or_turns_away() {
    let toml = |when_empty: &str| {
        let tables = format!(
            r#"
            [hydrogen.h2]
            site = "place"
            users = ["visitors"]
            dispense_bar = 350
            when_empty = "{when_empty}"
            electricity_usd_per_kwh = [0.2]
            grid_kg_per_mwh = [159]
            bulk = {{ capacity_kg = 400, start_kg = 60, pressure_bar = 250 }}
            cascade = {{ capacity_kg = 20, pressure_bar = 500, least_bar = 250 }}
            compressor = {{ kg_per_h = 100, kwh_per_kg = 2 }}
            dispenser = {{ positions = 1, rate_kg_per_min = [[0, 5], [1, 5]] }}
            delivery = {{ kind = "tube_trailer", payload_kg = 300, lead_h = 6, reorder_kg = 100, most_on_order = 1 }}
            "#
        );
        scenario(1, "", "reorder_point", &tables)
    };
    let arrivals = visits((0..4).map(|at| (at * 1_800, 30.0)));
    let hold = run_station(&toml("hold"), &arrivals);
    assert_eq!(hold.total("h2_fills"), 4.0);
    assert!((hold.total("h2_dispensed_kg") - 120.0).abs() < 1e-9);
    // Short from the third arrival (3,600 s) until the trailer has unloaded (21,600 s).
    assert!((hold.total("h2_stockout_h") - 5.0).abs() < 1e-9, "{}", hold.total("h2_stockout_h"));
    let away = run_station(&toml("turn_away"), &arrivals);
    assert_eq!(away.total("h2_fills"), 2.0);
    assert_eq!(away.total("h2_turned_away"), 2.0);
    assert!((away.total("h2_stockout_h") - 5.0).abs() < 1e-9);
}

// --- Mass ---------------------------------------------------------------------------------------------------------------

/// A station with any supply, small storage, outages, short hydrogen, a limit.
#[derive(Debug, Clone)]
struct Any {
    supply: usize,
    policy: usize,
    bulk_kg: f64,
    start: f64,
    cascade_kg: f64,
    compressor: f64,
    positions: u32,
    rates: Vec<f64>,
    low: f64,
    limit_kw: f64,
    boil_off: f64,
    turn_away: bool,
    patience: Option<f64>,
    mtbf_h: Option<f64>,
    visits: Vec<(u32, f64, Option<u32>)>,
}

const POLICIES: [&str; 4] = ["keep_full", "reorder_point", "cheap_hours", "follow_solar"];

fn any() -> impl Strategy<Value = Any> {
    let visit = (0_u32..170_000, 0.5_f64..20.0, proptest::option::of(60_u32..9_000));
    let stores = (40.0_f64..400.0, 0.0_f64..1.0, 5.0_f64..80.0, 5.0_f64..300.0);
    let hoses = (1_u32..4, proptest::collection::vec(0.5_f64..12.0, 2..5), 0.05_f64..1.0, 0.0_f64..0.1);
    let rules = (0.0_f64..900.0, any_bool(), proptest::option::of(2.0_f64..90.0), proptest::option::of(2.0_f64..30.0));
    let choices = (1_usize..8, 0_usize..4, proptest::collection::vec(visit, 1..80));
    (stores, hoses, rules, choices).prop_map(|(stores, hoses, rules, choices)| Any {
        supply: choices.0,
        policy: choices.1,
        bulk_kg: stores.0,
        start: stores.1,
        cascade_kg: stores.2,
        compressor: stores.3,
        positions: hoses.0,
        rates: hoses.1,
        low: hoses.2,
        boil_off: hoses.3,
        limit_kw: rules.0,
        turn_away: rules.1,
        patience: rules.2,
        mtbf_h: rules.3,
        visits: choices.2,
    })
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::ANY
}

impl Any {
    fn toml(&self) -> String {
        let last = (self.rates.len() - 1) as f64;
        let rates: Vec<[f64; 2]> = self.rates.iter().enumerate().map(|(at, rate)| [at as f64 / last, *rate]).collect();
        let mut tables = format!(
            r#"
            [hydrogen_plant.plant]
            capacity_kg = 300
            start_kg = 150
            production_kg_per_day = [600]
            neighbour.refinery.kg_per_day = [500]
            [hydrogen.h2]
            site = "place"
            users = ["visitors"]
            dispense_bar = 350
            when_empty = "{when_empty}"
            grid_kg_per_mwh = [159]
            electricity_usd_per_kwh = [0.1, 0.3, 0.2, 0.2, 0.1, 0.1, 0.3, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.5, 0.5, 0.5, 0.5, 0.4, 0.3, 0.3, 0.2]
            {patience}
            bulk = {{ capacity_kg = {bulk}, least_kg = 4, start_kg = {start}, boil_off_per_day = {boil} }}
            cascade = {{ capacity_kg = {cascade}, pressure_bar = 500, least_bar = 200 }}
            compressor = {{ kg_per_h = {compressor}, kwh_per_kg = 3 }}
            dispenser = {{ positions = {positions}, rate_kg_per_min = {rates:?}, low_cascade_rate = {low}, handling_s = 20, recovery_s = 45 {outages} }}
            "#,
            when_empty = if self.turn_away { "turn_away" } else { "hold" },
            patience = self.patience.map(|minutes| format!("patience_min = {minutes}")).unwrap_or_default(),
            bulk = self.bulk_kg,
            start = self.start * self.bulk_kg,
            boil = self.boil_off,
            cascade = self.cascade_kg,
            compressor = self.compressor,
            positions = self.positions,
            low = self.low,
            outages = self.mtbf_h.map(|h| format!(", mtbf_h = {h}, mttr_h = 1.5")).unwrap_or_default(),
        );
        if self.supply & 1 > 0 {
            tables.push_str("[hydrogen.h2.electrolyser]\nkind = \"pem\"\nrated_kw = 700\nkwh_per_kg = [[0.1, 48], [1, 56]]\nleast_load = 0.15\nramp_per_min = 0.03\nstandby_kw = 8\nloss_per_1000_h = 0.002\nloss_per_start = 0.0001\ncompress_kwh_per_kg = 1.7\nsolar_kw = [0, 0, 0, 0, 0, 0, 50, 100, 200, 300, 400, 400, 400, 400, 300, 200, 100, 50, 0, 0, 0, 0, 0, 0]\n");
        }
        if self.supply & 2 > 0 {
            let payload = self.bulk_kg * 0.6;
            let _ = writeln!(
                tables,
                "[hydrogen.h2.delivery]\nkind = \"tube_trailer\"\npayload_kg = {payload}\nlead_h = 5\nlead_cv = 0.4\nunload_loss = 0.02\nreorder_kg = 30\nunload_min = 40"
            );
        }
        if self.supply & 4 > 0 {
            tables.push_str("[hydrogen.h2.pipeline]\nplant = \"plant\"\nkg_per_h = 12\n");
        }
        scenario(2, &format!("limit_kw = {}\nload_kw = 40", self.limit_kw), POLICIES[self.policy], &tables)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// The audit runs inside: mass of each storage, tank and plant, contents within bounds, Little's law.
    #[test]
    fn mass_is_kept_and_limits_hold(station in any()) {
        let mut text = String::from("arrive_s,kg,depart_s\n");
        for (at_s, kg, stay_s) in &station.visits {
            let depart = stay_s.map(|stay_s| (at_s + stay_s).to_string()).unwrap_or_default();
            let _ = writeln!(text, "{at_s},{kg},{depart}");
        }
        let run = run_station(&station.toml(), &text);
        let peak = run.get("peak_kw", "site:place");
        prop_assert!(peak <= station.limit_kw.max(40.0) * (1.0 + 1e-9), "{peak} kW of {}", station.limit_kw);
        prop_assert!(run.total("h2_dispensed_kg") <= run.total("h2_requested_kg") + 1e-6);
    }
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let scenario = loaded(&shipped("hydrogen_corridor"), &["time.days=3", "hydrogen.port.dispenser.mtbf_h=30"]);
    let digest = |options: &Options| run(&scenario, options).digest;
    let expected = digest(&Options::default());
    assert_eq!(digest(&Options::default()), expected);
    assert_eq!(digest(&Options { reverse_spawn: true, ..Options::default() }), expected);
    assert_eq!(digest(&Options { shuffle: Some(3), ..Options::default() }), expected);
    assert_ne!(digest(&Options { seed: 9, ..Options::default() }), expected);
    Simulation::new(&scenario, &Options::default()).unwrap().check_schedule().unwrap();
}

/// A flat tariff of 0.17 USD/kWh is the price of hydrogen's electricity where the station lists none; a price of its own
/// stands before it.
#[test]
fn electricity_costs_what_the_tariff_of_the_site_says() {
    let dir = tempfile::tempdir().unwrap();
    let tariff = "utility,type,period,month_start,month_end,hour_start,hour_end,charge,units\n\
                  electric,energy,,1,12,0,24,0.17,$/kWh\n";
    let path = dir.path().join("flat.csv");
    std::fs::write(&path, tariff).unwrap();
    let with = |price: &str| {
        let site = format!("site.port_station.tariff={:?}", path.display().to_string());
        let price = format!("hydrogen.port.electricity_usd_per_kwh={price}");
        run(&loaded(&shipped("hydrogen_corridor"), &["time.days=2", &site, &price]), &Options::default())
    };
    let (by_tariff, listed, dear) = (with(""), with("[0.17]"), with("[0.34]"));
    let cost = |run: &Finished| run.total("h2_cost_production_energy_usd_per_kg");
    assert!(cost(&by_tariff) > 1.0);
    assert!((cost(&by_tariff) - cost(&listed)).abs() < 1e-9, "{} {}", cost(&by_tariff), cost(&listed));
    assert!(cost(&dear) > 1.5 * cost(&by_tariff), "{} {}", cost(&dear), cost(&by_tariff));
}
