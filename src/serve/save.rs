//! Writes drafts as new files: whole or not at all, never over another, and only if they say what the draft said.

use super::edit::{self, Change};
use super::error::{ApiError, ApiResult};
use super::layout;
use super::workspace::Workspace;
use crate::scenario::files::FILE_NAME;
use crate::scenario::load::{Request, document};
use crate::scenario::template::{Files, copy_out};
use axum::http::StatusCode;
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A draft as a new file beside its scenario; the file and its text.
///
/// # Errors
/// When the draft has mistakes, the name is taken, or the file would not say the same as the draft.
pub(super) fn draft(
    workspace: &Workspace,
    scenario: &str,
    strategies: &[String],
    changes: &[Change],
    name: &str,
) -> ApiResult<(PathBuf, String)> {
    let request = workspace.request(scenario, strategies, edit::settings(changes)?)?;
    layout::load_changed(&request, changes)?;
    let file = if request.path.is_dir() { request.path.join(FILE_NAME) } else { request.path.clone() };
    let beside = |name: &str| file.with_file_name(name);
    let probe = Probe(beside(&format!(".{name}.{}.toml", own_suffix())));
    let text = if strategies.is_empty() {
        let text = std::fs::read_to_string(&file).map_err(|error| ApiError::system(error.to_string()))?;
        let below = probe.below(&text, workspace)?;
        edit::apply(&text, changes, &below)?
    } else {
        let own = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let overlays = strategies.iter().map(|name| format!("{name}.toml"));
        let files: Vec<String> = std::iter::once(own).chain(overlays).collect();
        let below = probe.below(&edit::extending(&files), workspace)?;
        edit::apply(&edit::extending(&files), changes, &below)?
    };
    if probe.says(&text, workspace)? != document(&request).unwrap_or_default() {
        return Err(ApiError::system(
            "a fault of Portvolt: the file would not say what the draft says; please report it",
        ));
    }
    let new = beside(&format!("{name}.toml"));
    create(&new, text.as_bytes())?;
    Ok((new, text))
}

/// Writes a file whole, unless there is one of its name.
///
/// # Errors
/// When the name is taken or the system refuses.
pub(super) fn create(path: &Path, bytes: &[u8]) -> ApiResult<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".part{}", own_suffix()));
    let part = PathBuf::from(part);
    let made = std::fs::write(&part, bytes).and_then(|()| std::fs::hard_link(&part, path));
    let _ = std::fs::remove_file(&part);
    made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            ApiError::new(StatusCode::CONFLICT, format!("`{}` is there already", path.display()))
        }
        _ => ApiError::system(format!("cannot write {}: {error}", path.display())),
    })
}

/// Two requests at once, for one name, must not write into one temporary file.
fn own_suffix() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Copies a template into a new folder, whole or not at all.
///
/// # Errors
/// When the name is taken or the system refuses.
pub(super) fn copy(files: Files, folder: &Path) -> ApiResult<()> {
    let refused = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => ApiError::new(StatusCode::CONFLICT, "a folder of this name is there already"),
        _ => ApiError::system(format!("cannot write {}: {error}", folder.display())),
    };
    // Who makes the folder has it: of two that ask at once one is refused.
    std::fs::create_dir(folder).map_err(refused)?;
    copy_out(files, folder).map_err(|error| {
        let _ = std::fs::remove_dir_all(folder);
        refused(error)
    })
}

/// A hidden file beside a scenario, to see what a text would say there. It goes when this goes.
struct Probe(PathBuf);

impl Probe {
    fn says(&self, text: &str, workspace: &Workspace) -> ApiResult<Value> {
        std::fs::write(&self.0, text).map_err(|error| ApiError::system(error.to_string()))?;
        let within = Some(workspace.root().to_path_buf());
        Ok(document(&Request { path: self.0.clone(), within, ..Request::default() }).unwrap_or_default())
    }

    /// What the files that a text extends say together.
    fn below(&self, text: &str, workspace: &Workspace) -> ApiResult<Value> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ApiError::bad(error.to_string()))?;
        match table.get("extends") {
            Some(extends) => self.says(&format!("extends = {extends}\n"), workspace),
            None => Ok(Value::Null),
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
