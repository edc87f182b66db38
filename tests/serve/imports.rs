//! Files of the planner's own: what is said of one is what `import` says, nothing is written before it is used, and then nothing
//! is put over a file that is there.

use super::{JSON, Server};
use crate::common::http::{Answer, Connection};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::Command;

const READ: &str = "/api/v1/files/read";
const USE: &str = "/api/v1/files/use";
/// Two hours of a depot's meter, as a utility of the United States writes them, with a mark of byte order.
const METER: &str = "\u{feff}Account,12345\n\nDate,Time,Usage (kWh)\n6/2/2025,0:00,2.5\n6/2/2025,1:00,3\n";
/// The same with semicolons, decimal commas and names that nobody knows.
const FOREIGN: &str =
    "Zeitpunkt;Wert A;Wert B\n13.6.2025 00:00;10,5;1\n13.6.2025 01:00;11,5;1\n13.6.2025 03:00;9,5;1\n";

fn file(kind: &str, name: &str, bytes: &[u8]) -> Value {
    json!({ "kind": kind, "name": name, "base64": STANDARD.encode(bytes) })
}

fn mapped(kind: &str, name: &str, bytes: &[u8], map: &str) -> Value {
    let mut file = file(kind, name, bytes);
    file["map"] = map.into();
    file
}

fn read(server: &Server, file: &Value) -> Value {
    let answer = server.ask("POST", READ, Some(file));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn put(server: &Server, row: &str, stem: &str, file: &Value) -> Answer {
    let body = json!({ "scenario": "depot", "row": row, "stem": stem, "file": file });
    server.ask("POST", USE, Some(&body))
}

fn names(server: &Server) -> Vec<String> {
    let entries = std::fs::read_dir(server.folder.path().join("depot")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The column that is taken for a role.
fn column<'v>(view: &'v Value, role: &str) -> &'v Value {
    let roles = view["roles"].as_array().unwrap();
    &roles.iter().find(|it| it["role"] == role).unwrap()["column"]
}

#[test]
fn a_file_is_shown_as_its_reader_takes_it() {
    let server = Server::start(|_| {});
    let before = names(&server);
    let view = read(&server, &file("load", "C:\\data\\my meter.csv", METER.as_bytes()));
    assert_eq!(
        (&view["is_read"], &view["name"], &view["header_line"]),
        (&json!(true), &json!("my meter.csv"), &json!(3))
    );
    assert_eq!(view["rows"][0], json!({ "line": 4, "cells": ["6/2/2025", "0:00", "2.5"] }));
    assert_eq!((column(&view, "date"), column(&view, "value")), (&json!("Date"), &json!("Usage (kWh)")));
    // What the page says is what the command says.
    let out = tempfile::tempdir().unwrap();
    std::fs::write(out.path().join("meter.csv"), METER).unwrap();
    let said = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["import", "load", "meter.csv"])
        .current_dir(out.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains(view["told"].as_str().unwrap()), "{said} {}", view["told"]);
    let notes = view["said"].as_array().unwrap();
    assert!(!notes.is_empty() && notes.iter().all(|note| said.contains(note.as_str().unwrap())), "{said} {notes:?}");
    let other = read(&server, &file("load", "excel.csv", b"start;kw\n2025-06-02T00:00;10,5\n2025-06-02T01:00;11,5\n"));
    assert!(other["told"].as_str().unwrap().contains("highest 11.50 kW"), "{other}");
    assert_eq!(other["format"], "text, cells parted by semicolons");
    assert_eq!(names(&server), before, "nothing is written");
}

#[test]
fn what_needs_a_mapping_says_so_and_is_read_with_it() {
    let server = Server::start(|_| {});
    let view = read(&server, &file("load", "a.csv", FOREIGN.as_bytes()));
    assert_eq!((&view["is_read"], &view["told"]), (&json!(false), &json!("")));
    assert_eq!(view["columns"], json!(["Zeitpunkt", "Wert A", "Wert B"]), "its columns can be chosen");
    assert!(view["problems_in_all"].as_u64().unwrap() > 0 && column(&view, "value").is_null(), "{view}");
    let map = "gaps = \"zero\"\nunit = \"kW\"\n\n[columns]\nstart = \"Zeitpunkt\"\nvalue = \"Wert A\"\n";
    let view = read(&server, &mapped("load", "a.csv", FOREIGN.as_bytes(), map));
    assert_eq!(view["problems"], json!([]), "{view}");
    assert_eq!(column(&view, "value"), "Wert A");
    assert!(view["said"].to_string().contains("are missing and filled"), "{view}");
    // A mapping that is wrong is told at its line, and the columns show all the same.
    let view = read(
        &server,
        &mapped("load", "a.csv", FOREIGN.as_bytes(), "unit = \"kW\"\n[columns]\nstrat = \"Zeitpunkt\"\n"),
    );
    assert_eq!((&view["problems"][0]["file"], &view["problems"][0]["line"]), (&json!("map.toml"), &json!(3)), "{view}");
    assert_eq!(view["columns"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_wrong_is_told_by_line_and_column_all_at_once() {
    let server = Server::start(|_| {});
    let text = "start,kw\n2025-06-02T00:00,10\n2025-06-02T01:00,ten\nyesterday,12\n";
    let view = read(&server, &file("load", "a.csv", text.as_bytes()));
    let at: Vec<(u64, &str)> = view["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["line"].as_u64().unwrap(), it["field"].as_str().unwrap()))
        .collect();
    assert_eq!(at, [(3, "kw"), (4, "start")], "{view}");
    for (kind, name, bytes) in [
        ("load", "rubbish.csv", b"\0\x01\x02\xff\xfe".as_slice()),
        ("sessions", "rubbish.xlsx", b"PK\x03\x04 no workbook".as_slice()),
        ("hauls", "empty.csv", b"".as_slice()),
        ("solar", "a.csv", b"hour,kw_per_kw\n0,1\n".as_slice()),
        ("weather", "a.epw", b"LOCATION,x\n".as_slice()),
        ("tariff", "a.json", b"{}".as_slice()),
    ] {
        let view = read(&server, &file(kind, name, bytes));
        assert!(view["is_read"] == json!(false) && view["problems_in_all"].as_u64().unwrap() > 0, "{name}: {view}");
        assert_eq!(put(&server, "depot", "rubbish", &file(kind, name, bytes)).status, 422, "{name}");
    }
    assert!(names(&server).iter().all(|name| !name.contains("rubbish")));
}

#[test]
fn a_file_is_put_beside_the_scenario_and_its_lines_make_it_run() {
    let server = Server::start(|_| {});
    let text = std::fs::read_to_string(server.folder.path().join("depot/scenario.toml")).unwrap();
    let start = text.lines().find_map(|line| line.strip_prefix("start = \"")).unwrap()[..10].to_owned();
    let date: jiff::civil::Date = start.parse().unwrap();
    let mut meter = String::new();
    for hour in 0..3 * 24 {
        let time = date.at(0, 0, 0, 0).checked_add(jiff::SignedDuration::from_hours(hour)).unwrap();
        writeln!(meter, "{time},{}", 10 + hour % 2).unwrap();
    }
    let map = "stamps = \"start\"\n";
    let sent = mapped("load", "meter.csv", format!("start,kw\n{meter}").as_bytes(), map);
    let used = put(&server, "depot", "my_meter", &sent);
    assert_eq!(used.status, 201, "{}", used.text());
    let used = used.json();
    assert_eq!(used["files"], json!(["my_meter.csv", "my_meter.map.toml"]));
    assert_eq!(used["lines"], "[site.depot]\nload = \"my_meter.csv\"\n");
    let written = std::fs::read_to_string(server.folder.path().join("depot/my_meter.csv")).unwrap();
    assert!(written.starts_with("# measured: meter.csv, blake3 "), "{written}");
    // Keys that the scenario does not have need not be taken out.
    let changes: Vec<&Value> =
        used["changes"].as_array().unwrap().iter().filter(|change| !change["value"].is_null()).collect();
    let draft = json!({ "scenario": "depot", "changes": [changes[0], { "path": "time.days", "value": 2 }, { "path": "site.depot.load_kw", "value": null }] });
    let checked = server.ask("POST", "/api/v1/scenarios/check", Some(&draft)).json();
    assert_eq!(checked["problems"], json!([]), "{checked}");
    // The mapping is data, and no strategy.
    let listed = server.get("/api/v1/workspace").json();
    assert!(!listed["scenarios"].to_string().contains("my_meter"), "{}", listed["scenarios"]);
    // Nothing goes over a file that is there, and nothing of the set is left then.
    assert_eq!(put(&server, "depot", "my_meter", &sent).status, 409);
    std::fs::write(server.folder.path().join("depot/half.map.toml"), "mine").unwrap();
    assert_eq!(put(&server, "depot", "half", &sent).status, 409);
    assert!(!server.folder.path().join("depot/half.csv").exists());
}

#[test]
fn sessions_and_hauls_come_with_what_makes_them_count() {
    let server = Server::start(|_| {});
    let log = "Station Name;Start Date;End Date;Energy (kWh)\nA;2025-06-02 18:00;2025-06-03 04:00;120,5\n";
    let used =
        put(&server, "depot", "others", &mapped("sessions", "log.csv", log.as_bytes(), "zone = \"UTC\"\n")).json();
    let visits =
        json!({ "path": "visits.others", "value": { "site": "depot", "csv": "others.csv", "map": "others.map.toml" } });
    assert_eq!(used["changes"], json!([visits]), "{used}");
    assert_eq!(std::fs::read_to_string(server.folder.path().join("depot/others.csv")).unwrap(), log, "as it is");
    let orders = "Pick Up,Delivery,Ready,Due\nPier J,DC Carson,6/2/2025 08:00,6/2/2025 16:00\n";
    let view = read(&server, &file("hauls", "orders.csv", orders.as_bytes()));
    let places = json!([{ "name": "DC Carson", "key": "dc_carson" }, { "name": "Pier J", "key": "pier_j" }]);
    assert_eq!(view["places"], places, "{view}");
    let used = put(&server, "", "orders", &file("hauls", "orders.csv", orders.as_bytes())).json();
    assert_eq!(used["changes"], json!([{ "path": "freight.hauls", "value": "orders.csv" }]), "{used}");
    assert_eq!(put(&server, "", "nobody", &file("load", "a.csv", METER.as_bytes())).status, 400, "of which site?");
    for stem in ["../out", "a/b", ".hidden", ""] {
        assert_eq!(put(&server, "depot", stem, &file("load", "a.csv", METER.as_bytes())).status, 400, "{stem}");
    }
}

#[test]
fn a_file_that_is_too_large_or_comes_from_elsewhere_is_refused() {
    let server = Server::start(|_| {});
    let large = vec![b'1'; (16 << 20) + 1];
    let answer = server.ask("POST", READ, Some(&file("load", "large.csv", &large)));
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("more than 16 MB") && answer.text().contains("512 MB"), "{}", answer.text());
    let host = format!("host: {}", server.address);
    let ask = |headers: &[&str]| {
        let headers: Vec<&str> = std::iter::once(host.as_str()).chain(headers.iter().copied()).collect();
        Connection::open(server.address).raw("POST", READ, &headers, Some("{}")).status
    };
    assert_eq!(ask(&[JSON, "content-length: 2147483648"]), 413);
    assert_eq!(ask(&[JSON, "origin: http://evil.example"]), 403);
    assert_eq!(ask(&["content-type: text/plain"]), 415);
    // Other addresses take no more than before.
    let body = json!({ "scenario": "depot", "name": "x".repeat(2 << 20) });
    assert_eq!(server.ask("POST", "/api/v1/scenarios/save", Some(&body)).status, 413);
    for wrong in
        [json!({ "kind": "load", "name": "a.csv", "base64": "%" }), json!({ "kind": "load", "name": "", "base64": "" })]
    {
        assert_eq!(server.ask("POST", READ, Some(&wrong)).status, 400, "{wrong}");
    }
}
