//! Distances between the places of a plan: the shortest way on the roads where roads are drawn, else rectilinear along and
//! square to the quay.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Closest, ClosestPoint, Coord, Distance, Euclidean, Geometry, Line, Point};
use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::BTreeMap;

/// A place whose shape is farther than this from every road is not reached, m.
pub(crate) const ROAD_REACH_M: f64 = 50.0;
/// Ends of roads this close are one crossing, m.
const SAME_M: f64 = 0.05;

/// More straight stretches of roads are not read, nor roads that meet more often: a terminal has some hundred.
const MOST_STRETCHES: usize = 5_000;
const MOST_MEETINGS: usize = 20_000;

/// A road from point to point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Road {
    /// The stretch.
    pub(crate) line: Line,
    /// Is it open from start to end only?
    pub(crate) one_way: bool,
}

/// Rectilinear distances with a factor, from place to place (row by row), m. `axis` is the direction of the quay, of length 1.
pub(crate) fn rectilinear(places: &[Coord], axis: Coord, factor: f64) -> Vec<f64> {
    let distance = |from: &Coord, to: &Coord| {
        let way = *to - *from;
        ((way.x * axis.x + way.y * axis.y).abs() + (way.y * axis.x - way.x * axis.y).abs()) * factor
    };
    places.iter().flat_map(|from| places.iter().map(move |to| distance(from, to))).collect()
}

/// Shortest ways on roads from place to place (row by row), m; infinite where there is none. Each place is joined to the
/// nearest point of the nearest road, if that is within reach of its shape.
///
/// # Errors
/// When there are more roads than a terminal has.
pub(crate) fn on_roads(places: &[(Coord, &Geometry)], roads: &[Road]) -> Result<Vec<f64>, String> {
    if roads.len() > MOST_STRETCHES {
        return Err(format!("the roads have {} straight stretches, more than {MOST_STRETCHES}", roads.len()));
    }
    let mut cuts: Vec<Vec<Coord>> = roads.iter().map(|road| vec![road.line.start, road.line.end]).collect();
    let mut met = 0;
    for (at, road) in roads.iter().enumerate() {
        for (other, crossing) in roads.iter().enumerate().skip(at + 1) {
            for meeting in meetings(road.line, crossing.line) {
                cuts[at].push(meeting);
                cuts[other].push(meeting);
                met += 1;
            }
        }
        if met > MOST_MEETINGS {
            return Err(format!("the roads meet more than {MOST_MEETINGS} times"));
        }
    }
    let doors: Vec<Option<Coord>> = places.iter().map(|(place, shape)| door(*place, shape, roads, &mut cuts)).collect();
    let mut network = Network::default();
    for (road, cuts) in roads.iter().zip(&mut cuts) {
        cuts.sort_by(|a, b| distance(road.line.start, *a).total_cmp(&distance(road.line.start, *b)));
        for pair in cuts.windows(2) {
            network.join(pair[0], pair[1], road.one_way);
        }
    }
    let doors: Vec<Option<NodeIndex>> = doors.into_iter().map(|door| door.map(|at| network.node(at))).collect();
    let last_mile = |at: usize| doors[at].map_or(0.0, |node| distance(places[at].0, network.graph[node]));
    let mut out = Vec::with_capacity(places.len() * places.len());
    for (from, door) in doors.iter().enumerate() {
        let reached = door.map(|node| dijkstra(&network.graph, node, None, |edge| *edge.weight()));
        for (to, target) in doors.iter().enumerate() {
            let on_road = reached.as_ref().zip(*target).and_then(|(reached, node)| reached.get(&node).copied());
            let way = on_road.map_or(f64::INFINITY, |way| last_mile(from) + way + last_mile(to));
            out.push(if from == to { 0.0 } else { way });
        }
    }
    Ok(out)
}

/// Where a place meets the roads; that point becomes one of the road's.
fn door(place: Coord, shape: &Geometry, roads: &[Road], cuts: &mut [Vec<Coord>]) -> Option<Coord> {
    let far = |road: &Road| Euclidean.distance(shape, &Geometry::Line(road.line));
    let near = roads.iter().enumerate().filter(|(_, road)| far(road) <= ROAD_REACH_M);
    let near = near.map(|(at, road)| (at, nearest_point(road.line, place)));
    let (at, point) = near.min_by(|a, b| distance(a.1, place).total_cmp(&distance(b.1, place)))?;
    cuts[at].push(point);
    Some(point)
}

fn nearest_point(line: Line, to: Coord) -> Coord {
    match line.closest_point(&Point(to)) {
        Closest::Intersection(point) | Closest::SinglePoint(point) => point.0,
        Closest::Indeterminate => line.start,
    }
}

/// Points that two roads share.
fn meetings(a: Line, b: Line) -> Vec<Coord> {
    match line_intersection(a, b) {
        Some(LineIntersection::SinglePoint { intersection, .. }) => vec![intersection],
        Some(LineIntersection::Collinear { intersection }) => vec![intersection.start, intersection.end],
        None => Vec::new(),
    }
}

fn distance(a: Coord, b: Coord) -> f64 {
    Euclidean.distance(Point(a), Point(b))
}

/// Roads as a graph: crossings, ends and doors of places.
#[derive(Default)]
struct Network {
    graph: DiGraph<Coord, f64>,
    known: BTreeMap<(i64, i64), NodeIndex>,
}

impl Network {
    fn node(&mut self, at: Coord) -> NodeIndex {
        let key = ((at.x / SAME_M).round() as i64, (at.y / SAME_M).round() as i64);
        *self.known.entry(key).or_insert_with(|| self.graph.add_node(at))
    }

    fn join(&mut self, from: Coord, to: Coord, one_way: bool) {
        let (a, b, length) = (self.node(from), self.node(to), distance(from, to));
        if a == b {
            return;
        }
        self.graph.add_edge(a, b, length);
        if !one_way {
            self.graph.add_edge(b, a, length);
        }
    }
}

#[cfg(test)]
mod tests {
    //! Contract: ways on roads equal the shortest of all ways (Floyd and Warshall over the crossings), rectilinear ones equal the
    //! sum of the two legs; a one-way road is not driven against its direction; what no road reaches is infinitely far.

    use super::*;
    use geo::coord;
    use proptest::prelude::*;

    fn road(from: (i32, i32), to: (i32, i32)) -> Road {
        let at = |(x, y): (i32, i32)| coord! { x: f64::from(x), y: f64::from(y) };
        Road { line: Line::new(at(from), at(to)), one_way: false }
    }

    /// All pairs by relaxing every pair over every crossing, on a grid of `side` crossings with these streets present.
    fn brute_force(side: usize, step: f64, streets: &[(usize, usize)]) -> Vec<f64> {
        let n = side * side;
        let mut far = vec![f64::INFINITY; n * n];
        (0..n).for_each(|at| far[at * n + at] = 0.0);
        for (a, b) in streets {
            far[a * n + b] = step;
            far[b * n + a] = step;
        }
        for over in 0..n {
            for from in 0..n {
                for to in 0..n {
                    far[from * n + to] = far[from * n + to].min(far[from * n + over] + far[over * n + to]);
                }
            }
        }
        far
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

        #[test]
        fn roads_equal_brute_force(kept in prop::collection::vec(prop::bool::weighted(0.7), 24)) {
            let (side, step) = (4_usize, 100_i32);
            let all = (0..16_usize).flat_map(|at| {
                let right = (at % side + 1 < side).then_some((at, at + 1));
                let up = (at / side + 1 < side).then_some((at, at + side));
                [right, up].into_iter().flatten()
            });
            let streets: Vec<(usize, usize)> = all.zip(&kept).filter(|(_, kept)| **kept).map(|(street, _)| street).collect();
            let at = |node: usize| ((node % side) as i32 * step, (node / side) as i32 * step);
            let roads: Vec<Road> = streets.iter().map(|(a, b)| road(at(*a), at(*b))).collect();
            let shapes: Vec<(Coord, Geometry)> = (0..16).map(|node| {
                let (x, y) = at(node);
                let place = coord! { x: f64::from(x), y: f64::from(y) };
                (place, Geometry::Point(Point(place)))
            }).collect();
            let places: Vec<(Coord, &Geometry)> = shapes.iter().map(|(place, shape)| (*place, shape)).collect();
            let expected = brute_force(side, f64::from(step), &streets);
            for (at, (found, expected)) in on_roads(&places, &roads).unwrap().iter().zip(&expected).enumerate() {
                // A crossing without a street is on no road, also for itself.
                if at / 16 != at % 16 {
                    prop_assert!((found - expected).abs() < 1e-6 || (found.is_infinite() && expected.is_infinite()), "{at}: {found} {expected}");
                }
            }
        }

        #[test]
        fn rectilinear_equals_brute_force(points in prop::collection::vec((0_i32..2000, 0_i32..900), 2..20), turn in 0_i32..360) {
            // The same places on a terminal that is turned: distances stay.
            let angle = f64::from(turn).to_radians();
            let axis = coord! { x: crate::kernel::math::cos(angle), y: crate::kernel::math::sin(angle) };
            let turned = |(x, y): &(i32, i32)| coord! {
                x: f64::from(*x) * axis.x - f64::from(*y) * axis.y,
                y: f64::from(*x) * axis.y + f64::from(*y) * axis.x,
            };
            let places: Vec<Coord> = points.iter().map(turned).collect();
            let found = rectilinear(&places, axis, 1.25);
            for (from, a) in points.iter().enumerate() {
                for (to, b) in points.iter().enumerate() {
                    let expected = f64::from((a.0 - b.0).abs() + (a.1 - b.1).abs()) * 1.25;
                    prop_assert!((found[from * points.len() + to] - expected).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn streets_that_cross_without_a_common_end_meet() {
        let roads = [road((0, 50), (100, 50)), road((50, 0), (50, 100))];
        let ends = [coord! { x: 0.0, y: 50.0 }, coord! { x: 50.0, y: 100.0 }];
        let shapes = ends.map(|at| Geometry::Point(Point(at)));
        let ways = on_roads(&[(ends[0], &shapes[0]), (ends[1], &shapes[1])], &roads).unwrap();
        assert!((ways[1] - 100.0).abs() < 1e-9, "{ways:?}");
    }

    #[test]
    fn a_one_way_road_is_not_driven_against_it() {
        let mut one = road((0, 0), (100, 0));
        one.one_way = true;
        let ends = [coord! { x: 0.0, y: 0.0 }, coord! { x: 100.0, y: 0.0 }];
        let shapes = ends.map(|at| Geometry::Point(Point(at)));
        let places = [(ends[0], &shapes[0]), (ends[1], &shapes[1])];
        let ways = on_roads(&places, &[one]).unwrap();
        assert!((ways[1] - 100.0).abs() < 1e-9 && ways[2].is_infinite(), "{ways:?}");
        let ring = [one, road((0, 0), (0, 30)), road((0, 30), (100, 30)), road((100, 30), (100, 0))];
        let ways = on_roads(&places, &ring).unwrap();
        assert!((ways[1] - 100.0).abs() < 1e-9 && (ways[2] - 160.0).abs() < 1e-9, "{ways:?}");
    }

    #[test]
    fn a_place_off_the_road_is_joined_to_its_nearest_point_and_a_far_one_is_not_reached() {
        let roads = [road((0, 0), (1000, 0))];
        let ends = [coord! { x: 200.0, y: 30.0 }, coord! { x: 700.0, y: -20.0 }, coord! { x: 500.0, y: 51.0 }];
        let shapes = ends.map(|at| Geometry::Point(Point(at)));
        let places: Vec<(Coord, &Geometry)> = ends.iter().copied().zip(&shapes).collect();
        let ways = on_roads(&places, &roads).unwrap();
        assert!((ways[1] - 550.0).abs() < 1e-9, "{ways:?}");
        assert!(ways[2].is_infinite());
    }
}
