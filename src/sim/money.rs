//! What a year of the scenario costs, from the days of a run: where `[money]` asks for it.
//!
//! The run's days stand for all days of a year, weekday by weekday, and the tariff bills that year month by month: a week's run
//! does not bear the demand charge of a whole month, nor does it matter where in a month it lies.

use crate::account::bill::{Bill, Component, bill};
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

/// Hours that differ by less than this share are the same.
const ROUNDING: f64 = 1e-9;

/// What a run needs to tell the cost of a year.
#[derive(Debug)]
pub(super) struct Money {
    spec: MoneySpec,
    investments: Vec<Investment>,
    days: f64,
    /// Twelve whole months from the first of the month in which the run begins, and how many days they have.
    year: Option<(Calendar, u32)>,
}

/// Electricity bills of a year.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Bills {
    total_usd: f64,
    energy_usd: f64,
    bought_kwh: f64,
}

impl Bills {
    fn add(&mut self, bill: &Bill) {
        self.total_usd += bill.total_usd();
        self.energy_usd += bill.usd(Component::Energy);
        self.bought_kwh += bill.months.iter().map(|month| month.energy_kwh).sum::<f64>();
    }

    /// Mean energy charge; nothing where nothing is bought.
    fn usd_per_kwh(&self) -> f64 {
        if self.bought_kwh > 0.0 { self.energy_usd / self.bought_kwh } else { 0.0 }
    }
}

impl Money {
    /// Of a scenario that has `[money]`.
    pub(super) fn of(scenario: &Scenario) -> Option<Self> {
        let spec = scenario.money.clone()?;
        let time = &scenario.time;
        let (days, year) = (f64::from(time.days), twelve_months(&time.start, &time.zone));
        Some(Self { spec, investments: investments(scenario), days, year })
    }

    /// The year's money of a run that is over, at whose end batteries hold so much less than at its begin (as energy from the meter).
    pub(super) fn metrics(
        &self,
        less_kwh: f64,
        summary: &Summary,
        tariffs: &[Option<Tariff>],
        names: &Names,
    ) -> Vec<Metric> {
        let mut out = Vec::new();
        let mut bills = Bills::default();
        for ((meter, tariff), site) in summary.meters.iter().zip(tariffs).zip(&names.sites) {
            if let Some(bill) = year_bill(meter.as_ref(), tariff.as_ref(), self.year.as_ref(), names) {
                bills.add(&bill);
                out.push(Metric::new(MetricName::YearBillUsd, &ScopeKind::Site.of(site), Some(bill.total_usd())));
            }
        }
        let year_days = self.year.as_ref().map_or(365, |(_, days)| *days);
        let year_of_run = f64::from(year_days) / self.days;
        let refill_usd = less_kwh * bills.usd_per_kwh();
        let running = [
            (MetricName::YearBillUsd, bills.total_usd),
            (MetricName::YearFuelUsd, year_of_run * fuel_usd(&self.spec, summary)),
            (MetricName::YearRefillUsd, year_of_run * refill_usd),
            (MetricName::YearLostWorkUsd, year_of_run * lost_usd(&self.spec, summary)),
        ];
        out.extend(self.totals(&running, (summary, year_of_run)));
        out
    }

    /// All of the hub: investments and what follows from them, what a year has by its days, and what both come to.
    fn totals(&self, running: &[(MetricName, f64)], (summary, year_of_run): (&Summary, f64)) -> Vec<Metric> {
        let Self { spec, investments, .. } = self;
        let sum = |of: &dyn Fn(&Investment) -> f64| investments.iter().map(of).sum::<f64>();
        let owned = [
            (MetricName::YearCapitalUsd, sum(&|it| it.annuity_usd(spec.discount_rate))),
            (MetricName::YearUpkeepUsd, sum(&|it| it.upkeep_usd_per_year)),
            (MetricName::YearLaborUsd, sum(&|it| it.labor_usd_per_year)),
        ];
        let running_usd: f64 = running.iter().map(|it| it.1).sum();
        let yearly_usd = owned.iter().map(|it| it.1).sum::<f64>() + running_usd;
        // Upkeep and labor are flows of their own there.
        let npv_usd = net_present_value(investments, running_usd, spec.discount_rate, spec.years);
        let each = |count: u64| (count > 0).then(|| yearly_usd / (year_of_run * count as f64));
        let known = [(MetricName::CapexUsd, sum(&|it| it.capex_usd))].into_iter().chain(owned);
        let known = known.chain(running.iter().copied());
        let known = known.chain([(MetricName::YearCostUsd, yearly_usd), (MetricName::NpvUsd, npv_usd)]);
        let shares = [
            (MetricName::CostPerHaulUsd, each(summary.all_fleets().completed)),
            (MetricName::CostPerMoveUsd, each(summary.hub.vessels.lifts)),
        ];
        let all = known.map(|(name, usd)| (name, Some(usd))).chain(shares);
        all.map(|(name, usd)| Metric::new(name, TOTAL, usd)).collect()
    }
}

/// Whole months, so that none pays a monthly charge for a part of itself.
fn twelve_months(start: &str, zone: &str) -> Option<(Calendar, u32)> {
    let first = parse_date(start).ok()?.first_of_month();
    let next = first.checked_add(1.year()).ok()?;
    let days = first.until((Unit::Day, next)).ok()?.get_days() as u32;
    Some((Calendar::new(&first.to_string(), zone, days + 1).ok()?, days))
}

/// The bill of a year of a site's days.
fn year_bill(
    meter: Option<&Meter>,
    tariff: Option<&Tariff>,
    year: Option<&(Calendar, u32)>,
    names: &Names,
) -> Option<Bill> {
    let (calendar, days) = year?;
    let load = meter?.load(names.calendar.clone()).ok()?.repeated(calendar, *days).ok()?;
    Some(bill(tariff?, &load))
}

/// Diesel and fuel of vessels of the run, USD.
fn fuel_usd(money: &MoneySpec, summary: &Summary) -> f64 {
    let gallons = summary.all_fleets().diesel_gal + summary.hub.equipment.diesel_gal;
    gallons * money.diesel_usd_per_gal.unwrap_or(0.0) + summary.hub.vessels.burnt.fuel_usd
}

/// Work that is lost or late in the run, at its stated rates, USD. Of hauls that are not done at the end though they were due by
/// then, one that a truck has comes late. Of those that wait, as many are lost as of the hauls of this run that were settled
/// after their due: a run that ends at night is no dearer for hauls that trucks take in the morning. Where the run cannot say
/// how many these are, all count as lost, so that leaving hauls open does not look cheaper.
fn lost_usd(money: &MoneySpec, summary: &Summary) -> f64 {
    let (equipment, overdue) = (&summary.hub.equipment, &summary.overdue);
    let waiting = overdue.waiting as f64;
    let lapsing = waiting * summary.lapsing_share().unwrap_or(1.0);
    let lost = summary.lapsed as f64 + lapsing;
    let late = (summary.all_fleets().late + overdue.under_way) as f64 + waiting - lapsing;
    let unserved_h = equipment.required_h - equipment.served_h;
    // A difference from the order of summation is not work.
    let unserved_h = if unserved_h > ROUNDING * equipment.required_h { unserved_h } else { 0.0 };
    lost * money.unmet_haul_usd + late * money.late_haul_usd + unserved_h * money.unserved_hour_usd
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{FleetId, SiteId};
    use crate::kernel::sources::Sources;
    use crate::record::rows::HaulRow;
    use crate::record::words::{Container, HaulState};

    fn money() -> MoneySpec {
        MoneySpec {
            discount_rate: 0.05,
            years: 10,
            usd_of: 2025,
            price_index: None,
            diesel_usd_per_gal: None,
            unmet_haul_usd: 100.0,
            late_haul_usd: 10.0,
            unserved_hour_usd: 0.0,
            sources: Sources::default(),
        }
    }

    fn haul(due_s: u32, state: HaulState) -> HaulRow {
        let site = SiteId::at(0);
        HaulRow {
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
        }
    }

    fn late(due_s: u32) -> HaulRow {
        let (fleet, done_s) = (Some(FleetId::at(0)), Some(due_s + 60));
        HaulRow { fleet, truck: Some(0), done_s, ..haul(due_s, HaulState::Completed) }
    }

    fn lost(rows: &[HaulRow]) -> f64 {
        let mut summary = Summary::new(300, 2, vec![1], 1, None);
        summary.lapses_after_s = 86_400;
        summary.hauls(rows);
        lost_usd(&money(), &summary)
    }

    /// Two days; hauls lapse a day after their due. By hand, 100 USD lost and 10 late. One haul lapsed and three came late that
    /// would have lapsed by the end: of two that wait past their due, a quarter each is lost. 1.5 lost and 4.5 late are 195; one
    /// under way is late, 10; one that is due tomorrow is neither; one that came late after no haul could lapse says nothing of
    /// the share and is late, 10.
    #[test]
    fn hauls_left_open_past_their_due() {
        let waits = haul(170_000, HaulState::Open);
        let under_way = HaulRow { truck: Some(3), ..waits.clone() };
        let settled = [haul(50, HaulState::Lapsed), late(60), late(70), late(80)];
        let rows = [&settled[..], &[waits.clone(), waits.clone()]].concat();
        assert!((lost(&rows) - 195.0).abs() < 1e-9, "{}", lost(&rows));
        let more = [&rows[..], &[under_way, haul(190_000, HaulState::Open), late(90_000)]].concat();
        assert!((lost(&more) - 215.0).abs() < 1e-9, "{}", lost(&more));
        // A run that says nothing of what becomes of them: who leaves hauls open is not the cheaper one for it.
        assert!((lost(&[waits]) - 100.0).abs() < 1e-9);
    }
}
