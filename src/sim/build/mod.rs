//! From a checked scenario to a world. Names become ids here and nowhere else.

mod charging;
mod grid;

use super::policies;
use super::rooms::ROOMS;
use super::run::{Options, RunError};
use crate::charging::battery::{Battery, Curve};
use crate::charging::systems::VisitList;
use crate::freight::demand::{Demand, draw_luck};
use crate::freight::state::{Berths, Board, Haul};
use crate::freight::systems::Freight;
use crate::grid::state::{Site, Sites};
use crate::hydrogen;
use crate::hydrogen::state::FuelTank;
use crate::kernel::calendar::DAY_S;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{FleetId, PoolId, Roster, SiteId, TruckId, UnitId};
use crate::kernel::profile::WeekProfile;
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::kernel::units::Kwh;
use crate::policy::{ChargingPolicySlot, DispatchPolicySlot, Fault, HydrogenPolicySlot, PolicyCalls};
use crate::record::Records;
use crate::record::names::Names;
use crate::record::rows::{CallRow, EquipmentRow, FuelRow, HaulRow, NodeRow, PowerRow, SessionRow, StandingRow};
use crate::scenario::Scenario;
use crate::scenario::check::parse_window;
use crate::scenario::load::Loaded;
use crate::scenario::visits::{Stay, Visit, first_letters};
use crate::terminal::spec::LaborSpec;
use crate::terminal::state::{
    Care, CraneLoad, EquipmentModel, EquipmentModels, Gates, Labor, Pool, PoolHour, Pools, Unit, UnitState,
};
use crate::truck::spec::BatterySpec;
use crate::truck::standing::Standing;
use crate::truck::state::{
    Duty, DutyUse, Fleet, FleetDay, FleetDays, Fleets, Roads, ShiftKm, Store, Truck, TruckModel, TruckModels,
};
use crate::truck::travel::{Travel, Weather};
use bevy_ecs::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A fuel-cell vehicle starts the run with a level drawn evenly between these.
const FIRST_LEVEL: (f64, f64) = (0.35, 1.0);

/// A world ready to run, and the names of its ids.
pub(super) fn world(loaded: &Loaded, options: &Options) -> Result<(World, Names), RunError> {
    let scenario = &loaded.scenario;
    let mut world = World::new();
    let sites = sites(scenario);
    let seed = Seed { seed: options.seed, replication: options.replication };
    let end_s = loaded.calendar.elapsed_s(i64::from(scenario.time.days) * DAY_S);
    let time = &scenario.time;
    world.insert_resource(Clock::new(time.tick_s, time.interval_s, time.dispatch_s, end_s as u32));
    world.insert_resource(loaded.calendar.clone());
    world.insert_resource(seed);
    world.insert_resource(DispatchPolicySlot(policies::dispatch(loaded, options)?));
    world.insert_resource(ChargingPolicySlot(policies::charging(loaded, options)?));
    world.insert_resource(HydrogenPolicySlot(policies::hydrogen(loaded, options)?));
    world.init_resource::<Fault>();
    world.init_resource::<PolicyCalls>();
    records(&mut world);
    let travel = scenario.travel.as_ref().map(|spec| Travel::new(spec, &sites, &loaded.matrix));
    world.insert_resource(travel.unwrap_or_default());
    world.insert_resource(scenario.weather.as_ref().map(Weather::new).unwrap_or_default());
    let mut build = Build { loaded, scenario, options, seed, sites, world, hydrogen_on_board_kg: 0.0 };
    let ports = build.chargers();
    build.trucks();
    build.terminals();
    build.freight();
    let visits = build.visits();
    build.hydrogen();
    for room in &ROOMS {
        (room.add)(&mut build.world, loaded, &build.sites);
    }
    let Build { mut world, sites, .. } = build;
    let names = Names {
        sites: sites.0.iter().map(|site| site.key.clone()).collect(),
        fleets: scenario.fleet.keys().cloned().collect(),
        nodes: scenario.node.keys().cloned().collect(),
        visits,
        ports,
        stations: scenario.hydrogen.keys().cloned().collect(),
        hubs: scenario.hydrogen_hub.keys().cloned().collect(),
        calendar: loaded.calendar.clone(),
    };
    world.insert_resource(sites);
    Ok((world, names))
}

fn records(world: &mut World) {
    world.init_resource::<Records<SessionRow>>();
    world.init_resource::<Records<PowerRow>>();
    world.init_resource::<Records<NodeRow>>();
    world.init_resource::<Records<HaulRow>>();
    world.init_resource::<Records<EquipmentRow>>();
    world.init_resource::<Records<FuelRow>>();
    world.init_resource::<Records<StandingRow>>();
    world.init_resource::<Records<CallRow>>();
}

fn sites(scenario: &Scenario) -> Sites {
    let site = |(key, spec): (&String, &_)| Site { key: key.clone(), spec: Clone::clone(spec) };
    Sites(scenario.site.iter().map(site).collect())
}

fn curve(spec: Option<&BatterySpec>) -> Option<Curve> {
    spec.map(|battery| Curve::new(Kwh(battery.usable_kwh), &battery.accepts_kw))
}

/// Hours of the week that are worked.
fn labor(spec: &LaborSpec) -> Option<WeekProfile> {
    let mut weights = [0.0; 168];
    for day in 0..7_usize {
        let spans = match day {
            5 => &spec.saturday,
            6 => &spec.sunday,
            _ => &spec.weekday,
        };
        for (from, to) in spans.iter().filter_map(|span| parse_window(span)) {
            let (from, mut to) = (from as usize / 3600, to as usize / 3600);
            if to <= from {
                to += 24;
            }
            for hour in from..to {
                weights[(day * 24 + hour) % 168] = 1.0;
            }
        }
    }
    WeekProfile::new(&weights)
}

struct Build<'a> {
    loaded: &'a Loaded,
    scenario: &'a Scenario,
    options: &'a Options,
    seed: Seed,
    sites: Sites,
    world: World,
    hydrogen_on_board_kg: f64,
}

impl Build<'_> {
    fn site(&self, key: &str) -> SiteId {
        self.sites.find(key).expect("the check found every site")
    }

    fn fleet(&self, key: &str) -> Option<FleetId> {
        self.scenario.fleet.keys().position(|name| name == key).map(FleetId::at)
    }

    fn equipment_model(&self, key: &str) -> Option<u32> {
        self.scenario.equipment_model.keys().position(|name| name == key).map(|at| at as u32)
    }

    /// Spawns in id order, or backwards to prove that the order does not matter.
    fn spawn<B: Bundle<Effect: bevy_ecs::bundle::NoBundleEffect>, K: Send + Sync + 'static>(
        &mut self,
        mut bundles: Vec<B>,
    ) {
        let mut order: Vec<usize> = (0..bundles.len()).collect();
        if self.options.reverse_spawn {
            bundles.reverse();
            order.reverse();
        }
        let pairs = order.into_iter().zip(self.world.spawn_batch(bundles)).collect();
        self.world.insert_resource(Roster::<K>::new(pairs));
    }

    fn trucks(&mut self) {
        let models: Vec<TruckModel> = self
            .scenario
            .truck_model
            .iter()
            .map(|(key, spec)| TruckModel { key: key.clone(), spec: spec.clone(), curve: curve(spec.battery.as_ref()) })
            .collect();
        let mut fleets = Vec::new();
        let mut bundles = Vec::new();
        for (at, (key, spec)) in self.scenario.fleet.iter().enumerate() {
            let total: u32 = spec.trucks.values().map(|count| count.0).sum();
            let active = (f64::from(total) * spec.active_share).round() as u32;
            fleets.push(Fleet { key: key.clone(), spec: spec.clone(), active });
            let home = spec.home.as_deref().map(|home| self.site(home));
            let starts: Vec<SiteId> = spec.start_at.iter().map(|site| self.site(site)).collect();
            let shares: Vec<f64> = spec.shift.iter().map(|shift| shift.share).collect();
            for (number, model) in spread(&spec.trucks, total).into_iter().enumerate() {
                let number = number as u32;
                let model_at =
                    models.iter().position(|known| known.key == *model).expect("the check found every model");
                let (shift, within) = pick_shift(number, active.max(1), &shares);
                // The golden ratio spreads starts evenly whatever the number of trucks.
                let start_after_s = ((within + f64::from(number) * 0.618_033_988_749_895).fract()
                    * spec.shift[shift].spread_h
                    * 3600.0) as u32;
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
                let store = match (&models[model_at].curve, &models[model_at].spec.tank) {
                    (Some(curve), _) => Store::Aboard(Battery::at_soc(curve.clone(), self.first_soc(key, number))),
                    (None, Some(tank)) => Store::Hydrogen(self.first_fuel(tank.usable_kg, key, number)),
                    (None, None) => Store::Tank,
                };
                bundles.push((truck, Duty::parked(site), store));
            }
        }
        self.world.insert_resource(TruckModels(models));
        self.world.insert_resource(ShiftKm::new(fleets.len()));
        self.world.init_resource::<Standing>();
        self.world.insert_resource(FleetDays(vec![FleetDay::default(); fleets.len()]));
        self.world.insert_resource(DutyUse(vec![None; fleets.len()]));
        self.world.insert_resource(Fleets(fleets));
        self.world.insert_resource(Roads::new(self.sites.0.len()));
        self.spawn::<_, Truck>(bundles);
    }

    fn first_soc(&self, key: &str, number: u32) -> f64 {
        let (lowest, highest) = self.loaded.first_soc;
        let draw = self.seed.stream(Purpose::FirstCharge, key_of(key), number).uniform();
        lowest + (highest - lowest) * draw
    }

    /// Tanks start anywhere above a third: a truck fuels when it has to, not every night.
    fn first_fuel(&mut self, usable_kg: f64, key: &str, number: u32) -> FuelTank {
        let draw = self.seed.stream(Purpose::FirstFuel, key_of(key), number).uniform();
        let tank = FuelTank::at_level(usable_kg, FIRST_LEVEL.0 + (FIRST_LEVEL.1 - FIRST_LEVEL.0) * draw);
        self.hydrogen_on_board_kg += tank.kg();
        tank
    }

    fn hydrogen(&mut self) {
        let on_board_kg = self.hydrogen_on_board_kg;
        hydrogen::build::add(&mut self.world, self.loaded, &self.sites, self.seed, on_board_kg);
    }

    fn terminals(&mut self) {
        let models: Vec<EquipmentModel> = self
            .scenario
            .equipment_model
            .iter()
            .map(|(key, spec)| EquipmentModel {
                key: key.clone(),
                spec: spec.clone(),
                curve: curve(spec.battery.as_ref()),
            })
            .collect();
        let gates = self.sites.0.iter().map(|site| self.scenario.terminal.get(&site.key).cloned()).collect();
        let mut pools: Vec<Pool> = Vec::new();
        let mut bundles = Vec::new();
        for (key, terminal) in &self.scenario.terminal {
            let site = self.site(key);
            for (class, work) in &self.scenario.work {
                let mut units = Vec::new();
                let pool = PoolId::at(pools.len());
                for (model_at, model) in models.iter().enumerate().filter(|(_, model)| model.spec.class == *class) {
                    for number in 0..terminal.equipment.get(&model.key).map_or(0, |count| count.0) {
                        let id = UnitId::at(bundles.len());
                        units.push(id);
                        let name = format!("{key}/{}", model.key);
                        let state = match (&model.curve, &model.spec.tank) {
                            (Some(curve), _) => {
                                let soc = self.first_soc(&name, number);
                                UnitState::Ready(Battery::at_soc(curve.clone(), soc))
                            }
                            (None, Some(tank)) => UnitState::Hydrogen(self.first_fuel(tank.usable_kg, &name, number)),
                            (None, None) => UnitState::Fueled,
                        };
                        bundles.push((Unit { id, pool, model: model_at as u32 }, state));
                    }
                }
                if !units.is_empty() {
                    pools.push(Pool {
                        site,
                        class: class.clone(),
                        work: work.clone(),
                        units,
                        backlog_h: 0.0,
                        gate_moves_seen: 0,
                        crane_kwh: 0.0,
                        hour: PoolHour::default(),
                    });
                }
            }
        }
        self.world.insert_resource(Gates::new(gates));
        self.world.insert_resource(EquipmentModels(models));
        self.world.insert_resource(Pools(pools));
        self.world.init_resource::<Care>();
        self.world.insert_resource(CraneLoad { kw: vec![0.0; self.sites.0.len()] });
        self.world.insert_resource(Labor(self.scenario.labor.as_ref().and_then(labor)));
        self.spawn::<_, Unit>(bundles);
    }

    fn freight(&mut self) {
        let sites = self.sites.0.len();
        let mut freight = Freight { shore_kw: vec![0.0; sites], ..Freight::default() };
        for (key, terminal) in &self.scenario.terminal {
            freight.shore_kw[self.site(key).index()] = terminal.shore_kw;
        }
        if let Some(spec) = &self.scenario.freight {
            freight.known_before_s = (spec.known_before_h * 3600.0) as u32;
            freight.cancel_after_s = (spec.cancel_after_h * 3600.0) as u32;
            let labor = self.world.resource::<Labor>().0.clone();
            let energy_cv = self.scenario.travel.as_ref().map_or(0.0, |travel| travel.energy_cv);
            if let (Some(volumes), Some(labor)) = (&spec.volumes, labor) {
                let terminals = &self.scenario.terminal;
                freight.demand =
                    Demand::new(self.seed, volumes, labor, &self.sites, terminals, spec.due_after_h, energy_cv);
                self.calls(&mut freight);
            }
            for haul in self.listed_hauls(energy_cv) {
                let day = self.loaded.calendar.day(i64::from(haul.ready_s));
                freight.by_day.entry(day).or_default().push(haul);
            }
        }
        self.world.insert_resource(freight);
        self.world.init_resource::<Board>();
        let zero = vec![0.0; sites];
        self.world.insert_resource(Berths { vessel_lifts: zero.clone(), rail_lifts: zero.clone(), shore_kw: zero });
    }

    fn calls(&self, freight: &mut Freight) {
        let Some(demand) = &freight.demand else {
            return;
        };
        let (after, before) = demand.reach_days();
        let calendar = &self.loaded.calendar;
        let end_s = i64::from(self.scenario.time.days) * DAY_S;
        for (key, terminal) in &self.scenario.terminal {
            let site = self.site(key);
            freight.calls.extend(demand.calls(key, site, terminal, calendar, -before * DAY_S, end_s + after * DAY_S));
        }
        freight.calls.sort_by_key(|call| (call.berth_s, call.site, call.index));
        for (id, call) in freight.calls.iter_mut().enumerate() {
            call.id = id as u32;
        }
    }

    fn listed_hauls(&self, energy_cv: f64) -> Vec<Haul> {
        let end_s = i64::from(self.scenario.time.days) * DAY_S;
        let listed = self.loaded.hauls.iter().flatten().enumerate();
        let inside = listed.filter(|(_, row)| row.ready_s >= 0 && row.ready_s < end_s);
        inside
            .map(|(at, row)| {
                let (origin, destination) = (self.site(&row.origin), self.site(&row.destination));
                let turn_cv = [&row.origin, &row.destination]
                    .iter()
                    .find_map(|key| self.scenario.terminal.get(key.as_str()))
                    .map_or(0.0, |terminal| terminal.turn_cv);
                let mut stream = self.seed.stream(Purpose::ListedHauls, 0, at as u32);
                Haul {
                    id: 0,
                    origin,
                    destination,
                    ready_s: row.ready_s as u32,
                    due_s: row.due_s as u32,
                    loaded: row.loaded,
                    fleet: row.fleet.as_deref().and_then(|fleet| self.fleet(fleet)),
                    luck: draw_luck(&mut stream, turn_cv, energy_cv),
                }
            })
            .collect()
    }

    /// Visits in the order of their arrival. Returns the names of their sessions.
    fn visits(&mut self) -> Vec<Arc<str>> {
        // Vehicles of different files are different vehicles.
        let (mut order, mut first) = (Vec::new(), 0);
        for (key, spec) in &self.scenario.visits {
            let (site, visits) = (self.site(&spec.site), &self.loaded.visits[key]);
            order.extend(visits.list.iter().map(|visit| Coming { site, first, visit }));
            first += visits.vehicles.len() as u32;
        }
        let visits = in_order_of_arrival(&mut order);
        self.world.insert_resource(VisitList { visits, is_pinned: self.loaded.pin_visits, next: 0 });
        order.into_iter().map(|coming| Arc::clone(&coming.visit.session)).collect()
    }
}

/// A visit of a list, its site, and the number of its list's first vehicle.
#[derive(Clone, Copy)]
struct Coming<'a> {
    site: SiteId,
    first: u32,
    visit: &'a Visit,
}

/// Sorts visits by arrival, site and name, and lists them.
fn in_order_of_arrival(order: &mut Vec<Coming<'_>>) -> Vec<(SiteId, Stay)> {
    // Many come at the same second: the first letters of their names are at hand, the names themselves are not.
    let entry = |(at, Coming { site, visit, .. }): (u32, &Coming<'_>)| {
        let when = u64::from(visit.stay.arrive_s) << 32 | u64::from(site.0);
        (u128::from(when) << 64 | u128::from(first_letters(&visit.session)), at)
    };
    let mut keys: Vec<(u128, u32)> = (0..).zip(&*order).map(entry).collect();
    keys.sort_unstable();
    for alike in keys.chunk_by_mut(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        alike.sort_by_key(|(_, at)| &order[*at as usize].visit.session);
    }
    *order = keys.into_iter().map(|(_, at)| order[at as usize]).collect();
    let placed = |Coming { site, first, visit }: &Coming<'_>| {
        (*site, Stay { vehicle: visit.stay.vehicle + first, ..visit.stay })
    };
    order.iter().map(placed).collect()
}

/// Models in an order that mixes them evenly, so that any first part of a fleet has each model's share.
fn spread(trucks: &BTreeMap<String, crate::truck::spec::Count>, total: u32) -> Vec<&String> {
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
