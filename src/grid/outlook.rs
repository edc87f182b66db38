//! The interval that begins: limits, sun, the load that cannot be shifted, and what all that leaves for charging.

use super::limits::TimedLimits;
use super::site_load::SiteLoads;
use super::solar::{Moment, SolarArray};
use super::spec::ReeferSpec;
use super::state::{
    AtNode, BaseLoad, Headroom, InnerNode, LimitNow, LimitTree, LocalTime, NodeLoads, OtherLoad, SiteOutlook,
    SolarPower, node_of,
};
use super::storage::Storage;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, Roster};
use crate::kernel::units::{Hours, Kw, S_PER_H};
use crate::place::site::Sites;
use crate::place::weather::Weather;
use bevy_ecs::prelude::*;

/// The limits of the interval.
pub(super) fn set_limits(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    tree: Res<LimitTree>,
    timed: Res<TimedLimits>,
    roster: Res<Roster<InnerNode>>,
    mut limits: Query<&mut LimitNow>,
) {
    let mut now = tree.limits()[..roster.len()].to_vec();
    timed.lower(&calendar, clock.now_s(), clock.interval_end_s(), &mut now);
    for (at, limit) in now.into_iter().enumerate() {
        *roster.get_mut(&mut limits, at) = LimitNow::of(limit);
    }
}

/// What the sun gives in the middle of the interval.
pub(super) fn set_solar(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    roster: Res<Roster<SolarArray>>,
    arrays: Query<(&AtNode, &SolarArray)>,
    mut solar: NodeLoads<'_, '_, SolarPower>,
) {
    if roster.is_empty() {
        return;
    }
    solar.clear();
    let moment = moment(&calendar, &clock);
    for (AtNode(node), array) in roster.iter(&arrays) {
        solar.add(*node, Kw(array.power_kw(&moment)));
    }
}

/// The middle of the interval that begins, as the sun knows it.
fn moment(calendar: &Calendar, clock: &Clock) -> Moment {
    let middle_s = i64::from(u32::midpoint(clock.now_s(), clock.interval_end_s()));
    let local_h = calendar.local_s(middle_s).rem_euclid(DAY_S) as f64 / S_PER_H;
    let offset_h = calendar.offset_s(middle_s) as f64 / S_PER_H;
    Moment {
        day_of_year: calendar.day_of_year(middle_s),
        month: calendar.month(middle_s),
        utc_h: local_h - offset_h,
        hour_of_year: calendar.standard_hour_of_year(middle_s),
    }
}

/// Nodes with refrigerated containers: constant load beside them, and what they draw.
#[derive(Resource, Debug, Default)]
pub(crate) struct ReeferFeeders(pub(super) Vec<(NodeId, Kw, ReeferSpec)>);

/// Load that is not simulated follows its meter or its profile.
pub(super) fn set_base_loads(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    sites: Res<Sites>,
    metered: Res<SiteLoads>,
    reefers: Res<ReeferFeeders>,
    weather: Res<Weather>,
    mut base: NodeLoads<'_, '_, BaseLoad>,
) {
    let interval = (clock.now_s() / clock.interval_s()) as usize;
    for (id, site) in sites.ids().zip(sites.iter()) {
        let hour = calendar.hour_of_week(i64::from(clock.now_s()));
        base.set(node_of(id), metered.at(id, interval).unwrap_or(Kw(site.spec.load_at(hour))));
    }
    let now_s = i64::from(clock.now_s());
    let hour = calendar.hour_of_week(now_s) % 24;
    let celsius = weather.celsius(calendar.month(now_s), hour);
    for (node, constant, spec) in &reefers.0 {
        base.set(*node, *constant + Kw(spec.power_kw(celsius)));
    }
}

/// What policies may know of the interval at each site.
pub(super) fn tell_outlook(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    roster: Res<Roster<InnerNode>>,
    nodes: Query<(&InnerNode, OtherLoad)>,
    mut outlook: ResMut<SiteOutlook>,
) {
    let now_s = i64::from(clock.now_s());
    let hour_of_week = calendar.hour_of_week(now_s) as u32;
    let month = 1 + calendar.month(now_s) as u32;
    let local = LocalTime { hour: hour_of_week % 24, weekday: hour_of_week / 24, month };
    outlook.begin((clock.now_s() / clock.interval_s()) as usize, local);
    for (node, other) in roster.iter(&nodes) {
        outlook.add(node.site.index(), other.own() + other.solar.power(), other.solar.power());
    }
}

/// What limits leave for charging at each node, with what the sun gives and storage could give.
pub(super) fn leave_headroom(
    clock: Res<Clock>,
    tree: Res<LimitTree>,
    node_roster: Res<Roster<InnerNode>>,
    storage_roster: Res<Roster<Storage>>,
    nodes: Query<(&InnerNode, OtherLoad)>,
    limits: Query<&LimitNow>,
    storages: Query<(&AtNode, &Storage)>,
    mut headroom: ResMut<Headroom>,
) {
    headroom.begin(tree.limits(), node_roster.iter(&limits).map(|limit| limit.power()));
    for (node, other) in node_roster.iter(&nodes) {
        headroom.take(&tree, node.id, other.own());
    }
    let time = Hours::from_s(clock.interval_end_s() - clock.now_s());
    for (AtNode(node), storage) in storage_roster.iter(&storages) {
        headroom.take(&tree, *node, storage.can_give(time) * -1.0);
    }
}
