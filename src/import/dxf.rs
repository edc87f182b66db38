//! Drawings in DXF (Autodesk's reference, of 2000 and later, as text): lines, polylines, arcs, splines and points of the model by
//! their layer, texts as labels, blocks drawn out where they are inserted.

use super::shape::{Drawn, Found, Label, Room, Scale, Shape, arc, bulged};
use super::spline::Spline;
use crate::document::problem::Mistakes;
use crate::kernel::math::{cos, sin};
use geo::{AffineTransform, Coord, coord};
use std::collections::BTreeMap;

/// Blocks within blocks.
const DEEPEST: usize = 8;
/// Rows times columns of one insert.
const MOST_COPIES: i64 = 10_000;
/// Entities that are drawn, those of blocks as often as they are inserted.
const MOST_DRAWN: usize = 1_000_000;

/// Does a file begin like a drawing that is not text?
///
/// # Errors
/// What it is, and what to do.
pub(super) fn not_binary(bytes: &[u8]) -> Result<(), (String, String)> {
    let save = "save the drawing as DXF (ASCII), of 2000 or later".to_owned();
    if bytes.starts_with(b"AC10") {
        return Err(("is a drawing in DWG, which is not read".to_owned(), save));
    }
    if bytes.starts_with(b"AutoCAD Binary DXF") {
        return Err(("is a binary DXF, which is not read".to_owned(), save));
    }
    Ok(())
}

/// Is a text such a drawing? It begins with a comment (999) or a section.
pub(super) fn is_dxf(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    match (lines.next(), lines.next()) {
        (Some("0"), Some(word)) => word.eq_ignore_ascii_case("SECTION"),
        (Some("999"), Some(_)) => true,
        _ => false,
    }
}

/// A code and its value.
type Group<'t> = (i32, &'t str);

/// One entity as it is written.
#[derive(Debug, Clone)]
struct Entity<'t> {
    kind: &'t str,
    line: u64,
    groups: Vec<Group<'t>>,
}

impl<'t> Entity<'t> {
    fn text(&self, code: i32) -> Option<&'t str> {
        self.groups.iter().find(|group| group.0 == code).map(|group| group.1)
    }

    /// A number; what stands for it where the entity has none.
    fn number(&self, code: i32, otherwise: f64) -> Result<f64, String> {
        self.text(code).map_or(Ok(otherwise), |text| number(code, text))
    }

    fn point(&self, code: i32) -> Result<Coord, String> {
        Ok(coord! { x: self.number(code, 0.0)?, y: self.number(code + 10, 0.0)? })
    }

    fn layer(&self) -> &'t str {
        self.text(8).unwrap_or("0")
    }

    /// Is it drawn from behind? Then x runs the other way (the arbitrary axis algorithm for 0, 0, -1).
    fn is_mirrored(&self) -> Result<bool, String> {
        Ok(self.number(230, 1.0)? < 0.0)
    }
}

fn number(code: i32, text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{text}` (group {code}) is not a number"))
}

/// A block: where it is held, and what is in it.
#[derive(Debug, Default)]
struct Block<'t> {
    base: Coord,
    entities: Vec<Entity<'t>>,
}

/// The parts of a drawing that count.
#[derive(Debug, Default)]
struct Sections<'t> {
    units: Option<i64>,
    blocks: BTreeMap<String, Block<'t>>,
    entities: Vec<Entity<'t>>,
}

/// Reads a drawing. `units` is what is said of its units; `flatten_m` how far a flattened arc may be off. None: it cannot be
/// read; the mistakes say why.
pub(super) fn read(
    text: &str,
    units: Option<Scale>,
    flatten_m: f64,
    room: &mut Room,
    mistakes: &mut Mistakes<'_>,
) -> Option<Drawn> {
    let sections = match sections(text) {
        Ok(sections) => sections,
        Err((line, message)) => {
            mistakes.push(Some(line), "", message, None);
            return None;
        }
    };
    let own = sections.units.and_then(scale);
    let scale = units.or(own);
    let off = scale.unwrap_or(Scale::Plane(1.0)).units_of(flatten_m);
    let mut drawing = Drawing {
        blocks: &sections.blocks,
        off,
        drawn: 0,
        arcs: 0,
        out: Drawn { scale: own, ..Drawn::default() },
        room,
        mistakes,
    };
    let here = Place { by: AffineTransform::identity(), layer: None, blocks: Vec::new() };
    drawing.draw(&sections.entities, &here);
    let (out, arcs) = (drawing.out, drawing.arcs);
    let mut out = out;
    if arcs > 0 {
        out.said
            .push(format!("{arcs} arcs and splines are made straight pieces that lie within {flatten_m} m of them"));
    }
    (!room.is_full()).then_some(out)
}

/// What `$INSUNITS` means.
fn scale(units: i64) -> Option<Scale> {
    let word = match units {
        1 => "in",
        2 => "ft",
        4 => "mm",
        5 => "cm",
        6 => "m",
        7 => "km",
        10 => "yd",
        21 => "us-ft",
        _ => return None,
    };
    Scale::of(word)
}

/// Codes and values by turns, each on a line.
fn sections(text: &str) -> Result<Sections<'_>, (u64, String)> {
    let mut out = Sections::default();
    let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1_u64..);
    let (mut section, mut block, mut is_units, mut ended) = ("", None::<String>, false, false);
    let mut before: Option<Group<'_>> = None;
    while let Some((code, line)) = lines.next() {
        let Some((value, _)) = lines.next() else {
            if code.trim().is_empty() {
                break;
            }
            return Err((line, "the drawing ends within a group".to_owned()));
        };
        let number = code.trim().parse::<i32>().map_err(|_| (line, format!("`{code}` is no group code of a DXF")))?;
        let value = value.trim();
        match (number, value, section) {
            (0, "EOF", _) => {
                ended = true;
                break;
            }
            (0, "ENDSEC", _) => section = "",
            (0, "ENDBLK", "BLOCKS") => block = None,
            (2, name, "") if before == Some((0, "SECTION")) => section = name,
            (9, name, "HEADER") => is_units = name == "$INSUNITS",
            (70, units, "HEADER") if is_units => out.units = units.parse().ok(),
            (0, kind, "ENTITIES") => add(&mut out.entities, kind, line),
            (_, _, "ENTITIES") => grow(&mut out.entities, number, value),
            (0, "BLOCK", "BLOCKS") => block = Some(String::new()),
            (0, kind, "BLOCKS") => {
                if let Some(block) = block.as_ref().and_then(|name| out.blocks.get_mut(name)) {
                    add(&mut block.entities, kind, line);
                }
            }
            (_, _, "BLOCKS") => of_block(&mut out.blocks, &mut block, (number, value)).map_err(|it| (line, it))?,
            _ => {}
        }
        before = Some((number, value));
    }
    if !ended {
        return Err((text.lines().count() as u64, "the drawing has no end (EOF): is it cut off?".to_owned()));
    }
    Ok(out)
}

/// A group of the section of blocks: of the head of one, or of what is in it.
fn of_block<'t>(
    blocks: &mut BTreeMap<String, Block<'t>>,
    block: &mut Option<String>,
    (code, value): Group<'t>,
) -> Result<(), String> {
    let Some(name) = block.as_mut() else { return Ok(()) };
    if name.is_empty() {
        if code == 2 && !value.is_empty() {
            *name = value.to_ascii_uppercase();
            blocks.insert(name.clone(), Block::default());
        }
        return Ok(());
    }
    let Some(found) = blocks.get_mut(name) else { return Ok(()) };
    match (found.entities.is_empty(), code) {
        (true, 10) => found.base.x = number(code, value)?,
        (true, 20) => found.base.y = number(code, value)?,
        _ => grow(&mut found.entities, code, value),
    }
    Ok(())
}

/// Begins an entity; the vertices of a polyline belong to it.
fn add<'t>(list: &mut Vec<Entity<'t>>, kind: &'t str, line: u64) {
    match (kind, list.last_mut()) {
        ("VERTEX" | "SEQEND", Some(last)) if last.kind == "POLYLINE" => last.groups.push((0, kind)),
        // Attributes of an insert are texts of its block, and end with a mark of their own.
        ("SEQEND", _) => {}
        _ => list.push(Entity { kind, line, groups: Vec::new() }),
    }
}

fn grow<'t>(list: &mut [Entity<'t>], code: i32, value: &'t str) {
    if let Some(last) = list.last_mut() {
        last.groups.push((code, value));
    }
}

/// Where entities are drawn: as they are, or within blocks.
struct Place {
    by: AffineTransform,
    /// The layer of the outermost insert, which is that of what lies on layer 0 of a block.
    layer: Option<String>,
    /// Blocks around, from the inside.
    blocks: Vec<String>,
}

struct Drawing<'a, 't, 'm> {
    blocks: &'a BTreeMap<String, Block<'t>>,
    off: f64,
    drawn: usize,
    arcs: usize,
    out: Drawn,
    room: &'a mut Room,
    mistakes: &'a mut Mistakes<'m>,
}

impl<'t> Drawing<'_, 't, '_> {
    fn draw(&mut self, entities: &[Entity<'t>], place: &Place) {
        for entity in entities {
            self.drawn += 1;
            if self.drawn == MOST_DRAWN {
                let message =
                    format!("draws more than {MOST_DRAWN} entities, those of blocks as often as they are inserted");
                self.mistakes.push(Some(entity.line), "", message, None);
            }
            if self.drawn >= MOST_DRAWN || self.room.is_full() {
                return;
            }
            if let Err(message) = self.entity(entity, place) {
                self.mistakes.push(Some(entity.line), entity.kind, message, None);
            }
        }
    }

    fn entity(&mut self, entity: &Entity<'t>, place: &Place) -> Result<(), String> {
        if entity.text(67).is_some_and(|space| space.trim() == "1") {
            self.out.leave_out("entity on paper, not in the model");
            return Ok(());
        }
        match entity.kind {
            "INSERT" => self.insert(entity, place),
            "TEXT" | "MTEXT" | "ATTRIB" => {
                let aligned = entity.number(72, 0.0)? != 0.0 || entity.number(73, 0.0)? != 0.0;
                let at = if aligned && entity.kind != "MTEXT" { entity.point(11)? } else { entity.point(10)? };
                let text = plain_text(entity.text(1).unwrap_or_default());
                let at = mirrored(entity)?.compose(&place.by).apply(at);
                if !text.is_empty() {
                    self.out.labels.push(Label { at, text });
                }
                Ok(())
            }
            _ => {
                let Some(mut shape) = self.shape(entity, place)? else {
                    self.out.leave_out(entity.kind);
                    return Ok(());
                };
                // The points of a spline are those of the drawing, from whichever side it is seen.
                let mirror = if entity.kind == "SPLINE" { AffineTransform::identity() } else { mirrored(entity)? };
                let by = mirror.compose(&place.by);
                shape.points_mut().into_iter().for_each(|at| *at = by.apply(*at));
                self.room.add(&shape)?;
                let own = entity.layer();
                let layer = place.layer.as_deref().filter(|_| own == "0").unwrap_or(own).to_owned();
                let names = [layer].into_iter().chain(place.blocks.iter().cloned()).collect();
                let (line, label) = (Some(entity.line), entity.kind.to_owned());
                let attributes = BTreeMap::new();
                self.out.shapes.push(Found { line, label, names, title: None, attributes, shape });
                Ok(())
            }
        }
    }

    /// A shape in its own coordinates; none where its kind is not read.
    fn shape(&mut self, entity: &Entity<'t>, place: &Place) -> Result<Option<Shape>, String> {
        let off = self.off / stretch(&place.by);
        Ok(Some(match entity.kind {
            "POINT" => Shape::Point(entity.point(10)?),
            "LINE" => Shape::Line(vec![entity.point(10)?, entity.point(11)?]),
            "LWPOLYLINE" | "POLYLINE" => self.polyline(entity, off)?,
            "ARC" | "CIRCLE" => {
                let (from, to) = (entity.number(50, 0.0)?, entity.number(51, 360.0)?);
                let to = if to > from { to } else { to + 360.0 };
                let angles = if entity.kind == "ARC" { (from, to) } else { (0.0, 360.0) };
                let radius = entity.number(40, 0.0)?;
                let axes = (coord! { x: radius, y: 0.0 }, coord! { x: 0.0, y: radius });
                self.round(entity.point(10)?, axes, (angles.0.to_radians(), angles.1.to_radians()), off)
            }
            "ELLIPSE" => {
                let (major, ratio) = (entity.point(11)?, entity.number(40, 1.0)?);
                let minor = coord! { x: -major.y, y: major.x } * ratio;
                let (from, to) = (entity.number(41, 0.0)?, entity.number(42, core::f64::consts::TAU)?);
                let to = if to > from { to } else { to + core::f64::consts::TAU };
                self.round(entity.point(10)?, (major, minor), (from, to), off)
            }
            "SPLINE" => match self.spline(entity, off)? {
                Some(line) => Shape::Line(line),
                None => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    /// None where it is told by the points that it goes through alone: what is between them is the program's own.
    fn spline(&mut self, entity: &Entity<'t>, off: f64) -> Result<Option<Vec<Coord>>, String> {
        let all = |code: i32| {
            let values = entity.groups.iter().filter(move |group| group.0 == code);
            values.map(|group| number(group.0, group.1)).collect::<Result<Vec<f64>, String>>()
        };
        let (x, y) = (all(10)?, all(20)?);
        if x.is_empty() {
            return Ok(None);
        }
        if x.len() != y.len() {
            return Err("has a control point of one coordinate".to_owned());
        }
        self.arcs += 1;
        let points = x.into_iter().zip(y).map(|(x, y)| coord! { x: x, y: y }).collect();
        let degree = entity.number(71, 3.0)?.max(0.0) as usize;
        Spline { degree, knots: all(40)?, points, weights: all(41)? }.flattened(off).map(Some)
    }

    fn round(&mut self, center: Coord, axes: (Coord, Coord), angles: (f64, f64), off: f64) -> Shape {
        self.arcs += 1;
        let mut line = arc(center, axes, angles, off);
        if (angles.1 - angles.0 - core::f64::consts::TAU).abs() < 1e-9 {
            line.pop();
            line.extend(line.first().copied());
        }
        Shape::Line(line)
    }

    fn polyline(&mut self, entity: &Entity<'t>, off: f64) -> Result<Shape, String> {
        // Vertices with the bulge behind them.
        let mut vertices: Vec<(Coord, f64)> = Vec::new();
        let is_light = entity.kind == "LWPOLYLINE";
        let mut is_vertex = is_light;
        for (code, value) in &entity.groups {
            match (code, *value) {
                (0, word) => {
                    is_vertex = word == "VERTEX";
                    vertices.extend(is_vertex.then_some((Coord::zero(), 0.0)));
                }
                (10, _) if is_light => vertices.push((coord! { x: number(10, value)?, y: 0.0 }, 0.0)),
                (10 | 20 | 42, _) if is_vertex => {
                    let Some(last) = vertices.last_mut() else { continue };
                    *(match code {
                        10 => &mut last.0.x,
                        20 => &mut last.0.y,
                        _ => &mut last.1,
                    }) = number(*code, value)?;
                }
                _ => {}
            }
        }
        let Some(first) = vertices.first().copied() else { return Err("has no vertices".to_owned()) };
        // Its own flags: those of vertices stand behind the first of them.
        let flags = entity.groups.iter().take_while(|group| group.0 != 0).find(|group| group.0 == 70);
        if flags.map_or(Ok(0.0), |flags| number(70, flags.1))? as i64 & 1 == 1 {
            vertices.push(first);
        }
        self.arcs += vertices.windows(2).filter(|pair| pair[0].1 != 0.0).count();
        let rest = vertices.windows(2).flat_map(|pair| bulged(pair[0].0, pair[1].0, pair[0].1, off));
        let line: Vec<Coord> = [first.0].into_iter().chain(rest).collect();
        if line.len() < 2 {
            return Err("has one vertex".to_owned());
        }
        Ok(Shape::Line(line))
    }

    fn insert(&mut self, entity: &Entity<'t>, place: &Place) -> Result<(), String> {
        let name = entity.text(2).unwrap_or_default().to_ascii_uppercase();
        let Some(block) = self.blocks.get(&name) else {
            self.out.leave_out("INSERT of a block that the drawing does not have");
            return Ok(());
        };
        if place.blocks.len() >= DEEPEST {
            return Err(format!("is nested more than {DEEPEST} blocks deep"));
        }
        let counts = [entity.number(70, 1.0)? as i64, entity.number(71, 1.0)? as i64].map(|count| count.max(1));
        if counts[0].saturating_mul(counts[1]) > MOST_COPIES {
            return Err(format!("is inserted more than {MOST_COPIES} times"));
        }
        let (scale, turn) = ((entity.number(41, 1.0)?, entity.number(42, 1.0)?), entity.number(50, 0.0)?.to_radians());
        let (column, row) = (entity.number(44, 0.0)?, entity.number(45, 0.0)?);
        let (at, mirror) = (entity.point(10)?, mirrored(entity)?);
        let (cos, sin) = (cos(turn), sin(turn));
        let rotate = AffineTransform::new(cos, -sin, at.x, sin, cos, at.y);
        let own = entity.layer();
        let layer = place.layer.clone().filter(|_| own == "0").unwrap_or_else(|| own.to_owned());
        let blocks: Vec<String> = [name].into_iter().chain(place.blocks.iter().cloned()).collect();
        for copy in 0..counts[0] * counts[1] {
            let shift = coord! { x: (copy % counts[0]) as f64 * column, y: (copy / counts[0]) as f64 * row };
            let held = AffineTransform::translate(-block.base.x, -block.base.y);
            let scaled = AffineTransform::new(scale.0, 0.0, shift.x, 0.0, scale.1, shift.y);
            let by = held.compose(&scaled).compose(&rotate).compose(&mirror).compose(&place.by);
            self.draw(&block.entities, &Place { by, layer: Some(layer.clone()), blocks: blocks.clone() });
        }
        Ok(())
    }
}

fn mirrored(entity: &Entity<'_>) -> Result<AffineTransform, String> {
    let x = if entity.is_mirrored()? { -1.0 } else { 1.0 };
    Ok(AffineTransform::new(x, 0.0, 0.0, 0.0, 1.0, 0.0))
}

/// The longest that a length of 1 becomes, nearly.
fn stretch(by: &AffineTransform) -> f64 {
    let along = (by.a() * by.a() + by.d() * by.d()).sqrt();
    along.max((by.b() * by.b() + by.e() * by.e()).sqrt()).max(f64::MIN_POSITIVE)
}

/// A text without what says how it is set: `{\fArial|b1;A12\P}` is `A12`.
fn plain_text(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '{' | '}' => {}
            '\\' => match letters.next() {
                Some('P' | '~') => out.push(' '),
                Some(c @ ('\\' | '{' | '}')) => out.push(c),
                Some('L' | 'l' | 'O' | 'o' | 'K' | 'k') | None => {}
                Some(_) => {
                    letters.by_ref().find(|c| *c == ';');
                }
            },
            other => out.push(other),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
