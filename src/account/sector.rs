//! The one list of sectors that the inventory of a hub is told by.

use schemars::JsonSchema;
use serde::Deserialize;

/// A sector of the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sector {
    /// Drayage trucks.
    Trucks,
    /// Cargo-handling equipment.
    Equipment,
    /// Ocean-going vessels inside the border of the inventory.
    Vessels,
    /// Buildings, refrigerated containers and other loads of sites.
    Sites,
    /// Tugs, pilot boats, ferries.
    HarborCraft,
    /// Switchers and line-haul locomotives.
    Locomotives,
    /// Jet fuel and airport equipment.
    Aviation,
    /// Cement works.
    Cement,
    /// Refineries.
    Refineries,
    /// Plants that make hydrogen.
    Hydrogen,
    /// Other plants that need heat.
    Heat,
}

impl Sector {
    /// All of them, in the order of tables and pages.
    pub const ALL: [Self; 11] = [
        Self::Trucks,
        Self::Equipment,
        Self::Vessels,
        Self::Sites,
        Self::HarborCraft,
        Self::Locomotives,
        Self::Aviation,
        Self::Cement,
        Self::Refineries,
        Self::Hydrogen,
        Self::Heat,
    ];

    /// The word used in metrics and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trucks => "trucks",
            Self::Equipment => "equipment",
            Self::Vessels => "vessels",
            Self::Sites => "sites",
            Self::HarborCraft => "harbor_craft",
            Self::Locomotives => "locomotives",
            Self::Aviation => "aviation",
            Self::Cement => "cement",
            Self::Refineries => "refineries",
            Self::Hydrogen => "hydrogen",
            Self::Heat => "heat",
        }
    }

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
