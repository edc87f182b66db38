//! Local civil time. The clock counts elapsed seconds; this page says what the wall clock shows.

use bevy_ecs::prelude::Resource;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Seconds of an hour.
pub const HOUR_S: i64 = 3_600;
/// Seconds of a day without a clock change.
pub const DAY_S: i64 = 24 * HOUR_S;
/// Seconds of a week.
pub const WEEK_S: i64 = 7 * DAY_S;
/// A year outside of these is a slip of the pen: no port was electric before, and no clock is known that far ahead.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// No calendar is longer: a file of others may ask for any number of days, and each takes memory.
pub const MOST_DAYS: u32 = 40_000;
/// Days before the start that can still be named (freight looks back at calls that came before).
const DAYS_BEFORE: i64 = 40;

/// Why a calendar could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CalendarError(#[from] jiff::Error);

/// From elapsed seconds to local civil time and back, daylight saving included.
#[derive(Resource, Debug, Clone)]
pub struct Calendar {
    zone: String,
    start: Date,
    epoch_s: i64,
    /// How far local time without daylight saving is ahead of UTC, seconds.
    standard_offset_s: i64,
    start_weekday: i64,
    /// From this elapsed second on, local time runs this many seconds ahead of elapsed time.
    steps: Vec<(i64, i64)>,
    /// Month (1 to 12) of each day from `DAYS_BEFORE` before the start.
    months: Vec<u8>,
    /// See [`Calendar::drawn_from`].
    first_drawn_week: i64,
}

impl Calendar {
    /// A calendar that starts at local midnight of `start` and covers `days` days.
    ///
    /// # Errors
    /// When the zone is unknown or the dates leave the range of the calendar.
    pub fn new(start: &str, zone: &str, days: u32) -> Result<Self, CalendarError> {
        let start = parse_date(start)?;
        if days > MOST_DAYS {
            return Err(jiff::Error::from_args(format_args!("{days} days are more than {MOST_DAYS}")).into());
        }
        let time_zone = TimeZone::get(zone)?;
        let midnight = start.to_zoned_datetime(time_zone.clone())?;
        let epoch_s = midnight.timestamp().as_second();
        let first_offset = i64::from(midnight.offset().seconds());
        let first = Timestamp::from_second(epoch_s - DAYS_BEFORE * DAY_S)?;
        let last_s = (i64::from(days) + DAYS_BEFORE) * DAY_S;
        let mut steps = vec![(i64::MIN, i64::from(time_zone.to_offset(first).seconds()) - first_offset)];
        for change in time_zone.following(first) {
            let at = change.timestamp().as_second() - epoch_s;
            if at > last_s {
                break;
            }
            steps.push((at, i64::from(change.offset().seconds()) - first_offset));
        }
        let span = DAYS_BEFORE + i64::from(days) + DAYS_BEFORE;
        let before = start.checked_sub(DAYS_BEFORE.days())?;
        let months = (0..span)
            .map(|day| Ok(u8::try_from(before.checked_add(day.days())?.month()).unwrap_or(1)))
            .collect::<Result<_, jiff::Error>>()?;
        let start_weekday = i64::from(start.weekday().to_monday_zero_offset());
        // Daylight saving only ever puts clocks forward, and January and July never both have it.
        let offset_in = |month: i8| -> Result<i64, jiff::Error> {
            let day = start.with().month(month).day(1).build()?;
            Ok(i64::from(day.to_zoned_datetime(time_zone.clone())?.offset().seconds()))
        };
        let standard_offset_s = offset_in(1)?.min(offset_in(7)?);
        Ok(Self {
            zone: zone.to_owned(),
            start,
            epoch_s,
            standard_offset_s,
            start_weekday,
            steps,
            months,
            first_drawn_week: 0,
        })
    }

    /// The same days, in which random draws count weeks and days from so many weeks after the start: a run that begins
    /// earlier for its warm-up then meets the same vessels and shifts as the one that it repeats.
    #[must_use]
    pub fn drawn_from(mut self, weeks: u32) -> Self {
        self.first_drawn_week = i64::from(weeks);
        self
    }

    /// The number under which a week of the run is drawn, from its number since the start.
    #[must_use]
    pub fn draw_week(&self, week: i64) -> i64 {
        week - self.first_drawn_week
    }

    /// The number under which a day of the run is drawn, from its number since the start.
    #[must_use]
    pub fn draw_day(&self, day: i64) -> i64 {
        day - self.first_drawn_week * 7
    }

    /// By how much the clocks change within so many days of the start where that is no multiple of an interval, seconds: an
    /// interval would then lie on both sides of a local hour or midnight. On Lord Howe Island they change by half an hour.
    #[must_use]
    pub fn uneven_change_s(&self, interval_s: u32, days: u32) -> Option<i64> {
        let changes = self.steps.windows(2).map(|pair| (pair[1].0, pair[1].1 - pair[0].1));
        let within = changes.filter(|(at, _)| (1..i64::from(days) * DAY_S).contains(at));
        let uneven = within.map(|(_, change)| change).find(|change| change % i64::from(interval_s.max(1)) != 0);
        uneven.map(i64::abs)
    }

    /// Local seconds since local midnight of the first day.
    #[must_use]
    pub fn local_s(&self, elapsed_s: i64) -> i64 {
        let step = self.steps.iter().rev().find(|step| step.0 <= elapsed_s);
        elapsed_s + step.map_or(0, |step| step.1)
    }

    /// The elapsed second at which the wall clock shows `local_s`. A time that the spring change skips
    /// is taken after it; one that the autumn change repeats is taken the first time.
    #[must_use]
    pub fn elapsed_s(&self, local_s: i64) -> i64 {
        for (at, step) in self.steps.iter().enumerate() {
            let elapsed = local_s - step.1;
            let next = self.steps.get(at + 1).map_or(i64::MAX, |next| next.0);
            if elapsed < next {
                return elapsed.max(step.0);
            }
        }
        local_s
    }

    /// Local seconds since Monday 00:00 of the week in which the run starts.
    #[must_use]
    pub fn since_monday_s(&self, elapsed_s: i64) -> i64 {
        self.local_s(elapsed_s) + self.start_weekday * DAY_S
    }

    /// The elapsed second for local seconds since Monday 00:00 of the first week.
    #[must_use]
    pub fn from_monday_s(&self, monday_s: i64) -> i64 {
        self.elapsed_s(monday_s - self.start_weekday * DAY_S)
    }

    /// Hour of the local week, 0 (Monday 00:00) to 167.
    #[must_use]
    pub fn hour_of_week(&self, elapsed_s: i64) -> usize {
        (self.since_monday_s(elapsed_s).rem_euclid(WEEK_S) / 3600) as usize
    }

    /// Hour of the local day, 0 to 23.
    #[must_use]
    pub fn hour(&self, elapsed_s: i64) -> usize {
        self.hour_of_week(elapsed_s) % 24
    }

    /// Local day, 0 on the first.
    #[must_use]
    pub fn day(&self, elapsed_s: i64) -> i64 {
        self.local_s(elapsed_s).div_euclid(DAY_S)
    }

    /// Weekday of a local day, 0 (Monday) to 6.
    #[must_use]
    pub fn weekday(&self, day: i64) -> usize {
        (day + self.start_weekday).rem_euclid(7) as usize
    }

    /// Month, 0 (January) to 11.
    #[must_use]
    pub fn month(&self, elapsed_s: i64) -> usize {
        let at = (self.day(elapsed_s) + DAYS_BEFORE).clamp(0, self.months.len() as i64 - 1);
        usize::from(self.months[at as usize]) - 1
    }

    /// Day of the local year, 1 to 366.
    #[must_use]
    pub fn day_of_year(&self, elapsed_s: i64) -> u32 {
        let date = self.start.checked_add(self.day(elapsed_s).days()).unwrap_or(self.start);
        u32::from(date.day_of_year().unsigned_abs())
    }

    /// Hour of the local year without daylight saving, from 0: how files of a year's weather and sun count.
    #[must_use]
    pub fn standard_hour_of_year(&self, elapsed_s: i64) -> usize {
        let standard = jiff::tz::Offset::from_seconds(self.standard_offset_s as i32).unwrap_or(jiff::tz::Offset::UTC);
        let time = Timestamp::from_second(self.unix_s(elapsed_s)).unwrap_or_default();
        let civil = standard.to_datetime(time);
        (civil.day_of_year().unsigned_abs() as usize - 1) * 24 + civil.hour().unsigned_abs() as usize
    }

    /// How far local time without daylight saving is ahead of UTC, seconds.
    #[must_use]
    pub fn standard_offset_s(&self) -> i64 {
        self.standard_offset_s
    }

    /// How far local time is ahead of UTC, seconds.
    #[must_use]
    pub fn offset_s(&self, elapsed_s: i64) -> i64 {
        let midnight = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let start = self.start.to_datetime(jiff::civil::Time::midnight()).duration_since(midnight).as_secs();
        start + self.local_s(elapsed_s) - self.unix_s(elapsed_s)
    }

    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn unix_s(&self, elapsed_s: i64) -> i64 {
        self.epoch_s + elapsed_s
    }

    /// Local ISO time with its offset, to the second.
    #[must_use]
    pub fn iso(&self, elapsed_s: i64) -> String {
        let local = self.local_s(elapsed_s);
        let day = local.div_euclid(DAY_S);
        let date = self.start.checked_add(day.days()).unwrap_or(self.start);
        let second = local.rem_euclid(DAY_S);
        let total = self.offset_s(elapsed_s);
        let sign = if total < 0 { '-' } else { '+' };
        format!(
            "{date}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60,
            total.abs() / 3600,
            total.abs() / 60 % 60
        )
    }

    /// The zone's name.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// The first day.
    #[must_use]
    pub fn start(&self) -> Date {
        self.start
    }

    /// Local seconds of a civil time since local midnight of the first day.
    #[must_use]
    pub fn local_s_of(&self, time: DateTime) -> i64 {
        time.duration_since(self.start.to_datetime(jiff::civil::Time::midnight())).as_secs()
    }

    /// Second of the local day.
    #[must_use]
    pub fn second_of_day(&self, elapsed_s: i64) -> u32 {
        self.local_s(elapsed_s).rem_euclid(DAY_S) as u32
    }
}

/// Is a second of the day within a span, such as 18:00 to 06:00, that may end on the next day?
#[must_use]
pub fn in_window((from, to): (u32, u32), second_of_day: u32) -> bool {
    if from < to { (from..to).contains(&second_of_day) } else { second_of_day >= from || second_of_day < to }
}

/// Seconds since midnight of a time such as `05:30` (24:00 is allowed).
#[must_use]
pub fn parse_time(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str, lengths: core::ops::RangeInclusive<usize>| -> Option<u32> {
        let is_plain = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_plain)
    };
    let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
    let is_time = minutes < 60 && (hours < 24 || hours == 24 && minutes == 0);
    is_time.then(|| hours * 3600 + minutes * 60)
}

/// Seconds from the start of the run of a local time such as `2025-06-02T07:30`, or of a date alone. With an offset or a zone
/// (`2025-06-02T07:30-07:00`, `...Z`, `...[America/Los_Angeles]`) it is that instant, wherever the run is. A part of a second
/// is no time here: it would be dropped unseen.
#[must_use]
pub fn local_s(text: &str, calendar: &Calendar) -> Option<i64> {
    // A second 60 would be taken as 59.
    if text.contains(":60") {
        return None;
    }
    if text.contains('[') {
        let time: jiff::ZonedDateTime =
            text.parse().ok().filter(|time: &jiff::ZonedDateTime| is_offset(time.offset().seconds()))?;
        return Some(whole_s(time.timestamp())? - calendar.epoch_s);
    }
    if has_offset(text) {
        // Of the offset only the instant is kept, so it is looked at before.
        let time: Timestamp = text.parse().ok().filter(|_| offset_of(text).is_some_and(is_offset))?;
        return Some(whole_s(time)? - calendar.epoch_s);
    }
    Some(calendar.elapsed_s(calendar.local_s_of(civil(text)?)))
}

/// Does a local time without an offset come twice, for the clocks are put back then?
#[must_use]
pub fn comes_twice(text: &str, calendar: &Calendar) -> bool {
    let is_bare = !text.contains('[') && !has_offset(text);
    let local_s = civil(text).filter(|_| is_bare).map(|time| calendar.local_s_of(time));
    local_s.is_some_and(|local_s| {
        let shows = |step: &(i64, i64)| calendar.local_s(local_s - step.1) == local_s;
        let elapsed = calendar.steps.iter().filter(|step| shows(step)).map(|step| local_s - step.1);
        elapsed.collect::<std::collections::BTreeSet<i64>>().len() > 1
    })
}

fn civil(text: &str) -> Option<DateTime> {
    text.parse().ok().filter(|time: &DateTime| time.subsec_nanosecond() == 0)
}

/// Is a zone of the earth so many seconds ahead of UTC?
fn is_offset(seconds: i32) -> bool {
    (-12 * 3600..=14 * 3600).contains(&seconds)
}

/// The offset at the end of a time, seconds.
fn offset_of(text: &str) -> Option<i32> {
    let at = text.rfind(['+', '-', 'Z', 'z'])?;
    let (sign, rest) = text[at..].split_at(1);
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let two = |from: usize| digits.get(from..from + 2).map_or(Some(0), |text| text.parse::<i32>().ok());
    match sign {
        "Z" | "z" => rest.is_empty().then_some(0),
        "-" => Some(-(two(0)? * 3600 + two(2)? * 60)),
        _ => Some(two(0)? * 3600 + two(2)? * 60),
    }
}

/// Seconds since 1970-01-01 UTC of an instant that has no part of a second.
#[must_use]
pub fn whole_s(time: Timestamp) -> Option<i64> {
    (time.subsec_nanosecond() == 0).then(|| time.as_second())
}

/// Does a time say how far it is from UTC? A date has dashes of its own.
#[must_use]
pub fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['+', '-', 'Z', 'z']))
}

/// A date such as `2025-06-02`, without a time or an offset, which would be dropped unseen.
///
/// # Errors
/// When it is none.
pub fn parse_date(text: &str) -> Result<Date, CalendarError> {
    let date: Date = text.parse()?;
    if date.to_string() != text {
        return Err(jiff::Error::from_args(format_args!("`{text}` is not a date alone, such as {date}")).into());
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    if !YEARS.contains(&date.year()) {
        return Err(jiff::Error::from_args(format_args!("{date} is not of the years {first} to {last}")).into());
    }
    Ok(date)
}

/// Start and end, seconds since midnight, of a span such as `18:00-06:00`. The end may lie on the next day.
#[must_use]
pub fn parse_window(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (parse_time(from.trim())?, parse_time(to.trim())?);
    (from != to && from < 24 * 3600).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both days on which Los Angeles changes its clocks in 2025: 9 March (23 hours) and 2 November (25 hours).
    #[test]
    fn clock_changes() {
        let spring = Calendar::new("2025-03-08", "America/Los_Angeles", 4).unwrap();
        assert_eq!(spring.hour(DAY_S + 3600), 1);
        assert_eq!(spring.hour(DAY_S + 2 * 3600), 3, "02:00 does not exist");
        assert_eq!(spring.day(DAY_S + 23 * 3600), 2, "that day has 23 hours");
        assert_eq!(spring.elapsed_s(DAY_S + 2 * 3600 + 1800), DAY_S + 2 * 3600, "02:30 is taken as 03:00");
        assert_eq!(spring.iso(0), "2025-03-08T00:00:00-08:00");
        assert_eq!(spring.iso(DAY_S + 2 * 3600), "2025-03-09T03:00:00-07:00");
        let autumn = Calendar::new("2025-11-01", "America/Los_Angeles", 4).unwrap();
        assert_eq!(autumn.hour(DAY_S + 3600), 1);
        assert_eq!(autumn.hour(DAY_S + 2 * 3600), 1, "01:00 comes twice");
        assert_eq!(autumn.day(DAY_S + 24 * 3600 + 1800), 1, "that day has 25 hours");
        assert_eq!(autumn.iso(DAY_S + 2 * 3600), "2025-11-02T01:00:00-08:00");
    }

    /// Files of a year of sun have 8,760 hours, none of them skipped or repeated: in summer, clocks are one hour ahead of
    /// them, on either half of the earth.
    #[test]
    fn hours_of_a_year_know_no_daylight_saving() {
        let year = Calendar::new("2025-01-01", "America/Los_Angeles", 365).unwrap();
        for hour in 0..8760 {
            assert_eq!(year.standard_hour_of_year(hour * 3600 + 1800), hour as usize);
        }
        let noon_in_june = year.elapsed_s(171 * DAY_S + 12 * 3600);
        assert_eq!(year.standard_hour_of_year(noon_in_june) % 24, 11);
        let sydney = Calendar::new("2025-01-01", "Australia/Sydney", 2).unwrap();
        assert_eq!(sydney.standard_hour_of_year(12 * 3600) % 24, 11, "January is summer there");
    }

    #[test]
    fn half_hours_of_daylight_saving_are_found() {
        let change = |start: &str, zone: &str, interval_s: u32| {
            Calendar::new(start, zone, 4).unwrap().uneven_change_s(interval_s, 4)
        };
        for start in ["2025-04-04", "2025-10-03"] {
            assert_eq!(change(start, "Australia/Lord_Howe", 3600), Some(1800), "{start}");
            assert_eq!(change(start, "Australia/Lord_Howe", 1800), None, "{start}");
            assert_eq!(change(start, "Australia/Sydney", 3600), None, "{start}");
        }
        assert_eq!(change("2025-06-02", "Australia/Lord_Howe", 3600), None);
    }

    #[test]
    fn times_and_dates_drop_nothing() {
        for (text, seconds) in [("00:00", Some(0)), ("24:00", Some(86_400)), ("7:05", Some(25_500)), ("24:01", None)] {
            assert_eq!(parse_time(text), seconds, "{text}");
        }
        for wrong in
            ["71582789:00", "4294967295:59", "25:00", "12:60", "-1:00", "+5:30", "05:5", "05:+3", "12", "12:00:00", ""]
        {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
        let calendar = Calendar::new("2025-06-02", "America/Los_Angeles", 2).unwrap();
        let instants = ["2025-06-02T07:30", "2025-06-02T07:30-07:00", "2025-06-02T14:30Z", "2025-06-02T16:30+02:00"];
        for odd in ["+14:01", "-12:01", "+15:00", "-1300", "+99:00", "+23:59"] {
            assert_eq!(local_s(&format!("2025-06-02T07:30{odd}"), &calendar), None, "{odd}");
        }
        for (far, seconds) in [("+14:00", -14 * 3600), ("-12:00", 12 * 3600), ("+05:30", -5 * 3600 - 1800)] {
            assert_eq!(local_s(&format!("2025-06-02T07:00{far}"), &calendar), Some(seconds), "{far}");
        }
        assert_eq!(local_s("2025-06-02T07:30:60", &calendar), None);
        assert_eq!(local_s("2025-06-02T07:30:60Z", &calendar), None);
        let autumn = Calendar::new("2025-11-01", "America/Los_Angeles", 4).unwrap();
        for (text, twice) in [
            ("2025-11-02T01:30", true),
            ("2025-11-02T01:00", true),
            ("2025-11-02T00:59:59", false),
            ("2025-11-02T02:00", false),
            ("2025-11-02T01:30-07:00", false),
            ("2025-11-02T01:30[America/Los_Angeles]", false),
        ] {
            assert_eq!(comes_twice(text, &autumn), twice, "{text}");
        }
        let zoned = ["2025-06-02T07:30[America/Los_Angeles]", "2025-06-02T10:30-04:00[America/New_York]"];
        for text in instants.iter().chain(&zoned) {
            assert_eq!(local_s(text, &calendar), Some(7 * 3600 + 1800), "{text}");
        }
        assert_eq!(local_s("2025-06-02T10:30-07:00[America/New_York]", &calendar), None, "the two do not agree");
        for parts in instants.iter().chain(&zoned).map(|text| text.replacen(":30", ":30:00.5", 1)) {
            assert_eq!(local_s(&parts, &calendar), None, "{parts}");
        }
        for right in ["2025-06-02", "1900-01-01", "2199-12-31"] {
            assert!(parse_date(right).is_ok(), "{right}");
        }
        for wrong in ["0205-06-02", "0000-01-01", "-000001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"] {
            assert!(parse_date(wrong).unwrap_err().to_string().contains("years 1900 to 2199"), "{wrong}");
        }
        for wrong in
            ["2025-06-02T07:30", "2025-06-02T00:00", "2025-06-02 07:30", "20250602", "2025-06-02T00:00Z", "2025-W23-1"]
        {
            assert!(parse_date(wrong).is_err() && Calendar::new(wrong, "UTC", 1).is_err(), "{wrong}");
        }
    }

    #[test]
    fn round_trip_and_weeks() {
        let calendar = Calendar::new("2025-06-04", "America/Los_Angeles", 10).unwrap();
        for elapsed in (-5 * DAY_S..9 * DAY_S).step_by(4321) {
            assert_eq!(calendar.elapsed_s(calendar.local_s(elapsed)), elapsed);
        }
        assert_eq!(calendar.hour_of_week(0), 48, "4 June 2025 is a Wednesday");
        assert_eq!(calendar.month(-5 * DAY_S), 4);
        assert!(Calendar::new("2025-02-30", "America/Los_Angeles", 1).is_err());
        assert!(Calendar::new("2025-02-03", "America/Los_Angeles", u32::MAX).is_err());
        assert!(Calendar::new("2025-02-03", "America/Nowhere", 1).is_err());
    }
}
