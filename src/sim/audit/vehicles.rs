//! What batteries and tanks hold when a run ends, wherever they are: what no table says.

use crate::record::audit::{Check, Findings};
use crate::record::summary::Summary;
use crate::sim::rooms::ROOMS;
use crate::sim::stored::contents;
use crate::vehicle::on_board::Content;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::World;

/// A level may leave its bounds by so much, which is rounding.
const ROUNDING: f64 = 1e-9;

/// What vehicles had on board when the run began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    battery_kwh: f64,
}

impl Opening {
    /// Sums up all batteries.
    #[must_use]
    pub(super) fn of(world: &World) -> Self {
        Self { battery_kwh: sum(world, Content::kwh) + spare_kwh(world) }
    }

    /// Holds levels to their bounds, and energy to what came in and was used. Returns the hydrogen on board, kg.
    pub(super) fn close(&self, world: &World, summary: &Summary, findings: &mut Findings) -> f64 {
        for level in contents(world).into_iter().filter_map(|(_, content)| content.level()) {
            findings.hold(Check::VehicleLevel, (-ROUNDING..=1.0 + ROUNDING).contains(&level), || {
                format!("state of charge: a battery or tank has {level}")
            });
        }
        let used_kwh: f64 = summary.fleets.iter().map(|fleet| fleet.battery_kwh).sum();
        let used_kwh = used_kwh + summary.hub.equipment.battery_kwh;
        let taken_kwh = summary.hub.charging.delivered_kwh - summary.visitors_kwh;
        let stored_kwh = sum(world, Content::kwh) + spare_kwh(world);
        let what = || "energy: of vehicles, taken in, and driven and stored, kWh".to_owned();
        findings.equal(Check::VehicleEnergy, what, self.battery_kwh + taken_kwh, used_kwh + stored_kwh);
        sum(world, Content::kg)
    }
}

/// In the batteries or tanks of all vehicles but visitors.
fn sum(world: &World, amount: fn(Content) -> Option<f64>) -> f64 {
    let own = contents(world).into_iter().filter(|(vehicle, _)| !matches!(vehicle, Vehicle::Visitor(_)));
    own.filter_map(|(_, content)| amount(content)).sum()
}

/// In batteries that are with no vehicle, kWh.
fn spare_kwh(world: &World) -> f64 {
    ROOMS.iter().map(|room| (room.stored_kwh)(world)).sum()
}
