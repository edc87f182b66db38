//! Formulas of the yard: plain numbers in, plain numbers out.

/// When a truck that comes at `at_s` is through a gate with `free_s` (one entry a lane) if it takes `service_s`:
/// first come, first served, at the lane that is free first. Returns (begin, end) and keeps the lane's time.
///
/// # Panics
/// Without a lane, which the schema excludes.
pub fn pass_gate(free_s: &mut [u32], at_s: u32, service_s: u32) -> (u32, u32) {
    let lane = (0..free_s.len()).min_by_key(|lane| free_s[*lane]).expect("a terminal has a lane");
    let begin_s = at_s.max(free_s[lane]);
    free_s[lane] = begin_s + service_s;
    (begin_s, free_s[lane])
}

/// Work of a pool in one interval: what is asked (with what was left undone before) against what its units can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Unit-hours done.
    pub done_h: f64,
    /// Unit-hours of each unit at work.
    pub each_h: f64,
    /// Unit-hours left for later.
    pub left_h: f64,
}

/// All units at work share the work evenly, as gangs do; none works more than `most_each_h`.
#[must_use]
pub fn share_work(asked_h: f64, units: usize, most_each_h: f64) -> Share {
    let done_h = asked_h.min(units as f64 * most_each_h);
    let each_h = if units == 0 { 0.0 } else { done_h / units as f64 };
    Share { done_h, each_h, left_h: asked_h - done_h }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_serve_first_come_first_served() {
        let mut free_s = [0, 0];
        assert_eq!(pass_gate(&mut free_s, 10, 100), (10, 110));
        assert_eq!(pass_gate(&mut free_s, 20, 100), (20, 120));
        assert_eq!(pass_gate(&mut free_s, 30, 5), (110, 115));
        assert_eq!(pass_gate(&mut free_s, 30, 5), (115, 120));
    }

    #[test]
    fn work_that_does_not_fit_is_left() {
        assert_eq!(share_work(3.0, 10, 0.5), Share { done_h: 3.0, each_h: 0.3, left_h: 0.0 });
        assert_eq!(share_work(7.0, 10, 0.5), Share { done_h: 5.0, each_h: 0.5, left_h: 2.0 });
        assert_eq!(share_work(7.0, 0, 0.5), Share { done_h: 0.0, each_h: 0.0, left_h: 7.0 });
    }
}
