//! What the other rooms know of a plugin: its file.

use crate::disk::read::{self, Kind};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A plugin's file, read but not yet looked into.
#[derive(Clone, PartialEq, Eq)]
pub struct PluginFile {
    /// Its path, as messages show it.
    pub path: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// blake3 of the bytes.
    pub hash: String,
}

impl PluginFile {
    /// The largest file that is read: a Python interpreter has 20 MB.
    pub const BYTES_LIMIT: u64 = Kind::Plugin.limit_bytes();

    /// From bytes in memory.
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let hash = blake3::hash(&bytes).to_hex().to_string();
        Self { path: path.into(), bytes, hash }
    }

    /// From disk.
    ///
    /// # Errors
    /// What is wrong with the file, in one sentence.
    pub fn read(path: &Path) -> Result<Self, String> {
        let bytes = read::bytes(path, Kind::Plugin).map_err(|error| error.to_string())?;
        Ok(Self::new(path.display().to_string(), bytes))
    }
}

impl fmt::Debug for PluginFile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PluginFile({}, {} bytes)", self.path, self.bytes.len())
    }
}
