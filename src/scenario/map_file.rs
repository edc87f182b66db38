//! Mapping files, as they are named: how a table of others is read.

use super::files::read_text;
use crate::disk::read::Kind;
use crate::document::problem::{Problem, Problems};
use crate::import::map::Map;
use std::path::Path;

/// A mapping file, or nothing said. None: it is wrong, and the problems say why.
pub fn map_of(path: Option<&Path>, problems: &mut Vec<Problem>) -> Option<Map> {
    let Some(path) = path else { return Some(Map::default()) };
    let name = path.display().to_string();
    match read_text(path, Kind::Toml, None) {
        Ok(text) => Map::parse(&name, &text, problems),
        Err((message, help)) => {
            problems.extend(Problems::of_file(&name, message, help).list);
            None
        }
    }
}
