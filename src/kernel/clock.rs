//! The operational clock: whole seconds from the start, a tick at a time.

use bevy_ecs::prelude::Resource;

/// Where the run is. Written by the run loop only.
#[derive(Resource, Debug, Clone, Copy)]
pub struct Clock {
    now_s: u32,
    tick_s: u32,
    interval_s: u32,
    decision_s: u32,
    end_s: u32,
}

impl Clock {
    /// A clock at zero. `interval_s` and `decision_s` are multiples of `tick_s`.
    #[must_use]
    pub fn new(tick_s: u32, interval_s: u32, decision_s: u32, end_s: u32) -> Self {
        debug_assert!(interval_s.is_multiple_of(tick_s) && decision_s.is_multiple_of(tick_s));
        Self { now_s: 0, tick_s, interval_s, decision_s, end_s }
    }

    /// Start of the tick.
    #[must_use]
    pub fn now_s(&self) -> u32 {
        self.now_s
    }

    /// End of the tick: things due before it are handled in it.
    #[must_use]
    pub fn tick_end_s(&self) -> u32 {
        (self.now_s + self.tick_s).min(self.end_s)
    }

    /// Length of the control interval.
    #[must_use]
    pub fn interval_s(&self) -> u32 {
        self.interval_s
    }

    /// End of the control interval that holds `now`.
    #[must_use]
    pub fn interval_end_s(&self) -> u32 {
        ((self.now_s / self.interval_s + 1) * self.interval_s).min(self.end_s)
    }

    /// Does a control interval begin with this tick, or the run end? What ended can then be accounted for.
    #[must_use]
    pub fn starts_interval(&self) -> bool {
        self.now_s.is_multiple_of(self.interval_s) || self.done()
    }

    /// Start of the control interval that ended at `now` (0 at the start).
    #[must_use]
    pub fn last_interval_start_s(&self) -> u32 {
        self.now_s.saturating_sub(1) / self.interval_s * self.interval_s
    }

    /// Is dispatch asked in this tick?
    #[must_use]
    pub fn starts_decision(&self) -> bool {
        self.now_s.is_multiple_of(self.decision_s)
    }

    /// The next tick after this one in which dispatch is asked.
    #[must_use]
    pub fn next_decision_s(&self) -> u32 {
        (self.now_s / self.decision_s + 1) * self.decision_s
    }

    /// End of the run.
    #[must_use]
    pub fn end_s(&self) -> u32 {
        self.end_s
    }

    /// Is the run over?
    #[must_use]
    pub fn done(&self) -> bool {
        self.now_s >= self.end_s
    }

    /// Moves on to the tick that holds `due_s`: by one tick at least, and not over the start of a control interval.
    pub fn advance_to(&mut self, due_s: u32) {
        let tick_s = due_s.min(self.interval_end_s()) / self.tick_s * self.tick_s;
        self.now_s = tick_s.max(self.tick_end_s());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks of a minute, intervals of five, a run of eleven and a half.
    #[test]
    fn it_goes_to_the_tick_of_what_is_due() {
        let ticks = |due: &[u32]| {
            let mut clock = Clock::new(60, 300, 600, 690);
            let mut seen = vec![clock.now_s()];
            for due_s in due {
                clock.advance_to(*due_s);
                seen.push(clock.now_s());
            }
            seen
        };
        assert_eq!(ticks(&[0, 0, 59]), [0, 60, 120, 180], "a tick at least");
        assert_eq!(ticks(&[179, 180, 299]), [0, 120, 180, 240]);
        assert_eq!(ticks(&[u32::MAX; 4]), [0, 300, 600, 660, 690], "each interval, the tick that is cut off, the end");
    }
}
