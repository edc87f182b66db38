//! Files of a folder that only make sense together: all of one set are there, never some of two.

use super::folder::{Folder, Found};
use super::whole::{Work, WriteError, folder, place, refused, write_inside};
use std::io;
use std::path::{Path, PathBuf};

/// Writes a set of files into a folder. `names` are all that such a set may have: where one of them is there already the folder
/// is made anew beside it and takes its place in one step, so that no file of an older set stands among those of this one. Other
/// files in it stay. `replaces`: a set that is there goes.
///
/// # Errors
/// When a file of a set is there that must not go ([`WriteError::is_taken`]), something else than files lies beside it, or the
/// system refuses. What was there is there still.
pub fn write(path: &Path, files: &[(String, Vec<u8>)], names: &[&str], replaces: bool) -> Result<(), WriteError> {
    if !path.exists() {
        return folder(path, files);
    }
    let old = Folder::open(path).map_err(WriteError::at(path))?;
    let Some(known) = names.iter().find(|name| old.holds(name)) else {
        let placed = files.iter().map(|(name, bytes)| (path.join(name), bytes));
        return write_all(&placed.collect::<Vec<_>>(), false);
    };
    if !replaces {
        return Err(WriteError::at(&path.join(known))(io::ErrorKind::AlreadyExists.into()));
    }
    let others: Vec<_> = old.entries().map_err(WriteError::at(path))?;
    let others = others.into_iter().filter(|found| !names.contains(&found.name.as_str()));
    let work = Work::begin(path)?;
    let filled = files
        .iter()
        .try_for_each(|(name, bytes)| write_inside(&work.path().join(name), bytes))
        .and_then(|()| others.into_iter().try_for_each(|found| keep(&found, path, work.path())));
    // Windows replaces no folder that is open.
    drop(old);
    let placed = match filled {
        Ok(()) => work.put(true).map(|_| ()).map_err(|failed| *failed),
        Err(error) => Err((error, work)),
    };
    placed.map_err(|(error, work)| {
        work.discard();
        error
    })
}

/// Takes a file over into a folder that replaces its own.
fn keep(found: &Found, from: &Path, into: &Path) -> Result<(), WriteError> {
    let (old, new) = (from.join(&found.name), into.join(&found.name));
    if !found.is_file {
        let why =
            "it is in a folder whose files are replaced together, and is not a file; choose another folder, or move it";
        return Err(WriteError::at(&old)(refused(why)));
    }
    // Where the disk has no links a file is copied.
    let kept = std::fs::hard_link(&old, &new).or_else(|_| std::fs::copy(&old, &new).map(|_| ()));
    kept.map_err(WriteError::at(&old))
}

/// Writes files that belong together: all are made beside their places before the first is put in its own, so that a full disk
/// leaves none of them. `replaces`: what is there goes.
///
/// # Errors
/// When one is there that must not go ([`WriteError::is_taken`]), or the system refuses.
pub fn write_all(files: &[(PathBuf, impl AsRef<[u8]>)], replaces: bool) -> Result<(), WriteError> {
    let mut made: Vec<(Folder, String, String, &Path)> = Vec::new();
    let all_made = files.iter().try_for_each(|(path, bytes)| {
        let (folder, name) = place(path, true).map_err(WriteError::at(path))?;
        let is_free = match folder.replaceable(&name) {
            Ok(Some(_)) if !replaces => Err(io::ErrorKind::AlreadyExists.into()),
            free => free,
        };
        let part = is_free.and_then(|_| folder.part(&name, bytes.as_ref(), true));
        made.push((folder, part.map_err(WriteError::at(path))?, name, path));
        Ok(())
    });
    let put = |(folder, part, name, path): &(Folder, String, String, &Path)| {
        folder.put(part, name, replaces, true).map_err(WriteError::at(path))
    };
    let placed = all_made.and_then(|()| made.iter().try_for_each(put));
    if placed.is_err() {
        // Those that are in their place already have no part any more.
        for (folder, part, ..) in &made {
            let _ = folder.remove_file(part);
        }
    }
    placed
}
