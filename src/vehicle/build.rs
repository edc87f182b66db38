//! Energy on board when a run starts.

use super::tank::FuelTank;
use crate::place::build::Build;

/// The tank of a vehicle when the run starts; what it holds is noted for the balance of hydrogen.
pub(crate) fn first_fuel(build: &mut Build<'_>, usable_kg: f64, (key, kind): (&str, &str), number: u32) -> FuelTank {
    let tank = FuelTank::at_level(usable_kg, build.first_level(key, kind, number));
    build.hydrogen_on_board_kg += tank.kg();
    tank
}
