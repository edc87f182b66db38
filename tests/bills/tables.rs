//! Contract: a load is read from the files that people have, without a change to them: whatever separator, date, order,
//! unit, direction or convention of time; what is assumed is said; what is open is refused with the way to say it.

use crate::close;
use crate::command::{portvolt, text};
use portvolt::document::problem::Problems;
use portvolt::import::load::{Metered, read};
use portvolt::import::map::{Gaps, Map, Stamps};
use portvolt::import::stamp::DateOrder;
use serde_json::{Value, json};
use std::fmt::Write;

fn with(map: &Map, file: &[u8]) -> Result<Metered, String> {
    let mut problems = Vec::new();
    let found = read("load.csv", file, map, &mut problems);
    found.ok_or_else(|| Problems { files: Vec::new(), list: problems }.to_string())
}

fn load(file: &str) -> Metered {
    with(&Map::default(), file.as_bytes()).unwrap_or_else(|told| panic!("{told}\n{file}"))
}

fn zone(zone: &str) -> Map {
    Map { zone: Some(zone.to_owned()), ..Map::default() }
}

fn said(metered: &Metered, words: &str) -> bool {
    metered.said.iter().any(|said| said.contains(words))
}

/// A day of rows, by hour.
fn day(header: &str, row: impl Fn(usize) -> String) -> String {
    [header.to_owned()].into_iter().chain((0..24).map(row)).collect::<Vec<_>>().join("\n")
}

/// The same day, 2 June 2025 in Los Angeles, 10.5 kW: 252 kWh.
#[test]
fn one_day_in_any_form() {
    let files = [
        day("start;kw", |hour| format!("2025-06-02T{hour:02}:00:00;10,5")),
        day("start, kw", |hour| format!("2025-06-02T{hour:02}:00:00, 10.5")),
        day("Start,kW", |hour| format!("2025-06-02 {hour:02}:00,10.5")),
        day("start,kw", |hour| format!("{},10.5", 1_748_847_600 + 3600 * hour)),
        day("timestamp,power_kw", |hour| format!("{},10.5", 1_748_847_600_000_i64 + 3_600_000 * hour as i64)),
        day("Date/Time\tEnergy (kWh)", |hour| format!("6/2/2025 {hour}:00\t10.5")),
        day("Date,Time,Demand (W)", |hour| format!("02-Jun-2025,{hour}:00,\"10,500.0\"")),
        day("start,kw", |hour| format!("2025-06-02T{:02}:00:00,10.5", 23 - hour)),
        day("start,kw", |hour| format!("2025-06-02T{:02}:00,10.5", hour + 1)),
        day("Date,Hour Ending,kWh", |hour| format!("06/02/2025,{},10.5", hour + 1)),
        day("Datum,Zeit,kWh", |hour| format!("02.06.2025,{hour}:00,10.5")),
        day("Interval Start,Interval End,MWh", |hour| format!("2025-06-02 {hour:02}:00 PDT,x,0.0105")),
        day("start,kw", |hour| format!("{},10.5", 45_810.0 + hour as f64 / 24.0)),
        "preface\n\nAccount,1\nAddress,\"1, Street\"\n".to_owned()
            + &day("start,kw", |hour| format!("2025-06-02T{hour:02}:00,10.5")),
    ];
    for file in &files {
        let metered = load(file);
        let (first, last) = metered.load.span();
        assert_eq!(
            (first.as_str(), last.as_str()),
            ("2025-06-02T00:00:00-07:00", "2025-06-03T00:00:00-07:00"),
            "{file}"
        );
        close(metered.load.kw().iter().sum::<f64>() * metered.load.hours(), 252.0);
        assert!(said(&metered, "America/Los_Angeles"), "the zone is said: {:?}", metered.said);
    }
    assert!(said(&load(&files[7]), "turned round"));
    assert!(said(&load(&files[8]), "ends of intervals"));
    assert!(said(&load(&files[5]), "read month first"));
}

/// What the file leaves open, and nothing decides, is asked for by the name of the option that says it.
#[test]
fn open_questions_are_asked() {
    let open = day("Load time,Value", |hour| format!("03/04/2025 {hour:02}:00,\"1,234\""));
    let ask = |map: &Map, file: &str| with(map, file.as_bytes()).map(|_| ()).unwrap_err();
    let plain = day("start,value", |hour| format!("2025-06-02T{hour:02}:00,1"));
    assert!(ask(&Map::default(), &plain).contains("--unit kW"), "{}", ask(&Map::default(), &plain));
    let dates = day("start,kw", |hour| format!("03/04/2025 {hour:02}:00,1"));
    assert!(ask(&zone("Europe/Berlin"), &dates).contains("--dates day-first"));
    let thousands = day("start;kw", |hour| format!("2025-06-02T{hour:02}:00;1,234"));
    assert!(ask(&Map::default(), &thousands).contains("decimal"), "{}", ask(&Map::default(), &thousands));
    let two = day("start,Main kWh,Shop kWh", |hour| format!("2025-06-02T{hour:02}:00,1,2"));
    assert!(ask(&Map::default(), &two).contains("`Main kWh`, `Shop kWh`"), "{}", ask(&Map::default(), &two));
    let told = ask(&Map::default(), &open);
    assert!(told.contains("mapping file") && told.contains("`Load time`"), "{told}");
    // A mapping file says it.
    let text = "zone = \"Europe/Berlin\"\ndates = \"day-first\"\ndecimal = \".\"\nunit = \"kW\"\nstamps = \"start\"\n[columns]\nstart = \"Load time\"\nvalue = \"Value\"\n";
    let map = Map::parse("map.toml", text, &mut Vec::new()).unwrap();
    let metered = with(&map, open.as_bytes()).unwrap();
    assert_eq!((metered.load.span().0.as_str(), metered.load.kw()[0]), ("2025-04-03T00:00:00+02:00", 1234.0));
    let mut problems = Vec::new();
    assert!(Map::parse("map.toml", "zone = 1\n", &mut problems).is_none() && !problems.is_empty());
    let mut problems = Vec::new();
    assert!(Map::parse("map.toml", "[columns]\nstart = \"a\"\nzones = \"b\"\n[x]\n", &mut problems).is_none());
    assert!(Problems { files: Vec::new(), list: problems }.to_string().contains("map.toml:4"));
}

/// Downloads of utilities as they come: preambles, sections, periods in one cell, quotes, blanks that do not break, energy of a
/// quarter of an hour, export beside import. 96 x 2.5 kWh: 10 kW.
#[test]
fn downloads_of_utilities() {
    let quarter = |at: usize| format!("{:02}:{:02}", at / 4, at % 4 * 15);
    let next =
        |at: usize| if at == 95 { "2024-05-23 00:00".to_owned() } else { format!("2024-05-22 {}", quarter(at + 1)) };
    let section = |name: &str, kwh: f64| {
        let mut out = format!(
            "\"Data for period starting: 2024-05-22 00:00:00  for 24 hours\",,\nEnergy  {name} time period,Usage {name}(Real energy in kilowatt-hours)(Real energy in kilowatt-hours),Reading quality\n"
        );
        for at in 0..96 {
            writeln!(out, "\"2024-05-22 {}:00\u{a0}to\u{a0}{}:00\",\"{kwh}\",\"\"", quarter(at), next(at)).unwrap();
        }
        out
    };
    let head = "Energy Usage Information,,\n\"For location: Someplace, CA\",,\n,,\nMeter Reading Information,,\nType of readings: Electricity,,\n,,\nSummary of Electric Power Usage Information*,,\n\"Your download will contain interval usage data.\",,\n,,\nDetailed Usage,,\nStart date: 2024-05-21 23:00:00  for 1 day,,\n,,\n";
    let sce = format!("{head}{},,\n{} ,,\n", section("Delivered", 2.5), section("Received", 0.5));
    let metered = load(&sce);
    assert_eq!((metered.load.interval_s(), metered.load.kw().len(), metered.load.kw()[5]), (900, 96, 8.0));
    let older = format!("{head}{}", section("consumption", 2.5))
        .replace("Usage consumption(Real energy in kilowatt-hours)(Real", "Usage(Real");
    assert_eq!(load(&older).load.kw()[95], 10.0);
    let green = |header: &str, row: &dyn Fn(usize) -> String| {
        let mut out =
            format!("\u{feff}Name,A PERSON\nAddress,\"1 ST, CITY\"\nAccount Number,0\nService,Service 1\n\n{header}\n");
        (0..96).for_each(|at| writeln!(out, "Electric usage,2025-06-02,{},{}", quarter(at), row(at)).unwrap());
        out
    };
    let end = |at: usize| format!("{:02}:{:02}", at / 4, at % 4 * 15 + 14);
    let pge = green("TYPE,DATE,START TIME,END TIME,USAGE (kWh),COST,NOTES", &|at| format!("{},2.5,$0.5,", end(at)));
    assert_eq!((load(&pge).load.kw()[0], load(&pge).load.span().0.as_str()), (10.0, "2025-06-02T00:00:00-07:00"));
    let net = green("TYPE,DATE,START TIME,END TIME,IMPORT (kWh),EXPORT (kWh),COST,NOTES", &|at| {
        format!("{},2.50,3.00,$0.45", end(at))
    });
    assert_eq!(load(&net).load.kw()[0], -2.0);
    let units =
        green("TYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES", &|at| format!("{},2.5,kWh,$0.02,", end(at)));
    assert_eq!(load(&units).load.kw()[0], 10.0);
}

/// A row a day, a column for each time of it: ends of intervals, as many meters have them, or hours.
#[test]
fn a_row_a_day() {
    let ends: Vec<String> = (1..=96).map(|at| format!("{}:{:02}", at / 4 % 24, at % 4 * 15)).collect();
    let mut file = format!("Meter,Date,Units,{}\n", ends.join(","));
    for day in 1..=3 {
        writeln!(file, "M1,6/{day}/2025,kWh,{}", vec!["2.5"; 96].join(",")).unwrap();
    }
    let metered = load(&file);
    assert_eq!((metered.load.kw().len(), metered.load.kw()[0]), (288, 10.0));
    assert_eq!(metered.load.span().0, "2025-06-01T00:00:00-07:00");
    let hours: Vec<String> = (1..=24).map(|hour| format!("HE{hour:02}")).collect();
    let file = format!(
        "Date,{}\n2025-06-01,{}\n2025-06-02,{}\n",
        hours.join(","),
        vec!["3"; 24].join(","),
        vec!["4"; 24].join(",")
    );
    let map = Map { unit: Some("kW".to_owned()), ..Map::default() };
    let metered = with(&map, file.as_bytes()).unwrap();
    assert_eq!(
        (metered.load.kw()[0], metered.load.kw()[24], metered.load.span().0.as_str()),
        (3.0, 4.0, "2025-06-01T00:00:00-07:00")
    );
}

/// Green Button XML: Wh with a power of ten, two directions, readings of another unit beside them.
#[test]
fn green_button_xml() {
    let kind = |number: u32, uom: u32, direction: u32| {
        format!(
            "<entry><link rel=\"self\" href=\"/ReadingType/{number}\"/><content><ReadingType xmlns=\"http://naesb.org/espi\">\
             <flowDirection>{direction}</flowDirection><intervalLength>900</intervalLength><powerOfTenMultiplier>1</powerOfTenMultiplier>\
             <uom>{uom}</uom></ReadingType></content></entry>"
        )
    };
    let meter = |number: u32, value: u32| {
        let mut out = format!(
            "<entry><link rel=\"self\" href=\"/UsagePoint/1/MeterReading/{number}\"/><link rel=\"related\" href=\"/UsagePoint/1/MeterReading/{number}/IntervalBlock\"/>\
             <link rel=\"related\" href=\"/ReadingType/{number}\"/><content><MeterReading xmlns=\"http://naesb.org/espi\"/></content></entry>\
             <entry><link rel=\"self\" href=\"/UsagePoint/1/MeterReading/{number}/IntervalBlock/1\"/><link rel=\"up\" href=\"/UsagePoint/1/MeterReading/{number}/IntervalBlock\"/>\
             <content><IntervalBlock xmlns=\"http://naesb.org/espi\"><interval><duration>86400</duration><start>1748847600</start></interval>"
        );
        for at in 0..96 {
            write!(out, "<IntervalReading><timePeriod><duration>900</duration><start>{}</start></timePeriod><value>{value}</value></IntervalReading>", 1_748_847_600 + 900 * at).unwrap();
        }
        out + "</IntervalBlock></content></entry>"
    };
    let feed = |parts: &[String]| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">{}</feed>",
            parts.concat()
        )
    };
    let metered = load(&feed(&[kind(1, 72, 1), meter(1, 250)]));
    assert_eq!(
        (metered.load.kw().len(), metered.load.kw()[0], metered.load.span().0.as_str()),
        (96, 10.0, "2025-06-02T00:00:00-07:00")
    );
    let both =
        load(&feed(&[kind(1, 72, 1), kind(2, 72, 19), kind(3, 73, 1), meter(1, 250), meter(2, 50), meter(3, 7)]));
    assert_eq!(both.load.kw()[0], 8.0);
    assert!(said(&both, "of 3 series"));
    let text = feed(&[kind(1, 72, 1), meter(1, 250)]);
    let wrong = |text: &str| with(&Map::default(), text.as_bytes()).unwrap_err();
    // The clock of the meter says its zone, with and without daylight saving time.
    for (standard_s, saving_s, zone) in [
        (-18_000, 3_600, "America/New_York"),
        (-28_800, 3_600, "America/Los_Angeles"),
        (-25_200, 0, "America/Phoenix"),
        (36_000, 0, "Etc/GMT-10"),
        // No zone that is known by its offset alone: the usual one, said as an assumption.
        (19_800, 0, "the time zone is assumed: America/Los_Angeles"),
    ] {
        let clock = format!(
            "<LocalTimeParameters xmlns=\"http://naesb.org/espi\"><dstOffset>{saving_s}</dstOffset><tzOffset>{standard_s}</tzOffset>\
             </LocalTimeParameters>"
        );
        let metered = with(&Map::default(), feed(&[clock, kind(1, 72, 1), meter(1, 250)]).as_bytes());
        let told = metered.map_or_else(|wrong| wrong, |metered| metered.said.join("\n"));
        assert!(told.contains(zone), "{zone}: {told}");
        assert_eq!(told.contains("assumed: America"), standard_s == 19_800, "{zone}: {told}");
    }
    let register = text.replace("<uom>", "<accumulationBehaviour>3</accumulationBehaviour><uom>");
    assert!(wrong(&register).contains("of a register that only rises"), "{}", wrong(&register));
    let delta = text.replace("<uom>", "<accumulationBehaviour>4</accumulationBehaviour><uom>");
    assert_eq!(load(&delta).load.kw()[0], 10.0);
    let prefix = wrong(&text.replace("<powerOfTenMultiplier>1<", "<powerOfTenMultiplier>400<"));
    assert!(prefix.contains("load.csv:2: powerOfTenMultiplier: 400"), "{prefix}");
    let twice = wrong(&text.replace("<intervalLength>900<", "<intervalLength>3600<"));
    assert!(twice.contains("begins 900 s after the one before, which lasts 3600 s"), "{twice}");
    let broken = with(&Map::default(), b"<?xml version=\"1.0\"?>\n<feed>\n<espi></feed>").unwrap_err();
    assert!(broken.contains("load.csv:3: is no XML"), "{broken}");
}

/// A year without times needs its first day; 8,760 values are hours from there on.
#[test]
fn lists_of_a_year() {
    let list: String = (0..8760).map(|hour| format!("{hour}\n")).collect();
    let told = with(&Map { unit: Some("kW".to_owned()), ..Map::default() }, list.as_bytes()).unwrap_err();
    assert!(told.contains("--first-day 2025-01-01"), "{told}");
    assert!(with(&Map::default(), list.as_bytes()).unwrap_err().contains("--unit"));
    let map = Map { unit: Some("kW".to_owned()), start: Some("2025-01-01".to_owned()), ..Map::default() };
    for file in [list.clone(), format!("kw\n{list}")] {
        let metered = with(&map, file.as_bytes()).unwrap();
        assert_eq!((metered.load.kw().len(), metered.load.span().1.as_str()), (8760, "2026-01-01T00:00:00-08:00"));
    }
    let short = with(&map, "1\n2\n3\n".as_bytes()).unwrap_err();
    assert!(short.contains("no year of hours"), "{short}");
}

/// Spring takes an hour away, autumn repeats one: true local times have 23 and 25 hours, or 24 where the hour that comes twice has
/// one row; a meter that keeps standard time has 24
/// on both days, and shows in spring a time that no clock of the zone does.
#[test]
fn days_of_clock_changes() {
    let rows = |start: u8, month: u8, hours: &[&[usize]]| {
        let mut out = "start,kw\n".to_owned();
        for (day, hours) in (start..).zip(hours) {
            hours.iter().for_each(|hour| writeln!(out, "2025-{month:02}-{day:02}T{hour:02}:00,{hour}").unwrap());
        }
        out
    };
    let all: Vec<usize> = (0..24).collect();
    let spring: Vec<usize> = all.iter().copied().filter(|hour| *hour != 2).collect();
    let autumn: Vec<usize> = [0, 1].into_iter().chain(1..24).collect();
    assert_eq!(load(&rows(8, 3, &[&all, &spring, &all])).load.kw().len(), 71);
    assert_eq!(load(&rows(1, 11, &[&all, &autumn, &all])).load.kw().len(), 73);
    let standard = load(&rows(8, 3, &[&all, &all, &all]));
    assert!(said(&standard, "keep standard time"), "{:?}", standard.said);
    assert_eq!(standard.load.span().1, "2025-03-11T01:00:00-07:00");
    // One row for the hour that comes twice is taken for both, and that is said.
    let once = load(&rows(1, 11, &[&all, &all]));
    assert_eq!((once.load.kw().len(), once.load.kw()[25], once.load.kw()[26]), (49, 1.0, 1.0));
    assert!(said(&once, "its reading is taken for both"), "{:?}", once.said);
}

/// Gaps are all told at once, or filled as asked and counted.
#[test]
fn gaps_are_told_or_filled() {
    let file = "start,kw\n2025-06-02T00:00,1\n2025-06-02T01:00,2\n2025-06-02T04:00,3\n2025-06-02T05:00,4\n2025-06-02T07:00,5\n";
    let told = with(&Map::default(), file.as_bytes()).unwrap_err();
    assert!(told.contains("load.csv:4: start: a gap") && told.contains("load.csv:6: start: a gap"), "{told}");
    assert_eq!(told.lines().count(), 2);
    for (gaps, kw) in [(Gaps::Zero, [1., 2., 0., 0., 3., 4., 0., 5.]), (Gaps::Hold, [1., 2., 2., 2., 3., 4., 4., 5.])] {
        let metered = with(&Map { gaps: Some(gaps), ..Map::default() }, file.as_bytes()).unwrap();
        assert_eq!(metered.load.kw(), kw);
        assert!(said(&metered, "3 intervals are missing"));
    }
    let told =
        with(&Map::default(), b"start,kw\n2025-06-02T00:00,1\n2025-06-02T01:00,x\n2025-06-02Tx,1\n").unwrap_err();
    assert!(told.contains("load.csv:3: kw") && told.contains("load.csv:4: start"), "all at once: {told}");
}

/// June with times at the ends of intervals is June: no interval falls into July, whose demand charge it would bear.
#[test]
fn ends_of_intervals_stay_in_their_month() {
    let stamp = |at: usize| {
        let minute = (at + 1) * 15;
        let day = 1 + minute / 1440;
        let (month, day) = if day > 30 { (7, 1) } else { (6, day) };
        format!("2025-{month:02}-{day:02}T{:02}:{:02}", minute / 60 % 24, minute % 60)
    };
    let file = "timestamp,kw\n".to_owned() + &(0..2880).map(|at| format!("{},10\n", stamp(at))).collect::<String>();
    let metered = load(&file);
    assert_eq!(metered.load.span(), ("2025-06-01T00:00:00-07:00".to_owned(), "2025-07-01T00:00:00-07:00".to_owned()));
    assert!(said(&metered, "taken as ends"));
    let start = with(&Map { stamps: Some(Stamps::Start), ..Map::default() }, file.as_bytes()).unwrap();
    assert_eq!(start.load.span().1, "2025-07-01T00:15:00-07:00");
}

/// Offsets tell the zone: 17 h in New York is not 17 h in Los Angeles. With another zone the misfit is said.
#[test]
fn offsets_tell_the_zone() {
    let file = day("start,kw", |hour| format!("2025-06-02T{hour:02}:00:00-04:00,1"));
    let metered = load(&file);
    assert_eq!(metered.load.zone(), "America/New_York");
    assert!(said(&metered, "taken from the offsets"));
    let forced = with(&zone("America/Los_Angeles"), file.as_bytes()).unwrap();
    assert!(said(&forced, "is the load of another zone?"), "{:?}", forced.said);
    let dates = Map { dates: Some(DateOrder::DayFirst), ..zone("America/New_York") };
    let file = day("start,kw", |hour| format!("03/04/2025 {hour}:00,1"));
    assert_eq!(with(&dates, file.as_bytes()).unwrap().load.span().0, "2025-04-03T00:00:00-04:00");
}

/// `import load` says what was read and writes it; `bill` bills the file as it is; a template names the columns.
#[test]
fn the_commands_take_files_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let file = day("Zeit;Wert", |hour| format!("02.06.2025 {hour:02}:00;2,5"));
    std::fs::write(dir.path().join("meter.csv"), &file).unwrap();
    std::fs::write(
        dir.path().join("t.json"),
        json!({ "label": "t", "energyratestructure": [[{ "rate": 0.1 }]] }).to_string(),
    )
    .unwrap();
    let run = |args: &[&str]| portvolt(dir.path(), args);
    let out = run(&["import", "load", "meter.csv"]);
    assert_eq!(out.status.code(), Some(4));
    assert!(text(&out.stderr).contains("--unit"), "{}", text(&out.stderr));
    let out = run(&["import", "load", "meter.csv", "--write-map", "map.toml"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let map = std::fs::read_to_string(dir.path().join("map.toml")).unwrap();
    assert!(map.contains("#   Wert = 2,5") && map.contains("# value = \"\""), "{map}");
    std::fs::write(
        dir.path().join("map.toml"),
        map.replace("# value = \"\"", "value = \"Wert\"").replace("# unit = \"kWh\"", "unit = \"kWh\""),
    )
    .unwrap();
    let out = run(&["import", "load", "meter.csv", "--map", "map.toml", "--out", "load.csv", "--format", "json"]);
    let json: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", text(&out.stderr)));
    assert_eq!((&json["intervals"], &json["energy_kwh"]), (&json!(24), &json!(60.0)));
    let written = std::fs::read_to_string(dir.path().join("load.csv")).unwrap();
    assert!(
        written.starts_with("# measured: meter.csv, blake3 ") && written.contains("2025-06-02T00:00:00-07:00,2.5"),
        "{written}"
    );
    for args in [
        ["bill", "meter.csv", "--map", "map.toml"].as_slice(),
        &["bill", "load.csv"],
        &["bill", "meter.csv", "--unit", "kWh"],
    ] {
        let out = run(&[args, &["--tariff", "t.json"]].concat());
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let shown = text(&out.stdout);
        assert!(
            shown.contains("6.00 $")
                && shown.contains("America/Los_Angeles")
                && shown.contains("how the load was read"),
            "{shown}"
        );
    }
}

/// A workbook of one sheet, whose cells are what these rows say.
fn workbook(rows: &[Vec<Value>]) -> Vec<u8> {
    use std::io::Write as _;
    let cell = |value: &Value| match value {
        Value::Number(number) => format!("<c><v>{number}</v></c>"),
        other => format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", other.as_str().unwrap_or_default()),
    };
    let rows: String = rows
        .iter()
        .enumerate()
        .map(|(at, row)| format!("<row r=\"{}\">{}</row>", at + 1, row.iter().map(cell).collect::<String>()))
        .collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{packages}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"r1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets><sheet name=\"Meter\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        archive.start_file(name, stored).unwrap();
        archive.write_all(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{text}").as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A sheet with a title above its header, serial dates and numbers.
#[test]
fn workbooks() {
    let mut rows = vec![vec![json!("Interval data")], vec![json!("Date Time"), json!("kWh"), json!("Notes")]];
    rows.extend((0..96).map(|at| vec![json!(45_810.0 + f64::from(at) / 96.0), json!(2.5), json!("x")]));
    let metered = with(&Map::default(), &workbook(&rows)).unwrap_or_else(|told| panic!("{told}"));
    assert_eq!(
        (metered.load.kw().len(), metered.load.kw()[7], metered.load.span().0.as_str()),
        (96, 10.0, "2025-06-02T00:00:00-07:00")
    );
    let map = Map { sheet: Some("Other".to_owned()), ..Map::default() };
    assert!(with(&map, &workbook(&rows)).unwrap_err().contains("has no sheet `Other` (there are: Meter)"));
    assert!(with(&Map::default(), b"PK\x03\x04 no archive").unwrap_err().contains("is no workbook"));
    rows[5][1] = json!("n/a");
    assert!(with(&Map::default(), &workbook(&rows)).unwrap_err().contains("load.csv:6: kWh: `n/a`"));
}
