//! Where results go: to the place that was named, and nowhere by a link that somebody else laid; nothing that is there is lost
//! unasked, and files that belong together are there all or none.

use super::{portvolt, text, workspace};
use std::path::Path;

/// Exit code and all that was said.
fn done(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let done = portvolt(folder, args);
    (done.status.code(), text(&done.stdout) + &text(&done.stderr))
}

/// Without `--out` results lie in `runs` of the folder of the start; a link there was laid by whoever made the folder.
#[cfg(unix)]
#[test]
fn results_go_through_no_link_unasked() {
    let (folder, outside) = (workspace(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(outside.path(), folder.path().join("runs")).unwrap();
    let compare = ["compare", "depot", "--strategies", "edf,equal_share", "--replications", "2", "--days", "1"];
    for command in [&["run", "depot", "--days", "1"][..], &compare] {
        let (code, said) = done(folder.path(), command);
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains("`runs` is a link here; name the folder for the results with --out"), "{said}");
    }
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
    let (code, said) = done(folder.path(), &["run", "depot", "--days", "1", "--out", "runs/mine"]);
    assert_eq!(code, Some(0), "who names it means it: {said}");
}

/// The name of a scenario's folder names the folder of its run, where it can.
#[test]
fn names_of_others_are_no_options_and_not_hidden() {
    let folder = workspace();
    for name in ["-depot", ".depot"] {
        std::fs::rename(folder.path().join("depot"), folder.path().join(name)).unwrap();
        let (code, said) = done(folder.path(), &["run", "--days", "1", "--", name]);
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains("is no name for a file") && said.contains("--out"), "{said}");
        std::fs::rename(folder.path().join(name), folder.path().join("depot")).unwrap();
    }
}

/// A page goes over nothing without `--force`, and never over a file of a finished run.
#[test]
fn a_page_replaces_nothing_unasked() {
    let folder = workspace();
    let folder = folder.path();
    assert_eq!(done(folder, &["run", "depot", "--days", "1", "--out", "run"]).0, Some(0));
    let hauls = std::fs::read(folder.join("depot/hauls.csv")).unwrap();
    let (code, said) = done(folder, &["report", "run", "--out", "depot/hauls.csv"]);
    assert!(code == Some(4) && said.contains("--force"), "{said}");
    assert_eq!(std::fs::read(folder.join("depot/hauls.csv")).unwrap(), hauls);
    for file in ["run/manifest.json", "run/tables/power.parquet", "run/page.html"] {
        let (code, said) = done(folder, &["report", "run", "--out", file, "--force"]);
        assert!(code == Some(4) && said.contains("in the folder of a finished run"), "{file}: {said}");
    }
    assert_eq!(done(folder, &["report", "run", "--out", "page.html"]).0, Some(0));
    assert_eq!(done(folder, &["report", "run", "--out", "page.html"]).0, Some(4));
    assert_eq!(done(folder, &["report", "run", "--out", "page.html", "--force"]).0, Some(0));
    assert_eq!(done(folder, &["verify", "run"]).0, Some(0));
}

/// What was measured is not replaced by what was read of it.
#[test]
fn an_import_does_not_replace_its_input() {
    let folder = workspace();
    let folder = folder.path();
    let rows = "start,kw\n2025-06-02T00:00,1\n2025-06-02T01:00,2\n";
    std::fs::write(folder.join("load.csv"), rows).unwrap();
    let (code, said) = done(folder, &["import", "load", "load.csv", "--out", "./load.csv", "--force"]);
    assert!(code == Some(4) && said.contains("would overwrite the input file"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.join("load.csv")).unwrap(), rows);
}

/// An export of several files, one of which cannot be written, leaves none and replaces none.
#[test]
fn files_of_an_export_are_there_all_or_none() {
    let folder = workspace();
    let folder = folder.path();
    assert_eq!(done(folder, &["run", "depot", "--days", "1", "--out", "run"]).0, Some(0));
    // The last of its files by name.
    std::fs::create_dir_all(folder.join("shapes/loadshapes.dss")).unwrap();
    assert_ne!(done(folder, &["export", "loadshape", "run", "--out", "shapes", "--force"]).0, Some(0));
    let left: Vec<_> = std::fs::read_dir(folder.join("shapes")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left, ["loadshapes.dss"]);
    std::fs::remove_dir(folder.join("shapes/loadshapes.dss")).unwrap();
    assert_eq!(done(folder, &["export", "loadshape", "run", "--out", "shapes"]).0, Some(0), "nothing is in the way");
    std::fs::write(folder.join("run/summary.json"), "{}").unwrap();
    let (_, said) = done(folder, &["export", "loadshape", "run", "--out", "again"]);
    assert!(said.contains("not as the run left it: summary.json (changed)"), "{said}");
}

/// Nothing is put into the folder that a link leads to, and manual pages are there all or none.
#[cfg(unix)]
#[test]
fn pages_do_not_follow_links() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("pages")).unwrap();
    let (code, said) = done(folder.path(), &["man", "--out", "pages"]);
    assert!(code == Some(4) && said.contains("is a link"), "{said}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    std::fs::create_dir_all(folder.path().join("all/portvolt-run.1")).unwrap();
    assert_ne!(done(folder.path(), &["man", "--out", "all"]).0, Some(0));
    assert_eq!(std::fs::read_dir(folder.path().join("all")).unwrap().count(), 1, "none of them");
}

/// What a killed process left among the system's temporary files goes with the next one.
#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_process_left_goes() {
    let (folder, temporary) = (workspace(), tempfile::tempdir().unwrap());
    let left = temporary.path().join("portvolt-killed");
    std::fs::create_dir(&left).unwrap();
    std::fs::create_dir(temporary.path().join("portvolt-of-somebody-else")).unwrap();
    let mark = "Unfinished work of Portvolt. It goes two days after the process that made it has ended.\n";
    std::fs::write(left.join(".portvolt-work"), mark).unwrap();
    std::fs::write(left.join("again"), "x").unwrap();
    let folder = folder.path();
    assert_eq!(done(folder, &["run", "depot", "--days", "1", "--out", "run"]).0, Some(0));
    let mut verify = std::process::Command::new(env!("CARGO_BIN_EXE_portvolt"));
    let verify = verify.args(["verify", "run"]).current_dir(folder).env("TMPDIR", temporary.path());
    assert!(verify.status().unwrap().success());
    let names: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["portvolt-of-somebody-else"]);
}
