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

    /// Moves one tick on.
    pub fn advance(&mut self) {
        self.now_s = self.tick_end_s();
    }
}
