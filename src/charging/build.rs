//! Cabinets, charging ports, queues.

use super::agenda::{ChargingAgenda, Event};
use super::allocation::LivePower;
use super::arrival::{Arrivals, Departures};
use super::budget::Budget;
use super::lots::{Crew, Lot, LotUse};
use super::power::{Asks, GrantBuffers, Plans};
use super::session::Plug;
use super::spec::ChargerSpec;
use super::state::{
    Cabinet, CabinetState, ChargingTables, Knowledge, Port, SessionLog, SetPoint, SiteChargers, SitePorts, SiteQueue,
};
use super::visits::visits;
use crate::grid::build::{self as grid, Inner};
use crate::grid::state::LimitTree;
use crate::kernel::calendar::{Calendar, parse_window};
use crate::kernel::ids::{CabinetId, FleetId, NodeId, PortId, SiteId};
use crate::kernel::random::{Purpose, key_of};
use crate::kernel::units::Kw;
use crate::place::build::Build;
use crate::policy::energy_sites::SitesByFleet;
use crate::scenario::Allocation;
use crate::scenario::loaded::LotWays;
use crate::truck::spec::FleetSpec;
use crate::vehicle::spec::{BatterySpec, fits};
use crate::vehicle::user::{Access, User, access_of};
use std::collections::BTreeSet;

/// Groups of chargers as the scenario lists them.
type Groups = Vec<(String, ChargerSpec)>;

/// What is spawned, in id order.
#[derive(Default)]
struct Spawned {
    cabinets: Vec<(Cabinet, CabinetState)>,
    ports: Vec<Port>,
    /// Of the charging ports, for people.
    names: Vec<String>,
}

/// Ways to the lot of a group of chargers at a depot with a plan.
fn ways(build: &Build<'_>, spec: &ChargerSpec) -> Option<LotWays> {
    build.loaded.lot_ways.get(&spec.site)?.get(spec.lot.as_deref()?).copied()
}

/// Cabinets and charging ports, site by site, so that the charging ports of a site and of a cabinet are neighbours; the
/// queues of sites; the visits of lists.
pub(crate) fn add(build: &mut Build<'_>) {
    let groups: Groups = build.scenario.charger.iter().map(|(key, spec)| (key.clone(), spec.clone())).collect();
    let access = groups.iter().map(|(_, spec)| access(build, spec)).collect();
    let named = groups.iter().filter_map(|(_, spec)| Some(Lot::new(build.site(&spec.site), spec.lot.clone()?)));
    let lots: BTreeSet<Lot> = named.collect();
    build.spawn::<_, Lot>(lots.into_iter().map(|lot| (lot, LotUse::default())).collect::<Vec<_>>());
    build.spawn::<_, Crew>(groups.iter().map(|(_, spec)| Crew::of(spec, ways(build, spec))).collect::<Vec<_>>());
    let mut inner = grid::inner_nodes(build);
    let mut spawned = Spawned::default();
    for site in build.sites.ids() {
        for (group, (key, spec)) in groups.iter().enumerate().filter(|(_, group)| build.site(&group.1.site) == site) {
            for number in 0..spec.cabinets {
                add_cabinet(build, &mut inner, &mut spawned, (site, group, number), (key, spec));
            }
        }
    }
    let Spawned { mut cabinets, ports, names } = spawned;
    let tables = ChargingTables::new(access);
    let fleets = sites_by_fleet(build, &tables, &cabinets);
    build.world.insert_resource(fleets);
    let agenda = first_events(&tables, &mut cabinets, &build.loaded.calendar);
    build.world.insert_resource(agenda);
    let sites = site_queues(build, &tables, &cabinets);
    let Inner { parent, limit, nodes } = inner;
    let tree = LimitTree::new(parent, limit);
    build.world.insert_resource(Budget::new(tree.parents().len()));
    if build.scenario.time.allocation == Allocation::Event {
        build.world.insert_resource(LivePower::new(build.scenario.time.interval_s, &tree, &ports));
    }
    grid::add(build, &tree, &nodes);
    build.world.insert_resource(tree);
    build.world.insert_resource(tables);
    resources(build);
    build.spawn::<_, SiteQueue>(sites);
    build.spawn::<_, Cabinet>(cabinets);
    let ports: Vec<_> = ports.into_iter().map(|port| (port, Plug::default(), SetPoint::default())).collect();
    build.spawn::<_, Port>(ports);
    build.names.ports = names;
    build.names.visits = visits(build);
}

fn access(build: &Build<'_>, spec: &ChargerSpec) -> Access {
    let window = spec.reserved_hours.as_deref().and_then(parse_window);
    access_of(&spec.users, |key| build.fleet(key), |key| build.equipment_model(key), window)
}

fn resources(build: &mut Build<'_>) {
    build.world.init_resource::<Arrivals>();
    build.world.init_resource::<Departures>();
    build.world.init_resource::<SessionLog>();
    build.world.init_resource::<Asks>();
    build.world.init_resource::<Plans>();
    build.world.init_resource::<GrantBuffers>();
    let choice = &build.scenario.policy.charging.keys;
    let error_s = choice.departure_error_min * 60.0;
    let knowledge = Knowledge::new(choice.departures, error_s, build.seed);
    build.world.insert_resource(knowledge);
}

/// The `number`-th cabinet of a group at its site, its node, and its charging ports.
fn add_cabinet(
    build: &Build<'_>,
    inner: &mut Inner,
    spawned: &mut Spawned,
    (site, group, number): (SiteId, usize, u32),
    (key, spec): (&str, &ChargerSpec),
) {
    let (id, node) = (CabinetId::at(spawned.cabinets.len()), NodeId::at(inner.parent.len()));
    let above = grid::inner_node(build, site, spec.behind.as_deref());
    let port_limit = Kw(spec.port_kw.unwrap_or(spec.cabinet_kw));
    let cabinet = Cabinet {
        site,
        group,
        lot: spec.lot.as_deref().and_then(|lot| Lot::find(&build.world, site, lot)),
        connector: spec.connector,
        stay_plugged: spec.stay_plugged,
        first_port: PortId::at(spawned.ports.len()),
        port_count: spec.ports,
        limit: Kw(spec.cabinet_kw),
        port_limit,
        failures: spec.mtbf_h.map(|mtbf_h| (mtbf_h, spec.mttr_h)),
    };
    inner.parent.push(Some(above));
    inner.limit.push(cabinet.limit);
    for (plug, port) in (1..).zip(cabinet.ports()) {
        spawned.ports.push(Port {
            id: port,
            site,
            cabinet: id,
            node,
            above,
            limit: port_limit,
            v2g_limit: Kw(spec.v2g_kw),
            efficiency: spec.efficiency,
            price_usd_per_kwh: spec.price_usd_per_kwh,
        });
        spawned.names.push(format!("{key}/{}", number * spec.ports + plug));
    }
    let failures = build.seed.stream(Purpose::Outages, key_of(key), number);
    let state = CabinetState::new(&cabinet, failures);
    spawned.cabinets.push((cabinet, state));
}

/// First failures, and for each group the daily end of its reservation.
fn first_events(
    tables: &ChargingTables,
    cabinets: &mut [(Cabinet, CabinetState)],
    calendar: &Calendar,
) -> ChargingAgenda {
    let mut agenda = ChargingAgenda::default();
    for (id, (cabinet, state)) in cabinets.iter_mut().enumerate() {
        if let Some((mtbf_h, _)) = cabinet.failures {
            agenda.push(state.draw_s(mtbf_h), Event::Fail(CabinetId::at(id)));
        }
    }
    for (group, access) in (0..).zip(tables.all()) {
        if let Some((_, to)) = access.reserved {
            let at_s = calendar.elapsed_s(i64::from(to)).max(0) as u32;
            agenda.push(at_s, Event::Reopen(group));
        }
    }
    agenda
}

/// What charging at each site consists of, all free.
fn site_queues(
    build: &Build<'_>,
    tables: &ChargingTables,
    cabinets: &[(Cabinet, CabinetState)],
) -> Vec<(SiteChargers, SiteQueue, SitePorts)> {
    let at_site = |id: SiteId| {
        let here = || cabinets.iter().enumerate().filter(move |(_, (cabinet, _))| cabinet.site == id);
        let for_trucks = here().filter(|(_, (cabinet, _))| tables.access(cabinet.group).is_for_trucks());
        let for_trucks = for_trucks.map(|(_, (cabinet, _))| cabinet.port_count).sum();
        let chargers = SiteChargers {
            cabinets: here().map(|(at, _)| CabinetId::at(at)).collect(),
            port_count: here().map(|(_, (cabinet, _))| cabinet.port_count).sum(),
            order: build.sites.get(id).spec.queue,
        };
        (chargers, SiteQueue::default(), SitePorts::new(for_trucks))
    };
    build.sites.ids().map(at_site).collect()
}

/// Where trucks of each fleet find a port: a site counts when each of the fleet's batteries fits one there.
fn sites_by_fleet(build: &Build<'_>, tables: &ChargingTables, cabinets: &[(Cabinet, CabinetState)]) -> SitesByFleet {
    let models = &build.scenario.truck_model;
    let usable = |(fleet, spec): (usize, &FleetSpec)| {
        let user = User::Fleet(FleetId::at(fleet));
        let open = || cabinets.iter().map(|(cabinet, _)| cabinet).filter(|it| tables.allows(it.group, user));
        let counted = spec.trucks.iter().filter(|(_, count)| count.0 > 0);
        let batteries: Vec<_> = counted.filter_map(|(model, _)| models.get(model)?.battery.as_ref()).collect();
        let fits_all = |site: SiteId| {
            let fits_at =
                |battery: &&BatterySpec| open().any(|it| it.site == site && fits(&battery.connectors, it.connector));
            batteries.iter().all(fits_at)
        };
        let mut found: Vec<SiteId> = open().map(|cabinet| cabinet.site).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|site| fits_all(*site));
        found
    };
    let sites: Vec<Vec<SiteId>> = build.scenario.fleet.values().enumerate().map(usable).collect();
    let reserved_for_others = |(fleet, spec): (usize, &FleetSpec)| {
        let home = spec.home.as_deref().and_then(|key| build.sites.find(key));
        let user = User::Fleet(FleetId::at(fleet));
        let away = sites[fleet].iter().copied().filter(|site| Some(*site) != home);
        let hours = |site: SiteId| {
            let groups = cabinets.iter().map(|(cabinet, _)| cabinet).filter(|it| it.site == site);
            let open = groups.filter(|it| tables.allows(it.group, user)).map(|it| tables.access(it.group).reserved);
            Some((site, open.collect::<Option<Vec<_>>>()?))
        };
        away.filter_map(hours).collect()
    };
    let reserved = build.scenario.fleet.values().enumerate().map(reserved_for_others).collect();
    SitesByFleet::new(sites, reserved)
}
