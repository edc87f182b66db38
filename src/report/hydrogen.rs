//! Hydrogen stations on the page: stock, queue and cost, folded from the tables.

use super::ReportError;
use super::read::each_batch;
use crate::scenario::load::Loaded;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One station over time.
#[derive(Debug, Serialize)]
pub(super) struct StationSeries {
    key: String,
    site: String,
    positions: u32,
    /// Content at the end of each bucket, kg.
    stock_kg: Vec<f64>,
    /// Vehicles that wait, mean of each bucket.
    waiting: Vec<f64>,
}

/// Reads the table of stations. Empty in a scenario without.
pub(super) fn collect(
    tables: &Path,
    loaded: &Loaded,
    bucket_s: u32,
    steps: usize,
) -> Result<Vec<StationSeries>, ReportError> {
    let scenario = &loaded.scenario;
    let share = f64::from(scenario.time.interval_s) / f64::from(bucket_s);
    let series = |(key, spec): (&String, &crate::hydrogen::spec::HydrogenSpec)| StationSeries {
        key: key.clone(),
        site: spec.site.clone(),
        positions: spec.dispenser.positions,
        stock_kg: vec![0.0; steps],
        waiting: vec![0.0; steps],
    };
    let mut stations: Vec<StationSeries> = scenario.hydrogen.iter().map(series).collect();
    if stations.is_empty() {
        return Ok(stations);
    }
    let index: BTreeMap<&str, usize> =
        scenario.hydrogen.keys().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
    each_batch(tables, "hydrogen", |batch| {
        for row in 0..batch.rows() {
            let Some(at) = index.get(batch.text("station", row)) else { continue };
            let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
            let step = ((batch.whole("start_s", row) / bucket_s) as usize).min(steps - 1);
            let station = &mut stations[*at];
            // Rows come in the order of time: the last of a bucket stays.
            station.stock_kg[step] = ((number("bulk_kg") + number("cascade_kg")) * 10.0).round() / 10.0;
            station.waiting[step] += number("queue") * share;
        }
    })?;
    for station in &mut stations {
        for value in &mut station.waiting {
            *value = (*value * 100.0).round() / 100.0;
        }
    }
    Ok(stations)
}
