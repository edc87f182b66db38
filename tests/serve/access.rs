//! Who is let in, and how what cannot be done is told.

use super::common::http::Connection;
use super::{JSON, Server, options, request, workspace};
use portvolt::serve::serve;
use serde_json::json;
use std::sync::atomic::AtomicBool;

#[test]
fn a_short_token_is_refused_on_loopback_too() {
    let folder = workspace();
    for token in ["", "fifteen-letters"] {
        let short = portvolt::serve::Options { token: Some(token.to_owned()), ..options(folder.path()) };
        let refused = serve(&short, &AtomicBool::new(true), |_| {}).unwrap_err().to_string();
        assert!(refused.contains("at least 16 characters"), "{refused}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_known_by_the_address_it_listens_at() {
    let server = Server::start(|options| options.host = [127, 0, 0, 2].into());
    assert_eq!(server.get("/").status, 200);
}

/// Arguments show in the list of processes.
#[cfg(target_os = "linux")]
#[test]
fn the_browser_is_started_without_the_token() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, tools) = (workspace(), tempfile::tempdir().unwrap());
    let (browser, told) = (tools.path().join("xdg-open"), tools.path().join("told"));
    let script = format!("#!/bin/sh\necho \"$1\" > {0}.part && /bin/mv {0}.part {0}\n", told.display());
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_portvolt"))
        .args(["serve", ".", "--open", "--quiet"])
        .env("PATH", tools.path())
        .env("PORTVOLT_TOKEN", "a-token-of-20-letters")
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begin = std::time::Instant::now();
    while !told.exists() && begin.elapsed().as_secs() < 30 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let address = std::fs::read_to_string(&told).unwrap();
    assert!(address.starts_with("http://127.0.0.1:") && !address.contains("token"), "{address}");
}

#[test]
fn what_a_browser_asks_for_another_page_is_refused() {
    let server = Server::start(|_| {});
    let status = |path: &str, site: &str| {
        let site = format!("sec-fetch-site: {site}");
        Connection::open(server.address).ask("GET", path, &[&site], None).status
    };
    for (site, expected) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        assert_eq!(status("/api/v1/workspace", site), expected, "{site}");
    }
    assert_eq!(status("/", "cross-site"), 200, "a link may lead to the page");
}

/// The name of a scheme has no case, pieces of a body that are none are no large body, and a request is counted before it is read.
#[test]
fn what_is_wrong_with_a_request_is_told_as_it_is() {
    let server = Server::start(|options| options.token = Some("0123456789abcdef0123".to_owned()));
    for (scheme, status) in [("bearer", 200), ("BEARER ", 200), ("Bearer", 200), ("basic", 401)] {
        let header = format!("authorization: {scheme} 0123456789abcdef0123");
        assert_eq!(Connection::open(server.address).ask("GET", "/api/v1/workspace", &[&header], None).status, status);
    }
    let server = Server::start(|_| {});
    let body = serde_json::json!({ "scenario": "depot", "strategies": vec!["a"; 101] });
    let answer = server.ask("POST", "/api/v1/scenarios/check", Some(&body));
    assert!(answer.status == 400 && answer.text().contains("more than 100"), "{}", answer.text());
    let chunked = |pieces: &str| {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        let head = format!("POST /api/v1/scenarios/check HTTP/1.1\r\nhost: {}\r\n", server.address);
        let more = "content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
        stream.write_all(format!("{head}{more}{pieces}").as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    let told = chunked("zz\r\n{}\r\n0\r\n\r\n");
    assert!(!told.contains("413") && told.starts_with("HTTP/1.1 400"), "{told}");
    let told = chunked(&format!("200000\r\n{}\r\n0\r\n\r\n", " ".repeat(0x20_0000)));
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
}

#[test]
fn every_refusal_has_one_shape() {
    let server = Server::start(|_| {});
    for (method, path, status) in [
        ("PATCH", "/api/v1/runs", 405),
        ("GET", "/api/v1/scenarios/file", 400),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/runs/none-0001", 404),
    ] {
        let answer = server.ask(method, path, None);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.json()["error"].is_string() && answer.json()["problems"].is_array(), "{path}");
    }
}

/// A run that is known by its folder only has all that the description promises.
#[test]
fn an_older_run_has_a_whole_state() {
    let server = Server::start(|_| {});
    let run = super::id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let runs = server.folder.path().join("runs");
    std::fs::rename(runs.join(&run), runs.join("older")).unwrap();
    let state = server.get("/api/v1/runs/older").json();
    assert_eq!(state["request"], server.get(&format!("/api/v1/runs/{run}")).json()["request"]);
    std::fs::remove_file(runs.join("older/request.json")).unwrap();
    let state = server.get("/api/v1/runs/older").json();
    let description = portvolt::serve::description();
    for key in description["components"]["schemas"]["RunState"]["required"].as_array().unwrap() {
        assert!(!state[key.as_str().unwrap()].is_null(), "{key}: {state}");
    }
    assert_eq!((&state["status"], &state["request"]["seed"]), (&json!("finished"), &json!(1)));
}

#[test]
fn a_copy_says_its_text() {
    let server = Server::start(|_| {});
    let body = json!({ "template": "depot_night", "name": "copy" }).to_string();
    let made = Connection::open(server.address).ask("POST", "/api/v1/scenarios", &[JSON], Some(&body));
    let file = std::fs::read_to_string(server.folder.path().join("copy/scenario.toml")).unwrap();
    assert_eq!(made.json()["text"], json!(file));
}
