//! Rows out: one for each session that ends, and for each vehicle that leaves a queue without a charging port; and what
//! the end of a run asks of this room.

use super::arrival::{Arrival, Arrivals, Departures};
use super::session::{Plug, Session};
use super::state::{Cabinet, Port, SiteChargers, SitePorts, SiteQueue};
use crate::kernel::ids::{Roster, VisitId};
use crate::kernel::units::{Kw, Kwh};
use crate::record::Records;
use crate::record::rows::SessionRow;
use crate::record::summary::Summary;
use crate::record::words::Leave;
use crate::vehicle::on_board::Content;
use crate::vehicle::record::vehicle_kind;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::{Component, World};

/// What is the same for a vehicle that charged and one that only waited; energy as of now.
fn row(arrival: &Arrival, start_energy: Kwh, end_s: u32, leave: Leave) -> SessionRow {
    SessionRow {
        vehicle_kind: vehicle_kind(arrival.vehicle),
        vehicle_id: arrival.vehicle.number(),
        session_id: if let Vehicle::Visitor(row) = arrival.vehicle { Some(VisitId(row)) } else { None },
        fleet: if let User::Fleet(fleet) = arrival.user { Some(fleet) } else { None },
        site: arrival.site,
        port: None,
        arrive_s: arrival.at_s,
        start_s: None,
        end_s,
        depart_s: arrival.depart_s,
        wait_s: end_s.saturating_sub(arrival.at_s),
        requested_kwh: (arrival.target - start_energy).max(Kwh::ZERO).0,
        delivered_kwh: (arrival.battery.energy() - start_energy).0,
        grid_kwh: 0.0,
        v2g_export_kwh: 0.0,
        paid_usd: None,
        accepts_kw: arrival.battery.accepts().0,
        start_soc: arrival.battery.soc(),
        end_soc: arrival.battery.soc(),
        leave,
    }
}

pub(super) fn session_row(session: &Session, port: &Port, end_s: u32, leave: Leave) -> SessionRow {
    let arrival = session.arrival();
    let is_equipment = matches!(arrival.vehicle, Vehicle::Unit(_));
    SessionRow {
        port: Some(port.id),
        start_s: Some(session.start_s()),
        wait_s: session.start_s().saturating_sub(arrival.at_s),
        grid_kwh: session.drawn().0,
        v2g_export_kwh: session.exported().0,
        // Equipment charges at its own terminal, which does not sell to itself.
        paid_usd: port.price_usd_per_kwh.filter(|_| !is_equipment).map(|price| session.drawn().0 * price),
        start_soc: session.start_soc(),
        ..row(arrival, session.start_energy(), end_s, leave)
    }
}

pub(super) fn waited_row(arrival: &Arrival, end_s: u32, leave: Leave) -> SessionRow {
    row(arrival, arrival.battery.energy(), end_s, leave)
}

/// Takes back what sessions that are under way had in a warm-up.
pub(crate) fn warmed_up(world: &mut World, end_s: u32, summary: &mut Summary) {
    summary.take_back_sessions(&open_rows(world, end_s));
}

/// Rows of the vehicles that are still at charging ports or in queues when the run ends.
fn open_rows(world: &mut World, end_s: u32) -> Vec<SessionRow> {
    let mut plugs = world.query::<(&Port, &Plug)>();
    let plugged = plugs.iter(world).filter_map(|(port, plug)| Some((port, plug.session()?)));
    let mut rows: Vec<SessionRow> =
        plugged.map(|(port, session)| session_row(session, port, end_s, Leave::Open)).collect();
    let mut queues = world.query::<&SiteQueue>();
    let waiting = queues.iter(world).flat_map(SiteQueue::waiting);
    rows.extend(waiting.map(|waiting| waited_row(waiting, end_s, Leave::Open)));
    rows.sort_by_key(|row| (row.site, row.arrive_s, row.vehicle_kind, row.vehicle_id));
    rows
}

/// Rows for sessions that are still open when the run ends.
pub(crate) fn close(world: &mut World, end_s: u32) {
    for row in open_rows(world, end_s) {
        world.resource_mut::<Records<SessionRow>>().push(row);
    }
}

/// A component of each site's charging, in site order.
fn of_sites<T: Component>(world: &World) -> impl Iterator<Item = &T> {
    let sites = world.resource::<Roster<SiteQueue>>().all();
    sites.iter().map(|site| world.get(*site).expect("a site has all that belongs to its charging"))
}

/// What is plugged in at each charging port, in id order.
fn plugs(world: &World) -> impl Iterator<Item = &Plug> {
    let ports = world.resource::<Roster<Port>>().all();
    ports.iter().map(|port| world.get(*port).expect("a charging port has a plug"))
}

/// Charging ports by site.
pub(crate) fn port_counts(world: &World) -> Vec<u32> {
    of_sites::<SiteChargers>(world).map(|chargers| chargers.port_count).collect()
}

/// Most power that each charging port draws, and most that it exports, in the order of ports.
#[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
pub(crate) fn port_limits(world: &World) -> Vec<(Kw, Kw)> {
    let ports = world.resource::<Roster<Port>>().components::<Port>(world);
    ports.map(|port| (port.limit, port.v2g_limit)).collect()
}

/// Area under the length of each site's queue until the run ends, vehicle-seconds.
pub(super) fn queue_areas_s(world: &World, end_s: u32) -> Vec<i64> {
    of_sites::<SiteQueue>(world).map(|queue| queue.area_until_s(end_s)).collect()
}

/// Charging ports that their sites list as occupied, and those that have a session.
pub(super) fn occupied_and_plugged(world: &World) -> (u64, u64) {
    let occupied = of_sites::<SitePorts>(world).map(|ports| ports.occupied().len() as u64).sum();
    let plugged = plugs(world).filter(|plug| plug.session().is_some()).count() as u64;
    (occupied, plugged)
}

/// Batteries that this room holds, or that are handed to it or back, each with its vehicle.
pub(crate) fn on_board(world: &World) -> Vec<(Vehicle, Content)> {
    let plugged = plugs(world).filter_map(Plug::session).map(Session::arrival);
    let waiting = of_sites::<SiteQueue>(world).flat_map(SiteQueue::waiting);
    let arrivals = plugged.chain(waiting).chain(world.resource::<Arrivals>().iter());
    let leaving = world.resource::<Departures>().iter().map(|departure| (departure.vehicle, &departure.battery));
    let all = arrivals.map(|arrival| (arrival.vehicle, &arrival.battery)).chain(leaving);
    all.map(|(vehicle, battery)| (vehicle, Content::battery(battery))).collect()
}

/// The group of chargers that each charging port belongs to, as positions in the scenario's list.
pub(crate) fn groups_of_ports(world: &World) -> Vec<usize> {
    cabinets(world).flat_map(|cabinet| cabinet.ports().map(|_| cabinet.group)).collect()
}

/// The groups of chargers at each site, in the order of their cabinets.
pub(crate) fn groups_at_sites(world: &World) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); world.resource::<Roster<SiteQueue>>().len()];
    for cabinet in cabinets(world) {
        let here = &mut groups[cabinet.site.index()];
        if here.last() != Some(&cabinet.group) {
            here.push(cabinet.group);
        }
    }
    groups
}

/// All cabinets, in id order; so are their charging ports.
fn cabinets(world: &World) -> impl Iterator<Item = &Cabinet> {
    let cabinets = world.resource::<Roster<Cabinet>>().all();
    cabinets.iter().map(|cabinet| world.get(*cabinet).expect("a roster of cabinets lists cabinets"))
}

/// Breaks the books on purpose, for tests of the audit.
#[cfg(test)]
pub(crate) mod tamper {
    use super::super::state::SessionLog;
    use super::{Roster, SitePorts, SiteQueue, World};
    use crate::kernel::ids::PortId;

    /// Counts a session that never began.
    pub(crate) fn count_a_session(world: &mut World) {
        world.resource_mut::<SessionLog>().begin(PortId(0));
    }

    /// Lists a charging port of a site as occupied that is free.
    pub(crate) fn occupy_a_port(world: &mut World, site: usize) {
        let site = world.resource::<Roster<SiteQueue>>().entity(site);
        let mut ports = world.get_mut::<SitePorts>(site).expect("a site has charging ports");
        let free = (0..u32::MAX).map(PortId).find(|port| !ports.occupied().contains(port));
        ports.occupy(free.expect("more than any port"));
    }

    /// Counts a second too much under the length of a site's queue.
    pub(crate) fn lengthen_queue(world: &mut World, site: usize) {
        let site = world.resource::<Roster<SiteQueue>>().entity(site);
        world.get_mut::<SiteQueue>(site).expect("a site has a queue").line().exit(1);
    }
}
