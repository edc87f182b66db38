//! Engines that do the same duty all year: tugs, ferries, locomotives, airport equipment. What is not simulated hour by hour and
//! belongs in the inventory all the same.

use super::engine::{Burnt, ByTier, Engine, EngineSpec, FuelSpec, Warming};
use super::sector::Sector;
use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use crate::kernel::sums::Accumulate;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[engine_fleet.ID]`: units with the same engines and duty, year by year.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EngineFleetSpec {
    /// Name for people.
    pub name: Option<String>,
    /// Its sector in the inventory.
    pub sector: Sector,
    /// Does it work inside the border of the hub?
    #[serde(default = "default_inside")]
    pub inside: bool,
    /// Units by year.
    pub units: Curve,
    /// Power of the engines of one unit, kW.
    #[schemars(range(min = 0.1, max = 100_000.0))]
    pub engine_kw: f64,
    /// Mean load, share of that power.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub load_factor: f64,
    /// Hours at work a year.
    #[schemars(range(min = 0.0, max = 8_784.0))]
    pub hours_per_year: f64,
    /// Its engines: a key of `[engine]`.
    pub engine: String,
    /// Tiers of its engines to weights, by year: rules with dates move them.
    pub tiers: BTreeMap<String, Curve>,
    /// Share of the work that batteries or a cable do, by year.
    #[serde(default)]
    pub electric_share: Curve,
    /// Energy at the meter for a kWh of that work.
    #[serde(default = "default_meter_kwh_per_kwh")]
    #[schemars(range(min = 1.0, max = 3.0))]
    pub meter_kwh_per_kwh: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_inside() -> bool {
    true
}

fn default_meter_kwh_per_kwh() -> f64 {
    1.0
}

/// A year of a fleet of engines.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FleetYear {
    /// Work of engines and motors, kWh.
    pub work_kwh: f64,
    /// What engines burnt.
    pub burnt: Burnt,
    /// Drawn from the grid, kWh.
    pub meter_kwh: f64,
}

/// What a fleet of a checked scenario does and burns in a year.
///
/// # Panics
/// When its engine, its fuel or the factors of a tier are missing, which the check excludes.
#[must_use]
pub fn fleet_year(
    spec: &EngineFleetSpec,
    engines: &BTreeMap<String, EngineSpec>,
    fuels: &BTreeMap<String, FuelSpec>,
    warming: Warming,
    year: u16,
) -> FleetYear {
    let work_kwh = spec.units.at(year) * spec.engine_kw * spec.load_factor * spec.hours_per_year;
    let electric = spec.electric_share.at(year).clamp(0.0, 1.0);
    let all: f64 = spec.tiers.values().map(|weight| weight.at(year)).sum();
    let mut burnt = Burnt::default();
    let engine = &engines[&spec.engine];
    for (tier, weight) in spec.tiers.iter().filter(|_| all > 0.0) {
        let made = Engine::new(engine, &fuels[&engine.fuel], tier, warming);
        let made = made.expect("the check has seen factors for every tier of a fleet");
        let kwh = work_kwh * (1.0 - electric) * weight.at(year) / all;
        burnt.accumulate(&made.burn(kwh, 1.0), 1.0);
    }
    FleetYear { work_kwh, burnt, meter_kwh: work_kwh * electric * spec.meter_kwh_per_kwh }
}

/// Do all factors of an engine name a tier?
#[must_use]
pub fn knows_tier(engine: &EngineSpec, tier: &str) -> bool {
    let factors: [&ByTier; 2] = [&engine.nox_g_per_kwh, &engine.pm25_g_per_kwh];
    factors.iter().all(|factor| factor.of(tier).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 tugs of 3,400 kW work 1,500 h at 0.31: 31.62 `GWh`. Half of it electric in 2030, by hand: 15.81 `GWh` of engines at 213 g,
    /// two thirds of them of a tier with 4.9 g of nitrogen oxides, a third with 1.3; and 15.81 x 1.2 from the grid.
    #[test]
    fn tugs_by_hand() {
        let tugs = "sector = \"harbor_craft\"\nunits = 20\nengine_kw = 3400\nload_factor = 0.31\nhours_per_year = 1500\n\
            engine = \"craft\"\ntiers = { tier_3 = 2, tier_4 = { 2025 = 0, 2030 = 1 } }\n\
            electric_share = { 2025 = 0, 2030 = 0.5 }\nmeter_kwh_per_kwh = 1.2\n";
        let craft = "fuel = \"diesel\"\nfuel_g_per_kwh = 213\nnox_g_per_kwh = { tier_3 = 4.9, tier_4 = 1.3 }\npm25_g_per_kwh = 0.09";
        let diesel = "co2_g_per_g = 3.2\nmj_per_kg = 43\nupstream_g_per_mj = 15";
        let spec: EngineFleetSpec = toml::from_str(tugs).unwrap();
        let engines = BTreeMap::from([("craft".to_owned(), toml::from_str(craft).unwrap())]);
        let fuels = BTreeMap::from([("diesel".to_owned(), toml::from_str(diesel).unwrap())]);
        let of = |year| fleet_year(&spec, &engines, &fuels, Warming { ch4: 25.0, n2o: 298.0 }, year);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
        close(of(2025).work_kwh, 31_620_000.0);
        close(of(2025).burnt.nox_g, 31_620_000.0 * 4.9);
        let later = of(2030);
        close(later.burnt.fuel_kg, 15_810_000.0 * 0.213);
        close(later.burnt.direct_co2e_kg, 15_810_000.0 * 0.213 * 3.2);
        close(later.burnt.nox_g, 15_810_000.0 * (4.9 * 2.0 + 1.3) / 3.0);
        close(later.meter_kwh, 15_810_000.0 * 1.2);
    }
}
