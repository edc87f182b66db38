//! What passes between charging and the rooms that drive vehicles: a vehicle comes with its battery, and leaves with it.

use crate::kernel::ids::{LotId, PortId, SiteId};
use crate::kernel::units::{Kw, Kwh};
use crate::vehicle::battery::Battery;
use crate::vehicle::spec::BatterySpec;
use crate::vehicle::user::{User, Vehicle};
use bevy_ecs::prelude::Resource;

/// A vehicle that comes to charge and hands over its battery.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// Exact time.
    pub(crate) at_s: u32,
    /// Site with the charger.
    pub(crate) site: SiteId,
    /// Which vehicle.
    pub(crate) vehicle: Vehicle,
    /// On whose account.
    pub(crate) user: User,
    /// Is this place its home?
    pub(crate) at_home: bool,
    /// Does it keep its charging port until it has to go, also when it is done?
    pub(crate) stays: bool,
    /// Its battery.
    pub(crate) battery: Battery,
    /// It leaves with this much energy.
    pub(crate) target: Kwh,
    /// It leaves at this time with whatever it has.
    pub(crate) depart_s: Option<u32>,
    /// It comes because there is time, such as a break: that it leaves with less is no failure.
    pub(crate) is_opportunity: bool,
    /// Power that the charging port offers it, grid side, when the limits count what is offered and not what the battery
    /// takes.
    pub(crate) offer: Option<Kw>,
    /// The only charging port that it uses.
    pub(crate) pinned: Option<PortId>,
    /// The only lot whose charging ports it uses.
    pub(crate) lot: Option<LotId>,
    /// Its place in the order of vehicles, for policies that rank by vehicle.
    pub(crate) rank: u32,
    /// Of the target what its next duty takes, with a reserve, as far as that is known.
    pub(crate) duty: Kwh,
    /// What it may export to the site.
    pub(crate) v2g: V2gExport,
}

impl Arrival {
    /// A vehicle away from home that comes to charge fully and stays until it is done.
    #[must_use]
    pub(crate) fn new(at_s: u32, site: SiteId, vehicle: Vehicle, user: User, battery: Battery) -> Self {
        let target = battery.usable();
        let rank = vehicle.number();
        Self {
            at_s,
            site,
            vehicle,
            user,
            at_home: false,
            stays: false,
            battery,
            target,
            depart_s: None,
            is_opportunity: false,
            offer: None,
            pinned: None,
            lot: None,
            rank,
            duty: target,
            v2g: V2gExport::default(),
        }
    }

    /// Has it to go at this time or before?
    pub(super) fn is_over(&self, at_s: u32) -> bool {
        self.depart_s.is_some_and(|depart_s| depart_s <= at_s)
    }
}

/// What a vehicle may export to the site (vehicle to grid).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct V2gExport {
    /// Most power, battery side; zero where it cannot.
    pub(crate) limit: Kw,
    /// It keeps this much energy.
    pub(crate) reserve: Kwh,
}

impl V2gExport {
    /// What a battery of the user's scenario may export.
    #[must_use]
    pub(crate) fn of(spec: Option<&BatterySpec>, battery: &Battery) -> Self {
        spec.map_or_else(Self::default, |spec| Self {
            limit: Kw(spec.v2g_kw),
            reserve: battery.usable() * spec.v2g_keep_soc,
        })
    }
}

/// A vehicle that leaves and gets its battery back.
#[derive(Debug, Clone)]
pub(crate) struct Departure {
    /// Exact time.
    pub(crate) at_s: u32,
    /// Site with the charger.
    pub(crate) site: SiteId,
    /// Which vehicle.
    pub(crate) vehicle: Vehicle,
    /// Its battery.
    pub(crate) battery: Battery,
    /// Its time at a charging port, if it had one.
    pub(crate) at_port: Option<AtPort>,
}

/// When a vehicle was at a charging port: from `start_s` it was plugged in, from `power_s` it could charge, at `done_s` unplugging
/// began or waited for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AtPort {
    pub(crate) start_s: u32,
    pub(crate) power_s: u32,
    pub(crate) done_s: u32,
}

/// Vehicles on their way into the queues. Written by the rooms that drive vehicles, emptied by the queue step.
#[derive(Resource, Debug, Default)]
pub(crate) struct Arrivals(Vec<Arrival>);

impl Arrivals {
    /// A vehicle comes.
    pub(crate) fn push(&mut self, arrival: Arrival) {
        self.0.push(arrival);
    }

    /// Does none come?
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that come, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arrival> {
        self.0.iter()
    }

    /// Lends the list to the queue step, which gives it back empty: its memory is used again.
    pub(super) fn lend(&mut self) -> Vec<Arrival> {
        core::mem::take(&mut self.0)
    }

    /// Takes the emptied list back.
    pub(super) fn take_back(&mut self, list: Vec<Arrival>) {
        debug_assert!(list.is_empty() && self.0.is_empty());
        self.0 = list;
    }
}

/// Vehicles that left in the tick before. Written by the queue step, read by the rooms that drive vehicles.
#[derive(Resource, Debug, Default)]
pub(crate) struct Departures(Vec<Departure>);

impl Departures {
    /// A vehicle leaves.
    pub(crate) fn push(&mut self, departure: Departure) {
        self.0.push(departure);
    }

    /// Has none left?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that left, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Departure> {
        self.0.iter()
    }

    /// Takes out those that are meant for a service: the rooms that drive vehicles do not see them.
    pub(crate) fn take_if(&mut self, is_own: impl FnMut(&mut Departure) -> bool) -> impl Iterator<Item = Departure> {
        self.0.extract_if(.., is_own)
    }

    /// A new tick begins.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
