//! Charge detail records and sessions of the Open Charge Point Interface (2.1.1, 2.2, 2.2.1): a list, one object, or the
//! answer of its interface (`{"data": [...]}`). Tokens of drivers are dropped: vehicles are only numbered.

use super::stays::{Recorded, Stay};
use crate::document::problem::Mistakes;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// The records of a document, if it holds any.
pub(super) fn records(document: &Value) -> Option<Vec<&Value>> {
    let inner = document.get("data").unwrap_or(document);
    let list: Vec<&Value> = match inner {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let is_record = |value: &&Value| {
        value.get("start_date_time").is_some() && (value.get("kwh").is_some() || value.get("total_energy").is_some())
    };
    list.first().filter(|first| is_record(first))?;
    Some(list)
}

/// Reads records. Those that have not ended are counted.
pub(super) fn stays(records: &[&Value], mistakes: &mut Mistakes<'_>) -> Recorded {
    let mut vehicles: BTreeMap<String, usize> = BTreeMap::new();
    let (mut out, mut open, mut unlike) = (Vec::new(), 0, 0);
    for (at, record) in records.iter().enumerate() {
        if record.get("start_date_time").is_none() {
            let help = Some("a record has start_date_time, end_date_time and kwh or total_energy".to_owned());
            mistakes.push(None, &format!("[{at}]"), "is no record".to_owned(), help);
            continue;
        }
        let end =
            ["end_date_time", "stop_date_time"].iter().find_map(|key| record.get(*key).filter(|end| !end.is_null()));
        let Some(end) = end else {
            open += 1;
            continue;
        };
        let id = word(&record["id"]).unwrap_or_else(|| at.to_string());
        let label = format!("[{at}] ({id})");
        let mut time = |key: &str, value: &Value| {
            let found = value.as_str().and_then(time);
            if found.is_none() {
                let help = Some("such as 2025-06-02T14:30:00Z".to_owned());
                mistakes.push(None, &format!("{label}.{key}"), format!("{value} is no time"), help);
            }
            found
        };
        let (arrive, depart) = (time("start_date_time", &record["start_date_time"]), time("end_date_time", end));
        let energy = record.get("kwh").or_else(|| record.get("total_energy")).and_then(Value::as_f64);
        let energy = energy.filter(|kwh| (0.0..=1e5).contains(kwh));
        if energy.is_none() {
            let message = "is no energy from 0 to 100000 kWh".to_owned();
            mistakes.push(
                None,
                &format!("{label}.kwh"),
                message,
                Some("write it as a number without quotes".to_owned()),
            );
        }
        let (Some(arrive), Some(depart), Some(energy_kwh)) = (arrive, depart, energy) else { continue };
        if depart <= arrive {
            let message = "is not after start_date_time".to_owned();
            mistakes.push(None, &format!("{label}.end_date_time"), message, None);
            continue;
        }
        let token = word(&record["cdr_token"]["uid"]).or_else(|| word(&record["auth_id"]));
        let number = token.map(|token| {
            let next = vehicles.len() + 1;
            *vehicles.entry(token).or_insert(next)
        });
        let vehicle_id = number.map_or_else(|| id.clone(), |number| format!("vehicle {number}"));
        let power_kw = power_kw(record, depart).filter(|_| {
            let fits = fits(record, energy_kwh);
            unlike += usize::from(!fits);
            fits
        });
        let charger_id = charger(record).unwrap_or_else(|| "charger".to_owned());
        out.push(Stay {
            line: None,
            label,
            session_id: id,
            vehicle_id,
            charger_id,
            arrive,
            depart,
            energy_kwh,
            power_kw,
        });
    }
    let notes = (unlike > 0).then(|| {
        format!("the energies of charging periods are not those of {unlike} records (another unit?), and their powers are not used")
    });
    Recorded { stays: out, open, notes: notes.into_iter().collect() }
}

/// Times are of UTC, with or without saying so.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The EVSE and its connector, in the fields of each version.
fn charger(record: &Value) -> Option<String> {
    let (location, older) = (&record["cdr_location"], &record["location"]);
    let evse = [&record["evse_uid"], &location["evse_uid"], &location["evse_id"], &older["evses"][0]["uid"]];
    let connector = [&record["connector_id"], &location["connector_id"], &older["evses"][0]["connectors"][0]["id"]];
    let place = [&record["location_id"], &location["id"], &older["id"]];
    let first = |values: &[&Value]| values.iter().find_map(|value| word(value));
    let parts: Vec<String> = [first(&place), first(&evse), first(&connector)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Do the energies of the charging periods of a record add up to its own, as far as there are any?
fn fits(record: &Value, energy_kwh: f64) -> bool {
    let periods = record["charging_periods"].as_array().into_iter().flatten();
    let dimensions = periods.flat_map(|period| period["dimensions"].as_array().into_iter().flatten());
    let energies = dimensions.filter(|it| it["type"] == "ENERGY").filter_map(|it| it["volume"].as_f64());
    let (count, sum_kwh) = energies.fold((0, 0.0), |(count, sum), kwh| (count + 1, sum + kwh));
    count == 0 || sum_kwh <= energy_kwh * 1.1 + 0.1
}

/// The highest power of a charging period, kW: as it says, or its energy over its time.
fn power_kw(record: &Value, end: Timestamp) -> Option<f64> {
    let periods = record["charging_periods"].as_array()?;
    let start = |period: &Value| period["start_date_time"].as_str().and_then(time);
    let mut highest: Option<f64> = None;
    for (at, period) in periods.iter().enumerate() {
        let until = periods.get(at + 1).map_or(Some(end), start);
        let hours = start(period).zip(until).map(|(from, until)| until.duration_since(from).as_secs_f64() / 3600.0);
        for dimension in period["dimensions"].as_array().into_iter().flatten() {
            let volume = dimension["volume"].as_f64().unwrap_or(0.0);
            let kw = match (dimension["type"].as_str(), hours) {
                (Some("MAX_POWER" | "POWER"), _) => volume,
                (Some("ENERGY"), Some(hours)) if hours > 0.0 => volume / hours,
                _ => continue,
            };
            highest = Some(highest.unwrap_or(0.0).max(kw));
        }
    }
    highest.filter(|kw| *kw > 0.0)
}
