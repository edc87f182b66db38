//! What trucks, equipment and visitors share: energy on board, and which chargers and stations they may use.

pub mod battery;
pub(crate) mod build;
pub(crate) mod check;
pub mod on_board;
pub(crate) mod queue;
pub mod record;
pub mod spec;
pub mod tank;
pub mod user;
