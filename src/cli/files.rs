//! Files that commands write, and what says where their numbers come from.

use super::exit::Exit;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::read::Kind;
use crate::disk::{Folder, WriteError, name, set, whole};
use crate::document::problem::Problems;
use crate::import::template;
use crate::record::folder::Manifest;
use crate::scenario::files::read_bytes;
use crate::study::verify::changed;
use std::path::{Path, PathBuf};

/// Where results go that were given no place.
const RUNS: &str = "runs";

/// What a command says of a file that it could not write.
fn refused(error: &WriteError, console: &Console) -> Exit {
    if error.is_taken() {
        let path = error.path.display();
        console
            .error(&format!("{path} is there already; choose another place with --out, or overwrite it with --force"));
        return Exit::BadFiles;
    }
    console.error(&error.to_string());
    if error.is_of_place() { Exit::BadFiles } else { Exit::Failed }
}

/// The name and bytes of a table, or the exit code when it cannot be read, which is told.
pub(super) fn bytes_of(path: &Path, console: &Console) -> Result<(String, Vec<u8>), Exit> {
    let name = path.display().to_string();
    match read_bytes(path, Kind::Csv) {
        Ok(bytes) => Ok((name, bytes)),
        Err((message, help)) => Err(diagnose::show(&Problems::of_file(&name, message, help), console)),
    }
}

/// Writes a file that was not there, or is meant to be overwritten.
pub(super) fn write(path: &Path, text: &str, force: bool, console: &Console) -> Result<(), Exit> {
    let written = if force { whole::write(path, text) } else { whole::write_new(path, text) };
    written.map_err(|error| refused(&error, console))
}

/// Writes files into a folder, all or none: none where the folder is a link, as no command fills what it leads to, or where one
/// of them is there already and not meant to be overwritten. A folder that was not there appears with all of them in one step.
pub(super) fn write_all(dir: &Path, files: &[(PathBuf, String)], force: bool, console: &Console) -> Result<(), Exit> {
    let named = files.iter().map(|(path, text)| {
        let name = path.strip_prefix(dir).ok()?.to_str()?;
        Some((name.to_owned(), text.clone().into_bytes()))
    });
    let written = match named.collect::<Option<Vec<_>>>() {
        Some(files) if !dir.exists() => whole::folder(dir, &files),
        _ => whole::no_link(dir).and_then(|()| set::write_all(files, force)),
    };
    written.map_err(|error| refused(&error, console))
}

/// Writes a set of files into a folder: all or none, in the place of a whole set that is there. `names` are all that a set may
/// have.
pub(super) fn write_set(
    dir: &Path,
    files: &[(String, Vec<u8>)],
    names: &[&str],
    force: bool,
    console: &Console,
) -> Result<(), Exit> {
    set::write(dir, files, names, force).map_err(|error| refused(&error, console))
}

/// The folder for the results of a command: the given one, or `runs/NAME` of the folder it is started in. Said and refused
/// where the name is none for a folder, or where `runs` is a link: it leads where nobody said that results shall go.
pub(super) fn out(given: Option<&PathBuf>, name: &str, console: &Console) -> Result<PathBuf, Exit> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let is_link = Folder::open(Path::new("")).is_ok_and(|here| here.is_link(RUNS));
    let inside = if is_link { Err(format!("`{RUNS}` is a link here")) } else { default_folder(name) };
    inside.map_err(|why| {
        console.error(&format!("{why}; name the folder for the results with --out"));
        Exit::BadFiles
    })
}

fn default_folder(name: &str) -> Result<PathBuf, String> {
    name::inside(Path::new(RUNS), name).map_err(|error| error.to_string())
}

/// Warns where files of a run's folder are not what its manifest says.
pub(super) fn warn_changed(dir: &Path, manifest: &Manifest, what: &str, console: &Console) {
    let odd = changed(dir, manifest);
    if let [first, ..] = odd.as_slice() {
        let more = if odd.len() > 1 { format!(" and {} more", odd.len() - 1) } else { String::new() };
        console.warn(&format!("not as the run left it: {first}{more}; {what}"));
    }
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
