//! Reads a scenario and the files it names, lays overlays on it, and reports every mistake at once.

use super::check;
use super::choice::{self, Plugins};
use super::listing::{self, FuelVisit, KmRow, ListedHaul};
use super::problem::{Place, Problem, Problems, SourceFile, nearest};
use super::provenance::{self, Provenance};
use super::shape;
use super::tree::{Item, Node};
use super::visits::{self, Visits};
use super::{Quality, Scenario};
use crate::account::tariff::Tariff;
use crate::import::{self, geojson};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::policy::Schedule;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// The name of the scenario's file inside its folder.
pub const FILE_NAME: &str = "scenario.toml";
/// A larger file is no scenario.
pub(crate) const TOML_LIMIT_BYTES: u64 = 16 << 20;
const CHAIN_LIMIT: usize = 8;
/// The key of a file that names what of the files below it is left out.
const WITHOUT: &str = "without";
pub(super) const OUTSIDE: &str = "lies outside of the folder that may be read";

/// A vehicle starts the run with a state of charge drawn evenly between these: charged, as after a Sunday.
pub const FIRST_SOC: (f64, f64) = (0.95, 1.0);

/// What to load.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The scenario: a folder with `scenario.toml`, or the file.
    pub path: PathBuf,
    /// Overlays (strategies), applied in order.
    pub overlays: Vec<PathBuf>,
    /// `dotted.path=value` settings, applied last; `dotted.path=` takes a key out.
    pub settings: Vec<String>,
    /// No file outside of this folder is read. None: any may be.
    pub within: Option<PathBuf>,
}

/// A scenario that passed every check, with the rows of the files it names.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// Its calendar.
    pub calendar: Calendar,
    /// Hauls from a file, if it names one.
    pub hauls: Option<Vec<ListedHaul>>,
    /// Visits by key of `[visits]`.
    pub visits: BTreeMap<String, Visits>,
    /// Visits by key of `[fuel_visits]`.
    pub fuel_visits: BTreeMap<String, Vec<FuelVisit>>,
    /// Distances from a file.
    pub matrix: Vec<KmRow>,
    /// Power per kW of modules by hour of the year from files, by key of `[solar]`.
    pub solar: BTreeMap<String, Vec<f64>>,
    /// Power by time from a file, for the charging policy `schedule`.
    pub schedule: Option<Schedule>,
    /// Do visits use the port of their charger's name and no other? (Replays of sessions without a pool.)
    pub pin_visits: bool,
    /// Tariffs by key of `[site]`, of the sites that name one.
    pub tariffs: BTreeMap<String, Tariff>,
    /// Vehicles start with a state of charge drawn evenly between these: charged, as after a Sunday.
    pub first_soc: (f64, f64),
    /// blake3 of every file that was read, by path.
    pub inputs: BTreeMap<String, String>,
    /// Where each number comes from.
    pub provenance: Provenance,
    /// The plugins it names.
    pub plugins: Plugins,
    /// Write what policies see into this folder.
    pub record_views: Option<PathBuf>,
    /// blake3 of the merged document and of the files it names, wherever they lie and however they are laid out.
    pub canonical: String,
}

/// Reads, merges and checks.
///
/// # Errors
/// All problems of the user's files.
pub fn load(request: &Request) -> Result<Loaded, Problems> {
    let mut reader = Reader { within: request.within.clone(), ..Reader::default() };
    let main = scenario_file(&request.path);
    let document = reader.document(&main, request);
    let mut problems = Problems { files: reader.files, list: reader.problems };
    let Some(document) = document.filter(|_| problems.list.is_empty()) else {
        return Err(problems);
    };
    let shape = shape::check_shape(&document);
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
    let Some(mut scenario) = scenario else {
        return Err(sorted(problems));
    };
    let base = main.parent().unwrap_or(Path::new(".")).to_path_buf();
    let mut inputs = reader.inputs;
    let within = request.within.as_deref();
    lay_out(&mut scenario, Rows { base: base.clone(), within, inputs: &mut inputs, problems: &mut problems.list });
    let calendar = check::check(&scenario, &document, &mut problems.list);
    let provenance = provenance::collect(&document, &scenario, &mut problems.list);
    let mut rows = Rows { base: base.clone(), within, inputs: &mut inputs, problems: &mut problems.list };
    let plugins = choice::plugins(&scenario, &document, &mut rows);
    let Listed { hauls, visits, fuel_visits, matrix, solar, schedule, tariffs } =
        rows.all(&scenario, calendar.as_ref());
    match calendar {
        Some(calendar) if problems.list.is_empty() => {
            let canonical = canonical(&text, &base, &inputs);
            Ok(Loaded {
                scenario,
                calendar,
                hauls,
                visits,
                fuel_visits,
                matrix,
                tariffs,
                solar,
                schedule,
                pin_visits: false,
                first_soc: FIRST_SOC,
                inputs,
                provenance,
                plugins,
                record_views: None,
                canonical,
            })
        }
        _ => Err(sorted(problems)),
    }
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

impl Loaded {
    /// Numbers whose quality is `recalled` or `assumed`: what a careful reader asks about first.
    #[must_use]
    pub fn doubtful(&self) -> usize {
        self.provenance.count(Quality::Recalled) + self.provenance.count(Quality::Assumed)
    }
}

/// Puts the sites and chargers of a map into the scenario.
fn lay_out(scenario: &mut Scenario, mut rows: Rows<'_>) {
    let Some(spec) = scenario.layout.clone() else { return };
    let places = scenario.site.iter().map(|(key, site)| (key.clone(), (site.lat, site.lon))).collect();
    let layout = rows.read(&spec.geojson, |path, text, out| geojson::read(path, text, &places, out));
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
    let mut reader = Reader { within: request.within.clone(), ..Reader::default() };
    reader.document(&scenario_file(&request.path), request).map(|document| document.to_json())
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

fn scenario_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(FILE_NAME) } else { path.to_path_buf() }
}

pub(super) fn sorted(mut problems: Problems) -> Problems {
    let place = |problem: &Problem| match &problem.place {
        Some(Place::Span(file, span)) => (0, *file, span.start, String::new()),
        Some(Place::Line(path, line)) => (1, 0, *line as usize, path.clone()),
        Some(Place::File(path)) => (1, 0, 0, path.clone()),
        None => (2, 0, 0, String::new()),
    };
    problems.list.sort_by_cached_key(|problem| place(problem));
    problems
}

#[derive(Default)]
struct Reader {
    within: Option<PathBuf>,
    files: Vec<SourceFile>,
    inputs: BTreeMap<String, String>,
    problems: Vec<Problem>,
    /// Tables that settings made anew, and what helps where they are not whole.
    made: BTreeMap<String, String>,
}

impl Reader {
    fn document(&mut self, main: &Path, request: &Request) -> Option<Item> {
        let mut document = self.chain(main, 0)?;
        for overlay in &request.overlays {
            if let Some(over) = self.file(overlay) {
                self.lay(&mut document, over);
            }
        }
        for setting in &request.settings {
            if let Some(over) = self.setting(setting) {
                self.made.extend(document.made_by(&over).map(|(path, beside)| {
                    let near = path.last().and_then(|name| nearest(name, beside));
                    let near = near.filter(|help| help.starts_with("did"));
                    (shape::dotted(&path), near.unwrap_or_else(|| "write the whole table in a file".to_owned()))
                }));
                self.lay(&mut document, over);
            }
        }
        Some(document)
    }

    /// A file on top of what it extends: one file, or several, each on top of the one before.
    fn chain(&mut self, path: &Path, depth: usize) -> Option<Item> {
        let mut item = self.file(path)?;
        let Node::Table(items) = &mut item.node else {
            return Some(item);
        };
        let Some(extends) = items.remove("extends") else {
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
            let base = self.chain(&scenario_file(&path.parent().unwrap_or(Path::new(".")).join(base)), depth + 1)?;
            match &mut document {
                Some(document) => self.lay(document, base),
                None => document = Some(base),
            }
        }
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

    fn file(&mut self, path: &Path) -> Option<Item> {
        let name = path.display().to_string();
        let text = match read_text(path, TOML_LIMIT_BYTES, self.within.as_deref()) {
            Ok(text) => text,
            Err((message, help)) => {
                self.problems.extend(Problems::of_file(&name, message, help).list);
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
            return self.parse("--set".to_owned(), format!("{WITHOUT} = {names}"));
        }
        // A bare word is text: `--set policy.charging.name=edf` needs no inner quotes.
        let is_toml = format!("x = {value}").parse::<toml::Table>().is_ok();
        let value = if is_toml { value.to_owned() } else { toml::Value::String(value.to_owned()).to_string() };
        self.parse("--set".to_owned(), format!("{path} = {value}"))
    }

    fn parse(&mut self, path: String, text: String) -> Option<Item> {
        let parsed = Item::parse(&text, self.files.len());
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

/// The rows of all files that a scenario names.
struct Listed {
    hauls: Option<Vec<ListedHaul>>,
    visits: BTreeMap<String, Visits>,
    fuel_visits: BTreeMap<String, Vec<FuelVisit>>,
    matrix: Vec<KmRow>,
    solar: BTreeMap<String, Vec<f64>>,
    schedule: Option<Schedule>,
    tariffs: BTreeMap<String, Tariff>,
}

/// Reads a tariff by the name of its file, or of one that comes along; `label` says which, where the file holds several. Its
/// hash goes to the inputs, its mistakes to the problems.
pub fn tariff(
    file: &str,
    label: Option<&str>,
    inputs: &mut BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Option<Tariff> {
    Rows { base: PathBuf::new(), within: None, inputs, problems }.tariff(file, label)
}

/// Reads the files that a scenario names.
pub(super) struct Rows<'a> {
    pub(super) base: PathBuf,
    pub(super) within: Option<&'a Path>,
    pub(super) inputs: &'a mut BTreeMap<String, String>,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Rows<'_> {
    fn all(&mut self, scenario: &Scenario, zone: Option<&Calendar>) -> Listed {
        let hauls = scenario.freight.as_ref().and_then(|freight| freight.hauls.as_ref()).zip(zone);
        let hauls = hauls.map(|(file, calendar)| {
            self.read(file, |path, text, out| {
                let hauls = listing::hauls(path, text, scenario, calendar, out);
                let end_s = i64::from(scenario.time.days) * DAY_S;
                if !hauls.is_empty() && !hauls.iter().any(|haul| (0..end_s).contains(&haul.ready_s)) {
                    let message = "none of its hauls is ready within the days of the run";
                    let help = Some("set `time.start` and `time.days` to days of the list".to_owned());
                    out.extend(Problems::of_file(path, message, help).list);
                }
                hauls
            })
        });
        let visits = scenario.visits.iter();
        let visits = visits.map(|(key, spec)| (key.clone(), self.read(&spec.csv, visits::visits))).collect();
        let fuel_visits = scenario.fuel_visits.iter();
        let fuel_visits = fuel_visits.map(|(key, spec)| {
            let read =
                |path: &str, text: &str, out: &mut Vec<Problem>| listing::fuel_visits(path, text, spec, scenario, out);
            (key.clone(), self.read(&spec.csv, read))
        });
        let fuel_visits = fuel_visits.collect();
        let matrix = scenario.travel.as_ref().and_then(|travel| travel.matrix.as_ref());
        let matrix = matrix.map(|file| self.read(file, |path, text, out| listing::matrix(path, text, scenario, out)));
        let profiles = scenario.solar.iter().filter_map(|(key, spec)| Some((key, spec.csv.as_ref()?)));
        let solar = profiles.map(|(key, file)| (key.clone(), self.read(file, listing::solar))).collect();
        let schedule = scenario.policy.charging.csv.as_ref().zip(zone).map(|(file, calendar)| {
            self.read(file, |path, text, out| listing::schedule(path, text, scenario, calendar, out))
        });
        let tariffs = self.tariffs(scenario);
        Listed { hauls, visits, fuel_visits, matrix: matrix.unwrap_or_default(), solar, schedule, tariffs }
    }

    fn read<T: Default>(&mut self, file: &str, parse: impl FnOnce(&str, &str, &mut Vec<Problem>) -> T) -> T {
        self.read_up_to(listing::CSV_LIMIT_BYTES, file, parse)
    }

    fn read_up_to<T: Default>(
        &mut self,
        limit_bytes: u64,
        file: &str,
        parse: impl FnOnce(&str, &str, &mut Vec<Problem>) -> T,
    ) -> T {
        let path = self.base.join(file);
        let name = path.display().to_string();
        match read_text(&path, limit_bytes, self.within) {
            Ok(text) => {
                self.inputs.insert(name.clone(), blake3::hash(text.as_bytes()).to_hex().to_string());
                parse(&name, &text, self.problems)
            }
            Err((message, help)) => {
                self.problems.extend(Problems::of_file(&name, message, help).list);
                T::default()
            }
        }
    }
}

impl Rows<'_> {
    /// The tariffs of all sites. A file that many sites name is read once.
    fn tariffs(&mut self, scenario: &Scenario) -> BTreeMap<String, Tariff> {
        let mut known: BTreeMap<(&str, Option<&str>), Option<Tariff>> = BTreeMap::new();
        let mut out = BTreeMap::new();
        for (site, spec) in &scenario.site {
            let Some(file) = spec.tariff.as_deref() else {
                continue;
            };
            let name = spec.tariff_name.as_deref();
            let tariff = known.entry((file, name)).or_insert_with(|| self.tariff(file, name));
            out.extend(tariff.clone().map(|tariff| (site.clone(), tariff)));
        }
        out
    }

    /// A tariff from a file, or the shipped one of that name.
    fn tariff(&mut self, file: &str, name: Option<&str>) -> Option<Tariff> {
        let path = self.base.join(file);
        let is_free = self.within.is_none_or(|folder| is_within(&path, folder));
        if is_free && !path.is_file() {
            if let Some(text) = import::shipped(file) {
                let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
                self.inputs.insert(import::shipped_input(file), hash);
                return import::tariff(file, text, name, self.problems);
            }
            if Path::new(file).extension().is_none() {
                let message = "is no file, and no tariff that comes with Portvolt";
                self.problems.extend(Problems::of_file(file, message, import::shipped_help(file)).list);
                return None;
            }
        }
        self.read_up_to(import::TARIFF_LIMIT_BYTES, file, |path, text, out| import::tariff(path, text, name, out))
    }
}

/// Is a file inside a folder, whatever `..` and links its path goes through? What is hidden there (`.env`, `.git/config`) is
/// not, for errors quote lines.
pub(super) fn is_within(path: &Path, folder: &Path) -> bool {
    if is_hidden(path.strip_prefix(folder).unwrap_or(path)) {
        return false;
    }
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_default().components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    let Ok(folder) = folder.canonicalize() else { return false };
    match path.canonicalize() {
        Ok(path) => path.starts_with(folder),
        Err(_) => plain.starts_with(folder),
    }
}

/// Does a name on the way begin with a dot? A TOML file itself may: a draft is tried under such a name.
fn is_hidden(path: &Path) -> bool {
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().starts_with('.')),
        _ => None,
    });
    let hidden: Vec<bool> = names.collect();
    hidden.iter().rev().skip(usize::from(is_toml)).any(|is_hidden| *is_hidden)
}

/// "did you mean ...", of what lies where a file was looked for.
fn near_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = std::fs::read_dir(folder).ok()?.flatten().take(1_000);
    let names: Vec<String> = beside.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let shown = names.iter().map(String::as_str).filter(|name| !name.starts_with('.'));
    nearest(path.file_name()?.to_str()?, shown).filter(|help| help.starts_with("did"))
}

/// The text of a file, or what is wrong with it and what to do.
pub(crate) fn read_text(
    path: &Path,
    limit_bytes: u64,
    within: Option<&Path>,
) -> Result<String, (String, Option<String>)> {
    if within.is_some_and(|folder| !is_within(path, folder)) {
        return Err((OUTSIDE.to_owned(), None));
    }
    let meta = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => (
            "there is no such file".to_owned(),
            Some(near_file(path).unwrap_or_else(|| {
                "paths inside a scenario are relative to its folder; `portvolt init` makes one to start from".to_owned()
            })),
        ),
        _ => (format!("cannot be read: {error}"), None),
    })?;
    if !meta.is_file() {
        return Err(("is not a file".to_owned(), Some(format!("a scenario's folder holds a `{FILE_NAME}`"))));
    }
    if meta.len() > limit_bytes {
        let (size, limit) = (meta.len() >> 20, limit_bytes >> 20);
        return Err((format!("has {size} MB; the limit is {limit} MB"), Some("split it, or sample it".to_owned())));
    }
    let bytes = std::fs::read(path).map_err(|error| (format!("cannot be read: {error}"), None))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..at]).matches('\n').count() + 1;
        let help = Some("save the file as UTF-8".to_owned());
        (format!("line {line} (byte {at}) is not UTF-8 text"), help)
    })
}
