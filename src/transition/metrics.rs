//! Headline numbers of a transition, folded from its tables: the hub by year and over all years, and what each stakeholder
//! asks first.

use super::bank::sellers;
use super::inventory::of_sector;
use super::payers::{PRIVATE, PUBLIC, metric_of, paid_usd, resource_usd, spent_usd};
use super::record::{EmissionsRow, FinanceRow, InventoryRow, Party, RemovalRow, RuleKind, Tables};
use super::scope::Scope;
use super::spec::{TRUCK, TransitionSpec};
use crate::account::cost::present_value;
use crate::account::sector::Sector;
use crate::industry::record::IndustryRow;
use crate::kernel::sums::Accumulate;
use crate::record::metrics::{Metric, MetricName, ScopeKind, ScopeMetrics, TOTAL};
use crate::record::notes::PluginNotes;
use crate::record::tally::Waits;
use crate::scenario::Scenario;
use crate::vehicle::spec::Powertrain;

/// All metrics: `total` over all years, `year:YYYY`, and sites that sell charging.
#[must_use]
pub fn metrics(tables: &Tables, spec: &TransitionSpec, scenario: &Scenario) -> Vec<Metric> {
    let mut out = Vec::new();
    totals(tables, spec, &mut ScopeMetrics::new(TOTAL, &mut out));
    for (year, _) in &tables.shown {
        of_year(tables, spec, *year, &mut ScopeMetrics::new(ScopeKind::Year.of(year), &mut out));
    }
    sectors(tables, &mut out);
    sellers(tables, spec, scenario, &mut out);
    for row in &tables.rules {
        if row.kind == RuleKind::Target {
            let mut rule = ScopeMetrics::new(ScopeKind::Rule.of(&row.rule), &mut out);
            rule.count(MetricName::TargetMet, u64::from(row.kept));
            rule.add(MetricName::TargetReached, row.reached);
        }
    }
    out
}

/// Emissions of sectors inside the border: of all years, and year by year.
fn sectors(tables: &Tables, out: &mut Vec<Metric>) {
    let mut tell = |scope: String, row: Option<InventoryRow>| {
        let Some(row) = row else { return };
        let mut sector = ScopeMetrics::new(scope, out);
        sector.add(MetricName::Co2eT, row.co2e_t);
        sector.add(MetricName::NoxKg, row.nox_kg);
        sector.add(MetricName::Pm25Kg, row.pm25_kg);
    };
    for sector in Sector::ALL {
        tell(sector.scope(), of_sector(&tables.inventory, sector, None));
        for (year, _) in &tables.shown {
            tell(sector.scope_of(*year), of_sector(&tables.inventory, sector, Some(*year)));
        }
    }
}

/// What plants captured, closed and sent elsewhere, and what was removed: in some years.
fn carbon(tables: &Tables, is_year: impl Fn(u32) -> bool, of: &mut ScopeMetrics<'_>) {
    if tables.industry.is_empty() {
        return;
    }
    let plants = |value: fn(&IndustryRow) -> f64| -> f64 {
        tables.industry.iter().filter(|row| row.inside && is_year(row.year)).map(value).sum()
    };
    of.add(MetricName::Co2eCapturedT, plants(|row| row.captured_t));
    of.add(MetricName::Co2eClosedT, plants(|row| row.closed_t));
    of.add(MetricName::Co2eElsewhereT, plants(|row| row.elsewhere_t));
    let removed = |value: fn(&RemovalRow) -> f64| -> f64 {
        tables.removals.iter().filter(|row| is_year(row.year)).map(value).sum()
    };
    of.add(MetricName::Co2eRemovedT, removed(|row| row.removed_t));
    of.add(MetricName::RemovalUsd, removed(|row| row.usd));
}

fn of_total(tables: &Tables) -> impl Iterator<Item = &FinanceRow> {
    tables.finance.iter().filter(|row| row.scope == Scope::Total)
}

fn totals(tables: &Tables, spec: &TransitionSpec, total: &mut ScopeMetrics<'_>) {
    let sum = |of: fn(&FinanceRow) -> f64| of_total(tables).map(of).sum::<f64>();
    let flows: Vec<f64> = of_total(tables).map(|row| -row.total_usd).collect();
    total.add(MetricName::NpvUsd, present_value(spec.discount_rate, &flows));
    let ledger = |of: &dyn Fn(u16) -> f64| {
        let flows: Vec<f64> = tables.shown.iter().map(|(year, _)| -of(*year)).collect();
        present_value(spec.discount_rate, &flows)
    };
    let with_public: Vec<Party> = PRIVATE.into_iter().chain(PUBLIC).collect();
    total.add(MetricName::NpvPublicUsd, ledger(&|year| paid_usd(&tables.ledger, year, &with_public)));
    total.add(MetricName::NpvResourceUsd, ledger(&|year| resource_usd(&tables.ledger, year)));
    total.add(MetricName::CostUsd, sum(|row| row.total_usd));
    total.add(MetricName::CapexUsd, sum(FinanceRow::capex_usd));
    total.add(MetricName::OpexUsd, sum(FinanceRow::opex_usd));
    total.add(MetricName::CreditIncomeUsd, sum(|row| -row.credits_usd));
    total.add(MetricName::PublicUsd, sum(|row| row.public_usd));
    let air = |of: fn(&EmissionsRow) -> f64| -> f64 {
        tables.emissions.iter().filter(|row| row.scope == Scope::Total).map(of).sum()
    };
    total.add(MetricName::Co2eT, air(|row| row.co2e_t));
    let by_year: Vec<f64> =
        tables.emissions.iter().filter(|row| row.scope == Scope::Total).map(|row| row.co2e_t).collect();
    total.add(MetricName::Co2eDiscountedT, present_value(spec.discount_rate, &by_year));
    total.add(MetricName::Co2eDirectT, air(|row| row.co2e_direct_t));
    total.add(MetricName::Co2eEmbodiedT, air(|row| row.co2e_embodied_t));
    carbon(tables, |_| true, total);
    total.add(MetricName::NoxKg, air(|row| row.nox_kg));
    total.add(MetricName::Pm25Kg, air(|row| row.pm25_kg));
    let last = tables.shown.last().map(|shown| shown.0);
    total.add(MetricName::ZevShare, last.and_then(|year| zev_share(tables, year, |_| true)));
    let late = tables.projects.iter().filter(|row| last == Some(row.year as u16)).map(|row| row.late_months);
    total.add(MetricName::EnergisationLateMonths, late.fold(0.0, f64::max));
}

/// Share of vehicles that are zero-emission in a year, among some classes.
#[must_use]
pub fn zev_share(tables: &Tables, year: u16, class: impl Fn(&str) -> bool) -> Option<f64> {
    let rows = || tables.fleet.iter().filter(|row| row.year == u32::from(year) && class(&row.class));
    let all: u32 = rows().map(|row| row.vehicles).sum();
    let clean: u32 = rows().filter(|row| row.powertrain != Powertrain::Diesel).map(|row| row.vehicles).sum();
    (all > 0).then(|| f64::from(clean) / f64::from(all))
}

/// Share of the trucks at work without a tailpipe.
fn at_work_share(tables: &Tables, year: u16) -> Option<f64> {
    let rows = || tables.fleet.iter().filter(|row| row.year == u32::from(year) && row.class == TRUCK);
    let all: u32 = rows().map(|row| row.vehicles - row.reserve).sum();
    let clean = rows().filter(|row| row.powertrain != Powertrain::Diesel);
    let clean: u32 = clean.map(|row| row.vehicles - row.reserve).sum();
    (all > 0).then(|| f64::from(clean) / f64::from(all))
}

fn of_year(tables: &Tables, spec: &TransitionSpec, year: u16, of: &mut ScopeMetrics<'_>) {
    of.add(MetricName::ZevShareTrucks, zev_share(tables, year, |class| class == TRUCK));
    of.add(MetricName::ZevShareTrucksAtWork, at_work_share(tables, year));
    of.add(MetricName::ZevShareEquipment, zev_share(tables, year, |class| class != TRUCK));
    let finance = of_total(tables).find(|row| row.year == u32::from(year));
    of.add(MetricName::CostUsd, finance.map(|row| row.total_usd - row.residual_usd));
    of.add(MetricName::PublicUsd, finance.map(|row| row.public_usd));
    let air = tables.emissions.iter().find(|row| row.scope == Scope::Total && row.year == u32::from(year));
    of.add(MetricName::Co2eT, air.map(|row| row.co2e_t));
    carbon(tables, |it| it == u32::from(year), of);
    of.add(MetricName::NoxKg, air.map(|row| row.nox_kg));
    of.add(MetricName::Pm25Kg, air.map(|row| row.pm25_kg));
    of.add(MetricName::EnergyGridKwh, air.map(|row| row.energy_kwh));
    of.add(MetricName::DieselGal, air.map(|row| row.diesel_gal));
    for party in PRIVATE.into_iter().chain(PUBLIC) {
        if let Some(name) = metric_of(party) {
            of.add(name, spent_usd(&tables.ledger, year, &[party]));
        }
    }
    of.add(MetricName::ResourceCostUsd, -spent_usd(&tables.ledger, year, &[Party::Supplier]));
    let pool = spec.diesel_pool.as_ref();
    of.add(MetricName::LcfsClearingUsdPerT, pool.and_then(|pool| pool.clearing_usd_per_t(year)));
    if let Some(market) = tables.hydrogen_market.iter().find(|row| row.year == u32::from(year)) {
        of.add(MetricName::H2PriceUsdPerKg, market.dispensed_usd_per_kg);
        let lacking_t = market.neighbours_lacking_t + market.plants_lacking_t + market.fleets_lacking_t;
        of.add(MetricName::H2LackingT, lacking_t);
    }
    let Some((_, shown)) = tables.shown.iter().find(|shown| shown.0 == year) else { return };
    let [requested, lapsed] = shown.hauls;
    of.add(MetricName::HaulsRequested, requested);
    of.add(MetricName::HaulsLapsed, lapsed);
    let driver_waiting_h: f64 = shown.fleets.iter().map(|fleet| fleet.port_wait_h + fleet.fuel_wait_h).sum();
    of.add(MetricName::DriverWaitingH, driver_waiting_h);
    let classes = || shown.sites.iter().flat_map(|site| site.classes.values());
    of.add(MetricName::EquipmentHoursRequired, classes().map(|it| it.required_h).sum::<f64>());
    of.add(MetricName::EquipmentHoursServed, classes().map(|it| it.served_h).sum::<f64>());
    let mut waits = Waits::default();
    shown.sites.iter().for_each(|site| waits.accumulate(&site.waits, 1.0));
    of.add(MetricName::QueueWaitP95Min, waits.quantile_min(0.95));
    let energy = &shown.energy;
    of.add(MetricName::EnergyUsedKwh, energy.used_kwh);
    of.add(MetricName::EnergyDeliveredKwh, energy.delivered_kwh);
    of.add(MetricName::EnergyStoredChangeKwh, energy.stored_kwh);
    of.add(MetricName::H2UsedKg, energy.used_kg);
    of.add(MetricName::H2DispensedKg, energy.dispensed_kg);
    of.add(MetricName::H2StoredChangeKg, energy.stored_kg);
    of.add(MetricName::PeakKw, shown.peak_kw);
    of.add(MetricName::NoncoincidentPeakKw, sum_of_peaks_kw(tables, shown));
}

/// Neighbours are in no sum of the hub.
fn sum_of_peaks_kw(tables: &Tables, shown: &super::operated::OperatingYear) -> f64 {
    let sites = shown.sites.iter().zip(&tables.neighbours);
    sites.filter(|(_, is_neighbour)| !**is_neighbour).map(|(site, _)| site.peak_kw).sum()
}

/// What plugins were asked, and how many of their orders were invalid.
#[must_use]
pub fn plugin_metrics(notes: &[PluginNotes]) -> Vec<Metric> {
    let mut out = Vec::new();
    let mut total = ScopeMetrics::new(TOTAL, &mut out);
    total.count(MetricName::PluginCalls, notes.iter().map(|plugin| plugin.calls).sum());
    total.count(MetricName::PluginRejected, notes.iter().map(|plugin| plugin.dropped).sum());
    out
}
