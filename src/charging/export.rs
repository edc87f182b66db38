//! V2G export: what may leave the vehicles.

use crate::grid::state::{LimitTree, SiteOutlook};
use crate::kernel::units::Kw;
use crate::place::site::Sites;
use crate::policy::SessionColumns;
use bevy_ecs::prelude::Res;
use bevy_ecs::system::SystemParam;

/// What bounds it.
#[derive(SystemParam)]
pub(super) struct Export<'w> {
    sites: Res<'w, Sites>,
    outlook: Res<'w, SiteOutlook>,
}

impl Export<'_> {
    /// What policies may know of the sites.
    pub(super) fn outlook(&self) -> &SiteOutlook {
        &self.outlook
    }

    /// Cuts V2G export (set-points below zero, one a session) to what the site uses beside charging, and to what it may feed
    /// into the grid: what others charge at the same time does not count, for it may end before the interval does.
    pub(super) fn cut(&self, tree: &LimitTree, sessions: &SessionColumns, power: &mut [Kw]) {
        if power.iter().all(|power| *power >= Kw::ZERO) {
            return;
        }
        let outlook = &self.outlook;
        let used = outlook.load_kw().iter().zip(outlook.solar_kw()).map(|(load, sun)| (*load - *sun).max(Kw::ZERO));
        let export = self.sites.iter().map(|site| Kw(site.spec.export_limit_kw));
        let mut room: Vec<Kw> = used.zip(export).map(|(used, export)| used + export).collect();
        // A wire carries as much one way as the other: what all export together stays within each limit.
        let mut through = tree.limits().to_vec();
        for (row, power) in power.iter_mut().enumerate().filter(|(_, power)| **power < Kw::ZERO) {
            let room = &mut room[sessions.site[row] as usize];
            let node = sessions.node[row];
            let limit = tree.upwards(node).map(|node| through[node.index()]);
            *power = power.max(limit.fold(*room, Kw::min) * -1.0).min(Kw::ZERO);
            *room += *power;
            for node in tree.upwards(node) {
                through[node.index()] += *power;
            }
        }
    }
}
