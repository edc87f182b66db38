//! Sites where trucks of each fleet may charge or fuel, as dispatch sees them.

use crate::kernel::calendar::in_window;
use crate::kernel::ids::SiteId;
use bevy_ecs::prelude::Resource;
use std::borrow::Cow;

/// A site that keeps all its ports for home fleets at times: these times by group of chargers, seconds of the local day.
pub type ReservedSite = (SiteId, Vec<(u32, u32)>);

/// Sites where each fleet may charge, for dispatch.
#[derive(Resource, Debug, Default, Clone)]
pub struct SitesByFleet {
    /// For each fleet: sites with at least one port it may use, ascending.
    sites: Vec<Vec<SiteId>>,
    /// For each fleet: those of them that are not its home and are reserved at times.
    reserved: Vec<Vec<ReservedSite>>,
}

impl SitesByFleet {
    /// For each fleet its sites, ascending, and those of them that are not its home and are reserved for others at times.
    #[must_use]
    pub fn new(sites: Vec<Vec<SiteId>>, reserved: Vec<Vec<ReservedSite>>) -> Self {
        Self { sites, reserved }
    }

    /// By fleet: sites with at least one port it may use, ascending.
    #[must_use]
    pub fn sites(&self) -> &[Vec<SiteId>] {
        &self.sites
    }

    /// The same without sites that are reserved for others at this second of the local day. A fleet that would have none left
    /// keeps all: it waits there until the reservation ends.
    #[must_use]
    pub fn open_at(&self, second_of_day: u32) -> Cow<'_, Self> {
        if self.reserved.iter().all(Vec::is_empty) {
            return Cow::Borrowed(self);
        }
        let mut open = self.clone();
        for (sites, reserved) in open.sites.iter_mut().zip(&self.reserved) {
            let is_closed = |site: &SiteId| {
                let hours = reserved.iter().find(|(known, _)| known == site).map(|(_, hours)| hours);
                hours.is_some_and(|hours| hours.iter().all(|window| in_window(*window, second_of_day)))
            };
            if !sites.iter().all(is_closed) {
                sites.retain(|site| !is_closed(site));
            }
        }
        Cow::Owned(open)
    }
}

/// Sites where each fleet may fuel, for dispatch.
#[derive(Resource, Debug, Default, Clone)]
pub struct FuelSitesByFleet {
    sites: Vec<Vec<SiteId>>,
}

impl FuelSitesByFleet {
    /// For each fleet its sites, ascending.
    #[must_use]
    pub fn new(sites: Vec<Vec<SiteId>>) -> Self {
        Self { sites }
    }

    /// By fleet: sites with a station that it may use and whose pressure its tanks take, ascending.
    #[must_use]
    pub fn sites(&self) -> &[Vec<SiteId>] {
        &self.sites
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A site that is reserved for others is left out while it is, unless it is all that a fleet has.
    #[test]
    fn reserved_sites_are_left_out() {
        let night = vec![(22 * 3600, 6 * 3600)];
        let sites = SitesByFleet {
            sites: vec![vec![SiteId(0), SiteId(1)], vec![SiteId(0)]],
            reserved: vec![vec![(SiteId(0), night.clone())], vec![(SiteId(0), night)]],
        };
        assert_eq!(sites.open_at(23 * 3600).sites, [vec![SiteId(1)], vec![SiteId(0)]]);
        assert_eq!(sites.open_at(12 * 3600).sites, sites.sites);
    }
}
