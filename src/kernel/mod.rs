//! Time, order, units and random numbers, used by every other module.

pub mod agenda;
pub mod calendar;
pub mod clock;
pub mod curve;
pub mod ids;
pub mod math;
pub mod profile;
pub mod random;
pub mod sources;
pub mod stage;
pub mod sums;
pub mod units;
pub mod words;
