//! The interval that ended: what each node drew, what storage did about it, what the meters read, how transformers aged.

use super::state::{
    AtNode, BottomUp, ChargingLoad, HydrogenLoad, InnerNode, IntervalLoad, LimitNow, LimitTree, Meter, OtherLoad,
    OtherLoadItem, SiteOutlook, node_of,
};
use super::storage::Storage;
use super::transformer::Transformer;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId};
use crate::kernel::units::{Hours, Kw};
use crate::place::site::Sites;
use crate::place::weather::Weather;
use crate::record::Records;
use crate::record::rows::{NodeRow, PowerRow};
use crate::record::table::At;
use bevy_ecs::prelude::*;

/// Length of the interval that ended with this boundary; none as the run begins.
fn ended(clock: &Clock) -> Option<Hours> {
    (clock.now_s() > 0).then(|| Hours::from_s(clock.now_s() - clock.last_interval_start_s()))
}

/// What each inner node drew itself, before storage answers.
pub(super) fn close_loads(
    clock: Res<Clock>,
    mut nodes: Query<(OtherLoad, &HydrogenLoad, &ChargingLoad, &mut IntervalLoad)>,
) {
    let Some(time) = ended(&clock) else { return };
    for (other, hydrogen, charging, mut load) in &mut nodes {
        let charging = charging.closed() / time;
        *load = IntervalLoad::of(other.own() + hydrogen.power() + charging, charging);
    }
}

/// Each stationary battery in turn answers the net load at its node: first what limits need, then its rule.
pub(super) fn run_storages(
    clock: Res<Clock>,
    sites: Res<Sites>,
    tree: Res<LimitTree>,
    bottom_up: Res<BottomUp>,
    outlook: Res<SiteOutlook>,
    node_roster: Res<Roster<InnerNode>>,
    storage_roster: Res<Roster<Storage>>,
    nodes: Query<(&InnerNode, &LimitNow)>,
    mut loads: Query<&mut IntervalLoad>,
    mut storages: Query<(&AtNode, &mut Storage)>,
) {
    let Some(time) = ended(&clock).filter(|_| !storage_roster.is_empty()) else { return };
    let own = node_roster.iter(&loads).map(IntervalLoad::own).collect();
    let mut net = bottom_up.rolled_up(&tree, own);
    for at in 0..storage_roster.len() {
        let (AtNode(node), mut storage) = storage_roster.get_mut(&mut storages, at);
        let site = node_roster.get(&nodes, node.index()).0.site;
        let limit = |at: usize| node_roster.get(&nodes, at).1.power();
        let room = tree.upwards(*node).map(|above| limit(above.index()) - net[above.index()]);
        let room = room.fold(Kw(f64::INFINITY), Kw::min);
        let export = Kw(sites.get(site).spec.export_limit_kw);
        let prices = outlook.prices(site.index());
        let power = storage.power(net[site.index()], prices, room, room * -1.0, export, time);
        storage.run(power, time);
        node_roster.get_mut(&mut loads, node.index()).add_storage(power);
        for above in tree.upwards(*node) {
            net[above.index()] += power;
        }
    }
}

/// What each inner node drew with all below it, and of that charging.
pub(super) fn roll_up_loads(
    clock: Res<Clock>,
    tree: Res<LimitTree>,
    bottom_up: Res<BottomUp>,
    roster: Res<Roster<InnerNode>>,
    mut loads: Query<&mut IntervalLoad>,
) {
    if ended(&clock).is_none() {
        return;
    }
    let net = bottom_up.rolled_up(&tree, roster.iter(&loads).map(IntervalLoad::own).collect());
    let charging = bottom_up.rolled_up(&tree, roster.iter(&loads).map(IntervalLoad::charging).collect());
    for (at, (net, charging)) in net.into_iter().zip(charging).enumerate() {
        roster.get_mut(&mut loads, at).set_net(net, charging);
    }
}

/// Power of a site by kind, over its own node and the nodes inside it.
#[derive(Clone, Default)]
struct SitePower {
    charging: Kw,
    base: Kw,
    solar: Kw,
    storage: Kw,
    equipment: Kw,
    shore: Kw,
    hydrogen: Kw,
}

impl SitePower {
    fn add(&mut self, other: &OtherLoadItem<'_, '_>, hydrogen: HydrogenLoad, load: &IntervalLoad) {
        self.charging += load.charging();
        self.base += other.base.power();
        self.solar += other.solar.power();
        self.storage += load.storage();
        self.equipment += other.equipment.power();
        self.shore += other.shore.power();
        self.hydrogen += hydrogen.power();
    }

    fn total(&self) -> Kw {
        let drawn = self.charging + self.base + self.equipment + self.shore + self.hydrogen;
        drawn - self.solar + self.storage
    }

    fn row(&self, site: SiteId, start_s: u32, limit: LimitNow) -> PowerRow {
        PowerRow {
            start: At(start_s),
            start_s,
            site,
            charging_kw: self.charging.0,
            equipment_kw: self.equipment.0,
            shore_kw: self.shore.0,
            other_kw: self.base.0,
            hydrogen_kw: self.hydrogen.0,
            solar_kw: self.solar.0,
            storage_kw: self.storage.0,
            total_kw: self.total().0,
            limit_kw: finite(limit),
        }
    }
}

/// A limit, if there is one.
fn finite(limit: LimitNow) -> Option<f64> {
    limit.power().0.is_finite().then_some(limit.power().0)
}

/// Each site's meter counts what flowed; one row a site.
pub(super) fn read_meters(
    clock: Res<Clock>,
    sites: Res<Sites>,
    node_roster: Res<Roster<InnerNode>>,
    meter_roster: Res<Roster<Meter>>,
    nodes: Query<(&InnerNode, OtherLoad, &HydrogenLoad, &IntervalLoad)>,
    limits: Query<&LimitNow>,
    mut meters: Query<&mut Meter>,
    mut outlook: ResMut<SiteOutlook>,
    mut rows: ResMut<Records<PowerRow>>,
) {
    let Some(time) = ended(&clock) else { return };
    let mut power = vec![SitePower::default(); sites.count()];
    for (node, other, hydrogen, load) in node_roster.iter(&nodes) {
        power[node.site.index()].add(&other, *hydrogen, load);
    }
    for (site, power) in sites.ids().zip(power) {
        meter_roster.get_mut(&mut meters, site.index()).count(power.total(), power.charging, time);
        outlook.meter(site.index(), power.total());
        let limit = node_roster.get(&limits, node_of(site).index());
        rows.push(power.row(site, clock.last_interval_start_s(), *limit));
    }
}

/// One row for each node inside a site.
pub(super) fn record_nodes(
    clock: Res<Clock>,
    sites: Res<Sites>,
    roster: Res<Roster<InnerNode>>,
    nodes: Query<(&InnerNode, &IntervalLoad, &LimitNow)>,
    mut rows: ResMut<Records<NodeRow>>,
) {
    if ended(&clock).is_none() {
        return;
    }
    let start_s = clock.last_interval_start_s();
    for (node, load, limit) in roster.iter(&nodes).skip(sites.count()) {
        let (load_kw, charging_kw, limit_kw) = (load.net().0, load.net_charging().0, finite(*limit));
        rows.push(NodeRow { start: At(start_s), start_s, node: node.id, load_kw, charging_kw, limit_kw });
    }
}

/// Transformers warm up or cool down, and age.
pub(super) fn age_transformers(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    weather: Res<Weather>,
    roster: Res<Roster<InnerNode>>,
    loads: Query<&IntervalLoad>,
    mut transformers: Query<(&AtNode, &mut Transformer)>,
) {
    let Some(time) = ended(&clock) else { return };
    let at_s = i64::from(clock.last_interval_start_s());
    let ambient_c = weather.celsius(calendar.month(at_s), calendar.hour(at_s));
    for (AtNode(node), mut transformer) in &mut transformers {
        transformer.step(roster.get(&loads, node.index()).net(), ambient_c, time);
    }
}
