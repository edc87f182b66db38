//! Quantities. One newtype per quantity; the unit is in the type's name, and only the products we name exist.
//!
//! ```
//! use portvolt::kernel::units::{Hours, Kw};
//! assert_eq!((Kw(100.0) * Hours(0.5)).0, 50.0);
//! ```

macro_rules! quantity {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
        pub struct $name(pub f64);

        #[cfg_attr(private_rooms, allow(dead_code, reason = "not every quantity needs all"))]
        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0.0);

            /// The smaller of two.
            #[must_use]
            pub fn min(self, other: Self) -> Self {
                if other.0 < self.0 { other } else { self }
            }

            /// The larger of two.
            #[must_use]
            pub fn max(self, other: Self) -> Self {
                if other.0 > self.0 { other } else { self }
            }
        }

        impl core::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self { Self(self.0 + other.0) }
        }

        impl core::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self { Self(self.0 - other.0) }
        }

        impl core::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) { self.0 += other.0; }
        }

        impl core::ops::SubAssign for $name {
            fn sub_assign(&mut self, other: Self) { self.0 -= other.0; }
        }

        impl core::ops::Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self { Self(self.0 * factor) }
        }

        impl core::ops::Div<f64> for $name {
            type Output = Self;
            fn div(self, divisor: f64) -> Self { Self(self.0 / divisor) }
        }

        impl core::ops::Div for $name {
            type Output = f64;
            fn div(self, other: Self) -> f64 { self.0 / other.0 }
        }
    )* };
}

quantity! {
    /// Electrical power in kW.
    Kw,
    /// Electrical energy in kWh. Battery side unless the name says otherwise.
    Kwh,
    /// A duration in hours.
    Hours,
}

impl Hours {
    /// A whole number of seconds as hours.
    #[must_use]
    pub fn from_s(seconds: u32) -> Self {
        Self(f64::from(seconds) / S_PER_H)
    }
}

impl core::ops::Mul<Hours> for Kw {
    type Output = Kwh;
    fn mul(self, time: Hours) -> Kwh {
        Kwh(self.0 * time.0)
    }
}

impl core::ops::Div<Hours> for Kwh {
    type Output = Kw;
    fn div(self, time: Hours) -> Kw {
        Kw(self.0 / time.0)
    }
}

impl core::ops::Div<Kw> for Kwh {
    type Output = Hours;
    fn div(self, power: Kw) -> Hours {
        Hours(self.0 / power.0)
    }
}

/// Seconds of an hour.
pub const S_PER_H: f64 = 3_600.0;
/// Hours of a year of 365 days.
pub const COMMON_YEAR_H: f64 = 8_760.0;
/// Hours of a year of 365.25 days, the mean with leap years.
pub const MEAN_YEAR_H: f64 = 8_766.0;
/// MJ of a kWh.
pub const MJ_PER_KWH: f64 = 3.6;
/// Lower heating value of hydrogen, MJ/kg, or GJ/t (ISO 6976, net, 15 degrees Celsius).
pub const LHV_MJ_PER_KG: f64 = 119.96;
/// The same, kWh/kg, rounded to four digits.
pub const LHV_KWH_PER_KG: f64 = 33.32;
