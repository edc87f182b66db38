//! Contract: a study gives the same bytes however its work is cut, ordered, threaded, killed and resumed; a replication is
//! the same alone and among 64; pairing pays; what is missing, damaged, changed or refused is said plainly, with its exit
//! code, and nothing that was done is lost.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod comparisons;
#[path = "../guests/mod.rs"]
mod guests;
mod traps;

use common::{loaded, shipped};
use portvolt::study::compare::measure::Runs;
use portvolt::study::replicate::replicate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn portvolt(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portvolt"));
    for variable in ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "JOB_COMPLETION_INDEX"] {
        command.env_remove(variable);
    }
    command.args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs and expects an exit code; what was said on stdout and stderr.
fn told(folder: &Path, code: i32, args: &[&str]) -> String {
    let output = portvolt(folder, args);
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}\n{said}");
    said
}

/// A day of the depot: 2 strategies x 2 limits x `replications` in blocks.
fn study(folder: &Path, name: &str, replications: u32, block: u32) -> PathBuf {
    let depot = shipped("depot_night").display().to_string();
    let toml = format!(
        "scenarios = [{depot:?}]\nstrategies = [\"bau\", \"charging=fcfs\"]\nsettings = [\"time.days=1\"]\n\
         replications = {replications}\nblock = {block}\n[grid]\n\"site.depot.limit_kw\" = [700, 1100]\n"
    );
    let path = folder.join(format!("{name}.toml"));
    std::fs::write(&path, toml).unwrap();
    path
}

/// Every file below a folder, by name.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                out.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(folder, folder, &mut out);
    assert!(!out.is_empty(), "{}", folder.display());
    out
}

/// Plans, runs on one thread, merges: what every other way must equal.
fn clean(folder: &Path, study: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let study = study.to_str().unwrap();
    told(folder, 0, &["sweep", "plan", study, "--out", "clean"]);
    told(folder, 0, &["sweep", "run", "clean", "--jobs", "1"]);
    told(folder, 0, &["sweep", "merge", "clean", "--jobs", "1", "--out", "clean.merged"]);
    bytes(&folder.join("clean.merged"))
}

#[test]
fn any_cut_any_order_any_threads_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 5, 2);
    let expected = clean(dir.path(), &study);
    for (folder, parts, jobs) in [("a", 1, "4"), ("b", 5, "2"), ("c", 17, "1")] {
        told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", folder]);
        for part in (1..=parts).rev() {
            told(dir.path(), 0, &["sweep", "run", folder, "--part", &format!("{part}/{parts}"), "--jobs", jobs]);
        }
        told(dir.path(), 0, &["sweep", "merge", folder, "--jobs", jobs]);
        assert_eq!(bytes(&dir.path().join(folder).join("s.merged")), expected, "{folder}");
    }
}

/// Blocks of 1, 3 and 64 give the same tables: a replication does not know who runs beside it.
#[test]
fn a_replication_alone_equals_the_same_among_64() {
    let scenario = loaded(&shipped("depot_night"), &["time.days=1"]);
    let stop = AtomicBool::new(false);
    let mut runs = Runs::default();
    runs.extend(&[("bau".to_owned(), scenario.clone())], |_| false, (9, 64), 0, &stop, &|_| {}).unwrap();
    for alone in [0, 37, 63] {
        assert_eq!(replicate(&scenario, 9, alone, &stop).unwrap(), runs.of[0][alone as usize], "replication {alone}");
    }
    let dir = tempfile::tempdir().unwrap();
    let tables: Vec<_> = [1, 3, 64]
        .map(|block| {
            let study = study(dir.path(), "s", 6, block);
            let folder = format!("block{block}");
            told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", &folder]);
            told(dir.path(), 0, &["sweep", "run", &folder]);
            told(dir.path(), 0, &["sweep", "merge", &folder]);
            bytes(&dir.path().join(&folder).join("s.merged/tables"))
        })
        .into();
    assert!(tables.iter().all(|table| *table == tables[0]));
}

/// Eight rounds: two processes write the same shards into one folder and are killed after a while.
#[test]
fn killed_and_resumed_with_two_writers() {
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 40, 1);
    let expected = clean(dir.path(), &study);
    told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", "torn"]);
    let count = || {
        let shards = dir.path().join("torn/shards");
        if shards.is_dir() { bytes_or_none(&shards) } else { 0 }
    };
    let (mut killed, mut seen) = (0, Vec::new());
    for round in 0..8_u64 {
        let mut writers: Vec<_> = (0..2)
            .map(|_| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_portvolt"));
                command.args(["sweep", "run", "torn", "--jobs", "2", "--quiet"]).current_dir(dir.path());
                command.stdout(std::process::Stdio::null()).spawn().unwrap()
            })
            .collect();
        std::thread::sleep(Duration::from_millis(30 + 17 * round));
        for writer in &mut writers {
            killed += u32::from(writer.try_wait().unwrap().is_none());
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        seen.push(count());
    }
    println!("shards after each round: {seen:?} of 160; {killed} of 16 writers were killed at work");
    assert!(killed >= 2, "the rounds are too short to kill anything");
    told(dir.path(), 0, &["sweep", "run", "torn"]);
    told(dir.path(), 0, &["sweep", "merge", "torn"]);
    assert_eq!(bytes(&dir.path().join("torn/s.merged")), expected);
}

fn bytes_or_none(shards: &Path) -> usize {
    // Files come and go while the program runs.
    let folders = std::fs::read_dir(shards).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = folders.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten().map(|it| it.path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "shard")).count()
}

#[test]
fn interrupted_keeps_what_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 1_000, 1);
    told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", "sweep"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_portvolt"));
    command.args(["sweep", "run", "sweep"]).current_dir(dir.path()).stdout(std::process::Stdio::null());
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let shards = dir.path().join("sweep/shards");
    while !shards.is_dir() || bytes_or_none(&shards) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let done = bytes_or_none(&shards);
    assert!((1..4_000).contains(&done), "{done}");
    let said = told(dir.path(), 3, &["sweep", "status", "sweep"]);
    assert!(said.starts_with(&format!("{done} of 4000 shards are done")), "{said}");
}

#[test]
fn what_is_missing_or_damaged_is_listed_and_mended() {
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 4, 2);
    let expected = clean(dir.path(), &study);
    told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", "sweep"]);
    told(dir.path(), 0, &["sweep", "run", "sweep", "--part", "1/2"]);
    let said = told(dir.path(), 3, &["sweep", "merge", "sweep"]);
    assert!(said.contains("4 of 8 shards are done, 4 missing") && said.contains("nothing was merged"), "{said}");
    assert!(said.contains("charging=fcfs replications 2-3 site.depot.limit_kw=700"), "{said}");
    assert!(!dir.path().join("sweep/s.merged").exists());
    told(dir.path(), 0, &["sweep", "run", "sweep"]);
    // A bit flips on the disk, in the middle of a number.
    let shard = bytes(&dir.path().join("sweep/shards")).into_keys().next().unwrap();
    let shard = dir.path().join("sweep/shards").join(shard);
    let mut spoiled = std::fs::read(&shard).unwrap();
    let middle = spoiled.len() * 3 / 4;
    spoiled[middle] ^= 1;
    std::fs::write(&shard, spoiled).unwrap();
    let said = told(dir.path(), 3, &["sweep", "merge", "sweep"]);
    assert!(said.contains("1 damaged") && said.contains("its hash differs"), "{said}");
    let json: serde_json::Value =
        serde_json::from_slice(&portvolt(dir.path(), &["sweep", "status", "sweep", "--format", "json"]).stdout)
            .unwrap();
    assert_eq!((json["done"].as_u64(), json["damaged"].as_array().unwrap().len()), (Some(7), 1));
    let said = told(dir.path(), 0, &["sweep", "run", "sweep"]);
    assert!(said.contains("7 were done, 1 done now (1 of them were damaged)"), "{said}");
    told(dir.path(), 0, &["sweep", "merge", "sweep"]);
    assert_eq!(bytes(&dir.path().join("sweep/s.merged")), expected);
    // The damaged file was set aside; a temporary file that a machine left two days ago is stale, a young one is not.
    let old = shard.with_extension("tmp.1.0");
    std::fs::write(&old, "half").unwrap();
    assert!(Command::new("touch").args(["-d", "2 days ago"]).arg(&old).status().unwrap().success());
    std::fs::write(shard.with_extension("tmp.1.1"), "half").unwrap();
    let said = told(dir.path(), 0, &["sweep", "gc", "sweep"]);
    assert!(said.contains("2 files removed") && shard.with_extension("tmp.1.1").exists(), "{said}");
    told(dir.path(), 0, &["sweep", "status", "sweep"]);
    // One that is damaged where it lies goes too, and is missing from then on.
    std::fs::write(&shard, "half").unwrap();
    let said = told(dir.path(), 0, &["sweep", "gc", "sweep"]);
    assert!(said.contains("1 files removed") && !shard.exists(), "{said}");
    told(dir.path(), 3, &["sweep", "status", "sweep"]);
    // Running again does not help where a link stands in the place of one.
    #[cfg(unix)]
    for command in ["status", "merge"] {
        let _ = std::os::unix::fs::symlink(dir.path(), &shard);
        let said = told(dir.path(), 3, &["sweep", command, "sweep"]);
        assert!(said.contains("1 cannot be read: mend or remove") && !said.contains("`portvolt sweep run`"), "{said}");
    }
}

#[test]
fn two_sweeps_share_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (study(dir.path(), "one", 4, 2), study(dir.path(), "two", 6, 2));
    told(dir.path(), 0, &["sweep", "plan", one.to_str().unwrap(), "--out", "both"]);
    told(dir.path(), 0, &["sweep", "run", "both"]);
    told(dir.path(), 0, &["sweep", "plan", two.to_str().unwrap(), "--out", "both"]);
    let said = told(dir.path(), 4, &["sweep", "run", "both"]);
    assert!(said.contains("holds several plans; name one"), "{said}");
    // Replications 0 to 3 are the same shards.
    let said = told(dir.path(), 0, &["sweep", "run", "both/two.plan.json"]);
    assert!(said.contains("12 shards: 8 were done, 4 done now"), "{said}");
    told(dir.path(), 0, &["sweep", "merge", "both/one.plan.json"]);
    told(dir.path(), 0, &["sweep", "merge", "both/two.plan.json"]);
    let said = told(dir.path(), 0, &["sweep", "gc", "both", "--unplanned"]);
    assert!(said.contains("0 files removed"), "{said}");
    std::fs::remove_file(dir.path().join("both/two.plan.json")).unwrap();
    let said = told(dir.path(), 0, &["sweep", "gc", "both", "--unplanned"]);
    assert!(said.contains("4 files removed"), "{said}");
    // Another study of the same name does not replace a plan unasked.
    study(dir.path(), "one", 8, 2);
    let said = told(dir.path(), 4, &["sweep", "plan", one.to_str().unwrap(), "--out", "both"]);
    assert!(said.contains("is another plan") && said.contains("--force"), "{said}");
    told(dir.path(), 0, &["sweep", "plan", one.to_str().unwrap(), "--out", "both", "--force"]);
}

#[test]
fn plans_of_other_versions_and_changed_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    told(dir.path(), 0, &["init", "depot"]);
    let toml = "scenarios = [\"depot\"]\nsettings = [\"time.days=1\"]\nreplications = 2\n";
    std::fs::write(dir.path().join("s.toml"), toml).unwrap();
    told(dir.path(), 0, &["sweep", "plan", "s.toml", "--out", "sweep"]);
    told(dir.path(), 0, &["sweep", "run", "sweep"]);
    let hauls = dir.path().join("depot/hauls.csv");
    let rows = std::fs::read_to_string(&hauls).unwrap();
    std::fs::write(&hauls, rows.replacen("empty", "loaded", 1)).unwrap();
    let said = told(dir.path(), 4, &["sweep", "run", "sweep"]);
    assert!(said.contains("changed since the plan was made") && said.contains("hauls.csv"), "{said}");
    told(dir.path(), 0, &["sweep", "merge", "sweep"]);
    // A comment changes nothing that counts.
    std::fs::write(&hauls, rows).unwrap();
    let scenario = dir.path().join("depot/scenario.toml");
    let same = format!("# looked at\n{}", std::fs::read_to_string(&scenario).unwrap());
    std::fs::write(&scenario, same).unwrap();
    let said = told(dir.path(), 0, &["sweep", "run", "sweep"]);
    assert!(said.contains("1 shards: 1 were done"), "{said}");
    let plan = dir.path().join("sweep/s.plan.json");
    let now = std::fs::read_to_string(&plan).unwrap();
    let version = format!("\"engine\":\"{}\"", env!("CARGO_PKG_VERSION"));
    std::fs::write(&plan, now.replace(&version, "\"engine\":\"0.0.7\"")).unwrap();
    let said = told(dir.path(), 4, &["sweep", "run", "sweep"]);
    assert!(said.contains("was planned by portvolt 0.0.7") && said.contains("sweep plan"), "{said}");
    std::fs::write(&plan, &now[..now.len() / 2]).unwrap();
    assert!(told(dir.path(), 4, &["sweep", "status", "sweep"]).contains("cannot read"));
}

#[test]
fn a_wrong_study_tells_all_mistakes_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night").display().to_string();
    let toml = format!(
        "scenarios = [{depot:?}]\nstrategies = [\"bau\", \"fcsf\"]\nreplications = 0\n[grid]\n\
         \"site.depot.limit_kw\" = [-5, 800]\n\"site.depo.limit_kw\" = [1]\n[latin_hypercube]\npoints = 3\n\
         range = {{ \"charger.night.cabinets\" = [9, 2] }}\n"
    );
    std::fs::write(dir.path().join("s.toml"), toml).unwrap();
    let said = told(dir.path(), 4, &["sweep", "plan", "s.toml", "--out", "sweep"]);
    for words in ["did you mean `fcfs`?", "must be at least 1", "at least 0", "site.depo", "lowest and the highest"] {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    assert!(!dir.path().join("sweep").exists());
    std::fs::write(dir.path().join("s.toml"), "scenarios = []\nreplicas = 3\n").unwrap();
    let said = told(dir.path(), 4, &["sweep", "plan", "s.toml"]);
    assert!(said.contains("replicas") && said.contains("s.toml"), "{said}");
    assert!(told(dir.path(), 4, &["sweep", "run", "."]).contains("holds no plan"));
}

/// A file-size limit stands in for a full disk; a file where the folder should be, for a folder that may not be written.
#[test]
fn a_full_disk_and_a_closed_folder_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 4, 2);
    let expected = clean(dir.path(), &study);
    told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", "sweep"]);
    told(dir.path(), 0, &["sweep", "run", "sweep", "--part", "1/4"]);
    let full = "trap '' XFSZ; ulimit -f 1; exec \"$0\" sweep run sweep";
    let program = env!("CARGO_BIN_EXE_portvolt");
    let output = Command::new("bash").args(["-c", full, program]).current_dir(dir.path()).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write") && said.contains("The shards that are done are kept"), "{said}");
    let left = bytes(&dir.path().join("sweep/shards"));
    assert!(left.keys().all(|path| path.extension().unwrap() == "shard") && left.len() == 2, "{:?}", left.keys());
    let said = told(dir.path(), 3, &["sweep", "status", "sweep"]);
    assert!(said.contains("2 of 8"), "{said}");
    told(dir.path(), 0, &["sweep", "run", "sweep"]);
    told(dir.path(), 0, &["sweep", "merge", "sweep"]);
    assert_eq!(bytes(&dir.path().join("sweep/s.merged")), expected);
    told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", "closed"]);
    std::fs::write(dir.path().join("closed/shards"), "").unwrap();
    let said = told(dir.path(), 1, &["sweep", "run", "closed"]);
    assert!(said.contains("cannot write closed/shards"), "{said}");
}

#[test]
fn schedulers_name_the_part() {
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 4, 2);
    told(dir.path(), 0, &["sweep", "plan", study.to_str().unwrap(), "--out", "sweep"]);
    let with = |variables: &[(&str, &str)], more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portvolt"));
        command.args(["sweep", "run", "sweep"]).args(more).current_dir(dir.path());
        let output = command.envs(variables.iter().copied()).output().unwrap();
        (output.status.code().unwrap(), format!("{}{}", text(&output.stdout), text(&output.stderr)))
    };
    let (code, said) =
        with(&[("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_COUNT", "4"), ("SLURM_ARRAY_TASK_MIN", "1")], &[]);
    assert!(code == 0 && said.contains("Part 2 of 4: 2 shards: 0 were done, 2 done now"), "{said}");
    let (code, said) = with(&[("JOB_COMPLETION_INDEX", "1")], &["--parts", "4"]);
    assert!(code == 0 && said.contains("Part 2 of 4: 2 shards: 2 were done"), "{said}");
    assert_eq!(with(&[("JOB_COMPLETION_INDEX", "1")], &[]).0, 2);
    assert_eq!(with(&[], &["--part", "5/4"]).0, 2);
    assert_eq!(with(&[], &["--parts", "4"]).0, 2);
}

#[test]
fn a_run_is_verified_and_what_changed_is_named() {
    let dir = tempfile::tempdir().unwrap();
    told(dir.path(), 0, &["init", "depot"]);
    told(dir.path(), 0, &["run", "depot", "--days", "1", "--seed", "4", "--set", "site.depot.limit_kw=800", "--csv"]);
    assert!(told(dir.path(), 0, &["verify", "runs/depot"]).contains("The same"));
    let hauls = dir.path().join("depot/hauls.csv");
    let rows = std::fs::read_to_string(&hauls).unwrap();
    std::fs::write(&hauls, format!("{rows}\n")).unwrap();
    assert!(told(dir.path(), 4, &["verify", "runs/depot"]).contains("depot/hauls.csv (changed)"));
    std::fs::remove_file(&hauls).unwrap();
    assert!(told(dir.path(), 4, &["verify", "runs/depot"]).contains("depot/hauls.csv (missing)"));
    std::fs::write(&hauls, &rows).unwrap();
    // Somebody mended a result by hand.
    let summary = dir.path().join("runs/depot/summary.json");
    std::fs::write(&summary, std::fs::read_to_string(&summary).unwrap() + " ").unwrap();
    let said = told(dir.path(), 1, &["verify", "runs/depot"]);
    assert!(said.contains("Not as the run left it: summary.json (changed)"), "{said}");
    // A manifest that claims other rows than the run gives.
    let manifest = dir.path().join("runs/depot/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("\"seed\": 4", "\"seed\": 5")).unwrap();
    let said = told(dir.path(), 1, &["verify", "runs/depot"]);
    assert!(said.contains("comes out otherwise") && said.contains("tables/sessions.parquet"), "{said}");
    assert!(told(dir.path(), 4, &["verify", "depot"]).contains("holds no finished run"));
}

#[test]
fn the_suite_gives_the_same_hashes() {
    let dir = tempfile::tempdir().unwrap();
    let board = |out: &str, jobs: &str, more: &[&str]| -> serde_json::Value {
        let all = ["bench-suite", "--replications", "2", "--jobs", jobs, "--out", out, "--format", "json"];
        let output = portvolt(dir.path(), &[&all[..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let one = board("one", "1", &[]);
    let hashes = |board: &serde_json::Value| -> Vec<[String; 3]> {
        let lines = board["leaderboard"].as_array().unwrap();
        lines.iter().map(|line| ["strategy", "scenario_hash", "digest"].map(|key| line[key].to_string())).collect()
    };
    let threads = board("two", "3", &["--only", "depot,hydrogen"]);
    let again = hashes(&threads);
    assert!(again.len() > 6 && again.iter().all(|line| hashes(&one).contains(line)), "whatever the number of threads");
    let pairs = portvolt::study::compare::strategy::Strategy::built_in().len();
    assert_eq!(hashes(&one).len(), 3 * pairs + 6 + 8, "three of operations, one of hydrogen, one of adoption");
    let lines = one["leaderboard"].as_array().unwrap();
    let of = |scenario: &str| lines.iter().filter(|line| line["scenario"] == scenario).collect::<Vec<_>>();
    for line in of("terminal") {
        assert!(line["score"].as_f64().unwrap() <= line["bound"].as_f64().unwrap() + 1e-6, "{line}");
    }
    assert!(of("depot").iter().all(|line| line["bound"] == 0.0) && of("hydrogen")[0]["bound"].is_null());
    // Doing nothing costs nothing, and must not win by it.
    for (scenario, floor) in [("depot", "nothing+nothing"), ("drayage", "nothing+nothing"), ("hydrogen", "nothing")] {
        let at = of(scenario).iter().position(|line| line["strategy"] == floor).unwrap();
        let line = of(scenario)[at];
        assert!(line["is_below_service"] == true && line["places"].is_null(), "{line}");
        assert!(
            of(scenario)[at..].iter().all(|line| line["is_below_service"] == true),
            "{scenario}: below all that serve"
        );
        assert_eq!(of(scenario)[0]["places"][0], 1, "the first place is of one that serves");
    }
    assert!(of("drayage")[0]["score"].as_f64() < of("drayage").last().unwrap()["score"].as_f64());
    let more = board("three", "2", &["--only", "depot", "--dispatch", "least_empty_km"]);
    assert_eq!(hashes(&more).len(), pairs + 1);
    let said = told(dir.path(), 4, &["bench-suite", "--only", "depott"]);
    assert!(said.contains("did you mean `depot`?"), "{said}");
    for entry in portvolt::study::suite::SUITE {
        let scenario = loaded(&shipped("suite").join(entry.name), &[]);
        let unsourced: Vec<_> = scenario.provenance.unsourced().map(|origin| &origin.field).collect();
        assert!(unsourced.is_empty(), "{}: {unsourced:?}", entry.name);
    }
}

/// A Slurm of one node runs 200 shards as an array, is killed midway, resumes and merges: the bytes of one process.
#[test]
fn a_slurm_array_equals_one_process() {
    let has = |program: &str| {
        let found = Command::new("sh").args(["-c", &format!("PATH=$PATH:/usr/sbin command -v {program}")]).output();
        found.is_ok_and(|output| output.status.success())
    };
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| text(&output.stdout).trim() == "0");
    if !["slurmctld", "slurmd", "munged", "sbatch"].into_iter().all(has) || !is_root {
        println!("skipped: needs root and Slurm (Debian: apt-get install slurm-wlm munge)");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let study = study(dir.path(), "s", 50, 1);
    let expected = clean(dir.path(), &study);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slurm/array.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg(env!("CARGO_BIN_EXE_portvolt")).arg(&study).arg(dir.path().join("slurm"));
    let output = command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap())).output().unwrap();
    println!("{}", text(&output.stdout));
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(bytes(&dir.path().join("slurm/sweep/s.merged")), expected);
}
