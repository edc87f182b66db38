//! What the user writes about what owners reckon with, and about how exhaust rises with age: `[transition.planning]`,
//! `[transition.wear]`.

use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[transition.planning]`: what an owner reckons with before anybody has shown it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanningSpec {
    /// Energy on arterial and local roads over that on freeways, as the trips of the hub mix them.
    #[schemars(range(min = 0.5, max = 2.0))]
    pub road_energy_factor: f64,
    /// Share of the day in which positions and ports that are open to every truck can be kept busy: drivers come in their
    /// shifts.
    #[schemars(range(min = 0.01, max = 1.0))]
    pub public_busy_share: f64,
    /// TEU of a container where hauls come from a list: `[freight]` says it where there are volumes.
    #[schemars(range(min = 1.0, max = 2.0))]
    pub teu_per_box: f64,
    /// Energy that came out of batteries and tanks in a sampled week, or stayed in them, over what was used: up to this share
    /// the week counts as settled, beyond it the week is run again with a longer warm-up.
    #[schemars(range(min = 0.001, max = 1.0))]
    pub settled_share: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    pub sources: Sources,
}

impl Default for PlanningSpec {
    fn default() -> Self {
        Self {
            road_energy_factor: 1.05,
            public_busy_share: 0.5,
            teu_per_box: 1.8,
            settled_share: 0.05,
            sources: Sources::new(),
        }
    }
}

/// `[transition.wear.CLASS]`: exhaust of a vehicle at age 0, 1, 2 ... over that of a new one of its model, as inventories of
/// emissions have it by the odometer; the last one holds for all older.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WearSpec {
    /// Nitrogen oxides.
    #[schemars(length(min = 0, max = 80))]
    pub nox: Vec<f64>,
    /// Particles.
    #[schemars(length(min = 0, max = 80))]
    pub pm25: Vec<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    pub sources: Sources,
}

impl WearSpec {
    /// Factors at an age on nitrogen oxides and particles.
    #[must_use]
    pub fn at(&self, age: u16) -> [f64; 2] {
        [&self.nox, &self.pm25].map(|ages| ages.get(usize::from(age)).or(ages.last()).copied().unwrap_or(1.0))
    }
}
