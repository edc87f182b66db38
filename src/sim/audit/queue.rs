//! Little's law from tables alone: the length of a queue, integrated over time from the rows of those who were in it, is the
//! sum of their waits.

use crate::kernel::calendar::DAY_S;
use crate::record::audit::{Check, Findings};
use crate::record::tally::Waits;
use std::collections::BTreeMap;

/// Arrivals and departures of a queue are held back this long before its length is integrated over them: rows come when
/// sessions end. A wait that began before counts all the same, only its part of the length then is added by itself.
const HELD_BACK_S: u32 = 2 * DAY_S as u32;

/// A queue's length over time.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    /// Change of the length at each second that is held back.
    changes: BTreeMap<u32, i64>,
    /// Integrated up to here.
    until_s: u32,
    length: i64,
    area_s: i64,
    waits_s: i64,
}

impl Queue {
    /// A row tells that somebody was in it, and how long the wait was.
    pub(super) fn wait(&mut self, from_s: u32, to_s: u32, wait_s: u32) {
        self.waits_s += i64::from(wait_s);
        if from_s == to_s {
            return;
        }
        self.area_s += i64::from(to_s.min(self.until_s).saturating_sub(from_s));
        *self.changes.entry(from_s.max(self.until_s)).or_default() += 1;
        *self.changes.entry(to_s.max(self.until_s)).or_default() -= 1;
    }

    /// All rows are read whose last is of this second.
    pub(super) fn read_until(&mut self, last_s: u32) {
        self.integrate(last_s.saturating_sub(HELD_BACK_S));
    }

    fn integrate(&mut self, until_s: u32) {
        while let Some(change) = self.changes.first_entry().filter(|change| *change.key() < until_s) {
            let at_s = *change.key();
            self.area_s += self.length * i64::from(at_s - self.until_s);
            self.until_s = at_s;
            self.length += change.remove();
        }
    }

    /// All rows are read: the length over time is the sum of the waits, those of the rows and those that the metrics are made
    /// of.
    pub(super) fn close(&mut self, waits: &Waits, key: &str, findings: &mut Findings) {
        self.integrate(u32::MAX);
        let what = |of: &str| format!("queue: length of that of `{key}` over time, and waits {of}, s");
        findings.same_s(Check::QueueRows, || what("of the rows"), self.area_s, self.waits_s);
        findings.same_s(Check::QueueMetrics, || what("of the metrics"), self.area_s, waits.sum_s() as i64);
    }

    /// Area under its length, s.
    pub(super) fn area_s(&self) -> i64 {
        self.area_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the queue says when it is closed.
    fn closed(mut queue: Queue, waits: &[u32]) -> Vec<Check> {
        let (mut findings, mut told) = (Findings::default(), Waits::default());
        for wait_s in waits {
            told.add(*wait_s);
        }
        queue.close(&told, "depot", &mut findings);
        findings.all().into_iter().map(|finding| finding.check).collect()
    }

    /// Waits of 40 and 80 s, one of them told days after the queue was integrated beyond its time: the area is their sum.
    #[test]
    fn the_area_is_the_sum_of_waits_in_any_order_of_rows() {
        let mut queue = Queue::default();
        queue.wait(10, 50, 40);
        queue.read_until(HELD_BACK_S + 60);
        queue.wait(20, 100, 80);
        assert_eq!(closed(queue, &[40, 80]), []);
    }

    #[test]
    fn a_wait_that_differs_from_its_times_is_seen() {
        let mut queue = Queue::default();
        queue.wait(10, 50, 41);
        assert_eq!(closed(queue, &[40]), [Check::QueueRows]);
    }

    /// Whoever leaves before coming adds an area below zero.
    #[test]
    fn times_that_turn_around_are_seen() {
        let mut queue = Queue::default();
        queue.wait(50, 10, 0);
        assert_eq!(closed(queue, &[0]), [Check::QueueRows, Check::QueueMetrics]);
    }

    #[test]
    fn a_wait_that_metrics_lack_is_seen() {
        let mut queue = Queue::default();
        queue.wait(10, 50, 40);
        assert_eq!(closed(queue, &[]), [Check::QueueMetrics]);
    }
}
