//! What the page of a transition shows, folded from its tables. Its shape is `ui/src/years.ts`.

use super::ReportError;
use super::data::{Fact, facts, warnings};
use super::hub::{Doubtful, Hub, Site};
use super::read::each_batch;
use crate::record::folder::{Manifest, ReadMetric, ReadSummary, SUMMARY};
use crate::transition::baseline::Baseline;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The class of trucks in the table `fleet`.
const TRUCK: &str = "truck";
const USD_PER_MILLION: f64 = 1e6;
const DAYS_A_YEAR: f64 = 365.0;

#[derive(Debug, Serialize)]
pub(super) struct Data {
    /// Tells the page which report this is.
    kind: &'static str,
    title: String,
    description: String,
    policies: String,
    money_year: u16,
    grid: String,
    years: Vec<u32>,
    trucks: BTreeMap<String, Vec<u32>>,
    equipment: BTreeMap<String, Vec<u32>>,
    co2e_kt: BTreeMap<&'static str, Vec<f64>>,
    cost_musd: BTreeMap<&'static str, Vec<f64>>,
    series: BTreeMap<String, Vec<Option<f64>>>,
    sites: Vec<Beside>,
    projects: Vec<Project>,
    rules: Vec<Rule>,
    baseline: Option<Other>,
    metrics: Vec<ReadMetric>,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
    warnings: Vec<String>,
}

/// A site, for those who live beside it.
#[derive(Debug, Serialize)]
struct Beside {
    key: String,
    name: String,
    kind: String,
    nox_kg_first: f64,
    nox_kg_last: f64,
    pm25_kg_first: f64,
    pm25_kg_last: f64,
    /// Trucks that came for a haul, by local hour, a day of the last year.
    trucks_by_hour: Vec<f64>,
}

/// All projects of a kind.
#[derive(Debug, Default, Serialize)]
struct Project {
    kind: String,
    count: usize,
    amount: f64,
    cost_musd: f64,
    premium_musd: f64,
    public_musd: f64,
    late_months_mean: f64,
}

/// A run that this one is held against.
#[derive(Debug, Serialize)]
struct Other {
    name: String,
    cost_usd: Vec<f64>,
    co2e_t: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct Rule {
    year: u32,
    rule: String,
    kind: String,
    asked: f64,
    reached: f64,
    missing: u32,
    kept: String,
}

/// Parts of the emissions: what it is called on the page, columns of the table.
const AIR: [(&str, &[&str]); 4] = [
    ("tailpipes", &["co2e_tailpipe_t"]),
    ("diesel supply", &["co2e_diesel_supply_t"]),
    ("grid", &["co2e_grid_t"]),
    ("hydrogen", &["co2e_hydrogen_t"]),
];
/// Parts of the cost.
const COST: [(&str, &[&str]); 9] = [
    ("vehicles, less resale and incentives", &["vehicles_usd", "resale_usd", "vehicle_incentives_usd"]),
    ("works, less incentives", &["infrastructure_usd", "infrastructure_incentives_usd", "upkeep_usd"]),
    ("diesel", &["diesel_usd"]),
    ("electricity", &["electricity_usd"]),
    ("hydrogen", &["hydrogen_usd"]),
    ("maintenance and insurance", &["maintenance_usd", "insurance_usd"]),
    ("drivers who wait", &["waiting_usd"]),
    ("fees, carbon price, fuel credits", &["fees_usd", "carbon_usd", "credits_usd"]),
    ("value left at the end", &["residual_usd"]),
];

/// Folds the tables of a transition.
pub(super) fn collect(
    folder: &Path,
    hub: Hub,
    manifest: &Manifest,
    baseline: Option<&Path>,
) -> Result<Data, ReportError> {
    let tables = &folder.join("tables");
    let mut years = BTreeSet::new();
    each_batch(tables, "fleet", |batch| years.extend((0..batch.rows()).map(|row| batch.whole("year", row))))?;
    let years: Vec<u32> = years.into_iter().collect();
    let metrics = super::read::json::<ReadSummary>(&folder.join(SUMMARY))?.metrics;
    let fail = |reason| ReportError::File { path: baseline.unwrap_or(folder).to_path_buf(), reason };
    let baseline = baseline.map(Baseline::read).transpose().map_err(fail)?;
    let [trucks, equipment] = stock(tables, &years)?;
    let transition = hub.transition.expect("a page of years is made of a transition");
    Ok(Data {
        kind: "years",
        policies: transition.policies,
        money_year: transition.money_year,
        grid: transition.grid,
        trucks,
        equipment,
        co2e_kt: parts(tables, "emissions", &AIR, 1000.0)?,
        cost_musd: parts(tables, "finance", &COST, USD_PER_MILLION)?,
        series: series(&metrics, &years),
        sites: sites(tables, &hub.sites, &years)?,
        projects: projects(tables)?,
        rules: rules(tables)?,
        baseline: baseline.map(|baseline| Other {
            name: baseline.name.clone(),
            cost_usd: baseline.years.values().map(|year| year.0).collect(),
            co2e_t: baseline.years.values().map(|year| year.1).collect(),
        }),
        years,
        metrics,
        provenance: facts(manifest),
        doubtful: hub.doubtful,
        warnings: warnings(hub.warnings, manifest),
        title: hub.title,
        description: hub.description,
    })
}

/// Vehicles by powertrain and year: trucks, equipment.
fn stock(tables: &Path, years: &[u32]) -> Result<[BTreeMap<String, Vec<u32>>; 2], ReportError> {
    let mut out = [BTreeMap::new(), BTreeMap::new()];
    each_batch(tables, "fleet", |batch| {
        for row in 0..batch.rows() {
            let Some(at) = years.iter().position(|year| *year == batch.whole("year", row)) else { continue };
            let stock = &mut out[usize::from(batch.text("class", row) != TRUCK)];
            let counts = stock.entry(batch.text("powertrain", row).to_owned()).or_insert_with(|| vec![0; years.len()]);
            counts[at] += batch.whole("vehicles", row);
        }
    })?;
    Ok(out)
}

/// Sums of columns of the hub by year.
fn parts(
    tables: &Path,
    table: &str,
    named: &[(&'static str, &[&str])],
    unit: f64,
) -> Result<BTreeMap<&'static str, Vec<f64>>, ReportError> {
    let mut out: BTreeMap<&'static str, Vec<f64>> = named.iter().map(|part| (part.0, Vec::new())).collect();
    each_batch(tables, table, |batch| {
        for row in (0..batch.rows()).filter(|row| batch.text("scope", *row) == "total") {
            for (name, columns) in named {
                let sum: f64 = columns.iter().filter_map(|column| batch.number(column, row)).sum();
                out.entry(name).or_default().push(sum / unit);
            }
        }
    })?;
    Ok(out)
}

/// Metrics by year.
fn series(metrics: &[ReadMetric], years: &[u32]) -> BTreeMap<String, Vec<Option<f64>>> {
    let mut out: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    for metric in metrics {
        let year = metric.scope.strip_prefix("year:").and_then(|year| year.parse::<u32>().ok());
        let Some(at) = year.and_then(|year| years.iter().position(|known| *known == year)) else { continue };
        out.entry(metric.name.clone()).or_insert_with(|| vec![None; years.len()])[at] = metric.value;
    }
    out
}

fn sites(tables: &Path, known: &[Site], years: &[u32]) -> Result<Vec<Beside>, ReportError> {
    let (first, last) = (years.first().copied(), years.last().copied());
    let mut sites: BTreeMap<String, Beside> = BTreeMap::new();
    for site in known {
        let (key, name, kind) = (site.key.clone(), site.name.clone(), site.kind.clone());
        let none = [0.0; 4];
        let [nox_kg_first, nox_kg_last, pm25_kg_first, pm25_kg_last] = none;
        let trucks_by_hour = vec![0.0; 24];
        let beside = Beside { key, name, kind, nox_kg_first, nox_kg_last, pm25_kg_first, pm25_kg_last, trucks_by_hour };
        sites.insert(site.key.clone(), beside);
    }
    each_batch(tables, "community", |batch| {
        for row in 0..batch.rows() {
            let Some(site) = sites.get_mut(batch.text("site", row)) else { continue };
            let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
            let (year, hour) = (Some(batch.whole("year", row)), batch.whole("hour", row) as usize);
            if year == first {
                site.nox_kg_first += number("nox_kg");
                site.pm25_kg_first += number("pm25_kg");
            }
            if year == last {
                site.nox_kg_last += number("nox_kg");
                site.pm25_kg_last += number("pm25_kg");
                if let Some(trucks_a_day) = site.trucks_by_hour.get_mut(hour) {
                    *trucks_a_day = (number("trucks") / DAYS_A_YEAR * 10.0).round() / 10.0;
                }
            }
        }
    })?;
    Ok(known.iter().filter_map(|site| sites.remove(&site.key)).collect())
}

fn projects(tables: &Path) -> Result<Vec<Project>, ReportError> {
    let mut last = 0;
    each_batch(tables, "projects", |batch| {
        last = (0..batch.rows()).map(|row| batch.whole("year", row)).fold(last, u32::max);
    })?;
    let mut out: BTreeMap<String, Project> = BTreeMap::new();
    each_batch(tables, "projects", |batch| {
        for row in (0..batch.rows()).filter(|row| batch.whole("year", *row) == last) {
            let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
            let kind = batch.text("kind", row);
            let none = || Project { kind: kind.to_owned(), ..Project::default() };
            let sum = out.entry(kind.to_owned()).or_insert_with(none);
            sum.count += 1;
            sum.amount += number("amount");
            sum.cost_musd += number("cost_usd") / USD_PER_MILLION;
            sum.premium_musd += number("premium_usd") / USD_PER_MILLION;
            sum.public_musd += number("public_usd") / USD_PER_MILLION;
            sum.late_months_mean += number("late_months");
        }
    })?;
    let mean = |sum: Project| Project { late_months_mean: sum.late_months_mean / sum.count as f64, ..sum };
    Ok(out.into_values().map(mean).collect())
}

fn rules(tables: &Path) -> Result<Vec<Rule>, ReportError> {
    let mut out = Vec::new();
    each_batch(tables, "rules", |batch| {
        let text = |name: &str, row| batch.text(name, row).to_owned();
        let number = |name: &str, row| batch.number(name, row).unwrap_or(0.0);
        out.extend((0..batch.rows()).map(|row| Rule {
            year: batch.whole("year", row),
            rule: text("rule", row),
            kind: text("kind", row),
            asked: number("asked", row),
            reached: number("reached", row),
            missing: batch.whole("missing", row),
            kept: text("kept", row),
        }));
    })?;
    Ok(out)
}
