//! Rows out: one for each session that ends, and for each vehicle that leaves a queue without a port.

use super::state::{Arrival, ChargingTables, Leave, LotUses, Lots, Plazas, Plug, Port, Session};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, VisitId};
use crate::kernel::units::Kwh;
use crate::record::Records;
use crate::record::metrics::{Metric, MetricName, ScopeMetrics};
use crate::record::names::Names;
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

/// Metrics of charging lots (scope `lot:KEY`).
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    let tables = world.resource::<ChargingTables>();
    let end_s = world.resource::<Clock>().now_s();
    let ports = world.resource::<Roster<Port>>();
    let plugs = || ports.components::<Port>(world).zip(ports.components::<Plug>(world));
    for (at, (lot, used)) in world.resource::<Lots>().0.iter().zip(&world.resource::<LotUses>().0).enumerate() {
        let is_here = |port: &Port| tables.cabinets[port.cabinet.index()].lot.is_some_and(|lot| lot.index() == at);
        let here = || plugs().filter(|(port, _)| is_here(port));
        let open_s: u64 = here()
            .filter_map(|(_, plug)| plug.session.as_ref())
            .map(|it| u64::from(end_s - it.start_s.min(end_s)))
            .sum();
        let most_s = here().count() as f64 * f64::from(end_s);
        let mut scope = ScopeMetrics::new(format!("lot:{}/{}", names.sites[lot.site.index()], lot.name), &mut out);
        scope.count(MetricName::LotSessions, used.waits.number());
        scope.add(MetricName::LotUtilization, (most_s > 0.0).then(|| (used.taken_s + open_s) as f64 / most_s));
        scope.add(MetricName::LotQueueMeanMin, used.waits.mean_min());
        scope.add(MetricName::LotQueueP95Min, used.waits.quantile_min(0.95));
    }
    out
}
