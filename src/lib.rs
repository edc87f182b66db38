//! Portvolt simulates how a port and its truck fleets become zero-emission: drayage trucks, cargo-handling
//! equipment, chargers and the grid behind them, minute by minute.
//!
//! Data flows one way: [`scenario`] -> world (built by [`sim`]) -> systems of the rooms ([`freight`], [`terminal`],
//! [`truck`], [`charging`], [`grid`]; policies decide in [`policy`]) -> [`record`] -> [`report`]. [`cli`] only calls
//! the library. [`kernel`] is what all stand on, [`account`] holds pure functions on records.

pub mod account;
pub mod charging;
pub mod cli;
pub mod freight;
pub mod grid;
pub mod hydrogen;
pub mod kernel;
pub mod policy;
pub mod record;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod terminal;
pub mod truck;
