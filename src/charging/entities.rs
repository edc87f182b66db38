//! Charging ports, cabinets and the queues of sites, each looked up by its id: how the queue step reaches them.

use super::arrival::Arrival;
use super::session::Plug;
use super::state::{Cabinet, CabinetState, ChargingTables, Port, SetPoint, SiteChargers, SitePorts, SiteQueue};
use crate::kernel::calendar::Calendar;
use crate::kernel::ids::{CabinetId, PortId, Roster, SiteId};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// Charging ports.
#[derive(SystemParam)]
pub(super) struct Ports<'w, 's> {
    roster: Res<'w, Roster<Port>>,
    ports: Query<'w, 's, (&'static Port, &'static mut Plug, &'static mut SetPoint)>,
}

impl Ports<'_, '_> {
    /// What a charging port is, and its session.
    pub(super) fn get(&self, id: PortId) -> (&Port, &Plug) {
        let (port, plug, _) = self.roster.get(&self.ports, id.index());
        (port, plug)
    }

    /// The power in force at a charging port.
    pub(super) fn power(&self, id: PortId) -> SetPoint {
        *self.roster.get(&self.ports, id.index()).2
    }

    /// What a charging port is, its session and its set-point, to change them.
    pub(super) fn get_mut(&mut self, id: PortId) -> (&Port, &mut Plug, &mut SetPoint) {
        let (port, plug, set_point) = self.roster.get_mut(&mut self.ports, id.index());
        (port, plug.into_inner(), set_point.into_inner())
    }
}

/// Cabinets, and which vehicles may use them when.
#[derive(SystemParam)]
pub(super) struct Cabinets<'w, 's> {
    calendar: Res<'w, Calendar>,
    tables: Res<'w, ChargingTables>,
    roster: Res<'w, Roster<Cabinet>>,
    cabinets: Query<'w, 's, (&'static Cabinet, &'static mut CabinetState)>,
}

impl Cabinets<'_, '_> {
    /// A cabinet.
    pub(super) fn get(&self, id: CabinetId) -> (&Cabinet, &CabinetState) {
        self.roster.get(&self.cabinets, id.index())
    }

    /// A cabinet, to change it.
    pub(super) fn get_mut(&mut self, id: CabinetId) -> (&Cabinet, &mut CabinetState) {
        let (cabinet, state) = self.roster.get_mut(&mut self.cabinets, id.index());
        (cabinet, state.into_inner())
    }

    /// Those of a group of chargers, in id order.
    pub(super) fn of_group(&self, group: usize) -> impl Iterator<Item = &Cabinet> {
        self.roster.iter(&self.cabinets).map(|(cabinet, _)| cabinet).filter(move |cabinet| cabinet.group == group)
    }

    /// May trucks use a cabinet?
    pub(super) fn is_for_trucks(&self, id: CabinetId) -> bool {
        self.tables.access(self.get(id).0.group).is_for_trucks()
    }

    /// Second of the local day at which a reservation of a group of chargers ends, if it has one.
    pub(super) fn reserved_until(&self, group: usize) -> Option<u32> {
        self.tables.access(group).reserved.map(|(_, to)| to)
    }

    /// May a vehicle ever use a cabinet?
    pub(super) fn allows(&self, id: CabinetId, arrival: &Arrival) -> bool {
        let cabinet = self.get(id).0;
        self.tables.allows(cabinet.group, arrival.user) && arrival.battery.fits(cabinet.connector)
    }

    /// May a vehicle plug in at a cabinet at this time?
    pub(super) fn may_start(&self, (cabinet, state): (&Cabinet, &CabinetState), arrival: &Arrival, at_s: u32) -> bool {
        let access = self.tables.access(cabinet.group);
        let is_elsewhere = arrival.lot.is_some_and(|lot| cabinet.lot != Some(lot));
        let fits = access.allows(arrival.user) && arrival.battery.fits(cabinet.connector);
        if state.is_broken() || is_elsewhere || !fits {
            return false;
        }
        if arrival.at_home || access.reserved.is_none() {
            return true;
        }
        !access.reserved_at(self.calendar.second_of_day(i64::from(at_s)))
    }

    /// The lowest charging port of a cabinet at which a vehicle may plug in as it comes, and the power that it promises.
    pub(super) fn offer(&self, id: CabinetId, arrival: &Arrival) -> Option<(f64, PortId)> {
        let (cabinet, state) = self.get(id);
        let port = state.first_free()?;
        if !self.may_start((cabinet, state), arrival, arrival.at_s) {
            return None;
        }
        let busy = cabinet.port_count as usize - state.free_count();
        Some((cabinet.port_limit.0.min(cabinet.limit.0 / (busy + 1) as f64), port))
    }
}

/// What charging at the sites consists of, their queues and the charging ports in use.
#[derive(SystemParam)]
pub(super) struct SiteQueues<'w, 's> {
    roster: Res<'w, Roster<SiteQueue>>,
    sites: Query<'w, 's, (&'static SiteChargers, &'static mut SiteQueue, &'static mut SitePorts)>,
}

impl SiteQueues<'_, '_> {
    /// What charging at a site consists of.
    pub(super) fn chargers(&self, site: SiteId) -> &SiteChargers {
        self.roster.get(&self.sites, site.index()).0
    }

    /// What charging at a site consists of, and its queue, to change it.
    pub(super) fn queue(&mut self, site: SiteId) -> (&SiteChargers, &mut SiteQueue) {
        let (chargers, queue, _) = self.roster.get_mut(&mut self.sites, site.index());
        (chargers, queue.into_inner())
    }

    /// The charging ports of a site that are in use, in id order.
    pub(super) fn occupied(&self, site: SiteId) -> &[PortId] {
        self.roster.get(&self.sites, site.index()).2.occupied()
    }

    /// All charging ports that are in use, in id order.
    pub(super) fn all_occupied(&self) -> impl Iterator<Item = PortId> {
        self.roster.iter(&self.sites).flat_map(|(_, _, ports)| ports.occupied()).copied()
    }

    /// The charging ports of a site that are in use, to change them.
    pub(super) fn ports(&mut self, site: SiteId) -> &mut SitePorts {
        self.roster.get_mut(&mut self.sites, site.index()).2.into_inner()
    }

    /// A vehicle that has come, or waits, plugs in.
    pub(super) fn plug_in(&mut self, site: SiteId, port: PortId, start_s: u32) {
        let (_, mut queue, mut ports) = self.roster.get_mut(&mut self.sites, site.index());
        queue.line().exit(start_s);
        ports.occupy(port);
    }
}
