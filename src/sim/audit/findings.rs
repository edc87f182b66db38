//! What does not hold: sentences that begin with the name of the invariant.

use std::collections::BTreeMap;

/// Relative difference that rounding may leave in sums of many rows.
pub(in crate::sim) const TOLERANCE: f64 = 1e-6;
/// More findings of one kind than these say nothing new.
const MOST: u64 = 5;

/// What an audit found.
#[derive(Debug, Default)]
pub(in crate::sim) struct Findings {
    told: Vec<String>,
    /// How many there are of each kind: of the words before the colon.
    kinds: BTreeMap<String, u64>,
}

impl Findings {
    /// Something does not hold.
    pub(in crate::sim) fn add(&mut self, told: impl FnOnce() -> String) {
        let told = told();
        let kind = told.split(':').next().unwrap_or_default().to_owned();
        let number = self.kinds.entry(kind).or_default();
        *number += 1;
        if *number <= MOST {
            self.told.push(told);
        }
    }

    /// Something has to hold.
    pub(in crate::sim) fn hold(&mut self, holds: bool, told: impl FnOnce() -> String) {
        if !holds {
            self.add(told);
        }
    }

    /// Two figures have to be the same, but for the rounding of long sums.
    pub(in crate::sim) fn equal(&mut self, what: impl FnOnce() -> String, left: f64, right: f64) {
        self.near(what, left, right, TOLERANCE * left.abs().max(right.abs()).max(1.0));
    }

    /// Two figures have to be the same within a tolerance; what is no number is never the same.
    pub(in crate::sim) fn near(&mut self, what: impl FnOnce() -> String, left: f64, right: f64, tolerance: f64) {
        let is_near = (left - right).abs() <= tolerance;
        self.hold(is_near, || format!("{}: {left} is not {right}", what()));
    }

    /// All of them.
    pub(in crate::sim) fn told(self) -> Vec<String> {
        let more = self.kinds.iter().filter(|kind| *kind.1 > MOST);
        let more = more.map(|(kind, number)| format!("{kind}: and {} more", number - MOST));
        self.told.iter().cloned().chain(more).collect()
    }
}
