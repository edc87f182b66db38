//! Rows out: one for each session that ends, and for each vehicle that leaves a queue without a port.

use super::state::{Arrival, Leave, Plazas, Plug, Port, Session};
use crate::kernel::ids::PortId;
use crate::kernel::units::Kwh;
use crate::record::Code;
use crate::record::rows::{SessionRow, vehicle_cells};
use bevy_ecs::prelude::World;

/// Does it leave with less than it was to get (by more than a watt-hour)?
pub(super) fn is_short(arrival: &Arrival) -> bool {
    !arrival.is_opportunity && (arrival.target - arrival.battery.energy()).0 > 1e-3
}

pub(super) fn session_row(session: &Session, port: Option<PortId>, end_s: u32, leave: Leave) -> SessionRow {
    let arrival = &session.arrival;
    let (vehicle_kind, vehicle_id, fleet) = vehicle_cells(arrival.vehicle, arrival.user);
    SessionRow {
        vehicle_kind,
        vehicle_id,
        fleet,
        site: arrival.site,
        port,
        arrive_s: arrival.at_s,
        start_s: Some(session.start_s),
        end_s,
        wait_s: session.start_s.saturating_sub(arrival.at_s),
        requested_kwh: (arrival.target - session.start_energy).max(Kwh::ZERO).0,
        delivered_kwh: (arrival.battery.energy() - session.start_energy).0,
        grid_kwh: session.drawn.0,
        start_soc: session.start_soc,
        end_soc: arrival.battery.soc(),
        leave: Code(leave.word()),
    }
}

pub(super) fn waited_row(arrival: &Arrival, end_s: u32, leave: Leave) -> SessionRow {
    let (vehicle_kind, vehicle_id, fleet) = vehicle_cells(arrival.vehicle, arrival.user);
    SessionRow {
        vehicle_kind,
        vehicle_id,
        fleet,
        site: arrival.site,
        port: None,
        arrive_s: arrival.at_s,
        start_s: None,
        end_s,
        wait_s: end_s.saturating_sub(arrival.at_s),
        requested_kwh: (arrival.target - arrival.battery.energy()).max(Kwh::ZERO).0,
        delivered_kwh: 0.0,
        grid_kwh: 0.0,
        start_soc: arrival.battery.soc(),
        end_soc: arrival.battery.soc(),
        leave: Code(leave.word()),
    }
}

/// Rows of those who are still at ports or in queues when the run ends.
pub fn open_rows(world: &mut World, end_s: u32) -> Vec<SessionRow> {
    let mut rows: Vec<SessionRow> = world
        .query::<(&Port, &Plug)>()
        .iter(world)
        .filter_map(|(port, plug)| Some(session_row(plug.session.as_ref()?, Some(port.id), end_s, Leave::Open)))
        .collect();
    let plazas = world.resource::<Plazas>();
    rows.extend(plazas.at.iter().flat_map(|plaza| &plaza.queue).map(|waiting| waited_row(waiting, end_s, Leave::Open)));
    rows.sort_by_key(|row| (row.site, row.arrive_s, row.vehicle_kind.0, row.vehicle_id));
    rows
}
