//! KML (OGC 2.2), as Google Earth and GIS write it: placemarks with points, lines and areas, in folders. KMZ is unpacked before.

use super::shape::{Drawn, Found, Room, Scale, Shape};
use super::xml::{self, Lines};
use crate::document::problem::Mistakes;
use geo::{Coord, coord};
use roxmltree::Node;
use std::collections::BTreeMap;

/// Folders and geometries are not nested deeper.
const DEEPEST: usize = 32;
/// What a map may show besides places.
const NOT_READ: [&str; 5] = ["NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Model"];

/// Is a text such a map?
pub(super) fn is_kml(text: &str) -> bool {
    let head: String = text.chars().take(4_000).collect();
    head.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with('<') && head.contains("<kml")
}

/// Reads all placemarks. None: it is no map; the mistakes say why.
pub(super) fn read(text: &str, room: &mut Room, mistakes: &mut Mistakes<'_>) -> Option<Drawn> {
    let document = xml::parse(text, ("a map", "export the places of the terminal alone"), mistakes)?;
    let mut lines = Lines::of(&document);
    let mut folders = BTreeMap::new();
    let mut out = Drawn { scale: Some(Scale::Degrees), ..Drawn::default() };
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        if NOT_READ.contains(&name) {
            out.leave_out(name);
        }
        if name != "Placemark" {
            continue;
        }
        let line = lines.at(node);
        match placemark(node, line, &mut folders) {
            Ok(found) if found.is_empty() => out.leave_out("Placemark without a shape"),
            Ok(found) => {
                for one in found {
                    match room.add(&one.shape) {
                        Ok(()) => out.shapes.push(one),
                        Err(message) => mistakes.push(Some(line), &one.label, message, None),
                    }
                }
            }
            Err(message) => mistakes.push(Some(line), "Placemark", message, None),
        }
        if room.is_full() {
            return None;
        }
    }
    Some(out)
}

/// The text of a child.
fn child_text<'d>(node: Node<'d, 'd>, name: &str) -> Option<&'d str> {
    let child = node.children().find(|child| child.tag_name().name() == name)?;
    child.text().map(str::trim).filter(|text| !text.is_empty())
}

/// Reads a placemark. Names of folders, by where they begin, are looked up once: each may have any number of children.
fn placemark(
    node: Node<'_, '_>,
    line: u64,
    folders: &mut BTreeMap<usize, Option<String>>,
) -> Result<Vec<Found>, String> {
    let above: Vec<Node<'_, '_>> = node.ancestors().skip(1).take(DEEPEST + 1).collect();
    if above.len() > DEEPEST {
        return Err(format!("is nested more than {DEEPEST} deep"));
    }
    let title = child_text(node, "name").map(str::to_owned);
    let around = above.iter().filter(|above| above.tag_name().name() == "Folder");
    let named = around.filter_map(|folder| {
        let name = || child_text(*folder, "name").map(str::to_owned);
        folders.entry(folder.range().start).or_insert_with(name).clone()
    });
    let names: Vec<String> = named.chain(title.clone()).collect();
    let mut shapes = Vec::new();
    geometries(node, 0, &mut shapes)?;
    let attributes = attributes(node);
    let label = title.as_ref().map_or_else(|| "Placemark".to_owned(), |title| format!("Placemark `{title}`"));
    let found = |shape| Found {
        line: Some(line),
        label: label.clone(),
        names: names.clone(),
        title: title.clone(),
        attributes: attributes.clone(),
        shape,
    };
    Ok(shapes.into_iter().map(found).collect())
}

fn geometries(node: Node<'_, '_>, depth: usize, out: &mut Vec<Shape>) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(format!("has geometries nested more than {DEEPEST} deep"));
    }
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "Point" => out.extend(positions(child)?.first().map(|at| Shape::Point(*at))),
            "LineString" | "LinearRing" => {
                let line = positions(child)?;
                if line.len() < 2 {
                    return Err(format!("has a line of {} positions", line.len()));
                }
                out.push(Shape::Line(line));
            }
            "Polygon" => out.push(Shape::Area(rings(child)?)),
            "MultiGeometry" => geometries(child, depth + 1, out)?,
            _ => {}
        }
    }
    Ok(())
}

/// Outline and holes of an area.
fn rings(polygon: Node<'_, '_>) -> Result<Vec<Vec<Coord>>, String> {
    let of = |name: &'static str| {
        let boundaries = polygon.children().filter(move |child| child.tag_name().name() == name);
        boundaries.flat_map(|boundary| boundary.children().filter(|ring| ring.tag_name().name() == "LinearRing"))
    };
    let rings = of("outerBoundaryIs").take(1).chain(of("innerBoundaryIs")).map(positions);
    let rings = rings.collect::<Result<Vec<_>, String>>()?;
    if rings.is_empty() {
        return Err("has an area without an outline".to_owned());
    }
    Ok(rings)
}

/// `longitude,latitude[,altitude]`, with blanks between them.
fn positions(node: Node<'_, '_>) -> Result<Vec<Coord>, String> {
    let text = child_text(node, "coordinates").unwrap_or_default();
    let position = |text: &str| {
        let mut numbers = text.split(',').map(|number| number.parse::<f64>().ok().filter(|it| it.is_finite()));
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(x), Some(y)) => Ok(coord! { x: x, y: y }),
            _ => Err(format!("`{text}` is no position: write longitude,latitude without a blank")),
        }
    };
    let list: Vec<Coord> = text.split_whitespace().map(position).collect::<Result<_, String>>()?;
    if list.is_empty() {
        return Err("has a shape without coordinates".to_owned());
    }
    Ok(list)
}

fn attributes(node: Node<'_, '_>) -> BTreeMap<String, String> {
    let of = |name: &'static str| node.children().filter(move |child| child.tag_name().name() == name);
    let extended = of("ExtendedData").flat_map(|data| data.descendants().filter(Node::is_element));
    let pair = |data: Node<'_, '_>| {
        let value = match data.tag_name().name() {
            "Data" => data.children().find(|child| child.tag_name().name() == "value")?.text()?,
            "SimpleData" => data.text()?,
            _ => return None,
        };
        Some((data.attribute("name")?.to_owned(), value.trim().to_owned()))
    };
    extended.filter_map(pair).collect()
}
