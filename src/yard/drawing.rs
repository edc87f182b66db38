//! Plans as `GeoJSON`: what an editor or a GIS writes.
//!
//! A feature has the property `kind` and an `id` (as a property, or its own). Coordinates are degrees (RFC 7946), or metres
//! where the collection says `"units": "m"`.

use super::spec::{Drawing, Feature, Part};
use super::wrong::Wrong;
use crate::document::json;
use crate::document::problem::{Place, Problem, nearest};
use crate::kernel::math;
use geo::{Coord, Geometry, Line, LineString, MapCoords, Validation, coord};
use serde_json::Value;

/// A plan of more values is not read.
const MOST_VALUES: usize = 1_000_000;
/// Nor one of more features: ways are known from every place to every other.
const MOST_FEATURES: usize = 2_000;
/// Mean radius of the Earth, m.
pub(super) const EARTH_M: f64 = math::EARTH_KM * 1000.0;

/// Nor one of more positions: each place is compared with each other, and against the fence.
const MOST_POSITIONS: usize = 20_000;

/// Reads a drawing. Mistakes go to `problems`, named by file, feature and key.
pub(crate) fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Drawing {
    let place = || Some(Place::File(path.to_owned()));
    let told = |wrong: Wrong| Problem { place: place(), field: wrong.field, message: wrong.message, help: wrong.help };
    let document = match json::parse(text, MOST_VALUES) {
        Ok(document) => document,
        Err((line, message)) => {
            let place = Some(Place::Line(path.to_owned(), line));
            problems.push(Problem { place, field: String::new(), message, help: None });
            return Drawing::default();
        }
    };
    match features(&document) {
        Ok(drawing) => drawing,
        Err(wrong) => {
            problems.extend(wrong.into_iter().map(told));
            Drawing::default()
        }
    }
}

fn features(document: &Value) -> Result<Drawing, Vec<Wrong>> {
    let Some(list) = document["features"].as_array().filter(|_| document["type"] == "FeatureCollection") else {
        return Err(vec![Wrong::new("type", "a plan is a FeatureCollection with a list of `features`", None)]);
    };
    if list.len() > MOST_FEATURES {
        let message = format!("{} features, more than {MOST_FEATURES}", list.len());
        return Err(vec![Wrong::new("features", message, Some("leave out what is neither place nor road"))]);
    }
    let is_metric = match document["units"].as_str() {
        None if document["units"].is_null() => false,
        Some("degrees") => false,
        Some("m") => true,
        _ => return Err(vec![Wrong::new("units", "must be \"m\" or \"degrees\"", None)]),
    };
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for (at, value) in list.iter().enumerate() {
        match feature(at, value, is_metric) {
            Ok(feature) => found.push(feature),
            Err(one) => wrong.push(one),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let positions: usize = found.iter().map(|it| it.shape.coords_count()).sum();
    if positions > MOST_POSITIONS {
        let message = format!("have {positions} positions, more than {MOST_POSITIONS}");
        return Err(vec![Wrong::new("features", message, Some("simplify outlines and roads"))]);
    }
    let origin = found.iter().find_map(|it| it.shape.coords_first()).filter(|_| !is_metric);
    if let Some(origin) = origin {
        for feature in &mut found {
            feature.shape = feature.shape.map_coords(|at| metres(origin, at));
        }
    }
    Ok(Drawing { features: found, origin })
}

/// Metres east and north of an origin in degrees: a terminal is small enough for a plane.
fn metres(origin: Coord, at: Coord) -> Coord {
    let scale = math::cos(origin.y.to_radians());
    coord! {
        x: (at.x - origin.x).to_radians() * scale * EARTH_M,
        y: (at.y - origin.y).to_radians() * EARTH_M,
    }
}

fn feature(at: usize, value: &Value, is_metric: bool) -> Result<Feature, Wrong> {
    let properties = &value["properties"];
    let word = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let id = word(&properties["id"]).or_else(|| word(&value["id"]));
    let label = id.as_ref().map_or_else(|| format!("features[{at}]"), |id| format!("features[{at}] ({id})"));
    let Some(kind) = properties["kind"].as_str() else {
        let help = format!("there are: {}", Part::WORDS.join(", "));
        return Err(Wrong { field: label, message: "has no property `kind`".to_owned(), help: Some(help) });
    };
    let Ok(part) = serde_json::from_value::<Part>(kind.into()) else {
        let help = nearest(kind, Part::WORDS);
        return Err(Wrong { field: format!("{label}.kind"), message: format!("`{kind}` is no part of a plan"), help });
    };
    if id.is_none() && matches!(part, Part::Block | Part::Lot) {
        return Err(Wrong::new(label, "has no id", Some("give it a property \"id\", such as \"north\"")));
    }
    let shape = shape(&value["geometry"]).map_err(|message| Wrong::new(format!("{label}.geometry"), message, None))?;
    let fits = match part {
        Part::Fence | Part::Block => matches!(shape, Geometry::Polygon(_) | Geometry::MultiPolygon(_)),
        Part::Quay => ends(&shape).is_some(),
        Part::Road => matches!(shape, Geometry::LineString(_) | Geometry::MultiLineString(_)),
        _ => true,
    };
    if !fits {
        let needs = if matches!(part, Part::Fence | Part::Block) { "an area (a polygon)" } else { "a line" };
        return Err(Wrong::new(format!("{label}.geometry"), format!("a {kind} is {needs}"), None));
    }
    if !is_metric && let Some(off) = shape.coords_all().into_iter().find(|at| at.x.abs() > 180.0 || at.y.abs() > 90.0) {
        let message = format!("[{}, {}] is nowhere on Earth in degrees", off.x, off.y);
        let help = Some("where the plan is in metres, give the collection the member \"units\": \"m\"");
        return Err(Wrong::new(format!("{label}.geometry"), message, help));
    }
    if let Err(error) = shape.check_validation() {
        let help = Some("an outline may touch itself in single points, but not cross itself or run back on itself");
        return Err(Wrong::new(format!("{label}.geometry"), format!("is no shape: {error}"), help));
    }
    let machine = properties["machine"].as_str().map(str::to_owned);
    let one_way = properties["one_way"].as_bool().unwrap_or(false);
    Ok(Feature { key: id.unwrap_or_default(), label, part, shape, machine, one_way })
}

fn shape(geometry: &Value) -> Result<Geometry, String> {
    if geometry.is_null() {
        return Err("is empty".to_owned());
    }
    let read: geojson::Geometry = serde_json::from_value(geometry.clone()).map_err(|error| error.to_string())?;
    let shape = Geometry::<f64>::try_from(&read.value).map_err(|error| error.to_string())?;
    let points = shape.coords_all();
    if points.is_empty() {
        return Err("has no coordinates".to_owned());
    }
    if points.iter().any(|at| !at.x.is_finite() || !at.y.is_finite()) {
        return Err("has a coordinate that is not a number".to_owned());
    }
    match shape {
        Geometry::GeometryCollection(_) => Err("is a collection of geometries; draw one feature for each".to_owned()),
        shape => Ok(shape),
    }
}

/// Points of a shape.
trait Coords {
    fn coords_all(&self) -> Vec<Coord>;
    fn coords_count(&self) -> usize;
    fn coords_first(&self) -> Option<Coord> {
        self.coords_all().first().copied()
    }
}

impl Coords for Geometry {
    fn coords_all(&self) -> Vec<Coord> {
        geo::CoordsIter::coords_iter(self).collect()
    }

    fn coords_count(&self) -> usize {
        geo::CoordsIter::coords_count(self)
    }
}

/// First and last point of a line, if they are apart.
pub(crate) fn ends(shape: &Geometry) -> Option<Line> {
    let line = match shape {
        Geometry::Line(line) => *line,
        Geometry::LineString(line) => Line::new(*line.0.first()?, *line.0.last()?),
        _ => return None,
    };
    (line.start != line.end).then_some(line)
}

/// The straight stretches of a line.
pub(crate) fn stretches(shape: &Geometry) -> Vec<Line> {
    match shape {
        Geometry::Line(line) => vec![*line],
        Geometry::LineString(line) => line.lines().collect(),
        Geometry::MultiLineString(lines) => lines.0.iter().flat_map(LineString::lines).collect(),
        _ => Vec::new(),
    }
}

/// The outline of an area.
pub(crate) fn outline(shape: &Geometry) -> Option<&LineString> {
    match shape {
        Geometry::Polygon(area) => Some(area.exterior()),
        Geometry::MultiPolygon(areas) => areas.0.first().map(geo::Polygon::exterior),
        _ => None,
    }
}
