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

/// All sites, in the order of their keys. They are made once, with the world.
#[derive(Resource, Debug, Clone, Default)]
pub struct Sites(Vec<Site>);

impl Sites {
    /// From the sites of a scenario.
    #[must_use]
    pub fn of(specs: &BTreeMap<String, SiteSpec>) -> Self {
        Self(specs.iter().map(|(key, spec)| Site { key: key.clone(), spec: spec.clone() }).collect())
    }

    /// A site.
    #[must_use]
    pub fn get(&self, id: SiteId) -> &Site {
        &self.0[id.index()]
    }

    /// All, in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Site> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
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
