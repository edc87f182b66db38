//! Trucks: what they are and what happens to them. Only this room writes it.

use super::spec::{FleetSpec, TruckModelSpec};
use crate::freight::state::Haul;
use crate::kernel::agenda::{Agenda, Due, due_kinds};
use crate::kernel::ids::{FleetId, SiteId, TruckId};
use crate::kernel::units::{Kwh, S_PER_H};
use crate::vehicle::battery::Curve;
use crate::vehicle::on_board::OnBoard;
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
pub struct TruckModels(Vec<TruckModel>);

impl TruckModels {
    /// In the order of their keys.
    #[must_use]
    pub fn new(models: Vec<TruckModel>) -> Self {
        Self(models)
    }

    /// Key of a truck's model in the scenario.
    #[must_use]
    pub fn key(&self, truck: &Truck) -> &str {
        &self.0[truck.model as usize].key
    }

    /// What the user wrote of the model of a truck.
    #[must_use]
    pub fn spec(&self, truck: &Truck) -> &TruckModelSpec {
        &self.0[truck.model as usize].spec
    }
}

/// A fleet, as it stays for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub struct Fleet {
    /// Its id.
    pub id: FleetId,
    /// Key in the scenario.
    pub key: String,
    /// What the user wrote.
    pub spec: FleetSpec,
    /// Its trucks that work at all: how many.
    pub active: u32,
}

impl Fleet {
    /// Time that a truck with an empty battery or tank loses to the tow, seconds.
    #[must_use]
    pub fn tow_s(&self) -> u32 {
        (self.spec.tow_h * S_PER_H).round() as u32
    }
}

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

/// What a truck has on board.
#[derive(Component, Debug)]
pub struct TruckEnergy(pub(super) OnBoard);

impl TruckEnergy {
    /// What it has on board, for tests that break a run on purpose.
    #[cfg(test)]
    pub(crate) fn tampered(&mut self) -> &mut OnBoard {
        &mut self.0
    }

    /// What it has on board.
    #[must_use]
    pub fn on_board(&self) -> &OnBoard {
        &self.0
    }
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
}

due_kinds! {
    /// What is due for trucks; at the same second in this order. The id is always the truck's.
    pub enum DueKind {
        /// The present phase ends.
        Next,
        /// The shift ends.
        ShiftEnd,
        /// The shift starts.
        ShiftStart,
    }
}

/// What is due for trucks. One agenda for all of them: it is the order of everything that happens.
#[derive(Resource, Debug, Default)]
pub struct TruckAgenda(pub(super) Agenda<DueKind>);

impl TruckAgenda {
    /// Something is due for a truck.
    pub(super) fn push(&mut self, at_s: u32, kind: DueKind, truck: TruckId) {
        self.0.push(Due { at_s, kind, id: truck.0 });
    }

    /// How many due things have been handled.
    #[must_use]
    pub fn handled(&self) -> u64 {
        self.0.handled()
    }
}

/// Trucks that wait for a decision; may name trucks that no longer do.
#[derive(Resource, Debug, Default)]
pub struct AwaitingOrders(pub(super) Vec<TruckId>);

/// Hauls that trucks have finished: the audit holds their rows against it.
#[derive(Resource, Debug, Default)]
pub struct CompletedHauls(pub(super) u64);

impl CompletedHauls {
    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0
    }
}

/// Hydrogen that trucks on their way to each site will ask for, kg.
#[derive(Resource, Debug, Default)]
pub struct FuelComing(Vec<f64>);

impl FuelComing {
    /// For so many sites.
    #[must_use]
    pub fn new(sites: usize) -> Self {
        Self(vec![0.0; sites])
    }

    /// On the way to a site, kg.
    #[must_use]
    pub fn kg(&self, site: SiteId) -> f64 {
        self.0[site.index()]
    }

    /// A truck sets out, or (negative) arrives.
    pub(super) fn add(&mut self, site: SiteId, kg: f64) {
        self.0[site.index()] += kg;
    }
}

/// What the trucks of a fleet did in a day.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq)]
pub struct FleetDay {
    /// Driven, km.
    pub(super) km: f64,
    /// Of it without a container.
    pub(super) empty_km: f64,
    /// Fuel used, US gallons.
    pub(super) diesel_gal: f64,
    /// Battery energy used, kWh.
    pub(super) battery_kwh: f64,
    /// Hydrogen used, kg.
    pub(super) hydrogen_kg: f64,
    /// Nitrogen oxides, g.
    pub(super) nox_g: f64,
    /// Exhaust particles, g.
    pub(super) pm25_g: f64,
    /// Hauls finished.
    pub(super) hauls: u32,
    /// Time in gate queues, hours.
    pub(super) gate_queue_h: f64,
    /// Time at places with the systems on, hours: queues, gates, docks.
    pub(super) idling_h: f64,
    /// Trips that ended with an empty battery.
    pub(super) stranded: u32,
}

/// km of a class of [`ShiftKm`].
pub const SHIFT_CLASS_KM: f64 = 20.0;
/// Classes of [`ShiftKm`]; the last holds all longer shifts.
const SHIFT_CLASSES: usize = 60;

/// How far the trucks of a fleet drive in a shift: how many shifts, by classes of [`SHIFT_CLASS_KM`].
#[derive(Component, Debug)]
pub struct ShiftKm(Vec<u32>);

impl Default for ShiftKm {
    fn default() -> Self {
        Self(vec![0; SHIFT_CLASSES])
    }
}

impl ShiftKm {
    /// Shifts by class.
    #[must_use]
    pub fn shifts(&self) -> &[u32] {
        &self.0
    }

    /// One shift is over.
    pub(super) fn add(&mut self, km: f64) {
        let class = (km / SHIFT_CLASS_KM) as usize;
        self.0[class.min(SHIFT_CLASSES - 1)] += 1;
    }
}

/// Battery energy that an active truck of a fleet used on the fleet's last day with work; none before the first.
#[derive(Component, Debug, Default)]
pub struct DutyUse(pub(super) Option<Kwh>);
