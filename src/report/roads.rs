//! Ways of trucks along the roads of a map, for the playback. Where the map has no way, a truck is drawn on a straight line.

use crate::kernel::math::great_circle_km;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use utoipa::ToSchema;

/// A site joins the road whose nearest position is no farther away, km.
const REACH_KM: f64 = 2.0;
/// Positions that are this near are one: steps of a degree, about a metre.
const GRID: f64 = 1e5;
/// All ways together have no more positions: more make a page slow.
const MOST_POSITIONS: usize = 200_000;
const M_PER_KM: f64 = 1_000.0;

/// A position on the grid: longitude, latitude.
type Spot = (i64, i64);

/// A way between two sites.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Route {
    /// Numbers of the sites.
    from: u16,
    to: u16,
    /// Longitude and latitude by turns, degrees, from site to site.
    path: Vec<f64>,
}

/// Roads as a graph: neighbours of each position with their distance, m.
struct Roads(BTreeMap<Spot, Vec<(Spot, u64)>>);

impl Roads {
    fn of(lines: &[Vec<f64>]) -> Self {
        let spot = |point: &[f64]| ((point[0] * GRID).round() as i64, (point[1] * GRID).round() as i64);
        let mut graph: BTreeMap<Spot, Vec<(Spot, u64)>> = BTreeMap::new();
        for line in lines {
            let spots: Vec<Spot> = line.chunks_exact(2).map(spot).collect();
            for pair in spots.windows(2).filter(|pair| pair[0] != pair[1]) {
                let length_m = (great_circle_km(degrees(pair[0]), degrees(pair[1])) * M_PER_KM).round() as u64;
                graph.entry(pair[0]).or_default().push((pair[1], length_m));
                graph.entry(pair[1]).or_default().push((pair[0], length_m));
            }
        }
        Self(graph)
    }

    /// The position nearest to a place.
    fn join(&self, place: (f64, f64)) -> Option<Spot> {
        let far = self.0.keys().map(|spot| (great_circle_km(degrees(*spot), place), *spot));
        let nearest = far.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (nearest.0 <= REACH_KM).then_some(nearest.1)
    }

    /// The position before each on the shortest way from `start`, of all that can be reached (E. W. Dijkstra, A Note on Two
    /// Problems in Connexion with Graphs, Numerische Mathematik 1, 1959). The standard heap does it: a crate of graphs
    /// would bring five others.
    fn ways_from(&self, start: Spot) -> BTreeMap<Spot, Spot> {
        let mut before = BTreeMap::new();
        let mut nearest_m = BTreeMap::from([(start, 0)]);
        let mut open = BinaryHeap::from([Reverse((0, start))]);
        while let Some(Reverse((far_m, spot))) = open.pop() {
            if nearest_m.get(&spot).is_some_and(|nearest_m| far_m > *nearest_m) {
                continue;
            }
            for (next, length_m) in self.0.get(&spot).into_iter().flatten() {
                let next_m = far_m + length_m;
                if nearest_m.get(next).is_none_or(|known_m| next_m < *known_m) {
                    nearest_m.insert(*next, next_m);
                    before.insert(*next, spot);
                    open.push(Reverse((next_m, *next)));
                }
            }
        }
        before
    }
}

/// From the start of the ways to a position.
fn way(before: &BTreeMap<Spot, Spot>, goal: Spot) -> Vec<Spot> {
    let mut spots: Vec<Spot> = std::iter::successors(Some(goal), |spot| before.get(spot).copied()).collect();
    spots.reverse();
    spots
}

/// Latitude and longitude.
fn degrees((lon, lat): Spot) -> (f64, f64) {
    (lat as f64 / GRID, lon as f64 / GRID)
}

/// The shortest ways along roads between pairs of sites. `places` are latitude and longitude of the sites.
pub(super) fn routes(lines: &[Vec<f64>], places: &[(f64, f64)], pairs: &BTreeSet<(u16, u16)>) -> Vec<Route> {
    let roads = Roads::of(lines);
    let joints: Vec<Option<Spot>> = places.iter().map(|place| roads.join(*place)).collect();
    let mut left = MOST_POSITIONS;
    let mut out = Vec::new();
    for from in pairs.iter().map(|pair| pair.0).collect::<BTreeSet<u16>>() {
        let Some(start) = joints[usize::from(from)] else { continue };
        let before = roads.ways_from(start);
        for to in pairs.range((from, 0)..=(from, u16::MAX)).map(|pair| pair.1) {
            let Some(goal) = joints[usize::from(to)].filter(|goal| *goal == start || before.contains_key(goal)) else {
                continue;
            };
            let ends = [from, to].map(|site| places[usize::from(site)]);
            let on_road = way(&before, goal).into_iter().map(degrees);
            let points: Vec<(f64, f64)> = [ends[0]].into_iter().chain(on_road).chain([ends[1]]).collect();
            let Some(less) = left.checked_sub(points.len()) else { return out };
            left = less;
            let path = points.into_iter().flat_map(|(lat, lon)| [lon, lat]).collect();
            out.push(Route { from, to, path });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::routes;

    /// A bay lies between two sites; the road goes around it.
    #[test]
    fn trucks_keep_to_the_road_where_there_is_one() {
        let around = vec![-118.30, 33.70, -118.30, 33.80, -118.20, 33.80, -118.20, 33.70];
        let shortcut_elsewhere = vec![-118.30, 33.90, -118.20, 33.90];
        let places = [(33.70, -118.30), (33.70, -118.20), (34.50, -117.0)];
        let pairs = [(0, 1), (0, 2), (1, 0)].into();
        let found = routes(&[around, shortcut_elsewhere], &places, &pairs);
        assert_eq!(found.len(), 2, "a site far from all roads has no way");
        assert_eq!((found[0].from, found[0].to), (0, 1));
        assert!(found[0].path.chunks(2).any(|point| point == [-118.20, 33.80]), "around the bay: {:?}", found[0].path);
        let mut back: Vec<&[f64]> = found[1].path.chunks(2).collect();
        back.reverse();
        assert_eq!(back, found[0].path.chunks(2).collect::<Vec<_>>());
        assert!(routes(&[], &places, &pairs).is_empty());
    }
}
