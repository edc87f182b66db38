//! Vessel calls, containers, hauls: the demand. It depends on nothing that any policy does, so strategies meet the
//! same vessels and the same hauls.

pub(crate) mod appointments;
pub(crate) mod build;
pub(crate) mod check;
pub mod demand;
pub mod labor;
pub mod record;
pub mod spec;
pub mod state;
pub mod systems;
pub(crate) mod vessels;

pub use systems::register;
