//! What the users of each charger group met: waits that kept a vehicle from its work, and how many were there at once.

use super::rows::SessionRow;
use super::tally::Waits;
use super::words::VehicleKind;
use crate::kernel::ids::SiteId;
use crate::kernel::sums::Accumulate;

/// Presence is counted in slots of this length, s.
const SLOT_S: u32 = 900;

/// Figures of a group of chargers.
#[derive(Debug, Clone, Default)]
pub struct GroupTally {
    /// Waits for a port.
    pub waits: Waits,
    /// Sessions that had a port.
    pub sessions: u64,
    /// Time at ports, s.
    pub busy_s: f64,
    /// Change of the number present (waiting or charging) by slot.
    changes: Vec<i32>,
    /// Most present at once, of what was merged.
    merged_peak: u32,
}

impl GroupTally {
    fn add(&mut self, arrive_s: u32, start_s: Option<u32>, end_s: u32) {
        self.waits.add(start_s.unwrap_or(end_s).saturating_sub(arrive_s));
        if let Some(start_s) = start_s {
            self.sessions += 1;
            self.busy_s += f64::from(end_s.saturating_sub(start_s));
        }
        let (from, until) = ((arrive_s / SLOT_S) as usize, (end_s / SLOT_S) as usize + 1);
        self.changes.resize(self.changes.len().max(until + 1), 0);
        self.changes[from] += 1;
        self.changes[until] -= 1;
    }

    /// Most vehicles present in a quarter of an hour, waiting or charging.
    #[must_use]
    pub fn peak_present(&self) -> u32 {
        let (mut now, mut peak) = (0, 0);
        for change in &self.changes {
            now += change;
            peak = peak.max(now);
        }
        self.merged_peak.max(peak.unsigned_abs())
    }

    /// Mean time at a port, min; none without sessions.
    #[must_use]
    pub fn service_min(&self) -> Option<f64> {
        (self.sessions > 0).then(|| self.busy_s / self.sessions as f64 / 60.0)
    }

    /// Adds another that was seen at another time: peaks do not add up, the higher one counts.
    pub fn merge(&mut self, other: &Self) {
        self.waits.accumulate(&other.waits, 1.0);
        self.sessions += other.sessions;
        self.busy_s += other.busy_s;
        self.merged_peak = self.merged_peak.max(other.peak_present());
    }
}

/// Whose group a session is: that of its port; without a port, the first group of its site that is open to it.
#[derive(Debug, Clone, Default)]
pub struct GroupOf {
    /// Group of each port.
    pub by_port: Vec<usize>,
    /// Of each unit of equipment.
    pub by_unit: Vec<Option<usize>>,
    /// Of trucks, by site and fleet.
    pub by_fleet: Vec<Vec<Option<usize>>>,
}

impl GroupOf {
    fn find(&self, row: &SessionRow) -> Option<usize> {
        let of_fleet = |site: SiteId| self.by_fleet.get(site.index())?.get(row.fleet?.index()).copied().flatten();
        match row.port {
            Some(port) => self.by_port.get(port.index()).copied(),
            None if row.vehicle_kind == VehicleKind::Equipment => {
                self.by_unit.get(row.vehicle_id as usize).copied().flatten()
            }
            None => of_fleet(row.site),
        }
    }
}

/// All groups of a run.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// By group, in the order of the scenario.
    pub tallies: Vec<GroupTally>,
    of: GroupOf,
}

impl Groups {
    /// Nobody came yet.
    #[must_use]
    pub fn new(groups: usize, of: GroupOf) -> Self {
        Self { tallies: vec![GroupTally::default(); groups], of }
    }

    /// Folds a session in. Equipment that plugs in because there is a break waits for nothing: it goes on working when its
    /// break is over, and charges in the next one. A unit that has until a time to charge, and is ready by then, has not waited.
    pub fn add(&mut self, row: &SessionRow) {
        if row.vehicle_kind == VehicleKind::Equipment && row.depart_s.is_some() {
            return;
        }
        let is_ready = row.depart_s.is_some() && row.requested_kwh - row.delivered_kwh <= 1e-3;
        if let Some(tally) = self.of.find(row).and_then(|at| self.tallies.get_mut(at)) {
            let from_s = if is_ready { row.start_s.unwrap_or(row.end_s) } else { row.arrive_s };
            tally.add(from_s, row.start_s, row.end_s);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: two overlap in the second quarter of an hour, a third comes after both: two at once. The mean of 10, 20 and
    /// 30 minutes at a port is 20.
    #[test]
    fn those_present_at_once_are_counted() {
        let mut tally = GroupTally::default();
        for (arrive_s, minutes) in [(0, 20), (1000, 10), (9000, 30)] {
            tally.add(arrive_s, Some(arrive_s), arrive_s + minutes * 60);
        }
        assert_eq!((tally.peak_present(), tally.service_min()), (2, Some(20.0)));
        let mut all = GroupTally::default();
        all.merge(&tally);
        all.merge(&tally);
        assert_eq!((all.peak_present(), all.sessions), (2, 6));
    }
}
