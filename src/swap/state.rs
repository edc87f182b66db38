//! Yards, their batteries and their bays. Only this room writes them.

use crate::kernel::ids::{LotId, SiteId, SwapYardId, UnitId};
use crate::record::tally::Waits;
use crate::terminal::state::{DelegatedUnit, ServiceNow};
use crate::vehicle::battery::Battery;
use crate::vehicle::queue::WaitingLine;
use bevy_ecs::prelude::Component;
use std::ops::Range;

/// A swap yard, as it stays for the whole run.
#[derive(Component, Debug)]
#[component(immutable)]
pub(super) struct SwapYard {
    pub(super) site: SiteId,
    /// The lot of a plan whose ports charge its batteries; none: any port of the terminal.
    pub(super) lot: Option<LotId>,
    /// Position of the equipment model whose batteries it swaps.
    pub(super) model: u32,
    pub(super) swap_s: u32,
    /// A battery is handed out at this state of charge or above.
    pub(super) ready_soc: f64,
    /// Units of its model at its terminal, in id order.
    pub(super) units: Vec<UnitId>,
    /// Its bays: these among all bays.
    pub(super) bays: Range<usize>,
}

impl SwapYard {
    /// How busy it is, for those who send units: bays that could begin at once, and units that wait.
    pub(super) fn now(&self, free: usize, waiting: usize) -> ServiceNow {
        ServiceNow { places: self.bays.len(), free, waiting, visit_s: f64::from(self.swap_s) }
    }

    /// Does this unit get its batteries here?
    pub(super) fn owns(&self, unit: UnitId) -> bool {
        self.units.binary_search(&unit).is_ok()
    }
}

/// What a yard has and did.
#[derive(Component, Debug)]
pub(super) struct YardStock {
    /// Units that wait, in order of arrival.
    pub(super) queue: WaitingLine<DelegatedUnit>,
    /// Charged batteries and since when they are here.
    pub(super) ready: Vec<(u32, Battery)>,
    pub(super) swaps: u64,
    pub(super) waits: Waits,
    /// Fewest charged batteries that were ever there.
    pub(super) least_ready: usize,
}

/// A bay of a yard.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub(super) struct Bay {
    pub(super) yard: SwapYardId,
}

/// What a bay does.
#[derive(Component, Debug, Default)]
pub(super) struct BayWork {
    pub(super) free_s: u32,
    /// Swaps that have begun and are not over, in their order: within a tick one may follow another. Rows of the bay and no
    /// entities: a swap lasts minutes, has no name, and only its bay looks at it.
    pub(super) under_way: Vec<Swap>,
}

/// A swap in a bay.
#[derive(Debug)]
pub(super) struct Swap {
    pub(super) end_s: u32,
    pub(super) unit: UnitId,
    pub(super) fresh: Battery,
    pub(super) empty: Battery,
}
