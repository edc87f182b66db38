//! Compiled code, kept by content hash: in memory for the process, and on disk where a program asks for it.

use super::engine::engine;
use crate::scenario::plugin_file::PluginFile;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use wasmtime::component::Component;

/// Compiled plugins that a process keeps at most.
const KEPT: usize = 16;
const HASH_BYTES: usize = 32;
/// What lies on disk is kept below this; a plugin in Python takes 60 MB.
const MOST_BYTES: u64 = 512 << 20;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// From now on compiled code is kept in this folder too. It must be private: what lies there is run as it is.
pub fn keep_compiled_code_in(folder: PathBuf) {
    // The first caller decides; a later one would only split the cache.
    let _ = FOLDER.set(folder);
}

/// Where a program may keep compiled code: `PORTVOLT_CACHE_DIR`, else the user's cache folder.
#[must_use]
pub fn default_folder() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    from("PORTVOLT_CACHE_DIR").or_else(|| {
        let base = from("XDG_CACHE_HOME").or_else(|| from("HOME").map(|home| home.join(".cache")));
        base.map(|base| base.join("portvolt").join("plugins"))
    })
}

/// The component, compiled at most once for each content.
pub(super) fn compiled<E>(hash: &str, compile: impl FnOnce() -> Result<Component, E>) -> Result<Component, E> {
    static MEMORY: Mutex<BTreeMap<String, Component>> = Mutex::new(BTreeMap::new());
    let kept = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(component) = kept().get(hash) {
        return Ok(component.clone());
    }
    let file = FOLDER.get().map(|folder| folder.join(file_name(hash)));
    let found = file.as_deref().and_then(read);
    let component = if let Some(component) = found {
        component
    } else {
        let component = compile()?;
        if let Some(file) = &file {
            // A cache that cannot be written costs time, never a run.
            let _ = write(file, &component);
        }
        component
    };
    let mut memory = kept();
    if memory.len() >= KEPT {
        memory.clear();
    }
    memory.insert(hash.to_owned(), component.clone());
    Ok(component)
}

/// Is there compiled code of this file on disk? Core modules are small and not looked for.
#[must_use]
pub fn is_compiled(file: &PluginFile) -> bool {
    FOLDER.get().is_some_and(|folder| folder.join(file_name(&file.hash)).is_file())
}

/// Content and everything that shapes native code: version of the compiler, machine, settings.
fn file_name(hash: &str) -> String {
    let mut shape = Blake(blake3::Hasher::new());
    engine().precompile_compatibility_hash().hash(&mut shape);
    format!("{}-{}.cwasm", &hash[..32.min(hash.len())], &shape.0.finalize().to_hex()[..16])
}

struct Blake(blake3::Hasher);

impl Hasher for Blake {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// A file is its blake3, then the code: a torn or rotten file is compiled anew.
fn read(file: &Path) -> Option<Component> {
    if !is_private(file.parent()?) || !is_private(file) {
        return None;
    }
    let bytes = std::fs::read(file).ok()?;
    let (hash, code) = bytes.split_at_checked(HASH_BYTES)?;
    if blake3::hash(code).as_bytes() != hash {
        return None;
    }
    deserialize(code)
}

#[expect(
    unsafe_code,
    reason = "native code is mapped as it is: sound only for code that this program wrote. It reads none but from a \
              folder that nobody else may write, with a hash over the code, under a name that holds the compiler's \
              version, machine and settings. The alternative is to compile a Python plugin for 15 s at each start."
)]
fn deserialize(code: &[u8]) -> Option<Component> {
    // SAFETY: `code` was made by `Component::serialize` in `write`, as said above.
    unsafe { Component::deserialize(engine(), code) }.ok()
}

fn write(file: &Path, component: &Component) -> wasmtime::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    if !is_private(folder) {
        return Ok(());
    }
    let code = component.serialize()?;
    let mut bytes = blake3::hash(&code).as_bytes().to_vec();
    bytes.extend_from_slice(&code);
    // Written beside and renamed, so that two runs at once never see half a file.
    let beside = file.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&beside, &bytes)?;
    keep_for_owner(&beside)?;
    std::fs::rename(&beside, file)?;
    make_room(folder);
    Ok(())
}

/// Removes the code that was compiled longest ago until what is left is within the limit.
fn make_room(folder: &Path) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = files
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "cwasm"))
        .filter_map(|entry| Some((entry.metadata().ok()?, entry.path())))
        .filter_map(|(meta, path)| Some((meta.modified().ok()?, meta.len(), path)))
        .collect();
    files.sort();
    let mut bytes: u64 = files.iter().map(|file| file.1).sum();
    for (_, size, path) in files {
        if bytes <= MOST_BYTES {
            return;
        }
        // Somebody who runs it has it mapped already; who comes later compiles it anew.
        let _ = std::fs::remove_file(path);
        bytes -= size;
    }
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn keep_for_owner(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_for_owner(_file: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Only its owner may write it, and the owner is who owns this process's own files or the system's.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata("/proc/self").map(|me| me.uid());
    std::fs::symlink_metadata(path).is_ok_and(|meta| {
        let is_ours = own.is_ok_and(|uid| uid == meta.uid());
        let cannot_tell = !Path::new("/proc/self").exists();
        meta.mode() & 0o022 == 0 && (is_ours || cannot_tell)
    })
}

#[cfg(not(unix))]
fn is_private(_path: &Path) -> bool {
    // The user's cache folder is private by default; a shared one must not be named in PORTVOLT_CACHE_DIR.
    true
}
