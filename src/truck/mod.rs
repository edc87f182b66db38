//! Drayage trucks: duty, driving, energy, and the decisions that dispatch makes for them.

pub(crate) mod build;
pub(crate) mod check;
pub mod dispatch;
pub mod idling;
pub mod record;
pub mod rules;
pub mod spec;
pub mod state;
pub mod systems;

use crate::kernel::stage::{Register, Tick};
use bevy_ecs::prelude::*;

/// Registers the truck systems.
pub fn register(r: &mut Register<'_>) {
    r.tick(
        Tick::Duty,
        (systems::close_day, systems::follow_agenda, systems::close_last_day, idling::close_hours).chain(),
    );
    r.tick(Tick::Dispatch, dispatch::dispatch);
}
