//! A linear program and the solver behind it.

use super::case::{BoundError, MOST_VARIABLES, Status};
use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus};

/// Least `cost * x` with `0 <= x <= upper` and every row kept.
pub(super) struct Program {
    /// By variable.
    pub(super) cost: Vec<f64>,
    /// By variable; infinite where there is none.
    pub(super) upper: Vec<f64>,
    /// What binds variables together.
    pub(super) rows: Vec<Row>,
}

/// `sum of factor * x <= most`.
pub(super) struct Row {
    /// Variable and factor.
    pub(super) terms: Vec<(usize, f64)>,
    /// The right side.
    pub(super) most: f64,
}

/// The best values.
pub(super) struct Solution {
    /// By variable.
    pub(super) values: Vec<f64>,
    /// By row: what one unit more on its right side would save.
    pub(super) worth: Vec<f64>,
    /// How exact they are.
    pub(super) status: Status,
}

/// Solves a program. Quantities are scaled to about one, so that the solver's absolute
/// tolerances mean the same for a vehicle and for a port.
pub(super) fn solve(program: &Program) -> Result<Solution, BoundError> {
    let variables = program.cost.len();
    if variables > MOST_VARIABLES {
        let what = "variables in one part";
        return Err(BoundError::TooLarge { what, found: variables, most: MOST_VARIABLES });
    }
    let finite = |largest: f64, value: &f64| if value.is_finite() { largest.max(value.abs()) } else { largest };
    let ends = program.upper.iter().chain(program.rows.iter().map(|row| &row.most));
    let scale = ends.fold(0.0, finite).max(1e-9);
    let price = program.cost.iter().fold(0.0, finite).max(1e-9);
    let (matrix, right) = standard_form(program, scale);
    let cost: Vec<f64> = program.cost.iter().map(|cost| cost / price).collect();
    let none = CscMatrix::zeros((variables, variables));
    let cones = [NonnegativeConeT(right.len())];
    let settings = DefaultSettings {
        verbose: false,
        max_threads: 1,
        direct_solve_method: "qdldl".to_owned(),
        tol_gap_abs: 1e-9,
        tol_gap_rel: 1e-9,
        tol_feas: 1e-9,
        ..DefaultSettings::default()
    };
    let fail = |status: String| BoundError::Solver { status, variables };
    let mut solver =
        DefaultSolver::new(&none, &cost, &matrix, &right, &cones, settings).map_err(|error| fail(error.to_string()))?;
    solver.solve();
    let solution = &solver.solution;
    let gap = (solution.obj_val - solution.obj_val_dual).abs() / solution.obj_val.abs().max(1.0);
    let worst = gap.max(solution.r_prim).max(solution.r_dual);
    let status = match solution.status {
        SolverStatus::Solved => Status::Optimal,
        // It stops where rounding lets it go no further, mostly far below what is asked for.
        _ if worst <= Status::Optimal.tolerance() => Status::Optimal,
        _ if worst <= Status::Reduced.tolerance() => Status::Reduced,
        other => return Err(fail(format!("{other:?}"))),
    };
    let values = solution.x.iter().map(|value| value * scale).collect();
    let worth = solution.z.iter().take(program.rows.len()).map(|worth| worth * price).collect();
    Ok(Solution { values, worth, status })
}

/// All rows as `matrix * x + slack = right`, slack at least 0: the program's own, then the upper and the lower ends.
fn standard_form(program: &Program, scale: f64) -> (CscMatrix<f64>, Vec<f64>) {
    let variables = program.cost.len();
    let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); variables];
    let mut right = Vec::new();
    for row in &program.rows {
        row.terms.iter().for_each(|(variable, factor)| columns[*variable].push((right.len(), *factor)));
        right.push(row.most / scale);
    }
    for (column, upper) in columns.iter_mut().zip(&program.upper) {
        if upper.is_finite() {
            column.push((right.len(), 1.0));
            right.push(upper / scale);
        }
    }
    for column in &mut columns {
        column.push((right.len(), -1.0));
        right.push(0.0);
    }
    let mut starts = vec![0];
    let (mut rows, mut factors) = (Vec::new(), Vec::new());
    for column in columns {
        for (row, factor) in column {
            rows.push(row);
            factors.push(factor);
        }
        starts.push(rows.len());
    }
    (CscMatrix::new(right.len(), variables, starts, rows, factors), right)
}
