//! Shapes of drawings and maps of others, before anything is known of what they stand for; and how many there may be.

use crate::kernel::math::{asin, cos, exp, sin};
use geo::{Coord, coord};
use std::collections::BTreeMap;

/// A drawing of more shapes is no plan.
const MOST_SHAPES: usize = 200_000;
/// Nor is one of more points, arcs flattened.
const MOST_POINTS: usize = 2_000_000;
/// No coordinate is larger: the earth is 4e7 m round, and drawings have millimetres.
const FARTHEST: f64 = 1e12;
/// More pieces of one arc would not be seen.
const MOST_PIECES: f64 = 2_000.0;
/// An arc has at least so many pieces in a full turn, however small it is against what may be off.
const LEAST_PIECES: f64 = 8.0;
/// Radius of the sphere of Web Mercator, m (EPSG:3857).
const MERCATOR_M: f64 = 6_378_137.0;

/// A shape as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// A point.
    Point(Coord),
    /// A line; closed where it ends in its first point.
    Line(Vec<Coord>),
    /// An area: its outline, then its holes.
    Area(Vec<Vec<Coord>>),
}

impl Shape {
    /// What it is called.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Point(_) => "point",
            Self::Line(_) => "line",
            Self::Area(_) => "area",
        }
    }

    /// All of its points, to be changed.
    pub(super) fn points_mut(&mut self) -> Vec<&mut Coord> {
        match self {
            Self::Point(at) => vec![at],
            Self::Line(line) => line.iter_mut().collect(),
            Self::Area(rings) => rings.iter_mut().flatten().collect(),
        }
    }

    fn points(&self) -> Vec<Coord> {
        match self {
            Self::Point(at) => vec![*at],
            Self::Line(line) => line.clone(),
            Self::Area(rings) => rings.concat(),
        }
    }
}

/// A shape, and what may say what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Its line in the file, where that is a text.
    pub(super) line: Option<u64>,
    /// Where it is, for people: `record 3`, `LWPOLYLINE`.
    pub(super) label: String,
    /// Names that may say what it is, the first that does counts: folder or layer, its own name, the file's.
    pub(super) names: Vec<String>,
    /// Its own name.
    pub(super) title: Option<String>,
    /// Its attributes.
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) shape: Shape,
}

/// A text that is drawn at a point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub(super) at: Coord,
    pub(super) text: String,
}

/// What coordinates are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// Longitude and latitude, degrees.
    Degrees,
    /// A plane, in units of so many metres.
    Plane(f64),
    /// The plane of web maps, whose metres grow with latitude.
    WebMercator,
}

/// Units by the words that a mapping file and `--units` use, with what they are.
pub(super) const UNITS: [(&str, Scale); 10] = [
    ("degrees", Scale::Degrees),
    ("m", Scale::Plane(1.0)),
    ("km", Scale::Plane(1_000.0)),
    ("cm", Scale::Plane(0.01)),
    ("mm", Scale::Plane(0.001)),
    ("ft", Scale::Plane(0.3048)),
    // The foot of surveys until 2022 (NIST SP 811).
    ("us-ft", Scale::Plane(1_200.0 / 3_937.0)),
    ("in", Scale::Plane(0.0254)),
    ("yd", Scale::Plane(0.9144)),
    ("web-mercator", Scale::WebMercator),
];

impl Scale {
    /// What a word means.
    pub(super) fn of(word: &str) -> Option<Self> {
        UNITS.iter().find(|unit| unit.0 == word).map(|unit| unit.1)
    }

    /// How it is called.
    pub(super) fn word(self) -> String {
        UNITS.iter().find(|unit| unit.1 == self).map_or_else(
            || if let Self::Plane(m) = self { format!("units of {m} m") } else { String::new() },
            |unit| unit.0.to_owned(),
        )
    }

    /// Does the plan made of it have degrees?
    pub(super) fn is_degrees(self) -> bool {
        !matches!(self, Self::Plane(_))
    }

    /// Degrees or metres of a point.
    pub(super) fn applied(self, at: Coord) -> Coord {
        match self {
            Self::Degrees => at,
            Self::Plane(metres) => at * metres,
            Self::WebMercator => {
                // The inverse of y = R ln tan(pi/4 + lat/2) is sin(lat) = tanh(y / R).
                let twice = exp(2.0 * at.y / MERCATOR_M);
                coord! {
                    x: (at.x / MERCATOR_M).to_degrees(),
                    y: asin(if twice.is_finite() { (twice - 1.0) / (twice + 1.0) } else { 1.0 }).to_degrees(),
                }
            }
        }
    }

    /// Units of a drawing that are so many metres: of degrees, those of latitude.
    pub(super) fn units_of(self, metres: f64) -> f64 {
        match self {
            Self::Degrees => metres / 111_195.0,
            Self::Plane(unit_m) => metres / unit_m,
            Self::WebMercator => metres,
        }
    }
}

/// All that one file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Drawn {
    pub(super) shapes: Vec<Found>,
    pub(super) labels: Vec<Label>,
    /// None: the file does not say.
    pub(super) scale: Option<Scale>,
    /// What is not read, and how often.
    pub(super) left_out: BTreeMap<String, usize>,
    /// What was assumed.
    pub(super) said: Vec<String>,
}

impl Drawn {
    /// Counts something that is not read.
    pub(super) fn leave_out(&mut self, what: &str) {
        *self.left_out.entry(what.to_owned()).or_insert(0) += 1;
    }
}

/// How much room there is for what all files hold.
#[derive(Debug, Default)]
pub(super) struct Room {
    shapes: usize,
    points: usize,
}

impl Room {
    /// Makes room for a shape.
    ///
    /// # Errors
    /// When there is none, or a coordinate is no number.
    pub(super) fn add(&mut self, shape: &Shape) -> Result<(), String> {
        let points = shape.points();
        self.shapes += 1;
        self.points += points.len();
        if self.shapes > MOST_SHAPES || self.points > MOST_POINTS {
            return Err(format!("holds more than {MOST_SHAPES} shapes or {MOST_POINTS} points"));
        }
        let is_number = |value: f64| value.abs() <= FARTHEST;
        match points.iter().find(|at| !is_number(at.x) || !is_number(at.y)) {
            Some(at) => Err(format!("[{}, {}] is no place", at.x, at.y)),
            None => Ok(()),
        }
    }

    /// Is there none left? Then the mistake is told once, and no more is read.
    pub(super) fn is_full(&self) -> bool {
        self.shapes > MOST_SHAPES || self.points > MOST_POINTS
    }
}

/// Points on an ellipse from one angle to another, none farther off it than `off` between them: center, the two half axes, from
/// and to in radians.
pub(super) fn arc(center: Coord, axes: (Coord, Coord), (from, to): (f64, f64), off: f64) -> Vec<Coord> {
    let longest = (axes.0.x * axes.0.x + axes.0.y * axes.0.y).max(axes.1.x * axes.1.x + axes.1.y * axes.1.y).sqrt();
    // The sagitta of a piece of angle t is r (1 - cos(t/2)), about r t^2 / 8.
    let piece = (8.0 * off / longest.max(f64::MIN_POSITIVE)).sqrt().min(core::f64::consts::TAU / LEAST_PIECES);
    let pieces = ((to - from).abs() / piece).ceil().clamp(1.0, MOST_PIECES) as u32;
    let at = |number: u32| {
        let angle = from + (to - from) * f64::from(number) / f64::from(pieces);
        center + axes.0 * cos(angle) + axes.1 * sin(angle)
    };
    (0..=pieces).map(at).collect()
}

/// The arc of a segment with a bulge: the tangent of a quarter of its angle, positive to the left. Without its first point.
pub(super) fn bulged(from: Coord, to: Coord, bulge: f64, off: f64) -> Vec<Coord> {
    let chord = to - from;
    if bulge.abs() < 1e-9 || chord == Coord::zero() {
        return vec![to];
    }
    let lift = (1.0 - bulge * bulge) / (4.0 * bulge);
    let center = (from + to) / 2.0 + coord! { x: -chord.y, y: chord.x } * lift;
    let first = from - center;
    let turn = 4.0 * asin(bulge / (1.0 + bulge * bulge).sqrt());
    let mut points = arc(center, (first, coord! { x: -first.y, y: first.x }), (0.0, turn), off);
    points.remove(0);
    if let Some(last) = points.last_mut() {
        *last = to;
    }
    points
}

#[cfg(test)]
mod tests {
    //! Contract: arcs keep to their circle within what may be off; web maps come back to degrees.

    use super::*;

    #[test]
    fn a_bulge_of_one_is_half_a_circle() {
        let (from, to) = (coord! { x: 1.0, y: 0.0 }, coord! { x: -1.0, y: 0.0 });
        let points = bulged(from, to, 1.0, 0.001);
        assert_eq!(points.last(), Some(&to));
        // From (1, 0) to the left over (0, 1), which is counterclockwise.
        assert!(points.iter().all(|at| ((at.x * at.x + at.y * at.y).sqrt() - 1.0).abs() < 1e-9 && at.y > -1e-9));
        let middles = points.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
        assert!(middles.map(|at| 1.0 - (at.x * at.x + at.y * at.y).sqrt()).all(|off| off <= 0.001));
        assert_eq!(bulged(from, to, 0.0, 0.1), [to]);
        // Half of it over 10 m: counterclockwise below the chord, 2.5 m deep, on a circle of 6.25 m around (5, 3.75).
        let points = bulged(Coord::zero(), coord! { x: 10.0, y: 0.0 }, 0.5, 0.0001);
        let radius = |at: &Coord| ((at.x - 5.0).powi(2) + (at.y - 3.75).powi(2)).sqrt();
        assert!(points.iter().all(|at| (radius(at) - 6.25).abs() < 1e-9), "{points:?}");
        let deepest = points.iter().map(|at| at.y).fold(0.0, f64::min);
        assert!((deepest + 2.5).abs() < 1e-3, "{deepest}");
    }

    #[test]
    fn web_mercator_is_undone() {
        // EPSG guidance note 7-2: 24.381787 N, 100.333333 W is -11169055.58, 2800000.00.
        let at = Scale::WebMercator.applied(coord! { x: -11_169_055.58, y: 2_800_000.00 });
        assert!((at.x + 100.333_333).abs() < 1e-5 && (at.y - 24.381_787).abs() < 1e-5, "{at:?}");
        assert!(Scale::WebMercator.applied(coord! { x: 0.0, y: 1e12 }).y <= 90.0);
    }
}
