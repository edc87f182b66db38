//! The floor that any charging policy must beat.

use super::info::ChargingInfo;
use super::view::ChargingView;
use crate::kernel::units::Kw;
use crate::policy::decide::Decide;
use crate::policy::floor::{NOTHING, Nothing, RANDOM, Random};
use crate::policy::kind::Charging;

pub(super) const POLICIES: &[ChargingInfo] = &[
    ChargingInfo {
        name: NOTHING,
        label: "Nothing (to measure others against)",
        about: "charges no vehicle: the lower bound of a comparison",
        knows: &[],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Nothing),
    },
    ChargingInfo {
        name: RANDOM,
        label: "Random (to measure others against)",
        about: "some share of what each asks for, drawn anew each interval: the lower reference of a comparison",
        knows: &[],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Random),
    },
];

impl Decide<Charging> for Nothing {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        Ok(vec![Kw::ZERO; view.sessions.len()])
    }
}

impl Decide<Charging> for Random {
    /// Each session gets some share of what it asks for.
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let mut draws = Self::draws(view.time_s);
        Ok(view.sessions.ask_kw.iter().map(|ask| Kw(ask.0 * draws.uniform())).collect())
    }
}
