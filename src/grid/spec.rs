//! What the user writes about sites.

use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use crate::yard::spec::DepotSpec;
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
    /// Service capacity: limit of the mean power of an interval, kW. None: no limit.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub limit_kw: Option<f64>,
    /// Most power that may be fed back into the grid, kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub export_limit_kw: f64,
    /// A site whose grid connection carries this one's too: a key of `[site]`.
    pub behind: Option<String>,
    /// Load of everything that is not simulated (buildings, lights, reefers, a neighbour), kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub load_kw: f64,
    /// That load by local hour, as factors: 24 of a day or 168 of a week from Monday. Empty: always the same.
    #[serde(default)]
    #[schemars(length(min = 0, max = 168))]
    pub load_by_hour: Vec<f64>,
    /// Instead of `load_kw`: the file of a meter that covers the days of the run, relative to the scenario. A utility's
    /// download (CSV, workbook, Green Button XML) or a CSV with the columns `start` and `kw`.
    pub load: Option<String>,
    /// How that file is read, where its header does not say it: a mapping file (TOML).
    pub load_map: Option<String>,
    /// In a transition: that load by year, kW.
    pub load_by_year: Option<Curve>,
    /// What electricity costs here: a file (JSON of the Utility Rate Database, or CSV) relative to the scenario, or the
    /// name of a tariff that comes with the binary, such as `"sce_tou_ev_9"`. None: no bill.
    pub tariff: Option<String>,
    /// Which tariff of the file, by label or name, when it holds several.
    pub tariff_name: Option<String>,
    /// Order in which waiting vehicles get a free port.
    #[serde(default)]
    pub queue: QueueOrder,
    /// Where gate, parking and charging lots of a depot lie. None: its chargers have no place, and nobody drives to them.
    pub plan: Option<DepotSpec>,
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

impl SiteSpec {
    /// Mean time of a truck at this place for one container, minutes; not of terminals.
    #[must_use]
    pub fn mean_stay_min(&self) -> f64 {
        self.live_share * self.live_min + (1.0 - self.live_share) * self.drop_min
    }

    /// The load that is not simulated in an hour of the week, from Monday, kW.
    #[must_use]
    pub fn load_at(&self, hour_of_week: usize) -> f64 {
        match self.load_by_hour.len() {
            0 => self.load_kw,
            hours => self.load_kw * self.load_by_hour[hour_of_week % hours],
        }
    }

    /// Adds a load by hour of the week from Monday, kW. From here on the factors are of 1 kW.
    pub fn add_load(&mut self, kw_by_hour: &[f64]) {
        self.load_by_hour = kw_by_hour.iter().enumerate().map(|(hour, kw)| self.load_at(hour) + kw).collect();
        self.load_kw = 1.0;
    }
}

/// `[node.ID]`: what stands between a site's connection and its chargers, such as a transformer, a switchboard or a
/// panel. Nodes may stand behind each other to any depth.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    /// Name for people. Defaults to the node's id.
    pub name: Option<String>,
    /// Its site: a key of `[site]`.
    pub site: String,
    /// The node above it: a key of `[node]` at the same site. None: the site's connection.
    pub behind: Option<String>,
    /// Limit of the mean power of an interval, kW. None: no limit of its own.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub limit_kw: Option<f64>,
    /// Constant load behind it, kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub load_kw: f64,
    /// Refrigerated containers that are plugged in behind it.
    pub reefers: Option<ReeferSpec>,
    /// If it is a transformer: what its ageing is reckoned from.
    pub transformer: Option<TransformerSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[node.ID.reefers]`: refrigerated containers that draw by the temperature outside.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReeferSpec {
    /// Containers that are plugged in at a time.
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub containers: f64,
    /// Mean power of one at an air temperature: pairs `[celsius, kw]`; between them it is linear, beyond them constant.
    #[schemars(length(min = 1, max = 24))]
    pub kw_at_c: Vec<[f64; 2]>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl ReeferSpec {
    /// Power of all at an air temperature, kW.
    #[must_use]
    pub fn power_kw(&self, celsius: f64) -> f64 {
        let points = &self.kw_at_c;
        let above = points.iter().position(|[at, _]| *at >= celsius);
        let each = match above {
            None => points[points.len() - 1][1],
            Some(0) => points[0][1],
            Some(at) => {
                let ([c0, kw0], [c1, kw1]) = (points[at - 1], points[at]);
                kw0 + (kw1 - kw0) * (celsius - c0) / (c1 - c0)
            }
        };
        each * self.containers
    }
}

/// `[node.ID.transformer]`: a liquid-immersed transformer, for IEEE C57.91.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransformerSpec {
    /// Rated power, kVA.
    #[schemars(range(min = 1.0, max = 1_000_000.0))]
    pub rated_kva: f64,
    /// Power factor of its load.
    #[serde(default = "default_power_factor")]
    #[schemars(range(min = 0.5, max = 1.0))]
    pub power_factor: f64,
    /// Load losses over no-load losses at rated power.
    #[serde(default = "default_loss_ratio")]
    #[schemars(range(min = 0.1, max = 50.0))]
    pub loss_ratio: f64,
    /// Rise of the top oil over ambient at rated power, degrees Celsius.
    #[serde(default = "default_top_oil_rise_c")]
    #[schemars(range(min = 5.0, max = 100.0))]
    pub top_oil_rise_c: f64,
    /// Rise of the hot spot over the top oil at rated power, degrees Celsius.
    #[serde(default = "default_hot_spot_rise_c")]
    #[schemars(range(min = 1.0, max = 80.0))]
    pub hot_spot_rise_c: f64,
    /// Time constant of the oil at rated power, hours.
    #[serde(default = "default_oil_time_h")]
    #[schemars(range(min = 0.1, max = 24.0))]
    pub oil_time_h: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_power_factor() -> f64 {
    0.98
}

fn default_loss_ratio() -> f64 {
    5.0
}

fn default_top_oil_rise_c() -> f64 {
    55.0
}

fn default_hot_spot_rise_c() -> f64 {
    25.0
}

fn default_oil_time_h() -> f64 {
    3.0
}

/// `[limit.ID]`: a limit that holds for some of the time. The lowest of all that apply holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitSpec {
    /// What it limits: keys of `[site]` or `[node]`, each on its own.
    #[schemars(length(min = 1))]
    pub on: Vec<String>,
    /// Limit of the mean power of an interval, kW. 0: an outage.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub kw: f64,
    /// From this local time on, such as `"2025-06-03T16:00"`. None: from the start.
    pub from: Option<String>,
    /// Until this local time, such as the day on which a larger connection is energised. None: to the end.
    pub to: Option<String>,
    /// Only in these local hours of the day, such as `"16:00-21:00"`.
    pub hours: Option<String>,
    /// Only on these days.
    pub days: Option<Days>,
    /// Only in these months, 1 to 12.
    #[serde(default)]
    pub months: Vec<u8>,
    /// Why, for people: a season, a curtailment, an outage, a phase of energisation.
    #[serde(default)]
    pub reason: String,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekends,
}

/// `[solar.ID]`: a photovoltaic array.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SolarSpec {
    /// Its site: a key of `[site]`.
    pub site: String,
    /// The node it feeds: a key of `[node]` at the same site. None: the site's connection.
    pub behind: Option<String>,
    /// Power of the modules at standard test conditions, kW. 0: there is no array, and no cost of it.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub dc_kw: f64,
    /// Most power of the inverters, kW. Defaults to `dc_kw`.
    #[schemars(range(min = 0.1, max = 1_000_000.0))]
    pub ac_kw: Option<f64>,
    /// AC energy over what the modules give at standard test conditions for the same sun.
    #[serde(default = "default_performance_ratio")]
    #[schemars(range(min = 0.1, max = 1.0))]
    pub performance_ratio: f64,
    /// Tilt from horizontal, degrees.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 90.0))]
    pub tilt_deg: f64,
    /// Direction it faces, degrees from north clockwise (180: south).
    #[serde(default = "default_azimuth_deg")]
    #[schemars(range(min = 0.0, max = 360.0))]
    pub azimuth_deg: f64,
    /// Share of sunlight that the ground throws back.
    #[serde(default = "default_albedo")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub albedo: f64,
    /// Sunlight that reaches the ground over that above the air, for each month of a typical year (clearness index). Empty:
    /// a value by latitude, which is assumed.
    #[serde(default)]
    pub clearness: Vec<f64>,
    /// Instead of a typical year: a CSV with the columns `hour` (of the year from 0, in local time without daylight saving,
    /// as files of typical years count) and `kw_per_kw` (AC power per kW of modules), or the hourly CSV of `PVWatts`.
    pub csv: Option<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_performance_ratio() -> f64 {
    0.84
}

/// The value that is usual for bare ground and grass: Duffie and Beckman, Solar Engineering of Thermal Processes, 4th ed., 2.16.
fn default_albedo() -> f64 {
    0.2
}

fn default_azimuth_deg() -> f64 {
    180.0
}

/// Clearness where a scenario says none, by latitude: cloudy near the equator and towards the poles, clear in between. Assumed:
/// the order of magnitude of annual means, which differ by a tenth between coasts and deserts of one latitude.
#[must_use]
pub fn usual_clearness(lat: f64) -> f64 {
    match lat.abs() {
        lat if lat < 15.0 => 0.50,
        lat if lat < 38.0 => 0.57,
        lat if lat < 50.0 => 0.48,
        _ => 0.43,
    }
}

impl SolarSpec {
    /// Adds modules, and inverters in proportion; where there were none, the inverters are as written.
    pub fn enlarge(&mut self, dc_kw: f64) {
        let factor = if self.is_there() { (self.dc_kw + dc_kw) / self.dc_kw } else { 1.0 };
        self.ac_kw = self.ac_kw.map(|ac_kw| ac_kw * factor);
        self.dc_kw += dc_kw;
    }

    /// Is there an array? One of 0 kW is none.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.dc_kw > 0.0
    }
}

/// `[storage.ID]`: a stationary battery.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StorageSpec {
    /// Its site: a key of `[site]`.
    pub site: String,
    /// The node it stands behind: a key of `[node]` at the same site. None: the site's connection.
    pub behind: Option<String>,
    /// Usable energy when new, kWh. 0: there is no battery, and no cost of it.
    #[schemars(range(min = 0.0, max = 10_000_000.0))]
    pub energy_kwh: f64,
    /// Most power, both ways, kW. 0: there is no battery, and no cost of it.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub power_kw: f64,
    /// Energy out over energy in.
    #[schemars(range(min = 0.3, max = 1.0))]
    pub round_trip: f64,
    /// State of charge that it keeps for outages, 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub reserve_soc: f64,
    /// State of charge when the run starts, 0 to 1.
    #[serde(default = "default_first_soc")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub first_soc: f64,
    /// What it does. Whatever it does, it helps its node and site to keep their limits.
    #[serde(default)]
    pub rule: StorageRule,
    /// For `peak_shave`: keeps the site under this power, kW.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub cap_kw: Option<f64>,
    /// Energy it loses for good over a full cycle, as a share of new.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.01))]
    pub loss_per_cycle: f64,
    /// Energy it loses for good over a year, as a share of new.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.2))]
    pub loss_per_year: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_first_soc() -> f64 {
    0.5
}

impl StorageSpec {
    /// Is there a battery? One without energy or without power is none.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.energy_kwh > 0.0 && self.power_kw > 0.0
    }
}

/// What a stationary battery does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageRule {
    /// Helps to keep limits, and fills up when they leave room.
    #[default]
    Support,
    /// Keeps the site under `cap_kw`, and fills up below it.
    PeakShave,
    /// Takes what the sun gives too much, and gives it back when the site draws.
    SolarSelfUse,
    /// Takes in the cheapest third of the prices known ahead, gives in the most expensive.
    Price,
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

/// Order in which waiting vehicles get a free port. Ties go to the one that came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueOrder {
    /// First come, first served.
    #[default]
    FirstCome,
    /// Whose next duty is soonest.
    SoonestDuty,
    /// Whose state of charge is lowest.
    LowestSoc,
}
