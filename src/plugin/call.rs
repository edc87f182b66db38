//! Calls of a guest: each with its fuel and time; what ends one otherwise than well becomes a failure with its name.

use super::bindings::exports::portvolt::policy::policy::Description;
use super::bindings::{Guest, GuestIndices};
use super::diagnose::diagnose;
use super::engine::{engine, ticks};
use super::error::{Cause, Failure, PluginError};
use super::host::{Host, LINE_BYTES};
use super::kind::{PluginKind, no_columns};
use super::text::plain;
use crate::kernel::random::Seed;
use crate::policy::spec::PluginLimits;
use std::collections::BTreeSet;
use wasmtime::Store;
use wasmtime::component::InstancePre;

/// Lines of the guest's log that a failure shows.
const LOG_SHOWN: usize = 5;

/// What can be called: checked and linked code, and how its failures call it.
pub(super) struct Callee<K: PluginKind> {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) pre: InstancePre<Host<K::State>>,
    pub(super) indices: GuestIndices,
    /// Functions of the view that it imports.
    pub(super) wants: BTreeSet<String>,
}

/// Which call is made, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) call: &'static str,
    pub(super) time_s: Option<u32>,
    pub(super) rows: usize,
}

impl Site {
    pub(super) fn outside(call: &'static str) -> Self {
        Self { call, time_s: None, rows: 0 }
    }
}

impl<K: PluginKind> Callee<K> {
    /// What the guest says of itself, asked in an instance of its own.
    pub(super) fn describe(&self) -> Result<Description, PluginError> {
        let site = Site::outside("describe");
        let (mut store, guest) = self.instance(PluginLimits::default(), Seed { seed: 0, replication: 0 }, site)?;
        self.called(&mut store, site, |store| guest.call_describe(store).map(Ok))
    }

    /// A fresh store with an instance in it.
    pub(super) fn instance(
        &self,
        limits: PluginLimits,
        seed: Seed,
        site: Site,
    ) -> Result<(Store<Host<K::State>>, Guest), PluginError> {
        let columns = no_columns::<K>(|name| self.wants.contains(name));
        let mut store = Store::new(engine(), Host::new(columns, limits, (seed, K::KIND.facts().purpose)));
        store.limiter(|host| &mut host.caps);
        let guest = self.called(&mut store, site, |store| {
            let instance = self.pre.instantiate(&mut *store)?;
            self.indices.load(store, &instance).map(Ok)
        })?;
        Ok((store, guest))
    }

    /// Makes a call with its fuel and time; what ends it otherwise than well becomes a failure.
    pub(super) fn called<R>(
        &self,
        store: &mut Store<Host<K::State>>,
        site: Site,
        call: impl FnOnce(&mut Store<Host<K::State>>) -> wasmtime::Result<Result<R, String>>,
    ) -> Result<R, PluginError> {
        let limits = store.data().limits;
        let fuel = limits.fuel(site.rows);
        store.set_epoch_deadline(ticks(limits.wall_s));
        store.data_mut().caps.begin_call();
        store.data_mut().log.take_last_error();
        let answer = store.set_fuel(fuel).and_then(|()| call(store));
        let (cause, frames) = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(said)) => (Cause::Said(plain(&said, LINE_BYTES)), Vec::new()),
            Err(error) => diagnose(&error, store, fuel),
        };
        Err(self.failure(store, site, cause, frames).into())
    }

    /// A failed call in words, with the guest's last lines.
    pub(super) fn failure(
        &self,
        store: &Store<Host<K::State>>,
        site: Site,
        cause: Cause,
        frames: Vec<String>,
    ) -> Failure {
        let mut log = store.data().log.tail(LOG_SHOWN);
        if let Cause::Panic(text) = &cause {
            log.retain(|line| !line.ends_with(text.as_str()));
        }
        let (plugin, version) = (self.name.clone(), self.version.clone());
        Failure { plugin, version, call: site.call, moment: site.time_s.map(K::moment), cause, frames, log }
    }
}
