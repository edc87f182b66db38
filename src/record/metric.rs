//! One number of a run, with its name and scope.

use super::metrics::MetricName;
use serde::{Serialize, Serializer};

/// One number of a run, with its scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Which number.
    pub name: MetricName,
    /// What it is of, such as `total` or `site:KEY`.
    pub scope: String,
    /// Value; none where there is nothing to measure.
    pub value: Option<f64>,
}

impl Metric {
    /// A number of a scope. The scope is one that the catalogue names for it: debug builds and tests stop where it is not.
    #[must_use]
    pub fn new(name: MetricName, scope: &str, value: impl Into<Option<f64>>) -> Self {
        let is_known = name.info().scopes.iter().any(|kind| kind.key_in(scope).is_some());
        debug_assert!(is_known, "the catalogue has no {name} of {scope}");
        Self { name, scope: scope.to_owned(), value: value.into() }
    }

    /// Its unit.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        self.name.info().unit
    }

    /// What it means.
    #[must_use]
    pub fn info(&self) -> &'static str {
        self.name.info().info
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            name: MetricName,
            scope: &'a str,
            value: Option<f64>,
            unit: &'static str,
            info: &'static str,
        }
        let Self { name, scope, value } = self;
        Written { name: *name, scope, value: *value, unit: self.unit(), info: self.info() }.serialize(serializer)
    }
}

/// The value of a metric; none where there is no such metric, or nothing to measure.
#[must_use]
pub fn value_of(metrics: &[Metric], scope: &str, name: MetricName) -> Option<f64> {
    metrics.iter().find(|metric| metric.scope == scope && metric.name == name).and_then(|metric| metric.value)
}

/// The metrics of one scope, while they are gathered.
#[derive(Debug)]
pub struct ScopeMetrics<'a> {
    scope: String,
    out: &'a mut Vec<Metric>,
}

impl<'a> ScopeMetrics<'a> {
    /// Metrics of this scope go to `out`.
    pub fn new(scope: impl Into<String>, out: &'a mut Vec<Metric>) -> Self {
        Self { scope: scope.into(), out }
    }

    /// Adds a metric.
    pub fn add(&mut self, name: MetricName, value: impl Into<Option<f64>>) {
        self.out.push(Metric::new(name, &self.scope, value));
    }

    /// Adds a count.
    pub fn count(&mut self, name: MetricName, number: u64) {
        self.add(name, number as f64);
    }
}
