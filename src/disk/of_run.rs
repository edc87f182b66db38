//! Reads what lies in a run's folder, and not what a link in it leads to.

use super::Folder;
use super::read::{self, Kind, ReadError};
use std::fs::File;
use std::path::Path;

/// A file that was opened to be read.
pub type Opened = File;

/// Opens a file of a run's folder to read: Portvolt lays no links, so one that stands in the place of the file, or of the folder
/// it lies in, was laid by somebody else, and what it leads to is not of the run. `below` is the way from the run's folder,
/// whose own path may lead through links of the user.
///
/// # Errors
/// Why it cannot be read.
pub fn open(folder: &Path, below: &str, kind: Kind) -> Result<File, ReadError> {
    let (above, name) = below.rsplit_once(['/', '\\']).unwrap_or(("", below));
    let folder = Folder::open(folder)?;
    match above {
        "" => folder.open_file(name, kind),
        above if folder.is_link(above) => Err(ReadError::NoFile("the folder it lies in is a link")),
        above => folder.sub(above)?.open_file(name, kind),
    }
}

/// The text of a file of a run's folder, by the same rules.
///
/// # Errors
/// Why it cannot be read.
pub fn text(folder: &Path, below: &str, kind: Kind) -> Result<String, ReadError> {
    read::utf8(read::all(open(folder, below, kind)?, kind)?)
}
