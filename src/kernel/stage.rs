//! The tick, in order. A value moves down this list within a tick and never back up.

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::ScheduleLabel;
use bevy_ecs::system::ScheduleSystem;

/// Label of the operational schedule.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operations;

/// Steps of the operational tick.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tick {
    /// At a boundary: the power of the interval that ended becomes energy in batteries.
    Deliver,
    /// At a boundary: meters are read.
    Meter,
    /// Vessels come and go, hauls become known or lapse.
    Freight,
    /// Batteries of equipment are swapped.
    Swap,
    /// Equipment does its work, leaves to charge, comes back.
    Terminal,
    /// Trucks drive, wait, load, come home.
    Duty,
    /// The dispatch policy is asked; its orders are carried out.
    Dispatch,
    /// Yards of terminals with a plan move containers.
    Yard,
    /// Vehicles meet ports.
    Queue,
    /// What each session can take.
    Ask,
    /// Hydrogen is made and moved with the power that limits leave; vehicles meet its stations.
    Supply,
    /// What the charging policy wants.
    Plan,
    /// What the limits allow.
    Grant,
}

impl Tick {
    /// The steps in their order.
    pub const ALL: [Self; 13] = [
        Self::Deliver,
        Self::Meter,
        Self::Freight,
        Self::Swap,
        Self::Terminal,
        Self::Duty,
        Self::Dispatch,
        Self::Yard,
        Self::Queue,
        Self::Ask,
        Self::Supply,
        Self::Plan,
        Self::Grant,
    ];
}

/// Where a room hangs its systems.
pub struct Register<'a> {
    schedule: &'a mut Schedule,
}

impl std::fmt::Debug for Register<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Register({} systems)", self.schedule.systems_len())
    }
}

impl<'a> Register<'a> {
    /// A register over a schedule; chains the steps.
    #[must_use]
    pub fn new(schedule: &'a mut Schedule) -> Self {
        for (step, next) in Tick::ALL.into_iter().zip(&Tick::ALL[1..]) {
            schedule.configure_sets(step.before(*next));
        }
        Self { schedule }
    }

    /// Adds systems to one step of the tick.
    pub fn tick<M>(&mut self, step: Tick, systems: impl IntoScheduleConfigs<ScheduleSystem, M>) {
        self.schedule.add_systems(systems.in_set(step));
    }
}
