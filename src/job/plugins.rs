//! The plugins that a scenario names, one after the other, whatever is done with them.

use crate::plugin::{Adoption, BuildOut, Charging, Dispatch, HydrogenSupply, Plugin, PluginKind};
use crate::scenario::loaded::Loaded;
use crate::scenario::plugin_file::PluginFile;
use crate::sim::RunError;
use std::collections::BTreeMap;

/// Something to do with each plugin of a scenario.
pub trait PluginVisitor {
    /// Why it ends early.
    type Error;

    /// Does it with one of a kind and its parameters.
    ///
    /// # Errors
    /// Then no other is visited.
    fn visit<S: PluginKind>(&mut self, file: &PluginFile, params: &BTreeMap<String, f64>) -> Result<(), Self::Error>;
}

/// Visits the plugins of a scenario.
///
/// # Errors
/// That of the first visit which fails.
pub fn visit_plugins<V: PluginVisitor>(loaded: &Loaded, visitor: &mut V) -> Result<(), V::Error> {
    let (plugins, policy) = (&loaded.plugins, &loaded.scenario.policy);
    if let Some(file) = &plugins.dispatch {
        visitor.visit::<Dispatch>(file, &policy.dispatch.params)?;
    }
    if let Some(file) = &plugins.charging {
        visitor.visit::<Charging>(file, &policy.charging.params)?;
    }
    if let Some(file) = &plugins.hydrogen {
        visitor.visit::<HydrogenSupply>(file, &policy.hydrogen.params)?;
    }
    let Some(transition) = &loaded.scenario.transition else { return Ok(()) };
    if let Some(file) = &plugins.adoption {
        visitor.visit::<Adoption>(file, &transition.adoption.params)?;
    }
    if let Some(file) = &plugins.infrastructure {
        visitor.visit::<BuildOut>(file, &transition.infrastructure.params)?;
    }
    Ok(())
}

struct Check;

impl PluginVisitor for Check {
    type Error = RunError;

    fn visit<S: PluginKind>(&mut self, file: &PluginFile, params: &BTreeMap<String, f64>) -> Result<(), RunError> {
        Plugin::<S>::load(file)?.parameters(params)?;
        Ok(())
    }
}

/// Compiles and checks the plugins of a scenario and their parameters, before anything waits for them.
///
/// # Errors
/// What the first bad one is refused for.
pub fn check_plugins(loaded: &Loaded) -> Result<(), RunError> {
    visit_plugins(loaded, &mut Check)
}
