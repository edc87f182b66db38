//! Policies: the seam that built-in ones and plugins both fill, and the built-in ones.
//!
//! A policy is a pure function of the view it is given and its own state: batch in, batch out. Views are columns of
//! equal length, one row a truck, haul, site or session; every name says its unit. `kind` lists the kinds, `decide` is the
//! seam, each kind has a file of its own.

pub mod adoption;
pub mod build_out;
pub mod charging;
pub mod decide;
pub mod dispatch;
pub mod energy_sites;
pub mod floor;
pub mod hydrogen;
pub mod industry;
pub mod keys;
pub mod kind;
pub mod option_facts;
pub mod parameter;
pub mod share_out;
pub mod spec;
pub mod yard;

pub use crate::policy::charging::view::{ChargingView, SessionColumns};
pub use crate::scenario::loaded::Schedule;
pub use charging::{built_in, charging, table};
pub use decide::{Decide, Decision, Policy, PolicySlot};
pub use dispatch::{Assign, Carrier, ChargeAt, DispatchView, HaulColumns, Orders, SiteColumns, TruckColumns};
pub use hydrogen::{HydrogenOrders, HydrogenView, LOAD_STEPS};

use bevy_ecs::prelude::Resource;

/// The first failure of a policy. The run loop reads it after each tick.
#[derive(Resource, Debug, Default)]
pub struct Fault(Option<PolicyFault>);

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
    /// The first failure, if there was one.
    #[must_use]
    pub fn first(&self) -> Option<&PolicyFault> {
        self.0.as_ref()
    }

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
    dispatch: u64,
    rejected: u64,
}

impl PolicyCalls {
    /// The dispatch policy was asked.
    pub fn ask(&mut self) {
        self.dispatch += 1;
    }

    /// An order of it was carried out, or refused.
    pub fn judge(&mut self, is_done: bool) {
        self.rejected += u64::from(!is_done);
    }

    /// Calls of the dispatch policy.
    #[must_use]
    pub fn dispatch(self) -> u64 {
        self.dispatch
    }

    /// Its orders that were refused.
    #[must_use]
    pub fn rejected(self) -> u64 {
        self.rejected
    }
}
