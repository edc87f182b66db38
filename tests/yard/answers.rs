//! What a planner asks of a terminal, answered in the right direction: three days of `port_terminal` as planned, whose carriers are
//! all battery tractors. The numbers are those of PLANNER's questions and wrong answers; others stand beside what they ask about.

use crate::common::{Finished, run};
use crate::overlaid;
use portvolt::sim::Options;

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
