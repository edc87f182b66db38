//! Rows of what equipment did.

use super::state::{Pool, PoolHour, PoolWork};
use crate::kernel::ids::Roster;
use crate::record::rows::EquipmentRow;
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

/// Battery energy, kWh, and hydrogen, kg, that equipment used in the hour that runs.
pub(crate) fn used_so_far(world: &mut World) -> (f64, f64) {
    let pools = world.resource::<Roster<Pool>>().components::<PoolWork>(world);
    pools.fold((0.0, 0.0), |sum, work| (sum.0 + work.hour.battery_kwh, sum.1 + work.hour.hydrogen_kg))
}
