//! How a table of others is read: a mapping file, and options that say the same for one run.

use crate::document::problem::Problem;
use crate::import::map::{Gaps, Map, Stamps};
use crate::import::stamp::DateOrder;
use crate::scenario::map_file::map_of;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct MapArgs {
    /// A mapping file (TOML) that says what the columns are; the options below come before it.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Time zone of times without an offset, such as `America/Los_Angeles`; UTC for times without clock changes.
    #[arg(long)]
    zone: Option<String>,
    /// Which number of a date such as 3/4/2025 is the month.
    #[arg(long, value_enum)]
    dates: Option<DateOrder>,
    /// What the times of a meter mark: the start or the end of their interval.
    #[arg(long, value_enum)]
    stamps: Option<Stamps>,
    /// Unit of a meter's values: kW, kWh, W, Wh, MW or `MWh`.
    #[arg(long)]
    unit: Option<String>,
    /// First day of a list of values without times, such as 2025-01-01.
    #[arg(long, value_name = "DAY")]
    first_day: Option<String>,
    /// Fill missing intervals of a meter: with zero, or hold the reading before.
    #[arg(long, value_enum)]
    gaps: Option<Gaps>,
}

impl MapArgs {
    /// The mapping file with the options on top. None: it is wrong, and the problems say why.
    pub(super) fn map(&self, problems: &mut Vec<Problem>) -> Option<Map> {
        let mut map = map_of(self.map.as_deref(), problems)?;
        let over = |own: &mut Option<String>, given: &Option<String>| {
            if given.is_some() {
                own.clone_from(given);
            }
        };
        over(&mut map.zone, &self.zone);
        over(&mut map.unit, &self.unit);
        over(&mut map.start, &self.first_day);
        map.dates = self.dates.or(map.dates);
        map.stamps = self.stamps.or(map.stamps);
        map.gaps = self.gaps.or(map.gaps);
        Some(map)
    }
}
