//! What the user writes about chargers and visits.

use crate::kernel::sources::Sources;
use crate::vehicle::spec::{Connector, PUBLIC};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[charger.ID]`: a group of identical cabinets at one site.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargerSpec {
    /// Where they stand: a key of `[site]`.
    pub site: String,
    /// The node they stand behind: a key of `[node]` at the same site. None: the site's connection.
    pub behind: Option<String>,
    /// The lot of the plan where they stand. Needed at terminals and depots with a plan, and nowhere else.
    pub lot: Option<String>,
    /// How many cabinets. 0: none, such as in an overlay that puts them elsewhere.
    #[schemars(range(min = 0, max = 10_000))]
    pub cabinets: u32,
    /// Power that the ports of one cabinet share, kW, drawn from the grid.
    #[schemars(range(min = 1.0, max = 20_000.0))]
    pub cabinet_kw: f64,
    /// Ports of one cabinet.
    #[serde(default = "default_ports")]
    #[schemars(range(min = 1, max = 64))]
    pub ports: u32,
    /// Most power of one port, kW, drawn from the grid. Defaults to the cabinet's.
    #[schemars(range(min = 1.0, max = 20_000.0))]
    pub port_kw: Option<f64>,
    /// Maximum V2G export of one charging port, from a vehicle to the site, kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 20_000.0))]
    pub v2g_kw: f64,
    /// Battery energy per grid energy, 0.5 to 1. A battery takes at most this share of what its port draws.
    #[schemars(range(min = 0.5, max = 1.0))]
    pub efficiency: f64,
    /// What vehicles pay here for a kWh at the meter, USD. None: nothing beyond the site's bill; in a transition, the
    /// public price where the site sells charging.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub price_usd_per_kwh: Option<f64>,
    /// Vehicles that may plug in: `public` (every truck), `visitors`, keys of `[fleet]` or of `[equipment_model]`.
    #[serde(default = "default_users")]
    #[schemars(length(min = 1))]
    pub users: Vec<String>,
    /// The connector of its ports. None: every vehicle fits.
    pub connector: Option<Connector>,
    /// Does a vehicle that is done keep its port until it has to go? Nobody moves it then. A shuffle driver is `staff` without
    /// this, with the ways of the depot's plan.
    #[serde(default)]
    pub stay_plugged: bool,
    /// Keeps the ports for home fleets at these local hours, such as `"18:00-06:00"`: others may not start then.
    pub reserved_hours: Option<String>,
    /// Time to plug in, from the vehicle at the port to the first power, minutes. Automatic couplers take seconds.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 60.0))]
    pub plug_min: f64,
    /// Time to unplug, minutes; the port is taken until then.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 60.0))]
    pub unplug_min: f64,
    /// People of the group who plug in and out, one vehicle each at a time: others wait, with the port taken. None: every
    /// driver does it, or a coupler.
    #[schemars(range(min = 1, max = 1_000))]
    pub staff: Option<u32>,
    /// Mean time between failures of a cabinet, hours. None: it never fails.
    #[schemars(range(min = 1.0, max = 1_000_000.0))]
    pub mtbf_h: Option<f64>,
    /// Mean time to repair a cabinet, hours.
    #[serde(default = "default_mttr_h")]
    #[schemars(range(min = 0.01, max = 10_000.0))]
    pub mttr_h: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_ports() -> u32 {
    1
}

fn default_mttr_h() -> f64 {
    24.0
}

fn default_users() -> Vec<String> {
    vec![PUBLIC.to_owned()]
}

/// `[visits.ID]`: vehicles that are not simulated and come to charge, from a CSV file with the columns
/// `session_id, arrive_s, depart_s, energy_kwh, max_kw` (and optionally `vehicle_id`, `charger_id`, `vehicle_max_kw`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitsSpec {
    /// Where they come to: a key of `[site]`.
    pub site: String,
    /// The file, relative to the scenario; or a log of others: a table with times (CSV, workbook), ACN-Data, OCPI records,
    /// OCPP messages. Of a log the sessions within the days of the run count.
    pub csv: String,
    /// Do its vehicles keep their ports until they depart, also when they are done?
    #[serde(default)]
    pub stay_plugged: bool,
    /// How a log is read, where its header does not say it: a mapping file (TOML).
    pub map: Option<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}
