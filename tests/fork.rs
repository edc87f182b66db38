//! Contract: a fork has the past of its run and nothing else of another run. Without a change it has the digest of the run;
//! with one, every row that ended before the fork is the run's, bit for bit; what cannot change midway is refused with a
//! list of what can, before anything is written; `verify` repeats it.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::shipped;
use std::path::Path;
use std::process::{Command, Output};

fn portvolt(dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(words).current_dir(dir).env("NO_COLOR", "1").output().unwrap()
}

/// A run of two days of the depot in `run/`; the folder.
fn desk() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in ["scenario.toml", "hauls.csv"] {
        std::fs::create_dir_all(dir.path().join("depot")).unwrap();
        std::fs::copy(shipped("depot_night").join(file), dir.path().join("depot").join(file)).unwrap();
    }
    let words = ["run", "depot", "--days", "2", "--set", "site.depot.limit_kw=900", "--csv", "--out", "run", "--quiet"];
    let out = portvolt(dir.path(), &words);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    dir
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn fork(dir: &Path, words: &[&str]) -> Output {
    portvolt(dir, &[&["fork", "run", "--quiet", "--force", "--csv", "--out", "fork"], words].concat())
}

#[test]
fn without_a_change_it_is_the_run() {
    let dir = desk();
    let out = fork(dir.path(), &["--at", "2025-06-02T19:35"]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let rows = |name: &str| json(&dir.path().join(name).join("manifest.json"))["rows"].clone();
    assert_eq!(rows("fork"), rows("run"));
    let told = json(&dir.path().join("fork/fork.json"));
    let metrics = told["metrics"].as_array().unwrap();
    assert!(metrics.len() > 50 && metrics.iter().all(|metric| metric["run"] == metric["fork"]));
    let out = portvolt(dir.path(), &["verify", "fork"]);
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}

/// Rows of a table that ended before a second.
fn past(dir: &Path, table: &str, column: &str, until_s: u32) -> Vec<String> {
    let mut reader = csv::Reader::from_path(dir.join("tables").join(format!("{table}.csv"))).unwrap();
    let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
    let rows = reader.records().map(|row| row.unwrap());
    let ended = rows.filter(|row| row[at].parse::<u32>().is_ok_and(|end_s| end_s < until_s));
    ended.map(|row| row.iter().collect::<Vec<_>>().join(",")).collect()
}

/// The limit, the policy, the base load, the roads and an outage change at 20:00 of the first day, one at a time: the past is the run's, the
/// future is not.
#[test]
fn the_past_is_the_same_and_the_future_is_not() {
    let dir = desk();
    let at_s = 20 * 3600;
    std::fs::write(dir.path().join("depot/outage.toml"), "[limit.outage]\non = [\"depot\"]\nkw = 100\n").unwrap();
    for change in [
        ["--set", "site.depot.limit_kw=400"],
        ["--charging", "fcfs"],
        ["--set", "site.depot.load_kw=500"],
        ["--set", "travel.freeway_kmh=50"],
        ["--strategy", "outage"],
    ] {
        let out = fork(dir.path(), &[&["--at", "2025-06-02T20:00"], &change[..]].concat());
        assert!(out.status.success(), "{change:?}: {}", String::from_utf8_lossy(&out.stderr));
        let rows = |name: &str| json(&dir.path().join(name).join("manifest.json"))["rows"].clone();
        assert_ne!(rows("fork"), rows("run"), "{change:?}");
        // Power rows say when their interval starts; the last before the fork starts 300 s before it.
        for (table, column, until_s) in
            [("power", "start_s", at_s), ("sessions", "end_s", at_s), ("hauls", "done_s", at_s)]
        {
            let [run, fork] = ["run", "fork"].map(|name| past(&dir.path().join(name), table, column, until_s));
            assert!(!run.is_empty() || table == "hauls", "{table}");
            assert_eq!(run, fork, "{change:?}: {table}");
        }
    }
    let out = portvolt(dir.path(), &["verify", "fork"]);
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}

/// What a battery does, and how the units of a yard are sent, changes on the way: the past is the run's, the future is not.
#[test]
fn batteries_and_yards_change_on_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let battery = "storage.pack={ site = \"depot\", energy_kwh = 800, power_kw = 200, round_trip = 0.85 }";
    let terminal = ["--strategy", "planned"];
    let at = ["--at", "2025-06-02T16:00", "--set"];
    for (name, more, change, (table, column)) in [
        ("depot_night", &["--set", battery][..], "storage.pack.rule=price", ("power", "start_s")),
        ("port_terminal", &terminal[..], "terminal.terminal.plan.dispatch.charging=threshold", ("sessions", "end_s")),
        ("port_terminal", &terminal[..], "policy.yard=threshold", ("sessions", "end_s")),
    ] {
        let scenario = shipped(name).display().to_string();
        let words = [&["run", &scenario, "--days", "1", "--csv", "--force", "--out", "run", "--quiet"], more].concat();
        let out = portvolt(dir.path(), &words);
        assert!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
        let out = fork(dir.path(), &[&at[..], &[change]].concat());
        assert!(out.status.success(), "{change}: {}", String::from_utf8_lossy(&out.stderr));
        let rows = |name: &str| json(&dir.path().join(name).join("manifest.json"))["rows"].clone();
        assert_ne!(rows("fork"), rows("run"), "{change}");
        let [run, forked] = ["run", "fork"].map(|name| past(&dir.path().join(name), table, column, 16 * 3600));
        assert!(!run.is_empty(), "{change}");
        assert_eq!(run, forked, "{change}");
    }
    // Units are put into groups when the run begins.
    let grouped = ["terminal.terminal.plan.dispatch.charging=breaks_staggered", "--set"];
    let out = fork(dir.path(), &[&at[..], &grouped[..], &["terminal.terminal.plan.dispatch.groups=2"]].concat());
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(4) && text.contains("terminal.terminal.plan.dispatch.groups"), "{text}");
    assert!(text.contains("storage.*.rule") && text.contains("What cannot"), "{text}");
}

/// Two forks without a change have the rows of the run; a fork of a changed one without a change has those of that one, whose
/// past it replays; its lineage is told; and it is repeated from its manifest.
#[test]
fn a_fork_of_a_fork() {
    let dir = desk();
    let rows = |name: &str| json(&dir.path().join(name).join("manifest.json"))["rows"].clone();
    let forked = |from: &str, at: &str, out: &str, more: &[&str]| {
        let words = [&["fork", from, "--at", at, "--out", out, "--csv"], more].concat();
        let done = portvolt(dir.path(), &words);
        assert!(done.status.success(), "{from} {out}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    forked("run", "2025-06-02T12:00", "same", &[]);
    forked("same", "2025-06-02T20:00", "same_again", &[]);
    assert_eq!(rows("same_again"), rows("run"));
    forked("run", "2025-06-02T20:00", "low", &["--set", "site.depot.limit_kw=400"]);
    assert_ne!(rows("low"), rows("run"));
    let text = forked("low", "2025-06-03T06:00", "low_again", &["--set", "site.depot.load_kw=100"]);
    assert_ne!(rows("low_again"), rows("low"));
    assert!(text.contains("The run is a fork itself; at 2025-06-02 20:00 changed: site.depot.limit_kw."), "{text}");
    let lineage = json(&dir.path().join("low_again/fork.json"))["lineage"].clone();
    assert_eq!(lineage[0]["changed"][0], "site.depot.limit_kw");
    assert_eq!(lineage[1]["at"], "2025-06-03T06:00");
    let [low, again] = ["low", "low_again"].map(|name| past(&dir.path().join(name), "power", "start_s", 30 * 3600));
    assert!(!low.is_empty());
    assert_eq!(low, again, "the past of a fork is that of what it forks");
    forked("low", "2025-06-03T06:00", "low_same", &[]);
    assert_eq!(rows("low_same"), rows("low"));
    // Back to the run's own limit: what comes then is neither the run nor the fork.
    forked("low", "2025-06-03T06:00", "back", &["--set", "site.depot.limit_kw=900"]);
    assert!(rows("back") != rows("low") && rows("back") != rows("run"));
    let verified = portvolt(dir.path(), &["verify", "low_again"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let early = portvolt(dir.path(), &["fork", "low", "--at", "2025-06-02T20:00", "--out", "early"]);
    let told = String::from_utf8_lossy(&early.stderr).into_owned();
    assert!(early.status.code() == Some(4) && told.contains("is not after 2025-06-02T20:00"), "{told}");
}

#[test]
fn what_cannot_change_midway_is_refused_with_what_can() {
    let dir = desk();
    let refused = |words: &[&str], told: &[&str]| {
        let out = fork(dir.path(), words);
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(4), "{words:?}: {text}");
        for part in told {
            assert!(text.contains(part), "{words:?}: no `{part}` in {text}");
        }
        assert!(!dir.path().join("fork").exists(), "{words:?}");
    };
    let noon = ["--at", "2025-06-03T12:00"];
    let with = |setting: &'static str| [&noon[..], &["--set", setting]].concat();
    refused(
        &[&with("fleet.carrier.trucks.ecascadia_438=20")[..], &["--set", "charger.night.cabinets=3"]].concat(),
        &["fleet.carrier.trucks.ecascadia_438", "charger.night.cabinets", "site.*.limit_kw", "policy.charging"],
    );
    refused(&with("site.depot.tariff=\"sce_tou_ev_8\""), &["site.depot.tariff"]);
    refused(&with("site.depot.limit_kw=-3"), &["site.depot.limit_kw"]);
    refused(&["--at", "2025-06-04T12:00"], &["not inside the run", "2025-06-02T00:00", "2025-06-04T00:00"]);
    refused(&["--at", "2025-06-02T00:00"], &["is the start of the run", "2025-06-02T00:05", "portvolt run"]);
    refused(&["--at", "2025-06-01T23:00"], &["not inside the run"]);
    refused(&["--at", "2025-06-02T12:01"], &["inside a control interval", "2025-06-02T12:00", "2025-06-02T12:05"]);
    refused(&["--at", "noon"], &["is no time such as"]);
    // The files that the run left changed since, or those that it read: its past cannot be had.
    for name in ["summary.json", "tables/power.parquet"] {
        let path = dir.path().join("run").join(name);
        let left = std::fs::read(&path).unwrap();
        std::fs::write(&path, "[]").unwrap();
        refused(&noon, &["not as the run left it", name, "(changed)"]);
        std::fs::remove_file(&path).unwrap();
        refused(&noon, &[name, "(missing)"]);
        std::fs::write(&path, left).unwrap();
    }
    let path = dir.path().join("depot/scenario.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("mtbf_h = 1500", "mtbf_h = 1400")).unwrap();
    refused(&noon, &["not the inputs of this run", "scenario.toml"]);
}
