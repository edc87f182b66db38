//! Metered loads of sites, by control interval.

use crate::account::load::Load;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::ids::SiteId;
use crate::kernel::units::Kw;
use crate::place::site::Sites;
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;

/// Mean power of each control interval, by site; empty for sites without a meter of their own.
#[derive(Resource, Debug, Clone, Default)]
pub(super) struct SiteLoads(Vec<Vec<Kw>>);

impl SiteLoads {
    /// From the loads by key of `[site]`, over the days of a run. A load that ends before the run keeps its last interval.
    pub(super) fn new(
        loads: &BTreeMap<String, Load>,
        sites: &Sites,
        calendar: &Calendar,
        interval_s: u32,
        days: u32,
    ) -> Self {
        let interval_s = i64::from(interval_s);
        let intervals = calendar.elapsed_s(i64::from(days) * DAY_S) / interval_s;
        let of_site = |key: &str| -> Vec<Kw> {
            let Some(load) = loads.get(key) else { return Vec::new() };
            let mean = |at: i64| load.mean_kw(calendar.unix_s(at * interval_s), calendar.unix_s((at + 1) * interval_s));
            (0..intervals).map_while(mean).map(Kw).collect()
        };
        Self(sites.iter().map(|site| of_site(&site.key)).collect())
    }

    /// The load of an interval, if the site has a meter.
    pub(super) fn at(&self, site: SiteId, interval: usize) -> Option<Kw> {
        let load = self.0.get(site.index())?;
        load.get(interval).or(load.last()).copied()
    }
}
