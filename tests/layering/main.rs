//! Contract: data flows one way. Every file of `src/` stands on a floor and uses its own floor or lower ones; no files use
//! each other in a circle; rules know no ECS and no chance, specs no ECS; only `build` files change the structure of the
//! world; no file outgrows its reader.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

#[path = "../common/code.rs"]
mod code;
mod floors;
mod imports;

use code::without_tests;
use floors::{FLOORS, floor_of};
use imports::{Crate, Edge};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// All files below `src/`: path with `/`, and text.
fn sources() -> BTreeMap<String, String> {
    fn visit(dir: &Path, root: &Path, out: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // The front end has its own language and its own tests; the Python package is a crate of its own.
                if !path.ends_with("ui") && !path.ends_with("python") {
                    visit(&path, root, out);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name: Vec<_> = path.strip_prefix(root).unwrap().iter().map(|part| part.to_string_lossy()).collect();
                out.insert(name.join("/"), std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = BTreeMap::new();
    visit(&root, &root, &mut out);
    out
}

fn krate(files: &BTreeMap<String, String>) -> Crate {
    Crate::of(files.iter().map(|(file, text)| (file.as_str(), text.as_str())))
}

fn edges(files: &BTreeMap<String, String>) -> Vec<Edge> {
    krate(files).edges()
}

#[test]
fn every_file_has_a_floor_and_every_floor_has_files() {
    let files = sources();
    for file in files.keys() {
        assert!(floor_of(file).is_some(), "{file} has no floor: add it to tests/layering/floors.rs");
    }
    for (at, (name, patterns)) in FLOORS.iter().enumerate() {
        assert!(files.keys().any(|file| floor_of(file) == Some(at)), "the floor `{name}` has no files");
        for pattern in *patterns {
            assert!(files.keys().any(|file| floors::fits(pattern, file)), "`{pattern}` of `{name}` fits no file");
        }
    }
}

#[test]
fn no_file_uses_a_floor_above_its_own() {
    let files = sources();
    let edges = edges(&files);
    assert!(edges.len() > 1_000, "only {} imports were found: the resolver is blind", edges.len());
    let handed_on = krate(&files).re_exports();
    let up = edges.iter().chain(&handed_on).filter(|edge| floor_of(&edge.to) > floor_of(&edge.from));
    let up: Vec<String> = up.map(|edge| format!("{} uses {} of {}", edge.from, edge.name, edge.to)).collect();
    assert!(up.is_empty(), "{} imports point up:\n{}", up.len(), up.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for edge in edges(&sources()) {
        below.entry(edge.from).or_default().insert(edge.to);
    }
    // Files that use nothing which is left are taken away; what stays is in a circle or stands on one.
    loop {
        let left: BTreeSet<String> = below.keys().cloned().collect();
        for used in below.values_mut() {
            used.retain(|file| left.contains(file));
        }
        let before = below.len();
        below.retain(|_, used| !used.is_empty());
        if below.len() == before {
            break;
        }
    }
    assert!(below.is_empty(), "these files use each other: {below:#?}");
}

/// The resolver itself: a tree of three files with each kind of path, and an import that points up.
#[test]
fn the_resolver_sees_every_kind_of_path() {
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low/mod.rs", "mod deep; pub use deep::Deep; pub(crate) fn f() { crate::high::Top::new(); }"),
        (
            "low/deep.rs",
            "pub struct Deep; #[cfg(all(test, unix))] mod tests { use crate::high::Top; } #[cfg(test)] mod cases;",
        ),
        ("low/deep/cases.rs", "use crate::high::Top;"),
        ("high.rs", "use crate::low::{self, Deep as D}; macro_rules! m { () => { low::f() } } pub struct Top(D);"),
    ];
    let found = Crate::of(files).edges();
    let found: Vec<_> = found.iter().map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.name.as_str())).collect();
    let expected =
        [("high.rs", "low/deep.rs", "Deep"), ("high.rs", "low/mod.rs", "f"), ("low/mod.rs", "high.rs", "Top")];
    assert_eq!(found, expected);
}

/// Test code in the middle of a file hides only itself: items, fields, variants and statements.
#[test]
fn what_stands_behind_test_code_is_seen() {
    let source = "struct A {\n    #[cfg(test)]\n    pub(super) one: Map<u8, u8>,\n    two: u8,\n}\nimpl A {\n    #[cfg(test)]\n    \
                  fn three() {\n    }\n    fn four() {\n        #[cfg(test)]\n        (five)();\n        six();\n    }\n}\n\
                  #[cfg(all(test, unix))]\nmod seven;\nenum B { #[cfg(test)] Eight, Nine }\n#[cfg(unix)]\nfn ten() {}\n";
    let seen = without_tests(source);
    assert_eq!(seen.lines().count(), source.lines().count());
    for (word, is_test) in
        [("one", true), ("two", false), ("three", true), ("four", false), ("five", true), ("six", false)]
            .into_iter()
            .chain([("seven", true), ("Eight", true), ("Nine", false), ("ten", false)])
    {
        assert_eq!(seen.contains(word), !is_test, "{word}: {seen}");
    }
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low.rs", "struct A { #[cfg(test)] b: u8, c: crate::high::Top }"),
        ("high.rs", "pub struct Top;"),
    ];
    assert_eq!(Crate::of(files).edges().len(), 1);
}

/// A name handed on from above is an edge by itself; names that come all at once are refused, but for those of other crates.
#[test]
fn the_resolver_sees_what_is_handed_on_and_refuses_all_names() {
    let of = |low: &'static str| {
        Crate::of([("lib.rs", "mod low; mod high;"), ("low.rs", low), ("high.rs", "pub struct Top;")])
    };
    let handed_on = of("pub(crate) use crate::high::Top; use bevy_ecs::prelude::*;");
    assert_eq!(handed_on.edges(), []);
    let edge = Edge { from: "low.rs".to_owned(), to: "high.rs".to_owned(), name: "Top".to_owned() };
    assert_eq!(handed_on.re_exports(), [edge]);
    for all in ["use crate::high::*;", "use super::high::{self, *};"] {
        assert!(std::panic::catch_unwind(|| of(all).edges()).is_err(), "{all}");
    }
}

fn forbid(which: impl Fn(&str) -> bool, words: &[&str]) {
    let files = sources();
    let mut looked_at = 0;
    for (path, text) in files.iter().filter(|source| which(source.0)) {
        looked_at += 1;
        let code = without_tests(text);
        for word in words {
            assert!(!code.contains(word), "{path} must not hold `{word}`");
        }
    }
    assert!(looked_at > 0, "no file was looked at for {words:?}");
}

#[test]
fn rules_are_pure() {
    forbid(|path| path.ends_with("/rules.rs"), &["bevy_ecs", "rand", "std::fs", "Stream"]);
}

#[test]
fn specs_know_no_ecs() {
    forbid(|path| path.ends_with("/spec.rs"), &["bevy_ecs"]);
}

#[test]
fn reports_read_records_only() {
    forbid(|path| path.starts_with("report/"), &["bevy_ecs", "::state::", "crate::sim"]);
    forbid(|path| path.starts_with("account/"), &["bevy_ecs", "::state::"]);
}

#[test]
fn the_tick_changes_no_structure() {
    // Rooms build their part of a world before it runs. Studies, and the samples of a year, run whole worlds side by side
    // (rayon); nothing inside one does. The command line, the server and the compiler of plugins start threads and programs. Rows have left the
    // world when a thread of `record` writes them.
    let outside = ["study/", "cli/", "serve/"];
    let files = ["plugin/compile.rs", "transition/year.rs", "record/background.rs", "place/build.rs"];
    forbid(
        |path| !outside.iter().any(|it| path.starts_with(it)) && !files.contains(&path) && !path.ends_with("/build.rs"),
        &["Commands", ".spawn(", ".despawn(", "par_iter", "Local<"],
    );
    // Conditions are made in one place: they read the clock and what is due, so a skipped tick is one without anything to do.
    forbid(|path| path != "kernel/stage.rs", &["run_if"]);
}

/// Who starts runs knows the library, not the world; nothing but the command line knows the server.
#[test]
fn servers_and_commands_only_call_the_library() {
    forbid(|path| path.starts_with("serve/") || path.starts_with("job/"), &["bevy_ecs", "::state::"]);
    forbid(|path| !path.starts_with("serve/") && !path.starts_with("cli/"), &["axum::"]);
}

#[test]
fn one_room_knows_the_sandbox() {
    forbid(|path| !path.starts_with("plugin/"), &["wasmtime", "wit_component"]);
    forbid(|path| path == "plugin/order.rs", &["wasmtime", "bevy_ecs", "std::fs"]);
}

/// `#[serde(default = "NAME")]` of fields whose function does not name them: field and function. Seen red with `yes`, `whole` and
/// `no_tax`.
fn defaults_of_another_name(source: &str) -> Vec<(String, String)> {
    let source = without_tests(source);
    let attributes = source.split("#[serde(").skip(1);
    let found = attributes.filter_map(|rest| {
        let (attribute, behind) = rest.split_once(")]")?;
        let (_, function) = attribute.split_once("default = \"")?;
        let function = function.split('"').next()?.to_owned();
        let field = behind.lines().map(str::trim).find(|line| !line.starts_with('#') && line.contains(':'))?;
        let name = field.split(':').next()?.split_whitespace().last()?.to_owned();
        Some((name, function))
    });
    found.filter(|(field, function)| *function != format!("default_{field}")).collect()
}

#[test]
fn default_functions_name_their_field() {
    let source = "struct A {\n    #[serde(default = \"yes\")]\n    #[schemars(range(min = 0.0))]\n    pub inside: bool,\n    \
                  #[serde(default, rename = \"of\")]\n    other: u8,\n    #[serde(default = \"default_on\")]\n    pub on: bool,\n}";
    assert_eq!(defaults_of_another_name(source), [("inside".to_owned(), "yes".to_owned())]);
    for (path, text) in sources() {
        let found = defaults_of_another_name(&text);
        assert!(found.is_empty(), "{path}: the default of a field is made by `default_FIELD`: {found:?}");
    }
}

#[test]
fn files_stay_readable() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines");
    }
}
