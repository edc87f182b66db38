//! The tables that studies leave.

use crate::kernel::calendar::Calendar;
use crate::record::folder::FolderError;
use crate::record::names::Names;
use crate::record::read::ReadError;
use crate::record::table::{Row, TableError, TableWriter, WrittenTable, row};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

row! {
    /// One metric of one replication.
    ReplicationRow in "replications" {
        /// the strategy
        strategy: String [""],
        /// the replication; the same number is the same random day for every strategy
        replication: u32 [""],
        /// the metric
        metric: String [""],
        /// total, site:KEY, fleet:KEY
        scope: String [""],
        /// unit of the value
        unit: String [""],
        /// the value; empty where there was nothing to measure
        value: Option<f64> [""],
    }
}

row! {
    /// One strategy's metric against the baseline.
    ComparisonRow in "comparison" {
        /// the metric
        metric: String [""],
        /// total, site:KEY, fleet:KEY
        scope: String [""],
        /// unit of the value
        unit: String [""],
        /// the strategy
        strategy: String [""],
        /// replications in which every strategy has a value
        replications: u32 [""],
        /// mean
        mean: Option<f64> [""],
        /// half the width of the mean's 95 % interval
        half_width: Option<f64> [""],
        /// mean difference to the baseline, replication by replication
        difference: Option<f64> [""],
        /// half the width of its 95 % interval, on its own
        difference_half_width: Option<f64> [""],
        /// half the width at which the intervals of all strategies hold together (Bonferroni)
        family_half_width: Option<f64> [""],
        /// two-sided p value of no difference
        p: Option<f64> [""],
        /// the same, adjusted for the number of comparisons (Holm)
        p_holm: Option<f64> [""],
        /// variance of the difference without common random numbers over that with them
        pairing_factor: Option<f64> [""],
        /// probability of having the best mean
        probability_best: Option<f64> [""],
        /// best place that the data allow
        first_place: Option<u32> [""],
        /// worst place that the data allow
        last_place: Option<u32> [""],
    }
}

row! {
    /// What one change of one number does to one strategy.
    SensitivityRow in "sensitivity" {
        /// path of the number that was changed
        parameter: String [""],
        /// the change
        change: String [""],
        /// the value it had then
        value: String [""],
        /// the strategy
        strategy: String [""],
        /// the metric
        metric: String [""],
        /// total, site:KEY, fleet:KEY
        scope: String [""],
        /// mean with the change
        mean: Option<f64> [""],
        /// mean effect of the change on this strategy
        effect: Option<f64> [""],
        /// half the width of its 95 % interval
        effect_half_width: Option<f64> [""],
        /// mean difference to the baseline strategy, both with the change
        difference: Option<f64> [""],
        /// half the width of its 95 % interval
        difference_half_width: Option<f64> [""],
    }
}

row! {
    /// One metric of one replication of a sweep.
    SweepRow in "replications" {
        /// the scenario
        scenario: Arc<str> [""],
        /// the strategy
        strategy: Arc<str> [""],
        /// number of the design point; the table `points` says what it sets
        point: u32 [""],
        /// the replication; the same number is the same random day everywhere
        replication: u32 [""],
        /// the metric
        metric: Arc<str> [""],
        /// total, site:KEY, fleet:KEY
        scope: Arc<str> [""],
        /// unit of the value
        unit: Arc<str> [""],
        /// the value; empty where there was nothing to measure
        value: Option<f64> [""],
    }
}

row! {
    /// One metric of one cell of a sweep: mean over its replications.
    CellRow in "cells" {
        /// the scenario
        scenario: Arc<str> [""],
        /// the strategy
        strategy: Arc<str> [""],
        /// number of the design point
        point: u32 [""],
        /// the metric
        metric: Arc<str> [""],
        /// total, site:KEY, fleet:KEY
        scope: Arc<str> [""],
        /// unit of the value
        unit: Arc<str> [""],
        /// replications with a value
        replications: u32 [""],
        /// mean
        mean: Option<f64> [""],
        /// half the width of its 95 % interval; empty below two replications
        half_width: Option<f64> [""],
    }
}

row! {
    /// What a design point sets.
    PointRow in "points" {
        /// number of the design point
        point: u32 [""],
        /// path of the number
        parameter: String [""],
        /// its value
        value: String [""],
    }
}

row! {
    /// A doubtful number and what it explains.
    NumberRow in "numbers" {
        /// path of the number
        number: String [""],
        /// as written
        written: String [""],
        /// lowest value; of a list, the lowest factor on it
        low: Option<f64> [""],
        /// highest value or factor
        high: Option<f64> [""],
        /// verified, assumed, unverified and so on
        quality: String [""],
        /// key of its source
        source: String [""],
        /// where the range comes from, or why it was not varied
        range: String [""],
        /// share of the variance that it moved in the screening; empty where its group was left out
        moved: Option<f64> [""],
        /// share that it explains by itself
        first: Option<f64> [""],
        /// share that it explains with its interactions
        total: Option<f64> [""],
        /// lower end of the 95 % interval of the total share
        total_low: Option<f64> [""],
        /// upper end
        total_high: Option<f64> [""],
        /// what the choice between the strategies would gain if it were known, in the unit of the metric
        worth: Option<f64> [""],
    }
}

row! {
    /// A design that was tried.
    DesignRow in "designs" {
        /// number of the design, in the order in which they were tried
        number: u32 [""],
        /// what it sets
        settings: String [""],
        /// random days of the race
        days: u32 [""],
        /// fresh days on which its constraints were judged
        fresh_days: u32 [""],
        /// mean of the first objective
        objective: Option<f64> [""],
        /// mean of the second objective, where there is one
        second_objective: Option<f64> [""],
        /// share of its days on which all constraints held
        kept: Option<f64> [""],
        /// `best`, `front`, `beaten`, `infeasible`, `not_followed`, `refused`
        state: String [""],
    }
}

/// The rows of studies name everything themselves; this stands in for the names of a run's ids.
///
/// # Panics
/// Never: the date and the zone are fixed.
#[must_use]
pub fn no_names() -> Names {
    Names::none(Calendar::new("2000-01-01", "UTC", 1).expect("a fixed date in a fixed zone"))
}

/// One table: written into a folder, or kept in memory.
///
/// # Errors
/// When the file cannot be written.
pub fn table<R: Row>(folder: Option<&Path>, rows: &[R]) -> Result<WrittenTable, TableError> {
    let writer = TableWriter::new::<R>(folder, false, "UTC")?;
    let mut writer = if folder.is_some() { writer } else { writer.keeping_rows() };
    writer.write(rows, &no_names())?;
    writer.finish()
}

/// The digests of tables by their names, as a manifest has them.
#[must_use]
pub fn digests(tables: impl IntoIterator<Item = WrittenTable>) -> BTreeMap<String, String> {
    tables.into_iter().map(|table| (table.table.to_owned(), table.digest)).collect()
}

/// Why results could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The page.
    #[error(transparent)]
    Report(#[from] ReadError),
}
