//! Contract: conventions on which people's tools differ are decided as stated, and where the tariff leaves them open the
//! bill says so: hours of use with ratchets, units of demand, net metering, days that a load covers in part, gaps between
//! versions of a rate, holidays, subscriptions; files of others are recognised. Each value is worked out by hand.

use crate::{LA, close, demand, energy, hours, load, problems_of, read, urdb, with};
use portvolt::account::bill::{Component, bill};
use portvolt::import;
use serde_json::{Value, json};

const HEADER: &str = "utility,type,NAME,basic_charge_limit,month_start,month_end,hour_start,hour_end,weekday_start,weekday_end,charge,units";

/// June 2025: 100 kW, on weekdays 80 kW in the morning (8-12 h), 60 kW at noon (12-18 h), 90 kW in the evening (18-22 h).
fn june(hour: usize) -> f64 {
    // 1 June 2025 is a Sunday.
    match (hour / 24 % 7, hour % 24) {
        (0 | 6, _) => 100.0,
        (_, 8..12) => 80.0,
        (_, 12..18) => 60.0,
        (_, 18..22) => 90.0,
        _ => 100.0,
    }
}

/// 60 x 20 + 90 x 5 + 100 x 10 = 2,650, not 4,150 (each hour's rows as one charge).
#[test]
fn charges_are_told_apart_by_name() {
    let rows = "
electric,demand,on-peak,0,1,12,12,18,0,4,20,$/kW
electric,demand,part-peak,0,1,12,8,12,0,4,5,$/kW
electric,demand,part-peak,0,1,12,18,22,0,4,5,$/kW
electric,demand,any-time,0,1,12,0,24,0,6,10,$/kW
electric,energy,,0,1,12,0,24,0,6,0.1,$/kWh
";
    let june = load("2025-06-01", LA, 60, 720, june);
    for column in ["name", "period"] {
        let bill = bill(&read("t.csv", &(HEADER.replace("NAME", column) + rows)), &june);
        assert_eq!(demand(&bill), 2650.0, "{column}");
    }
    // Without names each row is a charge of its own: the two windows of part-peak have two peaks, 80 x 5 more.
    let blank =
        (HEADER.replace("NAME", "name") + rows).replace("part-peak", "").replace("on-peak", "").replace("any-time", "");
    assert_eq!(demand(&bill(&read("t.csv", &blank), &june)), 3050.0);
    // Two rows without a name that hold at the same time add up, and one above a usage says so.
    let two = HEADER.replace("NAME", "name")
        + "
electric,demand,,0,1,12,0,24,0,6,10,$/kW
electric,demand,,0,1,12,0,24,0,6,2,$/kW
electric,demand,,60,1,12,0,24,0,6,1,$/kW
electric,energy,,0,1,12,0,24,0,6,0,$/kWh
";
    let bill = bill(&read("t.csv", &two), &june);
    assert_eq!(demand(&bill), 1240.0);
    assert!(bill.notes.iter().any(|note| note.contains("lines 4 have no name")), "{:?}", bill.notes);
}

/// A summer ratchet of 95 %: July's 1,000 kW bill 950 kW from then on, and in the months before as if it were the year
/// before. Hours of use go by that: 950 x 200 kWh hold all of January's 74,400 kWh: 7,440.00, not 4,176.00 (200 x 100 kWh).
/// The same without a demand charge.
#[test]
fn hours_of_use_go_by_the_ratchet() {
    let kw = |hour: usize| if hour == 31 * 24 * 6 + 12 { 1000.0 } else { 100.0 };
    let year = load("2025-01-01", "UTC", 60, 8760, kw);
    let tiers = json!([[{ "rate": 0.1, "max": 200, "unit": "kWh/kW" }, { "rate": 0.04, "unit": "kWh/kW" }]]);
    let ratchet = json!({ "energyratestructure": tiers, "lookbackpercent": 0.95, "lookbackmonths": [6, 7, 8, 9] });
    let mut with_demand = ratchet.clone();
    with_demand["flatdemandstructure"] = json!([[{ "rate": 5 }]]);
    for tariff in [&ratchet, &with_demand] {
        let bill = bill(&urdb(&with(0.0, tariff)), &year);
        close(bill.months[0].usd(Component::Energy), 7440.0);
        let told = bill.notes.iter().any(|note| note.contains("has no demand charge"));
        assert_eq!(told, tariff == &ratchet, "{:?}", bill.notes);
        assert!(bill.conventions.iter().any(|line| line.contains("after ratchets")));
    }
    let idle = json!({ "lookbackpercent": 0.95 });
    assert!(bill(&urdb(&with(0.1, &idle)), &year).notes[0].contains("is left out"));
}

/// Tiers in unlike units: 1,000 kWh at 0.20, then up to 200 kWh of each kW at 0.10, then 0.05. April, 10 kW but once 20:
/// 200 + 3,000 x 0.10 + 3,210 x 0.05 = 660.50. With 2 kW the second ends at 400 kWh, below the first, and is passed over:
/// 1,440 kWh: 200 + 440 x 0.05 = 222.
#[test]
fn tiers_of_unlike_units() {
    let tiers = json!([[
        { "rate": 0.20, "max": 1000, "unit": "kWh" }, { "rate": 0.10, "max": 200, "unit": "kWh/kW" }, { "rate": 0.05 }
    ]]);
    let tariff = urdb(&with(0.0, &json!({ "energyratestructure": tiers })));
    let april =
        |low: f64, high: f64| load("2025-04-01", "UTC", 60, 720, move |hour| if hour == 99 { high } else { low });
    close(bill(&tariff, &april(10.0, 20.0)).total_usd(), 660.5);
    let small = bill(&tariff, &april(2.0, 2.0));
    close(small.total_usd(), 222.0);
    assert!(small.notes[0].contains("passed over"), "{:?}", small.notes);
}

/// 5 $ a unit, 100 kW for two days. kW: 500. By the day: 1,000. hp: 100 / 0.7457 hp: 670.51. kVA at a power factor of 0.8:
/// 125 kVA: 625; without one it cannot be billed (not 500).
#[test]
fn units_of_demand() {
    let days = load("2025-03-01", "UTC", 60, 48, |_| 100.0);
    let of = |unit: &str, more: &Value| {
        let mut tariff = with(0.0, more);
        tariff["flatdemandstructure"] = json!([[{ "rate": 5 }]]);
        tariff["demandunits"] = json!(unit);
        tariff
    };
    for (unit, usd) in [("kW", 500.0), ("kW daily", 1000.0), ("hp", 500.0 / 0.745_699_871_582_270_2)] {
        close(demand(&bill(&urdb(&of(unit, &json!({}))), &days)), usd);
    }
    close(demand(&bill(&urdb(&of("kVA", &json!({ "powerfactor": 0.8 }))), &days)), 625.0);
    let own = of("kVA", &json!({ "flatdemandunit": "kW" }));
    close(demand(&bill(&urdb(&own), &days)), 500.0);
    let told = problems_of("t.json", &of("kVA", &json!({})).to_string());
    assert!(told.contains("demandunits: `kVA` is not supported without a power factor"), "{told}");
}

/// A quarter of 8 kW out and three of 4 kW in are an hour of 1 kWh bought. By the quarter 3 kWh are bought at 0.30 and 2 sold at
/// 0.10.
#[test]
fn net_billing_nets_as_it_is_called() {
    let day = load("2025-06-02", LA, 15, 96, |at| if at % 4 == 0 { -8.0 } else { 4.0 });
    let of = |rule: &str| {
        let more = json!({ "dgrules": rule, "energyratestructure": [[{ "rate": 0.30, "sell": 0.10 }]] });
        bill(&urdb(&with(0.0, &more)), &day)
    };
    for (rule, usd, words) in [
        ("Net Billing Hourly", 24.0 * 0.30, "net billing by the hour"),
        ("Net Billing Instantaneous", 24.0 * (0.90 - 0.20), "net billing: each 15 minutes of the load"),
        ("Buy All Sell All", 24.0 * (0.90 - 0.20), "buy all, sell all: a load that is net of its own generation"),
        ("", 24.0 * (0.90 - 0.20), "the tariff does not say how exports are netted"),
    ] {
        let bill_of = of(rule);
        close(bill_of.total_usd(), usd);
        assert!(bill_of.conventions.iter().any(|line| line.contains(words)), "{rule}: {:?}", bill_of.conventions);
    }
}

/// A ratchet beside demand by time of use acts on the facility charge, and that is said; alone it acts by period.
#[test]
fn what_a_ratchet_acts_on_is_said() {
    let year = load("2025-01-01", LA, 60, 8_760, |_| 100.0);
    let with_ratchet = |more: &Value| {
        let mut tariff = with(0.10, more);
        tariff["lookbackpercent"] = json!(80);
        tariff["lookbackrange"] = json!(11);
        tariff["lookbackmonths"] = json!([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
        tariff["demandratestructure"] = json!([[{ "rate": 5 }], [{ "rate": 9 }]]);
        let hours = hours(|_, hour| u16::from((16..21).contains(&hour)));
        (tariff["demandweekdayschedule"], tariff["demandweekendschedule"]) = (json!(hours), json!(hours));
        bill(&urdb(&tariff), &year).conventions
    };
    let both = with_ratchet(&json!({ "flatdemandstructure": [[{ "rate": 5 }]] }));
    let words = "the ratchet acts on the facility demand alone, by the peaks of all hours; not on: demand period";
    assert!(both.iter().any(|line| line.contains(words)), "{both:?}");
    let alone = with_ratchet(&json!({}));
    assert!(
        alone.iter().any(|line| line.contains("each period of a demand charge by that period's own peaks")),
        "{alone:?}"
    );
}

/// April exports 7,200 kWh, May buys 7,440: 240 x 0.10 = 24.00, not 744.00.
#[test]
fn net_metering_carries_a_surplus() {
    let two = load("2025-04-01", "UTC", 60, 61 * 24, |hour| if hour < 720 { -10.0 } else { 10.0 });
    let bill_of = bill(&urdb(&with(0.10, &json!({ "dgrules": "Net Metering" }))), &two);
    close(bill_of.total_usd(), 24.0);
    close(bill_of.months[0].total_usd(), 0.0);
    assert!(bill_of.conventions.iter().any(|line| line.contains("net metering")));
    // Days (6-18 h) cost 0.30 and nights 0.10. In April days export 10 kW and nights buy 10 kW: nights pay 360; the surplus
    // of 3,600 kWh covers May's days (3,720 kWh at 10 kW): 120 x 0.30 + 3,720 x 0.10 = 408.
    let tou = |sell: f64| {
        json!({
            "dgrules": "Net Metering",
            "energyratestructure": [[{ "rate": 0.10, "sell": sell }], [{ "rate": 0.30, "sell": sell }]],
            "energyweekdayschedule": hours(|_, hour| u16::from((6..18).contains(&hour))),
            "energyweekendschedule": hours(|_, hour| u16::from((6..18).contains(&hour))),
        })
    };
    let sunny = |hour: usize| if hour < 720 && (6..18).contains(&(hour % 24)) { -10.0 } else { 10.0 };
    let bill_of = bill(&urdb(&with(0.0, &tou(0.0))), &load("2025-04-01", "UTC", 60, 61 * 24, sunny));
    close(bill_of.months[0].total_usd(), 360.0);
    close(bill_of.months[1].total_usd(), 408.0);
    // A month alone: what is left earns the selling price, 3,600 x 0.03 = 108.
    let bill_of = bill(&urdb(&with(0.0, &tou(0.03))), &load("2025-04-01", "UTC", 60, 720, sunny));
    close(bill_of.total_usd(), 360.0 - 108.0);
    assert!(bill_of.notes.iter().any(|note| note.contains("3600.0 kWh of surplus are left")), "{:?}", bill_of.notes);
    // Another season's period takes it too: winter (to May) 0.10, summer 0.20. May exports 7,440, June buys 7,200.
    let seasons = json!({
        "dgrules": "Net Metering", "energyratestructure": [[{ "rate": 0.10 }], [{ "rate": 0.20 }]],
        "energyweekdayschedule": hours(|month, _| u16::from((5..9).contains(&month))),
        "energyweekendschedule": hours(|month, _| u16::from((5..9).contains(&month))),
    });
    let turn = load("2025-05-01", "UTC", 60, 61 * 24, |hour| if hour < 744 { -10.0 } else { 10.0 });
    close(bill(&urdb(&with(0.0, &seasons)), &turn).total_usd(), 0.0);
}

/// Ten days of 48 kWh under tiers of 10.5 and 42 kWh a day: 105 x 0.4 + 315 x 0.5 + 60 x 0.6 = 235.50, not 208.50. A customer
/// charge of 2 $ a day is for ten days, one of 30 $ a month for the month.
#[test]
fn what_counts_by_the_day_counts_days_covered() {
    let tiers = json!([[
        { "rate": 0.4, "max": 10.5, "unit": "kWh daily" }, { "rate": 0.5, "max": 42, "unit": "kWh daily" }, { "rate": 0.6 }
    ]]);
    let tiered = json!({ "energyratestructure": tiers, "mincharge": 0.33, "minchargeunits": "$/day" });
    let ten = load("2025-06-01", LA, 60, 240, |_| 2.0);
    let bill_of = bill(&urdb(&with(0.0, &tiered)), &ten);
    close(bill_of.total_usd(), 235.5);
    assert!(
        bill_of.conventions[0].contains("2025-06 is covered in part (10.0 of 30 days)"),
        "{:?}",
        bill_of.conventions
    );
    for (unit, usd) in [("$/day", 20.0), ("$/month", 2.0)] {
        let fixed = json!({ "fixedchargefirstmeter": 2, "fixedchargeunits": unit });
        close(bill(&urdb(&with(0.0, &fixed)), &ten).total_usd(), usd);
    }
    // Days of 23 and 25 hours are days: March and November have 31 and 30 of them.
    for (start, days) in [("2025-03-01", 31), ("2025-11-01", 30)] {
        let hours = days * 24 + if days == 31 { -1 } else { 1 };
        let fixed = json!({ "fixedchargefirstmeter": 1, "fixedchargeunits": "$/day" });
        let bill_of = bill(&urdb(&with(0.0, &fixed)), &load(start, LA, 60, hours as usize, |_| 0.0));
        close(bill_of.total_usd(), f64::from(days));
        assert!(bill_of.conventions.is_empty(), "{:?}", bill_of.conventions);
    }
}

/// A rate ended with 2023, the next begins on 1 March 2024: February is billed at expired rates, and that is said.
#[test]
fn gaps_between_versions_are_told() {
    let version = |from: &str, until: Value, usd: f64| with(usd, &json!({ "startdate": from, "enddate": until }));
    let file = json!([version("2023-01-01", json!("2023-12-30"), 0.1), version("2024-03-01", Value::Null, 0.2)]);
    let notes = |start: &str, days: usize| bill(&urdb(&file), &load(start, LA, 60, days * 24, |_| 10.0)).notes;
    let told = notes("2024-02-01", 29);
    assert!(
        told[0].contains("29 days (2024-02-01 to 2024-02-29) lie in a gap") && told[0].contains("2024-03-01"),
        "{told:?}"
    );
    assert!(notes("2023-12-01", 40)[0].contains("10 days (2023-12-31 to 2024-01-09)"));
    assert!(notes("2022-12-30", 5)[0].contains("begins before the tariff's first date (2023-01-01)"));
    assert!(notes("2024-03-01", 31).is_empty());
}

/// 4 July 2025 is a Friday: 5 h of 100 kW at 0.50 or, as on Sundays, at 0.10. 5 July 2026 is a Sunday, the 6th no holiday.
#[test]
fn holidays_are_sundays_where_the_tariff_says_so() {
    let weekday = |period: u16| hours(move |_, hour| if (16..21).contains(&hour) { period } else { 0 });
    let tariff = |more: &Value| {
        let mut tariff = with(0.0, more);
        tariff["energyratestructure"] = json!([[{ "rate": 0.1 }], [{ "rate": 0.5 }]]);
        tariff["energyweekdayschedule"] = weekday(1);
        urdb(&tariff)
    };
    let evening = |day: &str| load(day, LA, 60, 24, |hour| if (16..21).contains(&hour) { 100.0 } else { 0.0 });
    let plain = bill(&tariff(&json!({})), &evening("2025-07-04"));
    close(plain.total_usd(), 250.0);
    assert!(
        plain.conventions.iter().any(|line| line.contains("names no holidays: 2025-07-04")),
        "{:?}",
        plain.conventions
    );
    for list in [json!(["us_federal"]), json!("independence_day"), json!(["2025-07-04"]), json!(["california_tou"])] {
        let bill = bill(&tariff(&json!({ "holidays": list })), &evening("2025-07-04"));
        close(bill.total_usd(), 50.0);
        assert!(bill.conventions.iter().any(|line| line.contains("billed as Sundays: 2025-07-04")));
    }
    let moved = tariff(&json!({ "holidays": ["independence_day"], "holidays_observed": "monday" }));
    close(bill(&moved, &evening("2027-07-05")).total_usd(), 50.0);
    close(bill(&moved, &evening("2026-07-03")).total_usd(), 250.0);
    // Prices that policies see are the same.
    let at = |day: &str| moved.energy_price_usd_per_kwh(format!("{day}T17:00").parse().unwrap());
    assert_eq!((at("2025-07-04"), at("2025-07-03")), (0.1, 0.5));
    let csv = HEADER.replace("NAME", "name")
        + "
electric,energy,low,0,1,12,0,24,0,6,0.1,$/kWh
electric,energy,high,0,1,12,16,21,0,4,0.4,$/kWh
electric,holiday,us_federal,,,,,,,,,
electric,holiday,2025-12-24,,,,,,,,,
";
    for (day, usd) in [("2025-07-04", 50.0), ("2025-12-24", 50.0), ("2025-07-03", 250.0)] {
        close(bill(&read("t.csv", &csv), &evening(day)).total_usd(), usd);
    }
    let told = problems_of("t.json", &with(0.1, &json!({ "holidays": ["independance_day"] })).to_string());
    assert!(told.contains("did you mean `independence_day`?"), "{told}");
    assert!(problems_of("t.csv", &csv.replace("us_federal", "easter")).contains("t.csv:4: name: `easter`"));
}

/// The shipped tariffs bill holidays as Sundays.
#[test]
fn shipped_tariffs_know_holidays() {
    let tariff = read("t.json", import::shipped("sce_tou_ev_9").unwrap());
    let at = |day: &str| tariff.energy_price_usd_per_kwh(format!("{day}T17:00").parse().unwrap());
    assert_eq!((at("2025-07-04"), at("2025-07-05"), at("2025-07-03")), (0.34658, 0.34658, 0.55751));
}

/// Blocks of 50 kW at 95.56 $, 3.82 $ for each kW above. A peak of 230 kW: 5 blocks 477.80, or 4 and 30 kW above: 496.84;
/// chosen 150 kW: 286.68 + 80 x 3.82 = 592.28.
#[test]
fn subscriptions_in_blocks() {
    let json = |more: &Value| {
        let mut tariff = with(0.0, more);
        tariff["subscriptionblockkw"] = json!(50);
        tariff["subscriptionblockusd"] = json!(95.56);
        tariff["subscriptionoverageusd"] = json!(3.82);
        urdb(&tariff)
    };
    let june = load("2025-06-01", LA, 15, 30 * 96, |at| if at == 500 { 230.0 } else { 40.0 });
    let least = bill(&json(&json!({})), &june);
    close(demand(&least), 477.80);
    assert!(least.conventions.iter().any(|line| line.contains("250 kW (5 blocks) is the cheapest for this load")));
    close(demand(&bill(&json(&json!({ "subscribedkw": 150 })), &june)), 592.28);
    let csv = "utility,type,name,charge,units,block_kw,overage_charge,subscribed_kw
electric,energy,,0.2,$/kWh,,,
electric,subscription,,95.56,$/block,50,3.82,150
";
    close(demand(&bill(&read("t.csv", csv), &june)), 592.28);
    assert!(problems_of("t.csv", &csv.replace(",50,3.82", ",,3.82")).contains("t.csv:3: block_kw"));
    assert!(
        problems_of("t.csv", &csv.replace("$/kWh,,,", "$/kWh,50,,")).contains("t.csv:2: block_kw: belongs to rows")
    );
    let told = problems_of("t.json", &with(0.1, &json!({ "subscriptionblockkw": 50 })).to_string());
    assert!(told.contains("the subscription is not whole"), "{told}");
}

/// 80 % of the highest peak of June to September within the last 11 months, and 50 kW in any case: January to May and from
/// October on 80 % of July's 200 = 160 kW, June 160, July 200, August and September 160. 10 $/kW: 11 x 1,600 + 2,000.
#[test]
fn ratchets_in_plain_csv() {
    let kw = |hour: usize| if hour == 31 * 24 * 6 + 12 { 200.0 } else { 20.0 };
    let year = load("2025-01-01", "UTC", 60, 8760, kw);
    let csv = |share: &str, months: &str, range: &str, least: &str| {
        format!(
            "utility,type,name,charge,units,ratchet_share,ratchet_months,ratchet_range,least_kw
electric,energy,all,0,$/kWh,,,,
electric,demand,maximum,10,$/kW,{share},{months},{range},{least}
"
        )
    };
    let usd = |csv: &str| demand(&bill(&read("t.csv", csv), &year));
    for (share, months) in [("0.8", "6-9"), ("0.8", "6;7;8;9"), ("0.8", "")] {
        close(usd(&csv(share, months, "", "50")), 11.0 * 1600.0 + 2000.0);
    }
    let two_steps = "utility,type,name,charge,units,ratchet_share,basic_charge_limit
electric,energy,all,0,$/kWh,,0
electric,demand,maximum,10,$/kW,0.8,0
electric,demand,maximum,12,$/kW,0.9,50
";
    // No ratchet: 50 kW of eleven months. A range of one month: August alone.
    close(usd(&csv("", "", "", "50")), 11.0 * 500.0 + 2000.0);
    close(usd(&csv("0.8", "", "1", "50")), 10.0 * 500.0 + 2000.0 + 1600.0);
    // Winter months see nothing of July: 80 % of 20 is less than 20.
    close(usd(&csv("0.8", "11-2", "", "")), 11.0 * 200.0 + 2000.0);
    for (text, words) in [
        (csv("80", "", "", ""), "t.csv:3: ratchet_share: 80 is more than the whole peak"),
        (csv("1.5", "", "", ""), "write 1.5 % as 0.015"),
        (csv("0.8", "13", "", ""), "t.csv:3: ratchet_months: `13` are no months"),
        (csv("", "6-9", "", ""), "t.csv:3: ratchet_months: has no effect without `ratchet_share`"),
        (csv("0.8", "", "", "").replace("kWh,,,,", "kWh,0.5,,,"), "t.csv:2: ratchet_share: belongs to rows"),
        (csv("0.8", "", "", "") + "electric,demand,maximum,12,$/kW,0.9,,,\n", "t.csv:4: name: line 3 has this name"),
        (two_steps.to_owned(), "lines 3 and 4 are one charge"),
    ] {
        let told = problems_of("t.csv", &text);
        assert!(told.contains(words), "{words}: {told}");
    }
}

/// A tariff inside a file of another tool, one object a line, and rows of the database's bulk download.
#[test]
fn tariffs_in_files_of_others() {
    let one = with(0.2, &json!({ "flatdemandstructure": [[{ "rate": 4.0 }]] }));
    let expected = urdb(&one);
    for file in [
        json!({ "ElectricTariff": { "urdb_response": one, "net_metering_limit": 0 }, "Site": { "latitude": 33.8 } }),
        json!({ "Scenario": { "Site": { "ElectricTariff": { "urdb_response": one } } } }),
    ] {
        assert_eq!(urdb(&file), expected);
    }
    let told = problems_of("t.json", &json!({ "ElectricTariff": { "urdb_label": "5c" } }).to_string());
    assert!(told.contains("ElectricTariff: holds no `urdb_response`, but urdb_label"), "{told}");
    let other = with(0.3, &json!({ "label": "u", "name": "other" }));
    let rows = format!("{one}\n{other}\n");
    let mut problems = Vec::new();
    assert_eq!(import::tariff("t.json", &rows, Some("t"), &mut problems), Some(expected));
    assert!(problems.is_empty());
}

/// A schedule whose prices are gone is no free energy; one of demand that names the first period alone charges nothing.
#[test]
fn schedules_need_prices() {
    let never = json!(vec![vec![0; 24]; 12]);
    let afternoon = hours(|_, hour| u16::from(hour > 12));
    for (structure, more) in [
        ("energyratestructure", json!({ "energyratestructure": [], "fixedchargefirstmeter": 10 })),
        ("energyratestructure", json!({ "energyratestructure": null, "fixedchargefirstmeter": 10 })),
        (
            "flatdemandstructure",
            json!({ "flatdemandstructure": [], "flatdemandmonths": [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0] }),
        ),
        ("demandratestructure", json!({ "demandweekdayschedule": afternoon, "demandweekendschedule": never })),
    ] {
        let told = problems_of("t.json", &with(0.1, &more).to_string());
        assert!(told.contains(&format!("`{structure}` has none: nothing would be charged")), "{structure}: {told}");
    }
    urdb(&with(0.1, &json!({ "demandweekdayschedule": never, "demandweekendschedule": never })));
}

#[test]
fn rows_of_the_bulk_download() {
    let schedule = serde_json::to_string(&hours(|_, hour| u16::from(hour >= 16))).unwrap();
    let quoted = format!("\"{schedule}\"");
    let months = (1..=12).map(|month| format!("flatdemandmonth{month}")).collect::<Vec<_>>().join(",");
    let header = format!(
        "label,eiaid,name,startdate,enddate,utility,fixedchargefirstmeter,fixedchargeunits,energyratestructure/period0/tier0max,\
         energyratestructure/period0/tier0rate,energyratestructure/period0/tier0unit,energyratestructure/period0/tier1rate,\
         energyratestructure/period1/tier0rate,energyratestructure/period1/tier0adj,energyweekdayschedule,energyweekendschedule,\
         flatdemandunit,flatdemandstructure/period0/tier0rate,flatdemandstructure/period1/tier0rate,{months}"
    );
    let summer = (1..=12).map(|month| if (6..10).contains(&month) { "1" } else { "0" }).collect::<Vec<_>>().join(",");
    let row = |label: &str, unit: &str| {
        format!(
            "{label},123,General,2024-01-01,,Somewhere,10,$/month,9000,0.1,kWh,0.2,0.3,0.05,{quoted},{quoted},{unit},4,6,{summer}"
        )
    };
    let csv = format!("{header}\n{}\n{}\n", row("abc", "kW"), row("xyz", "furlong"));
    let mut problems = Vec::new();
    let tariff =
        import::tariff("usurdb.csv", &csv, Some("abc"), &mut problems).unwrap_or_else(|| panic!("{problems:?}"));
    assert_eq!(tariff.utility, "Somewhere");
    // July, 2 kW: 16 h x 31 x 2 = 992 kWh at 0.10, 496 at 0.35, 2 x 6, 10.
    let bill = bill(&tariff, &load("2025-07-01", "UTC", 60, 744, |_| 2.0));
    close(energy(&bill), 992.0 * 0.1 + 496.0 * 0.35);
    close(bill.total_usd(), 992.0 * 0.1 + 496.0 * 0.35 + 12.0 + 10.0);
    let told = problems_of("usurdb.csv", &csv);
    assert!(told.contains("line 3: flatdemandunit: the unit `furlong`"), "{told}");
    let mut problems = Vec::new();
    assert!(import::tariff("usurdb.csv", &csv, Some("none"), &mut problems).is_none());
    assert!(problems[0].message.contains("holds no tariff `none`"));
}
