//! A metered load as CSV: `start` (ISO time) and `kw` (the interval's mean). Local times come without an offset, the
//! repeated hour of autumn twice in order, the skipped hour of spring not at all; or every time with its offset.

use crate::account::load::Load;
use crate::document::problem::{Place, Problem};
use crate::document::table::{Column, Row, Table};
use crate::kernel::calendar::{Calendar, DAY_S, has_offset, whole_s};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// One row: when it begins, and its power.
#[derive(Debug, Clone, Copy)]
struct Reading {
    line: u64,
    at: When,
    kw: f64,
}

/// A time as written.
#[derive(Debug, Clone, Copy)]
enum When {
    Local(DateTime),
    Unix(i64),
}

impl When {
    fn parse(text: &str) -> Option<Self> {
        if text.contains('[') {
            whole_s(text.parse::<jiff::ZonedDateTime>().ok()?.timestamp()).map(Self::Unix)
        } else if has_offset(text) {
            whole_s(text.parse::<Timestamp>().ok()?).map(Self::Unix)
        } else {
            text.parse::<DateTime>().ok().filter(|at| at.subsec_nanosecond() == 0).map(Self::Local)
        }
    }

    /// Seconds from another time of the same form.
    fn since(self, other: Self) -> Option<i64> {
        match (self, other) {
            (Self::Local(a), Self::Local(b)) => Some(a.duration_since(b).as_secs()),
            (Self::Unix(a), Self::Unix(b)) => Some(a - b),
            _ => None,
        }
    }
}

/// Reads a load in the local time of a zone. None when something is wrong; the problems say what.
pub fn read(path: &str, text: &str, zone: &str, problems: &mut Vec<Problem>) -> Option<Load> {
    let before = problems.len();
    let mut table = Table::open(path, text, &["start", "kw"], &[], problems);
    let mut readings = Vec::new();
    let columns = table.columns(["start", "kw"]);
    while let Some(row) = table.next_row() {
        readings.extend(reading(&mut table, &row, columns));
    }
    if problems.len() > before {
        return None;
    }
    match aligned(&readings, zone) {
        Ok(load) => Some(load),
        Err(wrong) => {
            let place = Some(Place::Line(path.to_owned(), wrong.line));
            let (message, help) = (wrong.message, Some(wrong.help.to_owned()));
            problems.push(Problem { place, field: "start".to_owned(), message, help });
            None
        }
    }
}

/// Why readings are no load.
#[derive(Debug)]
struct Wrong {
    line: u64,
    message: String,
    help: &'static str,
}

fn reading(table: &mut Table<'_>, row: &Row, [start, power]: [Column; 2]) -> Option<Reading> {
    let text = row.get(start).unwrap_or_default();
    let at = When::parse(text);
    if at.is_none() {
        let help = Some("write local time as 2025-06-02T07:30, or with its offset, 2025-06-02T07:30-07:00".to_owned());
        table.wrong(row.line, "start", format!("`{text}` is not a time"), help);
    }
    let kw = table.number(row, power, -1e7, 1e7);
    Some(Reading { line: row.line, at: at?, kw: kw? })
}

/// Checks that each reading begins where the one before ends.
fn aligned(readings: &[Reading], zone: &str) -> Result<Load, Wrong> {
    let [first, second, ..] = readings else {
        let message = format!("needs at least two rows, has {}", readings.len());
        return Err(Wrong { line: 1, message, help: "the first two rows tell the interval of the meter" });
    };
    let steps = readings.windows(2).take(4).map(|pair| pair[1].at.since(pair[0].at));
    let Some(steps) = steps.collect::<Option<Vec<i64>>>() else {
        let message = "some rows have an offset and others have none".to_owned();
        return Err(Wrong { line: second.line, message, help: "write all times in one form" });
    };
    // A clock that is put forward or back between the first rows makes one step longer or negative.
    let interval_s = steps.iter().copied().filter(|step| *step > 0).min().unwrap_or(0);
    if !(60..=3600).contains(&interval_s) || 3600 % interval_s != 0 {
        let message = format!("the first two rows are {interval_s} s apart; a meter's interval is 1 to 60 minutes");
        return Err(Wrong { line: second.line, message, help: "and a whole part of an hour" });
    }
    let days = readings.len() as i64 * interval_s / DAY_S + 3;
    let (calendar, start_s) = placed(first, zone, days).ok_or_else(|| Wrong {
        line: first.line,
        message: format!("cannot be placed in the time zone `{zone}`"),
        help: "such as America/Los_Angeles or UTC",
    })?;
    for (at, reading) in readings.iter().enumerate() {
        let elapsed_s = start_s + at as i64 * interval_s;
        let wrong_by = match reading.at {
            When::Unix(unix_s) => unix_s - calendar.unix_s(elapsed_s),
            When::Local(local) => calendar.local_s_of(local) - calendar.local_s(elapsed_s),
        };
        if wrong_by != 0 {
            let what = if wrong_by > 0 { "a gap" } else { "an overlap" };
            let expected = calendar.iso(elapsed_s);
            let message = format!("{what}: the row must begin at {expected}, {interval_s} s after the one before");
            let help = "clock changes of the zone count; --zone UTC is for times without any";
            return Err(Wrong { line: reading.line, message, help });
        }
    }
    let kw = readings.iter().map(|reading| reading.kw).collect();
    Load::new(calendar, start_s, interval_s as u32, kw).map_err(|error| Wrong {
        line: 1,
        message: error.to_string(),
        help: "mend the rows",
    })
}

/// A calendar of the zone, and where in it the load begins.
fn placed(first: &Reading, zone: &str, days: i64) -> Option<(Calendar, i64)> {
    let date = match first.at {
        When::Local(local) => local.date(),
        When::Unix(unix_s) => {
            let zone = TimeZone::get(zone).ok()?;
            zone.to_datetime(Timestamp::from_second(unix_s).ok()?).date()
        }
    };
    let calendar = Calendar::new(&date.to_string(), zone, u32::try_from(days).ok()?).ok()?;
    let start_s = match first.at {
        When::Unix(unix_s) => unix_s - calendar.unix_s(0),
        When::Local(local) => calendar.elapsed_s(calendar.local_s_of(local)),
    };
    Some((calendar, start_s))
}
