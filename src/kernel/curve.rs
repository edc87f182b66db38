//! A number that changes over the years.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A number, or numbers by year: `{ 2025 = 4.85, 2035 = 3.74 }`, straight lines between them, constant before and after.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Curve {
    /// The same in all years.
    Constant(f64),
    /// By year.
    Years(BTreeMap<String, f64>),
}

impl Default for Curve {
    fn default() -> Self {
        Self::Constant(0.0)
    }
}

impl Curve {
    /// The value in a year. Keys that are no years do not count: the check of the scenario refuses them.
    #[must_use]
    pub fn at(&self, year: u16) -> f64 {
        let years = match self {
            Self::Constant(value) => return *value,
            Self::Years(years) => years,
        };
        let points: Vec<(f64, f64)> =
            years.iter().filter_map(|(year, value)| Some((f64::from(year.parse::<u16>().ok()?), *value))).collect();
        let year = f64::from(year);
        let after = points.iter().position(|point| point.0 >= year);
        match (after, points.first(), points.last()) {
            (_, None, _) | (_, _, None) => 0.0,
            (Some(0), Some(first), _) => first.1,
            (None, _, Some(last)) => last.1,
            (Some(at), _, _) => {
                let ((x0, y0), (x1, y1)) = (points[at - 1], points[at]);
                y0 + (y1 - y0) * (year - x0) / (x1 - x0)
            }
        }
    }

    /// Multiplies all its values.
    pub fn scale(&mut self, factor: f64) {
        match self {
            Self::Constant(value) => *value *= factor,
            Self::Years(years) => years.values_mut().for_each(|value| *value *= factor),
        }
    }

    /// All values that it names.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let (one, many) = match self {
            Self::Constant(value) => (Some(*value), None),
            Self::Years(years) => (None, Some(years.values().copied())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// The first key that is no year of four digits, or empty text where there is no year at all.
    #[must_use]
    pub fn wrong_year(&self) -> Option<&str> {
        match self {
            Self::Constant(_) => None,
            Self::Years(years) if years.is_empty() => Some(""),
            Self::Years(years) => {
                let is_year = |key: &&String| key.len() == 4 && key.parse::<u16>().is_ok_and(|year| year >= 1900);
                years.keys().find(|key| !is_year(key)).map(String::as_str)
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact, or rounded to cents")]
mod tests {
    use super::*;

    #[test]
    fn lines_between_and_constant_beyond() {
        let curve = Curve::Years(BTreeMap::from([("2025".to_owned(), 10.0), ("2035".to_owned(), 20.0)]));
        let at: Vec<f64> = [2020, 2025, 2030, 2035, 2045].map(|year| curve.at(year)).to_vec();
        assert_eq!(at, [10.0, 10.0, 15.0, 20.0, 20.0]);
        assert_eq!(Curve::Constant(3.0).at(2031), 3.0);
        assert_eq!(curve.wrong_year(), None);
        let wrong = Curve::Years(BTreeMap::from([("soon".to_owned(), 1.0)]));
        assert_eq!(wrong.wrong_year(), Some("soon"));
    }
}
