//! One number of a summary.

use serde::Serialize;

/// One number with its name, scope, unit and meaning.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metric {
    /// Name, with the unit.
    pub name: &'static str,
    /// `total`, `site:KEY`, `fleet:KEY`, or a pair joined by `/`.
    pub scope: String,
    /// Value; none where there is nothing to measure.
    pub value: Option<f64>,
    /// Unit.
    pub unit: &'static str,
    /// What it says.
    pub info: &'static str,
}

/// The value of a metric; none where there is no such metric, or nothing to measure.
#[must_use]
pub fn value_of(metrics: &[Metric], scope: &str, name: &str) -> Option<f64> {
    metrics.iter().find(|metric| metric.scope == scope && metric.name == name).and_then(|metric| metric.value)
}

/// Metrics that are being gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// In the order in which they came.
    pub metrics: Vec<Metric>,
}

impl Gathered {
    /// Adds one.
    pub fn add(&mut self, scope: &str, name: &'static str, value: Option<f64>, unit: &'static str, info: &'static str) {
        self.metrics.push(Metric { name, scope: scope.to_owned(), value, unit, info });
    }
}
