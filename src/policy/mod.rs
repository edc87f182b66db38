//! Who decides: the traits that built-in policies and plugins both implement, and the built-in ones.
//!
//! A policy is a pure function of the view it is given and its own state: batch in, batch out. Views are columns of
//! equal length, one row a truck, haul, site or session; every name says its unit.

pub mod adoption;
pub mod charging;
pub mod dispatch;
mod hydrogen;
pub mod infrastructure;
pub mod kind;
pub mod parameter;
pub mod spec;

pub use crate::policy::charging::view::{ChargingView, SessionColumns};
pub use crate::scenario::loaded::Schedule;
pub use adoption::AdoptionPolicy;
pub use charging::{built_in, charging, table};
pub use dispatch::{
    Assign, Carrier, ChargeAt, DispatchView, HaulColumns, NAMES as DISPATCH_NAMES, Orders, SiteColumns, TruckColumns,
    dispatch,
};

pub use hydrogen::{HydrogenOrders, HydrogenView, LOAD_STEPS, NAMES as HYDROGEN_NAMES, hydrogen};
pub use infrastructure::InfrastructurePolicy;

use crate::kernel::units::Kw;
use crate::record::notes::PluginNotes;
use bevy_ecs::prelude::Resource;

/// Decides the set-point of every session for one control interval.
pub trait ChargingPolicy: Send + Sync {
    /// The name users give.
    fn name(&self) -> &str;

    /// One mean power a row of the view, grid side. What passes the ask or a limit is cut afterwards.
    ///
    /// # Errors
    /// What went wrong; the run then ends.
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String>;

    /// The run is over.
    ///
    /// # Errors
    /// What went wrong.
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// What the sandbox noted, when this is a plugin.
    fn plugin(&self) -> Option<PluginNotes> {
        None
    }
}

/// Decides which truck takes which haul and which truck charges where.
pub trait DispatchPolicy: Send + Sync {
    /// The name users give.
    fn name(&self) -> &str;

    /// Orders for trucks of the view. Trucks without an order stay where they are.
    ///
    /// # Errors
    /// What went wrong; the run then ends.
    fn decide(&mut self, view: &DispatchView<'_>) -> Result<Orders, String>;

    /// The run is over.
    ///
    /// # Errors
    /// What went wrong.
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// What the sandbox noted, when this is a plugin.
    fn plugin(&self) -> Option<PluginNotes> {
        None
    }
}

/// Decides when electrolysers run and when trailers are ordered, at the start of each hour.
pub trait HydrogenPolicy: Send + Sync {
    /// The name users give.
    fn name(&self) -> &str;

    /// One load and one number of trailers a row of the view. What passes a ramp, a limit or the room is cut afterwards.
    ///
    /// # Errors
    /// What went wrong; the run then ends.
    fn decide(&mut self, view: &HydrogenView) -> Result<HydrogenOrders, String>;

    /// The run is over.
    ///
    /// # Errors
    /// What went wrong.
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// What the sandbox noted, when this is a plugin.
    fn plugin(&self) -> Option<PluginNotes> {
        None
    }
}

/// The hydrogen supply policy of the run.
#[derive(Resource)]
pub struct HydrogenPolicySlot(pub Box<dyn HydrogenPolicy>);

impl std::fmt::Debug for HydrogenPolicySlot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "HydrogenPolicySlot({})", self.0.name())
    }
}

/// The charging policy of the run.
#[derive(Resource)]
pub struct ChargingPolicySlot(pub Box<dyn ChargingPolicy>);

/// The dispatch policy of the run.
#[derive(Resource)]
pub struct DispatchPolicySlot(pub Box<dyn DispatchPolicy>);

impl std::fmt::Debug for ChargingPolicySlot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ChargingPolicySlot({})", self.0.name())
    }
}

impl std::fmt::Debug for DispatchPolicySlot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "DispatchPolicySlot({})", self.0.name())
    }
}

/// The first failure of a policy. The run loop reads it after each tick.
#[derive(Resource, Debug, Default)]
pub struct Fault(pub Option<PolicyFault>);

/// A policy that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy `{policy}` failed: {message}")]
pub struct PolicyFault {
    /// Its name.
    pub policy: String,
    /// What it said.
    pub message: String,
}

/// Messages of a policy whose views could not be written begin so: the disk failed then, not the policy.
pub const VIEWS_LOST: &str = "the views could not be recorded";

impl PolicyFault {
    /// Is it the disk that failed, where views are recorded?
    #[must_use]
    pub fn is_of_disk(&self) -> bool {
        self.message.starts_with(VIEWS_LOST)
    }
}

impl Fault {
    /// Keeps the first failure.
    pub fn set(&mut self, policy: &str, message: String) {
        if self.0.is_none() {
            self.0 = Some(PolicyFault { policy: policy.to_owned(), message });
        }
    }
}

/// What policies were asked and how much of their answers was refused.
#[derive(Resource, Debug, Default, Clone, Copy)]
pub struct PolicyCalls {
    /// Calls of the dispatch policy.
    pub dispatch: u64,
    /// Its orders that were refused.
    pub rejected: u64,
}
