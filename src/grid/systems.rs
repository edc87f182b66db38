//! Meters are read, storage answers, headroom is worked out.

use super::limits::TimedLimits;
use super::site_load::SiteLoads;
use super::solar::Moment;
use super::spec::SiteSpec;
use super::state::{
    Arrays, ChargingLoad, Headroom, InnerNodes, LimitTree, LimitsNow, Meters, OtherLoad, SiteOutlook, Storages,
    Thermals,
};
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, SiteId};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::{Hours, Kw};
use crate::place::site::Sites;
use crate::place::weather::Weather;
use crate::record::Records;
use crate::record::rows::{NodeRow, PowerRow};
use crate::record::table::At;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// Registers the grid systems.
pub fn register(r: &mut Register<'_>) {
    r.tick(Tick::Meter, read_meters);
    r.tick(Tick::Ask, leave_headroom);
}

/// What does not change while meters are read.
#[derive(SystemParam)]
struct Wiring<'w> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    weather: Res<'w, Weather>,
    sites: Res<'w, Sites>,
    tree: Res<'w, LimitTree>,
    inner: Res<'w, InnerNodes>,
    limits: Res<'w, LimitsNow>,
    outlook: Res<'w, SiteOutlook>,
    charging: Res<'w, ChargingLoad>,
    other: Res<'w, OtherLoad>,
}

/// At a boundary: storage answers the load of the interval that ended; one row a site and a node; transformers age.
fn read_meters(
    wiring: Wiring<'_>,
    mut storages: ResMut<Storages>,
    mut thermals: ResMut<Thermals>,
    mut meters: ResMut<Meters>,
    mut power_rows: ResMut<Records<PowerRow>>,
    mut node_rows: ResMut<Records<NodeRow>>,
) {
    let clock = &wiring.clock;
    if !clock.starts_interval() || clock.now_s() == 0 {
        return;
    }
    let start_s = clock.last_interval_start_s();
    let time = Hours::from_s(clock.now_s() - start_s);
    let charging: Vec<Kw> = wiring.charging.closed.iter().map(|energy| *energy / time).collect();
    let nodes = (0..wiring.inner.site.len()).map(NodeId::at);
    let metered = |node: NodeId| wiring.other.own(node) + wiring.other.hydrogen_at(node) + charging[node.index()];
    let mut own: Vec<Kw> = nodes.clone().map(metered).collect();
    let storage = answer(&wiring, &mut storages, &mut own, time);
    let net = wiring.inner.rolled_up(&wiring.tree, &own);
    let mut of_site = SiteSums::new(wiring.sites.0.len());
    for node in nodes {
        of_site.add(&wiring, node, charging[node.index()], storage[node.index()]);
    }
    for id in wiring.sites.ids() {
        let row = of_site.row(&wiring, id, start_s);
        let (site, total) = (id.index(), Kw(row.total_kw));
        meters.charging[site] += of_site.charging[site] * time;
        meters.solar[site] += of_site.solar[site] * time;
        meters.storage[site] += of_site.storage[site] * time;
        meters.total[site] += total * time;
        power_rows.push(row);
    }
    if net.len() > wiring.sites.0.len() {
        let charging = wiring.inner.rolled_up(&wiring.tree, &charging);
        for at in wiring.sites.0.len()..net.len() {
            let (load_kw, charging_kw, limit) = (net[at].0, charging[at].0, wiring.limits.0[at]);
            let limit_kw = limit.0.is_finite().then_some(limit.0);
            let (start, node) = (At(start_s), NodeId::at(at));
            node_rows.push(NodeRow { start, start_s, node, load_kw, charging_kw, limit_kw });
        }
    }
    let at_s = i64::from(start_s);
    let ambient_c = wiring.weather.celsius(wiring.calendar.month(at_s), wiring.calendar.hour(at_s));
    for ((node, spec), thermal) in wiring.inner.transformers.iter().zip(&mut thermals.0) {
        thermal.step(spec, net[node.index()], ambient_c, time);
    }
}

/// Each battery answers the net load at its node: first what limits need, then its rule. Adds its power to `own`;
/// returns it by node.
fn answer(wiring: &Wiring<'_>, storages: &mut Storages, own: &mut [Kw], time: Hours) -> Vec<Kw> {
    let mut power_of = vec![Kw::ZERO; own.len()];
    if storages.0.is_empty() {
        return power_of;
    }
    let mut net = wiring.inner.rolled_up(&wiring.tree, own);
    for (_, node, storage) in &mut storages.0 {
        let site = wiring.inner.site[node.index()];
        let room = wiring.tree.upwards(*node).map(|above| wiring.limits.0[above.index()] - net[above.index()]);
        let room = room.fold(Kw(f64::INFINITY), Kw::min);
        let export = Kw(wiring.sites.0[site.index()].spec.export_limit_kw);
        let prices = wiring.outlook.prices(site.index());
        let power = storage.power(net[site.index()], prices, room, room * -1.0, export, time);
        storage.run(power, time);
        own[node.index()] += power;
        power_of[node.index()] += power;
        for above in wiring.tree.upwards(*node) {
            net[above.index()] += power;
        }
    }
    power_of
}

/// Sums of a site over its own node and the nodes inside it.
struct SiteSums {
    charging: Vec<Kw>,
    fixed: Vec<Kw>,
    solar: Vec<Kw>,
    storage: Vec<Kw>,
}

impl SiteSums {
    fn new(sites: usize) -> Self {
        let zero = vec![Kw::ZERO; sites];
        Self { charging: zero.clone(), fixed: zero.clone(), solar: zero.clone(), storage: zero }
    }

    fn add(&mut self, wiring: &Wiring<'_>, node: NodeId, charging: Kw, storage: Kw) {
        let site = wiring.inner.site[node.index()].index();
        self.charging[site] += charging;
        self.fixed[site] += wiring.other.fixed[node.index()];
        self.solar[site] += wiring.other.solar[node.index()];
        self.storage[site] += storage;
    }

    fn row(&self, wiring: &Wiring<'_>, id: SiteId, start_s: u32) -> PowerRow {
        let site = id.index();
        let (equipment, shore) = (wiring.other.equipment[site], wiring.other.shore[site]);
        let hydrogen = wiring.other.hydrogen[site];
        let drawn = self.charging[site] + self.fixed[site] + equipment + shore + hydrogen;
        let limit = wiring.limits.0[site];
        PowerRow {
            start: At(start_s),
            start_s,
            site: id,
            charging_kw: self.charging[site].0,
            equipment_kw: equipment.0,
            shore_kw: shore.0,
            other_kw: self.fixed[site].0,
            hydrogen_kw: hydrogen.0,
            solar_kw: self.solar[site].0,
            storage_kw: self.storage[site].0,
            total_kw: (drawn - self.solar[site] + self.storage[site]).0,
            limit_kw: limit.0.is_finite().then_some(limit.0),
        }
    }
}

/// What sets the load that nobody can shift.
#[derive(SystemParam)]
struct Surroundings<'w> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    sites: Res<'w, Sites>,
    tree: Res<'w, LimitTree>,
    inner: Res<'w, InnerNodes>,
    timed: Res<'w, TimedLimits>,
    arrays: Res<'w, Arrays>,
    storages: Res<'w, Storages>,
    metered: Res<'w, SiteLoads>,
}

/// At a boundary: what the loads that nobody can shift leave for charging, at each node; with what the sun gives and
/// storage could give.
fn leave_headroom(
    around: Surroundings<'_>,
    mut other: ResMut<OtherLoad>,
    mut limits: ResMut<LimitsNow>,
    mut headroom: ResMut<Headroom>,
    mut outlook: ResMut<SiteOutlook>,
) {
    let (clock, tree) = (&around.clock, &around.tree);
    if !clock.starts_interval() || clock.done() {
        return;
    }
    limits.0.clear();
    limits.0.extend_from_slice(&tree.limit[..around.inner.site.len()]);
    around.timed.lower(&around.calendar, clock.now_s(), clock.interval_end_s(), &mut limits.0);
    other.solar.fill(Kw::ZERO);
    if !around.arrays.0.is_empty() {
        let moment = moment(&around.calendar, clock);
        for (node, array) in &around.arrays.0 {
            other.solar[node.index()] += Kw(array.power_kw(&moment));
        }
    }
    outlook.now = (clock.now_s() / clock.interval_s()) as usize;
    outlook.load_kw.fill(Kw::ZERO);
    outlook.solar_kw.fill(Kw::ZERO);
    for id in around.sites.ids() {
        let site = id.index();
        let spec = &around.sites.0[site].spec;
        if let Some(kw) = around.metered.at(id, outlook.now) {
            other.fixed[site] = kw;
        } else if !spec.load_by_hour.is_empty() {
            other.fixed[site] = Kw(spec.load_at(around.calendar.hour_of_week(i64::from(clock.now_s()))));
        }
    }
    headroom.0.clone_from(&tree.limit);
    headroom.0[..limits.0.len()].copy_from_slice(&limits.0);
    for at in 0..around.inner.site.len() {
        let node = NodeId::at(at);
        let (own, site) = (other.own(node), around.inner.site[at].index());
        outlook.load_kw[site] += own + other.solar[at];
        outlook.solar_kw[site] += other.solar[at];
        headroom.take(tree, node, own);
    }
    let time = Hours::from_s(clock.interval_end_s() - clock.now_s());
    for (_, node, storage) in &around.storages.0 {
        headroom.take(tree, *node, storage.can_give(time) * -1.0);
    }
}

/// The middle of the interval that begins, as the sun knows it.
fn moment(calendar: &Calendar, clock: &Clock) -> Moment {
    let middle_s = i64::from(u32::midpoint(clock.now_s(), clock.interval_end_s()));
    let local_h = calendar.local_s(middle_s).rem_euclid(86_400) as f64 / 3600.0;
    let offset_h = calendar.offset_s(middle_s) as f64 / 3600.0;
    Moment {
        day_of_year: calendar.day_of_year(middle_s),
        month: calendar.month(middle_s),
        utc_h: local_h - offset_h,
        hour_of_year: calendar.standard_hour_of_year(middle_s),
    }
}

/// A site is the node of the same number.
#[must_use]
pub fn node_of(site: SiteId) -> NodeId {
    NodeId(site.0)
}

/// The limit of a site's connection as the scenario says it.
#[must_use]
pub fn connection(spec: &SiteSpec) -> Kw {
    Kw(spec.limit_kw.unwrap_or(f64::INFINITY))
}
