//! Searches and sensitivities: the answers of the command line, all mistakes at once, progress, cancelled without a trace but
//! what was simulated, and the report of a run that says which numbers decide.

use super::{Server, id, workspace};
use crate::common::planted;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

fn search() -> Value {
    json!({
        "scenario": "depot", "days": 1, "seed": 7, "objectives": ["bill_total_usd"],
        "changes": [{ "path": "site.depot.limit_kw", "value": 900 }],
        "decide": {
            "charger.night.cabinets": { "from": 10, "to": 14, "step": 2 },
            "policy.charging.name": ["edf", "fcfs"],
        },
        "constraints": [{ "metric": "hauls_completed", "least": 1 }],
        "budget": { "runs": 30, "replications": 2 },
    })
}

fn sensitivity() -> Value {
    json!({
        "scenario": "planted", "variants": [{ "name": "Base case" }], "metric": "co2e_upstream_t",
        "replications": 1, "points": 16, "seed": 1,
    })
}

fn command(folder: &Path, words: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt")).args(words).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{told}{}", String::from_utf8_lossy(&out.stderr));
    told
}

fn file(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_search_is_that_of_the_command_line() {
    let server = Server::start(|_| {});
    let folder = server.folder.path();
    let run = id(&server.ask("POST", "/api/v1/searches", Some(&search())));
    let end = server.end_of(&run);
    assert_eq!((&end["status"], &end["unit"]), (&json!("finished"), &json!("simulations")), "{end:#}");
    assert!(end["done"].as_u64().unwrap() > 6, "{end:#}");
    let answer = server.get(&format!("/api/v1/runs/{run}/results")).json();
    assert_eq!(answer["designs_of_the_space"], 6);
    let study = format!("studies/{run}.toml");
    let told = command(folder, &["optimize", &study, "--out", "by_hand"]);
    assert!(told.contains("were there already") && !told.contains("(0 of them"), "{told}");
    assert_eq!(answer, file(&folder.join("by_hand/optimize.json")));
    let page = server.get(&format!("/api/v1/runs/{run}/page")).json();
    assert_eq!((&page["kind"], &page["search"]["answer"]["best"]), (&json!("design"), &answer["answer"]["best"]));
    let listed = server.get("/api/v1/runs").json()["finished"][0].clone();
    assert_eq!((&listed["command"], &listed["request"]["budget"]["runs"]), (&json!("optimize"), &json!(30)));
    assert_eq!(server.get("/api/v1/workspace").json()["scenarios"].as_array().unwrap().len(), 1, "a study is none");
}

#[test]
fn a_sensitivity_is_that_of_the_command_line_and_its_run_tells_it() {
    let folder = workspace();
    planted(folder.path());
    let server = Server::over(folder, |_| {});
    let folder = server.folder.path();
    let run = id(&server.ask("POST", "/api/v1/sensitivities", Some(&sensitivity())));
    let end = server.end_of(&run);
    assert_eq!((&end["status"], &end["of"]), (&json!("finished"), &json!(0)), "{end:#}");
    let answer = server.get(&format!("/api/v1/runs/{run}/results")).json();
    let words = ["sensitivity", "planted", "--metric", "co2e_upstream_t", "--replications", "1", "--points", "16"];
    command(folder, &[&words[..], &["--out", "by_hand"]].concat());
    let by_hand = file(&folder.join("by_hand/sensitivity.json"));
    for part in ["headline", "numbers", "runs", "doubtful", "left_out", "mean"] {
        assert_eq!(answer[part], by_hand[part], "{part}");
    }
    let headline = answer["headline"].as_str().unwrap();
    assert!(headline.starts_with("3 of ") && headline.contains("doubtful numbers decide this result"), "{headline}");
    let page = server.get(&format!("/api/v1/runs/{run}/page")).json();
    assert_eq!((&page["kind"], &page["influence"]["headline"]), (&json!("influence"), &answer["headline"]));
    // A run of the same scenario says it in the place of how many are doubtful; one with a change does not.
    let warnings = |changes: Value| {
        let asked = json!({ "scenario": "planted", "changes": changes });
        let run = id(&server.ask("POST", "/api/v1/runs", Some(&asked)));
        assert_eq!(server.end_of(&run)["status"], "finished");
        server.get(&format!("/api/v1/runs/{run}/page")).json()["warnings"].to_string()
    };
    let plain = warnings(json!([]));
    assert!(plain.contains(headline) && !plain.contains("are unverified or assumed"), "{plain}");
    let changed = warnings(json!([{ "path": "site.station.load_kw", "value": 60 }]));
    assert!(!changed.contains(headline) && changed.contains("are unverified or assumed"), "{changed}");
}

/// A change of a request, the status of the answer, and words in it.
type Case = (fn(&mut Value), u16, &'static str);

#[test]
fn mistakes_of_a_study_show_before_anything_waits() {
    let server = Server::start(|_| {});
    let refused = |path: &str, mut asked: Value, change: fn(&mut Value)| {
        change(&mut asked);
        let answer = server.ask("POST", path, Some(&asked));
        (answer.status, answer.text())
    };
    let of_a_search: [Case; 8] = [
        (|it| it["decide"] = json!({}), 422, "names nothing to decide"),
        (|it| it["decide"] = json!({ "charger.day.cabinets": [1, 2] }), 422, "no value of it can be simulated"),
        (|it| it["decide"] = json!({ "site.depot.limit_kw": [900, 900] }), 422, "changes the scenario"),
        (|it| it["changes"][0]["value"] = json!(-5), 422, "site.depot.limit_kw"),
        (|it| it["objectives"] = json!(["year_cost_usd"]), 422, "has no prices"),
        (|it| it["budget"] = json!({ "minutes": 100_000 }), 400, "minutes"),
        (|it| it["scenario"] = json!("../depot"), 400, "no path inside"),
        (|it| it["decide"]["site.depot.load_kw"] = json!({ "from": 1, "to": 900, "step": 1 }), 400, "500 choices"),
    ];
    for (change, status, words) in of_a_search {
        let (told, text) = refused("/api/v1/searches", search(), change);
        assert!(told == status && text.contains(words), "{told} {text}");
    }
    let of_depot = || {
        let mut asked = sensitivity();
        asked["scenario"] = json!("depot");
        asked
    };
    let of_a_sensitivity: [Case; 4] = [
        (|it| it["variants"] = json!([]), 400, "name one strategy"),
        (|it| it["points"] = json!(2), 400, "points"),
        (|it| it["replications"] = json!(0), 400, "replications"),
        (|it| it["variants"][0]["changes"] = json!([{ "path": "site.depot.limit_kw", "value": -5 }]), 422, "limit_kw"),
    ];
    for (change, status, words) in of_a_sensitivity {
        let (told, text) = refused("/api/v1/sensitivities", of_depot(), change);
        assert!(told == status && text.contains(words), "{told} {text}");
    }
    assert_eq!(server.get("/api/v1/runs").json()["open"], json!([]), "nothing of it is queued");
}

/// What was simulated before a search was cancelled is kept, and nothing else.
#[test]
fn a_study_can_be_cancelled() {
    let server = Server::start(|_| {});
    let folder = server.folder.path();
    let mut long = search();
    long["days"] = json!(2);
    long["budget"] = json!({ "runs": 5_000, "replications": 200 });
    let mut of_numbers = sensitivity();
    of_numbers["scenario"] = json!("depot");
    of_numbers["metric"] = json!("bill_total_usd");
    for (path, asked) in [("/api/v1/searches", long), ("/api/v1/sensitivities", of_numbers)] {
        let run = id(&server.ask("POST", path, Some(&asked)));
        while server.get(&format!("/api/v1/runs/{run}")).json()["done"].as_u64().unwrap() < 2 {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(
            server.ask("POST", &format!("/api/v1/runs/{run}/finish"), None).status,
            409,
            "it has no results yet"
        );
        assert_eq!(server.ask("POST", &format!("/api/v1/runs/{run}/cancel"), None).status, 200);
        assert_eq!(server.end_of(&run)["status"], "cancelled");
        assert!(!folder.join("runs").join(&run).exists());
    }
    let kept = std::fs::read_dir(folder.join("studies/searches/shards")).unwrap().count();
    assert!(kept > 0, "the runs of the search are kept");
}
