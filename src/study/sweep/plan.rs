//! The plan of a sweep: which runs there are, in which order, and the key of each shard.

use super::design::{Design, HypercubeSpec};
use super::shard::SHARD_SCHEMA;
use crate::disk::name;
use crate::disk::read::{self, Kind};
use crate::document::problem::{Place, Problem, Problems, SourceFile, short};
use crate::document::tree::Item;
use crate::scenario::files::scenario_path;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::study::compare::strategy::Strategy;
use crate::study::replicate::in_order;
use crate::study::verify::{Fate, fates, input_hash};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Version of the plan's format.
const PLAN_SCHEMA: u32 = 1;
/// More shards than this is taken for a mistake.
const MOST_SHARDS: usize = 10_000_000;
/// Points of a design that are tried in all cells together, and numbers of a list by themselves; of more, as many as this, evenly.
/// A point takes about a hundredth of a second: a plan of any size takes some seconds a scenario.
const MOST_TRIED: usize = 500;
const MOST_NUMBERS: usize = 50;

/// `STUDY.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySpec {
    /// Folders or files, relative to the study.
    pub scenarios: Vec<PathBuf>,
    /// As in `compare --strategies`.
    #[serde(default = "default_strategies")]
    pub strategies: Vec<String>,
    /// Settings for all runs, such as `time.days=2`.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Replications of each cell.
    pub replications: u32,
    /// Replications in one shard: enough that a shard takes seconds to minutes.
    #[serde(default = "default_block")]
    pub block: u32,
    /// Every combination of these values, by path.
    #[serde(default)]
    pub grid: BTreeMap<String, Vec<toml::Value>>,
    /// Points that fill a box.
    pub latin_hypercube: Option<HypercubeSpec>,
}

fn default_strategies() -> Vec<String> {
    vec!["bau".to_owned()]
}

fn default_seed() -> u64 {
    1
}

fn default_block() -> u32 {
    8
}

/// One scenario with one strategy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The scenario as the study names it.
    pub scenario: String,
    /// Where it lies.
    pub path: PathBuf,
    /// The strategy.
    pub strategy: Strategy,
    /// Hash of the scenario with the strategy, and of all files they name.
    pub canonical: String,
    /// blake3 of each file, to name what changed.
    pub inputs: BTreeMap<String, String>,
    /// blake3 of the files that settings of the design name beyond these, by setting: another list of hauls, a plugin.
    #[serde(default)]
    pub named: BTreeMap<String, BTreeMap<String, String>>,
}

impl Cell {
    /// All files that its runs read.
    #[must_use]
    pub fn all_inputs(&self) -> BTreeMap<String, String> {
        self.named.values().chain([&self.inputs]).flatten().map(|(path, hash)| (path.clone(), hash.clone())).collect()
    }
}

/// A planned sweep. Shards are numbered cell by cell, point by point, block by block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this format.
    pub schema: u32,
    /// Version of Portvolt: other versions give other numbers.
    pub engine: String,
    /// The study's name.
    pub name: String,
    /// Settings for all runs.
    pub settings: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// Replications of each cell.
    pub replications: u32,
    /// Replications in one shard.
    pub block: u32,
    /// Scenarios with strategies.
    pub cells: Vec<Cell>,
    /// What is varied.
    pub design: Design,
}

/// Which shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Cell.
    pub cell: usize,
    /// Design point.
    pub point: usize,
    /// First replication.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// Why a plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Error of the read.
        reason: String,
    },
    /// Made by another version.
    #[error(
        "{} was planned by portvolt {theirs}, this is {}: their numbers may differ. Plan again with `portvolt sweep \
         plan`; finished shards of {theirs} stay as they are", path.display(), engine()
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        theirs: String,
    },
    /// Files changed since.
    #[error("changed since the plan was made: {}. Plan again, or bring them back", .0.join(", "))]
    Changed(Vec<String>),
}

/// The version that decides results.
#[must_use]
pub fn engine() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Reads a study and plans it. Every cell is loaded and checked, the values of the design by themselves, and its points.
///
/// # Errors
/// All mistakes at once.
pub fn plan(study: &Path) -> Result<Plan, Problems> {
    let name = study.display().to_string();
    let text = read::text(study, Kind::Toml).map_err(|error| Problems::of_file(&name, error.to_string(), None))?;
    let mut problems = Problems { files: vec![SourceFile { path: name, text: text.clone() }], list: Vec::new() };
    let document = match Item::parse(&text, 0) {
        Ok(document) => document,
        Err(list) => return Err(Problems { list, ..problems }),
    };
    let spec: StudySpec = match toml::from_str(&text) {
        Ok(spec) => spec,
        Err(error) => {
            let place = Some(Place::Span(0, error.span().unwrap_or(0..0)));
            let message = error.message().to_owned();
            problems.list.push(Problem { place, field: String::new(), message, help: None });
            return Err(problems);
        }
    };
    let mut planner = Planner { spec: &spec, document: &document, problems };
    planner.check();
    let design = planner.design();
    let cells = planner.cells(study.parent().unwrap_or(Path::new(".")), &design);
    let name = study.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if let Err(error) = name::plain(&name) {
        let help = Some("files of the sweep are named after the study: rename it".to_owned());
        planner.problems.list.extend(Problems::of_file(&study.display().to_string(), error.to_string(), help).list);
    }
    if planner.problems.list.is_empty() {
        let StudySpec { settings, seed, replications, block, .. } = spec;
        let engine = engine().to_owned();
        Ok(Plan { schema: PLAN_SCHEMA, engine, name, settings, seed, replications, block, cells, design })
    } else {
        Err(planner.problems)
    }
}

struct Planner<'a> {
    spec: &'a StudySpec,
    document: &'a Item,
    problems: Problems,
}

impl Planner<'_> {
    fn wrong(&mut self, path: &[&str], message: impl Into<String>, help: Option<&str>) {
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let place = Some(self.document.nearest(&path).value.clone());
        let (field, message) = (path.join("."), message.into());
        self.problems.list.push(Problem { place, field, message, help: help.map(str::to_owned) });
    }

    fn check(&mut self) {
        let spec = self.spec;
        if spec.scenarios.is_empty() {
            self.wrong(&["scenarios"], "names no scenario", None);
        }
        if spec.strategies.is_empty() {
            self.wrong(&["strategies"], "names no strategy", Some("`bau` is the unchanged scenario"));
        }
        for (key, value) in [("replications", spec.replications), ("block", spec.block)] {
            if value == 0 {
                self.wrong(&[key], "must be at least 1", None);
            }
        }
        let scenarios: Vec<String> = spec.scenarios.iter().map(|path| path.display().to_string()).collect();
        for (key, names) in [("scenarios", &scenarios), ("strategies", &spec.strategies)] {
            for (at, name) in names.iter().enumerate().filter(|(at, name)| names[..*at].contains(name)) {
                self.wrong(&[key, &at.to_string()], format!("`{name}` is named twice"), None);
            }
        }
        for (path, values) in &spec.grid {
            if values.is_empty() {
                self.wrong(&["grid", path], "names no value", None);
            }
        }
        let Some(cube) = &spec.latin_hypercube else { return };
        if cube.points == 0 {
            self.wrong(&["latin_hypercube", "points"], "must be at least 1", None);
        }
        for (path, [low, high]) in &cube.range {
            let at = ["latin_hypercube", "range", path.as_str()];
            if !(low.is_finite() && high.is_finite() && low < high) {
                self.wrong(&at, "must be the lowest and the highest value", None);
            }
            if spec.grid.contains_key(path) {
                self.wrong(&at, "is in the grid too", Some("keep it in one of them"));
            }
        }
        for path in &cube.whole {
            match cube.range.get(path) {
                None => self.wrong(&["latin_hypercube", "whole"], format!("`{path}` is in no range"), None),
                Some(ends) if ends.iter().any(|end| end.fract() != 0.0) => {
                    let message = "its values are whole, so its ends must be";
                    self.wrong(&["latin_hypercube", "range", path], message, None);
                }
                Some(_) => {}
            }
        }
    }

    fn design(&mut self) -> Design {
        let spec = self.spec;
        // Counted before it is laid out: eight parameters of twenty values are more than any memory holds.
        let counts =
            spec.grid.values().map(Vec::len).chain(spec.latin_hypercube.iter().map(|cube| cube.points as usize));
        let points = counts.fold(1, usize::saturating_mul);
        let blocks = spec.replications.div_ceil(spec.block.max(1)) as usize;
        let cells = spec.scenarios.len() * spec.strategies.len();
        let shards = points.saturating_mul(blocks).saturating_mul(cells);
        if shards > MOST_SHARDS {
            let message =
                format!("{points} points of {blocks} blocks in {cells} cells are more than {MOST_SHARDS} shards");
            self.wrong(&["replications"], message, Some("enlarge `block`, or vary less at once"));
            return Design::default();
        }
        let values = |list: &Vec<toml::Value>| list.iter().map(toml::Value::to_string).collect();
        let grid = Design::grid(&spec.grid.iter().map(|(path, list)| (path.clone(), values(list))).collect());
        // A cube that is wrong has no points; values of a grid are checked whatever else is wrong.
        let cube = spec.latin_hypercube.as_ref().filter(|_| self.problems.list.is_empty());
        match cube {
            Some(cube) => grid.times(Design::hypercube(cube)),
            None => grid,
        }
    }

    fn cells(&mut self, base: &Path, design: &Design) -> Vec<Cell> {
        let mut cells = Vec::new();
        for scenario in &self.spec.scenarios {
            let path = scenario_path(base, scenario);
            let path = read::full_path(&path).unwrap_or(path);
            for (number, word) in self.spec.strategies.iter().enumerate() {
                let strategy = match Strategy::parse(word, &path) {
                    Ok(strategy) => strategy,
                    Err(error) => {
                        self.wrong(&["strategies", &number.to_string()], error.to_string(), None);
                        continue;
                    }
                };
                match load(&strategy.request(&path, &self.spec.settings, &[])) {
                    Ok(loaded) => {
                        let Loaded { canonical, inputs, .. } = loaded;
                        let (scenario, path) = (scenario.display().to_string(), path.clone());
                        let named = BTreeMap::new();
                        let mut cell = Cell { scenario, path, strategy, canonical, inputs, named };
                        if self.check_values(&mut cell, design) {
                            self.check_points(&cell, design);
                        }
                        cells.push(cell);
                    }
                    Err(wrong) => self.problems.append(wrong),
                }
            }
        }
        cells
    }

    /// Each value of the design once, on its own, of many numbers some; the files it names go into the cell. Is all well?
    fn check_values(&mut self, cell: &mut Cell, design: &Design) -> bool {
        let mut settings = Vec::new();
        for (column, parameter) in design.parameters.iter().enumerate() {
            let mut values: Vec<&String> = design.points.iter().map(|point| &point[column]).collect();
            values.sort();
            values.dedup();
            // A number names no file: of a range the ends are tried, of a list the ends and what lies between evenly.
            if values.iter().all(|value| number(value).is_some()) {
                values.sort_by(|a, b| number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal));
                let most = if self.spec.grid.contains_key(parameter) { MOST_NUMBERS } else { 2 };
                values = evenly(&values, most);
            }
            settings.extend(values.into_iter().map(|value| format!("{parameter}={value}")));
        }
        let tried = in_order(0, &settings, |setting| {
            let request = cell.strategy.request(&cell.path, &self.spec.settings, core::slice::from_ref(setting));
            load(&request).map(|loaded| loaded.inputs)
        });
        let before = self.problems.list.len();
        for (setting, tried) in settings.into_iter().zip(tried) {
            match tried {
                Ok(mut inputs) => {
                    inputs.retain(|path, _| !cell.inputs.contains_key(path));
                    if !inputs.is_empty() {
                        cell.named.insert(setting, inputs);
                    }
                }
                Err(wrong) => self.problems.append(wrong),
            }
        }
        self.problems.list.len() == before
    }

    /// Values that are right by themselves may not go together: a port power above that of its cabinet. All points of a
    /// small design, of a large one as many as can be tried in a while.
    fn check_points(&mut self, cell: &Cell, design: &Design) {
        if design.parameters.len() < 2 {
            return;
        }
        let cells = self.spec.scenarios.len() * self.spec.strategies.len();
        let all: Vec<usize> = (0..design.points.len()).collect();
        let points = evenly(&all, (MOST_TRIED / cells).max(2));
        let wrong = in_order(0, &points, |point| {
            load(&cell.strategy.request(&cell.path, &self.spec.settings, &design.settings(*point))).err()
        });
        wrong.into_iter().flatten().for_each(|wrong| self.problems.append(wrong));
    }
}

/// The first of a list that stands in it before.
fn twice<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut known = BTreeSet::new();
    all.into_iter().find(|item| !known.insert(*item))
}

/// The number that a value of a design is, if it is one.
fn number(value: &str) -> Option<f64> {
    value.parse().ok()
}

/// At most so many of a list, at least 2: the ends, and what lies evenly between.
fn evenly<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    if all.len() <= most {
        return all.to_vec();
    }
    (0..most).map(|at| all[at * (all.len() - 1) / (most - 1)]).collect()
}

impl Plan {
    /// Where a plan lies in a sweep's folder.
    #[must_use]
    pub fn path(folder: &Path, name: &str) -> PathBuf {
        folder.join(format!("{name}.plan.json"))
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// When it cannot be read or is of another version.
    pub fn read(path: &Path) -> Result<Self, PlanError> {
        let unreadable = |reason: String| PlanError::Unreadable { path: path.to_path_buf(), reason };
        let text = read::text(path, Kind::Json).map_err(|error| unreadable(error.to_string()))?;
        let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        let theirs = json["engine"].as_str().unwrap_or("of unknown version").to_owned();
        if theirs != engine() || json["schema"] != PLAN_SCHEMA {
            return Err(PlanError::OtherVersion { path: path.to_path_buf(), theirs });
        }
        let plan: Self = serde_json::from_value(json).map_err(|error| unreadable(error.to_string()))?;
        match plan.wrong() {
            Some(reason) => Err(unreadable(reason)),
            None => Ok(plan),
        }
    }

    /// What no plan of ours has: a plan is data of whoever wrote it.
    fn wrong(&self) -> Option<String> {
        if let Err(error) = name::plain(&self.name) {
            return Some(error.to_string());
        }
        let names = || self.cells.iter().map(|cell| (&cell.scenario, &cell.strategy.name));
        if let Some((scenario, strategy)) = twice(names()) {
            return Some(format!("`{}` of {} is there twice", short(strategy), short(scenario)));
        }
        if let Some(parameter) = twice(self.design.parameters.iter()) {
            return Some(format!("its design varies `{}` twice", short(parameter)));
        }
        if let Some(cell) = self.cells.iter().find(|cell| cell.inputs.is_empty()) {
            return Some(format!("`{}` of {} is made of no file", short(&cell.strategy.name), short(&cell.scenario)));
        }
        let parameters = self.design.parameters.len();
        if self.design.points.iter().any(|point| point.len() != parameters) {
            return Some("a point of its design has not one value a parameter".to_owned());
        }
        let blocks = self.replications.div_ceil(self.block.max(1)) as usize;
        let shards = blocks.checked_mul(self.cells.len()).and_then(|it| it.checked_mul(self.design.points.len()));
        match shards {
            _ if self.block == 0 => Some("its blocks hold no replication".to_owned()),
            Some(0) => Some("it has no shard: no scenario, no point, or no replication".to_owned()),
            Some(shards) if shards <= MOST_SHARDS => None,
            _ => Some(format!("it has more than {MOST_SHARDS} shards")),
        }
    }

    /// How many shards one cell has at one point.
    fn blocks(&self) -> usize {
        self.replications.div_ceil(self.block.max(1)) as usize
    }

    /// How many shards there are.
    #[must_use]
    pub fn shards(&self) -> usize {
        self.cells.len() * self.design.points.len() * self.blocks()
    }

    /// How many runs there are.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.cells.len() as u64 * self.design.points.len() as u64 * u64::from(self.replications)
    }

    /// The shard of a number.
    #[must_use]
    pub fn which(&self, shard: usize) -> Which {
        let (rest, block) = (shard / self.blocks(), shard % self.blocks());
        let first = block as u32 * self.block;
        let count = self.block.min(self.replications - first);
        Which { cell: rest / self.design.points.len(), point: rest % self.design.points.len(), first, count }
    }

    /// The key of a shard: blake3 of all that decides its content, each part with its length before it.
    #[must_use]
    pub fn key(&self, shard: usize) -> String {
        let which = self.which(shard);
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        for part in ["portvolt", &self.engine, SHARD_SCHEMA, &self.cells[which.cell].canonical] {
            add(part.as_bytes());
        }
        for (path, value) in self.design.parameters.iter().zip(&self.design.points[which.point]) {
            add(path.as_bytes());
            add(value.as_bytes());
        }
        let cell = &self.cells[which.cell];
        let named = self.design.settings(which.point).into_iter().filter_map(|setting| cell.named.get(&setting));
        named.flat_map(BTreeMap::values).for_each(|hash| add(hash.as_bytes()));
        add(&self.seed.to_le_bytes());
        add(&which.first.to_le_bytes());
        add(&which.count.to_le_bytes());
        hasher.finalize().to_hex().to_string()
    }

    /// blake3 of the keys of all shards: what the plan is of, wherever its files lie.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for shard in 0..self.shards() {
            hasher.update(self.key(shard).as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Are the files that were read for a shard those of the plan?
    ///
    /// # Errors
    /// Which changed.
    pub fn check_read(&self, which: Which, read: &BTreeMap<String, String>) -> Result<(), PlanError> {
        let cell = &self.cells[which.cell];
        let settings = self.design.settings(which.point);
        let known = |path: &str| {
            let named = settings.iter().filter_map(|setting| cell.named.get(setting)?.get(path));
            named.chain(cell.inputs.get(path)).next()
        };
        let changed = read.iter().filter(|(path, hash)| known(path) != Some(hash)).map(|(path, _)| path.clone());
        let changed: Vec<String> = changed.collect();
        if changed.is_empty() { Ok(()) } else { Err(PlanError::Changed(changed)) }
    }

    /// What to load for a shard.
    #[must_use]
    pub fn request(&self, which: Which) -> Request {
        let cell = &self.cells[which.cell];
        cell.strategy.request(&cell.path, &self.settings, &self.design.settings(which.point))
    }

    /// Are the files still those of the plan?
    ///
    /// # Errors
    /// Which changed.
    pub fn check_inputs(&self) -> Result<(), PlanError> {
        let mut changed = Vec::new();
        for cell in &self.cells {
            let named = cell.named.values().flat_map(|files| fates(files, input_hash));
            changed.extend(named.filter(|(_, fate)| *fate != Fate::Same).map(|(path, _)| path));
            let now = load(&cell.strategy.request(&cell.path, &self.settings, &[]));
            if now.is_ok_and(|now| now.canonical == cell.canonical) {
                continue;
            }
            let fates = fates(&cell.inputs, input_hash);
            changed.extend(fates.into_iter().filter(|(_, fate)| *fate != Fate::Same).map(|(path, _)| path));
            if changed.is_empty() {
                changed.push(format!("the files of {}", cell.scenario));
            }
        }
        changed.sort();
        changed.dedup();
        if changed.is_empty() { Ok(()) } else { Err(PlanError::Changed(changed)) }
    }

    /// How a shard is called where people read it.
    #[must_use]
    pub fn describe(&self, shard: usize) -> String {
        let which = self.which(shard);
        let cell = &self.cells[which.cell];
        let settings = self.design.settings(which.point).join(" ");
        let last = which.first + which.count - 1;
        let space = if settings.is_empty() { "" } else { " " };
        format!("{} {} replications {}-{last}{space}{settings}", cell.scenario, cell.strategy.name, which.first)
    }
}

#[cfg(test)]
mod tests;
