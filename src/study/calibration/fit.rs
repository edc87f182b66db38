//! Least squares with intervals and a held-out part: what all kinds of data are fitted by.

use super::covariance::{Covariance, Group};
use super::holdout::{Check, check};
use super::model::{Model, error};
use crate::study::stats::t_quantile;
use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::{DMatrix, DVector, Dyn, Owned};

/// Level of the intervals: 99 % of them hold the truth, so that several at once may be believed.
pub const LEVEL: f64 = 0.99;
/// Fewer rows tell no parameter.
pub const LEAST_ROWS: usize = 30;
/// From fewer groups (days, charging sessions) nothing can be said of how groups differ.
const LEAST_GROUPS: f64 = 2.0;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) parameters: Vec<f64>,
    pub(super) covariance: Covariance,
    pub(super) check: Check,
}

impl Found {
    /// Half the width of the interval of a weighted sum of parameters.
    pub(super) fn half_width(&self, weights: &[f64]) -> f64 {
        let weights = DVector::from_column_slice(weights);
        t_quantile(self.covariance.freedom(&weights), LEVEL) * self.covariance.variance(&weights).sqrt()
    }

    /// Half the width of the interval of one parameter.
    pub(super) fn half_width_of(&self, parameter: usize) -> f64 {
        let weights: Vec<f64> = (0..self.parameters.len()).map(|at| f64::from(u8::from(at == parameter))).collect();
        self.half_width(&weights)
    }
}

/// Fits a model to the rows before the held-out share, from start values.
///
/// The method is Levenberg-Marquardt; [`Covariance`] says how intervals are made.
///
/// # Errors
/// Why the data do not tell the parameters.
pub(super) fn fit(model: &impl Model, start: &[f64], holdout: f64) -> Result<Found, String> {
    let rows = model.rows();
    let mut fitted = rows - (rows as f64 * holdout) as usize;
    // A group is not cut: its later rows would know what its earlier ones tell.
    while fitted < rows && fitted > 0 && model.group(fitted) == model.group(fitted - 1) {
        fitted += 1;
    }
    if fitted < LEAST_ROWS.max(start.len() + 2) {
        return Err(format!("{fitted} rows to fit are too few: at least {LEAST_ROWS} are needed"));
    }
    let problem = Problem { model, rows: fitted, parameters: DVector::from_column_slice(start) };
    let (problem, report) = LevenbergMarquardt::new().minimize(problem);
    if !report.termination.was_successful() {
        return Err(format!("the fit did not converge ({:?})", report.termination));
    }
    let parameters: Vec<f64> = problem.parameters.iter().copied().collect();
    let covariance = Covariance::of(groups(model, fitted, &parameters), parameters.len())
        .ok_or("the parameters cannot be identified: their inputs always change together")?;
    if let Some(told_by) = covariance.least_groups().filter(|groups| *groups < LEAST_GROUPS) {
        return Err(format!(
            "a number is told by {told_by:.0} {word} of the part that is fitted: that says nothing of how {word} differ, at \
             least {LEAST_GROUPS} are needed",
            word = model.group_word()
        ));
    }
    let check = check(model, fitted, &parameters, &covariance);
    Ok(Found { parameters, covariance, check })
}

struct Problem<'m, M> {
    model: &'m M,
    rows: usize,
    parameters: DVector<f64>,
}

impl<M: Model> LeastSquaresProblem<f64, Dyn, Dyn> for Problem<'_, M> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, parameters: &DVector<f64>) {
        self.parameters.copy_from(parameters);
    }

    fn params(&self) -> DVector<f64> {
        self.parameters.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let mut slopes = vec![0.0; self.parameters.len()];
        let errors = (0..self.rows).map(|row| -error(self.model, row, self.parameters.as_slice(), &mut slopes));
        Some(DVector::from_iterator(self.rows, errors))
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let mut out = DMatrix::zeros(self.rows, self.parameters.len());
        let mut slopes = vec![0.0; self.parameters.len()];
        for row in 0..self.rows {
            error(self.model, row, self.parameters.as_slice(), &mut slopes);
            for (at, slope) in slopes.iter().enumerate() {
                out[(row, at)] = slope / self.model.scale(row);
            }
        }
        Some(out)
    }
}

/// The fitted rows by their groups.
fn groups(model: &impl Model, rows: usize, parameters: &[f64]) -> Vec<Group> {
    let mut slopes = vec![0.0; parameters.len()];
    let mut out: Vec<Group> = Vec::new();
    for row in 0..rows {
        let error = error(model, row, parameters, &mut slopes);
        if row == 0 || model.group(row) != model.group(row - 1) {
            out.push(Group::default());
        }
        let scale = model.scale(row);
        let told = slopes.iter().enumerate().filter(|(_, slope)| **slope != 0.0).map(|(at, slope)| (at, slope / scale));
        out.last_mut().expect("one is pushed for the first row").push(told.collect(), error);
    }
    out
}

/// The spread of the fitted rows about what is predicted, as a share of it, and half the width of its interval: that of a
/// standard deviation in a large sample, by the fourth moment of the data.
pub(super) fn relative_spread(model: &impl Model, found: &Found) -> (f64, f64) {
    let rows = found.check.rows_fitted;
    let mut slopes = vec![0.0; found.parameters.len()];
    let errors: Vec<f64> = (0..rows)
        .map(|row| model.observed(row) / model.predicted(row, &found.parameters, &mut slopes).max(1e-9) - 1.0)
        .collect();
    let n = rows as f64;
    let mean = errors.iter().sum::<f64>() / n;
    let squares: Vec<f64> = errors.iter().map(|error| (error - mean) * (error - mean)).collect();
    let second = squares.iter().sum::<f64>() / n;
    let fourth = squares.iter().map(|square| square * square).sum::<f64>() / n;
    let spread = (second * n / (n - found.parameters.len() as f64).max(1.0)).sqrt();
    let variance_of_square = (fourth - second * second).max(0.0) / n;
    let freedom = (n - found.parameters.len() as f64).max(1.0);
    (spread, t_quantile(freedom, LEVEL) * variance_of_square.sqrt() / (2.0 * spread.max(1e-9)))
}
