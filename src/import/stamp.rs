//! Times as people's programs write them: ISO, American and European dates, month names, AM and PM, offsets and names of
//! zones, Unix times, serial dates of spreadsheets. What a column leaves open is decided by all of its cells together.

use super::cell::Cell;
use super::clock_digits;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use std::collections::BTreeSet;

const DAY_S: i64 = 86_400;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Names of zones that exports write behind local times, and their hours from UTC.
const ABBREVIATIONS: [(&str, i32); 13] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("pst", -8),
    ("pdt", -7),
    ("mst", -7),
    ("mdt", -6),
    ("cst", -6),
    ("cdt", -5),
    ("est", -5),
    ("edt", -4),
    ("cet", 1),
    ("cest", 2),
];
/// Serial dates of spreadsheets between 1954 and 2119, days since 30 December 1899.
const SERIAL_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// A time as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// What a clock on the wall shows.
    Local(DateTime),
    /// A point in time, seconds since 1970, and how far the clock that wrote it is from UTC, if it says so.
    Instant(i64, Option<Offset>),
}

/// How far a clock is from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    pub(crate) seconds: i32,
    /// The name that the time says it by, in small letters: `est` in June is no time of Chicago, which is as far from UTC then.
    pub(crate) name: Option<&'static str>,
}

/// Which number of `3/4/2025` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// The first.
    MonthFirst,
    /// The second.
    DayFirst,
}

/// A time of a cell.
pub(crate) fn when(cell: &Cell, order: DateOrder) -> Option<When> {
    match cell {
        Cell::Empty => None,
        Cell::Time(time) => Some(When::Local(*time)),
        Cell::Number(number) => of_number(*number),
        Cell::Text(text) => of_text(text, order),
    }
}

/// Unix seconds or milliseconds, a serial date, or digits such as `202506020015`.
fn of_number(number: f64) -> Option<When> {
    if SERIAL_DAYS.contains(&number) {
        let seconds = (number * DAY_S as f64).round() as i64;
        let origin = Date::constant(1899, 12, 30).at(0, 0, 0, 0);
        return origin.checked_add(seconds.seconds()).ok().map(When::Local);
    }
    let whole = number as i64;
    match whole {
        // 2001 to 2100.
        978_307_200..4_102_444_800 => Some(When::Instant(whole, None)),
        978_307_200_000..4_102_444_800_000 => Some(When::Instant(whole / 1000, None)),
        _ => None,
    }
}

fn of_text(text: &str, order: DateOrder) -> Option<When> {
    let text = text.trim();
    if text.contains('[') {
        let zoned: jiff::ZonedDateTime = text.parse().ok()?;
        return Some(When::Instant(
            zoned.timestamp().as_second(),
            Some(Offset { seconds: zoned.offset().seconds(), name: None }),
        ));
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.matches('.').count() < 2 {
        return clock_digits::date_and_time(text).map(When::Local).or_else(|| of_number(text.parse().ok()?));
    }
    let mut found = Parts::default();
    let spaced = spaced(text);
    for token in spaced.split([' ', ',', '\t']).filter(|token| !token.is_empty()) {
        found.take(token, order)?;
    }
    found.when(order)
}

/// `2025-06-02T07:30Z` with blanks between its parts.
fn spaced(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 2);
    for (at, letter) in letters.iter().enumerate() {
        let near =
            |by: isize| at.checked_add_signed(by).and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        match letter {
            'T' | 't' if near(-1) && near(1) => out.push(' '),
            'Z' | 'z' if near(-1) && at + 1 == letters.len() => out.push_str(" Z"),
            _ => out.push(*letter),
        }
    }
    out
}

/// What the words of a time say.
#[derive(Debug, Default)]
struct Parts<'t> {
    date: Option<Date>,
    /// Words of a date such as `Jun 2 2025`.
    loose: Vec<&'t str>,
    clock_s: Option<i64>,
    is_afternoon: Option<bool>,
    offset: Option<Offset>,
}

impl<'t> Parts<'t> {
    fn take(&mut self, token: &'t str, order: DateOrder) -> Option<()> {
        let lower = token.to_ascii_lowercase();
        let word = lower.trim_end_matches('.');
        if let Some(zone) = ABBREVIATIONS.iter().find(|zone| zone.0 == word) {
            self.offset = Some(Offset { seconds: zone.1 * 3600, name: Some(zone.0) });
        } else if let "am" | "pm" | "a.m" | "p.m" = word {
            self.is_afternoon = Some(word.starts_with('p'));
        } else if self.clock_s.is_some() && token.starts_with(['+', '-']) {
            self.offset = Some(Offset { seconds: offset_s(token)?, name: None });
        } else if token.contains(':') {
            self.clock(&lower)?;
        } else if token.contains(['-', '/', '.']) && self.date.is_none() && self.loose.is_empty() {
            let separator = token.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
            let parts: Vec<&str> = token.split(separator).collect();
            self.date = Some(date_of(&parts, separator, order)?);
        } else if WEEKDAYS.iter().any(|day| word.len() >= 3 && word.starts_with(day))
            && !word.starts_with(|c: char| c.is_ascii_digit())
        {
            // Says nothing that the date does not.
        } else if let (Some(_), None, Some(seconds)) = (self.date, self.clock_s, clock_digits::four(token)) {
            self.clock_s = Some(seconds);
        } else if self.loose.len() < 3 && self.date.is_none() {
            self.loose.push(token);
        } else {
            return None;
        }
        Some(())
    }

    /// `7:30`, `07:30:00.000`, `7:30pm`, `07:30-07:00`.
    fn clock(&mut self, token: &str) -> Option<()> {
        let (token, afternoon) = match (token.strip_suffix("am"), token.strip_suffix("pm")) {
            (Some(rest), _) => (rest, Some(false)),
            (_, Some(rest)) => (rest, Some(true)),
            _ => (token, None),
        };
        self.is_afternoon = self.is_afternoon.or(afternoon);
        let (clock, offset) = token.find(['+', '-']).map_or((token, ""), |at| token.split_at(at));
        if !offset.is_empty() {
            self.offset = Some(Offset { seconds: offset_s(offset)?, name: None });
        }
        self.clock_s = Some(clock_s(clock)?);
        Some(())
    }

    fn when(self, order: DateOrder) -> Option<When> {
        let date = match self.date {
            Some(date) => date,
            None => date_of(&self.loose, ' ', order)?,
        };
        let mut clock_s = self.clock_s.unwrap_or(0);
        match self.is_afternoon {
            Some(_) if clock_s >= 13 * 3600 => return None,
            Some(true) if clock_s < 12 * 3600 => clock_s += 12 * 3600,
            Some(false) if clock_s >= 12 * 3600 => clock_s -= 12 * 3600,
            _ => {}
        }
        let local = date.at(0, 0, 0, 0).checked_add(clock_s.seconds()).ok()?;
        let Some(offset) = self.offset else {
            return Some(When::Local(local));
        };
        let since = local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs();
        // `Z` and UTC say when, and nothing of the clock.
        let is_utc = offset.seconds == 0 && offset.name.is_some();
        Some(When::Instant(since - i64::from(offset.seconds), (!is_utc).then_some(offset)))
    }
}

/// `+02:00`, `-0700` or `-7`.
fn offset_s(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Seconds of the day of `7:30` or `07:30:15.000`; 24:00 is the end of the day.
fn clock_s(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hour: u8 = parts.next()?.trim().parse().ok()?;
    let minute: u8 = parts.next()?.parse().ok()?;
    let second: f64 = parts.next().map_or(Some(0.0), |second| second.parse().ok())?;
    if parts.next().is_some() || minute >= 60 || !(0.0..60.0).contains(&second) {
        return None;
    }
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + second.round() as i64;
    (seconds <= DAY_S).then_some(seconds)
}

/// A date of three parts.
fn date_of(parts: &[&str], separator: char, order: DateOrder) -> Option<Date> {
    let [first, second, third] = parts else { return None };
    let number = |text: &str| {
        text.trim_end_matches("st")
            .trim_end_matches("nd")
            .trim_end_matches("rd")
            .trim_end_matches("th")
            .parse::<i16>()
            .ok()
    };
    let named = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let is_word = lower.len() >= 3 && lower.chars().all(|c| c.is_ascii_alphabetic() || c == '.');
        MONTHS.iter().position(|month| is_word && lower.starts_with(month)).map(|at| at as i16 + 1)
    };
    let (year, month, day) = if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        (number(first)?, named(second).or_else(|| number(second))?, number(third)?)
    } else if let Some(month) = named(first) {
        (number(third)?, month, number(second)?)
    } else if let Some(month) = named(second) {
        (number(third)?, month, number(first)?)
    } else if separator == '.' || order == DateOrder::DayFirst {
        (number(third)?, number(second)?, number(first)?)
    } else {
        (number(third)?, number(first)?, number(second)?)
    };
    let year = if (0..100).contains(&year) && third.len() <= 2 { year + 2000 } else { year };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
        .ok()
        .filter(|date| (1900..2200).contains(&date.year()))
}

/// A date alone.
pub(crate) fn date(cell: &Cell, order: DateOrder) -> Option<Date> {
    match when(cell, order)? {
        When::Local(local) => Some(local.date()),
        When::Instant(..) => None,
    }
}

/// A time of the day alone, seconds; a number is a part of a day, as spreadsheets have it.
pub(crate) fn clock(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Empty => None,
        Cell::Time(time) => {
            Some(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second()))
        }
        Cell::Number(number) => (0.0..=1.0).contains(number).then(|| (number * DAY_S as f64).round() as i64),
        Cell::Text(text) => {
            let Some(When::Local(local)) = of_text(&format!("2000-01-01 {text}"), DateOrder::MonthFirst) else {
                return None;
            };
            Some(local.duration_since(DateTime::constant(2000, 1, 1, 0, 0, 0, 0)).as_secs())
        }
    }
}

/// Why nothing says which number of a column's dates is the month, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undecided {
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

impl Undecided {
    fn open(example: &str) -> Self {
        let message = format!("`{example}` may be two days, and nothing in the file decides");
        let help = "say which: `--dates month-first` or `--dates day-first`, or `dates` in a mapping file";
        Self { message, help }
    }

    fn mixed(written: &str, number: &str) -> Self {
        let message = format!("`{number}` is a number, and `{written}` a date that is written out");
        Self { message, help: "write all times of the column one way, such as 2025-06-13 07:30, or leave the row out" }
    }

    fn torn(month_first: &str, day_first: &str) -> Self {
        let message = format!("`{month_first}` has the month first, and `{day_first}` the day");
        Self { message, help: "write all dates of the file one way, such as 2025-06-13" }
    }
}

/// Are the times of a column written one way? A number among dates would pass for a day of a spreadsheet or for Unix seconds.
///
/// # Errors
/// One of each.
pub(crate) fn one_way<'c>(cells: impl Iterator<Item = &'c Cell>) -> Result<(), Undecided> {
    let (mut written, mut number) = (None, None);
    for cell in cells {
        match cell {
            Cell::Number(value) => number = number.or(of_number(*value).map(|_| cell)),
            Cell::Text(text) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
                let is_time =
                    clock_digits::date_and_time(text).is_none() && text.parse().ok().and_then(of_number).is_some();
                number = number.or(is_time.then_some(cell));
            }
            Cell::Text(text) if text.bytes().any(|byte| byte.is_ascii_digit()) => written = written.or(Some(cell)),
            Cell::Empty | Cell::Time(_) | Cell::Text(_) => {}
        }
        if let (Some(written), Some(number)) = (written, number)
            && when(written, DateOrder::MonthFirst).or_else(|| when(written, DateOrder::DayFirst)).is_some()
        {
            return Err(Undecided::mixed(&written.text(), &number.text()));
        }
    }
    Ok(())
}

/// Which number of a column's dates is the month, and how that is known where it is assumed.
///
/// # Errors
/// Times of two kinds ([`one_way`]), a date that could be two days, where nothing decides, or two dates that can only be read each its own way.
pub(crate) fn order_of<'c>(
    cells: impl Iterator<Item = &'c Cell> + Clone,
    given: Option<DateOrder>,
    zone: &str,
) -> Result<(DateOrder, Option<String>), Undecided> {
    one_way(cells.clone())?;
    if let Some(order) = given {
        return Ok((order, None));
    }
    let open = |text: &str| {
        let parts: Vec<&str> = text.split([' ', 'T', ',']).next()?.split(['/', '-']).collect();
        let [first, second, third] = parts[..] else { return None };
        let short = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_open = short(first) && short(second) && third.bytes().all(|byte| byte.is_ascii_digit());
        is_open.then(|| (first.parse::<u8>().unwrap_or(0), second.parse::<u8>().unwrap_or(0)))
    };
    let texts = cells.filter_map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None });
    let (mut example, mut month_first, mut day_first) = (None, None, None);
    for text in texts.clone() {
        let Some((first, second)) = open(text) else { continue };
        match (first > 12, second > 12) {
            (true, false) => day_first = day_first.or(Some(text)),
            (false, true) => month_first = month_first.or(Some(text)),
            _ => example = example.or((first != second).then_some(text)),
        }
    }
    match (month_first, day_first) {
        (Some(month_first), Some(day_first)) => return Err(Undecided::torn(month_first, day_first)),
        (Some(_), None) => return Ok((DateOrder::MonthFirst, None)),
        (None, Some(_)) => return Ok((DateOrder::DayFirst, None)),
        (None, None) => {}
    }
    let Some(example) = example else { return Ok((DateOrder::MonthFirst, None)) };
    // Days that follow one another: read the other way they are months apart.
    let follows = |order: DateOrder| {
        let days: Vec<Date> = texts.clone().filter_map(|text| date(&Cell::Text(text.to_owned()), order)).collect();
        let steps = days.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_hours().abs() / 24);
        let steps: BTreeSet<i64> = steps.filter(|days| *days != 0).collect();
        !steps.is_empty() && steps.iter().all(|days| *days <= 3)
    };
    match (follows(DateOrder::MonthFirst), follows(DateOrder::DayFirst)) {
        (true, false) => return Ok((DateOrder::MonthFirst, None)),
        (false, true) => return Ok((DateOrder::DayFirst, None)),
        _ => {}
    }
    let has_halves = texts.clone().any(|text| text.to_ascii_lowercase().ends_with('m'));
    let reason = if has_halves {
        Some("as AM and PM suggest".to_owned())
    } else {
        is_american(zone).then(|| format!("as is usual in {zone}"))
    };
    match reason {
        Some(reason) => {
            let said =
                format!("dates such as {example} are read month first, {reason}; `--dates day-first` changes that");
            Ok((DateOrder::MonthFirst, Some(said)))
        }
        None => Err(Undecided::open(example)),
    }
}

/// Is this a zone of the United States?
fn is_american(zone: &str) -> bool {
    const CITIES: [&str; 12] = [
        "New_York",
        "Chicago",
        "Denver",
        "Los_Angeles",
        "Phoenix",
        "Detroit",
        "Boise",
        "Anchorage",
        "Juneau",
        "Indiana/",
        "Kentucky/",
        "North_Dakota/",
    ];
    let city = zone.strip_prefix("America/");
    zone.starts_with("US/")
        || zone == "Pacific/Honolulu"
        || city.is_some_and(|city| CITIES.iter().any(|known| city.starts_with(known)))
}

/// The zone that the offsets of a file's times fit: of the United States the first that has each of them at its time, else one
/// without clock changes. None: the times carry no offsets, or no zone fits.
pub(crate) fn zone_of(times: &[When]) -> Option<String> {
    const ZONES: [&str; 7] = [
        "America/Los_Angeles",
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Anchorage",
        "Pacific/Honolulu",
    ];
    let offsets = offsets(times);
    let first = offsets.first()?.1.seconds;
    if let Some(zone) = ZONES.iter().find(|zone| misfit(&offsets, zone).is_none()) {
        return Some((*zone).to_owned());
    }
    let is_constant = offsets.iter().all(|(_, offset)| offset.seconds == first) && first % 3600 == 0;
    // The names of these zones count westwards.
    is_constant.then(|| if first == 0 { "UTC".to_owned() } else { format!("Etc/GMT{:+}", -first / 3600) })
}

/// Times that say how far their clock is from UTC.
pub(crate) fn offsets(times: &[When]) -> Vec<(i64, Offset)> {
    let told = |time: &When| match time {
        When::Instant(unix_s, Some(offset)) => Some((*unix_s, *offset)),
        _ => None,
    };
    times.iter().filter_map(told).collect()
}

/// The first of these offsets that a zone does not have at its time, or does not call so: the time, and the offset.
pub(crate) fn misfit(offsets: &[(i64, Offset)], zone: &str) -> Option<(i64, Offset)> {
    let zone = TimeZone::get(zone).ok()?;
    let differs = |(unix_s, offset): &&(i64, Offset)| {
        Timestamp::from_second(*unix_s).is_ok_and(|time| {
            let info = zone.to_offset_info(time);
            let is_named = offset.name.is_none_or(|name| info.abbreviation().eq_ignore_ascii_case(name));
            info.offset().seconds() != offset.seconds || !is_named
        })
    };
    offsets.iter().find(differs).copied()
}

#[cfg(test)]
mod tests {
    //! Contract: each way to write a time is read as what it is, and what is open is decided by the whole column or not at all.

    use super::*;

    fn read(text: &str, order: DateOrder) -> Option<String> {
        Some(match when(&Cell::Text(text.to_owned()), order)? {
            When::Local(local) => local.to_string(),
            When::Instant(unix_s, offset) => {
                let offset_s = offset.map(|offset| offset.seconds);
                format!("{} {offset_s:?}", Timestamp::from_second(unix_s).unwrap())
            }
        })
    }

    #[test]
    fn ways_to_write_a_time() {
        let half_past_seven = "2025-06-02T07:30:00";
        for text in [
            "2025-06-02T07:30",
            "2025-06-02 07:30:00",
            "2025/06/02 7:30",
            "6/2/2025 7:30",
            "06/02/2025 07:30:00 AM",
            "06/02/25 7:30am",
            "02.06.2025 07:30",
            "2-Jun-2025 07:30",
            "Jun 2, 2025 7:30 am",
            "Monday, June 2, 2025 7:30 AM",
            "202506020730",
            "2025-06-02T07:30:00.000",
            "45810.3125",
        ] {
            assert_eq!(read(text, DateOrder::MonthFirst).as_deref(), Some(half_past_seven), "{text}");
        }
        assert_eq!(read("6/2/2025 12:15 PM", DateOrder::DayFirst).as_deref(), Some("2025-02-06T12:15:00"));
        assert_eq!(read("6/2/2025 12:15 AM", DateOrder::MonthFirst).as_deref(), Some("2025-06-02T00:15:00"));
        assert_eq!(read("2025-06-02T24:00", DateOrder::MonthFirst).as_deref(), Some("2025-06-03T00:00:00"));
        for text in [
            "2025-06-02T07:30-07:00",
            "2025-06-02 07:30 PDT",
            "2025-06-02T07:30:00-0700",
            "2025-06-02T07:30-07:00[America/Los_Angeles]",
        ] {
            assert_eq!(
                read(text, DateOrder::MonthFirst).as_deref(),
                Some("2025-06-02T14:30:00Z Some(-25200)"),
                "{text}"
            );
        }
        for text in ["2025-06-02T14:30Z", "Mon, 02 Jun 2025 14:30:00 GMT", "1748874600", "1748874600000"] {
            assert_eq!(read(text, DateOrder::MonthFirst).as_deref(), Some("2025-06-02T14:30:00Z None"), "{text}");
        }
        for wrong in [
            "2025-06-32T00:00",
            "total",
            "",
            "12:15",
            "2025-06-02 25:00",
            "6/2/2025 14:00 PM",
            "99",
            "2025-06-02 07:30 x",
            "6/2/2025 9007199254740993:30",
            "2025-06-02T06:00:1e400",
            "2025-06-02 07:30 +1\u{e9}2",
            "2025-06-02 07:30 --500",
        ] {
            assert_eq!(read(wrong, DateOrder::MonthFirst), None, "{wrong}");
        }
        assert_eq!(clock(&Cell::Text("1:15 PM".to_owned())), Some(47_700));
        assert_eq!(clock(&Cell::Number(0.5)), Some(43_200));
    }

    #[test]
    fn the_column_decides_what_a_date_leaves_open() {
        let of = |cells: &[&str], zone: &str| {
            let cells: Vec<Cell> = cells.iter().map(|text| Cell::Text((*text).to_owned())).collect();
            order_of(cells.iter(), None, zone).map(|(order, said)| (order, said.is_some()))
        };
        let berlin = "Europe/Berlin";
        assert_eq!(of(&["03/04/2025 0:00", "03/13/2025 0:00"], berlin), Ok((DateOrder::MonthFirst, false)));
        assert_eq!(of(&["03/04/2025", "13/04/2025"], "America/Los_Angeles"), Ok((DateOrder::DayFirst, false)));
        assert_eq!(of(&["03/04/2025", "03/05/2025"], berlin), Ok((DateOrder::MonthFirst, false)), "days that follow");
        assert_eq!(of(&["03/04/2025", "04/04/2025"], "America/Los_Angeles"), Ok((DateOrder::DayFirst, false)));
        assert_eq!(of(&["03/04/2025 1:00"], berlin), Err(Undecided::open("03/04/2025 1:00")));
        let torn = Undecided::torn("6/13/2025", "13/6/2025");
        assert_eq!(of(&["1/2/2025", "6/13/2025", "13/6/2025"], "America/Los_Angeles"), Err(torn));
        assert_eq!(of(&["03/04/2025 1:00"], "America/Los_Angeles"), Ok((DateOrder::MonthFirst, true)));
        assert_eq!(of(&["2025-06-02"], berlin), Ok((DateOrder::MonthFirst, false)));
        for number in ["45811.5", "1748874600", "1748874600000"] {
            let mixed = Err(Undecided::mixed("2025-06-02 07:30", number));
            assert_eq!(of(&["2025-06-02 07:30", number], berlin), mixed, "{number}");
            assert!(of(&["sum", "2025-06-02 07:30", "", number, "99"], berlin).is_err(), "{number}");
            assert_eq!(
                of(&[number, number], berlin),
                Ok((DateOrder::MonthFirst, false)),
                "alone they say what they are"
            );
        }
        assert_eq!(of(&["2025-06-02", "20250603", "7"], berlin), Ok((DateOrder::MonthFirst, false)));
    }

    #[test]
    fn offsets_tell_a_zone() {
        let at = |texts: &[&str]| -> Vec<When> {
            texts.iter().filter_map(|text| when(&Cell::Text((*text).to_owned()), DateOrder::MonthFirst)).collect()
        };
        let zone = |texts: &[&str]| zone_of(&at(texts));
        assert_eq!(zone(&["2025-06-02T00:00-04:00"]).as_deref(), Some("America/New_York"));
        assert_eq!(zone(&["2025-06-02T00:00-07:00"]).as_deref(), Some("America/Los_Angeles"));
        assert_eq!(zone(&["2025-06-02T00:00-07:00", "2025-12-02T00:00-07:00"]).as_deref(), Some("America/Phoenix"));
        assert_eq!(zone(&["2025-06-02T00:00+05:00"]).as_deref(), Some("Etc/GMT-5"));
        assert_eq!(zone(&["2025-06-02T00:00Z"]), None);
        // A clock that is never put forward is none of New York, and what it shows in June is none of Chicago.
        assert_eq!(zone(&["2025-06-02 00:00 EST"]).as_deref(), Some("Etc/GMT+5"));
        assert_eq!(zone(&["2025-06-02 00:00 EDT", "2025-12-02 00:00 EST"]).as_deref(), Some("America/New_York"));
    }
}
