//! Every command that writes, with a disk that is full or a power cut at its n-th step: what was there before or what is new
//! is whole, a message names the file, and the exit code says that it failed.
//!
//! Each try is a process of its own: this test binary, which carries out one command with a fault armed. A few steps of each
//! command are tried, the first, the last and some between; `PORTVOLT_ALL_FAULTS=1` tries them all.

use super::{text, workspace};
use portvolt::disk::fault::{self, Fault};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const AT: &str = "PORTVOLT_TEST_FAULT_AT";
const KIND: &str = "PORTVOLT_TEST_FAULT";
const WORDS: &str = "PORTVOLT_TEST_WORDS";
/// Steps of a command that are tried when not all are.
const TRIED: u64 = 9;

/// The process of one try. As a test among others it does nothing.
#[test]
fn child() {
    let Some(words) = std::env::var_os(WORDS) else { return };
    let words = words.into_string().unwrap();
    let at = std::env::var(AT).unwrap().parse().unwrap();
    match std::env::var(KIND).unwrap().as_str() {
        "count" => fault::count(),
        "full" => fault::arm(at, Fault::Full),
        _ => fault::arm(at, Fault::Kill),
    }
    let exit = portvolt::cli::run(std::iter::once("portvolt").chain(words.split('\u{1f}')).map(OsString::from));
    if let Some(count) = std::env::var_os("PORTVOLT_TEST_COUNT") {
        std::fs::write(count, fault::counted().to_string()).unwrap();
    }
    std::process::exit(i32::from(exit));
}

fn carry_out(folder: &Path, args: &[&str], kind: &str, at: u64) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::child", "--nocapture", "--test-threads=1"])
        .env(WORDS, args.join("\u{1f}"))
        .env(KIND, kind)
        .env(AT, at.to_string())
        .env("PORTVOLT_TEST_COUNT", folder.join("../count"))
        .env("PORTVOLT_CACHE_DIR", folder.join("../cache"))
        .current_dir(folder)
        .output()
        .unwrap()
}

/// All files below a path, with their bytes; nothing where it is not there.
fn tree(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut left = vec![path.to_path_buf()];
    while let Some(at) = left.pop() {
        if at.is_dir() {
            left.extend(std::fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()));
        } else if at.is_file() {
            out.insert(at.strip_prefix(path).unwrap().to_path_buf(), std::fs::read(&at).unwrap());
        }
    }
    out
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let file = to.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

/// A command, what was done before it in the same folder, and where it leaves what.
struct Case {
    before: &'static [&'static [&'static str]],
    words: &'static [&'static str],
    /// Folders and files that are there whole, the old one or the new one, each by itself.
    leaves: &'static [&'static str],
}

const RUN: &[&str] = &["run", "depot", "--days", "1", "--out", "done", "--quiet"];

fn cases() -> Vec<Case> {
    let case = |before, words, leaves| Case { before, words, leaves };
    vec![
        case(&[], &["init", "new", "--template", "depot_night"], &["new"]),
        case(&[], RUN, &["done"]),
        case(&[RUN], &["run", "depot", "--days", "1", "--seed", "2", "--out", "done", "--force", "--csv"], &["done"]),
        case(&[RUN], &["report", "done"], &["done/report.html", "done/manifest.json"]),
        case(&[RUN], &["report", "done", "--out", "page.html"], &["page.html"]),
        case(&[RUN], &["export", "loadshape", "done", "--out", "shapes"], &["shapes/loadshapes.dss"]),
        case(&[], &["export", "geojson", "depot", "--out", "map.geojson"], &["map.geojson"]),
        case(&[], &["man", "--out", "pages"], &["pages/portvolt.1", "pages/portvolt-run.1"]),
        case(&[], &["plugin", "new", "my_policy", "--kind", "dispatch", "--lang", "rust"], &["my_policy"]),
        case(&[], &["sweep", "plan", "study.toml", "--out", "sweeps"], &["sweeps/study.plan.json"]),
        case(
            &[&["sweep", "plan", "study.toml", "--out", "sweeps"]],
            &["sweep", "run", "sweeps", "--jobs", "1"],
            &["sweeps/study.plan.json"],
        ),
        case(
            &[&["sweep", "plan", "study.toml", "--out", "sweeps"], &["sweep", "run", "sweeps", "--jobs", "1"]],
            &["sweep", "merge", "sweeps", "--out", "merged", "--jobs", "1"],
            &["merged"],
        ),
        case(
            &[],
            &[
                "compare",
                "depot",
                "--set",
                "time.days=1",
                "--strategies",
                "bau,edf",
                "--replications",
                "2",
                "--out",
                "held",
            ],
            &["held"],
        ),
    ]
}

fn prepared(case: &Case) -> tempfile::TempDir {
    let all = tempfile::tempdir().unwrap();
    let folder = all.path().join("work");
    copy(workspace().path(), &folder);
    let study = "scenarios = [\"depot\"]\nsettings = [\"time.days=1\"]\nreplications = 2\nblock = 1\n";
    std::fs::write(folder.join("study.toml"), study).unwrap();
    for words in case.before {
        let done = carry_out(&folder, words, "count", 0);
        assert!(done.status.success(), "{words:?}: {}", text(&done.stderr));
    }
    all
}

/// One try: the folder, what the command said and how it ended.
fn hold(case: &Case, old: &Path, new: &Path, kind: &str, at: u64) {
    let all = tempfile::tempdir().unwrap();
    let folder = all.path().join("work");
    copy(old, &folder);
    let done = carry_out(&folder, case.words, kind, at);
    let what = format!("{kind} at step {at} of {:?}", case.words);
    let said = text(&done.stderr);
    for leaf in case.leaves {
        let (now, old, new) = (tree(&folder.join(leaf)), tree(&old.join(leaf)), tree(&new.join(leaf)));
        let is_whole = now == old || now == new || is_run(&now) && is_run(&new) && now.len() == new.len();
        assert!(is_whole, "{what}: {leaf} is neither the old nor the new one: {:?}", now.keys().collect::<Vec<_>>());
        if done.status.success() {
            assert!(!now.is_empty(), "{what}: it says that it is done, and {leaf} is not there");
        }
    }
    if kind == "full" && !done.status.success() {
        assert_eq!(done.status.code(), Some(1), "{what}: {said}");
        assert!(said.contains("fault on purpose, at ") || said.contains("cannot write "), "{what}: {said}");
    }
}

/// A finished run, whose manifest holds what all its files are.
fn is_run(tree: &BTreeMap<PathBuf, Vec<u8>>) -> bool {
    let Some(manifest) = tree.get(Path::new("manifest.json")) else { return false };
    let manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    manifest["outputs"].as_object().unwrap().iter().all(|(name, hash)| {
        let file = tree.get(Path::new(name));
        file.is_some_and(|bytes| blake3::hash(bytes).to_hex().as_str() == hash)
    })
}

#[test]
fn what_is_left_is_whole_at_every_step() {
    let wants_all = std::env::var_os("PORTVOLT_ALL_FAULTS").is_some();
    for case in cases() {
        let old = prepared(&case);
        let new = tempfile::tempdir().unwrap();
        let (old_folder, new_folder) = (old.path().join("work"), new.path().join("work"));
        copy(&old_folder, &new_folder);
        let whole = carry_out(&new_folder, case.words, "count", 0);
        assert!(whole.status.success(), "{:?}: {}", case.words, text(&whole.stderr));
        let steps: u64 = std::fs::read_to_string(new.path().join("count")).unwrap().parse().unwrap();
        assert!(steps > 1, "{:?} changes nothing on the disk", case.words);
        let stride = if wants_all { 1 } else { steps.div_ceil(TRIED) as usize };
        let tried = (1..=steps).step_by(stride).chain([steps]);
        for at in tried {
            for kind in ["full", "kill"] {
                hold(&case, &old_folder, &new_folder, kind, at);
            }
        }
    }
}
