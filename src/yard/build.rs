//! From the plans of a scenario to yards and their machines.

use super::doing::Doing;
use super::hours::{Hours, STEP_S};
use super::plan::{Place, Plan, plan_of};
use super::spec::{ChargingRule, PlanKind, PlanSpec};
use super::state::{Coming, Crane, CraneUnit, Machine, Role, Rules, Then, Yard, YardDue, YardWork, Zone};
use super::tally::{LotTime, LotWay, Told, YardCounts};
use super::times::{Slowdown, Times};
use crate::charging::lots::Lot;
use crate::freight::labor::Labor;
use crate::freight::spec::VolumesSpec;
use crate::freight::state::Call;
use crate::kernel::agenda::{Agenda, Due};
use crate::kernel::calendar::{DAY_S, in_window, parse_window};
use crate::kernel::ids::{LotId, PoolId, Roster, SiteId};
use crate::kernel::random::Purpose;
use crate::place::build::Build;
use crate::swap::spec::SwapSpec;
use crate::terminal::spec::TerminalSpec;
use crate::terminal::state::{EquipmentModels, Pool, Unit};
use crate::vehicle::queue::WaitingLine;
use crate::vehicle::spec::fits;
use bevy_ecs::prelude::{Component, Resource, World};
use std::collections::{BTreeSet, VecDeque};

/// What a yard has of the rest of the world.
#[derive(Component, Debug)]
#[component(immutable)]
pub(super) struct Links {
    /// Pool of each class.
    pub(super) pools: Vec<PoolId>,
    /// Charging lot of each lot of the plan; none where no group of chargers stands.
    pub(super) lots: Vec<Option<LotId>>,
    /// The model whose batteries are swapped at each lot of the plan; none where units are plugged in.
    pub(super) swapped: Vec<Option<u32>>,
}

/// Where a unit works, by unit: yard and machine. Units of terminals without a plan have none.
#[derive(Resource, Debug, Default)]
pub(super) struct MachineOf(pub(super) Vec<Option<(u32, u16)>>);

/// The yard of each terminal; those without a plan have none.
#[derive(Resource, Debug, Default)]
pub(super) struct YardOf(pub(super) Vec<Option<usize>>);

/// Puts the yards into the world; sites, calls, chargers and units are there already.
pub(crate) fn add(build: &mut Build<'_>) {
    let (mut yards, mut machine_of) = (Vec::new(), MachineOf::default());
    let units: Vec<Unit> = build.world.resource::<Roster<Unit>>().components::<Unit>(&build.world).copied().collect();
    machine_of.0 = vec![None; units.len()];
    let mut yard_of = YardOf(vec![None; build.scenario.terminal.len()]);
    for (at, (key, terminal)) in build.scenario.terminal.iter().enumerate() {
        let Some(spec) = &terminal.plan else { continue };
        let plan = plan_of(terminal, spec, build.loaded.plans.get(key)).expect("the check found the plan to be right");
        let site = build.site(key);
        let maker = Maker { build, key, terminal, spec, plan: &plan, site };
        let rules = maker.rules(&units);
        let (links, machines) = maker.machines(&units);
        for (number, machine) in machines.iter().enumerate() {
            machine_of.0[machine.unit.index()] = Some((yards.len() as u32, number as u16));
        }
        yard_of.0[at] = Some(yards.len());
        let work = maker.work(&rules, &links, machines);
        let number = yards.len() as u32;
        yards.push((Yard { site, number, plan, rules }, work, links));
    }
    build.world.insert_resource(machine_of);
    build.world.insert_resource(yard_of);
    build.spawn::<_, Yard>(yards);
}

/// Has the units of yards sent from now on as in another world, which has the same yards.
pub(crate) fn take_dispatch(world: &mut World, other: &mut World) {
    let all = |world: &World| world.resource::<Roster<Yard>>().all().to_vec();
    for (here, there) in all(world).into_iter().zip(all(other)) {
        if let Some(yard) = other.entity_mut(there).take::<Yard>() {
            world.entity_mut(here).insert(yard);
        }
    }
}

/// Makes one yard.
struct Maker<'a, 'b> {
    build: &'a Build<'b>,
    key: &'a str,
    terminal: &'a TerminalSpec,
    spec: &'a PlanSpec,
    plan: &'a Plan,
    site: SiteId,
}

impl Maker<'_, '_> {
    fn pools(&self) -> Vec<&Pool> {
        let roster = self.build.world.resource::<Roster<Pool>>();
        roster.components::<Pool>(&self.build.world).filter(|pool| pool.site == self.site && pool.by_moves).collect()
    }

    fn rules(&self, units: &[Unit]) -> Rules {
        let (spec, terminal) = (self.spec, self.terminal);
        let volumes = self.build.scenario.freight.as_ref().and_then(|freight| freight.volumes.as_ref());
        let mps = |kmh: f64| kmh / 3.6;
        let work = &self.build.scenario.work;
        let lift_s = |class: &str| {
            work.get(class).filter(|work| work.lifts_per_h > 0.0).map_or(0.0, |it| 3600.0 / it.lifts_per_h)
        };
        let groups =
            if spec.dispatch.charging == ChargingRule::BreaksStaggered { spec.dispatch.groups as usize } else { 1 };
        let cranes = self.pools().into_iter().enumerate().filter(|(_, pool)| pool.class == spec.crane);
        let crane_units = cranes.flat_map(|(class, pool)| {
            units[pool.units.clone()].iter().map(move |unit| CraneUnit { unit: unit.id, class: class as u8 })
        });
        Rules {
            seed: self.build.seed,
            site: self.site,
            kind: spec.kind,
            hours: Hours::new(&self.worked_steps(), groups),
            times: Times::new(spec.times, spec.times_cv),
            crane_s: 3600.0 / terminal.lifts_per_crane_h,
            carrier_lift_s: lift_s(&spec.carrier),
            lifts_per_move: spec.lifts_per_move,
            serve_first: spec.serve_first,
            carriers_per_crane: spec.carriers_per_crane as usize,
            cranes_per_call: terminal.cranes_per_call as usize,
            crane_units: crane_units.collect(),
            loaded_mps: mps(spec.loaded_kmh),
            empty_mps: mps(spec.empty_kmh),
            truck_mps: mps(spec.truck_kmh),
            slowdown: spec.slowdown.as_ref().map(Slowdown::new),
            tow_s: (spec.tow_min * 60.0).round() as u32,
            gate_s: terminal.gate_min * 60.0,
            blocks_up_to: self.blocks_up_to(),
            discharge_share: volumes.map_or(0.5, |volumes| volumes.import_share),
            rail_shares: volumes.map_or((0.0, 0.0), rail_shares),
            dispatch: spec.dispatch.clone(),
            charging_steps: self.charging_steps(),
        }
    }

    fn steps(&self) -> usize {
        (i64::from(self.build.scenario.time.days) * DAY_S) as usize / STEP_S as usize + 2
    }

    /// Worked half hours of the run.
    fn worked_steps(&self) -> Vec<bool> {
        let labor = self.build.world.resource::<Labor>();
        let calendar = &self.build.loaded.calendar;
        let works = |step: usize| labor.works(self.site, calendar, step as i64 * i64::from(STEP_S));
        (0..self.steps()).map(works).collect()
    }

    /// Half hours of the run in which units charge under the rule `schedule`.
    fn charging_steps(&self) -> Vec<bool> {
        let windows: Vec<(u32, u32)> =
            self.spec.dispatch.hours.iter().filter_map(|hours| parse_window(hours)).collect();
        let calendar = &self.build.loaded.calendar;
        let is_in = |step: usize| {
            let second = calendar.second_of_day(step as i64 * i64::from(STEP_S));
            windows.iter().any(|window| in_window(*window, second))
        };
        if windows.is_empty() { Vec::new() } else { (0..self.steps()).map(is_in).collect() }
    }

    /// Carriers and block machines, with the pools of the yard's classes.
    fn machines(&self, units: &[Unit]) -> (Links, Vec<Machine>) {
        let world = &self.build.world;
        let lot = |key: &str| Lot::find(world, self.site, key);
        let lots = self.plan.lots().iter().map(|it| lot(&it.key));
        let pools = self.pools();
        let mut machines = Vec::new();
        let groups =
            if self.spec.dispatch.charging == ChargingRule::BreaksStaggered { self.spec.dispatch.groups } else { 1 };
        for (class, pool) in pools.iter().enumerate() {
            let at_blocks = self.spec.at_blocks(&pool.class, pool.units.len());
            let zones = self.zones_of(&pool.class);
            for (number, unit) in units[pool.units.clone()].iter().enumerate() {
                let (role, at) = if pool.class == self.spec.carrier && number >= at_blocks {
                    (Role::Carrier, self.plan.parking())
                } else if let Some((zone, place)) = zones.get(number % zones.len().max(1)) {
                    (Role::Handler(*zone), *place)
                } else {
                    continue;
                };
                machines.push(self.machine(unit, class, role, at, (number as u32 % groups) as u8));
            }
        }
        let swapped = self.plan.lots().iter().map(|lot| self.swapped_at(&lot.key)).collect();
        (Links { pools: pools.iter().map(|pool| pool.id).collect(), lots: lots.collect(), swapped }, machines)
    }

    /// The swap yards of the terminal.
    fn swaps(&self) -> impl Iterator<Item = &SwapSpec> {
        self.build.scenario.swap.values().filter(|swap| swap.site == self.key)
    }

    /// The model whose batteries are swapped at a lot.
    fn swapped_at(&self, lot: &str) -> Option<u32> {
        let swap = self.swaps().find(|swap| swap.lot.as_deref() == Some(lot))?;
        self.build.world.resource::<EquipmentModels>().find(&swap.model)
    }

    fn machine(&self, unit: &Unit, class: usize, role: Role, at: Place, group: u8) -> Machine {
        let model = self.build.world.resource::<EquipmentModels>().get(unit.model);
        let swap = self.swaps().find(|swap| swap.model == model.key);
        let may_use = |lot: &str| {
            if let Some(swap) = swap {
                return swap.lot.as_deref() == Some(lot);
            }
            let chargers = self.build.scenario.charger.values();
            let mut here =
                chargers.filter(|it| it.site == self.key && it.lot.as_deref() == Some(lot) && it.cabinets > 0);
            let connectors = model.spec.battery.as_ref().map_or(&[][..], |battery| &battery.connectors);
            here.any(|charger| charger.users.contains(&model.key) && fits(connectors, charger.connector))
        };
        let lots = self.plan.lots().iter().enumerate().filter(|(_, lot)| may_use(&lot.key)).map(|(at, _)| at as u16);
        Machine {
            unit: unit.id,
            class: class as u8,
            role,
            group,
            leave_at: model.spec.leave_at_soc,
            return_at: model.spec.return_at_soc,
            break_below: model.spec.break_below_soc,
            lots: lots.collect(),
            is_swapped: swap.is_some(),
            at,
            to: at,
            then: Then::Park,
            doing: Doing::Idle,
            since_s: 0,
            is_held: false,
            task: None,
            is_loaded: false,
            home: None,
            job: None,
            target_soc: 1.0,
            depart_s: None,
            tow_s: None,
            is_fuelled: model.spec.tank.is_some(),
        }
    }

    /// Zones of a class, and the place of each: neighbouring blocks that one or more machines work. Zones
    /// are numbered over all classes in their order.
    fn zones_of(&self, class: &str) -> Vec<(u16, Place)> {
        let mut first = 0;
        for pool in self.pools() {
            let zones = self.zone_blocks(pool);
            if pool.class == class {
                let place = |zone: &Vec<usize>| self.plan.blocks()[zone[zone.len() / 2]].seaward;
                return zones.iter().enumerate().map(|(at, zone)| ((first + at) as u16, place(zone))).collect();
            }
            first += zones.len();
        }
        Vec::new()
    }

    /// Blocks of each zone of a class: as many zones as blocks, or as machines where those are fewer.
    fn zone_blocks(&self, pool: &Pool) -> Vec<Vec<usize>> {
        let machines = self.spec.at_blocks(&pool.class, pool.units.len());
        let blocks = self.plan.blocks().iter().enumerate().filter(|(_, block)| block.class == pool.class);
        let blocks: Vec<usize> = blocks.map(|(at, _)| at).collect();
        let zones = blocks.len().min(machines);
        let mut out = vec![Vec::new(); zones];
        for (number, block) in blocks.iter().enumerate() {
            out[number * zones / blocks.len()].push(*block);
        }
        out
    }

    /// Share of the containers that go to the blocks up to each: yard planning balances the work of blocks, so a block gets what
    /// its machines can lift. Carriers that lift by themselves do so at any block alike.
    fn blocks_up_to(&self) -> Vec<f64> {
        let mut weights = vec![1.0; self.plan.blocks().len()];
        if self.spec.kind != PlanKind::Straddle {
            for pool in self.pools() {
                let zones = self.zone_blocks(pool);
                for (zone, blocks) in zones.iter().enumerate() {
                    // Machines go to the zones by turns.
                    let machines = (pool.units.len() + zones.len() - 1 - zone) / zones.len();
                    let lifts_per_h = machines as f64 * pool.work.lifts_per_h;
                    for block in blocks {
                        weights[*block] = lifts_per_h / blocks.len() as f64;
                    }
                }
            }
        }
        let all: f64 = weights.iter().sum();
        let mut up_to = 0.0;
        weights
            .iter()
            .map(|weight| {
                up_to += weight / all;
                up_to
            })
            .collect()
    }

    fn work(&self, rules: &Rules, links: &Links, machines: Vec<Machine>) -> YardWork {
        let (spec, plan) = (self.spec, self.plan);
        let (mut zones, mut zone_of) = (Vec::new(), vec![0; plan.blocks().len()]);
        for pool in self.pools() {
            let lifts_per_h = pool.work.lifts_per_h;
            for blocks in self.zone_blocks(pool) {
                for block in &blocks {
                    zone_of[*block] = zones.len() as u16;
                }
                let key = u64::from(self.site.0) << 32 | zones.len() as u64;
                zones.push(Zone {
                    place: plan.blocks()[blocks[blocks.len() / 2]].seaward,
                    service_s: 3600.0 / lifts_per_h * spec.lifts_per_move,
                    stream: rules.seed.stream(Purpose::YardMoves, key, u32::MAX - 1),
                    free: BTreeSet::new(),
                    carriers: WaitingLine::default(),
                    trucks: WaitingLine::default(),
                });
            }
        }
        let groups = rules.hours.groups();
        let crane = |(at, place): (usize, &Place)| Crane {
            place: *place,
            group: (at % groups) as u8,
            at_work: None,
            unit: None,
            queue: WaitingLine::default(),
            serves: None,
            assigned: 0,
            pending: 0,
            members: 0,
            next_block: 0,
            ready_s: None,
        };
        let classes = links.pools.len();
        let told = Told { present_away_s: vec![(0, 0); classes], ..Told::default() };
        let mut tally = YardCounts { machines: vec![0; classes], told, ..YardCounts::default() };
        tally.lot_ways = vec![LotWay::default(); links.lots.len()];
        tally.lot_s = vec![LotTime::default(); classes];
        tally.state_s = vec![[0; Doing::ALL.len()]; classes];
        for machine in &machines {
            tally.machines[usize::from(machine.class)] += 1;
        }
        let mut work = YardWork {
            agenda: Agenda::default(),
            cranes: plan.cranes().iter().enumerate().map(crane).collect(),
            cranes_free: rules.crane_units.iter().rev().copied().collect(),
            zones,
            zone_of,
            busy: vec![0; classes],
            idle: BTreeSet::new(),
            coming: self.coming(),
            waiting_vessels: WaitingLine::default(),
            berths: (0..self.terminal.berths).map(|_| None).collect(),
            rail: VecDeque::new(),
            lanes_free_s: vec![0; self.terminal.gate_lanes as usize],
            gate: WaitingLine::default(),
            visits: Vec::new(),
            free_visits: Vec::new(),
            tally,
            machines,
        };
        work.begin();
        work
    }

    /// Vessels that are at berth when the run begins, or come later.
    fn coming(&self) -> Vec<Coming> {
        let calls = self.build.world.resource::<Roster<Call>>().components::<Call>(&self.build.world);
        let here = calls.filter(|call| call.site == self.site && call.lifted_before < call.lifts);
        let seconds = |at_s: i64| u32::try_from(at_s.max(0)).unwrap_or(u32::MAX);
        let mut coming: Vec<Coming> = here
            .map(|call| Coming {
                call: call.id,
                index: call.index,
                arrive_s: seconds(call.arrive_s),
                due_s: seconds(call.leave_s),
                lifts: call.lifts - call.lifted_before,
            })
            .collect();
        // Those that are at berth already keep their places.
        coming.sort_by_key(|vessel| (vessel.arrive_s, vessel.call));
        coming
    }
}

impl YardWork {
    /// Puts the first events on the agenda: shifts, vessels.
    pub(crate) fn begin(&mut self) {
        self.agenda.push(Due { at_s: 0, kind: YardDue::Shift, id: 0 });
        for (at, vessel) in self.coming.iter().enumerate() {
            self.agenda.push(Due { at_s: vessel.arrive_s, kind: YardDue::Vessel, id: at as u32 });
        }
        for (id, machine) in self.machines.iter().enumerate() {
            match machine.role {
                Role::Carrier => self.idle.insert(id as u16),
                Role::Handler(zone) => self.zones[usize::from(zone)].free.insert(id as u16),
            };
        }
    }
}

/// Of what comes off vessels, and of what goes on, the shares that go by rail.
fn rail_shares(volumes: &VolumesSpec) -> (f64, f64) {
    let loaded = volumes.export_share + volumes.empty_share;
    let by_rail = volumes.export_share * (1.0 - volumes.export_truck_share)
        + volumes.empty_share * (1.0 - volumes.empty_truck_share);
    (1.0 - volumes.import_truck_share, if loaded > 0.0 { by_rail / loaded } else { 0.0 })
}
