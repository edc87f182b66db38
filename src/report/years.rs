//! What the page of a transition shows, folded from its tables.

use super::data::warnings;
use super::facts::{Fact, facts};
use super::plants::{self, PlantProject};
use crate::record::folder::{Manifest, ReadMetric, ReadSummary, SUMMARY};
use crate::record::hub::{Doubtful, Hub, Site, Source};
use crate::record::metrics::{MetricName, ScopeKind, TOTAL};
use crate::record::read::{ReadError, each_batch};
use crate::scenario::phase_in::PhaseIn;
use crate::transition::baseline::Baseline;
use crate::transition::record::{DECISIVE, RuleKind};
use crate::transition::spec::{ProjectKind, TRUCK};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use utoipa::ToSchema;

/// The class of trucks in the table `fleet`.
const USD_PER_MILLION: f64 = 1e6;
const KG_PER_T: f64 = 1000.0;
const DAYS_A_YEAR: f64 = 365.0;
/// Up to this share of hauls, those lost do not tell in cost and emissions.
const FEW_LAPSED: f64 = 0.005;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct YearsPage {
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
    /// What is left at the end, as a key of `cost_musd`.
    residual: &'static str,
    /// From this share of the cost on, what is left at the end decides the result.
    decisive_share: f64,
    /// Demand charges that tariffs phase in.
    phase_ins: Vec<PhaseIn>,
    /// Above this share of hauls lapsed, cost and emissions of a year mislead.
    few_lapsed_share: f64,
    /// Hydrogen that vehicles got, t.
    hydrogen_t: Vec<f64>,
    series: BTreeMap<String, Vec<Option<f64>>>,
    /// The year that lost most hauls, where that is more than hardly any.
    lost: Option<Lost>,
    sites: Vec<SiteCommunity>,
    projects: Vec<Project>,
    rules: Vec<Rule>,
    /// Projects at plants, as they stand in the last year.
    plant_projects: Vec<PlantProject>,
    baseline: Option<Other>,
    metrics: Vec<ReadMetric>,
    provenance: Vec<Fact>,
    doubtful: Vec<Doubtful>,
    sources: Vec<Source>,
    warnings: Vec<String>,
}

/// A site, for those who live beside it.
#[derive(Debug, Serialize, ToSchema)]
struct SiteCommunity {
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
#[derive(Debug, Default, Serialize, ToSchema)]
struct Project {
    kind: String,
    count: usize,
    amount: f64,
    /// Unit of the amount.
    unit: &'static str,
    cost_musd: f64,
    premium_musd: f64,
    public_musd: f64,
    late_months_mean: f64,
}

/// A run that this one is compared with.
#[derive(Debug, Serialize, ToSchema)]
struct Other {
    name: String,
    cost_usd: Vec<f64>,
    co2e_t: Vec<f64>,
    /// Cost of all years, less what is left at the end, which no year has.
    total_cost_usd: Option<f64>,
}

/// Hauls that nobody drove cost nothing and emit nothing.
#[derive(Debug, Serialize, ToSchema)]
struct Lost {
    year: u32,
    share: f64,
    /// In how many years more than this share lapsed: [`FEW_LAPSED`].
    years: usize,
}

#[derive(Debug, Serialize, ToSchema)]
struct Rule {
    year: u32,
    rule: String,
    kind: String,
    asked: f64,
    reached: f64,
    missing: u32,
    kept: String,
    /// A ceiling: at most what it asks for.
    is_most: bool,
}

/// Parts of the emissions: what it is called on the page, columns of the table.
const AIR: [(&str, &[&str]); 4] = [
    ("direct", &["co2e_direct_t"]),
    ("fuel supply", &["co2e_fuel_supply_t"]),
    ("grid", &["co2e_grid_t"]),
    ("hydrogen", &["co2e_hydrogen_t"]),
];
/// Parts of the cost.
const COST: [(&str, &[&str]); 12] = [
    (
        "vehicles and taxes, less resale and incentives",
        &["vehicles_usd", "vehicle_tax_usd", "resale_usd", "vehicle_incentives_usd"],
    ),
    ("build-out, less incentives", &["build_out_usd", "build_out_incentives_usd", "upkeep_usd"]),
    ("diesel", &["diesel_usd"]),
    ("electricity", &["electricity_usd"]),
    ("hydrogen", &["hydrogen_usd"]),
    ("fuel of vessels, energy of plants", &["other_energy_usd"]),
    ("charging sold to others", &["charging_usd"]),
    ("maintenance and insurance", &["maintenance_usd", "insurance_usd"]),
    ("drivers who wait", &["waiting_usd"]),
    ("hauls lapsed or late", &["hauls_usd"]),
    ("fees, carbon price, fuel credits", &["fees_usd", "carbon_usd", "credits_usd"]),
    (RESIDUAL, &["residual_usd"]),
];
/// The part of the cost that no single year has.
const RESIDUAL: &str = "value left at the end";

/// What projects of a kind are counted in.
const UNITS: [(ProjectKind, &str); 5] = [
    (ProjectKind::Chargers, "cabinets"),
    (ProjectKind::Grid, "kW"),
    (ProjectKind::Storage, "kWh"),
    (ProjectKind::Solar, "kW"),
    (ProjectKind::Hydrogen, "positions"),
];

/// A folder of others may say anything; what is kept by year must fit into the memory.
const MOST_YEARS: usize = 200;

/// Folds the tables of a transition.
pub(super) fn collect(
    folder: &Path,
    hub: Hub,
    manifest: &Manifest,
    baseline: Option<&Path>,
) -> Result<YearsPage, ReadError> {
    let tables = &folder.join("tables");
    let mut years = BTreeSet::new();
    each_batch(tables, "fleet", |batch| {
        if years.len() <= MOST_YEARS {
            years.extend((0..batch.rows()).map(|row| batch.whole("year", row)));
        }
    })?;
    if years.len() > MOST_YEARS {
        let reason = format!("it has {} years, which no transition has", years.len());
        return Err(ReadError::Table { path: tables.join("fleet.parquet"), reason });
    }
    let years: Vec<u32> = years.into_iter().collect();
    let metrics = crate::record::read::json::<ReadSummary>(folder, SUMMARY)?.metrics;
    let baseline = baseline.map(other).transpose()?;
    let series = series(&metrics, &years);
    let lost = lost(&series, &years);
    let mut warnings = warnings(hub.warnings, manifest);
    warnings.extend(lost.as_ref().map(Lost::warning));
    let hydrogen_t = parts(tables, "emissions", &[("hydrogen", &["hydrogen_kg"])], KG_PER_T)?.remove("hydrogen");
    let [trucks, equipment] = stock(tables, &years)?;
    let transition = hub.transition.expect("a page of years is made of a transition");
    Ok(YearsPage {
        policies: transition.policies,
        money_year: transition.money_year,
        grid: transition.grid,
        trucks,
        equipment,
        co2e_kt: parts(tables, "emissions", &AIR, 1000.0)?,
        cost_musd: parts(tables, "finance", &COST, USD_PER_MILLION)?,
        residual: RESIDUAL,
        decisive_share: DECISIVE,
        phase_ins: hub.phase_ins,
        few_lapsed_share: FEW_LAPSED,
        hydrogen_t: hydrogen_t.unwrap_or_default(),
        series,
        lost,
        sites: sites(tables, &hub.sites, &years)?,
        projects: projects(tables)?,
        rules: rules(tables)?,
        plant_projects: plants::collect(tables, years.last().copied())?,
        baseline,
        years,
        metrics,
        provenance: facts(manifest),
        doubtful: hub.doubtful,
        sources: hub.sources,
        warnings,
        title: hub.title,
        description: hub.description,
    })
}

/// Another transition, called as its folder is.
fn other(folder: &Path) -> Result<Other, ReadError> {
    let fail = |reason| ReadError::File { path: folder.to_path_buf(), reason };
    let baseline = Baseline::read(folder).map_err(fail)?;
    Ok(Other {
        name: folder.file_name().map_or(baseline.name, |name| name.to_string_lossy().into_owned()),
        cost_usd: baseline.years.values().map(|year| year.0).collect(),
        co2e_t: baseline.years.values().map(|year| year.1).collect(),
        total_cost_usd: baseline.cost_usd,
    })
}

/// The worst year, and how many are bad; none where hardly any haul is lost in any year.
fn lost(series: &BTreeMap<String, Vec<Option<f64>>>, years: &[u32]) -> Option<Lost> {
    let (asked, gone) =
        (series.get(MetricName::HaulsRequested.as_str())?, series.get(MetricName::HaulsLapsed.as_str())?);
    let pairs = years.iter().zip(asked.iter().zip(gone));
    let shares =
        pairs.filter_map(|(year, (asked, gone))| Some((*year, (*gone)? / (*asked).filter(|hauls| *hauls > 0.0)?)));
    let bad: Vec<(u32, f64)> = shares.filter(|(_, share)| *share > FEW_LAPSED).collect();
    let (year, share) = bad.iter().copied().reduce(|worst, next| if next.1 > worst.1 { next } else { worst })?;
    Some(Lost { year, share, years: bad.len() })
}

impl Lost {
    fn warning(&self) -> String {
        let Self { year, share, years } = self;
        let percent = 100.0 * share;
        let when = if *years == 1 { String::new() } else { format!(", the worst of {years} such years") };
        format!(
            "{percent:.1} % of the hauls of {year} lapsed{when}: they emit nothing here, so \
             emissions look lower than those of a region that serves its port"
        )
    }
}

/// Vehicles by powertrain and year: trucks, equipment.
fn stock(tables: &Path, years: &[u32]) -> Result<[BTreeMap<String, Vec<u32>>; 2], ReadError> {
    let mut out: [BTreeMap<String, Vec<u32>>; 2] = [BTreeMap::new(), BTreeMap::new()];
    each_batch(tables, "fleet", |batch| {
        for row in 0..batch.rows() {
            let Some(at) = years.iter().position(|year| *year == batch.whole("year", row)) else { continue };
            let stock = &mut out[usize::from(batch.text("class", row) != TRUCK)];
            let counts = stock.entry(batch.text("powertrain", row).to_owned()).or_insert_with(|| vec![0; years.len()]);
            counts[at] = counts[at].saturating_add(batch.whole("vehicles", row));
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
) -> Result<BTreeMap<&'static str, Vec<f64>>, ReadError> {
    let mut out: BTreeMap<&'static str, Vec<f64>> = named.iter().map(|part| (part.0, Vec::new())).collect();
    each_batch(tables, table, |batch| {
        for row in (0..batch.rows()).filter(|row| batch.text("scope", *row) == TOTAL) {
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
        let year = ScopeKind::Year.key_in(&metric.scope).and_then(|year| year.parse::<u32>().ok());
        let Some(at) = year.and_then(|year| years.iter().position(|known| *known == year)) else { continue };
        out.entry(metric.name.clone()).or_insert_with(|| vec![None; years.len()])[at] = metric.value;
    }
    out
}

fn sites(tables: &Path, known: &[Site], years: &[u32]) -> Result<Vec<SiteCommunity>, ReadError> {
    let (first, last) = (years.first().copied(), years.last().copied());
    let mut sites: BTreeMap<String, SiteCommunity> = BTreeMap::new();
    for site in known {
        let (key, name, kind) = (site.key.clone(), site.name.clone(), site.kind.clone());
        let none = [0.0; 4];
        let [nox_kg_first, nox_kg_last, pm25_kg_first, pm25_kg_last] = none;
        let trucks_by_hour = vec![0.0; 24];
        let beside =
            SiteCommunity { key, name, kind, nox_kg_first, nox_kg_last, pm25_kg_first, pm25_kg_last, trucks_by_hour };
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

fn projects(tables: &Path) -> Result<Vec<Project>, ReadError> {
    let mut last = 0;
    each_batch(tables, "projects", |batch| {
        last = (0..batch.rows()).map(|row| batch.whole("year", row)).fold(last, u32::max);
    })?;
    let mut out: BTreeMap<String, Project> = BTreeMap::new();
    each_batch(tables, "projects", |batch| {
        for row in (0..batch.rows()).filter(|row| batch.whole("year", *row) == last) {
            let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
            let kind = batch.text("kind", row);
            let unit = UNITS.iter().find(|known| known.0.word() == kind).map_or("", |known| known.1);
            let none = || Project { kind: kind.to_owned(), unit, ..Project::default() };
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

fn rules(tables: &Path) -> Result<Vec<Rule>, ReadError> {
    let mut out = Vec::new();
    each_batch(tables, "rules", |batch| {
        for row in 0..batch.rows() {
            let text = |name: &str| batch.text(name, row).to_owned();
            let number = |name: &str| batch.number(name, row).unwrap_or(0.0);
            let (asked, reached) = (number("asked"), number("reached"));
            let is_target = batch.text("kind", row) == RuleKind::Target.word();
            out.push(Rule {
                year: batch.whole("year", row),
                rule: text("rule"),
                missing: batch.whole("missing", row),
                is_most: is_target && is_ceiling(asked, reached, batch.is_yes("kept", row)),
                kind: text("kind"),
                asked,
                reached,
                kept: text("kept"),
            });
        }
    })?;
    Ok(out)
}

/// Goals for emissions are ceilings, those for shares of vehicles floors; the table tells by which side was kept.
fn is_ceiling(asked: f64, reached: f64, is_kept: bool) -> bool {
    if is_kept { reached < asked } else { reached > asked }
}

#[cfg(test)]
mod tests {
    use super::{AIR, COST, is_ceiling, lost};
    use crate::record::table::Row;
    use crate::transition::record::{EmissionsRow, FinanceRow};
    use std::collections::BTreeSet;

    /// Stacks add up to the totals: each amount of the tables is in one part.
    #[test]
    fn every_amount_is_in_one_part() {
        fn listed<'a>(parts: &[(&str, &[&'a str])]) -> Vec<&'a str> {
            let mut columns = parts.iter().flat_map(|part| part.1).copied().collect::<Vec<_>>();
            columns.sort_unstable();
            columns
        }
        let of = |columns: Vec<&'static str>, sums: [&str; 2]| -> Vec<&'static str> {
            columns.into_iter().filter(|name| !sums.contains(name)).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let usd = FinanceRow::COLUMNS.iter().filter(|column| column.unit == "USD").map(|column| column.name).collect();
        assert_eq!(listed(&COST), of(usd, ["total_usd", "public_usd"]));
        let air =
            EmissionsRow::COLUMNS.iter().map(|column| column.name).filter(|name| name.starts_with("co2e_")).collect();
        assert_eq!(listed(&AIR), of(air, ["co2e_t", "co2e_embodied_t"]));
    }

    #[test]
    fn a_year_that_loses_hauls_is_told_and_a_ceiling_is_none_missed() {
        let series = |gone: [f64; 3]| {
            let list = |values: [f64; 3]| values.map(Some).to_vec();
            [("hauls_requested".to_owned(), list([1_000.0; 3])), ("hauls_lapsed".to_owned(), list(gone))].into()
        };
        assert!(lost(&series([0.0, 4.0, 5.0]), &[2030, 2031, 2032]).is_none());
        let worst = lost(&series([6.0, 20.0, 0.0]), &[2030, 2031, 2032]).unwrap();
        assert_eq!((worst.year, worst.years), (2031, 2));
        assert!(worst.warning().starts_with("2.0 % of the hauls of 2031 lapsed, the worst of 2 such years"));
        assert!(is_ceiling(0.15, 0.06, true) && is_ceiling(0.15, 0.3, false));
        assert!(!is_ceiling(0.5, 0.6, true) && !is_ceiling(0.5, 0.4, false));
    }
}
