//! Tables and logs of others: each row becomes something, is a mistake with its line, or is counted as left out.

use super::bombs::workbook;
use portvolt::document::problem::Problems;
use portvolt::import::map::Map;
use portvolt::import::{load as metered, sessions, template, trips, weather};

fn told(list: Vec<portvolt::document::problem::Problem>) -> String {
    Problems { files: Vec::new(), list }.to_string()
}

/// Sessions and notes, or what is wrong.
fn sessions_of(text: &str, map: Map) -> Result<(usize, usize, String), String> {
    let mut problems = Vec::new();
    let options = sessions::Options { map, ..sessions::Options::default() };
    let found = sessions::read("a", text.as_bytes(), &options, &mut problems);
    if problems.is_empty() { Ok((found.list.len(), found.open, found.notes.join("; "))) } else { Err(told(problems)) }
}

fn mapped(toml: &str) -> Map {
    Map::parse("map.toml", toml, &mut Vec::new()).unwrap()
}

#[test]
fn a_cell_that_is_none_is_told() {
    let head = "Start,End,Energy (kWh),Max power,Charging time\n";
    let good = "2025-06-02 08:00,2025-06-02 09:00,5,11,0:30\n";
    assert!(sessions_of(&format!("{head}{good}"), Map::default()).is_ok());
    for (row, said) in [
        ("2025-06-02 08:00,2025-06-02 09:00,5,eleven,0:30\n", "a:3: Max power: `eleven`"),
        ("2025-06-02 08:00,2025-06-02 09:00,5,-11,0:30\n", "a:3: Max power: `-11`"),
        ("2025-06-02 08:00,2025-06-02 09:00,5,1e400,0:30\n", "a:3: Max power: `1e400`"),
        ("2025-06-02 08:00,2025-06-02 09:00,5,11,nan:30\n", "a:3: Charging time: `nan:30`"),
        ("2025-06-02 08:00,2025-06-02 09:00,5,11,1e300:0\n", "a:3: Charging time: `1e300:0`"),
        ("2025-06-02 08:00,2025-06-02 09:00,5,11,-1:30\n", "a:3: Charging time: `-1:30`"),
        ("2025-06-02 08:00,2025-06-02 08:00:01,90000,,\n", "kW at `charger (2)` is not from 0"),
    ] {
        let wrong = sessions_of(&format!("{head}{good}{row}"), Map::default()).unwrap_err();
        assert!(wrong.contains(said), "{row}: {wrong}");
    }
    let twice = "Session ID,Start,End,Energy (kWh)\na,2025-06-02 08:00,2025-06-02 09:00,5\na,2025-06-03 08:00,2025-06-03 09:00,5\n";
    assert!(sessions_of(twice, Map::default()).unwrap_err().contains("a:3: session_id: `a` is the name of another"));
}

#[test]
fn a_column_is_there_once_and_has_a_role_that_exists() {
    let rows = "2025-06-02 08:00,2025-06-02 09:00,5,6\n";
    let wrong = sessions_of(&format!("Start,End,Energy,Energy\n{rows}"), Map::default()).unwrap_err();
    assert!(wrong.contains("has the column `Energy` twice"), "{wrong}");
    let mut problems = Vec::new();
    let map = "# a map\n[columns]\nenregy_kwh = \"Energy\"\nvehicle = \"A\"\n\"truck\" = \"B\"\n";
    assert!(Map::parse("map.toml", map, &mut problems).is_none());
    let wrong = told(problems);
    assert!(wrong.contains("map.toml:3: columns.enregy_kwh") && wrong.contains("`energy_kwh`"), "{wrong}");
    assert!(wrong.contains("map.toml:5: columns.truck") && !wrong.contains("columns.vehicle"), "{wrong}");
    let load = |head: &str, map: Map| {
        let mut problems = Vec::new();
        let text = format!("{head}\n2025-06-02 00:00,1,2\n2025-06-02 01:00,1,2\n");
        metered::read("a", text.as_bytes(), &map, &mut problems).map(|_| ()).ok_or_else(|| told(problems))
    };
    assert!(load("Start,kW,Start", Map::default()).unwrap_err().contains("`Start` twice"));
    assert!(load("Start,kW,kW", Map::default()).is_err());
    assert!(load("Start,kW,Notes", mapped("[columns]\nvalue = \"Load\"\n")).unwrap_err().contains("no column `Load`"));
    let trips = |head: &str, map: Map| {
        let mut problems = Vec::new();
        let text = format!("{head}\na,2025-06-02 08:00,2025-06-02 09:00,5,33.8,-118.2,x\n");
        let options = trips::Options { map, ..trips::Options::default() };
        trips::read("a", text.as_bytes(), &options, &mut problems).ok_or_else(|| told(problems))
    };
    let plain = "vehicle,start,stop,distance,lat,lon";
    assert!(trips(&format!("{plain},note"), Map::default()).is_ok());
    assert!(trips(&format!("{plain},lat"), Map::default()).unwrap_err().contains("`lat` twice"));
    let elsewhere = mapped("[columns]\nvehicle = \"Asset\"\n");
    assert!(trips(&format!("{plain},note"), elsewhere).unwrap_err().contains("no column `Asset`"));
}

#[test]
fn trips_that_are_left_out_are_counted_and_places_have_keys() {
    let text = "vehicle,start,stop,distance,lat,lon\na,2025-06-02 08:00,2025-06-02 09:00,5,33.8,-118.2\n,2025-06-02 08:00,2025-06-02 09:00,5,33.8,-118.2\na,,2025-06-02 09:00,5,33.8,-118.2\n";
    let found = trips::read("a", text.as_bytes(), &trips::Options::default(), &mut Vec::new()).unwrap();
    assert!(found.notes.iter().any(|note| note.starts_with("2 rows without a truck or a start")), "{:?}", found.notes);
    for odd in ["\"depot]\"", "\"a,b\"", "../a", "=1+1", "\"\"", "-x", "a\u{202e}b", "depot"] {
        let mut problems = Vec::new();
        trips::sites("sites.csv", &format!("site,lat,lon\ndepot,33.8,-118.2\n{odd},33.9,-118.3\n"), &mut problems);
        let is_key = odd == "\"depot]\"";
        assert_eq!(problems.is_empty(), is_key, "{odd}: {}", told(problems));
    }
    let geotab = |km: &str, lat: &str| {
        let text = format!(
            "[{{\"device\": {{\"id\": \"a\"}}, \"start\": \"2025-06-02T08:00:00Z\", \"stop\": \"2025-06-02T09:00:00Z\", \"distance\": {km}, \"stopPoint\": {{\"x\": -118.2, \"y\": {lat}}}}}]"
        );
        let mut problems = Vec::new();
        trips::read("a", text.as_bytes(), &trips::Options::default(), &mut problems).is_some()
    };
    assert!(geotab("5", "33.8"));
    assert!(!geotab("1e300", "33.8") && !geotab("-5", "33.8") && !geotab("5", "1e300") && !geotab("5", "91"));
}

/// A key with any letters stays the key of one table, and its file can be read again.
#[test]
fn keys_of_places_are_written_as_keys() {
    let text = "vehicle,start,stop,distance,lat,lon\na,2025-06-02 08:00,2025-06-02 09:00,5,33.8,-118.2\n";
    let places = vec![("Terminal Süd]".to_owned(), 33.8, -118.2)];
    let options = trips::Options { places, ..trips::Options::default() };
    let found = trips::read("a", text.as_bytes(), &options, &mut Vec::new()).unwrap();
    let toml: toml::Table = found.sites_toml("x").parse().unwrap();
    assert_eq!(toml["site"].as_table().unwrap().keys().collect::<Vec<_>>(), ["Terminal Süd]"]);
}

#[test]
fn messages_of_chargers_become_sessions_or_are_counted() {
    let start = |id: u32, time: &str| {
        format!(
            "[2,\"m{id}\",\"StartTransaction\",{{\"connectorId\":1,\"idTag\":\"t\",\"meterStart\":0,\"timestamp\":\"{time}\",\"transactionId\":{id}}}]"
        )
    };
    let stop = |id: u32| {
        format!(
            "[2,\"s{id}\",\"StopTransaction\",{{\"transactionId\":{id},\"meterStop\":5000,\"timestamp\":\"2025-06-02T09:00:00Z\"}}]"
        )
    };
    let begin = "2025-06-02T08:00:00Z";
    let log = |more: &[String]| {
        let all = [vec![start(1, begin), stop(1)], more.to_vec()].concat();
        sessions_of(&format!("[{}]", all.join(",")), Map::default())
    };
    assert_eq!(log(&[]).unwrap().0, 1);
    let (count, open, notes) = log(&[stop(9), "7".to_owned(), start(2, begin)]).unwrap();
    assert_eq!((count, open), (1, 1));
    assert!(notes.contains("1 messages of transactions that the log does not begin"), "{notes}");
    assert!(notes.contains("1 entries that are no messages"), "{notes}");
    assert!(log(&[start(1, "2025-06-03T08:00:00Z")]).unwrap_err().contains("transaction 1 begins again"));
    assert!(log(&[start(3, "yesterday")]).unwrap_err().contains("`yesterday` is no time"));
    let meter = |value: &str| {
        format!(
            "[2,\"v\",\"MeterValues\",{{\"transactionId\":1,\"meterValue\":[{{\"sampledValue\":[{{\"value\":\"{value}\",\"measurand\":\"Power.Active.Import\",\"unit\":\"W\"}}]}}]}}]"
        )
    };
    assert!(log(&[meter("much")]).unwrap().2.contains("1 readings that are no numbers"));
    assert!(log(&[meter("1e400")]).unwrap().2.contains("1 readings that are no numbers"));
    assert!(log(&[meter("1e12")]).unwrap_err().contains("is not from 0 to 100000 kW"));
    let record = |more: &str| {
        let one = "{\"id\":\"a\",\"start_date_time\":\"2025-06-02T08:00:00Z\",\"end_date_time\":\"2025-06-02T09:00:00Z\",\"kwh\":5}";
        sessions_of(&format!("[{one},{more}]"), Map::default())
    };
    assert!(record("{\"kwh\":5}").unwrap_err().contains("[1]: is no record"));
    assert!(record("{\"id\":\"a\",\"start_date_time\":\"2025-06-03T08:00:00Z\",\"end_date_time\":\"2025-06-03T09:00:00Z\",\"kwh\":5}").unwrap_err().contains("another session"));
}

#[test]
fn an_hour_of_weather_is_read_told_or_counted() {
    let hours = (1..=12).map(|month| format!("2025,{month},1,12,{}\n", 10 + month)).collect::<String>();
    let read = |more: &str| {
        let mut problems = Vec::new();
        let text = format!("Year,Month,Day,Hour,Temperature\n{hours}{more}");
        weather::read("a", text.as_bytes(), &mut problems).ok_or_else(|| told(problems))
    };
    assert_eq!(read("").unwrap().missing, 0);
    assert_eq!(read("2025,1,2,1,99.9\n").unwrap().missing, 1, "how these files say that a value is missing");
    for (row, said) in [
        ("2025,13,2,1,15\n", "a:14: `13`"),
        ("2025,1,32,1,15\n", "a:14"),
        ("2025,1,2,1,warm\n", "a:14: `warm`"),
        ("2025,1,2,1,nan\n", "a:14: `nan`"),
        ("2025,1,2,1,\n", "a:14"),
    ] {
        let wrong = read(row).unwrap_err();
        assert!(wrong.contains(said), "{row}: {wrong}");
    }
    let sun = |watts: &str| {
        let rows = (0..8_760).map(|_| format!("1,1,0,{watts}\n")).collect::<String>();
        let text = format!("\"DC System Size (kW):\",4\nMonth,Day,Hour,AC System Output (W)\n{rows}");
        let mut problems = Vec::new();
        weather::solar("a", text.into_bytes(), &mut problems);
        told(problems)
    };
    assert_eq!(sun("2000"), "");
    assert!(sun("90000").contains("more than twice their power"), "not cut to what is plausible");
}

/// A file without rows is told to be one, and lines may end as old machines ended them.
#[test]
fn nothing_read_is_told() {
    let load = |text: &str| {
        let mut problems = Vec::new();
        let found = metered::read("a", text.as_bytes(), &Map::default(), &mut problems);
        found.map(|found| found.load.kw().len()).ok_or_else(|| told(problems))
    };
    assert_eq!(load("start,kw\r2025-06-02 00:00,1\r2025-06-02 01:00,1\r"), Ok(2));
    for text in ["", "\n\n", "start,kw\n", "start,kw,export kw\n", "start,kw\n\n,\n"] {
        assert_ne!(load(text).unwrap_err(), "", "{text:?}");
        assert!(!sessions_of(text, Map::default()).unwrap_err().is_empty(), "{text:?}");
        let mut problems = Vec::new();
        assert!(weather::read("a", text.as_bytes(), &mut problems).is_none() && !problems.is_empty(), "{text:?}");
    }
}

/// What a cell holds stays a comment in the mapping file that is made of it.
#[test]
fn a_template_is_filled_with_words_only() {
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows =
        format!("<row r=\"1\">{}{}</row>", cell("A1", "Start\nzone = \"Etc/UTC\""), cell("B1", &"x".repeat(9_000)));
    let rows = rows + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>1</v></c></row>";
    let made = template::of("load", &workbook(&rows, "<sst/>")).unwrap();
    let map = Map::parse("map.toml", &made, &mut Vec::new()).unwrap();
    assert!(map.zone.is_none() && made.len() < 3_000, "{made}");
}
