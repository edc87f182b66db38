//! Gates and equipment: what changes at a terminal. Only this room writes it.

use super::rules::pass_gate;
use super::spec::{EquipmentModelSpec, TerminalSpec, WorkSpec};
use crate::kernel::ids::{NodeId, PoolId, SiteId, TerminalId, TruckId, UnitId};
use crate::kernel::sums::{Accumulate, sums};
use crate::vehicle::battery::{Battery, Curve};
use crate::vehicle::on_board::OnBoard;
use bevy_ecs::prelude::{Component, Resource};
use std::ops::Range;

/// A container terminal, as it stays for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub struct Terminal {
    /// Its id.
    pub id: TerminalId,
    /// Its site.
    pub site: SiteId,
    /// What the user wrote.
    pub spec: TerminalSpec,
}

/// The truck gate of a terminal: a component of the terminal's entity, because a terminal has one gate with all its lanes.
#[derive(Component, Debug)]
pub struct Gate {
    lane_free_s: Vec<u32>,
    /// Containers through it since the start.
    moves: u64,
    /// Time that trucks lose because work was left undone; written at boundaries.
    delay_s: u32,
}

/// How long one container keeps a truck at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Waiting for a lane.
    pub queue_s: u32,
    /// From arrival to departure.
    pub total_s: u32,
}

impl Gate {
    /// A gate with so many lanes.
    #[must_use]
    pub fn new(lanes: u32) -> Self {
        Self { lane_free_s: vec![0; lanes as usize], moves: 0, delay_s: 0 }
    }

    /// A truck comes for one container. `gate` and `turn` are its times over their means; `is_inside` when it is
    /// already between the gates and stays for a second container.
    pub(super) fn visit(&mut self, spec: &TerminalSpec, at_s: u32, gate: f32, turn: f32, is_inside: bool) -> Stay {
        self.moves += 1;
        let seconds = |minutes: f64, factor: f32| (minutes * 60.0 * f64::from(factor)).round() as u32;
        if is_inside {
            let total_s = seconds(spec.second_move_min, turn) + self.delay_s;
            return Stay { queue_s: 0, total_s };
        }
        let (begin_s, through_s) = pass_gate(&mut self.lane_free_s, at_s, seconds(spec.gate_min, gate));
        let total_s = through_s - at_s + seconds(spec.turn_min, turn) + self.delay_s;
        Stay { queue_s: begin_s - at_s, total_s }
    }

    /// A truck comes whose turn the yard of a plan works out.
    pub(super) fn count(&mut self) {
        self.moves += 1;
    }

    /// Containers through it since the start.
    #[must_use]
    pub fn moves(&self) -> u64 {
        self.moves
    }

    /// Sets the time that trucks lose because work was left undone.
    pub(super) fn set_delay(&mut self, delay_s: u32) {
        self.delay_s = delay_s;
    }
}

/// A truck on its way to the gate of a terminal with a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateArrival {
    /// Exact time; it may lie ahead.
    pub at_s: u32,
    /// The terminal.
    pub terminal: TerminalId,
    /// The truck.
    pub truck: TruckId,
    /// The haul, which says where its container is.
    pub haul: u32,
    /// Its time in a lane over the mean.
    pub gate: f32,
    /// Its time at the block over the mean.
    pub turn: f32,
    /// Is it between the gates already?
    pub is_inside: bool,
}

/// A truck that leaves a terminal with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateDeparture {
    /// Exact time.
    pub at_s: u32,
    /// The truck.
    pub truck: TruckId,
    /// It waited so long for a lane.
    pub queue_s: u32,
}

/// Trucks on their way to gates of terminals with a plan. Written as trucks arrive, emptied by the yard.
#[derive(Resource, Debug, Default)]
pub struct GateArrivals(Vec<GateArrival>);

impl GateArrivals {
    /// A truck comes.
    pub(super) fn push(&mut self, arrival: GateArrival) {
        self.0.push(arrival);
    }

    /// Does none come?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order of their time and truck; none is left.
    pub(crate) fn take(&mut self) -> Vec<GateArrival> {
        let mut coming = core::mem::take(&mut self.0);
        coming.sort_by_key(|it| (it.at_s, it.truck));
        coming
    }
}

/// Trucks that left such terminals in the tick before. Written by the yard, read as trucks go on.
#[derive(Resource, Debug, Default)]
pub struct GateDepartures(Vec<GateDeparture>);

impl GateDepartures {
    /// Trucks that left.
    pub fn iter(&self) -> impl Iterator<Item = &GateDeparture> {
        self.0.iter()
    }

    /// Has none left?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A new tick begins.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Trucks leave.
    pub(crate) fn extend(&mut self, left: impl Iterator<Item = GateDeparture>) {
        self.0.extend(left);
    }
}

/// An equipment model as the scenario says it, with its curve.
#[derive(Debug, Clone)]
pub struct EquipmentModel {
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: EquipmentModelSpec,
    /// What its battery accepts.
    pub curve: Option<Curve>,
}

/// All equipment models, in the order of their keys.
#[derive(Resource, Debug, Default)]
pub struct EquipmentModels(Vec<EquipmentModel>);

impl EquipmentModels {
    /// In the order of their keys.
    #[must_use]
    pub fn new(models: Vec<EquipmentModel>) -> Self {
        Self(models)
    }

    /// The model at a position of the list.
    #[must_use]
    pub fn get(&self, position: u32) -> &EquipmentModel {
        &self.0[position as usize]
    }

    /// Position of a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<u32> {
        self.0.iter().position(|model| model.key == key).map(|at| at as u32)
    }
}

/// A piece of equipment.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its pool.
    pub pool: PoolId,
    /// Position of its model.
    pub model: u32,
}

/// What a unit has on board. A unit that is away waits for a charging port or a position, charges or fuels; any other works or
/// could work.
#[derive(Component, Debug)]
pub struct UnitEnergy(pub(super) OnBoard);

impl UnitEnergy {
    /// What it has on board.
    #[must_use]
    pub fn on_board(&self) -> &OnBoard {
        &self.0
    }

    /// The same, for the yard of a terminal with a plan, whose moves use it.
    pub(crate) fn on_board_mut(&mut self) -> &mut OnBoard {
        &mut self.0
    }
}

/// All units of one class at one terminal, as they stay for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// The terminal.
    pub terminal: TerminalId,
    /// The terminal's site.
    pub site: SiteId,
    /// The class: key of `[work]`.
    pub class: String,
    /// What lifts and gate moves ask of it.
    pub work: WorkSpec,
    /// Its units: these among all units.
    pub units: Range<usize>,
    /// The inner node that grid-connected units draw from.
    pub(crate) node: NodeId,
    /// Do they work move by move, by the plan of the terminal? Then its yard says what they do.
    pub by_moves: bool,
}

/// The work of a pool.
#[derive(Component, Debug, Default)]
pub struct PoolWork {
    /// Unit-hours asked for and not done.
    pub(super) backlog_h: f64,
    /// Gate moves already turned into work.
    pub(super) gate_moves_seen: u64,
    /// Units that are away in the interval that runs.
    pub(super) away: usize,
    /// Unit-hours of each of those at work in the interval that runs.
    pub(super) each_h: f64,
    /// Energy of grid-connected units in the interval that runs, kWh.
    pub(super) crane_kwh: f64,
    /// The hour that runs.
    pub(super) hour: PoolHour,
}

impl PoolWork {
    /// Takes what moves used since the yard last said so. What came straight from the grid is paid for with the next interval.
    pub(crate) fn use_energy(&mut self, used: PoolHour) {
        self.crane_kwh += used.grid_kwh;
        self.hour.accumulate(&PoolHour { grid_kwh: 0.0, ..used }, 1.0);
    }

    /// Takes the hours of work that were newly asked for and done, those of units present and away, and what is left of all.
    pub(crate) fn account(&mut self, newly: PoolHour, backlog_h: f64) {
        self.hour.accumulate(&newly, 1.0);
        self.backlog_h = backlog_h;
    }
}

sums! {
/// What a pool did in an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PoolHour {
    /// Unit-hours newly asked for.
    pub required_h: f64,
    /// Unit-hours done.
    pub served_h: f64,
    /// Unit-hours of units at work or ready.
    pub present_h: f64,
    /// Unit-hours of units waiting for a port or charging.
    pub away_h: f64,
    /// Fuel used, US gallons.
    pub diesel_gal: f64,
    /// Battery energy used, kWh.
    pub battery_kwh: f64,
    /// Hydrogen used, kg.
    pub hydrogen_kg: f64,
    /// Energy from the grid without a battery, kWh.
    pub grid_kwh: f64,
    /// Nitrogen oxides, g.
    pub nox_g: f64,
    /// Exhaust particles, g.
    pub pm25_g: f64,
}
}

/// A unit that runs low and is left, with its battery, to the service that its route leads to.
#[derive(Debug)]
pub struct DelegatedUnit {
    /// Exact time.
    pub at_s: u32,
    /// Site where it is left.
    pub site: SiteId,
    /// The unit.
    pub unit: UnitId,
    /// Its battery.
    pub battery: Battery,
}

/// How busy a service is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceNow {
    /// Units that it can serve at once.
    pub places: usize,
    /// Of those, the ones that could begin now.
    pub free: usize,
    /// Units that wait.
    pub waiting: usize,
    /// Time of a unit in its place, s.
    pub visit_s: f64,
}

/// Where units of a model at a site go.
#[derive(Debug)]
struct Route {
    site: SiteId,
    model: u32,
    now: ServiceNow,
}

/// Which units do not go to charging ports themselves. A service of another room (a swap yard, say) takes the route of a model
/// at a site, and then the units that run low there; the terminal does not know what becomes of them until their batteries
/// come back.
#[derive(Resource, Debug, Default)]
pub struct ServiceRoutes {
    routes: Vec<Route>,
    delegated: Vec<DelegatedUnit>,
}

impl ServiceRoutes {
    /// From now on units of a model at a site are delegated.
    pub fn route(&mut self, site: SiteId, model: u32, now: ServiceNow) {
        self.routes.push(Route { site, model, now });
    }

    /// The service of a route says how busy it is.
    pub(crate) fn tell(&mut self, site: SiteId, model: u32, now: ServiceNow) {
        if let Some(route) = self.routes.iter_mut().find(|route| (route.site, route.model) == (site, model)) {
            route.now = now;
        }
    }

    /// How busy the service is to which units of this model at this site go; none where they charge themselves.
    #[must_use]
    pub fn now(&self, site: SiteId, model: u32) -> Option<ServiceNow> {
        self.routes.iter().find(|route| (route.site, route.model) == (site, model)).map(|route| route.now)
    }

    /// Are units of this model at this site delegated?
    #[must_use]
    pub fn has(&self, site: SiteId, model: u32) -> bool {
        self.now(site, model).is_some()
    }

    /// A unit comes.
    pub(crate) fn delegate(&mut self, unit: DelegatedUnit) {
        self.delegated.push(unit);
    }

    /// Vehicles that came and belong to the caller, in the order of their time and id.
    pub fn take(&mut self, is_own: impl Fn(SiteId, UnitId) -> bool) -> Vec<DelegatedUnit> {
        let mut own: Vec<DelegatedUnit> = self.delegated.extract_if(.., |unit| is_own(unit.site, unit.unit)).collect();
        own.sort_by_key(|unit| (unit.at_s, unit.unit));
        own
    }

    /// Is no unit on its way?
    pub(crate) fn is_quiet(&self) -> bool {
        self.delegated.is_empty()
    }

    /// Energy in the batteries of those that are on their way.
    #[must_use]
    pub fn stored_kwh(&self) -> f64 {
        self.delegated.iter().map(|unit| unit.battery.energy().0).sum()
    }
}
