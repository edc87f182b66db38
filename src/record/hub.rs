//! `hub.json`: what the page needs to know of a scenario beside the tables, so that a run's folder explains itself
//! after the scenario has changed.

use super::folder::SCHEMA;
use super::read::ReadError;
use crate::grid::spec::SiteSpec;
use crate::kernel::calendar::Calendar;
use crate::scenario::doubt::doubts;
use crate::scenario::loaded::Loaded;
use crate::scenario::{Quality, Scenario};
use serde::{Deserialize, Serialize};
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
    /// What a transition is decided by; none in a run of operations.
    pub transition: Option<Transition>,
    /// Numbers that are unverified or assumed, by source.
    pub doubtful: Vec<Doubtful>,
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
    /// Fields.
    pub fields: Vec<String>,
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
            transition: scenario.transition.as_ref().map(|spec| Transition {
                policies: format!("{} and {}", spec.adoption.word(), spec.build_out.word()),
                money_year: spec.money_year,
                grid: spec.grid.kind.word().to_owned(),
            }),
            doubtful: doubtful(loaded),
            warnings: warnings(loaded),
        }
    }

    /// Reads it back from a run's folder.
    ///
    /// # Errors
    /// When it is not there or no such file.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let hub: Self = super::read::json(&folder.join(FILE))?;
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
            })
            .collect(),
    }
}

fn doubtful(loaded: &Loaded) -> Vec<Doubtful> {
    let mut out = Vec::new();
    for quality in [Quality::Unverified, Quality::Assumed] {
        for (source, origins) in loaded.provenance.by_source(quality) {
            let title = loaded.scenario.source.get(source).map(|source| source.title.clone()).unwrap_or_default();
            let fields = origins.iter().map(|origin| origin.field.clone()).collect();
            out.push(Doubtful { quality: quality.word().to_owned(), title, fields });
        }
    }
    out
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
        out.push(format!("{bare} of the {all} numbers of the scenario have no source"));
    }
    out.extend(doubts(loaded));
    out
}
