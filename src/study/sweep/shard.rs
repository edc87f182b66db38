//! Finished pieces of a sweep, one file each, named by the hash of all that decides what is in it.
//!
//! A shard is written under a temporary name, synced and renamed: a file under its own name is whole. Its last line
//! holds a hash of the rest, so that a disk's mistake is found and the shard is done again.

use crate::disk::Folder;
use crate::disk::read::{self, Kind, ReadError};
use crate::record::metrics::MetricName;
use crate::study::replicate::Replication;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HEAD: &str = "portvolt shard 1";
/// Version of what a shard holds; a part of its key.
pub const SHARD_SCHEMA: &str = "2";

/// Why a shard could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// The system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The system does not give it: that says nothing about the file.
    #[error("{} {source}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What it said.
        source: ReadError,
    },
    /// The file is damaged.
    #[error("{} is damaged: {reason}", path.display())]
    Corrupt {
        /// The path.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// Name, scope and unit of the values of a shard.
pub type Columns = Vec<[Arc<str>; 3]>;

/// What a replication has in a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held {
    /// It has no such metric: a site that sold nothing has none of a seller.
    Absent,
    /// It has the metric, and there was nothing to measure.
    Empty,
    /// This value.
    Value(f64),
}

/// What a shard holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    /// Metrics that any of its replications has, in the order of the first that has it.
    pub columns: Arc<Columns>,
    /// Replication, digest of its rows, values in the order of the columns.
    pub replications: Vec<(u32, String, Vec<Held>)>,
}

/// The folder of shards. Any number of sweeps and processes may share it. From the folder that the user named down no link is
/// followed: whoever made it may have laid some, and what they lead to is not ours to fill.
#[derive(Debug, Clone)]
pub struct Store {
    /// The user's folder; links on the way to it are the user's.
    root: PathBuf,
    /// The way from there, from name to name.
    below: Vec<String>,
}

impl Store {
    /// The folder of shards in that of a sweep.
    pub const NAME: &str = "shards";

    /// The store of a sweep's folder.
    #[must_use]
    pub fn of(sweep: &Path) -> Self {
        Self { root: sweep.to_path_buf(), below: vec![Self::NAME.to_owned()] }
    }

    /// The store of a folder that we name ourselves, in one of the user's: `sensitivities` beside studies.
    #[must_use]
    pub fn of_ours(folder: &Path) -> Self {
        let name = folder.file_name().and_then(|name| name.to_str());
        name.zip(folder.parent()).map_or_else(
            || Self::of(folder),
            |(name, root)| Self { root: root.to_path_buf(), below: vec![name.to_owned(), Self::NAME.to_owned()] },
        )
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.below.iter().fold(self.root.clone(), |path, name| path.join(name))
    }

    /// Opens it.
    pub(super) fn open(&self) -> io::Result<Folder> {
        self.below.iter().try_fold(Folder::open(&self.root)?, |folder, name| folder.sub(name))
    }

    /// Opens it, and makes it where it is missing.
    fn open_or_make(&self) -> io::Result<Folder> {
        self.below.iter().try_fold(Folder::open_or_make(&self.root)?, |folder, name| folder.sub_or_make(name))
    }

    /// Where a shard lies.
    #[must_use]
    pub fn path(&self, key: &str) -> PathBuf {
        let (folder, name) = Self::place(key);
        self.folder().join(folder).join(name)
    }

    /// The folder of a shard inside the store, and its name there.
    fn place(key: &str) -> (&str, String) {
        (&key[..2], format!("{key}.shard"))
    }

    /// Can shards be kept here?
    ///
    /// # Errors
    /// What the system says.
    pub fn probe(&self) -> Result<(), ShardError> {
        let probed = self.open_or_make().and_then(|folder| folder.now());
        probed.map(|_| ()).map_err(|source| ShardError::Io { path: self.folder(), source })
    }

    /// Keeps a shard. `sync` waits until the disk has it; only a benchmark leaves that out.
    ///
    /// # Errors
    /// When the system refuses; nothing is left then.
    pub fn keep(&self, key: &str, text: &str, sync: bool) -> Result<(), ShardError> {
        let (folder, name) = Self::place(key);
        let folder = self.open_or_make().and_then(|all| all.sub_or_make(folder));
        let written = folder.and_then(|folder| folder.write_and(&name, text.as_bytes(), sync));
        written.map_err(|source| ShardError::Io { path: self.path(key), source })
    }

    /// Reads a shard; none when it is not there. `known` are columns that may be shared.
    ///
    /// # Errors
    /// When the file is damaged, or the system does not give it.
    pub fn read(&self, key: &str, known: Option<&Arc<Columns>>) -> Result<Option<Shard>, ShardError> {
        let path = self.path(key);
        let corrupt = |reason: String| ShardError::Corrupt { path: path.clone(), reason };
        let (folder, name) = Self::place(key);
        let folder = self.open().and_then(|all| all.sub(folder)).map_err(ReadError::from);
        match folder.and_then(|folder| folder.read(&name, Kind::Shard)).and_then(read::utf8) {
            Ok(text) => parse(key, &text, known).map(Some).map_err(|reason| corrupt(reason.to_owned())),
            Err(ReadError::Missing) => Ok(None),
            Err(error @ (ReadError::NoText { .. } | ReadError::TooLarge { .. })) => Err(corrupt(error.to_string())),
            Err(source) => Err(ShardError::Unreadable { path, source }),
        }
    }

    /// Sets a damaged shard aside under another name, for who wants to look at it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn set_aside(&self, key: &str) -> Result<(), ShardError> {
        let (folder, name) = Self::place(key);
        let folder = self.open().and_then(|all| all.sub(folder));
        let moved = folder.and_then(|folder| folder.rename(&name, &format!("{key}.damaged")));
        moved.map_err(|source| ShardError::Io { path: self.path(key), source })
    }
}

/// Is a file that is called a shard damaged? What the system does not give says nothing about it.
pub(super) fn is_damaged(folder: &Folder, name: &str) -> bool {
    let Some(key) = name.strip_suffix(".shard") else { return false };
    match folder.read(name, Kind::Shard).and_then(read::utf8) {
        Ok(text) => parse(key, &text, None).is_err(),
        Err(error) => matches!(error, ReadError::NoText { .. } | ReadError::TooLarge { .. }),
    }
}

/// The text of a shard.
#[must_use]
pub fn text(key: &str, first: u32, runs: &[Replication]) -> String {
    let mut out = format!("{HEAD}\nkey {key}\n");
    let mut columns: BTreeMap<(MetricName, &str), usize> = BTreeMap::new();
    for metric in runs.iter().flat_map(|run| &run.metrics) {
        let next = columns.len();
        if *columns.entry((metric.name, metric.scope.as_str())).or_insert(next) == next {
            let _ = writeln!(out, "column {}\t{}\t{}", metric.name, escape(&metric.scope), metric.unit());
        }
    }
    for (at, run) in runs.iter().enumerate() {
        let _ = write!(out, "replication {} {}", first + at as u32, run.digest);
        let mut held = vec![Held::Absent; columns.len()];
        for metric in &run.metrics {
            held[columns[&(metric.name, metric.scope.as_str())]] = metric.value.map_or(Held::Empty, Held::Value);
        }
        for held in held {
            let _ = match held {
                Held::Absent => write!(out, " ."),
                Held::Empty => write!(out, " -"),
                Held::Value(value) => write!(out, " {value:?}"),
            };
        }
        out.push('\n');
    }
    let hash = blake3::hash(out.as_bytes()).to_hex();
    let _ = writeln!(out, "end {hash}");
    out
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match if char == '\\' { chars.next() } else { None } {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some(other) => out.push(other),
            None => out.push(char),
        }
    }
    out
}

fn parse(key: &str, text: &str, known: Option<&Arc<Columns>>) -> Result<Shard, &'static str> {
    let (body, hash) = text.trim_end_matches('\n').rsplit_once("\nend ").ok_or("it has no last line")?;
    let body = &text[..=body.len()];
    if blake3::hash(body.as_bytes()).to_hex().as_str() != hash {
        return Err("its hash differs from what was written");
    }
    let rest = body.strip_prefix(HEAD).and_then(|rest| rest.strip_prefix("\nkey ")).ok_or("it is no shard")?;
    let rest = rest.strip_prefix(key).and_then(|rest| rest.strip_prefix('\n')).ok_or("it is another shard")?;
    let end = if rest.starts_with("replication ") { 0 } else { rest.find("\nreplication ").map_or(0, |at| at + 1) };
    let columns = columns(&rest[..end], known)?;
    let mut replications = Vec::new();
    for line in rest[end..].lines() {
        let mut words = line.strip_prefix("replication ").ok_or("a line is unknown")?.split(' ');
        let number = words.next().and_then(|word| word.parse().ok()).ok_or("a replication has no number")?;
        let digest = words.next().ok_or("a replication has no digest")?.to_owned();
        let value = |word: &str| match word {
            "." => Ok(Held::Absent),
            "-" => Ok(Held::Empty),
            number => number.parse().map(Held::Value),
        };
        let values: Vec<Held> = words.map(value).collect::<Result<_, _>>().map_err(|_| "a value is not a number")?;
        if values.len() != columns.len() {
            return Err("a replication has not one value a column");
        }
        replications.push((number, digest, values));
    }
    Ok(Shard { columns, replications })
}

/// The columns; those of the last shard when they are the same, as they mostly are.
fn columns(text: &str, known: Option<&Arc<Columns>>) -> Result<Arc<Columns>, &'static str> {
    let split = |line: &'_ str| -> Option<[String; 3]> {
        let mut words = line.strip_prefix("column ")?.split('\t');
        Some([words.next()?.to_owned(), unescape(words.next()?), words.next()?.to_owned()])
    };
    if let Some(known) = known {
        let same = |line: &str, column: &[Arc<str>; 3]| {
            let mut words = line.strip_prefix("column ").unwrap_or_default().split('\t');
            column.iter().all(|part| words.next() == Some(part.as_ref()))
        };
        let is_known = text.lines().count() == known.len() && text.lines().zip(known.iter()).all(|(l, c)| same(l, c));
        if is_known {
            return Ok(Arc::clone(known));
        }
    }
    let columns: Option<Columns> =
        text.lines().map(|line| split(line).map(|column| column.map(|part| Arc::from(part.as_str())))).collect();
    columns.map(Arc::new).ok_or("a column has no name, scope and unit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::metrics::{Metric, TOTAL};
    use std::fs;

    fn run(values: [Option<f64>; 2]) -> Replication {
        let metric = |(scope, value): (&str, Option<f64>)| Metric::new(MetricName::PeakKw, scope, value);
        let metrics = [(TOTAL, values[0]), ("site:a\tb\\n\n", values[1])].map(metric);
        Replication { digest: "d1".to_owned(), metrics: metrics.to_vec(), notes: Vec::new() }
    }

    /// A site that sold nothing in the first replication has its metric in the second only.
    #[test]
    fn replications_may_have_other_metrics() {
        let [mut first, second] = [run([Some(1.0), None]), run([Some(2.0), Some(3.0)])];
        first.metrics.pop();
        let key = "ef".repeat(32);
        let shard = parse(&key, &text(&key, 0, &[first, second]), None).unwrap();
        let values: Vec<&Vec<Held>> = shard.replications.iter().map(|(_, _, values)| values).collect();
        assert_eq!(values, [&[Held::Value(1.0), Held::Absent], &[Held::Value(2.0), Held::Value(3.0)]]);
    }

    /// Neither the folder of shards, nor one in it, nor a shard may be a link: nothing is written or read elsewhere.
    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let key = "ab".repeat(32);
        let body = text(&key, 0, &[run([Some(1.0), None])]);
        let outside = tempfile::tempdir().unwrap();
        let elsewhere = Store::of(outside.path());
        elsewhere.keep(&key, &body, false).unwrap();
        for at in ["kept", "kept/shards", "kept/shards/ab"] {
            let inside = tempfile::tempdir().unwrap();
            let (link, target) =
                (inside.path().join(at), outside.path().join(at.trim_start_matches("kept").trim_start_matches('/')));
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(target, &link).unwrap();
            let store = Store::of_ours(&inside.path().join("kept"));
            let told = store.keep(&key, &body, false).unwrap_err().to_string();
            assert!(told.contains("is not followed here"), "{at}: {told}");
            assert!(matches!(store.read(&key, None), Err(ShardError::Unreadable { .. })), "{at}");
            assert!(store.set_aside(&key).is_err() && (at == "kept/shards/ab" || store.probe().is_err()), "{at}");
        }
        let store = Store::of(outside.path());
        fs::rename(store.path(&key), outside.path().join("moved")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("moved"), store.path(&key)).unwrap();
        assert!(matches!(store.read(&key, None), Err(ShardError::Unreadable { .. })));
    }

    #[test]
    fn what_is_kept_comes_back_bit_for_bit_and_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::of(folder.path());
        let key = "ab".repeat(32);
        assert!(store.read(&key, None).unwrap().is_none());
        let runs = [run([Some(0.1 + 0.2), None]), run([Some(-0.0), Some(1e300)])];
        store.keep(&key, &text(&key, 7, &runs), true).unwrap();
        let shard = store.read(&key, None).unwrap().unwrap();
        assert_eq!(shard.columns[1][1].as_ref(), "site:a\tb\\n\n");
        assert_eq!(shard.replications[1].0, 8);
        let bits = |held: Held| if let Held::Value(value) = held { value.to_bits() } else { panic!("{held:?}") };
        assert_eq!(bits(shard.replications[0].2[0]), (0.1_f64 + 0.2).to_bits());
        assert_eq!(bits(shard.replications[1].2[0]), (-0.0_f64).to_bits());
        assert_eq!(shard.replications[0].2[1], Held::Empty);
        let again = store.read(&key, Some(&shard.columns)).unwrap().unwrap();
        assert_eq!(again.columns, shard.columns);
        let whole = fs::read(store.path(&key)).unwrap();
        for cut in [0, 10, whole.len() / 2, whole.len() - 2] {
            fs::write(store.path(&key), &whole[..cut]).unwrap();
            assert!(store.read(&key, None).is_err(), "cut at {cut}");
        }
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        fs::write(store.path(&key), &flipped).unwrap();
        assert!(store.read(&key, None).is_err());
        let other = "cd".repeat(32);
        fs::create_dir_all(store.path(&other).parent().unwrap()).unwrap();
        fs::write(store.path(&other), &whole).unwrap();
        assert!(store.read(&other, None).unwrap_err().to_string().contains("another shard"));
    }
}
