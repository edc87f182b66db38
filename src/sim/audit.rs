//! The books at the end of a run: what must hold whatever the scenario.

use super::output::bill_rows;
use super::rooms::ROOMS;
use crate::account::tariff::Tariff;
use crate::charging::state::{Arrival, Arrivals, ChargingTables, Departures, Plazas, Plug};
use crate::freight::state::Board;
use crate::grid::state::Meters;
use crate::hydrogen;
use crate::kernel::clock::Clock;
use crate::record::names::Names;
use crate::record::summary::Summary;
use crate::terminal::state::UnitEnergy;
use crate::truck::state::{CompletedHauls, TruckEnergy};
use crate::vehicle::on_board::OnBoard;
use crate::vehicle::user::Vehicle;
use bevy_ecs::prelude::*;

/// Relative difference that rounding may leave.
const TOLERANCE: f64 = 1e-6;

/// What vehicles had on board when the run began.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    trucks_kwh: f64,
    units_kwh: f64,
}

impl Opening {
    /// Sums up all batteries.
    #[must_use]
    pub fn of(world: &mut World) -> Self {
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

/// Everything that does not add up; empty when all is well.
#[must_use]
pub fn audit(
    world: &mut World,
    opening: &Opening,
    summary: &Summary,
    names: &Names,
    tariffs: &[Option<Tariff>],
) -> Vec<String> {
    let mut broken = Vec::new();
    let mut equal = |what: &str, left: f64, right: f64| {
        let scale = left.abs().max(right.abs()).max(1.0);
        if (left - right).abs() > TOLERANCE * scale {
            broken.push(format!("{what}: {left} is not {right}"));
        }
    };
    energy(world, opening, summary, names, &mut equal);
    let board = world.resource::<Board>();
    let completed: u64 = summary.fleets.iter().map(|fleet| fleet.completed).sum();
    equal("hauls put up and hauls in the table", board.requested() as f64, summary.requested as f64);
    equal(
        "hauls requested and completed, lapsed or open",
        summary.requested as f64,
        (completed + summary.lapsed + summary.open) as f64,
    );
    equal("hauls completed and rows", world.resource::<CompletedHauls>().count() as f64, completed as f64);
    let charging = world.resource::<ChargingTables>();
    let occupied: usize = world.resource::<Plazas>().at.iter().map(|plaza| plaza.occupied.len()).sum();
    equal("sessions begun and ended or open", charging.begun as f64, (charging.ended + occupied as u64) as f64);
    equal("sessions begun and rows", charging.begun as f64, summary.hub.charging.sessions as f64);
    let plugged = world.query::<&Plug>().iter(world).filter(|plug| plug.session.is_some()).count();
    equal("ports with a session and their list", plugged as f64, occupied as f64);
    queues(world, summary, names, &mut equal);
    bills(world, summary, names, tariffs, &mut equal);
    batteries(world, &mut broken);
    let used_kg = summary.all_fleets().hydrogen_kg + summary.hub.equipment.hydrogen_kg;
    let aboard_kg = hydrogen_on_board_kg(world);
    broken.extend(hydrogen::audit::audit(world, &summary.hydrogen, used_kg, aboard_kg));
    broken
}

/// Meters, sessions and batteries tell the same story.
fn energy(
    world: &mut World,
    opening: &Opening,
    summary: &Summary,
    names: &Names,
    equal: &mut impl FnMut(&str, f64, f64),
) {
    let meters = world.resource::<Meters>();
    for (site, tally) in summary.sites.iter().enumerate() {
        let key = &names.sites[site];
        equal(&format!("{key}: sessions and charging meter, kWh"), tally.charging.grid_kwh, meters.charging[site].0);
        equal(
            &format!("{key}: power table and charging meter, kWh"),
            tally.meter.charging_kwh,
            meters.charging[site].0,
        );
        equal(&format!("{key}: power table and meter, kWh"), tally.meter.energy_kwh, meters.total[site].0);
    }
    let used: f64 = summary.fleets.iter().map(|fleet| fleet.battery_kwh).sum();
    let (trucks, units) = on_board(world);
    let own = |arrival: &Arrival| {
        if is_visitor(arrival.vehicle) { 0.0 } else { arrival.battery.energy().0 }
    };
    let mut plugs = world.query::<&Plug>();
    let sessions = plugs.iter(world).filter_map(|plug| plug.session.as_ref());
    let at_ports: f64 = sessions.map(|session| own(&session.arrival)).sum();
    let waiting: f64 = world.resource::<Plazas>().at.iter().flat_map(|plaza| &plaza.queue).map(own).sum();
    let leaving = world.resource::<Departures>().0.iter().filter(|departure| !is_visitor(departure.vehicle));
    let leaving: f64 = leaving.map(|departure| departure.battery.energy().0).sum();
    let coming: f64 = world.resource::<Arrivals>().0.iter().map(own).sum();
    let stored = trucks + units + at_ports + waiting + leaving + coming;
    let begun = opening.trucks_kwh + opening.units_kwh;
    let to_vehicles = summary.hub.charging.delivered_kwh - summary.visitors_kwh;
    equal(
        "vehicles: energy in, and driven and stored, kWh",
        begun + to_vehicles,
        used + summary.hub.equipment.battery_kwh + stored,
    );
}

/// Bills made again from the meters are those of the table, and bill the energy that flowed.
fn bills(
    world: &World,
    summary: &Summary,
    names: &Names,
    tariffs: &[Option<Tariff>],
    equal: &mut impl FnMut(&str, f64, f64),
) {
    let mut again = vec![0.0; names.sites.len()];
    for row in bill_rows(summary, tariffs, names) {
        again[row.site.index()] += row.total_usd;
    }
    let meters = world.resource::<Meters>();
    for (site, key) in names.sites.iter().enumerate().filter(|site| tariffs[site.0].is_some()) {
        let bill = summary.sites[site].bill.unwrap_or_default();
        equal(&format!("{key}: bills and bills made again, USD"), bill.total_usd, again[site]);
        equal(&format!("{key}: bills and meter, kWh"), bill.net_kwh, meters.total[site].0);
    }
}

fn is_visitor(vehicle: Vehicle) -> bool {
    matches!(vehicle, Vehicle::Visitor(_))
}

/// Little's law: the area under a queue's length is the sum of its waits.
fn queues(world: &World, summary: &Summary, names: &Names, equal: &mut impl FnMut(&str, f64, f64)) {
    let end_s = i64::from(world.resource::<Clock>().end_s());
    for (site, plaza) in world.resource::<Plazas>().at.iter().enumerate() {
        let area_s = plaza.queue_area_s + plaza.queue.len() as i64 * end_s;
        let waits_min = summary.sites[site].charging.waits.mean_min().unwrap_or(0.0)
            * summary.sites[site].charging.waits.number() as f64;
        equal(
            &format!("{}: queue length over time and waits, min", names.sites[site]),
            area_s as f64 / 60.0,
            waits_min,
        );
    }
}

fn batteries(world: &mut World, broken: &mut Vec<String>) {
    let (mut trucks, mut units) = (world.query::<&TruckEnergy>(), world.query::<&UnitEnergy>());
    let trucks = trucks.iter(world).map(TruckEnergy::on_board);
    let on_board = trucks.chain(units.iter(world).map(UnitEnergy::on_board));
    for level in on_board.filter_map(OnBoard::level).filter(|level| !(-1e-9..=1.0 + 1e-9).contains(level)) {
        broken.push(format!("a state of charge or level is {level}"));
    }
}
