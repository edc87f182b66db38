//! Contract: trucks and equipment that run on hydrogen do their work and keep their books, and go where there is hydrogen.

use crate::common::{Finished, loaded, run, shipped, written};
use portvolt::sim::Options;

#[test]
fn hydrogen_corridor_is_plausible() {
    let run = run(&loaded(&shipped("hydrogen_corridor"), &[]), &Options::default());
    assert!(run.total("hauls_completed") > 0.9 * run.total("hauls_requested"));
    assert_eq!(run.total("diesel_gal"), 0.0);
    // Nikola Tre: 7.1 to 7.5 miles/kg loaded on a freeway; drayage is half empty and partly on local roads.
    let miles_per_kg = run.total("truck_km") / 1.609 / run.total("truck_hydrogen_kg");
    assert!((6.0..10.5).contains(&miles_per_kg), "{miles_per_kg} miles/kg");
    assert!(run.total("h2_dispensed_kg") > 0.8 * run.total("truck_hydrogen_kg"));
    // Retail in California 13 to 36 $/kg (2024-2025); the NREL Pacific series falls from 10 to 4.6.
    let cost = run.total("h2_cost_usd_per_kg");
    assert!((4.0..36.0).contains(&cost), "{cost} $/kg");
}

/// The station at the port runs dry on the first day: dispatch sees it and sends its trucks to the others.
#[test]
fn trucks_go_where_there_is_hydrogen() {
    let settings = [
        "hydrogen.port.electrolyser.rated_kw=100",
        "hydrogen.port.pipeline.kg_per_h=1",
        "hydrogen.port.bulk.start_kg=300",
        "time.days=4",
    ];
    let dry = run(&loaded(&shipped("hydrogen_corridor"), &settings), &Options::default());
    let usual = run(&loaded(&shipped("hydrogen_corridor"), &["time.days=4"]), &Options::default());
    let at = |run: &Finished, station: &str| run.get("h2_dispensed_kg", &format!("site:{station}_station"));
    assert!(at(&dry, "port") < 0.2 * at(&usual, "port"));
    assert!(at(&dry, "inland") + at(&dry, "gateway") > 1.3 * (at(&usual, "inland") + at(&usual, "gateway")));
    assert_eq!(dry.total("trucks_stranded"), 0.0);
}

/// A model of which a fleet has none does not decide where its trucks can fuel.
#[test]
fn a_model_nobody_owns_closes_no_station() {
    let text = std::fs::read_to_string(shipped("hydrogen_corridor").join("scenario.toml")).unwrap();
    let start = text.find("[truck_model.fuel_cell_70]").unwrap();
    let model = &text[start..start + text[start..].find("\n[fleet.").unwrap()];
    let other = model.replace("fuel_cell_70", "fuel_cell_1000").replace("pressure_bar = 700", "pressure_bar = 1000");
    assert_ne!(other, model.replace("fuel_cell_70", "fuel_cell_1000"), "{model}");
    let text = text.replace("\n[fleet.harbor]", &format!("\n{other}\n[fleet.harbor]"));
    let text = text.replace("trucks = { fuel_cell_70 = 180 }", "trucks = { fuel_cell_70 = 180, fuel_cell_1000 = 0 }");
    let (_dir, loaded) = written(&text.replace("days = 7", "days = 2"), &[]);
    let run = run(&loaded, &Options::default());
    assert!(run.total("h2_dispensed_kg") > 0.0 && run.total("trucks_stranded") == 0.0);
}

/// Shifts that end at midnight, where the run ends too: a truck that leaves the station in the last minute and sets out for
/// home still uses hydrogen, and the books of vehicles must close with it. The audit of each run says whether they do.
#[test]
fn the_last_minute_is_in_the_books() {
    let text = std::fs::read_to_string(shipped("hydrogen_corridor").join("scenario.toml")).unwrap();
    let text = text.replace("start = \"05:00\"", "start = \"12:30\"").replace("start = \"14:30\"", "start = \"13:00\"");
    let text = text.replace("spread_h = 4", "spread_h = 1").replace("spread_h = 3", "spread_h = 1");
    let (_dir, loaded) = written(&text.replace("days = 7", "days = 1"), &[]);
    for seed in 1..=8 {
        let run = run(&loaded, &Options { seed, ..Options::default() });
        assert!(run.total("truck_hydrogen_kg") > 0.0, "seed {seed}");
    }
}

/// Yard tractors on hydrogen do the work of diesel ones, and fuel at the station of their terminal.
#[test]
fn equipment_runs_on_hydrogen_too() {
    let text = r#"
        extends = "BASE"
        [equipment_model.yt_fuel_cell]
        class = "yard_tractor"
        powertrain = "fuel_cell"
        per_work_h = 0.9
        tank = { usable_kg = 12, pressure_bar = 350 }
        [terminal.terminal.equipment]
        yt_diesel = 0
        yt_battery = 0
        yt_fuel_cell = 130
        [hydrogen.yard]
        site = "terminal"
        users = ["yt_fuel_cell"]
        dispense_bar = 350
        bulk = { capacity_kg = 4000, start_kg = 4000 }
        electricity_usd_per_kwh = [0.2]
        cascade = { capacity_kg = 300, pressure_bar = 450, least_bar = 360 }
        compressor = { kg_per_h = 300, kwh_per_kg = 2 }
        dispenser = { positions = 4, rate_kg_per_min = [[0, 3], [1, 2]], handling_s = 60, recovery_s = 60 }
        delivery = { kind = "liquid", payload_kg = 2000, lead_h = 10, reorder_kg = 2000 }
    "#;
    let dir = tempfile::tempdir().unwrap();
    let base = shipped("port_terminal").join("scenario.toml");
    std::fs::write(dir.path().join("scenario.toml"), text.replace("BASE", base.to_str().unwrap())).unwrap();
    let run = run(&loaded(dir.path(), &["time.days=4"]), &Options::default());
    assert!(run.total("equipment_hours_served") > 0.99 * run.total("equipment_hours_required"));
    let (used, fuelled) = (run.total("equipment_hydrogen_kg"), run.total("h2_dispensed_kg"));
    assert!(fuelled > 0.5 * used && fuelled < 1.2 * used, "{used} kg used, {fuelled} kg fuelled");
    assert!(run.total("h2_fills") > 100.0);
}
