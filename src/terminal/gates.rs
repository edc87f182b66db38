//! The truck gates of all terminals, as trucks pass them.

use super::state::{Gate, Stay, Terminal};
use crate::kernel::ids::{AtSite, Roster, SiteId, TerminalId};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// The gates of all terminals.
#[derive(SystemParam)]
#[expect(missing_debug_implementations, reason = "a view of the world, not data")]
pub struct Gates<'w, 's> {
    at_site: Res<'w, AtSite<TerminalId>>,
    roster: Res<'w, Roster<Terminal>>,
    gates: Query<'w, 's, (&'static Terminal, &'static mut Gate)>,
}

impl Gates<'_, '_> {
    /// Is this site a terminal?
    #[must_use]
    pub fn is_terminal(&self, site: SiteId) -> bool {
        self.at_site.get(site).is_some()
    }

    /// A truck comes to a site for one container; none when the site is no terminal. `gate` and `turn` are its times over
    /// their means; `is_inside` when it is already between the gates and stays for a second container.
    pub fn visit(&mut self, site: SiteId, at_s: u32, gate: f32, turn: f32, is_inside: bool) -> Option<Stay> {
        let id = self.at_site.get(site)?;
        let (terminal, mut state) = self.roster.get_mut(&mut self.gates, id.index());
        Some(state.visit(&terminal.spec, at_s, gate, turn, is_inside))
    }

    /// Mean time for one container without queues, seconds; none when the site is no terminal.
    #[must_use]
    pub fn mean_stay_s(&self, site: SiteId) -> Option<u32> {
        let spec = &self.roster.get(&self.gates, self.at_site.get(site)?.index()).0.spec;
        Some(((spec.gate_min + spec.turn_min) * 60.0) as u32)
    }
}
