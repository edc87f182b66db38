//! The folder that is served: which scenarios and runs it holds. Nothing outside of it is read or written.

use super::error::{ApiError, ApiResult};
use super::request::RunRequest;
use crate::record::folder::{MANIFEST, Manifest};
use crate::scenario::files::{FILE_NAME, read_text};
use crate::scenario::load::{Request, TOML_LIMIT_BYTES};
use crate::study::verify::read_manifest;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use utoipa::ToSchema;

/// Folders inside it that hold no scenarios.
pub(super) const NOT_SCENARIOS: [&str; 3] = ["runs", "target", "node_modules"];
/// How deep scenarios are looked for, and how many are listed.
const DEPTH: usize = 3;
const MOST_SCENARIOS: usize = 300;
/// Runs listed, the newest ones.
const MOST_RUNS: usize = 500;

/// What a run was asked for, in its folder.
pub(super) const REQUEST: &str = "request.json";

/// The folder.
#[derive(Debug)]
pub(super) struct Workspace {
    root: PathBuf,
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
}

/// A finished run in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunEntry {
    pub(super) id: String,
    title: String,
    /// `run`, `replay` or `compare`.
    command: String,
    scenario: String,
    overlays: Vec<String>,
    settings: Vec<String>,
    seed: u64,
    /// What was asked of this server, where it was: path of the scenario, overlays, changes.
    request: Option<RunRequest>,
    /// When it was finished, seconds since 1970.
    finished_unix_s: u64,
}

impl Workspace {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The folder as it was given.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where runs are.
    pub(super) fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// A path inside the folder.
    ///
    /// # Errors
    /// When it would lead out of it, or goes to what is hidden there (`.git/config`).
    pub(super) fn inside(&self, path: &str) -> ApiResult<PathBuf> {
        let plain = Path::new(path);
        let is_plain = plain.components().all(|part| match part {
            Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
            part => part == Component::CurDir,
        });
        if !is_plain || path.contains(['\0', '\\']) {
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
        read_text(&file, TOML_LIMIT_BYTES, Some(&self.root)).map_err(|(message, _)| ApiError::missing(message))
    }

    /// Does a link on the way of an existing path lead out of the folder?
    pub(super) fn leads_out(&self, path: &Path) -> bool {
        let Ok(root) = self.root.canonicalize() else { return true };
        path.canonicalize().is_ok_and(|real| !real.starts_with(root))
    }

    /// The bytes of a file of a finished run.
    ///
    /// # Errors
    /// When there is no such file, or a link leads out of the folder.
    pub(super) fn run_file(&self, id: &str, file: &str) -> ApiResult<Vec<u8>> {
        let path = self.run(id)?.join(file);
        if self.leads_out(&path) {
            return Err(ApiError::missing("there is no such file"));
        }
        std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ApiError::missing("there is no such file"),
            _ => ApiError::system(error.to_string()),
        })
    }

    /// The folder of a run.
    ///
    /// # Errors
    /// When there is no such run.
    pub(super) fn run(&self, id: &str) -> ApiResult<PathBuf> {
        let missing = || ApiError::missing(format!("there is no finished run `{id}`"));
        if !is_name(id) {
            return Err(missing());
        }
        let folder = self.runs().join(id);
        let manifest = folder.join(MANIFEST);
        let is_ours = manifest.is_file() && !self.leads_out(&folder) && !self.leads_out(&manifest);
        if is_ours { Ok(folder) } else { Err(missing()) }
    }

    /// Names of a run's tables.
    ///
    /// # Errors
    /// When there is no such run.
    pub(super) fn tables(&self, id: &str) -> ApiResult<Vec<String>> {
        let files = std::fs::read_dir(self.run(id)?.join("tables")).into_iter().flatten().flatten();
        let ours = files.filter(|file| !self.leads_out(&file.path()));
        let names = ours.filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".parquet")?.to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        Ok(names)
    }

    /// A run whose files are all its own: what is made of many of them needs no check of each.
    ///
    /// # Errors
    /// When there is no such run, or a link is among its files.
    pub(super) fn without_links(&self, id: &str) -> ApiResult<(PathBuf, Manifest)> {
        let (folder, manifest) = self.manifest(id)?;
        if holds_link(&folder) {
            return Err(ApiError::bad(format!("the folder of `{id}` holds links, which are not followed here")));
        }
        Ok((folder, manifest))
    }

    /// The manifest of a run.
    ///
    /// # Errors
    /// When there is no such run.
    pub(super) fn manifest(&self, id: &str) -> ApiResult<(PathBuf, Manifest)> {
        let folder = self.run(id)?;
        let manifest = read_manifest(&folder).map_err(ApiError::system)?;
        Ok((folder, manifest))
    }

    /// What was asked of this server for a run; none where it was not made by it.
    pub(super) fn run_request(&self, id: &str) -> Option<RunRequest> {
        serde_json::from_slice(&self.run_file(id, REQUEST).ok()?).ok()
    }

    /// What to load for a scenario with overlays and settings.
    ///
    /// # Errors
    /// When a path leads out of the folder, or there is no such overlay.
    pub(super) fn request(&self, scenario: &str, strategies: &[String], settings: Vec<String>) -> ApiResult<Request> {
        let path = self.scenario(scenario)?;
        let folder = crate::study::compare::strategy::folder_of(&path);
        let overlay = |name: &String| {
            let file = folder.join(format!("{name}.toml"));
            if is_name(name) && file.is_file() {
                Ok(file)
            } else {
                Err(ApiError::bad(format!("there is no overlay `{name}` beside the scenario")))
            }
        };
        let overlays = strategies.iter().map(overlay).collect::<ApiResult<_>>()?;
        Ok(Request { path, overlays, settings, within: Some(self.root.clone()) })
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
        walk(&self.root, 0, &mut files);
        files.sort();
        let found: Vec<Found> = files.into_iter().filter_map(Found::read).collect();
        let mut overlays: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
        for file in found.iter().filter(|file| !file.is_scenario) {
            let name = file.path.file_stem().and_then(|name| name.to_str()).filter(|name| is_name(name));
            if let (Some(folder), Some(name)) = (file.path.parent(), name) {
                overlays.entry(folder).or_default().push(name.to_owned());
            }
        }
        let scenarios: Vec<&Found> = found.iter().filter(|file| file.is_scenario).collect();
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
        })
    }

    /// Finished runs, the newest first, and how many more there are.
    pub(super) fn finished(&self) -> (Vec<RunEntry>, usize) {
        let mut runs = Vec::new();
        for entry in std::fs::read_dir(self.runs()).into_iter().flatten().flatten() {
            let Some(id) = entry.file_name().to_str().filter(|id| is_name(id)).map(str::to_owned) else { continue };
            let changed = std::fs::metadata(entry.path().join(MANIFEST)).and_then(|meta| meta.modified());
            let since = changed.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            runs.extend(since.map(|since| (since.as_secs(), id)));
        }
        runs.sort_by(|a, b| b.cmp(a));
        let left_out = runs.len().saturating_sub(MOST_RUNS);
        runs.truncate(MOST_RUNS);
        let read = |(finished_unix_s, id): (u64, String)| {
            let (_, Manifest { title, command, scenario, overlays, settings, seed, .. }) = self.manifest(&id).ok()?;
            let request = self.run_request(&id);
            Some(RunEntry { id, title, command, scenario, overlays, settings, seed, request, finished_unix_s })
        };
        (runs.into_iter().filter_map(read).collect(), left_out)
    }
}

/// What a list needs of a file of TOML.
struct Found {
    path: PathBuf,
    is_scenario: bool,
    title: String,
    description: String,
    is_transition: bool,
}

impl Found {
    fn read(path: PathBuf) -> Option<Self> {
        if std::fs::metadata(&path).ok()?.len() > TOML_LIMIT_BYTES {
            return None;
        }
        let table: toml::Table = std::fs::read_to_string(&path).ok()?.parse().ok()?;
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        // A file that can be run as it is; others are overlays or data.
        let is_scenario = table.contains_key("extends") || (table.contains_key("time") && table.contains_key("site"));
        let (title, description) = (text("title"), text("description"));
        Some(Self { path, is_scenario, title, description, is_transition: table.contains_key("transition") })
    }
}

/// Files of TOML in a folder and below.
fn walk(folder: &Path, depth: usize, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth < DEPTH && !name.starts_with('.') && !NOT_SCENARIOS.contains(&name.as_str()) {
            walk(&path, depth + 1, out);
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            out.push(path);
        }
    }
}

/// Is a link among the files of a folder and of those below?
fn holds_link(folder: &Path) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| match entry.file_type() {
        Ok(kind) => kind.is_symlink() || kind.is_dir() && holds_link(&entry.path()),
        Err(_) => true,
    })
}

/// A plain name of a file or folder: letters, digits, `_`, `-` and `.`, not hidden, not too long.
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.chars().all(is_plain)
}
