//! Who decides in a run: built-in policies and plugins, made the same way.

use super::options::{Options, RunError};
use crate::kernel::random::Seed;
use crate::plugin::{Charging, Dispatch, HydrogenSupply, Plugin, PluginKind, Running, views};
use crate::policy;
use crate::policy::spec::PluginLimits;
use crate::policy::{ChargingPolicy, DispatchPolicy, HydrogenPolicy};
use crate::scenario::loaded::Loaded;
use crate::scenario::plugin_file::PluginFile;
use std::collections::BTreeMap;
use std::path::Path;

/// The dispatch policy of the scenario.
pub(super) fn dispatch(loaded: &Loaded, options: &Options) -> Result<Box<dyn DispatchPolicy>, RunError> {
    let choice = &loaded.scenario.policy.dispatch;
    let policy: Box<dyn DispatchPolicy> = match &loaded.plugins.dispatch {
        Some(file) => Box::new(start::<Dispatch>(file, &choice.params, choice.limits, options)?),
        None => policy::dispatch(&choice.name, &choice.params)?,
    };
    recorded(loaded, policy, views::dispatch)
}

/// The charging policy of the scenario.
pub(super) fn charging(loaded: &Loaded, options: &Options) -> Result<Box<dyn ChargingPolicy>, RunError> {
    let choice = &loaded.scenario.policy.charging;
    let policy: Box<dyn ChargingPolicy> = match &loaded.plugins.charging {
        Some(file) => Box::new(start::<Charging>(file, &choice.params, choice.limits, options)?),
        None => policy::charging(&choice.name, &choice.params, loaded.schedule.as_ref())?,
    };
    recorded(loaded, policy, views::charging)
}

/// The hydrogen supply policy of the scenario.
pub(super) fn hydrogen(loaded: &Loaded, options: &Options) -> Result<Box<dyn HydrogenPolicy>, RunError> {
    let choice = &loaded.scenario.policy.hydrogen;
    let policy: Box<dyn HydrogenPolicy> = match &loaded.plugins.hydrogen {
        Some(file) => Box::new(start::<HydrogenSupply>(file, &choice.params, choice.limits, options)?),
        None => policy::hydrogen(&choice.name, &choice.params)?,
    };
    recorded(loaded, policy, views::hydrogen)
}

/// The same policy, with its views in files where that was asked for.
pub(crate) fn recorded<P: ?Sized>(
    loaded: &Loaded,
    policy: Box<P>,
    record: impl FnOnce(Box<P>, &Path) -> Result<Box<P>, String>,
) -> Result<Box<P>, RunError> {
    match &loaded.record_views {
        Some(folder) => record(policy, folder).map_err(RunError::Views),
        None => Ok(policy),
    }
}

pub(crate) fn start<S: PluginKind>(
    file: &PluginFile,
    params: &BTreeMap<String, f64>,
    limits: PluginLimits,
    options: &Options,
) -> Result<Running<S>, RunError> {
    let plugin = Plugin::<S>::load(file)?;
    let values = plugin.parameters(params)?;
    let seed = Seed { seed: options.seed, replication: options.replication };
    Ok(Running::start(&plugin, &values, limits, seed, options.strict_plugins)?)
}
