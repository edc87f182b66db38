//! Portvolt simulates how a port and its truck fleets become zero-emission: drayage trucks, cargo-handling
//! equipment, chargers and the grid behind them, minute by minute within a year and year by year.
//!
//! Data flows one way: [`scenario`] -> world (built by [`sim`]) -> systems of the modules ([`freight`], [`terminal`], [`yard`],
//! [`truck`], [`charging`], [`grid`]; policies decide in [`policy`], plugins among them in [`plugin`]) -> [`record`] ->
//! [`report`]; [`transition`] goes from year to year over it; [`job`] is one run into its folder, [`study`] many runs.
//! [`cli`] and [`serve`] only call the library.
//! [`kernel`] is what all build on, [`disk`] does all file access, [`account`] holds pure functions on records, [`import`] and
//! [`export`] know third-party formats.
//!
//! Modules are public because the binary, the tests and the fuzzers use them; `.ci/dead_code` looks for items that nothing uses
//! in a copy in which they are not.

pub mod account;
pub mod bound;
pub mod charging;
pub mod cli;
pub mod disk;
pub mod document;
pub mod export;
pub mod freight;
pub mod grid;
pub mod guide;
pub mod hydrogen;
pub mod import;
pub mod job;
pub mod kernel;
pub mod place;
pub mod plugin;
pub mod policy;
pub mod record;
pub mod report;
pub mod scenario;
pub mod serve;
pub mod sim;
pub mod study;
pub mod swap;
pub mod terminal;
pub mod transition;
pub mod truck;
pub mod vehicle;
pub mod yard;
