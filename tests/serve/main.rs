//! Contract: the server lets in only its own page, says what `validate` says, runs what it was asked for with the numbers
//! of the command line, refuses what it cannot hold, keeps answering under abuse, and loses nothing when it is killed.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

mod access;
#[path = "../common/mod.rs"]
mod common;
mod comparisons;
#[cfg(target_os = "linux")]
mod desktop;
mod files;
mod imports;
mod runs;
mod strangers;
mod studies;

use common::http::{Answer, Connection};
use portvolt::serve::{Options, serve};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const JSON: &str = "content-type: application/json";

/// A server over a folder with a copy of `depot_night`.
struct Server {
    folder: tempfile::TempDir,
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

fn options(folder: &Path) -> Options {
    Options {
        folder: folder.to_path_buf(),
        host: [127, 0, 0, 1].into(),
        port: 0,
        token: None,
        workers: 1,
        queue: 4,
        allow_plugins: false,
    }
}

impl Server {
    fn start(change: impl FnOnce(&mut Options)) -> Self {
        Self::over(workspace(), change)
    }

    fn over(folder: tempfile::TempDir, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = options(folder.path());
        change(&mut options);
        let stop = Arc::new(AtomicBool::new(false));
        let (tell, hear) = std::sync::mpsc::channel();
        let flag = Arc::clone(&stop);
        let thread = std::thread::spawn(move || serve(&options, &flag, |address| tell.send(address).unwrap()).unwrap());
        let address = hear.recv().unwrap();
        Self { folder, address, stop, thread: Some(thread) }
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        Connection::open(self.address).ask(method, path, &[JSON], body.map(Value::to_string).as_deref())
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    /// Waits for the end of a run by its events; the last state.
    fn end_of(&self, id: &str) -> Value {
        events(self.address, id, None).pop().unwrap().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().unwrap().join();
    }
}

fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let depot = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/depot_night");
    std::fs::create_dir(folder.path().join("depot")).unwrap();
    for name in ["scenario.toml", "hauls.csv"] {
        std::fs::copy(depot.join(name), folder.path().join("depot").join(name)).unwrap();
    }
    folder
}

/// All events of a run: id and state.
fn events(address: SocketAddr, id: &str, after: Option<u64>) -> Vec<(u64, Value)> {
    let mut stream = TcpStream::connect(address).unwrap();
    let last = after.map_or(String::new(), |id| format!("last-event-id: {id}\r\n"));
    write!(stream, "GET /api/v1/runs/{id}/events HTTP/1.1\r\nhost: {address}\r\n{last}connection: close\r\n\r\n")
        .unwrap();
    let (mut out, mut number) = (Vec::new(), 0);
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap();
        if let Some(text) = line.strip_prefix("id: ") {
            number = text.parse().unwrap();
        } else if let Some(text) = line.strip_prefix("data: ") {
            out.push((number, serde_json::from_str(text).unwrap()));
        }
    }
    out
}

fn request(days: u32) -> Value {
    json!({ "scenario": "depot", "days": days, "changes": [{ "path": "site.depot.limit_kw", "value": 550 }] })
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn only_its_own_page_is_let_in() {
    let server = Server::start(|_| {});
    let own = format!("host: {}", server.address);
    let status = |headers: &[&str], method: &str, path: &str, body: Option<&str>| {
        Connection::open(server.address).raw(method, path, headers, body).status
    };
    assert_eq!(status(&[&own], "GET", "/", None), 200);
    assert_eq!(status(&["host: evil.example"], "GET", "/", None), 421);
    let longer = format!("host: 127.0.0.1.evil.com:{}", server.address.port());
    assert_eq!(status(&[&longer], "GET", "/", None), 421);
    assert_eq!(status(&[], "GET", "/", None), 421, "no host at all");
    let run = request(1).to_string();
    assert_eq!(status(&[&own, JSON, "origin: http://evil.example"], "POST", "/api/v1/runs", Some(&run)), 403);
    assert_eq!(status(&[&own, JSON, "origin: null"], "POST", "/api/v1/runs", Some(&run)), 403);
    assert_eq!(status(&[&own, "content-type: text/plain"], "POST", "/api/v1/runs", Some(&run)), 415);
    assert_eq!(status(&[&own, "content-type: application/wasm"], "PUT", "/api/v1/plugins/a.wasm", Some("\0asm")), 403);
    assert_eq!(status(&[&own], "POST", "/api/v1/runs/none-0001/cancel", None), 404, "without a body, heard");
    assert_eq!(status(&[&own, "origin: null"], "POST", "/api/v1/runs/none-0001/cancel", None), 403);
    assert_eq!(status(&[&own], "POST", "/api/v1/runs", Some(&run)), 415, "a body of no kind");
    let two_gb = "content-length: 2147483648";
    assert_eq!(status(&[&own, JSON, two_gb], "POST", "/api/v1/runs", Some("{")), 413);
    let answer = server.get("/");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'; connect-src 'self'; script-src 'sha256-"), "{policy}");
    assert!(answer.header("access-control-allow-origin").is_none());
}

#[test]
fn a_token_is_asked_for_where_it_is_set() {
    let server = Server::start(|options| options.token = Some("a-token-of-20-letters".to_owned()));
    let host = format!("host: {}", server.address);
    let status =
        |headers: &[&str]| Connection::open(server.address).raw("GET", "/api/v1/workspace", headers, None).status;
    assert_eq!(status(&[&host]), 401);
    assert_eq!(status(&[&host, "authorization: Bearer a-token-of-20-letterz"]), 401);
    assert_eq!(status(&[&host, "authorization: Bearer a-token-of-20-letters"]), 200);
    let open = Options { host: [0, 0, 0, 0].into(), ..options(server.folder.path()) };
    assert!(serve(&open, &AtomicBool::new(true), |_| {}).unwrap_err().to_string().contains("--token"));
}

#[test]
fn paths_stay_inside_the_folder() {
    let server = Server::start(|_| {});
    std::fs::write(server.folder.path().parent().unwrap().join("outside.toml"), "title = \"secret\"").unwrap();
    for scenario in ["../outside.toml", "/etc/passwd", "depot/../../outside.toml", "depot\\..", "..%2foutside.toml"] {
        let status = server.get(&format!("/api/v1/scenarios/file?scenario={scenario}")).status;
        assert!(status == 400 || status == 404, "{scenario}: {status}");
        let draft = json!({ "scenario": scenario });
        assert!(server.ask("POST", "/api/v1/scenarios/check", Some(&draft)).status >= 400, "{scenario}");
    }
    for run in ["..", "..%2f..%2fetc", ".queue", "%2e%2e"] {
        assert_eq!(server.get(&format!("/api/v1/runs/{run}/report.html")).status, 404, "{run}");
    }
    // Files that a changed scenario names are confined too.
    for (path, value) in [("site.depot.tariff", "../../etc/hostname"), ("policy.dispatch.plugin", "/bin/true.wasm")] {
        let draft = json!({ "scenario": "depot", "changes": [{ "path": path, "value": value }] });
        let answer = server.ask("POST", "/api/v1/scenarios/check", Some(&draft));
        assert!(answer.json()["problems"].to_string().contains("lies outside of the folder"), "{path}");
    }
    let save = json!({ "scenario": "depot", "name": "../../escaped" });
    assert_eq!(server.ask("POST", "/api/v1/scenarios/save", Some(&save)).status, 400);
    assert_eq!(
        server.ask("POST", "/api/v1/scenarios", Some(&json!({ "template": "depot_night", "name": "../x" }))).status,
        400
    );
}

#[test]
fn mistakes_are_told_as_validate_tells_them() {
    let server = Server::start(|_| {});
    let draft = json!({ "scenario": "depot", "changes": [
        { "path": "site.depot.limit_kw", "value": -5 },
        { "path": "charger.new", "value": { "site": "depo", "cabinets": 1, "cabinet_kw": 150, "efficiency": 0.9 } },
    ] });
    let checked = server.ask("POST", "/api/v1/scenarios/check", Some(&draft)).json();
    let problems = checked["problems"].to_string();
    assert!(
        problems.contains("out of the plausible range") && problems.contains("did you mean `depot`?"),
        "{problems}"
    );
    assert_eq!(checked["document"]["charger"]["new"]["site"], "depo");
    let none = json!({ "scenario": "depot", "changes": [{ "path": "charger.night", "value": null }] });
    let doubts = server.ask("POST", "/api/v1/scenarios/check", Some(&none)).json()["doubts"].to_string();
    assert!(doubts.contains("its trucks cannot charge"), "what may run and is a mistake all the same: {doubts}");
    let answer = server.ask("POST", "/api/v1/runs", Some(&draft));
    assert_eq!((answer.status, answer.json()["problems"].to_string()), (422, problems));
    assert!(server.get("/api/v1/runs").json()["open"].as_array().unwrap().is_empty(), "nothing is queued");
    for body in ["{", "[]", "{\"scenario\":3}", "{\"scenario\":\"depot\",\"chnages\":[]}"] {
        let answer = Connection::open(server.address).ask("POST", "/api/v1/runs", &[JSON], Some(body));
        assert!(
            (400..=422).contains(&answer.status) && answer.json()["error"].is_string(),
            "{body}: {}",
            answer.text()
        );
    }
}

#[test]
fn a_saved_file_gives_the_numbers_of_the_run() {
    let server = Server::start(|_| {});
    let changes = json!([
        { "path": "site.depot.limit_kw", "value": 550 },
        { "path": "policy.charging.name", "value": "equal_share" },
        { "path": "charger.night.cabinets", "value": 8 },
        { "path": "charger.new", "value": { "site": "dc_carson", "cabinets": 6, "cabinet_kw": 150, "efficiency": 0.92, "users": ["carrier"] } },
        { "path": "site.depot.tariff", "value": null },
        { "path": "time.days", "value": 3 },
    ]);
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&json!({ "scenario": "depot", "changes": changes }))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let save = json!({ "scenario": "depot", "changes": changes, "name": "changed" });
    let saved = server.ask("POST", "/api/v1/scenarios/save", Some(&save));
    assert_eq!(saved.status, 201, "{}", saved.text());
    assert_eq!(server.ask("POST", "/api/v1/scenarios/save", Some(&save)).status, 409, "nothing is overwritten");
    let root = server.folder.path();
    let text = std::fs::read_to_string(root.join("depot/changed.toml")).unwrap();
    assert!(text.contains("# --- Places ---"), "comments are kept");
    let out = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["run", "depot/changed.toml", "--out", "by_hand", "--quiet"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let rows = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["rows"].clone()
    };
    assert_eq!(rows(&root.join("runs").join(&run)), rows(&root.join("by_hand")));
    let results = server.get(&format!("/api/v1/runs/{run}/results"));
    let summary = std::fs::read(root.join("by_hand/summary.json")).unwrap();
    assert_eq!(results.body, summary, "results are summary.json");
    let table = server.get(&format!("/api/v1/runs/{run}/tables/sessions.parquet"));
    assert_eq!(table.body, std::fs::read(root.join("by_hand/tables/sessions.parquet")).unwrap());
    let listed = server.get("/api/v1/workspace").json()["scenarios"].to_string();
    assert!(listed.contains("depot/changed.toml"), "{listed}");
}

/// What a file below has is left out of the saved one too, even where the file itself had changed a part of it.
#[test]
fn a_deletion_is_saved_in_a_file_that_extends_another() {
    let server = Server::start(|_| {});
    let root = server.folder.path();
    let upper = "extends = \"scenario.toml\"\ntitle = \"Upper\"\n\n[charger.night]\ncabinets = 9\n\n[charger.more]\n\
                 site = \"depot\"\ncabinets = 2\ncabinet_kw = 100\nefficiency = 0.9\nusers = [\"carrier\"]\n";
    std::fs::write(root.join("depot/upper.toml"), upper).unwrap();
    let changes = json!([{ "path": "charger.night", "value": null }]);
    let save = json!({ "scenario": "depot/upper.toml", "changes": changes, "name": "fewer" });
    let saved = server.ask("POST", "/api/v1/scenarios/save", Some(&save));
    assert_eq!(saved.status, 201, "{}", saved.text());
    let document = |body: Value| server.ask("POST", "/api/v1/scenarios/check", Some(&body)).json()["document"].clone();
    let draft = document(json!({ "scenario": "depot/upper.toml", "changes": changes }));
    assert_eq!(document(json!({ "scenario": "depot/fewer.toml" })), draft);
    assert!(draft["charger"].get("night").is_none() && draft["charger"].get("more").is_some());
}

/// Another server would give the same names; it is told to wait. A link that leads out is no file of a run.
#[test]
fn one_server_a_folder_and_no_link_out() {
    let server = Server::start(|_| {});
    let root = server.folder.path();
    let refused = serve(&options(root), &AtomicBool::new(true), |_| {}).unwrap_err().to_string();
    assert!(refused.contains("another server has this folder"), "{refused}");
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", root.join("runs").join(&run).join("tables/out.parquet")).unwrap();
    assert_eq!(server.get(&format!("/api/v1/runs/{run}/tables/out.parquet")).status, 404);
    let finished = server.get("/api/v1/runs").json()["finished"][0].clone();
    assert_eq!(finished["request"]["changes"], request(1)["changes"], "the layout can be changed further");
    let report = server.get(&format!("/api/v1/runs/{run}/report.html"));
    assert!(report.header("content-security-policy").unwrap().contains("sandbox allow-scripts"));
}

/// More connections than there is room for, none of which sends a request: others are served once their time is up.
#[test]
fn idle_connections_do_not_keep_others_out() {
    let server = Server::start(|_| {});
    let idle: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(b"GET / HT").unwrap();
            stream
        })
        .collect();
    assert_eq!(server.get("/api/v1/workspace").status, 200);
    drop(idle);
}

#[test]
fn events_end_with_the_run_and_resume() {
    let server = Server::start(|_| {});
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(2))));
    let begin = std::time::Instant::now();
    let heard = events(server.address, &run, None);
    // Four a second and one at each end, however long the run took on this machine.
    let most = 4 + begin.elapsed().as_millis() / 200;
    let (last, state) = heard.last().unwrap();
    assert_eq!((&state["status"], &state["of"]), (&json!("finished"), &json!(48)));
    assert!(heard.windows(2).all(|pair| pair[0].0 < pair[1].0), "versions grow");
    assert_eq!(events(server.address, &run, Some(last - 1)).len(), 1, "what was missed");
    assert!((heard.len() as u128) < most, "a person reads no faster: {} events, not {most}", heard.len());
    assert_eq!(server.get("/api/v1/runs/none-0001/events").status, 404);
}

#[test]
fn a_full_queue_refuses_and_the_server_keeps_answering() {
    let server = Server::start(|options| options.queue = 3);
    // So long that it is not over when ten thousand callers were refused.
    let long = request(1_000);
    let mut connection = Connection::open(server.address);
    let body = long.to_string();
    let mut statuses = std::collections::BTreeMap::new();
    for _ in 0..10_000 {
        *statuses.entry(connection.ask("POST", "/api/v1/runs", &[JSON], Some(&body)).status).or_insert(0) += 1;
    }
    assert_eq!(statuses.values().sum::<i32>(), 10_000);
    assert!(statuses[&429] >= 9_990 && statuses[&202] <= 10, "{statuses:?}");
    // Slow readers hold a connection and never read.
    let open = server.get("/api/v1/runs").json()["open"].clone();
    let running = open.as_array().unwrap().iter().find(|run| run["status"] == "running").unwrap()["id"].clone();
    let slow: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let path = format!("/api/v1/runs/{}/events", running.as_str().unwrap());
            write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address).unwrap();
            stream
        })
        .collect();
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..200).map(|_| scope.spawn(|| server.get("/api/v1/workspace").status)).collect();
        assert!(asked.into_iter().all(|status| status.join().unwrap() == 200));
    });
    drop(slow);
    for run in open.as_array().unwrap() {
        let path = format!("/api/v1/runs/{}/cancel", run["id"].as_str().unwrap());
        assert_eq!(server.ask("POST", &path, None).status, 200);
    }
    assert_eq!(server.end_of(running.as_str().unwrap())["status"], "cancelled");
    let queue = std::fs::read_dir(server.folder.path().join("runs/.queue")).unwrap();
    let waiting = queue.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|it| it == "json"));
    assert_eq!(waiting.count(), 0, "nothing waits");
}

fn binary(folder: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["serve", ".", "--quiet"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    (child, address)
}

#[test]
fn a_killed_server_says_what_it_was_doing() {
    let folder = workspace();
    let (mut child, address) = binary(folder.path());
    let post = |address, days| {
        let body = request(days).to_string();
        id(&Connection::open(address).ask("POST", "/api/v1/runs", &[JSON], Some(&body)))
    };
    let done = post(address, 1);
    assert_eq!(events(address, &done, None).pop().unwrap().1["status"], "finished");
    let (cut, waiting) = (post(address, 1_000), post(address, 1));
    while Connection::open(address).ask("GET", &format!("/api/v1/runs/{cut}"), &[], None).json()["status"] != "running"
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut child, address) = binary(folder.path());
    let runs = Connection::open(address).ask("GET", "/api/v1/runs", &[], None).json();
    let open: Vec<_> =
        runs["open"].as_array().unwrap().iter().map(|run| (run["id"].clone(), run["status"].clone())).collect();
    assert_eq!(open.len(), 2);
    assert!(
        open.contains(&(json!(cut), json!("interrupted"))) && open.contains(&(json!(waiting), json!("interrupted")))
    );
    assert_eq!(runs["finished"][0]["id"], json!(done));
    let path = format!("/api/v1/runs/{waiting}");
    assert_eq!(Connection::open(address).ask("DELETE", &path, &[], None).status, 200, "it can be dropped");
    assert!(post(address, 1) != done, "names are not given twice");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_description_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/openapi.json");
    let now = serde_json::to_string_pretty(&portvolt::serve::description()).unwrap() + "\n";
    if std::env::var_os("PORTVOLT_WRITE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap();
    assert_eq!(then, now, "run this test with PORTVOLT_WRITE=1 and look at the difference");
}
