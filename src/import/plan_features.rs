//! Shapes that stand for parts of a plan, as its features: outlines closed, pieces of lines joined, ids found.

use super::plan_map::{Decision, NOTHING, PlanMap};
use super::shape::{Found, Label, Scale, Shape, UNITS};
use crate::disk::name::steers;
use crate::document::problem::{Mistakes, Problem};
use crate::kernel::math::cos;
use geo::{BoundingRect, Coord, Intersects, LineString, Polygon, Simplify};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Longer ids are cut.
const MOST_ID: usize = 60;
/// Texts that are looked at for the names of places.
const MOST_LABELS: usize = 20_000;
/// More shapes of a plan than are compared with one another.
const MOST_FEATURES: usize = 20_000;
/// A degree of latitude, m (mean radius 6,371 km).
const DEGREE_M: f64 = 111_195.0;
/// Parts that a plan has once: several shapes of them are one feature.
const ONCE: [&str; 4] = ["fence", "gate", "rail", "parking"];
/// Parts that a plan has to have.
const NEEDED: [&str; 4] = ["fence", "quay", "gate", "block"];

/// A plan, and what was done to have it.
#[derive(Debug, Clone, Default)]
pub struct Converted {
    /// The plan as `GeoJSON`, as `plan.file` of a terminal reads it.
    pub geojson: String,
    /// How many features of each kind.
    pub counts: BTreeMap<&'static str, usize>,
    /// Width from west to east and from south to north, m.
    pub size_m: (f64, f64),
    /// What was assumed, changed and left out.
    pub notes: Vec<String>,
}

/// Shapes by what they stand for, in degrees or metres.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) is_metric: bool,
    /// File, kind, shape.
    pub(super) shapes: Vec<(String, &'static str, Found)>,
    pub(super) labels: Vec<Label>,
}

/// A feature before it is written.
#[derive(Debug)]
struct Feature {
    kind: &'static str,
    found: Found,
    id: Option<String>,
}

/// Makes features of shapes; what is wrong goes to `problems`.
pub(super) fn plan(sorted: Sorted, map: &PlanMap, origin: &str, problems: &mut Vec<Problem>) -> Converted {
    let mut out = Converted::default();
    if sorted.shapes.len() > MOST_FEATURES {
        let message = format!("hold {} shapes of a plan, more than {MOST_FEATURES}", sorted.shapes.len());
        problems.push(Problem { place: None, field: "the drawings".to_owned(), message, help: None });
        return out;
    }
    let unit = |metres: f64| if sorted.is_metric { metres } else { metres / DEGREE_M };
    let fit = Fit { close: unit(map.close_m()), simplify: map.simplify_m.map(unit), closed: 0, joined: 0 };
    let (is_metric, labels) = (sorted.is_metric, sorted.labels);
    let (mut features, fit) = fitted(sorted.shapes, fit, problems);
    if fit.closed > 0 {
        let within = map.close_m();
        out.notes.push(format!("{} outlines were open by up to {within} m and are closed", fit.closed));
    }
    if fit.joined > 0 {
        out.notes.push(format!("{} lines that meet at their ends are joined", fit.joined));
    }
    if let Some(metres) = map.simplify_m {
        out.notes.push(format!("points within {metres} m of the line without them are left out"));
    }
    names(&mut features, map, &labels, &mut out.notes);
    machines(&features, map, problems);
    out.size_m = size_m(&features, is_metric);
    let written = written(&features, map, is_metric, &mut out);
    let mut collection = json!({ "type": "FeatureCollection", "source": origin, "features": written });
    if is_metric {
        collection["units"] = "m".into();
    }
    let missing: Vec<&str> = NEEDED.into_iter().filter(|kind| !out.counts.contains_key(kind)).collect();
    if !missing.is_empty() {
        out.notes.push(format!("a plan also needs: {}", missing.join(", ")));
    }
    out.geojson = format!("{collection:#}\n");
    out
}

/// How shapes are made to fit, and how often that was needed.
#[derive(Debug)]
struct Fit {
    close: f64,
    simplify: Option<f64>,
    closed: usize,
    joined: usize,
}

fn fitted(
    mut shapes: Vec<(String, &'static str, Found)>,
    mut fit: Fit,
    problems: &mut Vec<Problem>,
) -> (Vec<Feature>, Fit) {
    shapes = fit.joined(shapes);
    let mut out = Vec::new();
    // By file, so that many mistakes of one are counted.
    let files: BTreeSet<String> = shapes.iter().map(|(file, ..)| file.clone()).collect();
    for name in files {
        let mut mistakes = Mistakes::of(&name, problems);
        for (_, kind, mut found) in shapes.iter().filter(|(file, ..)| *file == name).cloned() {
            match fit.shape(kind, found.shape.clone()) {
                Ok(shape) => {
                    found.shape = shape;
                    out.push(Feature { kind, found, id: None });
                }
                Err(message) => {
                    let layer = found.names.first().map_or(String::new(), |name| format!(" of `{name}`"));
                    let message = format!("the {kind}{layer} {message}");
                    mistakes.push(found.line, &found.label, message, None);
                }
            }
        }
        mistakes.close();
    }
    (out, fit)
}

fn apart(a: Coord, b: Coord) -> f64 {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt()
}

impl Fit {
    /// Joins open lines of one layer that meet at their ends: outlines and edges are often drawn piece by piece. Roads and rails
    /// stay as they are.
    fn joined(&mut self, shapes: Vec<(String, &'static str, Found)>) -> Vec<(String, &'static str, Found)> {
        let mut out = Vec::new();
        let mut pieces: BTreeMap<(String, &'static str, Vec<String>), Vec<(Found, Vec<Coord>)>> = BTreeMap::new();
        for (file, kind, found) in shapes {
            match &found.shape {
                Shape::Line(line)
                    if !matches!(kind, "road" | "rail") && line.len() > 1 && line.first() != line.last() =>
                {
                    let line = line.clone();
                    pieces.entry((file, kind, found.names.clone())).or_default().push((found, line));
                }
                _ => out.push((file, kind, found)),
            }
        }
        for ((file, kind, _), list) in pieces {
            for (mut found, line, others) in chains(list, self.close) {
                self.joined += others;
                found.shape = Shape::Line(line);
                out.push((file.clone(), kind, found));
            }
        }
        out
    }

    /// A shape as its kind needs it.
    fn shape(&mut self, kind: &str, shape: Shape) -> Result<Shape, String> {
        let needs_line = matches!(kind, "road" | "quay");
        let needs_area = matches!(kind, "fence" | "block");
        match shape {
            Shape::Point(_) if needs_line || needs_area => {
                Err(format!("is a point and not {}", if needs_line { "a line" } else { "an area" }))
            }
            Shape::Area(_) if needs_line => {
                Err("is an area and not a line: draw its middle, or its edge, as a line".to_owned())
            }
            Shape::Point(at) => Ok(Shape::Point(at)),
            Shape::Line(line) => {
                let line = self.simple(line);
                let length: f64 = line.windows(2).map(|pair| apart(pair[0], pair[1])).sum();
                if length <= 0.0 {
                    return Err("has no length".to_owned());
                }
                if needs_line || matches!(kind, "gate" | "rail") {
                    return Ok(Shape::Line(line));
                }
                self.ring(line).map(|ring| Shape::Area(vec![ring]))
            }
            Shape::Area(rings) => {
                rings.into_iter().map(|ring| self.ring(ring)).collect::<Result<_, String>>().map(Shape::Area)
            }
        }
    }

    /// A closed ring.
    fn ring(&mut self, line: Vec<Coord>) -> Result<Vec<Coord>, String> {
        let mut line = self.simple(line);
        let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else {
            return Err("has no points".to_owned());
        };
        if first != last {
            if apart(first, last) > self.close {
                return Err(
                    "is open: its ends lie apart; close the outline, or raise `close_m` in a mapping file".to_owned()
                );
            }
            self.closed += 1;
            if line.len() > 3 {
                line.pop();
            }
            line.push(first);
        }
        if line.len() < 4 { Err("is an outline of fewer than 3 points".to_owned()) } else { Ok(line) }
    }

    /// Without points that stand twice, and as simple as the mapping wants it.
    fn simple(&self, mut line: Vec<Coord>) -> Vec<Coord> {
        line.dedup();
        self.simplify.map_or(line.clone(), |within| LineString(line).simplify(within).0)
    }
}

/// Lines that are joined at ends which meet those of one other line: each with its first piece, and how many others are in it.
fn chains(list: Vec<(Found, Vec<Coord>)>, close: f64) -> Vec<(Found, Vec<Coord>, usize)> {
    let cell = |at: Coord| ((at.x / close).floor() as i64, (at.y / close).floor() as i64);
    let mut ends: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    if close > 0.0 {
        for (number, (_, line)) in list.iter().enumerate() {
            ends.entry(cell(line[0])).or_default().push(number);
            ends.entry(cell(line[line.len() - 1])).or_default().push(number);
        }
    }
    // The one line that is left and meets a point. Where three meet it is ambiguous which two are one line.
    let next_at = |at: Coord, used: &[bool]| -> Option<usize> {
        let (x, y) = cell(at);
        let cells = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        let mut meeting = cells.filter_map(|cell| ends.get(&cell)).flatten().copied().filter(|number| {
            let line = &list[*number].1;
            !used[*number] && (apart(line[0], at) <= close || apart(line[line.len() - 1], at) <= close)
        });
        let found = meeting.next()?;
        meeting.all(|other| other == found).then_some(found)
    };
    let mut used = vec![false; list.len()];
    let mut out = Vec::new();
    for number in 0..list.len() {
        if used[number] {
            continue;
        }
        used[number] = true;
        let (mut line, mut others) = (list[number].1.clone(), 0);
        for _ in 0..2 {
            while close > 0.0 && apart(line[0], line[line.len() - 1]) > close {
                let at = line[line.len() - 1];
                let Some(next) = next_at(at, &used) else { break };
                let mut piece = list[next].1.clone();
                if apart(piece[0], at) > close {
                    piece.reverse();
                }
                line.extend(piece.into_iter().skip(1));
                used[next] = true;
                others += 1;
            }
            line.reverse();
        }
        out.push((list[number].0.clone(), line, others));
    }
    out
}

/// Ids of blocks, lots and all that have a name: an attribute, the shape's own name, a text that lies in it; else numbers.
fn names(features: &mut [Feature], map: &PlanMap, labels: &[Label], notes: &mut Vec<String>) {
    let labels = &labels[..labels.len().min(MOST_LABELS)];
    let (mut by_text, mut numbered) = (0, BTreeMap::new());
    for feature in features.iter_mut() {
        let own = map.attribute("id", &feature.found).or(feature.found.title.as_deref());
        feature.id = own.map(id_of).filter(|id| !id.is_empty());
        if feature.id.is_none() && matches!(feature.kind, "block" | "lot" | "building") {
            feature.id = text_inside(&feature.found.shape, labels);
            by_text += usize::from(feature.id.is_some());
        }
    }
    let mut taken: BTreeSet<(&'static str, String)> =
        features.iter().filter_map(|feature| Some((feature.kind, feature.id.clone()?))).collect();
    let (mut seen, mut twins) = (BTreeSet::new(), 0);
    for feature in features.iter_mut().filter(|feature| matches!(feature.kind, "block" | "lot")) {
        let kind = feature.kind;
        let is_open = feature.id.is_none();
        let base = feature.id.clone().unwrap_or_else(|| kind.to_owned());
        if is_open || !seen.insert((kind, base.clone())) {
            let from = if is_open { 1 } else { 2 };
            let number = numbered.entry((kind, base.clone())).or_insert(from);
            let mut id = format!("{base}_{number}");
            while taken.contains(&(kind, id.clone())) {
                *number += 1;
                id = format!("{base}_{number}");
            }
            taken.insert((kind, id.clone()));
            feature.id = Some(id);
            twins += usize::from(!is_open);
        }
    }
    if by_text > 0 {
        notes.push(format!("{by_text} places are named by the text that is drawn in them"));
    }
    let open = numbered.keys().filter(|(kind, base)| kind == base).map(|(kind, _)| format!("{kind}_1 and on"));
    let open: Vec<String> = open.collect();
    if !open.is_empty() {
        notes.push(format!("places without a name are numbered: {}", open.join(", ")));
    }
    if twins > 0 {
        notes.push(format!("{twins} places have the name of another one; a number is added"));
    }
    let rest = labels.len() - by_text;
    if rest > 0 {
        notes.push(format!("{rest} texts name no place and are left out"));
    }
}

/// `3 areas, 1 line`.
pub(super) fn counted(shapes: &BTreeMap<&'static str, usize>) -> String {
    let list: Vec<String> =
        shapes.iter().map(|(word, count)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" })).collect();
    list.join(", ")
}

fn id_of(text: &str) -> String {
    let clean: String = text.chars().map(|c| if steers(c) { ' ' } else { c }).take(MOST_ID).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The one text that lies in an area.
fn text_inside(shape: &Shape, labels: &[Label]) -> Option<String> {
    let Shape::Area(rings) = shape else { return None };
    let area = Polygon::new(LineString(rings.first()?.clone()), Vec::new());
    let around = area.bounding_rect()?;
    let mut inside = labels.iter().filter(|label| around.intersects(&label.at) && area.intersects(&label.at));
    let found = inside.next()?;
    inside.next().is_none().then(|| id_of(&found.text)).filter(|id| !id.is_empty())
}

/// Each block has a class of machine.
fn machines(features: &[Feature], map: &PlanMap, problems: &mut Vec<Problem>) {
    let blocks = features.iter().filter(|feature| feature.kind == "block");
    let without: BTreeSet<&str> = blocks
        .filter(|feature| map.machine(&feature.found).is_none())
        .map(|feature| map.names(&feature.found).first().copied().unwrap_or("?"))
        .collect();
    if let Some(first) = without.first() {
        let all: Vec<String> = without.iter().take(8).map(|name| format!("`{name}`")).collect();
        let message = format!("nothing says which machine works the blocks of {}", all.join(", "));
        let help = format!(
            "`--machine rtg` for all, or [machines] of a mapping file: \"{first}\" = \"rtg\", a class of `[work]`"
        );
        problems.push(Problem { place: None, field: "machine".to_owned(), message, help: Some(help) });
    }
}

/// Width and height of all features, m.
fn size_m(features: &[Feature], is_metric: bool) -> (f64, f64) {
    let points = features.iter().flat_map(|feature| match &feature.found.shape {
        Shape::Point(at) => vec![*at],
        Shape::Line(line) => line.clone(),
        Shape::Area(rings) => rings.concat(),
    });
    let Some(around) = LineString(points.collect()).bounding_rect() else { return (0.0, 0.0) };
    let (x, y) = if is_metric { (1.0, 1.0) } else { (DEGREE_M * cos(around.center().y.to_radians()), DEGREE_M) };
    (around.width() * x, around.height() * y)
}

/// Features as `GeoJSON`.
fn written(features: &[Feature], map: &PlanMap, is_metric: bool, out: &mut Converted) -> Vec<Value> {
    // A millimetre, in either.
    let scale = if is_metric { 1e3 } else { 1e8 };
    let round = |value: f64| (value * scale).round() / scale;
    let point = |at: &Coord| json!([round(at.x), round(at.y)]);
    let line = |line: &Vec<Coord>| {
        let mut points: Vec<Value> = line.iter().map(point).collect();
        points.dedup();
        Value::from(points)
    };
    let coordinates = |shape: &Shape| match shape {
        Shape::Point(at) => point(at),
        Shape::Line(points) => line(points),
        Shape::Area(rings) => rings.iter().map(line).collect(),
    };
    let geometry = |shape: &Shape| match shape {
        Shape::Point(_) => "Point",
        Shape::Line(_) => "LineString",
        Shape::Area(_) => "Polygon",
    };
    let mut list: Vec<Value> = Vec::new();
    for kind in ONCE {
        let those: Vec<&Feature> = features.iter().filter(|feature| feature.kind == kind).collect();
        let is_alike = those.iter().all(|feature| feature.found.shape.word() == those[0].found.shape.word());
        if those.len() > 1 && is_alike {
            let all: Vec<Value> = those.iter().map(|feature| coordinates(&feature.found.shape)).collect();
            let geometry = format!("Multi{}", geometry(&those[0].found.shape));
            list.push(json!({ "type": "Feature", "properties": { "kind": kind }, "geometry": { "type": geometry, "coordinates": all } }));
            out.notes.push(format!("{} shapes of kind {kind} are one, as a plan has one", those.len()));
        } else if those.len() > 1 {
            out.notes.push(format!("a plan has one {kind}, and there are {}: points, lines and areas", those.len()));
            list.extend(
                those
                    .iter()
                    .map(|one| feature_of(one, map, geometry(&one.found.shape), &coordinates(&one.found.shape))),
            );
        } else {
            list.extend(
                those
                    .iter()
                    .map(|one| feature_of(one, map, geometry(&one.found.shape), &coordinates(&one.found.shape))),
            );
        }
    }
    for one in features.iter().filter(|feature| !ONCE.contains(&feature.kind)) {
        list.push(feature_of(one, map, geometry(&one.found.shape), &coordinates(&one.found.shape)));
    }
    let quays = features.iter().filter(|one| one.kind == "quay").count();
    if quays > 1 {
        out.notes.push(format!("a plan has one quay, and there are {quays} that do not meet: keep one"));
    }
    for feature in features {
        *out.counts.entry(feature.kind).or_insert(0) += 1;
    }
    list
}

fn feature_of(feature: &Feature, map: &PlanMap, geometry: &str, coordinates: &Value) -> Value {
    let mut properties = Map::from_iter([("kind".to_owned(), Value::from(feature.kind))]);
    if let Some(id) = &feature.id {
        properties.insert("id".to_owned(), id.as_str().into());
    }
    if let (true, Some(machine)) = (feature.kind == "block", map.machine(&feature.found)) {
        properties.insert("machine".to_owned(), machine.into());
    }
    let one_way = map.attribute("one_way", &feature.found).map(str::to_ascii_lowercase);
    if feature.kind == "road" && one_way.is_some_and(|it| ["yes", "true", "1", "t", "y"].contains(&it.as_str())) {
        properties.insert("one_way".to_owned(), true.into());
    }
    json!({ "type": "Feature", "properties": properties, "geometry": { "type": geometry, "coordinates": coordinates } })
}

/// A mapping file with what drawings hold, to fill in.
pub(super) fn template<'f>(
    shapes: impl Iterator<Item = &'f Found> + Clone,
    scale: Option<Scale>,
    map: &PlanMap,
) -> String {
    let mut out = "# How `portvolt import plan` reads these drawings.\n".to_owned();
    let units: Vec<&str> = UNITS.iter().map(|unit| unit.0).collect();
    match scale {
        Some(scale) => {
            let _ = writeln!(out, "# units = \"{}\"   # as the drawing says", scale.word());
        }
        None => {
            let _ = writeln!(out, "units = \"m\"   # the drawing does not say; one of {}", units.join(", "));
        }
    }
    out.push_str("# machine = \"rtg\"   # the class of [work] that works blocks\n");
    let attributes: BTreeSet<&str> =
        shapes.clone().flat_map(|found| found.attributes.keys().map(String::as_str)).collect();
    if !attributes.is_empty() {
        let list: Vec<String> = attributes.iter().take(40).map(|name| id_of(name)).collect();
        let _ = writeln!(out, "\n[columns]   # attributes: {}", list.join(", "));
        out.push_str("# kind = \"\"   # says what a shape is\n# id = \"\"\n# machine = \"\"\n# one_way = \"\"\n");
    }
    out.push_str("\n# What each layer, folder or value is: fence, quay, block, gate, rail, road, lot, parking, building, or none.\n[kinds]\n");
    let mut names: BTreeMap<&str, (BTreeMap<&'static str, usize>, Decision)> = BTreeMap::new();
    for found in shapes {
        let first = map.names(found).first().copied().unwrap_or("");
        let entry = names.entry(first).or_insert_with(|| (BTreeMap::new(), map.decide(found)));
        *entry.0.entry(found.shape.word()).or_insert(0) += 1;
    }
    for (name, (shapes, decision)) in names.iter().take(500) {
        let kind = match decision {
            Decision::Is(kind) => kind,
            Decision::Nothing | Decision::Open(_) => NOTHING,
        };
        let key = toml::Value::from(id_of(name)).to_string();
        let _ = writeln!(out, "{key} = \"{kind}\"   # {}", counted(shapes));
    }
    out.push_str("\n[machines]\n# \"layer of blocks\" = \"rtg\"\n");
    out
}
