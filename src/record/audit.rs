//! What the audit of a run may object to, one name each, and what it found. Rooms compare what they counted with what the
//! tables say, and tell what does not fit.

use super::names::Names;
use super::summary::Summary;
use std::collections::BTreeMap;

/// Relative difference that rounding may leave in sums of many rows.
pub(crate) const TOLERANCE: f64 = 1e-6;
/// More findings of one check than these say nothing new.
const MOST: u64 = 5;

macro_rules! checks {
    ($( $(#[$doc:meta])* $name:ident, )*) => {
        /// What has to hold of every run. Whatever the audit says belongs to one of these.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Check { $( $(#[$doc])* $name, )* }

        #[cfg(test)]
        impl Check {
            /// All of them.
            pub(crate) const ALL: &'static [Self] = &[$( Self::$name, )*];
        }
    };
}

checks! {
    /// A session's energy is within what its charging port can give.
    LimitPort,
    /// Exported energy is within what the charging port may take back.
    LimitExport,
    /// Sessions of a cabinet are within what it can give.
    LimitCabinet,
    /// Charging has no part in a load above the limit of a site or node.
    LimitNode,
    /// Arrival, start and end of a session follow each other, and the wait is between them.
    SessionTimes,
    /// States of charge in the table of sessions are within 0 and 1.
    SessionSoc,
    /// What a battery got is what its charging port drew, less the losses of the port.
    SessionEfficiency,
    /// One vehicle at a charging port.
    PortOnce,
    /// A vehicle is at one charging port or queue.
    VehicleOnce,
    /// The length of a queue over time is the sum of the waits in its table.
    QueueRows,
    /// The same, of the waits that metrics are made of.
    QueueMetrics,
    /// The same, of what the queue itself counted.
    QueueCounted,
    /// Requested energy is what was delivered and what is lacking.
    EnergyRequested,
    /// A meter reads the sum of its parts.
    MeterParts,
    /// Sessions of a site and the table of power.
    MeterSessions,
    /// Grid-connected equipment of a site and the table of power.
    MeterEquipment,
    /// Sessions of a site and its charging meter.
    ChargingMeterSessions,
    /// The table of power and the charging meter of a site.
    ChargingMeterPower,
    /// The table of power and the meter of a site.
    SiteMeterPower,
    /// The table of power and what the stationary batteries of a site charged and discharged.
    StoragePower,
    /// What a stationary battery charged and discharged is the change of what it stores.
    StorageEnergy,
    /// What a stationary battery stores is within its bounds.
    StorageSoc,
    /// Vehicles use what they take in, or store it.
    VehicleEnergy,
    /// Levels of batteries and tanks are within 0 and 1.
    VehicleLevel,
    /// A haul has one row.
    HaulOnce,
    /// The times of a haul follow each other.
    HaulTimes,
    /// A completed haul says when and by which truck.
    HaulDone,
    /// As many hauls as were put up have a row.
    HaulRows,
    /// Every haul is completed, lapsed or open.
    HaulStates,
    /// Trucks completed as many hauls as their rows say.
    HaulsCompleted,
    /// Windows at the gates that were booked are kept, missed, given up or to come.
    Appointments,
    /// Sessions that began ended, or are open.
    SessionsEnded,
    /// Sessions that began are in the metrics.
    SessionsCounted,
    /// Sessions and waits have a row each.
    SessionRows,
    /// Charging ports with a session are listed as occupied.
    PortsOccupied,
    /// A site has a bill for each month.
    BillMonths,
    /// Bills come month after month.
    BillMonth,
    /// The columns of a bill follow from the table of power.
    BillColumn,
    /// A metric is the sum of its column.
    TotalColumn,
    /// The peak is that of the table of power.
    TotalPeak,
    /// A station holds no less than nothing.
    StationHolds,
    /// From one interval to the next a station holds what came less what went.
    StationInterval,
    /// From one interval to the next a plant holds what it made less what went.
    PlantInterval,
    /// What plants send into pipelines comes out of them, in the tables.
    PipelineRows,
    /// What plants send into pipelines comes out of them.
    Pipelines,
    /// A plant stores what it makes and does not give.
    PlantMass,
    /// The stock of a plant is within its bounds.
    PlantStock,
    /// Neighbours of a plant get no more than they ask for.
    PlantNeighbours,
    /// Bulk storages hold what came less what went.
    BulkMass,
    /// Cascades hold what came less what went.
    CascadeMass,
    /// What trailers bring is unloaded, lost or goes back.
    TrailerMass,
    /// What stations dispense is in fills.
    DispensedFills,
    /// What stations dispense is in their table.
    DispensedRows,
    /// What stations make is in their table.
    ProducedRows,
    /// The lowest content of a storage is within its bounds.
    HydrogenLowest,
    /// The highest content of a storage is within its bounds.
    HydrogenHighest,
    /// The pressure of a storage is within its bounds.
    HydrogenPressure,
    /// Fills that began ended, or are open.
    FillsEnded,
    /// Fills that began have a row.
    FillRows,
    /// Vehicles use the hydrogen that they take in, or have it on board.
    VehicleHydrogen,
    /// The queue of a station by interval is the sum of its waits.
    StationQueue,
    /// Moves of a yard that began ended, or are in hand.
    YardMoves,
    /// Cranes lift what calls have lifted.
    YardLifts,
    /// What a call lifts is to do, in hand or done.
    YardCalls,
    /// Trucks that came in left, or are inside.
    YardTrucks,
    /// Every second of every machine is told.
    YardSeconds,
    /// Carriers that wait for cranes are in their queues.
    YardAtCranes,
    /// Carriers that wait at blocks are in their queues.
    YardAtBlocks,
    /// Carriers that are served are at a crane.
    YardServed,
    /// A carrier that waits for a crane stands in its queue once.
    YardPlace,
    /// Little's law at the gate of a yard.
    YardGateQueue,
    /// Little's law at the berths of a yard.
    YardBerthQueue,
    /// Little's law at the cranes of a yard.
    YardCraneQueue,
    /// Little's law of the carriers at the blocks of a yard.
    YardBlockQueue,
    /// Little's law of the road trucks at the blocks of a yard.
    YardTruckQueue,
    /// Little's law at swap yards.
    SwapQueue,
    /// Swaps that began are over, or under way.
    SwapsEnded,
    /// Over a sampled week vehicles use the energy that they take in, or store it.
    SampleEnergy,
    /// Over a sampled week vehicles use the hydrogen that they take in, or store it.
    SampleHydrogen,
    /// The cost of a year is the sum of its columns, and that of the hub the sum of its scopes.
    YearFinance,
    /// What parties of the hub pay in the ledger of a year is the cost of the hub.
    YearLedger,
    /// The emissions of a year are the sum of their columns, and those of the hub the sum of its scopes.
    YearEmissions,
    /// The sectors of a year add up to the emissions of the hub.
    YearInventory,
    /// What plants use in a year went through the meters of their sites, once.
    YearPlants,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What should.
    pub check: Check,
    /// A sentence that begins with the name of the invariant.
    pub text: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.text)
    }
}

/// What an audit found.
#[derive(Debug)]
pub struct Findings {
    found: Vec<Finding>,
    /// How many there are of each check.
    numbers: BTreeMap<Check, u64>,
    most: u64,
}

impl Default for Findings {
    fn default() -> Self {
        Self { found: Vec::new(), numbers: BTreeMap::new(), most: MOST }
    }
}

impl Findings {
    /// From now on keeps all, however many of one check there are.
    #[cfg(test)]
    pub(crate) fn keep_all(&mut self) {
        self.most = u64::MAX;
    }

    /// Something has to hold.
    pub fn hold(&mut self, check: Check, holds: bool, text: impl FnOnce() -> String) {
        if holds {
            return;
        }
        let number = self.numbers.entry(check).or_default();
        *number += 1;
        if *number <= self.most {
            self.found.push(Finding { check, text: text() });
        }
    }

    /// Two numbers have to be the same.
    pub fn same(&mut self, check: Check, what: impl FnOnce() -> String, left: u64, right: u64) {
        self.hold(check, left == right, || format!("{}: {left} is not {right}", what()));
    }

    /// Two areas under a queue's length, or sums of waits, have to be the same, s.
    pub fn same_s(&mut self, check: Check, what: impl FnOnce() -> String, left_s: i64, right_s: i64) {
        self.hold(check, left_s == right_s, || format!("{}: {left_s} is not {right_s}", what()));
    }

    /// Two figures have to be the same, but for the rounding of long sums.
    pub fn equal(&mut self, check: Check, what: impl FnOnce() -> String, left: f64, right: f64) {
        self.near(check, what, left, right, TOLERANCE * left.abs().max(right.abs()).max(1.0));
    }

    /// Two figures have to be the same within a tolerance; what is no number is never the same.
    pub fn near(&mut self, check: Check, what: impl FnOnce() -> String, left: f64, right: f64, tolerance: f64) {
        let is_near = (left - right).abs() <= tolerance;
        self.hold(check, is_near, || format!("{}: {left} is not {right}", what()));
    }

    /// A figure has to be within bounds, but for rounding; what is no number never is.
    pub fn between(&mut self, check: Check, what: impl FnOnce() -> String, value: f64, (least, most): (f64, f64)) {
        let slack = 1e-9 * most.abs().max(1.0);
        self.hold(check, (least - slack..=most + slack).contains(&value), || {
            format!("{}: {value} is not between {least} and {most}", what())
        });
    }

    /// All of them, and how many more there are.
    #[must_use]
    pub fn all(self) -> Vec<Finding> {
        let Self { mut found, numbers, most } = self;
        for (check, number) in numbers.into_iter().filter(|(_, number)| *number > most) {
            let kind = found.iter().find(|finding| finding.check == check).and_then(|it| it.text.split(':').next());
            let text = format!("{}: and {} more", kind.unwrap_or_default(), number - most);
            found.push(Finding { check, text });
        }
        found
    }
}

/// What tables and sums say of a run that is over, for rooms to compare what they counted with.
#[derive(Debug)]
pub struct Told<'a> {
    /// Sums of the rows.
    pub summary: &'a Summary,
    /// Names of ids.
    pub names: &'a Names,
    /// Rows of hauls.
    pub haul_rows: u64,
    /// Rows of sessions and waits.
    pub session_rows: u64,
    /// Area under the length of the queue of each site, from the table of sessions, s.
    pub queue_areas_s: Vec<i64>,
    /// The same of each hydrogen station, from the table of refuelings, s.
    pub station_areas_s: Vec<i64>,
    /// Taken by the stationary batteries of each site less given, from the table of power, kWh.
    pub storage_kwh: Vec<f64>,
    /// Hydrogen on board of all vehicles at the end, kg.
    pub on_board_kg: f64,
}
