//! The folder that is served: which scenarios and runs it holds. Nothing outside of it is read or written.

use super::error::{ApiError, ApiResult};
use super::jobs::RunRequest;
use crate::record::folder::{MANIFEST, Manifest};
use crate::scenario::load::{FILE_NAME, Request};
use crate::study::verify::read_manifest;
use serde::Serialize;
use std::path::{Component, Path, PathBuf};
use utoipa::ToSchema;

/// Folders inside it that hold no scenarios.
const NOT_SCENARIOS: [&str; 3] = ["runs", "target", "node_modules"];
/// How deep scenarios are looked for, and how many are listed.
const DEPTH: usize = 3;
const MOST_SCENARIOS: usize = 300;
/// Runs listed, the newest ones.
const MOST_RUNS: usize = 500;
const LARGEST_TOML_BYTES: u64 = 16 << 20;

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
    /// When it would lead out of it.
    pub(super) fn inside(&self, path: &str) -> ApiResult<PathBuf> {
        let plain = Path::new(path);
        let is_plain = plain.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_plain || path.contains(['\0', '\\']) {
            return Err(ApiError::bad(format!("`{path}` is no path inside the served folder")));
        }
        let full = self.root.join(plain);
        if self.leads_out(&full) {
            return Err(ApiError::bad(format!("`{path}` leads out of the served folder")));
        }
        Ok(full)
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
        if folder.join(MANIFEST).is_file() && !self.leads_out(&folder) { Ok(folder) } else { Err(missing()) }
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

    /// What to load for a scenario with overlays and settings.
    ///
    /// # Errors
    /// When a path leads out of the folder, or there is no such overlay.
    pub(super) fn request(&self, scenario: &str, strategies: &[String], settings: Vec<String>) -> ApiResult<Request> {
        let path = self.scenario(scenario)?;
        let folder = crate::study::strategy::folder_of(&path);
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

    /// All scenarios.
    pub(super) fn scenarios(&self) -> Vec<ScenarioEntry> {
        let mut files = Vec::new();
        walk(&self.root, 0, &mut files);
        files.sort();
        let entries = files.iter().filter_map(|file| self.entry(file, &files));
        entries.take(MOST_SCENARIOS).collect()
    }

    fn entry(&self, file: &Path, all: &[PathBuf]) -> Option<ScenarioEntry> {
        let table = toml_of(file)?;
        if !is_scenario(&table) {
            return None;
        }
        let folder = file.parent()?;
        let beside = all.iter().filter(|other| other.parent() == Some(folder) && *other != file);
        let overlays = beside.filter(|other| toml_of(other).is_some_and(|table| !is_scenario(&table)));
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let is_main = file.file_name()? == FILE_NAME;
        let named = if is_main && folder != self.root { folder } else { file };
        let path = named.strip_prefix(&self.root).ok()?.to_str()?.to_owned();
        Some(ScenarioEntry {
            title: Some(text("title")).filter(|title| !title.is_empty()).unwrap_or_else(|| path.clone()),
            path,
            description: text("description"),
            is_transition: table.contains_key("transition"),
            strategies: overlays
                .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
                .filter(|name| is_name(name))
                .collect(),
        })
    }

    /// Finished runs, the newest first.
    pub(super) fn finished(&self) -> Vec<RunEntry> {
        let mut runs = Vec::new();
        for entry in std::fs::read_dir(self.runs()).into_iter().flatten().flatten() {
            let Some(id) = entry.file_name().to_str().filter(|id| is_name(id)).map(str::to_owned) else { continue };
            let changed = std::fs::metadata(entry.path().join(MANIFEST)).and_then(|meta| meta.modified());
            let since = changed.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            runs.extend(since.map(|since| (since.as_secs(), id)));
        }
        runs.sort_by(|a, b| b.cmp(a));
        runs.truncate(MOST_RUNS);
        let read = |(finished_unix_s, id): (u64, String)| {
            let Manifest { title, command, scenario, overlays, settings, seed, .. } =
                read_manifest(&self.runs().join(&id)).ok()?;
            let request = self.run_file(&id, REQUEST).ok().and_then(|text| serde_json::from_slice(&text).ok());
            Some(RunEntry { id, title, command, scenario, overlays, settings, seed, request, finished_unix_s })
        };
        runs.into_iter().filter_map(read).collect()
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

/// A plain name of a file or folder: letters, digits, `_`, `-` and `.`, not hidden, not too long.
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.chars().all(is_plain)
}

fn toml_of(file: &Path) -> Option<toml::Table> {
    if std::fs::metadata(file).ok()?.len() > LARGEST_TOML_BYTES {
        return None;
    }
    std::fs::read_to_string(file).ok()?.parse().ok()
}

/// A file that can be run as it is; others are overlays or data.
fn is_scenario(table: &toml::Table) -> bool {
    table.contains_key("extends") || (table.contains_key("time") && table.contains_key("site"))
}
