//! The yard of a terminal with a plan: machines, cranes, blocks, vessels, road trucks. Only this room writes it.
//!
//! A yard steps through its own events in the order of their exact time, many in one tick, so its machines, cranes, blocks and
//! vessels are columns of one component and not entities. Measured on a terminal's week (instructions by callgrind): looked up one by
//! one as entities, 29 % more; gathered into columns and scattered back each tick, 0.5 % more, but then a value has two places
//! and two writers. What has an identity outside of the yard, the unit with its battery, is the terminal's entity, and `unit` points at it.

use super::doing::Doing;
use super::hours::Hours;
use super::plan::{Place, Plan};
use super::spec::{PlanKind, ServeFirst, YardDispatchSpec};
use super::tally::YardCounts;
use super::times::{Slowdown, Times};
use crate::kernel::agenda::{Agenda, due_kinds};
use crate::kernel::ids::{SiteId, TruckId, UnitId};
use crate::kernel::random::{Seed, Stream};
use crate::vehicle::queue::WaitingLine;
use bevy_ecs::prelude::Component;
use std::collections::{BTreeSet, VecDeque};

due_kinds! {
    /// What is due in a yard.
    pub(crate) enum YardDue {
        /// A group begins to work or stops.
        Shift,
        /// A vessel arrives (id: position among the calls).
        Vessel,
        /// A unit comes back from charging (id: machine).
        Return,
        /// A crane has finished a cycle (id: crane position).
        Crane,
        /// A machine at a block has finished a container (id: machine).
        Handler,
        /// A machine reaches a place, or a carrier has lifted by itself (id: machine).
        Machine,
        /// The next phase of a road truck (id: its visit).
        Truck,
    }
}

/// The yard of a terminal, as it stays for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub struct Yard {
    /// Its site.
    pub site: SiteId,
    /// Its position among the yards.
    pub(super) number: u32,
    /// Places and ways.
    pub plan: Plan,
    pub(super) rules: Rules,
}

/// What the moves of a yard follow.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(super) seed: Seed,
    pub(super) site: SiteId,
    pub(super) kind: PlanKind,
    pub(super) hours: Hours,
    pub(super) times: Times,
    /// Mean time of a crane cycle, s.
    pub(super) crane_s: f64,
    /// Mean time in which a carrier of a plan of the kind `straddle` lifts by itself, s.
    pub(super) carrier_lift_s: f64,
    /// Lifts of a block machine for one container.
    pub(super) lifts_per_move: f64,
    pub(super) serve_first: ServeFirst,
    pub(super) carriers_per_crane: usize,
    pub(super) cranes_per_call: usize,
    /// Cranes that there are.
    pub(super) crane_units: Vec<CraneUnit>,
    pub(super) loaded_mps: f64,
    pub(super) empty_mps: f64,
    pub(super) truck_mps: f64,
    /// None: however many vehicles are under way.
    pub(super) slowdown: Option<Slowdown>,
    /// Time until a machine with an empty battery is towed, s.
    pub(super) tow_s: u32,
    /// Mean time of a truck in a gate lane, s.
    pub(super) gate_s: f64,
    /// Of the containers, those that go to the blocks up to each, rising to 1.
    pub(super) blocks_up_to: Vec<f64>,
    /// Of the containers lifted, those that come off the vessel.
    pub(super) discharge_share: f64,
    /// Of those that come off, the ones that leave by rail; of those that go on, the ones that came by rail.
    pub(super) rail_shares: (f64, f64),
    pub(super) dispatch: YardDispatchSpec,
    /// `schedule`: half hours of the run in which units charge.
    pub(super) charging_steps: Vec<bool>,
}

impl Rules {
    /// The block of a container, by a draw between 0 and 1.
    pub(super) fn block(&self, draw: f64) -> u16 {
        let at = self.blocks_up_to.partition_point(|up_to| *up_to <= draw);
        at.min(self.blocks_up_to.len() - 1) as u16
    }
}

/// A ship-to-shore crane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CraneUnit {
    pub(super) unit: UnitId,
    pub(super) class: u8,
}

/// Where a move begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(super) place: Place,
    pub(super) server: Server,
}

/// The machine that hands a container over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// A ship-to-shore crane at this position.
    Crane(u16),
    /// A machine of this zone of blocks.
    Zone(u16),
    /// The carrier lifts by itself.
    Own,
    /// No machine: the trailer is dropped or taken.
    Nobody,
}

/// One container from one place to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Move {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) kind: MoveKind,
    /// Does it go on by rail?
    pub(super) by_rail: bool,
}

/// Kinds of moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MoveKind {
    /// Off a vessel.
    Discharge,
    /// Onto a vessel.
    Load,
    /// From a block to the rail ramp.
    ToRail,
    /// From the rail ramp to a block.
    FromRail,
}

/// What a machine does when it reaches the end of its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Takes or hands over its container.
    Serve,
    /// Has lifted by itself.
    Lifted,
    /// Charges at a lot.
    Charge(u16),
    /// Waits for work at the parking.
    Park,
    /// Works its blocks.
    Work,
}

/// What a machine is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It carries containers.
    Carrier,
    /// It works the blocks of this zone.
    Handler(u16),
}

/// A machine that drives: a carrier, or a machine at blocks.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(super) unit: UnitId,
    /// Position of its class among the yard's.
    pub(super) class: u8,
    pub(super) role: Role,
    pub(super) group: u8,
    /// It leaves its work at this state of charge, and comes back with that one.
    pub(super) leave_at: f64,
    pub(super) return_at: f64,
    /// In a break or a wait it charges when it has less than this.
    pub(super) break_below: f64,
    /// Lots with plugs that it may use, or where its battery is swapped.
    pub(super) lots: Vec<u16>,
    pub(super) is_swapped: bool,
    /// Where it stands, or comes from.
    pub(super) at: Place,
    pub(super) to: Place,
    pub(super) then: Then,
    pub(super) doing: Doing,
    pub(super) since_s: u32,
    /// Its way waits for the end of a break.
    pub(super) is_held: bool,
    pub(super) task: Option<Move>,
    pub(super) is_loaded: bool,
    /// The crane it belongs to.
    pub(super) home: Option<u16>,
    /// What a block machine handles.
    pub(super) job: Option<Job>,
    /// Of its way to charge: the state of charge it wants, and when it goes whatever it has (`u32::MAX`: not before the end).
    pub(super) target_soc: f64,
    pub(super) depart_s: Option<u32>,
    /// Its battery or tank ran empty: until it has charged it is moved by a tow, for which it has to wait so many seconds yet.
    pub(super) tow_s: Option<u32>,
    /// Is it filled without a way, at a hydrogen station of the terminal?
    pub(super) is_fuelled: bool,
}

/// Whose container a block machine handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// A carrier's.
    Carrier(u16),
    /// A road truck's.
    Truck(u32),
}

/// A crane position at a berth.
#[derive(Debug)]
pub(crate) struct Crane {
    pub(super) place: Place,
    pub(super) group: u8,
    /// The vessel that it works, and its own stream of times and blocks.
    pub(super) at_work: Option<(u32, Stream)>,
    pub(super) unit: Option<CraneUnit>,
    pub(super) queue: WaitingLine<u16>,
    pub(super) serves: Option<u16>,
    /// Carriers with a container for it or from it.
    pub(super) assigned: usize,
    /// Of their containers those that it has not lifted yet.
    pub(super) pending: usize,
    /// Carriers that belong to it.
    pub(super) members: usize,
    /// The block of its next move.
    pub(super) next_block: u16,
    /// It is ready for a carrier since.
    pub(super) ready_s: Option<u32>,
}

/// Blocks and the machines that work them.
#[derive(Debug)]
pub(crate) struct Zone {
    pub(super) place: Place,
    /// Mean time for one container, s.
    pub(super) service_s: f64,
    pub(super) stream: Stream,
    /// Free machines.
    pub(super) free: BTreeSet<u16>,
    /// Carriers and trucks that wait, with the second of their coming.
    pub(super) carriers: WaitingLine<(u32, u16)>,
    pub(super) trucks: WaitingLine<(u32, u32)>,
}

impl Zone {
    /// Carriers and trucks that wait.
    pub(crate) fn queue_length(&self) -> usize {
        self.carriers.waiting().len() + self.trucks.waiting().len()
    }
}

/// A vessel at berth.
#[derive(Debug)]
pub(crate) struct Vessel {
    pub(super) call: u32,
    pub(super) berth: usize,
    pub(super) berth_s: u32,
    pub(super) due_s: u32,
    pub(super) to_discharge: u32,
    pub(super) to_load: u32,
    pub(super) lifts: u32,
    pub(super) done: u32,
}

/// A vessel that calls.
#[derive(Debug, Clone)]
pub(crate) struct Coming {
    /// Number of the call in the run.
    pub(super) call: u32,
    /// Which call of the terminal it is.
    pub(super) index: u32,
    pub(super) arrive_s: u32,
    /// Planned departure.
    pub(super) due_s: u32,
    /// Containers to lift, less those lifted before the run.
    pub(super) lifts: u32,
}

/// A road truck inside the terminal.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(super) truck: TruckId,
    pub(super) block: u16,
    /// Its time at the block over the mean.
    pub(super) turn: f32,
    pub(super) gate: f32,
    pub(super) is_inside: bool,
    pub(super) phase: Phase,
    pub(super) arrive_s: u32,
    pub(super) gate_wait_s: u32,
    pub(super) in_lane_s: u32,
    pub(super) way_s: u32,
    pub(super) block_since_s: u32,
    pub(super) block_wait_s: u32,
    /// None before its block machine begins with it.
    pub(super) handled_s: Option<u32>,
}

/// Phases of a road truck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It is on its way to the gate, or in front of it.
    Coming,
    /// It passes a lane.
    InLane,
    /// It drives to its block.
    ToBlock,
    /// It waits there, or is served.
    AtBlock,
    /// It drives out.
    Out,
}

/// All that changes in a yard.
#[derive(Component, Debug)]
pub struct YardWork {
    pub(super) agenda: Agenda<YardDue>,
    pub(super) machines: Vec<Machine>,
    pub(super) cranes: Vec<Crane>,
    pub(super) cranes_free: Vec<CraneUnit>,
    pub(super) zones: Vec<Zone>,
    /// Zone of each block.
    pub(super) zone_of: Vec<u16>,
    /// Machines by class that work, or are on their way to a lot.
    pub(super) busy: Vec<u32>,
    /// Carriers without work, by id.
    pub(super) idle: BTreeSet<u16>,
    pub(super) coming: Vec<Coming>,
    pub(super) waiting_vessels: WaitingLine<u32>,
    /// Vessel at each berth.
    pub(super) berths: Vec<Option<Vessel>>,
    pub(super) rail: VecDeque<Move>,
    pub(super) lanes_free_s: Vec<u32>,
    /// Trucks in front of a lane or in it, by their visits.
    pub(super) gate: WaitingLine<u32>,
    pub(super) visits: Vec<Option<Visit>>,
    pub(super) free_visits: Vec<u32>,
    pub(super) tally: YardCounts,
}

impl YardWork {
    /// Vehicles under way: machines and road trucks.
    pub(super) fn under_way(&self) -> usize {
        let is_driving = |visit: &&Visit| matches!(visit.phase, Phase::ToBlock | Phase::Out);
        self.machines.iter().filter(|machine| machine.doing.is_way()).count()
            + self.visits.iter().flatten().filter(is_driving).count()
    }
}
