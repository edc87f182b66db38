//! What the user writes about sites.

use crate::scenario::Sources;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[site.ID]`: a place with coordinates and a grid connection.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSpec {
    /// Name for people. Defaults to the site's id.
    pub name: Option<String>,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// Latitude, degrees north.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub lat: f64,
    /// Longitude, degrees east (negative in the Americas).
    #[schemars(range(min = -180.0, max = 180.0))]
    pub lon: f64,
    /// Grid connection: most mean power of any interval, kW. None: no limit.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub limit_kw: Option<f64>,
    /// A site whose grid connection carries this one's too: a key of `[site]`.
    pub behind: Option<String>,
    /// Constant load of everything that is not simulated (buildings, lights, reefers), kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub load_kw: f64,
    /// Who gets a free port first.
    #[serde(default)]
    pub queue: QueueOrder,
    /// Mean time of a truck at this place to leave or take a container (not at terminals), minutes.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_440.0))]
    pub drop_min: f64,
    /// Mean time of a truck that waits while its container is unloaded or loaded, minutes.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_440.0))]
    pub live_min: f64,
    /// Share of hauls whose truck waits for the unloading instead of dropping the container, 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub live_share: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Kinds of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// A container terminal with gates and berths.
    Terminal,
    /// A truck depot.
    Depot,
    /// A container or chassis yard.
    Yard,
    /// A warehouse or distribution centre.
    Warehouse,
    /// A public charging station.
    Public,
    /// A rail ramp.
    Rail,
    /// An industrial neighbour.
    Plant,
}

impl SiteKind {
    /// The word used in files and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Depot => "depot",
            Self::Yard => "yard",
            Self::Warehouse => "warehouse",
            Self::Public => "public",
            Self::Rail => "rail",
            Self::Plant => "plant",
        }
    }
}

/// Who gets a free port first. Ties go to the one that came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// Who came first.
    #[default]
    FirstCome,
    /// Whose next duty is soonest.
    SoonestDuty,
    /// Whose state of charge is lowest.
    LowestSoc,
}
