//! Nothing in `src/` but the room `disk` opens, makes, moves or removes a file.

use crate::code::without_tests;
use std::path::{Path, PathBuf};

/// What would open a file past the door. Asking what lies at a path (`is_file`, `exists`) reads nothing.
const OPENERS: [&str; 16] = [
    "std::fs",
    "fs::read",
    "fs::write",
    "File::open",
    "File::create",
    "OpenOptions",
    "DirBuilder",
    "read_dir(",
    "create_dir",
    "remove_dir",
    "fs::remove",
    ".canonicalize(",
    "temp_dir(",
    "tempfile::",
    "cap_std",
    "rustix",
];

/// Who needs one of them all the same, and why.
const REASONS: [(&str, &str); 1] =
    [("plugin/compile.rs", "rustix sets the limits of the process that compiles a plugin; it opens no file")];

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("ui") {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// The code of a file without its tests.
fn code(text: &str) -> String {
    without_tests(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn one_room_opens_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 200);
    let mut found = Vec::new();
    let mut inside = 0;
    for path in files {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let code = code(&std::fs::read_to_string(&path).unwrap());
        let opens = OPENERS.iter().filter(|word| code.contains(*word));
        if name.starts_with("disk/") {
            inside += opens.count();
            for line in code.lines().filter(|line| line.contains("crate::")) {
                assert!(line.contains("crate::disk") || line.contains("crate::kernel"), "{name}: {line}");
            }
        } else {
            found.extend(opens.filter(|_| REASONS.iter().all(|it| it.0 != name)).map(|word| format!("{name}: {word}")));
        }
    }
    assert!(inside > 5, "the words are not those of the code any more");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
