//! One run of a plugin: a fresh store, calls with their fuel, orders checked, what went wrong named.

use super::bindings::Guest;
use super::call::Site;
use super::error::{Cause, PluginError};
use super::host::Host;
use super::kind::PluginKind;
use super::loader::Plugin;
use crate::kernel::random::Seed;
use crate::policy::spec::PluginLimits;
use crate::record::notes::PluginNotes;
use std::sync::Arc;
use wasmtime::Store;

/// Examples of dropped orders that are kept for a run.
const EXAMPLES: usize = 5;

/// A plugin in one run.
pub struct Running<S: PluginKind> {
    plugin: Arc<Plugin<S>>,
    store: Store<Host<S>>,
    guest: Guest,
    is_strict: bool,
    calls: u64,
    fuel: u64,
    dropped: u64,
    examples: Vec<String>,
}

impl<S: PluginKind> std::fmt::Debug for Running<S> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Running").field("plugin", &self.plugin).field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl<S: PluginKind> Running<S> {
    /// Begins a run. `values` are those of [`Plugin::parameters`]; with `is_strict` a bad order ends the run.
    ///
    /// # Errors
    /// What went wrong in the guest.
    pub fn start(
        plugin: &Arc<Plugin<S>>,
        values: &[f64],
        limits: PluginLimits,
        seed: Seed,
        is_strict: bool,
    ) -> Result<Self, PluginError> {
        let site = Site::outside("start");
        let (mut store, guest) = plugin.callee.instance(limits, seed, site)?;
        let own_seed = seed.stream(S::KIND.purpose(), u64::MAX, u32::MAX).bits();
        plugin.callee.called(&mut store, site, |store| guest.call_start(store, values, own_seed))?;
        let plugin = Arc::clone(plugin);
        Ok(Self { plugin, store, guest, is_strict, calls: 0, fuel: 0, dropped: 0, examples: Vec::new() })
    }

    /// The plugin's orders for a view.
    ///
    /// # Errors
    /// What went wrong in the guest; with `--strict-plugins` also a bad order.
    pub fn decide_on(&mut self, view: &S::View<'_>) -> Result<S::Orders, PluginError> {
        let (time_s, rows) = S::size(view);
        let site = Site { call: "decide", time_s: Some(time_s), rows };
        let host = self.store.data_mut();
        host.side.keep(view);
        host.side.columns_mut().fill::<S>(view);
        host.is_deciding = true;
        self.calls += 1;
        let guest = &self.guest;
        let answer = self.plugin.callee.called(&mut self.store, site, |store| guest.call_decide(store));
        self.fuel += self.spent(rows);
        let host = self.store.data_mut();
        host.is_deciding = false;
        answer?;
        let (orders, dropped, examples) = host.side.orders(view);
        if dropped > 0 {
            self.note_dropped(time_s, dropped, examples)?;
        }
        Ok(orders)
    }

    fn note_dropped(&mut self, time_s: u32, count: u64, examples: Vec<String>) -> Result<(), PluginError> {
        self.dropped += count;
        if self.is_strict {
            let first = examples.into_iter().next().unwrap_or_default();
            let site = Site { call: "decide", time_s: Some(time_s), rows: 0 };
            let cause = Cause::Orders { count, first };
            return Err(self.plugin.callee.failure(&self.store, site, cause, Vec::new()).into());
        }
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(examples.into_iter().take(room).map(|why| format!("{}: {why}", S::moment(time_s))));
        Ok(())
    }

    /// The run is over.
    ///
    /// # Errors
    /// What went wrong in the guest.
    pub fn end(&mut self) -> Result<(), PluginError> {
        let guest = &self.guest;
        self.plugin.callee.called(&mut self.store, Site::outside("finish"), |store| guest.call_finish(store))
    }

    /// What happened so far.
    #[must_use]
    pub fn notes(&self) -> PluginNotes {
        let description = &self.plugin.description;
        PluginNotes {
            kind: S::KIND.word().to_owned(),
            name: description.name.clone(),
            version: description.version.clone(),
            hash: self.plugin.hash.clone(),
            calls: self.calls,
            fuel: self.fuel,
            dropped: self.dropped,
            examples: self.examples.clone(),
            log: self.store.data().log.lines(),
        }
    }

    pub(super) fn plugin_name(&self) -> &str {
        &self.plugin.description.name
    }

    /// Fuel that the call just made has spent.
    fn spent(&self, rows: usize) -> u64 {
        let given = self.store.data().limits.fuel(rows);
        given.saturating_sub(self.store.get_fuel().unwrap_or(0))
    }
}
