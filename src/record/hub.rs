//! `hub.json`: what the page needs to know of a scenario beside the tables, so that a run's folder explains itself
//! after the scenario has changed.

use super::folder::SCHEMA;
use super::means::known_by_means;
use super::read::ReadError;
use crate::grid::spec::{Days, LimitSpec, SiteSpec};
use crate::kernel::calendar::Calendar;
use crate::scenario::doubt::doubts;
use crate::scenario::loaded::{Background, Loaded};
use crate::scenario::phase_in::{PhaseIn, phase_ins};
use crate::scenario::{Quality, Scenario};
use crate::transition::spec::TransitionSpec;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use utoipa::ToSchema;

/// No run has more days or sites.
const MOST_DAYS: u32 = 40_000;
const MOST_SITES: usize = 10_000;

/// Its file name.
pub const FILE: &str = "hub.json";

/// The hub of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hub {
    /// Version of the format.
    pub schema: u32,
    /// Name for people.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// First local day.
    pub start: String,
    /// How many days.
    pub days: u32,
    /// Time zone.
    pub zone: String,
    /// Control interval, seconds.
    pub interval_s: u32,
    /// Places, in the order of their keys.
    pub sites: Vec<Site>,
    /// Nodes between connections and chargers.
    pub nodes: Vec<Node>,
    /// Hydrogen stations.
    pub stations: Vec<Station>,
    /// Names for people of fleets, by key. Folders of earlier versions have none, as the three lists below.
    #[serde(default)]
    pub fleets: BTreeMap<String, String>,
    /// Names of models that have one, by their paths such as `truck_model.day_cab`.
    #[serde(default)]
    pub models: BTreeMap<String, String>,
    /// Trucks of fleets and equipment of terminals.
    #[serde(default)]
    pub vehicles: Vec<VehicleGroup>,
    /// When vessels and yards are worked.
    #[serde(default)]
    pub shifts: Option<Shifts>,
    /// Limits that hold for some of the time.
    #[serde(default)]
    pub limits: Vec<Limit>,
    /// Demand charges that tariffs phase in.
    #[serde(default)]
    pub phase_ins: Vec<PhaseIn>,
    /// Keys of sites and nodes through which loads draw that are known by their mean of an interval.
    #[serde(default)]
    pub known_by_means: BTreeSet<String>,
    /// What lies under the sites on a map.
    #[serde(default)]
    pub background: Background,
    /// What a transition is decided by; none in a run of operations.
    pub transition: Option<Transition>,
    /// Numbers that are unverified or assumed, by source.
    pub doubtful: Vec<Doubtful>,
    /// Every source of a number, the best quality first. Folders of earlier versions have none.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// What a careful reader should know before using the result.
    pub warnings: Vec<String>,
}

/// A place.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Key of `[site]`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Kind of place.
    pub kind: String,
    /// Latitude, degrees north.
    pub lat: f64,
    /// Longitude, degrees east.
    pub lon: f64,
    /// Grid connection, kW.
    pub limit_kw: Option<f64>,
    /// The site whose connection carries this one's too.
    pub behind: Option<String>,
    /// Groups of chargers.
    pub chargers: Vec<Chargers>,
}

/// A group of chargers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Chargers {
    /// Key of `[charger]`.
    pub key: String,
    /// The node they stand behind.
    pub behind: Option<String>,
    /// Cabinets.
    pub cabinets: u32,
    /// Ports of a cabinet.
    pub ports: u32,
    /// Power of a cabinet, kW.
    pub cabinet_kw: f64,
    /// Vehicles that may plug in, by names for people.
    #[serde(default)]
    pub users: Vec<String>,
}

/// `VehicleGroup` of one model and one owner.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct VehicleGroup {
    /// Name for people of the fleet or the terminal.
    pub owner: String,
    /// Name for people of the model.
    pub model: String,
    /// `truck`, or the class of the equipment.
    pub kind: String,
    /// What moves them.
    pub powertrain: String,
    /// How many.
    pub count: u32,
}

/// Worked hours, as `[labor]` says them: what lies between two of a day is a break.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shifts {
    /// Monday to Friday.
    pub weekday: Vec<String>,
    /// Saturday.
    pub saturday: Vec<String>,
    /// Sunday.
    pub sunday: Vec<String>,
}

/// A limit for some of the time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Limit {
    /// Keys of `[site]` or `[node]`.
    pub on: Vec<String>,
    /// Maximum demand: highest mean power of an interval, kW.
    pub kw: f64,
    /// From this local time on.
    pub from: Option<String>,
    /// Until this local time.
    pub to: Option<String>,
    /// Only in these local hours of the day.
    pub hours: Option<String>,
    /// Only on these days: `weekdays` or `weekends`.
    pub days: Option<String>,
    /// Only in these months, 1 to 12.
    pub months: Vec<u8>,
    /// Why, for people.
    pub reason: String,
}

/// A node.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Node {
    /// Key of `[node]`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Its site.
    pub site: String,
    /// The node above it.
    pub behind: Option<String>,
    /// Its own limit, kW.
    pub limit_kw: Option<f64>,
}

/// A hydrogen station.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Station {
    /// Key of `[hydrogen]`.
    pub key: String,
    /// Its site.
    pub site: String,
    /// Positions of its dispensers.
    pub positions: u32,
}

/// What a transition is decided by.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Transition {
    /// Policies of adoption and build-out.
    pub policies: String,
    /// Year of the money.
    pub money_year: u16,
    /// Average or marginal.
    pub grid: String,
}

/// Numbers of one doubtful source.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Doubtful {
    /// Unverified or assumed.
    pub quality: String,
    /// The source.
    pub title: String,
    /// Where to find it; may be empty.
    #[serde(default)]
    pub address: String,
    /// Fields.
    pub fields: Vec<String>,
}

/// A source and how many numbers are from it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// How far it can be trusted.
    pub quality: String,
    /// Its title, or how the numbers were made.
    pub title: String,
    /// Where to find it; may be empty.
    pub address: String,
    /// How many numbers.
    pub numbers: usize,
}

impl Hub {
    /// The hub of a scenario.
    #[must_use]
    pub fn of(loaded: &Loaded) -> Self {
        let scenario = &loaded.scenario;
        let node = |(key, spec): (&String, &crate::grid::spec::NodeSpec)| Node {
            key: key.clone(),
            name: spec.name.clone().unwrap_or_else(|| key.clone()),
            site: spec.site.clone(),
            behind: spec.behind.clone(),
            limit_kw: spec.limit_kw,
        };
        let station = |(key, spec): (&String, &crate::hydrogen::spec::HydrogenSpec)| Station {
            key: key.clone(),
            site: spec.site.clone(),
            positions: spec.dispenser.positions,
        };
        Self {
            schema: SCHEMA,
            title: scenario.title.clone(),
            description: scenario.description.clone(),
            start: scenario.time.start.clone(),
            days: scenario.time.days,
            zone: scenario.time.zone.clone(),
            interval_s: scenario.time.interval_s,
            sites: scenario.site.iter().map(|(key, spec)| site(key, spec, scenario)).collect(),
            nodes: scenario.node.iter().map(node).collect(),
            stations: scenario.hydrogen.iter().map(station).collect(),
            fleets: scenario.fleet.iter().map(|(key, fleet)| (key.clone(), called(key, fleet.name.as_ref()))).collect(),
            models: models(scenario),
            vehicles: vehicles(scenario),
            shifts: scenario.labor.as_ref().map(|labor| Shifts {
                weekday: labor.weekday.clone(),
                saturday: labor.saturday.clone(),
                sunday: labor.sunday.clone(),
            }),
            limits: scenario.limit.values().map(limit).collect(),
            phase_ins: phase_ins(loaded),
            known_by_means: known_by_means(scenario),
            background: loaded.background.clone(),
            transition: scenario.transition.as_ref().map(|spec| Transition {
                policies: policies_of(spec, scenario),
                money_year: spec.money_year,
                grid: spec.grid.kind.word().to_owned(),
            }),
            doubtful: doubtful(loaded),
            sources: sources(loaded),
            warnings: warnings(loaded),
        }
    }

    /// Reads it back from a run's folder.
    ///
    /// # Errors
    /// When it is not there or no such file.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let hub: Self = super::read::json(folder, FILE)?;
        // It is data of whoever made the folder: what is laid out by these numbers must fit into the memory.
        let wrong = match () {
            () if hub.schema != SCHEMA => format!("it is of schema {}, this version reads schema {SCHEMA}", hub.schema),
            () if !(1..=MOST_DAYS).contains(&hub.days) => format!("it has {} days", hub.days),
            () if hub.interval_s == 0 => "its control interval is 0 s".to_owned(),
            () if hub.sites.len() > MOST_SITES => format!("it has {} sites", hub.sites.len()),
            () => return Ok(hub),
        };
        Err(ReadError::File { path: folder.join(FILE), reason: wrong })
    }

    /// What people call its places, fleets and models, by their paths in the scenario, such as `site.depot`.
    #[must_use]
    pub fn names(&self) -> BTreeMap<String, String> {
        let sites = self.sites.iter().map(|site| (format!("site.{}", site.key), &site.name));
        let nodes = self.nodes.iter().map(|node| (format!("node.{}", node.key), &node.name));
        let fleets = self.fleets.iter().map(|(key, name)| (format!("fleet.{key}"), name));
        let models = self.models.iter().map(|(path, name)| (path.clone(), name));
        sites.chain(nodes).chain(fleets).chain(models).map(|(path, name)| (path, name.clone())).collect()
    }

    /// Its calendar.
    ///
    /// # Errors
    /// When the file names no day or zone.
    pub fn calendar(&self, folder: &Path) -> Result<Calendar, ReadError> {
        let fail = |error: crate::kernel::calendar::CalendarError| ReadError::File {
            path: folder.join(FILE),
            reason: error.to_string(),
        };
        Calendar::new(&self.start, &self.zone, self.days).map_err(fail)
    }
}

fn site(key: &str, spec: &SiteSpec, scenario: &Scenario) -> Site {
    let here = scenario.charger.iter().filter(|(_, charger)| charger.site == key && charger.cabinets > 0);
    Site {
        key: key.to_owned(),
        name: spec.name.clone().unwrap_or_else(|| key.to_owned()),
        kind: spec.kind.word().to_owned(),
        lat: spec.lat,
        lon: spec.lon,
        limit_kw: spec.limit_kw,
        behind: spec.behind.clone(),
        chargers: here
            .map(|(key, charger)| Chargers {
                key: key.clone(),
                behind: charger.behind.clone(),
                cabinets: charger.cabinets,
                ports: charger.ports,
                cabinet_kw: charger.cabinet_kw,
                users: charger.users.iter().map(|user| user_name(user, scenario)).collect(),
            })
            .collect(),
    }
}

/// A name for people, or else the key.
fn called(key: &str, name: Option<&String>) -> String {
    name.filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| key.to_owned())
}

/// Names of models that have one, by their paths such as `truck_model.day_cab`.
fn models(scenario: &Scenario) -> BTreeMap<String, String> {
    let named = |table: &str, key: &String, name: Option<&String>| Some((format!("{table}.{key}"), name?.clone()));
    let trucks = scenario.truck_model.iter().filter_map(|(key, it)| named("truck_model", key, it.name.as_ref()));
    let units = scenario.equipment_model.iter().filter_map(|(key, it)| named("equipment_model", key, it.name.as_ref()));
    trucks.chain(units).collect()
}

/// Vehicles that may plug in: a fleet, a model of equipment, or a word such as `public`.
fn user_name(user: &str, scenario: &Scenario) -> String {
    let fleet = scenario.fleet.get(user).and_then(|fleet| fleet.name.as_ref());
    let model = scenario.equipment_model.get(user).and_then(|model| model.name.as_ref());
    called(user, fleet.or(model))
}

fn vehicles(scenario: &Scenario) -> Vec<VehicleGroup> {
    let trucks = scenario.fleet.iter().flat_map(|(key, fleet)| {
        fleet.trucks.iter().filter_map(move |(model, count)| {
            let spec = scenario.truck_model.get(model)?;
            Some(VehicleGroup {
                owner: called(key, fleet.name.as_ref()),
                model: called(model, spec.name.as_ref()),
                kind: "truck".to_owned(),
                powertrain: spec.powertrain.word().to_owned(),
                count: count.0,
            })
        })
    });
    let equipment = scenario.terminal.iter().flat_map(|(key, terminal)| {
        let name = scenario.site.get(key).and_then(|site| site.name.as_ref());
        terminal.equipment.iter().filter_map(move |(model, count)| {
            let spec = scenario.equipment_model.get(model)?;
            Some(VehicleGroup {
                owner: called(key, name),
                model: called(model, spec.name.as_ref()),
                kind: spec.class.clone(),
                powertrain: spec.powertrain.word().to_owned(),
                count: count.0,
            })
        })
    });
    trucks.chain(equipment).filter(|vehicles| vehicles.count > 0).collect()
}

fn limit(spec: &LimitSpec) -> Limit {
    let LimitSpec { on, kw, from, to, hours, days, months, reason, .. } = spec.clone();
    let days = days.map(|days| match days {
        Days::Weekdays => "weekdays".to_owned(),
        Days::Weekends => "weekends".to_owned(),
    });
    Limit { on, kw, from, to, hours, days, months, reason }
}

/// The policies of a transition, as its page names them.
fn policies_of(spec: &TransitionSpec, scenario: &Scenario) -> String {
    let plants = scenario.industry.as_ref().map(|industry| format!(", plants by {}", industry.decision.word()));
    format!("{} and {}{}", spec.adoption.word(), spec.build_out.word(), plants.unwrap_or_default())
}

fn doubtful(loaded: &Loaded) -> Vec<Doubtful> {
    let mut out = Vec::new();
    for quality in [Quality::Unverified, Quality::Assumed] {
        for (source, origins) in loaded.provenance.by_source(quality) {
            let spec = loaded.scenario.source.get(source);
            let (title, address) = spec.map(|it| (it.title.clone(), it.address.clone())).unwrap_or_default();
            let fields = origins.iter().map(|origin| origin.field.clone()).collect();
            out.push(Doubtful { quality: quality.word().to_owned(), title, address, fields });
        }
    }
    out
}

fn sources(loaded: &Loaded) -> Vec<Source> {
    let of = |quality: Quality| {
        let by_source = loaded.provenance.by_source(quality);
        let counted = by_source.into_iter().map(|(source, origins)| (source.to_owned(), origins.len()));
        let named = counted.filter_map(|(source, numbers)| {
            let spec = loaded.scenario.source.get(&source)?;
            let (title, address) = (spec.title.clone(), spec.address.clone());
            Some(Source { quality: quality.word().to_owned(), title, address, numbers })
        });
        named.collect::<Vec<_>>()
    };
    Quality::ALL.into_iter().flat_map(of).collect()
}

/// How the warning about doubtful numbers ends.
pub const DOUBTFUL: &str = "numbers of the scenario are unverified or assumed";

fn warnings(loaded: &Loaded) -> Vec<String> {
    let (all, bare) = (loaded.provenance.origins.len(), loaded.provenance.unsourced().count());
    let mut out = Vec::new();
    if loaded.doubtful() > 0 {
        out.push(format!("{} of the {all} {DOUBTFUL}", loaded.doubtful()));
    }
    if bare > 0 {
        let has = if bare == 1 { "has" } else { "have" };
        out.push(format!("{bare} of the {all} numbers of the scenario {has} no source"));
    }
    out.extend(doubts(loaded));
    out
}
