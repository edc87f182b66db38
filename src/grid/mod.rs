//! The grid behind the chargers: the tree of limits, loads, meters, sun, stationary batteries, transformers.

pub(crate) mod audit;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod limits;
mod meter;
mod outlook;
pub(crate) mod record;
pub mod rules;
mod site_load;
pub(crate) mod solar;
pub mod spec;
pub mod state;
mod storage;
pub(crate) mod systems;
mod transformer;

pub(crate) use systems::register;
