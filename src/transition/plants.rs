//! Plants beside the port ([`crate::industry`]) in the books of the hub.

use super::frame::Frame;
use super::record::{EmissionsRow, FinanceRow, InventoryRow, Tables};
use super::room::{Room, RoomYear};
use super::scope::Scope;
use crate::industry::path::Industry;
use crate::industry::record::IndustryRow;
use crate::industry::rules::Outside;
use crate::kernel::random::Seed;

/// The room of `[industry]`.
pub(super) fn room<'a>(frame: &Frame<'a>, seed: Seed) -> Option<Box<dyn Room + 'a>> {
    let spec = frame.scenario().industry.as_ref()?;
    Some(Box::new(Industry::new(spec, seed)))
}

impl Room for Industry<'_> {
    fn year(&mut self, frame: &Frame<'_>, year: u16, tables: &mut Tables) -> RoomYear {
        let prices = frame.scenario().rule.carbon_price.values();
        let carbon_usd_per_t = prices.map(|rule| rule.usd_per_t.at(year) * rule.term.share(year)).sum();
        let outside = Outside { year, grid_kg_per_mwh: frame.spec.grid.kg_per_mwh(year), carbon_usd_per_t };
        let granted = self.run(outside);
        let rows: Vec<IndustryRow> =
            self.tables.plants.iter().filter(|row| row.year == u32::from(year)).cloned().collect();
        let is_last = year == frame.spec.until;
        let residual_usd = |plant: &str| if is_last { self.residual_usd(plant, year) } else { 0.0 };
        let inside = rows.iter().filter(|plant| plant.inside);
        let books = inside.map(|plant| books(plant, year, residual_usd(&plant.plant))).collect();
        let inventory = rows.iter().map(|plant| in_sector(plant, year)).collect();
        tables.plant_projects.clone_from(&self.tables.projects);
        tables.industry.extend(rows);
        RoomYear { books, inventory, granted }
    }
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
