//! Who decides: the traits that built-in policies and plugins both implement, and the built-in ones.
//!
//! A policy is a pure function of the view it is given and its own state: batch in, batch out. Views are columns of
//! equal length, one row a truck, haul, site or session; every name says its unit.

pub mod adoption;
pub mod charging;
mod dispatch;
mod hydrogen;
pub mod infrastructure;
mod plugin;
pub mod spec;

pub use charging::{ChargingView, Schedule, SessionColumns, SiteOutlook, built_in, charging, table};
pub use dispatch::{
    Assign, Carrier, ChargeAt, DispatchView, HaulColumns, NAMES as DISPATCH_NAMES, Orders, SiteColumns, TruckColumns,
    dispatch,
};

pub use crate::record::notes::PluginNotes;
pub use hydrogen::{HydrogenOrders, HydrogenView, LOAD_STEPS, NAMES as HYDROGEN_NAMES, hydrogen};
pub use plugin::PluginFile;

use crate::kernel::units::Kw;
use bevy_ecs::prelude::Resource;
use std::borrow::Cow;
use std::collections::BTreeMap;

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

/// Decides what each holding buys in a year.
pub trait AdoptionPolicy: Send + Sync {
    /// The name users give.
    fn name(&self) -> &str;

    /// What is bought. What passes a ramp is cut afterwards, what a rule in force asks for is added, and what is still due
    /// is replaced at least cost.
    ///
    /// # Errors
    /// What went wrong; the run then ends.
    fn decide(&mut self, view: &adoption::AdoptionView) -> Result<adoption::Purchases, String>;

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

/// Decides what is built, once a year.
pub trait InfrastructurePolicy: Send + Sync {
    /// The name users give.
    fn name(&self) -> &str;

    /// Does it build chargers for the vehicles that are bought? Then buyers can count on them.
    fn follows_vehicles(&self) -> bool {
        false
    }

    /// What is begun this year.
    ///
    /// # Errors
    /// What went wrong; the run then ends.
    fn decide(&mut self, view: &infrastructure::InfrastructureView) -> Result<infrastructure::Works, String>;

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

/// Why a named policy cannot be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// No built-in policy has this name.
    #[error("there is no built-in {kind} policy `{name}`")]
    Unknown {
        /// Dispatch or charging.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// A schedule without its file.
    #[error("the policy `schedule` needs a file: csv = \"schedule.csv\"")]
    NoSchedule,
    /// The policy has no such parameter.
    #[error("`{policy}` has no parameter `{name}`")]
    Parameter {
        /// The policy.
        policy: String,
        /// What was given.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A parameter is out of its bounds.
    #[error("parameter `{name}` is {value}, not between {least} and {most}")]
    Bounds {
        /// The parameter.
        name: String,
        /// What was given.
        value: f64,
        /// Lowest allowed.
        least: f64,
        /// Highest allowed.
        most: f64,
    },
    /// A parameter counts something, or says yes or no.
    #[error("parameter `{name}` is {value}, not a whole number")]
    Whole {
        /// The parameter.
        name: String,
        /// What was given.
        value: f64,
    },
}

impl PolicyError {
    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        use crate::scenario::problem::nearest;
        match self {
            Self::Unknown { name, .. } if name.contains(['/', '\\', '.']) => {
                Some("a plugin is named by its built file, which ends in .wasm".to_owned())
            }
            Self::Unknown { name, known, .. } => nearest(name, known.iter().copied()),
            Self::Parameter { name, known, .. } => nearest(name, known.iter().map(String::as_str)),
            Self::Bounds { .. } | Self::Whole { .. } | Self::NoSchedule => None,
        }
    }
}

/// A parameter of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, with the unit.
    pub name: Cow<'static, str>,
    /// Used when it is not given.
    pub default: f64,
    /// Bounds, both allowed.
    pub bounds: (f64, f64),
    /// Its unit, or empty.
    pub unit: Cow<'static, str>,
    /// One sentence.
    pub help: Cow<'static, str>,
    /// Is it a count, or yes (1) or no (0)?
    pub is_whole: bool,
}

impl Parameter {
    /// A quantity of a built-in policy.
    pub const fn new(name: &'static str, default: f64, bounds: (f64, f64)) -> Self {
        let (unit, help) = (Cow::Borrowed(""), Cow::Borrowed(""));
        Self { name: Cow::Borrowed(name), default, bounds, unit, help, is_whole: false }
    }
}

/// Values for `known` in their order, from what the user gave.
///
/// # Errors
/// When there is no such parameter, or a value is out of bounds.
pub fn parameters(policy: &str, known: &[Parameter], given: &BTreeMap<String, f64>) -> Result<Vec<f64>, PolicyError> {
    if let Some(name) = given.keys().find(|name| known.iter().all(|parameter| parameter.name != name.as_str())) {
        let known = known.iter().map(|parameter| parameter.name.clone().into_owned()).collect();
        return Err(PolicyError::Parameter { policy: policy.to_owned(), name: name.clone(), known });
    }
    let value = |parameter: &Parameter| {
        let name = parameter.name.clone().into_owned();
        let value = given.get(&name).copied().unwrap_or(parameter.default);
        let (least, most) = parameter.bounds;
        if !(least..=most).contains(&value) {
            return Err(PolicyError::Bounds { name, value, least, most });
        }
        if parameter.is_whole && value.fract() != 0.0 {
            return Err(PolicyError::Whole { name, value });
        }
        Ok(value)
    };
    known.iter().map(value).collect()
}
