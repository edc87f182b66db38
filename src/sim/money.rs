//! What a year of the scenario costs, from the days of a run: where `[money]` asks for it.
//!
//! The run's days stand for all days of a year, weekday by weekday, and the tariff bills that year month by month: a week's run
//! does not bear the demand charge of a whole month, nor does it matter where in a month it lies.

use crate::account::bill::bill;
use crate::account::load::Meter;
use crate::account::price::{Investment, MoneySpec, net_present_value};
use crate::account::tariff::Tariff;
use crate::kernel::calendar::{Calendar, parse_date};
use crate::record::metrics::{Metric, MetricName, ScopeKind, TOTAL};
use crate::record::names::Names;
use crate::record::summary::Summary;
use crate::scenario::Scenario;
use crate::scenario::prices::investments;
use jiff::{ToSpan, Unit};

/// What a run needs to tell the cost of a year.
#[derive(Debug)]
pub(super) struct Money {
    spec: MoneySpec,
    investments: Vec<Investment>,
    days: f64,
    /// Twelve whole months from the first of the month in which the run begins, and how many days they have.
    year: Option<(Calendar, u32)>,
}

impl Money {
    /// Of a scenario that has `[money]`.
    pub(super) fn of(scenario: &Scenario) -> Option<Self> {
        let spec = scenario.money.clone()?;
        let time = &scenario.time;
        Some(Self {
            spec,
            investments: investments(scenario),
            days: f64::from(time.days),
            year: twelve_months(&time.start, &time.zone),
        })
    }
}

/// Whole months, so that none pays a monthly charge for a part of itself.
fn twelve_months(start: &str, zone: &str) -> Option<(Calendar, u32)> {
    let first = parse_date(start).ok()?.first_of_month();
    let next = first.checked_add(1.year()).ok()?;
    let days = first.until((Unit::Day, next)).ok()?.get_days() as u32;
    Some((Calendar::new(&first.to_string(), zone, days + 1).ok()?, days))
}

/// The year's money of a run that is over; nothing without `[money]`.
pub(super) fn metrics(
    money: Option<&Money>,
    summary: &Summary,
    tariffs: &[Option<Tariff>],
    names: &Names,
) -> Vec<Metric> {
    let Some(Money { spec: money, investments, days, year }) = money else { return Vec::new() };
    let mut out = Vec::new();
    let mut bills_usd = 0.0;
    for ((meter, tariff), site) in summary.meters.iter().zip(tariffs).zip(&names.sites) {
        let bill_usd = year_bill(meter.as_ref(), tariff.as_ref(), year.as_ref(), names);
        bills_usd += bill_usd.unwrap_or(0.0);
        if bill_usd.is_some() {
            out.push(Metric::new(MetricName::YearBillUsd, &ScopeKind::Site.of(site), bill_usd));
        }
    }
    let capex_usd: f64 = investments.iter().map(|it| it.capex_usd).sum();
    let capital_usd: f64 = investments.iter().map(|it| it.annuity_usd(money.discount_rate)).sum();
    let upkeep_usd: f64 = investments.iter().map(|it| it.upkeep_usd_per_year).sum();
    let year_days = year.as_ref().map_or(365, |(_, days)| *days);
    let year_of_run = f64::from(year_days) / days;
    let (fuel_usd, lost_usd) = (year_of_run * fuel_usd(money, summary), year_of_run * lost_usd(money, summary));
    let running_usd = bills_usd + fuel_usd + lost_usd;
    let yearly_usd = capital_usd + upkeep_usd + running_usd;
    let mut total = |name, value: Option<f64>| out.push(Metric::new(name, TOTAL, value));
    total(MetricName::CapexUsd, Some(capex_usd));
    total(MetricName::YearCapitalUsd, Some(capital_usd));
    total(MetricName::YearUpkeepUsd, Some(upkeep_usd));
    total(MetricName::YearBillUsd, Some(bills_usd));
    total(MetricName::YearFuelUsd, Some(fuel_usd));
    total(MetricName::YearLostWorkUsd, Some(lost_usd));
    total(MetricName::YearCostUsd, Some(yearly_usd));
    // Upkeep is a flow of its own there.
    let npv_usd = net_present_value(investments, running_usd, money.discount_rate, money.years);
    total(MetricName::NpvUsd, Some(npv_usd));
    let each = |count: u64| (count > 0).then(|| yearly_usd / (year_of_run * count as f64));
    total(MetricName::CostPerHaulUsd, each(summary.all_fleets().completed));
    total(MetricName::CostPerMoveUsd, each(summary.hub.vessels.lifts));
    out
}

/// The bill of a year of a site's days.
fn year_bill(
    meter: Option<&Meter>,
    tariff: Option<&Tariff>,
    year: Option<&(Calendar, u32)>,
    names: &Names,
) -> Option<f64> {
    let (calendar, days) = year?;
    let load = meter?.load(names.calendar.clone()).ok()?.repeated(calendar, *days).ok()?;
    Some(bill(tariff?, &load).total_usd())
}

/// Diesel and fuel of vessels of the run, USD.
fn fuel_usd(money: &MoneySpec, summary: &Summary) -> f64 {
    let gallons = summary.all_fleets().diesel_gal + summary.hub.equipment.diesel_gal;
    gallons * money.diesel_usd_per_gal.unwrap_or(0.0) + summary.hub.vessels.burnt.fuel_usd
}

/// Work that was lost or late in the run, at its stated rates, USD. A haul that is not done at the end and was due by then is
/// lost, too: who leaves hauls open is not the cheaper one for it.
fn lost_usd(money: &MoneySpec, summary: &Summary) -> f64 {
    let equipment = &summary.hub.equipment;
    (summary.lapsed + summary.overdue) as f64 * money.unmet_haul_usd
        + summary.all_fleets().late as f64 * money.late_haul_usd
        + (equipment.required_h - equipment.served_h).max(0.0) * money.unserved_hour_usd
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::SiteId;
    use crate::kernel::sources::Sources;
    use crate::record::rows::HaulRow;
    use crate::record::words::{Container, HaulState};

    /// A haul lapsed, one is open though it was due, one is open and due tomorrow: two are lost.
    #[test]
    fn hauls_left_open_past_their_due_are_lost() {
        let money = MoneySpec {
            discount_rate: 0.05,
            years: 10,
            usd_of: 2025,
            price_index: None,
            diesel_usd_per_gal: None,
            unmet_haul_usd: 100.0,
            late_haul_usd: 0.0,
            unserved_hour_usd: 0.0,
            sources: Sources::default(),
        };
        let site = SiteId::at(0);
        let row = |due_s: u32, state| HaulRow {
            haul: 0,
            origin: site,
            destination: site,
            container: Container::Loaded,
            ready_s: 0,
            due_s,
            state,
            truck: None,
            fleet: None,
            assigned_s: None,
            at_origin_s: None,
            left_origin_s: None,
            at_destination_s: None,
            done_s: None,
            gate_queue_s: None,
            empty_km: None,
            laden_km: None,
        };
        let mut summary = Summary::new(300, 1, vec![1], 1, None);
        summary.hauls(&[row(50, HaulState::Lapsed), row(80_000, HaulState::Open), row(90_000, HaulState::Open)]);
        assert!((lost_usd(&money, &summary) - 200.0).abs() < 1e-9, "{} and {}", summary.open, summary.overdue);
    }
}
