//! What is due when: a heap of (second, kind, id), a total order with no ties.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

const ID_BITS: u32 = 28;

/// One due thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Exact time, seconds from the start.
    pub at_s: u32,
    /// What kind of thing; below 16. Lower kinds go first at the same second.
    pub kind: u8,
    /// Whose; below 2^28.
    pub id: u32,
}

/// Due things of one room, in the order of their exact time.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<u64>>,
    handled: u64,
}

impl Agenda {
    /// Adds one.
    pub fn push(&mut self, due: Due) {
        debug_assert!(due.id < 1 << ID_BITS && due.kind < 16);
        let key = u64::from(due.at_s) << 32 | u64::from(due.kind) << ID_BITS | u64::from(due.id);
        self.heap.push(Reverse(key));
    }

    /// Time of the next one.
    #[must_use]
    pub fn next_at(&self) -> Option<u32> {
        self.heap.peek().map(|key| (key.0 >> 32) as u32)
    }

    /// Takes the next one that is due before `end_s`.
    pub fn pop_before(&mut self, end_s: u32) -> Option<Due> {
        if self.next_at()? >= end_s {
            return None;
        }
        let Reverse(key) = self.heap.pop()?;
        self.handled += 1;
        Some(Due {
            at_s: (key >> 32) as u32,
            kind: ((key >> ID_BITS) & 0xF) as u8,
            id: (key & ((1 << ID_BITS) - 1)) as u32,
        })
    }

    /// How many have been taken.
    #[must_use]
    pub fn handled(&self) -> u64 {
        self.handled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_time_then_kind_then_id() {
        let mut agenda = Agenda::default();
        let all = [(7, 1, 3), (7, 0, 9), (5, 2, 1), (7, 1, 2), (90, 0, 0)];
        for (at_s, kind, id) in all {
            agenda.push(Due { at_s, kind, id });
        }
        let mut seen = Vec::new();
        while let Some(due) = agenda.pop_before(90) {
            seen.push((due.at_s, due.kind, due.id));
        }
        assert_eq!(seen, [(5, 2, 1), (7, 0, 9), (7, 1, 2), (7, 1, 3)]);
        assert_eq!(agenda.next_at(), Some(90));
    }
}
