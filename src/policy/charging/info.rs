//! What is known of a built-in charging policy before it decides.

use crate::policy::decide::Decide;
use crate::policy::kind::Charging;
use crate::policy::parameter::Parameter;
use crate::scenario::loaded::Schedule;

/// A built-in charging policy, as the table of policies shows it.
#[derive(Debug)]
pub struct ChargingInfo {
    /// The name users give.
    pub name: &'static str,
    /// What pages call it.
    pub label: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it uses beyond what each session can take and the limits.
    pub knows: &'static [Knows],
    /// May it let vehicles export energy (V2G)?
    pub discharges: bool,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    pub(super) make: fn(&[f64], Option<&Schedule>) -> Box<dyn Decide<Charging>>,
}

/// What a policy may know of a session or its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knows {
    /// When it came.
    Arrival,
    /// When it goes.
    Departure,
    /// How much it still needs.
    Need,
    /// Which vehicle it is.
    Vehicle,
    /// What its next duty takes.
    Duty,
    /// The site's load without charging.
    Load,
    /// The site's solar power.
    Solar,
    /// Energy prices ahead.
    Prices,
}

impl Knows {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Departure => "departure",
            Self::Need => "need",
            Self::Vehicle => "vehicle",
            Self::Duty => "next duty",
            Self::Load => "load",
            Self::Solar => "solar",
            Self::Prices => "prices",
        }
    }
}
