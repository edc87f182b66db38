//! The plugins that a scenario names, one after the other, whatever is done with them.

use crate::plugin::{Plugin, PluginKind};
use crate::policy::decide::Decision;
use crate::policy::kind::for_kind;
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
    fn visit<K: PluginKind>(&mut self, file: &PluginFile, params: &BTreeMap<String, f64>) -> Result<(), Self::Error>;
}

/// Visits the plugins of a scenario.
///
/// # Errors
/// That of the first visit which fails.
pub fn visit_plugins<V: PluginVisitor>(loaded: &Loaded, visitor: &mut V) -> Result<(), V::Error> {
    for (kind, file) in &loaded.plugins {
        for_kind!(kind, K => if let Some(choice) = K::choice(&loaded.scenario) {
            visitor.visit::<K>(file, &choice.params)?;
        });
    }
    Ok(())
}

struct Check;

impl PluginVisitor for Check {
    type Error = RunError;

    fn visit<K: PluginKind>(&mut self, file: &PluginFile, params: &BTreeMap<String, f64>) -> Result<(), RunError> {
        Plugin::<K>::load(file)?.parameters(params)?;
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
