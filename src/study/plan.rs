//! The plan of a sweep: which runs there are, in which order, and the key of each shard.

use super::design::{Design, HypercubeSpec};
use super::shard::SHARD_SCHEMA;
use super::strategy::Strategy;
use super::verify::{Fate, fates, input_hash};
use crate::scenario::load::{Loaded, Request, load};
use crate::scenario::problem::{Place, Problem, Problems, SourceFile};
use crate::scenario::tree::Item;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Version of the plan's format.
const PLAN_SCHEMA: u32 = 1;
/// More shards than this is taken for a mistake.
const MOST_SHARDS: usize = 10_000_000;

/// `STUDY.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySpec {
    /// Folders or files, relative to the study.
    pub scenarios: Vec<PathBuf>,
    /// As in `compare --strategies`.
    #[serde(default = "as_it_is")]
    pub strategies: Vec<String>,
    /// Settings for all runs, such as `time.days=2`.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Seed of every random stream.
    #[serde(default = "one")]
    pub seed: u64,
    /// Replications of each cell.
    pub replications: u32,
    /// Replications in one shard: enough that a shard takes seconds to minutes.
    #[serde(default = "eight")]
    pub block: u32,
    /// Every combination of these values, by path.
    #[serde(default)]
    pub grid: BTreeMap<String, Vec<toml::Value>>,
    /// Points that fill a box.
    pub latin_hypercube: Option<HypercubeSpec>,
}

fn as_it_is() -> Vec<String> {
    vec!["bau".to_owned()]
}

fn one() -> u64 {
    1
}

fn eight() -> u32 {
    8
}

/// One scenario with one strategy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
}

/// A planned sweep. Shards are numbered cell by cell, point by point, block by block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        /// Why.
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

/// Reads a study and plans it. Every cell is loaded and checked, and every value of the design by itself.
///
/// # Errors
/// All mistakes at once.
pub fn plan(study: &Path) -> Result<Plan, Problems> {
    let name = study.display().to_string();
    let text = std::fs::read_to_string(study).map_err(|error| Problems::of_file(&name, error.to_string(), None))?;
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
    if planner.problems.list.is_empty() {
        let name = study.file_stem().unwrap_or_default().to_string_lossy().into_owned();
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
            self.wrong(&["strategies"], "names no strategy", Some("`bau` is the scenario as it is"));
        }
        for (key, value) in [("replications", spec.replications), ("block", spec.block)] {
            if value == 0 {
                self.wrong(&[key], "must be at least 1", None);
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
        for path in cube.whole.iter().filter(|path| !cube.range.contains_key(*path)) {
            self.wrong(&["latin_hypercube", "whole"], format!("`{path}` is in no range"), None);
        }
    }

    fn design(&mut self) -> Design {
        let values = |list: &Vec<toml::Value>| list.iter().map(toml::Value::to_string).collect();
        let mut design =
            Design::grid(&self.spec.grid.iter().map(|(path, list)| (path.clone(), values(list))).collect());
        if let Some(cube) = self.spec.latin_hypercube.as_ref().filter(|_| self.problems.list.is_empty()) {
            design = design.times(Design::hypercube(cube));
        }
        let spec = self.spec;
        let blocks = spec.replications.div_ceil(spec.block.max(1)) as usize;
        let shards = design.points.len() * blocks * spec.scenarios.len() * spec.strategies.len();
        if shards > MOST_SHARDS {
            self.wrong(
                &["replications"],
                format!("{shards} shards are more than {MOST_SHARDS}"),
                Some("enlarge `block`"),
            );
        }
        design
    }

    fn cells(&mut self, base: &Path, design: &Design) -> Vec<Cell> {
        let mut cells = Vec::new();
        for scenario in &self.spec.scenarios {
            let path = base.join(scenario);
            let path = path.canonicalize().unwrap_or(path);
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
                        self.check_values(&path, &strategy, design);
                        let Loaded { canonical, inputs, .. } = loaded;
                        let scenario = scenario.display().to_string();
                        cells.push(Cell { scenario, path: path.clone(), strategy, canonical, inputs });
                    }
                    Err(wrong) => self.add(wrong),
                }
            }
        }
        cells
    }

    /// Each value of the design once, on its own: their combinations are too many to try.
    fn check_values(&mut self, path: &Path, strategy: &Strategy, design: &Design) {
        for (column, parameter) in design.parameters.iter().enumerate() {
            let mut values: Vec<&String> = design.points.iter().map(|point| &point[column]).collect();
            values.sort();
            values.dedup();
            if !self.spec.grid.contains_key(parameter) {
                // Of a range, the ends.
                let number = |value: &&&String| value.parse::<f64>().unwrap_or(0.0);
                let ends = |a: &&String, b: &&String| number(&a).total_cmp(&number(&b));
                values = [values.iter().min_by(|a, b| ends(a, b)), values.iter().max_by(|a, b| ends(a, b))]
                    .into_iter()
                    .flatten()
                    .copied()
                    .collect();
            }
            for value in values {
                let request = strategy.request(path, &self.spec.settings, &[format!("{parameter}={value}")]);
                if let Err(wrong) = load(&request) {
                    self.add(wrong);
                }
            }
        }
    }

    /// Adds the problems of a scenario, once, however many cells share them.
    fn add(&mut self, wrong: Problems) {
        let told: Vec<String> =
            self.problems.list.iter().map(|problem| problem.message.clone() + &problem.field).collect();
        let is_new = |problem: &Problem| !told.contains(&(problem.message.clone() + &problem.field));
        let list: Vec<Problem> = wrong.list.iter().filter(|problem| is_new(problem)).cloned().collect();
        self.problems.append(Problems { list, ..wrong });
    }
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
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        let theirs = json["engine"].as_str().unwrap_or("of unknown version").to_owned();
        if theirs != engine() || json["schema"] != PLAN_SCHEMA {
            return Err(PlanError::OtherVersion { path: path.to_path_buf(), theirs });
        }
        serde_json::from_value(json).map_err(|error| unreadable(error.to_string()))
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
        add(&self.seed.to_le_bytes());
        add(&which.first.to_le_bytes());
        add(&which.count.to_le_bytes());
        hasher.finalize().to_hex().to_string()
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
mod tests {
    use super::*;

    fn plan() -> Plan {
        let cell = Cell {
            scenario: "depot".to_owned(),
            path: PathBuf::from("/a/depot"),
            strategy: Strategy::as_it_is(),
            canonical: "c0ffee".to_owned(),
            inputs: BTreeMap::new(),
        };
        let points = vec![vec!["1".to_owned()], vec!["2".to_owned()]];
        Plan {
            schema: PLAN_SCHEMA,
            engine: engine().to_owned(),
            name: "s".to_owned(),
            settings: Vec::new(),
            seed: 1,
            replications: 5,
            block: 2,
            cells: vec![cell.clone(), Cell { canonical: "cafe".to_owned(), ..cell }],
            design: Design { parameters: vec!["a.b".to_owned()], points },
        }
    }

    /// 2 cells x 2 points x blocks of 2, 2 and 1 replications.
    #[test]
    fn shards_are_numbered_cell_by_cell() {
        let plan = plan();
        assert_eq!((plan.shards(), plan.runs()), (12, 20));
        assert_eq!(plan.which(0), Which { cell: 0, point: 0, first: 0, count: 2 });
        assert_eq!(plan.which(5), Which { cell: 0, point: 1, first: 4, count: 1 });
        assert_eq!(plan.which(11), Which { cell: 1, point: 1, first: 4, count: 1 });
    }

    #[test]
    fn a_key_changes_with_what_decides_and_with_nothing_else() {
        let key = |change: &dyn Fn(&mut Plan)| {
            let mut plan = plan();
            change(&mut plan);
            plan.key(0)
        };
        let plain = key(&|_| {});
        let others = [
            plan().key(1),
            plan().key(3),
            plan().key(6),
            key(&|plan| plan.engine.push('1')),
            key(&|plan| plan.seed = 2),
            key(&|plan| plan.block = 1),
            key(&|plan| plan.cells[0].canonical.push('0')),
            key(&|plan| plan.design.points[0][0].push('0')),
            key(&|plan| plan.design.parameters[0].push('c')),
        ];
        for (at, other) in others.iter().enumerate() {
            assert!(*other != plain && !others[..at].contains(other), "{at}");
        }
        // More replications, another name and another place on the disk make no other shard.
        assert_eq!(key(&|plan| plan.replications = 9), plain);
        assert_eq!(key(&|plan| plan.name = "t".to_owned()), plain);
        assert_eq!(key(&|plan| plan.cells[0].path = PathBuf::from("/b")), plain);
    }
}
