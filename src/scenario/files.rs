//! The files that a scenario names: which may be read, and what is wrong with those that cannot be.

use crate::document::problem::nearest;
use std::path::{Component, Path, PathBuf};

pub(super) const OUTSIDE: &str = "lies outside of the folder that may be read";

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

/// The name of the scenario's file inside its folder.
pub const FILE_NAME: &str = "scenario.toml";
