//! Logs of gates and lists of hauls come in by the names of their columns or by a mapping: visits by row, by container and by
//! passage are the same visits, and what cannot be paired is counted; hauls of any names are those that a scenario lists. Trips
//! become a scenario that runs: a truck whose battery suffices gets its hauls done, one whose does not is seen.
//!
//! Seen red with passages paired across terminals, and with arrivals over all days of the week.

use super::{portvolt, text};
use portvolt::document::problem::Problems;
use portvolt::import::gates::{self, Gates};
use portvolt::import::hauls::{self, Hauls};
use portvolt::import::map::Map;
use portvolt::scenario::load::{Request, load};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

pub(super) fn map(text: &str) -> Map {
    let mut problems = Vec::new();
    Map::parse("map.toml", text, &mut problems).unwrap_or_else(|| panic!("{problems:?}"))
}

pub(super) fn gate_log(table: &str, map: &Map, terminal: Option<&str>) -> Result<Gates, String> {
    let mut problems = Vec::new();
    let found = gates::read("log.csv", table.as_bytes(), map, terminal, &mut problems);
    found.ok_or_else(|| Problems { files: Vec::new(), list: problems }.to_string())
}

/// Friday to Sunday: two visits of one container and one of two on Friday, one on Saturday, none on Sunday.
const VISITS: &str = "Terminal,Truck,Gate In,Gate Out,Moves
Pier J,A1,2025-06-06 07:10,2025-06-06 07:50,1
Pier J,B2,2025-06-06 07:20,2025-06-06 08:40,2
Pier T,A1,2025-06-06 09:00,2025-06-06 09:20,1
Pier J,C3,2025-06-06 13:00,2025-06-06 13:30,1
Pier J,C3,2025-06-07 07:05,2025-06-07 07:35,1
Pier J,Z9,2025-06-08 07:00,2025-06-06 07:35,1
";

#[test]
fn visits_of_three_forms_are_the_same() {
    let zone = map("zone = \"America/Los_Angeles\"\n[places]\n\"pier j\" = \"pier\"\n");
    let rows = gate_log(VISITS, &zone, None).unwrap();
    assert_eq!(rows.visits.keys().collect::<Vec<_>>(), ["pier", "pier_t"]);
    let told = rows.told("pier");
    assert_eq!((told.visits, told.mean_min, told.moves), (4, 45.0, Some(1.25)));
    assert_eq!(told.arrivals[0].unwrap()[7], 2.0);
    assert_eq!(told.arrivals[1].unwrap()[7], 1.0);
    assert!(told.arrivals[2].is_none(), "its log ends on Saturday");
    assert!(rows.said.iter().any(|it| it.contains("1 visits end before they begin")), "{:?}", rows.said);
    // A row a container: the two of one visit have its number.
    let mut containers = "facility;ticket;tran type;Entered Yard;Exited Yard\n".to_owned();
    for (at, line) in VISITS.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        for _ in 0..cells[4].parse::<usize>().unwrap() {
            writeln!(containers, "{};{at};DI;{};{}", cells[0], cells[2], cells[3]).unwrap();
        }
    }
    let by_container = gate_log(&containers, &zone, None).unwrap();
    assert_eq!(by_container.visits["pier"], rows.visits["pier"]);
    assert_eq!(by_container.kinds["DI"], 7);
    // A row a passage, in any order; one truck never came in and one never left.
    let mut passages = "when,plate,what,where\n".to_owned();
    for line in VISITS.lines().skip(1).take(5).collect::<Vec<_>>().into_iter().rev() {
        let cells: Vec<&str> = line.split(',').collect();
        writeln!(
            passages,
            "{},{},GATE-OUT,{}\n{},{},GATE-IN,{}",
            cells[3], cells[1], cells[0], cells[2], cells[1], cells[0]
        )
        .unwrap();
    }
    passages += "2025-06-06 10:00,X,in,Pier J\n2025-06-06 11:00,Y,out,Pier J\n";
    let columns = "zone = \"America/Los_Angeles\"\n[columns]\ntime = \"when\"\ndirection = \"what\"\nvehicle = \"plate\"\nterminal = \"where\"\n[places]\n\"Pier J\" = \"pier\"\n";
    let by_passage = gate_log(&passages, &map(columns), None).unwrap();
    let times = |gates: &Gates| gates.visits["pier"].iter().map(|it| (it.gate_in_s, it.gate_out_s)).collect::<Vec<_>>();
    assert_eq!(times(&by_passage), times(&rows));
    let said = "1 ways out without a way in, and 1 ways in without one out";
    assert!(by_passage.said.iter().any(|it| it.starts_with(said)), "{:?}", by_passage.said);
}

/// Terminals number their visits each for itself: a way out belongs to a way in of the same terminal.
#[test]
fn passages_are_paired_at_their_terminal() {
    let log = "time,direction,terminal,ticket\n2025-06-06 07:00,in,Pier J,1\n2025-06-06 07:10,in,Pier T,1\n\
        2025-06-06 07:40,out,Pier T,1\n2025-06-06 08:00,out,Pier J,1\n";
    let columns = "zone = \"America/Los_Angeles\"\n[columns]\nvehicle = \"ticket\"\n";
    let gates = gate_log(log, &map(columns), None).unwrap();
    assert_eq!((gates.told("pier_j").mean_min, gates.told("pier_t").mean_min), (60.0, 30.0));
}

#[test]
fn wrong_logs_of_gates_are_told() {
    let zone = map("zone = \"America/Los_Angeles\"");
    let lonely = VISITS.replace("Terminal,", "Lane,");
    assert!(gate_log(&lonely, &zone, None).unwrap_err().contains("--terminal KEY"));
    assert_eq!(gate_log(&lonely, &zone, Some("pier")).unwrap().visits["pier"].len(), 5);
    let told = gate_log("a,b\n1,2\n", &zone, None).unwrap_err();
    assert!(told.contains("gate_in, gate_out"), "{told}");
    let told = gate_log(&VISITS.replace("2025-06-06 07:10", "soon"), &zone, None).unwrap_err();
    assert!(told.contains("log.csv:2: gate_in: `soon` is none"), "{told}");
    let sideways = "time,truck,direction\n2025-06-06 07:00,A,in\n2025-06-06 08:00,A,sideways\n";
    let told = gate_log(sideways, &zone, Some("pier")).unwrap_err();
    assert!(told.contains("log.csv:3: direction: `sideways` is neither in nor out"), "{told}");
    assert!(gate_log("time,truck,direction\n", &zone, Some("pier")).is_err());
}

/// The hours of a log are an overlay of a scenario, and its visits are what `calibrate` reads.
#[test]
fn a_gate_log_is_an_overlay_and_calibrates() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = "gate in,gate out,moves\n".to_owned();
    for day in 2..9 {
        for at in 0..40 {
            let (hour, minute) = (7 + at / 5, at % 5 * 10);
            writeln!(
                log,
                "2025-06-{day:02} {hour:02}:{minute:02},2025-06-{day:02} {:02}:{:02},1",
                hour,
                minute + 9 - at % 3
            )
            .unwrap();
        }
    }
    std::fs::write(dir.path().join("log.csv"), log).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/port_terminal");
    let args =
        ["import", "gates", "log.csv", "--terminal", "terminal", "--out", "gates", "--zone", "America/Los_Angeles"];
    let out = portvolt(dir.path(), &args);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(text(&out.stdout).contains("terminal: 280 visits, 8.0 min"), "{}", text(&out.stdout));
    let overlays = vec![dir.path().join("gates/gates.toml")];
    let loaded =
        load(&Request { path: shipped.clone(), overlays, ..Request::default() }).unwrap_or_else(|it| panic!("{it}"));
    let hours = loaded.scenario.terminal["terminal"].gate_hours.as_ref().unwrap();
    assert_eq!((hours.weekday[6], hours.weekday[7], hours.sunday[14], hours.sunday[15]), (0.0, 5.0, 5.0, 0.0));
    let shipped = shipped.display().to_string();
    let args = ["calibrate", &shipped, "--gate", "gates/terminal.csv", "--terminal", "terminal", "--out", "fit"];
    let out = portvolt(dir.path(), &args);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let fit = std::fs::read_to_string(dir.path().join("fit/calibrated.toml")).unwrap();
    assert!(fit.contains("turn_min = 8."), "{fit}");
}

pub(super) fn listed(table: &str, map: &Map, due_after_h: Option<f64>) -> Result<Hauls, String> {
    let mut problems = Vec::new();
    let found = hauls::read("orders.csv", table.as_bytes(), map, due_after_h, &mut problems);
    found.ok_or_else(|| Problems { files: Vec::new(), list: problems }.to_string())
}

const ORDERS: &str = "Order;Pick Up;Deliver;Available;Deliver by;F/E;SCAC
1;Pier J;Fontana DC;6/2/2025 08:00;6/2/2025 16:00;F;ABCD
2;Fontana DC;Pier J;6/3/2025 09:00;;MT;
3;Pier J;Pier J;6/3/2025 09:00;6/3/2025 10:00;F;
";

#[test]
fn hauls_of_any_names() {
    let mapping = "zone = \"America/Los_Angeles\"\n[columns]\ndestination = \"Deliver\"\n[places]\n\"PIER J\" = \"pier\"\nABCD = \"carrier\"\n";
    let found = listed(ORDERS, &map(mapping), Some(8.0)).unwrap();
    assert_eq!(
        found.csv,
        "origin,destination,ready,due,container,fleet\n\
         pier,fontana_dc,2025-06-02T08:00:00-07:00,2025-06-02T16:00:00-07:00,loaded,carrier\n\
         fontana_dc,pier,2025-06-03T09:00:00-07:00,2025-06-03T17:00:00-07:00,empty,\n"
    );
    for words in ["1 rows lead from a place to itself", "1 hauls have no time at which they are due: 8 h"] {
        assert!(found.said.iter().any(|it| it.contains(words)), "{words}: {:?}", found.said);
    }
    let told = listed(ORDERS, &map(mapping), None).unwrap_err();
    assert!(told.contains("orders.csv:3: due: is not told") && told.contains("--due-after-h"), "{told}");
    let told =
        listed(&ORDERS.replace(";F;", ";half;").replace("6/2/2025 16:00", "6/1/2025 16:00"), &map(mapping), Some(8.0));
    let told = told.unwrap_err();
    assert!(told.contains("orders.csv:2: due: is before `ready`"), "{told}");
    let told = listed(&ORDERS.replace(";MT;", ";half;"), &map(mapping), Some(8.0)).unwrap_err();
    assert!(told.contains("orders.csv:3: container: `half` is neither"), "{told}");
    let told =
        listed(&ORDERS.replace("Pier J", "***"), &map("[columns]\ndestination = \"Deliver\""), Some(8.0)).unwrap_err();
    assert!(told.contains("[places]"), "{told}");
    assert!(listed("a,b\n1,2\n", &map(""), None).unwrap_err().contains("origin, destination, ready"));
    // What it writes is what a scenario lists.
    let dir = tempfile::tempdir().unwrap();
    let shipped =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/depot_night/scenario.toml"))
            .unwrap();
    std::fs::write(dir.path().join("scenario.toml"), shipped).unwrap();
    std::fs::write(dir.path().join("orders.csv"), ORDERS).unwrap();
    let mapping = mapping.replace("[places]", "[places]\n\"Fontana DC\" = \"dc_fontana\"");
    std::fs::write(dir.path().join("map.toml"), mapping).unwrap();
    let args = ["import", "hauls", "orders.csv", "--map", "map.toml", "--due-after-h", "8", "--out", "hauls.csv"];
    let out = portvolt(dir.path(), &args);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let loaded =
        load(&Request { path: dir.path().to_path_buf(), ..Request::default() }).unwrap_or_else(|it| panic!("{it}"));
    let hauls = loaded.hauls.unwrap();
    assert_eq!(
        (hauls.len(), hauls[0].ready_s, hauls[1].loaded, hauls[0].fleet.as_deref()),
        (2, 28_800, false, Some("carrier"))
    );
}

/// Places as tables of a scenario, with their latitudes or all with this line.
fn sites_toml(places: &[(&str, f64, f64)], lat_line: &str) -> String {
    places.iter().fold(String::new(), |out, (key, lat, lon)| {
        let lat = if lat_line.is_empty() { format!("lat = {lat}\n") } else { lat_line.to_owned() };
        format!("{out}[site.{key}]\nkind = \"yard\"\n{lat}lon = {lon}\n")
    })
}

/// Three trucks: short days, days that only charging at noon makes possible, and days beyond the battery.
#[test]
fn a_run_says_which_trucks_could_be_electric() {
    let places =
        [("depot", 33.80, -118.20), ("pier", 33.75, -118.25), ("inland", 34.06, -117.49), ("far", 35.37, -119.02)];
    let mut trips = "vehicle,start,stop,distance km,latitude,longitude\n".to_owned();
    let mut drive = |truck: &str, day: u32, from: u32, to: u32, km: u32, place: usize| {
        let (_, lat, lon) = places[place];
        writeln!(trips, "{truck},2025-06-{day:02} {from:02}:00,2025-06-{day:02} {to:02}:00,{km},{lat},{lon}").unwrap();
    };
    for day in 2..7 {
        for (from, place) in [(6, 1), (8, 0), (10, 1), (12, 0)] {
            drive("short 1", day, from, from + 1, 15, place);
        }
        for (from, place) in [(5, 2), (7, 0), (13, 2), (15, 0)] {
            drive("NOON", day, from, from + 2, 110, place);
        }
        drive("long", day, 5, 10, 300, 3);
        drive("long", day, 11, 16, 300, 0);
    }
    let dir = tempfile::tempdir().unwrap();
    let sites =
        places.iter().fold("site,lat,lon\n".to_owned(), |out, (key, lat, lon)| format!("{out}{key},{lat},{lon}\n"));
    std::fs::write(dir.path().join("sites.csv"), sites).unwrap();
    std::fs::write(dir.path().join("trips.csv"), trips).unwrap();
    let with_sites = |file: &str, out: &str| {
        let args = format!(
            "import trips trips.csv --out {out} --sites {file} --zone America/Los_Angeles --battery-kwh 400 --kwh-per-km 1.25 \
             --charge-kw 100 --format json"
        );
        portvolt(dir.path(), &args.split(' ').collect::<Vec<_>>())
    };
    // The same places as TOML are the same fleets; a place without coordinates is told by its key.
    std::fs::write(dir.path().join("sites.toml"), sites_toml(&places, "")).unwrap();
    std::fs::write(dir.path().join("wrong.toml"), sites_toml(&places, "lat = 133\n")).unwrap();
    let wrong = text(&with_sites("wrong.toml", "no").stdout);
    assert!(wrong.contains("has no `lat` from -90 to 90") && !dir.path().join("no").exists(), "{wrong}");
    let toml: Value = serde_json::from_slice(&with_sites("sites.toml", "by_toml").stdout).unwrap();
    let out = with_sites("sites.csv", "fleet");
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
    assert_eq!(toml["fleets"], json["fleets"]);
    let fleets: Vec<(&str, u64)> = json["fleets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["fleet"].as_str().unwrap(), it["hauls"].as_u64().unwrap()))
        .collect();
    assert_eq!(fleets, [("truck_noon", 20), ("truck_long", 10), ("truck_short_1", 20)]);
    let out = portvolt(dir.path(), &["run", "fleet", "--out", "result", "--quiet"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let summary: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("result/summary.json")).unwrap()).unwrap();
    let metric = |name: &str, fleet: &str| {
        let is_it = |it: &&Value| it["name"] == name && it["scope"] == format!("fleet:{fleet}");
        summary["metrics"].as_array().unwrap().iter().find(is_it).unwrap()["value"].as_f64().unwrap()
    };
    assert_eq!((metric("hauls_completed", "truck_short_1"), metric("hauls_late", "truck_short_1")), (20.0, 0.0));
    assert_eq!(metric("truck_km", "truck_short_1"), 300.0, "the distance of its trips, and no more");
    // 440 km take 550 kWh, of which the battery has 400; four hours at noon give as much again.
    assert_eq!(metric("hauls_completed", "truck_noon"), 20.0);
    assert!(metric("hauls_completed", "truck_long") < 10.0, "600 km take 750 kWh");
}
