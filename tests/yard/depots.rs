//! Depots are places: ways between gate, parking and lots take time, shuffle drivers take one truck at a time, and plugs that nobody
//! clears are blocked. Mistakes in the plan of a depot are told.

use crate::common::{Finished, run};
use crate::overlaid;
use portvolt::scenario::doubt::doubts;
use portvolt::scenario::loaded::LotWays;
use portvolt::sim::Options;

fn depot(overlays: &[&str], settings: &[&str]) -> Finished {
    run(&overlaid("depot_night", overlays, settings).unwrap(), &Options::default())
}

/// By hand: rectilinear along the street, a quarter longer, at 8 km/h.
#[test]
fn ways_are_those_of_the_plan() {
    let loaded = overlaid("depot_night", &["yard.toml"], &[]).unwrap();
    let lots = &loaded.lot_ways["depot"];
    let seconds = |metres: f64| (metres * 1.25 / (8.0 / 3.6)).round() as u32;
    let canopy = LotWays { from_gate_s: seconds(80.0), from_parking_s: seconds(65.0), to_parking_s: seconds(65.0) };
    let fence = LotWays { from_gate_s: seconds(175.0), from_parking_s: seconds(90.0), to_parking_s: seconds(90.0) };
    assert_eq!((lots["canopy"], lots["fence"]), (canopy, fence));
    assert!(overlaid("depot_night", &[], &[]).unwrap().lot_ways.is_empty());
}

/// A yard by roads, as a file: a one-way ring.
#[test]
fn a_drawn_yard_has_ways_along_its_roads() {
    let feature = |kind: &str, id: &str, shape: &str| {
        format!(
            "{{\"type\": \"Feature\", \"properties\": {{\"kind\": \"{kind}\", \"id\": \"{id}\", \"one_way\": true}}, \"geometry\": {shape}}}"
        )
    };
    let point = |x: u32, y: u32| format!("{{\"type\": \"Point\", \"coordinates\": [{x}, {y}]}}");
    let features = [
        feature("fence", "fence", "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[100,0],[100,50],[0,50],[0,0]]]}"),
        feature("gate", "gate", &point(0, 0)),
        feature("parking", "parking", &point(100, 0)),
        feature("lot", "canopy", &point(100, 50)),
        feature("road", "ring", "{\"type\": \"LineString\", \"coordinates\": [[0,0],[100,0],[100,50],[0,50],[0,0]]}"),
    ];
    let plan = format!("{{\"type\": \"FeatureCollection\", \"units\": \"m\", \"features\": [{}]}}", features.join(","));
    let dir = tempfile::tempdir().unwrap();
    for name in ["scenario.toml", "hauls.csv"] {
        std::fs::copy(crate::common::shipped("depot_night").join(name), dir.path().join(name)).unwrap();
    }
    std::fs::write(dir.path().join("yard.geojson"), &plan).unwrap();
    let settings =
        ["site.depot.plan={ file = \"yard.geojson\", detour = 1.0, truck_kmh = 3.6 }", "charger.night.lot=canopy"];
    let loaded = crate::common::loaded(dir.path(), &settings);
    let expected = LotWays { from_gate_s: 150, from_parking_s: 50, to_parking_s: 250 };
    assert_eq!(loaded.lot_ways["depot"]["canopy"], expected);
    let sessions = run(&loaded, &Options::default()).get("lot_sessions", "lot:depot/canopy");
    assert!(sessions > 200.0, "{sessions}");
}

/// Each lot tells the way to it, between that from the parking and that from the gate, and what its plugs drew.
#[test]
fn lots_tell_ways_and_energy() {
    let run = depot(&["yard.toml"], &[]);
    let lot = |name: &str, lot: &str| run.get(name, &format!("lot:depot/{lot}"));
    for (name, gate_m, parking_m) in [("canopy", 80.0, 65.0), ("fence", 175.0, 90.0)] {
        let minutes = |metres: f64| metres * 1.25 / (8.0 / 3.6) / 60.0;
        let way_min = lot("lot_way_mean_min", name);
        let ends_min = (minutes(parking_m) - 0.01, minutes(gate_m) + 0.01);
        assert!(ends_min.0 <= way_min && way_min <= ends_min.1, "{name}: {way_min} of {ends_min:?}");
    }
    let drawn_kwh = lot("lot_energy_kwh", "canopy") + lot("lot_energy_kwh", "fence");
    let metered_kwh = run.get("energy_charging_kwh", "site:depot");
    assert!((drawn_kwh - metered_kwh).abs() <= 1e-6 * metered_kwh, "{drawn_kwh} of {metered_kwh}");
}

/// Nobody moves trucks at night: those that came last find no plug, and leave with what they have.
#[test]
fn blocked_plugs_leave_trucks_without_a_charge() {
    let (cleared, blocked) = (depot(&["yard.toml"], &[]), depot(&["yard.toml", "blocked.toml"], &[]));
    let at = |run: &Finished, name: &str| run.get(name, "total");
    assert!(
        at(&blocked, "energy_unmet_kwh") > at(&cleared, "energy_unmet_kwh") + 1_000.0,
        "{} {}",
        at(&blocked, "energy_unmet_kwh"),
        at(&cleared, "energy_unmet_kwh")
    );
    assert!(at(&blocked, "hauls_completed") <= at(&cleared, "hauls_completed"));
    let used = |run: &Finished, lot: &str| run.get("lot_utilization", &format!("lot:depot/{lot}"));
    assert!(used(&blocked, "canopy") > used(&cleared, "canopy"), "taken, and not used");
}

/// One driver for all takes them one after the other; with plugs far away each takes longer.
#[test]
fn shuffle_drivers_take_one_truck_at_a_time() {
    let wait = |settings: &[&str]| depot(&["yard.toml"], settings).get("queue_wait_mean_min", "total");
    let own = wait(&[]);
    let slow = wait(&["charger.night.plug_min=12", "charger.fence.plug_min=12"]);
    assert!(slow > own, "{slow} {own}");
    let far = wait(&["site.depot.plan.truck_kmh=1"]);
    assert!(far > own, "{far} {own}");
}

/// A lot without plugs is closed: a doubt and no mistake, at a depot and at a terminal. Nobody charges there, and others do.
#[test]
fn a_closed_lot_is_a_doubt() {
    let one = |scenario: &str, overlays: &[&str], closed: &str, [open_lot, closed_lot]: [&str; 2]| {
        let told = |settings: &[&str]| doubts(&overlaid(scenario, overlays, settings).unwrap()).join("\n");
        let loaded = overlaid(scenario, overlays, &["time.days=1", closed]).unwrap();
        let text = doubts(&loaded).join("\n");
        assert!(text.contains("has no plugs: nobody charges there") && !told(&[]).contains("has no plugs"), "{text}");
        let run = run(&loaded, &Options::default());
        assert!(run.get("lot_sessions", open_lot) > 10.0, "{open_lot}");
        assert_eq!(run.get("lot_sessions", closed_lot), 0.0);
    };
    one("depot_night", &["yard.toml"], "charger.fence.cabinets=0", ["lot:depot/canopy", "lot:depot/fence"]);
    let lots = ["lot:terminal/left", "lot:terminal/right"];
    one("port_terminal", &["planned.toml", "opportunity.toml"], "charger.crane_right.cabinets=0", lots);
    // No group stands there at all: a lot that was chosen as the place of none.
    let moved = ["time.days=1", "charger.crane_right.lot=left"];
    let loaded = overlaid("port_terminal", &["planned.toml", "opportunity.toml"], &moved).unwrap();
    assert!(doubts(&loaded).join("\n").contains("the lot `right` of `terminal` has no plugs"));
    assert!(run(&loaded, &Options::default()).get("lot_sessions", "lot:terminal/left") > 10.0);
}

#[test]
fn mistakes_in_a_depot_are_told() {
    let told = |settings: &[&str]| overlaid("depot_night", &["yard.toml"], settings).err().unwrap_or_default();
    assert_eq!(told(&[]), "");
    for (setting, expected) in [
        ("site.depot.plan.lots.canopy.at_m=[60, 130]", "the lot `canopy` lies outside of the fence"),
        ("site.depot.plan.lots.canopy.at_m=[110, 30]", "overlaps the lot"),
        ("site.depot.plan.gate_at_m=[-200, 0]", "the gate lies 200 m outside of the fence"),
        ("charger.fence.lot=canopi", "stands at the lot `canopi`, which the plan does not have"),
    ] {
        assert!(told(&[setting]).contains(expected), "{setting}: {}", told(&[setting]));
    }
    let without = overlaid("depot_night", &[], &["charger.night.lot=canopy"]).err().unwrap();
    assert!(
        without.contains("names a lot, but `depot` has no plan") && without.contains("[site.depot.plan]"),
        "{without}"
    );
    let pier = overlaid("port_terminal", &[], &["site.terminal.plan={ detour = 1, truck_kmh = 8 }"]).err().unwrap();
    assert!(pier.contains("the plan of a terminal is [terminal.terminal.plan]"), "{pier}");
}
