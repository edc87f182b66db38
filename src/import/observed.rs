//! A table of observations, one a row: a time, and numbers and words in columns that are known by their names or by a mapping
//! file.

use super::local_clock::Clock;
use super::map::{Map, once};
use super::meter_columns::plain;
use super::meter_time::DEFAULT_ZONE;
use super::number::{Decimal, decimal_of, number};
use super::sheet::{self, Sheet, SheetRow};
use super::stamp::{DateOrder, order_of, when};
use super::trip_columns::MILE_KM;
use crate::document::problem::{Mistakes, Problem};
use jiff::tz::TimeZone;

const ROWS_LOOKED_AT: usize = 60;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A time. The first column of times orders the rows.
    Time,
    /// A number from 0, as it is.
    Number,
    /// A distance: km, or miles where the column's name says so.
    Distance,
    /// A temperature: degrees Celsius, or Fahrenheit where the column's name says so.
    Temperature,
    /// A state of charge: a share, or per cent where a value is above 1.
    Charge,
    /// A word.
    Word,
    /// A name, as it is written.
    Name,
}

/// A column that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What a mapping file calls it.
    pub role: &'static str,
    /// What it holds.
    pub content: Content,
    /// Its usual names, in small letters without signs; the first word of a name with a unit suffices.
    pub names: &'static [&'static str],
    /// Can nothing be read without it?
    pub is_needed: bool,
}

/// What a cell holds: seconds since 1970, or a number in the unit of [`Content`]. NaN where it is empty.
type Value = f64;

/// The rows of a table, by time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    /// By column that was looked for, then by row; empty where the table has no such column, or it holds words.
    pub values: Vec<Vec<Value>>,
    /// Words, in small letters, and names, as `values`.
    pub words: Vec<Vec<String>>,
    /// Line of each row.
    pub lines: Vec<u64>,
    /// How many rows there are.
    pub rows: usize,
    /// What was assumed or left out.
    pub said: Vec<String>,
}

/// Where a column of the table is, and by what its numbers are multiplied.
#[derive(Debug, Clone, Copy)]
struct Found {
    at: usize,
    scale: f64,
    offset: f64,
}

/// Reads a table. None: it has no such rows, and the problems say why.
pub fn read(path: &str, bytes: &[u8], map: &Map, columns: &[Column], problems: &mut Vec<Problem>) -> Option<Observed> {
    let mut mistakes = Mistakes::of(path, problems);
    let observed = observed(bytes, map, columns, &mut mistakes).filter(|_| mistakes.found() == 0);
    mistakes.close();
    observed
}

fn observed(bytes: &[u8], map: &Map, columns: &[Column], mistakes: &mut Mistakes<'_>) -> Option<Observed> {
    let sheet = sheet::read(bytes, map, mistakes)?;
    let mut out = Observed { said: sheet.said.clone(), ..Observed::default() };
    let (header, found) = header(&sheet, map, columns, mistakes)?;
    let body: Vec<&SheetRow> = sheet.rows[header + 1..].iter().filter(|row| !row.is_blank()).collect();
    let zone = zone(map, &mut out.said, mistakes)?;
    let order = order(&body, columns, &found, map, &zone, (&mut out.said, mistakes))?;
    let decimal = decimal((&body, sheet.delimiter), columns, &found, map, mistakes)?;
    let mut clock = Clock::new(&zone);
    out.values = vec![Vec::new(); columns.len()];
    out.words = vec![Vec::new(); columns.len()];
    let (mut left_out, mut first_left_out) = (0, 0);
    for row in body {
        if let Some((message, help)) = row.beyond(&sheet.rows[header]) {
            mistakes.push(Some(row.line), "", message, help);
            continue;
        }
        let Some(cells) = read_row(row, columns, &found, (order, &mut clock, decimal), mistakes) else {
            first_left_out = if left_out == 0 { row.line } else { first_left_out };
            left_out += 1;
            continue;
        };
        out.rows += 1;
        out.lines.push(row.line);
        for (at, cell) in cells.into_iter().enumerate().filter(|(at, _)| found[*at].is_some()) {
            match cell {
                Read::Value(value) => out.values[at].push(value),
                Read::Word(word) => out.words[at].push(word),
            }
        }
    }
    if out.rows == 0 && mistakes.found() == 0 {
        mistakes.push(None, "", "holds no row with a value in each column that is needed".to_owned(), None);
    }
    if left_out > 0 {
        out.said.push(format!(
            "{left_out} rows have an empty cell in a column that is needed, and are left out (the first in line {first_left_out})"
        ));
    }
    out.said.extend(clock.told());
    percent(&mut out, columns);
    Some(by_time(out, columns))
}

/// The header: the first row that has all columns that are needed.
fn header(
    sheet: &Sheet,
    map: &Map,
    columns: &[Column],
    mistakes: &mut Mistakes<'_>,
) -> Option<(usize, Vec<Option<Found>>)> {
    let mut nearest: Option<(usize, u64, String)> = None;
    for (at, row) in sheet.rows.iter().take(ROWS_LOOKED_AT).enumerate() {
        if map.header_line.is_some_and(|line| line != row.line) {
            continue;
        }
        let found: Result<Vec<Option<Found>>, String> = columns.iter().map(|column| find(row, map, column)).collect();
        let found = match found {
            Ok(found) => found,
            Err(message) => {
                nearest.get_or_insert((usize::MAX, row.line, message));
                continue;
            }
        };
        let missing: Vec<&str> =
            columns.iter().zip(&found).filter(|(it, at)| it.is_needed && at.is_none()).map(|(it, _)| it.role).collect();
        if missing.is_empty() {
            return Some((at, found));
        }
        if nearest.as_ref().is_none_or(|near| missing.len() < near.0) {
            let seen: Vec<String> = row.cells.iter().take(16).map(|cell| format!("`{}`", cell.text())).collect();
            let message = format!("no column was recognised for {}; there are {}", missing.join(", "), seen.join(", "));
            nearest = Some((missing.len(), row.line, message));
        }
    }
    let (_, line, message) = nearest.unwrap_or((0, 1, "holds no rows".to_owned()));
    let roles: Vec<&str> = columns.iter().map(|column| column.role).collect();
    let help = format!("name them under [columns] of a mapping file (--map): {}", roles.join(", "));
    mistakes.push(Some(line), "", message, Some(help));
    None
}

/// Where the header stands, and the column of each role. None: nowhere, which is told.
pub(super) fn recognised(
    sheet: &Sheet,
    map: &Map,
    columns: &[Column],
    mistakes: &mut Mistakes<'_>,
) -> Option<(usize, Vec<(&'static str, usize)>)> {
    let (at, found) = header(sheet, map, columns, mistakes)?;
    let roles = columns.iter().zip(found).filter_map(|(column, found)| Some((column.role, found?.at)));
    Some((at, roles.collect()))
}

/// The column of a row that is the header. Err: it is there twice, or is not the one that the mapping names.
fn find(row: &SheetRow, map: &Map, column: &Column) -> Result<Option<Found>, String> {
    let written: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
    let names: Vec<String> = row.cells.iter().map(|cell| plain(&cell.text())).collect();
    let fits =
        |name: &String| column.names.iter().any(|known| name == known || name.strip_prefix(known).is_some_and(is_unit));
    let at = match map.column(column.role, &written)? {
        Some(at) => Some(at),
        None => names.iter().position(fits),
    };
    let Some(at) = at else { return Ok(None) };
    once(&written, at)?;
    let says = |units: &[&str]| names[at].split(' ').any(|word| units.contains(&word));
    let (scale, offset) = match column.content {
        Content::Distance if says(&["mi", "mile", "miles"]) => (MILE_KM, 0.0),
        Content::Temperature if says(&["f", "degf", "fahrenheit"]) => (5.0 / 9.0, -160.0 / 9.0),
        _ => (1.0, 0.0),
    };
    Ok(Some(Found { at, scale, offset }))
}

/// What may follow a column's name.
fn is_unit(rest: &str) -> bool {
    let units =
        ["km", "mi", "miles", "kwh", "kw", "c", "degc", "celsius", "f", "degf", "fahrenheit", "h", "hours", "percent"];
    rest.strip_prefix(' ').is_some_and(|rest| rest.split(' ').all(|word| units.contains(&word)))
}

fn zone(map: &Map, said: &mut Vec<String>, mistakes: &mut Mistakes<'_>) -> Option<TimeZone> {
    let name = map.zone.as_deref().unwrap_or(DEFAULT_ZONE);
    if map.zone.is_none() {
        said.push(format!("the time zone is assumed: {name}; `--zone` changes that"));
    }
    let zone = TimeZone::get(name).ok();
    if zone.is_none() {
        mistakes.push(None, "--zone", format!("`{name}` is no time zone"), None);
    }
    zone
}

fn order(
    body: &[&SheetRow],
    columns: &[Column],
    found: &[Option<Found>],
    map: &Map,
    zone: &TimeZone,
    (said, mistakes): (&mut Vec<String>, &mut Mistakes<'_>),
) -> Option<DateOrder> {
    let times: Vec<usize> = columns
        .iter()
        .zip(found)
        .filter(|(column, _)| column.content == Content::Time)
        .filter_map(|(_, found)| found.map(|it| it.at))
        .collect();
    let cells = body.iter().flat_map(|row| times.iter().map(|at| row.cell(*at)));
    match order_of(cells, map.dates, zone.iana_name().unwrap_or("UTC")) {
        Ok((order, assumed)) => {
            said.extend(assumed);
            Some(order)
        }
        Err(undecided) => {
            mistakes.push(None, "", undecided.message, Some(undecided.help.to_owned()));
            None
        }
    }
}

fn decimal(
    (body, delimiter): (&[&SheetRow], Option<char>),
    columns: &[Column],
    found: &[Option<Found>],
    map: &Map,
    mistakes: &mut Mistakes<'_>,
) -> Option<Decimal> {
    if let Some(decimal) = map.decimal() {
        return Some(decimal);
    }
    let is_number = |column: &Column| !matches!(column.content, Content::Time | Content::Word | Content::Name);
    let numbers = columns.iter().zip(found).filter(|(column, _)| is_number(column)).filter_map(|(_, found)| *found);
    let numbers: Vec<usize> = numbers.map(|it| it.at).collect();
    let role = |at: usize| {
        let of_column = |(_, found): &(&Column, &Option<Found>)| found.is_some_and(|it| it.at == at);
        columns.iter().zip(found).find(of_column).map_or("", |(column, _)| column.role)
    };
    decimal_of(body.iter().copied(), &numbers, delimiter).map_err(|unsure| unsure.tell(role, mistakes)).ok()
}

enum Read {
    Value(Value),
    Word(String),
}

/// The cells of a row. None: one that is needed is empty, or one is wrong and told.
fn read_row(
    row: &SheetRow,
    columns: &[Column],
    found: &[Option<Found>],
    (order, clock, decimal): (DateOrder, &mut Clock<'_>, Decimal),
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<Read>> {
    let mut out = Vec::with_capacity(columns.len());
    for (column, found) in columns.iter().zip(found) {
        let Some(found) = found else {
            out.push(Read::Value(f64::NAN));
            continue;
        };
        let cell = row.cell(found.at);
        if matches!(column.content, Content::Word | Content::Name) {
            let word = cell.text().trim().to_owned();
            if word.is_empty() && column.is_needed {
                return None;
            }
            out.push(Read::Word(if column.content == Content::Word { word.to_lowercase() } else { word }));
            continue;
        }
        if cell.is_empty() {
            if column.is_needed {
                return None;
            }
            out.push(Read::Value(f64::NAN));
            continue;
        }
        let value = if column.content == Content::Time {
            let at = when(cell, order).and_then(|at| clock.instant(row.line, at));
            at.map(|at| at.as_second() as f64)
        } else {
            let value = number(cell, decimal).map(|value| value * found.scale + found.offset);
            value.filter(|value| column.content == Content::Temperature || *value >= 0.0)
        };
        let Some(value) = value else {
            mistakes.push(Some(row.line), column.role, format!("`{}` is none", cell.text()), None);
            return None;
        };
        out.push(Read::Value(value));
    }
    Some(out)
}

/// A state of charge above 1 is told in per cent, and so are all of its column.
fn percent(out: &mut Observed, columns: &[Column]) {
    for (at, _) in columns.iter().enumerate().filter(|(_, column)| column.content == Content::Charge) {
        if out.values[at].iter().any(|value| *value > 1.0) {
            out.values[at].iter_mut().for_each(|value| *value /= 100.0);
            out.said.push("the state of charge is taken as per cent".to_owned());
        }
    }
}

fn by_time(mut out: Observed, columns: &[Column]) -> Observed {
    let times = columns.iter().position(|column| column.content == Content::Time && column.is_needed);
    let Some(times) = times.map(|at| out.values[at].clone()) else { return out };
    let mut order: Vec<usize> = (0..out.rows).collect();
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    for values in out.values.iter_mut().filter(|values| !values.is_empty()) {
        *values = order.iter().map(|row| values[*row]).collect();
    }
    out.lines = order.iter().map(|row| out.lines[*row]).collect();
    for words in out.words.iter_mut().filter(|words| !words.is_empty()) {
        *words = order.iter().map(|row| words[*row].clone()).collect();
    }
    out
}
