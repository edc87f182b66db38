//! What the page shows, folded from the tables. Its shape is `ui/src/data.ts`.

use super::ReportError;
use super::hydrogen::StationSeries;
use super::read::each_batch;
use crate::record::folder::Manifest;
use crate::record::notes::PluginNotes;
use crate::record::summary::Metric;
use crate::scenario::Quality;
use crate::scenario::load::Loaded;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Charts have at most about this many steps; the tables keep everything.
const MOST_STEPS: u32 = 700;
/// Upper ends of the classes of waits, minutes.
const WAIT_CLASSES_MIN: [f64; 8] = [0.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0];
/// Fields listed for one source.
const FIELDS_SHOWN: usize = 12;

#[derive(Debug, Serialize)]
pub(super) struct Data {
    title: String,
    description: String,
    start: String,
    days: u32,
    bucket_s: u32,
    times: Vec<String>,
    hub: Hub,
    waits: Waits,
    hauls: Hauls,
    sites: Vec<SiteSeries>,
    hydrogen: Vec<StationSeries>,
    metrics: Vec<Metric>,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
}

#[derive(Debug, Default, Serialize)]
struct Hub {
    charging: Vec<f64>,
    equipment: Vec<f64>,
    shore: Vec<f64>,
    other: Vec<f64>,
    hydrogen: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct Waits {
    up_to_min: Vec<Option<f64>>,
    trucks: Vec<u64>,
    equipment: Vec<u64>,
    visitors: Vec<u64>,
}

#[derive(Debug, Default, Serialize)]
struct Hauls {
    done: Vec<u64>,
    late: Vec<u64>,
}

#[derive(Debug, Serialize)]
struct SiteSeries {
    key: String,
    name: String,
    kind: &'static str,
    lat: f64,
    lon: f64,
    ports: u64,
    limit_kw: Option<f64>,
    mean_kw: Vec<f64>,
    peak_kw: Vec<f64>,
    waiting: Vec<f64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Fact {
    label: String,
    value: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Doubtful {
    quality: &'static str,
    title: String,
    fields: Vec<String>,
}

/// Reads the tables of a run.
pub(super) fn collect(
    tables: &Path,
    loaded: &Loaded,
    manifest: &Manifest,
    metrics: &[Metric],
) -> Result<Data, ReportError> {
    let scenario = &loaded.scenario;
    let span_s = scenario.time.days * 86_400;
    let bucket_s = bucket_s(span_s, scenario.time.interval_s);
    let steps = span_s.div_ceil(bucket_s) as usize;
    let times = (0..steps as i64).map(|step| {
        let iso = loaded.calendar.iso(step * i64::from(bucket_s));
        iso[..16].replace('T', " ")
    });
    let mut fold = Fold {
        bucket_s,
        steps,
        index: scenario.site.keys().enumerate().map(|(at, key)| (key.clone(), at)).collect(),
        hub: [0; 5].map(|_| vec![0.0; steps]),
        sites: scenario.site.iter().map(|(key, spec)| site_series(key, spec, loaded, steps)).collect(),
    };
    fold.power(tables, f64::from(scenario.time.interval_s))?;
    let waits = fold.sessions(tables)?;
    let hauls = fold.hauls(tables)?;
    let [charging, equipment, shore, other, hydrogen] = fold.hub.map(rounded);
    let sites = fold.sites.into_iter().map(|site| SiteSeries {
        mean_kw: rounded(site.mean_kw),
        peak_kw: rounded(site.peak_kw),
        waiting: site.waiting.into_iter().map(|waiting| (waiting * 100.0).round() / 100.0).collect(),
        ..site
    });
    Ok(Data {
        title: scenario.title.clone(),
        description: scenario.description.clone(),
        start: scenario.time.start.clone(),
        days: scenario.time.days,
        bucket_s,
        times: times.collect(),
        hub: Hub { charging, equipment, shore, other, hydrogen },
        waits,
        hauls,
        sites: sites.collect(),
        hydrogen: super::hydrogen::collect(tables, loaded, bucket_s, steps)?,
        metrics: metrics.to_vec(),
        provenance: facts(manifest),
        doubtful: doubtful(loaded),
    })
}

/// The shortest step, a multiple of the interval, with which a chart stays readable.
fn bucket_s(span_s: u32, interval_s: u32) -> u32 {
    let least = span_s.div_ceil(MOST_STEPS);
    least.div_ceil(interval_s) * interval_s
}

fn rounded(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|value| (value * 10.0).round() / 10.0).collect()
}

fn site_series(key: &str, spec: &crate::grid::spec::SiteSpec, loaded: &Loaded, steps: usize) -> SiteSeries {
    let chargers = loaded.scenario.charger.values().filter(|charger| charger.site == key);
    SiteSeries {
        key: key.to_owned(),
        name: spec.name.clone().unwrap_or_else(|| key.to_owned()),
        kind: spec.kind.word(),
        lat: spec.lat,
        lon: spec.lon,
        ports: chargers.map(|charger| u64::from(charger.cabinets) * u64::from(charger.ports)).sum(),
        limit_kw: spec.limit_kw,
        mean_kw: vec![0.0; steps],
        peak_kw: vec![0.0; steps],
        waiting: vec![0.0; steps],
    }
}

struct Fold {
    bucket_s: u32,
    steps: usize,
    index: BTreeMap<String, usize>,
    hub: [Vec<f64>; 5],
    sites: Vec<SiteSeries>,
}

impl Fold {
    fn step(&self, at_s: u32) -> usize {
        ((at_s / self.bucket_s) as usize).min(self.steps - 1)
    }

    fn power(&mut self, tables: &Path, interval_s: f64) -> Result<(), ReportError> {
        let share = interval_s / f64::from(self.bucket_s);
        each_batch(tables, "power", |batch| {
            for row in 0..batch.rows() {
                let step = self.step(batch.whole("start_s", row));
                for (sum, column) in
                    self.hub.iter_mut().zip(["charging_kw", "equipment_kw", "shore_kw", "other_kw", "hydrogen_kw"])
                {
                    sum[step] += batch.number(column, row).unwrap_or(0.0) * share;
                }
                if let Some(at) = self.index.get(batch.text("site", row)) {
                    let total = batch.number("total_kw", row).unwrap_or(0.0);
                    let site = &mut self.sites[*at];
                    site.mean_kw[step] += total * share;
                    site.peak_kw[step] = site.peak_kw[step].max(total);
                }
            }
        })
    }

    fn sessions(&mut self, tables: &Path) -> Result<Waits, ReportError> {
        let classes = WAIT_CLASSES_MIN.len() + 1;
        let mut counts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        each_batch(tables, "sessions", |batch| {
            for row in 0..batch.rows() {
                let (arrive_s, wait_s) = (batch.whole("arrive_s", row), batch.whole("wait_s", row));
                let minutes = f64::from(wait_s) / 60.0;
                let class = WAIT_CLASSES_MIN.iter().position(|up_to| minutes <= *up_to).unwrap_or(classes - 1);
                let kind = batch.text("vehicle_kind", row);
                counts.entry(kind.to_owned()).or_insert_with(|| vec![0; classes])[class] += 1;
                if let Some(at) = self.index.get(batch.text("site", row)) {
                    self.waiting(*at, arrive_s, arrive_s + wait_s);
                }
            }
        })?;
        let mut of = |kind: &str| counts.remove(kind).unwrap_or_else(|| vec![0; classes]);
        let up_to_min = WAIT_CLASSES_MIN.iter().map(|up_to| Some(*up_to)).chain([None]).collect();
        Ok(Waits { up_to_min, trucks: of("truck"), equipment: of("equipment"), visitors: of("visitor") })
    }

    /// Adds one vehicle's wait to the mean length of a queue in each step that it touches.
    fn waiting(&mut self, site: usize, from_s: u32, to_s: u32) {
        let mut at_s = from_s;
        while at_s < to_s {
            let step = self.step(at_s);
            let end_s = (at_s / self.bucket_s + 1) * self.bucket_s;
            let part_s = to_s.min(end_s) - at_s;
            self.sites[site].waiting[step] += f64::from(part_s) / f64::from(self.bucket_s);
            at_s = end_s;
        }
    }

    fn hauls(&self, tables: &Path) -> Result<Hauls, ReportError> {
        let mut hauls = Hauls { done: vec![0; self.steps], late: vec![0; self.steps] };
        each_batch(tables, "hauls", |batch| {
            for row in 0..batch.rows() {
                if let Some(done_s) = batch.number("done_s", row) {
                    let step = self.step(done_s as u32);
                    hauls.done[step] += 1;
                    hauls.late[step] += u64::from(done_s as u32 > batch.whole("due_s", row));
                }
            }
        })?;
        Ok(hauls)
    }
}

pub(super) fn facts(manifest: &Manifest) -> Vec<Fact> {
    let mut facts = vec![
        ("Portvolt".to_owned(), manifest.portvolt.clone()),
        ("Scenario".to_owned(), manifest.scenario.clone()),
        ("Overlays".to_owned(), manifest.overlays.join(", ")),
        ("Settings".to_owned(), manifest.settings.join(", ")),
        ("Seed, replication".to_owned(), format!("{}, {}", manifest.seed, manifest.replication)),
    ];
    let qualities: Vec<String> = manifest.provenance.iter().map(|(word, count)| format!("{count} {word}")).collect();
    facts.push(("Numbers of the scenario by quality".to_owned(), qualities.join(", ")));
    facts.extend(manifest.inputs.iter().map(|(path, hash)| (format!("Input {path}, blake3"), hash.clone())));
    for plugin in &manifest.plugin_notes {
        let PluginNotes { kind, name, version, hash, calls, dropped, examples, .. } = plugin;
        facts.push((format!("Plugin {name} {version} ({kind}), blake3"), hash.clone()));
        let bad = if *dropped > 0 { format!("; the first: {}", examples.join("; ")) } else { String::new() };
        facts.push((format!("Plugin {name}"), format!("{calls} decisions, {dropped} bad orders dropped{bad}")));
    }
    facts.extend(manifest.rows.iter().map(|(table, hash)| (format!("Rows of {table}, blake3"), hash.clone())));
    facts.into_iter().filter(|fact| !fact.1.is_empty()).map(|(label, value)| Fact { label, value }).collect()
}

pub(super) fn doubtful(loaded: &Loaded) -> Vec<Doubtful> {
    let mut out = Vec::new();
    for quality in [Quality::Recalled, Quality::Assumed] {
        for (source, origins) in loaded.provenance.by_source(quality) {
            let title = loaded.scenario.source.get(source).map(|source| source.title.clone()).unwrap_or_default();
            let mut fields: Vec<String> =
                origins.iter().take(FIELDS_SHOWN).map(|origin| origin.field.clone()).collect();
            if origins.len() > FIELDS_SHOWN {
                fields.push(format!("and {} more", origins.len() - FIELDS_SHOWN));
            }
            out.push(Doubtful { quality: quality.word(), title, fields });
        }
    }
    out
}
