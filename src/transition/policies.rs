//! The policies of a transition: built-in ones and plugins, made the same way.

use super::spec::{AdoptionChoice, InfrastructureChoice};
use crate::plugin::{Adoption, BuildOut, views};
use crate::policy::{self, AdoptionPolicy, InfrastructurePolicy};
use crate::scenario::loaded::Loaded;
use crate::sim::options::{Options, RunError};
use crate::sim::policies::{recorded, start};

/// The infrastructure policy of the scenario's transition.
///
/// # Errors
/// When it cannot be made.
pub fn infrastructure(
    loaded: &Loaded,
    choice: &InfrastructureChoice,
    options: &Options,
) -> Result<Box<dyn InfrastructurePolicy>, RunError> {
    let policy: Box<dyn InfrastructurePolicy> = match &loaded.plugins.infrastructure {
        Some(file) => Box::new(start::<BuildOut>(file, &choice.params, choice.limits, options)?),
        None => policy::infrastructure::infrastructure(&choice.name, &choice.params)?,
    };
    recorded(loaded, policy, views::build_out)
}

/// The adoption policy of the scenario's transition.
///
/// # Errors
/// When it cannot be made.
pub fn adoption(
    loaded: &Loaded,
    choice: &AdoptionChoice,
    options: &Options,
) -> Result<Box<dyn AdoptionPolicy>, RunError> {
    let policy: Box<dyn AdoptionPolicy> = match &loaded.plugins.adoption {
        Some(file) => Box::new(start::<Adoption>(file, &choice.params, choice.limits, options)?),
        None => policy::adoption::adoption(&choice.name, &choice.params)?,
    };
    recorded(loaded, policy, views::adoption)
}
