//! Collects what is wrong with a scenario, at paths of its document.

use super::Scenario;
use crate::document::problem::{Problem, nearest};
use crate::document::tree::Item;
use crate::kernel::curve::Curve;
use crate::vehicle::spec::{PUBLIC, VISITORS};
use std::collections::BTreeMap;

/// Collects problems at paths of the document.
pub(crate) struct Checker<'a> {
    document: &'a Item,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Checker<'a> {
    /// Of a document, with the list that problems go to.
    pub(crate) fn new(document: &'a Item, problems: &'a mut Vec<Problem>) -> Self {
        Self { document, problems }
    }

    pub(crate) fn wrong(&mut self, path: &[&str], message: impl Into<String>, help: Option<String>) {
        let parts: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let place = Some(self.document.nearest(&parts).value.clone());
        self.problems.push(Problem { place, field: parts.join("."), message: message.into(), help });
    }

    pub(crate) fn key<T>(&mut self, path: &[&str], name: &str, table: &BTreeMap<String, T>, kind: &str) -> bool {
        if table.contains_key(name) {
            return true;
        }
        let help = nearest(name, table.keys().map(String::as_str));
        self.wrong(path, format!("there is no [{kind}.{name}]"), help);
        false
    }

    /// Vehicles that may use a charger or a station.
    pub(crate) fn users(&mut self, path: &[&str], users: &[String], scenario: &Scenario) {
        for user in users {
            let known = [PUBLIC, VISITORS].contains(&user.as_str());
            if !known && !scenario.fleet.contains_key(user) && !scenario.equipment_model.contains_key(user) {
                let names = scenario.fleet.keys().chain(scenario.equipment_model.keys()).map(String::as_str);
                let help = nearest(user, names.chain([PUBLIC, VISITORS]));
                let message = format!("`{user}` is no fleet, no equipment model, nor `{PUBLIC}` or `{VISITORS}`");
                self.wrong(path, message, help);
            }
        }
    }

    /// A value by year: each key a year, each value in its plausible range.
    pub(crate) fn curve(&mut self, path: &[&str], curve: &Curve, (least, most): (f64, f64)) {
        if let Some(key) = curve.wrong_year() {
            let message = if key.is_empty() { "names no year".to_owned() } else { format!("`{key}` is no year") };
            self.wrong(path, message, Some("write { 2025 = 1.0, 2035 = 2.0 }, or one number".to_owned()));
        }
        if let Some(value) = curve.values().find(|value| !(least..=most).contains(value)) {
            self.wrong(path, format!("{value} is out of the plausible range {least} to {most}"), None);
        }
    }

    pub(crate) fn sums_to_one(&mut self, path: &[&str], what: &str, sum: f64) {
        if (sum - 1.0).abs() > 1e-6 {
            self.wrong(path, format!("{what} add up to {sum:.6}, not to 1"), None);
        }
    }
}

/// Does going up from `key`, over at most `most` steps, come back to it?
pub(crate) fn is_circle<'a>(key: &str, most: usize, above: impl Fn(&str) -> Option<&'a str>) -> bool {
    let mut at = above(key);
    for _ in 0..most {
        match at {
            Some(next) if next == key => return true,
            Some(next) => at = above(next),
            None => return false,
        }
    }
    false
}
