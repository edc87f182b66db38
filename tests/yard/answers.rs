//! What a planner asks of a terminal, answered in the right direction: three days of `port_terminal` as planned, whose carriers are
//! all battery tractors. The numbers are those of PLANNER's questions and wrong answers; others stand beside what they ask about.

use crate::common::{Finished, run, shipped};
use crate::overlaid;
use portvolt::sim::Options;
use serde_json::Value;
use std::process::Command;

const SITE: &str = "site:terminal";

fn of(settings: &[&str]) -> Finished {
    let all = ["time.days=3", "terminal.terminal.equipment.yt_diesel=0"].iter().chain(settings).copied();
    run(&overlaid("port_terminal", &["planned.toml"], &all.collect::<Vec<_>>()).unwrap(), &Options::default())
}

fn moves(run: &Finished) -> f64 {
    run.get("yard_moves", SITE)
}

/// Questions 1 and 7, M2: how many chargers, and how many more tractors because of charging? With enough ports charging in
/// breaks takes no work; with few, battery tractors fall behind as many diesel ones, and more of them make good for a part of it.
/// Largest backlog, h of work, over two seeds.
#[test]
fn few_ports_cost_work_that_more_tractors_make_good() {
    let behind_h = |battery: u32, diesel: u32, cabinets: u32| -> f64 {
        let settings = [
            "time.days=3".to_owned(),
            format!("terminal.terminal.equipment.yt_battery={battery}"),
            format!("terminal.terminal.equipment.yt_diesel={diesel}"),
            format!("charger.tractor_lot.cabinets={cabinets}"),
        ];
        let loaded = overlaid("port_terminal", &["planned.toml"], &settings.each_ref().map(String::as_str)).unwrap();
        let of_seed = |seed| run(&loaded, &Options { seed, ..Options::default() }).get("work_backlog_max_h", SITE);
        of_seed(1) + of_seed(2)
    };
    let diesel = behind_h(0, 85, 55);
    let [enough, few, more] = [(85, 55), (85, 6), (110, 6)].map(|(tractors, cabinets)| behind_h(tractors, 0, cabinets));
    assert!((enough / diesel - 1.0).abs() < 0.1, "{enough} {diesel}");
    assert!(few > 1.5 * diesel && more < 0.8 * few, "{diesel} {few} {more}");
}

/// Question 5: as much power in many slow ports or in few fast ones. Slow ones make nobody wait for a port and hold tractors
/// longer; fast ones are queued for.
#[test]
fn few_fast_ports_queue_and_many_slow_ones_hold() {
    let ports = |cabinets: u32, kw: u32| {
        of(&[&format!("charger.tractor_lot.cabinets={cabinets}"), &format!("charger.tractor_lot.cabinet_kw={kw}")])
    };
    let (slow, fast) = (ports(220, 22), ports(14, 350));
    assert_eq!(slow.get("carrier_lot_queue_h", SITE), 0.0);
    assert!(fast.get("carrier_lot_queue_h", SITE) > 100.0);
    let at_port_h = |run: &Finished| run.get("carrier_lot_h", SITE) - run.get("carrier_lot_queue_h", SITE);
    assert!(at_port_h(&slow) > 2.0 * at_port_h(&fast));
}

/// Question 10, M6: a transformer that is out for two days, and a connection too small for any charging, show as work that is not
/// done and batteries that run empty. The cranes have a feeder of their own here.
#[test]
fn without_power_the_work_stops() {
    let (with, out, none) = (
        of(&[]),
        of(&["limit.outage={ on = [\"terminal\"], kw = 0, from = \"2025-06-02T12:00\", to = \"2025-06-04T12:00\" }"]),
        of(&["site.terminal.limit_kw=14"]),
    );
    assert!(moves(&out) < 0.7 * moves(&with) && moves(&none) < moves(&out), "{} {}", moves(&out), moves(&none));
    for short in [&out, &none] {
        assert!(short.get("work_backlog_max_h", SITE) > 5.0 * with.get("work_backlog_max_h", SITE));
        assert!(short.get("carriers_stranded", SITE) > with.get("carriers_stranded", SITE));
    }
    assert!(none.total("energy_delivered_kwh") < 1.0);
}

/// M4: work that lacks its machines is not done, and those who come for it feel it. With a fifth of the tractors cranes lift half as
/// much; with a ninth of the top handlers trucks queue, and hauls are late or left over. Without any it is an error (`plans`).
#[test]
fn too_few_machines_leave_work_undone() {
    let (base, tractors) = (of(&[]), of(&["terminal.terminal.equipment.yt_battery=20"]));
    let handlers = of(&[
        "terminal.terminal.equipment.top_handler_diesel=4",
        "terminal.terminal.equipment.top_handler_battery=0",
        "charger.handler_lot.cabinets=1",
    ]);
    let rate = |run: &Finished| run.get("crane_moves_per_h", SITE);
    let served = |run: &Finished| run.total("equipment_hours_served") / run.total("equipment_hours_required");
    assert!(rate(&tractors) < 0.6 * rate(&base), "{} {}", rate(&tractors), rate(&base));
    assert!(served(&tractors) < 0.7 && served(&base) > 0.9, "{} {}", served(&tractors), served(&base));
    let turn = |run: &Finished| run.get("truck_turn_mean_min", SITE);
    assert!(turn(&handlers) > 2.0 * turn(&base), "{} {}", turn(&handlers), turn(&base));
    assert!(handlers.total("hauls_completed") < 0.9 * base.total("hauls_completed"));
    assert!(handlers.total("hauls_late") > 100.0 + base.total("hauls_late"));
}

/// M12: where batteries are swapped the screen says how long units waited, which is not how long batteries waited for ports.
#[test]
fn the_screen_says_how_long_units_waited_for_a_battery() {
    let dir = tempfile::tempdir().unwrap();
    let port = shipped("port_terminal");
    let args = ["run", port.to_str().unwrap(), "--strategy", "battery_swap", "--days", "2", "--out", "swapped"];
    let mut portvolt = Command::new(env!("CARGO_BIN_EXE_portvolt"));
    let ran = portvolt.args(args).current_dir(dir.path()).env("NO_COLOR", "1").output().unwrap();
    let screen = String::from_utf8(ran.stdout).unwrap();
    let summary = std::fs::read_to_string(dir.path().join("swapped/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let metric = |name: &str, scope: &str| {
        let mut all = summary["metrics"].as_array().unwrap().iter();
        all.find(|it| it["name"] == name && it["scope"] == scope).unwrap()["value"].as_f64().unwrap()
    };
    let (mean, p95) = (metric("swap_wait_mean_min", SITE), metric("swap_wait_p95_min", SITE));
    assert!(metric("swaps", SITE) > 50.0);
    assert!(screen.contains(&format!("units waited mean {mean:.1} min, p95 {p95:.0} min")), "{screen}");
    assert!((p95 - metric("queue_wait_p95_min", "total")).abs() > 1.0, "two queues: {screen}");
}

/// M7: what is asked for does not grow because there are fewer ports.
#[test]
fn fewer_ports_do_not_make_units_ask_for_more() {
    let asked =
        |cabinets: u32| of(&[&format!("charger.tractor_lot.cabinets={cabinets}")]).total("energy_requested_kwh");
    let (many, some, few) = (asked(55), asked(20), asked(10));
    assert!(some < 1.05 * many && few < 1.05 * many, "{many} {some} {few}");
}

/// Question 13: automated vehicles that couple by themselves, around the clock, at cranes that stack by themselves.
#[test]
fn automated_vehicles_work_and_charge_without_anybody() {
    let run = run(&overlaid("port_terminal", &["automated.toml"], &["time.days=3"]).unwrap(), &Options::default());
    assert!(moves(&run) > 8_000.0 && run.total("sessions") > 50.0);
    assert_eq!(run.get("carriers_stranded", SITE), 0.0);
    assert!(run.get("carrier_plugging_h", SITE) < 0.1 * run.get("carrier_lot_h", SITE));
}

/// Straddle carriers lift by themselves, and those on the land side serve the trucks: with more of them a truck waits less, and
/// cranes wait more for those that are left. Without any no truck would be served, without a rate they would lift in no time:
/// both are errors, and so is a fleet without a carrier for the cranes.
#[test]
fn straddle_carriers_serve_cranes_and_trucks() {
    let straddle = |settings: &[&str]| {
        let plan = [
            "time.days=2",
            "terminal.terminal.plan.kind=straddle",
            "terminal.terminal.plan.blocks.rtg=0",
            "terminal.terminal.plan.blocks.top_handler=0",
            "terminal.terminal.plan.blocks.yard_tractor=30",
            "work.yard_tractor.lifts_per_h=25",
        ];
        overlaid("port_terminal", &["planned.toml"], &[&plan[..], settings].concat())
    };
    let landside = |carriers: u32| {
        let setting = format!("terminal.terminal.plan.landside_carriers={carriers}");
        run(&straddle(&[&setting]).unwrap(), &Options::default())
    };
    let (few, more) = (landside(24), landside(60));
    for run in [&few, &more] {
        assert!(run.get("hauls_completed", "total") > 500.0 && run.get("crane_moves_per_h", SITE) > 5.0);
        assert!(run.get("carrier_block_h", SITE) > 100.0, "lifting takes time");
    }
    assert!(more.get("truck_turn_mean_min", SITE) < few.get("truck_turn_mean_min", SITE));
    assert!(more.get("carrier_idle_h", SITE) > 0.0 && more.get("yard_moves", SITE) < few.get("yard_moves", SITE));
    for (settings, words) in [
        (&[][..], "without one no truck is served"),
        (&["terminal.terminal.plan.landside_carriers=500"], "none is left for cranes"),
        (
            &["terminal.terminal.plan.landside_carriers=24", "work.yard_tractor.lifts_per_h=0"],
            "lift by themselves and need lifts_per_h",
        ),
    ] {
        let told = straddle(settings).unwrap_err();
        assert!(told.contains(words), "{words}: {told}");
    }
}
