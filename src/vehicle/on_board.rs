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

/// What the battery or tank of a vehicle holds, wherever it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Content {
    /// A battery: energy, and usable energy when full, kWh.
    Battery(f64, f64),
    /// A hydrogen tank: content, and content when full, kg.
    Tank(f64, f64),
}

impl Content {
    /// Of what a vehicle has with it; none of what is neither or is away.
    pub(crate) fn on_board(on_board: &OnBoard) -> Option<Self> {
        match on_board {
            OnBoard::Battery(battery) => Some(Self::battery(battery)),
            OnBoard::Hydrogen(tank) => Some(Self::tank(tank)),
            OnBoard::Fuel | OnBoard::Away => None,
        }
    }

    /// Of a battery.
    pub(crate) fn battery(battery: &Battery) -> Self {
        Self::Battery(battery.energy().0, battery.usable().0)
    }

    /// Of a tank.
    pub(crate) fn tank(tank: &FuelTank) -> Self {
        Self::Tank(tank.kg(), tank.capacity_kg())
    }

    /// Energy in a battery, kWh.
    pub(crate) fn kwh(self) -> Option<f64> {
        if let Self::Battery(kwh, _) = self { Some(kwh) } else { None }
    }

    /// Hydrogen in a tank, kg.
    pub(crate) fn kg(self) -> Option<f64> {
        if let Self::Tank(kg, _) = self { Some(kg) } else { None }
    }

    /// Content over content when full; none of what never holds anything.
    pub(crate) fn level(self) -> Option<f64> {
        let (Self::Battery(amount, full) | Self::Tank(amount, full)) = self;
        (full > 0.0).then(|| amount / full)
    }
}
