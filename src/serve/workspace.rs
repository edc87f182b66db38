//! The folder that is served: which scenarios and runs it holds. Nothing outside of it is read or written.

#![expect(clippy::disallowed_types, reason = "when a run was finished is told in lists, never a result")]

use super::choices::{self, Choice};
use super::error::{ApiError, ApiResult};
use super::headline::Headline;
use super::names::{is_name, is_plain_path};
use super::request::Asked;
use crate::disk::Folder;
use crate::disk::list;
use crate::disk::read::{self, Kind, ReadError};
use crate::disk::whole::UNFINISHED;
use crate::document::tree::{MOST_PARTS, parts};
use crate::import::map::Map;
use crate::record::folder::{MANIFEST, Manifest, REQUEST};
use crate::scenario::files::{FILE_NAME, read_text};
use crate::scenario::load::Request;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use utoipa::ToSchema;

/// Folders inside it that hold no scenarios.
pub(super) const NOT_SCENARIOS: [&str; 4] = ["runs", STUDIES, "target", "node_modules"];
/// The folder of the studies that this server was asked to search: the command line takes them, too.
pub(super) const STUDIES: &str = "studies";
/// How deep scenarios are looked for, how many files one may build on one another, and how many are listed.
const DEPTH: usize = 3;
/// Overlays that a request lays on a scenario: as many files as a scenario may have.
const MOST_OVERLAYS: usize = 100;
const CHAIN: usize = 8;
const MOST_SCENARIOS: usize = 300;
/// Tariffs of a folder that are read for their names; others are listed by that of their file.
const MOST_TOLD: usize = 20;
/// What is said of a scenario whose file is not read for the list.
const TOO_LARGE: &str = "The file is too large to be read for this list.";
/// Runs listed, the newest ones.
const MOST_RUNS: usize = 500;

/// The folder of runs, and inside it that of accepted requests.
const RUNS: &str = "runs";
pub(super) const JOURNAL: &str = ".queue";
/// Links are looked for in the folder of runs, in each run, and in its tables.
const RUN_DEPTH: usize = 2;

/// The folder. It may come from a stranger: what is in `runs`, where the server writes by itself, is reached by names from
/// folders that were opened at the start, and no link there is followed.
#[derive(Debug)]
pub(super) struct Workspace {
    root: PathBuf,
    folder: Folder,
    runs: Folder,
    /// Entries of runs that were read, each with the time of the manifest that it is from.
    entries: Mutex<BTreeMap<String, (SystemTime, RunEntry)>>,
}

/// A scenario in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScenarioEntry {
    /// Path inside the folder: what other requests name it by.
    path: String,
    title: String,
    description: String,
    /// Does it go over years?
    is_transition: bool,
    /// Overlays beside it, by name.
    strategies: Vec<String>,
    /// Files beside it that may be tariffs.
    tariffs: Vec<Choice>,
}

/// A finished run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct RunEntry {
    pub(super) id: String,
    title: String,
    /// `run`, `replay`, `compare`, `optimize` or `sensitivity`.
    command: String,
    scenario: String,
    overlays: Vec<String>,
    settings: Vec<String>,
    seed: u64,
    /// What was asked of this server, where it was: path of the scenario, overlays, changes.
    pub(super) request: Option<Asked>,
    /// What came of it.
    results: Headline,
    /// When it was finished, seconds since 1970.
    finished_unix_s: u64,
}

impl RunEntry {
    fn of(id: String, manifest: Manifest, request: Option<Asked>, results: Headline, finished_unix_s: u64) -> Self {
        let Manifest { title, command, scenario, overlays, settings, seed, .. } = manifest;
        Self { id, title, command, scenario, overlays, settings, seed, request, results, finished_unix_s }
    }
}

impl Workspace {
    /// Opens the folder, and makes that of runs.
    ///
    /// # Errors
    /// When a link lies where the server writes or reads runs; it is named.
    pub(super) fn open(root: PathBuf) -> std::io::Result<Self> {
        let folder = Folder::open(&root)?;
        let link = |path: &Path| {
            let told = format!("{} is a link, and links in `{RUNS}` are not followed: take it away", path.display());
            std::io::Error::other(told)
        };
        if folder.is_link(RUNS) {
            return Err(link(&root.join(RUNS)));
        }
        let runs = folder.sub_or_make(RUNS).map_err(of(&root.join(RUNS)))?;
        match runs.first_link(RUN_DEPTH) {
            Some(path) => Err(link(&path)),
            None => Ok(Self { root, folder, runs, entries: Mutex::default() }),
        }
    }

    /// The folder of accepted requests.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn journal(&self) -> std::io::Result<Folder> {
        self.runs.sub_or_make(JOURNAL).map_err(of(&self.runs.path().join(JOURNAL)))
    }

    /// The folder as it was given.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of runs.
    pub(super) fn runs(&self) -> &Folder {
        &self.runs
    }

    /// A folder in it for files that the server is given, made where it is missing.
    ///
    /// # Errors
    /// When a link is in its place, or the system refuses.
    pub(super) fn folder_for(&self, name: &str) -> ApiResult<Folder> {
        self.folder.sub_or_make(name).map_err(|error| ApiError::system(error.to_string()))
    }

    /// The folder that a scenario lies in, opened: what is written there stays inside, whatever is renamed meanwhile.
    ///
    /// # Errors
    /// When there is no such scenario, or a link leads out of the folder.
    pub(super) fn beside(&self, scenario: &str) -> ApiResult<Folder> {
        let folder = crate::scenario::files::folder_of(&self.scenario(scenario)?);
        let inner = folder.strip_prefix(&self.root).unwrap_or(&folder);
        self.folder.below(inner).map_err(|error| ApiError::bad(format!("the folder of `{scenario}` {error}")))
    }

    /// A path inside the folder.
    ///
    /// # Errors
    /// When it would lead out of it, or goes to what is hidden there (`.git/config`).
    pub(super) fn inside(&self, path: &str) -> ApiResult<PathBuf> {
        let plain = Path::new(path);
        if !is_plain_path(path) {
            return Err(ApiError::bad(format!("`{path}` is no path inside the served folder")));
        }
        let full = self.root.join(plain);
        if self.leads_out(&full) {
            return Err(ApiError::bad(format!("`{path}` leads out of the served folder")));
        }
        Ok(full)
    }

    /// The text of a scenario's file.
    ///
    /// # Errors
    /// When it cannot be read, or a link leads out of the folder.
    pub(super) fn text(&self, scenario: &str) -> ApiResult<String> {
        let path = self.scenario(scenario)?;
        let file = if path.is_dir() { path.join(FILE_NAME) } else { path };
        let inner = file.strip_prefix(&self.root).unwrap_or(&file);
        let bytes = self.folder.read_below(inner, Kind::Toml).and_then(read::utf8);
        bytes.map_err(|error| ApiError::missing(format!("`{scenario}` {error}")))
    }

    /// Does a link on the way of an existing path lead out of the folder, or to what is hidden in it?
    fn leads_out(&self, path: &Path) -> bool {
        let Ok(root) = read::full_path(&self.root) else { return true };
        let Ok(real) = read::full_path(path) else { return false };
        let hides = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
        real.strip_prefix(root).map_or(true, |inner| inner.components().any(hides))
    }

    /// The bytes of a file of a finished run.
    ///
    /// # Errors
    /// When there is no such file, or a link leads out of the folder.
    pub(super) fn run_file(&self, id: &str, file: &str) -> ApiResult<Vec<u8>> {
        let run = self.run(id)?;
        let read = match file.split_once('/') {
            Some((folder, name)) => run.sub(folder).map_err(ReadError::from).and_then(|it| it.read(name, Kind::Table)),
            None => run.read(file, Kind::Page),
        };
        read.map_err(|error| match error {
            ReadError::Io(error) => ApiError::system(error.to_string()),
            error => ApiError::missing(format!("{file}: {error}")),
        })
    }

    /// The folder of a run.
    ///
    /// # Errors
    /// When there is no such run.
    pub(super) fn run(&self, id: &str) -> ApiResult<Folder> {
        let run = Some(id).filter(|id| is_name(id)).and_then(|id| self.runs.sub(id).ok());
        let run = run.filter(|run| run.holds_file(MANIFEST));
        run.ok_or_else(|| ApiError::missing(format!("there is no finished run `{id}`")))
    }

    /// Names of a run's tables.
    ///
    /// # Errors
    /// When there is no such run.
    pub(super) fn tables(&self, id: &str) -> ApiResult<Vec<String>> {
        let tables = self.run(id)?.sub("tables").and_then(|tables| tables.entries()).unwrap_or_default();
        let files = tables.into_iter().filter(|found| found.is_file);
        Ok(files.filter_map(|found| Some(found.name.strip_suffix(".parquet")?.to_owned())).collect())
    }

    /// A run whose files are all its own: what is made of many of them needs no check of each.
    ///
    /// # Errors
    /// When there is no such run, or a link is among its files.
    pub(super) fn without_links(&self, id: &str) -> ApiResult<(PathBuf, Manifest)> {
        let (folder, manifest) = self.manifest(id)?;
        if folder.first_link(RUN_DEPTH).is_some() {
            return Err(ApiError::bad(format!("the folder of `{id}` holds links, which are not followed here")));
        }
        Ok((folder.path().to_path_buf(), manifest))
    }

    /// The manifest of a run.
    ///
    /// # Errors
    /// When there is no such run.
    pub(super) fn manifest(&self, id: &str) -> ApiResult<(Folder, Manifest)> {
        let folder = self.run(id)?;
        let text = folder.read(MANIFEST, Kind::Manifest).and_then(read::utf8).map_err(|error| error.to_string());
        let manifest = text.and_then(|text| Manifest::parse(&text));
        let manifest = manifest.map_err(|error| ApiError::system(format!("{id}: {MANIFEST}: {error}")))?;
        Ok((folder, manifest))
    }

    /// What was asked of this server for a run; none where it was not made by it.
    pub(super) fn run_request(&self, id: &str) -> Option<Asked> {
        let bytes = self.run(id).ok()?.read(REQUEST, Kind::Request).ok()?;
        serde_json::from_slice(&bytes).ok().filter(Asked::is_sound)
    }

    /// The folder of the newest sensitivity of what a run simulated: the same request, and the same files.
    pub(super) fn sensitivity_of(&self, id: &str, run: &Manifest) -> Option<PathBuf> {
        let Some(Asked::Run(request)) = self.run_request(id) else { return None };
        let hashes = |manifest: &Manifest| manifest.inputs.values().cloned().collect::<BTreeSet<String>>();
        let is_of = |entry: &RunEntry| matches!(&entry.request, Some(Asked::Sensitivity(it)) if it.is_of(&request));
        let found = self.finished().0.into_iter().filter(is_of);
        let mut folders = found.filter_map(|entry| self.without_links(&entry.id).ok());
        folders.find(|(_, manifest)| hashes(manifest) == hashes(run)).map(|(folder, _)| folder)
    }

    /// What to load for a scenario with overlays and settings.
    ///
    /// # Errors
    /// When a path leads out of the folder, or there is no such overlay.
    pub(super) fn request(&self, scenario: &str, strategies: &[String], settings: Vec<String>) -> ApiResult<Request> {
        let count = strategies.len();
        if count > MOST_OVERLAYS {
            return Err(ApiError::bad(format!("{count} strategies on one scenario are more than {MOST_OVERLAYS}")));
        }
        let path = self.scenario(scenario)?;
        let folder = crate::scenario::files::folder_of(&path);
        let overlay = |name: &String| {
            let file = folder.join(format!("{name}.toml"));
            if is_name(name) && file.is_file() {
                Ok(file)
            } else {
                Err(ApiError::bad(format!("there is no overlay `{name}` beside the scenario")))
            }
        };
        let overlays = strategies.iter().map(overlay).collect::<ApiResult<_>>()?;
        Ok(Request { path, overlays, settings, within: Some(self.root.clone()), ..Request::default() })
    }

    /// The folder or TOML file of a scenario.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn scenario(&self, scenario: &str) -> ApiResult<PathBuf> {
        let path = self.inside(scenario)?;
        let is_toml = path.extension().is_some_and(|extension| extension == "toml");
        if path.is_dir() || (is_toml && path.is_file()) {
            return Ok(path);
        }
        Err(ApiError::missing(format!("there is no scenario `{scenario}`")))
    }

    /// Scenarios by path, and how many more there are.
    pub(super) fn scenarios(&self) -> (Vec<ScenarioEntry>, usize) {
        let mut files = Vec::new();
        walk(&self.folder, 0, &mut files);
        files.sort();
        let mut found: Vec<Found> = files.into_iter().filter_map(Found::read).collect();
        let scenarios = scenarios_among(&found);
        for (file, is_scenario) in found.iter_mut().zip(scenarios) {
            file.is_scenario = is_scenario;
        }
        let mut overlays: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
        for file in found.iter().filter(|file| !file.is_scenario) {
            let name = file.path.file_stem().and_then(|name| name.to_str()).filter(|name| is_name(name));
            if let (Some(folder), Some(name)) = (file.path.parent(), name) {
                overlays.entry(folder).or_default().push(name.to_owned());
            }
        }
        // A file that another one of its folder is built on is a part of that one.
        let parts: BTreeSet<PathBuf> = found.iter().flat_map(Found::built_on).collect();
        let is_part =
            |file: &Found| file.path.file_name().is_some_and(|name| name != FILE_NAME) && parts.contains(&file.path);
        let scenarios: Vec<&Found> = found.iter().filter(|file| file.is_scenario && !is_part(file)).collect();
        let left_out = scenarios.len().saturating_sub(MOST_SCENARIOS);
        let entries = scenarios.into_iter().take(MOST_SCENARIOS).filter_map(|file| self.entry(file, &overlays));
        (entries.collect(), left_out)
    }

    fn entry(&self, file: &Found, overlays: &BTreeMap<&Path, Vec<String>>) -> Option<ScenarioEntry> {
        let folder = file.path.parent()?;
        let is_main = file.path.file_name()? == FILE_NAME;
        let named = if is_main && folder != self.root { folder } else { file.path.as_path() };
        let path = named.strip_prefix(&self.root).ok()?.to_str()?.to_owned();
        Some(ScenarioEntry {
            title: Some(file.title.clone()).filter(|title| !title.is_empty()).unwrap_or_else(|| path.clone()),
            path,
            description: file.description.clone(),
            is_transition: file.is_transition,
            strategies: overlays.get(folder).cloned().unwrap_or_default(),
            tariffs: tariffs(folder, &self.root),
        })
    }

    /// Finished runs, the newest first, and how many more there are.
    pub(super) fn finished(&self) -> (Vec<RunEntry>, usize) {
        let mut runs = Vec::new();
        let mut unnamed = 0;
        for found in self.runs.entries().unwrap_or_default() {
            // A run has its manifest for a moment before its folder gets its name; what is hidden is the server's own.
            if !found.is_folder || found.name.contains(UNFINISHED) || found.name.starts_with('.') {
                continue;
            }
            if is_name(&found.name) {
                let run = self.run(&found.name).ok();
                runs.extend(run.and_then(|run| run.modified(MANIFEST)).map(|time| (time, found.name)));
            } else {
                unnamed += usize::from(self.runs.sub(&found.name).is_ok_and(|run| run.holds_file(MANIFEST)));
            }
        }
        runs.sort_by(|a, b| b.cmp(a));
        let left_out = unnamed + runs.len().saturating_sub(MOST_RUNS);
        runs.truncate(MOST_RUNS);
        let mut known = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let times: BTreeMap<&str, SystemTime> = runs.iter().map(|(time, id)| (id.as_str(), *time)).collect();
        known.retain(|id, (read, _)| times.get(id.as_str()) == Some(read));
        let entry = |(time, id): (SystemTime, String)| {
            if let Some((_, entry)) = known.get(&id) {
                return Some(entry.clone());
            }
            let entry = self.finished_entry(id.clone(), time)?;
            known.insert(id, (time, entry.clone()));
            Some(entry)
        };
        (runs.into_iter().filter_map(entry).collect(), left_out)
    }

    /// A finished run in the list, read from its folder.
    fn finished_entry(&self, id: String, time: SystemTime) -> Option<RunEntry> {
        let finished_unix_s = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let (folder, manifest) = match self.manifest(&id) {
            Ok(found) => found,
            // It exists, so the list must show it.
            Err(error) => {
                let title = format!("cannot be read: {}", error.first());
                let manifest = Manifest { title, ..Manifest::of_study("") };
                return Some(RunEntry::of(id, manifest, None, Headline::default(), finished_unix_s));
            }
        };
        let (request, results) = (self.run_request(&id), Headline::read(&folder));
        Some(RunEntry::of(id, manifest, request, results, finished_unix_s))
    }
}

/// Does a text say how a table of others is read, and nothing else?
fn is_map(text: &str) -> bool {
    toml::from_str::<Map>(text).is_ok_and(|map| map != Map::default())
}

/// Which files can be run as they are: those that say when and where, and those that extend one of them. One that extends an
/// overlay is an overlay too.
fn scenarios_among(found: &[Found]) -> Vec<bool> {
    let by_path: BTreeMap<PathBuf, &Found> = found.iter().map(|file| (plain(&file.path), file)).collect();
    found.iter().map(|file| file.is_whole(&by_path, CHAIN)).collect()
}

/// A path without `.` and `..`, as it is written.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

/// What a list needs of a file of TOML.
struct Found {
    path: PathBuf,
    /// Does it say itself when and where?
    says_all: bool,
    /// Can it be run as it is?
    is_scenario: bool,
    title: String,
    description: String,
    is_transition: bool,
    extends: Vec<String>,
}

impl Found {
    /// Files of its own folder that it extends.
    fn built_on(&self) -> Vec<PathBuf> {
        self.extends.iter().filter(|name| is_name(name)).map(|name| self.path.with_file_name(name)).collect()
    }

    /// Does it say when and where, itself or by what it extends? What lies elsewhere is not known, and held to do so.
    fn is_whole(&self, all: &BTreeMap<PathBuf, &Self>, chain: usize) -> bool {
        let base = |name: &String| {
            let path = plain(&self.path.with_file_name("").join(name));
            let known = all.get(&path).or_else(|| all.get(&path.join(FILE_NAME)));
            known.is_none_or(|file| chain > 0 && file.is_whole(all, chain - 1))
        };
        self.says_all || self.extends.iter().any(base)
    }

    /// A file that is too large to be read for a list is listed by its name where that says what it is; none: it is no TOML.
    fn read(path: PathBuf) -> Option<Self> {
        let table: toml::Table = match read::text(&path, Kind::Listed) {
            // A mapping file is no overlay, though it lies beside the scenario as one does.
            Ok(text) if parts(&text, MOST_PARTS).is_ok() => text.parse().ok().filter(|_| !is_map(&text))?,
            Ok(_) | Err(ReadError::TooLarge { .. }) => {
                let says_all = path.file_name().is_some_and(|name| name == FILE_NAME);
                let (title, description, is_scenario) = (String::new(), TOO_LARGE.to_owned(), says_all);
                return Some(Self {
                    path,
                    says_all,
                    is_scenario,
                    title,
                    description,
                    is_transition: false,
                    extends: Vec::new(),
                });
            }
            Err(_) => return None,
        };
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        // Others are built on one that does, or are overlays or data.
        let says_all = table.contains_key("time") && table.contains_key("site");
        let (title, description) = (text("title"), text("description"));
        let extends = match table.get("extends") {
            Some(toml::Value::String(one)) => vec![one.clone()],
            Some(toml::Value::Array(several)) => {
                several.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
            }
            _ => Vec::new(),
        };
        let is_transition = table.contains_key("transition");
        Some(Self { path, says_all, is_scenario: says_all, title, description, is_transition, extends })
    }
}

/// Files of JSON in a scenario's folder: tariffs of the Utility Rate Database are such. The first ones say what they are.
fn tariffs(folder: &Path, root: &Path) -> Vec<Choice> {
    let mut names = list(folder);
    names.retain(|name| is_name(name) && Path::new(name).extension().is_some_and(|it| it == "json"));
    names.sort();
    let choice = |(at, name): (usize, &String)| {
        let text = (at < MOST_TOLD).then(|| read_text(&folder.join(name), Kind::Tariff, Some(root)).ok()).flatten();
        text.map_or_else(|| Choice::new(name, ""), |text| choices::tariff(name, &text))
    };
    names.iter().enumerate().map(choice).collect()
}

/// Files of TOML in a folder and below.
fn walk(folder: &Folder, depth: usize, out: &mut Vec<PathBuf>) {
    for found in folder.entries().unwrap_or_default() {
        let is_searched = !found.name.starts_with('.') && !NOT_SCENARIOS.contains(&found.name.as_str());
        if found.is_folder && depth < DEPTH && is_searched {
            if let Ok(below) = folder.sub(&found.name) {
                walk(&below, depth + 1, out);
            }
        } else if found.is_file && Path::new(&found.name).extension().is_some_and(|it| it == "toml") {
            out.push(folder.path().join(&found.name));
        }
    }
}

/// An error of the system that says which path it is about.
pub(super) fn of(path: &Path) -> impl FnOnce(std::io::Error) -> std::io::Error {
    let path = path.display().to_string();
    move |error| std::io::Error::new(error.kind(), format!("{path}: {error}; move it away, or serve another folder"))
}

/// Is it a plain name of a file?
///
/// # Errors
/// When it is none.
pub(super) fn named(name: &str) -> ApiResult<()> {
    let help = "a name has letters, digits, blanks, `_`, `-` and `.`";
    if is_name(name) { Ok(()) } else { Err(ApiError::bad(format!("`{name}` is no name: {help}"))) }
}
