//! What a fit says: numbers with their intervals, how well later rows are met, and what is to be drawn.

use super::fit::Found;
use super::holdout::Check;
use super::model::Model;

/// A number of the scenario, as it was and as the data say.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Where it stands in the scenario, such as `truck_model.bev.loaded_per_km`; `[2]` is the third of a list.
    pub path: String,
    /// In a list of pairs: what stands before the number, such as a state of charge.
    pub listed: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// What the scenario says; none where it says nothing.
    pub before: Option<f64>,
    /// What the data say.
    pub value: f64,
    /// Lowest value of the 99 % interval.
    pub low: f64,
    /// Highest.
    pub high: f64,
    /// Is it an hour of the day, which a scenario writes as a time?
    pub is_clock: bool,
    /// Do the data not tell it? It is what the scenario says then, and stands beside what was fitted in one list.
    pub is_kept: bool,
}

impl Estimate {
    /// A number that stays as it is.
    pub(super) fn kept(path: String, unit: &'static str, value: f64) -> Self {
        let (before, low, high) = (Some(value), value, value);
        Self { path, listed: None, unit, before, value, low, high, is_clock: false, is_kept: true }
    }

    /// Held to the most that a scenario allows.
    pub(super) fn at_most(self, most: f64, said: &mut Vec<String>) -> Self {
        if self.value > most {
            said.push(format!(
                "{}: the fit gives {:.4}; a scenario allows no more than {most}, which is written instead",
                self.path, self.value
            ));
        }
        let (value, low, high) = (self.value.min(most), self.low.min(most), self.high.min(most));
        Self { value, low, high, ..self }
    }

    /// Its interval in words.
    #[must_use]
    pub fn interval(&self) -> String {
        match (self.is_kept, self.is_clock) {
            (true, _) => "not told by the data, kept".to_owned(),
            (false, true) => format!("{} to {}", clock(self.low), clock(self.high)),
            (false, false) => format!("{:.4} to {:.4}", self.low, self.high),
        }
    }

    /// A number of it in words.
    #[must_use]
    pub fn word(&self, number: f64) -> String {
        if self.is_clock { clock(number) } else { format!("{number:.4}") }
    }
}

/// What one file says.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Calibrated {
    /// What was fitted, in a few words.
    pub title: String,
    /// The file.
    pub file: String,
    /// Its blake3.
    pub blake3: String,
    /// The numbers.
    pub estimates: Vec<Estimate>,
    /// How well the later part of the data is met.
    pub check: Check,
    /// Unit of what was observed.
    pub unit: &'static str,
    /// Observed and predicted, and was the row held out? At most some thousands, evenly over the rows.
    pub points: Vec<(f64, f64, bool)>,
    /// What was assumed, and what these data cannot tell.
    pub said: Vec<String>,
}

/// An hour of the day as a time, to the minute.
pub(super) fn clock(hour: f64) -> String {
    let minutes = (hour * 60.0).round().rem_euclid(24.0 * 60.0) as u32;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// At most so many points are kept to be drawn.
const MOST_POINTS: usize = 2_000;

/// What a model says of its rows, thinned out to be drawn.
pub(super) fn points(model: &impl Model, found: &Found) -> Vec<(f64, f64, bool)> {
    let step = model.rows().div_ceil(MOST_POINTS).max(1);
    let mut slopes = vec![0.0; found.parameters.len()];
    let point = |row: usize| {
        let predicted = model.predicted(row, &found.parameters, &mut slopes);
        (model.observed(row), predicted, row >= found.check.rows_fitted)
    };
    (0..model.rows()).step_by(step).map(point).collect()
}

/// An estimate of a number that may not leave a range: what the schema allows.
pub(super) fn estimate(
    path: String,
    unit: &'static str,
    before: Option<f64>,
    (value, half_width): (f64, f64),
    least: f64,
    said: &mut Vec<String>,
) -> Estimate {
    if value < least {
        said.push(format!(
            "{path}: the fit gives {value:.4}; a scenario allows no less than {least}, which is written instead"
        ));
    }
    let within = |number: f64| number.max(least);
    Estimate {
        path,
        listed: None,
        unit,
        before,
        value: within(value),
        low: within(value - half_width),
        high: within(value + half_width),
        is_clock: false,
        is_kept: false,
    }
}
