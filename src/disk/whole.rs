//! Files and folders that leave the program: there whole or not at all, whatever ends the process and whoever writes to the
//! same place meanwhile.

use super::fault;
use super::folder::{Folder, Lock, random_word};
use super::read::Kind;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file that marks a folder as unfinished work of Portvolt. It is held locked by the process that fills the folder.
const MARK: &str = ".portvolt-work";
const MARK_TEXT: &str = "Unfinished work of Portvolt. It goes two days after the process that made it has ended.\n";
/// Between the name of a folder and the word that makes unfinished ones differ.
pub const UNFINISHED: &str = ".unfinished.";
/// What was left unfinished is kept so long, for a look into it.
const KEPT: Duration = Duration::from_hours(48);

/// Something could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl WriteError {
    /// What the system said, about a path.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self { path, source }
    }

    /// Is it the place that is wrong, and not the disk?
    #[must_use]
    pub fn is_of_place(&self) -> bool {
        self.source.kind() == io::ErrorKind::InvalidInput
    }

    /// Is something there already?
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.source.kind() == io::ErrorKind::AlreadyExists
    }
}

/// The folder that a path lies in, opened, and its name there.
pub(super) fn place(path: &Path, is_made: bool) -> io::Result<(Folder, String)> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "its name is not valid Unicode"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = if is_made { Folder::open_or_make(folder)? } else { Folder::open(folder)? };
    Ok((folder, name.to_owned()))
}

/// Writes a file; folders above it are made. What was there before stays until the new one is whole; a link is replaced.
///
/// # Errors
/// When the system refuses.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let written = place(path, true).and_then(|(folder, name)| folder.write(&name, bytes.as_ref()));
    written.map_err(WriteError::at(path))
}

/// Writes a file inside unfinished work, which is synced as a whole when it is put in its place.
///
/// # Errors
/// When the system refuses.
pub fn write_inside(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let written = place(path, true).and_then(|(folder, name)| folder.write_and(&name, bytes.as_ref(), false));
    written.map_err(WriteError::at(path))
}

/// Writes a file that was not there.
///
/// # Errors
/// When it is there ([`WriteError::is_taken`]), or the system refuses.
pub fn write_new(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let written = place(path, true).and_then(|(folder, name)| folder.write_new(&name, bytes.as_ref()));
    written.map_err(WriteError::at(path))
}

/// Refuses a folder for results that is a link: it leads where nobody said that they shall go.
///
/// # Errors
/// When it is one ([`WriteError::is_of_place`]).
pub fn no_link(path: &Path) -> Result<(), WriteError> {
    // A folder above it that is not there holds no link.
    match place(path, false) {
        Ok((parent, name)) if parent.is_link(&name) => Err(WriteError::at(path)(refused(A_LINK))),
        _ => Ok(()),
    }
}

/// Removes a file.
///
/// # Errors
/// When there is none, or the system refuses.
pub fn remove(path: &Path) -> Result<(), WriteError> {
    let removed = place(path, false).and_then(|(folder, name)| folder.remove_file(&name));
    removed.map_err(WriteError::at(path))
}

/// Moves each file of a folder into another on the same disk, where it replaces one of its name, and removes the empty folder.
///
/// # Errors
/// When the system refuses.
pub fn move_all(from: &Path, into: &Path) -> Result<(), WriteError> {
    let moved = place(from, false).and_then(|(parent, name)| {
        let (from, into) = (parent.sub(&name)?, Folder::open(into)?);
        for found in from.entries()? {
            from.rename_into(&found.name, &into)?;
        }
        // Windows removes no folder that is open.
        drop(from);
        parent.remove_empty(&name)
    });
    moved.map_err(WriteError::at(into))
}

/// Writes the files of a folder that is new or empty: all of them or none. Names may have folders, such as `src/lib.rs`.
///
/// # Errors
/// When something is there, or the system refuses.
pub fn folder(path: &Path, files: &[(String, Vec<u8>)]) -> Result<(), WriteError> {
    let work = Work::begin(path)?;
    for (name, bytes) in files {
        let file = work.path().join(name);
        if let Err(error) = write_inside(&file, bytes) {
            work.discard();
            return Err(error);
        }
    }
    work.put(false).map(|_| ()).map_err(|failed| {
        let (error, work) = *failed;
        work.discard();
        error
    })
}

/// Makes a folder, and those above it.
///
/// # Errors
/// When the system refuses.
pub fn make_folder(path: &Path) -> Result<(), WriteError> {
    Folder::open_or_make(path).map(|_| ()).map_err(WriteError::at(path))
}

/// A new file that is written piece by piece, inside unfinished work. It was not there, and no link in its place is followed.
#[derive(Debug)]
pub struct Out {
    file: File,
    path: PathBuf,
}

impl Out {
    /// Makes it.
    ///
    /// # Errors
    /// When it is there, or the system refuses.
    pub fn create(path: &Path) -> io::Result<Self> {
        fault::step(path)?;
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Ok(Self { file, path: path.to_path_buf() })
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = fault::step(&self.path).and_then(|()| self.file.write(bytes));
        // The caller that shows the error may not know the file.
        written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.path.display())))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that grows beside its place while a run goes on. It is put in its place when it is finished, or when what fills it
/// ends early: what is known until then is worth a look.
#[derive(Debug)]
pub struct Growing {
    folder: Folder,
    name: String,
    part: String,
    out: Option<BufWriter<Out>>,
}

impl Growing {
    /// Begins one; the folder is made where it is missing. What lies at its place stays until it is finished.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn begin(path: &Path) -> Result<Self, WriteError> {
        let begun = place(path, true).and_then(|(folder, name)| {
            let part = format!(".{name}.{}.part", random_word());
            let out = Out::create(&folder.path().join(&part))?;
            Ok(Self { folder, name, part, out: Some(BufWriter::new(out)) })
        });
        begun.map_err(WriteError::at(path))
    }

    /// Puts it in its place. Once is enough.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(&mut self) -> io::Result<()> {
        let Some(out) = self.out.take() else { return Ok(()) };
        let placed = self.place_it(out);
        if placed.is_err() {
            let _ = self.folder.remove_file(&self.part);
        }
        placed
    }

    fn place_it(&self, mut out: BufWriter<Out>) -> io::Result<()> {
        out.flush()?;
        fault::step(&out.get_ref().path)?;
        out.get_ref().file.sync_all()?;
        drop(out);
        self.folder.rename(&self.part, &self.name)?;
        self.folder.sync();
        Ok(())
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.as_mut().map_or(Ok(bytes.len()), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

/// Why nothing is put into what a link leads to.
const A_LINK: &str = "it is a link; name the folder that it leads to";

/// The place was chosen so that nothing can be put there.
pub(super) fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

/// A folder that is being filled beside its place, under a name of its own: `NAME.unfinished.WORD`. Two that are filled for
/// one place never share a file. While it is filled it is locked; what a killed process leaves carries a mark.
#[derive(Debug)]
pub struct Work {
    parent: Folder,
    /// Its name when it is whole.
    name: String,
    /// Its name until then.
    work: String,
    path: PathBuf,
    lock: Option<Lock>,
}

impl Work {
    /// Begins a folder. Nothing at `target` is touched until [`Self::put`].
    ///
    /// # Errors
    /// When `target` is a link or another file system's root, where a whole folder cannot be put, or the system refuses.
    pub fn begin(target: &Path) -> Result<Self, WriteError> {
        let begun = || -> io::Result<Self> {
            let (parent, name) = place(target, true)?;
            if parent.is_link(&name) {
                return Err(refused(A_LINK));
            }
            if target.is_dir() && is_mount(target) {
                return Err(refused("a disk is mounted there, and cannot be replaced; name a folder inside it"));
            }
            drop_old(&parent, &name);
            let work = format!("{name}{UNFINISHED}{}", random_word());
            let folder = parent.make_sub(&work)?;
            let lock = mark(&folder).inspect_err(|_| {
                // Without its mark nothing would ever remove it.
                let _ = parent.remove_tree(&work);
            })?;
            let path = target.with_file_name(&work);
            Ok(Self { parent, name, work, path, lock })
        };
        begun().map_err(WriteError::at(target))
    }

    /// Where it is for now.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place, in one step where the system has one. `replaces`: what is there goes, once this is there.
    ///
    /// # Errors
    /// When something is there that must not go, or the system refuses; the work is then still there and given back.
    pub fn put(mut self, replaces: bool) -> Result<PathBuf, Box<(WriteError, Self)>> {
        let target = self.path.with_file_name(&self.name);
        match self.place_it(&target, replaces) {
            Ok(()) => Ok(target),
            Err(error) => Err(Box::new((WriteError { path: target, source: error }, self))),
        }
    }

    fn place_it(&mut self, target: &Path, replaces: bool) -> io::Result<()> {
        if !self.parent.is_in_place() {
            return Err(refused("its folder was moved or replaced while it was filled"));
        }
        sync_all(&self.path)?;
        let folder = self.parent.sub(&self.work)?;
        match folder.remove_file(MARK) {
            // It went when this was tried before.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
        folder.sync();
        // Windows renames no folder that is open, nor one with an open file in it.
        drop(folder);
        self.lock = None;
        let is_empty = target.is_dir() && self.parent.sub(&self.name)?.entries()?.is_empty();
        if !self.parent.holds(&self.name) || is_empty {
            if is_empty && cfg!(windows) {
                self.parent.remove_tree(&self.name)?;
            }
            // An empty folder gives way to a rename; one that another process filled this moment does not.
            let placed = self.parent.rename(&self.work, &self.name);
            self.parent.sync();
            return placed.map_err(|error| match error.kind() {
                io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory => io::ErrorKind::AlreadyExists.into(),
                _ => error,
            });
        }
        if !replaces {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        match self.parent.exchange(&self.work, &self.name) {
            Ok(()) => self.remove_replaced(&self.work),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                // Without that step there is a moment with nothing in place: what goes aside keeps its name's beginning.
                let aside = format!("{}.before.{}", self.name, random_word());
                self.parent.rename(&self.name, &aside)?;
                if let Err(error) = self.parent.rename(&self.work, &self.name) {
                    let _ = self.parent.rename(&aside, &self.name);
                    return Err(error);
                }
                self.remove_replaced(&aside);
            }
            Err(error) => return Err(error),
        }
        self.parent.sync();
        Ok(())
    }

    /// Removes what was replaced. It gets the mark first: if this is cut, the next run knows what it is.
    fn remove_replaced(&self, name: &str) {
        if let Ok(folder) = self.parent.sub(name) {
            let _ = folder.write(MARK, MARK_TEXT.as_bytes());
            drop(folder);
            let _ = self.parent.remove_tree(name);
        }
    }

    /// Drops it with all that is in it.
    pub fn discard(mut self) {
        self.lock = None;
        let _ = self.parent.remove_tree(&self.work);
    }
}

/// Marks a folder as unfinished work, and holds the mark.
pub(super) fn mark(folder: &Folder) -> io::Result<Option<Lock>> {
    folder.write_and(MARK, MARK_TEXT.as_bytes(), false)?;
    folder.lock(MARK)
}

/// Removes folders whose names begin so, of processes that have ended, with our mark.
pub(super) fn clear_marked(place: &Path, prefix: &str) {
    let Ok(folder) = Folder::open(place) else { return };
    let found = folder.entries().unwrap_or_default();
    for left in found.iter().filter(|it| it.is_folder && it.name.starts_with(prefix)) {
        remove_left(&folder, &left.name, Duration::ZERO);
    }
}

/// Removes unfinished work for a name in a folder: of processes that have ended, with our mark, whatever its age.
pub fn clear(folder: &Folder, name: &str) {
    for work in left(folder, name) {
        remove_left(folder, &work, Duration::ZERO);
    }
}

/// Removes unfinished work that ended days ago.
fn drop_old(folder: &Folder, name: &str) {
    for work in left(folder, name) {
        remove_left(folder, &work, KEPT);
    }
}

fn left(folder: &Folder, name: &str) -> Vec<String> {
    let prefix = format!("{name}{UNFINISHED}");
    let found = folder.entries().unwrap_or_default();
    found.into_iter().filter(|it| it.is_folder && it.name.starts_with(&prefix)).map(|it| it.name).collect()
}

/// Removes a folder that carries our mark, which no process holds, and which is old enough.
fn remove_left(folder: &Folder, name: &str, least: Duration) {
    let Ok(work) = folder.sub(name) else { return };
    let is_ours = work.read(MARK, Kind::Json).is_ok_and(|text| text == MARK_TEXT.as_bytes());
    let age = work.modified(MARK).and_then(|then| then.elapsed().ok()).unwrap_or_default();
    if !is_ours || age < least {
        return;
    }
    if let Ok(Some(lock)) = work.lock(MARK) {
        drop((lock, work));
        let _ = folder.remove_tree(name);
    }
}

/// Waits until the disk has all files of a folder, and the folders themselves.
fn sync_all(path: &Path) -> io::Result<()> {
    let folder = Folder::open(path)?;
    let mut files = Vec::new();
    for found in folder.entries()? {
        let inner = path.join(&found.name);
        if found.is_folder {
            sync_all(&inner)?;
        } else if found.is_file && found.name != MARK {
            files.push(inner);
        }
    }
    sync_files(&files)?;
    folder.sync();
    Ok(())
}

/// A disk takes many files at once in little more time than one.
fn sync_files(files: &[PathBuf]) -> io::Result<()> {
    match files {
        [] => Ok(()),
        [file] => {
            fault::step(file)?;
            OpenOptions::new().read(true).write(cfg!(windows)).open(file)?.sync_all()
        }
        several => {
            let (some, others) = several.split_at(several.len() / 2);
            let (first, second) = rayon::join(|| sync_files(some), || sync_files(others));
            first.and(second)
        }
    }
}

/// Is a folder the root of a file system that is mounted there?
#[cfg(target_os = "linux")]
fn is_mount(path: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let told = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::BASIC_STATS);
    told.is_ok_and(|told| told.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_mount(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| std::fs::symlink_metadata(path).map(|meta| meta.dev()).ok();
    device(path) != device(&path.join(".."))
}

#[cfg(not(unix))]
fn is_mount(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    //! Contract: a folder is there whole, the one before or the new one; only marked work that nobody holds is removed.

    use super::*;
    use crate::disk::list;
    use std::fs;

    fn filled(target: &Path, text: &str) -> Work {
        let work = Work::begin(target).unwrap();
        fs::write(work.path().join("a"), text).unwrap();
        work
    }

    #[test]
    fn two_for_one_place_share_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out");
        let (one, other) = (filled(&target, "one"), filled(&target, "other"));
        assert_ne!(one.path(), other.path());
        assert_eq!(one.put(false).unwrap(), target);
        let (error, other) = *other.put(false).unwrap_err();
        assert!(error.is_taken(), "{error}");
        assert_eq!(fs::read_to_string(other.path().join("a")).unwrap(), "other", "it is given back");
        other.put(true).unwrap();
        assert_eq!(fs::read_to_string(target.join("a")).unwrap(), "other");
        assert_eq!(list(dir.path()), ["out"]);
        assert_eq!(list(&target), ["a"], "the mark is gone");
    }

    #[test]
    fn only_marked_work_that_nobody_holds_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out");
        fs::create_dir(dir.path().join("out.unfinished.notes")).unwrap();
        let alive = filled(&target, "alive");
        let dead = filled(&target, "dead");
        let left = dead.path().to_path_buf();
        drop(dead);
        let folder = Folder::open(dir.path()).unwrap();
        drop_old(&folder, "out");
        assert!(left.exists(), "it is kept for two days");
        clear(&folder, "out");
        assert!(!left.exists() && alive.path().exists() && dir.path().join("out.unfinished.notes").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_place_for_a_folder() {
        let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let target = dir.path().join("out");
        std::os::unix::fs::symlink(elsewhere.path(), &target).unwrap();
        assert!(Work::begin(&target).unwrap_err().to_string().contains("is a link"));
        assert!(list(elsewhere.path()).is_empty());
    }

    #[test]
    fn a_folder_of_files_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("new");
        let files = [("a.toml".to_owned(), b"a".to_vec()), ("src/lib.rs".to_owned(), b"b".to_vec())];
        folder(&target, &files).unwrap();
        assert_eq!(fs::read(target.join("src/lib.rs")).unwrap(), b"b");
        assert!(folder(&target, &files).unwrap_err().is_taken());
        let wrong = [files[0].clone(), ("a.toml/b".to_owned(), Vec::new())];
        folder(&dir.path().join("other"), &wrong).unwrap_err();
        assert_eq!(list(dir.path()), ["new"]);
    }

    #[test]
    fn a_file_that_grows_takes_its_place_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("views/a.jsonl");
        for text in ["one", "two"] {
            let mut file = Growing::begin(&path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            assert_ne!(fs::read_to_string(&path).unwrap_or_default(), text, "not yet");
            if text == "one" {
                file.finish().unwrap();
            }
            drop(file);
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(list(path.parent().unwrap()), ["a.jsonl"]);
    }

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er/a.json");
        write(&path, "one").unwrap();
        assert!(write_new(&path, "two").unwrap_err().is_taken());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            write(&path, "three").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        write(&path, "three").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(list(path.parent().unwrap()), ["a.json"]);
        assert!(write(path.parent().unwrap(), "x").is_err(), "a folder is no file");
    }
}
