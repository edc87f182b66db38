//! Swap yards are places: a unit drives there, waits for a bay and a battery, is swapped and drives back; its battery charges at the
//! ports of the yard's own lot. Mistakes about the place are told.

use crate::common::{Finished, run, written};
use crate::plans::SMALL;
use portvolt::scenario::load::{Request, load};
use portvolt::sim::Options;

const SITE: &str = "site:pier";

/// The small terminal, whose tractors swap at the lot in the north.
fn swapped(changes: &[(&str, &str)]) -> String {
    let yard = "[swap.yard]\nsite = \"pier\"\nlot = \"north\"\nmodel = \"tractor_battery\"\nbays = 1\nswap_min = 5\nspares = 2\n";
    let mut toml = SMALL
        .replace("[labor]", &format!("{yard}\n[labor]"))
        .replace("berths = 1", "berths = 2")
        .replace("calls_per_week = 1", "calls_per_week = 5");
    for (from, to) in changes {
        assert!(toml.contains(from), "{from}");
        toml = toml.replace(from, to);
    }
    toml
}

fn of(changes: &[(&str, &str)]) -> Finished {
    let (_dir, loaded) = written(&swapped(changes), &[]);
    run(&loaded, &Options::default())
}

#[test]
fn a_swap_takes_a_way_and_a_bay() {
    let near = of(&[]);
    let at = |run: &Finished, name: &str| run.get(name, SITE);
    let swaps = at(&near, "swaps");
    assert!(swaps > 10.0, "{swaps}");
    // Five minutes in the bay, of visits that ended.
    let each_min = at(&near, "carrier_plugging_h") * 60.0 / swaps;
    assert!((each_min - 5.0).abs() < 0.5, "{each_min} min in the bay");
    assert!(at(&near, "carrier_lot_h") >= at(&near, "carrier_plugging_h") + at(&near, "carrier_lot_queue_h") - 1e-6);
    // Batteries charge at the lot: each that was left there, but for those that still wait.
    let charged = near.get("lot_sessions", "lot:pier/north");
    assert!((charged - swaps).abs() <= 3.0, "{charged} charged, {swaps} swapped");
    // In the far corner the way there is longer, each time.
    let far = of(&[("at_m = [150, 180]", "at_m = [20, 195]")]);
    let way_h = |run: &Finished| at(run, "carrier_lot_way_h") / at(run, "swaps");
    assert!(way_h(&far) > 1.3 * way_h(&near), "{} {}", way_h(&far), way_h(&near));
}

#[test]
fn fewer_spares_make_units_wait_and_more_bays_do_not_help_them() {
    let queue = |changes: &[(&str, &str)]| of(changes).get("carrier_lot_queue_h", SITE);
    let one_port = ("cabinets = 4", "cabinets = 1");
    let many = queue(&[one_port, ("spares = 2", "spares = 12")]);
    let few = queue(&[one_port, ("spares = 2", "spares = 1")]);
    let bays = queue(&[one_port, ("spares = 2", "spares = 1"), ("bays = 1", "bays = 6")]);
    assert!(few > many + 0.1, "{few} {many}");
    assert!((bays - few).abs() < 0.2 * few, "{bays} {few}");
}

#[test]
fn mistakes_about_the_place_are_told() {
    let told = |changes: &[(&str, &str)]| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("scenario.toml"), swapped(changes)).unwrap();
        let request = Request { path: dir.path().to_path_buf(), ..Request::default() };
        load(&request).err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    assert_eq!(told(&[]), "");
    let no_lot = told(&[("site = \"pier\"\nlot = \"north\"\nmodel", "site = \"pier\"\nmodel")]);
    assert!(no_lot.contains("no swap yard without a place"), "{no_lot}");
    let other = told(&[("site = \"pier\"\nlot = \"north\"\nmodel", "site = \"pier\"\nlot = \"nort\"\nmodel")]);
    assert!(other.contains("[swap.yard] stands at the lot `nort`, which the plan does not have"), "{other}");
    assert!(other.contains("no port at the terminal may charge its batteries"), "{other}");
    let shared = told(&[("users = [\"tractor_battery\"]", "users = [\"tractor_battery\", \"public\"]")]);
    assert!(shared.contains("ports charge batteries of `tractor_battery` alone"), "{shared}");
}
