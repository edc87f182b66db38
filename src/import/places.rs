//! Known places for trips: as CSV (`site, lat, lon`), or the sites of a scenario as TOML.

use super::map::toml_of;
use super::trips::{is_key, sites};
use crate::document::problem::{Place, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What of a scenario, or of the `sites.toml` that `import trips` writes, says where places are.
#[derive(Debug, Deserialize)]
struct Document {
    #[serde(default)]
    site: BTreeMap<String, Site>,
}

/// A site; its other keys say nothing of where it is.
#[derive(Debug, Deserialize)]
struct Site {
    lat: Option<f64>,
    lon: Option<f64>,
}

/// Key, latitude and longitude of the places of a file. Mistakes go to `problems`.
pub fn known(path: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<(String, f64, f64)> {
    let is_toml = Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if !is_toml {
        return sites(path, text, problems);
    }
    let Some(document) = toml_of::<Document>(path, text, problems) else { return Vec::new() };
    let mut wrong = |field: String, message: String, help: &str| {
        let place = Some(Place::File(path.to_owned()));
        problems.push(Problem { place, field, message, help: Some(help.to_owned()) });
    };
    if document.site.is_empty() {
        wrong("site".to_owned(), "holds no sites".to_owned(), "name each place: `[site.depot]` with `lat` and `lon`");
    }
    let mut out = Vec::new();
    for (key, site) in document.site {
        if let Err(message) = is_key(&key) {
            wrong(format!("site.{key}"), message, "letters, digits and `_` make a key");
        }
        match (site.lat, site.lon) {
            (Some(lat), Some(lon)) if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) => {
                out.push((key, lat, lon));
            }
            _ => wrong(
                format!("site.{key}"),
                "has no `lat` from -90 to 90 and `lon` from -180 to 180".to_owned(),
                "write both in degrees: a place that a scenario takes from elsewhere is not known here",
            ),
        }
    }
    out
}
