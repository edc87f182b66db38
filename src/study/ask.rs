//! Studies as they are asked for in words, by the command line or a program: words become strategies, and what is wrong is told
//! all at once.

use super::compare::strategy::Strategy;
use crate::document::problem::{Problem, Problems, nearest};
use crate::record::metrics::MetricName;
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

/// A metric by its name.
///
/// # Errors
/// When there is none of this name; says which one is near.
pub fn metric(name: &str) -> Result<MetricName, String> {
    let known = MetricName::ALL.iter().map(|metric| metric.as_str());
    MetricName::parse(name).ok_or_else(|| nearest(name, known).unwrap_or_else(|| "there is no such metric".to_owned()))
}
