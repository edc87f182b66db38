//! The plan of a depot: gate, parking and charging lots, and how long trucks are under way between them. Pure: a drawing in, times
//! out.

use super::plan::{Seat, misplaced, off_the_fence, roads, ways};
use super::spec::{DepotSpec, Drawing, Feature, Part};
use super::standard::depot;
use super::wrong::Wrong;
use super::{drawing, lots};
use crate::scenario::loaded::LotWays;
use geo::{Coord, Distance, Euclidean, Line, Point, coord};
use std::collections::BTreeMap;

/// Draws the plan of a depot by its dimensions.
///
/// # Errors
/// Dimensions that are missing.
pub(crate) fn draw(spec: &DepotSpec) -> Result<Drawing, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut need = |name: &str, is_missing: bool| {
        if is_missing {
            let help = Some("or name a `file` with the plan");
            wrong.push(Wrong::new("", format!("a plan of a depot needs `{name}`"), help));
        }
    };
    need("width_m", spec.width_m.is_none());
    need("depth_m", spec.depth_m.is_none());
    need("gate_at_m", spec.gate_at_m.is_none());
    need("parking_at_m", spec.parking_at_m.is_none());
    wrong.extend(lots::odd(&spec.lots));
    match (spec.width_m, spec.depth_m, spec.gate_at_m, spec.parking_at_m) {
        (Some(width), Some(depth), Some(gate), Some(parking)) if wrong.is_empty() => {
            let mut features = depot((width, depth), gate, parking);
            features.extend(spec.lots.iter().map(|(key, lot)| Feature {
                label: format!("lots.{key}"),
                key: key.clone(),
                part: Part::Lot,
                shape: lots::shape(lot),
                machine: None,
                one_way: false,
            }));
            Ok(Drawing { features, origin: None })
        }
        _ => Err(wrong),
    }
}

/// How long trucks are under way to and from each lot of a depot.
///
/// # Errors
/// Everything that is wrong with its plan.
pub(crate) fn lot_ways(spec: &DepotSpec, drawing: &Drawing) -> Result<BTreeMap<String, LotWays>, Vec<Wrong>> {
    let of = |part: Part| drawing.features.iter().filter(move |it| it.part == part);
    let mut wrong = Vec::new();
    let mut one = |part: Part, word: &str| {
        let found: Vec<&Feature> = of(part).collect();
        if found.is_empty() {
            let help = format!("draw one feature with the property \"kind\": \"{word}\"");
            wrong.push(Wrong::new("", format!("has no {word}"), Some(&help)));
        }
        if let Some(second) = found.get(1) {
            wrong.push(Wrong::new(second.label.clone(), format!("is a second {word}"), None));
        }
        found.first().copied()
    };
    let (fence, gate, parking) = (one(Part::Fence, "fence"), one(Part::Gate, "gate"), one(Part::Parking, "parking"));
    let (Some(fence), Some(gate), Some(parking), true) = (fence, gate, parking, wrong.is_empty()) else {
        return Err(wrong);
    };
    let lots: Vec<&Feature> = of(Part::Lot).collect();
    let words = [(Part::Lot, "lot"), (Part::Building, "building"), (Part::Parking, "parking")];
    let places: Vec<(&Feature, &str)> = words.iter().flat_map(|(part, word)| of(*part).map(|it| (it, *word))).collect();
    let mut wrong = misplaced(fence, &places);
    let is_twin = |(at, lot): &(usize, &&Feature)| lots[..*at].iter().any(|other| other.key == lot.key);
    for (_, lot) in lots.iter().enumerate().filter(is_twin) {
        wrong.push(Wrong::new(lot.label.clone(), format!("the id `{}` was used before", lot.key), None));
    }
    wrong.extend(off_the_fence(fence, (&gate.shape, "gate")));
    let (ends, lots_seats) = ([(gate, "gate"), (parking, "parking")], lots.iter().map(|lot| (*lot, "lot")));
    let seats: Vec<Seat<'_>> = ends.into_iter().chain(lots_seats).filter_map(|(it, word)| Seat::of(it, word)).collect();
    match ways(&seats, &roads(drawing), axis(fence), spec.detour) {
        Ok(ways_m) if wrong.is_empty() && seats.len() == lots.len() + 2 => {
            let way_s =
                |from: usize, to: usize| (ways_m[from * seats.len() + to] / (spec.truck_kmh / 3.6)).round() as u32;
            let of_lot = |at: usize| LotWays {
                from_gate_s: way_s(0, at),
                from_parking_s: way_s(1, at),
                to_parking_s: way_s(at, 1),
            };
            Ok(lots.iter().enumerate().map(|(at, lot)| (lot.key.clone(), of_lot(at + 2))).collect())
        }
        Ok(_) => Err(wrong),
        Err(unreached) => {
            wrong.extend(unreached);
            Err(wrong)
        }
    }
}

/// Direction of the longest side of the fence, of length 1: lanes of a yard run along its sides.
fn axis(fence: &Feature) -> Coord {
    let length = |side: &Line| Euclidean.distance(Point(side.start), Point(side.end));
    let sides = drawing::outline(&fence.shape).into_iter().flat_map(|outline| outline.lines().collect::<Vec<Line>>());
    let longest = sides.max_by(|a, b| length(a).total_cmp(&length(b)));
    longest
        .filter(|side| length(side) > 0.0)
        .map_or(coord! { x: 1.0, y: 0.0 }, |side| (side.end - side.start) / length(&side))
}
