//! A folder that somebody else made: the server writes nothing outside of it, and callers that do not read keep nobody out.

use super::{JSON, Server, events, id, options, request, workspace};
use portvolt::serve::serve;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// A link laid where the server writes or reads by itself is refused at the start, by its name, and what it leads to stays.
#[cfg(unix)]
#[test]
fn links_under_runs_are_refused_at_the_start() {
    use std::os::unix::fs::symlink;
    let lay: [(&str, fn(&Path, &Path)); 9] = [
        ("runs", |root, out| symlink(out, root.join("runs")).unwrap()),
        ("runs/.queue", |root, out| {
            std::fs::create_dir(root.join("runs")).unwrap();
            symlink(out, root.join("runs/.queue")).unwrap();
        }),
        ("runs/.queue/lock", |root, out| lay_in_queue(root, "lock", &out.join("victim"))),
        ("runs/.queue/depot-0001.json", |root, out| lay_in_queue(root, "depot-0001.json", &out.join("victim"))),
        ("runs/.queue/.depot-0001.json", |root, out| lay_in_queue(root, ".depot-0001.json", &out.join("new"))),
        ("runs/depot-0001", |root, out| {
            std::fs::create_dir(root.join("runs")).unwrap();
            symlink(out, root.join("runs/depot-0001")).unwrap();
        }),
        ("runs/depot-0001/request.json", |root, out| lay_in_run(root, "request.json", &out.join("new"))),
        ("runs/depot-0001/.request.json", |root, out| lay_in_run(root, ".request.json", &out.join("victim"))),
        ("runs/depot-0001/tables", |root, out| lay_in_run(root, "tables", out)),
    ];
    for (name, lay) in lay {
        let (folder, outside) = (workspace(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("victim"), "mine").unwrap();
        lay(folder.path(), outside.path());
        let refused = serve(&options(folder.path()), &AtomicBool::new(true), |_| {}).unwrap_err().to_string();
        assert!(refused.contains(name) && refused.contains("link"), "{name}: {refused}");
        assert_eq!(std::fs::read_to_string(outside.path().join("victim")).unwrap(), "mine", "{name}");
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1, "{name}");
    }
}

#[cfg(unix)]
fn lay_in_queue(root: &Path, name: &str, to: &Path) {
    std::fs::create_dir_all(root.join("runs/.queue")).unwrap();
    std::os::unix::fs::symlink(to, root.join("runs/.queue").join(name)).unwrap();
}

/// A run without a request, and an accepted request for it: the server would write that into the run's folder.
#[cfg(unix)]
fn lay_in_run(root: &Path, name: &str, to: &Path) {
    std::fs::create_dir_all(root.join("runs/depot-0001")).unwrap();
    std::fs::create_dir_all(root.join("runs/.queue")).unwrap();
    std::fs::write(root.join("runs/depot-0001/manifest.json"), "{}").unwrap();
    let kept = json!({ "request": request(1) });
    std::fs::write(root.join("runs/.queue/depot-0001.json"), kept.to_string()).unwrap();
    std::os::unix::fs::symlink(to, root.join("runs/depot-0001").join(name)).unwrap();
}

/// A folder of runs that is moved away while it serves, with a link in its place: nothing goes where the link leads.
#[cfg(unix)]
#[test]
fn a_folder_of_runs_that_is_swapped_gets_nothing() {
    let server = Server::start(|_| {});
    let (root, outside) = (server.folder.path(), tempfile::tempdir().unwrap());
    std::fs::rename(root.join("runs"), root.join("runs_before")).unwrap();
    std::os::unix::fs::symlink(outside.path(), root.join("runs")).unwrap();
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    let end = server.end_of(&run);
    assert_eq!(end["status"], "failed");
    assert!(end["message"].as_str().unwrap().contains("was moved or replaced"), "{end}");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

/// Runs whose names have blanks or letters of any language are listed; what cannot be named here is counted.
#[test]
fn runs_of_any_name_are_listed_or_counted() {
    let server = Server::start(|_| {});
    let runs = server.folder.path().join("runs");
    for name in ["my depot", "k\u{fc}ste", "a,b"] {
        std::fs::create_dir(runs.join(name)).unwrap();
        std::fs::write(runs.join(name).join("manifest.json"), "{}").unwrap();
    }
    let list = server.ask("GET", "/api/v1/runs", None).json();
    let ids: Vec<&str> = list["finished"].as_array().unwrap().iter().map(|run| run["id"].as_str().unwrap()).collect();
    assert!(ids.len() == 2 && ids.contains(&"my depot") && ids.contains(&"k\u{fc}ste"), "{list}");
    assert_eq!(list["finished_left_out"], 1);
    let wrong = server.ask("GET", "/api/v1/runs/%ff", None);
    assert!(wrong.status == 400 && wrong.json()["schema"] == 1, "in the shape of errors");
}

/// Links that are laid while it serves are replaced or refused, and never followed.
#[cfg(unix)]
#[test]
fn links_that_come_later_are_not_followed() {
    use std::os::unix::fs::symlink;
    let server = Server::start(|options| options.allow_plugins = true);
    let (root, outside) = (server.folder.path(), tempfile::tempdir().unwrap());
    let victim = outside.path().join("victim");
    std::fs::write(&victim, "mine").unwrap();
    for name in ["depot-0001.json", ".depot-0001.json", "depot-0002.json"] {
        symlink(&victim, root.join("runs/.queue").join(name)).unwrap();
    }
    symlink(outside.path(), root.join("runs/depot-0001")).unwrap();
    symlink(outside.path(), root.join("plugins")).unwrap();
    symlink(outside.path().join("new.toml"), root.join("depot/new.toml")).unwrap();
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(1))));
    assert_eq!(server.end_of(&run)["status"], "finished");
    let save = json!({ "scenario": "depot", "name": "new", "changes": [] });
    assert_eq!(server.ask("POST", "/api/v1/scenarios/save", Some(&save)).status, 409);
    let wasm = ["content-type: application/wasm"];
    let put = super::Connection::open(server.address).ask("PUT", "/api/v1/plugins/a.wasm", &wasm, Some("\0asm...."));
    assert!(put.status >= 400, "{}", put.text());
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
}

/// A visible link to what is hidden is as hidden as that.
#[cfg(unix)]
#[test]
fn a_visible_link_to_a_hidden_file_is_not_served() {
    use std::os::unix::fs::symlink;
    let server = Server::start(|_| {});
    let root = server.folder.path();
    std::fs::create_dir(root.join(".secrets")).unwrap();
    std::fs::write(root.join(".secrets/token.toml"), "title = \"secret\"\nsecret = 1\n").unwrap();
    std::fs::create_dir(root.join("seen")).unwrap();
    symlink("../.secrets/token.toml", root.join("seen/scenario.toml")).unwrap();
    symlink("../.secrets", root.join("seen/folder")).unwrap();
    symlink("../depot/hauls.csv", root.join("seen/hauls.csv")).unwrap();
    for scenario in ["seen", "seen/scenario.toml", "seen/folder/token.toml"] {
        let answer = server.get(&format!("/api/v1/scenarios/file?scenario={scenario}"));
        assert!(matches!(answer.status, 400 | 404) && !answer.text().contains("secret = 1"), "{scenario}");
    }
    let check = |path: &str| {
        let changes = json!([{ "path": "freight.hauls", "value": path }]);
        server.ask("POST", "/api/v1/scenarios/check", Some(&json!({ "scenario": "depot", "changes": changes }))).text()
    };
    let told = check("../seen/folder/token.toml");
    assert!(!told.contains("secret = 1") && told.contains("problems"), "{told}");
    assert!(told.contains("outside of the folder"), "{told}");
    assert!(check("../seen/hauls.csv").contains("\"problems\":[]"), "a link inside to what is seen is read");
}

/// Names that another system or a command would take for something else are no names.
#[test]
fn odd_names_are_refused() {
    let server = Server::start(|_| {});
    for name in ["-rf", "--help", ".hidden", "nul", "con.txt", "..", "a/b", "a\u{202e}b", ""] {
        let body = json!({ "template": "depot_night", "name": name });
        let answer = server.ask("POST", "/api/v1/scenarios", Some(&body));
        assert_eq!(answer.status, 400, "{name:?}: {}", answer.text());
    }
}

/// More watchers than there are connections, none of which reads: others are answered at once, and a new watcher hears.
#[test]
fn watchers_have_places_of_their_own() {
    let server = Server::start(|_| {});
    let run = id(&server.ask("POST", "/api/v1/runs", Some(&request(900))));
    let watchers: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            write!(stream, "GET /api/v1/runs/{run}/events HTTP/1.1\r\nhost: {}\r\n\r\n", server.address).unwrap();
            stream
        })
        .collect();
    // Whoever waits for a place of those that watch waits until one is given up: that takes ten seconds and more.
    let begin = Instant::now();
    assert_eq!(server.get("/api/v1/workspace").status, 200);
    assert!(begin.elapsed() < Duration::from_secs(9), "{:?}", begin.elapsed());
    assert_eq!(server.ask("POST", &format!("/api/v1/runs/{run}/cancel"), None).status, 200);
    assert_eq!(events(server.address, &run, None).pop().unwrap().1["status"], "cancelled");
    drop(watchers);
}

/// As many connections as there are, each with answers that it does not read: they are closed after a while.
#[test]
fn callers_that_do_not_read_keep_nobody_out() {
    let server = Server::start(|_| {});
    let ask = format!("GET / HTTP/1.1\r\nhost: {}\r\n\r\n", server.address).repeat(8);
    let idle: Vec<TcpStream> = (0..256)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(ask.as_bytes()).unwrap();
            stream
        })
        .collect();
    let begin = Instant::now();
    let mut connection = super::Connection::open(server.address);
    assert_eq!(connection.ask("GET", "/api/v1/workspace", &[JSON], None).status, 200);
    assert!(begin.elapsed() < Duration::from_secs(45), "{:?}", begin.elapsed());
    drop(idle);
}

/// As many connections as there are, each with a body that never comes whole: they are closed after a while.
#[test]
fn bodies_that_do_not_come_keep_nobody_out() {
    let server = Server::start(|_| {});
    let head =
        format!("POST /api/v1/runs HTTP/1.1\r\nhost: {}\r\n{JSON}\r\ncontent-length: 9\r\n\r\n{{", server.address);
    let slow: Vec<TcpStream> = (0..256)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let begin = Instant::now();
    assert_eq!(server.get("/api/v1/workspace").status, 200);
    assert!(begin.elapsed() < Duration::from_secs(25), "{:?}", begin.elapsed());
    drop(slow);
}

/// A request that names itself twice is judged by neither name: what stands between may have judged by the other.
#[test]
fn what_is_said_twice_is_refused() {
    let server = Server::start(|_| {});
    let own = format!("host: {}", server.address);
    let origin = format!("origin: http://{}", server.address);
    let twice: [&[&str]; 5] = [
        &[&own, "host: evil.example"],
        &[&own, &origin, "origin: http://evil.example"],
        &[&own, JSON, "content-type: text/plain"],
        &[&own, "authorization: Bearer a", "authorization: Bearer b"],
        &[&own, &own],
    ];
    let status =
        |path: &str, headers: &[&str]| super::Connection::open(server.address).raw("GET", path, headers, None).status;
    for headers in twice {
        assert_eq!(status("/api/v1/runs", headers), 400, "{headers:?}");
    }
    assert_eq!(status("http://evil.example/api/v1/runs", &[&own]), 421, "an address in full is a name too");
    assert_eq!(status(&format!("http://{}/api/v1/runs", server.address), &[&own, &origin, JSON]), 200);
}

/// A key behind the `?` that an address does not take is refused, whichever address it is.
#[test]
fn stray_queries_are_refused() {
    let server = Server::start(|_| {});
    for path in ["workspace?x=1", "runs?x=1", "runs/none?x", "openapi.json?x=1", "scenarios/file?scenario=depot&x=1"] {
        let answer = server.get(&format!("/api/v1/{path}"));
        assert!(answer.status == 400 && answer.json()["error"].is_string(), "{path}: {}", answer.text());
    }
    assert_eq!(server.get("/api/v1/workspace?").status, 200);
    assert_eq!(server.get("/api/v1/scenarios/file?scenario=depot").status, 200);
}

/// Of a key that stands twice in one object the last would win unseen.
#[test]
fn a_key_that_stands_twice_in_a_body_is_refused() {
    let server = Server::start(|_| {});
    let check = |changes: &str| {
        let body = format!("{{\"scenario\":\"depot\",\"changes\":[{changes}]}}");
        super::Connection::open(server.address).ask("POST", "/api/v1/scenarios/check", &[JSON], Some(&body))
    };
    assert_eq!(check(r#"{"path":"charger.night","value":{"cabinets":2}}"#).status, 200);
    for changes in [
        r#"{"path":"charger.night","value":{"cabinets":2,"cabinets":3}}"#,
        r#"{"path":"a.b","path":"charger.night.cabinets","value":2}"#,
        r#"{"path":"time","value":{"days":{"a":1,"b":{"c":1,"c":2}}}}"#,
    ] {
        let answer = check(changes);
        assert!(matches!(answer.status, 400 | 422), "{changes}: {}", answer.text());
        assert!(answer.text().contains("twice") || answer.text().contains("duplicate"), "{}", answer.text());
    }
}

/// What is saved goes into the folder of the scenario, wherever a link leads that lies in its place.
#[cfg(unix)]
#[test]
fn what_is_saved_stays_inside() {
    use std::os::unix::fs::symlink;
    let server = Server::start(|_| {});
    let (root, outside) = (server.folder.path(), tempfile::tempdir().unwrap());
    std::fs::copy(root.join("depot/scenario.toml"), outside.path().join("scenario.toml")).unwrap();
    symlink(outside.path(), root.join("elsewhere")).unwrap();
    symlink("depot", root.join("linked")).unwrap();
    let background = json!({ "type": "FeatureCollection", "features": [] }).to_string();
    for (scenario, name, status) in [("elsewhere", "a", 400), ("linked", "b", 201), ("depot", "c", 201)] {
        let save = json!({ "scenario": scenario, "name": name, "changes": [] });
        assert_eq!(server.ask("POST", "/api/v1/scenarios/save", Some(&save)).status, status, "{scenario}");
        let map = json!({ "scenario": scenario, "name": format!("{name}.geojson"), "text": background });
        let put = server.ask("POST", "/api/v1/scenarios/background", Some(&map));
        assert_eq!(put.status, status, "{scenario}: {}", put.text());
    }
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    for name in ["b.toml", "b.geojson", "c.toml", "c.geojson"] {
        assert!(root.join("depot").join(name).is_file(), "{name}");
    }
}

/// A body of unknown length is read up to its limit and no further.
#[test]
fn a_body_in_pieces_has_a_limit() {
    let server = Server::start(|_| {});
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nhost: {}\r\n{JSON}\r\ntransfer-encoding: chunked\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let piece = format!("40000\r\n{}\r\n", "a".repeat(0x40000));
    // The server may hang up before all is sent.
    let _ = (0..8).try_for_each(|_| stream.write_all(piece.as_bytes()));
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).unwrap_or(0);
    let said = String::from_utf8_lossy(&answer[..length]);
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 413"), "{said}");
}
