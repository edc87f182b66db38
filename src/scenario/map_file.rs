//! The mapping file that says how tables or drawings of others are read.

use super::files::read_text;
use crate::disk::read::Kind;
use crate::document::problem::{Problem, Problems};
use crate::import::map::Map;
use std::path::Path;

/// What a mapping file says, or nothing said. None: it is wrong, and the problems say why.
pub(crate) fn mapping<T: Default>(
    path: Option<&Path>,
    parse: impl FnOnce(&str, &str, &mut Vec<Problem>) -> Option<T>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let Some(path) = path else { return Some(T::default()) };
    let name = path.display().to_string();
    match read_text(path, Kind::Toml, None) {
        Ok(text) => parse(&name, &text, problems),
        Err((message, help)) => {
            problems.extend(Problems::of_file(&name, message, help).list);
            None
        }
    }
}

/// A mapping file of a table, or nothing said. None: it is wrong, and the problems say why.
pub fn map_of(path: Option<&Path>, problems: &mut Vec<Problem>) -> Option<Map> {
    mapping(path, Map::parse, problems)
}
