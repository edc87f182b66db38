//! What the user writes and draws about the plan of a terminal.

use crate::kernel::sources::Sources;
use crate::vehicle::spec::Count;
use geo::{Coord, Geometry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[terminal.SITE.plan]`: where berths, blocks, gate and charging lots of a terminal lie, and how its containers move between
/// them. With a plan the yard works move by move; without one its equipment is a pool of unit-hours.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSpec {
    /// How blocks lie and where they are reached.
    pub kind: PlanKind,
    /// A `GeoJSON` file beside the scenario. None: a standard plan of the kind, by the dimensions below.
    pub file: Option<String>,
    /// Length of the quay, m. Of standard plans.
    #[schemars(range(min = 50.0, max = 10_000.0))]
    pub quay_m: Option<f64>,
    /// From the quay edge to the fence behind, m. Of standard plans.
    #[schemars(range(min = 50.0, max = 10_000.0))]
    pub depth_m: Option<f64>,
    /// From the quay edge to the first block, and as much at the back, m. Of standard plans.
    #[schemars(range(min = 5.0, max = 500.0))]
    pub apron_m: Option<f64>,
    /// Length of a block, m. Of standard plans.
    #[schemars(range(min = 10.0, max = 2_000.0))]
    pub block_length_m: Option<f64>,
    /// Width of a block with its truck lane, m. Of standard plans.
    #[schemars(range(min = 3.0, max = 200.0))]
    pub block_width_m: Option<f64>,
    /// Least width of the aisle between two blocks, m. Of standard plans.
    #[schemars(range(min = 0.0, max = 200.0))]
    pub aisle_m: Option<f64>,
    /// Where the gate lies. Of standard plans.
    #[serde(default = "default_gate_side")]
    pub gate_side: GateSide,
    /// Blocks by the class of machine that works them: keys of `[work]`. Of standard plans; those of the first key lie nearest
    /// to the quay.
    #[serde(default)]
    pub blocks: BTreeMap<String, Count>,
    /// Charging lots: the names that `lot` of `[charger]` uses. Beside a file: those that lie elsewhere than it draws them, or that
    /// it does not have.
    #[serde(default)]
    pub lots: BTreeMap<String, LotSpec>,
    /// The on-dock rail ramp: metres along the quay and from its edge. Of standard plans; none: no container goes by rail.
    pub rail_at_m: Option<[f64; 2]>,
    /// Way over rectilinear distance, where no roads are drawn.
    #[schemars(range(min = 1.0, max = 3.0))]
    pub detour: f64,
    /// The class of the ship-to-shore cranes: a key of `[work]`.
    pub crane: String,
    /// The class that carries containers between cranes, blocks and rail: a key of `[work]`. Of the kind `straddle` it lifts them
    /// itself.
    pub carrier: String,
    /// Speed with a container, km/h.
    #[schemars(range(min = 1.0, max = 60.0))]
    pub loaded_kmh: f64,
    /// Speed without one, km/h.
    #[schemars(range(min = 1.0, max = 60.0))]
    pub empty_kmh: f64,
    /// Speed of road trucks inside the gates, km/h.
    #[schemars(range(min = 1.0, max = 60.0))]
    pub truck_kmh: f64,
    /// How much vehicles under way slow each other down. None: not at all, and the speeds are those of a usual day.
    pub slowdown: Option<SlowdownSpec>,
    /// Time until a machine whose battery or tank ran empty is towed, minutes. It is brought to the end of its way with what it carries,
    /// then to a lot, and works again when it has charged.
    #[serde(default = "default_tow_min")]
    #[schemars(range(min = 0.0, max = 1_440.0))]
    pub tow_min: f64,
    /// Of the kind `straddle` whose blocks the carriers work: how many of them serve road trucks at the blocks and nothing else. The
    /// others work for cranes and rail.
    #[schemars(range(min = 1, max = 1_000))]
    pub landside_carriers: Option<u32>,
    /// Carriers that work for one crane at a time.
    #[schemars(range(min = 1, max = 50))]
    pub carriers_per_crane: u32,
    /// How the times of crane cycles and of block moves spread around their means.
    pub times: Spread,
    /// Coefficient of variation of those times; of `lognormal`.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 3.0))]
    pub times_cv: f64,
    /// Lifts of a machine at a block for one container: above 1 where others have to be dug out.
    #[serde(default = "default_lifts_per_move")]
    #[schemars(range(min = 1.0, max = 5.0))]
    pub lifts_per_move: f64,
    /// Which vehicles a machine at a block serves first.
    pub serve_first: ServeFirst,
    /// When and where units charge, and which unit takes which move.
    #[serde(default)]
    pub dispatch: YardDispatchSpec,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl PlanSpec {
    /// How many machines of a class, of which there are so many, stand at blocks.
    #[must_use]
    pub(super) fn at_blocks(&self, class: &str, machines: usize) -> usize {
        if class == self.carrier { (self.landside_carriers.unwrap_or(0) as usize).min(machines) } else { machines }
    }

    /// Does a class of machine work by this plan, whose file says `drawn`?
    #[must_use]
    pub fn works(&self, class: &str, drawn: Option<&Drawing>) -> bool {
        let is_drawn = |feature: &Feature| feature.machine.as_deref() == Some(class);
        class == self.crane
            || class == self.carrier
            || self.blocks.get(class).is_some_and(|count| count.0 > 0)
            || drawn.is_some_and(|drawing| drawing.features.iter().any(is_drawn))
    }
}

fn default_gate_side() -> GateSide {
    GateSide::Land
}

/// Assumed: somebody of the shift comes with a tug of the terminal.
fn default_tow_min() -> f64 {
    30.0
}

fn default_lifts_per_move() -> f64 {
    1.0
}

/// `[terminal.SITE.plan.slowdown]`: a way takes longer the more vehicles are under way as it begins. Speeds are then multiplied by
/// exp(-factor x vehicles / `lane_m`), the form that LIFTS has for rail terminals, and by 0.1 at least (assumed: a jam crawls). The speeds
/// of the plan are those of empty lanes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlowdownSpec {
    /// Length of all lanes together, m.
    #[schemars(range(min = 10.0, max = 1_000_000.0))]
    pub lane_m: f64,
    /// The factor of machines, m. LIFTS: 1.5 for each column of blocks between the lanes, and 0.5.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub machines_m: f64,
    /// The factor of road trucks, m. LIFTS: 3.5 for each column of blocks between the lanes, and 0.5.
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub trucks_m: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[terminal.SITE.plan.lots.NAME]`, `[site.DEPOT.plan.lots.NAME]`: where a charging lot lies. A lot that a file draws keeps its
/// shape: it is moved, and stretched where a size is given.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotSpec {
    /// Its middle. Metres along the quay from its left end (seen from the land) and from the quay's edge; at a depot along the
    /// street from its left corner (seen from the street) and from the street. Beside a file metres east and north of the corner
    /// of the box around the fence.
    pub at_m: [f64; 2],
    /// Its size along and across the quay or the street, m; beside a file east and north. Without it a point, or the size that
    /// the file draws.
    #[serde(default)]
    pub size_m: [f64; 2],
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[site.DEPOT.plan]`: where gate, parking and charging lots of a depot lie. The driver of a truck that comes to a free plug drives
/// there from the gate, and unplugs it when it has to go. One that waits stands in the parking and is driven to a plug that is
/// free, and back when it is done, by the `staff` of the `[charger]` where it has some: shuffle drivers, who take one truck at a
/// time. The plug is taken meanwhile.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepotSpec {
    /// A `GeoJSON` file beside the scenario. None: a rectangle, by the dimensions below.
    pub file: Option<String>,
    /// Length along the street, m. Without a file.
    #[schemars(range(min = 10.0, max = 5_000.0))]
    pub width_m: Option<f64>,
    /// From the street to the fence behind, m. Without a file.
    #[schemars(range(min = 10.0, max = 5_000.0))]
    pub depth_m: Option<f64>,
    /// The gate: metres along the street from the left corner, and from the street. Without a file.
    pub gate_at_m: Option<[f64; 2]>,
    /// Where trucks stand that do not charge, the same. Without a file.
    pub parking_at_m: Option<[f64; 2]>,
    /// Charging lots: the names that `lot` of `[charger]` uses. Beside a file: those that lie elsewhere than it draws them, or that
    /// it does not have.
    #[serde(default)]
    pub lots: BTreeMap<String, LotSpec>,
    /// Way over rectilinear distance, where no roads are drawn.
    #[schemars(range(min = 1.0, max = 3.0))]
    pub detour: f64,
    /// Speed of trucks inside, km/h.
    #[schemars(range(min = 1.0, max = 60.0))]
    pub truck_kmh: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[terminal.SITE.plan.dispatch]`: when and where units charge, and which unit takes which move.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct YardDispatchSpec {
    /// Which unit takes which move.
    pub assignment: Assignment,
    /// When a unit charges.
    pub charging: ChargingRule,
    /// Which lot it goes to.
    pub lot: LotChoice,
    /// `opportunity`: it charges in waits expected to be longer than this, minutes.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub wait_min: f64,
    /// `opportunity`: at lots within this way, m.
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub within_m: f64,
    /// `progressive`: so much is added to the state of charge at which a unit leaves when all plugs are free and no work waits,
    /// and taken off when work waits.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub swing_soc: f64,
    /// `breaks_staggered`: units are in so many groups that charge one after the other.
    #[schemars(range(min = 0, max = 24))]
    pub groups: u32,
    /// `schedule`: local hours in which units charge, such as `["11:00-13:00"]`; whole half hours.
    pub hours: Vec<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    pub sources: Sources,
}

/// How blocks lie to the quay and where they are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// Gantry cranes over blocks parallel to the quay; carriers and trucks drive along the block.
    RtgParallel,
    /// Gantry cranes over blocks square to the quay.
    RtgPerpendicular,
    /// Stacks worked from the aisles by top handlers or reach stackers.
    TopHandler,
    /// Automatic stacking cranes over blocks square to the quay: carriers at the seaward end, trucks at the landward end.
    EndLoadedAsc,
    /// Straddle carriers, which lift by themselves.
    Straddle,
}

/// The side of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateSide {
    /// In the middle of the fence behind.
    Land,
    /// At the left end of the fence behind, seen from the land.
    Left,
    /// At its right end.
    Right,
}

/// How times spread around their means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Not at all.
    Fixed,
    /// Lognormal with `times_cv`.
    Lognormal,
    /// Exponential, as closed forms of queues have it.
    Exponential,
}

/// Which vehicles a machine at a block serves first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServeFirst {
    /// First come, first served.
    FirstCome,
    /// Road trucks.
    Trucks,
    /// Carriers of cranes.
    Carriers,
}

/// Which unit takes which move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assignment {
    /// The free unit goes to the move that begins nearest to it.
    Nearest,
    /// Each unit belongs to one crane as long as that works.
    #[default]
    Gang,
    /// As `nearest`, but a unit low in charge takes the shortest move, others the longest.
    SocAware,
}

/// When a unit charges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargingRule {
    /// At its model's `leave_at_soc`, and not before.
    #[default]
    Threshold,
    /// And in breaks and between shifts, all at once.
    BreaksTogether,
    /// And in breaks, group after group: while one charges the others work on.
    BreaksStaggered,
    /// And in waits under a crane or at a block.
    Opportunity,
    /// At a threshold that moves with free plugs and waiting work.
    Progressive,
    /// And in given hours.
    Schedule,
}

/// Which lot a unit goes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LotChoice {
    /// The nearest one with plugs for its model.
    #[default]
    Nearest,
    /// The one where way and expected wait together are shortest.
    Soonest,
}

/// What a feature of a drawn plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The terminal's outline: an area.
    Fence,
    /// The quay's edge: a line.
    Quay,
    /// A stack: an area, with the property `machine`.
    Block,
    /// The truck gate: a point, line or area.
    Gate,
    /// The on-dock rail ramp.
    Rail,
    /// A road: a line, with the property `one_way` where it is.
    Road,
    /// A charging lot: a point or area, whose id `lot` of `[charger]` uses.
    Lot,
    /// Where units stand that have nothing to do.
    Parking,
    /// Workshop, wash, break room: drawn, and reached by roads, without a part in the moves yet.
    Building,
}

impl Part {
    /// All words.
    pub const WORDS: [&str; 9] = ["fence", "quay", "block", "gate", "rail", "road", "lot", "parking", "building"];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// A feature of a plan, in metres east and north of some point.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Where it was written, for mistakes: `features[3] (north)`, or a key of the plan.
    pub label: String,
    /// Its id.
    pub key: String,
    /// What it is.
    pub part: Part,
    /// Its shape.
    pub shape: Geometry,
    /// The class of machine that works a block: a key of `[work]`.
    pub machine: Option<String>,
    /// Is a road open in the direction of its line only?
    pub one_way: bool,
}

/// A drawn plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawing {
    /// In the order of the file.
    pub features: Vec<Feature>,
    /// Where its zero lies on earth, degrees east and north; none where the plan is in metres alone.
    pub origin: Option<Coord>,
}
