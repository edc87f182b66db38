//! What it is worth to know a number better, for the choice between two strategies.
//!
//! The expected value of perfect partial information (EVPPI): what the choice would gain on average if a number were known
//! before it is made. By regression on one sample, as in Strong, Oakley and Brennan 2014 ("Estimating multiparameter partial
//! expected value of perfect information from a probabilistic sensitivity analysis sample: a nonparametric regression
//! approach", Medical Decision Making 34), with a cubic polynomial of the number as the smooth curve.

use crate::kernel::random::Stream;
use serde::Serialize;

/// Terms of the curve: 1, u, u^2, u^3, as shifted Legendre polynomials.
const TERMS: usize = 4;
/// Random orders behind the floor of a value.
const SHUFFLES: usize = 60;

/// A gain over the base strategy: what the challenger has more, at points of one number.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Worth {
    /// Mean gain of the challenger; above zero it is chosen.
    pub gain: f64,
    /// In how many of the draws the challenger is better.
    pub challenger_wins: f64,
    /// What the choice would gain if everything were known.
    pub of_all: f64,
    /// What it would gain if one number were known, by number.
    pub of_number: Vec<f64>,
    /// What numbers without any influence would seem to be worth (95th percentile over shuffled numbers).
    pub floor: f64,
}

impl Worth {
    /// From points (coordinates in [0, 1)) and the challenger's gain at each.
    #[must_use]
    pub fn of(points: &[Vec<f64>], gains: &[f64], stream: &mut Stream) -> Self {
        let n = gains.len();
        if n < 4 * TERMS {
            return Self::default();
        }
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n as f64;
        let gain = mean(&mut gains.iter().copied());
        let known = |known: &[f64]| (mean(&mut known.iter().map(|gain| gain.max(0.0))) - gain.max(0.0)).max(0.0);
        let numbers = points.first().map_or(0, Vec::len);
        let of_one = |column: &[f64]| known(&smooth(column, gains));
        let column = |number: usize| points.iter().map(|point| point[number]).collect::<Vec<f64>>();
        let mut shuffled: Vec<f64> = (0..n).map(|at| (at as f64 + 0.5) / n as f64).collect();
        let mut floors: Vec<f64> = (0..SHUFFLES)
            .map(|_| {
                for last in (1..n).rev() {
                    let at = (stream.uniform() * (last as f64 + 1.0)) as usize;
                    shuffled.swap(last, at.min(last));
                }
                of_one(&shuffled)
            })
            .collect();
        floors.sort_by(f64::total_cmp);
        Self {
            gain,
            challenger_wins: mean(&mut gains.iter().map(|gain| f64::from(u8::from(*gain > 0.0)))),
            of_all: known(gains),
            of_number: (0..numbers).map(|number| of_one(&column(number))).collect(),
            floor: floors[(floors.len() - 1) * 95 / 100],
        }
    }
}

/// The curve of least squares through values at places in [0, 1), at those places.
fn smooth(places: &[f64], values: &[f64]) -> Vec<f64> {
    let terms = |u: f64| {
        let x = 2.0 * u - 1.0;
        [1.0, x, (3.0 * x * x - 1.0) / 2.0, (5.0 * x * x * x - 3.0 * x) / 2.0]
    };
    let mut matrix = [[0.0; TERMS + 1]; TERMS];
    for (u, value) in places.iter().zip(values) {
        let own = terms(*u);
        for (row, term) in matrix.iter_mut().zip(own) {
            row.iter_mut().zip(own).for_each(|(cell, other)| *cell += term * other);
            row[TERMS] += term * value;
        }
    }
    let weights = solve(matrix);
    places.iter().map(|u| terms(*u).iter().zip(weights).map(|(term, weight)| term * weight).sum()).collect()
}

/// Gauss's elimination with the largest pivot; a number that never moves leaves its terms out.
fn solve(mut rows: [[f64; TERMS + 1]; TERMS]) -> [f64; TERMS] {
    for column in 0..TERMS {
        let size = |row: &usize| rows[*row][column].abs();
        let pivot = (column..TERMS).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(column);
        rows.swap(column, pivot);
        let head = rows[column];
        if head[column].abs() < 1e-9 {
            continue;
        }
        for (at, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != column) {
            debug_assert_ne!(at, column);
            let factor = row[column] / head[column];
            row.iter_mut().zip(head).for_each(|(cell, other)| *cell -= factor * other);
        }
    }
    core::array::from_fn(|at| if rows[at][at].abs() < 1e-9 { 0.0 } else { rows[at][TERMS] / rows[at][at] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Purpose, Seed};

    /// Gain = 3 (u1 - 0.4) + (u2 - 0.5): the mean gain is 0.3, the challenger is chosen. With u1 known the curve is
    /// 3 u1 - 1.2, whose positive part has mean 1.5 x (1 - 0.4)^2 = 0.54: worth 0.24. With u2 known it is u2 - 0.2:
    /// (1 - 0.2)^2 / 2 = 0.32, worth 0.02. A third number is worth nothing.
    #[test]
    fn a_linear_choice_in_closed_form() {
        let mut stream = Seed { seed: 4, replication: 0 }.stream(Purpose::Studies, 4, 0);
        let design = crate::study::influence::sobol::Design::new(3, 4096, 11);
        let gains: Vec<f64> = design.a.iter().map(|u| 3.0 * (u[0] - 0.4) + u[1] - 0.5).collect();
        let worth = Worth::of(&design.a, &gains, &mut stream);
        assert!((worth.gain - 0.3).abs() < 1e-3, "{worth:?}");
        for (got, truth) in worth.of_number.iter().zip([0.24, 0.02, 0.0]) {
            assert!((got - truth).abs() < 3e-3, "{worth:?}");
        }
        assert!(worth.floor < 3e-3 && worth.of_all > 0.24, "{worth:?}");
    }

    /// A choice that no number turns is worth nothing to know more about.
    #[test]
    fn a_clear_choice_is_worth_nothing() {
        let mut stream = Seed { seed: 4, replication: 0 }.stream(Purpose::Studies, 4, 0);
        let points: Vec<Vec<f64>> = (0..200).map(|at| vec![f64::from(at) / 200.0, 0.5]).collect();
        let gains: Vec<f64> = points.iter().map(|u| 5.0 + u[0]).collect();
        let worth = Worth::of(&points, &gains, &mut stream);
        assert!(worth.of_all.abs() < 1e-12 && worth.challenger_wins > 1.0 - 1e-12, "{worth:?}");
        assert!(worth.of_number.iter().all(|value| *value < 1e-9), "{worth:?}");
    }
}
