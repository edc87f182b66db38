//! From a load and a tariff to a bill: pure functions that know no simulation.
//!
//! Conventions, where tariffs leave a choice:
//! - Energy climbs the tiers with the month's total over all periods, in the order of time.
//! - A month that the load covers in part pays for the energy and the peaks it holds; charges by the month (demand,
//!   fixed, minimum) are those of the whole month.
//! - Where rates change inside a month, each part has its own peak, and charges by the month count by days.
//! - A lookback sees the twelve months that end with the billed one (or its own range). Months before the load began
//!   are taken from the load's first year, as if that year had come before.

use super::load::{Load, Month, Part, Timeline, Window};
use super::tariff::{Amount, DemandCharge, DemandKind, EnergyCharge, Per, Rates, Tariff, TierBasis, demand_usd};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A load's bill.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bill {
    /// By month, in order.
    pub months: Vec<MonthBill>,
    /// What to know about it: warnings of the tariff, and where load and tariff do not fit.
    pub notes: Vec<String>,
}

/// One month's bill.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthBill {
    /// First day of the month.
    pub first: Date,
    /// Bought, kWh.
    pub energy_kwh: f64,
    /// Exported, kWh.
    pub exported_kwh: f64,
    /// Highest mean power of a demand window, kW.
    pub peak_kw: f64,
    /// Demand that is billed, after ratchets: of the facility charge, else of any demand charge, else the peak.
    pub billed_kw: f64,
    /// The components.
    pub lines: Vec<Line>,
}

/// One component of a month's bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What kind it is.
    pub component: Component,
    /// Name for people.
    pub name: String,
    /// How much is billed.
    pub quantity: f64,
    /// Unit of the quantity.
    pub unit: &'static str,
    /// US dollars.
    pub usd: f64,
}

/// Kinds of components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// Charges and credits by the kWh.
    Energy,
    /// Charges by the kW.
    Demand,
    /// Charges for being a customer.
    Fixed,
    /// What is missing to the least that the month costs.
    Minimum,
}

impl Component {
    /// The word used in files and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Demand => "demand",
            Self::Fixed => "fixed",
            Self::Minimum => "minimum",
        }
    }
}

impl MonthBill {
    /// Sum of the lines of one component, $.
    #[must_use]
    pub fn usd(&self, component: Component) -> f64 {
        sum(self.lines.iter().filter(|line| line.component == component).map(|line| line.usd))
    }

    /// Sum of all lines, $.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        let parts = [Component::Energy, Component::Demand, Component::Fixed, Component::Minimum];
        sum(parts.map(|part| self.usd(part)).into_iter())
    }

    /// The month as `2025-06`.
    #[must_use]
    pub fn month(&self) -> String {
        format!("{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl Bill {
    /// Sum of one component over all months, $.
    #[must_use]
    pub fn usd(&self, component: Component) -> f64 {
        sum(self.months.iter().map(|month| month.usd(component)))
    }

    /// Sum of everything, $.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        sum(self.months.iter().map(MonthBill::total_usd))
    }
}

/// A sum that is 0 where there is nothing (the standard library's is -0).
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}

/// Bills a load.
#[must_use]
pub fn bill(tariff: &Tariff, load: &Load) -> Bill {
    let timeline = load.months(tariff);
    let metered: Vec<Vec<Metered>> = timeline
        .months
        .iter()
        .map(|month| month.parts.iter().map(|part| Metered::of(tariff, load, &timeline, part)).collect())
        .collect();
    let mut months = Vec::with_capacity(timeline.months.len());
    for (at, month) in timeline.months.iter().enumerate() {
        let peak_kw = peak_kw(&metered[at]);
        let mut lines = energy_lines(tariff, load, &timeline, month, peak_kw);
        let billed_kw = demand_lines(tariff, &timeline.months, &metered, at, &mut lines).unwrap_or(peak_kw);
        lines.extend(fixed_lines(tariff, month));
        let (energy_kwh, exported_kwh) = energy_kwh(load, month);
        let mut bill = MonthBill { first: month.first, energy_kwh, exported_kwh, peak_kw, billed_kw, lines };
        let least_usd = least_usd(tariff, month, &[Per::Day, Per::Month]);
        add_minimum("minimum of the month", least_usd, bill.total_usd(), &mut bill.lines);
        months.push(bill);
    }
    yearly_minimum(tariff, &timeline.months, &mut months);
    let notes = notes(tariff, load, &timeline, &months);
    Bill { months, notes }
}

/// Peaks of a part of a month.
#[derive(Debug)]
struct Metered {
    /// Over all hours, kW.
    peak_kw: f64,
    /// By demand charge and period; none where the period never came.
    charges: Vec<Vec<Option<Peak>>>,
}

/// The peak of a period.
#[derive(Debug, Clone, Copy, Default)]
struct Peak {
    kw: f64,
    /// Sum of the daily peaks, and what they cost, for charges by the day.
    daily_kw: f64,
    daily_usd: f64,
}

impl Metered {
    fn of(tariff: &Tariff, load: &Load, timeline: &Timeline, part: &Part) -> Self {
        let rates = &tariff.rates[part.rates];
        let windows = load.windows(part, &timeline.slots, rates.demand_window_s);
        let peak_kw = windows.iter().fold(0.0_f64, |peak, window| peak.max(window.kw));
        Self { peak_kw, charges: rates.demand.iter().map(|charge| peaks(charge, &windows)).collect() }
    }
}

fn peaks(charge: &DemandCharge, windows: &[Window]) -> Vec<Option<Peak>> {
    let mut out = vec![None; charge.periods.len()];
    for day in windows.chunk_by(|a, b| a.day == b.day) {
        let mut today: Vec<Option<f64>> = vec![None; charge.periods.len()];
        for window in day {
            let peak = &mut today[charge.schedule.period(window.slot)];
            *peak = Some(peak.unwrap_or(0.0).max(window.kw));
        }
        for ((peak, kw), tiers) in out.iter_mut().zip(today).zip(&charge.periods) {
            if let Some(kw) = kw {
                let peak: &mut Peak = peak.get_or_insert_default();
                peak.kw = peak.kw.max(kw);
                peak.daily_kw += kw;
                peak.daily_usd += demand_usd(tiers, kw);
            }
        }
    }
    out
}

fn peak_kw(parts: &[Metered]) -> f64 {
    parts.iter().fold(0.0, |peak, part| peak.max(part.peak_kw))
}

/// Adds what demand costs in a month. Returns the billed demand, if there is a demand charge.
fn demand_lines(
    tariff: &Tariff,
    months: &[Month],
    metered: &[Vec<Metered>],
    at: usize,
    lines: &mut Vec<Line>,
) -> Option<f64> {
    let (mut facility_kw, mut any_kw): (Option<f64>, Option<f64>) = (None, None);
    for (part, meter) in months[at].parts.iter().zip(&metered[at]) {
        for (number, charge) in tariff.rates[part.rates].demand.iter().enumerate() {
            for (period, tiers) in charge.periods.iter().enumerate() {
                let Some(peak) = meter.charges[number][period].filter(|_| !tiers.is_empty()) else {
                    continue;
                };
                let billed_kw = peak.kw.max(ratchet_kw(charge, (number, period), months, metered, at));
                let (quantity, unit, usd) = if charge.daily {
                    (peak.daily_kw, "kW-days", peak.daily_usd)
                } else {
                    (billed_kw, "kW", part.share * demand_usd(tiers, billed_kw))
                };
                let name = demand_name(charge, period);
                lines.push(Line { component: Component::Demand, name, quantity, unit, usd });
                let kept = if charge.kind == DemandKind::Flat { &mut facility_kw } else { &mut any_kw };
                *kept = Some(kept.unwrap_or(0.0).max(billed_kw));
            }
        }
    }
    facility_kw.or(any_kw)
}

fn demand_name(charge: &DemandCharge, period: usize) -> String {
    let is_only = charge.periods.iter().filter(|tiers| !tiers.is_empty()).count() == 1;
    if charge.kind == DemandKind::Flat || is_only { charge.name.clone() } else { format!("{} {period}", charge.name) }
}

/// The least demand that a lookback lets a month pay for, kW.
fn ratchet_kw(
    charge: &DemandCharge,
    (number, period): (usize, usize),
    months: &[Month],
    metered: &[Vec<Metered>],
    at: usize,
) -> f64 {
    let Some(lookback) = &charge.lookback else {
        return 0.0;
    };
    let of_month = |month: usize| match charge.kind {
        DemandKind::Flat => peak_kw(&metered[month]),
        _ => metered[month].iter().fold(0.0, |peak: f64, part| {
            let found = part.charges.get(number).and_then(|periods| periods.get(period)).copied().flatten();
            peak.max(found.map_or(0.0, |found| found.kw))
        }),
    };
    let mut highest_kw: f64 = 0.0;
    for back in 0..=lookback.range {
        let month = at as i64 - back as i64;
        // Before the load began, its first year stands in for the year before.
        let seen = if month >= 0 { month as usize } else { month.rem_euclid(12) as usize };
        if seen < months.len() && lookback.months[months[seen].number()] {
            highest_kw = highest_kw.max(of_month(seen));
        }
    }
    lookback.share[months[at].number()] * highest_kw
}

fn energy_kwh(load: &Load, month: &Month) -> (f64, f64) {
    let (mut bought, mut exported) = (0.0, 0.0);
    for at in month.parts.iter().flat_map(|part| part.days.iter().cloned().flatten()) {
        let kwh = load.kw()[at] * load.hours();
        bought += kwh.max(0.0);
        exported += (-kwh).max(0.0);
    }
    (bought, exported)
}

/// kWh by period and tier.
type Climbed = Vec<Vec<f64>>;

fn energy_lines(tariff: &Tariff, load: &Load, timeline: &Timeline, month: &Month, peak_kw: f64) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut bought_kwh, mut sold_kwh) = (0.0, 0.0);
    for part in &month.parts {
        let Some(charge) = &tariff.rates[part.rates].energy else {
            continue;
        };
        let limits = limits_kwh(charge, month.days(), peak_kw);
        let mut bought: Climbed = charge.periods.iter().map(|tiers| vec![0.0; tiers.len()]).collect();
        let mut sold = bought.clone();
        let mut take = |period: usize, kwh: f64| {
            if kwh >= 0.0 {
                climb(&limits[period], &mut bought_kwh, kwh, &mut bought[period]);
            } else {
                climb(&limits[period], &mut sold_kwh, -kwh, &mut sold[period]);
            }
        };
        let steps = part.days.iter().cloned().flatten();
        let energy = steps.map(|at| (charge.schedule.period(timeline.slots[at]), load.kw()[at] * load.hours()));
        let exports = || part.days.iter().cloned().flatten().any(|at| load.kw()[at] < 0.0);
        if charge.nets_by_month && exports() {
            let mut net = vec![0.0; charge.periods.len()];
            energy.for_each(|(period, kwh)| net[period] += kwh);
            net.into_iter().enumerate().for_each(|(period, kwh)| take(period, kwh));
        } else {
            energy.for_each(|(period, kwh)| take(period, kwh));
        }
        price(charge, month.number(), &bought, &sold, &mut lines);
    }
    lines
}

/// Where each tier ends in this month, kWh.
fn limits_kwh(charge: &EnergyCharge, days: f64, peak_kw: f64) -> Vec<Vec<f64>> {
    let limit = |tier: &super::tariff::EnergyTier| match tier.basis {
        _ if tier.up_to.is_infinite() => f64::INFINITY,
        TierBasis::Kwh => tier.up_to,
        TierBasis::KwhDaily => tier.up_to * days,
        TierBasis::KwhPerKw => tier.up_to * peak_kw,
    };
    charge.periods.iter().map(|tiers| tiers.iter().map(limit).collect()).collect()
}

/// Puts energy on the tiers, beginning at what was used before.
fn climb(limits_kwh: &[f64], used_kwh: &mut f64, kwh: f64, tiers_kwh: &mut [f64]) {
    let mut rest = kwh;
    for (limit, tier) in limits_kwh.iter().zip(tiers_kwh) {
        let taken = rest.min((limit - *used_kwh).max(0.0));
        *tier += taken;
        *used_kwh += taken;
        rest -= taken;
        if rest <= 0.0 {
            return;
        }
    }
}

fn price(charge: &EnergyCharge, month: usize, bought: &Climbed, sold: &Climbed, lines: &mut Vec<Line>) {
    let mut push = |name: String, quantity: f64, usd: f64| {
        if quantity != 0.0 {
            lines.push(Line { component: Component::Energy, name, quantity, unit: "kWh", usd });
        }
    };
    for (period, tiers) in charge.periods.iter().enumerate() {
        let name = charge.names.get(period).cloned().unwrap_or_else(|| format!("energy period {period}"));
        let named = |tier: usize| if tiers.len() > 1 { format!("{name}, tier {}", tier + 1) } else { name.clone() };
        for (at, tier) in tiers.iter().enumerate() {
            let (bought, sold) = (bought[period][at], sold[period][at]);
            push(named(at), bought, bought * tier.usd_per_kwh);
            push(format!("{}, exported", named(at)), -sold, -sold * tier.sell_usd_per_kwh);
        }
    }
    let adjustment = charge.adjustment_usd_per_kwh[month];
    if adjustment != 0.0 {
        let kwh: f64 = bought.iter().flatten().sum();
        push("monthly adjustment".to_owned(), kwh, kwh * adjustment);
    }
}

/// What an amount makes in a month, $.
fn month_usd(amount: &Amount, month: &Month) -> f64 {
    match amount.per {
        Per::Day => amount.usd * month.days(),
        Per::Month => amount.usd,
        Per::Year => amount.usd / 12.0,
    }
}

fn fixed_lines(tariff: &Tariff, month: &Month) -> Vec<Line> {
    let mut lines = Vec::new();
    for part in &month.parts {
        for amount in &tariff.rates[part.rates].fixed {
            let usd = part.share * month_usd(amount, month);
            let name = "customer charge".to_owned();
            lines.push(Line { component: Component::Fixed, name, quantity: part.share, unit: "months", usd });
        }
    }
    lines
}

/// The least that a month costs by the minimum charges of these times, $.
fn least_usd(tariff: &Tariff, month: &Month, times: &[Per]) -> f64 {
    let of_part = |part: &Part| -> f64 {
        let minimum = tariff.rates[part.rates].minimum.iter().filter(|amount| times.contains(&amount.per));
        part.share * minimum.map(|amount| month_usd(amount, month)).sum::<f64>()
    };
    month.parts.iter().map(of_part).sum()
}

fn add_minimum(name: &str, least_usd: f64, usd: f64, lines: &mut Vec<Line>) {
    if least_usd > usd {
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

fn notes(tariff: &Tariff, load: &Load, timeline: &Timeline, bills: &[MonthBill]) -> Vec<String> {
    let used: BTreeSet<usize> =
        timeline.months.iter().flat_map(|month| month.parts.iter().map(|part| part.rates)).collect();
    let peak_kw = bills.iter().fold(0.0_f64, |peak, month| peak.max(month.peak_kw));
    let mut notes: Vec<String> = Vec::new();
    for rates in used.iter().map(|rates| &tariff.rates[*rates]) {
        notes.extend(rates.origin.warning.clone());
        notes.extend(misfit(rates, load, peak_kw));
    }
    let (first, last) = (timeline.months.first(), timeline.months.last());
    let earliest = tariff.rates.first().and_then(|rates| rates.from);
    if let (Some(month), Some(from)) = (first, earliest)
        && last_day(month) < from
    {
        notes.push(format!("the load begins before the tariff's first date ({from}); its rates are used all the same"));
    }
    let latest = tariff.rates.last().and_then(|rates| rates.until);
    if let (Some(month), Some(until)) = (last, latest)
        && month.first > until
    {
        notes.push(format!("the load goes on after the tariff's last date ({until}); its rates are used all the same"));
    }
    let mut seen = BTreeSet::new();
    notes.retain(|note| seen.insert(note.clone()));
    notes
}

fn last_day(month: &Month) -> Date {
    month.first.last_of_month()
}

/// Where rates and load do not fit.
fn misfit(rates: &Rates, load: &Load, peak_kw: f64) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(window_s) = rates.demand_window_s.filter(|window_s| load.window_s(Some(*window_s)) != *window_s) {
        let (wanted, real) = (window_s / 60, load.interval_s() / 60);
        notes.push(format!("demand is metered over {wanted} minutes; the load's {real} minutes are used instead"));
    }
    if let (_, Some(most)) = rates.fits_kw
        && peak_kw > most
    {
        notes.push(format!("the schedule is for peaks up to {most} kW; the load's is {peak_kw:.1} kW"));
    }
    if let (Some(least), _) = rates.fits_kw
        && peak_kw < least
    {
        notes.push(format!("the schedule is for peaks from {least} kW; the load's is {peak_kw:.1} kW"));
    }
    notes
}
