//! The one table of floors, from the ground up. A file belongs to the longest pattern that fits; `*` stands for a room.

/// A floor: its name and the files of `src/` on it, as folders (`kernel/`), files, or a file of every room (`*/spec.rs`).
pub(crate) type Floor = (&'static str, &'static [&'static str]);

/// All floors. A file uses its own floor or a lower one.
pub(crate) const FLOORS: &[Floor] = &[
    ("kernel", &["kernel/"]),
    ("disk", &["disk/"]),
    ("document", &["document/"]),
    ("account", &["account/"]),
    ("specs", &["*/spec.rs", "policy/keys.rs", "policy/kind.rs", "transition/planning.rs", "transition/regulation.rs"]),
    (
        "scenario types",
        &[
            "scenario/mod.rs",
            "scenario/loaded.rs",
            "scenario/plugin_file.rs",
            "scenario/checker.rs",
            "scenario/provenance.rs",
        ],
    ),
    ("record", &["record/"]),
    ("place", &["place/"]),
    ("vehicle", &["vehicle/"]),
    ("grid", &["grid/"]),
    ("policy", &["policy/"]),
    ("charging", &["charging/"]),
    ("hydrogen", &["hydrogen/"]),
    ("freight", &["freight/"]),
    ("terminal", &["terminal/"]),
    ("yard", &["yard/"]),
    ("truck", &["truck/"]),
    ("swap", &["swap/"]),
    ("industry", &["industry/"]),
    ("list of rooms", &["sim/rooms.rs"]),
    ("plugin and import", &["plugin/", "import/"]),
    ("scenario reading", &["scenario/", "transition/check.rs", "record/hub.rs"]),
    ("sim", &["sim/"]),
    ("transition", &["transition/"]),
    ("report and export", &["report/", "export/"]),
    ("bound", &["bound/"]),
    ("study", &["study/"]),
    ("job", &["job/"]),
    ("front doors", &["guide/", "serve/", "cli/"]),
    ("program", &["lib.rs", "main.rs"]),
];

/// Does a pattern fit a file?
pub(crate) fn fits(pattern: &str, file: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => file.ends_with(end) && file.matches('/').count() == 1,
        None if pattern.ends_with('/') => file.starts_with(pattern),
        None => file == pattern,
    }
}

/// Floor of a file below `src/`, counted from the ground. A file by name comes before its room's folder.
pub(crate) fn floor_of(file: &str) -> Option<usize> {
    let fitting = FLOORS.iter().enumerate().flat_map(|(floor, (_, patterns))| {
        let fitting = patterns.iter().filter(|pattern| fits(pattern, file));
        fitting.map(move |pattern| (!pattern.ends_with('/'), pattern.len(), floor))
    });
    fitting.max().map(|(_, _, floor)| floor)
}
