//! A station with its parts, as the systems of this room see it: its own components, and its dispenser positions.

use super::state::{Dispenser, Fill, Flows, FuelQueue, Outages, Position, Shortage, Station, StationBooks, Trailers};
use super::storage::{Bulk, Cascade};
use crate::kernel::ids::{AtSite, Roster, SiteId, StationId};
use bevy_ecs::prelude::*;
use bevy_ecs::query::QueryData;
use bevy_ecs::system::SystemParam;

/// A station with all that moves in it, but for its positions.
#[derive(QueryData)]
#[query_data(mutable)]
pub(super) struct StationParts {
    pub(super) station: &'static Station,
    pub(super) bulk: &'static mut Bulk,
    pub(super) cascade: &'static mut Cascade,
    pub(super) flows: &'static mut Flows,
    pub(super) queue: &'static mut FuelQueue,
    pub(super) shortage: &'static mut Shortage,
    pub(super) trailers: &'static mut Trailers,
    pub(super) books: &'static mut StationBooks,
}

impl StationPartsItem<'_, '_> {
    /// Hydrogen that is not promised to vehicles at positions, kg.
    pub(super) fn free_kg(&self, positions: &Positions<'_, '_>) -> f64 {
        free_kg(&self.bulk, &self.cascade, positions.fills(self.station))
    }
}

fn free_kg<'a>(bulk: &Bulk, cascade: &Cascade, fills: impl Iterator<Item = &'a Fill>) -> f64 {
    let promised: f64 = fills.map(|fill| fill.arrival.need_kg()).sum();
    bulk.0.usable_kg() + cascade.0.usable_kg() - promised
}

/// All dispenser positions.
#[derive(SystemParam)]
pub(super) struct Positions<'w, 's> {
    roster: Res<'w, Roster<Position>>,
    dispensers: Query<'w, 's, &'static mut Dispenser>,
    outages: Query<'w, 's, (&'static Position, &'static mut Outages)>,
}

impl Positions<'_, '_> {
    /// The station of a position, and its number there.
    pub(super) fn position(&self, id: usize) -> Position {
        *self.roster.get(&self.outages, id).0
    }

    /// What a position does.
    pub(super) fn get(&self, id: usize) -> &Dispenser {
        self.roster.get(&self.dispensers, id)
    }

    /// What a position does, to change it.
    pub(super) fn get_mut(&mut self, id: usize) -> Mut<'_, Dispenser> {
        self.roster.get_mut(&mut self.dispensers, id)
    }

    /// Time until the next outage or repair of a position whose mean is `mean_h`, seconds.
    pub(super) fn draw_outage_s(&mut self, id: usize, mean_h: f64) -> u32 {
        self.roster.get_mut(&mut self.outages, id).1.0.exponential_s(mean_h)
    }

    /// What the positions of a station do, by their number.
    pub(super) fn of(&self, station: &Station) -> impl Iterator<Item = &Dispenser> {
        station.positions().map(|id| self.get(id))
    }

    /// Vehicles at the positions of a station.
    pub(super) fn fills(&self, station: &Station) -> impl Iterator<Item = &Fill> {
        self.of(station).filter_map(Dispenser::fill)
    }
}

/// What others may ask of the station at a site.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StationOutlook {
    /// Positions that are not out of order.
    pub working_positions: u32,
    /// Vehicles at positions.
    pub fills: u32,
    /// Vehicles that wait.
    pub waiting: u32,
    /// Hydrogen that is promised neither to vehicles at positions nor to those that wait, kg.
    pub free_kg: f64,
}

/// All stations, to look at.
#[derive(SystemParam)]
#[expect(missing_debug_implementations, reason = "a view of the world, not data")]
pub struct Stations<'w, 's> {
    at_site: Res<'w, AtSite<StationId>>,
    roster: Res<'w, Roster<Station>>,
    stations: Query<'w, 's, (&'static Station, &'static Bulk, &'static Cascade, &'static FuelQueue)>,
    positions: Res<'w, Roster<Position>>,
    dispensers: Query<'w, 's, &'static Dispenser>,
}

impl Stations<'_, '_> {
    /// What can be said of the station at a site; all zero where there is none.
    #[must_use]
    pub fn outlook(&self, site: SiteId) -> StationOutlook {
        let Some(id) = self.at_site.get(site) else { return StationOutlook::default() };
        let (station, bulk, cascade, queue) = self.roster.get(&self.stations, id.index());
        let of_station = || station.positions().map(|id| self.positions.get(&self.dispensers, id));
        let fills = || of_station().filter_map(Dispenser::fill);
        StationOutlook {
            working_positions: of_station().filter(|dispenser| !dispenser.is_broken()).count() as u32,
            fills: fills().count() as u32,
            waiting: queue.waiting().len() as u32,
            free_kg: free_kg(bulk, cascade, fills()) - queue.need_kg(),
        }
    }
}
