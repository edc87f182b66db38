//! The plan of a terminal: its places and the ways between them. Pure: a drawing in, places and distances out.

use super::spec::{Drawing, Feature, Part, PlanKind, PlanSpec};
use super::ways::{ROAD_REACH_M, Road, on_roads, rectilinear};
use super::wrong::Wrong;
use super::{drawing, standard};
use crate::document::problem::MOST_TOLD;
use crate::terminal::spec::TerminalSpec;
use geo::{BoundingRect, Centroid, Coord, Distance, Euclidean, Geometry, Line, Point, Relate};

/// A place of a plan: its position in the plan's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(u16);

impl Place {
    fn at(index: usize) -> Self {
        Self(u16::try_from(index).expect("a plan has fewer than 65,536 places"))
    }

    /// Its position.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A stack of containers.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its id.
    pub key: String,
    /// The class of machine that works it.
    pub class: String,
    /// Where carriers hand over.
    pub seaward: Place,
    /// Where road trucks hand over.
    pub landward: Place,
}

/// A charging lot.
#[derive(Debug, Clone, PartialEq)]
pub struct Lot {
    /// Its id: what `lot` of `[charger]` says.
    pub key: String,
    /// Where it is.
    pub place: Place,
}

/// Places and ways of a terminal, as they stay for the whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    positions: Vec<Coord>,
    /// From place to place, row by row, m.
    ways_m: Vec<f64>,
    /// Crane positions, berth by berth.
    cranes: Vec<Place>,
    blocks: Vec<Block>,
    lots: Vec<Lot>,
    gates: Vec<Place>,
    rail: Option<Place>,
    parking: Place,
}

impl Plan {
    /// Way from place to place, m.
    #[must_use]
    pub fn way_m(&self, from: Place, to: Place) -> f64 {
        self.ways_m[from.index() * self.positions.len() + to.index()]
    }

    /// The place at a position.
    pub(crate) fn place(&self, index: usize) -> Place {
        debug_assert!(index < self.positions.len());
        Place::at(index)
    }

    /// How many places there are.
    #[must_use]
    pub fn places(&self) -> usize {
        self.positions.len()
    }

    /// Crane positions, berth by berth.
    #[must_use]
    pub fn cranes(&self) -> &[Place] {
        &self.cranes
    }

    /// Its blocks.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Its charging lots.
    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// Way of a truck from the nearest gate to the landward side of a block, m.
    #[must_use]
    pub fn way_in_m(&self, block: usize) -> f64 {
        let to = self.blocks[block].landward;
        self.gates.iter().map(|gate| self.way_m(*gate, to)).fold(f64::INFINITY, f64::min)
    }

    /// And from there out by the nearest gate, m.
    #[must_use]
    pub fn way_out_m(&self, block: usize) -> f64 {
        let from = self.blocks[block].landward;
        self.gates.iter().map(|gate| self.way_m(from, *gate)).fold(f64::INFINITY, f64::min)
    }

    /// The rail ramp.
    #[must_use]
    pub fn rail(&self) -> Option<Place> {
        self.rail
    }

    /// Where units stand that have nothing to do.
    #[must_use]
    pub fn parking(&self) -> Place {
        self.parking
    }
}

/// The plan of a terminal; `drawn` is what its file says, none for a standard plan.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn plan_of(terminal: &TerminalSpec, spec: &PlanSpec, drawn: Option<&Drawing>) -> Result<Plan, Vec<Wrong>> {
    let standard = if drawn.is_some() { Drawing::default() } else { standard::draw(spec)? };
    let drawing = drawn.unwrap_or(&standard);
    let parts = Parts::of(drawing)?;
    let mut wrong = parts.outside_or_overlapping();
    let table = Table::of(&parts, terminal, spec.kind);
    match ways(&table.seats, &parts.roads, parts.axis(), spec.detour) {
        Ok(ways_m) if wrong.is_empty() => Ok(table.plan(ways_m)),
        Ok(_) => Err(wrong),
        Err(unreached) => {
            wrong.extend(unreached);
            Err(wrong)
        }
    }
}

/// A drawing by parts, each there as often as it has to be.
struct Parts<'a> {
    fence: &'a Feature,
    quay: Line,
    gates: Vec<&'a Feature>,
    rail: Option<&'a Feature>,
    parking: Option<&'a Feature>,
    blocks: Vec<&'a Feature>,
    lots: Vec<&'a Feature>,
    buildings: Vec<&'a Feature>,
    roads: Vec<Road>,
}

impl<'a> Parts<'a> {
    fn of(drawing: &'a Drawing) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let all = |part: Part| -> Vec<&'a Feature> { drawing.features.iter().filter(|it| it.part == part).collect() };
        let mut one = |part: Part, word: &str, is_needed: bool| {
            let found = all(part);
            if found.is_empty() && is_needed {
                let help = format!("draw one feature with the property \"kind\": \"{word}\"");
                wrong.push(Wrong { field: String::new(), message: format!("has no {word}"), help: Some(help) });
            }
            if let Some(second) = found.get(1) {
                wrong.push(Wrong::new(second.label.clone(), format!("is a second {word}"), None));
            }
            found.first().copied()
        };
        let (fence, quay) = (one(Part::Fence, "fence", true), one(Part::Quay, "quay", true));
        let (rail, parking) = (one(Part::Rail, "rail", false), one(Part::Parking, "parking", false));
        let (blocks, lots) = (all(Part::Block), all(Part::Lot));
        if blocks.is_empty() {
            wrong.push(Wrong::new(
                "",
                "has no block",
                Some("draw areas with the properties \"kind\": \"block\" and \"machine\""),
            ));
        }
        for (at, feature) in drawing.features.iter().enumerate() {
            let is_twin = |other: &&Feature| other.part == feature.part && other.key == feature.key;
            if matches!(feature.part, Part::Block | Part::Lot) && drawing.features[..at].iter().any(|it| is_twin(&it)) {
                wrong.push(Wrong::new(
                    feature.label.clone(),
                    format!("the id `{}` was used before", feature.key),
                    None,
                ));
            }
            if feature.part == Part::Block && feature.machine.is_none() {
                let help = Some("give it the property \"machine\": the class of `[work]` that works it");
                wrong.push(Wrong::new(feature.label.clone(), "has no machine", help));
            }
        }
        let gates = all(Part::Gate);
        if gates.is_empty() {
            wrong.push(Wrong::new("", "has no gate", Some("draw a feature with the property \"kind\": \"gate\"")));
        }
        match (fence, quay.and_then(|quay| drawing::ends(&quay.shape))) {
            (Some(fence), Some(quay)) if wrong.is_empty() => {
                let buildings = all(Part::Building);
                let roads = roads(drawing);
                Ok(Self { fence, quay, gates, rail, parking, blocks, lots, buildings, roads })
            }
            _ => Err(wrong),
        }
    }

    /// Places that lie outside of the fence, or on each other.
    fn outside_or_overlapping(&self) -> Vec<Wrong> {
        let named = [(&self.blocks, "block"), (&self.lots, "lot"), (&self.buildings, "building")];
        let mut places: Vec<(&Feature, &str)> =
            named.iter().flat_map(|(list, word)| list.iter().map(|it| (*it, *word))).collect();
        places.extend(self.parking.map(|it| (it, "parking")));
        places.extend(self.rail.map(|it| (it, "rail ramp")));
        let mut wrong = misplaced(self.fence, &places);
        let quay = Geometry::Line(self.quay);
        wrong.extend(
            core::iter::once((&quay, "quay"))
                .chain(self.gates.iter().map(|gate| (&gate.shape, "gate")))
                .filter_map(|it| off_the_fence(self.fence, it)),
        );
        wrong
    }

    /// Direction of the quay, of length 1.
    fn axis(&self) -> Coord {
        let along = self.quay.end - self.quay.start;
        along / Euclidean.distance(Point(self.quay.start), Point(self.quay.end))
    }
}

/// The roads of a drawing.
pub(super) fn roads(drawing: &Drawing) -> Vec<Road> {
    let roads = drawing.features.iter().filter(|it| it.part == Part::Road);
    let stretches = roads.flat_map(|road| drawing::stretches(&road.shape).into_iter().map(|line| (line, road.one_way)));
    stretches.map(|(line, one_way)| Road { line, one_way }).collect()
}

/// Places that lie outside of the fence, or on each other.
pub(super) fn misplaced(fence: &Feature, places: &[(&Feature, &str)]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for (at, (place, word)) in places.iter().enumerate() {
        if wrong.len() >= MOST_TOLD {
            break;
        }
        if !fence.shape.relate(&place.shape).is_covers() {
            let message = format!("the {word} `{}` lies outside of the fence", place.key);
            wrong.push(Wrong::new(place.label.clone(), message, Some("move it inside, or the fence around it")));
        }
        for (other, known) in &places[..at] {
            // Units may wait where they charge.
            if [*known, *word] == ["lot", "parking"] || !may_touch(&other.shape, &place.shape) {
                continue;
            }
            let matrix = other.shape.relate(&place.shape);
            let is_on = matrix.is_overlaps() || matrix.is_contains() || matrix.is_within() || matrix.is_crosses();
            if is_on || matrix.is_equal_topo() {
                let message = format!("the {word} `{}` overlaps the {known} `{}`", place.key, other.key);
                wrong.push(Wrong::new(place.label.clone(), message, Some("move one of them")));
            }
        }
    }
    wrong
}

/// What has to lie on the outline lies off it. Drawn maps are not exact.
pub(super) fn off_the_fence(fence: &Feature, (part, word): (&Geometry, &str)) -> Option<Wrong> {
    let away_m = Euclidean.distance(&fence.shape, part);
    let message = format!("the {word} lies {away_m:.0} m outside of the fence");
    (away_m > ROAD_REACH_M).then(|| Wrong::new(word, message, Some("draw it on the fence")))
}

/// Do the boxes around two shapes touch? Only then the shapes may.
fn may_touch(a: &Geometry, b: &Geometry) -> bool {
    a.bounding_rect().zip(b.bounding_rect()).is_none_or(|(a, b)| {
        let apart = |low: Coord, high: Coord| high.x < low.x || high.y < low.y;
        !apart(a.min(), b.max()) && !apart(b.min(), a.max())
    })
}

/// A place that is being tabled.
pub(super) struct Seat<'a> {
    pub(super) at: Coord,
    pub(super) shape: Geometry,
    pub(super) feature: Option<&'a Feature>,
    pub(super) word: &'static str,
}

impl<'a> Seat<'a> {
    /// Of a whole feature: in its middle.
    pub(super) fn of(feature: &'a Feature, word: &'static str) -> Option<Self> {
        let at = feature.shape.centroid()?.0;
        Some(Self { at, shape: feature.shape.clone(), feature: Some(feature), word })
    }
}

/// Ways between places, row by row, m: on the roads where there are some, else rectilinear along an axis of length 1.
pub(super) fn ways(seats: &[Seat<'_>], roads: &[Road], axis: Coord, detour: f64) -> Result<Vec<f64>, Vec<Wrong>> {
    if roads.is_empty() {
        let places: Vec<Coord> = seats.iter().map(|seat| seat.at).collect();
        return Ok(rectilinear(&places, axis, detour));
    }
    let places: Vec<(Coord, &Geometry)> = seats.iter().map(|seat| (seat.at, &seat.shape)).collect();
    let too_many = |message: String| vec![Wrong::new("", message, Some("leave out what is no road of the terminal"))];
    let ways = on_roads(&places, roads).map_err(too_many)?;
    let n = places.len();
    // The place that most others reach is on the terminal's roads; what has no way to it and back is off them.
    let joined = |at: usize, other: usize| ways[at * n + other].is_finite() && ways[other * n + at].is_finite();
    let hub = (0..n).max_by_key(|at| ((0..n).filter(|other| joined(*at, *other)).count(), n - at)).unwrap_or(0);
    let mut wrong: Vec<Wrong> = Vec::new();
    for (seat, _) in seats.iter().zip(0..n).filter(|(_, at)| !joined(hub, *at)) {
        let (label, key) = seat.feature.map_or(("", ""), |feature| (feature.label.as_str(), feature.key.as_str()));
        let name = if key.is_empty() { format!("the {}", seat.word) } else { format!("the {} `{key}`", seat.word) };
        let message = format!("no road reaches {name}, there and back");
        let help = format!("draw a road of kind `road` that passes it within {ROAD_REACH_M} m and joins the others");
        let one = Wrong::new(label, message, Some(&help));
        if !wrong.contains(&one) {
            wrong.push(one);
        }
    }
    if wrong.is_empty() { Ok(ways) } else { Err(wrong) }
}

/// All places of a plan, before their ways are known.
struct Table<'a> {
    seats: Vec<Seat<'a>>,
    cranes: Vec<Place>,
    blocks: Vec<Block>,
    lots: Vec<Lot>,
    gates: Vec<Place>,
    rail: Option<Place>,
    parking: Place,
}

impl<'a> Table<'a> {
    fn of(parts: &Parts<'a>, terminal: &TerminalSpec, kind: PlanKind) -> Self {
        let mut seats = Vec::new();
        let mut seat = |at: Coord, shape: Geometry, feature: Option<&'a Feature>, word: &'static str| {
            seats.push(Seat { at, shape, feature, word });
            Place::at(seats.len() - 1)
        };
        let (berths, each) = (terminal.berths, terminal.cranes_per_call);
        let along = |share: f64| parts.quay.start + (parts.quay.end - parts.quay.start) * share;
        let crane = |berth: u32, crane: u32| {
            along((f64::from(berth) + (f64::from(crane) + 0.5) / f64::from(each)) / f64::from(berths))
        };
        let positions = (0..berths).flat_map(|berth| (0..each).map(move |number| (berth, number)));
        // A crane is reached from any road along the quay: the quay's own line is its shape.
        let quay = Geometry::Line(parts.quay);
        let cranes = positions.map(|(berth, number)| seat(crane(berth, number), quay.clone(), None, "quay")).collect();
        let middle = |feature: &Feature| feature.shape.centroid().map_or(parts.quay.start, |point| point.0);
        let mut whole = |feature: &'a Feature, word| seat(middle(feature), feature.shape.clone(), Some(feature), word);
        let gates = parts.gates.iter().map(|gate| whole(gate, "gate")).collect();
        let rail = parts.rail.map(|rail| whole(rail, "rail ramp"));
        let lots: Vec<Lot> =
            parts.lots.iter().map(|lot| Lot { key: lot.key.clone(), place: whole(lot, "lot") }).collect();
        let parking = parts.parking.map(|parking| whole(parking, "parking"));
        let mut blocks = Vec::new();
        for block in &parts.blocks {
            let (seaward, landward) = if kind == PlanKind::EndLoadedAsc {
                let (near, far) = ends_of_block(&block.shape, parts.quay).unwrap_or((middle(block), middle(block)));
                (
                    seat(near, block.shape.clone(), Some(block), "block"),
                    seat(far, block.shape.clone(), Some(block), "block"),
                )
            } else {
                let place = seat(middle(block), block.shape.clone(), Some(block), "block");
                (place, place)
            };
            let class = block.machine.clone().unwrap_or_default();
            blocks.push(Block { key: block.key.clone(), class, seaward, landward });
        }
        let parking = parking.unwrap_or(blocks[0].seaward);
        Self { seats, cranes, blocks, lots, gates, rail, parking }
    }

    fn plan(self, ways_m: Vec<f64>) -> Plan {
        Plan {
            positions: self.seats.into_iter().map(|seat| seat.at).collect(),
            ways_m,
            cranes: self.cranes,
            blocks: self.blocks,
            lots: self.lots,
            gates: self.gates,
            rail: self.rail,
            parking: self.parking,
        }
    }
}

/// The ends of a block nearest to the quay and farthest from it: middles of its outline's sides.
fn ends_of_block(shape: &Geometry, quay: Line) -> Option<(Coord, Coord)> {
    let sides = drawing::outline(shape)?;
    let middles = sides.lines().map(|side| (side.start + side.end) / 2.0);
    let far = |at: &Coord| Euclidean.distance(&Point(*at), &quay);
    let mut middles: Vec<Coord> = middles.collect();
    middles.sort_by(|a, b| far(a).total_cmp(&far(b)));
    Some((*middles.first()?, *middles.last()?))
}

#[cfg(test)]
mod tests {
    //! Contract: of several gates trucks take the nearest one, in and out, each by the ways of its direction.

    use super::*;

    #[test]
    fn trucks_take_the_nearest_gate_each_way() {
        let place = |index: usize| Place::at(index);
        let block = Block { key: "a".to_owned(), class: "rtg".to_owned(), seaward: place(2), landward: place(2) };
        let plan = Plan {
            positions: vec![Coord::zero(); 3],
            // In by the first gate it is nearer, out by the second.
            ways_m: vec![0.0, 1.0, 100.0, 1.0, 0.0, 250.0, 300.0, 150.0, 0.0],
            cranes: Vec::new(),
            blocks: vec![block],
            lots: Vec::new(),
            gates: vec![place(0), place(1)],
            rail: None,
            parking: place(2),
        };
        assert!((plan.way_in_m(0) - 100.0).abs() < 1e-9 && (plan.way_out_m(0) - 150.0).abs() < 1e-9);
    }
}
