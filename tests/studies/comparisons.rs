//! Contract: a comparison has the same bytes on any number of threads, stops when its intervals are narrow, pairs where pairing
//! pays, leaves nobody's numbers out for another's sake, and says its mistakes in words.

use crate::common::{loaded, shipped};
use crate::guests::{CHARGING, Guest};
use crate::{bytes, portvolt, text, told};
use portvolt::record::metrics::MetricName;
use portvolt::study::compare::measure::Runs;
use portvolt::study::replicate::replicate;
use portvolt::study::stats;
use std::path::Path;
use std::sync::atomic::AtomicBool;

#[test]
fn a_comparison_has_the_same_bytes_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let compare = |out: &str, jobs: &str| {
        let vary = "charger.night.cabinets=-10%,+10%";
        let all =
            ["compare", depot.to_str().unwrap(), "--strategies", "bau,fcfs,site.depot.limit_kw=700", "--days", "1"];
        let more =
            ["--replications", "6", "--metric", "queue_wait_mean_min", "--vary", vary, "--jobs", jobs, "--out", out];
        told(dir.path(), 0, &[&all[..], &more[..]].concat());
        bytes(&dir.path().join(out))
    };
    let one = compare("one", "1");
    assert_eq!(compare("three", "3"), one);
    let files: Vec<String> = one.keys().map(|path| path.display().to_string()).collect();
    let wanted = ["compare.json", "manifest.json", "tables/comparison.parquet", "tables/replications.parquet"];
    assert!(wanted.iter().all(|file| files.contains(&(*file).to_owned())), "{files:?}");
    let json: serde_json::Value = serde_json::from_slice(&one[Path::new("compare.json")]).unwrap();
    assert_eq!(json["baseline"], "bau");
    assert_eq!(json["replications"], 6);
    let metrics = json["metrics"].as_array().unwrap();
    let wait = metrics.iter().find(|m| m["name"] == "queue_wait_mean_min" && m["scope"] == "total").unwrap();
    assert_eq!(wait["better"], "lower");
    // The plain run of replication 0 is in there: mean of six, so the parts add up.
    let values: Vec<f64> = (0..6)
        .map(|replication| {
            let scenario = loaded(&depot, &["time.days=1", "policy.charging.name=fcfs"]);
            let run = replicate(&scenario, 1, replication, &AtomicBool::new(false)).unwrap();
            let found = run.metrics.iter().find(|m| m.name == "queue_wait_mean_min" && m.scope == "total");
            found.unwrap().value.unwrap()
        })
        .collect();
    let mean = wait["strategies"][1]["mean"].as_f64().unwrap();
    assert!((mean - stats::mean(&values)).abs() <= 1e-12 * mean.abs(), "{mean} {values:?}");
    // 14 cabinets: 10 % less are 12.6, to the nearest whole number 13; 10 % more 15.
    let set: Vec<&str> = json["sensitivity"].as_array().unwrap().iter().map(|e| e["value"].as_str().unwrap()).collect();
    assert_eq!(set, ["13", "13", "13", "15", "15", "15"]);
    let said = told(dir.path(), 0, &["verify", "one"]);
    assert!(said.contains("The same"), "{said}");
}

#[test]
fn comparing_until_the_interval_is_narrow() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let compare = |share: &str| -> serde_json::Value {
        let all = ["compare", depot.to_str().unwrap(), "--strategies", "bau,fcfs", "--days", "1", "--format", "json"];
        let more = ["--replications", "4", "--until-ci", share, "--metric", "energy_delivered_kwh"];
        let rest = ["--max-replications", "12", "--out", "until", "--force"];
        let output = portvolt(dir.path(), &[&all[..], &more[..], &rest[..]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let loose = compare("50%");
    assert_eq!((loose["replications"].as_u64(), loose["target_reached"].as_bool()), (Some(4), Some(true)));
    let tight = compare("0.0001%");
    assert_eq!((tight["replications"].as_u64(), tight["target_reached"].as_bool()), (Some(12), Some(false)));
}

/// A metric of a site is shown, aimed at and varied as one of the whole hub is.
#[test]
fn a_metric_of_a_part_of_the_hub_is_compared() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let all = [
        "compare",
        depot.to_str().unwrap(),
        "--strategies",
        "bau,site.depot.limit_kw=700",
        "--days",
        "1",
        "--out",
        "x",
    ];
    let more = ["--replications", "3", "--metric", "peak_kw@site:depot", "--vary", "site.depot.load_kw=-50%"];
    let said = told(dir.path(), 0, &[&all[..], &more[..]].concat());
    assert!(said.contains("peak_kw of site:depot, kW"), "{said}");
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("x/compare.json")).unwrap()).unwrap();
    assert_eq!(json["sensitivity_metric"], "peak_kw@site:depot");
    let metrics = json["metrics"].as_array().unwrap();
    let peak = metrics.iter().find(|m| m["name"] == "peak_kw" && m["scope"] == "site:depot").unwrap();
    let effect = json["sensitivity"].as_array().unwrap();
    let mean_kw = peak["strategies"][1]["mean"].as_f64().unwrap();
    assert!(effect.len() == 2 && (mean_kw - 700.0).abs() < 1e-6, "{mean_kw} {effect:?}");
    assert!(effect.iter().all(|it| it["mean"].is_number()), "{effect:?}");
    assert!(told(dir.path(), 0, &["verify", "x"]).contains("The same"));
}

#[test]
fn mistakes_of_a_comparison_have_their_words() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let compare = |code: i32, more: &[&str]| {
        let said = told(dir.path(), code, &[&["compare", depot.to_str().unwrap(), "--out", "x"][..], more].concat());
        assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "nothing is written: {said}");
        said
    };
    let said = compare(4, &["--strategies", "bau,eddf,my.wasm"]);
    assert!(said.contains("did you mean `edf`?") && said.contains("dispatch=my.wasm"), "{said}");
    assert!(compare(4, &["--strategies", "bau,bau"]).contains("named twice"));
    let said = compare(4, &["--strategies", "bau,site.depot.limit_kw=-3,dispatch=nearest"]);
    assert!(said.contains("at least 0") && said.contains("nearest_feasible"), "{said}");
    let said = compare(2, &["--strategies", "fcfs", "--days", "1", "--replications", "2", "--metric", "peak_k"]);
    assert!(said.contains("did you mean `peak_kw`?"), "{said}");
    let said = compare(4, &["--strategies", "bau,fcfs", "--metric", "peak_kw", "--vary", "site.depot.limit=-5%,+5%"]);
    assert_eq!(
        said.matches("is not a number of the scenario").count(),
        1,
        "once for all changes and strategies: {said}"
    );
    compare(2, &["--strategies", "fcfs", "--metric", "peak_kw", "--vary", "site.depot.limit_kw"]);
    let days = ["--strategies", "fcfs", "--days", "1", "--replications", "2"];
    let said = compare(4, &[&days[..], &["--metric", "exhaust_nox_kg"]].concat());
    assert!(
        said.contains("they have ") && said.contains("`exhaust_nox_kg@site:depot`"),
        "only parts of it have one: {said}"
    );
    let said = compare(4, &[&days[..], &["--metric", "peak_kw@site:depott"]].concat());
    assert!(said.contains("have no `peak_kw@site:depott`") && said.contains("`peak_kw@site:depot`"), "{said}");
    let said = compare(2, &[&days[..], &["--metric", "peak_kw@fleet:carrier"]].concat());
    assert!(
        said.contains("write `peak_kw`, `peak_kw@site:KEY`") || said.contains("write `peak_kw` or `peak_kw@site:KEY`"),
        "{said}"
    );
    compare(2, &["--strategies", "fcfs", "--until-ci", "2%"]);
}

/// A plugin that traps within its run has no numbers, and costs the others nothing: folder, screen and `verify` are as without it.
#[test]
fn a_policy_that_fails_leaves_the_others_their_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let depot = shipped("depot_night");
    let guest = Guest { imports: CHARGING, decide: "unreachable", ..Guest::default() };
    std::fs::write(dir.path().join("traps.wasm"), guest.module()).unwrap();
    let compare = |code: i32, strategies: &str, out: &str| -> serde_json::Value {
        let all =
            ["compare", depot.to_str().unwrap(), "--strategies", strategies, "--days", "1", "--replications", "3"];
        let said = told(dir.path(), code, &[&all[..], &["--out", out]].concat());
        let is_told = said.contains("strategy `charging=traps.wasm`, replication 0: ") && said.contains("unreachable");
        assert_eq!(is_told, code != 0, "{said}");
        serde_json::from_slice(&std::fs::read(dir.path().join(out).join("compare.json")).unwrap()).unwrap()
    };
    let alone = compare(0, "bau,fcfs", "alone");
    let json = compare(5, "bau,charging=traps.wasm,fcfs", "beside");
    assert_eq!(json["failed"][0]["strategy"], "charging=traps.wasm");
    let mean = |json: &serde_json::Value, name: &str, at: usize| {
        let all = json["metrics"].as_array().unwrap().iter();
        let found = all.clone().find(|metric| metric["name"] == name && metric["scope"] == "total");
        found.unwrap()["strategies"][at]["mean"].as_f64()
    };
    for name in ["hauls_completed", "energy_delivered_kwh"] {
        assert_eq!(mean(&json, name, 1), None);
        assert_eq!([mean(&json, name, 0), mean(&json, name, 2)], [mean(&alone, name, 0), mean(&alone, name, 1)]);
    }
    // Without a baseline there is nothing to compare with.
    let out = ["--replications", "2", "--days", "1", "--out", "x", "--strategies", "charging=traps.wasm,fcfs"];
    told(dir.path(), 5, &[&["compare", depot.to_str().unwrap()][..], &out].concat());
    assert!(!dir.path().join("x").exists());
}

/// The figures in the documentation of `study` come from here.
#[test]
fn pairing_pays_on_depot_night() {
    let stop = AtomicBool::new(false);
    let of = |settings: &[&str]| loaded(&shipped("depot_night"), settings);
    let scenarios = [
        ("bau".to_owned(), of(&[])),
        ("fcfs".to_owned(), of(&["policy.charging.name=fcfs"])),
        ("800 kW".to_owned(), of(&["site.depot.limit_kw=800"])),
    ];
    let mut runs = Runs::default();
    runs.extend(&scenarios, |_| false, (1, 30), 0, &stop, &|_| {}).unwrap();
    for metric in ["energy_delivered_kwh", "truck_km", "hauls_completed", "hauls_late"] {
        let samples =
            portvolt::study::compare::measure::complete(&runs.values(MetricName::parse(metric).unwrap(), "total"));
        let factor = |at: usize| stats::paired(&samples[at], &samples[0], 0.95).unwrap().pairing_factor.unwrap();
        println!("pairing divides the variance of {metric} by {:.1} (fcfs), {:.1} (800 kW)", factor(1), factor(2));
        assert!(factor(1) > 1.5, "{metric}: {}", factor(1));
    }
}
