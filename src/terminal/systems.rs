//! Equipment works, leaves to charge, comes back.

use super::rules::share_work;
use super::spec::EquipmentModelSpec;
use super::state::{EquipmentModels, Gates, Handover, Pool, PoolHour, Pools, ServiceRoutes, Unit, UnitState};
use crate::charging::state::{Arrival, Arrivals, Departures};
use crate::freight::labor::Labor;
use crate::freight::state::Berths;
use crate::grid::state::OtherLoad;
use crate::hydrogen::state::{FuelArrival, FuelArrivals, FuelDepartures};
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::{Kw, Kwh};
use crate::record::Records;
use crate::record::rows::EquipmentRow;
use crate::vehicle::battery::Battery;
use crate::vehicle::spec::Powertrain;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// A unit charges in a break when it has less than this.
const BREAK_BELOW_SOC: f64 = 0.95;
/// Trucks lose no more than this to work left undone, seconds: beyond it terminals turn trucks away instead.
const MOST_DELAY_S: f64 = 7_200.0;

/// Registers the terminal systems.
pub fn register(r: &mut Register<'_>) {
    r.tick(Tick::Terminal, (come_back, work).chain());
}

/// Units whose charging ended are ready again.
fn come_back(
    departures: Res<Departures>,
    fuelled: Res<FuelDepartures>,
    roster: Res<Roster<Unit>>,
    mut units: Query<&mut UnitState>,
) {
    for departure in &departures.0 {
        if let Vehicle::Unit(id) = departure.vehicle
            && let Ok(mut state) = units.get_mut(roster.entity(id.index()))
        {
            *state = UnitState::Ready(departure.battery.clone());
        }
    }
    for departure in &fuelled.0 {
        if let Vehicle::Unit(id) = departure.vehicle
            && let Ok(mut state) = units.get_mut(roster.entity(id.index()))
        {
            *state = UnitState::Hydrogen(departure.tank);
        }
    }
}

#[derive(SystemParam)]
struct PoolContext<'w, 's> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    labor: Res<'w, Labor>,
    berths: Res<'w, Berths>,
    models: Res<'w, EquipmentModels>,
    roster: Res<'w, Roster<Unit>>,
    units: Query<'w, 's, (&'static Unit, &'static mut UnitState)>,
    fuel_arrivals: ResMut<'w, FuelArrivals>,
    routes: ResMut<'w, ServiceRoutes>,
}

/// At a boundary: the work of the interval that begins is shared out; who runs low, or has a break, goes to charge.
fn work(
    mut context: PoolContext<'_, '_>,
    mut pools: ResMut<Pools>,
    mut gates: ResMut<Gates>,
    mut other: ResMut<OtherLoad>,
    mut arrivals: ResMut<Arrivals>,
    mut rows: ResMut<Records<EquipmentRow>>,
) {
    if !context.clock.starts_interval() {
        return;
    }
    if context.clock.now_s() > 0 && (context.clock.now_s().is_multiple_of(3600) || context.clock.done()) {
        close_hour(&context.clock, &mut pools, &mut rows);
    }
    if context.clock.done() {
        return;
    }
    let now = i64::from(context.clock.now_s());
    let is_worked = context.labor.works(context.calendar.hour_of_week(now));
    let hours = f64::from(context.clock.interval_end_s() - context.clock.now_s()) / 3600.0;
    other.clear_equipment();
    for pool in &mut pools.0 {
        context.ask_for_work(pool, &gates);
        if is_worked {
            context.work_pool(pool, hours, &mut arrivals);
            other.add_equipment(pool.site, Kw(pool.crane_kwh / hours));
        } else {
            context.rest_pool(pool, hours, now, &mut arrivals);
        }
    }
    set_delays(&pools, &mut gates);
}

impl PoolContext<'_, '_> {
    /// New lifts and gate moves become work.
    fn ask_for_work(&self, pool: &mut Pool, gates: &Gates) {
        let site = pool.site.index();
        let moves = gates.moves(pool.site);
        let gate_moves = (moves - pool.gate_moves_seen) as f64;
        pool.gate_moves_seen = moves;
        let asked_h = self.berths.vessel_lifts[site] * pool.work.h_per_vessel_lift
            + self.berths.rail_lifts[site] * pool.work.h_per_rail_lift
            + gate_moves * pool.work.h_per_gate_move;
        pool.hour.required_h += asked_h;
        pool.backlog_h += asked_h;
    }

    fn work_pool(&mut self, pool: &mut Pool, hours: f64, arrivals: &mut Arrivals) {
        let present = pool.units.iter().filter(|id| {
            self.units.get(self.roster.entity(id.index())).is_ok_and(|(_, state)| !matches!(state, UnitState::Away))
        });
        let present = present.count();
        let share = share_work(pool.backlog_h, present, hours * pool.work.availability);
        pool.backlog_h = share.left_h;
        pool.hour.served_h += share.done_h;
        pool.hour.present_h += present as f64 * hours;
        pool.hour.away_h += (pool.units.len() - present) as f64 * hours;
        pool.crane_kwh = 0.0;
        for id in &pool.units {
            let Ok((unit, mut state)) = self.units.get_mut(self.roster.entity(id.index())) else {
                continue;
            };
            let model = &self.models.0[unit.model as usize].spec;
            let used = each_uses(model, pool.work.lifts_per_h, share.each_h);
            match &mut *state {
                UnitState::Fueled if model.powertrain == Powertrain::Diesel => {
                    burn(&mut pool.hour, model, used);
                }
                UnitState::Fueled => {
                    pool.hour.grid_kwh += used;
                    pool.crane_kwh += used;
                }
                UnitState::Ready(battery) => {
                    let missing = battery.draw(Kwh(used));
                    pool.hour.battery_kwh += used - missing.0;
                    // An empty battery leaves work undone, which the pool still owes.
                    let undone_h = if used > 0.0 { share.each_h * missing.0 / used } else { 0.0 };
                    pool.backlog_h += undone_h;
                    pool.hour.served_h -= undone_h;
                    if battery.soc() > model.leave_at_soc {
                        continue;
                    }
                    if self.routes.has(pool.site, unit.model) {
                        delegate(&self.clock, pool.site, *unit, &mut state, &mut self.routes);
                    } else {
                        let target = battery.usable() * model.return_at_soc;
                        leave(&self.clock, pool, *unit, &mut state, target, None, arrivals);
                    }
                }
                UnitState::Hydrogen(tank) => {
                    let missing_kg = tank.draw(used);
                    pool.hour.hydrogen_kg += used - missing_kg;
                    let undone_h = if used > 0.0 { share.each_h * missing_kg / used } else { 0.0 };
                    pool.backlog_h += undone_h;
                    pool.hour.served_h -= undone_h;
                    if tank.level() <= model.leave_at_soc {
                        let arrival = FuelArrival {
                            at_s: self.clock.now_s(),
                            site: pool.site,
                            vehicle: Vehicle::Unit(unit.id),
                            user: User::Model(unit.model),
                            tank: *tank,
                            target_kg: tank.capacity_kg() * model.return_at_soc,
                            depart_s: None,
                        };
                        *state = UnitState::Away;
                        self.fuel_arrivals.0.push(arrival);
                    }
                }
                UnitState::Away => {}
            }
        }
    }

    /// Nobody works. Units charge until the work goes on.
    fn rest_pool(&mut self, pool: &mut Pool, hours: f64, now: i64, arrivals: &mut Arrivals) {
        pool.crane_kwh = 0.0;
        let mut away = 0;
        let resumes_s = self.next_worked_s(now);
        for id in &pool.units {
            let Ok((unit, mut state)) = self.units.get_mut(self.roster.entity(id.index())) else {
                continue;
            };
            let model = &self.models.0[unit.model as usize].spec;
            match &*state {
                UnitState::Ready(battery)
                    if model.charge_in_breaks
                        && battery.soc() < BREAK_BELOW_SOC
                        && !self.routes.has(pool.site, unit.model) =>
                {
                    let target = battery.usable();
                    leave(&self.clock, pool, *unit, &mut state, target, resumes_s, arrivals);
                    away += 1;
                }
                UnitState::Away => away += 1,
                _ => {}
            }
        }
        pool.hour.away_h += f64::from(away) * hours;
    }

    /// When the next worked hour begins; `None` when that is after the end.
    fn next_worked_s(&self, now: i64) -> Option<u32> {
        let first = now - now.rem_euclid(3600) + 3600;
        let end_s = i64::from(self.clock.end_s());
        let worked =
            (0..168).map(|hour| first + hour * 3600).find(|at| self.labor.works(self.calendar.hour_of_week(*at)));
        worked.filter(|at| *at < end_s).and_then(|at| u32::try_from(at).ok())
    }
}

/// Energy or fuel of one unit that works this long: by the hour, and by the lifts it makes in it.
fn each_uses(model: &EquipmentModelSpec, lifts_per_h: f64, work_h: f64) -> f64 {
    work_h * (model.per_work_h + lifts_per_h * model.per_lift)
}

fn burn(hour: &mut PoolHour, model: &EquipmentModelSpec, gallons: f64) {
    hour.diesel_gal += gallons;
    hour.nox_g += gallons * model.nox_g_per_gal;
    hour.pm25_g += gallons * model.pm25_g_per_gal;
}

/// A unit hands its battery over and goes to the ports of its terminal.
fn leave(
    clock: &Clock,
    pool: &Pool,
    unit: Unit,
    state: &mut UnitState,
    target: Kwh,
    depart_s: Option<u32>,
    arrivals: &mut Arrivals,
) {
    if let UnitState::Ready(battery) = core::mem::replace(state, UnitState::Away) {
        arrivals.0.push(arrival(clock, pool, unit, battery, target, depart_s));
    }
}

/// A unit hands its battery over to the room that looks after its model.
fn delegate(clock: &Clock, site: SiteId, unit: Unit, state: &mut UnitState, routes: &mut ServiceRoutes) {
    if let UnitState::Ready(battery) = core::mem::replace(state, UnitState::Away) {
        routes.delegate(Handover { at_s: clock.now_s(), site, unit: unit.id, battery });
    }
}

fn arrival(clock: &Clock, pool: &Pool, unit: Unit, battery: Battery, target: Kwh, depart_s: Option<u32>) -> Arrival {
    Arrival {
        at_home: true,
        target,
        is_opportunity: depart_s.is_some(),
        depart_s,
        ..Arrival::new(clock.now_s(), pool.site, Vehicle::Unit(unit.id), User::Model(unit.model), battery)
    }
}

/// Work left undone by a class that serves trucks holds them up: backlog over the hands that could do it.
fn set_delays(pools: &Pools, gates: &mut Gates) {
    let mut at = 0;
    while at < pools.0.len() {
        let site = pools.0[at].site;
        let mut delay_s = 0.0_f64;
        while at < pools.0.len() && pools.0[at].site == site {
            let pool = &pools.0[at];
            if pool.work.serves_trucks && !pool.units.is_empty() {
                delay_s = delay_s.max(pool.backlog_h / pool.units.len() as f64 * 3600.0);
            }
            at += 1;
        }
        gates.set_delay(site, delay_s.min(MOST_DELAY_S) as u32);
    }
}

fn close_hour(clock: &Clock, pools: &mut Pools, rows: &mut Records<EquipmentRow>) {
    let start_s = clock.now_s().saturating_sub(1) / 3600 * 3600;
    for pool in &mut pools.0 {
        let hour = core::mem::take(&mut pool.hour);
        rows.push(EquipmentRow::new(start_s, pool, &hour));
    }
}
