//! Local times as points in time: hours that a zone skips in spring and shows twice in autumn are counted and told.

use super::stamp::When;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Local times of a table as points in time, and those of them that no clock of the zone showed, or that it showed twice.
pub(crate) struct Clock<'z> {
    zone: &'z TimeZone,
    skipped: Odd,
    doubled: Odd,
}

/// Times that do not say by themselves when they are: how many, and the first of them with its line.
#[derive(Default)]
struct Odd {
    count: usize,
    first: Option<(u64, DateTime)>,
}

impl Odd {
    fn add(&mut self, line: u64, local: DateTime) {
        self.count += 1;
        self.first = self.first.or(Some((line, local)));
    }

    fn told(&self, taken: impl FnOnce(&str) -> String) -> Option<String> {
        let (line, local) = self.first?;
        let first = format!("{}, the first in line {line}, {local}", self.count);
        Some(taken(&first))
    }
}

impl<'z> Clock<'z> {
    pub(crate) fn new(zone: &'z TimeZone) -> Self {
        Self { zone, skipped: Odd::default(), doubled: Odd::default() }
    }

    /// A time of a line as a point in time; of one that clocks show twice the first. None: it is out of range.
    pub(crate) fn instant(&mut self, line: u64, when: When) -> Option<Timestamp> {
        match when {
            When::Instant(unix_s, _) => Timestamp::from_second(unix_s).ok(),
            When::Local(local) => {
                let found = self.zone.to_ambiguous_zoned_datetime(local);
                match found.offset() {
                    AmbiguousOffset::Unambiguous { .. } => {}
                    AmbiguousOffset::Gap { .. } => self.skipped.add(line, local),
                    AmbiguousOffset::Fold { .. } => self.doubled.add(line, local),
                }
                found.compatible().ok().map(|zoned| zoned.timestamp())
            }
        }
    }

    /// Is a time one that clocks show twice, as they are put back?
    pub(crate) fn is_doubled(&self, when: When) -> bool {
        let offset = |local: DateTime| self.zone.to_ambiguous_zoned_datetime(local).offset();
        matches!(when, When::Local(local) if matches!(offset(local), AmbiguousOffset::Fold { .. }))
    }

    /// What is said of times that no clock showed, and of those that it showed twice.
    pub(crate) fn told(&self) -> Vec<String> {
        let name = self.zone.iana_name().unwrap_or("UTC");
        let skipped = self.skipped.told(|first| {
            format!(
                "times in the hour that {name} skips in spring are taken as an hour later: {first}; are they of another zone?"
            )
        });
        let doubled = self.doubled.told(|first| {
            format!(
                "times in the hour that {name} shows twice in autumn are taken as the first of the two: {first}; with their offset \
                 (2025-11-02T01:15-08:00) they would say which"
            )
        });
        skipped.into_iter().chain(doubled).collect()
    }
}
