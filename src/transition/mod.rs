//! The transition clock: years. Each year closes the books on what operations showed, decides, commits, and runs sampled
//! weeks of the next.
//!
//! - What a user writes: `spec`, `planning` and `regulation`; `check` says what can be wrong with them.
//! - Formulas on plain values: `stock` holds every vehicle, `offer` says what it costs to own one, `build` are the projects, `fuel`
//!   says what is in a gallon.
//! - Operations of a year: `frame` is what does not change over the years, `sample` says which weeks are simulated, `year` runs
//!   them, `operated` is what they showed, `balance` and `bill_year` close them.
//! - Decisions: `market` makes of it what policies see, `outlook` and `capacity` what is there and could be given, `comply` holds
//!   decisions to ramps and rules, `known` says up to which day rules are known. Policies that decide are in [`crate::policy`].
//! - Books: `ledger` says what fleets and sites paid and emitted, `scope` whose a row is, `payers` who paid whom, `inventory` the
//!   emissions of all sectors.
//! - Beside fleets and sites: `room` is a technology that runs year by year, `rooms` the list of them: `engines` with a steady duty,
//!   and `plants` ([`crate::industry`]).
//! - `pathway` is the loop that joins them, `books` closes its years, `audit` checks them, `metrics` and `bank` fold them into what is
//!   asked first; `record` are the rows that leave, `write` their files.

mod audit;
pub mod balance;
mod bank;
pub mod baseline;
mod bill_year;
mod books;
pub mod build;
pub mod capacity;
pub mod check;
pub mod comply;
mod engines;
pub mod frame;
pub mod fuel;
pub mod inventory;
mod known;
pub mod ledger;
pub mod market;
pub mod metrics;
pub mod offer;
pub mod operated;
mod outlook;
pub mod pathway;
pub mod payers;
pub mod planning;
mod plants;
mod rates;
pub mod record;
pub mod regulation;
mod room;
mod rooms;
pub mod sample;
pub mod scope;
pub mod spec;
pub mod stock;
pub mod write;
pub mod year;
