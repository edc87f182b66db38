//! Words of tables for vehicles.

use super::user::Vehicle;
use crate::record::words::VehicleKind;

/// The kind of a vehicle.
#[must_use]
pub fn vehicle_kind(vehicle: Vehicle) -> VehicleKind {
    match vehicle {
        Vehicle::Truck(_) => VehicleKind::Truck,
        Vehicle::Unit(_) => VehicleKind::Equipment,
        Vehicle::Visitor(_) => VehicleKind::Visitor,
    }
}
