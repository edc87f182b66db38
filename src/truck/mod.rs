//! Drayage trucks: duty, driving, energy, and the decisions that dispatch makes for them.

pub mod dispatch;
pub mod rules;
pub mod spec;
pub mod standing;
pub mod state;
pub mod systems;
pub mod travel;

pub use systems::register;
