//! A run's folder: tables, summary, manifest. It appears whole or not at all: files are written beside it and renamed
//! at the end; an interrupted run keeps what it has under a name that says so.

use super::metrics::Metric;
use super::notes::PluginNotes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Version of manifest.json and summary.json.
pub const SCHEMA: u32 = 1;
/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";
/// The summary's file name.
pub const SUMMARY: &str = "summary.json";
/// What a run left unfinished is kept so long, for who looks into it.
const KEPT_UNFINISHED: Duration = Duration::from_hours(48);
/// The report's file name.
pub const REPORT: &str = "report.html";

/// Why a folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It holds a finished run.
    #[error("{} holds a finished run; choose another --out, or overwrite it with --force", .0.display())]
    Finished(PathBuf),
    /// Another run put its results there meanwhile.
    #[error("{} was finished by another run meanwhile; the results of this one are in {}", target.display(), kept.display())]
    Overtaken {
        /// The folder that was asked for.
        target: PathBuf,
        /// Where the results are.
        kept: PathBuf,
    },
    /// It cannot be put in place: it is where the command runs, or above.
    #[error("{}: results are put in place as a whole folder, so name one, such as --out results", .0.display())]
    Nameless(PathBuf),
    /// It holds something else.
    #[error("{} is not empty and holds no run of Portvolt; choose another --out", .0.display())]
    Foreign(PathBuf),
    /// The system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

/// What a run was made of and what it made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this format.
    pub schema: u32,
    /// Version of Portvolt.
    pub portvolt: String,
    /// The command that made it: `run`, `replay`, `compare` or `sweep`.
    pub command: String,
    /// Title of the scenario.
    pub title: String,
    /// The scenario as it was asked for.
    pub scenario: String,
    /// Overlays, in order.
    pub overlays: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// Replication.
    pub replication: u32,
    /// `--set` and other settings.
    pub settings: Vec<String>,
    /// What the result was held against: `bound` (yes), `baseline` (a folder).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held_against: BTreeMap<String, String>,
    /// blake3 of each input file.
    pub inputs: BTreeMap<String, String>,
    /// blake3 of each plugin.
    pub plugins: BTreeMap<String, String>,
    /// What the sandbox noted of each plugin.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugin_notes: Vec<PluginNotes>,
    /// blake3 of each output file.
    pub outputs: BTreeMap<String, String>,
    /// blake3 of the rows of each table, whatever the file format.
    pub rows: BTreeMap<String, String>,
    /// Numbers of the scenario by quality of their source.
    pub provenance: BTreeMap<String, usize>,
    /// What a comparison was asked for, or which plan a sweep is of, where this is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub study: Option<serde_json::Value>,
}

/// `summary.json` as it is written.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryFile<'a> {
    /// Version of this format.
    pub schema: u32,
    /// All metrics.
    pub metrics: &'a [Metric],
}

/// `summary.json` as it is read back.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ReadSummary {
    /// All metrics.
    pub metrics: Vec<ReadMetric>,
}

/// A metric as it is read back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadMetric {
    /// Name, with the unit.
    pub name: String,
    /// `total`, `site:KEY`, `fleet:KEY`, `year:YYYY`, or a pair joined by `/`.
    pub scope: String,
    /// Value; none where there is nothing to measure.
    pub value: Option<f64>,
    /// Unit.
    pub unit: String,
    /// What it says.
    pub info: String,
}

/// A folder that is being filled.
#[derive(Debug)]
pub struct RunFolder {
    target: PathBuf,
    work: PathBuf,
    force: bool,
}

impl Manifest {
    /// Replaces one file of a finished folder, and its hash.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn replace(mut self, folder: &Path, name: &str, text: &str) -> Result<(), FolderError> {
        let path = folder.join(name);
        io(&path, std::fs::write(&path, text))?;
        self.outputs.insert(name.to_owned(), blake3::hash(text.as_bytes()).to_hex().to_string());
        let path = folder.join(MANIFEST);
        io(&path, std::fs::write(&path, serde_json::to_string_pretty(&self).unwrap_or_default()))
    }
}

/// The blake3 of a file, read piece by piece.
///
/// # Errors
/// When the system refuses.
pub fn hash_of_file(path: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn io<T>(path: &Path, result: std::io::Result<T>) -> Result<T, FolderError> {
    result.map_err(|source| FolderError::Io { path: path.to_path_buf(), source })
}

/// Removes what runs into the same folder left unfinished days ago.
fn drop_old(target: &Path) {
    let name = format!("{}.unfinished.", target.file_name().unwrap_or_default().to_string_lossy());
    let beside = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in std::fs::read_dir(beside).into_iter().flatten().flatten() {
        let is_old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok().map(|age| age > KEPT_UNFINISHED);
        if entry.file_name().to_string_lossy().starts_with(&name) && is_old() == Some(true) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl RunFolder {
    /// Begins a folder. Nothing at `target` is touched until [`Self::finish`].
    ///
    /// # Errors
    /// When the target is taken, or the system refuses.
    pub fn begin(target: &Path, force: bool) -> Result<Self, FolderError> {
        let Some(name) = target.file_name() else {
            return Err(FolderError::Nameless(target.to_path_buf()));
        };
        if target.exists() {
            let is_run = target.join(MANIFEST).is_file();
            let is_empty = target.is_dir() && io(target, std::fs::read_dir(target))?.next().is_none();
            if is_run && !force {
                return Err(FolderError::Finished(target.to_path_buf()));
            }
            if !is_run && !is_empty {
                return Err(FolderError::Foreign(target.to_path_buf()));
            }
        }
        let mut name = name.to_os_string();
        name.push(format!(".unfinished.{}", std::process::id()));
        let work = target.with_file_name(name);
        let tables = work.join("tables");
        drop_old(target);
        if work.exists() {
            io(&work, std::fs::remove_dir_all(&work))?;
        }
        io(&tables, std::fs::create_dir_all(&tables))?;
        Ok(Self { target: target.to_path_buf(), work, force })
    }

    /// Where the files go for now.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.work
    }

    /// Where the tables go.
    #[must_use]
    pub fn tables(&self) -> PathBuf {
        self.work.join("tables")
    }

    /// Writes one file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, name: &str, text: &str) -> Result<(), FolderError> {
        let path = self.work.join(name);
        io(&path, std::fs::write(&path, text))
    }

    /// Takes one file out again.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove(&self, name: &str) -> Result<(), FolderError> {
        let path = self.work.join(name);
        io(&path, std::fs::remove_file(&path))
    }

    /// Hashes all files, writes the manifest and puts the folder in its place.
    ///
    /// # Errors
    /// When the system refuses, or another run was faster. What was there before is then there still.
    pub fn finish(self, mut manifest: Manifest) -> Result<PathBuf, FolderError> {
        let mut files = Vec::new();
        for (folder, name) in [(self.work.clone(), ""), (self.tables(), "tables")] {
            for entry in io(&folder, std::fs::read_dir(&folder))? {
                files.push(Path::new(name).join(io(&folder, entry)?.file_name()));
            }
        }
        for file in files {
            let path = self.work.join(&file);
            if path.is_file() {
                manifest.outputs.insert(file.display().to_string(), io(&path, hash_of_file(&path))?);
            }
        }
        let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
        self.write(MANIFEST, &text)?;
        if self.target.join(MANIFEST).exists() && !self.force {
            return Err(FolderError::Overtaken { target: self.target, kept: self.work });
        }
        // What is there goes aside first: whenever this is killed, the old results or the new ones are whole.
        let aside = self.work.with_extension(format!("{}.before", std::process::id()));
        let is_replaced = self.target.exists();
        if is_replaced {
            io(&self.target, std::fs::rename(&self.target, &aside))?;
        }
        let placed = std::fs::rename(&self.work, &self.target);
        if is_replaced && placed.is_err() {
            let _ = std::fs::rename(&aside, &self.target);
        }
        io(&self.target, placed)?;
        if is_replaced {
            let _ = std::fs::remove_dir_all(&aside);
        }
        Ok(self.target)
    }

    /// Drops everything: nothing is half written.
    pub fn discard(self) {
        let _ = std::fs::remove_dir_all(&self.work);
    }
}

#[cfg(test)]
mod tests {
    //! Contract: a folder is there whole, the one before or the new one, and none is lost to another run.

    use super::*;

    fn manifest(title: &str) -> Manifest {
        let text = format!(
            r#"{{"schema":1,"portvolt":"","command":"run","title":"{title}","scenario":"","overlays":[],"seed":1,
            "replication":0,"settings":[],"inputs":{{}},"plugins":{{}},"outputs":{{}},"rows":{{}},"provenance":{{}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn title(target: &Path) -> String {
        serde_json::from_str::<Manifest>(&std::fs::read_to_string(target.join(MANIFEST)).unwrap()).unwrap().title
    }

    #[test]
    fn of_two_runs_into_one_folder_none_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out");
        let mut slow = RunFolder::begin(&target, false).unwrap();
        slow.work = dir.path().join("out.unfinished.other");
        std::fs::create_dir_all(slow.tables()).unwrap();
        RunFolder::begin(&target, false).unwrap().finish(manifest("fast")).unwrap();
        let told = slow.finish(manifest("slow")).unwrap_err();
        assert!(matches!(&told, FolderError::Overtaken { kept, .. } if title(kept) == "slow"), "{told}");
        assert_eq!(title(&target), "fast");
        RunFolder::begin(&target, true).unwrap().finish(manifest("forced")).unwrap();
        assert_eq!(title(&target), "forced");
        let beside: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside.len(), 2, "the one before is gone: {beside:?}");
    }

    #[test]
    fn the_folder_one_is_in_is_not_replaced() {
        for nameless in [".", "..", "/", "a/.."] {
            assert!(matches!(RunFolder::begin(Path::new(nameless), true), Err(FolderError::Nameless(_))), "{nameless}");
        }
    }
}
