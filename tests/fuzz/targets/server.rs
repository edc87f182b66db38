//! Any bytes as a request: the server answers or hangs up, and keeps answering others.

use portvolt::serve::{Options, serve};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

static SERVER: OnceLock<SocketAddr> = OnceLock::new();
static STOP: AtomicBool = AtomicBool::new(false);

fn server() -> SocketAddr {
    let (tell, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            folder: folder.path().to_path_buf(),
            host: [127, 0, 0, 1].into(),
            port: 0,
            token: None,
            workers: 1,
            queue: 2,
            allow_plugins: false,
        };
        let _ = serve(&options, &STOP, |address| tell.send(address).expect("somebody waits"));
    });
    hear.recv().expect("the server starts")
}

pub(crate) fn send(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let _ = stream.set_read_timeout(Some(Duration::from_millis(50)));
    let _ = stream.write_all(bytes);
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).unwrap_or(0);
    answer.truncate(length);
    answer
}

/// A program of Rust ignores that its peer hung up; this one begins in C, where that is the end.
pub(crate) fn ignore_hang_ups() {
    // SAFETY: nothing else sets what becomes of signals, and no thread runs yet.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

pub(crate) fn run(data: &[u8]) {
    let address = *SERVER.get_or_init(server);
    // Half of the requests are whole ones with any path and body, so that more than the parser is reached.
    match data.split_first() {
        Some((kind, rest)) if kind % 2 == 1 => {
            let cut = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let (path, body) = rest.split_at(cut);
            let head = format!(
                "POST /api/v1/{} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                String::from_utf8_lossy(path).replace(['\r', ' '], "_"),
                body.len()
            );
            let _ = send(address, &[head.as_bytes(), body].concat());
        }
        _ => drop(send(address, data)),
    }
    let alive = send(address, format!("GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes());
    assert!(alive.is_empty() || alive.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&alive));
}
