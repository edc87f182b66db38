//! Charging sessions in whatever form people have them: tables with times, ACN-Data, OCPI records, OCPP logs.

use super::local_clock::Clock;
use super::map::Map;
use super::meter_columns::Unit;
use super::meter_time::DEFAULT_ZONE;
use super::number::{Decimal, decimal_or_point, number};
use super::session_columns::Columns;
use super::sheet::{self, Cell, Sheet, SheetRow};
use super::stamp::{DateOrder, When, clock, one_way, order_of, when, zone_of};
use super::stays::{self, Overlaps, Recorded, Stay};
pub use super::stays::{DRAWN, Session, Sessions, to_csv, to_visits_csv};
use super::{acn, ocpi, ocpp_log};
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeSet;

/// A file of more values is not read.
const MOST_VALUES: usize = 10_000_000;
/// A header stands within the first rows.
const ROWS_LOOKED_AT: usize = 60;
/// A stay without duration and with less energy than this was no charge, kWh.
const NO_CHARGE_KWH: f64 = 0.01;
/// No session of a table has more power, kW.
const MOST_KW: f64 = 1e4;
/// Begin, end and duration of a session are one within this: each may be rounded to a minute.
const SAME_DURATION: jiff::SignedDuration = jiff::SignedDuration::from_secs(90);
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
    let cells = |column: Option<usize>| body().filter_map(move |row| column.map(|at| row.cell(at)));
    let times = cells(columns.arrive);
    if let Err(mixed) = one_way(cells(columns.depart)) {
        mistakes.push(None, columns.name(columns.depart), mixed.message, Some(mixed.help.to_owned()));
    }
    let given = options.map.zone.clone();
    let order = order_of(times, options.map.dates, given.as_deref().unwrap_or(DEFAULT_ZONE));
    let order = order.map_or_else(
        |undecided| {
            let help = Some(undecided.help.to_owned());
            mistakes.push(None, columns.name(columns.arrive), undecided.message, help);
            // What else is wrong is told as well, and all of its days are days either way.
            DateOrder::MonthFirst
        },
        |(order, said)| {
            notes.extend(said);
            order
        },
    );
    let decimal = decimal(&sheet, header, &columns, options, &mut notes, mistakes);
    let unit = energy_unit(&columns, &options.map, &mut notes, mistakes);
    let header = &sheet.rows[header];
    let mut reader = Reader { columns: &columns, header, order, decimal, unit, mistakes, left: Left::default() };
    let rows: Vec<Raw> = body().filter_map(|row| reader.row(row)).collect();
    let left = reader.left;
    if rows.is_empty() && mistakes.found() == 0 {
        left.all_without_energy(&columns, mistakes);
    }
    let zone = given.or_else(|| zone_of(&rows.iter().map(|row| row.arrive).collect::<Vec<_>>())).unwrap_or_else(|| {
        notes.push(format!("the time zone is assumed: {DEFAULT_ZONE}; `--zone` changes that"));
        DEFAULT_ZONE.to_owned()
    });
    let Ok(clock) = TimeZone::get(&zone) else {
        no_zone(&zone, mistakes);
        return None;
    };
    let mut clock = Clock::new(&clock);
    let (mut stays, odd) = stays_of(&rows, &mut clock, &columns, mistakes);
    notes.extend(once_each(&mut stays, &columns));
    notes.extend(clock.told());
    if columns.charger.is_none() {
        notes.push(
            "no column names a charger: all sessions are at one, with as many ports as vehicles are there".to_owned(),
        );
    }
    notes.extend(left.told(&columns));
    notes.extend(odd.told());
    // Also of the rows that are right where others are not: what is wrong with them is told at once.
    let sessions = finished(stays, &zone, options, mistakes);
    let sessions = sessions.filter(|_| mistakes.found() == before)?;
    notes.extend(sessions.notes);
    Some(Sessions { open: left.open, notes, ..sessions })
}

/// What stands before the decimals of all numbers of a table; where nothing decides, a point, and that is said.
fn decimal(
    sheet: &Sheet,
    header: usize,
    columns: &Columns,
    options: &Options,
    notes: &mut Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Decimal {
    if let Some(decimal) = options.map.decimal() {
        return decimal;
    }
    let numbers = [columns.energy, columns.duration, columns.charging].map(|column| column.map(|column| column.0));
    let numbers: Vec<usize> = numbers.into_iter().chain([columns.power.map(|column| column.0)]).flatten().collect();
    // Where cells contradict each other the rest is read too, so that all errors are told at once.
    let rows = sheet.rows[header + 1..].iter();
    let found = decimal_or_point(rows, &numbers, sheet.delimiter, |at| columns.name(Some(at)), notes, mistakes);
    found.unwrap_or(Decimal::Point)
}

/// What makes energies kWh.
#[derive(Debug, Clone, Copy)]
enum EnergyUnit {
    /// This, in all rows.
    All(f64),
    /// The unit in this column of each row.
    OfRow(usize),
}

/// The unit of energies: of the column's name, as given, of a column of units; else kWh, and that is said.
fn energy_unit(columns: &Columns, map: &Map, notes: &mut Vec<String>, mistakes: &mut Mistakes<'_>) -> EnergyUnit {
    let (at, named) = columns.energy.unwrap_or_default();
    let given = map.unit.as_deref().filter(|_| named.is_none());
    match (named, given.map(|unit| (unit, Unit::parse(unit))), columns.unit) {
        (Some(kwh), ..) | (None, Some((_, Some(Unit::Energy(kwh)))), _) => EnergyUnit::All(kwh),
        (None, Some((unit, _)), _) => {
            let message = format!("`{unit}` is no unit of energy");
            mistakes.push(None, "--unit", message, Some("there are kWh, Wh, MWh".to_owned()));
            EnergyUnit::All(1.0)
        }
        (None, None, Some(unit_at)) => EnergyUnit::OfRow(unit_at),
        (None, None, None) => {
            let name = columns.name(Some(at));
            notes.push(format!("the column `{name}` names no unit and is taken as kWh; `--unit` changes that"));
            EnergyUnit::All(1.0)
        }
    }
}

/// Where the header stands, and which column says what. None: nowhere, which is told.
pub(super) fn header(sheet: &Sheet, map: &Map, mistakes: &mut Mistakes<'_>) -> Option<(usize, Columns)> {
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

/// How many rows are so, and the line of the first.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    rows: usize,
    first: u64,
}

impl Seen {
    fn add(&mut self, line: u64) {
        if self.rows == 0 {
            self.first = line;
        }
        self.rows += 1;
    }

    /// What is said of them, where there are any: `what` follows their number.
    fn told(self, what: &str) -> Option<String> {
        (self.rows > 0).then(|| format!("{} {what} (the first in line {})", self.rows, self.first))
    }
}

/// Rows, or cells of rows, that are left out.
#[derive(Debug, Default, Clone)]
struct Left {
    open: usize,
    untimed: usize,
    without_energy: Seen,
    /// Columns of numbers that could be hours or minutes.
    unitless: BTreeSet<usize>,
}

impl Left {
    fn told(&self, columns: &Columns) -> Vec<String> {
        let mut out = Vec::new();
        if self.untimed > 0 {
            out.push(format!("{} rows without times are left out", self.untimed));
        }
        out.extend(self.without_energy.told("sessions have no energy in their row and are left out"));
        out.extend(self.unitless.iter().map(|at| {
            let name = columns.name(Some(*at));
            format!("numbers of the column `{name}` name no unit of time and are not read; `{name} (min)` would")
        }));
        out
    }

    /// Where no row has an energy, nothing is left to read.
    fn all_without_energy(&self, columns: &Columns, mistakes: &mut Mistakes<'_>) {
        if self.without_energy.rows > 0 {
            let name = columns.name(columns.energy.map(|energy| energy.0));
            mistakes.push(Some(self.without_energy.first), name, "is empty in all rows".to_owned(), None);
        }
    }
}

/// What is odd in rows that are read.
#[derive(Debug, Default, Clone, Copy)]
struct Odd {
    /// Neither time nor energy.
    empty: usize,
    /// A duration that is not that from begin to end.
    torn: Seen,
}

impl Odd {
    fn told(self) -> Vec<String> {
        let empty = self.empty;
        let empty = (empty > 0).then(|| format!("{empty} sessions without time or energy are left out"));
        let torn = self.torn.told("sessions have a duration that is not that from begin to end; the end counts");
        empty.into_iter().chain(torn).collect()
    }
}

struct Reader<'a, 'm> {
    columns: &'a Columns,
    header: &'a SheetRow,
    order: DateOrder,
    decimal: Decimal,
    unit: EnergyUnit,
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
        if let Some((message, help)) = row.beyond(self.header) {
            self.mistakes.push(Some(row.line), "", message, help);
            return None;
        }
        let arrive = self.time(row, columns.arrive, columns.arrive_clock);
        let duration_s = self.duration(row, columns.duration, cell(columns.depart).is_empty());
        if cell(columns.depart).is_empty() && duration_s.is_none() {
            self.left.open += 1;
            return None;
        }
        let has_depart = !cell(columns.depart).is_empty();
        let depart = if has_depart { self.time(row, columns.depart, columns.depart_clock) } else { None };
        let energy_at = columns.energy?.0;
        let energy = self.energy(row, energy_at);
        let text = |at: Option<usize>| cell(at).text().into_owned();
        let session =
            Some(text(columns.session)).filter(|id| !id.is_empty()).unwrap_or_else(|| format!("row {}", row.line));
        let vehicle = Some(text(columns.vehicle)).filter(|id| !id.is_empty()).unwrap_or_else(|| session.clone());
        let charger = [text(columns.charger), text(columns.port)].join(" ").trim().to_owned();
        let charger = if charger.is_empty() { "charger".to_owned() } else { charger };
        let charging_s = self.duration(row, columns.charging, false);
        let power_kw = self.power(row);
        // Only now, so that all cells of the row are told.
        if row.cell(energy_at).is_empty() {
            self.left.without_energy.add(row.line);
        }
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

    /// The energy of a row, kWh; none where the cell is empty or wrong.
    fn energy(&mut self, row: &SheetRow, at: usize) -> Option<f64> {
        let cell = row.cell(at);
        if cell.is_empty() {
            return None;
        }
        let kwh_of_unit = match self.unit {
            EnergyUnit::All(kwh) => kwh,
            EnergyUnit::OfRow(unit_at) => {
                let unit = row.cell(unit_at).text();
                let Some(Unit::Energy(kwh)) = Unit::parse(&unit) else {
                    let help = "write kWh, Wh or MWh in each row, or say it for all: `--unit kWh`".to_owned();
                    let message = format!("`{unit}` is no unit of energy");
                    self.mistakes.push(Some(row.line), self.columns.name(Some(unit_at)), message, Some(help));
                    return None;
                };
                kwh
            }
        };
        let kwh = number(cell, self.decimal).map(|value| value * kwh_of_unit).filter(|kwh| (0.0..=1e5).contains(kwh));
        if kwh.is_none() {
            let message = format!("`{}` is no energy from 0 to 100000 kWh", cell.text());
            self.mistakes.push(Some(row.line), self.columns.name(Some(at)), message, None);
        }
        kwh
    }

    /// A duration, seconds; none where the cell is empty or wrong. A number without a unit may be hours or minutes: it is
    /// refused where it is needed, and passed over where it is not.
    fn duration(&mut self, row: &SheetRow, column: Option<(usize, Option<f64>)>, is_needed: bool) -> Option<i64> {
        let (at, unit_s) = column?;
        let cell = row.cell(at);
        if unit_s.is_none() && number(cell, self.decimal).is_some() {
            if is_needed {
                let name = self.columns.name(Some(at));
                let help = format!("name it in the header, `{name} (min)`, or write durations as 1:30:00");
                let message = format!("`{}` names no unit of time", cell.text());
                self.mistakes.push(Some(row.line), name, message, Some(help));
            } else {
                self.left.unitless.insert(at);
            }
            return None;
        }
        let found = seconds(cell, unit_s.unwrap_or(1.0), self.decimal);
        if found.is_none() && !cell.is_empty() {
            let (message, help) = (format!("`{}` is no duration", cell.text()), "write it as 1:30:00".to_owned());
            self.mistakes.push(Some(row.line), self.columns.name(Some(at)), message, Some(help));
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
            let message = format!("`{}` is not a time of the years 1900 to 2199", cell.text());
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

/// Drops rows that repeat a session, and says how many: one vehicle, or one port, is not there twice from the same second to the
/// same second with the same energy. Where nothing names vehicles or chargers they may be two, and that is said. Sessions with a
/// name of their own are refused elsewhere when it comes again.
fn once_each(stays: &mut Vec<Stay>, columns: &Columns) -> Option<String> {
    let mut known = BTreeSet::new();
    let mut is_new = |stay: &Stay| {
        let vehicle = columns.vehicle.map(|_| stay.vehicle_id.clone());
        known.insert((stay.arrive, stay.depart, stay.energy_kwh.to_bits(), vehicle, stay.charger_id.clone()))
    };
    let is_named = columns.vehicle.is_some() || columns.port.is_some();
    let repeats = |number: usize| (columns.session.is_none() && number > 0).then_some(number);
    if is_named && columns.session.is_none() {
        let before = stays.len();
        stays.retain(is_new);
        let number = repeats(before - stays.len())?;
        return Some(format!("{number} rows repeat a session and are left out: of each one is read"));
    }
    let number = repeats(stays.iter().filter(|stay| !is_new(stay)).count())?;
    Some(format!(
        "{number} rows have the times and the energy of another one: they are read as sessions of their own, for no column names \
         a session, a vehicle or a port"
    ))
}

/// Stays with absolute times, and what is odd in them.
fn stays_of(rows: &[Raw], clock: &mut Clock<'_>, columns: &Columns, mistakes: &mut Mistakes<'_>) -> (Vec<Stay>, Odd) {
    let (mut out, mut odd) = (Vec::new(), Odd::default());
    for row in rows {
        let arrive = clock.instant(row.line, row.arrive);
        let lasts = row.duration_s.map(jiff::SignedDuration::from_secs);
        let depart = match row.depart {
            Some(depart) => clock.instant(row.line, depart),
            None => arrive.and_then(|arrive| arrive.checked_add(lasts.unwrap_or_default()).ok()),
        };
        let (Some(arrive), Some(depart)) = (arrive, depart) else {
            mistakes.push(Some(row.line), columns.name(columns.arrive), "is a time out of range".to_owned(), None);
            continue;
        };
        if depart <= arrive {
            if row.energy_kwh < NO_CHARGE_KWH {
                odd.empty += 1;
            } else {
                let message = "the session ends before it begins, or at once".to_owned();
                let is_doubled =
                    clock.is_doubled(row.arrive) || row.depart.is_some_and(|depart| clock.is_doubled(depart));
                let help = "clocks are put back in this hour: write times with their offset, 2025-11-02T01:15-08:00";
                let help = is_doubled.then(|| help.to_owned());
                mistakes.push(Some(row.line), columns.name(columns.depart), message, help);
            }
            continue;
        }
        let is_torn = |lasts| (depart.duration_since(arrive) - lasts).abs() > SAME_DURATION;
        if lasts.is_some_and(is_torn) {
            odd.torn.add(row.line);
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
    (out, odd)
}
