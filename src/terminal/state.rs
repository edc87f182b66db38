//! Gates and equipment: what changes at a terminal. Only this room writes it (trucks pass through [`Gates`]).

use super::rules::pass_gate;
use super::spec::{EquipmentModelSpec, TerminalSpec, WorkSpec};
use crate::kernel::ids::{PoolId, SiteId, UnitId};
use crate::vehicle::battery::{Battery, Curve};
use crate::vehicle::tank::FuelTank;
use bevy_ecs::prelude::{Component, Resource};

/// The gates of all sites; sites that are no terminal have none.
#[derive(Resource, Debug, Default)]
pub struct Gates {
    terminals: Vec<Option<Terminal>>,
}

/// One terminal as trucks see it.
#[derive(Debug)]
struct Terminal {
    spec: TerminalSpec,
    lane_free_s: Vec<u32>,
    /// Containers through the gates since the start.
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

impl Gates {
    /// Gates for each site that is a terminal.
    #[must_use]
    pub fn new(specs: Vec<Option<TerminalSpec>>) -> Self {
        let terminal = |spec: TerminalSpec| {
            let lane_free_s = vec![0; spec.gate_lanes as usize];
            Terminal { spec, lane_free_s, moves: 0, delay_s: 0 }
        };
        Self { terminals: specs.into_iter().map(|spec| spec.map(terminal)).collect() }
    }

    /// Is this site a terminal?
    #[must_use]
    pub fn is_terminal(&self, site: SiteId) -> bool {
        self.terminals[site.index()].is_some()
    }

    /// A truck comes for one container. `gate` and `turn` are its times over their means; `is_inside` when it is
    /// already between the gates and stays for a second container.
    pub fn visit(&mut self, site: SiteId, at_s: u32, gate: f32, turn: f32, is_inside: bool) -> Stay {
        let Some(terminal) = &mut self.terminals[site.index()] else {
            return Stay { queue_s: 0, total_s: 0 };
        };
        terminal.moves += 1;
        let seconds = |minutes: f64, factor: f32| (minutes * 60.0 * f64::from(factor)).round() as u32;
        if is_inside {
            let total_s = seconds(terminal.spec.second_move_min, turn) + terminal.delay_s;
            return Stay { queue_s: 0, total_s };
        }
        let service_s = seconds(terminal.spec.gate_min, gate);
        let (begin_s, through_s) = pass_gate(&mut terminal.lane_free_s, at_s, service_s);
        let total_s = through_s - at_s + seconds(terminal.spec.turn_min, turn) + terminal.delay_s;
        Stay { queue_s: begin_s - at_s, total_s }
    }

    /// Mean time for one container without queues, seconds.
    #[must_use]
    pub fn mean_stay_s(&self, site: SiteId) -> Option<u32> {
        let spec = &self.terminals[site.index()].as_ref()?.spec;
        Some(((spec.gate_min + spec.turn_min) * 60.0) as u32)
    }

    /// Containers through the gates since the start.
    #[must_use]
    pub fn moves(&self, site: SiteId) -> u64 {
        self.terminals[site.index()].as_ref().map_or(0, |terminal| terminal.moves)
    }

    /// Sets the time that trucks lose because work was left undone.
    pub(super) fn set_delay(&mut self, site: SiteId, delay_s: u32) {
        if let Some(terminal) = &mut self.terminals[site.index()] {
            terminal.delay_s = delay_s;
        }
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
pub struct EquipmentModels(pub Vec<EquipmentModel>);

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

/// What a unit is doing.
#[derive(Component, Debug)]
pub enum UnitState {
    /// Works or could work; no battery.
    Fueled,
    /// Works or could work.
    Ready(Battery),
    /// Works or could work, on hydrogen.
    Hydrogen(FuelTank),
    /// Waits for a port or charges (or fuels): the port (or station) has its battery (or tank).
    Away,
}

/// All units of one class at one terminal.
#[derive(Debug)]
pub struct Pool {
    /// The terminal.
    pub site: SiteId,
    /// The class: key of `[work]`.
    pub class: String,
    /// What lifts and gate moves ask of it.
    pub work: WorkSpec,
    /// Its units, in id order.
    pub units: Vec<UnitId>,
    /// Unit-hours asked for and not done.
    pub backlog_h: f64,
    /// Gate moves already turned into work.
    pub gate_moves_seen: u64,
    /// Energy of grid-connected units in the interval that runs, kWh.
    pub crane_kwh: f64,
    /// The hour that runs.
    pub hour: PoolHour,
}

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

/// All pools, by terminal and class.
#[derive(Resource, Debug, Default)]
pub struct Pools(pub Vec<Pool>);

/// A unit that runs low and hands its battery over to whoever looks after its model.
#[derive(Debug)]
pub struct Handover {
    /// Exact time.
    pub at_s: u32,
    /// Where.
    pub site: SiteId,
    /// Who.
    pub unit: UnitId,
    /// Its battery.
    pub battery: Battery,
}

/// Units that do not go to ports themselves. Another room (a swap yard, say) says at which site it looks after which model, and
/// takes the units over that run low; the terminal does not know what becomes of them until their batteries come back.
#[derive(Resource, Debug, Default)]
pub struct ServiceRoutes {
    of: Vec<(SiteId, u32)>,
    coming: Vec<Handover>,
}

impl ServiceRoutes {
    /// From now on units of a model are handed over at a site.
    pub fn route(&mut self, site: SiteId, model: u32) {
        self.of.push((site, model));
    }

    /// Does another room look after this model at this site?
    #[must_use]
    pub fn has(&self, site: SiteId, model: u32) -> bool {
        self.of.contains(&(site, model))
    }

    /// A unit comes.
    pub(super) fn delegate(&mut self, handover: Handover) {
        self.coming.push(handover);
    }

    /// Those who came and belong to the caller, in the order of their time and id.
    pub fn take(&mut self, is_own: impl Fn(SiteId, UnitId) -> bool) -> Vec<Handover> {
        let mut own: Vec<Handover> = self.coming.extract_if(.., |unit| is_own(unit.site, unit.unit)).collect();
        own.sort_by_key(|unit| (unit.at_s, unit.unit));
        own
    }

    /// Energy in the batteries of those who are on their way.
    #[must_use]
    pub fn stored_kwh(&self) -> f64 {
        self.coming.iter().map(|unit| unit.battery.energy().0).sum()
    }
}
