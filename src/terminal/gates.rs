//! The truck gates of all terminals, as trucks pass them.

use super::state::{Gate, GateArrival, GateArrivals, Stay, Terminal};
use crate::freight::appointments::AllAppointments;
use crate::kernel::calendar::Calendar;
use crate::kernel::ids::{AtSite, Roster, SiteId, TerminalId, TruckId};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// The gates of all terminals.
#[derive(SystemParam)]
#[expect(missing_debug_implementations, reason = "a view of the world, not data")]
pub struct Gates<'w, 's> {
    at_site: Res<'w, AtSite<TerminalId>>,
    roster: Res<'w, Roster<Terminal>>,
    gates: Query<'w, 's, (&'static Terminal, &'static mut Gate)>,
    arrivals: ResMut<'w, GateArrivals>,
    appointments: ResMut<'w, AllAppointments>,
    calendar: Res<'w, Calendar>,
}

/// A truck that comes to a terminal for one container.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateVisit {
    /// The truck.
    pub truck: TruckId,
    /// The haul.
    pub haul: u32,
    /// When it comes.
    pub at_s: u32,
    /// Its time in a lane over the mean.
    pub gate: f32,
    /// Its time between the gates over the mean.
    pub turn: f32,
    /// It is already between the gates and stays for a second container.
    pub is_inside: bool,
    /// The window that its haul booked: its first second.
    pub window_s: Option<u32>,
}

/// How long a truck stays at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// So long.
    Known(Stay),
    /// The yard of the terminal's plan says when it leaves.
    ByYard,
}

impl Gates<'_, '_> {
    /// Is this site a terminal?
    #[must_use]
    pub fn is_terminal(&self, site: SiteId) -> bool {
        self.at_site.get(site).is_some()
    }

    /// A truck comes to a site for one container; none when the site is no terminal. Where the gate has appointments it is let in
    /// within its window and stands in front of it until then.
    pub fn visit(&mut self, site: SiteId, visit: GateVisit) -> Option<Turn> {
        let id = self.at_site.get(site)?;
        let (terminal, mut state) = self.roster.get_mut(&mut self.gates, id.index());
        let GateVisit { truck, haul, at_s: came_s, gate, turn, is_inside, window_s } = visit;
        let at_s = self.appointments.admit(site, window_s, (came_s, is_inside), &self.calendar);
        if terminal.spec.plan.is_some() {
            state.count();
            self.arrivals.push(GateArrival { at_s, terminal: id, truck, haul, gate, turn, is_inside });
            return Some(Turn::ByYard);
        }
        let stay = state.visit(&terminal.spec, at_s, gate, turn, is_inside);
        Some(Turn::Known(Stay { total_s: stay.total_s + (at_s - came_s), ..stay }))
    }

    /// Mean time for one container without queues, seconds; none when the site is no terminal.
    #[must_use]
    pub fn mean_stay_s(&self, site: SiteId) -> Option<u32> {
        let spec = &self.roster.get(&self.gates, self.at_site.get(site)?.index()).0.spec;
        Some((spec.mean_stay_min() * 60.0) as u32)
    }
}
