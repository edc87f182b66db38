//! Compiled code, kept by content hash: in memory for the process, and on disk where a program asks for it.

use super::engine::engine;
use crate::disk::private::PrivateFolder;
use crate::disk::read::Kind;
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
    static COMPILING: Mutex<()> = Mutex::new(());
    let kept = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(component) = kept().get(hash) {
        return Ok(component.clone());
    }
    // One at a time: many that come at once would share the processors, and all be late.
    let _turn = COMPILING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(component) = kept().get(hash) {
        return Ok(component.clone());
    }
    let name = file_name(hash);
    let found = FOLDER.get().and_then(|folder| read(folder, &name, hash));
    let component = if let Some(component) = found {
        component
    } else {
        let component = compile()?;
        if let Some(folder) = FOLDER.get() {
            // A cache that cannot be written costs time, never a run.
            let _ = write(folder, &name, hash, &component);
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

/// What stands before the code: a hash over the source's hash and the code. A torn or rotten file, and one that was renamed
/// to another plugin's, is compiled anew.
fn seal(source: &str, code: &[u8]) -> [u8; HASH_BYTES] {
    *blake3::Hasher::new().update(source.as_bytes()).update(code).finalize().as_bytes()
}

fn read(folder: &Path, name: &str, source: &str) -> Option<Component> {
    let bytes = PrivateFolder::open(folder)?.read(name, Kind::Code)?;
    let (hash, code) = bytes.split_at_checked(HASH_BYTES)?;
    if seal(source, code) != hash {
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
pub(super) fn deserialize(code: &[u8]) -> Option<Component> {
    // SAFETY: `code` was made by `Component::serialize` in `write`, as said above, or by a child of this program
    // (`compile`) through a pipe that nobody else holds.
    unsafe { Component::deserialize(engine(), code) }.ok()
}

fn write(folder: &Path, name: &str, source: &str, component: &Component) -> wasmtime::Result<()> {
    let Some(folder) = PrivateFolder::open_or_make(folder)? else { return Ok(()) };
    let code = component.serialize()?;
    let mut bytes = seal(source, &code).to_vec();
    bytes.extend_from_slice(&code);
    folder.write(name, &bytes)?;
    make_room(&folder);
    Ok(())
}

/// Removes the code that was compiled longest ago until what is left is within the limit.
fn make_room(folder: &PrivateFolder) {
    let files = folder.oldest_first("cwasm");
    let mut bytes: u64 = files.iter().map(|file| file.1).sum();
    for (_, size, name) in files {
        if bytes <= MOST_BYTES {
            return;
        }
        // A process that runs it has it mapped already; a later one compiles it anew.
        let _ = folder.remove(&name);
        bytes -= size;
    }
}
