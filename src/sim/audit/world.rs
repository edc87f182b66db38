//! What the rooms count, and what batteries and tanks hold when a run ends, against the rows.

use super::findings::Findings;
use crate::charging::record as charging;
use crate::charging::state::SessionLog;
use crate::freight::state::Board;
use crate::grid::record::meters;
use crate::hydrogen;
use crate::kernel::clock::Clock;
use crate::record::names::Names;
use crate::record::summary::Summary;
use crate::sim::rooms::ROOMS;
use crate::terminal::state::UnitEnergy;
use crate::truck::state::{CompletedHauls, TruckEnergy};
use crate::vehicle::on_board::OnBoard;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::*;

/// A state of charge may leave its bounds by so much, which is rounding.
const ROUNDING: f64 = 1e-9;

/// What the tables say, as the audit folded them.
#[derive(Debug)]
pub(super) struct Rows {
    /// Rows of hauls.
    pub(super) hauls: u64,
    /// Rows of sessions and waits.
    pub(super) sessions: u64,
    /// Area under the length of the queue of each site, s.
    pub(super) queue_areas_s: Vec<i64>,
}

/// What vehicles had on board when the run began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opening {
    trucks_kwh: f64,
    units_kwh: f64,
}

impl Opening {
    /// Sums up all batteries.
    #[must_use]
    pub(super) fn of(world: &mut World) -> Self {
        let (trucks_kwh, units_kwh) = on_board(world);
        Self { trucks_kwh, units_kwh }
    }
}

/// Energy in the batteries that are with their vehicles: trucks, units; spare ones count with the units.
fn on_board(world: &mut World) -> (f64, f64) {
    let (mut trucks, mut units) = (world.query::<&TruckEnergy>(), world.query::<&UnitEnergy>());
    let trucks: f64 = trucks.iter(world).map(|truck| truck.on_board().battery_kwh()).sum();
    let units: f64 = units.iter(world).map(|unit| unit.on_board().battery_kwh()).sum();
    (trucks, units + ROOMS.iter().map(|room| (room.stored_kwh)(world)).sum::<f64>())
}

/// Hydrogen in the tanks that are with their vehicles, kg.
fn hydrogen_on_board_kg(world: &mut World) -> f64 {
    let (mut trucks, mut units) = (world.query::<&TruckEnergy>(), world.query::<&UnitEnergy>());
    let trucks: f64 = trucks.iter(world).map(|truck| truck.on_board().hydrogen_kg()).sum();
    trucks + units.iter(world).map(|unit| unit.on_board().hydrogen_kg()).sum::<f64>()
}

/// Holds what the world says to the rows and the summary.
pub(super) fn audit(
    world: &mut World,
    opening: &Opening,
    rows: &Rows,
    summary: &Summary,
    names: &Names,
    findings: &mut Findings,
) {
    energy(world, opening, summary, names, findings);
    hauls(world, rows, summary, findings);
    sessions(world, rows, summary, names, findings);
    batteries(world, findings);
    let used_kg = summary.all_fleets().hydrogen_kg + summary.hub.equipment.hydrogen_kg;
    let aboard_kg = hydrogen_on_board_kg(world);
    for told in hydrogen::audit::audit(world, &summary.hydrogen, used_kg, aboard_kg) {
        findings.add(|| format!("hydrogen: {told}"));
    }
}

/// Every haul that was put up has one row.
fn hauls(world: &World, rows: &Rows, summary: &Summary, findings: &mut Findings) {
    let completed: u64 = summary.fleets.iter().map(|fleet| fleet.completed).sum();
    let mut equal = |what: &str, left: u64, right: u64| {
        findings.hold(left == right, || format!("haul: {what}: {left} is not {right}"));
    };
    equal("put up, and rows", world.resource::<Board>().requested(), rows.hauls);
    equal("requested, and completed, lapsed or open", rows.hauls, completed + summary.lapsed + summary.open);
    equal("completed by trucks, and rows", world.resource::<CompletedHauls>().count(), completed);
}

/// Every session has one row, and every wait is in the area under a queue's length.
fn sessions(world: &World, rows: &Rows, summary: &Summary, names: &Names, findings: &mut Findings) {
    let sessions = world.resource::<SessionLog>();
    let (begun, ended) = (sessions.begun_so_far(), sessions.ended_so_far());
    let (occupied, plugged) = charging::occupied_and_plugged(world);
    let own_areas_s = charging::queue_areas_s(world, world.resource::<Clock>().end_s());
    for ((own_s, key), area_s) in own_areas_s.into_iter().zip(&names.sites).zip(&rows.queue_areas_s) {
        findings.hold(own_s == *area_s, || {
            format!("queue: length of that of `{key}` over time, counted and from its rows, s: {own_s} is not {area_s}")
        });
    }
    let mut equal = |what: &str, left: u64, right: u64| {
        findings.hold(left == right, || format!("session: {what}: {left} is not {right}"));
    };
    equal("begun, and ended or open", begun, ended + occupied);
    equal("begun, and in the metrics", begun, summary.hub.charging.sessions);
    let waits: u64 = summary.sites.iter().map(|site| site.charging.waits.number()).sum();
    equal("rows, and waits in the metrics", rows.sessions, waits);
    equal("ports with a session, and their list", plugged, occupied);
}

/// Meters, tables and batteries tell the same story.
fn energy(world: &mut World, opening: &Opening, summary: &Summary, names: &Names, findings: &mut Findings) {
    let mut equal = |what: String, left: f64, right: f64| findings.equal(|| format!("energy: {what}"), left, right);
    let meters = meters(world);
    for (site, tally) in summary.sites.iter().enumerate() {
        let key = &names.sites[site];
        equal(format!("{key}: sessions and charging meter, kWh"), tally.charging.grid_kwh, meters[site].charging().0);
        equal(
            format!("{key}: power table and charging meter, kWh"),
            tally.meter.charging_kwh,
            meters[site].charging().0,
        );
        equal(format!("{key}: power table and meter, kWh"), tally.meter.energy_kwh, meters[site].total().0);
    }
    let used: f64 = summary.fleets.iter().map(|fleet| fleet.battery_kwh).sum();
    let (trucks, units) = on_board(world);
    let own = charging::batteries(world).filter(|(vehicle, _)| !matches!(vehicle, Vehicle::Visitor(_)));
    let stored = trucks + units + own.map(|(_, battery)| battery.energy().0).sum::<f64>();
    let begun = opening.trucks_kwh + opening.units_kwh;
    let to_vehicles = summary.hub.charging.delivered_kwh - summary.visitors_kwh;
    equal(
        "of vehicles, taken in, and driven and stored, kWh".to_owned(),
        begun + to_vehicles,
        used + summary.hub.equipment.battery_kwh + stored,
    );
}

fn batteries(world: &mut World, findings: &mut Findings) {
    let (mut trucks, mut units) = (world.query::<&TruckEnergy>(), world.query::<&UnitEnergy>());
    let trucks = trucks.iter(world).map(TruckEnergy::on_board);
    let on_board = trucks.chain(units.iter(world).map(UnitEnergy::on_board));
    for level in on_board.filter_map(OnBoard::level) {
        findings.hold((-ROUNDING..=1.0 + ROUNDING).contains(&level), || {
            format!("state of charge: a battery or tank has {level}")
        });
    }
}
