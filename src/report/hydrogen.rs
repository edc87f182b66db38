//! Hydrogen stations on the page: stock, queue and cost, folded from the tables.

use super::steps::{Steps, rounded};
use crate::record::hub::Station;
use crate::record::read::{ReadError, each_batch};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// One station over time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StationSeries {
    key: String,
    site: String,
    positions: u32,
    /// Least content of the bulk storage in each step, kg.
    bulk_kg: Vec<f64>,
    /// Least content of the cascade in each step, kg: vehicles are served from it down to its least pressure,
    /// however full the bulk storage is.
    cascade_kg: Vec<f64>,
    /// Vehicles that wait: mean of each step, and the highest mean of an interval in it.
    waiting: Vec<f64>,
    most_waiting: Vec<f64>,
    /// Minutes of each step in which a vehicle could not be served for lack of hydrogen.
    out_min: Vec<f64>,
}

/// Reads the table of stations. Empty in a scenario without.
pub(super) fn collect(
    tables: &Path,
    known: &[Station],
    steps: Steps,
    interval_s: u32,
) -> Result<Vec<StationSeries>, ReadError> {
    let series = |station: &Station| StationSeries {
        key: station.key.clone(),
        site: station.site.clone(),
        positions: station.positions,
        bulk_kg: vec![f64::INFINITY; steps.count],
        cascade_kg: vec![f64::INFINITY; steps.count],
        waiting: vec![0.0; steps.count],
        most_waiting: vec![0.0; steps.count],
        out_min: vec![0.0; steps.count],
    };
    let mut stations: Vec<StationSeries> = known.iter().map(series).collect();
    if stations.is_empty() {
        return Ok(stations);
    }
    let index: BTreeMap<&str, usize> = known.iter().enumerate().map(|(at, it)| (it.key.as_str(), at)).collect();
    each_batch(tables, "hydrogen", |batch| {
        for row in 0..batch.rows() {
            let Some(at) = index.get(batch.text("station", row)) else { continue };
            let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
            let step = steps.at(batch.whole("start_s", row));
            let share = f64::from(interval_s) / steps.length_s(step);
            stations[*at].add(step, share, [number("bulk_kg"), number("cascade_kg"), number("queue"), number("out_s")]);
        }
    })?;
    for station in &mut stations {
        for (values, decimals) in [
            (&mut station.bulk_kg, 1),
            (&mut station.cascade_kg, 1),
            (&mut station.waiting, 2),
            (&mut station.most_waiting, 2),
            (&mut station.out_min, 1),
        ] {
            *values = rounded(std::mem::take(values), decimals);
        }
    }
    Ok(stations)
}

impl StationSeries {
    /// Adds one interval, `share` of its step. What went wrong for minutes must not vanish in steps of hours.
    fn add(&mut self, step: usize, share: f64, [bulk_kg, cascade_kg, queue, out_s]: [f64; 4]) {
        self.bulk_kg[step] = self.bulk_kg[step].min(bulk_kg);
        self.cascade_kg[step] = self.cascade_kg[step].min(cascade_kg);
        self.waiting[step] += queue * share;
        self.most_waiting[step] = self.most_waiting[step].max(queue);
        self.out_min[step] += out_s / 60.0;
    }
}

#[cfg(test)]
mod tests {
    use super::StationSeries;

    #[test]
    fn a_step_keeps_its_worst_minutes() {
        let mut station = StationSeries {
            key: String::new(),
            site: String::new(),
            positions: 1,
            bulk_kg: vec![f64::INFINITY],
            cascade_kg: vec![f64::INFINITY],
            waiting: vec![0.0],
            most_waiting: vec![0.0],
            out_min: vec![0.0],
        };
        for interval in [[900.0, 50.0, 0.0, 0.0], [900.0, 2.0, 6.0, 120.0], [900.0, 80.0, 0.0, 0.0]] {
            station.add(0, 1.0 / 3.0, interval);
        }
        assert_eq!((station.bulk_kg[0], station.cascade_kg[0]), (900.0, 2.0));
        assert_eq!((station.waiting[0], station.most_waiting[0], station.out_min[0]), (2.0, 6.0, 2.0));
    }
}
