//! The policies of a run: built-in ones and plugins of all kinds, made, ended and asked for their notes the same way.

use super::options::{Options, RunError};
use crate::kernel::random::Seed;
use crate::plugin::{Plugin, PluginKind, Running, views};
use crate::policy::decide::{Decide, Decision, Policy, PolicySlot};
use crate::policy::kind::{PolicyKind, for_kind};
use crate::policy::spec::Choice;
use crate::scenario::loaded::Loaded;
use crate::scenario::plugin_file::PluginFile;
use bevy_ecs::prelude::{Mut, World};

/// The policy of a kind that a scenario chose, with its views in files where that was asked for.
///
/// # Errors
/// When a plugin is refused or does not start, or a built-in policy cannot be had.
pub(crate) fn make<K: PluginKind>(loaded: &Loaded, options: &Options) -> Result<Box<dyn Decide<K>>, RunError> {
    let not_chosen = Choice::default();
    let choice = K::choice(&loaded.scenario).unwrap_or(&not_chosen);
    let policy = match loaded.plugins.get(&K::KIND) {
        Some(file) => Box::new(start::<K>(file, choice, options)?),
        None => K::make(choice, loaded.schedule.as_ref())?,
    };
    match &loaded.record_views {
        Some(folder) => views::recorded(policy, folder, &loaded.scenario).map_err(RunError::Views),
        None => Ok(policy),
    }
}

fn start<K: PluginKind>(file: &PluginFile, choice: &Choice<K>, options: &Options) -> Result<Running<K>, RunError> {
    let plugin = Plugin::<K>::load(file)?;
    let values = plugin.parameters(&choice.params)?;
    let seed = Seed { seed: options.seed, replication: options.replication };
    Ok(Running::start(&plugin, &values, choice.limits, seed, options.strict_plugins)?)
}

/// Puts the policies that the ticks ask into a world.
pub(super) fn add(world: &mut World, loaded: &Loaded, options: &Options) -> Result<(), RunError> {
    for kind in PolicyKind::ALL.iter().filter(|kind| !kind.is_yearly()) {
        for_kind!(kind, K => world.insert_resource(PolicySlot::<K>(make(loaded, options)?)));
    }
    Ok(())
}

/// Does something with each policy of a world, in the order of the list.
pub(super) fn each<T>(world: &mut World, mut with: impl FnMut(&mut dyn Policy) -> T) -> Vec<T> {
    let mut done = Vec::new();
    for kind in PolicyKind::ALL {
        for_kind!(kind, K => done.extend(slot::<K>(world).map(|mut slot| with(&mut *slot.0))));
    }
    done
}

fn slot<K: Decision>(world: &mut World) -> Option<Mut<'_, PolicySlot<K>>> {
    world.get_resource_mut()
}
