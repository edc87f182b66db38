//! How well a fit says what it has not seen: the later rows, as a whole and by each input.

use super::covariance::Covariance;
use super::model::{Model, error};
use crate::kernel::math;
use crate::study::stats::t_quantile;
use nalgebra::DVector;
use std::ops::Range;

/// The held-out part contradicts the model where its bias or its spread lies so many standard errors off.
const CONTRADICTION: f64 = 4.0;
/// So often at most a right model is said to leave something in some range of some input.
const FALSE_ALARM: f64 = 1e-4;
/// Errors below this, in any unit, are rounding.
const ROUNDING: f64 = 1e-9;
/// An input is searched in so many ranges with as many rows each; with so few values or fewer, value by value.
const RANGES: usize = 5;
/// A range with fewer groups tells nothing.
const LEAST_GROUPS: usize = 10;

/// How well the model says what it was not fitted to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Check {
    /// Rows it was fitted to.
    pub rows_fitted: usize,
    /// Later rows that were held out.
    pub rows_held_out: usize,
    /// Root mean square of the scaled errors of the fitted rows.
    pub error_fitted: f64,
    /// And of those held out.
    pub error_held_out: f64,
    /// The largest such error that the spread of the fitted rows explains.
    pub error_explained: f64,
    /// Mean scaled error of those held out: observed less predicted.
    pub bias_held_out: f64,
    /// The largest such bias that the spread of the fitted rows explains.
    pub bias_explained: f64,
    /// Unit of these errors.
    pub unit: &'static str,
    /// Where the formula leaves an error that neither the spread nor the intervals explain.
    pub unexplained: Vec<Unexplained>,
    /// Do the rows held out contradict the model?
    pub is_contradicted: bool,
}

/// Rows held out whose mean error the fit does not explain.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Unexplained {
    /// The input.
    pub input: &'static str,
    /// Its range: from.
    pub from: f64,
    /// To.
    pub to: f64,
    /// How many rows.
    pub rows: usize,
    /// Their mean scaled error: observed less predicted.
    pub bias: f64,
    /// The largest that their spread and the intervals of the fit explain.
    pub explained: f64,
}

impl Check {
    /// Why the rows held out contradict the model; empty where they do not.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let unit = self.unit;
        let mut out = Vec::new();
        if self.is_biased() {
            out.push(format!(
                "the rows held out are off by {:+.4} {unit} in the mean; the fit explains up to {:.4}",
                self.bias_held_out, self.bias_explained
            ));
        }
        if self.is_wider() {
            out.push(format!(
                "the error of the rows held out is {:.4} {unit}; the fit explains up to {:.4}",
                self.error_held_out, self.error_explained
            ));
        }
        for Unexplained { input, from, to, rows, bias, explained } in &self.unexplained {
            out.push(format!(
                "{rows} rows held out with {input} from {from:.4} to {to:.4} are off by {bias:+.4} {unit} in the mean; the fit and its \
                 intervals explain up to {explained:.4}: the formula lacks what {input} does"
            ));
        }
        out
    }

    fn is_biased(&self) -> bool {
        self.rows_held_out > 0 && self.bias_held_out.abs() > self.bias_explained
    }

    fn is_wider(&self) -> bool {
        self.rows_held_out > 0 && self.error_held_out > self.error_explained
    }
}

/// Tries the rows from `fitted` on.
pub(super) fn check(model: &impl Model, fitted: usize, parameters: &[f64], covariance: &Covariance) -> Check {
    let (before, error_fitted) = spread(model, 0..fitted, parameters);
    let (after, error_held_out) = spread(model, fitted..model.rows(), parameters);
    let mean = |means: &[f64]| means.iter().sum::<f64>() / means.len().max(1) as f64;
    let variance = before.iter().map(|mean| mean * mean).sum::<f64>() / before.len() as f64;
    let share = 1.0 / before.len() as f64 + 1.0 / (after.len() as f64).max(1.0);
    // The logarithm of a root mean square has the standard error sqrt((kurtosis - 1) / 4n); heavy tails are allowed for.
    let fourth = before.iter().map(|mean| mean * mean * mean * mean).sum::<f64>() / before.len() as f64;
    let kurtosis = if variance > 0.0 { (fourth / (variance * variance)).max(3.0) } else { 3.0 };
    let growth = math::exp(CONTRADICTION * ((kurtosis - 1.0) / 4.0 * share).sqrt());
    let mut check = Check {
        rows_fitted: fitted,
        rows_held_out: model.rows() - fitted,
        error_fitted,
        error_held_out,
        error_explained: (error_fitted * growth).max(ROUNDING),
        bias_held_out: mean(&after),
        bias_explained: (CONTRADICTION * (variance * share).sqrt()).max(ROUNDING),
        unit: model.error_unit(),
        unexplained: unexplained(model, fitted, parameters, covariance),
        is_contradicted: false,
    };
    check.is_contradicted = check.is_biased() || check.is_wider() || !check.unexplained.is_empty();
    check
}

/// Mean errors of the groups, and the root mean square of the errors of all rows.
fn spread(model: &impl Model, rows: Range<usize>, parameters: &[f64]) -> (Vec<f64>, f64) {
    let mut slopes = vec![0.0; parameters.len()];
    let (mut means, mut squares, mut sum, mut count) = (Vec::new(), 0.0, 0.0, 0.0);
    for row in rows.clone() {
        let error = error(model, row, parameters, &mut slopes);
        squares += error * error;
        (sum, count) = (sum + error, count + 1.0);
        if row + 1 == rows.end || model.group(row + 1) != model.group(row) {
            means.push(sum / count);
            (sum, count) = (0.0, 0.0);
        }
    }
    let rms = (squares / rows.len().max(1) as f64).sqrt();
    (means, rms)
}

/// For each input the range with the largest error that is not explained.
fn unexplained(model: &impl Model, fitted: usize, parameters: &[f64], covariance: &Covariance) -> Vec<Unexplained> {
    let mut slopes = vec![0.0; parameters.len()];
    let predicted = |row: usize, slopes: &mut [f64]| model.predicted(row, parameters, slopes);
    let mut searched: Vec<(&'static str, Vec<(f64, usize)>)> = Vec::new();
    for (at, input) in model.inputs().iter().copied().enumerate() {
        searched.push((input, (fitted..model.rows()).map(|row| (model.input(row, at), row)).collect()));
    }
    let of_prediction = (fitted..model.rows()).map(|row| (predicted(row, &mut slopes), row)).collect();
    searched.push(("what is predicted", of_prediction));
    let ranges: Vec<(&'static str, Vec<(f64, usize)>)> = searched
        .into_iter()
        .flat_map(|(input, values)| ranges(values).into_iter().map(move |range| (input, range)))
        .collect();
    let level = 1.0 - FALSE_ALARM / ranges.len().max(1) as f64;
    let mut found: Vec<Unexplained> = Vec::new();
    for (input, range) in ranges {
        let Some((bias, explained)) = left(model, &range, parameters, covariance, level) else { continue };
        if bias.abs() <= explained {
            continue;
        }
        let (from, to) = range.iter().fold((f64::MAX, f64::MIN), |(from, to), it| (from.min(it.0), to.max(it.0)));
        let told = Unexplained { input, from, to, rows: range.len(), bias, explained };
        match found.iter_mut().find(|known| known.input == input) {
            Some(known) if (known.bias / known.explained).abs() < (bias / explained).abs() => *known = told,
            Some(_) => {}
            None => found.push(told),
        }
    }
    found
}

/// Rows of a range of an input in order of time: as many in each range, or those of one value where there are few values.
fn ranges(mut values: Vec<(f64, usize)>) -> Vec<Vec<(f64, usize)>> {
    values.retain(|value| !value.0.is_nan());
    values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let by_value: Vec<&[(f64, usize)]> = values.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).collect();
    let of_some =
        if by_value.len() <= RANGES { by_value } else { values.chunks(values.len().div_ceil(RANGES).max(1)).collect() };
    let in_time = |range: &[(f64, usize)]| {
        let mut range = range.to_vec();
        range.sort_by_key(|it| it.1);
        range
    };
    of_some.into_iter().map(in_time).collect()
}

/// The mean error of some rows, and the largest that their spread and the intervals of the fit explain. None: too few groups.
fn left(
    model: &impl Model,
    rows: &[(f64, usize)],
    parameters: &[f64],
    covariance: &Covariance,
    level: f64,
) -> Option<(f64, f64)> {
    let mut slopes = vec![0.0; parameters.len()];
    let mut moves = DVector::<f64>::zeros(parameters.len());
    let mut means = Vec::new();
    for group in rows.chunk_by(|a, b| model.group(a.1) == model.group(b.1)) {
        let mut sum = 0.0;
        for (_, row) in group {
            sum += error(model, *row, parameters, &mut slopes);
            let share = 1.0 / (model.scale(*row) * group.len() as f64);
            moves.iter_mut().zip(&slopes).for_each(|(sum, slope)| *sum += slope * share);
        }
        means.push(sum / group.len() as f64);
    }
    if means.len() < LEAST_GROUPS {
        return None;
    }
    let groups = means.len() as f64;
    let bias = means.iter().sum::<f64>() / groups;
    let variance = means.iter().map(|mean| (mean - bias) * (mean - bias)).sum::<f64>() / (groups - 1.0) / groups;
    let of_fit = covariance.variance(&(moves / groups));
    Some((bias, (t_quantile(groups - 1.0, level) * (variance + of_fit).sqrt()).max(ROUNDING)))
}
