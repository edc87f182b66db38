//! Charging sessions in whatever form people have them: tables with times, ACN-Data, OCPI records, OCPP logs.

use super::map::Map;
use super::meter_time::DEFAULT_ZONE;
use super::number::{Decimal, decimal_or_point, number};
use super::session_columns::Columns;
use super::sheet::{self, Cell, Sheet, SheetRow};
use super::stamp::{DateOrder, When, clock, order_of, when, zone_of};
use super::stays::{self, Overlaps, Recorded, Stay};
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
/// No session of a table has more power, kW.
const MOST_KW: f64 = 1e4;
/// No session of a table is longer, s.
const LONGEST_S: f64 = 4e9;

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
    let Recorded { stays, open, mut notes } = match records {
        Some(records) => ocpi::stays(&records, &mut mistakes),
        None => ocpp_log::stays(&document, &mut mistakes),
    };
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
    let mut left = MOST_VALUES;
    let rows: Option<Vec<Value>> = rows.map(|line| json::parse_one(line, &mut left).ok()).collect();
    rows.filter(|rows| rows.len() > 1).map(Value::Array)
}

fn no_zone(zone: &str, mistakes: &mut Mistakes<'_>) {
    let help = "such as America/Los_Angeles".to_owned();
    mistakes.push(None, "--zone", format!("`{zone}` is no time zone"), Some(help));
}

fn finished(stays: Vec<Stay>, zone: &str, options: &Options, mistakes: &mut Mistakes<'_>) -> Option<Sessions> {
    let Ok(zone) = TimeZone::get(zone) else {
        no_zone(zone, mistakes);
        return None;
    };
    if stays.is_empty() && mistakes.found() == 0 {
        mistakes.push(None, "", "holds no session that has ended".to_owned(), None);
    }
    stays::sessions(stays, &zone, options.max_kw, Overlaps::MorePorts, mistakes)
}

fn of_table(bytes: &[u8], options: &Options, mistakes: &mut Mistakes<'_>) -> Option<Sessions> {
    let before = mistakes.found();
    let sheet = sheet::read(bytes, &options.map, mistakes)?;
    let (header, columns) = header(&sheet, &options.map, mistakes)?;
    let mut notes = sheet.said.clone();
    let body = || sheet.rows[header + 1..].iter();
    let times = body().filter_map(|row| columns.arrive.map(|at| row.cell(at)));
    let given = options.map.zone.clone();
    let order = order_of(times, options.map.dates, given.as_deref().unwrap_or(DEFAULT_ZONE));
    let order = order.map_or_else(
        |example| {
            let message = format!("`{example}` may be two days, and nothing in the file decides");
            let help = "say which: `--dates month-first` or `--dates day-first`".to_owned();
            mistakes.push(None, columns.name(columns.arrive), message, Some(help));
            // What else is wrong is told as well, and all of its days are days either way.
            DateOrder::MonthFirst
        },
        |(order, said)| {
            notes.extend(said);
            order
        },
    );
    let decimal = decimal(&sheet.rows[header + 1..], &columns, options, &mut notes, mistakes);
    let mut reader = Reader { columns: &columns, order, decimal, mistakes, left: Left::default() };
    let rows: Vec<Raw> = body().filter_map(|row| reader.row(row)).collect();
    let left = reader.left;
    let zone = given.or_else(|| zone_of(&rows.iter().map(|row| row.arrive).collect::<Vec<_>>())).unwrap_or_else(|| {
        notes.push(format!("the time zone is assumed: {DEFAULT_ZONE}; `--zone` changes that"));
        DEFAULT_ZONE.to_owned()
    });
    let Ok(clock) = TimeZone::get(&zone) else {
        no_zone(&zone, mistakes);
        return None;
    };
    let (stays, empty) = stays_of(&rows, &clock, &columns, mistakes);
    if columns.charger.is_none() {
        notes.push(
            "no column names a charger: all sessions are at one, with as many ports as vehicles are there".to_owned(),
        );
    }
    notes.extend(left.told(empty));
    // Also of the rows that are right where others are not: what is wrong with them is told at once.
    let sessions = finished(stays, &zone, options, mistakes);
    let sessions = sessions.filter(|_| mistakes.found() == before)?;
    notes.extend(sessions.notes);
    Some(Sessions { open: left.open, notes, ..sessions })
}

/// What stands before the decimals of all numbers of a table; where nothing decides, a point, and that is said.
fn decimal(
    rows: &[SheetRow],
    columns: &Columns,
    options: &Options,
    notes: &mut Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Decimal {
    if let Some(decimal) = options.map.decimal() {
        return decimal;
    }
    let numbers = [columns.energy, columns.power, columns.duration, columns.charging];
    let numbers: Vec<usize> = numbers.into_iter().flatten().map(|column| column.0).collect();
    // Where cells contradict each other the rest is read too, so that all errors are told at once.
    decimal_or_point(rows.iter(), &numbers, |at| columns.name(Some(at)), notes, mistakes).unwrap_or(Decimal::Point)
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
        let duration_s = self.duration(row, columns.duration);
        if cell(columns.depart).is_empty() && duration_s.is_none() {
            self.left.open += 1;
            return None;
        }
        let has_depart = !cell(columns.depart).is_empty();
        let depart = if has_depart { self.time(row, columns.depart, columns.depart_clock) } else { None };
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
        let charging_s = self.duration(row, columns.charging);
        let power_kw = self.power(row);
        // Only now, so that all cells of the row are told.
        let (arrive, energy_kwh) = (arrive?, energy?);
        if has_depart && depart.is_none() {
            return None;
        }
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

    /// A duration, seconds; none where the cell is empty or wrong.
    fn duration(&mut self, row: &SheetRow, column: Option<(usize, f64)>) -> Option<i64> {
        let (at, unit_s) = column?;
        let found = seconds(row.cell(at), unit_s, self.decimal);
        if found.is_none() && !row.cell(at).is_empty() {
            let message = format!("`{}` is no duration", row.cell(at).text());
            self.mistakes.push(
                Some(row.line),
                self.columns.name(Some(at)),
                message,
                Some("write it as 1:30:00".to_owned()),
            );
        }
        found
    }

    /// The power that a row tells of, kW; none where the cell is empty, zero or wrong.
    fn power(&mut self, row: &SheetRow) -> Option<f64> {
        let (at, scale) = self.columns.power?;
        let found = number(row.cell(at), self.decimal).map(|kw| kw * scale).filter(|kw| (0.0..=MOST_KW).contains(kw));
        if found.is_none() && !row.cell(at).is_empty() {
            let message = format!("`{}` is no power from 0 to {MOST_KW} kW", row.cell(at).text());
            self.mistakes.push(Some(row.line), self.columns.name(Some(at)), message, None);
        }
        found.filter(|kw| *kw > 0.0)
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
    let whole = |seconds: f64| (0.0..=LONGEST_S).contains(&seconds).then(|| seconds.round() as i64);
    if let Cell::Text(text) = cell
        && text.contains(':')
    {
        let parts: Option<Vec<f64>> =
            text.split(':').map(|part| part.trim().parse().ok().filter(|part| *part >= 0.0)).collect();
        return match parts?[..] {
            [hours, minutes] => whole(hours * 3600.0 + minutes * 60.0),
            [hours, minutes, seconds] => whole(hours * 3600.0 + minutes * 60.0 + seconds),
            _ => None,
        };
    }
    match cell {
        Cell::Time(_) => clock(cell),
        _ => number(cell, decimal).and_then(|value| whole(value * unit_s)),
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
        let arrive = instant(row.arrive);
        let depart = match row.depart {
            Some(depart) => instant(depart),
            None => arrive.and_then(|arrive| {
                arrive.checked_add(jiff::SignedDuration::from_secs(row.duration_s.unwrap_or(0))).ok()
            }),
        };
        let (Some(arrive), Some(depart)) = (arrive, depart) else {
            mistakes.push(Some(row.line), columns.name(columns.arrive), "is a time out of range".to_owned(), None);
            continue;
        };
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
        let power_kw = [row.power_kw, mean_kw].into_iter().flatten().reduce(f64::max).filter(|kw| *kw > 0.0);
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
