//! The weather: air temperature by month and hour.

use super::spec::WeatherSpec;
use crate::kernel::math;
use bevy_ecs::prelude::Resource;

/// Air temperature by month and hour of the day.
#[derive(Resource, Debug, Clone)]
pub struct Weather {
    mean_c: [f64; 12],
    half_range_c: f64,
}

impl Weather {
    /// From the monthly means and the daily range.
    #[must_use]
    pub fn new(spec: &WeatherSpec) -> Self {
        let mut mean_c = [15.0; 12];
        for (month, mean) in mean_c.iter_mut().zip(&spec.mean_c) {
            *month = *mean;
        }
        Self { mean_c, half_range_c: spec.daily_range_c / 2.0 }
    }

    /// Temperature at a month (0 to 11) and hour (0 to 23), degrees Celsius: a cosine with its top at 15:00.
    #[must_use]
    pub fn celsius(&self, month: usize, hour: usize) -> f64 {
        let angle = core::f64::consts::TAU * (hour as f64 - 15.0) / 24.0;
        self.mean_c[month] + self.half_range_c * math::cos(angle)
    }
}

impl Default for Weather {
    fn default() -> Self {
        Self { mean_c: [15.0; 12], half_range_c: 0.0 }
    }
}
