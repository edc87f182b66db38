//! The steps of the charts of a run: long enough to be read, and at the same times every day.

use crate::kernel::calendar::Calendar;

/// Charts have about this many steps at most (a month by the hour); the tables keep everything.
const MOST_STEPS: u32 = 750;
const DAY_S: u32 = crate::kernel::calendar::DAY_S as u32;
/// Longer steps than these are of whole days: half a day would only show day and night as teeth.
const LONGEST_PART_S: u32 = DAY_S / 4;

/// Steps of one length; the last may be shorter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    /// Length of one, seconds.
    pub(super) bucket_s: u32,
    /// Length of all together, seconds.
    span_s: u32,
    /// How many.
    pub(super) count: usize,
}

impl Steps {
    /// The shortest steps, a multiple of `unit_s`, with which a chart stays readable. A whole number of them makes a
    /// day, or else each is of whole days: others would drift through the day and show its rhythm as slow waves.
    pub(super) fn over(span_s: u32, unit_s: u32) -> Self {
        let unit_s = unit_s.max(1);
        let least_s = span_s.div_ceil(MOST_STEPS).max(unit_s);
        let is_even = |bucket_s: &u32| DAY_S.is_multiple_of(*bucket_s);
        let part_s = (least_s.div_ceil(unit_s)..=LONGEST_PART_S / unit_s).map(|units| units * unit_s).find(is_even);
        let bucket_s = match part_s {
            Some(part_s) => part_s,
            None if DAY_S.is_multiple_of(unit_s) => least_s.div_ceil(DAY_S) * DAY_S,
            // An interval that divides no day drifts in any case.
            None => least_s.div_ceil(unit_s) * unit_s,
        };
        Self { bucket_s, span_s, count: span_s.div_ceil(bucket_s) as usize }
    }

    /// Length of a step, seconds.
    pub(super) fn length_s(self, step: usize) -> f64 {
        f64::from(self.bucket_s.min(self.span_s.saturating_sub(step as u32 * self.bucket_s)).max(1))
    }

    /// No run goes on longer: a day after the last step, for clocks that are put back.
    pub(super) fn end_s(self) -> u32 {
        self.bucket_s.saturating_mul(self.count as u32).saturating_add(DAY_S)
    }

    /// The step of a time.
    pub(super) fn at(self, at_s: u32) -> usize {
        ((at_s / self.bucket_s) as usize).min(self.count.saturating_sub(1))
    }

    /// Local time of each.
    pub(super) fn times(self, calendar: &Calendar) -> Vec<String> {
        let time = |step: i64| calendar.iso(step * i64::from(self.bucket_s))[..16].replace('T', " ");
        (0..self.count as i64).map(time).collect()
    }
}

/// How many decimals are kept in charts.
pub(super) fn rounded(values: Vec<f64>, decimals: i32) -> Vec<f64> {
    let scale = 10_f64.powi(decimals);
    values.into_iter().map(|value| (value * scale).round() / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::{DAY_S, Steps};

    #[test]
    fn steps_begin_at_the_same_times_every_day() {
        for days in [1, 2, 7, 30, 31, 90, 180, 365, 366, 3_650] {
            for unit_s in [60, 300, 900, 3_600] {
                let Steps { bucket_s, count, .. } = Steps::over(days * DAY_S, unit_s);
                let is_even = DAY_S.is_multiple_of(bucket_s) || bucket_s.is_multiple_of(DAY_S);
                assert!(is_even, "{days} days in steps of {bucket_s} s");
                assert!(bucket_s.is_multiple_of(unit_s) && count <= 750, "{days} days: {count} steps of {bucket_s} s");
            }
        }
        assert_eq!(Steps::over(365 * DAY_S, 300).bucket_s, DAY_S);
        assert_eq!(Steps::over(30 * DAY_S, 300).bucket_s, 3_600);
    }
}
