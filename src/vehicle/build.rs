//! Energy on board when a run starts.

use super::battery::{Battery, Curve};
use super::on_board::OnBoard;
use super::spec::TankSpec;
use super::tank::FuelTank;
use crate::place::build::{Build, FirstOf};

/// What a vehicle has on board when the run starts. The hydrogen that it holds is noted for the balance.
pub(crate) fn first_on_board(
    build: &mut Build<'_>,
    curve: Option<&Curve>,
    tank: Option<&TankSpec>,
    vehicle: &FirstOf<'_>,
) -> OnBoard {
    match (curve, tank) {
        (Some(curve), _) => OnBoard::Battery(Battery::at_soc(curve.clone(), build.first_soc(vehicle))),
        (None, Some(tank)) => {
            let tank = FuelTank::at_level(tank.usable_kg, build.first_level(vehicle));
            build.hydrogen_on_board_kg += tank.kg();
            OnBoard::Hydrogen(tank)
        }
        (None, None) => OnBoard::Fuel,
    }
}
