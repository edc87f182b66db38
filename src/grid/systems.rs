//! Meters are read, headroom is worked out.

use super::state::{Headroom, LimitTree, Meters, OtherLoad, Sites};
use crate::charging::state::ChargingLoad;
use crate::freight::state::Berths;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{NodeId, SiteId};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::{Hours, Kw};
use crate::record::Records;
use crate::record::rows::PowerRow;
use crate::record::table::At;
use crate::terminal::state::CraneLoad;
use bevy_ecs::prelude::*;

/// Registers the grid systems.
pub fn register(r: &mut Register<'_>) {
    r.tick(Tick::Meter, read_meters);
    r.tick(Tick::Ask, leave_headroom);
}

/// At a boundary: one row a site for the interval that ended.
fn read_meters(
    clock: Res<Clock>,
    sites: Res<Sites>,
    charging: Res<ChargingLoad>,
    other: Res<OtherLoad>,
    mut meters: ResMut<Meters>,
    mut rows: ResMut<Records<PowerRow>>,
) {
    if !clock.starts_interval() || clock.now_s() == 0 {
        return;
    }
    let start_s = clock.last_interval_start_s();
    let time = Hours::from_s(clock.now_s() - start_s);
    for id in sites.ids() {
        let site = id.index();
        let charging_kwh = charging.closed[site];
        let (fixed, equipment, shore) = (other.fixed[site], other.equipment[site], other.shore[site]);
        let hydrogen = other.hydrogen[site];
        let total = charging_kwh / time + fixed + equipment + shore + hydrogen;
        meters.charging[site] += charging_kwh;
        meters.total[site] += total * time;
        rows.push(PowerRow {
            start: At(start_s),
            start_s,
            site: id,
            charging_kw: (charging_kwh / time).0,
            equipment_kw: equipment.0,
            shore_kw: shore.0,
            other_kw: fixed.0,
            hydrogen_kw: hydrogen.0,
            total_kw: total.0,
            limit_kw: sites.0[site].spec.limit_kw,
        });
    }
}

/// At a boundary: what the loads that nobody can shift leave for charging, at each node.
fn leave_headroom(
    clock: Res<Clock>,
    sites: Res<Sites>,
    tree: Res<LimitTree>,
    berths: Res<Berths>,
    cranes: Res<CraneLoad>,
    mut other: ResMut<OtherLoad>,
    mut headroom: ResMut<Headroom>,
) {
    if !clock.starts_interval() || clock.done() {
        return;
    }
    headroom.0.clone_from(&tree.limit);
    for id in sites.ids() {
        let site = id.index();
        other.equipment[site] = Kw(cranes.kw[site]);
        other.shore[site] = Kw(berths.shore_kw[site]);
        let load = other.fixed[site] + other.equipment[site] + other.shore[site];
        for node in tree.upwards(node_of(id)) {
            headroom.0[node.index()] -= load;
        }
    }
}

/// A site is the node of the same number.
#[must_use]
pub fn node_of(site: SiteId) -> NodeId {
    NodeId(site.0)
}
