//! Ports, sessions, queues: what changes while vehicles charge. Only this room writes it.

use crate::grid::spec::QueueOrder;
use crate::grid::state::LimitTree;
pub use crate::record::words::Leave;

use crate::kernel::agenda::Agenda;
use crate::kernel::ids::{CabinetId, LotId, NodeId, PortId, SiteId};
use crate::kernel::random::{Purpose, Seed, Stream};
use crate::kernel::units::{Kw, Kwh};
use crate::policy::spec::Departures as DepartureKnowledge;
use crate::record::tally::Waits;
use crate::vehicle::battery::Battery;
use crate::vehicle::spec::BatterySpec;
use crate::vehicle::user::{Access, User, Vehicle};
use bevy_ecs::prelude::{Component, Resource};

/// A vehicle that comes to charge and hands over its battery.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Exact time.
    pub at_s: u32,
    /// Where.
    pub site: SiteId,
    /// Who.
    pub vehicle: Vehicle,
    /// On whose account.
    pub user: User,
    /// Is this place its home?
    pub at_home: bool,
    /// Its battery.
    pub battery: Battery,
    /// It leaves with this much energy.
    pub target: Kwh,
    /// It leaves at this time with whatever it has.
    pub depart_s: Option<u32>,
    /// It comes because there is time, such as a break: that it leaves with less is no failure.
    pub is_opportunity: bool,
    /// Power that the port offers it, grid side, when the limits count what is offered and not what the battery takes.
    pub offer: Option<Kw>,
    /// The only port that it uses.
    pub pinned: Option<PortId>,
    /// The only lot whose ports it uses.
    pub lot: Option<LotId>,
    /// Its place in the order of vehicles, for policies that rank by vehicle.
    pub rank: u32,
    /// Of the target what its next duty takes, with a reserve, as far as that is known.
    pub duty: Kwh,
    /// What it may give back.
    pub gives: Gives,
}

/// What a vehicle may give back to the site (vehicle to grid).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gives {
    /// Most power, battery side; zero where it cannot.
    pub limit: Kw,
    /// It keeps this much energy.
    pub keep: Kwh,
}

impl Arrival {
    /// A vehicle away from home that comes to charge fully and stays until it is done.
    #[must_use]
    pub fn new(at_s: u32, site: SiteId, vehicle: Vehicle, user: User, battery: Battery) -> Self {
        let target = battery.usable();
        let rank = vehicle.number();
        Self {
            at_s,
            site,
            vehicle,
            user,
            at_home: false,
            battery,
            target,
            depart_s: None,
            is_opportunity: false,
            offer: None,
            pinned: None,
            lot: None,
            rank,
            duty: target,
            gives: Gives::default(),
        }
    }
}

/// A vehicle that leaves and gets its battery back.
#[derive(Debug, Clone)]
pub struct Departure {
    /// Exact time.
    pub at_s: u32,
    /// Where.
    pub site: SiteId,
    /// Who.
    pub vehicle: Vehicle,
    /// Its battery.
    pub battery: Battery,
    /// Why.
    pub leave: Leave,
    /// Its time at a port, if it had one.
    pub at_port: Option<AtPort>,
}

/// When a vehicle was at a port: from `start_s` it was plugged in, from `power_s` it could charge, at `done_s` unplugging began
/// or waited for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtPort {
    /// The port was taken.
    pub start_s: u32,
    /// It could charge from here on.
    pub power_s: u32,
    /// It could charge until here.
    pub done_s: u32,
}

/// Vehicles on their way into the queues. Written by whoever drives vehicles, emptied by the queue step.
#[derive(Resource, Debug, Default)]
pub struct Arrivals(pub Vec<Arrival>);

/// Vehicles that left in the tick before. Written by the queue step, read by whoever drives vehicles.
#[derive(Resource, Debug, Default)]
pub struct Departures(pub Vec<Departure>);

/// What a port is.
#[derive(Component, Debug, Clone)]
#[component(immutable)]
pub struct Port {
    /// Its id.
    pub id: PortId,
    /// Its site.
    pub site: SiteId,
    /// Its cabinet.
    pub cabinet: CabinetId,
    /// The cabinet's node in the tree of limits.
    pub node: NodeId,
    /// The inner node above it: its site, or a node inside the site.
    pub above: NodeId,
    /// Most power, grid side.
    pub limit: Kw,
    /// Most power that it gives back to the site.
    pub gives: Kw,
    /// Battery energy per grid energy.
    pub efficiency: f64,
    /// What vehicles pay, USD/kWh; none without a price of its own.
    pub price: Option<f64>,
}

/// One vehicle at one port, from plug-in to unplug.
#[derive(Debug, Clone)]
pub struct Session {
    /// What came in.
    pub arrival: Arrival,
    /// Plugged in at.
    pub start_s: u32,
    /// When it has to go, as far as the policy may know; `u32::MAX` when nothing calls it or nobody says.
    pub told_depart_s: u32,
    /// State of charge at plug-in.
    pub start_soc: f64,
    /// Energy at arrival.
    pub start_energy: Kwh,
    /// It could charge from here on: plugged in.
    pub power_s: u32,
    /// It is unplugged at this time, and was done at the first: nothing is granted to it any more.
    pub unplug: Option<(u32, u32)>,
    /// Energy is settled up to here.
    pub settled_s: u32,
    /// With the power granted it is done at this time, inside the interval.
    pub finish_s: Option<u32>,
    /// With the power granted it has this much energy at the end of the interval: time and energy.
    pub ahead: Option<(u32, Kwh)>,
    /// Grid-side energy so far, less what it gave back.
    pub drawn: Kwh,
    /// Grid-side energy that it gave back.
    pub given: Kwh,
}

/// The session of a port, if any. Written by the queue and deliver steps.
#[derive(Component, Debug, Default)]
pub struct Plug {
    /// Who is plugged in.
    pub session: Option<Session>,
    /// Free since.
    pub free_s: u32,
}

/// Mean power that the limits allow it, grid side; and the power at which it therefore charges.
#[derive(Component, Debug, Clone, Copy, Default)]
pub struct Grant {
    /// Mean over the rest of the interval.
    pub mean: Kw,
    /// Set-point: the port's own limit when all that was asked is granted.
    pub set_point: Kw,
}

/// A site's ports, queue and sessions.
#[derive(Debug, Default)]
pub struct Plaza {
    /// All its ports, in id order.
    pub ports: Vec<PortId>,
    /// Its cabinets, in id order.
    pub cabinets: Vec<CabinetId>,
    /// How many of them trucks may use and are not out of order.
    pub truck_ports: u32,
    /// Ports with a session, in id order.
    pub occupied: Vec<PortId>,
    /// Who waits, in order of arrival.
    pub queue: Vec<Arrival>,
    /// Who goes first.
    pub order: QueueOrder,
    /// Area under the length of the queue: exits minus entries, in seconds from the start.
    pub queue_area_s: i64,
}

impl Plaza {
    /// Ports that trucks may use break, or work again.
    pub(super) fn count_truck_ports(&mut self, ports: u32, is_broken: bool) {
        self.truck_ports = if is_broken { self.truck_ports - ports } else { self.truck_ports + ports };
    }
}

/// All plazas by site.
#[derive(Resource, Debug, Default)]
pub struct Plazas {
    /// One a site.
    pub at: Vec<Plaza>,
}

/// Ports that got a session in this tick and have no set-point yet, in id order.
#[derive(Resource, Debug, Default)]
pub struct Fresh(pub Vec<PortId>);

/// Grid energy of the present interval that sessions have been granted, by node of the tree of limits: what is left is
/// for those who begin within it. Nodes that no session touched are not written. Written by the grant step.
#[derive(Resource, Debug, Default)]
pub struct Budget {
    interval_s: u32,
    granted: Vec<(u32, Kwh)>,
}

impl Budget {
    /// A budget for this many nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { interval_s: 0, granted: vec![(u32::MAX, Kwh::ZERO); nodes] }
    }

    /// A new interval begins: nothing is granted yet.
    pub(super) fn begin(&mut self, interval_s: u32) {
        self.interval_s = interval_s;
    }

    /// Granted so far at a node.
    pub(super) fn granted(&self, node: NodeId) -> Kwh {
        let (interval_s, granted) = self.granted[node.index()];
        if interval_s == self.interval_s { granted } else { Kwh::ZERO }
    }

    /// Grants energy at a node and all above it.
    pub(super) fn grant(&mut self, tree: &LimitTree, node: NodeId, energy: Kwh) {
        for node in tree.upwards(node) {
            let granted = self.granted(node) + energy;
            self.granted[node.index()] = (self.interval_s, granted);
        }
    }
}

/// Grid energy of sessions that ended in the present tick, by the lowest node above them: when the tick begins an
/// interval they drew it with the set-points of the interval before, and the new ones must leave room for it. Written
/// by the queue step.
#[derive(Resource, Debug, Default)]
pub struct Spent(pub Vec<(NodeId, Kwh)>);

/// What the charging policy may know of departures.
#[derive(Resource, Debug, Clone, Copy, Default)]
pub struct Knowledge {
    /// How it is told.
    pub departures: DepartureKnowledge,
    /// Spread of estimates, seconds.
    pub error_s: f64,
}

impl Gives {
    /// What a battery of the user's scenario gives.
    #[must_use]
    pub fn of(spec: Option<&BatterySpec>, battery: &Battery) -> Self {
        spec.map_or_else(Self::default, |spec| Self {
            limit: Kw(spec.v2g_kw),
            keep: battery.usable() * spec.v2g_keep_soc,
        })
    }
}

impl Knowledge {
    /// What it is told of a vehicle that leaves at `depart_s`. An estimate is drawn once for each arrival, the same
    /// under every policy.
    #[must_use]
    pub fn told(&self, seed: Seed, arrival: &Arrival) -> u32 {
        let Some(depart_s) = arrival.depart_s else {
            return u32::MAX;
        };
        match self.departures {
            DepartureKnowledge::Known => depart_s,
            DepartureKnowledge::Unknown => u32::MAX,
            DepartureKnowledge::Estimated => {
                let key = u64::from(arrival.site.0) << 32 | u64::from(arrival.vehicle.number());
                let error_s = seed.stream(Purpose::Estimates, key, arrival.at_s).normal() * self.error_s;
                (f64::from(depart_s) + error_s).max(f64::from(arrival.at_s)) as u32
            }
        }
    }
}

/// What does not change about cabinets: group, ports, failures.
#[derive(Debug)]
pub struct Cabinet {
    /// Its site.
    pub site: SiteId,
    /// Position of its group in the scenario's list of chargers.
    pub group: usize,
    /// Its ports.
    pub ports: Vec<PortId>,
    /// The lot where it stands.
    pub lot: Option<LotId>,
    /// Power that its ports share.
    pub limit: Kw,
    /// Most power of one port.
    pub port_limit: Kw,
    /// Ports without a session.
    pub free: FreePorts,
    /// Out of order.
    pub broken: bool,
    /// Mean time between failures and to repair, hours.
    pub failures: Option<(f64, f64)>,
    /// Its own stream of failures.
    pub stream: Stream,
}

impl Cabinet {
    /// A vehicle plugs in.
    pub(super) fn take(&mut self, port: PortId) {
        let was_free = self.free.set(port, false);
        debug_assert!(was_free, "a port is taken once");
    }

    /// A vehicle unplugs.
    pub(super) fn release(&mut self, port: PortId) {
        self.free.set(port, true);
    }
}

/// Which ports of a cabinet are free, a bit each: to take one from among a thousand moves no others.
#[derive(Debug)]
pub struct FreePorts {
    first: u32,
    free: usize,
    words: Vec<u64>,
}

impl FreePorts {
    /// These ports, which follow each other, all free.
    #[must_use]
    pub fn all(ports: &[PortId]) -> Self {
        let mut all =
            Self { first: ports.first().map_or(0, |port| port.0), free: 0, words: vec![0; ports.len().div_ceil(64)] };
        for port in ports {
            all.set(*port, true);
        }
        all
    }

    /// How many are free.
    #[must_use]
    pub fn count(&self) -> usize {
        self.free
    }

    /// The lowest free one.
    #[must_use]
    pub fn first(&self) -> Option<PortId> {
        let word = self.words.iter().position(|word| *word != 0)?;
        Some(PortId(self.first + word as u32 * 64 + self.words[word].trailing_zeros()))
    }

    /// Frees a port or takes it. Returns what it was.
    fn set(&mut self, port: PortId, is_free: bool) -> bool {
        let at = port.0 - self.first;
        let (word, bit) = (&mut self.words[at as usize / 64], 1 << (at % 64));
        let was_free = *word & bit != 0;
        *word = if is_free { *word | bit } else { *word & !bit };
        self.free = self.free + usize::from(is_free) - usize::from(was_free);
        was_free
    }
}

/// How the vehicles of a group of chargers are plugged in and out.
#[derive(Debug, Clone, Default)]
pub struct Plugging {
    /// Time to plug in, s.
    pub plug_s: u32,
    /// Time to unplug, s.
    pub unplug_s: u32,
    /// When each of those who do it is free; none: nobody has to be waited for.
    pub staff_free_s: Vec<u32>,
}

impl Plugging {
    /// Whoever is free first does something that takes so long, from `at_s` at the earliest. Returns when it is done.
    pub(super) fn work(&mut self, at_s: u32, takes_s: u32) -> u32 {
        if takes_s == 0 {
            return at_s;
        }
        match self.staff_free_s.iter_mut().min() {
            Some(free_s) => {
                *free_s = at_s.max(*free_s) + takes_s;
                *free_s
            }
            None => at_s + takes_s,
        }
    }
}

/// A charging lot: where, and its name there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotName {
    /// The site.
    pub site: SiteId,
    /// What `lot` of `[charger]` says.
    pub name: String,
}

/// What happened at a charging lot.
#[derive(Debug, Clone, Default)]
pub struct LotUse {
    /// Waits for a plug of vehicles that got one.
    pub waits: Waits,
    /// Time that plugs were taken, of vehicles that left, s.
    pub taken_s: u64,
}

/// What happened at each lot, in the order of [`Lots`]. Written by the queue step.
#[derive(Resource, Debug, Default)]
pub struct LotUses(pub Vec<LotUse>);

/// All charging lots, by site and name.
#[derive(Resource, Debug, Default)]
pub struct Lots(pub Vec<LotName>);

impl Lots {
    /// The lot of a name at a site.
    #[must_use]
    pub fn find(&self, site: SiteId, name: &str) -> Option<LotId> {
        self.0.iter().position(|lot| lot.site == site && lot.name == name).map(LotId::at)
    }
}

/// Static tables of this room and its agenda.
#[derive(Resource, Debug, Default)]
pub struct ChargingTables {
    /// All cabinets.
    pub cabinets: Vec<Cabinet>,
    /// Who may use each group.
    pub access: Vec<Access>,
    /// How each group plugs in and out.
    pub plugging: Vec<Plugging>,
    /// Ends of sessions, times up, failures and repairs.
    pub agenda: Agenda,
    /// Sessions begun.
    pub begun: u64,
    /// Sessions ended.
    pub ended: u64,
    /// Sessions and waits that ended short of what was asked.
    pub unmet: u64,
}

/// What is due on this room's agenda; at the same second in this order.
pub(crate) mod kind {
    /// A session is done (id: port).
    pub(crate) const FINISH: u8 = 0;
    /// A cabinet works again (id: cabinet).
    pub(crate) const REPAIR: u8 = 1;
    /// Ports that were kept for home fleets are free for all (id: group of chargers).
    pub(crate) const REOPEN: u8 = 2;
    /// Somebody who waits at the site has to go (id: site).
    pub(crate) const GIVE_UP: u8 = 3;
    /// The vehicle at a port has to go (id: port).
    pub(crate) const TIME_UP: u8 = 4;
    /// A cabinet breaks (id: cabinet).
    pub(crate) const FAIL: u8 = 5;
    /// The vehicle at a port is unplugged (id: port).
    pub(crate) const UNPLUG: u8 = 6;
}
