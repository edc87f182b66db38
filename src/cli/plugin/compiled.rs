//! What every command does with the plugins of a scenario before it runs.

use crate::cli::exit::Exit;
use crate::cli::output::console::Console;
use crate::job::{PluginVisitor, visit_plugins};
use crate::plugin::{self, Plugin, PluginKind, TYPICAL_COMPONENT_BYTES};
use crate::scenario::loaded::Loaded;
use crate::scenario::plugin_file::PluginFile;
use std::collections::BTreeMap;

/// Compiles and checks the plugins of a scenario, and their parameters.
pub(crate) fn prepare(loaded: &Loaded, console: &Console) -> Result<(), Exit> {
    visit_plugins(loaded, &mut Prepare(console))
}

struct Prepare<'a>(&'a Console);

impl PluginVisitor for Prepare<'_> {
    type Error = Exit;

    fn visit<K: PluginKind>(&mut self, file: &PluginFile, params: &BTreeMap<String, f64>) -> Result<(), Exit> {
        load::<K>(file, self.0)?.parameters(params).map_err(|error| {
            let help = error.help().map_or(String::new(), |help| format!(" ({help})"));
            self.0.error(&format!("{}.params: {error}{help}", K::KIND.setting()));
            Exit::BadFiles
        })?;
        Ok(())
    }
}

/// Compiled code is kept between runs of the program, whichever command needs it, and made by a child that can be ended.
pub(crate) fn keep_compiled_code() {
    if let Some(folder) = plugin::default_folder() {
        plugin::keep_compiled_code_in(folder);
    }
    if let Ok(program) = std::env::current_exe() {
        plugin::compile_in_a_process(program, &["plugin", "compile"]);
    }
}

/// Loads a plugin; says so when it has to be compiled for a while first.
pub(crate) fn load<K: PluginKind>(file: &PluginFile, console: &Console) -> Result<std::sync::Arc<Plugin<K>>, Exit> {
    if file.bytes.len() > TYPICAL_COMPONENT_BYTES && !plugin::is_compiled(file) {
        let mib = file.bytes.len() >> 20;
        console.note(&format!("compiling {} ({mib} MiB, some seconds; kept for the next time) ...", file.path));
    }
    Plugin::<K>::load(file).map_err(|error| {
        console.error(&error.to_string());
        Exit::BadPolicy
    })
}
