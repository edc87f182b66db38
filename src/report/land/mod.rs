//! Coast of a region, to draw a map on: Natural Earth's land, clipped to what a page shows.

use flate2::read::GzDecoder;
use serde::Deserialize;
use std::io::Read as _;
use std::sync::LazyLock;

/// Land of the earth; the README beside it says where it is from.
static PACKED: &[u8] = include_bytes!("land-10m.json.gz");
/// The window of a map is wider or taller than the region: so many times its longer side are kept around it.
const AROUND: f64 = 2.0;
/// A region of one site is so large, degrees.
const LEAST_SIDE: f64 = 0.05;
/// Decimals of a degree that are kept: 0.0001 of it are 11 m.
const SCALE: f64 = 1e4;

/// A ring of points, degrees east and north.
type Ring = Vec<[f64; 2]>;

/// `TopoJSON` with one object: each arc is a start and steps on a grid, each ring a list of arcs.
#[derive(Deserialize)]
struct Topology {
    transform: Transform,
    arcs: Vec<Vec<[f64; 2]>>,
    objects: Objects,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Objects {
    land: Collection,
}

#[derive(Deserialize)]
struct Collection {
    geometries: Vec<Polygons>,
}

#[derive(Deserialize)]
struct Polygons {
    arcs: Vec<Vec<Vec<i32>>>,
}

impl Topology {
    fn arc(&self, index: i32) -> Ring {
        let is_backwards = index < 0;
        let arc = &self.arcs[if is_backwards { !index } else { index } as usize];
        let [mut x, mut y] = [0.0, 0.0];
        let Transform { scale, translate } = &self.transform;
        let mut points: Ring = Vec::with_capacity(arc.len());
        for [step_x, step_y] in arc {
            (x, y) = (x + step_x, y + step_y);
            points.push([x * scale[0] + translate[0], y * scale[1] + translate[1]]);
        }
        if is_backwards {
            points.reverse();
        }
        points
    }

    fn rings(&self) -> Vec<Ring> {
        let rings = self.objects.land.geometries.iter().flat_map(|polygons| polygons.arcs.iter().flatten());
        // Neighbouring arcs share a point; drawn twice it does not show.
        rings.map(|arcs| arcs.iter().flat_map(|index| self.arc(*index)).collect()).collect()
    }
}

/// All rings of the earth, unpacked once.
static RINGS: LazyLock<Vec<Ring>> = LazyLock::new(|| {
    let mut text = Vec::new();
    let read = GzDecoder::new(PACKED).read_to_end(&mut text);
    let land: Option<Topology> = read.ok().and_then(|_| serde_json::from_slice(&text).ok());
    land.expect("the packed land is part of this build").rings()
});

/// A box of degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Region {
    /// West and south.
    pub(crate) least: [f64; 2],
    /// East and north.
    pub(crate) most: [f64; 2],
}

impl Region {
    /// The box of some places (latitude and longitude, degrees), with room around it; none without places.
    pub(crate) fn around(places: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let points = places.map(|(lat, lon)| [lon, lat]);
        let boxed = points.map(|point| Self { least: point, most: point }).reduce(|all, one| Self {
            least: [0, 1].map(|axis| all.least[axis].min(one.least[axis])),
            most: [0, 1].map(|axis| all.most[axis].max(one.most[axis])),
        })?;
        let side = |axis: usize| boxed.most[axis] - boxed.least[axis];
        let room = AROUND * side(0).max(side(1)).max(LEAST_SIDE);
        Some(Self { least: boxed.least.map(|degrees| degrees - room), most: boxed.most.map(|degrees| degrees + room) })
    }

    /// Keeps what lies inside, side by side (Sutherland and Hodgman, Reentrant Polygon Clipping, CACM 17, 1974). Where a
    /// ring leaves and comes back it runs along the box, which a map fills and does not show.
    fn clip(&self, ring: &[[f64; 2]]) -> Ring {
        let mut kept = ring.to_vec();
        for (axis, bound, is_least) in
            [(0, self.least[0], true), (0, self.most[0], false), (1, self.least[1], true), (1, self.most[1], false)]
        {
            kept = clip_side(&kept, |point| (point[axis] - bound) * if is_least { 1.0 } else { -1.0 });
        }
        kept
    }

    fn touches(&self, ring: &[[f64; 2]]) -> bool {
        [0, 1].into_iter().all(|axis| {
            let [least, most] =
                [f64::min, f64::max].map(|pick| ring.iter().map(|point| point[axis]).reduce(pick).unwrap_or(f64::NAN));
            most >= self.least[axis] && least <= self.most[axis]
        })
    }
}

/// Keeps the points for which `inside` is not negative, and adds those where an edge crosses over.
fn clip_side(ring: &[[f64; 2]], inside: impl Fn(&[f64; 2]) -> f64) -> Ring {
    let mut out = Vec::with_capacity(ring.len());
    let Some(mut before) = ring.last() else { return out };
    for point in ring {
        let [from, to] = [inside(before), inside(point)];
        if (from < 0.0) != (to < 0.0) {
            let share = from / (from - to);
            out.push([0, 1].map(|axis| before[axis] + (point[axis] - before[axis]) * share));
        }
        if to >= 0.0 {
            out.push(*point);
        }
        before = point;
    }
    out
}

/// Rings of the land of a region, each with longitude and latitude by turns, degrees. Fill them even-odd: a lake is a
/// ring inside a ring.
pub(crate) fn of(region: Region) -> Vec<Vec<f64>> {
    let flat = |ring: Ring| {
        let mut points: Ring = ring.into_iter().map(|point| point.map(|it| (it * SCALE).round() / SCALE)).collect();
        points.dedup();
        points.concat()
    };
    let near = RINGS.iter().filter(|ring| region.touches(ring));
    near.map(|ring| flat(region.clip(ring))).filter(|ring| ring.len() >= 6).collect()
}

#[cfg(test)]
mod tests {
    use super::{Region, of};

    /// Even-odd, as the page fills them.
    fn is_land(rings: &[Vec<f64>], lon: f64, lat: f64) -> bool {
        let crossings = rings.iter().flat_map(|ring| {
            let points: Vec<&[f64]> = ring.chunks(2).collect();
            (0..points.len()).filter(move |at| {
                let (a, b) = (points[*at], points[(at + 1) % points.len()]);
                (a[1] > lat) != (b[1] > lat) && lon < a[0] + (lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            })
        });
        crossings.count() % 2 == 1
    }

    #[test]
    fn the_coast_lies_where_it_does() {
        let region = Region::around([(33.74, -118.27), (34.06, -117.2)].into_iter()).expect("there are places");
        let land = of(region);
        for (name, lon, lat, expected) in [
            ("Los Angeles", -118.24, 34.05, true),
            ("Riverside", -117.4, 33.95, true),
            ("San Pedro Bay", -118.15, 33.68, false),
            ("the Pacific", -118.9, 33.5, false),
            ("Santa Catalina", -118.42, 33.39, true),
        ] {
            assert_eq!(is_land(&land, lon, lat), expected, "{name}");
        }
        let inside = |ring: &Vec<f64>| {
            ring.chunks(2).all(|point| {
                (0..2).all(|axis| point[axis] >= region.least[axis] - 1e-4 && point[axis] <= region.most[axis] + 1e-4)
            })
        };
        assert!(land.iter().all(inside), "nothing of the rest of the earth");
    }

    #[test]
    fn a_region_inland_is_all_land() {
        let region = Region::around(std::iter::once((39.8, -98.6))).expect("there is a place");
        let land = of(region);
        assert!(is_land(&land, -98.6, 39.8) && land.iter().map(Vec::len).sum::<usize>() < 20, "{land:?}");
    }
}
