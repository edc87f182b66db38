//! Ageing of a liquid-immersed transformer after IEEE C57.91-2011, clause 7: temperatures from load and ambient, ageing
//! from the hot spot.

use super::spec::TransformerSpec;
use crate::kernel::math;
use crate::kernel::units::{Hours, Kw};
use bevy_ecs::prelude::Component;

/// Exponents of the oil and the winding for natural cooling (ONAN), C57.91 table 4.
const OIL_EXPONENT: f64 = 0.8;
const WINDING_EXPONENT: f64 = 0.8;
/// Time constant of the winding, hours (about five minutes).
const WINDING_H: f64 = 5.0 / 60.0;
/// Hot spot at which it ages at the normal rate, degrees Celsius; and the constant of the ageing law, kelvin.
const NORMAL_C: f64 = 110.0;
const AGEING_K: f64 = 15_000.0;
const KELVIN: f64 = 273.0;
/// Insulation life at the normal rate, hours (C57.91 table 2: 20.55 years).
const NORMAL_LIFE_H: f64 = 180_000.0;

/// A transformer: its temperatures, and its ageing so far.
#[derive(Component, Debug, Clone)]
pub(crate) struct Transformer {
    spec: TransformerSpec,
    /// Top oil over ambient, degrees Celsius.
    top_oil_rise_c: f64,
    /// Hot spot over top oil, degrees Celsius.
    hot_spot_rise_c: f64,
    highest_c: f64,
    aged_h: f64,
    time_h: f64,
}

/// Ageing rate at a hot spot over the normal rate: e^(15000/383 - 15000/(theta + 273)).
fn ageing_factor(hot_spot_c: f64) -> f64 {
    math::exp(AGEING_K / (NORMAL_C + KELVIN) - AGEING_K / (hot_spot_c + KELVIN))
}

impl Transformer {
    /// In balance with a constant load.
    pub(super) fn settled(spec: TransformerSpec, load: Kw) -> Self {
        let (top_oil_rise_c, hot_spot_rise_c) = ultimate_rises(&spec, load);
        Self { spec, top_oil_rise_c, hot_spot_rise_c, highest_c: 0.0, aged_h: 0.0, time_h: 0.0 }
    }

    /// One interval of constant load and ambient. Rises approach their ultimate values exponentially.
    pub(super) fn step(&mut self, load: Kw, ambient_c: f64, time: Hours) {
        let (oil, winding) = ultimate_rises(&self.spec, load);
        let approach = |from: f64, to: f64, constant_h: f64| to + (from - to) * math::exp(-time.0 / constant_h);
        self.top_oil_rise_c = approach(self.top_oil_rise_c, oil, self.spec.oil_time_h);
        self.hot_spot_rise_c = approach(self.hot_spot_rise_c, winding, WINDING_H);
        let hot_spot_c = ambient_c + self.top_oil_rise_c + self.hot_spot_rise_c;
        self.highest_c = self.highest_c.max(hot_spot_c);
        self.aged_h += ageing_factor(hot_spot_c) * time.0;
        self.time_h += time.0;
    }

    /// Highest hot spot so far, degrees Celsius.
    pub(super) fn highest_c(&self) -> f64 {
        self.highest_c
    }

    /// Insulation life used so far, percent.
    pub(super) fn life_used_percent(&self) -> f64 {
        100.0 * self.aged_h / NORMAL_LIFE_H
    }

    /// Mean ageing rate over the normal rate.
    pub(super) fn mean_ageing(&self) -> Option<f64> {
        (self.time_h > 0.0).then(|| self.aged_h / self.time_h)
    }
}

/// Rises of top oil and hot spot under a load that lasts:
/// oil = rated x ((K^2 R + 1) / (R + 1))^n, hot spot = rated x K^(2m), with the load K over the rated one.
fn ultimate_rises(spec: &TransformerSpec, load: Kw) -> (f64, f64) {
    let k = load.0.abs() / spec.power_factor / spec.rated_kva;
    let losses = (k * k * spec.loss_ratio + 1.0) / (spec.loss_ratio + 1.0);
    let oil = spec.top_oil_rise_c * math::pow(losses, OIL_EXPONENT);
    (oil, spec.hot_spot_rise_c * math::pow(k, 2.0 * WINDING_EXPONENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> TransformerSpec {
        serde_json::from_value(serde_json::json!({ "rated_kva": 1000.0, "power_factor": 1.0 })).unwrap()
    }

    /// C57.91 table 1: factors 1 at 110, 2.71 at 120, 0.36 (0.3499) at 100, 17.2 at 140 degrees.
    #[test]
    fn ageing_as_in_the_standard() {
        for (hot_spot_c, factor) in [(110.0, 1.0), (120.0, 2.7089), (100.0, 0.3499), (140.0, 17.1995)] {
            assert!((ageing_factor(hot_spot_c) / factor - 1.0).abs() < 2e-3, "{hot_spot_c}");
        }
    }

    /// Rated load and 30 degrees for long: 30 + 55 + 25 = 110 degrees, the normal rate.
    #[test]
    fn rated_load_ages_at_the_normal_rate() {
        let mut transformer = Transformer::settled(spec(), Kw(0.0));
        for _ in 0..1000 {
            transformer.step(Kw(1000.0), 30.0, Hours(0.25));
        }
        assert!((transformer.highest_c - 110.0).abs() < 1e-6);
        let before = transformer.aged_h;
        transformer.step(Kw(1000.0), 30.0, Hours(1.0));
        assert!((transformer.aged_h - before - 1.0).abs() < 1e-6);
    }

    /// No load: 55 x (1/6)^0.8 = 13.117 degrees over ambient. After one time constant of 3 h from there to rated load
    /// the oil has gone 63.2 % of the way to 55.
    #[test]
    fn oil_warms_with_its_time_constant() {
        let mut transformer = Transformer::settled(spec(), Kw(0.0));
        assert!((transformer.top_oil_rise_c - 13.1172).abs() < 1e-3, "{}", transformer.top_oil_rise_c);
        transformer.step(Kw(1000.0), 20.0, Hours(3.0));
        let expected = 55.0 + (13.1172 - 55.0) * 0.367_879;
        assert!((transformer.top_oil_rise_c - expected).abs() < 1e-3, "{}", transformer.top_oil_rise_c);
    }
}
