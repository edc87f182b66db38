//! Chargers, charging ports, queues and sessions: which vehicle waits, which charges, how fast, until when.
//!
//! A vehicle that wants to charge hands its battery over in an `arrival::Arrival` and gets it back in an
//! `arrival::Departure`: only the room that holds the battery writes it. In between, power goes
//! Ask (what the session can take) -> Plan (what the policy wants) -> Grant (what the limits allow) -> delivered.
//!
//! Where `[time]` has `allocation = "event"`, the queue step does all of it as vehicles come and go (`allocation`).
//!
//! Charging ports, cabinets and the queues of sites are entities; what there is one of is a resource: the agenda, the
//! tables of groups, and the budget by node of the tree of limits.

pub(crate) mod agenda;
pub(crate) mod allocation;
pub(crate) mod arrival;
pub(crate) mod audit;
mod budget;
pub(crate) mod build;
pub(crate) mod check;
mod entities;
mod export;
pub(crate) mod lots;
pub(crate) mod power;
pub(crate) mod queue;
pub(crate) mod record;
mod session;
pub mod spec;
pub(crate) mod state;
pub(crate) mod systems;
pub(crate) mod visits;

pub(crate) use systems::register;
