//! Contract: data flows one way. Rules know no ECS and no chance, specs no ECS, the report never reads the world, only
//! `sim` changes the structure of the world, and no file outgrows its reader.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

use std::path::{Path, PathBuf};

fn sources(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("ui") {
                sources(&path, out);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push((path.clone(), std::fs::read_to_string(path).unwrap()));
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out.sort();
    out
}

fn forbid(which: impl Fn(&Path) -> bool, words: &[&str]) {
    for (path, text) in all().iter().filter(|source| which(&source.0)) {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in words {
            assert!(!code.contains(word), "{} must not hold `{word}`", path.display());
        }
    }
}

#[test]
fn rules_are_pure() {
    forbid(|path| path.ends_with("rules.rs"), &["bevy_ecs", "rand", "std::fs", "Stream"]);
}

#[test]
fn specs_know_no_ecs() {
    forbid(|path| path.ends_with("spec.rs"), &["bevy_ecs"]);
}

#[test]
fn reports_read_records_only() {
    let in_room = |path: &Path, room: &str| path.parent().is_some_and(|parent| parent.ends_with(room));
    forbid(|path| in_room(path, "report"), &["bevy_ecs", "::state::", "crate::sim"]);
    forbid(|path| in_room(path, "account"), &["bevy_ecs", "::state::"]);
    forbid(
        |path| in_room(path, "kernel"),
        &["crate::truck", "crate::charging", "crate::terminal", "crate::freight", "crate::grid"],
    );
}

/// Swap yards are the example of a technology that comes as one module: no room of the tick was changed for them.
#[test]
fn rooms_do_not_know_what_is_built_on_them() {
    let rooms = ["terminal", "charging", "grid", "freight", "truck", "hydrogen"];
    let is_one = |path: &Path| path.parent().is_some_and(|parent| rooms.iter().any(|room| parent.ends_with(room)));
    forbid(is_one, &["crate::swap"]);
}

#[test]
fn the_tick_changes_no_structure() {
    // Studies, and the samples of a year, run whole worlds side by side (rayon); nothing inside one does. The command line
    // and the server start threads and programs. Rows have left the world when a thread of `record` writes them.
    forbid(
        |path| {
            let path = path.to_string_lossy();
            let is_outside = ["sim/build/", "src/study/", "src/cli/", "src/serve/"].iter().any(|it| path.contains(it));
            !is_outside && !path.ends_with("transition/year.rs") && !path.ends_with("record/beside.rs")
        },
        &["Commands", ".spawn(", ".despawn(", "par_iter", "run_if", "Local<"],
    );
}

/// Who starts runs knows the library, not the world; nothing but the command line knows the server.
#[test]
fn servers_and_commands_only_call_the_library() {
    let in_room = |path: &Path, room: &str| path.parent().is_some_and(|parent| parent.ends_with(room));
    forbid(|path| in_room(path, "serve") || in_room(path, "job"), &["bevy_ecs", "::state::", "crate::cli"]);
    forbid(|path| !in_room(path, "serve") && !in_room(path, "cli"), &["crate::serve", "axum::"]);
}

#[test]
fn one_room_knows_the_sandbox() {
    forbid(|path| !path.parent().is_some_and(|room| room.ends_with("plugin")), &["wasmtime", "wit_component"]);
    forbid(|path| path.ends_with("plugin/order.rs"), &["wasmtime", "bevy_ecs", "std::fs"]);
}

#[test]
fn files_stay_readable() {
    for (path, text) in all() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}
