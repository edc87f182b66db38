//! Comparisons: the numbers of the command line, all mistakes at once, cancelled or ended early with what is finished.

use super::{Server, id};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The depot as it is against the depot with half its connection.
fn request(days: u32, replications: u32) -> Value {
    json!({
        "scenario": "depot", "days": days, "seed": 7, "replications": replications,
        "variants": [
            { "name": "Base case" },
            { "name": "half", "changes": [{ "path": "site.depot.limit_kw", "value": 550 }] },
        ],
    })
}

fn start(server: &Server, request: &Value) -> String {
    id(&server.ask("POST", "/api/v1/comparisons", Some(request)))
}

fn metrics(study: &Value) -> Value {
    let rows = study["metrics"].as_array().unwrap().iter();
    // Names of strategies are the caller's; everything else must agree.
    rows.map(|metric| {
        let mut metric = metric.clone();
        for standing in metric["strategies"].as_array_mut().unwrap() {
            standing["strategy"] = Value::Null;
        }
        metric
    })
    .collect()
}

#[test]
fn a_comparison_is_that_of_the_command_line() {
    let server = Server::start(|_| {});
    let run = start(&server, &request(1, 3));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let study = server.get(&format!("/api/v1/runs/{run}/results")).json();
    assert_eq!((&study["replications"], &study["baseline"]), (&json!(3), &json!("Base case")));
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["compare", "depot", "--strategies", "bau,site.depot.limit_kw=550", "--baseline", "bau"])
        .args(["--replications", "3", "--days", "1", "--seed", "7", "--out", "by_hand"])
        .current_dir(server.folder.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = std::fs::read_to_string(server.folder.path().join("by_hand/compare.json")).unwrap();
    let by_hand: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(metrics(&study), metrics(&by_hand));
    // The page has the same numbers, and the list says what was asked.
    let page = server.get(&format!("/api/v1/runs/{run}/page")).json();
    assert_eq!(page["names"]["site.depot"], "Carson depot", "places are told by their names");
    let first = &page["study"]["metrics"][0];
    let own =
        study["metrics"].as_array().unwrap().iter().find(|it| it["name"] == first["name"] && it["scope"] == "total");
    assert_eq!(first["strategies"][1]["difference"], own.unwrap()["strategies"][1]["difference"]);
    let listed = server.get("/api/v1/runs").json()["finished"][0].clone();
    assert_eq!((&listed["command"], &listed["request"]["variants"][1]["name"]), (&json!("compare"), &json!("half")));
}

#[test]
fn mistakes_of_all_strategies_show_at_once() {
    let server = Server::start(|_| {});
    let mut wrong = request(1, 3);
    wrong["variants"][1]["changes"][0]["value"] = json!(-5);
    wrong["variants"].as_array_mut().unwrap().push(json!({
        "name": "worse", "changes": [{ "path": "site.depot.queue", "value": "loudest" }],
    }));
    let answer = server.ask("POST", "/api/v1/comparisons", Some(&wrong));
    assert_eq!((answer.status, answer.json()["problems"].as_array().unwrap().len()), (422, 2), "{}", answer.text());
    let refused = |change: fn(&mut Value)| {
        let mut request = request(1, 3);
        change(&mut request);
        let answer = server.ask("POST", "/api/v1/comparisons", Some(&request));
        (answer.status, answer.json()["error"].as_str().unwrap().to_owned())
    };
    for (change, status, words) in [
        ((|it| it["variants"] = json!([{ "name": "alone" }])) as fn(&mut Value), 400, "2 to 12 strategies"),
        (|it| it["variants"][1]["name"] = json!("Base case"), 400, "two strategies are called"),
        (|it| it["variants"][1]["name"] = json!(""), 400, "has a name"),
        (|it| it["replications"] = json!(1), 400, "replications"),
        (|it| it["until"] = json!({ "metric": "peak_kw", "share": 0.1, "most": 5_000 }), 400, "replications"),
        (|it| it["until"] = json!({ "metric": "peak_kw", "share": 7.0, "most": 5 }), 400, "between 0 and 1"),
        (|it| it["scenario"] = json!("../depot"), 400, "no path inside"),
        (|it| it["variants"][1]["strategies"] = json!(["nowhere"]), 400, "no overlay"),
    ] {
        let (told, error) = refused(change);
        assert!(told == status && error.contains(words), "{told} {error}");
    }
    assert_eq!(server.get("/api/v1/runs").json()["open"], json!([]), "nothing of it is queued");
}

fn wait_for(server: &Server, run: &str, done: u64) {
    while server.get(&format!("/api/v1/runs/{run}")).json()["done"].as_u64().unwrap() < done {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_comparison_can_be_cancelled_or_ended_with_what_is_finished() {
    let server = Server::start(|_| {});
    let long = request(2, 1_000);
    let run = start(&server, &long);
    wait_for(&server, &run, 1);
    let busy = server.ask("DELETE", &format!("/api/v1/runs/{run}"), None);
    assert_eq!(busy.status, 409, "{}", busy.text());
    assert_eq!(server.ask("POST", &format!("/api/v1/runs/{run}/cancel"), None).status, 200);
    let ended = server.end_of(&run);
    assert_eq!(ended["status"], "cancelled");
    assert!((1..2_000).contains(&ended["done"].as_u64().unwrap()), "what was cut short is not done: {ended}");
    let left = |root: &Path| {
        std::fs::read_dir(root.join("runs")).unwrap().filter(|it| it.as_ref().unwrap().path().is_dir()).count()
    };
    assert_eq!(left(server.folder.path()), 1, "only the queue is left");
    let run = start(&server, &long);
    wait_for(&server, &run, 6);
    assert_eq!(server.ask("POST", &format!("/api/v1/runs/{run}/finish"), None).status, 200);
    let ended = server.end_of(&run);
    assert_eq!(ended["status"], "finished");
    let study = server.get(&format!("/api/v1/runs/{run}/results")).json();
    let replications = study["replications"].as_u64().unwrap();
    assert!(study["interrupted"] == true && (2..1_000).contains(&replications), "{replications} replications");
    let done = ended["done"].as_u64().unwrap();
    assert!((2 * replications..2_000).contains(&done), "{done} of both strategies for {replications} replications");
    assert_eq!(server.ask("POST", &format!("/api/v1/runs/{run}/finish"), None).status, 409, "it is over");
}

/// What a planner downloads and uploads: a table for a spreadsheet as `--csv` writes it, and a tariff if it is one.
#[test]
fn tables_come_as_csv_and_tariffs_are_checked() {
    let server = Server::start(|_| {});
    let asked = json!({ "scenario": "depot", "days": 1 });
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&asked)));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["run", "depot", "--days", "1", "--csv", "--out", "by_hand"])
        .current_dir(server.folder.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    for table in ["sessions", "power"] {
        let served = server.get(&format!("/api/v1/runs/{run}/tables/{table}.csv"));
        let by_hand =
            std::fs::read_to_string(server.folder.path().join(format!("by_hand/tables/{table}.csv"))).unwrap();
        assert!(served.status == 200 && served.text() == by_hand, "{table}: {}", served.text().len());
    }
    assert_eq!(server.get(&format!("/api/v1/runs/{run}/tables/nothing.csv")).status, 404);
    let put = |name: &str, text: &str| {
        let body = json!({ "scenario": "depot", "name": name, "text": text });
        server.ask("POST", "/api/v1/scenarios/tariff", Some(&body)).status
    };
    let tariff =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tariffs/sce_tou_ev_8.json"))
            .unwrap();
    assert_eq!(put("mine.json", "{}"), 422, "no tariff");
    assert_eq!((put("mine.toml", &tariff), put("../mine.json", &tariff)), (400, 400));
    assert_eq!((put("mine.json", &tariff), put("mine.json", &tariff)), (201, 409));
    let workspace = server.get("/api/v1/workspace").json();
    let mine = &workspace["scenarios"][0]["tariffs"];
    assert_eq!((mine[0]["name"].as_str(), mine[1].is_null()), (Some("mine.json"), true));
    assert_eq!(mine[0]["title"], "Southern California Edison: SCE TOU-EV-8");
    let draft = json!({ "scenario": "depot", "changes": [{ "path": "site.depot.tariff", "value": "mine.json" }] });
    assert_eq!(server.ask("POST", "/api/v1/scenarios/check", Some(&draft)).json()["problems"], json!([]));
}
