//! Contract: nothing that changes a figure is passed over in silence. What a table leaves open (a unit, a decimal sign, the days
//! of dates), what it contradicts (an end, a duration), and what is not read (a quantity, a repeated row, a cell too many) is
//! refused with its line, or counted in a note.

use super::traffic::{gate_log, listed, map};
use super::{said, with};
use portvolt::document::problem::Problems;
use portvolt::import::load::{self as metered, Metered};
use portvolt::import::map::Map;
use portvolt::import::plan;
use portvolt::import::plan_map::PlanMap;
use portvolt::import::sessions::Options;
use portvolt::import::trips::{self, Trips};
use std::fmt::Write;

pub(super) fn load_with(file: &str, map: &Map) -> Result<Metered, String> {
    let mut problems = Vec::new();
    let found = metered::read("load.csv", file.as_bytes(), map, &mut problems);
    found.ok_or_else(|| Problems { files: Vec::new(), list: problems }.to_string())
}

pub(super) fn load(file: &str) -> Result<Metered, String> {
    load_with(file, &Map::default())
}

/// A day of hours, a row each.
fn hours(header: &str, row: impl Fn(usize) -> String) -> String {
    (0..24).fold(format!("{header}\n"), |mut out, hour| {
        let _ = writeln!(out, "2025-06-02T{hour:02}:00:00{}", row(hour));
        out
    })
}

pub(super) fn has(notes: &[String], words: &str) -> bool {
    notes.iter().any(|note| note.contains(words))
}

/// Twelve hours of 10 kWh and twelve of 20 Wh are 120.24 kWh.
#[test]
fn units_hold_row_by_row() {
    let file = hours("start,value,unit", |hour| (if hour < 12 { ",10,kWh" } else { ",20,Wh" }).to_owned());
    let found = load(&file).unwrap();
    assert!((found.load.kw().iter().sum::<f64>() - 120.24).abs() < 1e-9, "{:?}", found.load.kw());
    for (unit, words) in [("kW", "power is not energy"), ("kvarh", "`kvarh` is no unit"), ("", "`` is no unit")] {
        let told = load(&file.replacen(",20,Wh", &format!(",20,{unit}"), 1)).unwrap_err();
        assert!(told.starts_with("load.csv:14: unit: ") && told.contains(words) && told.contains("--unit"), "{told}");
    }
    let net = load(&hours("start,delivered kWh,received Wh", |_| ",10,3000".to_owned())).unwrap();
    assert_eq!(net.load.kw()[0], 7.0);
    let sessions = "Station,Start Date,End Date,Energy,Unit\nA,2025-06-02 10:00,2025-06-02 12:00,20,kWh\n\
        A,2025-06-02 13:00,2025-06-02 14:00,20000,Wh\n";
    let found = with(&Options::default(), sessions).unwrap();
    assert_eq!(found.list.iter().map(|row| row.energy_kwh).collect::<Vec<_>>(), [20.0, 20.0]);
    let told = with(&Options::default(), &sessions.replace(",Wh", ",kVAh")).unwrap_err();
    assert!(told.starts_with("log:3: Unit: `kVAh` is no unit of energy"), "{told}");
}

/// Half an hour of 10 kWh is 20 kW, and what is between the half hours is missing.
#[test]
fn the_end_of_an_interval_counts() {
    let halves = hours("start,end,kwh", |hour| format!(",2025-06-02T{hour:02}:30:00,10"));
    let told = load(&halves).unwrap_err();
    assert!(told.contains("load.csv:3: start: a gap") && told.contains("1800 s"), "{told}");
    let map = map("gaps = \"zero\"");
    assert_eq!(load_with(&halves, &map).unwrap().load.kw()[..3], [20.0, 0.0, 20.0]);
    let long =
        hours("start,end,kwh", |hour| format!(",2025-06-0{}T{:02}:00:00,10", 2 + (hour + 2) / 24, (hour + 2) % 24));
    let told = load(&long).unwrap_err();
    assert!(told.contains("3600 s apart, and each lasts 7200 s"), "{told}");
    let odd = hours("start,end,kwh", |hour| format!(",2025-06-02T{hour:02}:{},10", if hour == 5 { 29 } else { 59 }));
    let told = load(&odd).unwrap_err();
    assert!(told.contains("load.csv:7: end: lasts 1740 s, and most rows 3540 s"), "{told}");
    // The last minute of an interval is its end as well, and so is midnight.
    let last_minute = hours("start,end,kwh", |hour| format!(",2025-06-02T{hour:02}:59,10"));
    assert_eq!(load(&last_minute).unwrap().load.kw(), [10.0; 24]);
    let clocks = (0..24).fold("date,start time,end time,kwh\n".to_owned(), |mut out, hour| {
        let _ = writeln!(out, "2025-06-02,{hour:02}:00,{:02}:00,10", (hour + 1) % 24);
        out
    });
    assert_eq!(load(&clocks).unwrap().load.kw(), [10.0; 24]);
    assert!(load(&clocks.replace(":00,10\n", ":30,10\n")).is_err(), "an hour and a half each");
}

/// What a register shows is no energy of an interval.
#[test]
fn a_register_is_asked_about() {
    let file = hours("start,Meter reading kWh", |hour| format!(",{}", 1000 + 10 * hour));
    let told = load(&file).unwrap_err();
    assert!(told.contains("never falls, from 1000 to 1230") && told.contains("cumulative = true"), "{told}");
    let differences = load_with(&file, &map("cumulative = true")).unwrap();
    assert_eq!(differences.load.kw(), [10.0; 23]);
    assert_eq!(load_with(&file, &map("cumulative = false")).unwrap().load.kw()[1], 1010.0);
    assert!(load(&file.replace(",1230", ",5")).is_ok(), "what falls is no register");
}

#[test]
fn what_a_load_does_not_use_is_said() {
    let file = hours("start,kwh,quality", |hour| format!(",10,{}", if hour < 3 { "Missing" } else { "Actual" }));
    let found = load_with(&file, &map("start = \"2025-01-01\"")).unwrap();
    assert!(has(&found.said, "3 readings are marked `Missing` (the first in line 2)"), "{:?}", found.said);
    assert!(has(&found.said, "`--first-day` is for lists"), "{:?}", found.said);
    let told = load(&hours("start;kw", |_| ";1.234".to_owned())).unwrap_err();
    assert!(told.contains("`1.234` may be a thousand") && told.contains("decimal"), "{told}");
    let told = load(&hours("start,kw", |hour| format!(",{hour}")).replace("T05:00:00", " 9007199254740993:30"));
    assert!(told.unwrap_err().contains("load.csv:7: start: `2025-06-02 9007199254740993:30` is not a time"));
}

#[test]
fn sessions_leave_nothing_out_in_silence() {
    let head = "Station,Start Date,End Date,Energy (kWh)\n";
    let good = "A,2025-06-02 13:00,2025-06-02 14:00,2\n";
    let of = |rows: &str| with(&Options::default(), rows);
    for row in ["A,2025-06-02 10:00,2025-06-02 12:00,\n", "A,2025-06-02 10:00,2025-06-02 12:00\n"] {
        let found = of(&format!("{head}{row}{good}")).unwrap();
        assert_eq!(found.list.len(), 1);
        assert!(said(&found, "1 sessions have no energy in their row and are left out (the first in line 2)"));
        let told = of(&format!("{head}{row}")).unwrap_err();
        assert!(told.starts_with("log:2: Energy (kWh): is empty in all rows"), "{told}");
    }
    let told = of(&format!("{head}{}", good.replace(",2\n", ",2,99\n"))).unwrap_err();
    assert!(told.starts_with("log:2: has 5 cells, the header has 4"), "{told}");
    let european = "Station;Start Date;End Date;Energy (kWh)\nA;02.06.2025 10:00;02.06.2025 12:00;20.500\n";
    assert!(of(european).unwrap_err().contains("`20.500` may be a thousand"));
    let unnamed = of(&format!("{}{good}", head.replace(" (kWh)", ""))).unwrap();
    assert!(said(&unnamed, "`Energy` names no unit and is taken as kWh"), "{:?}", unnamed.notes);
    let told = of("Station,Start Date,Duration,Energy (kWh)\nA,2025-06-02 10:00,120,20\n").unwrap_err();
    assert!(
        told.contains("log:2: Duration: `120` names no unit of time") && told.contains("`Duration (min)`"),
        "{told}"
    );
    for number in ["45811.5", "1748874600"] {
        for row in [format!("A,{number},2025-06-02 14:00,2\n"), format!("A,2025-06-02 13:00,{number},2\n")] {
            let told = of(&format!("{head}{good}{row}")).unwrap_err();
            assert!(told.contains(&format!("`{number}` is a number")), "{told}");
        }
    }
    let torn = "Station,Start Date,End Date,Duration (min),Energy (kWh)\nA,2025-06-02 10:00,2025-06-02 12:00,300,20\n";
    let words = "1 sessions have a duration that is not that from begin to end; the end counts (the first in line 2)";
    assert!(said(&of(torn).unwrap(), words));
    assert!(!said(&of(&torn.replace("300", "120")).unwrap(), "duration"));
}

#[test]
fn hours_that_clocks_skip_or_show_twice_are_told() {
    let head = "Station,Start Date,End Date,Energy (kWh)\n";
    let spring = with(&Options::default(), &format!("{head}A,2025-03-09 02:30,2025-03-09 05:00,20\n")).unwrap();
    assert!(said(&spring, "skips in spring are taken as an hour later: 1, the first in line 2"), "{:?}", spring.notes);
    let autumn = with(&Options::default(), &format!("{head}A,2025-11-02 01:30,2025-11-02 01:15,20\n")).unwrap_err();
    assert!(autumn.contains("ends before it begins") && autumn.contains("offset"), "{autumn}");
    let autumn = with(&Options::default(), &format!("{head}A,2025-11-02 01:30,2025-11-02 05:00,20\n")).unwrap();
    assert!(said(&autumn, "shows twice in autumn are taken as the first of the two: 1, the first in line 2"));
    assert_eq!(autumn.list[0].depart_s - autumn.list[0].arrive_s, 16_200);
    let autumn = listed(
        "Origin,Destination,Ready,Due,Container\nA,B,2025-11-02 01:30,2025-11-02 16:00,loaded\n",
        &map("zone = \"America/Los_Angeles\""),
        None,
    );
    assert!(has(&autumn.unwrap().said, "shows twice in autumn"));
    let hauls = listed(
        "Origin,Destination,Ready,Due,Container\nA,B,2025-03-09 02:30,2025-03-09 16:00,loaded\n",
        &map("zone = \"America/Los_Angeles\""),
        None,
    );
    assert!(has(&hauls.unwrap().said, "the first in line 2, 2025-03-09T02:30:00"));
    let torn = with(
        &Options::default(),
        &format!("{head}A,6/13/2025 10:00,6/13/2025 12:00,20\nA,13/6/2025 10:00,13/6/2025 12:00,20\n"),
    );
    let torn = torn.unwrap_err();
    assert!(torn.contains("`6/13/2025 10:00` has the month first, and `13/6/2025 10:00` the day"), "{torn}");
}

#[test]
fn hauls_and_gates_say_what_they_do_not_read() {
    let zone = map("zone = \"America/Los_Angeles\"");
    let orders = "Origin,Destination,Ready,Due,Container,Quantity\n\
        DC,Pier J,2025-06-02 08:00,2025-06-02 16:00,loaded,5\ndc,pier-j,2025-06-03 08:00,2025-06-03 16:00,,1\n";
    let found = listed(orders, &zone, None).unwrap();
    assert_eq!(found.between.len(), 1, "one pair of places: {:?}", found.between);
    for words in [
        "1 rows have a quantity other than 1, which is not read (the first in line 2)",
        "1 rows do not say whether the container is loaded (the first in line 3)",
        "`DC`, `dc` are one place, `dc`",
    ] {
        assert!(has(&found.said, words), "{words}: {:?}", found.said);
    }
    let told = listed(&orders.replace(",5\n", ",5,x,y\n"), &zone, None).unwrap_err();
    assert!(told.starts_with("orders.csv:2: has 8 cells, the header has 6"), "{told}");
    let log = "gate_in,gate_out,moves\n2025-06-02 07:00,2025-06-02 07:40,1\n2025-06-02 08:00,,1\n";
    let gates = gate_log(log, &zone, Some("pier")).unwrap();
    assert!(
        has(&gates.said, "1 rows have an empty cell") && has(&gates.said, "the first in line 3"),
        "{:?}",
        gates.said
    );
    let told = gate_log(&log.replace("40,1", "40,4294967295"), &zone, Some("pier")).unwrap_err();
    assert!(told.contains("log.csv:2: moves: `4294967295` is not from 0 to 100"), "{told}");
}

fn driven(rows: &[&str]) -> Result<Trips, String> {
    let file = format!("vehicle,start,stop,distance km,latitude,longitude\n{}\n", rows.join("\n"));
    let mut problems = Vec::new();
    let found = trips::read("trips.csv", file.as_bytes(), &trips::Options::default(), &mut problems);
    found.ok_or_else(|| Problems { files: Vec::new(), list: problems }.to_string())
}

#[test]
fn a_truck_drives_one_trip_at_a_time() {
    let (out, back) = (
        "T1,2025-06-02 06:00,2025-06-02 07:00,40,33.75,-118.25",
        "T1,2025-06-02 08:00,2025-06-02 09:00,40,33.8,-118.2",
    );
    let twice = driven(&[out, back, out, back]).unwrap();
    assert_eq!(twice.list.len(), 2);
    assert!(has(&twice.notes, "2 rows repeat a trip and are left out"), "{:?}", twice.notes);
    assert!(!has(&twice.notes, "no column says miles"), "its name says km");
    let over = driven(&[out, back, "T1,2025-06-02 08:30,2025-06-02 11:00,40,33.75,-118.25"]).unwrap();
    assert!(
        has(&over.notes, "1 trips begin before") && has(&over.notes, "`T1` at 2025-06-02 08:30"),
        "{:?}",
        over.notes
    );
    let told = driven(&[out, "T1,2025-06-02 10:00,2025-06-02 11:00,40,,", "T1,x,2025-06-02 11:00,40,95,-118"]);
    let told = told.unwrap_err();
    for words in [":3: latitude, longitude: is empty", ":4: start: `x` is not a time", "`95, -118` is not a place"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

/// The sides of a plan, m, of squares at these points; `more` are further members of the file.
fn plan_of(points: &[(f64, f64)], side: f64, more: &str) -> Result<(f64, f64), String> {
    let square = |(x, y): &(f64, f64)| {
        let (right, top) = (x + side, y + side);
        format!(
            r#"{{"type":"Feature","properties":{{"kind":"block"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{right},{y}],[{right},{top}],[{x},{top}],[{x},{y}]]]}}}}"#
        )
    };
    let features: Vec<String> = points.iter().map(square).collect();
    let text = format!(r#"{{"type":"FeatureCollection"{more},"features":[{}]}}"#, features.join(","));
    let file = plan::Input { name: "p.geojson".to_owned(), bytes: text.into_bytes(), ..plan::Input::default() };
    let mut problems = Vec::new();
    let map = PlanMap { machine: Some("rtg".to_owned()), ..PlanMap::default() };
    let found = plan::read(vec![file], &map, "p.geojson", &mut problems);
    found.map(|plan| plan.size_m).ok_or_else(|| Problems { files: Vec::new(), list: problems }.to_string())
}

#[test]
fn a_plan_is_of_one_place() {
    let told = plan_of(&[(-118.2, 33.7), (10.0, 50.0)], 1e-3, "").unwrap_err();
    assert!(told.contains("no terminal is wider than 100 km"), "{told}");
    // The metres of web maps are those of the equator: at 33.7 degrees 100 of them are 83.2 m.
    let mercator = r#","crs":{"type":"name","properties":{"name":"EPSG:3857"}}"#;
    let (wide_m, _) = plan_of(&[(-13_158_000.0, 3_988_000.0)], 100.0, mercator).unwrap();
    assert!((wide_m - 83.2).abs() < 0.2, "{wide_m}");
    let told = plan_of(&[(-118.2, 33.7)], 1e-3, mercator).unwrap_err();
    assert!(told.contains("span less than 1 m") && told.contains("--units degrees"), "{told}");
}
