//! Limits that hold for some of the time: hours, seasons, outages, phases of energisation.

use super::spec::Days;
use crate::kernel::calendar::{Calendar, in_window};
use crate::kernel::ids::NodeId;
use crate::kernel::units::Kw;
use bevy_ecs::prelude::Resource;

/// One of them. The lowest of all that apply holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimedLimit {
    /// What it limits.
    pub(crate) node: NodeId,
    /// Most mean power.
    pub(crate) limit: Kw,
    /// From, to: seconds from the start of the run.
    pub(crate) from_s: i64,
    /// Until then, exclusive.
    pub(crate) to_s: i64,
    /// Only in these seconds of the local day; the end may lie on the next day.
    pub(crate) window: Option<(u32, u32)>,
    /// Only on these days.
    pub(crate) days: Option<Days>,
    /// Only in these months, 0 to 11; empty: all.
    pub(crate) months: Vec<usize>,
}

/// All limits that hold at some times only.
#[derive(Resource, Debug, Default)]
pub(crate) struct TimedLimits(Vec<TimedLimit>);

impl TimedLimits {
    /// Limits with times, as the scenario lists them.
    pub(super) fn of(limits: Vec<TimedLimit>) -> Self {
        Self(limits)
    }

    /// Is there none?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lowers limits, by node, to those that bind an interval.
    pub(crate) fn lower(&self, calendar: &Calendar, from_s: u32, to_s: u32, limits: &mut [Kw]) {
        for timed in self.0.iter().filter(|timed| timed.binds(calendar, from_s, to_s)) {
            let limit = &mut limits[timed.node.index()];
            *limit = limit.min(timed.limit);
        }
    }
}

impl TimedLimit {
    /// Does it hold at a moment?
    pub(crate) fn holds_at(&self, calendar: &Calendar, at_s: i64) -> bool {
        if at_s < self.from_s || at_s >= self.to_s {
            return false;
        }
        let in_window = self.window.is_none_or(|window| in_window(window, calendar.second_of_day(at_s)));
        let is_weekend = calendar.weekday(calendar.day(at_s)) >= 5;
        let on_day = self.days.is_none_or(|days| (days == Days::Weekends) == is_weekend);
        in_window && on_day && (self.months.is_empty() || self.months.contains(&calendar.month(at_s)))
    }

    /// Does it hold at the start of an interval or at its end? A limit that begins inside an interval binds all of it.
    pub(crate) fn binds(&self, calendar: &Calendar, from_s: u32, to_s: u32) -> bool {
        self.holds_at(calendar, i64::from(from_s)) || self.holds_at(calendar, i64::from(to_s) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 June 2025 is a Monday.
    #[test]
    fn hours_days_months_and_dates() {
        let calendar = Calendar::new("2025-06-02", "America/Los_Angeles", 40).unwrap();
        let any = TimedLimit {
            node: NodeId(0),
            limit: Kw(1.0),
            from_s: 0,
            to_s: i64::MAX,
            window: None,
            days: None,
            months: Vec::new(),
        };
        let hour = |h: i64| h * 3600;
        let evening = TimedLimit { window: Some((16 * 3600, 21 * 3600)), ..any.clone() };
        assert!(!evening.holds_at(&calendar, hour(15)) && evening.holds_at(&calendar, hour(16)));
        assert!(evening.holds_at(&calendar, hour(21) - 1) && !evening.holds_at(&calendar, hour(21)));
        let night = TimedLimit { window: Some((22 * 3600, 6 * 3600)), ..any.clone() };
        assert!(night.holds_at(&calendar, hour(23)) && night.holds_at(&calendar, hour(5)));
        assert!(!night.holds_at(&calendar, hour(12)));
        let weekend = TimedLimit { days: Some(Days::Weekends), ..any.clone() };
        assert!(!weekend.holds_at(&calendar, hour(4 * 24)) && weekend.holds_at(&calendar, hour(5 * 24)));
        let july = TimedLimit { months: vec![6], ..any.clone() };
        assert!(!july.holds_at(&calendar, hour(24)) && july.holds_at(&calendar, hour(30 * 24)));
        let phase = TimedLimit { to_s: hour(48), ..any };
        assert!(phase.holds_at(&calendar, hour(47)) && !phase.holds_at(&calendar, hour(48)));
        assert!(evening.binds(&calendar, 16 * 3600 - 300, 16 * 3600 + 300), "it begins inside the interval");
    }
}
