//! What is due when: a heap of (second, kind, id), a total order with no ties.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::marker::PhantomData;

const ID_BITS: u32 = 28;

/// Kinds of due things of one room, at most 16. Lower ranks go first at the same second. Made by `due_kinds!`.
pub trait DueKind: Copy {
    /// Its place in the order.
    fn rank(self) -> u8;

    /// The kind at a place.
    fn at_rank(rank: u8) -> Self;
}

/// A kind that is a bare rank.
impl DueKind for u8 {
    fn rank(self) -> u8 {
        self
    }

    fn at_rank(rank: u8) -> Self {
        rank
    }
}

/// Declares an enum whose variants are the kinds of one room's due things, in their order at the same second. Handlers match
/// on it without a wildcard, so that a new kind is handled before it compiles.
macro_rules! due_kinds {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$kind_doc:meta])* $kind:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$kind_doc])* $kind),*
        }

        impl $crate::kernel::agenda::DueKind for $name {
            fn rank(self) -> u8 {
                self as u8
            }

            fn at_rank(rank: u8) -> Self {
                const ALL: &[$name] = &[$($name::$kind),*];
                ALL[usize::from(rank)]
            }
        }
    };
}
pub(crate) use due_kinds;

/// One due thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<K = u8> {
    /// Exact time, seconds from the start.
    pub at_s: u32,
    /// What kind of thing. Lower kinds go first at the same second.
    pub kind: K,
    /// Whose; below 2^28.
    pub id: u32,
}

/// Due things of one room, in the order of their exact time.
#[derive(Debug)]
pub struct Agenda<K = u8> {
    heap: BinaryHeap<Reverse<u64>>,
    handled: u64,
    kinds: PhantomData<K>,
}

impl<K> Default for Agenda<K> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), handled: 0, kinds: PhantomData }
    }
}

impl<K: DueKind> Agenda<K> {
    /// Adds one.
    pub fn push(&mut self, due: Due<K>) {
        let rank = due.kind.rank();
        debug_assert!(due.id < 1 << ID_BITS && rank < 16);
        let key = u64::from(due.at_s) << 32 | u64::from(rank) << ID_BITS | u64::from(due.id);
        self.heap.push(Reverse(key));
    }

    /// Time of the next one.
    #[must_use]
    pub fn next_at(&self) -> Option<u32> {
        self.heap.peek().map(|key| (key.0 >> 32) as u32)
    }

    /// Takes the next one that is due before `end_s`.
    pub fn pop_before(&mut self, end_s: u32) -> Option<Due<K>> {
        if self.next_at()? >= end_s {
            return None;
        }
        let Reverse(key) = self.heap.pop()?;
        self.handled += 1;
        Some(Due {
            at_s: (key >> 32) as u32,
            kind: K::at_rank(((key >> ID_BITS) & 0xF) as u8),
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

    due_kinds! {
        /// Three kinds.
        enum Kind {
            First,
            Second,
            Third,
        }
    }

    #[test]
    fn order_is_time_then_kind_then_id() {
        use Kind::{First, Second, Third};
        let mut agenda = Agenda::default();
        let all = [(7, Second, 3), (7, First, 9), (5, Third, 1), (7, Second, 2), (90, First, 0)];
        for (at_s, kind, id) in all {
            agenda.push(Due { at_s, kind, id });
        }
        let mut seen = Vec::new();
        while let Some(due) = agenda.pop_before(90) {
            seen.push((due.at_s, due.kind, due.id));
        }
        assert_eq!(seen, [(5, Third, 1), (7, First, 9), (7, Second, 2), (7, Second, 3)]);
        assert_eq!(agenda.next_at(), Some(90));
    }
}
