//! Queues of hydrogen stations, from the table of refuelings alone.

use super::queue::Queue;
use crate::record::audit::Findings;
use crate::record::hydrogen::{HydrogenSummary, RefuelRow};
use crate::record::names::Names;

/// What the rows so far say.
#[derive(Debug)]
pub(super) struct Stations {
    queues: Vec<Queue>,
}

impl Stations {
    pub(super) fn new(names: &Names) -> Self {
        Self { queues: vec![Queue::default(); names.stations.len()] }
    }

    pub(super) fn refuelings(&mut self, rows: &[RefuelRow]) {
        for row in rows {
            let begin_s = row.start_s.unwrap_or(row.end_s);
            self.queues[row.station.index()].wait(row.arrive_s, begin_s, row.wait_s);
        }
        let last_s = rows.iter().map(|row| row.end_s).max().unwrap_or(0);
        self.queues.iter_mut().for_each(|queue| queue.read_until(last_s));
    }

    /// Holds every queue to its waits: those of the rows, and those that the metrics are made of.
    pub(super) fn close(&mut self, summary: &HydrogenSummary, names: &Names, findings: &mut Findings) {
        for ((queue, key), tally) in self.queues.iter_mut().zip(&names.stations).zip(&summary.stations) {
            queue.close(&tally.waits, key, findings);
        }
    }

    /// Area under the length of each queue, s.
    pub(super) fn areas_s(&self) -> Vec<i64> {
        self.queues.iter().map(Queue::area_s).collect()
    }
}
