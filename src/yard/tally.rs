//! What a yard did since the start of the run.

use super::doing::Doing;
use crate::record::tally::Waits;

/// Sums over a run.
#[derive(Debug, Default)]
pub(crate) struct YardCounts {
    /// Machines by class.
    pub(super) machines: Vec<u32>,
    /// Their seconds by what they did.
    pub(super) state_s: Vec<[u64; Doing::ALL.len()]>,
    /// Moves begun by carriers, and ended.
    pub(super) begun: u64,
    pub(super) ended: u64,
    /// Containers lifted off and onto vessels, in all and after the planned departure.
    pub(super) lifts: u64,
    pub(super) late_lifts: u64,
    /// Containers to and from the rail ramp, and handled at blocks.
    pub(super) rail_moves: u64,
    pub(super) handled: u64,
    /// Time cranes lifted, and time they were ready and waited for carriers, s.
    pub(super) crane_busy_s: u64,
    pub(super) crane_wait_s: u64,
    /// Vessels that left: number, lifts, time at berth and in the queue for one, s.
    pub(super) vessels: u64,
    pub(super) vessel_lifts: u64,
    pub(super) berth_s: u64,
    pub(super) berth_wait_s: u64,
    /// Road trucks that came, and left with their turn times.
    pub(super) trucks_in: u64,
    pub(super) turns: Waits,
    /// Of those: wait for a lane and time in it, driving, wait at the block, handling, s.
    pub(super) gate_s: u64,
    pub(super) way_s: u64,
    pub(super) block_wait_s: u64,
    pub(super) handling_s: u64,
    /// Visits to charging lots.
    pub(super) charges: u64,
    /// Ways on which a battery was empty.
    pub(super) stranded: u64,
    /// Driven with and without a container, m.
    pub(super) loaded_m: f64,
    pub(super) empty_m: f64,
    /// Energy used by batteries and straight from the grid, kWh.
    pub(super) used_kwh: f64,
    /// Ways to lots that were driven to their end, by lot.
    pub(super) lot_ways: Vec<LotWay>,
    /// Time at lots, by class, of visits that ended.
    pub(super) lot_s: Vec<LotTime>,
    /// Trucks whose container was handled.
    pub(super) trucks_handled: u64,
    /// What pools have heard of.
    pub(super) told: Told,
}

/// Ways to a charging lot: their number, and how long they took in all, s.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LotWay {
    pub(super) number: u64,
    pub(super) way_s: u64,
}

/// Parts of the time at charging lots, s.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LotTime {
    pub(super) queue_s: u64,
    pub(super) plugging_s: u64,
    pub(super) charging_s: u64,
    pub(super) visits: u64,
}

/// What pools have heard of: the rest is new to them.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Containers of vessels, rail and gate: asked for and done.
    pub(super) asked: [f64; 3],
    pub(super) done: [f64; 3],
    pub(super) gate_asked: f64,
    /// By class.
    pub(super) present_away_s: Vec<(u64, u64)>,
}

impl YardCounts {
    /// A machine did something for so long.
    pub(crate) fn spend(&mut self, class: u8, doing: Doing, seconds: u32) {
        self.state_s[usize::from(class)][doing as usize] += u64::from(seconds);
    }

    /// Time that a unit takes a plug, mean over the visits so far, s; zero before the first.
    pub(crate) fn mean_visit_s(&self) -> f64 {
        let visits: u64 = self.lot_s.iter().map(|lot| lot.visits).sum();
        let taken_s: u64 = self.lot_s.iter().map(|lot| lot.plugging_s + lot.charging_s).sum();
        if visits > 0 { taken_s as f64 / visits as f64 } else { 0.0 }
    }

    /// Trucks inside the terminal.
    pub(crate) fn trucks_inside(&self) -> u64 {
        self.trucks_in - self.turns.number()
    }

    /// Lifts of one crane in an hour in which it worked a vessel.
    pub(crate) fn crane_moves_per_h(&self) -> Option<f64> {
        let hours = (self.crane_busy_s + self.crane_wait_s) as f64 / 3600.0;
        (hours > 0.0).then(|| self.lifts as f64 / hours)
    }
}
