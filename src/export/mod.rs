//! Formats that other tools read, from the folder of a run. The counterpart of `import`; `record` keeps to what a run
//! itself leaves.

pub mod loadshape;
pub mod ocpp;

use crate::kernel::calendar::{DAY_S, HOUR_S};
use crate::record::read::{ReadError, each_batch};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Why nothing could be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder holds no table of a run.
    #[error("{} holds no tables of a run (no tables/power.parquet); name the folder that `portvolt run` left", .0.display())]
    NoRun(PathBuf),
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] ReadError),
    /// The table is too short to tell its interval.
    #[error("{}: {reason}", path.display())]
    Content {
        /// The table.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Mean power of every site, by interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Loads {
    /// Length of an interval.
    pub interval_s: u32,
    /// Start of the run, seconds since 1970-01-01 UTC.
    pub start_unix_s: i64,
    /// By site: the whole meter and of it the chargers, kW.
    pub sites: BTreeMap<String, Load>,
}

/// Mean power of one site, by interval.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Load {
    /// The meter.
    pub total_kw: Vec<f64>,
    /// Chargers, grid side.
    pub charging_kw: Vec<f64>,
}

/// The longest run by the minute has this many.
const MOST_INTERVALS: usize = 1_100 * 1_440;
/// An interval divides the hour.
const LONGEST_INTERVAL_S: u32 = HOUR_S as u32;
/// Years of a transition follow each other for a century at most.
const LAST_S: u32 = 100 * 366 * DAY_S as u32;
/// Intervals that a table leaves out, over those that it has: more are no table of a run, but a few rows that ask for much.
const MOST_GAPS: usize = 16;

/// Reads the power table of a run's folder.
///
/// # Errors
/// When it is no run's folder, or the table cannot be read.
pub fn loads(folder: &Path) -> Result<Loads, ExportError> {
    let tables = folder.join("tables");
    let path = tables.join("power.parquet");
    // What is there and no file, such as a pipe, is named by the reader.
    if !path.exists() {
        return Err(ExportError::NoRun(folder.to_path_buf()));
    }
    let mut rows: BTreeMap<(String, u32), (f64, f64)> = BTreeMap::new();
    let mut start_unix_s = None;
    each_batch(&tables, "power", |batch| {
        for row in 0..batch.rows() {
            let start_s = batch.whole("start_s", row);
            let kw = |column: &str| batch.number(column, row).unwrap_or(0.0);
            rows.insert((batch.text("site", row).to_owned(), start_s), (kw("total_kw"), kw("charging_kw")));
            let start = batch.unix_s("start", row).and_then(|unix_s| unix_s.checked_sub(i64::from(start_s)));
            start_unix_s = start_unix_s.or(start);
        }
    })?;
    let mut starts: Vec<u32> = rows.keys().map(|key| key.1).collect();
    starts.sort_unstable();
    starts.dedup();
    let gap = starts.windows(2).map(|pair| pair[1] - pair[0]).min();
    let (Some(interval_s), Some(last), Some(start_unix_s)) = (gap, starts.last(), start_unix_s) else {
        let reason = "has fewer than two intervals".to_owned();
        return Err(ExportError::Content { path, reason });
    };
    let intervals = (last / interval_s) as usize + 1;
    let sites = rows.keys().map(|key| &key.0).collect::<BTreeSet<_>>().len();
    let is_of_a_run = interval_s <= LONGEST_INTERVAL_S && *last <= LAST_S && intervals <= MOST_INTERVALS;
    if !is_of_a_run || intervals * sites > MOST_GAPS * (rows.len() + LONGEST_INTERVAL_S as usize) {
        let reason = format!("has an interval of {interval_s} s over {last} s, which no run has");
        return Err(ExportError::Content { path, reason });
    }
    let mut loads: BTreeMap<String, Load> = BTreeMap::new();
    for ((site, start_s), (total_kw, charging_kw)) in rows {
        let load = loads
            .entry(site)
            .or_insert_with(|| Load { total_kw: vec![0.0; intervals], charging_kw: vec![0.0; intervals] });
        let at = (start_s / interval_s) as usize;
        load.total_kw[at] = total_kw;
        load.charging_kw[at] = charging_kw;
    }
    Ok(Loads { interval_s, start_unix_s, sites: loads })
}
