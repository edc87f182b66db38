//! Contract: charging sessions, weather and sun are read from the files that people have, and a scenario takes them by name:
//! tables with times, OCPI records, OCPP messages, EPW, TMY3, NSRDB and `PVWatts`. What is assumed is said, tokens of drivers are
//! dropped, and what was measured is counted as such, with file and hash.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::disallowed_methods,
    reason = "a test that fails says so by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod meters;
mod plans;
mod silent;
mod traffic;

use portvolt::document::problem::Problems;
use portvolt::import::map::Map;
use portvolt::import::sessions::{Options, Sessions, read};
use portvolt::import::{load as metered, sessions, trips, weather};
use portvolt::scenario::Quality;
use portvolt::scenario::load::{Request, load};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

fn with(options: &Options, file: &str) -> Result<Sessions, String> {
    let mut problems = Vec::new();
    let found = read("log", file.as_bytes(), options, &mut problems);
    if problems.is_empty() { Ok(found) } else { Err(Problems { files: Vec::new(), list: problems }.to_string()) }
}

fn log(file: &str) -> Sessions {
    with(&Options::default(), file).unwrap_or_else(|told| panic!("{told}\n{file}"))
}

fn said(sessions: &Sessions, words: &str) -> bool {
    sessions.notes.iter().any(|note| note.contains(words))
}

/// Arrival, departure (s from midnight of the first day), energy, power of each session.
fn rows(sessions: &Sessions) -> Vec<(u32, u32, f64, f64)> {
    sessions.list.iter().map(|row| (row.arrive_s, row.depart_s, row.energy_kwh, row.max_kw)).collect()
}

/// 120 kWh in two hours of charging are 60 kW, 75 kWh in an hour and a half 50 kW.
#[test]
fn tables_of_chargers() {
    let table = "\
EVSE ID,Port Number,Station Name,Plug In Event Id,Start Date,Start Time Zone,End Date,End Time Zone,Total Duration (hh:mm:ss),Charging Time (hh:mm:ss),Energy (kWh),Ended By,User ID
1,1,DEPOT 1,101,6/2/2025 18:05,PDT,6/3/2025 04:10,PDT,10:05:00,02:00:00,120,Plug Out,7
1,2,DEPOT 1,102,6/2/2025 19:00,PDT,6/3/2025 05:00,PDT,10:00:00,01:30:00,75,Plug Out,8
1,2,DEPOT 1,103,6/3/2025 18:00,PDT,,,,,10,,8
";
    let found = log(table);
    assert_eq!((found.start.as_str(), found.zone.as_str(), found.open), ("2025-06-02", "America/Los_Angeles", 1));
    assert_eq!(rows(&found), [(65_100, 101_400, 120.0, 60.0), (68_400, 104_400, 75.0, 50.0)]);
    assert_eq!((found.list[0].charger_id.as_str(), found.list[0].vehicle_id.as_str()), ("DEPOT 1 1", "7"));
    // Other names, a duration instead of an end, semicolons, decimal commas, Wh, European dates, a total at the end.
    let other = "Ladestation;Charge Point ID;Start;Duration (min);Energy (Wh)\nx;CP1;02.06.2025 18:00;120;60.000,0\nx;CP1;13.06.2025 18:00;60;30.500,0\n;;;;90.500,0\n";
    let options =
        Options { map: Map { zone: Some("Europe/Berlin".to_owned()), ..Map::default() }, ..Options::default() };
    let found = with(&options, other).unwrap();
    assert_eq!(
        found.list.iter().map(|row| (row.energy_kwh, row.depart_s - row.arrive_s)).collect::<Vec<_>>(),
        [(60.0, 7_200), (30.5, 3_600)]
    );
    assert!(said(&found, "1 rows without times"), "{:?}", found.notes);
    // Two vehicles at one charger have a port each, a given power holds for all, and what cannot fit is said.
    let shared = "charger,arrival,departure,kWh\na,2025-06-02T08:00Z,2025-06-02T10:00Z,100\na,2025-06-02T09:00Z,2025-06-02T11:00Z,10\n";
    let found = with(&Options { max_kw: Some(20.0), ..Options::default() }, shared).unwrap();
    assert_eq!(found.list.iter().map(|row| row.charger_id.as_str()).collect::<Vec<_>>(), ["a", "a (2)"]);
    assert!(
        said(&found, "1 session has more energy than the port can deliver")
            && said(&found, "several vehicles at a time")
    );
}

/// A row that is there twice is one session where a vehicle or a port is named, and two, with a word, where nothing is.
#[test]
fn sessions_that_are_in_the_file_twice() {
    let row = "2025-06-02T08:00Z,2025-06-02T10:00Z,60.5";
    let found = log(&format!("vehicle,arrival,departure,kWh\na,{row}\na,{row}\nb,{row}\n"));
    assert_eq!(found.list.len(), 2);
    assert!(said(&found, "1 rows repeat a session and are left out"), "{:?}", found.notes);
    let found = log(&format!("arrival,departure,kWh\n{row}\n{row}\n"));
    assert_eq!(found.list.len(), 2);
    assert!(said(&found, "1 rows have the times and the energy of another one"), "{:?}", found.notes);
    let found = log(
        "vehicle,arrival,departure,kWh\na,2025-06-02T08:00Z,2025-06-02T10:00Z,60\na,2025-06-03T08:00Z,2025-06-03T10:00Z,60\n",
    );
    assert!(found.list.len() == 2 && !said(&found, "repeat"));
    let again = format!("session,vehicle,arrival,departure,kWh\n1,a,{row}\n1,a,{row}\n");
    assert!(with(&Options::default(), &again).unwrap_err().contains("is the name of another session too"));
}

/// `1.234` and `2,5` are one way to write numbers; `1,5` and `2.5` are two, and no number of them is guessed.
#[test]
fn decimals_are_never_guessed_apart() {
    let table = |first: &str, second: &str| {
        let row = |day: u32, kwh: &str| format!("a;2025-06-0{day} 08:00;2025-06-0{day} 18:00;{kwh}\n");
        with(&Options::default(), &format!("charger;arrival;departure;kWh\n{}{}", row(2, first), row(3, second)))
    };
    let energies = |first: &str, second: &str| -> Vec<f64> {
        table(first, second).unwrap().list.iter().map(|row| row.energy_kwh).collect()
    };
    assert_eq!(energies("1.234", "2,5"), [1234.0, 2.5]);
    for (first, second) in [("1,5", "2.5"), ("1,234,567", "1,2345"), ("2.5", "1.234,5")] {
        let told = table(first, second).unwrap_err();
        let names_both = told.contains(&format!("`{first}`")) && told.contains(&format!("`{second}`"));
        assert!(told.starts_with("log:3: kWh: ") && names_both && told.contains("line 2"), "{told}");
    }
    let told = table("2.5", "12,34.5").unwrap_err();
    assert!(told.contains("log:3: kWh: `12,34.5` is no energy"), "{told}");
    let trips =
        "vehicle;start;stop;distance km;latitude;longitude\nT1;2025-06-02 08:00;2025-06-02 09:00;12,5;33,75;-118,25\n";
    let mut problems = Vec::new();
    let places = vec![("yard".to_owned(), 33.75, -118.25)];
    let options = trips::Options { places, ..trips::Options::default() };
    let found = trips::read("trips", trips.as_bytes(), &options, &mut problems);
    let found = found.unwrap_or_else(|| panic!("{}", Problems { files: Vec::new(), list: problems }));
    assert_eq!(found.list[0].km, 12.5);
}

/// What is left out of a meter's table is said with its lines.
#[test]
fn rows_of_a_meter_that_are_left_out_are_told() {
    let readings = |from: u32| {
        (from..from + 24).fold(String::new(), |mut out, hour| {
            let _ = writeln!(out, "2025-06-0{} {:02}:00,{hour}", 2 + hour / 24, hour % 24);
            out
        })
    };
    let file = format!("start,kW\nmeter 7,\n{}end of the day,\n{}", readings(0), readings(24));
    let mut problems = Vec::new();
    let found = metered::read("load.csv", file.as_bytes(), &Map::default(), &mut problems);
    let found = found.unwrap_or_else(|| panic!("{}", Problems { files: Vec::new(), list: problems }));
    assert_eq!(found.load.kw().len(), 48);
    let said = "2 rows without a time or a value are left out: lines 2, 27";
    assert!(found.said.iter().any(|it| it == said), "{:?}", found.said);
}

/// Kinds of mistakes that are looked for one after another are told at once.
#[test]
fn all_kinds_of_mistakes_of_a_log_are_told() {
    let table = "session,charger,arrival,departure,kWh,max power\n\
        a,c,2025-06-02 08:00,soon,much,strong\n\
        b,c,2025-06-02 12:00,2025-06-02 11:00,10,\n\
        d,c,2025-06-03 08:00,2025-06-03 09:00,10,\n\
        d,c,2025-06-04 08:00,2025-06-04 09:00,10,\n\
        e,c,2150-06-05 08:00,2150-06-05 09:00,10,\n";
    let told = with(&Options::default(), table).unwrap_err();
    for (line, what) in [
        (2, "`soon` is not a time"),
        (2, "`much` is no energy"),
        (2, "`strong` is no power"),
        (3, "ends before it begins"),
        (5, "the name of another session"),
        (6, "days after the first session"),
    ] {
        let is_told = told.lines().any(|it| it.starts_with(&format!("log:{line}: ")) && it.contains(what));
        assert!(is_told, "{line}, {what}: {told}");
    }
    let ambiguous = "session,charger,arrival,departure,kWh\n\
        a,c,6/5/2025 08:00,6/5/2025 09:00,much\n\
        b,c,2/9/2025 08:00,2/9/2025 09:00,10\n";
    let options =
        Options { map: Map { zone: Some("Europe/Nowhere".to_owned()), ..Map::default() }, ..Options::default() };
    let told = with(&options, ambiguous).unwrap_err();
    for what in ["may be two days", "`much` is no energy", "no time zone"] {
        assert!(told.contains(what), "{what}: {told}");
    }
}

#[test]
fn wrong_tables_are_named_all_at_once() {
    let told = with(&Options::default(), "a,b\n1,2\n").unwrap_err();
    assert!(
        told.contains("arrive (a time), depart (a time) or duration, energy_kwh") && told.contains("`a`, `b`"),
        "{told}"
    );
    let wrong = "charger,arrival,departure,kWh\na,2025-06-32T08:00,2025-06-02T10:00,1\na,2025-06-02T08:00,2025-06-02T10:00,x\na,2025-06-02T12:00,2025-06-02T11:00,5\n";
    let told = with(&Options::default(), wrong).unwrap_err();
    assert!(told.contains("log:2: arrival") && told.contains("log:3: kWh"), "{told}");
    let told =
        with(&Options::default(), &wrong.lines().take(1).chain(wrong.lines().skip(3)).collect::<Vec<_>>().join("\n"))
            .unwrap_err();
    assert!(told.contains("log:2: departure: the session ends before it begins"), "{told}");
    let map =
        Map::parse("m", "[columns]\narrive = \"a\"\ndepart = \"b\"\nenergy_kwh = \"c\"\n", &mut Vec::new()).unwrap();
    let found = with(&Options { map, ..Options::default() }, "a,b,c\n2025-06-02 08:00,2025-06-02 09:00,7\n").unwrap();
    assert_eq!(rows(&found)[0].2, 7.0);
}

/// OCPI 2.2.1 and 2.1.1: periods tell the power, tokens do not come through, sessions that go on are counted.
#[test]
fn ocpi_records() {
    let record = json!({
        "id": "1", "start_date_time": "2025-06-02T15:00:00Z", "end_date_time": "2025-06-02T17:00:00Z", "currency": "USD",
        "cdr_token": { "uid": "SECRET", "contract_id": "DE8ACC12E46L89" },
        "cdr_location": { "id": "L1", "evse_uid": "3256", "connector_id": "1" },
        "charging_periods": [
            { "start_date_time": "2025-06-02T15:00:00Z", "dimensions": [{ "type": "ENERGY", "volume": 40.0 }] },
            { "start_date_time": "2025-06-02T15:30:00Z", "dimensions": [{ "type": "PARKING_TIME", "volume": 1.5 }] },
        ],
        "total_energy": 40.0, "total_time": 2.0,
    });
    let older = json!({
        "id": "2", "start_date_time": "2025-06-02T18:00:00", "stop_date_time": "2025-06-02T19:00:00", "auth_id": "SECRET", "total_energy": 5,
        "location": { "id": "L1", "evses": [{ "uid": "9", "connectors": [{ "id": "2" }] }] },
    });
    let open = json!({ "id": "3", "start_date_time": "2025-06-02T20:00:00Z", "kwh": 1.0, "status": "ACTIVE" });
    let found = log(&json!({ "data": [record.clone(), older, open], "status_code": 1000 }).to_string());
    assert_eq!((found.open, rows(&found)), (1, vec![(28_800, 36_000, 40.0, 80.0), (39_600, 43_200, 5.0, 6.656)]));
    assert_eq!(found.list[0].charger_id, "L1 3256 1");
    assert_eq!(found.list.iter().map(|row| row.vehicle_id.as_str()).collect::<Vec<_>>(), ["vehicle 1", "vehicle 1"]);
    assert!(!sessions::to_csv(&found).contains("SECRET"));
    // Periods in Wh beside a total in kWh tell no power.
    let mut other = record.clone();
    other["charging_periods"][0]["dimensions"][0]["volume"] = json!(40_000.0);
    let found = log(&json!([other]).to_string());
    assert!(
        said(&found, "not those of 1 records") && rows(&found)[0].3 < 100.0,
        "{:?} {:?}",
        found.notes,
        rows(&found)
    );
    let one = log(&json!({ "id": "1", "start_date_time": "2025-06-02T15:00:00Z", "end_date_time": "2025-06-02T16:00:00Z", "kwh": 7.5, "evse_uid": "3" }).to_string());
    assert_eq!(rows(&one)[0].2, 7.5);
    let told = with(
        &Options::default(),
        &json!([{ "id": "1", "start_date_time": "x", "end_date_time": "2025-06-02T16:00:00Z", "kwh": "7" }])
            .to_string(),
    )
    .unwrap_err();
    assert!(told.contains("start_date_time") && told.contains(".kwh"), "{told}");
}

#[test]
fn ocpp_messages() {
    let old = json!([
        [2, "a", "StartTransaction", { "connectorId": 1, "idTag": "SECRET", "meterStart": 1000, "timestamp": "2025-06-02T15:00:00Z" }],
        [3, "a", { "transactionId": 42, "idTagInfo": { "status": "Accepted" } }],
        [2, "b", "MeterValues", { "connectorId": 1, "transactionId": 42, "meterValue": [{ "timestamp": "2025-06-02T15:10:00Z",
            "sampledValue": [{ "value": "22000", "measurand": "Power.Active.Import", "unit": "W" }, { "value": "4.5", "unit": "kWh" }] }] }],
        [2, "c", "StopTransaction", { "transactionId": 42, "meterStop": 12000, "timestamp": "2025-06-02T16:00:00Z" }],
        [2, "d", "StartTransaction", { "connectorId": 2, "idTag": "x", "meterStart": 0, "timestamp": "2025-06-02T17:00:00Z" }],
        [3, "d", { "transactionId": 43 }],
    ]);
    let found = log(&old.to_string());
    assert_eq!((found.open, rows(&found)), (1, vec![(28_800, 32_400, 11.0, 22.0)]));
    let lines: Vec<String> = old.as_array().unwrap().iter().map(ToString::to_string).collect();
    let lines = lines.join("\n");
    assert_eq!(log(&lines), found, "one message a line");
    let event = |kind: &str, time: &str, wh: f64| {
        json!({ "chargingStationId": "CS1", "action": "TransactionEvent", "payload": {
            "eventType": kind, "timestamp": time, "transactionInfo": { "transactionId": "T1" }, "evse": { "id": 1, "connectorId": 1 },
            "meterValue": [{ "timestamp": time, "sampledValue": [{ "value": wh, "measurand": "Energy.Active.Import.Register" }] }],
        } })
    };
    let new = json!([event("Started", "2025-06-02T15:00:00Z", 0.0), event("Ended", "2025-06-02T15:30:00Z", 20_000.0)]);
    let found = log(&new.to_string());
    assert_eq!((rows(&found), found.list[0].charger_id.as_str()), (vec![(28_800, 30_600, 20.0, 40.0)], "CS1 1-1"));
    assert!(!sessions::to_csv(&found).contains("SECRET"));
}

/// Direct-current sessions of ACN-Data: 30 kWh in 45 minutes are 40 kW, which the port is taken to have; 12 kWh in 5 h fit 6.656.
#[test]
fn ports_are_as_strong_as_what_they_did() {
    let item = |id: &str, port: &str, from: &str, to: &str, kwh: Value| {
        json!({ "sessionID": id, "spaceID": port, "connectionTime": format!("Mon, 03 May 2021 {from}:00 GMT"),
            "disconnectTime": format!("Mon, 03 May 2021 {to}:00 GMT"), "kWhDelivered": kwh, "timezone": "America/Los_Angeles" })
    };
    let items = json!({ "_items": [
        item("a", "AC1", "15:00", "20:00", json!(12.0)), item("b", "DC1", "15:00", "15:45", json!(30.0)), item("c", "DC1", "16:00", "16:30", json!(20.0))
    ] });
    let found = log(&items.to_string());
    let kw: Vec<f64> = found.list.iter().map(|row| row.max_kw).collect();
    assert_eq!(kw, [6.656, 40.0, 40.0]);
    assert!(said(&found, "DC1 40 kW"), "{:?}", found.notes);
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("acn.json"), items.to_string()).unwrap();
    let out = portvolt(dir.path(), &["replay", "acn.json", "--format", "json"]);
    let summary: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
    let metric = summary["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|metric| metric["name"] == "energy_delivered_kwh" && metric["scope"] == "total");
    assert!((metric.unwrap()["value"].as_f64().unwrap() - 62.0).abs() < 1e-6, "{metric:?}");
    assert!(text(&out.stderr).contains("DC1 40 kW"));
    let weak = portvolt(dir.path(), &["replay", "acn.json", "--max-kw", "6.656", "--out", "weak"]);
    assert!(text(&weak.stderr).contains("2 sessions have more energy"), "{}", text(&weak.stderr));
    // A mistake in the sessions brings no second one about the calendar.
    let wrong = json!({ "_meta": { "site": "x" }, "_items": [item("a", "AC1", "15:00", "20:00", json!("5.2"))] });
    std::fs::write(dir.path().join("wrong.json"), wrong.to_string()).unwrap();
    let told = text(&portvolt(dir.path(), &["replay", "wrong.json"]).stderr);
    assert!(told.contains("kWhDelivered") && !told.contains("--start"), "{told}");
}

fn portvolt(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const SITE: &str = "title = \"t\"\ndescription = \"d\"\n[time]\nstart = \"2025-06-02\"\ndays = 1\nzone = \"America/Los_Angeles\"\ninterval_s = 900\n\
    [site.d]\nkind = \"depot\"\nlat = 33.8\nlon = -118.2\n[policy.charging]\nname = \"uncontrolled\"\n";

/// A site's load is its meter's, by the interval; it must cover the run, stands alone, and is counted as measured.
#[test]
fn a_site_has_its_own_meter() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let mut meter = "start,kWh\n".to_owned();
    for quarter in 0..2 * 96 {
        writeln!(meter, "2025-06-{:02}T{:02}:{:02},{}", 2 + quarter / 96, quarter % 96 / 4, quarter % 4 * 15, quarter)
            .unwrap();
    }
    std::fs::write(path("meter.csv"), &meter).unwrap();
    let toml = SITE.replace("[policy", "load = \"meter.csv\"\n[policy");
    std::fs::write(path("scenario.toml"), &toml).unwrap();
    let request = Request { path: path("scenario.toml"), ..Request::default() };
    let loaded = load(&request).unwrap_or_else(|problems| panic!("{problems}"));
    let origin = loaded.provenance.origins.iter().find(|origin| origin.field == "site.d.load").unwrap();
    assert_eq!(origin.quality, Some(Quality::Measured));
    let hash = blake3::hash(meter.as_bytes()).to_hex().to_string();
    assert_eq!(origin.source.as_deref(), Some(format!("meter.csv, blake3 {hash}").as_str()));
    let out = portvolt(dir.path(), &["run", ".", "--out", "result", "--csv", "--quiet"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let mut power = csv::Reader::from_path(path("result/tables/power.csv")).unwrap();
    let at = power.headers().unwrap().iter().position(|name| name == "total_kw").unwrap();
    let kw: Vec<f64> = power.records().map(|row| row.unwrap()[at].parse().unwrap()).collect();
    assert_eq!(kw, (0..96).map(|quarter| 4.0 * f64::from(quarter)).collect::<Vec<_>>());
    for (change, words) in [
        (("start = \"2025-06-02\"", "start = \"2025-06-04\""), "covers 2025-06-02T00:00:00-07:00 to 2025-06-04"),
        (("load = \"meter.csv\"", "load = \"meter.csv\"\nload_kw = 5"), "stands for the whole load"),
        (("load = \"meter.csv\"", "load_map = \"meter.csv\""), "says how `load` is read"),
        (("meter.csv", "none.csv"), "there is no such file"),
    ] {
        std::fs::write(path("scenario.toml"), toml.replace(change.0, change.1)).unwrap();
        let told = load(&request).unwrap_err().to_string();
        assert!(told.contains(words), "{words}: {told}");
    }
}

/// A log is named in `[visits]` as it is; what lies outside of the run is left out and counted.
#[test]
fn visits_take_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let log = "Station,Start Time,End Time,Energy (kWh)\nS1,6/1/2025 08:00,6/1/2025 09:00,5\nS1,6/2/2025 08:00,6/2/2025 10:00,40\n";
    std::fs::write(path("log.csv"), log).unwrap();
    let toml = SITE.replace("[policy", "[charger.c]\nsite = \"d\"\ncabinets = 1\ncabinet_kw = 50\nefficiency = 1.0\nusers = [\"visitors\"]\n[visits.v]\nsite = \"d\"\ncsv = \"log.csv\"\n[policy");
    std::fs::write(path("scenario.toml"), &toml).unwrap();
    let request = Request { path: path("scenario.toml"), ..Request::default() };
    let loaded = load(&request).unwrap_or_else(|problems| panic!("{problems}"));
    let visits = &loaded.visits["v"].list;
    assert_eq!((visits.len(), visits[0].stay.arrive_s, visits[0].stay.energy_kwh), (1, 8 * 3600, 40.0));
    assert!(loaded.notes.iter().any(|note| note.contains("1 sessions lie outside of the run")), "{:?}", loaded.notes);
    assert_eq!(loaded.provenance.count(Quality::Measured), 1);
    // What `import` has written says where it was measured.
    let out = portvolt(dir.path(), &["import", "sessions", "log.csv", "--out", "visits.csv"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    std::fs::write(
        path("scenario.toml"),
        toml.replace("log.csv", "visits.csv").replace("2025-06-02", "2025-06-01").replace("days = 1", "days = 2"),
    )
    .unwrap();
    let loaded = load(&request).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((loaded.visits["v"].list.len(), loaded.provenance.count(Quality::Measured)), (2, 1));
    std::fs::write(path("scenario.toml"), toml.replace("2025-06-02", "2026-06-02")).unwrap();
    assert!(load(&request).unwrap_err().to_string().contains("none of its 2 sessions lies within the days of the run"));
}

/// A log's power is what was delivered: a charger that loses a tenth of what it draws delivers the energy of a session that was
/// charging all the time.
#[test]
fn visits_of_a_log_are_served_through_losses() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let log = "Station,Start Time,End Time,Energy (kWh)\nS1,6/2/2025 08:00,6/2/2025 10:00,80\n";
    std::fs::write(path("log.csv"), log).unwrap();
    let out = portvolt(dir.path(), &["import", "sessions", "log.csv", "--out", "visits.csv"]);
    assert!(text(&out.stderr).contains("vehicle_max_kw what was delivered"), "{}", text(&out.stderr));
    let visits = std::fs::read_to_string(path("visits.csv")).unwrap();
    assert!(visits.contains(",80,44.45,40\n"), "{visits}");
    for csv in ["log.csv", "visits.csv"] {
        let toml = SITE.replace("[policy", &format!("[charger.c]\nsite = \"d\"\ncabinets = 1\ncabinet_kw = 150\nefficiency = 0.9\nusers = [\"visitors\"]\n[visits.v]\nsite = \"d\"\ncsv = \"{csv}\"\n[policy"));
        std::fs::write(path("scenario.toml"), &toml).unwrap();
        let run =
            portvolt(dir.path(), &["run", "scenario.toml", "--out", csv.trim_end_matches(".csv"), "--format", "json"]);
        let summary: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", text(&run.stderr)));
        let delivered = summary["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["name"] == "energy_delivered_kwh" && it["scope"] == "total");
        let kwh = delivered.unwrap()["value"].as_f64().unwrap();
        assert!((kwh - 80.0).abs() < 0.1, "{csv}: {kwh}");
    }
}

/// Inherited numbers keep their source, changed ones lose it, and `validate` says which are still the other file's.
#[test]
fn a_source_claims_only_what_its_file_says() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let base = format!("{SITE}[source.s]\nquality = \"verified\"\ntitle = \"s\"\n")
        .replace("lon = -118.2", "lon = -118.2\nlimit_kw = 900\nload_kw = 20\nsources = { default = \"s\" }");
    std::fs::write(path("base.toml"), base).unwrap();
    std::fs::write(path("scenario.toml"), "extends = \"base.toml\"\ntitle = \"mine\"\n[site.d]\nlimit_kw = 1200\n")
        .unwrap();
    let source = |settings: &[&str], field: &str| {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let request = Request { path: path("scenario.toml"), settings, ..Request::default() };
        let loaded = load(&request).unwrap_or_else(|problems| panic!("{problems}"));
        loaded.provenance.origins.iter().find(|origin| origin.field == field).unwrap().clone()
    };
    let (changed, kept) = (source(&[], "site.d.limit_kw"), source(&[], "site.d.load_kw"));
    assert_eq!((changed.source, changed.inherited), (None, None));
    assert_eq!((kept.source.as_deref(), kept.inherited.is_some()), (Some("s"), true));
    assert_eq!(source(&["site.d.load_kw=30"], "site.d.load_kw").source, None, "a setting is no source either");
    std::fs::write(
        path("scenario.toml"),
        "extends = \"base.toml\"\ntitle = \"mine\"\n[site.d]\nlimit_kw = 1200\nsources = { limit_kw = \"s\" }\n",
    )
    .unwrap();
    assert_eq!(source(&[], "site.d.limit_kw").source.as_deref(), Some("s"), "its own claim holds");
    let shown = text(&portvolt(dir.path(), &["validate", "scenario.toml"]).stdout);
    assert!(
        shown.contains("Unchanged from ")
            && shown.contains("base.toml: ")
            && shown.contains("site 3")
            && shown.contains("and its description"),
        "{shown}"
    );
}

/// Sunlight of a day above the air: 24 h / pi x 1.367 kW/m2 x (1 + 0.033 cos(360 n / 365)) x (cos(lat) cos(d) sin(w) + w sin(lat) sin(d)).
fn above_air_kwh_per_m2(lat: f64, day: f64) -> f64 {
    let turn = std::f64::consts::TAU / 365.0;
    let (lat, declination) = (lat.to_radians(), 23.45_f64.to_radians() * (turn * (284.0 + day)).sin());
    let sunset = (-lat.tan() * declination.tan()).acos();
    let shape = lat.cos() * declination.cos() * sunset.sin() + sunset * lat.sin() * declination.sin();
    24.0 / std::f64::consts::PI * 1.367 * (1.0 + 0.033 * (turn * day).cos()) * shape
}

/// A year of hours: 10 degrees at night, 20 by day in January to June, ten more from July on; the sun gives half of what shines
/// above the air.
fn hours() -> Vec<(usize, usize, usize, f64, f64)> {
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut out = Vec::new();
    let mut of_year = 0_u32;
    for (month, days) in days.iter().enumerate() {
        for day in 1..=*days {
            of_year += 1;
            let light = 0.5 * above_air_kwh_per_m2(33.8, f64::from(of_year)) * 1000.0 / 24.0;
            let warmer = if month < 6 { 0.0 } else { 10.0 };
            (0..24)
                .for_each(|hour| out.push((month + 1, day, hour, warmer + if hour < 12 { 10.0 } else { 20.0 }, light)));
        }
    }
    out
}

#[test]
fn weather_of_any_format() {
    let mut nsrdb = "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation\nNSRDB,1,-,-,-,33.8,-118.2,-8,5\nYear,Month,Day,Hour,Minute,DNI,DHI,GHI,Temperature\n".to_owned();
    let mut tmy3 = "722970,\"LONG BEACH\",CA,-8.0,33.800,-118.200,5\nDate (MM/DD/YYYY),Time (HH:MM),ETR (W/m^2),GHI (W/m^2),GHI source,Dry-bulb (C),Dry-bulb source\n".to_owned();
    let mut epw = "LOCATION,Long Beach,CA,USA,TMY3,722970,33.8,-118.2,-8.0,5\nDESIGN CONDITIONS,0\nTYPICAL/EXTREME PERIODS,0\nGROUND TEMPERATURES,0\nHOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\nCOMMENTS 1,x\nCOMMENTS 2,x\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n".to_owned();
    for (month, day, hour, celsius, light) in hours() {
        writeln!(nsrdb, "2020,{month},{day},{hour},30,0,0,{light},{celsius}").unwrap();
        writeln!(tmy3, "{month:02}/{day:02}/1990,{:02}:00,0,{light},1,{celsius},A", hour + 1).unwrap();
        writeln!(epw, "1990,{month},{day},{},60,?9,{celsius},8,50,101000,0,0,300,{light},0,0,0,0,0,0,180,2,5,5,16,7000,9,999999999,10,0.1,0,88,0.2,0,1", hour + 1).unwrap();
    }
    for (name, file) in [("nsrdb.csv", &nsrdb), ("tmy3.csv", &tmy3), ("x.epw", &epw)] {
        let mut problems = Vec::new();
        let year =
            weather::read(name, file.as_bytes(), &mut problems).unwrap_or_else(|| panic!("{name}: {problems:?}"));
        assert_eq!((year.place, year.daily_range_c), (Some((33.8, -118.2)), 10.0), "{name}");
        assert_eq!((year.mean_c[0], year.mean_c[11]), (15.0, 25.0), "{name}");
        let clearness = year.clearness.unwrap();
        assert!(clearness.iter().all(|k| (k - 0.5).abs() < 1e-6), "{name}: {clearness:?}");
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x.epw"), &epw).unwrap();
    let out = portvolt(dir.path(), &["import", "weather", "x.epw", "--out", "weather.toml"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let toml = std::fs::read_to_string(dir.path().join("weather.toml")).unwrap();
    std::fs::write(dir.path().join("scenario.toml"), format!("{SITE}{toml}[solar.roof]\nsite = \"d\"\ndc_kw = 10\n"))
        .unwrap();
    let loaded = load(&Request { path: dir.path().join("scenario.toml"), ..Request::default() })
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(loaded.scenario.weather.as_ref().unwrap().mean_c[0], 15.0);
    assert_eq!(loaded.provenance.count(Quality::Measured), 2);
    let assumed = loaded.provenance.origins.iter().find(|origin| origin.field == "solar.roof.clearness").unwrap();
    assert_eq!((assumed.quality, assumed.value.as_str()), (Some(Quality::Assumed), "0.57 in each month"));
    let mut problems = Vec::new();
    assert!(weather::read("a.csv", b"a,b\n1,2\n", &mut problems).is_none());
    assert!(problems[0].help.as_ref().unwrap().contains("EPW"));
}

/// `PVWatts`: 4 kW of modules that give 2 kW at noon are 0.5 kW per kW; the line of totals is no hour.
#[test]
fn the_hourly_output_of_pvwatts() {
    let mut file = "\"PVWatts: Hourly PV Performance Data\"\n\"Requested Location:\",\"Long Beach\"\n\"Lat (deg N):\",\"33.8\"\n\"Long (deg W):\",\"118.2\"\n\"DC System Size (kW):\",\"4\"\n\n\"Month\",\"Day\",\"Hour\",\"Beam Irradiance (W/m2)\",\"Ambient Temperature (C)\",\"AC System Output (W)\"\n".to_owned();
    for (month, day, hour, celsius, _) in hours() {
        writeln!(
            file,
            "\"{month}\",\"{day}\",\"{hour}\",\"0\",\"{celsius}\",\"{}\"",
            if hour == 12 { 2000 } else { 0 }
        )
        .unwrap();
    }
    file += "\"Totals\",\"\",\"\",\"0\",\"\",\"730000\"\n";
    let mut problems = Vec::new();
    let hours = weather::solar("p.csv", file.clone().into_bytes(), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((hours.len(), hours[12], hours[13]), (8760, 0.5, 0.0));
    assert_eq!(weather::solar("q.csv", weather::to_csv(&hours).into_bytes(), &mut problems), hours);
    assert!(weather::read("p.csv", file.as_bytes(), &mut problems).unwrap().clearness.is_none());
    let mut problems = Vec::new();
    weather::solar("r.csv", file.replace("\"DC System Size (kW):\",\"4\"\n", "").into_bytes(), &mut problems);
    assert!(problems[0].message.contains("DC System Size"));
}

/// Two trucks from a depot: one drives 40 km to a terminal and back twice a day for a week, the other 300 km out and back.
#[test]
fn trips_become_sites_hauls_and_days_of_a_battery() {
    let depot = |at: usize| (33.80 + 1e-4 * (at % 3) as f64, -118.20);
    let (near, far) = ((33.75, -118.25), (35.37, -119.02));
    let mut csv = "Device,Start Date,Stop Date,Distance (km),Latitude,Longitude\n".to_owned();
    let mut geotab = Vec::new();
    let mut trip = |vehicle: &str, day: usize, from: usize, to: usize, km: f64, place: (f64, f64)| {
        writeln!(
            csv,
            "{vehicle},2025-06-{day:02} {from:02}:00,2025-06-{day:02} {to:02}:00,{km},{},{}",
            place.0, place.1
        )
        .unwrap();
        let time = |hour: usize| format!("2025-06-{:02}T{:02}:00:00Z", day + (hour + 7) / 24, (hour + 7) % 24);
        geotab.push(json!({ "device": { "id": vehicle }, "start": time(from), "stop": time(to), "distance": km, "stopPoint": { "x": place.1, "y": place.0 } }));
    };
    for day in 2..7 {
        for from in [6, 12] {
            trip("short", day, from, from + 1, 40.0, near);
            trip("short", day, from + 2, from + 3, 40.0, depot(day));
        }
        trip("long", day, 5, 10, 300.0, far);
        trip("long", day, 11, 16, 300.0, depot(day));
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("trips.csv"), &csv).unwrap();
    std::fs::write(dir.path().join("trips.json"), Value::from(geotab).to_string()).unwrap();
    let battery = ["--battery-kwh", "400", "--kwh-per-km", "1.25", "--charge-kw", "150", "--format", "json"];
    let mut seen = Vec::new();
    for file in ["trips.csv", "trips.json"] {
        let out = portvolt(
            dir.path(),
            &[
                &["import", "trips", file, "--out", &format!("of_{file}"), "--zone", "America/Los_Angeles"],
                &battery[..],
            ]
            .concat(),
        );
        let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
        assert_eq!((&json["trips"], &json["sites"]), (&json!(30), &json!(3)), "{json}");
        let done = |at: usize| json["trucks"][at]["days_done"].as_u64().unwrap();
        assert_eq!((json["trucks"][0]["vehicle"].as_str(), done(0), done(1)), (Some("long"), 0, 5));
        let folder = dir.path().join(format!("of_{file}"));
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(
            read("hauls.csv").contains("note_vehicle") && read("matrix.csv").lines().count() == 5,
            "{}",
            read("matrix.csv")
        );
        assert_eq!(read("hauls.csv").lines().count() - 1, json["hauls"].as_u64().unwrap() as usize);
        seen.push((read("hauls.csv"), read("matrix.csv")));
    }
    assert_eq!(seen[0], seen[1], "the table and the interface say the same");
    std::fs::write(dir.path().join("sites.csv"), "site,lat,lon\ndepot,33.8,-118.2\npier,33.75,-118.25\n").unwrap();
    let out = portvolt(
        dir.path(),
        &["import", "trips", "trips.csv", "--out", "named", "--sites", "sites.csv", "--format", "json"],
    );
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
    assert_eq!((&json["sites"], &json["trucks"]), (&json!(2), &json!([])));
    assert!(std::fs::read_to_string(dir.path().join("named/hauls.csv")).unwrap().contains("\npier,depot,"));
    std::fs::write(dir.path().join("trips.csv"), csv.replace("Distance (km)", "Odometer")).unwrap();
    let out = portvolt(dir.path(), &["import", "trips", "trips.csv", "--out", "x"]);
    assert!(text(&out.stderr).contains("distance"), "{}", text(&out.stderr));
}
