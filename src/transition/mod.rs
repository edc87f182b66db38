//! The transition clock: years. Each year closes the books on what operations showed, decides, commits, and runs sampled
//! weeks of the next.
//!
//! `spec`, `planning` and `regulation` are what a user writes, `check` what can be wrong with them. `stock`
//! holds every vehicle, `offer` what it costs to own one, `build` the projects: formulas on plain values. `frame` is what
//! does not change over the years, `sample` says which weeks are simulated, `year` runs the operations of one year,
//! `operated` is what they showed, `balance` and `bill_year` close them, `market` makes of it what policies
//! see, `capacity` how much stations could
//! give, `comply` holds decisions to ramps and rules, `fuel` says what is in a gallon, `ledger` what fleets and sites paid and
//! emitted, `payers` who paid whom, `inventory` the emissions of all sectors, with those of plants ([`crate::industry`]);
//! `known` says up to which day rules are known, `pathway` is the loop that joins them, and `books` closes its years; `metrics` and `bank` fold them into what is asked
//! first. Policies that decide are in [`crate::policy`]; `record` are the rows that leave.

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
mod rates;
pub mod record;
pub mod regulation;
pub mod sample;
pub mod spec;
pub mod stock;
pub mod write;
pub mod year;
