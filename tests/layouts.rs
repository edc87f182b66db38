//! Contract: files of others come in whole or with every mistake named by file, feature or line, and key; what goes out
//! comes back the same. Layouts as `GeoJSON`, AFDC stations, ACN sessions; load shapes and charging profiles of a run.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{loaded, run, shipped, written};
use portvolt::document::problem::{Problem, Problems};
use portvolt::import::geojson::{Layout, PlacedCharger};
use portvolt::import::{acn, afdc, geojson, osm};
use portvolt::sim::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn portvolt(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Carson, California, and Rotterdam, where latitude and longitude could both be either.
fn places() -> BTreeMap<String, (f64, f64)> {
    BTreeMap::from([("depot".to_owned(), (33.8317, -118.2517)), ("maasvlakte".to_owned(), (51.95, 4.05))])
}

fn read(document: &Value) -> (Layout, String) {
    let mut problems = Vec::new();
    let layout = geojson::read("yard.geojson", &document.to_string(), &places(), &mut problems);
    (layout, told(problems))
}

fn told(list: Vec<Problem>) -> String {
    Problems { files: Vec::new(), list }.to_string()
}

fn collection(features: Value) -> Value {
    json!({ "type": "FeatureCollection", "features": features })
}

/// A charger with a geometry and more (or null: fewer) properties.
fn charger(geometry: Value, more: Value) -> Value {
    let mut properties = json!({
        "id": "north", "site": "depot", "cabinets": 4, "cabinet_kw": 180, "ports": 2, "efficiency": 0.92,
    });
    for (key, value) in more.as_object().unwrap() {
        properties[key] = value.clone();
    }
    json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}

fn point(lon: f64, lat: f64) -> Value {
    json!({ "type": "Point", "coordinates": [lon, lat] })
}

#[test]
fn points_and_polygons_are_chargers() {
    // A rectangle of 0.004 by 0.002 degrees with its corner at the depot: the centroid is its middle. A hole in the
    // western half of it, 0.001 x 0.002 of 0.004 x 0.002 with its middle at 0.0005: (8 x 2 - 2 x 0.5) / (8 - 2) = 2.5.
    let (x, y) = (-118.25, 33.83);
    let ring = |west: f64, east: f64| {
        json!([[x + west, y], [x + east, y], [x + east, y + 0.002], [x + west, y + 0.002], [x + west, y]])
    };
    let polygon = json!({ "type": "Polygon", "coordinates": [ring(0.0, 0.004)] });
    let holed = json!({ "type": "MultiPolygon", "coordinates": [[ring(0.0, 0.004), ring(0.0, 0.001)]] });
    let mut numbered =
        charger(point(x, y), json!({ "id": null, "users": "carrier, public", "fid": 3, "name": "By the gate" }));
    numbered["id"] = json!(17);
    let (layout, told) = read(&collection(json!([
        charger(polygon, json!({ "users": ["carrier"], "port_kw": 150.0 })),
        charger(holed, json!({ "id": "south", "sources": "{\"default\": \"chosen\"}" })),
        numbered,
    ])));
    assert_eq!(told, "");
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    let north = &layout.chargers["north"];
    near(north.lon, x + 0.002);
    near(north.lat, y + 0.001);
    assert_eq!((north.spec.cabinets, north.spec.port_kw, north.spec.users.len()), (4, Some(150.0), 1));
    let south = &layout.chargers["south"];
    near(south.lon, x + 0.0025);
    near(south.lat, y + 0.001);
    assert_eq!(south.spec.sources["default"], "chosen");
    assert_eq!(layout.chargers["17"].spec.users, ["carrier", "public"]);
}

/// Every kind of mistake has its words, with file, feature and key.
#[test]
fn mistakes_in_a_layout_are_named() {
    let here = || point(-118.25, 33.83);
    let feature = |geometry: Value, more: Value| collection(json!([charger(geometry, more)]));
    let ring = json!([[-118.25, 33.83], [-118.24, 33.83], [-118.24, 33.84], [-118.25, 33.84]]);
    let flat = json!([[-118.25, 33.83], [-118.24, 33.83], [-118.25, 33.83], [-118.25, 33.83]]);
    let twice = collection(json!([charger(here(), json!({})), charger(here(), json!({}))]));
    let mut mercator = feature(here(), json!({}));
    mercator["crs"] = json!({ "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::3857" } });
    let cases: Vec<(Value, &[&str])> = vec![
        (
            feature(point(33.83, -118.25), json!({})),
            &["yard.geojson: features[0] (north).geometry", "swapped", "longitude first"],
        ),
        (
            feature(point(51.95, 4.05), json!({ "site": "maasvlakte" })),
            &["km from its site `maasvlakte`, but near it with latitude and longitude swapped", "longitude first"],
        ),
        (
            feature(point(-117.0, 33.83), json!({})),
            &["lies 116 km from its site `depot`", "name the site where it stands"],
        ),
        (feature(point(-13_163_000.0, 4_005_000.0), json!({})), &["nowhere on Earth", "EPSG:4326"]),
        (
            feature(json!({ "type": "Polygon", "coordinates": [ring] }), json!({})),
            &["ring 0 is not closed", "repeat the first"],
        ),
        (feature(json!({ "type": "Polygon", "coordinates": [flat] }), json!({})), &["has no area"]),
        (feature(Value::Null, json!({})), &["features[0] (north).geometry: is empty"]),
        (feature(json!({ "type": "Point", "coordinates": [] }), json!({})), &["features[0] (north).geometry"]),
        (feature(json!({ "type": "LineString", "coordinates": [[0, 0], [1, 1]] }), json!({})), &["is a LineString"]),
        (mercator, &["crs", "EPSG::3857", "export the layer again"]),
        (
            feature(here(), json!({ "cabinet_kW": 180 })),
            &["features[0] (north).cabinet_kW: unknown key", "did you mean `cabinet_kw`?"],
        ),
        (
            feature(here(), json!({ "cabinets": null })),
            &["features[0] (north): the key `cabinets` is missing", "How many cabinets"],
        ),
        (feature(here(), json!({ "cabinet_kw": "180 kW" })), &["features[0] (north).cabinet_kw: must be a number"]),
        (
            feature(here(), json!({ "efficiency": 92 })),
            &["features[0] (north).efficiency", "out of the plausible range"],
        ),
        (
            feature(here(), json!({ "site": "depo" })),
            &["features[0] (north).site: there is no [site.depo]", "did you mean `depot`?"],
        ),
        (feature(here(), json!({ "id": null })), &["features[0]: has no id"]),
        (feature(here(), json!({ "layer": "chargers" })), &["features[0] (north).layer", "charger, site"]),
        (twice, &["features[1] (north): the id `north` was used before"]),
        (here(), &["has the type `Point`; a layout is a FeatureCollection"]),
        (json!({ "type": "FeatureCollection" }), &["features: must be a list"]),
    ];
    for (document, words) in cases {
        let (_, told) = read(&document);
        for word in words {
            assert!(told.contains(word), "wanted `{word}` in `{told}` of {document}");
        }
        assert_eq!(told.lines().count(), 1, "one mistake, one line: {told}");
    }
    let mut problems = Vec::new();
    geojson::read("yard.geojson", "{\n\"type\": \"FeatureCollection\",\n\"features\": [}\n", &places(), &mut problems);
    assert!(told(problems).starts_with("yard.geojson:3: is no JSON"));
}

/// All mistakes of all features at once.
#[test]
fn all_mistakes_of_a_layout_are_told_at_once() {
    let bad = |id: &str| charger(Value::Null, json!({ "id": id }));
    let (layout, told) = read(&collection(json!([
        bad("a"),
        charger(point(-118.25, 33.83), json!({ "ports": 0, "port_kv": 1 })),
        bad("b")
    ])));
    assert_eq!(told.lines().count(), 4, "{told}");
    assert!(layout.chargers.is_empty());
}

/// A scenario's sites and chargers as `GeoJSON` and back are the same tables.
#[test]
fn a_layout_comes_back_as_it_went() {
    for name in ["depot_night", "port_terminal", "san_pedro_bay"] {
        let scenario = loaded(&shipped(name), &[]).scenario;
        let dir = tempfile::tempdir().unwrap();
        let out = portvolt(dir.path(), &["export", "geojson", shipped(name).to_str().unwrap(), "--out", "map.geojson"]);
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let file = std::fs::read_to_string(dir.path().join("map.geojson")).unwrap();
        let mut problems = Vec::new();
        let back = geojson::read("map.geojson", &file, &BTreeMap::new(), &mut problems);
        assert_eq!(told(problems), "");
        assert_eq!(serde_json::to_value(&back.sites).unwrap(), serde_json::to_value(&scenario.site).unwrap());
        let specs: BTreeMap<_, _> =
            back.chargers.iter().map(|(key, charger)| (key.clone(), charger.spec.clone())).collect();
        assert_eq!(serde_json::to_value(&specs).unwrap(), serde_json::to_value(&scenario.charger).unwrap());
        assert_eq!(geojson::write(&back), file.trim_end());
        let again =
            portvolt(dir.path(), &["export", "geojson", shipped(name).to_str().unwrap(), "--out", "map.geojson"]);
        assert_eq!(again.status.code(), Some(4), "not overwritten unasked");
        for PlacedCharger { spec, lat, lon } in back.chargers.values() {
            assert_eq!((*lat, *lon), (scenario.site[&spec.site].lat, scenario.site[&spec.site].lon));
        }
    }
}

/// The header of 2012, with a station of level 2 that is private, one of fast ports, one of another fuel.
const OLD: &str = "\
Fuel Type Code,Station Name,Street Address,City,State,ZIP,Status Code,Groups With Access Code,EV Level1 EVSE Num,EV Level2 EVSE Num,EV DC Fast Count,Latitude,Longitude,ID
ELEC,Office,1 Main St,Carson,CA,90745,E,Private access only,,38,,33.83,-118.25,39534
ELEC,Truck stop,2 Main St,Carson,CA,90745,E,Public - credit card at all times,,2,4,33.84,-118.26,1001
CNG,Gas,3 Main St,Carson,CA,90745,E,Public,,,,33.85,-118.27,635
ELEC,Far away,4 Main St,Denver,CO,80202,E,Public,,,8,39.74,-104.99,77
";

#[test]
fn stations_of_the_old_header() {
    let take = |options: &afdc::Options| {
        let mut problems = Vec::new();
        let found = afdc::read("stations.csv", OLD, options, &mut problems);
        assert_eq!(told(problems), "");
        found
    };
    let options = afdc::Options { bbox: Some([-119.0, 33.0, -117.0, 34.5]), ..afdc::Options::default() };
    let found = take(&options);
    assert_eq!(found.layout.sites.keys().collect::<Vec<_>>(), ["afdc_1001"]);
    let fast = &found.layout.chargers["afdc_1001_dc"].spec;
    assert_eq!((fast.cabinets, fast.cabinet_kw, fast.sources["cabinet_kw"].as_str()), (4, 150.0, "afdc_assumed"));
    let left_out: Vec<_> = found.left_out.iter().map(|(reason, rows)| (*reason, *rows)).collect();
    assert_eq!(left_out, [("not public", 1), ("other fuels", 1), ("outside the box", 1)]);
    let all = take(&afdc::Options { level2: true, not_public: true, ..options });
    assert_eq!(
        all.layout.chargers.keys().collect::<Vec<_>>(),
        ["afdc_1001_dc", "afdc_1001_level2", "afdc_39534_level2"]
    );
    assert_eq!(all.layout.chargers["afdc_39534_level2"].spec.cabinet_kw, 6.0);
}

/// The newer header has an access code and, by charging unit, the power of each connector. Two units of one station with
/// 1 port of 350 kW and 3 ports of 150 kW are two groups.
#[test]
fn stations_of_the_new_header() {
    let new = "\
Fuel Type Code,Station Name,Status Code,Access Code,EV Level2 EVSE Num,EV DC Fast Count,Latitude,Longitude,ID,EV CCS Connector Count,EV CCS Power Output (kW)
ELEC,\"Depot, shared\",E,public,,1,33.83,-118.25,9,1,350
ELEC,\"Depot, shared\",E,public,,3,33.83,-118.25,9,3,150
ELEC,Planned,P,public,,3,33.83,-118.25,10,3,150
";
    let mut problems = Vec::new();
    let found = afdc::read("stations.csv", new, &afdc::Options::default(), &mut problems);
    assert_eq!(told(problems), "");
    for (key, cabinets, kw) in [("afdc_9_dc_350kw", 1, 350.0), ("afdc_9_dc_150kw", 3, 150.0)] {
        let fast = &found.layout.chargers[key].spec;
        assert_eq!((fast.cabinets, fast.cabinet_kw, fast.sources["cabinet_kw"].as_str()), (cabinets, kw, "afdc"));
    }
    assert_eq!(found.left_out["not open"], 1);
    // What the GeoJSON says is what our own reader takes, and the tables make a scenario with a source for every number.
    let mut problems = Vec::new();
    let back = geojson::read("x", &geojson::write(&found.layout), &BTreeMap::new(), &mut problems);
    assert_eq!((told(problems).as_str(), back.sites.len(), back.chargers.len()), ("", 1, 2));
    let tables = afdc::to_toml(&found.layout, "stations.csv");
    let time = "[time]\nstart = \"2025-06-02\"\ndays = 1\nzone = \"America/Los_Angeles\"\nsources = { default = \"afdc_assumed\" }\n";
    let (_dir, scenario) = written(&format!("title = \"Public stations\"\n{time}{tables}"), &[]);
    assert_eq!(scenario.scenario.charger["afdc_9_dc_150kw"].cabinets, 3);
    assert_eq!(scenario.provenance.unsourced().count(), 0);
}

/// An export of `OpenStreetMap`, as JSON of Overpass and as `GeoJSON`: sockets with their power, the larger number where no capacity
/// is told; 43 kW is the most of alternating current.
#[test]
fn stations_of_openstreetmap() {
    let station = |more: Value| {
        let mut tags = json!({ "amenity": "charging_station", "name": "Pier", "operator": "Someone" });
        tags.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tags
    };
    let combo =
        station(json!({ "socket:type1_combo": "4", "socket:type1_combo:output": "350 kW", "socket:chademo": "1",
        "socket:chademo:output": "50 kW", "capacity": "4" }));
    let mixed =
        station(json!({ "socket:type2_combo": "2", "socket:type2": "6", "charging_station:output": "150000 W" }));
    let unknown = station(json!({ "capacity": "3" }));
    let private = station(json!({ "socket:chademo": "1", "access": "private" }));
    let node = |id: u32, tags: &Value| json!({ "type": "node", "id": id, "lat": 33.75, "lon": -118.2, "tags": tags });
    let overpass = json!({ "version": 0.6, "elements": [
        node(1, &combo), { "type": "way", "id": 2, "center": { "lat": 33.76, "lon": -118.21 }, "tags": mixed }, node(3, &unknown),
        node(4, &private), node(5, &json!({ "amenity": "fuel" })),
    ] });
    let feature = |id: &str, tags: &Value, shape: Value| {
        let mut properties = tags.clone();
        properties["@id"] = json!(id);
        json!({ "type": "Feature", "properties": properties, "geometry": shape })
    };
    let turbo = json!({ "type": "FeatureCollection", "features": [
        feature("node/1", &combo, json!({ "type": "Point", "coordinates": [-118.2, 33.75] })),
        feature("way/2", &mixed, json!({ "type": "Polygon", "coordinates": [[[-118.21, 33.76], [-118.21, 33.76]]] })),
        feature("node/3", &unknown, Value::Null), feature("node/4", &private, Value::Null), feature("node/5", &json!({}), Value::Null),
    ] });
    let options = afdc::Options { level2: true, ..afdc::Options::default() };
    for (text, third) in [(overpass.to_string(), "no sockets or power told"), (turbo.to_string(), "no coordinates")] {
        let mut problems = Vec::new();
        let found = osm::read("osm.json", &text, &options, &mut problems);
        assert_eq!(told(problems), "");
        let ports: Vec<_> = found
            .layout
            .chargers
            .iter()
            .map(|(key, it)| (key.as_str(), it.spec.cabinets, it.spec.cabinet_kw))
            .collect();
        let wanted = [("osm_node_1_dc", 4, 350.0), ("osm_way_2_dc", 2, 150.0), ("osm_way_2_level2", 6, 6.0)];
        assert_eq!(ports, wanted);
        assert_eq!(found.layout.sites["osm_way_2"].name.as_deref(), Some("Pier"));
        for reason in [third, "not public", "no charging stations"] {
            assert_eq!(found.left_out.get(reason), Some(&1), "{:?}", found.left_out);
        }
        let tables = osm::to_toml(&found.layout, "osm.json");
        let time = "[time]\nstart = \"2025-06-02\"\ndays = 1\nzone = \"America/Los_Angeles\"\nsources = { default = \"osm_assumed\" }\n";
        let (_dir, scenario) = written(&format!("title = \"Public stations\"\n{time}{tables}"), &[]);
        assert_eq!(scenario.provenance.unsourced().count(), 0);
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("osm.json"), overpass.to_string()).unwrap();
    let done = portvolt(dir.path(), &["import", "stations", "osm.json", "--out", "stations.toml"]);
    let said = text(&done.stdout);
    assert!(done.status.code() == Some(0) && said.contains("2 stations"), "{said}{}", text(&done.stderr));
}

/// What is wrong in an export of `OpenStreetMap` is named by the element and its tag.
#[test]
fn mistakes_in_stations_of_openstreetmap_are_named() {
    let node = |tag: &str, value: &str| {
        let tags = json!({ "amenity": "charging_station", "socket:chademo": "1", tag: value });
        json!({ "elements": [{ "type": "node", "id": 7, "lat": 33.75, "lon": -118.2, "tags": tags }] })
    };
    for (text, words) in [
        (node("socket:chademo:output", "fast"), "node/7.socket:chademo:output: `fast` is no power"),
        (node("capacity", "many"), "node/7.capacity: `many` is not a number"),
        (json!({ "elements": [] }), "holds no charging station"),
        (json!({ "stations": [] }), "neither `elements` nor `features`"),
    ] {
        let mut problems = Vec::new();
        osm::read("osm.json", &text.to_string(), &afdc::Options::default(), &mut problems);
        let told = told(problems);
        assert!(told.contains(words), "wanted `{words}`: {told}");
    }
}

#[test]
fn mistakes_in_stations_are_named_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let run = |file: &str, out: &str| {
        std::fs::write(dir.path().join("stations.csv"), file).unwrap();
        let done = portvolt(dir.path(), &["import", "afdc", "stations.csv", "--bbox=-119,33,-117,35", "--out", out]);
        (done.status.code().unwrap(), text(&done.stdout) + &text(&done.stderr))
    };
    let bad =
        OLD.replace("2,4,33.84,-118.26", "2,four,33.84,-118.26").replace("33.83,-118.25,39534", "-118.25,33.83,39534");
    let (code, told) = run(&bad.replace("Private access only", "Public"), "out.geojson");
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("stations.csv:3: ev_dc_fast_count: `four` is not a number"), "{told}");
    assert!(told.contains("stations.csv:2: latitude: -118.25 is no latitude") && told.contains("swapped"), "{told}");
    let (code, told) = run(&OLD.replace("EV DC Fast Count", "EV DC Fats Count"), "out.geojson");
    assert!(
        code == 4 && told.contains("stations.csv:1: ev_dc_fast_count") && told.contains("`ev_dc_fats_count`"),
        "{told}"
    );
    let moved = format!("{OLD}{}", OLD.lines().nth(2).unwrap().replace("33.84", "33.94"));
    let (code, told) = run(&moved, "out.geojson");
    assert!(code == 4 && told.contains("is also the id of"), "{told}");
    assert!(!dir.path().join("out.geojson").exists());
    assert_eq!(run(OLD, "out.csv").0, 4, "no known ending");
    let (code, told) = run(OLD, "out.geojson");
    assert!(code == 0 && told.contains("1 stations") && told.contains("1 outside the box"), "{told}");
    assert_eq!(run(OLD, "out.geojson").0, 4, "not overwritten unasked");
    let flipped =
        portvolt(dir.path(), &["import", "afdc", "stations.csv", "--bbox=33,-119,35,-117", "--out", "b.geojson"]);
    assert_eq!(flipped.status.code(), Some(2), "{}", text(&flipped.stderr));
    assert_eq!(portvolt(dir.path(), &["import", "afdc", "nowhere.csv", "--out", "b.geojson"]).status.code(), Some(4));
}

fn acn_item(id: &str, space: &str, from: &str, to: &str) -> Value {
    json!({
        "_id": "5bc9", "sessionID": id, "spaceID": space, "stationID": "2-39-78-362", "userID": null,
        "timezone": "America/Los_Angeles", "connectionTime": from, "disconnectTime": to, "doneChargingTime": null,
        "kWhDelivered": 7.932, "userInputs": [
            { "kWhRequested": 8.0, "requestedDeparture": "Wed, 25 Apr 2018 20:00:00 GMT" },
            { "kWhRequested": 14.5, "requestedDeparture": "Wed, 25 Apr 2018 19:00:00 GMT" }
        ],
    })
}

/// 11:08:04 GMT on 25 April 2018 is 04:08:04 in Los Angeles: 14,884 s after midnight. 13:20:10 GMT is 22,810 s.
#[test]
fn sessions_of_acn_data() {
    let first = acn_item("a", "CA-496", "Wed, 25 Apr 2018 11:08:04 GMT", "Wed, 25 Apr 2018 13:20:10 GMT");
    let next = acn_item("b", "CA-496", "Thu, 26 Apr 2018 07:00:00 GMT", "Thu, 26 Apr 2018 08:00:00 GMT");
    let mut open = first.clone();
    open["disconnectTime"] = Value::Null;
    let mut problems = Vec::new();
    let file = json!({ "_items": [next, open, first] }).to_string();
    let found = acn::read("acn.json", &file, &acn::Options::default(), &mut problems);
    assert_eq!(told(problems), "");
    assert_eq!((found.start.as_str(), found.zone.as_str(), found.open), ("2018-04-25", "America/Los_Angeles", 1));
    let a = &found.list[0];
    assert_eq!((a.session_id.as_str(), a.vehicle_id.as_str(), a.charger_id.as_str()), ("a", "a", "CA-496"));
    assert_eq!((a.arrive_s, a.depart_s, a.energy_kwh, a.max_kw), (14_884, 22_810, 7.932, 7.94));
    assert_eq!(found.list[1].arrive_s, 86_400, "midnight of the second day is 07:00 GMT in summer");
    let csv = acn::to_csv(&found);
    assert!(csv.starts_with(
        "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\na,a,CA-496,14884,22810,7.932,7.94\n"
    ));
    let mut problems = Vec::new();
    let visits = portvolt::scenario::visits::visits("acn.csv", &csv, &mut problems);
    assert_eq!((told(problems).as_str(), visits.list.len()), ("", 2));
    // The last input counts: 14.5 kWh until 19:00 GMT, 43,200 s after local midnight.
    let file =
        json!([acn_item("a", "CA-496", "Wed, 25 Apr 2018 11:08:04 GMT", "Wed, 25 Apr 2018 13:20:10 GMT")]).to_string();
    let options = acn::Options { as_requested: true, zone: Some("America/Los_Angeles".to_owned()), max_kw: Some(7.2) };
    let asked = acn::read("acn.json", &file, &options, &mut Vec::new()).list;
    assert_eq!((asked[0].energy_kwh, asked[0].depart_s, asked[0].max_kw), (14.5, 43_200, 7.2));
}

#[test]
fn mistakes_in_sessions_are_named() {
    let (from, to) = ("Wed, 25 Apr 2018 11:08:04 GMT", "Wed, 25 Apr 2018 13:20:10 GMT");
    let good = acn_item("a", "CA-1", from, to);
    let with = |key: &str, value: Value| {
        let mut item = good.clone();
        item[key] = value;
        item
    };
    let cases = [
        (json!([acn_item("a", "CA-1", to, from)]), "_items[0] (a).disconnectTime: is not after connectionTime"),
        (
            json!([good, acn_item("b", "CA-1", "Wed, 25 Apr 2018 13:00:00 GMT", "Wed, 25 Apr 2018 14:00:00 GMT")]),
            "_items[1] (b): overlaps session a on the port `CA-1`",
        ),
        (json!([with("connectionTime", json!("yesterday"))]), "_items[0] (a).connectionTime: \"yesterday\" is no time"),
        (json!([with("kWhDelivered", json!(-3))]), "_items[0] (a).kWhDelivered"),
        (json!([with("timezone", json!("Mars/Olympus"))]), "timezone: `Mars/Olympus` is no time zone"),
        (
            json!([acn_item("a", "CA-1", "1880-04-25T11:08:04Z", "2018-04-25T11:08:04Z")]),
            "_items[0] (a).disconnectTime: is 50403 days after the first session",
        ),
        (json!([]), "_items: holds no sessions"),
    ];
    for (items, words) in cases {
        let mut problems = Vec::new();
        acn::read("acn.json", &json!({ "_items": items }).to_string(), &acn::Options::default(), &mut problems);
        let told = told(problems);
        assert!(told.starts_with("acn.json: ") && told.contains(words), "wanted `{words}` in `{told}`");
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("acn.json"), "{\"_items\": [").unwrap();
    let done = portvolt(dir.path(), &["import", "acn", "acn.json", "--out", "sessions.csv"]);
    assert_eq!(done.status.code(), Some(4));
    assert!(text(&done.stderr).contains("acn.json:1: is no JSON") && !dir.path().join("sessions.csv").exists());
    for kw in ["nan", "inf", "-5", "0", "1e308"] {
        let power = format!("--max-kw={kw}");
        let done = portvolt(dir.path(), &["import", "acn", "acn.json", "--out", "sessions.csv", &power]);
        assert_eq!(done.status.code(), Some(2), "{kw} is no power of a port");
    }
}

/// What is exported of a run is what its power table says: each shape's sum is the meter's energy, and no profile asks for
/// more than flowed.
#[test]
fn a_run_as_load_shapes_and_charging_profiles() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let ran =
        portvolt(dir.path(), &["run", depot.to_str().unwrap(), "--days", "2", "--out", "run", "--csv", "--quiet"]);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    let mut total = 0.0;
    let mut reader = csv::Reader::from_path(dir.path().join("run/tables/power.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|header| header == name).unwrap();
    for record in reader.records().map(Result::unwrap).filter(|record| &record[column("site")] == "depot") {
        total += record[column("total_kw")].parse::<f64>().unwrap();
    }
    let done = portvolt(dir.path(), &["export", "loadshape", "run", "--out", "shapes"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let shape = std::fs::read_to_string(dir.path().join("shapes/depot.csv")).unwrap();
    let values: Vec<f64> = shape.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(values.len(), 2 * 24 * 12);
    assert!((values.iter().sum::<f64>() - total).abs() < 1e-6 * total, "{total}");
    let lines = std::fs::read_to_string(dir.path().join("shapes/loadshapes.dss")).unwrap();
    assert!(
        lines.contains("New LoadShape.depot npts=576 sinterval=300 mult=(file=depot.csv) useactual=yes"),
        "{lines}"
    );
    assert_eq!(portvolt(dir.path(), &["export", "loadshape", "run", "--out", "shapes"]).status.code(), Some(4));

    for (version, profile) in [("1.6", "/csChargingProfiles"), ("2.0.1", "/chargingProfile")] {
        let done = portvolt(dir.path(), &["export", "ocpp", "run", "--version", version, "--out", version]);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        let file = std::fs::read_to_string(dir.path().join(version).join("depot.json")).unwrap();
        let requests: Vec<Value> = serde_json::from_str(&file).unwrap();
        // A station of 1.6 keeps one profile of a stack level and purpose, so that holds all days.
        let days = if version == "1.6" { 2 } else { 1 };
        assert_eq!(requests.len(), 2 / days);
        let first = requests[0].pointer(profile).unwrap();
        assert_eq!(first["validFrom"], "2025-06-02T07:00:00Z", "local midnight in summer");
        let schedule = first["chargingSchedule"].get(0).unwrap_or(&first["chargingSchedule"]);
        assert_eq!(schedule["duration"], 86_400 * days);
        let periods = schedule["chargingSchedulePeriod"].as_array().unwrap();
        let highest = periods.iter().map(|period| period["limit"].as_f64().unwrap()).fold(0.0, f64::max);
        let most = values[..288 * days].iter().copied().fold(0.0, f64::max);
        assert!(highest > 0.0 && highest <= most * 1000.0, "{highest} W of {most} kW");
        assert_eq!(periods[0]["startPeriod"], 0);
    }
    let nothing = portvolt(dir.path(), &["export", "ocpp", "shapes", "--out", "x"]);
    assert_eq!(nothing.status.code(), Some(4));
    assert!(text(&nothing.stderr).contains("holds no tables of a run"), "{}", text(&nothing.stderr));
    // A table that is broken, or none, is named with what is wrong: a mistake of the user's files.
    let table = dir.path().join("run/tables/power.parquet");
    std::fs::write(&table, "PAR1 broken").unwrap();
    let broken = portvolt(dir.path(), &["export", "ocpp", "run", "--out", "x"]);
    assert_eq!(broken.status.code(), Some(4), "{}", text(&broken.stderr));
    #[cfg(unix)]
    {
        std::fs::remove_file(&table).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&table).status().unwrap().success());
        let pipe = portvolt(dir.path(), &["export", "ocpp", "run", "--out", "x"]);
        let told = text(&pipe.stderr);
        assert!(pipe.status.code() == Some(4) && told.contains("power.parquet") && told.contains("pipe"), "{told}");
    }
}

/// A scenario whose chargers are on a map alone is the scenario with them in its tables: the same rows. What is wrong on the
/// map is told with the rest.
#[test]
fn a_scenario_takes_its_layout_from_a_map() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    assert!(
        portvolt(dir.path(), &["export", "geojson", depot.to_str().unwrap(), "--out", "map.geojson"]).status.success()
    );
    let over = "[layout]\ngeojson = \"map.geojson\"\nreplaces_chargers = true\n";
    let text = std::fs::read_to_string(depot.join("scenario.toml")).unwrap();
    std::fs::write(dir.path().join("scenario.toml"), format!("{text}\n{over}")).unwrap();
    std::fs::copy(depot.join("hauls.csv"), dir.path().join("hauls.csv")).unwrap();
    let rows = |path: &Path| run(&loaded(path, &["time.days=2"]), &Options::default()).digest;
    assert_eq!(rows(dir.path()), rows(&depot));
    let map = std::fs::read_to_string(dir.path().join("map.geojson")).unwrap();
    std::fs::write(dir.path().join("map.geojson"), map.replace("\"cabinets\"", "\"cabinetts\"")).unwrap();
    let told = portvolt(dir.path(), &["validate", "."]);
    let said = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.code() == Some(4) && said.contains("cabinetts") && said.contains("map.geojson"), "{said}");
}
