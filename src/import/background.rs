//! What lies under the sites on a map: roads and outlines from `GeoJSON` (RFC 7946), and a picture.

use super::geojson::{Wrong, checked};
use crate::document::json;
use crate::document::problem::{Place, Problem};
use crate::kernel::math::great_circle_km;
use crate::place::spec::PicturePoint;
use crate::scenario::loaded::{Area, Background, Picture};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use geojson::{Geometry, GeometryValue, Position};
use serde_json::Value;

/// A map of more values is not read.
const MOST_VALUES: usize = 1_000_000;
/// More positions make a page slow.
const MOST_POSITIONS: usize = 100_000;
/// A map that lies farther than this from all sites is of another place, km.
const NEAR_KM: f64 = 100.0;
/// Two points nearer than this in a direction do not say how large a picture is, pixels.
const LEAST_APART: f64 = 10.0;
/// Decimals of a degree that are kept: 0.00001 of it is a metre.
const SCALE: f64 = 1e5;

/// Reads roads and outlines. `places` are latitude and longitude of the sites. Mistakes go to `problems`, named by file and
/// feature.
pub fn read(path: &str, text: &str, places: &[(f64, f64)], problems: &mut Vec<Problem>) -> Background {
    let wrong = |field: String, message: String, help: Option<&str>| Problem {
        place: Some(Place::File(path.to_owned())),
        field,
        message,
        help: help.map(str::to_owned),
    };
    let document = match json::parse(text, MOST_VALUES) {
        Ok(document) => document,
        Err((line, message)) => {
            let place = Some(Place::Line(path.to_owned(), line));
            problems.push(Problem { place, field: String::new(), message, help: None });
            return Background::default();
        }
    };
    let Some(features) = document["features"].as_array().filter(|_| document["type"] == "FeatureCollection") else {
        let help = "a background is a GeoJSON FeatureCollection of lines and polygons";
        problems.push(wrong("features".to_owned(), "must be a list of features".to_owned(), Some(help)));
        return Background::default();
    };
    let mut found = Background::default();
    for (at, feature) in features.iter().enumerate() {
        if let Err((message, help)) = add(&mut found, feature) {
            problems.push(wrong(format!("features[{at}].geometry"), message, help));
        }
    }
    let lines = || found.roads.iter().chain(found.areas.iter().flat_map(|area| &area.rings));
    let positions: usize = lines().map(|line| line.len() / 2).sum();
    if positions > MOST_POSITIONS {
        let message = format!("has {positions} positions; a page shows at most {MOST_POSITIONS}");
        problems.push(wrong(String::new(), message, Some("simplify the lines, or cut the map to the region")));
    }
    let near = |line: &Vec<f64>| {
        let mut points = line.chunks_exact(2);
        points.any(|point| places.iter().any(|place| great_circle_km((point[1], point[0]), *place) <= NEAR_KM))
    };
    if positions > 0 && !lines().any(near) {
        let message = format!("no line of it comes within {NEAR_KM:.0} km of a site");
        problems.push(wrong(String::new(), message, Some("GeoJSON writes longitude first: [longitude, latitude]")));
    }
    found
}

fn add(found: &mut Background, feature: &Value) -> Result<(), Wrong> {
    let geometry: Geometry =
        serde_json::from_value(feature["geometry"].clone()).map_err(|error| (error.to_string(), None))?;
    let name = feature["properties"]["name"].as_str().unwrap_or_default().to_owned();
    let rings = |polygon: &Vec<Vec<Position>>| polygon.iter().map(|ring| flat(ring)).collect::<Result<_, Wrong>>();
    match &geometry.value {
        GeometryValue::LineString { coordinates } => found.roads.push(flat(coordinates)?),
        GeometryValue::MultiLineString { coordinates } => {
            for line in coordinates {
                found.roads.push(flat(line)?);
            }
        }
        GeometryValue::Polygon { coordinates } => {
            found.areas.push(Area { name, rings: rings(coordinates)?, ..Area::default() });
        }
        GeometryValue::MultiPolygon { coordinates } => {
            for polygon in coordinates {
                found.areas.push(Area { name: name.clone(), rings: rings(polygon)?, ..Area::default() });
            }
        }
        other => {
            let message = format!("is a {}; a background has lines (roads) and polygons (outlines)", other.type_name());
            return Err((message, Some("leave it out of the file")));
        }
    }
    Ok(())
}

/// Longitude and latitude by turns.
fn flat(line: &[Position]) -> Result<Vec<f64>, Wrong> {
    if line.len() < 2 {
        return Err(("has a line of fewer than 2 positions".to_owned(), Some("leave it out of the file")));
    }
    let points = line.iter().map(checked).collect::<Result<Vec<(f64, f64)>, Wrong>>()?;
    Ok(points.into_iter().flat_map(|(lon, lat)| [lon, lat]).map(|degrees| (degrees * SCALE).round() / SCALE).collect())
}

/// A picture and where it lies.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn picture(bytes: &[u8], at: &[PicturePoint]) -> Result<Picture, (String, Option<String>)> {
    let kind = match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        _ => return Err(("is neither a PNG nor a JPEG".to_owned(), Some("save it as one of them".to_owned()))),
    };
    let is_apart = |a: &PicturePoint, b: &PicturePoint| {
        let turns = ((b.x - a.x) * (b.lon - a.lon) > 0.0, (b.y - a.y) * (b.lat - a.lat) < 0.0);
        (b.x - a.x).abs() >= LEAST_APART && (b.y - a.y).abs() >= LEAST_APART && turns == (true, true)
    };
    match at {
        [a, b] if is_apart(a, b) => {
            let url = format!("data:{kind};base64,{}", STANDARD.encode(bytes));
            Ok(Picture { url, at: at.to_vec() })
        }
        [_, _] => {
            let help = "north is at the top: x grows with longitude, y as latitude falls; take two opposite corners";
            Err((
                "is not placed: the two points of `picture_at` do not lie apart as they do on earth".to_owned(),
                Some(help.to_owned()),
            ))
        }
        _ => {
            let help = "picture_at = [{ x = 0, y = 0, lat = 33.76, lon = -118.28 }, { x = 800, y = 600, lat = 33.73, lon = -118.23 }]";
            Err((format!("is not placed: `picture_at` has {} points of two", at.len()), Some(help.to_owned())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{picture, read};
    use crate::place::spec::PicturePoint;

    const PLACES: [(f64, f64); 1] = [(33.74, -118.26)];

    fn map(kind: &str, coordinates: &str) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"name":"Block A"}},
            "geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}]}}"#
        )
    }

    #[test]
    fn lines_are_roads_and_polygons_outlines() {
        let mut problems = Vec::new();
        let roads = read("map", &map("LineString", "[[-118.26,33.74],[-118.2512345,33.8]]"), &PLACES, &mut problems);
        assert_eq!(roads.roads, [[-118.26, 33.74, -118.25123, 33.8]]);
        let square = "[[[-118.3,33.7],[-118.2,33.7],[-118.2,33.8],[-118.3,33.7]]]";
        let yard = read("map", &map("Polygon", square), &PLACES, &mut problems);
        assert_eq!((yard.areas[0].name.as_str(), yard.areas[0].rings.len()), ("Block A", 1));
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn what_is_no_background_says_so() {
        let told = |text: &str| {
            let mut problems = Vec::new();
            read("map", text, &PLACES, &mut problems);
            problems.into_iter().map(|it| it.message).collect::<Vec<_>>().join("; ")
        };
        assert!(told("{").contains("EOF") || !told("{").is_empty());
        assert!(told("{}").contains("list of features"));
        assert!(told(&map("Point", "[-118.26,33.74]")).contains("is a Point"));
        assert!(told(&map("LineString", "[[33.74,-118.26],[33.8,-118.2]]")).contains("swapped"));
        assert!(told(&map("LineString", "[[10.0,53.5],[10.1,53.6]]")).contains("within 100 km"));
    }

    #[test]
    fn a_picture_is_placed_by_two_points() {
        let png = b"\x89PNG\r\n";
        let corner = |x, y, lat, lon| PicturePoint { x, y, lat, lon };
        let at = [corner(0.0, 0.0, 33.76, -118.28), corner(800.0, 600.0, 33.73, -118.23)];
        assert!(picture(png, &at).expect("two corners").url.starts_with("data:image/png;base64,iVBORw"));
        assert!(picture(b"GIF89a", &at).is_err() && picture(png, &at[..1]).is_err());
        let upside_down = [at[0], corner(800.0, 600.0, 33.79, -118.23)];
        assert!(picture(png, &upside_down).is_err());
    }
}
