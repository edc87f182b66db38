//! What a kind of data is to a fit: rows in order of time, and a formula of them.

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
    /// What a row of a group is called: for messages.
    fn group_word(&self) -> &'static str {
        "rows"
    }
    /// Unit of the scaled errors.
    fn error_unit(&self) -> &'static str;
    /// What may disturb a row beside the formula: the held-out rows are searched for what it leaves there.
    fn inputs(&self) -> &'static [&'static str] {
        &[]
    }
    /// The value of an input of a row; not a number where it is unknown.
    fn input(&self, _row: usize, _input: usize) -> f64 {
        f64::NAN
    }
}

/// Observed less predicted, scaled. The slopes are those of what is predicted.
pub(super) fn error(model: &impl Model, row: usize, parameters: &[f64], slopes: &mut [f64]) -> f64 {
    slopes.fill(0.0);
    (model.observed(row) - model.predicted(row, parameters, slopes)) / model.scale(row)
}
