//! The floor of every leaderboard: a policy that orders nothing, and one that orders at random what it is allowed to. A score
//! by which one of them comes first measures the wrong thing; a policy that loses to `random` has learnt nothing. What they
//! order stands in the file of each kind.

use super::decide::{BuiltIn, Decide, Decision, Policy};
use crate::kernel::random::{Purpose, Seed, Stream};

/// Name of the policy that orders nothing.
pub const NOTHING: &str = "nothing";
/// Name of the one that orders at random.
pub const RANDOM: &str = "random";

/// Both, for the lists of kinds.
pub(super) const FLOOR: [BuiltIn; 2] = [
    BuiltIn {
        is_floor: true,
        ..BuiltIn::new(
            NOTHING,
            "Nothing (to measure others against)",
            "gives no orders: the lower bound of a comparison",
            &[],
        )
    },
    BuiltIn {
        is_floor: true,
        ..BuiltIn::new(
            RANDOM,
            "Random (to measure others against)",
            "orders at random what it may: the lower reference of a comparison",
            &[],
        )
    },
];

/// The policy of the floor with this name, if it is one of them.
pub(super) fn floor<K: Decision>(name: &str) -> Option<Box<dyn Decide<K>>>
where
    Nothing: Decide<K>,
    Random: Decide<K>,
{
    match name {
        NOTHING => Some(Box::new(Nothing)),
        RANDOM => Some(Box::new(Random)),
        _ => None,
    }
}

/// Orders nothing.
#[derive(Debug)]
pub(super) struct Nothing;

/// Orders at random: a function of the time of the view, so that the same run gives the same orders.
#[derive(Debug)]
pub(super) struct Random;

impl Random {
    pub(super) fn draws(at: u32) -> Stream {
        Seed { seed: 0, replication: 0 }.stream(Purpose::RandomPolicies, u64::from(at), 0)
    }
}

/// One of `count`; there must be one.
pub(super) fn one_of(count: usize, draws: &mut Stream) -> usize {
    ((draws.uniform() * count as f64) as usize).min(count - 1)
}

impl Policy for Nothing {
    fn name(&self) -> &'static str {
        NOTHING
    }
}

impl Policy for Random {
    fn name(&self) -> &'static str {
        RANDOM
    }
}
