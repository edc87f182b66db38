//! Layouts as `GeoJSON` (RFC 7946): sites and groups of chargers, drawn in any GIS.
//!
//! A feature is a point or a polygon (which counts at its centroid). Its `id` (as a property, or its own) is the key; its
//! other properties are the keys of `[charger.ID]`, or of `[site.ID]` where the property `layer` says `site`.

use crate::charging::spec::ChargerSpec;
use crate::document::json;
use crate::document::problem::{Place, Problem, nearest};
use crate::document::shape::Rules;
use crate::document::tree::{Item, Node};
use crate::grid::spec::SiteSpec;
use crate::kernel::math::great_circle_km;
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, Position};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A map of more values is not read: a port with all its chargers has some thousand.
const MOST_VALUES: usize = 1_000_000;

/// Nor is a list in a property of more.
const MOST_OF_PROPERTY: usize = 10_000;

/// Chargers farther than this from their site are a mistake, km.
pub const NEAR_KM: f64 = 50.0;
/// Properties that tools add for drawing; they say nothing about chargers.
const DECORATION: [&str; 12] = [
    "fid",
    "description",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "fill",
    "fill-opacity",
    "marker-color",
    "marker-size",
    "marker-symbol",
    "title",
    "styleUrl",
];

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Features of the layer `site`, by key.
    pub sites: BTreeMap<String, SiteSpec>,
    /// All other features, by key.
    pub chargers: BTreeMap<String, PlacedCharger>,
}

/// A group of chargers and where it stands.
#[derive(Debug, Clone)]
pub struct PlacedCharger {
    /// What the scenario's `[charger.ID]` would say.
    pub spec: ChargerSpec,
    /// Latitude, degrees north.
    pub lat: f64,
    /// Longitude, degrees east.
    pub lon: f64,
}

/// One feature, as far as it could be read.
struct Drawn {
    label: String,
    key: String,
    lat: f64,
    lon: f64,
    properties: Map<String, Value>,
}

/// Reads a layout. `places` holds latitude and longitude of the sites that are known already, by key. Mistakes go to
/// `problems`, named by file, feature and key; features with mistakes are left out.
pub fn read(path: &str, text: &str, places: &BTreeMap<String, (f64, f64)>, problems: &mut Vec<Problem>) -> Layout {
    let mut reader = Reader { path, problems };
    let Some(features) = reader.features(text) else {
        return Layout::default();
    };
    let site_rules = Rules::of(schemars::schema_for!(SiteSpec).to_value());
    let mut layout = Layout::default();
    let mut places = places.clone();
    let mut chargers = Vec::new();
    for (at, feature) in features.iter().enumerate() {
        let Some((is_site, drawn)) = reader.drawn(at, feature) else {
            continue;
        };
        if !is_site {
            chargers.push(drawn);
            continue;
        }
        let mut properties = drawn.properties.clone();
        properties.insert("lat".to_owned(), drawn.lat.into());
        properties.insert("lon".to_owned(), drawn.lon.into());
        places.insert(drawn.key.clone(), (drawn.lat, drawn.lon));
        if let Some(spec) = reader.spec::<SiteSpec>(&drawn, properties, &site_rules) {
            reader.insert(&mut layout.sites, &drawn, spec);
        }
    }
    let charger_rules = Rules::of(schemars::schema_for!(ChargerSpec).to_value());
    for mut drawn in chargers {
        drawn.properties.remove("name");
        let Some(spec) = reader.spec::<ChargerSpec>(&drawn, drawn.properties.clone(), &charger_rules) else {
            continue;
        };
        if reader.stands_near(&drawn, &spec.site, &places) {
            let placed = PlacedCharger { spec, lat: drawn.lat, lon: drawn.lon };
            reader.insert(&mut layout.chargers, &drawn, placed);
        }
    }
    layout
}

struct Reader<'a> {
    path: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, field: impl Into<String>, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(Problem {
            place: Some(Place::File(self.path.to_owned())),
            field: field.into(),
            message: message.into(),
            help: help.map(str::to_owned),
        });
    }

    fn features(&mut self, text: &str) -> Option<Vec<Value>> {
        let document: Value = match json::parse(text, MOST_VALUES) {
            Ok(document) => document,
            Err((line, message)) => {
                let place = Some(Place::Line(self.path.to_owned(), line));
                self.problems.push(Problem { place, field: String::new(), message, help: None });
                return None;
            }
        };
        self.reference_system(&document);
        match (document["type"].as_str(), &document["features"]) {
            (Some("FeatureCollection"), Value::Array(features)) => Some(features.clone()),
            (Some("FeatureCollection"), _) => {
                self.wrong("features", "must be a list of features", None);
                None
            }
            (Some("Feature"), _) => Some(vec![document]),
            (kind, _) => {
                let found = kind.map_or("no type".to_owned(), |kind| format!("the type `{kind}`"));
                let help = "wrap it as {\"type\": \"FeatureCollection\", \"features\": [...]}; geometry alone has no attributes";
                self.wrong("type", format!("has {found}; a layout is a FeatureCollection"), Some(help));
                None
            }
        }
    }

    /// RFC 7946 knows one reference system, WGS 84 with longitude first; an older `crs` member may name another.
    fn reference_system(&mut self, document: &Value) {
        let crs = &document["crs"];
        if crs.is_null() {
            return;
        }
        let name = crs["properties"]["name"].as_str().unwrap_or_default();
        let is_wgs84 = name.ends_with("CRS84") || name.ends_with(":4326") || name.eq_ignore_ascii_case("wgs84");
        if !is_wgs84 {
            let found = if name.is_empty() { crs.to_string() } else { format!("`{name}`") };
            let message = format!("names the coordinate reference system {found}; GeoJSON is always WGS 84");
            self.wrong("crs", message, Some("export the layer again with the reference system EPSG:4326 (WGS 84)"));
        }
    }

    /// A feature with key and place; its layer.
    fn drawn(&mut self, at: usize, feature: &Value) -> Option<(bool, Drawn)> {
        let label = format!("features[{at}]");
        let mut properties = feature["properties"].as_object().cloned().unwrap_or_default();
        properties.retain(|name, value| !value.is_null() && !DECORATION.contains(&name.as_str()));
        let word = |value: &Value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let id = properties.remove("id").as_ref().and_then(word).or_else(|| word(&feature["id"]));
        if feature["type"] != "Feature" {
            self.wrong(label, "is no Feature", Some("each entry needs \"type\": \"Feature\""));
            return None;
        }
        let Some(key) = id else {
            self.wrong(
                label,
                "has no id",
                Some("give it a property \"id\", such as \"north\": the key of the chargers"),
            );
            return None;
        };
        let label = format!("{label} ({key})");
        let is_site = match properties.remove("layer").as_ref().map_or(Some("charger"), Value::as_str) {
            Some("site") => true,
            Some("charger") => false,
            other => {
                let message = format!("{} is no layer", other.map_or("it".to_owned(), |other| format!("`{other}`")));
                self.wrong(format!("{label}.layer"), message, Some("there are: charger, site"));
                return None;
            }
        };
        let (lat, lon) = match place(&feature["geometry"]) {
            Ok(place) => place,
            Err((message, help)) => {
                self.wrong(format!("{label}.geometry"), message, help);
                return None;
            }
        };
        for (name, value) in &mut properties {
            unfold(name, value);
        }
        Some((is_site, Drawn { label, key, lat, lon, properties }))
    }

    /// The properties as a table of the scenario, with the same checks and words.
    fn spec<T: DeserializeOwned>(&mut self, drawn: &Drawn, table: Map<String, Value>, rules: &Rules) -> Option<T> {
        let place = Place::File(self.path.to_owned());
        let item = item(&Value::Object(table), &place);
        let shape = rules.check(&item);
        let is_right = shape.problems.is_empty();
        for mut problem in shape.problems {
            let dot = if problem.field.is_empty() { "" } else { "." };
            problem.field = format!("{}{dot}{}", drawn.label, problem.field);
            self.problems.push(problem);
        }
        if !is_right {
            return None;
        }
        match serde_json::from_value(item.to_json()) {
            Ok(spec) => Some(spec),
            Err(error) => {
                self.wrong(drawn.label.clone(), error.to_string(), None);
                None
            }
        }
    }

    fn stands_near(&mut self, drawn: &Drawn, site: &str, places: &BTreeMap<String, (f64, f64)>) -> bool {
        let Some(there) = places.get(site) else {
            let help = nearest(site, places.keys().map(String::as_str));
            self.wrong(format!("{}.site", drawn.label), format!("there is no [site.{site}]"), help.as_deref());
            return false;
        };
        let far_km = great_circle_km((drawn.lat, drawn.lon), *there);
        if far_km <= NEAR_KM {
            return true;
        }
        let is_swapped = drawn.lon.abs() <= 90.0 && great_circle_km((drawn.lon, drawn.lat), *there) <= NEAR_KM;
        let field = format!("{}.geometry", drawn.label);
        let lies = format!("lies {far_km:.0} km from its site `{site}`");
        if is_swapped {
            let message = format!("{lies}, but near it with latitude and longitude swapped");
            self.wrong(field, message, Some(LONGITUDE_FIRST));
        } else {
            self.wrong(field, lies, Some("move it, or name the site where it stands"));
        }
        false
    }

    fn insert<T>(&mut self, into: &mut BTreeMap<String, T>, drawn: &Drawn, value: T) {
        if into.insert(drawn.key.clone(), value).is_some() {
            self.wrong(
                drawn.label.clone(),
                format!("the id `{}` was used before", drawn.key),
                Some("ids are unique in a layer"),
            );
        }
    }
}

pub(super) type Wrong = (String, Option<&'static str>);

const LONGITUDE_FIRST: &str = "GeoJSON writes longitude first: [longitude, latitude]";

/// Latitude and longitude of a geometry.
fn place(geometry: &Value) -> Result<(f64, f64), Wrong> {
    if geometry.is_null() {
        return Err(("is empty".to_owned(), Some("draw a point or a polygon")));
    }
    let geometry: Geometry = serde_json::from_value(geometry.clone()).map_err(|error| (error.to_string(), None))?;
    match &geometry.value {
        GeometryValue::Point { coordinates } => mean(core::slice::from_ref(coordinates)),
        GeometryValue::MultiPoint { coordinates } => mean(coordinates),
        GeometryValue::Polygon { coordinates } => centroid(core::slice::from_ref(coordinates)),
        GeometryValue::MultiPolygon { coordinates } => centroid(coordinates),
        other => {
            let message = format!("is a {}; chargers are points or polygons", other.type_name());
            Err((message, Some("draw a point or a polygon")))
        }
    }
}

/// A position's longitude and latitude.
pub(super) fn checked(position: &Position) -> Result<(f64, f64), Wrong> {
    let &[lon, lat, ..] = position.as_slice() else {
        return Err(("has no coordinates".to_owned(), Some("draw a point or a polygon")));
    };
    if lon.abs() <= 180.0 && lat.abs() <= 90.0 {
        return Ok((lon, lat));
    }
    if lon.abs() <= 90.0 && lat.abs() <= 180.0 {
        let message = format!("[{lon}, {lat}]: {lat} is no latitude; the coordinates are swapped");
        return Err((message, Some(LONGITUDE_FIRST)));
    }
    let message = format!("[{lon}, {lat}] is nowhere on Earth in degrees");
    Err((message, Some("export the layer with the reference system EPSG:4326 (WGS 84)")))
}

fn mean(points: &[Position]) -> Result<(f64, f64), Wrong> {
    let points: Vec<(f64, f64)> = points.iter().map(checked).collect::<Result<_, Wrong>>()?;
    if points.is_empty() {
        return Err(("has no coordinates".to_owned(), Some("draw a point or a polygon")));
    }
    let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    Ok((sum.1 / points.len() as f64, sum.0 / points.len() as f64))
}

/// Centroid of polygons, in degrees as if they were a plane (chargers are small); holes count off. Polygons across the
/// antimeridian must be cut there, as RFC 7946 section 3.1.9 asks.
fn centroid(polygons: &[Vec<Vec<Position>>]) -> Result<(f64, f64), Wrong> {
    let first = polygons.first().and_then(|rings| rings.first()).and_then(|ring| ring.first());
    let Some(first) = first else {
        return Err(("has no coordinates".to_owned(), Some("draw a point or a polygon")));
    };
    let origin = checked(first)?;
    let (mut area, mut lon, mut lat) = (0.0, 0.0, 0.0);
    for (at, ring) in polygons.iter().flat_map(|rings| rings.iter().enumerate()) {
        let points: Vec<(f64, f64)> = ring.iter().map(checked).collect::<Result<_, Wrong>>()?;
        if points.len() < 4 || points.first() != points.last() {
            let message =
                format!("ring {at} is not closed: it has {} positions, the last unlike the first", points.len());
            let message = if points.len() < 4 {
                format!("ring {at} has {} positions, a closed one at least 4", points.len())
            } else {
                message
            };
            return Err((message, Some("repeat the first position at the end of the ring")));
        }
        let (ring_area, moment_lon, moment_lat) = moments(&points, origin);
        // The first ring is the outline, the others are holes, whichever way they turn.
        let sign = if at == 0 { ring_area.signum() } else { -ring_area.signum() };
        area += sign * ring_area;
        lon += sign * moment_lon;
        lat += sign * moment_lat;
    }
    if area <= 0.0 {
        return Err(("has no area".to_owned(), Some("draw a point instead")));
    }
    Ok((origin.1 + lat / area, origin.0 + lon / area))
}

/// Signed area of a ring and its first moments about `origin` (the shoelace formula).
fn moments(points: &[(f64, f64)], origin: (f64, f64)) -> (f64, f64, f64) {
    let mut sums = (0.0, 0.0, 0.0);
    for pair in points.windows(2) {
        let (x0, y0) = (pair[0].0 - origin.0, pair[0].1 - origin.1);
        let (x1, y1) = (pair[1].0 - origin.0, pair[1].1 - origin.1);
        let cross = x0 * y1 - x1 * y0;
        sums.0 += cross / 2.0;
        sums.1 += cross * (x0 + x1) / 6.0;
        sums.2 += cross * (y0 + y1) / 6.0;
    }
    sums
}

/// Keys that are lists of words, written `"a, b"` where a table of attributes holds no lists.
const WORD_LISTS: [&str; 2] = ["users", "sources"];
/// Keys that are lists of numbers, written `"1, 0.5"`.
const NUMBER_LISTS: [&str; 1] = ["load_by_hour"];

/// Attribute tables hold no lists: `"[\"a\"]"` stands for one, `"{...}"` for a table, `(2:1,0.5)` is how GDAL saves numbers and
/// words, and where a list belongs `"a, b"` does too.
fn unfold(name: &str, value: &mut Value) {
    let Value::String(text) = &*value else {
        return;
    };
    let text = text.trim();
    let words =
        |text: &str| -> Value { text.split(',').map(|word| Value::from(word.trim())).collect::<Vec<_>>().into() };
    let numbers = |text: &str| -> Option<Value> {
        let numbers: Option<Vec<f64>> = text.split(',').map(|word| word.trim().parse().ok()).collect();
        numbers.map(Value::from)
    };
    let counted = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).and_then(|rest| rest.split_once(':'));
    let counted = counted.filter(|(count, _)| count.parse::<usize>().is_ok()).map(|(_, list)| list);
    let json = || json::parse(text, MOST_OF_PROPERTY).ok().filter(|value| value.is_array() || value.is_object());
    let found = match text.chars().next() {
        Some('[' | '{') => json(),
        _ => counted.map(|list| numbers(list).unwrap_or_else(|| words(list))),
    };
    let found = found.or_else(|| match name {
        _ if NUMBER_LISTS.contains(&name) => numbers(text),
        _ if WORD_LISTS.contains(&name) => Some(words(text)),
        _ => None,
    });
    if let Some(found) = found {
        *value = found;
    }
}

/// JSON as a document of the scenario; whole numbers are whole, however they are written.
fn item(value: &Value, place: &Place) -> Item {
    let node = match value {
        Value::Object(items) => {
            Node::Table(items.iter().map(|(key, value)| (key.clone(), item(value, place))).collect())
        }
        Value::Array(items) => Node::List(items.iter().map(|value| item(value, place)).collect()),
        Value::Number(number) => Node::Leaf(match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => value.clone(),
        }),
        other => Node::Leaf(other.clone()),
    };
    Item { key: place.clone(), value: place.clone(), node }
}

/// Writes a layout: a point for each site and for each group of chargers. [`read`] gives the same back.
///
/// # Panics
/// Never: an object with texts for keys can be written.
#[must_use]
pub fn write(layout: &Layout) -> String {
    let mut features = Vec::new();
    for (key, spec) in &layout.sites {
        let mut properties = properties(spec);
        properties.remove("lat");
        properties.remove("lon");
        features.push(feature(key, "site", (spec.lat, spec.lon), properties));
    }
    for (key, charger) in &layout.chargers {
        features.push(feature(key, "charger", (charger.lat, charger.lon), properties(&charger.spec)));
    }
    serde_json::to_string_pretty(&FeatureCollection::new(features)).expect("text keys alone: nothing can fail")
}

fn feature(key: &str, layer: &str, (lat, lon): (f64, f64), mut properties: Map<String, Value>) -> Feature {
    properties.insert("id".to_owned(), key.into());
    properties.insert("layer".to_owned(), layer.into());
    let geometry = Some(Geometry::new_point([lon, lat]));
    Feature { bbox: None, geometry, id: None, properties: Some(properties), foreign_members: None }
}

/// The keys of a table that say something.
pub(crate) fn properties<T: Serialize>(spec: &T) -> Map<String, Value> {
    let Ok(Value::Object(mut properties)) = serde_json::to_value(spec) else {
        return Map::new();
    };
    properties.retain(|_, value| !value.is_null() && !value.as_object().is_some_and(Map::is_empty));
    properties
}
