//! Reads what users, strangers and other programs wrote: regular files only, each kind up to its size. A pipe, a socket or a
//! device is refused and never waited for.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

const MB: u64 = 1 << 20;
const KB: u64 = 1 << 10;

/// What a file is: how large it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TOML of a scenario, overlay or study.
    Toml,
    /// TOML that is only read for its title, to be listed: a folder may hold any number.
    Listed,
    /// Rows: hauls, visits, distances, prices, stations.
    Csv,
    /// A map (`GeoJSON`).
    Map,
    /// A drawing that is made into a plan.
    Drawing,
    /// A picture to lie under a map.
    Picture,
    /// A tariff.
    Tariff,
    /// A plugin.
    Plugin,
    /// Code that was compiled from a plugin.
    Code,
    /// JSON that Portvolt wrote: summary, hub, plan.
    Json,
    /// A manifest: a server reads those of hundreds of runs for a list.
    Manifest,
    /// A request that the server accepted.
    Request,
    /// A page that Portvolt wrote.
    Page,
    /// A shard of a sweep.
    Shard,
    /// A table of a run.
    Table,
}

impl Kind {
    /// A larger file is refused before it is read.
    #[must_use]
    pub const fn limit_bytes(self) -> u64 {
        match self {
            Self::Toml => 16 * MB,
            Self::Listed => MB,
            Self::Manifest => 4 * MB,
            Self::Request => 256 * KB,
            Self::Csv => 512 * MB,
            // Each number of a map takes thirty times its text in memory.
            Self::Map => 32 * MB,
            // A page holds it as text.
            Self::Picture => 2 * MB,
            Self::Tariff | Self::Drawing => 64 * MB,
            Self::Plugin => 128 * MB,
            Self::Code => 2_048 * MB,
            Self::Json | Self::Page | Self::Shard => 256 * MB,
            Self::Table => 64 << 30,
        }
    }
}

/// Why a file was not read. The path is the caller's to name.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// It is a folder.
    #[error("is not a file but a folder")]
    Folder,
    /// It is a pipe, socket or device, or a link where links are not followed.
    #[error("is not a file: {0}")]
    NoFile(&'static str),
    /// It is hidden, or a link leads to what is.
    #[error("is hidden, and hidden files are not read here")]
    Hidden,
    /// It is too large for its kind.
    #[error("has {}; the limit is {}", size_text(*size), size_text(*limit))]
    TooLarge {
        /// Its size, bytes.
        size: u64,
        /// The limit of its kind, bytes.
        limit: u64,
    },
    /// It is no text.
    #[error("line {line} (byte {byte}) is not UTF-8 text")]
    NoText {
        /// The line, from 1.
        line: usize,
        /// The byte, from 0.
        byte: usize,
    },
    /// The system refused.
    #[error("cannot be read: {0}")]
    Io(#[source] io::Error),
}

/// A size in words, rounded up.
fn size_text(bytes: u64) -> String {
    if bytes < MB { format!("{} KB", bytes.div_ceil(KB)) } else { format!("{} MB", bytes.div_ceil(MB)) }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Missing,
            ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Io(error),
        }
    }
}

#[cfg(unix)]
fn is_special(kind: std::fs::FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    let special = [
        (kind.is_fifo(), "it is a pipe"),
        (kind.is_socket(), "it is a socket"),
        (kind.is_block_device() || kind.is_char_device(), "it is a device"),
        (kind.is_symlink(), "it is a link"),
    ];
    special.into_iter().find_map(|(is_it, what)| is_it.then_some(what))
}

#[cfg(not(unix))]
fn is_special(kind: std::fs::FileType) -> Option<&'static str> {
    kind.is_symlink().then_some("it is a link")
}

/// Is this a regular file of a size that its kind may have?
pub(super) fn check(meta: &std::fs::Metadata, kind: Kind) -> Result<(), ReadError> {
    if meta.is_dir() {
        return Err(ReadError::Folder);
    }
    if !meta.is_file() {
        return Err(ReadError::NoFile(is_special(meta.file_type()).unwrap_or("it is not a regular file")));
    }
    let limit = kind.limit_bytes();
    if meta.len() > limit {
        return Err(ReadError::TooLarge { size: meta.len(), limit });
    }
    Ok(())
}

/// Opens a file to read. What it is, is asked before and after: a device is not opened, and a pipe put there in between is
/// not waited for.
///
/// # Errors
/// Why it cannot be read.
pub fn open(path: &Path, kind: Kind) -> Result<File, ReadError> {
    check(&std::fs::metadata(path)?, kind)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path)?;
    check(&file.metadata()?, kind)?;
    Ok(file)
}

/// All of an opened file; one that grows meanwhile ends at the limit of its kind.
pub(super) fn all(file: File, kind: Kind) -> Result<Vec<u8>, ReadError> {
    let mut bytes =
        Vec::with_capacity(file.metadata().map_or(0, |meta| meta.len().min(kind.limit_bytes()) as usize + 1));
    let limit = kind.limit_bytes();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { size: limit + 1, limit });
    }
    Ok(bytes)
}

/// The bytes of a file.
///
/// # Errors
/// Why it cannot be read.
pub fn bytes(path: &Path, kind: Kind) -> Result<Vec<u8>, ReadError> {
    all(open(path, kind)?, kind)
}

/// The text of a file.
///
/// # Errors
/// Why it cannot be read.
pub fn text(path: &Path, kind: Kind) -> Result<String, ReadError> {
    utf8(bytes(path, kind)?)
}

/// Bytes as text.
///
/// # Errors
/// Where they are none.
pub fn utf8(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..byte]).matches('\n').count() + 1;
        ReadError::NoText { line, byte }
    })
}

/// The full path without links, as the system has it.
///
/// # Errors
/// When there is nothing there.
pub fn full_path(path: &Path) -> io::Result<std::path::PathBuf> {
    path.canonicalize()
}

#[cfg(test)]
mod tests {
    //! Contract: only regular files are read, up to their kind's size, and nothing is waited for.

    use super::*;

    #[test]
    fn only_files_of_their_size_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.toml");
        std::fs::write(&path, "a = 1").unwrap();
        assert_eq!(text(&path, Kind::Toml).unwrap(), "a = 1");
        assert!(matches!(text(dir.path(), Kind::Toml), Err(ReadError::Folder)));
        assert!(matches!(text(&dir.path().join("b"), Kind::Toml), Err(ReadError::Missing)));
        assert!(matches!(text(&path.join("b"), Kind::Toml), Err(ReadError::Missing)));
        File::options().write(true).open(&path).unwrap().set_len(Kind::Toml.limit_bytes() + 1).unwrap();
        let told = text(&path, Kind::Toml).unwrap_err().to_string();
        assert_eq!(told, "has 17 MB; the limit is 16 MB");
        std::fs::write(&path, b"a\nb\xff").unwrap();
        assert!(matches!(text(&path, Kind::Toml), Err(ReadError::NoText { line: 2, byte: 3 })));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe.csv");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for (path, what) in
            [(pipe.as_path(), "pipe"), (Path::new("/dev/zero"), "device"), (Path::new("/dev/tty"), "device")]
        {
            let told = bytes(path, Kind::Csv).unwrap_err().to_string();
            assert!(told.contains(what), "{told}");
        }
        let socket = dir.path().join("socket");
        let _open = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(bytes(&socket, Kind::Csv).unwrap_err().to_string().contains("socket"));
    }
}
