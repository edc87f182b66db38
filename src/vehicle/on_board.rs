//! Where the energy of a vehicle is: with it, or with the port or station that fills it up.

use super::battery::Battery;
use super::tank::FuelTank;

/// What a vehicle has on board. Batteries and tanks move: what a port or station holds is not here.
#[derive(Debug)]
pub enum OnBoard {
    /// Fuel that is refilled off the clock, or power through a cable.
    Fuel,
    /// A battery.
    Battery(Battery),
    /// A hydrogen tank.
    Hydrogen(FuelTank),
    /// Its battery or tank is with a charging port or a station, or its queue.
    Away,
}

impl OnBoard {
    /// Energy in the battery, kWh.
    #[must_use]
    pub fn battery_kwh(&self) -> f64 {
        if let Self::Battery(battery) = self { battery.energy().0 } else { 0.0 }
    }

    /// Hydrogen in the tank, kg.
    #[must_use]
    pub fn hydrogen_kg(&self) -> f64 {
        if let Self::Hydrogen(tank) = self { tank.kg() } else { 0.0 }
    }

    /// State of charge of the battery, or level of the hydrogen tank, 0 to 1; none of what is neither or is away.
    #[must_use]
    pub fn level(&self) -> Option<f64> {
        match self {
            Self::Battery(battery) => Some(battery.soc()),
            Self::Hydrogen(tank) => Some(tank.level()),
            Self::Fuel | Self::Away => None,
        }
    }
}
