//! Design points of a sweep: every combination of a grid, a Latin hypercube, or both.

use crate::kernel::random::{Purpose, Seed, Stream, key_of};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the points set: paths, and for each point one value a path.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// Paths of the numbers.
    pub parameters: Vec<String>,
    /// Values by point.
    pub points: Vec<Vec<String>>,
}

/// `[latin_hypercube]`: points that fill a box evenly in every direction (`McKay`, Beckman and Conover 1979).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HypercubeSpec {
    /// How many points.
    pub points: u32,
    /// Seed of the design, apart from that of the runs.
    #[serde(default)]
    pub seed: u64,
    /// Lowest and highest value by path.
    pub range: BTreeMap<String, [f64; 2]>,
    /// Paths whose values must be whole numbers.
    #[serde(default)]
    pub whole: Vec<String>,
}

impl Design {
    /// Every combination; the last path changes fastest.
    #[must_use]
    pub fn grid(values: &BTreeMap<String, Vec<String>>) -> Self {
        let mut points = vec![Vec::new()];
        for choices in values.values() {
            let with = |point: &Vec<String>| {
                let point = point.clone();
                choices.iter().map(move |choice| [point.clone(), vec![choice.clone()]].concat()).collect::<Vec<_>>()
            };
            points = points.iter().flat_map(with).collect();
        }
        Self { parameters: values.keys().cloned().collect(), points }
    }

    /// Each parameter's range is cut into as many slices as there are points, and each slice is used once.
    #[must_use]
    pub fn hypercube(spec: &HypercubeSpec) -> Self {
        let n = spec.points as usize;
        let mut points = vec![Vec::new(); n];
        for (path, [low, high]) in &spec.range {
            let mut stream = Seed { seed: spec.seed, replication: 0 }.stream(Purpose::Studies, key_of(path), 1);
            for (point, slice) in points.iter_mut().zip(shuffled(n, &mut stream)) {
                let share = (slice as f64 + stream.uniform()) / n as f64;
                let value = if spec.whole.contains(path) {
                    (low + share * (high - low + 1.0)).floor().min(*high)
                } else {
                    low + share * (high - low)
                };
                point.push(value.to_string());
            }
        }
        Self { parameters: spec.range.keys().cloned().collect(), points }
    }

    /// Every point of one with every point of the other.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let join = |a: &Vec<String>| other.points.iter().map(|b| [a.clone(), b.clone()].concat()).collect::<Vec<_>>();
        Self {
            points: self.points.iter().flat_map(join).collect(),
            parameters: [self.parameters, other.parameters].concat(),
        }
    }

    /// The settings of a point.
    #[must_use]
    pub fn settings(&self, point: usize) -> Vec<String> {
        self.parameters.iter().zip(&self.points[point]).map(|(path, value)| format!("{path}={value}")).collect()
    }
}

/// The numbers below `n` in random order (Fisher and Yates).
fn shuffled(n: usize, stream: &mut Stream) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        let at = (stream.uniform() * (last as f64 + 1.0)) as usize;
        order.swap(last, at.min(last));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_every_combination_once() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let values = BTreeMap::from([("a".to_owned(), words(&["1", "2"])), ("b".to_owned(), words(&["x", "y", "z"]))]);
        let grid = Design::grid(&values);
        assert_eq!(grid.points.len(), 6);
        assert_eq!(grid.settings(0), ["a=1", "b=x"]);
        assert_eq!(grid.settings(5), ["a=2", "b=z"]);
        assert_eq!(Design::grid(&BTreeMap::new()).points, [Vec::<String>::new()]);
    }

    #[test]
    fn a_hypercube_uses_every_slice_once() {
        let range = BTreeMap::from([("a".to_owned(), [0.0, 50.0]), ("b".to_owned(), [6.0, 15.0])]);
        let design = Design::hypercube(&HypercubeSpec { points: 50, seed: 3, range, whole: vec!["b".to_owned()] });
        let column = |at: usize| design.points.iter().map(move |point| point[at].parse::<f64>().unwrap());
        let mut slices: Vec<usize> = column(0).map(|value| value as usize).collect();
        slices.sort_unstable();
        assert_eq!(slices, (0..50).collect::<Vec<_>>());
        // 10 whole numbers in 50 slices: each five times.
        for whole in 6..=15 {
            assert_eq!(column(1).filter(|value| *value as u32 == whole && value.fract() == 0.0).count(), 5, "{whole}");
        }
    }
}
