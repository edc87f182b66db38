//! Studies as they are asked for in words, by the command line or a program: words become strategies, and what is wrong is told
//! all at once.

use super::compare::strategy::Strategy;
use crate::document::problem::{Problem, Problems, nearest};
use crate::record::metrics::{MetricName, ScopedMetric, TOTAL};
use crate::scenario::load::load;
use std::path::Path;

/// What is wrong with what was asked for.
#[derive(Debug, Default)]
pub struct Wrong {
    /// With the words themselves, a sentence each.
    pub told: Vec<String>,
    /// With files.
    pub problems: Problems,
}

impl Wrong {
    /// All of it in one list, words first.
    #[must_use]
    pub fn all(self) -> Problems {
        let word = |message: String| Problem { place: None, field: String::new(), message, help: None };
        let mut all = Problems { files: Vec::new(), list: self.told.into_iter().map(word).collect() };
        all.append(self.problems);
        all
    }
}

impl From<Problems> for Wrong {
    fn from(problems: Problems) -> Self {
        Self { told: Vec::new(), problems }
    }
}

/// Words as strategies, and what is wrong with those that are none: all of it.
#[must_use]
pub fn strategies(words: &[String], scenario: &Path) -> (Vec<Strategy>, Vec<String>) {
    let (mut strategies, mut wrong): (Vec<Strategy>, Vec<String>) = (Vec::new(), Vec::new());
    for word in words {
        match Strategy::parse(word, scenario) {
            Ok(strategy) if strategies.iter().any(|known| known.name == strategy.name) => {
                wrong.push(format!("`{word}` is named twice"));
            }
            Ok(strategy) => strategies.push(strategy),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    (strategies, wrong)
}

/// What is wrong with a scenario and with strategies on it.
pub(super) fn problems_of(scenario: &Path, settings: &[String], strategies: &[Strategy]) -> Problems {
    let wrong = |strategy: &Strategy| load(&strategy.request(scenario, settings, &[])).err();
    let mut problems = wrong(&Strategy::unchanged()).unwrap_or_default();
    // Those of the scenario itself would be told of each strategy.
    if problems.list.is_empty() {
        strategies.iter().filter_map(wrong).for_each(|wrong| problems.append(wrong));
    }
    problems
}

/// A metric by its name and scope, such as `peak_kw` or `truck_turn_mean_min@site:terminal`. A bare name that no whole hub has
/// is told when the scenario is known, with what to write.
///
/// # Errors
/// When there is none of this name, or it is of no such scope; says which one is near, or which scopes it has.
pub fn scoped_metric(text: &str) -> Result<ScopedMetric, String> {
    let Some((name, scope)) = text.split_once('@') else { return Ok(metric(text)?.into()) };
    let asked = ScopedMetric { name: metric(name)?, scope: scope.to_owned() };
    if asked.is_possible() {
        return Ok(asked);
    }
    let ways: Vec<String> = asked.name.info().scopes.iter().map(|kind| at(name, kind.pattern())).collect();
    Err(format!("`{name}` is not of `{scope}`: write {}", ways.join(" or ")))
}

/// A metric as it is written with a scope.
fn at(name: &str, scope: &str) -> String {
    if scope == TOTAL { format!("`{name}`") } else { format!("`{name}@{scope}`") }
}

/// What to write instead of a metric that runs do not have: one of the scopes that they have it of.
#[must_use]
pub fn no_metric(asked: &ScopedMetric, scopes: &[String]) -> String {
    if scopes.is_empty() {
        return format!("these runs have no `{asked}` to compare");
    }
    let ways: Vec<String> = scopes.iter().map(|scope| at(asked.name.as_str(), scope)).collect();
    format!("these runs have no `{asked}` to compare; they have {}", ways.join(", "))
}

/// A metric by its name.
///
/// # Errors
/// When there is none of this name; says which one is near.
pub fn metric(name: &str) -> Result<MetricName, String> {
    let known = MetricName::ALL.iter().map(|metric| metric.as_str());
    MetricName::parse(name).ok_or_else(|| nearest(name, known).unwrap_or_else(|| "there is no such metric".to_owned()))
}

#[cfg(test)]
mod tests {
    //! Contract: a metric is requested by name and scope; the error for an unknown one says what to write.

    use super::*;

    #[test]
    fn a_metric_of_a_part_of_the_hub_is_written_with_its_scope() {
        let asked = scoped_metric("truck_turn_mean_min@site:terminal").unwrap();
        assert_eq!((asked.name, asked.scope.as_str()), (MetricName::TruckTurnMeanMin, "site:terminal"));
        assert_eq!(asked.to_string(), "truck_turn_mean_min@site:terminal");
        assert_eq!(scoped_metric("peak_kw").unwrap(), MetricName::PeakKw.into());
        assert!(!scoped_metric("truck_turn_mean_min").unwrap().is_possible(), "no whole hub has a truck turn");
        let other = scoped_metric("truck_turn_mean_min@fleet:a").unwrap_err();
        assert_eq!(other, "`truck_turn_mean_min` is not of `fleet:a`: write `truck_turn_mean_min@site:KEY`");
        assert!(scoped_metric("peak_kv@site:a").is_err());
    }

    #[test]
    fn runs_without_a_metric_say_which_they_have() {
        let asked = ScopedMetric { name: MetricName::TruckTurnMeanMin, scope: "site:x".to_owned() };
        let told = no_metric(&asked, &["site:terminal".to_owned()]);
        assert_eq!(
            told,
            "these runs have no `truck_turn_mean_min@site:x` to compare; they have `truck_turn_mean_min@site:terminal`"
        );
        assert!(no_metric(&asked, &[]).ends_with("to compare"));
    }
}
