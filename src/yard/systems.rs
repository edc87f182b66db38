//! Yards work: trucks come in, moves happen, pools and sites hear of it.

use super::build::{Links, MachineOf, YardOf};
use super::doing::Doing;
use super::moves::{Energy, LotNow, Out, Step, ToCharge, Used};
use super::state::{Machine, Phase, Then, Visit, Yard, YardDue, YardWork};
use crate::charging::arrival::{Arrival, Arrivals, AtPort, Departures};
use crate::charging::lots::LotsNow;
use crate::freight::state::{Berths, ShoreNodes};
use crate::freight::vessels::Calls;
use crate::grid::state::{NodeLoads, ShoreLoad};
use crate::hydrogen::visit::{FuelArrival, FuelArrivals, FuelDepartures};
use crate::kernel::agenda::Due;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{LotId, PoolId, Roster, SiteId, UnitId};
use crate::kernel::random::{Purpose, Seed};
use crate::kernel::stage::{Register, Tick};
use crate::kernel::units::Kwh;
use crate::policy::kind::YardDispatch;
use crate::policy::{Fault, PolicySlot};
use crate::record::Records;
use crate::record::rows::CallRow;
use crate::terminal::state::{
    DelegatedUnit, EquipmentModels, GateArrivals, GateDeparture, GateDepartures, Pool, PoolHour, PoolWork, ServiceNow,
    ServiceRoutes, Unit, UnitEnergy,
};
use crate::vehicle::on_board::OnBoard;
use crate::vehicle::spec::Powertrain;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

/// Registers the yard step.
pub(crate) fn register(r: &mut Register<'_>) {
    r.tick(Tick::Yard, (let_trucks_in, take_units_back).chain());
    r.boundary(Tick::Yard, tell_plans.after(take_units_back));
    r.tick(Tick::Yard, move_containers.after(tell_plans));
}

/// When something is due in a yard; now where trucks are handed over at a gate.
pub(crate) fn next_due_s(world: &World) -> u32 {
    let is_quiet = world.resource::<GateArrivals>().is_empty() && world.resource::<GateDepartures>().is_empty();
    let yards = world.get_resource::<Roster<Yard>>();
    let due = yards.into_iter().flat_map(|yards| yards.components::<YardWork>(world));
    if is_quiet { due.filter_map(|work| work.agenda.next_at()).min().unwrap_or(u32::MAX) } else { 0 }
}

/// Every yard with what changes about it.
type Yards<'w, 's> = Query<'w, 's, (&'static Yard, &'static Links, &'static mut YardWork)>;

/// Trucks that arrive at the gate of a plan come to the yard. Where a haul's container stands is drawn for the haul.
fn let_trucks_in(
    clock: Res<Clock>,
    seed: Res<Seed>,
    yard_of: Res<YardOf>,
    roster: Res<Roster<Yard>>,
    mut yards: Yards<'_, '_>,
    mut arrivals: ResMut<GateArrivals>,
) {
    for arrival in arrivals.take() {
        let id = yard_of.0[arrival.terminal.index()].expect("trucks come to the gate of a terminal with a plan");
        let (yard, _, mut work) = roster.get_mut(&mut yards, id);
        // An order that was given at the end of a tick takes effect with the next.
        let at_s = arrival.at_s.max(clock.now_s());
        let key = u64::from(yard.site.0) << 32 | u64::from(arrival.haul);
        let draw = seed.stream(Purpose::YardMoves, key, u32::MAX - 2).uniform();
        let block = yard.rules.block(draw);
        let visit = Visit {
            truck: arrival.truck,
            block,
            turn: arrival.turn,
            gate: arrival.gate,
            is_inside: arrival.is_inside,
            phase: Phase::Coming,
            arrive_s: at_s,
            gate_wait_s: 0,
            in_lane_s: 0,
            way_s: 0,
            block_since_s: 0,
            block_wait_s: 0,
            handled_s: None,
        };
        work.expect_truck(visit, at_s);
    }
}

/// Units that have charged, fuelled or been swapped go on when the tick begins.
fn take_units_back(
    clock: Res<Clock>,
    departures: Res<Departures>,
    fuelled: Res<FuelDepartures>,
    machine_of: Res<MachineOf>,
    roster: Res<Roster<Yard>>,
    mut yards: Yards<'_, '_>,
) {
    let charged = departures.iter().map(|it| (it.vehicle, it.at_port, it.at_s));
    let fuelled = fuelled.iter().map(|it| (it.vehicle, None, it.at_s));
    for (vehicle, at_port, at_s) in charged.chain(fuelled) {
        let Vehicle::Unit(unit) = vehicle else { continue };
        let Some((yard, machine)) = machine_of.0[unit.index()] else { continue };
        let (_, _, mut work) = roster.get_mut(&mut yards, yard as usize);
        work.note_port(machine, at_port, at_s);
        // A swap may end within this tick.
        work.agenda.push(Due { at_s: at_s.max(clock.now_s()), kind: YardDue::Return, id: u32::from(machine) });
    }
}

impl YardWork {
    /// How a unit's time at its lot was spent.
    fn note_port(&mut self, machine: u16, at_port: Option<AtPort>, at_s: u32) {
        let state = &self.machines[usize::from(machine)];
        let class = usize::from(state.class);
        let lot = &mut self.tally.lot_s[class];
        let came_s = state.since_s;
        lot.visits += 1;
        match at_port {
            Some(AtPort { start_s, power_s, done_s }) => {
                lot.queue_s += u64::from(start_s.saturating_sub(came_s));
                lot.plugging_s += u64::from(power_s.saturating_sub(start_s)) + u64::from(at_s.saturating_sub(done_s));
                lot.charging_s += u64::from(done_s.saturating_sub(power_s));
            }
            None => lot.queue_s += u64::from(at_s.saturating_sub(came_s)),
        }
    }
}

/// Units, with what they have on board.
#[derive(SystemParam)]
struct Units<'w, 's> {
    models: Res<'w, EquipmentModels>,
    roster: Res<'w, Roster<Unit>>,
    units: Query<'w, 's, (&'static Unit, &'static mut UnitEnergy)>,
}

/// Pools, with their work.
#[derive(SystemParam)]
struct Pools<'w, 's> {
    roster: Res<'w, Roster<Pool>>,
    pools: Query<'w, 's, (&'static Pool, &'static mut PoolWork)>,
}

impl Pools<'_, '_> {
    fn get_mut(&mut self, id: PoolId) -> (&Pool, Mut<'_, PoolWork>) {
        self.roster.get_mut(&mut self.pools, id.index())
    }
}

/// Where units go that charge or fuel, and trucks that are done.
#[derive(SystemParam)]
struct Leaving<'w> {
    routes: ResMut<'w, ServiceRoutes>,
    arrivals: ResMut<'w, Arrivals>,
    fuel_arrivals: ResMut<'w, FuelArrivals>,
    gate_departures: ResMut<'w, GateDepartures>,
}

/// All that moves of a tick touch.
#[derive(SystemParam)]
struct Ground<'w, 's> {
    clock: Res<'w, Clock>,
    charging: LotsNow<'w, 's>,
    units: Units<'w, 's>,
    pools: Pools<'w, 's>,
    calls: Calls<'w, 's>,
    leaving: Leaving<'w>,
    call_rows: ResMut<'w, Records<CallRow>>,
    policy: ResMut<'w, PolicySlot<YardDispatch>>,
    fault: ResMut<'w, Fault>,
}

/// Moves of this tick, in the order of their exact time.
fn move_containers(roster: Res<Roster<Yard>>, mut yards: Yards<'_, '_>, mut ground: Ground<'_, '_>) {
    ground.leaving.gate_departures.clear();
    if ground.clock.done() {
        return;
    }
    for id in 0..roster.len() {
        let (yard, links, mut work) = roster.get_mut(&mut yards, id);
        let mut lots = ground.lots(yard, links, &work);
        let classes = links.pools.len();
        let mut units = Aboard {
            roster: &ground.units.roster,
            units: &mut ground.units.units,
            models: &ground.units.models,
            used: vec![PoolHour::default(); classes],
        };
        let end_s = ground.clock.tick_end_s();
        let mut step = Step {
            yard,
            work: &mut work,
            units: &mut units,
            lots: &mut lots,
            policy: &mut *ground.policy.0,
            fault: &mut ground.fault,
            out: Out::default(),
        };
        step.run_until(end_s);
        let (out, used) = (step.out, units.used);
        ground.carry_out(yard, links, out);
        ground.pay(links, &mut work, &used);
    }
}

impl Leaving<'_> {
    /// A unit of a model goes to charge, to fuel, or to a service.
    fn fill(&mut self, site: SiteId, links: &Links, model: u32, (to, on_board): (ToCharge, OnBoard)) {
        let (vehicle, user) = (Vehicle::Unit(to.unit), User::Model(model));
        match on_board {
            OnBoard::Battery(battery) if links.swapped[usize::from(to.lot)].is_some() => {
                self.routes.delegate(DelegatedUnit { at_s: to.at_s, site, unit: to.unit, battery });
            }
            OnBoard::Battery(battery) => {
                let target = Kwh(battery.usable().0 * to.target_soc);
                let lot = links.lots[usize::from(to.lot)];
                self.arrivals.push(Arrival {
                    at_home: true,
                    target: target.max(battery.energy()),
                    is_opportunity: to.depart_s.is_some(),
                    depart_s: to.depart_s.map(|depart_s| depart_s.max(to.at_s)),
                    lot,
                    ..Arrival::new(to.at_s, site, vehicle, user, battery)
                });
            }
            OnBoard::Hydrogen(tank) => {
                let target_kg = tank.capacity_kg() * to.target_soc;
                let depart_s = None;
                self.fuel_arrivals.push(FuelArrival { at_s: to.at_s, site, vehicle, user, tank, target_kg, depart_s });
            }
            OnBoard::Fuel | OnBoard::Away => unreachable!("it has nothing to fill"),
        }
    }
}

impl Ground<'_, '_> {
    /// The lots of a yard as the tick begins.
    fn lots(&self, yard: &Yard, links: &Links, work: &YardWork) -> Vec<LotNow> {
        let now = |(at, lot): (usize, &Option<LotId>)| {
            let swap = links.swapped[at].and_then(|model| self.leaving.routes.now(yard.site, model));
            let ServiceNow { places, free, waiting, visit_s } = swap.unwrap_or_else(|| {
                let (places, free, waiting) = lot.map_or((0, 0, 0), |lot| self.charging.at(yard.site, lot));
                ServiceNow { places, free, waiting, visit_s: work.tally.mean_visit_s() }
            });
            let (free, waiting, bound) = (free as i64, waiting as i64, work.bound_for(at as u16));
            LotNow {
                place: yard.plan.lots()[at].place,
                plugs: places,
                free: (free - bound).max(0),
                waiting: waiting + (bound - free).max(0),
                visit_s,
            }
        };
        links.lots.iter().enumerate().map(now).collect()
    }

    /// What others have to know of a step: units at lots, trucks and vessels that left.
    fn carry_out(&mut self, yard: &Yard, links: &Links, out: Out) {
        for to in out.to_charge {
            let (unit, mut energy) = self.units.roster.get_mut(&mut self.units.units, to.unit.index());
            let on_board = core::mem::replace(energy.on_board_mut(), OnBoard::Away);
            self.leaving.fill(yard.site, links, unit.model, (to, on_board));
        }
        let trucks = out.trucks.into_iter();
        let left = trucks.map(|it| GateDeparture { at_s: it.at_s, truck: it.truck, queue_s: it.gate_wait_s });
        self.leaving.gate_departures.extend(left);
        for vessel in out.vessels {
            let (call, mut stay) = self.calls.get_mut(vessel.call);
            self.call_rows.push(CallRow::worked(call, vessel.berth_s, vessel.leave_s));
            stay.berth(call, vessel.berth_s);
            stay.leave(vessel.leave_s);
        }
    }

    /// Energy and fuel of a step go to the pools' books.
    fn pay(&mut self, links: &Links, work: &mut YardWork, used: &[PoolHour]) {
        for (pool, used) in links.pools.iter().zip(used) {
            if *used == PoolHour::default() {
                continue;
            }
            work.tally.used_kwh += used.battery_kwh + used.grid_kwh;
            let (_, mut pool) = self.pools.get_mut(*pool);
            pool.use_energy(*used);
        }
    }
}

/// What units have on board, and what their moves use of it, by class.
struct Aboard<'a, 'w, 's> {
    roster: &'a Roster<Unit>,
    units: &'a mut Query<'w, 's, (&'static Unit, &'static mut UnitEnergy)>,
    models: &'a EquipmentModels,
    used: Vec<PoolHour>,
}

impl Energy for Aboard<'_, '_, '_> {
    fn take(&mut self, unit: UnitId, class: u8, used: Used) -> bool {
        let (unit, mut energy) = self.roster.get_mut(self.units, unit.index());
        let model = &self.models.get(unit.model).spec;
        let amount = model.per_work_h * f64::from(used.work_s) / 3600.0
            + model.per_wait_h * f64::from(used.wait_s) / 3600.0
            + (model.per_km_loaded * used.loaded_m + model.per_km_empty * used.empty_m) / 1000.0
            + model.per_lift * used.lifts;
        let hour = &mut self.used[usize::from(class)];
        match energy.on_board_mut() {
            OnBoard::Fuel if model.powertrain == Powertrain::Diesel => {
                hour.diesel_gal += amount;
                hour.nox_g += amount * model.nox_g_per_gal;
                hour.pm25_g += amount * model.pm25_g_per_gal;
                true
            }
            OnBoard::Fuel => {
                hour.grid_kwh += amount;
                true
            }
            OnBoard::Battery(battery) => {
                let missing = battery.draw(Kwh(amount)).0;
                hour.battery_kwh += amount - missing;
                missing <= 0.0
            }
            OnBoard::Hydrogen(tank) => {
                let missing_kg = tank.draw(amount);
                hour.hydrogen_kg += amount - missing_kg;
                missing_kg <= 0.0
            }
            OnBoard::Away => unreachable!("a unit works with its battery"),
        }
    }

    fn level(&self, unit: UnitId) -> Option<f64> {
        self.roster.get(self.units, unit.index()).1.on_board().level()
    }
}

/// At a boundary: what was planned and what is done becomes hours of the pools; vessels at berth draw shore power.
fn tell_plans(
    clock: Res<Clock>,
    berths: Res<Berths>,
    roster: Res<Roster<Yard>>,
    mut yards: Yards<'_, '_>,
    mut pools: Pools<'_, '_>,
    mut calls: Calls<'_, '_>,
    shore_nodes: Res<ShoreNodes>,
    mut shore: NodeLoads<'_, '_, ShoreLoad>,
) {
    for id in 0..roster.len() {
        let (yard, links, mut work) = roster.get_mut(&mut yards, id);
        let is_over = clock.done();
        work.flush(clock.now_s());
        let planned = if is_over { (0.0, 0.0) } else { (berths.vessel_lifts(yard.site), berths.rail_lifts(yard.site)) };
        let asked = work.account(planned, yard.plan.rail().is_some());
        for (class, id) in links.pools.iter().enumerate() {
            let (pool, mut state) = pools.get_mut(*id);
            let newly = work.hours_of(class, pool, &asked);
            state.account(newly, asked.backlog_h(pool));
        }
        for vessel in work.berths.iter().flatten() {
            let (call, mut stay) = calls.get_mut(work.coming[vessel.call as usize].call);
            stay.berth(call, vessel.berth_s);
            if let Some(kw) = vessel.shore_kw(call, &yard.rules, &clock, &mut stay).filter(|_| !is_over) {
                shore.add(shore_nodes.of(yard.site), kw);
            }
        }
    }
}

/// Work of an interval: containers asked for and done, and what is left of all so far.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    vessel: Done,
    rail: Done,
    gate: Done,
}

/// Of one kind of work.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    asked: f64,
    done: f64,
    left: f64,
}

impl Asked {
    fn backlog_h(&self, pool: &Pool) -> f64 {
        let work = &pool.work;
        self.vessel.left * work.h_per_vessel_lift
            + self.rail.left * work.h_per_rail_lift
            + self.gate.left * work.h_per_gate_move
    }
}

impl YardWork {
    /// Machines on their way to a lot.
    fn bound_for(&self, lot: u16) -> i64 {
        let is_bound = |it: &&Machine| matches!(it.doing, Doing::LotWay | Doing::Towed) && it.then == Then::Charge(lot);
        self.machines.iter().filter(is_bound).count() as i64
    }

    /// What machines do until now is counted until now.
    fn flush(&mut self, now_s: u32) {
        for machine in &mut self.machines {
            let seconds = now_s - machine.since_s;
            // Work is paid for when it ends; what neither works nor waits may be counted as it goes.
            if matches!(machine.doing, Doing::Idle | Doing::Break) {
                machine.since_s = now_s;
                self.tally.spend(machine.class, machine.doing, seconds);
            }
        }
    }

    /// Takes what was planned for the interval, and counts what was done since the last.
    fn account(&mut self, (vessel, rail): (f64, f64), has_rail: bool) -> Asked {
        let tally = &mut self.tally;
        let gate = tally.trucks_in as f64 - tally.told.gate_asked;
        let asked = [vessel, if has_rail { rail } else { 0.0 }, gate];
        let done = [tally.lifts as f64, tally.rail_moves as f64, tally.trucks_handled as f64];
        tally.told.gate_asked = tally.trucks_in as f64;
        let mut out = [Done::default(); 3];
        for kind in 0..3 {
            tally.told.asked[kind] += asked[kind];
            // What is ahead of the plan is told when the plan comes to it: no more is served than was asked for.
            let counted = done[kind].min(tally.told.asked[kind]);
            let newly = counted - tally.told.done[kind];
            tally.told.done[kind] = counted;
            out[kind] = Done { asked: asked[kind], done: newly, left: tally.told.asked[kind] - counted };
        }
        Asked { vessel: out[0], rail: out[1], gate: out[2] }
    }

    /// Hours of a pool that are new in the interval.
    fn hours_of(&mut self, class: usize, pool: &Pool, asked: &Asked) -> PoolHour {
        let work = &pool.work;
        let hours = |amount: fn(&Done) -> f64| {
            amount(&asked.vessel) * work.h_per_vessel_lift
                + amount(&asked.rail) * work.h_per_rail_lift
                + amount(&asked.gate) * work.h_per_gate_move
        };
        let tally = &mut self.tally;
        let seconds = |of: &[Doing]| of.iter().map(|doing| tally.state_s[class][*doing as usize]).sum::<u64>();
        let away_s = seconds(&[Doing::LotWay, Doing::AtLot, Doing::Towed]);
        let present_s = if tally.machines[class] > 0 {
            seconds(&Doing::ALL) - seconds(&[Doing::Break]) - away_s
        } else {
            // Cranes do not drive: they are at work, or ready at a vessel.
            tally.crane_busy_s + tally.crane_wait_s
        };
        let told = &mut tally.told.present_away_s[class];
        let newly = (present_s - told.0, away_s - told.1);
        *told = (present_s, away_s);
        PoolHour {
            required_h: hours(|done| done.asked),
            served_h: hours(|done| done.done),
            present_h: newly.0 as f64 / 3600.0,
            away_h: newly.1 as f64 / 3600.0,
            ..PoolHour::default()
        }
    }
}
