//! How tests break a run that goes on.

use super::Audit;
use crate::record::metrics::Metric;
use crate::record::rows::BillRow;
use crate::record::summary::Summary;
use bevy_ecs::prelude::World;

/// What a test does to it.
#[derive(Clone, Copy)]
pub(in crate::sim) struct Tamper {
    /// To its world, each hour and at the end, before rows are taken out of it.
    pub(in crate::sim) world: fn(&mut World),
    /// To its world at the end, when all rows are out of it.
    pub(in crate::sim) after: fn(&mut World),
    /// To its sums, at the end, before bills are made of them.
    pub(in crate::sim) summary: fn(&mut Summary),
    /// To its bills, by site.
    pub(in crate::sim) bills: fn(&mut [Vec<BillRow>]),
    /// To its metrics.
    pub(in crate::sim) metrics: fn(&mut [Metric]),
}

impl Default for Tamper {
    fn default() -> Self {
        Self { world: |_| {}, after: |_| {}, summary: |_| {}, bills: |_| {}, metrics: |_| {} }
    }
}

impl Tamper {
    /// Breaks what the audit is about to be told.
    pub(in crate::sim) fn told(&self, mut metrics: Vec<Metric>, audit: &mut Audit) -> Vec<Metric> {
        // A case breaks one thing or many: all that is found has to be seen.
        audit.findings.keep_all();
        (self.bills)(audit.bills.tampered());
        (self.metrics)(&mut metrics);
        metrics
    }
}
