//! A scenario that passed every check, with the rows of the files it names.

use super::plugin_file::PluginFile;
use super::provenance::Provenance;
use super::{Quality, Scenario};
use crate::account::load::Load;
use crate::account::tariff::Tariff;
use crate::kernel::calendar::Calendar;
use crate::kernel::units::Kw;
use crate::place::spec::PicturePoint;
use crate::policy::kind::PolicyKind;
use crate::yard::spec::Drawing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use utoipa::ToSchema;

/// A vehicle starts the run with a state of charge drawn evenly between these: charged, as after a Sunday.
pub const FIRST_SOC: (f64, f64) = (0.95, 1.0);

/// How full vehicles and hydrogen stations are at one time. Each vehicle by itself and not their mean: of a fleet that is short
/// of hydrogen many are empty and a few are full, and trucks that all began with the mean could all work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    /// By owner and model, such as `fleet_a/truck_b`: state of charge or level of its vehicles in the order of their numbers,
    /// 0 to 1.
    pub vehicles: BTreeMap<String, Vec<f64>>,
    /// By key of `[hydrogen]`: content of bulk storage and cascade over what they hold when full, 0 to 1.
    pub stations: BTreeMap<String, [f64; 2]>,
    /// By key of `[hydrogen_plant]`: content of its storage over what it holds when full, 0 to 1.
    pub plants: BTreeMap<String, f64>,
}

impl Levels {
    /// Level of vehicle `at` among the `of` of its kind; none where nothing is known of the kind. A fleet that has become
    /// larger or smaller keeps the shares of the full and of the empty.
    #[must_use]
    pub fn of_vehicle(&self, kind: &str, at: u32, of: u32) -> Option<f64> {
        let levels = self.vehicles.get(kind).filter(|levels| !levels.is_empty())?;
        let place = u64::from(at) * levels.len() as u64 / u64::from(of.max(1));
        levels.get(place as usize).or(levels.last()).map(|level| level.clamp(0.0, 1.0))
    }
}

/// A scenario that passed every check, with the rows of the files it names.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// Its calendar.
    pub calendar: Calendar,
    /// Hauls from a file, if it names one.
    pub hauls: Option<Vec<ListedHaul>>,
    /// Visits by key of `[visits]`.
    pub visits: BTreeMap<String, Visits>,
    /// Visits by key of `[fuel_visits]`.
    pub fuel_visits: BTreeMap<String, Vec<FuelVisit>>,
    /// Plans from files, by key of `[site]`.
    pub plans: BTreeMap<String, Drawing>,
    /// Ways to the charging lots of depots with a plan, by key of `[site]` and of the lot.
    pub lot_ways: BTreeMap<String, BTreeMap<String, LotWays>>,
    /// What lies under the sites on a map.
    pub background: Background,
    /// Distances from a file.
    pub matrix: Vec<KmRow>,
    /// Power per kW of modules by hour of the year from files, by key of `[solar]`.
    pub solar: BTreeMap<String, Vec<f64>>,
    /// Power by time from a file, for the charging policy `schedule`.
    pub schedule: Option<Schedule>,
    /// Metered loads by key of `[site]`, of the sites that name a file.
    pub site_loads: BTreeMap<String, Load>,
    /// Do visits use the port of their charger's name and no other? (Replays of sessions without a pool.)
    pub pin_visits: bool,
    /// Tariffs by key of `[site]`, of the sites that name one.
    pub tariffs: BTreeMap<String, Tariff>,
    /// Vehicles start with a state of charge drawn evenly between these: charged, as after a Sunday.
    pub first_soc: (f64, f64),
    /// How full vehicles and stations are at the start, where an earlier run left them.
    pub first_levels: Levels,
    /// blake3 of every file that was read, by path.
    pub inputs: BTreeMap<String, String>,
    /// Where each number comes from.
    pub provenance: Provenance,
    /// The plugins it names.
    pub plugins: Plugins,
    /// Write what policies see into this folder.
    pub record_views: Option<PathBuf>,
    /// blake3 of the merged document and of the files it names, wherever they lie and however they are laid out.
    pub canonical: String,
    /// What was assumed of its files, and what of them does not fit.
    pub notes: Vec<String>,
}

impl Loaded {
    /// Numbers whose quality is `unverified` or `assumed`: what a careful reader asks about first.
    #[must_use]
    pub fn doubtful(&self) -> usize {
        self.provenance.count(Quality::Unverified) + self.provenance.count(Quality::Assumed)
    }
}

/// What lies under the sites on a map. Coordinates are degrees, longitude and latitude by turns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Background {
    /// Roads.
    pub roads: Vec<Vec<f64>>,
    /// Yards, blocks, buildings.
    pub areas: Vec<Area>,
    /// A picture.
    pub picture: Option<Picture>,
}

/// An outline with its holes, to be filled even-odd.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Area {
    /// Key of the site whose plan it is of; empty for one of a map.
    #[serde(default)]
    pub site: String,
    /// Name for people; may be empty.
    pub name: String,
    /// Rings.
    pub rings: Vec<Vec<f64>>,
}

/// How long a truck of a depot is under way to a charging lot and from it, s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LotWays {
    /// From the gate.
    pub from_gate_s: u32,
    /// From where trucks wait.
    pub from_parking_s: u32,
    /// And back to there.
    pub to_parking_s: u32,
}

/// A picture with two points of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Picture {
    /// Its bytes, as an address of the scheme `data`.
    pub url: String,
    /// Where two points of it are on earth.
    pub at: Vec<PicturePoint>,
}

/// One haul of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedHaul {
    /// Key of `[site]`.
    pub origin: String,
    /// Key of `[site]`.
    pub destination: String,
    /// When it can be taken, seconds from the start of the run (negative: before).
    pub ready_s: i64,
    /// When it should have arrived.
    pub due_s: i64,
    /// Is the container loaded?
    pub loaded: bool,
    /// Key of `[fleet]` that must carry it, if any.
    pub fleet: Option<String>,
}

/// One vehicle that comes to fuel hydrogen.
#[derive(Debug, Clone, PartialEq)]
pub struct FuelVisit {
    /// Arrival, seconds from the start of the run.
    pub arrive_s: u32,
    /// What it needs, kg.
    pub kg: f64,
    /// It leaves at this time with whatever it has.
    pub depart_s: Option<u32>,
}

/// One distance.
#[derive(Debug, Clone, PartialEq)]
pub struct KmRow {
    /// Key of `[site]`.
    pub origin: String,
    /// Key of `[site]`.
    pub destination: String,
    /// Road distance, km.
    pub km: f64,
    /// Time without traffic, minutes, if the file says so.
    pub minutes: Option<f64>,
}

/// A row of the list: one vehicle that comes to charge.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Line of the file.
    pub line: u64,
    /// Name of the session in the file.
    pub session: Arc<str>,
    /// Which vehicle stays, when, and for what.
    pub stay: Stay,
}

/// What a simulation has to know of a visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay {
    /// Its vehicle: place in the sorted names of the list.
    pub vehicle: u32,
    /// Its charger, if the file names one: place in the sorted names of the list.
    pub charger: Option<u32>,
    /// Arrival, seconds from the start of the run.
    pub arrive_s: u32,
    /// Departure.
    pub depart_s: u32,
    /// Energy that the battery asks for, kWh.
    pub energy_kwh: f64,
    /// Power that the port offers, kW: what limits count.
    pub max_kw: f64,
    /// Most power that the vehicle takes, kW.
    pub vehicle_kw: f64,
}

/// The visits of one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visits {
    /// In the order of the file.
    pub list: Vec<Visit>,
    /// Names of vehicles, sorted.
    pub vehicles: Vec<String>,
    /// Names of chargers, sorted.
    pub chargers: Vec<String>,
}

/// The first letters of a name as a number that sorts as they do: names are compared by it first, without a look at
/// where they lie in memory.
#[must_use]
pub fn first_letters(name: &str) -> u64 {
    let mut letters = [0; 8];
    letters.iter_mut().zip(name.bytes()).for_each(|(letter, byte)| *letter = byte);
    u64::from_be_bytes(letters)
}

/// Most power for charging by site and time: the last step that has begun holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schedule {
    /// Steps by site (`None`: all sites that have none of their own): begin in seconds from the start, power.
    pub steps: BTreeMap<Option<u32>, Vec<(i64, Kw)>>,
}

impl Schedule {
    /// What holds for a site at a time; no limit before the first step.
    #[must_use]
    pub fn at(&self, site: u32, time_s: u32) -> Kw {
        let steps = self.steps.get(&Some(site)).or_else(|| self.steps.get(&None));
        let steps = steps.map_or(&[][..], Vec::as_slice);
        let begun = steps.partition_point(|step| step.0 <= i64::from(time_s));
        begun.checked_sub(1).map_or(Kw(f64::INFINITY), |last| steps[last].1)
    }
}

/// The plugins that a scenario names.
pub type Plugins = BTreeMap<PolicyKind, PluginFile>;
