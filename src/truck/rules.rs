//! Formulas of the road: plain numbers in, plain numbers out.

use super::spec::TruckModelSpec;

/// What a truck pulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// Nothing, or a bare chassis.
    Bobtail,
    /// An empty container.
    Empty,
    /// A loaded container.
    Loaded,
}

/// Use of a model at a temperature over its use in mild weather: linear on both sides.
#[must_use]
pub fn weather_factor(model: &TruckModelSpec, celsius: f64) -> f64 {
    let (cold_c, hot_c) = outside_mild(celsius, (model.mild_from_c, model.mild_to_c));
    1.0 + model.cold_per_c * cold_c + model.hot_per_c * hot_c
}

/// How far a temperature lies below and above mild weather, degrees Celsius.
#[must_use]
pub fn outside_mild(celsius: f64, (from_c, to_c): (f64, f64)) -> (f64, f64) {
    ((from_c - celsius).max(0.0), (celsius - to_c).max(0.0))
}

/// Use per freeway km in mild weather: kWh or US gallons.
#[must_use]
pub fn per_km(model: &TruckModelSpec, pull: Pull) -> f64 {
    match pull {
        Pull::Bobtail => model.bobtail_per_km,
        Pull::Empty => model.empty_per_km,
        Pull::Loaded => model.loaded_per_km,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weather_is_linear_outside_the_mild_band() {
        let model: TruckModelSpec = serde_json::from_value(serde_json::json!({
            "powertrain": "diesel", "bobtail_per_km": 0.07, "empty_per_km": 0.08, "loaded_per_km": 0.1,
            "cold_per_c": 0.01, "hot_per_c": 0.02
        }))
        .unwrap();
        assert!((weather_factor(&model, 20.0) - 1.0).abs() < 1e-12);
        assert!((weather_factor(&model, 5.0) - 1.1).abs() < 1e-12);
        assert!((weather_factor(&model, 35.0) - 1.2).abs() < 1e-12);
    }
}
