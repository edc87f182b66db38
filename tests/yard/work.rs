//! What runs of planned terminals hold to: conservation (the audit panics), the same rows in any order, a lot without way as a
//! plain pool of chargers.

use crate::common::{Finished, run, run_into, shipped, written};
use crate::overlaid;
use crate::plans::SMALL;
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, Simulation};

const SITE: &str = "site:terminal";

fn planned(overlays: &[&str], settings: &[&str]) -> Loaded {
    overlaid("port_terminal", overlays, settings).unwrap_or_else(|problems| panic!("{problems}"))
}

fn of(overlays: &[&str], settings: &[&str]) -> Finished {
    run(&planned(overlays, settings), &Options::default())
}

#[test]
fn a_week_works_its_vessels_and_trucks() {
    let run = of(&["planned.toml"], &[]);
    let at = |name: &str| run.get(name, SITE);
    let rate = at("crane_moves_per_h");
    assert!((20.0..=28.5).contains(&rate), "{rate} lifts an hour of a crane that could do 28");
    let turn = at("truck_turn_mean_min");
    assert!((15.0..=90.0).contains(&turn), "{turn} min for a truck turn (published: 18 to 78)");
    let parts = ["truck_gate_mean_min", "truck_way_mean_min", "truck_block_wait_mean_min", "truck_handling_mean_min"];
    let sum: f64 = parts.iter().map(|part| at(part)).sum();
    assert!((sum - turn).abs() < 0.05, "{sum} {turn}");
    assert!(at("yard_moves") > 12_000.0 && at("vessel_calls") >= 2.0);
    assert!(run.total("hauls_completed") > 0.97 * run.total("hauls_requested"));
    let kwh = at("yard_kwh_per_move");
    assert!((5.0..=25.0).contains(&kwh), "{kwh} kWh a move");
}

#[test]
fn the_same_seed_gives_the_same_rows_in_any_order() {
    let scenario = planned(&["planned.toml", "lots_at_blocks.toml"], &["time.days=2"]);
    let digest = |options: &Options| run(&scenario, options).digest;
    let expected = digest(&Options::default());
    assert_eq!(digest(&Options { reverse_spawn: true, ..Options::default() }), expected);
    assert_eq!(digest(&Options { shuffle: Some(5), ..Options::default() }), expected);
    Simulation::new(&scenario, &Options::default()).unwrap().check_schedule().unwrap();
}

/// Units that all come low at the start charge at a lot under their feet as at a plain pool of chargers: same sessions, same
/// seconds, same energy.
#[test]
fn a_lot_at_no_distance_is_a_plain_pool() {
    let low = |toml: &str| {
        toml.replace("tractor_battery = 3", "tractor_battery = 12")
            .replace(
                "per_wait_h = 2.0",
                "per_wait_h = 2.0\nleave_at_soc = 0.99\nreturn_at_soc = 1.0\ncharge_in_breaks = false",
            )
            .replace("days = 7", "days = 1")
            .replace("teu_per_year = 4_000_000", "teu_per_year = 0")
            .replace("per_km_loaded = 2.9\nper_km_empty = 1.2\n", "")
    };
    // The parking of a standard plan lies in the middle of the apron's edge.
    let lot = low(&SMALL.replace("at_m = [150, 180]", "at_m = [150, 50]"));
    let (plan, next) = (lot.find("[terminal.pier.plan]").unwrap(), lot.find("[charger.lot]").unwrap());
    let pool = format!("{}{}", &lot[..plan], &lot[next..]).replace("lot = \"north\"\n", "");
    let sessions = |toml: &str| {
        let (dir, loaded) = written(toml, &[]);
        let out = dir.path().join("out");
        std::fs::create_dir(&out).unwrap();
        run_into(&loaded, &Options::default(), Some(&out));
        std::fs::read_to_string(out.join("sessions.csv")).unwrap()
    };
    let (at_lot, at_pool) = (sessions(&lot), sessions(&pool));
    assert!(at_pool.lines().count() > 8, "{at_pool}");
    assert_eq!(at_lot, at_pool);
}

/// Too few plugs show: work is late, and no figure says that all is well (PLANNER M2).
#[test]
fn too_few_chargers_are_late() {
    let late = |cabinets: &str| {
        let run = of(&["planned.toml"], &[cabinets, "terminal.terminal.equipment.yt_diesel=0"]);
        (run.get("moves_late", SITE), run.get("work_backlog_max_h", SITE))
    };
    let (enough, few) = (late("charger.tractor_lot.cabinets=55"), late("charger.tractor_lot.cabinets=4"));
    assert!(few.0 > enough.0 + 100.0 && few.1 > enough.1, "{enough:?} {few:?}");
}

/// PLANNER M1: a list of hauls beside volumes keeps the vessels; without volumes it is said that none calls.
#[test]
fn listed_hauls_keep_the_vessels() {
    let list = "origin,destination,ready,due\nterminal,inland,2025-06-02T09:00,2025-06-02T15:00\nterminal,harbor,2025-06-02T10:00,2025-06-02T16:00\n";
    let toml = std::fs::read_to_string(shipped("port_terminal").join("scenario.toml")).unwrap();
    let toml = toml.replace("[freight]\n", "[freight]\nhauls = \"hauls.csv\"\n").replace("days = 7", "days = 3");
    let (_dir, both) = written(&toml, &[("hauls.csv", list)]);
    let run = run(&both, &Options::default());
    assert_eq!(run.total("hauls_requested"), 2.0);
    assert!(run.total("equipment_hours_required") > 500.0 && run.total("vessel_calls") >= 1.0);
    let start = toml.find("[freight.volumes]").unwrap();
    let end = toml[start..].find("\n\n").unwrap() + start;
    let (_dir, alone) = written(&format!("{}{}", &toml[..start], &toml[end..]), &[("hauls.csv", list)]);
    let doubts = portvolt::scenario::doubt::doubts(&alone);
    assert!(doubts.iter().any(|doubt| doubt.contains("no vessel calls at `terminal`")), "{doubts:?}");
}

/// Vehicles under way slow each other down where the plan says so: ways take longer and less is carried. Factors of nothing
/// change nothing, to the last row.
#[test]
fn full_lanes_slow_vehicles_down() {
    let lanes = |factors: &str| {
        let table =
            format!("[terminal.pier.plan.slowdown]\nlane_m = 1_000\n{factors}\n\n[terminal.pier.plan.lots.north]");
        let toml = SMALL.replace("days = 7", "days = 3").replace("[terminal.pier.plan.lots.north]", &table);
        run(&written(&toml, &[]).1, &Options::default())
    };
    let free = run(&written(&SMALL.replace("days = 7", "days = 3"), &[]).1, &Options::default());
    assert_eq!(lanes("machines_m = 0\ntrucks_m = 0").digest, free.digest);
    let slow = lanes("machines_m = 100\ntrucks_m = 100");
    // One vehicle in 1,000 m of lane: exp(0.1) is 1.105. Ways take ten times as long at most.
    let loaded_h = |run: &Finished| run.get("carrier_loaded_h", "site:pier") / run.get("yard_moves", "site:pier");
    let carriers = loaded_h(&slow) / loaded_h(&free);
    assert!((1.1..=10.5).contains(&carriers), "{carriers}");
    let way_min =
        |table: &[&str]| of(&["planned.toml"], &[&["time.days=2"], table].concat()).get("truck_way_mean_min", SITE);
    let full = "terminal.terminal.plan.slowdown={ lane_m = 2000, machines_m = 50, trucks_m = 50 }";
    let trucks = way_min(&[full]) / way_min(&[]);
    assert!((1.1..=10.5).contains(&trucks), "{trucks}");
}

/// PLANNER 6: breaks on the half hour, and hours of their own for one terminal. Cranes lift in worked half hours and no others.
#[test]
fn a_terminal_has_its_own_half_hours() {
    let hours = [
        "time.days=2",
        "terminal.terminal.labor={ weekday = [\"08:00-11:30\", \"12:00-16:30\"] }",
        "terminal.terminal.equipment.yt_battery=40",
        "terminal.terminal.equipment.yt_diesel=0",
    ];
    let loaded = planned(&["planned.toml"], &hours);
    let dir = tempfile::tempdir().unwrap();
    run_into(&loaded, &Options::default(), Some(dir.path()));
    let mut reader = csv::Reader::from_path(dir.path().join("sessions.csv")).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name.starts_with("arrive_s")).unwrap();
    let arrivals: Vec<u32> = reader.records().map(|row| row.unwrap()[column].parse().unwrap()).collect();
    // Breaks at 11:30 and 16:30: tractors drive to their lot then, not on the hour before.
    let between = |from_h: f64, to_h: f64| {
        let within = |at: &&u32| {
            (f64::from(**at % 86_400) / 3600.0 - from_h) * (to_h - f64::from(**at % 86_400) / 3600.0) >= 0.0
        };
        arrivals.iter().filter(within).count()
    };
    assert!(between(11.5, 11.75) > 10 && between(16.5, 16.75) > 10, "{arrivals:?}");
    assert!(between(11.0, 11.45) < between(11.5, 11.75));
}
