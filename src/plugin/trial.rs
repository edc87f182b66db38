//! Tries a plugin on made-up views: empty, small, large, and odd ones that no scenario gives. A policy must answer each
//! alike in any fresh instance, alone or beside another.

use super::error::PluginError;
use super::kind::PluginKind;
use super::loader::Plugin;
use super::running::Running;
use super::synthetic::VIEWS;
use crate::kernel::random::Seed;
use crate::policy::spec::PluginLimits;
use std::sync::Arc;

const SEED: Seed = Seed { seed: 1, replication: 0 };

/// How a plugin did on one view.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The view.
    pub name: &'static str,
    /// Its rows of all tables.
    pub rows: usize,
    /// Good orders, bad orders and fuel; or what went wrong.
    pub outcome: Result<(usize, u64, u64), PluginError>,
    /// Did a second fresh instance answer the same?
    pub is_repeatable: bool,
}

/// How a plugin did on all views.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// View by view, each in an instance of its own, up to the first that fails: what runs away does so in each.
    pub cases: Vec<Case>,
    /// Did two instances that took turns answer as one alone? None: not tried, as a view failed.
    pub is_independent: Option<bool>,
}

impl Trial {
    /// Nothing went wrong and nothing leaked.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.is_independent == Some(true) && !self.has_failed() && self.cases.iter().all(|case| case.is_repeatable)
    }

    /// Did a view fail? Nothing was tried after it.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.cases.iter().any(|case| case.outcome.is_err())
    }

    /// Fuel for each further row, between the middle and the huge view.
    #[must_use]
    pub fn fuel_per_row(&self) -> Option<f64> {
        let find = |name: &str| self.cases.iter().find(|case| case.name == name);
        let (few, many) = (find("middle")?, find("huge")?);
        let (low, high) = (few.outcome.as_ref().ok()?.2, many.outcome.as_ref().ok()?.2);
        Some((high as f64 - low as f64) / (many.rows - few.rows) as f64)
    }
}

/// Tries a plugin with these values of its parameters.
///
/// # Errors
/// When it does not start.
pub fn trial<K: PluginKind>(
    plugin: &Arc<Plugin<K>>,
    values: &[f64],
    limits: PluginLimits,
) -> Result<Trial, PluginError> {
    let fresh = || Running::start(plugin, values, limits, SEED, false);
    let mut cases = Vec::new();
    for made in VIEWS {
        let (mut one, mut two) = (fresh()?, fresh()?);
        K::with_synthetic(made, |view| {
            let answer = one.decide_on(view);
            let again = two.decide_on(view);
            let notes = one.noted();
            let is_repeatable = answer == again && notes.fuel == two.noted().fuel;
            let outcome = answer.map(|orders| (K::count(&orders), notes.dropped, notes.fuel));
            cases.push(Case { name: made.name, rows: K::size(view).1, outcome, is_repeatable });
        });
        if cases.last().is_some_and(|case| case.outcome.is_err()) {
            return Ok(Trial { cases, is_independent: None });
        }
    }
    Ok(Trial { cases, is_independent: Some(is_independent(fresh)?) })
}

/// One instance alone, then two by turns: all three must answer the same.
fn is_independent<K: PluginKind>(fresh: impl Fn() -> Result<Running<K>, PluginError>) -> Result<bool, PluginError> {
    let (mut alone, mut left, mut right) = (fresh()?, fresh()?, fresh()?);
    let mut same = true;
    for made in VIEWS.into_iter().filter(|made| !made.is_odd && made.vehicles <= 1_000) {
        K::with_synthetic(made, |view| {
            let expected = alone.decide_on(view);
            same &= left.decide_on(view) == expected && right.decide_on(view) == expected;
        });
    }
    Ok(same)
}
