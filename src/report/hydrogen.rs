//! Hydrogen stations on the page: stock, queue and cost, folded from the tables.

use super::data::Steps;
use super::hub::Station;
use super::read::each_batch;
use super::{ReportError, rounded};
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
    known: &[Station],
    steps: Steps,
    interval_s: u32,
) -> Result<Vec<StationSeries>, ReportError> {
    let series = |station: &Station| StationSeries {
        key: station.key.clone(),
        site: station.site.clone(),
        positions: station.positions,
        stock_kg: vec![0.0; steps.count],
        waiting: vec![0.0; steps.count],
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
            let station = &mut stations[*at];
            // Rows come in the order of time: the last of a bucket stays.
            station.stock_kg[step] = ((number("bulk_kg") + number("cascade_kg")) * 10.0).round() / 10.0;
            station.waiting[step] += number("queue") * f64::from(interval_s) / steps.length_s(step);
        }
    })?;
    for station in &mut stations {
        station.waiting = rounded(std::mem::take(&mut station.waiting), 2);
    }
    Ok(stations)
}
