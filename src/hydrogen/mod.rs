//! Hydrogen: stations with their stock and queues, electrolysers, deliveries, pipelines; what a kg costs and emits.
//!
//! A vehicle that wants to fuel hands its tank over in a [`visit::FuelArrival`] and gets it back in a
//! [`visit::FuelDeparture`], as a battery at a port. Mass goes supply -> bulk storage -> cascade -> vehicle, and carries
//! its carbon and its cost with it ([`storage::Lot`]). Fills, failures and trailers have exact times; compressors,
//! electrolysers and pipelines keep a flow for a control interval.

pub mod audit;
pub mod build;
pub mod check;
pub mod flow;
pub mod record;
pub mod rules;
pub mod spec;
pub mod state;
pub mod station;
pub mod storage;
pub mod supply;
pub mod systems;
pub mod visit;

pub use systems::register;
