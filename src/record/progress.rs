//! Metrics of a run in progress, for a program that steers it and is rewarded by them: folded from the same rows as the
//! summary, so that what they reach when the run ends is what it reports.

use super::metrics::MetricName;
use super::rows::{HaulRow, PowerRow, SessionRow};
use super::words::{HaulState, Leave};

/// The metrics of the whole hub that can be followed while a run goes on.
pub const FOLLOWED: [MetricName; 10] = [
    MetricName::HaulsCompleted,
    MetricName::HaulsLate,
    MetricName::HaulsLapsed,
    MetricName::Sessions,
    MetricName::SessionsUnmet,
    MetricName::EnergyDeliveredKwh,
    MetricName::EnergyGridKwh,
    MetricName::EnergyChargingKwh,
    MetricName::PeakKw,
    MetricName::BillEnergyUsd,
];

/// What the rows so far add up to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    values: [f64; FOLLOWED.len()],
    /// Start of the interval whose sites are being added up, and their power so far.
    interval: Option<(u32, f64)>,
}

impl Progress {
    /// The value of a metric so far; none where it is not followed.
    #[must_use]
    pub fn value(&self, name: MetricName) -> Option<f64> {
        FOLLOWED.iter().position(|followed| *followed == name).map(|at| self.values[at])
    }

    fn add(&mut self, name: MetricName, amount: f64) {
        if let Some(at) = FOLLOWED.iter().position(|followed| *followed == name) {
            self.values[at] += amount;
        }
    }

    /// Folds power in, of intervals of so many hours. `price` is what a kWh costs at a site in an interval, by its start; none
    /// where the site has no tariff. `is_counted`: is the site in the sums of the hub's peak?
    pub fn power(
        &mut self,
        rows: &[PowerRow],
        hours: f64,
        price: impl Fn(&PowerRow) -> Option<f64>,
        is_counted: impl Fn(&PowerRow) -> bool,
    ) {
        for row in rows {
            let energy_kwh = row.total_kw * hours;
            self.add(MetricName::EnergyGridKwh, energy_kwh);
            self.add(MetricName::EnergyChargingKwh, row.charging_kw * hours);
            self.add(MetricName::BillEnergyUsd, price(row).map_or(0.0, |usd_per_kwh| energy_kwh * usd_per_kwh));
            let running = self.interval.filter(|(start_s, _)| *start_s == row.start_s).map_or(0.0, |(_, sum)| sum);
            let sum = running + if is_counted(row) { row.total_kw } else { 0.0 };
            self.interval = Some((row.start_s, sum));
        }
        // All sites of an interval come together.
        let peak_kw = self.value(MetricName::PeakKw).unwrap_or(0.0);
        let above_kw = self.interval.map_or(0.0, |(_, sum)| (sum - peak_kw).max(0.0));
        self.add(MetricName::PeakKw, above_kw);
    }

    /// Folds sessions in, when they have ended.
    pub fn sessions(&mut self, rows: &[SessionRow]) {
        for row in rows {
            let is_short = row.requested_kwh - row.delivered_kwh > 1e-3;
            let is_over = !matches!(row.leave, Leave::Open | Leave::Outage | Leave::BreakOver);
            self.add(MetricName::Sessions, f64::from(u8::from(row.start_s.is_some())));
            self.add(MetricName::SessionsUnmet, f64::from(u8::from(is_short && is_over)));
            self.add(MetricName::EnergyDeliveredKwh, row.delivered_kwh);
        }
    }

    /// Folds hauls in, when they are done or have lapsed.
    pub fn hauls(&mut self, rows: &[HaulRow]) {
        for row in rows {
            match row.state {
                HaulState::Completed => {
                    self.add(MetricName::HaulsCompleted, 1.0);
                    let is_late = row.done_s.is_some_and(|done_s| done_s > row.due_s);
                    self.add(MetricName::HaulsLate, f64::from(u8::from(is_late)));
                }
                HaulState::Lapsed => self.add(MetricName::HaulsLapsed, 1.0),
                HaulState::Open => {}
            }
        }
    }
}
