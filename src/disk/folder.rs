//! One opened folder, by the names in it: what is done here stays here, whatever links lie in it and whatever is renamed
//! around it meanwhile.
#![expect(clippy::disallowed_types, reason = "the age of files decides what is cleaned up, never a result")]

use super::fault;
use super::read::{self, Kind, ReadError};
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

/// A folder of more entries is not listed to its end.
const MOST_ENTRIES: usize = 1_000_000;

/// What lies in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Is it a folder, and no link to one?
    pub is_folder: bool,
    /// Is it a regular file, and no link to one?
    pub is_file: bool,
    /// Is it a link?
    pub is_link: bool,
}

/// A folder that is open. Nothing in it is followed: a link is no file and no folder here.
#[derive(Debug)]
pub struct Folder {
    dir: Dir,
    path: PathBuf,
}

/// A file that this process alone holds until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: std::fs::File,
}

/// Names in a folder that are text, sorted; none where it cannot be listed.
#[must_use]
pub fn list(path: &Path) -> Vec<String> {
    list_found(path).into_iter().map(|found| found.name).collect()
}

/// What lies in a folder, sorted by name; nothing where it cannot be listed.
#[must_use]
pub fn list_found(path: &Path) -> Vec<Found> {
    Folder::open(path).and_then(|folder| folder.entries()).unwrap_or_default()
}

/// A random word, unpredictable and unique, for names of temporary files.
#[must_use]
pub fn random_word() -> String {
    // Each hasher of the standard library has keys of the system's random numbers.
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    format!("{:012x}", hasher.finish() & 0xffff_ffff_ffff)
}

fn link_error(name: &str) -> io::Error {
    io::Error::other(format!("`{name}` is a link, which is not followed here"))
}

impl Folder {
    /// Opens a folder that the user named; links on the way are the user's.
    ///
    /// # Errors
    /// When there is none, or the system refuses.
    pub fn open(path: &Path) -> io::Result<Self> {
        let named = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Ok(Self { dir: Dir::open_ambient_dir(named, ambient_authority())?, path: path.to_path_buf() })
    }

    /// Opens a folder that the user named, and makes it and those above it where they are missing.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open_or_make(path: &Path) -> io::Result<Self> {
        if !path.as_os_str().is_empty() && !path.is_dir() {
            fault::step(path)?;
            Dir::create_ambient_dir_all(path, ambient_authority())?;
        }
        Self::open(path)
    }

    /// The path it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does its path still lead to it? Since it was opened somebody may have moved it, or laid a link in its place; what is
    /// written by path would then go elsewhere.
    #[cfg(unix)]
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        use cap_std::fs::MetadataExt as _;
        use std::os::unix::fs::MetadataExt as _;
        let named = if self.path.as_os_str().is_empty() { Path::new(".") } else { &self.path };
        let same = |here: &cap_std::fs::Metadata, there: &std::fs::Metadata| {
            (here.dev(), here.ino()) == (there.dev(), there.ino())
        };
        self.dir.dir_metadata().ok().zip(std::fs::metadata(named).ok()).is_some_and(|(here, there)| same(&here, &there))
    }

    /// Does its path still lead to it? Windows neither moves nor replaces a folder that is open.
    #[cfg(not(unix))]
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        true
    }

    /// Opens a folder in it.
    ///
    /// # Errors
    /// When there is none, or a link is in its place.
    pub fn sub(&self, name: &str) -> io::Result<Self> {
        if self.is_link(name) {
            return Err(link_error(name));
        }
        Ok(Self { dir: self.dir.open_dir_nofollow(name)?, path: self.path.join(name) })
    }

    /// Opens a folder in it, and makes it where it is missing.
    ///
    /// # Errors
    /// When a link is in its place, or the system refuses.
    pub fn sub_or_make(&self, name: &str) -> io::Result<Self> {
        match self.sub(name) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fault::step(&self.path.join(name))?;
                match self.dir.create_dir(name) {
                    Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
                    _ => self.sub(name),
                }
            }
            opened => opened,
        }
    }

    /// Makes a folder in it that was not there.
    ///
    /// # Errors
    /// When something of this name is there, or the system refuses.
    pub fn make_sub(&self, name: &str) -> io::Result<Self> {
        fault::step(&self.path.join(name))?;
        self.dir.create_dir(name)?;
        self.sub(name)
    }

    /// Is a link of this name in it?
    #[must_use]
    pub fn is_link(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok_and(|meta| meta.is_symlink())
    }

    /// Is something of this name in it, a link that leads nowhere among them?
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok()
    }

    /// Is a regular file of this name in it, and no link?
    #[must_use]
    pub fn holds_file(&self, name: &str) -> bool {
        self.dir.symlink_metadata(name).is_ok_and(|meta| meta.is_file())
    }

    /// When something in it was last changed.
    #[must_use]
    pub fn modified(&self, name: &str) -> Option<SystemTime> {
        Some(self.dir.symlink_metadata(name).ok()?.modified().ok()?.into_std())
    }

    /// What is in it, sorted by name. Names that are no text are left out: Portvolt makes none.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn entries(&self) -> io::Result<Vec<Found>> {
        let mut all = Vec::new();
        for entry in self.dir.entries()?.take(MOST_ENTRIES) {
            let entry = entry?;
            let Ok(kind) = entry.file_type() else { continue };
            if let Ok(name) = entry.file_name().into_string() {
                let (is_folder, is_file, is_link) = (kind.is_dir(), kind.is_file(), kind.is_symlink());
                all.push(Found { name, is_folder, is_file, is_link });
            }
        }
        all.sort();
        Ok(all)
    }

    /// How many of its entries have a name that is no text.
    #[must_use]
    pub fn nameless(&self) -> usize {
        let all = self.dir.entries().into_iter().flatten().take(MOST_ENTRIES).flatten();
        all.filter(|entry| entry.file_name().to_str().is_none()).count()
    }

    /// The path of the first link in it and in the folders below, up to a depth.
    #[must_use]
    pub fn first_link(&self, depth: usize) -> Option<PathBuf> {
        self.entries().unwrap_or_default().into_iter().find_map(|found| {
            if found.is_link {
                return Some(self.path.join(found.name));
            }
            let below = found.is_folder && depth > 0;
            below.then(|| self.sub(&found.name).ok()?.first_link(depth - 1)).flatten()
        })
    }

    /// Opens a file in it to read.
    ///
    /// # Errors
    /// Why it cannot be read; a link is no file.
    pub fn open_file(&self, name: &str, kind: Kind) -> Result<std::fs::File, ReadError> {
        let meta = self.dir.symlink_metadata(name)?;
        if meta.is_symlink() {
            return Err(ReadError::NoFile("it is a link"));
        }
        if !meta.is_file() && !meta.is_dir() {
            return Err(ReadError::NoFile("it is a pipe, a socket or a device"));
        }
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = self.dir.open_with(name, &options)?.into_std();
        read::check(&file.metadata()?, kind)?;
        Ok(file)
    }

    /// The bytes of a file in it.
    ///
    /// # Errors
    /// Why it cannot be read; a link is no file.
    pub fn read(&self, name: &str, kind: Kind) -> Result<Vec<u8>, ReadError> {
        read::all(self.open_file(name, kind)?, kind)
    }

    /// The bytes of a file by a path below this folder, whose parts are followed only where they stay inside. What is hidden
    /// (a part that begins with a dot, also where a link leads to it) is not there.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read_below(&self, path: &Path, kind: Kind) -> Result<Vec<u8>, ReadError> {
        let names = self.names_below(path)?;
        let (last, above) = names.split_last().ok_or(ReadError::Folder)?;
        self.down(above)?.read(last, kind)
    }

    /// A folder below this one, by the same rules.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn below(&self, path: &Path) -> Result<Self, ReadError> {
        self.down(&self.names_below(path)?)
    }

    /// The way to a path below, from name to name without links. Where links lead is found first; then the way is gone
    /// without any.
    fn names_below(&self, path: &Path) -> Result<Vec<String>, ReadError> {
        let is_hidden = |part: &Component<'_>| match part {
            Component::Normal(name) => name.to_string_lossy().starts_with('.'),
            _ => false,
        };
        if path.components().any(|part| is_hidden(&part)) {
            return Err(ReadError::Hidden);
        }
        let plain = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let real = self.dir.canonicalize(plain)?;
        let parts = real.components().filter(|part| *part != Component::CurDir);
        let name = |part: Component<'_>| {
            part.as_os_str().to_str().filter(|name| !name.starts_with('.')).map(str::to_owned).ok_or(ReadError::Hidden)
        };
        parts.map(name).collect()
    }

    fn down(&self, names: &[String]) -> Result<Self, ReadError> {
        let mut folder = Self { dir: self.dir.try_clone()?, path: self.path.clone() };
        for name in names {
            folder = folder.sub(name)?;
        }
        Ok(folder)
    }

    /// Writes a file whole: made beside under a name of its own, synced, and put in its place in one step, which replaces a
    /// link and follows none.
    ///
    /// # Errors
    /// When the system refuses. What was there before is there still.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.write_and(name, bytes, true)
    }

    /// The same; `sync` waits until the disk has it.
    ///
    /// # Errors
    /// When the system refuses. What was there before is there still.
    pub fn write_and(&self, name: &str, bytes: &[u8], sync: bool) -> io::Result<()> {
        self.replaceable(name)?;
        let part = self.part(name, bytes, sync)?;
        self.put(&part, name, true, sync)
    }

    /// Writes a file whole that was not there.
    ///
    /// # Errors
    /// With `AlreadyExists` when something of its name is there; or what the system says.
    pub fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if self.holds(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let part = self.part(name, bytes, true)?;
        self.put(&part, name, false, true)
    }

    /// Puts a [`Self::part`] in its place, and removes it where that fails.
    ///
    /// # Errors
    /// When something is there that must not go, or the system refuses.
    pub(super) fn put(&self, part: &str, name: &str, replaces: bool, sync: bool) -> io::Result<()> {
        let placed = fault::step(&self.path.join(name))
            .and_then(|()| if replaces { self.replace(part, name) } else { self.place_new(part, name) });
        // A file system without the step for new names leaves the part beside its link.
        if !replaces || placed.is_err() {
            let _ = self.dir.remove_file(part);
        }
        if sync && placed.is_ok() {
            self.sync();
        }
        placed
    }

    fn replace(&self, part: &str, name: &str) -> io::Result<()> {
        if let Some(old) = self.replaceable(name)?.filter(cap_std::fs::Metadata::is_file) {
            self.dir.set_permissions(part, old.permissions())?;
        }
        self.dir.rename(part, &self.dir, name)
    }

    /// What a written file would replace: a file, a link, or nothing.
    ///
    /// # Errors
    /// When something else is there.
    pub(super) fn replaceable(&self, name: &str) -> io::Result<Option<cap_std::fs::Metadata>> {
        let old = self.dir.symlink_metadata(name).ok();
        if old.as_ref().is_some_and(cap_std::fs::Metadata::is_dir) {
            return Err(ErrorKind::IsADirectory.into());
        }
        if old.as_ref().is_some_and(|old| !old.is_file() && !old.is_symlink()) {
            let why = "it is a pipe, a socket or a device, which is not replaced";
            return Err(io::Error::new(ErrorKind::InvalidInput, why));
        }
        Ok(old)
    }

    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    fn place_new(&self, part: &str, name: &str) -> io::Result<()> {
        use rustix::fs::{RenameFlags, renameat_with};
        match renameat_with(&self.dir, part, &self.dir, name, RenameFlags::NOREPLACE) {
            // A file system that does not know the step.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => self.dir.hard_link(part, &self.dir, name),
            placed => Ok(placed?),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    fn place_new(&self, part: &str, name: &str) -> io::Result<()> {
        self.dir.hard_link(part, &self.dir, name)
    }

    /// A new file of these bytes beside a name, under a random name.
    ///
    /// # Errors
    /// When the system refuses; nothing is left then.
    pub(super) fn part(&self, name: &str, bytes: &[u8], sync: bool) -> io::Result<String> {
        let part = format!(".{}.{}.part", name.trim_start_matches('.'), random_word());
        let path = self.path.join(&part);
        fault::step(&path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).follow(FollowSymlinks::No);
        let mut file = self.dir.open_with(&part, &options)?;
        let written = fault::step(&path).and_then(|()| file.write_all(bytes));
        let written =
            written.and_then(|()| if sync { fault::step(&path).and_then(|()| file.sync_all()) } else { Ok(()) });
        drop(file);
        if let Err(error) = written {
            let _ = self.dir.remove_file(&part);
            return Err(error);
        }
        Ok(part)
    }

    /// Makes a name safe once its folder is; file systems that cannot sync a folder keep the file all the same.
    pub(super) fn sync(&self) {
        let _ = self.dir.try_clone().and_then(|dir| dir.into_std_file().sync_all());
    }

    /// The time by the clock of the disk, from a file that is made and removed: can anything be written here, and how old is
    /// what lies here, whatever the clock of this machine says?
    ///
    /// # Errors
    /// When the system refuses.
    pub fn now(&self) -> io::Result<SystemTime> {
        let part = self.part("probe", b"now", false)?;
        let now = self.modified(&part);
        self.dir.remove_file(&part)?;
        now.ok_or_else(|| ErrorKind::Unsupported.into())
    }

    /// Renames within the folder.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fault::step(&self.path.join(to))?;
        self.dir.rename(from, &self.dir, to)
    }

    /// Moves a file into another folder, under its name.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn rename_into(&self, name: &str, into: &Self) -> io::Result<()> {
        fault::step(&into.path.join(name))?;
        self.dir.rename(name, &into.dir, name)
    }

    /// Removes a folder in which nothing is.
    ///
    /// # Errors
    /// When something is in it, or the system refuses.
    pub(super) fn remove_empty(&self, name: &str) -> io::Result<()> {
        fault::removal(&self.path.join(name))?;
        self.dir.remove_dir(name)
    }

    /// Exchanges two names in one step: each is there at every moment.
    ///
    /// # Errors
    /// With `Unsupported` where the system or file system has no such step; or what it says.
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    pub fn exchange(&self, one: &str, other: &str) -> io::Result<()> {
        use rustix::fs::{RenameFlags, renameat_with};
        fault::step(&self.path.join(other))?;
        match renameat_with(&self.dir, one, &self.dir, other, RenameFlags::EXCHANGE) {
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => Err(ErrorKind::Unsupported.into()),
            exchanged => Ok(exchanged?),
        }
    }

    /// Exchanges two names in one step: each is there at every moment.
    ///
    /// # Errors
    /// With `Unsupported`: this system has no such step.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    pub fn exchange(&self, _one: &str, _other: &str) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }

    /// Removes a file, or a link itself.
    ///
    /// # Errors
    /// When there is none, or the system refuses.
    pub fn remove_file(&self, name: &str) -> io::Result<()> {
        fault::removal(&self.path.join(name))?;
        self.dir.remove_file(name)
    }

    /// Removes a folder with all that is in it; links in it go, what they lead to stays.
    ///
    /// # Errors
    /// When there is none, or the system refuses.
    pub(super) fn remove_tree(&self, name: &str) -> io::Result<()> {
        fault::removal(&self.path.join(name))?;
        self.dir.remove_dir_all(name)
    }

    /// Takes a file of this name for this process alone, and makes it where it is missing. None: another process has it.
    ///
    /// # Errors
    /// When a link is in its place, or the system refuses.
    pub fn lock(&self, name: &str) -> io::Result<Option<Lock>> {
        if self.is_link(name) {
            return Err(link_error(name));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).follow(FollowSymlinks::No).nonblock(true);
        let file = self.dir.open_with(name, &options)?.into_std();
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("`{name}` is not a file")));
        }
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    //! Contract: in an opened folder no link is followed, neither by reading nor by writing, and a name is written whole.

    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_replaced_and_never_followed() {
        let (outside, inside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let victim = outside.path().join("victim");
        std::fs::write(&victim, "mine").unwrap();
        symlink(&victim, inside.path().join("link")).unwrap();
        symlink(outside.path(), inside.path().join("folder")).unwrap();
        symlink(outside.path().join("nothing"), inside.path().join("broken")).unwrap();
        let folder = Folder::open(inside.path()).unwrap();
        assert!(matches!(folder.read("link", Kind::Json), Err(ReadError::NoFile(_))));
        assert!(folder.sub("folder").is_err() && folder.sub_or_make("folder").is_err());
        assert!(folder.lock("link").is_err() && folder.lock("broken").is_err());
        assert_eq!(folder.write_new("broken", b"x").unwrap_err().kind(), ErrorKind::AlreadyExists);
        folder.write("link", b"ours").unwrap();
        folder.write("broken", b"ours").unwrap();
        // Of a link to a folder only the link goes.
        folder.remove_tree("folder").unwrap();
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
        assert_eq!(folder.read("link", Kind::Json).unwrap(), b"ours");
        assert!(!outside.path().join("nothing").exists());
        assert_eq!(list(inside.path()), ["broken", "link"], "no part stays");
    }

    #[test]
    fn only_files_and_links_are_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(dir.path().join("pipe")).status().unwrap().success());
        std::fs::create_dir(dir.path().join("folder")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
        for name in ["pipe", "folder", "socket"] {
            assert!(folder.write(name, b"ours").is_err() && !folder.holds_file(name), "{name}");
        }
        assert_eq!(list(dir.path()), ["folder", "pipe", "socket"], "no part stays");
    }

    #[test]
    fn a_folder_below_is_reached_without_leaving() {
        let (outside, inside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir_all(inside.path().join("a/b")).unwrap();
        std::fs::create_dir_all(inside.path().join(".git")).unwrap();
        symlink(outside.path(), inside.path().join("out")).unwrap();
        symlink("../.git", inside.path().join("a/hidden")).unwrap();
        symlink("a/b", inside.path().join("inner")).unwrap();
        let folder = Folder::open(inside.path()).unwrap();
        for wrong in ["out", "..", "a/hidden", ".git", "a/../../x", "nothing"] {
            assert!(folder.below(Path::new(wrong)).is_err(), "{wrong}");
        }
        for right in ["", ".", "a", "a/b", "inner", "a/.."] {
            folder.below(Path::new(right)).unwrap_or_else(|error| panic!("{right}: {error}")).write("x", b"x").unwrap();
        }
        assert!(list(outside.path()).is_empty());
        assert_eq!(list(&inside.path().join("a/b")), ["x"]);
    }

    #[test]
    fn below_a_folder_what_leads_out_or_to_hidden_files_is_not_there() {
        let (outside, inside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("secret.toml"), "secret").unwrap();
        std::fs::create_dir_all(inside.path().join(".git")).unwrap();
        std::fs::create_dir_all(inside.path().join("a/b")).unwrap();
        std::fs::write(inside.path().join(".git/config"), "secret").unwrap();
        std::fs::write(inside.path().join("a/b/plain.toml"), "plain").unwrap();
        symlink(outside.path().join("secret.toml"), inside.path().join("out.toml")).unwrap();
        symlink(".git/config", inside.path().join("hidden.toml")).unwrap();
        symlink("../a/b/plain.toml", inside.path().join("a/linked.toml")).unwrap();
        let folder = Folder::open(inside.path()).unwrap();
        let read = |path: &str| folder.read_below(Path::new(path), Kind::Toml);
        for wrong in ["out.toml", "hidden.toml", ".git/config", "../x", "a/../../x", "/etc/passwd", "a", ".", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        for right in ["a/b/plain.toml", "a/linked.toml", "a/../a/b/plain.toml", "./a/b/plain.toml"] {
            assert_eq!(read(right).unwrap(), b"plain", "{right}");
        }
    }

    #[test]
    fn a_lock_is_one_holders() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let held = folder.lock("lock").unwrap();
        assert!(held.is_some() && folder.lock("lock").unwrap().is_none());
        drop(held);
        assert!(folder.lock("lock").unwrap().is_some());
    }
}
