//! Trucks: what they are and what happens to them. Only this room writes it.

use super::spec::{FleetSpec, TruckModelSpec};
use crate::freight::state::Haul;
use crate::kernel::agenda::Agenda;
use crate::kernel::ids::{FleetId, SiteId, TruckId};
use crate::kernel::units::Kwh;
use crate::vehicle::battery::{Battery, Curve};
use crate::vehicle::tank::FuelTank;
use bevy_ecs::prelude::{Component, Resource};

/// A truck model as the scenario says it, with its curve.
#[derive(Debug, Clone)]
pub struct TruckModel {
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: TruckModelSpec,
    /// What its battery accepts.
    pub curve: Option<Curve>,
}

/// All truck models, in the order of their keys.
#[derive(Resource, Debug, Default)]
pub struct TruckModels(pub Vec<TruckModel>);

/// A fleet as the scenario says it.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: FleetSpec,
    /// Its trucks that work at all: how many.
    pub active: u32,
}

/// All fleets, in the order of their keys.
#[derive(Resource, Debug, Default)]
pub struct Fleets(pub Vec<Fleet>);

/// A truck. What it is never changes.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub struct Truck {
    /// Its id.
    pub id: TruckId,
    /// Its fleet.
    pub fleet: FleetId,
    /// Position of its model.
    pub model: u32,
    /// Its home, if any.
    pub home: Option<SiteId>,
    /// Its number in the fleet, for chance.
    pub number: u32,
    /// Position of its shift in the fleet's list.
    pub shift: u32,
    /// Its start after the shift's first start, seconds.
    pub start_after_s: u32,
}

/// Energy on board.
#[derive(Component, Debug)]
pub enum Store {
    /// A fuel tank, refilled off the clock.
    Tank,
    /// A battery on board.
    Aboard(Battery),
    /// A hydrogen tank on board.
    Hydrogen(FuelTank),
    /// The battery or the tank is with the port or station, or its queue.
    AtPort,
}

/// What a truck does now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Phase {
    /// Off duty, standing.
    Parked,
    /// On duty, without work.
    Idle,
    /// Drives without a container to the origin of a haul.
    ToOrigin(Haul),
    /// Queues, enters, is loaded at the origin.
    AtOrigin(Haul),
    /// Drives with the container.
    Laden(Haul),
    /// Queues, enters, is unloaded at the destination.
    AtDestination(Haul),
    /// Drives to charge or to fuel, up to a state of charge or level.
    ToCharger(f64),
    /// Waits for a port or a position, charges or fuels.
    Charging,
    /// Drives home.
    Homeward,
}

/// The state of a truck's day.
#[derive(Component, Debug)]
pub struct Duty {
    pub(super) phase: Phase,
    pub(super) site: SiteId,
    /// Between the gates of a terminal, free to take a second container.
    pub(super) inside: bool,
    pub(super) on_duty: bool,
    pub(super) shift_end_s: u32,
    pub(super) next_shift_s: Option<u32>,
    pub(super) driving_left_s: u32,
    /// Driven since the last shift ended.
    pub(super) shift_km: f64,
    /// What the haul has met so far.
    pub(super) trip: Trip,
}

/// What a haul meets on its way; becomes its row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Trip {
    /// The truck was ordered at.
    pub assigned_s: u32,
    /// Reached the origin.
    pub at_origin_s: u32,
    /// Left the origin.
    pub left_origin_s: u32,
    /// Reached the destination.
    pub at_destination_s: u32,
    /// Waited for gates.
    pub gate_queue_s: u32,
    /// Driven without a container.
    pub empty_km: f64,
    /// Driven with it.
    pub laden_km: f64,
}

impl Duty {
    /// A truck that stands off duty.
    #[must_use]
    pub fn parked(site: SiteId) -> Self {
        Self {
            phase: Phase::Parked,
            site,
            inside: false,
            on_duty: false,
            shift_end_s: 0,
            next_shift_s: None,
            driving_left_s: 0,
            shift_km: 0.0,
            trip: Trip::default(),
        }
    }

    /// What it does.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Where it stands, or came from.
    #[must_use]
    pub fn site(&self) -> SiteId {
        self.site
    }
}

/// This room's agenda, and who waits for a decision.
#[derive(Resource, Debug, Default)]
pub struct Roads {
    /// Ends of phases, starts and ends of shifts.
    pub agenda: Agenda,
    /// Trucks that wait for a decision; may name trucks that no longer do.
    pub waiting: Vec<TruckId>,
    /// Hauls finished.
    pub completed: u64,
    /// Of them after they were due.
    pub late: u64,
    /// Trips that ended with an empty battery.
    pub stranded: u64,
    /// Hydrogen that trucks on their way to each site will ask for, kg.
    pub fuel_coming_kg: Vec<f64>,
}

impl Roads {
    /// For so many sites.
    #[must_use]
    pub fn new(sites: usize) -> Self {
        Self { fuel_coming_kg: vec![0.0; sites], ..Self::default() }
    }
}

/// What the trucks of a fleet did in a day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FleetDay {
    /// Driven, km.
    pub km: f64,
    /// Of it without a container.
    pub empty_km: f64,
    /// Fuel used, US gallons.
    pub diesel_gal: f64,
    /// Battery energy used, kWh.
    pub battery_kwh: f64,
    /// Hydrogen used, kg.
    pub hydrogen_kg: f64,
    /// Nitrogen oxides, g.
    pub nox_g: f64,
    /// Exhaust particles, g.
    pub pm25_g: f64,
    /// Hauls finished.
    pub hauls: u32,
    /// Time in gate queues, hours.
    pub gate_queue_h: f64,
    /// Time at places with the systems on, hours: queues, gates, docks.
    pub idling_h: f64,
    /// Trips that ended with an empty battery.
    pub stranded: u32,
}

/// km of a class of [`ShiftKm`].
pub const SHIFT_CLASS_KM: f64 = 20.0;
/// Classes of [`ShiftKm`]; the last holds all longer shifts.
const SHIFT_CLASSES: usize = 60;

/// How far the trucks of each fleet drive in a shift: how many shifts, by classes of [`SHIFT_CLASS_KM`].
#[derive(Resource, Debug, Default)]
pub struct ShiftKm(pub Vec<Vec<u32>>);

impl ShiftKm {
    /// No shifts of so many fleets.
    #[must_use]
    pub fn new(fleets: usize) -> Self {
        Self(vec![vec![0; SHIFT_CLASSES]; fleets])
    }

    /// One shift is over.
    pub fn add(&mut self, fleet: usize, km: f64) {
        let class = (km / SHIFT_CLASS_KM) as usize;
        self.0[fleet][class.min(SHIFT_CLASSES - 1)] += 1;
    }
}

/// Battery energy that an active truck of each fleet used on the fleet's last day with work; none before the first.
#[derive(Resource, Debug, Default)]
pub struct DutyUse(pub Vec<Option<Kwh>>);

/// The day of each fleet that runs.
#[derive(Resource, Debug, Default)]
pub struct FleetDays(pub Vec<FleetDay>);
