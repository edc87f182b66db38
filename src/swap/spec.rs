//! What the user writes about yards where batteries are swapped.

use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[swap.ID]`: a swap yard at a terminal. Units of its model never charge themselves; their batteries do, at ports of the
/// terminal whose `users` name the model: at those of its own lot, where the terminal has a plan.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapSpec {
    /// Where it stands: a key of `[terminal]`.
    pub site: String,
    /// The lot of the terminal's plan where it stands, with the ports of its batteries. Needed at terminals with a plan, and
    /// nowhere else.
    pub lot: Option<String>,
    /// Whose batteries it swaps: a key of `[equipment_model]` with a battery.
    pub model: String,
    /// Units that can be served at once.
    #[schemars(range(min = 1, max = 100))]
    pub bays: u32,
    /// Time of a swap, minutes.
    #[schemars(range(min = 0.5, max = 120.0))]
    pub swap_min: f64,
    /// Batteries beside those in units. The run begins with all of them full.
    #[schemars(range(min = 1, max = 10_000))]
    pub spares: u32,
    /// A battery is handed out at this state of charge or above.
    #[serde(default = "default_ready_soc")]
    #[schemars(range(min = 0.1, max = 1.0))]
    pub ready_soc: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_ready_soc() -> f64 {
    0.9
}
