//! Trips of trucks on hauls, for the playback on the map: to the origin of each haul and on to its destination. Ways to
//! depots, chargers and hydrogen stations are in no table and so not among them.

use crate::record::read::{ReadError, each_batch};
use crate::record::words::VehicleKind;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use utoipa::ToSchema;

/// More trips than these make a page slow: only every n-th truck is shown then.
const MOST_LEGS: usize = 120_000;

/// Trips in the order of their start, packed.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Legs {
    /// One truck in so many is shown.
    one_in: usize,
    /// How many trips.
    count: usize,
    /// base64 of gzip of five arrays, little-endian, one after the other: start (u32, seconds), duration (u32, seconds),
    /// origin and destination (u16, number of the site), laden (u8, 1 or 0).
    packed: String,
    /// Pairs of sites between which trips go.
    #[serde(skip)]
    pairs: BTreeSet<(u16, u16)>,
}

impl Legs {
    /// Pairs of sites between which trips go.
    pub(super) fn pairs(&self) -> &BTreeSet<(u16, u16)> {
        &self.pairs
    }
}

#[derive(Debug, Clone, Copy)]
struct Leg {
    start_s: u32,
    duration_s: u32,
    from: u16,
    to: u16,
    laden: bool,
}

/// Reads the hauls that were done. `index` is the number of each site, `stations` that of each hydrogen station's site.
pub(super) fn collect(
    tables: &Path,
    index: &BTreeMap<String, usize>,
    stations: &BTreeMap<String, usize>,
) -> Result<Legs, ReadError> {
    let mut hauls = 0;
    each_batch(tables, "hauls", |batch| hauls += batch.rows())?;
    let one_in = (2 * hauls).div_ceil(MOST_LEGS).max(1);
    let is_shown = |truck: u32| (truck as usize).is_multiple_of(one_in);
    let mut seen: BTreeMap<u32, Vec<(u32, u16)>> = BTreeMap::new();
    let site = |key: &str| index.get(key).map(|at| *at as u16);
    // A truck leaves for its next haul from where it charged or fuelled, too.
    let stops = [("sessions", "site", index), ("refuelings", "station", stations)];
    for (table, column, places) in stops.into_iter().filter(|stop| !stop.2.is_empty()) {
        each_batch(tables, table, |batch| {
            for row in (0..batch.rows()).filter(|row| batch.text("vehicle_kind", *row) == VehicleKind::Truck.word()) {
                let truck = batch.whole("vehicle_id", row);
                let place = places.get(batch.text(column, row)).filter(|_| is_shown(truck));
                if let Some(place) = place {
                    seen.entry(truck).or_default().push((batch.whole("end_s", row), *place as u16));
                }
            }
        })?;
    }
    let mut trips = Vec::new();
    each_batch(tables, "hauls", |batch| {
        for row in 0..batch.rows() {
            let time = |name: &str| batch.number(name, row).map(|at_s| at_s as u32);
            let truck = time("truck").filter(|truck| is_shown(*truck));
            let ends = site(batch.text("origin", row)).zip(site(batch.text("destination", row)));
            let laden = time("left_origin_s").zip(time("at_destination_s"));
            let empty = time("assigned_s").zip(time("at_origin_s"));
            if let (Some(truck), Some(ends), Some(laden), Some(empty)) = (truck, ends, laden, empty) {
                trips.push((truck, ends, laden, empty));
                seen.entry(truck).or_default().push((laden.1, ends.1));
            }
        }
    })?;
    for places in seen.values_mut() {
        places.sort_unstable();
    }
    let mut legs = Vec::with_capacity(2 * trips.len());
    for (truck, (origin, destination), laden, empty) in trips {
        legs.push(leg(laden, origin, destination, true));
        let places = &seen[&truck];
        let before = places[..places.partition_point(|place| place.0 <= empty.0)].last();
        if let Some((_, from)) = before.filter(|place| place.1 != origin) {
            legs.push(leg(empty, *from, origin, false));
        }
    }
    legs.sort_by_key(|leg| (leg.start_s, leg.from, leg.to));
    let pairs = legs.iter().map(|leg| (leg.from, leg.to)).collect();
    Ok(Legs { one_in, count: legs.len(), packed: pack(&legs), pairs })
}

fn leg(times: (u32, u32), from: u16, to: u16, laden: bool) -> Leg {
    Leg { start_s: times.0, duration_s: times.1.saturating_sub(times.0), from, to, laden }
}

fn pack(legs: &[Leg]) -> String {
    if legs.is_empty() {
        return String::new();
    }
    let mut bytes = Vec::with_capacity(legs.len() * 13);
    bytes.extend(legs.iter().flat_map(|leg| leg.start_s.to_le_bytes()));
    bytes.extend(legs.iter().flat_map(|leg| leg.duration_s.to_le_bytes()));
    bytes.extend(legs.iter().flat_map(|leg| leg.from.to_le_bytes()));
    bytes.extend(legs.iter().flat_map(|leg| leg.to.to_le_bytes()));
    bytes.extend(legs.iter().map(|leg| u8::from(leg.laden)));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let packed = gzip.write_all(&bytes).and_then(|()| gzip.finish());
    STANDARD.encode(packed.expect("a list in memory takes every byte"))
}
