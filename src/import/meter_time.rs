//! From readings to intervals without gaps: which way they run, what their times mark, whether they keep daylight saving.

use super::map::{Gaps, Map, Stamps};
use super::meter::{Channel, Reading};
use super::stamp::{Offset, When, misfit, offsets, zone_of};
use crate::document::problem::{MOST_TOLD, Mistakes};
use crate::kernel::calendar::{Calendar, DAY_S};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

const HOUR_S: i64 = 3_600;
/// Where times have no zone and none is given.
pub(super) const DEFAULT_ZONE: &str = "America/Los_Angeles";
/// Fewer readings that never fall are no sign of a register.
const LEAST_OF_REGISTER: usize = 3;
/// Intervals that are filled at most where a file has gaps.
const MOST_FILLED: i64 = 100_000;

/// Values of equal intervals.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) calendar: Calendar,
    /// Where the first begins, elapsed seconds of the calendar.
    pub(super) start_s: i64,
    pub(super) interval_s: i64,
    pub(super) values: Vec<f64>,
}

impl Series {
    /// Where the first begins, seconds since 1970.
    pub(super) fn start_unix_s(&self) -> i64 {
        self.calendar.unix_s(self.start_s)
    }
}

/// A winter's and a summer's day of the northern half of the earth, seconds since 1970: 15 January and 15 July 2025, noon of UTC.
const SEASONS_S: [i64; 2] = [1_736_942_400, 1_752_580_800];

/// The zone of a clock by its offsets from UTC, standard and in summer, s.
fn zone_of_clock(clock_s: [i32; 2]) -> Option<String> {
    let at = |(unix_s, seconds)| When::Instant(unix_s, Some(Offset { seconds, name: None }));
    zone_of(&SEASONS_S.into_iter().zip(clock_s).map(at).collect::<Vec<_>>())
}

/// The zone of a table's times, and what was assumed of it. `clock_s`: what the file says of its clock beside them.
pub(super) fn zone(map: &Map, channel: &Channel, clock_s: Option<[i32; 2]>, said: &mut Vec<String>) -> String {
    let times: Vec<When> = channel.readings.iter().filter_map(|reading| reading.at).collect();
    if let Some(zone) = &map.zone {
        if let Some((unix_s, offset)) = misfit(&offsets(&times), zone) {
            let at = Timestamp::from_second(unix_s).map(|at| at.to_string()).unwrap_or_default();
            let hours = f64::from(offset.seconds) / 3600.0;
            said.push(format!(
                "the times are {hours} h from UTC ({at}), which {zone} is not then: is the load of another zone?"
            ));
        }
        return zone.clone();
    }
    if let Some(zone) = clock_s.and_then(zone_of_clock) {
        said.push(format!("the zone {zone} is taken from what the file says of its clock; `--zone` changes that"));
        zone
    } else if let Some(zone) = zone_of(&times) {
        said.push(format!("the zone {zone} is taken from the offsets of the times; `--zone` changes that"));
        zone
    } else {
        said.push(format!("the time zone is assumed: {DEFAULT_ZONE}; `--zone` changes that"));
        DEFAULT_ZONE.to_owned()
    }
}

/// Puts the readings of a channel in a row. None: they are none; the mistakes say why. What was assumed goes to `said`.
pub(super) fn series(
    channel: &Channel,
    stamps: Option<Stamps>,
    map: &Map,
    zone: &str,
    mistakes: &mut Mistakes<'_>,
    said: &mut Vec<String>,
) -> Option<Series> {
    let mut readings = channel.readings.clone();
    if readings.len() < 2 {
        let message = format!("needs at least two rows, has {}", readings.len());
        let help = "the first two rows tell the interval of the meter".to_owned();
        mistakes.push(Some(readings.first().map_or(1, |first| first.line)), "start", message, Some(help));
        return None;
    }
    if readings.iter().all(|reading| reading.at.is_none()) {
        return list(&readings, map, zone, mistakes, said);
    }
    if TimeZone::get(zone).is_err() {
        let help = Some("such as America/Los_Angeles or UTC".to_owned());
        mistakes.push(None, "--zone", format!("`{zone}` is no time zone"), help);
        return None;
    }
    let is_local = |reading: &Reading| matches!(reading.at, Some(When::Local(_)));
    if readings.iter().any(is_local) != readings.iter().all(is_local) {
        let line =
            readings.iter().find(|reading| is_local(reading) != is_local(&readings[0])).map(|reading| reading.line);
        let message = "some rows have an offset and others have none".to_owned();
        mistakes.push(line, "start", message, Some("write all times in one form".to_owned()));
        return None;
    }
    if since(readings[readings.len() - 1].at, readings[0].at) < 0 {
        readings.reverse();
        said.push("the rows run from the newest to the oldest and are turned round".to_owned());
    }
    if map.start.is_some() {
        said.push("`--first-day` is for lists without times and is not used: the rows have times".to_owned());
    }
    let readings = differences(readings, channel, map, mistakes, said)?;
    let interval_s = interval_s(&readings, channel, zone, mistakes)?;
    if !(60..=3600).contains(&interval_s) || 3600 % interval_s != 0 {
        let message = format!("an interval is {interval_s} s; that of a meter is 1 to 60 minutes");
        mistakes.push(Some(readings[1].line), "start", message, Some("and a whole part of an hour".to_owned()));
        return None;
    }
    place(&readings, interval_s, stamps, map, zone, mistakes, said)
}

/// Seconds between two times of one form; 0 where they are not.
fn since(a: Option<When>, b: Option<When>) -> i64 {
    match (a, b) {
        (Some(When::Local(a)), Some(When::Local(b))) => a.duration_since(b).as_secs(),
        (Some(When::Instant(a, _)), Some(When::Instant(b, _))) => a - b,
        _ => 0,
    }
}

/// What a register counted from reading to reading. A column of energy that never falls and is called after a register is
/// only read where a mapping says what it is: as energy of intervals it would be wrong by orders of magnitude.
fn differences(
    mut readings: Vec<Reading>,
    channel: &Channel,
    map: &Map,
    mistakes: &mut Mistakes<'_>,
    said: &mut Vec<String>,
) -> Option<Vec<Reading>> {
    let (first, last) = (readings[0], readings[readings.len() - 1]);
    let falls = readings.windows(2).find(|pair| pair[1].value < pair[0].value).map(|pair| pair[1].line);
    match (map.cumulative, &channel.register, falls) {
        (None, Some(name), None) if last.value > first.value && readings.len() > LEAST_OF_REGISTER => {
            let message = format!(
                "never falls, from {} to {}: does it show a register, which counts on?",
                first.value, last.value
            );
            let help = "in a mapping file `cumulative = true` takes its differences, `cumulative = false` its values";
            mistakes.push(Some(first.line), name, message, Some(help.to_owned()));
            None
        }
        (Some(true), _, Some(line)) => {
            let help = "split the file where the register was set back, or the meter changed".to_owned();
            mistakes.push(Some(line), "value", "is less than the row before: no register falls".to_owned(), Some(help));
            None
        }
        (Some(true), ..) if map.gaps.is_some() => {
            let message = "what a register counted over a gap is not that of one interval".to_owned();
            mistakes.push(None, "--gaps", message, Some("leave it out".to_owned()));
            None
        }
        (Some(true), ..) => {
            let next: Vec<f64> = readings.iter().skip(1).map(|reading| reading.value).collect();
            readings.iter_mut().zip(next).for_each(|(reading, next)| reading.value = next - reading.value);
            readings.pop();
            said.push(
                "the values are what a register shows; their differences are read, each of the time up to the next"
                    .to_owned(),
            );
            Some(readings)
        }
        _ => Some(readings),
    }
}

/// The step that most rows have to the next, s.
fn step_s(readings: &[Reading], channel: &Channel) -> i64 {
    let steps = readings.windows(2).map(|pair| since(pair[1].at, pair[0].at));
    // What is not after the row before is no step.
    most_frequent(steps.filter(|step| *step > 0)).or(channel.interval_s).unwrap_or(0)
}

/// Of two equally frequent ones the shorter.
fn most_frequent(lengths_s: impl Iterator<Item = i64>) -> Option<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    lengths_s.for_each(|length_s| *counts.entry(length_s).or_insert(0) += 1);
    counts.iter().max_by_key(|(length_s, count)| (**count, -**length_s)).map(|most| *most.0)
}

/// The length of intervals, s: what rows with begin and end say, else the step that most of them have to the next. None: they
/// contradict each other, which is told.
fn interval_s(readings: &[Reading], channel: &Channel, zone: &str, mistakes: &mut Mistakes<'_>) -> Option<i64> {
    let step_s = step_s(readings, channel);
    let Some(told_s) = most_frequent(readings.iter().filter_map(|reading| reading.length_s)) else {
        return Some(step_s);
    };
    // Some ends are the last minute or second of their interval.
    let length_s = if matches!(step_s - told_s, 1 | 60) { step_s } else { told_s };
    if step_s < length_s {
        let message =
            format!("the rows begin {step_s} s apart, and each lasts {length_s} s: what overlaps would count twice");
        let help = "where the column of ends is wrong, name only `start` in a mapping file".to_owned();
        mistakes.push(Some(readings[1].line), "end", message, Some(help));
        return None;
    }
    let before = mistakes.found();
    let zone = TimeZone::get(zone).ok()?;
    for reading in readings {
        let by_s = reading.length_s.map_or(0, |own_s| own_s - told_s);
        if by_s != 0 && !(by_s.abs() == 3600 && changes_clock(reading, &zone)) {
            let message = format!("lasts {} s, and most rows {told_s} s", told_s + by_s);
            mistakes.push(Some(reading.line), "end", message, Some("write rows of one length".to_owned()));
        }
    }
    (mistakes.found() == before).then_some(length_s)
}

/// Are clocks put forward or back on the day of a reading?
fn changes_clock(reading: &Reading, zone: &TimeZone) -> bool {
    let Some(When::Local(local)) = reading.at else { return false };
    let offset = |date: Date| date.at(0, 0, 0, 0).to_zoned_datetime(zone.clone()).map(|midnight| midnight.offset());
    offset(local.date()).ok() != offset(local.date().saturating_add(1.day())).ok()
}

fn place(
    readings: &[Reading],
    interval_s: i64,
    stamps: Option<Stamps>,
    map: &Map,
    zone: &str,
    mistakes: &mut Mistakes<'_>,
    said: &mut Vec<String>,
) -> Option<Series> {
    let length_s = since(readings[readings.len() - 1].at, readings[0].at);
    let days = length_s.max(readings.len() as i64 * interval_s) / DAY_S + 4;
    let first = readings[0].at?;
    let date = match first {
        When::Local(local) => local.date(),
        When::Instant(unix_s, _) => TimeZone::get(zone).ok()?.to_datetime(Timestamp::from_second(unix_s).ok()?).date(),
    };
    // The interval that ends at midnight begins on the day before.
    let date = date.saturating_sub(1.day());
    let calendar = Calendar::new(&date.to_string(), zone, u32::try_from(days).ok()?).ok();
    let Some(calendar) = calendar else {
        let message = format!("cannot be placed in the time zone `{zone}`");
        mistakes.push(Some(readings[0].line), "start", message, None);
        return None;
    };
    let ends = marks_ends(readings, interval_s, stamps, map, &calendar, said);
    let shift_s = if ends { interval_s } else { 0 };
    let line = Line { calendar: &calendar, interval_s, shift_s, gaps: map.gaps };
    let mut told = Vec::new();
    let (mut trial, wrong) = line.laid(readings, &mut told);
    if wrong.is_empty() {
        said.append(&mut told);
    } else {
        // Clocks that are never put forward show times in spring that no clock of the zone does.
        let standard = line.without_daylight_saving(readings);
        let second = standard.map(|readings| line.laid(&readings, &mut Vec::new()));
        if let Some(second) = second.filter(|second| second.1.is_empty()) {
            trial = second.0;
            said.push(format!("the times keep standard time of {zone} all year, without daylight saving"));
        } else {
            for wrong in wrong {
                mistakes.push(Some(wrong.0), "start", wrong.1, Some(wrong.2.to_owned()));
            }
            return None;
        }
    }
    let (start_s, values) = trial;
    Some(Series { calendar, start_s, interval_s, values })
}

/// Are the times ends of intervals? As given, as the header says, else as the data show: days are whole one way only.
fn marks_ends(
    readings: &[Reading],
    interval_s: i64,
    stamps: Option<Stamps>,
    map: &Map,
    calendar: &Calendar,
    said: &mut Vec<String>,
) -> bool {
    if let Some(given) = map.stamps {
        return given == Stamps::End;
    }
    let second_of_day = |reading: &Reading| match reading.at {
        Some(When::Local(local)) => calendar.local_s_of(local).rem_euclid(DAY_S),
        Some(When::Instant(unix_s, _)) => calendar.local_s(unix_s - calendar.unix_s(0)).rem_euclid(DAY_S),
        None => 0,
    };
    let (first, last) = (second_of_day(&readings[0]), second_of_day(&readings[readings.len() - 1]));
    let looks_like_ends = first == interval_s && last == 0;
    match stamps {
        Some(Stamps::End) => {
            said.push("the times are ends of intervals, as the header says".to_owned());
            true
        }
        // A row that says begin and end leaves nothing open.
        Some(Stamps::Start) if readings[0].length_s.is_some() => false,
        _ if looks_like_ends => {
            said.push(
                "the times are taken as ends of intervals, for so the days are whole; `--stamps start` changes that"
                    .to_owned(),
            );
            true
        }
        Some(Stamps::Start) => false,
        None => {
            said.push("the times are taken as begins of intervals; `--stamps end` changes that".to_owned());
            false
        }
    }
}

/// A line, what is wrong there, and what to do.
type Wrong = (u64, String, &'static str);

/// Where readings belong.
struct Line<'a> {
    calendar: &'a Calendar,
    interval_s: i64,
    /// From the begin of an interval to what its time marks.
    shift_s: i64,
    gaps: Option<Gaps>,
}

impl Line<'_> {
    /// Elapsed second of the first begin, and the values of one interval after another; and what is wrong.
    fn laid(&self, readings: &[Reading], said: &mut Vec<String>) -> ((i64, Vec<f64>), Vec<Wrong>) {
        let start_s = match readings[0].at {
            Some(When::Instant(unix_s, _)) => unix_s - self.calendar.unix_s(0) - self.shift_s,
            Some(When::Local(local)) => self.calendar.elapsed_s(self.calendar.local_s_of(local)) - self.shift_s,
            None => 0,
        };
        let (mut values, mut wrong, mut filled, mut passed) = (Vec::with_capacity(readings.len()), Vec::new(), 0, 0);
        for reading in readings {
            let begin_s = start_s + values.len() as i64 * self.interval_s;
            let wrong_by_s = self.wrong_by_s(reading, begin_s);
            let begin_s = if wrong_by_s == HOUR_S && self.repeats_hour(reading, begin_s, values.len()) {
                self.repeat_hour(&mut values, begin_s, said);
                begin_s + HOUR_S
            } else {
                begin_s
            };
            let wrong_by_s = self.wrong_by_s(reading, begin_s);
            if wrong_by_s != 0 {
                let missing = wrong_by_s / self.interval_s;
                let is_gap =
                    wrong_by_s > 0 && wrong_by_s % self.interval_s == 0 && filled + passed + missing <= MOST_FILLED;
                if is_gap && let Some(gaps) = self.gaps {
                    let value = if gaps == Gaps::Hold { values.last().copied().unwrap_or(0.0) } else { 0.0 };
                    values.extend((0..missing).map(|_| value));
                    filled += missing;
                } else {
                    // Of very many the rest is only counted.
                    let is_told = wrong.len() < MOST_TOLD;
                    wrong.push(if is_told {
                        self.told(reading, begin_s, wrong_by_s)
                    } else {
                        (reading.line, String::new(), "")
                    });
                    if !is_gap {
                        continue;
                    }
                    passed += missing;
                    // What comes after is held to the row after the gap.
                    values.extend((0..missing).map(|_| 0.0));
                }
            }
            values.push(reading.value);
        }
        if filled > 0 {
            let how = if self.gaps == Some(Gaps::Hold) { "the reading before" } else { "0" };
            said.push(format!("{filled} intervals are missing and filled with {how}"));
        }
        ((start_s, values), wrong)
    }

    /// Is this the second time that autumn's clocks show an hour, with the first one read?
    fn repeats_hour(&self, reading: &Reading, begin_s: i64, read: usize) -> bool {
        let is_second = self.calendar.local_s(begin_s) == self.calendar.local_s(begin_s - HOUR_S);
        matches!(reading.at, Some(When::Local(_))) && is_second && read as i64 * self.interval_s >= HOUR_S
    }

    /// A table with 24 rows a day has one row for the hour that comes twice.
    fn repeat_hour(&self, values: &mut Vec<f64>, begin_s: i64, said: &mut Vec<String>) {
        let rows = (HOUR_S / self.interval_s) as usize;
        values.extend_from_within(values.len() - rows..);
        said.push(format!(
            "the hour that comes twice when clocks are put back has one row ({}): its reading is taken for both; if it is the sum of \
             both, the day has that much too much",
            self.calendar.iso(begin_s)
        ));
    }

    /// How far a time lies from where it should, seconds.
    fn wrong_by_s(&self, reading: &Reading, begin_s: i64) -> i64 {
        match reading.at {
            Some(When::Instant(unix_s, _)) => unix_s - self.calendar.unix_s(begin_s + self.shift_s),
            Some(When::Local(local)) => {
                let local_s = self.calendar.local_s_of(local);
                let by_s = local_s - self.calendar.local_s(begin_s + self.shift_s);
                // Some clocks name the end of an interval before they are put forward or back.
                if by_s != 0 && local_s == self.calendar.local_s(begin_s) + self.shift_s { 0 } else { by_s }
            }
            None => 0,
        }
    }

    fn told(&self, reading: &Reading, begin_s: i64, wrong_by_s: i64) -> Wrong {
        let what = if wrong_by_s > 0 { "a gap" } else { "an overlap" };
        let verb = if self.shift_s > 0 { "end" } else { "begin" };
        let (expected, interval_s) = (self.calendar.iso(begin_s + self.shift_s), self.interval_s);
        let message = format!("{what}: the row must {verb} at {expected}, {interval_s} s after the one before");
        let help = "clock changes of the zone count; `--zone UTC` is for times without any, `--gaps zero` or `--gaps hold` fills what is missing";
        (reading.line, message, help)
    }

    /// The readings as points in time of the zone's standard time. None where no time is one that daylight saving skips.
    fn without_daylight_saving(&self, readings: &[Reading]) -> Option<Vec<Reading>> {
        let is_skipped = |reading: &Reading| match reading.at {
            Some(When::Local(local)) => {
                let local_s = self.calendar.local_s_of(local);
                self.calendar.local_s(self.calendar.elapsed_s(local_s)) != local_s
            }
            _ => false,
        };
        readings.iter().any(is_skipped).then(|| {
            let epoch = Date::constant(1970, 1, 1).at(0, 0, 0, 0);
            let standard_s = self.calendar.standard_offset_s();
            let instant = |reading: &Reading| match reading.at {
                Some(When::Local(local)) => {
                    let unix_s = local.duration_since(epoch).as_secs() - standard_s;
                    Reading { at: Some(When::Instant(unix_s, None)), ..*reading }
                }
                _ => *reading,
            };
            readings.iter().map(instant).collect()
        })
    }
}

/// What is said of a list that is a day longer or shorter than the year it begins in.
fn other_year(start: &str, days: i64) -> Option<String> {
    let first: Date = start.parse().ok()?;
    let year = (first.checked_add(1.year()).ok()? - first).get_days();
    let last = first.checked_add((days - 1).days()).ok()?;
    (i64::from(year) != days).then(|| {
        format!(
            "the list has {days} days, and the year from {first} has {year}: it ends on {last}; is it a list of another year? \
             `--first-day` says which"
        )
    })
}

/// A year without times: so many values that they can only be hours, halves or quarters of it.
fn list(
    readings: &[Reading],
    map: &Map,
    zone: &str,
    mistakes: &mut Mistakes<'_>,
    said: &mut Vec<String>,
) -> Option<Series> {
    let count = readings.len() as i64;
    let interval_s =
        [3600, 1800, 900, 300, 60].into_iter().find(|interval_s| matches!(count * interval_s / DAY_S, 365 | 366));
    let interval_s = interval_s.filter(|interval_s| count * interval_s % DAY_S == 0);
    let Some(interval_s) = interval_s else {
        let message =
            format!("holds {count} values without times, which is no year of hours (8760), half hours or quarters");
        mistakes.push(None, "", message, Some("add a column of times".to_owned()));
        return None;
    };
    let Some(start) = &map.start else {
        let message = format!("holds {count} values without times: a year of {} minutes, but which?", interval_s / 60);
        mistakes.push(None, "", message, Some("say on which day it begins: `--first-day 2025-01-01`".to_owned()));
        return None;
    };
    match Calendar::new(start, zone, (count * interval_s / DAY_S) as u32 + 1) {
        Ok(calendar) => {
            let minutes = interval_s / 60;
            said.push(format!(
                "the values are one after another {minutes} minutes long from {start} on, clock changes included"
            ));
            said.extend(other_year(start, count * interval_s / DAY_S));
            let values = readings.iter().map(|reading| reading.value).collect();
            Some(Series { calendar, start_s: 0, interval_s, values })
        }
        Err(error) => {
            mistakes.push(None, "--first-day", error.to_string(), Some("a date such as 2025-01-01".to_owned()));
            None
        }
    }
}
