//! Standard plans: a drawing from dimensions.
//!
//! Metres along the quay from its left end, and from the quay's edge inland. Blocks fill the area between the aprons row by
//! row from the quay, evenly along it.

use super::lots;
use super::shapes::{point, rect};
use super::spec::{Drawing, Feature, GateSide, Part, PlanKind, PlanSpec};
use super::wrong::Wrong;
use geo::{Geometry, Line, coord};

/// Blocks at most: each is compared with each other.
const MOST_PARTS: u64 = 1_000;

/// Draws the standard plan of a kind.
///
/// # Errors
/// Dimensions that are missing, and blocks that do not fit.
pub(crate) fn draw(spec: &PlanSpec) -> Result<Drawing, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut need = |name: &str, value: Option<f64>| {
        value.unwrap_or_else(|| {
            let help = Some("or name a `file` with the plan".to_owned());
            wrong.push(Wrong { field: String::new(), message: format!("a standard plan needs `{name}`"), help });
            f64::NAN
        })
    };
    let size = Size {
        quay: need("quay_m", spec.quay_m),
        depth: need("depth_m", spec.depth_m),
        apron: need("apron_m", spec.apron_m),
        length: need("block_length_m", spec.block_length_m),
        width: need("block_width_m", spec.block_width_m),
        aisle: need("aisle_m", spec.aisle_m),
    };
    wrong.extend(too_much(spec));
    wrong.extend(lots::odd(&spec.lots));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let classes: Vec<&str> =
        spec.blocks.iter().flat_map(|(class, count)| core::iter::repeat_n(class.as_str(), count.0 as usize)).collect();
    if classes.is_empty() {
        let message = "a standard plan needs `blocks`, such as { rtg = 12 }".to_owned();
        wrong.push(Wrong { field: "blocks".to_owned(), message, help: None });
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let blocks = blocks(spec.kind, &size, classes.len()).map_err(|wrong| vec![wrong])?;
    let mut features = vec![
        feature("fence", Part::Fence, rect(0.0, 0.0, size.quay, size.depth)),
        feature("quay", Part::Quay, Line::new(coord! { x: 0.0, y: 0.0 }, coord! { x: size.quay, y: 0.0 }).into()),
        feature("gate", Part::Gate, gate(spec.gate_side, &size)),
        feature("parking", Part::Parking, point(size.quay / 2.0, size.apron)),
    ];
    let named = blocks.into_iter().zip(&classes).enumerate();
    features.extend(named.map(|(at, (shape, class))| Feature {
        label: "blocks".to_owned(),
        machine: Some((*class).to_owned()),
        ..feature(&format!("block_{}", at + 1), Part::Block, shape)
    }));
    features.extend(spec.rail_at_m.map(|[x, y]| feature("rail_at_m", Part::Rail, point(x, y))));
    features.extend(
        spec.lots
            .iter()
            .map(|(key, lot)| Feature { label: format!("lots.{key}"), ..feature(key, Part::Lot, lots::shape(lot)) }),
    );
    Ok(Drawing { features, origin: None })
}

/// Fence, gate and parking of a depot of a width and a depth, m.
pub(super) fn depot((width, depth): (f64, f64), gate: [f64; 2], parking: [f64; 2]) -> Vec<Feature> {
    vec![
        feature("fence", Part::Fence, rect(0.0, 0.0, width, depth)),
        feature("gate_at_m", Part::Gate, point(gate[0], gate[1])),
        feature("parking_at_m", Part::Parking, point(parking[0], parking[1])),
    ]
}

/// What no terminal has: parts without number, and places of another one.
fn too_much(spec: &PlanSpec) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let blocks = spec.blocks.values().fold(0_u64, |sum, count| sum.saturating_add(u64::from(count.0)));
    if blocks > MOST_PARTS {
        wrong.push(Wrong::new("blocks", format!("{blocks} blocks, more than {MOST_PARTS}"), None));
    }
    wrong.extend(spec.rail_at_m.filter(|at| lots::is_far(at)).map(|_| lots::far("rail_at_m")));
    wrong
}

/// Dimensions, m.
struct Size {
    quay: f64,
    depth: f64,
    apron: f64,
    length: f64,
    width: f64,
    aisle: f64,
}

/// Outlines of so many blocks.
fn blocks(kind: PlanKind, size: &Size, number: usize) -> Result<Vec<Geometry>, Wrong> {
    // Along and across the quay.
    let (along, across) = match kind {
        PlanKind::RtgParallel | PlanKind::TopHandler => (size.length, size.width),
        PlanKind::RtgPerpendicular | PlanKind::EndLoadedAsc | PlanKind::Straddle => (size.width, size.length),
    };
    let columns = ((size.quay + size.aisle) / (along + size.aisle)) as usize;
    let room = size.depth - 2.0 * size.apron;
    let rows = if kind == PlanKind::EndLoadedAsc {
        1
    } else {
        ((room + size.aisle) / (across + size.aisle)).max(0.0) as usize
    };
    if columns * rows < number || (kind == PlanKind::EndLoadedAsc && across > room) {
        let fit = if across > room { 0 } else { columns * rows };
        let message = format!(
            "{number} blocks of {} x {} m do not fit: between the aprons of {} x {} m lie {fit}",
            size.length, size.width, size.quay, size.depth
        );
        let help = Some("blocks would overlap: take fewer or smaller ones, or a deeper terminal".to_owned());
        return Err(Wrong { field: "blocks".to_owned(), message, help });
    }
    let columns = columns.min(number);
    let rows = number.div_ceil(columns);
    let (step_x, step_y) = (size.quay / columns as f64, room / rows as f64);
    let shape = |at: usize| {
        let x = (at % columns) as f64 * step_x + (step_x - along) / 2.0;
        let y = size.apron + (at / columns) as f64 * step_y + (step_y - across) / 2.0;
        rect(x, y, x + along, y + across)
    };
    Ok((0..number).map(shape).collect())
}

fn gate(side: GateSide, size: &Size) -> Geometry {
    let x = match side {
        GateSide::Land => size.quay / 2.0,
        GateSide::Left => 0.0,
        GateSide::Right => size.quay,
    };
    point(x, size.depth)
}

fn feature(key: &str, part: Part, shape: Geometry) -> Feature {
    Feature { label: key.to_owned(), key: key.to_owned(), part, shape, machine: None, one_way: false }
}
