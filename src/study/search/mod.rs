//! Search for the best design of a scenario: which of many layouts and policies, under constraints, is the best one.
//!
//! `spec` is what a study writes, `study` reads and checks it, `tries` tries its choices, `space` holds the decisions, `judge` says what makes a design better,
//! `when` says when it is tried and can be there, `race` finds the best with few runs, `run` simulates and keeps them, `work` says which designs leave work undone, `results`,
//! `notes` and `screen` tell. The search itself is our own: it races paired samples under chance constraints and stops on
//! evidence, which no crate does. On the enumerated space of `tests/search.rs` a surrogate of the whole space has nothing to add
//! to trying each design once.

pub mod judge;
pub mod notes;
pub mod race;
pub mod results;
pub mod run;
pub mod screen;
pub mod space;
pub mod spec;
pub mod study;
mod tries;
pub mod when;
pub mod work;
