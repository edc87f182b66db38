//! What the user writes about freight.

use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[freight]`: containers between vessels, gates and the hinterland.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreightSpec {
    /// A CSV of hauls with the columns `origin, destination, ready, due` (local time such as `2025-06-02T07:30`) and
    /// optionally `container` (`loaded` or `empty`) and `fleet`. With it no hauls are drawn; with `volumes` beside it the
    /// vessels are.
    pub hauls: Option<String>,
    /// Volumes and splits of drawn freight; needed unless `hauls` is given, and for vessels also then.
    pub volumes: Option<VolumesSpec>,
    /// What drawn vessels burn, and which of them draw shore power. None: vessels burn nothing, and calls draw the `shore_kw` of
    /// their terminal.
    pub vessels: Option<VesselsSpec>,
    /// Time from ready to due of drawn hauls, hours.
    #[serde(default = "default_due_after_h")]
    #[schemars(range(min = 0.1, max = 1_000.0))]
    pub due_after_h: f64,
    /// A haul that no truck has started this long after it was due lapses, hours.
    #[serde(default = "default_cancel_after_h")]
    #[schemars(range(min = 0.1, max = 10_000.0))]
    pub cancel_after_h: f64,
    /// Dispatch hears of a haul this long before it is ready, hours.
    #[serde(default = "default_known_before_h")]
    #[schemars(range(min = 0.0, max = 240.0))]
    pub known_before_h: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_due_after_h() -> f64 {
    8.0
}

fn default_known_before_h() -> f64 {
    8.0
}

fn default_cancel_after_h() -> f64 {
    48.0
}

/// `[freight.volumes]`: how many containers, which way, when and where to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumesSpec {
    /// TEU of one container.
    #[schemars(range(min = 1.0, max = 2.25))]
    pub teu_per_box: f64,
    /// Share of TEU that are loaded imports. Imports, exports and empties add up to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub import_share: f64,
    /// Share of TEU that are loaded exports.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub export_share: f64,
    /// Share of TEU that are empties, which leave by vessel.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub empty_share: f64,
    /// Share of imports that leave by truck; the rest leaves by on-dock rail.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub import_truck_share: f64,
    /// Share of exports that come by truck.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub export_truck_share: f64,
    /// Share of empties that come by truck.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub empty_truck_share: f64,
    /// Mean stay of an import in the yard, days.
    #[schemars(range(min = 0.1, max = 30.0))]
    pub import_dwell_days: f64,
    /// Mean stay of an export or empty in the yard before its vessel, days.
    #[schemars(range(min = 0.1, max = 30.0))]
    pub export_dwell_days: f64,
    /// A stay is cut off at so many times its mean.
    #[serde(default = "default_longest_dwell")]
    #[schemars(range(min = 1.0, max = 10.0))]
    pub longest_dwell: f64,
    /// How far vessels come off the schedule of their weekly service, standard deviation, hours.
    #[serde(default = "default_off_schedule_h")]
    #[schemars(range(min = 0.0, max = 84.0))]
    pub off_schedule_h: f64,
    /// Spread of the stays (coefficient of variation).
    #[schemars(range(min = 0.0, max = 3.0))]
    pub dwell_cv: f64,
    /// Spread of the size of calls around their mean (coefficient of variation).
    #[schemars(range(min = 0.0, max = 2.0))]
    pub call_size_cv: f64,
    /// Weights of the gates' 24 hours on a weekday.
    #[schemars(length(min = 24, max = 24))]
    pub gate_weekday: Vec<f64>,
    /// Weights of the gates' 24 hours on a Saturday.
    #[schemars(length(min = 24, max = 24))]
    pub gate_saturday: Vec<f64>,
    /// Weights of the gates' 24 hours on a Sunday.
    #[schemars(length(min = 24, max = 24))]
    pub gate_sunday: Vec<f64>,
    /// Where imports go: key of `[site]` to weight.
    pub import_to: BTreeMap<String, f64>,
    /// Where exports come from: key of `[site]` to weight.
    pub export_from: BTreeMap<String, f64>,
    /// Where empties come from: key of `[site]` to weight.
    pub empty_from: BTreeMap<String, f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Assumed: terminals charge for longer stays so much that few last.
fn default_longest_dwell() -> f64 {
    3.0
}

/// Assumed: a shift early or late.
fn default_off_schedule_h() -> f64 {
    8.0
}

/// `[freight.vessels]`: what vessels burn inside the border of the inventory, and which of them draw shore power.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VesselsSpec {
    /// From the border of the inventory to the entrance of the harbor, nautical miles.
    #[schemars(range(min = 0.0, max = 500.0))]
    pub transit_nm: f64,
    /// Share of calls that slow down in transit.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub slow_share: f64,
    /// Their speed, knots.
    #[schemars(range(min = 1.0, max = 40.0))]
    pub slow_kn: f64,
    /// Speed of the others in transit, share of their top speed.
    #[schemars(range(min = 0.1, max = 1.0))]
    pub speed_ratio: f64,
    /// Between the entrance of the harbor and the berth, one way, hours.
    #[schemars(range(min = 0.0, max = 24.0))]
    pub manoeuvring_h: f64,
    /// Load of the main engine then, share of its power.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub manoeuvring_load: f64,
    /// From the berth to shore power, hours.
    #[schemars(range(min = 0.0, max = 24.0))]
    pub connect_h: f64,
    /// From the end of shore power to departure, hours.
    #[schemars(range(min = 0.0, max = 24.0))]
    pub disconnect_h: f64,
    /// The main engines: a key of `[engine]`.
    pub main_engine: String,
    /// The auxiliary engines: a key of `[engine]`.
    pub auxiliary_engine: String,
    /// The boilers: a key of `[engine]`.
    pub boiler: String,
    /// Classes of vessels.
    pub class: BTreeMap<String, VesselClassSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Types of vessels that the rules of California name: rules of a scenario may name them whether its classes have them or not.
pub(crate) const VESSEL_KINDS: [&str; 6] = ["container", "reefer", "cruise", "roro", "auto_carrier", "tanker"];

/// `[freight.vessels.class.ID]`: vessels of a type and size.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VesselClassSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Its type, such as `container` or `tanker`; rules name it.
    pub kind: String,
    /// Weight among the calls of a terminal.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub share: f64,
    /// Power of the main engine, kW.
    #[schemars(range(min = 0.0, max = 120_000.0))]
    pub main_kw: f64,
    /// Top speed, knots.
    #[schemars(range(min = 1.0, max = 40.0))]
    pub top_kn: f64,
    /// Load of the auxiliary engines, kW.
    pub auxiliary_kw: ModeKw,
    /// Load of the boilers, kW.
    pub boiler_kw: ModeKw,
    /// Tiers of its engines to weights, by year.
    pub tiers: BTreeMap<String, Curve>,
    /// Share of calls by vessels that can take shore power, by year.
    pub capable_share: Curve,
    /// Share of these that take it where no rule obliges them, by year.
    #[serde(default)]
    pub voluntary_share: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A load by what the vessel does, kW.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModeKw {
    /// Between the border and the harbor.
    #[schemars(range(min = 0.0, max = 50_000.0))]
    pub transit: f64,
    /// In the harbor.
    #[schemars(range(min = 0.0, max = 50_000.0))]
    pub manoeuvring: f64,
    /// Waiting for a berth.
    #[schemars(range(min = 0.0, max = 50_000.0))]
    pub anchor: f64,
    /// At berth.
    #[schemars(range(min = 0.0, max = 50_000.0))]
    pub berth: f64,
}
