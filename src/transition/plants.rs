//! Plants beside the port ([`crate::industry`]) in the books of the hub.

use super::frame::Frame;
use super::operated::{OperatingYear, SiteYear};
use super::record::{ConnectionRow, EmissionsRow, FinanceRow, InventoryRow, RuleKind, RuleRow, Tables};
use super::room::{Opening, Room, RoomYear, SiteLoads, add_load};
use super::scope::Scope;
use super::year::PipedHydrogen;
use crate::industry::hydrogen::CUSTOMERS;
use crate::industry::path::Industry;
use crate::industry::record::IndustryRow;
use crate::industry::rules::{FuelStandards, Outside};
use crate::industry::spec::PathSpec;
use crate::kernel::random::Seed;
use crate::policy::decide::Decide;
use crate::policy::kind::IndustryDecision;

/// Days of a year of hydrogen.
const DAYS: f64 = 365.0;

/// The room of `[industry]`.
pub(super) fn room<'a>(frame: &Frame<'a>, seed: Seed) -> Option<Box<dyn Room + 'a>> {
    let spec = frame.scenario().industry.as_ref()?;
    Some(Box::new(Industry::new(spec, seed)))
}

/// Prices and factors of a year that plants do not move.
fn outside(frame: &Frame<'_>, year: u16) -> Outside {
    let prices = frame.scenario().rule.carbon_price.values();
    let carbon_usd_per_t = prices.map(|rule| rule.usd_per_t.at(year) * rule.term.share(year)).sum();
    let grid_kg_per_mwh = frame.spec.grid.kg_per_mwh(year);
    let by_hour = frame.spec.grid.by_hour.as_slice().try_into().unwrap_or([1.0; 24]);
    let fuel_standards = fuel_standards(frame, year);
    Outside { grid_by_hour: by_hour, fuel_standards, ..Outside::new(year, grid_kg_per_mwh, carbon_usd_per_t) }
}

/// What fuel standards pay in a year.
fn fuel_standards(frame: &Frame<'_>, year: u16) -> FuelStandards {
    let rules = frame.scenario().rule.fuel_standard.values();
    rules.fold(FuelStandards::default(), |sum, rule| {
        let usd_per_t = rule.usd_per_t.at(year) * rule.term.share(year);
        FuelStandards {
            usd_per_t: sum.usd_per_t + usd_per_t,
            left_usd_per_t: sum.left_usd_per_t + usd_per_t * (1.0 - rule.reduction.at(year)),
        }
    })
}

/// Hydrogen that neighbours of the pipeline and vehicles ask for, t: vehicles as much as the year before. In the first year
/// nobody knows of any.
fn others_t(frame: &Frame<'_>, year: u16, tables: &Tables) -> [f64; CUSTOMERS] {
    let plant = pipeline(frame).and_then(|key| frame.scenario().hydrogen_plant.get(key));
    let neighbours = plant.iter().flat_map(|plant| plant.neighbour.values());
    let kg_per_day = neighbours.map(|neighbour| {
        let factor = neighbour.by_year.as_ref().map_or(1.0, |factor| factor.at(year));
        factor * neighbour.kg_per_day.iter().sum::<f64>() / neighbour.kg_per_day.len() as f64
    });
    let fleets_kg = tables.shown.last().map_or(0.0, |shown| shown.1.hydrogen[0]);
    [kg_per_day.sum::<f64>() * DAYS / 1000.0, 0.0, fleets_kg / 1000.0]
}

/// The pipeline of the market for hydrogen.
fn pipeline<'a>(frame: &Frame<'a>) -> Option<&'a String> {
    frame.scenario().industry.as_ref()?.hydrogen.as_ref()?.plant.as_ref()
}

impl Room for Industry<'_> {
    fn begin(&mut self, frame: &Frame<'_>, year: u16, tables: &Tables, opening: &mut Opening) {
        Self::begin(self, outside(frame, year), others_t(frame, year, tables));
        self.loads_kw().for_each(|(site, kw)| add_load(&mut opening.loads, site, kw));
        let Some(hydrogen) = self.hydrogen(year) else { return };
        opening.dispensed_usd_per_kg = Some(hydrogen.dispensed_usd_per_kg);
        opening.piped = pipeline(frame).map(|plant| PipedHydrogen {
            plant: plant.clone(),
            usd_per_kg: hydrogen.piped_usd_per_kg,
            kg_per_day: hydrogen.left_t * 1000.0 / DAYS,
        });
    }

    fn coming(&self, year: u16, loads: &mut SiteLoads) {
        self.coming_kw(year).for_each(|(site, kw)| add_load(loads, site, &kw));
    }

    fn year(
        &mut self,
        frame: &Frame<'_>,
        year: u16,
        tables: &mut Tables,
        plants: &mut dyn Decide<IndustryDecision>,
    ) -> Result<RoomYear, String> {
        let granted = self.finish(outside(frame, year), plants)?;
        let rows: Vec<IndustryRow> =
            self.tables.plants.iter().filter(|row| row.year == u32::from(year)).cloned().collect();
        let is_last = year == frame.spec.until;
        let residual_usd = |plant: &str| if is_last { self.residual_usd(plant, year) } else { 0.0 };
        let inside = rows.iter().filter(|plant| plant.inside);
        let books = inside.map(|plant| books(plant, year, residual_usd(&plant.plant))).collect();
        let inventory = rows.iter().map(|plant| in_sector(plant, year)).collect();
        tables.rules.extend(paths(frame, year, &rows));
        tables.plant_projects.clone_from(&self.tables.projects);
        tables.industry.extend(rows);
        tables.hydrogen_market.clone_from(&self.tables.hydrogen);
        Ok(RoomYear { books, inventory, granted })
    }
}

/// How the paths of sectors were kept in a year: what all plants of a sector emit for a unit that they make, kg.
fn paths(frame: &Frame<'_>, year: u16, plants: &[IndustryRow]) -> Vec<RuleRow> {
    let paths = frame.scenario().industry.iter().flat_map(|industry| &industry.path);
    let row = |(name, path): (&String, &PathSpec)| {
        let alike = plants.iter().filter(|plant| plant.sector == path.sector);
        let [direct_t, units] =
            alike.fold([0.0, 0.0], |sums, plant| [sums[0] + plant.direct_t, sums[1] + plant.output]);
        let asked = path.base_kg_per_unit * (1.0 - path.reduction.at(year));
        let reached = if units > 0.0 { direct_t * 1000.0 / units } else { 0.0 };
        RuleRow {
            year: u32::from(year),
            rule: name.clone(),
            kind: RuleKind::SectorPath,
            asked,
            reached,
            missing: 0,
            kept: reached <= asked + 1e-9 * path.base_kg_per_unit,
            public_usd: 0.0,
        }
    };
    paths.filter(|(_, path)| path.on && path.reduction.at(year) > 0.0).map(row).collect()
}

/// The connections that plants draw through in a year: those of their sites, and all above them.
pub(super) fn connections(frame: &Frame<'_>, year: u16, shown: &OperatingYear, tables: &Tables) -> Vec<ConnectionRow> {
    let scenario = frame.scenario();
    let sited: Vec<&IndustryRow> =
        tables.industry.iter().filter(|row| row.year == u32::from(year) && !row.site.is_empty()).collect();
    let is_behind = |from: &str, site: &str| {
        let above = |at: &&str| scenario.site[*at].behind.as_deref();
        core::iter::successors(Some(from), above).any(|at| at == site)
    };
    let row = |(key, site): (&String, &SiteYear)| {
        let plants: Vec<&IndustryRow> = sited.iter().copied().filter(|row| is_behind(&row.site, key)).collect();
        let here = || plants.iter().filter(|row| row.site == *key);
        (!plants.is_empty()).then(|| ConnectionRow {
            year: u32::from(year),
            site: key.clone(),
            plants: plants.iter().map(|row| row.plant.as_str()).collect::<Vec<_>>().join("+"),
            alone: here().next().is_some() && is_alone(frame, key, tables),
            plants_mwh: here().map(|row| row.electricity_mwh).sum(),
            meter_mwh: site.meter_kwh / 1000.0,
            peak_kw: site.carried_kw,
            limit_kw: site.limit_kw,
            over_h: site.over[0],
            over_kw: site.over[1],
            bill_usd: site.bill_usd.map(|parts| parts.iter().sum()),
        })
    };
    scenario.site.keys().zip(&shown.sites).filter_map(row).collect()
}

/// Is nothing at a site but plants, whose load is all that its meter reads?
fn is_alone(frame: &Frame<'_>, site: &str, tables: &Tables) -> bool {
    let scenario = frame.scenario();
    let is_here = |at: &str| at == site;
    let has = [
        scenario.charger.values().any(|it| is_here(&it.site)),
        scenario.solar.values().any(|it| is_here(&it.site)),
        scenario.storage.values().any(|it| is_here(&it.site)),
        scenario.hydrogen.values().any(|it| is_here(&it.site)),
        scenario.node.values().any(|it| is_here(&it.site)),
        scenario.terminal.contains_key(site),
        tables.projects.iter().any(|it| is_here(&it.at)),
    ];
    !has.contains(&true)
}

/// What a plant emitted.
fn in_sector(plant: &IndustryRow, year: u16) -> InventoryRow {
    InventoryRow {
        direct_t: plant.direct_t,
        electricity_t: plant.electricity_t,
        upstream_t: plant.upstream_t,
        nox_kg: plant.nox_kg,
        ..InventoryRow::nothing(year, plant.sector, plant.inside)
    }
}

/// What a plant paid and emitted.
fn books(plant: &IndustryRow, year: u16, residual_usd: f64) -> (FinanceRow, EmissionsRow) {
    let scope = Scope::Plant(plant.plant.clone());
    let energy_kwh = plant.electricity_mwh * 1000.0;
    let finance = FinanceRow {
        other_energy_usd: plant.energy_usd,
        carbon_usd: plant.carbon_usd,
        upkeep_usd: plant.lever_usd,
        build_out_usd: plant.capex_usd,
        build_out_incentives_usd: -(plant.public_usd + plant.credit_usd),
        credits_usd: -plant.standard_usd,
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
