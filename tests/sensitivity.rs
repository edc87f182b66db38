//! Contract: `sensitivity` finds the numbers that matter and no others, says what each explains, does not depend on threads,
//! can be repeated from its manifest, and says what it left out and why.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

/// A folder with the scenario `planted`, in which three numbers matter.
fn desk() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    common::planted(dir.path());
    dir
}

fn portvolt(dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(words).current_dir(dir).env("NO_COLOR", "1").output().unwrap()
}

fn sensitivity(dir: &Path, out: &str, words: &[&str]) -> Value {
    let common = ["sensitivity", "planted", "--metric", "co2e_upstream_t", "--replications", "1", "--out", out];
    let done = portvolt(dir, &[&common, words].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_str(&std::fs::read_to_string(dir.join(out).join("sensitivity.json")).unwrap()).unwrap()
}

#[test]
fn three_planted_numbers_and_no_others() {
    let dir = desk();
    let told = sensitivity(dir.path(), "one", &["--points", "24", "--jobs", "1"]);
    let numbers = told["numbers"].as_array().unwrap();
    let paths: BTreeSet<&str> = numbers.iter().map(|number| number["path"].as_str().unwrap()).collect();
    let planted = ["charger.ports.efficiency", "emissions.grid_kg_per_mwh", "site.station.load_kw"];
    assert_eq!(paths, BTreeSet::from(planted), "{told:#}");
    assert!(told["varied"].as_u64().unwrap() > 12, "{told:#}");
    let range = |path: &str| numbers.iter().find(|number| number["path"] == path).unwrap()["range"].as_str().unwrap();
    assert_eq!(range("charger.ports.efficiency"), "low and high of its source");
    assert!(range("site.station.load_kw").starts_with("20 %"));
    let sum: f64 = numbers.iter().map(|number| number["first"]["value"].as_f64().unwrap()).sum();
    assert!((0.7..1.3).contains(&sum), "they explain nearly all of it by themselves: {sum}");
    assert!(told["headline"].as_str().unwrap().contains("3 of"), "{}", told["headline"]);
    // Once more from the manifest, on all threads: the same bytes.
    let again = portvolt(dir.path(), &["verify", "one"]);
    assert!(
        again.status.success(),
        "{}{}",
        String::from_utf8_lossy(&again.stdout),
        String::from_utf8_lossy(&again.stderr)
    );
}

/// Only the numbers of `--ranges` are varied where that is asked for, and of each other one it is said that it was not asked for.
#[test]
fn only_the_listed_numbers_are_varied() {
    let dir = desk();
    std::fs::write(dir.path().join("ranges.toml"), "\"site.station.load_kw\" = [10, 300]\n").unwrap();
    let told = sensitivity(dir.path(), "one", &["--points", "16", "--ranges", "ranges.toml", "--only"]);
    assert_eq!(told["varied"], 1, "{told:#}");
    assert_eq!(told["numbers"][0]["path"], "site.station.load_kw", "{told:#}");
    let fixed = told["not_varied"].as_array().unwrap();
    let of = |path: &str| fixed.iter().find(|it| it["path"] == path).unwrap()["why"].as_str().unwrap();
    assert_eq!(of("charger.ports.efficiency"), "not named by --ranges");
    assert!(fixed.len() >= 12, "{fixed:?}");
    let alone = portvolt(dir.path(), &["sensitivity", "planted", "--only", "--out", "two"]);
    assert!(!alone.status.success() && String::from_utf8_lossy(&alone.stderr).contains("--ranges"), "{alone:?}");
}

/// Killed after some runs, and with one of the kept runs damaged, it goes on from what is there: the same bytes as without
/// a pause, and no run that was kept is simulated again.
#[test]
fn a_killed_sensitivity_goes_on() {
    let (dir, other) = (desk(), desk());
    let words = ["--points", "16"];
    let whole = sensitivity(other.path(), "runs/one", &words);
    let kept = dir.path().join("runs/sensitivities/shards");
    let files = || -> Vec<std::path::PathBuf> {
        // Files come and go while the program runs, the one with which it tries the folder among them.
        let folders = std::fs::read_dir(&kept).into_iter().flatten().flatten().map(|folder| folder.path());
        folders
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flatten()
            .flatten()
            .map(|file| file.path())
            .collect()
    };
    let common = ["sensitivity", "planted", "--metric", "co2e_upstream_t", "--replications", "1", "--jobs", "1"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(common)
        .args(["--out", "runs/one", "--points", "16", "--quiet"])
        .current_dir(dir.path())
        .spawn()
        .unwrap();
    while files().len() < 20 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!dir.path().join("runs/one").exists(), "it was killed in the middle");
    let mut left = files();
    left.retain(|file| file.extension().is_some_and(|it| it == "shard"));
    std::fs::write(&left[0], "half of a").unwrap();
    let time = |file: &Path| std::fs::metadata(file).unwrap().modified().unwrap();
    let times: Vec<_> = left[1..].iter().map(|file| time(file)).collect();
    assert_eq!(sensitivity(dir.path(), "runs/one", &words), whole);
    let bytes = |dir: &Path, file: &str| std::fs::read(dir.join("runs/one").join(file)).unwrap();
    for file in ["sensitivity.json", "tables/numbers.parquet"] {
        assert_eq!(bytes(dir.path(), file), bytes(other.path(), file), "{file}");
    }
    let after: Vec<_> = left[1..].iter().map(|file| time(file)).collect();
    assert_eq!(after, times, "what was kept is not simulated again");
}

/// A scenario that is deleted while a study reads it leaves points without an answer: that is told, with why.
#[test]
fn a_scenario_that_vanishes_is_told() {
    let dir = desk();
    let child = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["sensitivity", "planted", "--metric", "co2e_upstream_t", "--replications", "1", "--jobs", "1"])
        .args(["--out", "runs/one", "--points", "16", "--quiet"])
        .current_dir(dir.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    while !dir.path().join("runs/sensitivities/shards").exists() {
        std::thread::yield_now();
    }
    std::fs::rename(dir.path().join("planted"), dir.path().join("elsewhere")).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(4), "{said}");
    assert!(said.contains("points have an answer in all their runs") && said.contains("planted"), "{said}");
    assert!(!dir.path().join("runs/one").exists(), "nothing is left that looks like an answer");
}

/// Between two strategies: with more efficient chargers the second one wins by the grid factor alone, so nothing is worth
/// measuring; the report of a run tells the headline.
#[test]
fn a_choice_and_the_report() {
    let dir = desk();
    let words = ["--points", "16", "--strategies", "bau,site.station.load_kw=60", "--threshold", "5%"];
    let told = sensitivity(dir.path(), "choice", &words);
    assert_eq!(told["choice"]["challenger_wins"].as_f64(), Some(0.0), "{told:#}");
    assert!(told["choice"]["gain"].as_f64().unwrap() < 0.0);
    let fixed = told["not_varied"].as_array().unwrap();
    assert!(
        fixed.iter().any(|it| it["path"] == "site.station.load_kw" && it["why"].as_str().unwrap().contains("set it"))
    );
    let run = portvolt(dir.path(), &["run", "planted", "--out", "run", "--sensitivity", "choice", "--quiet"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let page = std::fs::read_to_string(dir.path().join("run/report.html")).unwrap();
    assert!(page.contains(told["headline"].as_str().unwrap()), "{}", told["headline"]);
    assert!(!page.contains("numbers of the scenario are unverified or assumed"));
    let again = portvolt(dir.path(), &["verify", "run"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
}

/// A port of at most 94.8 kW and a cabinet of at least 80 kW pass one by one; one of the two is left as written, so that no
/// point is refused.
#[test]
fn numbers_that_do_not_go_together_are_told() {
    let dir = desk();
    let path = dir.path().join("planted/scenario.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("cabinet_kw = \"chosen\"", "cabinet_kw = \"guess\"");
    std::fs::write(&path, text.replace("cabinet_kw = 100\n", "cabinet_kw = 100\nport_kw = 79\n")).unwrap();
    let told = sensitivity(dir.path(), "one", &["--points", "16"]);
    let left: Vec<&Value> = told["not_varied"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["path"].as_str().unwrap().ends_with("_kw"))
        .collect();
    assert!(left.len() == 1 && left[0]["why"].as_str().unwrap().contains("do not go together"), "{left:?}");
    assert_eq!(told["refused_points"], 0, "{told:#}");
}

#[test]
fn mistakes_are_told_before_anything_runs() {
    let dir = desk();
    let refused = |words: &[&str], told: &[&str]| {
        let out = portvolt(dir.path(), &[&["sensitivity", "planted", "--out", "out"], words].concat());
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success(), "{words:?}");
        for part in told {
            assert!(text.contains(part), "{words:?}: no `{part}` in {text}");
        }
        assert!(!dir.path().join("out").exists());
    };
    std::fs::write(
        dir.path().join("ranges.toml"),
        "\"site.staton.load_kw\" = [10, 20]\n\"site.station.load_kw\" = [9, 3]\n",
    )
    .unwrap();
    refused(
        &["--ranges", "ranges.toml"],
        &["is not a number of the scenario", "did you mean", "lowest and the highest"],
    );
    refused(&["--metric", "npv_usd"], &["have no `npv_usd`"]);
    refused(&["--metric", "bil_total_usd"], &["bill_total_usd"]);
    refused(&["--strategies", "bau,a.b=1,c.d=2"], &["the two to choose between"]);
    let path = dir.path().join("planted/scenario.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("low = 0.6", "low = 0.9")).unwrap();
    refused(&[], &["lies outside of 0.9 to 1"]);
    std::fs::write(&path, text.replace("low = 0.6\n", "")).unwrap();
    refused(&[], &["go together"]);
}
