//! What numbers stand for, when rows leave the simulation.

use crate::kernel::calendar::Calendar;

/// Keys by id, and the calendar.
#[derive(Debug, Clone)]
pub struct Names {
    /// Keys of sites.
    pub sites: Vec<String>,
    /// Keys of fleets.
    pub fleets: Vec<String>,
    /// Keys of equipment models.
    pub equipment_models: Vec<String>,
    /// Keys of truck models.
    pub truck_models: Vec<String>,
    /// Classes of pools.
    pub pool_classes: Vec<String>,
    /// Group and number of each port, such as `plaza/3`.
    pub ports: Vec<String>,
    /// Keys of hydrogen stations.
    pub stations: Vec<String>,
    /// Keys of hydrogen hubs.
    pub hubs: Vec<String>,
    /// For local times.
    pub calendar: Calendar,
}
