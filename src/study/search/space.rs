//! What there is to decide: a grid of choices, and the designs in it.

use crate::kernel::random::Stream;
use serde::{Deserialize, Serialize};

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Path of the value, such as `charger.night.cabinets`.
    pub path: String,
    /// Its choices as settings have them, in their order: neighbours are near each other.
    pub values: Vec<String>,
    /// Are the choices in an order, such as numbers? Else each is as near to any other.
    pub is_ordered: bool,
}

impl Decision {
    /// Is a choice the lowest or the highest number that was allowed? Of two choices each is an end, which says nothing.
    #[must_use]
    pub fn end(&self, choice: usize) -> Option<&'static str> {
        let last = self.values.len().checked_sub(1).filter(|last| *last > 1 && self.is_ordered)?;
        match choice {
            0 => Some("lowest"),
            choice if choice == last => Some("highest"),
            _ => None,
        }
    }
}

/// A design: for each decision the place of its choice.
pub type Design = Vec<usize>;

/// All decisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// In the order of the study.
    pub decisions: Vec<Decision>,
}

impl Space {
    /// How many designs there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.decisions.iter().fold(1, |product: usize, decision| product.saturating_mul(decision.values.len()))
    }

    /// All designs; the last decision changes fastest.
    #[must_use]
    pub fn all(&self) -> Vec<Design> {
        let mut designs = vec![Vec::new()];
        for decision in &self.decisions {
            let with = |design: &Design| {
                let design = design.clone();
                (0..decision.values.len()).map(move |choice| [design.clone(), vec![choice]].concat())
            };
            designs = designs.iter().flat_map(with).collect();
        }
        designs
    }

    /// Designs that use every choice of every decision evenly (a Latin hypercube on the grid), each once.
    #[must_use]
    pub fn sample(&self, count: usize, stream: &mut Stream) -> Vec<Design> {
        let mut designs = vec![Vec::new(); count];
        for decision in &self.decisions {
            let mut slices: Vec<usize> = (0..count).collect();
            for last in (1..count).rev() {
                let at = (stream.uniform() * (last as f64 + 1.0)) as usize;
                slices.swap(last, at.min(last));
            }
            for (design, slice) in designs.iter_mut().zip(slices) {
                design.push(slice * decision.values.len() / count);
            }
        }
        designs.sort_unstable();
        designs.dedup();
        designs
    }

    /// Designs that differ from one in one decision: by a step where choices are ordered, else by any.
    #[must_use]
    pub fn neighbours(&self, design: &Design) -> Vec<Design> {
        let mut out = Vec::new();
        for (at, decision) in self.decisions.iter().enumerate() {
            let is_near =
                |choice: &usize| *choice != design[at] && (!decision.is_ordered || choice.abs_diff(design[at]) == 1);
            out.extend((0..decision.values.len()).filter(is_near).map(|choice| {
                let mut near = design.clone();
                near[at] = choice;
                near
            }));
        }
        out
    }

    /// The settings of a design.
    #[must_use]
    pub fn settings(&self, design: &Design) -> Vec<String> {
        let one = |(decision, choice): (&Decision, &usize)| format!("{}={}", decision.path, decision.values[*choice]);
        self.decisions.iter().zip(design).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Purpose, Seed};

    #[test]
    fn designs_of_a_grid() {
        let decision = |path: &str, count: usize, is_ordered| Decision {
            path: path.to_owned(),
            values: (0..count).map(|value| value.to_string()).collect(),
            is_ordered,
        };
        let space = Space { decisions: vec![decision("a", 10, true), decision("b", 3, false)] };
        assert_eq!((space.size(), space.all().len()), (30, 30));
        assert_eq!(space.settings(&vec![9, 2]), ["a=9", "b=2"]);
        let ends = [0, 4, 9].map(|choice| space.decisions[0].end(choice));
        assert_eq!(ends, [Some("lowest"), None, Some("highest")]);
        assert_eq!(space.decisions[1].end(0), None, "words have no ends");
        assert_eq!(space.neighbours(&vec![0, 1]), [[1, 1], [0, 0], [0, 2]]);
        let mut stream = Seed { seed: 1, replication: 0 }.stream(Purpose::Studies, 5, 0);
        let some = space.sample(20, &mut stream);
        assert!(some.len() > 10 && (0..10).all(|value| some.iter().any(|design| design[0] == value)), "{some:?}");
    }
}
