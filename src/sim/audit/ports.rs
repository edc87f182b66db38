//! Charging ports and queues, from the table of sessions alone: one vehicle at a port and one place for a vehicle at any
//! time, times in their order, states of charge within bounds, and Little's law with the queue's length integrated over time.

use super::queue::Queue;
use crate::charging::spec::ChargerSpec;
use crate::record::audit::{Check, Findings};
use crate::record::names::Names;
use crate::record::rows::SessionRow;
use crate::record::tally::Waits;
use crate::record::words::{Leave, VehicleKind};
use crate::scenario::Scenario;
use std::collections::BTreeMap;

/// A state of charge may leave its bounds by so much, which is rounding.
const ROUNDING: f64 = 1e-9;

/// What the rows so far say.
#[derive(Debug)]
pub(super) struct Ports {
    /// By port, when its last session ended.
    free_s: Vec<u32>,
    /// By truck and by unit of equipment, when it last left a site.
    left_s: [Vec<u32>; 2],
    /// Does a vehicle's number stand for itself in the table? Batteries of a swap yard charge under the unit that left them.
    is_own: [bool; 2],
    queues: Vec<Queue>,
    /// By kind and number, what vehicles that may come again lack of what they asked for, kWh.
    lacking_kwh: BTreeMap<(VehicleKind, u32), f64>,
    /// Delivered to all, and lacking at those who do not come again, kWh.
    settled_kwh: f64,
}

impl Ports {
    pub(super) fn new(scenario: &Scenario, names: &Names) -> Self {
        Self {
            free_s: vec![0; names.ports.len()],
            left_s: [Vec::new(), Vec::new()],
            is_own: [true, scenario.swap.is_empty()],
            queues: vec![Queue::default(); names.sites.len()],
            lacking_kwh: BTreeMap::new(),
            settled_kwh: 0.0,
        }
    }

    pub(super) fn sessions(&mut self, rows: &[SessionRow], names: &Names, findings: &mut Findings) {
        for row in rows {
            self.row(row, names, findings);
        }
        let last_s = rows.iter().map(|row| row.end_s).max().unwrap_or(0);
        self.queues.iter_mut().for_each(|queue| queue.read_until(last_s));
    }

    fn row(&mut self, row: &SessionRow, names: &Names, findings: &mut Findings) {
        let who = || format!("{} {}", row.vehicle_kind.word(), row.vehicle_id);
        let begin_s = row.start_s.unwrap_or(row.end_s);
        let is_in_order = row.arrive_s <= begin_s && begin_s <= row.end_s;
        findings.hold(Check::SessionTimes, is_in_order && row.wait_s == begin_s.saturating_sub(row.arrive_s), || {
            let (arrive_s, wait_s, end_s) = (row.arrive_s, row.wait_s, row.end_s);
            format!("session: {} came at {arrive_s} s, waited {wait_s} s until {begin_s} s, left at {end_s} s", who())
        });
        for soc in [row.start_soc, row.end_soc] {
            findings.hold(Check::SessionSoc, (-ROUNDING..=1.0 + ROUNDING).contains(&soc), || {
                format!("state of charge: {} had {soc} of its battery", who())
            });
        }
        if let Some((port, start_s)) = row.port.zip(row.start_s) {
            let free_s = &mut self.free_s[port.index()];
            findings.hold(Check::PortOnce, *free_s <= start_s, || {
                let name = &names.ports[port.index()];
                format!("port: {} began at {name} at {start_s} s, where another vehicle was until {free_s} s", who())
            });
            *free_s = row.end_s;
        }
        self.stay(row, &who, findings);
        self.ask(row);
        self.queues[row.site.index()].wait(row.arrive_s, begin_s, row.wait_s);
    }

    /// What was asked for is what was delivered and what is lacking in the end.
    fn ask(&mut self, row: &SessionRow) {
        let lacking_kwh = self.lacking_kwh.entry((row.vehicle_kind, row.vehicle_id)).or_default();
        self.settled_kwh += row.delivered_kwh;
        *lacking_kwh = (lacking_kwh.max(row.requested_kwh) - row.delivered_kwh).max(0.0);
        if row.vehicle_kind == VehicleKind::Visitor && row.leave != Leave::Outage {
            self.settled_kwh += self.lacking_kwh.remove(&(VehicleKind::Visitor, row.vehicle_id)).unwrap_or(0.0);
        }
    }

    /// Energy that all vehicles asked for, kWh.
    pub(super) fn asked_kwh(&self) -> f64 {
        self.settled_kwh + self.lacking_kwh.values().sum::<f64>()
    }

    /// A vehicle is at one place at a time.
    fn stay(&mut self, row: &SessionRow, who: &impl Fn() -> String, findings: &mut Findings) {
        let Some(kind) =
            [VehicleKind::Truck, VehicleKind::Equipment].into_iter().position(|kind| kind == row.vehicle_kind)
        else {
            return;
        };
        if !self.is_own[kind] {
            return;
        }
        let (left_s, id) = (&mut self.left_s[kind], row.vehicle_id as usize);
        left_s.resize(left_s.len().max(id + 1), 0);
        findings.hold(Check::VehicleOnce, left_s[id] <= row.arrive_s, || {
            let (from_s, until_s) = (row.arrive_s, left_s[id]);
            format!("port: {} came to charge at {from_s} s, and was at another port or queue until {until_s} s", who())
        });
        left_s[id] = row.end_s;
    }

    /// Holds every queue to its waits: those of the rows, and those that the metrics are made of.
    pub(super) fn close(&mut self, waits: &[&Waits], names: &Names, findings: &mut Findings) {
        for ((queue, key), waits) in self.queues.iter_mut().zip(&names.sites).zip(waits) {
            queue.close(waits, key, findings);
        }
    }

    /// Area under the length of each queue, s.
    pub(super) fn areas_s(&self) -> Vec<i64> {
        self.queues.iter().map(Queue::area_s).collect()
    }
}

/// The group of a charging port, its key and the number of the port in it: ports are named after both.
pub(super) fn group_of<'a>(port: &'a str, scenario: &'a Scenario) -> (&'a ChargerSpec, &'a str, u32) {
    let named = port.rsplit_once('/').and_then(|(key, number)| Some((key, number.parse().ok()?)));
    let (key, number) = named.unwrap_or((port, 1));
    (scenario.charger.get(key).expect("charging ports are named after their group"), key, number)
}
