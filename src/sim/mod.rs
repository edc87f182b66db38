//! Builds the world, runs it, audits it: the only room that knows all others.

mod audit;
pub mod build;
#[cfg_attr(private_rooms, allow(dead_code, reason = "the Python package uses it"))]
pub mod follow;
pub mod fork;
mod money;
pub mod options;
pub mod output;
pub mod policies;
pub mod profile;
mod refill;
pub(crate) mod rooms;
pub mod run;
pub mod stored;

pub use options::{Options, RunError};
pub use run::Simulation;
