//! One run of a plugin: a fresh store, calls with their fuel, orders checked, what went wrong named.

use super::bindings::Guest;
use super::call::Site;
use super::error::{Cause, PluginError};
use super::host::Host;
use super::kind::{PluginKind, fill};
use super::loader::Plugin;
use super::order::Dropped;
use crate::kernel::random::Seed;
use crate::policy::decide::{Decide, Policy};
use crate::policy::spec::PluginLimits;
use crate::record::notes::PluginNotes;
use std::sync::Arc;
use wasmtime::Store;

/// Examples of dropped orders that are kept for a run.
const EXAMPLES: usize = 5;

/// A plugin in one run.
pub struct Running<K: PluginKind> {
    plugin: Arc<Plugin<K>>,
    store: Store<Host<K::State>>,
    guest: Guest,
    is_strict: bool,
    calls: u64,
    fuel: u64,
    orders: u64,
    dropped: u64,
    examples: Vec<String>,
}

impl<K: PluginKind> std::fmt::Debug for Running<K> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Running").field("plugin", &self.plugin).field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl<K: PluginKind> Running<K> {
    /// Begins a run. `values` are those of [`Plugin::parameters`]; with `is_strict` a bad order ends the run.
    ///
    /// # Errors
    /// What went wrong in the guest.
    pub fn start(
        plugin: &Arc<Plugin<K>>,
        values: &[f64],
        limits: PluginLimits,
        seed: Seed,
        is_strict: bool,
    ) -> Result<Self, PluginError> {
        let site = Site::outside("start");
        let (mut store, guest) = plugin.callee.instance(limits, seed, site)?;
        let own_seed = seed.stream(K::KIND.facts().purpose, u64::MAX, u32::MAX).bits();
        plugin.callee.called(&mut store, site, |store| guest.call_start(store, values, own_seed))?;
        let plugin = Arc::clone(plugin);
        Ok(Self { plugin, store, guest, is_strict, calls: 0, fuel: 0, orders: 0, dropped: 0, examples: Vec::new() })
    }

    /// The plugin's orders for a view.
    ///
    /// # Errors
    /// What went wrong in the guest; with `--strict-plugins` also a bad order.
    pub fn decide_on(&mut self, view: &K::View<'_>) -> Result<K::Orders, PluginError> {
        let (time_s, rows) = K::size(view);
        let site = Site { call: "decide", time_s: Some(time_s), rows };
        let host = self.store.data_mut();
        K::keep(&mut host.state, view);
        fill::<K>(&mut host.columns, view);
        host.is_deciding = true;
        self.calls += 1;
        let guest = &self.guest;
        let answer = self.plugin.callee.called(&mut self.store, site, |store| guest.call_decide(store));
        self.fuel += self.spent(rows);
        let host = self.store.data_mut();
        host.is_deciding = false;
        answer?;
        let (orders, dropped) = K::orders(&mut host.state, view);
        self.orders += K::count(&orders) as u64;
        if dropped.count > 0 {
            self.note_dropped(time_s, dropped)?;
        }
        Ok(orders)
    }

    fn note_dropped(&mut self, time_s: u32, dropped: Dropped) -> Result<(), PluginError> {
        let Dropped { count, examples } = dropped;
        self.dropped += count;
        if self.is_strict {
            let first = examples.into_iter().next().unwrap_or_default();
            let site = Site { call: "decide", time_s: Some(time_s), rows: 0 };
            let cause = Cause::Orders { count, first };
            return Err(self.plugin.callee.failure(&self.store, site, cause, Vec::new()).into());
        }
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(examples.into_iter().take(room).map(|why| format!("{}: {why}", K::moment(time_s))));
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
    pub fn noted(&self) -> PluginNotes {
        let description = &self.plugin.description;
        PluginNotes {
            kind: K::KIND.word().to_owned(),
            name: description.name.clone(),
            version: description.version.clone(),
            hash: self.plugin.hash.clone(),
            calls: self.calls,
            fuel: self.fuel,
            orders: self.orders,
            dropped: self.dropped,
            examples: self.examples.clone(),
            log: self.store.data().log.lines(),
        }
    }

    /// Fuel that the call just made has spent.
    fn spent(&self, rows: usize) -> u64 {
        let given = self.store.data().limits.fuel(rows);
        given.saturating_sub(self.store.get_fuel().unwrap_or(0))
    }
}

impl<K: PluginKind> Policy for Running<K> {
    fn name(&self) -> &str {
        &self.plugin.description.name
    }

    fn is_memoryless(&self) -> bool {
        K::is_memoryless(&self.store.data().state)
    }

    fn finish(&mut self) -> Result<(), String> {
        self.end().map_err(|error| error.to_string())
    }

    fn notes(&self) -> Option<PluginNotes> {
        Some(self.noted())
    }
}

impl<K: PluginKind> Decide<K> for Running<K> {
    fn decide(&mut self, view: &K::View<'_>) -> Result<K::Orders, String> {
        self.decide_on(view).map_err(|error| error.to_string())
    }
}
