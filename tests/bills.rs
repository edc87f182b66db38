//! Contract: a bill is right to the cent, by hand: tiers, time of use, ratchets, dates, clock changes, meters of 1 to 60
//! minutes; one real month is reproduced; wrong files are named by line or key, all at once, and nothing is billed.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

use portvolt::account::bill::{Bill, Component, MonthBill, bill};
use portvolt::account::load::{Load, Meter};
use portvolt::account::tariff::Tariff;
use portvolt::import;
use portvolt::kernel::calendar::Calendar;
use portvolt::scenario::problem::Problems;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const LA: &str = "America/Los_Angeles";

fn problems_of(name: &str, text: &str) -> String {
    let mut problems = Vec::new();
    let tariff = import::tariff(name, text, None, &mut problems);
    assert_eq!(tariff.is_none(), !problems.is_empty());
    Problems { files: Vec::new(), list: problems }.to_string()
}

fn read(name: &str, text: &str) -> Tariff {
    let mut problems = Vec::new();
    let tariff = import::tariff(name, text, None, &mut problems);
    tariff.unwrap_or_else(|| panic!("{}", Problems { files: Vec::new(), list: problems }))
}

fn urdb(value: &Value) -> Tariff {
    read("t.json", &value.to_string())
}

/// An object that charges energy at one price, with other keys on top.
fn with(energy_usd: f64, more: &Value) -> Value {
    let hours = vec![vec![0; 24]; 12];
    let mut out = json!({
        "label": "t", "name": "test", "utility": "test",
        "energyratestructure": [[{ "rate": energy_usd, "unit": "kWh" }]],
        "energyweekdayschedule": hours, "energyweekendschedule": hours,
    });
    for (key, value) in more.as_object().unwrap() {
        out.as_object_mut().unwrap().remove(&key.to_lowercase());
        out[key] = value.clone();
    }
    out
}

/// `hours[month][hour]` from a function.
fn hours(period: impl Fn(usize, usize) -> u16) -> Value {
    json!((0..12).map(|month| (0..24).map(|hour| period(month, hour)).collect::<Vec<_>>()).collect::<Vec<_>>())
}

/// A load from local midnight of a day; power by hour since then.
fn load(start: &str, zone: &str, minutes: u32, intervals: usize, kw: impl Fn(usize) -> f64) -> Load {
    let days = intervals * minutes as usize / 1440 + 2;
    let calendar = Calendar::new(start, zone, days as u32).unwrap();
    Load::new(calendar, 0, minutes * 60, (0..intervals).map(kw).collect()).unwrap()
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

fn demand(bill: &Bill) -> f64 {
    bill.usd(Component::Demand)
}

fn energy(bill: &Bill) -> f64 {
    bill.usd(Component::Energy)
}

/// 10,000 kWh x 0.10 = 1,000.00; 10,000 kWh / 8,760 h = 1.14155 kW x 10 $ x 12 = 136.99. Whatever the meter.
#[test]
fn flat_year() {
    let tariff = urdb(&with(0.10, &json!({ "flatdemandstructure": [[{ "rate": 10.0 }]] })));
    for minutes in [1, 5, 15, 30, 60] {
        let load = load("2025-01-01", "UTC", minutes, 8760 * 60 / minutes as usize, |_| 10_000.0 / 8760.0);
        let bill = bill(&tariff, &load);
        close(energy(&bill), 1000.0);
        assert_eq!(format!("{:.2} {:.2}", energy(&bill), demand(&bill)), "1000.00 136.99");
        assert_eq!(bill.months.len(), 12);
        close(bill.total_usd(), energy(&bill) + demand(&bill));
    }
}

/// The year of the lookback cases: 100 kW, one hour of 200 in January, 400 in April, 500 in June, 300 in December.
fn peaky_year() -> Load {
    // Hours of 2025 (UTC) at which these months begin, plus 100.
    let peaks = [(100, 200.0), (90 * 24 + 100, 400.0), (151 * 24 + 100, 500.0), (334 * 24 + 100, 300.0)];
    load("2025-01-01", "UTC", 60, 8760, |hour| peaks.iter().find(|peak| peak.0 == hour).map_or(100.0, |peak| peak.1))
}

/// 75 % of the highest of January, April, December = 0.75 x 400 = 300, or the month's own peak.
/// 300 x (10 + 10 + 20) + 400 x 50 + 300 x 20 + 500 x 10 + 300 x (5 x 20 + 5) = 74,500.
#[test]
fn lookback_by_months() {
    let rates = [10, 10, 20, 50, 20, 10, 20, 20, 20, 20, 20, 5];
    let periods: Vec<Value> = rates.iter().map(|rate| json!([{ "rate": rate }])).collect();
    let months: Vec<usize> = (0..12).collect();
    let flags = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    for counted in [json!([1, 4, 12]), json!(flags), json!(flags.map(|flag| flag == 1))] {
        for percent in [0.75, 75.0] {
            let tariff = urdb(&with(
                0.0,
                &json!({
                    "flatDemandStructure": periods, "flatDemandMonths": months,
                    "lookbackPercent": percent, "lookbackMonths": counted, "lookbackRange": 0,
                }),
            ));
            let bill = bill(&tariff, &peaky_year());
            let billed: Vec<f64> = bill.months.iter().map(|month| month.billed_kw).collect();
            assert_eq!(billed, [300., 300., 300., 400., 300., 500., 300., 300., 300., 300., 300., 300.]);
            close(demand(&bill), 74_500.0);
        }
    }
}

/// Half of the highest of the last two months. Of January the year itself stands in for the two before: December 300.
/// Jan max(200, 150) = 200; Feb max(100, 150) = 150; Mar max(100, 100); Apr 400; May 200; Jun 500; Jul, Aug 250;
/// Sep, Oct, Nov 100 (half of 100 is less); Dec 300.
#[test]
fn lookback_by_range_and_by_month() {
    let expected = [200., 150., 100., 400., 200., 500., 250., 250., 100., 100., 100., 300.];
    let flat = json!({ "flatdemandstructure": [[{ "rate": 1.0 }]], "lookbackPercent": 50, "lookbackRange": 2 });
    let bill_of = |more: &Value| bill(&urdb(&with(0.0, more)), &peaky_year());
    let billed = |bill: &Bill| bill.months.iter().map(|month| month.billed_kw).collect::<Vec<_>>();
    assert_eq!(billed(&bill_of(&flat)), expected);
    // Version 7: 80 % in summer only, of the twelve months: 0.8 x 500 = 400 from July to September.
    let ratchet = [0, 0, 0, 0, 0, 0, 80, 80, 80, 0, 0, 0];
    let flat = json!({ "flatdemandstructure": [[{ "rate": 1.0 }]], "demandratchetpercentage": ratchet });
    let expected = [200., 100., 100., 400., 100., 500., 400., 400., 400., 100., 100., 300.];
    assert_eq!(billed(&bill_of(&flat)), expected);
}

/// A second year sees the year before, not itself: January 2026 pays 75 % of June 2025's 500 = 375, and so on to May;
/// the load of 2026 is 100 kW throughout, so from June on 2026 sees July 2025 to June 2026: 75 % of December's 300 = 225.
#[test]
fn lookback_over_two_years() {
    let tariff = json!({ "flatdemandstructure": [[{ "rate": 1.0 }]], "lookbackPercent": 0.75 });
    let one = peaky_year();
    let two = load("2025-01-01", "UTC", 60, 2 * 8760, |hour| one.kw().get(hour).copied().unwrap_or(100.0));
    let bill = bill(&urdb(&with(0.0, &tariff)), &two);
    let billed: Vec<f64> = bill.months[12..].iter().map(|month| month.billed_kw).collect();
    assert_eq!(billed[..5], [375.0; 5]);
    assert_eq!(billed[5..11], [225.0; 6]);
    assert_eq!(billed[11], 100.0, "December sees January to December 2026");
}

/// Weekdays cost 1 $/kWh, weekends nothing; 1 kW. February 2024 has 29 days and 21 weekdays, March 2024 21, February
/// 2025 has 20. Taking 29 February out, or the weekdays of another year, gives other numbers.
#[test]
fn leap_year() {
    let tariff = urdb(&with(
        0.0,
        &json!({
            "energyratestructure": [[{ "rate": 1.0 }], [{ "rate": 0.0 }]],
            "energyweekdayschedule": hours(|_, _| 0), "energyweekendschedule": hours(|_, _| 1),
        }),
    ));
    let year = bill(&tariff, &load("2024-01-01", "UTC", 60, 366 * 24, |_| 1.0));
    assert_eq!(year.months.len(), 12);
    let usd: Vec<f64> = year.months.iter().map(MonthBill::total_usd).collect();
    assert_eq!(usd[..3], [23.0 * 24.0, 21.0 * 24.0, 21.0 * 24.0]);
    assert_eq!(year.months[1].energy_kwh, 29.0 * 24.0);
    let year = bill(&tariff, &load("2025-01-01", "UTC", 60, 365 * 24, |_| 1.0));
    assert_eq!(year.months[1].total_usd(), 20.0 * 24.0);
}

/// 2 kW in April: 1,440 kWh. Rising: 1,000 x 0.10 + 440 x 0.20 = 188. Falling: 1,000 x 0.20 + 440 x 0.10 = 244.
/// A second month begins at the first tier again.
#[test]
fn tiers_rise_and_fall() {
    let tiers = |first: f64, then: f64| json!([[{ "rate": first, "max": 1000 }, { "rate": then }]]);
    for (first, then, usd) in [(0.10, 0.20, 188.0), (0.20, 0.10, 244.0)] {
        let tariff = urdb(&with(0.0, &json!({ "energyratestructure": tiers(first, then) })));
        let bill = bill(&tariff, &load("2025-04-01", "UTC", 15, 61 * 96, |_| 2.0));
        close(bill.months[0].total_usd(), usd);
        // May: 1,488 kWh.
        close(bill.months[1].total_usd(), 1000.0 * first + 488.0 * then);
    }
}

/// Days (6-18 h) cost 0.30 up to 24 kWh of the month's energy, then 0.10; nights 0.20, then 0.05. 1 kW for two days:
/// the first day is under the limit: 12 x 0.30 + 12 x 0.20 = 6.00; the second above: 12 x 0.10 + 12 x 0.05 = 1.80.
#[test]
fn tiers_count_all_periods_in_order_of_time() {
    let tariff = urdb(&with(
        0.0,
        &json!({
            "energyratestructure": [
                [{ "rate": 0.20, "max": 24 }, { "rate": 0.05 }], [{ "rate": 0.30, "max": 24 }, { "rate": 0.10 }],
            ],
            "energyweekdayschedule": hours(|_, hour| u16::from((6..18).contains(&hour))),
            "energyweekendschedule": hours(|_, hour| u16::from((6..18).contains(&hour))),
        }),
    ));
    close(bill(&tariff, &load("2025-04-01", "UTC", 60, 48, |_| 1.0)).total_usd(), 7.80);
}

/// Hours of use: the first 200 kWh of each kW at 0.10, the rest at 0.04. April, 720 h: 10 kW all the time, but 20 kW in
/// one hour: peak 20, limit 4,000 kWh, use 7,210: 4,000 x 0.10 + 3,210 x 0.04 = 528.40.
/// By the day: 100 kWh a day x 30 = 3,000: 300 + 4,210 x 0.04 = 468.40.
#[test]
fn tiers_by_demand_and_by_day() {
    for (unit, max, usd) in [("kWh/kW", 200, 528.40), ("kWh daily", 100, 468.40)] {
        let tiers = json!([[{ "rate": 0.10, "max": max, "unit": unit }, { "rate": 0.04, "unit": unit }]]);
        let tariff = urdb(&with(0.0, &json!({ "energyratestructure": tiers })));
        let load = load("2025-04-01", "UTC", 60, 720, |hour| if hour == 99 { 20.0 } else { 10.0 });
        close(bill(&tariff, &load).total_usd(), usd);
    }
}

/// No demand charge until 29 February 2024, 10 $/kW from 1 March: 100 kW pays 0, 0, 1,000, 1,000.
/// When it ends with 10 April: 20 of 30 days of April pay, on the peak of these days: 100 x 10 x 20/30 = 666.67; the
/// peak of 300 kW on 5 April is in the holiday.
#[test]
fn a_demand_holiday_ends_on_a_date() {
    let file = |last: &str, next: &str| {
        json!([
            with(
                0.10,
                &json!({ "enddate": last, "flatdemandstructure": [[{ "rate": 0 }]], "startdate": "2019-03-01" })
            ),
            with(0.10, &json!({ "startdate": next, "flatdemandstructure": [[{ "rate": 10 }]] })),
        ])
    };
    let tariff = urdb(&file("2024-02-29", "2024-03-01"));
    assert_eq!(tariff.rates.len(), 2);
    let flat = bill(&tariff, &load("2024-01-01", LA, 60, 121 * 24 - 1, |_| 100.0));
    let usd: Vec<f64> = flat.months.iter().map(|month| month.usd(Component::Demand)).collect();
    assert_eq!(usd, [0.0, 0.0, 1000.0, 1000.0]);
    // Hour 4 x 24 + 12 of April is noon of the 5th. 1711954800 is 2024-04-01 07:00 UTC: in UTC still 1 April.
    let tariff = urdb(&file("2024-04-10", "2024-04-11"));
    let peak = load("2024-04-01", LA, 60, 720, |hour| if hour == 4 * 24 + 12 { 300.0 } else { 100.0 });
    close(demand(&bill(&tariff, &peak)), 10.0 * 100.0 * 20.0 / 30.0);
    // As seconds since 1970, as the database writes dates.
    let tariff = urdb(&with(0.10, &json!({ "startdate": 1_711_929_600 })));
    assert_eq!(tariff.rates[0].from.unwrap().to_string(), "2024-04-01");
}

/// An hour's price is its number in cents. 0 + 1 + ... + 23 = 276 cents. On 9 March 2025 there is no hour 2: 274; on
/// 2 November hour 1 comes twice: 277.
#[test]
fn days_of_23_and_25_hours() {
    let prices: Vec<Value> = (0..24).map(|hour| json!([{ "rate": f64::from(hour) / 100.0 }])).collect();
    let tariff = urdb(&with(
        0.0,
        &json!({
            "energyratestructure": prices,
            "energyweekdayschedule": hours(|_, hour| hour as u16),
            "energyweekendschedule": hours(|_, hour| hour as u16),
        }),
    ));
    for (day, length, usd) in [("2025-03-08", 24, 2.76), ("2025-03-09", 23, 2.74), ("2025-11-02", 25, 2.77)] {
        for minutes in [60, 15] {
            let bill = bill(&tariff, &load(day, LA, minutes, length * 60 / minutes as usize, |_| 1.0));
            close(bill.total_usd(), usd);
            close(bill.months[0].energy_kwh, length as f64);
        }
    }
}

/// March 2025 (UTC), 50 kW. Facility 4 $/kW, on-peak (16-21 h on weekdays) 10 $/kW, coincident (17 h) 3 $/kW, up to 60 kW;
/// above 1 $. A peak of 90 kW on Monday 3 March at 17 h, of 120 kW at night, of 110 kW at 18 h on Saturday 8 March.
/// Facility 120 x 4 = 480; on-peak 90 x 10 = 900; coincident 60 x 3 + 30 x 1 = 210: 1,590.
#[test]
fn demand_of_every_kind() {
    let tariff = urdb(&with(
        0.0,
        &json!({
            "flatdemandstructure": [[{ "rate": 3.5, "adj": 0.5 }]],
            "demandratestructure": [[{ "rate": 0 }], [{ "rate": 10 }]],
            "demandweekdayschedule": hours(|_, hour| u16::from((16..21).contains(&hour))),
            "demandweekendschedule": hours(|_, _| 0),
            "coincidentRateStructure": [[{ "rate": 0 }], [{ "rate": 3, "max": 60 }, { "rate": 1 }]],
            "coincidentRateSchedule": hours(|_, hour| u16::from(hour == 17)),
        }),
    ));
    let kw = |hour: usize| match hour {
        65 => 90.0,   // 2 x 24 + 17
        75 => 120.0,  // 3 x 24 + 3
        186 => 110.0, // 7 x 24 + 18
        _ => 50.0,
    };
    let bill = bill(&tariff, &load("2025-03-01", "UTC", 60, 744, kw));
    close(demand(&bill), 1590.0);
    assert_eq!(bill.months[0].billed_kw, 120.0);
    let lines = bill.months[0].lines.iter().filter(|line| line.component == Component::Demand);
    let names: Vec<&str> = lines.map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["facility demand", "demand period", "coincident demand"]);
}

/// 2 $/kW and day: days of 10, 20 and 30 kW pay 20 + 40 + 60 = 120.
#[test]
fn demand_by_the_day() {
    let tariff = urdb(&with(0.0, &json!({ "flatdemandstructure": [[{ "rate": 2 }]], "flatdemandunit": "kW daily" })));
    let load = load("2025-03-01", "UTC", 60, 72, |hour| 10.0 * (1 + hour / 24) as f64);
    close(demand(&bill(&tariff, &load)), 120.0);
}

/// 5-minute readings of 0, 30, 90 kW: a quarter of an hour has mean 40, the load's own interval 90.
#[test]
fn demand_is_metered_over_its_window() {
    let load = load("2025-03-01", "UTC", 5, 288, |at| [0.0, 30.0, 90.0][at % 3]);
    for (window, kw) in [(json!(null), 90.0), (json!(5), 90.0), (json!(15), 40.0), (json!(60), 40.0)] {
        let tariff = json!({ "flatdemandstructure": [[{ "rate": 1 }]], "demandwindow": window });
        close(demand(&bill(&urdb(&with(0.0, &tariff)), &load)), kw);
    }
    let hourly = bill(
        &urdb(&with(0.0, &json!({ "flatdemandstructure": [[{ "rate": 1 }]], "demandwindow": 15 }))),
        &self::load("2025-03-01", "UTC", 60, 24, |_| 7.0),
    );
    assert!(hourly.notes[0].contains("metered over 15 minutes"), "{:?}", hourly.notes);
}

/// Exports: 12 h of 1 kW in, 12 h of 1 kW out a day. Sold at 0.04: 12 x 0.10 - 12 x 0.04 = 0.72. Net metering: nothing.
#[test]
fn exports() {
    let kw = |hour: usize| if hour % 24 < 12 { 1.0 } else { -1.0 };
    let day = load("2025-03-01", "UTC", 60, 24, kw);
    let sell = json!({ "energyratestructure": [[{ "rate": 0.10, "sell": 0.04 }]] });
    let sold = bill(&urdb(&with(0.0, &sell)), &day);
    close(sold.total_usd(), 0.72);
    assert_eq!((sold.months[0].energy_kwh, sold.months[0].exported_kwh), (12.0, 12.0));
    let mut net = with(0.0, &sell);
    net["dgrules"] = json!("Net Metering");
    close(bill(&urdb(&net), &day).total_usd(), 0.0);
}

/// 31 days at 2 $ a day = 62; 30 $ a month; 120 $ a year is 10 a month. The least of 100 $ a month adds what is missing:
/// 100 - 62 - 24 = 14. The least of 1,200 $ a year adds 1,200 - 12 x 30 - 876 x 1 in a year of 8,760 kWh at 0.1.
#[test]
fn fixed_and_minimum_charges() {
    let month = load("2025-03-01", "UTC", 60, 744, |_| 1.0);
    let fixed = |usd: f64, unit: &str| json!({ "fixedchargefirstmeter": usd, "fixedchargeunits": unit });
    for (usd, unit, expected) in [(2.0, "$/day", 62.0), (30.0, "$/month", 30.0), (120.0, "$/year", 10.0)] {
        close(bill(&urdb(&with(0.0, &fixed(usd, unit))), &month).usd(Component::Fixed), expected);
    }
    close(bill(&urdb(&with(0.0, &json!({ "fixedmonthlycharge": 7 }))), &month).usd(Component::Fixed), 7.0);
    let mut least = fixed(2.0, "$/day");
    least["minmonthlycharge"] = json!(100);
    // 744 kWh at 24/744 $.
    let bill_of = bill(&urdb(&with(24.0 / 744.0, &least)), &month);
    close(bill_of.usd(Component::Minimum), 14.0);
    close(bill_of.total_usd(), 100.0);
    let mut year = fixed(30.0, "$/month");
    year["mincharge"] = json!(1300);
    year["minchargeunits"] = json!("$/year");
    let bill_of = bill(&urdb(&with(0.10, &year)), &load("2025-01-01", "UTC", 60, 8760, |_| 1.0));
    close(bill_of.usd(Component::Minimum), 1300.0 - 360.0 - 876.0);
    close(bill_of.months[11].usd(Component::Minimum), 64.0);
    let adjusted = with(0.10, &json!({ "fueladjustmentsmonthly": [0, 0, 0.02, 0, 0, 0, 0, 0, 0, 0, 0, 0] }));
    close(bill(&urdb(&adjusted), &month).total_usd(), 744.0 * 0.12);
}

/// One plain loop over the sessions: in every 5 minutes each present vehicle draws what it and its port can.
fn garage_kw(sessions: &Path) -> Vec<f64> {
    let mut reader = csv::Reader::from_path(sessions).unwrap();
    let mut vehicles: Vec<(f64, f64, f64, f64)> = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let number = |at: usize| row[at].parse::<f64>().unwrap();
        vehicles.push((number(3), number(4), number(5), number(6).min(number(7))));
    }
    let dt_h = 5.0 / 60.0;
    let mut kw = vec![0.0; 38 * 288];
    for (step, kw) in kw.iter_mut().enumerate() {
        let now_s = step as f64 * 300.0;
        for (arrive_s, depart_s, left_kwh, most_kw) in &mut vehicles {
            if *arrive_s <= now_s && now_s < *depart_s && *left_kwh > 1e-3 {
                let power = most_kw.min(*left_kwh / dt_h);
                *left_kwh -= power * dt_h;
                *kw += power;
            }
        }
    }
    kw
}

/// A real month: 954 sessions of the Caltech garage, uncontrolled, under SCE TOU-EV-4 (winter 2019). The published energy
/// is that of the sessions to their end, 18.4 kWh of it in the first days of April; the published demand is March's.
#[test]
fn a_real_month_is_reproduced() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/acn_caltech_2019_03");
    if !case.is_dir() {
        println!("skipped: {} is absent", case.display());
        return;
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(case.join("case.json")).unwrap()).unwrap();
    let expected = &expected["expected"]["uncontrolled"]["bill"];
    let weekday = |hour: usize| match hour {
        8..12 | 18..23 => 1,
        12..18 => 2,
        _ => 0,
    };
    let tariff = urdb(&with(
        0.0,
        &json!({
            "energyratestructure": [[{ "rate": 0.06087 }], [{ "rate": 0.07492 }], [{ "rate": 0.0869 }]],
            "energyweekdayschedule": hours(|_, hour| weekday(hour)), "energyweekendschedule": hours(|_, _| 0),
            "flatdemandstructure": [[{ "rate": 15.51 }]],
        }),
    ));
    let calendar = Calendar::new("2019-03-01", "UTC", 39).unwrap();
    let load = Load::new(calendar, 0, 300, garage_kw(&case.join("sessions.csv"))).unwrap();
    let bill = bill(&tariff, &load);
    close(energy(&bill), expected["energy_usd"].as_f64().unwrap());
    let march = &bill.months[0];
    close(march.usd(Component::Demand), expected["demand_usd"].as_f64().unwrap());
    assert_eq!(format!("{:.9} {:.9}", energy(&bill), march.usd(Component::Demand)), "651.560823677 1535.490000000");
}

/// Every shipped tariff reads, bills a year, and repeats its warning. TOU-EV-9: 0.55751 on a summer weekday at 17 h,
/// 0.11499 on a winter morning.
#[test]
fn shipped_tariffs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tariffs");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    assert_eq!(files.len(), 4);
    let year = load("2025-01-01", LA, 60, 8760, |_| 600.0);
    for file in &files {
        let tariff = read("t.json", &std::fs::read_to_string(file).unwrap());
        let listed = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(listed.contains(file.file_name().unwrap().to_str().unwrap()));
        for rates in &tariff.rates {
            let origin = &rates.origin;
            assert!(origin.source.is_some() && origin.quality.is_some() && origin.warning.is_some());
        }
        let bill = bill(&tariff, &year);
        assert!(bill.notes[0].contains("unconfirmed"), "{:?}", bill.notes);
        assert_eq!(demand(&bill), 0.0, "2025 is in the holiday");
    }
    let phased = read("t.json", &std::fs::read_to_string(folder.join("sce_tou_ev_9_phase_in.json")).unwrap());
    let june = load("2031-06-01", LA, 15, 30 * 96, |_| 600.0);
    close(demand(&bill(&phased, &june)), 600.0 * 22.19248);
    let now = read("t.json", &std::fs::read_to_string(folder.join("sce_tou_ev_9.json")).unwrap());
    let price = |text: &str| now.energy_price_usd_per_kwh(text.parse().unwrap());
    assert_eq!((price("2025-06-03T17:00"), price("2025-01-07T09:30")), (0.55751, 0.11499));
    assert!(bill(&now, &june).notes.iter().any(|note| note.contains("last date (2025-12-31)")));
}

/// The same tariff as CSV and as JSON gives the same bill: summer on-peak, tiers, two demand charges, a customer charge.
#[test]
fn plain_csv_says_the_same() {
    let csv = "\
utility,type,period,basic_charge_limit,month_start,month_end,hour_start,hour_end,weekday_start,weekday_end,charge,units
electric,customer,,0,,,,,,,25,$/month
electric,energy,on,0,6,9,16,21,0,4,0.30,$/kWh
electric,energy,off,0,6,9,0,16,0,4,0.10,$/kWh
electric,energy,off,0,6,9,21,24,0,4,0.10,$/kWh
electric,energy,off,0,6,9,0,24,5,6,0.10,$/kWh
electric,energy,winter,0,1,5,0,24,0,6,0.12,$/kWh
electric,energy,winter,1000,1,5,0,24,0,6,0.08,$/kWh
electric,energy,winter,0,10,12,0,24,0,6,0.12,$/kWh
electric,energy,winter,1000,10,12,0,24,0,6,0.08,$/kWh
electric,demand,maximum,0,1,12,0,24,0,6,5,$/kW
electric,demand,maximum,50,1,12,0,24,0,6,3,$/kW
electric,demand,on-peak,0,6,9,16,21,0,4,7,$/kW
gas,energy,,0,1,12,0,24,0,6,1.5,$/therm
";
    let is_summer = |month: usize| (5..9).contains(&month);
    let json = urdb(&json!({
        "name": "t", "fixedchargefirstmeter": 25,
        "energyratestructure":
            [[{ "rate": 0.12, "max": 1000 }, { "rate": 0.08 }], [{ "rate": 0.10 }], [{ "rate": 0.30 }]],
        "energyweekdayschedule":
            hours(|month, hour| if is_summer(month) { 1 + u16::from((16..21).contains(&hour)) } else { 0 }),
        "energyweekendschedule": hours(|month, _| u16::from(is_summer(month))),
        "flatdemandstructure": [[{ "rate": 5, "max": 50 }, { "rate": 3 }]],
        "demandratestructure": [[{ "rate": 0 }], [{ "rate": 7 }]],
        "demandweekdayschedule": hours(|month, hour| u16::from(is_summer(month) && (16..21).contains(&hour))),
        "demandweekendschedule": hours(|_, _| 0),
    }));
    let year = load("2024-01-01", LA, 15, 366 * 96, |at| 10.0 + (at % 97) as f64);
    let (a, b) = (bill(&read("t.csv", csv), &year), bill(&json, &year));
    for part in [Component::Energy, Component::Demand, Component::Fixed] {
        close(a.usd(part), b.usd(part));
        assert!(a.usd(part) > 0.0);
    }
    for (a, b) in a.months.iter().zip(&b.months) {
        close(a.total_usd(), b.total_usd());
        assert_eq!(a.billed_kw, b.billed_kw);
    }
}

/// Half hours, rows that add up, daily demand, and a charge that ends: 1 kW on 31 May and 1 June 2025 (UTC).
/// Energy 0.10 + 0.01 delivery; 8:30-12:00 is 0.20 + 0.01: 20.5 x 0.11 + 3.5 x 0.21 = 2.99 a day. The daily demand of
/// 1 $/kW ends with 31 May; the export price is not used.
#[test]
fn plain_csv_dates_and_sums() {
    let csv = "\
utility,type,assessed,period,hour_start,hour_end,charge (imperial),charge (metric),units,effective_start_date,effective_end_date
electric,energy,,a,0,8.5,0.1,0.1,$/kWh,,
electric,energy,,b,8.5,12,0.2,0.2,$/kWh,,
electric,energy,,a,12,24,0.1,0.1,$/kWh,,
electric,energy,,delivery,0,24,0.01,0.01,$/kWh,,
electric,export,,delivery,0,24,0.05,0.05,$/kWh,,
electric,demand,daily,maximum,0,24,1,1,$/kW,,2025-05-31
";
    let bill = bill(&read("t.csv", csv), &load("2025-05-31", "UTC", 30, 96, |_| 1.0));
    close(bill.months[0].total_usd(), 3.99);
    close(bill.months[1].total_usd(), 2.99);
}

#[test]
fn the_bulk_file_reads_too() {
    let file = json!([{
        "_id": { "$oid": "x" }, "rateName": "General", "utilityName": "Somewhere",
        "effectiveDate": { "$date": "2024-01-01T08:00:00Z" },
        "energyRateStrux": [{ "energyRateTiers": [{ "rate": 0.2, "unit": "kWh" }] }],
        "energyWeekdaySched": hours(|_, _| 0), "energyWeekendSched": hours(|_, _| 0),
        "flatDemandStrux": [{ "flatDemandTiers": [{ "rate": 4.0 }] }], "flatDemandMonths": vec![0; 12],
        "flatDemandUnits": "kW", "fixedChargeFirstMeter": 10.0, "fixedChargeUnits": "$/month",
    }]);
    let tariff = urdb(&file);
    assert_eq!((tariff.name.as_str(), tariff.utility.as_str()), ("General", "Somewhere"));
    let bill = bill(&tariff, &load("2025-03-01", "UTC", 60, 744, |_| 1.0));
    close(bill.total_usd(), 744.0 * 0.2 + 4.0 + 10.0);
    assert_eq!(urdb(&json!({ "items": file })), tariff);
}

/// Every mistake has its key, all of a file come at once.
#[test]
fn wrong_tariffs_are_named() {
    let mut missing_period = with(0.1, &json!({}));
    missing_period["energyweekdayschedule"][5][12] = json!(3);
    let cases: Vec<(Value, &str, &str)> = vec![
        (missing_period, "energyweekdayschedule[5][12]", "no period 3 (energyratestructure has the periods 0 to 0)"),
        (
            with(0.0, &json!({ "energyRateStructure": [[{ "rate": 1 }, { "rate": 2 }]] })),
            "energyRateStructure[0][0].max",
            "is missing",
        ),
        (
            with(
                0.0,
                &json!({ "energyratestructure": [[{ "rate": 1, "max": 9 }, { "rate": 2, "max": 5 }, { "rate": 3 }]] }),
            ),
            "energyratestructure[0][1].max",
            "5 does not lie above",
        ),
        (
            with(0.0, &json!({ "energyratestructure": [[{ "rate": 1, "unit": "kVAh" }]] })),
            "energyratestructure[0][0].unit",
            "`kVAh` is not supported",
        ),
        (
            with(0.0, &json!({ "energyratestructure": [[{ "unit": "kWh" }]] })),
            "energyratestructure[0][0].rate",
            "missing",
        ),
        (with(0.0, &json!({ "energyratestructure": [[{ "rate": "x" }]] })), "[0][0].rate", "must be a number"),
        (with(0.0, &json!({ "energyweekdayschedule": [[0]] })), "energyweekdayschedule", "list of 12 months"),
        (
            with(0.0, &json!({ "flatdemandstructure": [[{ "rate": 1 }], [{ "rate": 2 }]] })),
            "flatdemandmonths",
            "flatdemandstructure needs it",
        ),
        (
            with(0.0, &json!({ "flatdemandstructure": [[{ "rate": 1 }]], "flatdemandunit": "kVA" })),
            "flatdemandunit",
            "`kVA` is not supported",
        ),
        (with(0.0, &json!({ "fixedchargeunits": "$/moon" })), "fixedchargeunits", "`$/moon` is not supported"),
        (with(0.0, &json!({ "startdate": "soon" })), "startdate", "is not a date"),
        (with(0.0, &json!({ "startdate": "2025-03-01", "enddate": "2024-03-01" })), "enddate", "lies before the start"),
        (with(0.0, &json!({ "lookbackMonths": [13] })), "lookbackMonths", "list of months"),
        (with(0.0, &json!({ "demandwindow": 90 })), "demandwindow", "out of the plausible range"),
        (json!({ "name": "x" }), "energyratestructure", "charges nothing"),
        (json!({ "minCharge": 1, "mincharge": 2 }), "mincharge", "is there twice"),
        (json!([1]), "[0]", "must be an object"),
        (json!([]), "t.json", "holds no tariff"),
    ];
    for (value, key, words) in &cases {
        let told = problems_of("t.json", &value.to_string());
        assert!(told.contains(key) && told.contains(words), "{key}, {words}: {told}");
    }
    let both = json!({ "items": [cases[0].0, with(0.0, &json!({ "demandwindow": 90, "mincharge": -1 }))] });
    let told = problems_of("t.json", &both.to_string());
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.contains("items[0].energyweekdayschedule[5][12]") && told.contains("items[1].mincharge"), "{told}");
    assert!(problems_of("t.json", "{\n  \"name\": ,\n}").contains("t.json:2: is not JSON"));
    let two = json!([with(0.1, &json!({ "name": "a" })), with(0.2, &json!({ "name": "b" }))]);
    assert!(problems_of("t.json", &two.to_string()).contains("holds 2 tariffs (choose one by label or name"));
}

#[test]
fn wrong_plain_tariffs_are_named() {
    let header = "utility,type,period,month_start,month_end,hour_start,hour_end,charge,units";
    let cases = [
        ("electric,energy,,1,12,0,24,0.1,$/MWh", "t.csv:2: units: the unit `$/MWh` is not supported"),
        ("electric,enargy,,1,12,0,24,0.1,$/kWh", "t.csv:2: type: `enargy` is no type of charge"),
        ("electric,energy,,1,13,0,24,0.1,$/kWh", "t.csv:2: month_end: 13 is out of the plausible range"),
        ("electric,energy,,11,2,0,24,0.1,$/kWh", "t.csv:2: month_end: 2 comes before"),
        ("electric,energy,,1,12,0,23.9,0.1,$/kWh", "quarters of an hour"),
        ("electric,energy,,1,12,0,24,x,$/kWh", "t.csv:2: charge: `x` is not a finite number"),
        ("electric,energy,,1,12,0,21,0.1,$/kWh", "no row of type `energy` with limit 0 holds at month 1, Monday 21:00"),
        ("gas,energy,,1,12,0,24,0.1,$/therm", "has no row of the utility `electric`"),
    ];
    for (row, words) in cases {
        let told = problems_of("t.csv", &format!("{header}\n{row}\n"));
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(problems_of("t.csv", "utility,typ,units\n").contains("did you mean `typ`?"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Splitting every interval in two equal halves changes nothing but the meter; a load is billed the same in whatever
    /// grid it was written.
    #[test]
    fn halves_change_nothing(kw in prop::collection::vec(-50.0..500.0_f64, 24 * 40), first in 1..28_u32, limit in 10.0..5e4_f64) {
        let tariff = urdb(&with(0.0, &json!({
            "energyratestructure": [[{ "rate": 0.1, "max": limit, "sell": 0.03 }, { "rate": 0.2 }], [{ "rate": 0.3 }]],
            "energyweekdayschedule": hours(|_, hour| u16::from(hour > 15)),
            "demandratestructure": [[{ "rate": 2 }], [{ "rate": 7 }]],
            "demandweekdayschedule": hours(|_, hour| u16::from(hour > 15)), "demandweekendschedule": hours(|_, _| 0),
            "flatdemandstructure": [[{ "rate": 5, "max": 100 }, { "rate": 3 }]], "lookbackPercent": 80,
        })));
        let start = format!("2025-10-{first:02}");
        let whole = load(&start, LA, 60, kw.len(), |at| kw[at]);
        let half = load(&start, LA, 30, 2 * kw.len(), |at| kw[at / 2]);
        let (a, b) = (bill(&tariff, &whole), bill(&tariff, &half));
        for part in [Component::Energy, Component::Demand] {
            prop_assert!((a.usd(part) - b.usd(part)).abs() <= 1e-9 * a.usd(part).abs().max(1.0));
        }
    }

    /// Lines add up to months, months to the whole; more power never costs less where nothing is sold.
    #[test]
    fn more_never_costs_less(kw in prop::collection::vec(0.0..500.0_f64, 24 * 35), more in 0.0..50.0_f64, at in 0..840_usize) {
        let tariff = urdb(&with(0.11, &json!({
            "flatdemandstructure": [[{ "rate": 5, "max": 100 }, { "rate": 3 }]], "minmonthlycharge": 500,
        })));
        let less = bill(&tariff, &load("2025-02-20", LA, 60, kw.len(), |hour| kw[hour]));
        let raised = load("2025-02-20", LA, 60, kw.len(), |hour| kw[hour] + if hour == at { more } else { 0.0 });
        prop_assert!(bill(&tariff, &raised).total_usd() >= less.total_usd() - 1e-9);
        let lines: f64 = less.months.iter().flat_map(|month| &month.lines).map(|line| line.usd).sum();
        prop_assert!((lines - less.total_usd()).abs() <= 1e-9 * lines.max(1.0));
    }

    /// A meter of any length keeps the energy of a load of any interval.
    #[test]
    fn meters_keep_energy(kw in prop::collection::vec(0.0..500.0_f64, 1..200), interval_s in 1..4000_u32) {
        let calendar = Calendar::new("2025-03-01", LA, 20).unwrap();
        let mut meter = Meter::new(900);
        for (at, kw) in (0..).zip(&kw) {
            meter.read(at * interval_s, interval_s, *kw);
        }
        let metered = meter.load(calendar).unwrap();
        let energy: f64 = metered.kw().iter().sum::<f64>() * metered.hours();
        let expected = kw.iter().sum::<f64>() * f64::from(interval_s) / 3600.0;
        prop_assert!((energy - expected).abs() <= 1e-9 * expected.max(1.0));
    }
}

fn portvolt(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a load and a flat tariff of 0.10 $/kWh and 10 $/kW, and bills.
fn billed(load_csv: &str, more: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("load.csv"), load_csv).unwrap();
    let tariff = with(0.10, &json!({ "flatdemandstructure": [[{ "rate": 10 }]], "fixedchargefirstmeter": 5 }));
    std::fs::write(dir.path().join("t.json"), tariff.to_string()).unwrap();
    portvolt(dir.path(), &[&["bill", "load.csv", "--tariff", "t.json"], more].concat())
}

/// A load's file from its rows.
fn csv(rows: impl Iterator<Item = String>) -> String {
    ["start,kw".to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// 24 hours of 2 kW: 4.80 + 20 + 5 = 29.80.
#[test]
fn the_command_prints_components_and_json() {
    let csv = csv((0..24).map(|hour| format!("2025-06-02T{hour:02}:00,2")));
    let shown = billed(&csv, &[]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    let out = text(&shown.stdout);
    for words in ["2025-06", "facility demand", "customer charge", "4.80 $", "20.00 $", "29.80 $"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    let json = billed(&csv, &["--format", "json"]);
    let value: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["schema"], 1);
    for (key, usd) in [("energy_usd", 4.8), ("demand_usd", 20.0), ("fixed_usd", 5.0), ("total_usd", 29.8)] {
        close(value[key].as_f64().unwrap(), usd);
        close(value["months"][0][key].as_f64().unwrap(), usd);
    }
    assert_eq!((&value["months"][0]["month"], &value["months"][0]["billed_kw"]), (&json!("2025-06"), &json!(2.0)));
}

/// Both forms of time give the same bill over a clock change: 2 November 2025 has 25 hours; so does the local form with
/// its repeated hour in order.
#[test]
fn clock_changes_in_files() {
    let offset = csv((0..50).map(|half| {
        // 07:00 UTC is midnight in Los Angeles.
        let (day, half_hour) = (2 + (14 + half) / 48, (14 + half) % 48);
        format!("2025-11-{day:02}T{:02}:{:02}:00Z,1", half_hour / 2, half_hour % 2 * 30)
    }));
    let hours = [0, 1, 1].into_iter().chain(2..24);
    let local = csv(hours.flat_map(|hour| ["00", "30"].map(|minute| format!("2025-11-02T{hour:02}:{minute},1"))));
    assert!(local.contains("01:30,1\n2025-11-02T01:00"), "the repeated hour in order");
    for csv in [offset, local] {
        let out = billed(&csv, &["--format", "json"]);
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        let value: Value = serde_json::from_slice(&out.stdout).unwrap();
        close(value["energy_usd"].as_f64().unwrap(), 2.5);
    }
    // A file without the repeated hour has a gap there; with --zone UTC it has none.
    let csv = csv((0..24).map(|hour| format!("2025-11-02T{hour:02}:00,1")));
    let told = text(&billed(&csv, &[]).stderr);
    assert!(told.contains("load.csv:4") && told.contains("2025-11-02T01:00:00-08:00"), "{told}");
    assert_eq!(billed(&csv, &["--zone", "UTC"]).status.code(), Some(0));
}

#[test]
fn wrong_loads_are_named() {
    let cases = [
        ("start,kw\n2025-06-02T00:00,1\n", "at least two rows"),
        ("start,kw\n2025-06-02T00:00,1\n2025-06-02T02:00,1\n", "load.csv:3: start: the first two rows are 7200 s"),
        ("start,kw\n2025-06-02T00:00,1\n2025-06-02T00:00:30,1\n", "30 s apart"),
        ("start,kw\n2025-06-02T00:00,1\n2025-06-02T00:07,1\n", "whole part of an hour"),
        ("start,kw\n2025-06-02T00:00,1\n2025-06-02T00:15,1\n2025-06-02T00:45,1\n", "load.csv:4: start: a gap"),
        ("start,kw\n2025-06-02T00:00,1\n2025-06-02T00:15,1\n2025-06-02T00:15,1\n", "load.csv:4: start: an overlap"),
        ("start,kw\n2025-06-02T00:00,1\n2025-06-02T00:15,nan\n", "load.csv:3: kw: `nan` is not a finite number"),
        ("start,kw\n2025-06-32T00:00,1\n2025-06-02T00:15,1\n", "load.csv:2: start: `2025-06-32T00:00` is not a time"),
        ("begin,kw\n2025-06-02T00:00,1\n", "start: the column is missing"),
        ("start,kw\n2025-06-02T00:00,1,2\n", "load.csv:2"),
    ];
    for (csv, words) in cases {
        let out = billed(csv, &[]);
        let told = text(&out.stderr).replace(['\n', '│'], " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(out.status.code(), Some(4), "{told}");
        assert!(told.contains(words), "{words}: {told}");
        assert!(out.stdout.is_empty());
    }
    let out = billed("start,kw\n2025-06-02T00:00,1\n2025-06-02T00:15,1\n", &["--zone", "Nowhere"]);
    assert_eq!(out.status.code(), Some(4));
    let dir = tempfile::tempdir().unwrap();
    let out = portvolt(dir.path(), &["bill", "none.csv", "--tariff", "none.json"]);
    assert_eq!(out.status.code(), Some(4));
    let told = text(&out.stderr);
    assert!(told.contains("none.csv") && told.contains("none.json"), "both at once: {told}");
}

#[test]
fn one_of_several_tariffs_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("load.csv"), "start,kw\n2025-06-02T00:00,1\n2025-06-02T01:00,1\n").unwrap();
    let two =
        json!([with(0.1, &json!({ "name": "a", "label": "x1" })), with(0.2, &json!({ "name": "b", "label": "x2" }))]);
    std::fs::write(dir.path().join("t.json"), two.to_string()).unwrap();
    for (name, usd) in [("a", 0.2), ("x2", 0.4)] {
        let args = ["bill", "load.csv", "--tariff", "t.json", "--name", name, "--format", "json"];
        let out: Value = serde_json::from_slice(&portvolt(dir.path(), &args).stdout).unwrap();
        close(out["total_usd"].as_f64().unwrap(), usd);
    }
    let same = json!([with(0.1, &json!({ "label": "x1" })), with(0.2, &json!({ "label": "x2" }))]);
    std::fs::write(dir.path().join("same.json"), same.to_string()).unwrap();
    let out = portvolt(dir.path(), &["bill", "load.csv", "--tariff", "same.json", "--name", "test"]);
    assert_eq!(out.status.code(), Some(4), "one name, no dates: which?");
    let out = portvolt(dir.path(), &["bill", "load.csv", "--tariff", "t.json", "--name", "x3"]);
    assert_eq!(out.status.code(), Some(4));
    assert!(text(&out.stderr).contains("holds no tariff `x3`"));
    assert!(text(&out.stderr).contains("did you mean"), "{}", text(&out.stderr));
}

/// A copy of `depot_night` with a tariff of its own.
fn depot(tariff: &Value) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let made = portvolt(dir.path(), &["init", "depot", "--template", "depot_night"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    std::fs::create_dir(dir.path().join("depot/tariffs")).unwrap();
    std::fs::write(dir.path().join("depot/tariffs/t.json"), tariff.to_string()).unwrap();
    dir
}

const OWN: &str = "site.depot.tariff=tariffs/t.json";

/// A run's bills are those of its power table, billed by the command; the summary says the same as the table. Two days
/// of June: the demand and the customer charge are those of the month, once.
#[test]
fn a_run_bills_its_sites() {
    let tariff = with(
        0.10,
        &json!({ "flatdemandstructure": [[{ "rate": 12 }]], "fixedchargefirstmeter": 50, "demandwindow": 15,
            "energyratestructure": [[{ "rate": 0.10 }], [{ "rate": 0.40 }]],
            "energyweekdayschedule": hours(|_, hour| u16::from((16..21).contains(&hour))) }),
    );
    let dir = depot(&tariff);
    let run = ["run", "depot", "--days", "2", "--out", "result", "--csv", "--quiet", "--set", OWN, "--format", "json"];
    let run = portvolt(dir.path(), &run);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let summary: Value = serde_json::from_slice(&run.stdout).unwrap();
    let metric = |name: &str, scope: &str| {
        let metrics = summary["metrics"].as_array().unwrap();
        let found = metrics.iter().find(|metric| metric["name"] == name && metric["scope"] == scope);
        found.unwrap_or_else(|| panic!("{name} {scope}"))["value"].as_f64().unwrap()
    };
    let mut power = csv::Reader::from_path(dir.path().join("result/tables/power.csv")).unwrap();
    let header = power.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows = power.records().map(Result::unwrap).filter(|row| &row[at("site")] == "depot");
    let load = csv(rows.map(|row| format!("{},{}", &row[at("start")], &row[at("total_kw")])));
    std::fs::write(dir.path().join("load.csv"), load).unwrap();
    let billed = portvolt(dir.path(), &["bill", "load.csv", "--tariff", "depot/tariffs/t.json", "--format", "json"]);
    let billed: Value = serde_json::from_slice(&billed.stdout).unwrap();
    let mut bills = csv::Reader::from_path(dir.path().join("result/tables/bills.csv")).unwrap();
    let header = bills.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = bills.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[0][0], &rows[0][1]), (1, "depot", "2025-06"));
    for name in ["energy_usd", "demand_usd", "fixed_usd", "total_usd", "billed_kw", "energy_kwh"] {
        let cell = rows[0][header.iter().position(|column| column == name).unwrap()].parse().unwrap();
        close(billed["months"][0][name].as_f64().unwrap(), cell);
        if let Some(part) = name.strip_suffix("_usd") {
            for scope in ["total", "site:depot"] {
                close(metric(&format!("bill_{part}_usd"), scope), cell);
            }
        }
    }
    close(metric("bill_demand_usd", "total"), 12.0 * billed["months"][0]["billed_kw"].as_f64().unwrap());
    assert_eq!(metric("bill_fixed_usd", "total"), 50.0);
    let parts = ["energy", "demand", "fixed"].map(|part| metric(&format!("bill_{part}_usd"), "total"));
    close(parts.iter().sum(), metric("bill_total_usd", "total"));
}

/// A wrong tariff of a site stops a run before it starts, with its key; nothing is written.
#[test]
fn wrong_tariffs_of_sites_are_named() {
    let mut tariff = with(0.1, &json!({}));
    tariff["energyweekdayschedule"][5][12] = json!(3);
    let dir = depot(&tariff);
    let cases = [
        (OWN, "t.json: energyweekdayschedule[5][12]: there is no period 3"),
        ("site.depot.tariff=tariffs/u.json", "u.json: there is no such file"),
        ("site.depot.tariff=sce_tou_ev_7", "did you mean `sce_tou_ev_8`?"),
        ("site.depot.tariff_name=other", "holds no tariff `other`"),
    ];
    for (setting, words) in cases {
        let out = portvolt(dir.path(), &["run", "depot", "--set", setting, "--out", "result"]);
        let told = text(&out.stderr).replace(['\n', '│'], " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(out.status.code(), Some(4), "{told}");
        assert!(told.contains(words), "{words}: {told}");
        assert!(!dir.path().join("result").exists());
    }
}
