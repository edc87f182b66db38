//! Files for one user only: trusted because no other user could have written them.
#![expect(clippy::disallowed_types, reason = "the age of files decides what is cleaned up, never a result")]

use super::WriteError;
use super::read::{self, Kind};
use super::whole;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A folder that one user owns and nobody else may write.
#[derive(Debug)]
pub struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// Opens one, and makes it where it is missing. None: others may write to it, or own it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open_or_make(path: &Path) -> io::Result<Option<Self>> {
        make(path)?;
        Ok(Self::open(path))
    }

    /// Opens one. None: it is not there, or others may write to it, or own it.
    #[must_use]
    pub fn open(path: &Path) -> Option<Self> {
        is_private(path).then(|| Self(path.to_path_buf()))
    }

    /// The bytes of a file in it that nobody else may write.
    #[must_use]
    pub fn read(&self, name: &str, kind: Kind) -> Option<Vec<u8>> {
        let path = self.0.join(name);
        if is_private(&path) { read::bytes(&path, kind).ok() } else { None }
    }

    /// Writes a file whole, for this user only.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let path = self.0.join(name);
        whole::write(&path, bytes)?;
        keep_for_owner(&path).map_err(WriteError::at(&path))
    }

    /// Names, sizes and times of the last change of the files of an extension, the oldest first.
    #[must_use]
    pub fn oldest_first(&self, extension: &str) -> Vec<(SystemTime, u64, String)> {
        let aged = |name: String| {
            let meta = std::fs::symlink_metadata(self.0.join(&name)).ok().filter(std::fs::Metadata::is_file)?;
            Some((meta.modified().ok()?, meta.len(), name))
        };
        let names = super::list(&self.0).into_iter();
        let ours = names.filter(|name| Path::new(name).extension().is_some_and(|it| it == extension));
        let mut files: Vec<_> = ours.filter_map(aged).collect();
        files.sort();
        files
    }

    /// Removes a file in it.
    ///
    /// # Errors
    /// When there is none, or the system refuses.
    pub fn remove(&self, name: &str) -> Result<(), WriteError> {
        whole::remove(&self.0.join(name))
    }
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn keep_for_owner(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_for_owner(_file: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Only its owner may write it, and the owner is who owns this process.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.mode() & 0o022 == 0 && meta.uid() == own)
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    // The user's cache folder is private by default; a shared one must not be named in PORTVOLT_CACHE_DIR.
    path.exists()
}
