//! Contract: started without arguments by a file manager the program opens its page on a folder in the user's documents and says so;
//! started so by anything else it shows its help.

use super::common::http::Connection;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// A shell under the name of a file manager, or of something else, runs a script; `$PROGRAM` is the program. No browser is on the path.
fn shell(name: &str, home: &Path, script: &str) -> Command {
    let link = home.join(name);
    std::os::unix::fs::symlink("/bin/sh", &link).unwrap();
    let mut shell = Command::new(link);
    shell.arg0("sh").args(["-c", script]).env_remove("BROWSER");
    shell.env("PROGRAM", env!("CARGO_BIN_EXE_portvolt")).env("HOME", home).env("PATH", home.join("nothing"));
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

#[test]
fn a_double_click_opens_a_folder_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("Documents")).unwrap();
    // The program ends when the input of the shell does.
    let script = "\"$PROGRAM\" & child=$!; read line; kill $child; wait $child; exit 0";
    let mut shell = shell("nautilus", home.path(), script).spawn().unwrap();
    let mut out = BufReader::new(shell.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let address = line.trim().trim_start_matches("http://").trim_end_matches('/').parse();
    let answer = address.map(|address| Connection::open(address).ask("GET", "/", &[], None).status);
    drop(shell.stdin.take());
    let mut said = String::new();
    shell.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    shell.wait().unwrap();
    let folder = home.path().join("Documents/Portvolt");
    assert_eq!(answer, Ok(200), "{line}{said}");
    assert!(said.contains(&format!("scenarios and results lie in {}", folder.display())), "{said}");
    assert!(folder.join("README.txt").is_file());
}

#[test]
fn a_shell_that_starts_it_without_arguments_gets_help() {
    let home = tempfile::tempdir().unwrap();
    let done = shell("terminal", home.path(), "\"$PROGRAM\"; exit 0").output().unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(said.contains("Usage: portvolt"), "{said}");
    assert!(!home.path().join("Portvolt").exists());
}
