//! Chargers, ports, queues and sessions: who waits, who charges, how fast, until when.
//!
//! A vehicle that wants to charge hands its battery over in an [`state::Arrival`] and gets it back in a
//! [`state::Departure`]: whoever holds the battery is the only one who writes it. In between, power goes
//! Ask (what the session can take) -> Plan (what the policy wants) -> Grant (what the limits allow) -> delivered.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod power;
pub(crate) mod queue;
pub mod record;
pub mod spec;
pub mod state;
pub mod systems;
pub(crate) mod visits;

pub use systems::register;
