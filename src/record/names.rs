//! What numbers stand for, when rows leave the simulation.

use crate::kernel::calendar::Calendar;
use crate::kernel::ids::NodeId;
use std::sync::Arc;

/// Keys by id, and the calendar.
#[derive(Debug, Clone)]
pub struct Names {
    /// Keys of sites.
    pub sites: Vec<String>,
    /// Keys of fleets.
    pub fleets: Vec<String>,
    /// Keys of the nodes of `[node]`; in the tree they come after the sites.
    pub nodes: Vec<String>,
    /// Names of the sessions of visits, by their number.
    pub visits: Vec<Arc<str>>,
    /// Group and number of each port, such as `plaza/3`.
    pub ports: Vec<String>,
    /// Keys of hydrogen stations.
    pub stations: Vec<String>,
    /// Keys of hydrogen plants.
    pub plants: Vec<String>,
    /// For local times.
    pub calendar: Calendar,
}

impl Names {
    /// For rows that name everything themselves.
    #[must_use]
    pub fn none(calendar: Calendar) -> Self {
        Self {
            sites: Vec::new(),
            fleets: Vec::new(),
            nodes: Vec::new(),
            visits: Vec::new(),
            ports: Vec::new(),
            stations: Vec::new(),
            plants: Vec::new(),
            calendar,
        }
    }

    /// Key of an inner node of the tree of limits: a site, or a node of `[node]`.
    #[must_use]
    pub fn node(&self, node: NodeId) -> &str {
        match node.index().checked_sub(self.sites.len()) {
            Some(at) => &self.nodes[at],
            None => &self.sites[node.index()],
        }
    }
}
