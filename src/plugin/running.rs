//! One run of a plugin: a fresh store, calls with their fuel, orders checked, what went wrong named.

use super::bindings::Guest;
use super::bindings::exports::portvolt::policy::policy::Description;
use super::engine::{engine, ticks};
use super::error::{Cause, Failure, PluginError, diagnose};
use super::host::Host;
use super::loader::Plugin;
use super::side::{Side, Taken};
use crate::kernel::random::Seed;
use crate::policy::spec::PluginLimits;
use crate::record::notes::PluginNotes;
use std::sync::Arc;
use wasmtime::Store;

/// Lines of the guest's log that a failure shows.
const LOG_SHOWN: usize = 5;
/// Examples of dropped orders that are kept for a run.
const EXAMPLES: usize = 5;

/// A plugin in one run.
pub struct Running<S: Side> {
    plugin: Arc<Plugin<S>>,
    store: Store<Host<S>>,
    guest: Guest,
    is_strict: bool,
    calls: u64,
    fuel: u64,
    dropped: u64,
    examples: Vec<String>,
}

impl<S: Side> std::fmt::Debug for Running<S> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Running").field("plugin", &self.plugin).field("calls", &self.calls).finish_non_exhaustive()
    }
}

/// Where and when a call is made.
#[derive(Debug, Clone, Copy)]
struct Site {
    call: &'static str,
    time_s: Option<u32>,
    rows: usize,
}

impl Site {
    fn outside(call: &'static str) -> Self {
        Self { call, time_s: None, rows: 0 }
    }
}

impl<S: Side> Running<S> {
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
        let (mut store, guest) = instance(plugin, limits, seed, site)?;
        let own_seed = seed.stream(S::KIND.purpose(), u64::MAX, u32::MAX).bits();
        called(plugin, &mut store, site, |store| guest.call_start(store, values, own_seed))?;
        let plugin = Arc::clone(plugin);
        Ok(Self { plugin, store, guest, is_strict, calls: 0, fuel: 0, dropped: 0, examples: Vec::new() })
    }

    /// What a plugin says of itself, asked in an instance of its own.
    pub(super) fn describe(plugin: &Plugin<S>) -> Result<Description, PluginError> {
        let site = Site::outside("describe");
        let (mut store, guest) = instance(plugin, PluginLimits::default(), Seed { seed: 0, replication: 0 }, site)?;
        called(plugin, &mut store, site, |store| guest.call_describe(store).map(Ok))
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
        host.side.taken().fill::<S>(view);
        host.is_deciding = true;
        self.calls += 1;
        let guest = &self.guest;
        let answer = called(&self.plugin, &mut self.store, site, |store| guest.call_decide(store));
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
            return Err(failure(&self.plugin, &self.store, site, cause, Vec::new()).into());
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
        called(&self.plugin, &mut self.store, Site::outside("finish"), |store| guest.call_finish(store))
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

/// A fresh store with an instance in it.
fn instance<S: Side>(
    plugin: &Plugin<S>,
    limits: PluginLimits,
    seed: Seed,
    site: Site,
) -> Result<(Store<Host<S>>, Guest), PluginError> {
    let mut side = S::default();
    *side.taken() = Taken::new::<S>(|name| plugin.wants.contains(name));
    let mut store = Store::new(engine(), Host::new(side, limits, seed));
    store.limiter(|host| &mut host.caps);
    let guest = called(plugin, &mut store, site, |store| {
        let instance = plugin.pre.instantiate(&mut *store)?;
        plugin.indices.load(store, &instance).map(Ok)
    })?;
    Ok((store, guest))
}

/// Makes a call with its fuel and time; what ends it otherwise than well becomes a failure.
fn called<S: Side, R>(
    plugin: &Plugin<S>,
    store: &mut Store<Host<S>>,
    site: Site,
    call: impl FnOnce(&mut Store<Host<S>>) -> wasmtime::Result<Result<R, String>>,
) -> Result<R, PluginError> {
    let limits = store.data().limits;
    let fuel = limits.fuel(site.rows);
    store.set_epoch_deadline(ticks(limits.wall_s));
    store.data_mut().caps.refused_bytes = None;
    store.data_mut().log.take_last_error();
    let answer = store.set_fuel(fuel).and_then(|()| call(store));
    let (cause, frames) = match answer {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(said)) => (Cause::Said(super::host::Log::clip(&said).to_owned()), Vec::new()),
        Err(error) => diagnose(&error, store, fuel),
    };
    Err(failure(plugin, store, site, cause, frames).into())
}

fn failure<S: Side>(
    plugin: &Plugin<S>,
    store: &Store<Host<S>>,
    site: Site,
    cause: Cause,
    frames: Vec<String>,
) -> Failure {
    let mut log = store.data().log.tail(LOG_SHOWN);
    if let Cause::Panic(text) = &cause {
        log.retain(|line| !line.ends_with(text.as_str()));
    }
    let description = &plugin.description;
    let (name, version) = (description.name.clone(), description.version.clone());
    Failure { plugin: name, version, call: site.call, moment: site.time_s.map(S::moment), cause, frames, log }
}
