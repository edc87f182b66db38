//! Weights by hour of the local week: gates, labour, traffic.

use super::calendar::WEEK_S;

const HOURS: usize = 168;

/// Non-negative weights for the 168 hours of a week, scaled to mean 1, with their running sum.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekProfile {
    weight: [f64; HOURS],
    before_s: [f64; HOURS + 1],
}

impl WeekProfile {
    /// From weights in any scale; `None` when all are zero.
    #[must_use]
    pub fn new(weights: &[f64; HOURS]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut weight = *weights;
        let mut before_s = [0.0; HOURS + 1];
        for hour in 0..HOURS {
            weight[hour] *= HOURS as f64 / total;
            before_s[hour + 1] = before_s[hour] + weight[hour] * 3600.0;
        }
        Some(Self { weight, before_s })
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

    /// Weight of an hour of the week (mean over the week: 1).
    #[must_use]
    pub fn weight(&self, hour_of_week: usize) -> f64 {
        self.weight[hour_of_week]
    }

    /// The integral of the weight from Monday 00:00 of week 0, in weighted seconds.
    #[must_use]
    pub fn weighted_s(&self, monday_s: f64) -> f64 {
        let week = (monday_s / WEEK_S as f64).floor();
        let within = monday_s - week * WEEK_S as f64;
        let hour = ((within / 3600.0) as usize).min(HOURS - 1);
        let rest = within - hour as f64 * 3600.0;
        week * WEEK_S as f64 + self.before_s[hour] + rest * self.weight[hour]
    }

    /// The moment at which the integral reaches `weighted_s`: the inverse of [`Self::weighted_s`].
    /// It never falls inside an hour of weight zero.
    #[must_use]
    pub fn moment_s(&self, weighted_s: f64) -> f64 {
        let week = (weighted_s / WEEK_S as f64).floor();
        let within = weighted_s - week * WEEK_S as f64;
        let hour = self.before_s[1..].partition_point(|end| *end <= within).min(HOURS - 1);
        let rest = if self.weight[hour] > 0.0 { (within - self.before_s[hour]) / self.weight[hour] } else { 0.0 };
        week * WEEK_S as f64 + hour as f64 * 3600.0 + rest
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
    fn flat_profile_is_the_identity() {
        let flat = WeekProfile::new(&[3.0; HOURS]).unwrap();
        for at in [-1e6, 0.0, 5.0e5, 7.7e6] {
            assert!((flat.moment_s(flat.weighted_s(at)) - at).abs() < 1e-6);
            assert!((flat.weighted_s(at) - at).abs() < 1e-6);
        }
        assert!(WeekProfile::new(&[0.0; HOURS]).is_none());
    }
}
