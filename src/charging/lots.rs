//! Charging lots of terminals and depots with a plan, and the people who plug in and out.

use super::session::Plug;
use super::spec::ChargerSpec;
use super::state::{Cabinet, CabinetState, Port, SiteQueue};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{LotId, Roster, SiteId};
use crate::kernel::units::Kwh;
use crate::record::metrics::{Metric, MetricName, ScopeMetrics};
use crate::record::names::Names;
use crate::record::tally::Waits;
use crate::scenario::loaded::LotWays;
use bevy_ecs::prelude::{Component, Mut, Query, Res, World};
use bevy_ecs::system::SystemParam;

/// How the vehicles of a group of chargers are plugged in and out. Written by the queue step.
#[derive(Component, Debug)]
pub(super) struct Crew {
    /// A vehicle that comes to a free port is driven there and plugged in for so long; one that waited; and one that is done is
    /// unplugged and driven away.
    plug_s: u32,
    plug_waiting_s: u32,
    unplug_s: u32,
    /// The ways of a depot that has a plan. There the driver of a vehicle does it who is there, when it comes and when it has to go.
    ways: Option<LotWays>,
    /// When each of those who do it is free; none: nobody has to be waited for. One is as good as the other, so they are times
    /// and no entities.
    free_s: Vec<u32>,
}

impl Crew {
    /// Of a group of chargers, with the ways of a depot that has a plan.
    pub(super) fn of(spec: &ChargerSpec, ways: Option<LotWays>) -> Self {
        let (told, ways) = (ways, ways.unwrap_or_default());
        let seconds = |minutes: f64| (minutes * 60.0).round() as u32;
        let (plug_s, unplug_s) = (seconds(spec.plug_min), seconds(spec.unplug_min));
        Self {
            plug_s: plug_s + ways.from_gate_s,
            plug_waiting_s: plug_s + ways.from_parking_s,
            unplug_s: unplug_s + ways.to_parking_s,
            ways: told,
            free_s: vec![0; spec.staff.unwrap_or(0) as usize],
        }
    }

    /// Does it take time to unplug a vehicle?
    pub(super) fn unplugs_slowly(&self) -> bool {
        self.unplug_s > 0
    }

    /// A vehicle is plugged in, from `at_s` at the earliest, when it came or after it waited. Returns when that is done.
    pub(super) fn plug_in(&mut self, at_s: u32, has_waited: bool) -> u32 {
        match (has_waited, self.ways.is_some()) {
            (false, true) => at_s + self.plug_s,
            (false, false) => self.work(at_s, self.plug_s),
            (true, _) => self.work(at_s, self.plug_waiting_s),
        }
    }

    /// How long a vehicle of a depot with a plan is driven to its plug, s.
    pub(super) fn way_s(&self, has_waited: bool) -> Option<u32> {
        self.ways.map(|ways| if has_waited { ways.from_parking_s } else { ways.from_gate_s })
    }

    /// A vehicle is unplugged, from `at_s` at the earliest, because it is done or because it has to go. Returns when that is done.
    pub(super) fn unplug(&mut self, at_s: u32, has_to_go: bool) -> u32 {
        if has_to_go && self.ways.is_some() { at_s + self.unplug_s } else { self.work(at_s, self.unplug_s) }
    }

    /// The first person who is free does it.
    fn work(&mut self, at_s: u32, takes_s: u32) -> u32 {
        if takes_s == 0 {
            return at_s;
        }
        let Some(free_s) = self.free_s.iter_mut().min() else { return at_s + takes_s };
        *free_s = at_s.max(*free_s) + takes_s;
        *free_s
    }
}

/// A charging lot, as it stays for the whole run.
#[derive(Component, Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[component(immutable)]
pub(crate) struct Lot {
    site: SiteId,
    name: String,
}

impl Lot {
    /// The lot of a name at a site.
    pub(super) fn new(site: SiteId, name: String) -> Self {
        Self { site, name }
    }

    /// The lot of a name at a site.
    #[must_use]
    pub(crate) fn find(world: &World, site: SiteId, name: &str) -> Option<LotId> {
        let mut lots = world.resource::<Roster<Self>>().components::<Self>(world);
        lots.position(|lot| lot.site == site && lot.name == name).map(LotId::at)
    }
}

/// What happened at a charging lot. Written by the queue step.
#[derive(Component, Debug, Default)]
pub(super) struct LotUse {
    /// Waits for a plug of vehicles that got one.
    waits: Waits,
    /// Ways of those to its plugs, s; of depots: the units of a terminal drive to it themselves.
    way_s: Option<u64>,
    /// What its plugs drew, of vehicles that left, kWh.
    energy_kwh: f64,
    /// Time that plugs were taken, of vehicles that left, s.
    taken_s: u64,
}

/// Charging lots and the people of groups of chargers, each looked up by its id, for the queue step.
#[derive(SystemParam)]
pub(super) struct LotsAndCrews<'w, 's> {
    lots: Res<'w, Roster<Lot>>,
    uses: Query<'w, 's, &'static mut LotUse>,
    groups: Res<'w, Roster<Crew>>,
    crews: Query<'w, 's, &'static mut Crew>,
}

impl LotsAndCrews<'_, '_> {
    /// The people of a group of chargers.
    pub(super) fn crew(&mut self, group: usize) -> Mut<'_, Crew> {
        self.groups.get_mut(&mut self.crews, group)
    }

    /// A vehicle that waited so long plugs in, after it was driven so far from gate or parking.
    pub(super) fn plug_in(&mut self, lot: LotId, wait_s: u32, way_s: Option<u32>) {
        let mut used = self.lots.get_mut(&mut self.uses, lot.index());
        used.waits.add(wait_s);
        if let Some(way_s) = way_s {
            used.way_s = Some(used.way_s.unwrap_or(0) + u64::from(way_s));
        }
    }

    /// A vehicle unplugs after so long, with what its plug drew.
    pub(super) fn unplug(&mut self, lot: LotId, taken_s: u32, drawn: Kwh) {
        let mut used = self.lots.get_mut(&mut self.uses, lot.index());
        used.taken_s += u64::from(taken_s);
        used.energy_kwh += drawn.0;
    }
}

/// How busy charging lots are, for the yards that send units there.
#[derive(SystemParam)]
pub(crate) struct LotsNow<'w, 's> {
    roster: Res<'w, Roster<Cabinet>>,
    cabinets: Query<'w, 's, (&'static Cabinet, &'static CabinetState)>,
    sites: Res<'w, Roster<SiteQueue>>,
    queues: Query<'w, 's, &'static SiteQueue>,
}

impl LotsNow<'_, '_> {
    /// Plugs of a lot that are in order, those that are free, and vehicles that wait for one.
    pub(crate) fn at(&self, site: SiteId, lot: LotId) -> (usize, usize, usize) {
        let here = self.roster.iter(&self.cabinets).filter(|(cabinet, _)| cabinet.lot == Some(lot));
        let working = here.filter(|(_, state)| !state.is_broken());
        let (plugs, free) = working.fold((0, 0), |(plugs, free), (cabinet, state)| {
            (plugs + cabinet.port_count as usize, free + state.free_count())
        });
        let queue = self.sites.get(&self.queues, site.index());
        (plugs, free, queue.waiting().iter().filter(|arrival| arrival.lot == Some(lot)).count())
    }
}

/// Metrics of charging lots (scope `lot:KEY`).
pub(crate) fn metrics(world: &World, names: &Names) -> Vec<Metric> {
    let mut out = Vec::new();
    let end_s = world.resource::<Clock>().now_s();
    let cabinets: Vec<&Cabinet> = world.resource::<Roster<Cabinet>>().components(world).collect();
    let ports = world.resource::<Roster<Port>>();
    let plugs: Vec<(&Port, &Plug)> = ports.components::<Port>(world).zip(ports.components::<Plug>(world)).collect();
    let lots = world.resource::<Roster<Lot>>();
    let uses = lots.components::<LotUse>(world);
    for (at, (Lot { site, name }, used)) in lots.components::<Lot>(world).zip(uses).enumerate() {
        let is_here = |port: &Port| cabinets[port.cabinet.index()].lot == Some(LotId::at(at));
        let here = || plugs.iter().filter(|(port, _)| is_here(port));
        let open = || here().filter_map(|(_, plug)| plug.session());
        let open_s: u64 = open().map(|session| u64::from(end_s - session.start_s().min(end_s))).sum();
        let open_kwh: f64 = open().map(|session| session.drawn().0).sum();
        let most_s = here().count() as f64 * f64::from(end_s);
        let mut scope = ScopeMetrics::new(format!("lot:{}/{name}", names.sites[site.index()]), &mut out);
        scope.count(MetricName::LotSessions, used.waits.number());
        scope.add(MetricName::LotUtilization, (most_s > 0.0).then(|| (used.taken_s + open_s) as f64 / most_s));
        scope.add(MetricName::LotQueueMeanMin, used.waits.mean_min());
        scope.add(MetricName::LotQueueP95Min, used.waits.quantile_min(0.95));
        // The ways of a terminal are those of its yard, which tells them.
        if let Some(way_s) = used.way_s {
            let number = used.waits.number();
            scope.add(MetricName::LotWayMeanMin, (number > 0).then(|| way_s as f64 / number as f64 / 60.0));
        }
        scope.add(MetricName::LotEnergyKwh, Some(used.energy_kwh + open_kwh));
    }
    out
}
