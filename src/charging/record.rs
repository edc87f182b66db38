//! Rows out: one for each session that ends, and for each vehicle that leaves a queue without a port.

use super::state::{Arrival, Leave, Plazas, Plug, Port, Session};
use crate::kernel::ids::VisitId;
use crate::kernel::units::Kwh;
use crate::record::Records;
use crate::record::rows::SessionRow;
use crate::vehicle::record::vehicle_kind;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::World;

/// Does it leave with less than it was to get (by more than a watt-hour)?
pub(super) fn is_short(arrival: &Arrival) -> bool {
    !arrival.is_opportunity && (arrival.target - arrival.battery.energy()).0 > 1e-3
}

/// What is the same for whoever charged and whoever only waited; energy as of now.
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
    let arrival = &session.arrival;
    let is_equipment = matches!(arrival.vehicle, Vehicle::Unit(_));
    SessionRow {
        port: Some(port.id),
        start_s: Some(session.start_s),
        wait_s: session.start_s.saturating_sub(arrival.at_s),
        grid_kwh: session.drawn.0,
        v2g_export_kwh: session.given.0,
        // Equipment charges at its own terminal, which does not sell to itself.
        paid_usd: port.price.filter(|_| !is_equipment).map(|price| session.drawn.0 * price),
        start_soc: session.start_soc,
        ..row(arrival, session.start_energy, end_s, leave)
    }
}

pub(super) fn waited_row(arrival: &Arrival, end_s: u32, leave: Leave) -> SessionRow {
    row(arrival, arrival.battery.energy(), end_s, leave)
}

/// Rows of those who are still at ports or in queues when the run ends.
pub fn open_rows(world: &mut World, end_s: u32) -> Vec<SessionRow> {
    let mut rows: Vec<SessionRow> = world
        .query::<(&Port, &Plug)>()
        .iter(world)
        .filter_map(|(port, plug)| Some(session_row(plug.session.as_ref()?, port, end_s, Leave::Open)))
        .collect();
    let plazas = world.resource::<Plazas>();
    rows.extend(plazas.at.iter().flat_map(|plaza| &plaza.queue).map(|waiting| waited_row(waiting, end_s, Leave::Open)));
    rows.sort_by_key(|row| (row.site, row.arrive_s, row.vehicle_kind, row.vehicle_id));
    rows
}

/// Rows for sessions that are still open when the run ends.
pub(crate) fn close(world: &mut World, end_s: u32) {
    for row in open_rows(world, end_s) {
        world.resource_mut::<Records<SessionRow>>().push(row);
    }
}
