//! Drayage trucks: duty, driving, energy, and the decisions that dispatch makes for them.

pub(crate) mod audit;
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
    // Local midnights and full hours are boundaries.
    r.boundary(Tick::Duty, books::close_day);
    r.when(Tick::Duty, systems::has_any_left, systems::take_back.after(books::close_day));
    r.when(Tick::Duty, systems::has_any_left_a_yard, systems::leave_yards.after(systems::take_back));
    r.when(Tick::Duty, systems::is_truck_due, systems::follow_agenda.after(systems::leave_yards));
    let books = (books::close_last_day, idling::close_hours).chain();
    r.boundary(Tick::Duty, books.after(systems::follow_agenda));
    r.decision(Tick::Dispatch, (dispatch::ask_policy, dispatch::carry_out).chain());
}
