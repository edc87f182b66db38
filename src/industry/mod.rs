//! Plants beside the port: cement works, refineries, reformers, electrolysers, boilers, the fuel of an airport. One kind of plant
//! for all, levers that change it, projects that are levers at plants, and a decision a year.
//!
//! `spec` is what a user writes, `rules` says what a plant with some levers uses, emits and costs, `path` goes from year to year
//! and `decide` asks the policy, `hydrogen` is the one market that plants move and `sells` their part in it, `check` says what cannot be. All other prices of energy and carbon
//! come from outside: nothing here moves them.

pub(crate) mod check;
mod decide;
pub mod hydrogen;
pub mod path;
pub mod record;
pub mod rules;
pub mod sells;
pub mod spec;
#[cfg(test)]
mod tests;
