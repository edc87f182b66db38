//! Search for the best design of a scenario: which of many layouts and policies, under constraints, is the best one.
//!
//! `study` reads what is asked, `tries` tries its choices, `space` holds the decisions, `judge` says what makes a design better,
//! `race` finds the best with few runs, `run` simulates and keeps them, `work` says which designs leave work undone, `results`,
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
pub mod study;
mod tries;
pub mod work;
