//! Weights by hour of the local week: gates, labour, traffic.

use super::calendar::WEEK_S;

const HOURS: usize = 168;
const HALF_HOURS: usize = 2 * HOURS;

/// Non-negative weights for the hours or half hours of a week, scaled to mean 1, with their running sum.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekProfile {
    weight: Vec<f64>,
    before_s: Vec<f64>,
}

impl WeekProfile {
    /// From weights of hours in any scale; `None` when all are zero.
    #[must_use]
    pub fn new(weights: &[f64; HOURS]) -> Option<Self> {
        Self::of(weights)
    }

    /// From weights of half hours in any scale; `None` when all are zero.
    #[must_use]
    pub fn of_half_hours(weights: &[f64; HALF_HOURS]) -> Option<Self> {
        Self::of(weights)
    }

    fn of(weights: &[f64]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let steps = weights.len();
        let weight: Vec<f64> = weights.iter().map(|weight| weight * (steps as f64 / total)).collect();
        let mut before_s = vec![0.0; steps + 1];
        for step in 0..steps {
            before_s[step + 1] = before_s[step] + weight[step] * (WEEK_S as f64 / steps as f64);
        }
        Some(Self { weight, before_s })
    }

    /// Length of a step, s.
    fn step_s(&self) -> f64 {
        WEEK_S as f64 / self.weight.len() as f64
    }

    /// From 24 weights each for a weekday, a Saturday and a Sunday.
    #[must_use]
    pub fn from_days(weekday: &[f64], saturday: &[f64], sunday: &[f64]) -> Option<Self> {
        let mut weights = [0.0; HOURS];
        for (hour, weight) in weights.iter_mut().enumerate() {
            let day = match hour / 24 {
                5 => saturday,
                6 => sunday,
                _ => weekday,
            };
            *weight = *day.get(hour % 24)?;
        }
        Self::new(&weights)
    }

    /// Weight at the begin of an hour of the week (mean over the week: 1).
    #[must_use]
    pub fn weight(&self, hour_of_week: usize) -> f64 {
        self.weight[hour_of_week * self.weight.len() / HOURS]
    }

    /// Weight at a second from some Monday 00:00.
    #[must_use]
    pub fn weight_at(&self, monday_s: i64) -> f64 {
        self.weight[(monday_s.rem_euclid(WEEK_S) as f64 / self.step_s()) as usize]
    }

    /// The highest weight.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.weight.iter().copied().fold(0.0, f64::max)
    }

    /// The integral of the weight from Monday 00:00 of week 0, in weighted seconds.
    #[must_use]
    pub fn weighted_s(&self, monday_s: f64) -> f64 {
        let week = (monday_s / WEEK_S as f64).floor();
        let within = monday_s - week * WEEK_S as f64;
        let step = ((within / self.step_s()) as usize).min(self.weight.len() - 1);
        let rest = within - step as f64 * self.step_s();
        week * WEEK_S as f64 + self.before_s[step] + rest * self.weight[step]
    }

    /// The moment at which the integral reaches `weighted_s`: the inverse of [`Self::weighted_s`].
    /// It never falls inside a step of weight zero.
    #[must_use]
    pub fn moment_s(&self, weighted_s: f64) -> f64 {
        let week = (weighted_s / WEEK_S as f64).floor();
        let within = weighted_s - week * WEEK_S as f64;
        let step = self.before_s[1..].partition_point(|end| *end <= within).min(self.weight.len() - 1);
        let rest = if self.weight[step] > 0.0 { (within - self.before_s[step]) / self.weight[step] } else { 0.0 };
        week * WEEK_S as f64 + step as f64 * self.step_s() + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_lands_in_open_hours() {
        let mut weights = [0.0; HOURS];
        weights[10] = 2.0;
        weights[30] = 1.0;
        let profile = WeekProfile::new(&weights).unwrap();
        for step in 0..1000 {
            let weighted = f64::from(step) * 1234.5 - 3e5;
            let moment = profile.moment_s(weighted);
            let hour = (moment.rem_euclid(WEEK_S as f64) / 3600.0) as usize;
            assert!(hour == 10 || hour == 30, "{hour}");
            assert!((profile.weighted_s(moment) - weighted).abs() < 1e-6);
        }
    }

    #[test]
    fn half_hours_split_an_hour() {
        let mut weights = [0.0; HALF_HOURS];
        weights[21] = 1.0;
        let profile = WeekProfile::of_half_hours(&weights).unwrap();
        assert!(profile.weight_at(10 * 3600 + 1799) == 0.0 && profile.weight_at(WEEK_S + 10 * 3600 + 1800) > 0.0);
        let middle = profile.moment_s(WEEK_S as f64 / 2.0);
        assert!((middle - (10.5 * 3600.0 + 900.0)).abs() < 1e-6, "{middle}");
    }

    #[test]
    fn flat_profile_is_the_identity() {
        let flat = WeekProfile::new(&[3.0; HOURS]).unwrap();
        for at in [-1e6, 0.0, 5.0e5, 7.7e6] {
            assert!((flat.moment_s(flat.weighted_s(at)) - at).abs() < 1e-6);
            assert!((flat.weighted_s(at) - at).abs() < 1e-6);
        }
        assert!(WeekProfile::new(&[0.0; HOURS]).is_none());
    }
}
