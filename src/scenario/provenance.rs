//! Where each number of a scenario comes from: walks the document, finds each number's `sources` entry.

use super::{Quality, Scenario};
use crate::document::problem::{Problem, nearest};
use crate::document::tree::{Item, Node};
use std::collections::BTreeMap;

/// One number (or list of numbers) and its source.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Dotted path of the field.
    pub field: String,
    /// The value as written.
    pub value: String,
    /// Key of `[source]`, if the field has one.
    pub source: Option<String>,
    /// The source's quality.
    pub quality: Option<Quality>,
}

/// The sources of all numbers.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// One entry a number, in the order of the paths.
    pub origins: Vec<Origin>,
}

impl Provenance {
    /// How many numbers have this quality.
    #[must_use]
    pub fn count(&self, quality: Quality) -> usize {
        self.origins.iter().filter(|origin| origin.quality == Some(quality)).count()
    }

    /// Numbers without a source.
    pub fn unsourced(&self) -> impl Iterator<Item = &Origin> {
        self.origins.iter().filter(|origin| origin.source.is_none())
    }

    /// Numbers of one quality, grouped by source: key of the source, fields.
    #[must_use]
    pub fn by_source(&self, quality: Quality) -> BTreeMap<&str, Vec<&Origin>> {
        let mut out: BTreeMap<&str, Vec<&Origin>> = BTreeMap::new();
        for origin in self.origins.iter().filter(|origin| origin.quality == Some(quality)) {
            out.entry(origin.source.as_deref().unwrap_or_default()).or_default().push(origin);
        }
        out
    }
}

/// Walks the document. A `sources` entry that names no source is a problem.
pub fn collect(document: &Item, scenario: &Scenario, problems: &mut Vec<Problem>) -> Provenance {
    let mut walk = Walk { scenario, problems, out: Provenance::default() };
    walk.table(document, "", None);
    walk.out
}

struct Walk<'a> {
    scenario: &'a Scenario,
    problems: &'a mut Vec<Problem>,
    out: Provenance,
}

impl Walk<'_> {
    /// `inherited` is the `default` of the nearest table above.
    fn table(&mut self, item: &Item, path: &str, inherited: Option<&str>) {
        let Node::Table(items) = &item.node else {
            return;
        };
        let own = items.get("sources").map(|sources| self.sources(sources, path)).unwrap_or_default();
        let default = own.get("default").map(String::as_str).or(inherited);
        for (key, child) in items {
            if path.is_empty() && key == "source" || key == "sources" {
                continue;
            }
            let field = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let source = own.get(key).map(String::as_str).or(default);
            match &child.node {
                Node::Table(_) => self.table(child, &field, source),
                Node::List(rows) if rows.iter().any(|row| matches!(row.node, Node::Table(_))) => {
                    for (at, row) in rows.iter().enumerate() {
                        self.table(row, &format!("{field}[{at}]"), source);
                    }
                }
                Node::List(_) | Node::Leaf(_) => self.value(child, field, source),
            }
        }
    }

    fn value(&mut self, item: &Item, field: String, source: Option<&str>) {
        let value = item.to_json();
        let is_csv = |text: &str| std::path::Path::new(text).extension().is_some_and(|extension| extension == "csv");
        let names_file = value.as_str().is_some_and(|text| is_csv(text) || field.ends_with(".tariff"));
        let numeric = value.is_number()
            || value.as_array().is_some_and(|list| list.iter().any(|x| x.is_number() || x.is_array()));
        if !numeric && !names_file {
            return;
        }
        let known = source.and_then(|key| self.scenario.source.get(key));
        let quality = known.map(|source| source.quality);
        let ends = known.and_then(|source| source.low.zip(source.high));
        if let Some(((low, high), number)) = ends.zip(value.as_f64())
            && !(low..=high).contains(&number)
        {
            self.problems.push(Problem {
                place: Some(item.value.clone()),
                field: field.clone(),
                message: format!("lies outside of {low} to {high}, the `low` and `high` of its source"),
                help: Some("mend one of them, or give the number a source of its own".to_owned()),
            });
        }
        let source = source.map(str::to_owned);
        self.out.origins.push(Origin { field, value: value.to_string(), source, quality });
    }

    fn sources(&mut self, item: &Item, path: &str) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        let Node::Table(entries) = &item.node else {
            return out;
        };
        for (field, entry) in entries {
            let Some(source) = entry.to_json().as_str().map(str::to_owned) else {
                continue;
            };
            if !self.scenario.source.contains_key(&source) {
                self.problems.push(Problem {
                    place: Some(entry.value.clone()),
                    field: format!("{path}.sources.{field}"),
                    message: format!("there is no [source.{source}]"),
                    help: nearest(&source, self.scenario.source.keys().map(String::as_str)),
                });
            }
            out.insert(field.clone(), source);
        }
        out
    }
}
