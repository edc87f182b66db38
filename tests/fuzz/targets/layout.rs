//! Any text as a map: every feature is a charger or a site near its place, or a mistake that is told.

use portvolt::import::geojson::read;
use std::collections::BTreeMap;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let places = BTreeMap::from([("depot".to_owned(), (33.8, -118.2))]);
    let mut problems = Vec::new();
    let layout = read("map.geojson", text, &places, &mut problems);
    for placed in layout.chargers.values() {
        assert!(placed.lat.is_finite() && placed.lon.is_finite());
    }
}
