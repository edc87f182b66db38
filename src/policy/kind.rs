//! The kinds of policies: one list.

use crate::kernel::random::Purpose;
use std::fmt;

/// A kind of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyKind {
    /// Which truck takes which haul, and which truck charges where.
    Dispatch,
    /// The set-point of every session.
    Charging,
    /// What is bought in a year.
    Adoption,
    /// When electrolysers run and hydrogen is ordered.
    HydrogenSupply,
    /// What is built in a year.
    BuildOut,
}

impl PolicyKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Dispatch, Self::Charging, Self::Adoption, Self::HydrogenSupply, Self::BuildOut];

    /// Its word, which is also the name of its world.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Charging => "charging",
            Self::Adoption => "adoption",
            Self::HydrogenSupply => "hydrogen-supply",
            Self::BuildOut => "build-out",
        }
    }

    /// The key of a scenario that names who decides.
    #[must_use]
    pub fn setting(self) -> &'static str {
        match self {
            Self::Dispatch => "policy.dispatch",
            Self::Charging => "policy.charging",
            Self::Adoption => "transition.adoption",
            Self::HydrogenSupply => "policy.hydrogen",
            Self::BuildOut => "transition.infrastructure",
        }
    }

    /// Random numbers of a kind's plugins are its own.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Dispatch => Purpose::DispatchPlugin,
            Self::Charging => Purpose::ChargingPlugin,
            Self::Adoption => Purpose::AdoptionPlugin,
            Self::HydrogenSupply => Purpose::HydrogenPlugin,
            Self::BuildOut => Purpose::BuildOutPlugin,
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
