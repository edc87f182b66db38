//! The one list of sectors that the inventory of a hub is told by.

use crate::kernel::words::listed;
use schemars::JsonSchema;
use serde::Deserialize;

listed! {
    /// A sector of the inventory, in the order of tables and pages.
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum Sector {
        /// Drayage trucks.
        Trucks = "trucks",
        /// Cargo-handling equipment.
        Equipment = "equipment",
        /// Ocean-going vessels inside the border of the inventory.
        Vessels = "vessels",
        /// Buildings, refrigerated containers and other loads of sites.
        Sites = "sites",
        /// Tugs, pilot boats, ferries.
        HarborCraft = "harbor_craft",
        /// Switchers and line-haul locomotives.
        Locomotives = "locomotives",
        /// Jet fuel and airport equipment.
        Aviation = "aviation",
        /// Cement works.
        Cement = "cement",
        /// Refineries.
        Refineries = "refineries",
        /// Plants that make hydrogen.
        Hydrogen = "hydrogen",
        /// Other plants that need heat.
        Heat = "heat",
    }
}

impl Sector {
    /// Its scope in metrics.
    #[must_use]
    pub fn scope(self) -> String {
        format!("sector:{}", self.word())
    }

    /// Its scope in metrics of a year.
    #[must_use]
    pub fn scope_of(self, year: u16) -> String {
        format!("sector:{}/year:{year}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenarios, tables and metrics name a sector alike.
    #[test]
    fn scenarios_read_the_words_of_tables() {
        for sector in Sector::ALL {
            assert_eq!(serde_json::from_value::<Sector>(sector.word().into()).unwrap(), sector);
        }
        assert!(Sector::ALL.is_sorted());
    }
}
