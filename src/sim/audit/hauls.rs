//! Hauls, from their table: each stands there once, its times follow each other, and the truck that did it is known.

use crate::record::audit::{Check, Findings};
use crate::record::rows::HaulRow;
use crate::record::words::HaulState;

/// Which hauls have a row, a bit each.
#[derive(Debug, Default)]
pub(super) struct Hauls {
    seen: Vec<u64>,
    rows: u64,
}

impl Hauls {
    pub(super) fn hauls(&mut self, rows: &[HaulRow], findings: &mut Findings) {
        for row in rows {
            self.rows += 1;
            let (word, bit) = (row.haul as usize / 64, 1 << (row.haul % 64));
            self.seen.resize(self.seen.len().max(word + 1), 0);
            findings.hold(Check::HaulOnce, self.seen[word] & bit == 0, || format!("haul: {} has two rows", row.haul));
            self.seen[word] |= bit;
            let times = [row.assigned_s, row.at_origin_s, row.left_origin_s, row.at_destination_s, row.done_s];
            let known: Vec<u32> = times.into_iter().flatten().collect();
            findings.hold(Check::HaulTimes, known.is_sorted(), || {
                format!("haul: the times of {} are not in order: {known:?}", row.haul)
            });
            let is_done = known.len() == times.len() && row.fleet.is_some() && row.truck.is_some();
            findings.hold(Check::HaulDone, is_done || row.state != HaulState::Completed, || {
                format!("haul: {} is completed and does not say when and by which truck", row.haul)
            });
        }
    }

    /// How many hauls have a row.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }
}
