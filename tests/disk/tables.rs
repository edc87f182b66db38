//! Rows of others: every row is read or told, in a moment, with its line and column.

use super::{portvolt, text, workspace};
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "origin,destination,ready,due,container";

/// What `validate` says of a depot with these hauls, and its exit code.
fn told(hauls: &str) -> (Option<i32>, String) {
    let folder = workspace();
    told_in(folder.path(), hauls)
}

fn told_in(folder: &Path, hauls: &str) -> (Option<i32>, String) {
    std::fs::write(folder.join("depot/hauls.csv"), hauls).unwrap();
    let done = portvolt(folder, &["validate", "depot"]);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

fn shipped() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/depot_night/hauls.csv")).unwrap()
}

#[test]
fn what_a_header_leaves_out_is_told() {
    let rows = shipped();
    assert_eq!(told(&rows).0, Some(0));
    for (header, said) in [
        ("origin,destination,ready,due,contianer", "container"),
        ("origin,destination,ready,due,due", "twice"),
        ("origin,destination,ready,du,container", "due"),
        ("origin,destination,ready,due,comment", "unknown"),
    ] {
        let (code, told) = told(&rows.replace(HEAD, header));
        assert!(code == Some(4) && told.contains(said), "{header}: {told}");
    }
    let noted = rows.replace(HEAD, "origin,destination,ready,due,note on it");
    assert_eq!(told(&noted).0, Some(0), "columns for people begin with note");
}

/// A list of no hauls is no list that somebody meant to write, and a cell of a megabyte is not told as a whole.
#[test]
fn empty_tables_and_endless_cells_are_told() {
    let (code, said) = told(&format!("{HEAD}\n"));
    assert!(code == Some(4) && said.contains("hauls.csv") && said.contains("holds no rows"), "{said}");
    let row = format!("depot,dc_riverside,{},2026-01-01T00:00,loaded\n", "x".repeat(500_000));
    let (code, said) = told(&format!("{HEAD}\n{row}"));
    assert!(code == Some(4) && said.contains("hauls.csv:2") && said.contains("is not a time"), "{said}");
    assert!(said.len() < 3_000, "{} bytes", said.len());
}

#[test]
fn a_quote_swallows_no_rows() {
    let rows = shipped();
    let mut lines: Vec<String> = rows.lines().map(str::to_owned).collect();
    let at = lines.len() / 2;
    lines[at] = lines[at].replacen(",loaded", ",\"loaded", 1).replacen(",empty", ",\"empty", 1);
    let (code, said) = told(&(lines.join("\n") + "\n"));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains(&format!("hauls.csv:{}", at + 1)) && said.contains("quote"), "{said}");
}

/// 300,000 wrong rows in a scenario of 1,900 sites: counted to the last one, told in a moment.
#[test]
fn any_number_of_mistakes_is_told_in_a_moment() {
    let folder = workspace();
    let path = folder.path().join("depot/scenario.toml");
    let mut scenario = std::fs::read_to_string(&path).unwrap();
    for site in 0..1_900 {
        let _ = write!(scenario, "\n[site.yard_{site:04}]\nkind = \"yard\"\nlat = 33.8\nlon = -118.2\n");
    }
    std::fs::write(&path, scenario).unwrap();
    let mut hauls = format!("{HEAD}\n");
    for row in 0..300_000 {
        let _ = writeln!(hauls, "yrad_{:04},yard_0002,2025-06-02T07:30,2025-06-02T09:30,loaded", row % 1_900);
    }
    let begin = std::time::Instant::now();
    let (code, said) = told_in(folder.path(), &hauls);
    let took = begin.elapsed();
    assert_eq!(code, Some(4));
    assert!(said.contains("hauls.csv:2") && said.contains("and 299980 more errors"), "{said}");
    assert!(said.contains("did you mean"), "{said}");
    assert!(took.as_secs_f64() < 20.0, "it took {took:?}");
}

/// One mistake does not hide another, wherever it is: in an option, a strategy, a setting, or a policy's name.
#[test]
fn mistakes_of_a_command_are_told_at_once() {
    let folder = workspace();
    let told = |args: &[&str]| {
        let done = portvolt(folder.path(), args);
        let said = text(&done.stdout) + &text(&done.stderr);
        assert_eq!(done.status.code(), Some(4), "{args:?}: {said}");
        said
    };
    let all = |args: &[&str], words: &[&str]| {
        let said = told(args);
        for word in words {
            assert!(said.contains(word), "{args:?}: no {word} in {said}");
        }
    };
    let policies = ["--dispatch", "nope1", "--charging", "nope2", "--set", "time.days=-1"];
    all(&[&["run", "depot"][..], &policies].concat(), &["nope1", "nope2", "time.days"]);
    let strategies = ["--strategy", "nope3", "--strategy", "nope4"];
    let words = ["nope1", "nope2", "nope3", "nope4", "time.days"];
    all(&[&["run", "depot"][..], &strategies, &policies].concat(), &words);
    all(&["run", "depot", "--to", "never", "--set", "site.depot.limit_kw=abc"], &["--to never", "limit_kw"]);
    let list = "nope1,nope2,site.depot.limit_kw=abc";
    all(&["compare", "depot", "--strategies", list], &["nope1", "nope2", "limit_kw"]);
    all(&["compare", "depot", "--strategies", list, "--format", "json"], &["nope1", "nope2", "limit_kw"]);
    all(&["sensitivity", "depot", "--strategies", list], &["nope1", "nope2", "limit_kw", "name one strategy"]);
    all(&["bench-suite", "--only", "nope1,nope2"], &["nope1", "nope2"]);
}

/// Three ways to write one instant are one instant.
#[test]
fn offsets_are_honoured() {
    let head = format!("{HEAD}\n");
    let row = |time: &str| {
        let shipped = shipped();
        let plain = shipped.lines().nth(2).unwrap().to_owned();
        let cells: Vec<&str> = plain.split(',').collect();
        format!("{head}{},{},{time},2026-01-01T00:00,{}\n", cells[0], cells[1], cells[4])
    };
    let no_times = ["2025-06-02T07:30+99:00", "2025-06-02T07:30-07:00[America/New_York]", "2025-06-02T07:30Q"];
    let odd = ["2025-06-02T07:30+14:30", "2025-06-02T07:30-13:00", "2025-06-02T07:30:60"];
    for time in no_times.into_iter().chain(odd) {
        let (code, said) = told(&row(time));
        assert!(code == Some(4) && said.contains("is not a time"), "{time}: {said}");
    }
    // The hour that autumn repeats is one of two, and none of them is guessed.
    let folder = workspace();
    let in_autumn = |time: &str| {
        std::fs::write(folder.path().join("depot/hauls.csv"), row(time)).unwrap();
        let done = portvolt(folder.path(), &["validate", "depot", "--set", "time.start=\"2025-11-01\""]);
        text(&done.stdout) + &text(&done.stderr)
    };
    let said = in_autumn("2025-11-02T01:30");
    assert!(said.contains("comes twice") && said.contains("hauls.csv:2"), "{said}");
    assert!(!in_autumn("2025-11-02T01:30-07:00").contains("comes twice"));
}

/// A key that names a file that is not there is named.
#[test]
fn the_key_that_named_a_file_is_told() {
    let folder = workspace();
    let done = portvolt(folder.path(), &["validate", "depot", "--set", "freight.hauls=none.csv"]);
    let said = text(&done.stdout) + &text(&done.stderr);
    assert!(said.contains("none.csv") && said.contains("freight.hauls"), "{said}");
    let done = portvolt(folder.path(), &["validate", "depot", "--set", "time.start=\"2025-06-02T07:30\""]);
    assert_eq!(done.status.code(), Some(4), "a time in a date is not dropped");
}
