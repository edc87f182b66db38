//! Drayage trucks: duty, driving, energy, and the decisions that dispatch makes for them.

mod books;
pub(crate) mod build;
pub(crate) mod check;
pub mod dispatch;
mod driving;
pub mod idling;
pub mod record;
pub mod rules;
pub(crate) mod shifts;
pub mod spec;
pub mod state;
pub mod systems;

use crate::kernel::stage::{Register, Tick};
use bevy_ecs::prelude::*;

/// Registers the truck systems.
pub fn register(r: &mut Register<'_>) {
    let road = (systems::take_back, systems::leave_yards, systems::follow_agenda);
    let day = (books::close_day, road.chain(), books::close_last_day, idling::close_hours);
    r.tick(Tick::Duty, day.chain());
    r.tick(Tick::Dispatch, (dispatch::ask_policy, dispatch::carry_out).chain());
}
