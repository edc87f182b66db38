//! The columns of a table of trips, by the names that people and systems give them.

use super::map::{Map, once};
use super::meter_columns::plain;
use super::sheet::SheetRow;

/// A mile, km.
pub(super) const MILE_KM: f64 = 1.609_344;
const VEHICLE: [&str; 13] = [
    "vehicle",
    "vehicle id",
    "vehicle name",
    "device",
    "device name",
    "device id",
    "truck",
    "truck id",
    "unit",
    "unit number",
    "asset",
    "asset name",
    "vin",
];
const START: [&str; 12] = [
    "start",
    "start time",
    "start date",
    "trip start",
    "trip start time",
    "start date time",
    "departure",
    "departure time",
    "depart",
    "start timestamp",
    "starttime",
    "start date and time",
];
const STOP: [&str; 14] = [
    "stop",
    "stop time",
    "stop date",
    "end",
    "end time",
    "end date",
    "trip end",
    "trip end time",
    "trip stop",
    "arrival",
    "arrival time",
    "end timestamp",
    "endtime",
    "stop date and time",
];
const LATITUDE: [&str; 8] = [
    "latitude",
    "lat",
    "stop latitude",
    "end latitude",
    "end lat",
    "stop lat",
    "destination latitude",
    "arrival latitude",
];
const LONGITUDE: [&str; 9] = [
    "longitude",
    "lon",
    "lng",
    "stop longitude",
    "end longitude",
    "end lon",
    "stop lon",
    "destination longitude",
    "arrival longitude",
];

/// Which column says what.
pub(super) struct Columns {
    pub(super) vehicle: usize,
    pub(super) start: usize,
    pub(super) stop: usize,
    /// And what makes it km, where its name holds a unit.
    pub(super) distance: (usize, Option<f64>),
    /// Latitude and longitude.
    pub(super) place: (usize, usize),
}

impl Columns {
    /// What a header says. Err: what is missing.
    pub(super) fn of(row: &SheetRow, map: &Map) -> Result<Self, String> {
        let written: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
        let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        let mut missing = Vec::new();
        let mut at = |role: &'static str, known: &[&str]| -> Result<usize, String> {
            let found = match map.column(role, &written)? {
                Some(at) => Some(at),
                None => known.iter().find_map(|known| names.iter().position(|name| name == known)),
            };
            if let Some(at) = found {
                once(&written, at)?;
            } else {
                missing.push(role);
            }
            Ok(found.unwrap_or(0))
        };
        let (vehicle, start, stop) = (at("vehicle", &VEHICLE)?, at("start", &START)?, at("stop", &STOP)?);
        let place = (at("latitude", &LATITUDE)?, at("longitude", &LONGITUDE)?);
        let is_distance = |name: &String| name.split(' ').any(|word| matches!(word, "distance" | "mileage" | "miles"));
        let distance = map.column("distance", &written)?.or_else(|| names.iter().position(is_distance));
        let Some(distance) = distance.filter(|_| missing.is_empty()) else {
            missing.extend(distance.is_none().then_some("distance"));
            let seen: Vec<String> = written.iter().take(16).map(|name| format!("`{name}`")).collect();
            return Err(format!("no column was recognised for {}; there are {}", missing.join(", "), seen.join(", ")));
        };
        Ok(Self { vehicle, start, stop, distance: (distance, km_of(&names[distance])), place })
    }
}

/// km of the unit that a distance's name holds.
fn km_of(name: &str) -> Option<f64> {
    name.split(' ').find_map(|word| match word {
        "mi" | "mile" | "miles" => Some(MILE_KM),
        "km" | "kilometers" | "kilometres" => Some(1.0),
        "m" | "meters" | "metres" => Some(1e-3),
        "ft" | "feet" => Some(0.3048e-3),
        _ => None,
    })
}
