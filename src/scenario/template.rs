//! Scenarios that come with the binary, to copy out and edit.

use super::shipped;
use crate::disk::{WriteError, whole};
use std::path::Path;

/// A template's files: name inside its folder, text.
pub type Files = Vec<(&'static str, &'static str)>;

/// Files of other shipped folders that scenarios extend, and the name that each has beside a copy.
const BESIDE: [(&str, &str); 8] = [
    ("../port_terminal/planned.toml", "terminal_plan.toml"),
    ("../port_terminal/lots_at_blocks.toml", "terminal_lots.toml"),
    ("../port_terminal/opportunity.toml", "terminal_opportunity.toml"),
    ("../port_terminal/automated.toml", "terminal_automated.toml"),
    ("../port_terminal/scenario.toml", "base.toml"),
    ("../san_pedro_bay/scenario.toml", "hub.toml"),
    ("../policies/california.toml", "california.toml"),
    ("../vessels/container.toml", "vessels.toml"),
];

/// The files of a template: those of the shipped scenario, and what they extend in other folders.
#[must_use]
pub fn find(name: &str) -> Option<Files> {
    let folder = shipped::path_of(Path::new(name))?;
    let mut files: Files = shipped::files_of(name).collect();
    let mut at = 0;
    while at < files.len() {
        for (path, beside) in BESIDE {
            let is_extended = files[at].1.contains(&format!("\"{path}\""));
            let text = shipped::text(&folder.join(path)).filter(|_| is_extended);
            files.extend(text.filter(|_| files.iter().all(|file| file.0 != beside)).map(|text| (beside, text)));
        }
        at += 1;
    }
    Some(files)
}

/// Copies a template's files into a folder, which is made: all of them or none.
///
/// # Errors
/// When something is there, or the system refuses.
pub fn copy_out(files: &Files, folder: &Path) -> Result<(), WriteError> {
    let written = files.iter().map(|(name, text)| {
        // A copied scenario has no schema beside it; `portvolt schema` prints one.
        let text = text.strip_prefix("#:schema ../scenario.schema.json\n").unwrap_or(text);
        // What it builds on comes along as a file beside it.
        let text = BESIDE.iter().fold(text.to_owned(), |text, (there, beside)| {
            text.replace(&format!("\"{there}\""), &format!("\"{beside}\""))
        });
        ((*name).to_owned(), text.into_bytes())
    });
    whole::folder(folder, &written.collect::<Vec<_>>())
}
