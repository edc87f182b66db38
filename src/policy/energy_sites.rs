//! Sites where trucks of each fleet may charge or fuel, as dispatch sees them.

use crate::kernel::calendar::in_window;
use crate::kernel::ids::SiteId;
use bevy_ecs::prelude::Resource;
use std::borrow::Cow;

/// Sites where each fleet may charge, for dispatch.
#[derive(Resource, Debug, Default, Clone)]
pub struct SitesByFleet {
    /// For each fleet: sites with at least one port it may use, ascending.
    pub sites: Vec<Vec<SiteId>>,
    /// For each fleet: those of them that are not its home and keep all their ports for home fleets at times, with these times
    /// by group of chargers, seconds of the local day.
    pub reserved: Vec<Vec<(SiteId, Vec<(u32, u32)>)>>,
}

impl SitesByFleet {
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
    /// For each fleet: sites with a station that it may use and whose pressure its tanks take, ascending.
    pub sites: Vec<Vec<SiteId>>,
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
