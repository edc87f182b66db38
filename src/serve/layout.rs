//! Scenarios whose sites and chargers come from a map (`[layout] geojson`): the map is laid over the scenario's tables, so
//! a change of what it holds would do nothing. Such a change is an error and says where the number is.

use super::edit::Change;
use crate::disk::read::Kind;
use crate::document::problem::{Place, Problem, Problems};
use crate::import::geojson;
use crate::scenario::files::read_text;
use crate::scenario::load::{Request, document, load};
use crate::scenario::loaded::Loaded;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Loads a scenario with changes.
///
/// # Errors
/// All errors, changes that the map would hide among them.
pub(super) fn load_changed(request: &Request, changes: &[Change]) -> Result<Loaded, Problems> {
    let hidden = hidden(request, changes);
    match load(request) {
        Ok(loaded) if hidden.is_empty() => Ok(loaded),
        Ok(_) => Err(Problems { files: Vec::new(), list: hidden }),
        Err(mut problems) => {
            problems.list.extend(hidden);
            Err(problems)
        }
    }
}

/// What a map lays over the tables of a scenario.
struct Map {
    name: String,
    sites: BTreeSet<String>,
    chargers: BTreeSet<String>,
    replaces_chargers: bool,
}

fn hidden(request: &Request, changes: &[Change]) -> Vec<Problem> {
    let is_laid_out = |change: &&Change| matches!(change.path.split('.').next(), Some("site" | "charger"));
    let changes: Vec<&Change> = changes.iter().filter(is_laid_out).collect();
    if changes.is_empty() {
        return Vec::new();
    }
    let Some(map) = map(request) else { return Vec::new() };
    changes.into_iter().filter_map(|change| map.hides(change)).collect()
}

/// The map that a scenario names; none where it names none, or `load` says what is wrong with it.
fn map(request: &Request) -> Option<Map> {
    let document = document(request)?;
    let layout = &document["layout"];
    let main_folder = if request.path.is_dir() { Some(request.path.as_path()) } else { request.path.parent() };
    let path = main_folder?.join(layout["geojson"].as_str()?);
    let text = read_text(&path, Kind::Map, request.within.as_deref()).ok()?;
    let place = |site: &Value| Some((site["lat"].as_f64()?, site["lon"].as_f64()?));
    let sites = document["site"].as_object().into_iter().flatten();
    let places: BTreeMap<_, _> = sites.filter_map(|(key, site)| Some((key.clone(), place(site)?))).collect();
    let name = path.display().to_string();
    let drawn = geojson::read(&name, &text, &places, &mut Vec::new());
    Some(Map {
        name,
        sites: drawn.sites.into_keys().collect(),
        chargers: drawn.chargers.into_keys().collect(),
        replaces_chargers: layout["replaces_chargers"].as_bool().unwrap_or_default(),
    })
}

impl Map {
    fn hides(&self, change: &Change) -> Option<Problem> {
        let mut keys = change.path.split('.');
        let is_charger = keys.next() == Some("charger");
        let held = if is_charger { &self.chargers } else { &self.sites };
        let is_held = match (keys.next(), &change.value) {
            (Some(key), _) => held.contains(key),
            (None, Value::Object(rows)) => rows.keys().any(|key| held.contains(key)),
            (None, _) => !held.is_empty(),
        };
        let message = if is_held {
            "is in the map of the layout, which goes over what the scenario says"
        } else if is_charger && self.replaces_chargers {
            "would not be there: the map of the layout replaces all chargers"
        } else {
            return None;
        };
        let help = Some(format!("change it in {}, or take `layout` out", self.name));
        let place = Some(Place::File(self.name.clone()));
        Some(Problem { place, field: change.path.clone(), message: message.to_owned(), help })
    }
}
