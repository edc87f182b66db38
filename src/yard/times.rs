//! Random times of cranes and block machines.

use super::spec::Spread;
use crate::kernel::random::Stream;

/// How times spread around their means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Times {
    spread: Spread,
    cv: f64,
}

impl Times {
    /// With this coefficient of variation, where the spread has one.
    pub(crate) fn new(spread: Spread, cv: f64) -> Self {
        Self { spread, cv }
    }

    /// A factor with mean 1.
    pub(crate) fn factor(self, stream: &mut Stream) -> f64 {
        match self.spread {
            Spread::Fixed => 1.0,
            Spread::Lognormal => stream.lognormal(1.0, self.cv),
            Spread::Exponential => stream.exponential(1.0),
        }
    }

    /// A time of this mean, whole seconds.
    pub(crate) fn draw_s(self, mean_s: f64, stream: &mut Stream) -> u32 {
        (mean_s * self.factor(stream)).round() as u32
    }
}
