//! Where each number of a scenario comes from: walks the document, finds each number's `sources` entry.

use super::{Quality, Scenario};
use crate::document::problem::{Place, Problem, nearest};
use crate::document::tree::{Item, Node};
use crate::grid::spec::usual_clearness;
use crate::vehicle::spec::Powertrain;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    /// The file that says the value, where it is one that the scenario extends.
    pub inherited: Option<String>,
}

/// The files of a document, lowest first: each was laid on those before it.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// Index and path of each file.
    pub files: Vec<(usize, String)>,
    /// Which of `files` is the scenario's own; those below it are what it extends.
    pub own: usize,
}

impl Layers {
    /// How high the file of a place lies; the top, where it is none of them.
    fn height(&self, place: &Place) -> usize {
        let Place::Span(file, _) = place else { return usize::MAX };
        self.files.iter().position(|known| known.0 == *file).unwrap_or(usize::MAX)
    }

    /// Folders of the files that the scenario extends, the nearest first.
    pub(super) fn extended_folders(&self) -> Vec<PathBuf> {
        let folder = |(_, path): &(usize, String)| Path::new(path).parent().map(Path::to_path_buf);
        self.files[..self.own].iter().rev().filter_map(folder).collect()
    }

    /// The path of a file that the scenario extends.
    fn extended(&self, place: &Place) -> Option<&str> {
        let height = self.height(place);
        (height < self.own).then(|| self.files[height].1.as_str())
    }
}

/// The sources of all numbers.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// One entry a number, in the order of the paths.
    pub origins: Vec<Origin>,
    /// Words for people that a file says which the scenario extends: the field, and the file.
    pub inherited_words: Vec<(String, String)>,
}

impl Provenance {
    /// How many numbers have this quality.
    #[must_use]
    pub fn count(&self, quality: Quality) -> usize {
        self.origins.iter().filter(|origin| origin.quality == Some(quality)).count()
    }

    /// Says of fields that their file holds measurements: that file with its hash is the source of those that name none.
    pub fn add_measured(&mut self, measured: BTreeMap<String, String>) {
        for (field, origin) in measured {
            if let Some(known) = self.origins.iter_mut().find(|known| known.field == field && known.source.is_none()) {
                (known.source, known.quality) = (Some(origin), Some(Quality::Measured));
            }
        }
    }

    /// Numbers that files say which the scenario extends, by file and table.
    #[must_use]
    pub fn inherited(&self) -> BTreeMap<&str, BTreeMap<&str, usize>> {
        let mut out: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for origin in &self.origins {
            let Some(file) = &origin.inherited else { continue };
            let table = origin.field.split(['.', '[']).next().unwrap_or_default();
            *out.entry(file).or_default().entry(table).or_insert(0) += 1;
        }
        out
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
///
/// A source claims what its own file says, and what lies below that. A value that a file further up has changed is not the
/// one that was sourced, and needs a source of its own.
pub fn collect(document: &Item, scenario: &Scenario, layers: &Layers, problems: &mut Vec<Problem>) -> Provenance {
    let mut walk = Walk { scenario, layers, problems, out: Provenance::default() };
    walk.table(document, "", None);
    if let Node::Table(items) = &document.node {
        let words = ["title", "description"].into_iter().filter_map(|key| {
            let file = layers.extended(&items.get(key)?.value)?;
            Some((key.to_owned(), file.to_owned()))
        });
        walk.out.inherited_words = words.collect();
    }
    for (key, solar) in scenario.solar.iter().filter(|(_, solar)| solar.csv.is_none() && solar.clearness.is_empty()) {
        let lat = scenario.site.get(&solar.site).map_or(0.0, |site| site.lat);
        walk.out.origins.push(Origin {
            field: format!("solar.{key}.clearness"),
            value: format!("{} in each month", usual_clearness(lat)),
            source: Some("by latitude".to_owned()),
            quality: Some(Quality::Assumed),
            inherited: None,
        });
    }
    walk.out
}

/// Keys of `[terminal]` that say what vessels bring and need.
const OF_VESSELS: [&str; 7] =
    ["teu_per_year", "berths", "calls_per_week", "cranes_per_call", "lifts_per_crane_h", "shore_kw", "shore_share"];

/// What diesel emits and costs.
const OF_DIESEL: [&str; 3] =
    ["emissions.diesel_tailpipe_kg_per_gal", "emissions.diesel_upstream_kg_per_gal", "money.diesel_usd_per_gal"];

/// Tables whose numbers change no result.
const OF_NO_RESULT: [&str; 2] = ["source", "background"];
/// A key of `[source]`, and how high the file lies that names it.
type Claim = (String, usize);

struct Walk<'a> {
    scenario: &'a Scenario,
    layers: &'a Layers,
    problems: &'a mut Vec<Problem>,
    out: Provenance,
}

impl Walk<'_> {
    /// `inherited` is the `default` of the nearest table above.
    fn table(&mut self, item: &Item, path: &str, inherited: Option<&Claim>) {
        let Node::Table(items) = &item.node else {
            return;
        };
        let own = items.get("sources").map(|sources| self.sources(sources, path)).unwrap_or_default();
        let default = own.get("default").or(inherited);
        for (key, child) in items {
            if path.is_empty() && OF_NO_RESULT.contains(&key.as_str()) || key == "sources" {
                continue;
            }
            let field = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let source = own.get(key).or(default);
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

    fn value(&mut self, item: &Item, field: String, claim: Option<&Claim>) {
        let value = item.to_json();
        let is_csv = |text: &str| std::path::Path::new(text).extension().is_some_and(|extension| extension == "csv");
        let names_a_file = field.rsplit('.').next().is_some_and(|key| ["tariff", "load"].contains(&key));
        let is_file = |text: &str| is_csv(text) || names_a_file || is_visits(&field);
        let names_file = value.as_str().is_some_and(is_file);
        let numeric = value.is_number()
            || value.as_array().is_some_and(|list| list.iter().any(|x| x.is_number() || x.is_array()));
        if !numeric && !names_file || self.is_idle(&field) {
            return;
        }
        let source = claim.filter(|claim| claim.1 >= self.layers.height(&item.value)).map(|claim| claim.0.clone());
        let known = source.as_ref().and_then(|key| self.scenario.source.get(key));
        let quality = known.map(|source| source.quality);
        let ends = known.and_then(|source| source.low.zip(source.high));
        if let Some(((low, high), number)) = ends.zip(value.as_f64())
            && !(low..=high).contains(&number)
        {
            self.problems.push(Problem {
                place: Some(item.value.clone()),
                field: field.clone(),
                message: format!("lies outside of {low} to {high}, the `low` and `high` of its source"),
                help: Some("fix one of them, or give the number a source of its own".to_owned()),
            });
        }
        let inherited = self.layers.extended(&item.value).map(str::to_owned);
        self.out.origins.push(Origin { field, value: value.to_string(), source, quality, inherited });
    }

    /// Does a number change nothing in this scenario? Hauls from a list bring no vessels, whose terminals need not be known; and
    /// where nothing burns diesel, nobody needs to know what that emits or costs.
    fn is_idle(&self, field: &str) -> bool {
        let may_burn = self.scenario.transition.is_some() || self.scenario.has_vehicles_of(Powertrain::Diesel);
        if !may_burn && OF_DIESEL.contains(&field) {
            return true;
        }
        let has_vessels = self.scenario.freight.as_ref().is_some_and(|freight| freight.volumes.is_some());
        let of_terminal = field.strip_prefix("terminal.").and_then(|rest| rest.split_once('.'));
        !has_vessels && of_terminal.is_some_and(|(_, key)| OF_VESSELS.contains(&key))
    }

    fn sources(&mut self, item: &Item, path: &str) -> BTreeMap<String, Claim> {
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
            out.insert(field.clone(), (source, self.layers.height(&entry.value)));
        }
        out
    }
}

/// Is a field the file of `[visits]`, whatever its ending?
fn is_visits(field: &str) -> bool {
    field.strip_prefix("visits.").and_then(|rest| rest.split_once('.')).is_some_and(|(_, key)| key == "csv")
}
