//! Contract, in a real browser: the numbers on a report are those of summary.json and of the tables; it makes no request
//! and no error, whatever a scenario is called; it fits windows of three widths and has no serious fault that axe-core
//! knows; its first two sheets on paper are for the board; a planner can open, change, run, compare and save without a
//! manual, from a template to a report of an own port; and a client made from the description of the interface can do the same. With `PORTVOLT_PICTURES` naming a folder, pictures of every page are left there.
//!
//! Needs node, playwright-core (`npm ci` in src/report/ui) and chromium; says so and passes where they are not, unless
//! `PORTVOLT_NEEDS_BROWSER` is set, as CI does after it has installed them.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]
#![allow(clippy::print_stdout, reason = "a test that skips itself says so")]

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn front_end() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/ui")
}

fn has_browser() -> bool {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let node =
        Command::new("node").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    let missing: Vec<&str> = [
        (node, "node"),
        (Path::new(&chromium).exists(), "chromium (or its path in CHROMIUM)"),
        (front_end().join("node_modules/playwright-core").is_dir(), "playwright-core (npm ci in src/report/ui)"),
    ]
    .into_iter()
    .filter(|(is_there, _)| !is_there)
    .map(|(_, what)| what)
    .collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("PORTVOLT_NEEDS_BROWSER").is_none(), "missing: {}", missing.join(", "));
    println!("skipped, for there is no {}", missing.join(", no "));
    false
}

fn portvolt(folder: &Path, args: &[&str]) {
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt")).args(args).current_dir(folder).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
}

fn script(name: &str, args: &[&str]) -> String {
    let out = Command::new("node").arg(front_end().join("tests/browser").join(name)).args(args).output().unwrap();
    assert!(out.status.success(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Sessions that got a port, counted in the table.
fn sessions(run: &Path) -> String {
    let text = std::fs::read_to_string(run.join("tables/sessions.csv")).unwrap();
    let mut rows = text.lines();
    let at = rows.next().unwrap().split(',').position(|column| column == "start_s").unwrap();
    rows.filter(|row| !row.split(',').nth(at).unwrap().is_empty()).count().to_string()
}

#[test]
fn reports_tell_what_the_tables_hold() {
    if !has_browser() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let scenario = |name: &str| scenarios.join(name).display().to_string();
    let evil = "title=\"<img src=x onerror=document.title='owned'></script><script>alert(1)</script>\"";
    let runs: [(&str, &str, Vec<&str>); 5] = [
        ("run", "depot_night", vec!["--days", "3", "--set", evil]),
        ("run", "layout_study", vec!["--days", "2", "--strategy", "decentralised"]),
        ("run", "hydrogen_corridor", vec!["--days", "1"]),
        ("run", "port_terminal", vec!["--strategy", "planned", "--days", "1"]),
        ("years", "suite/transition", vec![]),
    ];
    let mut asked = Vec::new();
    for (kind, name, more) in runs {
        let out = dir.path().join(name.replace('/', "_"));
        let out_text = out.display().to_string();
        let mut args = vec!["run", "--csv", "--out", &out_text];
        let path = scenario(name);
        args.push(&path);
        args.extend(more);
        portvolt(dir.path(), &args);
        let count = if kind == "run" { sessions(&out) } else { "-".to_owned() };
        asked.extend([out_text, kind.to_owned(), count]);
    }
    let study = dir.path().join("study").display().to_string();
    let path = scenario("depot_night");
    let compare = ["compare", &path, "--strategies", "bau,fcfs", "--replications", "3", "--days", "1", "--out", &study];
    portvolt(dir.path(), &compare);
    asked.extend([study, "study".to_owned(), "-".to_owned()]);
    let desk = tempfile::tempdir().unwrap();
    for (kind, words) in studies(desk.path()) {
        let out = desk.path().join(kind).display().to_string();
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["--out", &out]).collect();
        portvolt(desk.path(), &words);
        asked.extend([out, kind.to_owned(), "-".to_owned()]);
    }
    script("report.mjs", &asked.iter().map(String::as_str).collect::<Vec<_>>());
}

/// A search for the best of the guide's layouts, and which numbers decide a choice: the commands.
fn studies(folder: &Path) -> [(&'static str, Vec<String>); 2] {
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide/optimize.md")).unwrap();
    let mut blocks = guide.split("```toml\n").skip(1).filter_map(|part| Some(part.split_once("```")?.0));
    let [prices, study] = [blocks.next().unwrap(), blocks.next().unwrap()];
    portvolt(folder, &["init", "depot_night"]);
    std::fs::write(folder.join("depot_night/priced.toml"), prices).unwrap();
    let study = study.replace("scenarios/depot_night", "depot_night");
    std::fs::write(folder.join("layout.toml"), study).unwrap();
    common::planted(folder);
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    [
        ("design", words("optimize layout.toml")),
        (
            "influence",
            words(
                "sensitivity planted --metric co2e_upstream_t --replications 1 --points 16 --strategies \
                 bau,charger.ports.efficiency=0.9",
            ),
        ),
    ]
}

/// A server over a copy of `depot_night`; `work` gets its address and its folder.
fn served<T>(work: impl FnOnce(&str, &Path) -> T + std::panic::UnwindSafe) -> T {
    let dir = tempfile::tempdir().unwrap();
    portvolt(dir.path(), &["init", "depot_night"]);
    let mut server = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["serve", ".", "--quiet"])
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let done = std::panic::catch_unwind(|| work(address.trim(), dir.path()));
    server.kill().unwrap();
    server.wait().unwrap();
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[test]
fn a_planner_finds_the_way() {
    if !has_browser() {
        return;
    }
    served(|address, folder| {
        let walked = script("planner.mjs", &[address, &folder.display().to_string()]);
        let ids: serde_json::Value = serde_json::from_str(&walked).unwrap();
        // The saved file, run from the command line, gives the numbers of the page.
        portvolt(folder, &["run", "depot_night/half_the_limit.toml", "--days", "3", "--out", "by_hand"]);
        let after = folder.join("runs").join(ids["after"].as_str().unwrap());
        let summary = |folder: &Path| std::fs::read_to_string(folder.join("summary.json")).unwrap();
        assert_eq!(summary(&folder.join("by_hand")), summary(&after));
    });
}

#[test]
fn a_client_made_from_the_description_can_do_what_the_page_does() {
    if !has_browser() {
        return;
    }
    served(|address, _| {
        let vitest = front_end().join("node_modules/.bin/vitest");
        let out =
            Command::new(vitest).arg("run").current_dir(front_end()).env("PORTVOLT_ADDRESS", address).output().unwrap();
        let told = [&out.stdout, &out.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        assert!(out.status.success(), "{told}");
    });
}
