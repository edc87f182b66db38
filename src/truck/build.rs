//! From the fleets of a scenario to trucks.

use super::dispatch::DispatchOrders;
use super::idling::Idling;
use super::shifts::first_shifts;
use super::state::{
    AwaitingOrders, CompletedHauls, Duty, DutyUse, Fleet, FleetDay, FuelComing, ShiftKm, Truck, TruckAgenda,
    TruckEnergy, TruckModel, TruckModels,
};
use crate::kernel::ids::{FleetId, SiteId, TruckId};
use crate::kernel::units::S_PER_H;
use crate::place::build::{Build, FirstOf, kind};
use crate::vehicle::battery::curve;
use crate::vehicle::build::first_on_board;
use crate::vehicle::spec::Count;
use bevy_ecs::prelude::World;
use bevy_ecs::system::RunSystemOnce;
use std::collections::BTreeMap;

/// Trucks, their fleets and models.
pub(crate) fn add(build: &mut Build<'_>) {
    let models: Vec<TruckModel> = build
        .scenario
        .truck_model
        .iter()
        .map(|(key, spec)| TruckModel { key: key.clone(), spec: spec.clone(), curve: curve(spec.battery.as_ref()) })
        .collect();
    let mut fleets = Vec::new();
    let mut bundles = Vec::new();
    for (at, (key, spec)) in build.scenario.fleet.iter().enumerate() {
        let total: u32 = spec.trucks.values().map(|count| count.0).sum();
        let active = (f64::from(total) * spec.active_share).round() as u32;
        let fleet = Fleet { id: FleetId::at(at), key: key.clone(), spec: spec.clone(), active };
        fleets.push((fleet, FleetDay::default(), DutyUse::default(), ShiftKm::default()));
        let home = spec.home.as_deref().map(|home| build.site(home));
        let starts: Vec<SiteId> = spec.start_at.iter().map(|site| build.site(site)).collect();
        let shares: Vec<f64> = spec.shift.iter().map(|shift| shift.share).collect();
        let mut placed: BTreeMap<&String, u32> = BTreeMap::new();
        for (number, model) in spread(&spec.trucks, total).into_iter().enumerate() {
            let number = number as u32;
            let model_at = models.iter().position(|known| known.key == *model).expect("the check found every model");
            let (shift, within) = pick_shift(number, active.max(1), &shares);
            // The golden ratio spreads starts evenly whatever the number of trucks.
            let start_after_s = ((within + f64::from(number) * 0.618_033_988_749_895).fract()
                * spec.shift[shift].spread_h
                * S_PER_H) as u32;
            let truck = Truck {
                id: TruckId::at(bundles.len()),
                fleet: FleetId::at(at),
                model: model_at as u32,
                home,
                number,
                shift: shift as u32,
                start_after_s,
            };
            let site = home.unwrap_or_else(|| starts[number as usize % starts.len()]);
            let at = placed.entry(model).or_default();
            let first = FirstOf { key, number, kind: &kind(key, model), at_of: (*at, spec.trucks[model].0) };
            *at += 1;
            let model = &models[model_at];
            let on_board = first_on_board(build, model.curve.as_ref(), model.spec.tank.as_ref(), &first);
            bundles.push((truck, Duty::parked(site), TruckEnergy(on_board)));
        }
    }
    build.world.insert_resource(TruckModels::new(models));
    build.world.insert_resource(FuelComing::new(build.sites.count()));
    build.world.init_resource::<Idling>();
    build.world.init_resource::<TruckAgenda>();
    build.world.init_resource::<AwaitingOrders>();
    build.world.init_resource::<CompletedHauls>();
    build.world.init_resource::<DispatchOrders>();
    build.spawn::<_, Fleet>(fleets);
    build.spawn::<_, Truck>(bundles);
}

/// First shifts of all trucks.
pub(crate) fn start(world: &mut World) {
    world.run_system_once(first_shifts).expect("all that trucks need is in the world");
}

/// Models in an order that mixes them evenly, so that any first part of a fleet has each model's share.
fn spread(trucks: &BTreeMap<String, Count>, total: u32) -> Vec<&String> {
    let mut given: Vec<(&String, u32, u32)> = trucks.iter().map(|(model, count)| (model, count.0, 0)).collect();
    let mut out = Vec::with_capacity(total as usize);
    for at in 0..total {
        let behind = |entry: &(&String, u32, u32)| {
            f64::from(entry.1) * f64::from(at + 1) / f64::from(total) - f64::from(entry.2)
        };
        let next = given
            .iter_mut()
            .filter(|entry| entry.2 < entry.1)
            .max_by(|a, b| behind(a).total_cmp(&behind(b)))
            .expect("the counts add up to the total");
        next.2 += 1;
        out.push(next.0);
    }
    out
}

/// The shift of the `number`-th of `active` trucks by the shares, and how far into the share it lies (0 to 1).
fn pick_shift(number: u32, active: u32, shares: &[f64]) -> (usize, f64) {
    let quantile = (f64::from(number % active) + 0.5) / f64::from(active);
    let mut below = 0.0;
    for (at, share) in shares.iter().enumerate() {
        if quantile < below + share || at + 1 == shares.len() {
            return (at, ((quantile - below) / share.max(1e-12)).clamp(0.0, 1.0));
        }
        below += share;
    }
    (0, 0.0)
}
