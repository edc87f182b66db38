//! Files and folders that somebody else made.

use super::{portvolt, text, workspace};
use std::fmt::Write as _;
use std::path::Path;

fn finished(folder: &Path) {
    let done = portvolt(folder, &["run", "depot", "--days", "1", "--out", "run", "--csv"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

/// Does it again, in the place of the one before.
#[cfg(unix)]
fn finished_again(folder: &Path) {
    std::fs::remove_dir_all(folder.join("run")).unwrap();
    finished(folder);
}

/// Changes the manifest of `run`.
fn with_manifest(folder: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let path = folder.join("run/manifest.json");
    let mut manifest = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut manifest);
    std::fs::write(&path, manifest.to_string()).unwrap();
}

fn verified(folder: &Path) -> (Option<i32>, String) {
    let done = portvolt(folder, &["verify", "run"]);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

/// What a manifest lists is not what is checked: each output of the run is, and each file that passes for one.
#[test]
fn verify_does_not_believe_a_manifest() {
    let folder = workspace();
    let folder = folder.path();
    finished(folder);
    assert_eq!(verified(folder).0, Some(0), "{}", verified(folder).1);
    let whole = std::fs::read(folder.join("run/manifest.json")).unwrap();
    let cases: [(&str, fn(&mut serde_json::Value), i32, &str); 11] = [
        ("no outputs", |it| it["outputs"] = serde_json::json!({}), 1, "summary.json"),
        ("one output less", |it| _ = it["outputs"].as_object_mut().unwrap().remove("tables/power.parquet"), 1, "power"),
        ("no rows", |it| it["rows"] = serde_json::json!({}), 1, "rows of"),
        ("no inputs", |it| it["inputs"] = serde_json::json!({}), 1, "input"),
        (
            "no CSV files",
            |it| it["outputs"].as_object_mut().unwrap().retain(|name, _| !name.ends_with(".csv")),
            1,
            "tables/power.csv",
        ),
        ("another title", |it| it["title"] = "Another".into(), 1, "title"),
        ("another command", |it| it["command"] = "compare".into(), 1, "command"),
        ("other sources", |it| it["provenance"] = serde_json::json!({}), 1, "provenance"),
        ("another schema", |it| it["schema"] = 99.into(), 4, "schema 99"),
        ("a way out", |it| it["outputs"]["../../etc/passwd"] = "00".into(), 4, "etc/passwd"),
        ("another hash", |it| it["outputs"]["summary.json"] = "00".into(), 1, "summary.json"),
    ];
    for (what, change, code, told) in cases {
        std::fs::write(folder.join("run/manifest.json"), &whole).unwrap();
        with_manifest(folder, change);
        let (exit, said) = verified(folder);
        assert_eq!(exit, Some(code), "{what}: {said}");
        assert!(said.contains(told), "{what}: {said}");
    }
    std::fs::write(folder.join("run/manifest.json"), &whole).unwrap();
    std::fs::write(folder.join("run/tables/made_up.parquet"), "x").unwrap();
    assert_eq!(verified(folder).0, Some(1), "a table that no run made");
}

/// What lies in a run's folder and no run leaves is named with what it is, and a report says that it shows another run's files.
#[cfg(unix)]
#[test]
fn what_no_run_leaves_is_named() {
    let folder = workspace();
    let folder = folder.path();
    finished(folder);
    let run = folder.join("run");
    std::os::unix::fs::symlink("summary.json", run.join("tables/linked.parquet")).unwrap();
    std::fs::write(run.join("notes.txt"), "mine").unwrap();
    std::fs::create_dir(run.join("more")).unwrap();
    let pipe = run.join("tables/power.csv");
    std::fs::remove_file(&pipe).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (code, said) = verified(folder);
    assert_eq!(code, Some(1), "{said}");
    for named in [
        "tables/linked.parquet (a link)",
        "notes.txt (a file that no run leaves)",
        "more (a folder)",
        "tables/power.csv (a pipe, a socket or a device is in its place)",
    ] {
        assert!(said.contains(named), "{named}: {said}");
    }
    std::fs::remove_file(run.join("notes.txt")).unwrap();
    std::fs::write(run.join("request.json"), "{}").unwrap();
    std::fs::write(run.join("tables/.hidden"), "x").unwrap();
    std::fs::write(run.join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff\xfe")), "x").unwrap();
    with_manifest(folder, |it| it["approved_by"] = "nobody".into());
    let (code, said) = verified(folder);
    assert_eq!(code, Some(1), "{said}");
    for named in [
        "request.json (a file that no run leaves)",
        "1 with a name that is no text",
        "approved_by\" (a key of the manifest that means nothing)",
        "also there, hidden, and of no run: tables/.hidden",
    ] {
        assert!(said.contains(named), "{named}: {said}");
    }
    let long = "x".repeat(100_000);
    with_manifest(folder, |it| it["portvolt"] = long.clone().into());
    let (_, said) = verified(folder);
    assert!(said.len() < 10_000, "{}", said.len());
    let report = || text(&portvolt(folder, &["report", "run"]).stderr);
    assert!(report().contains("not as the run left it: tables/power.csv"), "{}", report());
    std::fs::remove_file(&pipe).unwrap();
    finished_again(folder);
    assert!(!report().contains("not as the run left it"), "{}", report());
    let summary = std::fs::read_to_string(run.join("summary.json")).unwrap();
    std::fs::write(run.join("summary.json"), summary + " ").unwrap();
    assert!(report().contains("not as the run left it: summary.json (changed)"), "{}", report());
}

/// Few small files that mean any number, deep or wide; each is refused in a moment.
#[test]
fn bombs_are_refused() {
    let folder = workspace();
    let folder = folder.path();
    let refused = |args: &[&str], told: &str| {
        let begin = std::time::Instant::now();
        let done = portvolt(folder, args);
        let said = text(&done.stdout) + &text(&done.stderr);
        assert_eq!(done.status.code(), Some(4), "{args:?}: {said}");
        assert!(said.contains(told), "{args:?}: {said}");
        assert!(begin.elapsed().as_secs() < 20, "{args:?} took {:?}", begin.elapsed());
    };
    // 290,000 sites in 12 MB: more keys than a scenario has, whatever they are.
    let sites = (0..290_000).fold(String::new(), |mut out, at| {
        let _ = write!(out, "[site.s{at}]\nlat = 1\nlon = 1\n");
        out
    });
    std::fs::write(folder.join("sites.toml"), format!("title = \"x\"\n{sites}")).unwrap();
    refused(&["validate", "sites.toml"], "more than 200000 keys and values");
    std::fs::write(folder.join("half.toml"), format!("a = [{}]\n", "1, ".repeat(90_000))).unwrap();
    std::fs::write(folder.join("halves.toml"), "extends = [\"half.toml\", \"half.toml\", \"half.toml\"]\n").unwrap();
    refused(&["validate", "halves.toml"], "in all files of a scenario together");
    for level in 0..8 {
        let below = format!("\"level_{}.toml\"", level + 1);
        let list = vec![below.as_str(); 60].join(", ");
        std::fs::write(folder.join(format!("level_{level}.toml")), format!("extends = [{list}]\n")).unwrap();
    }
    std::fs::write(folder.join("level_8.toml"), "title = \"x\"\n").unwrap();
    refused(&["validate", "level_0.toml"], "at most 100 files of TOML");
    let map = |text: String| {
        std::fs::write(folder.join("depot/map.geojson"), text).unwrap();
        refused(&["validate", "depot", "--set", "layout.geojson=map.geojson"], "map.geojson");
    };
    map(format!("{}{}", "[".repeat(8 << 20), "]".repeat(8 << 20)));
    map(format!("{{\"type\": \"FeatureCollection\", \"features\": [{}0]}}", "0,".repeat(9 << 20)));
    map(format!("{{\"type\": \"FeatureCollection\", \"type\": \"Feature\", \"features\": [{}]}}", "[],".repeat(9)));
    let line = format!("origin,destination,ready,due\n{}\n", "x,".repeat(4 << 20));
    std::fs::write(folder.join("depot/hauls.csv"), line).unwrap();
    refused(&["validate", "depot"], "hauls.csv:2");
    #[cfg(unix)]
    {
        let special = folder.join("depot/hauls.csv");
        std::fs::remove_file(&special).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&special).status().unwrap().success());
        refused(&["validate", "depot"], "pipe");
        refused(&["validate", "depot", "--set", "freight.hauls=/dev/zero"], "device");
    }
}

/// A pipe or device in the place of any file of a run is refused, and not waited for.
#[cfg(unix)]
#[test]
fn pipes_in_a_run_are_not_waited_for() {
    let folder = workspace();
    let folder = folder.path();
    finished(folder);
    for name in ["manifest.json", "hub.json", "tables/power.parquet"] {
        let (path, aside) = (folder.join("run").join(name), folder.join("aside"));
        std::fs::rename(&path, &aside).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        for args in [&["report", "run"][..], &["verify", "run"], &["export", "ocpp", "run", "--out", "made"]] {
            let begin = std::time::Instant::now();
            let done = portvolt(folder, args);
            assert!(begin.elapsed().as_secs() < 30, "{name} {args:?}");
            assert!(!done.status.success() || args[0] == "export" && name != "tables/power.parquet", "{name} {args:?}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&aside, &path).unwrap();
    }
}

/// A report is written into the folder that is named, whatever link lies there in its place.
#[cfg(unix)]
#[test]
fn links_in_a_run_are_replaced() {
    let folder = workspace();
    let folder = folder.path();
    finished(folder);
    let (victim, path) = (folder.join("victim"), folder.join("run/report.html"));
    std::fs::rename(&path, &victim).unwrap();
    std::os::unix::fs::symlink(&victim, &path).unwrap();
    let before = std::fs::read(&victim).unwrap();
    assert!(portvolt(folder, &["report", "run"]).status.success());
    assert!(std::fs::read(&victim).unwrap() == before, "it was written through a link");
    assert!(!std::fs::symlink_metadata(&path).unwrap().is_symlink());
    std::os::unix::fs::symlink(folder.join("run"), folder.join("linked")).unwrap();
    let done = portvolt(folder, &["run", "depot", "--days", "1", "--out", "linked", "--force"]);
    assert_eq!(done.status.code(), Some(4), "{}", text(&done.stderr));
    assert!(text(&done.stderr).contains("is a link"));
}

/// What a run's folder holds is read from there, and not from what a link in it leads to.
#[cfg(unix)]
#[test]
fn links_in_a_run_are_not_read() {
    let folder = workspace();
    let folder = folder.path();
    finished(folder);
    let aside = folder.join("aside");
    let read = [&["report", "run"][..], &["export", "loadshape", "run", "--out", "made"], &["verify", "run"]];
    for (name, refused) in [
        ("manifest.json", [true, false, true]),
        ("hub.json", [true, false, true]),
        ("tables/power.parquet", [true, true, true]),
        ("tables", [true, true, true]),
    ] {
        let path = folder.join("run").join(name);
        std::fs::rename(&path, &aside).unwrap();
        std::os::unix::fs::symlink(&aside, &path).unwrap();
        for (args, refused) in read.into_iter().zip(refused) {
            let done = portvolt(folder, args);
            let told = text(&done.stdout) + &text(&done.stderr);
            assert_eq!(!done.status.success(), refused, "{name} {args:?}: {told}");
            assert!(told.contains("link") || !refused || args[0] == "verify", "{name} {args:?}: {told}");
        }
        assert!(std::fs::symlink_metadata(&path).unwrap().is_symlink());
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&aside, &path).unwrap();
        let _ = std::fs::remove_dir_all(folder.join("made"));
    }
    // The way to the folder is the user's.
    std::os::unix::fs::symlink(folder.join("run"), folder.join("linked")).unwrap();
    let done = portvolt(folder, &["export", "loadshape", "linked", "--out", "made"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

/// Tables that no manifest lists are used with a word.
#[test]
fn tables_that_no_manifest_lists_are_doubted() {
    let folder = workspace();
    let folder = folder.path();
    finished(folder);
    let warned = |args: &[&str]| {
        let done = portvolt(folder, args);
        let _ = std::fs::remove_dir_all(folder.join("made"));
        assert!(done.status.success(), "{}", text(&done.stderr));
        text(&done.stderr)
    };
    let export = ["export", "loadshape", "run", "--out", "made"];
    assert_eq!(warned(&export), "");
    with_manifest(folder, |manifest| manifest["outputs"] = serde_json::json!({}));
    for args in [&export[..], &["report", "run"]] {
        let told = warned(args);
        assert!(told.contains("(not in the manifest)"), "{args:?}: {told}");
    }
    with_manifest(folder, |manifest| manifest["schema"] = 2.into());
    assert!(warned(&export).contains("is of schema 2"), "{}", warned(&export));
    std::fs::remove_file(folder.join("run/manifest.json")).unwrap();
    assert!(warned(&export).contains("has no manifest.json"), "{}", warned(&export));
}

/// Names in files become paths in one place only.
#[test]
fn names_stay_in_their_folder() {
    let folder = workspace();
    let folder = folder.path();
    let plan = "scenarios = [\"depot\"]\nsettings = [\"time.days=1\"]\nreplications = 1\n";
    std::fs::write(folder.join("study.toml"), plan).unwrap();
    let planned = portvolt(folder, &["sweep", "plan", "study.toml", "--out", "sweeps"]);
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    let path = folder.join("sweeps/study.plan.json");
    let whole = std::fs::read_to_string(&path).unwrap();
    for name in ["../../out", "/tmp/out", "-rf", ".hidden", "a\\u202eb", "nul"] {
        std::fs::write(&path, whole.replace("\"name\":\"study\"", &format!("\"name\":\"{name}\""))).unwrap();
        for args in [&["sweep", "merge", "sweeps"][..], &["sweep", "submit", "sweeps", "--slurm"]] {
            let done = portvolt(folder, args);
            assert_eq!(done.status.code(), Some(4), "{name}: {}", text(&done.stderr));
            assert!(text(&done.stderr).contains("no name for a file"), "{name}: {}", text(&done.stderr));
        }
    }
    for (from, to) in [("\"replications\":1", "\"replications\":4294967295"), ("\"block\":8", "\"block\":0")] {
        assert!(whole.contains(from), "{whole}");
        std::fs::write(&path, whole.replace(from, to)).unwrap();
        assert_eq!(portvolt(folder, &["sweep", "status", "sweeps"]).status.code(), Some(4), "{to}");
    }
    let scenario = std::fs::read_to_string(folder.join("depot/scenario.toml")).unwrap();
    std::fs::write(folder.join("depot/scenario.toml"), scenario.replace("[site.depot]", "[site.\"../../depot\"]"))
        .unwrap();
    let odd = portvolt(folder, &["run", "depot", "--days", "1", "--out", "odd"]);
    if odd.status.success() {
        let done = portvolt(folder, &["export", "ocpp", "odd", "--out", "made"]);
        assert_eq!(done.status.code(), Some(4), "{}", text(&done.stderr));
    }
}

/// What `gc` cleans lies in the sweep's folder, and a link in it is no part of that.
#[cfg(unix)]
#[test]
fn garbage_is_collected_at_home() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = "ab".repeat(32);
    std::fs::create_dir_all(folder.path().join("sweeps/shards")).unwrap();
    for name in [format!("{key}.shard"), format!("{key}.damaged")] {
        std::fs::write(elsewhere.path().join(name), "mine").unwrap();
    }
    let linked = folder.path().join("sweeps/shards/ab");
    std::os::unix::fs::symlink(elsewhere.path(), &linked).unwrap();
    assert!(portvolt(folder.path(), &["sweep", "gc", "sweeps", "--unplanned"]).status.success());
    std::fs::remove_file(&linked).unwrap();
    std::fs::remove_dir(folder.path().join("sweeps/shards")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("sweeps/shards")).unwrap();
    assert!(!portvolt(folder.path(), &["sweep", "gc", "sweeps", "--unplanned"]).status.success());
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 2);
}

/// Only what carries our mark is removed unasked, and nothing that a run did not make goes with it.
#[test]
fn what_is_not_ours_stays() {
    let folder = workspace();
    let folder = folder.path();
    std::fs::create_dir(folder.join("run.unfinished.notes")).unwrap();
    std::fs::write(folder.join("run.unfinished.notes/mine.txt"), "mine").unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(100);
    std::fs::File::open(folder.join("run.unfinished.notes")).unwrap().set_modified(old).unwrap();
    finished(folder);
    assert!(folder.join("run.unfinished.notes/mine.txt").exists());
    std::fs::write(folder.join("run/mine.txt"), "mine").unwrap();
    let done = portvolt(folder, &["run", "depot", "--days", "1", "--out", "run", "--force"]);
    assert!(done.status.code() == Some(4) && text(&done.stderr).contains("mine.txt"), "{}", text(&done.stderr));
    let web = folder.join("web");
    std::fs::create_dir(&web).unwrap();
    std::fs::write(web.join("manifest.json"), "{\"name\": \"a web application\"}").unwrap();
    let done = portvolt(folder, &["run", "depot", "--days", "1", "--out", "web", "--force"]);
    assert_eq!(done.status.code(), Some(4), "{}", text(&done.stderr));
    assert!(web.join("manifest.json").exists());
}

/// Two runs into one folder: one has it, the other is told, and neither's tables are the other's.
#[test]
fn two_runs_into_one_folder_do_not_mix() {
    let folder = workspace();
    let folder = folder.path();
    let start = |seed: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_portvolt"))
            .args(["run", "depot", "--days", "1", "--out", "run", "--seed", seed, "--quiet"])
            .current_dir(folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut both = [start("1"), start("2")];
    let codes: Vec<_> = both.iter_mut().map(|run| run.wait().unwrap().code().unwrap()).collect();
    assert!(codes.contains(&0), "{codes:?}");
    assert_eq!(verified(folder).0, Some(0), "{}", verified(folder).1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_output_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_portvolt")).arg("schema").stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
    assert!(text(&done.stderr).contains("standard output"));
}

/// Limits of the system end a command as a full disk does: with a word and the exit code of a failure, not with a signal.
#[cfg(target_os = "linux")]
#[test]
fn limits_of_the_system_are_failures() {
    let folder = workspace();
    let folder = folder.path();
    let limited = |limit: &str, words: &str| {
        let binary = env!("CARGO_BIN_EXE_portvolt");
        let script = format!("ulimit {limit} && exec {binary} {words}");
        std::process::Command::new("sh").args(["-c", &script]).current_dir(folder).output().unwrap()
    };
    let files = limited("-f 8", "run depot --days 1 --out run --quiet");
    assert_eq!(files.status.code(), Some(1), "{}", text(&files.stderr));
    assert!(text(&files.stderr).contains("cannot write"), "{}", text(&files.stderr));
    let row = "dc_carson,pier,2025-06-02T06:00,2025-06-02T12:00,empty\n";
    let rows = format!("origin,destination,ready,due,container\n{}", row.repeat(1_500_000));
    std::fs::write(folder.join("depot/hauls.csv"), rows).unwrap();
    let memory = limited("-v 300000", "validate depot");
    assert_eq!(memory.status.code(), Some(1), "{}", text(&memory.stderr));
    assert!(text(&memory.stderr).contains("memory"), "{}", text(&memory.stderr));
}

/// Keys that many file systems take for one name do not overwrite each other's files.
#[test]
fn names_that_differ_in_case_only_are_refused() {
    let folder = workspace();
    let folder = folder.path();
    let scenario = folder.join("depot/scenario.toml");
    let toml = std::fs::read_to_string(&scenario).unwrap();
    std::fs::write(&scenario, toml.replace("[site.dc_ontario]", "[site.DC_Carson]").replace("dc_ontario", "DC_Carson"))
        .unwrap();
    let hauls = folder.join("depot/hauls.csv");
    let rows = std::fs::read_to_string(&hauls).unwrap();
    std::fs::write(&hauls, rows.replace("dc_ontario", "DC_Carson")).unwrap();
    let done = portvolt(folder, &["run", "depot", "--days", "1", "--out", "other"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let done = portvolt(folder, &["export", "loadshape", "other", "--out", "shapes"]);
    assert_eq!(done.status.code(), Some(4), "{}", text(&done.stderr));
    assert!(text(&done.stderr).contains("two sites would have the file"), "{}", text(&done.stderr));
}
