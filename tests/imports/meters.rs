//! Contract: what utilities write beside a plain load is read or said: what was fed back, in columns and in sections; columns that
//! are passed over; rows of costs; clocks without colons and of UTC; years of another length; and two meters in one file are
//! told as such, with the cure.

use super::silent::{has, load, load_with};
use super::traffic::map;
use std::fmt::Write;

/// Two days from 2 June 2025 by the quarter of an hour: date, hour, minute.
fn quarters(row: impl Fn(u32, u32, u32) -> String) -> String {
    let times = (0..192_u32).map(|at| (2 + at / 96, at % 96 / 4, at % 4 * 15));
    times.fold(String::new(), |mut out, (day, hour, minute)| {
        let _ = writeln!(out, "{}", row(day, hour, minute));
        out
    })
}

/// 2 kWh bought and 0.5 kWh fed back in each quarter are 6 kW.
#[test]
fn what_was_fed_back_counts() {
    let sdge = quarters(|day, hour, minute| format!("999,6/{day}/2025,{hour:02}:{minute:02},15,2.0,0.5,1.5"));
    let head = "Meter Number,Date,Start Time,Duration,Consumption,Generation,Net\n";
    let found = load(&format!("{head}{sdge}")).unwrap();
    assert!(found.load.kw().iter().all(|kw| (kw - 6.0).abs() < 1e-9), "{:?}", found.load.kw());
    assert!(has(&found.said, "columns that are not read: `Net`"), "{:?}", found.said);
    let units = load(&format!("{}{sdge}", head.replace("Net", "Net (kWh)").replace("mption", "mption (kWh)"))).unwrap();
    assert_eq!(units.load.kw()[0], 6.0);
    let section = |name: &str, kwh: f64| {
        let rows = quarters(|day, hour, minute| {
            let (end_h, end_min) = (hour + (minute + 15) / 60, (minute + 15) % 60);
            let (end_day, end_h) = (day + end_h / 24, end_h % 24);
            format!(
                "\"2025-06-{day:02} {hour:02}:{minute:02}:00 to 2025-06-{end_day:02} {end_h:02}:{end_min:02}:00\",\"{kwh}\",\"\""
            )
        });
        format!("\"Energy {name} time period\",\"Usage(Real energy in kilowatt-hours)\",\"Reading quality\"\n{rows}\n")
    };
    let sce = load(&format!("Energy Usage Information\n{}{}", section("Delivered", 2.0), section("Received", 0.5)));
    assert!(sce.unwrap().load.kw().iter().all(|kw| (kw - 6.0).abs() < 1e-9));
    let alone = load(&section("Received", 0.5)).unwrap();
    assert_eq!(alone.load.kw()[0], -2.0);
    let twice = load(&format!("{}{}", section("Delivered", 2.0), section("Delivered", 1.0))).unwrap_err();
    assert!(twice.contains("192 of 384 times come twice: are these the rows of two meters"), "{twice}");
}

#[test]
fn two_meters_are_told_by_name() {
    let one = |name: &str| quarters(|day, hour, minute| format!("{name},2025-06-{day:02} {hour:02}:{minute:02},2"));
    for head in ["Meter Number", "Service Point", "ESI ID"] {
        let told = load(&format!("{head},Start,kWh\n{}{}", one("A1"), one("B2"))).unwrap_err();
        let words = format!("{head}: holds 2 meters: A1 (from line 2), B2 (from line 194)");
        assert!(told.contains(&words) && told.contains("keep the rows of one meter"), "{told}");
        assert!(load(&format!("{head},Start,kWh\n{}", one("A1"))).is_ok());
    }
    let unnamed = quarters(|day, hour, minute| format!("2025-06-{day:02} {hour:02}:{minute:02},2"));
    let told = load(&format!("Start,kWh\n{unnamed}{unnamed}")).unwrap_err();
    assert!(told.starts_with("load.csv:194: Start: 192 of 384 times come twice"), "{told}");
}

/// A record of a cost or a credit has no energy: it is left out with its line, and so are columns of costs.
#[test]
fn costs_and_credits_are_said() {
    let rows = quarters(|day, hour, minute| format!("2025-06-{day:02} {hour:02}:{minute:02},Usage,1.20,2"));
    let found = load(&format!("Date,Type,Amount ($),Usage (kWh)\n{rows}2025-06-04,Credit,-12.30,\n")).unwrap();
    assert_eq!((found.load.kw().len(), found.load.kw()[0]), (192, 8.0));
    assert!(has(&found.said, "1 row without a time or a value is left out: line 194"), "{:?}", found.said);
    assert!(has(&found.said, "columns that are not read: `Amount ($)`"), "{:?}", found.said);
}

/// Times of the day as digits, with and without the zeros that spreadsheets take away; numbers of hours stay hours.
#[test]
fn clocks_are_read_as_they_are_written() {
    type Clock = fn(u32, u32) -> String;
    let clocks: [(&str, Clock); 4] = [
        ("Time", |hour, minute| format!("{hour:02}{minute:02}")),
        ("Time", |hour, minute| format!("{}", hour * 100 + minute)),
        ("Read Time", |hour, minute| format!("{hour:02}:{minute:02}")),
        ("Interval Time", |hour, minute| format!("{hour}:{minute:02}")),
    ];
    for (name, clock) in clocks {
        let rows = quarters(|day, hour, minute| format!("06/{day:02}/2025,{},2", clock(hour, minute)));
        let found = load(&format!("Read Date,{name},kWh\n{rows}")).unwrap_or_else(|told| panic!("{name}: {told}"));
        assert_eq!((found.load.kw().len(), found.load.interval_s()), (192, 900));
    }
    let ends = quarters(|day, hour, minute| {
        format!("06/{day:02}/2025,{:02}{:02},2", hour + (minute + 15) / 60, (minute + 15) % 60)
    });
    let found = load(&format!("Date,Time,kWh\n{ends}")).unwrap();
    assert_eq!(found.load.span().0, "2025-06-02T00:00:00-07:00");
    let hours = (0..48).fold("Date,Time,kWh\n".to_owned(), |mut out, hour| {
        let _ = writeln!(out, "06/{:02}/2025,{},2", 2 + hour / 24, hour % 24);
        out
    });
    assert_eq!(load(&hours).unwrap().load.interval_s(), 3_600);
    let stamps = quarters(|day, hour, minute| format!("2025-06-{day:02} {hour:02}{minute:02},2"));
    assert_eq!(load(&format!("Date Time,kWh\n{stamps}")).unwrap().load.kw().len(), 192);
    let wide = (0..24).fold("Date".to_owned(), |out, hour| format!("{out},{hour:02}00"));
    let wide = format!("{wide},Unit (kWh)\n6/2/2025{0},\n6/3/2025{0},\n", ",2".repeat(24));
    assert_eq!(load(&wide).unwrap().load.kw(), [2.0; 48]);
}

/// 7:00 of UTC is midnight in Los Angeles.
#[test]
fn a_column_of_utc_is_utc() {
    let rows = quarters(|day, hour, minute| format!("2025-06-{day:02} {hour:02}:{minute:02},2"));
    for head in ["Timestamp [UTC]", "Time (UTC)", "DateTime UTC", "Interval Start [GMT]"] {
        let found = load(&format!("{head},Power [kW]\n{rows}")).unwrap_or_else(|told| panic!("{head}: {told}"));
        assert_eq!(found.load.span().0, "2025-06-01T17:00:00-07:00", "{head}");
        assert!(has(&found.said, "the times are UTC"), "{:?}", found.said);
    }
    let local = load(&format!("Timestamp (Local),Power [kW]\n{rows}")).unwrap();
    assert_eq!(local.load.span().0, "2025-06-02T00:00:00-07:00");
}

#[test]
fn a_list_of_another_year_is_said() {
    let list = |rows: usize, start: &str| {
        load_with(&"2\n".repeat(rows), &map(&format!("unit = \"kW\"\nstart = \"{start}\""))).unwrap().said
    };
    for (rows, start, words) in [
        (8_784, "2025-01-01", "the list has 366 days, and the year from 2025-01-01 has 365: it ends on 2026-01-01"),
        (8_760, "2024-01-01", "the list has 365 days, and the year from 2024-01-01 has 366: it ends on 2024-12-30"),
        (35_040, "2023-07-01", "the list has 365 days, and the year from 2023-07-01 has 366"),
    ] {
        assert!(has(&list(rows, start), words), "{rows} from {start}: {:?}", list(rows, start));
    }
    assert!(!has(&list(8_760, "2025-01-01"), "the list has") && !has(&list(8_784, "2024-01-01"), "the list has"));
}
