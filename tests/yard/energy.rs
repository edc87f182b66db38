//! What an empty battery costs a yard: a tow, the time of it, and the work that is not done meanwhile. Nothing drives on for free.

use crate::common::{Finished, run, written};
use crate::overlaid;
use crate::plans::SMALL;
use portvolt::sim::Options;

const SITE: &str = "site:pier";

/// A week of the small terminal, with these changes.
fn of(changes: &[(&str, &str)]) -> Finished {
    let mut toml = SMALL.to_owned();
    for (from, to) in changes {
        assert!(toml.contains(from), "{from}");
        toml = toml.replace(from, to);
    }
    run(&written(&toml, &[]).1, &Options::default())
}

const SMALL_BATTERY: (&str, &str) = ("usable_kwh = 217", "usable_kwh = 8");
/// Units leave their work when nothing is left.
const LATE: (&str, &str) =
    ("per_wait_h = 2.0", "per_wait_h = 2.0\nleave_at_soc = 0.0\nreturn_at_soc = 1.0\ncharge_in_breaks = false");

/// Each time a battery runs empty takes the time of a tow, and more of it takes more of the week's moves.
#[test]
fn a_tow_takes_its_time_from_the_work() {
    let towed = |tow: &str| of(&[SMALL_BATTERY, LATE, ("detour = 1.0", tow)]);
    let runs = ["detour = 1.0\ntow_min = 0", "detour = 1.0", "detour = 1.0\ntow_min = 240"].map(towed);
    let [none, half, four] = runs.each_ref().map(|run| run.get("yard_moves", SITE));
    assert!(none > half && half > four && four > 0.0, "{none} {half} {four} moves");
    for (run, tow_h) in runs.iter().zip([0.0, 0.5, 4.0]) {
        let (times, hours) = (run.get("carriers_stranded", SITE), run.get("carrier_towed_h", SITE));
        assert!(times > 20.0, "{times}");
        // The last three may still wait for theirs; ways under tow come on top.
        assert!(hours >= (times - 3.0) * tow_h && hours <= times * (tow_h + 0.1), "{times} tows, {hours} h");
    }
    assert_eq!(of(&[]).get("carriers_stranded", SITE), 0.0);
}

/// Units use what was in their batteries at the start and what was charged, whatever their size.
#[test]
fn no_unit_uses_energy_that_nobody_gave_it() {
    for kwh in ["4", "8", "20", "217"] {
        let battery = format!("usable_kwh = {kwh}");
        let run = of(&[("usable_kwh = 217", &battery), LATE]);
        let started_kwh = 3.0 * kwh.parse::<f64>().unwrap();
        let (used, charged) = (run.total("equipment_battery_kwh"), run.total("energy_delivered_kwh"));
        assert!(used > 0.0 && used <= started_kwh + charged + 1e-6, "{kwh} kWh: {used} used, {charged} charged");
    }
}

/// Units that go on until they are empty do less work than those that leave for a charge in time.
#[test]
fn going_on_until_empty_does_not_pay() {
    let battery = ("usable_kwh = 217", "usable_kwh = 20");
    let (in_time, when_empty) = (of(&[battery]), of(&[battery, LATE]));
    assert!(when_empty.get("carriers_stranded", SITE) > in_time.get("carriers_stranded", SITE));
    assert!(when_empty.get("yard_moves", SITE) < in_time.get("yard_moves", SITE));
}

/// PLANNER 3: a battery too small for the work shows as work that is behind.
#[test]
fn smaller_batteries_do_less() {
    let of = |kwh: u32| {
        let battery = format!("equipment_model.yt_battery.battery.usable_kwh={kwh}");
        let all = ["terminal.terminal.equipment.yt_diesel=0", "time.days=3", battery.as_str()];
        run(&overlaid("port_terminal", &["planned.toml"], &all).unwrap(), &Options::default())
    };
    let at = |run: &Finished, name: &str| run.get(name, "site:terminal");
    let [small, half, whole] = [10, 108, 217].map(of);
    assert!(at(&small, "yard_moves") < 0.98 * at(&half, "yard_moves"));
    assert!(at(&small, "work_backlog_max_h") > at(&half, "work_backlog_max_h"));
    // Half of it is enough with these plugs: the same within the noise of a seed.
    assert!((at(&half, "yard_moves") / at(&whole, "yard_moves") - 1.0).abs() < 0.01);
    assert!(at(&small, "carriers_stranded") > at(&whole, "carriers_stranded"));
}
