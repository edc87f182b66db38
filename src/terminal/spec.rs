//! What the user writes about terminals and their equipment.

use crate::kernel::sources::Sources;
use crate::vehicle::spec::{BatterySpec, Count, Powertrain, TankSpec};
use crate::yard::spec::PlanSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[terminal.SITE]`: berths, gates and equipment of a site of kind `terminal`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminalSpec {
    /// Throughput, TEU a year.
    #[schemars(range(min = 0.0, max = 50_000_000.0))]
    pub teu_per_year: f64,
    /// Vessels that can be worked at once.
    #[schemars(range(min = 1, max = 50))]
    pub berths: u32,
    /// Vessel calls a week.
    #[schemars(range(min = 0.01, max = 200.0))]
    pub calls_per_week: f64,
    /// Ship-to-shore cranes at work on one vessel.
    #[schemars(range(min = 1, max = 20))]
    pub cranes_per_call: u32,
    /// Lifts of one crane in a worked hour.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub lifts_per_crane_h: f64,
    /// Gate lanes.
    #[schemars(range(min = 1, max = 500))]
    pub gate_lanes: u32,
    /// Mean time of a truck in a lane, minutes.
    #[schemars(range(min = 0.01, max = 120.0))]
    pub gate_min: f64,
    /// Mean time of a truck between the gates for one container, minutes.
    #[schemars(range(min = 0.0, max = 600.0))]
    pub turn_min: f64,
    /// Mean time that a second container of the same visit adds, minutes.
    #[schemars(range(min = 0.0, max = 600.0))]
    pub second_move_min: f64,
    /// Trucks lose no more than this to work that was left undone, hours: beyond it terminals turn trucks away instead.
    #[serde(default = "default_most_delay_h")]
    #[schemars(range(min = 0.0, max = 24.0))]
    pub most_delay_h: f64,
    /// Spread of the times at the terminal (coefficient of variation).
    #[schemars(range(min = 0.0, max = 3.0))]
    pub turn_cv: f64,
    /// Power that a vessel draws from the shore, kW; 0: there is no shore power. With `[freight.vessels]` it is what a connection
    /// is planned for: what vessels draw is the load of their class at berth.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 20_000.0))]
    pub shore_kw: f64,
    /// Share of calls that draw shore power, 0 to 1. With `[freight.vessels]` their classes and rules say which ones do.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub shore_share: f64,
    /// The node that vessels at berth draw from: a key of `[node]` at the terminal. None: the site's connection.
    pub shore_behind: Option<String>,
    /// The nodes that grid-connected equipment draws from, by class: keys of `[work]` to keys of `[node]`. The others draw from
    /// the site's connection.
    #[serde(default)]
    pub equipment_behind: BTreeMap<String, String>,
    /// How many units of each model: keys of `[equipment_model]`.
    #[serde(default)]
    pub equipment: BTreeMap<String, Count>,
    /// When its vessels and yard are worked. None: as `[labor]` has it.
    pub labor: Option<LaborSpec>,
    /// When its gate is open and how busy. None: as `[freight.volumes]` has it.
    pub gate_hours: Option<GateHoursSpec>,
    /// Appointments at its gate. None: trucks come when they come.
    pub appointments: Option<AppointmentSpec>,
    /// Where its parts lie, and how its yard works move by move. None: its equipment is a pool of unit-hours.
    pub plan: Option<PlanSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl TerminalSpec {
    /// Mean time of a truck for one container without queues, minutes.
    #[must_use]
    pub fn mean_stay_min(&self) -> f64 {
        self.gate_min + self.turn_min
    }
}

/// Assumed: the longest turn times that truckers tell of.
fn default_most_delay_h() -> f64 {
    2.0
}

/// `[terminal.SITE.gate_hours]`: relative activity of the gate by local hour, 24 values each; 0 is closed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateHoursSpec {
    /// Of a weekday.
    #[schemars(length(min = 24, max = 24))]
    pub weekday: Vec<f64>,
    /// Of a Saturday.
    #[schemars(length(min = 24, max = 24))]
    pub saturday: Vec<f64>,
    /// Of a Sunday.
    #[schemars(length(min = 24, max = 24))]
    pub sunday: Vec<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[terminal.SITE.appointments]`: windows of an hour at the gate. Each haul books the first one with room from the time on at
/// which it would come; later ones put it off. The gate lets its truck in within that window.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentSpec {
    /// Hauls in one window.
    #[schemars(range(min = 1, max = 100_000))]
    pub per_hour: u32,
    /// Share of windows to which nobody comes: the haul books again.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.9))]
    pub no_show_share: f64,
    /// How far off their window trucks mean to come, standard deviation, minutes; traffic and dispatch add to it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 600.0))]
    pub off_window_min: f64,
    /// A truck is let in so long before its window; one that comes earlier waits in front of the gate, minutes.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 600.0))]
    pub early_min: f64,
    /// A truck is let in so long after its window; one that comes later waits for the next window with room, minutes.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 600.0))]
    pub late_min: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[equipment_model.ID]`: a kind of cargo-handling equipment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EquipmentModelSpec {
    /// Name for people.
    pub name: Option<String>,
    /// The work it does: a key of `[work]`.
    pub class: String,
    /// What moves it.
    pub powertrain: Powertrain,
    /// Energy or fuel per hour at work: kWh, US gallons or kg of hydrogen.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub per_work_h: f64,
    /// Energy or fuel per lift: kWh, US gallons or kg of hydrogen.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub per_lift: f64,
    /// Energy or fuel per km with a container, beside that per hour: of terminals with a plan.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub per_km_loaded: f64,
    /// Energy or fuel per km without one: of terminals with a plan.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub per_km_empty: f64,
    /// Energy or fuel per hour of waiting with the systems on: of terminals with a plan.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub per_wait_h: f64,
    /// Nitrogen oxides, g per gallon of fuel.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub nox_g_per_gal: f64,
    /// Exhaust particles up to 2.5 micrometres, g per gallon of fuel.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub pm25_g_per_gal: f64,
    /// The battery; only for `battery_electric`.
    pub battery: Option<BatterySpec>,
    /// The hydrogen tank; only for `fuel_cell`.
    pub tank: Option<TankSpec>,
    /// A unit at or below this state of charge, or level of its tank, leaves its work to charge or fuel.
    #[serde(default = "default_leave_at_soc")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub leave_at_soc: f64,
    /// A unit that left its work comes back with this state of charge or level.
    #[serde(default = "default_return_at_soc")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub return_at_soc: f64,
    /// A unit charges in a break or a wait when it has less than this state of charge.
    #[serde(default = "default_break_below_soc")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub break_below_soc: f64,
    /// Does it charge in breaks and between shifts?
    #[serde(default = "default_charge_in_breaks")]
    pub charge_in_breaks: bool,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_leave_at_soc() -> f64 {
    0.2
}

fn default_return_at_soc() -> f64 {
    0.8
}

/// Assumed: nobody walks to a plug for the last twentieth.
fn default_break_below_soc() -> f64 {
    0.95
}

fn default_charge_in_breaks() -> bool {
    true
}

/// `[work.CLASS]`: what lifts and gate moves ask of a class of equipment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkSpec {
    /// Unit-hours per container lifted on or off a vessel.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub h_per_vessel_lift: f64,
    /// Unit-hours per container through the truck gate.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub h_per_gate_move: f64,
    /// Unit-hours per container to or from on-dock rail.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 10.0))]
    pub h_per_rail_lift: f64,
    /// Lifts that a unit makes in an hour at work (0: it does not lift).
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 100.0))]
    pub lifts_per_h: f64,
    /// Share of a shift hour that a unit can work (the rest is positioning, checks, handover), above 0 to 1.
    #[serde(default = "default_availability")]
    #[schemars(range(min = 0.05, max = 1.0))]
    pub availability: f64,
    /// Does work left undone hold up trucks between the gates?
    #[serde(default)]
    pub serves_trucks: bool,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_availability() -> f64 {
    0.85
}

fn default_break_groups() -> u32 {
    1
}

/// A time without work between two with it that is no longer than this is a break of a shift, s; a longer one lies between shifts.
pub const LONGEST_BREAK_S: i64 = 3_600;

/// `[labor]`: when vessels and yards are worked.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LaborSpec {
    /// Worked hours of a weekday, such as `["08:00-12:00", "12:30-17:00"]`; half hours; the gaps are breaks.
    pub weekday: Vec<String>,
    /// Worked hours of a Saturday.
    #[serde(default)]
    pub saturday: Vec<String>,
    /// Worked hours of a Sunday.
    #[serde(default)]
    pub sunday: Vec<String>,
    /// Units of each class at terminals without a plan rest in so many groups, one after the other: 1, and all that charge in
    /// breaks come to the chargers at once. Terminals with a plan have `dispatch.groups`.
    #[serde(default = "default_break_groups")]
    #[schemars(range(min = 1, max = 4))]
    pub break_groups: u32,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}
