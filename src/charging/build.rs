//! Cabinets, ports, queues.

use super::power::{Asks, Grants, Plans};
use super::spec::ChargerSpec;
use super::state::{
    Arrivals, Budget, Cabinet, ChargingTables, Departures, FreePorts, Fresh, Grant, Knowledge, LotName, LotUse,
    LotUses, Lots, Plaza, Plazas, Plug, Plugging, Port, Spent, kind,
};
use super::visits::visits;
use crate::grid::build::{self as grid, Inner};
use crate::grid::state::{ChargingLoad, LimitTree};
use crate::kernel::agenda::Due;
use crate::kernel::calendar::{Calendar, parse_window};
use crate::kernel::ids::{CabinetId, FleetId, NodeId, PortId, SiteId};
use crate::kernel::random::{Purpose, key_of};
use crate::kernel::units::{Kw, Kwh};
use crate::place::build::Build;
use crate::policy::dispatch::SitesByFleet;
use crate::vehicle::user::{User, access_of};

/// Cabinets and ports, site by site, so that the ports of a site and of a cabinet are neighbours.
pub(crate) fn add(build: &mut Build<'_>) {
    let groups: Vec<(String, ChargerSpec)> =
        build.scenario.charger.iter().map(|(key, spec)| (key.clone(), spec.clone())).collect();
    let Inner { mut parent, mut limit, nodes } = grid::inner_nodes(build);
    let mut tables = ChargingTables::default();
    let mut plazas: Vec<Plaza> =
        build.sites.0.iter().map(|site| Plaza { order: site.spec.queue, ..Plaza::default() }).collect();
    for (_, spec) in &groups {
        let window = spec.reserved_hours.as_deref().and_then(parse_window);
        let seconds = |minutes: f64| (minutes * 60.0).round() as u32;
        tables.plugging.push(Plugging {
            plug_s: seconds(spec.plug_min),
            unplug_s: seconds(spec.unplug_min),
            staff_free_s: vec![0; spec.staff.unwrap_or(0) as usize],
        });
        tables.access.push(access_of(&spec.users, |key| build.fleet(key), |key| build.equipment_model(key), window));
    }
    let lots = lots(build, &groups);
    let mut ports: Vec<Port> = Vec::new();
    let mut names = Vec::new();
    for site in build.sites.ids() {
        for (group, (key, spec)) in groups.iter().enumerate().filter(|(_, group)| build.site(&group.1.site) == site) {
            for number in 0..spec.cabinets {
                let lot = spec.lot.as_deref().and_then(|lot| lots.find(site, lot));
                let cabinet = Cabinet { lot, ..cabinet(build, key, spec, site, group, number, ports.len()) };
                let id = CabinetId::at(tables.cabinets.len());
                let node = NodeId::at(parent.len());
                let above = grid::inner_node(build, site, spec.behind.as_deref());
                parent.push(Some(above));
                limit.push(cabinet.limit);
                for (plug, port) in cabinet.ports.iter().enumerate() {
                    ports.push(Port { id: *port, site, cabinet: id, node, above, ..port_of(spec) });
                    names.push(format!("{key}/{}", number as usize * cabinet.ports.len() + plug + 1));
                }
                tables.cabinets.push(cabinet);
            }
        }
    }
    let calendar = build.loaded.calendar.clone();
    first_events(&mut tables, &calendar);
    for port in &ports {
        let access = &tables.access[tables.cabinets[port.cabinet.index()].group];
        let plaza = &mut plazas[port.site.index()];
        plaza.ports.push(port.id);
        if plaza.cabinets.last() != Some(&port.cabinet) {
            plaza.cabinets.push(port.cabinet);
        }
        plaza.truck_ports += u32::from(access.is_for_trucks());
    }
    build.world.insert_resource(LotUses(vec![LotUse::default(); lots.0.len()]));
    build.world.insert_resource(lots);
    build.world.insert_resource(sites_by_fleet(&tables, build.scenario.fleet.len()));
    let tree = LimitTree::new(parent, limit);
    build.world.insert_resource(Budget::new(tree.parent.len()));
    grid::add(build, &tree, &nodes);
    build.world.insert_resource(tree);
    build.world.insert_resource(tables);
    build.world.insert_resource(Plazas { at: plazas });
    charging_tables(build, nodes.len());
    let bundles: Vec<_> = ports.into_iter().map(|port| (port, Plug::default(), Grant::default())).collect();
    build.spawn::<_, Port>(bundles);
    build.names.ports = names;
    build.names.visits = visits(build);
}

/// Lots by site and name.
fn lots(build: &Build<'_>, groups: &[(String, ChargerSpec)]) -> Lots {
    let named = groups.iter().filter_map(|(_, spec)| Some((build.site(&spec.site), spec.lot.clone()?)));
    let mut lots: Vec<(SiteId, String)> = named.collect();
    lots.sort_unstable();
    lots.dedup();
    Lots(lots.into_iter().map(|(site, name)| LotName { site, name }).collect())
}

fn charging_tables(build: &mut Build<'_>, inner_nodes: usize) {
    build.world.init_resource::<Arrivals>();
    build.world.init_resource::<Departures>();
    build.world.init_resource::<Fresh>();
    build.world.init_resource::<Spent>();
    build.world.init_resource::<Asks>();
    build.world.init_resource::<Plans>();
    build.world.init_resource::<Grants>();
    let choice = &build.scenario.policy.charging.keys;
    let error_s = choice.departure_error_min * 60.0;
    build.world.insert_resource(Knowledge { departures: choice.departures, error_s });
    let zero = vec![Kwh::ZERO; inner_nodes];
    build.world.insert_resource(ChargingLoad { running: zero.clone(), closed: zero });
}

fn cabinet(
    build: &Build<'_>,
    key: &str,
    spec: &ChargerSpec,
    site: SiteId,
    group: usize,
    number: u32,
    first_port: usize,
) -> Cabinet {
    let ports: Vec<PortId> = (first_port..first_port + spec.ports as usize).map(PortId::at).collect();
    Cabinet {
        site,
        group,
        free: FreePorts::all(&ports),
        ports,
        lot: None,
        limit: Kw(spec.cabinet_kw),
        port_limit: Kw(spec.port_kw.unwrap_or(spec.cabinet_kw)),
        broken: false,
        failures: spec.mtbf_h.map(|mtbf_h| (mtbf_h, spec.mttr_h)),
        stream: build.seed.stream(Purpose::Outages, key_of(key), number),
    }
}

/// What all ports of a group have in common.
fn port_of(spec: &ChargerSpec) -> Port {
    Port {
        id: PortId(0),
        site: SiteId(0),
        cabinet: CabinetId(0),
        node: NodeId(0),
        above: NodeId(0),
        limit: Kw(spec.port_kw.unwrap_or(spec.cabinet_kw)),
        gives: Kw(spec.v2g_kw),
        efficiency: spec.efficiency,
        price: spec.price_usd_per_kwh,
    }
}

/// First failures, and for each group the daily end of its reservation.
fn first_events(tables: &mut ChargingTables, calendar: &Calendar) {
    let ChargingTables { cabinets, access, agenda, .. } = tables;
    for (id, cabinet) in cabinets.iter_mut().enumerate() {
        if let Some((mtbf_h, _)) = cabinet.failures {
            let at_s = cabinet.stream.exponential_s(mtbf_h);
            agenda.push(Due { at_s, kind: kind::FAIL, id: id as u32 });
        }
    }
    for (group, access) in access.iter().enumerate() {
        if let Some((_, to)) = access.reserved {
            let at_s = calendar.elapsed_s(i64::from(to)).max(0) as u32;
            agenda.push(Due { at_s, kind: kind::REOPEN, id: group as u32 });
        }
    }
}

fn sites_by_fleet(tables: &ChargingTables, fleets: usize) -> SitesByFleet {
    let usable = |fleet: usize| {
        let user = User::Fleet(FleetId::at(fleet));
        let mut found: Vec<SiteId> = tables
            .cabinets
            .iter()
            .filter(|cabinet| tables.access[cabinet.group].allows(user))
            .map(|cabinet| cabinet.site)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    SitesByFleet { sites: (0..fleets).map(usable).collect() }
}
