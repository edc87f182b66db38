//! Terminals: gates, and cargo-handling equipment with its work, shifts and breaks.

pub(crate) mod build;
pub(crate) mod check;
pub mod gates;
pub mod record;
pub mod rules;
pub mod spec;
pub mod state;
pub mod systems;

pub use systems::register;
