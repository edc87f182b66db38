//! Sites: where everything stands.

use crate::grid::spec::SiteSpec;
use crate::kernel::ids::SiteId;
use bevy_ecs::prelude::Resource;
use std::collections::BTreeMap;

/// A place, as it stays for the whole run.
#[derive(Debug, Clone)]
pub struct Site {
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: SiteSpec,
}

/// All sites, in the order of their keys.
#[derive(Resource, Debug, Clone, Default)]
pub struct Sites(pub Vec<Site>);

impl Sites {
    /// From the sites of a scenario.
    #[must_use]
    pub fn of(specs: &BTreeMap<String, SiteSpec>) -> Self {
        Self(specs.iter().map(|(key, spec)| Site { key: key.clone(), spec: spec.clone() }).collect())
    }

    /// The id of a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<SiteId> {
        self.0.binary_search_by(|site| site.key.as_str().cmp(key)).ok().map(SiteId::at)
    }

    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = SiteId> + use<> {
        (0..self.0.len()).map(SiteId::at)
    }
}
