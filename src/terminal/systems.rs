//! Equipment works, leaves to charge, comes back.

use super::rules::share_work;
use super::spec::EquipmentModelSpec;
use super::state::{
    DelegatedUnit, EquipmentModels, Gate, Pool, PoolHour, PoolWork, ServiceRoutes, Terminal, Unit, UnitEnergy,
};
use crate::charging::arrival::{Arrival, Arrivals, Departures};
use crate::freight::labor::{Labor, STEP_S, step_of_week};
use crate::freight::state::Berths;
use crate::grid::state::{EquipmentLoad, NodeLoads};
use crate::hydrogen::visit::{FuelArrival, FuelArrivals, FuelDepartures};
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{Roster, SiteId};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::{Kw, Kwh, S_PER_H};
use crate::record::Records;
use crate::record::rows::EquipmentRow;
use crate::vehicle::battery::Battery;
use crate::vehicle::on_board::OnBoard;
use crate::vehicle::spec::Powertrain;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// Registers the terminal systems.
pub fn register(r: &mut Register<'_>) {
    let work = (ask_for_work, share_out, use_energy, leave_low, charge_in_breaks, load_sites, delay_trucks);
    r.tick(Tick::Terminal, come_back);
    r.boundary(Tick::Terminal, close_hour.after(come_back));
    r.interval_start(Tick::Terminal, work.chain().after(close_hour));
}

/// Units that have charged or fuelled are ready again.
fn come_back(
    departures: Res<Departures>,
    fuelled: Res<FuelDepartures>,
    roster: Res<Roster<Unit>>,
    mut units: Query<&mut UnitEnergy>,
) {
    for departure in departures.iter() {
        if let Vehicle::Unit(id) = departure.vehicle {
            roster.get_mut(&mut units, id.index()).0 = OnBoard::Battery(departure.battery.clone());
        }
    }
    for departure in fuelled.iter() {
        if let Vehicle::Unit(id) = departure.vehicle {
            roster.get_mut(&mut units, id.index()).0 = OnBoard::Hydrogen(departure.tank);
        }
    }
}

/// The interval that begins, and the units at work in it.
#[derive(SystemParam)]
struct WorkTime<'w> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    labor: Res<'w, Labor>,
}

impl WorkTime<'_> {
    /// The half hour of the week.
    fn step(&self) -> usize {
        step_of_week(&self.calendar, i64::from(self.clock.now_s()))
    }

    /// Does any group work at a terminal?
    fn is_worked(&self, site: SiteId) -> bool {
        self.labor.is_worked(site, self.step())
    }

    /// Does the group of this unit work?
    fn works(&self, site: SiteId, unit: &Unit) -> bool {
        self.labor.group_works(site, unit.id.index(), self.step())
    }

    /// Its length, hours.
    fn hours(&self) -> f64 {
        f64::from(self.clock.interval_end_s() - self.clock.now_s()) / S_PER_H
    }

    /// When the next half hour begins in which this unit's group works; `None` when that is after the end.
    fn resumes_s(&self, site: SiteId, unit: &Unit) -> Option<u32> {
        let (now, step_s) = (i64::from(self.clock.now_s()), i64::from(STEP_S));
        let first = now - now.rem_euclid(step_s) + step_s;
        let end_s = i64::from(self.clock.end_s());
        let works = |at: &i64| self.labor.group_works(site, unit.id.index(), step_of_week(&self.calendar, *at));
        let worked = (0..336).map(|step| first + step * step_s).find(works);
        worked.filter(|at| *at < end_s).and_then(|at| u32::try_from(at).ok())
    }
}

/// On the hour and at the end of the run: the hour of each pool becomes a row.
fn close_hour(
    clock: Res<Clock>,
    roster: Res<Roster<Pool>>,
    mut pools: Query<(&Pool, &mut PoolWork)>,
    mut rows: ResMut<Records<EquipmentRow>>,
) {
    let is_over = clock.now_s().is_multiple_of(3600) || clock.done();
    if clock.now_s() == 0 || !is_over {
        return;
    }
    let start_s = clock.now_s().saturating_sub(1) / 3600 * 3600;
    for id in 0..roster.len() {
        let (pool, mut work) = roster.get_mut(&mut pools, id);
        let hour = core::mem::take(&mut work.hour);
        rows.push(EquipmentRow::new(start_s, pool, &work, &hour));
    }
}

/// At a boundary: new lifts and gate moves become work.
fn ask_for_work(
    berths: Res<Berths>,
    terminals: Res<Roster<Terminal>>,
    gates: Query<&Gate>,
    mut pools: Query<(&Pool, &mut PoolWork)>,
) {
    for (pool, mut work) in pools.iter_mut().filter(is_pooled) {
        let moves = terminals.get(&gates, pool.terminal.index()).moves();
        let gate_moves = (moves - work.gate_moves_seen) as f64;
        work.gate_moves_seen = moves;
        let asked_h = berths.vessel_lifts(pool.site) * pool.work.h_per_vessel_lift
            + berths.rail_lifts(pool.site) * pool.work.h_per_rail_lift
            + gate_moves * pool.work.h_per_gate_move;
        work.hour.required_h += asked_h;
        work.backlog_h += asked_h;
    }
}

/// At a boundary: the units at work share the work of the interval, in hours that anybody works.
fn share_out(
    time: WorkTime<'_>,
    roster: Res<Roster<Pool>>,
    units: Query<(&Unit, &UnitEnergy)>,
    mut pools: Query<(&Pool, &mut PoolWork)>,
) {
    let mut present_away = vec![(0, 0); roster.len()];
    for (unit, energy) in &units {
        let (present, away) = &mut present_away[unit.pool.index()];
        let site = roster.get(&pools, unit.pool.index()).0.site;
        let is_away = matches!(energy.0, OnBoard::Away);
        *away += usize::from(is_away);
        *present += usize::from(!is_away && time.works(site, unit));
    }
    let hours = time.hours();
    for (pool, mut work) in pools.iter_mut().filter(is_pooled) {
        let (present, away) = present_away[pool.id.index()];
        work.away = away;
        work.crane_kwh = 0.0;
        work.each_h = 0.0;
        if time.is_worked(pool.site) {
            let share = share_work(work.backlog_h, present, hours * pool.work.availability);
            work.each_h = share.each_h;
            work.backlog_h = share.left_h;
            work.hour.served_h += share.done_h;
            work.hour.present_h += present as f64 * hours;
            work.hour.away_h += away as f64 * hours;
        }
    }
}

/// At a boundary: units use the energy or fuel of their share of the work. What a battery or tank lacks is work left undone,
/// which the pool still owes.
fn use_energy(
    time: WorkTime<'_>,
    models: Res<EquipmentModels>,
    roster: Res<Roster<Unit>>,
    mut units: Query<(&Unit, &mut UnitEnergy)>,
    mut pools: Query<(&Pool, &mut PoolWork)>,
) {
    for (pool, mut work) in pools.iter_mut().filter(is_pooled) {
        if !time.is_worked(pool.site) {
            continue;
        }
        for at in pool.units.clone() {
            let (unit, mut energy) = roster.get_mut(&mut units, at);
            if !time.works(pool.site, unit) {
                continue;
            }
            let model = &models.get(unit.model).spec;
            let used = each_uses(model, pool.work.lifts_per_h, work.each_h);
            match &mut energy.0 {
                OnBoard::Fuel if model.powertrain == Powertrain::Diesel => burn(&mut work.hour, model, used),
                OnBoard::Fuel => {
                    work.hour.grid_kwh += used;
                    work.crane_kwh += used;
                }
                OnBoard::Battery(battery) => {
                    let missing_kwh = battery.draw(Kwh(used)).0;
                    work.hour.battery_kwh += used - missing_kwh;
                    work.owe(used, missing_kwh);
                }
                OnBoard::Hydrogen(tank) => {
                    let missing_kg = tank.draw(used);
                    work.hour.hydrogen_kg += used - missing_kg;
                    work.owe(used, missing_kg);
                }
                OnBoard::Away => {}
            }
        }
    }
}

impl PoolWork {
    /// A unit leaves for its break. Those that are away when a worked interval begins are counted by then.
    fn leave(&mut self, hours: f64, is_worked: bool) {
        self.away += 1;
        self.hour.away_h += if is_worked { hours } else { 0.0 };
    }

    /// A unit lacked a part of what its share of the work uses.
    fn owe(&mut self, used: f64, missing: f64) {
        let undone_h = if used > 0.0 { self.each_h * missing / used } else { 0.0 };
        self.backlog_h += undone_h;
        self.hour.served_h -= undone_h;
    }
}

/// Where units go that have to charge or fuel.
#[derive(SystemParam)]
struct Departing<'w> {
    clock: Res<'w, Clock>,
    routes: ResMut<'w, ServiceRoutes>,
    arrivals: ResMut<'w, Arrivals>,
    fuel_arrivals: ResMut<'w, FuelArrivals>,
}

/// At a boundary: units at work that run low go to charge or fuel, or are delegated.
fn leave_low(
    time: WorkTime<'_>,
    models: Res<EquipmentModels>,
    roster: Res<Roster<Pool>>,
    pools: Query<&Pool>,
    mut units: Query<(&Unit, &mut UnitEnergy)>,
    mut departing: Departing<'_>,
) {
    for (unit, mut energy) in &mut units {
        let model = &models.get(unit.model).spec;
        let pool = roster.get(&pools, unit.pool.index());
        let works = !pool.by_moves && time.works(pool.site, unit);
        if works && energy.0.level().is_some_and(|level| level <= model.leave_at_soc) {
            let site = pool.site;
            departing.leave_work(*unit, site, model, core::mem::replace(&mut energy.0, OnBoard::Away));
        }
    }
}

impl Departing<'_> {
    /// A unit leaves its work, with what it has on board.
    fn leave_work(&mut self, unit: Unit, site: SiteId, model: &EquipmentModelSpec, on_board: OnBoard) {
        let at_s = self.clock.now_s();
        match on_board {
            OnBoard::Battery(battery) if self.routes.has(site, unit.model) => {
                self.routes.delegate(DelegatedUnit { at_s, site, unit: unit.id, battery });
            }
            OnBoard::Battery(battery) => {
                let target = battery.usable() * model.return_at_soc;
                self.arrivals.push(arrival(at_s, unit, site, battery, target, None));
            }
            OnBoard::Hydrogen(tank) => self.fuel_arrivals.push(FuelArrival {
                at_s,
                site,
                vehicle: Vehicle::Unit(unit.id),
                user: User::Model(unit.model),
                tank,
                target_kg: tank.capacity_kg() * model.return_at_soc,
                depart_s: None,
            }),
            OnBoard::Fuel | OnBoard::Away => unreachable!("it has nothing to fill"),
        }
    }
}

/// At a boundary: units of groups that rest charge until their work goes on.
fn charge_in_breaks(
    time: WorkTime<'_>,
    models: Res<EquipmentModels>,
    roster: Res<Roster<Pool>>,
    mut pools: Query<(&Pool, &mut PoolWork)>,
    mut units: Query<(&Unit, &mut UnitEnergy)>,
    mut departing: Departing<'_>,
) {
    for (unit, mut energy) in &mut units {
        let OnBoard::Battery(battery) = &energy.0 else { continue };
        let (pool, mut work) = roster.get_mut(&mut pools, unit.pool.index());
        if time.works(pool.site, unit) {
            continue;
        }
        let model = &models.get(unit.model).spec;
        let charges = model.charge_in_breaks && battery.soc() < model.break_below_soc;
        if charges && !pool.by_moves && !departing.routes.has(pool.site, unit.model) {
            let on_board = core::mem::replace(&mut energy.0, OnBoard::Away);
            departing.take_a_break(*unit, pool.site, on_board, time.resumes_s(pool.site, unit));
            work.leave(time.hours(), time.is_worked(pool.site));
        }
    }
    for (_, mut work) in pools.iter_mut().filter(|it| is_pooled(it) && !time.is_worked(it.0.site)) {
        work.hour.away_h += work.away as f64 * time.hours();
    }
}

impl Departing<'_> {
    /// A unit charges fully, or until work resumes.
    fn take_a_break(&mut self, unit: Unit, site: SiteId, on_board: OnBoard, resumes_s: Option<u32>) {
        if let OnBoard::Battery(battery) = on_board {
            let target = battery.usable();
            self.arrivals.push(arrival(self.clock.now_s(), unit, site, battery, target, resumes_s));
        }
    }
}

/// At a boundary: what grid-connected units draw is load of the node that they stand behind.
fn load_sites(
    time: WorkTime<'_>,
    roster: Res<Roster<Pool>>,
    mut pools: Query<(&Pool, &mut PoolWork)>,
    mut load: NodeLoads<'_, '_, EquipmentLoad>,
) {
    load.clear();
    for id in 0..roster.len() {
        let (pool, mut work) = roster.get_mut(&mut pools, id);
        if pool.by_moves {
            // What moves drew is known when they are done: the interval that begins pays for the one that ended.
            let kwh = core::mem::take(&mut work.crane_kwh);
            work.hour.grid_kwh += kwh;
            load.add(pool.node, Kw(kwh / time.hours()));
        } else {
            load.add(pool.node, Kw(work.crane_kwh / time.hours()));
        }
    }
}

/// Does it work as a pool of unit-hours?
fn is_pooled((pool, _): &(&Pool, Mut<'_, PoolWork>)) -> bool {
    !pool.by_moves
}

/// At a boundary: work left undone by a class that serves trucks holds them up: backlog over the units that could do it.
fn delay_trucks(
    terminals: Res<Roster<Terminal>>,
    pools: Query<(&Pool, &PoolWork)>,
    mut gates: Query<(&Terminal, &mut Gate)>,
) {
    let mut delay_s = vec![0.0_f64; terminals.len()];
    for (pool, work) in pools.iter().filter(|(pool, _)| pool.work.serves_trucks && !pool.by_moves) {
        let here = &mut delay_s[pool.terminal.index()];
        *here = here.max(work.backlog_h / pool.units.len() as f64 * S_PER_H);
    }
    for (at, delay_s) in delay_s.into_iter().enumerate() {
        let (terminal, mut gate) = terminals.get_mut(&mut gates, at);
        gate.set_delay(delay_s.min(terminal.spec.most_delay_h * S_PER_H) as u32);
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

fn arrival(at_s: u32, unit: Unit, site: SiteId, battery: Battery, target: Kwh, depart_s: Option<u32>) -> Arrival {
    Arrival {
        at_home: true,
        target,
        is_opportunity: depart_s.is_some(),
        depart_s,
        ..Arrival::new(at_s, site, Vehicle::Unit(unit.id), User::Model(unit.model), battery)
    }
}
