//! The columns of a log of charging sessions, by the names that people and systems give them.

use super::map::{Map, once};
use super::meter_columns::plain;
use super::sheet::SheetRow;

const SESSION: [&str; 14] = [
    "session id",
    "sessionid",
    "session",
    "transaction id",
    "transactionid",
    "plug in event id",
    "charging event",
    "charge event id",
    "event id",
    "cdr id",
    "record id",
    "charge id",
    "session number",
    "id",
];
const VEHICLE: [&str; 12] = [
    "vehicle id",
    "vehicle",
    "vehicle name",
    "vin",
    "asset",
    "asset id",
    "unit number",
    "user id",
    "userid",
    "driver id",
    "rfid",
    "card number",
];
const CHARGER: [&str; 22] = [
    "charger id",
    "charger",
    "charger name",
    "station name",
    "station id",
    "stationid",
    "station",
    "charge point",
    "charge point id",
    "chargepoint id",
    "charging station",
    "charging station id",
    "charge station id",
    "chargestation",
    "cpid",
    "cp id",
    "evse id",
    "evse uid",
    "evse",
    "space id",
    "spaceid",
    "asset name",
];
const PORT: [&str; 8] =
    ["port number", "port", "port id", "connector id", "connector", "connector number", "outlet", "plug id"];
const ARRIVE: [&str; 34] = [
    "arrive",
    "arrival",
    "arrival time",
    "plug connect time",
    "plug in time",
    "plugin time",
    "plug in",
    "plugged in",
    "connection time",
    "connectiontime",
    "connect time",
    "connected at",
    "session start",
    "session start time",
    "session start date time",
    "start date time",
    "start datetime",
    "startdatetime",
    "start",
    "start date",
    "start time",
    "starttime",
    "started",
    "started at",
    "start timestamp",
    "transaction start",
    "transaction start time",
    "begin",
    "begin time",
    "created",
    "charging start",
    "charge start",
    "start dt",
    "from",
];
const DEPART: [&str; 34] = [
    "depart",
    "departure",
    "departure time",
    "plug disconnect time",
    "plug out time",
    "plugout time",
    "unplug time",
    "unplugged",
    "disconnect time",
    "disconnecttime",
    "disconnected at",
    "session end",
    "session end time",
    "session end date time",
    "end date time",
    "end datetime",
    "enddatetime",
    "end",
    "end date",
    "end time",
    "endtime",
    "ended",
    "ended at",
    "end timestamp",
    "transaction end",
    "transaction stop",
    "transaction end time",
    "stop",
    "stop time",
    "completed",
    "charging end",
    "charge end",
    "end dt",
    "to",
];
const DURATION: [&str; 11] = [
    "total duration",
    "duration",
    "session duration",
    "connection duration",
    "connected duration",
    "plug duration",
    "plugged in duration",
    "connected time",
    "plug in duration",
    "connect duration",
    "parking time",
];
const CHARGING: [&str; 6] =
    ["charging time", "charge time", "charge duration", "charging duration", "chargetime", "active charging time"];
const POWER: [&str; 8] =
    ["max kw", "max power", "peak power", "peak kw", "maximum power", "maxpower", "charge power max", "power max"];
const UNIT: [&str; 5] = ["unit", "units", "uom", "unit of measure", "energy unit"];
const ENERGY: [&str; 12] = [
    "energy",
    "energy delivered",
    "energy consumed",
    "delivered energy",
    "total energy",
    "total kwh",
    "consumption",
    "usage",
    "charged energy",
    "energy used",
    "energy dispensed",
    "meter total",
];

/// Which column says what.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) session: Option<usize>,
    pub(super) vehicle: Option<usize>,
    pub(super) charger: Option<usize>,
    pub(super) port: Option<usize>,
    pub(super) arrive: Option<usize>,
    pub(super) arrive_clock: Option<usize>,
    pub(super) depart: Option<usize>,
    pub(super) depart_clock: Option<usize>,
    pub(super) zone: Option<usize>,
    /// Seconds of its unit, where its name holds one.
    pub(super) duration: Option<(usize, Option<f64>)>,
    pub(super) charging: Option<(usize, Option<f64>)>,
    /// And kWh of its unit, where its name holds one.
    pub(super) energy: Option<(usize, Option<f64>)>,
    /// The column that holds the unit of each energy.
    pub(super) unit: Option<usize>,
    pub(super) power: Option<(usize, f64)>,
    pub(super) names: Vec<String>,
}

impl Columns {
    /// What a header says. Err: what is missing.
    pub(super) fn of(row: &SheetRow, map: &Map) -> Result<Self, String> {
        let written: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
        let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        // A name without its unit: `energy kwh`, `total duration hh mm ss`.
        let bare: Vec<String> = names.iter().map(|name| without_unit(name)).collect();
        let at = |role: &str, known: &[&str]| -> Result<Option<usize>, String> {
            if let Some(at) = map.column(role, &written)? {
                return Ok(Some(at));
            }
            let find = |known: &&str| bare.iter().position(|name| name == known);
            Ok(known.iter().find_map(find))
        };
        let timed = |at: Option<usize>| at.map(|at| (at, seconds_of(&names[at])));
        // What a mapping calls `energy_kwh` is kWh.
        let is_kwh = map.columns.contains_key("energy_kwh");
        let kwh = |at: usize| (at, kwh_of(&names[at]).or(is_kwh.then_some(1.0)));
        let energy = at("energy_kwh", &ENERGY)?.or_else(|| names.iter().position(|name| is_energy(name)));
        let mut out = Self {
            session: at("session_id", &SESSION)?,
            vehicle: at("vehicle_id", &VEHICLE)?,
            charger: at("charger_id", &CHARGER)?,
            port: at("port_id", &PORT)?,
            arrive: at("arrive", &ARRIVE)?,
            depart: at("depart", &DEPART)?,
            zone: names.iter().position(|name| name == "start time zone" || name == "time zone" || name == "timezone"),
            duration: timed(at("duration", &DURATION)?),
            charging: timed(at("charging_time", &CHARGING)?),
            energy: energy.map(kwh),
            unit: at("unit", &UNIT)?,
            power: at("max_kw", &POWER)?.map(|at| (at, kw_of(&names[at]))),
            ..Self::default()
        };
        let beside = |date: &[&str], time: &[&str]| {
            let find = |known: &[&str]| bare.iter().position(|name| known.contains(&name.as_str()));
            find(date).zip(find(time))
        };
        // A date and a time of the day in two columns.
        if map.columns.is_empty()
            && let Some((date, time)) =
                beside(&["start date", "arrival date", "date"], &["start time", "arrival time", "starttime"])
        {
            (out.arrive, out.arrive_clock) = (Some(date), Some(time));
        }
        if map.columns.is_empty()
            && let Some((date, time)) =
                beside(&["end date", "departure date"], &["end time", "departure time", "endtime"])
        {
            (out.depart, out.depart_clock) = (Some(date), Some(time));
        }
        let mut missing = Vec::new();
        if out.arrive.is_none() {
            missing.push("arrive (a time)");
        }
        if out.depart.is_none() && out.duration.is_none() {
            missing.push("depart (a time) or duration");
        }
        if out.energy.is_none() {
            missing.push("energy_kwh");
        }
        let seen: Vec<String> =
            written.iter().filter(|name| !name.is_empty()).take(16).map(|name| format!("`{name}`")).collect();
        out.names = written;
        out.read_once()?;
        if missing.is_empty() {
            Ok(out)
        } else {
            Err(format!("no column was recognised for {}; there are {}", missing.join(", "), seen.join(", ")))
        }
    }

    /// Does the name of each column that is read stand once in the header?
    fn read_once(&self) -> Result<(), String> {
        let plain = [self.session, self.vehicle, self.charger, self.port, self.arrive, self.arrive_clock];
        let more = [self.depart, self.depart_clock, self.zone];
        let scaled = [self.duration, self.charging, self.energy].map(|column| column.map(|column| column.0));
        let scaled = scaled.into_iter().chain([self.power.map(|column| column.0)]);
        plain.into_iter().chain(more).chain(scaled).flatten().try_for_each(|at| once(&self.names, at))
    }

    /// The column of each role that a mapping file could name.
    pub(super) fn roles(&self) -> Vec<(&'static str, usize)> {
        let scaled = |column: Option<(usize, Option<f64>)>| column.map(|column| column.0);
        let all = [
            ("arrive", self.arrive),
            ("depart", self.depart),
            ("duration", scaled(self.duration)),
            ("charging_time", scaled(self.charging)),
            ("energy_kwh", scaled(self.energy)),
            ("unit", self.unit),
            ("charger_id", self.charger),
            ("port_id", self.port),
            ("vehicle_id", self.vehicle),
            ("session_id", self.session),
            ("max_kw", self.power.map(|column| column.0)),
        ];
        all.into_iter().filter_map(|(role, at)| Some((role, at?))).collect()
    }

    pub(super) fn name(&self, at: Option<usize>) -> &str {
        at.and_then(|at| self.names.get(at)).map_or("", String::as_str)
    }
}

/// The name of a column without the units and notes behind it.
fn without_unit(name: &str) -> String {
    const NOTES: [&str; 20] = [
        "kwh", "wh", "mwh", "kw", "w", "ac", "dc", "hh", "mm", "ss", "min", "mins", "minutes", "hours", "hrs", "h",
        "seconds", "sec", "s", "utc",
    ];
    let words: Vec<&str> = name.split(' ').filter(|word| !NOTES.contains(word)).collect();
    if words.is_empty() { name.to_owned() } else { words.join(" ") }
}

fn is_energy(name: &str) -> bool {
    name.split(' ').any(|word| matches!(word, "kwh" | "wh" | "mwh" | "kwhdelivered"))
        && !name.contains("price")
        && !name.contains("cost")
}

/// kWh of the unit that a name of energies holds.
fn kwh_of(name: &str) -> Option<f64> {
    name.split(' ').find_map(|word| match word {
        "wh" => Some(1e-3),
        "kwh" | "kwhdelivered" => Some(1.0),
        "mwh" => Some(1e3),
        _ => None,
    })
}

fn kw_of(name: &str) -> f64 {
    if name.split(' ').any(|word| word == "w") { 1e-3 } else { 1.0 }
}

/// Seconds of the unit that a duration's name holds.
fn seconds_of(name: &str) -> Option<f64> {
    name.split(' ').find_map(|word| match word {
        "hours" | "hour" | "hrs" | "hr" | "h" => Some(3600.0),
        "min" | "mins" | "minutes" => Some(60.0),
        "seconds" | "sec" | "s" => Some(1.0),
        _ => None,
    })
}
