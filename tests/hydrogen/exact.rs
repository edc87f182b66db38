//! Contract: a fill takes the time of the closed form whatever the control interval is and whoever else comes, and nothing of
//! a trailer gets lost.

use crate::common::{loaded, run, run_into, shipped, written};
use crate::{run_station, scenario, visits};
use portvolt::kernel::math::ln;
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::Options;

/// One position with 5 kg/min from a cascade of 40 kg that goes down to 200 of 500 bar; nearly no compressor.
fn falling(compressor_kg_per_h: f64) -> String {
    format!(
        r#"
        [hydrogen.h2]
        site = "place"
        users = ["visitors"]
        dispense_bar = 350
        bulk = {{ capacity_kg = 1000, start_kg = 1000 }}
        cascade = {{ capacity_kg = 40, pressure_bar = 500, least_bar = 200 }}
        compressor = {{ kg_per_h = {compressor_kg_per_h}, kwh_per_kg = 0 }}
        dispenser = {{ positions = 1, rate_kg_per_min = [[0, 5], [1, 5]], low_cascade_rate = 0.05 }}
        delivery = {{ kind = "liquid", payload_kg = 400, lead_h = 1, reorder_kg = 500 }}
        "#
    )
}

/// When fills end, in the order of their end, s.
fn ends(loaded: &Loaded) -> Vec<f64> {
    let dir = tempfile::tempdir().unwrap();
    run_into(loaded, &Options::default(), Some(dir.path()));
    let table = std::fs::read_to_string(dir.path().join("refuelings.csv")).unwrap();
    let column = table.lines().next().unwrap().split(',').position(|name| name == "end_s").unwrap();
    let end = |line: &str| line.split(',').nth(column).unwrap().parse().unwrap();
    table.lines().skip(1).map(end).collect()
}

fn ends_at(toml: &str, visits: &str, interval_s: u32) -> Vec<f64> {
    let toml =
        toml.replace("days = 1", &format!("days = 1\ntick_s = {}\ninterval_s = {interval_s}", interval_s.min(60)));
    let (_dir, loaded) = written(&toml, &[("visits.csv", visits)]);
    ends(&loaded)
}

/// The flow is r (l + (1 - l) s / S) with s kg above the least of S: s falls so that 15 kg take
/// S / (r (1 - l)) ln(1 / (l + (1 - l) (1 - 15 / S))). Density by Abel-Noble as in `hydrogen::rules`.
#[test]
fn a_fill_takes_its_time_at_any_interval() {
    let density = |bar: f64| bar * 1e5 / (4124.5 * 288.15 + 0.007_858 * bar * 1e5);
    let span_kg = 40.0 * (1.0 - density(200.0) / density(500.0));
    let left = 0.05 + 0.95 * (1.0 - 15.0 / span_kg);
    let expected_s = span_kg / (5.0 / 60.0 * 0.95) * ln(1.0 / left);
    let toml = scenario(1, "", "reorder_point", &falling(0.1));
    for interval_s in [10, 60, 300, 900, 3600] {
        for arrive_s in [3600, 3730] {
            let end_s = ends_at(&toml, &visits([(arrive_s, 15.0)]), interval_s)[0];
            let took_s = end_s - f64::from(arrive_s);
            assert!((took_s / expected_s - 1.0).abs() < 0.01, "{interval_s}, {arrive_s}: {took_s} {expected_s}");
        }
    }
    // Others who only join the queue change nothing.
    let others = [3600, 3630, 3660, 3700, 3760].map(|at_s| (at_s, if at_s == 3600 { 15.0 } else { 1.0 }));
    let took_s = ends_at(&toml, &visits(others), 300)[0] - 3600.0;
    assert!((took_s / expected_s - 1.0).abs() < 0.01, "{took_s} {expected_s}");
}

/// Sixteen in a row with a compressor that keeps up in part: the last is done at the same time, whatever the interval, also
/// when they come in the middle of one.
#[test]
fn a_row_of_fills_ends_at_the_same_time_at_any_interval() {
    let toml = scenario(1, "", "reorder_point", &falling(120.0));
    let row = visits((0..16).map(|at| (3_700 + at, 12.0)));
    let last_s = |interval_s: u32| ends_at(&toml, &row, interval_s).into_iter().fold(0.0, f64::max) - 3_700.0;
    let fine_s = last_s(10);
    for interval_s in [60, 300, 900, 3600] {
        assert!((last_s(interval_s) / fine_s - 1.0).abs() < 0.01, "{interval_s}: {} {fine_s}", last_s(interval_s));
    }
}

/// Six trips of 400 kg of carbon, whether there is room for the load or not; what does not fit goes back and is told.
#[test]
fn trailers_are_in_the_books() {
    let tables = falling(100.0).replace("reorder_kg = 500", "reorder_kg = 990, trip_km = 400, trip_kg_per_km = 1");
    let row = visits((0..10).map(|at| (3_600 * (at + 1), 10.0)));
    let run = run_station(&scenario(1, "", "reorder_point", &tables), &row);
    let (trailers, back) = (run.total("h2_trailers"), run.total("h2_returned_kg"));
    assert!(trailers >= 1.0 && back > 0.0, "{trailers} {back}");
    let kept = run.total("h2_delivered_kg");
    assert!((kept + back - 400.0 * trailers).abs() < 1e-6, "{kept} {back} {trailers}");
    assert!(run.summary.hydrogen.stations[0].purchased_co2e_kg >= 400.0 * trailers - 1e-6);
}

/// A station so near a yard that a drive takes less than a tick: who arrives so is heard of a tick later, and the books of the
/// queue still close. The audit of each run says whether they do.
#[test]
fn a_station_next_door_keeps_its_books() {
    let near = ["time.days=3", "site.inland_station.lat=34.0402", "site.inland_station.lon=-117.59"];
    for positions in [1, 4] {
        let positions = format!("hydrogen.inland.dispenser.positions={positions}");
        let scenario = loaded(&shipped("hydrogen_corridor"), &[near[0], near[1], near[2], &positions]);
        for seed in 1..=2 {
            let run = run(&scenario, &Options { seed, ..Options::default() });
            assert!(run.total("h2_fills") > 0.0, "{seed}");
        }
    }
}
