//! Words of tables for vehicles.

use super::user::Vehicle;
use crate::record::Code;

/// The word for a kind of vehicle.
#[must_use]
pub fn vehicle_kind(vehicle: Vehicle) -> Code {
    Code(match vehicle {
        Vehicle::Truck(_) => "truck",
        Vehicle::Unit(_) => "equipment",
        Vehicle::Visitor(_) => "visitor",
    })
}
