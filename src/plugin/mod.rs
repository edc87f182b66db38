//! Policies as sandboxed WebAssembly components: the only room that knows wasmtime.
//!
//! The interface is `plugins/wit/policy.wit`: a guest pulls the columns of a view and pushes orders in batches. A plugin
//! fills the same seam as a built-in policy ([`crate::policy::decide`]). Each run has a fresh store, so nothing leaks
//! from one run to the next; a call may use so much fuel, memory and stack and not more (`engine`); orders are
//! checked (`order`); what goes wrong is named with the guest's own words (`error`).

mod adoption;
mod bindings;
mod build_out;
mod cache;
mod call;
mod charging;
mod columns;
mod compile;
mod diagnose;
mod dispatch;
mod engine;
mod error;
mod host;
mod hydrogen;
mod industry;
mod kind;
mod loader;
mod order;
mod running;
mod synthetic;
mod text;
pub mod trial;
pub mod views;
mod yard;

pub use cache::{default_folder, is_compiled, keep_compiled_code_in};
pub use charging::ChargingState;
pub use compile::{NO_COMPILER, compile_for_parent, compile_in_a_process};
pub use dispatch::DispatchState;
pub use error::{Cause, Failure, PluginError, Refusal};
pub use kind::{PluginKind, Starters, Take};
pub use loader::{Description, Plugin, TYPICAL_COMPONENT_BYTES, inspect, kind_of};
pub use order::Dropped;
pub use running::Running;
pub use yard::YardDispatchState;

/// The version of `portvolt:policy` that this host speaks. Older minor versions keep loading.
pub const INTERFACE_VERSION: &str = "0.1.1";

/// The text of the interface.
pub const INTERFACE: &str = include_str!("../../plugins/wit/policy.wit");
