//! From a load and a tariff to a bill: pure functions that know no simulation.
//!
//! Conventions, where tariffs leave a choice:
//! - Energy climbs the tiers with the month's total over all periods, in the order of time.
//! - A month that the load covers in part pays for the energy and the peaks it holds; amounts and tiers by the day count the
//!   days it covers, charges by the month (demand, fixed, minimum) are those of the whole month.
//! - Net metering is in kWh: a surplus covers its own period, in its month or a later one; that of a season's periods which
//!   have ended covers the most expensive of the others first. What is left when the load ends earns the selling price.
//! - Hours-of-use tiers go by the demand that the facility charge bills, after ratchets.
//! - A subscription that the customer has not chosen is the one that costs the load least.
//! - Where rates change inside a month, each part has its own peak, and charges by the month count by days.
//! - A month or a year has a minimum where the tariff states one above 0; elsewhere a credit stays a credit.
//! - Windows of demand begin with the local day and at whole multiples of their length; what a month, a change of rates or of
//!   the clock cuts off counts by itself.
//! - A lookback sees the twelve months that end with the billed one (or its own range). Months before the load began
//!   are taken from the load's first year, as if that year had come before.

use super::convention::Billed;
use super::demand::{Metered, Peaks, peak_kw};
use super::energy::{Surplus, energy_kwh, energy_lines};
pub use super::lines::{Bill, Component, Line, MonthBill};
use super::load::{Load, Month, Part};
use super::tariff::{Amount, Per, Tariff};

/// Bills a load.
#[must_use]
pub fn bill(tariff: &Tariff, load: &Load) -> Bill {
    let timeline = load.months(tariff);
    let metered: Vec<Vec<Metered>> = timeline
        .months
        .iter()
        .map(|month| month.parts.iter().map(|part| Metered::of(tariff, load, &timeline, part)).collect())
        .collect();
    let peaks = Peaks { tariff, months: &timeline.months, metered: &metered };
    let mut surplus = Surplus::default();
    let mut months = Vec::with_capacity(timeline.months.len());
    for (at, month) in timeline.months.iter().enumerate() {
        let peak_kw = peak_kw(&metered[at]);
        let demand = peaks.demand(at);
        let hours_of_use_kw = demand.hours_of_use_kw;
        let mut lines = energy_lines(tariff, load, &timeline, month, hours_of_use_kw, &mut surplus);
        if at + 1 == timeline.months.len() {
            lines.extend(sold_surplus(&surplus));
        }
        lines.extend(demand.lines);
        lines.extend(fixed_lines(tariff, month));
        let billed_kw = demand.billed_kw.unwrap_or(peak_kw);
        let (energy_kwh, exported_kwh) = energy_kwh(load, month);
        let first = month.first;
        let mut bill = MonthBill { first, energy_kwh, exported_kwh, peak_kw, billed_kw, hours_of_use_kw, lines };
        let least_usd = least_usd(tariff, month, &[Per::Day, Per::Month]);
        add_minimum("minimum of the month", least_usd, bill.total_usd(), &mut bill.lines);
        months.push(bill);
    }
    yearly_minimum(tariff, &timeline.months, &mut months);
    let billed = Billed { tariff, load, timeline: &timeline, peaks, months: &months, surplus: &surplus };
    let (notes, conventions) = (billed.notes(), billed.conventions());
    Bill { months, notes, conventions }
}

/// What a surplus of net metering earns that is left when the load ends.
fn sold_surplus(surplus: &Surplus) -> Option<Line> {
    let usd = surplus.sold_usd();
    let name = "surplus left at the end, sold".to_owned();
    let line = Line { component: Component::Energy, name, quantity: -surplus.total_kwh(), unit: "kWh", usd: -usd };
    (usd != 0.0).then_some(line)
}

/// What an amount makes in a part of a month, $: by the day for the days that the load covers, else for the part's share.
fn part_usd(amount: &Amount, part: &Part, month: usize) -> f64 {
    match amount.per {
        _ if !amount.months[month] => 0.0,
        Per::Day => amount.usd * part.covered_days,
        Per::Month => part.share * amount.usd,
        Per::Year => part.share * amount.usd / amount.months_paid() as f64,
    }
}

fn fixed_lines(tariff: &Tariff, month: &Month) -> Vec<Line> {
    let mut lines = Vec::new();
    for part in &month.parts {
        let paid = |amount: &&Amount| amount.months[month.number()];
        for amount in tariff.rates[part.rates].fixed.iter().filter(paid) {
            let usd = part_usd(amount, part, month.number());
            let name = "customer charge".to_owned();
            let (quantity, unit) =
                if amount.per == Per::Day { (part.covered_days, "days") } else { (part.share, "months") };
            lines.push(Line { component: Component::Fixed, name, quantity, unit, usd });
        }
    }
    lines
}

/// The least that a month costs by the minimum charges of these times, $.
fn least_usd(tariff: &Tariff, month: &Month, times: &[Per]) -> f64 {
    let of_part = |part: &Part| -> f64 {
        let minimum = tariff.rates[part.rates].minimum.iter().filter(|amount| times.contains(&amount.per));
        minimum.map(|amount| part_usd(amount, part, month.number())).sum()
    };
    month.parts.iter().map(of_part).sum()
}

fn add_minimum(name: &str, least_usd: f64, usd: f64, lines: &mut Vec<Line>) {
    // Without a minimum the least is 0, and a credit stays one.
    if least_usd > 0.0 && least_usd > usd {
        let name = name.to_owned();
        let (component, usd) = (Component::Minimum, least_usd - usd);
        lines.push(Line { component, name, quantity: 1.0, unit: "", usd });
    }
}

/// A year's minimum falls due with its last month in the load; a year that the load holds in part owes that part.
fn yearly_minimum(tariff: &Tariff, months: &[Month], bills: &mut [MonthBill]) {
    let mut at = 0;
    while at < months.len() {
        let year = months[at].first.year();
        let number = months[at..].iter().take_while(|month| month.first.year() == year).count();
        let these = at..at + number;
        let least: f64 = months[these.clone()].iter().map(|month| least_usd(tariff, month, &[Per::Year])).sum();
        let usd: f64 = bills[these].iter().map(MonthBill::total_usd).sum();
        at += number;
        add_minimum("minimum of the year", least, usd, &mut bills[at - 1].lines);
    }
}
