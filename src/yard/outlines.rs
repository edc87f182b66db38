//! What a plan looks like under the sites of a map: its fence, quay, blocks, lots, gates and buildings, each with its name.
//!
//! A plan drawn in degrees lies where it was drawn. One in metres says neither where on earth it lies nor which way its quay
//! faces, so it is drawn around its site with the quay to the south. Nothing of this changes a result.

use super::drawing::EARTH_M;
use super::spec::{Drawing, Feature, Part};
use crate::kernel::math;
use crate::scenario::loaded::Area;
use geo::{BoundingRect, Coord, Geometry, GeometryCollection, LineString, Polygon, coord};

/// Side of the square that stands for a point, m.
const POINT_M: f64 = 16.0;

/// The areas of the plan of a site that stands at a place, degrees.
pub(crate) fn areas(site: &str, drawing: &Drawing, lat: f64, lon: f64) -> Vec<Area> {
    let shapes: Vec<(&Feature, Polygon)> = drawing.features.iter().filter_map(|it| Some((it, area(it)?))).collect();
    let all: GeometryCollection = shapes.iter().map(|(feature, _)| feature.shape.clone()).collect();
    let Some(whole) = all.bounding_rect() else { return Vec::new() };
    let (middle, place) = match drawing.origin {
        Some(origin) => (Coord::zero(), origin),
        None => (whole.center(), coord! { x: lon, y: lat }),
    };
    let scale = math::cos(place.y.to_radians());
    let degrees = |point: &Coord| {
        let at = *point - middle;
        [place.x + (at.x / (scale * EARTH_M)).to_degrees(), place.y + (at.y / EARTH_M).to_degrees()]
    };
    let ring = |line: &LineString| line.0.iter().flat_map(degrees).collect();
    let outline = |(feature, shape): (&Feature, Polygon)| Area {
        site: site.to_owned(),
        name: name(feature),
        rings: core::iter::once(shape.exterior()).chain(shape.interiors()).map(ring).collect(),
    };
    shapes.into_iter().map(outline).collect()
}

/// What people call a part: what it is, and its id where there may be several. The fence is the terminal, which has its name.
fn name(feature: &Feature) -> String {
    // A standard plan calls what stands at a point by the key of its place.
    let key = feature.key.trim_end_matches("_at_m").replace('_', " ");
    let of = |what: &str| if key.starts_with(what) { key.clone() } else { format!("{what} {key}") };
    match feature.part {
        Part::Fence | Part::Road => String::new(),
        Part::Lot => format!("charging lot {}", feature.key),
        Part::Block => of("block"),
        Part::Quay => of("quay"),
        Part::Gate => of("gate"),
        Part::Rail => of("rail"),
        Part::Parking => of("parking"),
        Part::Building => key,
    }
}

/// The shape of a part as an area: a line is one without width, a point a small square. Roads are left out.
fn area(feature: &Feature) -> Option<Polygon> {
    if feature.part == Part::Road {
        return None;
    }
    match &feature.shape {
        Geometry::Polygon(polygon) => Some(polygon.clone()),
        Geometry::Rect(rect) => Some(rect.to_polygon()),
        Geometry::LineString(line) => {
            let back = line.0.iter().rev().skip(1);
            Some(Polygon::new(line.0.iter().chain(back).copied().collect(), Vec::new()))
        }
        Geometry::Line(line) => {
            Some(Polygon::new([line.start, line.end, line.start].into_iter().collect(), Vec::new()))
        }
        Geometry::Point(point) => {
            let [west, south] = [point.x(), point.y()].map(|at| at - POINT_M / 2.0);
            let corner = coord! { x: west + POINT_M, y: south + POINT_M };
            Some(geo::Rect::new(coord! { x: west, y: south }, corner).to_polygon())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! Contract: a plan lies around its site at its own size, and what is on it has a name.

    use super::*;
    use geo::{Point, Rect, line_string};

    #[test]
    fn a_plan_lies_around_its_site() {
        let rect = |x: f64, y: f64| Geometry::Rect(Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: x, y: y }));
        let feature = |key: &str, part: Part, shape: Geometry| Feature {
            label: String::new(),
            key: key.to_owned(),
            part,
            shape,
            machine: None,
            one_way: false,
        };
        let features = vec![
            feature("fence", Part::Fence, rect(900.0, 600.0)),
            feature("quay", Part::Quay, Geometry::LineString(line_string![(x: 0.0, y: 0.0), (x: 900.0, y: 0.0)])),
            feature("back", Part::Lot, rect(200.0, 24.0)),
            feature("b_3", Part::Block, rect(300.0, 25.0)),
            feature("gate_1", Part::Gate, Geometry::Point(Point::new(450.0, 600.0))),
            feature("spine", Part::Road, Geometry::LineString(line_string![(x: 0.0, y: 0.0), (x: 0.0, y: 600.0)])),
        ];
        let drawing = Drawing { features, origin: None };
        let drawn = areas("pier", &drawing, 60.0, 10.0);
        let names: Vec<&str> = drawn.iter().map(|area| area.name.as_str()).collect();
        assert_eq!(names, ["", "quay", "charging lot back", "block b 3", "gate 1"]);
        let ((west, east), _) = ends(&drawn[4]);
        assert!(((east - west).to_radians() * EARTH_M / 2.0 - POINT_M).abs() < 1e-6, "a point is a small square");
        let ((west, east), (south, north)) = ends(&drawn[0]);
        assert!(((east - west).to_radians() * EARTH_M / 2.0 - 900.0).abs() < 1e-6, "half as many metres at 60 degrees");
        assert!(((north - south).to_radians() * EARTH_M - 600.0).abs() < 1e-6);
        assert!((f64::midpoint(west, east) - 10.0).abs() < 1e-9 && (f64::midpoint(south, north) - 60.0).abs() < 1e-9);
        assert!(drawn.iter().all(|area| area.site == "pier"));
        assert!(areas("pier", &Drawing::default(), 60.0, 10.0).is_empty());
        let known = Drawing { origin: Some(coord! { x: -118.0, y: 33.0 }), ..drawing };
        let ((west, _), (south, _)) = ends(&areas("pier", &known, 60.0, 10.0)[0]);
        assert_eq!((west, south), (-118.0, 33.0), "it lies where it was drawn");
    }

    /// Ends of an area, degrees east and north.
    fn ends(area: &Area) -> ((f64, f64), (f64, f64)) {
        let of = |axis: usize| {
            let values = || area.rings[0].chunks(2).map(move |point| point[axis]);
            (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max))
        };
        (of(0), of(1))
    }
}
