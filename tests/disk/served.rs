//! The server, with a disk that is full or a power cut at its n-th step: what it says is saved or finished is there whole, what is
//! not is not there, and a server that is started again over the folder serves it.

use super::faults::{carried_out, copy, is_run, place, spawn, tree, tried};
use super::workspace;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Longer than any step of the script takes.
const PATIENCE: Duration = Duration::from_mins(1);

struct Served {
    child: Child,
    address: Option<String>,
}

/// A server with a fault; without an address where it ended before it served.
fn start(folder: &Path, kind: &str, at: u64) -> Served {
    let mut child = spawn(folder, &["serve", ".", "--quiet"], kind, at).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| {
        let line = line.ok()?;
        let (_, address) = line.split_once("http://")?;
        Some(address.trim_end_matches('/').to_owned())
    });
    Served { child, address }
}

/// Status and body of an answer; none where the server ends meanwhile.
fn ask(address: &str, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let length = body.len();
    let head = format!("{method} /api/v1/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    let kind = format!("content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(format!("{head}{kind}").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// What the caller was told.
#[derive(Default)]
struct Told {
    is_saved: bool,
    /// The run, where it was accepted, and how it ended as far as was heard.
    run: Option<(String, String)>,
}

fn field(body: &str, name: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    body[name].as_str().unwrap_or_default().to_owned()
}

/// Saves a layout, runs it, and hears how that ends.
fn use_it(address: &str) -> Told {
    let changes = r#"[{"path":"site.depot.limit_kw","value":550}]"#;
    let save = format!(r#"{{"scenario":"depot","name":"changed","changes":{changes}}}"#);
    let is_saved = ask(address, "POST", "scenarios/save", &save).is_some_and(|answer| answer.0 == 201);
    let mut told = Told { is_saved, ..Told::default() };
    let run = format!(r#"{{"scenario":"depot","days":1,"changes":{changes}}}"#);
    let Some((202, body)) = ask(address, "POST", "runs", &run) else { return told };
    let id = field(&body, "id");
    let begin = Instant::now();
    let mut status = "queued".to_owned();
    while matches!(status.as_str(), "queued" | "running") {
        assert!(begin.elapsed() < PATIENCE, "the run does not end");
        std::thread::sleep(Duration::from_millis(20));
        let Some((_, body)) = ask(address, "GET", &format!("runs/{id}"), "") else { break };
        status = field(&body, "status");
    }
    told.run = Some((id, status));
    told
}

/// Stops a server as Ctrl-C does; its exit code, and what it said.
fn stop(served: Served) -> (Option<i32>, String) {
    let mut child = served.child;
    let pid = rustix::process::Pid::from_child(&child);
    if child.try_wait().unwrap().is_none() {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
    }
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

/// Runs in a folder that are finished, by their names.
fn runs(folder: &Path) -> BTreeMap<String, BTreeMap<PathBuf, Vec<u8>>> {
    let below = tree(&folder.join("runs"));
    let mut runs: BTreeMap<String, BTreeMap<PathBuf, Vec<u8>>> = BTreeMap::new();
    for (path, bytes) in below {
        let name = path.iter().next().unwrap().to_string_lossy().into_owned();
        if !name.starts_with('.') && !name.contains(".unfinished.") {
            runs.entry(name.clone()).or_default().insert(path.strip_prefix(&name).unwrap().to_path_buf(), bytes);
        }
    }
    runs
}

fn hold(kind: &str, at: u64) {
    let all = place();
    let folder = all.path().join("work");
    copy(workspace().path(), &folder);
    let before = tree(&folder);
    let served = start(&folder, kind, at);
    let told = served.address.as_deref().map(use_it).unwrap_or_default();
    let (code, said) = stop(served);
    let what = format!("{kind} at step {at} of the server");
    assert!(!said.contains("panicked"), "{what}: {said}");
    if kind == "full" {
        assert!(matches!(code, Some(0 | 1)), "{what}: {code:?} {said}");
    }
    let after = tree(&folder);
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "{what}: what was there is changed");
    let saved = after.get(Path::new("depot/changed.toml"));
    assert!(saved.is_some() || !told.is_saved, "{what}: it says that it saved a file");
    assert!(saved.is_none_or(|text| String::from_utf8_lossy(text).contains("550")), "{what}: half a file is saved");
    let runs = runs(&folder);
    assert!(runs.values().all(is_run), "{what}: half a run is there: {:?}", runs.keys());
    if let Some((id, status)) = &told.run {
        assert!(status != "finished" || runs.contains_key(id), "{what}: it says that a run is finished");
    }
    let again = start(&folder, "count", 0);
    let address = again.address.clone().unwrap_or_else(|| panic!("{what}: it does not start again"));
    let (status, list) = ask(&address, "GET", "runs", "").unwrap();
    assert_eq!(status, 200, "{what}: {list}");
    if let Some((id, _)) = &told.run {
        assert!(list.contains(id.as_str()), "{what}: a run that was accepted is forgotten: {list}");
    }
    stop(again);
}

#[test]
fn what_a_server_leaves_is_whole_at_every_step() {
    let all = place();
    let folder = all.path().join("work");
    copy(workspace().path(), &folder);
    let served = start(&folder, "count", 0);
    let told = use_it(served.address.as_deref().unwrap());
    assert!(told.is_saved && told.run.is_some_and(|run| run.1 == "finished"));
    assert_eq!(stop(served).0, Some(0));
    let steps = carried_out(all.path());
    println!("serve: {steps} steps");
    for at in tried(steps) {
        for kind in ["full", "kill"] {
            hold(kind, at);
        }
    }
}
