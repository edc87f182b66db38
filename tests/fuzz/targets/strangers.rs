//! A server over a folder that a stranger made: files, folders, links and hard links of any name where the server looks and
//! writes. It starts or refuses, answers what it is asked, and nothing outside of the folder is read or changed.

use super::server::send;
use portvolt::serve::{Options, serve};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// What lies outside. It stands in no answer and stays as it is.
const SECRET: &str = "outside-of-the-folder";

/// Places that the server reads or writes.
const PLACES: [&str; 16] = [
    "runs",
    "runs/.queue",
    "runs/.queue/lock",
    "runs/.queue/depot.json",
    "runs/.queue/depot-2.json",
    "runs/depot",
    "runs/depot/manifest.json",
    "runs/depot/request.json",
    "runs/depot/summary.json",
    "runs/depot/hub.json",
    "runs/depot/report.html",
    "runs/depot/tables",
    "runs/depot/tables/power.parquet",
    "depot/scenario.toml",
    "depot/hauls.csv",
    "depot/changed.toml",
];

#[cfg(unix)]
fn link(to: &Path, at: &Path) {
    let _ = std::os::unix::fs::symlink(to, at);
}

#[cfg(not(unix))]
fn link(_to: &Path, _at: &Path) {}

/// Lays what the bytes say: kind, place, length, content, again and again.
fn lay(folder: &Path, outside: &Path, mut data: &[u8]) {
    while let Some(([kind, place, length], rest)) = data.split_first_chunk::<3>() {
        let (content, next) = rest.split_at(rest.len().min(usize::from(*length)));
        data = next;
        let at = folder.join(PLACES[usize::from(*place) % PLACES.len()]);
        // What is laid is laid inside: not through a link that was laid before.
        if at.ancestors().take_while(|above| *above != folder).any(Path::is_symlink) {
            continue;
        }
        let _ = std::fs::create_dir_all(at.parent().expect("it has one"));
        match kind % 6 {
            0 | 1 => drop(std::fs::write(&at, content)),
            2 => drop(std::fs::create_dir_all(&at)),
            3 => link(outside, &at),
            4 => link(&outside.join("secret.toml"), &at),
            _ => drop(std::fs::hard_link(outside.join("secret.toml"), &at)),
        }
    }
}

fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Vec<u8> {
    let head = format!(
        "{method} /api/v1/{path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    send(address, head.as_bytes())
}

fn asked(address: SocketAddr) {
    for path in
        ["workspace", "runs", "runs/depot", "runs/depot/results", "runs/depot/tables", "runs/depot/tables/power"]
    {
        hidden(&ask(address, "GET", path, ""));
    }
    for path in ["runs/depot/report.html", "runs/depot/page", "scenarios/file?path=depot/scenario.toml"] {
        hidden(&ask(address, "GET", path, ""));
    }
    let draft = r#"{"scenario":"depot","changes":[{"path":"time.days","value":1}],"name":"changed","days":1}"#;
    for path in ["scenarios/check", "scenarios/save", "runs"] {
        hidden(&ask(address, "POST", path, draft));
    }
    hidden(&ask(address, "DELETE", "runs/depot", ""));
}

/// A hard link is the file itself, which whoever laid it could read anyway: only what links lead to must not show.
fn hidden(answer: &[u8]) {
    let shows = String::from_utf8_lossy(answer).contains(SECRET);
    assert!(!shows, "a file outside of the folder is shown");
}

pub(crate) fn run(data: &[u8]) {
    let all = tempfile::tempdir().expect("a folder");
    let (folder, outside) = (all.path().join("in"), all.path().join("out"));
    for made in [&folder, &outside] {
        std::fs::create_dir(made).expect("a folder");
    }
    let secret = outside.join("secret.toml");
    std::fs::write(&secret, "x = 1\n").expect("a file");
    std::fs::write(outside.join("report.html"), SECRET).expect("a file");
    lay(&folder, &outside, data);
    let options = Options {
        folder,
        host: [127, 0, 0, 1].into(),
        port: 0,
        token: None,
        workers: 1,
        queue: 2,
        allow_plugins: false,
    };
    let stop = AtomicBool::new(false);
    let (tell, hear) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let served = scope.spawn(|| serve(&options, &stop, |address| tell.send(address).expect("somebody waits")));
        while !served.is_finished() {
            if let Ok(address) = hear.recv_timeout(std::time::Duration::from_millis(20)) {
                asked(address);
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        if let Err(error) = served.join().expect("the server does not panic") {
            assert!(!error.to_string().is_empty());
        }
    });
    assert_eq!(std::fs::read_to_string(&secret).expect("it is there"), "x = 1\n");
    let names: Vec<_> = std::fs::read_dir(&outside).expect("it is there").collect();
    assert_eq!(names.len(), 2, "nothing is put outside");
}
