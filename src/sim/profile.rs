//! Wall time by step of the tick, for `run --profile`. Never in results.

use crate::kernel::stage::Tick;
use bevy_ecs::prelude::*;
use std::time::{Duration, Instant};

/// The steps in their order.
pub const STEPS: [Tick; 11] = [
    Tick::Deliver,
    Tick::Meter,
    Tick::Freight,
    Tick::Terminal,
    Tick::Duty,
    Tick::Dispatch,
    Tick::Queue,
    Tick::Ask,
    Tick::Supply,
    Tick::Plan,
    Tick::Grant,
];

/// Time spent so far.
#[derive(Resource, Debug)]
pub struct StepTimes {
    last: Instant,
    /// One entry a step.
    pub spent: [Duration; STEPS.len()],
}

impl Default for StepTimes {
    fn default() -> Self {
        Self { last: Instant::now(), spent: [Duration::ZERO; STEPS.len()] }
    }
}

/// Puts a stop-watch around every step of a schedule.
pub fn watch(schedule: &mut Schedule) {
    schedule.add_systems((|mut times: ResMut<StepTimes>| times.last = Instant::now()).before(STEPS[0]));
    for (at, step) in STEPS.into_iter().enumerate() {
        let stop = move |mut times: ResMut<StepTimes>| {
            let now = Instant::now();
            let since = times.last;
            times.spent[at] += now - since;
            times.last = now;
        };
        match STEPS.get(at + 1) {
            Some(next) => schedule.add_systems(stop.after(step).before(*next)),
            None => schedule.add_systems(stop.after(step)),
        };
    }
}
