//! Where charging lots lie: those of a standard plan, and those that a scenario places in a plan that is drawn. Pure.

use super::shapes::{point, rect};
use super::spec::{Drawing, Feature, LotSpec, Part};
use super::wrong::Wrong;
use crate::document::problem::MOST_TOLD;
use geo::{BoundingRect, Coord, Geometry, MapCoords, Rect, coord};
use std::collections::BTreeMap;

/// Lots at most: each place is compared with each other.
const MOST_LOTS: u64 = 1_000;
/// Nothing of a terminal lies farther from its quay's end, m.
const FARTHEST_M: f64 = 20_000.0;

/// Lots that are neither a point nor an area, far off, or too many.
pub(super) fn odd(lots: &BTreeMap<String, LotSpec>) -> Vec<Wrong> {
    if lots.len() as u64 > MOST_LOTS {
        return vec![Wrong::new("lots", format!("{} lots, more than {MOST_LOTS}", lots.len()), None)];
    }
    let is_odd = |size: [f64; 2]| {
        size.iter().any(|metres| *metres < 0.0) || size.iter().filter(|metres| **metres > 0.0).count() == 1
    };
    let told = |(key, lot): (&String, &LotSpec)| {
        if is_odd(lot.size_m) {
            let help = Some("two numbers above 0, or leave it out for a point");
            return Some(Wrong::new(format!("lots.{key}.size_m"), "is no size of an area", help));
        }
        (is_far(&lot.at_m) || is_far(&lot.size_m)).then(|| far(&format!("lots.{key}")))
    };
    lots.iter().filter_map(told).take(MOST_TOLD).collect()
}

/// Is a length of these farther than any terminal is long?
pub(super) fn is_far(metres: &[f64]) -> bool {
    metres.iter().any(|metres| metres.abs() > FARTHEST_M)
}

/// What is wrong with a place that is far off.
pub(super) fn far(field: &str) -> Wrong {
    Wrong::new(field, format!("lies more than {FARTHEST_M} m from the quay"), Some("it is in metres"))
}

/// The shape of a lot of a standard plan.
pub(super) fn shape(lot: &LotSpec) -> Geometry {
    around(coord! { x: lot.at_m[0], y: lot.at_m[1] }, lot.size_m)
}

fn around(middle: Coord, [along, across]: [f64; 2]) -> Geometry {
    if along > 0.0 && across > 0.0 {
        let half = coord! { x: along / 2.0, y: across / 2.0 };
        let (from, to) = (middle - half, middle + half);
        rect(from.x, from.y, to.x, to.y)
    } else {
        point(middle.x, middle.y)
    }
}

/// Where the places of lots count from: the corner of the box around the fence. None without a fence.
pub(crate) fn corner(drawing: &Drawing) -> Option<Coord> {
    let fence = drawing.features.iter().find(|it| it.part == Part::Fence)?;
    fence.shape.bounding_rect().map(Rect::min)
}

/// A drawing with lots where a scenario has them, in its order behind those of the file. Without a fence they have no place; that
/// it is missing is told elsewhere.
pub(super) fn placed(mut drawing: Drawing, lots: &BTreeMap<String, LotSpec>) -> Drawing {
    let Some(corner) = corner(&drawing) else { return drawing };
    for (key, lot) in lots {
        let middle = corner + coord! { x: lot.at_m[0], y: lot.at_m[1] };
        let label = format!("lots.{key}");
        if let Some(drawn) = drawing.features.iter_mut().find(|it| it.part == Part::Lot && it.key == *key) {
            (drawn.shape, drawn.label) = (moved(&drawn.shape, middle, lot.size_m), label);
            continue;
        }
        let (shape, part) = (around(middle, lot.size_m), Part::Lot);
        drawing.features.push(Feature { label, key: key.clone(), part, shape, machine: None, one_way: false });
    }
    drawing
}

/// A shape around another middle, stretched to a size where one is given. What is drawn as a point or line has no size to stretch.
fn moved(shape: &Geometry, middle: Coord, size_m: [f64; 2]) -> Geometry {
    let Some(drawn) = shape.bounding_rect() else { return around(middle, size_m) };
    let is_sized = size_m.iter().all(|metres| *metres > 0.0);
    if is_sized && (drawn.width() <= 0.0 || drawn.height() <= 0.0) {
        return around(middle, size_m);
    }
    let stretch = if is_sized { [size_m[0] / drawn.width(), size_m[1] / drawn.height()] } else { [1.0, 1.0] };
    let from = drawn.center();
    shape.map_coords(|at| {
        coord! { x: middle.x + (at.x - from.x) * stretch[0], y: middle.y + (at.y - from.y) * stretch[1] }
    })
}

#[cfg(test)]
mod tests {
    //! Contract: a lot that a scenario places lies there, with the shape that the file draws, at the size that is given.

    use super::*;
    use crate::kernel::sources::Sources;
    use geo::Polygon;

    fn feature(key: &str, part: Part, shape: Geometry) -> Feature {
        Feature { label: key.to_owned(), key: key.to_owned(), part, shape, machine: None, one_way: false }
    }

    fn lot(at_m: [f64; 2], size_m: [f64; 2]) -> LotSpec {
        LotSpec { at_m, size_m, sources: Sources::default() }
    }

    fn is_near(a: [f64; 4], b: [f64; 4]) -> bool {
        a.into_iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    fn ends(shape: &Geometry) -> [f64; 4] {
        let box_ = shape.bounding_rect().unwrap();
        [box_.min().x, box_.min().y, box_.max().x, box_.max().y]
    }

    #[test]
    fn lots_of_a_file_are_moved_stretched_and_added() {
        let corners = vec![(120.0, 60.0), (140.0, 60.0), (130.0, 70.0), (120.0, 60.0)];
        let triangle = Polygon::new(corners.into(), Vec::new());
        let features = vec![
            feature("north", Part::Lot, triangle.into()),
            feature("dot", Part::Lot, point(110.0, 60.0)),
            feature("", Part::Fence, rect(100.0, 50.0, 300.0, 250.0)),
            feature("still", Part::Lot, rect(200.0, 60.0, 210.0, 80.0)),
        ];
        let drawing = Drawing { features, origin: None };
        assert_eq!(placed(drawing.clone(), &BTreeMap::new()), drawing);
        let lots = [
            ("north", lot([100.0, 100.0], [0.0, 0.0])),
            ("dot", lot([10.0, 20.0], [8.0, 6.0])),
            ("new", lot([150.0, 150.0], [20.0, 10.0])),
        ];
        let lots: BTreeMap<String, LotSpec> = lots.map(|(key, lot)| (key.to_owned(), lot)).into();
        let there = placed(drawing.clone(), &lots);
        assert!(is_near(ends(&there.features[0].shape), [190.0, 145.0, 210.0, 155.0]), "as large as it is drawn");
        assert!(is_near(ends(&there.features[1].shape), [106.0, 67.0, 114.0, 73.0]), "a point becomes an area");
        assert_eq!(there.features[3], drawing.features[3], "what is not named stays");
        let new = &there.features[4];
        assert!(new.key == "new" && is_near(ends(&new.shape), [240.0, 195.0, 260.0, 205.0]));
        let wide = BTreeMap::from([("north".to_owned(), lot([100.0, 100.0], [40.0, 10.0]))]);
        let Geometry::Polygon(wide) = &placed(drawing, &wide).features[0].shape else { panic!("its shape is lost") };
        assert_eq!(wide.exterior().0.len(), 4);
        assert!(is_near(ends(&wide.clone().into()), [180.0, 145.0, 220.0, 155.0]));
    }

    #[test]
    fn sizes_and_places_that_cannot_be_are_told() {
        let odd_ones = [lot([1.0, 1.0], [5.0, 0.0]), lot([1.0, 1.0], [-5.0, 5.0]), lot([1.0, 30_000.0], [5.0, 5.0])];
        for one in odd_ones {
            assert_eq!(odd(&BTreeMap::from([("a".to_owned(), one)])).len(), 1);
        }
        assert!(odd(&BTreeMap::from([("a".to_owned(), lot([1.0, 1.0], [0.0, 0.0]))])).is_empty());
    }
}
