//! Files that commands write, and what says where their numbers come from.

use super::exit::Exit;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::whole;
use crate::document::problem::Problems;
use crate::import::template::{self, MEASURED};
use std::path::{Path, PathBuf};

/// A file's name and hash.
pub(super) fn origin(name: &str, bytes: &[u8]) -> String {
    let file = Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file: String = file.chars().filter(|c| !c.is_control()).collect();
    format!("{file}, blake3 {}", blake3::hash(bytes).to_hex())
}

/// Writes a file that was not there, or is meant to be overwritten.
pub(super) fn write(path: &Path, text: &str, force: bool, console: &Console) -> Result<(), Exit> {
    let written = if force { whole::write(path, text) } else { whole::write_new(path, text) };
    written.map_err(|error| {
        if error.is_taken() {
            let path = path.display();
            console.error(&format!("{path} is there already; choose another file, or overwrite it with --force"));
            return Exit::BadFiles;
        }
        console.error(&error.to_string());
        Exit::Failed
    })
}

/// Writes files that belong together: none where one of them is there already and not meant to be overwritten.
pub(super) fn write_all(files: &[(PathBuf, String)], force: bool, console: &Console) -> Result<(), Exit> {
    if let Some((path, _)) = files.iter().find(|(path, _)| !force && path.exists()) {
        let path = path.display();
        console.error(&format!("{path} is there already; choose another folder, or overwrite it with --force"));
        return Err(Exit::BadFiles);
    }
    files.iter().try_for_each(|(path, text)| write(path, text, force, console))
}

/// The line that tells readers of a file where its numbers come from.
pub(super) fn measured(name: &str, bytes: &[u8]) -> String {
    format!("{MEASURED}{}\n", origin(name, bytes))
}

/// Writes a mapping file that names the columns of a table.
pub(super) fn write_map(path: &Path, kind: &str, name: &str, bytes: &[u8], force: bool, console: &Console) -> Exit {
    match template::of(kind, bytes) {
        Ok(text) => match write(path, &text, force, console) {
            Ok(()) => {
                console.print(&format!(
                    "{}: fill in what is open, then: portvolt import {kind} {name} --map {}",
                    path.display(),
                    path.display()
                ));
                Exit::Done
            }
            Err(exit) => exit,
        },
        Err(message) => diagnose::show(&Problems::of_file(name, message, None), console),
    }
}
