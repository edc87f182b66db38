//! One number of a run, with its name and scope.

use super::metrics::{MetricName, TOTAL};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

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

/// A metric of something: `NAME` of the whole hub, `NAME@SCOPE` such as `truck_turn_mean_min@site:terminal` of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedMetric {
    /// Which number.
    pub name: MetricName,
    /// What it is of, such as `total` or `site:KEY`.
    pub scope: String,
}

impl From<MetricName> for ScopedMetric {
    fn from(name: MetricName) -> Self {
        Self { name, scope: TOTAL.to_owned() }
    }
}

impl ScopedMetric {
    /// Does the catalogue have this metric of such a scope?
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.name.info().scopes.iter().any(|kind| kind.key_in(&self.scope).is_some())
    }
}

impl fmt::Display for ScopedMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scope == TOTAL { write!(f, "{}", self.name) } else { write!(f, "{}@{}", self.name, self.scope) }
    }
}

impl Serialize for ScopedMetric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopedMetric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (name, scope) = text.split_once('@').unwrap_or((&text, TOTAL));
        let name = MetricName::parse(name).ok_or_else(|| D::Error::custom(format!("there is no metric `{name}`")))?;
        Ok(Self { name, scope: scope.to_owned() })
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
