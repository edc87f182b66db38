//! Engines that do the same duty all year: harbor craft, locomotives, airport equipment.

use super::frame::Frame;
use super::record::{EmissionsRow, FinanceRow, InventoryRow, Tables};
use super::room::{Room, RoomYear};
use super::scope::Scope;
use crate::account::engine_fleet::{EngineFleetSpec, FleetYear, fleet_year};
use crate::kernel::random::Seed;
use crate::policy::decide::Decide;
use crate::policy::kind::IndustryDecision;

/// They have no state: a year of them does not know the one before.
#[derive(Debug)]
struct Engines;

/// The room of `[engine_fleet]`.
pub(super) fn room<'a>(frame: &Frame<'a>, _seed: Seed) -> Option<Box<dyn Room + 'a>> {
    let is_used = !frame.scenario().engine_fleet.is_empty();
    is_used.then(|| Box::new(Engines) as Box<dyn Room>)
}

impl Room for Engines {
    fn year(
        &mut self,
        frame: &Frame<'_>,
        year: u16,
        _tables: &mut Tables,
        _plants: &mut dyn Decide<IndustryDecision>,
    ) -> Result<RoomYear, String> {
        let mut out = RoomYear::default();
        let Some(factors) = &frame.scenario().emissions else { return Ok(out) };
        for (key, spec) in &frame.scenario().engine_fleet {
            let made = fleet_year(spec, &frame.scenario().engine, &frame.scenario().fuel, factors.warming(), year);
            let grid_t = made.meter_kwh / 1000.0 * frame.spec.grid.kg_per_mwh(year) / 1000.0;
            out.inventory.push(in_sector(spec, year, &made, grid_t));
            if spec.inside {
                let usd_per_kwh = frame.spec.price.electricity_usd_per_kwh.at(year);
                out.books.push(books(Scope::Engines(key.clone()), year, &made, (grid_t, made.meter_kwh * usd_per_kwh)));
            }
        }
        Ok(out)
    }
}

/// What a fleet of engines emitted.
fn in_sector(spec: &EngineFleetSpec, year: u16, made: &FleetYear, grid_t: f64) -> InventoryRow {
    let burnt = &made.burnt;
    InventoryRow {
        direct_t: burnt.direct_co2e_kg / 1000.0,
        electricity_t: grid_t,
        upstream_t: burnt.upstream_co2e_kg / 1000.0,
        nox_kg: burnt.nox_g / 1000.0,
        pm25_kg: burnt.pm25_g / 1000.0,
        ..InventoryRow::nothing(year, spec.sector, spec.inside)
    }
}

/// What it paid and emitted, with `CO2e` of its electricity, t, and what that cost, USD.
fn books(scope: Scope, year: u16, made: &FleetYear, (grid_t, power_usd): (f64, f64)) -> (FinanceRow, EmissionsRow) {
    let burnt = &made.burnt;
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
    (finance, emissions)
}
