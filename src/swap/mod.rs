//! Battery swap for equipment: a unit leaves its empty battery and gets a full one; the battery charges at the ports of the
//! terminal like any other, under the same limits and policies. A yard owns its spare batteries.

pub(crate) mod audit;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod record;
pub mod spec;
mod state;
pub(crate) mod systems;

pub(crate) use systems::register;
