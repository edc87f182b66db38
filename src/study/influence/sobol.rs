//! Variance-based sensitivity: how much of the spread of an answer each of its numbers explains.
//!
//! First-order indices by the estimator of Saltelli et al. 2010 ("Variance based sensitivity analysis of model output",
//! Computer Physics Communications 181, table 2 b), total indices by that of Jansen 1999 ("Analysis of variance designs for
//! model output", Computer Physics Communications 117), pairs by Saltelli 2002 ("Making best use of model evaluations to
//! compute sensitivity indices", Computer Physics Communications 145). Points are those of an Owen-scrambled Sobol' sequence
//! (Burley 2020, "Practical hash-based Owen scrambling"), intervals percentiles of a bootstrap over its points.

use crate::kernel::random::Stream;
use serde::Serialize;

/// Numbers that can be varied together: two columns each of the sequence's 256.
pub const MOST_NUMBERS: usize = 128;
/// Points that the sequence has.
pub const MOST_POINTS: usize = 1 << 16;
/// Resamples behind an interval.
const RESAMPLES: usize = 400;
/// The interval leaves out this share at either end.
const TAIL: f64 = 0.025;

/// A share of the spread and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The points at which a model is asked. All coordinates are in [0, 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// One sample.
    pub a: Vec<Vec<f64>>,
    /// Another one, independent of it.
    pub b: Vec<Vec<f64>>,
}

impl Design {
    /// `points` points of so many numbers.
    ///
    /// # Panics
    /// Above [`MOST_NUMBERS`] numbers or [`MOST_POINTS`] points.
    #[must_use]
    pub fn new(numbers: usize, points: usize, seed: u32) -> Self {
        assert!(numbers <= MOST_NUMBERS && points <= MOST_POINTS, "the sequence has 256 columns and 65,536 points");
        let coordinate =
            |point: usize, column: usize| f64::from(sobol_burley::sample(point as u32, column as u32, seed));
        let sample = |first: usize| {
            let point = |at: usize| (0..numbers).map(|number| coordinate(at, first + number)).collect();
            (0..points).map(point).collect()
        };
        Self { a: sample(0), b: sample(numbers) }
    }

    /// The first sample with one number of the second.
    #[must_use]
    pub fn a_with_b(&self, number: usize) -> Vec<Vec<f64>> {
        crossed(&self.a, &self.b, number)
    }

    /// The second sample with one number of the first.
    #[must_use]
    pub fn b_with_a(&self, number: usize) -> Vec<Vec<f64>> {
        crossed(&self.b, &self.a, number)
    }
}

fn crossed(most: &[Vec<f64>], one: &[Vec<f64>], number: usize) -> Vec<Vec<f64>> {
    let with = |(point, other): (&Vec<f64>, &Vec<f64>)| {
        let mut point = point.clone();
        point[number] = other[number];
        point
    };
    most.iter().zip(one).map(with).collect()
}

/// What a model answered at the points of a design, point by point. A point without an answer is left out of all.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// At the first sample.
    pub a: Vec<Option<f64>>,
    /// At the second.
    pub b: Vec<Option<f64>>,
    /// At the first with each number of the second.
    pub a_with_b: Vec<Vec<Option<f64>>>,
    /// At the second with a number of the first, of those whose pairs are asked for.
    pub b_with_a: Vec<(usize, Vec<Option<f64>>)>,
}

/// Shares of the spread.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Indices {
    /// Points that had an answer everywhere.
    pub points: usize,
    /// Mean of the answer.
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
    /// What each number explains by itself.
    pub first: Vec<Share>,
    /// What it explains with all its interactions.
    pub total: Vec<Share>,
    /// What pairs explain beyond their two numbers.
    pub pairs: Vec<(usize, usize, Share)>,
}

/// The answers of one point: a, b, each a with b, each b with a.
struct Point {
    a: f64,
    b: f64,
    ab: Vec<f64>,
    ba: Vec<f64>,
}

impl Answers {
    fn points(&self) -> Vec<Point> {
        let point = |at: usize| {
            let ab = self.a_with_b.iter().map(|values| values[at]).collect::<Option<Vec<f64>>>()?;
            let ba = self.b_with_a.iter().map(|(_, values)| values[at]).collect::<Option<Vec<f64>>>()?;
            Some(Point { a: self.a[at]?, b: self.b[at]?, ab, ba })
        };
        (0..self.a.len()).filter_map(point).collect()
    }

    /// The indices, with intervals whose resamples are drawn from a stream.
    #[must_use]
    pub fn indices(&self, stream: &mut Stream) -> Indices {
        let points = self.points();
        let numbers = self.a_with_b.len();
        let mut pairs = Vec::new();
        for (column, (second, _)) in self.b_with_a.iter().enumerate() {
            pairs.extend(self.b_with_a[..column].iter().map(|(first, _)| (*first, *second, column)));
        }
        let n = points.len();
        if n < 2 {
            return Indices { points: n, ..Indices::default() };
        }
        let all: Vec<usize> = (0..n).collect();
        let told = estimates(&points, &all, numbers, &pairs);
        let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); told.len()];
        let mut drawn = vec![0; n];
        for _ in 0..RESAMPLES {
            drawn.fill_with(|| ((stream.uniform() * n as f64) as usize).min(n - 1));
            for (draws, value) in draws.iter_mut().zip(estimates(&points, &drawn, numbers, &pairs)) {
                draws.push(value);
            }
        }
        let mut shares = told.into_iter().zip(draws).map(|(value, draws)| interval(value, draws));
        let first = shares.by_ref().take(numbers).collect();
        let total = shares.by_ref().take(numbers).collect();
        let pairs = pairs.iter().map(|(first, second, _)| (*first, *second)).zip(shares);
        let (mean, variance) = moments(&points, &all);
        Indices {
            points: n,
            mean,
            deviation: variance.sqrt(),
            first,
            total,
            pairs: pairs.map(|((first, second), share)| (first, second, share)).collect(),
        }
    }
}

fn interval(value: f64, mut draws: Vec<f64>) -> Share {
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| draws[((draws.len() - 1) as f64 * share).round() as usize];
    Share { value, low: at(TAIL), high: at(1.0 - TAIL) }
}

/// Mean and variance of the answers at both samples.
fn moments(points: &[Point], drawn: &[usize]) -> (f64, f64) {
    let both = || drawn.iter().flat_map(|at| [points[*at].a, points[*at].b]);
    let n = 2.0 * drawn.len() as f64;
    let mean = both().sum::<f64>() / n;
    (mean, both().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0))
}

/// First-order shares, total shares, shares of pairs, of the drawn points.
fn estimates(points: &[Point], drawn: &[usize], numbers: usize, pairs: &[(usize, usize, usize)]) -> Vec<f64> {
    let (mean, variance) = moments(points, drawn);
    let share = |of: &dyn Fn(&Point) -> f64| {
        let sum: f64 = drawn.iter().map(|at| of(&points[*at])).sum();
        if variance > 0.0 { sum / drawn.len() as f64 / variance } else { 0.0 }
    };
    // Answers less their mean: the estimators hold for any shift, and their own spread is least for this one.
    let first = |number: usize| share(&|point| (point.b - mean) * (point.ab[number] - point.a));
    let total = |number: usize| share(&|point| (point.a - point.ab[number]) * (point.a - point.ab[number]) / 2.0);
    let mut out: Vec<f64> = (0..numbers).map(first).collect();
    out.extend((0..numbers).map(total));
    for (one, other, column) in pairs {
        let closed =
            share(&|point| (point.ab[*one] - mean) * (point.ba[*column] - mean) - (point.a - mean) * (point.b - mean));
        out.push(closed - out[*one] - out[*other]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::math;
    use crate::kernel::random::{Purpose, Seed};
    use core::f64::consts::{PI, TAU};

    fn asked(numbers: usize, points: usize, pairs: &[usize], model: impl Fn(&[f64]) -> f64) -> Indices {
        let design = Design::new(numbers, points, 7);
        let values = |points: &[Vec<f64>]| points.iter().map(|point| Some(model(point))).collect();
        let answers = Answers {
            a: values(&design.a),
            b: values(&design.b),
            a_with_b: (0..numbers).map(|number| values(&design.a_with_b(number))).collect(),
            b_with_a: pairs.iter().map(|number| (*number, values(&design.b_with_a(*number)))).collect(),
        };
        answers.indices(&mut Seed { seed: 1, replication: 0 }.stream(Purpose::Studies, 1, 1))
    }

    fn close(share: Share, truth: f64, what: &str) {
        assert!((share.value - truth).abs() < 0.02, "{what}: {share:?}, in closed form {truth}");
        assert!(share.low <= share.value && share.value <= share.high, "{what}: {share:?}");
    }

    /// Ishigami and Homma 1990: sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on [-pi, pi]^3. Variances in closed form:
    /// V1 = (1 + 0.1 pi^4 / 5)^2 / 2, V2 = 49 / 8, V13 = 0.01 pi^8 (1/18 - 1/50), V = their sum.
    #[test]
    fn ishigami() {
        let (a, b) = (7.0, 0.1);
        let got = asked(3, 4096, &[0, 1, 2], |point| {
            let x = |at: usize| TAU * point[at] - PI;
            let (one, two) = (math::sin(x(0)), math::sin(x(1)));
            one + a * two * two + b * x(2) * x(2) * x(2) * x(2) * one
        });
        let pi4 = PI * PI * PI * PI;
        let v1 = (1.0 + b * pi4 / 5.0) * (1.0 + b * pi4 / 5.0) / 2.0;
        let (v2, v13) = (a * a / 8.0, b * b * pi4 * pi4 * (1.0 / 18.0 - 1.0 / 50.0));
        let v = v1 + v2 + v13;
        for (number, truth) in [v1 / v, v2 / v, 0.0].into_iter().enumerate() {
            close(got.first[number], truth, &format!("first {number}"));
        }
        for (number, truth) in [(v1 + v13) / v, v2 / v, v13 / v].into_iter().enumerate() {
            close(got.total[number], truth, &format!("total {number}"));
        }
        for ((one, other, share), truth) in got.pairs.iter().zip([0.0, v13 / v, 0.0]) {
            close(*share, truth, &format!("pair {one} {other}"));
        }
        assert!((got.deviation * got.deviation / v - 1.0).abs() < 0.02, "{got:?}");
    }

    /// Sobol' 1993: the product of (|4 x - 2| + a) / (1 + a). `V_i` = 1 / (3 (1 + a)^2), V = product of (1 + `V_i`), less 1.
    #[test]
    fn sobol_g() {
        let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
        let got = asked(8, 4096, &[], |point| {
            point.iter().zip(a).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
        });
        let own = |a: f64| 1.0 / (3.0 * (1.0 + a) * (1.0 + a));
        let all: f64 = a.iter().map(|a| 1.0 + own(*a)).product();
        for (number, a) in a.into_iter().enumerate() {
            close(got.first[number], own(a) / (all - 1.0), &format!("first {number}"));
            let total = own(a) * all / (1.0 + own(a)) / (all - 1.0);
            close(got.total[number], total, &format!("total {number}"));
        }
    }

    /// A point without an answer is in no sum; an answer that never moves has no shares.
    #[test]
    fn what_is_missing_and_what_never_moves() {
        let design = Design::new(2, 64, 1);
        let values = |points: &[Vec<f64>]| -> Vec<Option<f64>> {
            points.iter().map(|point| (point[0] < 0.9).then_some(3.0)).collect()
        };
        let a_with_b = (0..2).map(|number| values(&design.a_with_b(number))).collect();
        let answers = Answers { a: values(&design.a), b: values(&design.b), a_with_b, b_with_a: Vec::new() };
        let got = answers.indices(&mut Seed { seed: 1, replication: 0 }.stream(Purpose::Studies, 1, 1));
        assert!(got.points > 40 && got.points < 64, "{}", got.points);
        assert!(got.first.iter().chain(&got.total).all(|share| share.value == 0.0), "{got:?}");
    }
}
