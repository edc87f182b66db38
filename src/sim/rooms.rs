//! The rooms of a run: what each brings, one entry a room. A new technology is a module and a line here.

use crate::kernel::stage::Register;
use crate::place::site::Sites;
use crate::record::metric::Metric;
use crate::record::names::Names;
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use crate::terminal::state::Care;
use crate::{charging, freight, grid, hydrogen, swap, terminal, truck};
use bevy_ecs::prelude::World;

/// What a room brings to a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Hangs its systems into the tick.
    pub(super) register: fn(&mut Register<'_>),
    /// Has a scenario anything for it? Empty rooms cost nothing.
    pub(super) is_used: fn(&Scenario) -> bool,
    /// Puts its state into a world that has sites, trucks and equipment; called whether it is used or not.
    pub(super) add: fn(&mut World, &Loaded, &Sites),
    /// What it has to say when the run is over, beside its tables.
    pub(super) metrics: fn(&World, &Names) -> Vec<Metric>,
    /// Energy in batteries that it holds, beside those in vehicles and at ports, for the audit.
    pub(super) stored_kwh: fn(&World) -> f64,
}

impl Room {
    const fn of(register: fn(&mut Register<'_>), is_used: fn(&Scenario) -> bool) -> Self {
        Self { register, is_used, add: |_, _, _| {}, metrics: |_, _| Vec::new(), stored_kwh: |_| 0.0 }
    }
}

/// All rooms. Their order says nothing: the steps of the tick do.
pub(super) const ROOMS: [Room; 7] = [
    Room::of(freight::register, |scenario| scenario.freight.is_some()),
    Room {
        stored_kwh: |world| world.resource::<Care>().stored_kwh(),
        ..Room::of(terminal::register, |scenario| !scenario.terminal.is_empty())
    },
    Room::of(truck::register, |scenario| !scenario.fleet.is_empty()),
    Room::of(charging::register, |_| true),
    Room { metrics: grid::record::metrics, ..Room::of(grid::register, |_| true) },
    Room::of(hydrogen::register, |scenario| !scenario.hydrogen.is_empty()),
    Room {
        add: swap::add,
        metrics: swap::metrics,
        stored_kwh: swap::stored_kwh,
        ..Room::of(swap::register, |scenario| !scenario.swap.is_empty())
    },
];
