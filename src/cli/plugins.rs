//! What every command does with the plugins of a scenario before it runs.

use super::Exit;
use super::console::Console;
use crate::plugin::{
    self, Adoption, BuildOut, Charging, Dispatch, HydrogenSupply, Plugin, Side, TYPICAL_COMPONENT_BYTES,
};
use crate::policy::PluginFile;
use crate::scenario::load::Loaded;
use std::collections::BTreeMap;

/// Compiles and checks the plugins of a scenario, and their parameters.
pub(super) fn prepare(loaded: &Loaded, console: &Console) -> Result<(), Exit> {
    let (plugins, policy) = (&loaded.plugins, &loaded.scenario.policy);
    if let Some(file) = &plugins.dispatch {
        one::<Dispatch>(file, &policy.dispatch.params, console)?;
    }
    if let Some(file) = &plugins.charging {
        one::<Charging>(file, &policy.charging.params, console)?;
    }
    if let Some(file) = &plugins.hydrogen {
        one::<HydrogenSupply>(file, &policy.hydrogen.params, console)?;
    }
    let Some(transition) = &loaded.scenario.transition else { return Ok(()) };
    if let Some(file) = &plugins.adoption {
        one::<Adoption>(file, &transition.adoption.params, console)?;
    }
    if let Some(file) = &plugins.infrastructure {
        one::<BuildOut>(file, &transition.infrastructure.params, console)?;
    }
    Ok(())
}

/// Compiled code is kept between runs of the program, whichever command needs it.
pub(super) fn keep_compiled_code() {
    if let Some(folder) = plugin::default_folder() {
        plugin::keep_compiled_code_in(folder);
    }
}

fn one<S: Side>(file: &PluginFile, params: &BTreeMap<String, f64>, console: &Console) -> Result<(), Exit> {
    let plugin = load::<S>(file, console)?;
    plugin.parameters(params).map_err(|error| {
        let help = error.help().map_or(String::new(), |help| format!(" ({help})"));
        console.error(&format!("{}.params: {error}{help}", S::KIND.setting()));
        Exit::BadFiles
    })?;
    Ok(())
}

/// Loads a plugin; says so when it has to be compiled for a while first.
pub(super) fn load<S: Side>(file: &PluginFile, console: &Console) -> Result<std::sync::Arc<Plugin<S>>, Exit> {
    if file.bytes.len() > TYPICAL_COMPONENT_BYTES && !plugin::is_compiled(file) {
        let mib = file.bytes.len() >> 20;
        console.note(&format!("compiling {} ({mib} MiB, some seconds; kept for the next time) ...", file.path));
    }
    Plugin::<S>::load(file).map_err(|error| {
        console.error(&error.to_string());
        Exit::BadPolicy
    })
}
