//! Reads a scenario and the files it names, lays overlays on it, and reports every mistake at once.

use super::base_year;
use super::files::{self, Files};
use super::loaded::{Area, FIRST_SOC, Levels, Loaded, LotWays};
use super::provenance::{self, Layers};
use super::rows::{Folders, Listed, Rows};
use super::schema::check_shape;
use super::{Scenario, check, choice};
use crate::disk::read::Kind;
use crate::document::problem::{Place, Problem, Problems, SourceFile, nearest};
use crate::document::shape;
use crate::document::tree::{Item, MOST_PARTS, Node, parts, too_many_parts};
use crate::import::geojson;
use crate::yard::spec::Drawing;
use crate::yard::{depot, outlines, standard};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const CHAIN_LIMIT: usize = 8;
/// The key of a file that names what of the files below it is left out.
const WITHOUT: &str = "without";
/// What a setting of the command line is called where its file would be named.
const SETTING: &str = "--set";

/// What to load.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The scenario: a folder with `scenario.toml`, or the file.
    pub path: PathBuf,
    /// Overlays (strategies), applied in order.
    pub overlays: Vec<PathBuf>,
    /// `dotted.path=value` settings, applied last; `dotted.path=` takes a key out.
    pub settings: Vec<String>,
    /// Overlays on all of this, and settings on them, one after the other: what forks change of a run that has settings of its own.
    pub then: Vec<(Vec<PathBuf>, Vec<String>)>,
    /// Numbers in the place of those that the document has at these paths (as provenance names them, with `[0]` for the
    /// first table of a list), last of all.
    pub numbers: BTreeMap<String, serde_json::Value>,
    /// No file outside of this folder is read, and none that is hidden in it. None: any may be.
    pub within: Option<PathBuf>,
    /// What the scenario's file would say: it is not read then, and what it names is looked for where it would lie.
    pub text: Option<String>,
}

/// Reads, merges and checks.
///
/// # Errors
/// All problems of the user's files.
pub fn load(request: &Request) -> Result<Loaded, Problems> {
    let mut reader = Reader::of(request);
    let main = files::scenario_file(&request.path);
    let document = reader.document(&main, request);
    let mut from = reader.from;
    let mut problems = Problems { files: reader.files, list: reader.problems };
    let Some(document) = document.filter(|document| is_whole(document, &reader.made, &mut problems)) else {
        return Err(problems);
    };
    let shape = check_shape(&document);
    problems.list = told_once(shape.problems, &reader.made);
    let mut json = document.to_json();
    let text = json.to_string();
    shape.unknown.iter().for_each(|path| forget(&mut json, path));
    let scenario = match serde_json::from_value::<Scenario>(json) {
        Ok(scenario) => Some(scenario),
        Err(error) if problems.list.is_empty() => {
            let place = Some(document.value.clone());
            problems.list.push(Problem { place, field: String::new(), message: error.to_string(), help: None });
            None
        }
        Err(_) => None,
    };
    let Some(mut scenario) = scenario.map(with_its_period) else {
        choice::check_unread(&document, &mut problems.list);
        return Err(sorted(problems));
    };
    let (mut inputs, layers) = (reader.inputs, reader.layers);
    let base = main.parent().unwrap_or(Path::new(".")).to_path_buf();
    let folders = Folders { base, extended: layers.extended_folders() };
    let rows = Rows { folders: &folders, from: &mut from, inputs: &mut inputs, problems: &mut problems.list };
    lay_out(&mut scenario, rows);
    let calendar = check::check(&scenario, &document, &mut problems.list);
    let mut provenance = provenance::collect(&document, &scenario, &layers, &mut problems.list);
    let mut rows = Rows { folders: &folders, from: &mut from, inputs: &mut inputs, problems: &mut problems.list };
    let plugins = choice::plugins(&scenario, &document, &mut rows);
    let mut background = rows.background(&scenario);
    let Listed { hauls, visits, fuel_visits, plans, matrix, solar, schedule, tariffs, site_loads, measured, notes } =
        rows.all(&scenario, calendar.as_ref());
    provenance.add_measured(measured);
    background.areas.extend(plan_areas(&scenario, &plans));
    match calendar {
        Some(calendar) if problems.list.is_empty() => {
            let canonical = canonical(&text, &folders.base, &inputs);
            Ok(Loaded {
                lot_ways: lot_ways(&scenario, &plans),
                scenario: base_year::converted(scenario),
                calendar,
                hauls,
                visits,
                fuel_visits,
                plans,
                background,
                matrix,
                tariffs,
                solar,
                schedule,
                site_loads,
                pin_visits: false,
                first_soc: FIRST_SOC,
                first_levels: Levels::default(),
                inputs,
                provenance,
                plugins,
                record_views: None,
                canonical,
                notes,
            })
        }
        _ => Err(sorted(problems)),
    }
}

/// A title that names the years of a transition names those that it has, whatever was set later.
fn with_its_period(mut scenario: Scenario) -> Scenario {
    if let Some(spec) = &scenario.transition {
        scenario.title = titled(&scenario.title, spec.from, spec.until);
    }
    scenario
}

/// A title whose period, such as `2025 to 2045`, is this one.
fn titled(title: &str, from: u16, until: u16) -> String {
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let period = title.match_indices(" to ").find_map(|(at, word)| {
        let (start, end) = (at.checked_sub(4)?, at + word.len() + 4);
        (is_year(title.get(start..at)?) && is_year(title.get(at + word.len()..end)?)).then_some((start, end))
    });
    period.map_or_else(
        || title.to_owned(),
        |(start, end)| format!("{}{from} to {until}{}", &title[..start], &title[end..]),
    )
}

/// The plans of terminals and depots, to lie under the sites of a map; one with mistakes is told elsewhere.
fn plan_areas(scenario: &Scenario, drawn: &BTreeMap<String, Drawing>) -> Vec<Area> {
    let plans = scenario.site.iter().filter_map(|(key, site)| {
        let drawing = drawing_of(scenario, drawn, key)?;
        Some(outlines::areas(key, &drawing, site.lat, site.lon))
    });
    plans.flatten().collect()
}

/// The plan of a terminal or depot as it is drawn: from its file, which is among `drawn`, or by its dimensions. None where it
/// has none, or one with errors.
pub(crate) fn drawing_of<'a>(
    scenario: &Scenario,
    drawn: &'a BTreeMap<String, Drawing>,
    site: &str,
) -> Option<Cow<'a, Drawing>> {
    if let Some(drawing) = drawn.get(site) {
        return Some(Cow::Borrowed(drawing));
    }
    if let Some(plan) = scenario.terminal.get(site).and_then(|terminal| terminal.plan.as_ref()) {
        return standard::draw(plan).ok().map(Cow::Owned);
    }
    depot::draw(scenario.site.get(site)?.plan.as_ref()?).ok().map(Cow::Owned)
}

/// Ways to the charging lots of depots with a plan; one with mistakes is told elsewhere.
fn lot_ways(scenario: &Scenario, drawn: &BTreeMap<String, Drawing>) -> BTreeMap<String, BTreeMap<String, LotWays>> {
    let ways = scenario.site.iter().filter_map(|(key, site)| {
        let plan = site.plan.as_ref()?;
        let standard = if plan.file.is_none() { depot::draw(plan).ok() } else { None };
        Some((key.clone(), depot::lot_ways(plan, standard.as_ref().or_else(|| drawn.get(key))?).ok()?))
    });
    ways.collect()
}

/// Could all files be read? Where not, only what is wrong with settings and policies is added: what else the document lacks may
/// stand in the file that is missing.
fn is_whole(document: &Item, made: &BTreeMap<String, String>, problems: &mut Problems) -> bool {
    if problems.list.is_empty() {
        return true;
    }
    let is_setting = |problem: &Problem| match &problem.place {
        Some(Place::Span(file, _)) => problems.files[*file].path == SETTING && !made.contains_key(&problem.field),
        _ => false,
    };
    let mut found = check_shape(document).problems;
    choice::check_unread(document, &mut found);
    found.retain(is_setting);
    problems.list.extend(found);
    false
}

/// A setting that makes a new table, which then lacks keys, most probably misspelt the name of one, or is for another
/// scenario: that is said once and not for each key.
fn told_once(mut problems: Vec<Problem>, made: &BTreeMap<String, String>) -> Vec<Problem> {
    let mut told = BTreeSet::new();
    problems.retain_mut(|problem| {
        let Some(help) = made.get(&problem.field) else { return true };
        "is not in the scenario, and one setting alone does not make it whole".clone_into(&mut problem.message);
        problem.help = Some(help.clone());
        told.insert(problem.field.clone())
    });
    problems
}

/// Puts the sites and chargers of a map into the scenario.
fn lay_out(scenario: &mut Scenario, mut rows: Rows<'_>) {
    let Some(spec) = scenario.layout.clone() else { return };
    let places = scenario.site.iter().map(|(key, site)| (key.clone(), (site.lat, site.lon))).collect();
    let layout = rows
        .read("layout.geojson", Kind::Map, &spec.geojson, |path, text, out| geojson::read(path, text, &places, out));
    if spec.replaces_chargers {
        scenario.charger.clear();
    }
    scenario.site.extend(layout.sites);
    scenario.charger.extend(layout.chargers.into_iter().map(|(key, placed)| (key, placed.spec)));
}

/// Hashes the merged document (TOML files are in it) and each other file under its name in the scenario's folder.
fn canonical(document: &str, base: &Path, inputs: &BTreeMap<String, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(document);
    for (path, hash) in inputs {
        let path = Path::new(path);
        if path.extension().is_none_or(|extension| extension != "toml") {
            add(&path.strip_prefix(base).unwrap_or(path).to_string_lossy());
            add(hash);
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// Takes a key out of a document, so that one misspelt key does not hide the other mistakes.
fn forget(json: &mut serde_json::Value, path: &[String]) {
    let Some((last, above)) = path.split_last() else {
        return;
    };
    let mut at = json;
    for key in above {
        let next = match at {
            serde_json::Value::Object(items) => items.get_mut(key),
            serde_json::Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return };
        at = next;
    }
    if let Some(items) = at.as_object_mut() {
        items.remove(last);
    }
}

/// The merged document as JSON, whatever may be wrong with it; none where a file cannot be read.
#[must_use]
pub fn document(request: &Request) -> Option<serde_json::Value> {
    let mut reader = Reader::of(request);
    reader.document(&files::scenario_file(&request.path), request).map(|document| document.to_json())
}

/// The keys of a dotted path, quoted ones among them.
fn dotted_keys(path: &str) -> Option<Vec<String>> {
    let mut item = Item::parse(&format!("{path} = 0"), 0).ok()?;
    let mut keys = Vec::new();
    while let Node::Table(items) = item.node {
        let (key, inner) = items.into_iter().next()?;
        keys.push(key);
        item = inner;
    }
    Some(keys)
}

pub(super) fn sorted(mut problems: Problems) -> Problems {
    let place = |problem: &Problem| match &problem.place {
        Some(Place::Span(file, span)) => (0, *file, span.start, String::new()),
        Some(Place::Line(path, line)) => (1, 0, *line as usize, path.clone()),
        Some(Place::File(path)) => (1, 0, 0, path.clone()),
        Some(Place::Rest(path, _)) => (1, 0, usize::MAX, path.clone()),
        None => (2, 0, 0, String::new()),
    };
    problems.list.sort_by_cached_key(|problem| place(problem));
    problems
}

struct Reader {
    from: Files,
    /// What the main file says, where that is not on the disk.
    text: Option<String>,
    files: Vec<SourceFile>,
    inputs: BTreeMap<String, String>,
    problems: Vec<Problem>,
    /// Tables that settings made anew, and what helps where they are not whole.
    made: BTreeMap<String, String>,
    layers: Layers,
    /// Keys and values that may still be read.
    parts: usize,
}

impl Reader {
    fn of(request: &Request) -> Self {
        Self {
            from: Files::new(request.within.as_deref()),
            text: request.text.clone(),
            files: Vec::new(),
            inputs: BTreeMap::new(),
            problems: Vec::new(),
            made: BTreeMap::new(),
            layers: Layers::default(),
            parts: MOST_PARTS,
        }
    }

    fn document(&mut self, main: &Path, request: &Request) -> Option<Item> {
        let mut document = self.chain(main, 0, "")?;
        self.lay_all(&mut document, &request.overlays, &request.settings);
        for (overlays, settings) in &request.then {
            self.lay_all(&mut document, overlays, settings);
        }
        for (path, number) in &request.numbers {
            if !document.put(path, number) {
                let message = "is not a number of the scenario".to_owned();
                self.problems.extend(Problems::of_file(path, message, None).list);
            }
        }
        Some(document)
    }

    /// Overlays, then settings on them.
    fn lay_all(&mut self, document: &mut Item, overlays: &[PathBuf], settings: &[String]) {
        for overlay in overlays {
            if let Some(over) = self.chain(overlay, 0, "--strategy") {
                self.add_layer();
                self.lay(document, over);
            }
        }
        for setting in settings {
            if let Some(over) = self.setting(setting) {
                self.add_layer();
                self.made.extend(document.made_by(&over).map(|(path, beside)| {
                    let near = path.last().and_then(|name| nearest(name, beside));
                    let near = near.filter(|help| help.starts_with("did"));
                    (shape::dotted(&path), near.unwrap_or_else(|| "write the whole table in a file".to_owned()))
                }));
                self.lay(document, over);
            }
        }
    }

    /// A file lies on those that were read before.
    fn add_file(&mut self, index: usize, depth: usize) {
        if depth == 0 {
            self.layers.own = self.layers.files.len();
        }
        self.layers.files.push((index, self.files[index].path.clone()));
    }

    /// So does the overlay or setting that was read last.
    fn add_layer(&mut self) {
        let index = self.files.len() - 1;
        self.layers.files.push((index, self.files[index].path.clone()));
    }

    /// A file on top of what it extends: one file, or several, each on top of the one before.
    /// `field` is what names the file.
    fn chain(&mut self, path: &Path, depth: usize, field: &str) -> Option<Item> {
        let mut item = self.file(path, field)?;
        let index = self.files.len() - 1;
        let Node::Table(items) = &mut item.node else {
            return Some(item);
        };
        let Some(extends) = items.remove("extends") else {
            self.add_file(index, depth);
            return Some(item);
        };
        let text = |item: &Item| match &item.node {
            Node::Leaf(serde_json::Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        let bases: Option<Vec<String>> = match &extends.node {
            Node::List(list) => list.iter().map(text).collect(),
            _ => text(&extends).map(|base| vec![base]),
        };
        let Some(bases) = bases else {
            self.problem(extends.value, "extends", "must be a path in quotes, or a list of them");
            return None;
        };
        if depth >= CHAIN_LIMIT {
            self.problem(extends.value, "extends", "files extend each other in a circle, or more than 8 deep");
            return None;
        }
        let mut document: Option<Item> = None;
        for base in bases {
            let base = self.chain(&files::extended_path(path, &base), depth + 1, "extends")?;
            match &mut document {
                Some(document) => self.lay(document, base),
                None => document = Some(base),
            }
        }
        self.add_file(index, depth);
        let Some(mut document) = document else {
            return Some(item);
        };
        self.lay(&mut document, item);
        Some(document)
    }

    /// Lays a file or setting on what is there, without what its `without` names.
    fn lay(&mut self, document: &mut Item, mut over: Item) {
        let without = match &mut over.node {
            Node::Table(items) => items.remove(WITHOUT),
            _ => None,
        };
        if let Some(without) = without {
            let Node::List(names) = &without.node else {
                self.problem(without.value, WITHOUT, "must be a list of keys in quotes, such as [\"charger.north\"]");
                return;
            };
            for name in names {
                let path = name.to_json().as_str().and_then(dotted_keys).unwrap_or_default();
                if !document.take_out(&path) {
                    let message = format!("there is no {} to leave out", name.to_json());
                    self.problem(name.value.clone(), WITHOUT, &message);
                }
            }
        }
        choice::make_way(document, &over);
        document.overlay(over);
    }

    /// A file that is named at `field`, or by the request.
    fn file(&mut self, path: &Path, field: &str) -> Option<Item> {
        let name = path.display().to_string();
        let text = match self.text.take().map_or_else(|| self.from.text(path, Kind::Toml), Ok) {
            Ok(text) => text,
            Err((message, help)) => {
                let list = Problems::of_file(&name, message, help).list;
                self.problems.extend(list.into_iter().map(|it| Problem { field: field.to_owned(), ..it }));
                return None;
            }
        };
        self.inputs.insert(name.clone(), blake3::hash(text.as_bytes()).to_hex().to_string());
        self.parse(name, text)
    }

    fn setting(&mut self, setting: &str) -> Option<Item> {
        let Some((path, value)) = setting.split_once('=') else {
            let text = format!("`--set {setting}`");
            let help = Some("write it as `site.pier_t.limit_kw=8000`".to_owned());
            self.problems.extend(Problems::of_file(&text, "has no `=`", help).list);
            return None;
        };
        if value.trim().is_empty() {
            let names = toml::Value::Array(vec![toml::Value::from(path.trim())]);
            return self.parse(SETTING.to_owned(), format!("{WITHOUT} = {names}"));
        }
        // A bare word is text: `--set policy.charging.name=edf` needs no inner quotes.
        let is_toml = format!("x = {value}").parse::<toml::Table>().is_ok();
        let value = if is_toml { value.to_owned() } else { toml::Value::String(value.to_owned()).to_string() };
        self.parse(SETTING.to_owned(), format!("{path} = {value}"))
    }

    fn parse(&mut self, path: String, text: String) -> Option<Item> {
        let file = self.files.len();
        let parsed = match parts(&text, self.parts) {
            Ok(count) => {
                self.parts -= count;
                Item::parse(&text, file)
            }
            Err(at) => Err(vec![too_many_parts(file, at)]),
        };
        self.files.push(SourceFile { path, text });
        match parsed {
            Ok(item) => Some(item),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    fn problem(&mut self, place: Place, field: &str, message: &str) {
        let (field, message) = (field.to_owned(), message.to_owned());
        self.problems.push(Problem { place: Some(place), field, message, help: None });
    }
}
