//! Transcendental functions with the same bits on every machine.
//!
//! The standard library says that the precision of `exp` and its kin "is non-deterministic"; `libm` is
//! plain Rust and gives one answer everywhere. `.clippy.toml` forbids the others.

/// e raised to `x`.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm of `x`.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x` to the power of `y`.
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Arc cosine of `x`, in radians.
#[must_use]
pub fn acos(x: f64) -> f64 {
    libm::acos(x)
}

/// Natural logarithm of the gamma function of `x` above 0.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Sine of `x` (radians).
#[must_use]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of `x` (radians).
#[must_use]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Arc sine of `x`, in radians.
#[must_use]
pub fn asin(x: f64) -> f64 {
    libm::asin(x)
}

/// Mean radius of the Earth, km (IUGG).
pub const EARTH_KM: f64 = 6_371.008_8;

/// Great-circle distance in km between two points in degrees (haversine).
#[must_use]
pub fn great_circle_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half_lat = sin((lat_b - lat_a) / 2.0);
    let half_lon = sin((b.1 - a.1).to_radians() / 2.0);
    let h = half_lat * half_lat + cos(lat_a) * cos(lat_b) * half_lon * half_lon;
    2.0 * EARTH_KM * asin(h.sqrt().min(1.0))
}

#[cfg(test)]
mod tests {
    use super::great_circle_km;

    /// Los Angeles to New York is 3936 km by any published great-circle table (within 0.1 %).
    #[test]
    fn known_distance() {
        let km = great_circle_km((34.0522, -118.2437), (40.7128, -74.0060));
        assert!((km - 3936.0).abs() < 4.0, "{km}");
    }
}
