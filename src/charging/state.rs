//! Ports, sessions, queues: what changes while vehicles charge. Only this room writes it.

use super::battery::Battery;
use super::spec::ChargerSpec;
use crate::grid::spec::QueueOrder;
use crate::kernel::agenda::Agenda;
use crate::kernel::ids::{CabinetId, FleetId, NodeId, PortId, SiteId, TruckId, UnitId};
use crate::kernel::random::Stream;
use crate::kernel::units::{Kw, Kwh};
use bevy_ecs::prelude::{Component, Resource};

/// Who is at a port or waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vehicle {
    /// A simulated truck.
    Truck(TruckId),
    /// A simulated piece of equipment.
    Unit(UnitId),
    /// A vehicle from a list of visits (its row).
    Visitor(u32),
}

/// On whose account a vehicle charges: decides which ports it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// A truck of this fleet.
    Fleet(FleetId),
    /// A unit of this equipment model (position in the scenario's list).
    Model(u32),
    /// A visitor.
    Visitor,
}

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
}

/// Why a vehicle left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It has what it came for.
    Done,
    /// Its time was up while it charged.
    TimeUp,
    /// Its time was up while it waited: it never charged.
    NeverServed,
    /// The time it had to spare was up, whether it charged or waited.
    BreakOver,
    /// No port at the site may ever serve it.
    NotAllowed,
    /// Its cabinet broke: it waits again.
    Outage,
    /// It was still there when the run ended.
    Open,
}

impl Leave {
    /// The word used in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::TimeUp => "time_up",
            Self::NeverServed => "never_served",
            Self::BreakOver => "break_over",
            Self::NotAllowed => "not_allowed",
            Self::Outage => "outage",
            Self::Open => "open",
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
    /// Most power, grid side.
    pub limit: Kw,
    /// Battery energy per grid energy.
    pub efficiency: f64,
}

/// One vehicle at one port, from plug-in to unplug.
#[derive(Debug, Clone)]
pub struct Session {
    /// What came in.
    pub arrival: Arrival,
    /// Plugged in at.
    pub start_s: u32,
    /// State of charge at plug-in.
    pub start_soc: f64,
    /// Energy at arrival.
    pub start_energy: Kwh,
    /// Energy is settled up to here.
    pub settled_s: u32,
    /// With the power granted it is done at this time, inside the interval.
    pub finish_s: Option<u32>,
    /// Grid-side energy so far.
    pub drawn: Kwh,
}

/// The session of a port, if any. Written by the queue and deliver steps.
#[derive(Component, Debug, Default)]
pub struct Plug {
    /// Who is plugged in.
    pub session: Option<Session>,
    /// Free since.
    pub free_s: u32,
    /// Out of order.
    pub broken: bool,
}

/// Mean power over the rest of the interval that the session can take through its port, grid side.
#[derive(Component, Debug, Clone, Copy, Default)]
pub struct Ask(pub Kw);

/// Mean power that the policy wants for it, grid side.
#[derive(Component, Debug, Clone, Copy, Default)]
pub struct Plan(pub Kw);

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
    /// How many of them trucks may use.
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

/// All plazas by site.
#[derive(Resource, Debug, Default)]
pub struct Plazas {
    /// One a site.
    pub at: Vec<Plaza>,
}

/// Ports that got a session in this tick and have no set-point yet, in id order.
#[derive(Resource, Debug, Default)]
pub struct Fresh(pub Vec<PortId>);

/// Grid energy left for sessions that begin within the interval, by node of the tree of limits. Written by the grant
/// step.
#[derive(Resource, Debug, Default)]
pub struct Budget(pub Vec<Kwh>);

/// Grid energy, by node, of sessions that ended in the first tick of the interval: they drew it with the set-points of
/// the interval before, and the new ones must leave room for it. Written by the queue step.
#[derive(Resource, Debug, Default)]
pub struct Spent(pub Vec<Kwh>);

/// Grid energy that sessions drew, by site.
#[derive(Resource, Debug, Default)]
pub struct ChargingLoad {
    /// In the interval that runs.
    pub running: Vec<Kwh>,
    /// In the interval that ended last.
    pub closed: Vec<Kwh>,
}

/// Who may use a group of ports, and when it is kept for home fleets.
#[derive(Debug, Clone)]
pub struct Access {
    /// Every truck may.
    pub public: bool,
    /// Visitors may.
    pub visitors: bool,
    /// These fleets and models may.
    pub users: Vec<User>,
    /// Kept for home fleets from, to (seconds of the local day).
    pub reserved: Option<(u32, u32)>,
}

impl Access {
    /// May this user ever plug in?
    #[must_use]
    pub fn allows(&self, user: User) -> bool {
        match user {
            User::Fleet(_) => self.public || self.users.contains(&user),
            User::Model(_) => self.users.contains(&user),
            User::Visitor => self.visitors || self.public,
        }
    }

    /// Is it kept for home fleets at this second of the local day?
    #[must_use]
    pub fn reserved_at(&self, second_of_day: u32) -> bool {
        self.reserved.is_some_and(|(from, to)| {
            if from < to { (from..to).contains(&second_of_day) } else { second_of_day >= from || second_of_day < to }
        })
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
    /// Power that its ports share.
    pub limit: Kw,
    /// Ports with a session.
    pub busy: u32,
    /// Mean time between failures and to repair, hours.
    pub failures: Option<(f64, f64)>,
    /// Its own stream of failures.
    pub stream: Stream,
}

/// Static tables of this room and its agenda.
#[derive(Resource, Debug, Default)]
pub struct Works {
    /// All cabinets.
    pub cabinets: Vec<Cabinet>,
    /// Who may use each group.
    pub access: Vec<Access>,
    /// Ends of sessions, times up, failures and repairs.
    pub agenda: Agenda,
    /// Sessions begun.
    pub begun: u64,
    /// Sessions ended.
    pub ended: u64,
    /// Sessions and waits that ended short of what was asked.
    pub unmet: u64,
}

/// Who may use which site, for dispatch.
#[derive(Resource, Debug, Default, Clone)]
pub struct SitesByFleet {
    /// For each fleet: sites with at least one port it may use, ascending.
    pub sites: Vec<Vec<SiteId>>,
}

/// Access of a group as the scenario says it.
#[must_use]
pub fn access_of(
    spec: &ChargerSpec,
    fleet: impl Fn(&str) -> Option<FleetId>,
    model: impl Fn(&str) -> Option<u32>,
    window: Option<(u32, u32)>,
) -> Access {
    let mut access = Access { public: false, visitors: false, users: Vec::new(), reserved: window };
    for user in &spec.users {
        match user.as_str() {
            "public" => access.public = true,
            "visitors" => access.visitors = true,
            name => access.users.extend(fleet(name).map(User::Fleet).or_else(|| model(name).map(User::Model))),
        }
    }
    access
}
