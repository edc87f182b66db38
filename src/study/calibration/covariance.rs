//! How sure a fit is: the covariance of its parameters when rows of a group share what disturbs them, for few groups too.
//!
//! The sandwich estimate by groups (White 1980; Liang and Zeger 1986) is too small where few groups tell a parameter, and a common
//! factor for all parameters is far too large where each is told by its own rows, such as an hour of the day. So each group's
//! errors are divided by the square root of what the fit left of them (CR2, Bell and `McCaffrey` 2002), and the degrees of freedom of
//! a sum of parameters are one less than the groups that tell *it*, an effective number where they tell it unequally (Carter,
//! Schnepel and Steigerwald 2017).

use nalgebra::{DMatrix, DVector};
use std::collections::BTreeSet;

/// Columns whose scaled product has a smaller eigenvalue always change together.
const SINGULAR: f64 = 1e-9;
/// A group that alone tells a parameter leaves no error: its leverage is held below 1 by this.
const LEAST_LEFT: f64 = 1e-6;

/// Parameters that a row tells, and its scaled slopes by them.
type Slopes = Vec<(usize, f64)>;

/// Rows that share what disturbs them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Group {
    rows: Vec<Slopes>,
    errors: Vec<f64>,
}

impl Group {
    pub(super) fn push(&mut self, slopes: Slopes, error: f64) {
        self.rows.push(slopes);
        self.errors.push(error);
    }

    /// The parameters that the group tells.
    fn told(&self) -> Vec<usize> {
        let told: BTreeSet<usize> = self.rows.iter().flatten().map(|(at, _)| *at).collect();
        told.into_iter().collect()
    }

    /// The sum of the errors times the slopes of the told parameters, each error adjusted for what the fit took of it.
    fn adjusted(&self, told: &[usize], inverse: &DMatrix<f64>) -> Option<DVector<f64>> {
        let place = |at: usize| told.partition_point(|known| *known < at);
        let mut sum = DVector::<f64>::zeros(told.len());
        let mut product = DMatrix::<f64>::zeros(told.len(), told.len());
        for (row, error) in self.rows.iter().zip(&self.errors) {
            for (i, slope) in row {
                sum[place(*i)] += slope * error;
                for (j, other) in row {
                    product[(place(*i), place(*j))] += slope * other;
                }
            }
        }
        let of_told = DMatrix::from_fn(told.len(), told.len(), |i, j| inverse[(told[i], told[j])]);
        if self.rows.len() == 1 {
            let leverage: f64 = (&of_told * &product).trace();
            return Some(sum / (1.0 - leverage).max(LEAST_LEFT).sqrt());
        }
        // The leverage of the group is X B X'; with B = L L' its eigenvalues are those of L' X'X L.
        let lower = of_told.cholesky()?.l();
        let eigen = (lower.transpose() * &product * &lower).symmetric_eigen();
        let inside = eigen.eigenvectors.transpose() * lower.transpose() * &sum;
        let grown = inside.zip_map(&eigen.eigenvalues, |value, leverage| value * growth(leverage));
        Some(&sum + &product * lower * eigen.eigenvectors * grown)
    }
}

/// `((1 - leverage)^-1/2 - 1) / leverage`, a half where the leverage is none.
fn growth(leverage: f64) -> f64 {
    if leverage < 1e-8 {
        return 0.5;
    }
    let leverage = leverage.min(1.0 - LEAST_LEFT);
    (1.0 / (1.0 - leverage).sqrt() - 1.0) / leverage
}

/// The covariance of the parameters, and which groups tell them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Covariance {
    full: DMatrix<f64>,
    inverse: DMatrix<f64>,
    groups: Vec<Group>,
}

impl Covariance {
    /// Of `n` parameters. None: the rows do not tell them apart.
    pub(super) fn of(groups: Vec<Group>, n: usize) -> Option<Self> {
        let inverse = inverse(&groups, n)?;
        let mut meat = DMatrix::<f64>::zeros(n, n);
        for group in &groups {
            let told = group.told();
            let sum = group.adjusted(&told, &inverse)?;
            for (i, at) in told.iter().enumerate() {
                for (j, other) in told.iter().enumerate() {
                    meat[(*at, *other)] += sum[i] * sum[j];
                }
            }
        }
        let full = &inverse * meat * &inverse;
        Some(Self { full, inverse, groups })
    }

    /// Variance of a weighted sum of the parameters.
    pub(super) fn variance(&self, weights: &DVector<f64>) -> f64 {
        (&self.full * weights).dot(weights).max(0.0)
    }

    /// Degrees of freedom of the interval of a weighted sum.
    pub(super) fn freedom(&self, weights: &DVector<f64>) -> f64 {
        (self.groups_that_tell(weights) - 1.0).max(1.0)
    }

    /// The least number of groups that tell a parameter.
    pub(super) fn least_groups(&self) -> Option<f64> {
        let n = self.full.nrows();
        let one = |at: usize| DVector::from_fn(n, |row, _| f64::from(u8::from(row == at)));
        // A hair more: a sum of shares is not exact.
        (0..n).map(|at| self.groups_that_tell(&one(at)) + 1e-6).min_by(f64::total_cmp)
    }

    /// As many equal groups would tell a weighted sum as these do.
    fn groups_that_tell(&self, weights: &DVector<f64>) -> f64 {
        let moves = &self.inverse * weights;
        let share = |group: &Group| -> f64 {
            let of_row = |row: &Slopes| row.iter().map(|(at, slope)| slope * moves[*at]).sum::<f64>();
            group.rows.iter().map(|row| of_row(row) * of_row(row)).sum()
        };
        let shares: Vec<f64> = self.groups.iter().map(share).collect();
        let (sum, squares) = (shares.iter().sum::<f64>(), shares.iter().map(|share| share * share).sum::<f64>());
        if squares > 0.0 { sum * sum / squares } else { 0.0 }
    }
}

/// The inverse of the product of the slopes. None: it is singular.
fn inverse(groups: &[Group], n: usize) -> Option<DMatrix<f64>> {
    let mut product = DMatrix::<f64>::zeros(n, n);
    for row in groups.iter().flat_map(|group| &group.rows) {
        for (i, slope) in row {
            for (j, other) in row {
                product[(*i, *j)] += slope * other;
            }
        }
    }
    // Columns of one size, so that units do not decide what counts as singular.
    let size: Vec<f64> = (0..n).map(|at| product[(at, at)].sqrt()).collect();
    if size.iter().any(|size| *size <= 0.0) {
        return None;
    }
    let scaled = DMatrix::from_fn(n, n, |i, j| product[(i, j)] / (size[i] * size[j]));
    if scaled.clone().symmetric_eigenvalues().min() < SINGULAR {
        return None;
    }
    let inverse = scaled.try_inverse()?;
    Some(DMatrix::from_fn(n, n, |i, j| inverse[(i, j)] / (size[i] * size[j])))
}
