//! Random times of cranes and block machines.

use super::spec::{SlowdownSpec, Spread};
use crate::kernel::math::exp;
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

/// Of its speed a vehicle keeps this share however full the lanes are: a jam crawls. Assumed; LIFTS has no least speed, but no jams.
const LEAST_LEFT: f64 = 0.1;

/// What is left of speeds while many vehicles are under way.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Slowdown {
    /// Factors over the length of the lanes: for each vehicle under way.
    machines: f64,
    trucks: f64,
}

impl Slowdown {
    /// As a plan says.
    pub(crate) fn new(spec: &SlowdownSpec) -> Self {
        Self { machines: spec.machines_m / spec.lane_m, trucks: spec.trucks_m / spec.lane_m }
    }

    /// Of the speed of machines, with so many vehicles under way.
    pub(crate) fn of_machines(self, vehicles: usize) -> f64 {
        exp(-self.machines * vehicles as f64).max(LEAST_LEFT)
    }

    /// The same of road trucks.
    pub(crate) fn of_trucks(self, vehicles: usize) -> f64 {
        exp(-self.trucks * vehicles as f64).max(LEAST_LEFT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// LIFTS, five columns: 8 mph x exp(-(1.5 x 5 + 0.5) x 0.02) of tractors, 10 mph x exp(-(3.5 x 5 + 0.5) x 0.02) of trucks.
    #[test]
    fn speeds_fall_as_in_lifts() {
        let spec = SlowdownSpec { lane_m: 1_000.0, machines_m: 8.0, trucks_m: 18.0, sources: BTreeMap::new() };
        let slowdown = Slowdown::new(&spec);
        assert!((8.0 * slowdown.of_machines(20) - 6.817).abs() < 1e-3);
        assert!((10.0 * slowdown.of_trucks(20) - 6.977).abs() < 1e-3);
        assert_eq!((slowdown.of_machines(0), slowdown.of_trucks(0)), (1.0, 1.0));
        assert_eq!((slowdown.of_machines(9_999), slowdown.of_trucks(9_999)), (LEAST_LEFT, LEAST_LEFT));
    }
}
