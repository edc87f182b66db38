//! Contract: the same tariff in any form gives the same bill, shipped tariffs read and warn, and every mistake of a file is
//! named by its key or line, all at once.

use crate::{LA, close, demand, hours, load, problems_of, read, urdb, with};
use portvolt::account::bill::{Component, bill};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

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

/// 1.5 is neither a share of the peak nor a percentage of it that a tariff has.
#[test]
fn an_unclear_lookback_is_asked_about() {
    let told = problems_of("t.json", &with(0.0, &json!({ "lookbackPercent": 1.5 })).to_string());
    assert!(
        told.contains("lookbackPercent") && told.contains("neither a share such as 0.75 nor a percentage"),
        "{told}"
    );
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
        (
            with(0.1, &json!({ "fixedchargefirstmeter": 5, "fixedmonthlycharge": 7 })),
            "fixedmonthlycharge",
            "is 7, and `fixedchargefirstmeter` is 5",
        ),
        (
            with(0.1, &json!({ "mincharge": 5, "minmonthlycharge": 7 })),
            "minmonthlycharge",
            "is 7, and `mincharge` is 5",
        ),
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
    assert!(problems_of("t.json", "{\n  \"name\": ,\n}").contains("t.json:2: is no JSON"));
    let two = json!([with(0.1, &json!({ "name": "a" })), with(0.2, &json!({ "name": "b" }))]);
    assert!(problems_of("t.json", &two.to_string()).contains("holds 2 tariffs (choose one by label or name"));
}

/// A misspelt key would leave its charge out of the bill. Keys that resemble none are the database's notes.
#[test]
fn misspelt_keys_are_named() {
    for (more, words) in [
        (
            json!({ "energyratestructure": [[{ "rate": 1, "sel": 2 }]] }),
            "[0][0].sel: is not a key of a tier (did you mean `sell`?)",
        ),
        (
            json!({ "flatDemandStructur": [[]] }),
            "flatDemandStructur: is not a key of a tariff (did you mean `flatdemandstructure`?)",
        ),
        (json!({ "dgrules": "Net Meterin" }), "dgrules: `Net Meterin` is unknown (did you mean `Net Metering`?)"),
        (json!({ "fixedChargeFirstMeters": 5 }), "did you mean `fixedchargefirstmeter`?"),
    ] {
        let told = problems_of("t.json", &with(0.1, &more).to_string());
        assert!(told.contains(words), "{words}: {told}");
    }
    let notes = json!({ "energycomments": "x", "demandattrs": [], "fixedkeyvals": [], "peakkwhusagemin": 3, "eiaid": 1, "uri": "x" });
    assert_eq!(urdb(&with(0.1, &notes)), urdb(&with(0.1, &json!({}))));
}

/// Rows of other utilities are counted, a tariff without a price by the kWh is said to be one, and of two columns of a charge
/// the filled one counts.
#[test]
fn what_a_plain_tariff_leaves_out_is_said() {
    let file = "utility,type,name,charge,charge (metric),units\nelectric,demand,d,,1,$/kW\ngas,energy,g,1,1,$/therm\n";
    let bill = bill(&read("t.csv", file), &load("2025-04-01", "UTC", 60, 720, |_| 3.0));
    close(bill.total_usd(), 3.0);
    for words in ["rows of other utilities are passed over: `gas` (1)", "no charge per kWh"] {
        assert!(bill.notes.iter().any(|note| note.contains(words)), "{words}: {:?}", bill.notes);
    }
}

/// 5 $ a month in six summer months, 120 $ a year paid in four of them: 30 + 120 over the year, 5 in May, 35 in June, 0 in March.
#[test]
fn customer_charges_hold_in_their_months() {
    let csv = "utility,type,name,month_start,month_end,charge,units\nelectric,energy,e,1,12,0,$/kWh\n\
        electric,customer,summer,5,10,5,$/month\nelectric,customer,year,6,9,120,$/year\n";
    let tariff = read("t.csv", csv);
    close(bill(&tariff, &load("2025-01-01", LA, 60, 365 * 24, |_| 1.0)).total_usd(), 150.0);
    for (start, days, usd) in [("2025-03-01", 31, 0.0), ("2025-05-01", 31, 5.0), ("2025-06-01", 30, 35.0)] {
        let hours = days * 24 - usize::from(start == "2025-03-01");
        close(bill(&tariff, &load(start, LA, 60, hours, |_| 1.0)).total_usd(), usd);
    }
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
        ("electric,customer,,1,12,8,18,5,$/month", "t.csv:2: hour_start: a charge of this type holds at all"),
        ("gas,energy,,1,12,0,24,0.1,$/therm", "has no row of the utility `electric`"),
    ];
    for (row, words) in cases {
        let told = problems_of("t.csv", &format!("{header}\n{row}\n"));
        assert!(told.contains(words), "{words}: {told}");
    }
    let all_day = "electric,energy,e,1,12,0,24,0.1,$/kWh\n";
    for (rows, words) in [
        (all_day.repeat(2), "t.csv:3: name: line 2 has this name and limit too"),
        (format!("{all_day}electric,energy,e,6,6,16,21,0.5,$/kWh\n"), "t.csv:3: name: line 2 has this name"),
        ("electric,customer,c,1,12,0,24,5,$/month\n".repeat(2), "t.csv:3: name: line 2 has this name"),
        (format!("{all_day}elec,energy,d,1,12,0,24,0.1,$/kWh\n"), "t.csv:3: utility: `elec` is no utility"),
        (format!("{all_day}#electric,energy,d,1,12,0,24,0.1,$/kWh\n"), "t.csv:3: utility: `#electric` is no utility"),
    ] {
        let told = problems_of("t.csv", &format!("{header}\n{rows}"));
        assert!(told.contains(words), "{words}: {told}");
    }
    let two = "utility,type,charge,charge (metric),units\nelectric,energy,0.1,0.5,$/kWh\n";
    let told = problems_of("t.csv", two);
    assert!(told.contains("t.csv:2: charge (metric): is `0.5`, and `charge` is `0.1`"), "{told}");
    assert!(problems_of("t.csv", "utility,typ,units\n").contains("did you mean `typ`?"));
}
