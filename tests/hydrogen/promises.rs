//! Contract: `cheap_hours` keeps its promise where prices, sun, curves, ramps, limits and plants make it hard; trucks do not go
//! where everything is out of order; the carbon of a kWh is counted once and by one intensity.

use crate::common::{Finished, loaded, run, shipped};
use crate::{run_station, scenario, time_of_use, visits};
use portvolt::sim::Options;

/// A station for 20 kg each two hours, known ahead; `el` and `more` are parts of its tables.
pub(super) struct Case<'a> {
    pub(super) prices: Vec<f64>,
    pub(super) el: &'a str,
    pub(super) site: &'a str,
    pub(super) more: &'a str,
    pub(super) storage_kg: f64,
}

const PLAIN: &str = "kwh_per_kg = [[0.1, 50], [1, 55]], least_load = 0.1, ramp_per_min = 6, standby_kw = 5";

impl Case<'_> {
    pub(super) fn of(prices: Vec<f64>) -> Self {
        Case { prices, el: PLAIN, site: "", more: "", storage_kg: 900.0 }
    }

    pub(super) fn run(&self, policy: &str, params: &str) -> Finished {
        let Self { prices, el, site, more, storage_kg } = self;
        let tables = format!(
            r#"
            [hydrogen.h2]
            site = "place"
            users = ["visitors"]
            dispense_bar = 350
            when_empty = "turn_away"
            electricity_usd_per_kwh = {prices:?}
            grid_kg_per_mwh = [200]
            forecast_kg_per_h = {forecast:?}
            bulk = {{ capacity_kg = {storage_kg}, start_kg = {start}, pressure_bar = 250 }}
            cascade = {{ capacity_kg = 100, pressure_bar = 500, least_bar = 400 }}
            compressor = {{ kg_per_h = 100, kwh_per_kg = 1.5 }}
            dispenser = {{ positions = 2, rate_kg_per_min = [[0, 5], [1, 5]] }}
            electrolyser = {{ kind = "pem", rated_kw = 1000, {el} }}
            {more}
            "#,
            start = storage_kg / 2.0,
            forecast = (0..24).map(|hour| if hour % 2 == 0 { 20.0 } else { 0.0 }).collect::<Vec<f64>>(),
        );
        let toml = scenario(7, site, policy, &tables);
        let toml = toml.replace("[policy.hydrogen]", &format!("[policy.hydrogen]\n{params}"));
        run_station(&toml, &visits((0..7 * 12).map(|at| (at * 7_200 + 600, 20.0))))
    }

    /// Cost of electricity of `cheap_hours` and of `keep_full`, USD. Both must have served all.
    fn cheap_against_full(&self) -> (f64, f64) {
        let (cheap, full) = (self.run("cheap_hours", ""), self.run("keep_full", ""));
        for run in [&cheap, &full] {
            assert!((run.total("h2_dispensed_kg") - 1680.0).abs() < 1e-6, "{}", run.total("h2_dispensed_kg"));
        }
        (cheap.total("h2_electricity_usd"), full.total("h2_electricity_usd"))
    }
}

#[test]
fn cheap_hours_cost_no_more_whatever_the_prices() {
    let night =
        |usd: f64, else_usd: f64| (0..24).map(|hour| if hour < 6 { usd } else { else_usd }).collect::<Vec<f64>>();
    let sun: Vec<f64> = (0..24).map(|hour| if (8..16).contains(&hour) { 800.0 } else { 0.0 }).collect();
    let dear_sun = format!("{PLAIN}, solar_kw = {sun:?}, solar_usd_per_kwh = 0.5");
    let bent = "kwh_per_kg = [[0.2, 70], [0.5, 52], [1, 55]], least_load = 0.2, ramp_per_min = 6";
    let cases = [
        ("negative at night", Case::of(night(-0.05, 0.1))),
        ("always negative", Case::of(vec![-0.05])),
        ("dear sun", Case { el: &dear_sun, ..Case::of(vec![0.05]) }),
        ("best in the middle", Case { el: bent, ..Case::of(time_of_use()) }),
        ("best in the middle, flat", Case { el: bent, ..Case::of(vec![0.15]) }),
    ];
    for (name, case) in &cases {
        let (cheap, full) = case.cheap_against_full();
        assert!(cheap <= full + 1e-6, "{name}: {cheap} $ against {full} $");
    }
}

/// With a thin reserve, where a limit, a slow ramp, or a plant that makes nothing stands in the way: as many kg as a full
/// store serves.
#[test]
fn cheap_hours_cover_what_a_full_store_covers() {
    let slow = PLAIN.replace("ramp_per_min = 6", "ramp_per_min = 0.01");
    let plant = r#"
        [hydrogen.h2.pipeline]
        plant = "plant"
        kg_per_h = 50
        [hydrogen_plant.plant]
        capacity_kg = 100
        start_kg = 0
        production_kg_per_day = [0]
        usd_per_kg = 5
        co2e_kg_per_kg = 1
        "#;
    let limited = Case { site: "limit_kw = 800", storage_kg: 300.0, ..Case::of(time_of_use()) };
    let ramped = Case { el: &slow, storage_kg: 300.0, ..Case::of(time_of_use()) };
    let piped = Case { more: plant, storage_kg: 300.0, ..Case::of(time_of_use()) };
    for (name, case) in [("limit", limited), ("ramp", ramped), ("plant", piped)] {
        let served = |policy: &str, params: &str| case.run(policy, params).total("h2_dispensed_kg");
        let (cheap, full) = (served("cheap_hours", "params = { reserve_level = 0.15 }"), served("keep_full", ""));
        assert!(cheap >= full - 1e-6, "{name}: {cheap} kg against {full} kg");
    }
}

/// All positions at the port break within the first hours and stay so: trucks fuel elsewhere.
#[test]
fn trucks_do_not_go_where_nothing_works() {
    let broken = ["time.days=3", "hydrogen.port.dispenser.mtbf_h=1", "hydrogen.port.dispenser.mttr_h=10000"];
    let run = run(&loaded(&shipped("hydrogen_corridor"), &broken), &Options::default());
    let gave_up = run.get("h2_gave_up", "site:port_station");
    assert!(gave_up < 0.02 * run.total("h2_fills"), "{gave_up} of {}", run.total("h2_fills"));
    assert_eq!(run.total("trucks_stranded"), 0.0);
}

/// The intensity that stations state is the one by which their electricity counts, in a kg and in the hub's total alike.
#[test]
fn one_intensity_for_a_kwh() {
    let of = |kg_per_mwh: f64| {
        let stations = ["port", "gateway", "inland"];
        let settings = stations.map(|key| format!("hydrogen.{key}.grid_kg_per_mwh=[{kg_per_mwh}]"));
        let settings: Vec<&str> = settings.iter().map(String::as_str).chain(["time.days=3"]).collect();
        run(&loaded(&shipped("hydrogen_corridor"), &settings), &Options::default())
    };
    let (none, much) = (of(0.0), of(1000.0));
    let more_t = much.total("co2e_upstream_t") - none.total("co2e_upstream_t");
    let drawn_t = much.total("h2_electricity_kwh") / 1000.0;
    assert!((more_t / drawn_t - 1.0).abs() < 1e-9, "{more_t} t against {drawn_t} t");
}
