//! From fuel and distance to what leaves the tailpipe, and what the fuel's supply emits.

use super::engine::Warming;
use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[emissions]`: factors that hold for the whole hub.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmissionsSpec {
    /// Tailpipe `CO2e` of diesel, kg per US gallon.
    #[schemars(range(min = 0.0, max = 30.0))]
    pub diesel_tailpipe_kg_per_gal: f64,
    /// `CO2e` from well to tank of diesel, kg per US gallon.
    #[schemars(range(min = 0.0, max = 30.0))]
    pub diesel_upstream_kg_per_gal: f64,
    /// `CO2e` of grid electricity, average over the year, kg per `MWh` at the meter.
    #[schemars(range(min = 0.0, max = 2_000.0))]
    pub grid_kg_per_mwh: f64,
    /// Warming of methane over that of `CO2` in a hundred years; needed where a `[engine]` emits it.
    #[schemars(range(min = 1.0, max = 150.0))]
    pub ch4_gwp: Option<f64>,
    /// Warming of nitrous oxide over that of `CO2` in a hundred years; needed where a `[engine]` emits it.
    #[schemars(range(min = 1.0, max = 500.0))]
    pub n2o_gwp: Option<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl EmissionsSpec {
    /// Of gases other than `CO2`; none where nothing says it.
    #[must_use]
    pub fn warming(&self) -> Warming {
        Warming { ch4: self.ch4_gwp.unwrap_or(0.0), n2o: self.n2o_gwp.unwrap_or(0.0) }
    }
}

/// What was emitted. Each amount is a product of an activity and a factor; nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Emitted {
    /// `CO2e` at the tailpipe, kg.
    pub tailpipe_co2e_kg: f64,
    /// `CO2e` of supplying fuel and electricity, kg.
    pub upstream_co2e_kg: f64,
    /// Nitrogen oxides, kg.
    pub nox_kg: f64,
    /// Exhaust particles up to 2.5 micrometres, kg.
    pub pm25_kg: f64,
}

/// Emissions of an activity: `gallons` of diesel, `meter_kwh` from the grid, and the grams of the two pollutants.
#[must_use]
pub fn emitted(factors: &EmissionsSpec, gallons: f64, meter_kwh: f64, nox_g: f64, pm25_g: f64) -> Emitted {
    Emitted {
        tailpipe_co2e_kg: gallons * factors.diesel_tailpipe_kg_per_gal,
        upstream_co2e_kg: gallons * factors.diesel_upstream_kg_per_gal + meter_kwh / 1000.0 * factors.grid_kg_per_mwh,
        nox_kg: nox_g / 1000.0,
        pm25_kg: pm25_g / 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 100 gal x 10.21 = 1,021 kg; 100 x 3.5 + 2 `MWh` x 159 = 668 kg; 250 g = 0.25 kg.
    #[test]
    fn hand_case() {
        let factors = EmissionsSpec {
            diesel_tailpipe_kg_per_gal: 10.21,
            diesel_upstream_kg_per_gal: 3.5,
            grid_kg_per_mwh: 159.0,
            ch4_gwp: None,
            n2o_gwp: None,
            sources: Sources::default(),
        };
        let out = emitted(&factors, 100.0, 2000.0, 250.0, 5.0);
        assert!((out.tailpipe_co2e_kg - 1021.0).abs() < 1e-9);
        assert!((out.upstream_co2e_kg - 668.0).abs() < 1e-9);
        assert!((out.nox_kg - 0.25).abs() < 1e-12 && (out.pm25_kg - 0.005).abs() < 1e-12);
    }
}
