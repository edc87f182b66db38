//! From the work of an engine or boiler to its fuel and what leaves its funnel: the one place for vessels, harbor craft and
//! locomotives.

use crate::kernel::sources::Sources;
use crate::kernel::sums::sums;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Mass of sulfur dioxide over the mass of its sulfur.
const SO2_PER_S: f64 = 2.0;

/// `[fuel.ID]`: a fuel of engines and boilers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuelSpec {
    /// Name for people.
    pub name: Option<String>,
    /// `CO2` of burning it, g per g; 0 for carbon that its growth took from the air.
    #[schemars(range(min = 0.0, max = 5.0))]
    pub co2_g_per_g: f64,
    /// Lower heating value, MJ per kg.
    #[schemars(range(min = 1.0, max = 150.0))]
    pub mj_per_kg: f64,
    /// `CO2e` from well to tank, g per MJ; below 0 where making it took carbon from the air.
    #[schemars(range(min = -200.0, max = 300.0))]
    pub upstream_g_per_mj: f64,
    /// Sulfur, share of its mass.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 0.05))]
    pub sulfur_share: f64,
    /// Share of the sulfur that leaves as sulfur dioxide; the rest is in particles.
    #[serde(default = "default_sulfur_to_so2")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub sulfur_to_so2: f64,
    /// Price, USD per t. None: unknown.
    #[schemars(range(min = 0.0, max = 20_000.0))]
    pub usd_per_t: Option<f64>,
    /// Year of the dollars in which the price is written. None: that of the transition.
    #[schemars(range(min = 1980, max = 2100))]
    pub money_year: Option<u16>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_sulfur_to_so2() -> f64 {
    1.0
}

/// A factor of an engine: the same for all tiers, or by tier of its emission standard.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ByTier {
    /// The same for all.
    All(f64),
    /// By tier, such as `tier_2`.
    Tiers(BTreeMap<String, f64>),
}

impl ByTier {
    /// Of a tier. None: it names others only.
    #[must_use]
    pub fn of(&self, tier: &str) -> Option<f64> {
        match self {
            Self::All(factor) => Some(*factor),
            Self::Tiers(tiers) => tiers.get(tier).copied(),
        }
    }

    /// All values that it names.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let (one, many) = match self {
            Self::All(factor) => (Some(*factor), None),
            Self::Tiers(tiers) => (None, Some(tiers.values().copied())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

/// `[engine.ID]`: what an engine or boiler burns and emits for a kWh of its work.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EngineSpec {
    /// Name for people.
    pub name: Option<String>,
    /// What it burns: a key of `[fuel]`.
    pub fuel: String,
    /// Fuel, g per kWh.
    #[schemars(range(min = 1.0, max = 2_000.0))]
    pub fuel_g_per_kwh: f64,
    /// Nitrogen oxides, g per kWh.
    pub nox_g_per_kwh: ByTier,
    /// Exhaust particles up to 2.5 micrometres, g per kWh.
    pub pm25_g_per_kwh: ByTier,
    /// Methane, g per kWh.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 50.0))]
    pub ch4_g_per_kwh: f64,
    /// Nitrous oxide, g per kWh.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 5.0))]
    pub n2o_g_per_kwh: f64,
    /// Factors on all of these at low load, by rising load; straight lines between, 1 above the last.
    #[serde(default)]
    pub low_load: Vec<LowLoadSpec>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// An entry of `[engine.ID.low_load]`: a marine engine that runs far below its power burns worse.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LowLoadSpec {
    /// Load, share of the engine's power.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub load: f64,
    /// Factor on fuel per kWh, and so on carbon and sulfur.
    #[schemars(range(min = 0.5, max = 50.0))]
    pub fuel: f64,
    /// Factor on nitrogen oxides per kWh.
    #[schemars(range(min = 0.5, max = 50.0))]
    pub nox: f64,
    /// Factor on particles per kWh.
    #[schemars(range(min = 0.5, max = 50.0))]
    pub pm25: f64,
}

/// Warming of a gas over that of `CO2` in a hundred years: methane and nitrous oxide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warming {
    /// Of methane.
    pub ch4: f64,
    /// Of nitrous oxide.
    pub n2o: f64,
}

sums! {
    /// Fuel and exhaust.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct Burnt {
        /// Fuel, kg.
        pub fuel_kg: f64,
        /// `CO2e` at the funnel, kg.
        pub direct_co2e_kg: f64,
        /// `CO2e` of making and bringing the fuel, kg.
        pub upstream_co2e_kg: f64,
        /// Nitrogen oxides, g.
        pub nox_g: f64,
        /// Sulfur oxides, as sulfur dioxide, g.
        pub sox_g: f64,
        /// Exhaust particles up to 2.5 micrometres, g.
        pub pm25_g: f64,
        /// Price of the fuel, USD; 0 where it is not known.
        pub fuel_usd: f64,
    }
}

/// An engine of one tier with its fuel: what a kWh of it takes and emits.
#[derive(Debug, Clone)]
pub struct Engine {
    each_kwh: Burnt,
    low_load: Vec<LowLoadSpec>,
}

impl Engine {
    /// From what the user wrote; none where a factor does not name the tier.
    #[must_use]
    pub fn new(spec: &EngineSpec, fuel: &FuelSpec, tier: &str, warming: Warming) -> Option<Self> {
        let fuel_kg = spec.fuel_g_per_kwh / 1000.0;
        let other_co2e_g = spec.ch4_g_per_kwh * warming.ch4 + spec.n2o_g_per_kwh * warming.n2o;
        let each_kwh = Burnt {
            fuel_kg,
            direct_co2e_kg: fuel_kg * fuel.co2_g_per_g + other_co2e_g / 1000.0,
            upstream_co2e_kg: fuel_kg * fuel.mj_per_kg * fuel.upstream_g_per_mj / 1000.0,
            nox_g: spec.nox_g_per_kwh.of(tier)?,
            sox_g: spec.fuel_g_per_kwh * fuel.sulfur_share * fuel.sulfur_to_so2 * SO2_PER_S,
            pm25_g: spec.pm25_g_per_kwh.of(tier)?,
            fuel_usd: fuel_kg / 1000.0 * fuel.usd_per_t.unwrap_or(0.0),
        };
        Some(Self { each_kwh, low_load: spec.low_load.clone() })
    }

    /// Fuel and exhaust of so much work, at a load (share of its power) that only matters where it is low.
    #[must_use]
    pub fn burn(&self, kwh: f64, load: f64) -> Burnt {
        let [fuel, nox, pm25] = self.factors(load);
        let each = &self.each_kwh;
        Burnt {
            fuel_kg: each.fuel_kg * fuel * kwh,
            direct_co2e_kg: each.direct_co2e_kg * fuel * kwh,
            upstream_co2e_kg: each.upstream_co2e_kg * fuel * kwh,
            nox_g: each.nox_g * nox * kwh,
            sox_g: each.sox_g * fuel * kwh,
            pm25_g: each.pm25_g * pm25 * kwh,
            fuel_usd: each.fuel_usd * fuel * kwh,
        }
    }

    /// Factors on fuel, nitrogen oxides and particles at a load.
    fn factors(&self, load: f64) -> [f64; 3] {
        let of = |point: &LowLoadSpec| [point.fuel, point.nox, point.pm25];
        match self.low_load.iter().position(|point| point.load >= load) {
            None => [1.0; 3],
            Some(0) => of(&self.low_load[0]),
            Some(at) => {
                let (below, above) = (&self.low_load[at - 1], &self.low_load[at]);
                let share = (load - below.load) / (above.load - below.load);
                let (low, high) = (of(below), of(above));
                [0, 1, 2].map(|kind| low[kind] + (high[kind] - low[kind]) * share)
            }
        }
    }
}

/// Power of a ship's main engine at a speed: the cube of the share of its top speed, at most all of it, kW.
#[must_use]
pub fn propulsion_kw(power_kw: f64, speed_kn: f64, top_kn: f64) -> f64 {
    let share = (speed_kn / top_kn).min(1.0);
    power_kw * share * share * share
}

#[cfg(test)]
mod tests {
    //! Contract: the factors of published inventories come out of fuel, carbon and sulfur.

    use super::*;

    const CALIFORNIA: Warming = Warming { ch4: 25.0, n2o: 298.0 };

    fn fuel() -> FuelSpec {
        let text = "co2_g_per_g = 3.206\nmj_per_kg = 42.7\nupstream_g_per_mj = 14.4\nsulfur_share = 0.001\n\
            sulfur_to_so2 = 0.97753\nusd_per_t = 800";
        toml::from_str(text).unwrap()
    }

    fn engine(more: &str) -> EngineSpec {
        let text = "fuel = \"mgo\"\nfuel_g_per_kwh = 217\nnox_g_per_kwh = { tier_1 = 9.8, tier_3 = 2.0 }\n\
            pm25_g_per_kwh = 0.174\nch4_g_per_kwh = 0.008\nn2o_g_per_kwh = 0.029\n";
        toml::from_str(&format!("{text}{more}")).unwrap()
    }

    fn close(a: f64, b: f64, within: f64) {
        assert!((a - b).abs() <= within, "{a} is not {b}");
    }

    /// An auxiliary engine on gas oil with 0.1 % sulfur, by hand for 1 kWh: 217 x 3.206 = 695.7 g `CO2` (the published 696),
    /// with methane and nitrous oxide 0.008 x 25 + 0.029 x 298 = 8.84 g more; 217 x 0.001 x 0.97753 x 2 = 0.424 g `SO2`;
    /// 217 g x 42.7 MJ/kg x 14.4 g/MJ = 133.4 g upstream; 217 g at 800 USD/t are 0.1736 USD.
    #[test]
    fn a_kwh_of_an_auxiliary_engine_by_hand() {
        let tier_1 = Engine::new(&engine(""), &fuel(), "tier_1", CALIFORNIA).unwrap();
        let burnt = tier_1.burn(1000.0, 0.3);
        close(burnt.fuel_kg, 217.0, 1e-9);
        close(burnt.direct_co2e_kg, 695.702 + 8.842, 1e-9);
        close(burnt.upstream_co2e_kg, 133.429, 1e-3);
        close(burnt.sox_g, 424.248, 1e-3);
        close(burnt.nox_g, 9_800.0, 1e-9);
        close(burnt.pm25_g, 174.0, 1e-9);
        close(burnt.fuel_usd, 173.6, 1e-9);
        let tier_3 = Engine::new(&engine(""), &fuel(), "tier_3", CALIFORNIA).unwrap();
        close(tier_3.burn(1000.0, 0.3).nox_g, 2_000.0, 1e-9);
        assert!(Engine::new(&engine(""), &fuel(), "tier_2", CALIFORNIA).is_none(), "it names no tier 2");
    }

    /// At 2 % the first factors hold, below it too; at 11 %, half way to 20 %, their middle; above it none.
    #[test]
    fn low_load_burns_worse() {
        let more = "low_load = [{ load = 0.02, fuel = 3.28, nox = 4.63, pm25 = 7.29 }, \
            { load = 0.2, fuel = 1, nox = 1, pm25 = 1 }]";
        let engine = Engine::new(&engine(more), &fuel(), "tier_1", CALIFORNIA).unwrap();
        let nox_g = |load: f64| engine.burn(1.0, load).nox_g / 9.8;
        close(nox_g(0.02), 4.63, 1e-12);
        close(nox_g(0.0), 4.63, 1e-12);
        close(nox_g(0.11), 2.815, 1e-12);
        close(nox_g(0.5), 1.0, 1e-12);
        close(engine.burn(1.0, 0.02).fuel_kg, 0.217 * 3.28, 1e-12);
        close(engine.burn(1.0, 0.02).pm25_g, 0.174 * 7.29, 1e-12);
    }

    /// A vessel of 8,000 to 12,000 TEU has 61 MW and 25.9 knots: at 12 knots it needs the published 6,070 kW.
    #[test]
    fn power_falls_with_the_cube_of_speed() {
        close(propulsion_kw(61_000.0, 12.0, 25.9), 6_070.0, 10.0);
        close(propulsion_kw(61_000.0, 30.0, 25.9), 61_000.0, 1e-9);
    }
}
