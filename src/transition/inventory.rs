//! One inventory of the hub: by year and sector what is emitted directly, for electricity and for the supply of fuels, inside
//! and outside of the border; and what is removed.

use super::frame::Frame;
use super::operated::{OperatingYear, SiteYear};
use super::pathway::Pathway;
use super::record::{EmissionsRow, FinanceRow, InventoryRow, REMOVALS, RemovalRow, VESSELS};
use super::regulation::{Payer, TargetMetric};
use crate::account::engine_fleet::{FleetYear, fleet_year};
use crate::account::sector::Sector;
use crate::industry::record::IndustryRow;
use crate::industry::rules::{Outside, removals};
use crate::record::table::Row as _;
use std::collections::BTreeMap;

impl InventoryRow {
    pub(super) fn nothing(year: u16, sector: Sector, inside: bool) -> Self {
        Self {
            year: u32::from(year),
            sector,
            inside,
            direct_t: 0.0,
            electricity_t: 0.0,
            upstream_t: 0.0,
            co2e_t: 0.0,
            nox_kg: 0.0,
            pm25_kg: 0.0,
        }
    }
}

/// Sums of sectors while they are gathered.
struct Sectors {
    year: u16,
    sums: BTreeMap<(bool, Sector), InventoryRow>,
}

impl Sectors {
    fn add(&mut self, sector: Sector, inside: bool, change: impl FnOnce(&mut InventoryRow)) {
        let year = self.year;
        change(self.sums.entry((!inside, sector)).or_insert_with(|| InventoryRow::nothing(year, sector, inside)));
    }
}

/// Parts of the energy through a site's meter that is not for hydrogen: vessels, charging, and the rest. They add up to 1.
fn shares(site: &SiteYear) -> [f64; 3] {
    let own_kwh = (site.meter_kwh - site.hydrogen_kwh).max(0.0);
    let (shore_kwh, charging_kwh) = (site.vessels.shore_kwh, site.charging_kwh.max(0.0));
    let rest_kwh = (own_kwh - shore_kwh - charging_kwh).max(0.0);
    let all_kwh = shore_kwh + charging_kwh + rest_kwh;
    if all_kwh > 0.0 { [shore_kwh, charging_kwh, rest_kwh].map(|kwh| kwh / all_kwh) } else { [0.0, 0.0, 1.0] }
}

/// The inventory of a year from what fleets, sites and plants emitted.
pub(super) fn of_year(
    frame: &Frame<'_>,
    year: u16,
    shown: &OperatingYear,
    emissions: &[EmissionsRow],
    plants: &PlantsOfYear,
) -> Vec<InventoryRow> {
    let mut sectors = Sectors { year, sums: BTreeMap::new() };
    for row in emissions {
        let inside = !frame.is_neighbour(&row.scope);
        if row.scope.starts_with("fleet:") {
            sectors.add(Sector::Trucks, inside, |sum| add_engines(sum, row, &SiteYear::default()));
        } else if let Some(at) = frame.sites.iter().position(|(key, _)| row.scope == format!("site:{key}")) {
            let (key, site) = (frame.sites[at].0, &shown.sites[at]);
            let is_terminal = frame.scenario().terminal.contains_key(key);
            let [shore, charging, rest] = shares(site).map(|share| share * row.co2e_grid_t);
            let engines = if is_terminal { Sector::Equipment } else { Sector::Trucks };
            sectors.add(engines, inside, |sum| {
                add_engines(sum, row, site);
                sum.electricity_t += charging;
            });
            sectors.add(Sector::Sites, inside, |sum| sum.electricity_t += rest);
            if is_terminal {
                sectors.add(Sector::Vessels, inside, |sum| {
                    let burnt = &site.vessels.burnt;
                    sum.direct_t += burnt.direct_co2e_kg / 1000.0;
                    sum.upstream_t += burnt.upstream_co2e_kg / 1000.0;
                    sum.nox_kg += burnt.nox_g / 1000.0;
                    sum.pm25_kg += burnt.pm25_g / 1000.0;
                    sum.electricity_t += shore;
                });
            }
        }
    }
    for fleet in &plants.fleets {
        sectors.add(fleet.sector, fleet.inside, |sum| {
            let burnt = &fleet.made.burnt;
            sum.direct_t += burnt.direct_co2e_kg / 1000.0;
            sum.upstream_t += burnt.upstream_co2e_kg / 1000.0;
            sum.electricity_t += fleet.grid_t;
            sum.nox_kg += burnt.nox_g / 1000.0;
            sum.pm25_kg += burnt.pm25_g / 1000.0;
        });
    }
    for plant in &plants.rows {
        sectors.add(plant.sector, plant.inside, |sum| {
            sum.direct_t += plant.direct_t;
            sum.electricity_t += plant.electricity_t;
            sum.upstream_t += plant.upstream_t;
            sum.nox_kg += plant.nox_kg;
        });
    }
    let rows = sectors.sums.into_values();
    rows.map(|row| InventoryRow { co2e_t: row.direct_t + row.electricity_t + row.upstream_t, ..row }).collect()
}

/// What engines of a scope emit, without what vessels at a site do.
fn add_engines(sum: &mut InventoryRow, row: &EmissionsRow, site: &SiteYear) {
    let burnt = &site.vessels.burnt;
    sum.direct_t += row.co2e_direct_t - burnt.direct_co2e_kg / 1000.0;
    sum.upstream_t += row.co2e_fuel_supply_t - burnt.upstream_co2e_kg / 1000.0 + row.co2e_hydrogen_t;
    sum.nox_kg += row.nox_kg - burnt.nox_g / 1000.0;
    sum.pm25_kg += row.pm25_kg - burnt.pm25_g / 1000.0;
}

/// A year of the plants of a scenario: their rows, the books of those inside the border, and the public money in them.
#[derive(Debug, Default)]
pub(super) struct PlantsOfYear {
    pub(super) rows: Vec<IndustryRow>,
    pub(super) books: Vec<(FinanceRow, EmissionsRow)>,
    pub(super) granted: Vec<(Payer, f64)>,
    fleets: Vec<EngineFleetYear>,
}

/// A year of engines that do the same duty all year.
#[derive(Debug)]
struct EngineFleetYear {
    sector: Sector,
    inside: bool,
    made: FleetYear,
    grid_t: f64,
}

impl Pathway<'_> {
    /// A year of all plants.
    pub(super) fn run_plants(&mut self, year: u16) -> PlantsOfYear {
        let (fleets, mut books) = engine_fleets(&self.frame, year);
        let Some(industry) = &mut self.industry else {
            return PlantsOfYear { books, fleets, ..PlantsOfYear::default() };
        };
        let prices = self.frame.scenario().rule.carbon_price.values();
        let carbon_usd_per_t = prices.map(|rule| rule.usd_per_t.at(year) * rule.term.share(year)).sum();
        let spec = self.frame.spec;
        let granted = industry.year(Outside { year, grid_kg_per_mwh: spec.grid.kg_per_mwh(year), carbon_usd_per_t });
        let rows: Vec<IndustryRow> =
            industry.tables.plants.iter().filter(|row| row.year == u32::from(year)).cloned().collect();
        self.tables.plant_projects.clone_from(&industry.tables.projects);
        let residual_usd = |plant: &str| if year == spec.until { industry.residual_usd(plant, year) } else { 0.0 };
        let inside = rows.iter().filter(|plant| plant.inside);
        books.extend(inside.map(|plant| self::books(plant, year, residual_usd(&plant.plant))));
        PlantsOfYear { rows, books, granted, fleets }
    }
}

/// What engines with a steady duty do in a year, and the books of those inside the border.
fn engine_fleets(frame: &Frame<'_>, year: u16) -> (Vec<EngineFleetYear>, Vec<(FinanceRow, EmissionsRow)>) {
    let scenario = frame.scenario();
    let Some(factors) = &scenario.emissions else { return (Vec::new(), Vec::new()) };
    let (mut fleets, mut books) = (Vec::new(), Vec::new());
    for (key, spec) in &scenario.engine_fleet {
        let made = fleet_year(spec, &scenario.engine, &scenario.fuel, factors.warming(), year);
        let grid_t = made.meter_kwh / 1000.0 * frame.spec.grid.kg_per_mwh(year) / 1000.0;
        let burnt = &made.burnt;
        let scope = format!("engines:{key}");
        let power_usd = made.meter_kwh * frame.spec.price.electricity_usd_per_kwh.at(year);
        let finance = FinanceRow {
            electricity_usd: power_usd,
            other_energy_usd: burnt.fuel_usd,
            energy_kwh: made.meter_kwh,
            ..FinanceRow::nothing(year, scope.clone())
        };
        let emissions = EmissionsRow {
            energy_kwh: made.meter_kwh,
            co2e_direct_t: burnt.direct_co2e_kg / 1000.0,
            co2e_fuel_supply_t: burnt.upstream_co2e_kg / 1000.0,
            co2e_grid_t: grid_t,
            co2e_t: (burnt.direct_co2e_kg + burnt.upstream_co2e_kg) / 1000.0 + grid_t,
            nox_kg: burnt.nox_g / 1000.0,
            pm25_kg: burnt.pm25_g / 1000.0,
            ..EmissionsRow::nothing(year, scope)
        };
        if spec.inside {
            books.push((finance, emissions));
        }
        fleets.push(EngineFleetYear { sector: spec.sector, inside: spec.inside, made, grid_t });
    }
    (fleets, books)
}

/// What a plant paid and emitted.
fn books(plant: &IndustryRow, year: u16, residual_usd: f64) -> (FinanceRow, EmissionsRow) {
    let scope = format!("plant:{}", plant.plant);
    let energy_kwh = plant.electricity_mwh * 1000.0;
    let finance = FinanceRow {
        other_energy_usd: plant.energy_usd,
        carbon_usd: plant.carbon_usd,
        upkeep_usd: plant.lever_usd,
        build_out_usd: plant.capex_usd,
        build_out_incentives_usd: -plant.public_usd,
        residual_usd: -residual_usd,
        energy_kwh,
        ..FinanceRow::nothing(year, scope.clone())
    };
    let emissions = EmissionsRow {
        energy_kwh,
        co2e_direct_t: plant.direct_t,
        co2e_fuel_supply_t: plant.upstream_t,
        co2e_grid_t: plant.electricity_t,
        co2e_t: plant.direct_t + plant.electricity_t + plant.upstream_t,
        nox_kg: plant.nox_kg,
        ..EmissionsRow::nothing(year, scope)
    };
    (finance, emissions)
}

impl Frame<'_> {
    /// Does a scenario have more sectors than trucks and equipment? Others have no table of them.
    pub(super) fn has_inventory(&self) -> bool {
        let scenario = self.scenario();
        let freight = scenario.freight.as_ref();
        scenario.industry.is_some()
            || !scenario.engine_fleet.is_empty()
            || freight.is_some_and(|freight| freight.vessels.is_some())
    }

    /// Must the hub be at net zero in a year?
    fn must_balance(&self, year: u16) -> bool {
        let targets = self.scenario().rule.target.values();
        targets.into_iter().any(|it| it.on && it.year == year && it.metric == TargetMetric::NetZero)
    }
}

/// What vessels paid for their fuel: shore power saves it, and its electricity is in the bills of terminals.
pub(super) fn vessel_costs(year: u16, shown: &OperatingYear) -> Option<FinanceRow> {
    let fuel_usd: f64 = shown.sites.iter().map(|site| site.vessels.burnt.fuel_usd).sum();
    let scope = VESSELS.to_owned();
    (fuel_usd > 0.0).then(|| FinanceRow { other_energy_usd: fuel_usd, ..FinanceRow::nothing(year, scope) })
}

/// What is removed from the air in the year of a goal of net zero so that nothing of so many tonnes is left, where the scenario
/// does that.
pub(super) fn remove(frame: &Frame<'_>, year: u16, co2e_t: f64) -> Vec<RemovalRow> {
    let Some(spec) = frame.scenario().industry.as_ref().filter(|spec| spec.removes && frame.must_balance(year)) else {
        return Vec::new();
    };
    let bought = removals(spec, year, co2e_t).into_iter();
    bought
        .map(|(way, tonnes, usd)| RemovalRow { year: u32::from(year), way: way.to_owned(), removed_t: tonnes, usd })
        .collect()
}

/// The money for it.
pub(super) fn removal_costs(year: u16, rows: &[RemovalRow]) -> FinanceRow {
    let mut finance = FinanceRow::nothing(year, REMOVALS.to_owned());
    finance.upkeep_usd = rows.iter().map(|row| row.usd).sum();
    finance
}

/// Adds up the rows of a sector inside the border.
#[must_use]
pub fn of_sector(rows: &[InventoryRow], sector: Sector, year: Option<u16>) -> Option<InventoryRow> {
    let alike = rows
        .iter()
        .filter(|row| row.inside && row.sector == sector && year.is_none_or(|year| row.year == u32::from(year)));
    alike.cloned().reduce(|mut sum, row| {
        sum.add_amounts(&row);
        sum
    })
}
