//! Sites, the tree of limits, meters.

pub(crate) mod build;
pub(crate) mod check;
pub mod limits;
pub mod record;
pub mod rules;
pub mod site_load;
pub mod solar;
pub mod spec;
pub mod state;
pub mod storage;
pub mod systems;
pub mod transformer;

pub use systems::register;
