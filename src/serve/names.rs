//! Names and paths that others give: what one may look like, whatever lies there.

use crate::disk::name;
use std::path::{Component, Path};

/// A path that, by its words, stays inside and goes to nothing hidden.
pub(super) fn is_plain_path(path: &str) -> bool {
    let is_plain = |part| match part {
        Component::Normal(name) => !std::ffi::OsStr::to_string_lossy(name).starts_with('.'),
        part => part == Component::CurDir,
    };
    Path::new(path).components().all(is_plain) && !path.contains(['\0', '\\'])
}

/// A plain name of a file or folder: letters of any language, digits, blanks, `_`, `-` and `.`, not hidden, not too long, and a
/// name on any system. The command line names folders after scenarios, whose names have blanks and umlauts.
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    name.len() <= 100 && name.chars().all(is_plain) && name::plain(name).is_ok()
}
