//! What is due in this room, and when.

use crate::kernel::agenda::{Agenda, Due};
use crate::kernel::ids::{CabinetId, PortId, SiteId};
use bevy_ecs::prelude::Resource;

/// Something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A session is done.
    Finish(PortId),
    /// A cabinet works again.
    Repair(CabinetId),
    /// Charging ports that were kept for home fleets are free for all: those of a group of chargers.
    Reopen(u32),
    /// A vehicle that waits at the site has to go.
    GiveUp(SiteId),
    /// The vehicle at a charging port has to go.
    TimeUp(PortId),
    /// A cabinet breaks.
    Fail(CabinetId),
    /// A battery accepts so much less than its session was granted that others can have it.
    Taper(PortId),
}

/// One event of each kind from its id, in the order in which they are handled at the same second.
const KINDS: [fn(u32) -> Event; 7] = [
    |id| Event::Finish(PortId(id)),
    |id| Event::Repair(CabinetId(id)),
    Event::Reopen,
    |id| Event::GiveUp(SiteId(id)),
    |id| Event::TimeUp(PortId(id)),
    |id| Event::Fail(CabinetId(id)),
    |id| Event::Taper(PortId(id)),
];

impl Event {
    /// Its place in [`KINDS`], and its id.
    const fn key(self) -> (u8, u32) {
        match self {
            Self::Finish(port) => (0, port.0),
            Self::Repair(cabinet) => (1, cabinet.0),
            Self::Reopen(group) => (2, group),
            Self::GiveUp(site) => (3, site.0),
            Self::TimeUp(port) => (4, port.0),
            Self::Fail(cabinet) => (5, cabinet.0),
            Self::Taper(port) => (6, port.0),
        }
    }
}

/// Ends of sessions, times up, failures and repairs to come.
#[derive(Resource, Debug, Default)]
pub(crate) struct ChargingAgenda(Agenda);

impl ChargingAgenda {
    /// Adds an event at its exact time, seconds from the start.
    pub(super) fn push(&mut self, at_s: u32, event: Event) {
        let (kind, id) = event.key();
        self.0.push(Due { at_s, kind, id });
    }

    /// Is an event due before `end_s`?
    pub(super) fn is_due_before(&self, end_s: u32) -> bool {
        self.0.next_at().is_some_and(|at_s| at_s < end_s)
    }

    /// When the next event is due.
    pub(super) fn next_at(&self) -> Option<u32> {
        self.0.next_at()
    }

    /// Takes the next event that is due before `end_s`, and its time.
    pub(super) fn pop_before(&mut self, end_s: u32) -> Option<(u32, Event)> {
        let due = self.0.pop_before(end_s)?;
        Some((due.at_s, KINDS[usize::from(due.kind)](due.id)))
    }

    /// How many events have been taken.
    pub(crate) fn handled(&self) -> u64 {
        self.0.handled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_went_in_and_kinds_keep_their_order() {
        let mut agenda = ChargingAgenda::default();
        for kind in KINDS.iter().rev() {
            agenda.push(7, kind(3));
        }
        for (place, kind) in KINDS.iter().enumerate() {
            assert_eq!(kind(3).key(), (place as u8, 3));
            assert_eq!(agenda.pop_before(8), Some((7, kind(3))));
        }
        assert_eq!(agenda.handled(), 7);
    }
}
