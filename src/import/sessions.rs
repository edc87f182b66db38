//! Charging sessions in whatever form people have them: tables with times, ACN-Data, OCPI records, OCPP logs.

use super::map::Map;
use super::meter_columns::plain;
use super::meter_time::DEFAULT_ZONE;
use super::number::{Decimal, decimal_of, number};
use super::sheet::{self, Cell, Sheet, SheetRow};
use super::stamp::{DateOrder, When, clock, order_of, when, zone_of};
use super::stays::{self, Overlaps, Stay};
pub use super::stays::{Session, Sessions, to_csv};
use super::{acn, ocpi, ocpp_log};
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A file of more values is not read.
const MOST_VALUES: usize = 10_000_000;
/// A header stands within the first rows.
const ROWS_LOOKED_AT: usize = 60;
/// A stay without duration and with less energy than this was no charge, kWh.
const NO_CHARGE_KWH: f64 = 0.01;

/// What the file does not say, and which of it counts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How the table is read; its zone is that of all formats.
    pub map: Map,
    /// Most power of every port, kW; none: as the file tells, else assumed.
    pub max_kw: Option<f64>,
    /// Take what drivers of ACN-Data asked for, instead of what they got.
    pub as_requested: bool,
}

/// Is a CSV in the form that Portvolt writes, with seconds from a start? Two of its names tell, for one may be misspelt.
#[must_use]
pub fn is_own(bytes: &[u8]) -> bool {
    const OWN: [&str; 8] =
        ["session_id", "vehicle_id", "charger_id", "arrive_s", "depart_s", "energy_kwh", "max_kw", "vehicle_max_kw"];
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 16)]);
    let mut lines = head.trim_start_matches('\u{feff}').lines();
    let header = lines.find(|line| !line.starts_with('#') && !line.trim().is_empty()).unwrap_or_default();
    let names = header.split(',').map(str::trim);
    names.filter(|name| OWN.contains(name)).count() > 1 && header.contains("_s")
}

/// Reads a file. Mistakes go to `problems`.
pub fn read(path: &str, bytes: &[u8], options: &Options, problems: &mut Vec<Problem>) -> Sessions {
    let mut said = Vec::new();
    let is_json = bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace() && !matches!(**byte, 0xef | 0xbb | 0xbf))
        .is_some_and(|byte| matches!(byte, b'{' | b'['));
    if is_json {
        let text = sheet::decoded(bytes, &mut said);
        return of_json(path, &text, options, problems);
    }
    let mut mistakes = Mistakes::of(path, problems);
    let found = of_table(bytes, options, &mut mistakes);
    mistakes.close();
    found.unwrap_or_default()
}

fn of_json(path: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> Sessions {
    let parsed = json::parse(text, MOST_VALUES).or_else(|wrong| lines(text).ok_or(wrong));
    let document = match parsed {
        Ok(document) => document,
        Err((line, message)) => {
            Mistakes::of(path, problems).push(Some(line), "", message, None);
            return Sessions::default();
        }
    };
    let zone = options.map.zone.clone();
    let records = ocpi::records(&document);
    if records.is_none() && !ocpp_log::is_log(&document) {
        let options = acn::Options { zone, max_kw: options.max_kw, as_requested: options.as_requested };
        if acn::is_acn(&document) {
            return acn::read(path, text, &options, problems);
        }
        let message = "holds no sessions that are known".to_owned();
        let help = "there are: ACN-Data, OCPI records and sessions, OCPP messages; or a table (CSV, workbook)";
        Mistakes::of(path, problems).push(None, "", message, Some(help.to_owned()));
        return Sessions::default();
    }
    let mut mistakes = Mistakes::of(path, problems);
    let (stays, open) = match records {
        Some(records) => ocpi::stays(&records, &mut mistakes),
        None => ocpp_log::stays(&document, &mut mistakes),
    };
    let mut notes = Vec::new();
    let name = zone.unwrap_or_else(|| {
        notes.push(format!("the time zone is assumed: {DEFAULT_ZONE}; `--zone` changes that"));
        DEFAULT_ZONE.to_owned()
    });
    let found = finished(stays, &name, options, &mut mistakes);
    mistakes.close();
    let Some(mut sessions) = found else { return Sessions::default() };
    notes.append(&mut sessions.notes);
    Sessions { open, notes, ..sessions }
}

/// One message or record a line.
fn lines(text: &str) -> Option<Value> {
    let rows = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows: Option<Vec<Value>> = rows.map(|line| json::parse(line, MOST_VALUES / 1_000).ok()).collect();
    rows.filter(|rows| rows.len() > 1).map(Value::Array)
}

fn finished(stays: Vec<Stay>, zone: &str, options: &Options, mistakes: &mut Mistakes<'_>) -> Option<Sessions> {
    let Ok(zone) = TimeZone::get(zone) else {
        mistakes.push(
            None,
            "--zone",
            format!("`{zone}` is no time zone"),
            Some("such as America/Los_Angeles".to_owned()),
        );
        return None;
    };
    if stays.is_empty() && mistakes.found() == 0 {
        mistakes.push(None, "", "holds no session that has ended".to_owned(), None);
    }
    stays::sessions(stays, &zone, options.max_kw, Overlaps::MorePorts, mistakes)
}

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
struct Columns {
    session: Option<usize>,
    vehicle: Option<usize>,
    charger: Option<usize>,
    port: Option<usize>,
    arrive: Option<usize>,
    arrive_clock: Option<usize>,
    depart: Option<usize>,
    depart_clock: Option<usize>,
    zone: Option<usize>,
    duration: Option<(usize, f64)>,
    charging: Option<(usize, f64)>,
    energy: Option<(usize, f64)>,
    power: Option<(usize, f64)>,
    names: Vec<String>,
}

impl Columns {
    /// What a header says. Err: what is missing.
    fn of(row: &SheetRow, map: &Map) -> Result<Self, String> {
        let written: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
        let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
        // A name without its unit: `energy kwh`, `total duration hh mm ss`.
        let bare: Vec<String> = names.iter().map(|name| without_unit(name)).collect();
        let at = |role: &str, known: &[&str]| -> Result<Option<usize>, String> {
            if let Some(name) = map.columns.get(role) {
                let found = written.iter().position(|known| known.trim().eq_ignore_ascii_case(name.trim()));
                return found
                    .map(Some)
                    .ok_or_else(|| format!("has no column `{name}`, which the mapping names for `{role}`"));
            }
            let find = |known: &&str| bare.iter().position(|name| name == known);
            Ok(known.iter().find_map(find))
        };
        let scaled = |at: Option<usize>, scale: fn(&str) -> f64| at.map(|at| (at, scale(&names[at])));
        let energy = at("energy_kwh", &ENERGY)?.or_else(|| names.iter().position(|name| is_energy(name)));
        let mut out = Self {
            session: at("session_id", &SESSION)?,
            vehicle: at("vehicle_id", &VEHICLE)?,
            charger: at("charger_id", &CHARGER)?,
            port: at("port_id", &PORT)?,
            arrive: at("arrive", &ARRIVE)?,
            depart: at("depart", &DEPART)?,
            zone: names.iter().position(|name| name == "start time zone" || name == "time zone" || name == "timezone"),
            duration: scaled(at("duration", &DURATION)?, seconds_of),
            charging: scaled(at("charging_time", &CHARGING)?, seconds_of),
            energy: scaled(energy, kwh_of),
            power: scaled(at("max_kw", &POWER)?, kw_of),
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
        if missing.is_empty() {
            Ok(out)
        } else {
            Err(format!("no column was recognised for {}; there are {}", missing.join(", "), seen.join(", ")))
        }
    }

    fn name(&self, at: Option<usize>) -> &str {
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

fn kwh_of(name: &str) -> f64 {
    match name.split(' ').find(|word| matches!(*word, "wh" | "mwh")) {
        Some("wh") => 1e-3,
        Some(_) => 1e3,
        None => 1.0,
    }
}

fn kw_of(name: &str) -> f64 {
    if name.split(' ').any(|word| word == "w") { 1e-3 } else { 1.0 }
}

/// Seconds of the unit that a duration's name holds; hours where it holds none and the cell is a plain number.
fn seconds_of(name: &str) -> f64 {
    match name.split(' ').find(|word| matches!(*word, "min" | "mins" | "minutes" | "seconds" | "sec" | "s")) {
        Some("min" | "mins" | "minutes") => 60.0,
        Some(_) => 1.0,
        None => 3600.0,
    }
}

fn of_table(bytes: &[u8], options: &Options, mistakes: &mut Mistakes<'_>) -> Option<Sessions> {
    let before = mistakes.found();
    let sheet = sheet::read(bytes, &options.map, mistakes)?;
    let (header, columns) = header(&sheet, &options.map, mistakes)?;
    let mut notes = sheet.said.clone();
    let body = || sheet.rows[header + 1..].iter();
    let times = body().filter_map(|row| columns.arrive.map(|at| row.cell(at)));
    let given = options.map.zone.clone();
    let order = match order_of(times, options.map.dates, given.as_deref().unwrap_or(DEFAULT_ZONE)) {
        Ok((order, said)) => {
            notes.extend(said);
            order
        }
        Err(example) => {
            let message = format!("`{example}` may be two days, and nothing in the file decides");
            let help = "say which: `--dates month-first` or `--dates day-first`".to_owned();
            mistakes.push(None, columns.name(columns.arrive), message, Some(help));
            return None;
        }
    };
    let decimal = options
        .map
        .decimal()
        .map_or_else(|| decimal_of(body().filter_map(|row| columns.energy.map(|(at, _)| row.cell(at)))), Ok);
    let decimal = decimal.unwrap_or_else(|example| {
        notes.push(format!(
            "`{example}` is read with a comma for thousands; `decimal = \",\"` in a mapping file changes that"
        ));
        Decimal::Point
    });
    let mut reader = Reader { columns: &columns, order, decimal, mistakes, left: Left::default() };
    let rows: Vec<Raw> = body().filter_map(|row| reader.row(row)).collect();
    let left = reader.left;
    let zone = given.or_else(|| zone_of(&rows.iter().map(|row| row.arrive).collect::<Vec<_>>())).unwrap_or_else(|| {
        notes.push(format!("the time zone is assumed: {DEFAULT_ZONE}; `--zone` changes that"));
        DEFAULT_ZONE.to_owned()
    });
    if mistakes.found() > before {
        return None;
    }
    let Ok(clock) = TimeZone::get(&zone) else {
        mistakes.push(
            None,
            "--zone",
            format!("`{zone}` is no time zone"),
            Some("such as America/Los_Angeles".to_owned()),
        );
        return None;
    };
    let (stays, empty) = stays_of(&rows, &clock, &columns, mistakes);
    if columns.charger.is_none() {
        notes.push(
            "no column names a charger: all sessions are at one, with as many ports as vehicles are there".to_owned(),
        );
    }
    notes.extend(left.told(empty));
    let sessions = finished(stays, &zone, options, mistakes)?;
    notes.extend(sessions.notes);
    Some(Sessions { open: left.open, notes, ..sessions })
}

fn header(sheet: &Sheet, map: &Map, mistakes: &mut Mistakes<'_>) -> Option<(usize, Columns)> {
    const ASK: &str = "say what the columns are in a mapping file (--map); `portvolt import sessions FILE --write-map map.toml` makes one to fill in";
    let mut wrong: Option<(usize, u64, String)> = None;
    for (at, row) in sheet.rows.iter().enumerate().take(ROWS_LOOKED_AT) {
        if map.header_line.is_some_and(|line| line != row.line) {
            continue;
        }
        match Columns::of(row, map) {
            Ok(columns) => return Some((at, columns)),
            // The widest row is the header that was meant.
            Err(message) if wrong.as_ref().is_none_or(|wrong| row.cells.len() > wrong.0) => {
                wrong = Some((row.cells.len(), row.line, message));
            }
            Err(_) => {}
        }
    }
    let (_, line, message) = wrong.unwrap_or((0, 1, "holds no rows".to_owned()));
    mistakes.push(Some(line), "", message, Some(ASK.to_owned()));
    None
}

/// A row, with times as written.
struct Raw {
    line: u64,
    session: String,
    vehicle: String,
    charger: String,
    arrive: When,
    depart: Option<When>,
    duration_s: Option<i64>,
    charging_s: Option<i64>,
    energy_kwh: f64,
    power_kw: Option<f64>,
}

/// Rows that are left out.
#[derive(Debug, Default, Clone, Copy)]
struct Left {
    open: usize,
    untimed: usize,
}

impl Left {
    fn told(self, empty: usize) -> Vec<String> {
        let mut out = Vec::new();
        if self.untimed > 0 {
            out.push(format!("{} rows without times are left out", self.untimed));
        }
        if empty > 0 {
            out.push(format!("{empty} sessions without time or energy are left out"));
        }
        out
    }
}

struct Reader<'a, 'm> {
    columns: &'a Columns,
    order: DateOrder,
    decimal: Decimal,
    mistakes: &'a mut Mistakes<'m>,
    left: Left,
}

impl Reader<'_, '_> {
    fn row(&mut self, row: &SheetRow) -> Option<Raw> {
        let columns = self.columns;
        let cell = |at: Option<usize>| at.map_or(&Cell::Empty, |at| row.cell(at));
        if cell(columns.arrive).is_empty() && cell(columns.depart).is_empty() {
            self.left.untimed += 1;
            return None;
        }
        let arrive = self.time(row, columns.arrive, columns.arrive_clock);
        let duration_s = columns.duration.and_then(|(at, unit_s)| seconds(row.cell(at), unit_s, self.decimal));
        if cell(columns.depart).is_empty() && duration_s.is_none() {
            self.left.open += 1;
            return None;
        }
        let depart = if cell(columns.depart).is_empty() {
            None
        } else {
            Some(self.time(row, columns.depart, columns.depart_clock)?)
        };
        let (energy_at, scale) = columns.energy?;
        let energy = match row.cell(energy_at) {
            Cell::Empty => Some(0.0),
            cell => number(cell, self.decimal).map(|kwh| kwh * scale).filter(|kwh| (0.0..=1e5).contains(kwh)),
        };
        if energy.is_none() {
            let message = format!("`{}` is no energy from 0 to 100000 kWh", row.cell(energy_at).text());
            self.mistakes.push(Some(row.line), columns.name(Some(energy_at)), message, None);
        }
        let text = |at: Option<usize>| cell(at).text().into_owned();
        let session =
            Some(text(columns.session)).filter(|id| !id.is_empty()).unwrap_or_else(|| format!("row {}", row.line));
        let vehicle = Some(text(columns.vehicle)).filter(|id| !id.is_empty()).unwrap_or_else(|| session.clone());
        let charger = [text(columns.charger), text(columns.port)].join(" ").trim().to_owned();
        let charger = if charger.is_empty() { "charger".to_owned() } else { charger };
        let charging_s = columns.charging.and_then(|(at, unit_s)| seconds(row.cell(at), unit_s, self.decimal));
        let power_kw = columns
            .power
            .and_then(|(at, scale)| number(row.cell(at), self.decimal).map(|kw| kw * scale))
            .filter(|kw| *kw > 0.0);
        let (arrive, energy_kwh) = (arrive?, energy?);
        Some(Raw {
            line: row.line,
            session,
            vehicle,
            charger,
            arrive,
            depart,
            duration_s,
            charging_s,
            energy_kwh,
            power_kw,
        })
    }

    fn time(&mut self, row: &SheetRow, at: Option<usize>, clock_at: Option<usize>) -> Option<When> {
        let cell = row.cell(at?);
        let zone = self.columns.zone.map(|at| row.cell(at).text().into_owned()).unwrap_or_default();
        let mut found = match (cell, zone.len()) {
            // `PDT` beside a local time tells the hour that autumn repeats apart.
            (Cell::Text(text), 3 | 4) => {
                when(&Cell::Text(format!("{text} {zone}")), self.order).or_else(|| when(cell, self.order))
            }
            _ => when(cell, self.order),
        };
        if let (Some(When::Local(day)), Some(clock_at)) = (found, clock_at)
            && let Some(seconds) = clock(row.cell(clock_at))
        {
            found =
                day.date().at(0, 0, 0, 0).checked_add(jiff::SignedDuration::from_secs(seconds)).ok().map(When::Local);
        } else if found.is_none()
            && let Some(clock_at) = clock_at
        {
            // Some tables hold the whole time in the column that is called after the clock.
            found = when(row.cell(clock_at), self.order);
        }
        if found.is_none() {
            let message = format!("`{}` is not a time", cell.text());
            self.mistakes.push(
                Some(row.line),
                self.columns.name(at),
                message,
                Some("write it as 2025-06-02T07:30".to_owned()),
            );
        }
        found
    }
}

/// `hh:mm:ss`, or a number in the unit of its column.
fn seconds(cell: &Cell, unit_s: f64, decimal: Decimal) -> Option<i64> {
    if let Cell::Text(text) = cell
        && text.contains(':')
    {
        let mut parts = text.split(':').map(|part| part.trim().parse::<f64>().ok());
        let (hours, minutes) = (parts.next()??, parts.next()??);
        let seconds = parts.next().map_or(Some(0.0), |seconds| seconds)?;
        return Some((hours * 3600.0 + minutes * 60.0 + seconds).round() as i64);
    }
    match cell {
        Cell::Time(_) => clock(cell),
        _ => number(cell, decimal).filter(|value| *value >= 0.0).map(|value| (value * unit_s).round() as i64),
    }
}

/// Stays with absolute times, and how many rows were no charge.
fn stays_of(rows: &[Raw], zone: &TimeZone, columns: &Columns, mistakes: &mut Mistakes<'_>) -> (Vec<Stay>, usize) {
    let instant = |when: When| match when {
        When::Instant(unix_s, _) => Timestamp::from_second(unix_s).ok(),
        When::Local(local) => local.to_zoned_datetime(zone.clone()).ok().map(|zoned| zoned.timestamp()),
    };
    let (mut out, mut empty) = (Vec::new(), 0);
    for row in rows {
        let Some(arrive) = instant(row.arrive) else { continue };
        let depart = match row.depart {
            Some(depart) => instant(depart),
            None => arrive.checked_add(jiff::SignedDuration::from_secs(row.duration_s.unwrap_or(0))).ok(),
        };
        let Some(depart) = depart else { continue };
        if depart <= arrive {
            if row.energy_kwh < NO_CHARGE_KWH {
                empty += 1;
            } else {
                let message = "the session ends before it begins, or at once".to_owned();
                mistakes.push(Some(row.line), columns.name(columns.depart), message, None);
            }
            continue;
        }
        let mean_kw =
            row.charging_s.filter(|seconds| *seconds > 60).map(|seconds| row.energy_kwh / (seconds as f64 / 3600.0));
        let power_kw =
            [row.power_kw, mean_kw].into_iter().flatten().reduce(f64::max).filter(|kw| *kw > 0.0 && *kw <= 1e4);
        out.push(Stay {
            line: Some(row.line),
            label: String::new(),
            session_id: row.session.clone(),
            vehicle_id: row.vehicle.clone(),
            charger_id: row.charger.clone(),
            arrive,
            depart,
            energy_kwh: row.energy_kwh,
            power_kw,
        });
    }
    (out, empty)
}
