//! The page of operations, folded from the tables. The page's types are made from these.

use super::facts::{Fact, facts};
use super::held::{Held, LongestWait};
use super::steps::{Steps, rounded};
use super::timed::{LimitNote, Limits, Pause, pauses};
use super::{charge, hydrogen, influence, land, legs, network, overload, phase_in, power, roads};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::record::doubt;
use crate::record::folder::{Manifest, ReadMetric, ReadSummary, SUMMARY};
use crate::record::hub::{self, Doubtful, Hub, Site, Source, Station, VehicleGroup};
use crate::record::read::{ReadError, each_batch};
use crate::record::words::VehicleKind;
use crate::scenario::loaded::Background;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use utoipa::ToSchema;

/// Upper ends of the classes of waits, minutes.
const WAIT_CLASSES_MIN: [f64; 8] = [0.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0];

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunPage {
    title: String,
    description: String,
    start: String,
    days: u32,
    zone: String,
    /// Length of a step of the charts, and of the intervals at which loads and limits are held together, seconds.
    bucket_s: u32,
    interval_s: u32,
    /// Local time of each step.
    times: Vec<String>,
    hub: Load,
    waits: Waits,
    hauls: Hauls,
    sites: Vec<SiteSeries>,
    /// What lies under the sites on the map.
    background: Background,
    /// Ways of trucks along the roads of the background.
    routes: Vec<roads::Route>,
    /// Rings of the coast around the sites: longitude and latitude by turns, degrees; filled even-odd.
    land: Vec<Vec<f64>>,
    nodes: Vec<network::NodeSeries>,
    /// Names for people of fleets, by key.
    fleets: BTreeMap<String, String>,
    vehicles: Vec<VehicleGroup>,
    /// Breaks and the time between shifts; none in a long run.
    pauses: Vec<Pause>,
    /// Limits that hold for some of the time.
    limits: Vec<LimitNote>,
    /// Demand charges that tariffs phase in, with what is billed of them.
    phase_ins: Vec<phase_in::Billed>,
    /// Sites and nodes whose limit was passed.
    overloads: Vec<overload::Overload>,
    work: Work,
    charge: charge::Charge,
    legs: legs::Legs,
    hydrogen: Vec<hydrogen::StationSeries>,
    metrics: Vec<ReadMetric>,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
    sources: Vec<Source>,
    warnings: Vec<String>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct Load {
    charging: Vec<f64>,
    equipment: Vec<f64>,
    shore: Vec<f64>,
    other: Vec<f64>,
    hydrogen: Vec<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Waits {
    up_to_min: Vec<Option<f64>>,
    trucks: Vec<u64>,
    equipment: Vec<u64>,
    visitors: Vec<u64>,
    /// Mean and longest wait of the vehicles that came in each step, minutes; none where none came.
    mean_min: Vec<Option<f64>>,
    longest_min: Vec<Option<f64>>,
    /// The longest of all; none where nobody waited.
    longest: Option<LongestWait>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct Hauls {
    done: Vec<u64>,
    late: Vec<u64>,
}

/// Hours of equipment by class and chart step; steps are of whole hours.
#[derive(Debug, Serialize, ToSchema)]
struct Work {
    /// Length of a step, seconds.
    bucket_s: u32,
    times: Vec<String>,
    classes: BTreeMap<String, ClassHours>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClassHours {
    required_h: Vec<f64>,
    served_h: Vec<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SiteSeries {
    #[serde(flatten)]
    site: Site,
    #[serde(flatten)]
    power: power::SitePower,
    /// Why the limit stood where it did when the load came nearest to it; may be empty.
    worst_reason: String,
    ports: u64,
    waiting: Vec<f64>,
}

impl SiteSeries {
    fn of(site: &Site, power: power::SitePower, waiting: Vec<f64>, limits: &Limits<'_>) -> Self {
        Self {
            worst_reason: limits.reason(&site.key, power.headroom.worst_s()),
            site: site.clone(),
            power,
            ports: site.chargers.iter().map(|group| u64::from(group.cabinets) * u64::from(group.ports)).sum(),
            waiting: rounded(waiting, 2),
        }
    }
}

/// Reads the tables of a run.
pub(super) fn collect(folder: &Path, hub: Hub, manifest: &Manifest) -> Result<RunPage, ReadError> {
    let tables = &folder.join("tables");
    let calendar = hub.calendar(folder)?;
    let span_s = hub.days * DAY_S as u32;
    let steps = Steps::over(span_s, hub.interval_s);
    let mut fold = Fold {
        steps,
        index: hub.sites.iter().enumerate().map(|(at, site)| (site.key.clone(), at)).collect(),
        waiting: vec![vec![0.0; steps.count]; hub.sites.len()],
    };
    let mut waits = fold.sessions(tables)?;
    let mut overloads = overload::begin(&hub);
    let mut held = Held::over(waits.longest.take(), hub.interval_s);
    let power = power::collect(tables, &hub.sites, steps, hub.interval_s, &mut overloads, &mut held)?;
    let nodes = network::collect(tables, &hub.nodes, steps, hub.interval_s, &mut overloads, &mut held)?;
    waits.longest = held.told(&hub);
    let limits = Limits::of(&hub, &calendar);
    let nodes: Vec<network::NodeSeries> = nodes.into_iter().map(|node| node.with_reason(&limits)).collect();
    let shared = overload::shared(&mut overloads, &hub);
    let overloads = overload::finish(overloads, &hub, &calendar, &limits);
    let hauls = fold.hauls(tables)?;
    let at_station = |station: &Station| Some((station.key.clone(), *fold.index.get(&station.site)?));
    let legs = legs::collect(tables, &fold.index, &hub.stations.iter().filter_map(at_station).collect())?;
    let places: Vec<(f64, f64)> = hub.sites.iter().map(|site| (site.lat, site.lon)).collect();
    let routes = roads::routes(&hub.background.roads, &places, legs.pairs());
    let [charging, equipment, shore, other, hydrogen] = power.hub;
    let sites = hub.sites.iter().zip(power.sites).zip(fold.waiting);
    let sites = sites.map(|((site, power), waiting)| SiteSeries::of(site, power, waiting, &limits));
    let metrics = crate::record::read::json::<ReadSummary>(folder, SUMMARY)?.metrics;
    let named = metrics.iter().map(|metric| (metric.name.as_str(), metric.scope.as_str(), metric.value));
    let doubted = doubt::doubts(named);
    Ok(RunPage {
        bucket_s: steps.bucket_s,
        interval_s: hub.interval_s,
        times: steps.times(&calendar),
        hub: Load { charging, equipment, shore, other, hydrogen },
        waits,
        hauls,
        routes,
        land: land::Region::around(places.into_iter()).map(land::of).unwrap_or_default(),
        sites: sites.collect(),
        nodes,
        pauses: pauses(hub.shifts.as_ref(), &calendar, hub.days),
        limits: limits.notes(),
        phase_ins: phase_in::collect(tables, &hub.phase_ins)?,
        work: work(tables, &calendar, span_s)?,
        charge: charge::collect(tables, steps, &charge::Owners::of(&hub))?,
        legs,
        hydrogen: hydrogen::collect(tables, &hub.stations, steps, hub.interval_s)?,
        metrics,
        provenance: facts(manifest),
        background: hub.background,
        fleets: hub.fleets,
        vehicles: hub.vehicles,
        sources: hub.sources,
        doubtful: hub.doubtful,
        warnings: overloads
            .iter()
            .map(|overload| overload.told().to_owned())
            .chain(shared)
            .chain(doubted)
            .chain(warnings(hub.warnings, manifest))
            .collect(),
        overloads,
        title: hub.title,
        description: hub.description,
        start: hub.start,
        days: hub.days,
        zone: hub.zone,
    })
}

fn work(tables: &Path, calendar: &Calendar, span_s: u32) -> Result<Work, ReadError> {
    let steps = Steps::over(span_s, 3_600);
    let mut classes: BTreeMap<String, ClassHours> = BTreeMap::new();
    each_batch(tables, "equipment", |batch| {
        for row in 0..batch.rows() {
            let none = || ClassHours { required_h: vec![0.0; steps.count], served_h: vec![0.0; steps.count] };
            let class = classes.entry(batch.text("class", row).to_owned()).or_insert_with(none);
            let step = steps.at(batch.whole("start_s", row));
            class.required_h[step] += batch.number("required_h", row).unwrap_or(0.0);
            class.served_h[step] += batch.number("served_h", row).unwrap_or(0.0);
        }
    })?;
    for hours in classes.values_mut() {
        hours.required_h = rounded(std::mem::take(&mut hours.required_h), 4);
        hours.served_h = rounded(std::mem::take(&mut hours.served_h), 4);
    }
    let times = if classes.is_empty() { Vec::new() } else { steps.times(calendar) };
    Ok(Work { bucket_s: steps.bucket_s, times, classes })
}

struct Fold {
    steps: Steps,
    index: BTreeMap<String, usize>,
    /// Mean length of the queue at each site in each step.
    waiting: Vec<Vec<f64>>,
}

impl Fold {
    fn sessions(&mut self, tables: &Path) -> Result<Waits, ReadError> {
        let classes = WAIT_CLASSES_MIN.len() + 1;
        let mut counts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut longest: Option<LongestWait> = None;
        let mut came = vec![(0_u32, 0.0, 0.0_f64); self.steps.count];
        each_batch(tables, "sessions", |batch| {
            for row in 0..batch.rows() {
                let (arrive_s, wait_s) = (batch.whole("arrive_s", row), batch.whole("wait_s", row));
                let minutes = f64::from(wait_s) / 60.0;
                if wait_s > longest.as_ref().map_or(0, |it| it.wait_s) {
                    let port = batch.text("port", row);
                    let group = port.split_once('/').map(|(group, _)| group.to_owned());
                    let site = batch.text("site", row).to_owned();
                    longest = Some(LongestWait { arrive_s, wait_s, site, group, ..LongestWait::default() });
                }
                let class = WAIT_CLASSES_MIN.iter().position(|up_to| minutes <= *up_to).unwrap_or(classes - 1);
                let step = &mut came[self.steps.at(arrive_s)];
                *step = (step.0 + 1, step.1 + minutes, step.2.max(minutes));
                let kind = batch.text("vehicle_kind", row);
                counts.entry(kind.to_owned()).or_insert_with(|| vec![0; classes])[class] += 1;
                if let Some(at) = self.index.get(batch.text("site", row)) {
                    self.waiting(*at, arrive_s, arrive_s.saturating_add(wait_s));
                }
            }
        })?;
        let mut of = |kind: VehicleKind| counts.remove(kind.word()).unwrap_or_else(|| vec![0; classes]);
        let up_to_min = WAIT_CLASSES_MIN.iter().map(|up_to| Some(*up_to)).chain([None]).collect();
        let some = |minutes: f64, count: u32| (count > 0).then(|| (minutes * 10.0).round() / 10.0);
        Ok(Waits {
            up_to_min,
            trucks: of(VehicleKind::Truck),
            equipment: of(VehicleKind::Equipment),
            visitors: of(VehicleKind::Visitor),
            mean_min: came.iter().map(|step| some(step.1 / f64::from(step.0.max(1)), step.0)).collect(),
            longest_min: came.iter().map(|step| some(step.2, step.0)).collect(),
            longest,
        })
    }

    /// Adds one vehicle's wait to the mean length of a queue in each step that it touches.
    fn waiting(&mut self, site: usize, from_s: u32, to_s: u32) {
        // A table of others may hold any time: beyond the run nothing is shown.
        let (mut at_s, to_s) = (from_s, to_s.min(self.steps.end_s()));
        while at_s < to_s {
            let step = self.steps.at(at_s);
            let end_s = (at_s / self.steps.bucket_s + 1) * self.steps.bucket_s;
            let part_s = to_s.min(end_s) - at_s;
            self.waiting[site][step] += f64::from(part_s) / self.steps.length_s(step);
            at_s = end_s;
        }
    }

    fn hauls(&self, tables: &Path) -> Result<Hauls, ReadError> {
        let mut hauls = Hauls { done: vec![0; self.steps.count], late: vec![0; self.steps.count] };
        each_batch(tables, "hauls", |batch| {
            for row in 0..batch.rows() {
                if let Some(done_s) = batch.number("done_s", row) {
                    let step = self.steps.at(done_s as u32);
                    hauls.done[step] += 1;
                    hauls.late[step] += u64::from(done_s as u32 > batch.whole("due_s", row));
                }
            }
        })?;
        Ok(hauls)
    }
}

/// What a careful reader should know before using the result.
pub(super) fn warnings(mut known: Vec<String>, manifest: &Manifest) -> Vec<String> {
    if let Some(decide) = decisive(manifest) {
        known.retain(|warning| !warning.ends_with(hub::DOUBTFUL));
        known.insert(0, decide);
    }
    for plugin in manifest.plugin_notes.iter().filter(|plugin| plugin.dropped > 0) {
        known.push(format!("{} bad orders of the plugin {} were dropped", plugin.dropped, plugin.name));
    }
    known
}

/// Which doubtful numbers decide, where a sensitivity was held beside the run.
fn decisive(manifest: &Manifest) -> Option<String> {
    let folder = Path::new(manifest.compared_with.get("sensitivity")?);
    let told = influence::headline(folder);
    Some(told.unwrap_or_else(|error| format!("the sensitivity in {} cannot be read: {error}", folder.display())))
}
