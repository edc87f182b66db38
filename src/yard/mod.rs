//! Terminals as places: a plan, the ways on it, and the work of the yard move by move.
//!
//! `plan` knows places and ways, `moves`, `vessels` and `trucks` are the events of a yard, `dispatch` its decisions; `systems`
//! joins it to units, chargers, trucks and vessels of the run.

pub(crate) mod audit;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod depot;
pub(crate) mod dispatch;
pub mod doing;
pub(crate) mod drawing;
pub(crate) mod hours;
pub(crate) mod lots;
pub(crate) mod moves;
pub(crate) mod outlines;
pub mod plan;
pub mod record;
mod shapes;
pub mod spec;
pub(crate) mod standard;
pub mod state;
pub mod systems;
pub(crate) mod tally;
pub(crate) mod times;
mod trucks;
mod vessels;
pub(crate) mod ways;
pub(crate) mod wrong;
