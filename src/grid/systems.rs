//! The steps of this room, in their order.

use super::meter::{age_transformers, close_loads, read_meters, record_nodes, roll_up_loads, run_storages};
use super::outlook::{leave_headroom, set_base_loads, set_limits, set_solar, tell_outlook};
use crate::kernel::stage::{Register, Tick};
use bevy_ecs::prelude::*;

/// The limits of the interval before hold until here.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SetLimits;

/// Registers the grid systems.
pub(crate) fn register(r: &mut Register<'_>) {
    let meter = (close_loads, run_storages, roll_up_loads, (read_meters, record_nodes, age_transformers)).chain();
    r.boundary(Tick::Meter, meter);
    let limits = ((set_limits, set_solar, set_base_loads), (tell_outlook, leave_headroom)).chain();
    r.interval_start(Tick::Limits, limits.in_set(SetLimits));
}
