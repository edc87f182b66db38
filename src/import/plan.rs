//! Plans of terminals from the drawings that people have: KML and KMZ, shapefiles, DXF, `GeoJSON`. Each file is read as shapes;
//! `plan_map` says what they stand for, `plan_features` makes them features of a plan.

use super::plan_features::{self, Converted, Sorted, counted};
use super::plan_map::{Decision, PlanMap};
use super::shape::{Drawn, Found, Room, Scale, Shape};
use super::sheet::decoded;
use super::{dxf, kml, shapefile};
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use crate::yard::drawing;
use geojson::{Geometry, GeometryValue, Position};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

/// An archive unpacks to no more bytes.
const MOST_UNPACKED: u64 = 256 << 20;
/// Nor does it hold more files.
const MOST_ENTRIES: usize = 1_000;
/// A map in `GeoJSON` of more values is not read.
const MOST_VALUES: usize = 4_000_000;
/// No terminal is wider, m: assumed, twice what the largest ports with all of their basins reach over.
const WIDEST_M: f64 = 100_000.0;
/// Nor is one narrower, m: a parking space is wider.
const NARROWEST_M: f64 = 1.0;
/// Geometries within one another.
const DEEPEST: usize = 8;
/// Layers that are named among those left out.
const NAMED: usize = 12;

/// A file, with those beside it that belong to a shapefile, by their endings.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// `dbf`, `prj`, `cpg`.
    pub beside: BTreeMap<String, Vec<u8>>,
}

/// Reads drawings as one plan. None: they are wrong, and the problems say why.
pub fn read(files: Vec<Input>, map: &PlanMap, origin: &str, problems: &mut Vec<Problem>) -> Option<Converted> {
    let before = problems.len();
    let mut notes = Vec::new();
    let drawn = all(files, map, &mut notes, problems)?;
    let scale = one_scale(&drawn, map, &mut notes, problems)?;
    let sorted = sorted(drawn, scale, map, &mut notes, problems)?;
    let mut plan = plan_features::plan(sorted, map, origin, problems);
    notes.append(&mut plan.notes);
    plan.notes = notes;
    if problems.len() > before {
        return None;
    }
    // What a scenario will say of it, before it is written.
    drawing::read("the plan", &plan.geojson, problems);
    if problems.len() == before {
        problems.extend(misfit(plan.size_m));
    }
    (problems.len() == before).then_some(plan)
}

/// What is wrong with a plan that is no place of its size.
fn misfit((wide_m, high_m): (f64, f64)) -> Option<Problem> {
    let most_m = wide_m.max(high_m);
    let (message, help) = if most_m > WIDEST_M {
        (
            format!(
                "span {:.0} x {:.0} km: no terminal is wider than {:.0} km",
                wide_m / 1000.0,
                high_m / 1000.0,
                WIDEST_M / 1000.0
            ),
            "is a shape of another place among them, are the units right (`--units`), or does it cross 180 degrees?",
        )
    } else if most_m > 0.0 && most_m < NARROWEST_M {
        (
            format!("span less than {NARROWEST_M} m"),
            "are the units right? `--units degrees` is for longitude and latitude, whatever the file says",
        )
    } else {
        return None;
    };
    Some(Problem { place: None, field: "the drawings".to_owned(), message, help: Some(help.to_owned()) })
}

/// A mapping file to fill in, with the layers, folders and attributes of drawings.
///
/// # Errors
/// What is wrong with the drawings goes to `problems`.
pub fn template(files: Vec<Input>, map: &PlanMap, problems: &mut Vec<Problem>) -> Option<String> {
    let drawn = all(files, map, &mut Vec::new(), problems)?;
    let shapes = drawn.iter().flat_map(|(_, drawn)| &drawn.shapes);
    let scale = drawn.iter().find_map(|(_, drawn)| drawn.scale);
    Some(plan_features::template(shapes, scale, map))
}

/// Reads all files.
fn all(
    files: Vec<Input>,
    map: &PlanMap,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<(String, Drawn)>> {
    let before = problems.len();
    let (mut room, mut out) = (Room::default(), Vec::new());
    let files: Vec<Input> = files.into_iter().flat_map(|file| unpacked(file, notes, problems)).collect();
    for file in files {
        let mut mistakes = Mistakes::of(&file.name, problems);
        let found = one(&file, map, &mut room, &mut mistakes);
        mistakes.close();
        if let Some(mut drawn) = found {
            // A layer of its own may be called after what is in it; a drawing of many layers is not.
            let stem = std::path::Path::new(&file.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let is_layer = drawn.shapes.iter().all(|found| found.names.is_empty());
            drawn.shapes.iter_mut().filter(|_| is_layer).for_each(|found| found.names.extend(stem.clone()));
            notes.extend(drawn.said.iter().map(|said| format!("{}: {said}", file.name)));
            out.push((file.name, drawn));
        }
    }
    (problems.len() == before).then_some(out)
}

/// Reads a file by what it is, whatever it is called.
fn one(file: &Input, map: &PlanMap, room: &mut Room, mistakes: &mut Mistakes<'_>) -> Option<Drawn> {
    if let Err((message, help)) = dxf::not_binary(&file.bytes) {
        mistakes.push(None, "", message, Some(help));
        return None;
    }
    if shapefile::is_shp(&file.bytes) {
        let part = |ending: &str| file.beside.get(ending).map(Vec::as_slice);
        let parts = shapefile::Parts { shp: &file.bytes, dbf: part("dbf"), prj: part("prj"), cpg: part("cpg") };
        return shapefile::read(parts, room, mistakes);
    }
    let mut said = Vec::new();
    let text = decoded(&file.bytes, &mut said);
    let drawn = match () {
        () if kml::is_kml(&text) => kml::read(&text, room, mistakes),
        () if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') => geojson_map(&text, room, mistakes),
        () if dxf::is_dxf(&text) => {
            let units = map.scale().ok().flatten();
            dxf::read(&text, units, map.flatten_m(), room, mistakes)
        }
        () => {
            let help = "KML, KMZ, shapefiles (.shp, or zipped), DXF (ASCII) and GeoJSON are read".to_owned();
            mistakes.push(None, "", "is no drawing of a known kind".to_owned(), Some(help));
            None
        }
    };
    drawn.map(|mut drawn| {
        drawn.said.append(&mut said);
        drawn
    })
}

/// A file, or what an archive holds: the map of a KMZ, shapefiles with their parts.
fn unpacked(file: Input, notes: &mut Vec<String>, problems: &mut Vec<Problem>) -> Vec<Input> {
    if !file.bytes.starts_with(b"PK\x03\x04") {
        return vec![file];
    }
    match entries(&file) {
        Ok((found, passed_over)) => {
            if passed_over > 0 {
                notes.push(format!("{}: {passed_over} files in it are no drawings and are not read", file.name));
            }
            found
        }
        Err(message) => {
            let mut mistakes = Mistakes::of(&file.name, problems);
            mistakes.push(None, "", message, None);
            Vec::new()
        }
    }
}

/// Drawings of an archive, and how many other files it has.
fn entries(file: &Input) -> Result<(Vec<Input>, usize), String> {
    let broken = |error: &dyn std::fmt::Display| format!("is no archive that can be read: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(&file.bytes)).map_err(|error| broken(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(format!("holds {} files, more than {MOST_ENTRIES}", archive.len()));
    }
    let mut left = MOST_UNPACKED;
    let mut parts: BTreeMap<String, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    let mut passed_over = 0;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| broken(&error))?;
        let name = entry.name().map_err(|error| broken(&error))?.to_string();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let (stem, ending) = (stem.to_owned(), ending.to_ascii_lowercase());
        if entry.is_dir() {
            continue;
        }
        if !["kml", "shp", "dbf", "prj", "cpg", "dxf", "geojson", "json"].contains(&ending.as_str()) {
            passed_over += 1;
            continue;
        }
        let mut bytes = Vec::new();
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| format!("unpacks to more than {} MB", MOST_UNPACKED >> 20))?;
        parts.entry(stem).or_default().insert(ending, bytes);
    }
    let mut found = Vec::new();
    for (stem, mut of_stem) in parts {
        for ending in ["kml", "dxf", "geojson", "json", "shp"] {
            if let Some(bytes) = of_stem.remove(ending) {
                let beside = if ending == "shp" { std::mem::take(&mut of_stem) } else { BTreeMap::new() };
                found.push(Input { name: format!("{}/{stem}.{ending}", file.name), bytes, beside });
            }
        }
        passed_over += of_stem.len();
    }
    if found.is_empty() { Err("holds no drawing".to_owned()) } else { Ok((found, passed_over)) }
}

/// What the coordinates of all files are.
fn one_scale(
    drawn: &[(String, Drawn)],
    map: &PlanMap,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Scale>> {
    let before = problems.len();
    let said = map.scale().ok().flatten();
    let mut out: Vec<Scale> = Vec::new();
    for (name, drawn) in drawn {
        let mut mistakes = Mistakes::of(name, problems);
        match (drawn.scale, said) {
            (None, None) => {
                let help = "say what they are: `--units m`, `ft`, `us-ft`, `mm` or `degrees`; or save the layer with its reference system".to_owned();
                mistakes.push(None, "", "does not say in which units its coordinates are".to_owned(), Some(help));
            }
            (Some(own), Some(given)) if own != given => {
                notes.push(format!("{name}: coordinates are taken as {}, though it says {}", given.word(), own.word()));
                out.push(given);
            }
            (own, given) => out.extend(given.or(own)),
        }
        if out.last().zip(out.first()).is_some_and(|(last, first)| last.is_degrees() != first.is_degrees()) {
            let help = "save all layers in one reference system".to_owned();
            mistakes.push(
                None,
                "",
                "has degrees, and another file a plane, or the other way round".to_owned(),
                Some(help),
            );
        }
    }
    (problems.len() == before).then_some(out)
}

/// Shapes by what they are, in degrees or metres.
fn sorted(
    drawn: Vec<(String, Drawn)>,
    scales: Vec<Scale>,
    map: &PlanMap,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Option<Sorted> {
    let mut out = Sorted { is_metric: scales.first().is_none_or(|scale| !scale.is_degrees()), ..Sorted::default() };
    let mut open: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    let (mut nothing, mut left_out) = (0, BTreeMap::new());
    for ((file, drawn), scale) in drawn.into_iter().zip(scales) {
        for (what, count) in drawn.left_out {
            *left_out.entry(what).or_insert(0) += count;
        }
        for mut found in drawn.shapes {
            found.shape.points_mut().into_iter().for_each(|at| *at = scale.applied(*at));
            match map.decide(&found) {
                Decision::Is(kind) => out.shapes.push((file.clone(), kind, found)),
                Decision::Nothing => nothing += 1,
                Decision::Open(name) => *open.entry(name).or_default().entry(found.shape.word()).or_insert(0) += 1,
            }
        }
        out.labels.extend(drawn.labels.into_iter().map(|mut label| {
            label.at = scale.applied(label.at);
            label
        }));
    }
    if nothing > 0 {
        notes.push(format!("{nothing} shapes are left out, as the mapping says"));
    }
    if !left_out.is_empty() {
        let list: Vec<String> = left_out.iter().map(|(what, count)| format!("{count} {what}")).collect();
        notes.push(format!("not read: {}", named(&list)));
    }
    if !open.is_empty() {
        let list: Vec<String> = open.iter().map(|(name, shapes)| format!("`{name}` ({})", counted(shapes))).collect();
        let said = format!("nothing says what these are: {}", named(&list));
        if out.shapes.is_empty() {
            let file = "the drawings".to_owned();
            let help = "name them under [kinds] of a mapping file (--map); `--write-map FILE` writes one to fill in"
                .to_owned();
            problems.push(Problem { place: None, field: file, message: said, help: Some(help) });
            return None;
        }
        notes.push(format!("{said}; they are left out, and `[kinds]` of a mapping file takes them in"));
    }
    if out.shapes.is_empty() {
        let message = "hold no shape that is taken into a plan".to_owned();
        problems.push(Problem { place: None, field: "the drawings".to_owned(), message, help: None });
        return None;
    }
    Some(out)
}

fn named(list: &[String]) -> String {
    let more = list.len().saturating_sub(NAMED);
    let shown = list[..list.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// A map in `GeoJSON` of any vocabulary.
fn geojson_map(text: &str, room: &mut Room, mistakes: &mut Mistakes<'_>) -> Option<Drawn> {
    let document = match json::parse(text, MOST_VALUES) {
        Ok(document) => document,
        Err((line, message)) => {
            mistakes.push(Some(line), "", message, None);
            return None;
        }
    };
    let Some(features) = document["features"].as_array() else {
        mistakes.push(None, "features", "a map is a FeatureCollection with a list of `features`".to_owned(), None);
        return None;
    };
    // Old files name a reference system; what is not of degrees has to be said.
    let system = document["crs"]["properties"]["name"].as_str().unwrap_or("CRS84");
    let is_degrees = system.contains("CRS84") || system.ends_with(":4326");
    let is_mercator = system.ends_with(":3857") || system.ends_with(":900913");
    let scale = match () {
        () if document["units"] == "m" => Some(Scale::Plane(1.0)),
        () if is_mercator => Some(Scale::WebMercator),
        () => is_degrees.then_some(Scale::Degrees),
    };
    let mut out = Drawn { scale, ..Drawn::default() };
    for (at, feature) in features.iter().enumerate() {
        let label = format!("features[{at}]");
        if feature["geometry"].is_null() {
            out.leave_out("feature without a shape");
            continue;
        }
        let read: Result<Geometry, _> = serde_json::from_value(feature["geometry"].clone());
        let mut shapes = Vec::new();
        let made = read.map_err(|error| error.to_string()).and_then(|read| geometry(&read.value, 0, &mut shapes));
        if let Err(message) = made {
            mistakes.push(None, &label, message, None);
            continue;
        }
        let attributes = attributes(&feature["properties"]);
        for shape in shapes {
            if let Err(message) = room.add(&shape) {
                mistakes.push(None, &label, message, None);
                if room.is_full() {
                    return None;
                }
                continue;
            }
            let (label, attributes) = (label.clone(), attributes.clone());
            out.shapes.push(Found { line: None, label, names: Vec::new(), title: None, attributes, shape });
        }
    }
    Some(out)
}

fn attributes(properties: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    properties.as_object().into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect()
}

fn geometry(value: &GeometryValue, depth: usize, out: &mut Vec<Shape>) -> Result<(), String> {
    let point = |position: &Position| match position.as_slice() {
        &[x, y, ..] => Ok(geo::Coord { x, y }),
        _ => Err("has a position without coordinates".to_owned()),
    };
    let line = |line: &[Position]| line.iter().map(point).collect::<Result<Vec<_>, String>>();
    let area = |rings: &[Vec<Position>]| rings.iter().map(|ring| line(ring)).collect::<Result<Vec<_>, String>>();
    match value {
        GeometryValue::Point { coordinates } => out.push(Shape::Point(point(coordinates)?)),
        GeometryValue::MultiPoint { coordinates } => out.extend(line(coordinates)?.into_iter().map(Shape::Point)),
        GeometryValue::LineString { coordinates } => out.push(Shape::Line(line(coordinates)?)),
        GeometryValue::MultiLineString { coordinates } => out.extend(area(coordinates)?.into_iter().map(Shape::Line)),
        GeometryValue::Polygon { coordinates } => out.push(Shape::Area(area(coordinates)?)),
        GeometryValue::MultiPolygon { coordinates } => {
            for polygon in coordinates {
                out.push(Shape::Area(area(polygon)?));
            }
        }
        GeometryValue::GeometryCollection { geometries } if depth < DEEPEST => {
            for inner in geometries {
                geometry(&inner.value, depth + 1, out)?;
            }
        }
        GeometryValue::GeometryCollection { .. } => return Err(format!("is nested more than {DEEPEST} deep")),
    }
    Ok(())
}
