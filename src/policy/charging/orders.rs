//! Policies that serve sessions one after the other: all that each can take, in the order of a key.

use super::info::{ChargingInfo, Knows};
use super::view::ChargingView;
use crate::kernel::units::Kw;
use crate::policy::decide::{Decide, Policy};
use crate::policy::kind::Charging;

pub(super) const POLICIES: &[ChargingInfo] = &[
    ChargingInfo {
        name: "fcfs",
        label: "First come, first served",
        about: "all power to the earliest arrival, then the next (first come, first served)",
        knows: &[Knows::Arrival],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Order("fcfs", |view, row| f64::from(view.sessions.arrive_s[row]))),
    },
    ChargingInfo {
        name: "last_come",
        label: "Last come, first served",
        about: "all power to the latest arrival, then the next",
        knows: &[Knows::Arrival],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Order("last_come", |view, row| -f64::from(view.sessions.arrive_s[row]))),
    },
    ChargingInfo {
        name: "edf",
        label: "Earliest departure first",
        about: "all power to the earliest departure, then the next (earliest deadline first)",
        knows: &[Knows::Departure],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Order("edf", |view, row| f64::from(view.sessions.depart_s[row]))),
    },
    ChargingInfo {
        name: "llf",
        label: "Least slack first",
        about: "all power to the least laxity: time to departure less charging time at full power",
        knows: &[Knows::Departure, Knows::Need],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Laxity),
    },
    ChargingInfo {
        name: "priority_vehicle_id",
        label: "Fixed order of vehicles",
        about: "all power to the lowest vehicle number, then the next",
        knows: &[Knows::Vehicle],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Order("priority_vehicle_id", |view, row| f64::from(view.sessions.vehicle[row]))),
    },
];

/// Its name, and the key by which it serves: smaller goes first, ties in the order of vehicles.
struct Order(&'static str, Key);

type Key = for<'a, 'b> fn(&'a ChargingView<'b>, usize) -> f64;

/// Least laxity first. Laxity shrinks with time, by itself: the order does not hold from one moment to the next.
struct Laxity;

impl Policy for Laxity {
    fn name(&self) -> &'static str {
        "llf"
    }
}

impl Decide<Charging> for Laxity {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        Ok(view.served_by(&view.sessions.ask_kw, |row| view.laxity(row)))
    }
}

impl Policy for Order {
    fn name(&self) -> &str {
        self.0
    }

    fn is_memoryless(&self) -> bool {
        true
    }
}

impl Decide<Charging> for Order {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        Ok(view.served_by(&view.sessions.ask_kw, |row| self.1(view, row)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{plan, sessions};
    use crate::grid::state::SiteOutlook;

    /// Three sessions under one limit of 150 kW, by hand. Laxity in hours: 5 - 1, 9 - 0.6, 2 - 2.
    #[test]
    fn who_gets_what() {
        let three = sessions(&[(100.0, 30, 5 * 3600, 2), (60.0, 10, 9 * 3600, 3), (200.0, 20, 2 * 3600, 1)]);
        let of = |name| plan(name, 150.0, &three, &SiteOutlook::default());
        assert_eq!(of("fcfs"), [0.0, 60.0, 90.0]);
        assert_eq!(of("last_come"), [100.0, 0.0, 50.0]);
        assert_eq!(of("edf"), [50.0, 0.0, 100.0]);
        assert_eq!(of("llf"), [50.0, 0.0, 100.0]);
        assert_eq!(of("priority_vehicle_id"), [50.0, 0.0, 100.0]);
    }
}
