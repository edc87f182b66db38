//! What runs of planned terminals hold to: conservation (the audit panics), the same rows in any order, a lot without way as a
//! plain pool of chargers, and directions that are published.

use crate::common::{Finished, run, run_into, shipped, written};
use crate::plans::SMALL;
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, Simulation};

const SITE: &str = "site:terminal";

fn planned(overlays: &[&str], settings: &[&str]) -> Loaded {
    let overlays = overlays.iter().map(|name| shipped("port_terminal").join(name)).collect();
    let settings = settings.iter().copied().map(str::to_owned).collect();
    load(&Request { path: shipped("port_terminal"), overlays, settings, ..Request::default() })
        .unwrap_or_else(|problems| panic!("{problems}"))
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

/// Four to eight carriers saturate a crane of 25 to 35 moves an hour (published): more bring less and less.
#[test]
fn more_carriers_saturate_the_crane() {
    let rate = |carriers: u32| {
        let setting = format!("terminal.terminal.plan.carriers_per_crane={carriers}");
        of(&["planned.toml"], &[&setting, "time.days=3"]).get("crane_moves_per_h", SITE)
    };
    let (two, five, eight, eleven) = (rate(2), rate(5), rate(8), rate(11));
    assert!(two < 0.75 * five && five < eight, "{two} {five} {eight}");
    assert!((eleven - eight) < 0.25 * (five - two), "{five} {eight} {eleven}");
    assert!(eight > 0.85 * 28.0, "{eight}");
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

/// Breaks that are taken group after group cut the peak of charging, and one lot more peaks less than no plan says.
#[test]
fn staggered_breaks_cut_the_peak() {
    let peak = |settings: &[&str]| {
        let all = ["time.days=3", "site.terminal.limit_kw=40000", "charger.tractor_lot.cabinets=110"];
        let settings: Vec<&str> = all.iter().chain(settings).copied().collect();
        of(&["planned.toml"], &settings).get("peak_kw", SITE)
    };
    let together = peak(&[]);
    let staggered = peak(&[
        "terminal.terminal.plan.dispatch.charging=breaks_staggered",
        "terminal.terminal.plan.dispatch.groups=3",
    ]);
    assert!(staggered < 0.9 * together, "{staggered} {together}");
}

/// Lots at the blocks with a moving threshold against one central lot with a fixed one, by the empty and waiting hours of carriers
/// for a container (Ma, Zhou and Stephen 2021: decentralised and progressive is best).
#[test]
fn decentralised_progressive_beats_one_central_lot() {
    let scarce =
        ["time.days=4", "terminal.terminal.equipment.yt_diesel=0", "terminal.terminal.equipment.yt_battery=70"];
    let central: Vec<&str> =
        scarce.iter().copied().chain(["terminal.terminal.plan.dispatch.charging=threshold"]).collect();
    let central = of(&["planned.toml"], &central);
    let spread = of(&["planned.toml", "lots_at_blocks.toml"], &scarce);
    let lost = |run: &Finished| run.get("carrier_lot_way_h", SITE) + run.get("carrier_lot_queue_h", SITE);
    assert!(lost(&spread) < lost(&central), "{} {}", lost(&spread), lost(&central));
    assert!(spread.get("crane_moves_per_h", SITE) >= 0.98 * central.get("crane_moves_per_h", SITE));
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
