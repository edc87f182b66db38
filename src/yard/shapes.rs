//! Shapes that plans by dimensions are made of, in metres.

use geo::{Coord, Geometry, LineString, Point, Polygon, Rect, coord};

pub(super) fn point(x: f64, y: f64) -> Geometry {
    Point::new(x, y).into()
}

pub(super) fn rect(x: f64, y: f64, to_x: f64, to_y: f64) -> Geometry {
    let ring: LineString =
        Rect::new(coord! { x: x, y: y }, coord! { x: to_x, y: to_y }).to_polygon().exterior().clone();
    debug_assert!(ring.0.len() == 5 && ring.0.iter().all(|at: &Coord| at.x.is_finite()));
    Polygon::new(ring, Vec::new()).into()
}
