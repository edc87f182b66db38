//! Which columns of a meter's table say what: by the names that utilities and people give them, or by a mapping file.

use super::clock_digits;
use super::map::{Map, Stamps, once};
use super::meter_names::{
    CLOCKS, DATE, END, EXPORT, EXPORT_ALONE, HOUR, METER, OTHER, QUALITY, REGISTER, SAY_START, START, VALUES,
};
use super::number::{Decimal, number};
use super::sheet::{Sheet, SheetRow};
use super::stamp::clock;

/// A header stands within the first rows.
const ROWS_LOOKED_AT: usize = 100;
/// So many columns named after times of the day make a table with a row a day.
const LEAST_CLOCKS: usize = 20;

/// Unit of a value, and what makes it kW or kWh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Power; times this it is kW.
    Power(f64),
    /// Energy of the interval; times this it is kWh.
    Energy(f64),
}

impl Unit {
    /// `kWh`, `Wh`, `MW`, `kilowatt-hours` ...
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plain = plain(text);
        let word = plain.replace(' ', "");
        match word.as_str() {
            "kwh" | "kilowatthours" | "kilowatthour" => Some(Self::Energy(1.0)),
            "wh" | "watthours" | "watthour" => Some(Self::Energy(1e-3)),
            "mwh" | "megawatthours" => Some(Self::Energy(1e3)),
            "kw" | "kilowatts" | "kilowatt" => Some(Self::Power(1.0)),
            "w" | "watts" | "watt" => Some(Self::Power(1e-3)),
            "mw" | "megawatts" => Some(Self::Power(1e3)),
            _ => None,
        }
    }

    /// What makes a value of this unit one of another. None: one is power, the other energy.
    pub(super) fn over(self, other: Self) -> Option<f64> {
        match (self, other) {
            (Self::Power(own), Self::Power(other)) | (Self::Energy(own), Self::Energy(other)) => Some(own / other),
            _ => None,
        }
    }

    /// The unit that a column's name holds.
    fn of_name(plain: &str) -> Option<Self> {
        let words: Vec<&str> = plain.split(' ').collect();
        let pairs = words.windows(2).filter_map(|pair| Self::parse(&pair.join(" ")));
        // A `w` inside a name is no watt.
        let is_unit = |at: usize| words[at] != "w" || at + 1 == words.len();
        let single = words.iter().enumerate().filter_map(|(at, word)| Self::parse(word).filter(|_| is_unit(at)));
        pairs.into_iter().next().or_else(|| single.into_iter().next())
    }
}

/// When a row's interval is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Times {
    /// One cell, `A to B`.
    Period(usize),
    /// One cell; the second is the end, if there is one.
    Stamp(usize, Option<usize>),
    /// A date and a time of the day; the third is the time of the day of the end, if there is one.
    DateClock(usize, usize, Option<usize>),
    /// A date and the number of an hour.
    DateHour(usize, usize),
    /// A date, and a column for each time of the day: its seconds, and its column.
    Wide(usize, Vec<(i64, usize)>),
    /// None: the rows follow one another.
    List,
}

impl Times {
    /// The columns that are read.
    fn columns(&self) -> Vec<usize> {
        match self {
            Self::Period(at) | Self::Stamp(at, None) => vec![*at],
            Self::Stamp(at, Some(other)) | Self::DateClock(at, other, None) | Self::DateHour(at, other) => {
                vec![*at, *other]
            }
            Self::DateClock(at, start, Some(end)) => vec![*at, *start, *end],
            Self::Wide(at, clocks) => std::iter::once(*at).chain(clocks.iter().map(|clock| clock.1)).collect(),
            Self::List => Vec::new(),
        }
    }
}

/// What the columns of a meter's table say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    pub(super) times: Times,
    /// The value, where it has a column of its own.
    pub(super) value: Option<usize>,
    /// What feeds back, where it has a column of its own.
    pub(super) export: Option<usize>,
    /// The column that holds the unit.
    pub(super) unit_at: Option<usize>,
    pub(super) unit: Option<Unit>,
    /// The unit of what feeds back, where its column names one of its own.
    pub(super) export_unit: Option<Unit>,
    /// The column that says how good a reading is.
    pub(super) quality: Option<usize>,
    /// What the times mark, if the header says so.
    pub(super) stamps: Option<Stamps>,
    /// The column that tells meters apart.
    pub(super) meter: Option<usize>,
    /// Does the column of times say that they are UTC?
    pub(super) is_utc: bool,
    /// Are times of the day digits without a colon?
    pub(super) has_digits: bool,
    /// Is the value fed back into the grid?
    pub(super) is_export: bool,
    /// What was assumed.
    pub(super) said: Vec<String>,
    /// Names of the columns that are read, for messages: of the time and of the value.
    pub(super) names: (String, String),
}

impl Columns {
    /// The column of each role that a mapping file could name.
    pub(super) fn roles(&self) -> Vec<(&'static str, usize)> {
        let and = |role: &'static str, at: Option<usize>| at.map(|at| (role, at));
        let times = match self.times {
            Times::Period(at) => [Some(("period", at)), None, None],
            Times::Stamp(at, None) if self.stamps == Some(Stamps::End) => [Some(("end", at)), None, None],
            Times::Stamp(at, end) => [Some(("start", at)), and("end", end), None],
            Times::DateClock(date, time, end) => [Some(("date", date)), Some(("time", time)), and("end", end)],
            Times::DateHour(date, hour) => [Some(("date", date)), Some(("hour", hour)), None],
            Times::Wide(date, _) => [Some(("date", date)), None, None],
            Times::List => [None; 3],
        };
        let value = and(if self.is_export { "export" } else { "value" }, self.value);
        times.into_iter().chain([value, and("export", self.export), and("unit", self.unit_at)]).flatten().collect()
    }

    /// Columns of times, and nothing else yet.
    fn of(times: Times, names: (String, String)) -> Self {
        Self {
            times,
            value: None,
            export: None,
            unit_at: None,
            unit: None,
            export_unit: None,
            quality: None,
            stamps: None,
            meter: None,
            is_utc: false,
            has_digits: false,
            is_export: false,
            said: Vec::new(),
            names,
        }
    }
}

/// A name in small letters without signs, with one blank between words.
pub(super) fn plain(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name of times without the words that say whose clock it is.
fn bare(name: &str) -> &str {
    let bare = CLOCKS.iter().find_map(|clock| name.strip_suffix(clock)?.strip_suffix(' '));
    bare.unwrap_or(name)
}

/// Does a column's name suggest what a register shows?
pub(super) fn is_register(name: &str) -> bool {
    plain(name).split(' ').any(|word| REGISTER.contains(&word))
}

/// Where the header stands, and what its columns say. Err: why there is none.
pub(super) fn find(sheet: &Sheet, map: &Map) -> Result<(usize, Columns), (u64, String)> {
    if let Some(line) = map.header_line {
        let at = sheet.rows.iter().position(|row| row.line == line).ok_or((line, "the row is empty".to_owned()))?;
        return of_header(&sheet.rows[at], map).map(|columns| (at, columns)).map_err(|message| (line, message));
    }
    let mut wrong: Option<(u64, String)> = None;
    for (at, row) in sheet.rows.iter().enumerate().take(ROWS_LOOKED_AT) {
        match of_header(row, map) {
            Ok(columns) if columns.times == Times::List && !is_list(sheet, at, &columns) => {}
            Ok(columns) => return Ok((at, columns)),
            // The row that comes nearest says what is missing.
            Err(message) if wrong.is_none() && row.cells.len() > 1 && !message.is_empty() => {
                wrong = Some((row.line, message));
            }
            Err(_) => {}
        }
    }
    let first = sheet.rows.first().map_or(1, |row| row.line);
    Err(wrong.unwrap_or((first, String::new())))
}

/// Do numbers follow a header that names no time?
fn is_list(sheet: &Sheet, header: usize, columns: &Columns) -> bool {
    let value = columns.value.unwrap_or(0);
    let rows = sheet.rows.iter().skip(header + 1).take(3);
    rows.clone().count() > 1 && rows.into_iter().all(|row| number(row.cell(value), Decimal::Point).is_some())
}

/// What the columns of a header say. Err: what is missing; empty where the row is no header at all.
pub(super) fn of_header(row: &SheetRow, map: &Map) -> Result<Columns, String> {
    let written: Vec<String> = row.cells.iter().map(|cell| cell.text().into_owned()).collect();
    let names: Vec<String> = written.iter().map(|name| plain(name)).collect();
    let mut header = Header { written: &written, names: &names, map };
    header.columns()
}

struct Header<'a> {
    written: &'a [String],
    names: &'a [String],
    map: &'a Map,
}

impl Header<'_> {
    fn at(&self, known: &[&str]) -> Option<usize> {
        self.names.iter().position(|name| known.contains(&name.as_str()) || known.contains(&bare(name)))
    }

    /// Is the column of times called one of UTC?
    fn is_utc(&self, times: &Times) -> bool {
        let says = |at: &usize| self.names[*at].split(' ').any(|word| matches!(word, "utc" | "gmt"));
        times.columns().iter().any(says)
    }

    /// Columns that nothing is read of, for a reader to see.
    fn not_read(&self, read: &[Option<usize>], times: &Times) -> Option<String> {
        let is_read =
            |at: usize| read.contains(&Some(at)) || self.is_time(times, at) || METER.contains(&self.names[at].as_str());
        let is_about = |at: usize| ["notes", "type", "duration", "name"].contains(&self.names[at].as_str());
        let left: Vec<String> = (0..self.names.len())
            .filter(|at| !self.names[*at].is_empty() && !is_read(*at) && !is_about(*at))
            .map(|at| format!("`{}`", self.written[at]))
            .collect();
        (!left.is_empty()).then(|| format!("columns that are not read: {}", left.join(", ")))
    }

    /// The column that the mapping names for a role.
    fn mapped(&self, role: &str) -> Result<Option<usize>, String> {
        self.map.column(role, self.written)
    }

    fn columns(&mut self) -> Result<Columns, String> {
        let mut said = Vec::new();
        let (times, stamps) = self.times()?.unwrap_or((Times::List, None));
        times.columns().into_iter().try_for_each(|at| once(self.written, at))?;
        let mut unit = self.given_unit()?;
        let unit_at = self.mapped("unit")?.or_else(|| self.at(&["units", "unit", "uom", "unit of measure"]));
        if let Times::Wide(..) = times {
            let unit = unit.or_else(|| self.names.iter().find_map(|name| Unit::of_name(name)));
            let names = (self.written[0].clone(), "the times of the day".to_owned());
            return Ok(Columns { unit_at, unit, stamps, meter: self.at(&METER), ..Columns::of(times, names) });
        }
        let export = self.mapped("export")?.or_else(|| self.export(&times));
        let value = match self.mapped("value")? {
            Some(at) => Some(at),
            None => self.value(&times, unit.is_some(), &mut said)?,
        };
        let Some(value) = value.or(export) else {
            let has_time = times != Times::List;
            return Err(if has_time {
                format!("no column of power or energy was recognised among {}", self.all())
            } else {
                String::new()
            });
        };
        let is_export = Some(value) == export || self.is_export_section(&times);
        let export = export.filter(|at| *at != value);
        if unit.is_none() && unit_at.is_none() {
            unit = Unit::of_name(&self.names[value]).or_else(|| self.assumed(value, &mut said));
        }
        let is_given = self.map.unit.is_some();
        let export_unit = export.filter(|_| !is_given).and_then(|at| Unit::of_name(&self.names[at]));
        let quality = self.at(&QUALITY);
        if times == Times::List && self.names.len() > 2 {
            return Err(format!("no column of times was recognised among {}", self.all()));
        }
        let time_at = times.columns().first().copied();
        let names = (time_at.map_or(String::new(), |at| self.written[at].clone()), self.written[value].clone());
        let value = Some(value);
        let meter = self.at(&METER).filter(|at| Some(*at) != value);
        let is_utc = self.is_utc(&times);
        if is_utc {
            said.push(format!("the times are UTC, as their column `{}` says", names.0));
        }
        said.extend(self.not_read(&[value, export, unit_at, quality], &times));
        let of_times = Columns::of(times, names);
        Ok(Columns {
            value,
            export,
            unit_at,
            unit,
            export_unit,
            quality,
            stamps,
            meter,
            is_utc,
            is_export,
            said,
            ..of_times
        })
    }

    /// The unit that a mapping says.
    fn given_unit(&self) -> Result<Option<Unit>, String> {
        let Some(text) = &self.map.unit else { return Ok(None) };
        let unknown = || format!("the unit `{text}` of the mapping is unknown; there are kW, kWh, W, Wh, MW, MWh");
        Unit::parse(text).map(Some).ok_or_else(unknown)
    }

    /// A section of a download says in the name of its periods what it holds: `Energy Received time period`.
    fn is_export_section(&self, times: &Times) -> bool {
        let Times::Period(at) = times else { return false };
        self.names[*at].split(' ').any(|word| EXPORT.contains(&word))
    }

    /// The columns of times, and what they mark.
    fn times(&self) -> Result<Option<(Times, Option<Stamps>)>, String> {
        if let Some(at) = self.mapped("period")? {
            return Ok(Some((Times::Period(at), Some(Stamps::Start))));
        }
        let (date, start, end) = (self.mapped("date")?, self.mapped("start")?, self.mapped("end")?);
        if let (Some(date), Some(clock)) = (date, self.mapped("time")?) {
            return Ok(Some((Times::DateClock(date, clock, end), None)));
        }
        if let (Some(date), Some(hour)) = (date, self.mapped("hour")?) {
            return Ok(Some((Times::DateHour(date, hour), None)));
        }
        match (start, end) {
            (Some(start), end) => return Ok(Some((Times::Stamp(start, end), Some(Stamps::Start)))),
            (None, Some(end)) => return Ok(Some((Times::Stamp(end, None), Some(Stamps::End)))),
            (None, None) => {}
        }
        let period =
            self.names.iter().position(|name| name.ends_with("time period") || name == "period" || name == "interval");
        if let Some(at) = period {
            return Ok(Some((Times::Period(at), Some(Stamps::Start))));
        }
        let date = date.or_else(|| self.at(&DATE));
        if let Some(date) = date {
            return Ok(Some(self.beside_date(date)));
        }
        let (start, end) = (self.at(&START), self.at(&END));
        Ok(match (start, end) {
            (Some(start), end) => {
                let says = end.is_some() || self.names[start].split(' ').any(|word| SAY_START.contains(&word));
                Some((Times::Stamp(start, end), says.then_some(Stamps::Start)))
            }
            (None, Some(end)) => Some((Times::Stamp(end, None), Some(Stamps::End))),
            (None, None) => None,
        })
    }

    /// What stands beside a date: a time of the day, an hour, or a column for each of them. Or the date is a time itself.
    fn beside_date(&self, date: usize) -> (Times, Option<Stamps>) {
        let clocks: Vec<(i64, usize)> =
            self.written.iter().enumerate().filter_map(|(at, name)| Some((column_clock(name)?, at))).collect();
        if clocks.len() >= LEAST_CLOCKS {
            return wide(date, clocks);
        }
        let end = self.names.iter().position(|name| END.contains(&name.as_str()));
        if let Some(hour) = self.at(&HOUR) {
            let ends = self.names[hour].contains("end") || self.names[hour] == "he";
            return (Times::DateHour(date, hour), ends.then_some(Stamps::End));
        }
        match (self.at(&START), end) {
            (Some(start), end) => {
                let says = end.is_some() || self.names[start].split(' ').any(|word| SAY_START.contains(&word));
                (Times::DateClock(date, start, end), says.then_some(Stamps::Start))
            }
            (None, Some(end)) => (Times::DateClock(date, end, None), Some(Stamps::End)),
            (None, None) => (Times::Stamp(date, None), None),
        }
    }

    fn is_other(&self, at: usize) -> bool {
        let name = &self.names[at];
        name.is_empty() || name.split(' ').any(|word| OTHER.contains(&word)) || self.written[at].contains('$')
    }

    fn export(&self, times: &Times) -> Option<usize> {
        let says = |at: &usize| self.names[*at].split(' ').any(|word| EXPORT.contains(&word));
        let is_value = |at: &usize| {
            let name = &self.names[*at];
            !self.is_other(*at)
                && !self.is_time(times, *at)
                && (Unit::of_name(name).is_some()
                    || EXPORT_ALONE.contains(&name.as_str())
                    || VALUES.iter().any(|value| name.split(' ').any(|word| word == value.0)))
        };
        (0..self.names.len()).find(|at| says(at) && is_value(at))
    }

    /// The column of the value: the one with a unit in its name, else with a name of values.
    fn value(&self, times: &Times, has_unit: bool, said: &mut Vec<String>) -> Result<Option<usize>, String> {
        let export = self.export(times);
        let free = |at: &usize| !self.is_other(*at) && Some(*at) != export && !self.is_time(times, *at);
        let with_unit: Vec<usize> =
            (0..self.names.len()).filter(free).filter(|at| Unit::of_name(&self.names[*at]).is_some()).collect();
        let named = || -> Vec<usize> {
            let is_value =
                |at: &usize| self.names[*at].split(' ').any(|word| VALUES.iter().any(|value| value.0 == word));
            (0..self.names.len()).filter(free).filter(is_value).collect()
        };
        let mut found = if with_unit.is_empty() { named() } else { with_unit };
        if found.is_empty() && (*times != Times::List || has_unit) && self.names.len() == 2 {
            found = (0..2).filter(free).collect();
        }
        // What is net of the two other columns says nothing more.
        if export.is_some() && found.len() > 1 {
            found.retain(|at| !self.names[*at].split(' ').any(|word| word == "net"));
        }
        let energy: Vec<usize> = found
            .iter()
            .copied()
            .filter(|at| matches!(Unit::of_name(&self.names[*at]), Some(Unit::Energy(_))))
            .collect();
        let written =
            |list: &[usize]| list.iter().map(|at| format!("`{}`", self.written[*at])).collect::<Vec<_>>().join(", ");
        match (&found[..], &energy[..]) {
            ([], _) => Ok(None),
            ([one], _) => Ok(Some(*one)),
            (_, [one]) => {
                let others: Vec<usize> = found.iter().copied().filter(|at| at != one).collect();
                said.push(format!(
                    "of the columns of values `{}` is read, and {} passed over",
                    self.written[*one],
                    written(&others)
                ));
                Ok(Some(*one))
            }
            _ => Err(format!(
                "several columns could be the load: {}; name one with `columns.value` in a mapping file",
                written(&found)
            )),
        }
    }

    fn is_time(&self, times: &Times, at: usize) -> bool {
        match times {
            Times::Period(one) | Times::Wide(one, _) => at == *one,
            Times::Stamp(one, other) => at == *one || Some(at) == *other,
            Times::DateClock(one, other, _) | Times::DateHour(one, other) => {
                at == *one || at == *other || END.contains(&self.names[at].as_str())
            }
            Times::List => false,
        }
    }

    /// The unit that the name of a value suggests.
    fn assumed(&self, value: usize, said: &mut Vec<String>) -> Option<Unit> {
        let words: Vec<&str> = self.names[value].split(' ').collect();
        let unit = VALUES.iter().find(|known| words.contains(&known.0)).and_then(|known| known.1)?;
        said.push(format!(
            "the column `{}` names no unit and is taken as {unit}; `--unit` changes that",
            self.written[value]
        ));
        Unit::parse(unit)
    }

    fn all(&self) -> String {
        let shown: Vec<String> =
            self.written.iter().filter(|name| !name.is_empty()).take(12).map(|name| format!("`{name}`")).collect();
        shown.join(", ")
    }
}

/// The time of the day that names a column: `00:15`, `12:15 AM`, `HE01`, `Hour 1`, `Interval 4`.
fn column_clock(name: &str) -> Option<i64> {
    if name.contains(':') {
        return clock(&super::cell::Cell::Text(name.to_owned()));
    }
    if let Some(seconds) = clock_digits::four(name.trim()) {
        return Some(seconds);
    }
    let plain = plain(name).replace(' ', "");
    let number = plain.strip_prefix("he").or_else(|| plain.strip_prefix("hour")).or_else(|| plain.strip_prefix('h'))?;
    number.parse::<i64>().ok().filter(|hour| (0..=24).contains(hour)).map(|hour| hour * 3600)
}

/// A table with a row a day. The last column tells what the names mark: midnight is the end of a day, not its begin.
fn wide(date: usize, mut clocks: Vec<(i64, usize)>) -> (Times, Option<Stamps>) {
    let is_end = clocks.first().is_some_and(|first| first.0 > 0);
    if is_end && let Some(last) = clocks.last_mut().filter(|last| last.0 == 0) {
        last.0 = 86_400;
    }
    (Times::Wide(date, clocks), Some(if is_end { Stamps::End } else { Stamps::Start }))
}
