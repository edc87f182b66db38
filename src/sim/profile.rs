//! Wall time by step of the tick, for `run --profile`. Never in results.

use crate::kernel::stage::Tick;
use bevy_ecs::prelude::*;
use std::time::{Duration, Instant};

/// Time spent so far.
#[derive(Resource, Debug)]
pub struct StepTimes {
    last: Instant,
    /// One entry a step.
    pub spent: [Duration; Tick::ALL.len()],
}

impl Default for StepTimes {
    fn default() -> Self {
        Self { last: Instant::now(), spent: [Duration::ZERO; Tick::ALL.len()] }
    }
}

/// Puts a stop-watch around every step of a schedule.
pub fn watch(schedule: &mut Schedule) {
    schedule.add_systems((|mut times: ResMut<StepTimes>| times.last = Instant::now()).before(Tick::ALL[0]));
    for (at, step) in Tick::ALL.into_iter().enumerate() {
        let stop = move |mut times: ResMut<StepTimes>| {
            let now = Instant::now();
            let since = times.last;
            times.spent[at] += now - since;
            times.last = now;
        };
        match Tick::ALL.get(at + 1) {
            Some(next) => schedule.add_systems(stop.after(step).before(*next)),
            None => schedule.add_systems(stop.after(step)),
        };
    }
}
