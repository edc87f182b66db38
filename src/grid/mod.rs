//! Sites, the tree of limits, meters.

pub mod rules;
pub mod spec;
pub mod state;
pub mod systems;

pub use systems::register;
