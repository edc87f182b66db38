//! Rows out: typed tables, a summary folded from the rows, a manifest. Systems append; nothing in a run reads back.

pub mod audit;
pub mod background;
pub mod doubt;
pub mod folder;
pub mod groups;
pub mod headlines;
pub mod hub;
pub mod hydrogen;
pub mod kept;
pub mod means;
mod metric;
pub mod metrics;
pub mod names;
pub mod notes;
pub mod overload;
#[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
pub mod progress;
pub mod read;
pub mod rows;
pub mod summary;
pub mod table;
pub mod tally;
mod told;
pub mod words;

use bevy_ecs::prelude::Resource;

/// Rows of one kind that have not been written yet.
#[derive(Resource, Debug)]
pub struct Records<R: Send + Sync + 'static> {
    rows: Vec<R>,
    taken: u64,
}

impl<R: Send + Sync + 'static> Default for Records<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), taken: 0 }
    }
}

impl<R: Send + Sync + 'static> Records<R> {
    /// Appends a row.
    pub fn push(&mut self, row: R) {
        self.rows.push(row);
    }

    /// How many wait to be written.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// All of them.
    #[must_use]
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// How many there ever were, written or not.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn ever(&self) -> u64 {
        self.taken + self.rows.len() as u64
    }

    /// Those that came after the first `seen` of all there ever were; rows that were written meanwhile are not among them.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
    pub fn after(&self, seen: u64) -> &[R] {
        let from = seen.saturating_sub(self.taken) as usize;
        self.rows.get(from..).unwrap_or_default()
    }

    /// Gives the space of rows that were written back.
    pub fn reuse(&mut self, mut written: Vec<R>) {
        if self.rows.is_empty() {
            written.clear();
            self.rows = written;
        }
    }

    /// Takes all rows.
    #[must_use]
    pub fn take(&mut self) -> Vec<R> {
        self.taken += self.rows.len() as u64;
        core::mem::take(&mut self.rows)
    }
}
