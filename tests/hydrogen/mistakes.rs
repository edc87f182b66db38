//! Contract: mistakes in the tables of stations are told with line and fix.

use crate::common::shipped;
use portvolt::scenario::load::{Request, load};

/// What is told about a copy of `hydrogen_corridor` with one change.
fn told(changes: &[(&str, &str)]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut text = std::fs::read_to_string(shipped("hydrogen_corridor").join("scenario.toml")).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let path = dir.path().join("scenario.toml");
    std::fs::write(&path, &text).unwrap();
    let request = Request { path: dir.path().to_path_buf(), ..Request::default() };
    load(&request).err().unwrap_or_else(|| panic!("{changes:?} is accepted")).to_string()
}

/// The line on which a text stands, from 1.
fn line_of(text: &str) -> usize {
    let all = std::fs::read_to_string(shipped("hydrogen_corridor").join("scenario.toml")).unwrap();
    all[..all.find(text).unwrap()].matches('\n').count() + 1
}

#[test]
fn mistakes_are_told_with_their_line() {
    let one = told(&[("start_kg = 900", "start_kg = -900")]);
    assert!(
        one.contains(&format!("scenario.toml:{}:", line_of("start_kg = 900"))) && one.contains("at least 0"),
        "{one}"
    );
    let one = told(&[("reorder_kg = 2500", "reorder_kg = 250000")]);
    assert!(one.contains("reorder point") && one.contains("above"), "{one}");
    assert!(one.contains(&format!("scenario.toml:{}:", line_of("reorder_kg = 2500"))), "{one}");
    let one = told(&[("payload_kg = 3600", "payload_kg = 9000")]);
    assert!(one.contains("is larger than the storage"), "{one}");
    assert!(one.contains(&format!("scenario.toml:{}:", line_of("payload_kg = 3600"))), "{one}");
    let one = told(&[("[hydrogen.port.electrolyser]", "[unused]"), ("[hydrogen.port.pipeline]", "[unused2]")]);
    assert!(one.contains("the station has no supply"), "{one}");
    let one = told(&[("payload_kg = 3600", "payload_kg = 5990")]);
    assert!(one.contains("with its heel of"), "{one}");
    let one = told(&[("reorder_kg = 2500", "reorder_kg = 20")]);
    assert!(one.contains("below the largest tank it fills"), "{one}");
    let one = told(&[("days = 7\n", "days = 7\ninterval_s = 420\n")]);
    assert!(one.contains("420 does not divide an hour"), "{one}");
    let settings = ["port", "gateway", "inland"].map(|key| format!("hydrogen.{key}.electricity_usd_per_kwh="));
    let request = Request { path: shipped("hydrogen_corridor"), settings: settings.to_vec(), ..Request::default() };
    let one = load(&request).err().unwrap().to_string();
    assert_eq!(one.matches("its electricity has no price").count(), 3, "free only where the scenario says so: {one}");
    let one = told(&[("plant = \"carson\"", "plant = \"karson\"")]);
    assert!(one.contains("there is no [hydrogen_plant.karson]") && one.contains("did you mean `carson`"), "{one}");
    let one = told(&[("name = \"cheap_hours\"", "name = \"cheep_hours\"")]);
    assert!(one.contains("did you mean `cheap_hours`"), "{one}");
    let one = told(&[
        ("dispense_bar = 700", "dispense_bar = 350"),
        ("dispense_bar = 700", "dispense_bar = 350"),
        ("dispense_bar = 700", "dispense_bar = 350"),
    ]);
    assert!(one.contains("no station may fill its fuel cell trucks"), "{one}");
}
