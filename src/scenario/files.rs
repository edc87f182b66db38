//! The files that a scenario names: which may be read, how many, and what is wrong with those that cannot be.

use super::shipped;
use crate::disk::read::{self, Kind, ReadError};
use crate::disk::{Folder, list};
use crate::document::problem::nearest;
use std::path::{Component, Path, PathBuf};

/// The name of the scenario's file inside its folder.
pub const FILE_NAME: &str = "scenario.toml";
const OUTSIDE: &str = "lies outside of the folder that may be read";
/// One scenario names no more files, each as often as it is named: few that extend each other can mean any number.
const MOST_FILES: usize = 2_500;
/// They have no more bytes together.
const MOST_BYTES: u64 = 2 << 30;
/// Files of TOML are kept whole until all is read: of those a scenario has few.
const MOST_TOML: usize = 100;
/// Names that are looked at for the one that was meant.
const MOST_NEAR: usize = 1_000;

/// Is there a folder of this path, on the disk or among what is shipped?
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    shipped::is_folder(path) || path.is_dir()
}

/// Is there a file of this path, on the disk or among what is shipped?
#[must_use]
pub fn is_file(path: &Path) -> bool {
    shipped::is_file(path) || path.is_file()
}

/// Names of what a folder holds, on the disk or shipped.
#[must_use]
pub fn names_in(folder: &Path) -> Vec<String> {
    if shipped::is_folder(folder) { shipped::list(folder) } else { list(folder) }
}

/// The folder of a scenario, which is given by its folder or by its file.
#[must_use]
pub fn folder_of(scenario: &Path) -> PathBuf {
    if is_folder(scenario) { scenario.to_path_buf() } else { scenario.parent().map(PathBuf::from).unwrap_or_default() }
}

/// The scenario that is meant by a path below a folder: what lies there, else the shipped one of this name.
#[must_use]
pub fn scenario_path(base: &Path, given: &Path) -> PathBuf {
    let path = base.join(given);
    let shipped = || shipped::path_of(given).filter(|_| !path.exists());
    shipped().unwrap_or(path)
}

/// The file of a scenario that is given by its folder or by its file.
pub(super) fn scenario_file(path: &Path) -> PathBuf {
    if is_folder(path) { path.join(FILE_NAME) } else { path.to_path_buf() }
}

/// The file that is meant by an `extends` of a scenario's file: the scenario or file of this path beside it, else the shipped
/// one of this name.
#[must_use]
pub(super) fn extended_path(file: &Path, named: &str) -> PathBuf {
    let beside = scenario_file(&file.parent().unwrap_or(Path::new(".")).join(named));
    let shipped = || shipped::path_of_any(Path::new(named)).map(|path| scenario_file(&path));
    if is_file(&beside) { beside } else { shipped().unwrap_or(beside) }
}

/// The overlay that is meant by a name: the file, else the one of this name beside the scenario.
#[must_use]
pub fn overlay_path(scenario: &Path, name: &Path) -> PathBuf {
    let beside = folder_of(scenario).join(name).with_extension("toml");
    // A folder of this name is no overlay: results of an earlier run may lie there.
    if !name.is_file() && is_file(&beside) { beside } else { name.to_path_buf() }
}

/// The name of a scenario: of its folder, or of its file where that is no `scenario.toml`; none where it has none.
#[must_use]
pub fn scenario_name(scenario: &Path) -> Option<String> {
    let full = if shipped::is_shipped(scenario) { None } else { read::full_path(scenario).ok() };
    let path = full.unwrap_or_else(|| shipped::inner(scenario).map_or_else(|| scenario.to_path_buf(), PathBuf::from));
    let name = if path.ends_with(FILE_NAME) { path.parent().and_then(Path::file_name) } else { path.file_stem() };
    Some(name?.to_string_lossy().into_owned())
}

/// What is wrong with a file, and what to do.
pub(crate) type Wrong = (String, Option<String>);

/// What one scenario may still read, and where.
#[derive(Debug)]
pub(super) struct Files {
    /// No file outside of this folder is read, and none that is hidden in it. None: any may be.
    within: Option<PathBuf>,
    files: usize,
    toml: usize,
    bytes: u64,
}

impl Files {
    pub(super) fn new(within: Option<&Path>) -> Self {
        Self { within: within.map(Path::to_path_buf), files: MOST_FILES, toml: MOST_TOML, bytes: MOST_BYTES }
    }

    /// The text of a file.
    pub(super) fn text(&mut self, path: &Path, kind: Kind) -> Result<String, Wrong> {
        self.bytes(path, kind).and_then(|bytes| read::utf8(bytes).map_err(|error| explained(&error, path)))
    }

    /// The bytes of a file.
    pub(super) fn bytes(&mut self, path: &Path, kind: Kind) -> Result<Vec<u8>, Wrong> {
        let left = if kind == Kind::Toml { &mut self.toml } else { &mut self.files };
        let Some(less) = left.checked_sub(1) else {
            let (most, what) = if kind == Kind::Toml { (MOST_TOML, "of TOML ") } else { (MOST_FILES, "") };
            let message = format!("is not read: a scenario names at most {most} files {what}in all");
            return Err((message, Some("a file that many others extend counts each time".to_owned())));
        };
        *left = less;
        let bytes = bytes_within(path, kind, self.within.as_deref())?;
        self.bytes = self.bytes.checked_sub(bytes.len() as u64).ok_or_else(|| {
            let message = format!("is not read: the files of a scenario have at most {} MB in all", MOST_BYTES >> 20);
            (message, None)
        })?;
        Ok(bytes)
    }

    /// May this file be read, as far as its place goes?
    pub(super) fn is_free(&self, path: &Path) -> bool {
        self.within.as_ref().is_none_or(|folder| inner_path(path, folder).is_some())
    }
}

/// The path of a file inside a folder; none where it lies elsewhere.
fn inner_path(path: &Path, folder: &Path) -> Option<PathBuf> {
    if let Ok(inner) = path.strip_prefix(folder) {
        // What goes up further than it came down leads out, whatever lies there.
        let mut depth = 0;
        for part in inner.components() {
            depth += if part == Component::ParentDir { -1 } else { i32::from(matches!(part, Component::Normal(_))) };
            if depth < 0 {
                return None;
            }
        }
        return Some(inner.to_path_buf());
    }
    let real = read::full_path(path).ok()?;
    real.strip_prefix(read::full_path(folder).ok()?).ok().map(Path::to_path_buf)
}

fn bytes_within(path: &Path, kind: Kind, within: Option<&Path>) -> Result<Vec<u8>, Wrong> {
    // What is shipped is in no folder, and may be read by all.
    if let Some(text) = shipped::text(path) {
        return Ok(text.as_bytes().to_vec());
    }
    let outside = || (OUTSIDE.to_owned(), None);
    let Some(folder) = within else {
        return read::bytes(path, kind).map_err(|error| explained(&error, path));
    };
    let inner = inner_path(path, folder).ok_or_else(outside)?;
    let root = Folder::open(folder).map_err(|error| explained(&error.into(), folder))?;
    root.read_below(&inner, kind).map_err(|error| match error {
        // What is refused for its place, not for what it is: a way out, or to what is hidden.
        ReadError::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => outside(),
        ReadError::Hidden => outside(),
        error => explained(&error, path),
    })
}

/// The text of a file that a command names.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(crate) fn read_text(path: &Path, kind: Kind, within: Option<&Path>) -> Result<String, Wrong> {
    let bytes = bytes_within(path, kind, within)?;
    read::utf8(bytes).map_err(|error| explained(&error, path))
}

/// The bytes of a file that a command names.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(crate) fn read_bytes(path: &Path, kind: Kind) -> Result<Vec<u8>, Wrong> {
    bytes_within(path, kind, None)
}

fn explained(error: &ReadError, path: &Path) -> Wrong {
    let help = match error {
        ReadError::Missing => Some(near_file(path).unwrap_or_else(|| {
            "paths inside a scenario are relative to its folder; `portvolt init` makes one to start from".to_owned()
        })),
        ReadError::Folder | ReadError::NoFile(_) => Some(format!("a scenario's folder holds a `{FILE_NAME}`")),
        ReadError::TooLarge { .. } => Some("split it, or sample it".to_owned()),
        ReadError::NoText { .. } => Some("save the file as UTF-8".to_owned()),
        ReadError::Hidden | ReadError::Io(_) => None,
    };
    (error.to_string(), help)
}

/// "did you mean ...", of what lies where a file was looked for, and of shipped scenarios where a name stands alone.
fn near_file(path: &Path) -> Option<String> {
    let names = names_in(path.parent().unwrap_or(Path::new("")));
    let is_name = path.components().count() == 1 || path.extension().is_none();
    let shipped = shipped::names().filter(|_| is_name).map(str::to_owned);
    let names: Vec<String> = names.into_iter().take(MOST_NEAR).chain(shipped).collect();
    let shown = names.iter().map(String::as_str).filter(|name| !name.starts_with('.'));
    nearest(path.file_name()?.to_str()?, shown).filter(|help| help.starts_with("did"))
}
