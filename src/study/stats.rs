//! Statistics of a comparison, as pure functions: intervals of means and of paired differences, the Holm adjustment for
//! several comparisons, how likely each strategy is the best, and a ranking that says where it cannot tell.
//!
//! A sample is one number a replication. Samples of one study are equally long, and the same place in each is the same
//! random day (common random numbers); that is what makes the paired difference the honest comparison.

use crate::kernel::math;
use crate::kernel::random::Stream;
use crate::record::metrics::Better;

/// Intervals hold the truth this often; families of comparisons err at most `1 - LEVEL` of the time.
pub const LEVEL: f64 = 0.95;
/// Differences below this share of the numbers themselves are rounding, not effects.
pub(super) const ROUNDING: f64 = 1e-11;
/// Draws behind [`probability_best`]: its own error is then at most 0.008 (one standard error).
const DRAWS: usize = 4_000;

/// A mean and how far from it the truth may be.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// Half the width of the interval.
    pub half_width: f64,
}

impl Interval {
    /// Does the interval hold this number?
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "tests of statistics ask for it"))]
    pub fn covers(self, truth: f64) -> bool {
        (self.mean - truth).abs() <= self.half_width
    }
}

/// A strategy against the baseline, on the same random days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Mean difference (strategy less baseline) and its interval, on its own.
    pub difference: Interval,
    /// Standard error of the mean difference.
    pub standard_error: f64,
    /// Two-sided p value of "there is no difference".
    pub p: f64,
    /// Variance of the difference without pairing over that with it; none when a variance is zero.
    pub pairing_factor: Option<f64>,
}

/// Mean of a sample.
#[must_use]
pub fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

/// Unbiased variance of a sample; not a number below two values.
#[must_use]
pub fn variance(sample: &[f64]) -> f64 {
    let mean = mean(sample);
    sample.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (sample.len() as f64 - 1.0)
}

/// Mean with its t interval at a level such as 0.95; none below two values.
#[must_use]
pub fn interval(sample: &[f64], level: f64) -> Option<Interval> {
    let n = sample.len();
    (n >= 2).then(|| {
        let mean = mean(sample);
        let half_width = t_quantile(n as f64 - 1.0, level) * (variance(sample) / n as f64).sqrt();
        Interval { mean, half_width: if half_width <= ROUNDING * mean.abs() { 0.0 } else { half_width } }
    })
}

/// Strategy less baseline, replication by replication; none below two.
#[must_use]
pub fn paired(strategy: &[f64], baseline: &[f64], level: f64) -> Option<Paired> {
    let differences = differences(strategy, baseline);
    let n = differences.len() as f64;
    let difference = interval(&differences, level)?;
    let spread = variance(&differences);
    let standard_error = (spread / n).sqrt();
    let p = if difference.mean == 0.0 { 1.0 } else { t_two_sided(n - 1.0, difference.mean / standard_error) };
    let apart = variance(strategy) + variance(baseline);
    let pairing_factor = (spread > 0.0 && apart > 0.0).then(|| apart / spread);
    Some(Paired { difference, standard_error, p, pairing_factor })
}

/// Strategy less baseline from independent runs (Welch), for those who cannot pair; none below two values each.
#[must_use]
#[cfg_attr(private_rooms, allow(dead_code, reason = "the peer that tests hold pairs to"))]
pub fn unpaired(strategy: &[f64], baseline: &[f64], level: f64) -> Option<Interval> {
    if strategy.len() < 2 || baseline.len() < 2 {
        return None;
    }
    let part = |sample: &[f64]| variance(sample) / sample.len() as f64;
    let (a, b) = (part(strategy), part(baseline));
    let freedom = (a + b) * (a + b) / (a * a / (strategy.len() as f64 - 1.0) + b * b / (baseline.len() as f64 - 1.0));
    let mean = mean(strategy) - mean(baseline);
    let half_width = if a + b > 0.0 { t_quantile(freedom, level) * (a + b).sqrt() } else { 0.0 };
    Some(Interval { mean, half_width })
}

fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
    debug_assert_eq!(a.len(), b.len(), "samples of one study are equally long");
    let less = |(a, b): (&f64, &f64)| {
        let difference = a - b;
        if difference.abs() <= ROUNDING * a.abs().max(b.abs()) { 0.0 } else { difference }
    };
    a.iter().zip(b).map(less).collect()
}

/// Holm's step-down adjustment: judged against alpha, the family of comparisons errs at most alpha of the time
/// (Holm 1979, "A simple sequentially rejective multiple test procedure").
///
/// ```
/// // Sorted 0.01, 0.02, 0.04: times 3, 2, 1, and never falling.
/// assert_eq!(portvolt::study::stats::holm(&[0.04, 0.01, 0.02]), [0.04, 0.03, 0.04]);
/// ```
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max(p_values[at] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

/// First and last place that each sample may have, from 1: a sample is ahead of another only where the paired
/// difference holds after Holm's adjustment over all pairs. A range wider than one place means "cannot tell".
#[must_use]
pub fn places(samples: &[&[f64]], better: Better, alpha: f64) -> Vec<(usize, usize)> {
    let pairs: Vec<(usize, usize)> = (0..samples.len()).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    let tests: Vec<Option<Paired>> = pairs.iter().map(|(a, b)| paired(samples[*a], samples[*b], 1.0 - alpha)).collect();
    let adjusted = holm(&tests.iter().map(|test| test.map_or(1.0, |test| test.p)).collect::<Vec<_>>());
    let mut places = vec![(1, samples.len()); samples.len()];
    for (((a, b), test), p) in pairs.into_iter().zip(tests).zip(adjusted) {
        let Some(test) = test.filter(|_| p < alpha) else { continue };
        let a_is_better = (test.difference.mean < 0.0) == (better == Better::Lower);
        let (ahead, behind) = if a_is_better { (a, b) } else { (b, a) };
        places[ahead].1 -= 1;
        places[behind].0 += 1;
    }
    places
}

/// Samples of one metric of which one is the best. All have the same length.
#[derive(Debug, Clone)]
pub struct Contest {
    sign: f64,
    /// What each has more than the first, by replication: only differences decide, and equal strategies tie exactly.
    apart: Vec<Vec<f64>>,
    means: Vec<f64>,
    wins: Vec<f64>,
}

impl Contest {
    /// A contest that nobody has won yet.
    #[must_use]
    pub fn new(samples: &[&[f64]], better: Better) -> Self {
        let reference = samples.first().copied().unwrap_or_default();
        let apart: Vec<Vec<f64>> = samples.iter().map(|sample| differences(sample, reference)).collect();
        Self {
            sign: if better == Better::Lower { 1.0 } else { -1.0 },
            means: apart.iter().map(|sample| mean(sample)).collect(),
            wins: vec![0.0; samples.len()],
            apart,
        }
    }

    fn draw(&mut self, weights: &[f64], drawn: &mut Vec<f64>) {
        drawn.clear();
        drawn.extend(self.apart.iter().zip(&self.means).map(|(sample, mean)| {
            let shift: f64 = weights.iter().zip(sample).map(|(weight, x)| weight * (x - mean)).sum();
            self.sign * (mean + shift)
        }));
        let best = drawn.iter().copied().fold(f64::INFINITY, f64::min);
        let ties = drawn.iter().filter(|value| **value <= best).count() as f64;
        for (win, _) in self.wins.iter_mut().zip(&*drawn).filter(|(_, value)| **value <= best) {
            *win += 1.0 / ties;
        }
    }
}

/// How likely each sample of each contest has the best true mean, given the data. Ties share. All samples have this many
/// `replications`, two at least.
///
/// A draw of the means is `mean + scale * sum(z * (x - mean))` with the same `z` for all samples: its covariance is the
/// sample's own, so pairing counts and no matrix is inverted. Each difference by itself then has the t distribution of the
/// interval that is shown for it, with n - 1 degrees of freedom. (Box and Tiao 1973, section 8.2, whose prior is another,
/// have n - m for m strategies, and no answer for fewer replications than strategies.) A row of `z` serves all metrics and
/// is then forgotten: memory does not grow with replications.
#[must_use]
pub fn probability_best(contests: Vec<Contest>, replications: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    let mut contests = contests;
    let (mut weights, mut drawn) = (vec![0.0; replications], Vec::new());
    for _ in 0..DRAWS {
        let chi_squared: f64 = (1..replications).map(|_| stream.normal()).map(|z| z * z).sum();
        let scale = 1.0 / (replications as f64 * chi_squared).sqrt();
        for weight in &mut weights {
            *weight = scale * stream.normal();
        }
        for contest in &mut contests {
            contest.draw(&weights, &mut drawn);
        }
    }
    let share = |contest: Contest| contest.wins.into_iter().map(|won| won / DRAWS as f64).collect();
    contests.into_iter().map(share).collect()
}

/// Probability that a t variable is further from zero than `t`: I(v/(v+t^2); v/2, 1/2), DLMF 8.17.
#[must_use]
pub fn t_two_sided(freedom: f64, t: f64) -> f64 {
    if t.is_infinite() { 0.0 } else { incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5) }
}

/// The `t` that a share `level` of t variables stays within, both sides: 2.262 for 9 degrees of freedom and 0.95.
#[must_use]
pub fn t_quantile(freedom: f64, level: f64) -> f64 {
    let outside = 1.0 - level;
    let mut high = 1.0;
    while t_two_sided(freedom, high) > outside && high < 1e12 {
        high *= 2.0;
    }
    let mut low = 0.0;
    // Halving 80 times leaves no bit of a double undecided.
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if t_two_sided(freedom, middle) > outside {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Regularised incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated as Lentz does. In terms of
/// `kernel::math`, so that intervals have the same bits on every machine.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let log_beta = math::ln_gamma(a) + math::ln_gamma(b) - math::ln_gamma(a + b);
    let front = math::exp(a * math::ln(x) + b * math::ln(1.0 - x) - log_beta) / a;
    let tiny = 1e-300;
    let away = |value: f64| if value.abs() < tiny { tiny } else { value };
    let (mut above, mut below) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = below;
    for step in 1..500 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            below = 1.0 / away(1.0 + term * below);
            above = away(1.0 + term / above);
            change = above * below;
            fraction *= change;
        }
        if (change - 1.0_f64).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Purpose, Seed};
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn t_is_what_tables_say() {
        // Any printed table of Student's t, two-sided 95 %: 1, 9, 19, 120 degrees of freedom.
        for (freedom, t) in [(1.0, 12.706), (9.0, 2.262), (19.0, 2.093), (120.0, 1.980)] {
            assert!((t_quantile(freedom, 0.95) - t).abs() < 5e-4, "{freedom}");
        }
        for freedom in [1.0, 2.5, 7.0, 30.0, 199.0, 1_999.0] {
            let table = StudentsT::new(0.0, 1.0, freedom).unwrap();
            for t in [0.01, 0.5, 1.0, 2.0, 5.0, 20.0] {
                let theirs = 2.0 * table.cdf(-t);
                assert!((t_two_sided(freedom, t) - theirs).abs() < 1e-9, "{freedom} {t} {theirs}");
            }
        }
    }

    #[test]
    fn intervals_by_hand() {
        // 1, 2, 3: mean 2, variance 1, standard error 0.57735, t(2) = 4.30265 -> 2.48414.
        let plain = interval(&[1.0, 2.0, 3.0], 0.95).unwrap();
        assert!((plain.mean - 2.0).abs() < 1e-12 && (plain.half_width - 2.484_14).abs() < 1e-5, "{plain:?}");
        // Differences 1, 2, 3 although both samples swing by thousands: variance 1 against two of about a million.
        let test = paired(&[1_001.0, 2.0, 2_003.0], &[1_000.0, 0.0, 2_000.0], 0.95).unwrap();
        assert!((test.difference.mean - 2.0).abs() < 1e-9 && test.pairing_factor.unwrap() > 1e6, "{test:?}");
        assert_eq!(interval(&[1.0], 0.95), None);
        assert_eq!(paired(&[3.0, 3.0], &[3.0, 3.0], 0.95).unwrap().p.to_bits(), 1.0_f64.to_bits());
        assert_eq!(paired(&[4.0, 4.0], &[3.0, 3.0], 0.95).unwrap().p.to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn places_say_cannot_tell() {
        let near = [10.0, 12.0, 9.0, 11.0];
        let same = [10.1, 11.9, 9.1, 10.9];
        let far = [20.0, 22.0, 19.1, 21.0];
        assert_eq!(places(&[&near, &same, &far], Better::Lower, 0.05), [(1, 2), (1, 2), (3, 3)]);
        assert_eq!(places(&[&near, &same, &far], Better::Higher, 0.05), [(2, 3), (2, 3), (1, 1)]);
        let mut stream = Seed { seed: 1, replication: 0 }.stream(Purpose::Studies, 0, 0);
        let contests = [&[&near[..], &same, &far][..], &[&near, &near]].map(|all| Contest::new(all, Better::Lower));
        let best = probability_best(contests.to_vec(), 4, &mut stream);
        assert!(best[0][2] < 0.01 && (best[0][0] - 0.5).abs() < 0.1, "{best:?}");
        assert_eq!(best[1], [0.5, 0.5]);
    }
}
