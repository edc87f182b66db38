//! State of charge of vehicles over time: known at plug-in and unplug, a straight line between.

use super::steps::Steps;
use crate::record::hub::Hub;
use crate::record::read::{ReadError, each_batch};
use crate::record::words::VehicleKind;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// Vehicles shown: those that came nearest to empty.
const MOST_VEHICLES: usize = 40;
/// Columns of the picture, at most.
const MOST_COLUMNS: usize = 240;
const TRUCK: &str = VehicleKind::Truck.word();
const EQUIPMENT: &str = VehicleKind::Equipment.word();

/// A picture of vehicles by time.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Charge {
    /// How many vehicles charged more than once.
    vehicles: usize,
    /// Chart steps in one column.
    steps_each: usize,
    /// State of charge of all of them in each column, percent.
    band: Band,
    /// Those shown one by one, the lowest first.
    shown: Vec<Vehicle>,
}

/// The lowest, tenth and middle of a hundred vehicles in each column; none where nothing is known of any.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Band {
    lowest: Vec<Option<u8>>,
    tenth: Vec<Option<u8>>,
    median: Vec<Option<u8>>,
}

impl Band {
    fn of(vehicles: &[Vec<Option<u8>>], columns: usize) -> Self {
        let mut band = Self::default();
        for column in 0..columns {
            let mut known: Vec<u8> = vehicles.iter().filter_map(|vehicle| vehicle[column]).collect();
            known.sort_unstable();
            let at = |share: f64| known.get((share * known.len().saturating_sub(1) as f64) as usize).copied();
            band.lowest.push(at(0.0));
            band.tenth.push(at(0.1));
            band.median.push(at(0.5));
        }
        band
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Vehicle {
    /// Model or kind, number, and fleet of a truck.
    label: String,
    lowest: f64,
    /// State of charge of each column, percent; none before the first and after the last session.
    percent: Vec<Option<u8>>,
}

/// A vehicle: its kind (so that trucks come first) and number.
type Key = (bool, u32);

/// What vehicles are called: trucks by their fleet, equipment by the model that its chargers are for.
pub(super) struct Owners {
    fleets: BTreeMap<String, String>,
    /// By group of chargers that only one model uses.
    models: BTreeMap<String, String>,
}

impl Owners {
    pub(super) fn of(hub: &Hub) -> Self {
        let groups = hub.sites.iter().flat_map(|site| &site.chargers);
        let models = groups.filter_map(|group| match group.users.as_slice() {
            [only] => Some((group.key.clone(), only.clone())),
            _ => None,
        });
        Self { fleets: hub.fleets.clone(), models: models.collect() }
    }

    /// `port` is that of its first session, such as `lot/3`.
    fn label(&self, is_truck: bool, number: u32, fleet: &str, port: &str) -> String {
        let group = port.rsplit_once('/').map_or(port, |(group, _)| group);
        match (is_truck, self.fleets.get(fleet), self.models.get(group)) {
            (true, Some(fleet), _) => format!("truck {number} of {fleet}"),
            (true, None, _) if !fleet.is_empty() => format!("truck {number} of {fleet}"),
            (true, ..) => format!("truck {number}"),
            (false, _, Some(model)) => format!("{model} {number}"),
            (false, ..) => format!("equipment {number}"),
        }
    }
}

/// Reads the sessions of trucks and equipment.
pub(super) fn collect(tables: &Path, steps: Steps, owners: &Owners) -> Result<Charge, ReadError> {
    let mut lowest: BTreeMap<Key, (f64, u32, String)> = BTreeMap::new();
    let sessions = |visit: &mut dyn FnMut(Key, [(u32, f64); 2], &dyn Fn() -> String)| {
        each_batch(tables, "sessions", |batch| {
            for row in 0..batch.rows() {
                let is_truck = match batch.text("vehicle_kind", row) {
                    TRUCK => true,
                    EQUIPMENT => false,
                    _ => continue,
                };
                let Some(start_s) = batch.number("start_s", row) else { continue };
                let soc = |name: &str| batch.number(name, row).unwrap_or(0.0);
                let points = [(start_s as u32, soc("start_soc")), (batch.whole("end_s", row), soc("end_soc"))];
                let number = batch.whole("vehicle_id", row);
                let label = || owners.label(is_truck, number, batch.text("fleet", row), batch.text("port", row));
                visit((!is_truck, number), points, &label);
            }
        })
    };
    sessions(&mut |key, [start, _], label| {
        let entry = lowest.entry(key).or_insert_with(|| (1.0, 0, label()));
        entry.0 = entry.0.min(start.1);
        entry.1 += 1;
    })?;
    lowest.retain(|_, entry| entry.1 > 1);
    let vehicles = lowest.len();
    let mut order: Vec<(Key, (f64, u32, String))> = lowest.into_iter().collect();
    order.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(&b.0)));
    let mut points: BTreeMap<Key, Vec<(u32, f64)>> = order.iter().map(|(key, _)| (*key, Vec::new())).collect();
    sessions(&mut |key, both, _| {
        if let Some(points) = points.get_mut(&key) {
            points.extend(both);
        }
    })?;
    let steps_each = steps.count.div_ceil(MOST_COLUMNS);
    let own = |key: &Key| columns(points.remove(key).unwrap_or_default(), steps, steps_each);
    let all: Vec<Vec<Option<u8>>> = order.iter().map(|(key, _)| key).map(own).collect();
    let band = Band::of(&all, steps.count.div_ceil(steps_each));
    let shown = order.into_iter().zip(all).take(MOST_VEHICLES);
    let shown = shown.map(|((_, (lowest, _, label)), percent)| Vehicle { label, lowest, percent });
    Ok(Charge { vehicles, steps_each, band, shown: shown.collect() })
}

fn columns(mut points: Vec<(u32, f64)>, steps: Steps, steps_each: usize) -> Vec<Option<u8>> {
    points.sort_by_key(|point| point.0);
    let at = |column: usize| {
        let at_s = (column * steps_each) as f64 * f64::from(steps.bucket_s);
        let next = points.iter().position(|point| f64::from(point.0) > at_s)?;
        let [before, after] = [points[next.checked_sub(1)?], points[next]];
        let span_s = f64::from(after.0 - before.0);
        let soc = before.1 + (after.1 - before.1) * (at_s - f64::from(before.0)) / span_s.max(1.0);
        Some((soc * 100.0).round().clamp(0.0, 100.0) as u8)
    };
    (0..steps.count.div_ceil(steps_each)).map(at).collect()
}
