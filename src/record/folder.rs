//! A run's folder: tables, summary, manifest. It appears whole or not at all: files are written beside it and renamed
//! at the end; an interrupted run keeps what it has under a name that says so.

use super::metrics::Metric;
use super::notes::PluginNotes;
use crate::disk::of_run;
use crate::disk::read::{self, Kind, ReadError};
use crate::disk::whole::{self, Work};
use crate::disk::{Folder, Found, WriteError, list_found};
use crate::document::problem::short;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Version of manifest.json and summary.json.
pub const SCHEMA: u32 = 1;
/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";
/// The summary's file name.
pub const SUMMARY: &str = "summary.json";
/// The report's file name.
pub const REPORT: &str = "report.html";
/// What the server was asked for, where it made the run.
pub const REQUEST: &str = "request.json";
/// The folder of tables inside a run's folder.
const TABLES: &str = "tables";
/// Most entries of each list of a manifest: far more than any run has.
const MOST_ENTRIES: usize = 10_000;

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
    #[error("{} cannot be replaced as a whole folder; name another, such as --out results", .0.display())]
    Nameless(PathBuf),
    /// It holds something else.
    #[error("{} is not empty and holds no run of Portvolt; choose another --out", .0.display())]
    Foreign(PathBuf),
    /// It holds a finished run, and something that no run made.
    #[error("{} holds {name}, which its run did not make; move it away, or choose another --out", target.display())]
    Mixed {
        /// The folder.
        target: PathBuf,
        /// What else is there.
        name: String,
    },
    /// A manifest or a result cannot be said in JSON: nothing is written then.
    #[error("a fault of Portvolt: a result cannot be written as JSON ({0}); please report it")]
    Json(#[from] serde_json::Error),
    /// The system refused.
    #[error(transparent)]
    Io(#[from] WriteError),
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is none.
    #[error("{} holds no finished run, comparison or sweep: it has no {MANIFEST}", .0.display())]
    Missing(PathBuf),
    /// It cannot be read.
    #[error("{}: {MANIFEST} {reason}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Error of the read.
        reason: ReadError,
    },
    /// It is something else.
    #[error("{} {reason}", .folder.join(MANIFEST).display())]
    Wrong {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
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
    /// What the result was compared with: `bound` (yes), `baseline` (a folder).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub compared_with: BTreeMap<String, String>,
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
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
pub struct ReadSummary {
    /// All metrics.
    pub metrics: Vec<ReadMetric>,
}

/// A metric as it is read back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
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
    work: Work,
    force: bool,
}

impl Manifest {
    /// That of a study by a command, for whoever fills in the rest: it has no plugins, overlays or replication of its own.
    #[must_use]
    pub fn of_study(command: &str) -> Self {
        Self {
            schema: SCHEMA,
            portvolt: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.to_owned(),
            title: String::new(),
            scenario: String::new(),
            overlays: Vec::new(),
            seed: 0,
            replication: 0,
            settings: Vec::new(),
            compared_with: BTreeMap::new(),
            inputs: BTreeMap::new(),
            plugins: BTreeMap::new(),
            plugin_notes: Vec::new(),
            outputs: BTreeMap::new(),
            rows: BTreeMap::new(),
            provenance: BTreeMap::new(),
            study: None,
        }
    }

    /// Reads the manifest of a run, a comparison or a merge. It is data of whoever made the folder: its version is checked,
    /// and the files that it names lie in the folder or its tables.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        let text = of_run::text(folder, MANIFEST, Kind::Manifest).map_err(|reason| match reason {
            ReadError::Missing => ManifestError::Missing(folder.to_path_buf()),
            reason => ManifestError::Unreadable { folder: folder.to_path_buf(), reason },
        })?;
        Self::parse(&text).map_err(|reason| ManifestError::Wrong { folder: folder.to_path_buf(), reason })
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        // The version first: what another one holds may have another shape.
        let none = |error: serde_json::Error| format!("is no manifest of portvolt: {}", short(&error.to_string()));
        let Version { schema } = serde_json::from_str(text).map_err(none)?;
        if schema != SCHEMA {
            return Err(format!(
                "is of schema {schema}, and portvolt {} reads schema {SCHEMA}: use the version that made it, or do the run again",
                env!("CARGO_PKG_VERSION")
            ));
        }
        let manifest: Self = serde_json::from_str(text).map_err(none)?;
        if let Some((what, count)) = manifest.lists().into_iter().find(|(_, count)| *count > MOST_ENTRIES) {
            return Err(format!("lists {count} {what}, more than any run has; the limit is {MOST_ENTRIES}"));
        }
        match manifest.outputs.keys().find(|name| !is_output(name)) {
            Some(name) => Err(format!("lists an output {:?}, which is no file of a run's folder", short(name))),
            None => Ok(manifest),
        }
    }

    /// How many entries each list has.
    fn lists(&self) -> [(&'static str, usize); 9] {
        [
            ("overlays", self.overlays.len()),
            ("settings", self.settings.len()),
            ("results that it was compared with", self.compared_with.len()),
            ("inputs", self.inputs.len()),
            ("plugins", self.plugins.len()),
            ("notes of plugins", self.plugin_notes.len()),
            ("outputs", self.outputs.len()),
            ("tables", self.rows.len()),
            ("qualities of sources", self.provenance.len()),
        ]
    }

    /// Replaces one file of a finished folder, and its hash. Each of the two is the one before or the new one, whole.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn replace(mut self, folder: &Path, name: &str, text: &str) -> Result<(), FolderError> {
        self.outputs.insert(name.to_owned(), blake3::hash(text.as_bytes()).to_hex().to_string());
        let manifest = serde_json::to_string_pretty(&self)?;
        whole::write(&folder.join(name), text)?;
        Ok(whole::write(&folder.join(MANIFEST), manifest)?)
    }
}

/// Is this a name that a run gives to a file: `NAME` or `tables/NAME`?
fn is_output(name: &str) -> bool {
    // Windows wrote its own separator.
    let parts: Vec<&str> = name.split(['/', '\\']).collect();
    match parts[..] {
        [file] => crate::disk::name::plain(file).is_ok(),
        [folder, file] => folder == TABLES && crate::disk::name::plain(file).is_ok(),
        _ => false,
    }
}

/// The blake3 of a file, read piece by piece.
///
/// # Errors
/// Why it cannot be read.
pub fn hash_of_file(path: &Path) -> Result<String, ReadError> {
    hash_of(read::open(path, Kind::Table)?)
}

/// The blake3 of a file of a run's folder, by the name that its manifest has for it. Links are not followed.
///
/// # Errors
/// Why it cannot be read.
pub fn hash_of_output(folder: &Path, name: &str) -> Result<String, ReadError> {
    hash_of(of_run::open(folder, name, Kind::Table)?)
}

fn hash_of(file: impl std::io::Read) -> Result<String, ReadError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Files of a run's folder and of its tables, as a manifest names them.
#[must_use]
pub fn files(folder: &Path) -> Vec<String> {
    let plain = |found: &Found| found.is_file && !found.name.starts_with('.');
    let tables = list_found(&folder.join(TABLES)).into_iter().filter(plain).map(|it| format!("{TABLES}/{}", it.name));
    list_found(folder).into_iter().filter(plain).map(|it| it.name).chain(tables).collect()
}

/// What is hidden in a run's folder and among its tables: systems lay such things, and no run does.
#[must_use]
pub fn hidden(folder: &Path) -> Vec<String> {
    let is_hidden = |found: &Found| found.name.starts_with('.');
    let tables = list_found(&folder.join(TABLES)).into_iter().filter(is_hidden);
    let tables = tables.map(|it| format!("{TABLES}/{}", it.name));
    list_found(folder).into_iter().filter(is_hidden).map(|it| it.name).chain(tables).collect()
}

/// How many entries of a run's folder and of its tables have a name that is no text.
#[must_use]
pub fn nameless(folder: &Path) -> usize {
    let count = |path: &Path| Folder::open(path).map_or(0, |folder| folder.nameless());
    count(folder) + count(&folder.join(TABLES))
}

/// What lies in a run's folder and among its tables and is no file: its name, and what it is. The folder of tables is none of
/// them, and neither is what is hidden and is a folder: systems lay some.
#[must_use]
pub fn no_files(folder: &Path) -> BTreeMap<String, &'static str> {
    let what = |found: &Found| match found {
        Found { is_file: true, .. } => None,
        Found { is_link: true, .. } => Some("a link"),
        Found { is_folder: true, name, .. } => (!name.starts_with('.')).then_some("a folder"),
        _ => Some("a pipe, a socket or a device"),
    };
    let top = list_found(folder);
    let has_tables = top.iter().any(|it| it.is_folder && it.name == TABLES);
    let tables = if has_tables { list_found(&folder.join(TABLES)) } else { Vec::new() };
    let top = top.into_iter().filter(|it| !(it.is_folder && it.name == TABLES));
    let top = top.filter_map(|it| Some((it.name.clone(), what(&it)?)));
    let below = tables.into_iter().filter_map(|it| Some((format!("{TABLES}/{}", it.name), what(&it)?)));
    top.chain(below).collect()
}

/// What lies in the folder of a finished run and is not of it: never thrown away with it.
fn foreign(target: &Path, manifest: &Manifest) -> Option<String> {
    let known = |name: &str| {
        let is_hidden = name.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        let is_listed = manifest.outputs.keys().any(|output| output.replace('\\', "/") == name);
        is_hidden || is_listed || matches!(name, MANIFEST | REPORT | REQUEST | TABLES)
    };
    let tables = list_found(&target.join(TABLES)).into_iter().map(|it| format!("{TABLES}/{}", it.name));
    let mut all = list_found(target).into_iter().map(|it| it.name).chain(tables);
    all.find(|name| !known(name))
}

impl RunFolder {
    /// Begins a folder. Nothing at `target` is touched until [`Self::finish`].
    ///
    /// # Errors
    /// When the target is taken, or the system refuses.
    pub fn begin(target: &Path, force: bool) -> Result<Self, FolderError> {
        if target.file_name().is_none() {
            return Err(FolderError::Nameless(target.to_path_buf()));
        }
        if target.exists() {
            // A file of this name that is no manifest of ours makes no run: other programs have such a file, too.
            let run = Manifest::read(target).ok();
            let is_empty = target.is_dir() && list_found(target).is_empty();
            match run {
                None if is_empty => {}
                None => return Err(FolderError::Foreign(target.to_path_buf())),
                Some(_) if !force => return Err(FolderError::Finished(target.to_path_buf())),
                Some(run) => {
                    if let Some(name) = foreign(target, &run) {
                        return Err(FolderError::Mixed { target: target.to_path_buf(), name });
                    }
                }
            }
        }
        let work = Work::begin(target)?;
        whole::make_folder(&work.path().join(TABLES))?;
        Ok(Self { target: target.to_path_buf(), work, force })
    }

    /// Where the files go for now.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.work.path()
    }

    /// Where the tables go.
    #[must_use]
    pub fn tables(&self) -> PathBuf {
        self.path().join(TABLES)
    }

    /// Writes one file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, name: &str, text: &str) -> Result<(), FolderError> {
        Ok(whole::write_inside(&self.path().join(name), text)?)
    }

    /// Writes one file as JSON; none when a value is none that JSON knows.
    ///
    /// # Errors
    /// When the value cannot be said in JSON, or the system refuses.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), FolderError> {
        self.write(name, &serde_json::to_string_pretty(value)?)
    }

    /// Takes one file out again.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove(&self, name: &str) -> Result<(), FolderError> {
        Ok(whole::remove(&self.path().join(name))?)
    }

    /// Hashes all files, writes the manifest and puts the folder in its place.
    ///
    /// # Errors
    /// When the system refuses, or another run was faster. What was there before is then there still.
    pub fn finish(self, mut manifest: Manifest) -> Result<PathBuf, FolderError> {
        for name in files(self.path()) {
            let path = self.path().join(&name);
            let lost = |error: ReadError| WriteError { path: path.clone(), source: std::io::Error::other(error) };
            manifest.outputs.insert(name, hash_of_file(&path).map_err(lost)?);
        }
        self.write(MANIFEST, &serde_json::to_string_pretty(&manifest)?)?;
        self.work.put(self.force).map_err(|failed| {
            let (error, work) = *failed;
            if error.is_taken() {
                return FolderError::Overtaken { target: self.target, kept: work.path().to_path_buf() };
            }
            FolderError::Io(error)
        })
    }

    /// Drops everything: nothing is half written.
    pub fn discard(self) {
        self.work.discard();
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
    fn a_manifest_is_no_larger_than_that_of_a_run() {
        let list: BTreeMap<String, String> = (0..=MOST_ENTRIES).map(|at| (format!("a{at}"), String::new())).collect();
        for (key, value) in [
            ("outputs", serde_json::to_value(&list).unwrap()),
            ("inputs", serde_json::to_value(&list).unwrap()),
            ("rows", serde_json::to_value(&list).unwrap()),
            ("settings", serde_json::to_value(vec!["a"; MOST_ENTRIES + 1]).unwrap()),
        ] {
            let mut json = serde_json::to_value(manifest("")).unwrap();
            json[key] = value;
            let told = Manifest::parse(&json.to_string()).unwrap_err();
            assert!(told.contains("10001") && told.contains("the limit is 10000"), "{told}");
        }
        let dir = tempfile::tempdir().unwrap();
        let text = serde_json::to_string(&manifest(&"x".repeat(5 << 20))).unwrap();
        std::fs::write(dir.path().join(MANIFEST), text).unwrap();
        let told = Manifest::read(dir.path()).unwrap_err().to_string();
        assert!(told.contains("has 6 MB; the limit is 4 MB"), "{told}");
    }

    #[test]
    fn of_two_runs_into_one_folder_none_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out");
        let slow = RunFolder::begin(&target, false).unwrap();
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
    fn what_no_run_made_is_not_thrown_away_with_one() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("out");
        RunFolder::begin(&target, false).unwrap().finish(manifest("first")).unwrap();
        std::fs::write(target.join("notes.txt"), "mine").unwrap();
        let told = RunFolder::begin(&target, true).unwrap_err().to_string();
        assert!(told.contains("notes.txt"), "{told}");
        std::fs::rename(target.join("notes.txt"), target.join("tables/notes.txt")).unwrap();
        assert!(RunFolder::begin(&target, true).unwrap_err().to_string().contains("tables/notes.txt"));
        std::fs::remove_file(target.join("tables/notes.txt")).unwrap();
        RunFolder::begin(&target, true).unwrap().finish(manifest("second")).unwrap();
        assert_eq!(title(&target), "second");
    }

    /// A map whose keys are no strings has no form in JSON: an error, and not an empty file.
    #[test]
    fn what_json_cannot_say_is_an_error_and_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let folder = RunFolder::begin(&dir.path().join("out"), false).unwrap();
        let told = folder.write_json("summary.json", &BTreeMap::from([((1, 2), 3)])).unwrap_err();
        assert!(matches!(told, FolderError::Json(_)), "{told}");
        assert!(!folder.path().join("summary.json").exists());
        folder.write_json("summary.json", &BTreeMap::from([("a", 3)])).unwrap();
        assert!(folder.path().join("summary.json").exists());
    }

    #[test]
    fn a_manifest_is_data() {
        let text = serde_json::to_string(&manifest("a")).unwrap();
        assert!(Manifest::parse(&text).is_ok());
        let other = text.replace("\"schema\":1", "\"schema\":2");
        assert!(Manifest::parse(&other).unwrap_err().contains("schema 2"));
        for output in ["../a", "/etc/passwd", "tables/../a", "tables/a/b", ".hidden", "other/a.parquet"] {
            let wrong = text.replace("\"outputs\":{}", &format!("\"outputs\":{{\"{output}\":\"00\"}}"));
            assert!(Manifest::parse(&wrong).is_err(), "{output}");
        }
        let right = text.replace("\"outputs\":{}", "\"outputs\":{\"tables/a.parquet\":\"00\",\"report.html\":\"00\"}");
        assert!(Manifest::parse(&right).is_ok());
    }

    #[test]
    fn the_folder_one_is_in_is_not_replaced() {
        for nameless in [".", "..", "/", "a/.."] {
            assert!(matches!(RunFolder::begin(Path::new(nameless), true), Err(FolderError::Nameless(_))), "{nameless}");
        }
    }
}
