//! Contract: what users script against. Exit codes, where results go, that mistakes in the user's files are all told at
//! once with file, line and fix, that nothing is then written, and that no input makes the program panic.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

use std::path::Path;
use std::process::{Command, Output};

fn portvolt(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portvolt")).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A copy of `depot_night` to spoil.
fn depot() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let made = portvolt(dir.path(), &["init", "depot", "--template", "depot_night"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    dir
}

/// Changes a file of the copy.
fn spoil(dir: &tempfile::TempDir, file: &str, from: &str, to: &str) {
    let path = dir.path().join("depot").join(file);
    let old = std::fs::read_to_string(&path).unwrap();
    assert!(old.contains(from), "{from}");
    std::fs::write(&path, old.replacen(from, to, 1)).unwrap();
}

/// Runs `validate` and `run` on the copy: both must give exit code 4 and the same words, and write nothing.
fn mistakes(dir: &tempfile::TempDir) -> String {
    let checked = portvolt(dir.path(), &["validate", "depot"]);
    let ran = portvolt(dir.path(), &["run", "depot", "--out", "result"]);
    for output in [&checked, &ran] {
        assert_eq!(output.status.code(), Some(4), "{}{}", text(&output.stdout), text(&output.stderr));
        assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    }
    assert_eq!(text(&checked.stderr), text(&ran.stderr));
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["depot"], "nothing is written");
    text(&checked.stderr)
}

/// `extends` takes the name of what comes with the binary; files of rows lie beside the scenario, else beside what it extends.
#[test]
fn a_shipped_scenario_is_extended_by_its_name() {
    let dir = depot();
    std::fs::create_dir(dir.path().join("mine")).unwrap();
    let result_of = |extends: &str| {
        let file = format!("extends = {extends}\n[time]\ndays = 1\n");
        std::fs::write(dir.path().join("mine/scenario.toml"), file).unwrap();
        let ran = portvolt(dir.path(), &["run", "mine", "--out", "result", "--force", "--quiet"]);
        assert_eq!(ran.status.code(), Some(0), "{extends}: {}", text(&ran.stderr));
        let manifest = std::fs::read_to_string(dir.path().join("result/manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        (manifest["outputs"]["tables/hauls.parquet"].to_string(), manifest["inputs"].to_string())
    };
    let (shipped, inputs) = result_of("\"depot_night\"");
    assert!(inputs.contains("shipped:depot_night/hauls.csv"), "{inputs}");
    let verified = portvolt(dir.path(), &["verify", "result"]);
    assert_eq!(verified.status.code(), Some(0), "{}{}", text(&verified.stdout), text(&verified.stderr));
    let (beside, inputs) = result_of("\"../depot\"");
    assert!(inputs.contains("depot/hauls.csv") && !inputs.contains("shipped:"), "{inputs}");
    assert_eq!(shipped, beside);
    // What lies beside the scenario itself comes first.
    let hauls = std::fs::read_to_string(dir.path().join("depot/hauls.csv")).unwrap();
    let fewer: String = hauls.split_inclusive('\n').take(40).collect();
    std::fs::write(dir.path().join("mine/hauls.csv"), fewer).unwrap();
    let (own, inputs) = result_of("\"depot_night\"");
    assert!(inputs.contains("mine/hauls.csv"), "{inputs}");
    assert_ne!(own, shipped);
    std::fs::remove_file(dir.path().join("mine/hauls.csv")).unwrap();
    let both = "extends = [\"san_pedro_bay\", \"policies/california.toml\"]\n";
    std::fs::write(dir.path().join("mine/scenario.toml"), both).unwrap();
    assert_eq!(portvolt(dir.path(), &["validate", "mine"]).status.code(), Some(0));
    std::fs::write(dir.path().join("mine/scenario.toml"), "extends = \"depot_nigth\"\n").unwrap();
    let told = portvolt(dir.path(), &["validate", "mine"]);
    assert_eq!(told.status.code(), Some(4));
    assert!(text(&told.stderr).contains("did you mean `depot_night`?"), "{}", text(&told.stderr));
}

/// From any folder, by its name alone; what lies there under that name is meant first.
#[test]
fn a_shipped_scenario_runs_by_its_name_and_is_repeated_from_the_binary() {
    let dir = tempfile::tempdir().unwrap();
    let ran = portvolt(dir.path(), &["run", "layout_study", "--strategy", "few_fast", "--days", "1"]);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    assert!(text(&ran.stderr).contains("portvolt init DIR --template layout_study"), "{}", text(&ran.stderr));
    let manifest = std::fs::read_to_string(dir.path().join("runs/layout_study/manifest.json")).unwrap();
    assert!(manifest.contains("shipped:layout_study/../port_terminal/scenario.toml"), "{manifest}");
    let verified = portvolt(dir.path(), &["verify", "runs/layout_study"]);
    assert_eq!(verified.status.code(), Some(0), "{}{}", text(&verified.stdout), text(&verified.stderr));
    let compared =
        ["compare", "depot_night", "--strategies", "bau,fcfs", "--replications", "2", "--set", "time.days=1"];
    assert_eq!(portvolt(dir.path(), &compared).status.code(), Some(0));
    assert!(dir.path().join("runs/compare_depot_night/manifest.json").is_file());
    // Results under the name of an overlay hide neither the overlay nor the scenario.
    std::fs::create_dir(dir.path().join("few_fast")).unwrap();
    let again = portvolt(dir.path(), &["validate", "layout_study", "--strategy", "few_fast"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    std::fs::create_dir(dir.path().join("layout_study")).unwrap();
    let empty = portvolt(dir.path(), &["validate", "layout_study"]);
    assert_eq!(empty.status.code(), Some(4), "the folder that is there is meant, and holds no scenario");
    let unknown = portvolt(dir.path(), &["validate", "layout_stuby"]);
    assert!(text(&unknown.stderr).contains("layout_study"), "{}", text(&unknown.stderr));
}

#[test]
fn a_run_leaves_its_folder_and_overwrites_only_when_told() {
    let dir = depot();
    let run = ["run", "depot", "--days", "1", "--out", "result", "--csv", "--quiet"];
    let first = portvolt(dir.path(), &run);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    assert!(text(&first.stdout).contains("Worst sites"));
    assert!(first.stderr.is_empty(), "quiet: {}", text(&first.stderr));
    let result = dir.path().join("result");
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(result.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["schema"], 1);
    for (file, hash) in manifest["outputs"].as_object().unwrap() {
        let bytes = std::fs::read(result.join(file)).unwrap();
        assert_eq!(hash.as_str().unwrap(), blake3::hash(&bytes).to_hex().as_str(), "{file}");
    }
    for table in [
        "sessions",
        "power",
        "hauls",
        "equipment",
        "fuel",
        "idling",
        "calls",
        "bills",
        "refuelings",
        "hydrogen",
        "hydrogen_plants",
    ] {
        assert!(
            result.join(format!("tables/{table}.parquet")).is_file()
                && result.join(format!("tables/{table}.csv")).is_file()
        );
    }
    let report = std::fs::read_to_string(result.join("report.html")).unwrap();
    assert!(report.contains("Carson depot") && !report.contains("PORTVOLT_DATA"));
    let second = portvolt(dir.path(), &run);
    assert_eq!(second.status.code(), Some(4));
    assert!(text(&second.stderr).contains("--force"), "{}", text(&second.stderr));
    let third = portvolt(dir.path(), &[&run[..], &["--force"]].concat());
    assert_eq!(third.status.code(), Some(0));
    assert_eq!(first.stdout, third.stdout);
    std::fs::write(dir.path().join("precious"), "x").unwrap();
    let foreign = portvolt(dir.path(), &["run", "depot", "--days", "1", "--out", "depot", "--force"]);
    assert_eq!(foreign.status.code(), Some(4), "a folder of something else is never overwritten");
}

/// The summary says the same as the tables: the energy of all sessions, the peak, the hauls.
#[test]
fn summary_and_tables_agree() {
    let dir = depot();
    let run = portvolt(dir.path(), &["run", "depot", "--days", "2", "--out", "result", "--csv", "--format", "json"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let out: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let total = |name: &str| {
        let metric = out["metrics"].as_array().unwrap().iter().find(|m| m["name"] == name && m["scope"] == "total");
        metric.unwrap()["value"].as_f64().unwrap()
    };
    let column = |table: &str, name: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_path(dir.path().join(format!("result/tables/{table}.csv"))).unwrap();
        let at = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
        reader.records().map(|record| record.unwrap()[at].to_owned()).collect()
    };
    let sum =
        |table: &str, name: &str| column(table, name).iter().map(|cell| cell.parse::<f64>().unwrap()).sum::<f64>();
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{a} {b}");
    close(total("energy_delivered_kwh"), sum("sessions", "delivered_kwh"));
    close(total("energy_charging_kwh"), sum("sessions", "grid_kwh"));
    close(total("energy_grid_kwh"), sum("power", "total_kw") / 12.0);
    let done = column("hauls", "state").iter().filter(|state| *state == "completed").count();
    close(total("hauls_completed"), done as f64);
    let waits = column("sessions", "wait_s");
    close(
        total("queue_wait_mean_min"),
        waits.iter().map(|cell| cell.parse::<f64>().unwrap()).sum::<f64>() / waits.len() as f64 / 60.0,
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let dir = depot();
    spoil(&dir, "scenario.toml", "limit_kw = 1100", "limit_kW = 1100");
    spoil(&dir, "scenario.toml", "home = \"depot\"", "home = \"depo\"");
    spoil(&dir, "scenario.toml", "efficiency = 0.92", "efficiency = 92");
    spoil(&dir, "scenario.toml", "name = \"edf\"", "name = \"eddf\"");
    spoil(&dir, "hauls.csv", "pier,", "peer,");
    let told = mistakes(&dir);
    assert!(told.contains("scenario.toml:23:1") && told.contains("did you mean `limit_kw`?"), "{told}");
    assert!(told.contains("there is no [site.depo]") && told.contains("did you mean `depot`?"), "{told}");
    assert!(told.contains("92 is out of the plausible range") && told.contains("at most 1"), "{told}");
    assert!(told.contains("eddf") && told.contains("did you mean `edf`?"), "{told}");
    assert!(told.contains("hauls.csv:3") && told.contains("did you mean `pier`?"), "{told}");
    assert!(told.contains("5 errors"), "{told}");
}

#[test]
fn each_kind_of_mistake_has_its_words() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("scenario.toml", "limit_kw = 1100", "limit_kw = -5", "at least 0"),
        ("scenario.toml", "limit_kw = 1100", "limit_kw = nan", "must be a finite number"),
        ("scenario.toml", "limit_kw = 1100", "limit_kw = inf", "must be a finite number"),
        ("scenario.toml", "limit_kw = 1100", "limit_kw = \"big\"", "must be a number"),
        ("scenario.toml", "limit_kw = 1100", "limit_kw = 1100 kW", "scenario.toml:23"),
        ("scenario.toml", "days = 7", "days = 0", "at least 1"),
        ("scenario.toml", "days = 7", "", "the key `days` is missing"),
        ("scenario.toml", "America/Los_Angeles", "America/Los_Angles", "time.zone"),
        ("scenario.toml", "start = \"2025-06-02\"", "start = \"2025-02-30\"", "time.start"),
        ("scenario.toml", "kind = \"depot\"", "kind = \"depott\"", "must be one of terminal, depot"),
        ("scenario.toml", "limit_kw = 1100", "behind = \"depot\"", "the limits form a circle"),
        ("scenario.toml", "port_kw = 150", "port_kw = 200", "port power exceeds cabinet power"),
        ("scenario.toml", "users = [\"carrier\"]", "users = [\"carier\"]", "did you mean `carrier`?"),
        ("scenario.toml", "[0.1, 270.0], [0.6, 270.0]", "[0.6, 270.0], [0.1, 270.0]", "must rise from 0 to 1"),
        ("scenario.toml", "share = 1.0", "share = 0.5", "add up to 0.500000"),
        ("scenario.toml", "start = \"05:00\"", "start = \"25:00\"", "no time of day"),
        ("scenario.toml", "ecascadia_438 = 40", "ecascadia = 40", "there is no [truck_model.ecascadia]"),
        ("scenario.toml", "hauls = \"hauls.csv\"", "hauls = \"halls.csv\"", "there is no such file"),
        ("scenario.toml", "hauls = \"hauls.csv\"", "hauls = \".\"", "is not a file"),
        ("scenario.toml", "default = \"roads\"", "default = \"rods\"", "there is no [source.rods]"),
        (
            "scenario.toml",
            "users = [\"carrier\"]",
            "users = [\"public\"]\nreserved_hours = \"6pm\"",
            "no span of the day",
        ),
        ("hauls.csv", "origin,destination", "origin,target", "the column is missing"),
        ("hauls.csv", "2025-06-02T06:00", "yesterday", "is not a time"),
    ];
    for (file, from, to, words) in cases {
        let dir = depot();
        spoil(&dir, file, from, to);
        let told = mistakes(&dir);
        assert!(told.contains(words), "{to}: wanted `{words}` in\n{told}");
    }
}

#[test]
fn bytes_and_sizes_that_are_no_scenario() {
    let dir = depot();
    let path = dir.path().join("depot/scenario.toml");
    std::fs::write(&path, [b"title = \"x\"\n".as_slice(), &[0xFF, 0xFE]].concat()).unwrap();
    let told = mistakes(&dir);
    assert!(told.contains("line 2 (byte 12) is not UTF-8"), "{told}");
    // A sparse file of 2 GB: refused by its size, not read.
    let dir = depot();
    std::fs::File::create(dir.path().join("depot/hauls.csv")).unwrap().set_len(2 << 30).unwrap();
    let told = mistakes(&dir);
    assert!(told.contains("has 2048 MB; the limit is 512 MB"), "{told}");
    let dir = depot();
    std::fs::write(dir.path().join("depot/scenario.toml"), "").unwrap();
    assert!(mistakes(&dir).contains("the key `title` is missing"));
    let missing = portvolt(dir.path(), &["run", "nowhere"]);
    assert_eq!(missing.status.code(), Some(4));
    assert!(text(&missing.stderr).contains("there is no such file"));
    let near = portvolt(dir.path(), &["run", "deopt"]);
    assert!(text(&near.stderr).contains("did you mean `depot`?"), "{}", text(&near.stderr));
}

#[test]
fn settings_dates_and_json() {
    let dir = depot();
    let run = |args: &[&str]| {
        let all = [&["run", "depot", "--out", "result", "--force", "--format", "json"][..], args].concat();
        let output = portvolt(dir.path(), &all);
        (output.status.code().unwrap(), serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap())
    };
    let peak = |out: &serde_json::Value| {
        let metric =
            out["metrics"].as_array().unwrap().iter().find(|m| m["name"] == "peak_kw" && m["scope"] == "site:depot");
        metric.unwrap()["value"].as_f64().unwrap()
    };
    let (code, out) = run(&["--days", "2", "--set", "site.depot.limit_kw=500"]);
    assert_eq!(code, 0);
    assert!((peak(&out) - 500.0).abs() < 1e-6, "{}", peak(&out));
    let (code, out) = run(&["--from", "2025-06-03", "--to", "2025-06-04"]);
    assert_eq!(code, 0);
    assert!(out["events"].as_u64().unwrap() > 0);
    let (code, out) = run(&["--set", "site.depot.limmit_kw=500"]);
    assert_eq!(code, 4);
    assert_eq!(out["problems"][0]["field"], "site.depot.limmit_kw");
    assert_eq!(out["problems"][0]["help"], "did you mean `limit_kw`?");
    // A misspelt table is one mistake and not one for each key that a new table would need.
    for twice in [&["--set", "time.days=1", "--set", "time.days = 2"][..], &["--set", "time.days=1", "--days", "2"]] {
        let (code, out) = run(twice);
        assert!(code != 0 && out.to_string().contains("`time.days` is set twice"), "{out}");
    }
    let (code, out) = run(&["--set", "site.depott.limit_kw=500"]);
    assert_eq!((code, out["problems"].as_array().unwrap().len()), (4, 1), "{out}");
    assert_eq!(out["problems"][0]["help"], "did you mean `depot`?");
    let (code, out) = run(&["--set", "transition.adoption=least_cost"]);
    assert_eq!((code, out["problems"].as_array().unwrap().len()), (4, 1), "days of operations have no years: {out}");
    // Whoever makes a whole new one meant to.
    let whole = ["kind=depot", "lat=33.8", "lon=-118.2"].map(|value| format!("site.depott.{value}"));
    let (code, out) = run(&["--days", "1", "--set", &whole[0], "--set", &whole[1], "--set", &whole[2]]);
    assert_eq!(code, 0, "{out}");
    let (code, _) = run(&["--set", "policy.charging.name=edf", "--to", "2025-06-01"]);
    assert_eq!(code, 4);
    let (code, strict) = run(&["--days", "2", "--set", "charger.night.cabinets=1", "--strict"]);
    assert_eq!(code, 6, "unmet sessions");
    let why = strict["broken"][0].as_str().unwrap();
    assert!(why.ends_with("charging sessions ended below their target"), "{why}");
    assert_eq!(portvolt(dir.path(), &["run"]).status.code(), Some(2));
    assert_eq!(portvolt(dir.path(), &["init", "depot"]).status.code(), Some(4), "a folder with files is not touched");
    assert_eq!(portvolt(dir.path(), &["init", "x", "--template", "port_terminl"]).status.code(), Some(4));
}

/// A base load of 900 kW under a connection of 800 kW: the screen, the page and a strict run say which limit was passed,
/// for how long, by how much and by which load. The same where a limit holds for some hours only.
#[test]
fn a_passed_limit_is_told_everywhere() {
    let dir = depot();
    let limits =
        [&["--set", "site.depot.limit_kw=800"][..], &["--set", "limit.a.on=[\"depot\"]", "--set", "limit.a.kw=800"]];
    for limit in limits {
        let base = ["run", "depot", "--days", "1", "--out", "result", "--force", "--set", "site.depot.load_kw=900"];
        let ran = portvolt(dir.path(), &[&base[..], limit, &["--strict"]].concat());
        assert_eq!(ran.status.code(), Some(6));
        let told = "the load of `depot` passed its limit for 24.0 h: most at 2025-06-02 00:00, 900 kW under a limit of \
                    800 kW (base load 900 kW)";
        assert!(text(&ran.stdout).contains(&format!("Warning: {told}.")), "{}", text(&ran.stdout));
        assert!(text(&ran.stderr).contains(&format!("--strict: {told}")), "{}", text(&ran.stderr));
        let page = std::fs::read_to_string(dir.path().join("result/report.html")).unwrap();
        assert!(page.contains("passed its limit for 24.0 h") && page.contains("\"over_h\":24.0"));
    }
}

#[test]
fn validate_lists_what_is_unverified() {
    let dir = depot();
    let checked = portvolt(dir.path(), &["validate", "depot"]);
    assert_eq!(checked.status.code(), Some(0));
    let told = text(&checked.stdout);
    assert!(told.contains("no errors found") && told.contains("unverified - hours_of_service: 49 CFR 395.3"), "{told}");
    assert!(told.contains("fleet.carrier.driving_h = 11"), "{told}");
}

/// A name from a stranger's file must stay text in the report.
#[test]
fn names_cannot_break_out_of_the_report() {
    let dir = depot();
    spoil(&dir, "scenario.toml", "name = \"Carson depot\"", "name = \"</script><img src=x onerror=alert(1)>\"");
    let run = portvolt(dir.path(), &["run", "depot", "--days", "1", "--out", "result"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let report = std::fs::read_to_string(dir.path().join("result/report.html")).unwrap();
    assert!(!report.contains("<img src=x") && report.contains("\\u003cimg src=x"));
}
