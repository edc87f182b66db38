//! Formats that people already have: tariffs of the Utility Rate Database, tariffs as plain CSV, metered loads, layouts as
//! `GeoJSON`, stations, charging sessions, trips, drawings of terminals. One file a format. Mistakes come as [`Problem`]s with line or key, all at once.
//!
//! Tables come in through one door: `sheet` reads any text or `workbook` as rows of cells, `stamp` and `number` read cells,
//! `map` holds what a mapping file says; `meter*` makes a load of the rows. Drawings do through `plan`: `kml`, `shapefile` and
//! `dxf` read shapes, `plan_map` says what they stand for.

pub mod acn;
pub mod afdc;
pub mod background;
mod cell;
mod clock_digits;
pub mod duties;
mod dxf;
mod espi;
pub mod gates;
pub mod geojson;
pub mod hauls;
pub mod intake;
mod kml;
pub mod load;
mod local_clock;
pub mod map;
mod meter;
mod meter_columns;
mod meter_names;
mod meter_time;
mod number;
pub mod observed;
mod ocpi;
mod ocpp_log;
pub mod osm;
pub mod places;
pub mod plan;
pub mod plan_features;
pub mod plan_map;
mod prj;
mod ratchet;
mod rows;
mod session_columns;
pub mod sessions;
mod shape;
mod shapefile;
mod sheet;
mod spline;
pub mod stamp;
mod stays;
pub mod tariff_csv;
pub mod template;
mod trip_columns;
pub mod trips;
pub mod urdb;
mod urdb_keys;
mod urdb_rows;
pub mod weather;
mod workbook;
mod xml;

use crate::account::tariff::Tariff;
use crate::document::problem::{Place, Problem, nearest};

/// Tariffs that come with the binary: name, and the text of its JSON (`scenarios/tariffs`).
pub const SHIPPED: [(&str, &str); 4] = [
    ("sce_tou_ev_8", include_str!("../../scenarios/tariffs/sce_tou_ev_8.json")),
    ("sce_tou_ev_8_phase_in", include_str!("../../scenarios/tariffs/sce_tou_ev_8_phase_in.json")),
    ("sce_tou_ev_9", include_str!("../../scenarios/tariffs/sce_tou_ev_9.json")),
    ("sce_tou_ev_9_phase_in", include_str!("../../scenarios/tariffs/sce_tou_ev_9_phase_in.json")),
];

/// The text of a tariff that comes with the binary.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|tariff| tariff.0 == name).map(|tariff| tariff.1)
}

/// How the manifest of a run names a shipped tariff among its inputs.
#[must_use]
pub fn shipped_input(name: &str) -> String {
    format!("tariff {name} of this version")
}

/// The text of the shipped tariff that a manifest names so.
#[must_use]
pub fn shipped_by_input(input: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|tariff| shipped_input(tariff.0) == input).map(|tariff| tariff.1)
}

/// For a file of a tariff that is not there: the shipped one that was meant, perhaps.
#[must_use]
pub fn shipped_help(name: &str) -> Option<String> {
    nearest(name, SHIPPED.iter().map(|tariff| tariff.0)).map(|help| format!("of the tariffs that come with it, {help}"))
}

/// Reads the tariff of a file by the file's name: `.csv` is the plain form, or rows of the Utility Rate Database's bulk
/// download, everything else is JSON of that. `name` is a label or a name, for files that hold several.
pub fn tariff(path: &str, text: &str, name: Option<&str>, problems: &mut Vec<Problem>) -> Option<Tariff> {
    let before = problems.len();
    let is_csv = std::path::Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let tariffs = match () {
        () if !is_csv => urdb::read(path, text, name, problems),
        () if urdb_rows::is_bulk(text) => urdb_rows::read(path, text, name, problems),
        () => tariff_csv::read(path, text, problems),
    };
    if problems.len() > before {
        return None;
    }
    let names: Vec<&str> = tariffs.iter().map(|tariff| tariff.name.as_str()).collect();
    let mut wrong = |message: String, help: Option<String>| {
        let place = Some(Place::File(path.to_owned()));
        problems.push(Problem { place, field: String::new(), message, help });
    };
    match name {
        Some(name) => {
            let is_it = |tariff: &Tariff| tariff.name == name || tariff.label == name;
            let found = tariffs.iter().position(is_it);
            if found.is_none() {
                let labels = tariffs.iter().map(|tariff| tariff.label.as_str()).filter(|label| !label.is_empty());
                wrong(format!("holds no tariff `{name}`"), nearest(name, labels.chain(names)));
            }
            if tariffs.iter().filter(|tariff| is_it(tariff)).count() > 1 {
                let labels: Vec<&str> = tariffs.iter().map(|tariff| tariff.label.as_str()).collect();
                let help = format!("choose by label; {}", nearest("", labels).unwrap_or_default());
                wrong(format!("holds several tariffs `{name}`, and no dates that say which follows which"), Some(help));
                return None;
            }
            found.and_then(|at| tariffs.into_iter().nth(at))
        }
        None if tariffs.len() > 1 => {
            let help = format!("choose one by label or name; {}", nearest("", names).unwrap_or_default());
            wrong(format!("holds {} tariffs", tariffs.len()), Some(help));
            None
        }
        None => tariffs.into_iter().next(),
    }
}
