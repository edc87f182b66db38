//! Charging ports, cabinets, the queues of sites: what changes while vehicles charge. Only this room writes it.

use super::arrival::Arrival;
use crate::grid::spec::QueueOrder;
use crate::kernel::ids::{CabinetId, LotId, NodeId, PortId, Roster, SiteId};
use crate::kernel::random::{Purpose, Seed, Stream};
use crate::kernel::units::{Kw, Kwh};
use crate::policy::spec::Departures as DepartureKnowledge;
use crate::vehicle::queue::WaitingLine;
use crate::vehicle::spec::Connector;
use crate::vehicle::user::{Access, User};
use bevy_ecs::prelude::{Component, Query, Res, Resource};
use bevy_ecs::system::SystemParam;

/// What a charging port is.
#[derive(Component, Debug, Clone)]
#[component(immutable)]
pub(crate) struct Port {
    /// Its id.
    pub(super) id: PortId,
    /// Its site.
    pub(super) site: SiteId,
    /// Its cabinet.
    pub(super) cabinet: CabinetId,
    /// The cabinet's node in the tree of limits.
    pub(super) node: NodeId,
    /// The inner node above it: its site, or a node inside the site.
    pub(super) above: NodeId,
    /// Most power, grid side.
    pub(super) limit: Kw,
    /// Most power that it exports from a vehicle to the site.
    pub(super) v2g_limit: Kw,
    /// Battery energy per grid energy.
    pub(super) efficiency: f64,
    /// What vehicles pay, USD/kWh; none without a price of its own.
    pub(super) price_usd_per_kwh: Option<f64>,
}

/// The power at which a charging port charges, grid side: its own limit when all that was asked is granted, below zero
/// when the vehicle exports. Written by the grant step; the queue step clears it when a vehicle plugs in.
#[derive(Component, Debug, Clone, Copy, Default)]
pub(crate) struct SetPoint(Kw);

impl SetPoint {
    /// A power.
    pub(super) const fn of(power: Kw) -> Self {
        Self(power)
    }

    /// The power, grid side.
    pub(super) const fn power(self) -> Kw {
        self.0
    }
}

/// What a power cabinet is.
#[derive(Component, Debug)]
#[component(immutable)]
pub(crate) struct Cabinet {
    /// Its site.
    pub(super) site: SiteId,
    /// Position of its group in the scenario's list of chargers.
    pub(super) group: usize,
    /// The lot where it stands.
    pub(super) lot: Option<LotId>,
    /// The connector of its charging ports; none: every vehicle fits.
    pub(super) connector: Option<Connector>,
    /// Do vehicles that are done stay until they have to go?
    pub(super) stay_plugged: bool,
    /// Its charging ports, which follow each other.
    pub(super) first_port: PortId,
    /// How many they are.
    pub(super) port_count: u32,
    /// Power that its charging ports share.
    pub(super) limit: Kw,
    /// Most power of one charging port.
    pub(super) port_limit: Kw,
    /// Mean time between failures and to repair, hours.
    pub(super) failures: Option<(f64, f64)>,
}

impl Cabinet {
    /// Its charging ports.
    pub(super) fn ports(&self) -> impl Iterator<Item = PortId> + use<> {
        (self.first_port.0..self.first_port.0 + self.port_count).map(PortId)
    }
}

/// Which charging ports of a cabinet are free, and whether it works. Written by the queue step.
#[derive(Component, Debug)]
pub(crate) struct CabinetState {
    free: FreePorts,
    is_broken: bool,
    /// Its own stream of failures.
    failures: Stream,
}

impl CabinetState {
    /// It works, and all its charging ports are free.
    pub(super) fn new(cabinet: &Cabinet, failures: Stream) -> Self {
        Self { free: FreePorts::all(cabinet.first_port, cabinet.port_count), is_broken: false, failures }
    }

    /// Is it out of order?
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// It breaks, or works again.
    pub(super) fn set_broken(&mut self, is_broken: bool) {
        self.is_broken = is_broken;
    }

    /// Draws a time to the next failure or repair with this mean, seconds.
    pub(super) fn draw_s(&mut self, mean_h: f64) -> u32 {
        self.failures.exponential_s(mean_h)
    }

    /// The lowest free charging port.
    pub(super) fn first_free(&self) -> Option<PortId> {
        self.free.first()
    }

    /// How many charging ports are free.
    pub(super) fn free_count(&self) -> usize {
        self.free.count
    }

    /// A vehicle plugs in.
    pub(super) fn occupy(&mut self, port: PortId) {
        let was_free = self.free.set(port, false);
        debug_assert!(was_free, "a charging port is occupied once");
    }

    /// A vehicle unplugs.
    pub(super) fn vacate(&mut self, port: PortId) {
        self.free.set(port, true);
    }
}

/// Which charging ports of a cabinet are free, a bit each: to take one from among a thousand moves no others.
#[derive(Debug)]
struct FreePorts {
    first: PortId,
    count: usize,
    words: Vec<u64>,
}

impl FreePorts {
    /// Charging ports that follow each other, all free.
    fn all(first: PortId, ports: u32) -> Self {
        let mut all = Self { first, count: 0, words: vec![0; (ports as usize).div_ceil(64)] };
        for port in 0..ports {
            all.set(PortId(first.0 + port), true);
        }
        all
    }

    /// The lowest free one.
    fn first(&self) -> Option<PortId> {
        let word = self.words.iter().position(|word| *word != 0)?;
        Some(PortId(self.first.0 + word as u32 * 64 + self.words[word].trailing_zeros()))
    }

    /// Frees a charging port or takes it. Returns what it was.
    fn set(&mut self, port: PortId, is_free: bool) -> bool {
        let at = port.0 - self.first.0;
        let (word, bit) = (&mut self.words[at as usize / 64], 1 << (at % 64));
        let was_free = *word & bit != 0;
        *word = if is_free { *word | bit } else { *word & !bit };
        self.count = self.count + usize::from(is_free) - usize::from(was_free);
        was_free
    }
}

/// What charging at a site consists of.
#[derive(Component, Debug)]
#[component(immutable)]
pub(crate) struct SiteChargers {
    /// Its cabinets, in id order.
    pub(super) cabinets: Vec<CabinetId>,
    /// All its charging ports.
    pub(super) port_count: u32,
    /// Which waiting vehicle goes first.
    pub(super) order: QueueOrder,
}

/// The vehicles that wait for a charging port of a site. Written by the queue step.
#[derive(Component, Debug, Default)]
pub(crate) struct SiteQueue(WaitingLine<Arrival>);

impl SiteQueue {
    /// The vehicles that wait, in order of arrival.
    pub(crate) fn waiting(&self) -> &[Arrival] {
        self.0.waiting()
    }

    /// The line, to change it.
    pub(super) fn line(&mut self) -> &mut WaitingLine<Arrival> {
        &mut self.0
    }

    /// Area under the length of the queue until the run ends, vehicle-seconds.
    pub(crate) fn area_until_s(&self, end_s: u32) -> i64 {
        self.0.area_until_s(end_s)
    }

    /// Takes out the vehicle that goes first, by the order of the site, of those that `may_start`.
    pub(super) fn call(&mut self, order: QueueOrder, may_start: impl Fn(&Arrival) -> bool) -> Option<Arrival> {
        self.0.take_first(may_start, |waiting| rank(order, waiting))
    }

    /// Takes out the vehicles that have to go at this time.
    pub(super) fn give_up(&mut self, at_s: u32) -> Vec<Arrival> {
        self.0.take_all(|waiting| waiting.is_over(at_s))
    }
}

/// Smaller goes first.
fn rank(order: QueueOrder, waiting: &Arrival) -> f64 {
    match order {
        QueueOrder::FirstCome => f64::from(waiting.at_s),
        QueueOrder::SoonestDuty => waiting.depart_s.map_or(f64::INFINITY, f64::from),
        QueueOrder::LowestSoc => waiting.battery.soc(),
    }
}

/// The charging ports of a site that are in use, and how many trucks may use. Written by the queue step.
#[derive(Component, Debug, Default)]
pub(crate) struct SitePorts {
    /// With a session, in id order.
    occupied: Vec<PortId>,
    /// Which trucks may use and are not out of order.
    for_trucks: u32,
}

impl SitePorts {
    /// So many that trucks may use, all in order and free.
    pub(super) fn new(for_trucks: u32) -> Self {
        Self { occupied: Vec::new(), for_trucks }
    }

    /// Charging ports with a session, in id order.
    pub(crate) fn occupied(&self) -> &[PortId] {
        &self.occupied
    }

    /// A session begins.
    pub(super) fn occupy(&mut self, port: PortId) {
        if let Err(at) = self.occupied.binary_search(&port) {
            self.occupied.insert(at, port);
        }
    }

    /// A session ends.
    pub(super) fn vacate(&mut self, port: PortId) {
        if let Ok(at) = self.occupied.binary_search(&port) {
            self.occupied.remove(at);
        }
    }

    /// Charging ports that trucks may use break, or work again.
    pub(super) fn count_for_trucks(&mut self, ports: u32, is_broken: bool) {
        self.for_trucks = if is_broken { self.for_trucks - ports } else { self.for_trucks + ports };
    }
}

/// How busy the charging ports of each site are, for other rooms.
#[derive(SystemParam)]
pub(crate) struct PortUse<'w, 's> {
    roster: Res<'w, Roster<SiteQueue>>,
    sites: Query<'w, 's, (&'static SitePorts, &'static SiteQueue)>,
}

impl PortUse<'_, '_> {
    /// Charging ports that trucks may use and are in order, charging ports with a session, and vehicles that wait.
    pub(crate) fn at(&self, site: SiteId) -> (u32, u32, u32) {
        let (ports, queue) = self.roster.get(&self.sites, site.index());
        (ports.for_trucks, ports.occupied.len() as u32, queue.waiting().len() as u32)
    }
}

/// What does not change about groups of chargers.
#[derive(Resource, Debug, Default)]
pub(crate) struct ChargingTables {
    /// Which vehicles may use each group.
    access: Vec<Access>,
}

impl ChargingTables {
    /// Which vehicles may use each group.
    pub(super) const fn new(access: Vec<Access>) -> Self {
        Self { access }
    }

    /// Which vehicles may use each group, in the order of the scenario.
    pub(super) fn all(&self) -> &[Access] {
        &self.access
    }

    /// Which vehicles may use a group.
    pub(super) fn access(&self, group: usize) -> &Access {
        &self.access[group]
    }

    /// May these vehicles use a group?
    pub(crate) fn allows(&self, group: usize, user: User) -> bool {
        self.access[group].allows(user)
    }
}

/// Sessions that began and ended: how many so far, and which in the present tick. Written by the queue step.
#[derive(Resource, Debug, Default)]
pub(crate) struct SessionLog {
    begun_so_far: u64,
    ended_so_far: u64,
    begun: Vec<PortId>,
    drawn_by_leavers: Vec<(NodeId, Kwh)>,
}

impl SessionLog {
    /// A session begins.
    pub(super) fn begin(&mut self, port: PortId) {
        self.begun_so_far += 1;
        if let Err(at) = self.begun.binary_search(&port) {
            self.begun.insert(at, port);
        }
    }

    /// A session ends that drew this energy since it was settled last.
    pub(super) fn end(&mut self, port: PortId, node: NodeId, drawn: Kwh) {
        self.ended_so_far += 1;
        if let Ok(at) = self.begun.binary_search(&port) {
            self.begun.remove(at);
        }
        self.drawn_by_leavers.push((node, drawn));
    }

    /// A tick begins: nothing has begun or ended in it.
    pub(super) fn clear_tick(&mut self) {
        self.begun.clear();
        self.drawn_by_leavers.clear();
    }

    /// Has none begun or ended in this tick?
    pub(super) fn is_quiet(&self) -> bool {
        self.begun.is_empty() && self.drawn_by_leavers.is_empty()
    }

    /// Charging ports that got a session in this tick and have no set-point yet, in id order.
    pub(super) fn begun(&self) -> &[PortId] {
        &self.begun
    }

    /// Grid energy of sessions that ended in this tick, by the lowest node above them: when the tick begins an interval
    /// they drew it with the set-points of the interval before, and the new ones must leave room for it.
    pub(super) fn drawn_by_leavers(&self) -> &[(NodeId, Kwh)] {
        &self.drawn_by_leavers
    }

    /// Sessions begun since the start.
    pub(crate) fn begun_so_far(&self) -> u64 {
        self.begun_so_far
    }

    /// Sessions ended since the start.
    pub(crate) fn ended_so_far(&self) -> u64 {
        self.ended_so_far
    }
}

/// What the charging policy may know of departures.
#[derive(Resource, Debug, Clone, Copy)]
pub(crate) struct Knowledge {
    /// How it is told.
    departures: DepartureKnowledge,
    /// Spread of estimates, seconds.
    error_s: f64,
    seed: Seed,
}

impl Knowledge {
    /// Departures are told in this way; estimates are off by this spread, seconds.
    pub(super) const fn new(departures: DepartureKnowledge, error_s: f64, seed: Seed) -> Self {
        Self { departures, error_s, seed }
    }

    /// What it is told of a vehicle that leaves at `depart_s`. An estimate is drawn once for each arrival, the same
    /// under every policy.
    pub(super) fn told(&self, arrival: &Arrival) -> u32 {
        let Some(depart_s) = arrival.depart_s else {
            return u32::MAX;
        };
        match self.departures {
            DepartureKnowledge::Known => depart_s,
            DepartureKnowledge::Unknown => u32::MAX,
            DepartureKnowledge::Estimated => {
                let key = u64::from(arrival.site.0) << 32 | u64::from(arrival.vehicle.number());
                let error_s = self.seed.stream(Purpose::Estimates, key, arrival.at_s).normal() * self.error_s;
                (f64::from(depart_s) + error_s).max(f64::from(arrival.at_s)) as u32
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tick is skipped when the log is quiet: what a leaver drew must not be left in it, also where no session is new.
    #[test]
    fn a_log_is_quiet_when_no_session_began_or_ended() {
        let mut log = SessionLog::default();
        assert!(log.is_quiet());
        for port in [3, 1, 2] {
            log.begin(PortId(port));
        }
        assert_eq!(log.begun(), [PortId(1), PortId(2), PortId(3)]);
        for port in [1, 2, 3] {
            log.end(PortId(port), NodeId(7), Kwh(1.0));
        }
        assert!(log.begun().is_empty() && !log.is_quiet(), "what the leavers drew is still there");
        assert_eq!(log.drawn_by_leavers().len(), 3);
        log.clear_tick();
        assert!(log.is_quiet());
        assert_eq!((log.begun_so_far(), log.ended_so_far()), (3, 3));
    }
}
