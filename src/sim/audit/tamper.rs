//! How tests break a run that goes on.

use crate::record::summary::Summary;
use bevy_ecs::prelude::World;

/// What a test does to it.
#[derive(Clone, Copy)]
pub(in crate::sim) struct Tamper {
    /// To its world, each hour and at the end, before rows are taken out of it.
    pub(in crate::sim) world: fn(&mut World),
    /// To its sums, at the end, before bills are made of them.
    pub(in crate::sim) summary: fn(&mut Summary),
}

impl Default for Tamper {
    fn default() -> Self {
        Self { world: |_| {}, summary: |_| {} }
    }
}
