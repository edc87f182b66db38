//! Writes drafts as new files: whole or not at all, never over another, and only if they say what the draft said.

use super::edit::{self, Change};
use super::error::{ApiError, ApiResult};
use super::layout;
use super::workspace::Workspace;
use crate::disk::{Folder, WriteError};
use crate::scenario::files::FILE_NAME;
use crate::scenario::load::{Request, document};
use crate::scenario::template::{Files, copy_out};
use axum::http::StatusCode;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A draft as a new file beside its scenario; the file and its text.
///
/// # Errors
/// When the draft has errors, the name is taken, or the file would not say the same as the draft.
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
    let probe = Probe { file: &file, workspace };
    let text = if strategies.is_empty() {
        let text = workspace.text(scenario)?;
        let below = probe.below(&text)?;
        edit::apply(&text, changes, &below)?
    } else {
        let own = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let overlays = strategies.iter().map(|name| format!("{name}.toml"));
        let files: Vec<String> = std::iter::once(own).chain(overlays).collect();
        let below = probe.below(&edit::extending(&files))?;
        edit::apply(&edit::extending(&files), changes, &below)?
    };
    if probe.says(&text) != document(&request).unwrap_or_default() {
        return Err(ApiError::system(
            "a fault of Portvolt: the file would not say what the draft says; please report it",
        ));
    }
    let name = format!("{name}.toml");
    create_in(&workspace.beside(scenario)?, &name, text.as_bytes())?;
    Ok((file.with_file_name(name), text))
}

/// Writes a file whole into an opened folder, unless there is one of its name.
///
/// # Errors
/// When the name is taken or the system refuses.
pub(super) fn create_in(folder: &Folder, name: &str, bytes: &[u8]) -> ApiResult<()> {
    let path = folder.path().join(name);
    // Many file systems do not tell `A` from `a`: in a copy there one of the two would be lost.
    let alike = |other: &String| other != name && other.to_lowercase() == name.to_lowercase();
    if let Some(other) = folder.entries().unwrap_or_default().into_iter().map(|found| found.name).find(alike) {
        let message = format!("`{other}` is there already, which differs from `{name}` in capitals only");
        return Err(ApiError::new(StatusCode::CONFLICT, message));
    }
    folder.write_new(name, bytes).map_err(WriteError::at(&path)).map_err(|error| refused(&error))
}

fn refused(error: &WriteError) -> ApiError {
    if error.is_taken() {
        return ApiError::new(StatusCode::CONFLICT, format!("`{}` is there already", error.path.display()));
    }
    ApiError::system(error.to_string())
}

/// Copies a template into a new folder, whole or not at all.
///
/// # Errors
/// When the name is taken or the system refuses.
pub(super) fn copy(files: &Files, folder: &Path) -> ApiResult<()> {
    if folder.exists() {
        return Err(ApiError::new(StatusCode::CONFLICT, "a folder of this name is there already"));
    }
    copy_out(files, folder).map_err(|error| refused(&error))
}

/// What a text would say in the place of a scenario's file. Nothing is written.
struct Probe<'a> {
    file: &'a Path,
    workspace: &'a Workspace,
}

impl Probe<'_> {
    fn says(&self, text: &str) -> Value {
        let within = Some(self.workspace.root().to_path_buf());
        let text = Some(text.to_owned());
        document(&Request { path: self.file.to_path_buf(), within, text, ..Request::default() }).unwrap_or_default()
    }

    /// What the files that a text extends say together.
    fn below(&self, text: &str) -> ApiResult<Value> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ApiError::bad(error.to_string()))?;
        let extends = table.get("extends").map(|extends| self.says(&format!("extends = {extends}\n")));
        Ok(extends.unwrap_or_default())
    }
}
