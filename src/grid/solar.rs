//! Power of a photovoltaic array: from a profile, or from latitude, tilt and the clearness of a typical year. Pure
//! functions.
//!
//! Geometry and transposition as in Duffie and Beckman, Solar Engineering of Thermal Processes (4th ed., ch. 1 and 2):
//! declination after Cooper, isotropic sky, share of diffuse light after Erbs et al. (1982).

use super::spec::{SolarSpec, usual_clearness};
use crate::kernel::math::{acos, cos, pow, sin};
use bevy_ecs::prelude::Component;
use core::f64::consts::TAU;

/// Sunlight above the air, kW/m2.
const SOLAR_CONSTANT: f64 = 1.367;

/// A photovoltaic array at its place.
#[derive(Component, Debug, Clone)]
#[component(immutable)]
pub(crate) struct SolarArray {
    spec: SolarSpec,
    lat: f64,
    lon: f64,
    /// AC power per kW of modules by hour of the year; empty: from the typical year.
    profile: Vec<f64>,
}

/// A moment as the sun knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// Day of the year, 1 to 366.
    pub(super) day_of_year: u32,
    /// Month, 0 to 11.
    pub(super) month: usize,
    /// Hours since midnight UTC (may be negative or above 24).
    pub(super) utc_h: f64,
    /// Hour of the local year without daylight saving, from 0.
    pub(super) hour_of_year: usize,
}

impl SolarArray {
    /// An array at a latitude and longitude in degrees.
    pub(super) fn new(spec: SolarSpec, lat: f64, lon: f64, profile: Vec<f64>) -> Self {
        Self { spec, lat, lon, profile }
    }

    /// AC power, kW.
    pub(super) fn power_kw(&self, moment: &Moment) -> f64 {
        let most = self.spec.ac_kw.unwrap_or(self.spec.dc_kw);
        if !self.profile.is_empty() {
            // A leap year has a day more than a profile of 8,760 hours: it repeats the last day.
            let hour = if moment.hour_of_year < self.profile.len() {
                moment.hour_of_year
            } else {
                self.profile.len().saturating_sub(24) + moment.hour_of_year % 24
            };
            return (self.profile[hour.min(self.profile.len() - 1)] * self.spec.dc_kw).min(most);
        }
        let clearness = self.spec.clearness.get(moment.month).copied().unwrap_or_else(|| usual_clearness(self.lat));
        (self.plane_kw_per_m2(moment, clearness) * self.spec.dc_kw * self.spec.performance_ratio).min(most)
    }

    /// Sunlight on the array, kW/m2.
    fn plane_kw_per_m2(&self, moment: &Moment, clearness: f64) -> f64 {
        let declination = declination(moment.day_of_year);
        let hour_angle = hour_angle(moment, self.lon);
        let lat = self.lat.to_radians();
        let cos_zenith = cos(lat) * cos(declination) * cos(hour_angle) + sin(lat) * sin(declination);
        if cos_zenith <= 0.01 {
            return 0.0;
        }
        let day_angle = TAU * f64::from(moment.day_of_year) / 365.0;
        let above_air = SOLAR_CONSTANT * (1.0 + 0.033 * cos(day_angle)) * cos_zenith;
        let global = clearness * above_air;
        let diffuse = global * diffuse_share(clearness);
        let beam = (global - diffuse) / cos_zenith;
        let tilt = self.spec.tilt_deg.to_radians();
        let incidence = self.cos_incidence(declination, hour_angle, tilt).max(0.0);
        beam * incidence + diffuse * (1.0 + cos(tilt)) / 2.0 + global * self.spec.albedo * (1.0 - cos(tilt)) / 2.0
    }

    /// Cosine of the angle between sun and the array's normal: both as vectors (east, north, up).
    fn cos_incidence(&self, declination: f64, hour_angle: f64, tilt: f64) -> f64 {
        let lat = self.lat.to_radians();
        let sun = [
            -cos(declination) * sin(hour_angle),
            sin(declination) * cos(lat) - cos(declination) * sin(lat) * cos(hour_angle),
            cos(lat) * cos(declination) * cos(hour_angle) + sin(lat) * sin(declination),
        ];
        let azimuth = self.spec.azimuth_deg.to_radians();
        let normal = [sin(tilt) * sin(azimuth), sin(tilt) * cos(azimuth), cos(tilt)];
        sun.iter().zip(normal).map(|(sun, normal)| sun * normal).sum()
    }
}

/// Cooper: 23.45 degrees x sin(360 x (284 + n) / 365).
fn declination(day_of_year: u32) -> f64 {
    23.45_f64.to_radians() * sin(TAU * f64::from(284 + day_of_year) / 365.0)
}

/// 15 degrees an hour from solar noon; solar time is UTC plus four minutes a degree east plus the equation of time.
fn hour_angle(moment: &Moment, lon: f64) -> f64 {
    let b = TAU * (f64::from(moment.day_of_year) - 1.0) / 365.0;
    let equation_min = 229.2
        * (0.000_075 + 0.001_868 * cos(b) - 0.032_077 * sin(b) - 0.014_615 * cos(2.0 * b) - 0.040_89 * sin(2.0 * b));
    let solar_h = moment.utc_h + lon / 15.0 + equation_min / 60.0;
    TAU * (solar_h - 12.0) / 24.0
}

/// Erbs, Klein and Duffie (1982): diffuse over global light by clearness.
fn diffuse_share(clearness: f64) -> f64 {
    match clearness {
        k if k <= 0.22 => 1.0 - 0.09 * k,
        k if k <= 0.8 => 0.9511 - 0.1604 * k + 4.388 * k * k - 16.638 * pow(k, 3.0) + 12.336 * pow(k, 4.0),
        _ => 0.165,
    }
}

/// Sunlight of a day above the air on a horizontal plane, kWh/m2 (Duffie and Beckman, equation 1.10.3).
#[must_use]
pub(crate) fn above_air_kwh_per_m2(lat: f64, day_of_year: u32) -> f64 {
    let (lat, declination) = (lat.to_radians(), declination(day_of_year));
    let cos_sunset = -(sin(lat) / cos(lat)) * (sin(declination) / cos(declination));
    let sunset = acos(cos_sunset.clamp(-1.0, 1.0));
    let distance = 1.0 + 0.033 * cos(TAU * f64::from(day_of_year) / 365.0);
    let shape = cos(lat) * cos(declination) * sin(sunset) + sunset * sin(lat) * sin(declination);
    24.0 / core::f64::consts::PI * SOLAR_CONSTANT * distance * shape
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
mod tests {
    use super::*;

    fn array(extra: &serde_json::Value) -> SolarArray {
        let mut spec = serde_json::json!({ "site": "x", "dc_kw": 100.0, "clearness": vec![0.65; 12] });
        for (key, value) in extra.as_object().unwrap() {
            spec[key] = value.clone();
        }
        SolarArray::new(serde_json::from_value(spec).unwrap(), 33.8, -118.2, Vec::new())
    }

    fn at(day_of_year: u32, utc_h: f64) -> Moment {
        let month = (day_of_year as usize - 1) / 31;
        Moment { day_of_year, month, utc_h, hour_of_year: 0 }
    }

    /// Duffie and Beckman, example 1.6.1: declination on day 44 is -14 degrees.
    #[test]
    fn geometry_as_in_the_book() {
        assert!((declination(44).to_degrees() + 14.0).abs() < 0.1);
    }

    /// A year of a tilted array in Los Angeles: PVWatts-like tools give 1,500 to 1,850 kWh per kW.
    #[test]
    fn a_year_is_plausible() {
        let array = array(&serde_json::json!({ "tilt_deg": 20.0 }));
        let year: f64 = (1..=365)
            .flat_map(|day| (0..24).map(move |hour| at(day, f64::from(hour) + 0.5)))
            .map(|moment| array.power_kw(&moment))
            .sum();
        assert!((1450.0..1900.0).contains(&(year / 100.0)), "{}", year / 100.0);
        assert_eq!(array.power_kw(&at(172, 10.0)), 0.0, "two in the morning local time");
    }

    /// Facing east gives its best before noon, facing west after it; the inverter caps.
    #[test]
    fn direction_and_inverter() {
        let noon_utc = 12.0 + 118.2 / 15.0;
        let of = |azimuth: f64, hours: f64| {
            array(&serde_json::json!({ "tilt_deg": 40.0, "azimuth_deg": azimuth })).power_kw(&at(172, noon_utc + hours))
        };
        assert!(of(90.0, -3.0) > of(90.0, 3.0) && of(270.0, 3.0) > of(270.0, -3.0));
        let capped = array(&serde_json::json!({ "ac_kw": 20.0 }));
        assert!((capped.power_kw(&at(172, noon_utc)) - 20.0).abs() < 1e-12);
    }

    #[test]
    fn a_profile_is_taken_by_hour() {
        let mut array = array(&serde_json::json!({}));
        array.profile = (0..8760).map(|hour| f64::from(hour % 24) / 24.0).collect();
        let hour = |hour_of_year| Moment { hour_of_year, ..at(1, 0.0) };
        assert!((array.power_kw(&hour(12)) - 50.0).abs() < 1e-12);
        assert!((array.power_kw(&hour(8760 + 12)) - 50.0).abs() < 1e-12, "the 366th day repeats the last");
    }
}
