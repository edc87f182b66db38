//! Shapefiles (Esri's technical description of July 1998): points, lines and areas of a `.shp` with the attributes of the `.dbf`
//! beside it. Counts that the files give are held against their bytes before there is room made for anything.

use super::prj;
use super::shape::{Drawn, Found, Room, Shape};
use super::sheet::decoded;
use crate::document::problem::Mistakes;
use geo::{Coord, coord};
use std::collections::BTreeMap;

const HEADER_BYTES: usize = 100;
const RECORD_BYTES: usize = 8;
/// A table of more attributes is none of a map.
const MOST_FIELDS: usize = 255;
/// Bytes of an attribute that are read.
const MOST_FIELD_BYTES: usize = 254;

/// The parts of a shapefile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'b> {
    /// Shapes.
    pub(super) shp: &'b [u8],
    /// Attributes.
    pub(super) dbf: Option<&'b [u8]>,
    /// The reference system.
    pub(super) prj: Option<&'b [u8]>,
    /// The encoding of attributes.
    pub(super) cpg: Option<&'b [u8]>,
}

/// Are these shapes?
pub(super) fn is_shp(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0x27, 0x0a])
}

/// Reads all shapes. None: they cannot be read, and the mistakes say why.
pub(super) fn read(parts: Parts<'_>, room: &mut Room, mistakes: &mut Mistakes<'_>) -> Option<Drawn> {
    let mut out = Drawn::default();
    if let Some(prj) = parts.prj {
        match prj::scale(&decoded(prj, &mut Vec::new())) {
            Ok((scale, said)) => {
                out.scale = Some(scale);
                out.said.extend(said);
            }
            Err(message) => {
                let help = "save the layer in the reference system EPSG:4326 (WGS 84)".to_owned();
                mistakes.push(None, ".prj", message, Some(help));
            }
        }
    }
    let table = match parts.dbf.map(|dbf| table(dbf, parts.cpg)).transpose() {
        Ok(table) => table,
        Err(message) => {
            mistakes.push(None, ".dbf", message, None);
            return None;
        }
    };
    if table.is_none() {
        out.said.push("there is no .dbf beside it, so its shapes have no attributes".to_owned());
    }
    let count = match shapes(parts.shp, table.as_deref(), room, &mut out) {
        Ok(count) => count,
        Err((label, message)) => {
            mistakes.push(None, &label, message, None);
            return None;
        }
    };
    if let Some(rows) = table.map(|table| table.len()).filter(|rows| *rows != count) {
        let message = format!("has {rows} rows for {count} shapes: it is not of this .shp");
        mistakes.push(None, ".dbf", message, None);
    }
    Some(out)
}

/// A number of four bytes at a position.
fn int(bytes: &[u8], at: usize, is_big_endian: bool) -> Option<i32> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if is_big_endian { i32::from_be_bytes(four) } else { i32::from_le_bytes(four) })
}

/// So many points from a position on.
fn points(bytes: &[u8], at: usize, count: usize) -> Option<Vec<Coord>> {
    let bytes = bytes.get(at..at.checked_add(count.checked_mul(16)?)?)?;
    let number = |eight: &[u8]| f64::from_le_bytes(eight.try_into().unwrap_or_default());
    Some(bytes.chunks_exact(16).map(|pair| coord! { x: number(&pair[..8]), y: number(&pair[8..]) }).collect())
}

type Row = BTreeMap<String, String>;

/// Reads the records; how many there are. Err: where one is wrong, and why.
fn shapes(bytes: &[u8], table: Option<&[Row]>, room: &mut Room, out: &mut Drawn) -> Result<usize, (String, String)> {
    if !is_shp(bytes) || bytes.len() < HEADER_BYTES {
        return Err((String::new(), "is no .shp: its header is wrong".to_owned()));
    }
    let (mut at, mut count) = (HEADER_BYTES, 0);
    while at < bytes.len() {
        count += 1;
        let label = format!("record {count}");
        let cut = || (label.clone(), "goes beyond the end of the file".to_owned());
        let words = int(bytes, at + 4, true).and_then(|words| usize::try_from(words).ok()).ok_or_else(cut)?;
        let from = at + RECORD_BYTES;
        let end = words.checked_mul(2).and_then(|length| from.checked_add(length)).filter(|end| *end <= bytes.len());
        let end = end.ok_or_else(cut)?;
        let attributes = table.and_then(|table| table.get(count - 1)).cloned().unwrap_or_default();
        for shape in shape(&bytes[from..end], out).map_err(|message| (label.clone(), message))? {
            room.add(&shape).map_err(|message| (label.clone(), message))?;
            let label = label.clone();
            let attributes = attributes.clone();
            out.shapes.push(Found { line: None, label, names: Vec::new(), title: None, attributes, shape });
        }
        at = end;
    }
    Ok(count)
}

/// The shapes of a record: x and y come first in all kinds, heights and measures behind.
fn shape(record: &[u8], out: &mut Drawn) -> Result<Vec<Shape>, String> {
    let cut = || "is shorter than what it says of itself".to_owned();
    let kind = int(record, 0, false).ok_or_else(cut)?;
    let number = |at| int(record, at, false).and_then(|count| usize::try_from(count).ok()).ok_or_else(cut);
    match kind {
        0 => {
            out.leave_out("empty shape");
            Ok(Vec::new())
        }
        1 | 11 | 21 => Ok(points(record, 4, 1).ok_or_else(cut)?.into_iter().map(Shape::Point).collect()),
        8 | 18 | 28 => Ok(points(record, 40, number(36)?).ok_or_else(cut)?.into_iter().map(Shape::Point).collect()),
        3 | 5 | 13 | 15 | 23 | 25 => {
            let (parts, count) = (number(36)?, number(40)?);
            let from = parts.checked_mul(4).and_then(|length| length.checked_add(44)).ok_or_else(cut)?;
            let all = points(record, from, count).ok_or_else(cut)?;
            let starts = (0..parts).map(|part| number(44 + 4 * part)).collect::<Result<Vec<_>, _>>()?;
            let ends = starts.iter().skip(1).copied().chain([count]);
            let pieces = starts.iter().zip(ends).map(|(start, end)| all.get(*start..end).map(<[Coord]>::to_vec));
            let pieces: Vec<Vec<Coord>> = pieces.collect::<Option<_>>().ok_or("has parts out of their order")?;
            if pieces.iter().any(|piece| piece.len() < 2) {
                return Err("has a part of fewer than 2 points".to_owned());
            }
            let is_area = matches!(kind, 5 | 15 | 25);
            Ok(if is_area { areas(pieces)? } else { pieces.into_iter().map(Shape::Line).collect() })
        }
        other => {
            out.leave_out(&format!("shape of kind {other}"));
            Ok(Vec::new())
        }
    }
}

/// Rings as areas: outlines go clockwise, and a hole is in the last outline before it that it lies in.
fn areas(rings: Vec<Vec<Coord>>) -> Result<Vec<Shape>, String> {
    let is_hole =
        |ring: &[Coord]| ring.windows(2).map(|pair| pair[0].x * pair[1].y - pair[1].x * pair[0].y).sum::<f64>() > 0.0;
    let only = rings.len() == 1;
    let mut areas: Vec<Vec<Vec<Coord>>> = Vec::new();
    let mut holes = Vec::new();
    for ring in rings {
        if only || !is_hole(&ring) {
            areas.push(vec![ring]);
        } else {
            holes.push(ring);
        }
    }
    for hole in holes {
        let home = areas.iter_mut().rev().find(|area| is_inside(&area[0], hole[0]));
        home.ok_or("has a hole outside of its outlines")?.push(hole);
    }
    Ok(areas.into_iter().map(Shape::Area).collect())
}

/// Does a point lie within a ring, or on it?
fn is_inside(ring: &[Coord], at: Coord) -> bool {
    use geo::Intersects;
    geo::Polygon::new(geo::LineString(ring.to_vec()), Vec::new()).intersects(&at)
}

/// The rows of attributes.
fn table(bytes: &[u8], cpg: Option<&[u8]>) -> Result<Vec<Row>, String> {
    let wrong = || "is no .dbf: its header is wrong".to_owned();
    let short = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let rows = int(bytes, 4, false).and_then(|rows| usize::try_from(rows).ok()).ok_or_else(wrong)?;
    let (header, width) = (short(8).ok_or_else(wrong)?, short(10).filter(|width| *width > 0).ok_or_else(wrong)?);
    let mut fields: Vec<(String, usize, usize)> = Vec::new();
    let mut at = 1;
    for field in bytes.get(32..header).ok_or_else(wrong)?.chunks_exact(32) {
        if field[0] == 0x0d {
            break;
        }
        if fields.len() == MOST_FIELDS {
            return Err(format!("has more than {MOST_FIELDS} attributes"));
        }
        let name = field[..11].split(|byte| *byte == 0).next().unwrap_or_default();
        let length = usize::from(field[16]);
        fields.push((text(name, cpg), at, length));
        at += length;
    }
    if at > width || rows.checked_mul(width).and_then(|all| all.checked_add(header)).is_none_or(|all| all > bytes.len())
    {
        return Err(format!("has fewer bytes than its {rows} rows need"));
    }
    let row = |row: &[u8]| {
        let cells = fields
            .iter()
            .map(|(name, at, length)| (name.clone(), text(&row[*at..at + (*length).min(MOST_FIELD_BYTES)], cpg)));
        cells.filter(|(_, value)| !value.is_empty()).collect()
    };
    Ok(bytes[header..].chunks_exact(width).take(rows).map(row).collect())
}

/// Bytes of a name or an attribute as text.
fn text(bytes: &[u8], cpg: Option<&[u8]>) -> String {
    let label = cpg.map(|cpg| String::from_utf8_lossy(cpg).trim().to_owned());
    let label = label.map(|label| if label.parse::<u32>().is_ok() { format!("windows-{label}") } else { label });
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let text = match encoding {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
        None => decoded(bytes, &mut Vec::new()),
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
}
