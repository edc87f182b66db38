//! A metered load: mean power of equal intervals, with the local time of each. What [`super::bill`] bills.

use super::tariff::{Slot, Tariff};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::units::S_PER_H;
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt::Write;
use std::ops::Range;

/// Why a load cannot be billed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// There is nothing to bill.
    #[error("the load has no intervals")]
    Empty,
    /// The meter's interval is not one.
    #[error("an interval of {0} s is not a whole part of an hour, between 1 and 60 minutes")]
    Interval(u32),
    /// A value is not a number.
    #[error("interval {0} is not a finite power")]
    NotFinite(usize),
}

/// Mean power of equal intervals without gaps, kW; negative is exported.
#[derive(Debug, Clone)]
pub struct Load {
    calendar: Calendar,
    start_s: i64,
    interval_s: u32,
    kw: Vec<f64>,
}

impl Load {
    /// A load that starts at an elapsed second of the calendar. The interval must be 1 to 60 minutes and divide the
    /// hour.
    ///
    /// # Errors
    /// When it does not, or the load is empty or holds something else than finite numbers.
    pub fn new(calendar: Calendar, start_s: i64, interval_s: u32, kw: Vec<f64>) -> Result<Self, LoadError> {
        if !(60..=3600).contains(&interval_s) || 3600 % interval_s != 0 {
            return Err(LoadError::Interval(interval_s));
        }
        if kw.is_empty() {
            return Err(LoadError::Empty);
        }
        match kw.iter().position(|kw| !kw.is_finite()) {
            Some(at) => Err(LoadError::NotFinite(at)),
            None => Ok(Self { calendar, start_s, interval_s, kw }),
        }
    }

    /// Local times at which it begins and ends, with their offsets.
    #[must_use]
    pub fn span(&self) -> (String, String) {
        let end_s = self.start_s + self.kw.len() as i64 * i64::from(self.interval_s);
        (self.calendar.iso(self.start_s), self.calendar.iso(end_s))
    }

    /// As CSV: the begin of each interval with its offset, and its mean power.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut out = "start,kw\n".to_owned();
        for (at, kw) in self.kw.iter().enumerate() {
            let start = self.calendar.iso(self.start_s + at as i64 * i64::from(self.interval_s));
            let _ = writeln!(out, "{start},{kw}");
        }
        out
    }

    /// Mean power between two points in time, seconds since 1970; none where the load does not cover them.
    #[must_use]
    pub fn mean_kw(&self, from_unix_s: i64, until_unix_s: i64) -> Option<f64> {
        let (begin_s, interval_s) = (self.calendar.unix_s(self.start_s), i64::from(self.interval_s));
        let (mut at_s, mut kw_s) = (from_unix_s, 0.0);
        while at_s < until_unix_s {
            let index = usize::try_from((at_s - begin_s).div_euclid(interval_s)).ok()?;
            let next_s = until_unix_s.min(begin_s + (index as i64 + 1) * interval_s);
            kw_s += self.kw.get(index)? * (next_s - at_s) as f64;
            at_s = next_s;
        }
        Some(kw_s / (until_unix_s - from_unix_s) as f64)
    }

    /// Local day (from the first of its calendar) and hour in which an interval begins.
    #[must_use]
    pub fn local_day_and_hour(&self, interval: usize) -> (i64, usize) {
        let local_s = self.calendar.local_s(self.start_s + interval as i64 * i64::from(self.interval_s));
        (local_s.div_euclid(DAY_S), (local_s.rem_euclid(DAY_S) / 3600) as usize)
    }

    /// Number of the hour that an interval lies in, by elapsed time: an hour that comes twice in autumn is two.
    pub(super) fn local_hour(&self, interval: usize) -> i64 {
        let elapsed_s = self.start_s + interval as i64 * i64::from(self.interval_s);
        // Clocks of some zones are half an hour off: hours begin by the clock.
        let off_s = (self.calendar.local_s(elapsed_s) - elapsed_s).rem_euclid(3600);
        (elapsed_s + off_s).div_euclid(3600)
    }

    /// Day of the week of a local day, from Monday as 0.
    #[must_use]
    pub fn weekday(&self, day: i64) -> usize {
        self.calendar.weekday(day)
    }

    /// The name of its time zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.calendar.zone()
    }

    /// A load of so many days from the start of another calendar on, made of the whole days of this one, weekday by weekday in
    /// turn: a Monday stands for Mondays. Where a weekday never came, a working day stands for a working day and any day for
    /// the rest; the hours are those of the clock.
    ///
    /// # Errors
    /// When this load has no whole day.
    pub fn repeated(&self, calendar: &Calendar, days: u32) -> Result<Self, LoadError> {
        let donors = self.whole_days();
        let step_s = i64::from(self.interval_s);
        let end_s = calendar.elapsed_s(i64::from(days) * DAY_S);
        let mut turns = [0_usize; 7];
        let mut today: Option<(i64, usize)> = None;
        let mut kw = Vec::with_capacity((end_s / step_s) as usize);
        for at_s in (0..end_s).step_by(self.interval_s as usize) {
            let local_s = calendar.local_s(at_s);
            let day = local_s.div_euclid(DAY_S);
            let first = match today {
                Some((same, first)) if same == day => first,
                _ => {
                    let weekday = calendar.weekday(day);
                    let first = stand_in(&donors, weekday, turns[weekday]).ok_or(LoadError::Empty)?;
                    turns[weekday] += 1;
                    today = Some((day, first));
                    first
                }
            };
            kw.push(self.kw[first + (local_s.rem_euclid(DAY_S) / step_s) as usize]);
        }
        Self::new(calendar.clone(), 0, self.interval_s, kw)
    }

    /// Days of 24 hours that the load covers whole: weekday and first interval.
    fn whole_days(&self) -> Vec<(usize, usize)> {
        let steps = (DAY_S / i64::from(self.interval_s)) as usize;
        let local_s = |at: usize| self.calendar.local_s(self.start_s + at as i64 * i64::from(self.interval_s));
        let starts = (0..self.kw.len()).filter(|at| local_s(*at).rem_euclid(DAY_S) == 0);
        let is_whole = |at: &usize| at + steps <= self.kw.len() && local_s(at + steps - 1) - local_s(*at) < DAY_S;
        starts.filter(is_whole).map(|at| (self.calendar.weekday(local_s(at).div_euclid(DAY_S)), at)).collect()
    }

    /// Length of an interval, s.
    #[must_use]
    pub fn interval_s(&self) -> u32 {
        self.interval_s
    }

    /// Mean power of the intervals, kW.
    #[must_use]
    pub fn kw(&self) -> &[f64] {
        &self.kw
    }

    /// Power to energy: hours of an interval.
    #[must_use]
    pub fn hours(&self) -> f64 {
        f64::from(self.interval_s) / S_PER_H
    }

    /// Cuts the load into calendar months, and these where rates change.
    pub(super) fn months(&self, tariff: &Tariff) -> Timeline {
        let mut timeline = Timeline { slots: Vec::with_capacity(self.kw.len()), months: Vec::new() };
        let mut today: Option<(i64, Date, usize)> = None;
        for at in 0..self.kw.len() {
            let local_s = self.calendar.local_s(self.start_s + at as i64 * i64::from(self.interval_s));
            let day = local_s.div_euclid(DAY_S);
            let (date, weekday) = match today {
                Some((same, date, weekday)) if same == day => (date, weekday),
                _ => {
                    let date = self.calendar.start().saturating_add(day.days());
                    let weekday = tariff.rates[timeline.begin_day(date, tariff, at)].billed_weekday(date);
                    today = Some((day, date, weekday));
                    (date, weekday)
                }
            };
            let month = date.month() as usize - 1;
            timeline.slots.push(Slot::new(month, weekday, local_s.rem_euclid(DAY_S)));
            timeline.end_at(at + 1);
        }
        for part in timeline.months.iter_mut().flat_map(|month| &mut month.parts) {
            part.covered_days = part.dates.iter().zip(&part.days).map(|(date, steps)| self.covered(*date, steps)).sum();
        }
        timeline.months.iter_mut().for_each(|month| month.share_out(tariff));
        timeline
    }

    /// The share of a local day, which may have 23 or 25 hours, that these intervals cover, 0 to 1.
    fn covered(&self, date: Date, steps: &Range<usize>) -> f64 {
        let midnight_s = self.calendar.local_s_of(date.to_datetime(jiff::civil::Time::midnight()));
        let day_s = self.calendar.elapsed_s(midnight_s + DAY_S) - self.calendar.elapsed_s(midnight_s);
        (steps.len() as f64 * f64::from(self.interval_s) / day_s as f64).min(1.0)
    }

    /// Mean power over windows, which begin with the local day and at whole multiples of their length after that. Of an hour
    /// that comes twice each has its own; one that a part or a change of the clock cuts counts by what is there of it. A
    /// window that is no multiple of the interval is the interval itself.
    pub(super) fn windows(&self, part: &Part, slots: &[Slot], window_s: Option<u32>) -> Vec<Window> {
        let window_s = i64::from(self.window_s(window_s));
        let mut out: Vec<((usize, i64, i64), u32, Window)> = Vec::new();
        for (day, steps) in part.days.iter().enumerate() {
            for at in steps.clone() {
                let elapsed_s = self.start_s + at as i64 * i64::from(self.interval_s);
                let local_s = self.calendar.local_s(elapsed_s);
                let behind_s = self.calendar.unix_s(elapsed_s) - local_s;
                let block = (day, local_s.rem_euclid(DAY_S).div_euclid(window_s), behind_s);
                match out.last_mut() {
                    Some((same, number, window)) if *same == block => {
                        window.kw += self.kw[at];
                        *number += 1;
                    }
                    _ => out.push((block, 1, Window { kw: self.kw[at], slot: slots[at], day })),
                }
            }
        }
        let mean = |(_, number, window): (_, u32, Window)| Window { kw: window.kw / f64::from(number), ..window };
        out.into_iter().map(mean).collect()
    }

    /// The time over which demand is really averaged, s.
    #[must_use]
    pub fn window_s(&self, wanted_s: Option<u32>) -> u32 {
        let fits = |window_s: &u32| *window_s > self.interval_s && window_s.is_multiple_of(self.interval_s);
        wanted_s.filter(fits).unwrap_or(self.interval_s)
    }
}

/// The first interval of the day that stands for a weekday, the `turn`-th time.
fn stand_in(donors: &[(usize, usize)], weekday: usize, turn: usize) -> Option<usize> {
    let is_same = |donor: &&(usize, usize)| donor.0 == weekday;
    let is_like = |donor: &&(usize, usize)| (donor.0 < 5) == (weekday < 5);
    let of = |fits: &dyn Fn(&&(usize, usize)) -> bool| donors.iter().filter(|donor| fits(donor)).collect::<Vec<_>>();
    let ways = [of(&is_same), of(&is_like), of(&|_| true)];
    let donors = ways.into_iter().find(|donors| !donors.is_empty())?;
    Some(donors[turn % donors.len()].1)
}

/// A meter that is being read: it keeps the mean of blocks of equal length. Energy is kept to the last kWh: a part of a
/// reading counts for its part, a block that is not full counts as if nothing flowed in the rest of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Meter {
    block_s: u32,
    /// Sum of power and seconds of each block since the start, kW s.
    kw_s: Vec<f64>,
}

impl Meter {
    /// A meter with blocks of this length, at least 1 s.
    #[must_use]
    pub fn new(block_s: u32) -> Self {
        Self { block_s: block_s.max(1), kw_s: Vec::new() }
    }

    /// Reads the mean power of an interval that began `start_s` seconds after the start.
    pub fn read(&mut self, start_s: u32, interval_s: u32, kw: f64) {
        let (mut from, until) = (start_s, start_s + interval_s);
        while from < until {
            let block = from / self.block_s;
            let end = until.min((block + 1) * self.block_s);
            if self.kw_s.len() <= block as usize {
                self.kw_s.resize(block as usize + 1, 0.0);
            }
            self.kw_s[block as usize] += kw * f64::from(end - from);
            from = end;
        }
    }

    /// What it has read, from the calendar's start on.
    ///
    /// # Errors
    /// As [`Load::new`].
    pub fn load(&self, calendar: Calendar) -> Result<Load, LoadError> {
        let mean_kw = self.kw_s.iter().map(|sum| sum / f64::from(self.block_s)).collect();
        Load::new(calendar, 0, self.block_s, mean_kw)
    }
}

/// A load's calendar: the slot of each interval, and the months.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) slots: Vec<Slot>,
    pub(super) months: Vec<Month>,
}

/// A calendar month, or what the load holds of it.
#[derive(Debug)]
pub(super) struct Month {
    /// Its first day.
    pub(super) first: Date,
    /// Runs of days under the same rates, at least one.
    pub(super) parts: Vec<Part>,
}

/// Days of a month under the same rates.
#[derive(Debug)]
pub(super) struct Part {
    /// Index of the rates.
    pub(super) rates: usize,
    /// Share of the month for which charges by the month count, 0 to 1; the parts of a month add up to 1.
    pub(super) share: f64,
    /// Intervals of each day.
    pub(super) days: Vec<Range<usize>>,
    /// The days, beside their intervals.
    pub(super) dates: Vec<Date>,
    /// Days that the load covers; one that it holds in part counts for its part.
    pub(super) covered_days: f64,
}

impl Part {
    /// Its intervals.
    pub(super) fn steps(&self) -> impl Iterator<Item = usize> + '_ {
        self.days.iter().cloned().flatten()
    }
}

/// A window of demand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Mean power, kW.
    pub(super) kw: f64,
    /// Where it begins.
    pub(super) slot: Slot,
    /// Number of its day in the part.
    pub(super) day: usize,
}

impl Timeline {
    /// Begins a day at an interval; returns the index of its rates.
    fn begin_day(&mut self, date: Date, tariff: &Tariff, at: usize) -> usize {
        let first = date.first_of_month();
        if self.months.last().is_none_or(|month| month.first != first) {
            self.months.push(Month { first, parts: Vec::new() });
        }
        let rates = tariff.in_force(date);
        if let Some(month) = self.months.last_mut() {
            if month.parts.last().is_none_or(|part| part.rates != rates) {
                month.parts.push(Part { rates, share: 0.0, days: Vec::new(), dates: Vec::new(), covered_days: 0.0 });
            }
            if let Some(part) = month.parts.last_mut() {
                part.days.push(at..at);
                part.dates.push(date);
            }
        }
        rates
    }

    fn end_at(&mut self, at: usize) {
        let part = self.months.last_mut().and_then(|month| month.parts.last_mut());
        if let Some(day) = part.and_then(|part| part.days.last_mut()) {
            day.end = at;
        }
    }
}

impl Month {
    /// Month, 0 to 11.
    pub(super) fn number(&self) -> usize {
        self.first.month() as usize - 1
    }

    /// Days of the calendar month.
    pub(super) fn days(&self) -> f64 {
        f64::from(self.first.days_in_month())
    }

    /// Days of it that the load covers.
    pub(super) fn covered_days(&self) -> f64 {
        self.parts.iter().map(|part| part.covered_days).sum()
    }

    /// Shares by the days on which each of the rates is in force, among those that the load meets.
    fn share_out(&mut self, tariff: &Tariff) {
        let mut days = vec![0_u32; self.parts.len()];
        for day in 0..self.first.days_in_month() {
            let rates = tariff.in_force(self.first.saturating_add(i64::from(day).days()));
            if let Some(part) = self.parts.iter().position(|part| part.rates == rates) {
                days[part] += 1;
            }
        }
        let total: u32 = days.iter().sum();
        for (part, days) in self.parts.iter_mut().zip(days) {
            part.share = f64::from(days) / f64::from(total.max(1));
        }
    }
}
