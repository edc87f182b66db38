//! The readings of a meter's table: from the header on, row by row, in as many sections as the file has (a download of a
//! utility has one for what it delivered and one for what it received).

use super::clock_digits;
use super::map::{Map, Stamps};
use super::meter_columns::{Columns, Times, Unit, find, is_register, of_header};
use super::number::{Decimal, decimal_of, number};
use super::sheet::{Cell, Sheet, SheetRow};
use super::stamp::{DateOrder, When, clock, date, order_of, when};
use super::stays::named;
use crate::document::problem::Mistakes;
use crate::kernel::calendar::DAY_S;
use jiff::ToSpan;
use jiff::civil::DateTime;
use std::collections::BTreeMap;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub(super) line: u64,
    /// None in a list without times.
    pub(super) at: Option<When>,
    pub(super) value: f64,
    /// From begin to end, where the row says both, s.
    pub(super) length_s: Option<i64>,
}

/// Readings of one direction.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Channel {
    pub(super) readings: Vec<Reading>,
    /// Length of an interval where each row says it, s.
    pub(super) interval_s: Option<i64>,
    /// The name of a column of energy that suggests a register, which counts on from interval to interval.
    pub(super) register: Option<String>,
}

/// What a table holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// Bought, and fed back.
    pub(super) channels: [Channel; 2],
    pub(super) unit: Unit,
    pub(super) stamps: Option<Stamps>,
    pub(super) said: Vec<String>,
    /// Names of the columns of the time and of the value.
    pub(super) names: (String, String),
    /// How far the clock of the meter is from UTC, where the file says it beside the times: by standard time and by daylight saving
    /// time, s.
    pub(super) clock_s: Option<[i32; 2]>,
}

/// So many times that come twice are those of a second meter.
const LEAST_TWICE: usize = 8;
/// Parts of words that say that a reading was not measured.
const DOUBTED: [&str; 9] =
    ["missing", "estimat", "invalid", "error", "no data", "fail", "suspect", "substitut", "interpolat"];
const ASK: &str = "say what the columns are in a mapping file (--map); `portvolt import load FILE --write-map map.toml` makes one to fill in";

/// Reads all rows. None: the header was not recognised, or a row is wrong; the mistakes say why.
pub(super) fn read(sheet: &Sheet, map: &Map, zone: &str, mistakes: &mut Mistakes<'_>) -> Option<Table> {
    let (header, columns) = match find(sheet, map) {
        Ok(found) => found,
        Err((line, message)) if message.is_empty() => match list(sheet, map, line) {
            Ok(table) => return Some(table),
            Err(message) => {
                mistakes.push(Some(line), "", message, Some(ASK.to_owned()));
                return None;
            }
        },
        Err((line, message)) => {
            mistakes.push(Some(line), "", message, Some(ASK.to_owned()));
            return None;
        }
    };
    let mut reader = Reader {
        sheet,
        map,
        header,
        said: columns.said.clone(),
        channels: [Channel::default(), Channel::default()],
        columns,
        unit: Unit::Energy(1.0),
        left_out: Vec::new(),
        doubted: BTreeMap::new(),
    };
    let order = reader.order(zone, mistakes)?;
    let decimal = reader.decimal(mistakes)?;
    let unit = reader.unit(mistakes)?;
    reader.unit = unit;
    reader.settle_clock();
    let before = mistakes.found();
    reader.one_meter(decimal, mistakes);
    if mistakes.found() == before {
        reader.rows(order, decimal, mistakes);
        reader.no_second_meter(mistakes);
    }
    if mistakes.found() > before {
        return None;
    }
    let Reader { columns, mut channels, mut said, left_out, doubted, .. } = reader;
    said.extend(left_out_told(&left_out));
    said.extend(doubted.into_iter().map(|(word, (rows, line))| {
        format!("{rows} readings are marked `{word}` (the first in line {line}) and are taken as they are")
    }));
    let register = Some(columns.names.1.clone()).filter(|name| is_register(name) && matches!(unit, Unit::Energy(_)));
    channels[usize::from(columns.is_export)].register = register;
    Some(Table { channels, unit, stamps: columns.stamps, said, names: columns.names, clock_s: None })
}

/// A list of values without a header: one number a row.
fn list(sheet: &Sheet, map: &Map, line: u64) -> Result<Table, String> {
    let decimal = map.decimal().unwrap_or_default();
    let values = sheet.rows.iter().map(|row| {
        let value = number(row.cell(0), decimal).filter(|_| row.cells.len() == 1)?;
        Some(Reading { line: row.line, at: None, value, length_s: None })
    });
    let Some(readings) = values.collect::<Option<Vec<Reading>>>() else {
        let seen: Vec<String> = sheet
            .rows
            .iter()
            .find(|row| row.line == line)
            .map_or(Vec::new(), |row| row.cells.iter().take(8).map(|cell| format!("`{}`", cell.text())).collect());
        return Err(format!("no header of a load was recognised; the row begins with {}", seen.join(", ")));
    };
    let unit = map
        .unit
        .as_deref()
        .and_then(Unit::parse)
        .ok_or("a list of values without a header says no unit: `--unit kW` or `--unit kWh`")?;
    let channels = [Channel { readings, ..Channel::default() }, Channel::default()];
    Ok(Table { channels, unit, stamps: None, said: Vec::new(), names: (String::new(), "1".to_owned()), clock_s: None })
}

struct Reader<'a> {
    sheet: &'a Sheet,
    map: &'a Map,
    header: usize,
    columns: Columns,
    /// The unit of the values that are read.
    unit: Unit,
    channels: [Channel; 2],
    said: Vec<String>,
    /// Words that say of a reading that it was not measured: how many rows have them, and the line of the first.
    doubted: BTreeMap<String, (usize, u64)>,
    /// Lines of rows that say no time, or no value.
    left_out: Vec<String>,
}

/// What is said of rows that are left out, by their lines.
fn left_out_told(lines: &[String]) -> Option<String> {
    let (count, told) = (lines.len(), named(lines));
    match count {
        0 => None,
        1 => Some(format!("1 row without a time or a value is left out: line {told}")),
        _ => Some(format!("{count} rows without a time or a value are left out: lines {told}")),
    }
}

impl Reader<'_> {
    fn body(&self) -> impl Iterator<Item = &SheetRow> + Clone {
        self.sheet.rows[self.header + 1..].iter()
    }

    fn time_at(&self) -> usize {
        match &self.columns.times {
            Times::Period(at)
            | Times::Stamp(at, _)
            | Times::DateClock(at, ..)
            | Times::DateHour(at, _)
            | Times::Wide(at, _) => *at,
            Times::List => 0,
        }
    }

    fn order(&mut self, zone: &str, mistakes: &mut Mistakes<'_>) -> Option<DateOrder> {
        let at = self.time_at();
        let found = order_of(self.body().map(|row| row.cell(at)), self.map.dates, zone);
        match found {
            Ok((order, said)) => {
                self.said.extend(said);
                Some(order)
            }
            Err(undecided) => {
                let help = Some(undecided.help.to_owned());
                mistakes.push(None, &self.columns.names.0, undecided.message, help);
                None
            }
        }
    }

    /// Times of the day without a colon, such as `0015` or what a spreadsheet makes of it; numbers up to 24 are hours.
    fn settle_clock(&mut self) {
        let Times::DateClock(date, clock, _) = self.columns.times else { return };
        let is_number = |cell: &Cell| cell.text().bytes().all(|byte| byte.is_ascii_digit());
        if !self.body().map(|row| row.cell(clock)).filter(|cell| !cell.is_empty()).any(is_number) {
            return;
        }
        if clock_digits::are_clocks(self.body().map(|row| row.cell(clock))) {
            self.columns.has_digits = true;
        } else {
            self.columns.times = Times::DateHour(date, clock);
        }
    }

    /// Rows of several meters are no load: whose they are is said.
    fn one_meter(&self, decimal: Decimal, mistakes: &mut Mistakes<'_>) {
        let Some(at) = self.columns.meter else { return };
        let is_reading =
            |row: &&SheetRow| self.columns.value.is_none_or(|value| number(row.cell(value), decimal).is_some());
        let mut meters: BTreeMap<String, u64> = BTreeMap::new();
        for row in self.body().filter(is_reading) {
            let name = row.cell(at).text().trim().to_owned();
            if !name.is_empty() {
                meters.entry(name).or_insert(row.line);
            }
        }
        if meters.len() > 1 {
            let column = self.sheet.rows[self.header].cell(at).text().into_owned();
            let names: Vec<String> = meters.iter().map(|(name, line)| format!("{name} (from line {line})")).collect();
            let message = format!("holds {} meters: {}", meters.len(), named(&names));
            let help = "keep the rows of one meter; the loads of several add up in a scenario, a site each";
            mistakes.push(None, &column, message, Some(help.to_owned()));
        }
    }

    /// Where most times come twice in one direction, a second meter follows the first, or stands beside it.
    fn no_second_meter(&self, mistakes: &mut Mistakes<'_>) {
        for channel in &self.channels {
            let mut times: Vec<(i64, u64)> =
                channel.readings.iter().filter_map(|reading| Some((order_s(reading.at?), reading.line))).collect();
            times.sort_unstable();
            let twice: Vec<u64> =
                times.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect();
            // Of an hour that autumn repeats it is a small part, and a few rows that come twice are told as overlaps.
            let is_most = twice.len() >= LEAST_TWICE && twice.len() * 4 > times.len();
            let Some(line) = twice.iter().min().filter(|_| is_most) else { continue };
            let message = format!(
                "{} of {} times come twice: are these the rows of two meters in one file?",
                twice.len(),
                times.len()
            );
            let help = "keep the rows of one meter; the loads of several add up in a scenario, a site each";
            mistakes.push(Some(*line), &self.columns.names.0, message, Some(help.to_owned()));
            return;
        }
    }

    fn decimal(&self, mistakes: &mut Mistakes<'_>) -> Option<Decimal> {
        if let Some(decimal) = self.map.decimal() {
            return Some(decimal);
        }
        let columns: Vec<usize> = match &self.columns.times {
            Times::Wide(_, clocks) => clocks.iter().map(|clock| clock.1).collect(),
            _ => self.columns.value.into_iter().chain(self.columns.export).collect(),
        };
        let names = &self.sheet.rows[self.header].cells;
        let names: Vec<String> = names.iter().map(|cell| cell.text().into_owned()).collect();
        let found = decimal_of(self.body(), &columns, self.sheet.delimiter);
        found.map_err(|unsure| unsure.tell(|column| names.get(column).map_or("", String::as_str), mistakes)).ok()
    }

    fn unit(&self, mistakes: &mut Mistakes<'_>) -> Option<Unit> {
        let of_rows = || {
            let at = self.columns.unit_at?;
            self.body().find_map(|row| Unit::parse(&row.cell(at).text()))
        };
        let unit = self.columns.unit.or_else(of_rows);
        if unit.is_none() {
            let message = format!("the column `{}` says no unit, and nothing in the file does", self.columns.names.1);
            let help = "say which: `--unit kW` for mean power, `--unit kWh` for the energy of each interval";
            mistakes.push(None, &self.columns.names.1, message, Some(help.to_owned()));
        }
        unit
    }

    fn rows(&mut self, order: DateOrder, decimal: Decimal, mistakes: &mut Mistakes<'_>) {
        let header = &self.sheet.rows[self.header];
        for row in &self.sheet.rows[self.header + 1..] {
            let is_timed = match &self.columns.times {
                Times::List => true,
                Times::Wide(at, _) => date(row.cell(*at), order).is_some(),
                of => times(row, of, (order, self.columns.has_digits)).is_some(),
            };
            // A section begins with a header of its own.
            if !is_timed
                && let Ok(columns) = of_header(row, self.map)
                && columns.times != Times::List
            {
                self.said.extend(columns.said.clone());
                self.columns = columns;
                self.settle_clock();
                continue;
            }
            if let Some((message, help)) = row.beyond(header) {
                mistakes.push(Some(row.line), "", message, help);
                continue;
            }
            let columns = self.columns.clone();
            if let Times::Wide(date_at, clocks) = &columns.times {
                self.wide(row, *date_at, clocks, order, decimal, mistakes);
            } else {
                self.row(row, &columns, order, decimal, mistakes);
            }
        }
    }

    fn row(
        &mut self,
        row: &SheetRow,
        columns: &Columns,
        order: DateOrder,
        decimal: Decimal,
        mistakes: &mut Mistakes<'_>,
    ) {
        let values = [columns.value, columns.export].map(|at| at.map(|at| row.cell(at)));
        let has_value = values.iter().flatten().any(|cell| !cell.is_empty());
        let time = times(row, &columns.times, (order, columns.has_digits));
        if columns.times != Times::List && time.is_none() {
            // Words between sections, such as `Data for period starting: ...`, have no value beside them.
            let text = row.cell(self.time_at()).text().into_owned();
            if has_value {
                let help = "write local time as 2025-06-02T07:30, or with its offset, 2025-06-02T07:30-07:00";
                let message = format!("`{text}` is not a time of the years 1900 to 2199");
                mistakes.push(Some(row.line), &columns.names.0, message, Some(help.to_owned()));
            } else {
                self.left_out.push(row.line.to_string());
            }
            return;
        }
        let (at, length_s) = time.map_or((None, None), |(at, length_s)| (Some(at), length_s));
        let at = if columns.is_utc { at.map(|at| When::Instant(order_s(at), None)) } else { at };
        if has_value {
            self.doubt(row);
        } else if columns.times != Times::List {
            // A record of a cost or a credit, or a reading that is missing: its gap is told, if it is one.
            self.left_out.push(row.line.to_string());
            return;
        }
        let units = [columns.unit, columns.export_unit.or(columns.unit)];
        for (channel, cell) in values.into_iter().enumerate() {
            let Some(cell) = cell else { continue };
            // What is exported may have no cell in most rows, and what is bought none where it is not.
            if cell.is_empty() && (channel == 1 || columns.export.is_some()) {
                self.channels[channel].readings.push(Reading { line: row.line, at, value: 0.0, length_s });
                continue;
            }
            let Some(value) = number(cell, decimal).filter(|value| value.abs() <= 1e7) else {
                let message = format!("`{}` is not a number of at most 10,000,000", cell.text());
                mistakes.push(Some(row.line), &columns.names.1, message, None);
                continue;
            };
            let Some(factor) = self.factor(row, units[channel], mistakes) else { return };
            let channel = if columns.is_export { 1 } else { channel };
            let into = &mut self.channels[channel];
            into.readings.push(Reading { line: row.line, at, value: value * factor, length_s });
            into.interval_s = into.interval_s.or(length_s);
        }
    }

    /// What makes a value of a row one of the unit of the table; `own` is that of its column's name. None: the row has none,
    /// or one of another kind, and that is told.
    fn factor(&self, row: &SheetRow, own: Option<Unit>, mistakes: &mut Mistakes<'_>) -> Option<f64> {
        let (text, unit) = match (own, self.columns.unit_at) {
            (Some(unit), _) => (String::new(), Some(unit)),
            (None, Some(at)) => {
                let text = row.cell(at).text().into_owned();
                let unit = Unit::parse(&text);
                (text, unit)
            }
            (None, None) => return Some(1.0),
        };
        let factor = unit.and_then(|unit| unit.over(self.unit));
        if factor.is_none() {
            let message = match unit {
                None => format!("`{text}` is no unit of power or energy"),
                Some(_) => format!("`{text}` is no unit of what the rows before are: power is not energy"),
            };
            let help = "keep the rows of one load, or say the unit of all rows: `--unit kWh`".to_owned();
            mistakes.push(Some(row.line), "unit", message, Some(help));
        }
        factor
    }

    /// Counts a reading that its row calls anything but measured.
    fn doubt(&mut self, row: &SheetRow) {
        let Some(at) = self.columns.quality else { return };
        let word = row.cell(at).text().trim().to_owned();
        let lower = word.to_lowercase();
        let is_doubted = DOUBTED.iter().any(|doubted| lower.contains(doubted)) || matches!(lower.as_str(), "e" | "est");
        if is_doubted {
            self.doubted.entry(word).or_insert((0, row.line)).0 += 1;
        }
    }

    fn wide(
        &mut self,
        row: &SheetRow,
        date_at: usize,
        clocks: &[(i64, usize)],
        order: DateOrder,
        decimal: Decimal,
        mistakes: &mut Mistakes<'_>,
    ) {
        let Some(day) = date(row.cell(date_at), order) else {
            if clocks.iter().any(|clock| !row.cell(clock.1).is_empty()) {
                let message = format!("`{}` is not a date", row.cell(date_at).text());
                mistakes.push(Some(row.line), &self.columns.names.0, message, None);
            } else {
                self.left_out.push(row.line.to_string());
            }
            return;
        };
        if clocks.iter().all(|clock| row.cell(clock.1).is_empty()) {
            self.left_out.push(row.line.to_string());
            return;
        }
        let Some(factor) = self.factor(row, self.columns.unit, mistakes) else { return };
        for (second, at) in clocks {
            let cell = row.cell(*at);
            // The hour that spring takes away.
            if cell.is_empty() {
                continue;
            }
            let local = day.at(0, 0, 0, 0).saturating_add(second.seconds());
            if let Some(value) = number(cell, decimal).filter(|value| value.abs() <= 1e7) {
                let (line, at, value) = (row.line, Some(When::Local(local)), value * factor);
                self.channels[0].readings.push(Reading { line, at, value, length_s: None });
            } else {
                let message = format!("`{}` is not a number of at most 10,000,000", cell.text());
                mistakes.push(Some(row.line), &self.columns.names.1, message, None);
            }
        }
    }
}

/// Seconds since 1970, of a clock's own where it is one.
fn order_s(at: When) -> i64 {
    match at {
        When::Local(local) => local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs(),
        When::Instant(unix_s, _) => unix_s,
    }
}

/// The stamp of a row, and the length of its interval where the row says it, s. `has_digits`: times of the day have no colon.
fn times(row: &SheetRow, times: &Times, (order, has_digits): (DateOrder, bool)) -> Option<(When, Option<i64>)> {
    let clock = |cell: &Cell| if has_digits { clock_digits::up_to_four(&cell.text()) } else { clock(cell) };
    let since = |from: When, to: When| match (from, to) {
        (When::Local(from), When::Local(to)) => Some(to.duration_since(from).as_secs()),
        (When::Instant(from, _), When::Instant(to, _)) => Some(to - from),
        _ => None,
    };
    match times {
        Times::Period(at) => {
            let text = row.cell(*at).text().into_owned();
            let (from, to) = text.split_once(" to ").or_else(|| text.split_once(" - "))?;
            let of = |text: &str| when(&Cell::Text(text.trim().to_owned()), order);
            let (from, to) = (of(from)?, of(to)?);
            Some((from, since(from, to)))
        }
        Times::Stamp(start, end) => {
            let from = when(row.cell(*start), order)?;
            let to = end.and_then(|end| when(row.cell(end), order));
            Some((from, to.and_then(|to| since(from, to))))
        }
        Times::DateClock(day, time, end) => {
            let seconds = clock(row.cell(*time))?;
            let day = date(row.cell(*day), order)?;
            // The last interval of a day ends at 0:00.
            let length_s = end.and_then(|end| clock(row.cell(end))).map(|end| (end - seconds).rem_euclid(DAY_S));
            Some((When::Local(day.at(0, 0, 0, 0).saturating_add(seconds.seconds())), length_s.filter(|it| *it > 0)))
        }
        Times::DateHour(day, hour) => {
            let hour = number(row.cell(*hour), Decimal::Point)
                .filter(|hour| hour.fract() == 0.0 && (0.0..=25.0).contains(hour))?;
            let day = date(row.cell(*day), order)?;
            Some((When::Local(day.at(0, 0, 0, 0).saturating_add((hour as i64).hours())), None))
        }
        Times::List | Times::Wide(..) => None,
    }
}
