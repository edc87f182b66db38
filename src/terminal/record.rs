//! Rows of what equipment did.

use super::state::{EquipmentModels, Pool, PoolHour, PoolWork, Unit, UnitEnergy};
use crate::kernel::ids::Roster;
use crate::place::build::kind;
use crate::place::site::Sites;
use crate::record::rows::EquipmentRow;
use crate::vehicle::on_board::Content;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::World;

impl EquipmentRow {
    /// The hour of a pool.
    #[must_use]
    pub fn new(start_s: u32, pool: &Pool, work: &PoolWork, hour: &PoolHour) -> Self {
        Self {
            start_s,
            site: pool.site,
            class: pool.class.clone(),
            required_h: hour.required_h,
            served_h: hour.served_h,
            backlog_h: work.backlog_h,
            present_h: hour.present_h,
            away_h: hour.away_h,
            diesel_gal: hour.diesel_gal,
            battery_kwh: hour.battery_kwh,
            hydrogen_kg: hour.hydrogen_kg,
            grid_kwh: hour.grid_kwh,
            nox_g: hour.nox_g,
            pm25_g: hour.pm25_g,
        }
    }
}

/// What units have with them.
pub(crate) fn on_board(world: &World) -> Vec<(Vehicle, Content)> {
    let roster = world.resource::<Roster<Unit>>();
    let all = roster.components::<Unit>(world).zip(roster.components::<UnitEnergy>(world));
    all.filter_map(|(unit, energy)| Some((Vehicle::Unit(unit.id), Content::on_board(energy.on_board())?))).collect()
}

/// Terminal and model of each unit.
pub(crate) fn kinds(world: &World) -> Vec<(Vehicle, String)> {
    let pools: Vec<&Pool> = world.resource::<Roster<Pool>>().components(world).collect();
    let (sites, models) = (world.resource::<Sites>(), world.resource::<EquipmentModels>());
    let of_unit = |unit: &Unit| {
        let site = &sites.get(pools[unit.pool.index()].site).key;
        (Vehicle::Unit(unit.id), kind(site, &models.get(unit.model).key))
    };
    world.resource::<Roster<Unit>>().components::<Unit>(world).map(of_unit).collect()
}

/// Battery energy, kWh, and hydrogen, kg, that equipment used in the hour that runs.
pub(crate) fn used_so_far(world: &World) -> (f64, f64) {
    let pools = world.resource::<Roster<Pool>>().components::<PoolWork>(world);
    pools.fold((0.0, 0.0), |sum, work| (sum.0 + work.hour.battery_kwh, sum.1 + work.hour.hydrogen_kg))
}
