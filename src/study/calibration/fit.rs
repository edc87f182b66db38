//! Least squares with intervals and a held-out part: what all kinds of data are fitted by.

use crate::kernel::math;
use crate::study::stats::t_quantile;
use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::{DMatrix, DVector, Dyn, Owned};

/// Level of the intervals: 99 % of them hold the truth, so that several at once may be believed.
pub const LEVEL: f64 = 0.99;
/// Fewer rows tell no parameter.
pub const LEAST_ROWS: usize = 30;
/// The held-out part contradicts the model where its bias or its spread lies so many standard errors off.
const CONTRADICTION: f64 = 4.0;

/// Rows in order of time, and what a model says of them.
pub(super) trait Model {
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// What was observed.
    fn observed(&self, row: usize) -> f64;
    /// What the model says with these parameters; its derivative by each goes into `slopes`.
    fn predicted(&self, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64;
    /// By what the difference of a row is divided: its errors have the same spread then.
    fn scale(&self, row: usize) -> f64;
    /// Rows of one group share what disturbs them: a day, a charging session. In order of time.
    fn group(&self, row: usize) -> usize {
        row
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) parameters: Vec<f64>,
    /// Covariance of the parameters, robust to unequal spread and to what rows of a group share.
    pub(super) covariance: Vec<Vec<f64>>,
    /// Degrees of freedom of the intervals.
    pub(super) freedom: f64,
    pub(super) check: Check,
}

/// How well the model says what it was not fitted to.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Check {
    /// Rows it was fitted to.
    pub rows_fitted: usize,
    /// Later rows that were held out.
    pub rows_held_out: usize,
    /// Root mean square of the scaled errors of the fitted rows.
    pub error_fitted: f64,
    /// And of those held out.
    pub error_held_out: f64,
    /// Mean scaled error of those held out: observed less predicted.
    pub bias_held_out: f64,
    /// Do the rows held out contradict the model?
    pub is_contradicted: bool,
}

impl Found {
    /// Half the width of the interval of a weighted sum of parameters.
    pub(super) fn half_width(&self, weights: &[f64]) -> f64 {
        let n = weights.len();
        let variance: f64 = (0..n)
            .flat_map(|i| (0..n).map(move |j| (i, j)))
            .map(|(i, j)| weights[i] * self.covariance[i][j] * weights[j])
            .sum();
        t_quantile(self.freedom, LEVEL) * variance.max(0.0).sqrt()
    }

    /// Half the width of the interval of one parameter.
    pub(super) fn half_width_of(&self, parameter: usize) -> f64 {
        let weights: Vec<f64> = (0..self.parameters.len()).map(|at| f64::from(u8::from(at == parameter))).collect();
        self.half_width(&weights)
    }
}

/// Fits a model to the rows before the held-out share, from start values.
///
/// The method is Levenberg-Marquardt; the covariance is the sandwich estimate by groups (White 1980, Liang and Zeger 1986).
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
    let (covariance, groups) = covariance(model, fitted, &parameters)
        .ok_or("the parameters cannot be identified: their inputs always change together")?;
    let freedom = (groups as f64 - parameters.len() as f64).max(1.0);
    let check = check(model, fitted, &parameters);
    Ok(Found { parameters, covariance, freedom, check })
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

/// Observed less predicted, scaled. The slopes are those of what is predicted.
fn error(model: &impl Model, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
    slopes.fill(0.0);
    (model.observed(row) - model.predicted(row, parameters, slopes)) / model.scale(row)
}

/// The covariance and the number of groups; none where the rows do not tell the parameters apart.
fn covariance(model: &impl Model, rows: usize, parameters: &[f64]) -> Option<(Vec<Vec<f64>>, usize)> {
    let n = parameters.len();
    let (mut bread, mut meat) = (DMatrix::<f64>::zeros(n, n), DMatrix::<f64>::zeros(n, n));
    let (mut slopes, mut sum, mut groups) = (vec![0.0; n], DVector::<f64>::zeros(n), 0);
    for row in 0..rows {
        let error = error(model, row, parameters, &mut slopes);
        let slope = DVector::from_iterator(n, slopes.iter().map(|slope| slope / model.scale(row)));
        bread += &slope * slope.transpose();
        sum += &slope * error;
        if row + 1 == rows || model.group(row + 1) != model.group(row) {
            meat += &sum * sum.transpose();
            sum.fill(0.0);
            groups += 1;
        }
    }
    // Columns of one size, so that units do not decide what counts as singular.
    let size: Vec<f64> = (0..n).map(|at| bread[(at, at)].sqrt()).collect();
    if size.iter().any(|size| *size <= 0.0) {
        return None;
    }
    let scaled = DMatrix::from_fn(n, n, |i, j| bread[(i, j)] / (size[i] * size[j]));
    if scaled.clone().symmetric_eigenvalues().min() < 1e-9 {
        return None;
    }
    let inverse = scaled.try_inverse()?;
    let inverse = DMatrix::from_fn(n, n, |i, j| inverse[(i, j)] / (size[i] * size[j]));
    let few = groups as f64 / (groups as f64 - n as f64).max(1.0);
    let full = &inverse * meat * &inverse * few;
    Some(((0..n).map(|i| (0..n).map(|j| full[(i, j)]).collect()).collect(), groups))
}

/// Sums of errors over groups: how many groups, mean and variance of their mean error.
fn spread(model: &impl Model, rows: std::ops::Range<usize>, parameters: &[f64]) -> (Vec<f64>, f64) {
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

fn check(model: &impl Model, fitted: usize, parameters: &[f64]) -> Check {
    let (before, error_fitted) = spread(model, 0..fitted, parameters);
    let (after, error_held_out) = spread(model, fitted..model.rows(), parameters);
    let mean = |means: &[f64]| means.iter().sum::<f64>() / means.len().max(1) as f64;
    let variance = before.iter().map(|mean| mean * mean).sum::<f64>() / before.len() as f64;
    let (groups, bias_held_out) = (after.len() as f64, mean(&after));
    let share = 1.0 / before.len() as f64 + 1.0 / groups.max(1.0);
    let is_biased = bias_held_out.abs() > CONTRADICTION * (variance * share).sqrt();
    // The logarithm of a root mean square has the standard error sqrt((kurtosis - 1) / 4n); heavy tails are allowed for.
    let ratio = if error_fitted > 0.0 { error_held_out / error_fitted } else { 1.0 };
    let fourth = before.iter().map(|mean| mean * mean * mean * mean).sum::<f64>() / before.len() as f64;
    let kurtosis = if variance > 0.0 { (fourth / (variance * variance)).max(3.0) } else { 3.0 };
    let is_wider = ratio > 0.0 && math::ln(ratio) > CONTRADICTION * ((kurtosis - 1.0) / 4.0 * share).sqrt();
    Check {
        rows_fitted: fitted,
        rows_held_out: model.rows() - fitted,
        error_fitted,
        error_held_out,
        bias_held_out,
        is_contradicted: groups > 0.0 && (is_biased || is_wider),
    }
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
    (spread, t_quantile(found.freedom, LEVEL) * variance_of_square.sqrt() / (2.0 * spread.max(1e-9)))
}
