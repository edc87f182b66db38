//! Contract: battery swap. A unit is back at work after a swap and not after a charge; batteries charge at the ports of the
//! terminal under its limits; no battery appears or vanishes (the audit of each run panics here); fewer spares mean longer
//! waits; the same seed gives the same rows in any order; mistakes are told.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{Finished, loaded, run, run_into, shipped};
use portvolt::record::rows::EquipmentRow;
use portvolt::record::table::Row;
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, Simulation};

fn terminal(settings: &[&str]) -> Loaded {
    let overlays = vec![shipped("port_terminal").join("battery_swap.toml")];
    let settings = settings.iter().copied().chain(["time.days=4"]).map(str::to_owned).collect();
    load(&Request { path: shipped("port_terminal"), overlays, settings, ..Request::default() })
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn swapped(settings: &[&str]) -> Finished {
    run(&terminal(settings), &Options::default())
}

#[test]
fn half_of_the_ports_do_the_work_of_the_yard() {
    let run = swapped(&[]);
    let at = |name: &str| run.get(name, "site:terminal");
    assert!(at("equipment_hours_served") > 0.99 * at("equipment_hours_required"));
    assert!(at("swaps") > 200.0, "{}", at("swaps"));
    // Units share their work evenly and run low together: a wave of them waits for batteries.
    assert!(at("swap_wait_mean_min") < 30.0, "{}", at("swap_wait_mean_min"));
    // Each battery that left a unit looked for a port: swaps, and what is still charging or in the queue.
    let sessions = run.get("sessions", "site:terminal");
    assert!(sessions >= 0.8 * at("swaps"), "{sessions} sessions, {} swaps", at("swaps"));
    assert!(at("peak_kw") <= 14_000.0 + 1e-6);
}

/// A run, and the hours that its yard tractors were away in all: they waited for a port or a bay, charged or were swapped.
fn away(loaded: &Loaded) -> (Finished, f64) {
    let dir = tempfile::tempdir().unwrap();
    let run = run_into(loaded, &Options::default(), Some(dir.path()));
    let at = |name: &str| EquipmentRow::COLUMNS.iter().position(|column| column.name == name).unwrap();
    let (class, away_h) = (at("class"), at("away_h"));
    let mut rows = csv::Reader::from_path(dir.path().join("equipment.csv")).unwrap();
    let rows = rows.records().map(Result::unwrap).filter(|row| &row[class] == "yard_tractor");
    let hours = rows.map(|row| row[away_h].parse::<f64>().unwrap()).sum();
    (run, hours)
}

/// The same yard by cable: units are away for as long as they charge and wait; with a swap they are away for minutes.
#[test]
fn a_unit_is_away_for_minutes() {
    let cable = ["time.days=4", "equipment_model.yt_battery.charge_in_breaks=false"];
    let (cabled, by_cable_h) = away(&loaded(&shipped("port_terminal"), &cable));
    let (swapped, by_swap_h) = away(&terminal(&[]));
    assert!(by_swap_h < 0.5 * by_cable_h, "away for {by_swap_h} h with swap, {by_cable_h} h by cable");
    let each_min = by_swap_h * 60.0 / swapped.get("swaps", "site:terminal");
    // A swap takes five minutes; who waits for a battery waits for less than half an hour.
    assert!((5.0..30.0).contains(&each_min), "{each_min} min for each swap");
    let served = |run: &Finished| run.get("equipment_hours_served", "site:terminal");
    assert!(served(&swapped) >= 0.999 * served(&cabled));
}

#[test]
fn fewer_spares_mean_longer_waits() {
    let wait = |spares: &str| {
        let spares = format!("swap.yard.spares={spares}");
        swapped(&[&spares]).get("swap_wait_mean_min", "site:terminal")
    };
    let (few, some, many) = (wait("4"), wait("20"), wait("110"));
    assert!(few > some && some >= many, "{few} {some} {many}");
    // With a charged battery for every unit the only wait is for a bay.
    assert!(many < 10.0, "{many}");
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let scenario = terminal(&[]);
    let digest = |options: &Options| run(&scenario, options).digest;
    let expected = digest(&Options::default());
    assert_eq!(digest(&Options { reverse_spawn: true, ..Options::default() }), expected);
    assert_eq!(digest(&Options { shuffle: Some(5), ..Options::default() }), expected);
    Simulation::new(&scenario, &Options::default()).unwrap().check_schedule().unwrap();
}

#[test]
fn mistakes_are_told() {
    let overlays = vec![shipped("port_terminal").join("battery_swap.toml")];
    let told = |settings: &[&str]| {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        load(&Request { path: shipped("port_terminal"), overlays: overlays.clone(), settings, ..Request::default() })
            .err()
            .unwrap()
            .to_string()
    };
    let one = told(&["swap.yard.model=yt_diesel", "swap.yard.spares=0"]);
    assert!(one.contains("`yt_diesel` has no battery") && one.contains("at least 1"), "{one}");
    let one = told(&["swap.yard.site=terminl"]);
    assert!(one.contains("there is no [terminal.terminl]"), "{one}");
    let one = told(&["charger.tractor_lot.users=[\"yt_battery\"]"]);
    assert!(one.contains("no port at the terminal may charge its batteries"), "{one}");
}
