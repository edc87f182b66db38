//! What the page of a transition shows, folded from its tables. Its shape is `ui/src/years.ts`.

use super::data::{Doubtful, Fact, doubtful, facts};
use crate::record::folder::Manifest;
use crate::record::summary::Metric;
use crate::scenario::load::Loaded;
use crate::transition::baseline::Baseline;
use crate::transition::record::{EmissionsRow, FinanceRow, Tables};
use serde::Serialize;
use std::collections::BTreeMap;

/// The class of trucks in the table `fleet`.
const TRUCK: &str = "truck";
const USD_PER_MILLION: f64 = 1e6;

#[derive(Debug, Serialize)]
pub(super) struct Data {
    /// Tells the page which report this is.
    kind: &'static str,
    title: String,
    description: String,
    policies: String,
    money_year: u16,
    grid: &'static str,
    years: Vec<u16>,
    trucks: BTreeMap<String, Vec<u32>>,
    equipment: BTreeMap<String, Vec<u32>>,
    co2e_kt: BTreeMap<&'static str, Vec<f64>>,
    cost_musd: BTreeMap<&'static str, Vec<f64>>,
    series: BTreeMap<&'static str, Vec<Option<f64>>>,
    sites: Vec<Site>,
    projects: Vec<Project>,
    rules: Vec<Rule>,
    baseline: Option<Other>,
    metrics: Vec<Metric>,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
}

/// A site in the last year, for those who live beside it and those who own it.
#[derive(Debug, Serialize)]
struct Site {
    key: String,
    name: String,
    kind: &'static str,
    peak_kw: f64,
    wait_p95_min: Option<f64>,
    utilization: Option<f64>,
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
    kind: &'static str,
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
    kind: &'static str,
    asked: f64,
    reached: f64,
    missing: u32,
    kept: &'static str,
}

/// Folds the tables of a transition.
pub(super) fn collect(
    loaded: &Loaded,
    manifest: &Manifest,
    metrics: &[Metric],
    tables: &Tables,
    baseline: Option<&Baseline>,
) -> Data {
    let scenario = &loaded.scenario;
    let spec = scenario.transition.as_ref().expect("only a transition has years");
    let years: Vec<u16> = tables.shown.iter().map(|shown| shown.0).collect();
    let rules = tables.rules.iter().map(|row| Rule {
        year: row.year,
        rule: row.rule.clone(),
        kind: row.kind.0,
        asked: row.asked,
        reached: row.reached,
        missing: row.missing,
        kept: row.kept.0,
    });
    Data {
        kind: "years",
        title: scenario.title.clone(),
        description: scenario.description.clone(),
        policies: format!("{} and {}", spec.adoption.name, spec.infrastructure.name),
        money_year: spec.money_year,
        grid: spec.grid.kind.word(),
        trucks: stock(tables, &years, |class| class == TRUCK),
        equipment: stock(tables, &years, |class| class != TRUCK),
        co2e_kt: air(tables),
        cost_musd: cost(tables),
        series: series(metrics, &years),
        sites: sites(loaded, tables),
        projects: projects(tables),
        rules: rules.collect(),
        baseline: baseline.map(|baseline| Other {
            name: baseline.name.clone(),
            cost_usd: baseline.years.values().map(|year| year.0).collect(),
            co2e_t: baseline.years.values().map(|year| year.1).collect(),
        }),
        years,
        metrics: metrics.to_vec(),
        provenance: facts(manifest),
        doubtful: doubtful(loaded),
    }
}

/// Vehicles by powertrain and year.
fn stock(tables: &Tables, years: &[u16], class: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<u32>> {
    let mut out: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for row in tables.fleet.iter().filter(|row| class(&row.class)) {
        let Some(at) = years.iter().position(|year| u32::from(*year) == row.year) else { continue };
        out.entry(row.powertrain.0.to_owned()).or_insert_with(|| vec![0; years.len()])[at] += row.vehicles;
    }
    out
}

fn air(tables: &Tables) -> BTreeMap<&'static str, Vec<f64>> {
    let totals: Vec<&EmissionsRow> = tables.emissions.iter().filter(|row| row.scope == "total").collect();
    let of = |value: fn(&EmissionsRow) -> f64| totals.iter().map(|row| value(row) / 1000.0).collect();
    BTreeMap::from([
        ("tailpipes", of(|row| row.co2e_tailpipe_t)),
        ("diesel supply", of(|row| row.co2e_diesel_supply_t)),
        ("grid", of(|row| row.co2e_grid_t)),
        ("hydrogen", of(|row| row.co2e_hydrogen_t)),
    ])
}

fn cost(tables: &Tables) -> BTreeMap<&'static str, Vec<f64>> {
    let totals: Vec<&FinanceRow> = tables.finance.iter().filter(|row| row.scope == "total").collect();
    let of = |value: fn(&FinanceRow) -> f64| totals.iter().map(|row| value(row) / USD_PER_MILLION).collect();
    BTreeMap::from([
        (
            "vehicles, less resale and incentives",
            of(|row| row.vehicles_usd + row.resale_usd + row.vehicle_incentives_usd),
        ),
        (
            "works, less incentives",
            of(|row| row.infrastructure_usd + row.infrastructure_incentives_usd + row.upkeep_usd),
        ),
        ("diesel", of(|row| row.diesel_usd)),
        ("electricity", of(|row| row.electricity_usd)),
        ("hydrogen", of(|row| row.hydrogen_usd)),
        ("maintenance and insurance", of(|row| row.maintenance_usd + row.insurance_usd)),
        ("drivers who wait", of(|row| row.waiting_usd)),
        ("fees, carbon price, fuel credits", of(|row| row.fees_usd + row.carbon_usd + row.credits_usd)),
        ("value left at the end", of(|row| row.residual_usd)),
    ])
}

/// Metrics by year.
fn series(metrics: &[Metric], years: &[u16]) -> BTreeMap<&'static str, Vec<Option<f64>>> {
    let mut out: BTreeMap<&'static str, Vec<Option<f64>>> = BTreeMap::new();
    for metric in metrics {
        let year = metric.scope.strip_prefix("year:").and_then(|year| year.parse::<u16>().ok());
        let Some(at) = year.and_then(|year| years.iter().position(|known| *known == year)) else { continue };
        out.entry(metric.name).or_insert_with(|| vec![None; years.len()])[at] = metric.value;
    }
    out
}

fn sites(loaded: &Loaded, tables: &Tables) -> Vec<Site> {
    let (first, last) = (tables.shown.first(), tables.shown.last());
    let Some((first, (year, shown))) = first.zip(last.map(|last| (last.0, &last.1))) else { return Vec::new() };
    let air = |key: &str, year: u16| {
        let scope = format!("site:{key}");
        tables.emissions.iter().find(|row| row.scope == scope && row.year == u32::from(year))
    };
    let site =
        |((key, spec), shown): ((&String, &crate::grid::spec::SiteSpec), &crate::transition::year::SiteShown)| {
            let (before, after) = (air(key, first.0), air(key, year));
            Site {
                key: key.clone(),
                name: spec.name.clone().unwrap_or_else(|| key.clone()),
                kind: spec.kind.word(),
                peak_kw: shown.peak_kw.round(),
                wait_p95_min: shown.waits.quantile_min(0.95),
                utilization: shown.utilization,
                nox_kg_first: before.map_or(0.0, |row| row.nox_kg.round()),
                nox_kg_last: after.map_or(0.0, |row| row.nox_kg.round()),
                pm25_kg_first: before.map_or(0.0, |row| row.pm25_kg),
                pm25_kg_last: after.map_or(0.0, |row| row.pm25_kg),
                trucks_by_hour: shown.trucks_by_hour.iter().map(|count| (count / 36.5).round() / 10.0).collect(),
            }
        };
    loaded.scenario.site.iter().zip(&shown.sites).map(site).collect()
}

fn projects(tables: &Tables) -> Vec<Project> {
    let last = tables.projects.iter().map(|row| row.year).max();
    let mut out: BTreeMap<&'static str, Project> = BTreeMap::new();
    for row in tables.projects.iter().filter(|row| Some(row.year) == last) {
        let sum = out.entry(row.kind.0).or_insert_with(|| Project { kind: row.kind.0, ..Project::default() });
        sum.count += 1;
        sum.amount += row.amount;
        sum.cost_musd += row.cost_usd / USD_PER_MILLION;
        sum.premium_musd += row.premium_usd / USD_PER_MILLION;
        sum.public_musd += row.public_usd / USD_PER_MILLION;
        sum.late_months_mean += row.late_months;
    }
    let mean = |sum: Project| Project { late_months_mean: sum.late_months_mean / sum.count as f64, ..sum };
    out.into_values().map(mean).collect()
}
