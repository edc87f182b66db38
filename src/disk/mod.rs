//! The one door to the disk: every file that Portvolt reads or writes goes through here, and nothing else in `src/` opens
//! one (held by `tests/disk`).
//!
//! `name` turns names into paths, `read` reads what users and other programs wrote, `folder` works inside one opened
//! folder without following links, `of_run` reads what lies in that of a run, `whole` leaves files and folders whole or not at all, `set` sets of files, `fault` lets tests break any step.
//!
//! What is read may come from a stranger: regular files only, each kind up to its size. What is written is made anew under
//! a name that nobody can foresee, synced, and put in its place in one step, so that a link laid at the place is replaced
//! and never followed. Only what carries our own mark is deleted unasked.

#[cfg_attr(private_rooms, allow(dead_code, reason = "tests arm it"))]
pub mod fault;
mod folder;
pub mod name;
pub mod of_run;
pub mod private;
pub mod read;
pub mod set;
pub mod whole;

pub use folder::{Folder, Found, Lock, list, list_found, random_word};
pub use whole::WriteError;

use std::path::Path;

/// Do two paths lead to one file? Where one of them is not there they do not.
#[must_use]
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other)
}

/// How folders for temporary files begin their names.
const SCRATCH: &str = "portvolt-";

/// A folder in the system's place for temporary files, under a name that nobody can foresee, for this user only. It goes
/// when this goes; what a killed process left goes with the next one, by its mark.
#[derive(Debug)]
pub struct Scratch {
    /// Held while the folder is in use. It goes first: Windows removes no folder with an open file.
    #[expect(dead_code, reason = "held, and not looked at")]
    lock: Option<Lock>,
    dir: tempfile::TempDir,
}

impl Scratch {
    /// Makes one.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new() -> Result<Self, WriteError> {
        let place = std::env::temp_dir();
        whole::clear_marked(&place, SCRATCH);
        let made = fault::step(&place).and_then(|()| {
            let dir = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&place)?;
            let lock = whole::mark(&Folder::open(dir.path())?)?;
            Ok(Self { lock, dir })
        });
        made.map_err(WriteError::at(&place))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }
}
