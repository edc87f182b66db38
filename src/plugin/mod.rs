//! Policies as sandboxed WebAssembly components: the only room that knows wasmtime.
//!
//! The interface is `plugins/wit/policy.wit`: a guest pulls the columns of a view and pushes orders in batches. A plugin
//! implements the same traits as a built-in policy ([`crate::policy`]). Each run has a fresh store, so nothing leaks
//! from one run to the next; a call may use so much fuel, memory and stack and not more (`engine`); orders are
//! checked (`order`); what goes wrong is named with the guest's own words (`error`).

mod adoption;
mod bindings;
mod build_out;
mod cache;
mod call;
mod charging;
mod diagnose;
mod dispatch;
mod engine;
mod error;
mod host;
mod hydrogen;
mod kind;
mod loader;
mod order;
mod running;
mod synthetic;
pub mod trial;
pub mod views;

pub use adoption::Adoption;
pub use build_out::BuildOut;
pub use cache::{default_folder, is_compiled, keep_compiled_code_in};
pub use charging::Charging;
pub use dispatch::Dispatch;
pub use error::{Cause, Failure, PluginError, Refusal};
pub use hydrogen::HydrogenSupply;
pub use kind::PluginKind;
pub use loader::{Description, Plugin, TYPICAL_COMPONENT_BYTES, inspect, kind_of};
pub use running::Running;

/// The version of `portvolt:policy` that this host speaks. Older minor versions keep loading.
pub const INTERFACE_VERSION: &str = "0.1.0";

/// The text of the interface.
pub const INTERFACE: &str = include_str!("../../plugins/wit/policy.wit");
