//! CSV files that a scenario names: hauls, visits, distances. Columns go by name, in any order.

use super::Scenario;
use super::problem::{Mistakes, Problem, nearest};
use crate::hydrogen::check::usable_kg;
use crate::hydrogen::spec::FuelVisitsSpec;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::units::Kw;
use crate::policy::Schedule;
use std::collections::BTreeMap;

/// Larger files are refused before they are read.
pub const CSV_LIMIT_BYTES: u64 = 512 << 20;

/// One haul of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedHaul {
    /// Key of `[site]`.
    pub origin: String,
    /// Key of `[site]`.
    pub destination: String,
    /// When it can be taken, seconds from the start of the run (negative: before).
    pub ready_s: i64,
    /// When it should have arrived.
    pub due_s: i64,
    /// Is the container loaded?
    pub loaded: bool,
    /// Key of `[fleet]` that must carry it, if any.
    pub fleet: Option<String>,
}

/// One vehicle that comes to fuel hydrogen.
#[derive(Debug, Clone, PartialEq)]
pub struct FuelVisit {
    /// Arrival, seconds from the start of the run.
    pub arrive_s: u32,
    /// What it needs, kg.
    pub kg: f64,
    /// It leaves at this time with whatever it has.
    pub depart_s: Option<u32>,
}

/// One distance.
#[derive(Debug, Clone, PartialEq)]
pub struct KmRow {
    /// Key of `[site]`.
    pub origin: String,
    /// Key of `[site]`.
    pub destination: String,
    /// Road distance, km.
    pub km: f64,
    /// Time without traffic, minutes, if the file says so.
    pub minutes: Option<f64>,
}

/// Reads `origin, destination, ready, due[, container][, fleet]`.
pub fn hauls(
    path: &str,
    text: &str,
    scenario: &Scenario,
    calendar: &Calendar,
    problems: &mut Vec<Problem>,
) -> Vec<ListedHaul> {
    let mut table = Table::open(path, text, &["origin", "destination", "ready", "due"], problems);
    let [from, to, ready, due, by, container] =
        table.columns(["origin", "destination", "ready", "due", "fleet", "container"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let origin = table.key_of(&row, from, &scenario.site, "site");
        let destination = table.key_of(&row, to, &scenario.site, "site");
        let ready_s = table.local_time(&row, ready, calendar);
        let due_s = table.local_time(&row, due, calendar);
        let fleet = table.optional(&row, by, |table| table.key_of(&row, by, &scenario.fleet, "fleet"));
        let loaded = match row.get(container).unwrap_or("loaded") {
            "loaded" | "" => true,
            "empty" => false,
            other => {
                let other = other.to_owned();
                table.wrong(row.line, "container", format!("`{other}` is neither `loaded` nor `empty`"), None);
                true
            }
        };
        let (Some(origin), Some(destination), Some(ready_s), Some(due_s), Some(fleet)) =
            (origin, destination, ready_s, due_s, fleet)
        else {
            continue;
        };
        if due_s < ready_s {
            table.wrong(row.line, "due", "is before `ready`".to_owned(), None);
        } else if origin == destination {
            table.wrong(row.line, "destination", "is the origin itself".to_owned(), None);
        } else {
            out.push(ListedHaul { origin, destination, ready_s, due_s, loaded, fleet });
        }
    }
    out
}

/// Reads `arrive_s, kg[, depart_s]`. No visit may need more than its station can give when it is full.
pub fn fuel_visits(
    path: &str,
    text: &str,
    spec: &FuelVisitsSpec,
    scenario: &Scenario,
    problems: &mut Vec<Problem>,
) -> Vec<FuelVisit> {
    let most_kg = scenario.hydrogen.get(&spec.station).map_or(1e4, usable_kg);
    let mut table = Table::open(path, text, &["arrive_s", "kg"], problems);
    let [arrive, need, depart] = table.columns(["arrive_s", "kg", "depart_s"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let arrive_s = table.number(&row, arrive, 0.0, 4e9);
        let kg = table.number(&row, need, 1e-3, most_kg);
        let depart_s = table.optional(&row, depart, |table| table.number(&row, depart, 0.0, 4e9));
        let depart_s = depart_s.map(|depart_s| depart_s.map(|depart_s| depart_s as u32));
        let (Some(arrive_s), Some(kg), Some(depart_s)) = (arrive_s, kg, depart_s) else { continue };
        if depart_s.is_some_and(|depart_s| f64::from(depart_s) <= arrive_s) {
            table.wrong(row.line, "depart_s", "is not after `arrive_s`".to_owned(), None);
            continue;
        }
        out.push(FuelVisit { arrive_s: arrive_s as u32, kg, depart_s });
    }
    out
}

/// Reads `origin, destination, km[, minutes]`.
pub fn matrix(path: &str, text: &str, scenario: &Scenario, problems: &mut Vec<Problem>) -> Vec<KmRow> {
    let mut table = Table::open(path, text, &["origin", "destination", "km"], problems);
    let [from, to, distance, duration] = table.columns(["origin", "destination", "km", "minutes"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let origin = table.key_of(&row, from, &scenario.site, "site");
        let destination = table.key_of(&row, to, &scenario.site, "site");
        let km = table.number(&row, distance, 0.0, 5_000.0);
        let minutes = table.optional(&row, duration, |table| table.number(&row, duration, 0.0, 10_000.0));
        if let (Some(origin), Some(destination), Some(km), Some(minutes)) = (origin, destination, km, minutes) {
            out.push(KmRow { origin, destination, km, minutes });
        }
    }
    out
}

/// Reads `hour, kw_per_kw`: power of an array for each hour of a year, in order.
pub fn solar(path: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<f64> {
    let mut table = Table::open(path, text, &["hour", "kw_per_kw"], problems);
    let [of_hour, power] = table.columns(["hour", "kw_per_kw"]);
    let mut out = Vec::new();
    while let Some(row) = table.next_row() {
        let hour = table.number(&row, of_hour, 0.0, 8_783.0);
        let Some(kw) = table.number(&row, power, 0.0, 2.0) else { continue };
        if hour.is_some_and(|hour| (hour - out.len() as f64).abs() > 1e-9) {
            table.wrong(row.line, "hour", format!("hour {} comes next", out.len()), None);
        }
        out.push(kw);
    }
    if table.is_usable() && !matches!(out.len(), 8_760 | 8_784) {
        table.wrong(1, "hour", format!("a year has 8760 hours, the file {}", out.len()), None);
    }
    out
}

/// Reads `start, kw[, site]`: most power for charging from a local time on.
pub fn schedule(
    path: &str,
    text: &str,
    scenario: &Scenario,
    calendar: &Calendar,
    problems: &mut Vec<Problem>,
) -> Schedule {
    let mut table = Table::open(path, text, &["start", "kw"], problems);
    let [from, power, at_site] = table.columns(["start", "kw", "site"]);
    let mut out = Schedule::default();
    while let Some(row) = table.next_row() {
        let start_s = table.local_time(&row, from, calendar);
        let kw = table.number(&row, power, 0.0, 1e7);
        let site = table.optional(&row, at_site, |table| table.key_of(&row, at_site, &scenario.site, "site"));
        let (Some(start_s), Some(kw), Some(site)) = (start_s, kw, site) else {
            continue;
        };
        let site = site.and_then(|key| scenario.site.keys().position(|known| *known == key)).map(|at| at as u32);
        let steps = out.steps.entry(site).or_default();
        if steps.last().is_some_and(|last| last.0 >= start_s) {
            table.wrong(row.line, "start", "is not after the row before of the same site".to_owned(), None);
        }
        steps.push((start_s, Kw(kw)));
    }
    out
}

/// A column of a table, looked up once for all rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// None where the table has no such column.
    at: Option<usize>,
}

/// One row with its line.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) line: u64,
    cells: csv::StringRecord,
}

impl Row {
    pub(crate) fn get(&self, column: Column) -> Option<&str> {
        self.cells.get(column.at?).map(str::trim)
    }
}

/// A CSV file that is being read.
pub(crate) struct Table<'a> {
    reader: csv::Reader<&'a [u8]>,
    columns: Vec<String>,
    mistakes: Mistakes<'a>,
    usable: bool,
}

impl<'a> Table<'a> {
    pub(crate) fn open(path: &'a str, text: &'a str, needed: &[&str], problems: &'a mut Vec<Problem>) -> Self {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(false).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let names = header.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_owned());
        let columns = names.collect();
        let mut table = Self { reader, columns, mistakes: Mistakes::of(path, problems), usable: true };
        for name in needed {
            if table.columns.iter().all(|known| known != name) {
                let help = nearest(name, table.columns.iter().map(String::as_str));
                table.wrong(1, name, "the column is missing".to_owned(), help);
                table.usable = false;
            }
        }
        table
    }

    /// Has it all the columns that are needed?
    pub(crate) fn is_usable(&self) -> bool {
        self.usable
    }

    /// The column of a name.
    pub(crate) fn column(&self, name: &'static str) -> Column {
        Column { name, at: self.columns.iter().position(|known| known == name) }
    }

    /// The columns of these names.
    pub(crate) fn columns<const N: usize>(&self, names: [&'static str; N]) -> [Column; N] {
        names.map(|name| self.column(name))
    }

    pub(crate) fn next_row(&mut self) -> Option<Row> {
        let mut row = Row::default();
        self.read_row(&mut row).then_some(row)
    }

    /// Reads the next row into one that is used again, for files of many. False: there are no more.
    pub(crate) fn read_row(&mut self, row: &mut Row) -> bool {
        if !self.usable {
            return false;
        }
        loop {
            let line = self.reader.position().line();
            match self.reader.read_record(&mut row.cells) {
                Ok(false) => {
                    self.mistakes.close();
                    return false;
                }
                Ok(true) => {
                    row.line = row.cells.position().map_or(line, csv::Position::line);
                    return true;
                }
                Err(error) => {
                    let line = error.position().map_or(line, csv::Position::line);
                    let message = match error.kind() {
                        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                            format!("has {len} cells, the header has {expected_len}")
                        }
                        _ => error.to_string(),
                    };
                    self.wrong(line, "", message, None);
                }
            }
        }
    }

    /// Whole seconds from the start of the run.
    pub(crate) fn seconds(&mut self, row: &Row, column: Column) -> Option<u32> {
        // Nearly all are written plainly.
        if let Some(seconds) = row.get(column).and_then(|text| text.parse().ok()).filter(|s| *s <= 4_000_000_000) {
            return Some(seconds);
        }
        let seconds = self.number(row, column, 0.0, 4e9)?;
        if seconds.fract() != 0.0 {
            let help = Some("round it, or let another unit's name say what it is".to_owned());
            self.wrong(row.line, column.name, format!("{seconds} is no whole second"), help);
            return None;
        }
        Some(seconds as u32)
    }

    pub(crate) fn wrong(&mut self, line: u64, column: &str, message: String, help: Option<String>) {
        self.mistakes.push(Some(line), column, message, help);
    }

    /// A cell that may be left out: none inside where it is; none where `read` finds it wrong.
    #[expect(clippy::option_option, reason = "wrong, left out and written are three answers")]
    pub(crate) fn optional<T>(
        &mut self,
        row: &Row,
        column: Column,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match row.get(column) {
            None | Some("") => Some(None),
            Some(_) => read(self).map(Some),
        }
    }

    pub(crate) fn number(&mut self, row: &Row, column: Column, least: f64, most: f64) -> Option<f64> {
        let text = row.get(column).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= least && number <= most => Some(number),
            Ok(number) if number.is_finite() => {
                let message = format!("{number} is out of the plausible range {least} to {most}");
                self.wrong(row.line, column.name, message, None);
                None
            }
            _ => {
                let message = format!("`{text}` is not a finite number");
                self.wrong(row.line, column.name, message, None);
                None
            }
        }
    }

    fn key_of<T>(&mut self, row: &Row, column: Column, table: &BTreeMap<String, T>, kind: &str) -> Option<String> {
        let name = row.get(column).unwrap_or_default();
        if table.contains_key(name) {
            return Some(name.to_owned());
        }
        let help = nearest(name, table.keys().map(String::as_str));
        self.wrong(row.line, column.name, format!("no [{kind}.{name}] in the scenario"), help);
        None
    }

    fn local_time(&mut self, row: &Row, column: Column, calendar: &Calendar) -> Option<i64> {
        let text = row.get(column).unwrap_or_default();
        let parsed: Result<jiff::civil::DateTime, _> = text.parse();
        if let Ok(time) = parsed {
            let local_s = calendar.local_s_of(time);
            if local_s.abs() > 2_000 * DAY_S {
                self.wrong(row.line, column.name, format!("`{text}` is years away from the scenario's start"), None);
                return None;
            }
            Some(calendar.elapsed_s(local_s))
        } else {
            let help = Some("write local time as 2025-06-02T07:30".to_owned());
            self.wrong(row.line, column.name, format!("`{text}` is not a time"), help);
            None
        }
    }
}
