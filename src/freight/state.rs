//! Hauls and calls: the rows of the demand. Only this room writes them, but a haul that is taken moves to its truck.

use crate::grid::state::node_of;
use crate::kernel::ids::{FleetId, NodeId, SiteId};
use crate::policy::HaulColumns;
use crate::record::words::BerthPower;
use bevy_ecs::prelude::{Component, Resource};

/// Random multipliers on the means of one haul, drawn when it is made: the same under every policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HaulFactors {
    /// Time at the origin over its mean.
    pub origin: f32,
    /// Time at the destination over its mean.
    pub destination: f32,
    /// Time in a gate lane over its mean.
    pub gate: f32,
    /// Energy of its trips over their mean.
    pub energy: f32,
    /// Below a site's share of live loads the truck waits there; uniform.
    pub live: f32,
}

/// One container move by truck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Haul {
    /// Its number, in the order of readiness.
    pub id: u32,
    /// Where it starts.
    pub origin: SiteId,
    /// Where it goes.
    pub destination: SiteId,
    /// From when it can be taken.
    pub ready_s: u32,
    /// When it should have arrived.
    pub due_s: u32,
    /// Is the container loaded?
    pub loaded: bool,
    /// The only fleet that may carry it.
    pub fleet: Option<FleetId>,
    /// Windows at the gates of its origin and its destination that it booked, where these have appointments: their first
    /// second.
    pub windows_s: [Option<u32>; 2],
    /// Random multipliers on its means.
    pub factors: HaulFactors,
}

impl Haul {
    /// The ends at whose gates it booked a window.
    pub(crate) fn booked_at(&self) -> impl Iterator<Item = SiteId> + use<> {
        let ends = [self.origin, self.destination].into_iter().zip(self.windows_s);
        ends.filter_map(|(site, window_s)| window_s.map(|_| site))
    }
}

/// The vessel that makes a call, as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VesselOfCall {
    /// Its class, in the order of their keys.
    pub class: u16,
    /// Its tier, in the order of the class's.
    pub tier: u16,
    /// Its speed in transit, knots.
    pub transit_kn: f64,
    /// Can it take shore power?
    pub is_capable: bool,
    /// What runs it at berth, once it is connected.
    pub at_berth: BerthPower,
    /// Most that leaves the funnels of its auxiliary engines where their exhaust is captured: nitrogen oxides and particles, g per
    /// kWh.
    pub captured_g_per_kwh: [f64; 2],
    /// Connecting takes so long, s.
    pub connect_s: i64,
    /// Disconnecting takes so long, s.
    pub disconnect_s: i64,
}

/// One vessel's stay at a terminal. All calls are known when the run begins, and policies change none.
#[derive(Component, Debug, Clone, PartialEq)]
#[component(immutable)]
pub struct Call {
    /// Its number, in the order of arrival at the berth.
    pub id: u32,
    /// The terminal.
    pub site: SiteId,
    /// Which call of this terminal it is.
    pub index: u32,
    /// Arrival, seconds from the start of the run (negative: before).
    pub arrive_s: i64,
    /// At berth from.
    pub berth_s: i64,
    /// Leaves.
    pub leave_s: i64,
    /// Containers lifted.
    pub lifts: u32,
    /// Does it draw shore power?
    pub on_shore_power: bool,
    /// Power that it draws from the shore then, kW.
    pub shore_kw: f64,
    /// The vessel that makes it, where the scenario says what vessels burn.
    pub vessel: Option<VesselOfCall>,
    /// Is it worked move by move, by the plan of the terminal? Then berth and departure above are what was planned, and the yard
    /// says what became of it.
    pub by_moves: bool,
    /// Containers that were lifted before the run, as planned.
    pub lifted_before: u32,
}

impl Call {
    /// When a stay from `berth_s` to `leave_s` is on shore power: after connecting and before disconnecting; all of it where the
    /// scenario says nothing of vessels.
    #[must_use]
    pub fn shore_window_s(&self, berth_s: i64, leave_s: i64) -> (i64, i64) {
        let times = self.vessel.map_or((0, 0), |vessel| (vessel.connect_s, vessel.disconnect_s));
        (berth_s + times.0, leave_s - times.1)
    }

    /// Mean power from the shore between two times, kW.
    #[must_use]
    pub fn shore_kw_between(&self, from_s: i64, to_s: i64) -> f64 {
        if self.vessel.is_none() {
            return if self.on_shore_power { self.shore_kw } else { 0.0 };
        }
        let (on_s, off_s) = self.shore_window_s(self.berth_s, self.leave_s);
        let connected_s = (off_s.min(to_s) - on_s.max(from_s)).max(0);
        if self.on_shore_power { self.shore_kw * connected_s as f64 / (to_s - from_s) as f64 } else { 0.0 }
    }
}

/// Hauls that are known and not taken, in the order of readiness. Hauls are columns of one board and not entities: each is
/// open for some hours and is looked at in every dispatch decision of those, so policies read the columns as they stand, and
/// nothing is spawned or despawned inside the tick.
#[derive(Resource, Debug, Default)]
pub struct Board {
    columns: HaulColumns,
    hauls: Vec<Option<Haul>>,
    /// Rows that are taken and still have to go.
    taken: Vec<usize>,
    requested: u64,
    lapsed: u64,
}

impl Board {
    /// Puts up a haul. They come in the order of their ids.
    pub fn put_up(&mut self, haul: Haul) {
        debug_assert!(self.columns.id.last().is_none_or(|last| *last < haul.id));
        debug_assert!(self.columns.ready_s.last().is_none_or(|last| *last <= haul.ready_s));
        let columns = &mut self.columns;
        columns.id.push(haul.id);
        columns.origin.push(haul.origin.0);
        columns.destination.push(haul.destination.0);
        columns.ready_s.push(haul.ready_s);
        columns.due_s.push(haul.due_s);
        columns.loaded.push(u8::from(haul.loaded));
        columns.fleet.push(haul.fleet.map_or(u32::MAX, |fleet| fleet.0));
        self.hauls.push(Some(haul));
        self.requested += 1;
    }

    /// Takes a haul off for a truck of this fleet; `None` when it is not open, or only for another fleet.
    pub fn take(&mut self, id: u32, fleet: FleetId) -> Option<Haul> {
        let at = self.columns.id.binary_search(&id).ok()?;
        if self.hauls[at]?.fleet.is_some_and(|only| only != fleet) {
            return None;
        }
        let haul = self.hauls[at].take()?;
        self.taken.push(at);
        Some(haul)
    }

    /// Removes what has lapsed: due before `limit_s`. Returns it.
    pub(super) fn cancel_due_before(&mut self, limit_s: u32) -> Vec<Haul> {
        let mut lapsed = Vec::new();
        for at in 0..self.hauls.len() {
            if self.hauls[at].is_some_and(|haul| haul.due_s < limit_s) {
                lapsed.extend(self.hauls[at].take());
                self.taken.push(at);
            }
        }
        self.lapsed += lapsed.len() as u64;
        lapsed
    }

    /// The open hauls as columns.
    pub fn columns(&mut self) -> &HaulColumns {
        if !self.taken.is_empty() {
            self.taken.sort_unstable();
            let columns = &mut self.columns;
            let lists = [
                &mut columns.id,
                &mut columns.origin,
                &mut columns.destination,
                &mut columns.ready_s,
                &mut columns.due_s,
                &mut columns.fleet,
            ];
            for column in lists {
                remove_rows(column, &self.taken);
            }
            remove_rows(&mut columns.loaded, &self.taken);
            remove_rows(&mut self.hauls, &self.taken);
            self.taken.clear();
        }
        &self.columns
    }

    /// The open hauls.
    pub fn open(&self) -> impl Iterator<Item = &Haul> {
        self.hauls.iter().flatten()
    }

    /// Hauls put up so far.
    #[must_use]
    pub fn requested(&self) -> u64 {
        self.requested
    }
}

/// Takes rows (rising) out of a column: what stands between them moves up in one piece.
fn remove_rows<T: Copy>(column: &mut Vec<T>, rows: &[usize]) {
    let Some(first) = rows.first() else { return };
    let mut end = *first;
    for (at, row) in rows.iter().enumerate() {
        let next = rows.get(at + 1).copied().unwrap_or(column.len());
        column.copy_within(row + 1..next, end);
        end += next - row - 1;
    }
    column.truncate(end);
}

/// What vessels ask of each terminal in the current interval, by site: a ledger that this room writes at boundaries and
/// terminals read.
#[derive(Resource, Debug, Default)]
pub struct Berths {
    vessel_lifts: Vec<f64>,
    rail_lifts: Vec<f64>,
}

impl Berths {
    /// For so many sites.
    #[must_use]
    pub fn new(sites: usize) -> Self {
        Self { vessel_lifts: vec![0.0; sites], rail_lifts: vec![0.0; sites] }
    }

    /// Containers to lift on or off vessels at a site.
    #[must_use]
    pub fn vessel_lifts(&self, site: SiteId) -> f64 {
        self.vessel_lifts[site.index()]
    }

    /// Containers to or from on-dock rail at a site.
    #[must_use]
    pub fn rail_lifts(&self, site: SiteId) -> f64 {
        self.rail_lifts[site.index()]
    }

    /// A new interval begins.
    pub(super) fn clear(&mut self) {
        self.vessel_lifts.fill(0.0);
        self.rail_lifts.fill(0.0);
    }

    /// A vessel asks for lifts, and a share of them goes by rail.
    pub(super) fn add(&mut self, site: SiteId, lifts: f64, rail_share: f64) {
        self.vessel_lifts[site.index()] += lifts;
        self.rail_lifts[site.index()] += lifts * rail_share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_and_the_rest_stays_in_order() {
        for rows in [vec![], vec![0], vec![9], vec![3, 4, 5], vec![0, 2, 9], (0..10).collect()] {
            let mut column: Vec<usize> = (0..10).collect();
            remove_rows(&mut column, &rows);
            let expected: Vec<usize> = (0..10).filter(|row| !rows.contains(row)).collect();
            assert_eq!(column, expected);
        }
    }
}

/// The inner nodes that vessels draw from at terminals where it is not the site's connection.
#[derive(Resource, Debug, Default)]
pub(crate) struct ShoreNodes(Vec<(SiteId, NodeId)>);

impl ShoreNodes {
    /// Sites with shore power behind a node, each with its node.
    pub(super) fn new(nodes: Vec<(SiteId, NodeId)>) -> Self {
        Self(nodes)
    }

    /// That of a terminal.
    pub(crate) fn of(&self, site: SiteId) -> NodeId {
        self.0.iter().find(|(known, _)| *known == site).map_or(node_of(site), |(_, node)| *node)
    }
}
