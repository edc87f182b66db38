//! The queue: order, dropping, and what a run says at its end.

use super::{Server, id, request, workspace};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// A folder as a killed server leaves it: one accepted request and, perhaps, what was written of its run.
fn accepted(root: &Path, id: &str, failed: Option<&str>) {
    let journal = root.join("runs/.queue");
    std::fs::create_dir_all(&journal).unwrap();
    let kept = json!({ "request": request(1), "failed": failed });
    std::fs::write(journal.join(format!("{id}.json")), kept.to_string()).unwrap();
}

fn open_ids(server: &Server) -> Vec<String> {
    let open = server.get("/api/v1/runs").json()["open"].clone();
    open.as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
}

fn wait_until_running(server: &Server, id: &str) {
    while server.get(&format!("/api/v1/runs/{id}")).json()["status"] != "running" {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_failed_or_was_cut_can_be_dropped_with_its_folder() {
    let folder = workspace();
    accepted(folder.path(), "depot-0001", None);
    accepted(folder.path(), "depot-0002", Some("the disk was full"));
    let runs = folder.path().join("runs");
    // What a killed server leaves carries our mark; a folder of the same kind of name that does not is somebody else's.
    for id in ["depot-0001", "depot-0002"] {
        drop(portvolt::disk::whole::Work::begin(&runs.join(id)).unwrap());
    }
    std::fs::create_dir_all(runs.join("depot-0001.unfinished.notes")).unwrap();
    let server = Server::over(folder, |_| {});
    assert_eq!(open_ids(&server), ["depot-0002", "depot-0001"], "the newest first");
    for id in ["depot-0001", "depot-0002"] {
        let path = format!("/api/v1/runs/{id}");
        assert_eq!(server.ask("DELETE", &path, None).status, 200);
        assert_eq!(server.get(&path).status, 404);
    }
    assert!(open_ids(&server).is_empty());
    assert_eq!(portvolt::disk::list(&runs), [".queue", "depot-0001.unfinished.notes"]);
}

/// What a stranger laid where accepted requests wait is read as far as a request goes; the rest is told by its name.
#[test]
fn requests_that_are_none_are_set_aside_and_told() {
    let folder = workspace();
    accepted(folder.path(), "depot-0001", Some(&"x".repeat(100_000)));
    accepted(folder.path(), "depot-0002", Some(&"x".repeat(300_000)));
    accepted(folder.path(), "depot-0006", None);
    let journal = folder.path().join("runs/.queue");
    std::fs::write(journal.join("depot-0003.json"), "{}").unwrap();
    for (number, key, value) in [
        (4, "scenario", json!("../../etc")),
        (5, "strategies", json!(["../a"])),
        (7, "changes", json!([{ "path": ".." }])),
    ] {
        let mut request = request(1);
        request[key] = value;
        let text = json!({ "request": request }).to_string();
        std::fs::write(journal.join(format!("depot-000{number}.json")), text).unwrap();
    }
    let server = Server::over(folder, |_| {});
    let state = |id: &str| server.get(&format!("/api/v1/runs/{id}")).json();
    assert!(state("depot-0001")["message"].as_str().unwrap().len() < 5_000);
    for (id, why) in [
        ("depot-0002", "KB; the limit is 256 KB"),
        ("depot-0003", "no request"),
        ("depot-0004", "names"),
        ("depot-0005", "names"),
        ("depot-0007", "changes"),
    ] {
        let state = state(id);
        let message = state["message"].as_str().unwrap();
        let is_told = message.contains(&format!(".queue/{id}.json")) && message.contains(why);
        assert!(state["status"] == "failed" && is_told, "{state}");
    }
    assert_eq!(state("depot-0006")["status"], "interrupted");
    assert_eq!(server.ask("DELETE", "/api/v1/runs/depot-0002", None).status, 200);
    assert!(!server.folder.path().join("runs/.queue/depot-0002.json").exists());
}

/// A run whose manifest is none, or larger than any, is in the list and says why it cannot be read.
#[test]
fn a_run_that_cannot_be_read_is_listed_as_such() {
    let folder = workspace();
    let unfinished = ("depot-0003.unfinished.7", "{}".to_owned());
    for (id, text) in [("large-0001", " ".repeat(5 << 20)), ("broken-0002", "{}".to_owned()), unfinished] {
        std::fs::create_dir_all(folder.path().join("runs").join(id)).unwrap();
        std::fs::write(folder.path().join("runs").join(id).join("manifest.json"), text).unwrap();
    }
    let server = Server::over(folder, |_| {});
    let listed = server.get("/api/v1/runs").json()["finished"].clone();
    let title = |id: &str| {
        let entry = listed.as_array().unwrap().iter().find(|entry| entry["id"] == id);
        entry.unwrap_or_else(|| panic!("{listed}"))["title"].as_str().unwrap().to_owned()
    };
    assert!(title("large-0001").contains("cannot be read") && title("large-0001").contains("limit is 4 MB"));
    assert!(title("broken-0002").contains("cannot be read"));
    assert_eq!(listed.as_array().unwrap().len(), 2, "one that is being written is no run yet: {listed}");
}

/// Names of runs begin with their scenario: the order is that of asking, and a number is not given twice.
#[test]
fn the_newest_is_first_whatever_it_is_called() {
    let folder = workspace();
    std::fs::create_dir_all(folder.path().join("runs/zebra-0041.unfinished.7")).unwrap();
    accepted(folder.path(), "depot-0007", None);
    std::fs::copy(folder.path().join("depot/scenario.toml"), folder.path().join("depot/a.toml")).unwrap();
    let server = Server::over(folder, |_| {});
    let long = request(300);
    let first = id(&server.ask("POST", "/api/v1/runs", Some(&long)));
    assert_eq!(first, "depot-0042");
    wait_until_running(&server, &first);
    let mut other = request(1);
    other["scenario"] = "depot/a.toml".into();
    let second = id(&server.ask("POST", "/api/v1/runs", Some(&other)));
    assert_eq!(second, "depot_a-0043");
    let third = id(&server.ask("POST", "/api/v1/runs", Some(&long)));
    assert_eq!(open_ids(&server), [third.as_str(), &second, &first, "depot-0007"]);
    for run in [&third, &second, &first] {
        assert_eq!(server.ask("POST", &format!("/api/v1/runs/{run}/cancel"), None).status, 200);
    }
    let last = server.end_of(&first);
    assert_eq!(last["status"], "cancelled");
}

/// A cancelled run never begins: whoever watches sees it end and not go on.
#[test]
fn a_cancelled_run_does_not_begin() {
    let server = Server::start(|options| options.queue = 64);
    let long = id(&server.ask("POST", "/api/v1/runs", Some(&request(300))));
    wait_until_running(&server, &long);
    let waiting: Vec<String> = (0..20).map(|_| id(&server.ask("POST", "/api/v1/runs", Some(&request(1))))).collect();
    let cancel = |run: &String| server.ask("POST", &format!("/api/v1/runs/{run}/cancel"), None).json();
    let told: Vec<_> = waiting.iter().map(cancel).collect();
    assert!(told.iter().all(|told| told["status"] == "cancelled"), "{told:?}");
    // One that was asked for after them runs to its end: the queue has gone past all of them.
    let last = id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    cancel(&long);
    assert_eq!(server.end_of(&last)["status"], "finished");
    for (run, told) in waiting.iter().zip(&told) {
        let now = server.get(&format!("/api/v1/runs/{run}")).json();
        assert_eq!((&now["status"], &now["version"]), (&told["status"], &told["version"]));
    }
}

#[test]
fn a_run_says_what_is_wrong_with_files_that_changed() {
    let server = Server::start(|_| {});
    let long = id(&server.ask("POST", "/api/v1/runs", Some(&request(300))));
    wait_until_running(&server, &long);
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    let file = server.folder.path().join("depot/scenario.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("cabinet_kw = ", "cabinet_kv = ")).unwrap();
    assert_eq!(server.ask("POST", &format!("/api/v1/runs/{long}/cancel"), None).status, 200);
    let state = server.end_of(&run);
    let message = state["message"].as_str().unwrap();
    assert_eq!(state["status"], "failed");
    assert!(message.contains("changed while the run waited") && message.contains("cabinet_k"), "{message}");
}

/// Killed between the folder and what was asked for: the journal knows.
#[test]
fn what_was_asked_for_is_not_lost() {
    let server = Server::start(|_| {});
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let (folder, moved) = (workspace(), server.folder.path().join("runs").join(&run));
    accepted(folder.path(), &run, None);
    std::fs::rename(moved, folder.path().join("runs").join(&run)).unwrap();
    std::fs::remove_file(folder.path().join("runs").join(&run).join("request.json")).unwrap();
    let server = Server::over(folder, |_| {});
    let finished = server.get("/api/v1/runs").json()["finished"][0].clone();
    assert_eq!(finished["request"]["changes"], request(1)["changes"]);
    assert_eq!(open_ids(&server), Vec::<String>::new());
}
